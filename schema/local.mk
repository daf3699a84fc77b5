# schema/local.mk - numbered SQL steps, embedded into the programs
# SPDX-License-Identifier: ISC

schema_steps = \
	%D%/001-truth.sql \
	%D%/derived.sql \
	%D%/views.sql

EXTRA_DIST += $(schema_steps)
BUILT_SOURCES += %D%/schema.inc
CLEANFILES += %D%/schema.inc

%D%/schema.inc: $(schema_steps) tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -v prefix=schema -f tools/embed.awk \
	    $(schema_steps)) > $@.tmp && mv $@.tmp $@
