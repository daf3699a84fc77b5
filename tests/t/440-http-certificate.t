# 440-http-certificate.t - the wiki's certificate: read again by SIGHUP, and
# what browsers are told to remember of it.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBWeb;

KBTest::need('openssl');
my $web = KBWeb->new(settings => { server_names => '*' });
my $kb = $web->kb;
my $top = $kb->top;
my ($key, $crt) = map { $kb->dir . "/tls/server.$_" } qw(key crt);

sub openssl {
	my ($status, $out, $err) = $kb->run('openssl', @_);
	is($status, 0, "openssl $_[0]") or diag($err);
}

# A certificate for kb.example from an authority of its own.
openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=Test authority',
    '-days', '2', '-keyout', "$top/ca.key", '-out', "$top/ca.crt");
openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-subj', '/CN=kb.example', '-keyout', "$top/kb.key", '-out',
    "$top/kb.csr");
KBTest::spew("$top/kb.ext", "subjectAltName=DNS:kb.example,DNS:localhost," .
    "IP:127.0.0.1\n");
openssl('x509', '-req', '-in', "$top/kb.csr", '-CA', "$top/ca.crt", '-CAkey',
    "$top/ca.key", '-CAcreateserial', '-days', '1', '-extfile',
    "$top/kb.ext", '-out', "$top/kb.crt");

# As a browser that trusts the authority sees it.
sub seen {
	my ($host, @trust) = @_;
	my ($status, $out) = $kb->run('curl', '-s', '-i', '--max-time', '20',
	    '--resolve', "$host:$web->{port}:127.0.0.1", @trust,
	    "https://$host:$web->{port}/healthz");
	return { status => $status, head => $out,
	    hsts => $out =~ /^Strict-Transport-Security: (.*?)\r$/mi ?
	    $1 : '' };
}
my @trusted = ('--cacert', "$top/ca.crt");

# Files are written over, so that they stay the owner's.
sub put_pair {
	my ($from_crt, $from_key) = @_;
	KBTest::spew($crt, $from_crt);
	KBTest::spew($key, $from_key);
	$kb->signal('HUP');
}

my ($old_crt, $old_key) = map { KBTest::slurp($_) } $crt, $key;
isnt(seen('kb.example', @trusted)->{status}, 0, 'not trusted before');
my $p = seen('kb.example', '-k');
is("$p->{status}$p->{hsts}", '0',
    'a certificate signed by itself: no HSTS');

# a connection from before goes on
my $pid = open my $kept, '-|', 'sh', '-c', "(printf 'GET /healthz HTTP/1.1" .
    "\\r\\nHost: kb.example\\r\\n\\r\\n'; while [ ! -e $top/go ]; do sleep " .
    "0.1; done; printf 'GET /healthz HTTP/1.1\\r\\nHost: kb.example\\r\\n" .
    "Connection: close\\r\\n\\r\\n') | openssl s_client -quiet -connect " .
    "127.0.0.1:$web->{port} 2>/dev/null";
my $first = readline $kept;
like($first, qr{^HTTP/1\.1 200}, 'a connection');

put_pair(map { KBTest::slurp("$top/kb.$_") } qw(crt key));
ok($kb->wait_for(sub { seen('kb.example', @trusted)->{status} == 0 }),
    'SIGHUP: the new certificate is served');
KBTest::spew("$top/go", '');
my $rest = do { local $/; <$kept> };
close $kept;
like($rest, qr{^HTTP/1\.1 200.*\nok\n\z}ms,
    'a connection made before it goes on');

$p = seen('kb.example', @trusted);
like($p->{head}, qr/^Strict-Transport-Security: max-age=31536000\r$/m,
    'of an authority, by name: HSTS');
$p = seen('localhost', @trusted);
is("$p->{status}$p->{hsts}", '0', 'localhost: no HSTS');
my $ip = $web->request('/healthz', '-H', 'Host: 127.0.0.1');
is(KBWeb::header($ip, 'Strict-Transport-Security'), undef,
    'an address: no HSTS');

# what cannot be used is refused, and the old one stays
my $n = () = $kb->log =~ /server\.(?:crt|key)/g;
put_pair("no certificate\n", KBTest::slurp("$top/kb.key"));
ok($kb->wait_for(sub { (() = $kb->log =~ /server\.(?:crt|key)/g) > $n }),
    'a broken file is named');
is(seen('kb.example', @trusted)->{status}, 0, 'and the old one stays');
$n = () = $kb->log =~ /server\.(?:crt|key)/g;
put_pair(KBTest::slurp("$top/kb.crt"), $old_key);
ok($kb->wait_for(sub { (() = $kb->log =~ /server\.(?:crt|key)/g) > $n }),
    'a key of another certificate too');
is(seen('kb.example', @trusted)->{status}, 0, 'the old one still stays');

put_pair($old_crt, $old_key);
ok($kb->wait_for(sub { seen('kb.example', '--cacert', $crt)->{status} != 0 &&
    !seen('localhost', '--cacert', $crt)->{status} }),
    'back to the first');
is($kb->stop, 0, 'it stops');
done_testing();
