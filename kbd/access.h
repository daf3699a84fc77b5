/*
 * access.h - client rules: who may come from where, and how it is proven.
 *
 * The line format of PostgreSQL's pg_hba.conf, and of pg_ident.conf for
 * peer maps. Pure: text in, rules and verdicts out. The first line that fits
 * decides; when none fits, nobody comes in.
 *
 *   local      DATABASE ROLE         METHOD [OPTION]
 *   host       DATABASE ROLE ADDRESS METHOD [OPTION]    with or without TLS
 *   hostssl, hostnossl                                  only with, without
 *
 *   DATABASE   list of names, all, sameuser, samerole, replication (no
 *              connection of ours is one, so it fits none)
 *   ROLE       list of names, all, +group
 *   ADDRESS    all, samehost, samenet, 10.0.0.0/8, fd00::/8, or an address
 *              and a netmask in a column of its own
 *   METHOD     peer [map=NAME] (local only), scram-sha-256, reject, trust
 *              (with a warning)
 *
 * A word in double quotes is a name and nothing else; commas separate; "#"
 * starts a comment; "\" at the end continues a line. What PostgreSQL offers
 * beyond this (@file, include, /regex, host names, md5, ldap, ...) is an
 * error that says so, never something else.
 *
 * An IPv4 address inside IPv6 (::ffff:10.0.0.1) is that IPv4 address, in a
 * client as in a rule; ::/0 therefore fits no IPv4 client.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ACCESS_H
#define KBD_ACCESS_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct access;
struct sockaddr;

enum access_method {
	ACCESS_REJECT,
	ACCESS_TRUST,
	ACCESS_PEER,
	ACCESS_SCRAM
};

/* An address or a netmask; len is 4, 16, or 0 for none. */
struct access_addr {
	uint8_t len;
	uint8_t bytes[16];
};

/* An address of this machine with its netmask, for samehost, samenet. */
struct access_interface {
	struct access_addr addr, mask;
};

/* A client that asks to come in; everything borrowed. */
struct access_client {
	bool local;		/* came by the Unix socket */
	bool tls;
	struct access_addr addr;	/* unless local */
	struct slice role;
	struct slice database;	/* what it will get */
	struct slice asked;	/* what it asked for; sameuser looks here */
	const struct slice *groups;	/* the role is a member of these */
	size_t ngroups;
	const struct access_interface *interfaces;	/* may be NULL */
	size_t ninterfaces;
};

struct access_verdict {
	enum access_method method;
	unsigned line;		/* of the rule, for the log */
	struct slice map;	/* of peer; its ptr is NULL without one.
				   Borrowed from the rules */
};

/*
 * Parse the rules and the maps. Names are for messages ("kbd_hba.conf:3:
 * ..."); the map text may be empty. UTF-8 without NUL, at most
 * ACCESS_MAX_BYTES each. ERR_INVALID or ERR_UNSUPPORTED with file, line and
 * reason; then *out is untouched, so that a reload keeps the old rules.
 */
#define ACCESS_MAX_BYTES (1024 * 1024)
bool access_parse(const char *hba_name, struct slice hba,
    const char *map_name, struct slice map, struct access **out,
    struct err *e) MUST_CHECK;
void access_free(struct access *x);

/* Rules read; and the i-th thing to warn about, or NULL after the last. */
size_t access_count(const struct access *x);
const char *access_warning(const struct access *x, size_t i);

/*
 * Find the rule for a client. False when there is none or it is a reject:
 * then *e is ERR_DENIED, 28000, in PostgreSQL's words. The method of a true
 * verdict is never ACCESS_REJECT.
 */
bool access_check(const struct access *x, const struct access_client *c,
    struct access_verdict *out, struct err *e) MUST_CHECK;

/*
 * May this user of the operating system be that role, by the peer method?
 * Without a map: when the names are the same.
 */
bool access_peer(const struct access *x, const struct access_verdict *v,
    struct slice system_user, struct slice role);

/* From a socket's address; len is 0 for what is no IP address. */
struct access_addr access_addr_of(const struct sockaddr *sa);

/* From text, without prefix length; false when it is no address. */
bool access_addr_parse(struct slice text, struct access_addr *out) MUST_CHECK;

/* As text; "[local]" for none. NUL-terminated. */
#define ACCESS_ADDR_SIZE 46
void access_addr_text(const struct access_addr *a,
    char out[ACCESS_ADDR_SIZE]);

bool access_is_loopback(const struct access_addr *a);

/* "peer", "scram-sha-256", ... */
const char *access_method_name(enum access_method m);

#endif
