/*
 * glossary_site.h - the site's own glossary: a file beside the base.
 *
 * The file is read again when it changed, so that the next search knows a new
 * line. A file that cannot be taken changes nothing: what was read last stays,
 * and the log says file, line and reason once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_GLOSSARY_SITE_H
#define KBD_GLOSSARY_SITE_H

#include "common/err.h"

struct glossary;
struct glossary_site;

#define GLOSSARY_SITE_FILE "glossary.tsv"

/* Of the folder that holds the database file; NULL: there is none. */
struct glossary_site *glossary_site_new(const char *database);
void glossary_site_destroy(struct glossary_site *s);

/* What the file says now, or NULL; valid until the next call. */
const struct glossary *glossary_site_get(struct glossary_site *s);

/* Can this file be taken? One that is not there can. */
bool glossary_site_check(const char *path, struct err *e) MUST_CHECK;

#endif
