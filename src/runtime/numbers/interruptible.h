// SPDX-License-Identifier: MIT
//
// Long computations inside one primitive, such as a product of two numbers of a million digits: the interrupt key
// ends them at once. The signal handler moves the C stack back to where the computation began, which is safe
// since all of it is work on limbs in the heap: what it leaves is unreachable, but well formed.
// INVARIANT(interruptible): while memory is being allocated inside a computation, it can't be left.
#pragma once

#include "runtime/memory/heap.h"

namespace loko {

/// From so many limbs on, an operation is worth being interruptible.
inline constexpr u64 kLongLimbs = 512;

/// Calls f(argument); false if it was left because of the interrupt key.
bool run_interruptible(void (*f)(void*), void* argument);

/// Calls f(), interruptibly if it works on many limbs; false if it was left. f has no destructors to run.
template <class F>
bool compute(u64 limbs, F f) {
  if (limbs < kLongLimbs) {
    f();
    return true;
  }
  return run_interruptible([](void* p) { (*static_cast<F*>(p))(); }, &f);
}

/// Raises: the computation was interrupted, and the interrupt's handler returned.
Value computation_interrupted(const char* who);

/// While one of these exists, the computation isn't left; if it should have been, it is when the scope ends.
class Uninterrupted {
 public:
  Uninterrupted();
  ~Uninterrupted();
  Uninterrupted(const Uninterrupted&) = delete;

 private:
  u64 saved_;
};

}  // namespace loko
