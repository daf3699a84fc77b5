# 250-kbctl-server.t - start, stop, restart, reload, status, ping.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

# Whether a process runs; a dead one that nobody waits for does not.
sub runs {
	my ($number) = @_;
	my $state = KBCtl::slurp("/proc/$number/stat");
	return $state ne '' && $state !~ /\) Z /;
}

my ($kb, $ctl) = KBCtl->with_server;
my @d = ('-D', $kb->dir);
my ($status, $out, $err) = $ctl->run(@d, 'status');

is($status, 0, 'a running server');
like($out, qr/PID (\d+)/, 'has a number');
my ($pid) = $out =~ /PID (\d+)/;
is($ctl->json(@d, qw(status --json))->{pid}, $pid, 'as JSON');
($status, $out) = $ctl->run(@d, 'ping');
is($status, 0, 'takes connections');
like($out, qr/run:\d+ - accepting connections$/, 'and says so');
is(($ctl->run(@d, 'start'))[0], 1, 'start when it runs is refused');

is(($ctl->run(@d, 'restart'))[0], 0, 'restart');
my $new = $ctl->json(@d, qw(status --json))->{pid};
isnt($new, $pid, 'is another process');
ok(!runs($pid), 'the old one is gone');
is(($ctl->run(@d, 'reload'))[0], 0, 'reload');
is($ctl->json(@d, qw(status --json))->{pid}, $new, 'is the same process');

($status, $out, $err) = $ctl->run(@d, 'stop');
is($status, 0, 'stop') or diag($err);
# its lock is free a moment before the kernel has taken it away
for (1 .. 100) {
	last if !runs($new);
	select undef, undef, undef, 0.05;
}
ok(!runs($new), 'waits until it is gone');
is(($ctl->run(@d, 'stop'))[0], 3, 'stop when none runs');
is(($ctl->run(@d, 'reload'))[0], 3, 'reload when none runs');
is(($ctl->run(@d, 'status'))[0], 3, 'status when none runs');
is($ctl->json(@d, qw(status --json))->{state}, 'stopped', 'as JSON');
is(($ctl->run(@d, 'ping'))[0], 2, 'ping when none runs');
($status, $out, $err) = $ctl->run(@d, 'docs');
is($status, 3, 'a question when none runs exits 3');
like($err, qr/kbctl start/, 'and says what to do');

# a server that cannot start says why
open my $conf, '>>', $kb->dir . '/kbd.conf';
print $conf "port = many\n";
close $conf;
($status, $out, $err) = $ctl->run(@d, 'start');
is($status, 7, 'wrong settings: it does not start');
like($err, qr/many/, 'the reason is quoted');
like($err, qr/kbd\.log/, 'the log is named');
KBCtl::spew($kb->dir . '/kbd.conf', '');
is(($ctl->run(@d, 'start'))[0], 0, 'start');
is(($ctl->run(@d, 'status'))[0], 0, 'it runs');
is(($ctl->run('status', { env => { KBDATA => $kb->dir } }))[0], 0,
    'KBDATA names the directory');
is(($ctl->run(@d, 'stop'))[0], 0, 'stop: nothing is left behind');
done_testing();
