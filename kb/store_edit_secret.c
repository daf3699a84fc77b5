/*
 * store_edit_secret.c - secrets stay out: a text is scanned before anything
 * of it can reach the database; see store_edit.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_edit_plan.h"

#include <stdlib.h>

#include "common/buf.h"
#include "kb/secret_scan.h"

#define NAMED_MAX 5	/* of the secrets that a message names */

static bool
is_in(struct slice secret, struct slice text)
{
	return text.len != 0 && memmem(text.ptr, text.len, secret.ptr,
	    secret.len) != NULL;
}

bool
edit_check_secrets(struct edit_plan *p, struct slice text, struct slice known,
    struct slice known_too, struct err *e)
{
	struct secret_hit hit = { .to = 0 };
	struct buf where = BUF_INIT, instead = BUF_INIT;
	unsigned n = 0;

	while (secret_scan_find(text, hit.to, &hit)) {
		struct slice secret = slice_sub(text, hit.from, hit.to);

		if (is_in(secret, known) || is_in(secret, known_too) ||
		    n++ >= NAMED_MAX)
			continue;
		buf_printf(&where, "%sline %zu: %s", n > 1 ? ", " : "",
		    hit.line, hit.form);
		buf_printf(&instead, "%s%s", n > 1 ? ", " : "",
		    hit.placeholder);
	}
	p->has_secret |= n != 0;
	if (n != 0 && !p->req->allow_secret) {
		err_set(e, ERR_REFUSED, "%s", buf_cstr(&where));
		err_detail(e, "Secrets stay out of the base. Write %s "
		    "instead.", buf_cstr(&instead));
		err_hint(e, "allow_secret => true takes the text as it is, "
		    "and is recorded.");
	}
	buf_free(&where);
	buf_free(&instead);
	return n == 0 || p->req->allow_secret;
}
