#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The runtime stub must need nothing that a C library's start-up code would set up: no thread-local storage, no
# constructors, no relocations, no undefined symbols, no interpreter. Usage: freestanding_link.sh BUILD_DIRECTORY
set -eu
build=${1:?build directory}
stub=$build/stub
object=$build/runtime.o
failed=0

complain() {
  echo "freestanding_link: $1" >&2
  failed=1
}

if readelf -lW "$stub" | grep -qE '^ *(TLS|INTERP|DYNAMIC) '; then complain "the stub has TLS, INTERP or DYNAMIC segments"; fi
if readelf -SW "$stub" | grep -qE '\.(init_array|fini_array|ctors|tdata|tbss)'; then
  complain "the stub has constructors, relocations or thread-local sections"
fi
if readelf -SW "$stub" | grep -qE " \.rela?\."; then complain "the stub has relocations"; fi
if readelf -SW "$object" | grep -qE ' \.(init_array|fini_array|ctors)'; then complain "an object has static constructors"; fi
undefined=$(nm -u "$object" | grep -vE '_GLOBAL_OFFSET_TABLE_' || true)
unexpected=$(echo "$undefined" | awk '{print $NF}' | grep -E '^(malloc|free|calloc|realloc|printf|fprintf|abort|__cxa|_Zn|_Zd|__tls_get_addr|environ|stdout|stderr)' || true)
if [ -n "$unexpected" ]; then complain "the runtime needs: $unexpected"; fi

# Without an image it says so and exits with status 70.
status=0
message=$("$stub" 2>&1) || status=$?
if [ "$status" != 70 ]; then complain "the bare stub ended with status $status: $message"; fi

[ "$failed" = 0 ] && echo "freestanding_link: ok"
exit "$failed"
