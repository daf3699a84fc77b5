/*
 * command.h - the table of verbs, and what each one is run with.
 *
 * A verb is one row here and one file cmd_*.c. Verbs that are promised but
 * not written yet have a row without run: they never become a search.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_COMMAND_H
#define KBCTL_COMMAND_H

#include <stdint.h>

#include "common/err.h"
#include "kbctl/args.h"
#include "kbctl/exits.h"

struct client;
struct setup;
struct screen;

/* What a running command has at hand; main.c owns all of it. */
struct context {
	const struct args *args;
	struct setup *setup;
	struct screen *out;
	struct client *client;		/* NULL until context_client() */
};

struct command {
	const char *name;
	const char *words;		/* for the usage line, "" for none */
	const char *help;		/* one line */
	int min_words, max_words;	/* max -1: any number */
	uint64_t options;		/* OPT_BITs, besides OPT_COMMON */
	bool (*fits)(const char *word);	/* every word, or NULL: all do */
	enum exit_code (*run)(struct context *c);	/* NULL: not yet */
};

extern const struct command command_table[];
extern const unsigned command_count;

/* The row of a verb, or NULL when the word is none. */
const struct command *command_find(const char *word);

/* The search; what bare words run. */
const struct command *command_search(void);

/* Whether the words fit the verb's grammar, and its options too. */
bool command_check(const struct args *a, struct err *e) MUST_CHECK;

/*
 * "did you mean: kbctl search restart loop", as the hint of *e, when there
 * are words. Returns false.
 */
bool command_hint_search(const struct args *a, struct err *e);

/* The connection, made on first use. */
bool context_client(struct context *c, struct client **out, struct err *e)
    MUST_CHECK;

enum exit_code cmd_append(struct context *c);
enum exit_code cmd_archive(struct context *c);
enum exit_code cmd_backup(struct context *c);
enum exit_code cmd_blame(struct context *c);
enum exit_code cmd_diff(struct context *c);
enum exit_code cmd_doc(struct context *c);
enum exit_code cmd_docs(struct context *c);
enum exit_code cmd_edit(struct context *c);
enum exit_code cmd_gaps(struct context *c);
enum exit_code cmd_export(struct context *c);
enum exit_code cmd_help(struct context *c);
enum exit_code cmd_history(struct context *c);
enum exit_code cmd_import(struct context *c);
enum exit_code cmd_list(struct context *c);
enum exit_code cmd_match(struct context *c);
enum exit_code cmd_move(struct context *c);
enum exit_code cmd_new(struct context *c);
enum exit_code cmd_ping(struct context *c);
enum exit_code cmd_purge(struct context *c);
enum exit_code cmd_reload(struct context *c);
enum exit_code cmd_restart(struct context *c);
enum exit_code cmd_restore_backup(struct context *c);
enum exit_code cmd_revert(struct context *c);
enum exit_code cmd_review(struct context *c);
enum exit_code cmd_search(struct context *c);
enum exit_code cmd_show(struct context *c);
enum exit_code cmd_start(struct context *c);
enum exit_code cmd_status(struct context *c);
enum exit_code cmd_stop(struct context *c);
enum exit_code cmd_trust(struct context *c);
enum exit_code cmd_unarchive(struct context *c);
enum exit_code cmd_user(struct context *c);

#endif
