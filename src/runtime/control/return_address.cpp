// SPDX-License-Identifier: MIT
//
// Single return addresses, for the &program-counter of conditions: cheap however deep the stack is.
#include "runtime/memory/heap.h"

namespace loko {

Value return_address(Value index);
Value void_with_counter();

/// Return address `index`, counted from the procedure that calls the primitive; #f if there are fewer.
Value return_address(Value index) {
  Context& c = context();
  i64 n = fixnum_value(index);
  const u64* p = reinterpret_cast<const u64*>(c.scheme_sp);
  const u64* end = reinterpret_cast<const u64*>(c.stack_base);
  Value link = c.link;
  for (;;) {
    for (; p < end; p += 1 + frame_descriptor(*p)->frame_words, --n)
      if (n == 0) return fixnum(static_cast<i64>(*p));
    if (!is_kind(link, Kind::Continuation)) return False;
    const Continuation* piece = reinterpret_cast<const Continuation*>(untagged(link));
    p = piece->frames;
    end = p + header_length(piece->header);
    link = piece->link;
  }
}

/// A void object that remembers where it was made (manual 3.2).
Value void_with_counter() { return Value{*reinterpret_cast<const u64*>(context().scheme_sp) << 8 | kVoidTag}; }

}  // namespace loko
