# kbctl/local.mk - the client
# SPDX-License-Identifier: ISC

