-- 004-tally.sql - what people searched for.
--
-- Counts, not knowledge: no revision, and the least asked lines make room for
-- new ones. The text went through the secret scan, as lessons do.
--
-- SPDX-License-Identifier: ISC

CREATE TABLE search_tally(
	query TEXT PRIMARY KEY,		-- one line, lower case, capped
	asked INTEGER NOT NULL,		-- times
	unanswered INTEGER NOT NULL,	-- of these, times that nothing fitted
	answers INTEGER NOT NULL,	-- the last time
	first_at TEXT NOT NULL,		-- UTC as clock_now() writes it
	last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
