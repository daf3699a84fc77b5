# bench/local.mk - measurements against peers; run by hand, never by check
# SPDX-License-Identifier: ISC

