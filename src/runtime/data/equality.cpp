// SPDX-License-Identifier: MIT
//
// equal?: Adams, Dybvig, "Efficient Nondestructive Equality Checking for Trees and Graphs" (ICFP 2008), with an
// explicit stack. Plain comparison for a bounded number of steps, then plain and union-find steps take turns, so that
// large data cost little more than plainly, and shared or circular data terminate in almost linear time.
#include "runtime/data/equality.h"

#include "runtime/data/long_work.h"
#include "runtime/data/text_access.h"
#include "runtime/numbers/numbers.h"

namespace loko {

Value is_equal(Value a, Value b);
Value equal_hash(Value v);
Value seeded_hash(Value v, Value seed);

namespace {

constexpr i64 kPlain = 400;    // steps of a turn of plain comparison, on average
constexpr i64 kCareful = -40;  // a turn of union-find ends there

/// Disjoint sets of objects, in an open-addressed table on addresses (objects don't move here).
class Classes {
 public:
  /// Puts two objects into one class; true if they were in one already.
  bool unify(u64 a, u64 b) {
    u64 ra = find(index(a)), rb = find(index(b));
    if (ra == rb) return true;
    if (ranks_[ra] < ranks_[rb]) parents_[ra] = rb;
    else parents_[rb] = ra;
    if (ranks_[ra] == ranks_[rb]) ++ranks_[ra];
    return false;
  }

 private:
  u64 place(u64 key) {
    u64 i = (key * 0x9e3779b97f4a7c15 >> 20) & (capacity_ - 1);
    while (table_[2 * i] != 0 && table_[2 * i] != key) i = (i + 1) & (capacity_ - 1);
    return i;
  }
  /// The number of an object's element.
  u64 index(u64 key) {
    if (2 * (parents_.size() + 1) > capacity_) grow();
    u64 i = place(key);
    if (table_[2 * i] == 0) {
      table_[2 * i] = key;
      table_[2 * i + 1] = parents_.size();
      parents_.push(parents_.size());
      ranks_.push(0);
    }
    return table_[2 * i + 1];
  }
  void grow() {
    u64* old = table_;
    u64 old_capacity = capacity_;
    capacity_ = capacity_ == 0 ? 256 : capacity_ * 2;
    table_ = reinterpret_cast<u64*>(bytes_of(make_bytevector(capacity_ * 16)));
    for (u64 i = 0; i < old_capacity; ++i) {
      if (old[2 * i] == 0) continue;
      u64 to = place(old[2 * i]);
      table_[2 * to] = old[2 * i];
      table_[2 * to + 1] = old[2 * i + 1];
    }
  }
  u64 find(u64 i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }

  u64* table_ = nullptr;
  u64 capacity_ = 0;
  ScratchBuffer<u64> parents_;
  ScratchBuffer<u64> ranks_;
};

/// What remains to be compared: two data, or two vectors from an index on (then index > 0).
struct Pending {
  Value a, b;
  u64 index;
};

bool same_bytes(Value a, Value b) {
  return length_of(a) == length_of(b) && __builtin_memcmp(bytes_of(a), bytes_of(b), length_of(a)) == 0;
}

/// Compares two different typed objects without parts.
bool equal_leaves(Value a, Value b) {
  if (is_string(a)) return is_string(b) && same_text(a, b);
  if (is_bytevector(a)) return is_bytevector(b) && same_bytes(a, b);
  return eqv(a, b);
}

enum class Outcome { Equal, Different, Unknown };

class Comparison {
 public:
  /// Unknown: after so many steps.
  Outcome run(Value a, Value b, u64 steps) {
    stack_.push({a, b, 0});
    while (!stack_.empty()) {
      if (taken_ > steps) return Outcome::Unknown;
      Pending p = stack_.pop();
      if (p.index != 0) {
        if (p.index < length_of(p.a)) stack_.push({p.a, p.b, p.index + 1});
        i64 at = static_cast<i64>(p.index);
        p = {slot(p.a, at), slot(p.b, at), 0};
      }
      if (!descend(p.a, p.b, steps)) return taken_ > steps ? Outcome::Unknown : Outcome::Different;
    }
    return Outcome::Equal;
  }

 private:
  /// Compares along the cars; what lies aside is pushed. False: they differ, or it took too many steps.
  bool descend(Value a, Value b, u64 steps) {
    while (a != b) {
      if (is_pair(a)) {
        if (taken_ > steps) return false;
        if (!is_pair(b)) return false;
        if (known(a, b)) return true;
        stack_.push({cdr(a), cdr(b), 0});
        a = car(a);
        b = car(b);
        continue;
      }
      if (!is_typed(a) || !is_typed(b)) return eqv(a, b);
      if (!is_vector(a)) return equal_leaves(a, b);
      if (!is_vector(b) || length_of(a) != length_of(b)) return false;
      if (length_of(a) != 0 && !known(a, b)) stack_.push({a, b, 1});
      return true;
    }
    return true;
  }

  /// Counts a step. In careful turns: are the two assumed to be equal already (or else from now on)?
  bool known(Value a, Value b) {
    ++taken_;
    if (--left_ > 0) return false;
    if (left_ <= kCareful) {
      seed_ = seed_ * 6364136223846793005 + 1442695040888963407;
      left_ = static_cast<i64>((seed_ >> 33) % (2 * kPlain)) + 1;
      return false;
    }
    if (!classes_.unify(a.bits, b.bits)) return false;
    left_ = 1;  // sharing pays: stay careful
    return true;
  }

  ScratchBuffer<Pending> stack_;
  Classes classes_;
  i64 left_ = kPlain;
  u64 taken_ = 0;
  u64 seed_ = 0x853c49e6748fea9b;
};

u64 combine(u64 h, u64 x) {
  h = (h ^ x) * 0x9e3779b97f4a7c15;
  return h ^ h >> 32;
}

/// Hashing under a seed that is not 0 mixes it into every byte and character, so that keys which collide under one seed
/// don't under another.
u64 hash_bytes(const u8* p, u64 n, u64 seed) {
  if (n > kHashedWhole)
    return hash_long(p, n, seed, [](const void* bytes, u64 start, u64 end, u64 h) {
      return hash_bytes(static_cast<const u8*>(bytes) + start, end - start, h);
    });
  u64 h = (n + 0x51) ^ seed;
  for (u64 i = 0; i < n; ++i) h = combine(h, p[i]);
  return h;
}

u64 seeded_text(Text t, u64 seed) {
  if (t.length > kHashedWhole)
    return hash_long(&t, t.length, seed, [](const void* text, u64 start, u64 end, u64 h) {
      return seeded_text(sub_text(*static_cast<const Text*>(text), start, end), h);
    });
  u64 h = seed ^ t.length;
  for (u64 i = 0; i < t.length; ++i) h = combine(h, t[i]);
  return h;
}

u64 leaf_hash(Value v, u64 seed) {
  if (is_immediate_flonum(v) || is_fixnum(v)) return number_hash(v);
  if (!is_typed(v)) return tag(v) == kTagProcedure ? 7 : v.bits;
  if (is_record(v)) return 11;
  switch (header_kind(header(v))) {
    case Kind::String1: case Kind::String4: case Kind::StringWide:
    case Kind::ImmutableString1: case Kind::ImmutableString4:
      return seed == 0 ? hash_string(text_of(v)) : seeded_text(text_of(v), seed);
    case Kind::Symbol: return seed == 0 ? symbol_hash(v) : seeded_text(text_of(symbol_name(v)), seed);
    case Kind::Bytevector: case Kind::ImmutableBytevector: return hash_bytes(bytes_of(v), length_of(v), seed);
    case Kind::Bignum: case Kind::Ratnum: case Kind::Flonum: case Kind::Compnum: return number_hash(v);
    default: return static_cast<u64>(header_kind(header(v))) * 977;
  }
}

/// Walks through the first nodes of an object, depth first; what has no room on the stack is left out.
u64 hash_object(Value v, u64 seed) {
  constexpr u64 kNodes = 4096, kRoom = 64;
  Value stack[kRoom];
  u64 used = 0, h = 0x243f6a8885a308d3 ^ seed;
  stack[used++] = v;
  for (u64 n = 0; used != 0 && n < kNodes; ++n) {
    v = stack[--used];
    while (is_pair(v) && n < kNodes) {
      h = combine(h, 3);
      Value a = car(v);
      if (!is_pair(a) && !is_vector(a)) h = combine(h, leaf_hash(a, seed));
      else if (used < kRoom) stack[used++] = a;
      v = cdr(v);
      ++n;
    }
    if (is_pair(v)) break;
    if (!is_vector(v)) {
      h = combine(h, leaf_hash(v, seed));
      continue;
    }
    u64 length = length_of(v);
    h = combine(h, length + 0x1000);
    for (u64 i = 1; i <= length && n < kNodes; ++i, ++n) {
      Value e = slot(v, static_cast<i64>(i));
      if (!is_pair(e) && !is_vector(e)) h = combine(h, leaf_hash(e, seed));
      else if (used < kRoom) stack[used++] = e;
    }
  }
  return (h ^ h >> 29) & static_cast<u64>(kFixnumMax);
}

}  // namespace

namespace {

constexpr u64 kForEver = ~u64{0} - 1;

Outcome compare(Value a, Value b, u64 steps) {
  bool same = a == b;
  if (!same && (is_pair(a) ? is_pair(b) : is_vector(a))) return Comparison().run(a, b, steps);
  if (!same && !is_pair(a)) same = is_typed(a) && is_typed(b) ? equal_leaves(a, b) : eqv(a, b);
  return same ? Outcome::Equal : Outcome::Different;
}

}  // namespace

bool equal(Value a, Value b) { return compare(a, b, kForEver) == Outcome::Equal; }

u64 equal_hash_of(Value v) { return hash_object(v, 0); }

// -- primitives --

Value is_equal(Value a, Value b) {
  Outcome outcome = compare(a, b, is_long(kForEver) ? stretch() : kForEver);
  return outcome == Outcome::Unknown ? in_pieces(LongWork::Equal, a, b) : boolean(outcome == Outcome::Equal);
}
Value equal_hash(Value v) { return fixnum(static_cast<i64>(equal_hash_of(v))); }
Value seeded_hash(Value v, Value seed) { return fixnum(static_cast<i64>(hash_object(v, static_cast<u64>(fixnum_value(seed)) | 1))); }

}  // namespace loko
