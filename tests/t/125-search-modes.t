# 125-search-modes.t - a search gives the same rows however it is sent.
#
# Questions are neighbouring words of the lessons' own titles and lines, and
# hostile ones; each is asked as a simple query, in the extended protocol with
# results in text and in binary, and by a prepared statement twice: at leisure
# and by a client that the workers read.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use KBWire;
use Test::More;

use constant TEXT => 25;

my $kb = KBTest->new(settings => { max_connections => 20 });
my $seed = KBTest::slurp("$ENV{KB_SRCDIR}/content/InterviewPro.md");
$kb->import_text('InterviewPro', $seed);
$kb->import_text("notes/$_", "# Note $_\n\n## Disk $_ is full\n\n" .
    "**Fix**: remove old logs of host$_\n\n```sh\ndf -h /srv/$_\n```\n")
    for 1 .. 40;

my $sql = 'SELECT rank, entry_id, title, document, score, confidence, snippet, ' .
    'answer FROM search(%s, 8) ORDER BY rank';
my @questions = ('CPU 100%', 'disk full', "host7's logs", 'docekr compose',
    'ＣＰＵ　１００％', '資料庫表結構', '', '*', '100%', '%s', '$1', "'; --",
    'how to bake bread', "Unknown column 'a.b' in 'field list'");
for my $line (grep { length > 8 } split /\n/, $seed) {
	my @words = split ' ', $line =~ s/[#*`|]//gr;
	push @questions, join ' ', @words[0 .. ($#words < 3 ? $#words : 3)];
}

sub session {
	my $c = KBWire->open(socket => $kb->run_dir, port => $kb->{port});
	$c->send_bytes(startup_(196608, user => 'admin', database => 'kb'));
	$c->read_until('Z');
	return $c;
}

sub cells {
	my ($rows) = @_;
	return join "\n", map { join '|', map { $_ // 'NULL' } @$_ } @$rows;
}

# What binary cells are as text.
sub in_text {
	my ($r) = @_;
	my %read = (20 => sub { unpack 'q>', $_[0] },
	    23 => sub { unpack 'l>', $_[0] },
	    701 => sub { 0 + sprintf '%.12g', unpack 'd>', $_[0] });
	my @types = map { $_->{oid} } @{ $r->{cols} };

	return [map { my $row = $_; [map { my $read = $read{ $types[$_] };
	    $read && defined $row->[$_] ? $read->($row->[$_]) : $row->[$_] }
	    0 .. $#$row] } @{ $r->{rows} }];
}

# Rows of a prepared statement on that connection.
sub prepared {
	my ($c, $question) = @_;
	$c->send_bytes(bind_('', 'q', $question), execute_(''), sync_());
	$c->read_until('Z');
	return cells($c->rows);
}

my ($plain, $slow, $hot) = (session(), session(), session());
for my $c ($slow, $hot) {
	$c->send_bytes(parse_('q', sprintf($sql, '$1')), sync_());
	is($c->types, '1Z', 'prepared');
}
my (%differ, $found);
for my $question (@questions) {
	my $quoted = "'" . $question =~ s/'/''/gr . "'";
	my $want = $plain->query(sprintf $sql, $quoted);
	my $rows = cells($want->{rows});
	my $params = [[TEXT, $question]];
	my $binary = in_text($plain->extended(sprintf($sql, '$1'),
	    params => $params, format => 1));

	$found += @{ $want->{rows} } > 0;
	$differ{'extended'}++ if $rows ne cells($plain->extended(
	    sprintf($sql, '$1'), params => $params)->{rows});
	$_->[4] = sprintf '%.6g', $_->[4] for @$binary, @{ $want->{rows} };
	$differ{'binary'}++ if cells($want->{rows}) ne cells($binary);
	$differ{'prepared'}++ if $rows ne prepared($slow, $question);
	prepared($hot, $question) for 1 .. 3;
	$differ{'prepared, at once again'}++
	    if $rows ne prepared($hot, $question);
}
cmp_ok(scalar @questions, '>', 80, 'questions');
cmp_ok($found, '>', 60, 'most find something');
is($differ{$_} // 0, 0, "the same rows: $_")
    for 'extended', 'binary', 'prepared', 'prepared, at once again';

is($kb->stop, 0, 'it ends well');
$kb->finish;
done_testing();
