# 500-backup.t - a backup while others work, restored somewhere else.
#
# Imports and searches go on while backups are taken. Each is restored into a
# directory of its own, and what that server exports is what the first one
# exports as of the backup's revision. A backup that lost a byte or has a
# wrong bit is refused and leaves nothing behind.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Test::More;
use Time::HiRes qw(sleep);

use KBTest;

KBTest::need('psql');
my $slow = $ENV{KB_VALGRIND} || $ENV{KB_SLOW};
my $documents = $slow ? 40 : 200;
my $kb = KBTest->new(settings => { statement_timeout => '60s' });
my $dir = tempdir('kbbackup-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub document {
	my ($n, $round) = @_;
	my $text = "# Document $n\n\nround $round\n\n";
	$text .= "## Lesson $_\n\n**问题**: disk $n is full, round $round\n\n" .
	    "**解决**: docker ps " . ($n * $_) . "\n\n" . ('x' x 300) . "\n\n"
	    for 1 .. 5;
	return $text;
}

sub write_round {
	my ($top, $round, @numbers) = @_;
	remove_tree($top);
	make_path($top);
	KBTest::spew("$top/doc$_.md", document($_, $round)) for @numbers;
}

# All of a server's documents as files, at a revision if one is named.
sub export_to {
	my ($server, $to, @more) = @_;
	my ($status, undef, $err) = $server->kbctl('export', '--all', $to,
	    @more);
	is($status, 0, "export @more") or diag($err);
	unlink "$to/.kbctl-export";
}

# A server that is not there yet, for what is restored.
sub new_server {
	my $server = KBTest->new(bare => 1);
	if ($> == 0) {
		mkdir $server->dir;
		my (undef, undef, $uid, $gid) = getpwnam $server->user;
		chown $uid, $gid, $server->dir;
	}
	return $server;
}

sub restore {
	my ($server, $from) = @_;
	return $server->run("$ENV{KB_BUILDDIR}/kbctl/kbctl", '-D',
	    $server->dir, 'restore-backup', $from);
}

write_round("$dir/all", 0, 1 .. $documents);
my ($status, $out, $err) = $kb->kbctl('import', '-m', 'all', "$dir/all");
is($status, 0, "$documents documents are there") or diag($err);

# ---- while others work ----

my @children;
for my $what (qw(import search)) {
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		my $n = 0;
		until (-e "$dir/stop") {
			$n++;
			if ($what eq 'import') {
				write_round("$dir/some", $n,
				    map { 1 + ($n * 7 + $_) % $documents } 1 .. 5);
				($status) = $kb->kbctl('import', '-q', '-m',
				    "round $n", "$dir/some");
			} else {
				($status) = $kb->kbctl('search', 'disk is full');
			}
			last if $status != 0;
		}
		KBTest::spew("$dir/$what", "$status $n");
		POSIX::_exit(0);
	}
	push @children, $pid;
}
my @revisions;
for my $n (1 .. 3) {
	my $before = $kb->psql('SELECT max(revision) FROM revisions');
	chomp $before;
	$kb->wait_for(sub {
		$kb->psql('SELECT max(revision) FROM revisions') > $before });
	($status, $out, $err) = $kb->kbctl('backup', "$dir/b$n");
	is($status, 0, "backup $n while others import and search")
	    or diag($err);
	like($err, qr/revision \d+ in .*6 files.*verified/, 'it says which');
	push @revisions, $err =~ /revision (\d+)/ ? $1 : 0;
}
KBTest::spew("$dir/stop", '');
waitpid $_, 0 for @children;
like(KBTest::slurp("$dir/import"), qr/^0 ([2-9]|\d\d)/,
    'imports went on all the time');
like(KBTest::slurp("$dir/search"), qr/^0 \d/, 'and so did searches');
ok($revisions[0] < $revisions[2], "revisions @revisions");
is((stat "$dir/b1")[2] & 0777, 0700, 'a backup is its owner\'s');
is((stat "$dir/b1/auth.db")[2] & 0777, 0600, 'and so are its files');

for my $n (1, 3) {
	my $other = new_server();
	($status, $out, $err) = restore($other, "$dir/b$n");
	is($status, 0, "backup $n is restored") or diag($err);
	$other->start;
	is($other->psql('SELECT max(revision) FROM revisions'),
	    "$revisions[$n - 1]\n", 'it has the backup\'s revision');
	export_to($other, "$dir/restored$n");
	export_to($kb, "$dir/then$n", '--as-of', $revisions[$n - 1]);
	my ($differ, $what) = $kb->run('diff', '-r', "$dir/restored$n",
	    "$dir/then$n");
	is($differ, 0, "its $documents documents are those of that revision")
	    or diag(substr $what, 0, 500);
	is(scalar(() = glob "$dir/restored$n/*.md"), $documents,
	    'none is missing');
	($status, $out) = $other->kbctl('search', 'disk is full');
	is($status, 0, 'it finds');
	my ($late, undef, $why) = restore($other, "$dir/b$n");
	is($late, 2, 'a directory that is not empty is never restored into');
	like($why, qr/is not empty/, 'and it says so');
	$other->stop;
	($status, $out, $err) = $other->run($other->kbd, 'check', '-D',
	    $other->dir);
	is($status, 0, 'what was restored is sound') or diag($err);
	$other->finish;
}

# ---- damage ----

sub copy_backup {
	remove_tree("$dir/bad");
	system('cp', '-r', "$dir/b1", "$dir/bad") == 0 or die 'cp';
}

sub refused {
	my ($name, $re) = @_;
	my $target = "$dir/target";
	my ($code, undef, $text) = $kb->run(
	    "$ENV{KB_BUILDDIR}/kbctl/kbctl", '-D', $target,
	    'restore-backup', "$dir/bad");
	if ($code == 0 || $text !~ $re || -e $target) {
		diag("$name: exit $code: $text");
		return 0;
	}
	return 1;
}

# As root a new directory would need an owner: one of its own, each time.
if ($> == 0) {
	no warnings 'redefine';
	*refused = sub {
		my ($name, $re) = @_;
		my $server = new_server();
		my ($code, undef, $text) = restore($server, "$dir/bad");
		opendir my $d, $server->dir or die $!;
		my @left = grep { !/^\.\.?$/ } readdir $d;
		$server->finish;
		return 1 if $code != 0 && $text =~ $re && !@left;
		diag("$name: exit $code, left @left: $text");
		return 0;
	};
}

for my $file (qw(kb.db auth.db kbd.conf tls/server.key backup_manifest)) {
	my $size = -s "$dir/b1/$file";
	my $good = 0;
	my @places = (0, int($size / 3), $size - 2);
	for my $at (@places) {
		copy_backup();
		open my $f, '+<:raw', "$dir/bad/$file" or die $!;
		seek $f, $at, 0;
		read $f, my $byte, 1;
		seek $f, $at, 0;
		print {$f} chr(ord($byte) ^ 4);
		close $f;
		$good += refused("$file, bit at $at",
		    qr/SHA-256 differs|manifest is damaged/);
	}
	is($good, @places, "$file with a wrong bit is refused");
	$good = 0;
	for my $len (0, int($size / 2), $size - 2) {
		copy_backup();
		truncate "$dir/bad/$file", $len;
		$good += refused("$file, $len bytes",
		    qr/cut short|manifest is damaged/);
	}
	is($good, 3, "$file cut short is refused");
	copy_backup();
	unlink "$dir/bad/$file";
	ok(refused("no $file", qr/missing|could not open/),
	    "a backup without $file is refused");
	next if $file eq 'backup_manifest';
	copy_backup();
	unlink "$dir/bad/$file";
	symlink "$dir/b1/$file", "$dir/bad/$file";
	ok(refused("link $file", qr/could not open/),
	    "and one where it is a link");
}
copy_backup();
open my $more, '>>', "$dir/bad/kb.db" or die $!;
print {$more} 'x';
close $more;
ok(refused('longer', qr/too long/), 'a file that grew is refused');

# ---- who may ---

($status, $out, $err) = $kb->kbctl('backup', "$dir/b1");
is($status, 2, 'a directory that is not empty is never written to');
$kb->psql("CALL create_role('ed', 'editor', 'secret-of-ed')");
is($kb->psql('CALL backup_start()') =~ /^\d+\|6\|\d+$/m, 1,
    'any client may take one');
like($kb->psql_error("CALL backup_read('kb.db', 0)"), qr/55000.*no backup/,
    'which ends with its session');
like($kb->psql_error("CALL backup_start();\nCALL backup_start();"),
    qr/55000.*already in progress/, 'one at a time in a session');
like($kb->psql_error("CALL backup_start();\n" .
    "CALL backup_read('../auth.db', 0);"), qr/is no file of the backup/,
    'only what is in the manifest is read');
like($kb->psql_error("CALL backup_start();\n" .
    "CALL backup_read('kb.db', -1);"), qr/22023|must not be negative/,
    'no position before the start');
like($kb->psql_error("CALL backup_start(1)"), qr/42883/,
    'with its own arguments only');
ok($kb->wait_for(sub { KBTest::slurp($kb->dir . '/log/audit.log') =~
    /\tbackup\t/ }), 'the audit tells of a backup');
is(scalar(() = glob $kb->dir . '/tmp/*'), 0,
    'the server keeps nothing of a backup');

# ---- a base that is damaged itself ----

$kb->stop;
my $size = -s $kb->dir . '/kb.db';
open my $base, '+<:raw', $kb->dir . '/kb.db' or die $!;
for my $page (map { int($size / 4096 * $_ / 8) } 3 .. 6) {
	seek $base, $page * 4096, 0;
	print {$base} "\xff" x 16;
}
close $base;
KBTest::spew($kb->dir . '/tmp/backup-7', 'of a server that was killed');
$kb->start;
ok(!-e $kb->dir . '/tmp/backup-7', 'what a killed server left is removed');
($status, $out, $err) = $kb->kbctl('backup', "$dir/damaged");
is($status, 7, 'no backup is made of a damaged base');
like($err, qr/damaged|malformed/, 'and it says why');
ok(!-e "$dir/damaged", 'nothing is left that looks like one');
$kb->finish;
done_testing();
