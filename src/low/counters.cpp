// SPDX-License-Identifier: MIT
//
// Counters: a greatest fixpoint over variables all of whose values are known expressions. A value is bounded if it
// is a constant below 2^58, a length, another counter, the result of a procedure that returns only such values, or
// one of these plus or minus at most 16. From there to the
// end of the fixnums are more than 2^55 additions, which no run of a program does; so no overflow check is needed.
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/build.h"
#include "low/closures.h"

namespace loko::low {
namespace {

using core::Binding;
using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

constexpr i64 kBound = i64{1} << 58;
constexpr i64 kStep = 16;

struct Finder {
  Analysis& analysis;
  std::unordered_map<const Variable*, std::vector<const Expr*>> candidates{};
  std::unordered_set<const LambdaInfo*> results{};  // lambdas all of whose results are bounded
  std::unordered_map<const void*, std::vector<const void*>> needed_by{};  // variables and lambdas that rest on one
  const void* looking_at = nullptr;  // whose values bounded() is asked about

  void collect(Expr* e) {
    if (e->tag == Tag::Let && !e->receives)
      for (Binding& b : e->bindings)
        if (b.value->tag != Tag::Lambda && !b.variable->assigned) candidates[b.variable].push_back(b.value);
    core::for_each_child(e, [&](Expr* c) { collect(c); });
  }

  static bool is_step(const Expr* e) {
    if (e->tag != Tag::Quote || !is_fixnum(*e->datum)) return false;
    i64 n = fixnum_value(*e->datum);
    return n >= -kStep && n <= kStep;
  }

  bool holds(const void* one, bool is_candidate) {
    if (is_candidate && looking_at) needed_by[one].push_back(looking_at);
    return is_candidate;
  }

  bool bounded(const Expr* e) {
    switch (e->tag) {
      case Tag::Quote: return is_fixnum(*e->datum) && fixnum_value(*e->datum) < kBound && fixnum_value(*e->datum) > -kBound;
      case Tag::Ref: return holds(e->variable, candidates.count(e->variable) != 0);
      case Tag::If: return bounded(e->parts[1]) && bounded(e->parts[2]);
      case Tag::Begin: return bounded(e->parts.back());
      case Tag::Let: case Tag::Letrec:
        for (const Binding& b : e->bindings)  // calls of an exit give the let's value, too
          if (const LambdaInfo* l = b.variable->exit ? variable_info(b.variable).lambda : nullptr; l && !holds(l, results.count(l) != 0)) return false;
        return bounded(e->body);
      case Tag::Call: {
        const LambdaInfo* l = known_callee(e);
        return l && holds(l, results.count(l) != 0);
      }
      case Tag::Prim: break;
      default: return false;
    }
    std::string_view t = primitive_info(e->primitive).target;
    if (t == "vector_length" || t == "bytevector_length" || t == "string_length" || t == "char_to_integer") return true;
    if (e->parts.size() != 2) return false;
    if (analysis.counter_steps.count(e)) return true;
    if (t == "generic_add" || t == "fx_add") return (is_step(e->parts[1]) && bounded(e->parts[0])) || (is_step(e->parts[0]) && bounded(e->parts[1]));
    return (t == "generic_sub" || t == "fx_sub") && is_step(e->parts[1]) && bounded(e->parts[0]);
  }

  bool all_bounded(const Variable* v) {
    looking_at = v;
    const std::vector<const Expr*>& values = candidates.at(v);
    return std::all_of(values.begin(), values.end(), [this](const Expr* e) { return bounded(e); });
  }
  bool all_bounded(const LambdaInfo* l) {
    looking_at = l;
    return std::all_of(l->lambda->clauses.begin(), l->lambda->clauses.end(), [this](const Clause& c) { return bounded(c.body); });
  }

  /// Takes away those with a value that is not bounded, then those that rest on them.
  void solve() {
    std::vector<const void*> gone;
    std::vector<const Variable*> variables;
    std::vector<const LambdaInfo*> lambdas(results.begin(), results.end());
    for (auto& [v, values] : candidates) variables.push_back(v);
    for (const Variable* v : variables)
      if (!all_bounded(v)) candidates.erase(v), gone.push_back(v);
    for (const LambdaInfo* l : lambdas)
      if (!all_bounded(l)) results.erase(l), gone.push_back(l);
    while (!gone.empty()) {
      std::vector<const void*> again = std::move(needed_by[gone.back()]);
      gone.pop_back();
      for (const void* x : again) {
        auto variable = candidates.find(static_cast<const Variable*>(x));
        auto lambda = results.find(static_cast<const LambdaInfo*>(x));
        if (variable != candidates.end() && !all_bounded(variable->first)) candidates.erase(variable), gone.push_back(x);
        else if (lambda != results.end() && !all_bounded(*lambda)) results.erase(lambda), gone.push_back(x);
      }
    }
    looking_at = nullptr;
  }

  /// Operands first, so that what is known of them needs no second look: sums nest.
  void mark(Expr* e) {
    core::for_each_child(e, [&](Expr* c) { mark(c); });
    if (e->tag == Tag::Prim && e->parts.size() == 2) {
      std::string_view t = primitive_info(e->primitive).target;
      if ((t == "generic_add" || t == "fx_add" || t == "generic_sub" || t == "fx_sub") && bounded(e)) analysis.counter_steps.insert(e);
    }
  }
};

}  // namespace

void find_counters(core::Unit& unit, Analysis& analysis) {
  Finder f{analysis};
  f.collect(unit.body);
  for (LambdaInfo& l : analysis.lambdas) {
    if (l.escapes) continue;
    for (CallSite& s : l.calls) {
      Clause& c = l.lambda->clauses[static_cast<size_t>(s.clause)];
      for (size_t i = 0; i < c.required.size(); ++i)
        if (!c.required[i]->assigned) f.candidates[c.required[i]].push_back(s.call->parts[i + 1]);
    }
  }
  for (const LambdaInfo& l : analysis.lambdas)
    if (!l.dead) f.results.insert(&l);
  f.solve();
  f.mark(unit.body);
}

}  // namespace loko::low
