// SPDX-License-Identifier: MIT
//
// The state of lowering one unit, shared by lower*.cpp (expressions, calls, closures) and expand_*.cpp (templates
// of primitives). SSA form is made directly: unassigned variables are values, joins are block parameters, loops
// are contified lambdas. Facts (types of values, unboxed twins, loaded free variables) hold on the dominating
// path: they are logged and undone when lowering leaves an arm, so checks that are implied are not emitted.
//
// INVARIANT(order): expressions are evaluated left to right, each exactly once.
// INVARIANT(facts): every fact in force names only values that dominate the current block.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/diagnostics.h"
#include "base/options.h"
#include "core/build.h"
#include "low/closures.h"
#include "low/language.h"
#include "low/lower.h"
#include "low/optimize.h"

namespace loko::low {

/// The result of lowering an expression: a constant, a tagged value or an unboxed double.
struct Val {
  ValueId id = kNone;
  Rep rep = Rep::Tagged;
  bool constant = false;  // then `bits` is an immediate, and id may be kNone
  u64 bits = 0;
};
inline Inst make_inst(Op op, Rep rep) {
  Inst i;
  i.op = op;
  i.rep = rep;
  return i;
}
inline Val constant_val(Value v) { return Val{kNone, Rep::Tagged, true, v.bits}; }
inline Val tagged_val(ValueId id) { return Val{id, Rep::Tagged, false, 0}; }
inline Val f64_val(ValueId id) { return Val{id, Rep::F64, false, 0}; }

/// Something that holds from here on along the dominating path.
struct Fact {
  enum class Kind : u8 { Type, Unboxed, Boxed, Header, Length, Cached, Checked, IsA } kind;
  u64 key;
  u64 value;
  u64 old;
};

/// What a branch tells about a value.
struct Refinement {
  ValueId value = kNone;
  u32 types = kTypeAny;
};

/// A place that several edges lead to and that is lowered after them.
struct Label {
  struct Edge {
    BlockId block;
    Val val;
    u32 types;
    std::vector<Val> more{};  // Receive: the values after the first one
  };
  size_t base = 0;            // log position when the label was made
  BlockId block = kNone;      // set for targets of branches; kNone while edges are open blocks
  int edges = 0;
  std::vector<Edge> open;     // blocks without terminator that will jump here
  std::vector<Fact> delta;    // facts common to all edges, since base
};

/// Where the value of an expression goes.
struct Dest {
  enum class Kind : u8 { Return, Value, Effect, Test, Receive } kind;
  Label* label = nullptr;     // Value, Effect, Receive
  Label* yes = nullptr;       // Test
  Label* no = nullptr;
  u32 count = 1;              // Receive: of values, at least 2; or kAnyNumber, and the number is wanted
};

/// A primitive application with its operands evaluated.
struct PrimCall {
  core::Expr* expr;
  PrimitiveId id;
  const PrimitiveInfo* info;
  std::vector<Val> args;
  BlockId fail = kNone;       // made when the first check needs it
};

class Lowerer;
/// Emits the primitive and gives its value; `argument` comes from the template table.
using ValueTemplate = Val (*)(Lowerer&, PrimCall&, i64 argument);
/// Emits the primitive as a branch.
using TestTemplate = void (*)(Lowerer&, PrimCall&, Label& yes, Label& no, i64 argument);
struct Template {
  ValueTemplate value = nullptr;
  TestTemplate test = nullptr;
  i64 argument = 0;
};
/// The template of that name, or null.
const Template* find_template(std::string_view name);
/// A template that does the usual case of a C++ function of the runtime in line and calls it for the others, or null.
const Template* find_fast_path(std::string_view function);

class Lowerer {
 public:
  Lowerer(core::Unit& unit, Diagnostics& diagnostics, const Options& options, const PassObserver& observer, const LambdaObserver& finished);
  Unit run();

  // -- instructions (lower_emit.cpp) --
  BlockId new_block(bool cold = false);
  Block& block() { return f_->blocks[cur_]; }
  BlockId current() const { return cur_; }
  /// What comes next is unreachable.
  void stop_here() { cur_ = dead_ = new_block(true); }
  void switch_to(BlockId b) { cur_ = b; }
  ValueId new_value(Rep rep, u32 types = kTypeAny);
  ValueId block_param(BlockId b, Rep rep, u32 types = kTypeAny);
  ValueId emit(Inst inst);
  ValueId imm(u64 bits, Rep rep = Rep::Raw);
  ValueId fimm(double d);
  ValueId op1(Op op, Rep rep, ValueId a, u32 types = kTypeAny);
  ValueId op2(Op op, Rep rep, ValueId a, ValueId b, u32 types = kTypeAny);
  /// A sum or difference of fixnums that is known not to overflow.
  ValueId exact(Op op, ValueId a, ValueId b);
  ValueId add_imm(ValueId a, i64 n, Rep rep = Rep::Raw, u32 types = kTypeAny);
  ValueId load(Rep rep, ValueId base, i64 offset, u8 width = 8, bool is_signed = false, u32 types = kTypeAny);
  ValueId load_indexed(Rep rep, ValueId base, ValueId index, u8 scale, i64 offset, u8 width = 8, bool is_signed = false);
  void store(ValueId value, ValueId base, i64 offset, u8 width = 8);
  void store_indexed(ValueId value, ValueId base, ValueId index, u8 scale, i64 offset, u8 width = 8);
  void mark_card(ValueId base, i64 offset, ValueId index = kNone, u8 scale = 1);
  void jump(BlockId target, std::vector<ValueId> args = {});
  void branch(Cond cond, ValueId a, ValueId b, BlockId yes, BlockId no, bool yes_cold = false, bool no_cold = false);
  void fbranch(FCond cond, ValueId a, ValueId b, BlockId yes, BlockId no);
  /// Goes on only if cond holds, else to `otherwise` (cold).
  void guard(Cond cond, ValueId a, ValueId b, BlockId otherwise);
  /// result = a op b, overflow goes to `otherwise`.
  ValueId arithmetic_overflow(Op op, ValueId a, ValueId b, BlockId otherwise, u32 types = kTypeFixnum);
  ValueId constant_object(Value v);
  ValueId alloc(i64 bytes);

  // -- facts --
  size_t mark() const { return log_.size(); }
  void undo(size_t mark);
  void learn(Fact::Kind kind, u64 key, u64 value);
  void apply(const std::vector<Fact>& facts);
  std::vector<Fact> facts_since(size_t mark) const { return {log_.begin() + static_cast<std::ptrdiff_t>(mark), log_.end()}; }
  u32 types(ValueId v) const { return types_[v]; }
  u32 types(const Val& v) const;
  void refine(ValueId v, u32 types);
  void refine(const Val& v, u32 types) { if (!v.constant && v.rep == Rep::Tagged) refine(v.id, types); }
  u64 fact(Fact::Kind kind, u64 key) const;

  // -- labels --
  Label make_label(bool branch_target);
  void note_edge(Label& l, Refinement r = {});
  void jump_label(Label& l, Refinement r = {});
  void branch_labels(Cond cond, ValueId a, ValueId b, Label& yes, Label& no, Refinement if_yes = {}, Refinement if_no = {});
  void fbranch_labels(FCond cond, ValueId a, ValueId b, Label& yes, Label& no);
  /// Continues at a branch target; false if nothing leads there (then the current block is unreachable).
  bool bind(Label& l);
  /// Joins the open edges and continues there; the value is that of the edges.
  Val join(Label& l, bool want_value);
  /// The same for edges with several values.
  std::vector<Val> join_values(Label& l, u32 count);

  // -- values --
  ValueId tagged(const Val& v);
  /// An unboxed double; a value that is none goes to the failure of pc (pc null: it surely is one).
  ValueId unbox(const Val& v, PrimCall* pc);
  ValueId box(ValueId f64);
  Val materialized(const Val& v);

  // -- checks --
  BlockId fail_block(PrimCall& pc);
  void fail(PrimCall& pc);
  ValueId need(const Val& v, u32 type, PrimCall& pc);  // one type of: fixnum pair char string… ; gives the tagged value
  void need_fixnums(const Val& a, const Val& b, PrimCall& pc);
  /// Branches on membership in one of the basic types.
  void test_type(const Val& v, u32 type, Label& yes, Label& no);
  ValueId header_of(ValueId v);
  bool within(const Val& v, u32 set) const { u32 t = types(v); return (t & ~set) == 0; }

  // -- expressions (lower.cpp) --
  Val value(core::Expr* e);
  void effect(core::Expr* e);
  void to(core::Expr* e, const Dest& dest);
  void test(core::Expr* e, Label& yes, Label& no) { to(e, Dest{Dest::Kind::Test, nullptr, &yes, &no}); }
  void deliver(const Val& v, const Dest& dest);
  void test_value(const Val& v, Label& yes, Label& no);

  // -- calls (lower_calls.cpp) --
  Val call(core::Expr* e, bool effect_only);
  /// Emits a call that gives the values which dest receives, and leads them there. `uncounted`: of a function with returns_values.
  void receive(Inst call, const Dest& dest, bool uncounted = false);
  void return_values(const std::vector<Val>& values);
  void tail_call(core::Expr* e);
  ValueId call_runtime(u32 entry, const std::vector<ValueId>& args, u32 types, Span span);
  ValueId cons(ValueId a, ValueId d);
  ValueId make_box(ValueId v);
  /// Calls the runtime primitive of that name, or the failure of pc if there is none.
  ValueId call_slow(const char* name, PrimCall& pc, const std::vector<ValueId>& args, u32 types = kTypeAny);

  bool is_counter_step(const core::Expr* e) const { return analysis_.counter_steps.count(e) != 0; }
  bool has_complex_arithmetic() const { return analysis_.complex; }
  core::Unit& core_unit() { return core_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  Function& function() { return *f_; }

 private:
  struct Loop {                      // of a contified lambda
    std::vector<BlockId> blocks;     // by clause; kNone until the first call
    std::vector<bool> started;
    std::vector<Fact> facts;         // at the letrec
  };

  // lower.cpp
  void to_inner(core::Expr* e, const Dest& dest);
  void with_target(Target* t, core::Expr* e, const Dest& dest);
  void start_loop_body(LambdaInfo* l, size_t clause, const Dest& dest);
  Target* pending_target(core::Expr* e);
  void bind_variable(core::Variable* v, const Val& val);
  Val read_variable(core::Variable* v);
  Val global_ref(core::Expr* e);
  void bindings(core::Expr* e);
  void receive_bindings(core::Expr* e);
  Val primitive(core::Expr* e, bool effect_only);
  void primitive_to(core::Expr* e, const Dest& dest);
  PrimCall prepare(core::Expr* e);
  Val value_of_test(core::Expr* e);

  // lower_calls.cpp
  struct Callee {
    enum class Kind : u8 { Closure, Direct, Absolute, Contified } kind = Kind::Closure;
    LambdaInfo* lambda = nullptr;
    int clause = -1;
    i64 entry = 0;
    Val procedure;                   // Closure
  };
  Callee resolve_callee(core::Expr* e);
  Inst make_call(core::Expr* e, const Callee& callee, u32* types);
  std::vector<ValueId> convert_arguments(const Callee& callee, const std::vector<Val>& vals);
  void jump_to_loop(core::Expr* e, const Callee& callee);
  Val leave(core::Expr* e, const Callee& callee);
  std::vector<ValueId> pack_rest(const core::Clause& c, std::vector<ValueId> args);

  // lower_closures.cpp
  ValueId closure_value(LambdaInfo* l);
  ValueId make_closure(LambdaInfo* l, bool fill);
  ValueId captured(core::Variable* v);
  static i64 free_offset(const LambdaInfo* l, size_t index);
  static u32 closure_types(const LambdaInfo* l);
  static bool has_own_closure(const LambdaInfo* l) {
    return !l->contified && !l->closed && !l->dead && !l->shares && l->closure != LambdaInfo::Closure::Variable;
  }
  void fill_closure(LambdaInfo* l, ValueId closure);
  u32 lambda_index(LambdaInfo* l);
  void lower_lambda(LambdaInfo* l);
  void start_function(Function& f);
  bool calls_itself_last(LambdaInfo* l, size_t clause) const;
  void finish_function();

  core::Unit& core_;
  Diagnostics& diagnostics_;
  const Options& options_;
  const PassObserver& observer_;
  const LambdaObserver& finished_;
  Analysis analysis_;
  Unit out_;
  std::vector<LambdaInfo*> queue_;
  std::unordered_map<u64, u32> constant_index_;
  std::unordered_map<LambdaInfo*, Loop> loops_;
  std::unordered_map<Target*, size_t> active_;      // target -> log position at its start
  std::unordered_map<core::Global*, bool> defined_; // surely defined where the thunk now is, or where a lambda may run

  Function* f_ = nullptr;
  LambdaInfo* self_ = nullptr;
  u32 self_clause_ = 0;
  BlockId self_loop_ = kNone;        // where tail calls of the function to itself jump
  BlockId cur_ = 0;
  BlockId dead_ = kNone;             // the block after something that does not return, while it is the current one
  Span span_{};
  std::vector<u32> types_;
  std::vector<Fact> log_;
  std::unordered_map<u64, u64> facts_;
  int depth_ = 0;
};

}  // namespace loko::low
