// SPDX-License-Identifier: MIT
//
// Contification (Fluet and Weeks, "Contification using dominators", ICFP 2001): a lambda all of whose calls return to one
// continuation becomes blocks that end there. In the graph of continuations and lambdas, with edges from where a call returns to what
// is called, such a lambda is dominated by that continuation. Dominators by Lengauer and Tarjan, "A fast algorithm for finding
// dominators in a flowgraph" (simple linking): O(m log n) for any graph.
#include <algorithm>
#include <unordered_map>

#include "low/closures.h"

namespace loko::low {
namespace {

using Node = u32;
constexpr Node kNo = ~u32{0};

/// Immediate dominators of the nodes that node 0 reaches.
class Dominators {
 public:
  explicit Dominators(const std::vector<std::vector<Node>>& successors) : successors_(successors), parent_(successors.size(), kNo), number_(parent_) {
    number_nodes();
    size_t n = order_.size();
    std::vector<std::vector<Node>> before(n), bucket(n);
    for (Node v = 0; v < n; ++v)
      for (Node w : successors_[order_[v]]) before[number_[w]].push_back(v);
    semi_.resize(n);
    for (Node v = 0; v < n; ++v) semi_[v] = v;
    best_ = semi_;
    ancestor_.assign(n, kNo);
    idom_.assign(n, 0);
    for (size_t i = n; i-- > 1;) {
      Node w = static_cast<Node>(i), p = number_[parent_[order_[w]]];
      for (Node v : before[w]) semi_[w] = std::min(semi_[w], semi_[evaluate(v)]);
      bucket[semi_[w]].push_back(w);
      ancestor_[w] = p;
      for (Node v : bucket[p]) {
        Node u = evaluate(v);
        idom_[v] = semi_[u] < semi_[v] ? u : p;
      }
      bucket[p].clear();
    }
    for (size_t w = 1; w < n; ++w)
      if (idom_[w] != semi_[w]) idom_[w] = idom_[idom_[w]];
  }

  /// The nodes, each after its dominators.
  const std::vector<Node>& order() const { return order_; }
  Node idom(Node node) const { return order_[idom_[number_[node]]]; }

 private:
  void number_nodes() {
    std::vector<std::pair<Node, Node>> stack{{0, kNo}};
    while (!stack.empty()) {
      auto [v, from] = stack.back();
      stack.pop_back();
      if (number_[v] != kNo) continue;
      number_[v] = static_cast<Node>(order_.size());
      parent_[v] = from;
      order_.push_back(v);
      for (Node w : successors_[v])
        if (number_[w] == kNo) stack.push_back({w, v});
    }
  }

  /// The node with the least semidominator on the way up in the forest that was linked so far.
  Node evaluate(Node v) {
    if (ancestor_[v] == kNo) return v;
    std::vector<Node> path;
    for (Node u = v; ancestor_[ancestor_[u]] != kNo; u = ancestor_[u]) path.push_back(u);
    for (; !path.empty(); path.pop_back()) {
      Node u = path.back(), a = ancestor_[u];
      if (semi_[best_[a]] < semi_[best_[u]]) best_[u] = best_[a];
      ancestor_[u] = ancestor_[a];
    }
    return best_[v];
  }

  const std::vector<std::vector<Node>>& successors_;
  std::vector<Node> parent_, number_, order_;           // by node; the rest by number
  std::vector<Node> semi_, best_, ancestor_, idom_;
};

}  // namespace

void contify(Analysis& analysis) {
  std::vector<LambdaInfo*> lambdas{nullptr};
  std::vector<Target*> targets{nullptr};
  std::vector<std::vector<Node>> successors(1);
  std::unordered_map<const void*, Node> nodes;
  auto node_of = [&](LambdaInfo* l, Target* t) {
    auto [at, fresh] = nodes.emplace(l ? static_cast<const void*>(l) : t, static_cast<Node>(lambdas.size()));
    if (fresh) {
      lambdas.push_back(l);
      targets.push_back(t);
      successors.emplace_back();
    }
    return std::pair(at->second, fresh);
  };
  for (LambdaInfo& l : analysis.lambdas) {
    Node node = node_of(&l, nullptr).first;
    if (l.escapes || !l.variable) successors[0].push_back(node);
    for (CallSite& c : l.calls) {
      auto [target, fresh] = node_of(nullptr, c.target);
      if (fresh) {
        Node from = c.target->owner ? node_of(c.target->owner, nullptr).first : 0;
        successors[from].push_back(target);
      }
      successors[target].push_back(node);
    }
  }
  // Down the tree of dominators: a lambda is in the continuation that its dominator is or is in. One that several continuations
  // share is a function, and what it dominates is in the continuations of its clauses.
  Dominators dominators(successors);
  std::vector<Target*> home(successors.size(), nullptr);
  for (Node node : dominators.order()) {
    if (node == 0) continue;
    Node above = dominators.idom(node);
    home[node] = home[above];
    if (LambdaInfo* l = lambdas[node]) {
      l->contified = home[above];
    } else if (!home[above]) {
      home[node] = targets[node];
    }
  }
  for (LambdaInfo& l : analysis.lambdas) {
    if (!l.contified) continue;
    l.contified->contified.push_back(&l);
    l.contified->root->info = l.contified;
  }
}

}  // namespace loko::low
