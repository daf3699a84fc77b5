# bench/local.mk - measurements against peers; run by hand, never by check
# SPDX-License-Identifier: ISC

EXTRA_PROGRAMS += %D%/search_quality
EXTRA_DIST += %D%/import %D%/search-quality

bench_cppflags = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
bench_common = \
	%D%/base.c %D%/base.h \
	%D%/judged.c %D%/judged.h

%C%_search_quality_SOURCES = %D%/search_quality.c $(bench_common)
%C%_search_quality_CPPFLAGS = $(bench_cppflags)
%C%_search_quality_LDADD = $(kb_libs)

# Documents made to be expensive: time and memory of the parser
EXTRA_PROGRAMS += %D%/pathological
%C%_pathological_SOURCES = %D%/pathological.c
%C%_pathological_LDADD = $(kb_libs)
