/*
 * backup_manifest.c - what a backup holds; see backup_manifest.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/backup_manifest.h"
#include "common/buf.h"
#include "common/json.h"
#include "kb/store_copy.h"

#include <stdio.h>

#define CHECKSUM_LINE "  \"manifest_sha256\": \""

/* The files of a data directory that a backup may have. */
static const char *const known[] = { "kb.db", "auth.db", "kbd.conf",
	"kbd_hba.conf", "kbd_ident.conf", "glossary.tsv", "tls/server.crt",
	"tls/server.key" };

/* ---- reading it ---- */

static bool
damaged(struct err *e, const char *why)
{
	return err_set(e, ERR_STORAGE, "the backup's manifest is damaged: %s",
	    why);
}

/* Everything before the last line has the digest that this line says. */
static bool
check_itself(struct slice text, struct err *e)
{
	char sha256[SHA256_TEXT_SIZE];
	struct slice mark = SLICE(CHECKSUM_LINE), last;
	size_t at = text.len;

	while (at > 0 && text.ptr[at - 1] == '\n')
		at--;
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	last = slice_sub(text, at, text.len);
	if (!slice_starts(last, mark) ||
	    last.len < mark.len + SHA256_TEXT_SIZE - 1)
		return damaged(e, "it has no end");
	sha256_text(slice_sub(text, 0, at), sha256);
	if (!slice_is(slice_sub(last, mark.len,
	    mark.len + SHA256_TEXT_SIZE - 1), sha256))
		return damaged(e, "it is not what the server wrote");
	return true;
}

static const char *
known_name(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(known); i++)
		if (slice_is(name, known[i]))
			return known[i];
	return NULL;
}

static bool
has_file(const struct backup_manifest *m, const char *name)
{
	unsigned i;

	for (i = 0; i < m->nfiles; i++)
		if (strcmp(m->files[i].name, name) == 0)
			return true;
	return false;
}

static bool
read_file(const struct json *j, struct backup_manifest *m, struct err *e)
{
	const char *name = known_name(js_text(j, "name"));
	struct slice digest = js_text(j, "sha256");
	int64_t size = js_int(j, "size");
	struct backup_file *f;

	if (name == NULL || has_file(m, name))
		return damaged(e, "it names a file that cannot be there");
	if (size < 0 || digest.len != SHA256_TEXT_SIZE - 1 ||
	    m->nfiles == BACKUP_FILES_MAX)
		return damaged(e, "a file has no size or no digest");
	f = &m->files[m->nfiles++];
	f->name = name;
	f->size = size;
	memcpy(f->sha256, digest.ptr, digest.len);
	f->sha256[digest.len] = '\0';
	m->bytes += size;
	return true;
}

static bool
read_json(const struct json *j, struct backup_manifest *m, struct err *e)
{
	const struct json *files = js_get(j, "files");
	size_t i;

	if (!slice_is(js_text(j, "schema"), "kb.backup/1"))
		return err_set(e, ERR_INVALID,
		    "the backup was made by a program that this one does not "
		    "know");
	m->revision = js_int(j, "revision");
	for (i = 0; files != NULL && i < js_size(files); i++)
		if (!read_file(js_at(files, i), m, e))
			return false;
	if (!has_file(m, "kb.db") || !has_file(m, "auth.db") ||
	    !has_file(m, "kbd.conf"))
		return damaged(e, "a file that every backup has is not in it");
	return true;
}

bool
backup_manifest_parse(struct slice text, struct backup_manifest *out,
    struct err *e)
{
	struct json *j;
	bool ok;

	*out = (struct backup_manifest){ .revision = 0 };
	if (!check_itself(text, e))
		return false;
	j = js_parse(text, e);
	if (j == NULL)
		return damaged(e, "it is no JSON");
	ok = read_json(j, out, e);
	js_free(j);
	return ok;
}

/* ---- is it true? ---- */

bool
backup_file_check(const struct backup_file *f, int64_t size,
    const char *sha256, struct err *e)
{
	if (size < f->size)
		return err_set(e, ERR_STORAGE, "\"%s\" is cut short: %lld of "
		    "%lld bytes", f->name, (long long)size,
		    (long long)f->size);
	if (size > f->size)
		return err_set(e, ERR_STORAGE, "\"%s\" is too long: %lld "
		    "instead of %lld bytes", f->name, (long long)size,
		    (long long)f->size);
	return strcmp(sha256, f->sha256) == 0 || err_set(e, ERR_STORAGE,
	    "\"%s\" is not what the server sent: its SHA-256 differs",
	    f->name);
}

bool
backup_verify(const char *dir, const struct backup_manifest *m,
    struct err *e)
{
	struct buf path = BUF_INIT;
	int64_t revision = 0;
	bool ok;

	buf_printf(&path, "%s/auth.db", dir);
	ok = store_verify(buf_cstr(&path), e);
	buf_reset(&path);
	buf_printf(&path, "%s/kb.db", dir);
	ok = ok && store_verify_base(buf_cstr(&path), &revision, e) &&
	    (revision == m->revision || err_set(e, ERR_STORAGE,
	    "the base has revision %lld, and the manifest says %lld",
	    (long long)revision, (long long)m->revision));
	buf_free(&path);
	return ok;
}

void
backup_size_text(int64_t bytes, char out[BACKUP_SIZE_TEXT])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double n = (double)bytes;
	size_t i = 0;

	while (n >= 1000 && i + 1 < ARRAY_LEN(units)) {
		n /= 1000;
		i++;
	}
	snprintf(out, BACKUP_SIZE_TEXT, i == 0 ? "%.0f %s" : "%.1f %s", n,
	    units[i]);
}
