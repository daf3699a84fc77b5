/*
 * environ.c - the environment without what libpq would read; see environ.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/environ.h"
#include "common/mem.h"

#include <pwd.h>
#include <stdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char **original;

void
environ_clean(void)
{
	size_t n = 0, kept = 0, i;
	char **clean;

	while (environ != NULL && environ[n] != NULL)
		n++;
	original = mem_calloc(n + 1, sizeof(*original));
	clean = mem_calloc(n + 1, sizeof(*clean));
	for (i = 0; i < n; i++) {
		original[i] = environ[i];
		if (strncmp(environ[i], "PG", 2) != 0)
			clean[kept++] = environ[i];
	}
	environ = clean;
}

char *const *
environ_original(void)
{
	return original != NULL ? original : environ;
}

const char *
environ_get(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

char *
environ_xdg(const char *name, const char *below_home)
{
	const char *value = environ_get(name), *home = environ_get("HOME");
	const struct passwd *pw;
	char *path;

	if (value != NULL && value[0] == '/')
		return mem_strdup(value);
	if (home == NULL && (pw = getpwuid(getuid())) != NULL)
		home = pw->pw_dir;
	if (home == NULL || asprintf(&path, "%s/%s", home, below_home) < 0)
		return NULL;
	return path;
}
