/*
 * rules.c - the words of content/, as tables; see rules.h.
 *
 * The data is part of the program, so that a fault in it is ours: reading
 * asserts. A unit test reads every line.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/rules.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/str.h"
#include "content/rules.inc"

/* A longer text before a colon is no label. */
#define LABEL_MAX_BYTES 64

/* This much of a heading is looked at. */
#define HEADING_MAX_BYTES 512

struct word {
	struct slice text;
	int value;
};

/* Words of one purpose, in the order of the file. */
struct words {
	struct word *list;
	size_t n, cap;
};

static struct {
	struct arena arena;	/* lives as long as the program */
	struct words labels, languages;
	struct words kind_value, kind_heading, kind_above;
	struct words severity_any, severity_value;
	struct program *programs;	/* sorted by name */
	size_t nprograms, cap_programs;
} rules;

static pthread_once_t rules_once = PTHREAD_ONCE_INIT;

static void
add_words(struct words *w, struct slice forms, int value)
{
	struct slice form;

	if (str_trim(forms).len == 0)
		return;
	while (str_split(&forms, '|', &form)) {
		w->list = arena_grow(&rules.arena, w->list, w->n, &w->cap,
		    sizeof(*w->list));
		w->list[w->n].text = str_trim(form);
		w->list[w->n++].value = value;
	}
}

static bool
find_word(const struct words *w, struct slice text, int *value)
{
	size_t i;

	text = str_trim(text);
	for (i = 0; i < w->n; i++) {
		if (w->list[i].text.len == text.len &&
		    str_ieq(w->list[i].text, text)) {
			*value = w->list[i].value;
			return true;
		}
	}
	return false;
}

/* Index of a name in a list that ends with NULL; it must be there. */
static int
index_of(struct slice name, const char *const *names)
{
	int i;

	for (i = 0; names[i] != NULL; i++)
		if (slice_is(name, names[i]))
			return i;
	assert(!"a name in content/ that the code does not know");
	return 0;
}

static void
read_label(struct slice *f)
{
	static const char *const names[] = { "symptom", "impact", "cause",
		"diagnosis", "fix", "prevention", "verify", "note", "kind",
		"severity", "alias", "signature", "tags", "owner",
		"review_by", "updated", "next_review", "related",
		NULL };

	add_words(&rules.labels, f[1], index_of(f[0], names));
}

static void
read_kind(struct slice *f)
{
	static const char *const names[] = { "section", "problem", "runbook",
		"checklist", "template", "procedure", "retrospective", NULL };
	int kind = index_of(f[0], names);

	if (slice_is(f[1], "value"))
		add_words(&rules.kind_value, f[2], kind);
	else if (slice_is(f[1], "heading"))
		add_words(&rules.kind_heading, f[2], kind);
	else
		add_words(&rules.kind_above, f[2], kind);
}

static void
read_severity(struct slice *f)
{
	static const char *const names[] = { "", "info", "low", "warning",
		"high", "critical", NULL };
	int severity = index_of(f[0], names);

	add_words(&rules.severity_any, f[1], severity);
	add_words(&rules.severity_any, f[2], severity);
	add_words(&rules.severity_value, f[0], severity);
	add_words(&rules.severity_value, f[1], severity);
	add_words(&rules.severity_value, f[2], severity);
	add_words(&rules.severity_value, f[3], severity);
}

static void
read_language(struct slice *f)
{
	static const char *const names[] = { "", "shell", "session",
		"program", "config", "text", NULL };

	add_words(&rules.languages, f[1], index_of(f[0], names));
}

/* how: "reads", "changes", "destroys", "bare reads", ... */
static void
read_program(struct slice *f)
{
	struct program p = { .risk = RISK_CHANGES, .reads = f[2],
		.changes = f[3], .destroys = f[4], .wraps = f[5] };
	struct slice names = f[0], word, how = f[1];

	while (str_split(&how, ' ', &word)) {
		p.is_bare = p.is_bare || slice_is(word, "bare");
		if (slice_is(word, "reads"))
			p.risk = RISK_READ_ONLY;
		else if (slice_is(word, "destroys"))
			p.risk = RISK_DESTRUCTIVE;
	}
	while (str_split(&names, ' ', &word)) {
		if (word.len == 0)
			continue;
		rules.programs = arena_grow(&rules.arena, rules.programs,
		    rules.nprograms, &rules.cap_programs,
		    sizeof(*rules.programs));
		p.name = word;
		rules.programs[rules.nprograms++] = p;
	}
}

/* Hand every line that is no comment to `read`, cut at its tabs. */
static void
read_lines(struct slice text, void (*read)(struct slice *fields))
{
	struct slice line, f[6];
	size_t i;

	while (str_line(&text, &line, NULL)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		for (i = 0; i < ARRAY_LEN(f); i++) {
			if (!str_split(&line, '\t', &f[i]))
				f[i] = SLICE("");
			f[i] = str_trim(f[i]);
		}
		read(f);
	}
}

static int
compare_programs(const void *a, const void *b)
{
	const struct program *x = a, *y = b;
	size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = memcmp(x->name.ptr, y->name.ptr, n);

	if (order != 0)
		return order;
	return (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static void
read_rules(void)
{
	static const struct {
		const char *name;
		void (*read)(struct slice *fields);
	} readers[] = {
		{ "kinds.tsv", read_kind }, { "labels.tsv", read_label },
		{ "languages.tsv", read_language },
		{ "programs.tsv", read_program },
		{ "severities.tsv", read_severity },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(rules_files); i++)
		for (k = 0; k < ARRAY_LEN(readers); k++)
			if (strcmp(readers[k].name, rules_files[i].name) == 0)
				read_lines(slice_make(rules_files[i].text,
				    rules_files[i].len), readers[k].read);
	qsort(rules.programs, rules.nprograms, sizeof(*rules.programs),
	    compare_programs);
}

static void
need_rules(void)
{
	pthread_once(&rules_once, read_rules);
}

bool
rules_label(struct slice word, enum label *out)
{
	int value;

	need_rules();
	if (!find_word(&rules.labels, word, &value))
		return false;
	*out = (enum label)value;
	return true;
}

/* Offset of the first ":" or "：" and its length; s.len if there is none. */
static size_t
find_colon(struct slice s, size_t *len)
{
	size_t i;

	for (i = 0; i < s.len && i <= LABEL_MAX_BYTES; i++) {
		*len = 1;
		if (s.ptr[i] == ':')
			return i;
		*len = strlen("：");
		if (slice_starts(slice_sub(s, i, s.len), SLICE("：")))
			return i;
	}
	return s.len;
}

/* Without signs in front ("✅ 解决") and a count behind ("原因 2"). */
static struct slice
label_core(struct slice s)
{
	size_t at = 0, next;
	int32_t cp;

	while (at < s.len) {
		cp = utf8_decode(s, at, &next);
		if (cp < 0 || char_is_word(cp) || cp == '`' || cp == '"')
			break;
		at = next;
	}
	s = slice_sub(s, at, s.len);
	while (s.len != 0 && (ascii_is_digit(s.ptr[s.len - 1]) ||
	    s.ptr[s.len - 1] == ' '))
		s.len--;
	return s;
}

/*
 * "**问题：**text" is not bold for CommonMark, since the closing stars stand
 * between a punctuation mark and a letter; people write it all the same.
 */
bool
rules_label_line(struct slice line, enum label *out, struct slice *rest)
{
	size_t len, at = find_colon(line, &len);

	if (at == line.len ||
	    !rules_label(label_core(slice_sub(line, 0, at)), out))
		return false;
	*rest = str_trim(slice_sub(line, at + len, line.len));
	if (slice_starts(line, SLICE("**")) && slice_starts(*rest, SLICE("**")))
		*rest = str_trim(slice_sub(*rest, 2, rest->len));
	return true;
}

static bool
is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

bool
rules_contains(struct slice text, struct slice needle)
{
	bool latin = needle.len != 0 && (unsigned char)needle.ptr[0] < 0x80;
	size_t i;

	for (i = 0; needle.len != 0 && i + needle.len <= text.len; i++) {
		if (((text.ptr[i] ^ needle.ptr[0]) & ~0x20) != 0)
			continue;	/* cheap: differs by more than case */
		if (!str_ieq(slice_sub(text, i, i + needle.len), needle))
			continue;
		if (!latin)
			return true;
		if (i > 0 && is_word_byte(text.ptr[i - 1]))
			continue;
		if (i + needle.len < text.len &&
		    is_word_byte(text.ptr[i + needle.len]))
			continue;
		return true;
	}
	return false;
}

/* The next word of the list that the text holds, from *next on. */
static bool
find_contained(const struct words *w, struct slice text, size_t *next,
    int *value)
{
	text = slice_sub(text, 0, HEADING_MAX_BYTES);
	while (*next < w->n) {
		const struct word *word = &w->list[(*next)++];

		if (rules_contains(text, word->text)) {
			*value = word->value;
			return true;
		}
	}
	return false;
}

bool
rules_kind_value(struct slice word, enum entry_kind *out)
{
	int value;

	need_rules();
	if (!find_word(&rules.kind_value, word, &value))
		return false;
	*out = (enum entry_kind)value;
	return true;
}

bool
rules_kind_heading(struct slice heading, size_t *next, enum entry_kind *out)
{
	int value;

	need_rules();
	if (!find_contained(&rules.kind_heading, heading, next, &value))
		return false;
	*out = (enum entry_kind)value;
	return true;
}

bool
rules_kind_above(struct slice heading, size_t *next, enum entry_kind *out)
{
	int value;

	need_rules();
	if (!find_contained(&rules.kind_above, heading, next, &value))
		return false;
	*out = (enum entry_kind)value;
	return true;
}

/* The text of every bracket in a heading is tried as a value. */
static bool
severity_in_brackets(struct slice s, int *value)
{
	static const struct {
		const char *open, *close;
	} kinds[] = { { "[", "]" }, { "(", ")" }, { "【", "】" },
		{ "（", "）" } };
	size_t k, i, start;

	for (k = 0; k < ARRAY_LEN(kinds); k++) {
		struct slice open = slice_of(kinds[k].open);
		struct slice close = slice_of(kinds[k].close);

		for (i = 0, start = s.len; i < s.len; i++) {
			struct slice rest = slice_sub(s, i, s.len);

			if (slice_starts(rest, open))
				start = i + open.len;
			else if (start <= i && slice_starts(rest, close) &&
			    find_word(&rules.severity_value,
			    slice_sub(s, start, i), value))
				return true;
		}
	}
	return false;
}

enum entry_severity
rules_severity_heading(struct slice heading)
{
	int value;
	size_t len, at, next = 0;

	need_rules();
	heading = slice_sub(heading, 0, HEADING_MAX_BYTES);
	if (find_contained(&rules.severity_any, heading, &next, &value) ||
	    severity_in_brackets(heading, &value))
		return (enum entry_severity)value;
	at = find_colon(heading, &len);
	if (at < heading.len && find_word(&rules.severity_value,
	    slice_sub(heading, 0, at), &value))
		return (enum entry_severity)value;
	return SEVERITY_NONE;
}

/* The first form of a severity in the file is its mark. */
struct slice
rules_severity_mark(enum entry_severity severity)
{
	size_t i;

	need_rules();
	for (i = 0; severity != SEVERITY_NONE && i < rules.severity_any.n; i++)
		if (rules.severity_any.list[i].value == (int)severity)
			return rules.severity_any.list[i].text;
	return SLICE("");
}

bool
rules_severity_value(struct slice word, enum entry_severity *out)
{
	struct slice part;
	int value;

	need_rules();
	word = str_trim(word);
	if (!find_word(&rules.severity_value, word, &value)) {
		while (str_split(&word, ' ', &part))	/* "🔴 严重" */
			if (find_word(&rules.severity_value, part, &value))
				break;
		if (word.ptr == NULL && !find_word(&rules.severity_value,
		    part, &value))
			return false;
	}
	*out = (enum entry_severity)value;
	return true;
}

enum lang_class
rules_language(struct slice lang)
{
	int value;

	need_rules();
	if (lang.len == 0 || !find_word(&rules.languages, lang, &value))
		return LANG_UNKNOWN;
	return (enum lang_class)value;
}

const struct program *
rules_program(struct slice word)
{
	struct program key = { .name = word };
	size_t i;

	need_rules();
	for (i = word.len; i > 0 && word.ptr[i - 1] != '/'; i--)
		continue;
	key.name = slice_sub(word, i, word.len);
	if (key.name.len == 0)
		return NULL;
	return bsearch(&key, rules.programs, rules.nprograms,
	    sizeof(*rules.programs), compare_programs);
}

bool
rules_has_word(struct slice words, struct slice word)
{
	size_t i = 0;

	if (word.len == 0 || memchr(word.ptr, ' ', word.len) != NULL)
		return false;
	while (i + word.len <= words.len) {
		size_t end = i + word.len;

		if (words.ptr[i] == word.ptr[0] &&
		    (end == words.len || words.ptr[end] == ' ') &&
		    memcmp(words.ptr + i, word.ptr, word.len) == 0)
			return true;
		while (i < words.len && words.ptr[i] != ' ')
			i++;
		i++;
	}
	return false;
}

uint64_t
rules_hash(void)
{
	uint64_t h = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules_files); i++)
		h = h * 31 + str_hash(slice_make(rules_files[i].text,
		    rules_files[i].len));
	return h;
}
