/*
 * trust.c - server certificates that the person has confirmed; see trust.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/trust.h"
#include "common/arena.h"
#include "common/str.h"
#include "kbctl/certificate.h"
#include "kbctl/setup.h"

#include <unistd.h>

/* What a host name or an address consists of; nothing that leads elsewhere. */
static bool
is_file_name(const char *host)
{
	size_t i;

	if (host[0] == '\0' || host[0] == '.' || strlen(host) > 255)
		return false;
	for (i = 0; host[i] != '\0'; i++)
		if (!ascii_is_alnum(host[i]) && strchr("-._:%", host[i]) ==
		    NULL)
			return false;
	return true;
}

const char *
trust_path(const struct endpoint *host, struct arena *a)
{
	struct slice name;
	char *lower;
	size_t i;

	if (!is_file_name(host->host))
		return NULL;
	name = arena_printf(a, "trusted/%s:%s.crt", host->host,
	    host->port != NULL ? host->port : KB_PORT);
	lower = arena_cstr(a, name);
	for (i = 0; lower[i] != '\0'; i++)
		lower[i] = ascii_lower(lower[i]);
	return setup_path(a, lower);
}

const char *
trust_find(const struct endpoint *host, struct arena *a,
    const char **sslmode)
{
	const char *path = trust_path(host, a);
	struct certificate c;

	if (path == NULL || access(path, F_OK) != 0)
		return NULL;
	*sslmode = "verify-full";	/* also when it cannot be read */
	if (certificate_read(path, host->host, &c, NULL)) {
		if (!c.names_host)
			*sslmode = "verify-ca";
		certificate_free(&c);
	}
	return path;
}
