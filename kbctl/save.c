/*
 * save.c - writing files that are the person's alone; see save.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/save.h"
#include "common/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool
save_folders(const char *path)
{
	char *copy = mem_strdup(path), *p = copy;
	bool ok = true;

	while (ok && *++p != '\0') {
		if (*p != '/')
			continue;
		*p = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
		*p = '/';
	}
	free(copy);
	return ok;
}

static bool
write_all(int fd, struct slice s)
{
	while (s.len != 0) {
		ssize_t n = write(fd, s.ptr, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = slice_sub(s, (size_t)n, s.len);
	}
	return true;
}

bool
save_bytes(const char *path, int flags, struct slice text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
	    flags, 0600);
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, text);
	return close(fd) == 0 && ok;
}

bool
save_private(const char *path, struct slice text, struct err *e)
{
	char *aside;
	bool ok;

	if (asprintf(&aside, "%s.%ld", path, (long)getpid()) < 0)
		return err_set(e, ERR_SYSTEM, "out of memory");
	ok = save_folders(path) && save_bytes(aside, O_TRUNC, text) &&
	    rename(aside, path) == 0;
	if (!ok) {
		err_errno(e, "could not write \"%s\"", path);
		(void)unlink(aside);
	}
	free(aside);
	return ok;
}
