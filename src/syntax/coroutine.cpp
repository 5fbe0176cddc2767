// SPDX-License-Identifier: MIT
//
// See coroutine.h. The switch saves the callee-saved registers of the System V ABI only; MXCSR and the x87
// control word are the same everywhere in the process.
#include "syntax/coroutine.h"

#include <sys/mman.h>

#include <utility>
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

// Address space; only what is used becomes memory. The expander stops at kExpanderBytes, the rest is for the passes,
// whose frames are larger (pipeline::compile bounds the depth of what they get).
constexpr std::size_t kLargeStack = std::size_t{512} << 20;
constexpr std::size_t kSmallStack = std::size_t{64} << 20;  // where there is no room for the other
constexpr std::size_t kExpanderBytes = std::size_t{48} << 20;
constexpr std::size_t kGuardBytes = 64 << 10;
constexpr std::size_t kPooled = 4;

std::vector<std::pair<char*, std::size_t>>& pool() {
  static std::vector<std::pair<char*, std::size_t>> stacks;
  return stacks;
}

std::size_t& stack_bytes() {
  static std::size_t bytes = kLargeStack;
  return bytes;
}

void* map_stack(std::size_t bytes) {
  return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

char* take_stack(std::size_t& bytes) {
  if (!pool().empty()) {
    auto [stack, size] = pool().back();
    pool().pop_back();
    bytes = size;
    return stack;
  }
  bytes = stack_bytes();
  void* p = map_stack(bytes);
  if (p == MAP_FAILED && bytes > kSmallStack) p = map_stack(bytes = stack_bytes() = kSmallStack);
  if (p == MAP_FAILED) return nullptr;
  mprotect(p, kGuardBytes, PROT_NONE);
  return static_cast<char*>(p);
}

void give_stack(char* stack, std::size_t bytes) {
  if (pool().size() >= kPooled) {
    munmap(stack, bytes);
    return;
  }
  // Keep the top quarter of a megabyte; what deep programs used goes back to the system.
  madvise(stack + kGuardBytes, bytes - kGuardBytes - (256 << 10), MADV_DONTNEED);
  pool().emplace_back(stack, bytes);
}

}  // namespace

Coroutine::~Coroutine() {
  if (stack_) give_stack(stack_, bytes_);
}

bool Coroutine::prepare(void (*body)(void*), void* argument) {
  stack_ = take_stack(bytes_);
  if (!stack_) return false;
  body_ = body;
  argument_ = argument;
  u64* sp = reinterpret_cast<u64*>(stack_ + bytes_);
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
  return static_cast<char*>(__builtin_frame_address(0)) < stack_ + bytes_ - kExpanderBytes;
}

}  // namespace loko::syntax
