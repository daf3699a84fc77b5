#!/bin/sh
# psql-driver.sh - psql over the socket, TCP and TLS, with channel binding.
#
# SPDX-License-Identifier: ISC
set -u

count=0
failed=0
PGPASSWORD=$KB_TEST_PASSWORD
export PGPASSWORD
port="port=$KB_TEST_PORT dbname=kb connect_timeout=10"
host="host=$KB_TEST_HOST $port user=$KB_TEST_USER"
full="$host sslmode=verify-full sslrootcert=$KB_TEST_CERT"
nl='
'

ok() {		# status name [why]
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %s - %s\n' "$count" "$2"
	else
		failed=$((failed + 1))
		printf 'not ok %s - %s\n' "$count" "$2"
		printf '%s\n' "${3-}" | sed 's/^/# /'
	fi
}

is() {		# got want name
	[ "$1" = "$2" ]
	ok $? "$3" "got: $1${nl}want: $2"
}

like() {	# text pattern name
	printf '%s\n' "$1" | grep -q -E -e "$2"
	ok $? "$3" "$1${nl}has no: $2"
}

sql() {		# conninfo arguments...
	conninfo=$1
	shift
	timeout 30 psql -X -A -t -q "$conninfo" "$@" </dev/null 2>&1
}

input() {	# conninfo arguments...; the statements come from stdin
	conninfo=$1
	shift
	timeout 30 psql -X -A -t -q "$conninfo" "$@" 2>&1
}

# Ways in.
is "$(sql "host=$KB_TEST_SOCKET $port user=$KB_TEST_SOCKET_USER" -w \
	-c 'SELECT current_user')" "$KB_TEST_SOCKET_USER" 'socket, peer'
is "$(sql "$host sslmode=disable" -c 'SELECT current_user')" \
	"$KB_TEST_USER" 'TCP in clear on loopback, SCRAM'
is "$(sql "$full" -c 'SELECT current_user')" "$KB_TEST_USER" 'verify-full'
is "$(sql "$full channel_binding=require" -c 'SELECT 1')" 1 \
	'channel_binding=require'
is "$(sql "$full ssl_max_protocol_version=TLSv1.2" -c 'SELECT 1')" 1 \
	'TLS 1.2'
is "$(sql "$full ssl_min_protocol_version=TLSv1.3" -c 'SELECT 1')" 1 \
	'TLS 1.3'
like "$(sql "$full" -c '\conninfo')" 'SSL connection .*TLSv1\.[23]' \
	'\conninfo tells of TLS'

# Ways not in.
like "$(sql "$full password=wrong" -c 'SELECT 1')" \
	'password authentication failed for user' 'a wrong password'
like "$(sql "$full user=nobody-here" -c 'SELECT 1')" \
	'password authentication failed for user' 'an unknown role'
like "$(sql "$full dbname=nosuch" -c 'SELECT 1')" \
	'database "nosuch" does not exist' 'an unknown database'
like "$(sql "hostaddr=127.0.0.1 $full host=elsewhere.example" \
	-c 'SELECT 1')" 'does not match host name' \
	'verify-full refuses another name'
like "$(sql "$full sslrootcert=/dev/null" -c 'SELECT 1')" \
	'certificate|root' 'verify-full refuses an unknown certificate'
like "$(sql "$host sslmode=disable channel_binding=require" \
	-c 'SELECT 1')" 'channel binding' 'no channel binding without TLS'

# Statements.
like "$(sql "$full" -c 'SELECT version()')" '^PostgreSQL 15' 'version()'
like "$(sql "$full" -c 'SHOW server_version')" '^15' 'SHOW server_version'
is "$(sql "$full" -c 'SHOW transaction_isolation')" 'read committed' \
	'SHOW transaction_isolation'
is "$(sql "$full" -c 'SELECT 1; SELECT 2')" "1${nl}2" 'two in one query'
is "$(sql "$full" -F '|' -c "SELECT 1, NULL, '磁盘', true")" \
	'1||磁盘|t' 'values are printed'
is "$(psql -X -A "$full" -P footer=off -c 'SELECT count(*) FROM documents
	WHERE name = '\''fixture/alpha'\')" "count${nl}1" \
	'an unnamed count is called count'
like "$(sql "$full" -v VERBOSITY=verbose -c 'SELECT id, nosuch
FROM entries')" '42703' 'an error has its SQLSTATE'
like "$(sql "$full" -c 'SELECT id, nosuch FROM entries')" '^ +\^$' \
	'and its place'
like "$(sql "$full" -c '/* 磁盘 */ SELEC 1')" '^LINE 1: .*SELEC 1' \
	'a syntax error shows its line'
like "$(sql "$full" -F '|' -c "SELECT rank, title FROM search('docker')
	ORDER BY rank LIMIT 1")" '^1\|.+' 'search() answers'
is "$(input "$full" <<'END'
\set AUTOCOMMIT off
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
SELECT 1;
SELECT * FROM nosuch;
SELECT 2;
COMMIT;
END
)" "1${nl}ERROR:  42P01${nl}2" 'ON_ERROR_ROLLBACK uses savepoints'
is "$(input "$full" -v VERBOSITY=sqlstate <<'END'
BEGIN;
SELECT * FROM nosuch;
SELECT 1;
COMMIT;
SELECT 3;
END
)" "ERROR:  42P01${nl}ERROR:  25P02${nl}3" 'a failed block ends at COMMIT'
is "$(input "$full" <<'END'
BEGIN;
CALL import_document('drivers/psql', 'psql.md', E'# A\n\ntext\n', NULL, 'test')
\g /dev/null
SELECT count(*) FROM documents WHERE name = 'drivers/psql';
ROLLBACK;
SELECT count(*) FROM documents WHERE name = 'drivers/psql';
END
)" "1${nl}0" 'a CALL is rolled back'
is "$(input "$full" <<'END'
PREPARE q(bigint) AS SELECT $1 + 1;
EXECUTE q(41);
DEALLOCATE q;
END
)" 42 'PREPARE, EXECUTE, DEALLOCATE'
is "$(input "$full" <<'END'
\set id 1
\set doc fixture/alpha
SELECT count(*) FROM documents WHERE name = :'doc' AND :id = 1;
\echo :ROW_COUNT :SQLSTATE
END
)" "1${nl}1 00000" 'variables of psql'
is "$(PGOPTIONS='-c statement_timeout=300' sql "$full" \
	-v VERBOSITY=sqlstate -c 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
	SELECT i + 1 FROM n) SELECT count(*) FROM n')" 'ERROR:  57014' \
	'PGOPTIONS set statement_timeout'
sql "$full" -l >/dev/null 2>&1
is "$(sql "$full" -c 'SELECT 1')" 1 '\l does no harm'

# Another password: psql hashes it, only the verifier travels.
if command -v setsid >/dev/null 2>&1; then
	new='another Horse 2'
	printf '%s\n%s\n' "$new" "$new" |
		setsid -w psql -X -q "$full" -c '\password' >/dev/null 2>&1
	is "$(PGPASSWORD=$new sql "$full" -c 'SELECT 1')" 1 '\password'
	printf '%s\n%s\n' "$KB_TEST_PASSWORD" "$KB_TEST_PASSWORD" |
		PGPASSWORD=$new setsid -w psql -X -q "$full" -c '\password' \
		>/dev/null 2>&1
	is "$(sql "$full" -c 'SELECT 1')" 1 '\password, back again'
fi

echo "1..$count"
[ "$failed" = 0 ]
