#!/bin/sh
# pgbench-driver.sh - pgbench in its three protocols, and a pipeline.
#
# Not a benchmark: that no transaction fails is what counts here.
#
# SPDX-License-Identifier: ISC
set -u

here=$(cd "$(dirname "$0")" && pwd)
pgbench=${KB_PG_BINDIR:-/usr/lib/postgresql/15/bin}/pgbench
count=0
failed=0
PGPASSWORD=$KB_TEST_PASSWORD
PGSSLMODE=verify-full
PGSSLROOTCERT=$KB_TEST_CERT
PGHOST=$KB_TEST_HOST
PGPORT=$KB_TEST_PORT
PGUSER=$KB_TEST_USER
export PGPASSWORD PGSSLMODE PGSSLROOTCERT PGHOST PGPORT PGUSER
[ -x "$pgbench" ] || pgbench=pgbench

bench() {	# name transactions arguments...
	name=$1
	want=$2
	shift 2
	count=$((count + 1))
	out=$(timeout 120 "$pgbench" -n "$@" kb 2>&1)
	if printf '%s\n' "$out" |
		grep -q "actually processed: $want/$want\$" &&
		! printf '%s\n' "$out" | grep -q 'error\|aborted'; then
		echo "ok $count - $name"
		printf '%s\n' "$out" | grep '^tps' | sed 's/^/# /'
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
}

for mode in simple extended prepared; do
	bench "$mode, one client" 50 -M $mode -c 1 -t 50 \
		-f "$here/select.bench"
	bench "$mode, eight clients" 200 -M $mode -c 8 -j 2 -t 25 \
		-f "$here/select.bench" -f "$here/search.bench"
	bench "$mode, a connection for each" 20 -M $mode -C -c 2 -t 10 \
		-f "$here/select.bench"
done
bench 'extended, pipeline' 40 -M extended -c 4 -t 10 \
	-f "$here/pipeline.bench"
bench 'prepared, pipeline' 40 -M prepared -c 4 -t 10 \
	-f "$here/pipeline.bench"
bench 'prepared, CALL in a transaction' 20 -M prepared -c 2 -t 10 \
	-f "$here/import.bench"

echo "1..$count"
[ "$failed" = 0 ]
