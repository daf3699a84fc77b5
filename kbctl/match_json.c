/*
 * match_json.c - kbctl match --json: kb.match/1, one object a line.
 *
 * Lines are written as they are found, so that a pipe has them at once and
 * no memory is needed for them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/jsonw.h"
#include "common/str.h"
#include "kbctl/client.h"

#define TEXT_MAX 4096		/* bytes of a line that are shown */

static const char fix_sql[] = "SELECT text FROM fields"
    " WHERE entry_id = $1 AND name = 'fix' ORDER BY ordinal";
static const char commands_sql[] = "SELECT lang, text, note, risk"
    " FROM commands WHERE entry_id = $1 ORDER BY ordinal";

static bool
write_line(struct buf *b)
{
	bool ok;

	buf_putc(b, '\n');
	ok = fwrite(b->data, 1, b->len, stdout) == b->len;
	buf_free(b);
	return ok;
}

static void
begin(struct jsonw *j, struct buf *b, const char *type)
{
	jsonw_init(j, b);
	jsonw_object(j);
	jsonw_member_string(j, "schema", SLICE("kb.match/1"));
	jsonw_member_string(j, "type", slice_of(type));
}

static void
put_file(struct jsonw *j, const char *key, const struct match_result *r,
    uint32_t file)
{
	jsonw_member_string(j, key, slice_of(r->files[file]));
}

static void
put_entry(struct jsonw *j, const struct match_entry *n)
{
	jsonw_member_int(j, "entry", n->entry);
	jsonw_member_string(j, "document", n->document);
	jsonw_member_string(j, "source", n->source);
	jsonw_member_string(j, "heading", n->heading);
}

bool
match_json_line(const struct match_result *r, const struct match_line *l)
{
	const struct match_signature *sig =
	    &r->base.signatures[l->hit->id];
	struct buf b = BUF_INIT, captures = BUF_INIT;
	struct jsonw j;

	begin(&j, &b, "line");
	put_file(&j, "file", r, l->file);
	jsonw_member_int(&j, "line", (int64_t)l->number);
	jsonw_member_string(&j, "text", slice_sub(l->text, 0,
	    utf8_cut(l->text, TEXT_MAX)));
	put_entry(&j, &r->base.entries[sig->entry]);
	jsonw_member_string(&j, "signature", sig->text);
	signature_captures_json(l->hit, &captures);
	jsonw_key(&j, "captures");
	jsonw_raw(&j, buf_slice(&captures));
	buf_free(&captures);
	jsonw_member_string(&j, "confidence",
	    slice_of(signature_confidence(l->hit->mode)));
	jsonw_object_end(&j);
	return write_line(&b);
}

static bool
put_fix(struct client *c, struct jsonw *j, int64_t entry, struct err *e)
{
	struct result *r;
	struct param p;
	size_t i;

	param_int(&p, entry);
	if (!client_query(c, fix_sql, &p, 1, &r, e))
		return false;
	jsonw_key(j, "fix");
	jsonw_array(j);
	for (i = 0; i < result_rows(r); i++)
		jsonw_string(j, result_text(r, i, 0));
	jsonw_array_end(j);
	result_free(r);
	return true;
}

static bool
put_commands(struct client *c, struct jsonw *j, int64_t entry, struct err *e)
{
	static const char *const keys[] = { "lang", "text", "note", "risk" };
	struct result *r;
	struct param p;
	size_t i, k;

	param_int(&p, entry);
	if (!client_query(c, commands_sql, &p, 1, &r, e))
		return false;
	jsonw_key(j, "commands");
	jsonw_array(j);
	for (i = 0; i < result_rows(r); i++) {
		jsonw_object(j);
		for (k = 0; k < ARRAY_LEN(keys); k++)
			jsonw_member_string(j, keys[k], result_text(r, i,
			    (unsigned)k));
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	result_free(r);
	return true;
}

static bool
put_group(struct client *c, const struct match_result *r,
    const struct match_entry *n, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	begin(&j, &b, "group");
	put_entry(&j, n);
	jsonw_member_string(&j, "title", n->title);
	jsonw_member_string(&j, "kind", n->kind);
	jsonw_key(&j, "severity");
	if (n->severity.len != 0)
		jsonw_string(&j, n->severity);
	else
		jsonw_null(&j);
	jsonw_member_string(&j, "confidence",
	    slice_of(signature_confidence(n->best)));
	jsonw_member_int(&j, "count", (int64_t)n->count);
	jsonw_member_int(&j, "first", (int64_t)n->first);
	jsonw_member_int(&j, "last", (int64_t)n->last);
	put_file(&j, "first_file", r, n->first_file);
	put_file(&j, "last_file", r, n->last_file);
	jsonw_member_string(&j, "sample", slice_make(n->sample,
	    n->sample_len));
	if (!put_fix(c, &j, n->entry, e) ||
	    !put_commands(c, &j, n->entry, e)) {
		buf_free(&b);
		return false;
	}
	jsonw_object_end(&j);
	return write_line(&b) || err_errno(e, "could not write");
}

static bool
put_unknown(const struct match_result *r, const struct log_cluster *k,
    struct err *e)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	begin(&j, &b, "unknown");
	jsonw_member_string(&j, "template", slice_of(k->template));
	jsonw_member_int(&j, "count", (int64_t)k->count);
	jsonw_member_int(&j, "first", (int64_t)k->first);
	jsonw_member_int(&j, "last", (int64_t)k->last);
	put_file(&j, "first_file", r, k->first_file);
	put_file(&j, "last_file", r, k->last_file);
	jsonw_member_string(&j, "sample", slice_of(k->sample));
	jsonw_object_end(&j);
	return write_line(&b) || err_errno(e, "could not write");
}

bool
match_json_end(struct client *c, const struct match_result *r, struct err *e)
{
	const struct log_cluster *unknown;
	size_t n, i;
	struct match_entry **found = match_found(r, &n);
	bool ok = true;

	for (i = 0; ok && i < n; i++)
		ok = put_group(c, r, found[i], e);
	free(found);
	n = log_clusters_sorted(r->unknown, &unknown);
	for (i = 0; ok && i < n; i++)
		ok = put_unknown(r, &unknown[i], e);
	return ok && (fflush(stdout) == 0 || err_errno(e, "could not write"));
}
