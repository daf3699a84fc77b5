/*
 * args.h - the command line: options, verb, words.
 *
 *   kbctl [options] [verb] [options] words...
 *
 * Words that are no verb are a search. In a search everything after the
 * first word is text, but for a trailing --json or --limit N; elsewhere
 * options may stand anywhere. "--" ends options, and makes what follows a
 * search when no verb came before it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ARGS_H
#define KBCTL_ARGS_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct command;

enum option {
	OPT_HOST, OPT_PORT, OPT_USER, OPT_URL, OPT_DATA,	/* where */
	OPT_JSON, OPT_COLOR, OPT_QUIET, OPT_VERBOSE, OPT_YES,	/* how */
	OPT_HELP, OPT_VERSION,
	OPT_LIMIT, OPT_MESSAGE, OPT_DOC, OPT_KIND, OPT_SEVERITY,
	OPT_EXPLAIN, OPT_STALE, OPT_BASE, OPT_REPLACE, OPT_KEEP_GOING,
	OPT_ENCODING, OPT_AS_OF, OPT_ALL,
	OPT_FILE, OPT_FROM_LOG, OPT_UNDER, OPT_AFTER, OPT_ALLOW_SECRET,
	OPT_AUTHOR, OPT_SINCE, OPT_IN,
	OPT_FOLLOW,
	OPT_COUNT
};

#define OPT_BIT(o) ((uint64_t)1 << (o))

/* Options that every verb takes. */
#define OPT_COMMON (OPT_BIT(OPT_LIMIT) - 1)

struct option_def {
	const char *name;	/* "--name" */
	char letter;		/* "-x", or 0 */
	const char *arg;	/* name of its argument; NULL for a flag */
	const char *help;
};

extern const struct option_def option_defs[OPT_COUNT];

struct args {
	const struct command *command;
	bool verb_given;		/* else bare words */
	uint64_t given;			/* OPT_BIT of each */
	const char *value[OPT_COUNT];	/* borrowed from argv */
	const char **words;		/* owned */
	int nwords;
	int64_t limit;			/* 0: not given */
};

/*
 * Read a command line; argv[0] is skipped. On failure *e says what is wrong
 * and how to write it. args_free() is due in either case.
 */
bool args_parse(int argc, char *const *argv, struct args *out, struct err *e)
    MUST_CHECK;
void args_free(struct args *a);

static inline bool
args_has(const struct args *a, enum option o)
{
	return (a->given & OPT_BIT(o)) != 0;
}

/* The value of an option; NULL when it was not given. */
static inline const char *
args_value(const struct args *a, enum option o)
{
	return a->value[o];
}

#endif
