/*
 * sql_rewrite.c - a resolved query as text for SQLite; sql_rewrite.h.
 *
 * Every name is written in quotes and with its relation, every order with its
 * place for NULL, every operation that PostgreSQL does otherwise as a call.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_rewrite.h"
#include "common/arena.h"
#include "common/buf.h"
#include "kbd/sql_function.h"
#include "kbd/sql_tree.h"

#include <math.h>
#include <stdio.h>

struct writer {
	const struct sql_tokens *t;
	struct arena *a;
	struct buf out;
	struct sql_origin *origins;
	size_t norigins, cap;
	size_t origin;		/* byte of the client's text */
};

static void expression(struct writer *w, const struct node *n);
static void query(struct writer *w, const struct query *q, bool is_top);

static void
put(struct writer *w, struct slice text)
{
	if (w->norigins == 0 ||
	    w->origins[w->norigins - 1].from != w->origin) {
		w->origins = arena_grow(w->a, w->origins, w->norigins,
		    &w->cap, sizeof(*w->origins));
		w->origins[w->norigins++] = (struct sql_origin){ w->out.len,
			w->origin };
	}
	buf_put_slice(&w->out, text);
}

static void
puts_(struct writer *w, const char *text)
{
	put(w, slice_of(text));
}

static void
at(struct writer *w, size_t token)
{
	if (token < w->t->n)
		w->origin = w->t->list[token].start;
}

static void
quoted(struct writer *w, struct slice text, char quote)
{
	struct slice mark = slice_make(&quote, 1);
	size_t i, from = 0;

	put(w, mark);
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] != quote)
			continue;
		put(w, slice_sub(text, from, i + 1));
		from = i;	/* the quote once more */
	}
	put(w, slice_sub(text, from, text.len));
	put(w, mark);
}

static void
name(struct writer *w, struct slice text)
{
	quoted(w, text, '"');
}

static void
integer(struct writer *w, int64_t v)
{
	char text[32];

	if (v == INT64_MIN) {
		puts_(w, "(-9223372036854775807-1)");
		return;
	}
	snprintf(text, sizeof(text), v < 0 ? "(%lld)" : "%lld",
	    (long long)v);
	puts_(w, text);
}

/* ---- literals ---- */

static void
real(struct writer *w, double v)
{
	char text[48];

	if (isnan(v))
		puts_(w, "'NaN'");
	else if (isinf(v))
		puts_(w, v > 0 ? "9e999" : "(-9e999)");
	else {
		snprintf(text, sizeof(text), v < 0 ? "(%.17e)" : "%.17e", v);
		puts_(w, text);
	}
}

static void
blob(struct writer *w, struct slice s)
{
	char pair[3];
	size_t i;

	puts_(w, "x'");
	for (i = 0; i < s.len; i++) {
		snprintf(pair, sizeof(pair), "%02x", (unsigned char)s.ptr[i]);
		puts_(w, pair);
	}
	puts_(w, "'");
}

static void
string(struct writer *w, const struct node *n)
{
	struct pg_value v;

	if (!pg_value_read(n->text, n->type, 0, w->a, &v, NULL)) {
		puts_(w, "NULL");	/* it was read before */
		return;
	}
	switch (v.kind) {
	case PG_NULL:
		puts_(w, "NULL");
		break;
	case PG_INT:
		integer(w, v.i);
		break;
	case PG_REAL:
		real(w, v.r);
		break;
	case PG_TEXT:
		if (n->type == OID_NUMERIC) {
			puts_(w, "CAST(");
			quoted(w, v.s, '\'');
			puts_(w, " AS REAL)");
		} else {
			quoted(w, v.s, '\'');
		}
		break;
	case PG_BLOB:
		blob(w, v.s);
		break;
	}
}

static void
parameter(struct writer *w, const struct node *n)
{
	char text[40];

	snprintf(text, sizeof(text), n->type == OID_NUMERIC ?
	    "CAST(?%u AS REAL)" : "?%u", n->value);
	puts_(w, text);
}

/* ---- lists ---- */

static void
list(struct writer *w, const struct node *n)
{
	const struct node *first = n;

	for (; n != NULL; n = n->next) {
		if (n != first)
			puts_(w, ", ");
		expression(w, n);
	}
}

static void
order(struct writer *w, const struct node *n)
{
	const struct node *first = n;
	bool nulls_first;

	for (; n != NULL; n = n->next) {
		if (n != first)
			puts_(w, ", ");
		if (n->position != 0)
			integer(w, n->position);
		else
			expression(w, n);
		if (n->is_desc)
			puts_(w, " DESC");
		nulls_first = n->has_nulls ? n->nulls_first : n->is_desc;
		puts_(w, nulls_first ? " NULLS FIRST" : " NULLS LAST");
	}
}

/* ---- casts and operators ---- */

static bool
is_text(uint32_t type)
{
	return type == OID_TEXT || type == OID_VARCHAR || type == OID_NAME ||
	    type == OID_BPCHAR;
}

static bool
is_integer(uint32_t type)
{
	return type == OID_INT2 || type == OID_INT4 || type == OID_INT8 ||
	    type == OID_OID;
}

/* The stored form is the same. */
static bool
is_free_cast(uint32_t from, uint32_t to)
{
	if (from == to || (is_text(from) && is_text(to)))
		return true;
	if (to == OID_NUMERIC)
		return is_integer(from) || from == OID_FLOAT8 ||
		    from == OID_FLOAT4;
	if (from == OID_FLOAT4 || from == OID_NUMERIC)
		return to == OID_FLOAT8;
	return to == OID_INT8 && is_integer(from);
}

static void
call_with_types(struct writer *w, const char *function,
    const struct node *first, const struct node *second, uint32_t a,
    uint32_t b)
{
	puts_(w, function);
	puts_(w, "(");
	expression(w, first);
	if (second != NULL) {
		puts_(w, ", ");
		expression(w, second);
	}
	puts_(w, ", ");
	integer(w, a);
	if (b != 0) {
		puts_(w, ", ");
		integer(w, b);
	}
	puts_(w, ")");
}

static void
cast(struct writer *w, const struct node *n)
{
	const struct node *k = n->kid;

	if (is_free_cast(k->type, n->type))
		expression(w, k);
	else if (k->kind == NODE_NUMBER && k->type == OID_NUMERIC &&
	    is_text(n->type))
		quoted(w, k->text, '\'');
	else if (k->type == OID_NUMERIC && k->scale >= 0 && is_text(n->type))
		call_with_types(w, "kb_scale", k, NULL, (uint32_t)k->scale, 0);
	else
		call_with_types(w, "kb_cast", k, NULL, k->type, n->type);
}

static void
unary(struct writer *w, const struct node *n)
{
	if (slice_is(n->text, "+")) {
		expression(w, n->kid);
	} else if (slice_is(n->text, "-") && n->kid->kind != NODE_NUMBER) {
		call_with_types(w, "kb_negate", n->kid, NULL, n->type, 0);
	} else {
		puts_(w, "(");
		put(w, n->text);
		puts_(w, slice_is(n->text, "NOT") ? " " : "");
		expression(w, n->kid);
		puts_(w, ")");
	}
}

/* a AND b AND c needs no parentheses inside. */
static void
chain(struct writer *w, const struct node *n)
{
	const struct node *l = n->kid;

	if (l->kind == NODE_BINARY && slice_eq(l->text, n->text))
		chain(w, l);
	else
		expression(w, l);
	puts_(w, slice_is(n->text, "and") ? " AND " : slice_is(n->text,
	    "or") ? " OR " : " || ");
	expression(w, l->next);
}

static void
binary(struct writer *w, const struct node *n)
{
	static const struct {
		const char *op, *function;
	} calls[] = {
		{ "+", "kb_add" }, { "-", "kb_subtract" },
		{ "*", "kb_multiply" }, { "/", "kb_divide" },
		{ "%", "kb_modulo" },
	};
	const struct node *l = n->kid, *r = l->next;
	size_t i;

	for (i = 0; i < ARRAY_LEN(calls); i++) {
		if (!slice_is(n->text, calls[i].op))
			continue;
		call_with_types(w, calls[i].function, l, r,
		    l->type == OID_DATE ? OID_DATE : n->type, 0);
		return;
	}
	if (slice_is(n->text, "->") || slice_is(n->text, "->>")) {
		puts_(w, n->text.len == 2 ? "kb_json_get(" : "kb_json_text(");
		expression(w, l);
		puts_(w, ", ");
		expression(w, r);
		puts_(w, ")");
		return;
	}
	if (slice_is(n->text, "<<") || slice_is(n->text, ">>")) {
		call_with_types(w, "kb_shift", l, r, n->type,
		    n->text.ptr[0] == '<' ? 1 : 2);
		return;
	}
	puts_(w, "(");
	if (slice_is(n->text, "and") || slice_is(n->text, "or") ||
	    slice_is(n->text, "||")) {
		chain(w, n);
	} else {
		expression(w, l);
		puts_(w, " ");
		put(w, n->text);
		puts_(w, " ");
		expression(w, r);
	}
	puts_(w, ")");
}

static void
like(struct writer *w, const struct node *n)
{
	const struct node *text = n->kid, *pattern = text->next;

	puts_(w, n->is_not ? "(NOT " : "(");
	puts_(w, n->ignores_case ? "kb_ilike(" : "like(");
	expression(w, pattern);
	puts_(w, ", ");
	expression(w, text);
	if (pattern->next != NULL) {
		puts_(w, ", ");
		expression(w, pattern->next);
	}
	puts_(w, "))");
}

static void
in(struct writer *w, const struct node *n)
{
	puts_(w, "(");
	expression(w, n->kid);
	puts_(w, n->is_not ? " NOT IN (" : " IN (");
	if (n->query != NULL)
		query(w, n->query, false);
	else
		list(w, n->kid->next);
	puts_(w, "))");
}

static void
between(struct writer *w, const struct node *n)
{
	puts_(w, "(");
	expression(w, n->kid);
	puts_(w, n->is_not ? " NOT BETWEEN " : " BETWEEN ");
	expression(w, n->kid->next);
	puts_(w, " AND ");
	expression(w, n->kid->next->next);
	puts_(w, ")");
}

static void
is_test(struct writer *w, const struct node *n)
{
	puts_(w, "(");
	expression(w, n->kid);
	puts_(w, n->is_not ? " IS NOT " : " IS ");
	puts_(w, slice_is(n->text, "true") ? "TRUE" :
	    slice_is(n->text, "false") ? "FALSE" : "NULL");
	puts_(w, ")");
}

static void
distinct(struct writer *w, const struct node *n)
{
	puts_(w, "(");
	expression(w, n->kid);
	puts_(w, n->is_not ? " IS " : " IS NOT ");
	expression(w, n->kid->next);
	puts_(w, ")");
}

static void
case_expression(struct writer *w, const struct node *n)
{
	const struct node *k = n->kid;

	puts_(w, "CASE ");
	if (n->has_operand) {
		expression(w, k);
		k = k->next;
	}
	for (; k != NULL && k->next != NULL; k = k->next->next) {
		puts_(w, " WHEN ");
		expression(w, k);
		puts_(w, " THEN ");
		expression(w, k->next);
	}
	if (k != NULL) {
		puts_(w, " ELSE ");
		expression(w, k);
	}
	puts_(w, " END");
}

/* ---- calls ---- */

static void
window(struct writer *w, const struct window *o)
{
	size_t i;

	puts_(w, "(");
	if (o->partition != NULL) {
		puts_(w, "PARTITION BY ");
		list(w, o->partition);
		puts_(w, " ");
	}
	if (o->order != NULL) {
		puts_(w, "ORDER BY ");
		order(w, o->order);
		puts_(w, " ");
	}
	for (i = o->frame_from; i < o->frame_to; i++) {
		put(w, sql_token_text(w->t, i));
		puts_(w, " ");
	}
	puts_(w, ")");
}

/* concat() takes any type, and means its text. */
static void
texts(struct writer *w, const struct node *n)
{
	const struct node *first = n;

	for (; n != NULL; n = n->next) {
		if (n != first)
			puts_(w, ", ");
		if (is_text(n->type)) {
			expression(w, n);
		} else if (n->type == OID_BOOL) {
			puts_(w, "substr(");	/* 't', not 'true' */
			call_with_types(w, "kb_cast", n, NULL, OID_BOOL,
			    OID_TEXT);
			puts_(w, ", 1, 1)");
		} else
			call_with_types(w, "kb_cast", n, NULL, n->type,
			    OID_TEXT);
	}
}

static void
round_(struct writer *w, const struct node *n)
{
	puts_(w, "kb_round(");
	list(w, n->kid);
	if (n->kid->next == NULL)
		puts_(w, ", 0");
	puts_(w, ", ");
	integer(w, n->type);
	puts_(w, ")");
}

static void
call(struct writer *w, const struct node *n)
{
	const struct sql_function *f = n->function;
	const char *as = f->as != NULL ? f->as : f->name;

	if (strcmp(as, "kb_round") == 0) {
		round_(w, n);
		return;
	}
	if (strcmp(as, "coalesce") == 0 && n->kid->next == NULL) {
		expression(w, n->kid);
		return;
	}
	puts_(w, as);
	puts_(w, "(");
	if (n->is_distinct)
		puts_(w, "DISTINCT ");
	if (n->kid != NULL && n->kid->kind == NODE_STAR)
		puts_(w, "*");
	else if (strcmp(as, "kb_concat") == 0)
		texts(w, n->kid);
	else
		list(w, n->kid);
	puts_(w, ")");
	if (n->filter != NULL) {
		puts_(w, " FILTER (WHERE ");
		expression(w, n->filter);
		puts_(w, ")");
	}
	if (n->over == NULL)
		return;
	puts_(w, " OVER ");
	if (n->over->is_reference)
		name(w, n->over->name);
	else
		window(w, n->over);
}

/* ---- subqueries ---- */

/* It cannot have two rows, whatever the data. */
static bool
has_one_row(const struct query *q)
{
	const struct body *b = q->body;

	if (q->limit != NULL && q->limit->kind == NODE_NUMBER &&
	    (slice_is(q->limit->text, "1") || slice_is(q->limit->text, "0")))
		return true;
	return b->kind == BODY_SELECT && ((b->has_aggregate &&
	    b->group == NULL) || b->from == NULL);
}

static void
scalar(struct writer *w, const struct node *n)
{
	if (has_one_row(n->query)) {
		puts_(w, "(");
		query(w, n->query, false);
		puts_(w, ")");
		return;
	}
	puts_(w, "(WITH \"s\"(\"c\") AS (");
	query(w, n->query, false);
	puts_(w, ") SELECT kb_single(\"c\") FROM \"s\")");
}

static void
column(struct writer *w, const struct node *n)
{
	/* in parentheses it is no relation for sql_guard.c */
	puts_(w, n->source == NULL ? "((" : "");
	if (n->source != NULL) {
		name(w, n->source->alias);
		puts_(w, ".");
	}
	name(w, n->text);
	puts_(w, n->source == NULL ? "))" : "");
}

static void
expression(struct writer *w, const struct node *n)
{
	at(w, n->token);
	switch (n->kind) {
	case NODE_NUMBER:
		put(w, n->text);
		break;
	case NODE_STRING:
		string(w, n);
		break;
	case NODE_NULL:
		puts_(w, "NULL");
		break;
	case NODE_BOOL:
		puts_(w, n->value ? "1" : "0");
		break;
	case NODE_PARAM:
		parameter(w, n);
		break;
	case NODE_COLUMN:
		column(w, n);
		break;
	case NODE_STAR:
		break;
	case NODE_CALL:
		call(w, n);
		break;
	case NODE_CAST:
		cast(w, n);
		break;
	case NODE_UNARY:
		unary(w, n);
		break;
	case NODE_BINARY:
		binary(w, n);
		break;
	case NODE_LIKE:
		like(w, n);
		break;
	case NODE_IN:
		in(w, n);
		break;
	case NODE_BETWEEN:
		between(w, n);
		break;
	case NODE_IS:
		is_test(w, n);
		break;
	case NODE_DISTINCT:
		distinct(w, n);
		break;
	case NODE_CASE:
		case_expression(w, n);
		break;
	case NODE_EXISTS:
		puts_(w, "EXISTS (");
		query(w, n->query, false);
		puts_(w, ")");
		break;
	case NODE_QUERY:
		scalar(w, n);
		break;
	case NODE_ROW:
		puts_(w, "(");
		list(w, n->kid);
		puts_(w, ")");
		break;
	}
}

/* ---- FROM ---- */

static void
names(struct writer *w, const struct name_list *n)
{
	const struct name_list *first = n;

	puts_(w, "(");
	for (; n != NULL; n = n->next) {
		if (n != first)
			puts_(w, ", ");
		name(w, n->name);
	}
	puts_(w, ")");
}

static void
column_names(struct writer *w, const struct column *c, size_t n)
{
	size_t i;

	puts_(w, "(");
	for (i = 0; i < n; i++) {
		if (i != 0)
			puts_(w, ", ");
		name(w, c[i].name);
	}
	puts_(w, ")");
}

static void source(struct writer *w, const struct source *s);

static void
join(struct writer *w, const struct source *s)
{
	static const char *const words[] = { " CROSS JOIN ", " INNER JOIN ",
		" LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN " };
	bool nested = s->right->kind == SOURCE_JOIN;

	source(w, s->left);
	at(w, s->token);
	puts_(w, s->join == JOIN_INNER && s->is_natural &&
	    s->merged == NULL ? " CROSS JOIN " : words[s->join]);
	if (nested)
		puts_(w, "(");
	source(w, s->right);
	if (nested)
		puts_(w, ")");
	if (s->merged != NULL) {
		puts_(w, " USING ");
		names(w, s->merged);
	} else if (s->on != NULL) {
		puts_(w, " ON ");
		expression(w, s->on);
	}
}

static void
source(struct writer *w, const struct source *s)
{
	at(w, s->token);
	switch (s->kind) {
	case SOURCE_RELATION:
	case SOURCE_CTE:
	case SOURCE_FUNCTION:
		name(w, s->name);
		if (s->kind == SOURCE_FUNCTION) {
			puts_(w, "(");
			list(w, s->args);
			puts_(w, ")");
		}
		break;
	case SOURCE_QUERY:
		puts_(w, "(");
		if (s->aliases != NULL) {
			puts_(w, "WITH \"s\"");
			column_names(w, s->columns, s->ncolumns);
			puts_(w, " AS (");
		}
		query(w, s->query, false);
		puts_(w, s->aliases != NULL ? ") SELECT * FROM \"s\")" : ")");
		break;
	case SOURCE_JOIN:
		join(w, s);
		return;
	}
	puts_(w, " AS ");
	name(w, s->alias);
}

/* ---- SELECT ---- */

/* Digits that a double would lose are kept where nothing computes. */
static void
top_numeric(struct writer *w, const struct node *n)
{
	char text[16];

	while (n->kind == NODE_CAST && n->kid->type == OID_NUMERIC)
		n = n->kid;
	at(w, n->token);
	if (n->kind == NODE_STRING || n->kind == NODE_NUMBER) {
		quoted(w, str_trim(n->text), '\'');
	} else if (n->kind == NODE_PARAM) {
		snprintf(text, sizeof(text), "?%u", n->value);
		puts_(w, text);
	} else if (n->scale >= 0 && n->kind != NODE_NULL) {
		call_with_types(w, "kb_scale", n, NULL, (uint32_t)n->scale,
		    0);
	} else {
		expression(w, n);
	}
}

static void
items(struct writer *w, const struct body *b, bool is_top)
{
	const struct node *n;
	size_t i = 0;

	for (n = b->items; n != NULL; n = n->next, i++) {
		if (i != 0)
			puts_(w, ", ");
		if (is_top && n->type == OID_NUMERIC && !b->is_distinct)
			top_numeric(w, n);
		else
			expression(w, n);
		puts_(w, " AS ");
		name(w, b->columns[i].name);
	}
}

static void
clause(struct writer *w, const char *word, const struct node *n)
{
	if (n == NULL)
		return;
	puts_(w, word);
	expression(w, n);
}

static void
group(struct writer *w, const struct node *n)
{
	const struct node *first = n;

	for (; n != NULL; n = n->next) {
		puts_(w, n == first ? " GROUP BY " : ", ");
		if (n->position != 0)
			integer(w, n->position);
		else
			expression(w, n);
	}
}

static void
select_body(struct writer *w, const struct body *b, bool is_top)
{
	const struct source *s;
	const struct window *o;

	puts_(w, b->is_distinct ? "SELECT DISTINCT " : "SELECT ");
	items(w, b, is_top);
	for (s = b->from; s != NULL; s = s->next) {
		puts_(w, s == b->from ? " FROM " : ", ");
		source(w, s);
	}
	clause(w, " WHERE ", b->where);
	group(w, b->group);
	clause(w, " HAVING ", b->having);
	for (o = b->windows; o != NULL; o = o->next) {
		puts_(w, o == b->windows ? " WINDOW " : ", ");
		name(w, o->name);
		puts_(w, " AS ");
		window(w, o);
	}
}

static void
values(struct writer *w, const struct body *b)
{
	const struct node *row;

	puts_(w, "VALUES ");
	for (row = b->items; row != NULL; row = row->next) {
		if (row != b->items)
			puts_(w, ", ");
		expression(w, row);
	}
}

static void body(struct writer *w, const struct body *b, bool is_top);

/* One side of UNION: SQLite takes no parentheses there. */
static void
arm(struct writer *w, const struct body *b, bool is_right)
{
	if (b->kind != BODY_PAREN && (b->kind != BODY_SET || !is_right)) {
		body(w, b, false);
		return;
	}
	puts_(w, "SELECT * FROM (");
	if (b->kind == BODY_PAREN)
		query(w, b->query, false);
	else
		body(w, b, false);
	puts_(w, ")");
}

static void
body(struct writer *w, const struct body *b, bool is_top)
{
	at(w, b->token);
	switch (b->kind) {
	case BODY_SELECT:
		select_body(w, b, is_top);
		break;
	case BODY_VALUES:
		values(w, b);
		break;
	case BODY_PAREN:
		arm(w, b, false);
		break;
	case BODY_SET:
		arm(w, b->left, false);
		at(w, b->token);
		puts_(w, " ");
		puts_(w, b->op);
		puts_(w, b->is_all ? " ALL " : " ");
		arm(w, b->right, true);
		break;
	}
}

static void
limit(struct writer *w, const char *word, const char *function,
    const struct node *n)
{
	puts_(w, word);
	if (n->kind == NODE_NUMBER && n->type != OID_NUMERIC) {
		expression(w, n);
		return;
	}
	puts_(w, function);
	puts_(w, "(");
	expression(w, n);
	puts_(w, ")");
}

static void
query(struct writer *w, const struct query *q, bool is_top)
{
	const struct cte *c;

	for (c = q->ctes; c != NULL; c = c->next) {
		puts_(w, c != q->ctes ? ", " : q->is_recursive ?
		    "WITH RECURSIVE " : "WITH ");
		at(w, c->token);
		name(w, c->name);
		column_names(w, c->columns, c->ncolumns);
		puts_(w, " AS ");
		puts_(w, c->how);
		puts_(w, "(");
		query(w, c->query, false);
		puts_(w, ")");
	}
	if (q->ctes != NULL)
		puts_(w, " ");
	body(w, q->body, is_top && q->order == NULL);
	if (q->order != NULL) {
		puts_(w, " ORDER BY ");
		order(w, q->order);
	}
	if (q->limit != NULL)
		limit(w, " LIMIT ", "kb_limit", q->limit);
	else if (q->offset != NULL)
		puts_(w, " LIMIT -1");
	if (q->offset != NULL)
		limit(w, " OFFSET ", "kb_offset", q->offset);
}

static bool
is_short(const struct sql_tokens *t, struct err *e)
{
	if (t->n == 0 || t->list[t->n - 1].end - t->list[0].start <=
	    SQL_QUERY_MAX)
		return true;
	err_set(e, ERR_LIMIT, "a query may have %u bytes", SQL_QUERY_MAX);
	pg_err_state(e, "54000");
	return err_hint(e, "Long values are better sent as parameters.");
}

void
sql_rewritten_copy(struct sql_rewritten *r, struct arena *a)
{
	const struct sql_rewritten old = *r;
	size_t i;

	r->sql = arena_dup(a, old.sql);
	r->origins = arena_alloc(a, old.norigins * sizeof(*r->origins));
	memcpy(r->origins, old.origins, old.norigins * sizeof(*r->origins));
	r->columns = arena_calloc(a, old.ncolumns + 1, sizeof(*r->columns));
	for (i = 0; i < old.ncolumns; i++) {
		r->columns[i] = old.columns[i];
		r->columns[i].name = arena_dup(a, old.columns[i].name);
	}
}

/* Nothing of *out may point into the tree, which goes. */
static bool
keep(const struct writer *w, const struct query *q, struct arena *a,
    struct sql_rewritten *out, struct err *e)
{
	const struct column *c = q->body->columns;
	size_t i;

	if (!buf_ok(&w->out)) {
		err_set(e, ERR_LIMIT, "the query is too long");
		return pg_err_state(e, "54000");
	}
	out->sql = buf_slice(&w->out);
	out->hash = str_hash(out->sql);
	out->origins = w->origins;
	out->norigins = w->norigins;
	out->ncolumns = q->body->ncolumns;
	out->columns = arena_calloc(w->a, out->ncolumns + 1,
	    sizeof(*out->columns));
	for (i = 0; i < out->ncolumns; i++)
		out->columns[i] = (struct pg_column){ c[i].name, c[i].type,
			0 };
	sql_rewritten_copy(out, a);
	return true;
}

bool
sql_rewrite(const struct sql_stmt *s, uint32_t *params, struct arena *a,
    struct sql_rewritten *out, struct err *e)
{
	struct arena tree = ARENA_INIT;
	struct writer w = { .t = &s->tokens, .a = &tree };
	struct query *q;
	bool ok = is_short(&s->tokens, e) &&
	    sql_parse_query(&s->tokens, &tree, &q, e) &&
	    sql_resolve(&s->tokens, q, params, s->nparams, &tree, e);

	if (ok) {
		buf_init(&w.out, SQL_REWRITTEN_MAX);
		query(&w, q, true);
		ok = keep(&w, q, a, out, e);
	}
	buf_free(&w.out);
	arena_free(&tree);
	return ok;
}

size_t
sql_rewrite_origin(const struct sql_rewritten *r, size_t byte)
{
	size_t low = 0, high = r->norigins, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (r->origins[mid].at <= byte)
			low = mid;
		else
			high = mid;
	}
	return r->norigins != 0 ? r->origins[low].from : 0;
}
