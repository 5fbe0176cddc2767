// SPDX-License-Identifier: MIT
//
// What primitives that are compiled in line take, for the messages of failed checks (errors.sls): the text that
// tools/tablegen makes of the clauses `takes`, searched only after a failure.
#include "runtime/memory/heap.h"
#include "runtime/data/text_access.h"

namespace loko {

Value primitive_takes(Value name);

namespace {

constexpr char kSignatures[] =
#include "tables/signatures.inc"
    "";

}  // namespace

/// The types of a primitive's arguments as a list of symbols (that of a rest argument ends in *); #f if unknown.
Value primitive_takes(Value name) {
  if (!is_symbol(name)) return False;
  Value wanted = symbol_name(name);
  u64 n = string_length(wanted);
  const char* line = kSignatures;
  while (*line) {
    const char* at = line;
    u64 i = 0;
    while (i < n && static_cast<u8>(*at) == string_ref(wanted, i)) ++at, ++i;
    bool found = i == n && *at == ' ';
    const char* end = line;
    while (*end != '\n') ++end;
    if (found) {
      Value types = Null;
      for (const char* stop = end; stop > at;) {  // the last type first
        const char* start = stop;
        while (start[-1] != ' ') --start;
        types = make_pair(intern(start, static_cast<u64>(stop - start)), types);
        stop = start - 1;
      }
      return types;
    }
    line = end + 1;
  }
  return False;
}

}  // namespace loko
