/*
 * log_text.c - lines of logs, made plain; see log_text.h.
 *
 * Prefixes are taken off one at a time, each by a small rule, until none
 * fits. A rule that is not sure leaves the line alone: a prefix that stays
 * costs a little likeness, a message that is cut costs the match.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/log_text.h"

#include "common/buf.h"
#include "common/str.h"

#define ESC 0x1b
#define PREFIXES_MAX 12		/* of one line */
#define PREFIX_MAX 80		/* bytes of one */
#define SEQUENCE_MAX 256	/* a longer escape sequence is none */

/* ---- cleaning ---- */

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* memchr(), since memmem() of two bytes is ten times slower. */
static bool
has_unicode_escape(struct slice s)
{
	const char *p = s.ptr, *end = s.ptr + s.len;

	while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		if (end - p > 5 && p[1] == 'u' && hex_value(p[2]) >= 0)
			return true;
		p++;
	}
	return false;
}

bool
log_needs_clean(struct slice text)
{
	if (text.len == 0)
		return false;
	return memchr(text.ptr, ESC, text.len) != NULL ||
	    memchr(text.ptr, '\0', text.len) != NULL ||
	    memchr(text.ptr, '\b', text.len) != NULL ||
	    has_unicode_escape(text);
}

static bool
is_control(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < 0x20 && c != '\n' && c != '\r' && c != '\t') || u == 0x7f;
}

/* Bytes of "ESC [ 3 1 m" behind the bracket: up to a final byte. */
static size_t
csi_length(struct slice s)
{
	size_t i;

	for (i = 2; i < s.len && i < SEQUENCE_MAX; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c >= 0x40 && c <= 0x7e)
			return i + 1;
		if (c < 0x20 || c > 0x3f)
			return i;	/* broken: what follows is text */
	}
	return i;
}

/* "ESC ] title BEL", or ended by "ESC \". */
static size_t
osc_length(struct slice s)
{
	size_t i;

	for (i = 2; i < s.len && i < SEQUENCE_MAX; i++) {
		if (s.ptr[i] == '\a')
			return i + 1;
		if (s.ptr[i] == '\n')
			return i;
		if (s.ptr[i] == ESC)
			return i + 1 < s.len && s.ptr[i + 1] == '\\' ?
			    i + 2 : i;
	}
	return i < s.len ? 2 : i;
}

/* The escape sequence that s begins with. */
static size_t
escape_length(struct slice s)
{
	if (s.len < 2)
		return s.len;
	if (s.ptr[1] == '[')
		return csi_length(s);
	if (s.ptr[1] == ']')
		return osc_length(s);
	return s.ptr[1] >= 0x20 && s.ptr[1] < 0x7f ? 2 : 1;
}

/* The code point of "\uXXXX" at the start of s; -1 when it is none. */
static int32_t
unicode_escape(struct slice s)
{
	int32_t cp = 0;
	size_t i;

	if (s.len < 6 || s.ptr[0] != '\\' || s.ptr[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		int v = hex_value(s.ptr[i]);

		if (v < 0)
			return -1;
		cp = cp * 16 + v;
	}
	return cp;
}

/* Append what s begins with; returns how much of it was used. */
static size_t
put_unicode_escape(struct slice s, struct buf *out)
{
	int32_t cp = unicode_escape(s), low;
	size_t used = 6;
	char utf8[4];

	if (cp >= 0xd800 && cp < 0xdc00) {
		low = unicode_escape(slice_sub(s, 6, s.len));
		if (low < 0xdc00 || low > 0xdfff)
			cp = -1;
		else
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		used = 12;
	}
	if (cp < 0x20 || (cp >= 0xd800 && cp < 0xe000)) {
		buf_putc(out, s.ptr[0]);
		return 1;
	}
	buf_put(out, utf8, utf8_encode(cp, utf8));
	return used;
}

void
log_clean(struct slice text, struct buf *out)
{
	size_t at = 0, start = 0;

	while (at < text.len) {
		char c = text.ptr[at];
		struct slice rest;

		if (!is_control(c) && c != '\\') {
			at++;
			continue;
		}
		buf_put_slice(out, slice_sub(text, start, at));
		rest = slice_sub(text, at, text.len);
		if (c == ESC) {
			at += escape_length(rest);
		} else if (c == '\\') {
			at += put_unicode_escape(rest, out);
		} else {
			buf_putc(out, ' ');
			at++;
		}
		start = at;
	}
	buf_put_slice(out, slice_sub(text, start, at));
}

/* ---- prefixes ---- */

enum level { LEVEL_NONE, LEVEL_QUIET, LEVEL_WARNING, LEVEL_LOUD };

/* A level's name: "INFO", "Warning", "E". */
static enum level
level_of(struct slice w)
{
	static const char *const quiet[] = { "info", "debug", "trace",
		"notice", "note", "verbose", "log", "dbg", "inf", "system" };
	static const char *const warning[] = { "warn", "warning", "wrn" };
	static const char *const loud[] = { "error", "err", "fatal",
		"critical", "crit", "panic", "emerg", "alert", "severe",
		"ftl" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(quiet); i++)
		if (str_ieq(w, slice_of(quiet[i])))
			return LEVEL_QUIET;
	for (i = 0; i < ARRAY_LEN(warning); i++)
		if (str_ieq(w, slice_of(warning[i])))
			return LEVEL_WARNING;
	for (i = 0; i < ARRAY_LEN(loud); i++)
		if (str_ieq(w, slice_of(loud[i])))
			return LEVEL_LOUD;
	return LEVEL_NONE;
}

/* Whether w is in capitals, as a level that stands alone is. */
static bool
is_capitals(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (w.ptr[i] < 'A' || w.ptr[i] > 'Z')
			return false;
	return w.len != 0;
}

/* Digits and what stands between them: dates, times, numbers, zones. */
static bool
is_time(struct slice w)
{
	size_t i, digits = 0;

	for (i = 0; i < w.len; i++) {
		char c = w.ptr[i];

		digits += ascii_is_digit(c);
		if (!ascii_is_digit(c) && strchr("-:./,+TZ ", c) == NULL)
			return false;
	}
	return digits != 0 && (digits >= 4 || w.len > digits);
}

/* "main.go:91", "conn.cc:12" */
static bool
is_source_place(struct slice w)
{
	const char *colon = w.len != 0 ? memrchr(w.ptr, ':', w.len) : NULL;
	size_t at, i;

	if (colon == NULL)
		return false;
	at = (size_t)(colon - w.ptr);
	for (i = at + 1; i < w.len; i++)
		if (!ascii_is_digit(w.ptr[i]))
			return false;
	return at + 1 < w.len && at != 0 &&
	    memchr(w.ptr, '.', at) != NULL && memchr(w.ptr, ' ', at) == NULL;
}

/* "Apr", "Mon": of a date that syslog writes. */
static bool
is_calendar(struct slice w)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec"
	    "MonTueWedThuFriSatSun";
	size_t i;

	for (i = 0; w.len == 3 && i + 3 < sizeof(names); i += 3)
		if (memcmp(w.ptr, names + i, 3) == 0)
			return true;
	return false;
}

/* "  3" of "Feb  3" */
static size_t
day_length(struct slice s)
{
	size_t n = 0, digits;

	while (n < s.len && s.ptr[n] == ' ')
		n++;
	digits = n;
	while (n < s.len && ascii_is_digit(s.ptr[n]))
		n++;
	return n - digits <= 2 ? n : 0;
}

/* The bytes up to the first blank. */
static size_t
word_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && !ascii_is_space(s.ptr[n]))
		n++;
	return n;
}

static bool
is_name(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (!ascii_is_alnum(w.ptr[i]) &&
		    strchr("_.-/@", w.ptr[i]) == NULL)
			return false;
	return w.len != 0;
}

/* "backend-1  | " */
static size_t
compose_prefix(struct slice s)
{
	size_t n = word_length(s), at = n;

	while (at < s.len && s.ptr[at] == ' ')
		at++;
	if (n > 63 || at >= s.len || at == n || s.ptr[at] != '|' ||
	    !is_name(slice_sub(s, 0, n)))
		return 0;
	return at + 1;
}

/* "[INFO ]", "[2026-04-11 10:00:00]", "[main.go:12]", "[app.db]", "(9)" */
static size_t
bracket_prefix(struct slice s, enum level *level)
{
	char close = s.ptr[0] == '[' ? ']' : ')';
	const char *end = memchr(s.ptr, close, s.len < PREFIX_MAX ? s.len :
	    PREFIX_MAX);
	struct slice in;
	enum level l;
	size_t n;

	if (end == NULL)
		return 0;
	n = (size_t)(end - s.ptr) + 1;
	in = str_trim(slice_sub(s, 1, n - 1));
	l = level_of(in);
	if (l != LEVEL_NONE && s.ptr[0] == '[')
		*level = l;
	if (l != LEVEL_NONE || is_time(in) || is_source_place(in))
		return n;
	/* "[app.db]" names a logger when words follow it */
	return s.ptr[0] == '[' && is_name(in) && n < s.len &&
	    (s.ptr[n] == ' ' || s.ptr[n] == '[') ? n : 0;
}

/* "2026-04-11T10:00:00.123Z", "10:00:00,1", "+08:00", "Apr" */
static size_t
time_prefix(struct slice s)
{
	size_t n = word_length(s);
	struct slice w = slice_sub(s, 0, n);

	if (is_calendar(w) && n + 1 < s.len &&
	    (ascii_is_digit(s.ptr[n + 1]) || s.ptr[n + 1] == ' '))
		return n + day_length(slice_sub(s, n, s.len));
	if (n > 0 && (w.ptr[n - 1] == ',' || w.ptr[n - 1] == ':'))
		w.len--;
	return n < PREFIX_MAX && n < s.len && is_time(w) ? n : 0;
}

/* "INFO", "error:", "FATAL:", "ERROR -" but not "Error in ..." */
static size_t
level_prefix(struct slice s, enum level *level)
{
	size_t n = word_length(s);
	struct slice w = slice_sub(s, 0, n);
	enum level l;

	if (n > 1 && w.ptr[n - 1] == ':')
		w.len--;
	l = level_of(w);
	if (l == LEVEL_NONE || (w.len == n && !is_capitals(w)) || n == s.len)
		return 0;
	/* "ERROR 1054 (42S22): ..." is a message of MySQL */
	if (l == LEVEL_LOUD && n + 1 < s.len && ascii_is_digit(s.ptr[n + 1]))
		return 0;
	*level = l;
	return n;
}

/* "level=info", "time="2026-..."", "ts=..." of logfmt */
static size_t
logfmt_prefix(struct slice s, enum level *level)
{
	static const char *const keys[] = { "level=", "lvl=", "time=", "ts=",
		"t=", "caller=", "severity=" };
	struct slice value;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(keys); i++) {
		if (!slice_starts(s, slice_of(keys[i])))
			continue;
		value = slice_sub(s, strlen(keys[i]), s.len);
		if (slice_starts(value, SLICE("\""))) {
			const char *q = memchr(value.ptr + 1, '"',
			    value.len - 1);

			n = q == NULL ? 0 : (size_t)(q - value.ptr) + 1;
		} else {
			n = word_length(value);
		}
		if (i < 2 && level_of(slice_sub(value, 0, n)) != LEVEL_NONE)
			*level = level_of(slice_sub(value, 0, n));
		return n == 0 ? 0 : strlen(keys[i]) + n;
	}
	return 0;
}

/* "sshd[1234]:", "kernel:", "app.db:" in lower case; "host sshd[1]:" */
static size_t
process_prefix(struct slice s, bool after_time)
{
	size_t n = word_length(s), name;
	struct slice w = slice_sub(s, 0, n), next;

	if (!after_time || n < 2)
		return 0;
	if (w.ptr[n - 1] == ':' && w.ptr[n - 2] == ']' && n < PREFIX_MAX)
		return n;
	if (slice_is(w, "kernel:"))
		return n;
	next = slice_sub(s, n + 1, s.len);
	name = word_length(next);
	/* a host is followed by its process */
	return is_name(w) && name > 2 && next.ptr[name - 1] == ':' &&
	    (next.ptr[name - 2] == ']' ||
	    slice_is(slice_sub(next, 0, name), "kernel:")) ? n : 0;
}

/* "E0411 10:00:00.000000       1 file.go:12]" */
static size_t
klog_prefix(struct slice s, enum level *level)
{
	const char *end;

	if (s.len < 20 || strchr("IWEF", s.ptr[0]) == NULL ||
	    !is_time(slice_sub(s, 1, 5)) || s.ptr[5] != ' ')
		return 0;
	end = memchr(s.ptr, ']', s.len < PREFIX_MAX ? s.len : PREFIX_MAX);
	if (end == NULL)
		return 0;
	*level = s.ptr[0] == 'I' ? LEVEL_QUIET : s.ptr[0] == 'W' ?
	    LEVEL_WARNING : LEVEL_LOUD;
	return (size_t)(end - s.ptr) + 1;
}

static size_t
one_prefix(struct slice s, bool after_time, enum level *level)
{
	size_t n;

	if (s.ptr[0] == '[' || s.ptr[0] == '(')
		return bracket_prefix(s, level);
	if (s.ptr[0] == '-' || s.ptr[0] == '|')
		return s.len > 1 && s.ptr[1] == ' ' ? 1 : 0;
	if ((n = compose_prefix(s)) != 0 || (n = klog_prefix(s, level)) != 0 ||
	    (n = time_prefix(s)) != 0 || (n = level_prefix(s, level)) != 0 ||
	    (n = logfmt_prefix(s, level)) != 0)
		return n;
	if (is_source_place(slice_sub(s, 0, word_length(s))))
		return word_length(s);
	return process_prefix(s, after_time);
}

static struct slice
strip(struct slice line, enum level *level)
{
	struct slice s = str_trim(line), next;
	bool after_time = false;
	size_t i, n;

	*level = LEVEL_NONE;
	for (i = 0; i < PREFIXES_MAX && s.len != 0; i++) {
		after_time |= time_prefix(s) != 0;
		n = one_prefix(s, after_time, level);
		next = str_trim(slice_sub(s, n, s.len));
		if (n == 0 || next.len == 0)
			break;
		s = next;
	}
	return s;
}

struct slice
log_message(struct slice line)
{
	enum level level;

	return strip(line, &level);
}

/* The level of a line of JSON: {"level":"info",...} */
static bool
is_quiet_json(struct slice line)
{
	static const char *const forms[] = { "\"level\":\"info\"",
		"\"level\":\"debug\"", "\"level\":\"INFO\"",
		"\"level\":\"DEBUG\"", "\"level\": \"info\"",
		"\"level\": \"INFO\"", "\"severity\":\"INFO\"" };
	size_t i;

	line = slice_sub(line, 0, 1024);
	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (memmem(line.ptr, line.len, forms[i],
		    strlen(forms[i])) != NULL)
			return true;
	return false;
}

bool
log_is_informational(struct slice line)
{
	enum level level;
	struct slice message = strip(line, &level);

	if (slice_starts(message, SLICE("{")))
		return is_quiet_json(message);
	return level == LEVEL_QUIET;
}

bool
log_is_alarm(struct slice line)
{
	enum level level;

	(void)strip(line, &level);
	return level == LEVEL_LOUD;
}
