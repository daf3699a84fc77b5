# 352-kbctl-past.t - history, diff and blame, also in a terminal of 80 columns
# with Chinese text and long lines.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use utf8;
use Encode ();
use Test::More;
use KBCtl;

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw(output failure_output todo_output);

my ($kb, $ctl) = KBCtl->with_server;
my $home = $ctl->home;
my ($status, $out, $err);

sub text { return Encode::decode('UTF-8', $_[0]) }
sub bytes { return Encode::encode('UTF-8', $_[0]) }

# Columns of a line of the screen.
sub width {
	my ($line) = @_;
	my $wide = () = $line =~
	    /[\x{1100}-\x{115f}\x{2e80}-\x{9fff}\x{f900}-\x{faff}\x{ff00}-\x{ff60}]/g;
	return $wide + length $line;
}

my $long = '部署后服务器负载过高响应很慢，' x 6;
my $one = "### 2. CPU 100% 占用\n\n**问题**: ${long}系统无响应\n\n**解决**:\n" .
    "- 添加 Docker 资源限制 (CPU: 0.8, 内存: 384M)\n- 创建 2GB Swap 分区\n";
KBCtl::spew("$home/Notes.md", bytes("# Notes\n\n$one"));
is(($ctl->run('import', '-m', 'notes', "$home/Notes.md"))[0], 0, 'a base');
my $two = $one =~ s/384M/512M/r =~ s/很慢，系统/很慢，整个系统/r;
is(($ctl->run('edit', 2, '-F', '-', '-m', bytes('内存不够，放宽限制'),
    { stdin => bytes($two) }))[0], 0, 'version 2');
my $three = $two . "- 优化数据库连接池配置\n";
is(($ctl->run('edit', 2, '-F', '-', '-m', 'pool', { stdin => bytes($three) })
    )[0], 0, 'version 3');

# diff
($status, $out) = $ctl->run('diff', 2, 1, 2);
is($status, 1, 'they differ');
$out = text($out);
like($out, qr/^- version 1 .* notes$/m, 'what it was');
like($out, qr/^\+ version 2 .* 内存不够，放宽限制$/m, 'and why it changed');
like($out, qr/内存: \[-384M-\]\{\+512M\+\}\)$/m, 'the words that changed');
like($out, qr/很慢，\{\+整个\+\}系统无响应$/m, 'in Chinese the characters');
($status, $out) = $ctl->run('diff', 2);
like(text($out), qr/^\+ - 优化数据库连接池配置$/m, 'the last change');
is(($ctl->run('diff', '2@2'))[1], ($ctl->run('diff', 2, 1, 2))[1],
    'the change that made a version');
($status, $out, $err) = $ctl->run('diff', 2, 3, 3);
is($status, 0, 'the same version is the same');
like($err, qr/versions 3 and 3 are the same/, 'which is said');
is(($ctl->run('diff', 2, 1, 9))[0], 1, 'no such version');
my $json = $ctl->json(qw(diff 2 1 2 --json));
is($ctl->{status}, 1, 'JSON tells by its status too');
is($json->{to}{message}, '内存不够，放宽限制', 'JSON has who and why');
is_deeply([ map { $_->{text} } grep { $_->{op} ne 'same' }
    map { @{ $_->{parts} } } @{ $json->{hunks} } ], [ '整个', '384M', '512M' ],
    'and what');

# blame
($status, $out) = $ctl->run('blame', 2);
is($status, 0, 'blame');
like(text($out), qr/^r1 +v1 .* │ ### 2\. CPU 100% 占用$/m, 'an old line');
like(text($out), qr/^r2 +v2 .* │ - 添加 Docker .*512M\)$/m, 'a changed one');
like(text($out), qr/^r3 +v3 .* │ - 优化/m, 'a new one');
$json = $ctl->json(qw(blame 2 --json));
is_deeply([ map { $_->{version} } @{ $json->{lines} } ],
    [ 1, 1, 2, 1, 1, 2, 1, 3 ], 'as JSON');
is(($ctl->run('blame', 99))[0], 1, 'no such entry');

# history
like(text(($ctl->run('history'))[1]),
    qr/^2 +changed 2 CPU 100% 占用 .* 内存不够，放宽限制$/m, 'of everything');
like(text(($ctl->run('history', 2))[1]), qr/^3 +3 +changed /m, 'of an entry');
like(text(($ctl->run('history', 'Notes'))[1]), qr/^1 +2 entries /m,
    'of a document');
my $who = $ctl->json(qw(history --json))->{revisions}[0]{author};
is(scalar @{ $ctl->json('history', '--author', $who, '--json')->{revisions} },
    3, 'of an author');
is(($ctl->run(qw(history --author nobody-such)))[0], 1, 'who did nothing');
is(scalar @{ $ctl->json(qw(history 2 --since 1h --json))->{revisions} }, 3,
    'since an hour ago');
is(($ctl->run(qw(history --since 2099-01-01)))[0], 1, 'since some day');
is(($ctl->run(qw(history --since then)))[0], 2, 'since when?');

# an old state of the whole document
is(text(($ctl->run(qw(export Notes --as-of 2)))[1]), "# Notes\n\n$two",
    'the document as of a revision');

# in a terminal
SKIP: {
	my @screen = $ctl->screen(80, 40, qw(diff 2 1 2));
	skip 'no tmux', 9 if !defined $screen[0];
	my @wide = grep { width($_) > 80 } @screen;
	is("@wide", '', 'diff fits 80 columns');
	like("@screen", qr/内存: 384M512M/, 'colour marks what changed');
	my @plain = $ctl->screen(80, 40, qw(--color=never diff 2 1 2));
	like("@plain", qr/内存: \[-384M-\]\{\+512M\+\}/, 'or marks');
	like("@plain", qr/系统 *无响应|系 *统无响应|系统无 *响应/,
	    'a long line goes on below');
	@screen = $ctl->screen(80, 40, qw(blame 2));
	@wide = grep { width($_) > 80 } @screen;
	is("@wide", '', 'blame fits');
	is(scalar(grep { /^r\d/ } @screen), 6, 'a margin where it changes');
	is(scalar(grep { /^ +│ / } @screen) >= 3, 1, 'and none below it');
	@screen = $ctl->screen(80, 40, 'history');
	@wide = grep { width($_) > 80 } @screen;
	is("@wide", '', 'history fits');
	like("@screen", qr/changed 2 CPU 100% 占用/, 'and names the entry');
}
done_testing();
