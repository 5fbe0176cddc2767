// SPDX-License-Identifier: MIT
//
// case (R6RS 11.4.5, R7RS 4.2.1). Few data are compared one after the other. Many fixnums, characters or symbols are found by
// binary search: of fixnums and characters for intervals that lead to the same clause, of symbols for their hashes. The bodies
// of the clauses are procedures then, because the search may reach them at several places; contification makes them blocks.
// INVARIANT(first): of equal data in several clauses the first counts.
#include <algorithm>
#include <map>
#include <set>

#include "syntax/expander.h"

namespace loko::syntax {

namespace {

constexpr std::size_t kFewNumbers = 5;  // fixnums or characters that are compared one after the other
constexpr std::size_t kFewSymbols = 48;  // each is a compare with an immediate; the search by hash is about 90 bytes a symbol
constexpr i64 kHashMask = 0xfffff;      // small enough for immediate operands

/// Values from `from` up to the next interval lead to a clause, or to none.
struct Interval {
  i64 from;
  std::size_t clause;
};
constexpr std::size_t kNoClause = ~std::size_t{0};

/// The intervals of sorted keys, the first from the least number on.
std::vector<Interval> intervals_of(const std::map<i64, std::size_t>& keys) {
  std::vector<Interval> out{{kFixnumMin, kNoClause}};
  auto begin = [&](i64 from, std::size_t clause) {
    if (out.back().from == from) out.pop_back();
    if (out.empty() || out.back().clause != clause) out.push_back({from, clause});
  };
  for (auto& [key, clause] : keys) {
    begin(key, clause);
    if (key < kFixnumMax) begin(key + 1, kNoClause);
  }
  return out;
}

bool is_eq_comparable(Value d) { return is_fixnum(d) || is_symbol(d) || is_char(d) || d == True || d == False || d == Null; }

}  // namespace

/// The search for a key among data, under construction.
struct Expander::CaseSearch {
  Expander& x;
  core::Variable* key;
  std::vector<core::Variable*> bodies;  // procedures of the clauses
  core::Variable* otherwise;

  Expr* number(i64 n, bool as_char) { return x.make_quote(as_char ? character(static_cast<u32>(n)) : fixnum(n)); }
  Expr* go(std::size_t clause) { return x.make_call({x.make_ref(clause == kNoClause ? otherwise : bodies[clause])}); }

  /// What the interval among [low, high) that the subject is in leads to.
  Expr* among(const std::vector<Interval>& all, std::size_t low, std::size_t high, bool as_char) {
    if (high - low == 1) return go(all[low].clause);
    std::size_t middle = (low + high) / 2;
    Expr* below = x.make_prim(as_char ? "char<?" : "fx<?", {x.make_ref(key), number(all[middle].from, as_char)});
    return x.make_if(below, among(all, low, middle, as_char), among(all, middle, high, as_char));
  }

  struct Symbol {
    i64 hash;
    Value name;  // nothing suspends while these are made and used
    std::size_t clause;
  };
  Expr* symbols(const std::vector<Symbol>& all, std::size_t low, std::size_t high, core::Variable* hash) {
    if (all[low].hash == all[high - 1].hash) {
      Expr* e = go(kNoClause);
      for (std::size_t i = high; i-- > low;)
        e = x.make_if(x.make_prim("eq?", {x.make_ref(key), x.make_quote(all[i].name)}), go(all[i].clause), e);
      return e;
    }
    std::size_t middle = (low + high) / 2;
    while (middle > low && all[middle - 1].hash == all[middle].hash) --middle;
    if (middle == low)
      for (middle = (low + high) / 2; all[middle].hash == all[low].hash;) ++middle;
    Expr* below = x.make_prim("fx<?", {x.make_ref(hash), x.make_quote(fixnum(all[middle].hash))});
    return x.make_if(below, symbols(all, low, middle, hash), symbols(all, middle, high, hash));
  }
};

/// The clauses as tests one after the other, from the first to the last.
Expr* Expander::case_tests(const std::vector<CaseClause>& clauses, core::Variable* key, Expr* otherwise,
                           const std::function<bool(Value)>& wanted, const std::function<Expr*(std::size_t)>& body) {
  Expr* e = otherwise;
  for (std::size_t i = clauses.size(); i-- > 0;) {
    span_ = clauses[i].span;
    Expr* test = nullptr;
    for (std::size_t j = clauses[i].data.size(); j-- > 0;) {
      Value d = strip(*clauses[i].data[j]);
      if (!wanted(d)) continue;
      Expr* one = make_prim(is_eq_comparable(d) ? "eq?" : "eqv?", {make_ref(key), make_quote(d)});
      test = test ? make_if(one, make_quote(True), test) : one;
    }
    if (test) e = make_if(test, body(i), e);
  }
  return e;
}

Expr* Expander::case_search(const std::vector<CaseClause>& clauses, core::Variable* key, Expr* otherwise) {
  std::map<i64, std::size_t> fixnums, chars;
  std::vector<CaseSearch::Symbol> symbols;
  std::set<u64> seen;
  for (std::size_t i = 0; i < clauses.size(); ++i)
    for (Handle h : clauses[i].data) {
      Value d = strip(*h);
      if (is_fixnum(d)) fixnums.emplace(fixnum_value(d), i);
      else if (is_char(d)) chars.emplace(char_value(d), i);
      else if (is_symbol(d) && seen.insert(d.bits).second) symbols.push_back({static_cast<i64>(symbol_hash(d)) & kHashMask, d, i});
    }
  bool by_number = fixnums.size() >= kFewNumbers, by_char = chars.size() >= kFewNumbers, by_symbol = symbols.size() >= kFewSymbols;
  if (!by_number && !by_char && !by_symbol)
    return case_tests(clauses, key, otherwise, [](Value) { return true; }, [&](std::size_t i) { return clauses[i].then; });
  CaseSearch search{*this, key, {}, unit_->unit.new_variable("else")};
  std::vector<core::Binding> bindings{{search.otherwise, make_lambda({}, nullptr, otherwise)}};
  for (const CaseClause& c : clauses) {
    search.bodies.push_back(unit_->unit.new_variable("clause"));
    bindings.push_back({search.bodies.back(), make_lambda({}, nullptr, c.then)});
  }
  auto wanted = [&](Value d) { return !(is_fixnum(d) && by_number) && !(is_char(d) && by_char) && !(is_symbol(d) && by_symbol); };
  Expr* e = case_tests(clauses, key, search.go(kNoClause), wanted, [&](std::size_t i) { return search.go(i); });
  if (by_symbol) {
    std::stable_sort(symbols.begin(), symbols.end(), [](auto& a, auto& b) { return a.hash < b.hash; });
    core::Variable* hash = unit_->unit.new_variable("hash");
    Expr* masked = make_prim("fxand", {make_prim("%symbol-hash", {make_ref(key)}), make_quote(fixnum(kHashMask))});
    Expr* found = make_let({{hash, masked}}, search.symbols(symbols, 0, symbols.size(), hash));
    e = make_if(make_prim("symbol?", {make_ref(key)}), found, e);
  }
  auto numbers = [&](const char* predicate, const std::map<i64, std::size_t>& keys, bool as_char) {
    std::vector<Interval> all = intervals_of(keys);
    e = make_if(make_prim(predicate, {make_ref(key)}), search.among(all, 0, all.size(), as_char), e);
  };
  if (by_char) numbers("char?", chars, true);
  if (by_number) numbers("fixnum?", fixnums, false);
  return make_let(std::move(bindings), e);
}

Expr* Expander::form_case(Handle form, Form) {
  Items p;
  if (!parse(form, 2, -1, p)) return make_void();
  Expr* key = expand(p[1]);
  core::Variable* v = unit_->unit.new_variable("key");
  return make_let({{v, key}}, expand_case(p, 2, v));
}

Expr* Expander::expand_case(const Items& clauses, std::size_t first, core::Variable* key) {
  std::vector<CaseClause> parts;
  Expr* otherwise = nullptr;
  for (std::size_t at = first; at < clauses.size() && !otherwise; ++at) {
    Items c;
    if (Span s = syntax::span_of(*clauses[at])) span_ = s;
    if (!parse(clauses[at], 2, -1, c)) continue;
    bool is_else = is_form(*c[0], Form::Else);
    if (is_else && at + 1 != clauses.size()) {
      error(clauses[at], "an else clause must be the last one");
      continue;
    }
    Span here = span_;
    Expr* then;
    if (is_form(*c[1], Form::Arrow)) {
      if (c.size() != 3) {
        error(clauses[at], "a clause with => must be ((datum ...) => procedure)");
        continue;
      }
      then = expand(c[2]);
      then = make_call({then, make_ref(key)});
    } else {
      then = expand_sequence(c, 1);
    }
    if (is_else) {
      otherwise = then;
      break;
    }
    std::vector<Value> data;
    if (!list_items(*c[0], data)) {
      error(c[0], "a clause of case must begin with a list of data");
      continue;
    }
    parts.push_back({here, hold_all(data), then});
  }
  return case_search(parts, key, otherwise ? otherwise : make_void());
}

}  // namespace loko::syntax
