/*
 * lexer.c - text into search tokens; see lexer.h.
 *
 * A cursor of folded units with one unit of view ahead. At each unit the main
 * loop decides what begins there: a Chinese run, an identifier, a pictograph,
 * a shell variable, or nothing.
 *
 * An identifier is gathered whole (it is capped) and taken apart in levels:
 *
 *   compound   what stands between blanks:           /opt/libGL.so.1
 *   path       compound cut at slashes:              opt  libGL.so.1
 *   segment    path cut at - _ . (not inside 1.2.3): libGL  so  1
 *   part       segment cut at capitals:              lib  GL
 *
 * A lone segment gives each part a position; of several segments each is one
 * position, with its parts colocated. So "fileType" meets "file_type", and
 * "libGL.so.1" meets "libgl.so.1".
 *
 * Invariants:
 *   (1) A position's first token is not colocated; no token comes twice at
 *       one position.
 *   (2) Starts never decrease: colocated forms begin where their first token
 *       begins, whose range includes the dashes of a flag.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/lexer.h"
#include "common/str.h"

#include <utf8proc.h>

#define AT_POSITION_MAX 16
#define SEGMENTS_MAX (LEXER_COMPOUND_MAX / 2 + 1)
#define PARTS_MAX 8
#define JOINED_MAX_SEGMENTS 4
#define JOINED_MAX_BYTES 40

/* Units from..to of the compound. */
struct span {
	unsigned from, to;
};

struct lexer {
	struct fold fold;	/* behind cur */
	struct fold_unit cur;
	bool have;		/* cur is valid */
	int32_t before[3];	/* the units before cur, nearest first */
	token_sink *sink;
	void *arg;
	bool stopped;
	uint32_t position;	/* of the next token that is not colocated */
	uint32_t compound;
	/* what the current position holds, against doubles */
	char texts[AT_POSITION_MAX][TOKEN_MAX_BYTES];
	size_t lens[AT_POSITION_MAX];
	unsigned ntexts;
	uint32_t start;		/* of the position's first token */
	/* the compound being taken apart */
	struct fold_unit u[LEXER_COMPOUND_MAX];
	unsigned n;
	uint32_t lead;		/* where its flag's dashes or dot begin */
	struct slice flag;	/* "-", "--", "." or empty */
	bool percent;		/* "%" follows the last part */
	struct slice suffix;	/* "++", "#" or empty */
	uint32_t end;		/* of what follows, if percent or suffix */
};

/* Characters */

bool
lexer_is_cjk(int32_t cp)
{
	if (cp < 0x1100)
		return false;
	return (cp >= 0x4e00 && cp <= 0x9fff) ||
	    (cp >= 0x3400 && cp <= 0x4dbf) ||
	    (cp >= 0x3041 && cp <= 0x30ff && cp != 0x30fb && cp != 0x30a0) ||
	    cp == 0x3005 || cp == 0x3007 || (cp >= 0x3100 && cp <= 0x312f) ||
	    (cp >= 0xac00 && cp <= 0xd7a3) || (cp >= 0x1100 && cp <= 0x11ff) ||
	    (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff);
}

static bool
is_digit(int32_t cp)
{
	return cp >= '0' && cp <= '9';
}

static bool
is_word(int32_t cp)
{
	if (cp < 0x80)
		return is_digit(cp) || (cp >= 'a' && cp <= 'z');
	if (lexer_is_cjk(cp))
		return false;
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default:
		return false;
	}
}

/* Emoji and the like that people search for and put in headings. */
static bool
is_pictograph(int32_t cp)
{
	return (cp >= 0x1f000 && cp <= 0x1faff) ||
	    (cp >= 0x2600 && cp <= 0x27bf) ||
	    (cp >= 0x231a && cp <= 0x231b) || (cp >= 0x23e9 && cp <= 0x23fa) ||
	    (cp >= 0x2b05 && cp <= 0x2b55 && cp != 0x2b4d);
}

static bool
is_connector(int32_t cp)
{
	return cp == '-' || cp == '_' || cp == '.' || cp == '/' ||
	    cp == '\'' || cp == 0x2019;
}

/* Cursor */

static void
advance(struct lexer *l)
{
	l->before[2] = l->before[1];
	l->before[1] = l->before[0];
	l->before[0] = l->have ? l->cur.cp : 0;
	l->have = fold_next(&l->fold, &l->cur);
}

/* The unit behind cur; 0 at the end. */
static int32_t
peek(const struct lexer *l)
{
	struct fold ahead = l->fold;
	struct fold_unit u;

	return fold_next(&ahead, &u) ? u.cp : 0;
}

/* Giving tokens out */

static bool
is_double(struct lexer *l, struct slice text)
{
	unsigned i;

	for (i = 0; i < l->ntexts; i++)
		if (slice_eq(text, slice_make(l->texts[i], l->lens[i])))
			return true;
	if (l->ntexts < AT_POSITION_MAX) {
		memcpy(l->texts[l->ntexts], text.ptr, text.len);
		l->lens[l->ntexts++] = text.len;
		return false;
	}
	return true;
}

static void
emit(struct lexer *l, struct slice text, uint32_t start, uint32_t end,
    enum token_form form, bool colocated)
{
	struct token t = { .start = start, .end = end, .form = form,
		.compound = l->compound, .colocated = colocated };

	if (l->stopped || text.len == 0)
		return;
	t.text = slice_make(text.ptr, utf8_cut(text, TOKEN_MAX_BYTES));
	if (!colocated) {
		l->ntexts = 0;
		l->start = start;
		l->position++;
	}
	t.position = l->position - 1;
	if (is_double(l, t.text))
		return;
	l->stopped = !l->sink(l->arg, &t);
}

/* Another form at the position of the last token. */
static void
emit_also(struct lexer *l, struct slice text, uint32_t end,
    enum token_form form)
{
	emit(l, text, l->start, end, form, true);
}

/* Units as text, apostrophes and connectors left out; at most max bytes. */
static struct slice
spell(const struct lexer *l, struct span s, bool keep_dots, char *out,
    size_t max)
{
	size_t len = 0;
	unsigned i;

	for (i = s.from; i < s.to; i++) {
		int32_t cp = l->u[i].cp;
		char bytes[4];
		size_t n;

		if (is_connector(cp) && !(cp == '.' && keep_dots))
			continue;
		n = utf8_encode(cp, bytes);
		if (len + n > max)
			break;
		memcpy(out + len, bytes, n);
		len += n;
	}
	return slice_make(out, len);
}

/* vms, cpus: too short, or like "bus", but plurals of abbreviations. */
static bool
is_abbreviation_plural(struct slice w)
{
	static const char *const list[] = { "cpus", "dbs", "gpus", "ids",
		"ips", "vcpus", "vms" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(list); i++)
		if (slice_eq(w, slice_of(list[i])))
			return true;
	return false;
}

size_t
lexer_stem(struct slice w, char out[TOKEN_MAX_BYTES])
{
	size_t n = w.len, i;

	if (n < 3 || n > TOKEN_MAX_BYTES || w.ptr[n - 1] != 's')
		return 0;
	for (i = 0; i < n; i++)
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return 0;
	memcpy(out, w.ptr, n);
	if (is_abbreviation_plural(w))
		return n - 1;
	if (n < 4 || strchr("sui", w.ptr[n - 2]) != NULL)
		return 0;
	if (n > 4 && slice_ends(w, SLICE("ies"))) {
		out[n - 3] = 'y';
		return n - 2;
	}
	if (slice_ends(w, SLICE("sses")) || slice_ends(w, SLICE("xes")) ||
	    slice_ends(w, SLICE("shes")) || slice_ends(w, SLICE("zzes")) ||
	    (slice_ends(w, SLICE("ches")) && n > 4 && w.ptr[n - 5] != 'a'))
		return n - 2;
	return n - 1;
}

/* IDs, vCPUs: no words for the stemmer, but the capitals tell. */
static bool
is_capital_plural(const struct lexer *l, struct span s)
{
	unsigned i;

	if (s.to - s.from < 3 || l->u[s.to - 1].cp != 's' ||
	    l->u[s.to - 1].upper)
		return false;
	for (i = s.from + 1; i + 1 < s.to; i++)
		if (!l->u[i].upper)
			return false;
	return true;
}

static void
emit_stem(struct lexer *l, struct span s, struct slice word, uint32_t end)
{
	char out[TOKEN_MAX_BYTES];
	size_t n = lexer_stem(word, out);

	if (is_capital_plural(l, s))
		emit_also(l, slice_sub(word, 0, word.len - 1), end, TOKEN_STEM);
	else if (n > 0)
		emit_also(l, slice_make(out, n), end, TOKEN_STEM);
}

static bool
is_numeric_at(struct slice w, size_t i)
{
	return is_digit(w.ptr[i]) || w.ptr[i] == '.';
}

/* libgl1 -> libgl, 384m -> 384; words that change sides once only. */
static void
emit_sides(struct lexer *l, struct slice w, uint32_t end)
{
	bool number_first = is_numeric_at(w, 0);
	size_t i, at = 0;
	struct slice letters, digits;

	for (i = 1; i < w.len; i++) {
		if (is_numeric_at(w, i) == is_numeric_at(w, i - 1))
			continue;
		if (at != 0)
			return;
		at = i;
	}
	if (at == 0)
		return;
	letters = number_first ? slice_sub(w, at, w.len) : slice_sub(w, 0, at);
	digits = number_first ? slice_sub(w, 0, at) : slice_sub(w, at, w.len);
	if (letters.len >= (number_first ? 3 : 2))
		emit_also(l, letters, end, TOKEN_LETTERS);
	if (number_first || digits.len >= 2)
		emit_also(l, digits, end, TOKEN_DIGITS);
}

static bool
all_numeric(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (!is_numeric_at(w, i))
			return false;
	return true;
}

/* Without a final "'s". */
static struct span
trim_possessive(const struct lexer *l, struct span s)
{
	if (s.to - s.from >= 3 && l->u[s.to - 1].cp == 's' &&
	    (l->u[s.to - 2].cp == '\'' || l->u[s.to - 2].cp == 0x2019))
		s.to -= 2;
	return s;
}

/* One word at a position of its own, with its light forms. */
static void
emit_word(struct lexer *l, struct span s)
{
	char out[TOKEN_MAX_BYTES];
	uint32_t start = s.from == 0 ? l->lead : l->u[s.from].start;
	uint32_t end = l->u[s.to - 1].end;
	struct slice w;
	bool number;

	w = spell(l, trim_possessive(l, s), true, out, sizeof(out));
	number = all_numeric(w);
	emit(l, w, start, end, number ? TOKEN_NUMBER : TOKEN_WORD, false);
	if (number)
		return;
	emit_stem(l, s, w, end);
	emit_sides(l, w, end);
}

/* Taking a compound apart */

/* Does a part begin at unit i of the segment s, for its capitals? */
static bool
is_hump(const struct lexer *l, struct span s, unsigned part, unsigned i)
{
	const struct fold_unit *u = l->u;
	bool next_lower = i + 1 < s.to && !u[i + 1].upper &&
	    !is_digit(u[i + 1].cp);
	bool plural = i + 2 == s.to && u[i + 1].cp == 's';

	if (!u[i].upper || i - part < 2 || u[i].start == u[i - 1].start)
		return false;
	if (is_digit(u[i - 1].cp))
		return next_lower && !is_digit(u[part].cp);
	return !u[i - 1].upper || (next_lower && !plural);
}

/* The parts of a segment; 1 when it has no humps or too many to be words. */
static unsigned
split_parts(const struct lexer *l, struct span s, struct span parts[PARTS_MAX])
{
	unsigned i, n = 1;

	parts[0] = s;
	for (i = s.from + 1; i < s.to; i++) {
		if (!is_hump(l, s, parts[n - 1].from, i))
			continue;
		if (n == PARTS_MAX)
			break;
		parts[n - 1].to = i;
		parts[n++] = (struct span){ i, s.to };
	}
	if (i < s.to || (n > 2 && (s.to - s.from) / n < 2)) {
		parts[0] = s;
		return 1;
	}
	return n;
}

/* Is unit i of the path a place to cut it into segments? */
static bool
is_cut(const struct lexer *l, struct span path, unsigned i)
{
	int32_t cp = l->u[i].cp;

	if (cp == '.')
		return !(i > path.from && i + 1 < path.to &&
		    is_digit(l->u[i - 1].cp) && is_digit(l->u[i + 1].cp));
	return cp == '-' || cp == '_';
}

static unsigned
split_segments(const struct lexer *l, struct span path,
    struct span segs[SEGMENTS_MAX])
{
	unsigned i, n = 0, from = path.from;

	for (i = path.from; i <= path.to; i++) {
		if (i < path.to && !is_cut(l, path, i))
			continue;
		if (i > from)
			segs[n++] = (struct span){ from, i };
		from = i + 1;
	}
	return n;
}

static void
emit_joined(struct lexer *l, struct span s, size_t max)
{
	char out[TOKEN_MAX_BYTES + 4];
	struct slice w = spell(l, s, false, out, max + 1);

	if (w.len > 0 && w.len <= max && !all_numeric(w))
		emit_also(l, w, l->u[s.to - 1].end, TOKEN_JOINED);
}

/* A path of one segment: "fileType" is file+filetype, type. */
static void
emit_lone_segment(struct lexer *l, struct span seg)
{
	struct span parts[PARTS_MAX];
	unsigned i, n = split_parts(l, seg, parts);

	emit_word(l, parts[0]);
	if (n > 1)
		emit_joined(l, seg, TOKEN_MAX_BYTES);
	for (i = 1; i < n; i++)
		emit_word(l, parts[i]);
}

/* One of several segments: "libGL" is libgl+lib+gl. */
static void
emit_segment(struct lexer *l, struct span seg)
{
	struct span parts[PARTS_MAX];
	unsigned i, n = split_parts(l, seg, parts);
	char out[TOKEN_MAX_BYTES];

	emit_word(l, seg);
	for (i = 0; n > 1 && i < n; i++)
		emit_also(l, spell(l, parts[i], false, out, sizeof(out)),
		    l->u[parts[i].to - 1].end, TOKEN_PART);
}

/* "--no-cache" and ".net": the word with what stands before it. */
static void
emit_flag(struct lexer *l, struct span path)
{
	char out[TOKEN_MAX_BYTES];
	size_t len = l->flag.len;
	unsigned i;

	memcpy(out, l->flag.ptr, len);
	for (i = path.from; i < path.to && len + 4 <= sizeof(out); i++)
		len += utf8_encode(l->u[i].cp, out + len);
	emit_also(l, slice_make(out, len), l->u[path.to - 1].end,
	    l->flag.ptr[0] == '-' ? TOKEN_FLAG : TOKEN_NAME);
}

static void
emit_path(struct lexer *l, struct span path)
{
	struct span segs[SEGMENTS_MAX];
	unsigned i, n = split_segments(l, path, segs);

	for (i = 0; i < n; i++) {
		if (n == 1)
			emit_lone_segment(l, segs[i]);
		else
			emit_segment(l, segs[i]);
		if (i > 0)
			continue;
		if (n > 1 && n <= JOINED_MAX_SEGMENTS)
			emit_joined(l, path, JOINED_MAX_BYTES);
		if (path.from == 0 && l->flag.len > 0)
			emit_flag(l, path);
	}
}

/* TCP/IP, CI/CD: two short words are one name, a longer path is none. */
static bool
is_slash_name(const struct lexer *l, unsigned slash)
{
	unsigned i;

	if (l->before[0] == '/' || slash > 4 || l->n - slash - 1 > 4)
		return false;
	for (i = 0; i < l->n; i++)
		if (i != slash && (is_connector(l->u[i].cp) ||
		    is_digit(l->u[i].cp)))
			return false;
	return true;
}

/* What stands right behind the compound and changes its last word. */
static void
emit_tail(struct lexer *l)
{
	char out[TOKEN_MAX_BYTES];
	unsigned i = l->n;
	struct slice w, tail = l->percent ? SLICE("%") : l->suffix;

	if (tail.len == 0)
		return;
	while (i > 0 && (is_word(l->u[i - 1].cp) ||
	    (l->u[i - 1].cp == '.' && l->percent)))
		i--;
	w = spell(l, (struct span){ i, l->n }, true, out, sizeof(out) - 2);
	memcpy(out + w.len, tail.ptr, tail.len);
	emit_also(l, slice_make(out, w.len + tail.len), l->end,
	    l->percent ? TOKEN_PERCENT : TOKEN_NAME);
}

static void
emit_compound(struct lexer *l, bool leading_slash)
{
	unsigned i, from = 0, slashes = 0;

	for (i = 0; i <= l->n; i++) {
		if (i < l->n && l->u[i].cp != '/')
			continue;
		emit_path(l, (struct span){ from, i });
		if (i < l->n && slashes++ == 0 && !leading_slash &&
		    is_slash_name(l, i))
			emit_joined(l, (struct span){ 0, l->n },
			    JOINED_MAX_BYTES);
		from = i + 1;
	}
	emit_tail(l);
	l->compound++;
}

/* Reading */

/* Are the dashes or the dot before the compound part of a name? */
static void
read_lead(struct lexer *l, uint32_t starts[3])
{
	const int32_t *b = l->before;
	bool letter = !is_digit(l->cur.cp);

	l->flag = SLICE("");
	l->lead = l->cur.start;
	if (!letter || b[0] == 0)
		return;
	if (b[0] == '-' && b[1] == '-' && !is_word(b[2]) && b[2] != '-') {
		l->flag = SLICE("--");
		l->lead = starts[1];
	} else if (b[0] == '-' && !is_word(b[1]) && !is_connector(b[1]) &&
	    !lexer_is_cjk(b[1]) && b[1] != ')') {
		l->flag = SLICE("-");
		l->lead = starts[0];
	} else if (b[0] == '.' && !is_word(b[1]) && !is_connector(b[1]) &&
	    b[1] != ')' && !lexer_is_cjk(b[1])) {
		l->flag = SLICE(".");
		l->lead = starts[0];
	}
}

static void
gather(struct lexer *l)
{
	l->n = 0;
	while (l->have && l->n < LEXER_COMPOUND_MAX) {
		if (!is_word(l->cur.cp) && !(is_connector(l->cur.cp) &&
		    l->n > 0 && l->n + 1 < LEXER_COMPOUND_MAX &&
		    is_word(peek(l))))
			break;
		l->u[l->n++] = l->cur;
		advance(l);
	}
}

static bool
last_is_number(const struct lexer *l)
{
	unsigned i = l->n;

	while (i > 0 && (is_digit(l->u[i - 1].cp) || l->u[i - 1].cp == '.'))
		i--;
	return i < l->n && (i == 0 || is_connector(l->u[i - 1].cp));
}

static bool
is_plain(const struct lexer *l, unsigned max)
{
	unsigned i;

	for (i = 0; i < l->n; i++)
		if (is_connector(l->u[i].cp) || is_digit(l->u[i].cp))
			return false;
	return l->n <= max;
}

/* "100%", "100 %", "C++", "C#": take what follows the compound. */
static void
read_tail(struct lexer *l)
{
	bool blank = l->have && l->cur.cp == ' ' && peek(l) == '%';

	l->percent = false;
	l->suffix = SLICE("");
	if (!l->have)
		return;
	if ((l->cur.cp == '%' || blank) && last_is_number(l)) {
		if (blank)
			advance(l);
		l->percent = true;
	} else if (l->cur.cp == '+' && peek(l) == '+' && is_plain(l, 10)) {
		advance(l);
		l->suffix = SLICE("++");
	} else if (l->cur.cp == '#' && is_plain(l, 1) && !is_word(peek(l))) {
		l->suffix = SLICE("#");
	}
	if (l->percent || l->suffix.len > 0) {
		l->end = l->cur.end;
		advance(l);
	}
}

static void
lex_compound(struct lexer *l, uint32_t starts[3])
{
	bool slash = l->before[0] == '/';

	read_lead(l, starts);
	gather(l);
	read_tail(l);
	emit_compound(l, slash);
}

static void
emit_cjk(struct lexer *l, const struct fold_unit *a, const struct fold_unit *b,
    enum token_form form)
{
	char out[8];
	size_t len = utf8_encode(a->cp, out);

	if (b != NULL)
		len += utf8_encode(b->cp, out + len);
	emit(l, slice_make(out, len), a->start, b != NULL ? b->end : a->end,
	    form, false);
}

static void
lex_run(struct lexer *l)
{
	struct fold_unit prev = l->cur;
	bool single = true;

	for (advance(l); l->have && lexer_is_cjk(l->cur.cp); advance(l)) {
		emit_cjk(l, &prev, &l->cur, TOKEN_PAIR);
		prev = l->cur;
		single = false;
	}
	emit_cjk(l, &prev, NULL, single ? TOKEN_SINGLE : TOKEN_LAST);
	l->compound++;
}

static void
lex_pictograph(struct lexer *l)
{
	emit_cjk(l, &l->cur, NULL, TOKEN_SYMBOL);
	l->compound++;
	advance(l);
}

/* $? $! $$ $@ $# $*: shell variables without a letter. */
static bool
lex_shell_variable(struct lexer *l)
{
	int32_t next = peek(l);
	uint32_t start = l->cur.start;
	char out[2] = { '$', (char)next };

	if (next <= 0 || next > 0x7f || strchr("?!$@#*", next) == NULL)
		return false;
	advance(l);
	emit(l, slice_make(out, 2), start, l->cur.end, TOKEN_SYMBOL, false);
	l->compound++;
	advance(l);
	return true;
}

static void
lex_other(struct lexer *l, uint32_t starts[3])
{
	if (l->cur.cp == '$' && lex_shell_variable(l))
		return;
	starts[2] = starts[1];
	starts[1] = starts[0];
	starts[0] = l->cur.start;
	advance(l);
}

bool
lexer_run(struct slice text, token_sink *sink, void *arg)
{
	struct lexer l = { .sink = sink, .arg = arg };
	uint32_t starts[3] = { 0 };

	fold_init(&l.fold, text);
	advance(&l);
	while (l.have && !l.stopped) {
		if (is_word(l.cur.cp))
			lex_compound(&l, starts);
		else if (lexer_is_cjk(l.cur.cp))
			lex_run(&l);
		else if (is_pictograph(l.cur.cp))
			lex_pictograph(&l);
		else
			lex_other(&l, starts);
	}
	return !l.stopped;
}
