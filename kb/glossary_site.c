/*
 * glossary_site.c - the site's own glossary; see glossary_site.h.
 *
 * One belongs to one searcher and so to one thread; what a file says is shared
 * by all of this process, so that every thread keeps the last good one. A
 * stat() a search is all it costs while the file stays the same.
 *
 * Invariants:
 *   (1) A compiled glossary never changes; it goes when its last user does.
 *   (2) The list of files and the counts are touched under the lock only.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/glossary_site.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/glossary.h"

/* What a file said once. */
struct compiled {
	struct glossary *g;	/* owned */
	unsigned users;
};

/* A file that some searcher looks at. */
struct file {
	char *path;		/* owned */
	uint64_t state;		/* when it was read; 0: none */
	struct compiled *now;	/* the last good one, or NULL */
	unsigned users;
	struct file *next;
};

struct glossary_site {
	struct file *file;
	struct compiled *held;	/* what the last search used, or NULL */
};

static struct file *files;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- under the lock ---- */

static void
release(struct compiled *c)
{
	if (c == NULL || --c->users > 0)
		return;
	glossary_destroy(c->g);
	free(c);
}

static struct file *
open_file(char *path)
{
	struct file *f = files;

	while (f != NULL && strcmp(f->path, path) != 0)
		f = f->next;
	if (f == NULL) {
		f = mem_zalloc(sizeof(*f));
		f->path = path;
		f->next = files;
		files = f;
	} else {
		free(path);
	}
	f->users++;
	return f;
}

static void
close_file(struct file *f)
{
	struct file **link = &files;

	if (--f->users > 0)
		return;
	while (*link != f)
		link = &(*link)->next;
	*link = f->next;
	release(f->now);
	free(f->path);
	free(f);
}

/* ---- the file ---- */

/* What tells one content of the file from another; 0: no file. */
static uint64_t
state_of(const char *path)
{
	struct {
		dev_t dev;
		ino_t ino;
		off_t size;
		struct timespec changed;
	} key;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	memset(&key, 0, sizeof(key));
	key.dev = st.st_dev;
	key.ino = st.st_ino;
	key.size = st.st_size;
	key.changed = st.st_ctim;
	return str_hash(slice_make(&key, sizeof(key))) | 1;
}

/* At most one byte more than a glossary may have. */
static bool
read_bytes(int fd, struct buf *out)
{
	char piece[16384];
	ssize_t n;

	while (out->len <= GLOSSARY_MAX_BYTES) {
		n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_put(out, piece, (size_t)n);
	}
	return true;
}

static struct glossary *
read_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct glossary *g = NULL;
	struct buf b = BUF_INIT;

	if (fd < 0 || !read_bytes(fd, &b))
		err_errno(e, "could not read \"%s\"", path);
	else
		g = glossary_read(GLOSSARY_SITE_FILE, buf_slice(&b), e);
	if (fd >= 0)
		close(fd);
	buf_free(&b);
	return g;
}

/* Under the lock: what the file says in this state, if that is any good. */
static void
read_again(struct file *f, uint64_t state)
{
	struct err e = ERR_INIT;
	struct glossary *g = NULL;

	f->state = state;
	if (state != 0 && (g = read_file(f->path, &e)) == NULL) {
		err_hint(&e, "the glossary stays as it was");
		log_err(LOG_LEVEL_ERROR, &e);
		return;
	}
	release(f->now);
	f->now = NULL;
	if (g == NULL)
		return;
	f->now = mem_zalloc(sizeof(*f->now));
	f->now->g = g;
	f->now->users = 1;
}

struct glossary_site *
glossary_site_new(const char *database)
{
	struct glossary_site *s;
	const char *slash;
	char *path;
	size_t n;

	if (database == NULL || database[0] == '\0')
		return NULL;
	slash = strrchr(database, '/');
	n = slash != NULL ? (size_t)(slash - database) + 1 : 0;
	path = mem_alloc(n + sizeof(GLOSSARY_SITE_FILE));
	memcpy(path, database, n);
	memcpy(path + n, GLOSSARY_SITE_FILE, sizeof(GLOSSARY_SITE_FILE));
	s = mem_zalloc(sizeof(*s));
	pthread_mutex_lock(&lock);
	s->file = open_file(path);
	pthread_mutex_unlock(&lock);
	return s;
}

void
glossary_site_destroy(struct glossary_site *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&lock);
	release(s->held);
	close_file(s->file);
	pthread_mutex_unlock(&lock);
	free(s);
}

const struct glossary *
glossary_site_get(struct glossary_site *s)
{
	uint64_t state;

	if (s == NULL)
		return NULL;
	state = state_of(s->file->path);
	pthread_mutex_lock(&lock);
	if (state != s->file->state)
		read_again(s->file, state);
	if (s->held != s->file->now) {
		release(s->held);
		s->held = s->file->now;
		if (s->held != NULL)
			s->held->users++;
	}
	pthread_mutex_unlock(&lock);
	return s->held != NULL ? s->held->g : NULL;
}

bool
glossary_site_check(const char *path, struct err *e)
{
	struct glossary *g;

	if (state_of(path) == 0)
		return true;
	g = read_file(path, e);
	glossary_destroy(g);
	return g != NULL;
}
