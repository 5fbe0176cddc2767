// SPDX-License-Identifier: MIT
//
// Clocks by the vDSO against those of the system call.
#include "runtime/memory/runtime_fixture.h"

#include "os/platform.h"

namespace loko::os {
namespace {

using Clock = RuntimeTest;

u64 nanoseconds(const u64* time) { return time[0] * 1000000000 + time[1]; }

TEST_F(Clock, IsBetweenTwoSystemCalls) {
  for (u64 which : {0, 1, 2, 7}) {
    u64 before[2], time[2], after[2];
    system_call(kSysClockGettime, which, reinterpret_cast<u64>(before));
    EXPECT_EQ(read_clock(which, time), 0);
    system_call(kSysClockGettime, which, reinterpret_cast<u64>(after));
    EXPECT_LE(nanoseconds(before), nanoseconds(time)) << which;
    EXPECT_LE(nanoseconds(time), nanoseconds(after)) << which;
  }
}

TEST_F(Clock, ThatDoesNotExist) {
  u64 time[2];
  EXPECT_LT(read_clock(1000, time), 0);
}

TEST_F(Clock, WithoutVdso) {
  context().clock_function = 1;
  u64 before[2], time[2];
  system_call(kSysClockGettime, 1, reinterpret_cast<u64>(before));
  EXPECT_EQ(read_clock(1, time), 0);
  EXPECT_LE(nanoseconds(before), nanoseconds(time));
  context().clock_function = 0;
}

}  // namespace
}  // namespace loko::os
