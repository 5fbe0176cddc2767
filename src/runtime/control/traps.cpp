// SPDX-License-Identifier: MIT
//
// Processor traps in compiled code become calls of kHookTrap. The frames of the faulting computation are
// given up (its program counter has no frame descriptor); conditions leave by continuations, which are on
// the heap. SIGINT sets a bit and trips the safepoint check, and ends a long
// computation of a primitive, which then raises.
#include "os/platform.h"
#include "runtime/control/control.h"
#include "runtime/memory/heap_state.h"

asm(R"(
  .text
  .globl loko_signal_return
loko_signal_return:
  movl $15, %eax
  syscall
)");
extern "C" const char loko_signal_return[], loko_computation_left[];

namespace loko::control {

namespace {

enum Signal : int { kSigInt = 2, kSigIll = 4, kSigBus = 7, kSigFpe = 8, kSigSegv = 11 };

/// The kernel's struct sigaction.
struct SignalAction {
  u64 handler;
  u64 flags;
  u64 restorer;
  u64 mask;
};
constexpr u64 kSaSigInfo = 4, kSaOnStack = 0x08000000, kSaRestorer = 0x04000000, kSaRestart = 0x10000000;

struct AlternateStack {
  u64 address;
  u32 flags, reserved;
  u64 bytes;
};

/// The part of ucontext_t that is needed: general registers in the kernel's order.
struct SignalContext {
  u64 flags, link;
  AlternateStack stack;
  u64 r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
  u64 eflags, segments, error, trap, mask, cr2;
};

bool in_scheme_code(u64 pc) {
  const Context& c = context();
  return (pc >= kImageCodeBase && pc < c.image_code_top) || (pc >= kRunCodeBase && pc < c.run_code_top);
}

void handle_trap(int signal, const u64*, SignalContext* at) {
  Context& c = context();
  if (!in_scheme_code(at->rip) || !is_procedure(c.hooks[kHookTrap])) {
    if (in_scheme_code(at->rip)) {
      os::ErrorText text;
      (text << "loko: trap " << at->trap << " at ").hex(at->rip) << ", address ";
      text.hex(at->cr2) << "\n";
      text.flush();
    }
    set_handler(signal, 0);  // the instruction is executed again and ends the process
    return;
  }
  at->rdi = fixnum(static_cast<i64>(at->trap)).bits;  // the processor's number: 0 division, 6 opcode, 13, 14 page
  at->rsi = fixnum(static_cast<i64>(at->cr2)).bits;
  at->rdx = fixnum(static_cast<i64>(at->rip)).bits;
  if (at->r15 > c.alloc_limit) at->r15 = c.alloc_limit;  // between advancing and checking
  at->rip = reinterpret_cast<u64>(loko_trap_resume);
}

void handle_interrupt(int, const u64*, SignalContext* at) {
  __atomic_fetch_or(&context().interrupts, static_cast<u32>(kInterruptUser), __ATOMIC_RELAXED);
  memory::trip_safepoint();
  if (u64 sp = __atomic_exchange_n(&memory::heap().computation_sp, u64{0}, __ATOMIC_SEQ_CST)) {  // numbers/interruptible.h
    at->rsp = sp;
    at->rip = reinterpret_cast<u64>(loko_computation_left);
  }
}

}  // namespace

void set_handler(int signal, u64 handler) {
  SignalAction action{handler, handler ? kSaSigInfo | kSaOnStack | kSaRestorer | kSaRestart : 0,
                      reinterpret_cast<u64>(loko_signal_return), 0};
  os::system_call(os::kSysRtSigaction, static_cast<u64>(signal), reinterpret_cast<u64>(&action), 0, 8);
}

void install_traps() {
  constexpr u64 kBytes = 64 << 10;
  u64 area = reinterpret_cast<u64>(memory::map_pages(kBytes));
  memory::heap().signal_stack = area;
  AlternateStack stack{area, 0, 0, kBytes};
  os::system_call(os::kSysSigaltstack, reinterpret_cast<u64>(&stack), 0);
  constexpr int kTraps[] = {kSigIll, kSigBus, kSigFpe, kSigSegv};
  for (int signal : kTraps) set_handler(signal, reinterpret_cast<u64>(&handle_trap));
}

}  // namespace loko::control

namespace loko {

/// (%install-sigint): the terminal's interrupt key calls the interrupt hook at the next safepoint.
Value install_sigint() {
  control::set_handler(control::kSigInt, reinterpret_cast<u64>(&control::handle_interrupt));
  return Void;
}

}  // namespace loko
