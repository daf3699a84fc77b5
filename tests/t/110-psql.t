# 110-psql.t - a real psql against a real server.
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use KBTest;
use Test::More;
use Time::HiRes qw(time sleep);

KBTest::need('psql');

my $kb = KBTest->new(settings => { lock_timeout => '1s' });
my $endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 ' .
    'FROM t) SELECT count(*) FROM t';

# ---- changes ----
is($kb->import_text('ops/disk', "# Disk\n\n## Disk full\n\nSymptom: writes " .
    "fail\n\nFix: delete old logs\n\n```sh\n# see what is large\ndu -sh /var\n" .
    "```\n\n## Checks\n\n- [ ] alarms\n- [x] quota\n"),
    "ops/disk|1|3|0|0|0\n", 'an import returns what it made');
is($kb->import_text('ops/disk', "# Disk\n\n## Disk full\n\nSymptom: writes " .
    "fail\n\nFix: delete old logs\n\n```sh\n# see what is large\ndu -sh /var\n" .
    "```\n\n## Checks\n\n- [ ] alarms\n- [x] quota\n"),
    "ops/disk||0|0|0|3\n", 'the same again makes no revision');
like($kb->psql_error("INSERT INTO documents VALUES (1)"),
    qr/ERROR:  25006:.*\n.*HINT:.*CALL save_entry/s,
    'other changes are refused with a hint');
for my $sql ('UPDATE entries SET title = 1', 'DELETE FROM entries',
    'CREATE TABLE x(a)', 'DROP VIEW entries', 'PRAGMA user_version = 9',
    "ATTACH 'x' AS y", 'VACUUM', 'REINDEX', 'ANALYZE',
    'WITH a AS (SELECT 1) DELETE FROM entry',
    'ALTER TABLE entry RENAME TO x') {
	like($kb->psql_error($sql), qr/ERROR:  25006:/, "refused: $sql");
}

# ---- every relation ----
my %rows = (documents => 1, entries => 3, entry_versions => 3, revisions => 1,
    revision_entries => 3, checklist_items => 2);
for my $r (qw(checklist_items commands documents entries entry_versions fields
    pg_settings revision_entries revisions signatures)) {
	my $n = $kb->psql("SELECT count(*) FROM $r");
	chomp $n;
	is($n, $rows{$r}, "rows of $r") if defined $rows{$r};
	like($n, qr/^\d+$/, "$r can be read");
	$kb->psql("SELECT * FROM $r");
}
is($kb->psql("SELECT title FROM search('disk full', 1)"), "Disk full\n",
    'search() is a table');
is($kb->psql("SELECT count(*) FROM search('')"), "0\n",
    'an empty text finds nothing');
like($kb->psql_error('SELECT * FROM search'), qr/ERROR:  \w{5}:/,
    'search without a text is an error');
like($kb->psql("SELECT markdown FROM document_at('ops/disk')"),
    qr/^# Disk\n/, 'document_at() is a table');
is($kb->psql("SELECT text FROM commands"), "du -sh /var\n",
    'commands are there');
is($kb->psql("SELECT done FROM checklist_items ORDER BY ordinal"), "f\nt\n",
    'booleans are t and f');

# ---- errors, with position ----
my @errors = (
	['SELECT nosuch FROM entries', '42703', 'column "nosuch"'],
	['SELECT * FROM nosuch', '42P01', 'relation "nosuch"'],
	['SELECT * FROM entry', '42P01', 'relation "entry"'],
	['SELECT count(*) FROM entry', '42P01', 'relation "entry"'],
	['SELECT * FROM sqlite_master', '42P01', 'relation "sqlite_master"'],
	['SELECT * FROM entry_fts', '42P01', 'relation "entry_fts"'],
	['SELECT * FROM pragma_table_info(1)', '42883',
	    'function pragma_table_info'],
	['SELECT nosuch()', '42883', 'function nosuch'],
	["SELECT load_extension('x')", '42883', 'function'],
	["SELECT fts3_tokenizer('simple')", '42883', 'function'],
	['SELEC 1', '42601', 'syntax error at or near "SELEC"'],
	['SELECT 1 +', '42601', 'syntax error at end of input'],
	["SELECT 'x", '42601', 'unterminated quoted string'],
	['SELECT "typo"', '42703', 'column "typo"'],
	['SELECT title::int FROM entries', '22P02',
	    'invalid input syntax for type integer: "Disk'],
	['SELECT title::int[] FROM entries', '0A000', 'array'],
	["SELECT 'x'::int", '22P02', 'invalid input syntax for type integer'],
	["SELECT 'x'::nosuch", '42704', 'type "nosuch"'],
	["WITH a AS (SELECT 1), 'entries' AS (SELECT markdown FROM " .
	    "entry_version) SELECT * FROM entries", '42601', 'syntax error'],
	["SELECT markdown FROM (VALUES (1)) entries(a)", '42703',
	    'column "markdown"'],
	['SELECT a[1] FROM (SELECT 1 AS a)', '0A000', 'subscript'],
	["SELECT CAST('2020-13-01' AS date)", '22008', 'out of range'],
	['SELECT * FROM (SELECT 1)', '42601', 'must have an alias'],
	['WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ' .
	    'LIMIT 5) SELECT n FROM t', '0A000', 'recursive query'],
	['SELECT title, count(*) FROM entries GROUP BY id', '42803',
	    'column "entries.title"'],
	['SELECT `a`', '42601', 'syntax error'],
	['SELECT :a', '42601', 'syntax error'],
	['SELECT @a', '42601', 'syntax error'],
	['SELECT ?', '42601', 'syntax error'],
	["SELECT 'a' 'b'", '42601', 'syntax error'],
	["SELECT 1 AS 'b'", '42601', 'syntax error'],
	["SELECT x'41'", '0A000', 'not supported'],
	['SELECT $1', '42P02', 'there is no parameter $1'],
	['EXPLAIN SELECT 1', '0A000', 'not supported'],
	['WITH entries AS (SELECT secret FROM x) SELECT * FROM entries',
	    '0A000', 'name of a relation'],
	['CALL nosuch()', '42883', 'procedure nosuch'],
	["CALL import_document('a')", '42883', 'procedure import_document'],
	["CALL import_document('a', 'b', 'c', 'x')", '22P02',
	    'invalid input syntax for type bigint: "x"'],
	["CALL import_document('a', 'b', NULL)", '22004', 'must not be null'],
	["CALL import_document('ops/disk', 'ops/disk.md', 'c', 77)", '42704', 'revision'],
	['SHOW nosuch', '42704', 'unrecognized configuration parameter'],
	['SET port = 1', '55P02', 'without restarting'],
	['SET server_version = 1', '55P02', 'cannot be changed'],
	["SET client_encoding = 'LATIN1'", '22023', 'client_encoding'],
	["SET statement_timeout = 'soon'", '22023', 'invalid duration'],
	['ROLLBACK TO a', '25P01', 'transaction blocks'],
	['SAVEPOINT a', '25P01', 'transaction blocks'],
	['DEALLOCATE nosuch', '26000', 'prepared statement "nosuch"'],
	['BEGIN ISOLATION LEVEL SERIALIZABLE', '0A000', 'isolation level'],
	['LISTEN x', '0A000', 'not supported'],
);
for my $e (@errors) {
	my ($sql, $state, $text) = @$e;
	my $got = $kb->psql_error("$sql;");
	like($got, qr/ERROR:  $state: .*\Q$text\E/, "$state: $sql");
}
like($kb->psql_error("SELECT '中文', nosuch"), qr/\n {5,}.*\^/,
    'the position is shown');
my $error = $kb->psql_error('SELECT 1 FROM entry_head');
unlike($error, qr/main\.|sqlite/i, 'nothing internal is named');

# ---- spellings that do what PostgreSQL does ----
my @same = (
	['SELECT E\'a\\tb\\n\'', "a\tb\n\n", 'escape string'],
	['SELECT $$it\'s$$, $x$a$$b$x$', "it's|a\$\$b\n", 'dollar quotes'],
	["SELECT 'ABC' LIKE 'a%', 'ABC' ILIKE 'a%'", "f|t\n", 'LIKE'],
	["SELECT 'a_c' LIKE 'a\\_c', 'abc' LIKE 'a\\_c'", "t|f\n",
	    'a backslash escapes'],
	["SELECT 'a%' LIKE 'a!%' ESCAPE '!'", "t\n", 'ESCAPE'],
	['SELECT 1 /* a /* nested */ comment */ + 1', "2\n", 'comments nest'],
	['SELECT pg_catalog.version() LIKE \'PostgreSQL 15%\'', "t\n",
	    'qualified function'],
	['SELECT current_database(), current_user, current_schema',
	    "kb|admin|public\n", 'who and where'],
	['SELECT count(*) FROM public.entries', "3\n", 'public.'],
	['SELECT true, NULL, 1.5, 2', "t||1.5|2\n", 'literals'],
	['SELECT 0.1 + 0.2, 0.1::float8 + 0.2', "0.3|0.30000000000000004\n",
	    'decimals and floats'],
	["SELECT '2026-11-25'::date, CAST('2026-11-25' AS date) + 1",
	    "2026-11-25|2026-11-26\n", 'dates'],
	['SHOW server_version_num', "150000\n", 'SHOW'],
	['SHOW TRANSACTION ISOLATION LEVEL', "read committed\n", 'SHOW ...'],
	["SET application_name = 'x'; SHOW application_name", "x\n", 'SET'],
	['SET statement_timeout TO 5000; SHOW statement_timeout', "5s\n",
	    'SET a duration'],
	["SET SESSION datestyle TO 'ISO'; RESET datestyle; SHOW datestyle",
	    "ISO, MDY\n", 'RESET'],
	["SELECT '7'::int + 1, 'x'::text, '1'::bool, 2::float8", "8|x|t|2\n",
	    'casts of values'],
	['SELECT b FROM (VALUES (1, 2), (3, 4)) AS s(a, b)', "2\n4\n",
	    'VALUES with names'],
	['VALUES (1), (2)', "1\n2\n", 'VALUES'],
	["SELECT value FROM json_each('[1,2]')", "1\n2\n", 'json_each'],
	['SELECT max(revision) FROM revisions', "1\n", 'a rowid of a view'],
	['SELECT count(*) FROM (SELECT 1 FROM entries, documents) AS x', "3\n",
	    'a view without columns'],
	["WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t " .
	    "WHERE n < 5) SELECT count(*) FROM t", "5\n",
	    'a recursive query'],
	['WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) ' .
	    'SELECT n FROM t LIMIT 3', "1\n2\n3\n",
	    'an endless one, as far as it is asked for'],
	['SELECT current_setting(\'application_name\')', "psql\n",
	    'current_setting()'],
	['SELECT 1; SELECT 2', "1\n2\n", 'several statements'],
	['', '', 'nothing'],
	['-- only a comment', '', 'a comment'],
);
for my $s (@same) {
	is($kb->psql($s->[0]), $s->[1], $s->[2]);
}
is(($kb->run('psql', '-X', '-h', $kb->run_dir, '-p', 7432, '-U', 'admin',
    '-d', 'kb', '-c', 'SELECT count(*), 1, upper(title) AS "Up", ' .
    'CASE WHEN true THEN 2 END, max(id) AS TOP FROM entries ' .
    'GROUP BY title'))[1] =~ /^ count \| \?column\? \|\s+Up\s+\| case \| top/ ? 1 : 0, 1,
    'columns are named as in PostgreSQL');
is($kb->psql("SELECT count(*) AS n, updated_at, id, archived, 'x', depth, " .
    "review_by FROM entries GROUP BY id, updated_at, archived, depth, " .
    "review_by LIMIT 1 \\gdesc\n"),
    "n|bigint\nupdated_at|timestamp with time zone\nid|bigint\n" .
    "archived|boolean\n?column?|text\ndepth|integer\nreview_by|date\n",
    'types are known before the rows');
like(($kb->run('psql', '-X', '-h', $kb->run_dir, '-p', 7432, '-U', 'admin',
    '-d', 'kb', '-c', '\\conninfo'))[1], qr/database "kb" as user "admin"/,
    '\\conninfo');
my ($status, $out, $err) = $kb->psql_run('\\d');
isnt($err, '', '\\d fails cleanly');
is($kb->psql('SELECT 1'), "1\n", '... and the server goes on');

# ---- transactions ----
is($kb->psql(<<'END'), "a|2|1|0|0|0\n4\n3\n", 'ROLLBACK undoes a CALL');
BEGIN;
CALL import_document('a', 'a.md', '# A', NULL, 'm');
SELECT count(*) FROM entries;
ROLLBACK;
SELECT count(*) FROM entries;
END
is($kb->psql(<<'END'), <<'END', 'savepoints are real');
BEGIN;
SAVEPOINT one;
CALL import_document('a', 'a.md', '# A', NULL, 'm');
SAVEPOINT two;
CALL import_document('b', 'b.md', '# B', NULL, 'm');
SELECT count(*) FROM documents;
ROLLBACK TO two;
SELECT count(*) FROM documents;
RELEASE one;
COMMIT;
SELECT count(*) FROM documents;
SELECT count(*) FROM revisions;
END
a|2|1|0|0|0
b|2|1|0|0|0
3
2
2
2
END
is($kb->psql(<<'END'), "c|3|1|0|0|0\nd|3|1|0|0|0\n3\n", 'one transaction is one revision');
BEGIN;
CALL import_document('c', 'c.md', '# C', NULL, 'm');
CALL import_document('d', 'd.md', '# D', NULL, 'm');
COMMIT;
SELECT max(revision) FROM revisions;
END
$err = $kb->psql_error("BEGIN; SELECT nosuch;\nSELECT 1;\nCOMMIT;\nSELECT 1;");
like($err, qr/25P02: current transaction is aborted/,
    'after an error nothing runs');
is($kb->psql_error("BEGIN READ ONLY;\nCALL import_document('e', 'e', '# E');" .
    "\nROLLBACK;") =~ /25006: cannot execute CALL in a read-only/ ? 1 : 0, 1,
    'a read-only transaction changes nothing');
like($kb->psql_error('COMMIT'), qr/WARNING:  25P01/, 'COMMIT without BEGIN');
like($kb->psql_error('BEGIN; BEGIN'), qr/WARNING:  25001/, 'BEGIN twice');
is($kb->psql("SET work_mem = '1MB';\nBEGIN;\nSET work_mem = '2MB';\n" .
    "SET LOCAL work_mem = '3MB';\nSHOW work_mem;\nCOMMIT;\nSHOW work_mem;\n" .
    "BEGIN;\nSET work_mem = '4MB';\nROLLBACK;\nSHOW work_mem;"),
    "3MB\n2MB\n2MB\n", 'SET is part of the transaction');
is($kb->psql("\\set ON_ERROR_ROLLBACK on\nBEGIN;\nCALL import_document('r', " .
    "'r.md', '# R', NULL, 'm');\nSELECT count(*) FROM documents " .
    "WHERE name = 'r';\nROLLBACK;"), "r|4|1|0|0|0\n1\n",
    'ON_ERROR_ROLLBACK works');
# a statement that fails undoes the CALLs before it in the same message
($status, $out, $err) = $kb->run($kb->psql_cmd('-c',
    "CALL import_document('z', 'z.md', '# Z', NULL, 'm'); SELECT nosuch"));
like($err, qr/column "nosuch"/, 'a later statement fails');
is($kb->psql("SELECT count(*) FROM documents WHERE name = 'z'"), "0\n",
    'and the CALL before it is undone');

# ---- conflicts ----
$kb->psql("CALL import_document('k', 'k.md', E'# K\\n\\nold\\n', NULL, 'm')");
my ($base) = $kb->psql('SELECT max(revision) FROM revisions') =~ /(\d+)/;
$kb->psql("CALL import_document('k', 'k.md', E'# K\\n\\nmine\\n', $base, 'm')");
$err = $kb->psql_error("CALL import_document('k', 'k.md', " .
    "E'# K\\n\\nyours\\n', $base, 'm')");
like($err, qr/ERROR:  40001: /, 'a conflict is 40001');
like($err, qr/DETAIL: .*mine.*yours|DETAIL: .*yours.*mine/s,
    'with both texts');
is($kb->psql("SELECT markdown FROM entries WHERE document = 'k'"),
    "# K\n\nmine\n\n", 'and nothing changed');

# ---- the writer's turn ----
my $holder = fork // die;
if ($holder == 0) {
	my ($s, $o, $e) = $kb->run(\("BEGIN;\nCALL import_document('h', " .
	    "'h.md', '# H', NULL, 'm');\n\\! touch $kb->{top}/held\n" .
	    "\\! while [ ! -e $kb->{top}/go ]; do sleep 0.05; done\nCOMMIT;\n"),
	    $kb->psql_cmd);
	POSIX::_exit($s);
}
ok($kb->wait_for(sub { -e "$kb->{top}/held" }), 'one session writes');
is($kb->psql('SELECT 1'), "1\n", 'readers do not wait');
is($kb->psql("SELECT count(*) FROM documents WHERE name = 'h'"), "0\n",
    'and see nothing that is not committed');
like($kb->psql_error("CALL import_document('i', 'i', '# I', NULL, 'm')"),
    qr/55P03: canceling statement due to lock timeout/,
    'a second writer waits, but not longer than lock_timeout');
KBTest::spew("$kb->{top}/go", '');
waitpid $holder, 0;
is($?, 0, 'the first commits');
is($kb->psql("SELECT count(*) FROM documents WHERE name = 'h'"), "1\n",
    'and what it wrote is there');

# a client that is killed inside a transaction gives the writer back
my $lost = fork // die;
if ($lost == 0) {
	setpgrp;
	open STDOUT, '>', '/dev/null';
	exec $kb->psql_cmd('-c', 'BEGIN', '-c', "CALL import_document('l', " .
	    "'l.md', '# L', NULL, 'm')", '-c', '\\! touch ' .
	    "$kb->{top}/lost; sleep 60") or POSIX::_exit(1);
}
ok($kb->wait_for(sub { -e "$kb->{top}/lost" }), 'a client writes');
kill 'KILL', -$lost;
waitpid $lost, 0;
is($kb->import_text('n', '# N') =~ /^n\|/ ? 1 : 0, 1,
    'and is killed: the writer is free');
is($kb->psql("SELECT count(*) FROM documents WHERE name = 'l'"), "0\n",
    'its change is gone');

# ---- timeouts and cancel ----
my $t = time;
like($kb->psql_error("SET statement_timeout = '200ms'; $endless"),
    qr/57014: canceling statement due to statement timeout/,
    'a slow statement is canceled');
cmp_ok(time - $t, '<', 10, 'soon');
like($kb->psql_error("SET idle_in_transaction_session_timeout = '100ms';\n" .
    "BEGIN;\n\\! sleep 2.5\nSELECT 1;"), qr/25P03|idle-in-transaction/,
    'an idle transaction ends');
my $psql = fork // die;
if ($psql == 0) {
	open STDERR, '>', "$kb->{top}/cancel.err";
	open STDOUT, '>', '/dev/null';
	exec $kb->psql_cmd('-c', $endless) or POSIX::_exit(1);
}
$kb->wait_log(qr/connection authorized/);
sleep 0.5;
kill 'INT', $psql;
waitpid $psql, 0;
like(KBTest::slurp("$kb->{top}/cancel.err"),
    qr/canceling statement due to user request/,
    'Ctrl-C in psql cancels the query');

# a search is not delayed by heavy queries
my @heavy = map {
	my $p = fork // die;
	if ($p == 0) {
		open STDERR, '>', '/dev/null';
		open STDOUT, '>', '/dev/null';
		exec $kb->psql_cmd('-c', "SET statement_timeout = '2s'", '-c',
		    $endless) or POSIX::_exit(1);
	}
	$p;
} 1 .. 4;
sleep 0.5;
$t = time;
is($kb->psql("SELECT title FROM search('disk full', 1)"), "Disk full\n",
    'a search runs beside heavy queries');
cmp_ok(time - $t, '<', 2, 'without waiting for them')
    unless $ENV{KB_VALGRIND};
waitpid $_, 0 for @heavy;

# a client that does not read its answer stops nobody
my $big = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ' .
    "WHERE n < 200000) SELECT n, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' " .
    'FROM t';
is(scalar(() = $kb->psql("$big;") =~ /\n/g), 200000, 'a large result');
is($kb->psql("\\set FETCH_COUNT 0\nSELECT count(*) FROM ($big) x"), "200000\n",
    'the same counted');

is($kb->stop('TERM'), 0, 'it ends well');
($status, $out, $err) = $kb->run($kb->kbd, 'check', '-D', $kb->dir);
is($status, 0, 'the base is sound') or diag $err;
$kb->finish;
done_testing();
