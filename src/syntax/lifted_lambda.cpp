// SPDX-License-Identifier: MIT
//
// (%lifted-lambda WHO formals body ...): what `locus` and `locus/context` expand to ((loko loci)). A body for another process
// can't share variables with this one. WHO locus: a free lexical variable is a syntax error; the value is the pair of the procedure
// and (). WHO locus/context: the pair of the procedure and a list of (name . value), one for each free lexical variable, so
// that the values can be checked. Variables of libraries, of the main program and of the REPL are not lexical.
#include <unordered_set>

#include "syntax/expander.h"

namespace loko::syntax {
namespace {

/// The lexical variables that a tree mentions and does not bind, each with its first mention, in the order of the text.
struct FreeVariables {
  std::unordered_set<core::Variable*> bound, seen;
  std::vector<Expr*> mentions;

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
    for (Expr* e : found)
      if (!bound.count(e->variable) && seen.insert(e->variable).second) mentions.push_back(e);
  }
};

}  // namespace

Expr* Expander::form_lifted_lambda(Handle form, Form f) {
  Items p;
  if (!parse(form, 4, -1, p)) return make_void();
  std::vector<Value> rest{core_identifier("lambda")};
  for (std::size_t i = 2; i < p.size(); ++i) rest.push_back(*p[i]);
  Expr* lambda = form_lambda(hold(list_from(rest)), f);
  std::string who = symbol_text(peel(*p[1]));
  lambda->name = who;
  FreeVariables free;
  free.walk(lambda);
  Expr* captured = make_quote(Null);
  for (std::size_t i = free.mentions.size(); i-- > 0;) {
    Expr* mention = free.mentions[i];
    std::string name = mention->variable->name;
    if (who == "locus")
      report(mention->span, "syntax", "a locus can't use the variable " + name + " of its creator; locus/context sends its value", *form);
    Expr* entry = make_prim("cons", {make_quote(symbol(name)), make_ref(mention->variable)});
    captured = make_prim("cons", {entry, captured});
  }
  return make_prim("cons", {lambda, captured});
}

}  // namespace loko::syntax
