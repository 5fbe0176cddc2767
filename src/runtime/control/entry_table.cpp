// SPDX-License-Identifier: MIT
//
// Fills the part of Context::entries that holds C++ functions (the stubs' part is filled by control.cpp):
// one entry per `(runtime …)` primitive, in the order of the generated table. Entries of `(compiler …)`
// primitives raise until the compiler registers itself (install_compiler_entries in src/syntax).
#include "runtime/control/entry_table.h"

#include "runtime/memory/heap.h"

namespace loko {

#define LOKO_RUNTIME(function, index, types) Value function types;
#define LOKO_COMPILER(function, index, types)
#define LOKO_FLOAT(function, index, types) extern "C" double function types;
#include "tables/entries.inc"

namespace {

Value no_compiler() {
  return raise_condition("implementation-restriction", "eval", "this program was compiled without the compiler (use -feval)");
}

template <class F>
u64 address_of(F* function) {
  return reinterpret_cast<u64>(function);
}

}  // namespace

/// Stores the addresses of all runtime functions in the context's entry table.
void install_runtime_entries() {
  u64* entries = context().entries;
#define LOKO_RUNTIME(function, index, types) entries[index] = address_of<Value types>(&function);
#define LOKO_COMPILER(function, index, types) entries[index] = address_of<Value()>(&no_compiler);
#define LOKO_FLOAT(function, index, types) entries[index] = address_of<double types>(&function);
#include "tables/entries.inc"
}

}  // namespace loko
