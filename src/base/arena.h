// SPDX-License-Identifier: MIT
//
// Region allocation for the compiler: objects live until the arena dies, and their destructors run then
// (nodes hold std::string and std::vector).
#pragma once

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace loko {

/// Owns objects of any type until it is destroyed.
class Arena {
 public:
  /// `first`: bytes of the first block.
  explicit Arena(std::size_t first = kFirst) : first_(first) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (auto it = destroyers_.rbegin(); it != destroyers_.rend(); ++it) it->destroy(it->object);
  }

  /// Constructs a T that lives as long as the arena.
  template <class T, class... A>
  T* make(A&&... args) {
    void* p = allocate(sizeof(T), alignof(T));
    T* object = new (p) T{std::forward<A>(args)...};
    if constexpr (!std::is_trivially_destructible_v<T>)
      destroyers_.push_back({object, [](void* o) { static_cast<T*>(o)->~T(); }});
    return object;
  }

  /// Raw memory that lives as long as the arena.
  void* allocate(std::size_t bytes, std::size_t align) {
    std::size_t at = (used_ + align - 1) & ~(align - 1);
    if (blocks_.empty() || at + bytes > size_) {
      std::size_t usual = total_ < first_ ? first_ : total_ < kBlock ? total_ : kBlock;  // small programs need little
      size_ = bytes > usual ? bytes : usual;
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(size_), size_});
      total_ += size_;
      at = 0;
    }
    used_ = at + bytes;
    return blocks_.back().memory.get() + at;
  }

  /// A state to go back to.
  struct Mark {
    std::size_t blocks = 0, destroyers = 0, used = 0, size = 0, total = 0;
  };
  Mark mark() const { return {blocks_.size(), destroyers_.size(), used_, size_, total_}; }
  /// Was the object at p made since the mark?
  bool is_since(const Mark& m, const void* p) const {
    const char* c = static_cast<const char*>(p);
    auto within = [c](const Block& b, std::size_t from) { return c >= b.memory.get() + from && c < b.memory.get() + b.size; };
    if (m.blocks > 0 && within(blocks_[m.blocks - 1], m.used)) return true;
    for (std::size_t i = m.blocks; i < blocks_.size(); ++i)
      if (within(blocks_[i], 0)) return true;
    return false;
  }
  /// Was the object at p made here?
  bool holds(const void* p) const { return is_since({}, p); }
  /// Destroys what was made since the mark.
  void release(const Mark& m) {
    for (; destroyers_.size() > m.destroyers; destroyers_.pop_back()) destroyers_.back().destroy(destroyers_.back().object);
    blocks_.resize(m.blocks);
    used_ = m.used;
    size_ = m.size;
    total_ = m.total;
  }

  /// Bytes reserved so far.
  std::size_t total() const { return total_; }

 private:
  static constexpr std::size_t kFirst = 4 * 1024, kBlock = 64 * 1024;
  struct Block {
    std::unique_ptr<char[]> memory;
    std::size_t size = 0;
  };
  struct Destroyer {
    void* object;
    void (*destroy)(void*);
  };
  std::vector<Block> blocks_;
  std::vector<Destroyer> destroyers_;
  std::size_t first_, used_ = 0, size_ = 0, total_ = 0;
};

}  // namespace loko
