/*
 * str.h - text: UTF-8, display width, numbers, trimming, durations, sizes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STR_H
#define KBD_STR_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct buf;

/*
 * Decode the code point at s.ptr[at] (at < s.len). *next is set to the byte
 * after it. A byte that starts no well-formed sequence (RFC 3629: no
 * surrogates, no overlong forms, nothing above U+10FFFF) gives -1 and moves
 * one byte.
 */
int32_t utf8_decode(struct slice s, size_t at, size_t *next);

/* Bytes that cp needs (1 to 4), written to out. cp must be a scalar value. */
size_t utf8_encode(int32_t cp, char out[4]);

/* Offset of the first byte that is not well-formed UTF-8, or s.len. */
size_t utf8_check(struct slice s);

/* Number of code points; each ill-formed byte counts as one. */
size_t utf8_count(struct slice s);

/* The largest n <= max that does not cut a character of s in two. */
size_t utf8_cut(struct slice s, size_t max);

/* Append s, with U+FFFD for each ill-formed byte and for each NUL. */
void utf8_put_clean(struct buf *b, struct slice s);

/*
 * Columns that cp takes in a terminal: 0 for combining marks and format
 * characters, 2 for East Asian wide and full-width ones, else 1. Does not
 * depend on the locale. -1 for control characters.
 */
int char_width(int32_t cp);

/* Columns of s; control characters and ill-formed bytes count as one. */
size_t str_width(struct slice s);

/* Simple lower case of any script; cp itself when it has none. */
int32_t char_lower(int32_t cp);
int32_t char_upper(int32_t cp);

/* A letter, a digit, or a mark that belongs to one. */
bool char_is_word(int32_t cp);

/* Without leading and trailing ASCII blanks (space, TAB, CR, LF, FF, VT). */
struct slice str_trim(struct slice s);

/* ASCII only. */
bool ascii_is_space(char c);
bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
char ascii_lower(char c);
bool str_ieq(struct slice a, struct slice b);

/*
 * Take the next part of *s up to the separator, which is removed; false
 * when *s is used up (its ptr is NULL then). "a||b" gives "a", "", "b", and
 * "" gives one empty part.
 */
bool str_split(struct slice *s, char sep, struct slice *part);

/*
 * The next line of *s without its end (LF, CRLF or a lone CR); false when *s
 * is used up. *end, if not NULL, is the bytes that ended it (0, 1 or 2).
 */
bool str_line(struct slice *s, struct slice *line, size_t *end);

/* A whole decimal number, no blanks; false outside min..max. */
bool str_int(struct slice s, int64_t min, int64_t max, int64_t *out);

/* "250ms", "30s", "5min", "2h", "1d"; a bare number counts in ms. */
bool str_duration_ms(struct slice s, int64_t *ms);

/* "512", "64kB", "16MB", "1GB" (powers of 1024); a bare number is bytes. */
bool str_size_bytes(struct slice s, int64_t *bytes);

/* FNV-1a, for hash tables and not for security. */
uint64_t str_hash(struct slice s);

#endif
