/*
 * login_limit.h - how often somebody may guess a password.
 *
 * Per client address: a few failures at once, then one more each half
 * minute. Nothing is counted for a name, since that would let anybody lock
 * somebody else out. Any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LOGIN_LIMIT_H
#define KBD_LOGIN_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct login_limit;

#define LOGIN_LIMIT_BURST 10
#define LOGIN_LIMIT_EACH_MS 30000

struct login_limit *login_limit_new(void);
void login_limit_destroy(struct login_limit *l);

/* Seconds that this address must wait; 0: it may try. */
int login_limit_wait_s(struct login_limit *l, const char *address,
    int64_t now_ms);

/* It tried, and was wrong. */
void login_limit_failed(struct login_limit *l, const char *address,
    int64_t now_ms);

#endif
