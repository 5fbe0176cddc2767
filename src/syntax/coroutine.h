// SPDX-License-Identifier: MIT
//
// A C stack of its own for each expansion, so that it can be suspended while Scheme code runs.
// INVARIANT(single thread): resume() and suspend() alternate; a coroutine is finished before it is destroyed
// (owners make its body return early instead of dropping it), so destructors on its stack do run.
#pragma once

#include <cstddef>

#include "tables/abi.h"

namespace loko::syntax {

/// Runs a function on a pooled stack that can give up control and get it back.
class Coroutine {
 public:
  Coroutine() = default;
  ~Coroutine();
  Coroutine(const Coroutine&) = delete;
  Coroutine& operator=(const Coroutine&) = delete;

  /// Prepares body(argument); false if there is no memory for a stack.
  bool prepare(void (*body)(void*), void* argument);
  /// Runs the body until it suspends or returns.
  void resume();
  /// On the coroutine: gives control back to the caller of resume().
  void suspend();
  bool prepared() const { return stack_ != nullptr; }
  bool finished() const { return finished_; }
  /// On the coroutine: true when the expander has used its share of the stack; the rest is for the passes.
  bool nearly_full() const;

 private:
  static void entry(Coroutine* self);
  void (*body_)(void*) = nullptr;
  void* argument_ = nullptr;
  char* stack_ = nullptr;
  std::size_t bytes_ = 0;
  u64* inside_ = nullptr;   // stack pointer of the suspended coroutine
  u64* outside_ = nullptr;  // stack pointer of its resumer
  bool finished_ = false;
};

}  // namespace loko::syntax
