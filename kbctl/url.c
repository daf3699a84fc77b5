/*
 * url.c - kb://user@host:port; see url.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/url.h"
#include "common/arena.h"
#include "common/str.h"

bool
url_port_ok(const char *port)
{
	int64_t n;

	return str_int(slice_of(port), 1, 65535, &n);
}

bool
url_is_local(const char *host)
{
	return host[0] == '/' || host[0] == '@' ||
	    strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	    (strncmp(host, "127.", 4) == 0 &&
	    strspn(host, "0123456789.") == strlen(host));
}

static int
hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Replace %XX; NULL and *e when that is malformed or makes a control. */
static const char *
decode(struct slice s, struct arena *a, struct err *e)
{
	char *out = arena_cstr(a, s);
	size_t i, n = 0;

	for (i = 0; i < s.len; i++, n++) {
		out[n] = s.ptr[i];
		if (s.ptr[i] == '%') {
			int hi = i + 2 < s.len ? hex(s.ptr[i + 1]) : -1;
			int lo = i + 2 < s.len ? hex(s.ptr[i + 2]) : -1;

			if (hi >= 0 && lo >= 0) {
				out[n] = (char)(hi << 4 | lo);
				i += 2;
			} else {
				err_set(e, ERR_INVALID, "\"%.*s\" is no "
				    "percent-encoded text", SLICE_ARG(s));
				return NULL;
			}
		}
		if ((unsigned char)out[n] < 0x20 || out[n] == 0x7f) {
			err_set(e, ERR_INVALID,
			    "a URL cannot hold control characters");
			return NULL;
		}
	}
	out[n] = '\0';
	return out;
}

/* "host", "host:port", "[::1]:port" */
static bool
parse_endpoint(struct slice s, struct arena *a, struct endpoint *out,
    struct err *e)
{
	struct slice host = s, port = { NULL, 0 };
	const char *colon;
	size_t close;

	if (s.len != 0 && s.ptr[0] == '[') {
		for (close = 1; close < s.len && s.ptr[close] != ']'; close++)
			;
		if (close == s.len)
			return err_set(e, ERR_INVALID,
			    "\"%.*s\" has no closing bracket", SLICE_ARG(s));
		host = slice_sub(s, 1, close);
		s = slice_sub(s, close + 1, s.len);
		if (s.len != 0 && s.ptr[0] != ':')
			return err_set(e, ERR_INVALID,
			    "\"%.*s\" after the address is no port",
			    SLICE_ARG(s));
		port = slice_sub(s, 1, s.len);
	} else if (s.len != 0 &&
	    (colon = memchr(s.ptr, ':', s.len)) != NULL) {
		host = slice_sub(s, 0, (size_t)(colon - s.ptr));
		port = slice_sub(s, host.len + 1, s.len);
	}
	if (host.len == 0)
		return err_set(e, ERR_INVALID, "the URL names no host");
	out->host = decode(host, a, e);
	out->port = port.len != 0 ? arena_cstr(a, port) : NULL;
	if (out->host == NULL)
		return false;
	if (out->port != NULL && !url_port_ok(out->port))
		return err_set(e, ERR_INVALID, "\"%s\" is no port", out->port);
	return true;
}

static bool
parse_parameter(struct slice s, struct arena *a, struct url *out,
    struct err *e)
{
	struct slice value = s, key;
	const char *text;

	if (s.len == 0)
		return true;
	if (!str_split(&value, '=', &key))
		return true;
	text = decode(value, a, e);
	if (text == NULL)
		return false;
	if (slice_is(key, "sslmode"))
		out->sslmode = text;
	else if (slice_is(key, "sslrootcert"))
		out->sslrootcert = text;
	else if (slice_is(key, "passfile"))
		out->passfile = text;
	else
		return err_set(e, ERR_INVALID, "a kb:// URL has no \"%.*s\"",
		    SLICE_ARG(key));
	return true;
}

static bool
parse_user(struct slice s, struct arena *a, struct url *out, struct err *e)
{
	if (s.len != 0 && memchr(s.ptr, ':', s.len) != NULL) {
		err_set(e, ERR_INVALID, "a password does not belong in a URL");
		return err_hint(e, "Write it into a file that only you can "
		    "read, and name that in KBPASSFILE.");
	}
	out->user = s.len != 0 ? decode(s, a, e) : NULL;
	return s.len == 0 || out->user != NULL;
}

/* Cut the part before the first of the bytes in `ends` off *s. */
static struct slice
cut_before(struct slice *s, const char *ends)
{
	struct slice part;
	size_t n = 0;

	while (n < s->len && strchr(ends, s->ptr[n]) == NULL)
		n++;
	part = slice_sub(*s, 0, n);
	*s = slice_sub(*s, n, s->len);
	return part;
}

bool
url_parse(struct slice text, struct arena *a, struct url *out, struct err *e)
{
	struct slice authority, path, part, rest;
	const char *at;

	*out = (struct url){ .nhosts = 0 };
	if (!slice_starts(text, SLICE("kb://")))
		return err_set(e, ERR_INVALID,
		    "\"%.*s\" is no kb://user@host:port", SLICE_ARG(text));
	if (memchr(text.ptr, '\0', text.len) != NULL)
		return err_set(e, ERR_INVALID, "a URL cannot hold NUL");
	rest = slice_sub(text, 5, text.len);
	authority = cut_before(&rest, "/?");
	path = cut_before(&rest, "?");
	if (path.len > 1 && !slice_is(path, "/kb"))
		return err_set(e, ERR_INVALID, "the base is called \"kb\", "
		    "not \"%.*s\"", SLICE_ARG(slice_sub(path, 1, path.len)));
	at = authority.len != 0 ? memrchr(authority.ptr, '@', authority.len) :
	    NULL;
	if (at != NULL) {
		size_t n = (size_t)(at - authority.ptr);

		if (!parse_user(slice_sub(authority, 0, n), a, out, e))
			return false;
		authority = slice_sub(authority, n + 1, authority.len);
	}
	if (authority.ptr == NULL)
		authority = SLICE("");
	while (str_split(&authority, ',', &part)) {
		if (out->nhosts == URL_HOSTS_MAX)
			return err_set(e, ERR_LIMIT,
			    "a URL takes at most %d hosts", URL_HOSTS_MAX);
		if (!parse_endpoint(part, a, &out->hosts[out->nhosts++], e))
			return false;
	}
	rest = slice_sub(rest, 1, rest.len);
	if (rest.len != 0)
		while (str_split(&rest, '&', &part))
			if (!parse_parameter(part, a, out, e))
				return false;
	return true;
}
