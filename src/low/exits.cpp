// SPDX-License-Identifier: MIT
//
// call/cc used as an escape. (%call/cc-procedure p (lambda (k) body)) where k is only called, and only by code that is part of the
// same function, becomes (let-exit ((k (lambda (x) x))) body): a call of k is a jump out of the let, and nothing is captured. Such code
// is in the function's own frame, so no winder can lie between it and the let unless body sets the winders itself; then the capture stays.
// Handlers and parameters that body sets are restored by k as a continuation would.
//
// Which lambdas are part of the function is known after contification: an exit that some other function calls becomes call/cc again
// (undo_exits), and the analysis is made anew.
//
// Where the capture stays, a call of k that ends the body of the receiver returns its operands.
//
// INVARIANT(exit): an exit variable is bound alone by a let to a lambda and only called, with counts that the lambda takes.
#include <algorithm>
#include <unordered_map>

#include "core/build.h"
#include "core/effects.h"
#include "core/passes.h"
#include "low/closures.h"
#include "low/lower.h"

namespace loko::low {
namespace {

using core::Binding;
using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

/// The lambda of (%call/cc-procedure p (lambda (k) body)), or null.
Expr* receiver(const Expr* e) {
  if (!core::is_prim(e, PrimitiveId::k_P_call_slashcc_procedure)) return nullptr;
  Expr* f = e->parts[1];
  bool fits = e->parts[0]->tag == Tag::GlobalRef && f->tag == Tag::Lambda && f->clauses.size() == 1 && f->clauses[0].required.size() == 1 &&
              !f->clauses[0].rest && !f->clauses[0].required[0]->assigned;
  return fits ? f : nullptr;
}

/// How the continuation of a call/cc is used in the receiver's body.
struct Uses {
  Expr* call_cc;
  size_t closures;            // lambdas around that surely are functions of their own
  bool escapes = false;
  std::vector<size_t> counts{};  // of arguments, each once
};

/// How often the dynamic state is set in what was walked so far.
struct StateChanges {
  int winders = 0, handlers = 0, params = 0;
};

/// A call of k that ends the receiver's body returns to where k would: it becomes its operands. True if there were any. The body must not
/// set the dynamic state.
bool return_last(core::Unit& unit, Expr*& e, const Variable* k) {
  switch (e->tag) {
    case Tag::If: {
      bool yes = return_last(unit, e->parts[1], k);
      return return_last(unit, e->parts[2], k) || yes;
    }
    case Tag::Begin: return return_last(unit, e->parts.back(), k);
    case Tag::Let: case Tag::Letrec: return return_last(unit, e->body, k);
    case Tag::Call: break;
    default: return false;
  }
  if (e->parts[0]->tag != Tag::Ref || e->parts[0]->variable != k) return false;
  std::vector<Expr*> operands(e->parts.begin() + 1, e->parts.end());
  if (operands.size() != 1) {
    e = core::make_prim(unit, PrimitiveId::k_values, std::move(operands), e->span);
  } else if (core::gives_one_value(operands[0])) {
    e = operands[0];
  } else {  // an operand is one value
    Expr* let = unit.make(Tag::Let, e->span);
    let->bindings.push_back({unit.new_variable("x"), operands[0]});
    let->body = core::make_ref(unit, let->bindings[0].variable, e->span);
    e = let;
  }
  return true;
}

struct Finder {
  core::Unit& unit;
  std::unordered_map<const Variable*, Uses> continuations{};
  size_t closures = 0;
  StateChanges changes{};
  bool changed = false, any_exit = false;
  core::Global* prototype = nullptr;  // of continuations

  void walk(Expr* e) {
    if (Expr* f = receiver(e)) return call_cc(e, f);
    switch (e->tag) {
      case Tag::Ref:
        if (auto k = continuations.find(e->variable); k != continuations.end()) k->second.escapes = true;
        return;
      case Tag::Call:
        if (e->parts[0]->tag == Tag::Ref && called(e->parts[0]->variable, e->parts.size() - 1))
          for (size_t i = 1; i < e->parts.size(); ++i) walk(e->parts[i]);
        else
          core::for_each_child(e, [this](Expr* c) { walk(c); });
        return;
      case Tag::Lambda:
        ++closures;
        core::for_each_child(e, [this](Expr* c) { walk(c); });
        --closures;
        return;
      case Tag::Let: case Tag::Letrec:
        for (Binding& b : e->bindings)
          if (core::names_procedure(e, b)) core::for_each_child(b.value, [this](Expr* c) { walk(c); });
          else walk(b.value);
        return walk(e->body);
      case Tag::Prim: note_primitive(e->primitive); [[fallthrough]];
      default: core::for_each_child(e, [this](Expr* c) { walk(c); });
    }
  }

  void note_primitive(PrimitiveId id) {
    changes.winders += id == PrimitiveId::k_P_set_winders_x;
    changes.handlers += id == PrimitiveId::k_P_set_handlers_x;
    changes.params += id == PrimitiveId::k_P_set_params_x;
  }

  /// A call of v; true if that is a continuation.
  bool called(const Variable* v, size_t count) {
    auto k = continuations.find(v);
    if (k == continuations.end()) return false;
    Uses& u = k->second;
    if (u.closures != closures) u.escapes = true;
    if (std::find(u.counts.begin(), u.counts.end(), count) == u.counts.end()) u.counts.push_back(count);
    return true;
  }

  void call_cc(Expr* e, Expr* f) {
    Variable* k = f->clauses[0].required[0];
    continuations.emplace(k, Uses{e, closures});
    StateChanges before = changes;
    walk(f->clauses[0].body);
    const Uses uses = continuations.at(k);
    continuations.erase(k);
    bool same_state = changes.winders == before.winders && changes.handlers == before.handlers && changes.params == before.params;
    if (uses.escapes && same_state) changed = return_last(unit, f->clauses[0].body, k) || changed;
    if (uses.escapes || changes.winders != before.winders) return;
    changed = true;
    if (uses.counts.empty()) {
      Expr body = *f->clauses[0].body;
      *e = std::move(body);
      return;
    }
    make_exit(e, f, uses, changes.handlers != before.handlers, changes.params != before.params);
  }

  /// In place, as nodes have one parent: e stays where it is.
  void make_exit(Expr* e, Expr* f, const Uses& uses, bool handlers, bool params) {
    any_exit = true;
    prototype = e->parts[0]->global;
    Expr* body = f->clauses[0].body;
    Variable* k = f->clauses[0].required[0];
    std::vector<Binding> state;
    std::vector<std::pair<PrimitiveId, Variable*>> restored;
    auto save = [&](const char* name, PrimitiveId get, PrimitiveId set) {
      Variable* v = unit.new_variable(name);
      state.push_back({v, core::make_prim(unit, get, {}, e->span)});
      restored.push_back({set, v});
    };
    if (handlers) save("handlers", PrimitiveId::k_P_handlers, PrimitiveId::k_P_set_handlers_x);
    if (params) save("params", PrimitiveId::k_P_params, PrimitiveId::k_P_set_params_x);
    Expr* lambda = unit.make(Tag::Lambda, e->span);
    lambda->name = k->name;
    for (size_t count : uses.counts) lambda->clauses.push_back(exit_clause(count, restored, e->span));
    Expr* let = state.empty() ? e : unit.make(Tag::Let, e->span);
    let->tag = Tag::Let;
    let->parts.clear();
    let->bindings = {{k, lambda}};
    let->body = body;
    k->exit = true;
    if (let == e) return;
    e->tag = Tag::Let;
    e->parts.clear();
    e->bindings = std::move(state);
    e->body = let;
  }

  Clause exit_clause(size_t count, const std::vector<std::pair<PrimitiveId, Variable*>>& restored, Span span) {
    Clause c;
    std::vector<Expr*> values, effects;
    for (size_t i = 0; i < count; ++i) {
      c.required.push_back(unit.new_variable("x"));
      values.push_back(core::make_ref(unit, c.required[i], span));
    }
    for (auto& [set, v] : restored) effects.push_back(core::make_prim(unit, set, {core::make_ref(unit, v, span)}, span));
    Expr* result = count == 1 ? values[0] : core::make_prim(unit, PrimitiveId::k_values, std::move(values), span);
    c.body = core::make_sequence(unit, effects, result);
    return c;
  }
};

/// The lambda whose function the code of l is part of, or null for the thunk.
const LambdaInfo* function_around(const LambdaInfo* l) {
  while (l && l->contified) l = l->contified->inside;
  return l;
}

bool is_jump(const LambdaInfo& l) {
  if (l.escapes) return false;
  return std::all_of(l.calls.begin(), l.calls.end(), [](const CallSite& c) { return function_around(c.inside) == function_around(c.target->inside); });
}

bool is_exit(const LambdaInfo& l) { return l.variable && l.variable->exit; }

/// Turns exits that are no jumps back into call/cc; true if there were any.
bool undo_exits(core::Unit& unit, core::Global* prototype, Expr* e) {
  bool changed = false;
  if (e->tag == Tag::Let && e->bindings.size() == 1 && e->bindings[0].variable->exit && !is_jump(*lambda_info(e->bindings[0].value))) {
    Variable* k = e->bindings[0].variable;
    k->exit = false;
    bool same_state = e->bindings[0].value->clauses[0].body->tag != Tag::Begin;  // as exit_clause made it
    if (same_state) return_last(unit, e->body, k);
    Expr* p = unit.make(Tag::GlobalRef, e->span);
    p->global = prototype;
    Expr* f = unit.make(Tag::Lambda, e->span);
    f->clauses.push_back({{k}, nullptr, e->body});
    e->tag = Tag::Prim;
    e->primitive = PrimitiveId::k_P_call_slashcc_procedure;
    e->bindings.clear();
    e->body = nullptr;
    e->parts = {p, f};
    changed = true;
  }
  core::for_each_child(e, [&](Expr* c) { changed = undo_exits(unit, prototype, c) || changed; });
  return changed;
}

}  // namespace

bool find_exits(core::Unit& unit) {
  Finder f{unit};
  f.walk(unit.body);
  if (!f.changed) return false;
  for (bool again = f.any_exit; again;) {
    Analysis analysis;
    analyze_closures(unit, analysis);
    again = undo_exits(unit, f.prototype, unit.body);
  }
  core::recompute_flags(unit);
  return true;
}

bool exits_are_jumps(const Analysis& analysis) {
  return std::all_of(analysis.lambdas.begin(), analysis.lambdas.end(), [](const LambdaInfo& l) { return !is_exit(l) || (is_jump(l) && (l.contified || l.dead)); });
}

}  // namespace loko::low
