// SPDX-License-Identifier: MIT
//
// Where words and grapheme clusters end (UAX #29, the default rules of Unicode 15.0).
#pragma once

#include "runtime/data/text_access.h"

namespace loko {

/// The end of the word (or of what is between words) that begins at i < t.length.
u64 word_end(Text t, u64 i);
/// The end of the extended grapheme cluster that begins at i < t.length.
u64 grapheme_end(Text t, u64 i);

}  // namespace loko
