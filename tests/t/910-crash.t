# 910-crash.t - kill -9 loses nothing that was acknowledged.
#
# Imports go on one after the other; every few of them the server is killed
# at a random moment. After each restart the newest acknowledged revision is
# there with its bytes, and in the end the database and its search index are
# whole.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;
use Time::HiRes qw(sleep);

use KBTest;

my $imports = 200;
my $kb = KBTest->new;
my $dir = tempdir('kbcrash-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $file = "$dir/notes.md";

my $random = 42;

# 0 .. 1, the same each time.
sub chance {
	$random = ($random * 1103515245 + 12345) & 0x7fffffff;
	return ($random >> 8) / (0x7fffffff >> 8);
}

sub write_notes {
	my ($round) = @_;
	my $text = "# Notes\n\nround $round\n\n";
	$text .= "## Lesson $_\n\n**问题**: round " . ($_ % 7 == $round % 7 ?
	    $round : 'old') . "\n\n```\ndocker ps $_\n```\n\n" for 1 .. 60;
	open my $out, '>', $file or die "$file: $!";
	print $out $text;
	close $out;
	return $text;
}

my ($acknowledged, $text) = (0, '');
my ($kills, $lost, $wrong) = (0, 0, 0);
for my $round (1 .. $imports) {
	my $next = write_notes($round);
	if ($round % 4 == 0) {		# killed while this one is under way
		my $pid = fork;
		if ($pid == 0) {
			sleep chance() * 0.15;
			kill 9, $kb->pid;
			exit 0;
		}
		my ($status) = $kb->kbctl('import', '-m', "round $round",
		    $file);
		waitpid $pid, 0;
		$kb->crashed;
		$kills++;
		$kb->start;
		my $now = $kb->psql('SELECT max(revision) FROM revisions');
		chomp $now;
		if ($status == 0) {
			$acknowledged = $acknowledged + 1;
			$text = $next;
		} elsif ($now == $acknowledged + 1) {
			# done, but the answer did not get through
			$acknowledged = $now;
			$text = $next;
		}
		$lost++ if $now != $acknowledged;
		my (undef, $out) = $kb->kbctl('export', 'notes');
		$wrong++ if $out ne $text;
	} else {
		my ($status, undef, $err) = $kb->kbctl('import', '-m',
		    "round $round", $file);
		if ($status != 0) {
			diag("round $round: exit $status: $err");
			$wrong++;
		} else {
			$acknowledged++;
			$text = $next;
		}
	}
}
is($kills, $imports / 4, "the server was killed $kills times");
is($lost, 0, 'no acknowledged revision is lost, none appears twice');
is($wrong, 0, 'every export is what was imported last');
$kb->stop;
is($kb->kbd('check'), 0, 'integrity check, search index and derived rows');
done_testing();
