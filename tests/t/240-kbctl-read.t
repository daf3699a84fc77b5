# 240-kbctl-read.t - show, list, docs and history, for people and as JSON.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

my $seed = ($ENV{KB_SRCDIR} // '.') . '/content/InterviewPro.md';
my ($kb, $ctl) = KBCtl->with_server;
my ($status, $out, $err);

($status, $out, $err) = $ctl->run('docs');
is("$status$out", '1', 'an empty base has no documents');
like($err, qr/kbctl import/, 'and says how to get one');
is($ctl->json(qw(docs --json))->{total}, 0, 'as JSON');
is(($ctl->run('list'))[0], 1, 'no entries');
is(($ctl->run('history'))[0], 1, 'no history');
is(($ctl->run(qw(show 1)))[0], 1, 'no entry 1');

$ctl->run('import', '-m', 'seed lessons', $seed);

# docs
my $docs = $ctl->json(qw(docs --json));
is($docs->{documents}[0]{name}, 'InterviewPro', 'the document');
is($docs->{documents}[0]{document_date}, '2025-08-03', 'its date');
($status, $out) = $ctl->run('docs');
like($out, qr/^DOCUMENT .*\nInterviewPro /, 'the table has a head');

# list
my $list = $ctl->json(qw(list --json));
my @entries = @{ $list->{entries} };
is(scalar @entries, 25, '25 entries, one for each heading');
is_deeply([ map { $_->{line} } @entries ],
    [ sort { $a <=> $b } map { $_->{line} } @entries ],
    'in the order of the document');
is($list->{total}, 25, 'the total');
is(scalar @{ $ctl->json(qw(list --limit 3 --json))->{entries} }, 3,
    '--limit');
is($ctl->json(qw(list --limit 3 --json))->{total}, 25,
    'the total stays with --limit');
my @critical = @{ $ctl->json(qw(list --severity critical --json))->{entries} };
is(scalar @critical, 2, 'two critical ones');
is(scalar @{ $ctl->json(qw(list --kind runbook --json))->{entries} }, 2,
    'two runbooks');
is(scalar @{ $ctl->json(qw(list --doc INTERVIEWPRO --kind template --json))
    ->{entries} }, 3, 'three templates');
is(($ctl->run(qw(list --doc none)))[0], 1, 'no such document');
is(($ctl->run(qw(list --stale)))[0], 0, 'nothing is due for review');
($status, $out) = $ctl->run('list');
like($out, qr/^\d+ +critical +problem +\S.* InterviewPro$/m, 'a line each');
my $id = $critical[1]{entry};

# show
my $entry = $ctl->json('show', $id, '--json');
is($entry->{kind}, 'problem', 'an entry as JSON');
is(scalar @{ $entry->{fix} }, 3, 'with its fixes');
like($entry->{markdown}, qr/^### 2\. /, 'and its Markdown');
is(scalar @{ $entry->{path} }, 2, 'below two headings');
is($ctl->json('show', $entry->{slug}, '--json')->{entry}, $id,
    'by its slug');
is($ctl->json('show', "$id-some-old-slug", '--json')->{entry}, $id,
    'by an old slug');
is($ctl->json('show', "$id\@1", '--json')->{version}, 1, 'a version');
is(($ctl->run('show', "$id\@9"))[0], 1, 'a version that is not there');
is(($ctl->run(qw(show 9999)))[0], 1, 'an entry that is not there');
($status, $out) = $ctl->run('show', $id);
like($out, qr/^entry $id · InterviewPro · critical · problem · version 1/,
    'a head line');
like($out, qr/^- .*Docker .*384M/m, 'the list below it');
my $parent = $entry->{parent};
is(scalar @{ $ctl->json('show', $parent, '--json')->{children} }, 4,
    'the heading above has four');
like(($ctl->run('show', $parent))[1], qr/^ +$id  CPU 100%/m,
    'which are listed');

# history
my $history = $ctl->json(qw(history --json));
is($history->{revisions}[0]{message}, 'seed lessons', 'why');
is($history->{revisions}[0]{entries}, 25, 'how many');
KBCtl::spew($ctl->home . '/InterviewPro.md',
    KBCtl::slurp($seed) =~ s/2GB Swap/4GB Swap/r);
$ctl->run('import', '-m', 'more swap', $ctl->home . '/InterviewPro.md');
$history = $ctl->json('history', $id, '--json');
is_deeply([ map { "$_->{version} $_->{action}" }
    @{ $history->{revisions} } ], [ '2 changed', '1 created' ],
    'the history of an entry, newest first');
is(scalar @{ $ctl->json(qw(history InterviewPro --json))->{revisions} }, 2,
    'of a document');
is(scalar @{ $ctl->json(qw(history --limit 1 --json))->{revisions} }, 1,
    '--limit');
is(($ctl->run(qw(history Nothing)))[0], 1, 'of no document');
is(($ctl->run(qw(history 9999)))[0], 1, 'of no entry');
like(($ctl->run('history', $id))[1], qr/^2 +2 +changed .* more swap$/m,
    'as a table');
unlike(($ctl->run('show', "$id\@1"))[1], qr/4GB/, 'version 1 is as it was');
like(($ctl->run('show', $id))[1], qr/4GB/, 'the newest is newer');
done_testing();
