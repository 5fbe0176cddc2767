#!/bin/bash
# SPDX-License-Identifier: MIT
# The test files of the Unicode Character Database (Debian: unicode-data) against the string and character procedures.
# usage: run.sh BUILD_DIR      Ends with "N passed, N failed".
set -u
build=$(cd "${1:?build directory}" && pwd)
cd "$(dirname "$0")" || exit 1
data=/usr/share/unicode
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
bzcat "$data/NormalizationTest.txt.bz2" >"$tmp/NormalizationTest.txt" || { echo "0 passed, 1 failed"; exit 1; }
"$build/loko" --program conformance.sps "$data" "$tmp/NormalizationTest.txt"
