// SPDX-License-Identifier: MIT
//
// A parameter that has the same value in all calls of a known procedure is replaced by that value if it is a constant, a primitive, a
// variable of the top level that does not change, or a procedure of a variable that is in scope: so a recursive procedure that is given its
// predicate calls it directly. Found optimistically over self calls and mutual calls. (Wegman and Zadeck, "Constant propagation with
// conditional branches", without the branches; Callahan, Cooper, Kennedy, Torczon, "Interprocedural constant propagation".)
//
// The parameter is dead then and goes with dead_arguments.
#include "core/effects.h"
#include "core/known_procedures.h"
#include "core/passes.h"

namespace loko::core {
namespace {

/// What is known of a parameter: nothing yet, one value, or that it varies.
struct Fact {
  const Expr* value = nullptr;
  bool varies = false;
};

bool is_same(const Expr* a, const Expr* b) {
  if (a->tag != b->tag) return false;
  switch (a->tag) {
    case Tag::Quote: return *a->datum == *b->datum;
    case Tag::PrimRef: return a->primitive == b->primitive;
    case Tag::GlobalRef: return a->global == b->global;
    case Tag::Ref: return a->variable == b->variable;
    default: return false;
  }
}

struct Pass {
  Unit& unit;
  KnownProcedures procedures{unit};
  std::unordered_map<const Variable*, Fact> facts{};
  bool changed = false;

  static bool is_candidate(const KnownProcedure& p) {
    return !p.escapes && p.applications.empty() && !p.calls.empty() && p.lambda->clauses.size() == 1;
  }

  /// What an operand is, if all are to know.
  Fact value_of(const Expr* operand, const KnownProcedure& callee) const {
    if (operand->tag == Tag::Ref) {
      if (auto f = facts.find(operand->variable); f != facts.end()) return f->second;
      bool constant = procedures.known_lambda(operand->variable) && procedures.in_scope(operand->variable, callee);
      return constant ? Fact{operand, false} : Fact{nullptr, true};
    }
    return is_copyable(operand) ? Fact{operand, false} : Fact{nullptr, true};
  }

  /// Joins the operands of all calls; true if something is known better.
  bool join(const KnownProcedure& p) {
    bool any = false;
    const Clause& c = p.lambda->clauses[0];
    for (size_t i = 0; i < c.required.size(); ++i) {
      Fact& f = facts[c.required[i]];
      for (const Expr* call : p.calls) {
        if (f.varies) break;
        Fact v = value_of(call->parts[i + 1], p);
        if (!v.value && !v.varies) continue;
        if (v.varies || (f.value && !is_same(f.value, v.value)) || !may_replace(v.value, p)) f = {nullptr, true};
        else if (!f.value) f.value = v.value;
        else continue;
        any = true;
      }
    }
    return any;
  }

  /// A value that came through other procedures must be in scope here as well.
  bool may_replace(const Expr* value, const KnownProcedure& p) const {
    return value->tag != Tag::Ref || procedures.in_scope(value->variable, p);
  }

  void run() {
    for (KnownProcedure& p : procedures.all())
      if (is_candidate(p))
        for (const Variable* v : p.lambda->clauses[0].required) facts[v] = {nullptr, v->assigned};
    if (facts.empty()) return;
    for (bool again = true; again;) {
      again = false;
      for (KnownProcedure& p : procedures.all())
        if (is_candidate(p)) again = join(p) || again;
    }
    replace(unit.body);
  }

  void replace(Expr*& e) {
    for_each_child(e, [this](Expr*& c) { replace(c); });
    if (e->tag != Tag::Ref) return;
    auto f = facts.find(e->variable);
    if (f == facts.end() || !f->second.value) return;
    changed = true;
    const Expr* v = f->second.value;
    Expr* n = unit.make(v->tag, e->span);
    n->datum = v->datum;
    n->primitive = v->primitive;
    n->global = v->global;
    n->variable = v->variable;
    e = n;
  }
};

}  // namespace

bool propagate_constant_arguments(Unit& unit) {
  Pass pass{unit};
  pass.run();
  return pass.changed;
}

}  // namespace loko::core
