// SPDX-License-Identifier: MIT
//
// From long mode to the first instruction of the process: what the boot loader said, the program's segments (used
// where the loader put them; only pages that two segments share are copied), its stack. Only text lies where it was
// linked: constants do after `map_constants`, data after `map_program`.
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

/// The part of the Multiboot information that is used.
struct BootInformation {
  u32 flags, memory_lower, memory_upper, device, command_line, module_count, modules, symbols[4], map_bytes, map;
};
struct BootModule {
  u32 start, end, name, reserved;
};

struct ElfHeader {
  u8 identification[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_bytes, program_header_bytes, program_header_count, section_header_bytes, section_header_count, names;
};
struct ProgramHeader {
  u32 type, flags;
  u64 offset, address, physical, file_bytes, memory_bytes, alignment;
};
constexpr u32 kLoad = 1;
extern "C" const ElfHeader __ehdr_start;  // where the loader put the file; at the same address in the process

u64 up(u64 a) { return (a + kPage - 1) & ~(kPage - 1); }
u64 down(u64 a) { return a & ~(kPage - 1); }

const ProgramHeader* program_headers() {
  return reinterpret_cast<const ProgramHeader*>(reinterpret_cast<u64>(&__ehdr_start) + __ehdr_start.program_headers);
}

u64 file_bytes() {
  const ElfHeader& e = __ehdr_start;
  u64 end = e.section_headers + u64{e.section_header_count} * e.section_header_bytes;
  for (u32 i = 0; i < e.program_header_count; ++i) {
    const ProgramHeader& p = program_headers()[i];
    if (p.type == kLoad && p.offset + p.file_bytes > end) end = p.offset + p.file_bytes;
  }
  return end;
}

/// Segments can be cut out of the file after linking, so constants may not be where they were linked: maps the low
/// segments before the first constant is read. Uses none itself; the tables behind those of boot.S are free.
[[gnu::noinline]] void map_constants() {
  constexpr u64 kTables = kHigh + kTablesPlace, kPresentWritable = 3, kLarge = 0x80, kLimit = kTablesPlace + 0x10000;
  u64* upper = reinterpret_cast<u64*>(kTables + 0x6000);
  u64* directory = reinterpret_cast<u64*>(kTables + 0x7000);
  u64 next = kTablesPlace + 0x8000, base = reinterpret_cast<u64>(&__ehdr_start);
  clear_page(upper);
  copy_bytes(directory, reinterpret_cast<void*>(kTables + 0x2000), kPage);
  upper[0] = (kTablesPlace + 0x7000) | kPresentWritable;
  for (u32 i = 0; i < __ehdr_start.program_header_count; ++i) {
    const ProgramHeader& p = program_headers()[i];
    if (p.type != kLoad || (p.flags & 2) || p.address >> 30) continue;
    for (u64 at = down(p.address); at < p.address + p.file_bytes; at += kPage) {
      u64& entry = directory[at >> 21];
      if (entry & kLarge) {
        if (at - base >= u64{64} << 20 || next == kLimit) break;  // images are not needed yet
        u64* table = reinterpret_cast<u64*>(kHigh + next);
        for (u64 j = 0; j < 512; ++j) table[j] = ((at & ~(kBlock - 1)) + j * kPage) | kPresentWritable;
        entry = next | kPresentWritable;
        next += kPage;
      }
      reinterpret_cast<u64*>(kHigh + down(entry))[at >> 12 & 511] = (at + base + p.offset - p.address) | kPresentWritable;
    }
  }
  *reinterpret_cast<u64*>(kTables) = (kTablesPlace + 0x6000) | kPresentWritable;
  asm volatile("mov %0, %%cr3" : : "r"(kTablesPlace) : "memory");
}

/// Copies a name of at most `room` - 1 bytes: the first word of the text, without directories.
void module_name(const char* text, char* to, u64 room) {
  const char* start = text;
  const char* end = text;
  for (const char* p = text; *p && *p != ' '; ++p) {
    if (*p == '/') start = p + 1;
    end = p + 1;
  }
  u64 n = static_cast<u64>(end - start);
  if (n >= room) n = room - 1;
  copy_bytes(to, start, n);
}

/// Everything the loader left in memory that may be overwritten later: copied into the kernel.
void copy_information(const BootInformation* boot) {
  Kernel& k = kernel();
  if (boot->flags & 4) {
    const char* line = physical<const char>(boot->command_line);
    u64 n = length_of(line);
    copy_bytes(k.command_line, line, n < sizeof k.command_line - 1 ? n : sizeof k.command_line - 1);
  }
  for (u32 i = 0; (boot->flags & 8) && i < boot->module_count && i < 32; ++i) {
    const BootModule& m = physical<const BootModule>(boot->modules)[i];
    Module& to = k.modules[k.module_count];
    to.start = m.start;
    to.end = m.end;
    if (m.name) module_name(physical<const char>(m.name), to.name, sizeof to.name);
    if (to.end >= to.start) ++k.module_count;
  }
  for (const char* p = k.command_line; *p; ++p) {
    if (p != k.command_line && p[-1] != ' ') continue;
    auto starts = [&](const char* s) {
      const char* q = p;
      while (*s && *q == *s) ++q, ++s;
      return !*s;
    };
    if (starts("-- ")) break;
    if (starts("CONSOLE=com1")) k.log = LogConsole::Com1;
    else if (starts("CONSOLE=debug")) k.log = LogConsole::Debug;
  }
}

void find_memory(const BootInformation* boot) {
  Kernel& k = kernel();
  Range usable[32], taken[40];
  u32 usable_count = 0, taken_count = 0;
  if (boot->flags & 64) {
    for (u64 at = boot->map; at < u64{boot->map} + boot->map_bytes && usable_count < 32;) {
      const u32* entry = physical<const u32>(at);  // bytes that follow; address, length, kind
      u64 start = u64{entry[2]} << 32 | entry[1], bytes = u64{entry[4]} << 32 | entry[3];
      if (entry[5] == 1) usable[usable_count++] = {start, start + bytes};
      at += entry[0] + 4;
    }
  } else if (boot->flags & 1) {
    usable[usable_count++] = {1 << 20, (u64{1} << 20) + u64{boot->memory_upper} * 1024};
  }
  u64 base = reinterpret_cast<u64>(&__ehdr_start);
  taken[taken_count++] = {0, 1 << 20};
  taken[taken_count++] = {base, base + file_bytes()};
  for (u32 i = 0; i < k.module_count; ++i) taken[taken_count++] = {k.modules[i].start, k.modules[i].end};
  add_memory(usable, usable_count, taken, taken_count);
  if (k.free_pages < 2048) panic("too little memory: 16 MB and the size of the program are the least");
}

void map_program() {
  Kernel& k = kernel();
  u64 base = reinterpret_cast<u64>(&__ehdr_start);
  for (u32 i = 0; i < __ehdr_start.program_header_count; ++i) {
    const ProgramHeader& p = program_headers()[i];
    if (p.type != kLoad || p.memory_bytes == 0) continue;
    u32 protection = (p.flags & 4 ? 1 : 0) | (p.flags & 2 ? 2 : 0) | (p.flags & 1 ? 4 : 0);
    u64 start = down(p.address), end = up(p.address + p.memory_bytes), data_end = p.address + p.file_bytes;
    if (!set_area(start, end, protection)) panic("too many segments");
    u64 source = base + p.offset - p.address;  // physical = virtual + this, within the file
    for (u64 at = start; at < data_end; at += kPage) {
      u64 from = at < p.address ? p.address : at, to = at + kPage < data_end ? at + kPage : data_end;
      u64 page = at + source;
      bool whole = to - from == kPage;
      if ((page & (kPage - 1)) || ((protection & 2) && !whole)) {
        page = take_page();
        if (!page) panic("too little memory for the program");
        copy_bytes(physical<u8>(page + (from - at)), physical<u8>(from + source), to - from);
      }
      map_page(at, page, protection);
    }
    if (end > k.brk_start) k.brk_start = end;
  }
  k.brk = k.brk_start;
}

/// Words of the command line: the program's name, then variables, then after `--` the arguments.
struct Words {
  u64 list[256];
  u32 count = 0;
};

/// Builds argc, argv, the environment and the auxiliary vector as the Linux kernel does; returns the stack pointer.
u64 make_stack() {
  constexpr u64 kBytes = u64{8} << 20;
  Kernel& k = kernel();
  if (!set_area(kUserTop - kBytes, kUserTop, 3)) panic("no stack");
  u64 top = kUserTop - 8;
  Words arguments, variables;
  bool after = false, first = true;
  auto push_string = [&](const char* text, u64 n) {
    top -= n + 1;
    copy_bytes(reinterpret_cast<void*>(top), text, n);  // fresh memory is zero
    return top;
  };
  for (const char* p = k.command_line; *p;) {
    while (*p == ' ') ++p;
    const char* start = p;
    bool assignment = false;
    while (*p && *p != ' ') assignment |= *p++ == '=';
    u64 n = static_cast<u64>(p - start);
    if (n == 0) break;
    if (!after && n == 2 && start[0] == '-' && start[1] == '-') {
      after = true;
    } else if (after || (first && !assignment)) {
      if (after && !arguments.count) arguments.list[arguments.count++] = push_string("loko", 4);
      if (arguments.count < 255) arguments.list[arguments.count++] = push_string(start, n);
    } else if (assignment && variables.count < 255) {
      variables.list[variables.count++] = push_string(start, n);
    }
    first = false;
  }
  if (!arguments.count) arguments.list[arguments.count++] = push_string("loko", 4);
  top = (top & ~u64{15}) - 16;
  u64 random = top;
  for (u64 i = 0; i < 2; ++i) reinterpret_cast<u64*>(random)[i] = random_word();
  const ElfHeader& e = __ehdr_start;
  const u64 auxiliary[][2] = {{3, reinterpret_cast<u64>(program_headers())}, {4, sizeof(ProgramHeader)},
                              {5, e.program_header_count}, {6, kPage}, {7, 0}, {8, 0}, {9, e.entry}, {11, 0}, {12, 0},
                              {13, 0}, {14, 0}, {16, cpu_id(1).d}, {17, 100}, {23, 0}, {25, random},
                              {31, arguments.list[0]}, {0, 0}};
  u64 words = 1 + arguments.count + 1 + variables.count + 1 + sizeof auxiliary / 8;
  top = (top - 8 * words) & ~u64{15};
  u64* out = reinterpret_cast<u64*>(top);
  *out++ = arguments.count;
  for (u32 i = 0; i < arguments.count; ++i) *out++ = arguments.list[i];
  *out++ = 0;
  for (u32 i = 0; i < variables.count; ++i) *out++ = variables.list[i];
  *out++ = 0;
  for (const u64* pair : auxiliary) {
    *out++ = pair[0];
    *out++ = pair[1];
  }
  return top;
}

}  // namespace

}  // namespace loko::pc

loko::pc::Frame* loko_pc_boot(loko::u64 multiboot) {
  using namespace loko::pc;
  map_constants();
  Kernel& k = kernel();
  bool in_the_way = multiboot >= kKernelPlace - 4096 && multiboot < kStackTop - kHigh;
  clear_bytes(&k, sizeof k);
  if (in_the_way) panic("the boot loader left its information in the kernel's place");
  k.tables = kTablesPlace;
  const BootInformation* boot = physical<const BootInformation>(multiboot);
  copy_information(boot);
  start_devices();
  start_processor();
  find_memory(boot);
  loko::u64 tables = take_page();
  if (!tables) panic("no memory");
  for (loko::u64 i = 256; i < 512; ++i) physical<loko::u64>(tables)[i] = physical<loko::u64>(kTablesPlace)[i];
  k.tables = tables;
  map_program();
  asm volatile("mov %0, %%cr3" : : "r"(tables) : "memory");
  k.random = read_tsc();
  for (int i = 0; i < 3; ++i) k.files[i].kind = FileKind::Console;
  loko::u64 stack = make_stack();
  Frame* frame = reinterpret_cast<Frame*>(kStackTop - kStackBytes);  // at the far end, away from our own frames
  clear_bytes(frame, sizeof *frame);
  frame->rip = __ehdr_start.entry;
  frame->cs = kUserCode;
  frame->flags = 0x3202;
  frame->rsp = stack;
  frame->ss = kUserData;
  return frame;
}
