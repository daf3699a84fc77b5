-- 001-truth.sql - what the base knows for certain: schema step 1.
--
-- Lessons are truth: entry_version and revision are append-only, an outline
-- is fixed once its revision is not the newest one. No table holds a whole
-- document; its text is the bytes of its entries in the order of an outline.
-- All else is derived (derived.sql) and can be rebuilt from here.
--
-- Never edit a step that was released: write the next one.
--
-- SPDX-License-Identifier: ISC

-- One change to the whole base.
CREATE TABLE revision(
	id INTEGER PRIMARY KEY,		-- 1, 2, 3 ...; no gaps
	author TEXT NOT NULL,		-- the role that made it
	message TEXT NOT NULL,		-- why; '' when nobody said
	created_at TEXT NOT NULL	-- UTC as clock_now() writes it; never
					-- before that of an older revision
) STRICT;
CREATE INDEX revision_created ON revision(created_at);

CREATE TABLE document(
	id INTEGER PRIMARY KEY AUTOINCREMENT,	-- never used again
	name TEXT NOT NULL UNIQUE,	-- path below the folder, without .md
	source TEXT NOT NULL,		-- path of the file it last came from,
					-- below the folder that was imported
	created_revision INTEGER NOT NULL REFERENCES revision(id),
	archived INTEGER NOT NULL DEFAULT 0 CHECK(archived IN (0, 1))
) STRICT;
CREATE INDEX document_nocase ON document(name COLLATE NOCASE);

-- One heading with its own text. Entries are archived, never deleted.
CREATE TABLE entry(
	id INTEGER PRIMARY KEY AUTOINCREMENT,	-- its number for ever
	document_id INTEGER NOT NULL REFERENCES document(id),
	created_revision INTEGER NOT NULL REFERENCES revision(id)
) STRICT;
CREATE INDEX entry_document ON entry(document_id);

-- One immutable state of an entry.
CREATE TABLE entry_version(
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	version INTEGER NOT NULL CHECK(version >= 1),	-- within the entry
	revision INTEGER NOT NULL REFERENCES revision(id),
	base_version INTEGER,		-- the version it was made from; NULL
					-- for the first
	title TEXT NOT NULL,		-- as its heading said; '' for preambles
	markdown TEXT NOT NULL,		-- the exact bytes, heading and all
	PRIMARY KEY(entry_id, version)
) STRICT;
CREATE INDEX entry_version_revision ON entry_version(revision);

-- What a revision did to which entry.
CREATE TABLE revision_entry(
	revision INTEGER NOT NULL REFERENCES revision(id),
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	action TEXT NOT NULL CHECK(action IN ('created', 'changed', 'moved',
	    'archived', 'unarchived')),
	version INTEGER NOT NULL,	-- the entry's version after it
	PRIMARY KEY(revision, entry_id, action, version),
	FOREIGN KEY(entry_id, version) REFERENCES entry_version
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_entry_entry ON revision_entry(entry_id, version);

-- That a document's structure changed in a revision. The outline at revision
-- R is the newest one not after R.
CREATE TABLE outline(
	document_id INTEGER NOT NULL REFERENCES document(id),
	revision INTEGER NOT NULL REFERENCES revision(id),
	entries INTEGER NOT NULL,	-- how many; an empty document has none
	PRIMARY KEY(document_id, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX outline_revision ON outline(revision);

-- The entries of that outline, in order. An entry that is missing from the
-- newest outline of its document is archived.
CREATE TABLE outline_entry(
	document_id INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	position INTEGER NOT NULL,	-- 1, 2, 3 ...
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	PRIMARY KEY(document_id, revision, position),
	FOREIGN KEY(document_id, revision) REFERENCES outline
) STRICT, WITHOUT ROWID;
CREATE INDEX outline_entry_entry ON outline_entry(entry_id);

-- The last import of a file into a document. Its items are what the file
-- looked like then, which is the base of the next three-way merge; after a
-- merge the document may look different.
CREATE TABLE import(
	id INTEGER PRIMARY KEY,
	document_id INTEGER NOT NULL REFERENCES document(id),
	source TEXT NOT NULL,		-- path below the folder given
	revision INTEGER NOT NULL REFERENCES revision(id),	-- newest then
	UNIQUE(document_id, source)
) STRICT;
CREATE INDEX import_revision ON import(revision);

CREATE TABLE import_item(
	import_id INTEGER NOT NULL REFERENCES import(id),
	position INTEGER NOT NULL,	-- of the section in the file, from 1
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	version INTEGER NOT NULL,	-- whose bytes the section had, or which
					-- it was merged into
	markdown TEXT,			-- the section's bytes where no version
					-- has them, else NULL
	PRIMARY KEY(import_id, position),
	FOREIGN KEY(entry_id, version) REFERENCES entry_version
) STRICT, WITHOUT ROWID;
CREATE INDEX import_item_entry ON import_item(entry_id, version);

-- Entries that left that file: they get their number back when they return.
CREATE TABLE import_left(
	import_id INTEGER NOT NULL REFERENCES import(id),
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	PRIMARY KEY(import_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_left_entry ON import_left(entry_id);

-- Facts about this file, such as the versions of the rules that made what is
-- derived.
CREATE TABLE meta(
	key TEXT PRIMARY KEY,		-- 'derived_version', ...
	value ANY
) STRICT, WITHOUT ROWID;

-- What derived.sql and views.sql made, so that a newer program can take an
-- older one's objects away before it runs its own.
CREATE TABLE derived_object(
	ordinal INTEGER PRIMARY KEY,	-- the order of creation
	type TEXT NOT NULL CHECK(type IN ('table', 'view')),
	name TEXT NOT NULL UNIQUE
) STRICT;

-- Append-only means append-only.
CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision
BEGIN
	SELECT raise(ABORT, 'a revision is never changed');
END;
CREATE TRIGGER revision_no_delete BEFORE DELETE ON revision
BEGIN
	SELECT raise(ABORT, 'a revision is never deleted');
END;
CREATE TRIGGER entry_version_no_update BEFORE UPDATE ON entry_version
BEGIN
	SELECT raise(ABORT, 'an entry version is never changed');
END;
CREATE TRIGGER entry_version_no_delete BEFORE DELETE ON entry_version
BEGIN
	SELECT raise(ABORT, 'an entry version is never deleted');
END;
CREATE TRIGGER entry_no_update BEFORE UPDATE OF id, document_id,
    created_revision ON entry
BEGIN
	SELECT raise(ABORT, 'an entry keeps its number and its document');
END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN
	SELECT raise(ABORT, 'an entry is archived, never deleted');
END;
CREATE TRIGGER revision_entry_no_update BEFORE UPDATE ON revision_entry
BEGIN
	SELECT raise(ABORT, 'what a revision did is never changed');
END;
CREATE TRIGGER revision_entry_no_delete BEFORE DELETE ON revision_entry
BEGIN
	SELECT raise(ABORT, 'what a revision did is never deleted');
END;

-- One transaction may change a document twice: then its second outline takes
-- the place of the first, which nobody has seen.
CREATE TRIGGER outline_no_update BEFORE UPDATE ON outline
WHEN OLD.revision < (SELECT max(id) FROM revision)
BEGIN
	SELECT raise(ABORT, 'an outline of the past is never changed');
END;
CREATE TRIGGER outline_no_delete BEFORE DELETE ON outline
BEGIN
	SELECT raise(ABORT, 'an outline is never deleted');
END;
CREATE TRIGGER outline_entry_no_update BEFORE UPDATE ON outline_entry
BEGIN
	SELECT raise(ABORT, 'an outline is replaced, never changed');
END;
CREATE TRIGGER outline_entry_no_delete BEFORE DELETE ON outline_entry
WHEN OLD.revision < (SELECT max(id) FROM revision)
BEGIN
	SELECT raise(ABORT, 'an outline of the past is never deleted');
END;
