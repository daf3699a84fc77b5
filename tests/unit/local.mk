# tests/unit/local.mk - one program per module; tests are named as facts
# SPDX-License-Identifier: ISC

if HAVE_CMOCKA
unit_tests = \
	%D%/test_access \
	%D%/test_args \
	%D%/test_audit \
	%D%/test_authdb \
	%D%/test_common \
	%D%/test_corpus \
	%D%/test_diff \
	%D%/test_diff_view \
	%D%/test_document \
	%D%/test_draft \
	%D%/test_edit \
	%D%/test_entry \
	%D%/test_entry_check \
	%D%/test_files \
	%D%/test_fold \
	%D%/test_fts \
	%D%/test_glossary \
	%D%/test_http_msg \
	%D%/test_import \
	%D%/test_jsonw \
	%D%/test_lexer \
	%D%/test_markdown \
	%D%/test_merge \
	%D%/test_merge_random \
	%D%/test_migrate \
	%D%/test_pg_conn \
	%D%/test_pg_msg \
	%D%/test_pg_type \
	%D%/test_place \
	%D%/test_postings \
	%D%/test_print \
	%D%/test_purge \
	%D%/test_query \
	%D%/test_rank \
	%D%/test_relation \
	%D%/test_render_corpus \
	%D%/test_render_html \
	%D%/test_render_term \
	%D%/test_saslprep \
	%D%/test_scram \
	%D%/test_search \
	%D%/test_search_seed \
	%D%/test_secret \
	%D%/test_secret_scan \
	%D%/test_seed \
	%D%/test_settings \
	%D%/test_signature \
	%D%/test_sql_rewrite \
	%D%/test_sql_stmt \
	%D%/test_sql_text \
	%D%/test_steps \
	%D%/test_store \
	%D%/test_tally \
	%D%/test_tls \
	%D%/test_watch \
	%D%/test_web

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
unit_libs = $(kb_libs) $(CMOCKA_LIBS)
kbd_unit_cppflags = $(unit_cppflags) $(EVENT_CFLAGS)
kbd_unit_libs = $(kbd_libs) $(CMOCKA_LIBS)

%C%_test_http_msg_SOURCES = %D%/test_http_msg.c
%C%_test_http_msg_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_http_msg_LDADD = $(kbd_unit_libs)

%C%_test_watch_SOURCES = %D%/test_watch.c
%C%_test_watch_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_watch_LDADD = $(kbd_unit_libs)

%C%_test_settings_SOURCES = %D%/test_settings.c
%C%_test_settings_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_settings_LDADD = $(kbd_unit_libs)

%C%_test_pg_msg_SOURCES = %D%/test_pg_msg.c
%C%_test_pg_msg_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_pg_msg_LDADD = $(kbd_unit_libs)

%C%_test_sql_rewrite_SOURCES = %D%/test_sql_rewrite.c
%C%_test_sql_rewrite_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_sql_rewrite_LDADD = $(kbd_unit_libs)

%C%_test_sql_stmt_SOURCES = %D%/test_sql_stmt.c
%C%_test_sql_stmt_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_sql_stmt_LDADD = $(kbd_unit_libs)

%C%_test_sql_text_SOURCES = %D%/test_sql_text.c
%C%_test_sql_text_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_sql_text_LDADD = $(kbd_unit_libs)

%C%_test_pg_conn_SOURCES = %D%/test_pg_conn.c
%C%_test_pg_conn_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_pg_conn_LDADD = $(kbd_unit_libs)

store_fixture = %D%/store_fixture.c %D%/store_fixture.h

%C%_test_postings_SOURCES = %D%/test_postings.c $(store_fixture)
%C%_test_postings_CPPFLAGS = $(unit_cppflags)
%C%_test_postings_LDADD = $(unit_libs)

%C%_test_args_SOURCES = %D%/test_args.c
%C%_test_args_CPPFLAGS = $(unit_cppflags)
%C%_test_args_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_common_SOURCES = %D%/test_common.c
%C%_test_common_CPPFLAGS = $(unit_cppflags)
%C%_test_common_LDADD = $(common_libs) $(CMOCKA_LIBS)

%C%_test_files_SOURCES = %D%/test_files.c
%C%_test_files_CPPFLAGS = $(unit_cppflags)
%C%_test_files_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_diff_SOURCES = %D%/test_diff.c %D%/dice.h
%C%_test_diff_CPPFLAGS = $(unit_cppflags)
%C%_test_diff_LDADD = $(unit_libs)

%C%_test_merge_SOURCES = %D%/test_merge.c %D%/dice.h
%C%_test_merge_CPPFLAGS = $(unit_cppflags)
%C%_test_merge_LDADD = $(unit_libs)

%C%_test_edit_SOURCES = %D%/test_edit.c %D%/dice.h $(store_fixture)
%C%_test_edit_CPPFLAGS = $(unit_cppflags)
%C%_test_edit_LDADD = $(unit_libs)

%C%_test_purge_SOURCES = %D%/test_purge.c $(store_fixture)
%C%_test_purge_CPPFLAGS = $(unit_cppflags)
%C%_test_purge_LDADD = $(unit_libs)

%C%_test_rank_SOURCES = %D%/test_rank.c %D%/dice.h
%C%_test_rank_CPPFLAGS = $(unit_cppflags)
%C%_test_rank_LDADD = $(unit_libs)

%C%_test_audit_SOURCES = %D%/test_audit.c
%C%_test_audit_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_audit_LDADD = $(kbd_unit_libs)

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

%C%_test_render_html_SOURCES = %D%/test_render_html.c %D%/html_check.c \
	%D%/html_check.h
%C%_test_render_html_CPPFLAGS = $(unit_cppflags) -I$(srcdir)/%D%
%C%_test_render_html_LDADD = $(unit_libs)

%C%_test_render_term_SOURCES = %D%/test_render_term.c
%C%_test_render_term_CPPFLAGS = $(unit_cppflags)
%C%_test_render_term_LDADD = $(unit_libs)

%C%_test_search_SOURCES = %D%/test_search.c
%C%_test_search_CPPFLAGS = $(unit_cppflags)
%C%_test_search_LDADD = $(unit_libs)

%C%_test_secret_scan_SOURCES = %D%/test_secret_scan.c
%C%_test_secret_scan_CPPFLAGS = $(unit_cppflags)
%C%_test_secret_scan_LDADD = $(unit_libs)

kb_fixture = %D%/kb_fixture.c %D%/kb_fixture.h

%C%_test_render_corpus_SOURCES = %D%/test_render_corpus.c %D%/html_check.c \
	%D%/html_check.h $(kb_fixture)
%C%_test_render_corpus_CPPFLAGS = $(unit_cppflags) -I$(srcdir)/%D%
%C%_test_render_corpus_LDADD = $(unit_libs)
%C%_test_seed_SOURCES = %D%/test_seed.c $(kb_fixture)
%C%_test_seed_CPPFLAGS = $(unit_cppflags)
%C%_test_seed_LDADD = $(unit_libs)

%C%_test_glossary_SOURCES = %D%/test_glossary.c
%C%_test_glossary_CPPFLAGS = $(unit_cppflags)
%C%_test_glossary_LDADD = $(unit_libs)

%C%_test_query_SOURCES = %D%/test_query.c
%C%_test_query_CPPFLAGS = $(unit_cppflags)
%C%_test_query_LDADD = $(unit_libs)

%C%_test_merge_random_SOURCES = %D%/test_merge_random.c %D%/dice.h $(store_fixture)
%C%_test_merge_random_CPPFLAGS = $(unit_cppflags)
%C%_test_merge_random_LDADD = $(unit_libs)

%C%_test_migrate_SOURCES = %D%/test_migrate.c $(store_fixture)
%C%_test_migrate_CPPFLAGS = $(unit_cppflags)
%C%_test_migrate_LDADD = $(unit_libs)

%C%_test_relation_SOURCES = %D%/test_relation.c $(store_fixture)
%C%_test_relation_CPPFLAGS = $(unit_cppflags)
%C%_test_relation_LDADD = $(unit_libs)

%C%_test_signature_SOURCES = %D%/test_signature.c
%C%_test_signature_CPPFLAGS = $(unit_cppflags)
%C%_test_signature_LDADD = $(unit_libs)

%C%_test_tally_SOURCES = %D%/test_tally.c $(store_fixture)
%C%_test_tally_CPPFLAGS = $(unit_cppflags)
%C%_test_tally_LDADD = $(unit_libs)

%C%_test_store_SOURCES = %D%/test_store.c $(store_fixture)
%C%_test_store_CPPFLAGS = $(unit_cppflags)
%C%_test_store_LDADD = $(unit_libs)

%C%_test_search_seed_SOURCES = %D%/test_search_seed.c
%C%_test_search_seed_CPPFLAGS = $(unit_cppflags)
%C%_test_search_seed_LDADD = $(unit_libs)

%C%_test_document_SOURCES = %D%/test_document.c $(kb_fixture)
%C%_test_document_CPPFLAGS = $(unit_cppflags) $(CMARK_CFLAGS)
%C%_test_document_LDADD = $(unit_libs)

%C%_test_diff_view_SOURCES = %D%/test_diff_view.c
%C%_test_diff_view_CPPFLAGS = $(unit_cppflags)
%C%_test_diff_view_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_place_SOURCES = %D%/test_place.c
%C%_test_place_CPPFLAGS = $(unit_cppflags)
%C%_test_place_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_draft_SOURCES = %D%/test_draft.c
%C%_test_draft_CPPFLAGS = $(unit_cppflags)
%C%_test_draft_LDADD = $(kbctl_libs) $(CMOCKA_LIBS)

%C%_test_entry_check_SOURCES = %D%/test_entry_check.c
%C%_test_entry_check_CPPFLAGS = $(unit_cppflags)
%C%_test_entry_check_LDADD = $(unit_libs)

%C%_test_steps_SOURCES = %D%/test_steps.c $(kb_fixture)
%C%_test_steps_CPPFLAGS = $(unit_cppflags)
%C%_test_steps_LDADD = $(unit_libs)

%C%_test_entry_SOURCES = %D%/test_entry.c $(kb_fixture)
%C%_test_entry_CPPFLAGS = $(unit_cppflags)
%C%_test_entry_LDADD = $(unit_libs)

%C%_test_markdown_SOURCES = %D%/test_markdown.c $(kb_fixture)
%C%_test_markdown_CPPFLAGS = $(unit_cppflags)
%C%_test_markdown_LDADD = $(unit_libs)

%C%_test_jsonw_SOURCES = %D%/test_jsonw.c
%C%_test_jsonw_CPPFLAGS = $(unit_cppflags)
%C%_test_jsonw_LDADD = $(common_libs) $(CMOCKA_LIBS)

%C%_test_corpus_SOURCES = %D%/test_corpus.c $(kb_fixture)
%C%_test_corpus_CPPFLAGS = $(unit_cppflags)
%C%_test_corpus_LDADD = $(unit_libs)

%C%_test_pg_type_SOURCES = %D%/test_pg_type.c
%C%_test_pg_type_CPPFLAGS = $(unit_cppflags)
%C%_test_pg_type_LDADD = $(kbd_libs) $(CMOCKA_LIBS)

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

%C%_test_web_SOURCES = %D%/test_web.c
%C%_test_web_CPPFLAGS = $(kbd_unit_cppflags)
%C%_test_web_LDADD = $(kbd_unit_libs)
