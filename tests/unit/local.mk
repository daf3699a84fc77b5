# tests/unit/local.mk - one program per module; tests are named as facts
# SPDX-License-Identifier: ISC

if HAVE_CMOCKA
unit_tests = \
	%D%/test_access \
	%D%/test_args \
	%D%/test_authdb \
	%D%/test_common \
	%D%/test_fold \
	%D%/test_fts \
	%D%/test_import \
	%D%/test_lexer \
	%D%/test_migrate \
	%D%/test_pg_type \
	%D%/test_print \
	%D%/test_query \
	%D%/test_relation \
	%D%/test_render_term \
	%D%/test_saslprep \
	%D%/test_scram \
	%D%/test_search \
	%D%/test_secret \
	%D%/test_seed \
	%D%/test_sql_rewrite \
	%D%/test_store \
	%D%/test_tls

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
unit_libs = $(kb_libs) $(CMOCKA_LIBS)
store_fixture = %D%/store_fixture.c %D%/store_fixture.h

%C%_test_args_SOURCES = %D%/test_args.c
%C%_test_args_CPPFLAGS = $(unit_cppflags)
%C%_test_args_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_common_SOURCES = %D%/test_common.c
%C%_test_common_CPPFLAGS = $(unit_cppflags)
%C%_test_common_LDADD = $(common_libs) $(CMOCKA_LIBS)

%C%_test_fold_SOURCES = %D%/test_fold.c
%C%_test_fold_CPPFLAGS = $(unit_cppflags)
%C%_test_fold_LDADD = $(unit_libs)

%C%_test_fts_SOURCES = %D%/test_fts.c
%C%_test_fts_CPPFLAGS = $(unit_cppflags)
%C%_test_fts_LDADD = $(unit_libs)

%C%_test_import_SOURCES = %D%/test_import.c $(store_fixture)
%C%_test_import_CPPFLAGS = $(unit_cppflags)
%C%_test_import_LDADD = $(unit_libs)

%C%_test_lexer_SOURCES = %D%/test_lexer.c
%C%_test_lexer_CPPFLAGS = $(unit_cppflags)
%C%_test_lexer_LDADD = $(unit_libs)

%C%_test_print_SOURCES = %D%/test_print.c
%C%_test_print_CPPFLAGS = $(unit_cppflags)
%C%_test_print_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_render_term_SOURCES = %D%/test_render_term.c
%C%_test_render_term_CPPFLAGS = $(unit_cppflags)
%C%_test_render_term_LDADD = $(unit_libs)

%C%_test_search_SOURCES = %D%/test_search.c
%C%_test_search_CPPFLAGS = $(unit_cppflags)
%C%_test_search_LDADD = $(unit_libs)

kb_fixture = %D%/kb_fixture.c %D%/kb_fixture.h
%C%_test_seed_SOURCES = %D%/test_seed.c $(kb_fixture)
%C%_test_seed_CPPFLAGS = $(unit_cppflags)
%C%_test_seed_LDADD = $(unit_libs)

%C%_test_query_SOURCES = %D%/test_query.c
%C%_test_query_CPPFLAGS = $(unit_cppflags)
%C%_test_query_LDADD = $(unit_libs)

%C%_test_migrate_SOURCES = %D%/test_migrate.c $(store_fixture)
%C%_test_migrate_CPPFLAGS = $(unit_cppflags)
%C%_test_migrate_LDADD = $(unit_libs)

%C%_test_relation_SOURCES = %D%/test_relation.c $(store_fixture)
%C%_test_relation_CPPFLAGS = $(unit_cppflags)
%C%_test_relation_LDADD = $(unit_libs)

%C%_test_store_SOURCES = %D%/test_store.c $(store_fixture)
%C%_test_store_CPPFLAGS = $(unit_cppflags)
%C%_test_store_LDADD = $(unit_libs)

%C%_test_pg_type_SOURCES = %D%/test_pg_type.c
%C%_test_pg_type_CPPFLAGS = $(unit_cppflags)
%C%_test_pg_type_LDADD = $(kbd_libs) $(CMOCKA_LIBS)

%C%_test_sql_rewrite_SOURCES = %D%/test_sql_rewrite.c
%C%_test_sql_rewrite_CPPFLAGS = $(unit_cppflags)
%C%_test_sql_rewrite_LDADD = $(kbd_libs) $(CMOCKA_LIBS)

# the parts of kbd that know nothing of kb
guard_cppflags = $(unit_cppflags) $(EVENT_CFLAGS) $(SSL_CFLAGS)
guard_libs = $(kbd_guard_libs) $(CMOCKA_LIBS)

%C%_test_access_SOURCES = %D%/test_access.c
%C%_test_access_CPPFLAGS = $(guard_cppflags)
%C%_test_access_LDADD = $(guard_libs)

%C%_test_authdb_SOURCES = %D%/test_authdb.c
%C%_test_authdb_CPPFLAGS = $(guard_cppflags)
%C%_test_authdb_LDADD = $(guard_libs)

%C%_test_saslprep_SOURCES = %D%/test_saslprep.c
%C%_test_saslprep_CPPFLAGS = $(guard_cppflags)
%C%_test_saslprep_LDADD = $(guard_libs)

%C%_test_scram_SOURCES = %D%/test_scram.c
%C%_test_scram_CPPFLAGS = $(guard_cppflags)
%C%_test_scram_LDADD = $(guard_libs)

%C%_test_secret_SOURCES = %D%/test_secret.c
%C%_test_secret_CPPFLAGS = $(guard_cppflags)
%C%_test_secret_LDADD = $(guard_libs)

%C%_test_tls_SOURCES = %D%/test_tls.c
%C%_test_tls_CPPFLAGS = $(guard_cppflags)
%C%_test_tls_LDADD = $(guard_libs)
