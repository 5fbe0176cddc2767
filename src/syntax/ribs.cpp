// SPDX-License-Identifier: MIT
//
// Tables from symbols, ribs, and the search for what an identifier means. A rib is a table from symbol to an entry: a label
// (no marks) or, if there are marks, an alist ((marks . label) …), which becomes a trie (#f . trie) when it is long.
//
// The search goes along the chain of substitutions. So that it takes logarithmic time where forms nest deeply, a closed rib,
// which gets no more bindings, remembers what stands in front of the chain that it was found in: a trie of all that it and the
// closed ribs behind it bind. Such a trie shares all but a path with the one further out (persistent, as in Okasaki and Gill,
// "Fast mergeable integer maps", but on hashes).
//
// INVARIANT(closed): nothing is bound in a rib after close_rib.
#include "syntax/stx.h"

namespace loko::syntax {

// -- tables --

Value make_table(u64 room) {
  u64 capacity = 4;
  while (capacity * 3 < room * 4) capacity *= 2;
  return vector_of({fixnum(0), make_vector(capacity * 2, False)});
}

namespace {

i64 table_find(Value store, Value symbol) {
  u64 mask = length_of(store) / 2 - 1;
  u64 h = symbol_hash(symbol);
  for (u64 i = (h ^ h >> 17) & mask;; i = (i + 1) & mask) {
    Value k = vector_at(store, static_cast<i64>(2 * i));
    if (k == symbol || k == False) return static_cast<i64>(2 * i);
  }
}

}  // namespace

Value table_get(Value table, Value symbol) {
  Value store = vector_at(table, 1);
  i64 i = table_find(store, symbol);
  return vector_at(store, i) == False ? Unbound : vector_at(store, i + 1);
}

void table_put(Value table, Value symbol, Value value) {
  Value store = vector_at(table, 1);
  i64 i = table_find(store, symbol);
  if (vector_at(store, i) == False) {
    u64 count = static_cast<u64>(fixnum_value(vector_at(table, 0))) + 1;
    u64 capacity = length_of(store) / 2;
    if (count * 4 > capacity * 3) {
      Value bigger = make_vector(capacity * 4, False);
      for (u64 j = 0; j < capacity * 2; j += 2) {
        Value k = vector_at(store, static_cast<i64>(j));
        if (k == False) continue;
        i64 at = table_find(bigger, k);
        vector_put(bigger, at, k);
        vector_put(bigger, at + 1, vector_at(store, static_cast<i64>(j + 1)));
      }
      store = bigger;
      vector_put(table, 1, store);
      i = table_find(store, symbol);
    }
    vector_put(store, i, symbol);
    vector_put(table, 0, fixnum(static_cast<i64>(count)));
  }
  vector_put(store, i + 1, value);
}

bool same_marks(Value a, Value b) {
  for (; a != b; a = cdr(a), b = cdr(b))
    if (!is_pair(a) || !is_pair(b) || car(a) != car(b)) return false;
  return true;
}

// -- tries: () is empty, an alist holds keys of one hash, #(left right) decides by the next bit of it --

namespace {

/// Of a symbol or a list of marks; two that are the same have the same.
u64 key_hash(Value key) {
  u64 h = is_symbol(key) ? symbol_hash(key) : is_pair(key) ? static_cast<u64>(fixnum_value(car(key))) : 0;
  return h * 0x9e3779b97f4a7c15u >> 16;
}

Value trie_get(Value node, Value key) {
  for (u64 h = key_hash(key); is_vector(node); h >>= 1) node = vector_at(node, h & 1);
  for (; is_pair(node); node = cdr(node))
    if (same_marks(car(car(node)), key)) return cdr(car(node));
  return Unbound;
}

/// A trie in which the key has the value, at `bit` of the hash; the old one stays as it is.
Value trie_put(Value node, Value key, Value value, int bit = 0) {
  constexpr int kBits = 48;
  u64 side = key_hash(key) >> bit & 1;
  if (is_vector(node)) {
    Value child = trie_put(vector_at(node, static_cast<i64>(side)), key, value, bit + 1), other = vector_at(node, static_cast<i64>(1 - side));
    return side ? vector_of({other, child}) : vector_of({child, other});
  }
  if (node == Null) return list_of({make_pair(key, value)});
  Value first = car(car(node));
  if (bit < kBits && key_hash(first) != key_hash(key)) {
    bool right = key_hash(first) >> bit & 1;
    return trie_put(right ? vector_of({Null, node}) : vector_of({node, Null}), key, value, bit);
  }
  std::vector<Value> entries{make_pair(key, value)};
  for (; is_pair(node); node = cdr(node))
    if (!same_marks(car(car(node)), key)) entries.push_back(car(node));
  return list_from(entries);
}

template <class F>
void trie_each(Value node, const F& f) {
  for (; is_pair(node); node = cdr(node)) f(car(car(node)), cdr(car(node)));
  if (!is_vector(node)) return;
  trie_each(vector_at(node, 0), f);
  trie_each(vector_at(node, 1), f);
}

// -- entries --

bool is_trie_entry(Value entry) { return is_pair(entry) && car(entry) == False; }

Value entry_get(Value entry, Value marks) {
  if (entry == Unbound) return Unbound;
  if (is_trie_entry(entry)) return trie_get(cdr(entry), marks);
  if (entry != Null && !is_pair(entry)) return marks == Null ? entry : Unbound;
  for (; is_pair(entry); entry = cdr(entry))
    if (same_marks(car(car(entry)), marks)) return cdr(car(entry));
  return Unbound;
}

Value entry_put(Value entry, Value marks, Value label) {
  constexpr int kMostInList = 8;
  bool empty = entry == Unbound || entry == Null;
  if (marks == Null && (empty || !is_pair(entry))) return label;
  if (is_trie_entry(entry)) return make_pair(False, trie_put(cdr(entry), marks, label));
  if (empty) entry = Null;
  else if (!is_pair(entry)) entry = list_of({make_pair(Null, entry)});
  std::vector<Value> entries{make_pair(marks, label)};
  for (; is_pair(entry); entry = cdr(entry))
    if (!same_marks(car(car(entry)), marks)) entries.push_back(car(entry));
  if (entries.size() <= kMostInList) return list_from(entries);
  Value trie = Null;
  for (Value e : entries) trie = trie_put(trie, car(e), cdr(e));
  return make_pair(False, trie);
}

}  // namespace

void entry_each(Value entry, const std::function<void(Value marks, Value label)>& f) {
  if (is_trie_entry(entry)) trie_each(cdr(entry), f);
  else if (entry != Null && !is_pair(entry)) f(Null, entry);
  else
    for (; is_pair(entry); entry = cdr(entry)) f(car(car(entry)), cdr(car(entry)));
}

// -- ribs --

namespace {

constexpr i64 kRibOuter = 2;  // what followed in the chain for which the trie was made, #f: not closed, #t: closed without a trie
constexpr i64 kRibTrie = 3;
constexpr i64 kRibEnd = 4;    // from where on the trie says nothing

bool is_closed(Value rib) { return length_of(rib) > kRibOuter && vector_at(rib, kRibOuter) != False; }
bool has_any_trie(Value rib) { return length_of(rib) > kRibOuter && is_pair(vector_at(rib, kRibOuter)); }
bool has_trie(Value rib, Value outer) { return length_of(rib) > kRibOuter && vector_at(rib, kRibOuter) == outer && is_pair(outer); }

/// Gives the closed ribs at the front of the chain a trie, up to one that has one. A rib that was found in another chain before (what
/// macros pass on has chains of its own) keeps the trie for that one.
void make_tries(Value chain) {
  std::vector<Value> fresh;
  Value s = chain;
  for (; is_pair(s) && is_vector(car(s)) && is_closed(car(s)) && !has_any_trie(car(s)); s = cdr(s)) fresh.push_back(s);
  bool more = is_pair(s) && is_vector(car(s)) && has_trie(car(s), cdr(s));
  Value trie = more ? vector_at(car(s), kRibTrie) : Null;
  Value end = more ? vector_at(car(s), kRibEnd) : s;
  for (std::size_t i = fresh.size(); i-- > 0;) {
    Value rib = car(fresh[i]);
    table_each(rib, [&](Value symbol, Value entry) {
      entry_each(entry, [&](Value marks, Value label) { trie = trie_put(trie, symbol, entry_put(trie_get(trie, symbol), marks, label)); });
    });
    if (!is_pair(cdr(fresh[i]))) continue;  // the last of all
    vector_put(rib, kRibTrie, trie);
    vector_put(rib, kRibEnd, end);
    vector_put(rib, kRibOuter, cdr(fresh[i]));
  }
}

}  // namespace

Value make_rib() {
  Value table = make_table();
  return vector_of({vector_at(table, 0), vector_at(table, 1), False, Null, Null});
}

void close_rib(Value rib) { vector_put(rib, kRibOuter, True); }

Value RibWrap::operator()(Value x) {
  bool syntax = is_syntax(x);
  Value marks = syntax ? marks_of(x) : Null, inner = syntax ? substs_of(x) : Null;
  if (!syntax && !is_pair(x) && !is_symbol(x) && !is_vector(x)) return x;
  if (inner != inner_) {
    inner_ = inner;
    chain_ = is_pair(inner) && car(inner) == rib_ ? inner : make_pair(rib_, inner);
  }
  return make_syntax(syntax ? expression_of(x) : x, marks, syntax ? source_of(x) : False, chain_);
}

Value rib_get(Value rib, Value symbol, Value marks) { return entry_get(table_get(rib, symbol), marks); }

void rib_remove(Value rib, Value symbol, Value marks) {
  Value entry = table_get(rib, symbol), left = Null;
  if (entry == Unbound) return;
  entry_each(entry, [&](Value m, Value label) {
    if (!same_marks(m, marks)) left = entry_put(left, m, label);
  });
  table_put(rib, symbol, left);
}

void rib_put(Value rib, Value symbol, Value marks, Value label) {
  table_put(rib, symbol, entry_put(table_get(rib, symbol), marks, label));
}

Value resolve(Value id) {
  constexpr int kFar = 16;  // ribs that are looked into before it is worth making a trie
  if (!is_syntax(id)) return Unbound;
  Value sym = expression_of(id), marks = marks_of(id);
  Value run = Null;  // the first of the closed ribs that were looked into last
  int looked = 0;
  for (Value s = substs_of(id); is_pair(s);) {
    Value subst = car(s);
    if (subst == kShift) {
      looked = 0;
    } else {
      Value rib = is_pair(subst) ? car(subst) : subst;
      bool plain = is_vector(subst) && is_closed(rib);
      if (plain && has_trie(rib, cdr(s))) {
        Value label = entry_get(trie_get(vector_at(rib, kRibTrie), sym), marks);
        if (label != Unbound) return label;
        s = vector_at(rib, kRibEnd);
        continue;
      }
      Value label = rib_get(rib, sym, marks);
      if (label != Unbound) return label;
      if (!plain || has_any_trie(rib)) {
        looked = 0;
      } else if (looked++ == 0) {
        run = s;
      } else if (looked == kFar) {
        make_tries(run);
        s = run;
        looked = 0;
        continue;
      }
    }
    if (!is_vector(subst) && is_pair(marks)) marks = cdr(marks);
    s = cdr(s);
  }
  return Unbound;
}

}  // namespace loko::syntax
