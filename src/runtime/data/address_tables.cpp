// SPDX-License-Identifier: MIT
//
// The part of (loko base hashtables) that must not be interrupted by a collection: chains of entries whose hash is the
// key's address. Nothing here reaches a safepoint, so that looking up ends however often collections happen.
// INVARIANT(table): the fields of a table, its types, the entries #(key value next hash) and address_hash are those of
// scheme/loko/base/hashtables.sls.
#include "runtime/memory/heap_state.h"

namespace loko {

Value table_find(Value t, Value key);
Value table_link(Value t, Value entry);
Value table_rehash(Value t, Value buckets);

namespace {

enum Field : i64 { kType = 1, kBuckets, kCount, kHash, kSame, kMutable, kNurseryEpoch, kAddressEpoch, kYoungEntries, kAddressed };
enum Type : i64 { kEq, kEqv, kEqual, kCustom, kWeak };
enum EntryField : i64 { kEntryKey = 1, kEntryValue, kEntryNext, kEntryHash };

i64 hash_of_address(Value v) {
  u64 shifted = ((v.bits << 3) ^ (v.bits >> 61 << 3)) & ~u64{7};
  i64 x = static_cast<i64>(shifted) >> 6;
  return x ^ (x >> 7) ^ (x >> 16);
}

bool is_weak_table(Value t) { return slot(t, kType) == fixnum(kWeak); }

Value key_of(Value t, Value entry) {
  Value key = slot(entry, kEntryKey);
  return is_weak_table(t) ? slot(key, 1) : key;
}

bool is_broken(Value t, Value entry) { return is_weak_table(t) && key_of(t, entry).bits == kDeleted; }

bool is_number_object(Value v) {
  if (!is_typed(v) || header_is_rtd(header(v))) return false;
  Kind k = header_kind(header(v));
  return k == Kind::Bignum || k == Kind::Ratnum || k == Kind::Flonum || k == Kind::Compnum;
}

bool is_hashed_by_address(Value t, Value key) {
  if (!is_reference(key) || is_symbol(key)) return false;
  switch (fixnum_value(slot(t, kType)) & 7) {  // 8: with a seed
    case kEq: case kWeak: return true;
    case kEqv: return !is_number_object(key);
    case kEqual: return !(is_pair(key) || is_string(key) || is_vector(key) || is_bytevector(key) || is_number_object(key));
    default: return false;
  }
}

i64 bucket_of(Value buckets, Value hash) { return 1 + (fixnum_value(hash) & static_cast<i64>(length_of(buckets) - 1)); }

void link_entry(Value buckets, Value entry, Value hash) {
  i64 i = bucket_of(buckets, hash);
  slot(entry, kEntryHash) = hash;
  set_field(entry, kEntryNext, slot(buckets, i));
  set_field(buckets, i, entry);
}

void unlink_entry(Value buckets, Value entry) {
  i64 i = bucket_of(buckets, slot(entry, kEntryHash));
  Value next = slot(entry, kEntryNext), at = slot(buckets, i);
  if (at == entry) return set_field(buckets, i, next);
  for (; at != False; at = slot(at, kEntryNext))
    if (slot(at, kEntryNext) == entry) return set_field(at, kEntryNext, next);
}

void drop_entry(Value t, Value entry) {
  slot(entry, kEntryHash) = False;
  slot(t, kCount) = fixnum(fixnum_value(slot(t, kCount)) - 1);
}

void note_young(Value t, Value entry) {
  if (memory::is_young(key_of(t, entry))) set_field(t, kYoungEntries, make_pair(entry, slot(t, kYoungEntries)));
}

void set_epochs(Value t) {
  slot(t, kNurseryEpoch) = fixnum(static_cast<i64>(context().nursery_epoch));
  slot(t, kAddressEpoch) = fixnum(static_cast<i64>(context().address_epoch));
}

/// After a minor collection: only the entries whose keys were young change their chains.
void rehash_young(Value t) {
  Value buckets = slot(t, kBuckets), kept = Null;
  for (Value list = slot(t, kYoungEntries), rest; is_pair(list); list = rest) {
    rest = cdr(list);
    Value entry = car(list);
    if (slot(entry, kEntryHash) == False) continue;  // was deleted
    unlink_entry(buckets, entry);
    if (is_broken(t, entry)) {
      drop_entry(t, entry);
      continue;
    }
    Value key = key_of(t, entry);
    link_entry(buckets, entry, fixnum(hash_of_address(key)));
    if (!memory::is_young(key)) continue;
    set_field(list, 1, kept);
    kept = list;
  }
  set_field(t, kYoungEntries, kept);
}

/// All entries into `buckets`, which may be those that the table has; the others must be empty.
void rehash_all(Value t, Value buckets) {
  Value old = slot(t, kBuckets), all = False;
  for (u64 i = 1; i <= length_of(old); ++i) {
    for (Value entry = slot(old, static_cast<i64>(i)), next; entry != False; entry = next) {
      next = slot(entry, kEntryNext);
      set_field(entry, kEntryNext, all);
      all = entry;
    }
    slot(old, static_cast<i64>(i)) = False;
  }
  set_field(t, kBuckets, buckets);
  slot(t, kYoungEntries) = Null;
  for (Value entry = all, next; entry != False; entry = next) {
    next = slot(entry, kEntryNext);
    if (is_broken(t, entry)) {
      drop_entry(t, entry);
      continue;
    }
    Value key = key_of(t, entry);
    bool by_address = is_hashed_by_address(t, key);
    if (by_address) note_young(t, entry);
    link_entry(buckets, entry, by_address ? fixnum(hash_of_address(key)) : slot(entry, kEntryHash));
  }
}

void refresh(Value t) {
  if (slot(t, kNurseryEpoch) == fixnum(static_cast<i64>(context().nursery_epoch))) return;
  if (slot(t, kAddressEpoch) == fixnum(static_cast<i64>(context().address_epoch))) rehash_young(t);
  else rehash_all(t, slot(t, kBuckets));
  set_epochs(t);
}

}  // namespace

/// (%table-find t key): the entry of a key that is hashed by address, or #f.
Value table_find(Value t, Value key) {
  refresh(t);
  Value buckets = slot(t, kBuckets);
  Value entry = slot(buckets, bucket_of(buckets, fixnum(hash_of_address(key))));
  while (entry != False && key_of(t, entry) != key) entry = slot(entry, kEntryNext);
  return entry;
}

/// (%table-link! t entry): adds an entry whose key is hashed by address and is not in the table.
Value table_link(Value t, Value entry) {
  if (slot(t, kAddressed) != False) {
    refresh(t);
  } else {
    slot(t, kAddressed) = True;
    set_epochs(t);
  }
  note_young(t, entry);
  link_entry(slot(t, kBuckets), entry, fixnum(hash_of_address(key_of(t, entry))));
  return Void;
}

/// (%table-rehash! t buckets): moves all entries into other buckets, or brings the present ones up to date.
Value table_rehash(Value t, Value buckets) {
  rehash_all(t, buckets);
  set_epochs(t);
  return Void;
}

}  // namespace loko
