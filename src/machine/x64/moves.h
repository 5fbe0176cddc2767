// SPDX-License-Identifier: MIT
//
// Makes a sequence out of a parallel move. A cycle is broken through r11; the caller moves memory to memory
// through xmm15. Constants come last, so that r11 is free for them.
#pragma once

#include <vector>

#include "machine/x64/language.h"

namespace loko::x64 {

/// Single moves, in order; destinations of the input are distinct.
std::vector<Move> sequentialize(std::vector<Move> moves);

}  // namespace loko::x64
