# content/local.mk - the seed lessons and the data that the programs embed
# SPDX-License-Identifier: ISC

dist_pkgdata_DATA = %D%/InterviewPro.md
