/*
 * cmd_ping.c - kbctl ping, with the exit codes of pg_isready: 0 it takes
 * connections, 1 it refuses them for now, 2 no answer, 3 nothing was tried.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/setup.h"

static const char *const states[] = {
	[PING_OK] = "accepting connections",
	[PING_REJECT] = "rejecting connections",
	[PING_NO_ANSWER] = "no response",
	[PING_NO_ATTEMPT] = "no attempt",
};

static void
put_json(struct screen *s, enum ping state, const struct endpoint *host)
{
	struct json *doc = js_document("kb.ping/1");

	js_put_text(doc, "state", slice_of(states[state]));
	js_put_text(doc, "host", slice_of(host->host));
	js_put_text(doc, "port", slice_of(host->port));
	js_write(doc, &s->out);
	js_free(doc);
}

enum exit_code
cmd_ping(struct context *c)
{
	const struct endpoint nowhere = { "local socket", KB_PORT };
	const struct endpoint *host = &nowhere;
	enum ping state = PING_NO_ANSWER;
	unsigned i;

	if (c->setup->nhosts != 0) {
		state = client_ping(c->setup, &i);
		host = &c->setup->hosts[i];
	}
	if (args_has(c->args, OPT_JSON)) {
		put_json(c->out, state, host);
	} else if (!args_has(c->args, OPT_QUIET)) {
		print_string(c->out, STYLE_PLAIN, host->host);
		buf_printf(&c->out->out, ":%s - %s\n", host->port,
		    states[state]);
	}
	return (enum exit_code)state;
}
