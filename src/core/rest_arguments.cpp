// SPDX-License-Identifier: MIT
//
// Known procedures get a clause for each count of rest arguments that they are called with, if they only look at the list of these
// (plain_lists.h): the elements are parameters then, and cp0 makes car, null?, length and apply of the list what they are of its elements. What
// an apply passes on in such a clause is a call with a count of its own, so the pass runs again after cp0. Clauses of known procedures that no
// call selects go; calls select theirs when they are compiled.
//
// In: (lambda (x . r) body), called with two arguments. Out: a clause (x r1) before it, with the body ((lambda (x . r) body) x r1).
#include <algorithm>
#include <set>

#include "core/copy.h"
#include "core/known_procedures.h"
#include "core/passes.h"
#include "core/plain_lists.h"

namespace loko::core {
namespace {

constexpr size_t kMostElements = 6;   // of a list that becomes parameters
constexpr size_t kMostClauses = 6;
constexpr int kMostGrowth = 300;      // nodes of all the copies

struct Pass {
  Unit& unit;
  KnownProcedures procedures{unit};
  bool changed = false;

  void drop_clauses(KnownProcedure& p) {
    std::vector<bool> used(p.lambda->clauses.size(), false);
    for (const Expr* call : p.calls) used[static_cast<size_t>(clause_for(p.lambda, call->parts.size() - 1))] = true;
    std::vector<Clause> kept;
    for (size_t i = 0; i < used.size(); ++i)
      if (used[i]) kept.push_back(std::move(p.lambda->clauses[i]));
    changed = changed || kept.size() < used.size();
    p.lambda->clauses = std::move(kept);
  }

  /// The counts of rest arguments in calls that select clause k, the smallest first.
  static std::set<size_t> counts(const KnownProcedure& p, size_t k) {
    std::set<size_t> all;
    size_t required = p.lambda->clauses[k].required.size();
    for (const Expr* call : p.calls)
      if (size_t n = call->parts.size() - 1; clause_for(p.lambda, n) == static_cast<int>(k) && n - required <= kMostElements) all.insert(n - required);
    return all;
  }

  void specialize(KnownProcedure& p) {
    size_t k = p.lambda->clauses.size() - 1;
    const Clause& last = p.lambda->clauses[k];
    if (!last.rest || last.rest->assigned || !is_only_looked_at(last.body, last.rest)) return;
    std::set<size_t> wanted = counts(p, k);
    if (wanted.empty() || wanted.size() + k > kMostClauses || node_count(last.body) * static_cast<int>(wanted.size()) > kMostGrowth) return;
    std::vector<Clause> fresh;
    for (size_t count : wanted) fresh.push_back(clause_with(p.lambda, last, count));
    p.lambda->clauses.insert(p.lambda->clauses.begin() + static_cast<std::ptrdiff_t>(k), fresh.begin(), fresh.end());
    changed = true;
  }

  Clause clause_with(const Expr* lambda, const Clause& original, size_t count) {
    Expr* inner = unit.make(Tag::Lambda, lambda->span);
    inner->name = lambda->name;
    inner->clauses.push_back(original);
    VariableMap map;
    auto nothing = [](auto...) {};
    inner = copy_tree(unit, inner, map, nothing, nothing);
    Clause c;
    std::vector<Expr*> parts{inner};
    for (const Variable* v : original.required) c.required.push_back(unit.new_variable(v->name));
    for (size_t i = 0; i < count; ++i) c.required.push_back(unit.new_variable(original.rest->name));
    for (Variable* v : c.required) parts.push_back(make_ref(unit, v, lambda->span));
    c.body = make_call(unit, std::move(parts), lambda->span);
    return c;
  }

  bool run() {
    for (KnownProcedure& p : procedures.all()) {
      if (p.escapes || p.calls.empty()) continue;
      if (p.applications.empty()) drop_clauses(p);
      specialize(p);
    }
    return changed;
  }
};

}  // namespace

bool spread_rest_arguments(Unit& unit) { return Pass{unit}.run(); }

}  // namespace loko::core
