// SPDX-License-Identifier: MIT
//
// Lambda lifting: a procedure all of whose calls are known gets its free variable as an argument instead of from a closure, if
// there is only one. Then it is static: nothing is allocated, and procedures that call it need no closure because of it. (Johnsson, "Lambda
// lifting"; Keep, Hearn, Dybvig, "Optimizing closures in O(0) time", section 2.5, on when it pays.) Done at the source level, before the
// analysis that lowering goes by is made anew.
//
// INVARIANT(lift): variables that are assigned are not passed (a closure holds their box), nor procedures whose closures are known.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"
#include "low/closures.h"

namespace loko::low {
namespace {

using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

// One: measured over 16 r7rs-benchmarks with closures (user time, the least of four runs, on a loaded machine), limits of 0, 1, 2 and 3 took
// 0.998, 1, 1.013 and 1.003 of the time, all within noise, and closures cost little since they are shared (closure_sharing.cpp). What lifting
// alone gives is that a flonum is passed unboxed.
constexpr size_t kMostAdded = 1;
constexpr size_t kMostParameters = 6;  // what registers hold

struct Lifter {
  core::Unit& unit;
  Analysis& analysis;
  std::unordered_map<LambdaInfo*, std::vector<Variable*>> added{};  // candidates, and what they will be given
  std::unordered_map<const Variable*, std::vector<LambdaInfo*>> users{};  // closures that hold a procedure
  std::unordered_map<Variable*, Variable*> renamed{};               // in the lifted procedures around

  static bool may_be_lifted(const LambdaInfo& l) {
    return !l.escapes && !l.dead && !l.contified && !l.closed && l.variable && l.lambda->clauses.size() == 1 && !l.lambda->clauses[0].rest;
  }

  /// What the free variables of the procedure are when other candidates need no closures; false if it cannot be lifted.
  bool collect(const LambdaInfo& l, std::vector<Variable*>& all) const {
    size_t room = std::min(kMostAdded, kMostParameters - std::min(kMostParameters, l.lambda->clauses[0].required.size()));
    auto add = [&](Variable* v) {
      if (std::find(all.begin(), all.end(), v) == all.end()) all.push_back(v);
    };
    for (Variable* v : l.free) {
      LambdaInfo* other = variable_info(v).lambda;
      if (v->assigned) return false;
      if (!other) {
        add(v);
        continue;
      }
      auto found = added.find(other);
      if (found == added.end()) return false;
      for (Variable* w : found->second) add(w);
    }
    return all.size() <= room;
  }

  /// Do closures that call the procedure get no larger?
  bool pays(const LambdaInfo& l) const {
    const std::vector<Variable*>& needed = added.at(const_cast<LambdaInfo*>(&l));
    if (needed.size() <= 1) return true;
    auto all = users.find(l.variable);
    if (all == users.end()) return true;
    for (LambdaInfo* user : all->second) {
      if (added.count(user)) continue;
      size_t more = 0;
      for (Variable* v : needed) more += std::find(user->free.begin(), user->free.end(), v) == user->free.end();
      if (more > 1) return false;
    }
    return true;
  }

  /// Grows what candidates need, and drops those for which that is too much, until nothing changes.
  void choose() {
    for (LambdaInfo& l : analysis.lambdas) {
      if (l.contified) continue;
      for (Variable* v : l.free)
        if (variable_info(v).lambda) users[v].push_back(&l);
      if (may_be_lifted(l)) added[&l];
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (LambdaInfo& l : analysis.lambdas) {
        auto at = added.find(&l);
        if (at == added.end()) continue;
        std::vector<Variable*> all;
        if (!collect(l, all)) {
          added.erase(at);
          changed = true;
        } else if (all.size() != at->second.size()) {
          at->second = std::move(all);
          changed = true;
        }
      }
      if (changed) continue;
      for (LambdaInfo& l : analysis.lambdas)
        if (added.count(&l) && !pays(l)) added.erase(&l), changed = true;
    }
    std::erase_if(added, [](const auto& a) { return a.second.empty(); });
  }

  LambdaInfo* lifted(const Variable* v) const {
    LambdaInfo* l = variable_info(v).lambda;
    return l && added.count(l) ? l : nullptr;
  }

  void walk_lifted(LambdaInfo* l) {
    Clause& c = l->lambda->clauses[0];
    std::vector<std::pair<Variable*, Variable*>> before;
    for (Variable* v : added.at(l)) {
      Variable* own = unit.new_variable(v->name);
      c.required.push_back(own);
      Variable*& to = renamed[v];
      before.push_back({v, to});
      to = own;
    }
    walk(c.body);
    for (auto& [v, to] : before) renamed[v] = to;
  }

  void walk(Expr* e) {
    if (e->tag == Tag::Ref || e->tag == Tag::Set) {
      auto to = renamed.find(e->variable);
      if (to != renamed.end() && to->second) e->variable = to->second;
    }
    if (e->tag == Tag::Call && e->parts[0]->tag == Tag::Ref && e->parts[0]->variable->info)
      if (LambdaInfo* l = lifted(e->parts[0]->variable))
        for (Variable* v : added.at(l)) e->parts.push_back(core::make_ref(unit, v, e->span));
    if (e->tag == Tag::Lambda && e->info && added.count(lambda_info(e))) return walk_lifted(lambda_info(e));
    core::for_each_child(e, [&](Expr* c) { walk(c); });
  }
};

}  // namespace

bool lift_lambdas(core::Unit& unit, Analysis& analysis) {
  Lifter l{unit, analysis};
  l.choose();
  if (l.added.empty()) return false;
  l.walk(unit.body);
  return true;
}

}  // namespace loko::low
