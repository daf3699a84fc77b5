# 225-kbctl-match.t - known errors in logs: files, pipes, followed files.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use IO::Handle;
use JSONSchema;
use KBCtl;
use Time::HiRes ();

my $source = $ENV{KB_SRCDIR} // '.';
my $schema = JSONSchema->load("$source/doc/schema/kb.match-1.json");
my ($kb, $ctl) = KBCtl->with_server;
my ($status, $out, $err) = $ctl->run('import', '-q',
    "$source/content/InterviewPro.md");
is($status, 0, 'the seed lessons are imported') or diag($err);

my $lesson = <<'END';
# Storage

## Ticket lost

特征: all: `ticket * is lost`; not: `found again`
**Fix**: run `ls -l /srv`

## Slow

signature: connected to *
**Fix**: wait
END
($status, $out, $err) = $ctl->run('import', '-q', '--doc', 'storage', '-',
    { stdin => $lesson });
is($status, 0, 'so are lessons with rules of their authors') or diag($err);

# The objects of kbctl match --json by type, each held against the schema.
sub objects {
	my ($bytes, @args) = @_;
	my ($status, $out, $err) = $ctl->run('match', '--json', @args,
	    defined $bytes ? { stdin => $bytes } : ());
	my %by;
	$ctl->{status} = $status;
	for my $line (split /\n/, $out) {
		my @faults = $schema->check($line);
		is("@faults", '', 'fits the schema') if @faults;
		my $o = JSONSchema::decode($line);
		push @{ $by{ $o->{type} } }, $o;
	}
	return \%by;
}

my $unknown = "Unknown column 'users.avatar' in 'field list'";
my $got = objects("all is well\n2026-01-01 10:00:00 ERROR (1054, \"$unknown\")"
    . "\nLookupError: 'refunded' is not among the defined enum values\n"
    . "ERROR the moon refused 7 orders\nERROR the moon refused 8 orders\n");
is($ctl->{status}, 0, 'something known: 0');
is(scalar @{ $got->{line} }, 2, 'two lines are known');
is_deeply([ map { $_->{line} } @{ $got->{line} } ], [ 2, 3 ], 'these two');
is($got->{line}[0]{confidence}, 'strong', 'for certain');
is_deeply($got->{line}[0]{captures}, { 1 => 'users.avatar',
    2 => 'field list' }, 'with what varies');
{
	use utf8;
	like($got->{line}[0]{heading}, qr/数据库表结构不一致/, 'the lesson');
}
is($got->{line}[0]{document}, 'InterviewPro', 'its document');
is($got->{line}[0]{file}, '-', 'the file is standard input');
is(scalar @{ $got->{group} }, 1, 'one entry');
is($got->{group}[0]{count}, 2, 'counted twice');
is("$got->{group}[0]{first} $got->{group}[0]{last}", '2 3', 'first and last');
is($got->{group}[0]{severity}, 'critical', 'how bad');
ok(@{ $got->{group}[0]{fix} }, 'with its fix');
is(scalar @{ $got->{unknown} }, 1, 'one kind of error without a lesson');
is($got->{unknown}[0]{count}, 2, 'seen twice');
like($got->{unknown}[0]{template}, qr/the moon refused \* orders/,
    'what varies is masked');

is_deeply(objects("all is well\n"), {}, 'nothing in a healthy log');
is($ctl->{status}, 1, 'nothing known: 1');
is_deeply(objects(''), {}, 'nor in an empty one');
is($ctl->{status}, 1, 'empty: 1 too');

# authors' rules
$got = objects("the ticket 77 is lost\nticket 8 is lost, found again\n"
    . "connected to db\n");
is(scalar @{ $got->{line} }, 1, 'an author\'s rule, with its exception');
is_deeply($got->{group}[0]{commands}[0]{text}, 'ls -l /srv',
    'and its command');
ok(!grep({ $_->{heading} eq 'Slow' } @{ $got->{line} }),
    'a rule that fits everyday lines is not used');

# bytes of every kind
my %odd = ('colours' => "\033[36mapp-1 | \033[0m\033[1;31mUnknown \033[0mcolumn "
    . "'a' in 'b'\033[0m\n", 'CRLF' => "x\r\n$unknown\r\n",
    'CR' => "10%\r50%\r$unknown\n", 'NUL' => "a\0b\0 $unknown\0\n",
    'ill-formed' => "\xff\xfe\x80 $unknown \xc3\n",
    'no line end' => "x\n$unknown", 'JSON' =>
    '{"log":"Unknown column \\u0027a.b\\u0027 in \\"c\\"\\n","stream":"x"}',
    'a giant line' => ('x' x 3_000_000) . " $unknown " . ('y' x 3_000_000),
    'a giant line of blanks' => (' ' x 2_000_000) . $unknown . "\n",
    'compose' => "backend-1  | 2026-01-01T00:00:00Z $unknown\n",
    'other quotes' => "Unknown column `a`.`b` in \"c\"\n");
for my $name (sort keys %odd) {
	$got = objects($odd{$name});
	is(scalar @{ $got->{line} // [] }, 1, "$name: found once");
	is($got->{group}[0]{count}, 1, "$name: counted once");
}
$got = objects("\n" x 70000 . "$unknown\n" . 'z' x 2_000_000 . "\n$unknown\n");
is_deeply([ map { $_->{line} } @{ $got->{line} } ], [ 70001, 70003 ],
    'a line that does not fit the buffer counts as one');

# several files
my $dir = $ctl->home;
KBCtl::spew("$dir/one.log", "x\n$unknown\n");
KBCtl::spew("$dir/two.log", "$unknown\n" x 3);
$got = objects(undef, "$dir/one.log", "$dir/two.log");
is($got->{group}[0]{count}, 4, 'two files are counted together');
is($got->{group}[0]{last_file}, "$dir/two.log", 'the last is in the second');
is($got->{group}[0]{last}, 3, 'numbers start anew');
is(($ctl->run('match', "$dir/none.log"))[0], 7, 'a missing file is said');
is(($ctl->run('match', "$dir"))[0], 2, 'a directory is none');
like(($ctl->run('match', "$dir"))[2], qr/is a directory/, 'and why');

# for people
($status, $out, $err) = $ctl->run('match', "$dir/one.log");
is($status, 0, 'found');
{
	use utf8;
	utf8::decode($out);
	like($out, qr/^1  数据库表结构不一致  critical line 2$/m, 'title');
	like($out, qr/^   Fix +\S/m, 'fix');
	unlike($out, qr/\033/, 'no colours into a pipe');
}
($status, $out, $err) = $ctl->run('match', { stdin => "\033]0;evil\007"
    . "error: the \033[2Jmoon \302\233failed\n" });
unlike($out, qr/\033|\302\233/, 'nothing of the log reaches the terminal');
like($err, qr/no known error/, 'and it says that nothing is known');

# the first screen
SKIP: {
	KBCtl::spew("$dir/long.log", "2026-01-01 10:00:00 ERROR " .
	    ('very ' x 40) . "$unknown\nERROR: " . ('moon ' x 60) .
	    "failed\n");
	my @screen = $ctl->screen(80, 24, 'match', "$dir/long.log");
	skip 'no tmux', 2 if !defined $screen[0];
	use utf8;
	like("@screen", qr/数据库表结构不一致/, 'screen: the lesson');
	cmp_ok(scalar(grep { length > 80 } @screen), '==', 0,
	    'nothing sticks out');
}

# --follow: what comes is shown at once; rotation and truncation
sub follow {
	my ($file) = @_;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		open STDOUT, '>', "$dir/follow.out" or die;
		open STDERR, '>', "$dir/follow.err" or die;
		%ENV = %{ $ctl->{env} };
		$SIG{INT} = 'DEFAULT';	# a job in the background ignores it
		exec KBCtl::program(), 'match', '--follow', '--json', $file
		    or die;
	}
	return $pid;
}
sub seen {
	my ($n) = @_;
	my $until = Time::HiRes::time() + 30;
	while (Time::HiRes::time() < $until) {
		my $lines = () = KBCtl::slurp("$dir/follow.out") =~
		    /"type":"line"/g;
		return $lines if $lines >= $n;
		Time::HiRes::sleep(0.02);
	}
	return 0;
}
sub append {
	open my $f, '>>', "$dir/f.log" or die;
	print $f @_;
	close $f;
}
KBCtl::spew("$dir/f.log", "$unknown\n");
my $pid = follow("$dir/f.log");
is(seen(1), 1, 'what is there already');
append("x\nUnknown column 'late' in");
append(" 'field list'\n");
is(seen(2), 2, 'a line that came in two pieces');
rename "$dir/f.log", "$dir/f.log.1";
KBCtl::spew("$dir/f.log", "new\n$unknown\n");
is(seen(3), 3, 'a rotated file');
KBCtl::spew("$dir/f.log", "$unknown\n");
is(seen(4), 4, 'a truncated file');
kill 'INT', $pid;
waitpid $pid, 0;
is($? >> 8, 130, 'Ctrl-C ends it');
my @groups = grep { $_->{type} eq 'group' }
    map { JSONSchema::decode($_) } split /\n/, KBCtl::slurp("$dir/follow.out");
is($groups[0]{count}, 4, 'and what was found is told');
is($groups[0]{last}, 1, 'with the new numbers');

# SQL: the same signatures
sub sql {
	my ($statement) = @_;
	my $run = $kb->dir . '/run';
	return join '', `psql -AtqX -h '$run' -p 7432 -c "$statement" kb 2>&1`;
}
SKIP: {
	skip 'no psql', 5 if !KBCtl::has('psql');
	is(sql("SELECT title FROM match('(1054, Unknown column zz.q in "
	    . "field list)') m JOIN entries e ON e.id = m.entry_id"),
	    "数据库表结构不一致\n", 'match() finds the entry');
	is(sql("SELECT captures ->> '1', confidence FROM match('ticket 7 is "
	    . "lost')"), "7|strong\n", 'with captures and confidence');
	is(sql("SELECT count(*) FROM match('nothing to see here')"), "0\n",
	    'or nothing');
	like(sql('SELECT * FROM match'), qr/needs? arguments/,
	    'without a line it is an error');
	is(sql("SELECT mode FROM signatures WHERE origin = 'rule' ORDER BY "
	    . "entry_id"), "strong\noff\n", 'authors see what is not used');
}

# a pasted log
my $answer = $ctl->json('--json', 'search', '-', { stdin =>
    "2026-01-01 10:00:00 ERROR x\nOperationalError: (1054, \"Unknown column "
    . "'zz.q' in 'where clause'\")\n" })->{answers}[0];
is($answer->{confidence}, 'strong', 'a pasted log finds its lesson');
ok(grep({ $_ eq 'signature' } @{ $answer->{why} }), 'by its signature');
done_testing();
