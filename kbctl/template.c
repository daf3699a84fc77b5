/*
 * template.c - what kbctl new begins with; see template.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/template.h"
#include "common/buf.h"
#include "common/str.h"
#include "content/templates.inc"
#include "kbctl/environ.h"

#include <stdio.h>

/* As gettext looks for it: LANGUAGE, LC_ALL, LC_MESSAGES, LANG. */
static bool
is_chinese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *language = environ_get("LANGUAGE"), *value = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names) && value == NULL; i++)
		value = environ_get(names[i]);
	/* LANGUAGE has no effect in the C locale */
	if (language != NULL && value != NULL && strcmp(value, "C") != 0 &&
	    strcmp(value, "POSIX") != 0)
		value = language;
	return value != NULL && strncmp(value, "zh", 2) == 0;
}

struct slice
template_find(struct slice kind)
{
	char name[64];
	size_t i;

	snprintf(name, sizeof(name), "new-%.*s.%s.md", SLICE_ARG(kind),
	    is_chinese() ? "zh" : "en");
	for (i = 0; i < ARRAY_LEN(template_files); i++)
		if (strcmp(template_files[i].name, name) == 0)
			return slice_make(template_files[i].text,
			    template_files[i].len);
	return SLICE("");
}

/* What stands in the first line behind its "#". */
static void
put_heading(unsigned level, int64_t number, struct slice title,
    struct buf *out)
{
	while (level-- > 0)
		buf_putc(out, '#');
	buf_putc(out, ' ');
	if (number != 0)
		buf_printf(out, "%lld. ", (long long)number);
	buf_put_slice(out, title);
	buf_putc(out, '\n');
}

void
template_fill(struct slice text, unsigned level, int64_t number,
    struct slice title, struct slice errors, struct buf *out)
{
	struct slice line;
	size_t end;

	(void)str_line(&text, &line, &end);	/* "# {{title}}" */
	put_heading(level, number, title, out);
	while (text.len != 0 && str_line(&text, &line, &end)) {
		if (slice_is(line, "{{errors}}")) {
			buf_put_slice(out, errors);
			continue;
		}
		buf_put_slice(out, line);
		buf_putc(out, '\n');
	}
}
