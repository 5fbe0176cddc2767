// SPDX-License-Identifier: MIT
//
// Strongly connected components of a graph (Tarjan, "Depth-first search and linear graph algorithms", 1972), without recursion: programs have
// long chains. Linear in nodes and edges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace loko {

/// Calls found(component) for each component of the graph of the nodes 0 … count - 1, those that it leads to first. successors(v) is a
/// vector of the nodes that v leads to. The first node of a component that was reached comes last in it.
template <class Successors, class Found>
void strong_components(std::size_t count, Successors successors, Found found) {
  constexpr std::size_t kUnseen = ~std::size_t{0};
  struct Visit {
    std::size_t node, next;
  };
  std::vector<std::size_t> number(count, kUnseen), low(count), stack;
  std::vector<bool> on_stack(count);
  std::vector<Visit> visits;
  std::size_t counter = 0;
  auto enter = [&](std::size_t v) {
    number[v] = low[v] = counter++;
    on_stack[v] = true;
    stack.push_back(v);
    visits.push_back({v, 0});
  };
  for (std::size_t root = 0; root < count; ++root) {
    if (number[root] == kUnseen) enter(root);
    while (!visits.empty()) {
      std::size_t v = visits.back().node;
      if (const auto& to = successors(v); visits.back().next < to.size()) {
        auto w = static_cast<std::size_t>(to[visits.back().next++]);
        if (number[w] == kUnseen) enter(w);
        else if (on_stack[w]) low[v] = std::min(low[v], number[w]);
        continue;
      }
      visits.pop_back();
      if (!visits.empty()) low[visits.back().node] = std::min(low[visits.back().node], low[v]);
      if (low[v] != number[v]) continue;
      std::vector<std::size_t> component;
      do {
        component.push_back(stack.back());
        on_stack[stack.back()] = false;
        stack.pop_back();
      } while (component.back() != v);
      found(component);
    }
  }
}

}  // namespace loko
