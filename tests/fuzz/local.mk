# tests/fuzz/local.mk - one target per reader of outside bytes
#
# With --enable-fuzz each is a libFuzzer program. Without, each is linked with
# replay.c, which feeds it the files named on its command line and a few
# thousand mutations of its seeds, so that an ordinary "make check" runs them.
#
# SPDX-License-Identifier: ISC

fuzz_targets = \
	%D%/fuzz_access \
	%D%/fuzz_bind \
	%D%/fuzz_conf \
	%D%/fuzz_diff \
	%D%/fuzz_document \
	%D%/fuzz_draft \
	%D%/fuzz_entry \
	%D%/fuzz_glossary \
	%D%/fuzz_http_msg \
	%D%/fuzz_lexer \
	%D%/fuzz_merge \
	%D%/fuzz_log \
	%D%/fuzz_pg_msg \
	%D%/fuzz_query \
	%D%/fuzz_render_html \
	%D%/fuzz_rewrite \
	%D%/fuzz_scram \
	%D%/fuzz_secret_scan \
	%D%/fuzz_signature \
	%D%/fuzz_startup \
	%D%/fuzz_steps \
	%D%/fuzz_terminal

if FUZZ
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = %D%/replay.c %D%/replay.h
fuzz_ldflags = $(AM_LDFLAGS)
TESTS += $(fuzz_targets)
endif
check_PROGRAMS += $(fuzz_targets)

%C%_fuzz_access_SOURCES = %D%/fuzz_access.c $(fuzz_main)
%C%_fuzz_access_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_access_LDADD = $(kbd_guard_libs)

%C%_fuzz_conf_SOURCES = %D%/fuzz_conf.c $(fuzz_main)
%C%_fuzz_conf_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_conf_LDADD = $(common_libs)

%C%_fuzz_scram_SOURCES = %D%/fuzz_scram.c $(fuzz_main)
%C%_fuzz_scram_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_scram_LDADD = $(kbd_guard_libs)

%C%_fuzz_startup_SOURCES = %D%/fuzz_startup.c $(fuzz_main)
%C%_fuzz_startup_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
%C%_fuzz_startup_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_startup_LDADD = $(kbd_libs)

# for ./check --long: build the targets alone, and say which there are
fuzz-targets: $(fuzz_targets)
list-fuzz-targets:
	@for t in $(fuzz_targets); do echo $$t; done
.PHONY: fuzz-targets list-fuzz-targets

%C%_fuzz_diff_SOURCES = %D%/fuzz_diff.c $(fuzz_main)
%C%_fuzz_diff_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_diff_LDADD = $(kb_libs)

%C%_fuzz_merge_SOURCES = %D%/fuzz_merge.c $(fuzz_main)
%C%_fuzz_merge_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_merge_LDADD = $(kb_libs)

%C%_fuzz_document_SOURCES = %D%/fuzz_document.c $(fuzz_main)
%C%_fuzz_document_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_document_LDADD = $(kb_libs)

%C%_fuzz_draft_SOURCES = %D%/fuzz_draft.c $(fuzz_main)
%C%_fuzz_draft_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_draft_LDADD = $(kbctl_libs)

%C%_fuzz_entry_SOURCES = %D%/fuzz_entry.c $(fuzz_main)
%C%_fuzz_entry_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_entry_LDADD = $(kb_libs)

%C%_fuzz_glossary_SOURCES = %D%/fuzz_glossary.c $(fuzz_main)
%C%_fuzz_glossary_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_glossary_LDADD = $(kb_libs)

%C%_fuzz_lexer_SOURCES = %D%/fuzz_lexer.c $(fuzz_main)
%C%_fuzz_lexer_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_lexer_LDADD = $(kb_libs)

%C%_fuzz_log_SOURCES = %D%/fuzz_log.c $(fuzz_main)
%C%_fuzz_log_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_log_LDADD = $(kb_libs)

%C%_fuzz_signature_SOURCES = %D%/fuzz_signature.c $(fuzz_main)
%C%_fuzz_signature_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_signature_LDADD = $(kb_libs)

%C%_fuzz_query_SOURCES = %D%/fuzz_query.c $(fuzz_main)
%C%_fuzz_query_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
%C%_fuzz_query_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_query_LDADD = $(kb_libs)

%C%_fuzz_secret_scan_SOURCES = %D%/fuzz_secret_scan.c $(fuzz_main)
%C%_fuzz_secret_scan_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_secret_scan_LDADD = $(kb_libs)

%C%_fuzz_steps_SOURCES = %D%/fuzz_steps.c $(fuzz_main)
%C%_fuzz_steps_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_steps_LDADD = $(kb_libs)

%C%_fuzz_terminal_SOURCES = %D%/fuzz_terminal.c $(fuzz_main)
%C%_fuzz_terminal_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_terminal_LDADD = $(kbctl_libs)

%C%_fuzz_pg_msg_SOURCES = %D%/fuzz_pg_msg.c $(fuzz_main)
%C%_fuzz_pg_msg_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_pg_msg_LDADD = $(kbd_libs)

%C%_fuzz_bind_SOURCES = %D%/fuzz_bind.c $(fuzz_main)
%C%_fuzz_bind_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_bind_LDADD = $(kbd_libs)

%C%_fuzz_rewrite_SOURCES = %D%/fuzz_rewrite.c $(fuzz_main)
%C%_fuzz_rewrite_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_rewrite_LDADD = $(kbd_libs)

%C%_fuzz_render_html_SOURCES = %D%/fuzz_render_html.c \
	tests/unit/html_check.c tests/unit/html_check.h $(fuzz_main)
%C%_fuzz_render_html_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
%C%_fuzz_render_html_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_render_html_LDADD = $(kb_libs)

%C%_fuzz_http_msg_SOURCES = %D%/fuzz_http_msg.c $(fuzz_main)
%C%_fuzz_http_msg_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_http_msg_LDADD = $(kbd_libs)
