# 520-state-fuzz.t - messages in any order, legal and not.
#
# Clients send random programs of messages: legal ones, whose answer is held
# against what the protocol allows for exactly this order, and illegal ones,
# which may end in an error or a closed connection but never in silence.
# Meanwhile a witness asks simple questions and must be answered. The server
# runs with the sanitizers of the build; a finding ends it, which is seen.
#
# KB_STATE_SECONDS is how long (default 6); KB_STATE_SEED repeats a run's
# programs. A failing program is printed.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);

use KBTest;
use KBWire;

my $seconds = $ENV{KB_STATE_SECONDS} // 6;
my $seed = $ENV{KB_STATE_SEED} // int(rand(1 << 30));
my $children = 3;
my $patience = $ENV{KB_VALGRIND} ? 100 : 20;	# seconds for an answer
my $kb = KBTest->new(settings => { statement_timeout => '5s',
    lock_timeout => '1s', idle_in_transaction_session_timeout => '2s' });
diag("KB_STATE_SEED=$seed");
$kb->import_text("doc$_", "# Title $_\n\n**Problem**: disk full\n\n" .
    "## Part\n\ntext\n") for 1 .. 5;

sub connect_ {
	return KBWire->connect(socket => $kb->run_dir, port => $kb->{port},
	    user => 'admin', timeout => $patience + 5);
}

# A statement that executes itself: what this test found first.
my $self = connect_();
$self->send_bytes(parse_('p', 'EXECUTE p') . bind_('', 'p') . execute_('') .
    sync_());
like($self->result->{error}{C}, qr/^0A000/, 'no statement executes itself');
$self->close;

# ---- programs ----

my @sql = ('SELECT 1', 'SELECT 1', 'SELECT id, title FROM entries LIMIT 5',
    'BEGIN', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT a',
    'ROLLBACK TO a', 'RELEASE a', 'SELECT nosuch', 'SELEC', '', ';;',
    'SELECT 1; SELECT 2', 'BEGIN; SELECT 1; COMMIT', 'SELECT 1; SELEC',
    "SET application_name = 'x'", 'SET statement_timeout = 0', 'SHOW ALL',
    'SHOW nosuch', 'RESET ALL', 'DISCARD ALL', 'DEALLOCATE ALL',
    'PREPARE p AS SELECT 1', 'EXECUTE p', 'DEALLOCATE p',
    "SELECT title FROM search('disk full')", 'SELECT 1/0',
    'SELECT a.markdown FROM entries a, entries b, entries c LIMIT 3000',
    "CALL import_document('new', 'new', '# New')",
    "CALL import_document('new', 'new', 'x', 9999999)",
    'CALL backup_start()', "CALL backup_read('kbd.conf', 0)",
    "CALL backup_read('kb.db', 4096)", 'CALL backup_stop()',
    'SELECT * FROM kb_stat_activity', 'INSERT INTO entries VALUES (1)');
my @params = ('SELECT $1::int', 'SELECT title FROM entries WHERE id = $1',
    'SELECT $1, $2');
my @names = ('', '', '', 's1', 's2', 'p');

sub any { return $_[int rand @_] }

# The next message, or nothing at the end and after the time.
sub next_message {
	my ($w) = @_;
	my ($type, $body) = $w->recv;
	return $type eq '' ? undef : [$type, $body];
}

# [message bytes, what its answer looks like]
sub legal_message {
	my $r = rand;
	if ($r < 0.12) {
		my $q = any(@sql);
		# several statements, each with rows or none; or an error
		return [query_($q), 'Q', "Q '$q'"];
	} elsif ($r < 0.32) {
		my $q = rand() < 0.3 ? any(@params) : any(@sql);
		return [parse_(any(@names), $q), '1', "P '$q'"];
	} elsif ($r < 0.52) {
		my @v = map { any(undef, '1', 'x', '99999999999') }
		    1 .. any(0, 0, 0, 1, 2);
		return [bind_(any(@names), any(@names), @v), '2', 'B ' . @v];
	} elsif ($r < 0.60) {
		my ($kind) = any(qw(S P));
		return [describe_($kind, any(@names)), $kind eq 'S' ? 't[Tn]' :
		    '[Tn]', "D $kind"];
	} elsif ($r < 0.76) {
		return [execute_(any(@names), any(0, 0, 1, 2, 1000)), 'T?D*[CIs]',
		    'E'];
	} elsif ($r < 0.82) {
		return [close_(any(qw(S P)), any(@names)), '3', 'C'];
	} elsif ($r < 0.86) {
		return [flush_(), '', 'H'];
	} elsif ($r < 0.88) {
		return [message_(any(qw(d c f)), "x\0"), '', 'copy'];
	}
	return [sync_(), 'S', 'S'];
}

sub illegal_bytes {
	my $good = legal_message()->[0];
	my $r = rand;
	if ($r < 0.2) {			# another length
		substr($good, 1, 4) = pack 'N', any(0, 1, 3, 4, 5, 100,
		    length($good) + 3, 0x7fffffff, 0xffffffff);
	} elsif ($r < 0.4) {		# another type
		substr($good, 0, 1) = chr int rand 256;
	} elsif ($r < 0.6) {		# other bytes
		substr($good, 5 + int rand(length($good) - 4), 1) =
		    chr int rand 256 for 1 .. 3;
	} elsif ($r < 0.7) {		# cut short
		$good = substr $good, 0, int rand length $good;
	} elsif ($r < 0.8) {
		$good = message_(any(qw(p X F)), "secret\0");
	} else {
		$good = join '', map { chr int rand 256 } 1 .. rand 60;
	}
	return $good;
}

# ---- answers ----

# What some messages are answered with, when none of them fails.
sub answers_of {
	return join '', map { $_->[1] eq 'Q' ? '(?:T?D*[CI])*' :
	    $_->[1] eq 'S' ? '' : "(?:$_->[1])" } @_;
}

# Segments, each up to a Sync or Query: all answers in order, or those of some
# messages and an error. After an error in a Query or at a Sync comes its Z;
# after any other, nothing at all up to the next Sync. Notices and parameters
# may come at any time. '' when the answer is legal.
sub check_legal {
	my ($program, $answers) = @_;
	my $got = join '', map { $_->[0] } @$answers;
	my $i = 0;
	$got =~ tr/NS//d;
	while ($i < @$program) {
		my $k = $i;
		$k++ while $program->[$k][1] !~ /^[QS]\z/;
		my $all = answers_of(@$program[$i .. $k]);
		if ($got =~ s/^${all}Z//) {
			$i = $k + 1;
			next;
		}
		my $n = $i;
		for (; $n <= $k; $n++) {
			my $some = answers_of(@$program[$i .. $n - 1]);
			# rows before the error; of a Query, whole results
			my $partly = $program->[$n][1] eq 'Q' ?
			    '(?:T?D*[CI])*T?D*' :
			    $program->[$n][2] eq 'E' ? 'T?D*' : '';
			last if $program->[$n][1] ne '' &&
			    $got =~ s/^$some${partly}EZ//;
		}
		return "no way to answer " . join(', ', map { $_->[2] }
		    @$program[$i .. $#$program]) . " with $got"
		    if $n > $k;
		if ($program->[$n][1] ne 'Q') {
			$n++ until $program->[$n][1] eq 'S';
		}
		$i = $n + 1;
	}
	return $got eq '' ? '' : "$got was not asked for";
}

# The messages up to the answer to a portal that nobody has; whether the
# server closed, and what is wrong.
sub read_answers {
	my ($w, $mark) = @_;
	my ($marked, @m);
	for (;;) {
		my $m = next_message($w);
		return (\@m, 1) unless $m;
		return (\@m, 1, "type $m->[0]") if $m->[0] !~
		    /^[123CDEINSTZnst]$/;
		$marked = 1 if $m->[0] eq 'E' && index($m->[1], $mark) >= 0;
		return (\@m, 0, 'status') if $m->[0] eq 'Z' &&
		    $m->[1] !~ /^[ITE]\z/;
		push @m, $m;
		return (\@m, 0) if $marked && $m->[0] eq 'Z';
	}
}

sub send_in_parts {
	my ($w, $bytes) = @_;
	while (length $bytes) {
		my $n = rand() < 0.7 ? length $bytes : 1 + int rand length $bytes;
		return 0 unless $w->send_bytes(substr $bytes, 0, $n, '');
		sleep 0.001 if length $bytes && rand() < 0.2;
	}
	return 1;
}

my $marks = 0;

sub run_legal {
	my ($w) = @_;
	my @program = map { legal_message() } 1 .. 1 + rand 12;
	my $mark = '"end-' . ++$marks . '"';
	push @program, [sync_(), 'S', 'S'],
	    [execute_($mark =~ tr/"//dr), 'no', 'E mark'], [sync_(), 'S', 'S'];
	send_in_parts($w, join '', map { $_->[0] } @program) or return 'closed';
	my ($m, $closed, $why) = read_answers($w, $mark);
	my ($fatal) = grep { $_->[0] eq 'E' && $_->[1] =~ /^SFATAL\0/ } @$m;
	return 'closed' if $closed && $fatal;	# a timeout that it had set
	$why = 'closed without a reason' if $closed && !$why;
	$why //= check_legal(\@program, $m);
	return '' if $why eq '';
	return "legal: $why\n  sent " . join(', ', map { $_->[2] } @program) .
	    "\n  got " . join('', map { $_->[0] } @$m) . "\n";
}

# Something wrong, then a Sync: an answer, or the end.
sub run_illegal {
	my ($w) = @_;
	my @program = map { legal_message()->[0] } 1 .. rand 5;
	splice @program, int rand(@program + 1), 0, illegal_bytes();
	my $bytes = join('', @program) . sync_();
	send_in_parts($w, $bytes);
	return 'left' if rand() < 0.3;		# without looking
	shutdown $w->{fh}, 1;			# no more will come
	while (my $m = next_message($w)) {
		return 'illegal: type ' . ord $m->[0] if $m->[0] !~
		    /^[123CDEINSTZnst]$/;
	}
	return 'left';
}

sub client {
	my ($number) = @_;
	my ($programs, $end) = (0, time + $seconds);
	srand $seed + $number;
	local $SIG{PIPE} = 'IGNORE';
	my $w;
	while (time < $end) {
		$w //= connect_();
		my $start = time;
		my $why = rand() < 0.8 ? run_legal($w) : run_illegal($w);
		return "$why (program $programs of $number)"
		    if $why =~ /legal: /;
		return "no answer in $patience s (program $programs of $number)"
		    if time - $start > $patience;
		undef $w if $why ne '' || rand() < 0.05;
		$programs++;
	}
	return "ok $programs";
}

my @pids;
for my $number (1 .. $children) {
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		my $said = eval { client($number) } // "died: $@";
		KBTest::spew($kb->top . "/client$number", $said);
		POSIX::_exit(0);
	}
	push @pids, $pid;
}
my ($asked, $slowest, $wrong) = (0, 0, 0);
my $end = time + $seconds;
my $witness = connect_();
while (time < $end) {
	my $start = time;
	my $types = $witness->query(
	    "SELECT count(*) FROM search('disk full')")->{seen};
	$wrong++ if $types ne 'TDCZ';
	$slowest = time - $start if time - $start > $slowest;
	last if $types eq '';
	$asked++;
	sleep 0.02;
}
waitpid $_, 0 for @pids;
for my $number (1 .. $children) {
	like(KBTest::slurp($kb->top . "/client$number"), qr/^ok [1-9]/,
	    "client $number: every program had a legal answer");
}
is($wrong, 0, "the witness had an answer each of $asked times");
cmp_ok($slowest, '<', $patience / 2, sprintf 'the slowest took %.2f s', $slowest);
$witness->close;
ok($kb->wait_for(sub { $kb->psql('SELECT count(*) FROM kb_stat_activity')
    eq "1\n" }), 'no session is left');
like($kb->psql("CALL import_document('last', 'last', '# Last')"), qr/^last\|/,
    'the writer is free');
is($kb->stop, 0, 'the server stops as it should');
my ($status, $out, $err) = $kb->run($kb->kbd, 'check', '-D', $kb->dir);
is($status, 0, 'the base is sound') or diag($err);
$kb->finish;
done_testing();
