# kbd/local.mk - the server
# SPDX-License-Identifier: ISC

noinst_LIBRARIES += %D%/libkbd.a
%C%_libkbd_a_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) $(EVENT_SSL_CFLAGS) \
	$(SQLITE_CFLAGS) $(SSL_CFLAGS) $(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) \
	$(ZLIB_CFLAGS)
%C%_libkbd_a_SOURCES = \
	%D%/access.c %D%/access.h \
	%D%/activity.c %D%/activity.h \
	%D%/audit.c %D%/audit.h \
	%D%/authdb.c %D%/authdb.h \
	%D%/authdb_web.c %D%/authdb_web.h \
	%D%/backup.c %D%/backup.h \
	%D%/conn.c %D%/conn.h \
	%D%/datadir.c %D%/datadir.h \
	%D%/http_access.c %D%/http_access.h \
	%D%/http_answer.c %D%/http_answer.h \
	%D%/http_api.c %D%/http_api.h \
	%D%/http_body.c \
	%D%/http_cache.c %D%/http_cache.h \
	%D%/http_call.c %D%/http_call.h \
	%D%/http_conn.c %D%/http_conn.h \
	%D%/http_exchange.h \
	%D%/http_match.c \
	%D%/http_msg.c %D%/http_msg.h \
	%D%/http_reply.c \
	%D%/http_route.c %D%/http_route.h \
	%D%/http_stats.c %D%/http_stats.h \
	%D%/jobs.c %D%/jobs.h \
	%D%/login_limit.c %D%/login_limit.h \
	%D%/loop.c %D%/loop.h \
	%D%/net.c %D%/net.h \
	%D%/outbox.h \
	%D%/pg_auth.c %D%/pg_auth.h \
	%D%/pg_cancel.c %D%/pg_cancel.h \
	%D%/pg_conn.c %D%/pg_conn.h %D%/pg_conn_internal.h \
	%D%/pg_conn_login.c \
	%D%/pg_conn_request.c \
	%D%/pg_conn_startup.c \
	%D%/pg_guc.c %D%/pg_guc.h \
	%D%/pg_msg.c %D%/pg_msg.h \
	%D%/pg_numeric.c %D%/pg_numeric.h \
	%D%/pg_type.c %D%/pg_type.h \
	%D%/roles.c %D%/roles.h \
	%D%/run_control.h \
	%D%/saslprep.c %D%/saslprep.h \
	%D%/scram.c %D%/scram.h \
	%D%/secret.c %D%/secret.h \
	%D%/server.c %D%/server.h \
	%D%/serving.h \
	%D%/settings.c %D%/settings.h \
	%D%/sql_activity.c %D%/sql_activity.h \
	%D%/sql_backup.c %D%/sql_backup.h \
	%D%/sql_call.c %D%/sql_call.h \
	%D%/sql_db.c %D%/sql_db.h \
	%D%/sql_error.c %D%/sql_error.h \
	%D%/sql_exec.c \
	%D%/sql_expression.c \
	%D%/sql_func.c %D%/sql_func.h \
	%D%/sql_function.c %D%/sql_function.h \
	%D%/sql_guard.c %D%/sql_guard.h \
	%D%/sql_json.c %D%/sql_json.h \
	%D%/sql_lane.c \
	%D%/sql_lex.c %D%/sql_lex.h \
	%D%/sql_memory.c %D%/sql_memory.h \
	%D%/sql_message.c \
	%D%/sql_op.c %D%/sql_op.h \
	%D%/sql_parse.c %D%/sql_parse_internal.h \
	%D%/sql_parse_call.c \
	%D%/sql_parse_expression.c \
	%D%/sql_parse_from.c \
	%D%/sql_parse_primary.c \
	%D%/sql_parse_select.c \
	%D%/sql_portal.c \
	%D%/sql_prepared.c \
	%D%/sql_query.c \
	%D%/sql_resolve.c \
	%D%/sql_resolve_column.c \
	%D%/sql_resolve_from.c \
	%D%/sql_resolve_group.c \
	%D%/sql_resolve_items.c \
	%D%/sql_rewrite.c %D%/sql_rewrite.h \
	%D%/sql_role.c %D%/sql_role.h \
	%D%/sql_scope.h \
	%D%/sql_session.c %D%/sql_session.h \
	%D%/sql_settings.c %D%/sql_settings.h \
	%D%/sql_state.h \
	%D%/sql_stmt.c %D%/sql_stmt.h \
	%D%/sql_text.c %D%/sql_text.h \
	%D%/sql_tree.c %D%/sql_tree.h \
	%D%/sql_type.c %D%/sql_type.h \
	%D%/tally.c %D%/tally.h \
	%D%/tls.c %D%/tls.h \
	%D%/watch.c %D%/watch.h \
	%D%/wiki.h \
	%D%/wiki_edit.c \
	%D%/wiki_list.c \
	%D%/wiki_login.c \
	%D%/wiki_page.c %D%/wiki_page.h \
	%D%/wiki_past.c %D%/wiki_past.h \
	%D%/wiki_search.c \
	%D%/wiki_static.c %D%/wiki_static.h \
	%D%/wiki_text.c %D%/wiki_text.h \
	%D%/wiki_view.c \
	%D%/writer.c %D%/writer.h

kbd/libkbd_a-authdb.$(OBJEXT): schema/auth.inc
kbd/libkbd_a-wiki_static.$(OBJEXT): content/wiki.inc
kbd/libkbd_a-saslprep.$(OBJEXT): content/unassigned.inc

kbd_foreign_libs = $(SQLITE_LIBS) $(EVENT_SSL_LIBS) $(EVENT_LIBS) $(SSL_LIBS) \
	$(JANSSON_LIBS) $(ZLIB_LIBS)
kbd_guard_libs = kbd/libkbd.a $(common_libs) $(kbd_foreign_libs)
kbd_libs = kbd/libkbd.a $(kb_libs) $(kbd_foreign_libs)

sbin_PROGRAMS += %D%/kbd
%C%_kbd_SOURCES = %D%/main.c
%C%_kbd_LDADD = $(kbd_libs)
