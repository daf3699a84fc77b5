# 420-wiki-browser.t - the wiki in Chromium; see tests/browser/wiki.js.
#
# KB_PICTURES=DIRECTORY keeps a picture of each page.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use KBWeb;

KBTest::need(qw(chromium node npm openssl));
my $src = $ENV{KB_SRCDIR} // '.';
my $web = KBWeb->new;
my $kb = $web->kb;
my $dir = tempdir(CLEANUP => 1);
my $list = "$src/tests/hostile/markup.txt";

open my $in, '<', $list or die "$list: $!";
my $n = 0;
while (my $line = <$in>) {
	next if $line =~ /^# /;
	chomp $line;
	$line =~ s/\\(?:u(....)|x(..)|(.))/
	    my $c = defined $1 ? chr hex $1 : defined $2 ? chr hex $2 :
	    $3 eq 'n' ? "\n" : $3 eq 't' ? "\t" : $3;
	    utf8::encode($c) if defined $1; $c/gex;
	$line =~ s/\0//g;
	my $copy = $line;
	$line = '?' unless utf8::decode($copy);
	$n++;
	my $title = $line =~ s/\s+/ /gr;
	KBTest::spew("$dir/hostile-$n.md", "# $title\n\n$line\n\n$title\n" .
	    "===\n\nFix: $title\n");
}
KBTest::spew("$dir/<img src=x onerror=alert(1)>.md", "# named\n");
KBTest::spew("$dir/\"onclick=alert(1) x.md", "# named too\n");
chmod 0755, $dir;

sub browser {
	my (@args) = @_;
	my ($status, $out, $err) = $kb->run("$src/tests/browser/run",
	    $ENV{KB_BUILDDIR} // '.', @args);
	is($status, 0, "the browser ran: $args[0]") or diag($err);
	for my $line (split /\n/, $out) {
		ok($line !~ /^not ok /, $line =~ s/^(?:not )?ok //r);
	}
}

my ($status, $out, $err) = $kb->kbctl('import',
    "$src/content/InterviewPro.md");
is($status, 0, 'the seed') or diag($err);
$kb->import_text('Steps', "# Steps\n\n## Step one\n\nSymptom: old\n\n" .
    "Fix: old\n\n```sh\nls -l\n```\n");
browser('pages', $web->url(''), $web->password, $ENV{KB_PICTURES} // ());
($status, $out, $err) = $kb->kbctl('import', $dir);
is($status, 0, 'what somebody may try') or diag($err);
browser('hostile', $web->url(''), $list);
unlike($kb->log, qr/ (?:error|warning) \[/, 'no error in the log');
$kb->finish;
done_testing();
