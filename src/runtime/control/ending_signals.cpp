// SPDX-License-Identifier: MIT
//
// Signals that ask the process to end (SIGHUP, SIGTERM, and SIGINT in programs that do nothing else with it): the number is kept, and the signal hook runs at the next safepoint,
// so that ports are flushed. They interrupt system calls, which are then not repeated. SIGPIPE is ignored: writing to a broken
// pipe is an error of the write.
#include "os/platform.h"
#include "runtime/control/control.h"
#include "runtime/memory/heap_state.h"

extern "C" const char loko_signal_return[];

namespace loko {

Value install_ending_signals();
Value ending_signal();

namespace {

struct SignalAction {
  u64 handler, flags, restorer, mask;
};
constexpr u64 kSigHup = 1, kSigInt = 2, kSigPipe = 13, kSigTerm = 15, kDefault = 0, kIgnore = 1;
constexpr u64 kSaSigInfo = 4, kSaOnStack = 0x08000000, kSaRestorer = 0x04000000, kSaResetHand = 0x80000000;

void handle_ending(int signal, const u64*, void*) {
  memory::heap().ending_signal = static_cast<u32>(signal);
  __atomic_fetch_or(&context().interrupts, static_cast<u32>(kInterruptSignal), __ATOMIC_RELAXED);
  memory::trip_safepoint();
}

void action(u64 signal, u64 handler, u64 flags = 0) {
  SignalAction now{0, 0, 0, 0}, then{handler, kSaSigInfo | kSaOnStack | kSaRestorer | flags, reinterpret_cast<u64>(loko_signal_return), 0};
  os::system_call(os::kSysRtSigaction, signal, 0, reinterpret_cast<u64>(&now), 8);
  if (now.handler == kDefault || (now.handler != kIgnore && signal != kSigInt))
    os::system_call(os::kSysRtSigaction, signal, reinterpret_cast<u64>(&then), 0, 8);
}

}  // namespace

/// (%install-ending-signals): at the start of a process. What the parent ignores (nohup) stays ignored.
Value install_ending_signals() {
  action(kSigPipe, kIgnore);
  action(kSigHup, reinterpret_cast<u64>(&handle_ending));
  action(kSigTerm, reinterpret_cast<u64>(&handle_ending));
  // A second time the interrupt key ends the process at once, also within a long primitive.
  action(kSigInt, reinterpret_cast<u64>(&handle_ending), kSaResetHand);
  return Void;
}

/// (%ending-signal): the number of the signal that asked the process to end, 0 if none did; it is forgotten.
Value ending_signal() { return fixnum(__atomic_exchange_n(&memory::heap().ending_signal, 0u, __ATOMIC_RELAXED)); }

}  // namespace loko
