// SPDX-License-Identifier: MIT
//
// See coroutine.h. The switch saves the callee-saved registers of the System V ABI only; MXCSR and the x87
// control word are the same everywhere in the process.
#include "syntax/coroutine.h"

#include <sys/mman.h>

#include <vector>

asm(R"(
  .text
  .globl loko_switch_stacks
  .type loko_switch_stacks, @function
loko_switch_stacks:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
  .size loko_switch_stacks, .-loko_switch_stacks
  .globl loko_coroutine_start
  .type loko_coroutine_start, @function
loko_coroutine_start:
  mov %r12, %rdi
  xor %ebp, %ebp
  call *%r13
  ud2
  .size loko_coroutine_start, .-loko_coroutine_start
)");

extern "C" void loko_switch_stacks(loko::u64** save, loko::u64* to);
extern "C" void loko_coroutine_start();

namespace loko::syntax {
namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 20;
constexpr std::size_t kGuardBytes = 64 << 10;
constexpr std::size_t kPooled = 4;

std::vector<char*>& pool() {
  static std::vector<char*> stacks;
  return stacks;
}

char* take_stack() {
  if (!pool().empty()) {
    char* stack = pool().back();
    pool().pop_back();
    return stack;
  }
  void* p = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  mprotect(p, kGuardBytes, PROT_NONE);
  return static_cast<char*>(p);
}

void give_stack(char* stack) {
  if (pool().size() >= kPooled) {
    munmap(stack, kStackBytes);
    return;
  }
  // Keep the top quarter of a megabyte; what deep programs used goes back to the system.
  madvise(stack + kGuardBytes, kStackBytes - kGuardBytes - (256 << 10), MADV_DONTNEED);
  pool().push_back(stack);
}

}  // namespace

Coroutine::~Coroutine() {
  if (stack_) give_stack(stack_);
}

bool Coroutine::prepare(void (*body)(void*), void* argument) {
  stack_ = take_stack();
  if (!stack_) return false;
  body_ = body;
  argument_ = argument;
  u64* sp = reinterpret_cast<u64*>(stack_ + kStackBytes);
  *--sp = 0;                                               // keeps rsp 16-byte aligned at the call
  *--sp = 0;
  *--sp = reinterpret_cast<u64>(&loko_coroutine_start);    // return address of the switch
  *--sp = 0;                                               // rbp
  *--sp = 0;                                               // rbx
  *--sp = reinterpret_cast<u64>(this);                     // r12
  *--sp = reinterpret_cast<u64>(&Coroutine::entry);        // r13
  *--sp = 0;                                               // r14
  *--sp = 0;                                               // r15
  inside_ = sp;
  return true;
}

void Coroutine::entry(Coroutine* self) {
  self->body_(self->argument_);
  self->finished_ = true;
  loko_switch_stacks(&self->inside_, self->outside_);
  __builtin_unreachable();
}

void Coroutine::resume() { loko_switch_stacks(&outside_, inside_); }

void Coroutine::suspend() { loko_switch_stacks(&inside_, outside_); }

bool Coroutine::nearly_full() const {
  return static_cast<char*>(__builtin_frame_address(0)) < stack_ + kStackBytes / 4;
}

}  // namespace loko::syntax
