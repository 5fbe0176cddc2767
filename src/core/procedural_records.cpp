// SPDX-License-Identifier: MIT
//
// Record types that are made by procedures (R6RS libraries 6.3) get the accessors, mutators, predicates and constructors of those that
// define-record-type makes: (record-accessor rtd k) of a type whose definition is in sight becomes a lambda expression with the checked access
// itself, and so on, which cp0 integrates. A definition is in sight if its variable keeps the value of make-record-type-descriptor, or of
// define-record-type's own maker, with constant arguments and a parent that is in sight, too.
//
// What would raise (an unknown field, an immutable one) stays a call. The types themselves are still made when the program runs.
#include <algorithm>
#include <map>
#include <optional>

#include "core/build.h"
#include "core/copy.h"
#include "core/effects.h"
#include "core/passes.h"
#include "runtime/data/text_access.h"

namespace loko::core {
namespace {

/// What is known of a record type.
struct Type {
  Value name;
  const Type* parent = nullptr;
  bool sealed = false;
  std::vector<Value> fields{};
  std::vector<bool> is_mutable{};
  size_t inherited() const { return parent ? parent->size() : 0; }
  size_t size() const { return inherited() + fields.size(); }
};

/// What is known of a constructor descriptor. Without a protocol it takes all fields.
struct Descriptor {
  const Type* type;
  const Expr* rtd;       // a reference
  const Expr* protocol;  // a lambda expression, a reference that may be copied, or null
};

constexpr int kLargestProtocol = 100;  // nodes of a lambda expression that is copied

struct Pass {
  Unit& unit;
  std::map<const void*, Type> types{};             // by variable or global
  std::map<const void*, Descriptor> descriptors{};
  bool changed = false;

  static bool calls(const Expr* e, const char* name, size_t operands) {
    if (e->tag != Tag::Call || e->parts.size() != operands + 1 || e->parts[0]->tag != Tag::GlobalRef) return false;
    const Global* g = e->parts[0]->global;
    return g->name == name && g->library == "(loko base records)" && g->immutable;
  }

  /// The variable or global that a reference names for good, or null.
  static const void* name_of(const Expr* e) {
    if (e->tag == Tag::Ref) return e->variable->assigned ? nullptr : e->variable;
    if (e->tag == Tag::GlobalRef) return e->global->immutable ? e->global : nullptr;
    return nullptr;
  }

  const Type* type_of(const Expr* reference) const {
    auto found = types.find(name_of(reference));
    return found == types.end() ? nullptr : &found->second;
  }

  // -- definitions ---------------------------------------------------------------------------------

  void define(const void* name, const Expr* value) {
    if (auto t = made_type(value)) types.emplace(name, std::move(*t));
    else if (auto d = made_descriptor(value)) descriptors.emplace(name, *d);
  }

  std::optional<Type> made_type(const Expr* e) const {
    bool checked = calls(e, "make-record-type-descriptor", 6);
    if (!checked && !calls(e, "%make-rtd", 7)) return {};
    auto constant = [e](size_t i) { return e->parts[i]->tag == Tag::Quote ? *e->parts[i]->datum : Unbound; };
    Type t{constant(1)};
    Value uid = constant(3), sealed = constant(4), opaque = constant(5);
    if (!is_symbol(t.name) || (uid != False && !is_symbol(uid)) || (sealed != True && sealed != False) || (opaque != True && opaque != False)) return {};
    t.sealed = sealed == True;
    if (constant(2) != False) {
      const Type* parent = type_of(e->parts[2]);
      if (!parent || parent->sealed) return {};
      t.parent = parent;
    }
    Value fields = constant(6);
    if (!is_vector(fields)) return {};
    for (i64 i = 1; i <= static_cast<i64>(length_of(fields)); ++i)
      if (!add_field(t, slot(fields, i), checked, checked ? Unbound : constant(7))) return {};
    return t;
  }

  /// A field (mutable name) or (immutable name), or a name whose mutability is a bit.
  static bool add_field(Type& t, Value field, bool checked, Value mutability) {
    bool is_mutable;
    if (checked) {
      if (!is_pair(field) || !is_pair(cdr(field)) || cdr(cdr(field)) != Null) return false;
      bool immutable = car(field) == intern("immutable", 9);
      is_mutable = car(field) == intern("mutable", 7);
      if (!is_mutable && !immutable) return false;
      field = car(cdr(field));
    } else {
      if (!is_fixnum(mutability) || t.fields.size() >= 60) return false;
      is_mutable = fixnum_value(mutability) >> t.fields.size() & 1;
    }
    t.fields.push_back(field);
    t.is_mutable.push_back(is_mutable);
    return is_symbol(field);
  }

  std::optional<Descriptor> made_descriptor(const Expr* e) const {
    bool own = calls(e, "%make-rcd", 3);  // (%make-rcd rtd default? maker)
    if (!own && !calls(e, "make-record-constructor-descriptor", 3)) return {};
    const Type* t = type_of(e->parts[1]);
    if (!t) return {};
    if (own) return is_quote(e->parts[2], True) ? std::optional(Descriptor{t, e->parts[1], nullptr}) : std::nullopt;
    const Expr *parent = e->parts[2], *protocol = e->parts[3];
    if (!is_quote(parent, False)) {  // that of a parent without protocol says nothing new
      auto d = descriptors.find(name_of(parent));
      if (d == descriptors.end() || d->second.protocol || d->second.type != t->parent) return {};
    }
    if (is_quote(protocol, False)) return Descriptor{t, e->parts[1], nullptr};
    bool known = protocol->tag == Tag::Lambda ? node_count(protocol) <= kLargestProtocol : is_known(protocol);
    if (!known) return {};
    return Descriptor{t, e->parts[1], protocol};
  }

  static bool is_known(const Expr* e) { return e->tag == Tag::GlobalRef && is_known_procedure(e->global); }

  // -- uses ----------------------------------------------------------------------------------------

  void walk(Expr*& e) {
    if (e->tag == Tag::GlobalDefine) return definition(e);
    if (e->tag == Tag::Let || e->tag == Tag::Letrec)
      for (Binding& b : e->bindings)
        if (!b.variable->assigned) define(b.variable, b.value);
    for_each_child(e, [this](Expr*& c) { walk(c); });
    if (e->tag == Tag::Call)
      if (Expr* lambda = procedure(e)) {
        e = lambda;
        changed = true;
      }
  }

  void definition(Expr* e) {
    if (e->global->immutable && e->global->defined_here && e->global->definition == e->body) define(e->global, e->body);
    walk(e->body);
  }

  /// The lambda expression that a call of a maker of procedures gives, or null.
  Expr* procedure(const Expr* e) {
    if (calls(e, "record-constructor", 1)) return constructor(e->parts[1]);
    if (calls(e, "record-predicate", 1)) return type_of(e->parts[1]) ? predicate(e) : nullptr;
    bool gets = calls(e, "record-accessor", 2);
    if (!gets && !calls(e, "record-mutator", 2)) return nullptr;
    const Type* t = type_of(e->parts[1]);
    if (!t || e->parts[2]->tag != Tag::Quote || !is_fixnum(*e->parts[2]->datum)) return nullptr;
    i64 k = fixnum_value(*e->parts[2]->datum);
    if (k < 0 || k >= static_cast<i64>(t->fields.size()) || (!gets && !t->is_mutable[static_cast<size_t>(k)])) return nullptr;
    return access(e, *t, static_cast<size_t>(k), gets);
  }

  Expr* make_lambda(const char* name, const std::vector<Variable*>& formals, Expr* body, Span span) {
    Expr* lambda = unit.make(Tag::Lambda, span);
    lambda->name = name;
    lambda->clauses.push_back({formals, nullptr, body});
    return lambda;
  }

  Expr* again(const Expr* reference) {
    Expr* r = unit.make(reference->tag, reference->span);
    r->variable = reference->variable;
    r->global = reference->global;
    return r;
  }

  Expr* predicate(const Expr* e) {
    Variable* x = unit.new_variable("object");
    return make_lambda("", {x}, make_prim(unit, PrimitiveId::k_P_record_is_a_p, {make_ref(unit, x), again(e->parts[1])}, e->span), e->span);
  }

  Expr* access(const Expr* e, const Type& t, size_t k, bool gets) {
    std::string name = text(t.name) + "-" + text(t.fields[k]) + (gets ? "" : "-set!");
    Variable *record = unit.new_variable("record"), *object = unit.new_variable("object");
    std::vector<Expr*> operands{make_ref(unit, record), again(e->parts[1]), make_quote(unit, fixnum(static_cast<i64>(t.inherited() + k)))};
    if (!gets) operands.push_back(make_ref(unit, object));
    operands.push_back(make_quote(unit, intern(name.data(), name.size())));
    PrimitiveId id = gets ? PrimitiveId::k_P_record_ref_checked : PrimitiveId::k_P_record_set_checked_x;
    std::vector<Variable*> formals{record};
    if (!gets) formals.push_back(object);
    return make_lambda(name.c_str(), formals, make_prim(unit, id, std::move(operands), e->span), e->span);
  }

  /// The constructor of a descriptor: of all fields, or what the protocol makes of that; of those of a parent without protocol first.
  Expr* constructor(const Expr* descriptor) {
    std::optional<Descriptor> d = made_descriptor(descriptor);
    if (!d) {
      auto found = descriptors.find(name_of(descriptor));
      if (found == descriptors.end()) return nullptr;
      d = found->second;
    }
    const Span span = descriptor->span;
    std::vector<Variable*> inherited, own;
    std::vector<Expr*> operands{again(d->rtd)};
    for (size_t i = 0; i < d->type->size(); ++i) {
      Variable* v = unit.new_variable("field");
      (i < d->type->inherited() ? inherited : own).push_back(v);
      operands.push_back(make_ref(unit, v));
    }
    Expr* body = make_prim(unit, PrimitiveId::k_P_record, std::move(operands), span);
    std::string name = "make-" + text(d->type->name);
    if (!d->protocol) {
      inherited.insert(inherited.end(), own.begin(), own.end());
      return make_lambda(name.c_str(), inherited, body, span);
    }
    Expr* build = make_lambda(name.c_str(), own, body, span);
    if (d->type->parent) build = make_lambda("", inherited, build, span);
    VariableMap map;
    auto nothing = [](auto...) {};
    return make_call(unit, {copy_tree(unit, d->protocol, map, nothing, nothing), build}, span);
  }

  static std::string text(Value symbol) {
    std::string out;
    Value s = symbol_name(symbol);
    for (u64 i = 0; i < string_length(s); ++i) {
      u8 bytes[4];
      out.append(reinterpret_cast<char*>(bytes), static_cast<size_t>(encode_utf8(bytes, string_ref(s, i)) - bytes));
    }
    return out;
  }
};

}  // namespace

bool reveal_records(Unit& unit) {
  Pass pass{unit};
  pass.walk(unit.body);
  return pass.changed;
}

}  // namespace loko::core
