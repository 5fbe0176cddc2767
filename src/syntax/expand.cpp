// SPDX-License-Identifier: MIT
//
// The heart of the expander: identifiers, applications, constants; makers of core nodes; error reports.
#include "syntax/expander.h"

#include <string.h>

#include "core/primitive_cells.h"

namespace loko::syntax {

Expander::Expander(Task& task)
    : task_(task), compiler_(task.compiler()), handles_(task.handles()), diagnostics_(task.diagnostics()) {
  scratch_.unit.arena = &scratch_.arena;
  scratch_.unit.handles = &handles_;
  serial_ = next_number(kStateNextTask);
}

Expander::~Expander() = default;

// -- basics --

Items Expander::hold_all(const std::vector<Value>& values) {
  Items items;
  items.reserve(values.size());
  for (Value v : values) items.push_back(hold(v));
  return items;
}

/// True when the expansion should wind up: abandoned, or too many errors.
bool Expander::stopped() { return task_.cancelled() || diagnostics_.error_count() >= 30 || too_deep_; }

Span Expander::place_of(Value form) const {
  Span span = syntax::span_of(form);
  return span ? span : span_;
}

void Expander::report(Span span, const std::string& kind, const std::string& message, Value form) {
  if (task_.cancelled()) return;
  Failure& f = task_.failure_slot();
  if (f.message.empty()) {
    f.kind = kind;
    f.message = message;
    f.place = compiler_.sources.describe(span);
    bool inside = kind == "syntax" && form_ && *form_ != form;
    f.form = hold(strip_any(inside ? *form_ : form));
    if (inside) f.subform = hold(strip_any(form));
  }
  diagnostics_.error(span, message);
  note_macro(span);
}

void Expander::report_exception(Span span, const std::string& message, Handle use) {
  note_use_of_macro(use);
  diagnostics_.error(span, message);
  note_macro(span);
}

namespace {

u64 place_key(Span span) { return u64{span.source} << 32 | span.begin; }

}  // namespace

void Expander::note_definition(Value id) {
  if (compiler_.building_image) return;
  definitions_.push_back({symbol_text(expression_of(id)), place_of(id)});
}

/// A note that points to the definition of this name that came first.
void Expander::note_first(Value id) {
  std::string name = symbol_text(expression_of(id));
  Span here = place_of(id);
  for (std::size_t i = definitions_.size(); i-- > 0;) {
    auto& [other, span] = definitions_[i];
    if (other != name || span.source != here.source || span.begin == here.begin) continue;
    return diagnostics_.note(span, "the first definition is here");
  }
}

/// If what stands at this place came out of a macro of the same text: a note that points to the macro.
void Expander::note_macro(Span span) {
  auto use = macro_uses_.find(place_key(span));
  if (!span || use == macro_uses_.end()) return;
  for (std::size_t i = definitions_.size(); i-- > 0;)
    if (definitions_[i].first == use->second && definitions_[i].second)
      return diagnostics_.note(definitions_[i].second, "in the expansion of the macro `" + use->second + "`, which is defined here");
}

/// Reports an unbound identifier, and which standard library exports that name.
void Expander::note_library(Value id) {
  Value sym = expression_of(id), best = False;
  bool r7rs = library_flag(*owner_, kLibraryR7rs);
  for (Value l = vector_at(*owner_, kLibraryImports); is_pair(l); l = cdr(l))
    if (Value name = vector_at(car(l), kLibraryName); is_pair(name) && car(name) == symbol("scheme")) r7rs = true;
  auto rank = [&](Value name) {
    std::string head = is_pair(name) && is_symbol(car(name)) ? symbol_text(car(name)) : "";
    bool whole = cdr(name) == Null || car(cdr(name)) == symbol("r5rs");  // (rnrs): its parts say more
    return head == (r7rs ? "scheme" : "rnrs") ? (whole ? 1 : 0) : head == "rnrs" || head == "scheme" ? 2 : head == "srfi" ? 3 : 9;
  };
  table_each(context().roots[kRootLibraries], [&](Value, Value library) {
    if (library == False || !is_vector(library)) return;
    Value name = vector_at(library, kLibraryName), exports = vector_at(library, kLibraryExports);
    if (!is_pair(name) || exports == False || rank(name) == 9 || table_get(exports, sym) == Unbound) return;
    std::string text = write_datum(name);
    if (best == False || rank(name) < rank(best) ||
        (rank(name) == rank(best) && std::pair(text.size(), text) < std::pair(write_datum(best).size(), write_datum(best))))
      best = name;
  });
  std::string name = symbol_text(sym), from = best == False ? "" : write_datum(best);
  report(place_of(id), "undefined", "unbound identifier `" + name + "`" + (from.empty() ? suggestion(id) : ""), id);
  if (!from.empty()) diagnostics_.note({}, "`" + name + "` is exported by " + from);
}

Expr* Expander::error(Handle form, const std::string& message) {
  report(place_of(*form), "syntax", message, *form);
  return make_void();
}

bool Expander::parse(Handle form, int min, int max, Items& items) {
  std::vector<Value> values;
  bool proper = list_items(*form, values);
  items = hold_all(values);
  int n = static_cast<int>(values.size());
  if (proper && n >= min && (max < 0 || n <= max)) return true;
  std::string name = n > 0 && is_identifier(values[0]) ? symbol_text(expression_of(values[0])) : "form";
  std::string why = !proper     ? "not a proper list"
                    : n < min   ? "too few parts"
                                : "too many parts";
  report(place_of(*form), "syntax", "invalid syntax in " + name + ": " + why + ": " + write_datum(*form, 80), *form);
  return false;
}

Value Expander::call(Value procedure, Value arguments) {
  if (stopped()) return False;
  return task_.call(procedure, arguments);
}

/// Lets the collector run (and interrupts be served) when the next safepoint would do so: C++ itself never collects.
void Expander::breathe() {
  if (++ticks_ % 64 == 0 && context().stack_limit == ~u64{0}) call(False, Null);
}

// -- makers --

Expr* Expander::make_quote(Value v) {
  Expr* e = make(Tag::Quote);
  e->datum = hold(v);
  return e;
}

Expr* Expander::make_ref(core::Variable* v) {
  Expr* e = make(Tag::Ref);
  e->variable = v;
  return e;
}

Expr* Expander::make_call(std::vector<Expr*> parts) {
  Expr* e = make(Tag::Call);
  e->parts = std::move(parts);
  return e;
}

Expr* Expander::make_prim(PrimitiveId id, std::vector<Expr*> operands) {
  Expr* e = make(Tag::Prim);
  e->primitive = id;
  e->parts = std::move(operands);
  return e;
}

Expr* Expander::make_prim(const char* name, std::vector<Expr*> operands) {
  PrimitiveId id{};
  if (!find_primitive(name, &id)) {
    report(span_, "syntax", std::string("internal error: there is no primitive ") + name);
    return make_void();
  }
  return make_prim(id, std::move(operands));
}

Expr* Expander::make_if(Expr* test, Expr* then, Expr* otherwise) {
  Expr* e = make(Tag::If);
  e->parts = {test, then, otherwise};
  return e;
}

Expr* Expander::make_begin(std::vector<Expr*> parts) {
  if (parts.empty()) return make_void();
  if (parts.size() == 1) return parts[0];
  Expr* e = make(Tag::Begin);
  for (Expr* p : parts) {
    if (p->tag == Tag::Begin) e->parts.insert(e->parts.end(), p->parts.begin(), p->parts.end());
    else e->parts.push_back(p);
  }
  return e;
}

Expr* Expander::make_let(std::vector<core::Binding> bindings, Expr* body) {
  if (bindings.empty()) return body;
  Expr* e = make(Tag::Let);
  e->bindings = std::move(bindings);
  e->body = body;
  return e;
}

Expr* Expander::make_lambda(std::vector<core::Variable*> required, core::Variable* rest, Expr* body) {
  Expr* e = make(Tag::Lambda);
  e->clauses.push_back({std::move(required), rest, body});
  return e;
}

core::Variable* Expander::new_variable(Value id) {
  return unit_->unit.new_variable(symbol_text(peel(id)));
}

core::Global* Expander::global_of(Value binding) {
  u32 cell = static_cast<u32>(fixnum_value(vector_at(binding, kBindingPayload)));
  auto found = unit_->globals.find(cell);
  if (found != unit_->globals.end()) return found->second;
  core::Global* g = unit_->arena.make<core::Global>();
  g->name = symbol_text(vector_at(binding, kBindingName));
  Value owner = vector_at(binding, kBindingOwner);
  bool own = owner == *owner_;
  if (is_vector(owner) && is_pair(vector_at(owner, kLibraryName)))
    g->library = write_datum(vector_at(owner, kLibraryName), 1000);
  g->cell = cell;
  g->binding = hold(binding);
  if (!own) g->closure = hold(vector_at(binding, kBindingClosure));
  if (!own) g->core = hold(vector_at(binding, kBindingCore));
  g->immutable = binding_flags(binding) & kFlagImmutable;
  bool library = is_vector(owner) && is_pair(vector_at(owner, kLibraryName));
  g->initialized = library ? !own : slot_at(cell) != Unbound && !own;
  if (library && !own && library_state(owner) == LibraryState::Expanding) g->initialized = false;
  unit_->globals[cell] = g;
  unit_->unit.globals.push_back(g);
  if (library && !own && !library_flag(owner, kLibraryBuiltIn)) unit_->libraries.push_back(hold(owner));
  return g;
}

Expr* Expander::make_global_ref(Value binding) {
  Expr* e = make(Tag::GlobalRef);
  e->global = global_of(binding);
  return e;
}

// -- names --

Value Expander::new_label(Local* local) {
  labels_.push_back(local);
  return fixnum(serial_ << 28 | static_cast<i64>(labels_.size() - 1));
}

Local* Expander::local_of(Value label) const {
  i64 n = fixnum_value(label);
  return n >> 28 == serial_ ? labels_[static_cast<std::size_t>(n & 0xfffffff)] : nullptr;
}

void Expander::bind_local(Value rib, Value id, Local* local) {
  rib_put(rib, expression_of(id), marks_of(id), new_label(local));
}

core::Variable* Expander::bind_variable(Value rib, Value id) {
  Local* local = task_.arena().make<Local>();
  local->kind = Local::Kind::Variable;
  local->variable = new_variable(id);
  note_binding(local->variable, id);
  local->phase = phase_;
  bind_local(rib, id, local);
  return local->variable;
}

/// The index of an identifier before the i-th that is the same, or i. `seen` holds the indices of those before by symbol.
std::size_t Expander::earlier_equal(const Items& ids, std::size_t i, std::unordered_map<u64, std::vector<std::size_t>>& seen) const {
  std::vector<std::size_t>& same_symbol = seen[expression_of(*ids[i]).bits];
  for (std::size_t j : same_symbol)
    if (bound_identifier_eq(*ids[i], *ids[j])) return j;
  same_symbol.push_back(i);
  return i;
}

bool Expander::check_distinct(const Items& ids, const char* what) {
  std::unordered_map<u64, std::vector<std::size_t>> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!is_identifier(*ids[i])) {
      error(ids[i], std::string(what) + " must be an identifier, not " + write_datum(*ids[i], 60));
      return false;
    }
    if (ids.size() == 1) return true;
    std::size_t j = earlier_equal(ids, i, seen);
    if (j == i) continue;
    error(ids[i], std::string("duplicate ") + what + ": " + write_datum(*ids[i], 60));
    if (Span first = place_of(*ids[j]); first.begin != place_of(*ids[i]).begin) diagnostics_.note(first, "the first one is here");
    return false;
  }
  return true;
}

Meaning Expander::meaning(Value id) {
  Meaning m;
  if (!is_identifier(id)) return m;
  Value label = resolve(id);
  if (label == Unbound) return m;
  if (is_fixnum(label)) {
    Local* local = local_of(label);
    if (!local) {
      m.kind = Meaning::Kind::Stale;
      return m;
    }
    m.local = local;
    m.kind = local->kind == Local::Kind::Variable ? Meaning::Kind::Local
             : local->kind == Local::Kind::Macro  ? Meaning::Kind::Macro
                                                  : Meaning::Kind::Pattern;
    return m;
  }
  m.binding = label;
  if (watching_imports_ && marks_of(id) == Null) note_use(label);
  i64 payload = is_fixnum(vector_at(label, kBindingPayload)) ? fixnum_value(vector_at(label, kBindingPayload)) : 0;
  switch (binding_kind(label)) {
    case BindingKind::Form:
      m.kind = Meaning::Kind::Form;
      m.form = static_cast<Form>(payload);
      break;
    case BindingKind::Primitive:
      m.kind = Meaning::Kind::Primitive;
      m.primitive = static_cast<PrimitiveId>(payload);
      break;
    case BindingKind::Variable: m.kind = Meaning::Kind::Global; break;
    case BindingKind::Macro: m.kind = Meaning::Kind::Macro; break;
  }
  return m;
}

bool Expander::is_form(Value id, Form f) { return meaning(id).is(f); }

/// " (did you mean `x`?)" or "".
std::string Expander::suggestion(Value id) {
  std::vector<std::string> names;
  for (Value s = substs_of(id); is_pair(s); s = cdr(s))
    if (is_vector(car(s))) table_each(car(s), [&](Value sym, Value) { names.push_back(symbol_text(sym)); });
  std::string name = symbol_text(expression_of(id));
  std::erase_if(names, [&](const std::string& n) { return n.empty() || n == name || (n[0] == '%' && name[0] != '%'); });
  std::string near = nearest_name(name, names);
  return near.empty() ? "" : " (did you mean `" + near + "`?)";
}

/// At the REPL, an unbound identifier names a variable that may be defined later.
Value Expander::implicit_global(Value id) {
  Value rib = vector_at(*owner_, kLibraryRib), sym = expression_of(id);
  Value label = rib_get(rib, sym, Null);
  if (label != Unbound && !is_fixnum(label)) return label;
  Value b = make_binding(BindingKind::Variable, sym, fixnum(allocate_slot(Unbound)), *owner_);
  rib_put(rib, sym, Null, b);
  return b;
}

Expr* Expander::unbound(Handle id) {
  if (top_ == Scope::Kind::Repl && library_flag(*owner_, kEnvironmentMutable)) {
    Value b = implicit_global(*id);
    if (binding_kind(b) == BindingKind::Variable) {
      if (unit_ && one_form_) unit_->unbound[static_cast<u32>(fixnum_value(vector_at(b, kBindingPayload)))] = hold(*id);
      return make_global_ref(b);
    }
  }
  note_library(*id);
  return make_void();
}

// -- expressions --

namespace {

/// Restores a member when the scope ends.
template <class T>
struct Restore {
  T& place;
  T saved;
  explicit Restore(T& p) : place(p), saved(p) {}
  ~Restore() { place = saved; }
};

bool is_self_evaluating(Value v) { return !is_pair(v) && !is_symbol(v) && v != Null; }

}  // namespace

Expr* Expander::expand(Handle form) {
  Restore<Span> keep(span_);
  Restore<Handle> keep_form(form_);
  if (task_.coroutine().nearly_full() && !too_deep_) {
    report(place_of(*form), "implementation-restriction", "the program is nested too deeply");
    too_deep_ = true;
  }
  for (;;) {
    if (stopped()) return make_void();
    breathe();
    Value v = *form;
    if (Span s = syntax::span_of(v)) span_ = s;
    Value e = peel(v);
    if (is_symbol(e)) {
      if (!is_syntax(v))
        return error(form, "the symbol `" + symbol_text(e) +
                               "` came out of a macro as a bare symbol (use datum->syntax or a syntax template)");
      Meaning m = meaning(v);
      switch (m.kind) {
        case Meaning::Kind::Local:
          if (m.local->phase != phase_)
            return error(form, "the variable `" + symbol_text(e) + "` is not available when macros are expanded");
          return make_ref(m.local->variable);
        case Meaning::Kind::Global: {
          if (phase_ > 0 && vector_at(m.binding, kBindingOwner) == *owner_ && top_ != Scope::Kind::Repl)
            return error(form, "the variable `" + symbol_text(e) +
                                   "` of this library has no value yet when its macros are expanded");
          return make_global_ref(m.binding);
        }
        case Meaning::Kind::Primitive: {
          Expr* ref = make(Tag::PrimRef);
          ref->primitive = m.primitive;
          return ref;
        }
        case Meaning::Kind::Macro: {
          Handle t = transformer_value(m, form);
          if (stopped() || *t == Unbound) return make_void();
          form = transform(*t, form, Handle());
          continue;
        }
        case Meaning::Kind::Form:
          return error(form, "the keyword `" + symbol_text(e) + "` is used as a variable");
        case Meaning::Kind::Pattern:
          return error(form, "the pattern variable `" + symbol_text(e) + "` is used outside a syntax template");
        case Meaning::Kind::Stale:
          return error(form, "the identifier `" + symbol_text(e) + "` is used outside the scope of its binding");
        case Meaning::Kind::Unbound: return unbound(form);
      }
    }
    if (is_pair(e)) {
      Value head = Walker(v).item();
      if (is_identifier(head)) {
        Meaning m = meaning(head);
        form_ = form;
        if (m.kind == Meaning::Kind::Form) return dispatch(m.form, form);
        if (m.kind == Meaning::Kind::Macro) {
          Handle t = transformer_value(m, hold(head));
          if (stopped() || *t == Unbound) return make_void();
          form = transform(*t, form, Handle());
          continue;
        }
      }
      form_ = form;
      return expand_call(form);
    }
    if (e == Null) return error(form, "an empty combination () is not an expression");
    // What was read from a source is immutable; what macros and callers of eval made may still be changed by them.
    if (is_self_evaluating(e)) return make_quote(immutable_copy(cyclic_ ? strip_cyclic(v) : strip(v)));
    return error(form, "not an expression: " + write_datum(v));
  }
}

Expr* Expander::expand_call(Handle form) {
  std::vector<Value> values;
  if (!list_items(*form, values)) return error(form, "a combination must be a proper list: " + write_datum(*form, 80));
  Items items = hold_all(values);
  Span here = span_;
  Meaning m = meaning(*items[0]);
  if (m.kind == Meaning::Kind::Primitive) {
    PrimitiveId id = m.primitive;
    std::vector<Expr*> operands;
    for (std::size_t i = 1; i < items.size(); ++i) operands.push_back(expand(items[i]));
    span_ = here;
    return expand_primitive_call(id, std::move(operands));
  }
  std::vector<Expr*> parts;
  for (Handle item : items) parts.push_back(expand(item));
  span_ = here;
  return make_call(std::move(parts));
}

namespace {

bool is_simple(const Expr* e) {
  return e->tag == Tag::Quote || e->tag == Tag::Lambda || e->tag == Tag::PrimRef || (e->tag == Tag::Ref && !e->variable->assigned);
}

/// Primitives that are binary in the table and left-associative for more operands.
bool is_left_associative(const char* name) {
  static const char* const names[] = {"+", "-", "*", "/", "fl+", "fl-", "fl*", "fl/", "fxand", "fxior", "fxxor",
                                      "fxmax", "fxmin", "flmax", "flmin", "max", "min",
                                      "bitwise-and", "bitwise-ior", "bitwise-xor"};
  for (const char* n : names)
    if (strcmp(n, name) == 0) return true;
  return false;
}

}  // namespace

Expr* Expander::expand_primitive_call(PrimitiveId id, std::vector<Expr*> operands) {
  const PrimitiveInfo& info = primitive_info(id);
  std::size_t n = operands.size();
  if (n >= info.min_args && (info.max_args == kManyArgs || n <= info.max_args)) return make_prim(id, std::move(operands));
  if (n > 2 && info.max_args == 2 && is_left_associative(info.name)) {
    // Operands are evaluated before the operation begins, so that an error in it comes after their effects.
    std::vector<core::Binding> bindings;
    bool all_simple = true;
    for (std::size_t i = 2; i < n; ++i) all_simple = all_simple && is_simple(operands[i]);
    if (!all_simple) {
      for (Expr*& o : operands) {
        if (o->tag == Tag::Quote) continue;
        core::Variable* v = unit_->unit.new_variable("operand");
        bindings.push_back({v, o});
        o = make_ref(v);
      }
    }
    Expr* e = make_prim(id, {operands[0], operands[1]});
    for (std::size_t i = 2; i < n; ++i) e = make_prim(id, {e, operands[i]});
    return make_let(std::move(bindings), e);
  }
  Expr* ref = make(Tag::PrimRef);
  ref->primitive = id;
  operands.insert(operands.begin(), ref);
  return make_call(std::move(operands));
}

Expr* Expander::dispatch(Form f, Handle form) {
  switch (f) {
#define X(enumerator, name, handler) \
  case Form::enumerator: return handler(form, f);
    LOKO_CORE_FORMS(X)
#undef X
    case Form::Count: break;
  }
  return make_void();
}

Expr* Expander::form_definition(Handle form, Form f) {
  return error(form, std::string("the definition form `") + form_name(f) + "` is used where an expression is needed");
}

Expr* Expander::form_auxiliary(Handle form, Form f) {
  return error(form, std::string("`") + form_name(f) + "` is used outside the forms that it belongs to");
}

}  // namespace loko::syntax
