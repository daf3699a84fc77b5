# doc/local.mk - manual pages and the JSON Schemas of --json
# SPDX-License-Identifier: ISC

dist_man_MANS += \
	%D%/kbctl.1 \
	%D%/kbd-http.7 \
	%D%/kbd.8 \
	%D%/kbd.conf.5 \
	%D%/kbd_hba.conf.5

schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	%D%/schema/kb.blame-1.json \
	%D%/schema/kb.change-1.json \
	%D%/schema/kb.conflict-1.json \
	%D%/schema/kb.diff-1.json \
	%D%/schema/kb.documents-1.json \
	%D%/schema/kb.entry-1.json \
	%D%/schema/kb.export-1.json \
	%D%/schema/kb.gaps-1.json \
	%D%/schema/kb.history-1.json \
	%D%/schema/kb.import-1.json \
	%D%/schema/kb.list-1.json \
	%D%/schema/kb.match-1.json \
	%D%/schema/kb.ping-1.json \
	%D%/schema/kb.search-1.json \
	%D%/schema/kb.status-1.json \
	%D%/schema/kb.trust-1.json \
	%D%/schema/kb.users-1.json

EXTRA_DIST += \
	%D%/schema/examples/kb.blame-1.invalid.json \
	%D%/schema/examples/kb.blame-1.valid.json \
	%D%/schema/examples/kb.change-1.invalid.json \
	%D%/schema/examples/kb.change-1.valid.json \
	%D%/schema/examples/kb.conflict-1.invalid.json \
	%D%/schema/examples/kb.conflict-1.valid.json \
	%D%/schema/examples/kb.diff-1.invalid.json \
	%D%/schema/examples/kb.diff-1.valid.json \
	%D%/schema/examples/kb.documents-1.invalid.json \
	%D%/schema/examples/kb.documents-1.valid.json \
	%D%/schema/examples/kb.entry-1.invalid.json \
	%D%/schema/examples/kb.entry-1.valid.json \
	%D%/schema/examples/kb.export-1.invalid.json \
	%D%/schema/examples/kb.export-1.valid.json \
	%D%/schema/examples/kb.gaps-1.invalid.json \
	%D%/schema/examples/kb.gaps-1.valid.json \
	%D%/schema/examples/kb.history-1.invalid.json \
	%D%/schema/examples/kb.history-1.valid.json \
	%D%/schema/examples/kb.import-1.invalid.json \
	%D%/schema/examples/kb.import-1.valid.json \
	%D%/schema/examples/kb.list-1.invalid.json \
	%D%/schema/examples/kb.list-1.valid.json \
	%D%/schema/examples/kb.match-1.invalid.json \
	%D%/schema/examples/kb.match-1.valid.json \
	%D%/schema/examples/kb.ping-1.invalid.json \
	%D%/schema/examples/kb.ping-1.valid.json \
	%D%/schema/examples/kb.search-1.invalid.json \
	%D%/schema/examples/kb.search-1.valid.json \
	%D%/schema/examples/kb.status-1.invalid.json \
	%D%/schema/examples/kb.status-1.valid.json \
	%D%/schema/examples/kb.trust-1.invalid.json \
	%D%/schema/examples/kb.trust-1.valid.json \
	%D%/schema/examples/kb.users-1.invalid.json \
	%D%/schema/examples/kb.users-1.valid.json
