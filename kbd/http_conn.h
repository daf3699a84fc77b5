/*
 * http_conn.h - one HTTPS client.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_CONN_H
#define KBD_HTTP_CONN_H

struct bufferevent;
struct conn_set;
struct http_env;
struct net_peer;

/*
 * A new client on bev, which is taken over. Call in the loop's thread. number
 * is of the connection, for the log.
 */
void http_conn_start(struct conn_set *set, struct bufferevent *bev,
    const struct http_env *env, const struct net_peer *peer,
    unsigned long number);

#endif
