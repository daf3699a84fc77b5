/*
 * related.h - which entries belong to one, as SQL.
 *
 * An author names an entry by number, by slug or by title; of entries of one
 * title, that of the same document is meant, else the oldest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RELATED_H
#define KBD_RELATED_H

/*
 * A query of the columns to_id, why and ordinal for entry ?1. to_id is NULL
 * when no entry bears the name; an entry may come twice.
 */
#define RELATED_SQL "SELECT coalesce(r.to_id, (SELECT n.id FROM entries n" \
	" WHERE n.id = CAST(r.target AS INTEGER) AND (r.target = n.slug OR" \
	" r.target = CAST(n.id AS TEXT))), (SELECT t.id FROM entries t" \
	" WHERE t.title = r.target AND NOT t.archived ORDER BY" \
	" t.document = (SELECT e.document FROM entries e" \
	" WHERE e.id = CAST(?1 AS INTEGER)) DESC, t.id LIMIT 1)) AS to_id," \
	" r.why, r.ordinal FROM related r" \
	" WHERE r.entry_id = CAST(?1 AS INTEGER)"

#endif
