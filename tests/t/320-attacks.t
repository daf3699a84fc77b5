# 320-attacks.t - no statement reads a secret, changes anything, or hurts.
#
# Runs every statement of tests/sql/attacks.sql as a simple query and
# prepared, and prints a table: statement, SQLSTATE, ms, MB (what the
# server's memory rose by), bytes that came back. Against the PostgreSQL of
# KB_TEST_TARGET=postgres only the runner is tried: its SQLSTATEs, times
# and memory are not what attacks.sql is about.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Test::More;
use Time::HiRes qw(time);
use KBPostgres;
use KBTarget;
use KBWire;

use constant {
	MAX_MS => 2000,
	MAX_MB => 64,
	MAX_BYTES => 64 << 20,
	TIMEOUT => 10,		# seconds until a test gives up on an answer
};

my %sets = (
	hidden => '42501 42P01 0A000',
	nofunc => '42883 42501',
	write => '25006',
	refused => '42601 0A000 42501 25006',
	stopped => '57014 53200 54000 54001 54011 53400 54023',
	bounded => '00000',
	fine => '00000',
);
my $secrets = qr{
	SCRAM-SHA-256\$\d | SQLite\ format\ 3 | \bCREATE\ (?:TABLE|VIEW|INDEX|
	TRIGGER|VIRTUAL)\b | root:[x*]:0:0: | BEGIN\ (?:EC\ )?PRIVATE\ KEY |
	/(?:kb|auth)\.db\b
}x;

KBTarget->plan(local => 1);

sub statements {
	my @all;
	my $path = KBTarget::top() . '/tests/sql/attacks.sql';

	for my $block (split /\n\n+/, KBPostgres::slurp($path)) {
		my %s;

		$block =~ s/^-- (\w+: .*)\n-- expect: (.*)\n// or next;
		@s{qw(name expect)} = ($1, $2);
		$s{simple} = $block =~ s/^-- simple\n//;
		$s{sql} = expand($block =~ s/\n+\z//r);
		push @all, \%s;
	}
	return @all;
}

sub expand {
	my ($sql) = @_;

	$sql =~ s/\{\{hex (\w+)\}\}/pack 'H*', $1/ge;
	$sql =~ s/\{\{(\d+)\|([^|]*)\|([^|}]*)\}\}/many($1, $2, $3)/ge;
	return $sql;
}

sub many {
	my ($n, $text, $separator) = @_;
	my @all;

	for my $i (1 .. $n) {
		my $before = $i - 1;
		push @all, $text =~ s/%d/$i/gr =~ s/\xc2\xa7/$before/gr;
	}
	return join $separator, @all;
}

sub expected {
	my ($words) = @_;

	return { map { $_ => 1 } map { split ' ', $sets{$_} // $_ }
	    split ' ', $words };
}

# Reads one whole answer and keeps little of it: { code, bytes, leak, z }.
sub read_answer {
	my ($c) = @_;
	my $end = time + TIMEOUT;
	my %a = (code => '00000', bytes => 0, leak => '', message => '');

	for (;;) {
		my ($type, $body) = $c->recv($end - time);

		if ($type eq '') {
			$a{code} = $body;
			return \%a;
		}
		$a{bytes} += length $body;
		if ($type =~ /[DEN]/ && $body =~ $secrets) {
			$a{leak} ||= "$type: $&";
		}
		if ($type eq 'E') {
			my $f = $c->fields($body);
			# Of several the first counts: the rest is skipped.
			if ($a{code} eq '00000') {
				$a{code} = $f->{C};
				$a{message} = $f->{M};
			}
		}
		if ($type eq 'G') {
			$a{code} = 'COPY';
			return \%a;
		}
		return \%a if $type eq 'Z';
		if ($a{bytes} > MAX_BYTES) {
			$a{code} = 'ENDLESS';
			return \%a;
		}
	}
}

sub run_simple {
	my ($c, $sql) = @_;

	$c->send(Q => "$sql\0");
	return read_answer($c);
}

sub run_prepared {
	my ($c, $sql) = @_;

	$c->send(P => $c->parse_body('', $sql), B => $c->bind_body('', '', []),
	    D => "P\0", E => $c->execute_body('', 0), S => '');
	return read_answer($c);
}

sub session {
	my ($target) = @_;
	my $c = $target->wire;

	$c->query("SET statement_timeout = '1s'");
	return $c;
}

# What must be the same at the end.
sub state_of {
	my ($target) = @_;
	my $c = $target->wire;
	my %s;

	for my $name (qw(documents entries entry_versions revisions
	    revision_entries fields commands checklist_items signatures)) {
		my $r = $c->query("SELECT * FROM $name");
		$s{$name} = sha256_hex(join "\n", sort map { join '|', map {
		    $_ // 'NULL' } @$_ } @{ $r->{rows} });
	}
	$c->close;
	if ($target->{dir}) {
		for my $file ('auth.db', 'kbd.conf', 'kbd_hba.conf') {
			$s{$file} = sha256_hex(KBPostgres::slurp(
			    "$target->{dir}/data/$file"));
		}
		$s{files} = join ' ', sort grep { !/-(?:wal|shm)$/ }
		    glob "$target->{dir}/data/*";
	}
	$s{pwned} = join ' ', glob '/tmp/kbd-pwned*';
	return \%s;
}

# Run one statement one way; returns its row of the table.
sub attack {
	my ($target, $c, $s, $how) = @_;
	my $before = $target->reset_peak;
	my $start = time;
	my $a = $how eq 'simple' ? run_simple($$c, $s->{sql})
	    : run_prepared($$c, $s->{sql});

	$a->{ms} = (time - $start) * 1000;
	$a->{mb} = ($target->peak_kb - $before) / 1024;
	$a->{how} = $how;
	if ($a->{code} =~ /^(?:CLOSED|TIMEOUT|ENDLESS|GARBAGE|COPY|57P0\d)$/) {
		$$c->close(rude => 1);
		$$c = session($target);
	} else {
		run_simple($$c, 'ROLLBACK');
	}
	return $a;
}

sub judge {
	my ($target, $s, $a, $want) = @_;
	my @wrong;
	my $stub = $target->{kind} eq 'postgres';

	push @wrong, "SQLSTATE $a->{code}, not one of " . join(' ',
	    sort keys %$want) unless $stub || $want->{$a->{code}} ||
	    ($a->{how} eq 'prepared' && $a->{code} eq '42601' &&
	    $want->{25006});
	push @wrong, 'no answer' if $a->{code} =~ /TIMEOUT|GARBAGE/;
	push @wrong, 'it leaked ' . $a->{leak} if $a->{leak};
	# Sanitizers make memory slow.
	push @wrong, sprintf '%d ms', $a->{ms} if !$stub && $a->{ms} >
	    MAX_MS * ($target->sanitized ? 3 : 1);
	push @wrong, sprintf '%.1f MB', $a->{mb} if $a->{mb} > MAX_MB && !$stub
	    && !$target->sanitized;
	return map { "$a->{how}: $_" } @wrong;
}

my $target = KBTarget->start;
my @all = statements();
my (@table, $c);

$target->load_fixture;
my $before = state_of($target);
$c = session($target);
cmp_ok(scalar @all, '>=', 200, scalar(@all) . ' statements');
for my $s (@all) {
	my $want = expected($s->{expect});
	my @ways = $s->{simple} ? 'simple' : ('simple', 'prepared');
	my @answers = map { attack($target, \$c, $s, $_) } @ways;
	my @wrong = map { judge($target, $s, $_, $want) } @answers;
	my ($worst) = sort { $b->{ms} <=> $a->{ms} } @answers;
	my ($mb) = sort { $b <=> $a } map { $_->{mb} } @answers;

	ok(!@wrong, $s->{name}) or diag(substr($s->{sql}, 0, 300), "\n",
	    map({ "  $_\n" } @wrong), "  $answers[0]{message}\n");
	push @table, [$s->{name}, $answers[0]{code}, $worst->{ms}, $mb,
	    $answers[0]{bytes}];
	last unless $target->alive;
}
ok($target->alive, 'the server is still there');
is_deeply(state_of($target), $before, 'nothing has changed');
is($target->wire->query('SELECT 1')->{rows}[0][0], 1, 'and it answers');

print "#\n";
printf "# %-50s %-8s %7s %6s %9s\n", qw(statement SQLSTATE ms MB bytes);
printf "# %-50.50s %-8s %7.1f %6.1f %9d\n", @$_ for @table;
print "#\n";
done_testing;
