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
