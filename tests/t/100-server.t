# 100-server.t - making a data directory, starting, signals, stopping.
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use Test::More;

KBTest::need('psql');

my $bare = KBTest->new(bare => 1);
my $kbd = $bare->kbd;
my @as = $bare->user ? ('--user', $bare->user) : ();

# ---- arguments ----
my ($status, $out, $err) = $bare->run($kbd, '--version');
is($status, 0, '--version is fine');
like($out, qr/^kbd \d+\.\d+/, '--version says which');
($status, $out) = $bare->run($kbd, '--help');
is($status, 0, '--help is fine');
like($out, qr/^usage: kbd/, '--help shows the usage');
($status, $out, $err) = $bare->run($kbd, 'frobnicate');
is($status, 2, 'an unknown verb is a usage error');
like($err, qr/unexpected argument "frobnicate"/, '... and is named');
($status) = $bare->run($kbd, '--nosuch');
is($status, 2, 'an unknown option is a usage error');

# ---- init ----
my $dir = $bare->dir;
($status, $out, $err) = $bare->run($kbd, 'init', '-D', $dir, @as);
is($status, 0, 'init makes a directory') or diag $err;
for my $f (['', 0755], ['/run', 0755], ['/log', 0700], ['/kbd.conf', 0600],
    ['/kb.db', 0600]) {
	my ($name, $want) = @$f;
	is(sprintf('%o', (stat "$dir$name")[2] & 07777), sprintf('%o', $want),
	    "mode of \"$name\"");
}
my $conf = KBTest::slurp("$dir/kbd.conf");
like($conf, qr/^#statement_timeout = 30s$/m, 'the sample shows defaults');
unlike($conf, qr/^[^#\n]/m, 'and changes nothing');
($status, $out, $err) = $bare->run($kbd, 'init', '-D', $dir, @as);
is($status, 1, 'init refuses a directory that is not empty');
like($err, qr/is not empty/, '... and says so');
my $long = $bare->top . '/' . 'x' x 88;
($status, $out, $err) = $bare->run($kbd, 'init', '-D', $long, @as);
is($status, 1, 'init refuses a path that is too long for the socket');
like($err, qr/too long/, '... and says so');
ok(!-e $long, '... and makes nothing');
SKIP: {
	skip 'not root', 4 unless $> == 0;
	my $other = $bare->top . '/root';
	($status, $out, $err) = $bare->run($kbd, 'init', '-D', $other);
	is($status, 1, 'as root init wants a user');
	like($err, qr/--user/, '... and says how');
	mkdir $other;
	KBTest::spew("$other/kbd.conf", '');
	KBTest::spew("$other/kb.db", '');
	($status, $out, $err) = $bare->run($kbd, '-D', $other);
	is($status, 1, "a directory of root's is not served");
	like($err, qr/never serves as root/, '... and the reason is given');
}
($status, $out, $err) = $bare->run($kbd, '-D', $bare->top . '/nosuch');
is($status, 1, 'a directory that is not there is not served');

# ---- reindex and check ----
for my $verb (qw(reindex check)) {
	($status, $out, $err) = $bare->run($kbd, $verb, '-D', $dir);
	is($status, 0, "$verb works on a base that is not served") or
	    diag $err;
}

# ---- start ----
$bare->start;
like(KBTest::slurp($bare->{out}), qr{^ready \Q$dir\E/run/\.s\.PGSQL\.7432\n\z},
    'one ready line with the socket');
is($bare->psql('SELECT 1'), "1\n", 'it answers');
is(sprintf('%o', (stat "$dir/run/.s.PGSQL.7432")[2] & 0777), '777',
    'everybody may connect');
my $pid = KBTest::slurp("$dir/kbd.pid");
is($pid, $bare->pid . "\n", 'kbd.pid holds the number')
    unless $ENV{KB_VALGRIND};
if ($> == 0) {
	my ($uid) = KBTest::slurp("/proc/" . $bare->pid . "/status") =~
	    /^Uid:\s+(\d+)\s+(?=\1)/m;
	is($uid, (getpwnam 'nobody')[2], "it runs as the directory's owner");
}
for my $cmd (['-D', $dir], ['check', '-D', $dir], ['reindex', '-D', $dir]) {
	($status, $out, $err) = $bare->run($kbd, @$cmd);
	is($status, 1, "a second kbd is refused: @$cmd");
	like($err, qr/another kbd .*serves/, '... and says why');
}
is($bare->psql('SELECT 1'), "1\n", 'the first still answers');

# ---- peer authentication ----
my @base = ('psql', '-X', '-At', '-h', $bare->run_dir, '-p', 7432, '-c',
    'SELECT current_user');
my $me = getpwuid $>;
($status, $out, $err) = $bare->run(@base, '-U', $me, '-d', 'kb');
is($out, "admin\n", "the system user's own name is admin") or diag $err;
($status, $out, $err) = $bare->run(@base, '-U', $me);
is($out, "admin\n", 'a database named like the user is kb') or diag $err;
($status, $out, $err) = $bare->run(@base, '-U', 'somebody', '-d', 'kb');
like($err, qr/FATAL:  Peer authentication failed for user "somebody"/,
    'another name is refused');
($status, $out, $err) = $bare->run(@base, '-U', 'admin', '-d', 'postgres');
like($err, qr/FATAL:  database "postgres" does not exist/,
    'there is one database');
SKIP: {
	my $su = (grep { -x "$_/setpriv" } split /:/, $ENV{PATH})[0];
	skip 'needs root and setpriv', 2 unless $> == 0 && $su;
	my @daemon = ('setpriv', '--reuid=daemon', '--regid=daemon',
	    '--clear-groups');
	($status, $out, $err) = $bare->run(@daemon, @base, '-U', 'daemon',
	    '-d', 'kb');
	like($err, qr/FATAL:  role "daemon" does not exist/,
	    'another system user has no role yet');
	($status, $out, $err) = $bare->run(@daemon, @base, '-U', 'admin',
	    '-d', 'kb');
	like($err, qr/FATAL:  Peer authentication failed for user "admin"/,
	    'and cannot be admin');
}

# ---- reload ----
$bare->reload(statement_timeout => '5s', log_min_messages => 'debug');
is($bare->psql('SHOW statement_timeout'), "5s\n", 'a reload is in force');
$bare->reload(statement_timeout => 'soon');
ok($bare->wait_log(qr/kbd\.conf:1: invalid duration "soon"/),
    'a bad reload is explained');
is($bare->psql('SHOW statement_timeout'), "5s\n", 'and changes nothing');
KBTest::spew("$dir/kbd.conf", "log_connections = off\n\nno_such = 1\n");
my $before = length $bare->log;
$bare->signal('HUP');
$bare->wait_for(sub { length $bare->log > $before });
ok($bare->wait_log(
    qr/kbd\.conf:3: unrecognized configuration parameter "no_such"/),
    'an unknown setting is named with its line');
is($bare->psql('SHOW log_connections'), "on\n", 'the whole file is refused');
$bare->reload(port => 7500, statement_timeout => '6s');
ok($bare->wait_log(
    qr/parameter "port" cannot be changed without restarting/),
    'what needs a restart is said');
is($bare->psql('SHOW statement_timeout'), "6s\n", 'the rest is in force');
is($bare->psql("SELECT setting, sourcefile, sourceline FROM pg_settings " .
    "WHERE name = 'statement_timeout'"), "6000|kbd.conf|2\n",
    'pg_settings says where');

# ---- the log ----
rename "$dir/log/kbd.log", "$dir/log/old.log";
$bare->signal('USR1');
ok($bare->wait_for(sub { -e "$dir/log/kbd.log" }),
    'SIGUSR1 opens the log again');
$bare->psql('SELECT 1');
ok($bare->wait_log(qr/connection authorized: user=admin/),
    'logins are logged');

# ---- stop ----
$bare->conf;
is($bare->stop('TERM'), 0, 'SIGTERM stops it');
ok(!-e "$dir/run/.s.PGSQL.7432", 'the socket is gone');
is(KBTest::slurp("$dir/kbd.pid"), '', 'kbd.pid is empty');
$bare->start;
is($bare->psql('SELECT 1'), "1\n", 'it starts again');
is($bare->stop('INT'), 0, 'SIGINT stops it');

# a socket that a killed server left behind is replaced
$bare->start;
$bare->stop('KILL');
ok(-e "$dir/run/.s.PGSQL.7432", 'kill -9 leaves the socket');
$bare->start;
is($bare->psql('SELECT 1'), "1\n", 'and the next server replaces it');

# a bad file at start is refused with its place
$bare->stop;
KBTest::spew("$dir/kbd.conf", "work_mem = lots\n");
($status, $out, $err) = $bare->run($kbd, '-D', $dir);
is($status, 1, 'a bad file stops the start');
like($err, qr/kbd\.conf:1: invalid size "lots" for parameter "work_mem"/,
    'and says where');

# ---- the manual names each setting ----
my $man = KBTest::slurp(($ENV{KB_SRCDIR} // '.') . '/doc/kbd.conf.5');
for my $name ($conf =~ /^#(\w+) = /mg) {
	like($man, qr/^\.It Ic \Q$name\E\b/m, "kbd.conf(5) has $name");
}
$man = KBTest::slurp(($ENV{KB_SRCDIR} // '.') . '/doc/kbd_hba.conf.5');
like($man, qr/^\.It Ic .*\b\Q$_\E(?:\s|$)/m, "kbd_hba.conf(5) has $_")
    for qw(local host hostssl hostnossl all sameuser samerole replication
    samehost samenet peer scram-sha-256 reject trust);
for my $page (qw(kbd.8 kbd.conf.5 kbd_hba.conf.5)) {
	my @lint = grep { !/referenced manual not found|lacks .* entry/ }
	    `mandoc -T lint -W style '$ENV{KB_SRCDIR}/doc/$page' 2>&1`;
	is("@lint", '', "mandoc finds nothing in $page");
}

$bare->finish;
done_testing();
