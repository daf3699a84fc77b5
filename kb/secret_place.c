/*
 * secret_place.c - values in a place that says that they are secret: behind
 * a name, in a URL, in a command's option, in a statement.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/secret_internal.h"
#include "common/str.h"

#define NAME_MAX_BYTES 64

/* A name whose value is a secret; compared without case, '_', '-', '.'. */
struct name {
	const char *end;	/* that it ends with */
	enum secret_sure sure;
	const char *form;
	const char *placeholder;
};

static const struct name names[] = {
	{ "secretaccesskey", SECRET_MAYBE, "AWS secret key",
	    "<aws-secret-key>" },
	{ "awssecretkey", SECRET_MAYBE, "AWS secret key",
	    "<aws-secret-key>" },
	{ "clientkeydata", SECRET_MAYBE, "kubeconfig key",
	    "<client-key-data>" },
	{ "accountkey", SECRET_MAYBE, "storage account key",
	    "<account-key>" },
	{ "sharedaccesskey", SECRET_MAYBE, "shared access key",
	    "<shared-access-key>" },
	{ "apikey", SECRET_MAYBE, "API key", "<api-key>" },
	{ "accesskey", SECRET_MAYBE, "access key", "<access-key>" },
	{ "secretkey", SECRET_MAYBE, "secret key", "<secret-key>" },
	{ "privatekey", SECRET_MAYBE, "private key", "<private-key>" },
	{ "encryptionkey", SECRET_MAYBE, "encryption key",
	    "<encryption-key>" },
	{ "signingkey", SECRET_MAYBE, "signing key", "<signing-key>" },
	{ "masterkey", SECRET_MAYBE, "master key", "<master-key>" },
	{ "secretkeybase", SECRET_MAYBE, "secret key", "<secret-key>" },
	{ "authkey", SECRET_MAYBE, "key", "<auth-key>" },
	{ "password", SECRET_LIKELY, "password", "<password>" },
	{ "passwd", SECRET_LIKELY, "password", "<password>" },
	{ "passphrase", SECRET_LIKELY, "passphrase", "<passphrase>" },
	{ "pwd", SECRET_LIKELY, "password", "<password>" },
	{ "requirepass", SECRET_LIKELY, "password", "<password>" },
	{ "masterauth", SECRET_LIKELY, "password", "<password>" },
	{ "密码", SECRET_LIKELY, "password", "<password>" },
	{ "口令", SECRET_LIKELY, "password", "<password>" },
	{ "密钥", SECRET_MAYBE, "secret key", "<secret-key>" },
	{ "令牌", SECRET_MAYBE, "token", "<token>" },
	{ "secret", SECRET_MAYBE, "secret", "<secret>" },
	{ "token", SECRET_MAYBE, "token", "<token>" },
	{ "credential", SECRET_MAYBE, "credential", "<credential>" },
	{ "credentials", SECRET_MAYBE, "credential", "<credential>" },
};

/* Tokens that only say where a list goes on, or which request it was. */
static const char *const harmless[] = { "nexttoken", "blocktoken",
	"clienttoken", "continuationtoken", "pagetoken", "synctoken",
	"starttoken", "idempotencytoken" };

static const struct name pass_name = { "pass", SECRET_LIKELY, "password",
	"<password>" };

static bool
ends_with(struct slice s, const char *end)
{
	return slice_ends(s, slice_of(end));
}

static const struct name *
name_find(struct slice name)
{
	char plain[NAME_MAX_BYTES];
	struct slice s;
	size_t i, n = 0;

	for (i = 0; i < name.len && n < sizeof(plain); i++)
		if (strchr("_-.", name.ptr[i]) == NULL)
			plain[n++] = ascii_lower(name.ptr[i]);
	s = slice_make(plain, n);
	for (i = 0; i < ARRAY_LEN(harmless); i++)
		if (ends_with(s, harmless[i]))
			return NULL;
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (ends_with(s, names[i].end))
			return &names[i];
	if (slice_is(s, "pass") || (ends_with(s, "pass") && name.len > 4 &&
	    strchr("_-.", name.ptr[name.len - 5]) != NULL))
		return &pass_name;
	return NULL;
}

static bool
is_name_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

/* The name that ends before `at`, behind blanks, quotes and emphasis. */
static struct slice
name_before(struct slice text, size_t at)
{
	size_t end = at, from, skipped = 0;

	while (end > 0 && skipped++ < 6 &&
	    strchr(" \t\"'`*:]", text.ptr[end - 1]) != NULL &&
	    text.ptr[end - 1] != '\0')
		end--;
	from = end;
	while (from > 0 && end - from < NAME_MAX_BYTES &&
	    is_name_byte(text.ptr[from - 1]))
		from--;
	return slice_sub(text, from, end);
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* A value, and whether quotes stood around it. */
struct value {
	struct slice text;
	bool is_quoted;
};

/* Up to the same quote on the same line; a bare end of the line is none. */
static bool
quoted_value(struct slice text, size_t at, struct value *out)
{
	char quote = text.ptr[at];
	size_t n = at + 1;

	while (n < text.len && n - at < SECRET_VALUE_MAX &&
	    text.ptr[n] != quote && text.ptr[n] != '\n')
		n += text.ptr[n] == '\\' && n + 1 < text.len ? 2 : 1;
	if (n >= text.len || text.ptr[n] != quote)
		return false;
	*out = (struct value){ slice_sub(text, at + 1, n), true };
	return true;
}

/*
 * Up to a blank, a quote, or one of `stops`; without the punctuation of the
 * sentence around it. A word that is marked as a variable keeps its brackets.
 */
static bool
bare_value(struct slice text, size_t at, const char *stops,
    struct value *out)
{
	size_t n = at;

	while (n < text.len && n - at < SECRET_VALUE_MAX) {
		unsigned char c = (unsigned char)text.ptr[n];

		if (c <= ' ' || c >= 0x7f || is_quote((char)c) || c == '|' ||
		    c == '\\' || strchr(stops, c) != NULL)
			break;
		n++;
	}
	while (n > at && strchr(",;.:)]", text.ptr[n - 1]) != NULL)
		n--;
	*out = (struct value){ slice_sub(text, at, n), false };
	return n > at;
}

static bool
value_at(struct slice text, size_t at, const char *stops, struct value *out)
{
	if (at >= text.len)
		return false;
	/* \" inside a string of JSON or a shell */
	if (text.ptr[at] == '\\' && at + 1 < text.len &&
	    is_quote(text.ptr[at + 1])) {
		return bare_value(text, at + 2, stops, out) &&
		    (out->is_quoted = true);
	}
	return is_quote(text.ptr[at]) ? quoted_value(text, at, out) :
	    bare_value(text, at, stops, out);
}

static bool
take(struct slice text, const struct value *v, enum secret_sure sure,
    const char *form, const char *placeholder, struct secret_hit *hit)
{
	if (!secret_value_is_real(v->text, sure, v->is_quoted))
		return false;
	hit->from = (size_t)(v->text.ptr - text.ptr);
	hit->to = hit->from + v->text.len;
	hit->form = form;
	hit->placeholder = placeholder;
	return true;
}

static size_t
skip_blanks(struct slice text, size_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Base64 of "user:password", as Docker and HTTP have it. */
static bool
is_user_password(struct slice s)
{
	unsigned bits = 0, n = 0;
	size_t i, colon = 0, bytes = 0;

	for (i = 0; i < s.len && s.ptr[i] != '='; i++) {
		int v = base64_value(s.ptr[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (unsigned)v) & 0xffff;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		v = (int)(bits >> n & 0xff);
		if (v < 0x20 || v == 0x7f)
			return false;
		bytes++;
		if (v == ':' && colon == 0)
			colon = bytes;
	}
	return colon > 1 && bytes - colon >= 4;
}

/* "auth": "dXNlcjpwYXNzd29yZA==" */
static bool
docker_auth(struct slice text, const struct value *v, struct secret_hit *hit)
{
	if (v->text.len < 12 || !is_user_password(v->text))
		return false;
	hit->from = (size_t)(v->text.ptr - text.ptr);
	hit->to = hit->from + v->text.len;
	hit->form = "registry login";
	hit->placeholder = "<base64-of-user-and-password>";
	return true;
}

static bool
has_digit(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (ascii_is_digit(s.ptr[i]))
			return true;
	return false;
}

/* Bytes of the sign at `at` that joins a name and its value; 0 for none. */
static size_t
sign_at(struct slice text, size_t at)
{
	static const char *const wide[] = { "：", "＝", "是", "为" };
	struct slice rest = slice_sub(text, at, text.len);
	size_t i;

	if (text.ptr[at] == ':')
		return at + 1 < text.len && text.ptr[at + 1] == '=' ? 0 : 1;
	if (text.ptr[at] == '=') {
		if (at > 0 && strchr("=!<>~", text.ptr[at - 1]) != NULL)
			return 0;
		if (rest.len > 1 && (rest.ptr[1] == '=' || rest.ptr[1] == '~'))
			return 0;
		return rest.len > 1 && rest.ptr[1] == '>' ? 2 : 1;
	}
	for (i = 0; i < ARRAY_LEN(wide); i++)
		if (slice_starts(rest, slice_of(wide[i])))
			return strlen(wide[i]);
	return 0;
}

bool
secret_assigned(struct slice text, size_t at, struct secret_hit *hit)
{
	size_t sign = sign_at(text, at), p;
	const struct name *n;
	struct slice name;
	struct value v;
	enum secret_sure sure;
	bool is_tight, is_auth;

	if (sign == 0)
		return false;
	name = name_before(text, at);
	p = skip_blanks(text, at + sign);
	while (p < text.len && text.ptr[p] == '*')
		p++;
	p = skip_blanks(text, p);
	is_tight = text.ptr[at] == '=' && p == at + 1;
	n = name_find(name);
	is_auth = str_ieq(name, SLICE("auth")) || str_ieq(name, SLICE("_auth"));
	if ((n == NULL && !is_auth) ||
	    !value_at(text, p, is_tight ? ",;&" : "", &v))
		return false;
	if (is_auth)
		return docker_auth(text, &v, hit);
	/* "是", "为": a sentence, so only what no sentence has */
	if (sign > 2 && text.ptr[at] != '\xef' && !has_digit(v.text))
		return false;
	sure = n->sure;
	/* NAME=value without blanks is no prose, and no code if NAME is loud */
	if (sure == SECRET_LIKELY && is_tight && !v.is_quoted &&
	    name.ptr[name.len - 1] >= 'A' && name.ptr[name.len - 1] <= 'Z')
		sure = SECRET_CERTAIN;
	return take(text, &v, sure, n->form, n->placeholder, hit);
}

/* "://user:password@host", with `at` at its first colon. */
static bool
url_password(struct slice text, size_t at, struct secret_hit *hit)
{
	size_t p = at + 3, colon = 0;
	struct value v;

	if (!slice_starts(slice_sub(text, at, text.len), SLICE("://")))
		return false;
	for (; p < text.len && p - at < 256; p++) {
		unsigned char c = (unsigned char)text.ptr[p];

		if (c == '@' && colon != 0)
			break;
		if (c <= ' ' || c >= 0x7f || c == '/' || is_quote((char)c) ||
		    c == '?' || c == '@')
			return false;
		if (c == ':' && colon == 0)
			colon = p;
	}
	if (p >= text.len || text.ptr[p] != '@' || colon == 0)
		return false;
	v = (struct value){ slice_sub(text, colon + 1, p), false };
	return take(text, &v, SECRET_CERTAIN, "URL with password",
	    "<password>", hit);
}

/* "user:password@tcp(host:3306)/db", with `at` at the '@'. */
static bool
dsn_password(struct slice text, size_t at, struct secret_hit *hit)
{
	struct slice rest = slice_sub(text, at, text.len);
	size_t p = at;
	struct value v;

	if (!slice_starts(rest, SLICE("@tcp(")) &&
	    !slice_starts(rest, SLICE("@unix(")))
		return false;
	while (p > 0 && at - p < SECRET_BEFORE && text.ptr[p - 1] != ':' &&
	    text.ptr[p - 1] > ' ' && text.ptr[p - 1] != '/')
		p--;
	if (p < 2 || text.ptr[p - 1] != ':')
		return false;
	v = (struct value){ slice_sub(text, p, at), false };
	return take(text, &v, SECRET_CERTAIN, "connection string",
	    "<password>", hit);
}

/*
 * "host:5432:database:user:password", a whole line of .pgpass, with `at` at
 * its first colon.
 */
static bool
pgpass_line(struct slice text, size_t at, struct secret_hit *hit)
{
	struct slice rest = slice_sub(text, at + 1, at + SECRET_VALUE_MAX);
	struct slice line, part;
	struct value v;
	size_t i, n = 0;
	int64_t port;

	if (rest.len == 0 || !(ascii_is_digit(rest.ptr[0]) ||
	    rest.ptr[0] == '*'))
		return false;
	for (i = at; i > 0 && text.ptr[i - 1] != '\n'; i--)
		if (at - i > SECRET_BEFORE || text.ptr[i - 1] <= ' ' ||
		    text.ptr[i - 1] == ':')
			return false;
	if (!str_line(&rest, &line, NULL))
		return false;
	while (n < 3 && str_split(&line, ':', &part)) {
		if (part.len == 0 || (n == 0 && !slice_is(part, "*") &&
		    !str_int(part, 1, 65535, &port)))
			return false;
		n++;
	}
	if (n < 3 || line.len == 0 || memchr(line.ptr, ' ', line.len) != NULL)
		return false;
	v = (struct value){ str_trim(line), false };
	return take(text, &v, SECRET_LIKELY, "password file", "<password>",
	    hit);
}

bool
secret_in_url(struct slice text, size_t at, struct secret_hit *hit)
{
	if (text.ptr[at] == '@')
		return dsn_password(text, at, hit);
	return url_password(text, at, hit) || pgpass_line(text, at, hit);
}

/* The command before `at`: its line, and those that "\" joined to it. */
static struct slice
command_before(struct slice text, size_t at)
{
	size_t from = at;

	while (from > 0 && at - from < SECRET_BEFORE) {
		char c = text.ptr[from - 1];

		if (c == ';' || c == '|' || (c == '\n' &&
		    !(from > 1 && text.ptr[from - 2] == '\\')))
			break;
		from--;
	}
	return slice_sub(text, from, at);
}

/* An option whose value is a secret with these programs. */
struct short_option {
	char letter;
	bool is_joined;		/* "-pVALUE" counts */
	bool is_apart;		/* "-p VALUE" counts */
	const char *const *programs;
};

static const char *const joined_p[] = { "mysql", "maria", "mycli",
	"xtrabackup", "innobackupex", "mydumper", "myloader", "sshpass",
	"pt-", "loader", "7z", "rar ", NULL };
static const char *const apart_p[] = { "sshpass", "mongo", "docker login",
	"podman login", "registry login", "rabbitmqadmin", "cqlsh", "dumpling",
	"clickhouse", "influx", "ipmitool", "vncviewer", "argocd",
	NULL };
static const char *const redis_a[] = { "redis-cli", "redis-benchmark",
	"valkey-cli", NULL };
static const char *const ldap_w[] = { "ldap", NULL };
static const char *const mssql_p[] = { "sqlcmd", "bcp ", "ipmitool",
	"unzip", "zip ", NULL };

static const struct short_option short_options[] = {
	{ 'p', true, false, joined_p },
	{ 'p', false, true, apart_p },
	{ 'a', false, true, redis_a },
	{ 'w', true, true, ldap_w },
	{ 'P', true, true, mssql_p },
};

static bool
has_program(struct slice command, const char *const *programs)
{
	for (; *programs != NULL; programs++)
		if (memmem(command.ptr, command.len, *programs,
		    strlen(*programs)) != NULL)
			return true;
	return false;
}

/* "-p3306", "-p 80:80": a port. */
static bool
is_port(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.ptr[i]) && s.ptr[i] != ':')
			return false;
	return s.len <= 11;
}

/* "curl -u user:password" */
static bool
user_option(struct slice text, size_t at, struct secret_hit *hit)
{
	static const char *const programs[] = { "curl", "http", "wget", "ab ",
		"helm", NULL };
	size_t p = skip_blanks(text, at + 2);
	const char *colon;
	struct value v;

	if (!value_at(text, p, "", &v) ||
	    (colon = memchr(v.text.ptr, ':', v.text.len)) == NULL ||
	    !has_program(command_before(text, at), programs))
		return false;
	v.text = slice_sub(v.text, (size_t)(colon + 1 - v.text.ptr),
	    v.text.len);
	return take(text, &v, SECRET_CERTAIN, "user:password option",
	    "<password>", hit);
}

static bool
short_option(struct slice text, size_t at, struct secret_hit *hit)
{
	struct slice command;
	struct value v;
	size_t i, p = at + 2;
	bool is_joined = p < text.len && text.ptr[p] != ' ';

	if (text.ptr[at + 1] == 'u')
		return user_option(text, at, hit);
	for (i = 0; i < ARRAY_LEN(short_options); i++)
		if (short_options[i].letter == text.ptr[at + 1])
			break;
	if (i == ARRAY_LEN(short_options) ||
	    !value_at(text, skip_blanks(text, p), ";", &v) ||
	    v.text.len == 0 || v.text.ptr[0] == '-' || is_port(v.text))
		return false;
	command = command_before(text, at);
	for (; i < ARRAY_LEN(short_options); i++)
		if (short_options[i].letter == text.ptr[at + 1] &&
		    (is_joined ? short_options[i].is_joined :
		    short_options[i].is_apart) &&
		    has_program(command, short_options[i].programs))
			return take(text, &v, is_joined || v.is_quoted ?
			    SECRET_CERTAIN : SECRET_LIKELY, "password option",
			    "<password>", hit);
	return false;
}

/* "--password VALUE"; "--password=VALUE" is an assignment. */
static bool
long_option(struct slice text, size_t at, struct secret_hit *hit)
{
	const struct name *n;
	size_t end = at + 2;
	struct value v;

	while (end < text.len && end - at < NAME_MAX_BYTES &&
	    (ascii_is_alnum(text.ptr[end]) || text.ptr[end] == '-' ||
	    text.ptr[end] == '_'))
		end++;
	if (end >= text.len || text.ptr[end] != ' ')
		return false;
	n = name_find(slice_sub(text, at + 2, end));
	if (n == NULL || !value_at(text, skip_blanks(text, end), "", &v) ||
	    v.text.len == 0 || v.text.ptr[0] == '-')
		return false;
	return take(text, &v, n->sure, n->form, n->placeholder, hit);
}

bool
secret_in_option(struct slice text, size_t at, struct secret_hit *hit)
{
	if (at + 2 >= text.len || (at > 0 && text.ptr[at - 1] > ' ' &&
	    strchr("\"'`([{,", text.ptr[at - 1]) == NULL))
		return false;
	return text.ptr[at + 1] == '-' ? long_option(text, at, hit) :
	    short_option(text, at, hit);
}

/* A word of any case at `at`, with a blank or one of `behind` after it. */
static bool
is_word(struct slice text, size_t at, const char *word, const char *behind)
{
	size_t n = strlen(word);

	return str_ieq(slice_sub(text, at, at + n), slice_of(word)) &&
	    at + n < text.len && (text.ptr[at + n] == ' ' ||
	    strchr(behind, text.ptr[at + n]) != NULL);
}

static bool
seen_before(struct slice text, size_t at, const char *what)
{
	struct slice s = slice_sub(text, at > SECRET_BEFORE ?
	    at - SECRET_BEFORE : 0, at);

	return memmem(s.ptr, s.len, what, strlen(what)) != NULL;
}

/* "Authorization: Bearer TOKEN", "Authorization: Basic BASE64" */
static bool
authorization(struct slice text, size_t at, struct secret_hit *hit)
{
	bool is_bearer = is_word(text, at, "bearer", "");
	size_t p = skip_blanks(text, at + (is_bearer ? 6 : 5));
	struct value v;

	if (p >= text.len || !bare_value(text, p, ",;", &v))
		return false;
	if (is_bearer)
		return take(text, &v, SECRET_MAYBE, "bearer token",
		    "<token>", hit);
	if (!seen_before(text, at, "uthorization") ||
	    !is_user_password(v.text))
		return false;
	return take(text, &v, SECRET_CERTAIN, "HTTP login",
	    "<base64-of-user-and-password>", hit);
}

/* "IDENTIFIED [WITH plugin] BY [PASSWORD] '...'" */
static bool
identified_by(struct slice text, size_t at, struct secret_hit *hit)
{
	size_t p = at + 10, end = at + 100 < text.len ? at + 100 : text.len;
	struct value v;

	for (; p + 3 < end && text.ptr[p] != '\n'; p++) {
		if (text.ptr[p] != ' ' || !is_word(text, p + 1, "by", ""))
			continue;
		p = skip_blanks(text, p + 3);
		if (p < text.len && is_word(text, p, "password", ""))
			p = skip_blanks(text, p + 8);
		return p < text.len && is_quote(text.ptr[p]) &&
		    quoted_value(text, p, &v) && take(text, &v,
		    SECRET_CERTAIN, "password in SQL", "<password>", hit);
	}
	return false;
}

/* "PASSWORD '...'", "PASSWORD('...')", and "password ..." of a .netrc */
static bool
behind_password(struct slice text, size_t at, struct secret_hit *hit)
{
	size_t p = skip_blanks(text, at + 8);
	struct value v;

	if (p < text.len && text.ptr[p] == '(')
		p++;
	if (p >= text.len)
		return false;
	if (text.ptr[p] == '\'' && quoted_value(text, p, &v))
		return take(text, &v, SECRET_CERTAIN, "password in SQL",
		    "<password>", hit);
	return seen_before(text, at, "machine ") &&
	    seen_before(text, at, "login ") && bare_value(text, p, "", &v) &&
	    take(text, &v, SECRET_LIKELY, "password file", "<password>", hit);
}

/* "requirepass VALUE", a line of redis.conf */
static bool
behind_requirepass(struct slice text, size_t at, size_t len,
    struct secret_hit *hit)
{
	struct value v;

	return value_at(text, skip_blanks(text, at + len), "", &v) &&
	    take(text, &v, SECRET_LIKELY, "password", "<password>", hit);
}

/* What the command before writes: echo VALUE | passwd --stdin user */
static bool
echoed(struct slice text, size_t at, bool has_user, struct secret_hit *hit)
{
	struct slice line = slice_sub(text, at > SECRET_BEFORE ?
	    at - SECRET_BEFORE : 0, at);
	const char *nl = memrchr(line.ptr, '\n', line.len), *p, *colon;
	struct value v;

	if (nl != NULL)
		line = slice_sub(line, (size_t)(nl + 1 - line.ptr), line.len);
	p = memmem(line.ptr, line.len, "echo ", 5);
	if (p == NULL || memchr(p, '|', (size_t)(line.ptr + line.len - p)) ==
	    NULL || !value_at(text, skip_blanks(text,
	    (size_t)(p + 5 - text.ptr)), "", &v))
		return false;
	if (has_user) {
		colon = memchr(v.text.ptr, ':', v.text.len);
		if (colon == NULL)
			return false;
		v.text = slice_sub(v.text,
		    (size_t)(colon + 1 - v.text.ptr), v.text.len);
	}
	return take(text, &v, SECRET_CERTAIN, "password on a command line",
	    "<password>", hit);
}

/* "sqlplus user/password@database" */
static bool
oracle_login(struct slice text, size_t at, size_t len,
    struct secret_hit *hit)
{
	struct slice rest = slice_sub(text, at + len, at + len +
	    SECRET_BEFORE);
	struct slice word;
	const char *slash, *host;
	struct value v;

	while (str_split(&rest, ' ', &word)) {
		if (memchr(word.ptr, '\n', word.len) != NULL)
			return false;
		slash = memchr(word.ptr, '/', word.len);
		host = memrchr(word.ptr, '@', word.len);
		if (slash == NULL || host == NULL || host < slash ||
		    slash == word.ptr)
			continue;
		v = (struct value){ slice_make(slash + 1,
		    (size_t)(host - slash - 1)), false };
		return take(text, &v, SECRET_CERTAIN, "database login",
		    "<password>", hit);
	}
	return false;
}

bool
secret_behind_word(struct slice text, size_t at, struct secret_hit *hit)
{
	static const char *const oracle[] = { "sqlplus", "expdp", "impdp",
		"sqlldr", "rman" };
	size_t i;

	switch (ascii_lower(text.ptr[at])) {
	case 'b':
		return (is_word(text, at, "bearer", "") ||
		    is_word(text, at, "basic", "")) &&
		    authorization(text, at, hit);
	case 'c':
		return at + 8 <= text.len && slice_is(slice_sub(text, at,
		    at + 8), "chpasswd") && echoed(text, at, true, hit);
	case 'i':
		if (is_word(text, at, "identified", ""))
			return identified_by(text, at, hit);
		break;
	case 'm':
		return is_word(text, at, "masterauth", "") &&
		    behind_requirepass(text, at, 10, hit);
	case 'p':
		if (is_word(text, at, "password", "(\t"))
			return behind_password(text, at, hit);
		return slice_starts(slice_sub(text, at, text.len),
		    SLICE("passwd --stdin")) && echoed(text, at, false, hit);
	case 'r':
		if (is_word(text, at, "requirepass", ""))
			return behind_requirepass(text, at, 11, hit);
		break;
	}
	for (i = 0; i < ARRAY_LEN(oracle); i++)
		if (is_word(text, at, oracle[i], ""))
			return oracle_login(text, at, strlen(oracle[i]), hit);
	return false;
}
