/*
 * pg_msg.c - messages of the PostgreSQL protocol; see pg_msg.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_msg.h"
#include "common/arena.h"
#include "common/reader.h"
#include "common/str.h"

#include <stdio.h>

#define CODE_SSL 80877103u
#define CODE_GSSENC 80877104u
#define CODE_CANCEL 80877102u
#define SMALL_MESSAGE 8192	/* names and counts only */


static enum pg_next
bad_length(char type, uint32_t len, struct err *e)
{
	if (type == 0)
		err_set(e, ERR_PROTOCOL,
		    "invalid length of startup packet");
	else
		err_set(e, ERR_PROTOCOL,
		    "message of type \"%c\" has an invalid length: %u", type,
		    len);
	pg_err_state(e, "08P01");
	return PG_NEXT_BAD;
}

enum pg_next
pg_startup_next(struct slice bytes, struct pg_msg *m, size_t *used,
    struct err *e)
{
	struct reader r = reader_of(bytes);
	uint32_t len;

	if (bytes.len < 4)
		return PG_NEXT_MORE;
	len = reader_u32(&r);
	if (len < 8 || len > PG_STARTUP_MAX)
		return bad_length(0, len, e);
	if (bytes.len < len)
		return PG_NEXT_MORE;
	*m = (struct pg_msg){ 0, slice_sub(bytes, 4, len) };
	*used = len;
	return PG_NEXT_MSG;
}

/* The longest body that a client's message of this type may have. */
static bool
type_limit(char type, size_t max_message, size_t *min, size_t *max)
{
	*min = 0;
	*max = SMALL_MESSAGE;
	switch (type) {
	case 'Q': case 'P': case 'B': case 'd':
		*max = max_message;
		return true;
	case 'D': case 'C': case 'E': case 'f': case 'F': case 'p':
		return true;
	case 'S': case 'H': case 'X': case 'c':
		*max = 0;
		return true;
	default:
		return false;
	}
}

enum pg_next
pg_msg_next(struct slice bytes, size_t max_message, struct pg_msg *m,
    size_t *used, struct err *e)
{
	struct reader r = reader_of(bytes);
	size_t min, max;
	uint32_t len;
	char type;

	if (bytes.len < 1)
		return PG_NEXT_MORE;
	type = (char)reader_u8(&r);
	if (!type_limit(type, max_message, &min, &max)) {
		err_set(e, ERR_PROTOCOL, "invalid frontend message type %u",
		    (unsigned char)type);
		return PG_NEXT_BAD;
	}
	if (bytes.len < 5)
		return PG_NEXT_MORE;
	len = reader_u32(&r);
	if (len < 4 || len - 4 < min || len - 4 > max)
		return bad_length(type, len, e);
	if (bytes.len - 1 < len)
		return PG_NEXT_MORE;
	*m = (struct pg_msg){ type, slice_sub(bytes, 5, (size_t)len + 1) };
	*used = (size_t)len + 1;
	return PG_NEXT_MSG;
}

size_t
pg_msg_size(struct slice head)
{
	struct reader r = reader_of(slice_sub(head, 1, 5));

	return head.len < 5 ? 0 : (size_t)reader_u32(&r) + 1;
}

/* ---- decoders ---- */

static bool
malformed(struct err *e, const char *what)
{
	err_set(e, ERR_PROTOCOL, "invalid %s message", what);
	return pg_err_state(e, "08P01");
}

/* Text that goes on must be UTF-8. */
static bool
check_text(struct slice s, struct err *e)
{
	size_t at = utf8_check(s);

	if (at >= s.len)
		return true;
	err_set(e, ERR_INVALID,
	    "invalid byte sequence for encoding \"UTF8\": 0x%02x",
	    (unsigned char)s.ptr[at]);
	err_detail(e, "It is byte %zu of the text.", at + 1);
	return pg_err_state(e, "22021");
}

static bool
decode_params(struct reader *r, struct arena *a, struct pg_startup *out,
    struct err *e)
{
	size_t cap = 0, ucap = 0;

	for (;;) {
		struct pg_param p;

		p.name = reader_cstr(r);
		if (r->failed)
			return malformed(e, "startup");
		if (p.name.len == 0)
			break;
		p.value = reader_cstr(r);
		if (!check_text(p.name, e) || !check_text(p.value, e))
			return false;
		if (slice_starts(p.name, SLICE("_pq_."))) {
			out->unknown = arena_grow(a, out->unknown,
			    out->nunknown, &ucap, sizeof(*out->unknown));
			out->unknown[out->nunknown++] = p.name;
			continue;
		}
		out->params = arena_grow(a, out->params, out->nparams, &cap,
		    sizeof(*out->params));
		out->params[out->nparams++] = p;
	}
	return reader_done(r) || malformed(e, "startup");
}

static bool
decode_cancel(struct reader *r, struct pg_startup *out, struct err *e)
{
	out->kind = PG_STARTUP_CANCEL;
	out->pid = reader_u32(r);
	if (r->failed || r->left < 4 || r->left > PG_CANCEL_KEY_MAX)
		return malformed(e, "cancel request");
	out->key = reader_bytes(r, r->left);
	return true;
}

bool
pg_startup_decode(struct slice body, struct arena *a, struct pg_startup *out,
    struct err *e)
{
	struct reader r = reader_of(body);

	*out = (struct pg_startup){ .version = reader_u32(&r) };
	switch (out->version) {
	case CODE_SSL:
		out->kind = PG_STARTUP_SSL;
		return reader_done(&r) || malformed(e, "SSL request");
	case CODE_GSSENC:
		out->kind = PG_STARTUP_GSSENC;
		return reader_done(&r) || malformed(e, "GSS request");
	case CODE_CANCEL:
		return decode_cancel(&r, out, e);
	}
	if (out->version >> 16 != 3) {
		err_set(e, ERR_UNSUPPORTED,
		    "unsupported frontend protocol %u.%u: server supports "
		    "3.0 to 3.2", out->version >> 16, out->version & 0xffff);
		return pg_err_state(e, "0A000");
	}
	out->kind = PG_STARTUP_SESSION;
	return decode_params(&r, a, out, e);
}

struct slice
pg_startup_param(const struct pg_startup *s, const char *name)
{
	size_t i = s->nparams;

	while (i-- > 0)
		if (slice_is(s->params[i].name, name))
			return s->params[i].value;
	return slice_make(NULL, 0);
}

bool
pg_query_decode(struct slice body, struct slice *sql, struct err *e)
{
	struct reader r = reader_of(body);

	*sql = reader_cstr(&r);
	if (!reader_done(&r))
		return malformed(e, "Query");
	return check_text(*sql, e);
}

bool
pg_parse_decode(struct slice body, struct arena *a, struct pg_parse *out,
    struct err *e)
{
	struct reader r = reader_of(body);
	size_t i;

	*out = (struct pg_parse){ .name = reader_cstr(&r) };
	out->sql = reader_cstr(&r);
	out->ntypes = reader_u16(&r);
	if (r.failed || r.left != out->ntypes * 4)
		return malformed(e, "Parse");
	out->types = arena_calloc(a, out->ntypes, sizeof(*out->types));
	for (i = 0; i < out->ntypes; i++)
		out->types[i] = reader_u32(&r);
	return check_text(out->name, e) && check_text(out->sql, e);
}

/* A counted list of format codes. */
static uint16_t *
read_formats(struct reader *r, struct arena *a, size_t *n)
{
	uint16_t *formats;
	size_t i;

	*n = reader_u16(r);
	if (r->failed || r->left / 2 < *n) {
		r->failed = true;
		*n = 0;
		return NULL;
	}
	formats = arena_calloc(a, *n, sizeof(*formats));
	for (i = 0; i < *n; i++)
		formats[i] = reader_u16(r);
	return formats;
}

static void
read_values(struct reader *r, struct arena *a, struct pg_bind *out)
{
	size_t i, n = reader_u16(r);

	if (r->failed || r->left / 4 < n) {
		r->failed = true;
		return;
	}
	out->values = arena_calloc(a, n, sizeof(*out->values));
	out->nvalues = n;
	for (i = 0; i < n && !r->failed; i++) {
		uint32_t len = reader_u32(r);

		if (len == UINT32_MAX)
			continue;	/* NULL */
		out->values[i] = reader_bytes(r, len);
		if (out->values[i].ptr == NULL)
			out->values[i].ptr = "";
	}
}

static bool
check_formats(const uint16_t *f, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (f[i] > 1) {
			err_set(e, ERR_PROTOCOL, "invalid format code: %u",
			    f[i]);
			return pg_err_state(e, "08P01");
		}
	return true;
}

bool
pg_bind_decode(struct slice body, struct arena *a, struct pg_bind *out,
    struct err *e)
{
	struct reader r = reader_of(body);

	*out = (struct pg_bind){ .portal = reader_cstr(&r) };
	out->statement = reader_cstr(&r);
	out->formats = read_formats(&r, a, &out->nformats);
	if (!r.failed)
		read_values(&r, a, out);
	if (!r.failed)
		out->result_formats = read_formats(&r, a,
		    &out->nresult_formats);
	if (!reader_done(&r))
		return malformed(e, "Bind");
	if (!check_formats(out->formats, out->nformats, e) ||
	    !check_formats(out->result_formats, out->nresult_formats, e))
		return false;
	return check_text(out->portal, e) && check_text(out->statement, e);
}

bool
pg_target_decode(struct slice body, struct pg_target *out, struct err *e)
{
	struct reader r = reader_of(body);

	out->kind = (char)reader_u8(&r);
	out->name = reader_cstr(&r);
	if (!reader_done(&r) || (out->kind != 'S' && out->kind != 'P'))
		return malformed(e, "Describe or Close");
	return check_text(out->name, e);
}

bool
pg_execute_decode(struct slice body, struct pg_execute *out, struct err *e)
{
	struct reader r = reader_of(body);

	out->portal = reader_cstr(&r);
	out->max_rows = reader_u32(&r);
	if (!reader_done(&r))
		return malformed(e, "Execute");
	if (out->max_rows > INT32_MAX)
		out->max_rows = 0;	/* negative is all, as in PostgreSQL */
	return check_text(out->portal, e);
}

/* ---- encoders ---- */

size_t
pg_msg_begin(struct buf *b, char type)
{
	buf_putc(b, type);
	buf_put_u32(b, 0);
	return b->len - 4;
}

void
pg_msg_end(struct buf *b, size_t mark)
{
	buf_patch_u32(b, mark, (uint32_t)(b->len - mark));
}

void
pg_put_cstr(struct buf *b, struct slice s)
{
	const char *nul = s.len != 0 ? memchr(s.ptr, '\0', s.len) : NULL;

	buf_put(b, s.ptr, nul != NULL ? (size_t)(nul - s.ptr) : s.len);
	buf_putc(b, '\0');
}

void
pg_put_empty(struct buf *b, char type)
{
	pg_msg_end(b, pg_msg_begin(b, type));
}

void
pg_put_auth_ok(struct buf *b)
{
	size_t mark = pg_msg_begin(b, 'R');

	buf_put_u32(b, 0);
	pg_msg_end(b, mark);
}

void
pg_put_negotiate(struct buf *b, const struct pg_startup *s)
{
	size_t mark = pg_msg_begin(b, 'v'), i;

	buf_put_u32(b, s->version < PG_VERSION_3_2 ? s->version :
	    PG_VERSION_3_2);
	buf_put_u32(b, (uint32_t)s->nunknown);
	for (i = 0; i < s->nunknown; i++)
		pg_put_cstr(b, s->unknown[i]);
	pg_msg_end(b, mark);
}

void
pg_put_parameter(struct buf *b, const char *name, const char *value)
{
	size_t mark = pg_msg_begin(b, 'S');

	pg_put_cstr(b, slice_of(name));
	pg_put_cstr(b, slice_of(value));
	pg_msg_end(b, mark);
}

void
pg_put_key(struct buf *b, uint32_t pid, struct slice key)
{
	size_t mark = pg_msg_begin(b, 'K');

	buf_put_u32(b, pid);
	buf_put_slice(b, key);
	pg_msg_end(b, mark);
}

void
pg_put_ready(struct buf *b, char status)
{
	size_t mark = pg_msg_begin(b, 'Z');

	buf_putc(b, status);
	pg_msg_end(b, mark);
}

void
pg_put_complete(struct buf *b, const char *tag)
{
	size_t mark = pg_msg_begin(b, 'C');

	pg_put_cstr(b, slice_of(tag));
	pg_msg_end(b, mark);
}

/* pg_type.typlen of the few types with a fixed length; else -1. */
static uint16_t
type_length(uint32_t oid)
{
	switch (oid) {
	case 16:
		return 1;
	case 21:
		return 2;
	case 23: case 26: case 700: case 1082: case 2278:
		return 4;
	case 20: case 701: case 1114: case 1184:
		return 8;
	default:
		return UINT16_MAX;
	}
}

void
pg_put_columns(struct buf *b, const struct pg_column *columns, size_t n)
{
	size_t mark = pg_msg_begin(b, 'T'), i;

	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++) {
		pg_put_cstr(b, columns[i].name);
		buf_put_u32(b, 0);	/* no table's column */
		buf_put_u16(b, 0);
		buf_put_u32(b, columns[i].oid);
		buf_put_u16(b, type_length(columns[i].oid));
		buf_put_u32(b, UINT32_MAX);
		buf_put_u16(b, columns[i].format);
	}
	pg_msg_end(b, mark);
}

void
pg_put_types(struct buf *b, const uint32_t *oids, size_t n)
{
	size_t mark = pg_msg_begin(b, 't'), i;

	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++)
		buf_put_u32(b, oids[i]);
	pg_msg_end(b, mark);
}

static void
put_field(struct buf *b, char code, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_putc(b, code);
	utf8_put_clean(b, slice_of(text));
	buf_putc(b, '\0');
}

void
pg_put_error(struct buf *b, enum pg_severity severity, const struct err *e)
{
	static const char *const names[] = { "NOTICE", "WARNING", "ERROR",
		"FATAL" };
	char position[16] = "";
	size_t mark = pg_msg_begin(b, severity >= PG_ERROR ? 'E' : 'N');

	if (e->position > 0)
		snprintf(position, sizeof(position), "%d", e->position);
	put_field(b, 'S', names[severity]);
	put_field(b, 'V', names[severity]);
	put_field(b, 'C', pg_sqlstate(e));
	put_field(b, 'M', e->msg[0] != '\0' ? e->msg : "unknown error");
	put_field(b, 'D', e->whole != NULL ? e->whole : e->detail);
	put_field(b, 'H', e->hint);
	put_field(b, 'P', position);
	buf_putc(b, '\0');
	pg_msg_end(b, mark);
}

const char *
pg_sqlstate(const struct err *e)
{
	if (e->sqlstate[0] != '\0')
		return e->sqlstate;
	switch (e->code) {
	case ERR_NONE:
		return "00000";
	case ERR_INVALID:
		return "22023";	/* invalid_parameter_value */
	case ERR_SYNTAX:
		return "42601";
	case ERR_UNSUPPORTED:
		return "0A000";
	case ERR_NOT_FOUND:
		return "42704";	/* undefined_object */
	case ERR_EXISTS:
		return "42710";	/* duplicate_object */
	case ERR_CONFLICT:
		return "40001";	/* serialization_failure */
	case ERR_REFUSED:
		return "P0001";	/* raise_exception */
	case ERR_DENIED:
		return "42501";
	case ERR_LIMIT:
		return "54000";	/* program_limit_exceeded */
	case ERR_PROTOCOL:
		return "08P01";
	case ERR_CANCELED:
		return "57014";
	case ERR_STORAGE:
	case ERR_SYSTEM:
		return "58030";	/* io_error */
	}
	return "XX000";
}

bool
pg_err_state(struct err *e, const char *sqlstate)
{
	if (e != NULL)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", sqlstate);
	return false;
}
