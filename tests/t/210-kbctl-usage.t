# 210-kbctl-usage.t - what kbctl does with its words when no server is there.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

# A machine on which kbd serves has a server where kbctl looks for one.
my $served = -d '/var/lib/kbd';
my $ctl = KBCtl->new(env => $served ? { KBDATA => '/nonexistent' } : {});
my $none = $served ?
    qr/socket "\/nonexistent\/run.*Does kbd run\? kbctl start/s :
    qr/no server runs here.*kbctl start/s;

# [arguments, exit status, what standard error must say]
my @cases = (
	[[qw(restart loop)], 2, qr/did you mean: kbctl search restart loop$/m],
	[[qw(status of nginx)], 2, qr/kbctl search status of nginx/],
	[[qw(show processlist)], 2, qr/kbctl search show processlist/],
	[[qw(list open files)], 2, qr/kbctl search list open files/],
	[[qw(history expansion in bash)], 2, qr/kbctl search history/],
	[[qw(export PATH variable)], 2, qr/kbctl search export PATH variable/],
	[[qw(import error numpy)], 2, qr/kbctl search import error numpy/],
	[[qw(help me)], 2, qr/kbctl search help me/],
	[[qw(edit)], 2, qr/usage: kbctl edit ENTRY/],
	[[qw(edit permission denied)], 2, qr/kbctl search edit permission/],
	[[qw(new relic agent)], 2, qr/kbctl search new relic agent/],
	[[qw(new --kind section)], 2, qr/no template for "section"/],
	[[qw(append)], 2, qr/usage: kbctl append ENTRY/],
	[[qw(archive log is full)], 2, qr/kbctl search archive log is full/],
	[[qw(unarchive)], 2, qr/usage: kbctl unarchive ENTRY/],
	[[qw(move fast)], 2, qr/kbctl search move fast/],
	[[qw(revert 3)], 2, qr/usage: kbctl revert ENTRY VERSION/],
	[[qw(review board)], 2, qr/kbctl search review board/],
	[[qw(review 3 --in soon)], 2, qr/--in takes days like 90d/],
	[[qw(diff two files)], 2, qr/kbctl search diff two files/],
	[[qw(blame it on dns)], 2, qr/kbctl search blame it on dns/],
	[[qw(purge queue)], 2, qr/kbctl search purge queue/],
	[[qw(doc)], 2, qr/usage: kbctl doc/],
	[[qw(doc string missing)], 2, qr/kbctl search doc string missing/],
	[[qw(doc rename a)], 2, qr/doc rename DOC NAME/],
	[[qw(match regex)], 2, qr/kbctl search match regex/],
	[[qw(user permission denied)], 2, qr/kbctl search user permission/],
	[[qw(restore-backup)], 2, qr/usage: kbctl restore-backup DIR/],
	[[qw(search)], 2, qr/usage: kbctl search WORDS/],
	[[qw(--json)], 2, qr/usage/],
	[[qw(--nonsense x)], 2, qr/there is no option "--nonsense"/],
	[[qw(-Z x)], 2, qr/there is no option "-Z"/],
	[[qw(list --limit 0)], 2, qr/--limit takes a number/],
	[[qw(search x --limit 0)], 2, qr/--limit takes a number/],
	[[qw(search x --limit 201)], 2, qr/at most 200/],
	[[qw(list --as-of 3)], 2, qr/--as-of is not for "kbctl list"/],
	[[qw(docs --color=blue)], 2, qr/auto, always or never/],
	[[qw(-h x -D y docs)], 2, qr/exclude each other/],
	[[qw(-p 0 docs)], 2, qr/"0" is no port/],
	[[qw(--url http://x docs)], 2, qr/is no kb:\/\//],
	[[qw(--url kb://u:secret@h docs)], 2, qr/KBPASSFILE/],
	[[qw(import --base 1 --replace x)], 2, qr/exclude each other/],
	[[qw(import --base new x)], 2, qr/revision's number/],
	[[qw(import --encoding klingon x)], 2, qr/no encoding "klingon"/],
	[[qw(import -)], 2, qr/--doc NAME -/],
	[[qw(import /nonexistent.md)], 2, qr/nothing was imported/],
	[[qw(export)], 2, qr/usage: kbctl export/],
	[[qw(CPU 100%)], 3, $none],
	[[qw(docker ps -a)], 3, $none],
	[[qw(docs)], 3, $none],
	[[qw(-h /nonexistent list)], 3, qr/\/nonexistent/],
	[[qw(-D /nonexistent list)], 3, qr/\/nonexistent\/run/],
	[[qw(-D /nonexistent stop)], 2, qr/no data directory.*kbd init/s],
	[[qw(status)], 4, qr/no data directory/],
);

for my $case (@cases) {
	my ($args, $want, $says) = @$case;
	my ($status, $out, $err) = $ctl->run(@$args);
	my $name = "kbctl @$args";

	is($status, $want, "$name exits $want");
	like($err, $says, "$name says why");
	is($out, '', "$name prints nothing");
}

my ($status, $out, $err) = $ctl->run('ping');
is($status, 2, 'ping without a server exits 2, as pg_isready does');
like($out, qr/ - no response$/, 'and says so');
($status, $out) = $ctl->run(qw(ping -q));
is("$status$out", '2', 'quietly with -q');
is($ctl->json(qw(ping --json))->{state}, 'no response', 'or as JSON');
is($ctl->json(qw(status --json))->{state}, 'no data directory',
    'status as JSON');

for my $args ([], ['--help'], ['help'], ['-?']) {
	($status, $out, $err) = $ctl->run(@$args);
	is($status, 0, "kbctl @$args exits 0");
	like($out, qr/search WORDS.*history/s, 'and lists the verbs');
}
($status, $out) = $ctl->run(qw(import --help));
like($out, qr/--keep-going/, 'a verb has its own help');
($status, $out) = $ctl->run(qw(--version));
like($out, qr/^kbctl \d+\.\d+/, 'the version');

# a configuration file: used, and named with its line when it is wrong
mkdir $ctl->home . '/.config';
mkdir $ctl->home . '/.config/kbctl';
my $file = $ctl->home . '/.config/kbctl/config';
KBCtl::spew($file, "# where\nhost = /from-file\n");
like(($ctl->run('docs', { env => { KBDATA => undef } }))[2],
    qr{/from-file}, 'the file says where');
like(($ctl->run('docs', { env => { KBHOST => '/from-env' } }))[2],
    qr{/from-env}, 'the environment goes before it');
like(($ctl->run('docs', '-h', '/from-flag',
    { env => { KB_URL => 'kb://from-env' } }))[2],
    qr{/from-flag}, 'an option before both');
KBCtl::spew($file, "host = /x\nhots = /y\n");
($status, $out, $err) = $ctl->run('docs');
is($status, 2, 'a wrong file is an error');
like($err, qr/config:2: there is no setting "hots"/, 'with its line');
done_testing();
