/*
 * pg_type.h - PostgreSQL's types, their text and binary forms.
 *
 * SQLite has five storage classes; a client was promised an OID. A value is
 * written as that type or it is an error, never as something else. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_TYPE_H
#define KBD_PG_TYPE_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct buf;

enum pg_oid {
	OID_UNKNOWN = 0,
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_CHAR = 18,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_OID = 26,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_UNKNOWN_TEXT = 705,
	OID_BPCHAR = 1042,
	OID_VARCHAR = 1043,
	OID_DATE = 1082,
	OID_TIMESTAMP = 1114,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
	OID_VOID = 2278,
	OID_UUID = 2950,
	OID_JSONB = 3802
};

enum pg_value_kind {
	PG_NULL,
	PG_INT,
	PG_REAL,
	PG_TEXT,
	PG_BLOB
};

/* A value as SQLite has it. Slices are borrowed. */
struct pg_value {
	enum pg_value_kind kind;
	int64_t i;
	double r;
	struct slice s;		/* of numeric too: all its digits */
};

/*
 * Append a column of a DataRow: its length, then the value as that type, as
 * text (format 0) or binary (1). `column` is used in messages. Fails when the
 * value is not of the type, with *b unchanged.
 */
bool pg_value_put(struct buf *b, const struct pg_value *v, uint32_t oid,
    uint16_t format, struct slice column, struct err *e) MUST_CHECK;

/*
 * A parameter, as Bind brought it. bytes.ptr NULL is NULL. Unknown types in
 * text form are text. The arena owns what had to be converted.
 */
bool pg_value_read(struct slice bytes, uint32_t oid, uint16_t format,
    struct arena *a, struct pg_value *out, struct err *e) MUST_CHECK;

/* Whether values of this type can be read and written at all. */
bool pg_type_known(uint32_t oid);

/* "bigint", "text", ...; "???" for one that is not known. */
const char *pg_type_name(uint32_t oid);

/* The OID of a type's SQL name ("int", "varchar", ...); 0 when unknown. */
uint32_t pg_type_find(struct slice name);

/* "YYYY-MM-DD[ |T]HH:MM[:SS[.ffffff]][Z|+HH[:MM]]" to us since 2000, UTC. */
bool pg_timestamp_read(struct slice text, int64_t *us);

/* The same back, in the form of clock_now(). */
#define PG_TIMESTAMP_SIZE 72		/* for any value; 30 for those we read */
void pg_timestamp_text(int64_t us, char out[PG_TIMESTAMP_SIZE]);

#endif
