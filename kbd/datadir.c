/*
 * datadir.c - the data directory; see datadir.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/datadir.h"
#include "common/buf.h"
#include "kb/store.h"
#include "kbd/authdb.h"
#include "kbd/scram.h"
#include "kbd/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DIR "/var/lib/kbd"

void
datadir_path(const struct datadir *d, const char *name,
    char out[DATADIR_PATH])
{
	snprintf(out, DATADIR_PATH, "%s/%s", d->path, name);
}

/* ---- where ---- */

static bool
is_data_directory(const char *dir)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/kbd.conf", dir);
	return access(path, F_OK) == 0;
}

static bool
user_dir(char out[PATH_MAX])
{
	const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (xdg != NULL && xdg[0] == '/')
		snprintf(out, PATH_MAX, "%s/kbd", xdg);
	else if (home != NULL && home[0] == '/')
		snprintf(out, PATH_MAX, "%s/.local/share/kbd", home);
	else
		return false;
	return true;
}

static bool
default_dir(bool for_init, char out[PATH_MAX], struct err *e)
{
	const char *env = getenv("KBDATA");

	if (env != NULL && env[0] != '\0') {
		snprintf(out, PATH_MAX, "%s", env);
		return true;
	}
	snprintf(out, PATH_MAX, "%s", SYSTEM_DIR);
	if (for_init ? geteuid() == 0 : is_data_directory(SYSTEM_DIR))
		return true;
	if (user_dir(out) && (for_init || is_data_directory(out)))
		return true;
	err_set(e, ERR_NOT_FOUND, "no data directory was found");
	return err_hint(e, "Name one with -D or KBDATA, or make one with "
	    "\"kbd init -D DIR\".");
}

/* Absolute, without links where it exists already. */
static bool
absolute(const char *dir, char out[PATH_MAX], struct err *e)
{
	char cwd[PATH_MAX / 2];

	if (realpath(dir, out) != NULL)
		return true;
	if (errno != ENOENT)
		return err_errno(e, "could not look at \"%s\"", dir);
	if (dir[0] == '/')
		cwd[0] = '\0';
	else if (getcwd(cwd, sizeof(cwd)) == NULL)
		return err_errno(e, "could not find the current directory");
	snprintf(out, PATH_MAX, "%s%s%.*s", cwd, dir[0] == '/' ? "" : "/",
	    PATH_MAX / 2 - 2, dir);
	while (strlen(out) > 1 && out[strlen(out) - 1] == '/')
		out[strlen(out) - 1] = '\0';
	return true;
}

bool
datadir_find(const char *arg, bool for_init, struct datadir *out,
    struct err *e)
{
	char dir[PATH_MAX], full[PATH_MAX];

	*out = (struct datadir){ .lock = -1 };
	if (arg != NULL)
		snprintf(dir, sizeof(dir), "%s", arg);
	else if (!default_dir(for_init, dir, e))
		return false;
	if (!absolute(dir, full, e))
		return false;
	if (strlen(full) > DATADIR_MAX) {
		err_set(e, ERR_LIMIT, "data directory \"%s\" is too long",
		    full);
		return err_hint(e, "The local socket is in it: at most %d "
		    "bytes.", DATADIR_MAX);
	}
	memcpy(out->path, full, strlen(full) + 1);
	return true;
}

/* ---- identity ---- */

static bool
become(uid_t uid, gid_t gid, const char *name, struct err *e)
{
	int rc = name != NULL ? initgroups(name, gid) : setgroups(1, &gid);

	if (rc != 0 || setgid(gid) != 0 || setuid(uid) != 0)
		return err_errno(e, "could not become user %ld", (long)uid);
	if (setuid(0) == 0 || geteuid() == 0)
		return err_set(e, ERR_SYSTEM, "could not give up root");
	return true;
}

static bool
check_private(const struct datadir *d, const char *name, struct err *e)
{
	char path[DATADIR_PATH];
	struct stat st;

	datadir_path(d, name, path);
	if (stat(path, &st) != 0) {
		err_errno(e, "could not look at \"%s\"", path);
		return err_hint(e, "\"kbd init -D DIR\" makes a data "
		    "directory.");
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(e, ERR_DENIED,
		    "\"%s\" can be written by others", path);
	return true;
}

bool
datadir_enter(struct datadir *d, struct err *e)
{
	struct stat st;
	struct passwd *pw;

	if (stat(d->path, &st) != 0)
		return err_errno(e, "could not look at \"%s\"", d->path);
	d->owner = st.st_uid;
	if (st.st_uid == 0) {
		err_set(e, ERR_DENIED, "data directory \"%s\" belongs to "
		    "root, and kbd never serves as root", d->path);
		return err_hint(e, "\"kbd init -D DIR --user NAME\" makes one "
		    "for another user.");
	}
	if (geteuid() == 0) {
		pw = getpwuid(st.st_uid);
		if (!become(st.st_uid, pw != NULL ? pw->pw_gid : st.st_gid,
		    pw != NULL ? pw->pw_name : NULL, e))
			return false;
	} else if (geteuid() != st.st_uid) {
		return err_set(e, ERR_DENIED, "data directory \"%s\" belongs "
		    "to another user", d->path);
	}
	umask(077);
	return check_private(d, "kbd.conf", e) && check_private(d, "kb.db", e);
}

/* ---- init ---- */

static bool
check_empty(const char *path, struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (dir == NULL)
		return err_errno(e, "could not read \"%s\"", path);
	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	if (empty)
		return true;
	err_set(e, ERR_EXISTS, "directory \"%s\" is not empty", path);
	return err_hint(e, "A data directory that is there is never changed; "
	    "name another, or empty it.");
}

/* Who shall own it; as root somebody has to be named. */
static bool
find_user(const char *user, struct passwd **pw, struct err *e)
{
	errno = 0;
	*pw = user != NULL ? getpwnam(user) : getpwuid(geteuid());
	if (geteuid() == 0 && user == NULL) {
		err_set(e, ERR_DENIED, "as root, say which user shall own the "
		    "data directory and run the server");
		return err_hint(e, "kbd init --user NAME");
	}
	if (*pw == NULL && user != NULL)
		return err_set(e, ERR_NOT_FOUND,
		    "there is no system user \"%s\"", user);
	if (*pw != NULL && user != NULL && (*pw)->pw_uid == 0)
		return err_set(e, ERR_DENIED, "kbd never serves as root");
	if (*pw != NULL && geteuid() != 0 && (*pw)->pw_uid != geteuid())
		return err_set(e, ERR_DENIED,
		    "only root can make a directory for another user");
	return true;
}

static bool
make_dir(const char *path, mode_t mode, struct err *e)
{
	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return err_errno(e, "could not make directory \"%s\"", path);
	if (chmod(path, mode) != 0)
		return err_errno(e, "could not change \"%s\"", path);
	return true;
}

static bool
make_file(const char *path, struct slice text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_errno(e, "could not make \"%s\"", path);
	ok = write(fd, text.ptr, text.len) == (ssize_t)text.len &&
	    fsync(fd) == 0;
	if (!ok)
		err_errno(e, "could not write \"%s\"", path);
	close(fd);
	return ok;
}

void
datadir_hba_sample(struct buf *b)
{
	buf_puts(b, "# kbd_hba.conf - who may connect from where, and how it "
	    "is proven.\n"
	    "#\n"
	    "# The first line that fits decides; when none fits, nobody comes"
	    " in. The format\n"
	    "# is PostgreSQL's; see kbd_hba.conf(5). \"kbctl reload\", or "
	    "SIGHUP, reads it\n"
	    "# again.\n"
	    "#\n"
	    "#   local      DATABASE ROLE          METHOD\n"
	    "#   host       DATABASE ROLE ADDRESS  METHOD   with or without "
	    "TLS\n"
	    "#   hostssl    DATABASE ROLE ADDRESS  METHOD   with TLS only\n"
	    "#\n"
	    "# The database is called kb. A ROLE is a name, all, or +viewer, "
	    "+editor, +admin.\n"
	    "# METHOD is peer (the system user has the role's name), "
	    "scram-sha-256 (a\n"
	    "# password), reject or trust.\n"
	    "#\n"
	    "# To let a network in, set listen_addresses in kbd.conf and add, "
	    "for example:\n"
	    "#   hostssl    all      all  10.0.0.0/8       scram-sha-256\n"
	    "\n"
	    "# TYPE       DATABASE ROLE ADDRESS          METHOD\n"
	    "local        all      all                   peer\n"
	    "# who reads the wiki without logging in is called anonymous\n"
	    "hostssl      kb       anonymous 127.0.0.1/32 trust\n"
	    "hostssl      kb       anonymous ::1/128      trust\n"
	    "host         all      all  127.0.0.1/32     scram-sha-256\n"
	    "host         all      all  ::1/128          scram-sha-256\n");
}

/* auth.db with the role admin and a password that nobody has chosen. */
static bool
make_roles(const struct datadir *d, struct datadir_made *made, struct err *e)
{
	struct role admin = { .name = SLICE("admin"), .level = ROLE_ADMIN,
		.can_login = true, .valid_until = SLICE(""),
		.connection_limit = ROLE_LIMIT_NONE };
	char path[DATADIR_PATH];
	struct buf verifier = BUF_INIT;
	struct authdb *db = NULL;
	bool ok;

	secret_password(made->password);
	datadir_path(d, "auth.db", path);
	ok = secret_check(e) && scram_password_store(slice_of(made->password),
	    SCRAM_ITERATIONS_DEFAULT, &verifier, e) &&
	    authdb_open(path, AUTHDB_CREATE, &db, e);
	admin.verifier = buf_slice(&verifier);
	ok = ok && authdb_role_create(db, &admin, e);
	authdb_close(db);
	buf_free(&verifier);
	return ok;
}

static bool
make_certificate(const struct datadir *d, struct datadir_made *made,
    struct err *e)
{
	char dir[DATADIR_PATH], cert[DATADIR_PATH], key[DATADIR_PATH];
	char host[256] = "";
	struct slice name;
	struct tls *tls;

	datadir_path(d, "tls", dir);
	datadir_path(d, "tls/server.crt", cert);
	datadir_path(d, "tls/server.key", key);
	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	name = slice_of(host);
	if (!make_dir(dir, 0700, e))
		return false;
	/* a machine may have a name that no certificate can have */
	if (!tls_make_self_signed(cert, key, &name, name.len != 0, e) &&
	    !tls_make_self_signed(cert, key, NULL, 0, e))
		return false;
	if (!tls_load(TLS_POSTGRESQL, cert, key, false, &tls, e))
		return false;
	tls_fingerprint(tls, made->fingerprint);
	tls_free(tls);
	return true;
}

static bool
make_text(const struct datadir *d, const char *name,
    void (*sample)(struct buf *b), struct err *e)
{
	char path[DATADIR_PATH];
	struct buf b = BUF_INIT;
	bool ok;

	sample(&b);
	datadir_path(d, name, path);
	ok = make_file(path, buf_slice(&b), e);
	buf_free(&b);
	return ok;
}

static bool
fill(const struct datadir *d, struct datadir_made *made, struct err *e)
{
	char path[DATADIR_PATH];
	struct store *s;

	datadir_path(d, "run", path);
	if (!make_dir(path, 0755, e))
		return false;
	datadir_path(d, "log", path);
	if (!make_dir(path, 0700, e))
		return false;
	datadir_path(d, "kb.db", path);
	if (!store_open(path, STORE_CREATE, &s, e))
		return false;
	store_close(s);
	/* kbd.conf last, since it makes the directory one of ours */
	return make_roles(d, made, e) && make_certificate(d, made, e) &&
	    make_text(d, "kbd_hba.conf", datadir_hba_sample, e) &&
	    make_text(d, "kbd.conf", settings_sample, e);
}

bool
datadir_init(struct datadir *d, const char *user,
    struct datadir_made *made, struct err *e)
{
	struct passwd *pw;

	if (!find_user(user, &pw, e) || !make_dir(d->path, 0755, e) ||
	    !check_empty(d->path, e))
		return false;
	if (geteuid() == 0) {
		if (chown(d->path, pw->pw_uid, pw->pw_gid) != 0)
			return err_errno(e, "could not give \"%s\" to %s",
			    d->path, pw->pw_name);
		if (!become(pw->pw_uid, pw->pw_gid, pw->pw_name, e))
			return false;
	}
	d->owner = geteuid();
	umask(077);
	return fill(d, made, e);
}

/* ---- lock ---- */

static bool
locked_by_other(struct datadir *d, int fd, struct err *e)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? strcspn(text, "\n") : 0] = '\0';
	err_set(e, ERR_EXISTS, "another kbd%s%s serves \"%s\"",
	    text[0] != '\0' ? " with pid " : "", text, d->path);
	close(fd);
	return false;
}

bool
datadir_lock(struct datadir *d, struct err *e)
{
	char path[DATADIR_PATH], text[32];
	int fd, n;

	datadir_path(d, "kbd.pid", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(e, "could not open \"%s\"", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return locked_by_other(d, fd, e);
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		err_errno(e, "could not write \"%s\"", path);
		close(fd);
		return false;
	}
	d->lock = fd;
	return true;
}

void
datadir_unlock(struct datadir *d)
{
	if (d->lock < 0)
		return;
	/* the file stays: removing it would race with the next server */
	(void)!ftruncate(d->lock, 0);
	close(d->lock);
	d->lock = -1;
}
