/*
 * fuzz_bind.c - any bytes as a parameter's value, of any type, in both forms.
 * What was read must be written in both forms, and read again the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "kbd/pg_type.h"

#include <stdlib.h>

/* The first byte chooses type and form, the rest is the value. */
const char *const fuzz_seeds[] = {
	"\x01true", "\x02\\x00ff41", "\x03-12", "\x04" "9223372036854775807",
	"\x06text 磁盘", "\x08{\"a\": [1, \"\\u0041\"]}", "\x09-1.5e3",
	"\x0b" "2024-02-29", "\x0c" "2026-11-23 10:00:00.12+02",
	"\x0e-123.4500", "\x0f" "734d4863-9959-4eb1-af7a-482ca7cd5f4e",
	"\x8b" "1234", "\x8c" "12345678",
	NULL,
};

static const uint32_t types[] = { OID_UNKNOWN, OID_BOOL, OID_BYTEA, OID_INT2,
	OID_INT8, OID_INT4, OID_TEXT, OID_NAME, OID_JSON, OID_FLOAT8,
	OID_FLOAT4, OID_DATE, OID_TIMESTAMPTZ, OID_TIMESTAMP, OID_NUMERIC,
	OID_UUID, OID_JSONB, OID_OID };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct pg_value v, w;
	struct err e = ERR_INIT;
	uint32_t oid;
	uint16_t form;

	if (size == 0)
		return 0;
	oid = types[(data[0] & 0x7f) % ARRAY_LEN(types)];
	form = data[0] >> 7;
	if (pg_value_read(slice_make(data + 1, size - 1), oid, form, &a, &v,
	    &e)) {
		uint32_t as = oid == OID_UNKNOWN ? OID_TEXT : oid;

		if (!pg_value_put(&b, &v, as, 0, SLICE("c"), &e) ||
		    b.len < 4 || !pg_value_read(slice_make(b.data + 4,
		    b.len - 4), as, 0, &a, &w, &e) ||
		    !pg_value_put(&again, &w, as, 0, SLICE("c"), &e) ||
		    !slice_eq(buf_slice(&b), buf_slice(&again)))
			abort();
		/* a numeric of very many digits has no binary form */
		b.len = 0;
		if (!pg_value_put(&b, &v, as, 1, SLICE("c"), &e) &&
		    oid != OID_NUMERIC)
			abort();
	}
	buf_free(&b);
	buf_free(&again);
	arena_free(&a);
	return 0;
}
