/*
 * cmd_restore_backup.c - kbctl -D NEW restore-backup DIR: a data directory
 * from a backup.
 *
 * Every byte is checked against the manifest while it is copied, then the
 * copied databases are read whole. kbd.conf comes last, since it is what makes
 * a directory one that kbd serves.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/mem.h"
#include "kbctl/backup_dir.h"
#include "kbctl/backup_manifest.h"
#include "kbctl/command.h"
#include "kbctl/files.h"
#include "kbctl/report.h"
#include "kbctl/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (256u * 1024)
#define SERVICE_USER "kbd"

struct restore {
	const char *from;
	struct backup_manifest manifest;
	struct backup_dir dir;
};

static bool
read_manifest(struct restore *r, struct err *e)
{
	struct buf path = BUF_INIT, text;
	bool ok;

	buf_init(&text, BACKUP_MANIFEST_MAX);
	buf_printf(&path, "%s/" BACKUP_MANIFEST, r->from);
	ok = files_read_plain(buf_cstr(&path), &text, e);
	if (!ok)
		err_hint(e, "A directory without it is no backup, or one that "
		    "was cut short.");
	ok = ok && backup_manifest_parse(buf_slice(&text), &r->manifest, e);
	buf_free(&text);
	buf_free(&path);
	return ok;
}

/* ---- copying ---- */

static bool
open_source(const struct restore *r, const char *name, int *fd,
    struct err *e)
{
	struct buf path = BUF_INIT;
	struct stat st;
	bool ok;

	buf_printf(&path, "%s/%s", r->from, name);
	*fd = open(buf_cstr(&path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (*fd < 0) {
		ok = errno == ENOENT ? err_set(e, ERR_STORAGE,
		    "the backup is not whole: \"%s\" is missing", name) :
		    err_errno(e, "could not open \"%s\"", buf_cstr(&path));
	} else {
		ok = (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) ||
		    err_set(e, ERR_INVALID, "\"%s\" is no file",
		    buf_cstr(&path));
		if (!ok)
			close(*fd);
	}
	buf_free(&path);
	return ok;
}

/* At most a piece more than it should be: enough to see that it is wrong. */
static bool
copy_bytes(int fd, const struct backup_file *f, struct backup_writer *w,
    struct err *e)
{
	char *piece = mem_alloc(PIECE);
	ssize_t n;
	bool ok = true;

	do {
		n = read(fd, piece, PIECE);
		if (n > 0)
			ok = backup_writer_add(w, slice_make(piece,
			    (size_t)n), e);
	} while (ok && n > 0 && w->size <= f->size);
	free(piece);
	return ok && (n >= 0 || err_errno(e, "could not read \"%s\"",
	    f->name));
}

static bool
copy_file(struct restore *r, const struct backup_file *f, struct err *e)
{
	char sha256[SHA256_TEXT_SIZE];
	struct backup_writer w;
	struct err late = ERR_INIT;
	bool ok;
	int fd;

	if (!open_source(r, f->name, &fd, e))
		return false;
	ok = backup_writer_open(&r->dir, f->name, &w, e);
	if (ok) {
		ok = copy_bytes(fd, f, &w, e);
		ok = backup_writer_close(&w, sha256, ok ? e : &late) && ok;
	}
	close(fd);
	return ok && backup_file_check(f, w.size, sha256, e);
}

static bool
is_conf(const struct backup_file *f)
{
	return strcmp(f->name, "kbd.conf") == 0;
}

static bool
copy_all(struct restore *r, bool conf, struct err *e)
{
	unsigned i;

	for (i = 0; i < r->manifest.nfiles; i++)
		if (is_conf(&r->manifest.files[i]) == conf &&
		    !copy_file(r, &r->manifest.files[i], e))
			return false;
	return true;
}

/* ---- the directory ---- */

/*
 * kbd never serves as root, so root makes it for somebody: for the owner of
 * the empty directory that is there, else for the service's user.
 */
static bool
find_owner(struct restore *r, struct err *e)
{
	const struct passwd *pw;
	struct stat st;

	if (geteuid() != 0)
		return true;
	if (fstat(r->dir.fd, &st) != 0)
		return err_errno(e, "could not look at \"%s\"", r->dir.path);
	if (!r->dir.is_new && st.st_uid != 0)
		return backup_dir_give(&r->dir, st.st_uid, st.st_gid, e);
	pw = getpwnam(SERVICE_USER);
	if (pw != NULL && pw->pw_uid != 0)
		return backup_dir_give(&r->dir, pw->pw_uid, pw->pw_gid, e);
	err_set(e, ERR_INVALID, "as root, say whom the data directory shall "
	    "belong to");
	return err_hint(e, "Make it first, empty and owned by the user that "
	    "runs kbd: install -d -o USER \"%s\".", r->dir.path);
}

static bool
restore(struct restore *r, struct err *e)
{
	return find_owner(r, e) &&
	    backup_dir_folder(&r->dir, "run", 0755, e) &&
	    backup_dir_folder(&r->dir, "log", 0700, e) &&
	    copy_all(r, false, e) &&
	    backup_verify(r->dir.path, &r->manifest, e) &&
	    copy_all(r, true, e) && backup_dir_sync(&r->dir, e);
}

enum exit_code
cmd_restore_backup(struct context *c)
{
	struct restore r = { .from = c->args->words[0] };
	struct err e = ERR_INIT;
	bool ok;

	if (c->setup->data == NULL) {
		err_set(&e, ERR_INVALID, "usage: kbctl -D NEW restore-backup "
		    "DIR");
		err_hint(&e, "NEW is the data directory to be made.");
		return report_err(&e);
	}
	if (!read_manifest(&r, &e) ||
	    !backup_dir_open(c->setup->data, 0755, &r.dir, &e))
		return report_err(&e);
	ok = restore(&r, &e);
	if (!ok)
		backup_dir_undo(&r.dir);
	backup_dir_close(&r.dir);
	if (!ok)
		return report_err(&e);
	report_note("revision %lld was restored into \"%s\"; kbctl -D \"%s\" "
	    "start serves it", (long long)r.manifest.revision,
	    c->setup->data, c->setup->data);
	return EXIT_DONE;
}
