/*
 * lookup.h - from what was typed to a document's name or an entry's number.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_LOOKUP_H
#define KBCTL_LOOKUP_H

#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "kbctl/entry_ref.h"

struct client;

/*
 * The exact name of a document: as typed, or the one that differs only in
 * case. ERR_NOT_FOUND when there is none, ERR_INVALID when there are several.
 */
bool lookup_document(struct client *c, const char *typed, struct arena *a,
    const char **name, struct err *e) MUST_CHECK;

/* The number and version that a word names; ":1" becomes its entry. */
bool lookup_entry(struct client *c, const char *typed, struct entry_ref *out,
    struct err *e) MUST_CHECK;

/* Refuse a --kind or --severity that no entry can have. */
bool lookup_check_kind(const char *kind, struct err *e) MUST_CHECK;
bool lookup_check_severity(const char *severity, struct err *e) MUST_CHECK;

#endif
