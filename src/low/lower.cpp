// SPDX-License-Identifier: MIT
//
// Expressions: values, effects, tests and tail positions. Contified lambdas are lowered when the expression that
// they return to has been (with_target), so that every jump to them lies on paths that end there.
#include "low/lower.h"

#include <cstring>

#include "low/lowerer.h"
#include "core/primitive_cells.h"

namespace loko::low {


using core::Expr;
using core::Tag;
using core::Variable;

namespace {
constexpr int kAsF64 = 1;

/// The length, as the bits of a fixnum, of the sequence that the expression makes; or kNone.
u64 known_length(const Expr* e) {
  if (e->tag != Tag::Prim) return kNone;
  const int k = primitive_info(e->primitive).length;
  if (k < 0 || static_cast<size_t>(k) >= e->parts.size()) return kNone;
  const Expr* n = e->parts[static_cast<size_t>(k)];
  if (n->tag != Tag::Quote || !is_fixnum(*n->datum) || fixnum_value(*n->datum) < 0) return kNone;
  return (*n->datum).bits;
}
}

Lowerer::Lowerer(core::Unit& unit, Diagnostics& diagnostics, const Options& options, const PassObserver& observer,
                 const LambdaObserver& finished)
    : core_(unit), diagnostics_(diagnostics), options_(options), observer_(observer), finished_(finished) {}

Unit lower(core::Unit& unit, Diagnostics& diagnostics, const Options& options, const PassObserver& observer,
           const LambdaObserver& finished) {
  return Lowerer(unit, diagnostics, options, observer, finished).run();
}

// -- destinations ----------------------------------------------------------------------------------

void Lowerer::deliver(const Val& v, const Dest& dest) {
  if (cur_ == dead_) return;  // no edge
  switch (dest.kind) {
    case Dest::Kind::Return: {
      if (f_->returns == Rep::F64) refine(v, kTypeFlonum);
      ValueId id = f_->returns == Rep::F64 ? unbox(v, nullptr) : tagged(v);
      Terminator t;
      t.kind = TermKind::Return;
      t.a = id;
      t.span = span_;
      block().term = t;
      return;
    }
    case Dest::Kind::Value: case Dest::Kind::Effect:
      note_edge(*dest.label);
      dest.label->open.push_back({cur_, v, types(v)});
      return;
    case Dest::Kind::Test: test_value(v, *dest.yes, *dest.no); return;
    case Dest::Kind::Receive: {  // one value is the wrong number
      Inst i = make_inst(Op::CallStub, Rep::None);
      i.imm = kStubValues;
      i.args.push_back(tagged(v));
      return receive(std::move(i), dest);
    }
  }
}

void Lowerer::test_value(const Val& v, Label& yes, Label& no) {
  u32 t = types(v);
  if (!(t & kTypeFalse)) return jump_label(yes);
  if (t == kTypeFalse) return jump_label(no);
  ValueId id = tagged(v);
  branch_labels(Cond::Ne, id, imm(kFalse, Rep::Tagged), yes, no, {id, ~u32{kTypeFalse} & kTypeAny}, {id, kTypeFalse});
}

/// The target that starts at e and has lambdas contified into it, unless it is being lowered already.
Target* Lowerer::pending_target(Expr* e) {
  if (!e->info || e->tag == Tag::Lambda) return nullptr;
  Target* t = static_cast<Target*>(e->info);
  return active_.count(t) ? nullptr : t;
}

void Lowerer::with_target(Target* t, Expr* e, const Dest& dest) {
  size_t base = mark();
  active_[t] = base;
  for (LambdaInfo* l : t->contified) {
    Loop& loop = loops_[l];
    loop.blocks.assign(l->lambda->clauses.size(), kNone);
    loop.started.assign(l->lambda->clauses.size(), false);
  }
  to_inner(e, dest);
  undo(base);
  for (bool again = true; again;) {
    again = false;
    for (LambdaInfo* l : t->contified)
      for (size_t i = 0; i < l->lambda->clauses.size(); ++i) {
        Loop& loop = loops_[l];
        if (loop.blocks[i] == kNone || loop.started[i]) continue;
        loop.started[i] = again = true;
        start_loop_body(l, i, dest);
        undo(base);
      }
  }
}

void Lowerer::start_loop_body(LambdaInfo* l, size_t clause, const Dest& dest) {
  Loop& loop = loops_[l];
  cur_ = loop.blocks[clause];
  apply(loop.facts);
  const core::Clause& c = l->lambda->clauses[clause];
  std::vector<Variable*> variables = c.required;
  if (c.rest) variables.push_back(c.rest);
  for (size_t i = 0; i < variables.size(); ++i) {
    ValueId p = f_->blocks[loop.blocks[clause]].params[i];
    bind_variable(variables[i], Val{p, f_->values[p], false, 0});
  }
  to(c.body, dest);
}

void Lowerer::to(Expr* e, const Dest& dest) {
  if (Target* t = pending_target(e)) with_target(t, e, dest);
  else to_inner(e, dest);
}

void Lowerer::to_inner(Expr* e, const Dest& dest) {
  Span saved = span_;
  if (e->span) span_ = e->span;
  switch (e->tag) {
    case Tag::If: {
      size_t m = mark();
      Label yes = make_label(true), no = make_label(true);
      test(e->parts[0], yes, no);
      undo(m);
      if (bind(yes)) to(e->parts[1], dest);
      undo(m);
      if (bind(no)) to(e->parts[2], dest);
      undo(m);
      break;
    }
    case Tag::Begin:
      for (size_t i = 0; i + 1 < e->parts.size(); ++i) effect(e->parts[i]);
      to(e->parts.back(), dest);
      break;
    case Tag::Let: case Tag::Letrec:
      bindings(e);
      to(e->body, dest);
      break;
    case Tag::Call: {
      Callee callee = resolve_callee(e);
      if (callee.kind == Callee::Kind::Contified) jump_to_loop(e, callee);
      else if (dest.kind == Dest::Kind::Return) tail_call(e);
      else if (dest.kind == Dest::Kind::Receive && !(callee.kind == Callee::Kind::Direct && callee.lambda->returns_float)) {
        u32 types;
        receive(make_call(e, callee, &types), dest, callee.kind == Callee::Kind::Direct && callee.lambda->returns_values);
      } else deliver(call(e, dest.kind == Dest::Kind::Effect), dest);
      break;
    }
    case Tag::Prim: primitive_to(e, dest); break;
    default: deliver(value(e), dest);
  }
  span_ = saved;
}

// -- values ----------------------------------------------------------------------------------------

Val Lowerer::value(Expr* e) {
  if (Target* t = pending_target(e)) {
    Label l = make_label(false);
    size_t m = mark();
    with_target(t, e, Dest{Dest::Kind::Value, &l, nullptr, nullptr});
    undo(m);
    return join(l, true);
  }
  Span saved = span_;
  if (e->span) span_ = e->span;
  Val result;
  switch (e->tag) {
    case Tag::Quote: {
      Value d = *e->datum;
      result = is_reference(d) ? tagged_val(constant_object(d)) : constant_val(d);
      break;
    }
    case Tag::Ref: {
      VariableInfo& i = variable_info(e->variable);
      result = i.lambda ? tagged_val(closure_value(i.lambda)) : read_variable(e->variable);
      break;
    }
    case Tag::Set: {
      Val v = value(e->body);
      ValueId id = tagged(v);
      VariableInfo& i = variable_info(e->variable);
      bool barrier = !within(v, kTypeFixnum | kTypeChar | kTypeBoolean | kTypeNull | kTypeVoid | kTypeEof);
      i.boxed = false;  // read the box itself
      Val box = read_variable(e->variable);
      i.boxed = true;
      store(id, tagged(box), kField0Offset);
      if (barrier) mark_card(tagged(box), kField0Offset);
      result = constant_val(Void);
      break;
    }
    case Tag::GlobalRef: result = global_ref(e); break;
    case Tag::GlobalDefine: case Tag::GlobalSet: {
      if (LambdaInfo* l = global_lambda(e->global); l && !l->escapes && e->body == l->lambda) {
        result = constant_val(Void);  // only called, directly
        break;
      }
      ValueId id = tagged(value(e->body));
      Inst i = make_inst(Op::StoreAbs, Rep::None);
      i.a = id;
      i.imm = e->global->cell;
      emit(std::move(i));
      if (e->tag == Tag::GlobalDefine && self_ == nullptr) defined_[e->global] = true;
      result = constant_val(Void);
      break;
    }
    case Tag::PrimRef: {
      Inst i = make_inst(Op::LoadAbs, Rep::Tagged);
      i.imm = primitive_cell(e->primitive);
      result = tagged_val(emit(std::move(i)));
      break;
    }
    case Tag::If: {
      Label l = make_label(false);
      size_t m = mark();
      to_inner(e, Dest{Dest::Kind::Value, &l, nullptr, nullptr});
      undo(m);
      result = join(l, true);
      break;
    }
    case Tag::Begin:
      for (size_t i = 0; i + 1 < e->parts.size(); ++i) effect(e->parts[i]);
      result = value(e->parts.back());
      break;
    case Tag::Lambda: {
      LambdaInfo* l = lambda_info(e);
      result = tagged_val(l->closed ? closure_value(l) : make_closure(l, true));
      break;
    }
    case Tag::Let: case Tag::Letrec:
      bindings(e);
      result = value(e->body);
      break;
    case Tag::LetrecStar: __builtin_trap();  // removed by core/letrec
    case Tag::Call: result = call(e, false); break;
    case Tag::Prim: result = primitive(e, false); break;
  }
  span_ = saved;
  return result;
}

void Lowerer::effect(Expr* e) {
  bool control = pending_target(e) || e->tag == Tag::If;
  if (control) {
    Label l = make_label(false);
    size_t m = mark();
    to(e, Dest{Dest::Kind::Effect, &l, nullptr, nullptr});
    undo(m);
    join(l, false);
    return;
  }
  Span saved = span_;
  if (e->span) span_ = e->span;
  switch (e->tag) {
    case Tag::Quote: case Tag::Ref: case Tag::Lambda: case Tag::PrimRef: break;
    case Tag::Begin:
      for (Expr* p : e->parts) effect(p);
      break;
    case Tag::Let: case Tag::Letrec:
      bindings(e);
      effect(e->body);
      break;
    case Tag::Call: call(e, true); break;
    case Tag::Prim: primitive(e, true); break;
    default: value(e);
  }
  span_ = saved;
}

// -- variables -------------------------------------------------------------------------------------

void Lowerer::bind_variable(Variable* v, const Val& val) {
  VariableInfo& i = variable_info(v);
  i.free_index = -1;
  Val home = val;
  if (i.boxed) {
    home = tagged_val(make_box(tagged(val)));
  } else if (!val.constant && val.rep == Rep::Tagged && i.types && !i.lambda) {
    refine(val.id, i.types);
  }
  i.home = home.id;
  i.rep = home.rep == Rep::F64 ? kAsF64 : 0;
  i.is_constant = home.constant;
  i.constant = home.bits;
}

Val Lowerer::read_variable(Variable* v) {
  VariableInfo& i = variable_info(v);
  Val home;
  if (i.free_index >= 0) {
    u64 key = reinterpret_cast<u64>(&i);
    u64 cached = fact(Fact::Kind::Cached, key);
    if (cached == kNone) {
      u32 types = i.boxed ? u32{kTypeBox} : i.lambda ? closure_types(closure_owner(i.lambda)) : i.types ? i.types : u32{kTypeAny};
      if (self_->closure == LambdaInfo::Closure::Variable) {
        cached = f_->closure;
      } else {
        cached = load(Rep::Tagged, f_->closure, free_offset(self_, static_cast<size_t>(i.free_index)), 8, false, types);
        block().insts.back().fixed = true;
      }
      learn(Fact::Kind::Cached, key, cached);
    }
    home = tagged_val(static_cast<ValueId>(cached));
  } else if (i.is_constant) {
    return Val{kNone, Rep::Tagged, true, i.constant};
  } else {
    home = Val{i.home, i.rep == kAsF64 ? Rep::F64 : Rep::Tagged, false, 0};
  }
  if (!i.boxed) return home;
  return tagged_val(load(Rep::Tagged, home.id, kField0Offset));
}

Val Lowerer::global_ref(Expr* e) {
  core::Global* g = e->global;
  if (LambdaInfo* l = global_lambda(g); l && l->closed) return tagged_val(closure_value(l));
  if (g->immutable && g->initialized && !is_reference(slot_at(g->cell)) && slot_at(g->cell) != Unbound)
    return constant_val(slot_at(g->cell));
  Inst i = make_inst(Op::LoadAbs, Rep::Tagged);
  i.imm = g->cell;
  i.fixed = g->immutable && (g->initialized || defined_.count(g));
  ValueId v = emit(std::move(i));
  if (g->immutable && g->initialized && is_record(slot_at(g->cell))) types_[v] = kTypeRecord;
  u32 types = kTypeAny;
  if (g->immutable && g->defined_here && g->definition) {
    auto known = analysis_.global_types.find(g);
    if (known != analysis_.global_types.end() && known->second) types = known->second;
  }
  if (g->initialized || defined_.count(g) || fact(Fact::Kind::Checked, reinterpret_cast<u64>(g)) != kNone) {
    refine(v, types);
    if (u64 length = g->immutable && g->defined_here && g->definition ? known_length(g->definition) : u64{kNone}; length != kNone)
      learn(Fact::Kind::Length, v, imm(length, Rep::Tagged));
    return tagged_val(v);
  }
  BlockId saved = cur_;
  BlockId unbound = cur_ = new_block(true);
  Inst c = make_inst(Op::CallStub, Rep::Tagged);
  c.imm = kStubUnbound;
  c.span = e->span;
  c.a = constant_object(intern(g->name.data(), g->name.size()));
  emit(std::move(c));
  cur_ = saved;
  guard(Cond::Ne, v, imm(kUnbound, Rep::Tagged), unbound);
  learn(Fact::Kind::Checked, reinterpret_cast<u64>(g), 1);
  refine(v, types);
  return tagged_val(v);
}

void Lowerer::bindings(Expr* e) {
  if (e->receives) return receive_bindings(e);
  if (e->tag == Tag::Let) {
    std::vector<Val> values;
    for (core::Binding& b : e->bindings) {
      LambdaInfo* l = variable_info(b.variable).lambda;
      if (!l) values.push_back(value(b.value));
      else if (has_own_closure(l)) values.push_back(tagged_val(make_closure(l, true)));
      else values.push_back(constant_val(Void));
    }
    for (size_t i = 0; i < values.size(); ++i) {
      VariableInfo& v = variable_info(e->bindings[i].variable);
      if (v.lambda && v.lambda->contified && active_.count(v.lambda->contified))
        loops_[v.lambda].facts = facts_since(active_[v.lambda->contified]);
      bind_variable(e->bindings[i].variable, values[i]);
    }
    return;
  }
  // Letrec: allocate all closures, then fill them.
  std::vector<LambdaInfo*> open;
  for (core::Binding& b : e->bindings) {
    VariableInfo& v = variable_info(b.variable);
    LambdaInfo* l = v.lambda;
    if (!l) {  // assigned: cannot happen after core/letrec, but stay correct
      bind_variable(b.variable, value(b.value));
      continue;
    }
    if (has_own_closure(l)) open.push_back(l);
  }
  // Free variables that are unboxed floats are boxed before the allocations.
  for (LambdaInfo* l : open)
    for (Variable* v : l->free) {
      bool own = false;
      for (LambdaInfo* o : open) own |= o->variable == v;
      if (own || variable_info(v).lambda) continue;
      VariableInfo& i = variable_info(v);
      bool boxed = i.boxed;
      i.boxed = false;
      tagged(read_variable(v));
      i.boxed = boxed;
    }
  for (LambdaInfo* l : open) bind_variable(l->variable, tagged_val(make_closure(l, false)));
  for (LambdaInfo* l : open) fill_closure(l, variable_info(l->variable).home);
  for (core::Binding& b : e->bindings) {
    LambdaInfo* l = variable_info(b.variable).lambda;
    if (l && l->contified && active_.count(l->contified)) loops_[l].facts = facts_since(active_[l->contified]);
  }
}

// -- primitives ------------------------------------------------------------------------------------

PrimCall Lowerer::prepare(Expr* e) {
  PrimCall pc{e, e->primitive, &primitive_info(e->primitive), {}};
  for (Expr* p : e->parts) pc.args.push_back(value(p));
  return pc;
}

namespace {

bool is_values(const Expr* e) { return std::strcmp(primitive_info(e->primitive).name, "values") == 0; }

const Template& template_of(const PrimitiveInfo& info) {
  const Template* t = find_template(info.target);
  if (!t) {
    std::fprintf(stderr, "lower: the primitive %s names the template %s, which does not exist\n", info.name, info.target);
    __builtin_trap();
  }
  return *t;
}

}  // namespace

Val Lowerer::value_of_test(Expr* e) {
  Label l = make_label(false), yes = make_label(true), no = make_label(true);
  size_t m = mark();
  test(e, yes, no);
  undo(m);
  // A single comparison needs no branches.
  if (yes.edges == 1 && no.edges == 1) {
    for (size_t k = f_->blocks.size(); k-- > 0;) {
      Terminator& t = f_->blocks[k].term;
      bool simple = (t.kind == TermKind::Branch || t.kind == TermKind::FBranch) && t.target == yes.block && t.otherwise == no.block;
      if (!simple) continue;
      cur_ = static_cast<BlockId>(k);
      Inst i = make_inst(t.kind == TermKind::Branch ? Op::SetBool : Op::FSetBool, Rep::Tagged);
      i.a = t.a;
      i.b = t.b;
      i.cond = t.cond;
      i.fcond = t.fcond;
      block().term = Terminator{};
      std::vector<Fact> common;
      for (const Fact& f : yes.delta)
        for (const Fact& g : no.delta)
          if (f.kind == g.kind && f.key == g.key && f.value == g.value) {
            common.push_back(f);
            break;
          }
      apply(common);
      ValueId v = emit(std::move(i));
      types_[v] = kTypeBoolean;
      return tagged_val(v);
    }
  }
  Dest dest{Dest::Kind::Value, &l, nullptr, nullptr};
  if (bind(yes)) deliver(constant_val(True), dest);
  undo(m);
  if (bind(no)) deliver(constant_val(False), dest);
  undo(m);
  return join(l, true);
}

Val Lowerer::primitive(Expr* e, bool effect_only) {
  const PrimitiveInfo& info = primitive_info(e->primitive);
  span_ = e->span ? e->span : span_;
  if (is_values(e)) {
    if (effect_only) {
      for (Expr* p : e->parts) effect(p);
      return constant_val(Void);
    }
    if (e->parts.size() == 1) return value(e->parts[0]);
  }
  if (info.lowering == Lowering::Low) {
    const Template& t = template_of(info);
    if (t.test) return value_of_test(e);
    PrimCall pc = prepare(e);
    return t.value(*this, pc, t.argument);
  }
  const Template* fast = info.lowering == Lowering::Runtime ? find_fast_path(info.target) : nullptr;
  if (fast && fast->test) return value_of_test(e);
  PrimCall pc = prepare(e);
  if (fast) return fast->value(*this, pc, fast->argument);
  std::vector<ValueId> args;
  for (const Val& v : pc.args) args.push_back(tagged(v));
  if (info.lowering == Lowering::Stub) {
    Inst i = make_inst(Op::CallStub, Rep::Tagged);
    i.imm = info.entry;
    i.args = std::move(args);
    i.ignore_values = effect_only;
    return tagged_val(emit(std::move(i)));
  }
  while (info.max_args != kManyArgs && args.size() < info.max_args) args.push_back(imm(kDefault, Rep::Tagged));
  ValueId v = call_runtime(info.entry, args, info.gives, e->span);
  if (info.length >= 0) {   // it didn't raise, so this is an index
    ValueId n = args[static_cast<size_t>(info.length)];
    refine(n, kTypeFixnum);
    learn(Fact::Kind::Length, v, n);
  }
  return tagged_val(v);
}

void Lowerer::primitive_to(Expr* e, const Dest& dest) {
  const PrimitiveInfo& info = primitive_info(e->primitive);
  if (dest.kind == Dest::Kind::Test && (info.lowering == Lowering::Low || info.lowering == Lowering::Runtime)) {
    const Template* t = info.lowering == Lowering::Low ? &template_of(info) : find_fast_path(info.target);
    if (t && t->test) {
      PrimCall pc = prepare(e);
      t->test(*this, pc, *dest.yes, *dest.no, t->argument);
      return;
    }
  }
  if (dest.kind == Dest::Kind::Receive && (info.lowering == Lowering::Stub || is_values(e))) {
    PrimCall pc = prepare(e);
    if (is_values(e) && pc.args.size() == dest.count) {
      note_edge(*dest.label);
      dest.label->open.push_back({cur_, pc.args[0], types(pc.args[0]), {pc.args.begin() + 1, pc.args.end()}});
      return;
    }
    Inst i = make_inst(Op::CallStub, Rep::None);
    i.imm = is_values(e) ? u32{kStubValues} : info.entry;
    for (const Val& v : pc.args) i.args.push_back(tagged(v));
    i.span = e->span;
    return receive(std::move(i), dest);
  }
  if (dest.kind == Dest::Kind::Return && is_values(e) && e->parts.size() != 1) {
    return return_values(prepare(e).args);
  }
  if (dest.kind == Dest::Kind::Return && info.lowering == Lowering::Stub && !is_values(e)) {
    PrimCall pc = prepare(e);
    Terminator t;
    t.kind = TermKind::TailStub;
    t.imm = info.entry;
    for (const Val& v : pc.args) t.args.push_back(tagged(v));
    t.span = e->span;
    block().term = std::move(t);
    return;
  }
  deliver(primitive(e, dest.kind == Dest::Kind::Effect), dest);
}

}  // namespace loko::low
