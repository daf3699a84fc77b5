/*
 * glossary_internal.h - a compiled glossary, for the two files that share it.
 *
 * glossary_read.c fills one from a file, glossary.c looks things up in it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_GLOSSARY_INTERNAL_H
#define KBD_GLOSSARY_INTERNAL_H

#include "common/arena.h"
#include "kb/glossary.h"

/* The same word everywhere is one number, from 1. */
struct glossary_intern {
	struct slice key;
	uint32_t id;		/* 0: free */
};

/* A spelling of a form, as the numbers of its units. */
struct glossary_key {
	const uint32_t *units;
	uint8_t nunits;
	bool gaps;		/* noise may stand between its units */
	uint32_t form;
	uint32_t next;		/* of those that begin alike; 0: none */
};

struct glossary {
	struct arena arena;	/* texts and units */
	struct glossary_intern *interned;	/* open addressing */
	size_t ninterned, cap_interned;	/* a power of two, half full */
	struct glossary_form *forms;
	size_t nforms, cap_forms;
	struct glossary_concept *concepts;
	size_t nconcepts, cap_concepts;
	struct glossary_key *keys;	/* [0] is none */
	size_t nkeys, cap_keys;
	uint32_t *heads;	/* by first unit: the first key, or 0 */
	size_t nheads, cap_heads;
};

/* The number of a unit, a new one if need be. */
uint32_t glossary_intern(struct glossary *g, struct slice key);

/* Another key; only those that are `listed` are found by glossary_match(). */
uint32_t glossary_add_key(struct glossary *g, struct glossary_key k,
    bool listed);

#endif
