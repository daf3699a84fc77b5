# 900-roundtrip.t - what goes in comes out, byte for byte.
#
# 500 generated documents that are hard to take apart, the documents of
# KB_CORPUS, and for a sample of them: change each entry in turn, and only
# its bytes differ in the export.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use File::Find;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Test::More;

use KBTest;
use Torture qw(torture_documents);

my $kb = KBTest->new;
my $dir = tempdir('kbrt-XXXXXX', TMPDIR => 1, CLEANUP => 1);

sub write_file {
	my ($path, $bytes) = @_;
	open my $out, '>:raw', $path or die "$path: $!";
	print $out $bytes;
	close $out or die "$path: $!";
}

sub read_file {
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!";
	local $/;
	return <$in> // '';
}

sub markdown_files {
	my ($top) = @_;
	my @files;
	find({ no_chdir => 1, wanted => sub {
		push @files, substr $_, length($top) + 1
		    if /\.md$/ && -f $_ && !-l $_;
	} }, $top);
	return sort @files;
}

# The files of $top whose export is not what the file holds.
sub differing {
	my ($top, @files) = @_;
	my @bad;
	for my $file (@files) {
		(my $name = $file) =~ s/\.md$//;
		my ($status, $out) = $kb->kbctl('export', $name);
		push @bad, $file
		    if $status != 0 || $out ne read_file("$top/$file");
	}
	return @bad;
}

# The bytes of each live entry of a document, in order, over SQL.
sub entries_of {
	my ($name) = @_;
	$name =~ s/'/''/g;
	return map { pack 'H*', $_ } split /\n/, $kb->psql(
	    'SELECT hex(markdown) FROM entries WHERE document = ' .
	    "'$name' AND NOT archived ORDER BY position");
}

make_path("$dir/torture");
write_file("$dir/torture/$_->[0].md", $_->[1]) for torture_documents(500);
my ($status, $out, $err) =
    $kb->kbctl('import', '-m', 'torture', "$dir/torture");
is($status, 0, 'the torture documents are imported') or diag($err);
my @bad = differing("$dir/torture", markdown_files("$dir/torture"));
is("@bad", '', 'each of them is exported byte for byte');
($status, $out, $err) = $kb->kbctl('import', "$dir/torture");
is($status, 0, 'importing them again succeeds');
is($kb->psql('SELECT max(revision) FROM revisions'), "1\n",
    'and makes no revision');

my $corpus = $ENV{KB_CORPUS} // '';
SKIP: {
	skip 'KB_CORPUS names no folder', 4 unless -d $corpus;
	my @files = markdown_files($corpus);

	($status, $out, $err) = $kb->kbctl('import', '-m', 'corpus', $corpus);
	is($status, 0, scalar(@files) . ' documents are imported')
	    or diag($err);
	@bad = differing($corpus, @files);
	is("@bad", '', 'each of them is exported byte for byte');


	# Every thirteenth file is a case: name, file, the bytes of each entry.
	my @cases;
	my $wrong = 0;
	for my $file (@files[grep { $_ % 13 == 0 } 0 .. $#files]) {
		(my $name = $file) =~ s/\.md$//;
		my @parts = entries_of($name);
		if (join('', @parts) eq read_file("$corpus/$file")) {
			push @cases, [$name, $file, \@parts];
		} else {
			diag("$file: its entries do not make the file");
			$wrong++;
		}
	}
	is($wrong, 0, scalar(@cases) . ' sampled files are their entries');

	# In round i, entry i of each case gets one more paragraph.
	my $changed = 0;
	my $sample = "$dir/sample";
	for (my $i = 0; $i < 12; $i++) {
		my @round = grep { $i < @{ $_->[2] } } @cases;
		last unless @round;
		remove_tree($sample);
		for my $case (@round) {
			my ($name, $file, $parts) = @$case;
			$parts->[$i] =~ s/(\s*)\z/\n\nchanged\n$1/;
			make_path("$sample/" . ($name =~ s{[^/]*$}{}r));
			write_file("$sample/$file", join '', @$parts);
		}
		($status, $out, $err) = $kb->kbctl('import', '-m', "round $i",
		    $sample);
		if ($status != 0) {
			diag("round $i: $err");
			$wrong++;
			last;
		}
		my $touched = $kb->psql('SELECT action, count(*) FROM ' .
		    'revision_entries WHERE revision = (SELECT ' .
		    'max(revision) FROM revisions) GROUP BY 1');
		if ($touched ne 'changed|' . @round . "\n") {
			diag("round $i of " . @round . " files: $touched");
			$wrong++;
		}
		my @differ = differing($sample, map { $_->[1] } @round);
		if (@differ) {
			diag("round $i: @differ");
			$wrong++;
		}
		$changed += @round;
	}
	is($wrong, 0, "$changed entries changed in turn, each alone");
}

done_testing();
