// SPDX-License-Identifier: MIT
//
// Time slices: a one-shot timer of the monotonic clock sets an interrupt bit and trips the safepoint check. Which
// interrupts a safepoint may serve: code compiled as atomic puts timer interrupts off (enum of abi.h), and the check
// stays tripped, so that they are served at the first safepoint of other code. INVARIANT(atomic): no fiber is switched
// between two safepoints of atomic code, unless that code asks for it.
#include "os/platform.h"
#include "runtime/control/control.h"
#include "runtime/memory/heap_state.h"

namespace loko::control {

namespace {

constexpr int kSigVtAlrm = 26;
constexpr u64 kClockMonotonic = 1, kTimerAbsolute = 1;
constexpr u64 kSecond = 1000000000, kPutOff = 10000000;
constexpr i32 kNotifyThread = 4;  // SIGEV_THREAD_ID
constexpr u32 kMostDeferrals = 256;  // of one tick: then the library goes on at full speed for a while
constexpr u32 kFramesInTorture = 64;  // to look at
constexpr u32 kFramesPerDeferral = 256;  // to look at so many frames counts as one more

/// The kernel's struct sigevent.
struct SignalEvent {
  u64 value;
  i32 signal, notify, thread, padding[11];
};
static_assert(sizeof(SignalEvent) == 64);

struct TimerSetting {
  u64 interval_seconds, interval_nanoseconds, first_seconds, first_nanoseconds;
};

void handle_slice(int, const u64*, void*) {
  Context& c = context();
  c.deferrals = 0;
  __atomic_fetch_or(&c.interrupts, static_cast<u32>(kInterruptTimer), __ATOMIC_RELAXED);
  memory::trip_safepoint();
}

/// The kernel's timer of this process, made at the first use; a forked child has none of its parent's. False: none.
bool have_timer() {
  Context& c = context();
  u64 pid = static_cast<u64>(os::system_call(os::kSysGetpid));
  if (c.slice_pid == pid) return true;
  SignalEvent event{};
  event.signal = kSigVtAlrm;
  event.notify = kNotifyThread;
  event.thread = static_cast<i32>(os::system_call(os::kSysGettid));
  set_handler(kSigVtAlrm, reinterpret_cast<u64>(&handle_slice));
  i64 result = os::system_call(os::kSysTimerCreate, kClockMonotonic, reinterpret_cast<u64>(&event),
                               reinterpret_cast<u64>(&c.slice_timer));
  if (result < 0) return false;
  c.slice_pid = pid;
  return true;
}

/// Sets the timer to a time, or (flags 0) to so many nanoseconds from now; 0 stops it.
i64 set_timer(u64 flags, u64 ns) {
  TimerSetting setting{0, 0, ns / kSecond, ns % kSecond};
  return os::system_call(os::kSysTimerSettime, static_cast<u64>(context().slice_timer), flags, reinterpret_cast<u64>(&setting), 0);
}

/// The marks of the innermost frame that has marks of its own, from the safepoint at scheme_sp outwards; 0: the user's code.
/// After `most` frames: kAtomicCode with kCallersCode, not known.
u32 marks_of_caller(u32 most) {
  Context& c = context();
  const u64* p = reinterpret_cast<const u64*>(c.scheme_sp);
  const u64* end = reinterpret_cast<const u64*>(c.stack_base);
  Value link = c.link;
  for (u32 walked = 1; walked <= most; ++walked) {
    while (p >= end) {
      if (!is_kind(link, Kind::Continuation)) return 0;
      const Continuation* piece = reinterpret_cast<const Continuation*>(untagged(link));
      p = piece->frames;
      end = p + header_length(piece->header);
      link = piece->link;
    }
    const FrameDescriptor* d = frame_descriptor(*p);
    if (!(d->reg_mask & kCallersCode)) {
      c.deferrals += walked / kFramesPerDeferral;
      return d->reg_mask;
    }
    p += 1 + d->frame_words;
  }
  return kAtomicCode | kCallersCode;
}

}  // namespace

u32 take_interrupts(u32 reg_mask) {
  Context& c = context();
  bool due = c.switch_torture && ++c.switch_count >= c.switch_torture;
  if (reg_mask & kCallersCode && (c.interrupts || due))  // in torture each safepoint comes here: deep recursion would be quadratic
    reg_mask = marks_of_caller(c.switch_torture ? kFramesInTorture : ~0u);
  if (c.switch_torture) {
    memory::trip_safepoint();
    if (due && reg_mask & kCallersCode) c.switch_count = 0;
    if (due && !(reg_mask & kAtomicCode)) {
      c.switch_count = 0;
      __atomic_fetch_or(&c.interrupts, static_cast<u32>(kInterruptTimer), __ATOMIC_RELAXED);
    }
  }
  if (!c.interrupts) return 0;
  u32 later = (reg_mask & kAtomicCode ? static_cast<u32>(kInterruptTimer) : 0) |
              (reg_mask & kUninterruptibleCode ? static_cast<u32>(kInterruptUser) : 0) |
              (reg_mask & kIndivisibleCode ? static_cast<u32>(kInterruptSignal) : 0);
  u32 bits = __atomic_exchange_n(&c.interrupts, 0, __ATOMIC_SEQ_CST);
  if (!(bits & later)) return bits;
  __atomic_fetch_or(&c.interrupts, bits & later, __ATOMIC_SEQ_CST);
  if (bits & later & ~static_cast<u32>(kInterruptTimer) || ++c.deferrals < kMostDeferrals) memory::trip_safepoint();
  else if (!c.switch_torture && have_timer()) set_timer(0, kPutOff);
  return bits & ~later;
}

}  // namespace loko::control

namespace loko {

/// (%slice-timer! time): a timer interrupt at this time of the monotonic clock, in nanoseconds; 0: none. False if the system
/// has no such timer. In torture mode interrupts come by count.
Value set_slice_timer(Value time) {
  if (!is_fixnum(time) || fixnum_value(time) < 0) return raise_assertion("%slice-timer!", "expected a time", time);
  if (context().switch_torture) return True;
  if (!control::have_timer()) return False;
  return boolean(control::set_timer(control::kTimerAbsolute, static_cast<u64>(fixnum_value(time))) == 0);
}

/// (%set-switch-torture! n): a timer interrupt at every n-th safepoint; 0: off.
Value set_switch_torture(Value n) {
  if (!is_fixnum(n) || fixnum_value(n) < 0) return raise_assertion("%set-switch-torture!", "expected a count", n);
  context().switch_torture = static_cast<u32>(fixnum_value(n));
  if (context().switch_torture) memory::trip_safepoint();
  return Void;
}

/// (%take-user-interrupt): true, once, if the user asked for an interrupt.
Value take_user_interrupt() {
  u32 user = kInterruptUser;
  return boolean(__atomic_fetch_and(&context().interrupts, ~user, __ATOMIC_SEQ_CST) & user);
}

/// (%trip-pending): after long atomic work nothing may be tripped although an interrupt is pending (kMostDeferrals).
Value trip_pending() {
  if (context().interrupts) memory::trip_safepoint();
  return Void;
}

/// (%monotonic-ns): nanoseconds of the monotonic clock.
Value monotonic_ns() {
  u64 time[2] = {0, 0};
  os::read_clock(1, time);
  return fixnum(static_cast<i64>(time[0] * 1000000000 + time[1]));
}

}  // namespace loko
