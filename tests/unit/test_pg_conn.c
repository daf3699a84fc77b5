/*
 * test_pg_conn.c - facts about one client, driven over a pair of sockets:
 * no network, and no thread but that of the roles. Requests are run by the
 * test, when it wants.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "kb/store.h"
#include "kbd/activity.h"
#include "kbd/loop.h"
#include "kbd/pg_cancel.h"
#include "kbd/pg_conn.h"
#include "kbd/pg_msg.h"
#include "kbd/roles.h"
#include "kbd/serving.h"
#include "kbd/sql_db.h"
#include "kbd/tally.h"

struct world {
	char dir[64], path[96], auth_path[96];
	struct sql_db *reader, *writer;
	struct serving serving;
	struct conn_set *set;
	struct pg_env env;
	struct bufferevent *client;	/* our end */
	struct job *waiting;		/* submitted, not run */
	bool refuse_jobs, refuse_sessions, refuse_logins;
	int sessions, connections, logins, settings_refs;
	struct buf got;			/* bytes from the server */
};

static const struct settings *
settings_get(void *arg)
{
	struct world *w = arg;

	w->settings_refs++;
	return &w->serving.settings;
}

static void
settings_put(void *arg, const struct settings *s)
{
	struct world *w = arg;

	assert_ptr_equal(s, &w->serving.settings);
	w->settings_refs--;
}

static bool
submit(void *arg, struct job *j)
{
	struct world *w = arg;

	if (w->refuse_jobs)
		return false;
	assert_null(w->waiting);
	w->waiting = j;
	return true;
}

static bool
session_begin(void *arg, bool is_admin)
{
	struct world *w = arg;

	assert_true(is_admin);
	w->sessions += !w->refuse_sessions;
	return !w->refuse_sessions;
}

static void
session_end(void *arg)
{
	((struct world *)arg)->sessions--;
}

static void
connection_end(void *arg)
{
	((struct world *)arg)->connections--;
}

static bool
login_begin(void *arg)
{
	struct world *w = arg;

	w->logins += !w->refuse_logins;
	return !w->refuse_logins;
}

static void
login_end(void *arg)
{
	((struct world *)arg)->logins--;
}

/* ---- the client's end ---- */

static void
spin(struct world *w)
{
	char bytes[4096];
	size_t n;
	int i;

	for (i = 0; i < 5; i++) {
		loop_turn(conn_set_loop(w->set), false);
	}
	while (w->client != NULL &&
	    (n = bufferevent_read(w->client, bytes, sizeof(bytes))) > 0)
		buf_put(&w->got, bytes, n);
}

/* What a worker and the writer do with a request. */
static void
run_job(struct world *w)
{
	struct job *j = w->waiting;
	enum session_next next = SESSION_TO_WORKER;

	assert_non_null(j);
	w->waiting = NULL;
	while (next != SESSION_DONE)
		next = session_run(&j->request, next == SESSION_TO_WRITER ?
		    w->writer : w->reader);
	j->finished(j);
	spin(w);
}

static void
connect_client(struct world *w)
{
	struct net_peer peer = { .is_local = true, .uid = 1000,
		.name = "ann" };
	struct event_base *base = loop_base(conn_set_loop(w->set));
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    pair), 0);
	w->client = bufferevent_socket_new(base, pair[0],
	    BEV_OPT_CLOSE_ON_FREE);
	bufferevent_enable(w->client, EV_READ | EV_WRITE);
	w->connections++;
	pg_conn_start(w->set, bufferevent_socket_new(base, pair[1],
	    BEV_OPT_CLOSE_ON_FREE), &w->env, &peer, 1);
}

static void
hang_up(struct world *w)
{
	spin(w);
	bufferevent_free(w->client);
	w->client = NULL;
	spin(w);
}

static void
say(struct world *w, struct slice bytes)
{
	bufferevent_write(w->client, bytes.ptr, bytes.len);
	spin(w);
}

static void
say_message(struct world *w, char type, struct slice body)
{
	struct buf b = BUF_INIT;
	size_t mark = pg_msg_begin(&b, type);

	buf_put_slice(&b, body);
	pg_msg_end(&b, mark);
	say(w, buf_slice(&b));
	buf_free(&b);
}

static void
say_query(struct world *w, const char *sql)
{
	say_message(w, 'Q', slice_make(sql, strlen(sql) + 1));
}

/* Until the answer about a role has come, which is another thread's. */
static void
wait_for_login(struct world *w)
{
	int i;

	for (i = 0; i < 5000 && w->logins > 0; i++) {
		usleep(1000);
		spin(w);
	}
}

static void
log_in(struct world *w)
{
	connect_client(w);
	say(w, SLICE("\0\0\0\x20\0\3\0\0user\0admin\0database\0kb\0\0"));
	wait_for_login(w);
}

/* The types of all messages that came, which are forgotten then. */
static const char *
types(struct world *w)
{
	static char out[200];
	size_t at, n = 0;

	for (at = 0; at < w->got.len && n + 1 < sizeof(out);
	    at += pg_msg_size(slice_make(w->got.data + at, 5)))
		out[n++] = w->got.data[at];
	assert_int_equal(at, w->got.len);
	out[n] = '\0';
	return out;
}

static void
expect(struct world *w, const char *want)
{
	assert_string_equal(types(w), want);
	buf_reset(&w->got);
}

static void
expect_text(struct world *w, const char *text)
{
	assert_non_null(memmem(w->got.data, w->got.len, text, strlen(text)));
}

/* ---- fixture ---- */

static int
setup(void **state)
{
	struct world *w = mem_zalloc(sizeof(*w));
	struct err e = ERR_INIT;
	struct store *s;

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(w->dir, sizeof(w->dir), "/tmp/kb-conn-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/kb.db", w->dir);
	assert_true(store_open(w->path, STORE_CREATE, &s, &e));
	store_close(s);
	assert_true(store_open(w->path, STORE_WRITE, &s, &e));
	assert_true(sql_db_open(s, true, 1 << 20, &w->writer, &e));
	assert_true(store_open(w->path, STORE_READ, &s, &e));
	assert_true(sql_db_open(s, false, 1 << 20, &w->reader, &e));
	assert_true(conn_set_new(NULL, NULL, &w->set, &e));
	settings_defaults(&w->serving.settings);
	assert_true(access_parse("hba", SLICE("local all all peer\n"), "map",
	    SLICE(""), &w->serving.access, &e));
	snprintf(w->auth_path, sizeof(w->auth_path), "%s/auth.db", w->dir);
	assert_true(roles_start(w->auth_path, &w->env.roles, &e));
	w->env.settings_get = settings_get;
	w->env.settings_put = settings_put;
	w->env.submit = submit;
	w->env.session_begin = session_begin;
	w->env.session_end = session_end;
	w->env.connection_end = connection_end;
	w->env.login_begin = login_begin;
	w->env.login_end = login_end;
	w->env.arg = w;
	w->env.cancels = pg_cancel_new();
	w->env.addresses = tally_new();
	w->env.role_sessions = tally_new();
	w->env.activity = activity_new();
	w->env.owner = 1000;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[112];
	size_t i;

	if (w->client != NULL)
		hang_up(w);
	if (w->waiting != NULL)
		run_job(w);
	wait_for_login(w);
	conn_set_destroy(w->set);
	roles_stop(w->env.roles);
	access_free(w->serving.access);
	pg_cancel_destroy(w->env.cancels);
	tally_destroy(w->env.addresses);
	tally_destroy(w->env.role_sessions);
	activity_destroy(w->env.activity);
	sql_db_close(w->reader);
	sql_db_close(w->writer);
	for (i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(path, sizeof(path), "%s%s", w->path, suffixes[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s%s", w->auth_path,
		    suffixes[i]);
		unlink(path);
	}
	rmdir(w->dir);
	buf_free(&w->got);
	assert_int_equal(w->sessions, 0);
	assert_int_equal(w->connections, 0);
	assert_int_equal(w->logins, 0);
	assert_int_equal(w->settings_refs, 0);
	free(w);
	return 0;
}

static void
fresh(struct world *w)
{
	buf_reset(&w->got);
}

/* ---- facts ---- */

static void
test_a_login_is_greeted(void **state)
{
	struct world *w = *state;

	log_in(w);
	expect_text(w, "server_version");
	expect(w, "RSSSSSSSSSSSSSKZ");
	assert_int_equal(w->sessions, 1);
}

static void
test_a_login_may_come_byte_by_byte(void **state)
{
	static const struct slice bytes = SLICE("\0\0\0\x08\x04\xd2\x16\x2f"
	    "\0\0\0\x20\0\3\0\0user\0admin\0database\0kb\0\0");
	struct world *w = *state;
	size_t i;

	connect_client(w);
	for (i = 0; i < bytes.len; i++)
		say(w, slice_sub(bytes, i, i + 1));
	wait_for_login(w);
	assert_int_equal(w->got.data[0], 'N');
	w->got.data[0] = 'R';	/* one byte, no message */
	memmove(w->got.data, w->got.data + 1, --w->got.len);
	expect(w, "RSSSSSSSSSSSSSKZ");
}

static void
test_too_many_sessions_are_refused(void **state)
{
	struct world *w = *state;

	w->refuse_sessions = true;
	log_in(w);
	expect_text(w, "53300");
	expect(w, "E");
}

static void
test_nobody_is_admin_by_name(void **state)
{
	struct world *w = *state;

	w->env.owner = 1;
	log_in(w);
	expect_text(w, "28000");
	expect(w, "E");
	assert_int_equal(w->sessions, 0);
}

static void
test_a_query_is_answered(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	say_query(w, "SELECT 1");
	expect(w, "");		/* it waits for a thread */
	run_job(w);
	expect(w, "TDCZ");
}

static void
test_messages_behind_a_running_query_wait(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	say_query(w, "SELECT 1");
	say_query(w, "SELECT 2");
	say_query(w, "SELECT 3");
	run_job(w);
	expect(w, "TDCZ");
	run_job(w);
	run_job(w);
	expect(w, "TDCZTDCZ");
	assert_null(w->waiting);
}

static void
test_one_flight_is_one_request(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	say(w, SLICE("P\0\0\0\x10\0SELECT 1\0\0\0"
	    "B\0\0\0\x0c\0\0\0\0\0\0\0\0"
	    "D\0\0\0\6P\0" "E\0\0\0\x09\0\0\0\0\0" "S\0\0\0\4"));
	run_job(w);
	assert_null(w->waiting);
	expect(w, "12TDCZ");
}

static void
test_an_unknown_message_ends_the_connection(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	say(w, SLICE("?\0\0\0\4"));
	expect_text(w, "08P01");
	expect(w, "E");
	assert_int_equal(w->connections, 0);
}

static void
test_terminate_ends_without_an_answer(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	say(w, SLICE("X\0\0\0\4"));
	expect(w, "");
	assert_int_equal(w->connections, 0);
}

static void
test_a_lost_client_lives_until_its_request_ends(void **state)
{
	struct world *w = *state;
	struct job *j;

	log_in(w);
	say_query(w, "SELECT 1");
	hang_up(w);
	assert_int_equal(w->connections, 1);
	j = w->waiting;
	assert_int_equal(atomic_load(&j->request.control->end), RUN_GONE);
	w->waiting = NULL;
	assert_int_equal(session_run(&j->request, w->reader), SESSION_DONE);
	j->finished(j);
	loop_turn(conn_set_loop(w->set), false);
	assert_int_equal(w->connections, 0);
}

static void
test_a_lost_writer_is_rolled_back(void **state)
{
	struct world *w = *state;
	struct err e = ERR_INIT;
	struct job *j;

	log_in(w);
	fresh(w);
	say_query(w, "BEGIN");
	run_job(w);
	say_query(w, "CALL import_document('a', 'a', '# A')");
	run_job(w);
	expect(w, "CZTDCZ");
	assert_true(store_in_transaction(w->writer->store));
	hang_up(w);
	j = w->waiting;		/* its farewell */
	assert_non_null(j);
	assert_true(j->request.is_farewell);
	assert_int_equal(session_run(&j->request, w->reader),
	    SESSION_TO_WRITER);
	assert_int_equal(session_run(&j->request, w->writer), SESSION_DONE);
	assert_false(store_in_transaction(w->writer->store));
	w->waiting = NULL;
	j->finished(j);
	loop_turn(conn_set_loop(w->set), false);
	assert_int_equal(w->connections, 0);
	assert_true(store_begin(w->writer->store, &e));
	store_rollback(w->writer->store);
}

static void
test_a_full_queue_refuses(void **state)
{
	struct world *w = *state;

	log_in(w);
	fresh(w);
	w->refuse_jobs = true;
	say_query(w, "SELECT 1");
	expect_text(w, "53300");
	expect(w, "E");
	w->refuse_jobs = false;
}

static void
test_a_cancel_names_one_generation(void **state)
{
	struct world *w = *state;
	struct slice key;
	uint32_t pid = 0;
	size_t at;

	log_in(w);
	at = w->got.len - 6 - 13;	/* K before Z */
	assert_int_equal(w->got.data[at], 'K');
	for (size_t i = 0; i < 4; i++)
		pid = pid << 8 | (unsigned char)w->got.data[at + 5 + i];
	key = slice_make(mem_strndup(slice_make(w->got.data + at + 9, 4)), 4);
	memcpy((char *)(uintptr_t)key.ptr, w->got.data + at + 9, 4);
	fresh(w);
	assert_false(pg_cancel_hit(w->env.cancels, pid, SLICE("abcde")));
	assert_false(pg_cancel_hit(w->env.cancels, pid ^ 1, key));
	assert_true(pg_cancel_hit(w->env.cancels, pid, key));	/* idle */
	say_query(w, "SELECT 1");
	run_job(w);
	expect(w, "TDCZ");
	say_query(w, "SELECT 1");
	assert_true(pg_cancel_hit(w->env.cancels, pid, key));
	run_job(w);
	expect_text(w, "57014");
	expect(w, "EZ");
	say_query(w, "SELECT 1");
	run_job(w);
	expect(w, "TDCZ");
	free((char *)(uintptr_t)key.ptr);
}

static void
test_a_transaction_is_told(void **state)
{
	static const struct {
		const char *sql;
		char status;
	} steps[] = {
		{ "BEGIN", 'T' }, { "SELECT 1", 'T' }, { "SAVEPOINT a", 'T' },
		{ "SELECT nosuch", 'E' }, { "SELECT 1", 'E' },
		{ "ROLLBACK TO a", 'T' }, { "RELEASE a", 'T' },
		{ "ROLLBACK TO a", 'E' }, { "COMMIT", 'I' },
		{ "BEGIN; SELECT nosuch", 'E' }, { "ROLLBACK", 'I' },
		{ "BEGIN; CALL import_document('a', 'a', '# A')", 'T' },
		{ "SELECT * FROM nosuch", 'E' }, { "COMMIT", 'I' },
		{ "CALL import_document('b', 'b', '# B')", 'I' },
	};
	struct world *w = *state;
	size_t i;

	log_in(w);
	for (i = 0; i < ARRAY_LEN(steps); i++) {
		fresh(w);
		say_query(w, steps[i].sql);
		run_job(w);
		assert_int_equal(w->got.data[w->got.len - 1],
		    steps[i].status);
	}
	fresh(w);
	say_query(w, "SELECT name FROM documents");
	run_job(w);
	expect(w, "TDCZ");	/* only b */
}

static void
test_a_failing_client_leaves_no_writer_behind(void **state)
{
	struct world *w = *state;

	log_in(w);
	say_query(w, "BEGIN");
	run_job(w);
	say_query(w, "CALL import_document('a', 'a', '# A')");
	run_job(w);
	assert_true(store_in_transaction(w->writer->store));
	say_query(w, "SELECT nosuch");
	run_job(w);
	/* without savepoints only ROLLBACK can follow: others may write */
	assert_false(store_in_transaction(w->writer->store));
	fresh(w);
	say_query(w, "ROLLBACK");
	run_job(w);
	expect(w, "CZ");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_login_is_greeted),
		TEST(test_a_login_may_come_byte_by_byte),
		TEST(test_too_many_sessions_are_refused),
		TEST(test_nobody_is_admin_by_name),
		TEST(test_a_query_is_answered),
		TEST(test_messages_behind_a_running_query_wait),
		TEST(test_one_flight_is_one_request),
		TEST(test_an_unknown_message_ends_the_connection),
		TEST(test_terminate_ends_without_an_answer),
		TEST(test_a_lost_client_lives_until_its_request_ends),
		TEST(test_a_lost_writer_is_rolled_back),
		TEST(test_a_full_queue_refuses),
		TEST(test_a_cancel_names_one_generation),
		TEST(test_a_transaction_is_told),
		TEST(test_a_failing_client_leaves_no_writer_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
