/*
 * main.c - kbctl: find the verb, run it, leave with its exit code.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/setup.h"
#include "kbctl/environ.h"
#include "kbctl/screen.h"
#include "kbctl/report.h"

#include <stdio.h>

static enum exit_code
run(struct context *c)
{
	enum exit_code code;

	client_catch_interrupt();
	code = c->args->command->run(c);
	client_close(c->client);
	if (!screen_flush(c->out)) {
		report_error("could not write to standard output");
		return EXIT_FAILED;
	}
	return code;
}

static enum exit_code
configure_and_run(const struct args *args)
{
	struct setup setup;
	struct screen screen = { .columns = 80 };
	struct context c = { .args = args, .setup = &setup, .out = &screen };
	struct err e = ERR_INIT;
	enum exit_code code;

	if (setup_load(args, &setup, &e)) {
		screen_init(&screen, setup.color);
		code = run(&c);
	} else {
		code = report_err(&e);
	}
	screen_free(&screen);
	setup_free(&setup);
	return code;
}

static enum exit_code
usage_error(const struct args *args, struct err *e)
{
	report_err(e);
	if (e->hint[0] == '\0')
		report_hint("kbctl --help lists the verbs, kbctl help %s says "
		    "more about this one.", args->command->name);
	return EXIT_USAGE;
}

static enum exit_code
version(void)
{
	printf("kbctl %s\n", PACKAGE_VERSION);
	return EXIT_DONE;
}

/* --help, with or without a verb, and nothing at all: run help instead. */
static bool
wants_help(struct args *args)
{
	bool nothing = args->given == 0 && !args->verb_given &&
	    args->nwords == 0;

	if (!args_has(args, OPT_HELP) && !nothing)
		return false;
	args->nwords = args->verb_given ? 1 : 0;
	args->words[0] = args->command->name;
	args->command = command_find("help");
	return true;
}

int
main(int argc, char **argv)
{
	struct args args;
	struct err e = ERR_INIT;
	enum exit_code code;

	environ_clean();
	if (!args_parse(argc, argv, &args, &e)) {
		code = usage_error(&args, &e);
	} else if (args_has(&args, OPT_VERSION)) {
		code = version();
	} else if (wants_help(&args)) {
		code = configure_and_run(&args);
	} else if (!command_check(&args, &e)) {
		code = usage_error(&args, &e);
	} else {
		report_set_quiet(args_has(&args, OPT_QUIET));
		code = configure_and_run(&args);
	}
	args_free(&args);
	return code;
}
