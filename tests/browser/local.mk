# tests/browser/local.mk - the wiki in a real browser
# SPDX-License-Identifier: ISC

TESTS += tests/t/420-wiki-browser.t
EXTRA_DIST += tests/t/420-wiki-browser.t %D%/packages.sh %D%/run %D%/wiki.js
