/*
 * settings.c - what kbd.conf says; see settings.h.
 *
 * Every value is an int64_t, so that one table can point at all of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/settings.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/log.h"
#include "common/str.h"

#define AT(field) offsetof(struct settings, field)
#define DAY_MS INT64_C(86400000)
#define KB INT64_C(1024)
#define MB (1024 * KB)

static const char *const log_targets[] = { "file", "stderr", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug",
	NULL };

static const char *const ssl_versions[] = { "TLSv1.2", "TLSv1.3", NULL };

_Static_assert(LOG_LEVEL_DEBUG == 3, "log_levels follows enum log_level");

const struct setting settings_table[] = {
	{ "listen_addresses", SETTING_TEXT, AT(listen_addresses), "localhost",
	    0, 0, NULL, AT_START, "Addresses to listen on for TCP, with commas;"
	    " * is all, '' is the local socket only" },
	{ "port", SETTING_INT, AT(port), "7432", 1, 65535, NULL, AT_START,
	    "TCP port, and the number in the name of the local socket" },
	{ "max_connections", SETTING_INT, AT(max_connections), "100", 1, 10000,
	    NULL, AT_START, "Clients at the same time" },
	{ "superuser_reserved_connections", SETTING_INT,
	    AT(reserved_connections), "3", 0, 100, NULL, AT_START,
	    "How many of these are kept for admins" },
	{ "max_connections_per_address", SETTING_INT, AT(max_per_address),
	    "64", 0, 10000, NULL, AT_RELOAD,
	    "Clients from one address at the same time; 0 is any number" },
	{ "max_pending_logins", SETTING_INT, AT(max_logins), "64", 1, 10000,
	    NULL, AT_START, "Clients that are logging in; past it the oldest"
	    " is dropped" },
	{ "ssl", SETTING_BOOL, AT(ssl), "on", 0, 1, NULL, AT_RELOAD,
	    "Offer TLS with tls/server.crt and tls/server.key" },
	{ "ssl_min_protocol_version", SETTING_ENUM, AT(ssl_min_version),
	    "TLSv1.2", 0, 1, ssl_versions, AT_RELOAD,
	    "Oldest TLS version: TLSv1.2 or TLSv1.3" },
	{ "tcp_keepalives_idle", SETTING_MS, AT(keepalive_idle_ms), "1min",
	    1000, DAY_MS, NULL, AT_RELOAD,
	    "Quiet time after which the client's machine is probed" },
	{ "tcp_keepalives_interval", SETTING_MS, AT(keepalive_interval_ms),
	    "10s", 1000, DAY_MS, NULL, AT_RELOAD,
	    "Time between two probes" },
	{ "tcp_keepalives_count", SETTING_INT, AT(keepalive_count), "6", 1,
	    100, NULL, AT_RELOAD, "Probes that may stay unanswered" },
	{ "authentication_timeout", SETTING_MS, AT(authentication_timeout_ms),
	    "10s", 100, 600000, NULL, AT_RELOAD,
	    "Time a client may take to log in" },
	{ "idle_session_timeout", SETTING_MS, AT(idle_session_timeout_ms),
	    "0", 0, 7 * DAY_MS, NULL, AT_SESSION,
	    "Time after which an idle client is disconnected; 0 is never" },
	{ "client_write_timeout", SETTING_MS, AT(client_write_timeout_ms),
	    "30s", 100, DAY_MS, NULL, AT_RELOAD,
	    "Time a client may leave its answer unread" },
	{ "max_message_size", SETTING_BYTES, AT(max_message_bytes), "20MB",
	    64 * KB, 256 * MB, NULL, AT_RELOAD,
	    "Longest message that a client may send" },

	{ "https_port", SETTING_INT, AT(https_port), "7443", 0, 65535, NULL,
	    AT_START, "Port of the wiki, on listen_addresses; 0 is none" },
	{ "server_names", SETTING_TEXT, AT(server_names), "", 0, 0, NULL,
	    AT_RELOAD, "Names that browsers may call the wiki by, with commas;"
	    " '' is this machine's and those of the certificate" },
	{ "trusted_proxies", SETTING_TEXT, AT(trusted_proxies), "", 0, 0,
	    NULL, AT_RELOAD, "Addresses whose X-Forwarded-For is believed,"
	    " with commas: 10.0.0.7, 10.1.0.0/16" },
	{ "https_max_connections", SETTING_INT, AT(https_max_connections),
	    "2000", 1, 100000, NULL, AT_START, "Browsers at the same time;"
	    " past it the one that is idle longest is dropped" },
	{ "https_max_connections_per_address", SETTING_INT,
	    AT(https_max_per_address), "250", 0, 100000, NULL, AT_RELOAD,
	    "Connections of browsers from one address; 0 is any number" },
	{ "https_max_body_size", SETTING_BYTES, AT(max_body_bytes), "4MB",
	    64 * KB, 64 * MB, NULL, AT_RELOAD,
	    "Longest form or request body that the wiki takes" },
	{ "web_session_lifetime", SETTING_MS, AT(web_session_ms), "7d",
	    60000, 365 * DAY_MS, NULL, AT_RELOAD,
	    "Time after which somebody has to log in to the wiki again" },

	{ "statement_timeout", SETTING_MS, AT(statement_timeout_ms), "30s", 0,
	    DAY_MS, NULL, AT_SESSION,
	    "Time a statement may take; 0 is any" },
	{ "lock_timeout", SETTING_MS, AT(lock_timeout_ms), "30s", 0, DAY_MS,
	    NULL, AT_SESSION,
	    "Time a change may wait for another transaction; 0 is any" },
	{ "idle_in_transaction_session_timeout", SETTING_MS,
	    AT(idle_in_transaction_ms), "30s", 0, DAY_MS, NULL, AT_SESSION,
	    "Time a client may be idle inside a transaction; 0 is any" },
	{ "work_mem", SETTING_BYTES, AT(work_mem_bytes), "8MB", 64 * KB,
	    256 * MB, NULL, AT_SESSION,
	    "Rows kept for a client that fetches in portions" },
	{ "max_result_size", SETTING_BYTES, AT(max_result_bytes), "256MB", 0,
	    16384 * MB, NULL, AT_RELOAD,
	    "Rows that one statement may send; 0 is any" },
	{ "update_document_date", SETTING_BOOL, AT(update_document_date),
	    "off", 0, 1, NULL, AT_RELOAD,
	    "A save also sets the date in its document's line of the last"
	    " update" },

	{ "io_threads", SETTING_INT, AT(io_threads), "1", 1, 16, NULL,
	    AT_START, "Threads that read from and write to clients" },
	{ "worker_threads", SETTING_INT, AT(worker_threads), "0", 0, 64, NULL,
	    AT_START,
	    "Threads that run queries; 0 is one a core, at least two" },
	{ "worker_cache_size", SETTING_BYTES, AT(worker_cache_bytes), "2MB",
	    64 * KB, 256 * MB, NULL, AT_START,
	    "Database pages that each worker thread keeps in memory" },
	{ "writer_cache_size", SETTING_BYTES, AT(writer_cache_bytes), "8MB",
	    64 * KB, 256 * MB, NULL, AT_START,
	    "Database pages that the writer thread keeps in memory" },

	{ "checkpoint_pages", SETTING_INT, AT(checkpoint_pages), "1000", 10,
	    1000000, NULL, AT_RELOAD,
	    "Pages in the write-ahead log that start a checkpoint" },
	{ "checkpoint_timeout", SETTING_MS, AT(checkpoint_timeout_ms), "10s",
	    100, DAY_MS, NULL, AT_RELOAD,
	    "Quiet time after which the write-ahead log is emptied" },
	{ "max_wal_size", SETTING_BYTES, AT(max_wal_bytes), "64MB", MB,
	    1024 * MB, NULL, AT_RELOAD,
	    "Size past which the write-ahead log is emptied at once" },

	{ "log_destination", SETTING_ENUM, AT(log_destination), "file", 0, 1,
	    log_targets, AT_RELOAD,
	    "\"file\" is log/kbd.log in the data directory, or \"stderr\"" },
	{ "log_min_messages", SETTING_ENUM, AT(log_min_messages), "info", 0, 3,
	    log_levels, AT_RELOAD,
	    "Least level that is logged: error, warning, info or debug" },
	{ "log_connections", SETTING_BOOL, AT(log_connections), "on", 0, 1,
	    NULL, AT_RELOAD, "Log each connection and each login" },
	{ "log_disconnections", SETTING_BOOL, AT(log_disconnections), "on", 0,
	    1, NULL, AT_RELOAD, "Log the end of each connection" },
};
const size_t settings_count = ARRAY_LEN(settings_table);

_Static_assert(ARRAY_LEN(settings_table) <= SETTINGS_MAX, "SETTINGS_MAX");

const struct setting *
settings_find(struct slice name)
{
	size_t i;

	for (i = 0; i < settings_count; i++)
		if (str_ieq(slice_of(settings_table[i].name), name))
			return &settings_table[i];
	return NULL;
}

int64_t
settings_value(const struct settings *s, const struct setting *row)
{
	int64_t v = 0;

	if (row->kind != SETTING_TEXT)
		memcpy(&v, (const char *)s + row->offset, sizeof(v));
	return v;
}

const char *
settings_text(const struct settings *s, const struct setting *row)
{
	return (const char *)s + row->offset;
}

static bool
set_text(struct settings *s, const struct setting *row, struct slice text,
    struct err *e)
{
	char *to = (char *)s + row->offset;

	if (text.len >= SETTING_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "parameter \"%s\" is too long",
		    row->name);
	memset(to, 0, SETTING_TEXT_MAX);
	if (text.len != 0)
		memcpy(to, text.ptr, text.len);
	return true;
}

static void
set_value(struct settings *s, const struct setting *row, int64_t v)
{
	memcpy((char *)s + row->offset, &v, sizeof(v));
}

static bool
read_bool(struct slice text, int64_t *out)
{
	static const char *const words[2][5] = {
		{ "off", "false", "no", "0", "f" },
		{ "on", "true", "yes", "1", "t" },
	};
	size_t v, i;

	for (v = 0; v < 2; v++)
		for (i = 0; i < ARRAY_LEN(words[v]); i++)
			if (str_ieq(text, slice_of(words[v][i]))) {
				*out = (int64_t)v;
				return true;
			}
	return false;
}

static bool
read_enum(const struct setting *row, struct slice text, int64_t *out)
{
	int64_t i;

	for (i = 0; row->values[i] != NULL; i++)
		if (str_ieq(text, slice_of(row->values[i]))) {
			*out = i;
			return true;
		}
	return false;
}

static bool
out_of_range(const struct setting *row, struct slice text, struct err *e)
{
	struct buf lo = BUF_INIT, hi = BUF_INIT;

	settings_show(row, row->min, &lo);
	settings_show(row, row->max, &hi);
	err_set(e, ERR_INVALID, "%.*s is outside the valid range for parameter "
	    "\"%s\" (%s .. %s)", SLICE_ARG(text), row->name, buf_cstr(&lo),
	    buf_cstr(&hi));
	buf_free(&lo);
	buf_free(&hi);
	return false;
}

bool
settings_read(const struct setting *row, struct slice text, int64_t *out,
    struct err *e)
{
	static const char *const what[] = { "number", "duration", "size",
		"truth value", "value", "text" };
	int64_t v = 0;
	bool ok = false;

	switch (row->kind) {
	case SETTING_INT:
		ok = str_int(text, INT64_MIN, INT64_MAX, &v);
		break;
	case SETTING_MS:
		ok = str_duration_ms(text, &v);
		break;
	case SETTING_BYTES:
		ok = str_size_bytes(text, &v);
		break;
	case SETTING_BOOL:
		ok = read_bool(text, &v);
		break;
	case SETTING_ENUM:
		ok = read_enum(row, text, &v);
		break;
	case SETTING_TEXT:
		break;		/* not one of a session */
	}
	if (!ok)
		return err_set(e, ERR_INVALID,
		    "invalid %s \"%.*s\" for parameter \"%s\"",
		    what[row->kind], SLICE_ARG(text), row->name);
	if (v < row->min || v > row->max)
		return out_of_range(row, text, e);
	*out = v;
	return true;
}

void
settings_defaults(struct settings *out)
{
	size_t i;
	int64_t v;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < settings_count; i++)
		if (settings_table[i].kind == SETTING_TEXT)
			(void)set_text(out, &settings_table[i],
			    slice_of(settings_table[i].boot), NULL);
		else if (settings_read(&settings_table[i],
		    slice_of(settings_table[i].boot), &v, NULL))
			set_value(out, &settings_table[i], v);
}

static bool
apply_item(const struct conf_item *item, struct settings *s, struct err *e)
{
	const struct setting *row = settings_find(item->key);
	int64_t v;

	if (row == NULL)
		return err_set(e, ERR_INVALID,
		    "unrecognized configuration parameter \"%.*s\"",
		    SLICE_ARG(item->key));
	if (row->kind == SETTING_TEXT) {
		if (!set_text(s, row, item->value, e))
			return false;
	} else if (settings_read(row, item->value, &v, e)) {
		set_value(s, row, v);
	} else {
		return false;
	}
	s->line[row - settings_table] = item->line;
	return true;
}

bool
settings_parse(const char *name, struct slice text, struct settings *out,
    struct err *e)
{
	struct arena a = ARENA_INIT;
	struct settings s;
	struct conf conf;
	size_t i;
	bool ok;

	settings_defaults(&s);
	ok = conf_parse(name, text, &a, &conf, e);
	for (i = 0; ok && i < conf.n; i++) {
		ok = apply_item(&conf.items[i], &s, e);
		if (!ok)
			err_prefix(e, "%s:%u", name, conf.items[i].line);
	}
	if (ok)
		*out = s;
	arena_free(&a);
	return ok;
}

struct unit {
	const char *name;
	int64_t factor;
};

/* The largest unit that keeps the number whole. */
static void
put_in_units(struct buf *b, int64_t v, const struct unit *units, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && (v == 0 || v % units[i].factor != 0))
		i++;
	buf_printf(b, "%lld%s", (long long)(v / units[i].factor),
	    v == 0 ? "" : units[i].name);
}

void
settings_show(const struct setting *row, int64_t value, struct buf *b)
{
	static const struct unit times[] = { { "d", DAY_MS },
		{ "h", 3600000 }, { "min", 60000 }, { "s", 1000 },
		{ "ms", 1 } };
	static const struct unit sizes[] = { { "GB", 1024 * MB }, { "MB", MB },
		{ "kB", KB }, { "B", 1 } };

	switch (row->kind) {
	case SETTING_INT:
		buf_printf(b, "%lld", (long long)value);
		break;
	case SETTING_MS:
		put_in_units(b, value, times, ARRAY_LEN(times));
		break;
	case SETTING_BYTES:
		put_in_units(b, value, sizes, ARRAY_LEN(sizes));
		break;
	case SETTING_BOOL:
		buf_puts(b, value != 0 ? "on" : "off");
		break;
	case SETTING_ENUM:
		buf_puts(b, row->values[value]);
		break;
	case SETTING_TEXT:
		break;		/* settings_show_of() has it */
	}
}

void
settings_show_of(const struct settings *s, const struct setting *row,
    struct buf *b)
{
	if (row->kind == SETTING_TEXT)
		buf_puts(b, settings_text(s, row));
	else
		settings_show(row, settings_value(s, row), b);
}

void
settings_plain(const struct setting *row, int64_t value, struct buf *b)
{
	if (row->kind == SETTING_BOOL || row->kind == SETTING_ENUM)
		settings_show(row, value, b);
	else
		buf_printf(b, "%lld", (long long)value);
}

const char *
settings_unit(const struct setting *row)
{
	if (row->kind == SETTING_MS)
		return "ms";
	return row->kind == SETTING_BYTES ? "B" : NULL;
}

const char *
settings_context(const struct setting *row)
{
	static const char *const names[] = { "postmaster", "sighup", "user" };

	return names[row->when];
}

unsigned
settings_keep_restart(const struct settings *now, struct settings *next,
    const struct setting **first)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];
		int64_t v = settings_value(now, row);
		const char *text = settings_text(now, row);

		if (row->when != AT_START || (row->kind == SETTING_TEXT ?
		    strcmp(text, settings_text(next, row)) == 0 :
		    v == settings_value(next, row)))
			continue;
		if (n++ == 0)
			*first = row;
		if (row->kind == SETTING_TEXT)
			(void)set_text(next, row, slice_of(text), NULL);
		else
			set_value(next, row, v);
		next->line[i] = now->line[i];
	}
	return n;
}

/* "(1 to 100; restart)"; texts and words say theirs in the description. */
static void
put_limits(const struct setting *row, struct buf *b)
{
	bool is_number = row->kind == SETTING_INT || row->kind == SETTING_MS ||
	    row->kind == SETTING_BYTES;
	bool restart = row->when == AT_START;

	if (!is_number && !restart)
		return;
	buf_puts(b, " (");
	if (is_number) {
		settings_show(row, row->min, b);
		buf_puts(b, " to ");
		settings_show(row, row->max, b);
	}
	buf_printf(b, "%s%s)", is_number && restart ? "; " : "",
	    restart ? "restart" : "");
}

/* A headline before the first setting of a kind. */
static void
put_headline(const struct setting *row, struct buf *b)
{
	static const struct { const char *before, *headline; } all[] = {
		{ "listen_addresses", "Connections" },
		{ "statement_timeout", "Statements" },
		{ "io_threads", "Threads and memory" },
		{ "checkpoint_pages", "Checkpoints" },
		{ "log_destination", "The log" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(row->name, all[i].before) == 0)
			buf_printf(b, "\n# ---- %s ----\n", all[i].headline);
}

void
settings_sample(struct buf *b)
{
	size_t i;

	buf_puts(b, "# kbd.conf - settings of this server; see kbd.conf(5).\n"
	    "#\n"
	    "# One \"name = value\" a line. Durations take ms, s, min, h, d;"
	    " sizes B, kB,\n"
	    "# MB, GB. The lines below show the defaults: take the # away to"
	    " change one.\n"
	    "# \"kbctl reload\", or SIGHUP, reads this file again; what is"
	    " marked (restart)\n"
	    "# needs \"kbctl restart\". What is in force:\n"
	    "#\n"
	    "#   SELECT name, setting, unit, sourceline FROM pg_settings;\n"
	    "#\n"
	    "# Who may come in from where is in kbd_hba.conf.\n");
	for (i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];
		const char *quote = row->kind == SETTING_TEXT ? "'" : "";

		put_headline(row, b);
		buf_printf(b, "\n# %s", row->desc);
		put_limits(row, b);
		buf_printf(b, "\n#%s = %s%s%s\n", row->name, quote, row->boot,
		    quote);
	}
}
