/*
 * test_settings.c - facts about kbd.conf and the parameters of a session.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "common/buf.h"
#include "kbd/pg_guc.h"
#include "kbd/pg_msg.h"
#include "kbd/settings.h"

static void
test_defaults_are_valid_and_print_as_written(void **state)
{
	struct buf b = BUF_INIT;
	struct settings s;
	size_t i;

	(void)state;
	settings_defaults(&s);
	for (i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];
		struct err e = ERR_INIT;
		int64_t v = 0;

		buf_reset(&b);
		settings_show_of(&s, row, &b);
		assert_string_equal(buf_cstr(&b), row->boot);
		if (row->kind == SETTING_TEXT)
			continue;
		assert_true(settings_read(row, slice_of(row->boot), &v, &e));
		assert_int_equal(v, settings_value(&s, row));
		assert_true(row->min < row->max);
	}
	assert_int_equal(s.port, 7432);
	assert_int_equal(s.statement_timeout_ms, 30000);
	buf_free(&b);
}

static void
test_a_file_is_read(void **state)
{
	struct settings s;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(settings_parse("kbd.conf", SLICE("# x\nport = 7500\n"
	    "Statement_Timeout '2min' # why\nwork_mem=1MB\n"
	    "log_connections no\nport = 7600\n"), &s, &e));
	assert_int_equal(s.port, 7600);
	assert_int_equal(s.statement_timeout_ms, 120000);
	assert_int_equal(s.work_mem_bytes, 1048576);
	assert_int_equal(s.log_connections, 0);
	assert_int_equal(s.line[settings_find(SLICE("port")) -
	    settings_table], 6);
	assert_int_equal(s.line[settings_find(SLICE("lock_timeout")) -
	    settings_table], 0);
}

static void
test_what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *msg;
	} bad[] = {
		{ "port = x", "kbd.conf:1: invalid number \"x\" for parameter "
		    "\"port\"" },
		{ "\nstatement_timeout = soon", "kbd.conf:2: invalid duration "
		    "\"soon\" for parameter \"statement_timeout\"" },
		{ "work_mem = 1TB", "kbd.conf:1: invalid size \"1TB\" for "
		    "parameter \"work_mem\"" },
		{ "log_connections = maybe", "kbd.conf:1: invalid truth value "
		    "\"maybe\" for parameter \"log_connections\"" },
		{ "log_min_messages = loud", "kbd.conf:1: invalid value "
		    "\"loud\" for parameter \"log_min_messages\"" },
		{ "port = 0", "kbd.conf:1: 0 is outside the valid range for "
		    "parameter \"port\" (1 .. 65535)" },
		{ "statement_timeout = 2d", "kbd.conf:1: 2d is outside the "
		    "valid range for parameter \"statement_timeout\" "
		    "(0 .. 1d)" },
		{ "listen = *", "kbd.conf:1: unrecognized configuration "
		    "parameter \"listen\"" },
		{ "port", "kbd.conf:1: setting \"port\" has no value" },
		{ "port = '1", NULL },
		{ "port = 1 2", NULL },
		{ "= 1", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct settings s = { .port = 42 };
		struct err e = ERR_INIT;

		assert_false(settings_parse("kbd.conf",
		    slice_of(bad[i].text), &s, &e));
		if (bad[i].msg != NULL)
			assert_string_equal(e.msg, bad[i].msg);
		assert_non_null(strstr(e.msg, "kbd.conf:"));
		assert_int_equal(s.port, 42);	/* not touched */
	}
}

static void
test_the_sample_is_a_file_of_defaults(void **state)
{
	struct buf b = BUF_INIT, bare = BUF_INIT;
	struct settings s, defaults;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	settings_defaults(&defaults);
	settings_sample(&b);
	assert_true(settings_parse("sample", buf_slice(&b), &s, &e));
	assert_memory_equal(&s, &defaults, sizeof(s));
	/* with the comment signs taken away each setting is set once */
	for (i = 0; i < b.len; i++)
		if (b.data[i] != '#' || b.data[i + 1] == ' ' ||
		    b.data[i + 1] == '\n')
			buf_putc(&bare, b.data[i]);
	assert_true(settings_parse("sample", buf_slice(&bare), &s, &e));
	for (i = 0; i < settings_count; i++)
		assert_int_not_equal(s.line[i], 0);
	buf_free(&b);
	buf_free(&bare);
}

static void
test_what_needs_a_restart_is_kept(void **state)
{
	struct settings now, next;
	const struct setting *row = NULL;

	(void)state;
	settings_defaults(&now);
	next = now;
	next.port = 1;
	next.io_threads = 4;
	next.lock_timeout_ms = 7;
	assert_int_equal(settings_keep_restart(&now, &next, &row), 2);
	assert_string_equal(row->name, "port");
	assert_int_equal(next.port, 7432);
	assert_int_equal(next.lock_timeout_ms, 7);
}

/* ---- session parameters ---- */

static struct guc *
new_guc(void)
{
	struct guc *g = malloc(sizeof(*g));
	struct settings s;

	settings_defaults(&s);
	s.statement_timeout_ms = 1234;
	guc_init(g, &s, "admin", true);
	return g;
}

static void
expect(const struct guc *g, const char *name, const char *value)
{
	const char *canonical, *got;

	assert_true(guc_show(g, slice_of(name), &canonical, &got, NULL));
	assert_string_equal(got, value);
}

static void
test_a_session_takes_no_more_than_the_server_gives(void **state)
{
	struct guc *g = malloc(sizeof(*g));
	struct settings s;
	struct err e = ERR_INIT;

	(void)state;
	settings_defaults(&s);
	guc_init(g, &s, "ann", false);
	assert_true(guc_set(g, SLICE("statement_timeout"), SLICE("5s"), false,
	    &e));
	assert_int_equal(guc_number(g, "statement_timeout"), 5000);
	assert_false(guc_set(g, SLICE("statement_timeout"), SLICE("0"), false,
	    &e));
	assert_string_equal(e.sqlstate, "42501");
	assert_false(guc_set(g, SLICE("statement_timeout"), SLICE("1h"),
	    true, &e));
	assert_false(guc_set(g, SLICE("work_mem"), SLICE("200MB"), false,
	    &e));
	assert_true(guc_set(g, SLICE("idle_session_timeout"), SLICE("0"),
	    false, &e));	/* the server has none */
	assert_int_equal(guc_number(g, "statement_timeout"), 5000);
	assert_true(guc_reset(g, SLICE("statement_timeout"), &e));
	assert_int_equal(guc_number(g, "statement_timeout"), 30000);
	guc_init(g, &s, "admin", true);
	assert_true(guc_set(g, SLICE("statement_timeout"), SLICE("0"), false,
	    &e));
	free(g);
}

static void
test_a_session_starts_with_the_settings(void **state)
{
	struct guc *g = new_guc();

	(void)state;
	expect(g, "STATEMENT_TIMEOUT", "1234ms");
	expect(g, "is_superuser", "on");
	expect(g, "session_authorization", "admin");
	assert_int_equal(guc_number(g, "statement_timeout"), 1234);
	free(g);
}

static void
test_values_are_checked(void **state)
{
	static const struct {
		const char *name, *value, *sqlstate;
	} bad[] = {
		{ "nosuch", "1", "42704" },
		{ "port", "1", "55P02" },
		{ "log_connections", "1", "55P02" },
		{ "server_version", "9", "55P02" },
		{ "client_encoding", "LATIN1", "22023" },
		{ "statement_timeout", "-1", "22023" },
		{ "datestyle", "German", "22023" },
		{ "timezone", "a b", "22023" },
		{ "standard_conforming_strings", "off", "22023" },
		{ "transaction_isolation", "serializable", "22023" },
	};
	struct guc *g = new_guc();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(guc_set(g, slice_of(bad[i].name),
		    slice_of(bad[i].value), false, &e));
		assert_string_equal(pg_sqlstate(&e), bad[i].sqlstate);
	}
	free(g);
}

static void
test_values_are_canonical(void **state)
{
	static const char *const good[][3] = {
		{ "client_encoding", "'utf-8'", "UTF8" },
		{ "DateStyle", "iso", "ISO, MDY" },
		{ "DateStyle", "ISO, DMY", "ISO, DMY" },
		{ "statement_timeout", "90000", "90s" },
		{ "work_mem", "2097152", "2MB" },
		{ "row_security", "TRUE", "on" },
		{ "timezone", "Asia/Shanghai", "Asia/Shanghai" },
		{ "extra_float_digits", "3", "3" },
	};
	struct guc *g = new_guc();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = ERR_INIT;

		assert_true(guc_set(g, slice_of(good[i][0]),
		    slice_of(good[i][1]), false, &e));
		expect(g, good[i][0], good[i][2]);
	}
	guc_reset_all(g);
	expect(g, "statement_timeout", "1234ms");
	free(g);
}

static void
test_local_values_end_with_the_transaction(void **state)
{
	struct guc *g = new_guc();
	struct err e = ERR_INIT;

	(void)state;
	assert_true(guc_set(g, SLICE("work_mem"), SLICE("1MB"), false, &e));
	assert_true(guc_set(g, SLICE("work_mem"), SLICE("2MB"), true, &e));
	expect(g, "work_mem", "2MB");
	guc_end_local(g);
	expect(g, "work_mem", "1MB");
	assert_true(guc_reset(g, SLICE("work_mem"), &e));
	expect(g, "work_mem", "8MB");
	free(g);
}

static void
test_options_are_words(void **state)
{
	struct guc *g = new_guc();
	struct err e = ERR_INIT;

	(void)state;
	assert_true(guc_set_options(g, SLICE("-c work_mem=1MB  -clock_timeout"
	    "=5s --row_security=off"), &e));
	expect(g, "work_mem", "1MB");
	expect(g, "lock_timeout", "5s");
	expect(g, "row_security", "off");
	assert_false(guc_set_options(g, SLICE("-x"), &e));
	assert_false(guc_set_options(g, SLICE("-c work_mem"), &e));
	assert_false(guc_set_options(g, SLICE("-c nosuch=1"), &e));
	free(g);
}

static void
test_changes_are_reported_once(void **state)
{
	struct guc *g = new_guc();
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i, n = 0;

	(void)state;
	guc_report(g, &b);
	for (i = 0; i < b.len; n++)
		i += pg_msg_size(slice_make(b.data + i, 5));
	assert_int_equal(n, 13);
	buf_reset(&b);
	guc_report(g, &b);
	assert_int_equal(b.len, 0);
	assert_true(guc_set(g, SLICE("application_name"), SLICE("x"), false,
	    &e));
	guc_report(g, &b);
	assert_int_equal(b.len, 5 + sizeof("application_name") + 2);
	buf_free(&b);
	free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_are_valid_and_print_as_written),
		cmocka_unit_test(test_a_file_is_read),
		cmocka_unit_test(test_what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(test_the_sample_is_a_file_of_defaults),
		cmocka_unit_test(test_what_needs_a_restart_is_kept),
		cmocka_unit_test(test_a_session_starts_with_the_settings),
		cmocka_unit_test(test_a_session_takes_no_more_than_the_server_gives),
		cmocka_unit_test(test_values_are_checked),
		cmocka_unit_test(test_values_are_canonical),
		cmocka_unit_test(test_local_values_end_with_the_transaction),
		cmocka_unit_test(test_options_are_words),
		cmocka_unit_test(test_changes_are_reported_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
