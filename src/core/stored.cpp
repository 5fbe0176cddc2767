// SPDX-License-Identifier: MIT
//
// A stored core is a vector: its first element is a bytevector with the least atomicity of a unit that may integrate it
// and the tree in prefix order (numbers in base 128, low digits first), the others are the constants, names and bindings that it refers to by index. Source places are
// left out: what is integrated belongs to the place of the call.
// INVARIANT(atomic): what is integrated has the atomicity of the unit that it is copied into. Without lambdas and loops
// of its own it has no safepoints, so it is one step everywhere; else that of an atomic library stays among atomic ones.
#include "core/stored.h"

#include <algorithm>
#include <unordered_map>

#include "core/build.h"
#include "core/effects.h"
#include "core/passes.h"

namespace loko::core {
namespace {

constexpr int kLargest = 100;  // nodes of a clause that is kept

constexpr u8 kNoBody = 255;

struct Writer {
  std::vector<u8> bytes;
  std::vector<Value> constants;
  std::unordered_map<const Variable*, u32> variables;
  const Global* self;
  int nodes = 0, depth = 0;
  bool any = false, has_safepoints = false;

  bool number(u64 n) {
    for (; n >= 128; n >>= 7) bytes.push_back(static_cast<u8>(n | 128));
    bytes.push_back(static_cast<u8>(n));
    return true;
  }
  bool constant(Value v) {
    size_t i = 0;
    while (i < constants.size() && constants[i] != v) ++i;
    if (i == constants.size()) constants.push_back(v);
    return number(i);
  }
  void bind(const Variable* v) {
    u32 n = static_cast<u32>(variables.size());
    variables[v] = n;
    constant(intern(v->name.data(), v->name.size()));
  }
  bool all(const std::vector<Expr*>& parts) {
    number(parts.size());
    for (const Expr* p : parts)
      if (!write(p)) return false;
    return true;
  }

  /// False if the expression cannot be kept.
  bool write(const Expr* e) {
    if (++nodes > kLargest) return false;
    bytes.push_back(static_cast<u8>(e->tag));
    switch (e->tag) {
      case Tag::Quote: return constant(*e->datum);
      case Tag::Ref: return number(variables.at(e->variable));
      case Tag::Set: return number(variables.at(e->variable)) && write(e->body);
      case Tag::GlobalRef: return e->global->binding && e->global != self && constant(*e->global->binding);
      case Tag::PrimRef: return number(static_cast<u64>(e->primitive));
      case Tag::Prim: return number(static_cast<u64>(e->primitive)) && all(e->parts);
      case Tag::If: case Tag::Begin: case Tag::Call: return all(e->parts);
      case Tag::Lambda: return lambda(e);
      case Tag::Let:
        number(e->bindings.size());
        for (const Binding& b : e->bindings)
          if (!write(b.value)) return false;
        for (const Binding& b : e->bindings) bind(b.variable);
        return write(e->body);
      case Tag::Letrec:
        number(e->bindings.size());
        for (const Binding& b : e->bindings) bind(b.variable);
        for (const Binding& b : e->bindings)
          if (!write(b.value)) return false;
        return write(e->body);
      case Tag::GlobalDefine: case Tag::GlobalSet: case Tag::LetrecStar: break;
    }
    return false;
  }

  bool lambda(const Expr* e) {
    has_safepoints |= depth > 0;  // also loops are lambdas
    constant(intern(e->name.data(), e->name.size()));
    number(e->clauses.size());
    for (const Clause& c : e->clauses) {
      number(c.required.size() * 2 + (c.rest ? 1 : 0));
      for (const Variable* v : c.required) bind(v);
      if (c.rest) bind(c.rest);
      size_t before = bytes.size(), known = variables.size();
      nodes = depth++ == 0 ? 0 : nodes;
      bool kept = write(c.body);
      --depth;
      if (kept) {
        any = true;
      } else if (depth == 0) {  // a clause that is too large has no body
        bytes.resize(before);
        std::erase_if(variables, [&](const auto& v) { return v.second >= known; });  // the reader will not meet them
        bytes.push_back(kNoBody);
      } else {
        return false;
      }
    }
    return depth > 0 || any;
  }
};

struct Reader {
  Unit& unit;
  Value stored;
  const u8* at;
  std::vector<Variable*> variables{};

  u64 number() {
    u64 n = 0;
    for (int shift = 0;; shift += 7) {
      u8 b = *at++;
      n |= u64{b & 127u} << shift;
      if (b < 128) return n;
    }
  }
  Value constant() { return slot(stored, static_cast<i64>(number()) + 2); }
  std::string name() {
    Value s = symbol_name(constant());
    std::string text;
    for (u64 i = 0; i < string_length(s); ++i) {
      u32 c = string_ref(s, i);
      text += c < 128 ? static_cast<char>(c) : '?';
    }
    return text;
  }
  Variable* bind() {
    variables.push_back(unit.new_variable(name()));
    return variables.back();
  }
  void all(Expr* e) {
    for (u64 n = number(); n > 0; --n) e->parts.push_back(read());
  }

  Expr* read() {
    Expr* e = unit.make(static_cast<Tag>(*at++), {});
    switch (e->tag) {
      case Tag::Quote: e->datum = unit.handles->make(constant()); break;
      case Tag::Ref: e->variable = variables[number()]; break;
      case Tag::Set:
        e->variable = variables[number()];
        e->variable->assigned = true;
        e->body = read();
        break;
      case Tag::GlobalRef: e->global = unit.resolve(constant()); break;
      case Tag::PrimRef: e->primitive = static_cast<PrimitiveId>(number()); break;
      case Tag::Prim: e->primitive = static_cast<PrimitiveId>(number()); [[fallthrough]];
      case Tag::If: case Tag::Begin: case Tag::Call: all(e); break;
      case Tag::Lambda:
        e->name = name();
        for (u64 n = number(); n > 0; --n) {
          Clause c;
          u64 formals = number();
          for (u64 i = 0; i < formals / 2; ++i) c.required.push_back(bind());
          if (formals & 1) c.rest = bind();
          if (*at == kNoBody) ++at;
          else c.body = read();
          e->clauses.push_back(std::move(c));
        }
        break;
      case Tag::Let: {
        u64 n = number();
        for (u64 i = 0; i < n; ++i) e->bindings.push_back({nullptr, read()});
        for (Binding& b : e->bindings) b.variable = bind();
        e->body = read();
        break;
      }
      default:
        for (u64 n = number(); n > 0; --n) e->bindings.push_back({bind(), nullptr});
        for (Binding& b : e->bindings) b.value = read();
        e->body = read();
    }
    return e;
  }
};

void store_definitions(Unit& unit, const Expr* e) {
  if (e->tag == Tag::Begin)
    for (const Expr* p : e->parts) store_definitions(unit, p);
  if (e->tag != Tag::GlobalDefine) return;
  Global* g = e->global;
  const Expr* v = e->body;
  if (!g->immutable || !g->binding || g->library.empty() || g->definition != v) return;
  if (v->tag == Tag::Lambda && std::all_of(v->clauses.begin(), v->clauses.end(), [g](const Clause& c) { return never_returns(c.body, g); })) {
    unit.store(*g->binding, True);  // the summary; errors are not worth any growth of code
    g->core = unit.handles->make(True);  // for the definitions that follow
    return;
  }
  bool wanted = v->tag == Tag::Lambda || v->tag == Tag::PrimRef || v->tag == Tag::Quote ||
                (v->tag == Tag::GlobalRef && v->global->immutable);
  Writer w{{}, {}, {}, g};
  w.bytes.push_back(0);
  if (!wanted || !w.write(v)) return;
  if (w.has_safepoints && unit.atomicity > Atomicity::AsCaller) w.bytes[0] = static_cast<u8>(unit.atomicity);
  Value bytes = make_bytevector(w.bytes.size());
  std::copy(w.bytes.begin(), w.bytes.end(), bytes_of(bytes));
  Value stored = make_vector(w.constants.size() + 1, bytes);
  for (size_t i = 0; i < w.constants.size(); ++i) set_field(stored, static_cast<i64>(i) + 2, w.constants[i]);
  unit.store(*g->binding, stored);
}

}  // namespace

void store_cores(Unit& unit) {
  if (unit.store) store_definitions(unit, unit.body);
}

Expr* stored_core(Unit& unit, Global* g) {
  if (!unit.resolve || !g->core || !is_vector(*g->core)) return nullptr;
  Value stored = *g->core;
  const u8* bytes = bytes_of(slot(stored, 1));
  if (bytes[0] > static_cast<u8>(unit.atomicity)) return nullptr;
  return Reader{unit, stored, bytes + 1}.read();
}

}  // namespace loko::core
