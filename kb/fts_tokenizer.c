/*
 * fts_tokenizer.c - the FTS5 tokenizer "ops"; see fts_tokenizer.h.
 *
 * It has no state: FTS5 re-tokenises old text to delete it, so that the
 * tokens must depend on nothing but the text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fts_tokenizer.h"
#include "kb/fts_api.h"

#include <sqlite3.h>

typedef int fts_sink(void *ctx, int flags, const char *text, int len,
    int start, int end);

struct run {
	fts_sink *sink;
	void *ctx;
	int rc;
};

static int
create(void *module, const char **args, int nargs, Fts5Tokenizer **out)
{
	(void)module;
	(void)args;
	/* any address will do, as long as it is not NULL */
	static char instance;

	*out = (Fts5Tokenizer *)&instance;
	return nargs == 0 ? SQLITE_OK : SQLITE_ERROR;
}

static void
delete(Fts5Tokenizer *t)
{
	(void)t;
}

static bool
give(void *arg, const struct token *t)
{
	struct run *r = arg;

	r->rc = r->sink(r->ctx, t->colocated ? FTS5_TOKEN_COLOCATED : 0,
	    t->text.ptr, (int)t->text.len, (int)t->start, (int)t->end);
	return r->rc == SQLITE_OK;
}

/* Text between blanks, byte for byte. */
static int
give_verbatim(struct run *r, const char *text, int len)
{
	int at = 0, from;

	while (r->rc == SQLITE_OK && at < len) {
		for (; at < len && text[at] == ' '; at++)
			;
		for (from = at; at < len && text[at] != ' '; at++)
			;
		if (at > from)
			r->rc = r->sink(r->ctx, 0, text + from, at - from,
			    from, at);
	}
	return r->rc;
}

static int
tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int len,
    fts_sink *sink)
{
	struct run r = { sink, ctx, SQLITE_OK };

	(void)t;
	if (flags & FTS5_TOKENIZE_QUERY)
		return give_verbatim(&r, text, len);
	(void)lexer_run(slice_make(text, (size_t)len), give, &r);
	return r.rc;
}

bool
fts_tokenizer_register(struct sqlite3 *db, struct err *e)
{
	static fts5_tokenizer module = { create, delete, tokenize };
	fts5_api *api;

	if (!fts_api_get(db, &api, e))
		return false;
	if (api->xCreateTokenizer(api, "ops", NULL, &module, NULL) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register the tokenizer: %s", sqlite3_errmsg(db));
	return true;
}
