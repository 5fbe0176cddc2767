// SPDX-License-Identifier: MIT
//
// The C++ entry of `loko` (with an image: start its main procedure) and `loko-boot` (without: boot.h).
// Everything a user sees of the command line is in scheme/loko/main.sls.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/boot.h"
#include "cli/compile_primitives.h"
#include "core/optimize.h"
#include "image/debug_jit.h"
#include "machine/x64/registry.h"
#include "pipeline/pipeline.h"
#include "runtime/image_start.h"
#include "runtime/memory/heap.h"
#include "syntax/compiler.h"

// Keeps the kernel's brk, and so glibc's heap, out of the low address range.
extern "C" {
[[gnu::used, gnu::retain, gnu::section(".high")]] volatile char loko_high_segment[8] = {1};
}

namespace {

/// LOKO_HEAP: mebibytes, or with a suffix K, M, G; 0 if unset or unreadable.
loko::u64 heap_limit(const char* text) {
  if (!text) return 0;
  char* end;
  loko::u64 n = strtoull(text, &end, 10);
  if (end == text) return 0;
  switch (*end) {
    case 'k': case 'K': return n << 10;
    case 'g': case 'G': return n << 30;
    default: return n << 20;
  }
}

}  // namespace

int main(int argc, char** argv, char** envp) {
  using namespace loko;
  if (const char* problem = initialize_runtime(heap_limit(getenv("LOKO_HEAP")), argc, argv, envp)) {
    fprintf(stderr, "loko: %s\n", problem);
    return 70;
  }
  const ImageHeader* image = find_image();
  if (const char* problem = attach_image()) {
    fprintf(stderr, "loko: %s\n", problem);
    return 70;
  }
  syntax::Compiler compiler;
  compiler.compile = [&](core::Unit& unit, Diagnostics& diagnostics, bool in_image) {
    std::size_t first = x64::registry().all().size();
    Value thunk = pipeline::compile(unit, compiler.sources, diagnostics, in_image);
    if (pipeline::options().debug && !in_image) image::tell_debugger(first);
    return thunk;
  };
  compiler.optimize = [](core::Unit& unit) { core::optimize(unit, pipeline::options()); };
  compiler.set_default_directories({"/usr/share/r6rs"});
  syntax::install_compiler_entries();
  cli::install_compile_entries();
  if (!image) return cli::boot_main(compiler, argc, argv);
  enter_scheme(context().roots[kRootMain], 0, nullptr);
  return 0;
}
