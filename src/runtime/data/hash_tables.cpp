// SPDX-License-Identifier: MIT
//
// The part of (loko base hashtables) that must not be interrupted by a collection: what moves entries to other buckets, and
// chains of entries whose hash is the key's address. Nothing here reaches a safepoint.
//
// Tables grow and shrink by a few buckets per operation (Larson, "Dynamic Hash Tables", CACM 31(4), 1988: linear hashing in
// segments), so that no operation takes time in proportion to the table. A table of at most kLargestFlat buckets is flat: its
// buckets are one vector, which is exchanged as a whole (some 0.1 ms). A larger one has a directory of segments of kSegment
// buckets.
// INVARIANT(table): fields, types and entries #(key value next hash) are those of scheme/loko/base/hashtables.sls, and so are
// address_hash and bucket_of.
// INVARIANT(limit): limit buckets are in use, and mask / 2 < limit <= mask + 1, where mask + 1 is a power of two. The bucket
// of a hash is hash & mask if that is below the limit, else hash & mask / 2. If the table is flat, mask is #f and means
// limit - 1.
// INVARIANT(chain): an entry is in the bucket of its stored hash, even while that is out of date, since the key has moved. So
// buckets are split and joined without a look at the keys.
#include "runtime/data/hash_tables.h"

#include "runtime/memory/heap_state.h"

namespace loko {

Value table_find(Value t, Value key);
Value table_link(Value t, Value entry);
Value table_clear(Value t, Value size);
Value table_grow(Value t);
Value table_delete(Value t, Value entry);
Value table_add(Value t, Value entry);
Value table_chain(Value t, Value hash);
Value table_purge(Value t);
Value table_seed(Value t, Value seed);
Value table_fill_from(Value to, Value from);
Value table_parts(Value t, Value part);
Value seeded_hash(Value v, Value seed);
Value weak_cons(Value a, Value d);

namespace {

constexpr i64 kSegmentBits = 11, kSegment = 1 << kSegmentBits;  // buckets; more than kLargeWords words would get units of their own
constexpr i64 kLargestFlat = 8192;
constexpr i64 kStep = 4;       // buckets that are split or joined by one operation
constexpr i64 kSmallest = 32;  // tables with so few buckets don't shrink
enum EntryField : i64 { kEntryKey = 1, kEntryValue, kEntryNext, kEntryHash };

i64 number(Value t, TableField field) { return fixnum_value(slot(t, field)); }
void set_number(Value t, TableField field, i64 n) { slot(t, field) = fixnum(n); }

/// Stores into an object that may be old.
void store(Value object, i64 index, Value v) {
  Value* p = &slot(object, index);
  *p = v;
  mark_card(p);
}

i64 hash_of_address(Value v) {
  u64 shifted = ((v.bits << 3) ^ (v.bits >> 61 << 3)) & ~u64{7};
  i64 x = static_cast<i64>(shifted) >> 6;
  return x ^ (x >> 7) ^ (x >> 16);
}

bool is_weak_table(Value t) { return slot(t, kTableType) == fixnum(kTableWeak); }

Value key_of(bool weak, Value entry) {
  Value key = slot(entry, kEntryKey);
  return weak ? slot(key, 1) : key;
}

bool is_broken(bool weak, Value entry) { return weak && key_of(weak, entry).bits == kDeleted; }

bool is_number_object(Value v) {
  if (!is_typed(v) || header_is_rtd(header(v))) return false;
  Kind k = header_kind(header(v));
  return k == Kind::Bignum || k == Kind::Ratnum || k == Kind::Flonum || k == Kind::Compnum;
}

[[gnu::noinline]] bool is_hashed_by_address(Value t, Value key) {
  if (!is_reference(key) || is_symbol(key)) return false;
  switch (number(t, kTableType) & ~i64{kTableSeeded}) {
    case kTableEq: case kTableWeak: return true;
    case kTableEqv: return !is_number_object(key);
    case kTableEqual: return !(is_pair(key) || is_string(key) || is_vector(key) || is_bytevector(key) || is_number_object(key));
    default: return false;
  }
}

// -- buckets --

/// A word of a vector that holds the first entry of a chain.
struct Bucket {
  Value holder;
  i64 at;
  Value first() const { return slot(holder, at); }
  void set(Value entry) const { store(holder, at, entry); }
};

bool is_flat(Value t) { return slot(t, kTableMask) == False; }

i64 mask_of(Value t) { return is_flat(t) ? number(t, kTableLimit) - 1 : number(t, kTableMask); }

Bucket bucket_at(Value t, i64 i) {
  Value buckets = slot(t, kTableBuckets);
  if (is_flat(t)) return {buckets, 1 + i};
  return {slot(buckets, 1 + (i >> kSegmentBits)), 1 + (i & (kSegment - 1))};
}

[[gnu::noinline]] Bucket bucket_of(Value t, i64 hash) {
  i64 mask = mask_of(t), i = hash & mask;
  return bucket_at(t, i < number(t, kTableLimit) ? i : i & mask >> 1);
}

void push_entry(Bucket bucket, Value entry) {
  store(entry, kEntryNext, bucket.first());
  bucket.set(entry);
}

void link_entry(Value t, Value entry, Value hash) {
  slot(entry, kEntryHash) = hash;
  push_entry(bucket_of(t, fixnum_value(hash)), entry);
}

[[gnu::noinline]] void unlink_entry(Value t, Value entry) {
  Bucket bucket = bucket_of(t, fixnum_value(slot(entry, kEntryHash)));
  Value next = slot(entry, kEntryNext), at = bucket.first();
  if (at == entry) return bucket.set(next);
  for (; at != False; at = slot(at, kEntryNext))
    if (slot(at, kEntryNext) == entry) return store(at, kEntryNext, next);
}

void drop_entry(Value t, Value entry) {
  slot(entry, kEntryHash) = False;
  set_number(t, kTableCount, number(t, kTableCount) - 1);
}

/// Calls act(entry) on every entry; act may give the entry another successor.
template <class Act>
void each_entry(Value t, Act act) {
  for (i64 i = 0, n = number(t, kTableLimit); i < n; ++i)
    for (Value entry = bucket_at(t, i).first(), next; entry != False; entry = next) {
      next = slot(entry, kEntryNext);
      act(entry);
    }
}

// -- size --

/// Sets the number of buckets, and at which count an insertion must call %table-grow!.
void set_size(Value t, i64 limit, i64 mask) {
  set_number(t, kTableLimit, limit);
  slot(t, kTableMask) = mask < kLargestFlat ? False : fixnum(mask);
  set_number(t, kTableGrowAt, limit <= mask ? (mask + 1) / 4 : limit);
  set_number(t, kTableVersion, number(t, kTableVersion) + 1);
}

/// Gives a table without entries `size` buckets, a power of two.
void allocate_buckets(Value t, i64 size) {
  set_size(t, size, size - 1);
  if (is_flat(t)) return store(t, kTableBuckets, make_vector(static_cast<u64>(size), False));
  Value directory = make_vector(static_cast<u64>(size / kSegment), False);
  store(t, kTableBuckets, directory);
  for (i64 i = 1; i <= size / kSegment; ++i) slot(directory, i) = make_vector(kSegment, False);
}

/// Puts the entries of a flat table into a fresh vector of n buckets.
void resize_flat(Value t, i64 n) {
  Value old = slot(t, kTableBuckets), buckets = make_vector(static_cast<u64>(n), False);
  i64 old_size = number(t, kTableLimit);
  store(t, kTableBuckets, buckets);
  set_size(t, n, n - 1);
  for (i64 i = 1; i <= old_size; ++i)
    for (Value entry = slot(old, i), next; entry != False; entry = next) {
      next = slot(entry, kEntryNext);
      push_entry({buckets, 1 + (fixnum_value(slot(entry, kEntryHash)) & (n - 1))}, entry);
    }
}

/// Gives segment i of a large table buckets; the directory may double.
void add_segment(Value t, i64 i) {
  Value directory = slot(t, kTableBuckets);
  i64 length = static_cast<i64>(length_of(directory));
  if (i >= length) {
    Value longer = make_vector(static_cast<u64>(2 * length), False);
    for (i64 k = 1; k <= length; ++k) slot(longer, k) = slot(directory, k);
    store(t, kTableBuckets, directory = longer);
  }
  store(directory, 1 + i, make_vector(kSegment, False));
}

/// The buckets of a flat table in segments.
void cut_into_segments(Value t) {
  Value buckets = slot(t, kTableBuckets), directory = make_vector(2 * kLargestFlat / kSegment, False);
  for (i64 i = 0; i < kLargestFlat; ++i) {
    if (i % kSegment == 0) slot(directory, 1 + i / kSegment) = make_vector(kSegment, False);
    slot(slot(directory, 1 + i / kSegment), 1 + i % kSegment) = slot(buckets, 1 + i);
  }
  store(t, kTableBuckets, directory);
}

/// The contrary, for a table that has shrunk.
void join_segments(Value t) {
  Value directory = slot(t, kTableBuckets), buckets = make_vector(kLargestFlat, False);
  for (i64 i = 0; i < kLargestFlat; ++i) slot(buckets, 1 + i) = slot(slot(directory, 1 + i / kSegment), 1 + i % kSegment);
  store(t, kTableBuckets, buckets);
}

/// Adds a bucket: half of the hashes of another belong to it.
void split_bucket(Value t, bool weak) {
  i64 limit = number(t, kTableLimit), mask = mask_of(t);
  if (limit > mask) {
    if (is_flat(t)) cut_into_segments(t);
    mask = 2 * mask + 1;
  }
  if (limit % kSegment == 0) add_segment(t, limit / kSegment);
  set_size(t, limit + 1, mask);
  Bucket low = bucket_at(t, limit & mask >> 1), high = bucket_at(t, limit);
  Value entry = low.first(), lows = False, highs = False;
  for (Value next; entry != False; entry = next) {
    next = slot(entry, kEntryNext);
    if (is_broken(weak, entry)) {
      drop_entry(t, entry);
      continue;
    }
    Value& chain = (fixnum_value(slot(entry, kEntryHash)) & mask) == limit ? highs : lows;
    if (next != chain) store(entry, kEntryNext, chain);
    chain = entry;
  }
  low.set(lows);
  high.set(highs);
}

/// Removes the last bucket of a large table; its entries go to the bucket that it was split from.
void join_bucket(Value t) {
  i64 last = number(t, kTableLimit) - 1, mask = mask_of(t);
  Bucket low = bucket_at(t, last & mask >> 1), high = bucket_at(t, last);
  for (Value entry = high.first(), next; entry != False; entry = next) {
    next = slot(entry, kEntryNext);
    push_entry(low, entry);
  }
  high.set(False);
  if (last % kSegment == 0) slot(slot(t, kTableBuckets), 1 + last / kSegment) = False;
  if (last == (mask + 1) / 2) mask >>= 1;
  if (last == kLargestFlat) join_segments(t);
  set_size(t, last, mask);
}

bool is_sparse(Value t) { return 4 * number(t, kTableCount) < number(t, kTableLimit) - kSmallest; }

void shrink(Value t) {
  if (is_flat(t)) return resize_flat(t, number(t, kTableLimit) / 2);
  for (i64 n = 0; n < kStep && !is_flat(t); ++n) join_bucket(t);
}

// -- addresses --

void note_young(Value t, bool weak, Value entry) {
  if (memory::is_young(key_of(weak, entry))) store(t, kTableYoung, make_pair(entry, slot(t, kTableYoung)));
}

void set_epochs(Value t) {
  set_number(t, kTableNurseryEpoch, static_cast<i64>(context().nursery_epoch));
  set_number(t, kTableAddressEpoch, static_cast<i64>(context().address_epoch));
}

/// After a minor collection: only the entries whose keys were young change their chains.
void rehash_young(Value t) {
  const bool weak = is_weak_table(t);
  Value kept = Null;
  for (Value list = slot(t, kTableYoung), rest; is_pair(list); list = rest) {
    rest = cdr(list);
    Value entry = car(list);
    if (slot(entry, kEntryHash) == False) continue;  // was deleted
    unlink_entry(t, entry);
    if (is_broken(weak, entry)) {
      drop_entry(t, entry);
      continue;
    }
    Value key = key_of(weak, entry);
    link_entry(t, entry, fixnum(hash_of_address(key)));
    if (!memory::is_young(key)) continue;
    store(list, 1, kept);
    kept = list;
  }
  store(t, kTableYoung, kept);
}

/// Puts every entry into the bucket where its key belongs now; broken ones are dropped.
void rehash_all(Value t) {
  const bool weak = is_weak_table(t);
  Value all = False;
  each_entry(t, [&](Value entry) {
    store(entry, kEntryNext, all);
    all = entry;
  });
  for (i64 i = 0, n = number(t, kTableLimit); i < n; ++i) bucket_at(t, i).set(False);
  slot(t, kTableYoung) = Null;
  for (Value entry = all, next; entry != False; entry = next) {
    next = slot(entry, kEntryNext);
    if (is_broken(weak, entry)) {
      drop_entry(t, entry);
      continue;
    }
    Value key = key_of(weak, entry);
    bool by_address = is_hashed_by_address(t, key);
    if (by_address) note_young(t, weak, entry);
    link_entry(t, entry, by_address ? fixnum(hash_of_address(key)) : slot(entry, kEntryHash));
  }
  while (is_sparse(t)) shrink(t);
  set_epochs(t);
}

void refresh(Value t) {
  if (slot(t, kTableNurseryEpoch) == fixnum(static_cast<i64>(context().nursery_epoch))) return;
  if (slot(t, kTableAddressEpoch) != fixnum(static_cast<i64>(context().address_epoch))) return rehash_all(t);
  rehash_young(t);
  set_epochs(t);
}

}  // namespace

Value table_contents(Value t, TablePart part) {
  const bool weak = is_weak_table(t), keys = part != TablePart::Values, values = part != TablePart::Keys;
  u64 live = 0;
  each_entry(t, [&](Value entry) { live += !is_broken(weak, entry); });
  Value result = make_vector(live * (keys + values), False);
  Value* to = &slot(result, 1);
  each_entry(t, [&](Value entry) {
    if (is_broken(weak, entry)) return;
    if (keys) *to++ = key_of(weak, entry);
    if (values) *to++ = slot(entry, kEntryValue);
  });
  return result;
}

// -- primitives --

/// (%table-find t key): the entry of a key that is hashed by address, or #f.
Value table_find(Value t, Value key) {
  refresh(t);
  const bool weak = is_weak_table(t);
  Value entry = bucket_of(t, hash_of_address(key)).first();
  while (entry != False && key_of(weak, entry) != key) entry = slot(entry, kEntryNext);
  return entry;
}

/// (%table-link! t entry): adds an entry whose key is hashed by address and is not in the table.
Value table_link(Value t, Value entry) {
  const bool weak = is_weak_table(t);
  if (slot(t, kTableAddressed) != False) {
    refresh(t);
  } else {
    slot(t, kTableAddressed) = True;
    set_epochs(t);
  }
  note_young(t, weak, entry);
  link_entry(t, entry, fixnum(hash_of_address(key_of(weak, entry))));
  return Void;
}

/// (%table-clear! t size): no entries and so many buckets, a power of two.
Value table_clear(Value t, Value size) {
  allocate_buckets(t, fixnum_value(size));
  slot(t, kTableCount) = fixnum(0);
  slot(t, kTableYoung) = Null;
  slot(t, kTableAddressed) = False;
  return Void;
}

/// (%table-grow! t): more buckets, before an insertion into a table whose count has reached its field grow-at.
Value table_grow(Value t) {
  const bool weak = is_weak_table(t);
  if (is_flat(t) && weak) {
    rehash_all(t);
    if (4 * number(t, kTableCount) < 3 * number(t, kTableGrowAt)) return Void;
  }
  i64 size = mask_of(t) + 1;
  if (size < kLargestFlat) {
    resize_flat(t, 2 * size);
    return Void;
  }
  do split_bucket(t, weak);
  while (number(t, kTableLimit) % kStep != 0);
  return Void;
}

/// (%table-delete! t entry): removes an entry; a sparse table shrinks by a step.
Value table_delete(Value t, Value entry) {
  unlink_entry(t, entry);
  drop_entry(t, entry);
  set_number(t, kTableVersion, number(t, kTableVersion) + 1);
  if (is_sparse(t)) shrink(t);
  return Void;
}

/// (%table-add! t entry): puts an entry into the bucket of its hash.
Value table_add(Value t, Value entry) {
  push_entry(bucket_of(t, fixnum_value(slot(entry, kEntryHash))), entry);
  return Void;
}

/// (%table-chain t hash): the first entry in the bucket of a hash, or #f.
Value table_chain(Value t, Value hash) { return bucket_of(t, fixnum_value(hash)).first(); }

/// (%table-purge! t): drops entries whose keys are gone.
Value table_purge(Value t) {
  rehash_all(t);
  return Void;
}

/// (%table-seed! t seed): from now on keys that are not hashed by address are hashed under the seed.
Value table_seed(Value t, Value seed) {
  slot(t, kTableSeed) = seed;
  set_number(t, kTableType, number(t, kTableType) | kTableSeeded);
  set_number(t, kTableVersion, number(t, kTableVersion) + 1);
  each_entry(t, [&](Value entry) {
    Value key = slot(entry, kEntryKey);
    if (!is_hashed_by_address(t, key)) slot(entry, kEntryHash) = seeded_hash(key, seed);
  });
  rehash_all(t);
  return Void;
}

/// (%table-fill-from! to from): copies the entries of a table into an empty one of the same type and seed.
Value table_fill_from(Value to, Value from) {
  if (slot(from, kTableAddressed) != False) refresh(from);
  const bool weak = is_weak_table(from);
  slot(to, kTableAddressed) = slot(from, kTableAddressed);
  set_epochs(to);
  i64 copied = 0;
  each_entry(from, [&](Value entry) {
    if (is_broken(weak, entry)) return;
    Value key = key_of(weak, entry), copy = make_vector(4, False);
    slot(copy, kEntryKey) = weak ? weak_cons(key, False) : key;
    slot(copy, kEntryValue) = slot(entry, kEntryValue);
    link_entry(to, copy, slot(entry, kEntryHash));
    if (is_hashed_by_address(to, key)) note_young(to, weak, copy);
    ++copied;
  });
  set_number(to, kTableCount, copied);
  return Void;
}

/// (%table-contents t part): see table_contents.
Value table_parts(Value t, Value part) { return table_contents(t, static_cast<TablePart>(fixnum_value(part))); }

}  // namespace loko
