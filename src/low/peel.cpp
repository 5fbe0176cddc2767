// SPDX-License-Identifier: MIT
//
// A variable of a loop often has any type at first and is a flonum from the second round on: (- i 1.0) is one if i
// was compared before. Such a loop, or recursive procedure, is copied: the first one does the first round and calls
// the copy, whose variables are flonums in registers, and so are its results. (Peeling, at the source level, so that
// contification, type recovery and unboxing see two procedures.)
//
// INVARIANT(peel): the copy is called by the bodies of the two only, and is copied once.
#include "core/build.h"
#include "core/copy.h"
#include "low/closures.h"

namespace loko::low {
namespace {

using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

constexpr int kMostNodes = 400;

int count_nodes(const Expr* e, int limit) {
  int n = 1;
  core::for_each_child(const_cast<Expr*>(e), [&](Expr* c) {
    if (n <= limit) n += count_nodes(c, limit - n);
  });
  return n;
}

/// Some variable is always a flonum when the procedure calls itself, but not always when others call it.
bool is_candidate(const LambdaInfo& l) {
  if (l.dead || l.lambda->clauses.size() != 1 || l.lambda->clauses[0].rest || l.again.empty()) return false;
  if (!l.variable && !l.global) return false;
  const Clause& c = l.lambda->clauses[0];
  bool better = false;
  for (size_t i = 0; i < c.required.size(); ++i)
    better = better || (!c.required[i]->assigned && l.again[i] == kTypeFlonum && variable_info(c.required[i]).types != kTypeFlonum);
  return better && count_nodes(c.body, kMostNodes) <= kMostNodes;
}

struct Peeler {
  core::Unit& unit;
  bool changed = false;

  static LambdaInfo* candidate(Expr* value) {
    LambdaInfo* l = value->tag == Tag::Lambda && value->info ? lambda_info(value) : nullptr;
    return l && is_candidate(*l) ? l : nullptr;
  }

  /// Calls of the procedure in its body go to the copy.
  static void redirect(Expr* e, const Variable* from, Variable* to, const core::Global* from_global, core::Global* to_global) {
    if (e->tag == Tag::Call) {
      Expr* f = e->parts[0];
      if (from && f->tag == Tag::Ref && f->variable == from) f->variable = to;
      if (from_global && f->tag == Tag::GlobalRef && f->global == from_global) f->global = to_global;
    }
    core::for_each_child(e, [&](Expr* c) { redirect(c, from, to, from_global, to_global); });
  }

  Expr* copy(const Expr* lambda, core::VariableMap& map) {
    changed = true;
    return core::copy_tree(unit, lambda, map, [](Variable*, Variable*) {}, [](Expr*) {});
  }

  void letrec(Expr* e) {
    for (size_t i = e->bindings.size(); i-- > 0;) {
      Variable* v = e->bindings[i].variable;
      Expr* lambda = e->bindings[i].value;
      LambdaInfo* l = candidate(lambda);
      if (!l || l->variable != v) continue;
      Variable* again = unit.new_variable(v->name);
      core::VariableMap map{{v, again}};
      e->bindings.push_back({again, copy(lambda, map)});
      redirect(lambda, v, again, nullptr, nullptr);
    }
  }

  void global(Expr*& e) {
    LambdaInfo* l = candidate(e->body);
    if (!l || l->global != e->global) return;
    core::Global* again = unit.arena->make<core::Global>(*e->global);
    again->name = e->global->name + "%again";
    again->library.clear();  // nobody else sees it
    again->cell = allocate_slot(Unbound);
    again->initialized = false;
    unit.globals.push_back(again);
    core::VariableMap map;
    Expr* define = unit.make(Tag::GlobalDefine, e->span);
    define->global = again;
    define->body = again->definition = copy(e->body, map);
    redirect(define->body, nullptr, nullptr, e->global, again);
    redirect(e->body, nullptr, nullptr, e->global, again);
    e = make_begin(unit, define, e);
  }

  /// Inner loops first.
  void walk(Expr*& e) {
    core::for_each_child(e, [&](Expr*& c) { walk(c); });
    if (e->tag == Tag::Letrec) letrec(e);
    if (e->tag == Tag::GlobalDefine) global(e);
  }
};

}  // namespace

bool peel_loops(core::Unit& unit) {
  Peeler p{unit};
  p.walk(unit.body);
  return p.changed;
}

}  // namespace loko::low
