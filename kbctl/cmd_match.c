/*
 * cmd_match.c - kbctl match [FILE...]: known errors in logs.
 *
 * The signatures come from the server once; everything else happens here.
 * Memory does not depend on the log: a block of each file, a counter for each
 * entry, a bounded number of clusters.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/print.h"
#include "common/str.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/log_input.h"
#include "kbctl/match.h"
#include "kbctl/report.h"

#define POLL_MS 200		/* between two looks at followed files */
#define PROGRESS_MS 500

static volatile sig_atomic_t stopped;

struct run {
	struct context *c;
	struct client *client;
	struct match_result result;
	struct signature_scanner *scanner;
	struct log_input *inputs;	/* one at a time, or all followed */
	bool json, follow, show_progress;
	int64_t shown_at;
	bool progress_on;		/* the terminal has a progress line */
	bool failed_write;
	uint32_t last_entry;		/* of last_line in last_file */
	uint32_t last_file;
	uint64_t last_line;
};

static void
on_stop(int sig)
{
	(void)sig;
	if (stopped) {
		(void)!write(STDERR_FILENO, "\n", 1);
		_exit(EXIT_INTERRUPTED);
	}
	stopped = 1;
}

/* Ctrl-C ends reading, not the program: what was found is printed. */
static void
catch_stop(void)
{
	struct sigaction sa = { .sa_handler = on_stop }, old;

	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGINT, &sa, NULL);
}

/* ---- progress ---- */

static void
clear_progress(struct run *r)
{
	if (r->progress_on)
		fputs("\r\033[K", stderr);
	r->progress_on = false;
}

static void
show_progress(struct run *r, const struct log_input *in)
{
	int64_t now;

	if (!r->show_progress)
		return;
	now = clock_ms();
	if (now - r->shown_at < PROGRESS_MS)
		return;
	r->shown_at = now;
	r->progress_on = true;
	if (in->size != 0)
		fprintf(stderr, "\r\033[K%u%% of %llu MB, %llu lines known",
		    (unsigned)(in->done * 100 / in->size),
		    (unsigned long long)(in->size / 1000000),
		    (unsigned long long)r->result.matched);
	else
		fprintf(stderr, "\r\033[K%llu MB, %llu lines known",
		    (unsigned long long)(in->done / 1000000),
		    (unsigned long long)r->result.matched);
	fflush(stderr);
}

/* ---- lines ---- */

static void
keep_sample(struct match_entry *n, struct slice text)
{
	text = slice_sub(text, 0, utf8_cut(text, MATCH_SAMPLE_MAX));
	memcpy(n->sample, text.len != 0 ? text.ptr : "", text.len);
	n->sample_len = (uint32_t)text.len;
}

static void
count_match(struct run *r, struct match_entry *n, const struct match_line *l)
{
	if (n->count++ == 0) {
		n->first = l->number;
		n->first_file = l->file;
		keep_sample(n, l->text);
	}
	n->last = l->number;
	n->last_file = l->file;
	if (n->best == SIGNATURE_OFF || l->hit->mode == SIGNATURE_EXACT ||
	    (l->hit->mode == SIGNATURE_STRONG && n->best == SIGNATURE_LIKELY))
		n->best = l->hit->mode;
	r->result.matched++;
}

static void
take_match(struct run *r, const struct match_line *l)
{
	uint32_t entry = r->result.base.signatures[l->hit->id].entry;

	/* a long line comes in pieces that overlap */
	if (r->last_line == l->number && r->last_file == l->file &&
	    r->last_entry == entry)
		return;
	r->last_line = l->number;
	r->last_file = l->file;
	r->last_entry = entry;
	count_match(r, &r->result.base.entries[entry], l);
	if (r->json)
		r->failed_write |= !match_json_line(&r->result, l);
	else if (r->follow)
		r->failed_write |= !match_print_line(r->c->out, &r->result,
		    l);
}

/* Newlines of text[from, to). */
static uint64_t
count_newlines(struct slice text, size_t from, size_t to)
{
	const char *p = text.ptr + from, *end = text.ptr + to;
	uint64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

static void
take_block(struct run *r, uint32_t file, const struct log_block *b)
{
	struct match_line l = { .file = file, .number = b->line };
	struct signature_line found;
	size_t from = 0, counted = 0;

	while (!r->failed_write &&
	    signature_next(r->scanner, b->text, from, &found)) {
		l.number += count_newlines(b->text, counted, found.start);
		counted = found.start;
		l.text = str_trim(slice_sub(b->text, found.start, found.end));
		l.hit = &found.hits[0];
		if (found.nhits != 0)
			take_match(r, &l);
		else if (!(b->goes_on && l.number == b->line))
			(void)log_clusters_add(r->result.unknown, l.text,
			    file, l.number);
		from = found.end < b->text.len ? found.end + 1 : b->text.len;
	}
	r->result.bytes += b->text.len;
	if (r->json && r->follow)
		r->failed_write |= fflush(stdout) != 0;
}

/* ---- files ---- */

static bool
read_one(struct run *r, uint32_t file, struct err *e)
{
	struct log_input *in = &r->inputs[file];
	struct log_block b;
	enum log_read got = LOG_READ_BLOCK;

	if (!log_input_open(in, r->result.files[file], false, e))
		return false;
	while (!stopped && !r->failed_write && got != LOG_READ_END &&
	    got != LOG_READ_FAILED) {
		got = log_input_next(in, &b, e);
		if (got == LOG_READ_BLOCK)
			take_block(r, file, &b);
		show_progress(r, in);
	}
	clear_progress(r);
	log_input_close(in);
	return got != LOG_READ_FAILED;
}

static bool
read_all(struct run *r, struct err *e)
{
	uint32_t i;

	for (i = 0; i < r->result.nfiles && !stopped && !r->failed_write; i++)
		if (!read_one(r, i, e))
			return false;
	return true;
}

/* One look at each followed file; *any says whether one had more. */
static bool
look_at_all(struct run *r, bool *any, bool *open, struct err *e)
{
	struct log_block b;
	uint32_t i;

	*any = *open = false;
	for (i = 0; i < r->result.nfiles && !stopped; i++) {
		switch (log_input_next(&r->inputs[i], &b, e)) {
		case LOG_READ_BLOCK:
			take_block(r, i, &b);
			*any = *open = true;
			break;
		case LOG_READ_NOTHING:
			*open = true;
			break;
		case LOG_READ_END:
			break;
		case LOG_READ_FAILED:
			return false;
		}
	}
	return true;
}

static bool
follow_all(struct run *r, struct err *e)
{
	bool ok = true, any, open = true;
	uint32_t i;

	for (i = 0; ok && i < r->result.nfiles; i++)
		ok = log_input_open(&r->inputs[i], r->result.files[i], true,
		    e);
	while (ok && open && !stopped && !r->failed_write) {
		ok = look_at_all(r, &any, &open, e);
		if (ok && open && !any && !stopped)
			(void)poll(NULL, 0, POLL_MS);
	}
	for (i = 0; i < r->result.nfiles; i++)
		log_input_close(&r->inputs[i]);
	return ok;
}

static bool
finish_print(struct run *r, struct err *e)
{
	if (r->json)
		return match_json_end(r->client, &r->result, e);
	return match_print_end(r->client, r->c->out, &r->result, e);
}

static enum exit_code
finish(struct run *r)
{
	size_t n;
	struct match_entry **found = match_found(&r->result, &n);

	free(found);
	if (n == 0 && !stopped)
		report_note("no known error in %llu MB",
		    (unsigned long long)((r->result.bytes + 999999) /
		    1000000));
	if (stopped)
		return EXIT_INTERRUPTED;
	return n != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static enum exit_code
run(struct run *r, struct err *e)
{
	bool ok;

	if (!context_client(r->c, &r->client, e) ||
	    !match_base_fetch(r->client, &r->result.base, e))
		return report_err(e);
	r->scanner = signature_scanner_new(r->result.base.set);
	r->result.unknown = log_clusters_new();
	r->inputs = mem_calloc(r->result.nfiles, sizeof(*r->inputs));
	catch_stop();
	ok = r->follow ? follow_all(r, e) : read_all(r, e);
	if (!ok) {
		enum exit_code code = report_err(e);

		*e = ERR_INIT;
		(void)finish_print(r, e);
		return code;
	}
	if (r->failed_write || !finish_print(r, e)) {
		if (e->code == ERR_NONE)
			err_errno(e, "could not write");
		return report_err(e);
	}
	return finish(r);
}

enum exit_code
cmd_match(struct context *c)
{
	static const char *const standard_input[] = { "-" };
	const struct args *args = c->args;
	struct err e = ERR_INIT;
	struct run r = { .c = c, .json = args_has(args, OPT_JSON),
		.follow = args_has(args, OPT_FOLLOW) };
	enum exit_code code;

	r.result.files = args->nwords != 0 ? args->words : standard_input;
	r.result.nfiles = args->nwords != 0 ? (size_t)args->nwords : 1;
	r.show_progress = isatty(STDERR_FILENO) && !r.follow &&
	    !args_has(args, OPT_QUIET);
	code = run(&r, &e);
	free(r.inputs);
	signature_scanner_destroy(r.scanner);
	log_clusters_destroy(r.result.unknown);
	match_base_free(&r.result.base);
	return code;
}
