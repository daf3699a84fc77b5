/*
 * store_edit_plan.h - one change on its way: store_edit.c decides what the
 * document shall be, store_edit_place.c checks that it will be that,
 * store_edit_apply.c writes. Nobody else includes this.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_EDIT_PLAN_H
#define KBD_STORE_EDIT_PLAN_H

#include "kb/store_edit.h"
#include "kb/store_internal.h"

/* An entry of the document as it shall be. */
struct edit_item {
	int64_t entry;		/* 0: a new one */
	int64_t version;	/* it has now; 0: none */
	int64_t base;		/* the version that its text was made from */
	struct slice bytes;
	bool is_text;		/* typed: may turn out to be several */
	bool is_changed;	/* gets a new version */
	const char *action;	/* besides "created" and "changed"; or NULL */
};

struct edit_plan {
	const struct edit_request *req;
	struct arena *a;
	int64_t document;	/* 0: to be made */
	struct slice name;	/* of the document */
	bool is_archived;	/* the document */
	int64_t seen;		/* its newest revision */
	struct outline head;
	struct document head_doc;	/* parsed */
	struct edit_item *items;	/* what shall be, in order */
	size_t n, cap;
	struct outline_item *gone;	/* archived with this change */
	size_t ngone;
	struct prepared parsed;		/* items[i] is its section i */
	bool is_restructured;	/* other entries, or another order */
	bool is_nothing;	/* no change, no revision */
	bool is_merged;
	bool has_secret;
	int64_t entry;		/* that the result is about; 0: a new one */
	int64_t version;	/* of it, when nothing changes */
};

/* Room for one more item at index i. */
struct edit_item *edit_insert(struct edit_plan *p, size_t i);

/*
 * Parse the items and split the typed ones; ERR_REFUSED names the place where
 * the document would fall into other sections than these.
 */
bool edit_check(struct edit_plan *p, struct err *e) MUST_CHECK;

/*
 * ERR_REFUSED when a text holds a secret that is in neither of the two known
 * ones (store_edit_secret.c).
 */
bool edit_check_secrets(struct edit_plan *p, struct slice text,
    struct slice known, struct slice known_too, struct err *e) MUST_CHECK;

/* ERR_CONFLICT with all texts. */
bool edit_conflict(struct store *s, struct edit_plan *p, const char *why,
    const struct outline_item *base, const struct outline_item *theirs,
    struct slice yours, struct err *e);

#endif
