// SPDX-License-Identifier: MIT
//
// Endianness symbols of (rnrs bytevectors).
#pragma once

#include "runtime/data/check.h"
#include "runtime/data/text_access.h"

namespace loko {

/// 'big or 'little; false after raising.
inline bool take_endianness(const char* who, Value v, bool& big) {
  if (is_symbol(v)) {
    Text name = text_of(symbol_name(v));
    if (name.length == 3 && name.narrow != nullptr && __builtin_memcmp(name.narrow, "big", 3) == 0) return big = true, true;
    if (name.length == 6 && name.narrow != nullptr && __builtin_memcmp(name.narrow, "little", 6) == 0) return big = false, true;
  }
  return raise_assertion(who, "expected an endianness: big or little", v), false;
}

}  // namespace loko
