/*
 * settings.h - what kbd.conf says: one table, parsed, checked, swapped.
 *
 * The table settings_table[] drives the parser, SHOW, pg_settings, the sample
 * file of "kbd init" and a test that kbd.conf(5) names each. Pure: no files,
 * no logging.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SETTINGS_H
#define KBD_SETTINGS_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct buf;

enum setting_kind {
	SETTING_INT,
	SETTING_MS,		/* a duration; 0 switches off where allowed */
	SETTING_BYTES,
	SETTING_BOOL,
	SETTING_ENUM,
	SETTING_TEXT		/* a list of addresses */
};

/* When a new value takes effect; SHOW's "context", in PostgreSQL's words. */
enum setting_when {
	AT_START,		/* "postmaster" */
	AT_RELOAD,		/* "sighup" */
	AT_SESSION		/* "user": the default of each session */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;			/* of an int64_t in struct settings,
					   or of a char[SETTING_TEXT_MAX] */
	const char *boot;		/* default, as written in a file */
	int64_t min, max;		/* in ms, bytes or as counted */
	const char *const *values;	/* of an enum, ends with NULL */
	enum setting_when when;
	const char *desc;		/* one line, no full stop */
};

#define SETTINGS_MAX 60			/* rows that the table may have */
#define SETTING_TEXT_MAX 256		/* bytes of a text, with its NUL */

enum ssl_version { SSL_TLS_1_2, SSL_TLS_1_3 };
enum log_target { LOG_TO_FILE, LOG_TO_STDERR };

struct settings {
	/* connections */
	char listen_addresses[SETTING_TEXT_MAX];
	int64_t port;
	int64_t max_connections;
	int64_t reserved_connections;	/* of these, for admins */
	int64_t max_per_address;	/* 0: any number */
	int64_t max_logins;		/* not logged in yet */
	int64_t ssl;
	int64_t ssl_min_version;	/* enum ssl_version */
	int64_t keepalive_idle_ms;
	int64_t keepalive_interval_ms;
	int64_t keepalive_count;
	int64_t authentication_timeout_ms;
	int64_t idle_session_timeout_ms;
	int64_t client_write_timeout_ms;
	int64_t max_message_bytes;
	/* the wiki */
	int64_t https_port;		/* 0: no HTTPS */
	char server_names[SETTING_TEXT_MAX];
	char trusted_proxies[SETTING_TEXT_MAX];
	int64_t https_max_connections;
	int64_t https_max_per_address;
	int64_t max_body_bytes;
	int64_t web_session_ms;
	/* statements */
	int64_t statement_timeout_ms;
	int64_t lock_timeout_ms;
	int64_t idle_in_transaction_ms;
	int64_t work_mem_bytes;
	int64_t max_result_bytes;	/* 0: any */
	int64_t update_document_date;
	/* threads and memory */
	int64_t io_threads;
	int64_t worker_threads;		/* 0: one a core, at least two */
	int64_t worker_cache_bytes;
	int64_t writer_cache_bytes;
	/* checkpoints */
	int64_t checkpoint_pages;
	int64_t checkpoint_timeout_ms;
	int64_t max_wal_bytes;
	/* the log */
	int64_t log_destination;	/* enum log_target */
	int64_t log_min_messages;	/* enum log_level */
	int64_t log_connections;
	int64_t log_disconnections;

	unsigned line[SETTINGS_MAX];	/* where each was set; 0: default */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* The row of that name, in any case, or NULL. */
const struct setting *settings_find(struct slice name);

/* The value of a row; of a text, 0. */
int64_t settings_value(const struct settings *s, const struct setting *row);

void settings_defaults(struct settings *out);

/*
 * Read a whole file over the defaults. `name` is used in messages, which say
 * "kbd.conf:3: ...". *out is written on success only; the last of several
 * lines for one setting counts.
 */
bool settings_parse(const char *name, struct slice text,
    struct settings *out, struct err *e) MUST_CHECK;

/* One value as written in a file or by SET; checks kind and range. */
bool settings_read(const struct setting *row, struct slice text,
    int64_t *out, struct err *e) MUST_CHECK;

/* The text of a SETTING_TEXT row. */
const char *settings_text(const struct settings *s,
    const struct setting *row);

/* What SHOW prints for a row, whatever its kind. */
void settings_show_of(const struct settings *s, const struct setting *row,
    struct buf *b);

/* As SHOW prints it: "30s", "16MB", "on". */
void settings_show(const struct setting *row, int64_t value, struct buf *b);

/* As pg_settings has it: the bare number; its unit is settings_unit(). */
void settings_plain(const struct setting *row, int64_t value, struct buf *b);
const char *settings_unit(const struct setting *row);	/* NULL: none */
const char *settings_context(const struct setting *row);

/*
 * Values of `next` that need a restart are set back to those of `now`. Says
 * how many were.
 */
unsigned settings_keep_restart(const struct settings *now,
    struct settings *next, const struct setting **first);

/* The commented file that "kbd init" writes: every setting, commented out. */
void settings_sample(struct buf *b);

#endif
