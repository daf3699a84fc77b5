/*
 * sql_call.c - the procedures that change the knowledge base; sql_call.h.
 *
 * A procedure is a row of a table: its arguments, which of them must be
 * there, who may call it, what it returns. Arguments land in one array by
 * what they mean, whatever their place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_call.h"
#include "common/arena.h"
#include "common/buf.h"
#include "kb/secret_scan.h"

enum arg {
	ARG_NAME, ARG_NEW_NAME, ARG_SOURCE, ARG_DOCUMENT, ARG_ENTRY, ARG_AFTER,
	ARG_VERSION, ARG_BASE_VERSION, ARG_BASE_REVISION, ARG_MARKDOWN,
	ARG_REVIEW_BY, ARG_MESSAGE, ARG_SECRET, ARG_ALLOW_SECRET, ARG_COUNT
};

static const struct arg_def {
	const char *name;
	uint32_t oid;
} arg_defs[ARG_COUNT] = {
	[ARG_NAME] = { "name", OID_TEXT },
	[ARG_NEW_NAME] = { "new_name", OID_TEXT },
	[ARG_SOURCE] = { "source", OID_TEXT },
	[ARG_DOCUMENT] = { "document", OID_TEXT },
	[ARG_ENTRY] = { "entry", OID_INT8 },
	[ARG_AFTER] = { "after_entry", OID_INT8 },
	[ARG_VERSION] = { "version", OID_INT8 },
	[ARG_BASE_VERSION] = { "base_version", OID_INT8 },
	[ARG_BASE_REVISION] = { "base_revision", OID_INT8 },
	[ARG_MARKDOWN] = { "markdown", OID_TEXT },
	[ARG_REVIEW_BY] = { "review_by", OID_TEXT },
	[ARG_MESSAGE] = { "message", OID_TEXT },
	[ARG_SECRET] = { "secret", OID_TEXT },
	[ARG_ALLOW_SECRET] = { "allow_secret", OID_BOOL },
};

enum call_kind { CALL_IMPORT, CALL_ENTRY, CALL_DOCUMENT, CALL_PURGE };

static const struct pg_column import_columns[] = {
	{ SLICE("document"), OID_TEXT, 0 },
	{ SLICE("revision"), OID_INT8, 0 },
	{ SLICE("added"), OID_INT4, 0 },
	{ SLICE("changed"), OID_INT4, 0 },
	{ SLICE("archived"), OID_INT4, 0 },
	{ SLICE("unchanged"), OID_INT4, 0 },
};

static const struct pg_column entry_columns[] = {
	{ SLICE("entry"), OID_INT8, 0 },
	{ SLICE("version"), OID_INT4, 0 },
	{ SLICE("revision"), OID_INT8, 0 },
	{ SLICE("merged"), OID_BOOL, 0 },
};

static const struct pg_column document_columns[] = {
	{ SLICE("document"), OID_TEXT, 0 },
	{ SLICE("revision"), OID_INT8, 0 },
};

static const struct pg_column purge_columns[] = {
	{ SLICE("entry"), OID_INT8, 0 },
	{ SLICE("version"), OID_INT4, 0 },
	{ SLICE("texts"), OID_INT4, 0 },
};

static const struct {
	const struct pg_column *columns;
	size_t n;
} kinds[] = {
	[CALL_IMPORT] = { import_columns, ARRAY_LEN(import_columns) },
	[CALL_ENTRY] = { entry_columns, ARRAY_LEN(entry_columns) },
	[CALL_DOCUMENT] = { document_columns, ARRAY_LEN(document_columns) },
	[CALL_PURGE] = { purge_columns, ARRAY_LEN(purge_columns) },
};

#define ARGS_MAX 5

struct sql_procedure {
	const char *name;
	enum call_kind kind;
	enum edit_verb verb;
	enum sql_call_right right;
	size_t nargs, nrequired;
	enum arg args[ARGS_MAX];
	unsigned nullable;	/* bits: arguments that must be given, but may
				   be NULL */
};

#define NULLABLE(arg) (1u << (arg))

static const struct sql_procedure procedures[] = {
	{ "import_document", CALL_IMPORT, 0, CALL_EDITOR, 5, 3,
	    { ARG_NAME, ARG_SOURCE, ARG_MARKDOWN, ARG_BASE_REVISION,
	    ARG_MESSAGE }, 0 },
	{ "add_entry", CALL_ENTRY, EDIT_ADD, CALL_EDITOR, 5, 3,
	    { ARG_DOCUMENT, ARG_AFTER, ARG_MARKDOWN, ARG_MESSAGE,
	    ARG_ALLOW_SECRET }, NULLABLE(ARG_DOCUMENT) | NULLABLE(ARG_AFTER) },
	{ "save_entry", CALL_ENTRY, EDIT_SAVE, CALL_EDITOR, 5, 3,
	    { ARG_ENTRY, ARG_BASE_VERSION, ARG_MARKDOWN, ARG_MESSAGE,
	    ARG_ALLOW_SECRET }, 0 },
	{ "revert_entry", CALL_ENTRY, EDIT_REVERT, CALL_EDITOR, 4, 3,
	    { ARG_ENTRY, ARG_VERSION, ARG_BASE_VERSION, ARG_MESSAGE }, 0 },
	{ "archive_entry", CALL_ENTRY, EDIT_ARCHIVE, CALL_EDITOR, 3, 2,
	    { ARG_ENTRY, ARG_BASE_VERSION, ARG_MESSAGE }, 0 },
	{ "unarchive_entry", CALL_ENTRY, EDIT_UNARCHIVE, CALL_EDITOR, 3, 2,
	    { ARG_ENTRY, ARG_BASE_VERSION, ARG_MESSAGE }, 0 },
	{ "move_entry", CALL_ENTRY, EDIT_MOVE, CALL_EDITOR, 4, 3,
	    { ARG_ENTRY, ARG_BASE_VERSION, ARG_AFTER, ARG_MESSAGE },
	    NULLABLE(ARG_AFTER) },
	{ "review_entry", CALL_ENTRY, EDIT_REVIEW, CALL_EDITOR, 4, 2,
	    { ARG_ENTRY, ARG_BASE_VERSION, ARG_REVIEW_BY, ARG_MESSAGE }, 0 },
	{ "create_document", CALL_DOCUMENT, EDIT_CREATE_DOCUMENT, CALL_EDITOR,
	    4, 1, { ARG_NAME, ARG_MARKDOWN, ARG_MESSAGE, ARG_ALLOW_SECRET },
	    0 },
	{ "rename_document", CALL_DOCUMENT, EDIT_RENAME_DOCUMENT, CALL_EDITOR,
	    3, 2, { ARG_NAME, ARG_NEW_NAME, ARG_MESSAGE }, 0 },
	{ "archive_document", CALL_DOCUMENT, EDIT_ARCHIVE_DOCUMENT,
	    CALL_EDITOR, 3, 2, { ARG_NAME, ARG_BASE_REVISION, ARG_MESSAGE },
	    0 },
	{ "unarchive_document", CALL_DOCUMENT, EDIT_UNARCHIVE_DOCUMENT,
	    CALL_EDITOR, 2, 1, { ARG_NAME, ARG_MESSAGE }, 0 },
	{ "purge_entry", CALL_PURGE, 0, CALL_ADMIN, 4, 2,
	    { ARG_ENTRY, ARG_VERSION, ARG_MESSAGE, ARG_SECRET }, 0 },
};

/* ---- the table ---- */

static const struct sql_procedure *
find_procedure(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(procedures); i++)
		if (slice_is(name, procedures[i].name))
			return &procedures[i];
	return NULL;
}

/* How it is called, or which ones there are. */
static void
hint_grammar(const struct sql_procedure *p, struct err *e)
{
	struct buf b = BUF_INIT;
	size_t i;

	if (p != NULL) {
		buf_printf(&b, "It is %s(", p->name);
		for (i = 0; i < p->nargs; i++)
			buf_printf(&b, "%s%s", i == 0 ? "" :
			    i < p->nrequired ? ", " : " [, ",
			    arg_defs[p->args[i]].name);
		for (i = p->nrequired; i < p->nargs; i++)
			buf_putc(&b, ']');
		buf_puts(&b, ").");
	} else {
		buf_puts(&b, "There are");
		for (i = 0; i < ARRAY_LEN(procedures); i++)
			buf_printf(&b, "%s %s", i == 0 ? "" : ",",
			    procedures[i].name);
		buf_putc(&b, '.');
	}
	err_hint(e, "%s", buf_cstr(&b));
	buf_free(&b);
}

static bool
no_such_procedure(const struct sql_stmt *s, struct err *e)
{
	err_set(e, ERR_NOT_FOUND,
	    "procedure %.*s with these arguments does not exist",
	    SQL_NAME_ARG(s->name));
	hint_grammar(find_procedure(s->name), e);
	return pg_err_state(e, "42883");
}

/* What args[i] of the statement is; -1 when there is no such argument. */
static int
place_of(const struct sql_procedure *p, const struct sql_stmt *s, size_t i)
{
	size_t k;

	if (s->args[i].name.len == 0)
		return i < p->nargs ? (int)p->args[i] : -1;
	for (k = 0; k < p->nargs; k++)
		if (slice_is(s->args[i].name, arg_defs[p->args[k]].name))
			return (int)p->args[k];
	return -1;
}

bool
sql_call_check(const struct sql_stmt *s, struct err *e)
{
	const struct sql_procedure *p = find_procedure(s->name);
	bool given[ARG_COUNT] = { false };
	size_t i;
	int k;

	if (p == NULL)
		return no_such_procedure(s, e);
	for (i = 0; i < s->nargs; i++) {
		k = place_of(p, s, i);
		if (k < 0 || given[k])
			return no_such_procedure(s, e);
		given[k] = true;
	}
	for (i = 0; i < p->nrequired; i++)
		if (!given[p->args[i]])
			return no_such_procedure(s, e);
	return true;
}

enum sql_call_right
sql_call_right(const struct sql_stmt *s)
{
	const struct sql_procedure *p = find_procedure(s->name);

	return p != NULL ? p->right : CALL_ADMIN;
}

const struct pg_column *
sql_call_columns(const struct sql_stmt *s, size_t *n)
{
	const struct sql_procedure *p = find_procedure(s->name);

	*n = kinds[p != NULL ? p->kind : CALL_ENTRY].n;
	return kinds[p != NULL ? p->kind : CALL_ENTRY].columns;
}

/* ---- arguments ---- */

void
sql_call_params(const struct sql_stmt *s, uint32_t *params)
{
	const struct sql_procedure *p = find_procedure(s->name);
	size_t i;
	int k;

	for (i = 0; p != NULL && i < s->nargs; i++) {
		unsigned n = s->args[i].param;

		k = place_of(p, s, i);
		if (n != 0 && k >= 0 && (params[n - 1] == OID_UNKNOWN ||
		    params[n - 1] == OID_UNKNOWN_TEXT))
			params[n - 1] = arg_defs[k].oid;
	}
	for (i = 0; i < s->nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
}

/* What was given for an argument, as the type that it must have. */
static bool
read_args(const struct sql_procedure *p, const struct sql_stmt *s,
    const struct pg_value *values, size_t nvalues, struct arena *a,
    struct pg_value *out, struct err *e)
{
	size_t i;
	int k;

	for (i = 0; i < s->nargs; i++) {
		const struct sql_arg *arg = &s->args[i];

		k = place_of(p, s, i);
		if (k < 0)
			return no_such_procedure(s, e);
		if (arg->param == 0) {
			if (pg_value_read(arg->value, arg_defs[k].oid, 0, a,
			    &out[k], e))
				continue;
			if (e != NULL)
				e->position = sql_position(s->tokens.sql,
				    arg->start);
			return false;
		}
		if (arg->param > nvalues) {
			err_set(e, ERR_NOT_FOUND, "there is no parameter $%u",
			    arg->param);
			return pg_err_state(e, "42P02");
		}
		out[k] = values[arg->param - 1];
	}
	return true;
}

static bool
must_not_be_null(const struct sql_procedure *p, enum arg k)
{
	size_t i;

	for (i = 0; i < p->nrequired; i++)
		if (p->args[i] == k)
			return (p->nullable & NULLABLE(k)) == 0;
	return false;
}

/* A parameter of another type than the argument's: text and integers fit. */
static bool
fit_arg(const struct sql_procedure *p, struct pg_value *v, enum arg k,
    struct arena *a, struct err *e)
{
	uint32_t oid = arg_defs[k].oid;

	if (v->kind == PG_NULL) {
		if (!must_not_be_null(p, k))
			return true;
		err_set(e, ERR_INVALID, "argument \"%s\" must not be null",
		    arg_defs[k].name);
		if (k == ARG_BASE_VERSION)
			err_detail(e, "A change says what it was made from.");
		return pg_err_state(e, "22004");
	}
	if (oid != OID_TEXT && v->kind == PG_TEXT)
		return pg_value_read(v->s, oid, 0, a, v, e);
	if (oid != OID_TEXT ? v->kind == PG_INT : v->kind == PG_TEXT)
		return true;
	err_set(e, ERR_INVALID, "argument \"%s\" must be of type %s",
	    arg_defs[k].name, pg_type_name(oid));
	return pg_err_state(e, "42804");
}

static struct slice
text_of(const struct pg_value *v, enum arg k)
{
	return v[k].kind == PG_TEXT ? v[k].s : SLICE("");
}

static int64_t
number_of(const struct pg_value *v, enum arg k)
{
	return v[k].kind == PG_INT ? v[k].i : 0;
}

static bool
read_base(const struct pg_value *v, int64_t *out, struct err *e)
{
	*out = BASE_LAST_IMPORT;
	if (v->kind == PG_NULL)
		return true;
	if (v->i < BASE_HEAD || v->i == 0) {
		err_set(e, ERR_INVALID,
		    "base_revision must be a revision, or -1, or null");
		err_detail(e, "-1 replaces what is there; null is the last "
		    "import of that source.");
		return pg_err_state(e, "22023");
	}
	*out = v->i;
	return true;
}

/* An import takes secrets, but says so. */
static void
find_secrets(struct sql_call *c, struct slice text)
{
	struct secret_hit hit = { .to = 0 };

	while (secret_scan_find(text, hit.to, &hit)) {
		if (c->nwarnings < SQL_CALL_WARNINGS_MAX)
			c->warnings[c->nwarnings] = (struct sql_call_warning){
				hit.line, hit.form };
		c->nwarnings++;
	}
}

static bool
prepare_import(const struct pg_value *v, const struct sql_call_context *c,
    struct sql_call *out, struct err *e)
{
	struct import_request *r = &out->import;

	if (v[ARG_NAME].s.len == 0) {
		err_set(e, ERR_INVALID, "a document needs a name");
		return pg_err_state(e, "22023");
	}
	if (!store_prepare(v[ARG_MARKDOWN].s, c->a, &out->doc, e))
		return false;
	find_secrets(out, v[ARG_MARKDOWN].s);
	*r = (struct import_request){ .name = v[ARG_NAME].s,
		.source = v[ARG_SOURCE].s, .doc = &out->doc,
		.author = c->author, .message = text_of(v, ARG_MESSAGE) };
	return read_base(&v[ARG_BASE_REVISION], &r->base_revision, e);
}

static void
prepare_edit(const struct pg_value *v, const struct sql_call_context *c,
    struct sql_call *out)
{
	out->edit = (struct edit_request){
		.verb = out->procedure->verb,
		.document = out->procedure->kind == CALL_DOCUMENT ?
		    text_of(v, ARG_NAME) : text_of(v, ARG_DOCUMENT),
		.new_name = text_of(v, ARG_NEW_NAME),
		.entry = number_of(v, ARG_ENTRY),
		.after = number_of(v, ARG_AFTER),
		.version = number_of(v, ARG_VERSION),
		.base_version = number_of(v, ARG_BASE_VERSION),
		.base_revision = number_of(v, ARG_BASE_REVISION),
		.markdown = text_of(v, ARG_MARKDOWN),
		.review_by = text_of(v, ARG_REVIEW_BY),
		.today = c->today,
		.allow_secret = number_of(v, ARG_ALLOW_SECRET) != 0,
		.author = c->author,
		.message = text_of(v, ARG_MESSAGE),
	};
}

bool
sql_call_prepare(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, const struct sql_call_context *c, struct sql_call *out,
    struct err *e)
{
	struct pg_value v[ARG_COUNT] = { { .kind = PG_NULL } };
	const struct sql_procedure *p = find_procedure(s->name);
	int k;

	*out = (struct sql_call){ .procedure = p };
	if (!sql_call_check(s, e) ||
	    !read_args(p, s, values, nvalues, c->a, v, e))
		return false;
	for (k = 0; k < ARG_COUNT; k++)
		if (!fit_arg(p, &v[k], (enum arg)k, c->a, e))
			return false;
	if (p->kind == CALL_IMPORT)
		return prepare_import(v, c, out, e);
	prepare_edit(v, c, out);
	out->purge = (struct purge_request){ number_of(v, ARG_ENTRY),
		number_of(v, ARG_VERSION), text_of(v, ARG_SECRET), c->author,
		text_of(v, ARG_MESSAGE) };
	return true;
}

bool
sql_call_plan(struct sql_call *c, struct store *s, struct arena *a,
    struct err *e)
{
	c->plan = NULL;
	return c->procedure->kind == CALL_IMPORT ||
	    c->procedure->kind == CALL_PURGE ||
	    store_edit_plan(s, &c->edit, a, &c->plan, e);
}

void
sql_call_object(const struct sql_call *c, struct buf *b)
{
	if (c->procedure->kind == CALL_IMPORT)
		buf_printf(b, "document %.*s", SLICE_ARG(c->import.name));
	else if (c->edit.entry != 0)
		buf_printf(b, "entry %lld", (long long)c->edit.entry);
	else
		buf_printf(b, "document %.*s", SLICE_ARG(c->edit.document));
	if (c->procedure->kind == CALL_PURGE)
		buf_printf(b, " version %lld", (long long)c->purge.version);
}

/* ---- the change ---- */

static struct pg_value
number(int64_t i)
{
	return (struct pg_value){ .kind = PG_INT, .i = i };
}

static struct pg_value
number_or_null(int64_t i)
{
	return (struct pg_value){ .kind = i != 0 ? PG_INT : PG_NULL, .i = i };
}

static struct pg_value
text(struct slice s)
{
	return (struct pg_value){ .kind = PG_TEXT, .s = s };
}

static bool
run_import(struct sql_call *c, struct store *s, struct pg_value *v,
    struct err *e)
{
	struct import_result r = { 0 };

	if (!store_import(s, &c->import, &r, e))
		return false;
	v[0] = text(c->import.name);
	v[1] = number_or_null(r.revision);
	v[2] = number(r.added);
	v[3] = number(r.changed);
	v[4] = number(r.archived);
	v[5] = number(r.unchanged);
	c->has_secret = c->nwarnings != 0 && r.revision != 0;
	return true;
}

static bool
run_edit(struct sql_call *c, struct store *s, struct pg_value *v,
    bool *is_void, struct err *e)
{
	struct edit_result r;

	if (!store_edit_apply(s, c->plan, &r, is_void, e))
		return false;
	c->has_secret = r.has_secret;
	if (c->procedure->kind == CALL_DOCUMENT) {
		v[0] = text(c->edit.verb == EDIT_RENAME_DOCUMENT ?
		    c->edit.new_name : c->edit.document);
		v[1] = number_or_null(r.revision);
		return true;
	}
	v[0] = number(r.entry);
	v[1] = number(r.version);
	v[2] = number_or_null(r.revision);
	v[3] = number(r.is_merged);
	return true;
}

static bool
run_purge(struct sql_call *c, struct store *s, struct pg_value *v,
    struct err *e)
{
	int64_t texts;

	if (!store_purge(s, &c->purge, &texts, e))
		return false;
	v[0] = number(c->purge.entry);
	v[1] = number(c->purge.version);
	v[2] = number(texts);
	return true;
}

static void
put_warnings(const struct sql_call *c, struct buf *b)
{
	size_t i;

	for (i = 0; i < c->nwarnings && i < SQL_CALL_WARNINGS_MAX; i++) {
		struct err e = ERR_INIT;

		err_set(&e, ERR_INVALID, "%.*s, line %zu: %s",
		    SLICE_ARG(c->import.name), c->warnings[i].line,
		    c->warnings[i].form);
		err_hint(&e, "Secrets should stay out of the base; "
		    "purge_entry() takes one out of all versions.");
		pg_err_state(&e, "01000");
		pg_put_error(b, PG_WARNING, &e);
	}
}

static bool
put_row(const struct sql_call *c, const struct pg_value *v,
    const uint16_t *formats, struct buf *b, struct err *e)
{
	const struct pg_column *columns = kinds[c->procedure->kind].columns;
	size_t n = kinds[c->procedure->kind].n, i;
	size_t mark = pg_msg_begin(b, 'D');

	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++)
		if (!pg_value_put(b, &v[i], columns[i].oid, formats[i],
		    columns[i].name, e))
			return false;
	pg_msg_end(b, mark);
	return true;
}

bool
sql_call_run(struct sql_call *c, struct store *s, const uint16_t *formats,
    struct buf *b, bool *is_void, struct err *e)
{
	struct pg_value v[SQL_CALL_COLUMNS_MAX];
	bool ok = false;

	*is_void = false;
	switch (c->procedure->kind) {
	case CALL_IMPORT:
		ok = run_import(c, s, v, e);
		break;
	case CALL_ENTRY:
	case CALL_DOCUMENT:
		ok = run_edit(c, s, v, is_void, e);
		break;
	case CALL_PURGE:
		ok = run_purge(c, s, v, e);
		break;
	}
	if (!ok || *is_void)
		return ok;
	put_warnings(c, b);
	return put_row(c, v, formats, b, e);
}
