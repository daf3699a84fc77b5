-- auth-002-web.sql - who is logged in to the wiki, and tokens of its API.
--
-- The secret itself is never stored, only its SHA-256: who reads this file
-- cannot use what stands in it.
--
-- SPDX-License-Identifier: ISC

PRAGMA user_version = 2;

CREATE TABLE web_session(
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	role TEXT NOT NULL REFERENCES role(name) ON DELETE CASCADE,
	created_at TEXT NOT NULL,	-- UTC as clock_now() writes it; one
					-- from before the role's password
					-- was set is not good any more
	expires_at TEXT NOT NULL,
	address TEXT NOT NULL		-- it was begun from
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_role ON web_session(role);
CREATE INDEX web_session_expires ON web_session(expires_at);

CREATE TABLE api_token(
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	role TEXT NOT NULL REFERENCES role(name) ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (length(name) > 0),	-- what it is for
	scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
	created_at TEXT NOT NULL,
	expires_at TEXT NOT NULL,
	UNIQUE(role, name)
) STRICT, WITHOUT ROWID;
