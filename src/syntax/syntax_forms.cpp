// SPDX-License-Identifier: MIT
//
// syntax-case, syntax, quasisyntax, with-syntax, and transformers as expressions (R6RS libraries 12).
#include "syntax/expander.h"

namespace loko::syntax {

Expr* Expander::template_expression(Handle t, bool quasi, Handle form) {
  TemplateState state;
  state.ellipsis = False;
  state.quasi = quasi;
  state.form = form;
  std::vector<std::pair<int, int>> used;
  Value compiled = compile_template(*t, state, 0, &used, 0);
  if (state.failed) return make_void();
  if (state.variables.empty() && state.holes.empty()) {
    // A constant as a whole: with the wrap of the template, without places.
    if (is_vector(compiled) && vector_at(compiled, 0) == fixnum(0)) return make_quote(vector_at(compiled, 1));
    if (!is_vector(compiled) && !is_pair(compiled)) return make_quote(compiled);
  }
  Handle held = hold(compiled);
  std::vector<Expr*> variables, holes;
  for (TemplateVariable& v : state.variables) variables.push_back(make_ref(v.variable));
  Span here = span_;
  Items hole_forms = state.holes;
  if (is_fixnum(*held)) return hole_forms.empty() ? variables[0] : expand(hole_forms[0]);
  for (Handle h : hole_forms) holes.push_back(expand(h));
  span_ = here;
  Expr* q = make_quote(*held);
  return make_prim("%syntax-template", {q, make_prim("list", std::move(variables)), make_prim("list", std::move(holes))});
}

Expr* Expander::form_syntax(Handle form, Form f) {
  Items p;
  if (!parse(form, 2, 2, p)) return make_void();
  return template_expression(p[1], f == Form::Quasisyntax, form);
}

// (syntax-case expression (literal …) (pattern [fender] output) …)
Expr* Expander::form_syntax_case(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<Value> literals;
  if (!list_items(*p[2], literals)) return error(p[2], "syntax-case needs a list of literals");
  for (Value l : literals) {
    if (!is_identifier(l)) return error(hold(l), "a literal of syntax-case must be an identifier");
    if (is_ellipsis(l, False) || is_form(l, Form::Underscore)) return error(hold(l), "a literal of syntax-case must not be `...` or `_`");
  }
  Items held = hold_all(literals);
  Expr* subject = expand(p[1]);
  span_ = here;
  core::Variable* v = unit_->unit.new_variable("subject");
  Expr* body = expand_syntax_clauses(p, 3, v, form, held);
  span_ = here;
  return make_let({{v, subject}}, body);
}

Expr* Expander::expand_syntax_clauses(const Items& clauses, std::size_t at, core::Variable* subject, Handle form,
                                      const Items& literals) {
  if (at == clauses.size()) return make_prim("%syntax-no-match", {make_ref(subject)});
  Items c;
  if (!parse(clauses[at], 2, 3, c)) return make_void();
  std::vector<Value> literal_values;
  for (Handle l : literals) literal_values.push_back(*l);
  std::vector<PatternVariable> variables;
  std::size_t before = diagnostics_.error_count();
  Handle pattern = hold(compile_pattern(*c[0], literal_values, False, 0, variables, c[0]));
  if (diagnostics_.error_count() != before) return make_void();
  Handle rib = hold(new_rib());
  std::vector<core::Variable*> bound;
  for (PatternVariable& pv : variables) {
    Local* local = task_.arena().make<Local>();
    local->kind = Local::Kind::Pattern;
    local->variable = new_variable(pv.id);
    local->depth = pv.depth;
    local->phase = phase_;
    bind_local(*rib, pv.id, local);
    bound.push_back(local->variable);
  }
  close_rib(*rib);
  bool total = *pattern == True || *pattern == False;
  Expr* fender = c.size() == 3 ? expand(hold(add_rib(*c[1], *rib))) : nullptr;
  Expr* output = expand(hold(add_rib(*c.back(), *rib)));
  bool last_needed = !total || fender;
  Expr* next = last_needed ? expand_syntax_clauses(clauses, at + 1, subject, form, literals) : nullptr;
  core::Variable* fail = nullptr;
  auto otherwise = [&]() { return fail ? make_call({make_ref(fail)}) : next; };
  if (fender && !total) fail = unit_->unit.new_variable("fail");
  Expr* body = fender ? make_if(fender, output, otherwise()) : output;
  if (total) {
    if (!bound.empty()) body = make_let({{bound[0], make_ref(subject)}}, body);
  } else {
    core::Variable* m = unit_->unit.new_variable("match");
    std::vector<core::Binding> bindings;
    for (std::size_t i = 0; i < bound.size(); ++i)
      bindings.push_back({bound[i], make_prim("vector-ref", {make_ref(m), make_quote(fixnum(static_cast<i64>(i)))})});
    body = make_if(make_ref(m), make_let(std::move(bindings), body), otherwise());
    body = make_let({{m, make_prim("%syntax-dispatch", {make_ref(subject), make_quote(*pattern)})}}, body);
  }
  if (fail) body = make_let({{fail, make_lambda({}, nullptr, next)}}, body);
  return body;
}

// (with-syntax ((pattern expression) …) body …)
Expr* Expander::form_with_syntax(Handle form, Form) {
  Items p;
  if (!parse(form, 3, -1, p)) return make_void();
  std::vector<Value> list;
  if (!list_items(*p[1], list)) return error(p[1], "with-syntax needs a list of (pattern expression)");
  std::vector<Value> patterns, expressions{core_identifier("list")}, body{core_identifier("let"), Null};
  for (Value b : list) {
    std::vector<Value> parts;
    if (!list_items(b, parts) || parts.size() != 2) return error(hold(b), "a binding must be (pattern expression)");
    patterns.push_back(parts[0]);
    expressions.push_back(parts[1]);
  }
  for (std::size_t i = 2; i < p.size(); ++i) body.push_back(*p[i]);
  Value clause = list_of({list_from(patterns), list_from(body)});
  return expand(hold(list_of({core_identifier("syntax-case"), list_from(expressions), Null, clause})));
}

/// (syntax-rules …) and (identifier-syntax …) where a procedure is wanted.
Expr* Expander::form_native_transformer(Handle form, Form f) {
  Value t = native_transformer(f, form);
  if (t == False) return make_void();
  core::Variable* x = unit_->unit.new_variable("form");
  return make_lambda({x}, nullptr, make_prim("%apply-native-transformer", {make_ref(x), make_quote(t)}));
}

}  // namespace loko::syntax
