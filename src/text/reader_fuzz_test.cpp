// SPDX-License-Identifier: MIT
//
// A second of fuzzing in every run of the tests: random texts from lexemes and mutations of them. LOKO_FUZZ=N tries N
// texts, LOKO_SEED=N begins elsewhere.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "runtime/memory/runtime_fixture.h"
#include "text/round_trip.h"

namespace loko::text {
namespace {

const char* const kPieces[] = {
    "(", ")", "[", "]", "#(", "#vu8(", "#u8(", "'", "`", ",", ",@", "#'", "#`", "#,", "#,@", ".", " ", "\n", "\t", "#;", "#|", "|#", ";", "\"",
    "\\", "\\x41;", "\\n", "|", "#t", "#false", "#\\a", "#\\x3bb", "#\\space", "#\\", "a", "x->y", "...", "+", "-", "+i", "-inf.0", "+nan.0", "1", "007",
    "1/2", "1.5e3", "#xff", "#e1.5", "#i1/3", "1@2", "3+4i", "1e400", "1.0|53", "#0=", "#0#", "#!r6rs", "#!fold-case", "#!eof", "\xce\xbb", "\xff", "\xf0\x9f",
    "\r\n", "#!/x", "#d", "{", "255", "256", "-1"};

std::string random_text(std::mt19937_64& random) {
  std::string text;
  for (u64 n = random() % 24; n > 0; --n) {
    text += kPieces[random() % std::size(kPieces)];
    if (random() % 4 == 0) text += ' ';
  }
  for (u64 n = random() % 3; n > 0 && !text.empty(); --n) text[random() % text.size()] = static_cast<char>(random());
  return text;
}

TEST(ReaderFuzz, WhatWasReadIsReadAgain) {
  need_runtime();
  const char* count = getenv("LOKO_FUZZ");
  const char* seed = getenv("LOKO_SEED");
  u64 first = seed ? strtoull(seed, nullptr, 10) : 1;
  for (u64 i = 0, n = count ? strtoull(count, nullptr, 10) : 20000; i < n; ++i) {
    std::mt19937_64 random(first + i);
    std::string text = random_text(random);
    ASSERT_TRUE(round_trips(text)) << "seed " << first + i << ": " << text;
  }
}

}  // namespace
}  // namespace loko::text
