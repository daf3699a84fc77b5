# 130-wire.t - the protocol message by message: what clients rarely send.
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use KBWire;
use Test::More;

my $kb = KBTest->new(settings => { authentication_timeout => '1s',
    client_write_timeout => '2s', max_connections => 8 });

# Over the socket, as the admin; nothing dies when it is refused.
sub opened {
	return KBWire->open(socket => $kb->run_dir, port => $kb->{port});
}

sub session {
	my (%o) = @_;
	my $c = opened();
	$c->send_bytes(startup_($o{version} // 196608, user => 'admin',
	    database => 'kb', %{ $o{params} // {} }));
	$c->read_until('Z');
	return $c;
}

my $w = session();
my $rows = sub { join '|', map { join ',', map { $_ // 'NULL' } @$_ } @{ $w->rows } };
my $ten = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ' .
    'WHERE n < 10) SELECT n FROM t';

# ---- startup ----
my %status = map { /^(.*?)\0(.*?)\0/s } map { $_->[1] }
    grep { $_->[0] eq 'S' } @{ $w->{last} };
is(join(' ', sort keys %status), 'DateStyle IntervalStyle TimeZone ' .
    'application_name client_encoding default_transaction_read_only ' .
    'in_hot_standby integer_datetimes is_superuser server_encoding ' .
    'server_version session_authorization standard_conforming_strings',
    'all thirteen parameters are reported');
like($status{server_version}, qr/^15\.0 \(kbd /, 'server_version');
is($status{integer_datetimes}, 'on', 'integer_datetimes');
is($status{client_encoding}, 'UTF8', 'client_encoding');

my $n = session(version => 0x0003270f,
    params => { '_pq_.nosuch' => 1, application_name => 'grease' });
my ($v) = grep { $_->[0] eq 'v' } @{ $n->{last} };
is(unpack('H*', $v->[1]), unpack('H*', pack('NN', 0x00030002, 1) .
    "_pq_.nosuch\0"), 'an unknown minor version is negotiated down');
my ($key) = grep { $_->[0] eq 'K' } @{ $n->{last} };
is(length $key->[1], 36, 'protocol 3.2 has a long key');
($key) = grep { $_->[0] eq 'K' } @{ $w->{last} };
is(length $key->[1], 8, 'protocol 3.0 has a short one');

my $x = opened();
$x->send_bytes(pack('NN', 8, 80877103));
is($x->byte, 'N', 'no TLS on the local socket');
$x->send_bytes(pack('NN', 8, 80877104));
is($x->byte, 'N', 'no GSS either');
$x->send_bytes(startup_(196608, user => 'admin', database => 'kb'));
is($x->read_until('Z')->[-1][0], 'Z', 'and the session begins');
$x = opened();
$x->send_bytes(startup_(0x00020000, user => 'admin'));
$x->read_until('E');
is($x->error->{C}, '0A000', 'protocol 2 is refused');
ok($x->closed, 'and closed');
$x = opened();
$x->send_bytes(startup_(196608, user => 'admin', database => 'kb', nosuch => 1));
$x->read_until('E');
is($x->error->{C}, '42704', 'an unknown parameter is refused');
$x = opened();
$x->send_bytes(startup_(196608, user => 'admin', database => 'kb',
    options => '-c statement_timeout=7s -cwork_mem=1MB'));
$x->read_until('Z');
$x->send_bytes(query_('SHOW statement_timeout'));
$x->types;
is($x->rows->[0][0], '7s', 'options are read');
for my $bad ("\0\0\0\3", pack('N', 10001) . 'x', "GET / HTTP/1.1\r\n\r\n") {
	$x = opened();
	$x->send_bytes($bad);
	ok($x->closed, 'a broken startup packet is closed without an answer');
}
$x = opened();
ok($x->closed, 'a client that says nothing is disconnected');

# ---- extended protocol ----
$w->send_bytes(parse_('', 'SELECT $1 || $2'), bind_('', '', 'a', 'b'),
    describe_('P', ''), execute_(''), sync_());
is($w->types, '12TDCZ', 'one flight');
is($rows->(), 'ab', 'its row');
$w->send_bytes(parse_('s1', 'SELECT id FROM entries WHERE id = $1'),
    describe_('S', 's1'), sync_());
is($w->types, '1tTZ', 'a statement is described');
is(unpack('x2 N', $w->{last}[1][1]), 20,
    'the parameter has the type of its column');
$w->send_bytes(bind_('', 's1', 'x'), execute_(''), sync_());
is($w->types, 'EZ', 'a value that is no integer');
is($w->error->{C}, '22P02', '... is refused');
$w->send_bytes(bind_('', 's1', '1'), execute_(''), sync_());
is($w->types, '2CZ', 'Execute never describes');
$w->send_bytes(parse_('s1', 'SELECT 1'), sync_());
$w->types;
is($w->error->{C}, '42P05', 'a name is taken once');
$w->send_bytes(bind_('', 's1'), sync_());
$w->types;
is($w->error->{C}, '08P01', 'too few values');
$w->send_bytes(bind_('', 'nosuch'), sync_());
$w->types;
is($w->error->{C}, '26000', 'an unknown statement');
$w->send_bytes(execute_('nosuch'), sync_());
$w->types;
is($w->error->{C}, '34000', 'an unknown portal');
$w->send_bytes(parse_('', 'SELECT 1; SELECT 2'), sync_());
$w->types;
is($w->error->{C}, '42601', 'two statements in one Parse');
$w->send_bytes(parse_('', 'SELECT nosuch'), bind_('', ''), execute_(''), sync_());
is($w->types, 'EZ', 'after an error all is skipped up to Sync');
is($w->error->{C}, '42703', 'the error is that of Parse');
$w->send_bytes(parse_('', ''), bind_('', ''), describe_('P', ''), execute_(''),
    sync_());
is($w->types, '12nIZ', 'nothing at all');
$w->send_bytes(close_('S', 's1'), close_('S', 'nosuch'), close_('P', 'nosuch'),
    sync_());
is($w->types, '333Z', 'closing what is not there is fine');
$w->send_bytes(parse_('', "SET application_name = 'y'"), bind_('', ''), execute_(''),
    sync_());
is($w->types, '12CSZ', 'a parameter that changed is reported');
$w->send_bytes(parse_('', 'SHOW work_mem'), bind_('', ''), describe_('P', ''),
    execute_('', 1), sync_());
is($w->types, '12TDCZ', 'SHOW has a row');
$w->send_bytes(parse_('', 'CALL import_document($1, $2, $3, $4, $5)'),
    describe_('S', ''), bind_('', '', 'w', 'w.md', "# W\n", undef, 'm'),
    describe_('P', ''), execute_(''), sync_());
is($w->types, '1tT2TDCZ', 'CALL with parameters');
is($rows->(), 'w,1,1,0,0,0', 'its row');
is(join(' ', unpack 'x2 N*', $w->{last}[1][1]), '25 25 25 20 25',
    'the types of its parameters');

# ---- portals in portions ----
$w->send_bytes(query_('BEGIN'));
$w->types;
$w->send_bytes(parse_('', $ten), bind_('p', ''), execute_('p', 4), execute_('p', 4),
    execute_('p', 4), execute_('p', 4), sync_());
is($w->types, '12DDDDsDDDDsDDCCZ', 'rows come in portions');
is($rows->(), join('|', 1 .. 10), 'none is lost, none comes twice');
$w->send_bytes(bind_('p', ''), sync_());
$w->types;
is($w->error->{C}, '42P03', 'a named portal lives in its transaction');
$w->send_bytes(query_('ROLLBACK'));
is($w->types, 'CZ', 'the transaction ends');
$w->send_bytes(execute_('p'), sync_());
$w->types;
is($w->error->{C}, '34000', 'and with it its portals');
$w->send_bytes(parse_('', $ten), bind_('', ''), execute_('', 4), sync_());
is($w->types, '12DDDDsZ', 'suspended');
$w->send_bytes(execute_('', 4), sync_());
$w->types;
is($w->error->{C}, '34000', 'outside BEGIN a portal ends at Sync');
$w->send_bytes(parse_('', $ten), bind_('', ''), execute_('', 4), bind_('', ''),
    execute_('', 3), sync_());
is($w->types, '12DDDDs2DDDsZ', 'Bind starts again');
$w->send_bytes(query_("SET work_mem = '64kB'"),
    parse_('', 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 ' .
    'FROM t WHERE n < 100000) SELECT n FROM t'), bind_('', ''), execute_('', 1),
    sync_());
$w->types;
$w->types;
is($w->error->{C}, '54000', 'kept rows have a limit');
$w->send_bytes(query_('RESET work_mem'));
$w->types;

# what a session keeps has limits as a whole
$w->send_bytes(query_("BEGIN; SET LOCAL work_mem = '1MB'"), parse_('many', 'WITH ' .
    'RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ' .
    'WHERE n < 20000) SELECT n FROM t'), (map { (bind_("p$_", 'many'),
    execute_("p$_", 1)) } 1 .. 4), sync_());
$w->types;
is($w->types =~ tr/s//, 3, 'three portals have room for their rows');
is($w->error->{C}, '54000', 'the fourth has not');
$w->send_bytes(query_('ROLLBACK'), close_('S', 'many'), sync_());
$w->types;
$w->types;
my $long = "SELECT '" . 'x' x 50_000 . "'";
$w->send_bytes((map { parse_("long$_", $long) } 1 .. 600), sync_());
my $kept = $w->types =~ tr/1//;
cmp_ok($kept, '>', 100, 'many prepared statements have room');
cmp_ok($kept, '<', 300, '... but not any number');
is($w->error->{C}, '53200', '... and the client is told');
$w->send_bytes(query_('DEALLOCATE ALL'));
is($w->types, 'CZ', 'then there is room again');
$w->send_bytes(parse_('', "SELECT '" . 'x' x 70_000 . "'"), sync_());
$w->types;
is($w->error->{C}, '54000', 'a query has a length');

# ---- Flush, pipelines ----
$w->send_bytes(parse_('', 'SELECT 7'), bind_('', ''), execute_(''), flush_());
is(join('', map { $_->[0] } @{ $w->read_until('C') }), '12DC',
    'Flush answers without Sync');
$w->send_bytes(sync_());
is($w->types, 'Z', 'then Sync');
$w->send_bytes(map { parse_('', "SELECT $_"), bind_('', ''), execute_(''), sync_() }
    1 .. 50);
is(join('', map { $w->types } 1 .. 50), '12DCZ' x 50, 'a pipeline of fifty');
$w->send_bytes(parse_('', 'SELECT 1'), bind_('', ''), execute_(''),
    parse_('', 'SELEC'), parse_('', 'SELECT 3'), sync_(), query_('SELECT 4'));
is($w->types, '12DCEZ', 'an error in a pipeline');
is($w->types, 'TDCZ', 'ends at Sync');
$w->send_bytes(parse_('', "CALL import_document('p1', 'p1', '# P', NULL, 'm')"),
    bind_('', ''), execute_(''),
    parse_('', "CALL import_document('p2', 'p2', '# P', NULL, 'm')"),
    bind_('', ''), execute_(''), parse_('', 'SELECT nosuch'), sync_());
is($w->types, '12DC12DCEZ', 'two changes and an error before Sync');
$w->send_bytes(query_("SELECT count(*) FROM documents WHERE name LIKE 'p_'"));
$w->types;
is($rows->(), '0', 'neither change is there');
$w->send_bytes(parse_('', 'CALL import_document($1, $1, $2)'), map { bind_('', '',
    "q$_", "# Q\n"), execute_('') } 1 .. 5);
$w->send_bytes(sync_());
is($w->types, '1' . '2DC' x 5 . 'Z', 'five changes before Sync');
is($w->rows->[4][1], $w->rows->[0][1], 'are one revision');

# bytes that come one by one
for my $b (split //, query_("SELECT '中'") . sync_()) {
	$w->send_bytes($b);
}
is($w->types, 'TDCZ', 'bytes that come one by one');
is($rows->(), '中', 'are put together');
$w->types;

# ---- cancel ----
my ($pid) = unpack 'N', $key->[1];
for my $wrong (1, 0) {
	$w->send_bytes(query_('WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT ' .
	    "n + 1 FROM t) SELECT count(*) FROM t")) if $wrong;
	select undef, undef, undef, 0.3;
	my $c = opened();
	$c->send_bytes(pack('NN', 16, 80877102) . substr($key->[1], 0, 4) .
	    ($wrong ? "\0\0\0\0" : substr($key->[1], 4)));
	ok($c->closed, 'a cancel request gets no answer');
}
is($w->types, 'TEZ' =~ s/T//r, 'the query is canceled');
is($w->error->{C}, '57014', 'with the right key only');
my $c = opened();
$c->send_bytes(pack('NN', 16, 80877102) . $key->[1]);
$c->closed;
$w->send_bytes(query_('SELECT 1'));
is($w->types, 'TDCZ', 'a late cancel does not hit the next query');

# ---- what is not allowed ----
$w->send_bytes(message_('F', 'x' x 10));
is($w->types, 'EZ', 'function calls');
is($w->error->{C}, '0A000', '... are not supported');
$w->send_bytes(message_('d', 'x'), message_('c', ''), message_('f', "x\0"),
    query_('SELECT 1'));
is($w->types, 'TDCZ', 'COPY messages outside of COPY are ignored');
$w->send_bytes(message_('P', "x\0SELECT"), sync_());
is($w->types, 'EZ', 'a broken Parse');
is($w->error->{C}, '08P01', '... is a protocol violation');
$w->send_bytes(query_("SELECT '\xff'"));
$w->types;
is($w->error->{C}, '22021', 'text that is not UTF-8');
for my $bad (message_('p', 'x'), "?\0\0\0\4", 'Q' . pack('N', 3),
    'Q' . pack('N', 0x7fffffff), message_('S', 'x')) {
	my $y = session();
	$y->send_bytes($bad);
	$y->read_until('E');
	is($y->error->{S}, 'FATAL', 'a broken message ends the connection');
	ok($y->closed, '... at once');
}

# ---- many clients ----
my @many = map { opened() } 1 .. 12;
$_->send_bytes(startup_(196608, user => 'admin', database => 'kb')) for @many;
my @codes = map { $_->read_until('Z'); $_->error->{C} // 'ok' } @many;
ok((grep { $_ eq '53300' } @codes) >= 4, 'max_connections is a limit');
ok((grep { $_ eq 'ok' } @codes) >= 1, 'up to which all is well');
@many = ();
ok($kb->wait_for(sub {
	my $y = eval { session() } or return 0;
	return ($y->{last}[-1][0] // '') eq 'Z';
}), 'and there is room again');

# ---- a client that does not read ----
my $lazy = session();
$lazy->send_bytes(query_('WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 ' .
    'FROM t WHERE n < 3000000) SELECT n, n, n, n, n, n FROM t'));
$w->send_bytes(query_("SELECT count(*) FROM search('w')"));
is($w->types, 'TDCZ', 'others go on');
my ($number) = $kb->log =~ /.*conn=(\d+) \S+: connection authorized/s;
my $before = $kb->rss;
ok($kb->wait_log(qr/conn=$number \S+: disconnection: connection lost/),
    'it is disconnected after a while');
cmp_ok($kb->rss - $before, '<', 20_000, 'and its rows do not fill the memory');

# ---- SIGTERM ends what runs, SIGINT does not wait ----
$w->send_bytes(parse_('', 'SELECT 1'), bind_('', ''), execute_(''), flush_());
$w->read_until('C');
my $idle = session();
my $busy = session();
my ($steps, $start) = $ENV{KB_VALGRIND} || $ENV{KB_SLOW} ? (100_000, 2) :
    (2_000_000, 0.1);
$busy->send_bytes(query_('WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 ' .
    "FROM t WHERE n < $steps) SELECT count(*) FROM t"));
select undef, undef, undef, $start;
$kb->signal('TERM');
$idle->read_until('E');
is($idle->error->{C}, '57P01', 'an idle client is told');
is($busy->types, 'TDCZE' =~ s/E//r, 'what runs is finished');
is($kb->stop('TERM'), 0, 'and the server ends');
$kb->start;
$busy = session();
$busy->send_bytes(query_('WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 ' .
    'FROM t) SELECT count(*) FROM t'));
select undef, undef, undef, 0.2;
is($kb->stop('INT'), 0, 'SIGINT ends it at once');
$busy->read_until('E');
is($busy->error->{C}, '57P01', 'with a reason');
$kb->finish;
done_testing();
