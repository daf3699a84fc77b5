/*
 * glossary.h - what people call things: other names, translations, codes.
 *
 * A file of concepts, one a line (content/glossary.tsv says how; so does
 * kbd.conf(5)). Forms are cut into units: one Chinese character, or one word
 * without its English ending. A query is cut the same way, and a form fits
 * where its units stand, up to a few noise words between them. The index
 * knows nothing of it: a glossary changes queries only.
 *
 * A compiled glossary never changes; threads may share it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_GLOSSARY_H
#define KBD_GLOSSARY_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct glossary;

#define GLOSSARY_MAX_BYTES (4 * 1024 * 1024)	/* of a file */
#define GLOSSARY_FORMS_MAX 64		/* of one concept, related included */
#define GLOSSARY_UNITS_MAX 16		/* of one form */
#define GLOSSARY_SHARED_MAX 3		/* concepts that may have one form */

enum glossary_kind {
	GLOSSARY_TERM,	/* other names of the same thing */
	GLOSSARY_LIKE,	/* words for much the same fault */
	GLOSSARY_CODE,	/* number, symbol and message of one error */
	GLOSSARY_WORD	/* an everyday word: as a term, but it tells little */
};

struct glossary_form {
	struct slice text;	/* as written */
	struct slice phrase;	/* for the index: tokens, one blank between */
	bool prefix;		/* one character: a word that begins with it */
	uint32_t concept;
	uint32_t key;		/* its units; internal */
};

struct glossary_concept {
	enum glossary_kind kind;
	/* in the order of the file: forms, then related ones, then guards */
	uint32_t first, nforms, nrelated, nguards;
};

/*
 * Read a whole file; `name` is used in messages ("glossary.tsv:3: ..."). A
 * bad line refuses the file: an unknown kind, a form without a word, the same
 * form twice in a line or in more than GLOSSARY_SHARED_MAX lines, a form that
 * stands alone. NULL and *e set then.
 */
struct glossary *glossary_read(const char *name, struct slice text,
    struct err *e) MUST_CHECK;
void glossary_destroy(struct glossary *g);

/* The one in the program; compiled at the first call, never destroyed. */
const struct glossary *glossary_shipped(void);

size_t glossary_concepts(const struct glossary *g);
const struct glossary_concept *glossary_concept(const struct glossary *g,
    uint32_t id);
const struct glossary_form *glossary_form(const struct glossary *g,
    uint32_t id);

/* ---- finding forms in a text ---- */

struct glossary_unit {
	struct slice key;	/* as glossary_cut() gave it */
	uint32_t start, end;	/* bytes of the text */
	bool cjk;		/* one character of a run */
	bool joined;		/* a whole identifier; its parts follow */
	uint32_t compound;	/* the lexer's */
};

typedef bool glossary_sink(void *arg, const struct glossary_unit *u);

/* Cut a text as forms are cut; keys live until the sink returns. */
void glossary_cut(struct slice text, glossary_sink *sink, void *arg);

/* The number of a unit in this glossary; 0: no form has it. */
uint32_t glossary_unit_id(const struct glossary *g, struct slice key);

#define GLOSSARY_MATCHES_MAX GLOSSARY_SHARED_MAX

/*
 * The longest form that begins at unit `at` and takes at most `max` units of
 * the n whose numbers are `ids`; units with noise[i] may be passed over. The
 * number of units taken, or 0; out[] has the forms that take as many.
 */
size_t glossary_match(const struct glossary *g, const uint32_t *ids,
    const bool *noise, size_t n, size_t at, size_t max,
    const struct glossary_form *out[GLOSSARY_MATCHES_MAX], size_t *nout);

/* Does the form stand anywhere in the text? */
bool glossary_holds(const struct glossary *g, const struct glossary_form *f,
    const uint32_t *ids, const bool *noise, size_t n);

#endif
