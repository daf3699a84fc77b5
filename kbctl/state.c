/*
 * state.c - what kbctl remembers; see state.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/state.h"
#include "common/buf.h"
#include "kbctl/environ.h"
#include "kbctl/files.h"
#include "kbctl/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATE_MAX (1024 * 1024)
#define DRAFTS_MAX 1000		/* of one stem */

/* "$XDG_STATE_HOME/kbctl/NAME"; NULL without a home. */
static char *
state_path(const char *name)
{
	char *dir = environ_xdg("XDG_STATE_HOME", ".local/state"), *path;

	if (dir == NULL)
		return NULL;
	if (asprintf(&path, "%s/kbctl/%s", dir, name) < 0)
		path = NULL;
	free(dir);
	return path;
}

void
state_save(const char *name, struct slice text)
{
	char *path = state_path(name);

	if (path != NULL)
		(void)!save_private(path, text, NULL);
	free(path);
}

bool
state_load(const char *name, struct buf *out)
{
	char *path = state_path(name);
	struct err e = ERR_INIT;
	bool ok = path != NULL && access(path, F_OK) == 0;

	buf_init(out, STATE_MAX);
	ok = ok && files_read(path, out, &e);
	free(path);
	return ok;
}

void
state_forget(const char *name)
{
	char *path = state_path(name);

	if (path != NULL)
		(void)unlink(path);
	free(path);
}

/* "DIR/STEM.md" or "DIR/STEM-2.md"; NULL when memory is out. */
static char *
draft_path(const char *stem, unsigned n)
{
	char number[16] = "", *name, *path;
	const char *tmp = environ_get("TMPDIR");

	if (n > 1)
		snprintf(number, sizeof(number), "-%u", n);
	if (asprintf(&name, "drafts/%s%s.md", stem, number) < 0)
		return NULL;
	path = state_path(name);
	if (path == NULL && asprintf(&path, "%s/kbctl-%s%s.md", tmp != NULL ?
	    tmp : "/tmp", stem, number) < 0)
		path = NULL;
	free(name);
	return path;
}

bool
state_draft(const char *stem, struct slice text, char **path, struct err *e)
{
	unsigned n;

	for (n = 1; n <= DRAFTS_MAX; n++) {
		*path = draft_path(stem, n);
		if (*path == NULL)
			return err_set(e, ERR_SYSTEM, "out of memory");
		(void)save_folders(*path);
		if (save_bytes(*path, O_EXCL, text))
			return true;
		if (errno != EEXIST)
			break;
		free(*path);
	}
	if (n > DRAFTS_MAX)
		return err_set(e, ERR_SYSTEM, "there are %d drafts of \"%s\"",
		    DRAFTS_MAX, stem);
	err_set(e, ERR_SYSTEM, "could not write \"%s\": %s", *path,
	    strerror(errno));
	free(*path);
	*path = NULL;
	return false;
}

bool
state_redraft(const char *path, struct slice text, struct err *e)
{
	if (save_bytes(path, O_TRUNC, text))
		return true;
	return err_set(e, ERR_SYSTEM, "could not write \"%s\": %s", path,
	    strerror(errno));
}
