// SPDX-License-Identifier: MIT
//
// gdb looks for the two names below, sets a breakpoint in the function and reads the ELF file that the descriptor's
// entry names. Entries are never taken back: with -g, code is never freed.
#include "image/debug_jit.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "image/debug_info.h"

extern "C" {
struct jit_code_entry {
  jit_code_entry *next, *previous;
  const unsigned char* file;
  unsigned long size;
};
struct jit_descriptor {
  unsigned version, action;   // action 1: register
  jit_code_entry *relevant, *first;
};
[[gnu::used, gnu::retain]] jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};
[[gnu::used, gnu::retain, gnu::noinline]] void __jit_debug_register_code() { asm volatile("" ::: "memory"); }
}

namespace loko::image {

void tell_debugger(std::size_t first) {
  std::vector<DebugFunction> functions;
  const auto& all = x64::registry().all();
  for (std::size_t i = first; i < all.size(); ++i)
    if (all[i].entry) functions.push_back(describe_function(all[i], all[i].entry));
  if (functions.empty()) return;
  char directory[4096];
  std::string here = getcwd(directory, sizeof directory) ? directory : "";
  auto* file = new std::vector<u8>(debug_object(functions, here));
  auto* entry = new jit_code_entry{__jit_debug_descriptor.first, nullptr, file->data(), file->size()};
  if (entry->next) entry->next->previous = entry;
  __jit_debug_descriptor.first = __jit_debug_descriptor.relevant = entry;
  __jit_debug_descriptor.action = 1;
  __jit_debug_register_code();
}

}  // namespace loko::image
