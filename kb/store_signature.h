/*
 * store_signature.h - the signatures of a base, ready to scan with.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_SIGNATURE_H
#define KBD_STORE_SIGNATURE_H

#include <stdint.h>

#include "common/err.h"
#include "kb/signature.h"

struct arena;
struct entry;
struct sqlite3;
struct signature_base;
struct store;

/* Belongs to one connection (borrowed); loads when first asked. */
struct signature_base *signature_base_new(struct sqlite3 *db);
void signature_base_destroy(struct signature_base *b);

#define SIGNATURE_LINES_MAX 2000	/* of a text that are looked at */
#define SIGNATURE_FOUND_MAX 64

struct signature_found {
	int64_t entry;
	struct slice text;	/* as the entry has it */
	struct slice captures;	/* JSON */
	enum signature_mode mode;
	double score;		/* of the best line */
	unsigned lines;		/* that have it */
};

struct signature_found_list {
	struct signature_found *found;	/* best first, each signature once */
	size_t n;
};

/*
 * The signatures of a line or of a pasted piece of a log. The arena owns the
 * list. Loads again if the base has a newer revision; fails with ERR_STORAGE
 * or ERR_CANCELED.
 */
bool signature_base_find(struct signature_base *b, struct slice text,
    struct arena *a, struct signature_found_list *out, struct err *e)
    MUST_CHECK;

/*
 * Derived rows of an entry: what its error texts, its author's rules and its
 * symptoms generalise to. is_label: its owner has them, so it matches nothing.
 */
bool store_add_signatures(struct store *s, int64_t entry,
    const struct entry *n, bool is_label, struct err *e) MUST_CHECK;

#endif
