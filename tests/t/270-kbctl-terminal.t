# 270-kbctl-terminal.t - nothing hostile reaches a terminal; nobody's pipe or
# pager is in the way.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use POSIX ();
use KBCtl;

my ($kb, $ctl) = KBCtl->with_server;
my $hostile = "# T\033]0;owned\a \xc2\x9b31m \xe2\x80\xaetxt.exe hostile\n\n" .
    "**fix**: \033[2J\033[Hgone\n\n```sh\necho \033[31mred\a\n```\n\n" .
    "<b\033>x</b>\n\n- [ ] \x7f\x08\n\n| \033c | b |\n|---|---|\n| 1 | 2 |\n";
KBCtl::spew($ctl->home . '/hostile.md', $hostile);
my ($status, $out, $err) = $ctl->run('import', '-m', "why\033[31m\n\xc2\x9b",
    $ctl->home . '/hostile.md');
is($status, 0, 'controls are only text') or diag($err);

# C0 but line ends and TAB, DEL, C1, bidirectional controls
my $bad = qr/[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]/;
my $id = $ctl->json(qw(list --json))->{entries}[0]{entry};
for my $args (['hostile'], ['show', $id], ['list'], ['docs'], ['history'],
    ['history', $id], ['hostile', '--json'], ['show', $id, '--json'],
    ['list', '--json'], ['history', '--json'], ['export', 'hostile', '--json'],
    ['show', "$id\@1"], ["\033[31m\x9bx"], ['export', "no\033[31m"]) {
	($status, $out, $err) = $ctl->run(@$args);
	my $name = "@$args" =~ s/[^ -~]/?/gr;
	unlike($out, $bad, "kbctl $name sends no control to standard output");
	unlike($err, $bad, "kbctl $name sends none to standard error");
	($status, $out, $err) = $ctl->run('--color=always', @$args);
	unlike($out =~ s/\033\[[0-9;]*m//gr, $bad,
	    "kbctl $name sends only colours when asked for them");
}
like(($ctl->run('show', $id))[1], qr/\^\[\[2J/, 'they are shown');
is(($ctl->run(qw(export hostile)))[1], $hostile,
    'a pipe gets the document as it is');

# in a real terminal
SKIP: {
	my @screen = $ctl->screen(60, 20, 'export', 'hostile');
	skip 'no tmux', 3 if !defined $screen[0];
	like("@screen", qr/\^\[\[2J\^\[\[Hgone/, 'a terminal sees it written');
	is(scalar(grep { /owned/ } @screen), 1, 'nothing was obeyed');
	my $long = join "\n", $ctl->screen(60, 10, 'help', {
	    paged => qr/^paged:/m,
	    env => { KB_PAGER => 'sed s/^/paged:/' } });
	like($long, qr/^paged:/m, 'long output goes through the pager');
}

# a reader that goes away
KBCtl::spew($ctl->home . '/long.md', "# long\n\n" . "line of text\n" x 100000);
is(($ctl->run('import', $ctl->home . '/long.md'))[0], 0, 'a long document');
for my $ignored (0, 1) {
	pipe my $in, my $end or die;
	my $pid = fork // die;
	if ($pid == 0) {
		close $in;
		$SIG{PIPE} = $ignored ? 'IGNORE' : 'DEFAULT';
		open STDOUT, '>&', $end;
		open STDERR, '>', $ctl->home . '/broken';
		%ENV = %{ $ctl->{env} };
		exec KBCtl::program(), 'export', 'long';
	}
	close $end;
	sysread $in, my $some, 10;
	close $in;
	waitpid $pid, 0;
	is($? & 127 ? 128 + ($? & 127) : $? >> 8, 141, 'a broken pipe: 141');
	is(KBCtl::slurp($ctl->home . '/broken'), '', 'quietly');
}
my ($full) = $ctl->run('export', 'long', { out => '/dev/full' });
is($full, 7, 'a full disk is an error');

# Ctrl-C: standard input never ends, then a signal
pipe my $in, my $end or die;
my $pid = fork // die;
if ($pid == 0) {
	$SIG{INT} = 'DEFAULT';
	open STDIN, '<&', $in;
	close $end;
	open STDERR, '>', $ctl->home . '/interrupted';
	%ENV = %{ $ctl->{env} };
	exec KBCtl::program(), 'search', '-';
}
close $in;
select undef, undef, undef, 0.5;
kill INT => $pid;
waitpid $pid, 0;
is($? & 127 ? 128 + ($? & 127) : $? >> 8, 130, 'Ctrl-C: 130');
like(KBCtl::slurp($ctl->home . '/interrupted'), qr/^\n?$/, 'quietly');

# and in the middle of an import: nothing of it stays
my $many = $ctl->home . '/many';
mkdir $many;
KBCtl::spew("$many/$_.md", "# $_\n\n## a\n\ntext\n") for 1 .. 3000;
my $before = $ctl->json(qw(docs --json))->{total};
$pid = fork // die;
if ($pid == 0) {
	$SIG{INT} = 'DEFAULT';
	open STDOUT, '>', $ctl->home . '/interrupted';
	open STDERR, '>&', \*STDOUT;
	%ENV = %{ $ctl->{env} };
	exec KBCtl::program(), 'import', $many;
}
select undef, undef, undef, 0.3;
kill INT => $pid;
waitpid $pid, 0;
is($? & 127 ? 128 + ($? & 127) : $? >> 8, 130, 'Ctrl-C in an import: 130');
like(KBCtl::slurp($ctl->home . '/interrupted'),
    qr/^\n?(kbctl: nothing was imported\n)?$/, 'which says only that');
is($ctl->json(qw(docs --json))->{total}, $before, 'nothing was imported');
done_testing();
