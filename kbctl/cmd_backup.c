/*
 * cmd_backup.c - kbctl backup DIR: a copy of the server's data directory.
 *
 * The server makes the copy, this side fetches it piece by piece, so that it
 * works from any machine, and checks what has arrived on its own disk. The
 * manifest is written last: a directory without one is no backup.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/clock.h"
#include "kbctl/backup_dir.h"
#include "kbctl/backup_manifest.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/report.h"

#include <stdio.h>
#include <unistd.h>

#define PROGRESS_MS 100

struct backup {
	struct client *client;		/* borrowed */
	struct backup_dir dir;
	struct buf text;		/* of the manifest */
	struct backup_manifest manifest;
	bool shows_progress;
	int64_t done;			/* bytes */
	int64_t shown_ms;
};

/* ---- progress ---- */

static void
show_progress(struct backup *b, bool now)
{
	char done[BACKUP_SIZE_TEXT], all[BACKUP_SIZE_TEXT];
	int64_t ms = clock_ms();

	if (!b->shows_progress || (!now && ms - b->shown_ms < PROGRESS_MS))
		return;
	b->shown_ms = ms;
	backup_size_text(b->done, done);
	backup_size_text(b->manifest.bytes, all);
	fprintf(stderr, "\r%s of %s, %d %%\033[K", done, all,
	    b->manifest.bytes == 0 ? 100 :
	    (int)((double)b->done / (double)b->manifest.bytes * 100));
	if (now)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* ---- fetching ---- */

static bool
fetch_piece(struct backup *b, const char *name, int64_t at,
    struct result **out, struct err *e)
{
	struct param p[2];

	param_text(&p[0], name);
	param_int(&p[1], at);
	return client_query_binary(b->client, "CALL backup_read($1, $2)", p,
	    2, out, e);
}

static bool
fetch_manifest(struct backup *b, struct err *e)
{
	struct result *r;
	size_t n;

	do {
		if (!fetch_piece(b, BACKUP_MANIFEST, (int64_t)b->text.len, &r,
		    e))
			return false;
		n = result_text(r, 0, 0).len;
		buf_put_slice(&b->text, result_text(r, 0, 0));
		result_free(r);
	} while (n != 0 && buf_ok(&b->text));
	if (!buf_ok(&b->text))
		return err_set(e, ERR_PROTOCOL, "the manifest is too long");
	return backup_manifest_parse(buf_slice(&b->text), &b->manifest, e);
}

static bool
fetch_pieces(struct backup *b, const struct backup_file *f,
    struct backup_writer *w, struct err *e)
{
	struct result *r;
	size_t n;
	bool ok;

	do {
		if (!fetch_piece(b, f->name, w->size, &r, e))
			return false;
		n = result_text(r, 0, 0).len;
		ok = backup_writer_add(w, result_text(r, 0, 0), e);
		result_free(r);
		b->done += (int64_t)n;
		show_progress(b, false);
	} while (ok && n != 0 && w->size <= f->size);
	return ok;
}

static bool
fetch_file(struct backup *b, const struct backup_file *f, struct err *e)
{
	char sha256[SHA256_TEXT_SIZE];
	struct backup_writer w;
	struct err late = ERR_INIT;
	bool ok;

	if (!backup_writer_open(&b->dir, f->name, &w, e))
		return false;
	ok = fetch_pieces(b, f, &w, e);
	if (!backup_writer_close(&w, sha256, ok ? e : &late))
		return false;
	return ok && backup_file_check(f, w.size, sha256, e);
}

static bool
write_manifest(struct backup *b, struct err *e)
{
	char sha256[SHA256_TEXT_SIZE];
	struct backup_writer w;
	struct err late = ERR_INIT;
	bool ok;

	if (!backup_writer_open(&b->dir, BACKUP_MANIFEST, &w, e))
		return false;
	ok = backup_writer_add(&w, buf_slice(&b->text), e);
	return backup_writer_close(&w, sha256, ok ? e : &late) && ok;
}

/* Copying a large base may take longer than a statement usually may. */
static bool
fetch_all(struct backup *b, struct err *e)
{
	unsigned i;

	if (!client_run(b->client, "SET statement_timeout = 0", e) ||
	    !client_run(b->client, "CALL backup_start()", e) ||
	    !fetch_manifest(b, e))
		return false;
	for (i = 0; i < b->manifest.nfiles; i++)
		if (!fetch_file(b, &b->manifest.files[i], e))
			return false;
	show_progress(b, true);
	return client_run(b->client, "CALL backup_stop()", e) &&
	    backup_verify(b->dir.path, &b->manifest, e) &&
	    write_manifest(b, e) && backup_dir_sync(&b->dir, e);
}

enum exit_code
cmd_backup(struct context *c)
{
	struct backup b = { .shows_progress = isatty(STDERR_FILENO) &&
		!args_has(c->args, OPT_QUIET) };
	char size[BACKUP_SIZE_TEXT];
	struct err e = ERR_INIT;
	bool ok;

	buf_init(&b.text, BACKUP_MANIFEST_MAX);
	if (!context_client(c, &b.client, &e) ||
	    !backup_dir_open(c->args->words[0], 0700, &b.dir, &e))
		return report_err(&e);
	ok = fetch_all(&b, &e);
	if (!ok)
		backup_dir_undo(&b.dir);
	backup_dir_close(&b.dir);
	buf_free(&b.text);
	if (!ok)
		return report_err(&e);
	backup_size_text(b.manifest.bytes, size);
	report_note("backup of revision %lld in \"%s\": %u files, %s, verified",
	    (long long)b.manifest.revision, c->args->words[0],
	    b.manifest.nfiles, size);
	return EXIT_DONE;
}
