# kbctl/local.mk - the client
# SPDX-License-Identifier: ISC

noinst_LIBRARIES += %D%/libkbctl.a
%C%_libkbctl_a_CPPFLAGS = $(AM_CPPFLAGS) $(PQ_CFLAGS) $(JANSSON_CFLAGS) \
	$(SSL_CFLAGS)
%C%_libkbctl_a_SOURCES = \
	%D%/answers.c %D%/answers.h \
	%D%/args.c %D%/args.h \
	%D%/ask.c %D%/ask.h \
	%D%/backup_dir.c %D%/backup_dir.h \
	%D%/backup_manifest.c %D%/backup_manifest.h \
	%D%/certificate.c %D%/certificate.h \
	%D%/change.c %D%/change.h \
	%D%/client.c %D%/client.h \
	%D%/cmd_archive.c \
	%D%/cmd_backup.c \
	%D%/cmd_blame.c \
	%D%/cmd_diff.c \
	%D%/cmd_doc.c \
	%D%/cmd_docs.c \
	%D%/cmd_edit.c \
	%D%/cmd_gaps.c \
	%D%/cmd_export.c \
	%D%/cmd_help.c \
	%D%/cmd_history.c \
	%D%/cmd_import.c \
	%D%/cmd_list.c \
	%D%/cmd_match.c \
	%D%/cmd_new.c \
	%D%/cmd_ping.c \
	%D%/cmd_purge.c \
	%D%/cmd_reload.c \
	%D%/cmd_restart.c \
	%D%/cmd_restore_backup.c \
	%D%/cmd_review.c \
	%D%/cmd_search.c \
	%D%/cmd_show.c \
	%D%/cmd_start.c \
	%D%/cmd_status.c \
	%D%/cmd_stop.c \
	%D%/cmd_trust.c \
	%D%/cmd_user.c \
	%D%/command.c %D%/command.h \
	%D%/compose.c %D%/compose.h \
	%D%/compose_conflict.c %D%/compose_conflict.h \
	%D%/context.c \
	%D%/datadir.c %D%/datadir.h \
	%D%/diff_view.c %D%/diff_view.h \
	%D%/draft.c %D%/draft.h \
	%D%/editor.c %D%/editor.h \
	%D%/encoding.c %D%/encoding.h \
	%D%/entry_json.c %D%/entry_json.h \
	%D%/entry_ref.c %D%/entry_ref.h \
	%D%/entry_text.c \
	%D%/environ.c %D%/environ.h \
	%D%/exits.c %D%/exits.h \
	%D%/export_all.c %D%/export_all.h \
	%D%/export_document.c %D%/export_document.h \
	%D%/files.c %D%/files.h \
	%D%/log_errors.c %D%/log_errors.h \
	%D%/log_input.c %D%/log_input.h \
	%D%/lookup.c %D%/lookup.h \
	%D%/match.h \
	%D%/match_base.c \
	%D%/match_json.c \
	%D%/match_print.c \
	%D%/pager.c %D%/pager.h \
	%D%/pasted.c %D%/pasted.h \
	%D%/place.c %D%/place.h \
	%D%/report.c %D%/report.h \
	%D%/runs.c %D%/runs.h \
	%D%/save.c %D%/save.h \
	%D%/screen.c %D%/screen.h \
	%D%/setup.c %D%/setup.h \
	%D%/similar.c %D%/similar.h \
	%D%/since.c %D%/since.h \
	%D%/state.c %D%/state.h \
	%D%/statement.c %D%/statement.h \
	%D%/template.c %D%/template.h \
	%D%/trust.c %D%/trust.h \
	%D%/unanswered.c %D%/unanswered.h \
	%D%/url.c %D%/url.h

kbctl_libs = %D%/libkbctl.a $(kb_libs) $(PQ_LIBS) $(SSL_LIBS) $(JANSSON_LIBS)

bin_PROGRAMS += %D%/kbctl
%C%_kbctl_SOURCES = %D%/main.c
%C%_kbctl_LDADD = $(kbctl_libs)

# BUILT_SOURCES alone misses "make kbctl/libkbctl.a"
%D%/libkbctl_a-template.$(OBJEXT): content/templates.inc
