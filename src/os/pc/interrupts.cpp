// SPDX-License-Identifier: MIT
//
// The processor's tables, the interrupt controller and timer, and exceptions, which reach the process as the signals
// and with the frame layout of Linux (the runtime's handlers read and change it).
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

enum Signal : u32 { kInt = 2, kIll = 4, kTrap = 5, kBus = 7, kFpe = 8, kKill = 9, kSegv = 11 };
constexpr u64 kSaOnStack = 0x08000000, kSaNoDefer = 0x40000000, kSaResetHand = 0x80000000;
constexpr u64 kUserFlags = 0x3202;              // interrupts on, ports allowed
constexpr u64 kChangeableFlags = 0x240dd5;
constexpr u64 kDoubleFaultStack = kHigh + 0x9a000;

/// What a handler finds above its return address; then come siginfo and the vector state.
struct SignalFrame {
  u64 restorer;
  u64 context_flags, link;
  u64 stack, stack_flags, stack_bytes;
  Registers registers;
  u64 rsp, rip, flags;
  u16 cs, gs, fs, ss;
  u64 error, trap, mask, cr2, vector_state, reserved[8];
  u64 signal_mask;
  u32 number, error_number, code, padding;
  u64 address, rest[13];
};
static_assert(sizeof(SignalFrame) == 8 + 304 + 128);

void save_vectors(u64 place) {
  if (kernel().xsave_bytes) asm volatile("xsave64 (%0)" : : "r"(place), "a"(~0u), "d"(~0u) : "memory");
  else asm volatile("fxsave64 (%0)" : : "r"(place) : "memory");
}

void restore_vectors(u64 place) {
  if (kernel().xsave_bytes) asm volatile("xrstor64 (%0)" : : "r"(place), "a"(~0u), "d"(~0u) : "memory");
  else asm volatile("fxrstor64 (%0)" : : "r"(place) : "memory");
}

void log_state(const Frame* frame, u64 address) {
  log_text(" at 0x");
  log_number(frame->rip, 16);
  log_text(", stack 0x");
  log_number(frame->rsp, 16);
  log_text(", address 0x");
  log_number(address, 16);
  log_text("\n");
}

[[noreturn]] void die(u32 signal, const Frame* frame, u64 address) {
  log_text("loko: the program was ended by signal ");
  log_number(signal);
  log_text(" (trap ");
  log_number(frame->vector);
  log_text(")");
  log_state(frame, address);
  halt_with(static_cast<i32>(128 + signal));
}

bool wanted(u32 signal) { return kernel().actions[signal].handler > 1 && !(kernel().signal_mask >> (signal - 1) & 1); }

void deliver(Frame* frame, u32 signal, u32 code, u64 address) {
  Kernel& k = kernel();
  SignalAction& action = k.actions[signal];
  if (!wanted(signal)) die(signal, frame, address);
  u64 sp = frame->rsp - 128;
  bool on_stack = frame->rsp - k.signal_stack < k.signal_stack_bytes;
  if ((action.flags & kSaOnStack) && k.signal_stack_bytes && !on_stack) sp = k.signal_stack + k.signal_stack_bytes;
  u64 bytes = k.xsave_bytes ? k.xsave_bytes : 512;
  u64 vectors = (sp - bytes) & ~u64{63};
  u64 place = ((vectors - sizeof(SignalFrame)) & ~u64{15}) - 8;
  if (!covered(place, sp - place, 2)) die(signal, frame, address);
  SignalFrame* s = reinterpret_cast<SignalFrame*>(place);
  clear_bytes(s, sizeof *s);
  clear_bytes(reinterpret_cast<void*>(vectors), bytes);
  save_vectors(vectors);
  s->restorer = action.restorer;
  s->stack = k.signal_stack;
  s->stack_flags = on_stack;
  s->stack_bytes = k.signal_stack_bytes;
  s->registers = *frame;
  s->rsp = frame->rsp, s->rip = frame->rip, s->flags = frame->flags, s->cs = kUserCode, s->ss = kUserData;
  s->error = frame->error, s->trap = frame->vector, s->cr2 = address;
  s->vector_state = vectors;
  s->mask = s->signal_mask = k.signal_mask;
  s->number = signal, s->code = code, s->address = address;
  k.signal_mask |= action.mask;
  if (!(action.flags & kSaNoDefer)) k.signal_mask |= u64{1} << (signal - 1);
  frame->rdi = signal;
  frame->rsi = reinterpret_cast<u64>(&s->number);
  frame->rdx = reinterpret_cast<u64>(&s->context_flags);
  frame->rax = 0;
  frame->rsp = place;
  frame->rip = action.handler;
  frame->flags = kUserFlags;
  if (action.flags & kSaResetHand) action.handler = 0;
}

void exception(Frame* frame) {
  u64 address = 0;
  if (frame->vector == 14) {
    asm volatile("mov %%cr2, %0" : "=r"(address));
    if (resolve_fault(address, frame->error)) return;
  }
  if (!(frame->cs & 3)) {
    log_text("loko: trap ");
    log_number(frame->vector);
    log_text(" in the kernel");
    log_state(frame, address);
    panic("the kernel can't go on");
  }
  switch (frame->vector) {
    case 0: return deliver(frame, kFpe, 1, frame->rip);
    case 1: case 3: return deliver(frame, kTrap, 1, frame->rip);
    case 6:
      if (emulate(frame)) return;
      return deliver(frame, kIll, 2, frame->rip);
    case 12: case 17: return deliver(frame, kBus, 1, address);
    case 14: return deliver(frame, kSegv, frame->error & 1 ? 2 : 1, address);
    case 16: case 19: return deliver(frame, kFpe, 7, frame->rip);
    default: return deliver(frame, kSegv, 128, address);
  }
}

void set_gate(u32 vector, u64 target, u64 kind) {
  u64* gate = kernel().idt + 2 * vector;
  gate[0] = (target & 0xffff) | u64{kKernelCode} << 16 | kind << 32 | (target >> 16 & 0xffff) << 48;
  gate[1] = target >> 32;
}

void load_table(bool interrupts, const void* table, u16 bytes) {
  struct [[gnu::packed]] {
    u16 limit;
    u64 base;
  } pointer = {static_cast<u16>(bytes - 1), reinterpret_cast<u64>(table)};
  if (interrupts) asm volatile("lidt %0" : : "m"(pointer));
  else asm volatile("lgdt %0" : : "m"(pointer));
}

void mask_irq(u32 irq, bool masked) {
  u16 port = irq < 8 ? 0x21 : 0xa1;
  u8 bit = static_cast<u8>(1 << (irq & 7)), mask = in8(port);
  out8(port, masked ? mask | bit : mask & static_cast<u8>(~bit));
}

/// One interrupt of the timer chip after so many nanoseconds, at most 50 ms.
void start_timer(u64 nanoseconds) {
  u64 ticks = (nanoseconds > 50000000 ? 50000000 : nanoseconds) * 1193 / 1000000 + 1;
  out8(0x43, 0x30);
  out8(0x40, static_cast<u8>(ticks));
  out8(0x40, static_cast<u8>(ticks >> 8));
}

/// A request from a device. Those that the process claimed stay masked until it acknowledges them.
void interrupt(Frame* frame) {
  Kernel& k = kernel();
  u32 irq = static_cast<u32>(frame->vector - 32);
  if (irq == 7 || irq == 15) {  // perhaps spurious: then it is not in service
    u16 port = irq == 7 ? 0x20 : 0xa0;
    out8(port, 0x0b);
    if (!(in8(port) & 0x80)) {
      if (irq == 15) out8(0x20, 0x20);
      return;
    }
  }
  if (k.irqs_claimed >> irq & 1) {
    mask_irq(irq, true);
    k.irqs_pending |= 1u << irq;
    ++k.irq_counts[irq];
    if (irq == kSerialIrq) start_watch();
    if (k.slice_signal) k.slice_pending = true;  // the scheduler looks at once
  } else if (irq == 0) {
    u64 now = nanoseconds_since_start();
    if (k.slice_period && (frame->cs & 3) && now >= k.slice_next) {
      k.slice_pending = true;
      k.slice_next = now + k.slice_period;
      if (k.slice_once) k.slice_period = 0;
    }
    if (k.watch && now >= k.watch) serial_assist();
    if (frame->cs & 3 || k.watch) set_timer_chip();
    serial_receive();
  } else {
    serial_receive();
  }
  if (irq >= 8) out8(0xa0, 0x20);
  out8(0x20, 0x20);
}

void start_interrupt_controller() {
  constexpr u8 kSteps[][2] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, 32}, {0xa1, 40}, {0x21, 4}, {0xa1, 2},
                              {0x21, 1},    {0xa1, 1},    {0x21, 0xee}, {0xa1, 0xff}};  // timer and COM1 only
  for (const u8* step : kSteps) out8(step[0], step[1]);
}

}  // namespace

void start_processor() {
  Kernel& k = kernel();
  constexpr u64 kInterruptGate = 0x8e00, kUserGate = 0xee00;
  for (u32 i = 0; i < 48; ++i)
    set_gate(i, reinterpret_cast<u64>(loko_pc_vectors) + 16 * i, (i == 3 ? kUserGate : kInterruptGate) | (i == 8 ? 1 : 0));
  u64* stacks = reinterpret_cast<u64*>(k.task_state + 4);
  stacks[0] = kStackTop;
  stacks[4] = kDoubleFaultStack;
  *reinterpret_cast<u16*>(k.task_state + 102) = sizeof k.task_state;
  u64 task = reinterpret_cast<u64>(k.task_state);
  k.gdt[1] = 0x00af9b000000ffff;  // kernel code, kernel data, the process's data, its code, the task
  k.gdt[2] = 0x00cf93000000ffff;
  k.gdt[3] = 0x00cff3000000ffff;
  k.gdt[4] = 0x00affb000000ffff;
  k.gdt[5] = (sizeof k.task_state - 1) | (task & 0xffffff) << 16 | u64{0x89} << 40 | (task >> 24 & 0xff) << 56;
  k.gdt[6] = task >> 32;
  load_table(false, k.gdt, sizeof k.gdt);
  load_table(true, k.idt, sizeof k.idt);
  asm volatile("ltr %0" : : "r"(kTaskSelector));
  write_msr(0xc0000081, u64{0x10} << 48 | u64{kKernelCode} << 32);  // STAR
  write_msr(0xc0000082, reinterpret_cast<u64>(loko_pc_syscall));     // LSTAR
  write_msr(0xc0000084, 0x44700);                                    // SFMASK
  CpuId features = cpu_id(1);
  if (features.c >> 26 & 1) {
    u64 cr4;
    asm volatile("mov %%cr4, %0" : "=r"(cr4));
    asm volatile("mov %0, %%cr4" : : "r"(cr4 | 1 << 18));  // OSXSAVE
    asm volatile("xsetbv" : : "c"(0), "a"(cpu_id(13).a & 0xe7), "d"(0));
    k.xsave_bytes = cpu_id(13).b;
  }
  start_interrupt_controller();
}

void wait_until(u64 nanoseconds) {
  Kernel& k = kernel();
  u64 until = k.watch && (!nanoseconds || k.watch < nanoseconds) ? k.watch : nanoseconds;
  if (until) {
    u64 now = nanoseconds_since_start();
    if (nanoseconds && now >= nanoseconds) return;
    start_timer(until > now ? until - now : 1);
  }
  asm volatile("sti; hlt; cli" : : : "memory");
  if (k.slice_period && !k.slice_once) set_slice(k.slice_period, false);  // waiting is not the process's time
  else set_timer_chip();
}

void set_timer_chip() {
  Kernel& k = kernel();
  u64 next = k.slice_period ? k.slice_next : 0;
  if (k.watch && (!next || k.watch < next)) next = k.watch;
  if (!next) return;
  u64 now = nanoseconds_since_start();
  start_timer(next > now ? next - now : 1);
}

bool claim_irq(u32 irq, bool claim) {
  Kernel& k = kernel();
  if (irq == 0 || irq == 2 || irq > 15 || (k.irqs_claimed >> irq & 1) == claim) return false;
  mask_irq(irq, true);
  k.irqs_claimed ^= 1u << irq;
  k.irqs_pending &= ~(1u << irq);
  k.irq_counts[irq] = 0;
  if (irq == kSerialIrq) k.serial_served = false;
  if (irq == kSerialIrq && !claim) start_serial();
  return true;
}

void unmask_irq(u32 irq) {
  if (irq >= 8) mask_irq(2, false);
  mask_irq(irq, false);
}

void set_slice(u64 period, bool once) {
  Kernel& k = kernel();
  k.slice_once = once;
  k.slice_period = period;
  k.slice_pending = false;
  k.slice_next = nanoseconds_since_start() + period;
  set_timer_chip();
}

i64 call_sigreturn(Frame* frame) {
  Kernel& k = kernel();
  const SignalFrame* s = reinterpret_cast<const SignalFrame*>(frame->rsp - 8);
  if (!covered(frame->rsp - 8, sizeof *s, 1)) die(kSegv, frame, frame->rsp);
  static_cast<Registers&>(*frame) = s->registers;
  frame->rsp = s->rsp;
  frame->rip = s->rip & (kUserTop | 0xfff);  // iretq to a wild address would be the kernel's fault
  frame->flags = (s->flags & kChangeableFlags) | kUserFlags;
  k.signal_mask = s->signal_mask;
  if (s->vector_state && covered(s->vector_state, k.xsave_bytes ? k.xsave_bytes : 512, 1)) restore_vectors(s->vector_state);
  return static_cast<i64>(s->registers.rax);
}

void deliver_pending(Frame* frame) {
  Kernel& k = kernel();
  if (k.slice_pending && wanted(k.slice_signal)) {
    k.slice_pending = false;
    deliver(frame, k.slice_signal, static_cast<u32>(-2), 0);
  }
  if (!k.interrupt_pending) return;
  u64 handler = k.actions[kInt].handler;
  if (handler > 1 && !wanted(kInt)) return;
  k.interrupt_pending = false;
  if (handler != 1) deliver(frame, kInt, 128, 0);
}

}  // namespace loko::pc

void loko_pc_dispatch(loko::pc::Frame* frame) {
  using namespace loko::pc;
  if (frame->vector == 256) {
    serve_call(frame);
  } else if (frame->vector < 32) {
    exception(frame);
  } else {
    interrupt(frame);
  }
  if (frame->cs & 3) deliver_pending(frame);
}
