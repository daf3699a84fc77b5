/*
 * main.c - kbd: arguments and exit codes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/err.h"
#include "common/log.h"
#include "kb/store.h"
#include "kbd/datadir.h"
#include "kbd/server.h"
#include "kbd/sql_memory.h"

#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

struct options {
	const char *dir;
	const char *user;
};

struct verb {
	const char *name;	/* NULL: serve */
	int (*run)(const struct options *o);
	const char *help;
};

static int
failed(const struct err *e)
{
	fprintf(stderr, "kbd: %s\n", e->msg);
	if (e->detail[0] != '\0')
		fprintf(stderr, "kbd: %s\n", e->detail);
	if (e->hint[0] != '\0')
		fprintf(stderr, "kbd: hint: %s\n", e->hint);
	return EXIT_FAILED;
}

static int
run_init(const struct options *o)
{
	struct datadir d;
	struct datadir_made made;
	struct err e = ERR_INIT;

	if (!datadir_find(o->dir, true, &d, &e) ||
	    !datadir_init(&d, o->user, &made, &e))
		return failed(&e);
	printf("made the data directory %s\n"
	    "password of the role admin (it is shown only now):  %s\n"
	    "certificate SHA256:%s\n"
	    "start the server with:  kbd -D %s\n", d.path, made.password,
	    made.fingerprint, d.path);
	secret_wipe(&made, sizeof(made));
	return EXIT_DONE;
}

/* Find the directory, become its owner, lock it. */
static bool
enter(const struct options *o, struct datadir *d, struct err *e)
{
	return datadir_find(o->dir, false, d, e) && datadir_enter(d, e) &&
	    datadir_lock(d, e);
}

static int
run_serve(const struct options *o)
{
	struct datadir d;
	struct err e = ERR_INIT;
	bool ok;

	/* two arenas are enough for a few threads, and give memory back */
	mallopt(M_ARENA_MAX, 2);
	if (!enter(o, &d, &e))
		return failed(&e);
	ok = server_run(&d, &e);
	datadir_unlock(&d);
	return ok ? EXIT_DONE : failed(&e);
}

/* What needs the base for itself, while no server runs. */
static int
offline(const struct options *o,
    bool (*work)(struct store *s, struct err *e), const char *done)
{
	char path[DATADIR_PATH];
	struct datadir d;
	struct store *s;
	struct err e = ERR_INIT;
	bool ok;

	if (!enter(o, &d, &e))
		return failed(&e);
	datadir_path(&d, "kb.db", path);
	ok = store_open(path, STORE_WRITE, &s, &e);
	if (ok) {
		ok = work(s, &e);
		store_close(s);
	}
	datadir_unlock(&d);
	if (!ok)
		return failed(&e);
	puts(done);
	return EXIT_DONE;
}

static int
run_reindex(const struct options *o)
{
	return offline(o, store_reindex, "everything derived was rebuilt");
}

static int
run_check(const struct options *o)
{
	return offline(o, store_check, "the base is sound");
}

static const struct verb verbs[] = {
	{ NULL, run_serve, "serve the data directory, in the foreground" },
	{ "init", run_init, "make a data directory" },
	{ "reindex", run_reindex, "rebuild what is derived; no server runs" },
	{ "check", run_check, "check the base; no server runs" },
};

static void
print_help(FILE *f)
{
	size_t i;

	fputs("usage: kbd [-D DIR]\n"
	    "       kbd init [-D DIR] [--user NAME]\n"
	    "       kbd reindex|check [-D DIR]\n\n", f);
	for (i = 0; i < ARRAY_LEN(verbs); i++)
		fprintf(f, "  %-10s %s\n", verbs[i].name != NULL ?
		    verbs[i].name : "(none)", verbs[i].help);
	fputs("\n"
	    "  -D DIR        the data directory; else $KBDATA, "
	    "/var/lib/kbd,\n"
	    "                $XDG_DATA_HOME/kbd\n"
	    "  --user NAME   who shall own it and run the server (init, as "
	    "root)\n"
	    "  --help, --version\n\n"
	    "See kbd(8) and kbd.conf(5).\n", f);
}

static const struct verb *
find_verb(const char *name)
{
	size_t i;

	for (i = 1; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "user", required_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 },
	};
	struct err e = ERR_INIT;
	const struct verb *verb = &verbs[0];
	struct options o = { NULL, NULL };
	int c;

	while ((c = getopt_long(argc, argv, "D:", longs, NULL)) != -1) {
		switch (c) {
		case 'D':
			o.dir = optarg;
			break;
		case 'u':
			o.user = optarg;
			break;
		case 'h':
			print_help(stdout);
			return EXIT_DONE;
		case 'V':
			puts("kbd " PACKAGE_VERSION);
			return EXIT_DONE;
		default:
			print_help(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		verb = find_verb(argv[optind]);
		if (verb == NULL || optind + 1 < argc) {
			fprintf(stderr, "kbd: unexpected argument \"%s\"\n",
			    argv[verb == NULL ? optind : optind + 1]);
			print_help(stderr);
			return EXIT_USAGE;
		}
	}
	if (o.user != NULL && verb->run != run_init) {
		fprintf(stderr, "kbd: --user goes with init\n");
		return EXIT_USAGE;
	}
	/* before SQLite is used at all */
	if (!sql_memory_install(&e))
		return failed(&e);
	return verb->run(&o);
}
