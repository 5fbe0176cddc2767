// SPDX-License-Identifier: MIT
//
// Datum reader: tokens to datum trees, with explicit stacks, so that nesting is limited by memory only.
// R6RS ch. 4, R7RS ch. 2 and 7.1.1–7.1.2: both syntaxes at once; where they differ on valid text the dialect decides.
// Errors go to Diagnostics; the datum that has one is dropped and reading goes on with the next.
#pragma once

#include <memory>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "text/datum.h"

namespace loko::text {

/// Which report's lexical syntax holds. #!r6rs and #!r7rs in the text switch it. Loko accepts both.
enum class Dialect : u8 { Loko, R6rs, R7rs };

/// What the last read() met.
enum class ReadStatus : u8 {
  Ok,          // a datum, or the end of the text after complete data
  Error,       // something was reported (data with errors are skipped)
  Incomplete   // the text ended inside a datum, string, |symbol| or comment (this is reported, too)
};

/// Reads the data of one source.
class Reader {
 public:
  Reader(const SourceManager& sources, SourceId source, Arena& arena, Diagnostics& diagnostics, Dialect dialect = Dialect::Loko);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// The next datum without errors; null at the end of the text.
  Datum* read();
  ReadStatus status() const;
  /// The dialect in force now, after #!r6rs, #!r7rs flags.
  Dialect dialect() const;
  /// Byte offset in the source after the last datum (where the next read begins).
  u32 position() const;
  /// Moves to a byte offset at which a datum may begin.
  void seek(u32 position);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace loko::text
