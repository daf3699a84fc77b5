# packages.sh - Debian packages that the browser tests need; sourced by run,
# and by ./check next to tools/packages.sh.
#
# SPDX-License-Identifier: ISC

browser_packages="chromium curl openssl fonts-wqy-microhei fonts-dejavu-core
	fonts-noto-color-emoji"

# Whatever node is there will do; else Debian's.
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
	browser_packages="$browser_packages nodejs npm"
fi

# npm packages, with their versions; they go below the build directory. Node 18
# must run them: Debian 12 has it.
browser_node_packages="playwright-core@1.58.2 axe-core@4.14.1"
