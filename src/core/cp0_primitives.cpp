// SPDX-License-Identifier: MIT
//
// Primitives in cp0: folding, predicates of values whose type is known, apply with a known list, and
// call-with-values whose producer ends in known values (the consumer becomes a join that the tails call).
#include "core/cp0.h"

#include <algorithm>

#include "core/datum_type.h"
#include "core/effects.h"
#include "core/fold.h"

namespace loko::core {
namespace {

/// The types that a predicate of one argument is true for, or 0 if it is no such predicate.
u32 predicate_types(PrimitiveId id) {
  switch (id) {
    case PrimitiveId::k_null_p: return kTypeNull;
    case PrimitiveId::k_pair_p: return kTypePair;
    case PrimitiveId::k_boolean_p: return kTypeBoolean;
    case PrimitiveId::k_char_p: return kTypeChar;
    case PrimitiveId::k_symbol_p: return kTypeSymbol;
    case PrimitiveId::k_string_p: return kTypeString;
    case PrimitiveId::k_vector_p: return kTypeVector;
    case PrimitiveId::k_bytevector_p: return kTypeBytevector;
    case PrimitiveId::k_procedure_p: return kTypeProcedure;
    case PrimitiveId::k_fixnum_p: return kTypeFixnum;
    case PrimitiveId::k_flonum_p: return kTypeFlonum;
    case PrimitiveId::k_not: return kTypeFalse;
    default: return 0;
  }
}

/// Types of a value that can be dropped when only they matter; kTypeAny if nothing is known.
u32 types_of(const Expr* e) {
  if (e->tag == Tag::Lambda || e->tag == Tag::PrimRef) return kTypeProcedure;
  if (e->tag == Tag::Prim && primitive_info(e->primitive).gives) return primitive_info(e->primitive).gives;
  return kTypeAny;
}

/// equal? and eqv? of what is surely no other than eq? can tell apart, or a number, become that.
PrimitiveId cheapest_equivalence(PrimitiveId id, const std::vector<Expr*>& operands) {
  if ((id != PrimitiveId::k_equal_p && id != PrimitiveId::k_eqv_p) || operands.size() != 2) return id;
  constexpr u32 kByEq = kTypeFixnum | kTypeSymbol | kTypeChar | kTypeBoolean | kTypeNull | kTypeEof;
  auto either = [&](u32 set) {
    for (const Expr* e : operands)
      if (u32 types = e->tag == Tag::Quote ? type_of_datum(*e->datum) : types_of(e); (types & ~set) == 0) return true;
    return false;
  };
  if (either(kByEq)) return PrimitiveId::k_eq_p;
  return either(kTypeNumber | kByEq) ? PrimitiveId::k_eqv_p : id;
}

/// Where the values of an expression come from.
struct Tails {
  std::vector<Expr**> known;  // (values …), or what gives one value
  bool unknown = false;       // some call may give any number

  static int occurrences(const Expr* e, const Variable* v) {
    int n = e->tag == Tag::Ref && e->variable == v;
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { n += occurrences(c, v); });
    return n;
  }

  std::vector<std::pair<const Variable*, int>> loops;  // lambdas of enclosing letrecs, how often they are called last

  void find(Expr*& e) {
    switch (e->tag) {
      case Tag::If: find(e->parts[1]); find(e->parts[2]); return;
      case Tag::Begin: find(e->parts.back()); return;
      case Tag::Let: find(e->body); return;
      case Tag::Letrec: letrec(e); return;
      case Tag::Call:
        for (auto& [v, calls] : loops)
          if (e->parts[0]->tag == Tag::Ref && e->parts[0]->variable == v) {
            ++calls;
            return;
          }
        break;
      default: break;
    }
    if (is_prim(e, PrimitiveId::k_values) || gives_one_value(e)) known.push_back(&e);
    else unknown = true;
  }

  /// Procedures that are only called last, in the body or each other: their values are those of the letrec.
  void letrec(Expr* e) {
    size_t base = loops.size();
    for (Binding& b : e->bindings) loops.push_back({b.variable, 0});
    find(e->body);
    for (Binding& b : e->bindings)
      for (Clause& k : b.value->clauses) find(k.body);
    for (size_t i = base; i < loops.size(); ++i)
      unknown = unknown || occurrences(e, loops[i].first) != loops[i].second;
    loops.resize(base);
  }
};

}  // namespace

Expr* Cp0::primitive_call(PrimitiveId id, const std::vector<Operand*>& arguments, const Context& c, Span span) {
  const PrimitiveInfo& info = primitive_info(id);
  bool is_not = id == PrimitiveId::k_not;
  auto with = [&](Operand* o, const Context& want) {
    if (o->value) return o->value;
    return process(o->source, want, o->env);
  };
  if (c.kind == Context::Kind::Effect && (info.effects & ~(kEffectAllocates | kEffectReads)) == 0 && (info.lowering != Lowering::Stub || id == PrimitiveId::k_values)) {
    std::vector<Expr*> effects;
    for (Operand* o : arguments) {
      effects.push_back(effect_of(o));
      if (failed) return effects.back();
    }
    if (effects.empty()) return make_quote(unit, Void, span);
    Expr* last = effects.back();
    effects.pop_back();
    return make_sequence(unit, effects, last);
  }
  if (id == PrimitiveId::k_values && arguments.size() == 1) return with(arguments[0], c);
  if (id == PrimitiveId::k_P_apply)
    if (Expr* r = apply_known(arguments, c, span)) return r;
  if (id == PrimitiveId::k_call_with_values) return call_with_values(arguments, c, span);
  Expr* n = make_prim(unit, id, {}, span);
  for (Operand* o : arguments) {
    Expr* v = is_not ? with(o, Context{Context::Kind::Test, nullptr}) : visit(o);
    if (failed) return v;
    n->parts.push_back(v);
    charge(o->size);
  }
  id = n->primitive = cheapest_equivalence(id, n->parts);
  if (is_not && is_prim(n->parts[0], id)) {
    Expr* inner = n->parts[0]->parts[0];
    if (c.kind == Context::Kind::Test || gives_boolean(inner)) return changed = true, inner;
  }
  if (n->parts.size() == 1)
    if (Expr* r = of_known_list(id, n->parts[0], c, span); r || failed) return r ? r : n;
  Value folded;
  std::vector<const Expr*> constants(n->parts.begin(), n->parts.end());
  if (fold_primitive(id, constants, &folded)) return changed = true, make_quote(unit, folded, span);
  if (u32 wanted = predicate_types(id); wanted && n->parts.size() == 1) {
    Expr* operand = n->parts[0];
    if (operand->tag == Tag::Ref && !operand->variable->assigned)
      if (Operand* o = state(operand->variable).operand; o && o->value) operand = o->value;
    u32 types = types_of(operand);
    if ((types & wanted) == 0 || (types & ~wanted) == 0) {
      changed = true;
      Expr* answer = make_quote(unit, boolean((types & wanted) != 0), span);
      return is_pure(n->parts[0]) ? answer : make_begin(unit, n->parts[0], answer);
    }
  }
  charge(1);
  return n;
}

/// A rest parameter whose list is only looked at, or a tail of it.
bool Cp0::is_plain_view(const Expr* e, const Env* env) {
  while (is_prim(e, PrimitiveId::k_cdr)) e = e->parts[0];
  return e->tag == Tag::Ref && !e->variable->assigned && state(renamed(e->variable, env)).plain_list;
}

/// The elements of a list that is made here or that a plain variable holds (`shared`: then its elements stay where they are); false if they
/// are not known.
bool Cp0::known_elements(Expr* list, std::vector<Operand*>& elements, bool& shared) {
  constexpr size_t kMost = 16;  // elements of a literal
  shared = false;
  for (Expr* l = list;;) {
    if (l->tag == Tag::Ref && !shared) {
      VariableState& s = state(l->variable);
      if (!s.plain_list || !s.operand || s.operand->visiting || l->variable->assigned) return false;
      shared = true;
      l = visit(s.operand);
      if (failed) return false;
    }
    if (l->tag == Tag::Quote) {
      Value v = *l->datum;
      for (; is_pair(v) && elements.size() <= kMost; v = cdr(v)) elements.push_back(make_operand(make_quote(unit, car(v), l->span), nullptr));
      return v == Null;
    }
    if (l->tag != Tag::Prim) return false;
    bool cons = l->primitive == PrimitiveId::k_cons, last = l->primitive == PrimitiveId::k_list;
    if (!cons && !last) return false;
    size_t n = cons ? 1 : l->parts.size();
    for (size_t i = 0; i < n; ++i) {
      if (shared && !is_copyable(l->parts[i])) return false;
      elements.push_back(shared ? make_operand(l->parts[i], nullptr) : make_done(l->parts[i]));
    }
    if (last) return true;
    l = l->parts[1];
  }
}

/// (%apply f list) where the elements of the list are known; else null, and the operands are as good as before.
Expr* Cp0::apply_known(const std::vector<Operand*>& arguments, const Context& c, Span span) {
  Expr* list = visit(arguments[1]);
  if (failed) return list;
  std::vector<Operand*> elements;
  bool shared;
  if (!known_elements(list, elements, shared)) return failed ? list : nullptr;
  changed = true;
  return application_of(arguments[0], std::move(elements), c, span);
}

/// null? pair? list? length car cdr of a list whose elements are known and may be copied; null if it is none, or the primitive raises.
Expr* Cp0::of_known_list(PrimitiveId id, Expr* list, const Context& c, Span span) {
  switch (id) {
    case PrimitiveId::k_null_p: case PrimitiveId::k_pair_p: case PrimitiveId::k_list_p: case PrimitiveId::k_length:
    case PrimitiveId::k_car: case PrimitiveId::k_cdr: break;
    default: return nullptr;
  }
  if (list->tag != Tag::Ref && !is_quote(list, Null) && !is_prim(list, PrimitiveId::k_list)) return nullptr;
  std::vector<Operand*> elements;
  bool shared;
  if (!known_elements(list, elements, shared)) return failed ? list : nullptr;
  bool copyable = std::all_of(elements.begin(), elements.end(), [](const Operand* o) { return is_copyable(o->source); });
  size_t n = elements.size();
  if (!copyable || (n == 0 && (id == PrimitiveId::k_car || id == PrimitiveId::k_cdr))) return nullptr;
  changed = true;
  switch (id) {
    case PrimitiveId::k_null_p: return make_quote(unit, boolean(n == 0), span);
    case PrimitiveId::k_pair_p: return make_quote(unit, boolean(n > 0), span);
    case PrimitiveId::k_list_p: return make_quote(unit, True, span);
    case PrimitiveId::k_length: return make_quote(unit, fixnum(static_cast<i64>(n)), span);
    case PrimitiveId::k_car: return process(elements[0]->source, c, nullptr);
    default: break;
  }
  if (n == 1) return make_quote(unit, Null, span);
  std::vector<Expr*> rest;
  for (size_t i = 1; i < n && !failed; ++i) rest.push_back(value(elements[i]->source, nullptr));
  charge(1);
  return make_prim(unit, PrimitiveId::k_list, std::move(rest), span);
}

/// A call of the procedure that an operand gives.
Expr* Cp0::application_of(Operand* procedure, std::vector<Operand*> arguments, const Context& c, Span span) {
  Application a{std::move(arguments), &c, span};
  Expr* f = process(procedure->value ? procedure->value : procedure->source, Context{Context::Kind::Operator, &a}, procedure->value ? nullptr : procedure->env);
  if (failed || a.integrated) return f;
  Expr* n = make_call(unit, {f}, span);
  for (Operand* o : a.operands) {
    Expr* v = visit(o);
    if (failed) return v;
    charge(o->size);
    n->parts.push_back(v);
  }
  charge(1);
  return n;
}

Expr* Cp0::call_with_values(const std::vector<Operand*>& arguments, const Context& c, Span span) {
  Operand *producer = arguments[0], *consumer = arguments[1];
  // The producer's value comes before the consumer's, which comes before what the producer does.
  auto is_simple = [](const Operand* o) {
    const Expr* e = o->value ? o->value : o->source;
    return e->tag == Tag::Lambda || is_copyable(e);
  };
  if (!is_simple(producer) && !is_simple(consumer)) {
    Expr* p = visit(producer);
    Expr* k = failed ? p : visit(consumer);
    if (failed) return k;
    charge(producer->size + consumer->size + 1);
    return make_prim(unit, PrimitiveId::k_call_with_values, {p, k}, span);
  }
  Context plain;
  Application a{{}, &plain, span};
  Expr* body = producer->value ? producer->value : process(producer->source, Context{Context::Kind::Operator, &a}, producer->env);
  if (failed) return body;
  Tails tails;
  if (a.integrated) tails.find(body);
  if (!a.integrated || tails.unknown) {
    if (a.integrated) {
      Expr* thunk = unit.make(Tag::Lambda, span);
      if (producer->source->tag == Tag::Lambda) thunk->name = producer->source->name;
      thunk->clauses.push_back({{}, nullptr, body});
      body = thunk;
      charge(1);
    }
    Expr* k = visit(consumer);
    if (failed) return k;
    charge(consumer->size + 1);
    return make_prim(unit, PrimitiveId::k_call_with_values, {body, k}, span);
  }
  changed = true;
  auto values_at = [&](Expr* site) {
    std::vector<Operand*> values;
    if (is_prim(site, PrimitiveId::k_values))
      for (Expr* p : site->parts) values.push_back(make_done(p));
    else values.push_back(make_done(site));
    return values;
  };
  Context outer = c.kind == Context::Kind::Operator ? Context{} : c;
  if (tails.known.size() == 1 && (consumer->source->tag == Tag::Lambda || (!consumer->value && is_copyable(consumer->source)))) {
    Expr** site = tails.known[0];
    *site = application_of(consumer, values_at(*site), outer, span);
    return body;
  }
  Variable* join = unit.new_variable("consumer");
  Expr* k = visit(consumer);
  if (failed) return k;
  charge(consumer->size);
  for (Expr** site : tails.known) {
    std::vector<Expr*> parts{emit_ref(join, span)};
    for (Operand* o : values_at(*site)) parts.push_back(o->value);
    *site = make_call(unit, std::move(parts), span);
    charge(1);
  }
  Expr* let = unit.make(Tag::Let, span);
  let->bindings.push_back({join, k});
  let->body = body;
  return let;
}

}  // namespace loko::core
