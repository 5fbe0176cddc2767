// SPDX-License-Identifier: MIT
//
// The passes on core. Each takes the whole unit and leaves it well formed.
#pragma once

#include <unordered_map>

#include "base/options.h"
#include "core/language.h"

namespace loko::core {

/// Makes `assigned` and `referenced` exact, and Global::definition the body of the only definition.
void recompute_flags(Unit& unit);
/// Procedures of the top level that may be used before their definition lose `immutable`, so that uses are checked.
void check_early_globals(Unit& unit);

/// The variables of the top level that have their values before anything can call a procedure of the unit, so that all procedures find
/// them initialized.
std::unordered_map<Global*, bool> defined_before_calls(const Unit& unit);
/// Turns applications of lambdas into let, also through let and begin in operator position.
void apply_directly(Unit& unit);
/// Turns letrec* into let, letrec of lambdas, and assigned variables that are checked before use.
/// (Ghuloum and Dybvig, "Fixing Letrec (reloaded)".)
void fix_letrec(Unit& unit);
/// Turns the accessors, constructors … of record types that are made by procedures into lambda expressions; true if there were any.
bool reveal_records(Unit& unit);
/// Turns searches in literal lists into tests.
void reduce_searches(Unit& unit);
/// Folds, propagates and inlines; true if anything changed. `copy` allows inlining of procedures used more than once.
bool cp0(Unit& unit, const Options& options, bool copy);
/// Gives known procedures clauses for the counts of rest arguments that they are called with; true if anything changed.
bool spread_rest_arguments(Unit& unit);
/// Replaces parameters of known procedures that are the same in all calls by their value; true if anything changed.
bool propagate_constant_arguments(Unit& unit);
/// Drops parameters of known procedures that nobody needs, and what results nobody needs are made from; true if anything changed.
bool drop_dead_arguments(Unit& unit);
/// Splits recursive procedures so that their base case can be inlined into the recursive calls.
void split_base_cases(Unit& unit);
/// Decides tests whose outcome is known, from tests around them or before all calls of a known procedure; true if there were any.
bool remove_known_tests(Unit& unit);
/// In Expr::info of a lambda that must not be inlined.
inline void* const kLoopBreaker = reinterpret_cast<void*>(1);
/// "" or what is wrong: scopes, single binding, flags, operand counts.
std::string verify(const Unit& unit);

}  // namespace loko::core
