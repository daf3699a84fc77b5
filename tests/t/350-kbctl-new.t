# 350-kbctl-new.t - from a question nobody could answer to a lesson that
# answers it.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use utf8;
use Encode ();
use Test::More;
use KBCtl;
use Editor;

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw(output failure_output todo_output);

my ($kb, $ctl) = KBCtl->with_server;
my $source = $ENV{KB_SRCDIR} // '.';
my $home = $ctl->home;
my ($status, $out, $err);

sub text { return Encode::decode('UTF-8', $_[0]) }

# What drafts are kept; a saved text leaves none.
sub drafts { return sort glob "$home/.local/state/kbctl/drafts/*" }

is(($ctl->run('import', "$source/content/InterviewPro.md"))[0], 0, 'a base');
my $before = ($ctl->run('export', 'InterviewPro'))[1];

# nothing is found, and that is where the lesson begins
($status, $out, $err) = $ctl->run('打印机卡纸');
is($status, 1, 'nothing was found');
like(text($err), qr/nothing found for "打印机卡纸".*kbctl new/,
    'and it is said how to record it');

my $editor = Editor->new($home, <<'END');
s/message:/message: learned on the night shift/;
s/\*\*Symptom\*\*:/**Symptom**: the gateway answers 502 for a minute/;
s/(```text\n)/$1upstream prematurely closed connection\n/;
s/\*\*Fix\*\*:/**Fix**: restart the gateway, then look at its log/;
s/(```sh\n)/$1# restart it\nsystemctl restart zzqqgw\n/
END
($status, $out, $err) = $ctl->run('new', { env => {
    EDITOR => $editor->path } });
is($status, 0, 'it is recorded') or diag($err);
like(text($out), qr{^recorded entry 26: 打印机卡纸, /e/26-打印机卡纸 in InterviewPro, version 1, revision 2$}, 'number and address are named');
like(text(($editor->seen)[0]), qr/^### 5\. 打印机卡纸$/m,
    'the editor began with the question, at its place');
like(text(($editor->seen)[0]), qr/new problem, below 核心问题与解决方案/,
    'and said where it goes');
is_deeply([drafts()], [], 'no draft is left');

my $found = $ctl->json('打印机卡纸', '--json');
is($found->{answers}[0]{entry}, 26, 'the same search finds it');
is($found->{answers}[0]{commands}[0]{text}, 'systemctl restart zzqqgw',
    'with its command');
like(text(($ctl->run('history'))[1]),
    qr/^2 +created 26 打印机卡纸 .* learned on the night shift$/m,
    'the history has its line');
my $lesson = <<'END';
### 5. 打印机卡纸

**Symptom**: the gateway answers 502 for a minute

```text
upstream prematurely closed connection
```

**Fix**: restart the gateway, then look at its log

```sh
# restart it
systemctl restart zzqqgw
```

END
my $after = text(($ctl->run('export', 'InterviewPro'))[1]);
my $at = index $after, $lesson;
cmp_ok($at, '>', 0, 'the document has the lesson');
is(substr($after, 0, $at) . substr($after, $at + length $lesson),
    text($before), 'and only these lines more');
like(substr($after, $at + length $lesson), qr/\A---\n/,
    'before the rule that parts the sections');

# the question is answered: a second lesson does not begin with it
$editor = Editor->new($home);
($status, $out, $err) = $ctl->run('new', { env => {
    EDITOR => $editor->path } });
is($status, 1, 'an untouched template is not saved');
like($err, qr/nothing was recorded/, 'which is said');
unlike(text(($editor->seen)[0]), qr/卡纸/, 'it begins empty');
is_deeply([drafts()], [], 'and leaves no draft');

# in Chinese by locale, of every kind
for my $kind (qw(problem runbook checklist template)) {
	$editor = Editor->new($home);
	$ctl->run('new', '--kind', $kind, { env => { LC_ALL => 'zh_CN.UTF-8',
	    EDITOR => $editor->path } });
	like(text(($editor->seen)[0]), $kind eq 'problem' ? qr/\*\*现象\*\*/ :
	    qr/\*\*类型\*\*/, "a $kind in Chinese");
}
like(text(($editor->seen)[0]), qr/below 关键配置模板/,
    'a template goes to the templates');

# from a log
KBCtl::spew("$home/app.log", join '', map {
	"2026-11-25 01:0$_:00 ERROR could not connect to 10.0.0.$_:6379\n" .
	"2026-11-25 01:0$_:01 INFO fine\n" } 1 .. 5);
$editor = Editor->new($home);
$ctl->run('new', '--from-log', "$home/app.log", { env => {
    EDITOR => $editor->path } });
like(($editor->seen)[0],
    qr/```text\nERROR could not connect to 10\.0\.0\.1:6379\n```/,
    'its errors are there, each once');
like(($editor->seen)[0], qr/^### 6\. ERROR could not connect/m,
    'and the first is the title');

# a secret: the editor comes back with the reason, once it is gone it is saved
my $secret = 'Tr0ub4' . 'dor';
$editor = Editor->new($home, qq{
	s/^(### 6\\.) .*/\$1 redis refuses/m;
	s/\\*\\*Symptom\\*\\*:/**Symptom**: it refuses connections/;
	s/\\*\\*Fix\\*\\*:/**Fix**: log in with redis-cli -a $secret/
    }, qq{ s/$secret/<password>/ });
($status, $out, $err) = $ctl->run('new', { env => {
    EDITOR => $editor->path } });
is($status, 0, 'saved without the secret') or diag($err);
like($err, qr/line \d+: a secret \(password option\): write <password> instead/,
    'the place was named');
like(($editor->seen)[1],
    qr/refused: line \d+: a secret \(password option\)/,
    'the editor came back with it');
my ($place) = ($editor->seen)[1] =~ /refused: line (\d+)/;
like((split /\n/, ($editor->seen)[1])[$place - 1], qr/\Q$secret\E/,
    'at the line that it names');

# a writer who does not listen: nothing is saved, nothing is lost
$editor = Editor->new($home, qq{
	s/^(### .*) .*/\$1 mysql/m;
	s/\\*\\*Symptom\\*\\*:/**Symptom**: it is slow at noon/;
	s/\\*\\*Fix\\*\\*:/**Fix**: mysql -uroot -p$secret/ });
($status, $out, $err) = $ctl->run('new', { env => {
    EDITOR => $editor->path } });
is($status, 6, 'a secret is refused');
is(scalar($editor->seen), 2, 'after the editor was asked again');
my ($kept) = drafts();
like($err, qr/kept in \Q$kept\E/, 'the text is kept and named');
like(KBCtl::slurp($kept), qr/\Q$secret\E/, 'and is whole');
is((stat $kept)[2] & 0777, 0600, 'for its writer alone');
unlike($out . ($ctl->run('history'))[1], qr/mysql/, 'nothing was saved');
unlink $kept;

# scripts: a file, standard input, and no editor
KBCtl::spew("$home/lesson.md", "### disk of zzdb full\n\n" .
    "**Symptom**: no space left on zzdb\n\n**Fix**: remove old zzlogs\n");
my $made = $ctl->json('new', '-F', "$home/lesson.md", '-m', 'by a script',
    '--json');
is($made->{action}, 'recorded', 'from a file');
is($made->{title}, 'disk of zzdb full', 'under its title');
($status, $out, $err) = $ctl->run('new', '-F', '-', { stdin =>
    "### the disk of zzdb is full\n\n**Symptom**: no space left on zzdb\n" });
is($status, 0, 'from standard input');
like($err, qr/looks like $made->{entry}\. disk of zzdb full.*add to it/,
    'an entry that is like it is named');
like($err, qr/line 1: the problem has no fix/, 'what it lacks is said');
($status, $out, $err) = $ctl->run('new', '-F', '-', { stdin =>
    "### x\n\n```sh\nnever closed\n" });
is($status, 6, 'an open code block is refused');
like($err, qr/opens a code block that nothing closes/, 'with the reason');
($kept) = drafts();
like($err, qr/kept in \Q$kept\E/, 'standard input is kept');
unlink $kept;
($status, $out, $err) = $ctl->run('new', '-F', '-', { stdin =>
    "### x\n\nmysql -p$secret kb\n" });
is($status, 6, 'a secret is refused there as well');
unlike($err, qr/\Q$secret\E/, 'and not shown');
is(($ctl->run('new', '-F', '-', '--allow-secret', { stdin =>
    "### allowed zz\n\nmysql -p$secret kb\n" }))[0], 0,
    'unless it is wanted');
($status, $out, $err) = $ctl->run('new');
is($status, 2, 'without a terminal there is no editor');
like($err, qr/-F FILE/, 'which is said');
($status, $out, $err) = $ctl->run('new', { env => { EDITOR => 'false' } });
is($status, 7, 'an editor that fails');
like($err, qr/the editor "false" failed/, 'is named');
unlink drafts();

# at a terminal: what is lacking and what is alike is asked about
SKIP: {
	my $flawed = Editor->new($home, q{s/^### .*/### 7. PAPER JAM/m;
	    s/\*\*Symptom\*\*:/**Symptom**: the gateway answers 502 for a minute/});
	my @screen = $ctl->screen(100, 24, 'new', { env => {
	    EDITOR => $flawed->path }, type => [[qr/save it all the same/, 'y'],
	    [qr/\[n\]ew entry, \[a\]dd/, 'a']] });
	skip 'no tmux', 3 if !defined $screen[0];
	is($ctl->{status}, 0, 'both questions were answered');
	like("@screen", qr/the problem has no fix.*looks like 26\. /, 'as asked');
	like($ctl->json('show', 26, '--json')->{markdown},
	    qr/```\n\n\*\*PAPER JAM\*\*\n\n\*\*Symptom\*\*: the gateway/,
	    'and the text is added to the entry that was there');
}

# places
$made = $ctl->json('new', '-F', '-', '--yes', '--json', { stdin =>
    "# a title of its own zz\n\n**Symptom**: no zzspace left\n" });
is($ctl->json('show', $made->{entry}, '--json')->{parent}, 2,
    'a heading of another level stands among its like');
is($ctl->json('show', 7, '--json')->{parent}, 1, 'and takes nothing with it');
$made = $ctl->json('new', '-F', "$home/lesson.md", '--under', '11', '--yes',
    '--json');
my $entry = $ctl->json('show', $made->{entry}, '--json');
is($entry->{parent}, 11, 'below an entry');
is(($ctl->run('new', '-F', "$home/lesson.md", '--after', '3', '--under',
    '4'))[0], 2, 'after and under exclude each other');
is(($ctl->run('new', '-F', "$home/lesson.md", '--doc', 'None'))[0], 1,
    'no such document');
done_testing();
