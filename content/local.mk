# content/local.mk - the seed lessons and the data that the programs embed
# SPDX-License-Identifier: ISC

dist_pkgdata_DATA = %D%/InterviewPro.md

# Traditional to Simplified Chinese, made at build; see tools/t2s.awk
BUILT_SOURCES += %D%/t2s.inc
CLEANFILES += %D%/t2s.inc
%D%/t2s.inc: $(top_srcdir)/tools/t2s.awk $(UNIHAN_VARIANTS)
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(BZCAT) $(UNIHAN_VARIANTS) | $(AWK) -f $(top_srcdir)/tools/t2s.awk \
	    >$@.tmp && mv $@.tmp $@

# Noise words, sorted by byte for a binary search
EXTRA_DIST += %D%/noise.tsv
BUILT_SOURCES += %D%/noise.inc
CLEANFILES += %D%/noise.inc
%D%/noise.inc: %D%/noise.tsv $(top_srcdir)/tools/noise.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(AWK) -f $(top_srcdir)/tools/noise.awk $(srcdir)/%D%/noise.tsv \
	    >$@.tmp && LC_ALL=C sort $@.tmp >$@ && rm $@.tmp

# Everyday lines that no signature may match
EXTRA_DIST += %D%/neutral.log
BUILT_SOURCES += %D%/neutral.inc
CLEANFILES += %D%/neutral.inc
%D%/neutral.inc: %D%/neutral.log $(top_srcdir)/tools/lines.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	LC_ALL=C $(AWK) -f $(top_srcdir)/tools/lines.awk \
	    $(srcdir)/%D%/neutral.log >$@.tmp && mv $@.tmp $@

# The rules of kb/rules.c, embedded as they are
rules_data = \
	%D%/kinds.tsv \
	%D%/labels.tsv \
	%D%/languages.tsv \
	%D%/programs.tsv \
	%D%/severities.tsv
EXTRA_DIST += $(rules_data)
BUILT_SOURCES += %D%/rules.inc
CLEANFILES += %D%/rules.inc
%D%/rules.inc: $(rules_data) $(top_srcdir)/tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -f tools/embed.awk -v prefix=rules \
	    $(rules_data)) >$@.tmp && mv $@.tmp $@

# What kbctl new begins with: a kind and a language each
template_data = \
	%D%/new-checklist.en.md \
	%D%/new-checklist.zh.md \
	%D%/new-problem.en.md \
	%D%/new-problem.zh.md \
	%D%/new-runbook.en.md \
	%D%/new-runbook.zh.md \
	%D%/new-template.en.md \
	%D%/new-template.zh.md
EXTRA_DIST += $(template_data)
BUILT_SOURCES += %D%/templates.inc
CLEANFILES += %D%/templates.inc
%D%/templates.inc: $(template_data) $(top_srcdir)/tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -f tools/embed.awk -v prefix=template \
	    $(template_data)) >$@.tmp && mv $@.tmp $@

# The glossary that is shipped, embedded as it is
EXTRA_DIST += %D%/glossary.tsv
BUILT_SOURCES += %D%/glossary.inc
CLEANFILES += %D%/glossary.inc
%D%/glossary.inc: %D%/glossary.tsv $(top_srcdir)/tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -f tools/embed.awk -v prefix=glossary \
	    %D%/glossary.tsv) >$@.tmp && mv $@.tmp $@

# What the wiki's pages load, in the order of kbd/wiki_static.c
wiki_data = \
	%D%/wiki.css \
	%D%/wiki.js \
	%D%/wiki.svg
EXTRA_DIST += $(wiki_data)
BUILT_SOURCES += %D%/wiki.inc
CLEANFILES += %D%/wiki.inc
%D%/wiki.inc: $(wiki_data) $(top_srcdir)/tools/embed.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	(cd $(srcdir) && $(AWK) -f tools/embed.awk -v prefix=wiki \
	    $(wiki_data)) >$@.tmp && mv $@.tmp $@

# Table A.1 of RFC 3454 for kbd/saslprep.c
BUILT_SOURCES += %D%/unassigned.inc
CLEANFILES += %D%/unassigned.inc
%D%/unassigned.inc: $(top_srcdir)/tools/unassigned.pl
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(PERL) $(top_srcdir)/tools/unassigned.pl >$@.tmp && mv $@.tmp $@
