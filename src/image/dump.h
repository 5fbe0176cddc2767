// SPDX-License-Identifier: MIT
//
// Copies what is reachable from given roots out of the running heap into an image: data and code segments
// at their final addresses. Two ways:
//  * whole: every slot and all code stay where they are, heap objects move to the image data region
//    (the image of `loko`, and of programs with -feval);
//  * shaken: only code, slots and objects reachable from the entry procedure, placed anew (compiled programs).
#pragma once

#include <string>
#include <vector>

#include "image/debug_info.h"
#include "image/elf.h"
#include "runtime/memory/heap.h"

namespace loko::image {

/// What to dump.
struct DumpOptions {
  bool whole = false;
  bool bare = false;                  // no hooks and roots: errors end the process
  Value main{kFalse};                 // called at start
  u64 base_bytes = 0;                 // length of the file the image is appended to
  std::vector<u32> reset_slots;       // cells that start unbound, whatever they hold now; sorted
  bool describe = false;              // shaken: list the code for debuggers
  bool reach_table = false;           // the program takes snapshots (reach_table.h)
  std::vector<u32> keep_roots;        // root indexes that a shaken image keeps besides the symbol table
};

/// The segments and the address of the image header.
struct Dump {
  std::vector<Segment> segments;
  u64 header = 0;
  std::vector<u32> entries;   // shaken: the entries of the entry table that its code uses
  std::vector<DebugFunction> functions;   // with DumpOptions::describe
  u64 code_bytes = 0, data_bytes = 0, slots = 0, objects = 0;
};

/// Returns "" or why the heap can't be dumped (an object that belongs to the process is reachable, …).
std::string dump_heap(const DumpOptions& options, Dump* out);

}  // namespace loko::image
