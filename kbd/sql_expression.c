/*
 * sql_expression.c - the type of each expression, by PostgreSQL's rules.
 *
 * A literal in quotes, NULL and a parameter without a type are open until
 * something around them asks for a type; what nobody asks for is text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_function.h"

#include <stdio.h>

static int
rank(uint32_t type)
{
	switch (type) {
	case OID_INT2:
		return 1;
	case OID_INT4:
		return 2;
	case OID_INT8: case OID_OID:
		return 3;
	case OID_NUMERIC:
		return 4;
	case OID_FLOAT4:
		return 5;
	case OID_FLOAT8:
		return 6;
	default:
		return 0;
	}
}

static bool
is_text(uint32_t type)
{
	return type == OID_TEXT || type == OID_VARCHAR || type == OID_NAME ||
	    type == OID_BPCHAR || type == OID_CHAR;
}

static int
time_rank(uint32_t type)
{
	return type == OID_DATE ? 1 : type == OID_TIMESTAMP ? 2 :
	    type == OID_TIMESTAMPTZ ? 3 : 0;
}

bool
sql_type_has_order(uint32_t type)
{
	return type != OID_JSON && type != OID_JSONB;
}

bool
sql_common_type(uint32_t a, uint32_t b, uint32_t *out)
{
	if (a == b || b == OID_UNKNOWN)
		*out = a;
	else if (a == OID_UNKNOWN)
		*out = b;
	else if (rank(a) && rank(b))
		*out = rank(a) >= rank(b) ? a : b;
	else if (is_text(a) && is_text(b))
		*out = OID_TEXT;
	else if (time_rank(a) && time_rank(b))
		*out = time_rank(a) >= time_rank(b) ? a : b;
	else
		return false;
	return true;
}

/* ---- giving a type ---- */

/* A string that is used as this type is read as one, now. */
static bool
coerce_string(struct resolver *c, struct node *n, uint32_t type)
{
	struct pg_value v;
	struct err e = ERR_INIT;

	if (!pg_value_read(n->text, type, 0, c->a, &v, &e)) {
		if (c->e != NULL) {
			*c->e = e;
			c->e->position = sql_position(c->t->sql,
			    c->t->list[n->token].start);
		}
		return false;
	}
	n->type = type;
	return true;
}

static void
wrap_cast(struct resolver *c, struct node *n, uint32_t type)
{
	struct node *kid = arena_alloc(c->a, sizeof(*kid));

	*kid = *n;
	kid->next = NULL;
	n->kind = NODE_CAST;
	n->kid = kid;
	n->type = type;
	n->query = NULL;
	n->over = NULL;
	n->filter = NULL;
}

static bool
coerce_open(struct resolver *c, struct node *n, uint32_t type)
{
	if (n->kind == NODE_STRING)
		return coerce_string(c, n, type);
	if (n->kind == NODE_PARAM) {
		if (c->params[n->value - 1] == OID_UNKNOWN)
			c->params[n->value - 1] = type;
		else if (c->params[n->value - 1] != type)
			wrap_cast(c, n, type);
		n->type = type;
		if (n->kind == NODE_CAST)
			n->kid->type = c->params[n->kid->value - 1];
		return true;
	}
	n->type = type;
	return true;
}

/* False without an error when the types do not go together. */
static bool
can_become(const struct node *n, uint32_t type)
{
	if (n->type == type || n->type == OID_UNKNOWN)
		return true;
	if (rank(n->type) && rank(type))
		return rank(n->type) <= rank(type);
	if (time_rank(n->type) && time_rank(type))
		return time_rank(n->type) <= time_rank(type);
	return is_text(n->type) && is_text(type);
}

bool
sql_coerce(struct resolver *c, struct node *n, uint32_t type)
{
	if (n->type == OID_UNKNOWN)
		return coerce_open(c, n, type);
	if (time_rank(n->type) && n->type != type)
		wrap_cast(c, n, type);
	return true;
}

bool
sql_must_be(struct resolver *c, struct node *n, uint32_t type,
    const char *where)
{
	if (can_become(n, type))
		return sql_coerce(c, n, type);
	return sql_tree_error(c->e, c->t, n->token, "42804",
	    "%s must be type %s, not type %s", where, pg_type_name(type),
	    pg_type_name(n->type));
}

static const char *
shown_type(uint32_t type)
{
	return type == OID_UNKNOWN ? "unknown" : pg_type_name(type);
}

static bool
no_operator(struct resolver *c, const struct node *n, uint32_t left,
    uint32_t right)
{
	sql_tree_error(c->e, c->t, n->token, "42883",
	    "operator does not exist: %s %.*s %s", shown_type(left),
	    SLICE_ARG(n->text), shown_type(right));
	return err_hint(c->e, "No operator matches the given name and "
	    "argument types. You might need to add explicit type casts.");
}

/* ---- operators ---- */

static bool
kids(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k;

	for (k = n->kid; k != NULL; k = k->next)
		if (!sql_expression(c, s, k))
			return false;
	return true;
}

static bool
compare_pair(struct resolver *c, const struct node *n, struct node *l,
    struct node *r)
{
	uint32_t type;

	if (!sql_common_type(l->type, r->type, &type) ||
	    !sql_type_has_order(type))
		return no_operator(c, n, l->type, r->type);
	if (type == OID_UNKNOWN)
		type = OID_TEXT;
	return sql_coerce(c, l, type) && sql_coerce(c, r, type);
}

static size_t
count(const struct node *n)
{
	size_t k = 0;

	for (; n != NULL; n = n->next)
		k++;
	return k;
}

static bool
compare(struct resolver *c, struct node *n, struct node *l, struct node *r)
{
	struct node *a, *b;

	n->type = OID_BOOL;
	if (l->kind != NODE_ROW && r->kind != NODE_ROW)
		return compare_pair(c, n, l, r);
	if (l->kind != NODE_ROW || r->kind != NODE_ROW ||
	    count(l->kid) != count(r->kid))
		return sql_tree_error(c->e, c->t, n->token, "42601",
		    "unequal number of entries in row expressions");
	for (a = l->kid, b = r->kid; a != NULL; a = a->next, b = b->next)
		if (!compare_pair(c, n, a, b))
			return false;
	return true;
}

static bool
is_one_of(struct slice op, const char *const *list)
{
	for (; *list != NULL; list++)
		if (slice_is(op, *list))
			return true;
	return false;
}

static int
larger(int a, int b)
{
	return a > b ? a : b;
}

/* Digits after the point of a sum or product, when they are known. */
static void
set_scale(struct node *n, const struct node *l, const struct node *r)
{
	int a = rank(l->type) <= 3 ? 0 : l->scale;
	int b = rank(r->type) <= 3 ? 0 : r->scale;

	n->scale = SQL_SCALE_OPEN;
	if (n->type != OID_NUMERIC || a < 0 || b < 0)
		return;
	if (slice_is(n->text, "+") || slice_is(n->text, "-") ||
	    slice_is(n->text, "%"))
		n->scale = larger(a, b);
	else if (slice_is(n->text, "*"))
		n->scale = a + b;
}

static bool
dates(struct resolver *c, struct node *n, struct node *l, struct node *r)
{
	bool minus = slice_is(n->text, "-");

	if (l->type == OID_DATE && r->type == OID_DATE && minus)
		n->type = OID_INT4;
	else if (l->type == OID_DATE && rank(r->type) && rank(r->type) <= 2)
		n->type = OID_DATE;
	else
		return no_operator(c, n, l->type, r->type);
	return true;
}

static bool
arithmetic(struct resolver *c, struct node *n, struct node *l,
    struct node *r)
{
	uint32_t type;

	if (l->type == OID_UNKNOWN && r->type == OID_UNKNOWN)
		return sql_tree_error(c->e, c->t, n->token, "42725",
		    "operator is not unique: unknown %.*s unknown",
		    SLICE_ARG(n->text));
	if (l->type == OID_DATE && r->type != OID_UNKNOWN &&
	    (slice_is(n->text, "+") || slice_is(n->text, "-")))
		return dates(c, n, l, r);
	if (!sql_common_type(l->type, r->type, &type) || !rank(type) ||
	    (slice_is(n->text, "%") && rank(type) > 4))
		return no_operator(c, n, l->type, r->type);
	/* int + real is double precision */
	if (type == OID_FLOAT4 && l->type != r->type &&
	    l->type != OID_UNKNOWN && r->type != OID_UNKNOWN)
		type = OID_FLOAT8;
	n->type = type;
	if (!sql_coerce(c, l, type) || !sql_coerce(c, r, type))
		return false;
	set_scale(n, l, r);
	return true;
}

static bool
bits(struct resolver *c, struct node *n, struct node *l, struct node *r)
{
	uint32_t type;

	if ((l->type == OID_UNKNOWN && r->type == OID_UNKNOWN) ||
	    !sql_common_type(l->type, r->type, &type) || !rank(type) ||
	    rank(type) > 3)
		return no_operator(c, n, l->type, r->type);
	n->type = type;
	if (slice_is(n->text, "<<") || slice_is(n->text, ">>"))
		n->type = l->type != OID_UNKNOWN ? l->type : type;
	return sql_coerce(c, l, n->type) && sql_coerce(c, r, type);
}

static bool
concatenate(struct resolver *c, struct node *n, struct node *l,
    struct node *r)
{
	struct node *side[2] = { l, r };
	size_t i;

	if (!is_text(l->type) && !is_text(r->type) &&
	    l->type != OID_UNKNOWN && r->type != OID_UNKNOWN)
		return no_operator(c, n, l->type, r->type);
	for (i = 0; i < 2; i++) {
		if (side[i]->type != OID_UNKNOWN && !is_text(side[i]->type))
			wrap_cast(c, side[i], OID_TEXT);
		else if (!sql_coerce(c, side[i], OID_TEXT))
			return false;
	}
	n->type = OID_TEXT;
	return true;
}

static bool
json_member(struct resolver *c, struct node *n, struct node *l,
    struct node *r)
{
	if (l->type == OID_UNKNOWN && !sql_coerce(c, l, OID_JSON))
		return false;
	if (l->type != OID_JSON && l->type != OID_JSONB)
		return no_operator(c, n, l->type, r->type);
	n->type = slice_is(n->text, "->>") ? OID_TEXT : l->type;
	if (rank(r->type) && rank(r->type) <= 2)
		return true;
	if (!can_become(r, OID_TEXT))
		return no_operator(c, n, l->type, r->type);
	return sql_coerce(c, r, OID_TEXT);
}

static bool
binary(struct resolver *c, struct scope *s, struct node *n)
{
	static const char *const logic[] = { "and", "or", NULL };
	static const char *const compares[] = { "=", "<", ">", "<=", ">=",
		"<>", "!=", NULL };
	static const char *const numbers[] = { "+", "-", "*", "/", "%",
		NULL };
	static const char *const bitwise[] = { "&", "|", "<<", ">>", "#",
		NULL };
	struct node *l = n->kid, *r = l->next;

	if (!kids(c, s, n))
		return false;
	if (is_one_of(n->text, logic)) {
		const char *what = slice_is(n->text, "and") ?
		    "argument of AND" : "argument of OR";

		n->type = OID_BOOL;
		return sql_must_be(c, l, OID_BOOL, what) &&
		    sql_must_be(c, r, OID_BOOL, what);
	}
	if (is_one_of(n->text, compares))
		return compare(c, n, l, r);
	if (is_one_of(n->text, numbers))
		return arithmetic(c, n, l, r);
	if (is_one_of(n->text, bitwise))
		return bits(c, n, l, r);
	if (slice_is(n->text, "||"))
		return concatenate(c, n, l, r);
	if (slice_is(n->text, "->") || slice_is(n->text, "->>"))
		return json_member(c, n, l, r);
	if (slice_is(n->text, "=="))
		return no_operator(c, n, l->type, r->type);
	return sql_tree_error(c->e, c->t, n->token, "0A000",
	    "operator %.*s is not supported", SLICE_ARG(n->text));
}

static bool
unary(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k = n->kid;

	if (!kids(c, s, n))
		return false;
	if (slice_is(n->text, "NOT")) {
		n->type = OID_BOOL;
		return sql_must_be(c, k, OID_BOOL, "argument of NOT");
	}
	if (k->type == OID_UNKNOWN && !sql_coerce(c, k, OID_FLOAT8))
		return false;
	if (!rank(k->type) || (slice_is(n->text, "~") && rank(k->type) > 3))
		return no_operator(c, n, OID_UNKNOWN, k->type);
	n->type = k->type;
	n->scale = k->scale;
	return true;
}

static bool
like(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k;

	if (!kids(c, s, n))
		return false;
	n->type = OID_BOOL;
	n->text = n->ignores_case ? SLICE("~~*") : SLICE("~~");
	for (k = n->kid; k != NULL; k = k->next)
		if (!can_become(k, OID_TEXT))
			return no_operator(c, n, n->kid->type,
			    n->kid->next->type);
	for (k = n->kid; k != NULL; k = k->next)
		if (!sql_coerce(c, k, OID_TEXT))
			return false;
	return true;
}

/* ---- IN, BETWEEN, IS, CASE ---- */

static bool
in_query(struct resolver *c, struct scope *s, struct node *n)
{
	const struct column *columns;
	struct node side;
	size_t k, want = n->kid->kind == NODE_ROW ? count(n->kid->kid) : 1;

	if (!sql_resolve_query(c, n->query, s, s->ctes))
		return false;
	columns = sql_query_columns(n->query, &k);
	if (k != want)
		return sql_tree_error(c->e, c->t, n->token, "42601",
		    "subquery has too %s columns", k > want ? "many" : "few");
	if (want > 1)
		return true;
	side = (struct node){ .kind = NODE_COLUMN, .token = n->token,
		.type = columns[0].type };
	n->text = SLICE("=");
	return compare_pair(c, n, n->kid, &side);
}

static bool
in(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k;
	uint32_t type = n->kid->type;

	if (!kids(c, s, n))
		return false;
	n->type = OID_BOOL;
	n->text = SLICE("=");
	if (n->query != NULL)
		return in_query(c, s, n);
	if (n->kid->kind == NODE_ROW) {
		for (k = n->kid->next; k != NULL; k = k->next)
			if (!compare(c, n, n->kid, k))
				return false;
		return true;
	}
	type = n->kid->type;
	for (k = n->kid->next; k != NULL; k = k->next)
		if (k->kind == NODE_ROW || !sql_common_type(type, k->type,
		    &type) || !sql_type_has_order(type))
			return no_operator(c, n, n->kid->type, k->type);
	if (type == OID_UNKNOWN)
		type = OID_TEXT;
	for (k = n->kid; k != NULL; k = k->next)
		if (!sql_coerce(c, k, type))
			return false;
	return true;
}

static bool
between(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *v = n->kid, *low = v->next, *high = low->next;
	uint32_t type;

	if (!kids(c, s, n))
		return false;
	n->type = OID_BOOL;
	n->text = SLICE(">=");
	if (!sql_common_type(v->type, low->type, &type) ||
	    !sql_common_type(type, high->type, &type) ||
	    !sql_type_has_order(type))
		return no_operator(c, n, v->type, low->type);
	if (type == OID_UNKNOWN)
		type = OID_TEXT;
	return sql_coerce(c, v, type) && sql_coerce(c, low, type) &&
	    sql_coerce(c, high, type);
}

static bool
is_test(struct resolver *c, struct scope *s, struct node *n)
{
	if (!kids(c, s, n))
		return false;
	n->type = OID_BOOL;
	if (!slice_is(n->text, "null"))
		return sql_must_be(c, n->kid, OID_BOOL, "argument of IS");
	if (n->kid->kind == NODE_ROW)
		return sql_tree_error(c->e, c->t, n->token, "0A000",
		    "IS NULL of a row is not supported");
	return n->kid->type != OID_UNKNOWN || sql_coerce(c, n->kid, OID_TEXT);
}

/* The results of a CASE as a list of copies cannot be: they are interleaved
   with conditions. First the type, then each. */
static bool
case_expression(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k, *when = n->has_operand ? n->kid->next : n->kid;
	uint32_t type = OID_UNKNOWN;
	int pass;

	if (!kids(c, s, n))
		return false;
	n->text = SLICE("=");
	for (pass = 0; pass < 2; pass++) {
		for (k = when; k != NULL; k = k->next) {
			if (k->next != NULL) {	/* WHEN k THEN k->next */
				if (pass == 0 && (n->has_operand ?
				    !compare_pair(c, n, n->kid, k) :
				    !sql_must_be(c, k, OID_BOOL,
				    "argument of CASE/WHEN")))
					return false;
				k = k->next;
			}
			if (pass == 1) {
				if (!sql_coerce(c, k, type))
					return false;
			} else if (!sql_common_type(type, k->type, &type)) {
				return sql_tree_error(c->e, c->t, k->token,
				    "42804", "CASE types %s and %s cannot be "
				    "matched", pg_type_name(type),
				    pg_type_name(k->type));
			}
		}
		if (type == OID_UNKNOWN)
			type = OID_TEXT;
	}
	n->type = type;
	return true;
}

/* ---- casts ---- */

/* Which types a cast goes between; text goes to and from all. */
static bool
can_cast(uint32_t from, uint32_t to)
{
	if (from == to || is_text(from) || is_text(to))
		return true;
	if (rank(from) && rank(to))
		return true;
	if (from == OID_BOOL)
		return to == OID_INT4;
	if (to == OID_BOOL)
		return from == OID_INT4;
	if (time_rank(from) && time_rank(to))
		return true;
	return (from == OID_JSON && to == OID_JSONB) ||
	    (from == OID_JSONB && to == OID_JSON);
}

static int
digits_after_point(struct slice number)
{
	const char *point = number.len != 0 ? memchr(number.ptr, '.',
	    number.len) : NULL;

	if (number.len != 0 && (memchr(number.ptr, 'e', number.len) ||
	    memchr(number.ptr, 'E', number.len)))
		return SQL_SCALE_OPEN;
	return point == NULL ? 0 : (int)(number.ptr + number.len - point - 1);
}

static bool
cast(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k = n->kid;

	if (!kids(c, s, n))
		return false;
	if (k->type == OID_UNKNOWN) {
		if (!sql_coerce(c, k, n->type))
			return false;
		if (k->kind == NODE_STRING && n->type == OID_NUMERIC)
			k->scale = digits_after_point(str_trim(k->text));
		n->scale = k->scale;
		return true;
	}
	if (n->type == OID_NUMERIC)
		n->scale = rank(k->type) <= 3 ? 0 : k->scale;
	if (can_cast(k->type, n->type))
		return true;
	return sql_tree_error(c->e, c->t, n->token, "42846",
	    "cannot cast type %s to %s", pg_type_name(k->type),
	    pg_type_name(n->type));
}

/* ---- functions ---- */

static bool
no_function(struct resolver *c, const struct node *n)
{
	char args[160] = "";
	const struct node *k;
	size_t at = 0;

	for (k = n->kid; k != NULL && at < sizeof(args) - 40; k = k->next)
		at += (size_t)snprintf(args + at, sizeof(args) - at, "%s%s",
		    at != 0 ? ", " : "", shown_type(k->type));
	sql_tree_error(c->e, c->t, n->token, "42883",
	    "function %.*s(%s) does not exist", SQL_NAME_ARG(n->text), args);
	return err_hint(c->e, "No function matches the given name and "
	    "argument types. You might need to add explicit type casts.");
}

static bool
argument(struct resolver *c, struct node *n, struct node *k, uint32_t want)
{
	switch (want) {
	case ARG_ANY:
		return k->type != OID_UNKNOWN || sql_coerce(c, k, OID_TEXT);
	case ARG_COMMON:
		return true;	/* all of them together, later */
	case ARG_NUMBER:
		if (k->type == OID_UNKNOWN && !sql_coerce(c, k, OID_FLOAT8))
			return false;
		return rank(k->type) || no_function(c, n);
	case ARG_EXACT:
		if (k->type == OID_UNKNOWN && !sql_coerce(c, k, OID_FLOAT8))
			return false;
		if (rank(k->type) && rank(k->type) <= 3) {
			wrap_cast(c, k, OID_FLOAT8);
			return true;
		}
		return rank(k->type) || no_function(c, n);
	case OID_JSON:
		if (is_text(k->type) || k->type == OID_JSONB)
			return true;
		break;
	default:
		break;
	}
	if (!can_become(k, want))
		return no_function(c, n);
	return sql_coerce(c, k, want);
}

static bool
arguments(struct resolver *c, struct node *n)
{
	const struct sql_function *f = n->function;
	struct node *k;
	uint32_t common = OID_UNKNOWN;
	size_t i = 0, at;
	int pass;

	for (k = n->kid; k != NULL; k = k->next, i++) {
		at = i < 3 ? i : 2;
		while (f->args[at] == 0)
			at--;	/* the last one repeats */
		if (!argument(c, n, k, f->args[at]))
			return false;
	}
	if (f->args[0] != ARG_COMMON)
		return true;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0, k = n->kid; k != NULL; k = k->next, i++) {
			if (i == 1 && f->args[1] != 0 &&
			    f->args[1] != ARG_COMMON)
				continue;
			if (pass == 1 && !sql_coerce(c, k, common))
				return false;
			if (pass == 0 && !sql_common_type(common, k->type,
			    &common))
				return sql_tree_error(c->e, c->t, k->token,
				    "42804", "%s types %s and %s cannot be "
				    "matched", f->name, pg_type_name(common),
				    pg_type_name(k->type));
		}
		if (common == OID_UNKNOWN)
			common = OID_TEXT;
	}
	n->type = common;
	return true;
}

static uint32_t
result_type(const struct node *n)
{
	uint32_t first = n->kid != NULL ? n->kid->type : OID_UNKNOWN;

	switch (n->function->result) {
	case RESULT_COMMON:
		return n->type;
	case RESULT_FIRST:
		return first;
	case RESULT_SUM:
		return rank(first) <= 2 ? OID_INT8 : rank(first) <= 4 ?
		    OID_NUMERIC : first;
	case RESULT_AVG:
		return rank(first) <= 4 ? OID_NUMERIC : OID_FLOAT8;
	default:
		return n->function->result;
	}
}

static int
result_scale(const struct node *n)
{
	const struct node *k = n->kid;
	int64_t digits;

	if (n->type != OID_NUMERIC || k == NULL)
		return SQL_SCALE_OPEN;
	if (slice_is(n->text, "sum") && rank(k->type) <= 3)
		return 0;
	if (slice_is(n->text, "abs") || slice_is(n->text, "sum") ||
	    slice_is(n->text, "min") || slice_is(n->text, "max"))
		return k->scale;
	if (slice_is(n->text, "floor") || slice_is(n->text, "ceil") ||
	    slice_is(n->text, "ceiling"))
		return 0;
	if (!slice_is(n->text, "round"))
		return SQL_SCALE_OPEN;
	if (k->next == NULL)
		return 0;
	if (k->next->kind == NODE_NUMBER &&
	    str_int(k->next->text, 0, 30, &digits))
		return (int)digits;
	return SQL_SCALE_OPEN;
}

static bool
place_of_aggregate(struct resolver *c, struct scope *s, struct node *n)
{
	bool is_window = n->over != NULL;
	const char *what = is_window ? "window" : "aggregate";

	if (s->forbids != NULL)
		return sql_tree_error(c->e, c->t, n->token, is_window ?
		    "42P20" : "42803", "%s functions are not allowed in %s",
		    what, s->forbids);
	if (s->in_aggregate)
		return sql_tree_error(c->e, c->t, n->token, "42803",
		    "aggregate function calls cannot contain %s function "
		    "calls", what);
	if (!is_window && s->body != NULL)
		s->body->has_aggregate = true;
	return true;
}

static bool
window_parts(struct resolver *c, struct scope *s, struct node *n)
{
	struct node *k;
	struct window *w;

	if (n->over->is_reference) {
		for (w = s->body != NULL ? s->body->windows : NULL; w != NULL;
		    w = w->next)
			if (slice_eq(w->name, n->over->name))
				return true;
		return sql_tree_error(c->e, c->t, n->token, "42704",
		    "window \"%.*s\" does not exist",
		    SQL_NAME_ARG(n->over->name));
	}
	for (k = n->over->partition; k != NULL; k = k->next)
		if (!sql_expression(c, s, k))
			return false;
	for (k = n->over->order; k != NULL; k = k->next)
		if (!sql_expression(c, s, k))
			return false;
	return true;
}

static bool
call_kids(struct resolver *c, struct scope *s, struct node *n,
    bool is_aggregate)
{
	const char *forbids = s->forbids;
	bool was = s->in_aggregate, ok;

	if (is_aggregate && n->over == NULL)
		s->in_aggregate = true;
	ok = kids(c, s, n);
	if (ok && n->filter != NULL) {
		s->forbids = "FILTER";
		ok = sql_expression(c, s, n->filter) && sql_must_be(c,
		    n->filter, OID_BOOL, "argument of FILTER");
	}
	s->forbids = forbids;
	s->in_aggregate = was;
	return ok;
}

static bool
call(struct resolver *c, struct scope *s, struct node *n)
{
	bool exists, star = n->kid != NULL && n->kid->kind == NODE_STAR;
	const struct sql_function *f = sql_function_find(n->text,
	    (unsigned)count(n->kid), &exists);
	bool aggregate = f != NULL && (f->flags & FUNCTION_AGGREGATE);
	bool window = f != NULL && (f->flags & FUNCTION_WINDOW);

	if (!star && !call_kids(c, s, n, aggregate))
		return false;
	if (f == NULL || (star && !(f->flags & FUNCTION_STAR)))
		return no_function(c, n);
	n->function = f;
	if (n->over != NULL && !aggregate && !window)
		return sql_tree_error(c->e, c->t, n->token, "42809",
		    "OVER specified, but %s is not a window function nor an "
		    "aggregate function", f->name);
	if (window && n->over == NULL)
		return sql_tree_error(c->e, c->t, n->token, "42809",
		    "window function %s requires an OVER clause", f->name);
	if ((n->is_distinct || n->filter != NULL) && !aggregate)
		return sql_tree_error(c->e, c->t, n->token, "42809",
		    "%s is not an aggregate function", f->name);
	if ((aggregate || window) && !place_of_aggregate(c, s, n))
		return false;
	if (n->over != NULL && !window_parts(c, s, n))
		return false;
	if (!star && !arguments(c, n))
		return false;
	n->type = result_type(n);
	n->scale = result_scale(n);
	if ((f->flags & FUNCTION_ORDERED) && (n->type == OID_BOOL ||
	    !sql_type_has_order(n->type)))
		return no_function(c, n);
	return true;
}

/* ---- any ---- */

static bool
number(struct node *n)
{
	int64_t v;

	if (!str_int(n->text, 0, INT64_MAX, &v)) {
		n->type = OID_NUMERIC;
		n->scale = digits_after_point(n->text);
	} else {
		n->type = v <= INT32_MAX ? OID_INT4 : OID_INT8;
	}
	return true;
}

static bool
subquery(struct resolver *c, struct scope *s, struct node *n)
{
	const struct column *columns;
	size_t k;

	if (!sql_resolve_query(c, n->query, s, s->ctes))
		return false;
	if (n->kind == NODE_EXISTS) {
		n->type = OID_BOOL;
		return true;
	}
	columns = sql_query_columns(n->query, &k);
	if (k != 1)
		return sql_tree_error(c->e, c->t, n->token, "42601",
		    "subquery must return only one column");
	n->type = columns[0].type;
	return true;
}

static bool
parameter(struct resolver *c, struct node *n)
{
	if (n->value > c->nparams)
		return sql_tree_error(c->e, c->t, n->token, "42P02",
		    "there is no parameter $%u", n->value);
	if (c->params[n->value - 1] == OID_UNKNOWN_TEXT)
		c->params[n->value - 1] = OID_UNKNOWN;
	n->type = c->params[n->value - 1];
	return true;
}

bool
sql_expression(struct resolver *c, struct scope *s, struct node *n)
{
	if (!sql_tree_has_room(c->a, c->t, n->token, c->e))
		return false;
	switch (n->kind) {
	case NODE_NUMBER:
		return number(n);
	case NODE_STRING:
	case NODE_NULL:
		return true;
	case NODE_BOOL:
		n->type = OID_BOOL;
		return true;
	case NODE_PARAM:
		return parameter(c, n);
	case NODE_COLUMN:
		return sql_resolve_column(c, s, n);
	case NODE_STAR:
		return sql_tree_error(c->e, c->t, n->token, "42601",
		    "syntax error at or near \"*\"");
	case NODE_CALL:
		return call(c, s, n);
	case NODE_CAST:
		return cast(c, s, n);
	case NODE_UNARY:
		return unary(c, s, n);
	case NODE_BINARY:
		return binary(c, s, n);
	case NODE_LIKE:
		return like(c, s, n);
	case NODE_IN:
		return in(c, s, n);
	case NODE_BETWEEN:
		return between(c, s, n);
	case NODE_IS:
		return is_test(c, s, n);
	case NODE_DISTINCT:
		n->text = SLICE("=");
		return kids(c, s, n) && compare(c, n, n->kid, n->kid->next);
	case NODE_CASE:
		return case_expression(c, s, n);
	case NODE_EXISTS:
	case NODE_QUERY:
		return subquery(c, s, n);
	case NODE_ROW:
		return kids(c, s, n);
	}
	return false;
}

bool
sql_same_node(const struct node *a, const struct node *b)
{
	const struct node *x = a->kid, *y = b->kid;

	if (a->kind != b->kind || a->type != b->type ||
	    a->value != b->value || a->is_not != b->is_not ||
	    a->is_distinct != b->is_distinct || a->query != NULL ||
	    b->query != NULL || a->over != NULL || b->over != NULL ||
	    a->filter != NULL || b->filter != NULL)
		return false;
	if (a->kind == NODE_COLUMN)
		return a->source == b->source && a->level == b->level &&
		    slice_eq(a->text, b->text);
	if (!slice_eq(a->text, b->text))
		return false;
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!sql_same_node(x, y))
			return false;
	return x == NULL && y == NULL;
}
