# 351-kbctl-edit.t - changing an entry: nobody's edit disappears.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;
use Editor;

my ($kb, $ctl) = KBCtl->with_server;
my $home = $ctl->home;
my ($status, $out, $err, $editor);

sub drafts { return sort glob "$home/.local/state/kbctl/drafts/*" }

sub markdown { return $ctl->json('show', $_[0], '--json')->{markdown} }

my $notes = "# Notes\n\n## One\n\n**Symptom**: first thing fails\n\n" .
    "**Fix**: restart the first thing\n\n## Two\n\n**Symptom**: second " .
    "thing fails\n\n**Fix**: restart the second thing\n\n---\n\n## Three\n" .
    "\nlast words";
KBCtl::spew("$home/Notes.md", $notes);
is(($ctl->run('import', "$home/Notes.md"))[0], 0, 'a base');

# an editor
$editor = Editor->new($home, 's/message:/message: be careful/; ' .
    's/restart the first/carefully restart the first/');
($status, $out, $err) = $ctl->run('edit', 2, { env => {
    EDITOR => $editor->path } });
is($status, 0, 'an edit') or diag($err);
like($out, qr{^saved entry 2: One, /e/2-one in Notes, version 2, revision 2$},
    'is reported');
my ($seen) = $editor->seen;
like($seen, qr/^  entry: 2-one of Notes$/m, 'the head names the entry');
like($seen, qr/^  version: 1$/m, 'and the version');
like(($ctl->run('history', 2))[1], qr/^2 +2 +changed .* be careful$/m,
    'the message is in the history');
$editor = Editor->new($home);
($status, $out, $err) = $ctl->run('edit', 2, { env => {
    EDITOR => $editor->path } });
is($status, 0, 'no change is no error');
like($out, qr/no changes: entry 2/, 'and said');
is_deeply([drafts()], [], 'no drafts are left');
is($ctl->json('edit', 2, '-F', '-', '--json', { stdin => markdown(2) })
    ->{revision}, undef, 'nor does a script make a version of nothing');

# a stale base is merged
($status, $out, $err) = $ctl->run('edit', '2@1', '-F', '-', '-m', 'symptom',
    { stdin => "## One\n\n**Symptom**: first thing fails loudly\n\n" .
    "**Fix**: restart the first thing\n\n" });
is($status, 0, 'another field was changed') or diag($err);
like($out, qr/version 3.*merged/, 'both are kept');
is(markdown(2), "## One\n\n**Symptom**: first thing fails loudly\n\n" .
    "**Fix**: carefully restart the first thing\n\n", 'in one text');

# a true conflict stops, and loses nothing
($status, $out, $err) = $ctl->run('edit', 2, '--base', 1, '-F', '-', '-m',
    'mine', { stdin => "## One\n\n**Symptom**: first thing fails\n\n" .
    "**Fix**: throw the first thing away\n\n" });
is($status, 5, 'the same line on both sides');
my ($kept) = drafts();
like($err, qr/kept in \Q$kept\E/, 'the texts are kept and named');
my $texts = KBCtl::slurp($kept);
like($texts, qr/<<<<<<< yours\n.*throw the first thing away\n/s, 'mine');
like($texts, qr/>>>>>>> version 3 by \S+, .*: symptom\n/, 'whose the other is');
like($texts, qr/carefully restart the first thing\n/, 'theirs');
like($texts, qr/^  version: 3$/m, 'and what they were merged with');
is($ctl->json(qw(show 2 --json))->{version}, 3, 'nothing was saved');
($status, $out, $err) = $ctl->run('edit', 2, '-F', $kept);
is($status, 6, 'marks are not saved');
like($err, qr/marks of a conflict/, 'which is said');
$texts =~ s/^(?:<<<<<<<|=======|>>>>>>>).*\n//mg;
$texts =~ s/^\|\|\|\|\|\|\|.*?(?=^\*\*Fix\*\*: carefully)//ms;
$texts =~ s/^\*\*Fix\*\*: carefully.*\n//m;
KBCtl::spew($kept, $texts);
($status, $out, $err) = $ctl->run('edit', 2, '-F', $kept);
is($status, 0, 'put right, it is saved') or diag("$err$texts");
like(markdown(2), qr/throw the first thing away/, 'as it was wanted');
like(($ctl->run('history', 2))[1], qr/^\S+ +4 .* mine$/m,
    'with its message');
unlink drafts();

# two writers in editors at once
$editor = Editor->new($home, "system('$ENV{PATH}' ? '" . KBCtl::program() .
    "' : '', 'edit', '3', '-F', '$home/other.md', '-m', 'first'); " .
    's/second thing fails/second thing breaks/');
KBCtl::spew("$home/other.md", "## Two\n\n**Symptom**: second thing is " .
    "slow\n\n**Fix**: restart the second thing\n\n---\n\n");
($status, $out, $err) = $ctl->run('edit', 3, { env => {
    EDITOR => $editor->path } });
is($status, 5, 'who saves second has the conflict');
($kept) = drafts();
like(KBCtl::slurp($kept), qr/thing breaks.*thing is slow/s, 'both texts');
unlink drafts();

# a refused text comes back; one that would swallow its neighbour is refused
$editor = Editor->new($home, 's/\*\*Fix/```\n**Fix/', 's/```\n//');
($status, $out, $err) = $ctl->run('edit', 3, { env => {
    EDITOR => $editor->path } });
is($status, 0, 'a fence that was opened and taken back');
like(($editor->seen)[1], qr/refused: .*opens a code block/, 'with a reason');
like($out, qr/no changes/, 'leaves the text as it was');
is(($ctl->run('edit', 3, '-F', '-', { stdin => "## Two\n\n```\n" }))[0], 6,
    'an open fence');
is(($ctl->run('edit', 3, '-F', '-', { stdin => "\xff\xfe" }))[0], 2,
    'bytes that are no text');
is(($ctl->run('edit', 99, '-F', '-', { stdin => 'x' }))[0], 1,
    'no such entry');
is(($ctl->run('edit', 3, '--base', 'x', '-F', '-', { stdin => "## y\n" }))[0],
    2, 'no such base');
unlink drafts();

# append
($status, $out, $err) = $ctl->run('append', 3, '-F', '-', '-m', 'hint',
    { stdin => "**Note**: look twice\n" });
is($status, 0, 'a paragraph more');
like(markdown(3), qr/second thing\n\n\*\*Note\*\*: look twice\n\n---\n\n\z/,
    'before the rule');
$editor = Editor->new($home, 's/\z/more last words\n/');
($status, $out, $err) = $ctl->run('append', 4, { env => {
    EDITOR => $editor->path } });
is($status, 0, 'in an editor');
is(markdown(4), "## Three\n\nlast words\n\nmore last words\n",
    'behind a text without a last line end');
is(($ctl->run('append', 4, { env => { EDITOR => 'true' } }))[0], 0,
    'nothing to add is no error');

# out of sight and back; another place; an old text
like(($ctl->run('archive', 3, '-m', 'old'))[1], qr/^archived entry 3: Two/,
    'archived');
unlike(($ctl->run('export', 'Notes'))[1], qr/^## Two/m, 'it is gone');
like(($ctl->run('show', 3))[1], qr/archived/, 'but can be read');
is($ctl->json(qw(unarchive 3 --json))->{action}, 'unarchived', 'and back');
is($ctl->json(qw(move 3 --after 4 --json))->{action}, 'moved', 'moved');
like(($ctl->run('export', 'Notes'))[1], qr/^## Three.*^## Two/ms, 'behind 4');
is(($ctl->run('move', 3))[0], 2, 'where to?');
is(($ctl->run('move', 3, '--after', 3))[0] != 0, 1, 'behind itself: no');
is($ctl->json(qw(revert 2 1 --json))->{action}, 'reverted', 'reverted');
like(markdown(2), qr/fails\n\n\*\*Fix\*\*: restart the first thing\n/,
    'to the old text');
is(($ctl->run('revert', 2, 99))[0], 1, 'no such version');

# documents
is($ctl->json('doc', 'new', 'ops/New', '--json')->{document}, 'ops/New',
    'a document');
is(($ctl->run('doc', 'new', 'ops/New'))[0], 2, 'its name is taken');
is($ctl->json('doc', 'rename', 'ops/New', 'Old', '--json')->{document}, 'Old',
    'renamed');
is(($ctl->run('doc', 'archive', 'Old'))[0], 0, 'archived');
is(($ctl->run('doc', 'unarchive', 'Old'))[0], 0, 'unarchived');
like(($ctl->run('history'))[1], qr/renamed ops\/New to Old/,
    'the history says so');

# review is no edit
is($ctl->json(qw(review 2 --in 90d --json))->{action}, 'verified', 'verified');
my $entry = $ctl->json(qw(show 2 --json));
is($entry->{verified_version}, $entry->{version}, 'that version');
like($entry->{review_by}, qr/^\d{4}-\d\d-\d\d$/, 'due some day');
is(($ctl->run('list', '--stale'))[0], 0, 'nothing is due now');
is(($ctl->run('edit', 4, '-F', '-', { stdin =>
    "## Three\n\nlast words\n\nreview by: 2020-01-31\n\nowner: ann\n" }))[0],
    0, 'a date in the text');
($status, $out, $err) = $ctl->run('list', '--stale');
is($status, 1, 'something is due');
like($out, qr/^4 +2020-01-31 +ann +never +\d{4}-\d\d-\d\d \S+ +Three$/m,
    'what, whose, verified and edited');
is($ctl->json(qw(list --stale --json))->{entries}[0]{stale}, JSON::PP::true(),
    'as JSON');
is(($ctl->run(qw(review 4 --in 1y)))[0], 0, 'looked at');
is(($ctl->run('list', '--stale'))[0], 0, 'and it is not due any more');

# a leaked secret
my $secret = 'Tr0ub4' . 'dor';
is(($ctl->run('edit', 4, '-F', '-', '--allow-secret', { stdin =>
    "## Three\n\nmysql -p$secret kb\n" }))[0], 0, 'a secret slips in');
my $version = $ctl->json(qw(show 4 --json))->{version};
is(($ctl->run('purge', 4))[0], 2, 'which version?');
is(($ctl->run('purge', "4\@$version"))[0], 2, 'it must be meant');
($status, $out, $err) = $ctl->run('purge', "4\@$version", '--yes');
is($status, 0, 'purged') or diag($err);
like($err, qr/backups, dumps and exports/, 'advice is given');
unlike(($ctl->run('show', "4\@$version"))[1], qr/\Q$secret\E/, 'it is gone');
done_testing();
