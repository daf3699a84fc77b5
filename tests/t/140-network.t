# 140-network.t - the server on the network: TLS, client rules, limits,
# deadlines, and what a reload changes while clients are there.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBPostgres;
use KBTest;
use KBWire;
use Time::HiRes qw(time);

KBTest::need(qw(psql openssl));
my $port = KBPostgres::free_port();
my %base = (listen_addresses => '127.0.0.1', port => $port,
    authentication_timeout => $ENV{KB_VALGRIND} ? '10s' : '1s', tcp_keepalives_idle => '30s');
my $kb = KBTest->new(port => $port, settings => \%base);
my $dir = $kb->dir;
my $rules = "local all admin peer\nhost all all 127.0.0.1/32 scram-sha-256\n";
my $password = 'Right Horse, 1';

# Read the files again and wait until the server has said what came of it.
sub read_again {
	my (%more) = @_;
	my $before = () = $kb->log =~ /were read again|everything stays/g;
	$kb->conf(%base, %more);
	$kb->signal('HUP');
	return $kb->wait_for(sub {
		my $now = () = $kb->log =~ /were read again|everything stays/g;
		return $now > $before;
	});
}

sub hba {
	my ($text) = @_;
	KBTest::spew("$dir/kbd_hba.conf", $text);
	return read_again();
}

sub wire {
	my (%o) = @_;
	return KBWire->connect(port => $port, user => 'ann',
	    password => $password, die => 0, %o);
}

# The SQLSTATE with which a login ends; "in" when it does not.
sub fate {
	my $c = wire(@_) or return 'none';
	my $e = $c->{login_error};
	$c->close;
	return $e ? $e->{C} : 'in';
}

sub message {
	my $e = wire(@_)->{login_error};
	return $e ? $e->{M} : '';
}

# psql over TCP: its output, or its error.
sub psql {
	my ($conninfo, $sql) = @_;
	local $ENV{PGPASSWORD} = $password;
	my ($status, $out, $err) = $kb->run('psql', '-X', '-A', '-t', '-q',
	    '-v', 'VERBOSITY=verbose', '-c', $sql, "host=127.0.0.1 port=$port " .
	    "user=ann dbname=kb connect_timeout=20 $conninfo");
	return $status == 0 ? $out =~ s/\n\z//r : $err;
}

# What openssl s_client says when these bytes are sent through TLS.
sub s_client {
	my ($bytes, @options) = @_;
	my ($status, $out, $err) = $kb->run(\$bytes, 'timeout', '10',
	    'openssl', 's_client', '-connect', "127.0.0.1:$port", @options);
	return $out . $err;
}

$kb->psql("CREATE ROLE ann LOGIN IN ROLE editor PASSWORD '$password'");
$kb->psql("CREATE ROLE bob LOGIN PASSWORD '$password' CONNECTION LIMIT 2");
$kb->psql("CREATE ROLE old LOGIN PASSWORD '$password' VALID UNTIL '2020-01-01'");
$kb->psql("CREATE ROLE away NOLOGIN PASSWORD '$password'");

# ---- the ways in ----
is(fate(), 'in', 'TCP with a password');
my ($first_password) = $kb->{init_output} =~
    /^password of the role admin .*: +(\S+)$/m;
is(fate(user => 'admin', password => $first_password), 'in',
    'the password that kbd init printed');
is(fate(password => 'wrong'), '28P01', 'a wrong password');
is(fate(user => 'nobody'), '28P01', 'no such role');
is(fate(user => 'old'), '28P01', 'a role whose time is over');
is(fate(user => 'away'), '28P01', 'a role that may not log in');
is(fate(database => 'other'), '3D000', 'another database');
is(fate(database => 'ann'), 'in', 'the one that is named like the role');
is(psql('sslmode=require', 'SELECT current_user'), 'ann', 'TLS');
is(psql("sslmode=verify-full sslrootcert=$dir/tls/server.crt host=localhost " .
    'hostaddr=127.0.0.1 channel_binding=require', 'SELECT 1'), '1',
    'the certificate of kbd init names localhost and binds the channel');
my $row = psql('sslmode=require application_name=here', 'SELECT usename, ' .
    "client_addr, client_port > 0, ssl_version, application_name, state
    FROM kb_stat_activity WHERE usename = 'ann'");
like($row, qr/^ann\|127\.0\.0\.1\|t\|TLSv1\.3\|here\|active$/,
    'kb_stat_activity knows the client');
like($kb->log, qr/connection received: host=127\.0\.0\.1 port=\d+/,
    'a connection is logged');
like($kb->log, qr/user=ann .*method=scram-sha-256 \(kbd_hba\.conf:\d+\) tls=TLSv1\.3/,
    'so is the login, with the rule that let it in');
unlike($kb->log . KBTest::slurp("$dir/kb.db") . KBTest::slurp("$dir/auth.db"),
    qr/Right Horse|\Q$first_password\E/, 'no password is kept anywhere');

# ---- TLS ----
my $ssl = pack('NN', 8, 80877103);
my $hello = KBWire->startup_bytes(0x30000, user => 'ann', database => 'kb');
for my $version (qw(1_2 1_3)) {
	like(s_client('', '-starttls', 'postgres', "-tls$version"),
	    qr/TLSv1\.\d, Cipher is [\w-]*(?:GCM|CHACHA)/, "TLS $version");
}
unlike(s_client('', '-starttls', 'postgres', '-tls1_1', '-cipher',
    'ALL:@SECLEVEL=0'), qr/Cipher is [A-Z]/, 'no TLS 1.1');
like(s_client('', '-alpn', 'postgresql'), qr/ALPN protocol: postgresql/,
    'TLS from the first byte');
like(s_client($hello, '-quiet', '-alpn', 'postgresql'),
    qr/R\0\0\0.\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0/s,
    'through which a login begins, with channel binding');
like(s_client('', '-alpn', 'http/1.1'), qr/no application protocol/,
    'another protocol is refused');
unlike(s_client($hello, '-quiet'), qr/SCRAM/, 'and so is none');
like(s_client($hello, '-quiet', '-starttls', 'postgres'), qr/SCRAM/,
    'which after SSLRequest is right');
my $c = KBWire->open(port => $port);
$c->send_bytes($ssl);
is($c->byte, 'S', 'SSLRequest');
ok($c->closed, 'a handshake that never comes ends in time, without a word');
$c = KBWire->open(port => $port);
$c->send_bytes(substr $ssl, 0, 5);
ok($c->closed, 'half an SSLRequest as well');
$c = KBWire->open(port => $port);
$c->send_bytes($_) for map { substr $ssl, $_, 1 } 0 .. 7;
is($c->byte, 'S', 'SSLRequest in eight parts');
$c->close(rude => 1);

# ---- another certificate ----
sub seen_print {
	return s_client('', '-starttls', 'postgres') =~
	    /(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----)/s ? $1 : '';
}
my $stays = KBWire->connect(port => $port, user => 'ann',
    password => $password);
my $first = seen_print();
my %file = map { $_ => KBTest::slurp("$dir/tls/server.$_") } qw(crt key);
my $other = KBTest->new(stopped => 1);
sub put_pair {
	my (%pair) = @_;
	KBTest::spew("$dir/tls/server.$_", $pair{$_}) for keys %pair;
}
put_pair(crt => KBTest::slurp($other->dir . '/tls/server.crt'));
read_again();
like($kb->log, qr/server\.key" is not the one of .*everything stays/,
    'a key that does not fit is refused');
is(seen_print(), $first, 'and the old certificate stays');
put_pair(key => KBTest::slurp($other->dir . '/tls/server.key'));
read_again();
isnt(seen_print(), $first, 'a new pair is taken');
like(psql("sslmode=verify-full sslrootcert=$dir/tls/server.crt " .
    'host=localhost hostaddr=127.0.0.1', 'SELECT 1'), qr/^1$/,
    'and works');
is($stays->query('SELECT 1')->{rows}[0][0], 1,
    'who was there before does not notice');
chmod 0644, "$dir/tls/server.key";
read_again();
like($kb->log, qr/others can read key file ".*server\.key"/,
    'a key that others can read is refused');
chmod 0600, "$dir/tls/server.key";
put_pair(%file);
read_again(ssl_min_protocol_version => 'TLSv1.3');
unlike(s_client('', '-starttls', 'postgres', '-tls1_2'),
    qr/Cipher is [A-Z]/, 'ssl_min_protocol_version');
read_again(ssl => 'off');
$c = KBWire->open(port => $port);
$c->send_bytes($ssl);
is($c->byte, 'N', 'ssl = off');
$c->send_bytes($hello);
is(($c->recv)[0], 'R', 'the client may go on in clear');
$c->close(rude => 1);
$other->finish;

# ---- client rules ----
hba("local all admin peer\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
is(fate(), '28000', 'hostssl: not without TLS');
like(message(), qr/^no (?:kbd|pg)_hba\.conf entry for host "127\.0\.0\.1", user "ann", database "kb", no encryption$/,
    'in PostgreSQL\'s words');
is(psql('sslmode=require', 'SELECT 1'), '1', 'but with it');
hba("local all admin peer\nhost all bob all reject\n" .
    "host all +editor samehost scram-sha-256\n");
is(fate(), 'in', 'a group, the machine itself');
is(fate(user => 'bob'), '28000', 'reject');
is(fate(user => 'nobody'), '28000', 'a role that no rule names');
hba("local all admin peer\nhost all ann 10.0.0.0/8 scram-sha-256\n");
is(fate(), '28000', 'another network');
hba("local all admin peer\nhost all ann 127.0.0.1/99 scram-sha-256\n");
like($kb->log, qr/kbd_hba\.conf:2: /, 'a broken line is named');
is(fate(), '28000', 'and the old rules stay');
is(KBWire->connect(socket => $kb->run_dir, port => $port, user => 'admin')
    ->query('SELECT 1')->{rows}[0][0], 1, 'the socket has its own rule');
hba("local all admin peer\nhost all all all md5\n");
like($kb->log, qr/kbd_hba\.conf:2: .*md5/, 'a method that there is not');
hba($rules);
is(fate(), 'in', 'the rules as they were');

# ---- how many ----
my @bobs = map { wire(user => 'bob') } 1 .. 3;
is(join(' ', map { $_->{login_error} ? $_->{login_error}{C} : 'in' } @bobs),
    'in in 53300', 'CONNECTION LIMIT');
like($bobs[2]{login_error}{M}, qr/too many connections for role "bob"/,
    'says why');
$_->close for splice @bobs, 0, 2;
ok($kb->wait_for(sub { fate(user => 'bob') eq 'in' }), 'and is given back');
read_again(max_connections_per_address => 3);
my @some = map { wire() } 1 .. 4;
is((grep { $_ && !$_->{login_error} } @some), 2,
    'max_connections_per_address counts who was there');
is($some[3]{login_error}{C}, '53300', 'says why');
is($kb->psql('SELECT 1'), "1\n", 'the socket does not count');
$_->close(rude => 1) for @some;
ok($kb->wait_for(sub { fate() eq 'in' }), 'and is given back as well');
read_again();

# ---- how long ----
like(slurp_timers(), qr/^02$/m, 'an idle connection is kept alive by the kernel');
read_again(idle_session_timeout => '1s',
    idle_in_transaction_session_timeout => '1s', statement_timeout => '300ms');
my $idle = wire();
my $block = wire();
is($block->query('BEGIN')->{z}, 'T', 'a transaction');
is($idle->query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 ' .
    'FROM n) SELECT count(*) FROM n')->{error}{C}, '57014',
    'statement_timeout');
is($idle->result->{error}{C}, '57P05', 'idle_session_timeout');
ok($idle->closed, 'ends it');
is($block->result->{error}{C}, '25P03',
    'idle_in_transaction_session_timeout');
is($stays->query('SHOW idle_session_timeout')->{rows}[0][0], '0',
    'sessions keep what they began with');
read_again();

# ---- cancel, protocol 3.2 ----
for my $version (0x30000, 0x30002) {
	my $busy = wire(protocol => $version);
	is(length $busy->{key}, $version == 0x30000 ? 4 : 32,
	    sprintf 'protocol %d.%d: length of the key', $version >> 16,
	    $version & 0xff);
	$busy->send(Q => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL " .
	    "SELECT i + 1 FROM n) SELECT count(*) FROM n\0");
	my $right = $busy->{key};
	$kb->wait_for(sub { $kb->psql("SELECT count(*) FROM kb_stat_activity
	    WHERE state = 'active' AND usename = 'ann'") == 1 });
	$busy->{key} = $right ^ "\1";
	ok($busy->cancel, 'a cancel request with another key gets no answer');
	$busy->{key} = $right;
	ok($busy->cancel, 'nor one with the right key');
	is($busy->result->{error}{C}, '57014', 'but that one cancels');
	$busy->cancel;
	is($busy->query('SELECT 1')->{rows}[0][0], 1,
	    'and does not hit the next query');
	$busy->close;
}
my $grease = wire(protocol => 0x3270f, params => ['_pq_.x' => 1]);
is($grease->{negotiated}, pack('NNZ*', 0x30002, 1, '_pq_.x'),
    'NegotiateProtocolVersion names what is not known');

# ---- guessing ----
my $begin = time;
is(join(' ', map { fate(password => "guess $_") } 1 .. 4),
    '28P01 28P01 28P01 28P01', 'four wrong passwords');
cmp_ok(time - $begin, '>=', 2, 'about one a second');
$begin = time;
is(join(' ', map { fate() } 1 .. 4), 'in in in in', 'four right ones');
cmp_ok(time - $begin, '<', $ENV{KB_VALGRIND} ? 60 : 2, 'do not wait');
like($kb->log, qr/conn=\d+: password authentication failed for user "ann"/,
    'a wrong password is logged');

# ---- the end ----
my $tls = "$dir/../tls-client";
system('mkfifo', $tls) == 0 or die "mkfifo: $!";
my $pid = fork // die "fork: $!";
if ($pid == 0) {
	open STDIN, '<', $tls;
	open STDOUT, '>', "$tls.out";
	open STDERR, '>', '/dev/null';
	exec 'openssl', 's_client', '-quiet', '-alpn', 'postgresql', '-connect',
	    "127.0.0.1:$port" or POSIX::_exit(127);
}
open my $pipe, '>', $tls or die "$tls: $!";
$pipe->autoflush(1);
syswrite $pipe, $hello;
ok($kb->wait_for(sub { KBTest::slurp("$tls.out") =~ /SCRAM/ }),
    'a client in the middle of its login');
my $last = wire();
is($kb->stop('TERM'), 0, 'does not keep the server');
is($last->result->{error}{C}, '57P01', 'who is logged in is told');
waitpid $pid, 0;
is($?, 0, 'and TLS ends as it should');
$kb->finish;
done_testing();

# What the kernel's timers of our server's connections are for.
sub slurp_timers {
	my $local = sprintf '0100007F:%04X', $port;
	return join '', map { "$_\n" } KBTest::slurp('/proc/net/tcp') =~
	    /^ *\d+: $local [0-9A-F:]+ 01 [0-9A-F:]+ ([0-9A-F]{2}):/mg;
}
