/*
 * glossary_read.c - a glossary file becomes a compiled glossary; see
 * glossary.h.
 *
 * Cap first, then parse: the file's size, the forms of a line, the units of a
 * form. Everything a line says is checked before it counts, and one bad line
 * refuses the whole file, so that what is used is what was written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/glossary_internal.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/lexer.h"

enum { F_KIND, F_FORMS, F_RELATED, F_UNLESS, NFIELDS };

#define FORM_SHOWN 60		/* bytes of it in a message */

struct reader {
	struct glossary *g;
	const char *name;
	unsigned line;
	struct err *e;
};

static bool
fail(struct reader *r, const char *what, struct slice form)
{
	form.len = utf8_cut(form, FORM_SHOWN);
	return err_set(r->e, ERR_INVALID, "%s:%u: %s: \"%.*s\"", r->name,
	    r->line, what, SLICE_ARG(form));
}

/* ---- units ---- */

/* What cutting a form gave: its parts, and an identifier's joined spelling. */
struct cut {
	struct glossary *g;
	uint32_t units[GLOSSARY_UNITS_MAX];
	size_t n;		/* may be more than there is room for */
	uint32_t joined;	/* the unit, or 0 */
	uint32_t compound;	/* of the last unit */
	unsigned compounds;
};

static bool
take_unit(void *arg, const struct glossary_unit *u)
{
	struct cut *c = arg;

	if (u->joined) {
		c->joined = glossary_intern(c->g, u->key);
		return true;
	}
	if (c->n == 0 || u->compound != c->compound)
		c->compounds++;
	c->compound = u->compound;
	if (c->n < GLOSSARY_UNITS_MAX)
		c->units[c->n] = glossary_intern(c->g, u->key);
	c->n++;
	return true;
}

static bool
is_key(const struct glossary_key *k, const uint32_t *units, size_t n)
{
	return k->nunits == n &&
	    memcmp(k->units, units, n * sizeof(*units)) == 0;
}

/* Concepts that have this key; *own tells whether `concept` is one of them. */
static unsigned
count_key(const struct glossary *g, const uint32_t *units, size_t n,
    uint32_t concept, bool *own)
{
	uint32_t i = units[0] < g->nheads ? g->heads[units[0]] : 0;
	unsigned count = 0;

	*own = false;
	for (; i != 0; i = g->keys[i].next) {
		if (!is_key(&g->keys[i], units, n))
			continue;
		count++;
		if (g->forms[g->keys[i].form].concept == concept)
			*own = true;
	}
	return count;
}

/*
 * A key for the form that comes next. Inflections of one word share a key in
 * a concept; false when too many concepts have it.
 */
static bool
add_key(struct glossary *g, const uint32_t *units, size_t n, bool gaps,
    bool listed, uint32_t concept, uint32_t *id)
{
	struct glossary_key k = { .nunits = (uint8_t)n, .gaps = gaps,
		.form = (uint32_t)g->nforms };
	uint32_t *copy;
	bool own = false;

	if (listed && count_key(g, units, n, concept, &own) >=
	    GLOSSARY_SHARED_MAX && !own)
		return false;
	copy = arena_alloc(&g->arena, n * sizeof(*copy));
	memcpy(copy, units, n * sizeof(*copy));
	k.units = copy;
	*id = glossary_add_key(g, k, listed && !own);
	return true;
}

/* ---- phrases ---- */

/* A run's last character has a place in the index: inside, it is a token. */
struct phrase {
	struct buf text;
	char last[8];
	size_t nlast;
	bool single;		/* one character alone */
};

static void
put_word(struct phrase *p, struct slice word)
{
	if (p->text.len > 0)
		buf_putc(&p->text, ' ');
	buf_put_slice(&p->text, word);
}

static bool
take_token(void *arg, const struct token *t)
{
	struct phrase *p = arg;

	if (t->colocated)
		return true;
	if (p->nlast > 0)
		put_word(p, slice_make(p->last, p->nlast));
	p->nlast = 0;
	p->single = t->form == TOKEN_SINGLE && p->text.len == 0;
	if (t->form == TOKEN_LAST && t->text.len <= sizeof(p->last)) {
		memcpy(p->last, t->text.ptr, t->text.len);
		p->nlast = t->text.len;
	} else {
		put_word(p, t->text);
	}
	return true;
}

static void
make_phrase(struct glossary *g, struct glossary_form *f)
{
	struct phrase p = { .text = BUF_INIT };

	(void)lexer_run(f->text, take_token, &p);
	f->phrase = arena_dup(&g->arena, buf_slice(&p.text));
	f->prefix = p.single;
	buf_free(&p.text);
}

/* ---- lines ---- */

/* Guards are not for searching: they only have a key. */
static bool
has_phrase(const struct glossary *g, const struct glossary_concept *k,
    struct slice phrase)
{
	uint32_t i;

	for (i = k->first; i < k->first + k->nforms + k->nrelated; i++)
		if (slice_eq(g->forms[i].phrase, phrase))
			return true;
	return false;
}

static bool
add_keys(struct reader *r, const struct cut *c, int field,
    struct glossary_form *f)
{
	struct glossary *g = r->g;
	bool listed = field == F_FORMS;
	uint32_t other;

	if (!add_key(g, c->units, c->n, c->compounds > 1 || c->n >= 4,
	    listed, f->concept, &f->key))
		return false;
	/* "OOMKilled" is found as "oomkilled", too */
	return !listed || c->joined == 0 || c->compounds != 1 ||
	    add_key(g, &c->joined, 1, false, true, f->concept, &other);
}

static bool
read_form(struct reader *r, struct slice text, int field,
    struct glossary_concept *k)
{
	struct glossary *g = r->g;
	struct cut c = { .g = g };
	struct glossary_form f = { .concept = (uint32_t)g->nconcepts };

	glossary_cut(text, take_unit, &c);
	if (c.n == 0)
		return fail(r, "a form without a word", text);
	if (c.n > GLOSSARY_UNITS_MAX)
		return fail(r, "too many words in a form", text);
	if (k->nforms + k->nrelated + k->nguards == GLOSSARY_FORMS_MAX)
		return fail(r, "too many forms in the line", text);
	f.text = arena_dup(&g->arena, text);
	make_phrase(g, &f);
	if (field != F_UNLESS && has_phrase(g, k, f.phrase))
		return fail(r, "the line has a form twice", text);
	if (!add_keys(r, &c, field, &f))
		return fail(r, "too many lines have the form", text);
	g->forms = mem_grow(g->forms, g->nforms, &g->cap_forms,
	    sizeof(*g->forms));
	g->forms[g->nforms++] = f;
	k->nforms += field == F_FORMS;
	k->nrelated += field == F_RELATED;
	k->nguards += field == F_UNLESS;
	return true;
}

static bool
read_forms(struct reader *r, struct slice forms, int field,
    struct glossary_concept *k)
{
	struct slice form;

	if (str_trim(forms).len == 0)
		return true;
	while (str_split(&forms, '|', &form))
		if (!read_form(r, str_trim(form), field, k))
			return false;
	return true;
}

static bool
read_kind(struct reader *r, struct slice word, enum glossary_kind *out)
{
	static const char *const names[] = { "term", "like", "code",
		"word" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (slice_is(word, names[i])) {
			*out = (enum glossary_kind)i;
			return true;
		}
	return fail(r, "the kind is none of term, like, code and word", word);
}

static bool
read_line(struct reader *r, struct slice line)
{
	struct glossary *g = r->g;
	struct glossary_concept k = { .first = (uint32_t)g->nforms };
	struct slice f[NFIELDS], rest = line;
	int i;

	for (i = 0; i < NFIELDS; i++)
		f[i] = str_split(&rest, '\t', &f[i]) ? str_trim(f[i]) :
		    SLICE("");
	if (rest.len > 0)
		return fail(r, "more than four fields", rest);
	if (!read_kind(r, f[F_KIND], &k.kind))
		return false;
	for (i = F_FORMS; i <= F_UNLESS; i++)
		if (!read_forms(r, f[i], i, &k))
			return false;
	if (k.nforms == 0 || k.nforms + k.nrelated < 2)
		return fail(r, "a form needs another one beside it",
		    f[F_FORMS]);
	g->concepts = mem_grow(g->concepts, g->nconcepts, &g->cap_concepts,
	    sizeof(*g->concepts));
	g->concepts[g->nconcepts++] = k;
	return true;
}

static bool
read_all(struct reader *r, struct slice text)
{
	struct slice line;

	if (text.len > GLOSSARY_MAX_BYTES)
		return err_set(r->e, ERR_LIMIT, "%s: larger than %d MB",
		    r->name, GLOSSARY_MAX_BYTES >> 20);
	while (str_line(&text, &line, NULL)) {
		r->line++;
		if (utf8_check(line) != line.len ||
		    memchr(line.ptr, '\0', line.len) != NULL)
			return err_set(r->e, ERR_INVALID,
			    "%s:%u: not UTF-8 text", r->name, r->line);
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] != '#' && !read_line(r, line))
			return false;
	}
	return true;
}

struct glossary *
glossary_read(const char *name, struct slice text, struct err *e)
{
	struct reader r = { .g = mem_zalloc(sizeof(struct glossary)),
		.name = name, .e = e };
	static const uint32_t none[1] = { 0 };

	(void)glossary_add_key(r.g, (struct glossary_key){ .units = none },
	    false);
	if (read_all(&r, text))
		return r.g;
	glossary_destroy(r.g);
	return NULL;
}
