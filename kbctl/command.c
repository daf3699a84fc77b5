/*
 * command.c - the table of verbs; see command.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/command.h"
#include "common/buf.h"
#include "kbctl/entry_ref.h"

#include <unistd.h>

#define FILTERS (OPT_BIT(OPT_DOC) | OPT_BIT(OPT_KIND) | OPT_BIT(OPT_SEVERITY))

/* What a text may come with. */
#define WRITING (OPT_BIT(OPT_FILE) | OPT_BIT(OPT_MESSAGE) | \
	OPT_BIT(OPT_ALLOW_SECRET))

static bool
is_entry(const char *word)
{
	struct entry_ref ref;

	return entry_ref_parse(slice_of(word), &ref);
}

/* What looks like a path may be one that is missing; a bare word must exist. */
static bool
is_log(const char *word)
{
	return strcmp(word, "-") == 0 || strpbrk(word, "/.") != NULL ||
	    access(word, F_OK) == 0;
}

static bool
is_verb(const char *word)
{
	return command_find(word) != NULL;
}

/* name, words, help, min, max, options, fits, run */
const struct command command_table[] = {
	{ "search", "WORDS", "the answers, best first; - reads standard input",
	    1, -1, OPT_BIT(OPT_LIMIT) | FILTERS | OPT_BIT(OPT_EXPLAIN), NULL,
	    cmd_search },
	{ "match", "[FILE...]", "known errors in log files, or standard "
	    "input", 0, -1, OPT_BIT(OPT_FOLLOW), is_log, cmd_match },
	{ "show", "ENTRY[@VERSION]", "one entry, whole", 1, 1, 0, is_entry,
	    cmd_show },
	{ "list", "", "the entries", 0, 0,
	    OPT_BIT(OPT_LIMIT) | FILTERS | OPT_BIT(OPT_STALE), NULL, cmd_list },
	{ "docs", "", "the documents", 0, 0, OPT_BIT(OPT_LIMIT), NULL,
	    cmd_docs },
	{ "gaps", "", "searches that found nothing, most asked first", 0, 0,
	    OPT_BIT(OPT_LIMIT), NULL, cmd_gaps },
	{ "history", "[ENTRY or DOC]", "who changed what, when and why", 0, 1,
	    OPT_BIT(OPT_LIMIT) | OPT_BIT(OPT_AUTHOR) | OPT_BIT(OPT_SINCE),
	    NULL, cmd_history },
	{ "diff", "ENTRY [A [B]]", "what changed between two versions", 1, 3,
	    0, is_entry, cmd_diff },
	{ "blame", "ENTRY", "who last touched each line", 1, 1, 0, is_entry,
	    cmd_blame },
	{ "new", "", "record a lesson", 0, 0, WRITING | OPT_BIT(OPT_DOC) |
	    OPT_BIT(OPT_KIND) | OPT_BIT(OPT_FROM_LOG) | OPT_BIT(OPT_AFTER) |
	    OPT_BIT(OPT_UNDER), NULL, cmd_new },
	{ "edit", "ENTRY", "change an entry in your editor", 1, 1, WRITING |
	    OPT_BIT(OPT_BASE), is_entry, cmd_edit },
	{ "append", "ENTRY", "add a paragraph to an entry", 1, 1, WRITING |
	    OPT_BIT(OPT_BASE), is_entry, cmd_append },
	{ "archive", "ENTRY", "take an entry out of sight", 1, 1,
	    OPT_BIT(OPT_MESSAGE), is_entry, cmd_archive },
	{ "unarchive", "ENTRY", "bring it back", 1, 1, OPT_BIT(OPT_MESSAGE),
	    is_entry, cmd_unarchive },
	{ "move", "ENTRY", "to another place of its document", 1, 1,
	    OPT_BIT(OPT_MESSAGE) | OPT_BIT(OPT_AFTER) | OPT_BIT(OPT_UNDER),
	    is_entry, cmd_move },
	{ "revert", "ENTRY VERSION", "the text of an old version again", 2, 2,
	    OPT_BIT(OPT_MESSAGE), is_entry, cmd_revert },
	{ "review", "ENTRY", "read and found right; --in 90d: look again", 1,
	    1, OPT_BIT(OPT_MESSAGE) | OPT_BIT(OPT_IN), is_entry, cmd_review },
	{ "purge", "ENTRY@VERSION", "remove a leaked secret for good", 1, 1,
	    OPT_BIT(OPT_MESSAGE), is_entry, cmd_purge },
	{ "doc", "new|rename|archive|unarchive DOC [NAME]",
	    "whole documents", 2, 3, OPT_BIT(OPT_MESSAGE) |
	    OPT_BIT(OPT_FILE) | OPT_BIT(OPT_ALLOW_SECRET), NULL, cmd_doc },
	{ "import", "FILE or DIR...", "Markdown in; - is standard input", 1,
	    -1, OPT_BIT(OPT_MESSAGE) | OPT_BIT(OPT_BASE) |
	    OPT_BIT(OPT_REPLACE) | OPT_BIT(OPT_KEEP_GOING) |
	    OPT_BIT(OPT_ENCODING) | OPT_BIT(OPT_DOC), NULL, cmd_import },
	{ "export", "DOC, or --all DIR", "Markdown out, byte for byte", 0, -1,
	    OPT_BIT(OPT_AS_OF) | OPT_BIT(OPT_ALL), NULL, cmd_export },
	{ "user", "add|passwd|list|drop [NAME]", "roles and their passwords",
	    1, 3, 0, NULL, cmd_user },
	{ "trust", "HOST[:PORT] [FINGERPRINT]",
	    "look at a server's certificate and keep it", 1, 2, 0, NULL,
	    cmd_trust },
	{ "start", "", "start the server", 0, 0, 0, NULL, cmd_start },
	{ "stop", "", "stop the server", 0, 0, 0, NULL, cmd_stop },
	{ "restart", "", "stop it, start it", 0, 0, 0, NULL, cmd_restart },
	{ "reload", "", "let it read its settings again", 0, 0, 0, NULL,
	    cmd_reload },
	{ "status", "", "whether it runs", 0, 0, 0, NULL, cmd_status },
	{ "ping", "", "whether it takes connections", 0, 0, 0, NULL,
	    cmd_ping },
	{ "backup", "DIR", "a copy of all that the server has, verified", 1, 1,
	    0, NULL, cmd_backup },
	{ "restore-backup", "DIR", "a new data directory (-D) from a backup",
	    1, 1, 0, NULL, cmd_restore_backup },
	{ "help", "[VERB]", "this text, or that of one verb", 0, 1, 0, is_verb,
	    cmd_help },
	/* promised, not written yet: no word of these may become a search */
	{ .name = "dump" }, { .name = "load" },
};
const unsigned command_count = ARRAY_LEN(command_table);

const struct command *
command_find(const char *word)
{
	unsigned i;

	for (i = 0; i < command_count; i++)
		if (strcmp(command_table[i].name, word) == 0)
			return &command_table[i];
	return NULL;
}

const struct command *
command_search(void)
{
	return &command_table[0];
}

bool
command_hint_search(const struct args *a, struct err *e)
{
	struct buf b = BUF_INIT;
	int i;

	if (a->nwords == 0)
		return false;
	for (i = 0; i < a->nwords; i++)
		buf_printf(&b, " %s", a->words[i]);
	err_hint(e, "did you mean: kbctl search %s%s", a->command->name,
	    buf_cstr(&b));
	buf_free(&b);
	return false;
}

static bool
words_fit(const struct args *a)
{
	const struct command *c = a->command;
	int i;

	if (a->nwords < c->min_words ||
	    (c->max_words >= 0 && a->nwords > c->max_words))
		return false;
	for (i = 0; i < a->nwords && c->fits != NULL; i++)
		if (!c->fits(a->words[i]))
			return false;
	return true;
}

static bool
options_fit(const struct args *a, struct err *e)
{
	uint64_t bad = a->given & ~(OPT_COMMON | a->command->options);
	unsigned o;

	for (o = 0; o < OPT_COUNT; o++)
		if ((bad & OPT_BIT(o)) != 0)
			return err_set(e, ERR_INVALID, "option --%s is not for "
			    "\"kbctl %s\"", option_defs[o].name,
			    a->command->name);
	return true;
}

bool
command_check(const struct args *a, struct err *e)
{
	const struct command *c = a->command;

	if (c->run == NULL) {
		err_set(e, ERR_UNSUPPORTED,
		    "\"%s\" is not available in this version", c->name);
		return command_hint_search(a, e);
	}
	if (!words_fit(a)) {
		err_set(e, ERR_INVALID, "usage: kbctl %s%s%s", c->name,
		    *c->words != '\0' ? " " : "", c->words);
		return command_hint_search(a, e);
	}
	return options_fit(a, e);
}
