/*
 * backup_dir.c - a new directory that is filled; see backup_dir.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/backup_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY_ELSE ((uid_t)-1)

/* ---- the directory ---- */

static bool
check_empty(const struct backup_dir *d, struct err *e)
{
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool empty = true;

	if (dir == NULL) {
		err_errno(e, "could not read \"%s\"", d->path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	if (empty)
		return true;
	err_set(e, ERR_EXISTS, "directory \"%s\" is not empty", d->path);
	return err_hint(e, "Nothing that is there is ever changed: name "
	    "another, or empty it.");
}

bool
backup_dir_open(const char *path, mode_t mode, struct backup_dir *out,
    struct err *e)
{
	*out = (struct backup_dir){ .path = path, .fd = -1,
		.uid = NOBODY_ELSE };
	out->is_new = mkdir(path, mode) == 0;
	if (!out->is_new && errno != EEXIST)
		return err_errno(e, "could not make directory \"%s\"", path);
	out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->fd < 0)
		return err_errno(e, "could not open directory \"%s\"", path);
	if (!check_empty(out, e)) {
		backup_dir_close(out);
		return false;
	}
	if (out->is_new && fchmod(out->fd, mode) != 0)	/* whatever umask */
		return err_errno(e, "could not change \"%s\"", path);
	return true;
}

static bool
own(const struct backup_dir *d, int fd, const char *name, struct err *e)
{
	return d->uid == NOBODY_ELSE || fchown(fd, d->uid, d->gid) == 0 ||
	    err_errno(e, "could not give \"%s\" to its owner", name);
}

bool
backup_dir_give(struct backup_dir *d, uid_t uid, gid_t gid, struct err *e)
{
	d->uid = uid;
	d->gid = gid;
	return own(d, d->fd, d->path, e);
}

void
backup_dir_close(struct backup_dir *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static bool
remember(struct backup_dir *d, const char *name, bool is_dir, struct err *e)
{
	if (d->nmade == BACKUP_DIR_ENTRIES)
		return err_set(e, ERR_LIMIT, "too many files");
	d->made[d->nmade] = name;
	d->is_dir[d->nmade++] = is_dir;
	return true;
}

bool
backup_dir_folder(struct backup_dir *d, const char *name, mode_t mode,
    struct err *e)
{
	int fd;
	bool ok;

	if (mkdirat(d->fd, name, 0700) != 0)
		return err_errno(e, "could not make directory \"%s/%s\"",
		    d->path, name);
	if (!remember(d, name, true, e))
		return false;
	fd = openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, "could not open \"%s/%s\"", d->path,
		    name);
	ok = own(d, fd, name, e) && (fchmod(fd, mode) == 0 ||
	    err_errno(e, "could not change \"%s/%s\"", d->path, name));
	close(fd);
	return ok;
}

void
backup_dir_undo(struct backup_dir *d)
{
	while (d->nmade > 0) {
		d->nmade--;
		(void)unlinkat(d->fd, d->made[d->nmade],
		    d->is_dir[d->nmade] ? AT_REMOVEDIR : 0);
	}
	if (d->is_new)
		(void)rmdir(d->path);
}

bool
backup_dir_sync(struct backup_dir *d, struct err *e)
{
	return fsync(d->fd) == 0 ||
	    err_errno(e, "could not flush \"%s\"", d->path);
}

/* ---- a file ---- */

/* The folder of the only files that have one. */
static bool
make_parent(struct backup_dir *d, const char *name, struct err *e)
{
	static const char folder[] = "tls";
	unsigned i;

	if (strncmp(name, "tls/", 4) != 0)
		return true;
	for (i = 0; i < d->nmade; i++)
		if (strcmp(d->made[i], folder) == 0)
			return true;
	return backup_dir_folder(d, folder, 0700, e);
}

bool
backup_writer_open(struct backup_dir *d, const char *name,
    struct backup_writer *out, struct err *e)
{
	*out = (struct backup_writer){ .name = name, .fd = -1 };
	if (!make_parent(d, name, e))
		return false;
	out->fd = openat(d->fd, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out->fd < 0)
		return err_errno(e, "could not make \"%s/%s\"", d->path,
		    name);
	if (!remember(d, name, false, e) || !own(d, out->fd, name, e)) {
		close(out->fd);
		return false;
	}
	out->sha256 = sha256_new();
	return true;
}

bool
backup_writer_add(struct backup_writer *w, struct slice bytes, struct err *e)
{
	size_t at = 0;
	ssize_t n;

	while (at < bytes.len) {
		n = write(w->fd, bytes.ptr + at, bytes.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, "could not write \"%s\"", w->name);
		at += (size_t)n;
	}
	sha256_add(w->sha256, bytes);
	w->size += (int64_t)bytes.len;
	return true;
}

bool
backup_writer_close(struct backup_writer *w, char sha256[SHA256_TEXT_SIZE],
    struct err *e)
{
	bool ok = fsync(w->fd) == 0;

	if (!ok)
		err_errno(e, "could not flush \"%s\"", w->name);
	if (close(w->fd) != 0 && ok)
		ok = err_errno(e, "could not write \"%s\"", w->name);
	w->fd = -1;
	sha256_finish(w->sha256, sha256);
	return ok;
}
