// SPDX-License-Identifier: MIT
//
// Prepared and allocated functions as text, for people.
#include "low/names.h"
#include "machine/x64/language.h"

namespace loko::x64 {

using low::Inst;
using low::Terminator;

namespace {

std::string name(ValueId v) { return v == kNone ? "_" : "v" + std::to_string(v); }

std::string name(const Prepared& p, Location l) {
  static const char* const general[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  switch (l.where) {
    case Where::Nowhere: return "nowhere";
    case Where::Gpr: return general[l.index];
    case Where::Xmm: return "xmm" + std::to_string(l.index);
    case Where::Slot: return "[" + std::to_string(l.index) + "]";
    case Where::Arg: return "arg" + std::to_string(l.index);
    case Where::Const: return std::string(p.is_immediate(l.index) ? "#" : "home:") + std::to_string(p.const_inst[l.index].imm);
  }
  return "";
}

}  // namespace

std::string print(const Prepared& p, const Allocation& a) {
  std::string out = p.f.name + ": frame " + std::to_string(a.frame_words) + "\n";
  auto group = [&](u32 position, u32 phase) {
    const MoveGroup* g = a.group(position, phase);
    if (!g) return;
    out += "         ";
    for (const Move& m : g->moves) out += "  " + name(p, m.to) + "<-" + name(p, m.from) + ":" + name(m.value) + (m.as != m.value ? "=" + name(m.as) : "");
    out += "\n";
  };
  for (BlockId b : p.order) {
    const low::Block& k = p.f.blocks[b];
    out += "b" + std::to_string(b) + " depth " + std::to_string(p.loops.depth[b]) + (p.cold[b] ? " cold" : "") + (a.framed[b] ? " framed" : "") +
           (a.enter_at_start[b] ? " enter" : "") + (a.enter_at_end[b] ? " enter at end" : "") +
           (a.leave_at_end[b] ? " leave at end" : "") + " (";
    for (ValueId v : k.params) out += name(v) + "@" + name(p, a.location(p, v, p.start[b])) + " ";
    out += ")\n";
    u32 position = p.start[b];
    group(position, 0);
    group(position, 1);
    auto use = [&](ValueId v, Use, Constant) { out += " " + name(v) + "@" + name(p, a.location(p, v, position)); };
    auto is_const = [&](ValueId v) { return v != kNone && p.is_immediate(v); };
    for (const Inst& i : k.insts) {
      position += 2;
      group(position, 0);
      out += std::to_string(position) + "\t" + low::shape(i.op).name;
      visit_uses(i, is_const, use);
      if (i.result != kNone) out += "  -> " + name(i.result) + "@" + name(p, a.location(p, i.result, position + 1));
      out += "\n";
    }
    position += 2;
    group(position, 0);
    const Terminator& t = k.term;
    out += std::to_string(position) + "\t" + low::kTermNames[static_cast<int>(t.kind)];
    visit_term_uses(t, is_const, use);
    if (t.kind == low::TermKind::BranchOvf) out += "  -> " + name(t.result) + "@" + name(p, a.location(p, t.result, position + 1));
    if (t.target != kNone) out += " b" + std::to_string(t.target);
    if (t.otherwise != kNone) out += " b" + std::to_string(t.otherwise);
    out += "\n";
  }
  return out;
}

}  // namespace loko::x64
