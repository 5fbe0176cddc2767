// SPDX-License-Identifier: MIT
//
// Macro uses and transformers. A transformer is a procedure; #(%variable-transformer procedure); native data
// #(%syntax-rules pattern template …) or #(%identifier-syntax template setter-pattern setter-template), which the
// expander runs itself; or #(%compile-time-value v), which is no macro at all.
#include "syntax/expander.h"
#include "syntax/matching.h"

namespace loko::syntax {
namespace {

/// A bare symbol outside all syntax objects of a transformer's output, or #f: such a symbol has no binding.
Value bare_symbol(Value x) {
  for (;;) {
    if (is_symbol(x)) return x;
    if (is_vector(x)) {
      for (i64 i = 0; i < static_cast<i64>(length_of(x)); ++i)
        if (Value v = bare_symbol(vector_at(x, i)); v != False) return v;
      return False;
    }
    if (!is_pair(x)) return False;
    if (Value v = bare_symbol(car(x)); v != False) return v;
    x = cdr(x);
  }
}

bool tagged(Value v, const char* tag) {
  return is_vector(v) && length_of(v) >= 2 && is_symbol(vector_at(v, 0)) && vector_at(v, 0) == symbol(tag);
}

}  // namespace

bool Expander::is_variable_transformer(Value v) { return tagged(v, "%variable-transformer"); }

bool Expander::is_native(Value v) { return tagged(v, "%syntax-rules") || tagged(v, "%identifier-syntax"); }

bool Expander::is_transformer(Value v) {
  return is_procedure(v) || is_variable_transformer(v) || is_native(v) || tagged(v, "%compile-time-value");
}

Value Expander::compile_time_value(Value id) {
  Meaning m = meaning(id);
  if (m.kind != Meaning::Kind::Macro) return Unbound;
  Value t = m.local ? m.local->transformer.get() : vector_at(m.binding, kBindingPayload);
  return tagged(t, "%compile-time-value") ? vector_at(t, 1) : t;
}

/// The transformer that a keyword stands for; Unbound after a report.
Handle Expander::transformer_value(const Meaning& m, Handle id) {
  Value t = m.local ? (m.local->transformer ? m.local->transformer.get() : Unbound) : vector_at(m.binding, kBindingPayload);
  if (t == False) return hold(Unbound);  // its definition had errors
  if (t == Unbound) error(id, "the macro `" + write_datum(*id) + "` is used before its definition");
  else if (tagged(t, "%compile-time-value")) {
    error(id, "the keyword `" + write_datum(*id) + "` is not a macro");
    t = Unbound;
  }
  return hold(t);
}

Value Expander::run_native(Value transformer, Value form, Value rib, bool& matched) {
  Instantiation in;
  in.marks = list_of({fresh_mark()});
  in.substs = list_of({rib == False ? kShift : shift_with_rib(rib)});
  matched = true;
  Value t = Null;
  if (tagged(transformer, "%syntax-rules")) {
    Value rest = form;
    if (is_pair_syntax(form)) {
      Walker w(form);
      w.next();
      rest = w.rest();
    } else {
      matched = false;
      return False;
    }
    i64 n = static_cast<i64>(length_of(transformer));
    i64 i = 1;
    for (; i + 1 < n; i += 2) {
      in.variables.clear();
      if (match(rest, vector_at(transformer, i), in.variables)) break;
    }
    if (i + 1 >= n) {
      matched = false;
      return False;
    }
    t = vector_at(transformer, i + 1);
  } else if (is_pair_syntax(form)) {
    Value head = Walker(form).item();
    if (is_identifier(head) && is_form(head, Form::Set)) {
      if (vector_at(transformer, 2) == False || !match(form, vector_at(transformer, 2), in.variables)) {
        matched = false;
        return False;
      }
      t = vector_at(transformer, 3);
    } else {
      // (id . operands) -> (expression . operands)
      Walker w(form);
      w.next();
      return make_pair(syntax::instantiate(vector_at(transformer, 1), in), w.rest());
    }
  } else {
    t = vector_at(transformer, 1);
  }
  Value result = syntax::instantiate(t, in);
  if (in.problem) {
    report(place_of(form), "syntax", in.problem, form);
    return False;
  }
  return result;
}

/// Expands a macro use once. `rib` (may be null) is where definitions in the result will go.
Handle Expander::transform(Value transformer, Handle form, Handle rib) {
  if (++depth_ > 1000000) {
    error(form, "macro expansion does not seem to end");
    too_deep_ = true;
    return form;
  }
  Value result;
  if (is_native(transformer)) {
    bool matched;
    // Parts of the input keep their wraps; what the template introduces gets the mark.
    result = run_native(transformer, *form, rib ? *rib : False, matched);
    if (!matched) {
      Value head = is_pair_syntax(*form) ? Walker(*form).item() : *form;
      note_use_of_macro(form);
      error(form, "no rule of the macro `" + write_datum(head) + "` matches " + write_datum(*form, 120));
      return hold(True);
    }
  } else {
    Value procedure = is_variable_transformer(transformer) ? vector_at(transformer, 1) : transformer;
    Value input = add_wrap(*form, list_of({kAntiMark}), list_of({kShift}));
    if (stopped()) return hold(True);
    Value output = task_.transform(procedure, input, *form);
    if (stopped()) return hold(True);
    if (Value bare = bare_symbol(output); bare != False) {
      Value head = is_pair_syntax(*form) ? Walker(*form).item() : *form;
      error(form, "the macro `" + write_datum(head) + "` put the bare symbol `" + symbol_text(bare) +
                      "` into its output (use a syntax template or datum->syntax)");
      return hold(True);
    }
    Value substs = list_of({rib ? shift_with_rib(*rib) : kShift});
    result = add_wrap(output, list_of({fresh_mark()}), substs);
  }
  note_use_of_macro(form);
  return hold(result);
}

void Expander::note_use_of_macro(Handle form) {
  if (compiler_.building_image) return;
  Value head = is_pair_syntax(*form) ? Walker(*form).item() : *form;
  Span span = place_of(*form);
  if (span && is_identifier(head)) macro_uses_.emplace(u64{span.source} << 32 | span.begin, symbol_text(expression_of(head)));  // the outermost one
}

// -- definitions of transformers --

Value Expander::native_transformer(Form form, Handle rhs) {
  std::vector<Value> parts;
  if (!list_items(*rhs, parts) || parts.size() < 2) {
    error(rhs, "invalid syntax: " + write_datum(*rhs, 80));
    return False;
  }
  std::size_t before = diagnostics_.error_count();
  TemplateState state;
  state.form = rhs;
  std::vector<PatternVariable> variables;
  std::vector<std::pair<int, int>> used;
  if (form == Form::IdentifierSyntax) {
    state.ellipsis = False;
    state.rule_variables = &variables;
    Value out = vector_of({symbol("%identifier-syntax"), Null, False, Null});
    if (parts.size() == 2) {
      vector_put(out, 1, compile_template(parts[1], state, 0, &used, 0));
    } else {
      std::vector<Value> get, set;
      if (parts.size() != 3 || !list_items(parts[1], get) || get.size() != 2 || !list_items(parts[2], set) || set.size() != 2) {
        error(rhs, "identifier-syntax must be (identifier-syntax template) or "
                   "(identifier-syntax (id template) ((set! id pattern) template))");
        return False;
      }
      vector_put(out, 1, compile_template(get[1], state, 0, &used, 0));
      std::vector<Value> setter;
      list_items(set[0], setter);
      if (setter.size() != 3) {
        error(rhs, "the second clause of identifier-syntax must be ((set! id pattern) template)");
        return False;
      }
      // (_ _ pattern): the keyword and the name are known.
      Value pattern = compile_pattern(setter[2], {}, False, 0, variables, rhs);
      vector_put(out, 2, list_of({False, False, pattern}));
      vector_put(out, 3, compile_template(set[1], state, 0, &used, 0));
    }
    return diagnostics_.error_count() == before ? out : False;
  }
  Value ellipsis = False;
  std::size_t at = 1;
  if (is_identifier(parts[1])) {
    ellipsis = parts[1];
    ++at;
  }
  std::vector<Value> literals;
  if (at >= parts.size() || !list_items(parts[at], literals)) {
    error(rhs, "syntax-rules needs a list of literals");
    return False;
  }
  for (Value l : literals) {
    if (!is_identifier(l)) {
      error(hold(l), "a literal of syntax-rules must be an identifier");
      return False;
    }
    if (is_ellipsis(l, ellipsis)) ellipsis = Unbound;  // then there is no ellipsis in these rules (R7RS 4.3.2)
  }
  std::vector<Value> out{symbol("%syntax-rules")};
  for (++at; at < parts.size(); ++at) {
    std::vector<Value> rule;
    if (!list_items(parts[at], rule) || rule.size() != 2 || !is_pair_syntax(rule[0])) {
      error(hold(parts[at]), "a rule must be ((keyword . pattern) template)");
      continue;
    }
    variables.clear();
    used.clear();
    Walker w(rule[0]);
    w.next();
    Handle pattern_form = hold(rule[0]);
    out.push_back(compile_pattern(w.rest(), literals, ellipsis, 0, variables, pattern_form));
    TemplateState rule_state;
    rule_state.ellipsis = ellipsis;
    rule_state.rule_variables = &variables;
    rule_state.form = hold(rule[1]);
    out.push_back(compile_template(rule[1], rule_state, 0, &used, 0));
  }
  return diagnostics_.error_count() == before ? vector_from(out) : False;
}

/// The value of a right-hand side of define-syntax and such; #f after errors.
Handle Expander::eval_transformer(Handle rhs, const std::string& name) {
  Span keep = span_;
  if (Span s = syntax::span_of(*rhs)) span_ = s;
  for (;;) {
    if (stopped()) return hold(False);
    if (!is_pair_syntax(*rhs)) break;
    Value head = Walker(*rhs).item();
    Meaning m = meaning(head);
    if (m.is(Form::SyntaxRules) || m.is(Form::IdentifierSyntax)) {
      Handle t = hold(native_transformer(m.form, rhs));
      span_ = keep;
      return t;
    }
    if (m.kind != Meaning::Kind::Macro) break;
    Handle t = transformer_value(m, hold(head));
    if (*t == Unbound) return hold(False);
    rhs = transform(*t, rhs, Handle());
  }
  std::size_t before = diagnostics_.error_count();
  UnitState* outer = unit_;
  std::unique_ptr<UnitState> state = new_unit(name);
  unit_ = state.get();
  ++phase_;
  Expr* e = expand(rhs);
  --phase_;
  unit_ = outer;
  Handle result = hold(False);
  if (diagnostics_.error_count() == before && !stopped()) {
    Handle thunk = hold(compile_unit(*state, e));
    if (!compiler_.compile) error(rhs, "there is no compiler to evaluate this transformer");
    if (*thunk != False) fill_primitive_cells();
    if (*thunk != False && instantiate_all(state->libraries)) {
      Value v = call(*thunk, Null);
      if (stopped()) v = False;
      else if (!is_transformer(v)) {
        error(rhs, "the right-hand side of the syntax definition of `" + name + "` is not a transformer");
        v = False;
      }
      result.set(v);
    }
  }
  span_ = keep;
  return result;
}

}  // namespace loko::syntax
