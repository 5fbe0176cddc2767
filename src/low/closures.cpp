// SPDX-License-Identifier: MIT
//
// One walk finds lambdas, call sites and targets; then contification and free variables are fixpoints.
#include "low/closures.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"

namespace loko::low {
namespace {

using core::Binding;
using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

/// Programs with such operations are likely to calculate with complex numbers.
bool is_complex_operation(PrimitiveId id) {
  static const PrimitiveId ids[] = {core::primitive("real-part"), core::primitive("imag-part"), core::primitive("make-rectangular"),
                                    core::primitive("make-polar")};
  return std::find(std::begin(ids), std::end(ids), id) != std::end(ids);
}

struct Walker {
  Analysis& analysis;
  LambdaInfo* inside = nullptr;

  VariableInfo& declare(Variable* v) {
    VariableInfo& i = analysis.variables.emplace_back();
    i.boxed = v->assigned;
    v->info = &i;
    return i;
  }

  LambdaInfo* declare_lambda(Expr* lambda) {
    LambdaInfo& i = analysis.lambdas.emplace_back();
    i.lambda = lambda;
    lambda->info = &i;
    return &i;
  }

  Target* fresh_target(Expr* root, LambdaInfo* owner) {
    Target& t = analysis.targets.emplace_back();
    t.root = root;
    t.owner = owner;
    t.inside = inside;
    return &t;
  }

  void walk_lambda(LambdaInfo* info) {
    LambdaInfo* outer = inside;
    inside = info;
    for (Clause& c : info->lambda->clauses) {
      for (Variable* v : c.required) declare(v);
      if (c.rest) declare(c.rest);
      walk(c.body, fresh_target(c.body, info));
    }
    inside = outer;
  }

  void operand(Expr* e) { walk(e, fresh_target(e, nullptr)); }

  /// Lambdas that variables are bound to are declared before anything that refers to them is walked.
  void declare_binding(Binding& b) {
    VariableInfo& v = declare(b.variable);
    if (b.value->tag != Tag::Lambda || b.variable->assigned) return;
    LambdaInfo* l = declare_lambda(b.value);
    l->variable = b.variable;
    v.lambda = l;
  }

  void walk_bindings(Expr* e) {
    bool recursive = e->tag == Tag::Letrec;
    if (recursive)
      for (Binding& b : e->bindings) declare_binding(b);
    for (Binding& b : e->bindings) {
      if (!recursive) declare_binding(b);
      if (b.value->tag == Tag::Lambda && b.value->info) walk_lambda(lambda_info(b.value));
      else operand(b.value);
    }
  }

  void walk(Expr* e, Target* target) {
    switch (e->tag) {
      case Tag::Quote: case Tag::PrimRef: return;
      case Tag::GlobalRef:
        if (LambdaInfo* l = global_lambda(e->global)) l->escapes = true;
        return;
      case Tag::Ref: {
        VariableInfo& v = variable_info(e->variable);
        if (v.lambda) v.lambda->escapes = true;
        return;
      }
      case Tag::Lambda: {
        LambdaInfo* l = e->info ? lambda_info(e) : declare_lambda(e);
        l->escapes = true;
        walk_lambda(l);
        return;
      }
      case Tag::Set: case Tag::GlobalSet: operand(e->body); return;
      case Tag::GlobalDefine:
        if (LambdaInfo* l = global_lambda(e->global); l && e->body == l->lambda) walk_lambda(l);
        else operand(e->body);
        return;
      case Tag::If:
        operand(e->parts[0]);
        walk(e->parts[1], target);
        walk(e->parts[2], target);
        return;
      case Tag::Begin:
        for (size_t i = 0; i + 1 < e->parts.size(); ++i) operand(e->parts[i]);
        walk(e->parts.back(), target);
        return;
      case Tag::Let: case Tag::Letrec: case Tag::LetrecStar:
        walk_bindings(e);
        walk(e->body, target);
        return;
      case Tag::Prim:
        analysis.complex = analysis.complex || is_complex_operation(e->primitive);
        for (Expr* p : e->parts) operand(p);
        return;
      case Tag::Call: break;
    }
    LambdaInfo* callee = nullptr;
    Expr* f = e->parts[0];
    if (f->tag == Tag::Ref) callee = variable_info(f->variable).lambda;
    else if (f->tag == Tag::GlobalRef) callee = global_lambda(f->global);
    int clause = callee ? core::clause_for(callee->lambda, e->parts.size() - 1) : -1;
    if (clause >= 0) callee->calls.push_back({e, target, clause});
    else operand(f);
    for (size_t i = 1; i < e->parts.size(); ++i) operand(e->parts[i]);
  }
};

void clear_info(Expr* e) {
  e->info = nullptr;
  core::for_each_child(e, [](Expr* c) { clear_info(c); });
}

/// Global definitions are known before the walk, because calls may come before them in the text.
void declare_globals(Walker& w, core::Unit& unit) {
  for (core::Global* g : unit.globals) {
    if (!g->immutable || !g->defined_here || !g->definition || g->definition->tag != Tag::Lambda) continue;
    LambdaInfo* l = w.declare_lambda(g->definition);
    l->global = g;
    l->escapes = !is_private(g);
  }
}

/// Lambdas that nothing living calls are dead, and so are the calls in them.
void find_dead(Analysis& analysis) {
  for (LambdaInfo& l : analysis.lambdas) l.dead = !l.escapes;
  for (bool changed = true; changed;) {
    changed = false;
    for (LambdaInfo& l : analysis.lambdas) {
      if (!l.dead) continue;
      for (CallSite& c : l.calls)
        if (!c.target->inside || !c.target->inside->dead) l.dead = false;
      changed = changed || !l.dead;
    }
  }
  for (LambdaInfo& l : analysis.lambdas)
    std::erase_if(l.calls, [](const CallSite& c) { return c.target->inside && c.target->inside->dead; });
}

struct Contifier {
  Analysis& analysis;
  enum class State : u8 { None, One, Many };
  struct Entry { State state = State::None; Target* target = nullptr; bool forced = false; };
  std::unordered_map<LambdaInfo*, Entry> entries;

  /// The target that a call in `t` returns to, or null if that is not known yet.
  Target* resolve(Target* t, LambdaInfo* callee) {
    for (;;) {
      if (!t->owner) return t;
      if (t->owner == callee) return nullptr;
      Entry& o = entries[t->owner];
      if (o.state == State::None) return nullptr;
      if (o.state == State::Many) return t;
      t = o.target;
      if (!t->owner) return t;
      // A target that is the body of a real function is final.
      return t;
    }
  }

  void solve() {
    for (LambdaInfo& l : analysis.lambdas) entries[&l].forced = l.escapes || !l.variable;
    for (bool again = true; again;) {
      again = false;
      for (auto& [l, e] : entries) e.state = e.forced ? State::Many : State::None, e.target = nullptr;
      for (bool changed = true; changed;) {
        changed = false;
        for (LambdaInfo& l : analysis.lambdas) {
          Entry& e = entries[&l];
          if (e.state == State::Many) continue;
          for (CallSite& c : l.calls) {
            Target* t = resolve(c.target, &l);
            if (!t || t == e.target) continue;
            changed = true;
            if (e.state == State::None) e.state = State::One, e.target = t;
            else {
              e.state = State::Many;
              e.forced = again = true;
              break;
            }
          }
        }
      }
    }
    for (LambdaInfo& l : analysis.lambdas) {
      Entry& e = entries[&l];
      if (e.state != State::One) continue;
      l.contified = e.target;
      e.target->contified.push_back(&l);
      e.target->root->info = e.target;
    }
  }
};

/// Free variables. Closures are first taken to be closed; those that turn out not to be reopen their users.
struct FreeVariables {
  Analysis& analysis;
  std::unordered_map<LambdaInfo*, std::unordered_set<LambdaInfo*>> inlined;

  struct Scan {
    FreeVariables& all;
    LambdaInfo* self;
    std::vector<Variable*> used;
    std::unordered_set<Variable*> seen, bound;
    std::unordered_set<LambdaInfo*> visited;

    void use(Variable* v) {
      if (seen.insert(v).second) used.push_back(v);
    }
    void bind(const Clause& c) {
      for (Variable* v : c.required) bound.insert(v);
      if (c.rest) bound.insert(c.rest);
    }
    void use_lambda(LambdaInfo* l) {
      if (l->contified) {
        if (!visited.insert(l).second) return;
        for (Clause& c : l->lambda->clauses) {
          bind(c);
          scan(c.body);
        }
      } else if (l != self && !l->closed) {
        use(l->variable);
      }
    }
    void closure(LambdaInfo* l) {
      if (!l->free_known) all.compute(l);
      for (Variable* v : l->free) {
        if (self && v == self->variable) continue;
        use(v);
      }
    }
    void scan(Expr* e) {
      switch (e->tag) {
        case Tag::Ref: {
          VariableInfo& i = variable_info(e->variable);
          if (i.lambda) use_lambda(i.lambda);
          else use(e->variable);
          return;
        }
        case Tag::Set:
          use(e->variable);
          scan(e->body);
          return;
        case Tag::Lambda: closure(lambda_info(e)); return;
        case Tag::Let: case Tag::Letrec:
          for (Binding& b : e->bindings) {
            bound.insert(b.variable);
            LambdaInfo* l = variable_info(b.variable).lambda;
            if (l && l->contified) continue;  // scanned where it is called
            scan(b.value);
          }
          scan(e->body);
          return;
        case Tag::Call:
          if (e->parts[0]->tag == Tag::GlobalRef) {
            for (size_t i = 1; i < e->parts.size(); ++i) scan(e->parts[i]);
            return;
          }
          [[fallthrough]];
        default: core::for_each_child(e, [&](Expr* c) { scan(c); });
      }
    }
  };

  void compute(LambdaInfo* l) {
    l->free_known = true;
    l->free.clear();
    Scan s{*this, l, {}, {}, {}, {}};
    for (Clause& c : l->lambda->clauses) {
      s.bind(c);
      s.scan(c.body);
    }
    for (Variable* v : s.used)
      if (!s.bound.count(v)) l->free.push_back(v);
  }

  void solve() {
    for (bool changed = true; changed;) {
      changed = false;
      for (LambdaInfo& l : analysis.lambdas) l.free_known = false;
      for (LambdaInfo& l : analysis.lambdas) {
        if (l.contified) continue;
        if (!l.free_known) compute(&l);
      }
      for (LambdaInfo& l : analysis.lambdas) {
        if (l.contified || !l.closed || l.free.empty()) continue;
        l.closed = false;
        changed = true;
      }
    }
  }
};

}  // namespace

void analyze_closures(core::Unit& unit, Analysis& analysis) {
  clear_info(unit.body);
  Walker w{analysis};
  declare_globals(w, unit);
  w.walk(unit.body, w.fresh_target(unit.body, nullptr));
  find_dead(analysis);
  Contifier{analysis, {}}.solve();
  FreeVariables{analysis, {}}.solve();
}

}  // namespace loko::low
