/*
 * backup.c - one moment of a data directory; see backup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/backup.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/jsonw.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/sha256.h"
#include "kb/store_copy.h"
#include "kbd/datadir.h"
#include "kbd/roles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_FILE_MAX (4u * 1024 * 1024)	/* settings, rules, keys */
#define FILES_MAX 8

struct file {
	const char *name;
	int fd;			/* owned; -1: it is in text */
	struct buf text;	/* owned */
	int64_t size;
	char sha256[SHA256_TEXT_SIZE];
};

struct backup {
	struct file files[FILES_MAX];
	unsigned nfiles;
	int64_t revision;
	char started[CLOCK_TEXT_SIZE];
	struct buf manifest;	/* owned */
};

/* Where backup_new() is. */
struct job {
	struct backup *b;
	const char *dir;
	const struct store_copy_watch *watch;
};

static struct file *
add_file(struct backup *b, const char *name)
{
	struct file *f = &b->files[b->nfiles++];

	f->name = name;
	f->fd = -1;
	buf_init(&f->text, SMALL_FILE_MAX);
	return f;
}

/* ---- small files ---- */

static bool
read_all(int fd, struct buf *b)
{
	ssize_t n;
	char *to;

	do {
		to = buf_reserve(b, 4096);
		if (to == NULL)
			return false;
		n = read(fd, to, 4096);
		b->len -= n > 0 ? 4096 - (size_t)n : 4096;
	} while (n > 0);
	return n == 0;
}

/* A file that need not be there. */
static bool
take_small(struct job *j, const char *name, struct err *e)
{
	char path[DATADIR_PATH];
	struct stat st;
	struct file *f;
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", j->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ||
		    err_errno(e, "could not open \"%s\"", path);
	f = add_file(j->b, name);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		ok = err_set(e, ERR_SYSTEM, "\"%s\" is no file", path);
	else
		ok = read_all(fd, &f->text) ||
		    err_set(e, ERR_SYSTEM, "could not read \"%s\"", path);
	close(fd);
	f->size = (int64_t)f->text.len;
	sha256_text(buf_slice(&f->text), f->sha256);
	return ok;
}

/* ---- databases ---- */

/* A name in <dir>/tmp that no other thread uses. */
static bool
temporary_path(const char *dir, char out[DATADIR_PATH], struct err *e)
{
	static _Atomic unsigned number;

	snprintf(out, DATADIR_PATH, "%s/tmp", dir);
	if (mkdir(out, 0700) != 0 && errno != EEXIST)
		return err_errno(e, "could not make directory \"%s\"", out);
	snprintf(out, DATADIR_PATH, "%s/tmp/backup-%u", dir,
	    atomic_fetch_add(&number, 1));
	return true;
}

static bool
describe(struct file *f, const struct store_copy_watch *watch, struct err *e)
{
	struct sha256 *h = sha256_new();
	char *piece = mem_alloc(BACKUP_PIECE);
	bool goes_on = true;
	ssize_t n;

	do {
		n = pread(f->fd, piece, BACKUP_PIECE, f->size);
		sha256_add(h, slice_make(piece, n > 0 ? (size_t)n : 0));
		f->size += n > 0 ? n : 0;
		goes_on = watch == NULL || watch->go_on(watch->arg, e);
	} while (n > 0 && goes_on);
	free(piece);
	sha256_finish(h, f->sha256);
	if (!goes_on)
		return false;
	return n == 0 || err_errno(e, "could not read a copy");
}

/* Open the copy and take its name away. */
static bool
adopt(struct job *j, const char *path, const char *name, struct err *e)
{
	struct file *f = add_file(j->b, name);

	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (f->fd < 0)
		return err_errno(e, "could not open \"%s\"", path);
	return describe(f, j->watch, e);
}

static bool
take_base(struct job *j, struct err *e)
{
	char from[DATADIR_PATH], to[DATADIR_PATH];
	bool ok;

	snprintf(from, sizeof(from), "%s/kb.db", j->dir);
	if (!temporary_path(j->dir, to, e))
		return false;
	ok = store_copy_base(from, to, j->watch, &j->b->revision, e) &&
	    adopt(j, to, "kb.db", e);
	(void)unlink(to);
	return ok;
}

static bool
take_roles(struct job *j, struct roles *roles, struct err *e)
{
	char to[DATADIR_PATH];
	bool ok;

	if (!temporary_path(j->dir, to, e))
		return false;
	ok = store_copy(authdb_handle(roles_lock(roles)), to, NULL, e);
	roles_unlock(roles);
	ok = ok && adopt(j, to, "auth.db", e);
	(void)unlink(to);
	return ok;
}

/* ---- the manifest ---- */

/*
 * JSON, a file a line. The last line has the SHA-256 of all bytes before it,
 * so that damage of the manifest itself is seen.
 */
static void
write_manifest(struct backup *b)
{
	struct buf *m = &b->manifest;
	char sha256[SHA256_TEXT_SIZE];
	struct jsonw j;
	unsigned i;

	buf_printf(m, "{ \"schema\": \"kb.backup/1\",\n"
	    "  \"program\": \"kbd " PACKAGE_VERSION "\",\n"
	    "  \"started\": \"%s\",\n"
	    "  \"revision\": %lld,\n"
	    "  \"files\": [\n", b->started, (long long)b->revision);
	for (i = 0; i < b->nfiles; i++) {
		jsonw_init(&j, m);
		jsonw_object(&j);
		jsonw_member_string(&j, "name", slice_of(b->files[i].name));
		jsonw_member_int(&j, "size", b->files[i].size);
		jsonw_member_string(&j, "sha256",
		    slice_of(b->files[i].sha256));
		jsonw_object_end(&j);
		buf_puts(m, i + 1 < b->nfiles ? ",\n" : "\n");
	}
	buf_puts(m, "  ],\n");
	sha256_text(buf_slice(m), sha256);
	buf_printf(m, "  \"manifest_sha256\": \"%s\" }\n", sha256);
}

/* ---- life ---- */

bool
backup_new(const char *dir, struct roles *roles,
    const struct store_copy_watch *watch, struct backup **out, struct err *e)
{
	static const char *const small[] = { "kbd.conf", "kbd_hba.conf",
		"kbd_ident.conf", "glossary.tsv", "tls/server.crt",
		"tls/server.key" };
	struct backup *b = mem_zalloc(sizeof(*b));
	struct job j = { b, dir, watch };
	bool ok;
	size_t i;

	_Static_assert(ARRAY_LEN(small) + 2 <= FILES_MAX, "FILES_MAX");
	clock_now(b->started);
	ok = take_base(&j, e) && take_roles(&j, roles, e);
	for (i = 0; ok && i < ARRAY_LEN(small); i++)
		ok = take_small(&j, small[i], e);
	if (!ok) {
		backup_free(b);
		return false;
	}
	write_manifest(b);
	*out = b;
	return true;
}

void
backup_free(struct backup *b)
{
	unsigned i;

	if (b == NULL)
		return;
	for (i = 0; i < b->nfiles; i++) {
		if (b->files[i].fd >= 0)
			close(b->files[i].fd);
		if (b->files[i].text.data != NULL)	/* a private key */
			explicit_bzero(b->files[i].text.data,
			    b->files[i].text.cap);
		buf_free(&b->files[i].text);
	}
	buf_free(&b->manifest);
	free(b);
}

int64_t
backup_revision(const struct backup *b)
{
	return b->revision;
}

unsigned
backup_files(const struct backup *b)
{
	return b->nfiles;
}

int64_t
backup_bytes(const struct backup *b)
{
	int64_t sum = 0;
	unsigned i;

	for (i = 0; i < b->nfiles; i++)
		sum += b->files[i].size;
	return sum;
}

/* ---- reading ---- */

static const struct file *
find_file(const struct backup *b, struct slice name)
{
	unsigned i;

	for (i = 0; i < b->nfiles; i++)
		if (slice_is(name, b->files[i].name))
			return &b->files[i];
	return NULL;
}

static void
put_piece(struct buf *out, struct slice all, int64_t at)
{
	size_t from = (uint64_t)at < all.len ? (size_t)at : all.len;
	size_t n = all.len - from;

	buf_put_slice(out, slice_sub(all, from, from +
	    (n < BACKUP_PIECE ? n : BACKUP_PIECE)));
}

static bool
read_piece(const struct file *f, int64_t at, struct buf *out, struct err *e)
{
	int64_t left = f->size - at;
	size_t want = left <= 0 ? 0 : left < (int64_t)BACKUP_PIECE ?
	    (size_t)left : BACKUP_PIECE;
	char *to = buf_reserve(out, want);
	ssize_t n;

	if (to == NULL)
		return err_set(e, ERR_LIMIT, "the answer is too long");
	n = want != 0 ? pread(f->fd, to, want, at) : 0;
	if (n == (ssize_t)want)
		return true;
	out->len -= want;
	return err_set(e, ERR_STORAGE, "could not read the copy of \"%s\"",
	    f->name);
}

bool
backup_read(const struct backup *b, struct slice name, int64_t at,
    struct buf *out, struct err *e)
{
	const struct file *f = find_file(b, name);

	if (at < 0)
		return err_set(e, ERR_INVALID, "position must not be negative");
	if (f != NULL && f->fd >= 0)
		return read_piece(f, at, out, e);
	if (f != NULL)
		put_piece(out, buf_slice(&f->text), at);
	else if (slice_is(name, BACKUP_MANIFEST))
		put_piece(out, buf_slice(&b->manifest), at);
	else
		return err_set(e, ERR_NOT_FOUND,
		    "\"%.*s\" is no file of the backup", SLICE_ARG(name));
	return true;
}

void
backup_clean(const char *dir)
{
	char path[DATADIR_PATH];
	struct dirent *entry;
	DIR *d;

	snprintf(path, sizeof(path), "%s/tmp", dir);
	d = opendir(path);
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, "backup-", 7) == 0 &&
		    unlinkat(dirfd(d), entry->d_name, 0) == 0)
			log_info("removed %s/%s, which a backup left", path,
			    entry->d_name);
	if (d != NULL)
		closedir(d);
}
