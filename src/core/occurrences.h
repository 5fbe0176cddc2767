// SPDX-License-Identifier: MIT
//
// Where the variables of letrec and the globals of a unit occur, by the preorder number of the node. One walk finds them all, so that
// passes needn't search the value of each binding again when bindings nest.
// INVARIANT(places): the numbers are those of the tree at construction; a pass may rewrite it as long as what is inside of a
// binding's value stays there.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/build.h"

namespace loko::core {

enum class Use : u8 { Reference, Assignment, Call, TailCall };

/// One occurrence. A tail call is one in the body of the innermost lambda around.
struct Place {
  u32 at = 0;
  u32 lambdas = 0;   // how many are around
  u32 operands = 0;  // of a call
  Use use{};
};

/// A variable or global, with the nodes from `begin` to before `end` being its value.
struct Occurrences {
  u32 begin = 0, end = 0;
  u32 lambdas = 0;  // around the value
  std::vector<Place> places;
};

/// Occurrences of the variables that letrec and letrec* bind, and of globals.
class OccurrenceIndex {
 public:
  explicit OccurrenceIndex(const Expr* root) { walk(root, true); }
  const Occurrences& of(const void* variable_or_global) { return all_[variable_or_global]; }

 private:
  void walk(const Expr* e, bool tail);
  void value(const void* of, const Expr* e);
  void note(const void* of, Use use, u32 operands = 0);
  std::unordered_map<const void*, Occurrences> all_;
  u32 position_ = 0, lambdas_ = 0;
};

}  // namespace loko::core
