/*
 * sql_function.c - the functions that a client may call; sql_function.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_function.h"
#include "common/str.h"
#include "kbd/pg_type.h"

#define ANY SQL_FUNCTION_ANY_NUMBER

static const struct sql_function functions[] = {
	/* aggregates */
	{ "count", 1, 1, { ARG_ANY }, OID_INT8,
	    FUNCTION_AGGREGATE | FUNCTION_STAR, NULL },
	{ "sum", 1, 1, { ARG_NUMBER }, RESULT_SUM, FUNCTION_AGGREGATE, NULL },
	{ "avg", 1, 1, { ARG_NUMBER }, RESULT_AVG, FUNCTION_AGGREGATE, NULL },
	{ "min", 1, 1, { ARG_ANY }, RESULT_FIRST,
	    FUNCTION_AGGREGATE | FUNCTION_ORDERED, NULL },
	{ "max", 1, 1, { ARG_ANY }, RESULT_FIRST,
	    FUNCTION_AGGREGATE | FUNCTION_ORDERED, NULL },
	{ "bool_and", 1, 1, { OID_BOOL }, OID_BOOL, FUNCTION_AGGREGATE,
	    "min" },
	{ "every", 1, 1, { OID_BOOL }, OID_BOOL, FUNCTION_AGGREGATE, "min" },
	{ "bool_or", 1, 1, { OID_BOOL }, OID_BOOL, FUNCTION_AGGREGATE,
	    "max" },
	{ "string_agg", 2, 2, { OID_TEXT, OID_TEXT }, OID_TEXT,
	    FUNCTION_AGGREGATE, "group_concat" },
	{ "group_concat", 1, 2, { ARG_ANY, OID_TEXT }, OID_TEXT,
	    FUNCTION_AGGREGATE, NULL },
	{ "json_group_array", 1, 1, { ARG_ANY }, OID_JSON,
	    FUNCTION_AGGREGATE, NULL },
	{ "json_group_object", 2, 2, { OID_TEXT, ARG_ANY }, OID_JSON,
	    FUNCTION_AGGREGATE, NULL },
	/* windows */
	{ "row_number", 0, 0, { 0 }, OID_INT8, FUNCTION_WINDOW, NULL },
	{ "rank", 0, 0, { 0 }, OID_INT8, FUNCTION_WINDOW, NULL },
	{ "dense_rank", 0, 0, { 0 }, OID_INT8, FUNCTION_WINDOW, NULL },
	{ "percent_rank", 0, 0, { 0 }, OID_FLOAT8, FUNCTION_WINDOW, NULL },
	{ "cume_dist", 0, 0, { 0 }, OID_FLOAT8, FUNCTION_WINDOW, NULL },
	{ "ntile", 1, 1, { OID_INT4 }, OID_INT4, FUNCTION_WINDOW, NULL },
	{ "lag", 1, 1, { ARG_ANY }, RESULT_FIRST, FUNCTION_WINDOW, NULL },
	{ "lag", 2, 2, { ARG_ANY, OID_INT4 }, RESULT_FIRST, FUNCTION_WINDOW,
	    NULL },
	{ "lag", 3, 3, { ARG_COMMON, OID_INT4, ARG_COMMON }, RESULT_COMMON,
	    FUNCTION_WINDOW, NULL },
	{ "lead", 1, 1, { ARG_ANY }, RESULT_FIRST, FUNCTION_WINDOW, NULL },
	{ "lead", 2, 2, { ARG_ANY, OID_INT4 }, RESULT_FIRST, FUNCTION_WINDOW,
	    NULL },
	{ "lead", 3, 3, { ARG_COMMON, OID_INT4, ARG_COMMON }, RESULT_COMMON,
	    FUNCTION_WINDOW, NULL },
	{ "first_value", 1, 1, { ARG_ANY }, RESULT_FIRST, FUNCTION_WINDOW,
	    NULL },
	{ "last_value", 1, 1, { ARG_ANY }, RESULT_FIRST, FUNCTION_WINDOW,
	    NULL },
	{ "nth_value", 2, 2, { ARG_ANY, OID_INT4 }, RESULT_FIRST,
	    FUNCTION_WINDOW, NULL },
	/* any type */
	{ "coalesce", 1, ANY, { ARG_COMMON }, RESULT_COMMON, 0, NULL },
	{ "nullif", 2, 2, { ARG_COMMON }, RESULT_COMMON, 0, NULL },
	{ "greatest", 1, ANY, { ARG_COMMON }, RESULT_COMMON,
	    FUNCTION_ORDERED, "kb_greatest" },
	{ "least", 1, ANY, { ARG_COMMON }, RESULT_COMMON, FUNCTION_ORDERED,
	    "kb_least" },
	/* numbers */
	{ "abs", 1, 1, { ARG_NUMBER }, RESULT_FIRST, 0, NULL },
	{ "round", 1, 1, { ARG_EXACT }, RESULT_FIRST, 0, "kb_round" },
	{ "round", 2, 2, { OID_NUMERIC, OID_INT4 }, OID_NUMERIC, 0,
	    "kb_round" },
	{ "floor", 1, 1, { ARG_EXACT }, RESULT_FIRST, 0, "kb_floor" },
	{ "ceil", 1, 1, { ARG_EXACT }, RESULT_FIRST, 0, "kb_ceil" },
	{ "ceiling", 1, 1, { ARG_EXACT }, RESULT_FIRST, 0, "kb_ceil" },
	{ "sqrt", 1, 1, { OID_FLOAT8 }, OID_FLOAT8, 0, "kb_sqrt" },
	{ "power", 2, 2, { OID_FLOAT8 }, OID_FLOAT8, 0, "kb_power" },
	{ "pow", 2, 2, { OID_FLOAT8 }, OID_FLOAT8, 0, "kb_power" },
	{ "random", 0, 0, { 0 }, OID_FLOAT8, 0, "kb_random" },
	/* text */
	{ "length", 1, 1, { OID_TEXT }, OID_INT4, 0, NULL },
	{ "char_length", 1, 1, { OID_TEXT }, OID_INT4, 0, "length" },
	{ "character_length", 1, 1, { OID_TEXT }, OID_INT4, 0, "length" },
	{ "upper", 1, 1, { OID_TEXT }, OID_TEXT, 0, "kb_upper" },
	{ "lower", 1, 1, { OID_TEXT }, OID_TEXT, 0, "kb_lower" },
	{ "substr", 2, 3, { OID_TEXT, OID_INT4 }, OID_TEXT, 0, "kb_substr" },
	{ "substring", 2, 3, { OID_TEXT, OID_INT4 }, OID_TEXT, 0,
	    "kb_substr" },
	{ "left", 2, 2, { OID_TEXT, OID_INT4 }, OID_TEXT, 0, "kb_left" },
	{ "right", 2, 2, { OID_TEXT, OID_INT4 }, OID_TEXT, 0, "kb_right" },
	{ "replace", 3, 3, { OID_TEXT }, OID_TEXT, 0, "kb_replace" },
	{ "trim", 1, 2, { OID_TEXT }, OID_TEXT, 0, "kb_trim" },
	{ "btrim", 1, 2, { OID_TEXT }, OID_TEXT, 0, "kb_trim" },
	{ "ltrim", 1, 2, { OID_TEXT }, OID_TEXT, 0, "kb_ltrim" },
	{ "rtrim", 1, 2, { OID_TEXT }, OID_TEXT, 0, "kb_rtrim" },
	{ "strpos", 2, 2, { OID_TEXT }, OID_INT4, 0, "kb_strpos" },
	{ "instr", 2, 2, { OID_TEXT }, OID_INT4, 0, "kb_strpos" },
	{ "starts_with", 2, 2, { OID_TEXT }, OID_BOOL, 0, "kb_starts" },
	{ "concat", 1, ANY, { ARG_ANY }, OID_TEXT, 0, "kb_concat" },
	/* of SQLite, as many know them */
	{ "hex", 1, 1, { ARG_ANY }, OID_TEXT, 0, NULL },
	{ "quote", 1, 1, { ARG_ANY }, OID_TEXT, 0, NULL },
	{ "typeof", 1, 1, { ARG_ANY }, OID_TEXT, 0, NULL },
	{ "unicode", 1, 1, { OID_TEXT }, OID_INT4, 0, NULL },
	{ "char", 1, ANY, { OID_INT4 }, OID_TEXT, 0, NULL },
	{ "ifnull", 2, 2, { ARG_COMMON }, RESULT_COMMON, 0, NULL },
	{ "total", 1, 1, { ARG_NUMBER }, OID_FLOAT8, FUNCTION_AGGREGATE,
	    NULL },
	{ "date", 1, ANY, { OID_TEXT }, OID_TEXT, 0, NULL },
	{ "time", 1, ANY, { OID_TEXT }, OID_TEXT, 0, NULL },
	{ "datetime", 1, ANY, { OID_TEXT }, OID_TEXT, 0, NULL },
	{ "strftime", 1, ANY, { OID_TEXT }, OID_TEXT, 0, NULL },
	{ "julianday", 1, ANY, { OID_TEXT }, OID_FLOAT8, 0, NULL },
	{ "json_valid", 1, 1, { OID_TEXT }, OID_BOOL, 0, NULL },
	{ "json_extract", 2, 2, { OID_JSON, OID_TEXT }, OID_TEXT, 0,
	    NULL },
	{ "json_array_length", 1, 1, { OID_JSON }, OID_INT4, 0, NULL },
	{ "json_type", 1, 2, { OID_JSON, OID_TEXT }, OID_TEXT, 0, NULL },
	{ "json_object", 2, ANY, { ARG_ANY }, OID_JSON, 0, NULL },
	{ "json_array", 1, ANY, { ARG_ANY }, OID_JSON, 0, NULL },
	/* the session */
	{ "version", 0, 0, { 0 }, OID_TEXT, 0, NULL },
	{ "current_user", 0, 0, { 0 }, OID_NAME, FUNCTION_BARE, NULL },
	{ "session_user", 0, 0, { 0 }, OID_NAME, FUNCTION_BARE,
	    "current_user" },
	{ "current_role", 0, 0, { 0 }, OID_NAME, FUNCTION_BARE,
	    "current_user" },
	{ "user", 0, 0, { 0 }, OID_NAME, FUNCTION_BARE, "current_user" },
	{ "current_catalog", 0, 0, { 0 }, OID_NAME, FUNCTION_BARE,
	    "current_database" },
	{ "current_database", 0, 0, { 0 }, OID_NAME, 0, NULL },
	{ "current_schema", 0, 0, { 0 }, OID_NAME, 0, NULL },
	{ "current_timestamp", 0, 0, { 0 }, OID_TIMESTAMPTZ, FUNCTION_BARE,
	    "now" },
	{ "current_date", 0, 0, { 0 }, OID_DATE, FUNCTION_BARE, "kb_today" },
	{ "now", 0, 0, { 0 }, OID_TIMESTAMPTZ, 0, NULL },
	{ "transaction_timestamp", 0, 0, { 0 }, OID_TIMESTAMPTZ, 0, "now" },
	{ "statement_timestamp", 0, 0, { 0 }, OID_TIMESTAMPTZ, 0, "now" },
	{ "clock_timestamp", 0, 0, { 0 }, OID_TIMESTAMPTZ, 0, "now" },
	{ "current_setting", 1, 2, { OID_TEXT, OID_BOOL }, OID_TEXT, 0,
	    NULL },
	{ "format_type", 2, 2, { OID_OID, OID_INT4 }, OID_TEXT, 0, NULL },
	{ "pg_backend_pid", 0, 0, { 0 }, OID_INT4, 0, NULL },
	{ "pg_is_in_recovery", 0, 0, { 0 }, OID_BOOL, 0, NULL },
};

/* What sql_rewrite.c calls by itself. */
static const char *const helpers[] = { "kb_add", "kb_subtract",
	"kb_multiply", "kb_divide", "kb_modulo", "kb_negate", "kb_shift",
	"kb_cast", "kb_ilike", "kb_limit", "kb_offset", "kb_single",
	"kb_scale", "kb_json_get", "kb_json_text", "like", "substr" };

const struct sql_function *
sql_function_find(struct slice name, unsigned n, bool *exists)
{
	size_t i;

	*exists = false;
	for (i = 0; i < ARRAY_LEN(functions); i++) {
		if (!slice_is(name, functions[i].name))
			continue;
		*exists = true;
		if (n >= functions[i].min && n <= functions[i].max)
			return &functions[i];
	}
	return NULL;
}

bool
sql_function_allowed(const char *name)
{
	struct slice s = slice_of(name);
	size_t i;

	for (i = 0; i < ARRAY_LEN(helpers); i++)
		if (str_ieq(s, slice_of(helpers[i])))
			return true;
	for (i = 0; i < ARRAY_LEN(functions); i++)
		if (str_ieq(s, slice_of(functions[i].as != NULL ?
		    functions[i].as : functions[i].name)))
			return true;
	return false;
}
