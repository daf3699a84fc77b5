/*
 * setup.c - which server, as whom; see setup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/setup.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/str.h"
#include "kbctl/args.h"
#include "kbctl/environ.h"
#include "kbctl/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of the three places that say something; NULL: it does not. */
struct layer {
	const char *host, *port, *user, *data, *url;
	const char *sslmode, *sslrootcert, *passfile, *color;
	struct url parsed;	/* of url; nhosts 0 without */
};

static void
read_flags(const struct args *args, struct layer *l)
{
	l->host = args_value(args, OPT_HOST);
	l->port = args_value(args, OPT_PORT);
	l->user = args_value(args, OPT_USER);
	l->data = args_value(args, OPT_DATA);
	l->url = args_value(args, OPT_URL);
	l->color = args_value(args, OPT_COLOR);
}

static void
read_environment(struct layer *l)
{
	l->host = environ_get("KBHOST");
	l->port = environ_get("KBPORT");
	l->user = environ_get("KBUSER");
	l->data = environ_get("KBDATA");
	l->url = environ_get("KB_URL");
	l->sslmode = environ_get("KBSSLMODE");
	l->sslrootcert = environ_get("KBSSLROOTCERT");
	l->passfile = environ_get("KBPASSFILE");
}

const char *
setup_path(struct arena *a, const char *name)
{
	char *dir = environ_xdg("XDG_CONFIG_HOME", ".config");
	const char *path = NULL;

	if (dir != NULL)
		path = arena_printf(a, "%s/kbctl/%s", dir, name).ptr;
	free(dir);
	return path;
}

static bool
set_key(struct layer *l, const struct conf_item *item, struct arena *a,
    const char *path, struct err *e)
{
	const struct { const char *key; const char **value; } keys[] = {
		{ "host", &l->host }, { "port", &l->port },
		{ "user", &l->user }, { "data", &l->data }, { "url", &l->url },
		{ "sslmode", &l->sslmode }, { "sslrootcert", &l->sslrootcert },
		{ "passfile", &l->passfile }, { "color", &l->color },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++) {
		if (slice_is(item->key, keys[i].key)) {
			*keys[i].value = arena_cstr(a, item->value);
			return true;
		}
	}
	return err_set(e, ERR_INVALID, "%s:%u: there is no setting \"%.*s\"",
	    path, item->line, SLICE_ARG(item->key));
}

static bool
read_config_file(struct layer *l, struct arena *a, struct err *e)
{
	const char *path = setup_path(a, "config");
	struct buf text = BUF_INIT;
	struct conf conf;
	bool ok = true;
	size_t i;

	if (path == NULL || access(path, F_OK) != 0)
		return true;
	buf_init(&text, CONF_MAX_BYTES);
	ok = files_read(path, &text, e) &&
	    conf_parse(path, arena_dup(a, buf_slice(&text)), a, &conf, e);
	for (i = 0; ok && i < conf.n; i++)
		ok = set_key(l, &conf.items[i], a, path, e);
	buf_free(&text);
	return ok;
}

/* Check a layer, and take from its URL what it does not say itself. */
static bool
check_layer(struct layer *l, const char *what, struct arena *a, struct err *e)
{
	if (l->port != NULL && !url_port_ok(l->port))
		return err_set(e, ERR_INVALID, "%s: \"%s\" is no port", what,
		    l->port);
	if (l->url == NULL)
		return true;
	if (!url_parse(slice_of(l->url), a, &l->parsed, e))
		return err_prefix(e, "%s", what);
	if (l->user == NULL)
		l->user = l->parsed.user;
	if (l->sslmode == NULL)
		l->sslmode = l->parsed.sslmode;
	if (l->sslrootcert == NULL)
		l->sslrootcert = l->parsed.sslrootcert;
	if (l->passfile == NULL)
		l->passfile = l->parsed.passfile;
	return true;
}

/* Flags that name the server twice are a mistake. */
static bool
check_flags(const struct layer *l, struct err *e)
{
	if ((l->host != NULL) + (l->data != NULL) + (l->url != NULL) > 1)
		return err_set(e, ERR_INVALID,
		    "options -h, -D and --url exclude each other");
	return true;
}

void
setup_default_dirs(struct arena *a, const char *dirs[2])
{
	char *data = environ_xdg("XDG_DATA_HOME", ".local/share");

	dirs[0] = "/var/lib/kbd";
	dirs[1] = data != NULL ? arena_printf(a, "%s/kbd", data).ptr : NULL;
	free(data);
}

#define SOCKET_PREFIX ".s.PGSQL."

/*
 * The port of the one socket in a directory, so that a server with a port of
 * its own is found; NULL when there is none.
 */
static const char *
socket_port(const char *run, struct arena *a)
{
	DIR *d = opendir(run);
	const char *port = NULL;
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		const char *p = entry->d_name + sizeof(SOCKET_PREFIX) - 1;

		if (strncmp(entry->d_name, SOCKET_PREFIX,
		    sizeof(SOCKET_PREFIX) - 1) != 0 || !url_port_ok(p))
			continue;
		if (port == NULL || strcmp(p, KB_PORT) == 0)
			port = arena_cstr(a, slice_of(p));
	}
	if (d != NULL)
		closedir(d);
	return port;
}

static void
add_host(struct setup *c, const char *host, const char *port)
{
	if (c->nhosts < URL_HOSTS_MAX)
		c->hosts[c->nhosts++] = (struct endpoint){ host,
			port != NULL ? port : KB_PORT };
}

/* The socket of a data directory, whether it is there or not. */
static void
add_data(struct setup *c, const char *data, const char *port)
{
	char *full = realpath(data, NULL);
	const char *run = arena_printf(&c->arena, "%s/run",
	    full != NULL ? full : data).ptr;

	free(full);
	add_host(c, run, port != NULL ? port : socket_port(run, &c->arena));
}

void
setup_use_data(struct setup *c, const char *data)
{
	c->nhosts = 0;
	add_data(c, data, NULL);
}

static void
add_defaults(struct setup *c, const char *port)
{
	const char *dirs[2];
	size_t i;

	setup_default_dirs(&c->arena, dirs);
	for (i = 0; i < ARRAY_LEN(dirs); i++) {
		const char *run = dirs[i] == NULL ? NULL :
		    arena_printf(&c->arena, "%s/run", dirs[i]).ptr;

		if (run != NULL && socket_port(run, &c->arena) != NULL)
			add_data(c, dirs[i], port);
	}
}

static void
add_url(struct setup *c, const struct url *url, const char *port)
{
	unsigned i;

	for (i = 0; i < url->nhosts; i++)
		add_host(c, url->hosts[i].host, port != NULL ? port :
		    url->hosts[i].port);
}

/*
 * The endpoints, from the first layer that says where. A URL is a whole
 * address: only a port from its own layer or an earlier one overrides it.
 */
static void
choose_hosts(struct setup *c, const struct layer *l, size_t n)
{
	const char *port = NULL;
	size_t at = 0, i;

	while (at < n && l[at].host == NULL && l[at].data == NULL &&
	    l[at].url == NULL)
		at++;
	for (i = 0; port == NULL && i < n; i++)
		if (at == n || i <= at || l[at].url == NULL)
			port = l[i].port;
	if (at == n) {
		add_defaults(c, port);
	} else if (l[at].url != NULL) {
		add_url(c, &l[at].parsed, port);
	} else if (l[at].host != NULL) {
		add_host(c, l[at].host, port);
	} else {
		add_data(c, l[at].data, port);
	}
}

/* The first layer that has a setting. */
#define FIRST(l, field) \
	((l)[0].field != NULL ? (l)[0].field : \
	(l)[1].field != NULL ? (l)[1].field : (l)[2].field)

bool
setup_load(const struct args *args, struct setup *out, struct err *e)
{
	struct layer l[3] = { { .host = NULL } };

	*out = (struct setup){ .arena = ARENA_INIT };
	read_flags(args, &l[0]);
	read_environment(&l[1]);
	if (!check_flags(&l[0], e) ||
	    !read_config_file(&l[2], &out->arena, e) ||
	    !check_layer(&l[0], "options", &out->arena, e) ||
	    !check_layer(&l[1], "environment", &out->arena, e) ||
	    !check_layer(&l[2], "configuration file", &out->arena, e))
		return false;
	choose_hosts(out, l, ARRAY_LEN(l));
	out->data = FIRST(l, data);
	out->user = FIRST(l, user);
	out->sslmode = FIRST(l, sslmode);
	out->sslrootcert = FIRST(l, sslrootcert);
	out->passfile = FIRST(l, passfile);
	out->color = FIRST(l, color);
	if (out->color == NULL)
		out->color = "auto";
	out->may_ask = !args_has(args, OPT_YES);
	return true;
}

void
setup_free(struct setup *c)
{
	arena_free(&c->arena);
}
