/*
 * args.c - the command line; see args.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/args.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbctl/command.h"

#include <stdlib.h>

const struct option_def option_defs[OPT_COUNT] = {
	[OPT_HOST] = { "host", 'h', "HOST",
	    "server, or the directory of its socket" },
	[OPT_PORT] = { "port", 'p', "PORT", "port (7432)" },
	[OPT_USER] = { "user", 'U', "NAME", "role (your user name)" },
	[OPT_URL] = { "url", 0, "URL", "kb://user@host:port[,host:port]" },
	[OPT_DATA] = { "data", 'D', "DIR",
	    "the server of this data directory" },
	[OPT_JSON] = { "json", 0, NULL, "print one JSON document" },
	[OPT_COLOR] = { "color", 0, "WHEN", "auto, always or never" },
	[OPT_QUIET] = { "quiet", 'q', NULL, "only results and errors" },
	[OPT_VERBOSE] = { "verbose", 'v', NULL, "say what is being done" },
	[OPT_YES] = { "yes", 0, NULL, "ask no questions" },
	[OPT_HELP] = { "help", '?', NULL, "help for kbctl, or for a verb" },
	[OPT_VERSION] = { "version", 'V', NULL, "the version" },
	[OPT_LIMIT] = { "limit", 0, "N", "at most N rows" },
	[OPT_MESSAGE] = { "message", 'm', "TEXT", "why, for the history" },
	[OPT_DOC] = { "doc", 0, "NAME", "only this document" },
	[OPT_KIND] = { "kind", 0, "KIND", "only problem, runbook, checklist, "
	    "template, procedure, retrospective or section" },
	[OPT_SEVERITY] = { "severity", 0, "LEVEL",
	    "only critical, high, warning, low or info" },
	[OPT_EXPLAIN] = { "explain", 0, NULL, "say why each answer was found" },
	[OPT_STALE] = { "stale", 0, NULL, "only entries due for review" },
	[OPT_BASE] = { "base", 0, "REVISION",
	    "the file was made from this revision" },
	[OPT_REPLACE] = { "replace", 0, NULL,
	    "the file wins over changes made here" },
	[OPT_KEEP_GOING] = { "keep-going", 0, NULL,
	    "import what can be taken, name the rest" },
	[OPT_ENCODING] = { "encoding", 0, "NAME",
	    "the files are not UTF-8 but this" },
	[OPT_AS_OF] = { "as-of", 0, "WHEN", "a revision, a date or a time" },
	[OPT_ALL] = { "all", 0, "DIR", "every document, into this folder" },
	[OPT_FILE] = { "file", 'F', "FILE",
	    "take the text from here; - is standard input" },
	[OPT_FROM_LOG] = { "from-log", 0, "FILE",
	    "begin with the errors of this log" },
	[OPT_UNDER] = { "under", 0, "ENTRY", "as the last one below it" },
	[OPT_AFTER] = { "after", 0, "ENTRY", "right behind it" },
	[OPT_ALLOW_SECRET] = { "allow-secret", 0, NULL,
	    "save what looks like a secret; it is logged" },
	[OPT_AUTHOR] = { "author", 0, "NAME", "only what this role did" },
	[OPT_SINCE] = { "since", 0, "WHEN", "only from a day or time on, or "
	    "of the last 7d" },
	[OPT_IN] = { "in", 0, "DAYS", "due again after so long: 90d" },
	[OPT_FOLLOW] = { "follow", 0, NULL, "wait for more, as tail -F does" },
};

/* Where the reading stands. */
struct reading {
	int argc;
	char *const *argv;
	int at;			/* the next argument */
};

static bool
set_option(struct args *a, enum option o, const char *value, struct err *e)
{
	a->given |= OPT_BIT(o);
	a->value[o] = value;
	if (o == OPT_LIMIT && !str_int(slice_of(value), 1, 1000000, &a->limit))
		return err_set(e, ERR_INVALID, "--limit takes a number from 1 "
		    "to 1000000, not \"%s\"", value);
	if (o == OPT_COLOR && strcmp(value, "auto") != 0 &&
	    strcmp(value, "always") != 0 && strcmp(value, "never") != 0)
		return err_set(e, ERR_INVALID, "--color takes auto, always or "
		    "never, not \"%s\"", value);
	return true;
}

/* "--name", "--name=value" or "--name value", with r->at at it. */
static bool
read_long(struct reading *r, struct args *a, struct err *e)
{
	const char *text = r->argv[r->at++] + 2;
	struct slice name = { text, strcspn(text, "=") };
	const char *value = text[name.len] == '=' ? text + name.len + 1 : NULL;
	unsigned o;

	for (o = 0; o < OPT_COUNT; o++)
		if (slice_is(name, option_defs[o].name))
			break;
	if (o == OPT_COUNT) {
		err_set(e, ERR_INVALID, "there is no option \"--%.*s\"",
		    SLICE_ARG(name));
		return err_hint(e, "kbctl --help lists the options. To search "
		    "for such a word: kbctl search -- --%s", text);
	}
	if (option_defs[o].arg == NULL) {
		if (value != NULL)
			return err_set(e, ERR_INVALID,
			    "option --%s takes no value", option_defs[o].name);
		return set_option(a, o, "", e);
	}
	if (value == NULL && o == OPT_COLOR)
		value = "always";
	if (value == NULL) {
		if (r->at == r->argc)
			return err_set(e, ERR_INVALID, "option --%s needs %s",
			    option_defs[o].name, option_defs[o].arg);
		value = r->argv[r->at++];
	}
	return set_option(a, o, value, e);
}

/* "-x", "-xy" (flags), "-xvalue" or "-x value", with r->at at it. */
static bool
read_short(struct reading *r, struct args *a, struct err *e)
{
	const char *p = r->argv[r->at++] + 1;
	unsigned o;

	for (; *p != '\0'; p++) {
		for (o = 0; o < OPT_COUNT; o++)
			if (option_defs[o].letter == *p)
				break;
		if (o == OPT_COUNT) {
			err_set(e, ERR_INVALID, "there is no option \"-%s\"",
			    p);
			return err_hint(e, "kbctl --help lists the options. "
			    "To search for such a word: kbctl search -- %s",
			    r->argv[r->at - 1]);
		}
		if (option_defs[o].arg == NULL) {
			if (!set_option(a, o, "", e))
				return false;
			continue;
		}
		if (p[1] != '\0')
			return set_option(a, o, p + 1, e);
		if (r->at == r->argc)
			return err_set(e, ERR_INVALID, "option -%c needs %s",
			    *p, option_defs[o].arg);
		return set_option(a, o, r->argv[r->at++], e);
	}
	return true;
}

static bool
is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0';
}

static bool
read_options(struct reading *r, struct args *a, bool *ended, struct err *e)
{
	while (r->at < r->argc && is_option(r->argv[r->at])) {
		if (strcmp(r->argv[r->at], "--") == 0) {
			r->at++;
			*ended = true;
			return true;
		}
		if (r->argv[r->at][1] == '-' ? !read_long(r, a, e) :
		    !read_short(r, a, e))
			return false;
	}
	return true;
}

static void
add_word(struct args *a, const char *word)
{
	a->words[a->nwords++] = word;
}

/* Take --json and --limit N from the end of a search's words. */
static bool
trailing_options(struct args *a, struct err *e)
{
	while (a->nwords > 1) {
		const char *last = a->words[a->nwords - 1];
		const char *before = a->words[a->nwords - 2];
		int64_t n;

		if (strcmp(last, "--json") == 0) {
			a->given |= OPT_BIT(OPT_JSON);
			a->nwords--;
		} else if (strncmp(last, "--limit=", 8) == 0 &&
		    str_int(slice_of(last + 8), 0, INT64_MAX, &n)) {
			if (!set_option(a, OPT_LIMIT, last + 8, e))
				return false;
			a->nwords--;
		} else if (a->nwords > 2 && strcmp(before, "--limit") == 0 &&
		    str_int(slice_of(last), 0, INT64_MAX, &n)) {
			if (!set_option(a, OPT_LIMIT, last, e))
				return false;
			a->nwords -= 2;
		} else {
			break;
		}
	}
	return true;
}

static bool
read_words(struct reading *r, struct args *a, bool ended, struct err *e)
{

	while (r->at < r->argc) {
		if (!ended && !read_options(r, a, &ended, e))
			return false;
		if (r->at == r->argc)
			break;
		add_word(a, r->argv[r->at++]);
		if (a->command == command_search() && !ended) {
			while (r->at < r->argc)
				add_word(a, r->argv[r->at++]);
			return trailing_options(a, e);
		}
	}
	return true;
}

bool
args_parse(int argc, char *const *argv, struct args *out, struct err *e)
{
	struct reading r = { argc, argv, 1 };
	bool ended = false;

	*out = (struct args){ .command = command_search() };
	out->words = mem_calloc((size_t)argc + 1, sizeof(*out->words));
	if (!read_options(&r, out, &ended, e))
		return false;
	if (!ended && r.at < r.argc) {
		const struct command *c = command_find(r.argv[r.at]);

		if (c != NULL) {
			out->command = c;
			out->verb_given = true;
			r.at++;
		}
	}
	return read_words(&r, out, ended, e);
}

void
args_free(struct args *a)
{
	free(a->words);
	a->words = NULL;
}
