// SPDX-License-Identifier: MIT
//
// The check of the arguments that calls which move bytes have in common.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

/// Null, or what is wrong with (fd bytevector start count); then `culprit` is the argument.
inline const char* check_transfer(Value fd, Value bv, Value start, Value count, Value* culprit) {
  u64 n = is_bytevector(bv) ? length_of(bv) : 0;
  u64 from = static_cast<u64>(fixnum_value(start)), size = static_cast<u64>(fixnum_value(count));
  *culprit = fd;
  if (!is_fixnum(fd)) return "expected a descriptor";
  *culprit = bv;
  if (!is_bytevector(bv)) return "expected a bytevector";
  *culprit = start;
  if (!is_fixnum(start) || from > n) return "index out of range";
  *culprit = count;
  return is_fixnum(count) && size <= n - from ? nullptr : "index out of range";
}

}  // namespace loko
