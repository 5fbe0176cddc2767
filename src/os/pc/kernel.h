// SPDX-License-Identifier: MIT
//
// The kernel that lies under the runtime on a bare PC: one process in ring 3, one address space, the system calls
// of Linux that the runtime and glibc make. It never switches tasks: it runs with interrupts off and waits by hlt.
// INVARIANT(state): all of it is in `Kernel`, at a fixed place in low memory; no globals (they belong to the process).
// INVARIANT(registers): compiled without vector registers; whatever the process has there stays untouched.
#pragma once

#include "tables/abi.h"

namespace loko::pc {

inline constexpr u64 kPage = 4096, kBlock = u64{2} << 20;
inline constexpr u64 kPhysical = 0xffff800000000000;   // all physical memory, as the kernel sees it
inline constexpr u64 kHigh = 0xffffffff80000000;       // the first gigabyte of it again: addresses of 32 bits
inline constexpr u64 kKernelPlace = 0x40000, kTablesPlace = 0x80000, kStackTop = kHigh + 0x98000,
                     kStackBytes = 0x8000;
inline constexpr u64 kUserTop = 0x7ffffffff000;
inline constexpr u16 kKernelCode = 0x08, kUserData = 0x1b, kUserCode = 0x23, kTaskSelector = 0x28;

/// What boot.S pushes, lowest address first; registers in the order of Linux's signal frames.
struct Registers {
  u64 r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx;
};
struct Frame : Registers {
  u64 vector, error;
  u64 rip, cs, flags, rsp, ss;
};

struct Range { u64 start, end; };

/// A piece of the process's address space with one protection (PROT_… bits).
struct Area {
  u64 start, end;
  u32 protection;
};

struct Module {
  u64 start, end;    // physical
  char name[64];     // in /boot
};

enum class FileKind : u32 { Closed, Console, Module, Directory, Irq /* /dev/irq/N */, Memory /* /dev/mem */, Line /* /dev/line */ };
struct File {
  FileKind kind;
  u32 module;                  // or the number of the interrupt request
  u64 position;
};

/// As in rt_sigaction.
struct SignalAction {
  u64 handler, flags, restorer, mask;
};

enum class LogConsole : u32 { Vga, Com1, Debug };

struct Kernel {
  u64 user_rsp;                // boot.S: must be first
  // memory
  Range small[64], large[64];  // never used yet: pieces of pages; aligned blocks
  u32 small_count, large_count;
  u64 free_page, free_block;   // lists, linked through their first words
  u64 free_pages, total_bytes;
  u64 tables;                  // the process's page tables
  Area areas[1024];
  u32 area_count;
  u64 brk_start, brk;
  // the process
  SignalAction actions[65];
  u64 signal_mask;
  u64 signal_stack, signal_stack_bytes;
  bool interrupt_pending;      // the interrupt key was pressed
  u32 slice_signal;            // of the process's timer; 0: none
  bool slice_pending, slice_once;
  u64 slice_period, slice_next;  // nanoseconds; period 0: not armed
  u64 xsave_bytes;             // 0: only fxsave
  File files[64];
  Module modules[32];
  u32 module_count;
  // devices
  u32 irqs_claimed, irqs_pending;  // bit sets: requests that go to the process, that it has not seen
  u32 irq_counts[16];
  LogConsole log;
  bool has_serial;
  u32 vga_position;
  u32 terminal[15];            // struct termios
  u64 tsc_start, tsc_scale;    // nanoseconds since the start = (tsc - tsc_start) * tsc_scale >> 32
  i64 start_seconds;           // of the epoch
  u32 input_head, input_tail, output_head, output_tail;
  bool line_open;              // a driver moves bytes between these rings and the serial port
  bool serial_served;          // it has taken the request and has not acknowledged it: the port is its own
  u64 watch;                   // when the kernel looks after the port itself, if the driver does not; 0: nothing to do
  u64 random;
  // the processor's tables
  u64 gdt[8];
  u64 idt[2 * 48];
  u8 task_state[104];
  char command_line[4096];
  u8 input[65536];             // rings; powers of two
  u8 output[16384];
};
static_assert(sizeof(Kernel) <= kTablesPlace - kKernelPlace);

inline Kernel& kernel() { return *reinterpret_cast<Kernel*>(kHigh + kKernelPlace); }
template <class T> T* physical(u64 address) { return reinterpret_cast<T*>(kPhysical + address); }

// Strings of bytes without a C library: the process's functions use vector registers.
inline void copy_bytes(void* to, const void* from, u64 n) { asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); }
inline void clear_bytes(void* to, u64 n) { asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory"); }
inline void clear_page(u64* p) {  // an emulator does stores faster than string instructions
  for (u64* end = p + 512; p != end; p += 8) p[0] = p[1] = p[2] = p[3] = p[4] = p[5] = p[6] = p[7] = 0;
}
inline u64 length_of(const char* s) {
  u64 n = 0;
  while (s[n]) ++n;
  return n;
}
inline bool equal(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

inline void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
inline void out32(u16 port, u32 value) { asm volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
inline u8 in8(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline u64 read_tsc() {
  u32 low, high;
  asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
  return u64{high} << 32 | low;
}
inline void write_msr(u32 number, u64 value) {
  asm volatile("wrmsr" : : "c"(number), "a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32)));
}
struct CpuId {
  u32 a, b, c, d;
};
inline CpuId cpu_id(u32 leaf, u32 sub = 0) {
  CpuId r;
  asm volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
  return r;
}

// memory.cpp
/// Memory of the machine: everything in `usable` but not in `taken`.
void add_memory(const Range* usable, u32 usable_count, const Range* taken, u32 taken_count);
/// A zeroed page of physical memory, or 0.
u64 take_page();
/// Maps one page of the process to a physical page.
void map_page(u64 address, u64 page, u32 protection);
/// Gives [start, end) this protection; kUnmapped removes it. Page tables are not touched. False: too many areas.
bool set_area(u64 start, u64 end, u32 protection);
inline constexpr u32 kUnmapped = ~u32{0};
/// True iff every byte of [address, address + bytes) is mapped with at least this protection.
bool covered(u64 address, u64 bytes, u32 protection);
/// Brings in the page of a fault; false if the process may not do that there.
bool resolve_fault(u64 address, u64 error);
/// `physical_place`: memory of the machine to be mapped, or kAnonymous.
i64 call_mmap(u64 address, u64 bytes, u32 protection, u64 flags, u64 physical_place);
inline constexpr u64 kAnonymous = ~u64{0};
i64 call_munmap(u64 address, u64 bytes);
i64 call_mprotect(u64 address, u64 bytes, u32 protection);
i64 call_madvise(u64 address, u64 bytes, u64 advice);
u64 call_brk(u64 address);

// interrupts.cpp
/// Loads the processor's tables, switches on what the process may use, silences the interrupt controller.
void start_processor();
/// Sleeps until an interrupt or, at the latest, this time (0: no limit).
void wait_until(u64 nanoseconds);
/// Sets the timer for the end of the slice or the watch over the serial port, whichever comes first.
void set_timer_chip();
i64 call_sigreturn(Frame* frame);
/// Gives an interrupt request to the process, or takes it back; false if it is taken or none. It comes masked.
bool claim_irq(u32 irq, bool claim);
/// Lets a request through, once: it is masked again when it arrives.
void unmask_irq(u32 irq);
/// Signals the process after each so many nanoseconds; 0: no more.
void set_slice(u64 period, bool once);
/// Delivers the interrupt key and the end of a time slice if they are pending and wanted.
void deliver_pending(Frame* frame);

// emulate.cpp
/// Does the instruction that the processor called invalid, if it is one of the few that are known.
bool emulate(Frame* frame);

// calls.cpp
/// Serves one system call: the result goes to frame->rax.
void serve_call(Frame* frame);
/// The end of the process and so of the machine.
[[noreturn]] void halt_with(i32 status);

// devices.cpp
inline constexpr u32 kSerialIrq = 4;
void start_devices();
void start_serial();
void log_text(const char* text);
void log_number(u64 n, unsigned base = 10);
[[noreturn]] void panic(const char* text);
/// Writes bytes to the serial line; if it has a driver, into its ring: the number of those that had room, which is 0 for none.
u64 serial_write(const u8* bytes, u64 n);
/// Sends what is in the ring, waiting for the port.
void serial_flush();
/// The driver's side: takes bytes to be sent, and delivers bytes that were received. How many.
u64 line_take(u8* bytes, u64 n);
u64 line_deliver(const u8* bytes, u64 n);
bool line_has_output();
bool line_has_room();
bool output_has_room();
/// Does what the driver has left undone for a millisecond: it may be in the middle of a long computation.
void serial_assist();
/// There is work for the driver.
void start_watch();
/// Moves what the serial port received to the ring.
void serial_receive();
/// Bytes from the serial line: waits for the first; 0 at the end-of-file key, -EINTR at the interrupt key.
i64 serial_read(u8* bytes, u64 n);
bool serial_ready();
u64 nanoseconds_since_start();
u64 random_word();

}  // namespace loko::pc

extern "C" {
extern const char loko_pc_vectors[], loko_pc_syscall[];
loko::pc::Frame* loko_pc_boot(loko::u64 multiboot);
void loko_pc_dispatch(loko::pc::Frame* frame);
}
