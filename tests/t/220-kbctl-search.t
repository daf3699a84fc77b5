# 220-kbctl-search.t - from words to answers, on the seed lessons.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

my $seed = ($ENV{KB_SRCDIR} // '.') . '/content/InterviewPro.md';
my ($kb, $ctl) = KBCtl->with_server;
my ($status, $out, $err) = $ctl->run('import', '-q', $seed);
is($status, 0, 'the seed lessons are imported') or diag($err);

# The titles of the answers, best first.
sub titles {
	return map { $_->{title} } @{ $ctl->json('--json', @_)->{answers} };
}

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw(output failure_output);

{
	use utf8;
	for my $words (['CPU', '100%'], ["CPU 100%"],
	    ["\xef\xbc\xa3\xef\xbc\xb0\xef\xbc\xb5\xe3\x80\x80\xef\xbc\x91" .
	    "\xef\xbc\x90\xef\xbc\x90\xef\xbc\x85"]) {
		my @found = titles(@$words);
		is($found[0], 'CPU 100% 占用', 'first the problem');
		is($found[1], 'CPU 100% 紧急处理', 'then what to do at once');
	}
	is((titles('Unknown column \'resumes.original_filename\' in '
	    . '\'field list\''))[0], '数据库表结构不一致', 'an error line');
	is((titles("\xe4\xb8\xad\xe6\x96\x87\xe6\x96\x87\xe4\xbb\xb6\xe5\x90" .
	    "\x8d"))[0], '文件上传失败', 'Chinese words');
	is((titles('tesseract'))[0], '系统依赖', 'a package');
	like((titles(qw(docekr compose log)))[0], qr/部署流程|CPU|快速联系|本地/,
	    'a typo');
}

my $answer = $ctl->json(qw(--json CPU 100%));
is($answer->{query}, 'CPU 100%', 'the query is echoed');
is($answer->{source}, 'server', 'and who answered');
is($answer->{confidence}, 'strong', 'with confidence');
is($answer->{answers}[0]{source}, 'InterviewPro.md',
    'the source is the file');
is($answer->{answers}[0]{line}, 17, 'the line is that of the heading');
is($answer->{answers}[0]{severity}, 'critical', 'severity is known');
is(scalar @{ $answer->{answers}[0]{fix} }, 3, 'three fixes');
is($answer->{answers}[1]{commands}[0]{text}, 'docker stats --no-stream',
    'the first command');
is_deeply($ctl->json(qw(CPU 100% --json))->{answers}, $answer->{answers},
    'trailing --json is the same');
is(scalar @{ $ctl->json(qw(CPU 100% --limit 1 --json))->{answers} }, 1,
    'trailing --limit counts');
is($ctl->json(qw(docker ps -a --json))->{query}, 'docker ps -a',
    'an option among the words is text');

# filters
my @kinds = map { $_->{kind} }
    @{ $ctl->json(qw(--kind runbook --json CPU))->{answers} };
is("@kinds", 'runbook' . ' runbook' x $#kinds, 'only runbooks');
is(scalar(() = $ctl->json(qw(--doc interviewpro --json CPU))), 1,
    'a document in another case');
is(($ctl->run(qw(--doc Nothing CPU)))[0], 1, 'a document that is not there');
is(($ctl->run(qw(--severity bad CPU)))[0], 2, 'a severity that is none');
is($ctl->json(qw(--severity critical --json CPU))->{answers}[0]{severity},
    'critical', 'only critical ones');

# nothing found is said, and is no error
($status, $out, $err) = $ctl->run('zzqqxx');
is("$status$out", '1', 'nothing found exits 1 and prints nothing');
like($err, qr/nothing found for "zzqqxx"/, 'and says so');
($status, $out) = $ctl->run('zzqqxx', '--json');
is($status, 1, 'nothing found as JSON exits 1 too');
is_deeply($ctl->json('zzqqxx', '--json')->{answers}, [], 'with no answers');
is($ctl->json('zzqqxx', '--json')->{confidence}, undef,
    'and no confidence');

# no text is an error
my $random = join '', map { chr int rand 256 } 1 .. 1 << 20;
my %hostile = ('an empty text' => '', 'a star' => '*', 'a bracket' => '(',
    'a quote' => '"unbalanced', 'operators' => 'AND OR NOT',
    'a column filter' => 'title:x', 'NUL' => "CPU\x{00} 100%",
    'a percent' => '%', 'SQL' => "'; DROP TABLE entry; --",
    'an escape' => "\033[31mCPU\033[0m", 'a megabyte' => $random,
    'one long word' => 'x' x 300000, 'ill-formed' => "\xff\xfe\x80",
    'many words' => 'word ' x 20000, 'NEAR' => 'NEAR(a b, 5)');
for my $name (sort keys %hostile) {
	($status, $out, $err) = $ctl->run('search', '-',
	    { stdin => $hostile{$name} });
	ok($status == 0 || $status == 1, "$name exits 0 or 1") or
	    diag("$status $err");
	unlike($err, qr/kbctl: (?!nothing found|not sure)/,
	    "$name is no error");
}
is(($ctl->run('search', ''))[0], 1, 'an empty word finds nothing');
is(($ctl->run(''))[0], 1, 'without a verb as well');
like(($ctl->run('search', '-', { stdin => "\033[31mCPU\033[0m 100%\n" }))[1],
    qr/^1  CPU 100%/, 'colours in pasted text do not matter');
is($ctl->json('--json', 'search', '-', { stdin => "CPU\x{00}100%\r\n" })->{query},
    "CPU 100% \n", 'pasted controls become blanks');

# people's output
($status, $out, $err) = $ctl->run(qw(CPU 100%));
is($status, 0, 'found');
unlike($out, qr/\033/, 'no colour into a pipe');
like($out, qr/^    docker stats --no-stream\n    htop$/m,
    'commands stand alone, ready to copy');
like(($ctl->run(qw(--color=always CPU 100%)))[1], qr/\033\[1m/,
    'colour when asked for');
like(($ctl->run(qw(--explain CPU 100%)))[1], qr/^   Why .*score/m,
    '--explain says why');

# :1
like(($ctl->run('show', ':1'))[1], qr/Swap/, ':1 is the first answer');
like(($ctl->run('show', ':2'))[1], qr/docker stats/, ':2 the second');
is(($ctl->run('show', ':99'))[0], 2, ':99 is none');

# the first screen
SKIP: {
	my @screen = $ctl->screen(80, 24, qw(CPU 100%),
	    { paged => qr/Steps +3/ });
	skip 'no tmux', 7 if !defined $screen[0];
	my $screen = join "\n", @screen;
	use utf8;
	like($screen, qr/^1  CPU 100% 占用  critical/m, 'screen: the problem');
	like($screen, qr/部署后服务器 CPU 满载，系统无响应/, 'its symptom');
	like($screen, qr/添加 Docker 资源限制 .*\n.*创建 2GB Swap 分区\n.*优化数据库连接池配置/,
	    'its fix');
	like($screen, qr/^\s+docker stats --no-stream\s*$/m, 'a command');
	like($screen, qr/^\s+docker-compose -f docker-compose\.prod\.yml restart backend\s*$/m,
	    'another one');
	like($screen, qr/^ +Steps +3\. 强制重启/m,
	    'and the step that has no command');
	cmp_ok(scalar(grep { length } @screen), '<=', 24,
	    'all on one screen');
}

# a note without a heading, that only its front matter names
KBCtl::spew($ctl->home . '/note.md',
    "---\ntitle: Resize the guests\n---\n\nvirsh setmem\n");
is(($ctl->run('import', '-q', $ctl->home . '/note.md'))[0], 0, 'a note');
is($ctl->json(qw(resize guest --json))->{answers}[0]{document}, 'note',
    'a note is found by the title of its front matter');
done_testing();
