// SPDX-License-Identifier: MIT
//
// A recursive procedure (if test base rest) is split in a small one (if test base (more x …)) and `more`, so that
// inlining the small one into the recursive calls saves the calls that only reach the base case: for tree
// recursion half of all calls or more. `more` breaks the loop for the inliner (INVARIANT(breaker): its lambda's
// info is kLoopBreaker until lowering).
#include "core/occurrences.h"
#include "core/passes.h"

namespace loko::core {
namespace {

/// No lambdas, calls or assignments, and at most `limit` nodes.
bool is_cheap(const Expr* e, int& limit) {
  if (--limit < 0) return false;
  switch (e->tag) {
    case Tag::Lambda: case Tag::Call: case Tag::Set: case Tag::GlobalDefine: case Tag::GlobalSet: case Tag::Letrec: case Tag::LetrecStar:
      return false;
    default: break;
  }
  bool ok = true;
  for_each_child(const_cast<Expr*>(e), [&](Expr* c) { ok = ok && is_cheap(c, limit); });
  return ok;
}

/// Counts calls in the value of self that are not in tail position; -1 if self is used otherwise there.
int count_calls(const Occurrences& self, size_t arity) {
  int n = 0;
  for (const Place& p : self.places) {
    if (p.at < self.begin || p.at >= self.end) continue;
    if ((p.use != Use::Call && p.use != Use::TailCall) || p.operands != arity) return -1;
    n += p.use == Use::Call;
  }
  return n;
}

void rename(Expr* e, const std::vector<Variable*>& from, const std::vector<Variable*>& to) {
  if (e->tag == Tag::Ref)
    for (size_t i = 0; i < from.size(); ++i)
      if (from[i] == e->variable) {
        e->variable = to[i];
        break;
      }
  for_each_child(e, [&](Expr* c) { rename(c, from, to); });
}

struct Splitter {
  Unit& unit;
  OccurrenceIndex occurrences{unit.body};

  /// If `lambda` can be split, rewrites it to the small procedure with a hole for the call of `more`, which is returned.
  Expr* split(Expr* lambda, const void* self, Expr** hole) {
    constexpr int kCheap = 12, kMostCalls = 6;
    if (lambda->clauses.size() != 1 || lambda->clauses[0].rest || lambda->info) return nullptr;
    Clause& c = lambda->clauses[0];
    for (Variable* v : c.required)
      if (v->assigned) return nullptr;
    Expr* body = c.body;
    if (body->tag != Tag::If) return nullptr;
    int base_arm = 0;
    for (int arm : {1, 2}) {
      int limit = kCheap;
      if (base_arm == 0 && is_cheap(body->parts[0], limit) && is_cheap(body->parts[static_cast<size_t>(arm)], limit)) base_arm = arm;
    }
    if (base_arm == 0) return nullptr;
    size_t rest_arm = static_cast<size_t>(3 - base_arm);
    int calls = count_calls(occurrences.of(self), c.required.size());
    if (calls < 1 || calls > kMostCalls) return nullptr;
    Expr* more = unit.make(Tag::Lambda, lambda->span);
    more->name = lambda->name;
    more->doc = lambda->doc;
    more->info = kLoopBreaker;
    more->clauses.push_back({c.required, nullptr, body->parts[rest_arm]});
    std::vector<Variable*> fresh;
    for (Variable* v : c.required) fresh.push_back(unit.new_variable(v->name));
    rename(body->parts[0], c.required, fresh);
    rename(body->parts[static_cast<size_t>(base_arm)], c.required, fresh);
    c.required = fresh;
    Expr* call = make_call(unit, {nullptr}, {});  // where it is inlined, its place is that of the call it stands for
    for (Variable* v : fresh) call->parts.push_back(make_ref(unit, v, lambda->span));
    body->parts[rest_arm] = call;
    *hole = call;
    return more;
  }

  void walk(Expr*& e) {
    for_each_child(e, [&](Expr*& c) { walk(c); });
    if (e->tag == Tag::GlobalDefine) global(e);
    if (e->tag == Tag::Letrec) letrec(e);
  }

  void global(Expr*& e) {
    Global* g = e->global;
    if (!g->immutable || !g->defined_here || g->definition != e->body || e->body->tag != Tag::Lambda) return;
    Expr* hole = nullptr;
    Expr* more = split(e->body, g, &hole);
    if (!more) return;
    // a variable of its own: what the expander and other units know of g by its binding is not true of the rest
    Global* rest = unit.arena->make<Global>();
    rest->name = g->name + "%more";
    rest->library = g->library;
    rest->immutable = rest->defined_here = true;
    rest->cell = allocate_slot(Unbound);
    rest->definition = more;
    unit.globals.push_back(rest);
    hole->parts[0] = unit.make(Tag::GlobalRef, e->span);
    hole->parts[0]->global = rest;
    Expr* define = unit.make(Tag::GlobalDefine, e->span);
    define->global = rest;
    define->body = more;
    e = make_begin(unit, define, e);
  }

  void letrec(Expr* e) {
    for (size_t i = e->bindings.size(); i-- > 0;) {
      Variable* v = e->bindings[i].variable;
      Expr* hole = nullptr;
      Expr* more = split(e->bindings[i].value, v, &hole);
      if (!more) continue;
      Variable* rest = unit.new_variable(v->name);
      hole->parts[0] = make_ref(unit, rest, e->span);
      e->bindings.push_back({rest, more});
    }
  }
};

}  // namespace

void split_base_cases(Unit& unit) { Splitter{unit}.walk(unit.body); }

}  // namespace loko::core
