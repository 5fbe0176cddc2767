#!/bin/bash
# SPDX-License-Identifier: MIT
# The figures of loci in one run: creation and round trips beside bare sockets, pools beside Python's, the cost of many loci at once.
# usage: bench/loci/run.sh BUILD_DIR
set -e
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$build/loko" --compile loci.sps --output "$tmp/loci" && "$tmp/loci"
if gcc -O2 raw.c -o "$tmp/raw" 2>/dev/null; then "$tmp/raw"; fi
if command -v racket >/dev/null; then racket places.rkt; fi
"$build/loko" --compile pool.sps --output "$tmp/pool" && "$tmp/pool"
if command -v python3 >/dev/null; then python3 pool.py; fi
"$build/loko" --compile allocation.sps --output "$tmp/allocation" && "$tmp/allocation"
