/*
 * context.c - what a running command has at hand; see command.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/report.h"

bool
context_client(struct context *c, struct client **out, struct err *e)
{
	if (c->client == NULL) {
		if (!client_open(c->setup, &c->client, e))
			return false;
		if (args_has(c->args, OPT_VERBOSE))
			report_note("connected to \"%s\"",
			    client_target(c->client));
	}
	*out = c->client;
	return true;
}
