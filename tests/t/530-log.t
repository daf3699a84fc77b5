# 530-log.t - the log: one line an event, levels, whose line it is, no secrets;
# and what kb_stat_activity tells to whom.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;

use KBPostgres;
use KBTest;
use KBWire;

KBTest::need('psql');
my $port = KBPostgres::free_port();
my %where = (port => $port, listen_addresses => '127.0.0.1');
my $kb = KBTest->new(settings => { log_min_messages => 'debug', %where },
    port => $port);
my $log = $kb->dir . '/log/kbd.log';
my $line = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z (error|warning|info|debug) \[\d+\] \S/;

sub ann {
	my ($password, %more) = @_;
	return KBWire->connect(host => '127.0.0.1', port => $port,
	    user => 'ann', password => $password, die => 0, %more);
}

# ---- what may never be in it ----

my @secrets = ('first-secret-7', 'second-secret-8', 'wrong-secret-9',
    'bound-secret-10');
$kb->psql("CALL create_role('ann', 'viewer', '$secrets[0]')");
$kb->psql("ALTER ROLE ann PASSWORD '$secrets[1]'");
$kb->psql_error("ALTER ROLE nosuch PASSWORD '$secrets[1]'");
$kb->psql_error("ALTER ROLE ann PASSWORD '$secrets[1]' NONSENSE");
is(ann($secrets[2])->{login_error}{C}, '28P01', 'a wrong password');
my $c = ann($secrets[1], params => [application_name => "two\nlines\e[31m"]);
ok(!$c->{login_error}, 'the right one');
is($c->extended('SELECT length($1)', params => [[25, $secrets[3]]])
    ->{rows}[0][0], length $secrets[3], 'a bound value');
$c->extended('SELECT $1::int', params => [[25, $secrets[3]]]);
my $hostile = KBWire->connect(host => '127.0.0.1', port => $port,
    user => "x\n2026-01-01 00:00:00.000Z error [1] forged", die => 0);
ok($hostile->{login_error}, 'a name with a line end');
ok($kb->wait_log(qr/\\x0a/), 'which is logged, escaped');

my $text = KBTest::slurp($log);
my @lines = split /\n/, $text;
is(scalar(grep { $_ !~ $line } @lines), 0, 'each line has time and level')
    or diag(grep { $_ !~ $line } @lines);
unlike($text, qr/\Q$_\E/, "no line has \"$_\"") for @secrets;
unlike($text, qr/SCRAM-SHA-256\$/, 'nor a verifier');
unlike($text, qr/[\x00-\x09\x0b-\x1f\x7f]/, 'nor a control character');
unlike($text, qr/^2026-01-01/m, 'no client writes a line of its own');

# ---- whose line it is ----

like($text, qr/ info \[\d+\] conn=\d+: connection received: host=127/,
    'before the login: the connection');
like($text, qr/ info \[\d+\] conn=\d+ role=ann: connection authorized/,
    'after it: the role too');
like($text, qr/ info \[\d+\] conn=\d+ role=admin: role "ann" created/,
    'and where a worker does the work');

# ---- levels, rotation ----

$kb->reload(log_min_messages => 'warning', %where);
my $before = -s $log;
$kb->psql('SELECT 1');
is(-s $log, $before, 'above "warning" nothing is logged');
$kb->reload(log_min_messages => 'info', %where);
rename $log, "$log.1" or die "rename: $!";
$kb->psql('SELECT 1');
ok(!-e $log, 'a file that was renamed is still written to');
$kb->signal('USR1');
ok($kb->wait_for(sub { -e $log }), 'SIGUSR1 opens it anew');
$kb->psql('SELECT 1');
ok($kb->wait_for(sub { -s $log }), 'and it is written to');
is((stat $log)[2] & 0777, 0600, 'only its owner can read it');
like(KBTest::slurp("$log.1"), $line, 'what was there stays');

# ---- kb_stat_activity ----

my $sleeper = KBWire->connect(socket => $kb->run_dir, port => $port,
    user => 'admin', params => [application_name => 'sleeper']);
$sleeper->query('BEGIN');
$sleeper->query("SELECT 'of an admin'");
my $rows = $kb->psql('SELECT usename, application_name, state, query, ' .
    'client_addr FROM kb_stat_activity ORDER BY backend_start');
like($rows, qr/^admin\|sleeper\|idle in transaction\|SELECT 'of an admin'\|$/m,
    'an admin sees what others do');
like($rows, qr/^ann\|two\nlines.*\|idle\|.*\|127\.0\.0\.1$/m, 'and where they are');
like($rows, qr/^admin\|psql\|active\|SELECT usename/m, 'itself too');
$sleeper->query('SELECT nosuch');
is($kb->psql("SELECT state FROM kb_stat_activity WHERE application_name = " .
    "'sleeper'"), "idle in transaction (aborted)\n", 'a failed transaction');
my $seen = $c->query("SELECT query FROM kb_stat_activity WHERE " .
    "application_name = 'sleeper'");
is($seen->{rows}[0][0], '<insufficient privilege>',
    'others see that it is there, not what it asks');
$sleeper->query('ROLLBACK');
$sleeper->query("ALTER ROLE ann PASSWORD '$secrets[0]'");
unlike($kb->psql('SELECT query FROM kb_stat_activity'), qr/secret/,
    'no statement about a password is shown');
like($kb->psql('SELECT backend_start <= query_start AND query_start <= ' .
    "state_change FROM kb_stat_activity WHERE usename = 'ann'"), qr/^t$/m,
    'times are in their order');
$sleeper->close;
$c->close;
ok($kb->wait_for(sub { $kb->psql('SELECT count(*) FROM kb_stat_activity')
    eq "1\n" }), 'who left is gone');
$kb->finish;
done_testing();
