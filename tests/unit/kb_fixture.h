/*
 * kb_fixture.h - a document and its entries, parsed for a test.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_KB_FIXTURE_H
#define KBD_KB_FIXTURE_H

#include "common/arena.h"
#include "common/slice.h"
#include "kb/document.h"
#include "kb/entry.h"

struct fixture {
	struct arena arena;
	struct slice text;
	struct document doc;
	struct entry *entries;
};

/* Parse a text that must be accepted; free it with fixture_free(). */
void fixture_parse(struct fixture *f, struct slice text);
/* The same for a file below the source tree ("content/InterviewPro.md"). */
void fixture_source(struct fixture *f, const char *path);
/* The same for a file of the corpus; false when there is no corpus. */
bool fixture_corpus(struct fixture *f, const char *path);
void fixture_free(struct fixture *f);

/* Index of the only section with that title; fails the test otherwise. */
size_t fixture_find(const struct fixture *f, const char *title);
const struct entry *fixture_entry(const struct fixture *f, const char *title);

/* The folder of the corpus, or NULL (a message says so). */
const char *fixture_corpus_dir(void);

/* The bytes of a file, in memory that fixture_free_file() takes back. */
bool fixture_read(const char *path, struct slice *out);
void fixture_free_file(struct slice s);

/* The i-th text of field `name`, or the empty slice. */
struct slice fixture_field(const struct entry *e, enum field_name name,
    size_t i);

#define assert_slice(s, text) \
	assert_slice_at((s), (text), __FILE__, __LINE__)
void assert_slice_at(struct slice s, const char *text, const char *file,
    int line);

#endif
