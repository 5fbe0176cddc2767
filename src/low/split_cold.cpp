// SPDX-License-Identifier: MIT
//
// Generic arithmetic joins a fixnum, computed in line, with whatever the runtime gave on an unlikely path; after the
// join the type is forgotten and tested again. Here an unlikely path that comes back does so into its own copy of all
// that follows, so that on the likely path every check holds to the end (splitting: Chambers and Ungar, "Making pure
// object-oriented languages practical"). The copy is out of line. It leads back only to loops that call procedures on
// unlikely paths: those of ports, which fill a buffer and go on as before. Their copies test at the start of each round
// whether the variables have the types that they have on the likely path.
#include "low/passes.h"
#include "low/graph.h"

namespace loko::low {
namespace {

/// Makes blocks that go to `likely` if the parameters have the types there that a test of one word can tell, else to `copy`,
/// which has the same parameters. Gives the first.
BlockId make_entry_test(Function& f, BlockId likely, BlockId copy, const std::vector<u32>& likely_types) {
  auto new_block = [&] {
    f.blocks.emplace_back();
    f.blocks.back().cold = true;
    return static_cast<BlockId>(f.blocks.size() - 1);
  };
  BlockId first = new_block(), b = first;
  std::vector<ValueId> params;
  for (ValueId v : f.blocks[likely].params) params.push_back(f.new_value(f.values[v], f.type(v)));
  f.blocks[first].params = params;
  auto emit = [&](Op op, i64 imm, ValueId a = kNone, ValueId operand = kNone) {
    Inst i{op};
    i.rep = Rep::Raw, i.imm = imm, i.a = a, i.b = operand;
    i.result = f.new_value(Rep::Raw);
    f.blocks[b].insts.push_back(i);
    return i.result;
  };
  for (size_t k = 0; k < params.size(); ++k) {
    u32 types = likely_types[f.blocks[likely].params[k]];
    if (f.values[params[k]] != Rep::Tagged || types == 0) continue;
    ValueId word, bits;
    if ((types & ~u32{kTypeFixnum}) == 0) word = params[k], bits = emit(Op::Imm, 7);
    else if ((types & ~u32{kTypeChar}) == 0) word = emit(Op::And, 0, params[k], emit(Op::Imm, 0xff)), bits = emit(Op::Imm, kCharTag);
    else continue;
    BlockId next = new_block();
    Terminator& t = f.blocks[b].term;
    t.kind = TermKind::Branch;
    t.cond = types == kTypeFixnum ? Cond::TestZero : Cond::Eq;
    t.a = word, t.b = bits, t.target = next, t.otherwise = copy;
    t.otherwise_args = params;
    b = next;
  }
  f.blocks[b].term.kind = TermKind::Jump;
  f.blocks[b].term.target = likely;
  f.blocks[b].term.target_args = params;
  return first;
}

}  // namespace

bool split_cold_paths(Function& f, const Reentry& reentry) {
  if (!may_be_split(f)) return false;
  // Where cold paths come back, and all that follows.
  std::vector<bool> follows(f.blocks.size());
  std::vector<BlockId> work;
  auto add = [&](BlockId b) {
    if (!follows[b]) follows[b] = true, work.push_back(b);
  };
  size_t old = f.blocks.size();
  for (Block& b : f.blocks)
    if (b.cold)
      for_each_successor(b.term, [&](BlockId s, std::vector<ValueId>&) {
        if (!f.blocks[s].cold) add(s);
      });
  if (work.empty()) return false;
  localize_constants(f);
  while (!work.empty()) {
    BlockId b = work.back();
    work.pop_back();
    for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) { add(s); });
  }
  std::vector<BlockId> copy(old, kNone);
  std::vector<Definition> copies;
  for (BlockId b = 0; b < old; ++b)
    if (follows[b]) copy[b] = copy_block(f, b, copies);
  for (BlockId b = 0; b < f.blocks.size(); ++b) {
    bool is_copy = b >= old;
    bool cold = f.blocks[b].cold;
    for_each_successor(f.blocks[b].term, [&](BlockId& s, std::vector<ValueId>&) {
      if (is_copy || (cold && !f.blocks[s].cold)) s = copy[s];
    });
  }
  for (BlockId b = static_cast<BlockId>(old); b < f.blocks.size(); ++b) f.blocks[b].cold = true;
  for (BlockId h : reentry.headers) {
    if (copy[h] == kNone) continue;
    size_t all = f.blocks.size();
    BlockId test = make_entry_test(f, h, copy[h], reentry.types);
    for (BlockId b = 0; b < all; ++b)
      for_each_successor(f.blocks[b].term, [&](BlockId& s, std::vector<ValueId>&) {
        if (s == copy[h]) s = test;
      });
  }
  repair_ssa(f, copies);
  return true;
}

}  // namespace loko::low
