// SPDX-License-Identifier: MIT
//
// What GMP's mpn layer, double-conversion and libm want from a C library besides mem*: memory for temporaries,
// the functions that end the process when an invariant is broken, and the guard of a static object that is never made. Temporaries are taken from the nursery as
// bytevectors, and given back if they are still the last thing there (GMP frees in the order of a stack).
#include "runtime/numbers/integers.h"
#include "runtime/numbers/interruptible.h"

#pragma GCC diagnostic ignored "-Wmissing-noreturn"

extern "C" {

struct tmp_reentrant_t {
  tmp_reentrant_t* next;
  std::size_t size;
};

[[noreturn]] __attribute__((weak)) void abort() { __builtin_trap(); }
[[noreturn]] __attribute__((weak)) void __assert_fail(const char*, const char*, unsigned, const char*) { abort(); }
[[noreturn]] __attribute__((weak)) void __stack_chk_fail() { abort(); }

__attribute__((weak)) int __cxa_guard_acquire(char* guard) { return *guard == 0; }
__attribute__((weak)) void __cxa_guard_release(char* guard) { *guard = 1; }

static void* gmp_allocate(std::size_t bytes) {
  loko::Uninterrupted uninterrupted;
  loko::u64 words = (bytes + 7) / 8 + 1;
  loko::u64* p = loko::allocate_words(words < 2 ? 2 : words);
  p[0] = loko::make_header(loko::Kind::Bytevector, bytes);
  return p + 1;
}

static void gmp_free(void* block, std::size_t bytes) {
  loko::Uninterrupted uninterrupted;
  loko::u64* p = static_cast<loko::u64*>(block) - 1;
  loko::u64 words = (bytes + 7) / 8 + 1;
  if (words < 2) words = 2;
  if (loko::context().alloc == reinterpret_cast<loko::u64>(p + words)) loko::context().alloc = reinterpret_cast<loko::u64>(p);
}

static void* gmp_reallocate(void* block, std::size_t old_bytes, std::size_t bytes) {
  void* fresh = gmp_allocate(bytes);
  __builtin_memcpy(fresh, block, old_bytes < bytes ? old_bytes : bytes);
  return fresh;
}

extern void* (*const __gmp_allocate_func)(std::size_t);
extern void* (*const __gmp_reallocate_func)(void*, std::size_t, std::size_t);
extern void (*const __gmp_free_func)(void*, std::size_t);
void* (*const __gmp_allocate_func)(std::size_t) = gmp_allocate;
void* (*const __gmp_reallocate_func)(void*, std::size_t, std::size_t) = gmp_reallocate;
void (*const __gmp_free_func)(void*, std::size_t) = gmp_free;

void* __gmp_tmp_reentrant_alloc(tmp_reentrant_t** mark, std::size_t bytes) {
  std::size_t total = (bytes + sizeof(tmp_reentrant_t) + 15) / 16 * 16;
  tmp_reentrant_t* header = static_cast<tmp_reentrant_t*>(gmp_allocate(total));
  header->next = *mark;
  header->size = total;
  *mark = header;
  return header + 1;
}

void __gmp_tmp_reentrant_free(tmp_reentrant_t* mark) {
  while (mark != nullptr) {
    tmp_reentrant_t* next = mark->next;
    gmp_free(mark, mark->size);
    mark = next;
  }
}

[[noreturn]] void __gmp_exception(int) { abort(); }
[[noreturn]] void __gmp_divide_by_zero() { abort(); }
[[noreturn]] void __gmp_sqrt_of_negative() { abort(); }
[[noreturn]] void __gmp_invalid_operation() { abort(); }
[[noreturn]] void __gmp_assert_header(const char*, int) { abort(); }
[[noreturn]] void __gmp_assert_fail(const char*, int, const char*) { abort(); }

}  // extern "C"
