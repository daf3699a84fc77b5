# schema/local.mk - numbered SQL steps, embedded into the programs
# SPDX-License-Identifier: ISC

schema_steps = \
	%D%/001-truth.sql \
	%D%/002-edit.sql \
	%D%/003-purge.sql \
	%D%/004-tally.sql \
	%D%/derived.sql \
	%D%/views.sql

EXTRA_DIST += $(schema_steps)
BUILT_SOURCES += %D%/schema.inc
CLEANFILES += %D%/schema.inc

%D%/schema.inc: $(schema_steps) tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -v prefix=schema -f tools/embed.awk \
	    $(schema_steps)) > $@.tmp && mv $@.tmp $@

# the steps of auth.db, in order; apart from those of kb.db
auth_steps = \
	%D%/auth-001-role.sql \
	%D%/auth-002-web.sql

schema/auth.inc: $(auth_steps) tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) schema && cd $(srcdir) && $(AWK) \
	    -f tools/embed.awk -v prefix=auth_step $(auth_steps) \
	    >$(abs_builddir)/$@.tmp && mv $(abs_builddir)/$@.tmp \
	    $(abs_builddir)/$@

BUILT_SOURCES += schema/auth.inc
CLEANFILES += schema/auth.inc
EXTRA_DIST += $(auth_steps)
