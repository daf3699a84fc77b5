# 290-kbctl-network.t - kbctl over TCP: certificates that are kept, passwords
# that are asked for, roles.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;
use KBPostgres;
use KBTest;

my $port = KBPostgres::free_port();
my $kb = KBTest->new(settings => { listen_addresses => '127.0.0.1',
    port => $port, log_min_messages => 'debug' }, port => $port);
my $ctl = KBCtl->new;
my $admin = KBCtl->new(env => { KBDATA => $kb->dir });
my $pass = $ctl->home . '/pass';
my ($status, $out, $err);

# Another name for the same server, which no certificate bears: whether it is
# loopback is decided by the name that was given.
my ($elsewhere) = grep { my $n = gethostbyname $_;
    defined $n && $n eq "\x7f\0\0\1" } '2130706433', '0x7f000001';

# ---- roles ----
sub user {
	my ($words, %opt) = @_;
	return $admin->run('user', @$words, { env => {
	    KB_NEW_PASSWORD => $opt{password} }, stdin => $opt{stdin} // '' });
}

is((user([qw(add ann editor)], password => 'Right Horse'))[0], 0,
    'user add, with a level');
is((user([qw(add bob)], stdin => "two words\n"))[0], 0,
    'user add, a password from standard input');
is((user([qw(add ann)], password => 'x'))[0], 2, 'a role twice');
is((user([qw(add carl king)], password => 'x'))[0], 2, 'no such level');
is((user([qw(add carl)]))[0], 2, 'no password');
is((user([qw(add)]))[0], 2, 'no name');
like((user([qw(has no password)]))[2], qr/kbctl search user has no password/,
    'a search about users');
my $users = $admin->json(qw(user list --json))->{users};
is(join(' ', map { "$_->{name}:$_->{level}" } @$users),
    'admin:admin ann:editor bob:viewer', 'user list');
is($users->[1]{valid_until}, undef, 'valid for ever');
like(($admin->run(qw(user list)))[1], qr/^ann +editor +yes +yes/m,
    'as a table');
unlike(KBCtl::slurp($kb->dir . '/log/kbd.log'), qr/Right Horse|two words/,
    'no password is in the log');
ok(!(grep { KBCtl::slurp($_) =~ /Right Horse|two words/ }
    glob $kb->dir . '/*.db*'), 'nor in the files of the base');

# ---- certificates ----
KBCtl::spew($pass, "*:*:*:ann:Right Horse\n*:*:*:bob:two words\n");
chmod 0600, $pass;
my @ann = ('-p', $port, '-U', 'ann');
my %with = (env => { KBPASSFILE => $pass });
my ($print) = $kb->{init_output} =~ /^certificate (SHA256:[0-9A-F:]+)$/m;
ok($print, 'kbd init says the fingerprint');

SKIP: {
	skip 'no other name for loopback', 16 if !$elsewhere;
	($status, $out, $err) = $ctl->run('-h', $elsewhere, @ann, 'docs',
	    \%with);
	is($status, 3, 'a certificate that nobody knows is refused');
	like($err, qr/certificate/, 'and that is said');
	like($err, qr/^HINT: .*kbctl -p $port trust \Q$elsewhere\E/m,
	    'with what to do');
	($status, $out, $err) = $ctl->run('trust', "$elsewhere:$port");
	is($status, 2, 'nobody confirms it');
	like($out, qr/^ +\Q$print\E$/m, 'its fingerprint is shown');
	like($out, qr/names +.*localhost, 127\.0\.0\.1, ::1/, 'its names too');
	is(($ctl->run('trust', "$elsewhere:$port", 'SHA256:' .
	    join ':', ('00') x 32))[0], 6, 'another fingerprint');
	is(($ctl->run('trust', "$elsewhere:$port", 'issues'))[0], 2,
	    'no fingerprint at all');
	is(($ctl->run('-h', $elsewhere, @ann, 'docs', \%with))[0], 3,
	    'nothing was kept so far');
	is(($ctl->run('trust', "$elsewhere:$port", lc $print))[0], 0,
	    'the right fingerprint');
	my $file = $ctl->home . "/.config/kbctl/trusted/$elsewhere:$port.crt";
	is((stat $file)[2] & 0777, 0600, 'the certificate was kept');
	($status, $out, $err) = $ctl->run('-h', $elsewhere, @ann, 'docs',
	    \%with);
	is($status, 1, 'from then on the server is known') or diag($err);
	is($ctl->json('trust', "$elsewhere:$port", '--json')->{fingerprint},
	    $print =~ s/^SHA256://r, 'trust again: as JSON');
	is($ctl->{status}, 0, 'it is the one that was kept');

	# another certificate: a man in the middle, or a new server
	my $other = KBTest->new(stopped => 1);
	KBCtl::spew($file, KBCtl::slurp($other->dir . '/tls/server.crt'));
	$other->finish;
	is(($ctl->run('-h', $elsewhere, @ann, 'docs', \%with))[0], 3,
	    'another certificate than the kept one is refused');
	like(($ctl->run('trust', "$elsewhere:$port", $print))[2],
	    qr/ANOTHER certificate/, 'trust tells of the kept one');
}
is(($ctl->run('trust', '/tmp'))[0], 2, 'a socket has no certificate');
is(($ctl->run('trust', '..%2f..%2fx'))[0], 2, 'no path leads elsewhere');
is(($ctl->run('trust', '127.0.0.1:1'))[0], 3, 'nobody is there');
$kb->reload(listen_addresses => '127.0.0.1', port => $port, ssl => 'off');
($status, $out, $err) = $ctl->run('trust', "localhost:$port");
is($status, 3, 'a server without TLS');
like($err, qr/SSL/, 'has nothing to show');
$kb->reload(listen_addresses => '127.0.0.1', port => $port);

# ---- passwords ----
my @there = ('-h', 'localhost', @ann);
is(($ctl->run(@there, 'docs', \%with))[0], 1, 'a password from the file');
($status, $out, $err) = $ctl->run(@there, 'docs');
is($status, 4, 'no password and nobody to ask');
like($err, qr/^HINT: .*KBPASSFILE/m, 'what to do is said');
KBCtl::spew("$pass.wrong", "*:*:*:ann:wrong\n");
chmod 0600, "$pass.wrong";
($status, $out, $err) = $ctl->run(@there, 'docs',
    { env => { KBPASSFILE => "$pass.wrong" } });
is($status, 4, 'a wrong password');
like($err, qr/password authentication failed for user "ann"/,
    'in PostgreSQL\'s words');
SKIP: {
	skip 'no tmux', 9 if !KBCtl::has('tmux');
	my @screen = $ctl->screen(100, 10, @there, 'docs',
	    { type => [[qr/password of ann at localhost:/, 'Right Horse']] });
	is($ctl->{status}, 1, 'a password that was typed');
	unlike("@screen", qr/Right Horse/, 'is not shown');
	$ctl->screen(100, 10, @there, 'docs', { type => [[qr/password of/,
	    'wrong']] });
	is($ctl->{status}, 4, 'a wrong one that was typed');
	$ctl->screen(100, 10, '--yes', @there, 'docs');
	is($ctl->{status}, 4, '--yes asks nothing');
	$admin->screen(100, 10, 'user', 'passwd', 'ann', { type =>
	    [[qr/new password:/, 'other horse'], [qr/once more:/, 'x']] });
	is($admin->{status}, 2, 'two passwords are none');
	@screen = $admin->screen(100, 10, 'user', 'passwd', 'ann', { type =>
	    [[qr/new password:/, 'other horse'],
	    [qr/once more:/, 'other horse']] });
	is($admin->{status}, 0, 'a new password');
	unlike("@screen", qr/other horse/, 'is not shown either');
	is(($ctl->run(@there, 'docs', \%with))[0], 4,
	    'the old one is of no use');
	$ctl->screen(100, 10, 'trust', "127.0.0.1:$port",
	    { type => [[qr/\(yes\/no\)/, 'no']] });
	is($ctl->{status}, 6, 'trust asks, and takes a no');
	@screen = $ctl->screen(100, 10, 'trust', "127.0.0.1:$port",
	    { type => [[qr/\(yes\/no\)/, 'yes']] });
	is($ctl->{status}, 0, 'and a yes');
}

# ---- who may what ----
my @bob = ('-h', 'localhost', '-p', $port, '-U', 'bob');
($status, $out, $err) = $ctl->run(@bob, qw(user list), \%with);
like($out, qr/^bob /m, 'a viewer sees its own role');
unlike($out, qr/^(?:ann|admin) /m, 'and no other one');
is(($ctl->run(@bob, qw(user add eve), { env => { KBPASSFILE => $pass,
    KB_NEW_PASSWORD => 'x' } }))[0], 4, 'nor add one');
is(($ctl->run(@bob, qw(user passwd ann), { env => { KBPASSFILE => $pass,
    KB_NEW_PASSWORD => 'x' } }))[0], 4, 'nor change another one\'s password');
is(($ctl->run(@bob, qw(user passwd bob), { env => { KBPASSFILE => $pass,
    KB_NEW_PASSWORD => 'three words here' } }))[0], 0, 'but its own');
is(($ctl->run(@bob, 'docs', \%with))[0], 4, 'which counts at once');
is((user([qw(drop bob)]))[0], 0, 'user drop');
is((user([qw(drop bob)]))[0], 1, 'is done once');
is((user([qw(passwd bob)], password => 'x'))[0], 1, 'no such role');
$kb->finish;
done_testing();
