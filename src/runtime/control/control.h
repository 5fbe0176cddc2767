// SPDX-License-Identifier: MIT
//
// What C++ and the assembler stubs share. Functions named loko_… are called by stubs.S or are places in it.
#pragma once

#include "runtime/memory/heap.h"

extern "C" {
loko::u64 loko_enter(loko::u64 procedure, loko::u64 count);
extern const char loko_underflow[], loko_trap_resume[], loko_call_with_values[], loko_values[], loko_apply[];

loko::u64 loko_safepoint(loko::u64 at_entry);
void loko_after_interrupt();
loko::u64 loko_allocate(loko::u64 bytes);
loko::u64 loko_capture();
void loko_cons_rest(loko::u64 count, loko::u64 required);
loko::i64 loko_spread(loko::Value list);
loko::u64 loko_error(loko::u64 hook);
loko::u64 loko_apply_symbol();
[[noreturn]] void loko_uncaught_pending();
[[noreturn]] void loko_trap_hook_returned();
}

namespace loko::control {

/// Room below stack_low for frames of procedures that don't check, and for stubs.
inline constexpr u64 kStackSlack = u64{128} << 10;
inline constexpr u64 kStackBytes = u64{1} << 20;

/// Maps the Scheme stack with its guard page; null or what failed.
const char* make_stack();
/// Fills the stubs' part of the entry table.
void install_stubs();
/// Copies all frames into continuation pieces linked in Context::link and empties the stack. The newest piece has at
/// most first_words words (or one frame), each further one may have twice as many, up to kContinuationWords.
void empty_stack(u64 first_words);
/// Puts the newest piece of Context::link back on the empty stack.
void reinstate_piece();
/// Catches the signals of processor traps.
void install_traps();
/// Sets or (0) resets the handler of a signal; it runs on the signal stack, interrupted calls are restarted, unless told otherwise.
void set_handler(int signal, u64 handler, bool restart = true);
/// The pending interrupts that a safepoint with this reg_mask may serve now; the others stay pending.
u32 take_interrupts(u32 reg_mask);

}  // namespace loko::control
