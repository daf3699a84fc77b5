# dbd-pg-driver.pl - DBD::Pg: server-side prepare, placeholders of three
# kinds, transactions, ping, asynchronous cancel.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
use DBD::Pg qw(:async :pg_types);
use Test::More;
use Time::HiRes qw(time sleep);

my $name = "drivers/dbd-pg-$$";
my $markdown = "# Certificate expired 证书过期\n\nFix: `openssl x509`\n";
my $read_only = ($ENV{KB_TEST_TARGET} // '') eq 'postgres' ? '42501' : '25006';
my $import = 'CALL import_document(?, ?, ?, NULL, ?)';

binmode $_, ':utf8' for Test::More->builder->output,
    Test::More->builder->failure_output;

sub dbh {
	my (%o) = @_;

	return DBI->connect("dbi:Pg:dbname=kb;host=$ENV{KB_TEST_HOST};" .
	    "port=$ENV{KB_TEST_PORT};sslmode=verify-full;" .
	    "sslrootcert=$ENV{KB_TEST_CERT}", $ENV{KB_TEST_USER},
	    $o{password} // $ENV{KB_TEST_PASSWORD}, { RaiseError => 0,
	    PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 1 });
}

sub seen {
	my ($dbh) = @_;

	return $dbh->selectrow_array(
	    'SELECT count(*) FROM documents WHERE name = ?', undef, $name);
}

my $dbh = dbh();
ok($dbh, 'connects') or BAIL_OUT("cannot connect: $DBI::errstr");
cmp_ok($dbh->{pg_server_version}, '>=', 150000, 'server version');
ok($dbh->ping, 'ping');

my $row = $dbh->selectrow_hashref('SELECT id, title, archived, updated_at'
    . ' FROM entries WHERE document = ? ORDER BY id LIMIT 1', undef,
    'fixture/alpha');
is_deeply([sort keys %$row], [qw(archived id title updated_at)],
    'columns have their names');
like($row->{updated_at}, qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/,
    'a timestamp is written as PostgreSQL does');
ok(!$row->{archived}, 'false is false');

my $sth = $dbh->prepare('SELECT title FROM entries WHERE id = $1');
my $all = $dbh->selectcol_arrayref(
    'SELECT id FROM entries ORDER BY id LIMIT 10');
my @titles = map { $sth->execute($_); $sth->fetchrow_array } @$all;
is_deeply(\@titles, $dbh->selectcol_arrayref(
    'SELECT title FROM entries ORDER BY id LIMIT 10'),
    'one statement prepared once, run ten times');
$sth = $dbh->prepare('SELECT id, title FROM entries WHERE document = :doc'
    . ' AND id > :low ORDER BY id LIMIT 1');
$sth->bind_param(':doc', 'fixture/alpha', { pg_type => PG_TEXT });
$sth->bind_param(':low', 0, { pg_type => PG_INT8 });
ok($sth->execute && $sth->fetchrow_array, 'named placeholders with types');
is_deeply($sth->{TYPE}, [SQL_BIGINT, SQL_LONGVARCHAR],
    'columns have their types') or diag explain $sth->{TYPE};
is(($dbh->selectrow_array('SELECT CAST(? AS text)', undef, "quo'te \\ 磁盘")),
    "quo'te \\ 磁盘", 'any text comes back');
is(($dbh->selectrow_array("SELECT 'it''s', " . $dbh->quote('a\\b')))[1],
    'a\\b', 'quote() writes what the server reads');
ok($dbh->selectrow_array('SELECT rank FROM search(?) ORDER BY rank', undef,
    'docker'), 'search() answers');

$dbh->begin_work;
is(($dbh->selectrow_array($import, undef, $name, "$name.md", $markdown,
    'test'))[0], $name, 'CALL returns the document');
is(seen($dbh), 1, 'the transaction sees its document');
$dbh->rollback;
is(seen($dbh), 0, 'rollback takes it back');
$dbh->begin_work;
$dbh->do($import, undef, $name, "$name.md", $markdown, 'test');
$dbh->pg_savepoint('a');
ok(!$dbh->do('SELECT * FROM nosuch'), 'an unknown table');
is($dbh->state, '42P01', 'is 42P01');
ok(!$dbh->do('SELECT 1') && $dbh->state eq '25P02', 'then all is 25P02');
is($dbh->ping, 4, 'ping sees a failed transaction');
ok($dbh->pg_rollback_to('a'), 'ROLLBACK TO mends it');
$dbh->commit;
is(seen($dbh), 1, 'commit keeps it');
is(($dbh->selectrow_array('SELECT markdown FROM entries WHERE document = ?'
    . ' ORDER BY id DESC LIMIT 1', undef, $name)), $markdown,
    'the text is the same');

ok(!defined $dbh->do('DELETE FROM entries'), 'DELETE is refused');
is($dbh->state, $read_only, "as $read_only");

$dbh->do('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)'
    . ' SELECT count(*) FROM n', { pg_async => PG_ASYNC });
sleep 0.3;
my $start = time;
ok($dbh->pg_cancel, 'pg_cancel');
cmp_ok(time - $start, '<', 3, 'is prompt');
is(($dbh->selectrow_array('SELECT 42')), 42, 'the connection goes on');
$sth->finish;
$dbh->disconnect;

ok(!dbh(password => 'wrong'), 'a wrong password is refused');
like($DBI::errstr, qr/password authentication failed/, 'and says so');
done_testing;
