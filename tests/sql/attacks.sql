-- attacks.sql - statements of somebody who means harm, or knows no better.
--
-- One statement per block; blocks are separated by an empty line. Before a
-- statement stand its name and what may come of it: SQLSTATEs, or one of
--   hidden   what it names is not there, or not to be read
--   nofunc   that function is not there, or not to be called
--   write    refused because it would change something: 25006
--   refused  a statement that kbd does not have
--   stopped  a limit ends it: time, memory, size or depth
--   bounded  it may succeed, within time and memory
--   fine     it must succeed: not every odd statement is an attack
-- "simple" means that it only makes sense as a simple query.
--
-- {{N|text|separator}} is the text N times; %d in it is the number, from 1, § the
-- number before it. {{hex fffe}} is those bytes.
--
-- t/320-attacks.t runs each one as a simple query and prepared: no secret,
-- no change, under two seconds, under 64 MB.
--
-- SPDX-License-Identifier: ISC

-- secret: roles
-- expect: hidden
SELECT * FROM role

-- secret: verifiers by name
-- expect: hidden
SELECT name, verifier FROM auth.role

-- secret: the other database by its file name
-- expect: hidden
SELECT * FROM "auth.db".role

-- secret: attach
-- expect: refused
ATTACH DATABASE 'auth.db' AS a

-- secret: attach by uri
-- expect: refused
ATTACH 'file:auth.db?mode=ro' AS a

-- secret: detach
-- expect: refused
DETACH DATABASE main

-- secret: PostgreSQL's own table of verifiers
-- expect: hidden
SELECT rolname, rolpassword FROM pg_authid

-- secret: pg_shadow
-- expect: hidden
SELECT usename, passwd FROM pg_catalog.pg_shadow

-- secret: base table
-- expect: hidden
SELECT * FROM entry_head

-- secret: base table with its schema
-- expect: hidden
SELECT * FROM main.entry_version

-- secret: base table quoted
-- expect: hidden
SELECT * FROM "entry"

-- secret: base table in brackets
-- expect: 42601
SELECT * FROM [entry]

-- secret: base table in backticks
-- expect: 42601
SELECT * FROM `entry`

-- secret: base table in quotes
-- expect: 42601 42P01
SELECT * FROM 'entry'

-- secret: count of a base table
-- expect: hidden
SELECT count(*) FROM entry_head

-- secret: base table in exists
-- expect: hidden
SELECT EXISTS (SELECT 1 FROM meta)

-- secret: base table behind in
-- expect: hidden 42601
SELECT 1 IN meta

-- secret: base table by the table word
-- expect: 42601 hidden
TABLE meta

-- secret: meta
-- expect: hidden
SELECT key, value FROM meta

-- secret: full text index
-- expect: hidden
SELECT * FROM entry_fts

-- secret: full text match
-- expect: hidden 42601
SELECT * FROM entry_fts WHERE entry_fts MATCH 'docker'

-- secret: full text shadow table
-- expect: hidden
SELECT hex(block) FROM entry_fts_data

-- secret: full text content
-- expect: hidden
SELECT * FROM entry_fts_content

-- secret: full text table as a function
-- expect: hidden nofunc
SELECT * FROM entry_fts('docker')

-- secret: vocabulary
-- expect: hidden
SELECT term FROM entry_vocab

-- secret: what people searched for
-- expect: hidden
SELECT * FROM searches

-- secret: sqlite_master
-- expect: hidden
SELECT * FROM sqlite_master

-- secret: sqlite_schema
-- expect: hidden
SELECT sql FROM sqlite_schema

-- secret: sqlite_temp_master
-- expect: hidden
SELECT * FROM sqlite_temp_master

-- secret: sqlite_temp_schema
-- expect: hidden
SELECT * FROM temp.sqlite_temp_schema

-- secret: sqlite_sequence
-- expect: hidden
SELECT * FROM sqlite_sequence

-- secret: sqlite_stat1
-- expect: hidden
SELECT * FROM sqlite_stat1

-- secret: sqlite_stmt
-- expect: hidden
SELECT sql FROM sqlite_stmt

-- secret: dbstat
-- expect: hidden
SELECT name, path, pageno FROM dbstat

-- secret: dbpage
-- expect: hidden
SELECT data FROM sqlite_dbpage

-- secret: pragma_database_list
-- expect: hidden nofunc
SELECT file FROM pragma_database_list

-- secret: pragma_table_info
-- expect: hidden nofunc
SELECT * FROM pragma_table_info('role')

-- secret: pragma_table_list
-- expect: hidden nofunc
SELECT * FROM pragma_table_list

-- secret: pragma_function_list
-- expect: hidden nofunc
SELECT name FROM pragma_function_list()

-- secret: pragma_module_list
-- expect: hidden nofunc
SELECT * FROM pragma_module_list

-- secret: pragma_compile_options
-- expect: hidden nofunc
SELECT * FROM pragma_compile_options

-- secret: pragma_user_version
-- expect: hidden nofunc
SELECT * FROM pragma_user_version

-- secret: pragma as a statement
-- expect: refused
PRAGMA database_list

-- secret: json_each of nothing hidden
-- expect: bounded
SELECT * FROM json_each('[1,2,3]')

-- secret: bytecode
-- expect: hidden nofunc
SELECT * FROM bytecode('SELECT * FROM entries')

-- secret: explain tells no internals
-- expect: bounded refused
EXPLAIN SELECT * FROM entries

-- secret: explain query plan
-- expect: bounded refused
EXPLAIN QUERY PLAN SELECT * FROM entries WHERE id = 1

-- secret: fts3_tokenizer
-- expect: nofunc
SELECT hex(fts3_tokenizer('simple'))

-- secret: fts3_tokenizer with a pointer
-- expect: nofunc 0A000
SELECT fts3_tokenizer('x', x'4141414141414141')

-- secret: fts5 pointer
-- expect: nofunc
SELECT fts5(NULL)

-- secret: source id and compile options
-- expect: nofunc
SELECT sqlite_source_id(), sqlite_compileoption_get(0)

-- secret: load_extension
-- expect: nofunc
SELECT load_extension('/tmp/evil.so')

-- secret: load_extension with an entry point
-- expect: nofunc
SELECT load_extension('libc.so.6', 'system')

-- secret: readfile
-- expect: nofunc
SELECT readfile('/etc/passwd')

-- secret: writefile
-- expect: nofunc
SELECT writefile('/tmp/kbd-pwned', 'x')

-- secret: edit
-- expect: nofunc
SELECT edit('x', 'sh')

-- secret: pg_read_file
-- expect: nofunc
SELECT pg_read_file('/etc/passwd')

-- secret: pg_ls_dir
-- expect: nofunc
SELECT * FROM pg_ls_dir('.')

-- secret: lo_import
-- expect: nofunc
SELECT lo_import('/etc/passwd')

-- secret: setting of a secret file
-- expect: bounded 42704 42501
SELECT current_setting('ssl_key_file')

-- secret: file names in an error
-- expect: 22P02 42703 42883
SELECT CAST('x' AS integer) + nosuch FROM entries

-- secret: rowid of a view
-- expect: 42703
SELECT rowid, oid, _rowid_ FROM entries

-- secret: hidden column of the search function
-- expect: 42703 hidden
SELECT entry_fts FROM search('docker')

-- secret: subtype and type tricks
-- expect: bounded 42883
SELECT typeof(answer), hex(answer) FROM search('docker')

-- secret: snippet of the raw index
-- expect: nofunc hidden 42703
SELECT snippet(entry_fts, 0, '', '', '', 10) FROM entries

-- spoof: cte named like a view over a base table
-- expect: hidden
WITH entries AS (SELECT * FROM entry_head) SELECT * FROM entries

-- spoof: cte named like another view
-- expect: hidden
WITH documents AS (SELECT * FROM meta) SELECT * FROM documents

-- spoof: quoted cte name
-- expect: hidden
WITH "entries" AS (SELECT * FROM entry_version) SELECT * FROM "entries"

-- spoof: cte name in another case
-- expect: hidden
WITH Entries(a) AS (SELECT value FROM meta) SELECT a FROM Entries

-- spoof: cte name in brackets
-- expect: hidden 42601
WITH [entries] AS (SELECT * FROM meta) SELECT * FROM entries

-- spoof: comment between name and as
-- expect: hidden
WITH entries /* x */ (a, b) /* y */ AS /* z */ (SELECT key, value FROM meta) SELECT * FROM entries

-- spoof: not materialized
-- expect: hidden
WITH entries AS NOT MATERIALIZED (SELECT * FROM meta) SELECT * FROM entries

-- spoof: nested with
-- expect: hidden
SELECT * FROM (WITH documents AS (SELECT * FROM entry_text) SELECT * FROM documents) AS x

-- spoof: recursive cte
-- expect: hidden
WITH RECURSIVE revisions(k) AS (SELECT key FROM meta UNION SELECT k FROM revisions) SELECT * FROM revisions

-- spoof: cte named like the search function
-- expect: hidden
WITH search AS (SELECT * FROM entry_vocab) SELECT * FROM search

-- spoof: view name of an admin's relation
-- expect: hidden
WITH searches AS (SELECT * FROM sqlite_master) SELECT * FROM searches

-- spoof: alias of a base table
-- expect: hidden
SELECT entries.value FROM meta AS entries

-- spoof: subquery alias
-- expect: hidden
SELECT * FROM (SELECT * FROM meta) AS entries

-- spoof: union hides it behind a good arm
-- expect: hidden
SELECT id, title FROM entries UNION ALL SELECT key, value FROM meta

-- spoof: in the order by
-- expect: hidden
SELECT id FROM entries ORDER BY (SELECT value FROM meta LIMIT 1)

-- spoof: in the limit
-- expect: hidden
SELECT id FROM entries LIMIT (SELECT count(*) FROM meta)

-- spoof: in an argument of the search function
-- expect: hidden
SELECT * FROM search((SELECT value FROM meta LIMIT 1))

-- spoof: natural join with a base table
-- expect: hidden
SELECT * FROM entries NATURAL JOIN entry

-- write: insert
-- expect: write
INSERT INTO entries(id) VALUES (1)

-- write: insert into a base table
-- expect: write hidden
INSERT INTO entry_version SELECT * FROM entry_version

-- write: insert or replace
-- expect: write 42601
INSERT OR REPLACE INTO documents(name) VALUES ('x')

-- write: replace
-- expect: write 42601
REPLACE INTO documents(name) VALUES ('x')

-- write: insert returning
-- expect: write
INSERT INTO revisions(revision) VALUES (99) RETURNING *

-- write: update
-- expect: write
UPDATE entries SET title = 'x'

-- write: update from
-- expect: write
UPDATE entries SET title = d.name FROM documents d

-- write: delete
-- expect: write
DELETE FROM entries

-- write: delete in a with
-- expect: write 42601 0A000
WITH gone AS (DELETE FROM entries RETURNING *) SELECT * FROM gone

-- write: with before delete
-- expect: write
WITH x AS (SELECT 1) DELETE FROM documents

-- write: with before insert
-- expect: write
WITH x(n) AS (SELECT 'a') INSERT INTO documents(name) SELECT n FROM x

-- write: upsert
-- expect: write
INSERT INTO documents(name) VALUES ('x') ON CONFLICT DO NOTHING

-- write: explain of a delete
-- expect: write refused
EXPLAIN DELETE FROM entries

-- write: explain analyze of a delete
-- expect: write refused
EXPLAIN ANALYZE DELETE FROM entries

-- write: create table
-- expect: write refused
CREATE TABLE x(a int)

-- write: create table as
-- expect: write refused
CREATE TABLE x AS SELECT * FROM entries

-- write: create temporary table
-- expect: write refused
CREATE TEMP TABLE entries(a int)

-- write: temporary view that covers a public one
-- expect: write refused
CREATE TEMP VIEW entries AS SELECT 1

-- write: temporary trigger
-- expect: write refused
CREATE TEMP TRIGGER t AFTER INSERT ON entry BEGIN SELECT 1; END

-- write: select into
-- expect: write refused
SELECT * INTO x FROM entries

-- write: virtual table over a file
-- expect: write refused
CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd')

-- write: vocabulary table
-- expect: write refused
CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'entry_fts', 'row')

-- write: index
-- expect: write refused
CREATE INDEX x ON entry(id)

-- write: drop
-- expect: write refused
DROP TABLE entry

-- write: drop a view
-- expect: write refused
DROP VIEW entries

-- write: alter
-- expect: write refused
ALTER TABLE entry ADD COLUMN x

-- write: alter rename
-- expect: write refused
ALTER TABLE entry RENAME TO x

-- write: truncate
-- expect: write refused
TRUNCATE entries

-- write: vacuum
-- expect: write refused
VACUUM

-- write: vacuum into a file
-- expect: refused
VACUUM INTO '/tmp/kbd-pwned.db'

-- write: reindex
-- expect: write refused
REINDEX

-- write: analyze
-- expect: write refused
ANALYZE

-- write: pragma user_version
-- expect: refused
PRAGMA user_version = 7

-- write: pragma writable_schema
-- expect: refused
PRAGMA writable_schema = ON

-- write: pragma query_only
-- expect: refused
PRAGMA query_only = 0

-- write: pragma wal_checkpoint
-- expect: refused
PRAGMA wal_checkpoint(TRUNCATE)

-- write: full text command
-- expect: write hidden
INSERT INTO entry_fts(entry_fts) VALUES ('delete-all')

-- write: copy from
-- expect: write refused
COPY entries FROM STDIN

-- write: copy to a file
-- expect: refused
COPY entries TO '/tmp/kbd-pwned'

-- write: copy to a program
-- expect: refused
COPY entries TO PROGRAM 'touch /tmp/kbd-pwned'

-- write: do
-- expect: refused
DO $$ BEGIN DELETE FROM entries; END $$

-- write: create function
-- expect: refused write
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'

-- write: grant
-- expect: refused write
GRANT ALL ON entries TO editor

-- write: for update
-- expect: 0A000 42601 25006
SELECT * FROM entries FOR UPDATE

-- write: lock
-- expect: refused
LOCK TABLE entries

-- write: after a semicolon
-- expect: write
-- simple
SELECT 1; DELETE FROM entries

-- write: after a commit
-- expect: write
-- simple
COMMIT; DELETE FROM entries; BEGIN

-- write: behind comments
-- expect: write
/* SELECT */ -- SELECT
DELETE FROM entries

-- write: behind a nested comment
-- expect: write
/* a /* b */ SELECT 1; */ DELETE FROM entries

-- write: read write transaction
-- expect: write
-- simple
BEGIN READ WRITE; DELETE FROM entries; COMMIT

-- write: in a prepared statement
-- expect: write 42601
-- simple
PREPARE p AS DELETE FROM entries; EXECUTE p

-- write: call of nothing
-- expect: 42883 42601
CALL nosuch_procedure(1)

-- write: call with the wrong number of arguments
-- expect: 42883 42601
CALL import_document('x')

-- write: call with a subquery
-- expect: 0A000 42601 42883
CALL import_document((SELECT name FROM documents LIMIT 1), 'x', 'y', NULL, 'z')

-- write: import of a path
-- expect: 22023 22000 22P02 42602 42501
CALL import_document('../../etc/passwd', 'x', '# X', NULL, 'm')

-- role: set role
-- expect: refused
SET ROLE admin

-- role: session authorization
-- expect: refused
SET SESSION AUTHORIZATION admin

-- role: another one's password
-- expect: 42501
ALTER ROLE admin PASSWORD 'x'

-- role: more rights for oneself
-- expect: 42501 0A000 42601
ALTER ROLE editor SUPERUSER

-- role: create
-- expect: refused
CREATE ROLE evil LOGIN

-- role: create by the procedure
-- expect: 42501
CALL create_role('evil', 'admin')

-- role: drop
-- expect: 42501 42883
CALL drop_role('admin')

-- role: read only off
-- expect: bounded refused
-- simple
SET default_transaction_read_only = off; SELECT 1

-- role: row security off
-- expect: bounded 42704 42501
SET row_security = off

-- role: another search path
-- expect: bounded 0A000 42501
SET search_path TO auth, pg_temp

-- role: terminate others
-- expect: nofunc
SELECT pg_terminate_backend(1)

-- role: reload
-- expect: nofunc
SELECT pg_reload_conf()

-- role: notify flood
-- expect: refused bounded nofunc
NOTIFY x, 'y'

-- bomb: endless recursion
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n

-- bomb: endless recursion, all rows
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n

-- bomb: endless recursion without doubles
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT max(i) FROM n

-- bomb: endless recursion that adds no row
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n WHERE i > 1

-- bomb: text that doubles
-- expect: stopped
WITH RECURSIVE n(i, s) AS (SELECT 1, 'xxxxxxxx' UNION ALL SELECT i + 1, s || s FROM n WHERE i < 60) SELECT max(length(s)) FROM n

-- bomb: two recursions
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n), m(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM m) SELECT count(*) FROM n, m

-- bomb: wide recursion queue
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + j FROM n, (SELECT 1 AS j UNION ALL SELECT 2 UNION ALL SELECT 3) AS x) SELECT i FROM n ORDER BY i DESC LIMIT 1

-- bomb: cross join of four
-- expect: stopped
SELECT count(*) FROM entries a, entries b, entries c, entries d

-- bomb: cross join with a comparison
-- expect: stopped
SELECT count(*) FROM entries a JOIN entries b ON a.markdown < b.markdown JOIN entries c ON b.markdown > c.markdown JOIN entries d ON d.markdown <> a.markdown

-- bomb: cross join, all rows
-- expect: stopped
SELECT a.markdown, b.markdown, c.markdown, d.markdown FROM entries a, entries b, entries c, entries d

-- bomb: common tables that double
-- expect: stopped
WITH a0 AS (SELECT 1 AS x), {{22|a%d AS (SELECT p.x FROM a§ p, a§ q)|, }} SELECT count(*) FROM a22

-- bomb: columns that double
-- expect: 54011
WITH c0 AS (SELECT * FROM entries), {{20|c%d AS (SELECT * FROM c§ a, c§ b)|, }} SELECT 1

-- bomb: stars without end
-- expect: 54011 54001
SELECT {{9000|*|,}} FROM entries a, entries b, entries c, entries d

-- bomb: joins without end
-- expect: 54000
SELECT 1 FROM entries a0 {{2500|CROSS JOIN entries a%d| }}

-- bomb: names to look up in many places
-- expect: stopped
SELECT {{3000|x0.title|,}} FROM entries x0

-- bomb: views that double
-- expect: stopped fine
WITH a0 AS (SELECT id FROM entries LIMIT 1), {{12|a%d AS (SELECT p.id FROM a§ p JOIN a§ q ON p.id = q.id)|, }} SELECT count(*) FROM a12

-- bomb: subqueries nested
-- expect: stopped bounded
SELECT * FROM {{200|(SELECT * FROM |}}entries{{200|)|}}

-- bomb: scalar subqueries nested
-- expect: stopped bounded
SELECT {{300|(SELECT |}}1{{300|)|}}

-- bomb: parentheses
-- expect: stopped bounded
SELECT {{5000|(|}}1{{5000|)|}}

-- bomb: not
-- expect: stopped bounded
SELECT {{5000|NOT |}}true

-- bomb: minus
-- expect: stopped bounded
SELECT {{5000|- |}}1

-- bomb: casts
-- expect: stopped bounded
SELECT 1{{3000|::int|}}

-- bomb: case in case
-- expect: stopped bounded
SELECT {{500|CASE WHEN true THEN |}}1{{500| END|}}

-- bomb: functions nested
-- expect: stopped bounded
SELECT {{500|upper(|}}'x'{{500|)|}}

-- bomb: replace that grows
-- expect: stopped
SELECT length({{12|replace(|}}'xxxxxxxxxx'{{12|, 'x', 'xxxxxxxxxx')|}})

-- bomb: sum of many
-- expect: stopped bounded
SELECT {{20000|1|+}}

-- bomb: many ors
-- expect: stopped bounded
SELECT count(*) FROM entries WHERE {{900|id = %d| OR }}

-- bomb: many unions
-- expect: stopped bounded
{{600|SELECT %d| UNION ALL }}

-- bomb: many columns
-- expect: stopped bounded
SELECT {{5000|%d AS c%d|, }}

-- bomb: many values
-- expect: stopped bounded
VALUES {{20000|(%d)|, }}

-- bomb: join of seventy
-- expect: stopped bounded
SELECT count(*) FROM {{70|documents d%d|, }}

-- bomb: join of sixty with conditions
-- expect: stopped bounded
SELECT count(*) FROM documents d0 {{60|JOIN documents d%d ON d%d.name = d0.name| }}

-- bomb: hundred thousand in a list
-- expect: stopped bounded
SELECT count(*) FROM entries WHERE id IN ({{100000|%d|,}})

-- bomb: long literal
-- expect: stopped bounded
SELECT length('{{100000|0123456789|}}')

-- bomb: long identifier
-- expect: stopped bounded 42703 42622
SELECT "{{10000|abcdefghij|}}" FROM entries

-- bomb: long comment
-- expect: bounded stopped
SELECT 1 /* {{20000|x/*y*/|}} */

-- bomb: comments nested
-- expect: bounded stopped
SELECT 1 {{5000|/*|}}{{5000|*/|}}

-- bomb: many statements
-- expect: bounded stopped
-- simple
{{3000|SELECT 1|;}}

-- bomb: many parameters
-- expect: stopped 08P01 42P02 42601 bounded
SELECT {{5000|$%d|, }}

-- bomb: high parameter
-- expect: stopped 08P01 42P02 42601
SELECT $99999

-- bomb: parameter beyond 32 bit
-- expect: stopped 08P01 42P02 42601 22003
SELECT $4294967297

-- bomb: printf with a star
-- expect: nofunc stopped
SELECT length(printf('%.*c', 900000000, 'x'))

-- bomb: printf with a width
-- expect: nofunc stopped
SELECT length(printf('%900000000d', 1))

-- bomb: format
-- expect: nofunc stopped
SELECT length(format('%.*c', 900000000, 'x'))

-- bomb: randomblob
-- expect: nofunc stopped
SELECT length(randomblob(900000000))

-- bomb: zeroblob
-- expect: nofunc stopped
SELECT length(hex(zeroblob(400000000)))

-- bomb: hex of a file of text
-- expect: stopped bounded nofunc
SELECT length(hex(group_concat(markdown))) FROM entries a

-- bomb: repeat
-- expect: nofunc stopped
SELECT length(repeat('x', 1000000000))

-- bomb: lpad
-- expect: nofunc stopped
SELECT length(lpad('x', 1000000000))

-- bomb: quote and char
-- expect: nofunc stopped bounded
SELECT length(quote(char({{2000|65|,}})))

-- bomb: group_concat of a product
-- expect: stopped nofunc
SELECT length(group_concat(a.markdown || b.markdown)) FROM entries a, entries b

-- bomb: group_concat of an endless recursion
-- expect: stopped nofunc
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT length(group_concat(i)) FROM n

-- bomb: json_group_array
-- expect: stopped nofunc
SELECT length(json_group_array(a.markdown)) FROM entries a, entries b

-- bomb: json_group_object
-- expect: stopped nofunc
SELECT length(json_group_object(a.id, b.markdown)) FROM entries a, entries b

-- bomb: json nested
-- expect: stopped bounded nofunc 22P02 22032
SELECT json('{{20000|[|}}{{20000|]|}}')

-- bomb: json nested, not closed
-- expect: stopped bounded nofunc 22P02 22032
SELECT json_valid('{{60000|[|}}')

-- bomb: json_tree of a wide document
-- expect: stopped bounded nofunc hidden
SELECT count(*) FROM json_tree('[{{10000|[%d]|,}}]') a, json_tree('[{{1000|%d|,}}]') b

-- bomb: json_each fed by itself
-- expect: stopped nofunc hidden
WITH RECURSIVE n(s) AS (SELECT '[1,1,1,1]' UNION ALL SELECT s FROM n, json_each(n.s)) SELECT count(*) FROM n

-- bomb: json path
-- expect: stopped bounded nofunc 22P02 22032 42601
SELECT json_extract('{}', '${{20000|.a|}}')

-- bomb: json_set in itself
-- expect: stopped nofunc
WITH RECURSIVE n(i, s) AS (SELECT 1, '[]' UNION ALL SELECT i + 1, json_array(s, s)::text FROM n WHERE i < 40) SELECT max(length(s)) FROM n

-- bomb: like that goes back
-- expect: stopped bounded
SELECT count(*) FROM entries a, entries b WHERE a.markdown || b.markdown LIKE '{{60|%a|}}x'

-- bomb: like on a long text
-- expect: stopped bounded
SELECT '{{30000|a|}}' LIKE '{{40|%a|}}b'

-- bomb: like with a long pattern
-- expect: stopped bounded
SELECT 'a' LIKE '{{50000|_|}}'

-- bomb: ilike that goes back
-- expect: stopped bounded
SELECT '{{30000|A|}}' ILIKE '{{30|%a|}}b'

-- bomb: one call of like that goes back
-- expect: stopped
SELECT a LIKE '%' || b || 'b' FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: one call of ilike that goes back
-- expect: stopped
SELECT a ILIKE '%A_' || b || 'b' FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: one call of strpos that goes back
-- expect: bounded stopped
SELECT strpos(a, b || 'b') FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: one call of replace that goes back
-- expect: bounded stopped
SELECT length(replace(a, b || 'b', 'c')) FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: one call of trim with a million characters
-- expect: stopped
SELECT length(trim(a, replace(b, 'a', 'b') || 'a')) FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: rtrim the same
-- expect: stopped
SELECT length(rtrim(a, replace(b, 'a', '磁') || 'a')) FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a, replace(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS b) x

-- bomb: split into characters by substr
-- expect: bounded stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(substr(a, i, 1)) FROM n, (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a) x

-- bomb: a row of giant columns
-- expect: stopped
SELECT a, a, a, a, a, a, a, a FROM (SELECT replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a) x

-- bomb: a giant search
-- expect: bounded stopped 22023
SELECT count(*) FROM search(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'))

-- bomb: a giant search of different words
-- expect: bounded stopped 22023
SELECT count(*) FROM search(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'aaa', 'a' || 'b 磁盘 '))

-- bomb: a giant line to match
-- expect: bounded stopped 22023 42883
SELECT count(*) FROM match(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'))

-- bomb: a giant name of a document
-- expect: bounded stopped
SELECT count(*) FROM document_at(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'))

-- bomb: giant JSON
-- expect: bounded stopped
SELECT count(*) FROM json_each('[' || replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '1,') || '1]')

-- bomb: giant JSON, one member
-- expect: bounded stopped
SELECT ('{"a":[' || replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '1,') || '1]}')::json -> 'a' -> 999999

-- bomb: giant JSON with many names
-- expect: bounded stopped
SELECT ('{' || replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '"k":1,') || '"z":2}')::json ->> 'z'

-- bomb: giant JSON with deep arrays
-- expect: bounded stopped 22P02
SELECT (replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '[') || replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', ']'))::json

-- bomb: json_extract with a giant path
-- expect: bounded stopped 22032 XX000 2203A
SELECT json_extract('[1]', '$' || replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '[0]'))

-- bomb: a number of ten million digits
-- expect: stopped bounded 22P02 22003
SELECT (replace(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '9'))::numeric

-- bomb: a number of ten million digits, to an integer
-- expect: 22003 22P02 stopped
SELECT (replace(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '9'))::bigint

-- bomb: a giant date
-- expect: 22007 22008 stopped
SELECT (replace(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '9'))::date

-- bomb: bytes of a giant text
-- expect: stopped bounded 22P02
SELECT length(('\x' || replace(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '00'))::bytea::text)

-- bomb: strftime with a giant format
-- expect: stopped bounded
SELECT length(strftime(replace(replace(replace(replace('aaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', '%J%s'), 'now'))

-- bomb: string_agg as a window
-- expect: stopped bounded
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT max(length(t)) FROM (SELECT string_agg('{{300|x|}}', ',') OVER (ORDER BY i ROWS BETWEEN 3000 PRECEDING AND CURRENT ROW) AS t FROM n) y

-- bomb: greatest of giant texts
-- expect: stopped bounded
SELECT length(greatest(a, a || 'b', a || 'c')) FROM (SELECT replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a) x

-- bomb: giant keys to sort
-- expect: stopped bounded
SELECT count(*) FROM (SELECT DISTINCT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') || id AS t FROM entries) x

-- bomb: giant groups
-- expect: stopped bounded
SELECT count(*) FROM (SELECT replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') || id AS t FROM entries GROUP BY replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') || id) x

-- bomb: giant names
-- expect: stopped bounded 42601 42703
SELECT 1 AS "{{60000|x|}}"

-- bomb: a join with itself by LIKE
-- expect: stopped bounded
SELECT count(*) FROM entries a JOIN entries b ON a.markdown LIKE '%' || b.markdown || '%' JOIN entries c ON b.markdown LIKE '%' || c.title || '%'

-- bomb: concat of giant texts
-- expect: stopped
SELECT length(concat({{30|a|,}})) FROM (SELECT replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS a) x

-- bomb: upper of a text that grows
-- expect: stopped bounded
SELECT length(upper(replace(replace(replace(replace(replace(replace('aaaaaaaaaa', 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa'), 'a', 'ǰßﬃ')))

-- bomb: no timeout
-- expect: 42501
SET statement_timeout = 0

-- bomb: an hour to wait for the writer
-- expect: 42501
SET lock_timeout = '1h'

-- bomb: never idle too long
-- expect: 42501
SET idle_in_transaction_session_timeout = 0

-- bomb: the shortest timeout
-- expect: fine
SET LOCAL statement_timeout = 1

-- bomb: memory for portals without end
-- expect: 42501
SET work_mem = '200MB'

-- bomb: glob that goes back
-- expect: stopped bounded 42601
SELECT '{{30000|a|}}' GLOB '{{40|*a|}}b'

-- bomb: glob sets
-- expect: stopped bounded 42601
SELECT '{{10000|a|}}' GLOB '*{{2000|[a-z]|}}b'

-- bomb: regular expression
-- expect: stopped bounded nofunc 42601 0A000
SELECT '{{30000|a|}}' ~ '(a+)+$'

-- bomb: regular expression with counts
-- expect: stopped bounded nofunc 42601 0A000 2201B
SELECT 'a' ~ '((((a{1,100}){1,100}){1,100}){1,100})'

-- bomb: sort of a product
-- expect: stopped bounded
SELECT a.markdown || b.markdown AS m FROM entries a, entries b ORDER BY m DESC LIMIT 1

-- bomb: sort of long rows
-- expect: stopped
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT i, '{{500|0123456789|}}' || i AS s FROM n ORDER BY s DESC LIMIT 1

-- bomb: distinct of a product
-- expect: stopped
SELECT count(*) FROM (SELECT DISTINCT a.markdown || b.markdown FROM entries a, entries b) AS x

-- bomb: group by of a product
-- expect: stopped
SELECT count(*) FROM (SELECT a.markdown || b.markdown AS m FROM entries a, entries b GROUP BY 1) AS x

-- bomb: except of products
-- expect: stopped
SELECT a.title || b.title FROM entries a, entries b EXCEPT SELECT a.title || b.title FROM entries a, entries b ORDER BY 1

-- bomb: count distinct
-- expect: stopped bounded
SELECT count(DISTINCT a.id * 10000 + b.id) FROM entries a, entries b

-- bomb: window over a product
-- expect: stopped
SELECT max(x) FROM (SELECT row_number() OVER (ORDER BY a.markdown, b.markdown) AS x FROM entries a, entries b) AS y

-- bomb: quadratic window
-- expect: stopped bounded
SELECT max(s) FROM (SELECT count(*) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) + max(length(markdown)) OVER (ORDER BY id ROWS BETWEEN 100000 PRECEDING AND 100000 FOLLOWING EXCLUDE CURRENT ROW) AS s FROM entries) AS x

-- bomb: quadratic window that is counted
-- expect: stopped bounded
SELECT count(*) FROM (SELECT max(a.markdown) OVER (ORDER BY a.id ROWS BETWEEN 10000 PRECEDING AND 10000 FOLLOWING EXCLUDE CURRENT ROW) AS m FROM entries a) AS x WHERE m IS NOT NULL

-- bomb: ntile with a giant number
-- expect: bounded stopped 22003 22014 42883
SELECT ntile(9223372036854775807) OVER () FROM entries

-- bomb: nth_value
-- expect: bounded stopped 22016
SELECT nth_value(markdown, 1000000000) OVER (ORDER BY id) FROM entries

-- bomb: correlated subqueries
-- expect: stopped
SELECT sum((SELECT count(*) FROM entries b WHERE b.markdown > a.markdown AND EXISTS (SELECT 1 FROM entries c WHERE c.markdown < b.markdown AND c.markdown > a.title))) FROM entries a

-- bomb: search for each entry
-- expect: stopped bounded
SELECT count(*) FROM entries e, search(e.markdown) s

-- bomb: search joined with itself
-- expect: stopped bounded
SELECT count(*) FROM search('entry', 200) a, search('number', 200) b, search('text', 200) c

-- bomb: search with a giant limit
-- expect: bounded 22023 22003
SELECT count(*) FROM search('entry', 2000000000)

-- bomb: search with a negative limit
-- expect: bounded 22023 2201W
SELECT count(*) FROM search('entry', -1)

-- bomb: search for a long text
-- expect: bounded stopped 22023
SELECT count(*) FROM search('{{20000|word%d| }}')

-- bomb: search for one long word
-- expect: bounded stopped
SELECT count(*) FROM search('{{100000|a|}}')

-- bomb: search for full text operators
-- expect: bounded
SELECT count(*) FROM search('{{300|a* OR b*| OR }}')

-- bomb: search for open quotes and brackets
-- expect: bounded
SELECT count(*) FROM search('"""((( NEAR(a b, 9999999) {title body}: ^* AND OR NOT')

-- bomb: search for many quotes
-- expect: bounded stopped
SELECT count(*) FROM search('{{5000|"|}}')

-- bomb: search for Han characters without an end
-- expect: bounded stopped
SELECT count(*) FROM search('{{20000|磁盘已满|}}')

-- bomb: search for emoji and joiners
-- expect: bounded
SELECT count(*) FROM search('{{2000|👨‍👩‍👧|}}')

-- bomb: search for combining marks
-- expect: bounded stopped
SELECT count(*) FROM search('a{{20000|́|}}')

-- bomb: search without an argument
-- expect: 42883 42601 22023 22004 42P01
SELECT * FROM search

-- bomb: search for null
-- expect: bounded 22004 22023
SELECT * FROM search(NULL)

-- bomb: document_at for each entry
-- expect: stopped bounded
SELECT length(d.markdown) FROM entries e, document_at(e.document) d

-- bomb: document_at far in the future
-- expect: bounded 22023 22008 22007 02000
SELECT * FROM document_at('many', '99999999999999999999')

-- bomb: limit of a giant number
-- expect: bounded 22003
SELECT id FROM entries LIMIT 9223372036854775808

-- bomb: offset of a giant number
-- expect: bounded
SELECT id FROM entries LIMIT 1 OFFSET 9223372036854775807

-- bomb: smallest integer
-- expect: 22003 bounded
SELECT -9223372036854775808 / -1, abs(-9223372036854775808)

-- bomb: shift
-- expect: bounded
SELECT 1 << 64, 1 << -1, 1 >> 1000000

-- bomb: exponent
-- expect: bounded 22003
SELECT 1e308 * 10, CAST('1e999' AS double precision)

-- bomb: sum that overflows
-- expect: 22003 bounded
SELECT sum(9223372036854775807) FROM entries

-- bomb: many digits
-- expect: bounded stopped 22003
SELECT {{20000|1234567890|}}

-- bomb: generate_series
-- expect: stopped nofunc
SELECT count(*) FROM generate_series(1, 9000000000000)

-- bomb: pg_sleep
-- expect: nofunc stopped
SELECT pg_sleep(100)

-- bomb: advisory lock
-- expect: nofunc
SELECT pg_advisory_lock(1)

-- bomb: collation
-- expect: 42704 42601 0A000
SELECT title FROM entries ORDER BY title COLLATE nosuch

-- bomb: prepared statements without end
-- expect: bounded stopped 42P05 53400
-- simple
{{200|PREPARE p%d AS SELECT %d|;}}; DEALLOCATE ALL

-- bomb: savepoints without end
-- expect: bounded stopped 53400
-- simple
BEGIN; {{2000|SAVEPOINT s%d|;}}; ROLLBACK

-- text: text that is not UTF-8
-- expect: 22021
SELECT '{{hex fffe}}'

-- text: surrogate
-- expect: 22021 42601 22P02
SELECT E'\ud800'

-- text: null character by escape
-- expect: 22021 42601 22P05
SELECT E'a\0b'

-- text: escapes without an end
-- expect: 42601 22025
SELECT E'\x', E'\u12'

-- text: dollar quotes in dollar quotes
-- expect: 42601
SELECT $a$ $b$ $a $ab$ $$

-- text: chr of zero
-- expect: nofunc bounded 54000 22021
SELECT char(0) || 'x'

-- text: terminal control comes back as it is, as data
-- expect: fine
SELECT E'\x1b[2J\x07' AS a

-- fine: a semicolon in a literal
-- expect: fine
SELECT 'a; DELETE FROM entries' AS a

-- fine: names of relations in literals
-- expect: fine
SELECT 'sqlite_master', 'WITH entries AS (', 'ATTACH' AS a

-- fine: a cte of another name over a view
-- expect: fine
WITH mine AS (SELECT id, title FROM entries) SELECT count(*) FROM mine

-- fine: a column alias like a base table
-- expect: fine
SELECT 1 AS entry, 2 AS meta, 3 AS delete

-- fine: a thousand in a list
-- expect: fine
SELECT count(*) FROM entries WHERE id IN ({{1000|%d|,}})

-- fine: a recursion that ends
-- expect: fine
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT count(*) FROM n

-- fine: ten joins
-- expect: fine
SELECT count(*) FROM documents d0 {{10|JOIN documents d%d ON d%d.name = d0.name| }}

-- fine: sort of all entries
-- expect: fine
SELECT id FROM entries ORDER BY markdown DESC, title LIMIT 5
