// SPDX-License-Identifier: MIT
//
// Folds constants, propagates copies, removes dead code and integrates procedures: lambdas that are called once
// move to their call, small ones are copied into theirs, within the unit and from other libraries (stored.h).
// Waddell and Dybvig, "Fast and Effective Procedure Inlining"; Waddell, "Extending the Scope of Syntactic Abstraction",
// chapter 4: contexts, operands processed on demand and once, attempts with limits on size and effort.
#include "core/cp0.h"

#include "core/effects.h"
#include "core/passes.h"
#include "core/stored.h"

namespace loko::core {
namespace {

const Context kEffect{Context::Kind::Effect, nullptr};
const Context kTest{Context::Kind::Test, nullptr};

/// An operator is wanted once; what may be asked twice is a value.
Context single(const Context& c) { return c.kind == Context::Kind::Operator ? Context{} : c; }

}  // namespace

Expr* Cp0::process(Expr* e, const Context& c, const Env* env) {
  if (failed) return e;
  if (scorer && --effort < 0) {
    run_out();
    return e;
  }
  switch (e->tag) {
    case Tag::Quote:
      if (c.kind == Context::Kind::Effect) return make_quote(unit, Void, e->span);
      [[fallthrough]];
    case Tag::PrimRef: {
      if (e->tag == Tag::PrimRef && c.kind == Context::Kind::Operator) {
        const PrimitiveInfo& info = primitive_info(e->primitive);
        size_t n = c.application->operands.size();
        if (n >= info.min_args && (info.max_args == kManyArgs || n <= info.max_args)) {
          Expr* r = primitive_call(e->primitive, c.application->operands, *c.application->outer, c.application->span);
          c.application->integrated = true;
          return r;
        }
      }
      Expr* n = unit.make(e->tag, e->span);
      n->datum = e->datum;
      n->primitive = e->primitive;
      return n;
    }
    case Tag::Ref: return reference(e, c, env);
    case Tag::GlobalRef: return global_reference(e, c);
    case Tag::Set: case Tag::GlobalDefine: case Tag::GlobalSet: return assignment(e, c, env);
    case Tag::If: return conditional(e, c, env);
    case Tag::Begin: return sequence(e, c, env);
    case Tag::Lambda: return lambda(e, c, env);
    case Tag::Let: {
      std::vector<Variable*> variables;
      std::vector<Operand*> values;
      const Env* inner = env;
      for (Binding& b : e->bindings) values.push_back(make_operand(b.value, env));
      for (size_t i = 0; i < e->bindings.size(); ++i) {
        bool is_view = is_plain_view(e->bindings[i].value, env);
        variables.push_back(rename(e->bindings[i].variable, inner));
        state(variables.back()).operand = values[i];
        state(variables.back()).plain_list = is_view;
      }
      Expr* body = process(e->body, c, inner);
      return failed ? e : bind(variables, values, body, e->span, c);
    }
    case Tag::Letrec: case Tag::LetrecStar: return letrec(e, c, env);
    case Tag::Call: return call(e, c, env);
    case Tag::Prim: {
      std::vector<Operand*> arguments;
      for (Expr* p : e->parts) arguments.push_back(make_operand(p, env));
      return primitive_call(e->primitive, arguments, c, e->span);
    }
  }
  return e;
}

// -- variables -------------------------------------------------------------------------------------

Expr* Cp0::reference(Expr* e, const Context& c, const Env* env) {
  bool only = state(e->variable).references == 1;
  return reference_to(renamed(e->variable, env), e->span, c, only);
}

/// An occurrence of the output variable v; `only`: there is no other in the input.
Expr* Cp0::reference_to(Variable* v, Span span, const Context& c, bool only) {
  if (c.kind == Context::Kind::Effect) return make_quote(unit, Void, span);
  Operand* o = state(v).operand;
  if (!o || v->assigned) return emit_ref(v, span);
  if (o->visiting) {
    o->recursive = true;
    return emit_ref(v, span);
  }
  if (only && c.kind == Context::Kind::Operator && !o->value && o->source->tag == Tag::Lambda) {
    int k = clause_for(o->source, c.application->operands.size());
    if (k >= 0) {
      trail.push_back(o);
      o->integrated = c.application->integrated = changed = true;
      Scorer* saved = scorer;
      enforce(o->scorer);
      o->visiting = true;
      Expr* r = apply_lambda(o->source, k, *c.application, o->env);
      o->visiting = false;
      enforce(saved);
      return r;
    }
  }
  Expr* known = visit(o);
  if (failed) return known;
  while (known->tag == Tag::Begin) known = known->parts.back();
  switch (known->tag) {
    case Tag::Quote: case Tag::PrimRef: changed = true; return process(known, c, nullptr);
    case Tag::Ref:
      if (known->variable->assigned) break;
      changed = true;
      return reference_to(known->variable, span, c, false);
    case Tag::GlobalRef:
      if (!is_copyable(known)) break;
      changed = true;
      return global_reference(known, c);
    case Tag::Lambda:
      if (c.kind == Context::Kind::Test) return changed = true, make_quote(unit, True, span);
      if (c.kind == Context::Kind::Operator && !o->recursive)
        if (Expr* r = attempt(known, o->inlining, c, nullptr)) return r;
      break;
    default: break;
  }
  return emit_ref(v, span);
}

Expr* Cp0::global_reference(Expr* e, const Context& c) {
  Global* g = e->global;
  if (c.kind == Context::Kind::Effect && g->initialized) return make_quote(unit, Void, e->span);
  if (g->immutable && c.kind != Context::Kind::Effect) {
    auto found = globals.find(g);
    Operand* o = found == globals.end() ? nullptr : found->second;
    if (!o && !g->defined_here && g->initialized) {  // from another library
      Lasting lasting = begin_lasting(kOldest, 0);
      Expr* stored = stored_core(unit, g);
      o = globals[g] = make_operand(stored ? stored : e, nullptr);
      o->number = kOldest;
      end_lasting(lasting);
      if (stored) count(stored);
    }
    if (o && o->visiting) o->recursive = true;
    Expr* known = o ? (o->value ? o->value : o->source) : e;
    if (known != e) switch (known->tag) {
      case Tag::Quote:
        changed = true;
        return make_quote(unit, *known->datum, e->span);
      case Tag::GlobalRef:
        if (known->global == g || !is_copyable(known)) break;
        changed = true;
        return global_reference(known, c);
      case Tag::PrimRef: changed = true; return process(known, c, nullptr);
      case Tag::Lambda:
        if (c.kind == Context::Kind::Operator && !o->recursive)
          if (Expr* r = attempt(known, o->inlining, c, nullptr)) return r;
        break;
      default: break;
    }
  }
  Expr* n = unit.make(Tag::GlobalRef, e->span);
  n->global = g;
  return n;
}

Expr* Cp0::assignment(Expr* e, const Context& c, const Env* env) {
  // A variable of the input whose references were all counted, and nobody looks.
  if (e->tag == Tag::Set && state(e->variable).renamings > 0 && state(e->variable).references == 0) {
    changed = true;
    Expr* effect = process(e->body, kEffect, env);
    return c.kind == Context::Kind::Effect ? effect : make_begin(unit, effect, make_quote(unit, Void, e->span));
  }
  Expr* n = unit.make(e->tag, e->span);
  n->global = e->global;
  n->variable = e->variable ? renamed(e->variable, env) : nullptr;
  Operand* own = nullptr;
  if (e->tag == Tag::GlobalDefine) {
    auto found = globals.find(e->global);
    if (found != globals.end() && found->second->source == e->body) own = found->second;
  }
  n->body = own ? visit(own) : value(e->body, env);
  if (failed) return e;
  if (e->tag == Tag::GlobalDefine && e->global->definition == e->body) {
    e->global->definition = n->body;
    if (!own && e->global->immutable && !e->global->info && (n->body->tag == Tag::Quote || n->body->tag == Tag::PrimRef || n->body->tag == Tag::GlobalRef)) globals[e->global] = make_done(n->body);
  }
  charge(1);
  return n;
}

// -- control ---------------------------------------------------------------------------------------

Expr* Cp0::conditional(Expr* e, const Context& c, const Env* env) {
  Expr* test = process(e->parts[0], kTest, env);
  if (failed) return e;
  Expr *yes = e->parts[1], *no = e->parts[2];
  // What a test is preceded by moves out of it.
  std::vector<Expr*> before;
  if (test->tag == Tag::Begin) {
    before.assign(test->parts.begin(), test->parts.end() - 1);
    test = test->parts.back();
  }
  while (is_prim(test, PrimitiveId::k_not)) {
    test = test->parts[0];
    std::swap(yes, no);
  }
  Expr* r;
  if (test->tag == Tag::Quote || test->tag == Tag::Lambda) {
    changed = true;
    r = process(is_quote(test, False) ? no : yes, c, env);
  } else {
    Context arm = single(c);
    Expr* a = process(yes, arm, env);
    Expr* b = failed ? nullptr : process(no, arm, env);
    if (failed) return e;
    r = finish_conditional(test, a, b, e->span, arm);
  }
  if (failed) return e;
  return sequence_of(before, r);
}

Expr* Cp0::finish_conditional(Expr* test, Expr* yes, Expr* no, Span span, const Context& c) {
  bool is_test = c.kind == Context::Kind::Test;
  if (c.kind == Context::Kind::Effect && yes->tag == Tag::Quote && no->tag == Tag::Quote) return is_pure(test) ? yes : test;
  bool identity = is_quote(no, False) && (is_quote(yes, True) || (is_test && yes->tag == Tag::Quote && *yes->datum != False));
  if (identity && (is_test || gives_boolean(test))) return test;
  if (is_quote(yes, False) && is_quote(no, True)) return make_prim(unit, PrimitiveId::k_not, {test}, span);
  if (is_test && yes->tag == Tag::Ref && test->tag == Tag::Ref && yes->variable == test->variable && !test->variable->assigned) {
    --state(yes->variable).references;
    yes = make_quote(unit, True, yes->span);
  }
  charge(1);
  return make_if(unit, test, yes, no, span);
}

Expr* Cp0::sequence(Expr* e, const Context& c, const Env* env) {
  std::vector<Expr*> out;
  for (size_t i = 0; i < e->parts.size(); ++i) {
    bool last = i + 1 == e->parts.size();
    Expr* p = process(e->parts[i], last ? c : kEffect, env);
    if (failed) return e;
    constexpr size_t kLong = 32;  // sequences that are not copied into the one around once more
    if (p->tag == Tag::Begin && !(last && p->parts.size() >= kLong)) {
      for (size_t k = 0; k < p->parts.size(); ++k)
        if ((last && k + 1 == p->parts.size()) || !is_pure(p->parts[k])) out.push_back(p->parts[k]);
    } else if (last || !is_pure(p)) {
      out.push_back(p);
    }
  }
  if (out.size() == 1) return out[0];
  Expr* n = unit.make(Tag::Begin, e->span);
  n->parts = std::move(out);
  return n;
}

Expr* Cp0::lambda(Expr* e, const Context& c, const Env* env) {
  if (c.kind == Context::Kind::Effect) return make_quote(unit, Void, e->span);
  if (c.kind == Context::Kind::Test) return make_quote(unit, True, e->span);
  if (c.kind == Context::Kind::Operator) {
    int k = clause_for(e, c.application->operands.size());
    if (k >= 0) {
      c.application->integrated = changed = true;
      return apply_lambda(e, k, *c.application, env);
    }
  }
  Expr* n = unit.make(Tag::Lambda, e->span);
  n->name = e->name;
  n->doc = e->doc;
  n->info = e->info == kLoopBreaker ? kLoopBreaker : nullptr;
  if (!charge(1)) return e;
  for (const Clause& k : e->clauses) {
    Clause fresh;
    const Env* inner = env;
    for (Variable* v : k.required) fresh.required.push_back(rename(v, inner));
    if (k.rest) fresh.rest = rename(k.rest, inner);
    fresh.body = value(k.body, inner);
    if (failed) return e;
    n->clauses.push_back(std::move(fresh));
  }
  return n;
}

Expr* Cp0::letrec(Expr* e, const Context& c, const Env* env) {
  std::vector<Variable*> variables;
  std::vector<Operand*> values;
  for (Binding& b : e->bindings) {
    values.push_back(make_operand(b.value, nullptr));
    variables.push_back(rename(b.variable, env));
    state(variables.back()).operand = values.back();
  }
  for (Operand* o : values) o->env = env;
  Expr* body = process(e->body, c, env);
  // Those that are needed, and what they need.
  for (bool again = !failed; again;) {
    again = false;
    for (size_t i = 0; i < values.size() && !failed; ++i) {
      if (values[i]->value || values[i]->integrated || state(variables[i]).references == 0) continue;
      visit(values[i]);
      again = true;
    }
    if (failed) break;
  }
  if (failed) return e;
  Expr* n = unit.make(Tag::Letrec, e->span);
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]->value || values[i]->integrated || state(variables[i]).references == 0) {
      changed = true;
      continue;
    }
    charge(values[i]->size);
    n->bindings.push_back({variables[i], values[i]->value});
  }
  if (n->bindings.empty()) return body;
  if (n->bindings.size() == 1 && n->bindings[0].value->tag == Tag::Lambda) {
    for (size_t i = 0; i < values.size(); ++i)
      if (variables[i] == n->bindings[0].variable && !values[i]->recursive) n->tag = Tag::Let;
  }
  n->body = body;
  return n;
}

Expr* Cp0::call(Expr* e, const Context& c, const Env* env) {
  Application a;
  a.outer = &c;
  a.span = e->span;
  for (size_t i = 1; i < e->parts.size(); ++i) a.operands.push_back(make_operand(e->parts[i], env));
  Expr* f = process(e->parts[0], Context{Context::Kind::Operator, &a}, env);
  if (failed) return e;
  if (a.integrated) return f;
  Expr* n = make_call(unit, {f}, e->span);
  for (Operand* o : a.operands) {
    Expr* v = visit(o);
    if (failed) return e;
    charge(o->size);
    n->parts.push_back(v);
  }
  return charge(1) ? n : e;
}

// -- the pass --------------------------------------------------------------------------------------

namespace {

bool mentions(const Expr* e, const Global* g) {
  if (e->tag == Tag::GlobalRef && e->global == g) return true;
  bool found = false;
  for_each_child(const_cast<Expr*>(e), [&](Expr* c) { found = found || mentions(c, g); });
  return found;
}

/// Procedures and constants that the top level defines once, in its own sequence.
void find_globals(Cp0& s, Expr* e) {
  if (e->tag == Tag::Begin)
    for (Expr* p : e->parts) find_globals(s, p);
  if (e->tag != Tag::GlobalDefine) return;
  Global* g = e->global;
  if (!g->immutable || !g->defined_here || g->definition != e->body || e->body->tag != Tag::Lambda) return;
  s.globals[g] = s.make_operand(e->body, nullptr);
  s.globals[g]->recursive = mentions(e->body, g);
}

}  // namespace

bool cp0(Unit& unit, const Options& options, bool copy) {
  Cp0 s{unit, options, copy};
  s.forget(unit.body);
  s.growth = 2000 + i64{s.count(unit.body)} / 4;  // so that compile time stays in proportion to the text
  find_globals(s, unit.body);
  std::unique_ptr<Arena> before = std::move(unit.tree);  // dies with the input
  unit.tree = std::make_unique<Arena>();
  unit.body = s.value(unit.body, nullptr);
  s.forget(unit.body);
  unit.tree->make<std::vector<std::unique_ptr<Arena>>>(std::move(s.arenas));
  return s.changed;
}

}  // namespace loko::core
