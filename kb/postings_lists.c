/*
 * postings_lists.c - terms and their lists, in one pool of bytes.
 *
 * A list is entries in the order of their numbers, each
 *
 *   number minus the one before | places | 0
 *
 * where places are, as varints, 2 * column + 1 before the first of a column
 * and 2 * (position minus the one before, which is -1 at first) for each. No
 * varint of a place is 0 or ends in a zero byte, so the next zero byte ends
 * the entry; the last one needs none.
 *
 * Blocks of the pool are powers of two while lists grow; lists_pack() makes
 * them tight.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/postings_internal.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/lexer.h"

#include <stdlib.h>
#include <string.h>

#define VARINT_MAX 5
#define BLOCK_MIN 3 /* 8 bytes */

/* ---- bytes ---- */

static size_t
put_varint(uint8_t *out, uint32_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (uint8_t)(v | 0x80);
	out[n++] = (uint8_t)v;
	return n;
}

static uint32_t
get_varint(const uint8_t **at)
{
	const uint8_t *p = *at;
	uint32_t v = *p & 0x7f;
	unsigned shift = 7;

	for (; *p++ & 0x80; shift += 7)
		v |= (uint32_t)(*p & 0x7f) << shift;
	*at = p;
	return v;
}

/* A place that comes after `last` (of the same column) or starts a column. */
static size_t
put_place(uint8_t *out, uint32_t last, bool is_first, uint32_t key)
{
	uint32_t before = last & POSTINGS_PLACE_MAX;
	size_t n = 0;

	if (is_first || key >> 28 != last >> 28) {
		n = put_varint(out, (key >> 28) * 2 + 1);
		before = UINT32_MAX; /* -1 */
	}
	return n +
	    put_varint(out + n, ((key & POSTINGS_PLACE_MAX) - before) * 2);
}

/* ---- pool ---- */

static unsigned
block_class(size_t size)
{
	unsigned k = BLOCK_MIN;

	while (((size_t)1 << k) < size)
		k++;
	return k;
}

static uint32_t
pool_take(struct pool *p, size_t size)
{
	uint32_t at;

	if (p->len == 0)
		p->len = 8; /* 0 is no place */
	at = (uint32_t)p->len;
	while (p->len + size > p->cap) {
		p->cap = p->cap < 65536 ? 65536 : p->cap + p->cap / 2;
		p->bytes = mem_realloc(p->bytes, p->cap);
	}
	p->len += size;
	return at;
}

static uint32_t
block_take(struct pool *p, unsigned k)
{
	uint32_t at = p->spare[k];

	if (at == 0)
		return pool_take(p, (size_t)1 << k);
	memcpy(&p->spare[k], p->bytes + at, sizeof(at));
	return at;
}

static void
block_give(struct pool *p, uint32_t at, unsigned k)
{
	memcpy(p->bytes + at, &p->spare[k], sizeof(at));
	p->spare[k] = at;
}

/* ---- terms ---- */

static struct slice
term_text(const struct lists *l, const struct term *t)
{
	return slice_make((const char *)l->pool.bytes + t->text, t->text_len);
}

static size_t
slot_of(const struct lists *l, struct slice token)
{
	size_t i = str_hash(token) & (l->table_size - 1);

	while (l->table[i] != 0 &&
	    !slice_eq(term_text(l, &l->terms[l->table[i] - 1]), token))
		i = (i + 1) & (l->table_size - 1);
	return i;
}

static void
grow_table(struct lists *l)
{
	size_t i;

	if (l->nterms * 2 < l->table_size)
		return;
	free(l->table);
	l->table_size = l->table_size == 0 ? 4096 : l->table_size * 2;
	l->table = mem_calloc(l->table_size, sizeof(*l->table));
	for (i = 0; i < l->nterms; i++)
		l->table[slot_of(l, term_text(l, &l->terms[i]))] =
		    (uint32_t)i + 1;
}

static bool
letter_mask(struct slice w, uint32_t *mask)
{
	size_t i;

	*mask = 0;
	for (i = 0; i < w.len; i++) {
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return false;
		*mask |= 1u << (w.ptr[i] - 'a');
	}
	return w.len >= POSTINGS_WORD_MIN && w.len <= POSTINGS_WORD_MAX;
}

static void
add_word(struct lists *l, struct slice token, uint32_t term)
{
	struct word_list *w;
	uint32_t mask;

	if (!letter_mask(token, &mask))
		return;
	w = &l->words[token.len];
	w->terms = mem_grow(w->terms, w->n, &w->term_cap, sizeof(*w->terms));
	w->masks = mem_grow(w->masks, w->n, &w->mask_cap, sizeof(*w->masks));
	w->terms[w->n] = term;
	w->masks[w->n++] = mask;
}

static struct term *
find_or_add(struct lists *l, struct slice token)
{
	struct term *t;
	size_t i;

	grow_table(l);
	i = slot_of(l, token);
	if (l->table[i] != 0)
		return &l->terms[l->table[i] - 1];
	l->terms =
	    mem_grow(l->terms, l->nterms, &l->term_cap, sizeof(*l->terms));
	t = &l->terms[l->nterms++];
	*t = (struct term){ .text = pool_take(&l->pool, token.len),
		.text_len = (uint32_t)token.len };
	memcpy(l->pool.bytes + t->text, token.ptr, token.len);
	l->table[i] = (uint32_t)l->nterms;
	add_word(l, token, (uint32_t)l->nterms - 1);
	return t;
}

const struct term *
lists_find(const struct lists *l, struct slice token)
{
	uint32_t n = l->table_size == 0 ? 0 : l->table[slot_of(l, token)];

	return n == 0 ? NULL : &l->terms[n - 1];
}

static bool
begins_with(struct slice text, struct slice prefix)
{
	return text.len >= prefix.len &&
	    memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

/* Of the sorted terms the first that is not before the prefix. */
static size_t
lower_bound(const struct lists *l, struct slice prefix)
{
	size_t from = 0, to = l->nsorted;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		struct slice text = term_text(l, &l->terms[l->sorted[mid]]);
		size_t n = text.len < prefix.len ? text.len : prefix.len;
		int c = memcmp(text.ptr, prefix.ptr, n);

		if (c < 0 || (c == 0 && text.len < prefix.len))
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

void
lists_each_prefix(const struct lists *l, struct slice prefix,
    void (*each)(void *arg, const struct term *t), void *arg)
{
	size_t i;

	for (i = lower_bound(l, prefix); i < l->nsorted; i++) {
		const struct term *t = &l->terms[l->sorted[i]];

		if (!begins_with(term_text(l, t), prefix))
			break;
		each(arg, t);
	}
	for (i = l->nsorted; i < l->nterms; i++) /* the latest ones */
		if (begins_with(term_text(l, &l->terms[i]), prefix))
			each(arg, &l->terms[i]);
}

/* ---- adding ---- */

struct indexing {
	struct lists *l;
	uint32_t doc, column, length;
	uint32_t *terms; /* of this entry, each once */
	size_t n, cap;
};

static void
make_room(struct lists *l, struct term *t, size_t more)
{
	size_t need = t->len + more;
	unsigned k = block_class(need);
	uint32_t at;

	if (need <= t->room)
		return;
	at = block_take(&l->pool, k);
	memcpy(l->pool.bytes + at, l->pool.bytes + t->at, t->len);
	if (t->room != 0)
		block_give(&l->pool, t->at, block_class(t->room));
	t->at = at;
	t->room = 1u << k;
}

/* Append a place of the entry that is being indexed; false: it is there. */
static void
append(struct indexing *x, struct term *t, uint32_t key)
{
	uint8_t bytes[3 * VARINT_MAX + 1];
	bool is_first = t->doc != x->doc;
	size_t n = 0;

	if (!is_first && t->key == key)
		return;
	if (is_first) {
		if (t->len > 0)
			bytes[n++] = 0;
		n += put_varint(bytes + n, x->doc - t->doc);
		t->count++;
		x->terms = mem_grow(x->terms, x->n, &x->cap, sizeof(*x->terms));
		x->terms[x->n++] = (uint32_t)(t - x->l->terms);
	}
	n += put_place(bytes + n, t->key, is_first, key);
	make_room(x->l, t, n);
	memcpy(x->l->pool.bytes + t->at + t->len, bytes, n);
	t->len += (uint32_t)n;
	t->doc = x->doc;
	t->key = key;
}

static bool
index_token(void *arg, const struct token *token)
{
	struct indexing *x = arg;

	if (token->position >= POSTINGS_PLACE_MAX)
		return false;
	if (x->length < token->position + 1)
		x->length = token->position + 1;
	append(x, find_or_add(x->l, token->text),
	    POSTINGS_KEY(x->column, token->position));
	return true;
}

static void
remember_doc(struct lists *l, int64_t entry, uint32_t doc)
{
	size_t cap = l->entry_cap;

	while ((uint64_t)entry >= l->entry_cap)
		l->entry_cap = l->entry_cap < 1024 ? 1024 : l->entry_cap * 2;
	if (l->entry_cap != cap) {
		l->doc_of = mem_reallocarray(
		    l->doc_of, l->entry_cap, sizeof(*l->doc_of));
		memset(l->doc_of + cap, 0,
		    (l->entry_cap - cap) * sizeof(*l->doc_of));
	}
	l->doc_of[entry] = doc;
}

/* The entry's terms, for lists_remove(). */
static void
keep_terms(struct indexing *x, struct doc *d)
{
	size_t size = x->n * sizeof(*x->terms);

	if (size == 0)
		return;
	d->terms = pool_take(&x->l->pool, size);
	d->nterms = (uint32_t)x->n;
	memcpy(x->l->pool.bytes + d->terms, x->terms, size);
}

void
lists_add(
    struct lists *l, int64_t entry, const struct slice columns[RANK_NCOLUMNS])
{
	struct indexing x = { .l = l };
	struct doc d = { .entry = entry };

	if (l->ndocs == 0)
		l->ndocs = 1;
	x.doc = (uint32_t)l->ndocs;
	for (x.column = 0; x.column < RANK_NCOLUMNS; x.column++) {
		x.length = 0;
		(void)lexer_run(columns[x.column], index_token, &x);
		d.length[x.column] = x.length;
		l->total[x.column] += x.length;
	}
	keep_terms(&x, &d);
	free(x.terms);
	while (l->ndocs >= l->doc_cap) {
		l->doc_cap = l->doc_cap < 256 ? 256 : l->doc_cap * 2;
		l->docs =
		    mem_reallocarray(l->docs, l->doc_cap, sizeof(*l->docs));
	}
	l->docs[l->ndocs++] = d;
	l->nliving++;
	remember_doc(l, entry, x.doc);
}

void
lists_remove(struct lists *l, int64_t entry)
{
	uint32_t doc = (uint64_t)entry < l->entry_cap ? l->doc_of[entry] : 0;
	struct doc *d = &l->docs[doc];
	uint32_t i, term;
	int c;

	if (doc == 0)
		return;
	for (i = 0; i < d->nterms; i++) {
		memcpy(&term, l->pool.bytes + d->terms + i * sizeof(term),
		    sizeof(term));
		l->terms[term].count--;
	}
	for (c = 0; c < RANK_NCOLUMNS; c++)
		l->total[c] -= d->length[c];
	d->dead = true;
	l->nliving--;
	l->doc_of[entry] = 0;
}

/* ---- whole ---- */

static int
by_text(const void *a, const void *b, void *arg)
{
	const struct lists *l = arg;
	struct slice x = term_text(l, &l->terms[*(const uint32_t *)a]);
	struct slice y = term_text(l, &l->terms[*(const uint32_t *)b]);
	int c = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);

	return c != 0 ? c : (x.len > y.len) - (x.len < y.len);
}

static uint32_t
copy_bytes(struct pool *to, const struct pool *from, uint32_t at, size_t len)
{
	uint32_t new = pool_take(to, len);

	memcpy(to->bytes + new, from->bytes + at, len);
	return new;
}

static void
pack_pool(struct lists *l)
{
	struct pool new = { .cap = l->pool.len + 8 };
	size_t i;

	new.bytes = mem_alloc(new.cap);
	for (i = 0; i < l->nterms; i++) {
		struct term *t = &l->terms[i];

		t->text = copy_bytes(&new, &l->pool, t->text, t->text_len);
		t->at = copy_bytes(&new, &l->pool, t->at, t->len);
		t->room = 0; /* tight; a longer list gets a block */
	}
	for (i = 1; i < l->ndocs; i++)
		if (l->docs[i].nterms != 0)
			l->docs[i].terms =
			    copy_bytes(&new, &l->pool, l->docs[i].terms,
				l->docs[i].nterms * sizeof(uint32_t));
	free(l->pool.bytes);
	new.bytes = mem_realloc(new.bytes, new.len + 8);
	new.cap = new.len + 8;
	l->pool = new;
}

void
lists_pack(struct lists *l)
{
	size_t i;

	pack_pool(l);
	free(l->sorted);
	l->sorted = mem_calloc(l->nterms + 1, sizeof(*l->sorted));
	for (i = 0; i < l->nterms; i++)
		l->sorted[i] = (uint32_t)i;
	l->nsorted = l->nterms;
	qsort_r(l->sorted, l->nsorted, sizeof(*l->sorted), by_text, l);
}

void
lists_free(struct lists *l)
{
	size_t i;

	free(l->pool.bytes);
	free(l->terms);
	free(l->table);
	free(l->sorted);
	free(l->docs);
	free(l->doc_of);
	for (i = 0; i <= POSTINGS_WORD_MAX; i++) {
		free(l->words[i].terms);
		free(l->words[i].masks);
	}
	*l = (struct lists){ .nterms = 0 };
}

size_t
lists_memory(const struct lists *l)
{
	size_t i,
	    n = l->pool.cap + l->term_cap * sizeof(*l->terms) +
	    l->table_size * sizeof(*l->table) +
	    l->nsorted * sizeof(*l->sorted) + l->doc_cap * sizeof(*l->docs) +
	    l->entry_cap * sizeof(*l->doc_of);

	for (i = 0; i <= POSTINGS_WORD_MAX; i++)
		n += l->words[i].term_cap * 2 * sizeof(uint32_t);
	return n;
}

/* ---- reading ---- */

struct list_cursor
list_cursor(const uint8_t *bytes, size_t len)
{
	return (struct list_cursor){ bytes, bytes + len, NULL, 0 };
}

bool
list_next(struct list_cursor *c)
{
	const uint8_t *zero;

	if (c->next >= c->end)
		return false;
	c->doc += get_varint(&c->next);
	c->places = c->next;
	zero = memchr(c->next, 0, (size_t)(c->end - c->next));
	c->next = zero != NULL ? zero + 1 : c->end;
	return true;
}

struct place_cursor
list_places(const struct list_cursor *c)
{
	return (struct place_cursor){ c->places, c->end, 0 };
}

bool
place_next(struct place_cursor *c)
{
	uint32_t v;

	if (c->next >= c->end || *c->next == 0)
		return false;
	v = get_varint(&c->next);
	if (v & 1) {
		c->key = POSTINGS_KEY(v >> 1, 0);
		v = get_varint(&c->next) - 2; /* from -1 on */
	}
	c->key += v / 2;
	return true;
}

void
list_put(struct list_writer *w, struct arena *a, uint32_t doc, uint32_t key)
{
	bool is_first = doc != w->doc;
	uint8_t bytes[3 * VARINT_MAX + 1];
	size_t n = 0, i;

	if (!is_first && key == w->key)
		return;
	if (is_first) {
		if (w->n > 0)
			bytes[n++] = 0;
		n += put_varint(bytes + n, doc - w->doc);
	}
	n += put_place(bytes + n, w->key, is_first, key);
	for (i = 0; i < n; i++) {
		w->bytes = arena_grow(a, w->bytes, w->n, &w->cap, 1);
		w->bytes[w->n++] = bytes[i];
	}
	w->doc = doc;
	w->key = key;
}
