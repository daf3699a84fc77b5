/*
 * encoding.c - from any encoding to UTF-8; see encoding.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/encoding.h"
#include "common/buf.h"

#include <errno.h>
#include <iconv.h>

bool
encoding_check(const char *name, struct err *e)
{
	iconv_t cd = strchr(name, '/') == NULL ? iconv_open("UTF-8", name) :
	    (iconv_t)-1;

	if (cd == (iconv_t)-1) {
		err_set(e, ERR_INVALID, "there is no encoding \"%s\"", name);
		return err_hint(e, "iconv -l lists them.");
	}
	iconv_close(cd);
	return true;
}

static bool
bad_bytes(const char *name, struct slice bytes, size_t at, struct err *e)
{
	size_t line = 1, i;

	for (i = 0; i < at; i++)
		if (bytes.ptr[i] == '\n')
			line++;
	return err_set(e, ERR_INVALID, "line %zu, byte %zu: this is no %s",
	    line, at + 1, name);
}

bool
encoding_convert(const char *name, struct slice bytes, struct buf *out,
    struct err *e)
{
	iconv_t cd = iconv_open("UTF-8", name);
	char chunk[16384], *in = (char *)bytes.ptr;
	size_t left = bytes.len;
	bool ok = true, flushed = false;

	if (cd == (iconv_t)-1)
		return err_set(e, ERR_INVALID, "there is no encoding \"%s\"",
		    name);
	while (ok && !flushed) {
		char *to = chunk;
		size_t room = sizeof(chunk), n;

		flushed = left == 0;	/* the last call ends shift states */
		n = iconv(cd, flushed ? NULL : &in, &left, &to, &room);
		buf_put(out, chunk, sizeof(chunk) - room);
		if (n == (size_t)-1 && errno != E2BIG)
			ok = bad_bytes(name, bytes, bytes.len - left, e);
		else if (!buf_ok(out))
			ok = err_set(e, ERR_LIMIT, "it is longer than %zu "
			    "bytes in UTF-8", out->max_bytes);
	}
	iconv_close(cd);
	return ok;
}
