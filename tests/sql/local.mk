# tests/sql/local.mk - statements and what they must do
# SPDX-License-Identifier: ISC

EXTRA_DIST += \
	%D%/attacks.sql \
	%D%/common.sql \
	%D%/differences.tsv \
	%D%/fixture/alpha.md \
	%D%/fixture/beta.md \
	%D%/relations.sql
