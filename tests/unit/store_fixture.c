/*
 * store_fixture.c - a base in a folder of its own; see store_fixture.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/unit/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"

static void
must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s / %s", e->msg, e->detail);
}

int
fixture_setup(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f));
	struct err e = ERR_INIT;

	snprintf(f->dir, sizeof(f->dir), "/tmp/kb-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/kb.db", f->dir);
	must(store_open(f->path, STORE_CREATE, &f->s, &e), &e);
	*state = f;
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;
	DIR *dir = opendir(f->dir);
	struct dirent *d;
	char path[400];

	store_close(f->s);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, d->d_name);
		if (d->d_name[0] != '.')
			unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(f->dir);
	free(f);
	return 0;
}

void
fixture_reopen(struct fixture *f)
{
	struct err e = ERR_INIT;

	store_close(f->s);
	f->s = NULL;
	must(store_open(f->path, STORE_WRITE, &f->s, &e), &e);
}

static bool
put(struct fixture *f, const char *name, const char *source,
    struct slice text, int64_t base, struct import_result *out,
    struct err *e)
{
	struct arena a = ARENA_INIT;
	struct prepared p;
	bool ok = store_prepare(text, &a, &p, e);

	if (ok) {
		struct import_request req = {
			.name = slice_of(name), .source = slice_of(source),
			.doc = &p, .base_revision = base,
			.author = SLICE("ann"), .message = SLICE("why not"),
		};

		ok = store_import(f->s, &req, out, e);
	}
	arena_free(&a);
	return ok;
}

bool
fixture_put(struct fixture *f, const char *name, struct slice text,
    int64_t base, struct import_result *out, struct err *e)
{
	return put(f, name, "file.md", text, base, out, e);
}

struct import_result
fixture_import_base(struct fixture *f, const char *name, const char *source,
    struct slice text, int64_t base)
{
	struct import_result r;
	struct err e = ERR_INIT;

	must(store_begin(f->s, &e), &e);
	must(put(f, name, source, text, base, &r, &e), &e);
	must(store_commit(f->s, &e), &e);
	return r;
}

struct import_result
fixture_import(struct fixture *f, const char *name, const char *text)
{
	return fixture_import_base(f, name, "file.md", slice_of(text),
	    BASE_LAST_IMPORT);
}

void
fixture_refuse(struct fixture *f, const char *name, const char *text,
    int64_t base, enum err_code code, struct err *e)
{
	struct import_result r;

	must(store_begin(f->s, e), e);
	assert_false(fixture_put(f, name, slice_of(text), base, &r, e));
	if (e->code != code)
		fail_msg("code %d: %s", e->code, e->msg);
	must(store_commit(f->s, &(struct err){ 0 }), e);
}

void
fixture_expect(struct fixture *f, const char *name, const char *as_of,
    struct slice text)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t revision;

	must(store_export(f->s, slice_of(name), slice_of(as_of), &b,
	    &revision, &e), &e);
	if (!slice_eq(buf_slice(&b), text))
		fail_msg("%s as of \"%s\": [%.*s] is not [%.*s]", name, as_of,
		    SLICE_ARG(buf_slice(&b)), SLICE_ARG(text));
	buf_free(&b);
}

void
fixture_dump(struct fixture *f, const char *sql, struct buf *out)
{
	sqlite3 *db = store_db(f->s);
	sqlite3_stmt *q = NULL;
	int i;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(q) == SQLITE_ROW) {
		for (i = 0; i < sqlite3_column_count(q); i++) {
			const char *text = (const char *)
			    sqlite3_column_text(q, i);

			if (i > 0)
				buf_putc(out, '|');
			buf_puts(out, text != NULL ? text : "NULL");
		}
		buf_putc(out, '\n');
	}
	if (sqlite3_finalize(q) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

const char *
fixture_query(struct fixture *f, const char *sql)
{
	static char out[8192];
	struct buf b = BUF_INIT;

	fixture_dump(f, sql, &b);
	snprintf(out, sizeof(out), "%s", buf_cstr(&b));
	if (out[0] != '\0' && out[strlen(out) - 1] == '\n')
		out[strlen(out) - 1] = '\0';
	buf_free(&b);
	return out;
}

void
fixture_exec(struct fixture *f, const char *sql)
{
	struct err e = ERR_INIT;

	must(store_begin(f->s, &e), &e);
	if (sqlite3_exec(store_db(f->s), sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(store_db(f->s)));
	must(store_commit(f->s, &e), &e);
}

bool
fixture_read(const char *path, struct buf *out)
{
	FILE *in = fopen(path, "rb");
	char chunk[8192];
	size_t n;

	buf_reset(out);
	if (in == NULL)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_put(out, chunk, n);
	fclose(in);
	return true;
}
