// SPDX-License-Identifier: MIT
//
// Core forms that bind nothing: quote, conditionals, sequences, assignment (R6RS 11.4, 11.14, 11.18; R7RS 4.2).
#include "syntax/expander.h"

namespace loko::syntax {

Expr* Expander::form_quote(Handle form, Form) {
  Items p;
  if (!parse(form, 2, 2, p)) return make_void();
  return make_quote(cyclic_ ? strip_cyclic(*p[1]) : strip(*p[1]));
}

Expr* Expander::form_if(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, 4, p)) return make_void();
  Expr* test = expand(p[1]);
  Expr* yes = expand(p[2]);
  Expr* no = p.size() == 4 ? expand(p[3]) : make_void();
  span_ = here;
  return make_if(test, yes, no);
}

Expr* Expander::expand_sequence(const Items& forms, std::size_t from) {
  std::vector<Expr*> parts;
  for (std::size_t i = from; i < forms.size(); ++i) parts.push_back(expand(forms[i]));
  return make_begin(std::move(parts));
}

Expr* Expander::form_begin(Handle form, Form) {
  Items p;
  if (!parse(form, 1, -1, p)) return make_void();
  if (p.size() == 1) return error(form, "an empty (begin) is not an expression");
  return expand_sequence(p, 1);
}

Expr* Expander::form_and(Handle form, Form) {
  Items p;
  if (!parse(form, 1, -1, p)) return make_void();
  if (p.size() == 1) return make_quote(True);
  std::vector<Expr*> parts;
  for (std::size_t i = 1; i < p.size(); ++i) parts.push_back(expand(p[i]));
  Expr* e = parts.back();
  for (std::size_t i = parts.size() - 1; i-- > 0;) e = make_if(parts[i], e, make_quote(False));
  return e;
}

Expr* Expander::form_or(Handle form, Form) {
  Items p;
  if (!parse(form, 1, -1, p)) return make_void();
  if (p.size() == 1) return make_quote(False);
  std::vector<Expr*> parts;
  for (std::size_t i = 1; i < p.size(); ++i) parts.push_back(expand(p[i]));
  Expr* e = parts.back();
  for (std::size_t i = parts.size() - 1; i-- > 0;) {
    core::Variable* t = unit_->unit.new_variable("t");
    e = make_let({{t, parts[i]}}, make_if(make_ref(t), make_ref(t), e));
  }
  return e;
}

Expr* Expander::form_when(Handle form, Form f) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, -1, p)) return make_void();
  Expr* test = expand(p[1]);
  Expr* body = expand_sequence(p, 2);
  span_ = here;
  return f == Form::When ? make_if(test, body, make_void()) : make_if(test, make_void(), body);
}

Expr* Expander::form_cond(Handle form, Form) {
  Items p;
  if (!parse(form, 2, -1, p)) return make_void();
  return expand_cond(p, 1);
}

Expr* Expander::expand_cond(const Items& clauses, std::size_t first) {
  // Collected first, built from the end: long conds must not recurse.
  struct Part {
    Span span;
    Expr* test;
    Expr* then;
    bool arrow;
  };
  std::vector<Part> parts;
  Expr* otherwise = nullptr;
  for (std::size_t at = first; at < clauses.size() && !otherwise; ++at) {
    Items c;
    if (Span s = syntax::span_of(*clauses[at])) span_ = s;
    if (!parse(clauses[at], 1, -1, c)) continue;
    if (is_form(*c[0], Form::Else)) {
      if (at + 1 != clauses.size() || c.size() < 2) {
        error(clauses[at], "an else clause must be the last one and have a body");
        continue;
      }
      otherwise = expand_sequence(c, 1);
      break;
    }
    Span here = span_;
    if (c.size() == 1) {
      parts.push_back({here, expand(c[0]), nullptr, false});
    } else if (is_form(*c[1], Form::Arrow)) {
      if (c.size() != 3) {
        error(clauses[at], "a clause with => must be (test => procedure)");
        continue;
      }
      Expr* test = expand(c[0]);
      parts.push_back({here, test, expand(c[2]), true});
    } else {
      Expr* test = expand(c[0]);
      parts.push_back({here, test, expand_sequence(c, 1), false});
    }
  }
  Expr* e = otherwise ? otherwise : make_void();
  for (std::size_t i = parts.size(); i-- > 0;) {
    Part& part = parts[i];
    span_ = part.span;
    if (part.then && !part.arrow) {
      e = make_if(part.test, part.then, e);
      continue;
    }
    core::Variable* t = unit_->unit.new_variable("t");
    Expr* yes = part.arrow ? make_call({part.then, make_ref(t)}) : make_ref(t);
    e = make_let({{t, part.test}}, make_if(make_ref(t), yes, e));
  }
  return e;
}

Expr* Expander::form_set(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 3, 3, p)) return make_void();
  if (!is_identifier(*p[1])) return error(p[1], "set! needs an identifier, not " + write_datum(*p[1], 60));
  Meaning m = meaning(*p[1]);
  std::string name = symbol_text(expression_of(*p[1]));
  switch (m.kind) {
    case Meaning::Kind::Local: {
      if (m.local->phase != phase_)
        return error(p[1], "the variable `" + name + "` is not available when macros are expanded");
      core::Variable* v = m.local->variable;
      v->assigned = true;
      Expr* value = expand(p[2]);
      span_ = here;
      Expr* e = make(Tag::Set);
      e->variable = v;
      e->body = value;
      return e;
    }
    case Meaning::Kind::Unbound:
      if (top_ != Scope::Kind::Repl || !library_flag(*owner_, kEnvironmentMutable)) return unbound(p[1]);
      m.binding = implicit_global(*p[1]);
      if (binding_kind(m.binding) != BindingKind::Variable) return unbound(p[1]);
      [[fallthrough]];
    case Meaning::Kind::Global: {
      Value owner = vector_at(m.binding, kBindingOwner);
      if (owner != *owner_)
        return error(form, "the variable `" + name + "` is imported and cannot be assigned");
      add_binding_flag(m.binding, kFlagAssigned);
      Handle binding = hold(m.binding);
      assigned_.push_back({binding, place_of(*form)});
      Expr* value = expand(p[2]);
      span_ = here;
      Expr* e = make(Tag::GlobalSet);
      e->global = global_of(*binding);
      e->body = value;
      return e;
    }
    case Meaning::Kind::Macro: {
      Handle t = transformer_value(m, p[1]);
      if (stopped() || *t == Unbound) return make_void();
      bool native_setter = is_native(*t) && length_of(*t) >= 4 && vector_at(*t, 2) != False &&
                           vector_at(*t, 0) == symbol("%identifier-syntax");
      if (!is_variable_transformer(*t) && !native_setter)
        return error(form, "the keyword `" + name + "` cannot be assigned");
      return expand(transform(*t, form, Handle()));
    }
    case Meaning::Kind::Primitive: return error(form, "the variable `" + name + "` is imported and cannot be assigned");
    case Meaning::Kind::Form: return error(form, "the keyword `" + name + "` cannot be assigned");
    case Meaning::Kind::Pattern: return error(form, "the pattern variable `" + name + "` cannot be assigned");
    case Meaning::Kind::Stale: return error(form, "the identifier `" + name + "` is used outside the scope of its binding");
  }
  return make_void();
}

Expr* Expander::form_assert(Handle form, Form) {
  Items p;
  Span here = span_;
  if (!parse(form, 2, 2, p)) return make_void();
  std::string where = compiler_.sources.describe(here);
  Value irritants = list_of({strip(*p[1])});
  if (!where.empty()) irritants = list_of({strip(*p[1]), heap_string(where)});
  Handle held = hold(irritants);
  Expr* value = expand(p[1]);
  span_ = here;
  core::Variable* t = unit_->unit.new_variable("t");
  Expr* failed = make_prim("%assertion-failed", {make_quote(*held)});
  return make_let({{t, value}}, make_if(make_ref(t), make_ref(t), failed));
}

Expr* Expander::form_primitive_reference(Handle form, Form) {
  Items p;
  if (!parse(form, 2, 2, p)) return make_void();
  Expr* e = make(Tag::PrimRef);
  Value name = peel(*p[1]);
  if (!is_symbol(name) || !find_primitive(symbol_text(name), &e->primitive))
    return error(form, "there is no such primitive: " + write_datum(name));
  return e;
}

Expr* Expander::form_syntax_error(Handle form, Form) {
  Items p;
  if (!parse(form, 2, -1, p)) return make_void();
  std::string message = is_string(peel(*p[1])) ? string_text(peel(*p[1])) : write_datum(*p[1]);
  for (std::size_t i = 2; i < p.size(); ++i) message += " " + write_datum(*p[i]);
  return error(form, message);
}

}  // namespace loko::syntax
