// SPDX-License-Identifier: MIT
//
// See graph.h.
#include "low/graph.h"

#include "low/dominators.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace loko::low {

Cond opposite(Cond c) {
  // Conditions come in pairs, but for the order of Lt Le Gt Ge.
  switch (c) {
    case Cond::Eq: return Cond::Ne;
    case Cond::Ne: return Cond::Eq;
    case Cond::Lt: return Cond::Ge;
    case Cond::Ge: return Cond::Lt;
    case Cond::Le: return Cond::Gt;
    case Cond::Gt: return Cond::Le;
    case Cond::Below: return Cond::AboveEq;
    case Cond::AboveEq: return Cond::Below;
    case Cond::BelowEq: return Cond::Above;
    case Cond::Above: return Cond::BelowEq;
    case Cond::TestZero: return Cond::TestNonZero;
    case Cond::TestNonZero: return Cond::TestZero;
  }
  return c;
}

bool is_pure(const Inst& i) {
  switch (i.op) {
    case Op::StoreAbs: case Op::StoreCtx: case Op::Store: case Op::MarkCard: case Op::DeviceLoad: case Op::DeviceStore:
    case Op::PortIn: case Op::PortOut: case Op::CallDirect: case Op::CallClosure:
    case Op::CallRuntime: case Op::CallStub: case Op::Poll: return false;
    default: return true;
  }
}

bool may_be_address(const Function& f, const Inst& i, const std::vector<bool>& address) {
  bool load = i.op == Op::Load || i.op == Op::LoadAbs;
  if (i.fixed || (load && i.width < 8)) return false;
  if (load || i.op == Op::LoadCtx || i.op == Op::Alloc || i.op == Op::AllocDynamic) return true;
  for (ValueId v : {i.a, i.b, i.c, i.d}) {
    if (v == kNone) continue;
    if (f.values[v] == Rep::Tagged ? f.type(v) != kTypeFixnum : f.values[v] == Rep::Raw && address[v]) return true;
  }
  return false;
}

bool is_value(const Function& f, const Inst& i) {
  switch (i.op) {
    case Op::Add: case Op::Sub: case Op::Mul: case Op::And: case Op::Or: case Op::Xor: case Op::Shl: case Op::Sar: case Op::Shr:
    case Op::Neg: case Op::Not: case Op::Div: case Op::Rem: case Op::FBits:
      return (f.type(i.result) & ~u32{kTypeFixnum | kTypeChar | kTypeBoolean | kTypeNull | kTypeEof | kTypeVoid}) == 0;
    default: return true;
  }
}

void decide_branch(Terminator& t, bool truth) {
  if (!truth) {
    t.target = t.otherwise;
    t.target_args = std::move(t.otherwise_args);
  }
  t.kind = TermKind::Jump;
  t.a = t.b = t.otherwise = kNone;
  t.otherwise_args.clear();
  t.target_cold = t.otherwise_cold = false;
}

namespace {

std::vector<BlockId> reverse_postorder(Function& f) {
  std::vector<bool> seen(f.blocks.size());
  std::vector<BlockId> post;
  struct Frame {
    BlockId block;
    std::vector<BlockId> successors;
  };
  std::vector<Frame> stack;
  auto push = [&](BlockId b) {
    seen[b] = true;
    stack.push_back({b, {}});
    for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) { stack.back().successors.push_back(s); });
  };
  push(0);
  while (!stack.empty()) {
    if (stack.back().successors.empty()) {
      post.push_back(stack.back().block);
      stack.pop_back();
      continue;
    }
    BlockId s = stack.back().successors.back();
    stack.back().successors.pop_back();
    if (!seen[s]) push(s);
  }
  std::reverse(post.begin(), post.end());
  return post;
}

bool is_constant(const Inst& i) {
  return i.op == Op::Imm || i.op == Op::FImm || i.op == Op::Constant || i.op == Op::StaticClosure;
}

}  // namespace

void localize_constants(Function& f) {
  std::vector<const Inst*> constant(f.values.size(), nullptr);
  std::vector<Inst> constants;
  size_t count = 0;
  for (const Block& b : f.blocks)
    for (const Inst& i : b.insts) count += is_constant(i);
  constants.reserve(count);
  std::vector<BlockId> home(f.values.size(), kNone);
  for (BlockId b = 0; b < f.blocks.size(); ++b)
    for (const Inst& i : f.blocks[b].insts)
      if (is_constant(i)) {
        constants.push_back(i);
        constant[i.result] = &constants.back();
        home[i.result] = b;
      }
  size_t values = f.values.size();
  for (BlockId b = 0; b < f.blocks.size(); ++b) {
    Block& block = f.blocks[b];
    std::vector<Inst> own;
    std::unordered_map<ValueId, ValueId> made;
    auto use = [&](ValueId& v) {
      if (v >= values || !constant[v] || home[v] == b) return;
      auto [it, fresh] = made.try_emplace(v, kNone);
      if (fresh) {
        own.push_back(*constant[v]);
        it->second = own.back().result = f.new_value(f.values[v], f.type(v));
      }
      v = it->second;
    };
    for (Inst& i : block.insts) for_each_use(i, use);
    for_each_use(block.term, use);
    block.insts.insert(block.insts.begin(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  }
}

Graph make_graph(Function& f) {
  Graph g;
  size_t n = f.blocks.size();
  g.order = reverse_postorder(f);
  g.number.assign(n, kNone);
  for (u32 i = 0; i < g.order.size(); ++i) g.number[g.order[i]] = i;
  g.edges.resize(n);
  for (BlockId b : g.order) {
    bool otherwise = false;
    for_each_successor(f.blocks[b].term, [&](BlockId s, std::vector<ValueId>&) {
      g.edges[s].push_back({b, otherwise});
      otherwise = true;
    });
  }
  find_dominators(f, g);
  return g;
}

namespace {

class Repairer {
 public:
  Repairer(Function& f, const std::vector<Definition>& copies) : f_(f), graph_(make_graph(f)) {
    copied_.assign(f.values.size(), false);
    for (const Definition& d : copies) {
      copied_[d.original] = true;
      defined_[key(d.original, d.block)] = d.value;
    }
  }

  void run() {
    for (BlockId b : graph_.order) {
      auto define = [&](ValueId v) {
        if (v < copied_.size() && copied_[v]) defined_[key(v, b)] = v;
      };
      for (ValueId v : f_.blocks[b].params) define(v);
      for (Inst& i : f_.blocks[b].insts)
        if (i.result != kNone) define(i.result);
      if (f_.blocks[b].term.result != kNone) define(f_.blocks[b].term.result);
    }
    size_t blocks = f_.blocks.size();
    for (BlockId b = 0; b < blocks; ++b) {
      if (!graph_.reachable(b)) continue;
      auto use = [&](ValueId& v) {
        if (v >= copied_.size() || !copied_[v]) return;
        auto own = defined_.find(key(v, b));
        v = own != defined_.end() ? own->second : at_start(v, b);
      };
      for (size_t i = 0; i < f_.blocks[b].insts.size(); ++i) for_each_use(f_.blocks[b].insts[i], use);
      // at_start may add arguments to edges, also of this block: they are right already.
      Terminator& t = f_.blocks[b].term;
      if (t.a != kNone) use(t.a);
      if (t.b != kNone) use(t.b);
      for (ValueId& v : t.args) use(v);
      for (bool otherwise : {false, true})
        for (size_t i = 0; i < arguments(f_, {b, otherwise}).size(); ++i) {
          ValueId v = arguments(f_, {b, otherwise})[i];
          use(v);
          arguments(f_, {b, otherwise})[i] = v;
        }
    }
  }

 private:
  static u64 key(ValueId v, BlockId b) { return u64{v} << 32 | b; }

  ValueId at_end(ValueId v, BlockId b) {
    auto own = defined_.find(key(v, b));
    return own != defined_.end() ? own->second : at_start(v, b);
  }

  ValueId at_start(ValueId v, BlockId b) {
    // Up to a join or a definition. No entry is made on the way: a loop may lead back here.
    BlockId join = b;
    while (graph_.edges[join].size() == 1) {
      BlockId from = graph_.edges[join][0].from;
      auto own = defined_.find(key(v, from));
      if (own != defined_.end()) return own->second;
      join = from;
    }
    auto [it, fresh] = start_.try_emplace(key(v, join), v);
    if (!fresh) return it->second;
    const std::vector<Edge>& edges = graph_.edges[join];
    if (edges.empty()) return v;  // no way from a definition: the use is unreachable
    ValueId p = f_.new_value(f_.values[v], f_.type(v));
    it->second = p;
    f_.blocks[join].params.push_back(p);
    for (const Edge& e : edges) {
      ValueId r = at_end(v, e.from);
      arguments(f_, e).push_back(r);
    }
    return p;
  }

  Function& f_;
  Graph graph_;
  std::vector<bool> copied_;
  std::unordered_map<u64, ValueId> defined_;  // at the end of a block, by those in it
  std::unordered_map<u64, ValueId> start_;    // at the start of a block
};

}  // namespace

BlockId copy_block(Function& f, BlockId b, std::vector<Definition>& copies) {
  BlockId to = static_cast<BlockId>(f.blocks.size());
  f.blocks.push_back(f.blocks[b]);
  Block& block = f.blocks[to];
  std::vector<std::pair<ValueId, ValueId>> map;
  auto define = [&](ValueId& v) {
    ValueId fresh = f.new_value(f.values[v], f.type(v));
    copies.push_back({v, to, fresh});
    map.push_back({v, fresh});
    v = fresh;
  };
  for (ValueId& v : block.params) define(v);
  for (Inst& i : block.insts)
    if (i.result != kNone) define(i.result);
  if (block.term.result != kNone) define(block.term.result);
  std::sort(map.begin(), map.end());
  auto use = [&](ValueId& v) {
    auto it = std::lower_bound(map.begin(), map.end(), std::pair<ValueId, ValueId>{v, 0});
    if (it != map.end() && it->first == v) v = it->second;
  };
  for (Inst& i : block.insts) for_each_use(i, use);
  for_each_use(block.term, use);
  return to;
}

void repair_ssa(Function& f, const std::vector<Definition>& copies) { Repairer(f, copies).run(); }

}  // namespace loko::low
