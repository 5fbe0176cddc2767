// SPDX-License-Identifier: MIT
//
// Parallel moves: a move may go first when nobody still reads its destination; if none may, all that is left
// are cycles, and saving one destination opens its cycle.
#include "machine/x64/moves.h"

#include <algorithm>

namespace loko::x64 {

std::vector<Move> sequentialize(std::vector<Move> moves) {
  std::vector<Move> out, constants, pending;
  for (const Move& m : moves) {
    if (m.to == m.from) continue;
    (m.from.where == Where::Const ? constants : pending).push_back(m);
  }
  while (!pending.empty()) {
    bool progress = false;
    for (std::size_t i = 0; i < pending.size();) {
      bool read = false;
      for (std::size_t j = 0; j < pending.size(); ++j) read = read || (j != i && pending[j].from == pending[i].to);
      if (read) {
        ++i;
        continue;
      }
      out.push_back(pending[i]);
      pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(i));
      progress = true;
    }
    if (progress) continue;
    Location saved = pending[0].to;
    out.push_back({gpr(kScratchGpr), saved, kNone, kNone});
    for (Move& m : pending)
      if (m.from == saved) m.from = gpr(kScratchGpr);
  }
  out.insert(out.end(), constants.begin(), constants.end());
  return out;
}

}  // namespace loko::x64
