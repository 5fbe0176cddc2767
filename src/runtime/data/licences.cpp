// SPDX-License-Identifier: MIT
//
// The notices of everything that programs contain (docs/licences.txt), word for word among the constants of each:
// `loko --licences` prints them, and strings(1) finds them in compiled programs. The entry table refers to the
// function here, so the linker keeps the text.
#include "runtime/memory/heap.h"

asm(R"(
  .section .rodata.loko_licences, "a", @progbits
  .globl loko_licences
loko_licences:
  .incbin ")" LOKO_LICENCES R"("
  .globl loko_licences_end
loko_licences_end:
  .byte 0
  .text
)");

extern "C" const char loko_licences[], loko_licences_end[];

namespace loko {

Value licences();

Value licences() { return make_string_utf8(loko_licences, static_cast<u64>(loko_licences_end - loko_licences)); }

}  // namespace loko
