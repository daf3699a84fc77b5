/*
 * export_all.h - every document as a file below one folder.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_EXPORT_ALL_H
#define KBCTL_EXPORT_ALL_H

#include "kbctl/exits.h"

struct client;

/*
 * Write all documents as of one revision (as_of NULL: the newest) to
 * dir/NAME.md. A file that is there already is written over only when it is
 * still what an earlier export wrote, as dir/.kbctl-export remembers; else
 * nothing is written at all and every such file is named. Reports what it
 * did and what went wrong.
 */
enum exit_code export_all(struct client *c, const char *dir,
    const char *as_of);

#endif
