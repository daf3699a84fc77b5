/*
 * search_tally.c - the queue between searches and the writer; see
 * search_tally.h. store_tally.c writes it down.
 *
 * Invariants:
 *   (1) Everything here is under the lock; a search only tries it.
 *   (2) Texts in the queue are as typed; they become normal when the writer
 *       takes them, so that a search pays for a copy only.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/search_tally.h"

#include <pthread.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/secret_scan.h"
#include "kb/store_internal.h"

#define QUEUE_MAX 256		/* different texts that wait */
#define RAW_MAX 480		/* bytes of each */

struct waiting {
	char text[RAW_MAX];
	size_t len;
	unsigned asked, unanswered, answers;
};

static struct {
	pthread_mutex_t lock;
	void (*wake)(void *arg);
	void *arg;
	size_t n;
	struct waiting list[QUEUE_MAX];
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
search_tally_start(void (*wake)(void *arg), void *arg)
{
	pthread_mutex_lock(&queue.lock);
	queue.wake = wake;
	queue.arg = arg;
	pthread_mutex_unlock(&queue.lock);
}

static _Thread_local bool is_mute;

void
search_tally_mute(bool mute)
{
	is_mute = mute;
}

static struct waiting *
place_of(struct slice text)
{
	struct waiting *w;
	size_t i;

	for (i = 0; i < queue.n; i++)
		if (queue.list[i].len == text.len && memcmp(
		    queue.list[i].text, text.ptr, text.len) == 0)
			return &queue.list[i];
	if (queue.n == QUEUE_MAX)
		return NULL;
	w = &queue.list[queue.n++];
	memcpy(w->text, text.ptr, text.len);
	w->len = text.len;
	w->asked = w->unanswered = 0;
	return w;
}

void
search_tally_add(struct slice text, unsigned answers)
{
	void (*wake)(void *) = NULL;
	void *arg = NULL;
	struct waiting *w;

	text = str_trim(text);
	text.len = utf8_cut(text, RAW_MAX);
	if (is_mute || text.len == 0 || pthread_mutex_trylock(&queue.lock) != 0)
		return;
	if (queue.wake != NULL && (w = place_of(text)) != NULL) {
		if (queue.n == 1 && w->asked == 0) {
			wake = queue.wake;
			arg = queue.arg;
		}
		w->asked++;
		w->unanswered += answers == 0;
		w->answers = answers;
	}
	pthread_mutex_unlock(&queue.lock);
	/* outside: the writer looks at the queue under its own lock */
	if (wake != NULL)
		wake(arg);
}

bool
search_tally_pending(void)
{
	bool some;

	pthread_mutex_lock(&queue.lock);
	some = queue.n > 0;
	pthread_mutex_unlock(&queue.lock);
	return some;
}

void
search_tally_normal(struct slice text, struct buf *out)
{
	struct buf clean = BUF_INIT, line = BUF_INIT;
	struct slice rest, first = { NULL, 0 };
	size_t i;

	(void)secret_scan_replace(text, &clean);
	rest = buf_slice(&clean);
	while (first.len == 0 && str_line(&rest, &first, NULL))
		first = str_trim(first);
	for (i = 0; i < first.len; i++) {
		bool blank = (unsigned char)first.ptr[i] <= ' ' ||
		    first.ptr[i] == 0x7f;

		if (!blank)
			buf_putc(&line, ascii_lower(first.ptr[i]));
		else if (line.len > 0 && line.data[line.len - 1] != ' ')
			buf_putc(&line, ' ');
	}
	rest = str_trim(buf_slice(&line));
	rest.len = utf8_cut(rest, SEARCH_TALLY_TEXT_MAX);
	utf8_put_clean(out, str_trim(rest));
	buf_free(&clean);
	buf_free(&line);
}

/* ---- the writer ---- */

static bool
count(struct store *s, const struct waiting *w, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_TALLY_ADD);
	struct buf text = BUF_INIT;
	bool ok = true;

	search_tally_normal(slice_make(w->text, w->len), &text);
	if (text.len > 0) {
		store_bind(q, 1, buf_slice(&text));
		store_bind_int(q, 2, w->asked);
		store_bind_int(q, 3, w->unanswered);
		store_bind_int(q, 4, w->answers);
		ok = store_done(s, q, e);
	}
	buf_free(&text);
	return ok;
}

/* The queue's texts, copied so that searches can go on. */
static struct waiting *
take(struct arena *a, size_t *n)
{
	struct waiting *list;

	pthread_mutex_lock(&queue.lock);
	*n = queue.n;
	list = arena_alloc(a, (*n + 1) * sizeof(*list));
	memcpy(list, queue.list, *n * sizeof(*list));
	queue.n = 0;
	pthread_mutex_unlock(&queue.lock);
	return list;
}

bool
search_tally_write(struct store *s, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct waiting *list;
	size_t i, n;
	bool ok = true;

	list = take(&a, &n);
	if (n > 0) {
		ok = store_begin(s, e);
		for (i = 0; ok && i < n; i++)
			ok = count(s, &list[i], e);
		ok = ok && store_done(s, store_stmt(s, STMT_TALLY_TRIM), e) &&
		    store_commit(s, e);
		if (!ok)
			store_rollback(s);
	}
	arena_free(&a);
	return ok;
}
