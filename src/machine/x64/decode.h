// SPDX-License-Identifier: MIT
//
// One x86-64 instruction of machine code as text. Knows what the emitter of this folder writes and its near
// relatives, not the whole instruction set.
#pragma once

#include <string>
#include <vector>

#include "tables/abi.h"

namespace loko::x64 {

/// A memory operand [base + index * scale + displacement].
struct MemoryOperand {
  bool present = false;
  int base = -1, index = -1;       // hardware numbers; -1: none, 16: rip
  unsigned scale = 1;
  i64 displacement = 0;
  unsigned bits = 0;               // width of the access
};

/// A decoded instruction. length 0: unknown.
struct Decoded {
  unsigned length = 0;
  std::string mnemonic;
  std::vector<std::string> operands;  // destination first; registers, numbers as #x…, memory as (mem64+ …)
  MemoryOperand memory;
  int reg = -1;                    // the register operand beside the memory operand: general, or 32 + n for xmm n
  bool has_target = false;         // relative jump or call
  u64 target = 0;
  bool has_immediate = false;
  i64 immediate = 0;
};

/// Decodes the instruction at `bytes`, of which at most `size` bytes may be read; it runs at `address`.
Decoded decode(const u8* bytes, std::size_t size, u64 address);

/// "rax", "eax", "ax" or "al" by width, "xmm0" for 32 and more.
std::string register_name(int reg, unsigned bits);

/// n in hexadecimal as Scheme writes it: #x1F, #x-2.
std::string hexadecimal(i64 n);

}  // namespace loko::x64
