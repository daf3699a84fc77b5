/*
 * cmd_help.c - kbctl help [VERB], kbctl --help.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/print.h"
#include "kbctl/command.h"
#include "kbctl/report.h"

static const char intro[] =
    "kbctl [options] WORDS                search: no quotes needed\n"
    "kbctl [options] VERB ...\n\n";

static const char outro[] =
    "\nAn ENTRY is its number or slug; :1 is the first of the last answers.\n"
    "Exit status: 0 done or found, 1 nothing found, 2 usage, 3 no server,\n"
    "4 not allowed, 5 conflict, 6 refused, 7 the server failed. "
    "More: man kbctl\n";

static void
put_option(struct screen *s, const struct option_def *o)
{
	/* only --color has an argument that may be left out */
	const char *before = o->arg == NULL ? "" :
	    o == &option_defs[OPT_COLOR] ? "[=" : " ";
	const char *after = *before == '[' ? "]" : "";
	struct buf left = BUF_INIT;

	if (o->letter != 0)
		buf_printf(&left, "  -%c, ", o->letter);
	else
		buf_puts(&left, "      ");
	buf_printf(&left, "--%s%s%s%s", o->name, before,
	    o->arg != NULL ? o->arg : "", after);
	buf_printf(&s->out, "%-26s  %s\n", buf_cstr(&left), o->help);
	buf_free(&left);
}

static void
put_options(struct screen *s, const char *title, uint64_t which)
{
	unsigned o;

	if (which == 0)
		return;
	buf_printf(&s->out, "\n%s\n", title);
	for (o = 0; o < OPT_COUNT; o++)
		if ((which & OPT_BIT(o)) != 0)
			put_option(s, &option_defs[o]);
}

static void
put_all(struct screen *s)
{
	unsigned i;

	buf_puts(&s->out, intro);
	for (i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];
		struct buf left = BUF_INIT;

		if (c->run == NULL)
			continue;
		buf_printf(&left, "  %s %s", c->name, c->words);
		buf_printf(&s->out, "%-26s  %s\n", buf_cstr(&left), c->help);
		buf_free(&left);
	}
	put_options(s, "Options of every verb, before the words of a search:",
	    OPT_COMMON);
	buf_puts(&s->out, outro);
}

enum exit_code
cmd_help(struct context *c)
{
	const struct command *verb = c->args->nwords == 1 ?
	    command_find(c->args->words[0]) : NULL;

	if (verb == NULL) {
		put_all(c->out);
		return EXIT_DONE;
	}
	if (verb->run == NULL) {
		report_error("\"%s\" is not available in this version",
		    verb->name);
		return EXIT_USAGE;
	}
	buf_printf(&c->out->out, "kbctl [options] %s%s%s\n\n  %s\n", verb->name,
	    *verb->words != '\0' ? " " : "", verb->words, verb->help);
	put_options(c->out, "Options:", verb->options);
	put_options(c->out, "Options of every verb:", OPT_COMMON);
	return EXIT_DONE;
}
