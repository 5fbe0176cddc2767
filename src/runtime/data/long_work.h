// SPDX-License-Identifier: MIT
//
// Primitives whose work is not bounded hand it over to Scheme while there are fibers: there it is done in pieces, with safepoints
// between, so that the others go on (scheme/loko/base/long-work.sls). The hook kHookLongWork is set by the scheduler at the
// first fiber; without it, and for short work, the primitive does all itself.
// INVARIANT(pieces): arguments are checked before; what the pieces call again is at most `stretch()` elements long.
#pragma once

#include "runtime/data/check.h"

namespace loko {

/// What is done in pieces; the numbers index the table in long-work.sls.
enum class LongWork : i64 {
  MakeVector, VectorFill, VectorCopyInto, VectorCopy, VectorToList, ListToVector, VectorAppend,
  Length, Append, AppendReverse, Reverse, ListCopy, IsList,
  MakeString, StringFill, StringCopyInto, StringCopy, StringToList, ListToString, StringAppend,
  BytevectorFill, BytevectorCopyInto, BytevectorCopy, BytevectorAppend, MakeBytevector, Equal,
  Utf8ToString, StringToUtf8
};

/// How many elements, pairs or steps are done at a stretch: a millisecond's work; few where every safepoint switches.
u64 stretch();

/// Is so much to be done in pieces?
bool is_long(u64 n);

/// Hands the work over: the primitive returns this value. The arguments are a to c, as far as they are given, and the range.
Value in_pieces(LongWork what, Value a, Value b = Default);
Value in_pieces(LongWork what, Range r, Value a, Value b = Default, Value c = Default);

/// As list_length; -3 if the list is long and its rest is to be looked at in pieces.
i64 short_list_length(Value list);

}  // namespace loko
