// SPDX-License-Identifier: MIT
//
// How a primitive hands its work over: it returns as if it raised, but what is pending says what is to be done.
#include "runtime/data/long_work.h"

namespace loko {

namespace {

Value index_value(u64 n) { return fixnum(static_cast<i64>(n)); }

Value with(Value first, Value rest) { return first == Default ? rest : make_pair(first, rest); }

Value hand_over(LongWork what, Value arguments) {
  arguments = make_pair(index_value(stretch() / 2), arguments);
  context().pending = make_pair(False, make_pair(fixnum(static_cast<i64>(what)), arguments));
  return RaiseMark;
}

}  // namespace

u64 stretch() { return context().switch_torture ? u64{64} : u64{1} << 17; }

bool is_long(u64 n) { return n > stretch() && is_procedure(context().hooks[kHookLongWork]); }

Value in_pieces(LongWork what, Value a, Value b) { return hand_over(what, make_pair(a, with(b, Null))); }

Value in_pieces(LongWork what, Range r, Value a, Value b, Value c) {
  Value range = make_pair(index_value(r.start), make_pair(index_value(r.end), Null));
  return hand_over(what, make_pair(a, with(b, with(c, range))));
}

}  // namespace loko
