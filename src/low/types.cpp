// SPDX-License-Identifier: MIT
//
// Type recovery: the join over all values of a variable, all results of a known lambda, found optimistically
// (everything starts empty and grows). The type of a reference is that join, narrowed by what surely ran before on
// the way there: tests of a branch, and primitives that would have raised (operands are evaluated left to right).
#include "core/build.h"
#include "core/effects.h"
#include "low/closures.h"
#include "low/expand_primitives.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <iterator>
#include <string_view>

namespace loko::low {
namespace {

using core::Binding;
using core::Clause;
using core::Expr;
using core::Tag;
using core::Variable;

/// Walks the forms of the top level. One whose walk read what has changed since is walked again.
struct Recovery {
  Analysis& analysis;
  struct Form {
    Expr* e;
    bool waiting = false;
    int visits = 0;
  };
  static constexpr u32 kNoForm = ~u32{0};
  static constexpr int kPatience = 10;  // visits until types that change become any
  static constexpr int kEnd = 60;       // visits until nothing in the form is worth knowing
  std::vector<Form> forms{};
  std::deque<u32> queue{};
  u32 current = 0;
  std::unordered_map<const void*, std::vector<u32>> readers{};  // forms that read a lambda's results, or a global
  std::unordered_map<const LambdaInfo*, u32> home{};            // forms that lambdas are in
  std::vector<std::pair<VariableInfo*, u32>> log{};             // narrowed variables and what they were before

  void add_forms(Expr* e) {
    if (e->tag == Tag::Begin)
      for (Expr* p : e->parts) add_forms(p);
    else
      forms.push_back({e});
  }

  void solve(Expr* body) {
    add_forms(body);
    for (u32 i = 0; i < forms.size(); ++i) wait(i);
    while (!queue.empty()) {
      current = queue.front();
      queue.pop_front();
      Form& f = forms[current];
      f.waiting = false;
      ++f.visits;
      expr(f.e);
      undo(0);
    }
  }

  void wait(u32 form) {
    if (form == kNoForm || forms[form].waiting) return;
    forms[form].waiting = true;
    queue.push_back(form);
  }
  void wait_readers(const void* of) {
    for (u32 form : readers[of]) wait(form);
  }
  void read(const void* of) {
    std::vector<u32>& r = readers[of];
    if (r.empty() || r.back() != current) r.push_back(current);
  }
  u32 home_of(const LambdaInfo* l) const {
    auto found = home.find(l);
    return found == home.end() ? kNoForm : found->second;
  }

  /// From here to the end of the arm the value of e, a variable, is one of `types`.
  void narrow(const Expr* e, u32 types) {
    if (e->tag != Tag::Ref || e->variable->assigned) return;
    VariableInfo& v = variable_info(e->variable);
    if (v.lambda || (v.narrowed & types) == v.narrowed) return;
    log.push_back({&v, v.narrowed});
    v.narrowed &= types;
  }
  void undo(size_t mark) {
    for (; log.size() > mark; log.pop_back()) log.back().first->narrowed = log.back().second;
  }

  /// What the value of a test tells about variables.
  void assume(const Expr* test, bool truth) {
    if (test->tag == Tag::Ref) return narrow(test, truth ? u32{kTypeAny} & ~u32{kTypeFalse} : u32{kTypeFalse});
    if (test->tag == Tag::If) {  // (and a b) and (or a b)
      const Expr *yes = test->parts[1], *no = test->parts[2];
      bool both = truth ? core::is_quote(no, False) : core::is_quote(yes, True);
      if (both) assume(test->parts[0], truth), assume(truth ? yes : no, truth);
      return;
    }
    if (test->tag != Tag::Prim) return;
    const PrimitiveInfo& info = primitive_info(test->primitive);
    if (info.lowering != Lowering::Low || test->parts.empty()) return;
    if (info.target == std::string_view("is_not")) return assume(test->parts[0], !truth);
    if (u32 type = tested_type(info.target)) narrow(test->parts[0], truth ? type : ~type & u32{kTypeAny});
  }

  /// After a primitive that checks its operands they are of its types.
  void assume_operands(const Expr* e) {
    const PrimitiveInfo& info = primitive_info(e->primitive);
    if (info.lowering != Lowering::Low || !(info.effects & kEffectRaises) || info.name[0] == '%') return;
    size_t known = std::min<size_t>({info.min_args, e->parts.size(), std::size(info.takes)});
    for (size_t i = 0; i < known; ++i) narrow(e->parts[i], info.takes[i]);
  }

  bool join(u32& into, u32 types) {
    int visits = forms[current].visits;
    if (visits > kEnd) types = kTypeAny;
    if ((into | types) == into) return false;
    into = visits > kPatience ? u32{kTypeAny} : into | types;
    return true;
  }
  /// Adds types to a variable of the form.
  void bind(Variable* v, u32 types, u32 form) {
    if (join(variable_info(v).types, v->assigned ? u32{kTypeAny} : types)) wait(form);
  }

  void lambda(LambdaInfo* l) {
    if (l->dead) return;
    l->open = true;
    home[l] = current;
    for (Clause& c : l->lambda->clauses) {
      if (l->escapes)
        for (Variable* v : c.required) bind(v, kTypeAny, current);
      if (c.rest) bind(c.rest, kTypeList, current);
      size_t mark = log.size();
      if (join(l->result_types, expr(c.body))) wait_readers(l);
      undo(mark);
    }
    l->open = false;
  }

  u32 call(Expr* e) {
    LambdaInfo* callee = known_callee(e);
    Expr* f = e->parts[0];
    if (f->tag != Tag::Ref && f->tag != Tag::GlobalRef) expr(f);
    std::vector<u32> types;
    for (size_t i = 1; i < e->parts.size(); ++i) types.push_back(expr(e->parts[i]));
    if (!callee) return f->tag == Tag::GlobalRef && core::is_no_return(f->global) ? 0 : u32{kTypeAny};
    Clause& c = callee->lambda->clauses[static_cast<size_t>(core::clause_for(callee->lambda, types.size()))];
    u32 form = home_of(callee);
    for (size_t i = 0; i < c.required.size(); ++i) bind(c.required[i], types[i], form);
    if (callee->open) {
      callee->again.resize(c.required.size());
      for (size_t i = 0; i < c.required.size(); ++i) callee->again[i] |= types[i];
    }
    read(callee);
    return is_exit(f) ? 0 : callee->result_types;
  }

  static bool is_exit(const Expr* f) { return f->tag == Tag::Ref && f->variable->exit; }

  /// What calls of the exit that a let binds give to the let.
  u32 exit_results(const Expr* let) {
    if (let->bindings.size() != 1 || !let->bindings[0].variable->exit) return 0;
    const LambdaInfo* l = variable_info(let->bindings[0].variable).lambda;
    read(l);
    return l->result_types;
  }

  u32 expr(Expr* e) {
    switch (e->tag) {
      case Tag::Quote: return type_of_datum(*e->datum);
      case Tag::Ref: {
        const VariableInfo& v = variable_info(e->variable);
        return v.lambda ? u32{kTypeProcedure} : v.types & v.narrowed;
      }
      case Tag::GlobalDefine:
        if (join(analysis.global_types[e->global], expr(e->body))) wait_readers(e->global);
        return kTypeVoid;
      case Tag::Set: case Tag::GlobalSet: expr(e->body); return kTypeVoid;
      case Tag::GlobalRef:
        if (!e->global->immutable || !e->global->defined_here || !e->global->definition) return kTypeAny;
        read(e->global);
        return analysis.global_types[e->global];
      case Tag::PrimRef: return kTypeAny;
      case Tag::If: {
        u32 test = expr(e->parts[0]);
        size_t mark = log.size();
        assume(e->parts[0], true);
        u32 yes = expr(e->parts[1]);
        undo(mark);
        assume(e->parts[0], false);
        u32 no = expr(e->parts[2]);
        undo(mark);
        if (!yes != !no) assume(e->parts[0], yes != 0);  // what comes next comes from the other arm
        return (test & ~u32{kTypeFalse} ? yes : 0) | (test & kTypeFalse ? no : 0);
      }
      case Tag::Begin: {
        u32 t = 0;
        for (Expr* p : e->parts) t = expr(p);
        return t;
      }
      case Tag::Lambda: lambda(lambda_info(e)); return kTypeProcedure;
      case Tag::Let: case Tag::Letrec: case Tag::LetrecStar:
        for (Binding& b : e->bindings) {
          u32 types = expr(b.value);
          if (e->receives) types = e->bindings.size() == 1 ? u32{kTypeFixnum} : u32{kTypeAny};
          bind(b.variable, types, current);
        }
        return exit_results(e) | expr(e->body);
      case Tag::Call: return call(e);
      case Tag::Prim: {
        std::vector<u32> types;
        for (Expr* p : e->parts) types.push_back(expr(p));
        assume_operands(e);
        if (analysis.counter_steps.count(e)) return kTypeFixnum;
        return type_of_primitive(e->primitive, types);
      }
    }
    return kTypeAny;
  }
};

/// The function in whose tail position the target is, or null.
LambdaInfo* function_of(Target* t) { return final_target(t)->owner; }

/// Functions that return doubles in registers: a greatest fixpoint, because their tail calls must return so too.
void find_float_returns(Analysis& analysis) {
  std::vector<LambdaInfo*> others;  // whose tail callers are not looked at yet
  for (LambdaInfo& l : analysis.lambdas) {
    l.returns_float = !l.escapes && !l.contified && !l.dead && l.result_types == kTypeFlonum;
    if (!l.contified && !l.returns_float) others.push_back(&l);
  }
  while (!others.empty()) {
    LambdaInfo* callee = others.back();
    others.pop_back();
    for (CallSite& c : callee->calls) {
      LambdaInfo* caller = function_of(c.target);
      if (!caller || !caller->returns_float) continue;
      caller->returns_float = false;
      others.push_back(caller);
    }
  }
}

bool within(u32 types, u32 set) { return (types & ~set) == 0; }

}  // namespace

u32 type_of_primitive(PrimitiveId id, const std::vector<u32>& t) {
  const PrimitiveInfo& info = primitive_info(id);
  for (u32 x : t)
    if (x == 0) return 0;  // an operand does not return (yet)
  if (info.lowering != Lowering::Low) return info.gives;
  std::string_view target = info.target;
  if (target == "generic_add" || target == "generic_sub" || target == "generic_mul") {
    u32 a = t[0] & kTypeNumber, b = t[1] & kTypeNumber;
    if (within(a, kTypeFlonum) && within(b, kTypeFlonum)) return kTypeFlonum;
    if (((within(a, kTypeFlonum) && within(b, kTypeReal)) || (within(b, kTypeFlonum) && within(a, kTypeReal))))
      return kTypeFlonum;
    if (within(a | b, kTypeInteger)) return kTypeInteger;
    if (within(a | b, kTypeRational)) return kTypeRational;
    if (within(a | b, kTypeReal)) return kTypeReal;
    return kTypeNumber;
  }
  if (target == "generic_slash") {
    bool all = true;
    u32 any = 0;
    for (u32 x : t) all = all && within(x & kTypeNumber, kTypeFlonum), any |= x & kTypeNumber;
    if (all) return kTypeFlonum;
    if (within(any, kTypeRational)) return kTypeRational;
    return within(any, kTypeReal) ? kTypeReal : kTypeNumber;
  }
  if (target == "generic_max" || target == "generic_min" || target == "generic_abs") {
    u32 any = 0;
    for (u32 x : t) any |= x & kTypeReal;
    if (within(any, kTypeFixnum) && target != "generic_abs") return kTypeFixnum;
    if (within(any, kTypeFlonum)) return kTypeFlonum;
    return within(any, kTypeInteger) ? kTypeInteger : kTypeReal;
  }
  if (target == "generic_quotient" || target == "generic_remainder" || target == "generic_modulo" || target == "generic_div" ||
      target == "generic_mod") {
    u32 a = t[0] & kTypeReal, b = t[1] & kTypeReal;
    bool gives_quotient = target == "generic_quotient" || target == "generic_div";  // of any integer; the others are less than b
    if (!gives_quotient && within(b, kTypeFixnum) && within(a, kTypeInteger)) return kTypeFixnum;
    if (within(a | b, kTypeInteger)) return kTypeInteger;
    return within(a, kTypeFlonum) || within(b, kTypeFlonum) ? kTypeFlonum : kTypeReal;
  }
  if (target == "to_inexact") {
    if (within(t[0] & kTypeNumber, kTypeReal)) return kTypeFlonum;
    return kTypeFlonum | kTypeCompnum;
  }
  if (target == "bitwise_and" || target == "bitwise_ior" || target == "bitwise_xor") {
    if (within(t[0] & kTypeInteger, kTypeFixnum) && within(t[1] & kTypeInteger, kTypeFixnum)) return kTypeFixnum;
    return kTypeInteger;
  }
  if (target == "list") return t.empty() ? kTypeNull : kTypePair;
  if (target == "cons_star") return t.size() > 1 ? kTypePair : t.empty() ? u32{kTypeAny} : t[0];
  return info.gives;
}

void recover_types(core::Unit& unit, Analysis& analysis) {
  Recovery{analysis}.solve(unit.body);
  find_float_returns(analysis);
}

}  // namespace loko::low
