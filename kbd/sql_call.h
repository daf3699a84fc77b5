/*
 * sql_call.h - the procedures that change the knowledge base.
 *
 *   import_document(name, source, markdown [, base_revision [, message]])
 *   add_entry(document, after_entry, markdown [, message [, allow_secret]])
 *   save_entry(entry, base_version, markdown [, message [, allow_secret]])
 *   revert_entry(entry, version, base_version [, message])
 *   archive_entry(entry, base_version [, message])
 *   unarchive_entry(entry, base_version [, message])
 *   move_entry(entry, base_version, after_entry [, message])
 *   review_entry(entry, base_version [, review_by [, message]])
 *   create_document(name [, markdown [, message [, allow_secret]]])
 *   rename_document(name, new_name [, message])
 *   archive_document(name, base_revision [, message])
 *   unarchive_document(name [, message])
 *   purge_entry(entry, version [, message [, secret]])	admins only
 *
 * after_entry may be NULL: at the end of the document for add_entry, at its
 * start for move_entry; document may be NULL when after_entry is not.
 *
 * One row each: entry, version, revision (NULL when nothing changed), merged;
 * of whole documents: document, revision; of import_document: document,
 * revision, added, changed, archived, unchanged; of purge_entry: entry,
 * version, texts.
 *
 * First on a worker: arguments are read, the Markdown is parsed, the change
 * is planned on what is committed. Then in the writer's turn: the change
 * itself. A session that has the writer already plans there, where it sees
 * its own changes; nobody else could go on meanwhile anyway.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_CALL_H
#define KBD_SQL_CALL_H

#include "kb/store.h"
#include "kb/store_edit.h"
#include "kb/store_purge.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_stmt.h"

#define SQL_CALL_COLUMNS_MAX 6
#define SQL_CALL_WARNINGS_MAX 20

/* Who may call it. */
enum sql_call_right { CALL_EDITOR, CALL_ADMIN };

struct sql_call_warning {
	size_t line;
	const char *form;	/* static */
};

struct sql_call {
	const struct sql_procedure *procedure;
	struct prepared doc;
	struct import_request import;	/* doc points to the above */
	struct edit_request edit;
	struct edit_plan *plan;		/* NULL: to be made where it runs */
	struct purge_request purge;
	struct sql_call_warning warnings[SQL_CALL_WARNINGS_MAX];
	size_t nwarnings;		/* secrets found; may be more */
	bool has_secret;		/* the change took one in */
};

/* The procedure exists and takes these arguments? 42883 when not. */
bool sql_call_check(const struct sql_stmt *s, struct err *e) MUST_CHECK;

/* Who may call it, its name; of a statement that was checked. */
enum sql_call_right sql_call_right(const struct sql_stmt *s);

/* The columns of the one row that a CALL returns; *n of them. */
const struct pg_column *sql_call_columns(const struct sql_stmt *s, size_t *n);

/* "entry 12" or "document k8s/Pod": what it is about. */
void sql_call_object(const struct sql_call *c, struct buf *b);

/* Types of parameters that the client left open. */
void sql_call_params(const struct sql_stmt *s, uint32_t *params);

struct sql_call_context {
	struct slice author;
	struct slice today;	/* "" : leave the documents' dates alone */
	struct arena *a;	/* owns *out; text is borrowed from s, values */
};

/*
 * Read the arguments and parse the document; any thread. values are those of
 * Bind, nvalues of them.
 */
bool sql_call_prepare(const struct sql_stmt *s,
    const struct pg_value *values, size_t nvalues,
    const struct sql_call_context *c, struct sql_call *out,
    struct err *e) MUST_CHECK;

/* Plan it, if it is of the kind that is planned. */
bool sql_call_plan(struct sql_call *c, struct store *s, struct arena *a,
    struct err *e) MUST_CHECK;

/*
 * Inside the writer's transaction; appends warnings and the DataRow to *b.
 * *is_void: somebody was faster, and it must be planned again.
 */
bool sql_call_run(struct sql_call *c, struct store *s,
    const uint16_t *formats, struct buf *b, bool *is_void, struct err *e)
    MUST_CHECK;

#endif
