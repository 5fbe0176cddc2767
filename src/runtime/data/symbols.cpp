// SPDX-License-Identifier: MIT
//
// Symbols: interned in a weak table at the root kRootSymbolTable. The table is a vector of buckets (a power of two of
// them), each a list of symbols; the symbol with hash h is in bucket h mod the number of buckets. The collector
// removes dead symbols from the lists. Hashes are stable, so a dumped table needs no rehashing.
// INVARIANT(symbol name): the name is an immutable string, so symbol->string gives it away.
#include "runtime/data/check.h"
#include "runtime/data/text_access.h"

namespace loko {

Value string_to_symbol(Value string);
Value make_uninterned(Value string);
Value is_interned(Value symbol);
Value symbol_hash_of(Value symbol);

namespace {

constexpr u64 kFirstBuckets = 4096;
constexpr u64 kLongChain = 8;

Value table() {
  Value& root = context().roots[kRootSymbolTable];
  if (!is_vector(root)) root = make_vector(kFirstBuckets, Null);
  return root;
}

Value make_symbol(Value name, u64 hash, bool interned) {
  Value s = make_typed(Kind::Symbol, 0, 2);
  if (!interned) word(s, 0) |= kHeaderFlag0;
  slot(s, 1) = fixnum(static_cast<i64>(hash));
  slot(s, 2) = name;
  return s;
}

/// Doubles the table when it holds more symbols than buckets.
void grow_if_full(Value old) {
  u64 buckets = length_of(old), count = 0;
  for (u64 i = 1; i <= buckets; ++i)
    for (Value l = slot(old, static_cast<i64>(i)); is_pair(l); l = cdr(l)) ++count;
  if (count < buckets) return;
  Value bigger = make_vector(buckets * 4, Null);
  for (u64 i = 1; i <= buckets; ++i) {
    for (Value l = slot(old, static_cast<i64>(i)); is_pair(l); l = cdr(l)) {
      i64 at = static_cast<i64>(symbol_hash(car(l)) & (buckets * 4 - 1)) + 1;
      set_field(bigger, at, make_pair(car(l), slot(bigger, at)));
    }
  }
  context().roots[kRootSymbolTable] = bigger;
}

Value intern_text(Text name) {
  u64 hash = hash_text(name);
  Value buckets = table();
  i64 at = static_cast<i64>(hash & (length_of(buckets) - 1)) + 1;
  u64 chain = 0;
  for (Value l = slot(buckets, at); is_pair(l); l = cdr(l), ++chain) {
    Value s = car(l);
    if (is_symbol(s) && symbol_hash(s) == hash && same_text(text_of(symbol_name(s)), name)) return s;
  }
  Value s = make_symbol(make_immutable_string_of(name), hash, true);
  set_field(buckets, at, make_pair(s, slot(buckets, at)));
  if (chain >= kLongChain) grow_if_full(buckets);
  return s;
}

}  // namespace

/// The symbol of a name in UTF-8.
Value intern(const char* utf8, u64 bytes) {
  const u8* p = reinterpret_cast<const u8*>(utf8);
  for (u64 i = 0; i < bytes; ++i)
    if (p[i] >= 0x80) return intern_text(text_of(make_string_utf8(utf8, bytes)));
  return intern_text({p, nullptr, bytes});
}

/// The symbol of an ASCII name.
Value intern_ascii(const u8* name, u64 length) { return intern_text({name, nullptr, length}); }

/// The symbol of a string's present content.
Value intern_string(Value string) { return intern_text(text_of(string)); }

/// A fresh symbol that is eq? to no other, whatever its name.
Value make_uninterned_symbol(Value name_string) {
  Text name = text_of(name_string);
  return make_symbol(make_immutable_string_of(name), hash_text(name), false);
}

// -- primitives --

Value string_to_symbol(Value string) {
  if (!is_string(string)) return raise_type("string->symbol", kExpectedString, string);
  return intern_string(string);
}

Value make_uninterned(Value string) {
  if (!is_string(string)) return raise_type("string->uninterned-symbol", kExpectedString, string);
  return make_uninterned_symbol(string);
}

Value is_interned(Value symbol) {
  if (!is_symbol(symbol)) return raise_type("symbol-interned?", kExpectedSymbol, symbol);
  return boolean((header(symbol) & kHeaderFlag0) == 0);
}

Value symbol_hash_of(Value symbol) {
  if (!is_symbol(symbol)) return raise_type("symbol-hash", kExpectedSymbol, symbol);
  return slot(symbol, 1);
}

}  // namespace loko
