// SPDX-License-Identifier: MIT
//
// One walk that folds constants, propagates copies, removes dead code, moves lambdas that are called once to their
// call and copies small procedures into theirs. A light form of cp0 (Waddell and Dybvig, "Fast and Effective
// Procedure Inlining"): no effort counters, size decides.
//
// INVARIANT(once): a node has one parent. What is used twice is copied with fresh variables.
// INVARIANT(counts): State::references is never too small while the walk runs.
#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"
#include "core/copy.h"
#include "core/fold.h"
#include "core/passes.h"

namespace loko::core {
namespace {

enum class Context : u8 { Value, Test, Effect };

struct State {
  int references = 0;
  int calls = 0;             // of those, in operator position
  Expr* value = nullptr;     // what the variable is bound to, if that is known and it is unassigned
  bool moved = false;        // the lambda went to its only call
  bool recursive = false;    // a lambda of a letrec that refers to itself
  bool grouped = false;      // a lambda of a letrec whose lambdas refer to each other
  bool active = false;       // being inlined
};

struct Simplifier {
  Unit& unit;
  const Options& options;
  bool copying;
  bool changed = false;
  std::deque<State> states;
  int budget = 0;
  int depth = 0;
  std::unordered_map<Global*, bool> active_globals;  // being inlined
  std::unordered_set<const Expr*> done;  // operands that were simplified before they became values of a let

  State& state(Variable* v) {
    if (!v->info) v->info = &states.emplace_back();
    return *static_cast<State*>(v->info);
  }

  // -- counting ------------------------------------------------------------------------------------

  void forget(Expr* e) {
    for (Clause& c : e->clauses) {
      for (Variable* v : c.required) v->info = nullptr;
      if (c.rest) c.rest->info = nullptr;
    }
    for (Binding& b : e->bindings) b.variable->info = nullptr;
    for_each_child(e, [&](Expr* c) { forget(c); });
  }

  int count(Expr* e) {
    int size = 1;
    if (e->tag == Tag::Ref) ++state(e->variable).references;
    if (e->tag == Tag::Call && e->parts[0]->tag == Tag::Ref) ++state(e->parts[0]->variable).calls;
    for_each_child(e, [&](Expr* c) { size += count(c); });
    return size;
  }

  static bool smaller(const Expr* e, int& limit) {
    if (e->tag != Tag::Begin && e->tag != Tag::Let) --limit;
    if (limit < 0) return false;
    bool ok = true;
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { ok = ok && smaller(c, limit); });
    return ok && limit >= 0;
  }

  // -- copying -------------------------------------------------------------------------------------

  Expr* copy(const Expr* e, VariableMap& map) {
    auto bound = [&](Variable* v, Variable* fresh) {
      state(fresh).recursive = state(v).recursive;
      state(fresh).grouped = state(v).grouped;
    };
    auto used = [&](Expr* n) {
      if (n->tag == Tag::Ref) ++state(n->variable).references;
      if (n->tag == Tag::Call && n->parts[0]->tag == Tag::Ref) ++state(n->parts[0]->variable).calls;
    };
    return copy_tree(unit, e, map, bound, used);
  }

  // -- knowledge -----------------------------------------------------------------------------------

  /// Evaluating e now, later or never makes no difference, apart from its value.
  static bool is_pure(const Expr* e) {
    switch (e->tag) {
      case Tag::Quote: case Tag::Ref: case Tag::Lambda: case Tag::PrimRef: return true;
      case Tag::GlobalRef: return e->global->initialized;
      case Tag::Prim:
        if (primitive_info(e->primitive).effects & ~(kEffectAllocates | kEffectReads)) return false;
        break;
      case Tag::If: case Tag::Begin: break;
      case Tag::Let: case Tag::Letrec:
        for (const Binding& b : e->bindings)
          if (!is_pure(b.value)) return false;
        return is_pure(e->body);
      default: return false;
    }
    return std::all_of(e->parts.begin(), e->parts.end(), [](const Expr* p) { return is_pure(p); });
  }

  static bool copyable(const Expr* e) {
    switch (e->tag) {
      case Tag::Quote: case Tag::PrimRef: return true;
      case Tag::Ref: return !e->variable->assigned;
      case Tag::GlobalRef: return e->global->initialized && e->global->immutable;
      default: return false;
    }
  }

  static bool gives_boolean(const Expr* e) {
    return (e->tag == Tag::Prim && (primitive_info(e->primitive).gives & ~u32{kTypeBoolean}) == 0) ||
           (e->tag == Tag::Quote && (*e->datum == True || *e->datum == False));
  }

  Expr* note(Expr* e) {
    changed = true;
    return e;
  }

  // -- the walk ------------------------------------------------------------------------------------

  Expr* run(Expr* e, Context c) {
    if (++depth > 4000) {
      --depth;
      return e;
    }
    Expr* r = dispatch(e, c);
    --depth;
    return r;
  }

  Expr* dispatch(Expr* e, Context c) {
    switch (e->tag) {
      case Tag::Quote: case Tag::PrimRef: return e;
      case Tag::GlobalRef: return global_ref(e);
      case Tag::Ref: return reference(e);
      case Tag::Set:
        e->body = run(e->body, Context::Value);
        return e;
      case Tag::GlobalDefine: case Tag::GlobalSet: {
        bool definition = e->global->definition == e->body;
        e->body = run(e->body, Context::Value);
        if (definition && e->tag == Tag::GlobalDefine) e->global->definition = e->body;
        return e;
      }
      case Tag::If: return conditional(e, c);
      case Tag::Begin: return sequence(e, c);
      case Tag::Lambda:
        for (Clause& k : e->clauses) k.body = run(k.body, Context::Value);
        return e;
      case Tag::Let: return let(e, c);
      case Tag::Letrec: case Tag::LetrecStar: return letrec(e, c);
      case Tag::Call: return call(e, c);
      case Tag::Prim: return prim(e, c);
    }
    return e;
  }

  Expr* reference(Expr* e) {
    Expr* v = state(e->variable).value;
    if (!v || !copyable(v)) return e;
    std::unordered_map<Variable*, Variable*> none;
    Expr* r = copy(v, none);
    if (v->tag != Tag::Ref) r->span = e->span;
    return note(r);
  }

  Expr* global_ref(Expr* e) {
    Global* g = e->global;
    if (!g->immutable || !g->defined_here || !g->definition) return e;
    if (g->definition->tag != Tag::Quote || is_reference(*g->definition->datum)) return e;
    return note(make_quote(unit, *g->definition->datum, e->span));
  }

  Expr* conditional(Expr* e, Context c) {
    Expr* test = run(e->parts[0], Context::Test);
    PrimitiveId not_id = primitive("not");
    while (is_prim(test, not_id)) {
      test = test->parts[0];
      std::swap(e->parts[1], e->parts[2]);
      changed = true;
    }
    // What a test is preceded by moves out of it.
    if (test->tag == Tag::Begin) {
      Expr* last = test->parts.back();
      e->parts[0] = last;
      test->parts.back() = conditional_of_simple(e, last, c);
      return note(test);
    }
    return conditional_of_simple(e, test, c);
  }

  Expr* conditional_of_simple(Expr* e, Expr* test, Context c) {
    e->parts[0] = test;
    if (test->tag == Tag::Quote) return note(run(*test->datum == False ? e->parts[2] : e->parts[1], c));
    if (test->tag == Tag::Lambda) return note(run(e->parts[1], c));
    e->parts[1] = run(e->parts[1], c);
    e->parts[2] = run(e->parts[2], c);
    Expr *yes = e->parts[1], *no = e->parts[2];
    if (c == Context::Effect && yes->tag == Tag::Quote && no->tag == Tag::Quote) return note(run(test, Context::Effect));
    bool identity = is_quote(no, False) && (is_quote(yes, True) || (c == Context::Test && yes->tag == Tag::Quote && *yes->datum != False));
    if (identity && (c == Context::Test || gives_boolean(test))) return note(test);
    if (c == Context::Test && is_quote(yes, False) && is_quote(no, True)) return note(make_prim(unit, primitive("not"), {test}, e->span));
    if (c == Context::Test && yes->tag == Tag::Ref && test->tag == Tag::Ref && yes->variable == test->variable && !test->variable->assigned)
      e->parts[1] = note(make_quote(unit, True, yes->span));
    return e;
  }

  Expr* sequence(Expr* e, Context c) {
    std::vector<Expr*> out;
    for (size_t i = 0; i < e->parts.size(); ++i) {
      bool last = i + 1 == e->parts.size();
      Expr* p = run(e->parts[i], last ? c : Context::Effect);
      std::vector<Expr*> flat;
      if (p->tag == Tag::Begin) flat = p->parts;
      else flat = {p};
      for (size_t k = 0; k < flat.size(); ++k) {
        bool final = last && k + 1 == flat.size();
        if (!final && is_pure(flat[k])) changed = true;
        else out.push_back(flat[k]);
      }
    }
    if (out.size() == 1) return out[0];
    e->parts = std::move(out);
    return e;
  }

  /// (let ((x e)) (if x a b)) with x used there only, and (let ((x e)) (if x x b)) as a test: the test is e.
  Expr* test_of_let(Expr* e, Context c) {
    if (e->bindings.size() != 1 || e->body->tag != Tag::If || e->body->parts[0]->tag != Tag::Ref) return nullptr;
    Variable* v = e->bindings[0].variable;
    if (e->body->parts[0]->variable != v || v->assigned || e->bindings[0].value->tag == Tag::Lambda) return nullptr;
    Expr* yes = e->body->parts[1];
    int uses = state(v).references;
    bool same = yes->tag == Tag::Ref && yes->variable == v;
    if (uses != 1 && !(uses == 2 && same && c == Context::Test)) return nullptr;
    e->body->parts[0] = e->bindings[0].value;
    if (uses == 2) e->body->parts[1] = make_quote(unit, True, yes->span);
    return note(e->body);
  }

  Expr* let(Expr* e, Context c) {
    if (Expr* test = test_of_let(e, c)) return run(test, c);
    std::vector<Binding> kept;
    std::vector<Expr*> before;  // effects of values that nobody uses, if nothing was kept yet
    for (Binding& b : e->bindings) {
      State& s = state(b.variable);
      bool once = b.value->tag == Tag::Lambda && !b.variable->assigned && s.references == 1 && s.calls == 1;
      if (once) {
        s.value = b.value;  // simplified where it goes
        kept.push_back(b);
        continue;
      }
      bool unused = s.references == 0 && !b.variable->assigned;
      if (done.erase(b.value) == 0) b.value = run(b.value, unused ? Context::Effect : Context::Value);
      if (unused && is_pure(b.value)) {
        changed = true;
        continue;
      }
      if (unused && kept.empty()) {
        before.push_back(b.value);
        changed = true;
        continue;
      }
      if (!b.variable->assigned) {
        s.value = b.value;
        if (copyable(b.value)) {
          changed = true;
          continue;
        }
      }
      kept.push_back(b);
    }
    e->bindings = std::move(kept);
    e->body = run(e->body, c);
    // Lambdas that moved are gone; those that did not are simplified now.
    std::vector<Binding> left;
    for (Binding& b : e->bindings) {
      State& s = state(b.variable);
      if (s.moved) continue;
      if (b.value->tag == Tag::Lambda && s.references == 1 && s.calls == 1 && !b.variable->assigned) b.value = run(b.value, Context::Value);
      left.push_back(b);
    }
    e->bindings = std::move(left);
    if (e->bindings.empty()) return with_before(before, e->body);
    // (let ((x e)) x)
    if (e->bindings.size() == 1 && e->body->tag == Tag::Ref && e->body->variable == e->bindings[0].variable && !e->body->variable->assigned)
      return note(with_before(before, e->bindings[0].value));
    return with_before(before, e);
  }

  Expr* with_before(const std::vector<Expr*>& before, Expr* e) {
    for (size_t i = before.size(); i-- > 0;) e = make_begin(unit, before[i], e);
    return e;
  }

  static bool mentions(const Expr* e, const std::vector<Binding>& group) {
    if (e->tag == Tag::Ref)
      for (const Binding& b : group)
        if (b.variable == e->variable) return true;
    bool found = false;
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { found = found || mentions(c, group); });
    return found;
  }

  static void reach(Expr* e, const std::vector<Binding>& group, std::vector<bool>& seen) {
    if (e->tag == Tag::Ref)
      for (size_t i = 0; i < group.size(); ++i)
        if (group[i].variable == e->variable && !seen[i]) {
          seen[i] = true;
          reach(group[i].value, group, seen);
        }
    for_each_child(e, [&](Expr* c) { reach(c, group, seen); });
  }

  Expr* letrec(Expr* e, Context c) {
    std::vector<bool> seen(e->bindings.size());
    reach(e->body, e->bindings, seen);
    std::vector<Binding> used;
    for (size_t i = 0; i < seen.size(); ++i) {
      if (seen[i]) used.push_back(e->bindings[i]);
      else changed = true;
    }
    e->bindings = std::move(used);
    if (e->bindings.empty()) return run(e->body, c);
    bool recursive = false;
    for (Binding& b : e->bindings) recursive = recursive || mentions(b.value, e->bindings);
    if (!recursive) {
      e->tag = Tag::Let;
      return note(let(e, c));
    }
    for (Binding& b : e->bindings) {
      State& s = state(b.variable);
      s.value = b.value;
      s.grouped = true;
      s.recursive = mentions(b.value, {b});
    }
    for (Binding& b : e->bindings) b.value = run(b.value, Context::Value);
    e->body = run(e->body, c);
    return e;
  }

  // -- calls ---------------------------------------------------------------------------------------

  /// (call lambda a …) as let; the lambda is used up.
  Expr* bind_arguments(Expr* e, Expr* lambda, int index) {
    Clause& k = lambda->clauses[static_cast<size_t>(index)];
    Expr* let = unit.make(Tag::Let, e->span);
    for (size_t i = 0; i < k.required.size(); ++i) let->bindings.push_back({k.required[i], e->parts[i + 1]});
    if (k.rest) {
      std::vector<Expr*> rest(e->parts.begin() + 1 + static_cast<std::ptrdiff_t>(k.required.size()), e->parts.end());
      Expr* list = rest.empty() ? make_quote(unit, Null, e->span) : make_prim(unit, primitive("list"), std::move(rest), e->span);
      let->bindings.push_back({k.rest, list});
    }
    let->body = k.body;
    changed = true;
    return let;
  }

  Expr* call(Expr* e, Context c) {
    Expr* f = e->parts[0];
    if (f->tag == Tag::Let || f->tag == Tag::Letrec) {  // the operator comes first, so its bindings may surround the call
      e->parts[0] = f->body;
      f->body = e;
      return note(run(f, c));
    }
    if (f->tag == Tag::Begin) {
      e->parts[0] = f->parts.back();
      f->parts.back() = e;
      return note(run(f, c));
    }
    if (f->tag == Tag::Lambda && clause_for(f, e->parts.size() - 1) >= 0)
      return run(bind_arguments(e, f, clause_for(f, e->parts.size() - 1)), c);
    if (f->tag != Tag::Ref && f->tag != Tag::GlobalRef) f = e->parts[0] = run(f, Context::Value);
    else if (f->tag == Tag::Ref) {
      Expr* v = state(f->variable).value;
      if (v && copyable(v)) f = e->parts[0] = reference(f);
    }
    size_t n = e->parts.size() - 1;
    switch (f->tag) {
      case Tag::PrimRef: {
        const PrimitiveInfo& info = primitive_info(f->primitive);
        if (n < info.min_args || (info.max_args != kManyArgs && n > info.max_args)) break;
        Expr* p = make_prim(unit, f->primitive, {e->parts.begin() + 1, e->parts.end()}, e->span);
        return note(run(p, c));
      }
      case Tag::Ref: {
        State& s = state(f->variable);
        if (!s.value || s.value->tag != Tag::Lambda || f->variable->assigned) break;
        int k = clause_for(s.value, n);
        if (k < 0) break;
        if (s.references == 1 && s.calls == 1 && !s.grouped && !s.moved) {
          s.moved = true;
          return run(bind_arguments(e, s.value, k), c);
        }
        if (Expr* r = inlined(e, s.value, k, s.active, s.recursive, c)) return r;
        break;
      }
      case Tag::GlobalRef: {
        Global* g = f->global;
        if (!g->immutable || !g->defined_here || !g->definition || g->definition->tag != Tag::Lambda) break;
        int k = clause_for(g->definition, n);
        if (k < 0) break;
        bool recursive = mentions_global(g->definition, g);
        if (Expr* r = inlined(e, g->definition, k, active_globals[g], recursive, c)) return r;
        break;
      }
      default: break;
    }
    for (size_t i = 1; i < e->parts.size(); ++i) e->parts[i] = run(e->parts[i], Context::Value);
    return e;
  }

  static bool mentions_global(const Expr* e, const Global* g) {
    if (e->tag == Tag::GlobalRef && e->global == g) return true;
    bool found = false;
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { found = found || mentions_global(c, g); });
    return found;
  }

  Expr* inlined(Expr* e, Expr* lambda, int index, bool& active, bool recursive, Context c) {
    if (!copying || active || recursive || budget <= 0 || lambda->info == kLoopBreaker) return nullptr;
    int limit = options.inline_size;
    if (!smaller(lambda->clauses[static_cast<size_t>(index)].body, limit)) return nullptr;
    budget -= options.inline_size - limit;
    std::unordered_map<Variable*, Variable*> map;
    Expr* duplicate = copy(lambda, map);
    // The operands may contain calls of the same procedure; those are not within it.
    for (size_t i = 1; i < e->parts.size(); ++i)
      if (e->parts[i]->tag != Tag::Lambda && lambda->clauses[static_cast<size_t>(index)].required.size() >= i) done.insert(e->parts[i] = run(e->parts[i], Context::Value));
    active = true;
    Expr* r = run(bind_arguments(e, duplicate, index), c);
    active = false;
    return r;
  }
  // -- primitives ----------------------------------------------------------------------------------

  Expr* prim(Expr* e, Context c) {
    const PrimitiveInfo& info = primitive_info(e->primitive);
    bool is_not = e->primitive == primitive("not");
    if (c == Context::Effect && (info.effects & ~(kEffectAllocates | kEffectReads)) == 0 && info.lowering != Lowering::Stub) {
      if (e->parts.empty()) return note(make_quote(unit, Void, e->span));
      Expr* r = nullptr;
      for (Expr* p : e->parts) {
        Expr* x = run(p, Context::Effect);
        r = r ? make_begin(unit, r, x) : x;
      }
      return note(r);
    }
    for (Expr*& p : e->parts) p = run(p, is_not ? Context::Test : Context::Value);
    if (is_not && is_prim(e->parts[0], e->primitive)) {
      Expr* inner = e->parts[0]->parts[0];
      if (c == Context::Test || gives_boolean(inner)) return note(inner);
    }
    Value folded;
    std::vector<const Expr*> operands(e->parts.begin(), e->parts.end());
    if (fold_primitive(info, operands, &folded)) return note(make_quote(unit, folded, e->span));
    return e;
  }
};

}  // namespace

bool simplify(Unit& unit, const Options& options, bool copy) {
  Simplifier s{unit, options, copy, false, {}, 0, 0};
  s.forget(unit.body);
  for (Global* g : unit.globals) g->info = nullptr;
  int size = s.count(unit.body);
  s.budget = 2000 + 2 * size;
  unit.body = s.run(unit.body, Context::Value);
  s.forget(unit.body);
  return s.changed;
}

}  // namespace loko::core
