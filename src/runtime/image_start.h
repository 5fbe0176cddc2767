// SPDX-License-Identifier: MIT
//
// The image of a binary: what the writer (src/image) put behind the ELF file, as the runtime finds it.
#pragma once

#include "tables/abi.h"

namespace loko {

/// Kinds of object storage that can be walked: every segment of the heap and of the image holds one class.
enum class StorageClass : u32 { Pairs, Procedures, Typed, Raw, Count };

/// A piece of walkable static data.
struct ImageRange {
  u64 start, end;
  u32 storage_class;   // StorageClass
  u32 program;         // address: from here on are objects of the program, before it those of the system's image
};

/// Lies at the start of the data segment of an image. All addresses are final.
struct ImageHeader {
  char magic[8];           // "LOKOIMG1"
  u32 abi_version;
  u32 entry_count;         // of the primitive table: image and runtime must agree
  u64 code_end;            // end of the code segment
  u64 data_end;            // end of the data segment
  u64 slots;               // address of the initial contents of the slots
  u64 slots_count;
  u64 registry, registry_bytes;    // code registry (only where the compiler is)
  ImageRange ranges[4];
  Value roots[kRootCount];
  Value hooks[kHookCount];
  u64 address_epoch;       // greater than any that the dumped tables remember
  u64 base_bytes;          // length of the file before this image was appended
  Value scratch[14];
};

/// The image of this process or null; may be called before anything is initialized.
const ImageHeader* find_image();

/// Copies slots, roots and hooks into the context. Call after initialize_runtime.
/// Returns null or what is wrong with the image.
const char* attach_image();

}  // namespace loko
