/*
 * shell_scan.c - how far a shell statement goes; see shell_scan.h.
 *
 * The stack holds one letter for each thing that is open:
 *   '  "  `  quotes          (  {  [  brackets: ( or $(, ${, [[
 *   i  if .. fi   c  case .. esac   d  do .. done   l  loop before its "do"
 *   b  { .. }     e  $(( .. )) or (( .. ))
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/shell_scan.h"

#include "common/str.h"

/* The line being read. */
struct cursor {
	struct slice s;
	size_t at;
	bool word_start;	/* here a reserved word counts */
	bool command_start;	/* here a command starts */
};

static char
top(const struct shell_scan *s)
{
	return s->depth != 0 ? s->nest[s->depth - 1] : '\0';
}

static void
push(struct shell_scan *s, char what)
{
	if (s->depth == SHELL_NEST_MAX)
		s->is_broken = true;
	else
		s->nest[s->depth++] = what;
}

static void
pop(struct shell_scan *s, char what)
{
	if (top(s) == what)
		s->depth--;
	else
		s->is_broken = true;
}

static bool
at_text(const struct cursor *c, const char *text)
{
	return slice_starts(slice_sub(c->s, c->at, c->s.len), slice_of(text));
}

/* Inside '..', ".." or `..`: move to its end or one special thing in it. */
static void
scan_quoted(struct shell_scan *s, struct cursor *c)
{
	char quote = top(s), ch = c->s.ptr[c->at];

	if (ch == '\\' && quote != '\'') {
		c->at += 2;
	} else if (ch == quote) {
		pop(s, quote);
		c->at++;
		c->word_start = c->command_start = false;
	} else if (quote == '"' && at_text(c, "$(")) {
		push(s, '(');
		c->at += 2;
		c->command_start = c->word_start = true;
	} else if (quote == '"' && ch == '`') {
		push(s, '`');
		c->at++;
	} else {
		c->at++;
	}
}

/* "<<" and a word; "1<<2" is arithmetic. */
static bool
starts_heredoc(const struct cursor *c)
{
	return at_text(c, "<<") && c->at + 2 < c->s.len &&
	    !ascii_is_digit(c->s.ptr[c->at + 2]) &&
	    c->s.ptr[c->at + 2] != '=';
}

/* "<<EOF", "<<-'EOF'": remember the word that ends the text. */
static void
scan_heredoc(struct shell_scan *s, struct cursor *c)
{
	bool tabs;
	size_t start;
	char quote = '\0';

	c->at += 2;
	tabs = c->at < c->s.len && c->s.ptr[c->at] == '-';
	c->at += tabs;
	while (c->at < c->s.len && c->s.ptr[c->at] == ' ')
		c->at++;
	if (c->at < c->s.len && strchr("'\"\\", c->s.ptr[c->at]) != NULL)
		quote = c->s.ptr[c->at++];
	start = c->at;
	while (c->at < c->s.len && (ascii_is_alnum(c->s.ptr[c->at]) ||
	    strchr("_-.!", c->s.ptr[c->at]) != NULL ||
	    (unsigned char)c->s.ptr[c->at] >= 0x80))
		c->at++;
	if (c->at == start || s->nheredoc == SHELL_HEREDOC_MAX) {
		s->is_broken = true;
		return;
	}
	s->heredoc[s->nheredoc] = slice_sub(c->s, start, c->at);
	s->heredoc_tabs[s->nheredoc++] = tabs;
	if (quote != '\0' && quote != '\\' && c->at < c->s.len)
		c->at++;
}

/* One reserved word; the ones that close say what must be open. */
static void
reserved(struct shell_scan *s, struct slice w)
{
	if (slice_is(w, "if"))
		push(s, 'i');
	else if (slice_is(w, "fi"))
		pop(s, 'i');
	else if (slice_is(w, "case"))
		push(s, 'c');
	else if (slice_is(w, "esac"))
		pop(s, 'c');
	else if (slice_is(w, "for") || slice_is(w, "while") ||
	    slice_is(w, "until") || slice_is(w, "select"))
		push(s, 'l');
	else if (slice_is(w, "do") && top(s) == 'l')
		s->nest[s->depth - 1] = 'd';
	else if (slice_is(w, "do"))
		s->is_broken = true;
	else if (slice_is(w, "done"))
		pop(s, 'd');
	else if (slice_is(w, "{"))
		push(s, 'b');
	else if (slice_is(w, "}"))
		pop(s, 'b');
}

/* Words after which a command, and so a reserved word, starts again. */
static bool
opens_command(struct slice w)
{
	static const char *const words[] = { "if", "then", "else", "elif",
		"do", "while", "until", "{", "!", "time" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(w, words[i]))
			return true;
	return false;
}

static bool
ends_word(char ch)
{
	return ch != '\0' && strchr(" \t;|&()<>\"'`$\\", ch) != NULL;
}

/* A word, or a part of one up to the next special character. */
static void
scan_word(struct shell_scan *s, struct cursor *c)
{
	size_t start = c->at;
	struct slice w;
	bool whole;

	while (c->at < c->s.len && !ends_word(c->s.ptr[c->at]))
		c->at++;
	w = slice_sub(c->s, start, c->at);
	whole = c->at == c->s.len || strchr(" \t;|&()<>", c->s.ptr[c->at]);
	if (c->command_start && whole && c->word_start) {
		if (slice_is(w, "[["))
			push(s, '[');
		else
			reserved(s, w);
		c->command_start = opens_command(w);
	} else {
		if (top(s) == '[' && slice_is(w, "]]"))
			pop(s, '[');
		c->command_start = false;
	}
	c->word_start = false;
}

/* "(" and ")": subshells, substitutions, functions, patterns of case. */
static void
scan_bracket(struct shell_scan *s, struct cursor *c)
{
	if (c->s.ptr[c->at] == '(') {
		push(s, '(');
	} else if (top(s) == '(') {
		pop(s, '(');
	} else if (top(s) != 'c') {
		s->is_broken = true;
	}
	/* a function's body and a pattern's commands start after ")" */
	c->command_start = true;
	c->word_start = true;
	c->at++;
}

/* ";", "|", "&" and their kin: another command starts. */
static void
scan_operator(struct cursor *c)
{
	while (c->at < c->s.len && strchr(";|&", c->s.ptr[c->at]) != NULL)
		c->at++;
	c->command_start = true;
	c->word_start = true;
}

/* "$": "$(", "${", "$'", or a variable. */
static void
scan_dollar(struct shell_scan *s, struct cursor *c)
{
	c->word_start = false;
	c->command_start = c->command_start && at_text(c, "$(");
	if (at_text(c, "$(")) {
		push(s, '(');
		c->at += 2;
		c->command_start = c->word_start = true;
	} else if (at_text(c, "${")) {
		push(s, '{');
		c->at += 2;
	} else {
		c->at++;
	}
}

static void
scan_plain(struct shell_scan *s, struct cursor *c)
{
	char ch = c->s.ptr[c->at];

	if (ch == ' ' || ch == '\t') {
		c->at++;
		c->word_start = true;
	} else if (ch == '\\') {
		c->at += 2;
		c->word_start = c->command_start = false;
	} else if (ch == '\'' || ch == '"' || ch == '`') {
		push(s, ch);
		c->at++;
		c->word_start = c->command_start = false;
	} else if (ch == '$') {
		scan_dollar(s, c);
	} else if (top(s) == '{') {	/* inside "${..}" */
		if (ch == '}')
			pop(s, '{');
		c->at++;
	} else if (at_text(c, "<<<")) {
		c->at += 3;
	} else if (starts_heredoc(c)) {
		scan_heredoc(s, c);
	} else if (ch == '(' || ch == ')') {
		scan_bracket(s, c);
	} else if (ch == ';' || ch == '|' || ch == '&') {
		scan_operator(c);
	} else if (ch == '<' || ch == '>') {
		c->at++;
		c->word_start = true;
	} else {
		scan_word(s, c);
	}
}

/* The line ends a pending heredoc, or is part of it. */
static bool
take_heredoc(struct shell_scan *s, struct slice line)
{
	size_t i = 0;

	if (s->nheredoc == 0)
		return false;
	while (s->heredoc_tabs[0] && i < line.len &&
	    (line.ptr[i] == '\t' || line.ptr[i] == ' '))
		i++;
	if (!slice_eq(slice_sub(line, i, line.len), s->heredoc[0]))
		return true;
	s->nheredoc--;
	memmove(s->heredoc, s->heredoc + 1, s->nheredoc *
	    sizeof(*s->heredoc));
	memmove(s->heredoc_tabs, s->heredoc_tabs + 1, s->nheredoc *
	    sizeof(*s->heredoc_tabs));
	return true;
}

/* Whether the line, without its comment, calls for another one. */
static bool
ends_open(struct slice line)
{
	line = str_trim(line);
	return slice_ends(line, SLICE("|")) || slice_ends(line, SLICE("&&"));
}

void
shell_scan_line(struct shell_scan *s, struct slice line)
{
	struct cursor c = { .s = line, .word_start = true,
		.command_start = !s->is_continued };
	char open;

	if (take_heredoc(s, line))
		return;
	while (c.at < line.len && !s->is_broken) {
		open = top(s);
		if (open == '\'' || open == '"' || open == '`')
			scan_quoted(s, &c);
		else if (line.ptr[c.at] == '#' && c.word_start && open != '{')
			break;		/* a comment to the end of the line */
		else
			scan_plain(s, &c);
	}
	s->is_continued = c.at > line.len;	/* its last byte was "\" */
	s->goes_on = s->is_continued || ends_open(slice_sub(line, 0, c.at));
}

bool
shell_scan_is_complete(const struct shell_scan *s)
{
	return s->depth == 0 && s->nheredoc == 0 && !s->goes_on;
}
