-- derived.sql - what can be rebuilt from the truth at any time.
--
-- kb/store_derive.c fills these tables in the transaction that changes the
-- truth; "kbd reindex" drops and fills them anew. This file may change freely:
-- a base made with another text of it is rebuilt when it is opened to write.
--
-- SPDX-License-Identifier: ISC

-- Every entry as it is now, archived ones included.
CREATE TABLE entry_head(
	id INTEGER PRIMARY KEY,		-- entry.id
	document_id INTEGER NOT NULL,
	parent_id INTEGER,		-- the entry above, or NULL
	owner_id INTEGER,		-- of a label section ("## Mitigation"):
					-- the entry whose field it is
	position INTEGER,		-- in the document, from 1; NULL when
					-- archived
	depth INTEGER NOT NULL,		-- entries above it, 0 at the top
	slug TEXT NOT NULL,		-- '12-cpu-100-占用'
	title TEXT NOT NULL,		-- heading without number, mark, remark
	heading TEXT NOT NULL,		-- plain text, marks and emoji removed
	line INTEGER NOT NULL,		-- 1-based, of the heading in the
					-- document; 0 when archived
	kind TEXT NOT NULL,		-- 'problem', 'runbook', ...
	severity TEXT NOT NULL,		-- 'critical' ... 'info', or ''
	symptom TEXT NOT NULL,		-- the fields of that name, one a line
	cause TEXT NOT NULL,
	fix TEXT NOT NULL,
	prevention TEXT NOT NULL,
	tags TEXT NOT NULL,		-- separated by blanks
	assignee TEXT NOT NULL,
	version INTEGER NOT NULL,	-- the newest
	revision INTEGER NOT NULL,	-- that made this version
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,	-- when this version was made
	updated_by TEXT NOT NULL,
	review_by TEXT,			-- '2026-01-31', or NULL
	archived INTEGER NOT NULL,	-- 0 or 1
	digest INTEGER NOT NULL		-- of all that is derived of the entry,
					-- but for its place: what is the same
					-- is not written again
) STRICT;
CREATE INDEX entry_head_document ON entry_head(document_id, position);
CREATE INDEX entry_head_parent ON entry_head(parent_id);
CREATE INDEX entry_head_kind ON entry_head(kind, severity);

-- Every document as it is now.
CREATE TABLE document_head(
	id INTEGER PRIMARY KEY,		-- document.id
	title TEXT NOT NULL,
	tags TEXT NOT NULL,		-- separated by blanks
	entries INTEGER NOT NULL,	-- that are not archived
	revision INTEGER NOT NULL,	-- the newest that touched it
	updated_at TEXT NOT NULL,
	updated_by TEXT NOT NULL,
	document_date TEXT,		-- '2025-08-03', or NULL
	next_review TEXT NOT NULL	-- as written, or ''
) STRICT;

-- The rows below are those of entries that are not archived. What a label
-- section says is in the rows of its owner as well.

CREATE TABLE entry_field(
	entry_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,	-- in the entry, from 1
	name TEXT NOT NULL,		-- 'symptom', 'fix', ...
	text TEXT NOT NULL,		-- one paragraph or list item
	PRIMARY KEY(entry_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry_command(
	entry_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,	-- in the entry, from 1
	lang TEXT NOT NULL,		-- of the fence, or ''
	text TEXT NOT NULL,		-- ready to copy
	note TEXT NOT NULL,		-- what explains it, or ''
	risk TEXT NOT NULL,		-- 'read-only', 'changes', 'destructive'
	file TEXT NOT NULL,		-- that a template is for, or ''
	PRIMARY KEY(entry_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry_item(
	entry_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,	-- in the entry, from 1
	text TEXT NOT NULL,
	is_task INTEGER NOT NULL,	-- 0 or 1: '- [ ]'
	is_done INTEGER NOT NULL,	-- 0 or 1: '- [x]'
	is_ordered INTEGER NOT NULL,	-- 0 or 1: '1.'
	PRIMARY KEY(entry_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry_signature(
	entry_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,	-- in the entry, from 1
	text TEXT NOT NULL,		-- an error text the entry knows
	origin TEXT NOT NULL,		-- 'text', 'rule' (of "signature:"),
					-- 'heading', 'symptom', 'mention'
	mode TEXT NOT NULL,		-- 'strong', 'likely', 'exact', 'off'
	template TEXT NOT NULL,		-- patterns, one a line; '' when off
	specificity REAL NOT NULL,	-- words that tell something
	PRIMARY KEY(entry_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What belongs to an entry: the runbook that deals with it, the template that
-- its fix names, what its author calls related.
CREATE TABLE entry_edge(
	entry_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,	-- the author's first, then best first
	to_id INTEGER,			-- entry.id; NULL when the author named it
	target TEXT NOT NULL,		-- as the author named it, or ''
	why TEXT NOT NULL,		-- 'related', 'title', 'fix'
	PRIMARY KEY(entry_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Exactly the text that is indexed: entries that are not archived and are no
-- label sections, whose text is in the row of their owner.
CREATE TABLE entry_text(
	id INTEGER PRIMARY KEY,		-- entry.id
	title TEXT,			-- heading; of the first one also the
					-- document's title
	alias TEXT,			-- other names of the problem
	symptom TEXT,			-- symptoms and impact
	error TEXT,			-- signatures
	command TEXT,			-- commands, their notes, code
	tags TEXT,			-- the entry's and the document's, the
					-- mark of its severity
	path TEXT,			-- titles above, the nearest first; the
					-- end of the name of the document
	body TEXT			-- all other words
) STRICT;

-- Which of these changed when, gone ones too; for the postings in memory.
CREATE TABLE entry_text_change(
	id INTEGER PRIMARY KEY,		-- entry.id
	revision INTEGER NOT NULL	-- the last that changed its text
) STRICT;
CREATE INDEX entry_text_change_revision ON entry_text_change(revision);

CREATE VIRTUAL TABLE entry_fts USING fts5(
	title, alias, symptom, error, command, tags, path, body,
	content='entry_text', content_rowid='id', tokenize='ops'
);

-- How many entries know a term, and how often; for typo repair.
CREATE VIRTUAL TABLE entry_vocab USING fts5vocab(entry_fts, 'row');
