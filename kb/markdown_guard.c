/*
 * markdown_guard.c - the copy that cmark-gfm may see; see markdown_guard.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/markdown_guard.h"

#include <stdlib.h>

#include "common/mem.h"

/* Copy with LF line ends; the first skip bytes leave only their line ends. */
static void
copy_lines(struct slice text, size_t skip, struct guard *g)
{
	size_t i;
	char c;

	g->text = mem_alloc(text.len + 1);
	for (i = 0; i < text.len; i++) {
		c = text.ptr[i];
		if (c == '\r') {
			if (i + 1 < text.len && text.ptr[i + 1] == '\n')
				continue;
			c = '\n';
		}
		if (i >= skip || c == '\n')
			g->text[g->len++] = c;
	}
	g->text[g->len] = '\0';
}

void
guard_make(struct slice text, size_t skip, struct guard *out)
{
	*out = (struct guard){ .has_tables = true };
	copy_lines(text, skip, out);
}

void
guard_free(struct guard *g)
{
	free(g->text);
	free(g->line_of);
	*g = (struct guard){ .text = NULL };
}

void
guard_restore(const struct guard *g, char *s, size_t len)
{
	(void)s;
	(void)len;
	if (!g->is_masked)
		return;
}
