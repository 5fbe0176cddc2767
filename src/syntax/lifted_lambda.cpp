// SPDX-License-Identifier: MIT
//
// (%lifted-lambda WHO formals body ...): what `locus` and `locus/context` expand to ((loko loci)). A body for another process
// can't share variables with this one. WHO locus: a free lexical variable is a syntax error; the value is the pair of the procedure
// and (). WHO locus/context: the pair of the procedure and a list of (name . value), one for each free lexical variable, so
// that the values can be checked. Variables of libraries, of the main program and of the REPL are not lexical.
//
// (%closed-expression EXPRESSION): the expression as code without environment, for processes that have the code already
// ((loko loci pool tasks)): (key procedure (name . value) ...). The parameters of the procedure are the free lexical variables, whose
// names and values follow; its value is that of EXPRESSION. key is an uninterned symbol: copies of the code that the optimizer
// makes have the same one.
#include <unordered_map>
#include <unordered_set>

#include "syntax/expander.h"

namespace loko::syntax {
namespace {

/// The lexical variables that a tree mentions and does not bind: all mentions, and the first of each, in the order of the text.
struct FreeVariables {
  std::unordered_set<core::Variable*> bound, seen;
  std::vector<Expr*> mentions, all;

  void bind(const Expr* e) {
    for (const core::Binding& b : e->bindings) bound.insert(b.variable);
    for (const core::Clause& c : e->clauses) {
      bound.insert(c.required.begin(), c.required.end());
      if (c.rest) bound.insert(c.rest);
    }
  }

  /// No recursion: bodies may be deep. A variable has one binding place, so scopes need not be left again.
  void walk(Expr* root) {
    std::vector<Expr*> left{root}, found;
    while (!left.empty()) {
      Expr* e = left.back();
      left.pop_back();
      bind(e);
      if (e->tag == Tag::Ref || e->tag == Tag::Set) found.push_back(e);
      if (e->body) left.push_back(e->body);
      for (std::size_t i = e->parts.size(); i-- > 0;) left.push_back(e->parts[i]);
      for (std::size_t i = e->bindings.size(); i-- > 0;) left.push_back(e->bindings[i].value);
      for (std::size_t i = e->clauses.size(); i-- > 0;) left.push_back(e->clauses[i].body);
    }
    for (Expr* e : found) {
      if (bound.count(e->variable)) continue;
      all.push_back(e);
      if (seen.insert(e->variable).second) mentions.push_back(e);
    }
  }
};

}  // namespace

/// An expression for the list of (name . value) of the variables.
Expr* Expander::make_captured(const std::vector<Expr*>& mentions) {
  Expr* captured = make_quote(Null);
  for (std::size_t i = mentions.size(); i-- > 0;) {
    core::Variable* v = mentions[i]->variable;
    Expr* entry = make_prim("cons", {make_quote(symbol(std::string(v->name))), make_ref(v)});
    captured = make_prim("cons", {entry, captured});
  }
  return captured;
}

Expr* Expander::form_lifted_lambda(Handle form, Form f) {
  Items p;
  if (!parse(form, 4, -1, p)) return make_void();
  if (!compiler_.building_image) compiler_.creates_loci = true;
  std::vector<Value> rest{core_identifier("lambda")};
  for (std::size_t i = 2; i < p.size(); ++i) rest.push_back(*p[i]);
  Expr* lambda = form_lambda(hold(list_from(rest)), f);
  std::string who = symbol_text(peel(*p[1]));
  lambda->name = who;
  FreeVariables free;
  free.walk(lambda);
  if (who == "locus")
    for (Expr* mention : free.mentions)
      report(mention->span, "syntax",
             "a locus can't use the variable " + std::string(mention->variable->name) + " of its creator; locus/context sends its value", *form);
  return make_prim("cons", {lambda, make_captured(free.mentions)});
}

Expr* Expander::form_closed_expression(Handle form, Form f) {
  Items p;
  if (!parse(form, 2, 2, p)) return make_void();
  Expr* lambda = form_lambda(hold(list_from({core_identifier("lambda"), Null, *p[1]})), f);
  FreeVariables free;
  free.walk(lambda);
  Expr* captured = make_captured(free.mentions);
  std::unordered_map<core::Variable*, core::Variable*> parameters;
  for (Expr* mention : free.mentions) {
    core::Variable* v = unit_->unit.new_variable(mention->variable->name);
    parameters[mention->variable] = v;
    lambda->clauses[0].required.push_back(v);
  }
  for (Expr* e : free.all) {
    e->variable = parameters[e->variable];
    if (e->tag == Tag::Set) e->variable->assigned = true;
  }
  Expr* key = make_quote(make_uninterned_symbol(make_string_utf8("site", 4)));
  return make_prim("cons", {key, make_prim("cons", {lambda, captured})});
}

}  // namespace loko::syntax
