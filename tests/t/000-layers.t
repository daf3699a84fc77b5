# 000-layers.t - the folders tell the truth about who uses whom.
#
# Reads every #include of the C sources and fails when a line breaks the
# picture of ARCHITECTURE.md: kbctl, kbd -> kb -> common, never sideways, and
# each foreign library behind its few doors. Also looks for SQL that is put
# together with printf.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;

my $top = $ENV{KB_SRCDIR} // '.';

my %may_use = (
	common => [qw(common)],
	kb => [qw(common kb)],
	kbd => [qw(common kb kbd)],
	kbctl => [qw(common kb kbctl)],
);

# library header => the files that may include it (extension left out)
my @doors = (
	[qr{^sqlite3}, qw(kb/store.* kb/migrate kb/fts_.* kb/vtab_.* kb/search.*
	    kb/answer kb/postings kb/vocab kbd/sql_.* kbd/writer kbd/authdb.*)],
	[qr{^cmark}, qw(kb/markdown)],
	[qr{^event2/}, qw(kbd/server kbd/net kbd/loop kbd/conn kbd/tls kbd/jobs
	    kbd/pg_conn.* kbd/pg_auth kbd/http_.* kbd/wiki_.*)],
	[qr{^openssl/}, qw(common/sha256 kbd/tls kbd/scram kbd/secret
	    kbctl/certificate)],
	[qr{^libpq-fe}, qw(kbctl/client)],
	[qr{^utf8proc}, qw(kb/lexer kb/fold common/str kbd/saslprep)],
	[qr{^jansson}, qw(common/json kbd/http_api)],
	[qr{^zlib}, qw(kbd/http_body)],
	[qr{^iconv}, qw(kbctl/encoding)],
);

for my $dir (sort keys %may_use) {
	my $allowed = join '|', @{ $may_use{$dir} };
	for my $path (sort glob "$top/$dir/*.[ch]") {
		my ($name) = $path =~ m{([^/]+/[^/]+)\.[ch]$};
		open my $in, '<', $path or die "$path: $!";
		my @bad;
		while (my $line = <$in>) {
			if ($line =~ /^\s*#\s*include\s+"([^"]+)"/) {
				my $what = $1;
				push @bad, "$.: \"$what\""
				    unless $what =~ m{^(?:$allowed)/}
				    || $what eq 'config.h'
				    || $what =~ m{^(?:schema|content)/\w+\.inc$};
			} elsif ($line =~ /^\s*#\s*include\s+<([^>]+)>/) {
				my $what = $1;
				for my $door (@doors) {
					my ($header, @files) = @$door;
					next unless $what =~ $header;
					push @bad, "$.: <$what>" unless
					    grep { $name =~ /^$_$/ } @files;
				}
			}
			push @bad, "$.: SQL formatted with values"
			    if $line =~ /printf\w*\s*\(.*"\s*(?:SELECT|INSERT|UPDATE|DELETE)\b.*%/;
		}
		is("@bad", '', "$name includes what its layer may use");
	}
}
done_testing();
