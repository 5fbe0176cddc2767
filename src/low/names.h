// SPDX-License-Identifier: MIT
//
// The names of operations, conditions and representations in the text form of low, and the shape of each
// operation: which operands it has and how they are written. Shared by print, read and verify.
#pragma once

#include <cstring>
#include <string_view>

#include "low/language.h"

namespace loko::low {

/// How an operation is written. Flags of OpShape::form.
enum OpForm : u8 {
  kFormImm = 1,       // imm comes first
  kFormA = 2,
  kFormB = 4,
  kFormC = 8,
  kFormD = 16,
  kFormAddress = 32,  // a and, if there is one, b are in (at a [b scale] offset)
  kFormCond = 64,     // condition comes first
  kFormCall = 128     // arguments, then keywords
};

struct OpShape {
  Op op;
  const char* name;
  u8 form;
  bool result;
};

inline constexpr OpShape kOpShapes[] = {
    {Op::Imm, "imm", kFormImm, true},
    {Op::FImm, "fimm", kFormImm, true},
    {Op::Constant, "constant", kFormImm, true},
    {Op::LoadAbs, "load-abs", kFormImm, true},
    {Op::StoreAbs, "store-abs", kFormImm | kFormA, false},
    {Op::LoadCtx, "load-ctx", kFormImm, true},
    {Op::StoreCtx, "store-ctx", kFormImm | kFormA, false},
    {Op::StaticClosure, "static-closure", kFormImm, true},
    {Op::Add, "add", kFormA | kFormB, true},
    {Op::Sub, "sub", kFormA | kFormB, true},
    {Op::Mul, "mul", kFormA | kFormB, true},
    {Op::And, "and", kFormA | kFormB, true},
    {Op::Or, "or", kFormA | kFormB, true},
    {Op::Xor, "xor", kFormA | kFormB, true},
    {Op::Shl, "shl", kFormA | kFormB, true},
    {Op::Sar, "sar", kFormA | kFormB, true},
    {Op::Shr, "shr", kFormA | kFormB, true},
    {Op::Neg, "neg", kFormA, true},
    {Op::Not, "not", kFormA, true},
    {Op::Div, "div", kFormA | kFormB, true},
    {Op::Rem, "rem", kFormA | kFormB, true},
    {Op::Lea, "lea", kFormAddress, true},
    {Op::Popcount, "popcount", kFormA, true},
    {Op::Clz, "clz", kFormA, true},
    {Op::Ctz, "ctz", kFormA, true},
    {Op::ByteSwap, "byte-swap", kFormA, true},
    {Op::Load, "load", kFormAddress, true},
    {Op::Store, "store", kFormAddress | kFormC, false},
    {Op::MarkCard, "mark-card", kFormAddress, false},
    {Op::DeviceLoad, "device-load", kFormA, true},
    {Op::DeviceStore, "device-store", kFormA | kFormC, false},
    {Op::PortIn, "port-in", kFormA, true},
    {Op::PortOut, "port-out", kFormA | kFormB, false},
    {Op::FAdd, "fadd", kFormA | kFormB, true},
    {Op::FSub, "fsub", kFormA | kFormB, true},
    {Op::FMul, "fmul", kFormA | kFormB, true},
    {Op::FDiv, "fdiv", kFormA | kFormB, true},
    {Op::FSqrt, "fsqrt", kFormA, true},
    {Op::FNeg, "fneg", kFormA, true},
    {Op::FAbs, "fabs", kFormA, true},
    {Op::FMin, "fmin", kFormA | kFormB, true},
    {Op::FMax, "fmax", kFormA | kFormB, true},
    {Op::FFloor, "ffloor", kFormA, true},
    {Op::FCeil, "fceil", kFormA, true},
    {Op::FTrunc, "ftrunc", kFormA, true},
    {Op::FRound, "fround", kFormA, true},
    {Op::FFromInt, "ffrom-int", kFormA, true},
    {Op::FToInt, "fto-int", kFormA, true},
    {Op::FBits, "fbits", kFormA, true},
    {Op::FFromBits, "ffrom-bits", kFormA, true},
    {Op::SetCond, "set-cond", kFormCond | kFormA | kFormB, true},
    {Op::SetBool, "set-bool", kFormCond | kFormA | kFormB, true},
    {Op::FSetBool, "fset-bool", kFormCond | kFormA | kFormB, true},
    {Op::Select, "select", kFormCond | kFormA | kFormB | kFormC | kFormD, true},
    {Op::Alloc, "alloc", kFormImm, true},
    {Op::AllocDynamic, "alloc-dynamic", kFormA, true},
    {Op::CallDirect, "call-direct", kFormCall, true},
    {Op::CallClosure, "call-closure", kFormCall, true},
    {Op::CallRuntime, "call-runtime", kFormCall, true},
    {Op::CallStub, "call-stub", kFormCall, true},
    {Op::CallFloat, "call-float", kFormCall, true},
    {Op::Poll, "poll", 0, false},
};

inline const OpShape& shape(Op op) {
  static_assert(kOpShapes[static_cast<int>(Op::Poll)].op == Op::Poll);
  return kOpShapes[static_cast<int>(op)];
}

inline constexpr const char* kCondNames[] = {"eq",    "ne",       "lt",    "le",       "gt",   "ge",
                                             "below", "below-eq", "above", "above-eq", "zero", "nonzero"};
inline constexpr const char* kFCondNames[] = {"eq", "ne", "lt", "le", "gt", "ge", "unordered"};
inline constexpr const char* kRepNames[] = {"tagged", "raw", "f64", "none"};
inline constexpr const char* kTermNames[] = {"jump",          "branch",      "fbranch",      "branch-ovf", "return",
                                             "return-values", "tail-direct", "tail-closure", "tail-stub",  "unreachable"};

/// Index of a name in a table, or -1.
template <std::size_t N>
int find_name(const char* const (&table)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (name == table[i]) return static_cast<int>(i);
  return -1;
}

}  // namespace loko::low
