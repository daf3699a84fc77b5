/*
 * lookup.c - names of documents and entries; see lookup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/lookup.h"
#include "kb/entry.h"
#include "kbctl/answers.h"
#include "kbctl/client.h"

bool
lookup_document(struct client *c, const char *typed, struct arena *a,
    const char **name, struct err *e)
{
	static const char sql[] = "SELECT name FROM documents"
	    " WHERE lower(name) = lower($1) ORDER BY name = $1 DESC, name";
	struct result *r;
	struct param p;
	size_t n;
	bool exact;

	param_text(&p, typed);
	if (!client_query(c, sql, &p, 1, &r, e))
		return false;
	n = result_rows(r);
	exact = n != 0 && slice_is(result_text(r, 0, 0), typed);
	if (n != 0)
		*name = arena_cstr(a, result_text(r, 0, 0));
	result_free(r);
	if (n == 1 || exact)
		return true;
	if (n == 0) {
		err_set(e, ERR_NOT_FOUND, "there is no document \"%s\"", typed);
		return err_hint(e, "kbctl docs lists them.");
	}
	return err_set(e, ERR_INVALID, "%zu documents differ from \"%s\" only "
	    "in case: write the name exactly", n, typed);
}

bool
lookup_entry(struct client *c, const char *typed, struct entry_ref *out,
    struct err *e)
{
	int64_t entry;

	if (!entry_ref_parse(slice_of(typed), out))
		return err_set(e, ERR_INVALID, "\"%s\" is no entry: give its "
		    "number, its slug, or :1 for the first of the last answers",
		    typed);
	if (!out->is_answer)
		return true;
	if (!answers_find(client_target(c), out->number, &entry, e))
		return false;
	out->is_answer = false;
	out->number = entry;
	return true;
}

bool
lookup_check_kind(const char *kind, struct err *e)
{
	int i;

	for (i = ENTRY_SECTION; i <= ENTRY_RETROSPECTIVE; i++)
		if (strcmp(kind, entry_kind_name(i)) == 0)
			return true;
	return err_set(e, ERR_INVALID, "there is no kind \"%s\": it is %s",
	    kind, "problem, runbook, checklist, template, procedure, "
	    "retrospective or section");
}

bool
lookup_check_severity(const char *severity, struct err *e)
{
	int i;

	for (i = SEVERITY_INFO; i <= SEVERITY_CRITICAL; i++)
		if (strcmp(severity, entry_severity_name(i)) == 0)
			return true;
	return err_set(e, ERR_INVALID, "there is no severity \"%s\": it is "
	    "critical, high, warning, low or info", severity);
}
