/*
 * highlight.c - colours for code; see highlight.h.
 *
 * Linear: each byte is looked at a fixed number of times. A string or a
 * comment that nothing closes ends with its line, or with the code where the
 * language lets it go on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/highlight.h"
#include "common/str.h"
#include "kb/html.h"

#define VARIABLE_MAX 256	/* bytes of "${...}" */

enum key {
	KEY_NONE,
	KEY_COLON,	/* "name:" at the start of a line, YAML */
	KEY_EQUALS,	/* "name =" at the start of a line, ini */
	KEY_STRING	/* a string with a colon behind it, JSON */
};

struct syntax {
	const char *names;	/* blanks around each */
	const char *comment;	/* to the end of the line; "" none */
	const char *comment2;
	bool blank_before;	/* a comment starts at a word's border */
	const char *block[2];	/* "/" "*" ...; NULL none */
	const char *quotes;	/* characters that open a string */
	bool multiline;		/* a string may go on over lines */
	bool triple;		/* three quotes open a longer one */
	char escape;		/* inside strings; NUL: none */
	bool variables;		/* $name, ${name} */
	bool options;		/* -x, --long behind a blank */
	bool any_case;		/* of the words */
	enum key key;
	const char *words;	/* blanks around each */
};

static const struct syntax table[] = {
	{ " sh bash shell zsh ksh dash fish console shell-session "
	    "shellsession sh-session bash-session terminal ", "#", "", true,
	    { NULL, NULL }, "'\"", true, false, '\\', true, true, false,
	    KEY_NONE,
	    " if then else elif fi for while until do done case esac in"
	    " function select time return break continue exit export local"
	    " set unset source sudo cd echo " },
	{ " yaml yml docker-compose compose ", "#", "", true,
	    { NULL, NULL }, "'\"", false, false, '\\', false, false, false,
	    KEY_COLON,
	    " true false null yes no on off " },
	{ " dockerfile docker containerfile ", "#", "", true,
	    { NULL, NULL }, "'\"", false, false, '\\', true, true, false,
	    KEY_NONE,
	    " FROM AS RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY"
	    " ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL"
	    " HEALTHCHECK SHELL " },
	{ " sql mysql pgsql postgresql postgres plsql sqlite ", "--", "#",
	    true, { "/*", "*/" }, "'\"`", true, false, '\0', false, false,
	    true, KEY_NONE,
	    " select from where and or not in is null like between exists as"
	    " join left right inner outer cross full on using group order by"
	    " having limit offset union all distinct insert into values"
	    " update set delete create alter drop table index view database"
	    " schema column add primary key foreign references unique check"
	    " default constraint begin commit rollback transaction grant"
	    " revoke to explain analyze analyse vacuum show use kill with"
	    " case when then else end asc desc if true false call returning"
	    " truncate lock cascade " },
	{ " python py python3 ", "#", "", false, { NULL, NULL }, "'\"",
	    false, true, '\\', false, false, false, KEY_NONE,
	    " and as assert async await break class continue def del elif"
	    " else except finally for from global if import in is lambda"
	    " nonlocal not or pass raise return try while with yield None"
	    " True False self print " },
	{ " json json5 jsonc ", "//", "", false, { "/*", "*/" }, "\"",
	    false, false, '\\', false, false, false, KEY_STRING,
	    " true false null " },
	{ " ini toml conf cfg config properties env dotenv systemd service"
	    " editorconfig ", "#", ";", true, { NULL, NULL }, "\"'", false,
	    false, '\\', false, false, false, KEY_EQUALS,
	    " true false yes no on off " },
};

struct scan {
	struct buf *out;
	struct slice s;
	size_t at;
	const struct syntax *x;
	bool at_line_start;	/* only blanks, dashes or brackets so far */
};

static bool
has_word(const char *words, struct slice word, bool any_case)
{
	struct slice rest = slice_of(words), w;

	while (str_split(&rest, ' ', &w))
		if (w.len != 0 && (any_case ? str_ieq(w, word) :
		    slice_eq(w, word)))
			return true;
	return false;
}

static const struct syntax *
find(struct slice lang)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (lang.len != 0 && has_word(table[i].names, lang, false))
			return &table[i];
	return NULL;
}

static struct slice
rest_of(const struct scan *c)
{
	return slice_sub(c->s, c->at, c->s.len);
}

static size_t
line_len(struct slice s)
{
	const char *end = s.len != 0 ? memchr(s.ptr, '\n', s.len) : NULL;

	return end != NULL ? (size_t)(end - s.ptr) : s.len;
}

/* The next n bytes in a span of that class. */
static void
put_span(struct scan *c, const char *class, size_t n)
{
	html_raw_trusted(c->out, "<span class=\"");
	html_raw_trusted(c->out, class);
	html_raw_trusted(c->out, "\">");
	html_text(c->out, slice_sub(c->s, c->at, c->at + n));
	html_raw_trusted(c->out, "</span>");
	c->at += n;
}

/* Bytes of a comment that starts here; 0: none does. */
static size_t
comment_len(const struct scan *c)
{
	struct slice rest = rest_of(c);
	struct slice open = slice_of(c->x->block[0]);
	struct slice close = slice_of(c->x->block[1]);
	size_t i;

	if (open.len != 0 && slice_starts(rest, open)) {
		for (i = open.len; i < rest.len; i++)
			if (slice_starts(slice_sub(rest, i, rest.len), close))
				return i + close.len;
		return rest.len;
	}
	if (c->x->blank_before && c->at != 0 &&
	    !ascii_is_space(c->s.ptr[c->at - 1]))
		return 0;
	if ((*c->x->comment != '\0' &&
	    slice_starts(rest, slice_of(c->x->comment))) ||
	    (*c->x->comment2 != '\0' &&
	    slice_starts(rest, slice_of(c->x->comment2))))
		return line_len(rest);
	return 0;
}

/* Bytes of a string that starts here with the quote at c->at. */
static size_t
string_len(const struct scan *c)
{
	struct slice rest = rest_of(c);
	char quote = rest.ptr[0];
	size_t n = 1, i;

	if (c->x->triple && rest.len >= 3 && rest.ptr[1] == quote &&
	    rest.ptr[2] == quote)
		n = 3;
	for (i = n; i < rest.len; i++) {
		if (rest.ptr[i] == '\n' && n == 1 && !c->x->multiline)
			return i;
		if (rest.ptr[i] == c->x->escape && c->x->escape != '\0' &&
		    (quote != '\'' || c->x->triple))
			i++;
		else if (rest.ptr[i] == quote && (n == 1 || (i + 2 <
		    rest.len && rest.ptr[i + 1] == quote &&
		    rest.ptr[i + 2] == quote)))
			return i + n;
	}
	return rest.len;
}

static bool
is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t
word_len(struct slice s, const char *more)
{
	size_t n = 0;

	while (n < s.len && (is_word_byte(s.ptr[n]) || (n != 0 &&
	    s.ptr[n] != '\0' && strchr(more, s.ptr[n]) != NULL)))
		n++;
	return n;
}

/* "$name", "${name}", "$1" */
static size_t
variable_len(struct slice s)
{
	size_t n;

	if (s.len < 2 || s.ptr[0] != '$')
		return 0;
	if (s.ptr[1] == '{') {
		for (n = 2; n < s.len && n < VARIABLE_MAX; n++)
			if (s.ptr[n] == '}')
				return n + 1;
		return 0;
	}
	n = word_len(slice_sub(s, 1, s.len), "");
	if (n != 0)
		return n + 1;
	return strchr("?!#@*$", s.ptr[1]) != NULL ? 2 : 0;
}

/* The key that starts a line; 0: none does. Its colon is not in it. */
static size_t
key_len(const struct scan *c)
{
	struct slice line = rest_of(c);
	size_t n, end;

	if (!c->at_line_start || (n = word_len(line, "-./ ")) == 0)
		return 0;
	for (end = n; end > 0 && line.ptr[end - 1] == ' '; end--)
		;
	if (c->x->key == KEY_EQUALS)
		return n < line.len && line.ptr[n] == '=' ? end : 0;
	return c->x->key == KEY_COLON && n < line.len && line.ptr[n] == ':' &&
	    (n + 1 == line.len || ascii_is_space(line.ptr[n + 1])) ? n : 0;
}

/* Whether what follows the string of n bytes makes it a JSON key. */
static bool
is_key_string(const struct scan *c, size_t n)
{
	struct slice s = slice_sub(c->s, c->at + n, c->s.len);
	size_t i = 0;

	while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t'))
		i++;
	return c->x->key == KEY_STRING && i < s.len && s.ptr[i] == ':';
}

static bool
is_number(struct slice word)
{
	return word.len != 0 && ascii_is_digit(word.ptr[0]);
}

static void
put_word(struct scan *c)
{
	size_t n = word_len(rest_of(c), "");
	struct slice word = slice_sub(c->s, c->at, c->at + n);

	if (has_word(c->x->words, word, c->x->any_case))
		put_span(c, "k", n);
	else if (is_number(word))
		put_span(c, "n", n);
	else {
		html_text(c->out, word);
		c->at += n;
	}
}

static void
put_byte(struct scan *c)
{
	char b = c->s.ptr[c->at];

	html_text(c->out, slice_sub(c->s, c->at, c->at + 1));
	c->at++;
	if (b == '\n')
		c->at_line_start = true;
	else if (b != ' ' && b != '\t' && b != '-')
		c->at_line_start = false;
}

static bool
starts_option(const struct scan *c)
{
	struct slice rest = rest_of(c);

	return c->x->options && rest.len > 1 && rest.ptr[0] == '-' &&
	    (ascii_is_alpha(rest.ptr[1]) || rest.ptr[1] == '-') &&
	    c->at != 0 && ascii_is_space(c->s.ptr[c->at - 1]);
}

/* A token that is more than a word; false: there is none here. */
static bool
put_token(struct scan *c)
{
	char b = c->s.ptr[c->at];
	size_t n;

	if ((n = comment_len(c)) != 0)
		put_span(c, "c", n);
	else if ((n = key_len(c)) != 0)
		put_span(c, "a", n);
	else if (b != '\0' && strchr(c->x->quotes, b) != NULL) {
		n = string_len(c);
		put_span(c, is_key_string(c, n) ? "a" : "s", n);
	} else if (c->x->variables && (n = variable_len(rest_of(c))) != 0)
		put_span(c, "v", n);
	else if (starts_option(c))
		put_span(c, "o", 2 + word_len(slice_sub(c->s, c->at + 2,
		    c->s.len), "-"));
	else
		return false;
	c->at_line_start = false;
	return true;
}

/* "[section]" of an ini file, alone in its line. */
static bool
put_section(struct scan *c)
{
	struct slice line;

	if (c->x->key != KEY_EQUALS || !c->at_line_start ||
	    c->s.ptr[c->at] != '[')
		return false;
	line = slice_sub(rest_of(c), 0, line_len(rest_of(c)));
	if (line.ptr[line.len - 1] != ']')
		return false;
	put_span(c, "k", line.len);
	return true;
}

static void
put_code(struct scan *c)
{
	while (c->at < c->s.len) {
		if (put_section(c) || put_token(c))
			continue;
		if (is_word_byte(c->s.ptr[c->at])) {
			put_word(c);
			c->at_line_start = false;
		} else {
			put_byte(c);
		}
	}
}

static const char *
diff_class(struct slice line)
{
	if (slice_starts(line, SLICE("+++")) ||
	    slice_starts(line, SLICE("---")) ||
	    slice_starts(line, SLICE("diff ")))
		return "a";
	if (slice_starts(line, SLICE("@@")))
		return "k";
	if (slice_starts(line, SLICE("+")))
		return "ins";
	return slice_starts(line, SLICE("-")) ? "del" : NULL;
}

static void
put_diff(struct scan *c)
{
	struct slice line;
	const char *class;

	while (c->at < c->s.len) {
		line = slice_sub(c->s, c->at, c->at + line_len(rest_of(c)));
		class = diff_class(line);
		if (class != NULL) {
			put_span(c, class, line.len);
		} else {
			html_text(c->out, line);
			c->at += line.len;
		}
		if (c->at < c->s.len)
			put_byte(c);
	}
}

void
highlight_put(struct buf *out, struct slice lang, struct slice code)
{
	struct scan c = { .out = out, .s = code, .x = find(lang),
		.at_line_start = true };

	if (slice_is(lang, "diff") || slice_is(lang, "patch"))
		put_diff(&c);
	else if (c.x != NULL)
		put_code(&c);
	else
		html_text(out, code);
}
