/*
 * match_print.c - kbctl match for people: what is known, with its fix; then
 * what nobody has a lesson for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/print.h"
#include "common/str.h"
#include "kbctl/client.h"

#define LABEL_COLUMNS 12
#define UNKNOWN_SHOWN 10
#define FIXES_SHOWN 6
#define COMMANDS_SHOWN 6

static const char fix_sql[] = "SELECT text FROM fields"
    " WHERE entry_id = $1 AND name = 'fix' ORDER BY ordinal";
static const char commands_sql[] = "SELECT text, note, risk FROM commands"
    " WHERE entry_id = $1 ORDER BY ordinal";

/* "line 12", or "app.log:12" when there are several files. */
static void
put_place(struct buf *b, const struct match_result *r, uint32_t file,
    uint64_t line)
{
	if (r->nfiles > 1)
		buf_printf(b, "%s:%llu", r->files[file],
		    (unsigned long long)line);
	else
		buf_printf(b, "%llu", (unsigned long long)line);
}

/* "42 lines, 12 to 980" */
static void
put_count(struct buf *b, const struct match_result *r, uint64_t count,
    const uint64_t line[2], const uint32_t file[2])
{
	if (count == 1) {
		buf_puts(b, r->nfiles > 1 ? "1 line, " : "line ");
		put_place(b, r, file[0], line[0]);
		return;
	}
	buf_printf(b, "%llu lines, ", (unsigned long long)count);
	put_place(b, r, file[0], line[0]);
	buf_puts(b, " to ");
	put_place(b, r, file[1], line[1]);
}

static void
put_title(struct screen *s, const struct match_result *r, size_t number,
    const struct match_entry *n)
{
	struct buf meta = BUF_INIT;
	struct slice title = n->title.len != 0 ? n->title : n->heading;
	size_t room = s->is_terminal ? s->columns : 100000, width;

	put_count(&meta, r, n->count, (uint64_t[]){ n->first, n->last },
	    (uint32_t[]){ n->first_file, n->last_file });
	buf_printf(&s->out, "%-3zu", number);
	width = str_width(buf_slice(&meta)) + str_width(n->severity) + 6;
	width = room > width + 20 ? room - width : 20;
	print_cut(s, STYLE_TITLE, title, (unsigned)width);
	print_string(s, STYLE_PLAIN, "  ");
	if (n->severity.len != 0) {
		print_text(s, style_of_severity(n->severity), n->severity);
		print_string(s, STYLE_PLAIN, " ");
	}
	print_text(s, STYLE_DIM, buf_slice(&meta));
	print_end(s);
	buf_free(&meta);
}

static void
put_where(struct screen *s, const struct match_entry *n)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%.*s, entry %lld%s", SLICE_ARG(n->document),
	    (long long)n->entry, n->best == SIGNATURE_LIKELY ?
	    " (possible: few words match)" : "");
	print_field(s, "Lesson", LABEL_COLUMNS, "", buf_slice(&b));
	buf_free(&b);
}

static bool
put_fixes(struct client *c, struct screen *s, int64_t entry, struct err *e)
{
	struct result *r;
	struct param p;
	size_t i;

	param_int(&p, entry);
	if (!client_query(c, fix_sql, &p, 1, &r, e))
		return false;
	for (i = 0; i < result_rows(r) && i < FIXES_SHOWN; i++)
		print_field(s, i == 0 ? "Fix" : "", LABEL_COLUMNS,
		    result_rows(r) > 1 ? "- " : "", result_text(r, i, 0));
	result_free(r);
	return true;
}

static bool
put_commands(struct client *c, struct screen *s, int64_t entry,
    struct err *e)
{
	struct result *r;
	struct param p;
	size_t i;

	param_int(&p, entry);
	if (!client_query(c, commands_sql, &p, 1, &r, e))
		return false;
	for (i = 0; i < result_rows(r) && i < COMMANDS_SHOWN; i++) {
		struct slice text = result_text(r, i, 0);
		struct slice note = result_text(r, i, 1);

		if (note.len != 0 && (i == 0 || !slice_eq(note,
		    result_text(r, i - 1, 1))))
			print_comment(s, STYLE_NOTE, note);
		if (slice_is(result_text(r, i, 2), "destructive"))
			print_comment(s, STYLE_ALARM,
			    SLICE("careful, this destroys:"));
		if (text.len != 0)
			print_code(s, memmem(text.ptr, text.len, "<<", 2) !=
			    NULL ? 0 : 4, text);
	}
	result_free(r);
	return true;
}

static bool
put_group(struct client *c, struct screen *s, const struct match_result *r,
    size_t number, const struct match_entry *n, struct err *e)
{
	put_title(s, r, number, n);
	print_field(s, "Line", LABEL_COLUMNS, "", slice_make(n->sample,
	    n->sample_len));
	put_where(s, n);
	if (!put_fixes(c, s, n->entry, e) ||
	    !put_commands(c, s, n->entry, e))
		return false;
	print_end(s);
	return true;
}

static void
put_unknown(struct screen *s, const struct match_result *r)
{
	const struct log_cluster *k;
	size_t n = log_clusters_sorted(r->unknown, &k), i;
	struct buf b = BUF_INIT;

	if (n == 0)
		return;
	print_string(s, STYLE_TITLE, "Errors without a lesson");
	print_end(s);
	for (i = 0; i < n && i < UNKNOWN_SHOWN; i++) {
		buf_reset(&b);
		put_count(&b, r, k[i].count, (uint64_t[]){ k[i].first,
		    k[i].last }, (uint32_t[]){ k[i].first_file,
		    k[i].last_file });
		buf_puts(&s->out, "   ");
		print_cut(s, STYLE_PLAIN, slice_of(k[i].sample),
		    s->columns > 6 ? s->columns - 4 : 2);
		print_end(s);
		buf_puts(&s->out, "      ");
		print_text(s, STYLE_DIM, buf_slice(&b));
		print_end(s);
	}
	if (n > UNKNOWN_SHOWN) {
		buf_reset(&b);
		buf_printf(&b, "   and %zu more kinds (--json has them)",
		    n - UNKNOWN_SHOWN);
		print_text(s, STYLE_DIM, buf_slice(&b));
		print_end(s);
	}
	buf_free(&b);
}

bool
match_print_line(struct screen *s, const struct match_result *r,
    const struct match_line *l)
{
	const struct match_entry *n =
	    &r->base.entries[r->base.signatures[l->hit->id].entry];
	struct buf b = BUF_INIT;
	bool ok;

	put_place(&b, r, l->file, l->number);
	buf_printf(&b, "  entry %lld ", (long long)n->entry);
	print_text(s, STYLE_DIM, buf_slice(&b));
	print_text(s, STYLE_TITLE, n->title);
	print_end(s);
	buf_puts(&s->out, "   ");
	print_text(s, STYLE_PLAIN, slice_sub(l->text, 0,
	    utf8_cut(l->text, MATCH_SAMPLE_MAX)));
	print_end(s);
	buf_free(&b);
	ok = fwrite(s->out.data, 1, s->out.len, stdout) == s->out.len &&
	    fflush(stdout) == 0;
	buf_reset(&s->out);
	return ok;
}

bool
match_print_end(struct client *c, struct screen *s,
    const struct match_result *r, struct err *e)
{
	size_t n, i;
	struct match_entry **found = match_found(r, &n);
	bool ok = true;

	for (i = 0; ok && i < n; i++)
		ok = put_group(c, s, r, i + 1, found[i], e);
	free(found);
	if (ok)
		put_unknown(s, r);
	return ok;
}
