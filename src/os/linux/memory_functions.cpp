// SPDX-License-Identifier: MIT
//
// memcpy, memmove, memset and memcmp of the freestanding runtime: SSE2, small sizes and tails by overlapping loads,
// large ones by string instructions. Prelinking makes them private: in `loko` the C library keeps its own.
#include <emmintrin.h>

#include <cstddef>
#include <cstdint>

namespace {

using U64 [[gnu::may_alias, gnu::aligned(1)]] = std::uint64_t;
using U32 [[gnu::may_alias, gnu::aligned(1)]] = std::uint32_t;
using U16 [[gnu::may_alias, gnu::aligned(1)]] = std::uint16_t;

inline __m128i load16(const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline void store16(char* p, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }

/// At most 32 bytes; all loads come before the stores, so overlap is harmless.
inline void move_small(char* to, const char* from, std::size_t n) {
  if (n >= 16) {
    __m128i a = load16(from), b = load16(from + n - 16);
    store16(to, a);
    store16(to + n - 16, b);
  } else if (n >= 8) {
    std::uint64_t a = *reinterpret_cast<const U64*>(from), b = *reinterpret_cast<const U64*>(from + n - 8);
    *reinterpret_cast<U64*>(to) = a;
    *reinterpret_cast<U64*>(to + n - 8) = b;
  } else if (n >= 4) {
    std::uint32_t a = *reinterpret_cast<const U32*>(from), b = *reinterpret_cast<const U32*>(from + n - 4);
    *reinterpret_cast<U32*>(to) = a;
    *reinterpret_cast<U32*>(to + n - 4) = b;
  } else if (n >= 2) {
    std::uint16_t a = *reinterpret_cast<const U16*>(from), b = *reinterpret_cast<const U16*>(from + n - 2);
    *reinterpret_cast<U16*>(to) = a;
    *reinterpret_cast<U16*>(to + n - 2) = b;
  } else if (n) {
    *to = *from;
  }
}

/// The difference of the first bytes in which two words, which are not the same, differ.
inline int first_difference(std::uint64_t x, std::uint64_t y) {
  int shift = __builtin_ctzll(x ^ y) & ~7;
  return static_cast<int>(x >> shift & 255) - static_cast<int>(y >> shift & 255);
}

inline std::uint64_t load8(const unsigned char* p) { return *reinterpret_cast<const U64*>(p); }
/// The first and the last four bytes of n, from 4 to 8.
inline std::uint64_t load_ends4(const unsigned char* p, std::size_t n) {
  return *reinterpret_cast<const U32*>(p) | std::uint64_t{*reinterpret_cast<const U32*>(p + n - 4)} << 32;
}
/// The bytes of n, from 1 to 3, in order; some twice.
inline std::uint64_t load_ends1(const unsigned char* p, std::size_t n) {
  return p[0] | std::uint64_t{p[n / 2]} << 8 | std::uint64_t{p[n - 1]} << 16;
}

}  // namespace

extern "C" {

void* memcpy(void* to_, const void* from_, std::size_t n) {
  char* to = static_cast<char*>(to_);
  const char* from = static_cast<const char*>(from_);
  if (n <= 32) {
    move_small(to, from, n);
    return to_;
  }
  if (n >= 2048) {
    void* d = to_;
    asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
    return to_;
  }
  __m128i last = load16(from + n - 16);
  char* end = to + n - 16;
  for (; to < end; to += 16, from += 16) store16(to, load16(from));
  store16(end, last);
  return to_;
}

void* memmove(void* to_, const void* from_, std::size_t n) {
  char* to = static_cast<char*>(to_);
  const char* from = static_cast<const char*>(from_);
  if (n <= 32) {
    move_small(to, from, n);
    return to_;
  }
  if (static_cast<std::size_t>(to - from) >= n) return n >= 2048 && to > from ? memcpy(to_, from_, n) : [&] {
    // forwards: the destination lies below the source, or they don't overlap
    __m128i last = load16(from + n - 16);
    char* end = to + n - 16;
    for (; to < end; to += 16, from += 16) store16(to, load16(from));
    store16(end, last);
    return to_;
  }();
  __m128i first = load16(from);
  std::size_t left = n;
  for (; left > 16; left -= 16) store16(to + left - 16, load16(from + left - 16));
  store16(to, first);
  return to_;
}

void* memset(void* to_, int byte, std::size_t n) {
  char* to = static_cast<char*>(to_);
  if (n < 16) {
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<char>(byte);
    return to_;
  }
  if (n >= 2048) {
    void* d = to_;
    asm volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(byte) : "memory");
    return to_;
  }
  __m128i v = _mm_set1_epi8(static_cast<char>(byte));
  char* end = to + n - 16;
  for (; to < end; to += 16) store16(to, v);
  store16(end, v);
  return to_;
}

int memcmp(const void* a_, const void* b_, std::size_t n) {
  const unsigned char* a = static_cast<const unsigned char*>(a_);
  const unsigned char* b = static_cast<const unsigned char*>(b_);
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    __m128i x = load16(reinterpret_cast<const char*>(a)), y = load16(reinterpret_cast<const char*>(b));
    unsigned equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)));
    if (equal != 0xffff) {
      int i = __builtin_ctz(~equal);
      return a[i] - b[i];
    }
  }
  if (n == 0) return 0;
  std::uint64_t x, y;
  if (n >= 8) {
    x = load8(a), y = load8(b);
    if (x == y) x = load8(a + n - 8), y = load8(b + n - 8);
  } else if (n >= 4) {
    x = load_ends4(a, n), y = load_ends4(b, n);
  } else {
    x = load_ends1(a, n), y = load_ends1(b, n);
  }
  return x == y ? 0 : first_difference(x, y);
}
}
