/*
 * cmd_trust.c - kbctl trust HOST[:PORT] [FINGERPRINT]: look at a server's
 * certificate and keep it.
 *
 * Nothing is sent to the server but the beginning of TLS. What decides is the
 * fingerprint, which "kbd init" printed and the server's log repeats: the
 * person compares it, or gives it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/arena.h"
#include "common/json.h"
#include "common/str.h"
#include "kbctl/ask.h"
#include "kbctl/certificate.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/environ.h"
#include "kbctl/report.h"
#include "kbctl/save.h"
#include "kbctl/screen.h"
#include "kbctl/setup.h"
#include "kbctl/trust.h"

#include <unistd.h>

/* "HOST", "HOST:PORT", "[::1]:PORT", a bare IPv6 address, or a kb:// URL. */
static bool
read_host(const struct args *args, struct arena *a, struct endpoint *out,
    struct err *e)
{
	const char *word = args->words[0], *port = args_value(args, OPT_PORT);
	const char *colon = strchr(word, ':');
	bool is_url = strncmp(word, "kb://", 5) == 0;
	bool is_ipv6 = !is_url && word[0] != '[' && colon != NULL &&
	    strchr(colon + 1, ':') != NULL;
	struct url url;

	if (!url_parse(is_url ? slice_of(word) : arena_printf(a,
	    is_ipv6 ? "kb://[%s]" : "kb://%s", word), a, &url, e))
		return false;
	if (url.nhosts != 1)
		return err_set(e, ERR_INVALID, "one host at a time");
	*out = url.hosts[0];
	if (out->port == NULL)
		out->port = port != NULL ? port : environ_get("KBPORT");
	if (out->port == NULL)
		out->port = KB_PORT;
	if (!url_port_ok(out->port))
		return err_set(e, ERR_INVALID, "\"%s\" is no port", out->port);
	return true;
}

static void
put_names(struct screen *s, struct slice names)
{
	struct buf b = BUF_INIT;
	struct slice name;

	while (str_line(&names, &name, NULL)) {
		if (b.len != 0)
			buf_puts(&b, ", ");
		buf_put_slice(&b, name);
	}
	print_field(s, "names", 15, "", b.len != 0 ? buf_slice(&b) :
	    SLICE("none"));
	buf_free(&b);
}

static void
show(struct screen *s, const struct endpoint *host,
    const struct certificate *c)
{
	bool bare_ipv6 = strchr(host->host, ':') != NULL;

	buf_printf(&s->out, bare_ipv6 ? "[%s]:%s\n" : "%s:%s\n", host->host,
	    host->port);
	buf_printf(&s->out, "   SHA256:%s\n", c->print);
	put_names(s, buf_slice(&c->names));
	print_field(s, "valid until", 15, "", slice_of(c->until));
	if (!c->names_host)
		report_note("it does not bear the name \"%s\"; what counts "
		    "from now on is that it is this very certificate",
		    host->host);
}

static void
put_json(struct screen *s, const struct endpoint *host,
    const struct certificate *c)
{
	struct json *doc = js_document("kb.trust/1"), *list = js_array();
	struct slice names = buf_slice(&c->names), name;

	js_put_text(doc, "host", slice_of(host->host));
	js_put_text(doc, "port", slice_of(host->port));
	js_put_text(doc, "fingerprint", slice_of(c->print));
	while (str_line(&names, &name, NULL))
		js_add(list, js_string(name));
	js_put(doc, "names", list);
	js_put_bool(doc, "names_host", c->names_host);
	js_put_text(doc, "valid_until", slice_of(c->until));
	js_write(doc, &s->out);
	js_free(doc);
}

enum known { KNOWN_NO, KNOWN_SAME, KNOWN_OTHER };

static enum known
compare(const char *path, const struct endpoint *host,
    const struct certificate *c)
{
	struct certificate old;
	enum known known;

	if (access(path, F_OK) != 0)
		return KNOWN_NO;
	if (!certificate_read(path, host->host, &old, NULL))
		return KNOWN_OTHER;
	known = certificate_has_print(c, old.print) ? KNOWN_SAME :
	    KNOWN_OTHER;
	if (known == KNOWN_OTHER)
		report_note("ANOTHER certificate was kept for this server: %s",
		    old.print);
	certificate_free(&old);
	return known;
}

/* What must not be kept, whoever says so. */
static bool
check(const struct certificate *c, struct err *e)
{
	if (c->is_over)
		return err_set(e, ERR_REFUSED,
		    "the certificate ended on %s", c->until);
	if (c->is_own)
		return true;
	err_set(e, ERR_REFUSED, "the certificate was signed by another one");
	return err_hint(e, "Put the certificate of who signed it into "
	    "$XDG_CONFIG_HOME/kbctl/root.crt, or name its file in "
	    "KBSSLROOTCERT.");
}

static bool
confirm(const struct args *args, const struct certificate *c, struct err *e)
{
	bool yes = false;

	if (args->nwords > 1) {
		if (certificate_has_print(c, args->words[1]))
			return true;
		return err_set(e, ERR_REFUSED,
		    "the server's certificate has another fingerprint");
	}
	if (args_has(args, OPT_YES))
		return true;
	if (!ask_somebody()) {
		err_set(e, ERR_INVALID, "nobody is here to confirm it");
		return err_hint(e, "Give the fingerprint that \"kbd init\" "
		    "printed: kbctl trust %s SHA256:...", args->words[0]);
	}
	if (!ask_yes("Is this the fingerprint that \"kbd init\" printed?",
	    &yes, e))
		return false;
	return yes || err_set(e, ERR_REFUSED, "it was not kept");
}

static enum exit_code
keep(struct context *c, const struct endpoint *host, const char *path,
    const struct certificate *cert)
{
	enum known known = compare(path, host, cert);
	struct err e = ERR_INIT;

	if (args_has(c->args, OPT_JSON))
		put_json(c->out, host, cert);
	else
		show(c->out, host, cert);
	if (!screen_flush(c->out))
		return EXIT_FAILED;
	if (known == KNOWN_SAME) {
		report_note("it is the one that was kept");
		return EXIT_DONE;
	}
	if (!check(cert, &e) || !confirm(c->args, cert, &e) ||
	    !save_private(path, buf_slice(&cert->pem), &e))
		return report_err(&e);
	report_note("kept in %s", path);
	return EXIT_DONE;
}

/* Words that are no host and fingerprint may have been meant as a search. */
static bool
words_fit(const struct args *args, struct err *e)
{
	const char *print = args->nwords > 1 ? args->words[1] : NULL;
	const char *digits = print != NULL &&
	    strncasecmp(print, "SHA256:", 7) == 0 ? print + 7 : print;

	if (print == NULL || (strlen(digits) >= 64 &&
	    strspn(digits, "0123456789abcdefABCDEF:") == strlen(digits)))
		return true;
	err_set(e, ERR_INVALID, "\"%s\" is no SHA-256 fingerprint", print);
	return command_hint_search(args, e);
}

enum exit_code
cmd_trust(struct context *c)
{
	struct arena a = ARENA_INIT;
	struct certificate cert;
	struct endpoint host;
	struct err e = ERR_INIT;
	const char *path = NULL;
	enum exit_code code = EXIT_USAGE;
	bool ok = words_fit(c->args, &e) && read_host(c->args, &a, &host, &e);

	if (ok) {
		path = trust_path(&host, &a);
		ok = path != NULL || err_set(&e, ERR_INVALID,
		    "\"%s\" has no certificate", host.host);
	}
	if (ok)
		ok = client_certificate(&host, &cert, &e);
	if (ok) {
		code = keep(c, &host, path, &cert);
		certificate_free(&cert);
	} else {
		code = report_err(&e);
	}
	arena_free(&a);
	return code;
}
