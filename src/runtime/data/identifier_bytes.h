// SPDX-License-Identifier: MIT
//
// The ASCII characters of which a token consists as they are: what an identifier may contain without bars or escapes, and
// numbers, too (R6RS 4.2.4, R7RS 7.1.1). For read and for write.
#pragma once

#include "tables/abi.h"

namespace loko {

constexpr bool is_identifier_byte(u8 b) {
  if (b < 33 || b > 126) return false;
  for (const char* c = "()[]\";\\|{}'`,"; *c != 0; ++c)
    if (b == static_cast<u8>(*c)) return false;
  return true;
}

}  // namespace loko
