/*
 * cmd_status.c - kbctl status, with the exit codes of pg_ctl: 0 it runs, 3
 * it does not, 4 there is no data directory.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kbctl/command.h"
#include "kbctl/datadir.h"
#include "kbctl/report.h"

#define STATUS_STOPPED 3
#define STATUS_NO_DIRECTORY 4

static void
put_json(struct screen *s, const char *state, const char *dir, pid_t pid)
{
	struct json *doc = js_document("kb.status/1");

	js_put_text(doc, "state", slice_of(state));
	js_put_text_or_null(doc, "data", slice_of(dir));
	if (pid > 0)
		js_put_int(doc, "pid", pid);
	else
		js_put_null(doc, "pid");
	js_write(doc, &s->out);
	js_free(doc);
}

enum exit_code
cmd_status(struct context *c)
{
	bool as_json = args_has(c->args, OPT_JSON);
	const char *dir;
	struct err e = ERR_INIT;
	pid_t pid;
	bool runs;

	if (!datadir_find(c->setup, &dir, &e)) {
		report_err(&e);
		if (as_json)
			put_json(c->out, "no data directory", dir, 0);
		return STATUS_NO_DIRECTORY;
	}
	runs = datadir_state(c->setup, dir, &pid) == DATADIR_RUNNING;
	if (as_json)
		put_json(c->out, runs ? "running" : "stopped", dir, pid);
	else if (runs && pid > 0)
		buf_printf(&c->out->out, "kbd runs on \"%s\" (PID %ld)\n", dir,
		    (long)pid);
	else
		buf_printf(&c->out->out, runs ? "kbd runs on \"%s\"\n" :
		    "no server runs on \"%s\"\n", dir);
	return runs ? EXIT_DONE : STATUS_STOPPED;
}
