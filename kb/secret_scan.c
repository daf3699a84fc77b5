/*
 * secret_scan.c - secrets that have a form of their own, and the one pass
 * over the text that asks for all; see secret_scan.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/secret_internal.h"
#include "common/buf.h"
#include "common/str.h"

/* A private key longer than this is cut: the rest is found as base64. */
#define KEY_MAX (32 * 1024)

/* A prefix, and what must follow it. */
struct token {
	const char *prefix;
	enum secret_alphabet set;
	size_t min, max;	/* bytes behind the prefix; more is none */
	const char *form;
	const char *placeholder;
};

#define MANY 127	/* no end is known: looked at so far, taken whole */
static const struct token tokens[] = {
	{ "AKIA", SECRET_UPPER, 16, 16, "AWS access key", "<aws-access-key>" },
	{ "ASIA", SECRET_UPPER, 16, 16, "AWS access key", "<aws-access-key>" },
	{ "ABIA", SECRET_UPPER, 16, 16, "AWS access key", "<aws-access-key>" },
	{ "ACCA", SECRET_UPPER, 16, 16, "AWS access key", "<aws-access-key>" },
	{ "LTAI", SECRET_ALNUM, 12, 26, "Aliyun access key",
	    "<aliyun-access-key>" },
	{ "AKID", SECRET_ALNUM, 32, 32, "Tencent Cloud access key",
	    "<tencent-access-key>" },
	{ "AIza", SECRET_URL64, 35, 35, "Google API key", "<google-api-key>" },
	{ "GOCSPX-", SECRET_URL64, 24, MANY, "Google client secret",
	    "<google-client-secret>" },
	{ "ya29.", SECRET_URL64, 20, MANY, "Google access token",
	    "<google-token>" },
	{ "ghp_", SECRET_ALNUM, 30, MANY, "GitHub token", "<github-token>" },
	{ "gho_", SECRET_ALNUM, 30, MANY, "GitHub token", "<github-token>" },
	{ "ghu_", SECRET_ALNUM, 30, MANY, "GitHub token", "<github-token>" },
	{ "ghs_", SECRET_ALNUM, 30, MANY, "GitHub token", "<github-token>" },
	{ "ghr_", SECRET_ALNUM, 30, MANY, "GitHub token", "<github-token>" },
	{ "github_pat_", SECRET_URL64, 22, MANY, "GitHub token",
	    "<github-token>" },
	{ "glpat-", SECRET_URL64, 20, MANY, "GitLab token",
	    "<gitlab-token>" },
	{ "gldt-", SECRET_URL64, 20, MANY, "GitLab token", "<gitlab-token>" },
	{ "glrt-", SECRET_URL64, 20, MANY, "GitLab token", "<gitlab-token>" },
	{ "glptt-", SECRET_URL64, 20, MANY, "GitLab token",
	    "<gitlab-token>" },
	{ "xoxb-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "xoxp-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "xoxa-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "xoxr-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "xoxs-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "xapp-", SECRET_URL64, 16, MANY, "Slack token", "<slack-token>" },
	{ "hooks.slack.com/services/", SECRET_SLASHED, 30, MANY,
	    "Slack webhook", "<slack-webhook>" },
	{ "oapi.dingtalk.com/robot/send?access_token=", SECRET_HEX, 32, MANY,
	    "DingTalk webhook", "<dingtalk-webhook>" },
	{ "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", SECRET_URL64, 32,
	    MANY, "WeCom webhook", "<wecom-webhook>" },
	{ "open.feishu.cn/open-apis/bot/v2/hook/", SECRET_URL64, 32, MANY,
	    "Feishu webhook", "<feishu-webhook>" },
	{ "sk_live_", SECRET_ALNUM, 16, MANY, "Stripe key", "<stripe-key>" },
	{ "sk_test_", SECRET_ALNUM, 16, MANY, "Stripe key", "<stripe-key>" },
	{ "rk_live_", SECRET_ALNUM, 16, MANY, "Stripe key", "<stripe-key>" },
	{ "rk_test_", SECRET_ALNUM, 16, MANY, "Stripe key", "<stripe-key>" },
	{ "whsec_", SECRET_BASE64, 24, MANY, "Stripe webhook secret",
	    "<stripe-webhook-secret>" },
	{ "sk-", SECRET_URL64, 32, MANY, "API key", "<api-key>" },
	{ "npm_", SECRET_ALNUM, 36, 36, "npm token", "<npm-token>" },
	{ "pypi-", SECRET_URL64, 40, MANY, "PyPI token", "<pypi-token>" },
	{ "rubygems_", SECRET_HEX, 48, 48, "RubyGems token",
	    "<rubygems-token>" },
	{ "dckr_pat_", SECRET_URL64, 20, MANY, "Docker token",
	    "<docker-token>" },
	{ "SG.", SECRET_URL64, 60, MANY, "SendGrid key", "<sendgrid-key>" },
	{ "hf_", SECRET_ALNUM, 30, MANY, "Hugging Face token", "<hf-token>" },
	{ "hvs.", SECRET_URL64, 24, MANY, "Vault token", "<vault-token>" },
	{ "dop_v1_", SECRET_HEX, 64, 64, "DigitalOcean token",
	    "<digitalocean-token>" },
	{ "shpat_", SECRET_HEX, 32, 32, "Shopify token", "<shopify-token>" },
	{ "glsa_", SECRET_URL64, 32, MANY, "Grafana token",
	    "<grafana-token>" },
	{ "tskey-", SECRET_URL64, 20, MANY, "Tailscale key",
	    "<tailscale-key>" },
	{ "AGE-SECRET-KEY-1", SECRET_UPPER, 58, 58, "age private key",
	    "<age-private-key>" },
	{ "$1$", SECRET_CRYPT, 24, MANY, "password hash", "<password-hash>" },
	{ "$5$", SECRET_CRYPT, 43, MANY, "password hash", "<password-hash>" },
	{ "$6$", SECRET_CRYPT, 86, MANY, "password hash", "<password-hash>" },
	{ "$y$", SECRET_CRYPT, 50, MANY, "password hash", "<password-hash>" },
	{ "$2a$", SECRET_CRYPT, 56, MANY, "password hash",
	    "<password-hash>" },
	{ "$2b$", SECRET_CRYPT, 56, MANY, "password hash",
	    "<password-hash>" },
	{ "$2y$", SECRET_CRYPT, 56, MANY, "password hash",
	    "<password-hash>" },
	{ "$apr1$", SECRET_CRYPT, 24, MANY, "password hash",
	    "<password-hash>" },
	{ "$argon2", SECRET_CRYPT, 50, MANY, "password hash",
	    "<password-hash>" },
};

static bool
set_has(enum secret_alphabet set, char c)
{
	switch (set) {
	case SECRET_HEX:
		return ascii_is_digit(c) || (c >= 'a' && c <= 'f') ||
		    (c >= 'A' && c <= 'F');
	case SECRET_UPPER:
		return ascii_is_digit(c) || (c >= 'A' && c <= 'Z');
	case SECRET_ALNUM:
		return ascii_is_alnum(c);
	case SECRET_URL64:
		return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
	case SECRET_BASE64:
		return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
	case SECRET_CRYPT:
		return ascii_is_alnum(c) || strchr("./$=,+-", c) != NULL;
	case SECRET_SLASHED:
		return ascii_is_alnum(c) || c == '/';
	}
	return false;
}

size_t
secret_span(struct slice text, size_t at, enum secret_alphabet set,
    size_t max)
{
	size_t n = 0;

	while (n < max && at + n < text.len && text.ptr[at + n] != '\0' &&
	    set_has(set, text.ptr[at + n]))
		n++;
	return n;
}

static bool
starts_at(struct slice text, size_t at, struct slice prefix)
{
	return slice_starts(slice_sub(text, at, text.len), prefix);
}

/* Whether a word may begin at `at`. */
static bool
begins_word(struct slice text, size_t at)
{
	return at == 0 || !(ascii_is_alnum(text.ptr[at - 1]) ||
	    text.ptr[at - 1] == '_');
}

/*
 * The line behind `at`, of a private key: base64, a header ("Proc-Type: ..."),
 * or blank; also quoted, as mail and lists have it, and with "\n" written out.
 */
static bool
is_key_line(struct slice line)
{
	size_t i;

	if (line.len < 128 && memmem(line.ptr, line.len, ": ", 2) != NULL)
		return true;
	for (i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (!ascii_is_alnum(c) && (c == '\0' ||
		    strchr("+/=,-> \t\\\"'", c) == NULL))
			return false;
	}
	return line.len < 1024 || memchr(line.ptr, '\\', line.len) != NULL;
}

/* Where the key that begins at `from` ends: behind its END line, if any. */
static size_t
key_end(struct slice text, size_t from)
{
	static const struct slice end = { "-----END", 8 };
	struct slice rest = slice_sub(text, from, from + KEY_MAX), line;
	const char *last = rest.ptr, *found;
	bool is_first = true;

	while (str_line(&rest, &line, NULL)) {
		found = memmem(line.ptr, line.len, end.ptr, end.len);
		if (found != NULL) {
			found += end.len;
			while (found < line.ptr + line.len && (*found == ' ' ||
			    *found == '-' || ascii_is_alnum(*found)))
				found++;
			return (size_t)(found - text.ptr);
		}
		if (!is_first && !is_key_line(line))
			break;
		is_first = false;
		if (str_trim(line).len != 0)
			last = line.ptr + line.len;
	}
	return (size_t)(last - text.ptr);
}

/* "-----BEGIN ... PRIVATE KEY-----" and what belongs to it. */
static bool
private_key(struct slice text, size_t at, struct secret_hit *hit)
{
	static const struct slice begin = { "-----BEGIN ", 11 };
	struct slice head, body;

	if (!starts_at(text, at, begin))
		return false;
	head = slice_sub(text, at, at + 80);
	if (memmem(head.ptr, head.len, "PRIVATE KEY", 11) == NULL)
		return false;
	hit->from = at;
	hit->to = key_end(text, at);
	body = slice_sub(text, at + begin.len, hit->to);
	/* the line alone, as documentation quotes it, holds no key */
	if (body.len < 100 || memmem(body.ptr, body.len, "...", 3) != NULL)
		return false;
	hit->form = "private key";
	hit->placeholder = "<private-key>";
	return true;
}

/* What examples of tokens are made of: "AKIAIOSFODNN7EXAMPLE", "ghp_xxxx". */
static bool
is_example(struct slice token)
{
	size_t run = 1, i;

	if (memmem(token.ptr, token.len, "EXAMPLE", 7) != NULL ||
	    memmem(token.ptr, token.len, "example", 7) != NULL)
		return true;
	for (i = 1; i < token.len; i++) {
		run = token.ptr[i] == token.ptr[i - 1] ? run + 1 : 1;
		if (run >= 6)
			return true;
	}
	return false;
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

static bool
token(struct slice text, size_t at, struct secret_hit *hit)
{
	const struct token *t;
	struct slice body;
	size_t i, len, n;

	for (i = 0; i < ARRAY_LEN(tokens); i++) {
		t = &tokens[i];
		if (t->prefix[0] != text.ptr[at])
			continue;
		len = strlen(t->prefix);
		if (!starts_at(text, at, slice_make(t->prefix, len)))
			continue;
		n = secret_span(text, at + len, t->set, t->max + 1);
		body = slice_sub(text, at + len, at + len + n);
		if (n < t->min || (t->max != MANY && n > t->max) ||
		    !has_digit(body) || is_example(body))
			continue;
		n = secret_span(text, at + len, t->set, SECRET_VALUE_MAX);
		*hit = (struct secret_hit){ at, at + len + n, 0, t->form,
			t->placeholder };
		return true;
	}
	return false;
}

/* Three parts of base64, the first two of which are JSON objects. */
static bool
web_token(struct slice text, size_t at, struct secret_hit *hit)
{
	size_t n, dots = 0, i, last = 0;

	if (!starts_at(text, at, SLICE("eyJ")))
		return false;
	n = secret_span(text, at, SECRET_URL64, 4 * SECRET_VALUE_MAX);
	for (i = 0; i < n && dots < 3; i++) {
		if (text.ptr[at + i] != '.')
			continue;
		if (++dots == 1 && !starts_at(text, at + i + 1, SLICE("eyJ")))
			return false;
		last = i;
	}
	if (dots < 2 || n - last < 16 ||
	    is_example(slice_sub(text, at, at + n)))
		return false;
	*hit = (struct secret_hit){ at, at + n, 0, "JSON web token", "<jwt>" };
	return true;
}

/* "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey" */
static bool
verifier(struct slice text, size_t at, struct secret_hit *hit)
{
	static const struct slice prefix = { "SCRAM-SHA-256$", 14 };
	size_t p = at + prefix.len, n;
	unsigned part;

	if (!starts_at(text, at, prefix))
		return false;
	for (part = 0; part < 4; part++) {
		n = secret_span(text, p, SECRET_BASE64, 128);
		if (n < (part == 0 ? 1u : 8u))
			return false;
		p += n;
		if (part == 3)
			break;
		if (p == text.len || text.ptr[p] != (part == 1 ? '$' : ':'))
			return false;
		p++;
	}
	*hit = (struct secret_hit){ at, p, 0, "SCRAM verifier",
		"<scram-verifier>" };
	return true;
}

/* What has a form of its own, wherever it stands. */
static bool
own_form(struct slice text, size_t at, struct secret_hit *hit)
{
	return token(text, at, hit) || web_token(text, at, hit) ||
	    verifier(text, at, hit);
}

/* Everything that may begin or have its anchor at this byte. */
static bool
ask(struct slice text, size_t at, struct secret_hit *hit)
{
	char c = text.ptr[at];

	if (ascii_is_alpha(c) || c == '$')
		return begins_word(text, at) && (own_form(text, at, hit) ||
		    secret_behind_word(text, at, hit));
	if (c == '-')
		return private_key(text, at, hit) ||
		    secret_in_option(text, at, hit);
	if (c == ':')
		return secret_in_url(text, at, hit) ||
		    secret_assigned(text, at, hit);
	if (c == '@')
		return secret_in_url(text, at, hit);
	return (c == '=' || (unsigned char)c >= 0xe4) &&
	    secret_assigned(text, at, hit);
}

static size_t
count_lines(struct slice s)
{
	size_t n = 0, i;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == '\n' || (s.ptr[i] == '\r' &&
		    !(i + 1 < s.len && s.ptr[i + 1] == '\n'));
	return n;
}

bool
secret_scan_find(struct slice text, size_t from, struct secret_hit *hit)
{
	size_t line = from == 0 ? 1 : hit->line;
	size_t counted = from == 0 ? 0 : hit->from, at;
	struct secret_hit named;

	for (at = from; at < text.len; at++) {
		if (!ask(text, at, hit) || hit->from < from)
			continue;
		/* "token: ghp_..." is better told by what it is */
		if (own_form(text, hit->from, &named) && named.to >= hit->to)
			*hit = named;
		hit->line = line + count_lines(slice_sub(text, counted,
		    hit->from));
		return true;
	}
	return false;
}

size_t
secret_scan_replace(struct slice text, struct buf *out)
{
	struct secret_hit hit = { .to = 0 };
	size_t at = 0, n = 0;

	while (secret_scan_find(text, at, &hit)) {
		buf_put_slice(out, slice_sub(text, at, hit.from));
		buf_puts(out, hit.placeholder);
		at = hit.to;
		n++;
	}
	buf_put_slice(out, slice_sub(text, at, text.len));
	return n;
}
