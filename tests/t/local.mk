# tests/t/local.mk - end-to-end tests, Perl with core modules only
# SPDX-License-Identifier: ISC

t_tests = \
	%D%/000-layers.t \
	%D%/200-json-schema.t \
	%D%/210-kbctl-usage.t

TESTS += $(t_tests)
EXTRA_DIST += $(t_tests)
