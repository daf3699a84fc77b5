# 225-kbctl-answer-card.t - other names, what belongs to an answer, and what
# is said when there is none.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use JSON::PP ();
use Test::More;
use KBCtl;

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw(output failure_output);

my $seed = ($ENV{KB_SRCDIR} // '.') . '/content/InterviewPro.md';
my ($kb, $ctl) = KBCtl->with_server;
my @d = ('-D', $kb->dir);
is(($ctl->run('import', '-q', $seed))[0], 0, 'the seed lessons');

sub answers {
	my @words = map { encode_utf8($_) } @_;
	return @{ $ctl->json('--json', @words)->{answers} };
}

sub spew_glossary {
	my ($text) = @_;
	KBCtl::spew($kb->dir . '/glossary.tsv', encode_utf8($text));
}

# the card: problem, emergency commands, template
{
	my ($best) = answers('CPU', '100%');
	is($best->{title}, 'CPU 100% 占用', 'the problem');
	is_deeply([ map { $_->{title} } @{ $best->{see_also} } ],
	    [ 'CPU 100% 紧急处理', 'Docker 资源限制' ],
	    'its runbook and the template that its fix names');
	is(scalar @{ $best->{see_also}[0]{commands} }, 3,
	    'with the commands');
	like($best->{see_also}[1]{commands}[0]{text}, qr/memory: 384M/,
	    'and the template');
	my ($status, $out) = $ctl->run('CPU', '100%');
	like($out, qr/^ +docker stats --no-stream$/m, 'on one screen');
	like($out, qr/^ +memory: 384M$/m, 'with the template');
	is((grep { length > 0 && /\S{81}/ } split /\n/, $out), 0,
	    'no word longer than a line');
	($best) = answers('数据库表结构不一致');
	is($best->{see_also}[0]{title}, '数据库问题快速诊断',
	    'another problem, another runbook');
}

# an author's word counts
KBCtl::spew($ctl->home . '/own.md', encode_utf8(<<'END'));
# Queue stands still

problem: consumers do not take messages
fix: restart the worker
related: Docker 资源限制, 2
alias: 队列罢工

# Backup window

Nothing here is about queues.
END
is(($ctl->run('import', '-q', $ctl->home . '/own.md'))[0], 0, 'own lessons');
{
	my ($best) = answers('队列罢工');
	is($best->{title}, 'Queue stands still', 'an alias, at once');
	is($best->{see_also}[0]{title}, 'Docker 资源限制',
	    'related by title, in another document');
	is($best->{see_also}[1]{entry}, 2, 'related by number');
	is($best->{see_also}[0]{why}, 'related', 'it says so');
}

# the site's own glossary: the next search knows it
{
	is(scalar answers('flux capacitor'), 0, 'nobody knows this yet');
	spew_glossary("like\tflux capacitor | swap 分区\n");
	my ($best) = answers('flux capacitor');
	is($best->{title} // '', 'CPU 100% 占用', 'a line, no restart');
	ok((grep { $_ eq 'glossary: flux capacitor -> swap 分区' }
	    @{ $best->{why} }), 'and the answer says why');
	is(($ctl->run(@d, 'reload'))[0], 0, 'a reload');

	spew_glossary("like\tflux capacitor | swap 分区\nnonsense\tx | y\n");
	($best) = answers('flux capacitor');
	is($best->{title} // '', 'CPU 100% 占用', 'a bad file changes nothing');
	$ctl->run(@d, 'reload');
	like(KBCtl::slurp($kb->dir . '/log/kbd.log'), qr/glossary\.tsv:2: the kind is none of/,
	    'and is explained');
	unlink $kb->dir . '/glossary.tsv';
	is(scalar answers('flux capacitor'), 0, 'gone with its file');
}

# --explain
{
	my ($status, $out) = $ctl->run('--explain', 'OOM');
	like($out, qr/coverage 0\.\d+/, 'parts of the score');
	like($out, qr/oom/, 'the groups');
	like($out, qr/related 0\.40/, 'their alternatives');
	my $doc = $ctl->json('--explain', '--json', 'OOM');
	ok(ref $doc->{answers}[0]{explain}{groups} eq 'ARRAY', 'as JSON');
}

# nothing fits
for my $words ('how to bake bread', 'sudo: command not found',
    'cheap flights to Lisbon') {
	my ($status, $out, $err) = $ctl->run('search', split / /, $words);
	is($status, 1, "nothing fits \"$words\"");
	is($out, '', 'no answer');
	like($err, qr/nothing found/, 'it says so');
	like($err, qr/kbctl new/, 'and how to record one');
}

# what found nothing is counted, in the background
{
	my %gaps;
	for (1 .. 100) {
		my ($status, $out) = $ctl->run('gaps', '--json');
		%gaps = map { $_->{query} => $_ }
		    @{ JSON::PP->new->decode($out)->{gaps} };
		last if $gaps{'cheap flights to lisbon'};
		select undef, undef, undef, 0.1;
	}
	is($gaps{'how to bake bread'}{asked}, 1, 'a gap');
	is($gaps{'flux capacitor'}{asked}, 2, 'asked twice');
	ok(!$gaps{'oom'}, 'what was answered is none');
	is(($ctl->run('gaps'))[0], 0, 'gaps exits 0 when there are some');
	my ($status, $out) = $ctl->run('gaps');
	like($out, qr/^ASKED +LAST/, 'a table');

	# a secret is not kept, a gap that is filled leaves
	$ctl->run('zzqx', 'password=hunter2hunter2', 'zzqy');
	spew_glossary("term\tflux capacitor | swap\n");
	answers('flux capacitor');
	for (1 .. 100) {
		($status, $out) = $ctl->run('gaps');
		last if $out =~ /zzqx/ && $out !~ /flux/;
		select undef, undef, undef, 0.1;
	}
	unlike($out, qr/hunter2/, 'no secret is kept');
	like($out, qr/zzqx/, 'the rest is');
	unlike($out, qr/flux/, 'filled by a glossary line');
}

done_testing;
