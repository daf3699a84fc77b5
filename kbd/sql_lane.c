/*
 * sql_lane.c - are a client's messages cheap? Guessed from their text before
 * they run, so that long work never delays a search.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"

#define QUICK_TEXT_MAX 8192	/* longer text is not looked at by the loop */

static bool
is_quick_text(struct slice sql)
{
	struct arena a = ARENA_INIT;
	struct sql_stmts list;
	bool quick = sql.len <= QUICK_TEXT_MAX;
	size_t i;

	if (quick && sql_stmts_parse(sql, &a, &list, NULL))
		for (i = 0; i < list.n; i++)
			quick = quick && sql_stmt_is_quick(&list.list[i]);
	arena_free(&a);
	return quick;
}

static bool
is_quick_message(const struct session *s, const struct pg_msg *m)
{
	struct slice text = m->body, name;
	const char *nul = m->body.len != 0 ? memchr(text.ptr, '\0', text.len) :
	    NULL;
	int i;

	if (nul == NULL)
		return true;
	name = slice_make(text.ptr, (size_t)(nul - text.ptr));
	switch (m->type) {
	case 'Q':
		return is_quick_text(name);
	case 'P':
		text = slice_sub(text, name.len + 1, text.len);
		nul = text.len != 0 ? memchr(text.ptr, '\0', text.len) : NULL;
		return nul == NULL || is_quick_text(slice_make(text.ptr,
		    (size_t)(nul - text.ptr)));
	case 'B':
		text = slice_sub(text, name.len + 1, text.len);
		nul = text.len != 0 ? memchr(text.ptr, '\0', text.len) : NULL;
		i = nul == NULL ? -1 : statement_index(s, slice_make(text.ptr,
		    (size_t)(nul - text.ptr)));
		return i < 0 || s->statements[i]->is_quick ||
		    s->statements[i]->is_empty;
	case 'E':
		i = portal_index(s, name);
		return i < 0 || s->portals[i]->statement->is_quick;
	default:
		return true;
	}
}

bool
session_is_quick(const struct session *s, struct slice messages)
{
	struct pg_msg m;
	size_t used;

	while (pg_msg_next(messages, SIZE_MAX, &m, &used, NULL) ==
	    PG_NEXT_MSG) {
		if (!is_quick_message(s, &m))
			return false;
		messages = slice_sub(messages, used, messages.len);
	}
	return true;
}
