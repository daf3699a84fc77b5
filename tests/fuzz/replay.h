/*
 * replay.h - what a fuzz target defines.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_REPLAY_H
#define KBD_REPLAY_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry: handle any bytes, return 0, never crash or leak. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inputs to start from; the last is NULL. Each target defines its own. */
extern const char *const fuzz_seeds[];

#endif
