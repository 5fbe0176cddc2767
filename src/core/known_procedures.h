// SPDX-License-Identifier: MIT
//
// The procedures of a unit all of whose uses are in sight: bound to a variable of let or letrec that is not assigned, or the value of a
// program's own variable, and only called, with counts of arguments that they take. Passes that change what is passed start here.
#pragma once

#include <deque>
#include <unordered_map>
#include <vector>

#include "core/build.h"

namespace loko::core {

/// A procedure with all its uses.
struct KnownProcedure {
  Expr* lambda = nullptr;
  bool escapes = false;         // used otherwise, or called with a count that it does not take: nothing may change then
  std::vector<Expr*> calls;
  std::vector<Expr*> applications;  // (%apply p list): the list may have any length
  u32 at = 0;                   // preorder number of the lambda
};

/// Finds them in one walk. The pointers remain valid; expressions may be changed in place as long as calls stay calls of the same procedure.
class KnownProcedures {
 public:
  explicit KnownProcedures(Unit& unit);
  /// The procedure that a call calls if all uses of that are known, else null.
  KnownProcedure* called_by(const Expr* call) const { return known(call->parts[0]); }
  /// The procedure that a reference refers to, if all its uses are known, else null.
  KnownProcedure* known(const Expr* reference) const;
  std::deque<KnownProcedure>& all() { return all_; }
  /// Is the variable bound to a lambda expression, for good?
  bool known_lambda(const Variable* v) const { return by_name_.count(v) != 0; }
  /// Is the variable in scope where the procedure's lambda expression stands?
  bool in_scope(const Variable* v, const KnownProcedure& p) const;

 private:
  void declare(const void* name, Expr* lambda);
  void walk(Expr* e);
  void call(Expr* e);
  void bind(const Variable* v) { scopes_[v] = {position_, 0}; }
  KnownProcedure* named(const Expr* reference) const;

  std::deque<KnownProcedure> all_;
  std::unordered_map<const void*, KnownProcedure*> by_name_;    // variables and globals
  std::unordered_map<const Expr*, KnownProcedure*> by_lambda_;
  std::unordered_map<const Variable*, std::pair<u32, u32>> scopes_;  // preorder numbers: from, to before
  u32 position_ = 0;
};

}  // namespace loko::core
