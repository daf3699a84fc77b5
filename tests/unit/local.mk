# tests/unit/local.mk - one program per module; tests are named as facts
# SPDX-License-Identifier: ISC

if HAVE_CMOCKA
unit_tests = \
	%D%/test_common

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
unit_libs = $(kb_libs) $(CMOCKA_LIBS)

%C%_test_common_SOURCES = %D%/test_common.c
%C%_test_common_CPPFLAGS = $(unit_cppflags)
%C%_test_common_LDADD = $(common_libs) $(CMOCKA_LIBS)
