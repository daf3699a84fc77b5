# 280-kbctl-manual.t - the manual page names all that kbctl takes and makes.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

my $source = $ENV{KB_SRCDIR} // '.';
my $page = KBCtl::slurp("$source/doc/kbctl.1");
my $ctl = KBCtl->new;
my $help = ($ctl->run('--help'))[1];
my @verbs = $help =~ /^  ([a-z-]+) /mg;

cmp_ok(scalar @verbs, '>', 10, 'the help lists verbs');
for my $verb (@verbs) {
	like($page, qr/^\.(?:It )?Cm .*\b\Q$verb\E\b/m, "verb $verb");
	$help .= ($ctl->run('help', $verb))[1];
}
my %options = map { $_ => 1 } $help =~ /--([a-z-]+)/g;
like($page, qr/Fl -\Q$_\E\b/, "option --$_") for sort keys %options;
for my $path (glob "$source/doc/schema/*.json") {
	my ($name) = $path =~ m{([^/]+)$};
	like($page, qr/\Q$name\E/, "schema $name");
}
like($page, qr/^\.Sh \Q$_\E$/m, "section $_")
    for qw(ENVIRONMENT FILES EXAMPLES), 'EXIT STATUS';
like($page, qr/\b\Q$_\E\b/, "variable $_") for qw(KBHOST KBPORT KBUSER KBDATA
    KB_URL KBSSLMODE KBSSLROOTCERT KBPASSFILE KB_PAGER PAGER NO_COLOR);
SKIP: {
	skip 'no mandoc', 1 if !KBCtl::has('mandoc');
	# other manuals may not be installed here
	my @lint = grep { !/referenced manual not found|lacks .* entry/ }
	    `mandoc -T lint -W style '$source/doc/kbctl.1' 2>&1`;
	is("@lint", '', 'mandoc finds nothing');
}
done_testing();
