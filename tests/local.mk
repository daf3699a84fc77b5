# tests/local.mk - unit tests (cmocka), end-to-end tests (TAP), fuzz targets
# SPDX-License-Identifier: ISC

include %D%/unit/local.mk
include %D%/t/local.mk
include %D%/fuzz/local.mk
include %D%/browser/local.mk
include %D%/drivers/local.mk
include %D%/sql/local.mk

EXTRA_DIST += \
	%D%/hostile/markup.txt \
	%D%/lib/Editor.pm \
	%D%/hostile/requests.js \
	%D%/lib/JSONSchema.pm \
	%D%/lib/KBCtl.pm \
	%D%/lib/KBPostgres.pm \
	%D%/lib/KBTarget.pm \
	%D%/lib/KBTest.pm \
	%D%/lib/KBWeb.pm \
	%D%/lib/KBWire.pm \
	%D%/lib/Torture.pm

TEST_EXTENSIONS = .t
LOG_DRIVER = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
T_LOG_COMPILER = $(PERL)
AM_T_LOG_FLAGS = -I$(top_srcdir)/tests/lib
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	KB_SRCDIR='$(abs_top_srcdir)'; export KB_SRCDIR; \
	KB_BUILDDIR='$(abs_top_builddir)'; export KB_BUILDDIR;
