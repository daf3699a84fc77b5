/*
 * sql_parse_expression.c - operators and what they tie.
 *
 * Loosest first: OR, AND, NOT, IS, comparisons, BETWEEN IN LIKE, all other
 * operators, + -, * / %, unary minus, ::.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"

/* ---- before and behind one value ---- */

struct node *
parse_postfix(struct parser *p)
{
	struct node *n = parse_primary(p);
	size_t token, casts = 0;
	uint32_t oid;

	while (n != NULL && (parse_is(p, "::") || parse_is(p, "["))) {
		token = p->at;
		if (parse_is(p, "["))
			return parse_refuse(p, token, "a subscript"), NULL;
		if (++casts > SQL_NEST_MAX)
			return parse_too_deep(p), NULL;
		p->at++;
		if (!parse_type(p, &oid))
			return NULL;
		n = parse_cast(p, n, token, oid);
	}
	if (n != NULL && parse_is(p, "collate"))
		return parse_refuse(p, p->at, "COLLATE"), NULL;
	if (n != NULL && parse_is(p, "at") && parse_is_next(p, 1, "time"))
		return parse_refuse(p, p->at, "AT TIME ZONE"), NULL;
	return n;
}

static struct node *
unary(struct parser *p)
{
	struct node *n, *kid;
	int operand = PREC_UNARY;

	if (parse_is(p, "not"))
		operand = PREC_NOT;
	else if (parse_is(p, "~"))
		operand = PREC_OTHER + 1;
	else if (!parse_is(p, "-") && !parse_is(p, "+"))
		return parse_postfix(p);
	n = parse_node(p, NODE_UNARY, p->at);
	n->text = operand == PREC_NOT ? SLICE("NOT") :
	    sql_token_text(p->t, p->at);
	p->at++;
	if (p->depth >= SQL_NEST_MAX)
		return parse_too_deep(p), NULL;
	p->depth++;
	kid = parse_expression(p, operand);
	p->depth--;
	if (kid == NULL)
		return NULL;
	n->kid = kid;
	return n;
}

/* ---- between two ---- */

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
		if (parse_is(p, operators[i].text))
			return &operators[i];
	return NULL;
}

static struct node *
with_kids(struct node *n, struct node *first, struct node *second)
{
	n->kid = first;
	first->next = second;
	return n;
}

static struct node *
like(struct parser *p, struct node *left, bool is_not, bool ignores_case,
    size_t token)
{
	struct node *n = parse_node(p, NODE_LIKE, token), *pattern;

	n->is_not = is_not;
	n->ignores_case = ignores_case;
	if ((pattern = parse_expression(p, PREC_IN + 1)) == NULL)
		return NULL;
	with_kids(n, left, pattern);
	if (parse_accept(p, "escape"))
		if ((pattern->next = parse_expression(p, PREC_IN + 1)) == NULL)
			return NULL;
	return n;
}

static struct node *
in_list(struct parser *p, struct node *left, bool is_not, size_t token)
{
	struct node *n = parse_node(p, NODE_IN, token);

	n->is_not = is_not;
	n->kid = left;
	left->next = NULL;
	if (!parse_expect(p, "("))
		return NULL;
	if (parse_is(p, "select") || parse_is(p, "with") ||
	    parse_is(p, "values")) {
		if ((n->query = parse_query(p)) == NULL)
			return NULL;
	} else if (!parse_list(p, &left->next)) {
		return NULL;
	}
	return parse_expect(p, ")") ? n : NULL;
}

static struct node *
between(struct parser *p, struct node *left, bool is_not, size_t token)
{
	struct node *n = parse_node(p, NODE_BETWEEN, token), *low;

	n->is_not = is_not;
	parse_accept(p, "asymmetric");
	if (parse_is(p, "symmetric"))
		return parse_refuse(p, p->at, "BETWEEN SYMMETRIC"), NULL;
	if ((low = parse_expression(p, PREC_IN + 1)) == NULL ||
	    !parse_expect(p, "and"))
		return NULL;
	with_kids(n, left, low);
	low->next = parse_expression(p, PREC_IN + 1);
	return low->next != NULL ? n : NULL;
}

/* [NOT] LIKE, ILIKE, IN, BETWEEN; *none: there is none of them */
static struct node *
predicate(struct parser *p, struct node *left, bool *none)
{
	size_t token = p->at;
	bool is_not = parse_is(p, "not");

	*none = false;
	if (is_not)
		p->at++;
	if (parse_accept(p, "like"))
		return like(p, left, is_not, false, token);
	if (parse_accept(p, "ilike"))
		return like(p, left, is_not, true, token);
	if (parse_accept(p, "in"))
		return in_list(p, left, is_not, token);
	if (parse_accept(p, "between"))
		return between(p, left, is_not, token);
	if (parse_is(p, "similar"))
		return parse_refuse(p, p->at, "SIMILAR TO"), NULL;
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
	bool is_not = parse_accept(p, "not");
	struct node *n;

	if (parse_accept(p, "distinct")) {
		if (!parse_expect(p, "from"))
			return NULL;
		n = parse_node(p, NODE_DISTINCT, token);
		n->is_not = is_not;
		with_kids(n, left, parse_expression(p, PREC_IS + 1));
		return left->next != NULL ? n : NULL;
	}
	n = parse_node(p, NODE_IS, token);
	n->is_not = is_not;
	n->kid = left;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (parse_accept(p, words[i])) {
			n->text = slice_of(words[i]);
			return n;
		}
	}
	return parse_unexpected(p), NULL;
}

static struct node *
null_test(struct parser *p, struct node *left)
{
	struct node *n = parse_node(p, NODE_IS, p->at);

	n->is_not = parse_is(p, "notnull");
	n->text = SLICE("null");
	n->kid = left;
	p->at++;
	return n;
}

static struct node *
binary(struct parser *p, struct node *left, const struct operator *op)
{
	struct node *n = parse_node(p, NODE_BINARY, p->at++), *right;

	n->text = slice_of(op->text);
	if (parse_is(p, "any") || parse_is(p, "some") || parse_is(p, "all"))
		if (parse_is_next(p, 1, "("))
			return parse_refuse(p, p->at, "ANY and ALL"), NULL;
	right = parse_expression(p, op->prec + 1);
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
		if (parse_is(p, "is"))
			return is_test(p, left);
		if (parse_is(p, "isnull") || parse_is(p, "notnull"))
			return null_test(p, left);
	}
	*done = true;
	return left;
}

/* ---- whole expressions ---- */

struct node *
parse_expression(struct parser *p, int least)
{
	struct node *n;
	int most = PREC_UNARY;
	unsigned count = 0;
	bool done = false;

	if (p->depth >= SQL_NEST_MAX)
		return parse_too_deep(p), NULL;
	if (!sql_tree_has_room(p->a, p->t, p->at, p->e))
		return NULL;
	p->depth++;
	n = unary(p);
	while (n != NULL && !done) {
		n = operate(p, n, least, &most, &done);
		if (!done && ++count > 4 * SQL_NEST_MAX)
			n = (parse_too_deep(p), NULL);
	}
	p->depth--;
	return n;
}

bool
parse_list(struct parser *p, struct node **out)
{
	struct node **last = out;

	do {
		*last = parse_expression(p, PREC_OR);
		if (*last == NULL)
			return false;
		last = &(*last)->next;
	} while (parse_accept(p, ","));
	return true;
}
