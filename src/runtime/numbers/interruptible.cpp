// SPDX-License-Identifier: MIT
//
// Entering and leaving long computations (interruptible.h). The place to go back to is a C stack pointer in
// HeapState::computation_sp, 0 when none may be left; control/traps.cpp looks there when the interrupt key is pressed.
#include "runtime/numbers/interruptible.h"

#include "runtime/memory/heap_state.h"

// loko_run_computation(f, argument, where): 0 when f has returned, 1 when it was left. *where is the stack pointer
// to go back to; loko_computation_left is the place to continue at, with that stack pointer and all else undefined.
asm(R"(
  .text
  .balign 16
  .globl loko_run_computation
loko_run_computation:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  pushq %rdx
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rsp, (%rdx)
  callq *%rax
  xorl %eax, %eax
1:popq %rdx
  movq $0, (%rdx)
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .globl loko_computation_left
loko_computation_left:
  cld
  movl $1, %eax
  jmp 1b
  .globl loko_leave_computation
loko_leave_computation:
  movq %rdi, %rsp
  jmp loko_computation_left
)");

extern "C" {
loko::u64 loko_run_computation(void (*f)(void*), void* argument, loko::u64* where);
[[noreturn]] void loko_leave_computation(loko::u64 stack_pointer);
}

namespace loko {

bool run_interruptible(void (*f)(void*), void* argument) {
  return loko_run_computation(f, argument, &memory::heap().computation_sp) == 0;
}

Value computation_interrupted(const char* who) {
  return raise_condition("implementation-restriction", who, "the computation was interrupted");
}

Uninterrupted::Uninterrupted() : saved_(memory::heap().computation_sp) {
  __atomic_store_n(&memory::heap().computation_sp, u64{0}, __ATOMIC_SEQ_CST);
}

Uninterrupted::~Uninterrupted() {
  if (saved_ == 0) return;
  if (__atomic_load_n(&context().interrupts, __ATOMIC_SEQ_CST) & kInterruptUser) loko_leave_computation(saved_);
  __atomic_store_n(&memory::heap().computation_sp, saved_, __ATOMIC_SEQ_CST);
}

}  // namespace loko
