// SPDX-License-Identifier: MIT
//
// Appends segments to a static ELF executable: spare note headers become PT_LOAD, the place of the image
// header is patched in. No linker is needed.
#pragma once

#include <string>
#include <vector>

#include "tables/abi.h"

namespace loko::image {

/// One segment to map at a fixed address.
struct Segment {
  u64 address;                 // page aligned
  std::vector<u8> bytes;
  bool writable = false;
  bool executable = false;
};

/// Where the stub's droppable tables and code are (tools/link/droppable.ld).
inline constexpr u64 kUnicodeProperties = 0x02000000, kUnicodeNormalization = 0x02100000, kUnicodeCode = 0x02200000,
                     kFasl = 0x02300000, kTranscendental = 0x02400000, kBlocking = 0x02500000, kTranscoding = 0x02600000,
                     kReading = 0x02700000;

/// Returns the bytes of `base` with the segments appended, or sets *error. `image_header` is the address that
/// the runtime's loko_image_place gets. Segments of `base` at the addresses in `drop` leave the file.
std::vector<u8> append_segments(const std::vector<u8>& base, const std::vector<Segment>& segments, u64 image_header,
                                std::string* error, const std::vector<u64>& drop = {});

/// The segments of the image that a compiled program carries, or sets *error.
std::vector<Segment> image_segments(const std::vector<u8>& file, std::string* error);

/// Whole file, or sets *error.
std::vector<u8> read_file(const std::string& path, std::string* error);

/// Writes to a temporary file beside `path` and renames it, so that no half-written output remains.
/// Returns "" or the message of what failed.
std::string write_executable(const std::string& path, const std::vector<u8>& bytes);

}  // namespace loko::image
