/*
 * answers.c - the last answer list; see answers.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/answers.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbctl/environ.h"
#include "kbctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Make a folder and those above it; false when that fails. */
static bool
make_folders(const char *path)
{
	char *copy = strdup(path), *p;
	bool ok = copy != NULL;

	for (p = copy; ok && *++p != '\0';) {
		if (*p != '/')
			continue;
		*p = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
		*p = '/';
	}
	free(copy);
	return ok;
}

/* "$XDG_STATE_HOME/kbctl/answers" plus a suffix; NULL without a home. */
static char *
file_path(const char *suffix)
{
	char *dir = environ_xdg("XDG_STATE_HOME", ".local/state"), *path;

	if (dir == NULL)
		return NULL;
	if (asprintf(&path, "%s/kbctl/answers%s", dir, suffix) < 0)
		path = NULL;
	free(dir);
	return path;
}

static bool
write_file(const char *path, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text.ptr, text.len) == (ssize_t)text.len;
	close(fd);
	return ok;
}

void
answers_save(const char *target, const int64_t *entries, size_t n)
{
	char suffix[32], *path = file_path(""), *temporary;
	struct buf b = BUF_INIT;
	size_t i;

	snprintf(suffix, sizeof(suffix), ".%ld", (long)getpid());
	temporary = file_path(suffix);
	buf_printf(&b, "%s\n", target);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%lld\n", (long long)entries[i]);
	if (path != NULL && temporary != NULL && make_folders(path)) {
		if (!write_file(temporary, buf_slice(&b)) ||
		    rename(temporary, path) != 0)
			(void)unlink(temporary);
	}
	buf_free(&b);
	free(temporary);
	free(path);
}

static bool
find_line(struct slice text, const char *target, int64_t number,
    int64_t *entry, struct err *e)
{
	struct slice line;
	int64_t n = 0;

	if (!str_line(&text, &line, NULL))
		return err_set(e, ERR_INVALID, "there is no last answer list");
	if (!slice_is(line, target))
		return err_set(e, ERR_INVALID, "the last answers came from "
		    "another server: \"%.*s\"", SLICE_ARG(line));
	while (str_line(&text, &line, NULL))
		if (++n == number)
			return str_int(line, 1, INT64_MAX, entry);
	return err_set(e, ERR_INVALID, "the last answer list has %lld answers, "
	    "no :%lld", (long long)n, (long long)number);
}

bool
answers_find(const char *target, int64_t number, int64_t *entry,
    struct err *e)
{
	char *path = file_path("");
	struct buf text = BUF_INIT;
	bool ok;

	buf_init(&text, 1024 * 1024);
	if (path == NULL || access(path, F_OK) != 0)
		ok = err_set(e, ERR_INVALID, "there is no last answer list");
	else
		ok = files_read(path, &text, e) && find_line(buf_slice(&text),
		    target, number, entry, e);
	if (!ok)
		err_hint(e, "Search first: kbctl WORDS");
	buf_free(&text);
	free(path);
	return ok;
}
