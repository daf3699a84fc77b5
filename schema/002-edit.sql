-- 002-edit.sql - what people do to documents and entries besides their text.
--
-- SPDX-License-Identifier: ISC

-- What a revision did to a document as a whole. A rename is true for all
-- revisions: the past of a document is found under the name it has now.
CREATE TABLE revision_document(
	revision INTEGER NOT NULL REFERENCES revision(id),
	document_id INTEGER NOT NULL REFERENCES document(id),
	action TEXT NOT NULL CHECK(action IN ('created', 'renamed',
	    'archived', 'unarchived')),
	name TEXT NOT NULL,		-- after it
	old_name TEXT,			-- before it, when it was renamed
	PRIMARY KEY(revision, document_id, action, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_document_document
    ON revision_document(document_id, revision);

-- Somebody read an entry and found it right: that is no edit. Who and when is
-- the revision's.
CREATE TABLE entry_review(
	entry_id INTEGER NOT NULL REFERENCES entry(id),
	revision INTEGER NOT NULL REFERENCES revision(id),
	version INTEGER NOT NULL,	-- that was read
	review_by TEXT,			-- '2026-01-31', when to look again
	PRIMARY KEY(entry_id, revision),
	FOREIGN KEY(entry_id, version) REFERENCES entry_version
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_review_revision ON entry_review(revision);

CREATE TRIGGER revision_document_no_update BEFORE UPDATE ON revision_document
BEGIN
	SELECT raise(ABORT, 'what a revision did is never changed');
END;
CREATE TRIGGER revision_document_no_delete BEFORE DELETE ON revision_document
BEGIN
	SELECT raise(ABORT, 'what a revision did is never deleted');
END;

-- One transaction may verify an entry twice: then the second time counts.
CREATE TRIGGER entry_review_no_update BEFORE UPDATE ON entry_review
BEGIN
	SELECT raise(ABORT, 'a review is never changed');
END;
CREATE TRIGGER entry_review_no_delete BEFORE DELETE ON entry_review
WHEN OLD.revision < (SELECT max(id) FROM revision)
BEGIN
	SELECT raise(ABORT, 'a review of the past is never deleted');
END;
