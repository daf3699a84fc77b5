/*
 * answers.c - the last answer list; see answers.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/answers.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbctl/state.h"

#define NAME "answers"

void
answers_save(const char *target, const int64_t *entries, size_t n)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_printf(&b, "%s\n", target);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%lld\n", (long long)entries[i]);
	state_save(NAME, buf_slice(&b));
	buf_free(&b);
}

static bool
find_line(struct slice text, const char *target, int64_t number,
    int64_t *entry, struct err *e)
{
	struct slice line;
	int64_t n = 0;

	if (!str_line(&text, &line, NULL))
		return err_set(e, ERR_INVALID, "there is no last answer list");
	if (!slice_is(line, target))
		return err_set(e, ERR_INVALID, "the last answers came from "
		    "another server: \"%.*s\"", SLICE_ARG(line));
	while (str_line(&text, &line, NULL))
		if (++n == number)
			return str_int(line, 1, INT64_MAX, entry);
	return err_set(e, ERR_INVALID, "the last answer list has %lld answers, "
	    "no :%lld", (long long)n, (long long)number);
}

bool
answers_find(const char *target, int64_t number, int64_t *entry,
    struct err *e)
{
	struct buf text = BUF_INIT;
	bool ok;

	ok = state_load(NAME, &text) ? find_line(buf_slice(&text), target,
	    number, entry, e) :
	    err_set(e, ERR_INVALID, "there is no last answer list");
	if (!ok)
		err_hint(e, "Search first: kbctl WORDS");
	buf_free(&text);
	return ok;
}
