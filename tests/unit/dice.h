/*
 * dice.h - chance that is the same in every run: xorshift64 (Marsaglia,
 * "Xorshift RNGs", 2003). Define DICE_SEED before, not 0, for another one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TESTS_DICE_H
#define KBD_TESTS_DICE_H

#include <stdint.h>

#ifndef DICE_SEED
#define DICE_SEED 88172645463325252u
#endif

static uint64_t dice_state = DICE_SEED;

/* 0 to sides - 1. */
static inline unsigned
dice(unsigned sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned)(dice_state >> 20) % sides;
}

#endif
