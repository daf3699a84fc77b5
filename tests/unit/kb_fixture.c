/*
 * kb_fixture.c - a document and its entries, parsed for a test.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/unit/kb_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/mem.h"
#include "common/str.h"

void
assert_slice_at(struct slice s, const char *text, const char *file, int line)
{
	if (slice_is(s, text))
		return;
	print_error("have \"%.*s\"\nwant \"%s\"\n", SLICE_ARG(s), text);
	_fail(file, line);
}

bool
fixture_read(const char *path, struct slice *out)
{
	FILE *f = fopen(path, "rb");
	char *p;
	long size;

	if (f == NULL)
		return false;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	p = mem_alloc((size_t)size + 1);
	*out = slice_make(p, fread(p, 1, (size_t)size, f));
	fclose(f);
	return true;
}

void
fixture_free_file(struct slice s)
{
	free((void *)(uintptr_t)s.ptr);
}

static void
parse(struct fixture *f)
{
	struct err e = ERR_INIT;

	f->arena = ARENA_INIT;
	if (!document_parse(f->text, &f->arena, &f->doc, &e) ||
	    !entry_extract(&f->doc, &f->arena, &f->entries, &e))
		fail_msg("%s", e.msg);
}

void
fixture_parse(struct fixture *f, struct slice text)
{
	f->text = slice_make(mem_strndup(text), text.len);
	parse(f);
}

void
fixture_source(struct fixture *f, const char *path)
{
	const char *top = getenv("KB_SRCDIR");
	char full[4096];

	snprintf(full, sizeof(full), "%s/%s", top != NULL ? top : ".", path);
	if (!fixture_read(full, &f->text))
		fail_msg("%s cannot be read", full);
	parse(f);
}

const char *
fixture_corpus_dir(void)
{
	static char dir[4096];
	const char *set = getenv("KB_CORPUS"), *top = getenv("KB_SRCDIR");

	if (set != NULL)
		snprintf(dir, sizeof(dir), "%s", set);
	else
		snprintf(dir, sizeof(dir), "%s/../shared/corpus",
		    top != NULL ? top : ".");
	if (access(dir, R_OK) == 0)
		return dir;
	print_message("# no corpus in %s: not tested\n", dir);
	return NULL;
}

bool
fixture_corpus(struct fixture *f, const char *path)
{
	const char *dir = fixture_corpus_dir();
	char full[8192];

	if (dir == NULL)
		return false;
	snprintf(full, sizeof(full), "%s/%s", dir, path);
	if (!fixture_read(full, &f->text))
		fail_msg("%s cannot be read", full);
	parse(f);
	return true;
}

void
fixture_free(struct fixture *f)
{
	arena_free(&f->arena);
	fixture_free_file(f->text);
}

size_t
fixture_find(const struct fixture *f, const char *title)
{
	size_t i, found = f->doc.n;

	for (i = 0; i < f->doc.n; i++) {
		if (!slice_is(f->doc.sections[i].title, title))
			continue;
		if (found != f->doc.n)
			fail_msg("more than one section \"%s\"", title);
		found = i;
	}
	if (found == f->doc.n)
		fail_msg("no section \"%s\"", title);
	return found;
}

const struct entry *
fixture_entry(const struct fixture *f, const char *title)
{
	return &f->entries[fixture_find(f, title)];
}

struct slice
fixture_field(const struct entry *e, enum field_name name, size_t i)
{
	size_t k;

	for (k = 0; k < e->nfields; k++)
		if (e->fields[k].name == name && i-- == 0)
			return e->fields[k].text;
	return SLICE("");
}
