// SPDX-License-Identifier: MIT
//
// How C++ primitives raise: the condition is left as a list in Context::pending, kStubCCall calls the hook.
#include "runtime/memory/heap.h"

namespace loko {

namespace {

u64 length(const char* s) {
  u64 n = 0;
  while (s[n]) ++n;
  return n;
}

Value raise_list(const char* kind, const char* who, const char* message, Value irritants) {
  Value who_value = who ? intern(who, length(who)) : False;
  Value text = make_string_utf8(message, length(message));
  Value list = make_pair(who_value, make_pair(text, irritants));
  context().pending = make_pair(intern(kind, length(kind)), list);
  return RaiseMark;
}

}  // namespace

Value raise_condition(const char* kind, const char* who, const char* message, Value irritant) {
  return raise_list(kind, who, message, make_pair(irritant, Null));
}

Value raise_condition(const char* kind, const char* who, const char* message) { return raise_list(kind, who, message, Null); }

Value raise_condition2(const char* kind, const char* who, const char* message, Value irritant1, Value irritant2) {
  return raise_list(kind, who, message, make_pair(irritant1, make_pair(irritant2, Null)));
}

}  // namespace loko
