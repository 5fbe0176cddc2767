// SPDX-License-Identifier: MIT
//
// Bytes to what a procedure can reach: %restore-snapshot, in a process that was forked from the one that took the snapshot, or from the
// same process as that one, before (snapshot_format.h). Objects are made anew, static ones changed in place, slots get their values. In: the
// bytes, and the list of record types with a uid that this process knows. Out: the root.
// First all objects are allocated, so that references can be translated; nothing here collects.
#include "runtime/data/hash_tables.h"
#include "runtime/data/text_access.h"
#include "runtime/io/snapshot_format.h"
#include "runtime/memory/heap_state.h"

namespace loko {

Value restore_snapshot(Value bytes, Value types, Value table_rtd);

namespace {

using namespace memory;

class SnapshotRestorer {
 public:
  SnapshotRestorer(Value bytes, Value types, Value table_rtd)
      : at_(reinterpret_cast<const u64*>(bytes_of(bytes))), end_(at_ + length_of(bytes) / 8), types_(types), table_rtd_(table_rtd) {}

  /// False: these bytes are no snapshot.
  bool run(Value* root) {
    if (end_ - at_ < static_cast<i64>(kSnapshotHeaderWords) || at_[0] != kSnapshotMagic || at_[1] > kMostSnapshotObjects) return false;
    count_ = at_[1];
    const u64 slots = at_[2], encoded_root = at_[3];
    at_ += kSnapshotHeaderWords;
    if (slots > static_cast<u64>(end_ - at_) / 2) return false;
    const u64* slot_words = at_;
    at_ += 2 * slots;
    objects_ = reinterpret_cast<Value*>(bytes_of(make_bytevector(8 * count_ + 8)));
    first_ = at_;
    for (u64 i = 0; i < count_; ++i) {
      if (at_ == end_ || payload() > static_cast<u64>(end_ - at_) - 1) return false;
      objects_[i] = allocate();
      at_ += 1 + payload();
    }
    at_ = first_;
    for (u64 i = 0; i < count_; ++i, at_ += 1 + payload()) fill(objects_[i]);
    for (u64 i = 0; i < slots; ++i) set_slot(static_cast<u32>(slot_words[2 * i]), decoded(slot_words[2 * i + 1]));
    *root = decoded(encoded_root);
    return true;
  }

 private:
  SnapshotKind kind() const { return static_cast<SnapshotKind>(*at_ & 0xff); }
  u64 payload() const { return *at_ >> kSnapshotPayloadShift; }

  static Value tagged(u64* p, u64 t) { return Value{reinterpret_cast<u64>(p) | t}; }

  Value allocate() {
    switch (kind()) {
      case SnapshotKind::Pair: return make_pair(Null, Null);
      case SnapshotKind::Procedure: return tagged(allocate_words(payload() < 2 ? 2 : payload()), kTagProcedure);
      case SnapshotKind::Record: return make_record(False, payload() - 1);
      case SnapshotKind::SharedType: return known_type();
      case SnapshotKind::Symbol: return intern_string(name());
      case SnapshotKind::Raw: return make_bytevector(8 * (payload() - 1));
      case SnapshotKind::InPlace: return Value{at_[1] & ~u64{7}};
      default: return make_vector(payload() - 1, False);
    }
  }

  /// The type with the same uid, if there is one here.
  Value known_type() {
    Value uid = decoded_symbol(at_[2 + kRtdUid]);
    for (Value l = types_; is_pair(l); l = cdr(l))
      if (slot(car(l), 1 + kRtdUid) == uid && uid != False) return car(l);
    return make_record(False, payload() - 1);
  }

  /// The symbol of a reference, before all objects are there.
  Value decoded_symbol(u64 w) {
    if (!(w & kSnapshotObject) || !is_reference(Value{w})) return Value{w};
    u64 n = (w & ~kSnapshotObject) >> 3;
    const u64* saved = at_;
    Value result = False;
    at_ = first_;
    for (u64 i = 0; i < n; ++i) at_ += 1 + payload();
    if (kind() == SnapshotKind::Symbol) result = intern_string(name());
    at_ = saved;
    return result;
  }

  /// The name of the symbol at_ as a string.
  Value name() {
    Value s = make_bytevector(8 * (payload() - 1));
    __builtin_memcpy(untagged(s), at_ + 1, 8 * payload());
    return s;
  }

  void fill(Value v) {
    u64* to = untagged(v);
    const u64* from = at_ + 1;
    const u64 n = payload();
    switch (kind()) {
      case SnapshotKind::Symbol: return;
      case SnapshotKind::Raw: __builtin_memcpy(to, from, 8 * n); return;
      case SnapshotKind::InPlace: return fill_in_place(to, from, n - 2);
      case SnapshotKind::Procedure:
      case SnapshotKind::Typed: to[0] = from[0]; break;
      default: to[0] = decoded(from[0]).bits;
    }
    for (u64 i = 1; i < n; ++i) to[i] = decoded(from[i]).bits;
    if (kind() == SnapshotKind::SharedType || kind() == SnapshotKind::Record) finish_record(v);
  }

  void fill_in_place(u64* to, const u64* from, u64 n) {
    const u64 first = from[0] & 7, end = from[1];
    for (u64 i = 0; i < n; ++i) {
      to[i] = i >= first && i < end ? decoded(from[2 + i]).bits : from[2 + i];
      mark_card(to + i);
    }
  }

  /// Addresses are new: tables that hash by them are brought in order at their next use.
  void finish_record(Value v) {
    for (u64 i = 0; i < payload(); ++i) mark_card(untagged(v) + i);   // a known type may be old
    if (slot(v, 0) != table_rtd_) return;
    slot(v, kTableNurseryEpoch) = fixnum(-1);
    slot(v, kTableAddressEpoch) = fixnum(-1);
  }

  Value decoded(u64 w) const {
    if (!(w & kSnapshotObject) || !is_reference(Value{w})) return Value{w};
    u64 n = (w & ~kSnapshotObject) >> 3;
    return n < count_ ? Value{(objects_[n].bits & ~u64{7}) | (w & 7)} : False;
  }

  const u64 *at_, *end_, *first_ = nullptr;
  Value types_, table_rtd_;
  Value* objects_ = nullptr;
  u64 count_ = 0;
};

}  // namespace

/// The vector of a snapshot; #f if the bytes are none.
Value restore_snapshot(Value bytes, Value types, Value table_rtd) {
  Value root = False;
  return is_bytevector(bytes) && SnapshotRestorer(bytes, types, table_rtd).run(&root) ? root : False;
}

}  // namespace loko
