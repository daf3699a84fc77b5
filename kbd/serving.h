/*
 * serving.h - what is in force until the next reload: settings, client rules,
 * certificate. Published together or not at all.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SERVING_H
#define KBD_SERVING_H

#include "kbd/access.h"
#include "kbd/settings.h"

struct tls;

#define SERVING_INTERFACES 32

struct serving {
	struct settings settings;	/* first: they are one address */
	struct access *access;		/* owned */
	struct tls *tls;		/* owned; NULL: no TLS */
	struct tls *https;		/* owned; NULL: no wiki */
	struct access_interface interfaces[SERVING_INTERFACES];
	size_t ninterfaces;
	unsigned refs;			/* under server.lock */
};

/* What these settings were published with. */
static inline const struct serving *
serving_of(const struct settings *s)
{
	return (const struct serving *)s;
}

#endif
