/*
 * files.h - reading files, and finding the Markdown below a folder.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_FILES_H
#define KBCTL_FILES_H

#include "common/arena.h"
#include "common/err.h"
#include "common/slice.h"

struct buf;

/*
 * Append a file's bytes to *out; "-" is standard input. Fails with ERR_LIMIT
 * past out->max_bytes (0: no cap), with ERR_SYSTEM when it cannot be read.
 */
bool files_read(const char *path, struct buf *out, struct err *e) MUST_CHECK;

/* The same for a file found by files_collect(): no link, nothing special. */
bool files_read_plain(const char *path, struct buf *out, struct err *e)
    MUST_CHECK;

struct source_file {
	const char *path;	/* to open; "-" is standard input */
	const char *name;	/* of the document */
	const char *source;	/* path relative to the folder given */
	bool is_plain;		/* found below a folder */
	bool is_bad;		/* known not to be taken; was reported */
};

/* A path that cannot be taken, and why. */
struct refusal {
	const char *path;
	const char *reason;
};

struct file_list {
	struct arena arena;	/* owns everything here */
	struct source_file *files;	/* in order of finding */
	size_t n, cap;
	struct refusal *refused;
	size_t nrefused, refused_cap;
};

#define FILE_LIST_INIT ((struct file_list){ .arena = ARENA_INIT })

/*
 * Add what one argument of import names: a file, or a folder with all *.md
 * and *.markdown files below it. Names that begin with a dot are passed over,
 * links that lead out of the folder are refused. What cannot be taken goes to
 * list->refused: this never fails.
 */
void files_collect(struct file_list *list, const char *path);

/* Say that a path cannot be taken. */
void files_refuse(struct file_list *list, const char *path,
    const char *reason);

/* Refuse files, and mark them bad, whose document another one makes. */
void files_refuse_twins(struct file_list *list);

void files_free(struct file_list *list);

#endif
