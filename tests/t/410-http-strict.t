# 410-http-strict.t - requests that are odd, slow, or too many.
#
# What Node's strict parser refuses, we refuse; what it takes, we take, but
# for what tests/hostile/requests.js names. Node 18, which Debian 12 has, takes
# more: there only what it refuses counts.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use IO::Socket::INET;
use MIME::Base64 qw(decode_base64);
use POSIX ();
use Socket;
use Test::More;
use Time::HiRes qw(sleep time);
use KBWeb;

KBTest::need(qw(openssl node));
my $src = $ENV{KB_SRCDIR} // '.';
my $web = KBWeb->new(settings => { https_max_connections => 300,
    https_max_connections_per_address => 100 });
my $kb = $web->kb;

# ---- one by one, and next to Node ----

my ($status, $list, $err) = $kb->run('node', "$src/tests/hostile/requests.js",
    'list');
is($status, 0, 'the requests') or diag($err);
my ($other, $node) = $kb->run('node', "$src/tests/hostile/requests.js",
    'node');
my %node = $node =~ /^(.*?)\t(\d+)$/mg;
my ($strict) = map { /^v(\d+)/ && $1 >= 20 }
    ($kb->run('node', '--version'))[1];
for my $line (split /\n/, $list) {
	my ($name, $ours, $theirs, $bytes) = split /\t/, $line;
	my $answer = $web->raw(decode_base64($bytes));
	my @got = $answer =~ m{^HTTP/1\.1 (?!100)(\d+) }mg;
	is("@got", $ours, "$name: $ours, and one answer");
	like($answer, qr/^Connection: close\r$/m, "$name: and closed")
	    if $ours != 200;
	my $taken = $ours == 200 || $ours == 403;
	my $node_taken = ($node{$name} // 0) == 200;
	$node_taken = 0 if !$strict && !$taken;
	$theirs eq '' ?
	    is($node_taken ? 1 : 0, $taken ? 1 : 0, "$name: as Node") :
	    is($node{$name}, $theirs, "$name: Node is as we think");
}

# what is sent ahead is answered in order
my $many = join '', map { "GET /healthz?$_ HTTP/1.1\r\nHost: localhost\r\n" .
    ($_ == 20 ? "Connection: close\r\n" : '') . "\r\n" } 1 .. 20;
is(() = $web->raw($many) =~ m{^HTTP/1\.1 200}mg, 20, 'twenty at once');
my $mixed = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" .
    "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n" .
    "a=bGET /nosuch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
is(join(' ', $web->raw($mixed) =~ m{^HTTP/1\.1 (\d+)}mg), '200 403 404',
    'in order');
like($web->raw("POST /login HTTP/1.1\r\nHost: localhost\r\nExpect: " .
    "100-continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b"),
    qr{\AHTTP/1\.1 100 Continue\r\n\r\nHTTP/1\.1 403}, 'continue');
my $old = $web->raw("GET /healthz HTTP/1.0\r\n\r\n");
like($old, qr{\AHTTP/1\.1 200.*\nok\n\z}s, 'HTTP/1.0');
is($web->request('/nosuch', '-X', 'DELETE')->{status}, 404, 'no such page');
my $p = $web->request('/e/1', '-X', 'DELETE');
is($p->{status}, 405, 'a method that a page has not');
is(KBWeb::header($p, 'Allow'), 'GET, HEAD', 'and those that it has');
like(IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $web->{port})
    ? do { my ($s, $out) = $kb->run('curl', '-s',
    "http://127.0.0.1:$web->{port}/"); $out } : '', qr/use https/,
    'without TLS somebody is told');

# ---- slow, and many ----

# Children that open connections and say nothing. A line to one is answered
# with how many of its connections are still open.
my (@children, @ends);
sub child {
	my ($n, @addresses) = @_;
	socketpair my $us, my $them, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die $!;
	my $pid = fork // die "fork: $!";
	if ($pid == 0) {
		close $_ for @ends, $us;
		my @open = map { my $from = $_; map {
		    IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		    PeerPort => $web->{port}, LocalAddr => $from) } 1 .. $n }
		    @addresses;
		syswrite $them, @open . "\n";
		while (sysread $them, my $line, 1) {
			my $alive = grep { my $b; $_ && do { $_->blocking(0);
			    !defined sysread($_, $b, 1) && $!{EAGAIN} } }
			    @open;
			syswrite $them, "$alive\n";
		}
		POSIX::_exit(0);
	}
	close $them;
	push @children, $pid;
	push @ends, $us;
	return $us;
}
sub alive {
	my $n = 0;
	for my $child (@_) {
		syswrite $child, '?';
		$n += readline $child;
	}
	return $n;
}
sub is_served {
	my ($why) = @_;
	my $start = time;
	is($web->request('/healthz')->{status}, 200, $why);
	cmp_ok(time - $start, '<', 5, "$why: at once");
}

# of one address, the ones that are too many go
my $one = child(300, '127.0.0.9');
is(readline($one), "300\n", '300 connections of one address');
$kb->wait_for(sub { alive($one) <= 100 });
is(alive($one), 100, 'https_max_connections_per_address stay');
is_served('another address is served');
close $one;
waitpid pop @children, 0;
$kb->wait_for(sub { $web->metric('kbd_http_connections') < 5 });
my $again = child(1, '127.0.0.9');
readline $again;
is(alive($again), 1, 'and they are given back');

# of many addresses, the oldest make room
my @many = map { my $net = $_; child(90, map { "127.0.$net.$_" } 1 .. 10) }
    1 .. 6;
is_served('while 5400 say nothing');
$_ = readline $_ for my @opened = @many;
is_served('when 5400 have said nothing');
cmp_ok(alive(@many), '<=', 300 + 20, 'the oldest made room');

# a byte a second: the deadline is for the whole head
my $pid = open my $slow, '-|', 'sh', '-c', "(printf 'GET / HTTP/1.1\\r\\n'; " .
    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do printf X; sleep 1; done) |" .
    " openssl s_client -quiet -connect 127.0.0.1:$web->{port} " .
    "2>/dev/null";
my $start = time;
is($web->request('/healthz')->{status}, 200, 'others are served meanwhile');
my $said = do { local $/; <$slow> };
close $slow;
like($said // '', qr{\AHTTP/1\.1 408 }, 'a byte a second: 408');
cmp_ok(time - $start, '<', 20, 'after its deadline');

$kb->wait_for(sub { alive(@many) == 0 });
is(alive(@many), 0, 'those that never say anything have gone');
close $_ for @many, $again;
waitpid $_, 0 for @children;

is($kb->stop, 0, 'it stops');
unlike($kb->log, qr/ error \[/, 'no error in the log');
done_testing();
