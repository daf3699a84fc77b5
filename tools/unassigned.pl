# unassigned.pl - what Unicode 3.2 had not assigned, as ranges for C.
#
# usage: perl unassigned.pl
#
# Table A.1 of RFC 3454. A code point's age never changes, so every perl that
# knows Unicode 3.2 or later prints the same.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;

my $from;
print "static const struct range unassigned[] = {\n";
for my $cp (0 .. 0x110000) {
	my $out = $cp <= 0x10ffff && ($cp < 0xd800 || $cp > 0xdfff)
	    && chr($cp) !~ /\p{Present_In: 3.2}/;
	$from //= $cp if $out;
	next if $out || !defined $from;
	printf "\t{ 0x%04x, 0x%04x },\n", $from, $cp - 1;
	undef $from;
}
print "};\n";
