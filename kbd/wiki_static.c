/*
 * wiki_static.c - what is in the program and not in the base; wiki_static.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki_static.h"
#include "common/str.h"
#include "kbd/wiki.h"
#include "kbd/wiki_page.h"

#include <pthread.h>
#include <stdio.h>

#include "content/wiki.inc"

enum { STYLE, SCRIPT, ICON, FILES };

_Static_assert(ARRAY_LEN(wiki_files) == FILES, "content/local.mk");

static const struct {
	const char *suffix, *type;
} kinds[FILES] = {
	[STYLE] = { "css", "text/css; charset=utf-8" },
	[SCRIPT] = { "js", "text/javascript; charset=utf-8" },
	[ICON] = { "svg", "image/svg+xml" },
};

static char paths[FILES][40];
static char build[20];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make_names(void)
{
	uint64_t all = str_hash(SLICE(PACKAGE_VERSION));
	size_t i;

	for (i = 0; i < FILES; i++) {
		uint64_t h = str_hash(slice_of(wiki_files[i].text));

		snprintf(paths[i], sizeof(paths[i]), "/static/%016llx.%s",
		    (unsigned long long)h, kinds[i].suffix);
		all = all * 31 + h;
	}
	snprintf(build, sizeof(build), "%08x", (unsigned)(all ^ all >> 32));
}

static const char *
path_of(int i)
{
	pthread_once(&once, make_names);
	return paths[i];
}

const char *
wiki_static_style(void)
{
	return path_of(STYLE);
}

const char *
wiki_static_script(void)
{
	return path_of(SCRIPT);
}

const char *
wiki_static_icon(void)
{
	return path_of(ICON);
}

const char *
wiki_static_build(void)
{
	pthread_once(&once, make_names);
	return build;
}

static void
put_file(struct http_exchange *x, int i)
{
	reply_begin(x, 200, kinds[i].type);
	buf_puts(&x->reply.body, wiki_files[i].text);
	reply_header(x, "Cache-Control",
	    SLICE("public, max-age=31536000, immutable"));
	x->reply.is_cacheable = true;
}

void
wiki_static(struct http_exchange *x, struct sql_db *db)
{
	int i;

	for (i = 0; i < FILES; i++) {
		if (slice_is(x->head.path, path_of(i))) {
			put_file(x, i);
			return;
		}
	}
	wiki_error(x, db, 404, NULL);
}

void
wiki_favicon(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	put_file(x, ICON);
}

void
wiki_robots(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	reply_text(x, 200, "User-agent: *\nDisallow: /");
	x->reply.is_cacheable = true;
}
