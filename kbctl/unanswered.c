/*
 * unanswered.c - the last search that found nothing; see unanswered.h.
 *
 * "TARGET LF seconds LF query", in the state folder.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/unanswered.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbctl/state.h"

#include <time.h>

#define NAME "unanswered"

void
unanswered_save(const char *target, struct slice query)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s\n%lld\n", target, (long long)time(NULL));
	buf_put_slice(&b, query);
	state_save(NAME, buf_slice(&b));
	buf_free(&b);
}

bool
unanswered_load(const char *target, struct buf *out)
{
	struct buf text = BUF_INIT;
	struct slice rest, line;
	int64_t then, now = (int64_t)time(NULL);
	bool ok = state_load(NAME, &text);

	rest = buf_slice(&text);
	ok = ok && str_line(&rest, &line, NULL) && slice_is(line, target) &&
	    str_line(&rest, &line, NULL) && str_int(line, 0, now, &then) &&
	    now - then <= UNANSWERED_HOURS * 3600 && str_trim(rest).len != 0;
	if (ok)
		buf_put_slice(out, str_trim(rest));
	buf_free(&text);
	return ok;
}

void
unanswered_forget(void)
{
	state_forget(NAME);
}
