/*
 * fuzz_sql.c - any text as a client's SQL, up to what SQLite would be given.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/str.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_rewrite.h"
#include "kbd/sql_select.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
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

static void
try_statement(const struct sql_stmt *s, struct arena *a)
{
	struct sql_rewritten r;
	struct select_list list;
	struct err e = ERR_INIT;
	uint32_t *params = arena_calloc(a, s->nparams + 1, sizeof(*params));
	size_t i;

	(void)sql_stmt_is_quick(s);
	if (s->kind != SQL_QUERY)
		return;
	sql_select_params(s, a, params);
	sql_select_read(s, params, a, &list);
	for (i = 0; i < 5; i++)
		(void)sql_select_item(&list, i, 5);
	if (!sql_rewrite(s, a, &r, &e)) {
		if (e.msg[0] == '\0')
			abort();
		return;
	}
	for (i = 0; i <= r.sql.len; i++)
		if (sql_rewrite_origin(&r, i) > s->tokens.sql.len)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct slice sql = slice_make(data, size);
	struct sql_stmts list;
	struct err e = ERR_INIT;
	size_t i;

	/* the decoder lets only such text through */
	if (utf8_check(sql) == size && (size == 0 ||
	    memchr(data, '\0', size) == NULL)) {
		if (sql_stmts_parse(sql, &a, &list, &e))
			for (i = 0; i < list.n; i++)
				try_statement(&list.list[i], &a);
		else if (e.msg[0] == '\0')
			abort();
	}
	arena_free(&a);
	return 0;
}
