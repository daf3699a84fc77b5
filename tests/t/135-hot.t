# 135-hot.t - a client that asks again and again is read by the workers.
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use KBWire;
use Test::More;

my $kb = KBTest->new(settings => { max_connections => 40 });

# A session that has just asked so quickly that it does not leave the workers.
sub hot {
	my $c = KBWire->open(socket => $kb->run_dir, port => $kb->{port});
	$c->send_bytes(startup_(196608, user => 'admin', database => 'kb'));
	$c->read_until('Z');
	ask($c) for 1 .. 20;
	return $c;
}

sub ask {
	my ($c, $what) = @_;
	$c->send_bytes(query_($what // 'SELECT 1'));
	$c->read_until('Z');
	my $rows = $c->rows;
	return @$rows ? $rows->[0][0] : undef;
}

my $c = hot();
is(ask($c, 'SELECT 7'), 7, 'it is answered');

my $bytes = query_('SELECT 8');
ask($c);
$c->send_bytes(substr $bytes, 0, 3);
select undef, undef, undef, 0.05;
$c->send_bytes(substr $bytes, 3);
$c->read_until('Z');
is($c->rows->[0][0], 8, 'a message in two pieces');

ask($c);
$c->send_bytes($bytes . query_('SELECT 9'));
$c->read_until('Z');
is($c->rows->[0][0], 8, 'two at once: the first');
$c->read_until('Z');
is($c->rows->[0][0], 9, 'and the second');

ask($c);
$bytes = query_("SELECT length('" . 'x' x 60_000 . "')");
$c->send_bytes($bytes);
$c->read_until('Z');
is($c->rows->[0][0], 60_000, 'one longer than a worker reads');

is(ask($c, 'SELEC'), undef, 'an error');
is($c->error->{C}, '42601', 'is told');
is(ask($c), 1, 'and the next is answered');
ask($c, 'BEGIN');
is(ask($c), 1, 'in a transaction');
ask($c, 'SELEC');
ask($c);
is($c->error->{C}, '25P02', 'which fails');
ask($c, 'ROLLBACK');
is(ask($c), 1, 'and ends');

my $many = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ' .
    'WHERE n < 3000) SELECT n FROM t';
for (1 .. 3) {
	ask($c);
	ask($c, $many);
	is(scalar @{ $c->rows }, 3000, 'long work between short');
}

# ---- its end ----
my @all = map { hot() } 1 .. 8;
is(ask($c, 'SELECT count(*) FROM kb_stat_activity'), 9, 'nine clients');
ask($_) for @all;
$_->send_bytes(message_('X', '')) for @all[0 .. 3];
$_->close for @all[4 .. 7];
my $n;
for (1 .. 100) {
	$n = ask($c, 'SELECT count(*) FROM kb_stat_activity');
	last if $n == 1;
	select undef, undef, undef, 0.05;
}
is($n, 1, 'who left in the middle is gone');

# ---- others are not kept waiting ----
my @noise = map { hot() } 1 .. 6;
my $cold = KBWire->open(socket => $kb->run_dir, port => $kb->{port});
$cold->send_bytes(startup_(196608, user => 'admin', database => 'kb'));
$cold->read_until('Z');
for (1 .. 5) {
	for (1 .. 20) {
		$_->send_bytes(query_('SELECT 1')) for @noise;
		$_->read_until('Z') for @noise;
	}
	$_->send_bytes(query_('SELECT 1')) for @noise;
	is(ask($cold, $many), 1, 'long work beside hot clients');
	$_->read_until('Z') for @noise;
}

# ---- timeouts count from its last answer ----
my $idle = hot();
ask($idle, "SET idle_session_timeout = '300ms'");
$idle->read_until('E');
is($idle->error->{C}, '57P05', 'an idle session ends');
$idle = hot();
ask($idle, "SET idle_in_transaction_session_timeout = '300ms'");
ask($idle, 'BEGIN');
ask($idle);
$idle->read_until('E');
is($idle->error->{C}, '25P03', 'and an idle transaction');

# ---- stopping ----
$idle = hot();
$kb->signal('TERM');
$idle->read_until('E');
is($idle->error->{C}, '57P01', 'a hot client is told at once');
is($kb->stop('TERM'), 0, 'and the server ends');
$kb->start;
$kb->finish;
done_testing();
