// SPDX-License-Identifier: MIT
//
// For tests that need a living runtime in the test process: one initialization, shared by all tests.
#pragma once

#include <gtest/gtest.h>

#include "runtime/memory/heap_state.h"

namespace loko {

/// Initializes the runtime once per process.
void need_runtime();

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override { need_runtime(); }
};

}  // namespace loko
