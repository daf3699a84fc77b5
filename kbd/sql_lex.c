/*
 * sql_lex.c - the tokens of a client's SQL; see sql_lex.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_lex.h"
#include "common/arena.h"
#include "common/buf.h"
#include "kbd/pg_msg.h"

#include <stdarg.h>
#include <stdio.h>

struct lexer {
	struct slice sql;
	size_t at;
	struct err *e;
};

int
sql_position(struct slice sql, size_t byte)
{
	return (int)utf8_count(slice_sub(sql, 0, byte)) + 1;
}

bool
sql_error_at(struct err *e, const char *sqlstate, struct slice sql,
    size_t byte, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	err_set(e, strcmp(sqlstate, "0A000") == 0 ? ERR_UNSUPPORTED :
	    ERR_SYNTAX, "%s", msg);
	if (e != NULL)
		e->position = sql_position(sql, byte);
	return pg_err_state(e, sqlstate);
}

bool
sql_syntax_error(struct err *e, const struct sql_tokens *t, size_t i)
{
	struct slice text = sql_token_text(t, i);

	if (i >= t->n)
		return sql_error_at(e, "42601", t->sql, t->sql.len,
		    "syntax error at end of input");
	text.len = utf8_cut(text, 60);
	return sql_error_at(e, "42601", t->sql, t->list[i].start,
	    "syntax error at or near \"%.*s\"", SLICE_ARG(text));
}

static char
peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->sql.len ? l->sql.ptr[l->at + ahead] : '\0';
}

static bool
is_word_start(char c)
{
	return ascii_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_word_char(char c)
{
	return is_word_start(c) || ascii_is_digit(c) || c == '$';
}

/* PostgreSQL's comments nest. */
static bool
skip_block_comment(struct lexer *l)
{
	size_t start = l->at;
	unsigned depth = 0;

	while (l->at < l->sql.len) {
		if (peek(l, 0) == '/' && peek(l, 1) == '*') {
			depth++;
			l->at += 2;
		} else if (peek(l, 0) == '*' && peek(l, 1) == '/') {
			l->at += 2;
			if (--depth == 0)
				return true;
		} else {
			l->at++;
		}
	}
	return sql_error_at(l->e, "42601", l->sql, start,
	    "unterminated /* comment");
}

static bool
skip_blanks(struct lexer *l)
{
	for (;;) {
		if (ascii_is_space(peek(l, 0)) && l->at < l->sql.len) {
			l->at++;
		} else if (peek(l, 0) == '-' && peek(l, 1) == '-') {
			while (l->at < l->sql.len && peek(l, 0) != '\n' &&
			    peek(l, 0) != '\r')
				l->at++;
		} else if (peek(l, 0) == '/' && peek(l, 1) == '*') {
			if (!skip_block_comment(l))
				return false;
		} else {
			return true;
		}
	}
}

/* From an opening quote behind its closing one; "" and '' stay inside. */
static bool
skip_quoted(struct lexer *l, char quote, bool backslash)
{
	size_t start = l->at++;

	while (l->at < l->sql.len) {
		if (backslash && peek(l, 0) == '\\') {
			l->at += 2;
		} else if (peek(l, 0) != quote) {
			l->at++;
		} else if (peek(l, 1) == quote) {
			l->at += 2;
		} else {
			l->at++;
			return true;
		}
	}
	l->at = l->sql.len;
	return sql_error_at(l->e, "42601", l->sql, start,
	    quote == '"' ? "unterminated quoted identifier" :
	    "unterminated quoted string");
}

/* $tag$ at the cursor: its length with both dollars, or 0. */
static size_t
dollar_tag(const struct lexer *l)
{
	size_t n = 1;

	if (is_word_start(peek(l, 1)))
		while (is_word_start(peek(l, n)) || ascii_is_digit(peek(l, n)))
			n++;
	return peek(l, n) == '$' && l->at + n < l->sql.len ? n + 1 : 0;
}

static bool
lex_dollar(struct lexer *l, struct sql_token *t)
{
	size_t start = l->at, n, tag = dollar_tag(l);
	struct slice opening = slice_sub(l->sql, start, start + tag);
	int64_t number;

	if (tag != 0) {
		t->kind = SQL_TOK_STRING;
		for (l->at += tag; l->at < l->sql.len; l->at++) {
			if (slice_starts(slice_sub(l->sql, l->at, l->sql.len),
			    opening)) {
				l->at += tag;
				return true;
			}
		}
		return sql_error_at(l->e, "42601", l->sql, start,
		    "unterminated dollar-quoted string");
	}
	for (n = 1; ascii_is_digit(peek(l, n)); n++)
		;
	t->kind = SQL_TOK_PARAM;
	l->at += n;
	if (n == 1 || is_word_char(peek(l, 0)))
		return sql_error_at(l->e, "42601", l->sql, start,
		    "syntax error at or near \"$\"");
	if (!str_int(slice_sub(l->sql, start + 1, l->at), 1, SQL_PARAMS_MAX,
	    &number))
		return sql_error_at(l->e, "42P02", l->sql, start,
		    "there is no parameter %.*s",
		    SLICE_ARG(slice_sub(l->sql, start, start + 12)));
	t->param = (unsigned)number;
	return true;
}

static bool
lex_number(struct lexer *l)
{
	size_t start = l->at;

	while (ascii_is_digit(peek(l, 0)))
		l->at++;
	if (peek(l, 0) == '.') {
		l->at++;
		while (ascii_is_digit(peek(l, 0)))
			l->at++;
	}
	if ((peek(l, 0) == 'e' || peek(l, 0) == 'E') &&
	    (ascii_is_digit(peek(l, 1)) || ((peek(l, 1) == '+' ||
	    peek(l, 1) == '-') && ascii_is_digit(peek(l, 2))))) {
		l->at += 2;
		while (ascii_is_digit(peek(l, 0)))
			l->at++;
	}
	if (is_word_char(peek(l, 0)))
		return sql_error_at(l->e, "42601", l->sql, start,
		    "trailing junk after numeric literal at or near \"%.*s\"",
		    SLICE_ARG(slice_sub(l->sql, start, l->at + 1)));
	return true;
}

static bool
lex_word(struct lexer *l, struct sql_token *t)
{
	size_t start = l->at;
	struct slice word;

	while (is_word_char(peek(l, 0)) && l->at < l->sql.len)
		l->at++;
	word = slice_sub(l->sql, start, l->at);
	t->kind = SQL_TOK_WORD;
	if (peek(l, 0) == '\'' && str_ieq(word, SLICE("e"))) {
		t->kind = SQL_TOK_STRING;
		return skip_quoted(l, '\'', true);
	}
	/* U&'..' and U&"..", N'..', B'..', X'..': SQLite reads others */
	if ((peek(l, 0) == '\'' && word.len == 1) || (peek(l, 0) == '&' &&
	    (peek(l, 1) == '\'' || peek(l, 1) == '"') &&
	    str_ieq(word, SLICE("u"))))
		return sql_error_at(l->e, "0A000", l->sql, start,
		    "string constants that start with %.*s are not supported",
		    SLICE_ARG(slice_sub(l->sql, start, l->at + 1)));
	return true;
}

static bool
lex_operator(struct lexer *l)
{
	static const char *const longer[] = { "!~~*", "!~~", "~~*", "!~*",
		"~~", "!~", "~*", "@>", "<@", "->>", "::", ":=", "=>", "<=",
		">=", "<>", "!=", "==", "||", "->", "<<", ">>" };
	struct slice rest = slice_sub(l->sql, l->at, l->sql.len);
	size_t i;

	for (i = 0; i < ARRAY_LEN(longer); i++) {
		if (slice_starts(rest, slice_of(longer[i]))) {
			l->at += strlen(longer[i]);
			return true;
		}
	}
	if (memchr("()+-*/<>=%&|~,;.!^@#?:[]", peek(l, 0), 24) == NULL)
		return sql_error_at(l->e, "42601", l->sql, l->at,
		    "syntax error at or near \"%.*s\"",
		    SLICE_ARG(slice_sub(rest, 0, 1)));
	l->at++;
	return true;
}

static bool
lex_token(struct lexer *l, struct sql_token *t)
{
	char c = peek(l, 0);
	bool ok;

	t->start = l->at;
	t->kind = SQL_TOK_OP;
	if (c == '\'') {
		t->kind = SQL_TOK_STRING;
		ok = skip_quoted(l, '\'', false);
	} else if (c == '"') {
		t->kind = SQL_TOK_QUOTED;
		ok = skip_quoted(l, '"', false);
	} else if (c == '$') {
		ok = lex_dollar(l, t);
	} else if (ascii_is_digit(c) || (c == '.' &&
	    ascii_is_digit(peek(l, 1)))) {
		t->kind = SQL_TOK_NUMBER;
		ok = lex_number(l);
	} else if (is_word_start(c)) {
		ok = lex_word(l, t);
	} else {
		ok = lex_operator(l);
	}
	t->end = l->at;
	return ok;
}

static bool
too_complex(struct lexer *l, const char *what)
{
	err_set(l->e, ERR_LIMIT, "%s", what);
	if (l->e != NULL)
		l->e->position = sql_position(l->sql, l->at);
	return pg_err_state(l->e, "54001");
}

/* Unbalanced parentheses are for the grammar to refuse. */
static bool
count_depth(struct lexer *l, const struct sql_token *t, size_t *depth)
{
	char c = l->sql.ptr[t->start];

	if (t->kind != SQL_TOK_OP)
		return true;
	if (c == '(')
		++*depth;
	else if (c == ')' && *depth > 0)
		--*depth;
	return *depth <= SQL_DEPTH_MAX ||
	    too_complex(l, "statement is nested too deeply");
}

bool
sql_lex(struct slice sql, struct arena *a, struct sql_tokens *out,
    struct err *e)
{
	struct lexer l = { sql, 0, e };
	size_t cap = 0, depth = 0;

	*out = (struct sql_tokens){ .sql = sql };
	for (;;) {
		if (!skip_blanks(&l))
			return false;
		if (l.at >= sql.len)
			return true;
		if (out->n == SQL_TOKENS_MAX)
			return too_complex(&l, "statement has too many words");
		out->list = arena_grow(a, out->list, out->n, &cap,
		    sizeof(*out->list));
		out->list[out->n] = (struct sql_token){ .param = 0 };
		if (!lex_token(&l, &out->list[out->n]) ||
		    !count_depth(&l, &out->list[out->n], &depth))
			return false;
		out->n++;
	}
}

struct slice
sql_token_text(const struct sql_tokens *t, size_t i)
{
	if (i >= t->n)
		return slice_make(NULL, 0);
	return slice_sub(t->sql, t->list[i].start, t->list[i].end);
}

bool
sql_token_is(const struct sql_tokens *t, size_t i, const char *what)
{
	if (i >= t->n || (t->list[i].kind != SQL_TOK_WORD &&
	    t->list[i].kind != SQL_TOK_OP))
		return false;
	return str_ieq(sql_token_text(t, i), slice_of(what));
}

/* ---- values ---- */

static struct slice
unquote(struct slice s, char quote, struct arena *a)
{
	char *to = arena_alloc(a, s.len + 1);
	size_t n = 0, i;

	for (i = 0; i < s.len; i++) {
		to[n++] = s.ptr[i];
		if (s.ptr[i] == quote)
			i++;	/* the lexer saw that it is doubled */
	}
	return slice_make(to, n);
}

/* Up to max digits of the base at s[at]; the number of them. */
static size_t
digits(struct slice s, size_t at, unsigned base, size_t max, uint32_t *out)
{
	size_t n;

	*out = 0;
	for (n = 0; n < max && at + n < s.len; n++) {
		char c = ascii_lower(s.ptr[at + n]);
		unsigned d = ascii_is_digit(c) ? (unsigned)(c - '0') :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;

		if (d >= base)
			break;
		*out = *out * base + d;
	}
	return n;
}

/* One escape after a backslash at s[*at]; false when it is no valid one. */
static bool
unescape(struct slice s, size_t *at, struct buf *b)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	char c = s.ptr[*at], utf8[4];
	const char *found = strchr(from, c);
	uint32_t v;
	size_t n;

	if (c != '\0' && found != NULL) {
		buf_putc(b, to[found - from]);
		(*at)++;
	} else if (c == 'x' && (n = digits(s, *at + 1, 16, 2, &v)) != 0) {
		buf_putc(b, (char)v);
		*at += 1 + n;
	} else if ((n = digits(s, *at, 8, 3, &v)) != 0) {
		buf_putc(b, (char)v);
		*at += n;
	} else if (c == 'u' || c == 'U') {
		n = c == 'u' ? 4 : 8;
		if (digits(s, *at + 1, 16, n, &v) != n || v == 0 ||
		    v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
			return false;
		buf_put(b, utf8, utf8_encode((int32_t)v, utf8));
		*at += 1 + n;
	} else {
		buf_putc(b, c);
		(*at)++;
	}
	return true;
}

static bool
escape_string(const struct sql_tokens *t, size_t i, struct arena *a,
    struct slice *out, struct err *e)
{
	struct slice s = sql_token_text(t, i);
	struct buf b = BUF_INIT;
	size_t at = 0;
	bool ok = true, surrogate = false;

	s = slice_sub(s, 2, s.len - 1);
	while (ok && at < s.len) {
		if (s.ptr[at] == '\\') {
			at++;
			surrogate = slice_starts(slice_sub(s, at, s.len),
			    SLICE("ud")) || slice_starts(slice_sub(s, at,
			    s.len), SLICE("uD"));
			ok = at < s.len && unescape(s, &at, &b);
		} else {
			buf_putc(&b, s.ptr[at]);
			at += s.ptr[at] == '\'' ? 2 : 1;
		}
	}
	*out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	if (!ok && surrogate)
		return sql_error_at(e, "42601", t->sql, t->list[i].start,
		    "invalid Unicode surrogate pair");
	if (!ok)
		return sql_error_at(e, "22025", t->sql, t->list[i].start,
		    "invalid Unicode escape");
	if (utf8_check(*out) < out->len || (out->len != 0 &&
	    memchr(out->ptr, '\0', out->len) != NULL))
		return sql_error_at(e, "22021", t->sql, t->list[i].start,
		    "invalid byte sequence for encoding \"UTF8\"");
	return true;
}

static struct slice
lower(struct slice s, struct arena *a)
{
	char *to = arena_alloc(a, s.len + 1);
	size_t i;

	for (i = 0; i < s.len; i++)
		to[i] = ascii_lower(s.ptr[i]);
	return slice_make(to, s.len);
}

bool
sql_token_value(const struct sql_tokens *t, size_t i, struct arena *a,
    struct slice *out, struct err *e)
{
	struct slice s = sql_token_text(t, i);
	const char *p;
	size_t tag;

	if (i >= t->n)
		return sql_syntax_error(e, t, i);
	switch (t->list[i].kind) {
	case SQL_TOK_WORD:
		*out = lower(s, a);
		return true;
	case SQL_TOK_QUOTED:
		*out = unquote(slice_sub(s, 1, s.len - 1), '"', a);
		if (out->len == 0)
			return sql_error_at(e, "42601", t->sql,
			    t->list[i].start, "zero-length delimited "
			    "identifier at or near \"\"\"\"");
		return true;
	case SQL_TOK_STRING:
		if (s.ptr[0] == '\'') {
			*out = unquote(slice_sub(s, 1, s.len - 1), '\'', a);
			return true;
		}
		if (s.ptr[0] != '$')
			return escape_string(t, i, a, out, e);
		p = memchr(s.ptr + 1, '$', s.len - 1);
		tag = (size_t)(p - s.ptr) + 1;
		*out = slice_sub(s, tag, s.len - tag);
		return true;
	case SQL_TOK_NUMBER:
	case SQL_TOK_PARAM:
	case SQL_TOK_OP:
		break;
	}
	*out = s;
	return true;
}
