// SPDX-License-Identifier: MIT
//
// The emitter of one lambda, shared by emit.cpp (entries, blocks), emit_instructions.cpp and emit_calls.cpp.
#pragma once

#include <functional>

#include "machine/x64/emit.h"

namespace loko::x64 {

class LambdaEmitter {
 public:
  LambdaEmitter(const EmitContext& c, const std::vector<AllocatedFunction>& clauses, const JumpForms* forms, bool listing);
  std::string run(CodeObject* out, JumpForms* forms);

 private:
  using Label = asmjit::Label;
  using Mem = asmjit::x86::Mem;
  using Gp = asmjit::x86::Gp;
  using Xmm = asmjit::x86::Xmm;
  using CC = asmjit::x86::CondCode;
  using Inst = low::Inst;
  using Terminator = low::Terminator;

  // emit.cpp
  void checked_entry();
  void dispatch_clause(std::size_t i, bool last);
  void cons_rest(std::size_t i, int required);
  void direct_entry(std::size_t i);
  void body();
  void emit_block(BlockId b, BlockId next);
  void group(u32 position, u32 phase);
  void parallel(const std::vector<Move>& moves);
  void move(Location to, Location from);
  void load_constant(Location to, ValueId v);
  void enter_frame();
  void leave_frame();
  BlockId final_target(BlockId b) const { return final_target_[b]; }
  void find_final_targets();
  bool is_elided(BlockId b) const;
  void go(BlockId target, BlockId next);
  void branch(CC cc, BlockId target, BlockId otherwise, BlockId next);
  void terminator(BlockId b, BlockId next);
  void float_branch(const Terminator& t, BlockId next);
  void branch_overflow(const Terminator& t, BlockId next);
  void comment(const std::string& text);
  void mark_line(Span span);
  void mark_frame(u32 words);
  void mark(u32 place, u32 frame_words);
  u32 place(Span span) const;

  // operands
  Location at(ValueId v, u32 delta = 0) const { return allocation_->location(*prepared_, v, position_ + delta); }
  Location result(const Inst& i) const { return at(i.result, 1); }
  Gp reg(Location l) const;
  Gp reg(ValueId v) const { return reg(at(v)); }
  Xmm fp(Location l) const;
  Xmm fp(ValueId v) const { return fp(at(v)); }
  Mem memory(Location l, u32 size = 8);       // slots, argument area, constants that live in memory
  bool is_home_constant(Location l) const { return l.where == Where::Const && prepared_->const_kind[l.index] == ConstKind::Home; }
  bool in_memory(Location l) const { return l.is_memory() || is_home_constant(l); }
  bool is_immediate(Location l) const { return l.where == Where::Const && !is_home_constant(l); }
  /// Does the constant need a relocation?
  bool is_closure_constant(Location l) const { return is_immediate(l) && prepared_->const_inst[l.index].op == low::Op::StaticClosure; }
  i64 immediate(Location l) const;
  void note_immediate(Location l);            // after an instruction that ends with the immediate
  void note_memory(Location l);               // after an instruction that ends with the address
  void move_immediate(Gp to, Location l, bool flags_live);
  void copy(Gp to, Location from, bool flags_live = false);
  void copy(Xmm to, Location from);
  Mem address(ValueId a, ValueId b, u8 scale, i64 imm, u32 size = 0) const;

  // emit_instructions.cpp
  void instruction(const Inst& i);
  void arithmetic(low::Op op, Location dst, Location a, Location b, bool keep_flags);
  void operate(low::Op op, Gp d, Location b);
  void shift(const Inst& i);
  void divide(const Inst& i);
  void port(const Inst& i);
  void bit_count(const Inst& i);
  void lea(const Inst& i);
  void load(const Inst& i);
  void store(const Inst& i);
  void absolute(const Inst& i);
  void mark_card(const Inst& i);
  void float_arithmetic(const Inst& i);
  void float_unary(const Inst& i);
  void float_set(const Inst& i);
  CC compare(low::Cond cond, ValueId a, ValueId b);
  void select(const Inst& i);
  void allocate_fixed(const Inst& i);
  void allocate_dynamic(const Inst& i);

  // emit_calls.cpp
  void call(const Inst& i);
  void receive(u32 count, Label several);
  void receive_any(Label several);
  void store_received(u32 count);
  void call_float(const Inst& i);
  void poll(const Inst& i);
  void tail(const Terminator& t);
  void return_values(const Terminator& t);
  void place_arguments(const std::vector<ValueId>& args, ValueId closure);
  void check_procedure(Label* slow);
  void describe_call(Label mv, Span span);
  Label value_count_error();
  Mem entry(u64 index) const;

  static Mem context_word(u64 offset, u32 size = 8);

  const EmitContext& c_;
  const std::vector<AllocatedFunction>& clauses_;
  CodeWriter w_;
  asmjit::x86::Assembler& a;
  bool listing_;
  std::string error_;

  // of the clause that is being emitted
  const Prepared* prepared_ = nullptr;
  const Allocation* allocation_ = nullptr;
  const low::Function* function_ = nullptr;
  std::vector<Label> block_labels_;
  std::vector<BlockId> final_target_;
  u32 position_ = 0;
  bool framed_ = false;
  std::vector<Label> direct_;
  std::vector<std::function<void()>> cold_;   // out-of-line code, emitted after the blocks
  Label wrong_args_, value_count_error_;
  std::vector<LineMark> lines_;
};

}  // namespace loko::x64
