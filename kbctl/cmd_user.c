/*
 * cmd_user.c - kbctl user add|passwd|list|drop: roles.
 *
 * A password never leaves this process: libpq makes a SCRAM verifier of it,
 * and only that is sent. It is asked for on the terminal, or comes from
 * KB_NEW_PASSWORD or a line of standard input.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kbctl/ask.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/environ.h"
#include "kbctl/report.h"
#include "kbctl/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct user_verb {
	const char *name;
	int min_words, max_words;	/* after the verb */
	const char *words;
	enum exit_code (*run)(struct context *c, struct client *client,
	    const char **words, int n);
};

/* ---- the password ---- */

static bool
ask_twice(char out[ASK_PASSWORD_MAX], struct err *e)
{
	char again[ASK_PASSWORD_MAX];
	bool ok = ask_password("new password", out, e) &&
	    ask_password("once more", again, e);

	if (ok && strcmp(out, again) != 0)
		ok = err_set(e, ERR_INVALID, "these are two passwords");
	explicit_bzero(again, sizeof(again));
	return ok;
}

static bool
read_line(char out[ASK_PASSWORD_MAX], struct err *e)
{
	size_t len;

	if (fgets(out, ASK_PASSWORD_MAX, stdin) == NULL)
		return err_set(e, ERR_INVALID, "no password was given");
	len = strlen(out);
	if (len + 1 == ASK_PASSWORD_MAX && out[len - 1] != '\n')
		return err_set(e, ERR_LIMIT, "the password is too long");
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

static bool
new_password(char out[ASK_PASSWORD_MAX], struct err *e)
{
	const char *given = environ_get("KB_NEW_PASSWORD");
	bool ok;

	if (given != NULL && strlen(given) < ASK_PASSWORD_MAX) {
		snprintf(out, ASK_PASSWORD_MAX, "%s", given);
		ok = true;
	} else if (isatty(STDIN_FILENO)) {
		ok = ask_twice(out, e);
	} else {
		ok = read_line(out, e);
	}
	if (ok && out[0] == '\0')
		return err_set(e, ERR_INVALID, "the password is empty");
	return ok;
}

/* Ask, and add the verifier as the next parameter. */
static bool
add_verifier(struct statement *s, struct client *client, const char *role,
    struct err *e)
{
	char password[ASK_PASSWORD_MAX], *verifier = NULL;
	bool ok = new_password(password, e) &&
	    client_encrypt(client, role, password, &verifier, e);

	explicit_bzero(password, sizeof(password));
	if (ok)
		statement_text(s, verifier);
	free(verifier);
	return ok;
}

/* ---- the verbs ---- */

static enum exit_code
user_add(struct context *c, struct client *client, const char **words, int n)
{
	struct statement s;
	struct err e = ERR_INIT;
	bool ok;

	(void)c;
	statement_init(&s, "CALL create_role($1, $2, $3)");
	statement_text(&s, words[0]);
	statement_text(&s, n > 1 ? words[1] : "viewer");
	ok = add_verifier(&s, client, words[0], &e) &&
	    statement_run(&s, client, NULL, &e);
	statement_free(&s);
	if (!ok)
		return report_err(&e);
	report_note("role %s was added, as %s", words[0],
	    n > 1 ? words[1] : "viewer");
	return EXIT_DONE;
}

static enum exit_code
user_passwd(struct context *c, struct client *client, const char **words,
    int n)
{
	struct statement s;
	struct err e = ERR_INIT;
	bool ok;

	(void)c;
	(void)n;
	statement_init(&s, "CALL alter_role($1, password => $2)");
	statement_text(&s, words[0]);
	ok = add_verifier(&s, client, words[0], &e) &&
	    statement_run(&s, client, NULL, &e);
	statement_free(&s);
	if (!ok)
		return report_err(&e);
	report_note("role %s has a new password", words[0]);
	return EXIT_DONE;
}

static enum exit_code
user_drop(struct context *c, struct client *client, const char **words, int n)
{
	struct statement s;
	struct err e = ERR_INIT;
	bool ok;

	(void)c;
	(void)n;
	statement_init(&s, "CALL drop_role($1)");
	statement_text(&s, words[0]);
	ok = statement_run(&s, client, NULL, &e);
	statement_free(&s);
	if (!ok)
		return report_err(&e);
	report_note("role %s was dropped", words[0]);
	return EXIT_DONE;
}

enum { NAME, LEVEL, LOGIN, PASSWORD, UNTIL, COLUMNS };

static void
put_json(struct screen *out, const struct result *r)
{
	struct json *doc = js_document("kb.users/1"), *list = js_array(), *one;
	size_t i;

	for (i = 0; i < result_rows(r); i++) {
		one = js_object();
		js_put_text(one, "name", result_text(r, i, NAME));
		js_put_text(one, "level", result_text(r, i, LEVEL));
		js_put_bool(one, "can_login", result_bool(r, i, LOGIN));
		js_put_bool(one, "has_password", result_bool(r, i, PASSWORD));
		js_put_time(one, "valid_until", result_text(r, i, UNTIL));
		js_add(list, one);
	}
	js_put(doc, "users", list);
	js_write(doc, &out->out);
	js_free(doc);
}

static void
put_table(struct screen *out, const struct result *r)
{
	static const char *const head[] = { "ROLE", "LEVEL", "LOGIN",
		"PASSWORD", "VALID UNTIL" };
	struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	for (i = 0; i < ARRAY_LEN(head); i++)
		table_add(&t, STYLE_DIM, slice_of(head[i]));
	for (i = 0; i < result_rows(r); i++) {
		table_add(&t, STYLE_TITLE, result_text(r, i, NAME));
		table_add(&t, STYLE_PLAIN, result_text(r, i, LEVEL));
		table_add(&t, STYLE_PLAIN, result_bool(r, i, LOGIN) ?
		    SLICE("yes") : SLICE("no"));
		table_add(&t, STYLE_PLAIN, result_bool(r, i, PASSWORD) ?
		    SLICE("yes") : SLICE("none"));
		table_add(&t, STYLE_DIM, print_minute(result_text(r, i,
		    UNTIL)));
	}
	table_print(&t, out);
	table_free(&t);
}

static enum exit_code
user_list(struct context *c, struct client *client, const char **words, int n)
{
	struct result *r;
	struct err e = ERR_INIT;

	(void)words;
	(void)n;
	if (!client_query(client, "SELECT name, level, can_login, "
	    "has_password, valid_until FROM kb_roles ORDER BY name", NULL, 0,
	    &r, &e))
		return report_err(&e);
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, r);
	else
		put_table(c->out, r);
	result_free(r);
	return EXIT_DONE;
}

static const struct user_verb verbs[] = {
	{ "add", 1, 2, "NAME [viewer|editor|admin]", user_add },
	{ "passwd", 1, 1, "NAME", user_passwd },
	{ "list", 0, 0, "", user_list },
	{ "drop", 1, 1, "NAME", user_drop },
};

enum exit_code
cmd_user(struct context *c)
{
	const char **words = c->args->words;
	int n = c->args->nwords - 1;
	struct client *client;
	struct err e = ERR_INIT;
	size_t i = 0;

	while (i < ARRAY_LEN(verbs) && strcmp(words[0], verbs[i].name) != 0)
		i++;
	if (i == ARRAY_LEN(verbs) || n < verbs[i].min_words ||
	    n > verbs[i].max_words) {
		err_set(&e, ERR_INVALID, i == ARRAY_LEN(verbs) ?
		    "\"%s\" is nothing to do with users" :
		    "user %s has other words", words[0]);
		(void)command_hint_search(c->args, &e);
		return report_err(&e);
	}
	if (!context_client(c, &client, &e))
		return report_err(&e);
	return verbs[i].run(c, client, words + 1, n);
}
