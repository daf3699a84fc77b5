/*
 * store_import.h - one import under way: store_import.c decides,
 * store_apply.c writes. Nobody else includes this.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_IMPORT_H
#define KBD_STORE_IMPORT_H

#include "kb/outline_merge.h"
#include "kb/store_internal.h"

struct import {
	struct store *s;
	const struct import_request *req;
	struct import_result *out;
	struct arena *a;
	const struct document *file;
	int64_t document;	/* 0: it does not exist yet */
	int64_t memory;		/* import.id of the last import, or 0 */
	struct outline last;	/* what the file looked like then */
	struct outline base, head;
	bool has_base;
	struct document base_doc, head_doc;	/* parsed */
	int64_t *left;		/* entries that left and may come back */
	size_t nleft, nlast;	/* the first nlast may have changed */
	int64_t *ids;		/* of the file's sections; negative: new */
	struct merge_result merged;
	struct outline result;	/* the new outline; new entries have negative
				   numbers until they are written */
	const struct prepared *prepared;	/* result, parsed */
	struct prepared reparsed;
};

/* The numbers of an outline, sorted, in the arena; is one among them? */
int64_t *import_sorted_ids(struct import *im, const struct outline *o);
int import_compare_ids(const void *a, const void *b);	/* for qsort() */
bool import_has_id(int64_t id, const int64_t *ids, size_t n);

/* Set im->ids from base, head and left, all of which are loaded. */
bool store_match_file(struct import *im, struct err *e) MUST_CHECK;

/*
 * Write what was decided. When this fails the transaction holds half of it
 * and must be rolled back.
 */
bool store_apply_import(struct import *im, struct err *e) MUST_CHECK;

/* Remember what the file looked like, as the base of the next import. */
bool store_remember_import(struct import *im, struct err *e) MUST_CHECK;

#endif
