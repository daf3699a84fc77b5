/*
 * exits.c - how errors become exit codes; see exits.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/exits.h"

struct rule {
	const char *prefix;	/* of the SQLSTATE; the first that fits wins */
	enum exit_code code;
};

static const struct rule rules[] = {
	{ "02", EXIT_NOTHING }, { "P0002", EXIT_NOTHING },
	{ "42704", EXIT_NOTHING },	/* undefined object */
	{ "57P", EXIT_NO_SERVER },	/* shutting down, starting up */
	{ "08P", EXIT_FAILED },		/* protocol violation */
	{ "08", EXIT_NO_SERVER },
	{ "28", EXIT_DENIED }, { "42501", EXIT_DENIED },
	{ "40", EXIT_CONFLICT },
	{ "25006", EXIT_REFUSED }, { "23", EXIT_REFUSED },
	{ "44", EXIT_REFUSED }, { "P0001", EXIT_REFUSED },
	{ "42710", EXIT_USAGE },	/* duplicate object */
	/* other classes 42: our own SQL is constant, so it is not the user's */
	{ "0A", EXIT_USAGE }, { "22", EXIT_USAGE }, { "3", EXIT_USAGE },
	{ "54", EXIT_USAGE },
};

enum exit_code
exit_of_sqlstate(const char *sqlstate)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (strncmp(sqlstate, rules[i].prefix,
		    strlen(rules[i].prefix)) == 0)
			return rules[i].code;
	return EXIT_FAILED;
}

enum exit_code
exit_of(const struct err *e)
{
	if (e->sqlstate[0] != '\0')
		return exit_of_sqlstate(e->sqlstate);
	switch (e->code) {
	case ERR_NONE:
		return EXIT_DONE;
	case ERR_INVALID:
	case ERR_SYNTAX:
	case ERR_UNSUPPORTED:
	case ERR_EXISTS:
	case ERR_LIMIT:
		return EXIT_USAGE;
	case ERR_NOT_FOUND:
		return EXIT_NOTHING;
	case ERR_CONFLICT:
		return EXIT_CONFLICT;
	case ERR_REFUSED:
		return EXIT_REFUSED;
	case ERR_DENIED:
		return EXIT_DENIED;
	case ERR_CANCELED:
		return EXIT_INTERRUPTED;
	case ERR_PROTOCOL:
	case ERR_STORAGE:
	case ERR_SYSTEM:
		return EXIT_FAILED;
	}
	return EXIT_FAILED;
}
