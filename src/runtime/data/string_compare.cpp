// SPDX-License-Identifier: MIT
//
// Comparing, hashing and searching strings. Order is by code points, which for Latin-1 is memcmp.
#include "runtime/data/check.h"
#include "runtime/data/text_access.h"
#include "runtime/data/unicode.h"

namespace loko {

Value string_compare(Value a, Value b);
Value string_ci_compare(Value a, Value b);
Value string_equal(Value a, Value b);
Value string_less(Value a, Value b);
Value string_greater(Value a, Value b);
Value string_less_equal(Value a, Value b);
Value string_greater_equal(Value a, Value b);
Value string_ci_equal(Value a, Value b);
Value string_ci_less(Value a, Value b);
Value string_ci_greater(Value a, Value b);
Value string_ci_less_equal(Value a, Value b);
Value string_ci_greater_equal(Value a, Value b);
Value string_hash(Value s);
Value string_ci_hash(Value s);
Value string_hash_seeded(Value s, Value seed);
Value string_index(Value s, Value c, Value start, Value end);
Value string_index_right(Value s, Value c, Value start, Value end);
Value string_search_forward(Value pattern, Value s, Value start);
Value string_search_backward(Value pattern, Value s, Value end);

int compare_text(const Text& a, const Text& b) {
  u64 n = a.length < b.length ? a.length : b.length;
  if (a.narrow != nullptr && b.narrow != nullptr) {
    int order = __builtin_memcmp(a.narrow, b.narrow, n);
    if (order != 0) return order < 0 ? -1 : 1;
  } else {
    for (u64 i = 0; i < n; ++i)
      if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

namespace {

u64 mix(u64 h, u64 c) {
  h = (h ^ c) * 0x9e3779b97f4a7c15;
  return h ^ h >> 32;
}

u64 as_fixnum_hash(u64 h) { return (h ^ h >> 29) & static_cast<u64>(kFixnumMax); }

/// The characters of a string, case folded one after the other.
class Folded {
 public:
  explicit Folded(Text t) : text_(t) {}
  /// The next character, or -1 at the end.
  i64 next() {
    if (at_ == count_) {
      if (index_ == text_.length) return -1;
      u32 c = text_[index_++];
      at_ = 0;
      if (c < 0x80) {
        count_ = 1;
        buffer_[0] = c - 'A' < 26u ? c + 32 : c;
      } else {
        count_ = unicode_full_foldcase(c, buffer_);
      }
    }
    return buffer_[at_++];
  }

 private:
  Text text_;
  u64 index_ = 0;
  u32 buffer_[3];
  int at_ = 0, count_ = 0;
};

int compare_folded(Text a, Text b) {
  Folded fa(a), fb(b);
  for (;;) {
    i64 ca = fa.next(), cb = fb.next();
    if (ca != cb) return ca < cb ? -1 : 1;
    if (ca < 0) return 0;
  }
}

/// Compares two strings; false after raising.
template <bool fold>
bool compare(const char* who, Value a, Value b, int& order) {
  if (!is_string(a)) return raise_type(who, kExpectedString, a), false;
  if (!is_string(b)) return raise_type(who, kExpectedString, b), false;
  if constexpr (fold) order = compare_folded(text_of(a), text_of(b));
  else order = compare_text(text_of(a), text_of(b));
  return true;
}

bool matches(Text pattern, Text t, u64 at) {
  for (u64 i = 0; i < pattern.length; ++i)
    if (pattern[i] != t[at + i]) return false;
  return true;
}

/// Length of the longest proper border of each prefix (Knuth, Morris, Pratt): linear search whatever the pattern.
i64 search(Text pattern, Text t, u64 start) {
  if (pattern.length == 0) return static_cast<i64>(start);
  ScratchBuffer<u64> border;
  border.push(0);
  for (u64 i = 1, k = 0; i < pattern.length; ++i) {
    while (k > 0 && pattern[i] != pattern[k]) k = border[k - 1];
    if (pattern[i] == pattern[k]) ++k;
    border.push(k);
  }
  for (u64 i = start, k = 0; i < t.length; ++i) {
    while (k > 0 && t[i] != pattern[k]) k = border[k - 1];
    if (t[i] == pattern[k]) ++k;
    if (k == pattern.length) return static_cast<i64>(i + 1 - k);
  }
  return -1;
}

/// The last 1 to 7 bytes of n (which is no multiple of 8), little-endian, by loads that may overlap but leave nothing else in.
u64 last_block(const u8* p, u64 n) {
  const u64 rest = n & 7;
  if (n > 8) {
    u64 block;
    __builtin_memcpy(&block, p + n - 8, 8);
    return block >> (64 - 8 * rest);
  }
  if (rest >= 4) {
    u32 low, high;
    __builtin_memcpy(&low, p, 4);
    __builtin_memcpy(&high, p + rest - 4, 4);
    return low | u64{high} << (8 * (rest - 4));
  }
  return p[0] | u64{p[rest / 2]} << (8 * (rest / 2)) | u64{p[rest - 1]} << (8 * (rest - 1));
}

Value index_or_false(i64 i) { return i < 0 ? False : fixnum(i); }

}  // namespace

/// Eight Latin-1 characters, or two others, at a time, each time folding a product of 128 bits. Wide strings with
/// Latin-1 content are read as if they were narrow, so that equal strings have equal hashes.
u64 hash_text(Text t, u64 seed) {
  constexpr u64 kFactor = 0x9e3779b97f4a7c15;
  u64 key = seed ^ 0xd6e8feb86659fd93, h = seed ^ (t.length * kFactor);
  auto take = [&](u64 block) {
    unsigned __int128 product = static_cast<unsigned __int128>(h ^ block) * (key | 1);
    h = static_cast<u64>(product) ^ static_cast<u64>(product >> 64) ^ kFactor;
  };
  u64 i = 0;
  if (t.narrow != nullptr) {
    u64 block = 0;
    for (; i + 8 <= t.length; i += 8) {
      __builtin_memcpy(&block, t.narrow + i, 8);
      take(block);
    }
    if (i < t.length) take(last_block(t.narrow, t.length));
  } else if (is_latin1(t)) {
    for (; i < t.length; i += 8) {
      u64 block = 0;
      for (u64 k = i; k < t.length && k < i + 8; ++k) block |= u64{t.wide[k]} << (8 * (k - i));
      take(block);
    }
  } else {
    for (; i + 2 <= t.length; i += 2) take(u64{t.wide[i]} | u64{t.wide[i + 1]} << 32);
    if (i < t.length) take(t.wide[i]);
  }
  take(0);
  return as_fixnum_hash(h);
}

u64 hash_long(const void* data, u64 n, u64 seed, u64 (*part)(const void*, u64, u64, u64)) {
  constexpr u64 kEnd = kHashedWhole / 4, kRuns = 1024;
  u64 h = seed ^ n, at = 0, size = kEnd;
  for (u64 k = 0; k < kRuns + 2; ++k) {
    h = part(data, at, at + size, h);
    at = k == 0 ? n - kEnd : kEnd + (n - 2 * kEnd) / kRuns * (k - 1);
    if (k == 1) size = 8;
  }
  return h;
}

u64 hash_string(Text t, u64 seed) {
  if (t.length <= kHashedWhole) return hash_text(t, seed);
  return hash_long(&t, t.length, seed, [](const void* text, u64 start, u64 end, u64 h) {
    return hash_text(sub_text(*static_cast<const Text*>(text), start, end), h);
  });
}

// -- primitives --

Value string_compare(Value a, Value b) {
  int order;
  return compare<false>("string-compare", a, b, order) ? fixnum(order) : RaiseMark;
}
Value string_ci_compare(Value a, Value b) {
  int order;
  return compare<true>("string-ci-compare", a, b, order) ? fixnum(order) : RaiseMark;
}

Value string_equal(Value a, Value b) {
  if (!is_string(a)) return raise_type("string=?", kExpectedString, a);
  if (!is_string(b)) return raise_type("string=?", kExpectedString, b);
  return boolean(same_text(a, b));
}
Value string_less(Value a, Value b) {
  int order;
  return compare<false>("string<?", a, b, order) ? boolean(order < 0) : RaiseMark;
}
Value string_greater(Value a, Value b) {
  int order;
  return compare<false>("string>?", a, b, order) ? boolean(order > 0) : RaiseMark;
}
Value string_less_equal(Value a, Value b) {
  int order;
  return compare<false>("string<=?", a, b, order) ? boolean(order <= 0) : RaiseMark;
}
Value string_greater_equal(Value a, Value b) {
  int order;
  return compare<false>("string>=?", a, b, order) ? boolean(order >= 0) : RaiseMark;
}
Value string_ci_equal(Value a, Value b) {
  int order;
  return compare<true>("string-ci=?", a, b, order) ? boolean(order == 0) : RaiseMark;
}
Value string_ci_less(Value a, Value b) {
  int order;
  return compare<true>("string-ci<?", a, b, order) ? boolean(order < 0) : RaiseMark;
}
Value string_ci_greater(Value a, Value b) {
  int order;
  return compare<true>("string-ci>?", a, b, order) ? boolean(order > 0) : RaiseMark;
}
Value string_ci_less_equal(Value a, Value b) {
  int order;
  return compare<true>("string-ci<=?", a, b, order) ? boolean(order <= 0) : RaiseMark;
}
Value string_ci_greater_equal(Value a, Value b) {
  int order;
  return compare<true>("string-ci>=?", a, b, order) ? boolean(order >= 0) : RaiseMark;
}

Value string_hash(Value s) {
  if (!is_string(s)) return raise_type("string-hash", kExpectedString, s);
  return fixnum(static_cast<i64>(hash_string(text_of(s))));
}

/// Strings that collide under one seed don't under another.
Value string_hash_seeded(Value s, Value seed) {
  if (!is_string(s)) return raise_type("%string-hash-seeded", kExpectedString, s);
  if (!is_fixnum(seed)) return raise_assertion("%string-hash-seeded", "expected a fixnum", seed);
  return fixnum(static_cast<i64>(hash_string(text_of(s), static_cast<u64>(fixnum_value(seed)) * 0xbf58476d1ce4e5b9)));
}

Value string_ci_hash(Value s) {
  if (!is_string(s)) return raise_type("string-ci-hash", kExpectedString, s);
  u64 h = 0x2545f4914f6cdd1d;
  Folded f(text_of(s));
  for (i64 c = f.next(); c >= 0; c = f.next()) h = mix(h, static_cast<u64>(c));
  return fixnum(static_cast<i64>(as_fixnum_hash(h)));
}

Value string_index(Value s, Value c, Value start, Value end) {
  constexpr const char* who = "string-index";
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  if (!is_char(c)) return raise_type(who, kExpectedChar, c);
  Range r;
  if (!take_range(who, s, start, end, length_of(s), r)) return RaiseMark;
  Text t = text_of(s);
  for (u64 i = r.start; i < r.end; ++i)
    if (t[i] == char_value(c)) return fixnum(static_cast<i64>(i));
  return False;
}

Value string_index_right(Value s, Value c, Value start, Value end) {
  constexpr const char* who = "string-index-right";
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  if (!is_char(c)) return raise_type(who, kExpectedChar, c);
  Range r;
  if (!take_range(who, s, start, end, length_of(s), r)) return RaiseMark;
  Text t = text_of(s);
  for (u64 i = r.end; i > r.start; --i)
    if (t[i - 1] == char_value(c)) return fixnum(static_cast<i64>(i - 1));
  return False;
}

Value string_search_forward(Value pattern, Value s, Value start) {
  constexpr const char* who = "string-search-forward";
  if (!is_string(pattern)) return raise_type(who, kExpectedString, pattern);
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  Range r;
  if (!take_range(who, s, start, Default, length_of(s), r)) return RaiseMark;
  return index_or_false(search(text_of(pattern), text_of(s), r.start));
}

Value string_search_backward(Value pattern, Value s, Value end) {
  constexpr const char* who = "string-search-backward";
  if (!is_string(pattern)) return raise_type(who, kExpectedString, pattern);
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  Range r;
  if (!take_range(who, s, Default, end, length_of(s), r)) return RaiseMark;
  Text p = text_of(pattern), t = text_of(s);
  for (u64 i = r.end; i + 1 > p.length; --i)
    if (matches(p, t, i - p.length)) return fixnum(static_cast<i64>(i - p.length));
  return False;
}

}  // namespace loko
