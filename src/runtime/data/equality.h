// SPDX-License-Identifier: MIT
//
// equal? and its hash, for C++ callers.
#pragma once

#include "tables/abi.h"

namespace loko {

/// equal? of any data; terminates on circular data, too.
bool equal(Value a, Value b);
/// A hash that agrees with equal: a nonnegative fixnum's value. Looks at a bounded part of the datum.
u64 equal_hash_of(Value v);

}  // namespace loko
