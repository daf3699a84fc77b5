# 230-kbctl-import.t - Markdown in and out through kbctl.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use Encode ();
use KBCtl;

my ($kb, $ctl) = KBCtl->with_server;
my $dir = $ctl->home . '/notes';

sub file {
	my ($path, $bytes) = @_;
	my $at = $dir;
	mkdir $at;
	my @parts = split m{/}, $path;
	mkdir $at = "$at/$_" for @parts[0 .. $#parts - 1];
	KBCtl::spew("$dir/$path", $bytes);
}

sub revision {
	my $h = $ctl->json(qw(history --json --limit 1));
	return @{ $h->{revisions} } ? $h->{revisions}[0]{revision} : 0;
}

sub names { return map { $_->{name} } @{ $ctl->json(qw(docs --json))->{documents} } }

# a folder: names, sources, one revision
my %text = (
	'a.md' => "# A\n\ntext\n",
	'k8s/Pod.md' => "\xef\xbb\xbfIntro\r\n\r\n# Pod\r\n\r\ntext\r\n",
	'k8s/deep/x.md' => "---\ntitle: X\n---\n\nHead\n====\n\nno final line",
	'empty.md' => '',
	"\xe4\xb8\xad \xe6\x96\x87.md" => "# \xe4\xb8\xad\n\n```\n# no heading\n",
	'late.markdown' => "# late\rcr only\r",
);
file($_, $text{$_}) for sort keys %text;
file('.hidden/no.md', '# no');
file('.no.md', '# no');
file('readme.txt', 'no');
my $i = $ctl->json('import', '--json', '-m', 'the notes', "$dir/");
is($ctl->{status}, 0, 'a folder is imported');
is($i->{revision}, 1, 'as one revision');
is(scalar @{ $i->{documents} }, 6, 'six documents');
my %source = map { $_->{document} => $_->{source} } @{ $i->{documents} };
is($source{'k8s/Pod'}, 'k8s/Pod.md', 'named by the path below the folder');
is($source{late}, 'late.markdown', 'the source is the file');
is($ctl->json(qw(history --json))->{revisions}[0]{message}, 'the notes',
    'the message is kept');

# byte for byte
for my $path (sort keys %text) {
	my $name = $path =~ s/\.(md|markdown)$//r;
	my ($status, $out, $err) = $ctl->run('export', $name);
	is($status, 0, "$name is exported") or diag($err);
	is($out, $text{$path}, "$name has the same bytes");
}
is(($ctl->run(qw(export K8S/POD)))[1], $text{'k8s/Pod.md'},
    'a name in another case');
is(($ctl->run(qw(export a -)))[1], $text{'a.md'}, 'export to -');
is($ctl->json(qw(export a --json))->{markdown}, $text{'a.md'},
    'export as JSON');
is(($ctl->run(qw(export nothing)))[0], 1, 'no such document');

# the same again
my ($status, $out, $err) = $ctl->run('import', $dir);
is($status, 0, 'the same again');
like($out, qr/6 documents: nothing changed/, 'changes nothing');
is(revision(), 1, 'and makes no revision');

# one file, standard input
file('single.md', "# S\n\none\n");
is(($ctl->run('import', "$dir/single.md"))[0], 0, 'one file');
is(join(' ', grep { /single/ } names()), 'single', 'is named by its name');
is(($ctl->run('import', '--doc', 'from/stdin', '-',
    { stdin => "# I\n\nin\n" }))[0], 0, 'standard input');
is(($ctl->run(qw(export from/stdin)))[1], "# I\n\nin\n",
    'under the name that was given');

# a conflict: changed here and there
file('single.md', "# S\n\ntwo\n");
$ctl->run('import', "$dir/single.md");
my $before = revision();
file('single.md', "# S\n\nthree\n");
($status, $out, $err) = $ctl->run('import', '--base', $before - 1,
    "$dir/single.md");
is($status, 5, 'changed on both sides: exit 5');
like($err, qr/--replace/, 'what to do is said');
is(revision(), $before, 'nothing changed');
is(($ctl->run(qw(export single)))[1], "# S\n\ntwo\n", 'nothing at all');
file('other.md', "# O\n");
($status, $out, $err) = $ctl->run('import', '--base', $before - 1,
    "$dir/single.md", "$dir/other.md");
is($status, 5, 'a conflict stops the others too');
is(scalar(grep { $_ eq 'other' } names()), 0, 'they are not imported');
($status, $out, $err) = $ctl->run('import', '--keep-going', '--base',
    $before - 1, "$dir/single.md", "$dir/other.md");
is($status, 5, 'unless --keep-going');
is(scalar(grep { $_ eq 'other' } names()), 1, 'then they are');
is(($ctl->run('import', '--replace', "$dir/single.md"))[0], 0, '--replace');
is(($ctl->run(qw(export single)))[1], "# S\n\nthree\n", 'takes the file');
is(($ctl->run(qw(export single --as-of), $before))[1], "# S\n\ntwo\n",
    'the past stays');

# what cannot be taken
$before = revision();
my %bad = (
	'latin.md' => ["# caf\xe9\n\ntext\n", qr/line 1/],
	'nul.md' => ["# a\n\n\0\n", qr/line 3/],
	'gb.md' => ["# \xd6\xd0\xce\xc4\n", qr/GB18030/],
	'long.md' => ['x' x (8 * 1024 * 1024 + 1), qr/longer than/],
);
mkdir "$dir/bad";
KBCtl::spew("$dir/bad/$_", $bad{$_}[0]) for keys %bad;
KBCtl::spew("$dir/bad/good.md", "# good\n");
symlink '/etc/passwd', "$dir/bad/link.md";
symlink 'good.md', "$dir/bad/inside.md";
symlink '/etc', "$dir/bad/folder";
symlink '..', "$dir/bad/up";
($status, $out, $err) = $ctl->run('import', "$dir/bad");
is($status, 2, 'files that cannot be taken: exit 2');
like($err, qr/$_: .*$bad{$_}[1]/s, "$_ is named") for sort keys %bad;
like($err, qr/link\.md: it is a link that leads out/, 'so is a link');
like($err, qr/nothing was imported/, 'nothing was imported');
is(revision(), $before, 'really');
($status, $out, $err) = $ctl->run('import', '--keep-going', "$dir/bad");
is($status, 2, 'with --keep-going exit 2 as well');
is(join(' ', grep { /^(good|inside|link|latin)$/ } names()),
    'good inside', 'but what can be taken is');

# encodings
($status, $out, $err) = $ctl->run('import', '--encoding', 'GB18030',
    "$dir/bad/gb.md");
is($status, 0, '--encoding') or diag($err);
is(($ctl->run(qw(export gb)))[1], "# \xe4\xb8\xad\xe6\x96\x87\n",
    'the text is UTF-8 then');
KBCtl::spew("$dir/bad/u16.md", Encode::encode('UTF-16', "# sixteen\n"));
is(($ctl->run('import', '--encoding', 'UTF-16', "$dir/bad/u16.md"))[0], 0,
    'UTF-16');
($status, $out, $err) = $ctl->run('import', '--encoding', 'UTF-16LE',
    '--doc', 'odd', '-', { stdin => "a\0b" });
is($status, 2, 'cut in the middle of a character');
like($err, qr/line 1, byte 3/, 'is named with its place');

# two files that would be one document
mkdir "$dir/one";
mkdir "$dir/two";
KBCtl::spew("$dir/$_/same.md", "# $_\n") for qw(one two);
($status, $out, $err) = $ctl->run('import', "$dir/one", "$dir/two");
is($status, 2, 'twins are refused');
like($err, qr/"same" would come from .*one\/same\.md.* as well/,
    'both are named');
mkdir "$dir/none";
like(($ctl->run('import', "$dir/none"))[2], qr/no \*\.md file/,
    'a folder without Markdown');

# everything into a folder
my $all = $ctl->home . '/all';
($status, $out, $err) = $ctl->run('export', '--all', $all);
is($status, 0, 'export --all') or diag($err);
is(KBCtl::slurp("$all/k8s/Pod.md"), $text{'k8s/Pod.md'}, 'the same bytes');
is(($ctl->run('export', '--all', $all))[0], 0, 'again');
KBCtl::spew("$all/a.md", "mine\n");
($status, $out, $err) = $ctl->run('export', '--all', $all);
is($status, 6, 'a file that was edited is not overwritten');
like($err, qr/"a\.md" is there already/, 'but named');
is(KBCtl::slurp("$all/a.md"), "mine\n", 'it is untouched');
unlink "$all/a.md";
symlink '/etc/passwd', "$all/a.md";
isnt(($ctl->run('export', '--all', $all))[0], 0, 'nor is a link followed');
my $past = $ctl->home . '/past';
is(($ctl->run('export', '--all', $past, '--as-of', 1))[0], 0,
    'everything as of a revision');
ok(!-e "$past/single.md" && -e "$past/a.md", 'has what was there then');
done_testing();
