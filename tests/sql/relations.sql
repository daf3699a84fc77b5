-- relations.sql - the relations of kbd as PostgreSQL tables.
--
-- A PostgreSQL 15 that is compared with kbd gets these tables and kbd's rows.
-- The types are those that kbd announces (kb/relation.c).
--
-- SPDX-License-Identifier: ISC

CREATE TABLE documents(
	name text, title text, source text, entries integer, revision bigint,
	updated_at timestamptz, updated_by text, document_date date,
	next_review text, archived boolean
);

CREATE TABLE entries(
	id bigint, document text, parent_id bigint, position integer,
	depth integer, slug text, title text, heading text, line integer,
	kind text, severity text, symptom text, cause text, fix text,
	prevention text, markdown text, version integer, revision bigint,
	created_at timestamptz, updated_at timestamptz, updated_by text,
	review_by date, archived boolean, owner text, verified_at timestamptz,
	verified_by text, verified_version integer, stale boolean
);

CREATE TABLE entry_versions(
	entry_id bigint, version integer, revision bigint,
	base_version integer, title text, markdown text, author text,
	message text, created_at timestamptz
);

CREATE TABLE revisions(
	revision bigint, author text, message text, created_at timestamptz,
	entries integer
);

CREATE TABLE revision_entries(
	revision bigint, entry_id bigint, version integer, action text
);

CREATE TABLE fields(entry_id bigint, ordinal integer, name text, text text);

CREATE TABLE commands(
	entry_id bigint, ordinal integer, lang text, text text, note text,
	risk text, file text
);

CREATE TABLE checklist_items(
	entry_id bigint, ordinal integer, text text, is_task boolean,
	done boolean, ordered boolean
);

CREATE TABLE signatures(
	entry_id bigint, ordinal integer, text text, origin text, mode text,
	template text, specificity double precision
);
