-- stub.sql - kbd's SQL surface, acted by PostgreSQL.
--
-- The tests of drivers and of hostile clients are tried out against a real
-- PostgreSQL first: what fails there is a fault of the test. Loaded after
-- tests/sql/relations.sql. Importing is only acted as far as those tests can
-- see: a document, an entry for each line that starts with "#", a revision.
--
-- SPDX-License-Identifier: ISC

CREATE SEQUENCE entry_number;

CREATE FUNCTION search(query text, "limit" integer DEFAULT 10)
RETURNS TABLE(
	rank integer, entry_id bigint, document text, title text, kind text,
	severity text, confidence text, score double precision, snippet text,
	answer json, total integer
) LANGUAGE sql STABLE AS $$
	SELECT row_number() OVER (ORDER BY e.id)::integer, e.id, e.document,
	    e.title, e.kind, e.severity, 'likely'::text, 1.5::double precision,
	    left(e.markdown, 80),
	    json_build_object('entry', e.id, 'title', e.title, 'fix', e.fix),
	    count(*) OVER ()::integer
	FROM entries e
	WHERE query <> '' AND e.markdown ILIKE '%' || query || '%'
	ORDER BY e.id LIMIT "limit"
$$;

CREATE FUNCTION document_at(name text, as_of text DEFAULT NULL)
RETURNS TABLE(markdown text, revision bigint) LANGUAGE sql STABLE AS $$
	SELECT string_agg(e.markdown, '' ORDER BY e.id), max(e.revision)
	FROM entries e WHERE e.document = document_at.name
$$;

CREATE PROCEDURE import_document(
	name text, source text, markdown text, base_revision bigint,
	message text, INOUT document text DEFAULT NULL,
	INOUT revision bigint DEFAULT NULL, INOUT added integer DEFAULT NULL,
	INOUT changed integer DEFAULT NULL, INOUT archived integer DEFAULT NULL,
	INOUT unchanged integer DEFAULT NULL
) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	part text;
	last text;
	label text;
	head text;
	number bigint;
	at integer := 1;
	rev bigint;
BEGIN
	IF name LIKE '%..%' THEN
		RAISE invalid_parameter_value;
	END IF;
	document := name;
	added := 0; changed := 0; archived := 0; unchanged := 0;
	LOCK TABLE revisions IN EXCLUSIVE MODE;
	SELECT string_agg(e.markdown, '' ORDER BY e.id) INTO last
	FROM entries e WHERE e.document = name;
	IF last = markdown THEN
		SELECT count(*) INTO unchanged FROM entries e
		WHERE e.document = name;
		RETURN;
	END IF;
	SELECT coalesce(max(r.revision), 0) + 1 INTO rev FROM revisions r;
	INSERT INTO revisions
	VALUES (rev, session_user, message, clock_timestamp(), 0);
	DELETE FROM entries e WHERE e.document = name;
	DELETE FROM documents d WHERE d.name = import_document.name;
	FOR part IN SELECT regexp_split_to_table(markdown, '(?n)^(?=#)') LOOP
		CONTINUE WHEN part = '';
		number := nextval('entry_number');
		head := substring(part from '^#+[ ]*([^\n]*)');
		label := substring(part from '(?n)^Severity: (.*)$');
		INSERT INTO entries VALUES (number, name, NULL, at,
		    length(substring(part from '^#*')), number::text, head,
		    head, at, CASE WHEN label IS NULL THEN 'section'
		    ELSE 'problem' END, coalesce(label, ''),
		    substring(part from '(?n)^Symptom: (.*)$'),
		    substring(part from '(?n)^Cause: (.*)$'),
		    substring(part from '(?n)^Fix: (.*)$'), NULL, part, 1, rev,
		    clock_timestamp(), clock_timestamp(), session_user, NULL,
		    false);
		INSERT INTO entry_versions VALUES (number, 1, rev, NULL, head,
		    part, session_user, message, clock_timestamp());
		INSERT INTO revision_entries VALUES (rev, number, 1, 'created');
		IF part LIKE '%`%`%' THEN
			INSERT INTO commands VALUES (number, 1, 'sh',
			    substring(part from '`([^`]+)`'), NULL,
			    'read-only', NULL);
		END IF;
		at := at + 1;
		added := added + 1;
	END LOOP;
	UPDATE revisions r SET entries = added WHERE r.revision = rev;
	INSERT INTO documents VALUES (name, name, source, added, rev,
	    clock_timestamp(), session_user, DATE '2025-08-03', NULL, false);
	revision := rev;
END
$$;

CREATE ROLE admin LOGIN;
CREATE ROLE editor LOGIN PASSWORD 'Right Horse, 1';
CREATE ROLE refused LOGIN PASSWORD 'Right Horse, 1';
CREATE ROLE expired LOGIN PASSWORD 'Right Horse, 1' VALID UNTIL '2020-01-01';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO admin, editor;
