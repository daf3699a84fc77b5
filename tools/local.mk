# tools/local.mk - what the build itself runs
# SPDX-License-Identifier: ISC

EXTRA_DIST += %D%/embed.awk %D%/packages.sh %D%/coverage-report \
	%D%/lines.awk %D%/noise.awk %D%/t2s.awk
EXTRA_DIST += %D%/unassigned.pl
