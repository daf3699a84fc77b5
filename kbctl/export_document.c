/*
 * export_document.c - one document's text; see export_document.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/export_document.h"
#include "kbctl/client.h"
#include "kbctl/exits.h"

static const char sql_then[] =
    "SELECT markdown, revision FROM document_at($1, $2)";
static const char sql_now[] =
    "SELECT markdown, revision FROM document_at($1)";

static bool
not_found(const char *name, const char *as_of, struct err *e)
{
	if (as_of != NULL)
		return err_set(e, ERR_NOT_FOUND, "there was no document \"%s\" "
		    "as of %s", name, as_of);
	err_set(e, ERR_NOT_FOUND, "there is no document \"%s\"", name);
	return err_hint(e, "kbctl docs lists them.");
}

bool
export_document(struct client *c, const char *name, const char *as_of,
    struct result **out, struct err *e)
{
	struct param p[2];

	param_text(&p[0], name);
	param_text(&p[1], as_of);
	if (!client_query(c, as_of != NULL ? sql_then : sql_now, p,
	    as_of != NULL ? 2 : 1, out, e))
		return false;
	if (result_rows(*out) != 0)
		return true;
	result_free(*out);
	return not_found(name, as_of, e);
}
