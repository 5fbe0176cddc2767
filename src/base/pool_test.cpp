// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <random>
#include <vector>

namespace {

/// A block filled with a number that depends on it.
struct Block {
  unsigned char* at;
  std::size_t size;
  unsigned char fill;
};

TEST(Pool, BlocksKeepTheirContents) {
  std::mt19937 random(1);
  std::vector<Block> blocks;
  for (int round = 0; round < 200000; ++round) {
    if (blocks.size() < 3000 && random() % 5 < 3) {
      std::size_t size = random() % 20 ? random() % 600 : random() % 100000;
      Block b{static_cast<unsigned char*>(::operator new(size)), size, static_cast<unsigned char>(random())};
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(b.at) % 16, 0u);
      std::memset(b.at, b.fill, size);
      blocks.push_back(b);
    } else if (!blocks.empty()) {
      std::size_t i = random() % blocks.size();
      Block b = blocks[i];
      for (std::size_t k = 0; k < b.size; ++k) ASSERT_EQ(b.at[k], b.fill) << "size " << b.size;
      if (random() % 2) ::operator delete(b.at, b.size);
      else ::operator delete(b.at);
      blocks[i] = blocks.back();
      blocks.pop_back();
    }
  }
  for (Block b : blocks) ::operator delete(b.at);
}

TEST(Pool, FreedBlocksAreUsedAgain) {
  void* a = ::operator new(100);
  ::operator delete(a);
  void* b = ::operator new(97);  // of the same class
  EXPECT_EQ(a, b);
  ::operator delete(b);
  ::operator delete(nullptr);
}

}  // namespace
