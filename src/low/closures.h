// SPDX-License-Identifier: MIT
//
// What lowering must know of a unit's lambdas before it starts: which calls are known, which lambdas become
// blocks of the function that calls them (contification.cpp), and which free variables the closures have.
//
// INVARIANT(info): during lowering Variable::info is a VariableInfo, Expr::info of a Lambda is its LambdaInfo,
// and Expr::info of another expression is the Target it is the root of, or null.
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "core/build.h"
#include "core/datum_type.h"
#include "core/language.h"

namespace loko::low {

struct LambdaInfo;

/// A continuation: where the value of `root`, evaluated not in tail position or as a lambda's body, goes.
struct Target {
  core::Expr* root = nullptr;
  LambdaInfo* owner = nullptr;            // set iff root is the body of a clause of owner
  LambdaInfo* inside = nullptr;           // the lambda around root, or null in the thunk
  u32 receives = 0;                       // how many values root must give if it is where a receive gets them from
  std::vector<LambdaInfo*> contified;     // those that return to here
};

struct CallSite {
  core::Expr* call;
  Target* target;                         // in whose tail position it is
  int clause;
  LambdaInfo* inside;                     // the lambda around the call, or null in the thunk
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
  LambdaInfo* shares = nullptr;           // whose closure it uses (closure_sharing.cpp); `free` is that one's
  enum class Closure : u8 { Procedure, Pair, Variable } closure = Closure::Procedure;  // without code pointer: two variables, one
  u32 result_types = 0;                   // TypeBits (types.cpp)
  bool returns_float = false;             // returns a double in a register (only known calls, all results flonums)
  u32 returns_values = 0;                 // if not 0: returns that many values without counting them (value_returns.cpp)
  bool open = false;                      // of type recovery: its body is being walked
  std::vector<u32> again;                 // TypeBits of the arguments of calls in its own body; empty if there are none
  // of lowering
  u32 index = ~u32{0};                    // in Unit::lambdas, when it was asked for
  void* state = nullptr;
};

struct VariableInfo {
  LambdaInfo* lambda = nullptr;           // the value, if known to be this lambda
  Target* exit = nullptr;                 // of an exit: where its calls return to
  bool boxed = false;
  u32 types = 0;                          // TypeBits of the value
  u32 narrowed = kTypeAny;                // of type recovery: what it can be on the present path
  u32 cached = ~u32{0};                   // of lowering: the value in the present function
  u32 home = ~u32{0};
  int rep = 0;
  u64 constant = 0;
  bool is_constant = false;
  int free_index = -1;
};

struct Analysis {
  bool complex = false;  // the unit makes complex numbers or takes them apart
  std::deque<LambdaInfo> lambdas;
  std::deque<Target> targets;
  std::deque<VariableInfo> variables;
  std::unordered_map<const core::Global*, u32> global_types;  // of immutable globals with one definition
  std::unordered_set<const core::Expr*> counter_steps;  // additions of small constants that never leave the fixnums
};

/// The lambda whose closure l uses.
inline const LambdaInfo* closure_owner(const LambdaInfo* l) { return l->shares ? l->shares : l; }
inline LambdaInfo* closure_owner(LambdaInfo* l) { return l->shares ? l->shares : l; }
inline LambdaInfo* lambda_info(const core::Expr* lambda) { return static_cast<LambdaInfo*>(lambda->info); }
VariableInfo& variable_info(const core::Variable* v);
/// A parameter that is passed as an unboxed double: all calls of its lambda are known and give flonums.
inline bool is_float_parameter(const LambdaInfo& l, const core::Variable* v) {
  return !l.escapes && !v->assigned && static_cast<VariableInfo*>(v->info)->types == kTypeFlonum;
}
inline VariableInfo& variable_info(const core::Variable* v) { return *static_cast<VariableInfo*>(v->info); }

/// Fills the analysis and the info fields. The unit must be free of letrec*.
void analyze_closures(core::Unit& unit, Analysis& analysis);

/// Are all exits jumps within one function? It must be so whenever the analysis is made anew.
bool exits_are_jumps(const Analysis& analysis);

/// Finds the lambdas that become blocks: sets LambdaInfo::contified, Target::contified and the info of the targets' roots.
void contify(Analysis& analysis);

/// Decides for the lambdas with free variables which closures they share and which need no code pointer.
void share_closures(Analysis& analysis);

/// One line for each lambda: how it is used, what it is contified into, what its closure is.
std::string print_closures(const Analysis& analysis);

/// Finds the functions that return several values to where as many are received: sets LambdaInfo::returns_values. Needs contification.
void find_value_returns(Analysis& analysis);
/// The target that t's value reaches through lambdas that were contified: a function's body, or what is not in tail position.
inline Target* final_target(Target* t) {
  while (t->owner && t->owner->contified) t = t->owner->contified;
  return t;
}

/// Finds loop counters: variables that start small and change by small constants only. They can't leave the fixnums,
/// because it would take years. Fills Analysis::counter_steps.
void find_counters(core::Unit& unit, Analysis& analysis);

/// Computes VariableInfo::types and LambdaInfo::result_types, optimistically over known calls.
void recover_types(core::Unit& unit, Analysis& analysis);

/// Copies loops whose variables are flonums from the second round on; true if there were any. Needs recovered types;
/// the analysis must be made anew then.
bool peel_loops(core::Unit& unit);

/// Gives procedures with known calls their free variables as arguments where that pays; true if there were any. The analysis must be
/// made anew then.
bool lift_lambdas(core::Unit& unit, Analysis& analysis);

/// The lambda that the global surely is, or null.
inline LambdaInfo* global_lambda(const core::Global* g) {
  bool known = g->immutable && g->defined_here && g->definition && g->definition->tag == core::Tag::Lambda;
  return known ? lambda_info(g->definition) : nullptr;
}
/// The lambda that a reference surely is, or null.
inline LambdaInfo* referenced_lambda(const core::Expr* e) {
  return e->tag == core::Tag::Ref ? variable_info(e->variable).lambda : e->tag == core::Tag::GlobalRef ? global_lambda(e->global) : nullptr;
}
/// The lambda that a call surely calls, with a count of arguments that it takes, or null.
inline LambdaInfo* known_callee(const core::Expr* call) {
  LambdaInfo* l = referenced_lambda(call->parts[0]);
  return l && core::clause_for(l->lambda, call->parts.size() - 1) >= 0 ? l : nullptr;
}
/// Nobody outside the unit can see this variable: it is a program's.
inline bool is_private(const core::Global* g) { return g->immutable && g->defined_here && g->library.empty(); }

using core::type_of_datum;
/// TypeBits of the result of a primitive, given those of its operands.
u32 type_of_primitive(PrimitiveId id, const std::vector<u32>& operands);

}  // namespace loko::low
