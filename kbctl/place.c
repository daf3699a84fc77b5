/*
 * place.c - where in a document a new entry belongs; see place.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/place.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/fence.h"
#include "kb/rules.h"
#include "kbctl/client.h"

#define LEVEL_MAX 6


unsigned
place_level(struct slice markdown, int64_t *number)
{
	struct slice line, under, digits;
	unsigned level = 0;
	size_t i = 0, n;

	*number = 0;
	do {
		if (markdown.len == 0 || !str_line(&markdown, &line, NULL))
			return 0;
		line = str_trim(line);
	} while (line.len == 0);
	while (i < line.len && line.ptr[i] == '#')
		i++;
	if (i != 0)
		level = (unsigned)i;
	else if (markdown.len != 0 && str_line(&markdown, &under, NULL))
		level = slice_starts(str_trim(under), SLICE("=")) ? 1 :
		    slice_starts(str_trim(under), SLICE("-")) ? 2 : 0;
	line = str_trim(slice_sub(line, i, line.len));
	for (n = 0; n < line.len && ascii_is_digit(line.ptr[n]); n++)
		;
	digits = slice_sub(line, 0, n);
	if (n + 1 < line.len && line.ptr[n] == '.' && line.ptr[n + 1] == ' ')
		(void)str_int(digits, 1, 100000, number);
	return level > LEVEL_MAX ? 0 : level;
}

/* The "#" of a heading at the start of a line; 0 when it is none. */
static unsigned
heading_level(struct slice line)
{
	unsigned n = 0;

	while (n < line.len && line.ptr[n] == '#')
		n++;
	return n <= LEVEL_MAX && (n == line.len || line.ptr[n] == ' ' ||
	    line.ptr[n] == '\t') ? n : 0;
}

void
place_relevel(struct slice markdown, unsigned level, struct buf *out)
{
	struct fence fence = FENCE_INIT;
	struct slice line;
	unsigned first = 0, old;
	size_t start, end;
	int to;

	while (markdown.len != 0) {
		start = 0;
		(void)str_line(&markdown, &line, &end);
		old = fence_next(&fence, line) == FENCE_OUTSIDE ?
		    heading_level(line) : 0;
		if (first == 0)
			first = old;
		if (old != 0) {
			to = (int)old + (int)level - (int)first;
			to = to < 1 ? 1 : to > LEVEL_MAX ? LEVEL_MAX : to;
			buf_put(out, "######", (size_t)to);
			start = old;
		}
		/* the line's end lies right behind it */
		buf_put(out, line.ptr + start, line.len - start + end);
	}
}

/* The last of what is below entries[i]; i when there is nothing. */
static size_t
last_below(const struct place_entry *entries, size_t n, size_t i)
{
	size_t k = i;

	while (k + 1 < n && entries[k + 1].depth > entries[i].depth)
		k++;
	return k;
}

/* The entry above entries[i], or n. */
static size_t
above(const struct place_entry *entries, size_t n, size_t i)
{
	size_t k = i;

	while (k-- > 0)
		if (entries[k].depth < entries[i].depth)
			return k;
	return n;
}

/* Beside entries[i]. */
static void
beside(const struct place_entry *entries, size_t n, size_t i,
    struct place *out)
{
	size_t up = above(entries, n, i);

	*out = (struct place){ entries[i].id, entries[i].level,
		entries[i].number != 0 ? entries[i].number + 1 : 0,
		up < n ? entries[up].heading : SLICE("") };
}

/* As the last one below entries[i]. */
static void
below(const struct place_entry *entries, size_t n, size_t i,
    struct place *out)
{
	size_t last = last_below(entries, n, i), k = last;

	/* the last child, which is not the last one below when that nests */
	while (k > i && entries[k].depth > entries[i].depth + 1)
		k--;
	if (k > i) {
		beside(entries, n, k, out);
		return;
	}
	*out = (struct place){ entries[i].id, entries[i].level < LEVEL_MAX ?
	    entries[i].level + 1 : LEVEL_MAX, 0, entries[i].heading };
}

/* How many entries of a kind are right below entries[i]. */
static size_t
count_kind(const struct place_entry *entries, size_t n, size_t i,
    enum entry_kind kind, size_t *last)
{
	size_t k, count = 0, end = last_below(entries, n, i);

	for (k = i + 1; k <= end; k++) {
		if (entries[k].depth != entries[i].depth + 1 ||
		    entries[k].kind != kind)
			continue;
		count++;
		*last = k;
	}
	return count;
}

/* Whether a heading speaks of a kind: "应急处理" of runbooks. */
static bool
speaks_of(struct slice heading, enum entry_kind kind)
{
	enum entry_kind found;
	size_t next = 0;

	while (rules_kind_above(heading, &next, &found))
		if (found == kind)
			return true;
	return false;
}

/* The deepest entry that holds all others, or n: a document's title. */
static size_t
root_of(const struct place_entry *entries, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (entries[i].level != 0)
			return last_below(entries, n, i) == n - 1 ? i : n;
	return n;
}

void
place_by_kind(const struct place_entry *entries, size_t n,
    enum entry_kind kind, struct place *out)
{
	size_t i, count, most = 0, best = n, last = n, root;

	for (i = 0; i < n; i++) {
		count = count_kind(entries, n, i, kind, &last);
		if (count <= most)
			continue;
		most = count;
		best = last;
	}
	if (best < n) {
		beside(entries, n, best, out);
		return;
	}
	for (i = 0; i < n; i++) {
		if (entries[i].level == 0 ||
		    !speaks_of(entries[i].heading, kind))
			continue;
		below(entries, n, i, out);
		return;
	}
	root = root_of(entries, n);
	if (root < n)
		below(entries, n, root, out);
	else
		*out = (struct place){ 0, n == 0 ? 1 : 2, 0, SLICE("") };
	out->number = 0;
}

static size_t
index_of(const struct place_entry *entries, size_t n, int64_t entry)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (entries[i].id == entry)
			break;
	return i;
}

bool
place_after(const struct place_entry *entries, size_t n, int64_t entry,
    struct place *out)
{
	size_t i = index_of(entries, n, entry);

	if (i == n)
		return false;
	beside(entries, n, i, out);
	if (out->level == 0)
		out->level = 2;
	return true;
}

bool
place_under(const struct place_entry *entries, size_t n, int64_t entry,
    struct place *out)
{
	size_t i = index_of(entries, n, entry);

	if (i == n)
		return false;
	below(entries, n, i, out);
	return true;
}

static enum entry_kind
kind_of(struct slice name)
{
	int i;

	for (i = ENTRY_SECTION; i <= ENTRY_RETROSPECTIVE; i++)
		if (slice_is(name, entry_kind_name((enum entry_kind)i)))
			return (enum entry_kind)i;
	return ENTRY_SECTION;
}

bool
place_fetch(struct client *c, const char *document, struct arena *a,
    struct place_entry **out, size_t *n, struct err *e)
{
	enum { ID, DEPTH, KIND, HEADING, MARKDOWN };
	static const char sql[] = "SELECT id, depth, kind, heading,"
	    " substr(markdown, 1, 400) FROM entries WHERE document = $1"
	    " AND NOT archived ORDER BY position";
	struct place_entry *list;
	struct result *r;
	struct param p;
	size_t i;

	param_text(&p, document);
	if (!client_query(c, sql, &p, 1, &r, e))
		return false;
	*n = result_rows(r);
	*out = list = arena_calloc(a, *n + 1, sizeof(*list));
	for (i = 0; i < *n; i++) {
		list[i].id = result_int(r, i, ID);
		list[i].depth = (unsigned)result_int(r, i, DEPTH);
		list[i].kind = kind_of(result_text(r, i, KIND));
		list[i].heading = arena_dup(a, result_text(r, i, HEADING));
		list[i].level = list[i].heading.len == 0 ? 0 :
		    place_level(result_text(r, i, MARKDOWN), &list[i].number);
	}
	result_free(r);
	return true;
}
