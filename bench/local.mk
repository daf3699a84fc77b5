# bench/local.mk - measurements against peers; run by hand, never by check
# SPDX-License-Identifier: ISC

EXTRA_PROGRAMS += %D%/peers_bench %D%/search_quality
EXTRA_DIST += %D%/build.sh %D%/import %D%/peers %D%/peers-postgres \
	%D%/peers-groonga %D%/peers-xapian %D%/PeerFiles.pm %D%/search-quality \
	%D%/search-speed %D%/secret-scan %D%/secret-findings.tsv \
	%D%/wire %D%/http %D%/save
CLEANFILES += %D%/peers_bench %D%/search_quality

bench_cppflags = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(UTF8PROC_CFLAGS)
bench_common = \
	%D%/base.c %D%/base.h \
	%D%/judged.c %D%/judged.h

%C%_peers_bench_SOURCES = \
	%D%/peers.c %D%/peers.h \
	%D%/peers_fts5.c \
	%D%/peers_kbd.c \
	%D%/ranking.c %D%/ranking.h \
	%D%/words.c %D%/words.h \
	$(bench_common)
%C%_peers_bench_CPPFLAGS = $(bench_cppflags)
%C%_peers_bench_LDADD = $(kb_libs)

%C%_search_quality_SOURCES = %D%/search_quality.c $(bench_common)
%C%_search_quality_CPPFLAGS = $(bench_cppflags)
%C%_search_quality_LDADD = $(kb_libs)

# Documents made to be expensive: time and memory of the parser
EXTRA_PROGRAMS += %D%/pathological
CLEANFILES += %D%/pathological
%C%_pathological_SOURCES = %D%/pathological.c
%C%_pathological_LDADD = $(kb_libs)

# What the secret scan finds in a set of files
EXTRA_PROGRAMS += %D%/secrets
CLEANFILES += %D%/secrets
%C%_secrets_SOURCES = %D%/secrets.c
%C%_secrets_LDADD = $(kb_libs)

# Three-way merge of texts made to be expensive
EXTRA_PROGRAMS += %D%/merge_bench
CLEANFILES += %D%/merge_bench
%C%_merge_bench_SOURCES = %D%/merge.c tests/unit/dice.h
%C%_merge_bench_LDADD = $(kb_libs)

# Logs: how many lines find their lesson, and how fast
EXTRA_PROGRAMS += %D%/match_speed
EXTRA_DIST += %D%/match-quality %D%/match-speed
CLEANFILES += %D%/match_speed
%C%_match_speed_SOURCES = %D%/match_speed.c %D%/judged.c %D%/judged.h
%C%_match_speed_CPPFLAGS = $(bench_cppflags)
%C%_match_speed_LDADD = $(kb_libs)

# a script; make would compile peers.c to it
%D%/peers:
	@:
