/*
 * cmd_review.c - kbctl review ENTRY [--in 90d]: read and found right, which
 * is no edit; and when to look again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/str.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/report.h"

#include <time.h>

#define DAY_SECONDS 86400
#define DAYS_MAX 36500

/* "90d", "90", "12w", "3m", "1y" as a date from today on. */
static bool
date_in(const char *text, char out[11], struct err *e)
{
	static const struct {
		char unit;
		int days;
	} units[] = { { 'd', 1 }, { 'w', 7 }, { 'm', 30 }, { 'y', 365 } };
	struct slice s = slice_of(text);
	int64_t n, days = 1;
	struct tm tm;
	time_t then;
	size_t i;

	for (i = 0; i < ARRAY_LEN(units) && s.len > 1; i++)
		if (s.ptr[s.len - 1] == units[i].unit) {
			days = units[i].days;
			s.len--;
			break;
		}
	if (!str_int(s, 1, DAYS_MAX, &n) || n * days > DAYS_MAX)
		return err_set(e, ERR_INVALID, "--in takes days like 90d (or "
		    "12w, 3m, 1y), not \"%s\"", text);
	then = time(NULL) + (time_t)(n * days) * DAY_SECONDS;
	gmtime_r(&then, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
	return true;
}

static bool
review(struct context *c, struct change *what, struct changed *done,
    struct arena *a, struct err *e)
{
	struct client *client;
	struct entry_text t;

	if (!context_client(c, &client, e) ||
	    !entry_text_find(client, c->args->words[0], a, &t, e))
		return false;
	what->entry = t.entry;
	what->base_version = t.version;
	what->document = t.document;
	if (what->message == NULL)
		what->message = arena_printf(a, "verified %lld. %s%s%s",
		    (long long)t.entry, t.title, what->review_by != NULL ?
		    ", due again " : "", what->review_by != NULL ?
		    what->review_by : "").ptr;
	if (!change_run(client, what, done, e))
		return false;
	if (done->entry == 0)
		done->entry = t.entry;
	return true;
}

enum exit_code
cmd_review(struct context *c)
{
	const char *in = args_value(c->args, OPT_IN);
	struct change what = { .verb = CHANGE_REVIEW };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct changed done;
	char date[11];
	enum exit_code code = EXIT_DONE;

	what.message = args_value(c->args, OPT_MESSAGE);
	if (in != NULL) {
		if (!date_in(in, date, &e))
			return report_err(&e);
		what.review_by = date;
	}
	if (review(c, &what, &done, &a, &e))
		change_report(c, "verified", &what, &done);
	else
		code = report_err(&e);
	arena_free(&a);
	return code;
}
