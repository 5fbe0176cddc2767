// SPDX-License-Identifier: MIT
//
// DWARF 4 (dwarfstd.org): one compile unit with a subprogram for each code object, a line program with a sequence for
// each, and a CIE with an FDE for each, since Scheme code has no frame pointer. The frame above a return address is
// known at every instruction (LineMark), so gdb's own `bt` walks Scheme frames.
#include "image/debug_info.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "runtime/memory/heap.h"

namespace loko::image {
namespace {

/// Bytes of a section.
class Bytes {
 public:
  std::vector<u8> data;
  void u(u64 n, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) data.push_back(static_cast<u8>(n >> (8 * i)));
  }
  void uleb(u64 n) {
    do {
      u8 b = n & 127;
      n >>= 7;
      data.push_back(n ? b | 128 : b);
    } while (n);
  }
  void sleb(i64 n) {
    for (bool more = true; more;) {
      u8 b = n & 127;
      n >>= 7;
      more = !((n == 0 && !(b & 64)) || (n == -1 && (b & 64)));
      data.push_back(more ? b | 128 : b);
    }
  }
  void string(const std::string& s) {
    data.insert(data.end(), s.begin(), s.end());
    data.push_back(0);
  }
  /// The 32-bit length at `at` becomes what was written after it.
  void patch_length(std::size_t at) {
    u32 n = static_cast<u32>(data.size() - at - 4);
    memcpy(data.data() + at, &n, 4);
  }
  void align(unsigned n, u8 fill) {
    while (data.size() % n) data.push_back(fill);
  }
};

constexpr u8 kStackPointer = 7, kReturnAddress = 16;  // DWARF numbers of registers

class Dwarf {
 public:
  Dwarf(const std::vector<DebugFunction>& functions, const std::string& directory) : functions_(functions), directory_(directory) {
    for (const DebugFunction& f : functions)
      if (!f.file.empty() && files_.emplace(f.file, static_cast<u32>(files_.size() + 1)).second) names_.push_back(f.file);
  }

  Bytes abbreviations() const {
    Bytes b;
    auto entry = [&](u64 code, u64 tag, bool children, std::initializer_list<std::pair<u64, u64>> attributes) {
      b.uleb(code), b.uleb(tag), b.u(children, 1);
      for (auto [name, form] : attributes) b.uleb(name), b.uleb(form);
      b.uleb(0), b.uleb(0);
    };
    entry(1, 0x11, true, {{0x25, 0x08}, {0x13, 0x05}, {0x03, 0x08}, {0x1b, 0x08}, {0x11, 0x01}, {0x12, 0x07}, {0x10, 0x17}});
    entry(2, 0x2e, false, {{0x03, 0x08}, {0x11, 0x01}, {0x12, 0x06}, {0x3a, 0x0f}, {0x3b, 0x0f}});
    entry(3, 0x2e, false, {{0x03, 0x08}, {0x11, 0x01}, {0x12, 0x06}});
    b.uleb(0);
    return b;
  }

  Bytes info() const {
    u64 low = ~u64{0}, high = 0;
    for (const DebugFunction& f : functions_) low = std::min(low, f.address), high = std::max(high, f.address + f.size);
    Bytes b;
    b.u(0, 4), b.u(4, 2), b.u(0, 4), b.u(8, 1);
    b.uleb(1), b.string("Loko Scheme"), b.u(1 /* C89: an expression language that gdb has */, 2);
    b.string(names_.empty() ? "scheme" : names_[0]), b.string(directory_), b.u(low, 8), b.u(high - low, 8), b.u(0, 4);
    for (const DebugFunction& f : functions_) {
      bool placed = !f.file.empty();
      b.uleb(placed ? 2 : 3), b.string(f.name), b.u(f.address, 8), b.u(f.size, 4);
      if (placed) b.uleb(files_.at(f.file)), b.uleb(f.line);
    }
    b.uleb(0);
    b.patch_length(0);
    return b;
  }

  Bytes lines() const {
    Bytes b;
    b.u(0, 4), b.u(4, 2);
    std::size_t header = b.data.size();
    b.u(0, 4), b.u(1, 1), b.u(1, 1), b.u(1, 1), b.u(0xfb, 1), b.u(14, 1), b.u(13, 1);
    for (u8 n : {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1}) b.u(n, 1);
    b.u(0, 1);  // no directories
    for (const std::string& name : names_) b.string(name), b.uleb(0), b.uleb(0), b.uleb(0);
    b.u(0, 1);
    b.patch_length(header);
    for (const DebugFunction& f : functions_)
      if (!f.file.empty() && !f.lines.empty()) sequence(b, f);
    b.patch_length(0);
    return b;
  }

  Bytes frames() const {
    Bytes b;
    b.u(0, 4), b.u(0xffffffff, 4), b.u(1, 1), b.string(""), b.uleb(1), b.sleb(-8), b.u(kReturnAddress, 1);
    b.u(0x0c, 1), b.uleb(kStackPointer), b.uleb(8);       // the frame's address is rsp + 8,
    b.u(0x80 | kReturnAddress, 1), b.uleb(1);             // below it lies the return address
    b.align(8, 0), b.patch_length(0);
    for (const DebugFunction& f : functions_) {
      std::size_t at = b.data.size();
      b.u(0, 4), b.u(0, 4), b.u(f.address, 8), b.u(f.size, 8);
      u32 offset = 0, words = 0;
      for (const x64::LineMark& m : f.lines) {
        if (m.frame_words == words) continue;
        if (m.offset != offset) b.u(0x04, 1), b.u(m.offset - offset, 4);
        b.u(0x0e, 1), b.uleb(8 + 8 * u64{m.frame_words});
        offset = m.offset, words = m.frame_words;
      }
      b.align(8, 0), b.patch_length(at);
    }
    return b;
  }

 private:
  void sequence(Bytes& b, const DebugFunction& f) const {
    b.u(0, 1), b.uleb(9), b.u(2, 1), b.u(f.address, 8);
    b.u(4, 1), b.uleb(files_.at(f.file));
    u32 offset = 0, line = 1;
    for (const x64::LineMark& m : f.lines) {
      if (m.place == 0) continue;
      if (m.offset != offset) b.u(2, 1), b.uleb(m.offset - offset);
      b.u(3, 1), b.sleb(static_cast<i64>(m.place >> 10) - line);
      b.u(5, 1), b.uleb(m.place & 1023);
      b.u(1, 1);
      offset = m.offset, line = m.place >> 10;
    }
    b.u(2, 1), b.uleb(f.size - offset);
    b.u(0, 1), b.uleb(1), b.u(1, 1);
  }

  const std::vector<DebugFunction>& functions_;
  std::string directory_;
  std::map<std::string, u32> files_;
  std::vector<std::string> names_;
};

/// The sections of an ELF file that is written anew behind its old end.
class Sections {
 public:
  struct Section {
    std::string name;
    Elf64_Shdr header{};
    std::vector<u8> data;
    bool fresh = false;       // data goes to the end of the file
  };
  std::vector<Section> list;

  /// Those that the file has.
  void read(const std::vector<u8>& file, const Elf64_Ehdr& e) {
    if (!e.e_shoff || e.e_shoff + u64{e.e_shnum} * sizeof(Elf64_Shdr) > file.size() || e.e_shstrndx >= e.e_shnum) {
      list.push_back({});
      return;
    }
    std::vector<Elf64_Shdr> headers(e.e_shnum);
    memcpy(headers.data(), file.data() + e.e_shoff, headers.size() * sizeof(Elf64_Shdr));
    const char* names = reinterpret_cast<const char*>(file.data() + headers[e.e_shstrndx].sh_offset);
    for (const Elf64_Shdr& h : headers) {
      Section s;
      s.name = names + h.sh_name;
      s.header = h;
      if (h.sh_type == SHT_SYMTAB || h.sh_type == SHT_STRTAB) s.data.assign(file.begin() + static_cast<i64>(h.sh_offset), file.begin() + static_cast<i64>(h.sh_offset + h.sh_size));
      list.push_back(std::move(s));
    }
  }

  u32 index(const std::string& name) const {
    for (u32 i = 0; i < list.size(); ++i)
      if (list[i].name == name) return i;
    return 0;
  }

  u32 add(const std::string& name, u32 type, std::vector<u8> data) {
    Section s;
    s.name = name;
    s.header.sh_type = type;
    s.header.sh_addralign = 8;
    s.data = std::move(data);
    s.fresh = true;
    list.push_back(std::move(s));
    return static_cast<u32>(list.size() - 1);
  }

  void write(std::vector<u8>& file) {
    u32 names = index(".shstrtab");
    if (!names) names = add(".shstrtab", SHT_STRTAB, {});
    list[names].fresh = true;
    std::vector<u8>& text = list[names].data;
    text.assign(1, 0);
    for (Section& s : list) {
      s.header.sh_name = s.name.empty() ? 0 : static_cast<u32>(text.size());
      if (s.name.empty()) continue;
      text.insert(text.end(), s.name.begin(), s.name.end());
      text.push_back(0);
    }
    for (Section& s : list) {
      if (!s.fresh) continue;
      file.resize((file.size() + 7) & ~std::size_t{7});
      s.header.sh_offset = file.size();
      s.header.sh_size = s.data.size();
      file.insert(file.end(), s.data.begin(), s.data.end());
    }
    file.resize((file.size() + 7) & ~std::size_t{7});
    Elf64_Ehdr e;
    memcpy(&e, file.data(), sizeof e);
    e.e_shoff = file.size();
    e.e_shentsize = sizeof(Elf64_Shdr);
    e.e_shnum = static_cast<Elf64_Half>(list.size());
    e.e_shstrndx = static_cast<Elf64_Half>(names);
    memcpy(file.data(), &e, sizeof e);
    for (const Section& s : list) {
      const u8* h = reinterpret_cast<const u8*>(&s.header);
      file.insert(file.end(), h, h + sizeof s.header);
    }
  }
};

void add_symbols(Sections& sections, const std::vector<DebugFunction>& functions, u32 code_section) {
  u32 strings = sections.index(".strtab"), symbols = sections.index(".symtab");
  if (!strings) strings = sections.add(".strtab", SHT_STRTAB, {0});
  if (!symbols) {
    symbols = sections.add(".symtab", SHT_SYMTAB, std::vector<u8>(sizeof(Elf64_Sym)));
    sections.list[symbols].header.sh_info = 1;
    sections.list[symbols].header.sh_entsize = sizeof(Elf64_Sym);
  }
  sections.list[symbols].header.sh_link = strings;
  sections.list[strings].fresh = sections.list[symbols].fresh = true;
  for (const DebugFunction& f : functions) {
    Elf64_Sym s{};
    s.st_name = static_cast<u32>(sections.list[strings].data.size());
    s.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    s.st_shndx = static_cast<Elf64_Half>(code_section);
    s.st_value = f.address;
    s.st_size = f.size;
    std::vector<u8>& text = sections.list[strings].data;
    text.insert(text.end(), f.name.begin(), f.name.end());
    text.push_back(0);
    const u8* bytes = reinterpret_cast<const u8*>(&s);
    sections.list[symbols].data.insert(sections.list[symbols].data.end(), bytes, bytes + sizeof s);
  }
}

void add_dwarf(Sections& sections, const std::vector<DebugFunction>& functions, DebugLevel level, const std::string& directory) {
  Dwarf dwarf(functions, directory);
  sections.add(".debug_frame", SHT_PROGBITS, dwarf.frames().data);
  if (level != DebugLevel::Lines) return;
  sections.add(".debug_abbrev", SHT_PROGBITS, dwarf.abbreviations().data);
  sections.add(".debug_info", SHT_PROGBITS, dwarf.info().data);
  sections.add(".debug_line", SHT_PROGBITS, dwarf.lines().data);
}

std::string text_of(Value string) {
  std::string out;
  for (u64 i = 0; i < string_length(string); ++i) {
    u32 c = string_ref(string, i);
    out += c > 0x20 && c < 0x7f ? static_cast<char>(c) : '_';
  }
  return out;
}

}  // namespace

DebugFunction describe_function(const x64::CodeRecord& record, u64 address) {
  DebugFunction f;
  f.address = address;
  f.size = record.size();
  f.lines = record.lines;
  f.name = "(anonymous)";
  u32 info_slot = code_header(record.entry)->info_slot;
  if (!info_slot || !is_kind(slot_at(info_slot), Kind::CodeInfo)) return f;
  Value info = slot_at(info_slot);
  if (is_symbol(slot(info, 1))) f.name = text_of(symbol_name(slot(info, 1)));
  if (is_string(slot(info, 2))) f.file = text_of(slot(info, 2));
  f.line = static_cast<u32>(fixnum_value(slot(info, 3)));
  return f;
}

std::vector<u8> add_debug_info(std::vector<u8> file, u64 code, const std::vector<DebugFunction>& functions, DebugLevel level,
                               const std::string& directory) {
  if (functions.empty() || file.size() < sizeof(Elf64_Ehdr)) return file;
  Elf64_Ehdr e;
  memcpy(&e, file.data(), sizeof e);
  Sections sections;
  sections.read(file, e);
  Sections::Section text;
  text.name = ".text.scheme";
  text.header.sh_type = SHT_PROGBITS;
  text.header.sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  text.header.sh_addralign = 16;
  for (unsigned i = 0; i < e.e_phnum; ++i) {
    Elf64_Phdr h;
    memcpy(&h, file.data() + e.e_phoff + i * sizeof h, sizeof h);
    if (h.p_type != PT_LOAD || h.p_vaddr != code) continue;
    text.header.sh_addr = h.p_vaddr;
    text.header.sh_offset = h.p_offset;
    text.header.sh_size = h.p_filesz;
  }
  sections.list.push_back(std::move(text));
  add_symbols(sections, functions, static_cast<u32>(sections.list.size() - 1));
  add_dwarf(sections, functions, level, directory);
  sections.write(file);
  return file;
}

std::vector<u8> debug_object(const std::vector<DebugFunction>& functions, const std::string& directory) {
  Elf64_Ehdr e{};
  memcpy(e.e_ident, ELFMAG, SELFMAG);
  e.e_ident[EI_CLASS] = ELFCLASS64;
  e.e_ident[EI_DATA] = ELFDATA2LSB;
  e.e_ident[EI_VERSION] = EV_CURRENT;
  e.e_type = ET_EXEC;
  e.e_machine = EM_X86_64;
  e.e_version = EV_CURRENT;
  e.e_ehsize = sizeof e;
  std::vector<u8> file(reinterpret_cast<u8*>(&e), reinterpret_cast<u8*>(&e) + sizeof e);
  Sections sections;
  sections.list.push_back({});
  Sections::Section text;
  text.name = ".text";
  text.header.sh_type = SHT_NOBITS;
  text.header.sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  text.header.sh_addralign = 16;
  u64 low = ~u64{0}, high = 0;
  for (const DebugFunction& f : functions) low = std::min(low, f.address), high = std::max(high, f.address + f.size);
  text.header.sh_addr = low;
  text.header.sh_size = high - low;
  sections.list.push_back(std::move(text));
  add_symbols(sections, functions, 1);
  add_dwarf(sections, functions, DebugLevel::Lines, directory);
  sections.write(file);
  return file;
}

}  // namespace loko::image
