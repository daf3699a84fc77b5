# packages.sh - which Debian packages the project needs; sourced by
# ./quickstart and ./check, which install what is missing.
#
# SPDX-License-Identifier: ISC

build_packages="gcc libc6-dev make autoconf automake pkg-config perl bzip2
	unicode-data libsqlite3-dev libevent-dev libssl-dev libutf8proc-dev
	libjansson-dev zlib1g-dev libpq-dev libcmark-gfm-dev libcmark-gfm-extensions-dev"

check_packages="$build_packages libcmocka-dev xz-utils procps
	postgresql-15 tmux mandoc"

long_check_packages="$check_packages clang libclang-rt-14-dev llvm-14
	valgrind gcovr"

# of the benchmarks, by hand: what they measure us against
bench_packages="$check_packages groonga-bin
	libsearch-xapian-perl"

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Run a command as root: as it is, or through sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "root rights are needed for: $* (no sudo here)"
	fi
}

# Install those of the named packages that are missing.
install_packages() {
	missing=
	for package in $(printf '%s\n' "$@" | sort -u); do
		dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null |
			grep -q '^ii' || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
		die "this is no Debian: please install$missing"
	say "installing:$missing"
	apt_get="apt-get -qq -o Dpkg::Use-Pty=0"
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive $apt_get update &&
	as_root env DEBIAN_FRONTEND=noninteractive $apt_get install -y \
		--no-install-recommends $missing >/dev/null ||
		die "could not install:$missing"
}
