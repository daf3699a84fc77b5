/*
 * export_all.c - every document as a file below one folder; see
 * export_all.h.
 *
 * Names come from the server and are not trusted: a name that would leave
 * the folder is refused, and no link is followed on the way down.
 *
 * Before the first file is written, every file that would be is known to be
 * ours or not there. A file is ours when it still has the hash that
 * .kbctl-export remembers, or holds what would be written: so an export that
 * was cut short can be repeated.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/export_all.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbctl/client.h"
#include "kbctl/export_document.h"
#include "kbctl/files.h"
#include "kbctl/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_NAME ".kbctl-export"

struct item {
	const char *name;	/* of the document */
	const char *path;	/* below the folder: NAME.md */
	uint64_t written;	/* hash that an earlier export wrote, or 0 */
	bool is_gone;		/* there was none as of then */
};

struct export {
	struct client *client;	/* borrowed */
	struct arena arena;
	int dir;		/* the folder, open */
	const char *as_of;	/* a revision once it is known */
	struct item *items;
	size_t n;
	size_t strangers;	/* files that are not ours, already reported */
};

static bool
is_safe_part(struct slice part)
{
	return part.len != 0 && !slice_is(part, ".") && !slice_is(part, "..");
}

/* A name that stays in the folder, as a path. */
static bool
path_of(struct export *x, const char *name, const char **path, struct err *e)
{
	struct slice rest = slice_of(name), part;
	bool ok = strcmp(name, LIST_NAME) != 0;

	while (ok && str_split(&rest, '/', &part))
		ok = is_safe_part(part);
	*path = arena_printf(&x->arena, "%s.md", name).ptr;
	return ok || err_set(e, ERR_REFUSED, "document \"%s\" cannot be a file "
	    "below the folder", name);
}

static const char list_sql[] =
    "SELECT name FROM documents WHERE NOT archived ORDER BY name";
static const char list_all_sql[] = "SELECT name FROM documents ORDER BY name";

static bool
list_documents(struct export *x, struct err *e)
{
	struct result *r;
	bool ok = true;
	size_t i;

	if (!client_query(x->client, x->as_of != NULL ? list_all_sql :
	    list_sql, NULL, 0, &r, e))
		return false;
	x->n = result_rows(r);
	x->items = arena_calloc(&x->arena, x->n + 1, sizeof(*x->items));
	for (i = 0; ok && i < x->n; i++) {
		x->items[i].name = arena_cstr(&x->arena, result_text(r, i, 0));
		ok = path_of(x, x->items[i].name, &x->items[i].path, e);
	}
	result_free(r);
	return ok;
}

/* Everything is exported as of the revision that is newest now. */
static bool
fix_revision(struct export *x, struct err *e)
{
	struct result *r;

	if (x->as_of != NULL)
		return true;
	if (!client_query(x->client, "SELECT max(revision) FROM revisions",
	    NULL, 0, &r, e))
		return false;
	x->as_of = arena_cstr(&x->arena, result_text(r, 0, 0));
	result_free(r);
	return true;
}

static bool
fetch(struct export *x, struct item *item, struct result **r, struct err *e)
{
	if (!export_document(x->client, item->name, x->as_of, r, e)) {
		item->is_gone = exit_of(e) == EXIT_NOTHING;
		return false;
	}
	/* a date means for all documents what it meant for the first one */
	x->as_of = arena_cstr(&x->arena, result_text(*r, 0, EXPORT_REVISION));
	return true;
}

/* The folder of a path below the export, made if asked for; -1 and errno. */
static int
open_parent(struct export *x, const char *path, bool make, const char **leaf)
{
	int at = dup(x->dir), next;
	const char *slash;

	for (; at >= 0 && (slash = strchr(path, '/')) != NULL;
	    path = slash + 1) {
		char *part = strndup(path, (size_t)(slash - path));

		if (make)
			(void)mkdirat(at, part, 0777);
		next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
		free(part);
		close(at);
		at = next;
	}
	*leaf = path;
	return at;
}

/* What stands there now; *exists says whether anything does. */
static bool
read_old(struct export *x, const char *path, struct buf *out, bool *exists,
    struct err *e)
{
	const char *leaf;
	int parent = open_parent(x, path, false, &leaf), fd = -1;
	char chunk[65536];
	ssize_t n;

	if (parent >= 0)
		fd = openat(parent, leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
		    O_NONBLOCK);
	*exists = fd >= 0 || errno != ENOENT;
	if (fd < 0 && *exists)
		err_errno(e, "could not open \"%s\"", path);
	if (parent >= 0)
		close(parent);
	if (fd < 0)
		return !*exists;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_put(out, chunk, (size_t)n);
	close(fd);
	return n == 0 || err_errno(e, "could not read \"%s\"", path);
}

/* Not ours, unless it holds what we would write. */
static bool
check_stranger(struct export *x, struct item *item, struct slice old,
    struct err *e)
{
	struct err why = ERR_INIT;
	struct result *r;
	bool same;

	if (!fetch(x, item, &r, &why)) {
		if (!item->is_gone)
			*e = why;
		return item->is_gone;
	}
	same = slice_eq(result_text(r, 0, EXPORT_MARKDOWN), old);
	result_free(r);
	if (!same) {
		report_error("\"%s\" is there already, and is not what an "
		    "export wrote", item->path);
		x->strangers++;
	}
	return true;
}

static bool
check_item(struct export *x, struct item *item, struct err *e)
{
	struct buf old = BUF_INIT;
	bool exists, ok;

	ok = read_old(x, item->path, &old, &exists, e);
	if (ok && exists && (item->written == 0 ||
	    str_hash(buf_slice(&old)) != item->written))
		ok = check_stranger(x, item, buf_slice(&old), e);
	buf_free(&old);
	return ok;
}

/* Read .kbctl-export: "hash path" lines. */
static bool
read_list(struct export *x, struct err *e)
{
	struct buf text = BUF_INIT;
	struct slice rest, line, hash;
	size_t i = 0;
	bool exists;

	if (!read_old(x, LIST_NAME, &text, &exists, e))
		return false;
	rest = buf_slice(&text);
	while (str_line(&rest, &line, NULL) && str_split(&line, ' ', &hash)) {
		/* both are sorted by name, but documents come and go */
		for (i = 0; i < x->n; i++) {
			if (!slice_is(line, x->items[i].path))
				continue;
			x->items[i].written = strtoull(arena_cstr(&x->arena,
			    hash), NULL, 16);
			break;
		}
	}
	buf_free(&text);
	return true;
}

/* Replace a file in one step. */
static bool
write_file(struct export *x, const char *path, struct slice text,
    struct err *e)
{
	const char *leaf, *temporary = "";
	int parent = open_parent(x, path, true, &leaf), fd = -1;
	bool ok = false;

	if (parent >= 0) {
		temporary = arena_printf(&x->arena, LIST_NAME ".%ld",
		    (long)getpid()).ptr;
		fd = openat(parent, temporary, O_WRONLY | O_CREAT | O_EXCL |
		    O_NOFOLLOW | O_CLOEXEC, 0666);
	}
	if (fd >= 0) {
		ok = true;
		while (ok && text.len != 0) {
			ssize_t n = write(fd, text.ptr, text.len);

			ok = n >= 0;
			text = slice_sub(text, ok ? (size_t)n : 0, text.len);
		}
		ok = close(fd) == 0 && ok;
		ok = ok && renameat(parent, temporary, parent, leaf) == 0;
	}
	if (!ok)
		err_errno(e, "could not write \"%s\"", path);
	if (!ok && fd >= 0)
		(void)unlinkat(parent, temporary, 0);
	if (parent >= 0)
		close(parent);
	return ok;
}

static void
put_line(struct buf *list, const struct item *item)
{
	if (item->written != 0)
		buf_printf(list, "%016llx %s\n",
		    (unsigned long long)item->written, item->path);
}

/* Write all, then the list of what was written. */
static bool
write_all(struct export *x, struct err *e)
{
	struct buf list = BUF_INIT;
	struct result *r;
	bool ok = true;
	size_t i, k, written = 0;

	for (i = 0; ok && i < x->n; i++) {
		struct item *item = &x->items[i];
		struct err why = ERR_INIT;

		if (!fetch(x, item, &r, &why)) {
			ok = item->is_gone;
			*e = ok ? *e : why;
			continue;
		}
		item->written = str_hash(result_text(r, 0, EXPORT_MARKDOWN));
		ok = write_file(x, item->path,
		    result_text(r, 0, EXPORT_MARKDOWN), e);
		result_free(r);
		written++;
	}
	for (k = 0; k < x->n; k++)
		put_line(&list, &x->items[k]);
	if (i != 0 && !write_file(x, LIST_NAME, buf_slice(&list), e))
		ok = false;
	buf_free(&list);
	if (ok)
		report_note("%zu documents as of revision %s", written,
		    x->as_of);
	return ok;
}

static bool
run(struct export *x, const char *dir, struct err *e)
{
	bool ok;
	size_t i;

	(void)mkdir(dir, 0777);
	x->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->dir < 0)
		return err_errno(e, "could not open the folder \"%s\"", dir);
	ok = list_documents(x, e) && fix_revision(x, e) && read_list(x, e);
	for (i = 0; ok && i < x->n; i++)
		ok = check_item(x, &x->items[i], e);
	if (ok && x->strangers != 0) {
		err_set(e, ERR_REFUSED, "nothing was written");
		ok = err_hint(e, "Move these files away, or export into an "
		    "empty folder.");
	}
	return ok && write_all(x, e);
}

enum exit_code
export_all(struct client *c, const char *dir, const char *as_of)
{
	struct export x = { .client = c, .arena = ARENA_INIT, .dir = -1,
		.as_of = as_of };
	struct err e = ERR_INIT;
	enum exit_code code = EXIT_DONE;

	if (!run(&x, dir, &e))
		code = report_err(&e);
	if (x.dir >= 0)
		close(x.dir);
	arena_free(&x.arena);
	return code;
}
