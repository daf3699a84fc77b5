# schema/local.mk - numbered SQL steps, embedded into the programs
# SPDX-License-Identifier: ISC

