# PeerFiles.pm - what bench/peers exports, and the rankings that come back.
#
#   my @queries = PeerFiles::queries($folder);
#   PeerFiles::each_section($folder, sub { my ($section) = @_; ... });
#   PeerFiles::ranking($folder, '30-xapian', 'Xapian', $bytes,
#       { $query_id => [ $ms, $section, ... ], ... });
#   PeerFiles::missing($folder, '30-xapian', 'Xapian', 'package NAME');
#
# bench/peers.c and bench/ranking.h describe the files.
#
# SPDX-License-Identifier: ISC
package PeerFiles;

use strict;
use warnings;
use JSON::PP ();

sub each_line {
	my ($path, $fn) = @_;
	my $json = JSON::PP->new->utf8;

	open my $in, '<', $path or die "$path: $!\n";
	while (my $line = <$in>) {
		$fn->($json->decode($line));
	}
}

sub queries {
	my ($folder) = @_;
	my @queries;

	each_line("$folder/queries.jsonl", sub { push @queries, $_[0] });
	return @queries;
}

sub each_section {
	my ($folder, $fn) = @_;

	each_line("$folder/sections.jsonl", $fn);
}

sub spew {
	my ($path, @lines) = @_;

	open my $out, '>:utf8', $path or die "$path: $!\n";
	print $out map { "$_\n" } @lines;
	close $out or die "$path: $!\n";
}

sub ranking {
	my ($folder, $file, $name, $bytes, $answers) = @_;

	spew("$folder/$file.ranking", "name\t$name", "size\t$bytes",
	    map { join "\t", 'q', $_, @{ $answers->{$_} } }
	    sort keys %$answers);
}

sub missing {
	my ($folder, $file, $name, $what) = @_;

	spew("$folder/$file.ranking", "name\t$name", "missing\t$what");
}

# What files below a folder take on the disk; holes do not count.
sub disk_bytes {
	my ($folder) = @_;
	my $sum = 0;

	for my $path (glob "$folder/*") {
		my @stat = stat $path or next;
		$sum += -d _ ? disk_bytes($path) : $stat[12] * 512;
	}
	return $sum;
}

1;
