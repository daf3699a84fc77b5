/*
 * secret_value.c - whether a value is a secret or stands for one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/secret_internal.h"
#include "common/str.h"

/* Shorter ones protect nothing. */
#define VALUE_MIN 4

/* Letters and digits of a value that are compared with words. */
#define WORDS_MAX 64

/*
 * What values are made of that stand for a secret, or that every example and
 * every fresh installation has. A longer word comes before its own beginning.
 */
static const char *const fillers[] = {
	"123456789", "12345678", "1234567", "123456", "12345", "1234", "123",
	"abcdefg", "abcdef", "abcd", "abc", "account", "access",
	"administrator", "admin", "and", "anonymous", "any", "apikey", "api",
	"auth", "bar", "base64", "baz", "blank", "changeit", "changeme",
	"change", "clear", "client", "code", "credentials", "credential",
	"database", "db", "default", "demo", "dummy", "elastic", "empty",
	"encoded", "encrypted", "enter", "env", "example", "false", "fill",
	"foobared", "foo", "from", "generated", "guest", "hash", "hello",
	"here", "hidden", "hostname", "host", "id", "insert", "in", "is", "it",
	"jwt", "key", "login", "long", "masked", "master", "me", "minioadmin",
	"minio", "mongo", "mysql", "my", "name", "new", "nil", "none", "no",
	"null", "of", "old", "omitted", "optional", "or", "passphrase",
	"passw0rd", "password", "passwd", "pass", "placeholder", "please",
	"plain", "postgresql", "postgres", "private", "pw", "pwd", "random",
	"read", "real", "redacted", "redis", "removed", "replaced", "replace",
	"required", "root", "sample", "secret", "set", "some", "strings",
	"string", "str", "super", "system", "testing", "test", "text", "the",
	"this", "tobe", "todo", "token", "to", "true", "undefined", "unset",
	"username", "user", "use", "uuid", "value", "var", "with", "word",
	"write", "yes", "yourself", "your", "you",
};

/* Lower case letters and digits of the value, at most WORDS_MAX. */
static size_t
squeeze(struct slice value, char *out)
{
	size_t n = 0, i;

	for (i = 0; i < value.len && n < WORDS_MAX; i++)
		if (ascii_is_alnum(value.ptr[i]))
			out[n++] = ascii_lower(value.ptr[i]);
	return n;
}

/* The length of the filler at the start of s; 0 for none. */
static size_t
filler_at(const char *s, size_t len)
{
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(fillers); i++) {
		n = strlen(fillers[i]);
		if (n <= len && memcmp(s, fillers[i], n) == 0)
			return n;
	}
	return 0;
}

/*
 * Nothing but fillers: "your-password-here", "my_secret_key", "123456"; one
 * unknown letter ("passwords") is let pass. Words and a number behind them,
 * "Secret123", are what people take for real.
 */
static bool
is_filler(struct slice value)
{
	char text[WORDS_MAX];
	size_t len = squeeze(value, text), at = 0, n, unknown = 0;
	bool has_number = false, has_word = false;

	if (value.len > WORDS_MAX)
		return false;
	while (at < len) {
		n = filler_at(text + at, len - at);
		if (n == 0 && ++unknown > 1)
			return false;
		if (ascii_is_digit(text[at]))
			has_number = true;
		else
			has_word = true;
		at += n != 0 ? n : 1;
	}
	return len != 0 && !(has_number && has_word);
}

/* "aaaaaaa", "000000", "------": a single character over and over. */
static bool
is_one_character(struct slice s)
{
	size_t i;

	for (i = 1; i < s.len; i++)
		if (s.ptr[i] != s.ptr[0])
			return false;
	return true;
}

static bool
has(struct slice s, const char *what)
{
	return memmem(s.ptr, s.len, what, strlen(what)) != NULL;
}

/* "$NAME", "%NAME%", and "$1" of a script. */
static bool
is_variable(struct slice s)
{
	size_t n;

	if (s.ptr[0] != '$' && s.ptr[0] != '%')
		return false;
	n = 1;
	while (n < s.len && (ascii_is_alnum(s.ptr[n]) || s.ptr[n] == '_'))
		n++;
	return n > 1 && (n == s.len || (s.ptr[0] == '%' && s.ptr[n] == '%'));
}

/* Marked as not the real thing: <password>, ${VAR}, {{ x }}, ***, xxx, ... */
static bool
is_marked(struct slice s)
{
	static const char *const marks[] = { "${", "$(", "{{", "}}", "<%",
		"***", "xxx", "XXX", "...", "…", "[[", "%(", "@{", "#{", "•" };
	size_t i;

	if (strchr("<{[(`", s.ptr[0]) != NULL || is_variable(s) ||
	    (has(s, "<") && has(s, ">")))
		return true;
	for (i = 0; i < ARRAY_LEN(marks); i++)
		if (has(s, marks[i]))
			return true;
	return false;
}

/*
 * A file: "/run/secrets/Db", "./token", "~/.my.cnf", "file:...". Base64 may
 * begin with a slash too, but hardly goes on as the name of a folder does.
 */
static bool
is_path(struct slice s)
{
	size_t i;

	if (slice_starts(s, SLICE("~/")) || slice_starts(s, SLICE("./")) ||
	    slice_starts(s, SLICE("../")) || slice_starts(s, SLICE("file:")) ||
	    slice_starts(s, SLICE("http://")) ||
	    slice_starts(s, SLICE("https://")))
		return true;
	if (s.ptr[0] != '/')
		return false;
	for (i = 1; i < s.len && s.ptr[i] != '/'; i++)
		if (strchr(".-_", s.ptr[i]) == NULL &&
		    !(s.ptr[i] >= 'a' && s.ptr[i] <= 'z'))
			return false;
	return i > 2;
}

/* An expression of a program: "os.environ", "getpass()", "config[x]". */
static bool
is_code(struct slice s)
{
	size_t i, words = 0;
	bool starts = true, letters = true;

	if (has(s, "(") || has(s, "[") || has(s, "::") || has(s, "->"))
		return true;
	for (i = 0; i < s.len && letters; i++) {
		char c = s.ptr[i];

		words += starts && ascii_is_alpha(c);
		letters = ascii_is_alpha(c) || c == '_' || c == '.' ||
		    (!starts && ascii_is_digit(c));
		starts = c == '.';
	}
	return letters && words > 1;
}

struct classes {
	size_t lower, upper, digit, symbol, other;
};

/* An upper case letter at the start is that of a sentence. */
static struct classes
classes_of(struct slice s)
{
	struct classes c = { 0, 0, 0, 0, 0 };
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char b = (unsigned char)s.ptr[i];

		if (b >= 'a' && b <= 'z')
			c.lower++;
		else if (b >= 'A' && b <= 'Z')
			c.upper += i != 0;
		else if (b >= '0' && b <= '9')
			c.digit++;
		else if (b > ' ' && b < 0x7f)
			c.symbol += strchr("-_./:", b) == NULL;
		else
			c.other++;
	}
	return c;
}

static bool
is_mixed(const struct classes *c)
{
	return (c->lower != 0) + (c->upper != 0) + (c->digit != 0) +
	    (c->symbol != 0) >= 2;
}

bool
secret_value_is_real(struct slice value, enum secret_sure sure,
    bool is_quoted)
{
	struct classes c;

	if (value.len < VALUE_MIN || is_marked(value) ||
	    is_one_character(value) || is_filler(value))
		return false;
	c = classes_of(value);
	if (c.other != 0)	/* blanks, other scripts: words about it */
		return false;
	switch (sure) {
	case SECRET_CERTAIN:
		return !is_path(value);
	case SECRET_LIKELY:
		return !is_path(value) && (is_quoted ||
		    (is_mixed(&c) && !is_code(value)));
	case SECRET_MAYBE:
		return value.len >= 16 && c.digit >= 2 &&
		    c.lower + c.upper >= 2 && c.symbol <= value.len / 8 &&
		    !is_path(value) && !is_code(value);
	}
	return false;
}
