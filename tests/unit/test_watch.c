/*
 * test_watch.c - facts about kbd/watch: a job has one owner at a time.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kbd/watch.h"

#include <sys/socket.h>
#include <unistd.h>

struct world {
	struct watch *w;
	int alarm[2], a[2], b[2];
	struct job first, second;
};

static _Atomic bool calm, hurried = true;

static int
set_up(void **state)
{
	static struct world w;
	struct err e = ERR_INIT;

	w = (struct world){ .w = NULL };
	assert_int_equal(pipe(w.alarm), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, w.a), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, w.b), 0);
	assert_true(watch_new(w.alarm[0], &w.w, &e));
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	int i;

	watch_destroy(w->w);
	for (i = 0; i < 2; i++) {
		close(w->alarm[i]);
		close(w->a[i]);
		close(w->b[i]);
	}
	return 0;
}

static struct job *
look(struct world *w, bool *alarm)
{
	return watch_wait(w->w, false, alarm);
}

static void
say(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void
readable_is_given_once(void **state)
{
	struct world *w = *state;
	bool alarm;

	assert_false(watch_is_used(w->w));
	assert_true(watch_arm(w->w, &w->first, w->a[0], &calm));
	assert_true(watch_is_used(w->w));
	assert_null(look(w, &alarm));
	say(w->a[1]);
	assert_ptr_equal(look(w, &alarm), &w->first);
	assert_null(look(w, &alarm));		/* somebody has it */
	assert_false(watch_take_back(w->w, &w->first));
	assert_true(watch_arm(w->w, &w->first, w->a[0], &calm));
	assert_ptr_equal(look(w, &alarm), &w->first);	/* still readable */
	watch_leave(w->w, &w->first);
	assert_false(watch_is_used(w->w));
}

static void
taken_back_is_not_given(void **state)
{
	struct world *w = *state;
	bool alarm;

	assert_true(watch_arm(w->w, &w->first, w->a[0], &calm));
	assert_true(watch_take_back(w->w, &w->first));
	assert_false(watch_take_back(w->w, &w->first));
	say(w->a[1]);
	assert_null(look(w, &alarm));
	assert_true(watch_arm(w->w, &w->second, w->b[0], &calm));
	assert_null(look(w, &alarm));	/* the place of the first one */
	say(w->b[1]);
	assert_ptr_equal(look(w, &alarm), &w->second);
	watch_leave(w->w, &w->second);
}

static void
hurry_refuses(void **state)
{
	struct world *w = *state;
	bool alarm;

	assert_false(watch_arm(w->w, &w->first, w->a[0], &hurried));
	assert_true(watch_arm(w->w, &w->first, w->a[0], &calm));
	say(w->a[1]);
	assert_ptr_equal(look(w, &alarm), &w->first);
	assert_false(watch_arm(w->w, &w->first, w->a[0], &hurried));
	assert_false(watch_is_used(w->w));	/* and it has left */
	watch_leave(w->w, &w->first);		/* again: nothing */
}

static void
end_of_peer_is_an_event(void **state)
{
	struct world *w = *state;
	bool alarm;

	assert_true(watch_arm(w->w, &w->first, w->a[0], &calm));
	assert_int_equal(shutdown(w->a[1], SHUT_WR), 0);
	assert_ptr_equal(look(w, &alarm), &w->first);
	watch_leave(w->w, &w->first);
}

static void
alarm_rings(void **state)
{
	struct world *w = *state;
	bool alarm;
	char byte;

	assert_null(look(w, &alarm));
	assert_false(alarm);
	say(w->alarm[1]);
	assert_null(look(w, &alarm));
	assert_true(alarm);
	assert_int_equal(read(w->alarm[0], &byte, 1), 1);
	assert_null(look(w, &alarm));
	assert_false(alarm);
}

static void
places_end(void **state)
{
	static struct job jobs[4096];
	struct world *w = *state;
	int fds[4096], n = 0;

	while (n < 4096) {
		fds[n] = dup(w->a[0]);
		if (fds[n] < 0 ||
		    !watch_arm(w->w, &jobs[n], fds[n], &calm))
			break;
		n++;
	}
	assert_in_range(n, 100, 4095);
	if (fds[n] >= 0) {
		close(fds[n]);
		assert_true(watch_take_back(w->w, &jobs[0]));
		assert_true(watch_arm(w->w, &jobs[0], fds[0], &calm));
	}
	while (n-- > 0) {
		assert_true(watch_take_back(w->w, &jobs[n]));
		close(fds[n]);
	}
	assert_false(watch_is_used(w->w));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(readable_is_given_once,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(taken_back_is_not_given,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(hurry_refuses, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(end_of_peer_is_an_event,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(alarm_rings, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(places_end, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
