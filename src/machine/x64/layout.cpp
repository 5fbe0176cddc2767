// SPDX-License-Identifier: MIT
//
// The order in which blocks are emitted: chains of blocks that most often follow each other, bottom up (Pettis and Hansen, "Profile
// guided code positioning", with estimated frequencies). Arms that are as likely as each other stay in line. An inner loop without
// calls whose header has a way out begins behind its header, so that one conditional jump a round is enough. Allocation has its
// own order; this one only decides which jumps fall through.
//
// INVARIANT(layout): block 0 comes first, and cold blocks come after all others.
#include <algorithm>

#include "machine/x64/language.h"

namespace loko::x64 {

using low::TermKind;
using low::Terminator;

namespace {

struct Link {
  BlockId from, to;
  double weight;
};

class Layout {
 public:
  Layout(const Prepared& p, const std::vector<BlockId>& final_target) : p_(p), final_(final_target) {}

  std::vector<BlockId> run() {
    chain_.assign(p_.f.blocks.size(), kNone);
    for (BlockId b : p_.order) {
      if (final_[b] != b) continue;
      chain_[b] = static_cast<BlockId>(chains_.size());
      chains_.push_back({b});
      find_links(b);
    }
    std::stable_sort(links_.begin(), links_.end(), [&](const Link& x, const Link& y) {
      return x.weight != y.weight ? x.weight > y.weight : p_.index[x.from] > p_.index[y.from];
    });
    for (const Link& l : links_) join(l);
    for (std::vector<BlockId>& chain : chains_) rotate_loops(chain);
    std::vector<BlockId> order;
    for (bool cold : {false, true})
      for (const std::vector<BlockId>& chain : chains_)
        if (!chain.empty() && p_.cold[chain[0]] == cold) order.insert(order.end(), chain.begin(), chain.end());
    return order;
  }

 private:
  void find_links(BlockId b) {
    const Terminator& t = p_.f.blocks[b].term;
    if (t.kind == TermKind::Jump) {
      add(b, t.target, p_.frequency[b]);
    } else if (is_two_way(t.kind)) {  // edges are split: the frequency of the successor is that of the way
      add(b, t.target, p_.frequency[t.target]);
      add(b, t.otherwise, p_.frequency[t.otherwise]);
    }
  }

  void add(BlockId from, BlockId to, double weight) {
    to = final_[to];
    bool back = p_.is_header(to) && p_.loop_contains(to, from);
    if (to == 0 || back || p_.cold[from] != p_.cold[to]) return;
    links_.push_back({from, to, weight});
  }

  /// Where a chain has header, body, latch of a loop in a row, and then the way out, the header goes behind the latch.
  void rotate_loops(std::vector<BlockId>& chain) const {
    for (std::size_t k = 0; k + 1 < chain.size(); ++k) {
      BlockId h = chain[k];
      if (h == 0 || !p_.is_header(h) || !leaves_loop(h)) continue;
      std::size_t n = k + 1;
      while (n < chain.size() && p_.loop[chain[n]] == h && !calls(chain[n])) ++n;
      const Terminator& latch = p_.f.blocks[chain[n - 1]].term;
      if (n == k + 1 || calls(h) || latch.kind != TermKind::Jump || final_[latch.target] != h) continue;
      if (n < chain.size() && !leads_to(h, chain[n])) continue;
      auto at = [&](std::size_t i) { return chain.begin() + static_cast<std::ptrdiff_t>(i); };
      std::rotate(at(k), at(k + 1), at(n));
      k = n - 1;
    }
  }

  bool leads_to(BlockId b, BlockId s) const {
    const Terminator& t = p_.f.blocks[b].term;
    return final_[t.target] == s || final_[t.otherwise] == s;
  }

  bool calls(BlockId b) const {
    const auto& insts = p_.f.blocks[b].insts;
    return std::any_of(insts.begin(), insts.end(), [](const low::Inst& i) { return is_call(i); });
  }

  /// Does the header's own branch lead out of its loop, and not only to cold code?
  bool leaves_loop(BlockId header) const {
    const Terminator& t = p_.f.blocks[header].term;
    if (!is_two_way(t.kind)) return false;
    auto out = [&](BlockId s) { return !p_.cold[s] && !p_.loop_contains(header, s); };
    return out(t.target) || out(t.otherwise);
  }

  void join(const Link& l) {
    BlockId x = chain_[l.from], y = chain_[l.to];
    if (x == y || chains_[x].back() != l.from || chains_[y].front() != l.to) return;
    for (BlockId b : chains_[y]) chain_[b] = x;
    chains_[x].insert(chains_[x].end(), chains_[y].begin(), chains_[y].end());
    chains_[y].clear();
  }

  const Prepared& p_;
  const std::vector<BlockId>& final_;
  std::vector<BlockId> chain_;                  // by block: its chain
  std::vector<std::vector<BlockId>> chains_;
  std::vector<Link> links_;
};

}  // namespace

std::vector<BlockId> lay_out(const Prepared& p, const std::vector<BlockId>& final_target) { return Layout(p, final_target).run(); }

}  // namespace loko::x64
