/*
 * environ.h - the process environment without what libpq would read.
 *
 * People have PG... variables set for their databases; none of them may
 * change where kbctl connects. They are taken out at start and given back
 * only to the programs that kbctl runs for its user: pager, editor.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ENVIRON_H
#define KBCTL_ENVIRON_H

/* Take every PG* out of the environment; call once, first. */
void environ_clean(void);

/* The environment as it was at start, for execve(); borrowed. */
char *const *environ_original(void);

/* getenv(), with "" as NULL. */
const char *environ_get(const char *name);

/*
 * A directory of the XDG specification: XDG_DATA_HOME or else
 * ~/.local/share, and the like. Relative values are ignored, as it says.
 * NULL when there is no home. The caller frees.
 */
char *environ_xdg(const char *name, const char *below_home);

#endif
