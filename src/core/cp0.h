// SPDX-License-Identifier: MIT
//
// The state of cp0, shared by cp0*.cpp. Input trees are never changed: processing makes new nodes with fresh
// variables, so what an abandoned attempt made is simply dropped, and the same lambda can be processed many times.
//
// INVARIANT(counts): VariableState::references is never too small: of an input variable the occurrences in the input,
// of a fresh one those that were emitted so far.
// INVARIANT(once): an operand is processed once for its value, however often its variable occurs, or its lambda goes
// to its only call. Abandoned attempts take the latter back (Cp0::trail).
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/options.h"
#include "core/build.h"

namespace loko::core {

/// Where input variables have gone (a chain, the latest first).
struct Env {
  const Env* next;
  const Variable* from;
  Variable* to;
};

/// Limits of one attempt to integrate a procedure. Work on it also counts for the attempts around it: that is added up when other
/// limits come into force (Cp0::enforce).
struct Scorer {
  Scorer* outer;
  int size;        // operations that may still be emitted
  int effort;      // nodes that may still be looked at, as far as added up
  i64 first_operand = 0;     // number of the first operand that was made for it
  int depth = outer ? outer->depth + 1 : 1;
  int granted = effort;      // the same when the attempts around it are taken into account
  int spent = 0;             // on it, not yet counted for the one around it
  std::vector<std::unique_ptr<Arena>> arenas{};  // of what attempts within it made for operands of this one: they die with it
};

/// What a variable is bound to, or an operand of a call whose operator is being looked at.
struct Operand {
  Expr* source = nullptr;      // input
  const Env* env = nullptr;
  Scorer* scorer = nullptr;    // that was in force where it stands
  i64 number = 0;              // in the order in which they are made
  size_t attempts = 0;         // it dies with the attempts that were active then, up to that one
  Expr* value = nullptr;       // output, when it was processed
  int size = 0;                // of the value
  bool visiting = false;       // being processed for its value (Waddell: inner pending)
  bool inlining = false;       // its lambda is being integrated (outer pending)
  bool recursive = false;      // its lambda refers to itself
  bool integrated = false;     // its lambda went to its only call
};

/// VariableState hangs on Variable::info of input and output variables.
struct VariableState {
  int references = 0;
  int renamings = 0;           // how often a binder of this (input) variable was processed
  Variable* renamed = nullptr; // the latest outcome
  Operand* operand = nullptr;
  bool plain_list = false;     // a rest parameter whose list is only looked at (plain_lists.h), or a tail of it
  bool plain_known = false;    // … that was found out (of an input variable)
};

struct Application;

/// What the surroundings want of a value.
struct Context {
  enum class Kind : u8 { Value, Test, Effect, Operator } kind = Kind::Value;
  Application* application = nullptr;  // Operator: the call
};

/// A call whose operator is being processed.
struct Application {
  std::vector<Operand*> operands;
  const Context* outer;        // context of the call
  Span span;
  bool integrated = false;     // what the operator gave is the value of the whole call
};

struct Cp0 {
  Unit& unit;
  const Options& options;
  bool copying;                // may procedures be copied that are used more than once?
  std::deque<VariableState> states{};
  i64 next_operand = 0;
  std::unordered_map<const Global*, Operand*> globals{};  // procedures that may be integrated
  std::unordered_map<const Expr*, bool> no_return{};      // bodies that surely end in an error
  using Attempted = std::tuple<const Expr*, Context::Kind, u64>;  // a body, where its value goes, and what is known of the operands
  std::set<Attempted> hopeless{};  // too large in such calls
  std::vector<Attempted> judged{};  // keys of hopeless and no_return in the order of their being entered
  std::vector<Operand*> trail{};                      // operands whose lambdas were integrated
  Scorer* scorer = nullptr;    // the innermost attempt whose limits are in force
  int effort = 0;              // nodes that may be looked at until a limit in force is reached
  std::vector<Scorer*> active{};  // attempts that are going on, also those whose limits are not in force at the moment
  std::vector<std::unique_ptr<Arena>> arenas{};  // of what attempts made for operands that are older than all of them
  size_t entered = 0;          // attempts that were active when the present Unit::tree was chosen
  size_t outlives = 0;         // it outlives those from this one on
  Scorer* failed = nullptr;    // the attempt to abandon; everything returns at once until it is reached
  i64 growth = 0;              // operations that may still be added to the unit by copying
  bool changed = false;

  // -- cp0.cpp: the walk --
  Expr* process(Expr* e, const Context& c, const Env* env);
  Expr* value(Expr* e, const Env* env) { return process(e, Context{}, env); }
  Expr* reference(Expr* e, const Context& c, const Env* env);
  Expr* reference_to(Variable* v, Span span, const Context& c, bool only);
  Expr* known_value(Expr* known, Variable* v, Span span, const Context& c);
  Expr* global_reference(Expr* e, const Context& c);
  Expr* assignment(Expr* e, const Context& c, const Env* env);
  Expr* conditional(Expr* e, const Context& c, const Env* env);
  Expr* finish_conditional(Expr* test, Expr* yes, Expr* no, Span span, const Context& c);
  Expr* sequence(Expr* e, const Context& c, const Env* env);
  Expr* lambda(Expr* e, const Context& c, const Env* env);
  Expr* letrec(Expr* e, const Context& c, const Env* env);
  Expr* call(Expr* e, const Context& c, const Env* env);

  // -- cp0_inline.cpp: operands, bindings, integration --
  VariableState& state(const Variable* v);
  Variable* renamed(Variable* v, const Env* env);
  Variable* rename(Variable* v, const Env*& env);
  Expr* emit_ref(Variable* v, Span span);
  Operand* make_operand(Expr* source, const Env* env);
  Operand* make_done(Expr* value);
  Expr* visit(Operand* o);
  void give_up(size_t trail_mark);
  static constexpr i64 kOldest = -1;
  /// The nodes that were made before what was begun.
  struct Lasting {
    bool begun = false;
    std::unique_ptr<Arena> before{};
    size_t entered = 0, outlives = 0;
  };
  /// How many of the active attempts what is made now goes with.
  size_t innermost() const { return active.size() > entered ? active.size() : outlives; }
  std::vector<std::unique_ptr<Arena>>& arenas_of(size_t attempts) { return attempts == 0 ? arenas : active[attempts - 1]->arenas; }
  Lasting begin_lasting(i64 number, size_t attempts);
  void end_lasting(Lasting& lasting);
  Expr* sequence_of(const std::vector<Expr*>& effects, Expr* last);
  struct Mark {
    size_t trail, judged;
    Arena::Mark nodes;
  };
  void clear_away(const Scorer& s, const Mark& mark);
  void hand_on(Scorer& s);
  bool is_lambda_operand(const Operand* o);
  static constexpr u32 kTellsAll = ~u32{0};
  u32 knowledge(const Operand* o);
  Expr* apply_lambda(Expr* lambda, int clause, const Application& a, const Env* env);
  Expr* attempt(Expr* lambda, bool& pending, const Context& c, const Env* env);
  Expr* bind(const std::vector<Variable*>& variables, const std::vector<Operand*>& values, Expr* body, Span span, const Context& c);
  Expr* effect_of(Operand* o);
  void forget(Expr* e);
  int count(Expr* e);
  bool charge(int operations);
  void enforce(Scorer* to);
  void spend(Scorer& s, int nodes);
  void leave();
  void grant(Scorer* s, Scorer* around);
  void run_out();

  // -- cp0_primitives.cpp --
  Expr* primitive_call(PrimitiveId id, const std::vector<Operand*>& arguments, const Context& c, Span span);
  Expr* apply_known(const std::vector<Operand*>& arguments, const Context& c, Span span);
  bool is_plain_view(const Expr* e, const Env* env);
  bool known_elements(Expr* list, std::vector<Operand*>& elements, bool& shared);
  Expr* of_known_list(PrimitiveId id, Expr* list, const Context& c, Span span);
  Expr* call_with_values(const std::vector<Operand*>& arguments, const Context& c, Span span);
  Expr* application_of(Operand* procedure, std::vector<Operand*> arguments, const Context& c, Span span);
};

}  // namespace loko::core
