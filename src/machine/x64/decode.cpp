// SPDX-License-Identifier: MIT
//
// The decoder: prefixes, opcode, ModRM and SIB, immediates (AMD64 Architecture Programmer's Manual, volume 3,
// appendix A). Opcodes are rows of tables with the forms of their operands:
//   E general register or memory, G general register of ModRM, Z register in the opcode, A the accumulator,
//   X xmm register of ModRM, W xmm register or memory, M memory, I immediate of the operand's size (at most 32 bits),
//   B immediate byte, V immediate of the full size, J relative target, j relative byte, C the register cl, 1 the number 1.
// A lower-case size follows each: b 8, w 16, v operand size, q 64, d 32, x 128 (no size for I, B, J, j, C, 1).
#include "machine/x64/decode.h"

#include <cstring>

namespace loko::x64 {
namespace {

const char* const kConditions[16] = {"o", "no", "b", "nb", "z", "nz", "be", "nbe", "s", "ns", "p", "np", "l", "nl", "le", "nle"};
const char* const kArithmetic[8] = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};
const char* const kShifts[8] = {"rol", "ror", "rcl", "rcr", "shl", "shr", "shl", "sar"};
const char* const kGroup3[8] = {"test", "test", "not", "neg", "mul", "imul", "div", "idiv"};
const char* const kGroup5[8] = {"inc", "dec", "call", "call", "jmp", "jmp", "push", nullptr};

struct Row {
  u8 opcode;
  const char* name;
  const char* form;
};

constexpr Row kOneByte[] = {
    {0x63, "movsxd", "Gv Ed"}, {0x68, "push", "I"}, {0x69, "imul", "Gv Ev I"}, {0x6a, "push", "B"}, {0x6b, "imul", "Gv Ev B"},
    {0x84, "test", "Eb Gb"}, {0x85, "test", "Ev Gv"}, {0x86, "xchg", "Eb Gb"}, {0x87, "xchg", "Ev Gv"}, {0x88, "mov", "Eb Gb"},
    {0x89, "mov", "Ev Gv"}, {0x8a, "mov", "Gb Eb"}, {0x8b, "mov", "Gv Ev"}, {0x8d, "lea", "Gv Mv"}, {0x8f, "pop", "Eq"}, {0x90, "nop", ""},
    {0xa8, "test", "Ab B"}, {0xa9, "test", "Av I"}, {0xc3, "ret", ""}, {0xc6, "mov", "Eb B"}, {0xc7, "mov", "Ev I"}, {0xcc, "int3", ""},
    {0xe8, "call", "J"}, {0xe9, "jmp", "J"}, {0xeb, "jmp", "j"}, {0xf4, "hlt", ""}};

constexpr Row kTwoByte[] = {
    {0x05, "syscall", ""}, {0x0b, "ud2", ""}, {0x1f, "nop", "Ed"}, {0xa2, "cpuid", ""}, {0xa3, "bt", "Ev Gv"}, {0xaf, "imul", "Gv Ev"},
    {0xb1, "cmpxchg", "Ev Gv"}, {0xb6, "movzx", "Gv Eb"}, {0xb7, "movzx", "Gv Ew"}, {0xbe, "movsx", "Gv Eb"}, {0xbf, "movsx", "Gv Ew"},
    {0xc1, "xadd", "Ev Gv"}};

/// SSE: the name and form after no prefix, 66, F3 and F2.
struct SseRow {
  u8 opcode;
  const char* name[4];
  const char* form[4];
};
constexpr SseRow kSse[] = {
    {0x10, {"movups", "movupd", "movss", "movsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x11, {"movups", "movupd", "movss", "movsd"}, {"Wx Xx", "Wx Xx", "Wd Xx", "Wq Xx"}},
    {0x28, {"movaps", "movapd", nullptr, nullptr}, {"Xx Wx", "Xx Wx", "", ""}},
    {0x29, {"movaps", "movapd", nullptr, nullptr}, {"Wx Xx", "Wx Xx", "", ""}},
    {0x2a, {nullptr, nullptr, "cvtsi2ss", "cvtsi2sd"}, {"", "", "Xx Ev", "Xx Ev"}},
    {0x2c, {nullptr, nullptr, "cvttss2si", "cvttsd2si"}, {"", "", "Gv Wd", "Gv Wq"}},
    {0x2d, {nullptr, nullptr, "cvtss2si", "cvtsd2si"}, {"", "", "Gv Wd", "Gv Wq"}},
    {0x2e, {"ucomiss", "ucomisd", nullptr, nullptr}, {"Xx Wd", "Xx Wq", "", ""}},
    {0x2f, {"comiss", "comisd", nullptr, nullptr}, {"Xx Wd", "Xx Wq", "", ""}},
    {0x51, {"sqrtps", "sqrtpd", "sqrtss", "sqrtsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x54, {"andps", "andpd", nullptr, nullptr}, {"Xx Wx", "Xx Wx", "", ""}},
    {0x55, {"andnps", "andnpd", nullptr, nullptr}, {"Xx Wx", "Xx Wx", "", ""}},
    {0x56, {"orps", "orpd", nullptr, nullptr}, {"Xx Wx", "Xx Wx", "", ""}},
    {0x57, {"xorps", "xorpd", nullptr, nullptr}, {"Xx Wx", "Xx Wx", "", ""}},
    {0x58, {"addps", "addpd", "addss", "addsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x59, {"mulps", "mulpd", "mulss", "mulsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x5a, {"cvtps2pd", "cvtpd2ps", "cvtss2sd", "cvtsd2ss"}, {"Xx Wq", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x5c, {"subps", "subpd", "subss", "subsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x5d, {"minps", "minpd", "minss", "minsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x5e, {"divps", "divpd", "divss", "divsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x5f, {"maxps", "maxpd", "maxss", "maxsd"}, {"Xx Wx", "Xx Wx", "Xx Wd", "Xx Wq"}},
    {0x6e, {nullptr, "movd", nullptr, nullptr}, {"", "Xx Ev", "", ""}},
    {0x6f, {nullptr, "movdqa", "movdqu", nullptr}, {"", "Xx Wx", "Xx Wx", ""}},
    {0x7e, {nullptr, "movd", "movq", nullptr}, {"", "Ev Xx", "Xx Wq", ""}},
    {0x7f, {nullptr, "movdqa", "movdqu", nullptr}, {"", "Wx Xx", "Wx Xx", ""}},
    {0xb8, {nullptr, nullptr, "popcnt", nullptr}, {"", "", "Gv Ev", ""}},
    {0xbc, {"bsf", "bsf", "tzcnt", nullptr}, {"Gv Ev", "Gv Ev", "Gv Ev", ""}},
    {0xbd, {"bsr", "bsr", "lzcnt", nullptr}, {"Gv Ev", "Gv Ev", "Gv Ev", ""}},
    {0xc2, {"cmpps", "cmppd", "cmpss", "cmpsd"}, {"Xx Wx B", "Xx Wx B", "Xx Wd B", "Xx Wq B"}},
    {0xd6, {nullptr, "movq", nullptr, nullptr}, {"", "Wq Xx", "", ""}},
    {0xef, {nullptr, "pxor", nullptr, nullptr}, {"", "Xx Wx", "", ""}}};

/// The bytes of an instruction, read one after the other.
class Reader {
 public:
  Reader(const u8* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  bool good = true;
  std::size_t at = 0;
  u8 peek() const { return at < size_ ? bytes_[at] : 0; }
  u64 take(unsigned n) {
    u64 value = 0;
    if (at + n > size_) {
      good = false;
      return 0;
    }
    memcpy(&value, bytes_ + at, n);
    at += n;
    return value;
  }
  i64 take_signed(unsigned n) {
    u64 value = take(n);
    unsigned shift = 64 - 8 * n;
    return static_cast<i64>(value << shift) >> shift;
  }

 private:
  const u8* bytes_;
  std::size_t size_;
};

class Decoder {
 public:
  Decoder(const u8* bytes, std::size_t size, u64 address) : in_(bytes, size < 15 ? size : 15), address_(address) {}

  Decoded run() {
    prefixes();
    std::string form = opcode();
    if (out_.mnemonic.empty() || !in_.good) return {};
    operands(form);
    if (!in_.good) return {};
    out_.length = static_cast<unsigned>(in_.at);
    if (out_.memory.base == 16) out_.target = address_ + out_.length + static_cast<u64>(out_.memory.displacement);
    return std::move(out_);
  }

 private:
  void prefixes() {
    for (;; in_.take(1)) {
      u8 b = in_.peek();
      if (b == 0x66) operand_size_ = true;
      else if (b == 0xf2 || b == 0xf3) repeat_ = b;
      else if (b == 0xf0) lock_ = true;
      else break;
    }
    if ((in_.peek() & 0xf0) == 0x40) rex_ = static_cast<u8>(in_.take(1));
  }

  unsigned width() const { return rex_ & 8 ? 64 : operand_size_ ? 16 : 32; }

  std::string opcode() {
    u8 b = static_cast<u8>(in_.take(1));
    opcode_ = b;
    if (b == 0x0f) return two_byte();
    if (b < 0x40 && (b & 7) < 6) {
      static const char* const forms[6] = {"Eb Gb", "Ev Gv", "Gb Eb", "Gv Ev", "Ab B", "Av I"};
      return named(kArithmetic[b >> 3], forms[b & 7]);
    }
    if (b >= 0x50 && b < 0x60) return named(b < 0x58 ? "push" : "pop", "Zq");
    if (b >= 0x70 && b < 0x80) return named(std::string("j") + kConditions[b & 15], "j");
    if (b >= 0xb0 && b < 0xc0) return named("mov", b < 0xb8 ? "Zb B" : "Zv V");
    if (b >= 0x80 && b < 0x84 && b != 0x82) return named(kArithmetic[modrm() >> 3 & 7], b == 0x80 ? "Eb B" : b == 0x81 ? "Ev I" : "Ev B");
    if (b == 0xc0 || b == 0xc1) return named(kShifts[modrm() >> 3 & 7], b == 0xc0 ? "Eb B" : "Ev B");
    if (b >= 0xd0 && b < 0xd4) {
      static const char* const forms[4] = {"Eb 1", "Ev 1", "Eb C", "Ev C"};
      return named(kShifts[modrm() >> 3 & 7], forms[b & 3]);
    }
    if (b == 0xf6 || b == 0xf7) {
      unsigned k = modrm() >> 3 & 7;
      return named(kGroup3[k], k < 2 ? (b == 0xf6 ? "Eb B" : "Ev I") : b == 0xf6 ? "Eb" : "Ev");
    }
    if (b == 0xfe || b == 0xff) {
      unsigned k = modrm() >> 3 & 7;
      if (b == 0xfe && k > 1) return "";
      return kGroup5[k] ? named(kGroup5[k], b == 0xfe ? "Eb" : k >= 2 ? "Eq" : "Ev") : "";
    }
    if (b == 0x98) return named(rex_ & 8 ? "cdqe" : operand_size_ ? "cbw" : "cwde", "");
    if (b == 0x99) return named(rex_ & 8 ? "cqo" : operand_size_ ? "cwd" : "cdq", "");
    if (b == 0x90 && repeat_ == 0xf3) return named("pause", "");
    for (const Row& r : kOneByte)
      if (r.opcode == b) return named(r.name, r.form);
    return "";
  }

  std::string two_byte() {
    u8 b = static_cast<u8>(in_.take(1));
    opcode_ = b;
    if (b >= 0x40 && b < 0x50) return named(std::string("cmov") + kConditions[b & 15], "Gv Ev");
    if (b >= 0x80 && b < 0x90) return named(std::string("j") + kConditions[b & 15], "J");
    if (b >= 0x90 && b < 0xa0) return named(std::string("set") + kConditions[b & 15], "Eb");
    if (b == 0x3a) {
      u8 c = static_cast<u8>(in_.take(1));
      return operand_size_ && (c == 0x0a || c == 0x0b) ? named(c == 0x0a ? "roundss" : "roundsd", c == 0x0a ? "Xx Wd B" : "Xx Wq B") : "";
    }
    for (const SseRow& r : kSse) {
      if (r.opcode != b) continue;
      unsigned k = repeat_ == 0xf2 ? 3 : repeat_ == 0xf3 ? 2 : operand_size_ ? 1 : 0;
      if (!r.name[k]) return "";
      if (r.form[k][0] != 'G' || k != 1) operand_size_ = false;  // the prefix was part of the opcode
      std::string name = r.name[k];
      if (name == "movd" && (rex_ & 8)) name = "movq";
      return named(name, r.form[k]);
    }
    for (const Row& r : kTwoByte)
      if (r.opcode == b) return named(r.name, r.form);
    return "";
  }

  std::string named(const std::string& name, const std::string& form) {
    out_.mnemonic = (lock_ ? "lock " : "") + name;
    return form;
  }

  u8 modrm() {
    if (!have_modrm_) {
      modrm_ = static_cast<u8>(in_.take(1));
      have_modrm_ = true;
    }
    return modrm_;
  }

  /// SIB and displacement, after which only immediates follow.
  void read_memory() {
    if (memory_read_ || (modrm() >> 6) == 3) return;
    memory_read_ = true;
    MemoryOperand& m = out_.memory;
    m.present = true;
    unsigned mod = modrm() >> 6, rm = modrm() & 7;
    m.base = static_cast<int>(rm | (rex_ & 1) << 3);
    if (rm == 4) {
      u8 sib = static_cast<u8>(in_.take(1));
      int index = (sib >> 3 & 7) | (rex_ & 2) << 2;
      if (index != 4) {
        m.index = index;
        m.scale = 1u << (sib >> 6);
      }
      m.base = (sib & 7) | (rex_ & 1) << 3;
      if ((sib & 7) == 5 && mod == 0) {
        m.base = -1;
        mod = 2;
      }
    } else if (rm == 5 && mod == 0) {
      m.base = 16;
      mod = 2;
    }
    if (mod == 1) m.displacement = in_.take_signed(1);
    if (mod == 2) m.displacement = in_.take_signed(4);
  }

  std::string memory_text(unsigned bits) {
    MemoryOperand& m = out_.memory;
    m.bits = bits;
    std::string text = "(mem" + std::to_string(bits) + "+";
    if (m.base == 16) text += " rip";
    else if (m.base >= 0) text += " " + register_name(m.base, 64);
    if (m.index >= 0) {
      std::string index = register_name(m.index, 64);
      text += m.scale == 1 ? " " + index : " (* " + index + " " + std::to_string(m.scale) + ")";
    }
    if (m.displacement != 0 || (m.base < 0 && m.index < 0)) text += " " + hexadecimal(m.displacement);
    return text + ")";
  }

  unsigned bits_of(char size) const {
    switch (size) {
      case 'b': return 8;
      case 'w': return 16;
      case 'd': return 32;
      case 'q': return 64;
      case 'x': return 128;
      default: return width();
    }
  }

  /// The name of a general register of the given size; without REX, the byte registers 4 to 7 are ah to bh.
  std::string general(int reg, unsigned bits) const {
    static const char* const high[4] = {"ah", "ch", "dh", "bh"};
    if (bits == 8 && rex_ == 0 && reg >= 4 && reg < 8) return high[reg - 4];
    return register_name(reg, bits);
  }

  void operands(const std::string& form) {
    for (std::size_t i = 0; i < form.size(); ++i) {
      char kind = form[i];
      if (kind == ' ') continue;
      bool sized = strchr("EGZAXWM", kind) != nullptr;
      unsigned bits = sized ? bits_of(form[++i]) : 0;
      if (sized && strchr("EGXWM", kind)) {
        modrm();
        read_memory();
      }
      out_.operands.push_back(operand(kind, bits));
    }
  }

  std::string operand(char kind, unsigned bits) {
    int reg = (modrm_ >> 3 & 7) | (rex_ & 4) << 1, rm = (modrm_ & 7) | (rex_ & 1) << 3;
    switch (kind) {
      case 'E': case 'M': return out_.memory.present ? memory_text(bits) : general(rm, bits);
      case 'W': return out_.memory.present ? memory_text(bits) : register_name(32 + rm, 128);
      case 'G': out_.reg = reg; return general(reg, bits);
      case 'X': out_.reg = 32 + reg; return register_name(32 + reg, 128);
      case 'Z': return general((opcode_ & 7) | (rex_ & 1) << 3, bits);
      case 'A': return register_name(0, bits);
      case 'C': return "cl";
      case '1': return "1";
      case 'J': return relative(in_.take_signed(4));
      case 'j': return relative(in_.take_signed(1));
      case 'B': return immediate(in_.take_signed(1));
      case 'V': return immediate(rex_ & 8 ? in_.take_signed(8) : static_cast<i64>(in_.take(4)));
      default: return immediate(width() == 16 ? in_.take_signed(2) : in_.take_signed(4));
    }
  }

  std::string immediate(i64 n) {
    out_.has_immediate = true;
    out_.immediate = n;
    return hexadecimal(n);
  }

  std::string relative(i64 distance) {
    out_.has_target = true;
    out_.target = address_ + in_.at + static_cast<u64>(distance);
    return hexadecimal(static_cast<i64>(out_.target));
  }

  Reader in_;
  u64 address_;
  Decoded out_;
  bool operand_size_ = false, lock_ = false, have_modrm_ = false, memory_read_ = false;
  u8 repeat_ = 0, rex_ = 0, opcode_ = 0, modrm_ = 0;
};

}  // namespace

std::string register_name(int reg, unsigned bits) {
  static const char* const names[8] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  if (reg >= 32) return "xmm" + std::to_string(reg - 32);
  if (reg >= 8) return "r" + std::to_string(reg) + (bits == 64 ? "" : bits == 32 ? "d" : bits == 16 ? "w" : "l");
  std::string name = names[reg];
  if (bits == 64) return "r" + name;
  if (bits == 32) return "e" + name;
  if (bits == 16) return name;
  return reg < 4 ? name.substr(0, 1) + "l" : name + "l";
}

std::string hexadecimal(i64 n) {
  char buffer[32];
  u64 magnitude = n < 0 ? ~static_cast<u64>(n) + 1 : static_cast<u64>(n);
  snprintf(buffer, sizeof buffer, "#x%s%llX", n < 0 ? "-" : "", static_cast<unsigned long long>(magnitude));
  return buffer;
}

Decoded decode(const u8* bytes, std::size_t size, u64 address) { return Decoder(bytes, size, address).run(); }

}  // namespace loko::x64
