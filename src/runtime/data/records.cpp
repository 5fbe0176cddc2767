// SPDX-License-Identifier: MIT
//
// Records that compiled code cannot make by itself: the rtd of rtds, which is an instance of itself,
// and records whose number of fields is known at run time only. Layout: RtdField in tables/abi.h.
#include "runtime/memory/heap.h"

namespace loko {

Value base_rtd();
Value make_record_of(Value rtd, Value fields);

/// The rtd of rtds, made at the first call.
Value base_rtd() {
  Value& root = context().roots[kRootBaseRtd];
  if (is_record(root)) return root;
  static const char* const kNames[kRtdFields] = {"size",      "name",        "parent",     "uid",  "flags", "depth",
                                                 "ancestors", "field-names", "mutability", "extra"};
  Value rtd = make_record(False, kRtdFields);
  root = rtd;
  set_field(rtd, 0, rtd);
  auto set = [&](RtdField field, Value v) { set_field(rtd, 1 + field, v); };
  constexpr char kName[] = "record-type-descriptor";
  set(kRtdSize, fixnum(kRtdFields));
  set(kRtdName, intern(kName, sizeof kName - 1));
  set(kRtdParent, False);
  set(kRtdUid, False);
  set(kRtdFlags, fixnum(3));
  set(kRtdDepth, fixnum(0));
  Value ancestors = make_vector(1, rtd);
  set(kRtdAncestors, ancestors);
  Value names = make_vector(kRtdFields, False);
  for (int i = 0; i < kRtdFields; ++i) {
    u64 n = 0;
    while (kNames[i][n]) ++n;
    set_field(names, 1 + i, intern(kNames[i], n));
  }
  set(kRtdFieldNames, names);
  set(kRtdMutability, fixnum(0));
  set(kRtdExtra, False);
  return rtd;
}

/// A record of the given type with `fields` fields, all #f.
Value make_record_of(Value rtd, Value fields) {
  return make_record(rtd, static_cast<u64>(fixnum_value(fields)));
}

}  // namespace loko
