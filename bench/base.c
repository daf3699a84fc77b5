/*
 * base.c - a throw-away base; see base.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/base.h"
#include "bench/judged.h"
#include "common/arena.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/store.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool
import_file(struct base *b, const char *path, struct slice relative,
    struct arena *a, struct err *e)
{
	struct prepared p;
	struct import_result result;
	struct slice text;
	struct import_request req = {
		.name = slice_sub(relative, 0, relative.len - 3),
		.source = relative, .doc = &p, .base_revision = BASE_HEAD,
		.author = SLICE("bench"), .message = SLICE("corpus"),
	};

	if (!judged_read_file(path, a, &text, e) ||
	    !store_prepare(text, a, &p, e) ||
	    !store_import(b->store, &req, &result, e))
		return err_prefix(e, "%.*s", SLICE_ARG(relative));
	b->documents++;
	b->entries += result.added;
	return true;
}

static int
by_path(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
import_folder(struct base *b, char *folder, struct err *e)
{
	char *roots[] = { folder, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_path);
	struct arena a = ARENA_INIT;
	size_t skip = strlen(folder) + 1;
	bool ok = walk != NULL || err_errno(e, "could not read \"%s\"", folder);
	FTSENT *f;

	while (ok && (f = fts_read(walk)) != NULL) {
		struct slice relative = slice_of(f->fts_path);

		if (f->fts_info != FTS_F || relative.len <= skip ||
		    !slice_ends(relative, SLICE(".md")))
			continue;
		relative = slice_sub(relative, skip, relative.len);
		if (slice_is(relative, "SOURCES.md"))
			continue;
		ok = import_file(b, f->fts_path, relative, &a, e);
		arena_reset(&a);
	}
	if (walk != NULL)
		fts_close(walk);
	arena_free(&a);
	return ok;
}

bool
base_make(const char *folder, struct base *out, struct err *e)
{
	char dir[] = "/tmp/kb-bench-XXXXXX", *copy = mem_strdup(folder);
	int64_t start = clock_ms();
	size_t n = strlen(copy);
	bool ok;

	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';
	*out = (struct base){ .store = NULL };
	ok = mkdtemp(dir) != NULL || err_errno(e, "could not make a folder");
	snprintf(out->path, sizeof(out->path), "%s/kb.db", dir);
	ok = ok && store_open(out->path, STORE_CREATE, &out->store, e) &&
	    store_begin(out->store, e) && import_folder(out, copy, e) &&
	    store_commit(out->store, e);
	out->seconds = (double)(clock_ms() - start) / 1000;
	free(copy);
	return ok;
}

void
base_remove(struct base *b)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[80];
	size_t i;

	store_close(b->store);
	for (i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", b->path, ends[i]);
		(void)unlink(path);
	}
	snprintf(path, sizeof(path), "%s", b->path);
	path[strlen(path) - strlen("/kb.db")] = '\0';
	(void)rmdir(path);
}
