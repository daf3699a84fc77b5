-- views.sql - the relations that SQL clients see; their column types are in
-- kb/relation.c, which is tested against this file.
--
-- SPDX-License-Identifier: ISC

CREATE VIEW documents(
	name, title, source, entries, revision, updated_at, updated_by,
	document_date, next_review, archived
) AS
SELECT d.name, h.title, d.source, h.entries, h.revision, h.updated_at,
    h.updated_by, h.document_date, h.next_review, d.archived
FROM document d JOIN document_head h ON h.id = d.id;

-- The date of a label in the text counts until somebody verifies the entry and
-- names another one, and again once the text was changed after that.
--
-- SQLite leaves out a LEFT JOIN that nothing asked for needs, when it finds at
-- most one row by a unique index. So w.version, which is always more than 0, is
-- asked here: no index but the primary key seems as good then. And revision is
-- read by column, since a join to it would keep entry_review in.
CREATE VIEW entries(
	id, document, parent_id, position, depth, slug, title, heading, line,
	kind, severity, symptom, cause, fix, prevention, markdown, version,
	revision, created_at, updated_at, updated_by, review_by, archived,
	owner, verified_at, verified_by, verified_version, stale
) AS
SELECT h.id, d.name, h.parent_id, h.position, h.depth, h.slug, h.title,
    h.heading, h.line, h.kind, h.severity, h.symptom, h.cause, h.fix,
    h.prevention, v.markdown, h.version, h.revision, h.created_at,
    h.updated_at, h.updated_by,
    CASE WHEN w.review_by IS NULL OR (h.review_by IS NOT NULL AND
	h.revision > w.revision) THEN h.review_by ELSE w.review_by END,
    h.archived, h.assignee,
    (SELECT r.created_at FROM revision r WHERE r.id = w.revision),
    (SELECT r.author FROM revision r WHERE r.id = w.revision), w.version,
    coalesce(NOT h.archived AND strftime('%Y-%m-%d', 'now') >
	CASE WHEN w.review_by IS NULL OR (h.review_by IS NOT NULL AND
	h.revision > w.revision) THEN h.review_by ELSE w.review_by END, 0)
FROM entry_head h
JOIN document d ON d.id = h.document_id
LEFT JOIN entry_version v ON v.entry_id = h.id AND v.version = h.version
LEFT JOIN entry_review w ON w.entry_id = h.id AND w.revision =
    (SELECT max(x.revision) FROM entry_review x WHERE x.entry_id = h.id)
    AND w.version > 0;

CREATE VIEW entry_versions(
	entry_id, version, revision, base_version, title, markdown, author,
	message, created_at
) AS
SELECT v.entry_id, v.version, v.revision, v.base_version, v.title,
    v.markdown, r.author, r.message, r.created_at
FROM entry_version v JOIN revision r ON r.id = v.revision;

CREATE VIEW revisions(revision, author, message, created_at, entries) AS
SELECT r.id, r.author, r.message, r.created_at,
    (SELECT count(DISTINCT x.entry_id) FROM revision_entry x
     WHERE x.revision = r.id)
FROM revision r;

CREATE VIEW revision_entries(revision, entry_id, version, action) AS
SELECT revision, entry_id, version, action FROM revision_entry;

-- What happened to documents as a whole, under the name that each has now.
CREATE VIEW revision_documents(revision, document, action, name, old_name) AS
SELECT m.revision, d.name, m.action, m.name, m.old_name
FROM revision_document m JOIN document d ON d.id = m.document_id;

CREATE VIEW reviews(entry_id, revision, version, review_by, author, message,
    created_at) AS
SELECT w.entry_id, w.revision, w.version, w.review_by, r.author, r.message,
    r.created_at
FROM entry_review w JOIN revision r ON r.id = w.revision;

CREATE VIEW fields(entry_id, ordinal, name, text) AS
SELECT entry_id, ordinal, name, text FROM entry_field;

CREATE VIEW commands(entry_id, ordinal, lang, text, note, risk, file) AS
SELECT entry_id, ordinal, lang, text, note, risk, file FROM entry_command;

CREATE VIEW checklist_items(entry_id, ordinal, text, is_task, done, ordered) AS
SELECT entry_id, ordinal, text, is_task, is_done, is_ordered FROM entry_item;

CREATE VIEW related(entry_id, ordinal, to_id, target, why) AS
SELECT entry_id, ordinal, to_id, target, why FROM entry_edge;

CREATE VIEW gaps(query, asked, first_at, last_at) AS
SELECT query, unanswered, first_at, last_at FROM search_tally
WHERE answers = 0;

CREATE VIEW signatures(
	entry_id, ordinal, text, origin, mode, template, specificity
) AS
SELECT entry_id, ordinal, text, origin, mode, template, specificity
FROM entry_signature;
