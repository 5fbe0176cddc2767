// SPDX-License-Identifier: MIT
//
// Writes one code object: AsmJit's assembler plus what it does not know: references to slots, other code and
// own descriptors, short forward jumps (a second run knows the distances of the first), a pool of doubles and
// the table of frame descriptors at the end.
#pragma once

#include <asmjit/x86.h>

#include <map>
#include <string>
#include <vector>

#include "machine/x64/language.h"
#include "machine/x64/registry.h"

namespace loko::x64 {

/// A reference that becomes known when the unit is placed. `offset` is from the checked entry.
struct Reference {
  enum class Kind : u8 { Slot, Address /* rel32 to an absolute address */, Lambda /* rel32 to a direct entry */,
                         Closure /* static closure of a lambda */, Own /* absolute place in this object */,
                         Entry /* no field: uses this index of the entry table */ };
  u32 offset;
  Kind kind;
  u64 target;        // slot, address or lambda; Own: offset from the entry
  u32 clause = 0;    // Closure: added to the address
};

/// Bytes from the checked entry on.
struct CodeObject {
  std::vector<u8> bytes;
  std::vector<Reference> references;
  std::vector<u32> direct;      // offsets of the direct entries, by clause
  std::vector<LineMark> lines;
  bool aligned = false;         // placed at the start of a cache line
  std::string listing;
};

/// Which of the jumps to labels ahead are short, in the order of emission.
using JumpForms = std::vector<bool>;

class CodeWriter {
 public:
  CodeWriter(const JumpForms* forms, bool listing);
  asmjit::x86::Assembler a;

  using Label = asmjit::Label;
  Label label() { return a.newLabel(); }
  void bind(Label l) { a.bind(l); }
  void jump(Label l);
  void jump(asmjit::x86::CondCode cc, Label l);

  /// The 4 bytes just written are the absolute address of a slot / tagged static closure.
  void refer_slot(u64 slot) { add(a.offset() - 4, Reference::Kind::Slot, slot); }
  void refer_closure(u32 lambda, u32 offset) { add(a.offset() - 4, Reference::Kind::Closure, lambda, offset); }
  void use_entry(u64 index) { add(0, Reference::Kind::Entry, index); }
  void call_address(u64 address, bool tail);
  void call_lambda(u32 lambda, u32 clause, bool tail);
  /// The nop after a call that names the descriptor; `live` (frame words, as bits, or null) has to stay until the end.
  void describe(Label mv_entry, u32 frame_words, u32 info_slot, u32 place, u32 registers, const std::vector<u32>* live);
  /// A double in the pool.
  asmjit::x86::Mem pool(u64 bits);

  /// Writes pool and descriptors and resolves own references. Returns "" or the assembler's complaint.
  std::string finish(u32 info_slot, CodeObject* out, JumpForms* forms);

 private:
  struct Descriptor {
    Label label, mv_entry;
    u32 frame_words, info_slot, place, registers;
    const std::vector<u32>* live;
  };
  struct OwnReference {
    u32 offset;
    Label label;
  };
  struct Jump {
    u32 offset;   // where the next instruction begins
    Label label;
    bool ahead;
  };
  void add(std::size_t offset, Reference::Kind kind, u64 target, u32 clause = 0) {
    references_.push_back({static_cast<u32>(offset), kind, target, clause});
  }
  void note_jump(Label l, bool ahead);
  bool next_is_short(Label l);

  asmjit::CodeHolder holder_;
  asmjit::StringLogger logger_;
  const JumpForms* forms_;
  std::vector<Jump> jumps_;
  std::vector<Reference> references_;
  std::vector<OwnReference> own_;
  std::vector<Descriptor> descriptors_;
  std::map<u64, Label> pool_;
};

}  // namespace loko::x64
