/*
 * entry_ref.c - how people name an entry; see entry_ref.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/entry_ref.h"
#include "common/str.h"

bool
entry_ref_parse(struct slice word, struct entry_ref *out)
{
	struct entry_ref ref = { false, 0, 0 };
	size_t at = word.len, digits = 0;

	while (at > 0 && word.ptr[at - 1] != '@')
		at--;
	if (at > 0) {
		if (!str_int(slice_sub(word, at, word.len), 1, INT64_MAX,
		    &ref.version))
			return false;
		word = slice_sub(word, 0, at - 1);
	}
	if (word.len != 0 && word.ptr[0] == ':') {
		ref.is_answer = true;
		word = slice_sub(word, 1, word.len);
	}
	while (digits < word.len && ascii_is_digit(word.ptr[digits]))
		digits++;
	if (!str_int(slice_sub(word, 0, digits), 1, INT64_MAX, &ref.number))
		return false;
	if (digits != word.len && (ref.is_answer || word.ptr[digits] != '-'))
		return false;
	*out = ref;
	return true;
}
