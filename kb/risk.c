/*
 * risk.c - what running a command may do; see risk.h.
 *
 * A rough reading, on the safe side: the text is cut into words and simple
 * commands without regard to nesting, and the worst one counts. Text in
 * quotes behind a wrapper (ssh, docker exec) is read as commands, behind a
 * database client as SQL.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/risk.h"

#include "common/str.h"
#include "kb/rules.h"

#define WORDS_MAX 64	/* of one simple command; more are not looked at */
#define DEPTH_MAX 4	/* of commands in commands */

struct simple {
	struct slice words[WORDS_MAX];
	size_t n;
	bool writes;	/* "> file" */
};

static enum command_risk shell_risk(struct slice text, unsigned depth);

static enum command_risk
worse(enum command_risk a, enum command_risk b)
{
	return a > b ? a : b;
}

/* A word up to a blank or operator; quotes hide both. */
static struct slice
take_word(struct slice *s)
{
	size_t i = 0;
	char quote = '\0';

	for (; i < s->len; i++) {
		char c = s->ptr[i];

		if (quote != '\0') {
			if (c == '\\' && quote == '"')
				i++;
			else if (c == quote)
				quote = '\0';
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '\\') {
			i++;
		} else if (strchr(" \t\n;|&()<>`", c) != NULL) {
			break;
		}
	}
	if (i > s->len)
		i = s->len;
	struct slice word = slice_sub(*s, 0, i);

	*s = slice_sub(*s, i, s->len);
	return word;
}

/* ">" or ">>" and its file; "2>&1" and /dev/null change nothing. */
static void
take_redirect(struct slice *s, struct simple *cmd)
{
	struct slice file;

	while (s->len != 0 && s->ptr[0] == '>')
		*s = slice_sub(*s, 1, s->len);
	if (s->len != 0 && s->ptr[0] == '&') {
		*s = slice_sub(*s, 1, s->len);
		(void)take_word(s);
		return;
	}
	while (s->len != 0 && (s->ptr[0] == ' ' || s->ptr[0] == '\t'))
		*s = slice_sub(*s, 1, s->len);
	file = take_word(s);
	cmd->writes = cmd->writes || !slice_is(file, "/dev/null");
}

/* Length of a placeholder, "<my-namespace>", at s, or 0. */
static size_t
placeholder_len(struct slice s)
{
	size_t i;

	for (i = 1; i < s.len && i < 64; i++) {
		if (s.ptr[i] == '>')
			return i > 1 ? i + 1 : 0;
		if (!ascii_is_alnum(s.ptr[i]) &&
		    (unsigned char)s.ptr[i] < 0x80 &&
		    strchr("-_.: ", s.ptr[i]) == NULL)
			return 0;
		if (i == 1 && s.ptr[i] == ' ')
			return 0;
	}
	return 0;
}

/* A comment to the end of its line. */
static void
skip_comment(struct slice *s)
{
	const char *end = memchr(s->ptr, '\n', s->len);

	*s = slice_sub(*s, end != NULL ? (size_t)(end - s->ptr) : s->len,
	    s->len);
}

/* The next simple command; false at the end. */
static bool
next_simple(struct slice *s, struct simple *cmd)
{
	*cmd = (struct simple){ .n = 0 };
	while (s->len != 0) {
		char c = s->ptr[0];

		if (slice_starts(*s, SLICE("\\\n"))) {
			*s = slice_sub(*s, 2, s->len);
		} else if (c == ' ' || c == '\t') {
			*s = slice_sub(*s, 1, s->len);
		} else if (c == '#') {
			skip_comment(s);
		} else if (c == '>') {
			take_redirect(s, cmd);
		} else if (c == '<') {
			size_t n = placeholder_len(*s);

			*s = slice_sub(*s, n != 0 ? n : 1, s->len);
		} else if (strchr("\n;|&()`", c) != NULL) {
			*s = slice_sub(*s, 1, s->len);
			if (cmd->n != 0)
				return true;
		} else {
			struct slice w = take_word(s);

			if (cmd->n < WORDS_MAX)
				cmd->words[cmd->n++] = w;
		}
	}
	return cmd->n != 0;
}

static struct slice
unquote(struct slice w)
{
	if (w.len >= 2 && (w.ptr[0] == '"' || w.ptr[0] == '\'') &&
	    w.ptr[w.len - 1] == w.ptr[0])
		return slice_sub(w, 1, w.len - 1);
	return w;
}

static bool
is_sql_client(const struct program *p)
{
	return rules_has_word(SLICE("mysql mariadb psql sqlite3"), p->name);
}

/* The statements in the arguments of a database client. */
static enum command_risk
client_risk(const struct simple *cmd, size_t from)
{
	enum command_risk r = RISK_READ_ONLY;
	bool has_sql = false;
	size_t i;

	for (i = from; i < cmd->n; i++) {
		struct slice w = unquote(cmd->words[i]);

		if (memchr(w.ptr, ' ', w.len) == NULL)
			continue;
		has_sql = true;
		r = worse(r, risk_of_sql(w));
	}
	return has_sql ? r : RISK_CHANGES;
}

/*
 * The first argument that is in the list; cmd->n if none is. "=" in the list
 * stands for any "name=value".
 */
static size_t
find_word(const struct simple *cmd, size_t from, struct slice list)
{
	bool pairs = rules_has_word(list, SLICE("="));
	size_t i;

	for (i = from; list.len != 0 && i < cmd->n; i++)
		if (rules_has_word(list, cmd->words[i]) ||
		    (pairs && cmd->words[i].ptr[0] != '-' &&
		    memchr(cmd->words[i].ptr, '=', cmd->words[i].len)))
			return i;
	return cmd->n;
}

static bool
any_word(const struct simple *cmd, size_t from, struct slice list)
{
	return find_word(cmd, from, list) < cmd->n;
}

static enum command_risk command_risk(const struct simple *cmd, size_t from,
    unsigned depth);

/* What comes behind "sudo", "docker exec": a program, or quoted commands. */
static enum command_risk
wrapped_risk(const struct simple *cmd, size_t from, unsigned depth)
{
	size_t i;

	for (i = from; i < cmd->n; i++) {
		struct slice w = cmd->words[i];

		if (unquote(w).len != w.len && memchr(w.ptr, ' ', w.len))
			return shell_risk(unquote(w), depth + 1);
		if (rules_program(w) != NULL)
			return command_risk(cmd, i, depth + 1);
	}
	return RISK_CHANGES;
}

/* The first argument that is no option may be named like a program. */
static size_t
behind_host(const struct simple *cmd, size_t from)
{
	while (from < cmd->n && cmd->words[from].ptr[0] == '-')
		from++;
	return from + 1;
}

static enum command_risk
command_risk(const struct simple *cmd, size_t from, unsigned depth)
{
	const struct program *p = rules_program(cmd->words[from]);
	size_t i;

	if (p == NULL || depth > DEPTH_MAX)
		return RISK_CHANGES;
	if (slice_is(p->wraps, "*"))
		return wrapped_risk(cmd, from + 1, depth);
	if (slice_is(p->wraps, "host"))
		return wrapped_risk(cmd, behind_host(cmd, from + 1), depth);
	if ((i = find_word(cmd, from + 1, p->wraps)) < cmd->n)
		return wrapped_risk(cmd, i + 1, depth);
	if (any_word(cmd, from + 1, p->destroys))
		return RISK_DESTRUCTIVE;
	if (is_sql_client(p))
		return client_risk(cmd, from + 1);
	if (any_word(cmd, from + 1, p->changes))
		return RISK_CHANGES;
	if (any_word(cmd, from + 1, p->reads))
		return RISK_READ_ONLY;
	return p->risk;
}

/* Words of the shell itself, which do nothing alone. */
static bool
is_keyword(struct slice w)
{
	return rules_has_word(SLICE("if then else elif fi for while until do "
	    "done case esac in { } [ [[ ! : function return break continue "
	    "read local shift exit select"), w);
}

/* "NAME=value" in front of a command, or alone. */
static bool
is_assignment(struct slice w)
{
	size_t i = 0;

	while (i < w.len && (ascii_is_alnum(w.ptr[i]) || w.ptr[i] == '_'))
		i++;
	return i != 0 && i < w.len && w.ptr[i] == '=' &&
	    !ascii_is_digit(w.ptr[0]);
}

/* The first word of a statement, in lower case, cut to the room. */
static size_t
sql_verb(struct slice s, char verb[16])
{
	size_t n = 0;

	while (n < s.len && n < 15 && ascii_is_alpha(s.ptr[n])) {
		verb[n] = ascii_lower(s.ptr[n]);
		n++;
	}
	verb[n] = '\0';
	return n;
}

static enum command_risk
statement_risk(struct slice s)
{
	char verb[16];
	struct slice v = slice_make(verb, sql_verb(s, verb));

	if (v.len == 0 || rules_has_word(SLICE("select show describe desc "
	    "explain use help with values begin commit rollback"), v))
		return RISK_READ_ONLY;
	if (rules_has_word(SLICE("drop truncate delete"), v))
		return RISK_DESTRUCTIVE;
	return RISK_CHANGES;
}

/* SQL that was put into a shell block: "SHOW TABLES;". */
static bool
is_sql_verb(struct slice w)
{
	return rules_has_word(SLICE("SELECT SHOW DESCRIBE DESC EXPLAIN USE "
	    "SET ALTER UPDATE DELETE INSERT REPLACE CREATE DROP TRUNCATE "
	    "GRANT REVOKE ANALYZE ADMIN KILL FLUSH"), w);
}

static enum command_risk
simple_risk(const struct simple *cmd, unsigned depth)
{
	enum command_risk r = cmd->writes ? RISK_CHANGES : RISK_READ_ONLY;
	size_t i = 0;

	while (i < cmd->n && (is_assignment(cmd->words[i]) ||
	    rules_has_word(SLICE("if then else elif while until do { ! time"),
	    cmd->words[i])))
		i++;
	if (i == cmd->n || is_keyword(cmd->words[i]))
		return r;
	if (is_sql_verb(cmd->words[i]))
		return worse(r, statement_risk(cmd->words[i]));
	return worse(r, command_risk(cmd, i, depth));
}

static enum command_risk
shell_risk(struct slice text, unsigned depth)
{
	enum command_risk r = RISK_READ_ONLY;
	struct simple cmd;

	while (next_simple(&text, &cmd))
		r = worse(r, simple_risk(&cmd, depth));
	return r;
}

enum command_risk
risk_of_shell(struct slice text)
{
	return shell_risk(text, 0);
}

enum command_risk
risk_of_sql(struct slice text)
{
	enum command_risk r = RISK_READ_ONLY;
	struct slice line, part;

	while (str_split(&text, ';', &part)) {
		part = str_trim(part);
		while (slice_starts(part, SLICE("--")) &&
		    str_line(&part, &line, NULL))
			part = str_trim(part);
		r = worse(r, statement_risk(part));
	}
	return r;
}
