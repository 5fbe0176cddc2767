// SPDX-License-Identifier: MIT
//
// Core forms that bind variables: lambda and its kin, let and its kin, do, multiple values
// (R6RS 11.4.2, 11.4.6; R7RS 4.1.4, 4.2.2).
#include "syntax/expander.h"

namespace loko::syntax {

/// Copies of forms[from …] with a rib around them.
Handle Expander::wrap_all(const Items& forms, std::size_t from, Handle rib, Items& out) {
  RibWrap wrap(*rib);
  for (std::size_t i = from; i < forms.size(); ++i) out.push_back(hold(wrap(*forms[i])));
  return rib;
}

bool Expander::bind_formals(Handle formals, Handle rib, std::vector<core::Variable*>& required, core::Variable** rest) {
  Items ids;
  bool has_rest = false;
  Walker w(*formals);
  for (; w.at_pair(); w.next()) ids.push_back(hold(w.item()));
  if (!w.at_null()) {
    ids.push_back(hold(w.rest()));
    has_rest = true;
  }
  if (!check_distinct(ids, "parameter")) return false;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    core::Variable* v = bind_variable(*rib, *ids[i]);
    if (has_rest && i + 1 == ids.size()) *rest = v;
    else required.push_back(v);
  }
  return true;
}

bool Expander::expand_clause(Handle formals, const Items& body, std::size_t from, core::Clause& clause) {
  Handle rib = hold(new_rib());
  if (!bind_formals(formals, rib, clause.required, &clause.rest)) {
    clause.body = make_void();
    return false;
  }
  close_rib(*rib);
  Items wrapped;
  wrap_all(body, from, rib, wrapped);
  clause.body = expand_body(wrapped, 0, formals);
  return true;
}

Expr* Expander::form_lambda(Handle form, Form) {
  Items p;
  if (!parse(form, 3, -1, p)) return make_void();
  Expr* e = make(Tag::Lambda);
  core::Clause clause;
  expand_clause(p[1], p, 2, clause);
  e->clauses.push_back(std::move(clause));
  return e;
}

Expr* Expander::form_named_lambda(Handle form, Form) {
  Items p;
  if (!parse(form, 3, -1, p)) return make_void();
  if (!is_pair_syntax(*p[1])) return error(form, "named-lambda needs (name . parameters)");
  Walker w(*p[1]);
  std::string name = write_datum(w.item());
  w.next();
  Expr* e = make(Tag::Lambda);
  e->name = name;
  core::Clause clause;
  expand_clause(hold(w.rest()), p, 2, clause);
  e->clauses.push_back(std::move(clause));
  return e;
}

Expr* Expander::form_case_lambda(Handle form, Form) {
  Items p;
  if (!parse(form, 1, -1, p)) return make_void();
  Expr* e = make(Tag::Lambda);
  for (std::size_t i = 1; i < p.size(); ++i) {
    Items c;
    if (!parse(p[i], 2, -1, c)) continue;
    core::Clause clause;
    expand_clause(c[0], c, 1, clause);
    e->clauses.push_back(std::move(clause));
  }
  return e;
}

/// Reads ((name expression) …).
bool Expander::parse_bindings(Handle list, std::vector<std::pair<Handle, Handle>>& bindings) {
  std::vector<Value> values;
  if (!list_items(*list, values)) {
    error(list, "bindings must be a list of (name expression)");
    return false;
  }
  for (Handle b : hold_all(values)) {
    std::vector<Value> parts;
    if (!list_items(*b, parts) || parts.size() != 2 || !is_identifier(parts[0])) {
      error(b, "a binding must be (name expression), not " + write_datum(*b, 60));
      return false;
    }
    bindings.push_back({hold(parts[0]), hold(parts[1])});
  }
  return true;
}

namespace {

/// What is left of a list after n elements.
Value rest_of(Value list, int n) {
  Walker w(list);
  while (n-- > 0) w.next();
  return w.rest();
}

void name_lambda(Expr* e, const std::string& name) {
  if (e->tag == Tag::Lambda && e->name.empty()) e->name = name;
}

Items firsts(const std::vector<std::pair<Handle, Handle>>& bindings) {
  Items ids;
  for (auto& b : bindings) ids.push_back(b.first);
  return ids;
}

}  // namespace

Expr* Expander::form_let(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  bool named = is_identifier(*p[1]);
  if (named && p.size() < 4) return error(form, "a named let needs bindings and a body");
  std::size_t at = named ? 2 : 1;
  std::vector<std::pair<Handle, Handle>> bindings;
  if (!parse_bindings(p[at], bindings) || !check_distinct(firsts(bindings), "variable")) return make_void();
  std::vector<Expr*> values;
  for (auto& b : bindings) {
    values.push_back(expand(b.second));
    if (!named) name_lambda(values.back(), symbol_text(expression_of(*b.first)));
  }
  span_ = here;
  Items body;
  if (!named) {
    Handle rib = hold(new_rib());
    std::vector<core::Binding> out;
    for (std::size_t i = 0; i < bindings.size(); ++i) out.push_back({bind_variable(*rib, *bindings[i].first), values[i]});
    close_rib(*rib);
    wrap_all(p, at + 1, rib, body);
    return make_let(std::move(out), expand_body(body, 0, form));
  }
  Handle outer = hold(new_rib()), rib = hold(new_rib());
  core::Variable* loop = bind_variable(*outer, *p[1]);
  std::vector<core::Variable*> variables;
  for (auto& b : bindings) variables.push_back(bind_variable(*rib, *b.first));
  close_rib(*outer);
  close_rib(*rib);
  Items inner;
  wrap_all(p, at + 1, outer, inner);
  wrap_all(inner, 0, rib, body);
  Expr* lambda = make_lambda(variables, nullptr, nullptr);
  lambda->name = loop->name;
  lambda->clauses[0].body = expand_body(body, 0, form);
  span_ = here;
  Expr* e = make(Tag::LetrecStar);
  e->bindings.push_back({loop, lambda});
  values.insert(values.begin(), make_ref(loop));
  e->body = make_call(std::move(values));
  return e;
}

// The rest of the bindings and the body get each rib around them as a whole, so that none is wrapped again for every binding.
Expr* Expander::form_let_star(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<std::pair<Handle, Handle>> bindings;
  if (!parse_bindings(p[1], bindings)) return make_void();
  std::vector<core::Binding> out;
  Handle rest = hold(*p[1]), body = hold(rest_of(*form, 2));
  for (auto& [name, plain] : bindings) {
    Value binding = Walker(*rest).item();
    Expr* e = expand(hold(Walker(rest_of(binding, 1)).item()));
    name_lambda(e, symbol_text(expression_of(*name)));
    Value rib = new_rib();
    out.push_back({bind_variable(rib, *name), e});
    close_rib(rib);
    rest.set(add_rib(rest_of(*rest, 1), rib));
    body.set(add_rib(*body, rib));
  }
  span_ = here;
  std::vector<Value> forms;
  list_items(*body, forms);
  Expr* e = expand_body(hold_all(forms), 0, form);
  for (std::size_t i = out.size(); i-- > 0;) e = make_let({out[i]}, e);
  return e;
}

/// letrec as letrec*: no initialization may refer to any of the variables, and all have been evaluated when the variables get
/// their values (R6RS 11.4.6). So those that do anything go into temporaries, before all variables.
static void evaluate_before(core::Unit& unit, std::vector<core::Binding>& bindings) {
  std::vector<core::Binding> temporaries;
  for (core::Binding& b : bindings) {
    if (b.value->tag == Tag::Lambda || b.value->tag == Tag::Quote) continue;
    core::Variable* t = unit.new_variable("t");
    Expr* ref = unit.make(Tag::Ref, b.value->span);
    ref->variable = t;
    temporaries.push_back({t, b.value});
    b.value = ref;
  }
  bindings.insert(bindings.begin(), temporaries.begin(), temporaries.end());
}

Expr* Expander::form_letrec(Handle form, Form which) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<std::pair<Handle, Handle>> bindings;
  if (!parse_bindings(p[1], bindings) || !check_distinct(firsts(bindings), "variable")) return make_void();
  Handle rib = hold(new_rib());
  Expr* e = make(Tag::LetrecStar);
  for (auto& b : bindings) e->bindings.push_back({bind_variable(*rib, *b.first), nullptr});
  close_rib(*rib);
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    e->bindings[i].value = expand(hold(add_rib(*bindings[i].second, *rib)));
    name_lambda(e->bindings[i].value, e->bindings[i].variable->name);
  }
  Items body;
  wrap_all(p, 2, rib, body);
  e->body = expand_body(body, 0, form);
  span_ = here;
  if (e->bindings.empty()) return e->body;
  if (which == Form::Letrec) evaluate_before(unit_->unit, e->bindings);
  return e;
}

Expr* Expander::call_with_values(Expr* producer, Expr* consumer) {
  Expr* thunk = make_lambda({}, nullptr, producer);
  return make_prim("call-with-values", {thunk, consumer});
}

Expr* Expander::form_receive(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 4, -1, p)) return make_void();
  Expr* producer = expand(p[2]);
  span_ = here;
  Expr* consumer = make(Tag::Lambda);
  core::Clause clause;
  expand_clause(p[1], p, 3, clause);
  consumer->clauses.push_back(std::move(clause));
  return call_with_values(producer, consumer);
}

Expr* Expander::form_let_values(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<Value> list;
  if (!list_items(*p[1], list)) return error(p[1], "bindings must be a list of (formals expression)");
  Handle rib = hold(new_rib());
  struct Part {
    Expr* producer;
    std::vector<core::Variable*> required;
    core::Variable* rest;
  };
  std::vector<Part> parts;
  Items all_ids, formals;
  for (Handle b : hold_all(list)) {
    Items c;
    if (!parse(b, 2, 2, c)) return make_void();
    Walker w(*c[0]);
    for (; w.at_pair(); w.next()) all_ids.push_back(hold(w.item()));
    if (!w.at_null()) all_ids.push_back(hold(w.rest()));
    formals.push_back(c[0]);
    parts.push_back({expand(c[1]), {}, nullptr});
  }
  if (!check_distinct(all_ids, "variable")) return make_void();
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!bind_formals(formals[i], rib, parts[i].required, &parts[i].rest)) return make_void();
  close_rib(*rib);
  span_ = here;
  Items body;
  wrap_all(p, 2, rib, body);
  Expr* e = expand_body(body, 0, form);
  for (std::size_t i = parts.size(); i-- > 0;) {
    Part& part = parts[i];
    if (part.required.size() == 1 && !part.rest) e = make_let({{part.required[0], part.producer}}, e);
    else e = call_with_values(part.producer, make_lambda(part.required, part.rest, e));
  }
  return e;
}

Expr* Expander::form_let_star_values(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<Value> list;
  if (!list_items(*p[1], list)) return error(p[1], "bindings must be a list of (formals expression)");
  struct Part {
    Expr* producer;
    std::vector<core::Variable*> required;
    core::Variable* rest;
  };
  std::vector<Part> parts;
  Handle left = hold(*p[1]), body = hold(rest_of(*form, 2));
  for (std::size_t i = 0; i < list.size(); ++i) {
    Items c;
    if (!parse(hold(Walker(*left).item()), 2, 2, c)) return make_void();
    Part part{expand(c[1]), {}, nullptr};
    Handle rib = hold(new_rib());
    if (!bind_formals(c[0], rib, part.required, &part.rest)) return make_void();
    close_rib(*rib);
    left.set(add_rib(rest_of(*left, 1), *rib));
    body.set(add_rib(*body, *rib));
    parts.push_back(std::move(part));
  }
  span_ = here;
  std::vector<Value> forms;
  list_items(*body, forms);
  Expr* e = expand_body(hold_all(forms), 0, form);
  for (std::size_t i = parts.size(); i-- > 0;) {
    Part& part = parts[i];
    if (part.required.size() == 1 && !part.rest) e = make_let({{part.required[0], part.producer}}, e);
    else e = call_with_values(part.producer, make_lambda(part.required, part.rest, e));
  }
  return e;
}

// (do ((variable init step) …) (test result …) command …)
Expr* Expander::form_do(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<Value> list;
  if (!list_items(*p[1], list)) return error(p[1], "bindings of do must be a list of (variable init step)");
  Items ids, inits, steps;
  for (Handle b : hold_all(list)) {
    Items c;
    std::vector<Value> values;
    if (!list_items(*b, values) || values.size() < 2 || values.size() > 3 || !is_identifier(values[0]))
      return error(b, "a binding of do must be (variable init [step])");
    c = hold_all(values);
    ids.push_back(c[0]);
    inits.push_back(c[1]);
    steps.push_back(c.size() == 3 ? c[2] : Handle());
  }
  if (!check_distinct(ids, "variable")) return make_void();
  Items end;
  if (!parse(p[2], 1, -1, end)) return make_void();
  core::Variable* loop = unit_->unit.new_variable("do");
  std::vector<Expr*> call{make_ref(loop)};
  for (Handle init : inits) call.push_back(expand(init));
  span_ = here;
  Handle rib = hold(new_rib());
  std::vector<core::Variable*> variables;
  for (Handle id : ids) variables.push_back(bind_variable(*rib, *id));
  close_rib(*rib);
  auto inner = [&](Handle x) { return expand(hold(add_rib(*x, *rib))); };
  Expr* test = inner(end[0]);
  std::vector<Expr*> results, commands, again{nullptr};
  for (std::size_t i = 1; i < end.size(); ++i) results.push_back(inner(end[i]));
  for (std::size_t i = 3; i < p.size(); ++i) commands.push_back(inner(p[i]));
  for (std::size_t i = 0; i < ids.size(); ++i) again.push_back(steps[i] ? inner(steps[i]) : make_ref(variables[i]));
  span_ = here;
  again[0] = make_ref(loop);
  commands.push_back(make_call(std::move(again)));
  Expr* body = make_if(test, make_begin(std::move(results)), make_begin(std::move(commands)));
  Expr* lambda = make_lambda(variables, nullptr, body);
  lambda->name = "do";
  Expr* e = make(Tag::LetrecStar);
  e->bindings.push_back({loop, lambda});
  e->body = make_call(std::move(call));
  return e;
}

}  // namespace loko::syntax
