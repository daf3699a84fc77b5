/*
 * server.c - kbd serving one data directory; see server.h.
 *
 * The main thread accepts and handles signals. Each I/O loop has its thread
 * and its connections; workers and the writer have theirs. Started in the
 * order writer (which may migrate), workers, loops, socket; stopped in the
 * opposite order, once no connection is left.
 *
 * Settings are immutable once published: a reload publishes a new set, and
 * the old one is freed when nobody uses it any more.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/server.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "kb/glossary.h"
#include "kb/glossary_site.h"
#include "kbd/activity.h"
#include "kbd/audit.h"
#include "kbd/backup.h"
#include "kbd/conn.h"
#include "kbd/http_cache.h"
#include "kbd/http_conn.h"
#include "kbd/http_exchange.h"
#include "kbd/http_stats.h"
#include "kbd/jobs.h"
#include "kbd/login_limit.h"
#include "kbd/loop.h"
#include "kbd/net.h"
#include "kbd/pg_cancel.h"
#include "kbd/pg_conn.h"
#include "kbd/roles.h"
#include "kbd/secret.h"
#include "kbd/serving.h"
#include "kbd/tally.h"
#include "kbd/tls.h"
#include "kbd/writer.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXTRA_CONNECTIONS 16	/* beyond max_connections: refused, cancels */
#define GRACE_S 60		/* after SIGTERM, for what runs */
#define CONF_FILE_MAX (1024 * 1024)

struct server {
	struct datadir *dir;
	char socket[DATADIR_PATH];
	pthread_mutex_t lock;
	struct serving *serving;	/* in force; under the lock */
	_Atomic long connections;	/* accepted, not yet closed */
	_Atomic long sessions;		/* authenticated */
	_Atomic long logins;		/* not yet */
	unsigned long accepted;
	struct pg_cancel_table *cancels;
	struct audit *audit;
	struct roles *roles;
	struct tally *addresses, *browser_addresses, *role_sessions;
	struct activity *activity;
	struct pg_env env;
	struct http_env http;
	bool serves_http;
	_Atomic long browsers;		/* HTTPS: accepted, not yet closed */
	struct writer *writer;
	struct jobs *jobs;
	struct conn_set **sets;		/* one a loop */
	unsigned nsets, next_set;
	_Atomic unsigned sets_left;	/* with connections, when stopping */
	struct loop *main;
	struct evconnlistener *listeners[2 * NET_LISTEN_MAX + 1];
	size_t nlisteners;
	struct event *signals[4];
	struct event *pause, *grace;
	struct loop_task empty_task;
	bool stopping, at_once;
};

/* A connection on its way from the acceptor to a loop. */
struct arrival {
	struct loop_task task;		/* first: they are one address */
	struct server *server;
	struct conn_set *set;
	int fd;
	struct net_peer peer;
	unsigned long number;
	bool is_http, is_crowded;
};

/* ---- settings ---- */

static bool
read_fd(int fd, const char *path, struct buf *b, struct err *e)
{
	ssize_t n = 0;

	do {
		char *to = buf_reserve(b, 4096);

		if (to == NULL)
			break;
		n = read(fd, to, 4096);
		b->len -= n > 0 ? 4096 - (size_t)n : 4096;
	} while (n > 0);
	if (n < 0)
		return err_errno(e, "could not read \"%s\"", path);
	return buf_ok(b) ||
	    err_set(e, ERR_LIMIT, "\"%s\" is too long", path);
}

/* *found: NULL when it must be there. */
static bool
read_file(const struct datadir *d, const char *name, struct buf *b,
    bool *found, struct err *e)
{
	char path[DATADIR_PATH];
	int fd;
	bool ok;

	buf_init(b, CONF_FILE_MAX + 1);
	datadir_path(d, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (found != NULL)
		*found = fd >= 0;
	if (fd < 0)
		return (found != NULL && errno == ENOENT) ||
		    err_errno(e, "could not open \"%s\"", path);
	ok = read_fd(fd, path, b, e);
	close(fd);
	return ok;
}

static bool
read_conf(const struct datadir *d, struct settings *out, struct err *e)
{
	struct buf b;
	bool ok = read_file(d, "kbd.conf", &b, NULL, e) &&
	    settings_parse("kbd.conf", buf_slice(&b), out, e);

	buf_free(&b);
	return ok;
}

/* A directory from before there was a hba file has the rules of a new one. */
static bool
read_access(const struct datadir *d, struct access **out, struct err *e)
{
	struct buf hba, map;
	const char *warning;
	bool found = false, has_map, ok;
	size_t i;

	buf_init(&map, 0);
	ok = read_file(d, "kbd_hba.conf", &hba, &found, e);
	if (ok && !found)
		datadir_hba_sample(&hba);
	ok = ok && read_file(d, "kbd_ident.conf", &map, &has_map, e) &&
	    access_parse("kbd_hba.conf", buf_slice(&hba), "kbd_ident.conf",
	    buf_slice(&map), out, e);
	for (i = 0; ok && (warning = access_warning(*out, i)) != NULL; i++)
		log_warning("%s", warning);
	buf_free(&hba);
	buf_free(&map);
	return ok;
}

static bool
read_tls(const struct datadir *d, struct serving *v, struct err *e)
{
	const struct settings *s = &v->settings;
	char cert[DATADIR_PATH], key[DATADIR_PATH];
	bool only_13 = s->ssl_min_version == SSL_TLS_1_3;

	datadir_path(d, "tls/server.crt", cert);
	datadir_path(d, "tls/server.key", key);
	if (s->ssl == 0)
		return true;
	if (access(cert, F_OK) != 0 && access(key, F_OK) != 0) {
		log_warning("\"%s\" is not there: no TLS is offered", cert);
		return true;
	}
	return tls_load(TLS_POSTGRESQL, cert, key, only_13, &v->tls, e) &&
	    (s->https_port == 0 || tls_load(TLS_HTTP, cert, key, only_13,
	    &v->https, e));
}

static void
serving_free(struct serving *v)
{
	if (v == NULL)
		return;
	access_free(v->access);
	tls_free(v->tls);
	tls_free(v->https);
	free(v);
}

/* All of it, or nothing. */
static bool
serving_read(const struct datadir *d, struct serving **out, struct err *e)
{
	struct serving *v = mem_zalloc(sizeof(*v));

	v->refs = 1;
	if (!read_conf(d, &v->settings, e) || !read_access(d, &v->access, e) ||
	    !read_tls(d, v, e)) {
		serving_free(v);
		return false;
	}
	v->ninterfaces = net_interfaces(v->interfaces, SERVING_INTERFACES);
	*out = v;
	return true;
}

/* Searches read it by themselves; here somebody waits to hear of a fault. */
static bool
check_glossary(const struct datadir *d, struct err *e)
{
	char path[DATADIR_PATH];

	datadir_path(d, GLOSSARY_SITE_FILE, path);
	return glossary_site_check(path, e);
}

static const struct settings *
settings_get(void *arg)
{
	struct server *s = arg;
	struct serving *v;

	pthread_mutex_lock(&s->lock);
	v = s->serving;
	v->refs++;
	pthread_mutex_unlock(&s->lock);
	return &v->settings;
}

/* Under the lock. */
static void
unref(struct serving *v)
{
	if (v != NULL && --v->refs == 0)
		serving_free(v);
}

static void
settings_put(void *arg, const struct settings *settings)
{
	struct server *s = arg;
	union {
		const struct settings *in;
		struct serving *out;
	} both = { .in = settings };

	pthread_mutex_lock(&s->lock);
	unref(both.out);
	pthread_mutex_unlock(&s->lock);
}

static void
publish(struct server *s, struct serving *v)
{
	pthread_mutex_lock(&s->lock);
	unref(s->serving);
	s->serving = v;
	pthread_mutex_unlock(&s->lock);
}

static bool
apply_log(const struct server *s, const struct settings *settings,
    struct err *e)
{
	char path[DATADIR_PATH];

	log_set_level((enum log_level)settings->log_min_messages);
	datadir_path(s->dir, "log/kbd.log", path);
	return log_open(settings->log_destination == LOG_TO_FILE ? path :
	    NULL, e);
}

static void
writer_settings(const struct server *s, const struct settings *settings,
    const char *path, struct writer_init *out)
{
	(void)s;
	*out = (struct writer_init){
		.path = path,
		.cache_bytes = settings->writer_cache_bytes,
		.checkpoint_pages = settings->checkpoint_pages,
		.checkpoint_timeout_ms = settings->checkpoint_timeout_ms,
		.max_wal_bytes = settings->max_wal_bytes,
	};
}

static void
log_tls(const struct serving *v)
{
	char print[TLS_FINGERPRINT_SIZE], until[CLOCK_TEXT_SIZE];

	if (v->tls == NULL)
		return;
	tls_fingerprint(v->tls, print);
	tls_not_after(v->tls, until);
	log_info("certificate SHA256:%s, valid until %s", print, until);
}

static void
reload(struct server *s)
{
	struct serving *next;
	const struct setting *row = NULL;
	struct writer_init w;
	struct err e = ERR_INIT;
	unsigned kept;

	if (!check_glossary(s->dir, &e) || !serving_read(s->dir, &next, &e)) {
		err_hint(&e, "everything stays as it was");
		log_err(LOG_LEVEL_ERROR, &e);
		return;
	}
	kept = settings_keep_restart(&s->serving->settings, &next->settings,
	    &row);
	if (kept != 0)
		log_warning("parameter \"%s\"%s cannot be changed without "
		    "restarting the server", row->name,
		    kept > 1 ? " and others" : "");
	if (!apply_log(s, &next->settings, &e)) {
		log_err(LOG_LEVEL_ERROR, &e);
		serving_free(next);
		return;
	}
	writer_settings(s, &next->settings, NULL, &w);
	writer_configure(s->writer, &w);
	publish(s, next);
	log_info("settings, client rules and certificate were read again");
	log_tls(next);
}

/* ---- what clients need of us ---- */

static void
to_writer(void *arg, struct job *j)
{
	writer_submit(((struct server *)arg)->writer, j);
}

static void
to_worker(void *arg, struct job *j)
{
	jobs_resume(((struct server *)arg)->jobs, j);
}

static bool
submit(void *arg, struct job *j)
{
	return jobs_submit(((struct server *)arg)->jobs, j);
}

static bool
await(void *arg, struct job *j, int fd, const _Atomic bool *hurry)
{
	return jobs_await(((struct server *)arg)->jobs, j, fd, hurry);
}

static bool
take_back(void *arg, struct job *j)
{
	return jobs_take_back(((struct server *)arg)->jobs, j);
}

static void
leave(void *arg, struct job *j)
{
	jobs_leave(((struct server *)arg)->jobs, j);
}

/* A turn's requests wake a worker together. */
static bool
turned(void *arg)
{
	return jobs_kick(((struct server *)arg)->jobs);
}

static bool
session_begin(void *arg, bool is_admin)
{
	struct server *s = arg;
	const struct settings *settings = settings_get(s);
	int64_t max = settings->max_connections;
	bool ok;

	if (!is_admin && max > settings->reserved_connections)
		max -= settings->reserved_connections;
	ok = atomic_fetch_add(&s->sessions, 1) < max;

	settings_put(s, settings);
	if (!ok)
		atomic_fetch_sub(&s->sessions, 1);
	return ok;
}

static void
session_end(void *arg)
{
	atomic_fetch_sub(&((struct server *)arg)->sessions, 1);
}

static bool
login_begin(void *arg)
{
	struct server *s = arg;
	const struct settings *settings = settings_get(s);
	bool ok = atomic_fetch_add(&s->logins, 1) < settings->max_logins;

	settings_put(s, settings);
	return ok;
}

static void
login_end(void *arg)
{
	atomic_fetch_sub(&((struct server *)arg)->logins, 1);
}

static void
browser_end(void *arg)
{
	atomic_fetch_sub(&((struct server *)arg)->browsers, 1);
}

static uint64_t
generation(void *arg)
{
	return writer_commits(((struct server *)arg)->writer);
}

static void
connection_end(void *arg)
{
	atomic_fetch_sub(&((struct server *)arg)->connections, 1);
}

/* ---- accepting ---- */

static void
arrive(struct loop_task *t)
{
	struct arrival *a = (struct arrival *)t;
	struct bufferevent *bev = bufferevent_socket_new(
	    loop_base(conn_set_loop(a->set)), a->fd, BEV_OPT_CLOSE_ON_FREE);

	if (a->is_crowded)
		conn_shed(a->set);
	if (bev != NULL && a->is_http) {
		http_conn_start(a->set, bev, &a->server->http, &a->peer,
		    a->number);
	} else if (bev != NULL) {
		pg_conn_start(a->set, bev, &a->server->env, &a->peer,
		    a->number);
	} else {
		close(a->fd);
		if (a->is_http)
			browser_end(a->server);
		else
			connection_end(a->server);
	}
	free(a);
}

/* To a loop; false, and closed, when it is gone already. */
static bool
hand_over(struct server *s, int fd, bool is_http, bool is_crowded)
{
	struct arrival *a = mem_zalloc(sizeof(*a));
	struct err e = ERR_INIT;

	a->task.run = arrive;
	a->server = s;
	a->fd = fd;
	a->number = ++s->accepted;
	a->is_http = is_http;
	a->is_crowded = is_crowded;
	a->set = s->sets[s->next_set++ % s->nsets];
	if (!net_peer_of(fd, &a->peer, &e)) {
		log_err(LOG_LEVEL_WARNING, &e);
		close(fd);
		free(a);
		return false;
	}
	if (!a->peer.is_local)
		net_tune(fd, &s->serving->settings);
	loop_post(conn_set_loop(a->set), &a->task);
	return true;
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct server *s = arg;

	(void)listener;
	(void)addr;
	(void)len;
	if (atomic_fetch_add(&s->connections, 1) >=
	    s->serving->settings.max_connections +
	    s->serving->settings.max_logins + EXTRA_CONNECTIONS) {
		connection_end(s);
		close(fd);
		return;
	}
	if (!hand_over(s, fd, false, false))
		connection_end(s);
}

/* Full: one that is idle, or has not said what it wants, makes room. */
static void
on_accept_https(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct server *s = arg;
	long max = s->serving->settings.https_max_connections;
	long n = atomic_fetch_add(&s->browsers, 1);

	(void)listener;
	(void)addr;
	(void)len;
	if (n >= max + EXTRA_CONNECTIONS) {
		browser_end(s);
		close(fd);
	} else if (!hand_over(s, fd, true, n >= max)) {
		browser_end(s);
	}
}

static void
listen_all(struct server *s, bool on)
{
	size_t i;

	for (i = 0; i < s->nlisteners; i++)
		if (on)
			evconnlistener_enable(s->listeners[i]);
		else
			evconnlistener_disable(s->listeners[i]);
}

/* Out of descriptors: wait a second instead of trying all the time. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct server *s = arg;
	struct timeval second = { 1, 0 };
	struct err e = ERR_INIT;

	err_errno(&e, "could not accept a connection");
	log_err(LOG_LEVEL_ERROR, &e);
	(void)listener;
	listen_all(s, false);
	event_add(s->pause, &second);
}

static void
on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;

	(void)fd;
	(void)what;
	if (!s->stopping)
		listen_all(s, true);
}

/* ---- stopping ---- */

static void
all_empty(struct loop_task *t)
{
	struct server *s = (struct server *)((char *)t -
	    offsetof(struct server, empty_task));

	loop_stop(s->main);
}

/* In a loop's thread: its last connection is gone. */
static void
on_empty(void *arg)
{
	struct server *s = arg;

	if (atomic_fetch_sub(&s->sets_left, 1) == 1) {
		s->empty_task.run = all_empty;
		loop_post(s->main, &s->empty_task);
	}
}

static void
stop(struct server *s, bool at_once)
{
	struct timeval grace = { GRACE_S, 0 };
	unsigned i;

	if (at_once ? s->at_once : s->stopping)
		return;
	if (!s->stopping) {
		log_info("stopping%s", at_once ? " at once" :
		    " when what runs is done");
		listen_all(s, false);
		event_add(s->grace, &grace);
	}
	s->stopping = true;
	s->at_once = at_once;
	for (i = 0; i < s->nsets; i++)
		conn_set_stop(s->sets[i], at_once);
}

static void
on_grace_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	stop(arg, true);
}

static void
on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct server *s = arg;
	struct err e = ERR_INIT;

	(void)what;
	switch (sig) {
	case SIGTERM:
		stop(s, false);
		break;
	case SIGINT:
		stop(s, true);
		break;
	case SIGHUP:
		reload(s);
		break;
	case SIGUSR1:
		if (!log_reopen(&e))
			log_err(LOG_LEVEL_ERROR, &e);
		break;
	}
}

/* ---- starting ---- */

static unsigned
worker_count(const struct settings *settings)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (settings->worker_threads != 0)
		return settings->worker_threads < 2 ? 2 :
		    (unsigned)settings->worker_threads;
	return cores < 2 ? 2 : cores > 16 ? 16 : (unsigned)cores;
}

static bool
start_threads(struct server *s, const struct settings *settings,
    struct err *e)
{
	char path[DATADIR_PATH];
	struct writer_init w;
	struct jobs_init j = { .path = path,
		.threads = worker_count(settings),
		.queue_max = (unsigned)settings->max_connections * 2,
		.cache_bytes = settings->worker_cache_bytes,
		.to_writer = to_writer, .arg = s };
	const struct conn_set_ops ops = { on_empty, turned };
	unsigned i;

	datadir_path(s->dir, "kb.db", path);
	writer_settings(s, settings, path, &w);
	w.to_worker = to_worker;
	w.arg = s;
	if (!writer_start(&w, &s->writer, e) ||
	    !jobs_start(&j, &s->jobs, e))
		return false;
	s->sets = mem_calloc((size_t)settings->io_threads, sizeof(*s->sets));
	for (i = 0; i < (unsigned)settings->io_threads; i++) {
		if (!conn_set_new(&ops, s, &s->sets[i], e))
			return false;
		s->nsets++;
		if (!loop_start(conn_set_loop(s->sets[i]), "loop", e))
			return false;
	}
	atomic_store(&s->sets_left, s->nsets);
	return true;
}

static bool
start_main(struct server *s, struct err *e)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct event_base *base;
	size_t i;

	if (!loop_new(NULL, NULL, &s->main, e))
		return false;
	base = loop_base(s->main);
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		s->signals[i] = evsignal_new(base, numbers[i], on_signal, s);
		if (s->signals[i] == NULL ||
		    event_add(s->signals[i], NULL) != 0)
			return err_set(e, ERR_SYSTEM,
			    "could not handle signals");
	}
	s->pause = evtimer_new(base, on_pause_over, s);
	s->grace = evtimer_new(base, on_grace_over, s);
	return (s->pause != NULL && s->grace != NULL) ||
	    err_set(e, ERR_SYSTEM, "could not make a timer");
}

static bool
add_listener(struct server *s, int fd, evconnlistener_cb accept,
    struct err *e)
{
	struct evconnlistener *l = evconnlistener_new(loop_base(s->main),
	    accept, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
	    fd);

	if (l == NULL) {
		close(fd);
		return err_set(e, ERR_SYSTEM, "could not listen");
	}
	evconnlistener_set_error_cb(l, on_accept_error);
	s->listeners[s->nlisteners++] = l;
	return true;
}

/*
 * An address that somebody wrote down must work. The one that is there by
 * default may be taken by another server: then there is the local socket.
 */
static bool
listen_tcp(struct server *s, const struct settings *settings, bool is_http,
    struct err *e)
{
	const struct setting *row = settings_find(is_http ?
	    SLICE("https_port") : SLICE("listen_addresses"));
	int64_t port = is_http ? settings->https_port : settings->port;
	int fds[NET_LISTEN_MAX];
	size_t n, i;
	bool ok = true;

	if (!net_listen_tcp(settings->listen_addresses, (unsigned)port, fds,
	    &n, e)) {
		if (settings->line[row - settings_table] != 0)
			return false;
		err_hint(e, is_http ? "the wiki is not served" :
		    "only the local socket is served");
		log_err(LOG_LEVEL_WARNING, e);
		*e = ERR_INIT;
		return true;
	}
	for (i = 0; i < n; i++)
		ok = ok ? add_listener(s, fds[i], is_http ?
		    on_accept_https : on_accept, e) : (close(fds[i]), false);
	s->serves_http = s->serves_http || (is_http && ok && n != 0);
	return ok;
}

static bool
start_listening(struct server *s, const struct settings *settings,
    struct err *e)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "run/.s.PGSQL.%d", (int)settings->port);
	datadir_path(s->dir, name, s->socket);
	return net_listen_local(s->socket, &fd, e) &&
	    add_listener(s, fd, on_accept, e) &&
	    listen_tcp(s, settings, false, e) &&
	    (s->serving->https == NULL || listen_tcp(s, settings, true, e));
}

static bool
start_roles(struct server *s, struct err *e)
{
	char path[DATADIR_PATH];

	datadir_path(s->dir, "log", path);
	if (!audit_start(path, &s->audit, e))
		return false;
	datadir_path(s->dir, "auth.db", path);
	return secret_check(e) && roles_start(path, &s->roles, e);
}

/* What a client of the wire protocol finds here. */
static void
offer_sql(struct server *s)
{
	s->cancels = pg_cancel_new();
	s->addresses = tally_new();
	s->role_sessions = tally_new();
	s->activity = activity_new();
	s->env = (struct pg_env){
		.settings_get = settings_get,
		.settings_put = settings_put,
		.submit = submit,
		.await = await,
		.take_back = take_back,
		.leave = leave,
		.session_begin = session_begin,
		.session_end = session_end,
		.connection_end = connection_end,
		.login_begin = login_begin,
		.login_end = login_end,
		.arg = s,
		.cancels = s->cancels,
		.roles = s->roles,
		.addresses = s->addresses,
		.role_sessions = s->role_sessions,
		.activity = s->activity,
		.audit = s->audit,
		.owner = s->dir->owner,
		.dir = s->dir->path,
	};
}

/* What a browser finds here. */
static void
offer_web(struct server *s)
{
	s->browser_addresses = tally_new();
	s->http = (struct http_env){
		.settings_get = settings_get,
		.settings_put = settings_put,
		.submit = submit,
		.resume = to_worker,
		.connection_end = browser_end,
		.generation = generation,
		.arg = s,
		.roles = s->roles,
		.audit = s->audit,
		.logins = login_limit_new(),
		.cache = http_cache_new(),
		.stats = http_stats_new(),
		.started_ms = clock_ms(),
		.addresses = s->browser_addresses,
	};
}

static bool
start(struct server *s, struct err *e)
{
	const struct settings *settings;
	struct serving *v;

	if (!serving_read(s->dir, &v, e))
		return false;
	publish(s, v);
	settings = &v->settings;
	if (!apply_log(s, settings, e) || !start_roles(s, e))
		return false;
	backup_clean(s->dir->path);
	(void)glossary_shipped();	/* now, so that no search waits for it */
	offer_sql(s);
	offer_web(s);
	if (!start_threads(s, settings, e) || !start_main(s, e) ||
	    !start_listening(s, settings, e))
		return false;
	log_info("kbd " PACKAGE_VERSION " serves %s: socket %s, TCP \"%s\" "
	    "port %d, %u workers", s->dir->path, s->socket,
	    s->nlisteners > 1 ? settings->listen_addresses : "",
	    (int)settings->port, worker_count(settings));
	log_tls(v);
	if (s->serves_http)
		log_info("the wiki is at port %d",
		    (int)settings->https_port);
	printf("ready %s\n", s->socket);
	fflush(stdout);
	return true;
}

static void
clean_up(struct server *s)
{
	size_t i;

	for (i = 0; i < s->nlisteners; i++)
		evconnlistener_free(s->listeners[i]);
	if (s->nlisteners != 0)
		unlink(s->socket);
	roles_stop(s->roles);	/* its last answers go to the loops */
	for (i = 0; i < s->nsets; i++)
		conn_set_destroy(s->sets[i]);
	jobs_stop(s->jobs);
	writer_stop(s->writer);
	audit_stop(s->audit);
	for (i = 0; i < ARRAY_LEN(s->signals); i++)
		if (s->signals[i] != NULL)
			event_free(s->signals[i]);
	if (s->pause != NULL)
		event_free(s->pause);
	if (s->grace != NULL)
		event_free(s->grace);
	loop_destroy(s->main);
	pg_cancel_destroy(s->cancels);
	tally_destroy(s->addresses);
	tally_destroy(s->browser_addresses);
	tally_destroy(s->role_sessions);
	activity_destroy(s->activity);
	login_limit_destroy(s->http.logins);
	http_cache_destroy(s->http.cache);
	http_stats_destroy(s->http.stats);
	pthread_mutex_lock(&s->lock);
	unref(s->serving);
	pthread_mutex_unlock(&s->lock);
	pthread_mutex_destroy(&s->lock);
	free(s->sets);
}

bool
server_run(struct datadir *d, struct err *e)
{
	struct server s = { .dir = d };
	bool ok;

	signal(SIGPIPE, SIG_IGN);
	/* a page's buffers come and go: keep their memory, or each of their
	   pages is given back to the kernel and faulted in again */
	(void)mallopt(M_TRIM_THRESHOLD, 8 * 1024 * 1024);
	(void)mallopt(M_TOP_PAD, 1024 * 1024);
	(void)mallopt(M_MMAP_THRESHOLD, 512 * 1024);
	pthread_mutex_init(&s.lock, NULL);
	ok = start(&s, e);
	if (ok)
		loop_run(s.main);
	clean_up(&s);
	if (ok)
		log_info("stopped");
	return ok;
}
