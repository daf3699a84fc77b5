/*
 * wiki_text.c - the wiki's own words; see wiki_text.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki_text.h"
#include "common/str.h"

static const char *const texts[WIKI_TEXT_COUNT][2] = {
#define X(id, en, zh) [id] = { en, zh },
	WIKI_TEXTS(X)
#undef X
};

const char *
wiki_text(enum wiki_lang lang, enum wiki_text id)
{
	return texts[id][lang];
}

const char *
wiki_lang_tag(enum wiki_lang lang)
{
	return lang == LANG_ZH ? "zh-CN" : "en";
}

/* A weight like "0.8" in thousandths; 1000 when there is none. */
static int
weight(struct slice params)
{
	struct slice part;
	int q = 0, scale = 1000;
	size_t i;

	while (str_split(&params, ';', &part)) {
		part = str_trim(part);
		if (!slice_starts(part, SLICE("q=")))
			continue;
		for (i = 2; i < part.len && scale > 0; i++) {
			if (ascii_is_digit(part.ptr[i])) {
				q += (part.ptr[i] - '0') * scale;
				scale /= 10;
			}
		}
		return q;
	}
	return 1000;
}

enum wiki_lang
wiki_lang_of(struct slice cookie, struct slice accept)
{
	struct slice part, tag;
	int best[2] = { 0, 0 }, q;

	if (slice_is(cookie, "zh"))
		return LANG_ZH;
	if (slice_is(cookie, "en"))
		return LANG_EN;
	while (str_split(&accept, ',', &part)) {
		part = str_trim(part);
		if (!str_split(&part, ';', &tag))
			continue;
		q = weight(part);
		tag = slice_sub(tag, 0, 2);
		if (str_ieq(tag, SLICE("zh")) && q > best[LANG_ZH])
			best[LANG_ZH] = q;
		if (str_ieq(tag, SLICE("en")) && q > best[LANG_EN])
			best[LANG_EN] = q;
	}
	/* of two with one weight, browsers name the wanted one first, with
	   a lower weight for the next: equal ones mean no preference */
	return best[LANG_ZH] > best[LANG_EN] ? LANG_ZH : LANG_EN;
}

bool
wiki_is_chinese(struct slice text)
{
	size_t at = 0, next;

	while (at < text.len) {
		int32_t cp = utf8_decode(text, at, &next);

		if (cp >= 0x3400 && cp <= 0x9fff)
			return true;
		at = next;
	}
	return false;
}
