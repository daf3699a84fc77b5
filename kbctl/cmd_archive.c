/*
 * cmd_archive.c - kbctl archive, unarchive, move, revert: an entry as it is,
 * out of sight, at another place, or as it was.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/str.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/place.h"
#include "kbctl/report.h"

/* Run a change whose entry and version are those that `t` shows. */
static enum exit_code
change_entry(struct context *c, const char *action, struct change *what,
    const struct entry_text *t)
{
	struct changed done;
	struct err e = ERR_INIT;

	what->entry = t->entry;
	what->base_version = t->version;
	what->document = t->document;
	what->message = args_value(c->args, OPT_MESSAGE);
	if (!change_run(c->client, what, &done, &e))
		return report_err(&e);
	if (done.entry == 0)
		done.entry = t->entry;
	change_report(c, action, what, &done);
	return EXIT_DONE;
}

/* The entry of the first word, as it is now. */
static bool
find_entry(struct context *c, struct arena *a, struct entry_text *t,
    struct err *e)
{
	struct client *client;

	return context_client(c, &client, e) &&
	    entry_text_find(client, c->args->words[0], a, t, e);
}

static enum exit_code
simple(struct context *c, const char *action, enum change_verb verb)
{
	struct change what = { .verb = verb };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct entry_text t;
	enum exit_code code;

	code = find_entry(c, &a, &t, &e) ?
	    change_entry(c, action, &what, &t) : report_err(&e);
	arena_free(&a);
	return code;
}

enum exit_code
cmd_archive(struct context *c)
{
	return simple(c, "archived", CHANGE_ARCHIVE);
}

enum exit_code
cmd_unarchive(struct context *c)
{
	return simple(c, "unarchived", CHANGE_UNARCHIVE);
}

/* Where --after or --under points, as the entry to stand behind. */
static bool
find_target(struct context *c, const struct entry_text *t, struct arena *a,
    int64_t *after, struct err *e)
{
	const char *behind = args_value(c->args, OPT_AFTER);
	const char *below = args_value(c->args, OPT_UNDER);
	struct place_entry *entries;
	struct entry_text anchor;
	struct place place;
	size_t n;

	if ((behind == NULL) == (below == NULL))
		return err_set(e, ERR_INVALID, "say where to: --after ENTRY "
		    "or --under ENTRY");
	if (!entry_text_find(c->client, behind != NULL ? behind : below, a,
	    &anchor, e))
		return false;
	*after = anchor.entry;
	if (behind != NULL)
		return true;
	if (!place_fetch(c->client, t->document, a, &entries, &n, e))
		return false;
	if (!place_under(entries, n, anchor.entry, &place))
		return err_set(e, ERR_INVALID, "entry %lld is in \"%s\"; an "
		    "entry stays in its document", (long long)anchor.entry,
		    anchor.document);
	*after = place.after;
	return true;
}

enum exit_code
cmd_move(struct context *c)
{
	struct change what = { .verb = CHANGE_MOVE };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct entry_text t;
	enum exit_code code;

	code = find_entry(c, &a, &t, &e) &&
	    find_target(c, &t, &a, &what.after, &e) ?
	    change_entry(c, "moved", &what, &t) : report_err(&e);
	arena_free(&a);
	return code;
}

enum exit_code
cmd_revert(struct context *c)
{
	struct change what = { .verb = CHANGE_REVERT };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct entry_text t;
	enum exit_code code;

	if (!str_int(slice_of(c->args->words[1]), 1, INT64_MAX,
	    &what.version)) {
		err_set(&e, ERR_INVALID, "\"%s\" is no version: kbctl history "
		    "%s lists them", c->args->words[1], c->args->words[0]);
		command_hint_search(c->args, &e);
		return report_err(&e);
	}
	code = find_entry(c, &a, &t, &e) ?
	    change_entry(c, "reverted", &what, &t) : report_err(&e);
	arena_free(&a);
	return code;
}
