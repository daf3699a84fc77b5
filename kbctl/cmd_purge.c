/*
 * cmd_purge.c - kbctl purge ENTRY@VERSION: the bytes of a leaked secret leave
 * the base for good.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/ask.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"

#include <stdio.h>

/* It cannot be undone: somebody must have meant it. */
static bool
confirm(struct context *c, const struct entry_ref *ref, struct err *e)
{
	char question[128];

	if (args_has(c->args, OPT_YES))
		return true;
	if (!ask_writer()) {
		err_set(e, ERR_INVALID, "purging cannot be undone");
		return err_hint(e, "--yes says that it is meant.");
	}
	snprintf(question, sizeof(question), "take the text of version %lld "
	    "of entry %lld away for good? [n]o, [y]es",
	    (long long)ref->version, (long long)ref->number);
	return ask_letter(question, "nyn") == 'y' ||
	    err_set(e, ERR_REFUSED, "nothing was purged");
}

static void
advise(void)
{
	report_note("backups, dumps and exports made before still have it: "
	    "make a new backup, then remove the old ones");
	report_note("a secret that was readable once is no secret any more: "
	    "change it where it is used");
}

static bool
purge(struct context *c, struct change *what, struct changed *done,
    struct err *e)
{
	struct entry_ref ref;
	struct client *client;

	if (!context_client(c, &client, e) ||
	    !lookup_entry(client, c->args->words[0], &ref, e))
		return false;
	if (ref.version == 0)
		return err_set(e, ERR_INVALID, "say which version: kbctl purge "
		    "%lld@VERSION", (long long)ref.number);
	if (!confirm(c, &ref, e))
		return false;
	what->entry = ref.number;
	what->version = ref.version;
	what->message = args_value(c->args, OPT_MESSAGE);
	if (!change_run(client, what, done, e))
		return false;
	if (done->entry == 0)
		done->entry = ref.number;
	return true;
}

enum exit_code
cmd_purge(struct context *c)
{
	struct change what = { .verb = CHANGE_PURGE };
	struct err e = ERR_INIT;
	struct changed done;

	if (!purge(c, &what, &done, &e))
		return report_err(&e);
	change_report(c, "purged", &what, &done);
	advise();
	return EXIT_DONE;
}
