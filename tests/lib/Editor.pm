# Editor.pm - an editor for tests: a script that changes the file it is given.
#
#   my $editor = Editor->new($folder, 's/before/after/', 's/again/');
#   $ctl->run('new', { env => { EDITOR => $editor->path } });
#   my @files = $editor->seen;      # what it was shown, each time it was run
#
# The n-th run applies the n-th Perl expression to the whole file; later runs
# leave it as it is.
#
# SPDX-License-Identifier: ISC
package Editor;
use strict;
use warnings;

sub new {
	my ($class, $dir, @changes) = @_;
	my $self = bless { dir => "$dir/editor-" . ++$Editor::count }, $class;
	mkdir $self->{dir} or die "$self->{dir}: $!";
	my $n = 0;
	KBCtl::spew("$self->{dir}/change-" . ++$n, "$_;\n") for @changes;
	KBCtl::spew("$self->{dir}/edit", <<"END");
#!$^X
use strict;
my \$n = 1;
\$n++ while -e "$self->{dir}/seen-\$n";
local \$/;
open my \$in, '<:raw', \$ARGV[0] or die;
local \$_ = <\$in>;
open my \$seen, '>:raw', "$self->{dir}/seen-\$n" or die;
print \$seen \$_;
close \$seen;
open my \$change, '<:raw', "$self->{dir}/change-\$n" or exit 0;
eval <\$change>;
die \$@ if \$@;
open my \$out, '>:raw', \$ARGV[0] or die;
print \$out \$_;
close \$out or die;
END
	chmod 0755, "$self->{dir}/edit";
	return $self;
}

sub path { return "$_[0]{dir}/edit" }

sub seen {
	my ($self) = @_;
	my ($n, @seen) = (1);
	push @seen, KBCtl::slurp("$self->{dir}/seen-" . $n++)
	    while -e "$self->{dir}/seen-$n";
	return @seen;
}

1;
