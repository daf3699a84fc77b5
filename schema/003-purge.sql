-- 003-purge.sql - a secret that was stored by mistake can be taken out of the
-- past, and only that.
--
-- SPDX-License-Identifier: ISC

-- That it happened: the text is gone, the fact stays.
CREATE TABLE purge(
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	version INTEGER NOT NULL,	-- in which it was seen
	author TEXT NOT NULL,		-- the admin's role
	message TEXT NOT NULL,		-- why
	created_at TEXT NOT NULL,
	revision INTEGER NOT NULL,	-- the newest then
	texts INTEGER NOT NULL,		-- how many it was taken out of
	is_open INTEGER NOT NULL CHECK(is_open IN (0, 1))	-- only within
					-- the transaction that does it
) STRICT;
CREATE TRIGGER purge_no_delete BEFORE DELETE ON purge
BEGIN
	SELECT raise(ABORT, 'a purge is never forgotten');
END;
CREATE TRIGGER purge_no_update BEFORE UPDATE ON purge WHEN OLD.is_open = 0
BEGIN
	SELECT raise(ABORT, 'a purge is never changed');
END;

-- While one is open, texts of the past may change; what they belong to never.
DROP TRIGGER revision_no_update;
CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision
WHEN NOT EXISTS (SELECT 1 FROM purge WHERE is_open = 1)
BEGIN
	SELECT raise(ABORT, 'a revision is never changed');
END;
CREATE TRIGGER revision_no_move BEFORE UPDATE OF id, author, created_at
    ON revision
BEGIN
	SELECT raise(ABORT, 'a revision is never changed');
END;
DROP TRIGGER entry_version_no_update;
CREATE TRIGGER entry_version_no_update BEFORE UPDATE ON entry_version
WHEN NOT EXISTS (SELECT 1 FROM purge WHERE is_open = 1)
BEGIN
	SELECT raise(ABORT, 'an entry version is never changed');
END;
CREATE TRIGGER entry_version_no_move BEFORE UPDATE OF entry_id, version,
    revision, base_version ON entry_version
BEGIN
	SELECT raise(ABORT, 'an entry version is never changed');
END;
DROP TRIGGER revision_document_no_update;
CREATE TRIGGER revision_document_no_update BEFORE UPDATE ON revision_document
WHEN NOT EXISTS (SELECT 1 FROM purge WHERE is_open = 1)
BEGIN
	SELECT raise(ABORT, 'what a revision did is never changed');
END;
