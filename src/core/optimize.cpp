// SPDX-License-Identifier: MIT
//
// The order of the passes on core.
#include "core/optimize.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/build.h"
#include "core/passes.h"
#include "core/print.h"
#include "core/stored.h"

namespace loko::core {
namespace {

void after(const char* pass, Unit& unit, const Options& options, const PassObserver& observer) {
  if (observer) observer(pass, unit);
  if (options.dump == pass || options.dump == "all") std::fprintf(stderr, ";; core after %s\n%s\n", pass, print(unit.body).c_str());
  if (!options.verify) return;
  std::string problem = verify(unit);
  if (problem.empty()) return;
  std::fprintf(stderr, "core is wrong after %s: %s\n%s\n", pass, problem.c_str(), print(unit.body).c_str());
  std::abort();
}

/// Programs that nest deeper than any that people write are left as they are: passes are recursive.
bool cp0_fits(const Unit& unit) {
  constexpr int kDeepest = 20000;
  struct Depth {
    static int of(Expr* e) {
      int most = 0;
      for_each_child(e, [&](Expr* c) { most = std::max(most, of(c)); });
      return most + 1;
    }
  };
  return Depth::of(unit.body) <= kDeepest;
}

/// What is passed to known procedures; true if anything changed.
bool improve_arguments(Unit& unit, const Options& options, const PassObserver& observer) {
  bool changed = spread_rest_arguments(unit);
  if (changed) recompute_flags(unit);
  after("rest-arguments", unit, options, observer);
  if (propagate_constant_arguments(unit)) {
    recompute_flags(unit);
    changed = true;
  }
  after("constant-arguments", unit, options, observer);
  if (drop_dead_arguments(unit)) changed = true;
  recompute_flags(unit);
  after("dead-arguments", unit, options, observer);
  return changed;
}

}  // namespace

void optimize(Unit& unit, const Options& options, const PassObserver& observer) {
  recompute_flags(unit);
  after("expand", unit, options, observer);
  apply_directly(unit);
  recompute_flags(unit);
  after("direct-apply", unit, options, observer);
  check_early_globals(unit);
  fix_letrec(unit);
  recompute_flags(unit);
  after("letrec", unit, options, observer);
  if (options.optimize <= 0) return;
  if (!cp0_fits(unit)) return;
  reduce_searches(unit);
  recompute_flags(unit);
  after("searches", unit, options, observer);
  if (reveal_records(unit)) recompute_flags(unit);
  after("procedural-records", unit, options, observer);
  constexpr int kSmall = 20000;  // nodes of units that are worth a third round
  for (int round = 0; round < 4; ++round) {
    if (round == 2 && (options.optimize < 2 || node_count(unit.body) > kSmall)) break;
    // A call among the operands of a call that is inlined waits for the next round: the third copies, so that all base
    // cases in (f (f x) …) are inlined.
    bool changed = cp0(unit, options, round < 3);
    recompute_flags(unit);
    after("cp0", unit, options, observer);
    if (round < 2 && options.optimize >= 2 && improve_arguments(unit, options, observer)) changed = true;
    if (round >= 1 && options.optimize >= 2) {
      if (remove_known_tests(unit)) changed = true;
      recompute_flags(unit);
      after("known-tests", unit, options, observer);
    }
    if (round == 0) {
      store_cores(unit);
      if (options.optimize >= 2) {
        split_base_cases(unit);
        recompute_flags(unit);
        after("base-case", unit, options, observer);
        changed = true;
      }
    }
    if (!changed) break;
  }
}

Expr* make_primitive_lambda(Unit& unit, PrimitiveId id) {
  const PrimitiveInfo& info = primitive_info(id);
  constexpr size_t kMost = 8;  // clauses of primitives that take any number of arguments
  Expr* lambda = unit.make(Tag::Lambda, {});
  lambda->name = info.name;
  lambda->doc = info.doc;
  std::string_view target = info.target;
  if (info.lowering == Lowering::Low && target == "list") {
    Clause c;
    c.rest = unit.new_variable("arguments");
    c.body = make_ref(unit, c.rest);
    lambda->clauses.push_back(std::move(c));
    return lambda;
  }
  size_t most = info.max_args == kManyArgs ? kMost : info.max_args;
  for (size_t n = info.min_args; n <= most; ++n) {
    Clause c;
    std::vector<Expr*> operands;
    for (size_t i = 0; i < n; ++i) {
      const char* name = i < 6 && info.takes_names[i] ? info.takes_names[i] : "x";
      c.required.push_back(unit.new_variable(name));
      operands.push_back(make_ref(unit, c.required.back()));
    }
    c.body = make_prim(unit, id, std::move(operands));
    lambda->clauses.push_back(std::move(c));
  }
  PrimitiveId convert{};
  if (target == "vector" && info.max_args == kManyArgs && find_primitive("list->vector", &convert)) {
    Clause c;
    c.rest = unit.new_variable("arguments");
    c.body = make_prim(unit, convert, {make_ref(unit, c.rest)});
    lambda->clauses.push_back(std::move(c));
  }
  return lambda;
}

}  // namespace loko::core
