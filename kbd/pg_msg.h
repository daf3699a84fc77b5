/*
 * pg_msg.h - messages of the PostgreSQL protocol, version 3: bytes <-> values.
 *
 * Pure: no I/O, no state. A framer sees bytes and says message, more or bad;
 * a decoder takes one whole body and fails when it is not exactly what the
 * protocol says. Slices of a decoded message borrow from the bytes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_MSG_H
#define KBD_PG_MSG_H

#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/slice.h"

struct arena;

#define PG_STARTUP_MAX 10000	/* bytes, as in PostgreSQL */
#define PG_VERSION_3_0 0x00030000u
#define PG_VERSION_3_2 0x00030002u
#define PG_CANCEL_KEY_MAX 256

/* ---- framing ---- */

enum pg_next { PG_NEXT_MORE, PG_NEXT_MSG, PG_NEXT_BAD };

struct pg_msg {
	char type;		/* 0 for a startup packet */
	struct slice body;	/* without type and length */
};

/*
 * The first packet of a connection, which has no type byte. The length is
 * believed only between 8 and PG_STARTUP_MAX bytes. *used is set with MSG.
 */
enum pg_next pg_startup_next(struct slice bytes, struct pg_msg *m,
    size_t *used, struct err *e) MUST_CHECK;

/*
 * A typed message, as clients send it after the startup. A length is refused
 * as soon as its five bytes are there: beyond max_message for Query, Parse,
 * Bind and CopyData, beyond what their fields can fill for the others.
 */
enum pg_next pg_msg_next(struct slice bytes, size_t max_message,
    struct pg_msg *m, size_t *used, struct err *e) MUST_CHECK;

/* All bytes of the typed message that starts with these five or more; 0 when
   they are fewer. */
size_t pg_msg_size(struct slice head);

/* ---- from the client ---- */

enum pg_startup_kind {
	PG_STARTUP_SESSION,
	PG_STARTUP_SSL,
	PG_STARTUP_GSSENC,
	PG_STARTUP_CANCEL
};

struct pg_param {
	struct slice name, value;
};

struct pg_startup {
	enum pg_startup_kind kind;
	uint32_t version;		/* PG_STARTUP_SESSION */
	struct pg_param *params;	/* in order; without _pq_ options */
	size_t nparams;
	struct slice *unknown;		/* names of _pq_.* options */
	size_t nunknown;
	uint32_t pid;			/* PG_STARTUP_CANCEL */
	struct slice key;		/* 4 to PG_CANCEL_KEY_MAX bytes */
};

/* The arena owns the arrays. A major version other than 3 is an error. */
bool pg_startup_decode(struct slice body, struct arena *a,
    struct pg_startup *out, struct err *e) MUST_CHECK;

/* The value of the last parameter of that name; ptr NULL when there is none. */
struct slice pg_startup_param(const struct pg_startup *s, const char *name);

struct pg_parse {
	struct slice name;		/* "" is the unnamed statement */
	struct slice sql;
	uint32_t *types;		/* OIDs; 0 is unspecified */
	size_t ntypes;
};

struct pg_bind {
	struct slice portal, statement;
	uint16_t *formats;		/* 0 text, 1 binary; none, one or all */
	size_t nformats;
	struct slice *values;		/* ptr NULL is NULL */
	size_t nvalues;
	uint16_t *result_formats;	/* none, one or all */
	size_t nresult_formats;
};

struct pg_target {			/* Describe, Close */
	char kind;			/* 'S' statement, 'P' portal */
	struct slice name;
};

struct pg_execute {
	struct slice portal;
	uint32_t max_rows;		/* 0 is all */
};

bool pg_query_decode(struct slice body, struct slice *sql, struct err *e)
    MUST_CHECK;
bool pg_parse_decode(struct slice body, struct arena *a,
    struct pg_parse *out, struct err *e) MUST_CHECK;
bool pg_bind_decode(struct slice body, struct arena *a, struct pg_bind *out,
    struct err *e) MUST_CHECK;
bool pg_target_decode(struct slice body, struct pg_target *out,
    struct err *e) MUST_CHECK;
bool pg_execute_decode(struct slice body, struct pg_execute *out,
    struct err *e) MUST_CHECK;

/* ---- to the client ---- */

enum pg_severity { PG_NOTICE, PG_WARNING, PG_ERROR, PG_FATAL };

struct pg_column {
	struct slice name;
	uint32_t oid;
	uint16_t format;
};

/* A message of any shape: begin, puts, end. */
size_t pg_msg_begin(struct buf *b, char type);
void pg_msg_end(struct buf *b, size_t mark);

void pg_put_empty(struct buf *b, char type);	/* a message without body */
void pg_put_auth_ok(struct buf *b);
void pg_put_negotiate(struct buf *b, const struct pg_startup *s);
void pg_put_parameter(struct buf *b, const char *name, const char *value);
void pg_put_key(struct buf *b, uint32_t pid, struct slice key);
void pg_put_ready(struct buf *b, char status);
void pg_put_complete(struct buf *b, const char *tag);
void pg_put_columns(struct buf *b, const struct pg_column *columns, size_t n);
void pg_put_types(struct buf *b, const uint32_t *oids, size_t n);
void pg_put_error(struct buf *b, enum pg_severity severity,
    const struct err *e);

/* Put a string with its NUL; bytes after a NUL inside are left out. */
void pg_put_cstr(struct buf *b, struct slice s);

/* The five characters for an error: its own, or those of its code. */
const char *pg_sqlstate(const struct err *e);

/* Set the SQLSTATE of an error that was set; returns false. */
bool pg_err_state(struct err *e, const char *sqlstate);

#endif
