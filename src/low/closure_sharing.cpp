// SPDX-License-Identifier: MIT
//
// What remains of the closures of procedures all of whose calls are known ("well-known"), after Keep, Hearn and Dybvig, "Optimizing Closures
// in O(0) Time" (2012), section 2: those that need each other share one closure with the variables of all, which is that of a procedure that
// escapes, if there is one among them; a well-known closure has no code pointer. With two variables it is a pair, with one it is that
// variable, and what needs the procedure needs the variable instead.
//
// INVARIANT(space): a closure holds on to nothing that it did not hold on to through the closures of its group before: only procedures that
// reach each other share.
#include <algorithm>
#include <unordered_map>

#include "base/components.h"
#include "low/closures.h"

namespace loko::low {
namespace {

using core::Variable;
using Closure = LambdaInfo::Closure;

/// The open procedure that the variable is bound to, or null.
LambdaInfo* procedure_of(const Variable* v) {
  LambdaInfo* l = variable_info(v).lambda;
  return l && !l->closed && !l->contified ? l : nullptr;
}

struct Sharing {
  Analysis& analysis;
  std::vector<LambdaInfo*> open{};

  void run() {
    for (LambdaInfo& l : analysis.lambdas)
      if (!l.contified && !l.closed && !l.dead) open.push_back(&l);
    find_groups();
    for (LambdaInfo* l : open) l->free = with_owners(l->free, l);
    for (LambdaInfo* l : open)
      if (l->shares) l->free = l->shares->free;
    choose_forms();
  }

  void find_groups() {
    std::unordered_map<const LambdaInfo*, u32> number;
    for (u32 i = 0; i < open.size(); ++i) number[open[i]] = i;
    std::vector<std::vector<u32>> needs(open.size());
    for (u32 i = 0; i < open.size(); ++i)
      for (Variable* v : open[i]->free)
        if (LambdaInfo* l = procedure_of(v); l && !l->dead) needs[i].push_back(number.at(l));
    strong_components(open.size(), [&](size_t i) -> const std::vector<u32>& { return needs[i]; }, [&](const std::vector<size_t>& members) {
      std::vector<LambdaInfo*> group;
      for (size_t i : members) group.push_back(open[i]);
      share(group);
    });
  }

  static void share(std::vector<LambdaInfo*>& group) {
    if (group.size() < 2) return;
    auto escaping = std::find_if(group.begin(), group.end(), [](const LambdaInfo* l) { return l->escapes; });
    LambdaInfo* owner = escaping == group.end() ? group.back() : *escaping;
    for (LambdaInfo* l : group)
      if (l != owner && !l->escapes) l->shares = owner;
    for (LambdaInfo* l : group)
      if (l->shares) owner->free.insert(owner->free.end(), l->free.begin(), l->free.end());
  }

  /// The variables, procedures being represented by the owner of their closure, each once and not l's own.
  static std::vector<Variable*> with_owners(const std::vector<Variable*>& free, const LambdaInfo* l) {
    std::vector<Variable*> all;
    for (Variable* v : free) {
      LambdaInfo* used = procedure_of(v);
      if (used) v = closure_owner(used)->variable;
      if (used && closure_owner(used) == closure_owner(l)) continue;
      if (std::find(all.begin(), all.end(), v) == all.end()) all.push_back(v);
    }
    return all;
  }

  /// Closures of one variable become that variable everywhere, which may leave others with one or two.
  void choose_forms() {
    std::unordered_map<const LambdaInfo*, std::vector<LambdaInfo*>> users;
    for (LambdaInfo* l : open)
      for (Variable* v : l->free)
        if (LambdaInfo* used = procedure_of(v)) users[used].push_back(l);
    std::vector<LambdaInfo*> single;
    auto note = [&](LambdaInfo* l) {
      if (l->variable && !l->escapes && !l->shares && l->free.size() == 1 && l->closure != Closure::Variable) {
        l->closure = Closure::Variable;
        single.push_back(l);
      }
    };
    for (LambdaInfo* l : open) note(l);
    while (!single.empty()) {
      LambdaInfo* l = single.back();
      single.pop_back();
      Variable* instead = l->free[0];
      LambdaInfo* behind = procedure_of(instead);
      for (LambdaInfo* user : users[l]) {
        std::vector<Variable*> all;
        for (Variable* v : user->free) {
          if (v == l->variable) v = instead;
          if (std::find(all.begin(), all.end(), v) == all.end()) all.push_back(v);
        }
        user->free = std::move(all);
        if (behind) users[behind].push_back(user);
        note(user);
      }
    }
    for (LambdaInfo* l : open)
      if (l->variable && !l->escapes && !l->shares && l->free.size() == 2) l->closure = Closure::Pair;
    for (LambdaInfo* l : open)
      if (l->shares) l->free = l->shares->free, l->closure = l->shares->closure;
  }
};

}  // namespace

void share_closures(Analysis& analysis) { Sharing{analysis}.run(); }

std::string print_closures(const Analysis& analysis) {
  std::string out;
  for (const LambdaInfo& l : analysis.lambdas) {
    const char* used = l.dead ? "dead" : l.escapes ? "escapes" : "known";
    out += "(" + std::string(l.lambda->name.empty() ? "_" : std::string(l.lambda->name.data(), l.lambda->name.size())) + " " + used;
    if (l.contified) {
      std::string into = !l.contified->owner ? "an operand" : std::string(l.contified->owner->lambda->name.data(), l.contified->owner->lambda->name.size());
      out += " (contified " + into + ")";
    } else if (!l.dead && l.closed) {
      out += " static";
    } else if (!l.dead) {
      const char* form = l.closure == Closure::Variable ? "variable" : l.closure == Closure::Pair ? "pair" : "closure";
      out += std::string(" (") + form;
      for (const Variable* v : l.free) out += " " + std::string(v->name.data(), v->name.size());
      out += ")";
      if (l.shares) out += " (of " + std::string(l.shares->lambda->name.data(), l.shares->lambda->name.size()) + ")";
    }
    out += ")\n";
  }
  return out;
}

}  // namespace loko::low
