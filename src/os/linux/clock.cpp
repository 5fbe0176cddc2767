// SPDX-License-Identifier: MIT
//
// The clocks of the system without a system call: the kernel maps a small shared object, the vDSO (vdso(7)), whose
// __vdso_clock_gettime reads the time from memory. It is looked for at the first use, in the process's auxiliary vector;
// where there is none (the PC, or no /proc) the call is made.
// INVARIANT(vdso): nothing in the object is believed that lies outside of its loaded segment.
#include "os/platform.h"

namespace loko::os {

namespace {

using Clock = i64 (*)(u64, u64*);

struct ProgramHeader { u32 type, flags; u64 offset, address, physical, file_bytes, bytes, align; };
struct Symbol { u32 name; u8 info, other; u16 section; u64 value, bytes; };

constexpr u32 kLoad = 1, kDynamic = 2;
constexpr u64 kTagStrings = 5, kTagSymbols = 6, kVectorImage = 33;   // DT_STRTAB, DT_SYMTAB, AT_SYSINFO_EHDR
constexpr u64 kNone = 1;
constexpr char kName[] = "__vdso_clock_gettime";

/// The address of the vDSO's ELF header, or 0.
u64 vdso_header() {
  i64 fd = system_call(kSysOpen, reinterpret_cast<u64>("/proc/self/auxv"), 0x80000);
  if (fd < 0) return 0;
  u64 entries[64] = {};
  system_call(kSysRead, static_cast<u64>(fd), reinterpret_cast<u64>(entries), sizeof entries - 16);
  system_call(kSysClose, static_cast<u64>(fd));
  for (u64* e = entries; *e; e += 2)
    if (*e == kVectorImage) return e[1];
  return 0;
}

bool is_name(const char* text) {
  for (u64 i = 0; i < sizeof kName; ++i)
    if (text[i] != kName[i]) return false;
  return true;
}

/// The function in an object at `base`, of which `bytes` are mapped, with its dynamic section at an offset; or kNone.
u64 find_symbol(u64 base, u64 bytes, u64 dynamic) {
  u64 strings = 0, symbols = 0;
  for (u64 at = dynamic; at + 16 <= bytes; at += 16) {
    const u64* entry = reinterpret_cast<const u64*>(base + at);
    if (!entry[0]) break;
    if (entry[0] == kTagStrings) strings = entry[1];
    if (entry[0] == kTagSymbols) symbols = entry[1];
  }
  if (!symbols || strings <= symbols || strings >= bytes) return kNone;     // the linker puts the strings after the symbols
  for (u64 at = symbols; at + sizeof(Symbol) <= strings; at += sizeof(Symbol)) {
    const Symbol& s = *reinterpret_cast<const Symbol*>(base + at);
    if (s.section && s.value < bytes && s.name < bytes - strings && bytes - strings - s.name >= sizeof kName &&
        is_name(reinterpret_cast<const char*>(base + strings + s.name)))
      return base + s.value;
  }
  return kNone;
}

u64 find_clock() {
  u64 base = vdso_header();
  if (!base) return kNone;
  u64 headers = base + *reinterpret_cast<const u64*>(base + 32), count = *reinterpret_cast<const u16*>(base + 56);
  u64 bytes = 0, dynamic = 0;
  for (u64 i = 0; i < count; ++i) {
    const ProgramHeader& h = reinterpret_cast<const ProgramHeader*>(headers)[i];
    if (h.type == kLoad && h.offset == 0 && h.address == 0) bytes = h.bytes;
    if (h.type == kDynamic) dynamic = h.address;
  }
  return bytes && dynamic ? find_symbol(base, bytes, dynamic) : kNone;
}

}  // namespace

i64 read_clock(u64 which, u64* time) {
  u64& clock = context().clock_function;
  if (!clock) clock = find_clock();
  if (clock == kNone) return system_call(kSysClockGettime, which, reinterpret_cast<u64>(time));
  return reinterpret_cast<Clock>(clock)(which, time);
}

}  // namespace loko::os
