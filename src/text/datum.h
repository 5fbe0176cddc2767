// SPDX-License-Identifier: MIT
//
// The datum tree that the reader makes: external syntax with a span on every node, in an Arena.
// Not heap data: the collector doesn't know it, and the expander may keep it across suspensions.
//
// INVARIANT(datum): texts are valid UTF-8 and live as long as the SourceManager and the Arena. A tree without
// datum labels is a proper tree; `labelled` marks the nodes that #n# may lead back to (they may be shared or lie
// on a cycle), and Label nodes never remain in what Reader::read returns. Numbers are kept as their text, so
// that a tree needs no heap; to_heap makes the value.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/source.h"
#include "runtime/memory/heap.h"

namespace loko::text {

enum class DatumKind : u8 {
  Null,        // ()
  Bool,        // boolean
  Number,      // text: the lexeme, prefixes included; parse_number takes it
  Char,        // character
  String,      // text: the content, UTF-8
  Symbol,      // text: the name, UTF-8, escapes and case folding resolved
  Pair,        // car cdr
  Vector,      // items count
  Bytevector,  // bytes count
  Immediate,   // immediate: a value without external syntax in the reports (#!eof …)
  Label        // #n#, inside the reader only
};

struct Datum {
  DatumKind kind = DatumKind::Null;
  bool boolean = false;
  bool bracket = false;   // Pair, Null: the list was written with [ ]
  bool labelled = false;  // named by #n=
  u32 character = 0;
  Span span{};
  union {
    struct { Datum* car; Datum* cdr; };
    struct { Datum** items; u64 count; };
    struct { const u8* bytes; u64 byte_count; };
    struct { const char* text_data; u64 text_size; };
    Value immediate;
  };

  /// Number, String, Symbol.
  std::string_view text() const { return {text_data, text_size}; }
  bool is(DatumKind k) const { return kind == k; }
  bool is_pair() const { return kind == DatumKind::Pair; }
  bool is_null() const { return kind == DatumKind::Null; }
  bool is_symbol() const { return kind == DatumKind::Symbol; }
  bool is_symbol(std::string_view name) const { return kind == DatumKind::Symbol && text() == name; }
};

/// The plain heap value of a datum: sharing and cycles are kept, places are not. Allocates, never collects.
Value to_heap(const Datum* datum);

/// The value of one leaf: anything but Pair, Vector and Label.
Value leaf_to_heap(const Datum* datum);

/// External representation, for messages and tests. Shared parts are written as often as they are reached,
/// labelled ones as #n= and #n#.
std::string to_string(const Datum* datum);

}  // namespace loko::text
