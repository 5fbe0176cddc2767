// SPDX-License-Identifier: MIT
//
// A compiled program from the kernel's start to its main procedure. There is no C library: the thread block
// that some of its functions expect (stack canary at fs:0x28) is a static one.
#include "os/platform.h"
#include "runtime/image_start.h"
#include "runtime/memory/heap.h"

namespace {

struct ThreadBlock {
  void* self;
  loko::u64 words[15];   // [4] is the canary at offset 0x28
};
ThreadBlock thread_block;

/// The 16 random bytes of the kernel, or null.
const loko::u8* random_bytes(char** envp) {
  constexpr loko::u64 kAtRandom = 25;
  while (*envp) ++envp;
  for (const loko::u64* aux = reinterpret_cast<const loko::u64*>(envp + 1); aux[0]; aux += 2)
    if (aux[0] == kAtRandom) return reinterpret_cast<const loko::u8*>(aux[1]);
  return nullptr;
}

void set_up_thread(char** envp) {
  constexpr loko::u64 kSetFs = 0x1002;
  thread_block.self = &thread_block;
  const loko::u8* random = random_bytes(envp);
  for (int i = 1; random && i < 8; ++i)  // the lowest byte stays 0
    thread_block.words[4] |= static_cast<loko::u64>(random[i]) << (8 * i);
  loko::os::system_call(loko::os::kSysArchPrctl, kSetFs, reinterpret_cast<loko::u64>(&thread_block));
}

[[noreturn]] void fail(const char* message) { (loko::os::ErrorText() << "loko: " << message).fatal(); }

}  // namespace

extern "C" [[noreturn]] void loko_stub_main(int argc, char** argv, char** envp) {
  set_up_thread(envp);
  if (const char* problem = loko::initialize_runtime(loko::heap_limit_of(envp), argc, argv, envp)) fail(problem);
  if (!loko::find_image()) fail("this is the runtime alone: no program is attached to it");
  if (const char* problem = loko::attach_image()) fail(problem);
  loko::enter_scheme(loko::context().roots[loko::kRootMain], 0, nullptr);
  loko::os::exit(0);
}
