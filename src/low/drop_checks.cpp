// SPDX-License-Identifier: MIT
//
// Without the checks that a program must not fail: branches to blocks that only report a primitive's wrong operand or a variable without a
// value go the other way, and sums that overflow into such a block are plain ones. For measuring what checks cost (--without-checks); what
// generic arithmetic does for other numbers than fixnums is no check and stays, as do the counts of arguments and calls of what is no procedure.
#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

/// Does what runs from block b on only report an error?
bool reports(const Function& f, BlockId b) {
  constexpr int kFar = 8;
  for (int i = 0; i < kFar && f.blocks[b].term.kind == TermKind::Jump && f.blocks[b].insts.empty(); ++i) b = f.blocks[b].term.target;
  const Block& block = f.blocks[b];
  if (block.term.kind != TermKind::Unreachable || block.insts.empty()) return false;
  const Inst& last = block.insts.back();
  return last.op == Op::CallStub && (last.imm == kStubPrimFailed || last.imm == kStubUnbound);
}

}  // namespace

int drop_checks(Function& f) {
  int dropped = 0;
  for (Block& b : f.blocks) {
    Terminator& t = b.term;
    if (t.kind != TermKind::Branch && t.kind != TermKind::FBranch && t.kind != TermKind::BranchOvf) continue;
    bool fails = reports(f, t.target), otherwise_fails = reports(f, t.otherwise);
    if (fails == otherwise_fails || (t.kind == TermKind::BranchOvf && fails)) continue;
    if (t.kind == TermKind::BranchOvf) {
      Inst sum{.op = t.op, .rep = f.values[t.result], .result = t.result, .a = t.a, .b = t.b};
      sum.exact = true;
      sum.span = t.span;
      b.insts.push_back(std::move(sum));
      t.result = kNone;
    }
    decide_branch(t, otherwise_fails);
    ++dropped;
  }
  return dropped;
}

}  // namespace loko::low
