// SPDX-License-Identifier: MIT
//
// Functions that return several values to places which receive as many: the first one as a single value is returned, the others in
// memory (received_offset), by an ordinary return. Nothing is counted, and the processor predicts the return.
//
// A greatest fixpoint: all calls of such a function are known and either are in tail position of another one with the same number, or
// give what a receive of that number gets; and all its results are (values x1 … xn), such tail calls, or errors.
#include <algorithm>
#include <unordered_map>

#include "core/build.h"
#include "core/effects.h"
#include "low/closures.h"

namespace loko::low {
namespace {

using core::Clause;
using core::Expr;
using core::Tag;

/// What the tail positions of a lambda's clauses give.
struct Tails {
  bool other = false;                 // something else than the following
  std::vector<u32> counts{};          // of values, each once
  std::vector<LambdaInfo*> callees{}; // functions that are called
};

void add_tails(const Expr* e, Tails* tails) {
  switch (e->tag) {
    case Tag::If:
      add_tails(e->parts[1], tails);
      return add_tails(e->parts[2], tails);
    case Tag::Begin: return add_tails(e->parts.back(), tails);
    case Tag::Let: case Tag::Letrec: return add_tails(e->body, tails);
    case Tag::Prim: {
      u32 n = static_cast<u32>(e->parts.size());
      if (e->primitive != PrimitiveId::k_values || n < 2) tails->other = true;
      else if (std::find(tails->counts.begin(), tails->counts.end(), n) == tails->counts.end()) tails->counts.push_back(n);
      return;
    }
    case Tag::Call: {
      const Expr* f = e->parts[0];
      if (LambdaInfo* l = known_callee(e)) {
        if (!l->contified) tails->callees.push_back(l);
      } else if (f->tag != Tag::GlobalRef || !core::is_no_return(f->global)) {
        tails->other = true;
      }
      return;
    }
    default: tails->other = true;
  }
}

struct Finder {
  Analysis& analysis;
  std::unordered_map<LambdaInfo*, Tails> tails{};      // of functions, with those of what was contified into them
  std::unordered_map<LambdaInfo*, std::vector<LambdaInfo*>> callers{};  // by tail calls

  static bool is_function(const LambdaInfo& l) { return !l.contified && !l.dead; }

  /// The function that a contified lambda's tails are tails of, or null.
  static LambdaInfo* function_of(LambdaInfo& l) { return l.contified ? final_target(l.contified)->owner : &l; }

  void collect() {
    for (LambdaInfo& l : analysis.lambdas) {
      if (l.dead) continue;
      if (LambdaInfo* f = function_of(l))
        for (const Clause& c : l.lambda->clauses) add_tails(c.body, &tails[f]);
    }
  }

  /// The number that the calls of a function ask for, if those that are no tail calls agree; 0: none asks, or they differ.
  static u32 asked_for(const LambdaInfo& l) {
    u32 n = 0;
    for (const CallSite& c : l.calls) {
      const Target* t = final_target(c.target);
      if (t->owner) continue;
      if (t->receives < 2 || (n && n != t->receives)) return 0;
      n = t->receives;
    }
    return n;
  }

  /// Those that nobody but such functions calls are asked for as many.
  void start() {
    std::vector<LambdaInfo*> open;
    for (LambdaInfo& l : analysis.lambdas)
      if (is_function(l) && !l.escapes && (l.returns_values = asked_for(l))) open.push_back(&l);
    while (!open.empty()) {
      LambdaInfo* l = open.back();
      open.pop_back();
      for (LambdaInfo* callee : tails[l].callees)
        if (!callee->escapes && !callee->returns_values) callee->returns_values = l->returns_values, open.push_back(callee);
    }
  }

  bool holds(LambdaInfo& l) {
    u32 n = l.returns_values;
    const Tails& t = tails[&l];
    if (t.other || std::any_of(t.counts.begin(), t.counts.end(), [n](u32 count) { return count != n; })) return false;
    if (std::any_of(t.callees.begin(), t.callees.end(), [n](LambdaInfo* c) { return c->returns_values != n; })) return false;
    return std::all_of(l.calls.begin(), l.calls.end(), [n](const CallSite& c) {
      const Target* target = final_target(c.target);
      return target->owner ? target->owner->returns_values == n : target->receives == n;
    });
  }

  /// Takes away those that don't hold, then those that rest on them.
  void solve() {
    std::vector<LambdaInfo*> open;
    for (LambdaInfo& l : analysis.lambdas) {
      if (!l.returns_values) continue;
      for (LambdaInfo* callee : tails[&l].callees) callers[callee].push_back(&l);
      open.push_back(&l);
    }
    while (!open.empty()) {
      LambdaInfo* l = open.back();
      open.pop_back();
      if (!l->returns_values || holds(*l)) continue;
      l->returns_values = 0;
      for (LambdaInfo* other : callers[l]) open.push_back(other);
      for (LambdaInfo* other : tails[l].callees) open.push_back(other);
    }
  }
};

}  // namespace

void find_value_returns(Analysis& analysis) {
  Finder f{analysis};
  f.collect();
  f.start();
  f.solve();
}

}  // namespace loko::low
