/*
 * pg_guc.c - the parameters of one session; see pg_guc.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_guc.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/pg_msg.h"
#include "kbd/settings.h"

#include <assert.h>
#include <stdio.h>

#define REPORT 1u		/* sent to the client when it changes */
#define FIXED 2u		/* cannot be set */

/* Check a value and write its canonical form; false when it is not valid. */
typedef bool guc_check(struct slice value, char out[GUC_VALUE_MAX + 1]);

struct guc_def {
	const char *name;
	const char *value;	/* NULL: the setting of the same name */
	unsigned flags;
	guc_check *check;	/* NULL: any text */
	const char *desc;
};

static bool
copy(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	size_t n = utf8_cut(v, GUC_VALUE_MAX);

	if (n != 0)
		memcpy(out, v.ptr, n);
	out[n] = '\0';
	return true;
}

static bool
check_bool(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	static const char *const on[] = { "on", "true", "yes", "1", "t", "y" };
	static const char *const off[] = { "off", "false", "no", "0", "f",
		"n" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(on); i++) {
		if (str_ieq(v, slice_of(on[i])))
			return copy(SLICE("on"), out);
		if (str_ieq(v, slice_of(off[i])))
			return copy(SLICE("off"), out);
	}
	return false;
}

static bool
check_on(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	return check_bool(v, out) && strcmp(out, "on") == 0;
}

/* UTF8, utf-8, 'unicode'; asyncpg sends the quotes with it. */
static bool
check_encoding(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	if (v.len > 2 && v.ptr[0] == '\'' && v.ptr[v.len - 1] == '\'')
		v = slice_sub(v, 1, v.len - 1);
	return (str_ieq(v, SLICE("utf8")) || str_ieq(v, SLICE("utf-8")) ||
	    str_ieq(v, SLICE("unicode"))) && copy(SLICE("UTF8"), out);
}

/* Output is always ISO; input is only taken as YYYY-MM-DD. */
static bool
check_datestyle(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	const char *order = "MDY";
	struct slice part;

	while (str_split(&v, ',', &part)) {
		part = str_trim(part);
		if (str_ieq(part, SLICE("dmy")))
			order = "DMY";
		else if (str_ieq(part, SLICE("ymd")))
			order = "YMD";
		else if (!str_ieq(part, SLICE("iso")) &&
		    !str_ieq(part, SLICE("mdy")))
			return false;
	}
	snprintf(out, GUC_VALUE_MAX + 1, "ISO, %s", order);
	return true;
}

static bool
check_interval(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	return str_ieq(v, SLICE("postgres")) && copy(SLICE("postgres"), out);
}

/* Any zone's name: times carry their offset, which is always +00. */
static bool
check_zone(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	size_t i;

	if (v.len == 0 || v.len > GUC_VALUE_MAX)
		return false;
	for (i = 0; i < v.len; i++)
		if (!ascii_is_alnum(v.ptr[i]) &&
		    strchr("/_+-:.<>", v.ptr[i]) == NULL)
			return false;
	return copy(v, out);
}

static bool
check_float_digits(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	int64_t n;

	return str_int(v, -15, 3, &n) && copy(v, out);
}

static bool
check_isolation(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	return (str_ieq(v, SLICE("read committed")) ||
	    str_ieq(v, SLICE("read uncommitted")) ||
	    str_ieq(v, SLICE("default"))) &&
	    copy(SLICE("read committed"), out);
}

static bool
check_hex(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	return str_ieq(v, SLICE("hex")) && copy(SLICE("hex"), out);
}

static bool
check_messages(struct slice v, char out[GUC_VALUE_MAX + 1])
{
	static const char *const levels[] = { "debug5", "debug4", "debug3",
		"debug2", "debug1", "debug", "log", "notice", "warning",
		"error", "info" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(levels); i++)
		if (str_ieq(v, slice_of(levels[i])))
			return copy(slice_of(levels[i]), out);
	return false;
}

#define KBD_VERSION "15.0 (kbd " PACKAGE_VERSION ")"

static const struct guc_def defs[] = {
	{ "application_name", "", REPORT, NULL, "Name of the client program" },
	{ "bytea_output", "hex", 0, check_hex, "Text form of bytea" },
	{ "client_encoding", "UTF8", REPORT, check_encoding,
	    "Encoding of the client" },
	{ "client_min_messages", "notice", 0, check_messages,
	    "Least level of messages that are sent" },
	{ "DateStyle", "ISO, MDY", REPORT, check_datestyle,
	    "Text form of dates" },
	{ "default_transaction_isolation", "read committed", 0,
	    check_isolation, "Isolation of each new transaction" },
	{ "default_transaction_read_only", "off", REPORT, check_bool,
	    "Whether each new transaction is read-only" },
	{ "extra_float_digits", "1", 0, check_float_digits,
	    "Accepted; floats are always exact" },
	{ "idle_in_transaction_session_timeout", NULL, 0, NULL, NULL },
	{ "idle_session_timeout", NULL, 0, NULL, NULL },
	{ "in_hot_standby", "off", REPORT | FIXED, NULL,
	    "Whether this is a standby" },
	{ "integer_datetimes", "on", REPORT | FIXED, NULL,
	    "Binary times are integers" },
	{ "IntervalStyle", "postgres", REPORT, check_interval,
	    "Text form of intervals" },
	{ "is_superuser", "off", REPORT | FIXED, NULL,
	    "Whether the role is admin" },
	{ "lc_collate", "C", FIXED, NULL, "Text is ordered by its bytes" },
	{ "lc_ctype", "C.UTF-8", FIXED, NULL, "Classes of characters" },
	{ "lock_timeout", NULL, 0, NULL, NULL },
	{ "max_identifier_length", "63", FIXED, NULL, "Longest identifier" },
	{ "max_index_keys", "32", FIXED, NULL, "Columns of an index" },
	{ "row_security", "on", 0, check_bool, "Accepted without effect" },
	{ "password_encryption", "scram-sha-256", FIXED, NULL,
	    "How passwords are stored; what \\password makes" },
	{ "search_path", "\"$user\", public", 0, NULL,
	    "Accepted without effect: there is one schema" },
	{ "server_encoding", "UTF8", REPORT | FIXED, NULL,
	    "Encoding of the database" },
	{ "server_version", KBD_VERSION, REPORT | FIXED, NULL,
	    "Version that clients adapt to" },
	{ "server_version_num", "150000", FIXED, NULL,
	    "The same as a number" },
	{ "session_authorization", "", REPORT | FIXED, NULL,
	    "Role of the session" },
	{ "standard_conforming_strings", "on", REPORT, check_on,
	    "Backslashes are ordinary in '...'" },
	{ "statement_timeout", NULL, 0, NULL, NULL },
	{ "TimeZone", "UTC", REPORT, check_zone,
	    "Accepted; times are sent with offset +00" },
	{ "transaction_isolation", "read committed", 0, check_isolation,
	    "Isolation of this transaction" },
	{ "work_mem", NULL, 0, NULL, NULL },
};

_Static_assert(ARRAY_LEN(defs) <= GUC_MAX, "GUC_MAX");

static int
find(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(defs); i++)
		if (str_ieq(slice_of(defs[i].name), name))
			return (int)i;
	return -1;
}

/* Those that have a place in guc_set.limit. */
static const char *const limits[GUC_LIMITS] = { "statement_timeout",
	"lock_timeout", "idle_session_timeout",
	"idle_in_transaction_session_timeout", "work_mem" };

static int
find_limit(const char *name)
{
	int i;

	for (i = 0; i < GUC_LIMITS; i++)
		if (strcmp(limits[i], name) == 0)
			return i;
	return -1;
}

static void
init_limit(struct guc *g, const struct settings *s, int i)
{
	const struct setting *row = settings_find(slice_of(defs[i].name));
	int k = find_limit(defs[i].name);
	struct buf b = BUF_INIT;

	assert(k >= 0);		/* every setting of a session has a place */
	g->most[k] = settings_value(s, row);
	g->v.now.limit[k] = g->most[k];
	settings_show(row, g->most[k], &b);
	copy(buf_slice(&b), g->v.now.text[i]);
	buf_free(&b);
}

void
guc_init(struct guc *g, const struct settings *s, const char *role,
    bool is_admin)
{
	size_t i;

	memset(g, 0, sizeof(*g));
	g->is_admin = is_admin;
	for (i = 0; i < ARRAY_LEN(defs); i++) {
		if (defs[i].value == NULL)
			init_limit(g, s, (int)i);
		else
			copy(slice_of(defs[i].value), g->v.now.text[i]);
	}
	copy(slice_of(role),
	    g->v.now.text[find(SLICE("session_authorization"))]);
	if (is_admin)
		copy(SLICE("on"), g->v.now.text[find(SLICE("is_superuser"))]);
	guc_started(g);
	memset(g->told, 0xff, sizeof(g->told));	/* nothing was told */
}

void
guc_started(struct guc *g)
{
	g->v.kept = g->v.now;
	g->start = g->v.now;
}

static bool
unknown(struct slice name, struct err *e)
{
	err_set(e, ERR_NOT_FOUND,
	    "unrecognized configuration parameter \"%.*s\"", SLICE_ARG(name));
	return pg_err_state(e, "42704");
}

/* Why a parameter that is not of a session cannot be set. */
static bool
cannot_set(struct slice name, struct err *e)
{
	const struct setting *row = settings_find(name);

	if (row == NULL && find(name) < 0)
		return unknown(name, e);
	if (row == NULL)
		err_set(e, ERR_REFUSED,
		    "parameter \"%.*s\" cannot be changed", SLICE_ARG(name));
	else if (row->when == AT_START)
		err_set(e, ERR_REFUSED, "parameter \"%s\" cannot be changed "
		    "without restarting the server", row->name);
	else
		err_set(e, ERR_REFUSED,
		    "parameter \"%s\" cannot be changed now", row->name);
	return pg_err_state(e, "55P02");
}

/* Nobody may take more time or memory than the server gives; 0 is any. */
static bool
is_too_much(const struct guc *g, int k, int64_t v)
{
	return !g->is_admin && g->most[k] != 0 && (v == 0 || v > g->most[k]);
}

static bool
limit_value(const struct guc *g, int i, struct slice value,
    char out[GUC_VALUE_MAX + 1], int64_t *v, struct err *e)
{
	const struct setting *row = settings_find(slice_of(defs[i].name));
	int k = find_limit(defs[i].name);
	struct buf b = BUF_INIT;

	if (!settings_read(row, value, v, e))
		return pg_err_state(e, "22023");
	if (is_too_much(g, k, *v)) {
		settings_show(row, g->most[k], &b);
		err_set(e, ERR_DENIED, "permission denied to set parameter "
		    "\"%s\" beyond %s", row->name, buf_cstr(&b));
		err_hint(e, "An admin can, for one session or in kbd.conf.");
		buf_free(&b);
		return pg_err_state(e, "42501");
	}
	settings_show(row, *v, &b);
	copy(buf_slice(&b), out);
	buf_free(&b);
	return true;
}

static bool
canonical_value(int i, struct slice value, char out[GUC_VALUE_MAX + 1],
    struct err *e)
{
	if (defs[i].check == NULL ? copy(value, out) :
	    defs[i].check(value, out))
		return true;
	err_set(e, ERR_INVALID, "invalid value for parameter \"%s\": \"%.*s\"",
	    defs[i].name, SLICE_ARG(value));
	return pg_err_state(e, "22023");
}

static void
put(struct guc_set *set, int i, const char text[GUC_VALUE_MAX + 1], int k,
    int64_t v)
{
	memcpy(set->text[i], text, GUC_VALUE_MAX + 1);
	if (k >= 0)
		set->limit[k] = v;
}

bool
guc_set(struct guc *g, struct slice name, struct slice value, bool is_local,
    struct err *e)
{
	char text[GUC_VALUE_MAX + 1];
	int i = find(name), k;
	int64_t v = 0;

	if (i < 0 || (defs[i].flags & FIXED))
		return cannot_set(name, e);
	k = find_limit(defs[i].name);
	if (value.ptr == NULL) {
		memcpy(text, g->start.text[i], sizeof(text));
		v = k >= 0 ? g->start.limit[k] : 0;
	} else if (!(k >= 0 ? limit_value(g, i, value, text, &v, e) :
	    canonical_value(i, value, text, e))) {
		return false;
	}
	put(&g->v.now, i, text, k, v);
	if (!is_local)
		put(&g->v.kept, i, text, k, v);
	g->v.has_local = g->v.has_local || is_local;
	g->is_told = false;
	return true;
}

/* "-c a=b -cc=d --e=f": backslash escapes a blank, as in PostgreSQL. */
bool
guc_set_options(struct guc *g, struct slice options, struct err *e)
{
	struct slice word, name, rest = options;
	bool want = false;

	while (str_split(&rest, ' ', &word)) {
		if (word.len == 0)
			continue;
		if (slice_is(word, "-c")) {
			want = true;
			continue;
		}
		if (!want && (slice_starts(word, SLICE("-c")) ||
		    slice_starts(word, SLICE("--"))))
			word = slice_sub(word, 2, word.len);
		else if (!want) {
			err_set(e, ERR_INVALID,
			    "invalid command-line argument for server "
			    "process: %.*s", SLICE_ARG(word));
			return pg_err_state(e, "42601");
		}
		want = false;
		if (!str_split(&word, '=', &name) || word.ptr == NULL) {
			err_set(e, ERR_INVALID, "-c %.*s requires a value",
			    SLICE_ARG(name));
			return pg_err_state(e, "42601");
		}
		if (!guc_set(g, name, word, false, e))
			return false;
	}
	return true;
}

bool
guc_reset(struct guc *g, struct slice name, struct err *e)
{
	return guc_set(g, name, slice_make(NULL, 0), false, e);
}

void
guc_reset_all(struct guc *g)
{
	g->v.now = g->start;
	g->v.kept = g->start;
	g->v.has_local = false;
	g->is_told = false;
}

bool
guc_show(const struct guc *g, struct slice name, const char **canonical,
    const char **value, struct err *e)
{
	int i = find(name);

	if (i < 0)
		return unknown(name, e);
	*canonical = defs[i].name;
	*value = g->v.now.text[i];
	return true;
}

bool
guc_row(const struct guc *g, size_t i, const char **name, const char **value,
    const char **desc)
{
	if (i >= ARRAY_LEN(defs))
		return false;
	*name = defs[i].name;
	*value = g->v.now.text[i];
	*desc = defs[i].desc;
	if (*desc == NULL)
		*desc = settings_find(slice_of(defs[i].name))->desc;
	return true;
}

int64_t
guc_number(const struct guc *g, const char *name)
{
	int k = find_limit(name);

	return k >= 0 ? g->v.now.limit[k] : 0;
}

bool
guc_is_on(const struct guc *g, const char *name)
{
	return strcmp(g->v.now.text[find(slice_of(name))], "on") == 0;
}

void
guc_end_local(struct guc *g)
{
	if (!g->v.has_local)
		return;
	g->v.now = g->v.kept;
	g->v.has_local = false;
	g->is_told = false;
}

void
guc_restore(struct guc *g, const struct guc_values *v)
{
	g->v = *v;
	g->is_told = false;
}

void
guc_report(struct guc *g, struct buf *b)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(defs) && !g->is_told; i++) {
		if (!(defs[i].flags & REPORT) ||
		    strcmp(g->told[i], g->v.now.text[i]) == 0)
			continue;
		memcpy(g->told[i], g->v.now.text[i], sizeof(g->told[i]));
		pg_put_parameter(b, defs[i].name, g->v.now.text[i]);
	}
	g->is_told = true;
}
