# build.sh - the build that a benchmark measures; sourced by the others.
#
# It is $KB_BUILDDIR, or build/release, which is what ./quickstart makes; it
# is configured when it is not there. Never measure a build with sanitizers.
#
# SPDX-License-Identifier: ISC

top=$(cd "$(dirname "$0")/.." && pwd)
build=${KB_BUILDDIR:-$top/build/release}

# Make a target of that build; what make says goes to standard error.
build_target() {
	{
		[ -x "$top/configure" ] || (cd "$top" && autoreconf -fi)
		if [ ! -f "$build/Makefile" ]; then
			mkdir -p "$build"
			(cd "$build" && "$top/configure" -q)
		fi
		make -s -C "$build" -j "$(nproc)" "$@"
	} >&2
}
