-- auth-001-role.sql - roles, and how they prove who they are.
--
-- auth.db is a file of its own that no reader connection ever opens, so that
-- no query, however clever, can reach a verifier. Released steps are never
-- edited: a change is a new step.
--
-- SPDX-License-Identifier: ISC

PRAGMA application_id = 1801609589;	-- "kbau"
PRAGMA user_version = 1;		-- this step's number

-- Single values.
--   mock_secret  32 random bytes that make the salts of roles that do not
--                exist; they must be the same after a restart
CREATE TABLE meta(
	key TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE role(
	-- as the startup packet names it, case kept
	name TEXT PRIMARY KEY CHECK (length(name) > 0),
	-- SCRAM-SHA-256 verifier, never clear text; '' cannot use a password
	verifier TEXT NOT NULL DEFAULT ''
	    CHECK (verifier = '' OR verifier GLOB 'SCRAM-SHA-256$*:*$*:*'),
	-- 1 viewer, 2 editor, 3 admin; each may do what those below it may
	level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
	can_login INTEGER NOT NULL DEFAULT 1 CHECK (can_login IN (0, 1)),
	-- time as everywhere ("2026-11-23 21:43:00.123456+00"); '' is for ever
	valid_until TEXT NOT NULL DEFAULT ''
	    CHECK (length(valid_until) IN (0, 29)),
	-- connections at the same time; -1 is no limit of its own
	connection_limit INTEGER NOT NULL DEFAULT -1
	    CHECK (connection_limit >= -1),
	created_at TEXT NOT NULL CHECK (length(created_at) = 29),
	-- when the verifier was last set; '' never
	password_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
