// SPDX-License-Identifier: MIT
//
// A walk in order of evaluation that knows the types of constants, of primitives' results and of variables that are
// bound to such values and never assigned. Types are sets (TypeBits); a warning needs an empty intersection with what
// the primitive takes. INVARIANT(silence): code that may be guarded is believed: under an `if`, nothing is known of the
// variables that its test mentions, and a constant test hides the branch that is not taken.
#include "core/warn.h"

#include <map>
#include <set>

#include "core/build.h"
#include "core/effects.h"
#include "core/primitive_cells.h"

namespace loko::core {
namespace {

struct TypeName {
  u32 bits;
  const char* name;
};
constexpr TypeName kTypeNames[] = {
    {kTypeFixnum, "a fixnum"}, {kTypeFlonum, "a flonum"}, {kTypeInteger, "an exact integer"}, {kTypeInteger | kTypeFlonum, "an integer"},
    {kTypeCompnum, "a number that is not real"}, {kTypeRational, "an exact number"}, {kTypeReal, "a real number"}, {kTypeNumber, "a number"}, {kTypeChar, "a character"},
    {kTypeTrue, "#t"}, {kTypeFalse, "#f"}, {kTypeBoolean, "a boolean"}, {kTypeNull, "the empty list"}, {kTypePair, "a pair"},
    {kTypeList, "a list"}, {kTypeSymbol, "a symbol"}, {kTypeString, "a string"}, {kTypeVector, "a vector"},
    {kTypeBytevector, "a bytevector"}, {kTypeProcedure, "a procedure"}, {kTypeRecord, "a record"}, {kTypeBox, "a box"},
    {kTypeEof, "an end-of-file object"}, {kTypeVoid, "a value without information"}};

/// The narrowest name that covers the set, or null.
const char* type_name(u32 bits) {
  for (const TypeName& t : kTypeNames)
    if ((bits & ~t.bits) == 0) return t.name;
  return nullptr;
}

/// Strings, vectors and bytevectors of either kind where there is one.
u32 without_mutability(u32 bits) {
  for (u32 both : {u32{kTypeString}, u32{kTypeVector}, u32{kTypeBytevector}})
    if (bits & both) bits |= both;
  return bits;
}

const char* ordinal(std::size_t i) {
  static const char* const names[] = {"first", "second", "third", "fourth", "fifth", "sixth"};
  return names[i < 6 ? i : 5];
}

u32 type_of_value(Value v) {
  if (is_fixnum(v)) return kTypeFixnum;
  if (is_flonum(v)) return kTypeFlonum;
  if (is_char(v)) return kTypeChar;
  if (is_void(v)) return kTypeVoid;
  if (is_pair(v)) return kTypePair;
  if (is_procedure(v)) return kTypeProcedure;
  if (is_string(v)) return is_immutable(v) ? kTypeImmutableString : kTypeMutableString;
  if (is_vector(v)) return is_immutable(v) ? kTypeImmutableVector : kTypeMutableVector;
  if (is_bytevector(v)) return is_immutable(v) ? kTypeImmutableBytevector : kTypeMutableBytevector;
  if (is_symbol(v)) return kTypeSymbol;
  if (is_kind(v, Kind::Bignum)) return kTypeBignum;
  if (is_kind(v, Kind::Ratnum)) return kTypeRatnum;
  if (is_kind(v, Kind::Compnum)) return kTypeCompnum;
  if (is_record(v)) return kTypeRecord;
  switch (v.bits) {
    case kFalse: return kTypeFalse;
    case kTrue: return kTypeTrue;
    case kNull: return kTypeNull;
    case kEof: return kTypeEof;
    default: return kTypeAny;
  }
}

class Warner {
 public:
  Warner(const Unit& unit, Diagnostics& diagnostics) : unit_(unit), diagnostics_(diagnostics) {}

  void run() {
    silent_ = unit_.runs_at_once;
    walk(unit_.body);
  }

 private:
  /// Walks e; its type, 0 if it never returns.
  u32 walk(Expr* e) {
    switch (e->tag) {
      case Tag::Quote: return type_of_value(*e->datum);
      case Tag::Ref: {
        auto found = types_.find(e->variable);
        return found == types_.end() ? kTypeAny : found->second;
      }
      case Tag::PrimRef: return kTypeProcedure;
      case Tag::GlobalRef: return global_type(e->global);
      case Tag::Lambda: return walk_lambda(e);
      case Tag::If: return walk_if(e);
      case Tag::Begin: return walk_begin(e);
      case Tag::Let: return walk_let(e);
      case Tag::Prim: return walk_prim(e);
      case Tag::Call: return walk_call(e);
      case Tag::Letrec:
      case Tag::LetrecStar:
        for (Binding& b : e->bindings)
          if (b.value->tag == Tag::Lambda) bind(b, kTypeProcedure);
        for (Binding& b : e->bindings) bind(b, walk(b.value));
        return walk(e->body);
      default:
        for_each_child(e, [&](Expr* c) { walk(c); });
        return kTypeAny;
    }
  }

  void bind(const Binding& b, u32 type) {
    if (b.variable->assigned) return;
    if (type != kTypeAny) types_[b.variable] = type;
    if (b.value->tag == Tag::Lambda) lambdas_[b.variable] = b.value;
  }

  u32 global_type(const Global* g) const {
    if (!g->immutable || !g->defined_here || !g->definition || guarded_.count(g)) return kTypeAny;
    if (g->definition->tag == Tag::Quote) return type_of_value(*g->definition->datum);
    return g->definition->tag == Tag::Lambda ? kTypeProcedure : kTypeAny;
  }

  u32 walk_lambda(Expr* e) {
    bool outer = silent_;
    silent_ = false;
    for (Clause& c : e->clauses) walk(c.body);
    silent_ = outer;
    return kTypeProcedure;
  }

  u32 walk_if(Expr* e) {
    walk(e->parts[0]);
    if (e->parts[0]->tag == Tag::Quote) return walk(e->parts[*e->parts[0]->datum == False ? 2 : 1]);
    size_t types = forgotten_types_.size(), globals = newly_guarded_.size();
    forget(e->parts[0]);
    u32 type = walk(e->parts[1]) | walk(e->parts[2]);
    for (; forgotten_types_.size() > types; forgotten_types_.pop_back()) types_.insert(forgotten_types_.back());
    for (; newly_guarded_.size() > globals; newly_guarded_.pop_back()) guarded_.erase(newly_guarded_.back());
    return type;
  }

  /// Nothing is known any more of the variables in e, until walk_if undoes it.
  void forget(Expr* e) {
    if (e->tag == Tag::Ref)
      if (auto known = types_.find(e->variable); known != types_.end()) {
        forgotten_types_.push_back(*known);
        types_.erase(known);
      }
    if (e->tag == Tag::GlobalRef && guarded_.insert(e->global).second) newly_guarded_.push_back(e->global);
    for_each_child(e, [&](Expr* c) { forget(c); });
  }

  u32 walk_begin(Expr* e) {
    u32 type = kTypeAny;
    Expr* end = nullptr;  // the part that does not return
    for (Expr* part : e->parts) {
      if (end) {
        unreachable(part, end);
        return 0;
      }
      type = walk(part);
      if (type == 0) end = part;
    }
    return type;
  }

  u32 walk_let(Expr* e) {
    Expr* end = nullptr;
    for (Binding& b : e->bindings) {
      u32 type = walk(b.value);
      if (type == 0) end = b.value;
      bind(b, type);
    }
    if (end) return 0;
    return walk(e->body);
  }

  /// Only where both stand in the source one behind the other: parts that macros made are not the user's.
  void unreachable(Expr* part, Expr* end) {
    if (silent_ || !part->span || part->span.source != end->span.source || part->span.begin < end->span.end) return;
    if (diagnostics_.warning(part->span, "unreachable-code", "this is never reached"))
      diagnostics_.note(end->span, "control does not come back from here");
  }

  u32 walk_prim(Expr* e) {
    const PrimitiveInfo& info = primitive_info(e->primitive);
    for (std::size_t i = 0; i < e->parts.size(); ++i) {
      u32 type = walk(e->parts[i]);
      std::size_t k = i;
      if (info.max_args == kManyArgs) k = std::min<std::size_t>(i, count_takes(info) - 1);
      u32 wanted = k < 6 ? info.takes[k] : u32{kTypeAny};
      if (type != 0 && wanted != 0 && (type & wanted) == 0) wrong_type(e, e->parts[i], i, wanted, type);
    }
    return info.gives;
  }

  static std::size_t count_takes(const PrimitiveInfo& info) {
    std::size_t n = 0;
    while (n < 6 && info.takes_names[n]) ++n;
    return n == 0 ? 1 : n;
  }

  void wrong_type(Expr* e, Expr* operand, std::size_t i, u32 wanted, u32 type) {
    const PrimitiveInfo& info = primitive_info(e->primitive);
    bool mutability = (without_mutability(wanted) & type) != 0;
    const char* expected = type_name(without_mutability(wanted));
    const char* got = type_name(without_mutability(type));
    if (silent_ || !expected || !got || info.name[0] == '%') return;
    std::string which = e->parts.size() == 1 ? "its argument" : std::string("its ") + ordinal(i) + " argument";
    // operands of n-ary arithmetic were paired, so that their number says nothing
    bool paired = info.takes[0] == info.takes[1] && info.max_args == 2 && (info.takes[0] & ~u32{kTypeNumber}) == 0;
    Span span = operand->span ? operand->span : e->span;
    if (mutability) {
      diagnostics_.warning(span, "wrong-type", "`" + std::string(info.name) + "` changes " + which + ", but gets an immutable " + (got + 2));
      return;
    }
    diagnostics_.warning(span, "wrong-type",
                         "`" + std::string(info.name) + "` wants " + expected + (paired ? "" : " as " + which) + ", but gets " + got);
  }

  u32 walk_call(Expr* e) {
    Expr* f = e->parts[0];
    u32 type = walk(f);
    for (std::size_t i = 1; i < e->parts.size(); ++i) walk(e->parts[i]);
    std::size_t n = e->parts.size() - 1;
    if (!silent_ && type != 0 && (type & kTypeProcedure) == 0 && type_name(type))
      diagnostics_.warning(e->span, "wrong-type", std::string("only procedures can be called, but the operator is ") + type_name(type));
    if (f->tag == Tag::PrimRef) check_primitive_count(e, n);
    if (Expr* lambda = known_lambda(f)) check_lambda_count(e, lambda, n);
    if (f->tag != Tag::GlobalRef) return kTypeAny;
    check_library_count(e, n);
    return f->global->immutable && is_no_return(f->global) ? u32{0} : u32{kTypeAny};
  }

  /// The lambda of this unit that is called, or null.
  Expr* known_lambda(Expr* f) const {
    if (f->tag == Tag::Lambda) return f;
    if (f->tag == Tag::Ref) {
      auto found = lambdas_.find(f->variable);
      return found == lambdas_.end() ? nullptr : found->second;
    }
    const Global* g = f->tag == Tag::GlobalRef ? f->global : nullptr;
    return g && g->immutable && g->defined_here && g->definition && g->definition->tag == Tag::Lambda ? g->definition : nullptr;
  }

  void check_lambda_count(Expr* e, Expr* lambda, std::size_t n) {
    if (silent_ || clause_for(lambda, n) >= 0) return;
    std::string takes, last;
    for (const Clause& c : lambda->clauses) {
      last = std::string(c.rest ? "at least " : "") + std::to_string(c.required.size());
      takes += (takes.empty() ? "" : " or ") + last;
    }
    std::string name = lambda->name.empty() ? "this procedure" : lambda->name;
    bool warned = diagnostics_.warning(e->span, "wrong-argument-count",
                                       name + " takes " + takes + (takes == "1" || last == "at least 1" ? " argument" : " arguments") +
                                           ", but is called with " + std::to_string(n));
    if (warned && lambda->span && e->parts[0]->tag != Tag::Lambda) diagnostics_.note(lambda->span, name + " is defined here");
  }

  void check_primitive_count(Expr* e, std::size_t n) {
    // the procedure of that name may take more than the primitive does
    Value procedure = slot_at(primitive_cell(e->parts[0]->primitive));
    std::string name = primitive_info(e->parts[0]->primitive).name;
    if (is_procedure(procedure)) check_count(e, name, procedure, n);
  }

  void check_library_count(Expr* e, std::size_t n) {
    const Global* g = e->parts[0]->global;
    if (!g->immutable || !g->initialized || g->defined_here) return;
    Value v = slot_at(g->cell);
    if (is_procedure(v)) check_count(e, g->name, v, n);
  }

  void check_count(Expr* e, const std::string& name, Value procedure, std::size_t n) {
    i32 arity = code_header(word(procedure, 0))->arity;
    if (silent_ || arity == kArityCases || name.empty() || name[0] == '%') return;
    std::size_t least = static_cast<std::size_t>(arity >= 0 ? arity : -1 - arity);
    if (arity >= 0 ? n == least : n >= least) return;
    diagnostics_.warning(e->span, "wrong-argument-count",
                         name + " takes " + (arity < 0 ? "at least " : "") + std::to_string(least) + " argument" +
                             (least == 1 ? "" : "s") + ", but is called with " + std::to_string(n));
  }

  const Unit& unit_;
  Diagnostics& diagnostics_;
  std::map<const Variable*, u32> types_;
  std::vector<std::pair<const Variable*, u32>> forgotten_types_;  // in the arms around this place
  std::vector<const Global*> newly_guarded_;
  std::map<const Variable*, Expr*> lambdas_;
  std::set<const Global*> guarded_;   // mentioned by the test of an `if` around
  bool silent_ = false;
};

}  // namespace

void warn(const Unit& unit, Diagnostics& diagnostics) { Warner(unit, diagnostics).run(); }

}  // namespace loko::core
