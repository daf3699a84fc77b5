# packages.sh - Debian packages that the drivers need; sourced by run, and
# by ./check next to tools/packages.sh.
#
# SPDX-License-Identifier: ISC

driver_packages="postgresql-15 postgresql-client-15 openssl python3
	python3-psycopg2 python3-psycopg libdbd-pg-perl
	libpostgresql-jdbc-java openjdk-17-jdk-headless"

# Whatever node is there will do; else Debian's.
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
	driver_packages="$driver_packages nodejs npm"
fi

# npm packages, with their versions; they go below the build directory.
node_packages="pg@8.23.1 pg-cursor@2.22.0"
