// SPDX-License-Identifier: MIT
//
// memq, memv, member, assq, assv and assoc in a literal list become tests one after the other, as those of case: eq? where the element
// is a fixnum, symbol, character, boolean or the empty list, eqv? for other numbers. Where only truth is wanted the tests are the answer, else
// each gives the part of the literal that the search would have given. Lists with elements that need equal? keep the call.
//
// Runs before cp0, while literals stand where the user wrote them: a list that is the value of a variable may have been changed.
#include "core/build.h"
#include "core/datum_type.h"
#include "core/passes.h"

namespace loko::core {
namespace {

constexpr size_t kMostTests = 48;   // as many as case compares with one after the other
constexpr size_t kMostValues = 6;   // each is a constant of its own

enum class Equivalence : u8 { Eq, Eqv, Equal };

/// A search that the pass knows: by what it compares, and whether the elements are pairs with keys.
struct Search {
  Equivalence by;
  bool in_pairs;
  Expr* key;
  Expr* list;
};

bool find_search(const Expr* e, Search* s) {
  if (e->tag == Tag::Call && e->parts.size() == 3 && e->parts[0]->tag == Tag::GlobalRef) {
    const Global* g = e->parts[0]->global;
    bool in_pairs = g->name == "assq";
    if ((g->name != "memq" && !in_pairs) || g->library != "(loko base lists)" || !g->immutable) return false;
    *s = {Equivalence::Eq, in_pairs, e->parts[1], e->parts[2]};
    return s->list->tag == Tag::Quote;
  }
  if (e->tag != Tag::Prim || e->parts.size() != 2) return false;
  switch (e->primitive) {
    case PrimitiveId::k_memv: *s = {Equivalence::Eqv, false, e->parts[0], e->parts[1]}; break;
    case PrimitiveId::k_member: *s = {Equivalence::Equal, false, e->parts[0], e->parts[1]}; break;
    case PrimitiveId::k_assv: *s = {Equivalence::Eqv, true, e->parts[0], e->parts[1]}; break;
    case PrimitiveId::k_assoc: *s = {Equivalence::Equal, true, e->parts[0], e->parts[1]}; break;
    default: return false;
  }
  return s->list->tag == Tag::Quote;
}

/// The primitive that compares with such a key, or equal? if none is cheap.
PrimitiveId comparison(Equivalence by, Value key) {
  u32 type = type_of_datum(key);
  if (by == Equivalence::Eq || (type & (kTypeFixnum | kTypeSymbol | kTypeChar | kTypeBoolean | kTypeNull))) return PrimitiveId::k_eq_p;
  return by == Equivalence::Eqv || (type & kTypeNumber) ? PrimitiveId::k_eqv_p : PrimitiveId::k_equal_p;
}

/// The parts of a literal list that a search in it can give (its tails, or its elements); false if it is no list that the pass takes.
bool outcomes(const Search& s, size_t most, std::vector<Value>& out) {
  Value l = *s.list->datum;
  for (; is_pair(l); l = cdr(l)) {
    if (out.size() == most || (s.in_pairs && !is_pair(car(l)))) return false;
    if (comparison(s.by, s.in_pairs ? car(car(l)) : car(l)) == PrimitiveId::k_equal_p) return false;
    out.push_back(s.in_pairs ? car(l) : l);
  }
  return l == Null;
}

struct Pass {
  Unit& unit;

  void walk(Expr*& e, bool is_test) {
    switch (e->tag) {
      case Tag::If:
        walk(e->parts[0], true);
        walk(e->parts[1], is_test);
        walk(e->parts[2], is_test);
        return;
      case Tag::Begin:
        for (Expr*& p : e->parts) walk(p, is_test && &p == &e->parts.back());
        return;
      case Tag::Let: case Tag::Letrec:
        for (Binding& b : e->bindings) walk(b.value, false);
        return walk(e->body, is_test);
      case Tag::Prim: case Tag::Call:
        for (Expr*& p : e->parts) walk(p, is_prim(e, PrimitiveId::k_not));
        if (Search s; find_search(e, &s)) e = reduce(e, s, is_test);
        return;
      default: for_each_child(e, [this](Expr*& c) { walk(c, false); });
    }
  }

  Expr* reduce(Expr* e, const Search& s, bool is_test) {
    std::vector<Value> parts;
    if (!outcomes(s, is_test ? kMostTests : kMostValues, parts)) return e;
    bool is_simple = s.key->tag == Tag::Ref && !s.key->variable->assigned;
    Variable* key = is_simple ? s.key->variable : unit.new_variable("key");
    Expr* r = make_quote(unit, False, e->span);
    for (size_t i = parts.size(); i-- > 0;) {
      Value element = car(parts[i]);
      Expr* test = make_prim(unit, comparison(s.by, element), {make_ref(unit, key, e->span), make_quote(unit, element, e->span)}, e->span);
      r = make_if(unit, test, make_quote(unit, is_test ? True : parts[i], e->span), r, e->span);
    }
    if (is_simple) return r;
    Expr* let = unit.make(Tag::Let, e->span);
    let->bindings.push_back({key, s.key});
    let->body = r;
    return let;
  }
};

}  // namespace

void reduce_searches(Unit& unit) { Pass{unit}.walk(unit.body, false); }

}  // namespace loko::core
