# tests/drivers/local.mk - real PostgreSQL drivers and other peers over TCP
# SPDX-License-Identifier: ISC

peer_tests = \
	tests/t/300-drivers.t \
	tests/t/310-hostile.t \
	tests/t/320-attacks.t \
	tests/t/330-same-as-postgres.t

TESTS += $(peer_tests)
EXTRA_DIST += $(peer_tests)

EXTRA_DIST += \
	%D%/Pgjdbc.java \
	%D%/dbd-pg-driver.pl \
	%D%/import.bench \
	%D%/kbtap.py \
	%D%/node-driver.js \
	%D%/packages.sh \
	%D%/pgbench-driver.sh \
	%D%/pipeline.bench \
	%D%/psql-driver.sh \
	%D%/psycopg2-driver.py \
	%D%/psycopg3-driver.py \
	%D%/run \
	%D%/search.bench \
	%D%/select.bench \
	%D%/stub.sql
