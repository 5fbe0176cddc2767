// SPDX-License-Identifier: MIT
//
// What the passes of this folder hand to one another. A low::Function is copied and rewritten (prepare),
// its blocks get a linear order and positions, values get locations (allocate), and emit writes bytes.
//
// INVARIANT(positions): block b owns the even positions start[b] (block entry: parameters, edge moves),
// start[b] + 2 … for instructions, the last one for the terminator, then end[b]. Instruction p reads at p
// and defines at p + 1.
#pragma once

#include <vector>

#include "low/graph.h"
#include "low/language.h"
#include "low/loops.h"

namespace loko::x64 {

using low::BlockId;
using low::kNone;
using low::Rep;
using low::ValueId;

/// A place that holds a value.
enum class Where : u8 {
  Nowhere,
  Gpr,    // index: hardware number
  Xmm,
  Slot,   // index: word of the frame, 0 is at [rsp]
  Arg,    // index: word of the argument area
  Const,  // index: a ValueId that is defined by a constant (immediate, constant slot, constant pool)
};

struct Location {
  Where where = Where::Nowhere;
  u32 index = 0;
  friend bool operator==(Location a, Location b) { return a.where == b.where && a.index == b.index; }
  bool is_register() const { return where == Where::Gpr || where == Where::Xmm; }
  bool is_memory() const { return where == Where::Slot || where == Where::Arg; }
};
inline Location gpr(u32 r) { return {Where::Gpr, r}; }
inline Location xmm(u32 r) { return {Where::Xmm, r}; }
inline Location frame_slot(u32 i) { return {Where::Slot, i}; }

/// One component of a parallel move.
struct Move {
  Location to, from;
  ValueId value = kNone;     // what `from` holds
  ValueId as = kNone;        // what `to` holds afterwards: the same value, or a block parameter
};

inline constexpr u32 kScratchGpr = R11;
inline constexpr u32 kScratchXmm = 15;
inline constexpr u32 kFloatArgRegisters = 8;

/// Where the arguments of a call or function travel: Tagged and Raw in general registers, then in the argument
/// area; F64 in xmm0–7, then at the far end of the argument area.
std::vector<Location> argument_places(const std::vector<Rep>& reps);
inline Location result_place(Rep rep) { return rep == Rep::F64 ? xmm(0) : gpr(RAX); }

/// How constants are represented: by the instruction that defines them.
enum class ConstKind : u8 { None, Immediate /* Imm, StaticClosure: never in a register for long */, Home /* Constant, FImm */ };

/// A function in the form that allocation and emission work on.
struct Prepared {
  low::Function f;
  std::vector<BlockId> order;                 // reachable blocks, cold ones last
  std::vector<u32> index;                     // of a block in `order`, kNone if unreachable
  std::vector<std::vector<BlockId>> preds;
  low::Graph dominators;                      // with an order of its own
  low::LoopForest loops;
  std::vector<double> frequency;
  std::vector<bool> cold;
  std::vector<u32> start, end;                // positions by block
  std::vector<BlockId> block_at;              // by position / 2
  std::vector<ConstKind> const_kind;          // by value
  std::vector<low::Inst> const_inst;          // by value, for constants

  bool is_immediate(ValueId v) const { return const_kind[v] == ConstKind::Immediate; }
};

/// Fixes operand forms, splits edges, orders blocks, finds loops.
Prepared prepare(const low::Function& f);

/// A stretch of positions during which a value is in a register.
struct Fragment {
  u32 from, to;
  u8 reg;
};

/// What a frame descriptor must say at a call or poll.
struct Safepoint {
  u32 position;
  std::vector<u32> slots;   // frame words with live tagged values, as bits; no 0 at the end
  u32 registers = 0;        // polls only
  bool holds(u32 slot) const { return slot / 32 < slots.size() && (slots[slot / 32] >> slot % 32 & 1); }
};

/// Moves that happen together before an instruction (phase 0: moves, at block starts also edge moves; phase 1:
/// spill stores at a block's start, after them).
struct MoveGroup {
  u32 key;   // position * 2 + phase
  std::vector<Move> moves;
};

struct Allocation {
  std::vector<std::vector<Fragment>> fragments;   // by value, sorted
  std::vector<u32> slot;                          // by value: frame word or kNone
  std::vector<MoveGroup> groups;                  // sorted by key
  std::vector<Safepoint> safepoints;              // sorted by position
  std::vector<bool> framed;                       // by block: its instructions run with the frame
  std::vector<bool> enter_at_start, enter_at_end; // by block: allocate the frame there
  std::vector<bool> leave_at_end;                 // by block: free it before the jump
  u32 frame_words = 0;

  Location register_of(const Prepared& p, ValueId v, const Fragment& f) const;
  /// Nowhere, if v is not in a register.
  Location register_at(const Prepared& p, ValueId v, u32 position) const;
  Location location(const Prepared& p, ValueId v, u32 position) const;
  const MoveGroup* group(u32 position, u32 phase) const;
  const Safepoint* safepoint(u32 position) const;
};

/// Linear scan over live ranges that are cut at calls.
Allocation allocate(const Prepared& p);

/// Blocks in order, with moves and the locations of all operands.
std::string print(const Prepared& p, const Allocation& a);

/// The blocks in the order of emission. `final_target` is, by block, where a jump to it ends: blocks that are not their own are left out.
std::vector<BlockId> lay_out(const Prepared& p, const std::vector<BlockId>& final_target);

/// Checks an allocation independently; "" or what is wrong.
std::string check(const Prepared& p, const Allocation& a);

/// Does the instruction destroy all registers?
inline bool is_call(const low::Inst& i) { return low::is_safepoint_call(i) || i.op == low::Op::CallFloat; }

/// General registers that the instruction destroys besides its result (bit set by hardware number).
inline u32 clobbers(const low::Inst& i, bool b_is_immediate) {
  using low::Op;
  switch (i.op) {
    case Op::Div: case Op::Rem: case Op::PortIn: case Op::PortOut: return 1u << RAX | 1u << RDX;
    case Op::Shl: case Op::Sar: case Op::Shr: return b_is_immediate ? 0 : 1u << RCX;
    default: return 0;
  }
}

// -- operands --

enum class Use : u8 { Register, Memory /* register or memory operand */, Anywhere, Late /* register, also while the result is written */ };
enum class Constant : u8 { No, Imm32, Any };

/// Calls fn(ValueId&, Use, Constant) for each operand of an instruction. `is_const(v)` tells folded immediates.
template <class I, class C, class F>
void visit_uses(I& i, C&& is_const, F&& fn) {
  using low::Op;
  auto compare = [&](auto& a, auto& b) {
    fn(a, is_const(b) ? Use::Memory : Use::Register, Constant::No);
    fn(b, Use::Memory, Constant::Imm32);
  };
  switch (i.op) {
    case Op::Add: case Op::Sub: case Op::Mul: case Op::And: case Op::Or: case Op::Xor:
      fn(i.a, Use::Register, Constant::Any);
      fn(i.b, Use::Memory, Constant::Imm32);
      break;
    case Op::Shl: case Op::Sar: case Op::Shr:
      fn(i.a, Use::Register, Constant::Any);
      fn(i.b, Use::Register, Constant::Imm32);
      break;
    case Op::Div: case Op::Rem:
      fn(i.a, Use::Register, Constant::Any);
      fn(i.b, Use::Register, Constant::No);
      break;
    case Op::Store:
      fn(i.a, Use::Register, Constant::No);
      if (i.b != kNone) fn(i.b, Use::Register, Constant::No);
      fn(i.c, Use::Register, Constant::Imm32);
      break;
    case Op::DeviceStore:
      fn(i.a, Use::Register, Constant::No);
      fn(i.c, Use::Register, Constant::No);
      break;
    case Op::PortIn:
      fn(i.a, Use::Register, Constant::Any);
      break;
    case Op::PortOut:
      fn(i.a, Use::Register, Constant::Any);
      fn(i.b, Use::Register, Constant::Any);
      break;
    case Op::StoreAbs: case Op::StoreCtx:
      fn(i.a, Use::Register, Constant::Any);
      break;
    case Op::FAdd: case Op::FSub: case Op::FMul: case Op::FDiv: case Op::FMin: case Op::FMax: case Op::FSetBool:
      fn(i.a, Use::Register, Constant::No);
      fn(i.b, Use::Memory, Constant::No);
      break;
    case Op::SetCond: case Op::SetBool: compare(i.a, i.b); break;
    case Op::Select:
      compare(i.a, i.b);
      fn(i.c, Use::Register, Constant::Any);
      fn(i.d, Use::Register, Constant::Any);
      break;
    case Op::AllocDynamic: fn(i.a, Use::Late, Constant::No); break;
    case Op::CallDirect: case Op::CallClosure: case Op::CallRuntime: case Op::CallStub: case Op::CallFloat:
      if (i.a != kNone) fn(i.a, Use::Anywhere, Constant::Any);
      for (auto& v : i.args) fn(v, Use::Anywhere, Constant::Any);
      break;
    case Op::Imm: case Op::FImm: case Op::Constant: case Op::StaticClosure: case Op::LoadAbs: case Op::LoadCtx:
    case Op::Alloc: case Op::Poll:
      break;
    default:
      if (i.a != kNone) fn(i.a, Use::Register, Constant::No);
      if (i.b != kNone) fn(i.b, Use::Register, Constant::No);
      break;
  }
}

/// The same for terminators.
template <class T, class C, class F>
void visit_term_uses(T& t, C&& is_const, F&& fn) {
  using low::TermKind;
  switch (t.kind) {
    case TermKind::Jump:
      for (auto& v : t.target_args) fn(v, Use::Anywhere, Constant::Any);
      break;
    case TermKind::Branch:
      fn(t.a, is_const(t.b) ? Use::Memory : Use::Register, Constant::No);
      fn(t.b, Use::Memory, Constant::Imm32);
      break;
    case TermKind::FBranch:
      fn(t.a, Use::Register, Constant::No);
      fn(t.b, Use::Memory, Constant::No);
      break;
    case TermKind::BranchOvf:
      fn(t.a, Use::Register, Constant::Any);
      fn(t.b, Use::Memory, Constant::Imm32);
      break;
    case TermKind::Return: fn(t.a, Use::Anywhere, Constant::Any); break;
    case TermKind::ReturnValues:
      for (auto& v : t.args) fn(v, Use::Anywhere, Constant::Any);
      break;
    case TermKind::TailDirect: case TermKind::TailClosure: case TermKind::TailStub:
      if (t.a != kNone) fn(t.a, Use::Anywhere, Constant::Any);
      for (auto& v : t.args) fn(v, Use::Anywhere, Constant::Any);
      break;
    case TermKind::Unreachable: break;
  }
}

inline bool is_two_way(low::TermKind k) {
  return k == low::TermKind::Branch || k == low::TermKind::FBranch || k == low::TermKind::BranchOvf;
}

}  // namespace loko::x64
