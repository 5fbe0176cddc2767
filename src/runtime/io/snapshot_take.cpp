// SPDX-License-Identifier: MIT
//
// What a procedure can reach to bytes: %take-snapshot. In: a vector whose first element is a procedure of the program. Out: a snapshot
// (snapshot_format.h), or a text that says why there is none. Reached are: parts of reached objects; of procedures the values of their free variables
// and, by the reach table, the slots that their code and the code it calls mention: the cells of variables of the program and its
// libraries, and literals. So what is missing in a snapshot can't be observed by the procedure, whatever it calls.
// What the system's image contains is the same in all processes of the program and isn't followed: its data that programs can change say so
// ((loko base process-state)).
// INVARIANT(snapshot): an object is in the snapshot once, in the order of discovery; nothing that belongs to the process (continuations,
// handles, guardians, shared memory, records of the system that are not in the list of types) is.
#include "runtime/data/hash_tables.h"
#include "runtime/image_start.h"
#include "runtime/io/object_marks.h"
#include "runtime/io/snapshot_format.h"
#include "runtime/memory/heap_state.h"

namespace loko {

Value take_snapshot(Value roots, Value types);

namespace {

using namespace memory;

/// The reach table of the program.
class ReachTable {
 public:
  explicit ReachTable(Value table) : words_(reinterpret_cast<const u32*>(bytes_of(table))) {}
  u32 count() const { return words_[0]; }
  /// The number of the code with this checked entry, or -1.
  i64 find(u64 entry) const {
    u64 low = 0, high = count();
    while (low < high) {
      u64 middle = (low + high) / 2;
      if (words_[1 + 2 * middle] < entry) low = middle + 1;
      else high = middle;
    }
    return low < count() && words_[1 + 2 * low] == entry ? static_cast<i64>(low) : -1;
  }
  const u32* list(u64 code) const { return words_ + words_[2 + 2 * code]; }

 private:
  const u32* words_;
};

class SnapshotTaker {
 public:
  SnapshotTaker(Value types) : reach_(context().roots[kRootReach]), types_(types) {
    seen_code_ = bytes_of(make_bytevector(reach_.count()));
  }

  /// Null, or why there is no snapshot.
  const char* run(Value roots) {
    Value procedure = slot(roots, 1);
    if (reach_.find(word(procedure, 0)) < 0) return "the procedure is not one of the program";
    if (const char* why = visit(roots)) return why;
    u64 next = 0;
    while (next < objects_.size() || !code_.empty()) {
      while (!code_.empty())
        if (const char* why = scan_code(code_.pop())) return why;
      if (next == objects_.size()) break;
      if (const char* why = scan(objects_[next++])) return why;
    }
    return nullptr;
  }

  Value write(Value roots) {
    const u64 words = kSnapshotHeaderWords + 2 * slots_.size() + words_;
    Value result = make_bytevector(8 * words);
    to_ = reinterpret_cast<u64*>(bytes_of(result));
    const u64 header[] = {kSnapshotMagic, objects_.size(), slots_.size(), encoded(roots)};
    for (u64 w : header) *to_++ = w;
    for (u64 i = 0; i < slots_.size(); ++i) {
      *to_++ = slots_[i];
      *to_++ = encoded(slot_at(slots_[i]));
    }
    for (u64 i = 0; i < objects_.size(); ++i) put(objects_[i]);
    return result;
  }

 private:
  /// How an object is written.
  struct Shape {
    SnapshotKind kind;
    u64 payload;       // words
    u64 values_from;   // words of the object that are values
    u64 values_to;
  };

  // -- finding --

  const char* visit(Value v) {
    if (!is_reference(v)) return nullptr;
    const u64 a = v.bits & ~u64{7};
    if (a < kImageCodeBase) return nullptr;   // procedures of the runtime
    if (is_procedure(v) && !in_heap(a) && !(a >= kImageDataBase && a < kImageDataEnd)) return visit_code(a - static_cast<u64>(i64{kStaticClosureFromEntry}));
    if (!in_heap(a) && (!is_static_of_program(a) || is_constant(v))) return a < kLowEnd ? nullptr : "it reaches an object of the process";
    if (numbers_.find(v) >= 0) return nullptr;
    Shape s;
    if (const char* why = shape_of(v, &s)) return why;
    words_ += 1 + s.payload;
    if (objects_.size() == kMostSnapshotObjects || words_ > kMostSnapshotWords) return "it is too much";
    numbers_.add(v);
    objects_.push(v);
    return nullptr;
  }

  /// Is it a literal of the program, in its image?
  static bool is_static_of_program(u64 a) {
    if (a < kImageDataBase || a >= kImageDataEnd) return false;
    for (const ImageRange& r : find_image()->ranges)
      if (a >= r.start && a < r.end) return a >= r.program;
    return false;
  }

  /// Can nobody change it, nor any part?
  static bool is_constant(Value v) {
    if (!is_typed(v) || is_record(v)) return false;
    switch (header_kind(header(v))) {
      case Kind::Symbol:
      case Kind::ImmutableString1:
      case Kind::ImmutableString4:
      case Kind::ImmutableBytevector:
      case Kind::Bignum:
      case Kind::Flonum:
      case Kind::Ratnum:
      case Kind::Compnum: return true;
      default: return false;
    }
  }

  const char* visit_code(u64 entry) {
    i64 n = reach_.find(entry);
    if (n < 0) return entry < kImageCodeEnd ? nullptr : "it reaches code that is younger than the program's beginning";
    if (seen_code_[n]) return nullptr;
    seen_code_[n] = 1;
    code_.push(static_cast<u32>(n));
    return nullptr;
  }

  const char* scan_code(u32 code) {
    const u32* list = reach_.list(code);
    const u32 slots = list[0], codes = list[1];
    if (slots == kReachesAll) return "it can evaluate forms";
    for (u32 i = 0; i < slots; ++i)
      if (const char* why = visit_slot(list[2 + i])) return why;
    for (u32 i = 0; i < codes; ++i) {
      u32 callee = list[2 + slots + i];
      if (seen_code_[callee]) continue;
      seen_code_[callee] = 1;
      code_.push(callee);
    }
    return nullptr;
  }

  const char* visit_slot(u32 address) {
    Value place{address};
    if (seen_slots_.find(place) >= 0) return nullptr;
    Value v = slot_at(address);
    if (is_kind(v, Kind::CodeInfo)) return nullptr;   // for backtraces: the same in all processes
    seen_slots_.add(place);
    slots_.push(address);
    return visit(v);
  }

  const char* scan(Value v) {
    Shape s;
    shape_of(v, &s);
    if (tag(v) == kTagProcedure)
      if (const char* why = visit_code(word(v, 0))) return why;
    for (u64 i = s.values_from; i < s.values_to; ++i)
      if (const char* why = visit(slot(v, static_cast<i64>(i)))) return why;
    return nullptr;
  }

  const char* shape_of(Value v, Shape* s) const {
    const bool in_place = !in_heap(v.bits);
    if (is_pair(v)) {
      *s = {SnapshotKind::Pair, 2, 0, 2};
    } else if (is_procedure(v)) {
      u64 n = code_header(word(v, 0))->nfree;
      *s = {SnapshotKind::Procedure, 1 + n, 1, 1 + n};
    } else if (is_record(v)) {
      if (const char* why = record_shape(v, s)) return why;
    } else if (const char* why = typed_shape(v, s)) {
      return why;
    }
    if (in_place) *s = {SnapshotKind::InPlace, 2 + s->payload, s->values_from, s->values_to};
    return nullptr;
  }

  const char* record_shape(Value v, Shape* s) const {
    Value rtd = slot(v, 0);
    if (!may_travel(rtd)) return "it reaches an object of the process";
    u64 n = static_cast<u64>(fixnum_value(slot(rtd, 1 + kRtdSize)));
    bool shared = rtd == context().roots[kRootBaseRtd] && slot(v, 1 + kRtdUid) != False;
    *s = {shared ? SnapshotKind::SharedType : SnapshotKind::Record, 1 + n, 0, 1 + n};
    return nullptr;
  }

  /// Records of the program's types are data, and those of the system's types that are listed.
  bool may_travel(Value rtd) const {
    Value root = slot(slot(rtd, 1 + kRtdAncestors), 1);
    const u64 a = root.bits & ~u64{7};
    if (in_heap(a) || is_static_of_program(a)) return true;
    for (Value l = types_; is_pair(l); l = cdr(l))
      if (car(l) == root) return true;
    return slot(rtd, 1 + kRtdUid) != False && !(fixnum_value(slot(rtd, 1 + kRtdFlags)) & 2);   // as in messages
  }

  const char* typed_shape(Value v, Shape* s) const {
    const u64 h = header(v), n = header_length(h);
    switch (header_kind(h)) {
      case Kind::Vector:
      case Kind::ImmutableVector: return typed(s, n);
      case Kind::String1:
      case Kind::ImmutableString1: return raw(s, (n + 7) / 8);
      case Kind::String4:
      case Kind::ImmutableString4: return raw(s, (n + 1) / 2);
      case Kind::StringWide: return wide(s, n);
      case Kind::Bytevector:
      case Kind::ImmutableBytevector:
        if (is_mapped(v)) return "it reaches shared memory";
        return raw(s, (n + 7) / 8);
      case Kind::Symbol:
        if (h & kHeaderFlag0) return typed(s, 2);
        raw(s, name_words(symbol_name(v)));
        s->kind = SnapshotKind::Symbol;
        return nullptr;
      case Kind::Bignum: return raw(s, n);
      case Kind::Flonum: return raw(s, 1);
      case Kind::Box: return typed(s, 1);
      case Kind::Ratnum:
      case Kind::Compnum:
      case Kind::WeakPair:
      case Kind::Ephemeron: return typed(s, 2);
      case Kind::Continuation: return "it reaches a continuation";
      default: return "it reaches an object of the process";
    }
  }
  static const char* typed(Shape* s, u64 values) {
    *s = {SnapshotKind::Typed, 1 + values, 1, 1 + values};
    return nullptr;
  }
  static const char* raw(Shape* s, u64 words) {
    *s = {SnapshotKind::Raw, 1 + (words ? words : 1), 0, 0};
    return nullptr;
  }
  /// A string that was widened: of its words only the first is a value.
  static const char* wide(Shape* s, u64 length) {
    u64 words = (length + 7) / 8;
    *s = {SnapshotKind::Typed, 1 + (words ? words : 1), 1, 2};
    return nullptr;
  }
  static u64 name_words(Value name) {
    u64 n = length_of(name);
    return is_narrow(name) ? (n + 7) / 8 : (n + 1) / 2;
  }
  static bool is_mapped(Value v) {
    if (!in_heap(v.bits)) return false;
    const Unit& unit = unit_of(v.bits);
    return unit.space == Space::Large && unit.mapping != Mapping::None;
  }

  // -- writing --

  u64 encoded(Value v) {
    if (!is_reference(v)) return v.bits;
    i64 n = numbers_.find(v);
    return n < 0 ? v.bits : kSnapshotObject | static_cast<u64>(n) << 3 | tag(v);
  }

  void put(Value v) {
    Shape s;
    shape_of(v, &s);
    *to_++ = static_cast<u64>(s.kind) | s.payload << kSnapshotPayloadShift;
    u64* object = untagged(s.kind == SnapshotKind::Symbol ? symbol_name(v) : v);
    u64 words = s.payload;
    if (s.kind == SnapshotKind::InPlace) {
      *to_++ = reinterpret_cast<u64>(object) | s.values_from;
      *to_++ = s.values_to;
      words -= 2;
    }
    for (u64 i = 0; i < words; ++i) *to_++ = i >= s.values_from && i < s.values_to ? encoded(Value{object[i]}) : object[i];
    if (is_kind(v, Kind::StringWide))   // what is left of the narrow string could be taken for values
      for (u64 i = s.values_to; i < words; ++i) to_[static_cast<i64>(i) - static_cast<i64>(words)] = 0;
  }

  ReachTable reach_;
  Value types_;
  u8* seen_code_;
  ObjectNumbers numbers_, seen_slots_;
  ScratchBuffer<Value> objects_;
  ScratchBuffer<u32> code_, slots_;
  u64 words_ = 0;
  u64* to_ = nullptr;
};

}  // namespace

/// The snapshot of a vector, or a string: why there is none.
Value take_snapshot(Value roots, Value types) {
  const char* why = "the program has no reach table";
  if (is_bytevector(context().roots[kRootReach])) {
    SnapshotTaker taker(types);
    why = taker.run(roots);
    if (!why) return taker.write(roots);
  }
  u64 n = 0;
  while (why[n]) ++n;
  return make_string_utf8(why, n);
}

}  // namespace loko
