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
    std::size_t n = p_.f.blocks.size();
    next_.assign(n, kNone);
    head_.assign(n, kNone);
    tail_.assign(n, kNone);
    for (BlockId b : p_.order) {
      if (final_[b] != b) continue;
      head_[b] = tail_[b] = b;
      find_links(b);
    }
    std::stable_sort(links_.begin(), links_.end(), [&](const Link& x, const Link& y) {
      return x.weight != y.weight ? x.weight > y.weight : p_.index[x.from] > p_.index[y.from];
    });
    for (const Link& l : links_) join(l);
    std::vector<BlockId> order, chain;
    for (bool cold : {false, true})
      for (BlockId head : p_.order) {
        if (tail_[head] == kNone || p_.cold[head] != cold) continue;
        chain.clear();
        for (BlockId b = head; b != kNone; b = next_[b]) chain.push_back(b);
        rotate_loops(chain);
        order.insert(order.end(), chain.begin(), chain.end());
      }
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
    bool back = p_.loops.is_header(to) && p_.loops.contains(to, from);
    if (to == 0 || back || p_.cold[from] != p_.cold[to]) return;
    links_.push_back({from, to, weight});
  }

  /// Where a chain has header, body, latch of a loop in a row, and then the way out, the header goes behind the latch.
  void rotate_loops(std::vector<BlockId>& chain) const {
    for (std::size_t k = 0; k + 1 < chain.size(); ++k) {
      BlockId h = chain[k];
      if (h == 0 || !p_.loops.is_header(h) || !leaves_loop(h)) continue;
      std::size_t n = k + 1;
      while (n < chain.size() && p_.loops.loop[chain[n]] == h && !calls(chain[n])) ++n;
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
    auto out = [&](BlockId s) { return !p_.cold[s] && !p_.loops.contains(header, s); };
    return out(t.target) || out(t.otherwise);
  }

  void join(const Link& l) {
    BlockId x = head_[l.from], y = tail_[l.to];  // the far ends, if those that meet are ends
    if (x == kNone || y == kNone || x == l.to) return;
    next_[l.from] = l.to;
    head_[l.from] = tail_[l.to] = kNone;
    tail_[x] = y;
    head_[y] = x;
  }

  const Prepared& p_;
  const std::vector<BlockId>& final_;
  std::vector<BlockId> next_;                   // by block: the next one of its chain
  std::vector<BlockId> head_, tail_;            // by last and first block of a chain: its other end; kNone inside
  std::vector<Link> links_;
};

}  // namespace

std::vector<BlockId> lay_out(const Prepared& p, const std::vector<BlockId>& final_target) { return Layout(p, final_target).run(); }

}  // namespace loko::x64
