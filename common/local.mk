# common/local.mk - bytes, text, errors, logging
# SPDX-License-Identifier: ISC

noinst_LIBRARIES += %D%/libcommon.a
%C%_libcommon_a_CPPFLAGS = $(AM_CPPFLAGS) $(UTF8PROC_CFLAGS) $(SSL_CFLAGS) \
	$(JANSSON_CFLAGS)
%C%_libcommon_a_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/conf.c %D%/conf.h \
	%D%/err.c %D%/err.h \
	%D%/json.c %D%/json.h \
	%D%/jsonw.c %D%/jsonw.h \
	%D%/log.c %D%/log.h \
	%D%/mem.c %D%/mem.h \
	%D%/print.c %D%/print.h \
	%D%/reader.c %D%/reader.h \
	%D%/sha256.c %D%/sha256.h \
	%D%/slice.h \
	%D%/str.c %D%/str.h \
	%D%/visible.c %D%/visible.h \
	%D%/wrap.c %D%/wrap.h

common_libs = common/libcommon.a $(UTF8PROC_LIBS) $(SSL_LIBS) \
	$(JANSSON_LIBS)
