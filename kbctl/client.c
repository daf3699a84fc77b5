/*
 * client.c - one connection to kbd; see client.h.
 *
 * Invariants:
 *   (1) Every connection parameter that libpq would otherwise take from a
 *       file or a variable is given explicitly and is not empty, since libpq
 *       reads an empty one as "not given".
 *   (2) `cancel` is set exactly while a statement runs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/client.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbctl/ask.h"
#include "kbctl/certificate.h"
#include "kbctl/exits.h"
#include "kbctl/setup.h"
#include "kbctl/trust.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 10000

/* A path where no file can be: what libpq looks for there is not found. */
#define NO_FILE "/dev/null/none"

#define OID_INT8 20
#define OID_TEXT 25

struct client {
	PGconn *conn;		/* owned */
	char *target;		/* owned */
	struct buf detail;	/* owned; of the last error */
};

static PGcancel *volatile cancel;
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	int saved = errno;
	char ignored[256];

	(void)sig;
	if (cancel == NULL || interrupted) {
		(void)!write(STDERR_FILENO, "\n", 1);
		_exit(EXIT_INTERRUPTED);
	}
	interrupted = 1;
	PQcancel(cancel, ignored, sizeof(ignored));
	errno = saved;
}

void
client_catch_interrupt(void)
{
	struct sigaction sa = { .sa_handler = on_interrupt,
		.sa_flags = SA_RESTART };

	struct sigaction old;

	sigemptyset(&sa.sa_mask);
	/* a background job of a script is started with SIGINT ignored */
	if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGINT, &sa, NULL);
}

#define PARAMETERS_MAX 24

struct parameters {
	const char *keys[PARAMETERS_MAX];
	const char *values[PARAMETERS_MAX];
	size_t n;
};

static void
add_parameter(struct parameters *p, const char *key, const char *value)
{
	if (value == NULL)
		return;
	p->keys[p->n] = key;
	p->values[p->n++] = value;
}

static void
end_parameters(struct parameters *p)
{
	p->keys[p->n] = p->values[p->n] = NULL;
}

/* Who signed the server's certificate: the user's file, or the system's. */
static const char *
root_certificate(const struct setup *setup, struct arena *a)
{
	static const char system_file[] = "/etc/ssl/certs/ca-certificates.crt";
	const char *own = setup_path(a, "root.crt");

	if (setup->sslrootcert != NULL)
		return setup->sslrootcert;
	if (own != NULL && access(own, R_OK) == 0)
		return own;
	return access(system_file, R_OK) == 0 ? system_file : NO_FILE;
}

/* How the server is checked: as it was asked for, by a certificate that was
   kept for it, or by who signed it. */
static void
add_checks(const struct setup *setup, const struct endpoint *host,
    struct arena *a, struct parameters *p)
{
	bool local = url_is_local(host->host);
	const char *mode = local ? "prefer" : "verify-full";
	const char *kept = setup->sslrootcert == NULL ?
	    trust_find(host, a, &mode) : NULL;

	add_parameter(p, "sslmode", setup->sslmode != NULL ?
	    setup->sslmode : mode);
	/* the password must be proven to the end of this very TLS connection,
	   and is never given away in clear text */
	if (setup->sslmode == NULL && (kept != NULL || !local))
		add_parameter(p, "channel_binding", "require");
	if (kept == NULL)
		kept = local && setup->sslrootcert == NULL ? NO_FILE :
		    root_certificate(setup, a);
	add_parameter(p, "sslrootcert", kept);
}

static void
fill_parameters(const struct setup *setup, const struct endpoint *host,
    struct arena *a, struct parameters *p)
{
	p->n = 0;
	add_parameter(p, "host", host->host);
	add_parameter(p, "port", host->port);
	add_parameter(p, "dbname", "kb");
	add_parameter(p, "user", setup->user);
	add_parameter(p, "passfile", setup->passfile != NULL ?
	    setup->passfile : NO_FILE);
	add_checks(setup, host, a, p);
	add_parameter(p, "sslcert", NO_FILE);
	add_parameter(p, "sslkey", NO_FILE);
	add_parameter(p, "sslcrl", NO_FILE);
	add_parameter(p, "gssencmode", "disable");
	add_parameter(p, "krbsrvname", "kbd");
	add_parameter(p, "client_encoding", "UTF8");
	add_parameter(p, "application_name", "kbctl");
	add_parameter(p, "connect_timeout", "10");
	end_parameters(p);
}

/* Wait until libpq can go on; false when the deadline passed. */
static bool
wait_for(PGconn *conn, PostgresPollingStatusType what, int64_t deadline_ms)
{
	struct pollfd fd = { .fd = PQsocket(conn),
		.events = what == PGRES_POLLING_READING ? POLLIN : POLLOUT };
	int n;

	do {
		int64_t left = deadline_ms - clock_ms();

		n = poll(&fd, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* What to do when there was no answer, or none that can be believed. */
static bool
hint_at(PGconn *conn, const struct endpoint *host, struct err *e)
{
	static const char *const doubts[] = { "certificate", "root.crt" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(doubts); i++)
		if (strstr(PQerrorMessage(conn), doubts[i]) != NULL)
			return err_hint(e, "kbctl -p %s trust %s shows the "
			    "server's certificate, and keeps it when you know "
			    "it.", host->port, host->host);
	return err_hint(e, "Does kbd run? kbctl start starts it, "
	    "kbctl -h HOST or -D DIR names another one.");
}

/*
 * What ended it: a name may have several addresses, each of which libpq tries
 * and has a line for ("localhost" is ::1, then 127.0.0.1).
 */
static struct slice
last_attempt(PGconn *conn)
{
	struct slice text = slice_of(PQerrorMessage(conn)), line;
	struct slice last = SLICE("could not connect");
	bool first = true;

	while (str_line(&text, &line, NULL)) {
		if (first || slice_starts(line, SLICE("connection to server ")))
			last = line;
		first = false;
	}
	return last;
}

/*
 * The message of a failed connection: libpq has no accessor for the SQLSTATE
 * of one, but it writes it into the text when asked to be verbose:
 * "... failed: FATAL:  28000: no such role\nDETAIL:  ...\nHINT:  ...".
 */
static bool
connect_error(PGconn *conn, const struct endpoint *host, struct err *e)
{
	struct slice text, line;
	const char *fatal = strstr(PQerrorMessage(conn), "FATAL:  ");

	if (fatal == NULL || strlen(fatal) < 15 || fatal[13] != ':') {
		line = last_attempt(conn);
		err_set(e, ERR_SYSTEM, "%.*s", SLICE_ARG(line));
		memcpy(e->sqlstate, SQLSTATE_NO_SERVER, 6);
		return hint_at(conn, host, e);
	}
	text = slice_of(fatal + 14);
	(void)str_line(&text, &line, NULL);
	err_set(e, ERR_DENIED, "\"%s\" does not let you in: %.*s", host->host,
	    SLICE_ARG(str_trim(line)));
	memcpy(e->sqlstate, fatal + 8, 5);
	e->sqlstate[5] = '\0';
	while (str_line(&text, &line, NULL)) {
		if (slice_starts(line, SLICE("DETAIL:  ")))
			err_detail(e, "%.*s", SLICE_ARG(slice_sub(line, 9,
			    line.len)));
		else if (slice_starts(line, SLICE("HINT:  ")))
			err_hint(e, "%.*s", SLICE_ARG(slice_sub(line, 7,
			    line.len)));
	}
	return false;
}

static void
ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

static bool
too_late(const struct endpoint *host, struct err *e)
{
	err_set(e, ERR_SYSTEM, "\"%s\" did not answer in %d s", host->host,
	    CONNECT_TIMEOUT_MS / 1000);
	memcpy(e->sqlstate, SQLSTATE_NO_SERVER, 6);
	return false;
}

/*
 * Connect with these parameters; PQconnectPoll() instead of PQconnectdb(),
 * for the verbosity. `seen` is asked after each step, and ends it by true.
 * NULL without an error when there was no memory at all.
 */
static PGconn *
connect_with(const struct parameters *p, const struct endpoint *host,
    bool (*seen)(PGconn *conn, void *arg), void *arg, struct err *e)
{
	int64_t deadline = clock_ms() + CONNECT_TIMEOUT_MS;
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;
	PGconn *conn = PQconnectStartParams(p->keys, p->values, 0);

	if (conn == NULL)
		return NULL;
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	while (PQstatus(conn) != CONNECTION_BAD) {
		if (!wait_for(conn, s, deadline)) {
			too_late(host, e);
			return conn;
		}
		s = PQconnectPoll(conn);
		if (s == PGRES_POLLING_OK ||
		    (seen != NULL && seen(conn, arg)))
			return conn;
		if (s == PGRES_POLLING_FAILED)
			break;
	}
	connect_error(conn, host, e);
	return conn;
}

/* It wants a password that no file has. */
static bool
no_password(const struct endpoint *host, struct err *e)
{
	err_set(e, ERR_DENIED, "\"%s\" asks for a password", host->host);
	memcpy(e->sqlstate, "28P01", 6);
	return err_hint(e, "Write it into a file that only you can read, as a "
	    "line HOST:PORT:kb:ROLE:PASSWORD, and name that in KBPASSFILE.");
}

static PGconn *
connect_again(struct parameters *p, const struct endpoint *host,
    const char *user, struct err *e)
{
	char prompt[256], password[ASK_PASSWORD_MAX];
	PGconn *conn = NULL;

	snprintf(prompt, sizeof(prompt), "password of %s at %s", user,
	    host->host);
	*e = ERR_INIT;
	if (ask_password(prompt, password, e)) {
		add_parameter(p, "password", password);
		end_parameters(p);
		conn = connect_with(p, host, NULL, NULL, e);
	}
	explicit_bzero(password, sizeof(password));
	return conn;
}

/* One host; asks for the password when it needs one. NULL: *e says why. */
static PGconn *
connect_host(const struct setup *setup, const struct endpoint *host,
    struct err *e)
{
	struct arena a = ARENA_INIT;
	struct parameters p;
	PGconn *conn, *first;

	fill_parameters(setup, host, &a, &p);
	conn = connect_with(&p, host, NULL, NULL, e);
	if (conn != NULL && PQstatus(conn) == CONNECTION_BAD &&
	    PQconnectionNeedsPassword(conn)) {
		first = conn;
		conn = NULL;
		if (setup->may_ask && ask_somebody())
			conn = connect_again(&p, host, PQuser(first), e);
		else
			no_password(host, e);
		PQfinish(first);
	}
	arena_free(&a);
	if (conn == NULL || PQstatus(conn) == CONNECTION_OK)
		return conn;
	PQfinish(conn);
	return NULL;
}

struct look {
	const char *host;
	struct certificate *out;
	bool done;
};

static bool
look_at(PGconn *conn, void *arg)
{
	struct look *l = arg;
	void *ssl = PQsslStruct(conn, "OpenSSL");

	l->done = ssl != NULL && certificate_of_ssl(ssl, l->host, l->out);
	return l->done;
}

bool
client_certificate(const struct endpoint *host, struct certificate *out,
    struct err *e)
{
	struct setup setup = { .sslmode = "require", .sslrootcert = NO_FILE,
		.user = "nobody" };
	struct look l = { host->host, out, false };
	struct arena a = ARENA_INIT;
	struct parameters p;
	PGconn *conn;

	fill_parameters(&setup, host, &a, &p);
	conn = connect_with(&p, host, look_at, &l, e);
	PQfinish(conn);
	arena_free(&a);
	return l.done;
}

static bool
no_hosts(struct err *e)
{
	err_set(e, ERR_SYSTEM, "no server runs here: there is no socket in the "
	    "default data directories");
	memcpy(e->sqlstate, SQLSTATE_NO_SERVER, 6);
	return err_hint(e, "kbctl start starts one. kbctl -D DIR names its "
	    "data directory, kbctl -h HOST another machine.");
}

static char *
describe(const struct endpoint *host)
{
	struct buf b = BUF_INIT;
	char *s;

	buf_printf(&b, host->host[0] == '/' ? "%s/.s.PGSQL.%s" : "%s:%s",
	    host->host, host->port);
	s = mem_strdup(buf_cstr(&b));
	buf_free(&b);
	return s;
}

bool
client_open(const struct setup *setup, struct client **out, struct err *e)
{
	PGconn *conn = NULL;
	unsigned i;

	if (setup->nhosts == 0)
		return no_hosts(e);
	for (i = 0; i < setup->nhosts && conn == NULL; i++) {
		conn = connect_host(setup, &setup->hosts[i], e);
		if (conn == NULL && exit_of(e) != EXIT_NO_SERVER)
			return false;	/* it answered: that is the answer */
	}
	if (conn == NULL)
		return false;
	*out = mem_zalloc(sizeof(**out));
	(*out)->conn = conn;
	(*out)->target = describe(&setup->hosts[i - 1]);
	return true;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	PQfinish(c->conn);
	buf_free(&c->detail);
	free(c->target);
	free(c);
}

const char *
client_target(const struct client *c)
{
	return c->target;
}

struct slice
client_detail(const struct client *c)
{
	return buf_slice(&c->detail);
}

void
param_text(struct param *p, const char *text)
{
	p->text = text;
	p->oid = OID_TEXT;
}

void
param_int(struct param *p, int64_t value)
{
	snprintf(p->digits, sizeof(p->digits), "%lld", (long long)value);
	p->text = p->digits;
	p->oid = OID_INT8;
}

void
param_null(struct param *p)
{
	p->text = NULL;
	p->oid = OID_INT8;
}

static bool
query_error(struct client *c, const PGresult *res, struct err *e)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *msg = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(res, PG_DIAG_MESSAGE_HINT);

	if (interrupted)
		return err_set(e, ERR_CANCELED, "interrupted");
	if (state == NULL) {
		err_set(e, ERR_SYSTEM, "the server closed the connection");
		memcpy(e->sqlstate, SQLSTATE_LOST, 6);
		return err_hint(e, "Its log says why. Whether the last change "
		    "was made, kbctl history shows.");
	}
	err_set(e, ERR_STORAGE, "%s", msg != NULL ? msg : "unknown error");
	snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", state);
	if (detail != NULL) {
		err_detail(e, "%s", detail);
		buf_puts(&c->detail, detail);
	}
	if (hint != NULL)
		err_hint(e, "%s", hint);
	return false;
}

static bool
query(struct client *c, const char *sql, const struct param *params,
    unsigned nparams, int format, struct result **out, struct err *e)
{
	const char *values[16];
	Oid types[16];
	PGresult *res;
	PGcancel *old;
	unsigned i;
	bool ok;

	for (i = 0; i < nparams && i < ARRAY_LEN(values); i++) {
		values[i] = params[i].text;
		types[i] = params[i].oid;
	}
	buf_reset(&c->detail);
	/* a cancel that came too late for the last statement ends it here */
	if (interrupted)
		return err_set(e, ERR_CANCELED, "interrupted");
	cancel = PQgetCancel(c->conn);
	res = PQexecParams(c->conn, sql, (int)i, types, values, NULL, NULL,
	    format);
	old = cancel;
	cancel = NULL;
	PQfreeCancel(old);
	ok = PQresultStatus(res) == PGRES_TUPLES_OK ||
	    PQresultStatus(res) == PGRES_COMMAND_OK;
	if (!ok)
		query_error(c, res, e);
	if (!ok || out == NULL)
		PQclear(res);
	else
		*out = (struct result *)res;
	return ok;
}

bool
client_query(struct client *c, const char *sql, const struct param *params,
    unsigned nparams, struct result **out, struct err *e)
{
	return query(c, sql, params, nparams, 0, out, e);
}

bool
client_query_binary(struct client *c, const char *sql,
    const struct param *params, unsigned nparams, struct result **out,
    struct err *e)
{
	return query(c, sql, params, nparams, 1, out, e);
}

bool
client_run(struct client *c, const char *sql, struct err *e)
{
	return client_query(c, sql, NULL, 0, NULL, e);
}

bool
client_encrypt(struct client *c, const char *role, const char *password,
    char **out, struct err *e)
{
	char *verifier = PQencryptPasswordConn(c->conn, password, role,
	    "scram-sha-256");

	if (verifier == NULL)
		return err_set(e, ERR_SYSTEM,
		    "could not make a verifier of the password");
	*out = mem_strdup(verifier);
	PQfreemem(verifier);
	return true;
}

/* A struct result is a PGresult; only its name is hidden. */
static const PGresult *
pg(const struct result *r)
{
	return (const PGresult *)r;
}

size_t
result_rows(const struct result *r)
{
	return (size_t)PQntuples(pg(r));
}

struct slice
result_text(const struct result *r, size_t row, unsigned column)
{
	return slice_make(PQgetvalue(pg(r), (int)row, (int)column),
	    (size_t)PQgetlength(pg(r), (int)row, (int)column));
}

bool
result_is_null(const struct result *r, size_t row, unsigned column)
{
	return PQgetisnull(pg(r), (int)row, (int)column) != 0;
}

int64_t
result_int(const struct result *r, size_t row, unsigned column)
{
	int64_t n = 0;

	(void)str_int(result_text(r, row, column), INT64_MIN, INT64_MAX, &n);
	return n;
}

bool
result_bool(const struct result *r, size_t row, unsigned column)
{
	struct slice s = result_text(r, row, column);

	return slice_is(s, "t") || slice_is(s, "1") || slice_is(s, "true");
}

void
result_free(struct result *r)
{
	PQclear((PGresult *)r);
}

enum ping
client_ping(const struct setup *setup, unsigned *host)
{
	enum ping best = PING_NO_ATTEMPT;
	unsigned i;

	*host = 0;
	for (i = 0; i < setup->nhosts; i++) {
		struct arena a = ARENA_INIT;
		struct parameters p;
		PGPing answer;

		fill_parameters(setup, &setup->hosts[i], &a, &p);
		answer = PQpingParams(p.keys, p.values, 0);
		arena_free(&a);
		if ((enum ping)answer < best) {
			best = (enum ping)answer;
			*host = i;
		}
		if (best == PING_OK)
			break;
	}
	return best;
}
