/*
 * secret_scan.h - passwords, keys and tokens that must not be stored.
 *
 * Found are things with a form of their own (private keys, tokens with a
 * known prefix, verifiers) and values in a place that says what they are
 * (password = ..., -p..., user:password@host, Authorization: ...). What
 * stands for a secret is none: <password>, ***, ${VAR}, xxx, changeme,
 * your-password-here, and what examples use for one (123456, admin).
 *
 * A text is data from anybody: time is linear in its length, whatever its
 * bytes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SECRET_SCAN_H
#define KBD_SECRET_SCAN_H

#include "common/slice.h"

struct buf;

struct secret_hit {
	size_t from, to;	/* the secret's own bytes, from < to */
	size_t line;		/* of the first one, from 1 */
	const char *form;	/* "AWS access key", for people; static */
	const char *placeholder;	/* "<aws-access-key>"; static */
};

/*
 * The first secret at or behind byte `from`; false when there is none.
 *
 *   from   0, or the .to of the hit before, with *hit still being that hit:
 *          its line is counted on from there
 */
bool secret_scan_find(struct slice text, size_t from, struct secret_hit *hit);

/* Append the text with a placeholder for each secret; returns how many. */
size_t secret_scan_replace(struct slice text, struct buf *out);

#endif
