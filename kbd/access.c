/*
 * access.c - client rules: parse, match; see access.h.
 *
 * A line becomes fields, a field a list of words, and a line of words a
 * rule. All of it lives in one arena that the rules own, so that a reload
 * builds a second set and swaps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"

struct word {
	struct slice text;
	bool quoted;		/* a name and nothing else */
};

struct field {
	struct word *words;	/* at least one */
	size_t n;
};

struct line {
	struct field *fields;
	size_t n;
	unsigned number;
};

enum kind {
	KIND_LOCAL,
	KIND_HOST,
	KIND_HOSTSSL,
	KIND_HOSTNOSSL
};

enum where {
	WHERE_NET,
	WHERE_ALL,
	WHERE_SAMEHOST,
	WHERE_SAMENET
};

struct rule {
	enum kind kind;
	struct field databases, roles;
	enum where where;
	struct access_addr net, mask;
	enum access_method method;
	struct slice map;
	unsigned line;
};

struct map_line {
	struct slice name, user, role;
};

struct access {
	struct arena arena;	/* owns all below */
	struct rule *rules;
	size_t nrules, rules_cap;
	struct map_line *maps;
	size_t nmaps, maps_cap;
	const char **warnings;
	size_t nwarnings, warnings_cap;
};

/* ---- words -------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes of the word that s starts with, quotes included; false: no end. */
static bool
word_length(struct slice s, size_t *len)
{
	bool inside = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '"')
			inside = !inside;
		else if (!inside && (is_blank(c) || c == ',' || c == '#'))
			break;
	}
	*len = i;
	return !inside;
}

/*
 * One word off the front of *s, which does not start with a blank. Quotes may
 * open and close inside a word; "" inside quotes is a quote.
 */
static bool
take_word(struct slice *s, struct arena *a, struct word *out, struct err *e)
{
	bool inside = false;
	size_t len, n = 0, i;
	char *to;

	if (!word_length(*s, &len))
		return err_set(e, ERR_INVALID, "a quote is not closed");
	if (len == 0)
		return err_set(e, ERR_INVALID, "a word is missing at \",\"");
	to = arena_alloc(a, len);
	for (i = 0; i < len; i++) {
		if (s->ptr[i] != '"')
			to[n++] = s->ptr[i];
		else if (inside && i + 1 < len && s->ptr[i + 1] == '"')
			to[n++] = s->ptr[i++];
		else
			inside = !inside;
	}
	*out = (struct word){ slice_make(to, n), s->ptr[0] == '"' };
	*s = slice_sub(*s, len, s->len);
	if (out->quoted || n == 0 || to[0] != '@')
		return true;
	(void)err_set(e, ERR_UNSUPPORTED,
	    "names from a file (\"%.*s\") are not supported",
	    SLICE_ARG(out->text));
	return err_hint(e, "Write the names into the line, separated by "
	    "commas, or use a group (+editor).");
}

static struct slice
skip_blanks(struct slice s)
{
	while (s.len != 0 && is_blank(s.ptr[0]))
		s = slice_sub(s, 1, s.len);
	return s;
}

/* Words that commas join; a comma may be followed by blanks. */
static bool
take_field(struct slice *s, struct arena *a, struct field *out,
    struct err *e)
{
	size_t cap = 0;

	*out = (struct field){ NULL, 0 };
	for (;;) {
		out->words = arena_grow(a, out->words, out->n, &cap,
		    sizeof(*out->words));
		if (s->len == 0 || s->ptr[0] == '#')
			return err_set(e, ERR_INVALID,
			    "a word is missing after \",\"");
		if (!take_word(s, a, &out->words[out->n++], e))
			return false;
		if (s->len == 0 || s->ptr[0] != ',')
			return true;
		*s = skip_blanks(slice_sub(*s, 1, s->len));
	}
}

static bool
split_line(struct slice s, struct arena *a, struct line *out, struct err *e)
{
	size_t cap = 0;

	out->fields = NULL;
	out->n = 0;
	for (s = skip_blanks(s); s.len != 0 && s.ptr[0] != '#';
	    s = skip_blanks(s)) {
		out->fields = arena_grow(a, out->fields, out->n, &cap,
		    sizeof(*out->fields));
		if (!take_field(&s, a, &out->fields[out->n], e))
			return false;
		out->n++;
	}
	return true;
}

/* A line with those that "\" at its end joins to it. */
static bool
take_line(struct slice *rest, struct arena *a, unsigned *number,
    struct slice *out)
{
	struct buf joined = BUF_INIT;
	bool more;

	if (!str_line(rest, out, NULL))
		return false;
	do {
		++*number;
		more = slice_ends(*out, SLICE("\\"));
		buf_put(&joined, out->ptr, out->len - more);
	} while (more && str_line(rest, out, NULL));
	*out = arena_dup(a, buf_slice(&joined));
	buf_free(&joined);
	return true;
}

static bool
check_text(const char *name, struct slice text, struct err *e)
{
	size_t bad = utf8_check(text);

	if (text.len > ACCESS_MAX_BYTES)
		return err_set(e, ERR_LIMIT,
		    "%s: file of %zu bytes is too long", name, text.len);
	if (bad < text.len)
		return err_set(e, ERR_INVALID,
		    "%s: byte %zu is not valid UTF-8", name, bad + 1);
	if (text.len != 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return err_set(e, ERR_INVALID, "%s: contains a NUL byte", name);
	return true;
}

typedef bool line_fn(struct access *x, const struct line *line,
    struct err *e);

/* A line's number with its file's name, as every message has it. */
#define AT_LINE "%s:%u"

/* Hand each line that is not empty to fn. */
static bool
each_line(struct access *x, const char *name, struct slice text, line_fn *fn,
    struct err *e)
{
	struct slice rest = text, raw;
	unsigned number = 0, first;
	struct line line;

	if (!check_text(name, text, e))
		return false;
	for (;;) {
		first = number + 1;
		if (!take_line(&rest, &x->arena, &number, &raw))
			return true;
		line.number = first;
		if (!split_line(raw, &x->arena, &line, e) ||
		    (line.n != 0 && !fn(x, &line, e)))
			return err_prefix(e, AT_LINE, name, first);
	}
}

static bool
is_keyword(const struct word *w, const char *keyword)
{
	return !w->quoted && slice_is(w->text, keyword);
}

/* ---- addresses ---------------------------------------------------- */

static void
unmap(struct access_addr *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (a->len != 16 || memcmp(a->bytes, prefix, 12) != 0)
		return;
	memmove(a->bytes, a->bytes + 12, 4);
	memset(a->bytes + 4, 0, 12);
	a->len = 4;
}

/* As it is written, IPv4 in IPv6 left alone. */
static bool
parse_literal(struct slice text, struct access_addr *out)
{
	char s[ACCESS_ADDR_SIZE];

	if (text.len == 0 || text.len >= sizeof(s) ||
	    memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(s, text.ptr, text.len);
	s[text.len] = '\0';
	*out = (struct access_addr){ .len = 4 };
	if (inet_pton(AF_INET, s, out->bytes) == 1)
		return true;
	out->len = 16;
	return inet_pton(AF_INET6, s, out->bytes) == 1;
}

bool
access_addr_parse(struct slice text, struct access_addr *out)
{
	struct access_addr a;

	if (!parse_literal(text, &a))
		return false;
	unmap(&a);
	*out = a;
	return true;
}

struct access_addr
access_addr_of(const struct sockaddr *sa)
{
	struct access_addr a = { .len = 0 };

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		a.len = 4;
		memcpy(a.bytes, &in.sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		a.len = 16;
		memcpy(a.bytes, &in6.sin6_addr, 16);
		unmap(&a);
	}
	return a;
}

void
access_addr_text(const struct access_addr *a, char out[ACCESS_ADDR_SIZE])
{
	if (a->len == 0 || inet_ntop(a->len == 4 ? AF_INET : AF_INET6,
	    a->bytes, out, ACCESS_ADDR_SIZE) == NULL)
		memcpy(out, "[local]", sizeof("[local]"));
}

bool
access_is_loopback(const struct access_addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (a->len == 4)
		return a->bytes[0] == 127;
	return a->len == 16 && memcmp(a->bytes, one, 16) == 0;
}

static struct access_addr
mask_of_bits(uint8_t len, unsigned bits)
{
	struct access_addr m = { .len = len };
	size_t i;

	for (i = 0; i < len; i++, bits -= bits < 8 ? bits : 8)
		m.bytes[i] = bits >= 8 ? 0xff :
		    (uint8_t)(0xff << (8 - bits));
	return m;
}

/* Its leading ones, or -1 when a one follows a zero. */
static int
bits_of_mask(const struct access_addr *m)
{
	int bits = 0;
	bool ended = false;
	size_t i;

	for (i = 0; i < 8u * m->len; i++) {
		if ((m->bytes[i / 8] >> (7 - i % 8) & 1) == 0)
			ended = true;
		else if (ended)
			return -1;
		else
			bits++;
	}
	return bits;
}

static bool
in_net(const struct access_addr *a, const struct access_addr *net,
    const struct access_addr *mask)
{
	size_t i;

	if (a->len == 0 || a->len != net->len || a->len != mask->len)
		return false;
	for (i = 0; i < a->len; i++)
		if (((a->bytes[i] ^ net->bytes[i]) & mask->bytes[i]) != 0)
			return false;
	return true;
}

/* A net of IPv4 inside IPv6 becomes one of IPv4. */
static void
set_net(struct rule *r, struct access_addr net, unsigned bits)
{
	if (net.len == 16 && bits >= 96) {
		unmap(&net);
		if (net.len == 4)
			bits -= 96;
	}
	r->net = net;
	r->mask = mask_of_bits(net.len, bits);
}

/* ADDRESS/BITS, or ADDRESS with the netmask in *mask_text. */
static bool
parse_net(struct slice text, const struct field *mask_field, struct rule *r,
    struct err *e)
{
	struct slice rest = text, address = rest;
	struct access_addr net, mask;
	int64_t bits;

	(void)str_split(&rest, '/', &address);
	if (!parse_literal(address, &net)) {
		(void)err_set(e, ERR_INVALID, "invalid IP address \"%.*s\"",
		    SLICE_ARG(address));
		return err_hint(e, "Host names are not supported; write an "
		    "address, all, samehost or samenet.");
	}
	if (rest.ptr != NULL) {
		if (!str_int(rest, 0, 8 * net.len, &bits) ||
		    rest.ptr[0] == '-')
			return err_set(e, ERR_INVALID,
			    "invalid CIDR mask in address \"%.*s\"",
			    SLICE_ARG(text));
		set_net(r, net, (unsigned)bits);
		return true;
	}
	if (mask_field == NULL) {
		(void)err_set(e, ERR_INVALID,
		    "the netmask after \"%.*s\" is missing", SLICE_ARG(text));
		return err_hint(e, "Write \"%.*s/%d\" for this one address.",
		    SLICE_ARG(text), 8 * net.len);
	}
	if (mask_field->n != 1 ||
	    !parse_literal(mask_field->words[0].text, &mask) ||
	    mask.len != net.len || bits_of_mask(&mask) < 0)
		return err_set(e, ERR_INVALID,
		    "invalid netmask \"%.*s\" for address \"%.*s\"",
		    SLICE_ARG(mask_field->words[0].text), SLICE_ARG(text));
	set_net(r, net, (unsigned)bits_of_mask(&mask));
	return true;
}

/* The address columns; *at moves behind them. */
static bool
parse_where(const struct line *line, size_t *at, struct rule *r,
    struct err *e)
{
	const struct field *f, *mask = NULL;
	const struct word *w;

	if (*at >= line->n)
		return err_set(e, ERR_INVALID, "the address is missing");
	f = &line->fields[(*at)++];
	w = &f->words[0];
	if (f->n != 1)
		return err_set(e, ERR_INVALID,
		    "one address a line, not a list");
	if (is_keyword(w, "all")) {
		r->where = WHERE_ALL;
	} else if (is_keyword(w, "samehost")) {
		r->where = WHERE_SAMEHOST;
	} else if (is_keyword(w, "samenet")) {
		r->where = WHERE_SAMENET;
	} else {
		r->where = WHERE_NET;
		/* the next column is a netmask unless it can be a method */
		if (w->text.len != 0 &&
		    memchr(w->text.ptr, '/', w->text.len) == NULL &&
		    *at + 1 < line->n)
			mask = &line->fields[*at];
		if (!parse_net(w->text, mask, r, e))
			return false;
		*at += mask != NULL;
	}
	return true;
}

/* ---- rules -------------------------------------------------------- */

/* Nobody can have that name: it lets readers of the wiki in, as meant. */
static bool
is_only_anonymous(const struct field *roles)
{
	return roles->n == 1 && slice_is(roles->words[0].text, "anonymous");
}

static void
warn_trust(struct access *x, const char *name)
{
	size_t i;

	for (i = 0; i < x->nrules; i++) {
		if (x->rules[i].method != ACCESS_TRUST ||
		    is_only_anonymous(&x->rules[i].roles))
			continue;
		x->warnings = arena_grow(&x->arena, x->warnings, x->nwarnings,
		    &x->warnings_cap, sizeof(*x->warnings));
		x->warnings[x->nwarnings++] = arena_printf(&x->arena, AT_LINE
		    ": trust lets anybody in under any name, without a "
		    "password", name, x->rules[i].line).ptr;
	}
}

static bool
parse_kind(const struct field *f, enum kind *out, struct err *e)
{
	static const struct {
		const char *name;
		enum kind kind;
	} kinds[] = {
		{ "local", KIND_LOCAL }, { "host", KIND_HOST },
		{ "hostssl", KIND_HOSTSSL }, { "hostnossl", KIND_HOSTNOSSL },
		/* no connection of ours is encrypted by GSSAPI */
		{ "hostnogssenc", KIND_HOST },
	};
	const struct word *w = &f->words[0];
	size_t i;

	for (i = 0; f->n == 1 && i < ARRAY_LEN(kinds); i++) {
		if (slice_is(w->text, kinds[i].name)) {
			*out = kinds[i].kind;
			return true;
		}
	}
	if (f->n == 1 && (slice_is(w->text, "hostgssenc") ||
	    slice_starts(w->text, SLICE("include"))))
		return err_set(e, ERR_UNSUPPORTED, "\"%.*s\" is not supported",
		    SLICE_ARG(w->text));
	return err_set(e, ERR_INVALID, "invalid connection type \"%.*s\"",
	    SLICE_ARG(w->text));
}

static bool
check_names(const struct field *f, struct err *e)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct word *w = &f->words[i];

		if (!w->quoted && slice_starts(w->text, SLICE("/"))) {
			(void)err_set(e, ERR_UNSUPPORTED, "the regular "
			    "expression \"%.*s\" is not supported",
			    SLICE_ARG(w->text));
			return err_hint(e, "Put a name that starts with \"/\" "
			    "in double quotes.");
		}
		if (!w->quoted && slice_is(w->text, "+"))
			return err_set(e, ERR_INVALID,
			    "the group's name after \"+\" is missing");
	}
	return true;
}

static bool
parse_method(const struct line *line, size_t *at, struct rule *r,
    struct err *e)
{
	static const char *const others[] = { "md5", "password", "ident",
		"gss", "sspi", "ldap", "radius", "pam", "bsd", "cert",
		"oauth" };
	const struct field *f;
	struct slice name;
	size_t i;

	if (*at >= line->n)
		return err_set(e, ERR_INVALID,
		    "the authentication method is missing");
	f = &line->fields[(*at)++];
	name = f->words[0].text;
	for (i = ACCESS_REJECT; f->n == 1 && i <= ACCESS_SCRAM; i++) {
		if (slice_is(name, access_method_name((enum access_method)i))) {
			r->method = (enum access_method)i;
			return true;
		}
	}
	for (i = 0; f->n == 1 && i < ARRAY_LEN(others); i++) {
		if (!slice_is(name, others[i]))
			continue;
		(void)err_set(e, ERR_UNSUPPORTED, "authentication method "
		    "\"%s\" is not supported", others[i]);
		return err_hint(e, "Use scram-sha-256, or peer for \"local\".");
	}
	return err_set(e, ERR_INVALID,
	    "invalid authentication method \"%.*s\"", SLICE_ARG(name));
}

static const struct map_line *
find_map(const struct access *x, struct slice name)
{
	size_t i;

	for (i = 0; i < x->nmaps; i++)
		if (slice_eq(x->maps[i].name, name))
			return &x->maps[i];
	return NULL;
}

static bool
parse_options(const struct access *x, const struct line *line, size_t at,
    struct rule *r, struct err *e)
{
	for (; at < line->n; at++) {
		const struct field *f = &line->fields[at];
		struct slice option = f->words[0].text;

		if (f->n != 1 || option.len == 0 ||
		    memchr(option.ptr, '=', option.len) == NULL)
			return err_set(e, ERR_INVALID, "authentication option "
			    "\"%.*s\" is not in the form name=value",
			    SLICE_ARG(option));
		if (!slice_starts(option, SLICE("map=")))
			return err_set(e, ERR_UNSUPPORTED, "authentication "
			    "option \"%.*s\" is not supported",
			    SLICE_ARG(option));
		if (r->method != ACCESS_PEER)
			return err_set(e, ERR_INVALID, "\"map\" is valid for "
			    "the peer method only");
		r->map = slice_sub(option, 4, option.len);
		if (find_map(x, r->map) == NULL)
			return err_set(e, ERR_INVALID,
			    "there is no map named \"%.*s\"",
			    SLICE_ARG(r->map));
	}
	return true;
}

static bool
add_rule(struct access *x, const struct line *line, struct err *e)
{
	struct rule r = { .line = line->number };
	size_t at = 3;

	if (!parse_kind(&line->fields[0], &r.kind, e))
		return false;
	if (line->n < 2)
		return err_set(e, ERR_INVALID, "the database is missing");
	if (line->n < 3)
		return err_set(e, ERR_INVALID, "the role is missing");
	r.databases = line->fields[1];
	r.roles = line->fields[2];
	if (!check_names(&r.databases, e) || !check_names(&r.roles, e) ||
	    (r.kind != KIND_LOCAL && !parse_where(line, &at, &r, e)) ||
	    !parse_method(line, &at, &r, e))
		return false;
	if (r.method == ACCESS_PEER && r.kind != KIND_LOCAL)
		return err_set(e, ERR_INVALID,
		    "peer authentication works on local sockets only");
	if (!parse_options(x, line, at, &r, e))
		return false;
	x->rules = arena_grow(&x->arena, x->rules, x->nrules, &x->rules_cap,
	    sizeof(*x->rules));
	x->rules[x->nrules++] = r;
	return true;
}

static bool
add_map(struct access *x, const struct line *line, struct err *e)
{
	struct slice part[3];
	size_t i;

	if (line->n != 3)
		return err_set(e, ERR_INVALID,
		    "map, system user and role are expected");
	for (i = 0; i < 3; i++) {
		const struct field *f = &line->fields[i];

		if (f->n != 1)
			return err_set(e, ERR_INVALID,
			    "one name a column, not a list");
		if (!check_names(f, e))
			return false;
		part[i] = f->words[0].text;
	}
	x->maps = arena_grow(&x->arena, x->maps, x->nmaps, &x->maps_cap,
	    sizeof(*x->maps));
	x->maps[x->nmaps++] = (struct map_line){ part[0], part[1], part[2] };
	return true;
}

bool
access_parse(const char *hba_name, struct slice hba, const char *map_name,
    struct slice map, struct access **out, struct err *e)
{
	struct access *x = mem_zalloc(sizeof(*x));

	arena_init(&x->arena);
	if (!each_line(x, map_name, map, add_map, e) ||
	    !each_line(x, hba_name, hba, add_rule, e)) {
		access_free(x);
		return false;
	}
	warn_trust(x, hba_name);
	*out = x;
	return true;
}

void
access_free(struct access *x)
{
	if (x == NULL)
		return;
	arena_free(&x->arena);
	free(x);
}

size_t
access_count(const struct access *x)
{
	return x->nrules;
}

const char *
access_warning(const struct access *x, size_t i)
{
	return i < x->nwarnings ? x->warnings[i] : NULL;
}

const char *
access_method_name(enum access_method m)
{
	switch (m) {
	case ACCESS_REJECT:
		return "reject";
	case ACCESS_TRUST:
		return "trust";
	case ACCESS_PEER:
		return "peer";
	case ACCESS_SCRAM:
		return "scram-sha-256";
	}
	return "";
}

/* ---- matching ----------------------------------------------------- */

static bool
is_member(const struct access_client *c, struct slice group)
{
	size_t i;

	for (i = 0; i < c->ngroups; i++)
		if (slice_eq(c->groups[i], group))
			return true;
	return slice_eq(c->role, group);
}

static bool
kind_fits(enum kind kind, const struct access_client *c)
{
	switch (kind) {
	case KIND_LOCAL:
		return c->local;
	case KIND_HOST:
		return !c->local;
	case KIND_HOSTSSL:
		return !c->local && c->tls;
	case KIND_HOSTNOSSL:
		return !c->local && !c->tls;
	}
	return false;
}

static bool
database_fits(const struct word *w, const struct access_client *c)
{
	if (is_keyword(w, "all"))
		return true;
	if (is_keyword(w, "sameuser"))
		return slice_eq(c->asked, c->role);
	if (is_keyword(w, "samerole") || is_keyword(w, "samegroup"))
		return is_member(c, c->asked);
	if (is_keyword(w, "replication"))
		return false;
	return slice_eq(w->text, c->database);
}

static bool
role_fits(const struct word *w, const struct access_client *c)
{
	if (is_keyword(w, "all"))
		return true;
	if (!w->quoted && slice_starts(w->text, SLICE("+")))
		return is_member(c, slice_sub(w->text, 1, w->text.len));
	return slice_eq(w->text, c->role);
}

static bool
any_fits(const struct field *f, const struct access_client *c,
    bool (*fits)(const struct word *, const struct access_client *))
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (fits(&f->words[i], c))
			return true;
	return false;
}

static bool
where_fits(const struct rule *r, const struct access_client *c)
{
	static const struct access_addr none;
	size_t i;

	if (r->kind == KIND_LOCAL || r->where == WHERE_ALL)
		return true;
	if (r->where == WHERE_NET)
		return in_net(&c->addr, &r->net, &r->mask);
	for (i = 0; i < c->ninterfaces; i++) {
		const struct access_interface *f = &c->interfaces[i];
		struct access_addr exact = mask_of_bits(f->addr.len, 128);

		if (in_net(&c->addr, &f->addr, f->addr.len == 0 ? &none :
		    r->where == WHERE_SAMENET ? &f->mask : &exact))
			return true;
	}
	return false;
}

static bool
refuse(const struct access_client *c, const char *what, struct err *e)
{
	char host[ACCESS_ADDR_SIZE] = "[local]";

	if (!c->local)
		access_addr_text(&c->addr, host);
	(void)err_set(e, ERR_DENIED, "%s host \"%s\", user \"%.*s\", "
	    "database \"%.*s\", %s", what, host, SLICE_ARG(c->role),
	    SLICE_ARG(c->asked), c->tls ? "SSL encryption" : "no encryption");
	if (e != NULL)
		memcpy(e->sqlstate, "28000", 6);
	return false;
}

bool
access_check(const struct access *x, const struct access_client *c,
    struct access_verdict *out, struct err *e)
{
	size_t i;

	for (i = 0; i < x->nrules; i++) {
		const struct rule *r = &x->rules[i];

		if (!kind_fits(r->kind, c) ||
		    !any_fits(&r->databases, c, database_fits) ||
		    !any_fits(&r->roles, c, role_fits) || !where_fits(r, c))
			continue;
		if (r->method == ACCESS_REJECT)
			return refuse(c, "pg_hba.conf rejects connection for",
			    e);
		*out = (struct access_verdict){ r->method, r->line, r->map };
		return true;
	}
	return refuse(c, "no pg_hba.conf entry for", e);
}

bool
access_peer(const struct access *x, const struct access_verdict *v,
    struct slice system_user, struct slice role)
{
	size_t i;

	if (v->map.ptr == NULL)
		return slice_eq(system_user, role);
	for (i = 0; i < x->nmaps; i++)
		if (slice_eq(x->maps[i].name, v->map) &&
		    slice_eq(x->maps[i].user, system_user) &&
		    slice_eq(x->maps[i].role, role))
			return true;
	return false;
}
