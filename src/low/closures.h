// SPDX-License-Identifier: MIT
//
// What lowering must know of a unit's lambdas before it starts: which calls are known, which lambdas become
// blocks of the function that calls them (contification: Fluet and Weeks, "Contification using dominators", with
// the simpler lattice of "one continuation or several"), and which free variables the closures have.
//
// INVARIANT(info): during lowering Variable::info is a VariableInfo, Expr::info of a Lambda is its LambdaInfo,
// and Expr::info of another expression is the Target it is the root of, or null.
#pragma once

#include <deque>
#include <unordered_set>

#include "core/language.h"

namespace loko::low {

struct LambdaInfo;

/// A continuation: where the value of `root`, evaluated not in tail position or as a lambda's body, goes.
struct Target {
  core::Expr* root = nullptr;
  LambdaInfo* owner = nullptr;            // set iff root is the body of a clause of owner
  std::vector<LambdaInfo*> contified;     // those that return to here
};

struct CallSite {
  core::Expr* call;
  Target* target;                         // in whose tail position it is
  int clause;
};

struct LambdaInfo {
  core::Expr* lambda = nullptr;
  core::Variable* variable = nullptr;     // bound to it, unassigned; null for anonymous ones
  core::Global* global = nullptr;         // immutable, defined once by this lambda
  bool escapes = false;                   // used otherwise than in a call with a fitting count
  bool dead = false;                      // never used, or only by dead lambdas
  std::vector<CallSite> calls;
  Target* contified = nullptr;            // becomes blocks in this target
  std::vector<core::Variable*> free;      // of the closure, if not contified
  bool free_known = false;
  bool closed = true;                     // no free variables
  u32 result_types = 0;                   // TypeBits (types.cpp)
  // of lowering
  u32 index = ~u32{0};                    // in Unit::lambdas, when it was asked for
  void* state = nullptr;
};

struct VariableInfo {
  LambdaInfo* lambda = nullptr;           // the value, if known to be this lambda
  bool boxed = false;
  u32 types = 0;                          // TypeBits of the value
  u32 cached = ~u32{0};                   // of lowering: the value in the present function
  u32 home = ~u32{0};
  int rep = 0;
  u64 constant = 0;
  bool is_constant = false;
  int free_index = -1;
};

struct Analysis {
  std::deque<LambdaInfo> lambdas;
  std::deque<Target> targets;
  std::deque<VariableInfo> variables;
  std::unordered_set<const core::Expr*> counter_steps;  // additions of small constants that never leave the fixnums
};

inline LambdaInfo* lambda_info(const core::Expr* lambda) { return static_cast<LambdaInfo*>(lambda->info); }
inline VariableInfo& variable_info(const core::Variable* v) { return *static_cast<VariableInfo*>(v->info); }

/// Fills the analysis and the info fields. The unit must be free of letrec*.
void analyze_closures(core::Unit& unit, Analysis& analysis);

/// Finds loop counters: variables that start small and change by small constants only. They can't leave the fixnums,
/// because it would take years. Fills Analysis::counter_steps.
void find_counters(core::Unit& unit, Analysis& analysis);

/// Computes VariableInfo::types and LambdaInfo::result_types, optimistically over known calls.
void recover_types(core::Unit& unit, Analysis& analysis);

/// TypeBits of a datum.
u32 type_of_datum(Value v);
/// TypeBits of the result of a primitive, given those of its operands.
u32 type_of_primitive(PrimitiveId id, const std::vector<u32>& operands);

}  // namespace loko::low
