# kb/local.mk - the knowledge base as a library
# SPDX-License-Identifier: ISC

noinst_LIBRARIES += %D%/libkb.a
%C%_libkb_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CMARK_CFLAGS) \
	$(UTF8PROC_CFLAGS)
%C%_libkb_a_SOURCES = \
	%D%/document.h \
	%D%/entry.h \
	%D%/relation.h \
	%D%/search.h \
	%D%/store.h

kb_libs = kb/libkb.a $(common_libs) $(SQLITE_LIBS) $(CMARK_LIBS)
