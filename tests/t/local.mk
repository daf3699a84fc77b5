# tests/t/local.mk - end-to-end tests, Perl with core modules only
# SPDX-License-Identifier: ISC

t_tests = \
	%D%/000-layers.t \
	%D%/100-server.t \
	%D%/110-psql.t \
	%D%/120-pgbench.t \
	%D%/125-search-modes.t \
	%D%/130-wire.t \
	%D%/135-hot.t \
	%D%/140-network.t \
	%D%/200-json-schema.t \
	%D%/210-kbctl-usage.t \
	%D%/220-kbctl-search.t \
	%D%/225-kbctl-match.t \
	%D%/225-kbctl-answer-card.t \
	%D%/230-kbctl-import.t \
	%D%/240-kbctl-read.t \
	%D%/250-kbctl-server.t \
	%D%/260-kbctl-connection.t \
	%D%/270-kbctl-terminal.t \
	%D%/280-kbctl-manual.t \
	%D%/290-kbctl-network.t \
	%D%/340-change.t \
	%D%/350-kbctl-new.t \
	%D%/351-kbctl-edit.t \
	%D%/352-kbctl-past.t \
	%D%/400-wiki.t \
	%D%/410-http-strict.t \
	%D%/430-http-manual.t \
	%D%/440-http-certificate.t \
	%D%/500-backup.t \
	%D%/510-install.t \
	%D%/520-state-fuzz.t \
	%D%/530-log.t \
	%D%/900-roundtrip.t \
	%D%/910-crash.t \
	%D%/920-writers.t

TESTS += $(t_tests)
EXTRA_DIST += $(t_tests)
