// SPDX-License-Identifier: MIT
//
// One walk finds lambdas, call sites and targets; from these follow what is dead, what is contified, and the free variables.
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
  void declare_binding(const Expr* e, Binding& b) {
    VariableInfo& v = declare(b.variable);
    if (!core::names_procedure(e, b)) return;
    LambdaInfo* l = declare_lambda(b.value);
    l->variable = b.variable;
    v.lambda = l;
  }

  void walk_bindings(Expr* e) {
    bool recursive = e->tag == Tag::Letrec;
    if (recursive)
      for (Binding& b : e->bindings) declare_binding(e, b);
    for (Binding& b : e->bindings) {
      if (!recursive) declare_binding(e, b);
      if (core::names_procedure(e, b)) {
        walk_lambda(lambda_info(b.value));
      } else {
        Target* t = fresh_target(b.value, nullptr);
        if (e->receives && &b == &e->bindings[0]) t->receives = static_cast<u32>(e->bindings.size());
        walk(b.value, t);
      }
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
        if (e->bindings.size() == 1 && e->bindings[0].variable->exit) variable_info(e->bindings[0].variable).exit = target;
        walk(e->body, target);
        return;
      case Tag::Prim:
        analysis.complex = analysis.complex || is_complex_operation(e->primitive);
        for (Expr* p : e->parts) operand(p);
        return;
      case Tag::Call: break;
    }
    if (LambdaInfo* callee = known_callee(e)) {
      if (callee->variable && variable_info(callee->variable).exit) target = variable_info(callee->variable).exit;
      callee->calls.push_back({e, target, core::clause_for(callee->lambda, e->parts.size() - 1), inside});
    } else {
      operand(e->parts[0]);
    }
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
  std::unordered_map<const LambdaInfo*, std::vector<LambdaInfo*>> called_in;  // null: the thunk
  std::vector<const LambdaInfo*> living{nullptr};
  for (LambdaInfo& l : analysis.lambdas) {
    l.dead = !l.escapes;
    if (!l.dead) living.push_back(&l);
    for (CallSite& c : l.calls) called_in[c.inside].push_back(&l);
  }
  while (!living.empty()) {
    const LambdaInfo* l = living.back();
    living.pop_back();
    for (LambdaInfo* callee : called_in[l]) {
      if (!callee->dead) continue;
      callee->dead = false;
      living.push_back(callee);
    }
  }
  for (LambdaInfo& l : analysis.lambdas)
    std::erase_if(l.calls, [](const CallSite& c) { return c.inside && c.inside->dead; });
}

/// Free variables, first as if each procedure had a closure. Then those that need only procedures without free variables have none.
struct FreeVariables {
  Analysis& analysis;

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
      } else if (l != self) {
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
    std::unordered_map<const LambdaInfo*, std::vector<LambdaInfo*>> users;
    std::vector<LambdaInfo*> open;
    for (LambdaInfo& l : analysis.lambdas) {
      if (l.contified) continue;
      if (!l.free_known) compute(&l);
      for (Variable* v : l.free) {
        if (LambdaInfo* used = variable_info(v).lambda) users[used].push_back(&l);
        else l.closed = false;
      }
      if (!l.closed) open.push_back(&l);
    }
    while (!open.empty()) {
      LambdaInfo* l = open.back();
      open.pop_back();
      for (LambdaInfo* user : users[l]) {
        if (!user->closed) continue;
        user->closed = false;
        open.push_back(user);
      }
    }
    for (LambdaInfo& l : analysis.lambdas)
      std::erase_if(l.free, [](const Variable* v) {
        LambdaInfo* used = variable_info(v).lambda;
        return used && used->closed;
      });
  }
};

}  // namespace

void analyze_closures(core::Unit& unit, Analysis& analysis) {
  clear_info(unit.body);
  Walker w{analysis};
  declare_globals(w, unit);
  w.walk(unit.body, w.fresh_target(unit.body, nullptr));
  find_dead(analysis);
  contify(analysis);
  FreeVariables{analysis}.solve();
  share_closures(analysis);
}

}  // namespace loko::low
