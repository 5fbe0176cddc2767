// SPDX-License-Identifier: MIT
//
// What debuggers and profilers want to know of compiled Scheme code, as sections of ELF files: symbols, DWARF line
// tables, call frame information.
#pragma once

#include <string>
#include <vector>

#include "machine/x64/registry.h"

namespace loko::image {

/// One code object as debuggers see it.
struct DebugFunction {
  u64 address = 0;                        // of its checked entry
  u64 size = 0;
  std::string name, file;                 // file "": unknown
  u32 line = 0;
  std::vector<x64::LineMark> lines;
};

/// What the code information and the registry say of a code object that lies at `address` (its entry).
DebugFunction describe_function(const x64::CodeRecord& record, u64 address);

/// How much of it a file gets.
enum class DebugLevel { Symbols /* and frames */, Lines };

/// Appends sections to an executable whose code segment begins at `code`; symbols join those that it has.
/// `directory` is where relative file names are looked up. Returns the bytes unchanged if there is nothing to describe.
std::vector<u8> add_debug_info(std::vector<u8> file, u64 code, const std::vector<DebugFunction>& functions, DebugLevel level,
                               const std::string& directory);

/// An ELF file for gdb's JIT interface that describes code in memory.
std::vector<u8> debug_object(const std::vector<DebugFunction>& functions, const std::string& directory);

}  // namespace loko::image
