// SPDX-License-Identifier: MIT
//
// Compiled patterns and templates: how they are encoded as heap data, and what interprets them. The same code
// serves syntax-rules in the expander and syntax-case in running transformers.
//
// pattern:  #t variable; #f anything; () null; (p . q) pair; #(1 id) literal; #(2 p k tail n) p repeated, then tail,
//           which takes at least k elements, n variables in p; #(3 p) vector; #(4 datum) equal datum
// template: n variable n (n >= 10000: hole n - 10000 of a quasisyntax); (t . u) pair; #(0 x) constant;
//           #(1 t) vector from list; #(2 t #(n …) rest) t for each element of variables n …, then rest;
//           #(3 t #(n …) rest) the same, t makes lists to append; #(4 n rest) splices hole n; else a constant
//           A driver n + k * kOuterDriver is variable n as it was before the k innermost repetitions that bind it: a
//           variable with fewer ellipses than its place has is consumed by the innermost ones (as in psyntax).
#pragma once

#include <vector>

#include "syntax/stx.h"

namespace loko::syntax {

inline constexpr i64 kFirstHole = 10000;
inline constexpr i64 kOuterDriver = i64{1} << 20;

/// Matches x; appends the values of the variables in the order of the pattern. Nothing suspends.
bool match(Value x, Value pattern, std::vector<Value>& values);

/// What template instantiation works with.
struct Instantiation {
  std::vector<Value> variables;
  std::vector<Value> holes;
  Value marks = Null, substs = Null;  // wrap of what the template introduces
  std::vector<std::pair<std::size_t, Value>> outer;  // values of variables that running repetitions have rebound
  const char* problem = nullptr;      // set when lists have different lengths
};
/// Builds the template's expression.
Value instantiate(Value t, Instantiation& in);

}  // namespace loko::syntax
