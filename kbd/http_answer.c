/*
 * http_answer.c - answers as text; see http_answer.h.
 *
 * Control characters of stored text are shown and not sent: curl writes to a
 * terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_answer.h"
#include "common/json.h"
#include "common/print.h"
#include "kb/answer_card.h"
#include "kb/store_browse.h"
#include "kbd/http_exchange.h"

static void
add_answer(struct json *list, struct slice text)
{
	struct err e = ERR_INIT;
	struct json *answer = js_parse(text, &e);

	if (answer != NULL)	/* written by us: always */
		js_add(list, answer);
}

void
http_answer_put(struct http_exchange *x, const struct browse_rows *r)
{
	struct screen s = { .columns = 80, .rows = 24 };
	struct json *list = js_array();
	size_t i;

	for (i = 0; i < r->n; i++)
		add_answer(list, browse_cell(r, i, HIT_ANSWER));
	answer_card_put_all(&s, list, false);
	if (r->n == 0)
		print_string(&s, STYLE_PLAIN, "nothing found; once you know "
		    "the answer, kbctl new records it\n");
	buf_put_slice(&x->reply.body, buf_slice(&s.out));
	screen_free(&s);
	js_free(list);
}
