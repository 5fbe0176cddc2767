// SPDX-License-Identifier: MIT
//
// Settings of the runtime that come from the environment of the process.
#include "runtime/memory/heap.h"

namespace loko {

namespace {

/// The value of a variable in the environment, or null.
const char* lookup(char** envp, const char* name) {
  for (; envp && *envp; ++envp) {
    const char *e = *envp, *n = name;
    while (*n && *e == *n) ++e, ++n;
    if (!*n && *e == '=') return e + 1;
  }
  return nullptr;
}

u64 parse_size(const char* s) {
  u64 n = 0;
  while (*s >= '0' && *s <= '9' && n < u64{1} << 50) n = 10 * n + static_cast<u64>(*s++ - '0');
  switch (*s) {
    case 'k': case 'K': return n << 10;
    case 'm': case 'M': return n << 20;
    case 'g': case 'G': return n << 30;
    default: return n << 20;
  }
}

}  // namespace

u64 heap_limit_of(char** envp) {
  const char* s = lookup(envp, "LOKO_HEAP");
  return s ? parse_size(s) : 0;
}

}  // namespace loko
