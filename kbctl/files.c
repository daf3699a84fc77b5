/*
 * files.c - reading files, and the Markdown below a folder; see files.h.
 *
 * A folder may be anybody's: nothing outside of it is read through a link,
 * and nothing that is no regular file is opened.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/files.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders below folders; deeper is refused. */
#define DEPTH_MAX 64

static bool
read_fd(int fd, const char *path, struct buf *out, struct err *e)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "could not read \"%s\"", path);
		buf_put(out, chunk, (size_t)n);
		if (!buf_ok(out))
			return err_set(e, ERR_LIMIT,
			    "\"%s\" is longer than %zu bytes", path,
			    out->max_bytes);
	}
	return true;
}

bool
files_read(const char *path, struct buf *out, struct err *e)
{
	int fd;
	bool ok;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, "standard input", out, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, "could not open \"%s\"", path);
	ok = read_fd(fd, path, out, e);
	close(fd);
	return ok;
}

bool
files_read_plain(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool ok;

	if (fd < 0)
		return err_errno(e, "could not open \"%s\"", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		ok = err_set(e, ERR_INVALID, "\"%s\" is no regular file",
		    path);
	else
		ok = read_fd(fd, path, out, e);
	close(fd);
	return ok;
}

void
files_refuse(struct file_list *list, const char *path, const char *reason)
{
	list->refused = arena_grow(&list->arena, list->refused,
	    list->nrefused, &list->refused_cap, sizeof(*list->refused));
	list->refused[list->nrefused++] = (struct refusal){
		arena_cstr(&list->arena, slice_of(path)),
		arena_cstr(&list->arena, slice_of(reason)) };
}

/* The length of a Markdown file's name without its extension, or 0. */
static size_t
stem_length(struct slice name)
{
	static const struct slice extensions[] = {
		{ ".md", 3 }, { ".markdown", 9 } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(extensions); i++) {
		struct slice x = extensions[i];

		if (name.len > x.len &&
		    str_ieq(slice_sub(name, name.len - x.len, name.len), x))
			return name.len - x.len;
	}
	return 0;
}

static bool
name_is_clean(struct slice name)
{
	size_t i;

	if (utf8_check(name) != name.len)
		return false;
	for (i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f)
			return false;
	return true;
}

static void
add_file(struct file_list *list, const char *path, const char *source,
    bool is_plain)
{
	struct slice s = slice_of(source);
	size_t stem = stem_length(s);
	struct source_file *f;

	if (!name_is_clean(s)) {
		files_refuse(list, path, "its name is no UTF-8 text");
		return;
	}
	list->files = arena_grow(&list->arena, list->files, list->n,
	    &list->cap, sizeof(*list->files));
	f = &list->files[list->n++];
	f->path = arena_cstr(&list->arena, slice_of(path));
	f->source = arena_cstr(&list->arena, s);
	f->name = arena_cstr(&list->arena, slice_sub(s, 0,
	    stem != 0 ? stem : s.len));
	f->is_plain = is_plain;
	f->is_bad = false;
}

/* A walk through one folder that import was given. */
struct walk {
	struct file_list *list;
	const char *root;	/* as resolved, for what leads out of it */
	size_t skip;		/* bytes of a path that are the folder */
	unsigned depth;
};

/* Whether a link leads to something in the folder. */
static bool
is_inside(const struct walk *w, const char *path)
{
	char *full = realpath(path, NULL);
	size_t n = strlen(w->root);
	bool inside = full != NULL && strncmp(full, w->root, n) == 0 &&
	    (full[n] == '/' || strcmp(w->root, "/") == 0);

	free(full);
	return inside;
}

static void walk_folder(struct walk *w, const char *path);

static void
visit(struct walk *w, const char *path)
{
	bool is_markdown = stem_length(slice_of(path)) != 0;
	struct stat st;

	if (lstat(path, &st) != 0) {
		files_refuse(w->list, path, strerror(errno));
		return;
	}
	if (S_ISLNK(st.st_mode)) {
		if (is_markdown && !is_inside(w, path)) {
			files_refuse(w->list, path,
			    "it is a link that leads out of the folder");
			return;
		}
		if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
			return;		/* what it leads to is visited anyway */
	}
	if (S_ISDIR(st.st_mode))
		walk_folder(w, path);
	else if (is_markdown && S_ISREG(st.st_mode))
		add_file(w->list, path, path + w->skip, true);
	else if (is_markdown)
		files_refuse(w->list, path, "it is no regular file");
}

static int
no_dot_files(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* By bytes: the same order whatever the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
walk_folder(struct walk *w, const char *path)
{
	struct dirent **names;
	char *below;
	int n, i;

	if (w->depth == DEPTH_MAX) {
		files_refuse(w->list, path, "folders are nested too deep");
		return;
	}
	n = scandir(path, &names, no_dot_files, by_bytes);
	if (n < 0) {
		files_refuse(w->list, path, strerror(errno));
		return;
	}
	w->depth++;
	for (i = 0; i < n; i++) {
		if (asprintf(&below, "%s%s%s", path,
		    path[strlen(path) - 1] == '/' ? "" : "/",
		    names[i]->d_name) >= 0) {
			visit(w, below);
			free(below);
		}
		free(names[i]);
	}
	free(names);
	w->depth--;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void
files_collect(struct file_list *list, const char *path)
{
	size_t before = list->n + list->nrefused, len = strlen(path);
	struct walk w = { .list = list };
	struct stat st;
	char *root;

	if (stat(path, &st) != 0) {
		files_refuse(list, path, strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		add_file(list, path, base_name(path), false);
		return;
	}
	root = realpath(path, NULL);
	if (root == NULL) {
		files_refuse(list, path, strerror(errno));
		return;
	}
	w.root = root;
	w.skip = len + (path[len - 1] == '/' ? 0 : 1);
	walk_folder(&w, path);
	free(root);
	if (list->n + list->nrefused == before)
		files_refuse(list, path, "there is no *.md file below it");
}

static int
by_name(const void *a, const void *b)
{
	const struct source_file *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

void
files_refuse_twins(struct file_list *list)
{
	struct source_file **sorted;
	size_t i;

	if (list->n < 2)
		return;
	sorted = mem_calloc(list->n, sizeof(*sorted));
	for (i = 0; i < list->n; i++)
		sorted[i] = &list->files[i];
	qsort(sorted, list->n, sizeof(*sorted), by_name);
	for (i = 1; i < list->n; i++) {
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) != 0)
			continue;
		sorted[i - 1]->is_bad = sorted[i]->is_bad = true;
		files_refuse(list, sorted[i]->path, arena_printf(&list->arena,
		    "document \"%s\" would come from \"%s\" as well",
		    sorted[i]->name, sorted[i - 1]->path).ptr);
	}
	free(sorted);
}

void
files_free(struct file_list *list)
{
	arena_free(&list->arena);
}
