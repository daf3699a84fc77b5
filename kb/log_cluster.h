/*
 * log_cluster.h - error lines that nobody has a lesson for, by likeness.
 *
 * Lines that differ only in their variable parts are one cluster. Memory is
 * bounded: when there are too many clusters, the smallest makes room, and
 * what it counted is in `dropped`.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LOG_CLUSTER_H
#define KBD_LOG_CLUSTER_H

#include <stdint.h>

#include "common/slice.h"

#define LOG_CLUSTERS_MAX 256
#define LOG_SAMPLE_MAX 400	/* bytes */

struct log_cluster {
	uint64_t count;
	uint64_t first, last;	/* the caller's numbers of lines */
	uint32_t first_file, last_file;
	uint64_t key;		/* hash of the template */
	char template[LOG_SAMPLE_MAX + 1];	/* "*" for what varies */
	char sample[LOG_SAMPLE_MAX + 1];	/* the first line, no prefix */
};

struct log_clusters;

struct log_clusters *log_clusters_new(void);
void log_clusters_destroy(struct log_clusters *c);

/*
 * Count a line that may be an error: those that are none (a logger says
 * "info", "0 errors", a frame of a stack trace) are left out. Returns whether
 * it was one.
 */
bool log_clusters_add(struct log_clusters *c, struct slice line,
    uint32_t file, uint64_t number);

/* Most frequent first; borrowed, until the next call. */
size_t log_clusters_sorted(struct log_clusters *c,
    const struct log_cluster **out);

/* Lines of clusters that had to make room. */
uint64_t log_clusters_dropped(const struct log_clusters *c);

#endif
