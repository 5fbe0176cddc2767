// SPDX-License-Identifier: MIT
//
// Finding and attaching the image. The kernel (or boot loader) has mapped its segments; the writer left the
// address of the header in `loko_image_place`. Two spare note headers, which the writer turns into PT_LOAD,
// are reserved here: notes of different alignment get a program header each.
#include "runtime/image_start.h"

#include "runtime/memory/heap.h"
#include "tables/primitives.h"

namespace loko {

/// Found by its magic in the file and patched by src/image/elf.cpp.
struct ImagePlace {
  char magic[16];
  u64 header;
};

}  // namespace loko

extern "C" {
[[gnu::used, gnu::section(".data.loko_image_place")]] volatile loko::ImagePlace loko_image_place = {
    {'L', 'O', 'K', 'O', '-', 'I', 'M', 'A', 'G', 'E', '-', 'P', 'L', 'A', 'C', 'E'}, 0};
}

asm(R"(
  .section .note.loko.spare4,"a",@note
  .globl loko_spare_note4
loko_spare_note4:
  .balign 4
  .long 5, 4, 1
  .asciz "Loko"
  .balign 4
  .long 0
  .section .note.loko.spare8,"a",@note
  .globl loko_spare_note8
loko_spare_note8:
  .balign 8
  .long 5, 8, 2
  .asciz "Loko"
  .balign 8
  .quad 0
  .section .note.loko.spare16,"a",@note
  .globl loko_spare_note16
loko_spare_note16:
  .balign 16
  .long 5, 16, 3
  .asciz "Loko"
  .balign 16
  .quad 0, 0
  .text
)");

namespace loko {

const ImageHeader* find_image() { return reinterpret_cast<const ImageHeader*>(loko_image_place.header); }

const char* attach_image() {
  const ImageHeader* image = find_image();
  if (!image) return nullptr;
  const char expected[9] = "LOKOIMG1";
  for (int i = 0; i < 8; ++i)
    if (image->magic[i] != expected[i]) return "the image is damaged";
  if (image->abi_version != kAbiVersion || image->entry_count != kEntryCount) return "the image was made for another version of the runtime";
  Context& c = context();
  const u64* from = reinterpret_cast<const u64*>(image->slots);
  u64* to = reinterpret_cast<u64*>(kSlotsBase);
  for (u64 i = 0; i < image->slots_count; ++i) to[i] = from[i];
  c.slots_top = kSlotsBase + 8 * image->slots_count;
  c.image_code_top = (image->code_end + 15) & ~u64{15};
  c.image_data_top = image->data_end;
  c.address_epoch = image->address_epoch;
  for (int i = 0; i < kRootCount; ++i) c.roots[i] = image->roots[i];
  for (int i = 0; i < kHookCount; ++i) c.hooks[i] = image->hooks[i];
  return nullptr;
}

}  // namespace loko
