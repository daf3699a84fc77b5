/*
 * fuzz_rewrite.c - any bytes as a query: what we make of it must have the
 * columns that are announced, and every byte of it a place in the query.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "kbd/sql_rewrite.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"SELECT e.id, title AS \"T\", $1::int + 1, E'a\\x41', $q$x$q$ FROM "
	"entries e LEFT JOIN documents d ON d.name = e.document WHERE title "
	"ILIKE '%a_' ESCAPE '!' AND e.id IN (1, 2) ORDER BY 2 DESC LIMIT 3",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
	"i < 5) SELECT count(*) FILTER (WHERE i > 1), sum(i) OVER (PARTITION "
	"BY i ORDER BY i ROWS 1 PRECEDING) FROM n GROUP BY i HAVING max(i) > 0",
	"(SELECT 1 INTERSECT VALUES (2)) EXCEPT SELECT CASE 1 WHEN 2 THEN 3 "
	"ELSE CAST('4' AS smallint) END; BEGIN; SET x TO 'y'; CALL p($1, -2)",
	"SELECT answer -> 'a' ->> 0, NOT a.x IS DISTINCT FROM -1.5e3 FROM "
	"search('q', 5) s, (SELECT NULL AS x) a NATURAL JOIN fields; PREPARE "
	"p(int) AS SELECT $1; EXECUTE p('1')",
	"SELECT e.id AS x, count(*) n, 'a' || $1 FROM entries e, search($2, 3)"
	" WHERE e.title ILIKE E'a\\n%' AND id = $3 ORDER BY 1 LIMIT $4; ;",
	"WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "
	"SELECT CAST(n AS bigint), current_user FROM t -- x",
	"CALL public.import_document('a', source => $$b$$, markdown := $x$c"
	"$x$::text, base_revision => -1, message => NULL)",
	"BEGIN READ ONLY; SAVEPOINT \"a b\"; ROLLBACK TO a; COMMIT AND NO "
	"CHAIN; SET LOCAL a.b TO 'c', d; SHOW TIME ZONE; RESET ALL",
	"SELECT a.*, *, CASE WHEN x = 1 THEN 2 END, (SELECT 1) FROM x JOIN y "
	"USING (z) UNION VALUES (1.5e3, .5, U&'x', x::int, a[1])",
	NULL,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct slice sql = slice_make(data, size);
	struct sql_stmts list;
	struct sql_rewritten out;
	struct err e = ERR_INIT;
	size_t i;

	if (sql_stmts_parse(sql, &a, &list, &e)) {
		for (i = 0; i < list.n; i++) {
			const struct sql_stmt *s = &list.list[i];
			uint32_t *params = arena_calloc(&a, s->nparams + 1,
			    sizeof(*params));

			(void)sql_stmt_is_quick(s);
			if (s->kind == SQL_QUERY && sql_rewrite(s, params, &a,
			    &out, &e) && (out.ncolumns == 0 ||
			    out.sql.len == 0 || sql_rewrite_origin(&out,
			    out.sql.len - 1) > size))
				abort();
		}
	}
	if (e.position < 0 || (size_t)e.position > size + 1)
		abort();
	arena_free(&a);
	return 0;
}
