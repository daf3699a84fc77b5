# doc/local.mk - manual pages and the JSON Schemas of --json
# SPDX-License-Identifier: ISC

