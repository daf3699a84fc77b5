# 510-install.t - what "make install" installs, and the systemd unit.
#
# Installed below DESTDIR, so nothing of the machine changes. systemd-analyze
# judges the unit where it is there; what matters most is looked at anyway.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Find;
use File::Temp qw(tempdir);
use Test::More;

use KBTest;

my $build = $ENV{KB_BUILDDIR};
my $dir = tempdir('kbinstall-XXXXXX', TMPDIR => 1, CLEANUP => 1);
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES)};

my $out = qx{make -C '$build' install DESTDIR='$dir' prefix=/opt/kb 2>&1};
is($?, 0, 'make install') or diag($out);
my %mode;
find({ no_chdir => 1, wanted => sub {
	$mode{substr $_, length $dir} = (stat)[2] & 07777 if -f;
} }, $dir);
my %want = (
	'/opt/kb/sbin/kbd' => 0755,
	'/opt/kb/bin/kbctl' => 0755,
	'/opt/kb/share/man/man1/kbctl.1' => 0644,
	'/opt/kb/share/man/man8/kbd.8' => 0644,
	'/opt/kb/share/man/man5/kbd.conf.5' => 0644,
	'/opt/kb/lib/systemd/system/kbd.service' => 0644,
	'/opt/kb/share/kbd/schema/kb.search-1.json' => 0644,
);
is($mode{$_}, $want{$_}, "$_ is installed") for sort keys %want;
is(join(' ', grep { !m{^/opt/kb/} } sort keys %mode), '',
    'nothing goes elsewhere');
is(join(' ', grep { m{/s?bin/} } sort keys %mode),
    '/opt/kb/bin/kbctl /opt/kb/sbin/kbd', 'two programs, no others');
like(qx{'$dir/opt/kb/sbin/kbd' --version}, qr/^kbd \d/, 'they run');

my $unit = KBTest::slurp("$dir/opt/kb/lib/systemd/system/kbd.service");
like($unit, qr{^ExecStart=\S+/sbin/kbd -D /var/lib/kbd$}m,
    'the unit starts what was installed');
unlike($unit, qr/\@\w+\@/, 'no word in it was left open');
for my $line (qw(User=kbd NoNewPrivileges=yes ProtectSystem=strict
    ProtectHome=yes CapabilityBoundingSet= MemoryDenyWriteExecute=yes
    RestrictNamespaces=yes StateDirectory=kbd
    SystemCallFilter=@system-service)) {
	like($unit, qr/^\Q$line\E$/m, "unit: $line");
}
unlike($unit, qr/^PrivateUsers=yes/m,
    'unit: who connects to the socket can be known');

SKIP: {
	my ($analyze) = grep { -x } map { "$_/systemd-analyze" }
	    split /:/, $ENV{PATH};
	skip 'no systemd-analyze', 2 unless $analyze;
	# a program that is there, and a directory of its own
	my $file = "$dir/kbd.service";
	KBTest::spew($file, $unit =~ s{^ExecStart=\S+}{ExecStart=/bin/true}mr
	    =~ s{^(?:User|Group)=kbd}{}mgr =~ s{^Documentation=.*}{}mr);
	$out = qx{'$analyze' verify '$file' 2>&1};
	is($out, '', 'systemd-analyze verify has nothing to say');
	$out = qx{'$analyze' security --offline=true --threshold=20 '$file' 2>&1};
	skip 'this systemd-analyze judges no files', 1
	    if $out =~ /unrecognized option|[Ff]ailed to (?:connect|get)/;
	is($?, 0, 'its exposure is at most 2.0 of 10')
	    or diag($out);
	diag(grep { /Overall/ } split /\n/, $out);
}
done_testing();
