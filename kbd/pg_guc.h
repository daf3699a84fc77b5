/*
 * pg_guc.h - the parameters of one session: SET, SHOW, RESET.
 *
 * PostgreSQL's names and rules, as far as clients ask for them. A value that
 * we could not honour is refused. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_GUC_H
#define KBD_PG_GUC_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct buf;
struct settings;

#define GUC_VALUE_MAX 63	/* bytes, as of application_name */
#define GUC_MAX 40

#define GUC_LIMITS 5		/* durations and sizes, as numbers as well */

struct guc_set {
	char text[GUC_MAX][GUC_VALUE_MAX + 1];
	int64_t limit[GUC_LIMITS];
};

/* One set of values; a savepoint keeps a copy. */
struct guc_values {
	struct guc_set now;	/* in force */
	struct guc_set kept;	/* after SET LOCAL ends */
	bool has_local;		/* they may differ */
};

struct guc {
	struct guc_values v;
	struct guc_set start;	/* what RESET goes back to */
	char told[GUC_MAX][GUC_VALUE_MAX + 1];	/* what the client knows */
	bool is_told;		/* the client knows all */
	int64_t most[GUC_LIMITS];	/* the server's; 0: any */
	bool is_admin;		/* may go beyond them */
};

/* Defaults, from the server's settings where they have the name. */
void guc_init(struct guc *g, const struct settings *s, const char *role,
    bool is_admin);

/*
 * SET: value.ptr NULL is the default. Names and most values in any case.
 * Fails with 42704, 22023 or 55P02 as PostgreSQL does; with 42501 when one
 * who is no admin wants more time or memory than the server's settings give.
 */
bool guc_set(struct guc *g, struct slice name, struct slice value,
    bool is_local, struct err *e) MUST_CHECK;

/* "-c name=value" words of the startup parameter "options". */
bool guc_set_options(struct guc *g, struct slice options, struct err *e)
    MUST_CHECK;

/* The values now are what RESET goes back to: called after the startup. */
void guc_started(struct guc *g);

bool guc_reset(struct guc *g, struct slice name, struct err *e) MUST_CHECK;
void guc_reset_all(struct guc *g);

/* The canonical name and the value; *value is valid until the next change. */
bool guc_show(const struct guc *g, struct slice name, const char **canonical,
    const char **value, struct err *e) MUST_CHECK;

/* Row i for SHOW ALL and pg_settings; false when there are no more. */
bool guc_row(const struct guc *g, size_t i, const char **name,
    const char **value, const char **desc);

/* A duration or size that is also a setting ("statement_timeout"). */
int64_t guc_number(const struct guc *g, const char *name);
bool guc_is_on(const struct guc *g, const char *name);

/* The end of a transaction: SET LOCAL is over. */
void guc_end_local(struct guc *g);

/* Back to what was copied from g->v. */
void guc_restore(struct guc *g, const struct guc_values *v);

/* ParameterStatus for each reported value that the client does not know. */
void guc_report(struct guc *g, struct buf *b);

#endif
