/*
 * sql_parse.c - a query's tokens to a tree, by PostgreSQL's grammar.
 *
 * Operators, loosest first: OR, AND, NOT, IS, comparisons, BETWEEN IN LIKE,
 * all other operators, + -, * / %, unary minus, ::.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_tree.h"
#include "common/arena.h"
#include "common/str.h"
#include "kbd/pg_msg.h"

#include <stdarg.h>
#include <stdio.h>

enum { PREC_OR = 1, PREC_AND, PREC_NOT, PREC_IS, PREC_COMPARE, PREC_IN,
	PREC_OTHER, PREC_ADD, PREC_MULTIPLY, PREC_UNARY };

struct parser {
	const struct sql_tokens *t;
	struct arena *a;
	size_t at;
	unsigned depth;
	struct err *e;
};

static struct node *expression(struct parser *p, int least);
static struct query *query(struct parser *p);
static struct source *from_item(struct parser *p);

bool
sql_tree_error(struct err *e, const struct sql_tokens *t, size_t token,
    const char *sqlstate, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return sql_error_at(e, sqlstate, t->sql, token < t->n ?
	    t->list[token].start : t->sql.len, "%s", msg);
}

bool
sql_tree_has_room(const struct arena *a, const struct sql_tokens *t,
    size_t token, struct err *e)
{
	return a->used <= SQL_TREE_MAX || sql_tree_error(e, t, token, "54001",
	    "the query takes too much memory");
}

static bool
is(const struct parser *p, const char *word)
{
	return sql_token_is(p->t, p->at, word);
}

static bool
is_next(const struct parser *p, size_t ahead, const char *word)
{
	return sql_token_is(p->t, p->at + ahead, word);
}

static bool
accept(struct parser *p, const char *word)
{
	if (!is(p, word))
		return false;
	p->at++;
	return true;
}

static bool
unexpected(struct parser *p)
{
	return sql_syntax_error(p->e, p->t, p->at);
}

static bool
expect(struct parser *p, const char *word)
{
	return accept(p, word) || unexpected(p);
}

static bool
refuse(struct parser *p, size_t token, const char *what)
{
	return sql_tree_error(p->e, p->t, token, "0A000",
	    "%s is not supported", what);
}

static bool
too_deep(struct parser *p)
{
	sql_tree_error(p->e, p->t, p->at, "54001",
	    "stack depth limit exceeded");
	return err_hint(p->e, "Expressions and subqueries may nest %d deep.",
	    SQL_NEST_MAX);
}

static enum sql_token_kind
kind(const struct parser *p)
{
	return p->at < p->t->n ? p->t->list[p->at].kind : SQL_TOK_OP;
}

/* Words that are never a name. */
static bool
is_reserved(const struct parser *p, size_t i)
{
	static const char *const words[] = { "all", "analyse", "analyze",
		"and", "any", "array", "as", "asc", "asymmetric", "both",
		"case", "cast", "check", "collate", "column", "constraint",
		"create", "cross", "current_catalog", "current_date",
		"current_role", "current_schema", "current_time",
		"current_timestamp", "current_user", "default", "deferrable",
		"desc", "distinct", "do", "else", "end", "except", "false",
		"fetch", "for", "foreign", "from", "full", "grant", "group",
		"having", "ilike", "in", "initially", "inner", "intersect",
		"into", "is", "isnull", "join", "lateral", "leading", "left",
		"like", "limit", "localtime", "localtimestamp", "natural",
		"not", "notnull", "null", "offset", "on", "only", "or",
		"order", "outer", "overlaps", "placing", "primary",
		"references", "returning", "right", "select", "session_user",
		"similar", "some", "symmetric", "table", "tablesample",
		"then", "to", "trailing", "true", "union", "unique", "user",
		"using", "variadic", "verbose", "when", "where", "window",
		"with" };
	size_t k;

	if (i >= p->t->n || p->t->list[i].kind != SQL_TOK_WORD)
		return false;
	for (k = 0; k < ARRAY_LEN(words); k++)
		if (sql_token_is(p->t, i, words[k]))
			return true;
	return false;
}

static bool
is_name(const struct parser *p, size_t i)
{
	return i < p->t->n && (p->t->list[i].kind == SQL_TOK_QUOTED ||
	    (p->t->list[i].kind == SQL_TOK_WORD && !is_reserved(p, i)));
}

static bool
name(struct parser *p, struct slice *out)
{
	if (!is_name(p, p->at))
		return unexpected(p);
	return sql_token_value(p->t, p->at++, p->a, out, p->e);
}

/* Any word at all, as it may stand behind AS or a dot. */
static bool
label(struct parser *p, struct slice *out)
{
	if (kind(p) != SQL_TOK_WORD && kind(p) != SQL_TOK_QUOTED)
		return unexpected(p);
	return sql_token_value(p->t, p->at++, p->a, out, p->e);
}

static struct node *
node(struct parser *p, enum node_kind k, size_t token)
{
	struct node *n = arena_zalloc(p->a, sizeof(*n));

	n->kind = k;
	n->token = token;
	n->scale = SQL_SCALE_OPEN;
	return n;
}

static struct node *
with_kids(struct node *n, struct node *first, struct node *second)
{
	n->kid = first;
	first->next = second;
	return n;
}

/* ---- types ---- */

/* A type's name behind :: or AS: [pg_catalog.] words [(n)] */
static bool
type_name(struct parser *p, uint32_t *oid)
{
	size_t start = p->at;
	struct slice word;

	if (is(p, "pg_catalog") && is_next(p, 1, "."))
		p->at += 2;
	if (!label(p, &word))
		return false;
	if (slice_is(word, "double") && accept(p, "precision")) {
		*oid = OID_FLOAT8;
		return true;
	}
	if (slice_is(word, "character") && accept(p, "varying"))
		word = SLICE("varchar");
	if (slice_is(word, "timestamp") && is_next(p, 1, "time")) {
		if (accept(p, "with"))
			word = SLICE("timestamptz");
		else if (!expect(p, "without"))
			return false;
		if (!expect(p, "time") || !expect(p, "zone"))
			return false;
	}
	*oid = pg_type_find(word);
	if (*oid == OID_UNKNOWN || *oid == OID_VOID ||
	    *oid == OID_UNKNOWN_TEXT)
		return sql_tree_error(p->e, p->t, start, "42704",
		    "type \"%.*s\" does not exist", (int)utf8_cut(word, 63),
		    word.ptr);
	if (is(p, "("))
		return refuse(p, p->at, "the length of a type");
	if (is(p, "["))
		return refuse(p, p->at, "an array");
	return true;
}

static struct node *
cast(struct parser *p, struct node *kid, size_t token, uint32_t oid)
{
	struct node *n = node(p, NODE_CAST, token);

	n->type = oid;
	n->kid = kid;
	return n;
}

/* ---- primaries ---- */

/* 'one' at the end of a line goes on with 'two' on the next. */
static bool
string(struct parser *p, struct slice *out)
{
	struct slice more;

	if (!sql_token_value(p->t, p->at++, p->a, out, p->e))
		return false;
	while (kind(p) == SQL_TOK_STRING && p->at < p->t->n) {
		size_t from = p->t->list[p->at - 1].end;
		size_t to = p->t->list[p->at].start;
		struct slice between = slice_sub(p->t->sql, from, to);

		if (between.len == 0 ||
		    memchr(between.ptr, '\n', between.len) == NULL)
			return unexpected(p);
		if (!sql_token_value(p->t, p->at++, p->a, &more, p->e))
			return false;
		*out = arena_printf(p->a, "%.*s%.*s", SLICE_ARG(*out),
		    SLICE_ARG(more));
	}
	return true;
}

static bool
list(struct parser *p, struct node **out)
{
	struct node **last = out;

	do {
		*last = expression(p, PREC_OR);
		if (*last == NULL)
			return false;
		last = &(*last)->next;
	} while (accept(p, ","));
	return true;
}

static struct node *
number(struct parser *p)
{
	struct node *n = node(p, NODE_NUMBER, p->at);

	n->text = sql_token_text(p->t, p->at++);
	return n;
}

static struct node *
case_expression(struct parser *p)
{
	struct node *n = node(p, NODE_CASE, p->at++), **last = &n->kid;

	if (!is(p, "when")) {
		n->has_operand = true;
		if ((*last = expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
	}
	do {
		if (!expect(p, "when") ||
		    (*last = expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
		if (!expect(p, "then") ||
		    (*last = expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
	} while (is(p, "when"));
	if (accept(p, "else")) {
		n->has_else = true;
		if ((*last = expression(p, PREC_OR)) == NULL)
			return NULL;
	}
	return expect(p, "end") ? n : NULL;
}

static struct node *
cast_call(struct parser *p)
{
	struct node *kid;
	size_t token = p->at++;
	uint32_t oid;

	if (!expect(p, "(") || (kid = expression(p, PREC_OR)) == NULL ||
	    !expect(p, "as") || !type_name(p, &oid) || !expect(p, ")"))
		return NULL;
	return cast(p, kid, token, oid);
}

/* ORDER BY list, also of a window */
static bool
order_by(struct parser *p, struct node **out)
{
	struct node **last = out, *n;

	do {
		if ((n = expression(p, PREC_OR)) == NULL)
			return false;
		*last = n;
		last = &n->next;
		n->is_desc = is(p, "desc");
		if (!accept(p, "desc"))
			accept(p, "asc");
		if (is(p, "using"))
			return refuse(p, p->at, "ORDER BY USING");
		if (accept(p, "nulls")) {
			n->has_nulls = true;
			n->nulls_first = is(p, "first");
			if (!accept(p, "first") && !expect(p, "last"))
				return false;
		}
	} while (accept(p, ","));
	return true;
}

/* UNBOUNDED PRECEDING, CURRENT ROW, 5 FOLLOWING */
static bool
frame_bound(struct parser *p)
{
	if (accept(p, "current"))
		return expect(p, "row");
	if (!accept(p, "unbounded")) {
		if (kind(p) != SQL_TOK_NUMBER || p->at >= p->t->n)
			return refuse(p, p->at, "this frame of a window");
		p->at++;
	}
	return accept(p, "preceding") || expect(p, "following");
}

static bool
frame(struct parser *p, struct window *w)
{
	w->frame_from = p->at;
	if (!is(p, "rows") && !is(p, "range") && !is(p, "groups")) {
		w->frame_to = p->at;
		return true;
	}
	p->at++;
	if (accept(p, "between")) {
		if (!frame_bound(p) || !expect(p, "and") || !frame_bound(p))
			return false;
	} else if (!frame_bound(p)) {
		return false;
	}
	if (accept(p, "exclude")) {
		if (accept(p, "current")) {
			if (!expect(p, "row"))
				return false;
		} else if (accept(p, "no")) {
			if (!expect(p, "others"))
				return false;
		} else if (!accept(p, "group") && !expect(p, "ties")) {
			return false;
		}
	}
	w->frame_to = p->at;
	return true;
}

/* ( [name] [PARTITION BY ...] [ORDER BY ...] [frame] ) */
static bool
window_body(struct parser *p, struct window *w)
{
	if (!expect(p, "("))
		return false;
	if (is_name(p, p->at) && !is(p, "partition") && !is(p, "rows") &&
	    !is(p, "range") && !is(p, "groups"))
		return refuse(p, p->at, "a window made from another one");
	if (accept(p, "partition") && (!expect(p, "by") ||
	    !list(p, &w->partition)))
		return false;
	if (accept(p, "order") && (!expect(p, "by") ||
	    !order_by(p, &w->order)))
		return false;
	return frame(p, w) && expect(p, ")");
}

static bool
call_tail(struct parser *p, struct node *n)
{
	if (accept(p, "filter")) {
		if (!expect(p, "(") || !expect(p, "where") ||
		    (n->filter = expression(p, PREC_OR)) == NULL ||
		    !expect(p, ")"))
			return false;
	}
	if (is(p, "within"))
		return refuse(p, p->at, "WITHIN GROUP");
	if (!accept(p, "over"))
		return true;
	n->over = arena_zalloc(p->a, sizeof(*n->over));
	if (is(p, "("))
		return window_body(p, n->over);
	n->over->is_reference = true;
	return name(p, &n->over->name);
}

/* The arguments and what follows; the cursor is on the parenthesis. */
static struct node *
call(struct parser *p, struct slice what, size_t token)
{
	struct node *n = node(p, NODE_CALL, token);

	n->text = what;
	p->at++;
	if (accept(p, "*")) {
		n->kid = node(p, NODE_STAR, p->at - 1);
	} else if (!is(p, ")")) {
		if (accept(p, "distinct"))
			n->is_distinct = true;
		else
			accept(p, "all");
		if (is(p, "variadic"))
			return refuse(p, p->at, "VARIADIC"), NULL;
		if (!list(p, &n->kid))
			return NULL;
		if (is(p, "order"))
			return refuse(p, p->at,
			    "ORDER BY in an aggregate"), NULL;
		if (is(p, "=>") || is(p, ":="))
			return refuse(p, p->at, "a named argument"), NULL;
	}
	if (!expect(p, ")") || !call_tail(p, n))
		return NULL;
	return n;
}

/* current_user and its like: functions without parentheses */
static struct node *
bare_function(struct parser *p)
{
	static const struct {
		const char *word, *function;
	} words[] = {
		{ "current_user", "current_user" },
		{ "session_user", "session_user" },
		{ "current_role", "current_role" }, { "user", "user" },
		{ "current_catalog", "current_catalog" },
		{ "current_schema", "current_schema" },
		{ "current_timestamp", "current_timestamp" },
		{ "current_date", "current_date" },
	};
	struct node *n;
	size_t k;

	for (k = 0; k < ARRAY_LEN(words); k++) {
		if (!is(p, words[k].word))
			continue;
		n = node(p, NODE_CALL, p->at++);
		n->text = slice_of(words[k].function);
		if (slice_is(n->text, "current_schema") && accept(p, "(") &&
		    !expect(p, ")"))
			return NULL;
		return n;
	}
	unexpected(p);
	return NULL;
}

/* a, t.a, public.t.a, t.*, f(...), pg_catalog.f(...), date '...' */
static struct node *
named(struct parser *p)
{
	size_t token = p->at;
	struct slice part[3];
	struct node *n;
	size_t count = 0;
	uint32_t oid;

	if (p->at + 1 < p->t->n && kind(p) == SQL_TOK_WORD &&
	    p->t->list[p->at + 1].kind == SQL_TOK_STRING &&
	    (oid = pg_type_find(sql_token_text(p->t, p->at))) !=
	    OID_UNKNOWN) {
		p->at++;
		n = node(p, NODE_STRING, p->at);
		return string(p, &n->text) ? cast(p, n, token, oid) : NULL;
	}
	if (!name(p, &part[count++]))
		return NULL;
	while (is(p, ".")) {
		p->at++;
		if (is(p, "*")) {
			p->at++;
			n = node(p, NODE_STAR, token);
			n->qualifier = part[count - 1];
			return n;
		}
		if (count == 3)
			return unexpected(p), NULL;
		if (!label(p, &part[count++]))
			return NULL;
	}
	if (is(p, "(")) {
		if (count > 1 && !slice_is(part[0], "pg_catalog")) {
			sql_tree_error(p->e, p->t, token, "3F000",
			    "schema \"%.*s\" does not exist",
			    (int)utf8_cut(part[0], 63), part[0].ptr);
			return NULL;
		}
		return call(p, part[count - 1], token);
	}
	n = node(p, NODE_COLUMN, token);
	n->text = part[count - 1];
	if (count > 1)
		n->qualifier = part[count - 2];
	return n;
}

static struct node *
parenthesis(struct parser *p)
{
	size_t token = p->at++;
	struct node *n, *row;

	if (is(p, "select") || is(p, "with") || is(p, "values")) {
		n = node(p, NODE_QUERY, token);
		n->query = query(p);
		return n->query != NULL && expect(p, ")") ? n : NULL;
	}
	n = expression(p, PREC_OR);
	if (n == NULL)
		return NULL;
	if (is(p, ",")) {
		row = node(p, NODE_ROW, token);
		row->kid = n;
		p->at++;
		if (!list(p, &n->next))
			return NULL;
		n = row;
	}
	return expect(p, ")") ? n : NULL;
}

static struct node *
exists(struct parser *p)
{
	struct node *n = node(p, NODE_EXISTS, p->at++);

	if (!expect(p, "("))
		return NULL;
	n->query = query(p);
	return n->query != NULL && expect(p, ")") ? n : NULL;
}

static struct node *
word_primary(struct parser *p)
{
	struct node *n;

	if (is(p, "case"))
		return case_expression(p);
	if (is(p, "cast"))
		return cast_call(p);
	if (is(p, "exists") && is_next(p, 1, "("))
		return exists(p);
	if (is(p, "null"))
		return node(p, NODE_NULL, p->at++);
	if (is(p, "true") || is(p, "false")) {
		n = node(p, NODE_BOOL, p->at);
		n->value = is(p, "true");
		p->at++;
		return n;
	}
	if (is(p, "left") || is(p, "right"))
		if (is_next(p, 1, "(")) {
			p->at++;
			return call(p, is_next(p, (size_t)-1, "left") ?
			    SLICE("left") : SLICE("right"), p->at - 1);
		}
	if (is(p, "array") || is(p, "row"))
		if (is_next(p, 1, "[") || is_next(p, 1, "("))
			return refuse(p, p->at, "an array or row"), NULL;
	if (is(p, "interval") || is(p, "extract"))
		if (!is_next(p, 1, ".") && p->at + 1 < p->t->n &&
		    (is_next(p, 1, "(") || p->t->list[p->at + 1].kind ==
		    SQL_TOK_STRING))
			return refuse(p, p->at, "this function"), NULL;
	if (is_reserved(p, p->at))
		return bare_function(p);
	return named(p);
}

static struct node *
primary(struct parser *p)
{
	struct node *n;

	if (p->at >= p->t->n)
		return unexpected(p), NULL;
	switch (kind(p)) {
	case SQL_TOK_NUMBER:
		return number(p);
	case SQL_TOK_STRING:
		n = node(p, NODE_STRING, p->at);
		return string(p, &n->text) ? n : NULL;
	case SQL_TOK_PARAM:
		n = node(p, NODE_PARAM, p->at);
		n->value = p->t->list[p->at++].param;
		return n;
	case SQL_TOK_WORD:
		return word_primary(p);
	case SQL_TOK_QUOTED:
		return named(p);
	case SQL_TOK_OP:
		break;
	}
	if (is(p, "("))
		return parenthesis(p);
	return unexpected(p), NULL;
}

/* ---- operators ---- */

static struct node *
postfix(struct parser *p)
{
	struct node *n = primary(p);
	size_t token, casts = 0;
	uint32_t oid;

	while (n != NULL && (is(p, "::") || is(p, "["))) {
		token = p->at;
		if (is(p, "["))
			return refuse(p, token, "a subscript"), NULL;
		if (++casts > SQL_NEST_MAX)
			return too_deep(p), NULL;
		p->at++;
		if (!type_name(p, &oid))
			return NULL;
		n = cast(p, n, token, oid);
	}
	if (n != NULL && is(p, "collate"))
		return refuse(p, p->at, "COLLATE"), NULL;
	if (n != NULL && is(p, "at") && is_next(p, 1, "time"))
		return refuse(p, p->at, "AT TIME ZONE"), NULL;
	return n;
}

static struct node *
unary(struct parser *p)
{
	struct node *n, *kid;
	int operand = PREC_UNARY;

	if (is(p, "not"))
		operand = PREC_NOT;
	else if (is(p, "~"))
		operand = PREC_OTHER + 1;
	else if (!is(p, "-") && !is(p, "+"))
		return postfix(p);
	n = node(p, NODE_UNARY, p->at);
	n->text = operand == PREC_NOT ? SLICE("NOT") :
	    sql_token_text(p->t, p->at);
	p->at++;
	if (p->depth >= SQL_NEST_MAX)
		return too_deep(p), NULL;
	p->depth++;
	kid = expression(p, operand);
	p->depth--;
	if (kid == NULL)
		return NULL;
	n->kid = kid;
	return n;
}

struct operator {
	const char *text;
	int prec;
};

static const struct operator operators[] = {
	{ "or", PREC_OR }, { "and", PREC_AND },
	{ "=", PREC_COMPARE }, { "<", PREC_COMPARE }, { ">", PREC_COMPARE },
	{ "<=", PREC_COMPARE }, { ">=", PREC_COMPARE },
	{ "<>", PREC_COMPARE }, { "!=", PREC_COMPARE },
	{ "==", PREC_OTHER }, { "||", PREC_OTHER }, { "->", PREC_OTHER },
	{ "->>", PREC_OTHER }, { "&", PREC_OTHER }, { "|", PREC_OTHER },
	{ "<<", PREC_OTHER }, { ">>", PREC_OTHER }, { "~", PREC_OTHER },
	{ "~*", PREC_OTHER }, { "!~", PREC_OTHER }, { "!~*", PREC_OTHER },
	{ "~~", PREC_OTHER }, { "~~*", PREC_OTHER }, { "!~~", PREC_OTHER },
	{ "!~~*", PREC_OTHER }, { "#", PREC_OTHER }, { "@>", PREC_OTHER },
	{ "<@", PREC_OTHER }, { "+", PREC_ADD }, { "-", PREC_ADD },
	{ "*", PREC_MULTIPLY }, { "/", PREC_MULTIPLY },
	{ "%", PREC_MULTIPLY },
};

static const struct operator *
operator_at(const struct parser *p)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(operators); i++)
		if (is(p, operators[i].text))
			return &operators[i];
	return NULL;
}

static struct node *
like(struct parser *p, struct node *left, bool is_not, bool ignores_case,
    size_t token)
{
	struct node *n = node(p, NODE_LIKE, token), *pattern;

	n->is_not = is_not;
	n->ignores_case = ignores_case;
	if ((pattern = expression(p, PREC_IN + 1)) == NULL)
		return NULL;
	with_kids(n, left, pattern);
	if (accept(p, "escape"))
		if ((pattern->next = expression(p, PREC_IN + 1)) == NULL)
			return NULL;
	return n;
}

static struct node *
in_list(struct parser *p, struct node *left, bool is_not, size_t token)
{
	struct node *n = node(p, NODE_IN, token);

	n->is_not = is_not;
	n->kid = left;
	left->next = NULL;
	if (!expect(p, "("))
		return NULL;
	if (is(p, "select") || is(p, "with") || is(p, "values")) {
		if ((n->query = query(p)) == NULL)
			return NULL;
	} else if (!list(p, &left->next)) {
		return NULL;
	}
	return expect(p, ")") ? n : NULL;
}

static struct node *
between(struct parser *p, struct node *left, bool is_not, size_t token)
{
	struct node *n = node(p, NODE_BETWEEN, token), *low;

	n->is_not = is_not;
	accept(p, "asymmetric");
	if (is(p, "symmetric"))
		return refuse(p, p->at, "BETWEEN SYMMETRIC"), NULL;
	if ((low = expression(p, PREC_IN + 1)) == NULL || !expect(p, "and"))
		return NULL;
	with_kids(n, left, low);
	low->next = expression(p, PREC_IN + 1);
	return low->next != NULL ? n : NULL;
}

/* [NOT] LIKE, ILIKE, IN, BETWEEN; *none: there is none of them */
static struct node *
predicate(struct parser *p, struct node *left, bool *none)
{
	size_t token = p->at;
	bool is_not = is(p, "not");

	*none = false;
	if (is_not)
		p->at++;
	if (accept(p, "like"))
		return like(p, left, is_not, false, token);
	if (accept(p, "ilike"))
		return like(p, left, is_not, true, token);
	if (accept(p, "in"))
		return in_list(p, left, is_not, token);
	if (accept(p, "between"))
		return between(p, left, is_not, token);
	if (is(p, "similar"))
		return refuse(p, p->at, "SIMILAR TO"), NULL;
	p->at = token;
	*none = true;
	return left;
}

/* IS [NOT] NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM */
static struct node *
is_test(struct parser *p, struct node *left)
{
	static const char *const words[] = { "null", "true", "false",
		"unknown" };
	size_t token = p->at++, i;
	bool is_not = accept(p, "not");
	struct node *n;

	if (accept(p, "distinct")) {
		if (!expect(p, "from"))
			return NULL;
		n = node(p, NODE_DISTINCT, token);
		n->is_not = is_not;
		with_kids(n, left, expression(p, PREC_IS + 1));
		return left->next != NULL ? n : NULL;
	}
	n = node(p, NODE_IS, token);
	n->is_not = is_not;
	n->kid = left;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (accept(p, words[i])) {
			n->text = slice_of(words[i]);
			return n;
		}
	}
	return unexpected(p), NULL;
}

static struct node *
null_test(struct parser *p, struct node *left)
{
	struct node *n = node(p, NODE_IS, p->at);

	n->is_not = is(p, "notnull");
	n->text = SLICE("null");
	n->kid = left;
	p->at++;
	return n;
}

static struct node *
binary(struct parser *p, struct node *left, const struct operator *op)
{
	struct node *n = node(p, NODE_BINARY, p->at++), *right;

	n->text = slice_of(op->text);
	if (is(p, "any") || is(p, "some") || is(p, "all"))
		if (is_next(p, 1, "("))
			return refuse(p, p->at, "ANY and ALL"), NULL;
	right = expression(p, op->prec + 1);
	if (right == NULL)
		return NULL;
	if (op->text[0] == '~' && op->text[1] == '~') {
		n->kind = NODE_LIKE;
		n->ignores_case = op->text[2] == '*';
	} else if (strncmp(op->text, "!~~", 3) == 0) {
		n->kind = NODE_LIKE;
		n->is_not = true;
		n->ignores_case = op->text[3] == '*';
	}
	return with_kids(n, left, right);
}

/* One operator more to the right of left; *done when there is none. */
static struct node *
operate(struct parser *p, struct node *left, int least, int *most, bool *done)
{
	const struct operator *op = operator_at(p);
	bool none;

	*done = false;
	if (op != NULL) {
		if (op->prec < least || op->prec > *most) {
			*done = true;
			return left;
		}
		/* a < b < c has no meaning */
		*most = op->prec == PREC_COMPARE ? PREC_COMPARE - 1 : op->prec;
		return binary(p, left, op);
	}
	if (least <= PREC_IN && PREC_IN <= *most) {
		struct node *n = predicate(p, left, &none);

		if (!none) {
			*most = PREC_IN - 1;
			return n;
		}
	}
	if (least <= PREC_IS && PREC_IS <= *most) {
		if (is(p, "is"))
			return is_test(p, left);
		if (is(p, "isnull") || is(p, "notnull"))
			return null_test(p, left);
	}
	*done = true;
	return left;
}

static struct node *
expression(struct parser *p, int least)
{
	struct node *n;
	int most = PREC_UNARY;
	unsigned count = 0;
	bool done = false;

	if (p->depth >= SQL_NEST_MAX)
		return too_deep(p), NULL;
	if (!sql_tree_has_room(p->a, p->t, p->at, p->e))
		return NULL;
	p->depth++;
	n = unary(p);
	while (n != NULL && !done) {
		n = operate(p, n, least, &most, &done);
		if (!done && ++count > 4 * SQL_NEST_MAX)
			n = (too_deep(p), NULL);
	}
	p->depth--;
	return n;
}

/* ---- FROM ---- */

static bool
names(struct parser *p, struct name_list **out)
{
	if (!expect(p, "("))
		return false;
	do {
		*out = arena_zalloc(p->a, sizeof(**out));
		(*out)->token = p->at;
		if (!name(p, &(*out)->name))
			return false;
		out = &(*out)->next;
	} while (accept(p, ","));
	return expect(p, ")");
}

static bool
source_alias(struct parser *p, struct source *s)
{
	if (accept(p, "as") || is_name(p, p->at)) {
		s->has_alias = true;
		if (!name(p, &s->alias))
			return false;
		if (is(p, "("))
			return names(p, &s->aliases);
	}
	return true;
}

static struct source *
source_query(struct parser *p)
{
	struct source *s = arena_zalloc(p->a, sizeof(*s));

	s->kind = SOURCE_QUERY;
	s->token = p->at++;
	if ((s->query = query(p)) == NULL || !expect(p, ")") ||
	    !source_alias(p, s))
		return NULL;
	if (!s->has_alias) {
		sql_tree_error(p->e, p->t, s->token, "42601",
		    "subquery in FROM must have an alias");
		return NULL;
	}
	return s;
}

static struct source *
source_name(struct parser *p)
{
	struct source *s = arena_zalloc(p->a, sizeof(*s));

	s->kind = SOURCE_RELATION;
	s->token = p->at;
	accept(p, "only");
	if (!name(p, &s->name))
		return NULL;
	if (accept(p, ".")) {
		s->schema = s->name;
		if (!label(p, &s->name))
			return NULL;
	}
	s->alias = s->name;
	if (accept(p, "(")) {
		s->kind = SOURCE_FUNCTION;
		if (!is(p, ")") && !list(p, &s->args))
			return NULL;
		if (!expect(p, ")"))
			return NULL;
		if (is(p, "with"))
			return refuse(p, p->at, "WITH ORDINALITY"), NULL;
	}
	if (!source_alias(p, s))
		return NULL;
	if (is(p, "tablesample"))
		return refuse(p, p->at, "TABLESAMPLE"), NULL;
	return s;
}

static struct source *
source(struct parser *p)
{
	struct source *s;

	if (is(p, "lateral"))
		return refuse(p, p->at, "LATERAL"), NULL;
	if (!is(p, "("))
		return source_name(p);
	if (is_next(p, 1, "select") || is_next(p, 1, "with") ||
	    is_next(p, 1, "values"))
		return source_query(p);
	if (p->depth >= SQL_NEST_MAX)
		return too_deep(p), NULL;
	p->depth++;
	p->at++;
	s = from_item(p);
	p->depth--;
	return s != NULL && expect(p, ")") ? s : NULL;
}

/* [NATURAL] [INNER | LEFT ...] JOIN; *found: there is one */
static bool
join_kind(struct parser *p, struct source *j, bool *found)
{
	size_t start = p->at;

	*found = true;
	j->token = p->at;
	j->kind = SOURCE_JOIN;
	j->join = JOIN_INNER;
	j->is_natural = accept(p, "natural");
	if (accept(p, "cross"))
		j->join = JOIN_CROSS;
	else if (accept(p, "left"))
		j->join = JOIN_LEFT;
	else if (accept(p, "right"))
		j->join = JOIN_RIGHT;
	else if (accept(p, "full"))
		j->join = JOIN_FULL;
	else
		accept(p, "inner");
	if (j->join >= JOIN_LEFT)
		accept(p, "outer");
	if (p->at == start && !is(p, "join")) {
		*found = false;
		return true;
	}
	return expect(p, "join");
}

static bool
join_condition(struct parser *p, struct source *j)
{
	if (j->join == JOIN_CROSS || j->is_natural)
		return true;
	if (accept(p, "using"))
		return names(p, &j->merged);
	if (!expect(p, "on"))
		return false;
	j->on = expression(p, PREC_OR);
	return j->on != NULL;
}

static bool
too_many_sources(struct parser *p)
{
	return sql_tree_error(p->e, p->t, p->at, "54000",
	    "at most %d relations may be joined", SQL_SOURCES_MAX);
}

static struct source *
from_item(struct parser *p)
{
	struct source *left = source(p), *j;
	bool found;
	unsigned count = 1;

	while (left != NULL) {
		j = arena_zalloc(p->a, sizeof(*j));
		if (!join_kind(p, j, &found))
			return NULL;
		if (!found)
			return left;
		if (++count > SQL_SOURCES_MAX)	/* each is one call deeper */
			return too_many_sources(p), NULL;
		j->left = left;
		if ((j->right = source(p)) == NULL || !join_condition(p, j))
			return NULL;
		left = j;
	}
	return NULL;
}

/* ---- SELECT ---- */

static bool
item_alias(struct parser *p, struct node *n)
{
	static const char *const not_bare[] = { "over", "filter", "within",
		"without", "isnull", "notnull", "overlaps", "precision",
		"varying", "day", "hour", "minute", "month", "second", "year",
		"char", "character", "to" };
	size_t i;

	if (accept(p, "as")) {
		n->has_alias = true;
		return label(p, &n->alias);
	}
	if (!is_name(p, p->at))
		return true;
	for (i = 0; i < ARRAY_LEN(not_bare); i++)
		if (is(p, not_bare[i]))
			return unexpected(p);
	n->has_alias = true;
	return label(p, &n->alias);
}

static bool
items(struct parser *p, struct node **last)
{
	struct node *n;

	/* SELECT FROM t is allowed, and useless */
	if (p->at >= p->t->n || is(p, "from") || is(p, ")"))
		return refuse(p, p->at, "an empty select list");
	do {
		if (accept(p, "*"))
			n = node(p, NODE_STAR, p->at - 1);
		else if ((n = expression(p, PREC_OR)) == NULL ||
		    !item_alias(p, n))
			return false;
		*last = n;
		last = &n->next;
	} while (accept(p, ","));
	return true;
}

static bool
windows(struct parser *p, struct window **last)
{
	do {
		struct window *w = arena_zalloc(p->a, sizeof(*w));

		if (!name(p, &w->name) || !expect(p, "as") ||
		    !window_body(p, w))
			return false;
		*last = w;
		last = &w->next;
	} while (accept(p, ","));
	return true;
}

static bool
group_by(struct parser *p, struct node **out)
{
	if (is(p, "grouping") || is(p, "rollup") || is(p, "cube") ||
	    (is(p, "(") && is_next(p, 1, ")")))
		return refuse(p, p->at, "grouping sets");
	return list(p, out);
}

static bool
from_list(struct parser *p, struct source **last)
{
	do {
		if ((*last = from_item(p)) == NULL)
			return false;
		last = &(*last)->next;
	} while (accept(p, ","));
	return true;
}

static struct body *
select_body(struct parser *p)
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));

	b->kind = BODY_SELECT;
	b->token = p->at++;
	if (accept(p, "distinct")) {
		b->is_distinct = true;
		if (is(p, "on"))
			return refuse(p, p->at, "DISTINCT ON"), NULL;
	} else {
		accept(p, "all");
	}
	if (!items(p, &b->items))
		return NULL;
	if (is(p, "into")) {
		sql_tree_error(p->e, p->t, p->at, "25006",
		    "cannot execute SELECT INTO in a read-only transaction");
		return NULL;
	}
	if (accept(p, "from") && !from_list(p, &b->from))
		return NULL;
	if (accept(p, "where") && (b->where = expression(p, PREC_OR)) == NULL)
		return NULL;
	if (accept(p, "group") && (!expect(p, "by") ||
	    !group_by(p, &b->group)))
		return NULL;
	if (accept(p, "having") &&
	    (b->having = expression(p, PREC_OR)) == NULL)
		return NULL;
	if (accept(p, "window") && !windows(p, &b->windows))
		return NULL;
	return b;
}

static struct body *
values_body(struct parser *p)
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));
	struct node **last = &b->items;

	b->kind = BODY_VALUES;
	b->token = p->at++;
	do {
		*last = node(p, NODE_ROW, p->at);
		if (!expect(p, "(") || !list(p, &(*last)->kid) ||
		    !expect(p, ")"))
			return NULL;
		last = &(*last)->next;
	} while (accept(p, ","));
	return b;
}

static struct body *
simple_body(struct parser *p)
{
	struct body *b;

	if (is(p, "select"))
		return select_body(p);
	if (is(p, "values"))
		return values_body(p);
	if (!is(p, "(")) {
		unexpected(p);
		return NULL;
	}
	b = arena_zalloc(p->a, sizeof(*b));
	b->kind = BODY_PAREN;
	b->token = p->at++;
	b->query = query(p);
	return b->query != NULL && expect(p, ")") ? b : NULL;
}

static struct body *
set_operation(struct parser *p, struct body *left, const char *op,
    struct body *(*right)(struct parser *p))
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));

	b->kind = BODY_SET;
	b->token = p->at++;
	b->op = op;
	b->is_all = accept(p, "all");
	if (!b->is_all)
		accept(p, "distinct");
	if (b->is_all && strcmp(op, "UNION") != 0)
		return refuse(p, p->at, "INTERSECT ALL and EXCEPT ALL"), NULL;
	b->left = left;
	b->right = right(p);
	return b->right != NULL ? b : NULL;
}

static struct body *
intersections(struct parser *p)
{
	struct body *b = simple_body(p);
	unsigned count = 0;

	while (b != NULL && is(p, "intersect")) {
		if (++count > SQL_NEST_MAX)
			return too_deep(p), NULL;
		b = set_operation(p, b, "INTERSECT", simple_body);
	}
	return b;
}

static struct body *
bodies(struct parser *p)
{
	struct body *b = intersections(p);
	unsigned count = 0;

	while (b != NULL && (is(p, "union") || is(p, "except"))) {
		if (++count > SQL_NEST_MAX)
			return too_deep(p), NULL;
		b = set_operation(p, b, is(p, "union") ? "UNION" : "EXCEPT",
		    intersections);
	}
	return b;
}

static bool
ctes(struct parser *p, struct query *q)
{
	struct cte **last = &q->ctes, *c;

	q->is_recursive = accept(p, "recursive");
	do {
		c = *last = arena_zalloc(p->a, sizeof(*c));
		last = &c->next;
		c->token = p->at;
		c->how = "";
		if (!name(p, &c->name) || (is(p, "(") &&
		    !names(p, &c->aliases)) || !expect(p, "as"))
			return false;
		if (is(p, "not") && is_next(p, 1, "materialized")) {
			p->at += 2;
			c->how = "NOT MATERIALIZED ";
		} else if (accept(p, "materialized")) {
			c->how = "MATERIALIZED ";
		}
		if (!expect(p, "("))
			return false;
		if (is(p, "insert") || is(p, "update") || is(p, "delete"))
			return sql_tree_error(p->e, p->t, p->at, "25006",
			    "cannot execute %.*s in a read-only transaction",
			    SLICE_ARG(sql_token_text(p->t, p->at)));
		if ((c->query = query(p)) == NULL || !expect(p, ")"))
			return false;
		if (is(p, "search") || is(p, "cycle"))
			return refuse(p, p->at, "SEARCH and CYCLE");
	} while (accept(p, ","));
	return true;
}

static bool
fetch_first(struct parser *p, struct query *q)
{
	if (!accept(p, "first") && !expect(p, "next"))
		return false;
	if (is(p, "row") || is(p, "rows")) {
		q->limit = node(p, NODE_NUMBER, p->at);
		q->limit->text = SLICE("1");
	} else if ((q->limit = postfix(p)) == NULL) {
		return false;
	}
	if (!accept(p, "row") && !expect(p, "rows"))
		return false;
	if (is(p, "with"))
		return refuse(p, p->at, "WITH TIES");
	return expect(p, "only");
}

/* LIMIT, OFFSET and FETCH, in any order but each once */
static bool
limits(struct parser *p, struct query *q)
{
	bool limited = false;

	for (;;) {
		if (!limited && accept(p, "limit")) {
			limited = true;
			if (accept(p, "all"))
				continue;
			if ((q->limit = expression(p, PREC_OR)) == NULL)
				return false;
			if (is(p, ",")) {
				sql_tree_error(p->e, p->t, p->at, "42601",
				    "LIMIT #,# syntax is not supported");
				return err_hint(p->e, "Use separate LIMIT and "
				    "OFFSET clauses.");
			}
		} else if (!limited && is(p, "fetch")) {
			limited = true;
			p->at++;
			if (!fetch_first(p, q))
				return false;
		} else if (q->offset == NULL && accept(p, "offset")) {
			if ((q->offset = expression(p, PREC_OR)) == NULL)
				return false;
			if (!accept(p, "row"))
				accept(p, "rows");
		} else {
			break;
		}
	}
	if (is(p, "for"))
		return refuse(p, p->at, "FOR UPDATE and FOR SHARE");
	return true;
}

static struct query *
query(struct parser *p)
{
	struct query *q = arena_zalloc(p->a, sizeof(*q));
	bool ok;

	if (p->depth >= SQL_NEST_MAX)
		return too_deep(p), NULL;
	p->depth++;
	ok = (!accept(p, "with") || ctes(p, q)) &&
	    (q->body = bodies(p)) != NULL &&
	    (!accept(p, "order") || (expect(p, "by") &&
	    order_by(p, &q->order))) && limits(p, q);
	p->depth--;
	return ok ? q : NULL;
}

bool
sql_parse_query(const struct sql_tokens *t, struct arena *a,
    struct query **out, struct err *e)
{
	struct parser p = { t, a, 0, 0, e };

	*out = query(&p);
	if (*out == NULL)
		return false;
	return p.at == t->n || unexpected(&p);
}
