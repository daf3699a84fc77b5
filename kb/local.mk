# kb/local.mk - the knowledge base as a library
# SPDX-License-Identifier: ISC

noinst_LIBRARIES += %D%/libkb.a
%C%_libkb_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CMARK_CFLAGS) \
	$(UTF8PROC_CFLAGS)
%C%_libkb_a_SOURCES = \
	%D%/answer.c %D%/answer.h \
	%D%/answer_card.c %D%/answer_card.h \
	%D%/diff.c %D%/diff.h \
	%D%/document.c %D%/document.h \
	%D%/edit_date.c %D%/edit_date.h \
	%D%/edges.c %D%/edges.h \
	%D%/entry.c %D%/entry.h \
	%D%/entry_check.c %D%/entry_check.h \
	%D%/entry_commands.c \
	%D%/entry_draft.h \
	%D%/entry_kind.c \
	%D%/entry_tail.c %D%/entry_tail.h \
	%D%/entry_walk.c \
	%D%/error_text.c %D%/error_text.h \
	%D%/fence.c %D%/fence.h \
	%D%/fold.c %D%/fold.h \
	%D%/fts_api.c %D%/fts_api.h \
	%D%/fts_rank.c %D%/fts_rank.h \
	%D%/fts_tokenizer.c %D%/fts_tokenizer.h \
	%D%/glossary.c %D%/glossary.h \
	%D%/glossary_read.c %D%/glossary_internal.h \
	%D%/glossary_site.c %D%/glossary_site.h \
	%D%/heading.c %D%/heading.h \
	%D%/inflection.c %D%/inflection.h \
	%D%/highlight.c %D%/highlight.h \
	%D%/html.c %D%/html.h \
	%D%/html_link.c %D%/html_link.h \
	%D%/lexer.c %D%/lexer.h \
	%D%/log_cluster.c %D%/log_cluster.h \
	%D%/log_text.c %D%/log_text.h \
	%D%/mark.c %D%/mark.h \
	%D%/markdown.c %D%/markdown.h \
	%D%/markdown_guard.c %D%/markdown_guard.h \
	%D%/meta.c %D%/meta.h \
	%D%/merge.c %D%/merge.h \
	%D%/merge_fields.c \
	%D%/merge_internal.h \
	%D%/migrate.c %D%/migrate.h \
	%D%/myers.c %D%/myers.h \
	%D%/outline_merge.c %D%/outline_merge.h \
	%D%/postings.c %D%/postings.h \
	%D%/postings_internal.h \
	%D%/postings_lists.c \
	%D%/postings_rank.c \
	%D%/query.c %D%/query.h \
	%D%/query_cjk.c \
	%D%/query_glossary.c \
	%D%/query_internal.h \
	%D%/query_match.c \
	%D%/query_terms.c \
	%D%/query_text.c %D%/query_text.h \
	%D%/query_words.c \
	%D%/rank.c %D%/rank.h \
	%D%/related.h \
	%D%/relation.c %D%/relation.h \
	%D%/render_html.c %D%/render_html.h \
	%D%/render_term.c %D%/render_term.h \
	%D%/risk.c %D%/risk.h \
	%D%/rules.c %D%/rules.h \
	%D%/search.c %D%/search.h \
	%D%/secret_internal.h \
	%D%/secret_place.c \
	%D%/secret_scan.c %D%/secret_scan.h \
	%D%/secret_value.c \
	%D%/search_explain.c \
	%D%/search_tally.c %D%/search_tally.h \
	%D%/section_match.c %D%/section_match.h \
	%D%/shell_scan.c %D%/shell_scan.h \
	%D%/signature.c %D%/signature.h \
	%D%/signature_internal.h \
	%D%/signature_mask.c \
	%D%/signature_neutral.c \
	%D%/signature_pattern.c \
	%D%/signature_set.c \
	%D%/snippet.c %D%/snippet.h \
	%D%/steps.c %D%/steps.h \
	%D%/store.c %D%/store.h \
	%D%/store_apply.c \
	%D%/store_blame.c %D%/store_blame.h \
	%D%/store_browse.c %D%/store_browse.h \
	%D%/store_check.c \
	%D%/store_copy.c %D%/store_copy.h \
	%D%/store_derive.c \
	%D%/store_edit.c %D%/store_edit.h \
	%D%/store_edit_apply.c \
	%D%/store_edit_place.c \
	%D%/store_edit_plan.h \
	%D%/store_edit_secret.c \
	%D%/store_export.c \
	%D%/store_import.c %D%/store_import.h \
	%D%/store_internal.h \
	%D%/store_match.c \
	%D%/store_outline.c \
	%D%/store_purge.c %D%/store_purge.h \
	%D%/store_reindex.c \
	%D%/store_signature.c %D%/store_signature.h \
	%D%/store_stmt.c \
	%D%/store_write.c \
	%D%/text_check.c %D%/text_check.h \
	%D%/text_lines.c %D%/text_lines.h \
	%D%/vocab.c %D%/vocab.h \
	%D%/vtab_blame.c %D%/vtab_blame.h \
	%D%/vtab_common.c %D%/vtab_common.h \
	%D%/vtab_document.c %D%/vtab_document.h \
	%D%/vtab_match.c %D%/vtab_match.h \
	%D%/vtab_search.c %D%/vtab_search.h

kb_libs = kb/libkb.a $(common_libs) $(SQLITE_LIBS) $(CMARK_LIBS)

# BUILT_SOURCES alone misses "make kb/libkb.a"
%D%/libkb_a-fold.$(OBJEXT): content/t2s.inc
%D%/libkb_a-query.$(OBJEXT): content/noise.inc
%D%/libkb_a-signature_neutral.$(OBJEXT): content/neutral.inc
%D%/libkb_a-rules.$(OBJEXT): content/rules.inc
%D%/libkb_a-glossary.$(OBJEXT): content/glossary.inc
%D%/libkb_a-migrate.$(OBJEXT): schema/schema.inc
