// SPDX-License-Identifier: MIT
//
// Global value numbering over the dominator tree: an operation with the same operands as a dominating one is that one.
// Loads are the same as long as nothing was stored and nothing called in between, which is followed through blocks
// with one predecessor only. (Briggs, Cooper, Simpson, "Value Numbering", the dominator-based method with scopes.)
//
// INVARIANT(raw): a raw word that was made from a reference is not taken over a safepoint, nor is a tagged one that is no
// value. (What is `fixed` and raw is no reference, or one to an rtd, which is only asked whether it is the header of a kind.)
#include <unordered_map>

#include "low/graph.h"
#include "low/passes.h"

namespace loko::low {
namespace {

struct Key {
  Op op;
  Rep rep;
  ValueId a, b, c, d;
  i64 imm;
  u32 rest;     // scale, width, sign, condition
  u32 version;  // of memory or of safepoints, where the operation depends on them
  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  size_t operator()(const Key& k) const {
    u64 h = static_cast<u64>(k.op) * 0x9e3779b97f4a7c15u;
    for (u64 x : {u64{k.a}, u64{k.b}, u64{k.c}, u64{k.d}, static_cast<u64>(k.imm), u64{k.rest}, u64{k.version}, static_cast<u64>(k.rep)})
      h = (h ^ x) * 0xff51afd7ed558ccdu, h ^= h >> 29;
    return h;
  }
};

/// What must be the same at two places for what was computed at the first to be good at the second.
struct State {
  u32 memory, safepoint;
};

class Numbering {
 public:
  explicit Numbering(Function& f) : f_(f), graph_(make_graph(f)) {
    same_.resize(f.values.size());
    for (ValueId v = 0; v < same_.size(); ++v) same_[v] = v;
    fresh_.assign(f.values.size(), false);
    address_.assign(f.values.size(), true);
    end_.resize(f.blocks.size());
  }

  int run() {
    auto enter = [&](BlockId b) {
      size_t mark = scope_.size();
      block(b);
      return mark;
    };
    walk_dominators(graph_, enter, [&](size_t mark) {
      for (; scope_.size() > mark; scope_.pop_back()) table_.erase(scope_.back());
    });
    // Arguments of edges to blocks that were visited before their predecessors.
    for (BlockId b : graph_.order) for_each_use(f_.blocks[b].term, [&](ValueId& v) { v = same_[v]; });
    return removed_;
  }

 private:
  void block(BlockId b) {
    const std::vector<Edge>& edges = graph_.edges[b];
    State s = b != 0 && edges.size() == 1 ? end_[edges[0].from] : State{++versions_, versions_};
    std::vector<Inst> kept;
    for (Inst& i : f_.blocks[b].insts) {
      for_each_use(i, [&](ValueId& v) { v = same_[v]; });
      if (i.rep == Rep::Raw && i.result != kNone) address_[i.result] = may_be_address(f_, i, address_);
      if (i.op == Op::Alloc || i.op == Op::AllocDynamic) fresh_[i.result] = true;
      if (!is_pure(i)) {
        step(i, s);
      } else if (i.result != kNone && is_numbered(i)) {
        auto [it, fresh] = table_.try_emplace(key(i, s), i.result);
        if (!fresh) {
          same_[i.result] = it->second;
          ++removed_;
          continue;
        }
        scope_.push_back(it->first);
      }
      kept.push_back(std::move(i));
    }
    f_.blocks[b].insts = std::move(kept);
    for_each_use(f_.blocks[b].term, [&](ValueId& v) { v = same_[v]; });
    end_[b] = s;
  }

  /// Stores into an object just allocated change nothing that can have been loaded.
  void step(const Inst& i, State& s) {
    switch (i.op) {
      case Op::MarkCard: return;
      case Op::Store:
        if (!fresh_[i.a]) s.memory = ++versions_;
        return;
      case Op::StoreAbs: case Op::StoreCtx: s.memory = ++versions_; return;
      default:
        s.memory = ++versions_;
        s.safepoint = ++versions_;
    }
  }

  static bool is_numbered(const Inst& i) {
    switch (i.op) {
      case Op::Alloc: case Op::AllocDynamic: case Op::CallFloat: return false;
      default: return true;
    }
  }

  Key key(const Inst& i, const State& s) const {
    Key k{i.op, i.rep, i.a, i.b, i.c, i.d, i.imm, 0, 0};
    bool commutes = i.op == Op::Add || i.op == Op::Mul || i.op == Op::And || i.op == Op::Or || i.op == Op::Xor;
    if (commutes && k.a > k.b) std::swap(k.a, k.b);
    k.rest = static_cast<u32>(i.scale) | static_cast<u32>(i.width) << 4 | static_cast<u32>(i.is_signed) << 8 |
             static_cast<u32>(i.cond) << 9 | static_cast<u32>(i.fcond) << 14 | i.clause << 18;
    bool reads = i.op == Op::Load || i.op == Op::LoadAbs || i.op == Op::LoadCtx;
    if (reads && !i.fixed) k.version = s.memory;
    else if (i.rep == Rep::Raw ? address_[i.result] : i.rep == Rep::Tagged && !is_value(f_, i)) k.version = s.safepoint;
    return k;
  }

  Function& f_;
  Graph graph_;
  std::vector<ValueId> same_;
  std::vector<bool> fresh_, address_;  // made here; raw and perhaps an address
  std::vector<State> end_;  // by block
  std::unordered_map<Key, ValueId, KeyHash> table_;
  std::vector<Key> scope_;
  u32 versions_ = 0;
  int removed_ = 0;
};

}  // namespace

int number_values(Function& f) { return Numbering(f).run(); }

}  // namespace loko::low
