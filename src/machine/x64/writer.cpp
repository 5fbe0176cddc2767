// SPDX-License-Identifier: MIT
//
// The writer of code objects; see writer.h.
#include "machine/x64/writer.h"

#include <cstring>

namespace loko::x64 {

using namespace asmjit;

CodeWriter::CodeWriter(const JumpForms* forms, bool listing) : forms_(forms) {
  Environment environment(Arch::kX64);
  holder_.init(environment);
  if (listing) {
    logger_.setFlags(FormatFlags::kHexImms | FormatFlags::kHexOffsets);
    holder_.setLogger(&logger_);
  }
  holder_.attach(&a);
}

bool CodeWriter::next_is_short(Label l) {
  std::size_t k = jumps_.size();
  return !holder_.isLabelBound(l) && forms_ && k < forms_->size() && (*forms_)[k];
}

void CodeWriter::note_jump(Label l, bool ahead) { jumps_.push_back({static_cast<u32>(a.offset()), l, ahead}); }

void CodeWriter::jump(Label l) {
  bool ahead = !holder_.isLabelBound(l);
  if (next_is_short(l)) a.short_();
  a.jmp(l);
  note_jump(l, ahead);
}

void CodeWriter::jump(x86::CondCode cc, Label l) {
  bool ahead = !holder_.isLabelBound(l);
  if (next_is_short(l)) a.short_();
  a.emit(x86::Inst::jccFromCond(cc), l);
  note_jump(l, ahead);
}

void CodeWriter::call_address(u64 address, bool tail) {
  a.embedUInt8(tail ? 0xe9 : 0xe8);
  a.embedUInt32(0);
  add(a.offset() - 4, Reference::Kind::Address, address);
}

void CodeWriter::call_lambda(u32 lambda, u32 clause, bool tail) {
  a.embedUInt8(tail ? 0xe9 : 0xe8);
  a.embedUInt32(0);
  add(a.offset() - 4, Reference::Kind::Lambda, lambda, clause);
}

void CodeWriter::describe(Label mv_entry, u32 frame_words, u32 info_slot, u32 place, u32 registers,
                          const std::vector<u32>* live) {
  Descriptor d{label(), mv_entry, frame_words, info_slot, place, registers, live};
  a.embedUInt8(0x0f);
  a.embedUInt8(0x1f);
  a.embedUInt8(0x80);
  own_.push_back({static_cast<u32>(a.offset()), d.label});
  a.embedUInt32(0);
  descriptors_.push_back(std::move(d));
}

x86::Mem CodeWriter::pool(u64 bits) {
  auto [it, fresh] = pool_.emplace(bits, Label());
  if (fresh) it->second = label();
  return x86::qword_ptr(it->second);
}

std::string CodeWriter::finish(u32 info_slot, CodeObject* out, JumpForms* forms) {
  a.align(AlignMode::kZero, 8);
  for (auto& [bits, l] : pool_) {
    a.bind(l);
    a.embedUInt64(bits);
  }
  if (descriptors_.empty() && info_slot) {  // so that the object refers to its CodeInfo
    a.embedUInt32(info_slot);
    refer_slot(info_slot);
  }
  for (Descriptor& d : descriptors_) {
    a.align(AlignMode::kZero, 8);
    a.bind(d.label);
    own_.push_back({static_cast<u32>(a.offset()), d.mv_entry});
    a.embedUInt32(0);
    a.embedUInt32(d.frame_words);
    a.embedUInt32(d.info_slot);
    if (d.info_slot) refer_slot(d.info_slot);
    a.embedUInt32(d.place);
    a.embedUInt32(d.registers);
    a.embedUInt32(d.live ? static_cast<u32>(d.live->size()) : 0);
    if (d.live) {
      for (u32 word : *d.live) a.embedUInt32(word);
    }
  }
  a.align(AlignMode::kZero, 16);
  holder_.flatten();
  holder_.resolveUnresolvedLinks();
  const CodeBuffer& buffer = holder_.textSection()->buffer();
  out->bytes.assign(buffer.data(), buffer.data() + buffer.size());
  for (const OwnReference& r : own_) {
    u32 target = static_cast<u32>(holder_.labelOffset(r.label));
    memcpy(out->bytes.data() + r.offset, &target, 4);
    add(r.offset, Reference::Kind::Own, target);
  }
  out->references = references_;
  out->listing.assign(logger_.data(), logger_.dataSize());
  if (forms) {
    forms->clear();
    for (const Jump& j : jumps_) {
      u64 target = holder_.labelOffset(j.label);
      forms->push_back(j.ahead && target >= j.offset && target - j.offset <= 127);
    }
  }
  if (holder_.hasUnresolvedLinks()) return "unresolved label";
  return "";
}

}  // namespace loko::x64
