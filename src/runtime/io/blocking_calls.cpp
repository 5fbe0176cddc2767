// SPDX-License-Identifier: MIT
//
// System calls that may block for long (files on slow disks, opening) made aside, so that other fibers go on: each slot has
// a thread, started when it is first needed, that makes one call after the other and tells of the end by an eventfd.
// INVARIANT(aside): these threads touch nothing but their slot: they read and write no object of the heap, which may move
// meanwhile. Bytes go through the slot's buffer; the program's thread copies them. All signals but one are blocked in
// them; that one, sent to a thread, ends its call with EINTR.
#include "os/platform.h"
#include "runtime/control/control.h"
#include "runtime/memory/heap_state.h"

extern "C" [[gnu::visibility("hidden")]] loko::i64 loko_clone_thread(loko::u64 flags, loko::u64 stack);

// The new thread takes its argument and its procedure, which does not return, from its stack.
asm(R"(
  .text
  .balign 16
  .globl loko_clone_thread
  .hidden loko_clone_thread
loko_clone_thread:
  movl $56, %eax
  xorl %edx, %edx
  xorl %r10d, %r10d
  xorl %r8d, %r8d
  syscall
  testq %rax, %rax
  jz 1f
  ret
1:xorl %ebp, %ebp
  popq %rdi
  popq %rax
  callq *%rax
  ud2
)");

namespace loko {

namespace {

constexpr u64 kSlots = 16, kBufferBytes = 64 << 10, kStackBytes = 16 << 10;
constexpr int kSigCancel = 62;
constexpr u64 kSetMask = 2, kFutexWaitPrivate = 128, kFutexWakePrivate = 129;
// VM FS FILES SIGHAND THREAD SYSVSEM
constexpr u64 kCloneFlags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;
constexpr i64 kSysFutex = 202, kSysTgkill = 234, kSysEventfd2 = 290, kSysNanosleep = 35;
constexpr u64 kEventFlags = 0x80800;  // EFD_CLOEXEC, EFD_NONBLOCK
constexpr i64 kENoSys = -38;

enum State : u32 { kFree, kAsked, kDone };

struct Slot {
  u32 state;     // a futex
  i32 thread;    // its number; 0: not started
  i64 call, result;
  u64 arguments[6];
  u64 buffer;    // address
  i32 event;
};

struct Calls {
  u64 pid;
  i32 event;     // descriptor of the eventfd
  u64 delay[2];  // seconds and nanoseconds before each call, for tests
  Slot slots[kSlots];
};
static_assert(sizeof(Calls) <= 4096);

Calls* calls() { return reinterpret_cast<Calls*>(memory::heap().blocking_calls); }

[[noreturn]] void serve(Slot* slot) {
  for (;;) {
    u32 state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
    if (state != kAsked) {
      os::system_call(kSysFutex, reinterpret_cast<u64>(&slot->state), kFutexWaitPrivate, state, 0);
      continue;
    }
    const u64* a = slot->arguments;
    if (calls()->delay[0] | calls()->delay[1]) os::system_call(kSysNanosleep, reinterpret_cast<u64>(calls()->delay), 0);
    slot->result = os::system_call(slot->call, a[0], a[1], a[2], a[3], a[4], a[5]);
    __atomic_store_n(&slot->state, static_cast<u32>(kDone), __ATOMIC_RELEASE);
    u64 one = 1;
    os::system_call(os::kSysWrite, static_cast<u64>(slot->event), reinterpret_cast<u64>(&one), 8);
  }
}

void end_call(int, const u64*, void*) {}

/// The table of this process, made at the first use; null: the system has no threads or no memory for it.
Calls* have_calls() {
  u64 pid = static_cast<u64>(os::system_call(os::kSysGetpid));
  if (calls() && calls()->pid == pid) return calls()->event >= 0 ? calls() : nullptr;
  if (!calls()) {
    i64 page = os::map_memory(0, 4096, os::kProtRead | os::kProtWrite);
    if (page < 0 && page > -4096) return nullptr;
    memory::heap().blocking_calls = static_cast<u64>(page);
  }
  Calls& c = *calls();
  for (Slot& s : c.slots) s = Slot{.state = kFree, .thread = 0, .call = 0, .result = 0, .arguments = {}, .buffer = s.buffer, .event = -1};
  c.pid = pid;
  c.event = static_cast<i32>(os::system_call(kSysEventfd2, 0, kEventFlags));
  return c.event >= 0 ? &c : nullptr;
}

/// Starts the slot's thread, with all signals blocked but kSigCancel.
bool start_thread(Slot& slot) {
  if (!slot.buffer) {
    i64 memory = os::map_memory(0, kBufferBytes + kStackBytes, os::kProtRead | os::kProtWrite);
    if (memory < 0 && memory > -4096) return false;
    slot.buffer = static_cast<u64>(memory);
  }
  control::set_handler(kSigCancel, reinterpret_cast<u64>(&end_call), false);
  slot.event = calls()->event;
  u64* stack = reinterpret_cast<u64*>(slot.buffer + kBufferBytes + kStackBytes - 16);
  stack[0] = reinterpret_cast<u64>(&slot);
  stack[1] = reinterpret_cast<u64>(&serve);
  u64 blocked = ~(u64{1} << (kSigCancel - 1)), old = 0;
  os::system_call(os::kSysRtSigprocmask, kSetMask, reinterpret_cast<u64>(&blocked), reinterpret_cast<u64>(&old), 8);
  i64 thread = loko_clone_thread(kCloneFlags, reinterpret_cast<u64>(stack));
  os::system_call(os::kSysRtSigprocmask, kSetMask, reinterpret_cast<u64>(&old), 0, 8);
  if (thread < 0) return false;
  slot.thread = static_cast<i32>(thread);
  return true;
}

Slot* free_slot(Calls& c) {
  for (Slot& s : c.slots)
    if (s.state == kFree) return &s;
  return nullptr;
}

Slot* used_slot(Value index) {
  if (!is_fixnum(index) || static_cast<u64>(fixnum_value(index)) >= kSlots || !calls()) return nullptr;
  Slot* s = &calls()->slots[fixnum_value(index)];
  return s->state == kFree ? nullptr : s;
}

bool is_window(Value bv, Value start, Value count) {
  if (!is_bytevector(bv) || !is_fixnum(start) || !is_fixnum(count)) return false;
  u64 from = static_cast<u64>(fixnum_value(start)), n = static_cast<u64>(fixnum_value(count));
  return from <= length_of(bv) && n <= length_of(bv) - from && n <= kBufferBytes;
}

}  // namespace

/// (%blocking-call-start! number arguments bv start count): makes the system call aside. Arguments: a vector of fixnums, #t, which
/// stands for the slot's buffer, and lists of an offset in the buffer; the bytes of bv, if it is a bytevector, are copied there. The
/// slot's index, -1 if all are busy, -38 if the system has no threads.
Value blocking_call_start(Value number, Value arguments, Value bv, Value start, Value count) {
  constexpr char kWho[] = "%blocking-call-start!";
  if (!is_fixnum(number)) return raise_assertion(kWho, "expected a number", number);
  if (!is_vector(arguments) || length_of(arguments) > 6) return raise_assertion(kWho, "expected at most six arguments", arguments);
  if (bv != False && !is_window(bv, start, count)) return raise_assertion(kWho, "expected a part of a bytevector", bv);
  Calls* c = have_calls();
  if (!c) return fixnum(kENoSys);
  Slot* slot = free_slot(*c);
  if (!slot) return fixnum(-1);
  if (!slot->thread && !start_thread(*slot)) return fixnum(kENoSys);
  for (u64 i = 0; i < 6; ++i) {
    Value a = i < length_of(arguments) ? loko::slot(arguments, static_cast<i64>(i) + 1) : fixnum(0);
    if (is_pair(a)) slot->arguments[i] = slot->buffer + static_cast<u64>(fixnum_value(car(a)));
    else slot->arguments[i] = a == True ? slot->buffer : static_cast<u64>(fixnum_value(a));
  }
  if (bv != False)
    __builtin_memcpy(reinterpret_cast<u8*>(slot->buffer), bytes_of(bv) + fixnum_value(start), static_cast<u64>(fixnum_value(count)));
  slot->call = fixnum_value(number);
  __atomic_store_n(&slot->state, static_cast<u32>(kAsked), __ATOMIC_RELEASE);
  os::system_call(kSysFutex, reinterpret_cast<u64>(&slot->state), kFutexWakePrivate, 1);
  return fixnum(slot - c->slots);
}

/// (%blocking-call-result slot): what the call returned, or #f while it runs.
Value blocking_call_result(Value index) {
  Slot* slot = used_slot(index);
  if (!slot) return raise_assertion("%blocking-call-result", "expected a slot in use", index);
  return __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == kDone ? fixnum(slot->result) : False;
}

/// (%blocking-call-end! slot bv start count): copies the first bytes of the buffer to bv, unless that is #f; the slot is free.
Value blocking_call_end(Value index, Value bv, Value start, Value count) {
  Slot* slot = used_slot(index);
  if (!slot || __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != kDone)
    return raise_assertion("%blocking-call-end!", "expected a slot whose call has ended", index);
  if (bv != False && !is_window(bv, start, count)) return raise_assertion("%blocking-call-end!", "expected a part of a bytevector", bv);
  if (bv != False)
    __builtin_memcpy(bytes_of(bv) + fixnum_value(start), reinterpret_cast<u8*>(slot->buffer), static_cast<u64>(fixnum_value(count)));
  slot->state = kFree;
  return Void;
}

/// (%blocking-call-interrupt! slot): its call will end with EINTR, if it sleeps.
Value blocking_call_interrupt(Value index) {
  if (Slot* slot = used_slot(index))
    os::system_call(kSysTgkill, calls()->pid, static_cast<u64>(slot->thread), kSigCancel);
  return Void;
}

/// (%blocking-call-event): the descriptor that becomes readable when a call has ended; -1: none yet.
Value blocking_call_event() { return fixnum(calls() ? calls()->event : -1); }

/// (%blocking-calls-delay! ns): each call begins so much later, as if the disk were slow; for tests.
Value blocking_calls_delay(Value ns) {
  if (!is_fixnum(ns) || fixnum_value(ns) < 0) return raise_assertion("%blocking-calls-delay!", "expected a time", ns);
  if (Calls* c = have_calls()) {
    c->delay[0] = static_cast<u64>(fixnum_value(ns)) / 1000000000;
    c->delay[1] = static_cast<u64>(fixnum_value(ns)) % 1000000000;
  }
  return Void;
}

/// (%blocking-calls-forget!): in a child after fork: the threads are the parent's.
Value blocking_calls_forget() {
  if (Calls* c = calls()) {
    if (c->event >= 0) os::system_call(os::kSysClose, static_cast<u64>(c->event));
    c->event = -1;
    c->pid = 0;
  }
  return Void;
}

}  // namespace loko
