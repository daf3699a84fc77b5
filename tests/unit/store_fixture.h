/*
 * store_fixture.h - a base in a folder of its own, for the tests of kb/store.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_FIXTURE_H
#define KBD_STORE_FIXTURE_H

#include "common/arena.h"
#include "common/buf.h"
#include "kb/store.h"

struct fixture {
	char dir[64];
	char path[96];
	struct store *s;
};

/* For cmocka: a new folder with an empty base in *state; gone afterwards. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Close the base and open it again. */
void fixture_reopen(struct fixture *f);

/* Import inside a transaction that the caller began. */
bool fixture_put(struct fixture *f, const char *name, struct slice text,
    int64_t base, struct import_result *out, struct err *e);

/* Import in a transaction of its own; fails the test if it fails. */
struct import_result fixture_import(struct fixture *f, const char *name,
    const char *text);
struct import_result fixture_import_base(struct fixture *f, const char *name,
    const char *source, struct slice text, int64_t base);

/* Import in a transaction of its own, which must fail with that code. */
void fixture_refuse(struct fixture *f, const char *name, const char *text,
    int64_t base, enum err_code code, struct err *e);

/* The document now or as of a moment must be exactly this. */
void fixture_expect(struct fixture *f, const char *name, const char *as_of,
    struct slice text);

/* The first column of the first row, as text in *out; "" without a row. */
const char *fixture_query(struct fixture *f, const char *sql);
void fixture_exec(struct fixture *f, const char *sql);

/* A row per line, columns separated by '|', of a query. */
void fixture_dump(struct fixture *f, const char *sql, struct buf *out);

/* Read a whole file into *out. */
bool fixture_read(const char *path, struct buf *out);

#endif
