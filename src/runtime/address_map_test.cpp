// SPDX-License-Identifier: MIT
//
// Linked into every test program: a section far above (see CMakeLists.txt), so that the kernel puts glibc's
// heap behind it and not into the low range that the runtime reserves.
[[gnu::used, gnu::section(".high")]] volatile char loko_test_high_segment[8] = {1};
