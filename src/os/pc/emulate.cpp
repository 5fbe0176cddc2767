// SPDX-License-Identifier: MIT
//
// Compiled code uses two instructions that the plainest 64-bit processors (and the emulator's usual one) lack:
// `roundsd` between registers and `popcnt`. There they trap as invalid, and are done here.
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

struct alignas(16) VectorState {
  u8 control[160];
  u64 xmm[16][2];
  u8 rest[96];
};
static_assert(sizeof(VectorState) == 512);

/// An IEEE double rounded to an integer; kind as in `roundsd`: to even, down, up, towards zero.
u64 round_double(u64 x, u32 kind) {
  u64 sign = x & u64{1} << 63, magnitude = x ^ sign;
  constexpr u64 kOne = u64{1023} << 52, kHalf = u64{1022} << 52;
  if (magnitude >= u64{1023 + 52} << 52) return x;  // an integer, infinite or not a number
  bool small = magnitude < kOne;
  u64 unit = small ? kOne : u64{1} << (52 - ((magnitude >> 52) - 1023));  // one, in units of the last place
  u64 fraction = small ? magnitude : magnitude & (unit - 1), whole = magnitude - fraction;
  u64 half = small ? kHalf : unit / 2;
  bool odd = !small && (whole & unit);
  bool up = kind == 0 ? fraction > half || (fraction == half && odd) : kind == 3 ? false : fraction && (kind == 1) == (sign != 0);
  return sign | (whole + (up ? unit : 0));  // a carry goes to the exponent
}

u64& integer_register(Frame* f, u32 n) {
  u64* const places[] = {&f->rax, &f->rcx, &f->rdx, &f->rbx, &f->rsp, &f->rbp, &f->rsi, &f->rdi,
                         &f->r8,  &f->r9,  &f->r10, &f->r11, &f->r12, &f->r13, &f->r14, &f->r15};
  return *places[n];
}

}  // namespace

bool emulate(Frame* frame) {
  if (!covered(frame->rip, 8, 1)) return false;
  const u8* p = reinterpret_cast<const u8*>(frame->rip);
  u8 prefix = *p++, rex = (*p & 0xf0) == 0x40 ? *p++ : 0;
  if (*p++ != 0x0f) return false;
  u8 code = *p++;
  bool round = prefix == 0x66 && code == 0x3a && *p == 0x0b, count = prefix == 0xf3 && code == 0xb8 && (rex & 8);
  if (round) ++p;
  u8 operands = *p++;
  if (!(round || count) || operands < 0xc0) return false;
  u32 to = (operands >> 3 & 7) | (rex & 4) << 1, from = (operands & 7) | (rex & 1) << 3;
  if (round) {
    VectorState state;
    asm volatile("fxsave64 %0" : "=m"(state));
    state.xmm[to][0] = round_double(state.xmm[from][0], *p++ & 3);
    asm volatile("fxrstor64 %0" : : "m"(state));
  } else {
    u64 n = integer_register(frame, from), ones = 0;
    for (u64 rest = n; rest; rest &= rest - 1) ++ones;
    integer_register(frame, to) = ones;
    frame->flags = (frame->flags & ~u64{0x8d5}) | (n ? 0 : 0x40);
  }
  frame->rip = reinterpret_cast<u64>(p);
  return true;
}

}  // namespace loko::pc
