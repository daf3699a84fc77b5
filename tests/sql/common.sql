-- common.sql - statements that PostgreSQL 15 and kbd must answer alike.
--
-- One statement per block; blocks are separated by an empty line. Before a
-- statement stand its name and, where needed:
--   params: OID:value ...   values for $1, $2 ...; OID 0 leaves the type to
--                           the server; "%20" is a blank, "NULL" is NULL
--   unordered               rows may come in any order
-- t/330-same-as-postgres.t runs each on both, with the same rows (those of
-- fixture/*.md and of "many"), and compares values, types, names, tags and
-- SQLSTATEs. What may differ, and why, is in differences.tsv.
--
-- The traps are statements that SQLite takes, too, but reads in its own way.
--
-- SPDX-License-Identifier: ISC

-- literal: integer
SELECT 1 AS a, -1 AS b, 2147483647 AS c, 0 AS d

-- literal: bigint
SELECT 2147483648 AS a, 9223372036854775807 AS b, -3000000000 AS c

-- literal: decimals
SELECT 1.5 AS a, 0.25 AS b, 100.00 AS c

-- literal: text
SELECT 'abc' AS a, '' AS b, '磁盘已满' AS c

-- literal: doubled quote
SELECT 'it''s' AS a, '''' AS b

-- literal: backslash is plain
SELECT 'a\nb' AS a, 'C:\temp\' AS b

-- literal: escape string
SELECT E'a\nb' AS a, E'tab\there' AS b, E'back\\slash' AS c

-- literal: escape string with quotes
SELECT E'it\'s' AS a, E'it''s' AS b, e'lower' AS c

-- literal: escape string with codes
SELECT E'\x41\102' AS a, E'\u78c1\u76d8' AS b, E'\U0001F600' AS c

-- literal: dollar quoted
SELECT $$it's$$ AS a, $tag$a $$ b$tag$ AS b

-- literal: dollar quoted looks like a parameter
SELECT $$x$$ AS a, $a1$ $1 :x ?1 $a1$ AS b

-- literal: booleans
SELECT true AS a, false AS b, TRUE AS c, NOT true AS d

-- literal: null
SELECT NULL AS a, NULL IS NULL AS b

-- literal: strings joined over a line end
SELECT 'one'
' two' AS a

-- literal: unicode text in names
SELECT 1 AS 磁盘, 2 AS "带 空格"

-- comment: line and block
SELECT 1 /* two */ + 2 -- three
AS a

-- comment: nested
SELECT 1 /* a /* b */ c */ AS a

-- comment: quotes in a comment
SELECT 1 AS a /* it's "not" $$ closed */

-- name: unnamed expressions
SELECT 1, 'a', 1 + 1, NULL

-- name: functions give their name
SELECT count(*), max(id), min(title) FROM entries WHERE document = 'fixture/alpha'

-- name: upper and coalesce
SELECT upper('a'), coalesce(NULL, 1), nullif(1, 2)

-- name: casts give the type's name
SELECT 1::int, '2'::bigint, CAST('3' AS text), '4'::varchar

-- name: a cast column keeps its name
SELECT CAST(id AS text) FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- name: case and exists
SELECT CASE WHEN true THEN 1 END, EXISTS (SELECT 1)

-- name: scalar subquery takes the inner name
SELECT (SELECT 1 AS inner_name)

-- name: unquoted aliases fold to lower case
SELECT 1 AS Mixed, 2 AS UPPER, 3 "Kept"

-- name: alias without as
SELECT id number, title heading FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- name: upper case identifiers
SELECT ID, Title FROM ENTRIES WHERE Document = 'fixture/beta' ORDER BY Id

-- name: quoted lower case identifiers
SELECT "id", "title" FROM "entries" WHERE "document" = 'fixture/beta' ORDER BY "id"

-- name: star
SELECT * FROM documents WHERE name LIKE 'fixture/%' ORDER BY name

-- name: star of one table
SELECT d.* FROM documents d WHERE d.name = 'fixture/alpha'

-- name: star and more
SELECT e.*, 1 AS one FROM entries e WHERE e.document = 'fixture/beta' ORDER BY e.id

-- name: prefixed columns drop the prefix
SELECT entries.id, entries.title FROM entries WHERE entries.document = 'fixture/beta' ORDER BY entries.id

-- name: values
VALUES (1, 'a'), (2, 'b')

-- name: keyword as alias after as
SELECT 1 AS order, 2 AS select, 3 AS default

-- schema: public
SELECT id FROM public.entries WHERE document = 'fixture/beta' ORDER BY id

-- schema: pg_catalog function
SELECT pg_catalog.lower('ABC') AS a, pg_catalog.length('abc') AS b

-- schema: public with an alias
SELECT x.name FROM public.documents AS x WHERE x.name = 'fixture/beta'

-- cast: text to integer
SELECT '42'::int AS a, '-7'::integer AS b, ' 8 '::int4 AS c

-- cast: text to bigint
SELECT '9000000000'::bigint AS a, CAST('12' AS int8) AS b

-- cast: smallint
SELECT '42'::smallint AS a, 7::int2 AS b

-- cast: number to text
SELECT 42::text AS a, CAST(-1 AS text) AS b, 1.50::text AS c

-- cast: text to boolean
SELECT 'true'::bool AS a, 'f'::boolean AS b, 'yes'::bool AS c, 'off'::bool AS d, '1'::bool AS e

-- cast: number to boolean and back
SELECT 1::bool AS a, 0::bool AS b, true::int AS c

-- cast: text to double
SELECT '1.5'::float8 AS a, CAST('2' AS double precision) AS b, '-1e3'::float8 AS c

-- cast: float special values
SELECT 'NaN'::float8 AS a, 'Infinity'::float8 AS b, '-Infinity'::float8 AS c

-- cast: real
SELECT '0.1'::real AS a, 1.5::float4 AS b

-- cast: float is written with the fewest digits
SELECT 0.1::float8 AS a, 1e15::float8 AS b, 123456789.123::float8 AS c, 0.00001::float8 AS d, 3::float8 AS e

-- cast: numeric
SELECT '1.20'::numeric AS a, 3::numeric AS b

-- cast: double to integer rounds
SELECT CAST(2.7 AS integer) AS a, CAST(-2.7 AS integer) AS b

-- cast: date
SELECT '2026-11-23'::date AS a, CAST('2024-02-29' AS date) AS b

-- cast: timestamp with time zone
SELECT '2026-11-23 10:00:00+00'::timestamptz AS a, '2026-11-23 10:00:00.120000+02'::timestamptz AS b

-- cast: timestamp
SELECT '2026-11-23 10:00:00'::timestamp AS a, CAST('2026-11-23' AS timestamp) AS b

-- cast: bytea
SELECT '\x0041ff'::bytea AS a

-- cast: uuid
SELECT '734D4863-9959-4eb1-af7a-482ca7cd5f4e'::uuid AS a

-- cast: json keeps its text
SELECT '{"a" : 1,  "b":[1, 2]}'::json AS a

-- cast: jsonb is normalised
SELECT '{"b": 1, "a":[1,2]}'::jsonb AS a

-- cast: chained
SELECT '5'::text::int + 1 AS a

-- cast: of a parenthesised expression
SELECT (1 + 2)::text AS a, ('1' || '2')::int AS b

-- cast: binds tighter than minus
SELECT -'5'::int AS a, - 3::text::int AS b

-- cast: of a column
SELECT id::text AS a, archived::text AS b FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- cast: null
SELECT NULL::int AS a, NULL::text AS b, CAST(NULL AS bool) AS c

-- param: text of unknown type
-- params: 0:abc
SELECT $1 AS a

-- param: announced as text
-- params: 25:磁盘
SELECT $1 AS a

-- param: cast to int
-- params: 0:41
SELECT $1::int + 1 AS a

-- param: cast to bigint
-- params: 0:9000000000
SELECT CAST($1 AS bigint) AS a

-- param: cast to bool
-- params: 0:t
SELECT $1::bool AS a, NOT $1::bool AS b

-- param: announced as int4
-- params: 23:7
SELECT $1 + 1 AS a

-- param: announced as int2
-- params: 21:7
SELECT $1 AS a

-- param: announced as int8
-- params: 20:7000000000
SELECT $1 * 2 AS a

-- param: announced as float8
-- params: 701:1.5
SELECT $1 * 2 AS a

-- param: announced as bool
-- params: 16:true
SELECT $1 AS a

-- param: announced as timestamptz
-- params: 1184:2026-11-23%2010:00:00+02
SELECT $1 AS a

-- param: announced as date
-- params: 1082:2026-11-23
SELECT $1 AS a

-- param: announced as numeric
-- params: 1700:1.20
SELECT $1 AS a

-- param: announced as bytea
-- params: 17:\x00ff
SELECT $1 AS a

-- param: announced as uuid
-- params: 2950:734D4863-9959-4eb1-af7a-482ca7cd5f4e
SELECT $1 AS a

-- param: announced as json
-- params: 114:{"a":"b"}
SELECT $1 AS a, $1 ->> 'a' AS b

-- param: announced as varchar
-- params: 1043:abc
SELECT $1 AS a

-- param: null
-- params: 25:NULL 23:NULL
SELECT $1 AS a, $2 IS NULL AS b

-- param: out of order
-- params: 25:one 25:two
SELECT $2 AS a, $1 AS b

-- param: used twice
-- params: 25:x
SELECT $1 || $1 AS a

-- param: compared with an integer column
-- params: 0:1
SELECT count(*) AS n FROM entries WHERE id = $1

-- param: compared with a text column
-- params: 0:fixture/beta
SELECT title FROM entries WHERE document = $1 ORDER BY id

-- param: in a list
-- params: 0:fixture/alpha 0:fixture/beta
SELECT name FROM documents WHERE name IN ($1, $2) ORDER BY name

-- param: between
-- params: 23:2 23:3
SELECT count(*) AS n FROM entries WHERE depth BETWEEN $1 AND $2

-- param: limit and offset
-- params: 0:2 0:1
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY id LIMIT $1 OFFSET $2

-- param: like
-- params: 25:Redis%
SELECT title FROM entries WHERE title LIKE $1 ORDER BY id

-- param: hostile text stays text
-- params: 25:'%20OR%20''='
SELECT count(*) AS n FROM entries WHERE title = $1

-- param: not an integer
-- params: 23:abc
SELECT $1 AS a

-- param: cast of what is not an integer
-- params: 0:abc
SELECT $1::int AS a

-- param: compared with a timestamp
-- params: 0:2020-01-01
SELECT count(*) AS n FROM documents WHERE updated_at > $1

-- param: in coalesce
-- params: 25:NULL 25:second
SELECT coalesce($1, $2) AS a

-- operator: arithmetic
SELECT 7 + 2 AS a, 7 - 2 AS b, 7 * 2 AS c, 7 / 2 AS d, 7 % 3 AS e

-- operator: negative division
SELECT -7 / 2 AS a, -7 % 3 AS b, 7 % -3 AS c

-- operator: precedence
SELECT 2 + 3 * 4 AS a, (2 + 3) * 4 AS b, 10 - 4 - 3 AS c, -2 * -3 AS d

-- operator: bits
SELECT 6 & 3 AS a, 6 | 3 AS b, 1 << 4 AS c, 256 >> 2 AS d, ~5 AS e

-- operator: comparison
SELECT 1 < 2 AS a, 1 <> 1 AS b, 1 != 2 AS c, 2 >= 2 AS d, 'a' < 'b' AS e

-- operator: text comparison is by bytes
SELECT 'a' = 'A' AS a, 'Z' < 'a' AS b, '磁' > 'z' AS c, 'a' < 'ab' AS d

-- operator: between and in
SELECT 2 BETWEEN 1 AND 3 AS a, 2 NOT BETWEEN 3 AND 4 AS b, 2 IN (1, 2) AS c, 2 NOT IN (1, 3) AS d

-- operator: null in logic
SELECT NULL AND false AS a, NULL OR true AS b, NOT NULL::bool AS c, NULL = NULL AS d

-- operator: null in lists
SELECT 1 IN (2, NULL) AS a, 1 NOT IN (1, NULL) AS b

-- operator: is distinct from
SELECT NULL IS DISTINCT FROM 1 AS a, 1 IS NOT DISTINCT FROM 1 AS b, NULL IS DISTINCT FROM NULL AS c

-- operator: is true
SELECT true IS TRUE AS a, NULL::bool IS TRUE AS b, false IS NOT TRUE AS c, NULL::bool IS FALSE AS d

-- operator: concatenation
SELECT 'a' || 'b' AS a, 'n=' || 5 AS b, 'a' || NULL AS c

-- operator: decimals are exact
SELECT 0.1 + 0.2 AS a, 1.10 * 3 AS b

-- operator: floats are not
SELECT 0.1::float8 + 0.2::float8 AS a

-- operator: division of decimals
SELECT 7 / 2.0 AS a

-- operator: text that is a number
SELECT '1' + 1 AS a

-- trap: double equals
SELECT 1 == 1 AS a

-- trap: is with a number
SELECT 1 IS 1 AS a

-- trap: integer overflow
SELECT 2147483647 + 1 AS a

-- trap: bigint overflow
SELECT 9223372036854775807 + 1 AS a

-- like: case sensitive
SELECT 'Docker' LIKE 'docker' AS a, 'Docker' LIKE 'Docker' AS b, 'Docker' LIKE 'D%' AS c

-- like: over a column
SELECT title FROM entries WHERE title LIKE 'Disk%' ORDER BY id

-- like: percent and underscore
SELECT 'abc' LIKE 'a_c' AS a, 'abc' LIKE '_' AS b, '' LIKE '%' AS c, 'abc' LIKE '%c' AS d

-- like: default escape is the backslash
SELECT '50%' LIKE '50\%' AS a, '500' LIKE '50\%' AS b, 'a_b' LIKE 'a\_b' AS c, 'axb' LIKE 'a\_b' AS d

-- like: other escape
SELECT '50%' LIKE '50!%' ESCAPE '!' AS a, '500' LIKE '50!%' ESCAPE '!' AS b

-- like: not
SELECT 'abc' NOT LIKE 'b%' AS a, NULL LIKE 'a' AS b

-- like: counts characters
SELECT '磁盘' LIKE '__' AS a, '磁盘' LIKE '磁%' AS b

-- like: ilike
SELECT 'Docker' ILIKE 'docker' AS a, 'Docker' ILIKE '%KER' AS b, 'Docker' NOT ILIKE 'x%' AS c

-- like: ilike over a column
SELECT title FROM entries WHERE title ILIKE 'disk full%' ORDER BY id

-- like: ilike beyond ascii
SELECT 'ЖУРНАЛ' ILIKE 'журнал' AS a, 'É' ILIKE 'é' AS b

-- like: operators of like
SELECT 'Docker' ~~ 'D%' AS a, 'Docker' ~~* 'd%' AS b, 'Docker' !~~ 'D%' AS c

-- like: pattern from a column
SELECT count(*) AS n FROM entries WHERE title LIKE title AND document = 'fixture/beta'

-- string: length
SELECT length('abc') AS a, length('磁盘') AS b, length('') AS c, length(NULL) AS d

-- string: upper and lower
SELECT upper('aBc') AS a, lower('AbC') AS b

-- string: upper and lower beyond ascii
SELECT upper('é') AS a, lower('ЖУРНАЛ') AS b

-- string: substr
SELECT substr('hello', 2) AS a, substr('hello', 2, 3) AS b, substr('磁盘已满', 2, 2) AS c, substr('abc', 9) AS d

-- string: substr from before the start
SELECT substr('hello', 0, 3) AS a, substr('hello', -1, 3) AS b

-- string: replace
SELECT replace('a-b-c', '-', '+') AS a, replace('abc', 'x', 'y') AS b, replace('aaa', 'a', '') AS c

-- string: trim
SELECT trim('  a ') AS a, ltrim('  a') AS b, rtrim('a  ') AS c

-- string: trim characters
SELECT ltrim('xxaxx', 'x') AS a, rtrim('xxaxx', 'x') AS b

-- string: coalesce and nullif
SELECT coalesce(NULL, 'b', 'c') AS a, nullif('a', 'a') AS b, nullif('a', 'b') AS c

-- string: over a column
SELECT upper(slug) = slug AS a, length(title) AS b, substr(title, 1, 5) AS c FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- math: abs and sign
SELECT abs(-5) AS a, abs(5) AS b, abs(-2.5) AS c

-- math: abs of a double
SELECT abs(CAST(-2.5 AS double precision)) AS a

-- math: round
SELECT round(2.567, 2) AS a, round(2.4) AS b, round(2.5) AS c

-- math: floor and ceil of a double
SELECT floor(2.7::float8) AS a, ceil(2.1::float8) AS b

-- math: sqrt and power
SELECT sqrt(16::float8) AS a, power(2::float8, 10::float8) AS b

-- case: searched
SELECT CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' ELSE 'c' END AS a

-- case: simple
SELECT CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END AS a

-- case: without else
SELECT CASE WHEN false THEN 1 END AS a

-- case: over a column
SELECT title, CASE severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 ELSE 9 END AS weight FROM entries WHERE document LIKE 'fixture/%' ORDER BY weight, id

-- case: nothing is evaluated in vain
SELECT CASE WHEN 1 = 1 THEN 'fine' ELSE CAST(1 / 1 AS text) END AS a

-- where: equality
SELECT title FROM entries WHERE document = 'fixture/beta' AND depth = 2 ORDER BY id

-- where: or and parentheses
SELECT title FROM entries WHERE (severity = 'high' OR severity = 'low') AND document = 'fixture/alpha' ORDER BY id

-- where: not
SELECT count(*) AS n FROM entries WHERE NOT archived

-- where: bool column
SELECT count(*) AS n FROM entries WHERE archived

-- where: bool column compared
SELECT count(*) AS n FROM entries WHERE archived = false AND document = 'many'

-- where: is null
SELECT count(*) AS n FROM entries WHERE fix IS NULL AND document = 'fixture/alpha'

-- where: is not null
SELECT title FROM entries WHERE cause IS NOT NULL ORDER BY id

-- where: isnull
SELECT count(*) AS n FROM entries WHERE review_by ISNULL

-- where: row comparison
SELECT count(*) AS n FROM entries WHERE (document, depth) = ('fixture/alpha', 2)

-- where: nothing matches
SELECT id, title FROM entries WHERE false

-- where: timestamp and text
SELECT count(*) AS n FROM entries WHERE updated_at > '2020-01-01'

-- where: timestamp and text with a zone
SELECT count(*) AS n FROM entries WHERE updated_at >= '2020-01-01 00:00:00+02'

-- where: dates
SELECT '2026-11-23'::date < '2026-11-24'::date AS a, '2026-11-23'::date = '2026-11-23' AS b

-- where: columns of time are in order
SELECT min(updated_at) <= max(updated_at) AS a, count(updated_at) = count(*) AS b FROM entries

-- order: two keys
SELECT document, title FROM entries WHERE document LIKE 'fixture/%' ORDER BY document DESC, title

-- order: by position
SELECT title, id FROM entries WHERE document = 'fixture/alpha' ORDER BY 1

-- order: by alias
SELECT title AS t FROM entries WHERE document = 'fixture/alpha' ORDER BY t DESC

-- order: by expression
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY length(title), id

-- order: nulls last is the default
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY cause, id

-- order: descending puts nulls first
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY cause DESC, id

-- order: nulls first
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY cause NULLS FIRST, id

-- order: nulls last
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY cause DESC NULLS LAST, id

-- order: text is by bytes
SELECT title FROM entries WHERE document LIKE 'fixture/%' ORDER BY title

-- limit: plain
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY id LIMIT 2

-- limit: all
SELECT title FROM entries WHERE document = 'fixture/beta' ORDER BY id LIMIT ALL

-- limit: null
SELECT title FROM entries WHERE document = 'fixture/beta' ORDER BY id LIMIT NULL

-- limit: zero
SELECT id, title FROM entries ORDER BY id LIMIT 0

-- limit: offset after
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY id LIMIT 2 OFFSET 1

-- limit: offset alone
SELECT title FROM entries WHERE document = 'fixture/beta' ORDER BY id OFFSET 1

-- limit: offset before
SELECT title FROM entries WHERE document = 'fixture/beta' ORDER BY id OFFSET 1 LIMIT 1

-- limit: fetch first
SELECT title FROM entries WHERE document = 'fixture/beta' ORDER BY id FETCH FIRST 2 ROWS ONLY

-- limit: an expression
SELECT title FROM entries WHERE document = 'fixture/alpha' ORDER BY id LIMIT 1 + 1

-- limit: more than there is
SELECT count(*) AS n FROM (SELECT id FROM entries LIMIT 1000000) AS x

-- trap: negative limit
SELECT id FROM entries ORDER BY id LIMIT -1

-- trap: negative offset
SELECT id FROM entries ORDER BY id LIMIT 1 OFFSET -1

-- trap: limit with a comma
SELECT id FROM entries ORDER BY id LIMIT 1, 2

-- join: inner
SELECT e.title, d.name FROM entries e JOIN documents d ON d.name = e.document WHERE d.name = 'fixture/beta' ORDER BY e.id

-- join: left
SELECT d.name, c.text FROM documents d LEFT JOIN entries e ON e.document = d.name AND e.title LIKE 'Empty%' LEFT JOIN commands c ON c.entry_id = e.id WHERE d.name LIKE 'fixture/%' ORDER BY d.name

-- join: right
SELECT d.name, e.title FROM entries e RIGHT JOIN documents d ON d.name = e.document AND e.severity = 'low' WHERE d.name LIKE 'fixture/%' ORDER BY d.name

-- join: full
SELECT a.x, b.y FROM (SELECT 1 AS x UNION SELECT 2) a FULL JOIN (SELECT 2 AS y UNION SELECT 3) b ON a.x = b.y ORDER BY a.x NULLS LAST, b.y NULLS LAST

-- join: using
SELECT entry_id, count(*) AS n FROM commands JOIN entry_versions USING (entry_id) GROUP BY entry_id ORDER BY entry_id

-- join: cross
SELECT count(*) AS n FROM documents a CROSS JOIN documents b

-- join: comma
SELECT count(*) AS n FROM documents a, documents b WHERE a.name < b.name

-- join: self
SELECT a.title FROM entries a JOIN entries b ON b.id = a.id AND b.title = a.title WHERE a.document = 'fixture/beta' ORDER BY a.id

-- join: natural
SELECT count(*) AS n FROM (SELECT 1 AS k) a NATURAL JOIN (SELECT 1 AS k) b

-- aggregate: count
SELECT count(*) AS a, count(fix) AS b, count(DISTINCT severity) AS c FROM entries WHERE document = 'fixture/alpha'

-- aggregate: over no rows
SELECT count(*) AS a, max(id) AS b, sum(depth) AS c FROM entries WHERE false

-- aggregate: sum of integers
SELECT sum(depth) AS a FROM entries WHERE document = 'fixture/alpha'

-- aggregate: sum of bigints
SELECT sum(id) > 0 AS a FROM entries

-- aggregate: avg
SELECT avg(depth) AS a FROM entries WHERE document = 'many'

-- aggregate: avg of doubles
SELECT avg(depth::float8) AS a FROM entries WHERE document = 'many'

-- aggregate: min and max of text
SELECT min(title) AS a, max(title) AS b FROM entries WHERE document LIKE 'fixture/%'

-- aggregate: group by
SELECT document, count(*) AS n FROM entries GROUP BY document ORDER BY document

-- aggregate: group by position
SELECT severity, count(*) AS n FROM entries WHERE document LIKE 'fixture/%' GROUP BY 1 ORDER BY 2, 1

-- aggregate: group by expression
SELECT length(severity) AS l, count(*) AS n FROM entries WHERE document LIKE 'fixture/%' GROUP BY length(severity) ORDER BY l

-- aggregate: having
SELECT severity FROM entries WHERE document LIKE 'fixture/%' GROUP BY severity HAVING count(*) > 1 ORDER BY severity

-- aggregate: filter
SELECT count(*) FILTER (WHERE severity = 'critical') AS a, count(*) AS b FROM entries WHERE document LIKE 'fixture/%'

-- aggregate: of an expression
SELECT sum(length(title)) AS a, max(length(title)) AS b FROM entries WHERE document LIKE 'fixture/%'

-- aggregate: sum of case
SELECT sum(CASE WHEN severity = 'high' THEN 1 ELSE 0 END) AS a FROM entries

-- aggregate: distinct
SELECT DISTINCT severity FROM entries WHERE document LIKE 'fixture/%' ORDER BY severity

-- aggregate: distinct of two
SELECT DISTINCT document, depth FROM entries WHERE document LIKE 'fixture/%' ORDER BY document, depth

-- trap: column that is not grouped
SELECT title, count(*) FROM entries

-- trap: other column that is not grouped
SELECT title FROM entries GROUP BY document

-- trap: distinct ordered by something else
SELECT DISTINCT severity FROM entries ORDER BY id

-- window: row_number
SELECT title, row_number() OVER (ORDER BY id) AS n FROM entries WHERE document = 'fixture/alpha' ORDER BY id

-- window: partition
SELECT title, row_number() OVER (PARTITION BY severity ORDER BY id) AS n FROM entries WHERE document LIKE 'fixture/%' ORDER BY id

-- window: rank and dense_rank
SELECT title, rank() OVER (ORDER BY severity) AS a, dense_rank() OVER (ORDER BY severity) AS b FROM entries WHERE document = 'fixture/alpha' ORDER BY id

-- window: lag and lead
SELECT title, lag(title) OVER (ORDER BY id) AS a, lead(title, 1, 'none') OVER (ORDER BY id) AS b FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- window: running sum
SELECT id - id + sum(depth) OVER (ORDER BY id) AS a FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- window: count over all
SELECT title, count(*) OVER () AS n FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- window: first and last value
SELECT first_value(title) OVER w AS a, last_value(title) OVER w AS b FROM entries WHERE document = 'fixture/beta' WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ORDER BY id

-- window: ntile
SELECT ntile(2) OVER (ORDER BY id) AS n FROM entries WHERE document = 'fixture/alpha' ORDER BY id

-- window: frame
SELECT sum(depth) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a FROM entries WHERE document = 'fixture/alpha' ORDER BY id

-- window: cume_dist
SELECT cume_dist() OVER (ORDER BY id) AS a FROM entries WHERE document = 'fixture/beta' ORDER BY id

-- cte: plain
WITH big AS (SELECT id, title FROM entries WHERE document = 'fixture/beta') SELECT title FROM big ORDER BY id

-- cte: two, the second uses the first
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b

-- cte: column list
WITH t(x, y) AS (VALUES (1, 'one'), (2, 'two')) SELECT y FROM t WHERE x = 2

-- cte: recursive
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n ORDER BY i

-- cte: recursive over the tree
WITH RECURSIVE t(id, level) AS (SELECT id, 1 FROM entries WHERE document = 'fixture/alpha' AND parent_id IS NULL UNION ALL SELECT e.id, t.level + 1 FROM entries e JOIN t ON e.parent_id = t.id) SELECT level, count(*) AS n FROM t GROUP BY level ORDER BY level

-- cte: materialized
WITH a AS MATERIALIZED (SELECT 1 AS x) SELECT x FROM a

-- cte: in a subquery
SELECT (WITH a AS (SELECT 5 AS x) SELECT x FROM a) AS a

-- set: union removes doubles
SELECT 1 AS a UNION SELECT 1 UNION SELECT 2 ORDER BY a

-- set: union all
SELECT 'a' AS a UNION ALL SELECT 'a' ORDER BY a

-- set: union of text and null
SELECT 'a' AS a UNION ALL SELECT NULL ORDER BY a NULLS LAST

-- set: union of int and bigint
SELECT 1 AS a UNION ALL SELECT 3000000000 ORDER BY a

-- set: except
SELECT name FROM documents WHERE name LIKE 'fixture/%' EXCEPT SELECT 'fixture/alpha' ORDER BY name

-- set: intersect
SELECT 1 AS a INTERSECT SELECT 1

-- set: intersect binds tighter
SELECT 1 AS a UNION SELECT 2 INTERSECT SELECT 3 ORDER BY a

-- set: order and limit of the whole
SELECT id - id + 1 AS a FROM entries WHERE document = 'fixture/beta' UNION ALL SELECT 9 ORDER BY a DESC LIMIT 2

-- set: parenthesised arms
(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY a

-- trap: union of number and text
SELECT 1 AS a UNION SELECT 'abc'

-- set: different numbers of columns
SELECT 1, 2 UNION SELECT 3

-- subquery: scalar
SELECT (SELECT count(*) FROM documents WHERE name LIKE 'fixture/%') AS n

-- subquery: no row is null
SELECT (SELECT id FROM entries WHERE false) AS a

-- subquery: exists
SELECT name FROM documents d WHERE EXISTS (SELECT 1 FROM entries e WHERE e.document = d.name AND e.severity = 'low') ORDER BY name

-- subquery: not exists
SELECT name FROM documents d WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.document = d.name AND e.severity = 'critical') ORDER BY name

-- subquery: in
SELECT title FROM entries WHERE id IN (SELECT entry_id FROM commands) AND document = 'fixture/beta' ORDER BY id

-- subquery: in from
SELECT x.n FROM (SELECT count(*) AS n FROM documents) AS x WHERE x.n > 0

-- subquery: correlated
SELECT name, (SELECT count(*) FROM entries e WHERE e.document = d.name) AS n FROM documents d WHERE name LIKE 'fixture/%' ORDER BY name

-- trap: scalar subquery with two rows
SELECT (SELECT id FROM entries) AS a

-- trap: in with two columns
SELECT 1 IN (SELECT id, title FROM entries) AS a

-- json: member as text
SELECT '{"a": "b", "n": 5}'::json ->> 'a' AS a, '{"a": "b", "n": 5}'::json ->> 'n' AS b

-- json: nested
SELECT '{"a": {"b": "deep"}}'::json -> 'a' ->> 'b' AS a

-- json: array element
SELECT '["x", "y"]'::json ->> 1 AS a, '["x", "y"]'::json ->> 9 AS b

-- json: missing member
SELECT '{"a": 1}'::json ->> 'z' AS a

-- json: null member
SELECT '{"a": null}'::json ->> 'a' AS a

-- json: boolean member as text
SELECT '{"a": true}'::json ->> 'a' AS a

-- json: number keeps its digits
SELECT '{"a": 1.50}'::json ->> 'a' AS a

-- json: object member as text
SELECT '{"a": {"b": 1}}'::json ->> 'a' AS a

-- json: not json
SELECT '{broken'::json AS a

-- error: unknown column
SELECT nosuch FROM entries

-- error: unknown column in where
SELECT id FROM entries WHERE nosuch = 1

-- error: unknown table
SELECT * FROM nosuch

-- error: unknown schema
SELECT * FROM nosuch.entries

-- error: unknown function
SELECT nosuch(1)

-- error: wrong number of arguments
SELECT lower('a', 'b')

-- error: unknown type
SELECT '1'::nosuchtype

-- error: unknown type in cast
SELECT CAST('x' AS nosuchtype)

-- error: ambiguous column
SELECT id FROM entries a JOIN entries b ON a.id = b.id

-- error: unknown table in a column
SELECT x.id FROM entries

-- error: double quotes are no string
SELECT "nosuch"

-- error: double quotes are no string in where
SELECT id FROM entries WHERE title = "Redis"

-- error: syntax
SELEC 1

-- error: syntax at the end
SELECT 1 +

-- error: unclosed parenthesis
SELECT (1

-- error: unclosed string
SELECT 'abc

-- error: unclosed quoted identifier
SELECT "abc

-- error: unclosed comment
SELECT 1 /* abc

-- error: unclosed dollar quote
SELECT $a$abc

-- error: two literals in a row
SELECT 1 1

-- error: division by zero
SELECT 1 / 0

-- error: modulo zero
SELECT 1 % 0

-- error: decimal division by zero
SELECT 1.0 / 0

-- error: double division by zero
SELECT 1::float8 / 0

-- error: not an integer
SELECT 'abc'::int

-- error: a fraction is not an integer
SELECT '1.5'::int

-- error: empty is not an integer
SELECT ''::integer

-- error: out of range of int
SELECT '99999999999'::int

-- error: out of range of smallint
SELECT 70000::smallint

-- error: not a boolean
SELECT 'maybe'::bool

-- error: not a date
SELECT 'soon'::date

-- error: no such day
SELECT '2026-02-30'::date

-- error: not a uuid
SELECT 'abc'::uuid

-- error: not a double
SELECT CAST('x1' AS double precision)

-- error: number plus text
SELECT 1 + 'abc'

-- error: aggregate in where
SELECT id FROM entries WHERE count(*) > 1

-- error: window function in where
SELECT id FROM entries WHERE row_number() OVER () = 1

-- error: order by a position that is not there
SELECT id FROM entries ORDER BY 9

-- error: table twice without alias
SELECT 1 FROM documents, documents

-- trap: text compared with an integer
SELECT id FROM entries WHERE title = 1

-- trap: quoted identifiers have a case
SELECT "ID" FROM entries

-- trap: quoted tables have a case
SELECT id FROM "Entries"

-- trap: brackets are no quotes
SELECT [id] FROM entries

-- trap: backticks are no quotes
SELECT `id` FROM entries

-- trap: a string is no alias
SELECT 1 'a'

-- trap: schema of sqlite
SELECT id FROM main.entries

-- trap: rowid
SELECT rowid FROM entries

-- trap: glob
SELECT 'abc' GLOB 'a*' AS a

-- trap: hexadecimal number
SELECT 0x1F

-- trap: question mark
SELECT ?

-- trap: colon parameter
SELECT :name

-- session: current_user
SELECT current_user

-- session: current_database
SELECT current_database()

-- session: current_schema
SELECT current_schema()

-- session: show server_encoding
SHOW server_encoding

-- session: show client_encoding
SHOW client_encoding

-- session: show standard_conforming_strings
SHOW standard_conforming_strings

-- session: show integer_datetimes
SHOW integer_datetimes

-- session: show datestyle
SHOW DateStyle

-- session: show transaction isolation level
SHOW TRANSACTION ISOLATION LEVEL

-- session: show an unknown setting
SHOW nosuch_setting

-- session: set application_name
SET application_name TO 'common'

-- session: set and quote
SET statement_timeout = '20s'

-- session: set an unknown setting
SET nosuch_setting = 1

-- session: set a bad value
SET statement_timeout = 'soon'

-- session: reset
RESET application_name

-- session: discard all
DISCARD ALL

-- session: deallocate all
DEALLOCATE ALL

-- session: deallocate what is not there
DEALLOCATE nosuch

-- session: empty
;

-- session: only a comment
/* nothing */
