# kbd/local.mk - the server
# SPDX-License-Identifier: ISC

