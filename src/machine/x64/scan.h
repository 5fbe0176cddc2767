// SPDX-License-Identifier: MIT
//
// The linear scan: pieces of live ranges, cut at calls, come by their beginnings and get a register or none. Its parts are in
// scan (which piece begins where), scan_registers (which register, whose is taken) and scan_hints (which one is best).
#pragma once

#include <memory>
#include <queue>
#include <vector>

#include "machine/x64/arrivals.h"
#include "machine/x64/lifetimes.h"

namespace loko::x64 {

/// A stretch of a live range without calls that has no register yet.
struct Piece {
  u32 from, to;
  ValueId value;
  bool defined;        // begins with the definition
  bool decided;        // begins in a register for certain
  bool first = false;  // of what lies between two calls
};
struct LaterPiece {
  bool operator()(const Piece& a, const Piece& b) const {
    if (a.from != b.from) return a.from > b.from;
    if (a.defined != b.defined) return b.defined;
    return a.value > b.value;
  }
};

class Scan {
 public:
  Scan(const Prepared& p, const Lifetimes& lifetimes, Allocation* a);

  /// Sets the fragments.
  void run();

 private:
  static constexpr u32 kRegisters = 16;

  [[noreturn]] void fail(const char* what) const;
  BlockId block_of(u32 position) const { return p_.block_at[position / 2]; }
  const low::Block& block(BlockId b) const { return f_.blocks[b]; }
  u32 term_position(BlockId b) const { return p_.end[b] - 2; }
  bool tracked(ValueId v) const { return !p_.is_immediate(v); }
  Location register_at(ValueId v, u32 position) const { return a_.register_at(p_, v, position); }

  // which pieces there are
  void begin(ValueId v);
  void queue_next(ValueId v, u32 from);
  void queue(const Piece& c);
  Piece piece_around(ValueId v, u32 position, bool defined) const;
  bool is_repeated(const Piece& c);
  void pass_blocks();
  void note_arrivals(BlockId q);
  void arrive(ValueId v, BlockId q, BlockId to);
  void expire(u32 position);

  // where they begin and end
  bool one_memory_use(ValueId v, u32 from, u32 to) const;
  u32 first_arrival(ValueId v, u32 from, u32 to) const;
  bool decide(Piece& c);
  u32 start_of(const Piece& c) const;
  bool trim(Piece& c) const;

  // registers
  static bool allocatable(u32 r, bool floating) { return floating ? r != kScratchXmm : r != RSP && r != R11 && r != R15; }
  u32 clobber_limit(u32 reg, bool floating, u32 from, u32 to) const;
  bool begins_at_home(const Piece& c) const;
  void place(Piece c);
  u32 choose(const u32* free_until, u32 from, u32 to, bool floating) const;
  void take(Piece c, u32 reg, bool floating, u32 limit);
  u32 cheapest_victim(const Piece& c, bool floating, double* least) const;
  double cost(ValueId v, u32 from) const;
  void evict(Piece c, bool floating);
  void split_off(ValueId v, u32 at, u32 resume);

  // hints
  Location incoming(ValueId v) const;
  void hint(Location l, bool floating);
  void hint_arguments(const std::vector<ValueId>& args, ValueId v, bool floating);
  void find_hints(const Piece& c, bool floating);
  Location register_at_end(ValueId v, BlockId q) const;
  void hint_definition(const Piece& c, bool floating);
  void hint_last_use(const Piece& c, bool floating);
  void hint_jump(BlockId b, ValueId v, bool floating);

  const Prepared& p_;
  const low::Function& f_;
  const Lifetimes& l_;
  Allocation& a_;
  std::priority_queue<Piece, std::vector<Piece>, LaterPiece> queue_;
  std::vector<u32> queued_, done_;                // by value: beginning of the `first` piece that is in the queue, was handled last
  std::vector<std::unique_ptr<Arrivals>> arrivals_;  // by value: blocks that it may enter in a register, from blocks that were scanned
  std::vector<u32> header_starts_;                // positions, sorted
  std::vector<Location> incoming_;                // of the function's parameters
  std::vector<u32> parameter_;                    // by value: index among the parameters of its block or function
  u32 passed_ = 0;                                // blocks in order whose ends were passed
  ValueId active_[2][kRegisters];
  std::vector<u32> hints_;
};

}  // namespace loko::x64
