// SPDX-License-Identifier: MIT
//
// Bodies: of lambda and its kin, of libraries and programs, and of the REPL. First all definitions are
// found (macros are expanded as far as their heads), then right-hand sides and expressions are expanded
// (R6RS 10). Definitions after an expression are accepted at top levels only.
#include "syntax/expander.h"
#include "core/primitive_cells.h"

namespace loko::syntax {

// -- what definitions bind --

/// Binds an identifier to a label that exists; reports duplicates.
void Expander::declare_label(const Scope& scope, Value rib, Value id, Value label) {
  Value sym = expression_of(id), marks = marks_of(id);
  Value old = rib_get(rib, sym, marks);
  if (old != Unbound && scope.kind != Scope::Kind::Repl) {
    bool own = is_fixnum(old) || vector_at(old, kBindingOwner) == *owner_;
    if (own) {
      report(place_of(id), "syntax", "duplicate definition of `" + symbol_text(sym) + "`", id);
      note_first(id);
      return;
    }
    Value owner = vector_at(old, kBindingOwner);
    bool shadowable = is_weak_import(sym) || library_flag(*owner_, kLibraryR7rs);
    if (!shadowable) {
      std::string from = library_flag(owner, kLibraryBuiltIn) ? "" : " from " + write_datum(vector_at(owner, kLibraryName));
      report(place_of(id), "syntax", "`" + symbol_text(sym) + "` is imported" + from + " and cannot be defined here", id);
      return;
    }
  }
  rib_put(rib, sym, marks, label);
}

/// Binds an identifier to a new variable.
bool Expander::declare(const Scope& scope, Handle rib, Handle id, Target& target) {
  if (!is_identifier(*id)) {
    error(id, "a definition needs an identifier, not " + write_datum(*id, 60));
    return false;
  }
  std::size_t before = diagnostics_.error_count();
  if (!scope.top()) {
    if (rib_get(*rib, expression_of(*id), marks_of(*id)) != Unbound) {
      error(id, "duplicate definition of `" + symbol_text(expression_of(*id)) + "`");
      note_first(*id);
      return false;
    }
    note_definition(*id);
    target.variable = bind_variable(*rib, *id);
    return true;
  }
  // At the REPL and in R7RS programs (5.3.1) a second definition assigns.
  bool r7rs_program = scope.kind == Scope::Kind::Program && library_flag(*owner_, kLibraryR7rs);
  if (scope.kind == Scope::Kind::Repl || r7rs_program) {
    Value old = rib_get(*rib, expression_of(*id), marks_of(*id));
    if (old != Unbound && is_vector(old) && vector_at(old, kBindingOwner) == *owner_ &&
        binding_kind(old) == BindingKind::Variable) {
      if (r7rs_program) add_binding_flag(old, kFlagAssigned);
      target.binding = hold(old);
      return true;
    }
  }
  if (scope.kind == Scope::Kind::Repl && !library_flag(*owner_, kEnvironmentMutable)) {
    error(id, "definitions are not possible in this environment");
    return false;
  }
  Value b = make_binding(BindingKind::Variable, expression_of(*id), fixnum(allocate_slot(Unbound)), *owner_);
  target.binding = hold(b);
  if (scope.kind != Scope::Kind::Repl) defined_.push_back(target.binding);
  declare_label(scope, *rib, *id, b);
  note_definition(*id);
  return diagnostics_.error_count() == before;
}

void Expander::splice(const Items& forms, std::size_t from, Handle rib, std::deque<PendingForm>& queue) {
  for (std::size_t i = forms.size(); i-- > from;) queue.push_front({forms[i], rib, {}, {}, {}});
}

// -- first pass --

void Expander::scan(const Scope& scope, std::deque<PendingForm>& queue, std::vector<BodyItem>& items, bool one) {
  struct KeepForm {
    Handle& place;
    Handle saved;
    ~KeepForm() { place = saved; }
  } keep_form{form_, form_};
  Handle body_rib = queue.empty() ? Handle() : queue.front().rib;
  std::vector<std::pair<Handle, Handle>> keywords;  // heads that decided what a form is, and their labels
  while (!queue.empty() && !stopped()) {
    if (one && !items.empty()) return;
    PendingForm pending = queue.front();
    queue.pop_front();
    if (!pending.form) {
      end_module(scope, pending);
      continue;
    }
    bool expression = false;
    for (;;) {
      if (stopped()) return;
      breathe();
      Value v = *pending.form;
      form_ = pending.form;
      if (Span s = syntax::span_of(v)) span_ = s;
      Value head = is_pair_syntax(v) ? Walker(v).item() : v;
      Meaning m = is_identifier(head) ? meaning(head) : Meaning();
      if (scope.kind != Scope::Kind::Repl && (m.kind == Meaning::Kind::Macro || m.kind == Meaning::Kind::Form))
        keywords.push_back({hold(head), hold(resolve(head))});
      if (m.kind == Meaning::Kind::Macro) {
        Handle t = transformer_value(m, hold(head));
        if (*t == Unbound) break;
        pending.form = transform(*t, pending.form, pending.rib);
        continue;
      }
      expression = !(m.kind == Meaning::Kind::Form && is_pair_syntax(v) &&
                     scan_definition(scope, m.form, pending, queue, items));
      break;
    }
    if (!expression) continue;
    BodyItem item{BodyItem::Kind::Expression, {}, pending.form, {}, {}, {}, span_};
    items.push_back(std::move(item));
    if (!scope.top() && *pending.rib == *body_rib) {
      // The definitions of a body end with its first expression.
      for (; !queue.empty(); queue.pop_front())
        if (queue.front().form) items.push_back({BodyItem::Kind::Expression, {}, queue.front().form, {}, {}, {}, span_});
    }
  }
  // R6RS 10: a definition must not change the meaning of a keyword that was needed to find the definitions.
  for (auto& [id, label] : keywords) {
    if (resolve(*id) == *label) continue;
    error(id, "`" + write_datum(*id) + "` is used as a keyword here but defined later in the same body");
    break;
  }
}

/// Treats a definition or splicing form; false if it is an expression after all.
bool Expander::scan_definition(const Scope& scope, Form f, PendingForm pending, std::deque<PendingForm>& queue,
                               std::vector<BodyItem>& items) {
  Handle form = pending.form;
  switch (f) {
    case Form::Define: scan_define(scope, pending, items); return true;
    case Form::DefineSyntax: scan_define_syntax(scope, pending); return true;
    case Form::DefineValues: scan_define_values(scope, pending, items); return true;
    case Form::Module: scan_module(scope, pending, queue); return true;
    case Form::LetSyntax:
    case Form::LetrecSyntax: scan_let_syntax(pending, queue, f); return true;
    case Form::Begin: {
      Items p;
      if (parse(form, 1, -1, p)) splice(p, 1, pending.rib, queue);
      return true;
    }
    case Form::Include:
    case Form::IncludeCi: {
      Items forms;
      include_forms(form, f == Form::IncludeCi, forms);
      splice(forms, 0, pending.rib, queue);
      return true;
    }
    case Form::CondExpand: {
      Items forms;
      cond_expand_choice(form, forms);
      splice(forms, 0, pending.rib, queue);
      return true;
    }
    case Form::Alias: {
      Items p;
      if (!parse(form, 3, 3, p)) return true;
      Value label = is_identifier(*p[2]) ? resolve(*p[2]) : Unbound;
      if (!is_identifier(*p[1]) || label == Unbound) error(form, "define-alias needs two identifiers, the second one bound");
      else declare_label(scope, *pending.rib, *p[1], label);
      return true;
    }
    case Form::DefinePrimitive: {
      Items p;
      if (!parse(form, 3, 3, p)) return true;
      BodyItem item{BodyItem::Kind::Primitive, {}, p[2], {}, {}, {}, span_};
      if (!is_identifier(*p[1])) {
        error(form, "define-primitive-procedure needs a name");
        return true;
      }
      item.name = symbol_text(expression_of(*p[1]));
      if (!find_primitive(item.name, &item.primitive)) {
        Target target;
        if (!declare(scope, pending.rib, p[1], target)) return true;
        item.kind = BodyItem::Kind::Value;
        item.targets.push_back(target);
      }
      items.push_back(std::move(item));
      return true;
    }
    case Form::Import: {
      Items p;
      if (!parse(form, 1, -1, p)) return true;
      Items libraries;
      Items specs(p.begin() + 1, p.end());
      Value marks = marks_of(Walker(*form).item());
      if (import_all(specs, pending.rib, scope, libraries, marks) && compiler_.mode == Compiler::Mode::Run)
        instantiate_all(libraries);
      if (scope.kind != Scope::Kind::Repl) {
        std::vector<Value> all;
        for (Handle l : libraries) all.push_back(*l);
        vector_put(*owner_, kLibraryImports, list_from(all, vector_at(*owner_, kLibraryImports)));
      }
      return true;
    }
    case Form::Library:
    case Form::DefineLibrary:
      if (scope.kind != Scope::Kind::Repl && scope.kind != Scope::Kind::Program) {
        error(form, "a library can only be defined at top level");
        return true;
      }
      form = hold(strip(*form));  // it must not see this top level
      if (f == Form::Library) expand_library(form, file_);
      else expand_define_library(form, file_);
      return true;
    default: return false;
  }
}

void Expander::scan_define(const Scope& scope, const PendingForm& pending, std::vector<BodyItem>& items) {
  Items p;
  if (!parse(pending.form, 2, -1, p)) return;
  BodyItem item{BodyItem::Kind::Value, {}, {}, {}, {}, {}, span_};
  Handle name = p[1];
  if (is_pair_syntax(*p[1])) {
    Items body(p.begin() + 2, p.end());
    if (body.empty()) {
      error(pending.form, "the procedure has no body");
      return;
    }
    Walker w(*p[1]);
    Value head = w.item();
    w.next();
    Value formals = w.rest();
    while (is_pair_syntax(head)) {  // (define ((f a) b) …): a procedure that returns a procedure
      std::vector<Value> lambda{core_identifier("lambda"), formals};
      for (Handle b : body) lambda.push_back(*b);
      body = {hold(list_from(lambda))};
      Walker inner(head);
      head = inner.item();
      inner.next();
      formals = inner.rest();
    }
    name = hold(head);
    item.kind = BodyItem::Kind::Function;
    item.formals = hold(formals);
    std::vector<Value> forms;
    for (Handle b : body) forms.push_back(*b);
    item.form = hold(list_from(forms));
  } else if (p.size() == 2) {
    item.kind = BodyItem::Kind::Undefined;
  } else if (p.size() == 3) {
    item.form = p[2];
  } else {
    error(pending.form, "a definition must be (define name expression) or (define (name . parameters) body ...)");
    return;
  }
  if (is_identifier(*name)) item.name = symbol_text(expression_of(*name));
  // The base library implements primitives under their own names.
  if (scope.kind == Scope::Kind::Library && is_identifier(*name) && find_primitive(item.name, &item.primitive)) {
    Value owner_name = vector_at(*owner_, kLibraryName);
    bool base = is_pair(owner_name) && write_datum(owner_name).compare(0, 12, "(loko base ") == 0;
    if (base && meaning(*name).kind == Meaning::Kind::Primitive) {
      if (item.kind == BodyItem::Kind::Function) {
        std::vector<Value> lambda{core_identifier("named-lambda"), make_pair(*name, *item.formals)};
        item.form = hold(make_pair(lambda[0], make_pair(lambda[1], *item.form)));
      }
      item.kind = BodyItem::Kind::Primitive;
      items.push_back(std::move(item));
      return;
    }
  }
  Target target;
  if (!declare(scope, pending.rib, name, target)) return;
  item.targets.push_back(target);
  items.push_back(std::move(item));
}

void Expander::scan_define_values(const Scope& scope, const PendingForm& pending, std::vector<BodyItem>& items) {
  Items p;
  if (!parse(pending.form, 3, 3, p)) return;
  BodyItem item{BodyItem::Kind::Values, {}, p[2], p[1], {}, {}, span_};
  Items ids;
  Walker w(*p[1]);
  for (; w.at_pair(); w.next()) ids.push_back(hold(w.item()));
  if (!w.at_null()) ids.push_back(hold(w.rest()));
  if (!check_distinct(ids, "variable")) return;
  for (Handle id : ids) {
    Target target;
    if (!declare(scope, pending.rib, id, target)) return;
    item.targets.push_back(target);
  }
  items.push_back(std::move(item));
}

void Expander::scan_define_syntax(const Scope& scope, const PendingForm& pending) {
  Items p;
  if (!parse(pending.form, 3, -1, p)) return;
  Handle name = p[1], rhs = p[2];
  if (is_pair_syntax(*p[1])) {  // (define-syntax (name x) body …)
    Walker w(*p[1]);
    name = hold(w.item());
    w.next();
    std::vector<Value> lambda{core_identifier("lambda"), w.rest()};
    for (std::size_t i = 2; i < p.size(); ++i) lambda.push_back(*p[i]);
    rhs = hold(list_from(lambda));
  } else if (p.size() != 3) {
    error(pending.form, "a syntax definition must be (define-syntax name transformer)");
    return;
  }
  if (!is_identifier(*name)) {
    error(name, "a syntax definition needs an identifier");
    return;
  }
  std::string text = symbol_text(expression_of(*name));
  if (scope.top()) {
    Handle b = hold(make_binding(BindingKind::Macro, expression_of(*name), Unbound, *owner_));
    declare_label(scope, *pending.rib, *name, *b);
    note_definition(*name);
    Handle t = eval_transformer(rhs, text);
    vector_put(*b, kBindingPayload, *t);
    return;
  }
  if (rib_get(*pending.rib, expression_of(*name), marks_of(*name)) != Unbound) {
    error(name, "duplicate definition of `" + text + "`");
    note_first(*name);
    return;
  }
  note_definition(*name);
  Local* local = task_.arena().make<Local>();
  local->kind = Local::Kind::Macro;
  local->phase = phase_;
  local->transformer = hold(Unbound);
  bind_local(*pending.rib, *name, local);
  local->transformer = eval_transformer(rhs, text);
}

/// let-syntax and letrec-syntax among definitions: their forms are spliced (R6RS 11.18).
void Expander::scan_let_syntax(const PendingForm& pending, std::deque<PendingForm>& queue, Form f) {
  Items p;
  if (!parse(pending.form, 2, -1, p)) return;
  std::vector<std::pair<Handle, Handle>> bindings;
  if (!parse_bindings(p[1], bindings)) return;
  Handle rib = hold(new_rib());
  // Heap bindings, not locals: macros that are defined inside may outlive this task.
  Items made;
  for (auto& [name, rhs] : bindings) made.push_back(hold(make_binding(BindingKind::Macro, expression_of(*name), Unbound, *owner_)));
  auto bind_all = [&] {
    for (std::size_t i = 0; i < bindings.size(); ++i)
      rib_put(*rib, expression_of(*bindings[i].first), marks_of(*bindings[i].first), *made[i]);
  };
  if (f == Form::LetrecSyntax) bind_all();
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    Handle rhs = f == Form::LetrecSyntax ? hold(add_rib(*bindings[i].second, *rib)) : bindings[i].second;
    Handle t = eval_transformer(rhs, symbol_text(expression_of(*bindings[i].first)));
    vector_put(*made[i], kBindingPayload, *t);
  }
  if (f == Form::LetSyntax) bind_all();
  Items forms;
  wrap_all(p, 2, rib, forms);
  splice(forms, 0, pending.rib, queue);
}

Expr* Expander::form_let_syntax(Handle form, Form f) {
  std::deque<PendingForm> queue;
  Items p, body;
  if (!parse(form, 3, -1, p)) return make_void();
  Handle rib = hold(new_rib());
  scan_let_syntax({form, rib, {}, {}, {}}, queue, f);
  for (PendingForm& q : queue) body.push_back(q.form);
  if (body.empty()) return make_void();
  return expand_body(body, 0, form);
}

// (module [name] (export …) body …)
void Expander::scan_module(const Scope&, const PendingForm& pending, std::deque<PendingForm>& queue) {
  Items p;
  if (!parse(pending.form, 2, -1, p)) return;
  std::size_t at = 1;
  Handle name;
  if (is_identifier(*p[1])) {
    name = p[1];
    at = 2;
  }
  std::vector<Value> exports;
  if (at >= p.size() || !list_items(*p[at], exports)) {
    error(pending.form, "a module needs a list of exports");
    return;
  }
  Handle rib = hold(new_rib());
  Items forms;
  wrap_all(p, at + 1, rib, forms);
  queue.push_front({Handle(), rib, p[at], pending.rib, name});
  splice(forms, 0, rib, queue);
}

void Expander::end_module(const Scope& scope, const PendingForm& pending) {
  std::vector<Value> exports;
  list_items(*pending.exports, exports);
  Value table = pending.module_name ? make_rib() : False;
  for (Value id : exports) {
    if (is_pair_syntax(id)) id = Walker(id).item();  // (macro implicit-export …)
    if (!is_identifier(id)) continue;
    Value label = rib_get(*pending.rib, expression_of(id), marks_of(id));
    if (label == Unbound) {
      error(hold(id), "the module does not define its export `" + write_datum(id) + "`");
      continue;
    }
    if (table != False) rib_put(table, expression_of(id), marks_of(id), label);
    else if (scope.top()) declare_label(scope, *pending.outer_rib, id, label);
    else rib_put(*pending.outer_rib, expression_of(id), marks_of(id), label);
  }
  if (table == False) return;
  Value b = make_binding(BindingKind::Macro, expression_of(*pending.module_name), vector_of({symbol("%compile-time-value"), vector_of({symbol("%module"), table})}), *owner_);
  rib_put(*pending.outer_rib, expression_of(*pending.module_name), marks_of(*pending.module_name), b);
}

// -- second pass --

Expr* Expander::item_value(BodyItem& item) {
  if (item.span) span_ = item.span;
  Span here = span_;
  Expr* e;
  if (item.kind == BodyItem::Kind::Undefined) {
    e = make_void();
  } else if (item.kind == BodyItem::Kind::Function) {
    e = make(Tag::Lambda);
    core::Clause clause;
    std::vector<Value> body;
    list_items(*item.form, body);
    expand_clause(item.formals, hold_all(body), 0, clause);
    e->clauses.push_back(std::move(clause));
  } else {
    e = expand(item.form);
  }
  span_ = here;
  if (e->tag == Tag::Lambda && e->name.empty()) e->name = item.name;
  return e;
}

Expr* Expander::expand_body(const Items& forms, std::size_t from, Handle outer_form) {
  if (task_.coroutine().nearly_full()) return expand(outer_form);  // reports the depth
  Span here = span_;
  Handle rib = hold(new_rib());
  std::deque<PendingForm> queue;
  RibWrap wrap(*rib);
  for (std::size_t i = from; i < forms.size(); ++i) queue.push_back({hold(wrap(*forms[i])), rib, {}, {}, {}});
  std::vector<BodyItem> items;
  scan({Scope::Kind::Body}, queue, items, false);
  close_rib(*rib);
  if (stopped()) return make_void();
  if (items.empty() || items.back().kind != BodyItem::Kind::Expression) {
    span_ = here;
    if (diagnostics_.has_errors()) return make_void();  // most likely the expression had one
    return error(outer_form, "a body must end with an expression");
  }
  std::size_t last = items.size();  // expressions of the body proper begin here
  while (last > 0 && items[last - 1].kind == BodyItem::Kind::Expression) --last;
  std::vector<core::Binding> bindings;
  for (std::size_t i = 0; i < last; ++i) {
    BodyItem& item = items[i];
    Expr* value = item_value(item);
    if (item.kind == BodyItem::Kind::Values) {
      // t = list of the values; each variable takes its part.
      std::vector<core::Variable*> required;
      core::Variable* rest = nullptr;
      bool has_rest = false;
      Walker w(*item.formals);
      for (; w.at_pair(); w.next()) {}
      has_rest = !w.at_null();
      for (std::size_t j = 0; j < item.targets.size(); ++j) {
        core::Variable* v = unit_->unit.new_variable(item.targets[j].variable->name);
        if (has_rest && j + 1 == item.targets.size()) rest = v;
        else required.push_back(v);
      }
      Expr* list = rest ? make_ref(rest) : make_quote(Null);
      for (std::size_t j = required.size(); j-- > 0;) list = make_prim("cons", {make_ref(required[j]), list});
      core::Variable* t = unit_->unit.new_variable("values");
      bindings.push_back({t, call_with_values(value, make_lambda(required, rest, list))});
      for (std::size_t j = 0; j < item.targets.size(); ++j) {
        Expr* part = make_ref(t);
        for (std::size_t k = 0; k < j; ++k) part = make_prim("cdr", {part});
        if (!(has_rest && j + 1 == item.targets.size())) part = make_prim("car", {part});
        bindings.push_back({item.targets[j].variable, part});
      }
    } else if (item.kind == BodyItem::Kind::Expression || item.kind == BodyItem::Kind::Primitive) {
      bindings.push_back({unit_->unit.new_variable("ignored"), make_begin({value, make_void()})});
    } else {
      bindings.push_back({item.targets[0].variable, value});
    }
  }
  std::vector<Expr*> parts;
  for (std::size_t i = last; i < items.size(); ++i) parts.push_back(item_value(items[i]));
  span_ = here;
  Expr* body = make_begin(std::move(parts));
  if (bindings.empty()) return body;
  Expr* e = make(Tag::LetrecStar);
  e->bindings = std::move(bindings);
  e->body = body;
  return e;
}

/// Definitions and expressions of a top level, in order.
Expr* Expander::expand_top_items(std::vector<BodyItem>& items) {
  std::vector<Expr*> parts;
  auto define = [&](core::Global* g, Expr* value) {
    Expr* e = make(Tag::GlobalDefine);
    e->global = g;
    e->body = value;
    g->definition = g->defined_here ? nullptr : value;
    g->defined_here = true;
    parts.push_back(e);
  };
  for (BodyItem& item : items) {
    if (stopped()) break;
    Expr* value = item_value(item);
    switch (item.kind) {
      case BodyItem::Kind::Expression: parts.push_back(value); break;
      case BodyItem::Kind::Primitive: {
        core::Global* g = unit_->arena.make<core::Global>();
        g->name = item.name;
        g->library = "(loko core primitives)";
        g->cell = primitive_cell(item.primitive);
        unit_->unit.globals.push_back(g);
        define(g, value);
        break;
      }
      case BodyItem::Kind::Values: {
        Walker w(*item.formals);
        for (; w.at_pair(); w.next()) {}
        bool has_rest = !w.at_null();
        std::vector<core::Variable*> required;
        core::Variable* rest = nullptr;
        for (std::size_t j = 0; j < item.targets.size(); ++j) {
          core::Variable* v = unit_->unit.new_variable("value");
          if (has_rest && j + 1 == item.targets.size()) rest = v;
          else required.push_back(v);
        }
        Expr* list = rest ? make_ref(rest) : make_quote(Null);
        for (std::size_t j = required.size(); j-- > 0;) list = make_prim("cons", {make_ref(required[j]), list});
        Value hidden = make_binding(BindingKind::Variable, symbol("values"), fixnum(allocate_slot(Unbound)), *owner_);
        core::Global* t = global_of(hidden);
        define(t, call_with_values(value, make_lambda(required, rest, list)));
        for (std::size_t j = 0; j < item.targets.size(); ++j) {
          Expr* part = make(Tag::GlobalRef);
          part->global = t;
          for (std::size_t k = 0; k < j; ++k) part = make_prim("cdr", {part});
          if (!(has_rest && j + 1 == item.targets.size())) part = make_prim("car", {part});
          define(global_of(*item.targets[j].binding), part);
        }
        break;
      }
      default: define(global_of(*item.targets[0].binding), value);
    }
  }
  if (items.empty() || items.back().kind != BodyItem::Kind::Expression) parts.push_back(make_void());
  return make_begin(std::move(parts));
}

}  // namespace loko::syntax
