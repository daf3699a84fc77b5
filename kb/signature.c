/*
 * signature.c - what an error text is worth as a signature; signature.h.
 *
 * Three gates: enough words that tell something, no everyday line of the
 * neutral sample matches, and no line that a logger itself calls information.
 * What fails is kept for the very same text only, or not at all.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/signature.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/jsonw.h"
#include "common/str.h"
#include "kb/log_text.h"
#include "kb/signature_internal.h"

#include <stdio.h>

#define RULES_VERSION 1		/* raise when masks or gates change */
#define WORDS_LIKELY 2.0
#define WORDS_STRONG 3.0
#define WORDS_MIN 2		/* different ones, for a template */
#define WORDS_EXACT 1.0

static const char *const mode_names[] = {
	[SIGNATURE_OFF] = "off", [SIGNATURE_EXACT] = "exact",
	[SIGNATURE_LIKELY] = "likely", [SIGNATURE_STRONG] = "strong",
};

const char *
signature_mode_name(enum signature_mode m)
{
	return mode_names[m];
}

enum signature_mode
signature_mode_of(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(mode_names); i++)
		if (slice_is(name, mode_names[i]))
			return (enum signature_mode)i;
	return SIGNATURE_OFF;
}

const char *
signature_confidence(enum signature_mode m)
{
	return m == SIGNATURE_LIKELY ? "likely" : "strong";
}

int
signature_priority(struct slice kind, struct slice severity, bool has_fix,
    struct slice origin)
{
	int p = has_fix ? 20 : 0;

	if (slice_is(origin, "mention"))
		p -= 30;
	else if (slice_is(origin, "heading"))
		p += 5;

	p += slice_is(kind, "problem") ? 10 : 0;
	if (slice_is(severity, "critical"))
		return p + 9;
	if (slice_is(severity, "high"))
		return p + 7;
	return slice_is(severity, "warning") ? p + 4 : p;
}

static const char *const part_names[] = {
	[RULE_ALL] = "all", [RULE_ANY] = "any", [RULE_NOT] = "not",
	[RULE_CORE] = "core",
};

bool
template_next(struct slice *rest, enum rule_part *part, struct slice *pattern)
{
	struct slice line;
	size_t i, n;

	while (rest->len != 0 && str_line(rest, &line, NULL)) {
		for (i = 0; i < ARRAY_LEN(part_names); i++) {
			n = strlen(part_names[i]);
			if (!slice_starts(line, slice_of(part_names[i])) ||
			    line.len <= n || line.ptr[n] != ' ')
				continue;
			*part = (enum rule_part)i;
			*pattern = slice_sub(line, n + 1, line.len);
			return true;
		}
	}
	return false;
}

/* ---- gates ---- */

/* The sum over what must be there; for "any" the weakest of them. */
static double
weigh(struct slice template, struct arena *a, unsigned *words)
{
	struct slice rest = template, text;
	double all = 0, any = -1;
	enum rule_part part;
	struct pattern p;

	*words = 0;
	while (template_next(&rest, &part, &text)) {
		pattern_parse(text, a, &p);
		if (part == RULE_ALL) {
			all += p.words;
			(void)specificity_of(text, words);
		} else if (part == RULE_ANY) {
			if (any < 0 || p.words < any)
				any = p.words;
			*words = WORDS_MIN;
		}
	}
	return any < 0 ? all : all + any;
}

/*
 * The template without a core that everyday lines have; *everyday says that
 * they have the rest of it, too.
 */
static struct slice
check_everyday(struct slice template, struct arena *a, bool *everyday)
{
	struct slice rest = template, text, out;
	bool ordinary = true, all = false, any = false;
	struct buf b = BUF_INIT;
	enum rule_part part;
	struct pattern p;

	while (template_next(&rest, &part, &text)) {
		bool known;

		pattern_parse(text, a, &p);
		known = part != RULE_NOT && neutral_has(&p);
		if (part == RULE_ALL) {
			all = true;
			ordinary = ordinary && known;
		} else if (part == RULE_ANY) {	/* one is enough to match */
			any = any || known;
		} else if (part == RULE_CORE && known) {
			continue;
		}
		buf_printf(&b, "%s%s %.*s", b.len != 0 ? "\n" : "",
		    part_names[part], SLICE_ARG(text));
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	*everyday = (all && ordinary) || any;
	return out;
}

/* "connection-timeout", "lightning.max-error": the name of a setting. */
static bool
is_setting_name(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (ascii_is_space(s.ptr[i]) || (unsigned char)s.ptr[i] >=
		    0x80 || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
			return false;
	return true;
}

/* An address, the name of a setting, a line that a logger calls harmless. */
static bool
is_no_log_line(struct slice text)
{
	return slice_starts(text, SLICE("http://")) ||
	    slice_starts(text, SLICE("https://")) || is_setting_name(text) ||
	    log_is_informational(text);
}

void
signature_derive(struct slice text, bool is_rule, struct arena *a,
    struct signature_template *out)
{
	struct slice template = is_rule ? template_of_rule(text, a) :
	    template_of_text(text, a);
	unsigned words;
	bool everyday;

	*out = (struct signature_template){ .mode = SIGNATURE_OFF };
	out->specificity = weigh(template, a, &words);
	out->text = check_everyday(template, a, &everyday);
	if (out->specificity < WORDS_EXACT || (words < WORDS_MIN &&
	    memchr(out->text.ptr, '*', out->text.len) == NULL) || (everyday &&
	    (is_rule || memchr(out->text.ptr, '*', out->text.len) == NULL)) ||
	    (!is_rule && is_no_log_line(str_trim(text))))
		out->text = SLICE("");
	else if (out->specificity < WORDS_LIKELY || words < WORDS_MIN ||
	    everyday)
		out->mode = SIGNATURE_EXACT;
	else
		out->mode = out->specificity < WORDS_STRONG && !is_rule ?
		    SIGNATURE_LIKELY : SIGNATURE_STRONG;
}

uint64_t
signature_rules_hash(void)
{
	return neutral_hash() * 31 + RULES_VERSION;
}

void
signature_captures_json(const struct signature_hit *h, struct buf *out)
{
	struct jsonw j;
	char key[24];
	size_t i;

	jsonw_init(&j, out);
	jsonw_object(&j);
	for (i = 0; i < h->ncaptures; i++) {
		snprintf(key, sizeof(key), "%zu", i + 1);
		jsonw_key(&j, key);
		jsonw_string(&j, h->captures[i]);
	}
	jsonw_object_end(&j);
}
