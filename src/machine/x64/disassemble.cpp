// SPDX-License-Identifier: MIT
//
// A published code object as text, in the format of the manual (3.3): addresses, bytes, instructions as lists, labels
// for places that jumps inside of the object lead to. Lines that begin with a semicolon tell what the registry, the
// frame descriptors and the layout of values (abi.h) say: the line of the source, what a constant is, which procedure
// is called, and for loads and stores of fields the expression they compute.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "machine/x64/compile.h"
#include "machine/x64/decode.h"
#include "machine/x64/registry.h"
#include "runtime/memory/heap.h"
#include "tables/primitives.h"

namespace loko::x64 {
namespace {

std::string text_of(Value string) {
  std::string out;
  for (u64 i = 0; i < string_length(string) && i < 60; ++i) {
    u32 c = string_ref(string, i);
    out += c < 0x80 && c >= 0x20 ? static_cast<char>(c) : '?';
  }
  return out;
}

/// What a CodeInfo says.
struct Info {
  std::string name, file;
  u64 line = 0, column = 0;
};

Info info_of(u32 slot) {
  Info info;
  if (!slot || !is_kind(slot_at(slot), Kind::CodeInfo)) return info;
  Value v = slot_at(slot);
  info.name = is_symbol(loko::slot(v, 1)) ? text_of(symbol_name(loko::slot(v, 1))) : "(anonymous)";
  if (is_string(loko::slot(v, 2))) info.file = text_of(loko::slot(v, 2));
  info.line = static_cast<u64>(fixnum_value(loko::slot(v, 3)));
  info.column = static_cast<u64>(fixnum_value(loko::slot(v, 4)));
  return info;
}

std::string describe(u32 slot) {
  Info info = info_of(slot);
  return info.name + (info.file.empty() ? "" : " " + info.file + ":" + std::to_string(info.line));
}

/// What a value in a slot or in code is, briefly; "" if that tells nothing.
std::string describe_value(Value v) {
  if (v == False) return "#f";
  if (v == True) return "#t";
  if (v == Null) return "'()";
  if (is_symbol(v)) return "'" + text_of(symbol_name(v));
  if (is_string(v)) return "\"" + text_of(v) + "\"";
  if (is_procedure(v)) return "#<procedure " + describe(code_header(word(v, 0))->info_slot) + ">";
  if (is_fixnum(v)) return std::to_string(fixnum_value(v));
  if (is_pair(v)) return "a list";
  if (is_vector(v)) return "a vector";
  if (is_record(v)) return "a record";
  return "";
}

const char* const kStubNames[] = {"safepoint", "entry safepoint", "more memory", "call of C++", "wrong number of arguments",
                                  "not a procedure", "failed check", "make a rest list", "return values", "call-with-values",
                                  "call/cc", "reinstate", "apply", "unbound variable", "wrong number of values", "values",
                                  "empty stack", "continue", "call/cc with a procedure", "other number of values expected"};

/// The stub or C++ function at an index of the entry table.
std::string entry_name(u64 index) {
  if (index < sizeof kStubNames / sizeof *kStubNames) return kStubNames[index];
  for (u32 i = 0; i < kPrimitiveCount; ++i) {
    const PrimitiveInfo& info = primitive_info(static_cast<PrimitiveId>(i));
    if (info.lowering != Lowering::Low && info.lowering != Lowering::Stub && info.entry == index) return info.name;
  }
  return "entry " + std::to_string(index);
}

/// The lines of a source file.
class SourceLines {
 public:
  explicit SourceLines(const std::string& file) {
    std::ifstream in(file);
    for (std::string line; in && std::getline(in, line) && lines_.size() < 100000;) lines_.push_back(line);
  }
  std::string line(u64 n) const {
    if (n == 0 || n > lines_.size()) return "";
    std::string text = lines_[n - 1];
    std::size_t start = text.find_first_not_of(" \t");
    return start == std::string::npos ? "" : text.substr(start, 80);
  }

 private:
  std::vector<std::string> lines_;
};

class Listing {
 public:
  explicit Listing(const CodeRecord& record)
      : record_(record), entry_(record.entry), bytes_(reinterpret_cast<const u8*>(record.entry)), info_(info_of(code_header(entry_)->info_slot)),
        source_(info_.file) {
    for (const Relocation& r : record.relocations)
      if (r.kind != RelocationKind::Entry && r.kind != RelocationKind::Own32) relocations_[r.offset] = r;
  }

  std::string run() {
    decode_all();
    number_labels();
    std::size_t mark = 0;
    u32 line = 0;
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const auto& [offset, d] = instructions_[i];
      before_call_ = i + 1 < instructions_.size() && (instructions_[i + 1].second.mnemonic == "call" || instructions_[i + 1].second.mnemonic == "jmp");
      if (auto label = labels_.find(entry_ + offset); label != labels_.end()) out_ += " " + label->second + ":\n";
      for (; mark < record_.lines.size() && record_.lines[mark].offset <= offset; ++mark) {
        u32 place = record_.lines[mark].place;
        if (place == 0 || place >> 10 == line) continue;
        line = place >> 10;
        std::string text = source_.line(line);
        note(info_.file + ":" + std::to_string(line) + (text.empty() ? "" : "  ") + text);
      }
      instruction(offset, d);
    }
    return std::move(out_);
  }

 private:
  /// Instructions end where the first of these lies: constants that they name, frame descriptors.
  void decode_all() {
    end_ = code_header(entry_)->size;
    for (const auto& [offset, r] : relocations_)  // descriptors name the CodeInfo; so does a word behind code that has none
      if (r.kind == RelocationKind::Slot32 && r.target == code_header(entry_)->info_slot) end_ = std::min(end_, offset);
    for (u32 at = 0; at < end_;) {
      Decoded d = decode(bytes_ + at, end_ - at, entry_ + at);
      if (d.length == 0) {
        d.length = 1;
        d.mnemonic = "byte";
        d.operands = {hexadecimal(bytes_[at])};
      }
      u64 data = 0;
      if (is_descriptor(d)) data = static_cast<u64>(d.memory.displacement);
      if (d.memory.base == 16) data = d.target;
      if (data > entry_ + at && data < entry_ + end_) end_ = static_cast<u32>(data - entry_);
      if (d.has_target && d.target >= entry_ && d.target < entry_ + end_) labels_[d.target] = "";
      u32 length = d.length;
      instructions_.push_back({at, std::move(d)});
      at += length;
    }
    while (!instructions_.empty() && is_padding(instructions_.back())) instructions_.pop_back();
  }

  /// The nop after a call that names the frame's descriptor.
  static bool is_descriptor(const Decoded& d) { return d.mnemonic == "nop" && d.memory.present && d.memory.base == 0 && d.length == 7; }

  bool is_padding(const std::pair<u32, Decoded>& i) const {
    if (i.first >= end_) return true;
    for (u32 k = 0; k < i.second.length; ++k)
      if (bytes_[i.first + k] != 0) return false;
    return true;
  }

  void number_labels() {
    unsigned n = 0;
    for (auto& [address, name] : labels_) name = "L" + std::to_string(n++);
  }

  void note(const std::string& text) { out_ += " ; " + text + "\n"; }

  void instruction(u32 offset, const Decoded& d) {
    if (is_descriptor(d)) return frame(offset, d);
    comments(offset, d);
    char line[64];
    snprintf(line, sizeof line, "   %06llX ", static_cast<unsigned long long>(entry_ + offset));
    out_ += line;
    std::string hex;
    for (u32 i = 0; i < d.length; ++i) {
      snprintf(line, sizeof line, "%02X", bytes_[offset + i]);
      hex += line;
    }
    if (hex.size() < 21) hex.resize(21, ' ');
    else hex += ' ';
    out_ += hex + "(" + d.mnemonic;
    for (std::size_t i = 0; i < d.operands.size(); ++i) out_ += " " + (d.has_target ? target(d) : d.operands[i]);
    out_ += ")\n";
  }

  std::string target(const Decoded& d) const {
    auto label = labels_.find(d.target);
    if (label != labels_.end()) return label->second;
    return "(+ rip " + hexadecimal(d.operands.empty() ? 0 : static_cast<i64>(d.target - (entry_ + next_))) + ")";
  }

  void frame(u32 offset, const Decoded& d) {
    const FrameDescriptor* f = reinterpret_cast<const FrameDescriptor*>(static_cast<u64>(d.memory.displacement));
    char line[64];
    snprintf(line, sizeof line, "   %06llX ", static_cast<unsigned long long>(entry_ + offset));
    out_ += std::string(line) + "0F1F80" + std::string(15, ' ') + "(frame " + std::to_string(f->frame_words);
    if (f->place) out_ += " " + std::to_string(f->place >> 10) + ":" + std::to_string(f->place & 1023);
    out_ += ")\n";
  }

  void comments(u32 offset, const Decoded& d) {
    next_ = offset + d.length;
    for (auto r = relocations_.lower_bound(offset); r != relocations_.end() && r->first < next_; ++r) relocation(d, r->second);
    if (d.memory.present && d.memory.base < 0 && d.memory.index < 0) absolute(d);
    if (d.memory.present && d.memory.base >= 0 && d.memory.base < 16 && d.memory.bits == 64) field(d);
    if (offset == 0 && d.mnemonic == "cmp" && d.operands[0] == "eax") note("number of arguments");
    if ((d.mnemonic == "cmp" || d.mnemonic == "mov") && d.has_immediate && d.operands.size() == 2 && d.operands[0][0] != '(') {
      u64 n = static_cast<u64>(d.immediate);
      bool is_count = d.operands[0] == "eax" && (before_call_ || offset == 0);
      if (!is_count && (n == kFalse || n == kTrue || n == kNull)) note((d.mnemonic == "mov" ? "(set! " + d.operands[0] + " " : "(eq? " + d.operands[0] + " ") + describe_value(Value{n}) + ")");
    }
  }

  void relocation(const Decoded& d, const Relocation& r) {
    std::string what;
    if (r.kind == RelocationKind::Slot32) what = describe_value(slot_at(static_cast<u32>(r.target)));
    else if (u64 code = registry().containing_entry(r.target)) what = describe(code_header(code)->info_slot);
    if (!what.empty()) note((d.mnemonic == "call" ? "call " : d.mnemonic == "jmp" ? "tail call " : "") + what);
  }

  void absolute(const Decoded& d) {
    u64 at = static_cast<u64>(d.memory.displacement);
    constexpr u64 kEntries = kContextBase + offsetof(Context, entries);
    if (at == kContextBase) note("safepoint?");
    else if (at == kContextBase + offsetof(Context, alloc_limit)) note("is there memory?");
    else if (at >= kEntries && at < kEntries + 8 * kEntryTableSize) note(entry_name((at - kEntries) / 8));
    else if (at >= kArgsBase && at < kArgsBase + 8 * kArgsCount) note("argument " + std::to_string((at - kArgsBase) / 8 + 7));
  }

  /// The expression that a load or store of a field computes, by the displacement of the layout of values.
  void field(const Decoded& d) {
    if (d.mnemonic != "mov") return;
    const MemoryOperand& m = d.memory;
    bool load = d.operands[1][0] == '(';
    std::string base = register_name(m.base, 64), other = d.operands[load ? 0 : 1], place;
    if (m.index >= 0) {
      if (m.displacement == kField0Offset && m.scale == 1) place = "vector-ref " + base + " " + register_name(m.index, 64);
    } else if (m.displacement == kCarOffset) {
      place = "car " + base;
    } else if (m.displacement == kCdrOffset) {
      place = "cdr " + base;
    } else if (m.base == 4) {
      place = "frame " + std::to_string(m.displacement / 8);
    } else if (m.base == 10 && m.displacement >= kFreeVar0Offset && (m.displacement - kFreeVar0Offset) % 8 == 0) {
      place = "free " + std::to_string((m.displacement - kFreeVar0Offset) / 8);
    } else if (m.displacement >= kField0Offset && (m.displacement - kField0Offset) % 8 == 0) {
      place = "field " + base + " " + std::to_string((m.displacement - kField0Offset) / 8);
    } else if (m.displacement == kHeaderOffset) {
      place = "header " + base;
    }
    if (place.empty()) return;
    if (load) note("(set! " + other + " (" + place + "))");
    else if (m.displacement == kCarOffset || m.displacement == kCdrOffset) note("(set-" + place.substr(0, 3) + "! " + base + " " + other + ")");
    else note("(set! (" + place + ") " + other + ")");
  }

  const CodeRecord& record_;
  u64 entry_;
  const u8* bytes_;
  Info info_;
  SourceLines source_;
  std::map<u32, Relocation> relocations_;
  std::map<u64, std::string> labels_;
  std::vector<std::pair<u32, Decoded>> instructions_;
  u32 end_ = 0, next_ = 0;
  bool before_call_ = false;   // what is in eax now may be a number of arguments
  std::string out_;
};

}  // namespace

std::string disassemble(u64 entry) {
  const CodeRecord* record = registry().find(entry);
  return record ? Listing(*record).run() : "";
}

}  // namespace loko::x64
