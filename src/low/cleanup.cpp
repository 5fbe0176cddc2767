// SPDX-License-Identifier: MIT
//
// Lowering makes blocks freely; here those that nothing reaches go away, straight lines become one block, and what
// nobody uses is deleted (also objects that are only stored into).
#include "low/cleanup.h"

#include <algorithm>
#include <unordered_map>

#include "low/graph.h"

namespace loko::low {
namespace {

struct Cleaner {
  Function& f;
  std::vector<u32> predecessors;
  std::vector<ValueId> replacement;

  ValueId final_value(ValueId v) {
    while (replacement[v] != kNone) v = replacement[v];
    return v;
  }

  std::vector<bool> reachable() {
    std::vector<bool> seen(f.blocks.size());
    std::vector<BlockId> work{0};
    seen[0] = true;
    predecessors.assign(f.blocks.size(), 0);
    while (!work.empty()) {
      BlockId b = work.back();
      work.pop_back();
      for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) {
        ++predecessors[s];
        if (!seen[s]) seen[s] = true, work.push_back(s);
      });
    }
    for (BlockId b = 0; b < f.blocks.size(); ++b)
      if (!seen[b]) f.blocks[b] = Block{};
    return seen;
  }

  /// A branch whose two edges go to the same empty continuation, or through empty blocks.
  void thread_jumps() {
    for (Block& b : f.blocks)
      for_each_successor(b.term, [&](BlockId& target, std::vector<ValueId>& args) {
        for (int hops = 0; hops < 8; ++hops) {
          Block& t = f.blocks[target];
          bool forwards = t.insts.empty() && t.params.empty() && t.term.kind == TermKind::Jump && t.term.target != target &&
                          args.empty() && !t.loop_header;
          if (!forwards || (!t.term.target_args.empty() && b.term.kind != TermKind::Jump)) return;
          args = t.term.target_args;
          target = t.term.target;
        }
      });
  }

  void merge_lines() {
    std::vector<bool> seen = reachable();
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      if (!seen[b]) continue;
      for (;;) {
        Block& block = f.blocks[b];
        if (block.term.kind != TermKind::Jump || block.term.target == b || predecessors[block.term.target] != 1 || block.term.target == 0) break;
        BlockId t = block.term.target;
        Block& next = f.blocks[t];
        for (size_t i = 0; i < next.params.size(); ++i) replacement[next.params[i]] = block.term.target_args[i];
        for (Inst& i : next.insts) block.insts.push_back(std::move(i));
        Terminator term = std::move(next.term);
        next.insts.clear();
        next.params.clear();
        next.term = Terminator{};
        block.term = std::move(term);
        seen[t] = false;
        predecessors[t] = 0;
      }
    }
    rename();
  }

  void rename() {
    for (Block& b : f.blocks) {
      for (Inst& i : b.insts) for_each_use(i, [&](ValueId& v) { v = final_value(v); });
      for_each_use(b.term, [&](ValueId& v) { v = final_value(v); });
    }
  }

  /// Parameters whose arguments are all the same value (or the parameter itself).
  bool remove_copies() {
    std::vector<bool> seen = reachable();
    std::vector<std::vector<ValueId>> same(f.blocks.size());
    constexpr ValueId kMixed = kNone - 1;
    for (BlockId b = 0; b < f.blocks.size(); ++b) same[b].assign(f.blocks[b].params.size(), kNone);
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      if (!seen[b]) continue;
      for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>& args) {
        for (size_t i = 0; i < args.size(); ++i) {
          ValueId v = args[i];
          if (v == f.blocks[s].params[i] || same[s][i] == v) continue;
          same[s][i] = same[s][i] == kNone ? v : kMixed;
        }
      });
    }
    bool changed = false;
    std::vector<std::vector<bool>> drop(f.blocks.size());
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      drop[b].assign(f.blocks[b].params.size(), false);
      for (size_t i = 0; i < f.blocks[b].params.size(); ++i) {
        ValueId v = same[b][i];
        if (v == kNone || v == kMixed || !seen[b]) continue;
        v = final_value(v);
        if (v == f.blocks[b].params[i]) continue;
        replacement[f.blocks[b].params[i]] = v;
        drop[b][i] = changed = true;
      }
    }
    if (!changed) return false;
    drop_params(drop);
    rename();
    return true;
  }

  void drop_params(const std::vector<std::vector<bool>>& drop) {
    auto filter = [](std::vector<ValueId>& list, const std::vector<bool>& gone) {
      size_t n = 0;
      for (size_t i = 0; i < list.size(); ++i)
        if (!gone[i]) list[n++] = list[i];
      list.resize(n);
    };
    for (BlockId b = 0; b < f.blocks.size(); ++b)
      for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>& args) {
        if (!args.empty()) filter(args, drop[s]);
      });
    for (BlockId b = 0; b < f.blocks.size(); ++b) filter(f.blocks[b].params, drop[b]);
  }

  /// Liveness of values without regard to paths: roots are effects, and parameters live only if used.
  void remove_useless() {
    std::vector<bool> seen = reachable();
    std::vector<bool> live(f.values.size());
    std::vector<bool> only_stored(f.values.size());  // addresses of objects that nobody reads
    std::vector<ValueId> work;
    std::vector<Inst*> definition(f.values.size());
    std::vector<std::pair<BlockId, size_t>> param(f.values.size(), {kNone, 0});
    std::vector<std::vector<std::vector<ValueId>*>> incoming(f.blocks.size());
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      if (!seen[b]) continue;
      for (size_t i = 0; i < f.blocks[b].params.size(); ++i) param[f.blocks[b].params[i]] = {b, i};
      for (Inst& i : f.blocks[b].insts) {
        if (i.result != kNone) definition[i.result] = &i;
        if (i.op == Op::Alloc) only_stored[i.result] = true;
      }
      for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>& args) { incoming[s].push_back(&args); });
    }
    auto use = [&](ValueId v) {
      if (!live[v]) live[v] = true, work.push_back(v);
    };
    std::unordered_map<ValueId, std::vector<Inst*>> waiting;  // stores into fresh objects, by object
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      if (!seen[b]) continue;
      for (Inst& i : f.blocks[b].insts) {
        if (is_pure(i)) continue;
        if (i.op == Op::Store && only_stored[i.a]) waiting[i.a].push_back(&i);
        else for_each_use(i, use);
      }
      Terminator& t = f.blocks[b].term;
      if (t.a != kNone) use(t.a);
      if (t.b != kNone) use(t.b);
      for (ValueId v : t.args) use(v);
    }
    while (!work.empty()) {
      ValueId v = work.back();
      work.pop_back();
      if (definition[v]) for_each_use(*definition[v], use);
      else if (param[v].first != kNone)
        for (std::vector<ValueId>* args : incoming[param[v].first]) use((*args)[param[v].second]);
      auto stores = waiting.find(v);
      if (stores == waiting.end()) continue;
      for (Inst* i : stores->second) for_each_use(*i, use);
    }
    std::vector<std::vector<bool>> drop(f.blocks.size());
    for (BlockId b = 0; b < f.blocks.size(); ++b) {
      for (ValueId p : f.blocks[b].params) drop[b].push_back(!live[p]);
      auto useless = [&](const Inst& i) {
        if (i.op == Op::Store && only_stored[i.a]) return !live[i.a];
        return is_pure(i) && i.result != kNone && !live[i.result];
      };
      auto& insts = f.blocks[b].insts;
      if (seen[b]) insts.erase(std::remove_if(insts.begin(), insts.end(), useless), insts.end());
    }
    drop_params(drop);
  }

  /// Allocations of a block with no call between become one: one check of the limit.
  void merge_allocations() {
    constexpr i64 kMost = 512;
    for (Block& b : f.blocks) {
      Inst* first = nullptr;
      for (Inst& i : b.insts) {
        bool call = !is_pure(i) && i.op != Op::Store && i.op != Op::MarkCard && i.op != Op::StoreAbs && i.op != Op::StoreCtx;
        if (call || i.op == Op::CallFloat || i.op == Op::AllocDynamic) first = nullptr;
        if (i.op != Op::Alloc) continue;
        if (!first || first->imm + i.imm > kMost) {
          first = &i;
          continue;
        }
        i64 offset = first->imm;
        first->imm += i.imm;
        i.op = Op::Lea;
        i.a = first->result;
        i.imm = offset;
      }
    }
  }

  /// Addresses that are another raw address and an offset are taken from that address. (A raw address is used before
  /// the next safepoint only, so its base is still good there.)
  void fold_addresses() {
    struct Offset { ValueId base = kNone; i64 imm = 0; };
    std::vector<Offset> known(f.values.size());
    for (Block& b : f.blocks)
      for (Inst& i : b.insts) {
        bool address = i.op == Op::Load || i.op == Op::Store || i.op == Op::MarkCard || i.op == Op::Lea;
        if (address && i.a != kNone && known[i.a].base != kNone) {
          i64 imm = i.imm + known[i.a].imm;
          if (imm == static_cast<i32>(imm)) i.imm = imm, i.a = known[i.a].base;
        }
        if (i.op == Op::Lea && i.rep == Rep::Raw && i.b == kNone) known[i.result] = {i.a, i.imm};
      }
  }

  void order() {
    std::vector<bool> seen(f.blocks.size());
    std::vector<BlockId> postorder;
    std::vector<std::pair<BlockId, int>> stack{{0, 0}};
    seen[0] = true;
    while (!stack.empty()) {
      auto& [b, next] = stack.back();
      std::vector<BlockId> successors;
      for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) { successors.push_back(s); });
      // The last successor first, so that reverse postorder has the first one next to the branch.
      std::reverse(successors.begin(), successors.end());
      if (static_cast<size_t>(next) < successors.size()) {
        BlockId s = successors[static_cast<size_t>(next++)];
        if (!seen[s]) seen[s] = true, stack.push_back({s, 0});
      } else {
        postorder.push_back(b);
        stack.pop_back();
      }
    }
    std::vector<BlockId> list;
    for (bool cold : {false, true})
      for (size_t i = postorder.size(); i-- > 0;)
        if ((f.blocks[postorder[i]].cold && postorder[i] != 0) == cold) list.push_back(postorder[i]);
    std::vector<BlockId> number(f.blocks.size(), kNone);
    std::vector<Block> blocks;
    for (BlockId b : list) {
      number[b] = static_cast<BlockId>(blocks.size());
      blocks.push_back(std::move(f.blocks[b]));
    }
    f.blocks = std::move(blocks);
    for (Block& b : f.blocks)
      for_each_successor(b.term, [&](BlockId& s, std::vector<ValueId>&) { s = number[s]; });
  }

  /// Values are renumbered so that tables indexed by them stay small.
  void renumber() {
    std::vector<ValueId> map(f.values.size(), kNone);
    std::vector<Rep> reps;
    std::vector<u32> types;
    auto define = [&](ValueId& v) {
      map[v] = static_cast<ValueId>(reps.size());
      reps.push_back(f.values[v]);
      types.push_back(f.type(v));
      v = map[v];
    };
    for (ValueId& v : f.params) define(v);
    if (f.closure != kNone) define(f.closure);
    for (Block& b : f.blocks) {
      for (ValueId& v : b.params) define(v);
      for (Inst& i : b.insts)
        if (i.result != kNone) define(i.result);
      if (b.term.result != kNone) define(b.term.result);
    }
    for (Block& b : f.blocks) {
      for (Inst& i : b.insts) for_each_use(i, [&](ValueId& v) { v = map[v]; });
      for_each_use(b.term, [&](ValueId& v) { v = map[v]; });
    }
    f.values = std::move(reps);
    f.types = std::move(types);
  }

  void decide_entry_check() {
    f.needs_entry_check = false;
    for (const Block& b : f.blocks) {
      if (b.term.kind == TermKind::TailDirect || b.term.kind == TermKind::TailClosure || b.term.kind == TermKind::TailStub) f.needs_entry_check = true;
      for (const Inst& i : b.insts) {
        if (i.op == Op::Poll || (is_safepoint_call(i) && !b.cold)) f.needs_entry_check = true;
      }
    }
  }
};

}  // namespace

void clean_up(Function& f) {
  Cleaner c{f, {}, std::vector<ValueId>(f.values.size(), kNone)};
  c.thread_jumps();
  c.merge_lines();
  while (c.remove_copies()) {
  }
  c.remove_useless();
  c.thread_jumps();
  c.merge_lines();
  c.merge_allocations();
  c.order();
  c.fold_addresses();
  c.remove_useless();
  c.renumber();
  c.decide_entry_check();
}

}  // namespace loko::low
