// SPDX-License-Identifier: MIT
//
// cp0's operands and bindings: values on demand, integration of procedures within limits, and what remains of a let.
#include "core/cp0.h"

#include <algorithm>
#include <climits>
#include <iterator>
#include <utility>

#include "core/effects.h"
#include "core/passes.h"
#include "core/plain_lists.h"

namespace loko::core {
namespace {

constexpr int kEffortUnit = 12;  // nodes looked at for one unit of -fcp0-effort-limit
constexpr std::size_t kSmallArena = 1024;

}  // namespace

VariableState& Cp0::state(const Variable* v) {
  if (!v->info) const_cast<Variable*>(v)->info = &states.emplace_back();
  return *static_cast<VariableState*>(v->info);
}

void Cp0::forget(Expr* e) {
  for (Clause& c : e->clauses) {
    for (Variable* v : c.required) v->info = nullptr;
    if (c.rest) c.rest->info = nullptr;
  }
  for (Binding& b : e->bindings) b.variable->info = nullptr;
  for_each_child(e, [&](Expr* c) { forget(c); });
}

/// Counts the occurrences of variables; the size of e in nodes.
int Cp0::count(Expr* e) {
  int size = 1;
  if (e->tag == Tag::Ref) ++state(e->variable).references;
  for_each_child(e, [&](Expr* c) { size += count(c); });
  return size;
}

Variable* Cp0::renamed(Variable* v, const Env* env) {
  VariableState& s = state(v);
  if (s.renamings == 0) return v;
  if (s.renamings == 1) return s.renamed;
  for (; env; env = env->next)
    if (env->from == v) return env->to;
  return v;
}

/// A fresh variable for a binder of v that is being processed.
Variable* Cp0::rename(Variable* v, const Env*& env) {
  VariableState& s = state(v);
  Variable* n = unit.new_variable(v->name);
  n->assigned = v->assigned && s.references > 0;
  ++s.renamings;
  s.renamed = n;
  env = unit.trees().make<Env>(env, v, n);
  return n;
}

Expr* Cp0::emit_ref(Variable* v, Span span) {
  ++state(v).references;
  return make_ref(unit, v, span);
}

Operand* Cp0::make_operand(Expr* source, const Env* env) {
  Operand* o = unit.trees().make<Operand>();
  o->source = source;
  o->env = env;
  o->scorer = scorer;
  o->number = next_operand++;
  o->attempts = innermost();
  return o;
}

Operand* Cp0::make_done(Expr* value) {
  Operand* o = make_operand(value, nullptr);
  o->value = value;
  return o;
}

/// Takes operations from what the attempt at hand may emit; false when it has to be abandoned.
bool Cp0::charge(int operations) {
  if (scorer && (scorer->size -= operations) < 0 && !failed) failed = scorer;
  return !failed;
}

/// Has the limits of an attempt, and of those around it, in force instead of others.
void Cp0::enforce(Scorer* to) {
  if (to == scorer) return;
  if (scorer) spend(*scorer, scorer->granted - effort);
  // Out to an attempt that is around both, where the work counts as well, then in.
  Scorer* around = to;
  for (; scorer && scorer->depth > (to ? to->depth : 0); leave());
  for (; around && around->depth > (scorer ? scorer->depth : 0); around = around->outer);
  for (; scorer != around; around = around->outer) leave();
  grant(to, around);
  scorer = to;
  if (to) effort = to->granted;
}

void Cp0::spend(Scorer& s, int nodes) {
  s.effort -= nodes;
  s.granted -= nodes;
  s.spent += nodes;
}

/// Goes out of the innermost attempt in force.
void Cp0::leave() {
  if (scorer->outer) spend(*scorer->outer, scorer->spent);
  scorer->spent = 0;
  scorer = scorer->outer;
}

/// Computes what may be looked at in the attempts from the one within `around` to s.
void Cp0::grant(Scorer* s, Scorer* around) {
  if (s == around) return;
  grant(s->outer, around);
  s->granted = s->outer ? std::min(s->effort, s->outer->granted) : s->effort;
}

/// A limit in force is reached: the outermost attempt that has no effort left fails.
void Cp0::run_out() {
  Scorer* innermost = scorer;
  enforce(nullptr);
  for (Scorer* s = innermost; s; s = s->outer)
    if (s->effort < 0) failed = s;
  enforce(innermost);
}

/// What is made from here on belongs to this operand. If attempts that it is older than are going on, it must outlive them: it gets an arena
/// of the innermost attempt that is no younger, unless the present one is such already.
Cp0::Lasting Cp0::begin_lasting(i64 number, size_t attempts) {
  size_t first = active.size();
  while (first > 0 && number < active[first - 1]->first_operand) --first;
  // What was made for an older operand goes with that one.
  if (first > attempts) first = attempts;
  if (first == active.size() || (entered == active.size() && outlives <= first)) return {};
  auto arena = std::make_unique<Arena>(kSmallArena);
  Lasting lasting{true, std::exchange(unit.tree, std::move(arena)), entered, outlives};
  entered = active.size();
  outlives = first;
  return lasting;
}

void Cp0::end_lasting(Lasting& lasting) {
  if (!lasting.begun) return;
  arenas_of(outlives).push_back(std::exchange(unit.tree, std::move(lasting.before)));
  entered = lasting.entered;
  outlives = lasting.outlives;
}

/// `effects`, then `last`; what is long already is not copied again.
Expr* Cp0::sequence_of(const std::vector<Expr*>& effects, Expr* last) {
  constexpr size_t kLong = 32;
  if (effects.empty() || last->tag != Tag::Begin || last->parts.size() < kLong) return make_sequence(unit, effects, last);
  Expr* e = unit.make(Tag::Begin, effects[0]->span);
  e->parts = effects;
  e->parts.push_back(last);
  return e;
}

/// The operand's value, processed where it stands.
Expr* Cp0::visit(Operand* o) {
  if (o->value) return o->value;
  Scorer* saved = scorer;
  enforce(o->scorer);
  int before = scorer ? scorer->size : 0;
  Lasting lasting = begin_lasting(o->number, o->attempts);
  o->visiting = true;
  Expr* r = value(o->source, o->env);
  o->visiting = false;
  end_lasting(lasting);
  if (!failed) {
    if (scorer) o->size = before - scorer->size, scorer->size = before;
    o->value = r;
  }
  enforce(saved);
  return r;
}

/// What remains of an operand that nobody wants the value of.
Expr* Cp0::effect_of(Operand* o) {
  if (o->value) {
    if (is_pure(o->value)) return make_quote(unit, Void, o->value->span);
    if (o->value->tag != Tag::Begin) return o->value;
    Expr* n = unit.make(Tag::Begin, o->value->span);
    n->parts = o->value->parts;
    if (is_pure(n->parts.back())) n->parts.pop_back();
    return n->parts.size() == 1 ? n->parts[0] : n;
  }
  Scorer* saved = scorer;
  enforce(o->scorer);
  Expr* r = process(o->source, Context{Context::Kind::Effect, nullptr}, o->env);
  enforce(saved);
  return r;
}

/// Frees what an abandoned attempt made, so that memory is in proportion to the unit.
void Cp0::clear_away(const Scorer& s, const Mark& mark) {
  auto dies = [&](const Attempted& key) {
    const Expr* e = std::get<0>(key);
    bool own = std::any_of(s.arenas.begin(), s.arenas.end(), [e](const auto& arena) { return arena->holds(e); });
    if (!own && !unit.trees().is_since(mark.nodes, e)) return false;
    hopeless.erase(key);
    no_return.erase(std::get<0>(key));
    return true;
  };
  judged.erase(std::remove_if(judged.begin() + static_cast<std::ptrdiff_t>(mark.judged), judged.end(), dies), judged.end());
  unit.trees().release(mark.nodes);
}

/// What an attempt, which has ended, kept for its operands goes with what is made where it stands.
void Cp0::hand_on(Scorer& s) {
  auto& around = arenas_of(innermost());
  std::move(s.arenas.begin(), s.arenas.end(), std::back_inserter(around));
}

/// Back to where an abandoned attempt began.
void Cp0::give_up(size_t trail_mark) {
  while (trail.size() > trail_mark) {
    trail.back()->integrated = false;
    trail.pop_back();
  }
}

// -- bindings --------------------------------------------------------------------------------------

/// (let ((variable value) …) body), as far as it is needed. Values keep their order.
Expr* Cp0::bind(const std::vector<Variable*>& variables, const std::vector<Operand*>& values, Expr* body, Span span, const Context& c) {
  std::vector<Expr*> before, pending;
  std::vector<Binding> kept;
  for (size_t i = 0; i < variables.size(); ++i) {
    Operand* o = values[i];
    if (o->integrated) continue;
    if (state(variables[i]).references == 0 && !variables[i]->assigned) {
      Expr* effect = effect_of(o);
      if (failed) return body;
      if (is_pure(effect)) changed = true;
      else pending.push_back(effect);
      continue;
    }
    Expr* v = visit(o);
    if (failed) return body;
    if (o->scorer == scorer) charge(o->size);
    if (v->tag == Tag::Begin) {
      pending.insert(pending.end(), v->parts.begin(), v->parts.end() - 1);
      v = v->parts.back();
    }
    if (kept.empty()) before.insert(before.end(), pending.begin(), pending.end());
    else v = sequence_of(pending, v);
    pending.clear();
    kept.push_back({variables[i], v});
  }
  if (kept.empty()) before.insert(before.end(), pending.begin(), pending.end());
  else body = sequence_of(pending, body);
  Expr* r = body;
  if (kept.size() == 1 && !kept[0].variable->assigned) {
    Variable* v = kept[0].variable;
    auto is_v = [v](const Expr* e) { return e->tag == Tag::Ref && e->variable == v; };
    if (is_v(body)) {
      r = kept[0].value;
      kept.clear();
    } else if (body->tag == Tag::If && is_v(body->parts[0]) && kept[0].value->tag != Tag::Lambda) {
      // (let ((x e)) (if x a b)) with x used there only: the test is e. A boolean x that is a, too, is #t there.
      if (is_v(body->parts[1]) && state(v).references == 2 && gives_boolean(kept[0].value)) {
        --state(v).references;
        body->parts[1] = make_quote(unit, True, body->parts[1]->span);
      }
      if (state(v).references == 1) {
        r = finish_conditional(kept[0].value, body->parts[1], body->parts[2], body->span, c);
        kept.clear();
      }
    } else if (body->tag == Tag::Prim && kept[0].value->tag == Tag::Lambda && state(v).references == 1) {
      // (let ((f (lambda …))) (prim … f)): making a closure can wait for operands without effects.
      auto at = std::find_if_not(body->parts.begin(), body->parts.end(), [&](const Expr* p) { return !is_v(p) && is_pure(p); });
      if (at != body->parts.end() && is_v(*at)) {
        *at = kept[0].value;
        kept.clear();
      }
    }
  }
  if (!kept.empty()) {
    Expr* let = unit.make(Tag::Let, span);
    let->bindings = std::move(kept);
    let->body = body;
    r = let;
    // (let ((x (let ((y e)) f))) b): y outside shows what x is.
    if (let->bindings.size() == 1 && let->bindings[0].value->tag == Tag::Let) {
      Expr* inner = let->bindings[0].value;
      Expr* outer = unit.make(Tag::Let, inner->span);
      outer->bindings = inner->bindings;
      let->bindings[0].value = inner->body;
      outer->body = let;
      r = outer;
    }
  }
  return sequence_of(before, r);
}

// -- integration -----------------------------------------------------------------------------------

/// The body of a clause in place of the call. A rest parameter is a list of fresh variables.
Expr* Cp0::apply_lambda(Expr* lambda, int clause, const Application& a, const Env* env) {
  const Clause& k = lambda->clauses[static_cast<size_t>(clause)];
  std::vector<Variable*> variables;
  std::vector<Operand*> values;
  for (size_t i = 0; i < k.required.size(); ++i) {
    variables.push_back(rename(k.required[i], env));
    values.push_back(a.operands[i]);
    state(variables.back()).operand = values.back();
  }
  if (!k.rest) {
    Expr* body = process(k.body, *a.outer, env);
    return failed ? body : bind(variables, values, body, a.span, *a.outer);
  }
  Expr* list = make_quote(unit, Null, a.span);
  if (a.operands.size() > k.required.size()) {
    std::vector<Expr*> parts;
    for (size_t i = k.required.size(); i < a.operands.size(); ++i) {
      variables.push_back(unit.new_variable(k.rest->name));
      values.push_back(a.operands[i]);
      state(variables.back()).operand = values.back();
      parts.push_back(make_ref(unit, variables.back(), a.span));
    }
    list = make_prim(unit, PrimitiveId::k_list, std::move(parts), a.span);
  }
  Operand* rest = make_operand(list, nullptr);
  VariableState& formal = state(k.rest);
  if (!formal.plain_known && !k.rest->assigned) {
    formal.plain_known = true;
    formal.plain_list = is_only_looked_at(k.body, k.rest);
  }
  Variable* v = rename(k.rest, env);
  state(v).operand = rest;
  state(v).plain_list = formal.plain_list;
  Expr* body = process(k.body, *a.outer, env);
  if (!failed) body = bind({v}, {rest}, body, a.span, *a.outer);
  return failed ? body : bind(variables, values, body, a.span, *a.outer);
}

/// The operand is a lambda expression, or the name of a known procedure.
bool Cp0::is_lambda_operand(const Operand* o) {
  for (int steps = 0; o && steps < 8; ++steps) {
    const Expr* e = o->value ? o->value : o->source;
    if (e->tag == Tag::Lambda || e->tag == Tag::PrimRef) return true;
    if (e->tag == Tag::GlobalRef) return is_known_procedure(e->global);
    if (e->tag != Tag::Ref || e->variable->assigned) return false;
    Variable* v = o->value ? e->variable : renamed(e->variable, o->env);
    o = state(v).operand;
  }
  return false;
}

/// What a procedure that is given the operand can find out about it: 0 nothing (what is a number decides little), kTellsAll
/// everything, else which primitive made it from how many operands.
u32 Cp0::knowledge(const Operand* o) {
  for (int steps = 0; o && steps < 8; ++steps) {
    const Expr* e = o->value ? o->value : o->source;
    if (e->tag == Tag::Prim) {
      bool number = primitive_info(e->primitive).gives & kTypeNumber;
      return number ? 0 : (static_cast<u32>(e->primitive) + 1) * 64 + std::min<u32>(63, static_cast<u32>(e->parts.size()));
    }
    if (e->tag != Tag::Ref) return e->tag == Tag::Quote || e->tag == Tag::Lambda || e->tag == Tag::PrimRef || e->tag == Tag::GlobalRef ? kTellsAll : 0;
    if (e->variable->assigned) return 0;
    Variable* v = o->value ? e->variable : renamed(e->variable, o->env);
    o = state(v).operand;
  }
  return 0;
}

/// Integrates a copy of a known lambda if it remains within the limits, else null. `c` is the context of the operator.
Expr* Cp0::attempt(Expr* lambda, bool& pending, const Context& c, const Env* env) {
  Application& a = *c.application;
  int k = clause_for(lambda, a.operands.size());
  if (k < 0 || !copying || pending || growth <= 0 || lambda->info == kLoopBreaker) return nullptr;
  const Expr* body = lambda->clauses[static_cast<size_t>(k)].body;
  if (!body) return nullptr;
  auto cold = no_return.find(body);  // errors are not worth any growth of code
  if (cold == no_return.end()) {
    cold = no_return.emplace(body, never_returns(body)).first;
    judged.push_back({body, Context::Kind::Value, 0});
  }
  if (cold->second) return nullptr;
  // A procedure that is given lambda expressions is worth more: they may become part of its loops.
  int lambdas = 1;
  for (Operand* o : a.operands) lambdas += is_lambda_operand(o);
  int limit = options.inline_size * lambdas;
  // What failed fails again with operands of which the same is known.
  bool plain = true;
  u64 known = 0;
  for (Operand* o : a.operands) {
    u32 k = knowledge(o);
    plain = plain && k != kTellsAll;
    known = known * 1000003 + k;
  }
  Attempted attempted{body, a.outer->kind, known};
  if (plain && hopeless.count(attempted)) return nullptr;
  Scorer s{scorer, limit, options.inline_effort * kEffortUnit * lambdas, next_operand};
  Mark mark{trail.size(), judged.size(), unit.trees().mark()};
  enforce(&s);
  active.push_back(&s);
  pending = true;
  Expr* r = apply_lambda(lambda, k, a, env);
  pending = false;
  active.pop_back();
  enforce(s.outer);
  if (failed) {
    give_up(mark.trail);
    for (const Context* around = a.outer; around->kind == Context::Kind::Operator; around = around->application->outer)
      around->application->integrated = false;
    if (failed != &s) {  // the attempt around it clears away
      hand_on(s);
      return r;
    }
    failed = nullptr;
    clear_away(s, mark);
    if (plain && hopeless.insert(attempted).second) judged.push_back(attempted);
    return nullptr;
  }
  hand_on(s);
  int used = limit - s.size;
  growth -= used;
  a.integrated = changed = true;
  charge(used);
  return r;
}

}  // namespace loko::core
