// SPDX-License-Identifier: MIT
//
// Low: a control-flow graph in SSA form with block parameters. Checks, closures, allocation and calls
// are explicit. Made by low/lower from core, optimized in low/, consumed by machine/x64.
//
// text form (low/print, low/read):
//   (function name (params (v0 tagged) …)
//     (block b0 () (v1 tagged (imm 8)) (v2 tagged (add v0 v1)) … (branch eq v1 v2 b1 b2))
//     (block b1 ((v3 tagged)) (return v3)) …)
#pragma once

#include <string>
#include <vector>

#include "base/source.h"
#include "runtime/memory/heap.h"
#include "tables/primitive_info.h"

namespace loko::low {

/// How a value is represented. Only Tagged values are seen by the collector.
enum class Rep : u8 {
  Tagged,  // a Scheme value
  Raw,     // any 64-bit word that is not a reference to the moving heap (or does not live across a safepoint)
  F64,     // a double in an xmm register
  None     // no result
};

using ValueId = u32;   // index in Function::values
using BlockId = u32;   // index in Function::blocks
inline constexpr u32 kNone = ~u32{0};

enum class Op : u8 {
  // constants
  Imm,         // imm: 64-bit constant (Tagged immediates and fixnums, or Raw)
  FImm,        // imm: IEEE bits
  Constant,    // a heap object: index in Unit::constants; loaded from its slot
  LoadAbs,     // Tagged content of the slot at absolute address imm
  StoreAbs,    // a -> slot at absolute address imm; marks the card of the slot
  LoadCtx,     // context word at offset imm (rep as the instruction says)
  StoreCtx,    // a -> context word at offset imm (no barrier)
  StaticClosure,  // Tagged: the closure of the closed lambda number imm of this unit
  // 64-bit integer arithmetic, wrapping; rep of the result as given (tag arithmetic is explicit)
  Add, Sub, Mul, And, Or, Xor, Shl, Sar, Shr, Neg, Not,
  Div, Rem,    // signed, truncating; b is nonzero and the quotient fits
  Lea,         // a + b * scale + imm
  Popcount, Clz, Ctz, // of 64-bit words; Clz and Ctz of 0 are 64
  ByteSwap,          // of all 8 bytes
  // memory: address = a + (b == kNone ? 0 : b * scale) + imm
  Load,        // width, is_signed; rep Tagged, Raw or F64 (F64: width 4 converts from single)
  Store,       // value c; width
  MarkCard,    // card of address a (+ b * scale + imm)
  // devices: one access of exactly this width each, never removed, repeated or moved past another
  DeviceLoad,  // Raw; a, width
  DeviceStore, // value c to address a; width
  PortIn,      // Raw, from I/O port a; width 1, 2, 4
  PortOut,     // value b to I/O port a; width
  // floats
  FAdd, FSub, FMul, FDiv, FSqrt, FNeg, FAbs, FMin, FMax,
  FFloor, FCeil, FTrunc, FRound,  // SSE4.1 roundsd
  FFromInt,    // Raw signed -> F64
  FToInt,      // F64 -> Raw, truncating (out of range gives INT64_MIN)
  FBits, FFromBits,  // F64 <-> Raw, same bits; width 4: <-> the bits of the IEEE single
  // comparisons as values
  SetCond,     // cond on a, b -> Raw 0 or 1
  SetBool,     // cond on a, b -> #f or #t
  FSetBool,    // float condition -> #f or #t
  Select,      // cond(a, b) ? c : d
  // allocation: Raw address of `imm` fresh bytes (multiple of 8, >= 16), uninitialized. All stores to it
  // must come before the next safepoint or call. Never collects.
  Alloc,
  AllocDynamic,  // a: Raw number of bytes (multiple of 8, >= 16, small enough: checked before)
  // calls; arguments in `args`. Results in Tagged (or F64 for direct calls that say so)
  CallDirect,    // code: lambda/clause of this unit (callee, clause) or an absolute direct entry (imm)
  CallClosure,   // a: procedure (checked here: not a procedure -> kStubNotProcedure)
  CallRuntime,   // imm: index in the entry table, a C++ function of at most six Tagged/Raw arguments; F64 not allowed
  CallStub,      // imm: Stub; for kStubPrimFailed a = symbol
  CallFloat,     // imm: index in the entry table, C function double(double[, double]) of libm; never raises
  Poll,          // safepoint at loop back-edges
};

enum class Cond : u8 {
  Eq, Ne, Lt, Le, Gt, Ge,        // signed 64-bit
  Below, BelowEq, Above, AboveEq, // unsigned
  TestZero, TestNonZero,         // (a & b) == 0, != 0
};
enum class FCond : u8 { Eq, Ne, Lt, Le, Gt, Ge, Unordered };  // all but Ne and Unordered false on NaN

/// Instructions that access so many bytes at once.
inline bool has_width(Op op) {
  return op == Op::Load || op == Op::Store || op == Op::DeviceLoad || op == Op::DeviceStore || op == Op::PortIn || op == Op::PortOut ||
         op == Op::FBits || op == Op::FFromBits;
}

inline constexpr u32 kAnyNumber = ~u32{0};

/// One instruction; defines the value `result` unless its rep is None.
struct Inst {
  Op op;
  Rep rep = Rep::None;
  ValueId result = kNone;
  ValueId a = kNone, b = kNone, c = kNone, d = kNone;
  i64 imm = 0;
  u8 scale = 1;          // 1, 2, 4, 8
  u8 width = 8;          // memory: 1, 2, 4, 8
  bool is_signed = false;
  bool exact = false;    // Add, Sub, Mul: known not to leave the word where it stands
  bool fixed = false;    // Load, LoadAbs: what is there never changes (of a header: not while it could matter)
  Cond cond = Cond::Eq;
  FCond fcond = FCond::Eq;
  std::vector<ValueId> args;   // calls
  u32 callee = kNone;          // CallDirect: lambda of the unit (kNone: absolute entry in imm)
  u32 clause = 0;
  bool ignore_values = false;  // calls: any number of values is fine (effect context)
  u32 receives = 0;            // calls without result: this number of values, not 1, goes to received_offset, to be loaded at once; else an error.
                               // kAnyNumber: any number goes there; the result is the number, a fixnum
  Span span{};
};

/// A call that the collector and backtraces can see: all but those of libm.
inline bool is_safepoint_call(const Inst& i) {
  return i.op == Op::CallDirect || i.op == Op::CallClosure || i.op == Op::CallRuntime || i.op == Op::CallStub;
}

enum class TermKind : u8 {
  Jump,        // to `target` with target_args
  Branch,      // cond on a, b
  FBranch,     // fcond on a, b
  BranchOvf,   // result = a (op) b; overflow goes to `otherwise`; result is usable only under `target`, and after recover-operands, wrapped, in `otherwise`
  Return,      // a  (Tagged, or F64 if the function returns floats)
  ReturnValues,// args: n != 1 values
  TailDirect, TailClosure, // like the calls
  TailStub,    // jump to stub imm with args placed (kStubApply, kStubValues, …)
  Unreachable
};

struct Terminator {
  TermKind kind = TermKind::Unreachable;
  ValueId a = kNone, b = kNone;
  ValueId result = kNone;           // BranchOvf
  Op op = Op::Add;                  // BranchOvf: Add, Sub, Mul
  Cond cond = Cond::Eq;
  FCond fcond = FCond::Eq;
  BlockId target = kNone, otherwise = kNone;
  std::vector<ValueId> target_args, otherwise_args;
  bool otherwise_cold = false, target_cold = false;  // cold blocks go out of line
  std::vector<ValueId> args;        // calls, ReturnValues
  u32 callee = kNone, clause = 0;
  i64 imm = 0;
  Span span{};
};

struct Block {
  std::vector<ValueId> params;
  std::vector<Inst> insts;
  Terminator term;
  bool cold = false;
  bool loop_header = false;
};

/// The direct body of one clause of a lambda. Block 0 is the entry; its params are empty.
struct Function {
  std::string name;
  std::vector<ValueId> params;      // in argument order; a rest parameter is the last one and gets a list
  ValueId closure = kNone;          // the procedure itself, if it has free variables
  std::vector<Rep> values;          // rep of each ValueId
  std::vector<u32> types;           // TypeBits of tagged values where lowering knows them; may be shorter than values
  std::vector<Block> blocks;
  Rep returns = Rep::Tagged;
  bool needs_entry_check = true;    // false: leaf without loops and with a small frame
  Span span{};

  ValueId new_value(Rep rep, u32 type = kTypeAny) {
    types.resize(values.size(), kTypeAny);
    types.push_back(type);
    values.push_back(rep);
    return static_cast<ValueId>(values.size() - 1);
  }
  u32 type(ValueId v) const { return v < types.size() ? types[v] : u32{kTypeAny}; }
};

struct Clause {
  int required = 0;
  bool rest = false;
  Function function;
};

/// A lambda of the unit: a code object with a checked entry that dispatches on the count.
struct Lambda {
  std::string name, doc;
  Span span{};
  std::vector<Clause> clauses;
  int free_variables = 0;           // 0: its closure is static
  u32 cell = 0;                     // of the global variable that it is the value of, or 0
};

/// What is published together. Lambda 0 is the unit's thunk (no arguments).
struct Unit {
  std::string name;
  std::vector<Lambda> lambdas;
  std::vector<Handle> constants;    // heap constants, by index
  const SourceManager* sources = nullptr;
};

}  // namespace loko::low
