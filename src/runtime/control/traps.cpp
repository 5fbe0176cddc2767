// SPDX-License-Identifier: MIT
//
// Processor traps in compiled code become calls of kHookTrap. The frames of the faulting computation are
// given up (its program counter has no frame descriptor); conditions leave by continuations, which are on
// the heap. For backtraces the return addresses below are kept: the lowest word of the stack from which descriptors
// lead from return address to return address exactly to the base. SIGINT sets a bit and trips the safepoint check, and ends a long
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

/// Is it an address in Scheme code or near the stubs, behind a call whose frame is described?
bool is_return_address(u64 a) {
  u64 stubs = reinterpret_cast<u64>(loko_trap_resume);
  if (!in_scheme_code(a) && a - (stubs - 0x4000) >= 0x8000) return false;
  const u8* nop = reinterpret_cast<const u8*>(a);
  if (nop[0] != 0x0f || nop[1] != 0x1f || nop[2] != 0x80) return false;
  u64 descriptor = reinterpret_cast<u64>(frame_descriptor(a));
  return in_scheme_code(descriptor) || descriptor - (stubs - 0x40000) < 0x80000;
}

/// Do frames follow one another from p exactly to the base of the stack?
bool is_chain(u64 p) {
  const u64 base = context().stack_base;
  while (p < base) {
    u64 a = *reinterpret_cast<const u64*>(p);
    if (!is_return_address(a)) return false;
    p += 8 * (1 + u64{frame_descriptor(a)->frame_words});
  }
  return p == base;
}

/// Keeps the return addresses below a trap at this stack pointer.
void keep_frames(u64 sp) {
  memory::HeapState& h = memory::heap();
  const u64 base = context().stack_base;
  h.trap_frame_count = 0;
  if (sp < context().stack_low || sp > base || sp % 8 != 0) return;
  u64 p = sp;
  while (p < base && p < sp + 8 * 1024 && !is_chain(p)) p += 8;
  for (; p < base && is_chain(p) && h.trap_frame_count < sizeof h.trap_frames / sizeof *h.trap_frames;) {
    u64 a = *reinterpret_cast<const u64*>(p);
    h.trap_frames[h.trap_frame_count++] = a;
    p += 8 * (1 + u64{frame_descriptor(a)->frame_words});
  }
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
  keep_frames(at->rsp);
  memory::heap().trap_pc = at->rip;
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

void set_handler(int signal, u64 handler, bool restart) {
  SignalAction action{handler, handler ? kSaSigInfo | kSaOnStack | kSaRestorer | (restart ? kSaRestart : 0) : 0,
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
