// SPDX-License-Identifier: MIT
//
// Strongly connected components against reachability, on random graphs; and a chain that recursion would not survive.
#include "base/components.h"

#include <gtest/gtest.h>

#include <random>

namespace loko {
namespace {

using Edges = std::vector<std::vector<std::size_t>>;

std::vector<std::vector<bool>> reachable(const Edges& edges) {
  std::size_t n = edges.size();
  std::vector<std::vector<bool>> r(n, std::vector<bool>(n));
  for (std::size_t v = 0; v < n; ++v) {
    r[v][v] = true;
    for (std::size_t w : edges[v]) r[v][w] = true;
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (r[i][k] && r[k][j]) r[i][j] = true;
  return r;
}

TEST(Components, AreWhatReachesEachOtherSuccessorsFirst) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::size_t n = 1 + random() % 12;
    Edges edges(n);
    for (std::size_t i = random() % (2 * n); i-- > 0;) edges[random() % n].push_back(random() % n);
    auto r = reachable(edges);
    std::vector<std::size_t> component(n, n);
    std::size_t count = 0;
    strong_components(n, [&](std::size_t v) -> const std::vector<std::size_t>& { return edges[v]; }, [&](const std::vector<std::size_t>& c) {
      for (std::size_t v : c) {
        EXPECT_EQ(component[v], n);
        component[v] = count;
      }
      ++count;
    });
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        EXPECT_EQ(component[i] == component[j], r[i][j] && r[j][i]);
        if (r[i][j]) EXPECT_LE(component[j], component[i]);
      }
  }
}

TEST(Components, OfALongChain) {
  Edges edges(300000);
  for (std::size_t v = 0; v + 1 < edges.size(); ++v) edges[v].push_back(v + 1);
  std::size_t count = 0;
  strong_components(edges.size(), [&](std::size_t v) -> const std::vector<std::size_t>& { return edges[v]; }, [&](const auto& c) { count += c.size() == 1; });
  EXPECT_EQ(count, edges.size());
}

}  // namespace
}  // namespace loko
