// SPDX-License-Identifier: MIT
//
// Syntax objects: an expression with a wrap that is pushed inwards only when somebody looks. A wrap is a list of
// marks and a list of substitutions; a substitution is a rib, or a shift (#t or (rib . #t)) that drops one mark (Dybvig,
// Hieb, Bruggeman, "Syntactic abstraction in Scheme", 1992; Ghuloum, Dybvig, ICFP 2007). A rib maps symbols
// and marks to labels. A label is a heap binding (vector, see bindings.h) or a fixnum that names a local of a
// running expansion. Everything is plain heap data, so syntax objects may be constants of compiled macros.
// INVARIANT(no suspension): nothing here suspends, so raw Values are fine throughout.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/source.h"
#include "runtime/memory/heap.h"

namespace loko::syntax {

inline bool is_syntax(Value v) { return is_kind(v, Kind::Syntax); }
inline Value expression_of(Value s) { return slot(s, 1); }
inline Value marks_of(Value s) { return slot(s, 2); }
inline Value source_of(Value s) { return slot(s, 3); }
inline Value substs_of(Value s) { return slot(s, 4); }
inline constexpr Value kAntiMark{fixnum(0)};
inline constexpr Value kShift{True};
/// The shift of a macro use in a body: what the macro introduced is also looked up in the body's rib, where
/// introduced definitions go. What went through the macro is not: the whole element goes with the mark.
inline Value shift_with_rib(Value rib) { return make_pair(rib, True); }

/// A new syntax object.
Value make_syntax(Value expression, Value marks, Value source, Value substs);
/// A span as a fixnum (18 bits source, 26 bits offset, 16 bits length), or #f.
Value pack_span(Span span);
/// The span in a source field; no span for #f.
Span unpack_span(Value source);
/// The place of a syntax object, or none.
inline Span span_of(Value x) { return is_syntax(x) ? unpack_span(source_of(x)) : Span{}; }

/// x with the marks and substitutions added outside of its own wrap.
Value add_wrap(Value x, Value marks, Value substs);
/// x with a rib added outside.
Value add_rib(Value x, Value rib);
/// Adds a rib to forms that stand side by side. They share the chain if they did before, so that it is searched fast (ribs.cpp).
class RibWrap {
 public:
  explicit RibWrap(Value rib) : rib_(rib) {}
  Value operator()(Value x);

 private:
  Value rib_, inner_ = Unbound, chain_ = Null;
};
/// The expression of x without a wrap of its own; the parts of a pair or vector get the wrap.
Value unwrap(Value x);
/// x without any syntax in it; shares what has none. Copies of vectors are immutable, as befits literals.
Value strip(Value x);
/// A mutable string, bytevector or vector as an immutable copy; anything else is itself.
Value immutable_copy(Value x);
/// Strips a tree that may be cyclic below its syntax objects. All is copied; vectors are immutable in a literal.
Value strip_cyclic(Value x, bool literal = true);
/// Whether a walk over the tree is too long to rule out a cycle; small acyclic data gives false.
bool may_be_cyclic(Value x);
/// strip or strip_cyclic, whichever the tree needs.
Value strip_any(Value x);
/// Is there a part of a form, outside of its literals, that contains itself? (cycles.cpp)
bool contains_itself(Value form);

/// The innermost expression, for tests of its type.
inline Value peel(Value x) { return is_syntax(x) ? expression_of(x) : x; }
inline bool is_identifier(Value x) { return is_syntax(x) && is_symbol(expression_of(x)); }
inline bool is_pair_syntax(Value x) { return is_pair(peel(x)); }
inline bool is_null_syntax(Value x) { return peel(x) == Null; }

/// Walks along the cdrs of a (syntax) list without making syntax objects for the tails.
class Walker {
 public:
  explicit Walker(Value x) : x_(x) { normalize(); }
  bool at_pair() const { return is_pair(x_); }
  bool at_null() const { return x_ == Null; }
  /// The element here, with its wrap.
  Value item() const { return add_wrap(car(x_), marks_, substs_); }
  /// Everything from here on, with its wrap.
  Value rest() const { return add_wrap(x_, marks_, substs_); }
  void next() {
    x_ = cdr(x_);
    normalize();
  }

 private:
  void normalize();
  Value x_;
  Value marks_ = Null, substs_ = Null;
};

/// Appends the elements of a list; true if it is proper.
bool list_items(Value x, std::vector<Value>& items);

/// Heap lists.
Value list_of(std::initializer_list<Value> items);
Value list_from(const std::vector<Value>& items, Value tail = Null);
Value vector_of(std::initializer_list<Value> items);
Value vector_from(const std::vector<Value>& items);
inline Value vector_at(Value v, i64 i) { return slot(v, i + 1); }
inline void vector_put(Value v, i64 i, Value x) { set_field(v, i + 1, x); }

/// Symbols and strings as UTF-8.
std::string string_text(Value string);
std::string symbol_text(Value symbol);
inline Value symbol(std::string_view name) { return intern(name.data(), name.size()); }
inline Value heap_string(std::string_view text) { return make_string_utf8(text.data(), text.size()); }

// -- tables: vectors #(count store) with open addressing by symbol --

/// An empty table with room for some entries.
Value make_table(u64 room = 4);
/// The value of a symbol, or Unbound.
Value table_get(Value table, Value symbol);
/// Sets the value of a symbol.
void table_put(Value table, Value symbol, Value value);
/// Calls f(symbol, value) on every entry.
template <class F>
void table_each(Value table, F f) {
  Value store = vector_at(table, 1);
  u64 n = length_of(store);
  for (u64 i = 0; i < n; i += 2)
    if (vector_at(store, i) != False && vector_at(store, i + 1) != Unbound) f(vector_at(store, i), vector_at(store, i + 1));
}

// -- ribs (ribs.cpp): tables from symbol to an entry of labels by marks --

/// An empty rib, to which bindings will be added.
Value make_rib();
/// Nothing will be bound in the rib any more; that makes searches through it fast.
void close_rib(Value rib);
/// Calls f on every label in the entry of a rib.
void entry_each(Value entry, const std::function<void(Value marks, Value label)>& f);
/// Binds symbol with marks; replaces a binding with the same marks.
void rib_put(Value rib, Value symbol, Value marks, Value label);
/// Takes a binding away.
void rib_remove(Value rib, Value symbol, Value marks);
/// The label of exactly this symbol and marks in the rib, or Unbound.
Value rib_get(Value rib, Value symbol, Value marks);
bool same_marks(Value a, Value b);

/// The label of an identifier (or plain symbol: none), or Unbound.
Value resolve(Value id);
bool bound_identifier_eq(Value a, Value b);
bool free_identifier_eq(Value a, Value b);

/// A number that was never a mark before.
Value fresh_mark();
/// An identifier that is different from all others.
Value fresh_identifier(const char* prefix);
/// datum with the wrap of an identifier.
Value datum_to_syntax(Value id, Value datum);

/// equal? on leaves: numbers, strings, characters, bytevectors, symbols.
bool leaf_equal(Value a, Value b);

/// External form of a datum, syntax stripped, at most about `limit` characters.
std::string write_datum(Value x, std::size_t limit = 100);

}  // namespace loko::syntax
