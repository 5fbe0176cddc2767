// SPDX-License-Identifier: MIT
//
// Parameters of known procedures whose values nobody needs disappear, with the operands of all calls; so do the values of results that
// nobody needs. Needed is what an expression uses that is evaluated in any case, or whose own value is needed: a least fixpoint, so that
// what is only passed round through self calls and mutual calls goes as well. (Shivers, "Control-flow analysis of higher-order languages",
// section 9.2, on useless variables; Kobayashi, "Type-based useless-variable elimination".)
//
// INVARIANT(order): an operand with effects or errors is still evaluated, at its place among the others.
#include <utility>

#include "core/effects.h"
#include "core/known_procedures.h"
#include "core/passes.h"

namespace loko::core {
namespace {

/// Who needs a value: a parameter's or procedure's address, kNeeded, or kIgnored.
using Need = const void*;
constexpr Need kNeeded = nullptr;
const int ignored = 0;
const Need kIgnored = &ignored;

bool only_makes_value(const Expr* e) {
  return e->tag == Tag::Prim && (primitive_info(e->primitive).effects & ~(kEffectAllocates | kEffectReads)) == 0 &&
         primitive_info(e->primitive).lowering != Lowering::Stub;
}

struct Pass {
  Unit& unit;
  KnownProcedures procedures{unit};
  std::unordered_map<const Variable*, bool> parameters{};     // of known procedures, and variables of let: needed?
  std::unordered_map<const KnownProcedure*, bool> results{};  // needed?
  std::unordered_map<const Expr*, KnownProcedure*> by_lambda{};
  std::unordered_map<Need, std::vector<Need>> implied{};      // what is needed if that is
  std::vector<Need> open{};
  bool changed = false;

  static bool is_candidate(const KnownProcedure& p) { return !p.escapes && p.applications.empty() && p.lambda->clauses.size() == 1; }

  KnownProcedure* callee(const Expr* call) const {
    KnownProcedure* p = procedures.called_by(call);
    return p && is_candidate(*p) ? p : nullptr;
  }

  bool run() {
    bool any = false;
    for (KnownProcedure& p : procedures.all()) {
      if (!is_candidate(p)) continue;
      any = true;
      by_lambda[p.lambda] = &p;
      results[&p] = false;
      if (p.calls.empty()) open.push_back(&p);
      const Clause& c = p.lambda->clauses[0];
      for (const Variable* v : c.required) add_parameter(v);
      if (c.rest) add_parameter(c.rest);
    }
    if (!any) return false;
    walk(unit.body, kNeeded, kNeeded);
    solve();
    rewrite(unit.body);
    return changed;
  }

  void add_parameter(const Variable* v) { parameters[v] = v->assigned; }

  void imply(Need if_needed, Need then) {
    if (if_needed == kIgnored) return;
    if (if_needed == kNeeded) open.push_back(then);
    else implied[if_needed].push_back(then);
  }

  void solve() {
    for (auto& [v, needed] : parameters)
      if (needed) open.push_back(v);
    std::unordered_map<Need, bool> seen;
    while (!open.empty()) {
      Need n = open.back();
      open.pop_back();
      if (std::exchange(seen[n], true)) continue;
      if (auto v = parameters.find(static_cast<const Variable*>(n)); v != parameters.end()) v->second = true;
      if (auto p = results.find(static_cast<const KnownProcedure*>(n)); p != results.end()) p->second = true;
      for (Need m : implied[n]) open.push_back(m);
    }
  }

  /// `value`: who needs e's value; `owner`: who needs e to be evaluated at all, then it is without effects and e's value is the owner's.
  void walk(Expr* e, Need value, Need owner) {
    Need used = owner ? owner : kNeeded;  // who needs what e computes with
    switch (e->tag) {
      case Tag::Ref:
        if (parameters.count(e->variable)) imply(owner ? owner : value, e->variable);
        return;
      case Tag::If:
        walk(e->parts[0], used, owner);
        walk(e->parts[1], value, owner);
        return walk(e->parts[2], value, owner);
      case Tag::Begin:
        for (Expr* p : e->parts) walk(p, p == e->parts.back() ? value : kIgnored, owner);
        return;
      case Tag::Let: case Tag::Letrec:
        for (Binding& b : e->bindings) binding(b, used, owner);
        return walk(e->body, value, owner);
      case Tag::Lambda: return lambda(e, owner);
      case Tag::Call: return call(e, value, owner);
      case Tag::Prim: {
        Need of_operands = only_makes_value(e) && !owner ? value : used;
        for (Expr* p : e->parts) walk(p, of_operands, owner);
        return;
      }
      default: for_each_child(e, [&](Expr* c) { walk(c, used, owner); });
    }
  }

  /// A variable whose value has no effects is needed like a parameter.
  void binding(Binding& b, Need used, Need owner) {
    bool droppable = !owner && !b.variable->assigned && b.value->tag != Tag::Lambda && is_pure(b.value);
    if (droppable) parameters[b.variable] = false;
    walk(b.value, droppable ? b.variable : used, droppable ? b.variable : owner);
  }

  void lambda(Expr* e, Need owner) {
    auto p = by_lambda.find(e);
    for (Clause& c : e->clauses) walk(c.body, p == by_lambda.end() ? kNeeded : p->second, owner);
  }

  void call(Expr* e, Need value, Need owner) {
    KnownProcedure* p = callee(e);
    if (!p) return for_each_child(e, [&](Expr* c) { walk(c, kNeeded, owner); });
    imply(owner ? owner : value, p);
    const Clause& c = p->lambda->clauses[0];
    for (size_t i = 1; i < e->parts.size(); ++i) {
      const Variable* v = i <= c.required.size() ? c.required[i - 1] : c.rest;
      bool droppable = !owner && is_pure(e->parts[i]);
      walk(e->parts[i], v, droppable ? v : owner);
    }
  }

  // -- rewriting -----------------------------------------------------------------------------------

  bool dead(const Variable* v) const {
    auto found = parameters.find(v);
    return found != parameters.end() && !found->second;
  }

  void rewrite(Expr*& e) {
    if (e->tag == Tag::Lambda)
      if (auto p = by_lambda.find(e); p != by_lambda.end()) {
        if (!results[p->second]) ignore(e->clauses[0].body);
        pending.push_back(e);
      }
    if (e->tag == Tag::Begin)
      for (size_t i = 0; i + 1 < e->parts.size(); ++i) ignore(e->parts[i]);
    std::erase_if(e->bindings, [this](const Binding& b) { return dead(b.variable); });
    for_each_child(e, [&](Expr*& c) { rewrite(c); });
    if (e->tag == Tag::Call)
      if (KnownProcedure* p = callee(e)) drop_operands(e, p->lambda->clauses[0]);
    if (e->tag == Tag::Let && e->bindings.empty()) e = e->body;
  }

  std::vector<Expr*> pending{};  // lambdas whose formals are dropped at the end, because calls go by them

  void drop_formals() {
    for (Expr* e : pending) {
      Clause& c = e->clauses[0];
      std::erase_if(c.required, [this](const Variable* v) { return dead(v); });
      if (c.rest && dead(c.rest)) c.rest = nullptr;
    }
  }

  /// The value of a body that nobody needs.
  void ignore(Expr*& e) {
    switch (e->tag) {
      case Tag::If: ignore(e->parts[1]); return ignore(e->parts[2]);
      case Tag::Begin: return ignore(e->parts.back());
      case Tag::Let: case Tag::Letrec: return ignore(e->body);
      case Tag::Prim: {
        if (!only_makes_value(e)) return;
        std::vector<Expr*> parts = e->parts;
        changed = true;
        if (parts.empty()) return void(e = make_quote(unit, Void, e->span));
        for (Expr*& p : parts) ignore(p);
        Expr* last = parts.back();
        parts.pop_back();
        std::erase_if(parts, [](const Expr* p) { return is_pure(p); });
        e = make_sequence(unit, parts, last);
        return;
      }
      default:
        if (!is_pure(e) || is_quote(e, Void)) return;
        changed = true;
        e = make_quote(unit, Void, e->span);
    }
  }

  void drop_operands(Expr*& e, const Clause& c) {
    std::vector<Expr*> kept{e->parts[0]}, effects;  // effects: since the last operand that was kept
    bool any = false;
    for (size_t i = 1; i < e->parts.size(); ++i) {
      Expr* operand = e->parts[i];
      if (dead(i <= c.required.size() ? c.required[i - 1] : c.rest)) {
        any = true;
        if (!is_pure(operand)) effects.push_back(operand);
        continue;
      }
      kept.push_back(make_sequence(unit, effects, operand));
      effects.clear();
    }
    if (!any) return;
    changed = true;
    e->parts = std::move(kept);
    if (!effects.empty()) e = after_operands(e, effects);
  }

  /// Evaluates the operands of a call, then the effects, then calls.
  Expr* after_operands(Expr* call, const std::vector<Expr*>& effects) {
    Expr* let = unit.make(Tag::Let, call->span);
    for (size_t i = 1; i < call->parts.size(); ++i) {
      Expr*& operand = call->parts[i];
      if (is_copyable(operand)) continue;
      Variable* v = unit.new_variable("x");
      let->bindings.push_back({v, operand});
      operand = make_ref(unit, v, call->span);
    }
    Expr* body = make_sequence(unit, effects, call);
    if (let->bindings.empty()) return body;
    let->body = body;
    return let;
  }
};

}  // namespace

bool drop_dead_arguments(Unit& unit) {
  Pass pass{unit};
  bool changed = pass.run();
  pass.drop_formals();
  return changed;
}

}  // namespace loko::core
