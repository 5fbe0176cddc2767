// SPDX-License-Identifier: MIT
//
// Variables of the top level that may be used before their definition (early_uses.h) are treated as variables that
// change: their uses check that there is a value, and nothing is integrated or called directly. That holds for all
// definitions, since others may turn out to be procedures or constants later.
#include "core/early_uses.h"
#include "core/passes.h"

namespace loko::core {
namespace {

/// The definitions and expressions of a top level, in order.
void flatten(Expr* e, std::vector<Expr*>& out) {
  if (e->tag != Tag::Begin) return out.push_back(e);
  for (Expr* p : e->parts) flatten(p, out);
}

}  // namespace

void check_early_globals(Unit& unit) {
  std::vector<Expr*> forms;
  flatten(unit.body, forms);
  EarlyUses uses;
  std::unordered_map<const Global*, size_t> defined_at;
  for (size_t i = 0; i < forms.size(); ++i) {
    if (forms[i]->tag != Tag::GlobalDefine) continue;
    defined_at.emplace(forms[i]->global, i);
    if (forms[i]->body->tag == Tag::Lambda) uses.lambdas.emplace(forms[i]->global, forms[i]->body);
  }
  size_t now = 0;
  uses.global_used = [&](Global* g) {
    auto at = defined_at.find(g);
    if (at != defined_at.end() && at->second > now) g->immutable = false;
  };
  for (; now < forms.size(); ++now) uses.walk(forms[now]);
}

}  // namespace loko::core
