// SPDX-License-Identifier: MIT
//
// Scanning bytes sixteen at a time (SSE2, which every x86-64 has): ASCII prefixes and line ends.
#pragma once

#include <emmintrin.h>

#include "tables/abi.h"

namespace loko {

/// Number of leading ASCII bytes.
inline u64 ascii_prefix(const u8* p, u64 n) {
  u64 i = 0;
  for (; i + 16 <= n; i += 16) {
    int mask = _mm_movemask_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i)));
    if (mask != 0) return i + static_cast<u64>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
  while (i < n && p[i] < 0x80) ++i;
  return i;
}

/// Number of leading ASCII bytes other than `stop`.
inline u64 ascii_prefix_before(const u8* p, u64 n, u8 stop) {
  const __m128i stops = _mm_set1_epi8(static_cast<char>(stop));
  u64 i = 0;
  for (; i + 16 <= n; i += 16) {
    __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    int mask = _mm_movemask_epi8(_mm_or_si128(chunk, _mm_cmpeq_epi8(chunk, stops)));
    if (mask != 0) return i + static_cast<u64>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
  while (i < n && p[i] < 0x80 && p[i] != stop) ++i;
  return i;
}

/// Index of the first byte that is `a` or `b`, or n.
inline u64 find_either(const u8* p, u64 n, u8 a, u8 b) {
  const __m128i as = _mm_set1_epi8(static_cast<char>(a)), bs = _mm_set1_epi8(static_cast<char>(b));
  u64 i = 0;
  for (; i + 16 <= n; i += 16) {
    __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
    int mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(chunk, as), _mm_cmpeq_epi8(chunk, bs)));
    if (mask != 0) return i + static_cast<u64>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
  while (i < n && p[i] != a && p[i] != b) ++i;
  return i;
}

}  // namespace loko
