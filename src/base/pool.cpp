// SPDX-License-Identifier: MIT
//
// The compiler's operator new and delete. A compilation makes and drops some hundred thousand small blocks, most of them vectors in
// instructions; for these a list of free blocks per size is an eighth of the whole process faster than malloc. One thread.
//
// Slabs of one size class come from 1 MB chunks at multiples of 1 MB; which chunks are ours is in a hash table, since delete is given
// blocks of malloc as well. (Bonwick, "The slab allocator", 1994.)
//
// INVARIANT(class): all blocks of a slab have the size that its first word tells, a multiple of 16.
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kGrain = 16, kLargest = 512, kSlabBytes = 64 << 10, kChunkBytes = 1 << 20, kChunkSlots = 1 << 14;

struct Free {
  Free* next;
};

Free* free_blocks[kLargest / kGrain + 1];
char *slab_at = nullptr, *slab_end = nullptr;       // of the newest chunk: what is no slab yet
std::uintptr_t chunks[kChunkSlots];                 // open addressing by chunk number; 0 is free
std::size_t chunk_count = 0;

std::size_t slot_of(std::uintptr_t chunk) {
  std::size_t slot = (chunk * 0x9e3779b97f4a7c15u >> 40) % kChunkSlots;
  while (chunks[slot] && chunks[slot] != chunk) slot = (slot + 1) % kChunkSlots;
  return slot;
}

bool is_ours(const void* block) {
  std::uintptr_t chunk = reinterpret_cast<std::uintptr_t>(block) / kChunkBytes;
  return chunks[slot_of(chunk)] == chunk;
}

void* from_system(std::size_t bytes) {
  void* block = std::malloc(bytes);
  if (!block) std::abort();
  return block;
}

/// Makes a slab of the class; false if there are too many chunks or no memory.
bool add_slab(std::size_t size) {
  if (slab_at == slab_end) {
    // Else what is freed once raises the threshold for ever, and the long vectors of a large function leave holes in the heap.
    if (chunk_count == 0) mallopt(M_MMAP_THRESHOLD, kChunkBytes);
    if (chunk_count > kChunkSlots / 2) return false;
    void* chunk = std::aligned_alloc(kChunkBytes, kChunkBytes);
    if (!chunk) return false;
    std::uintptr_t number = reinterpret_cast<std::uintptr_t>(chunk) / kChunkBytes;
    chunks[slot_of(number)] = number;
    ++chunk_count;
    slab_at = static_cast<char*>(chunk);
    slab_end = slab_at + kChunkBytes;
  }
  char* slab = slab_at;
  slab_at += kSlabBytes;
  *reinterpret_cast<std::size_t*>(slab) = size;
  Free*& list = free_blocks[size / kGrain];
  for (char* block = slab + kSlabBytes - size; block >= slab + kGrain; block -= size) {  // the lowest comes first
    auto* f = reinterpret_cast<Free*>(block);
    f->next = list;
    list = f;
  }
  return true;
}

void* take(std::size_t bytes) {
  std::size_t size = (bytes + kGrain - 1) & ~(kGrain - 1);
  if (size > kLargest || size == 0) return from_system(bytes);
  Free*& list = free_blocks[size / kGrain];
  if (!list && !add_slab(size)) return from_system(bytes);
  Free* block = list;
  list = block->next;
  return block;
}

void give_back(void* block) {
  if (!block) return;
  if (!is_ours(block)) return std::free(block);
  auto slab = reinterpret_cast<std::uintptr_t>(block) & ~(kSlabBytes - 1);
  Free*& list = free_blocks[*reinterpret_cast<const std::size_t*>(slab) / kGrain];
  auto* f = static_cast<Free*>(block);
  f->next = list;
  list = f;
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes); }
void* operator new[](std::size_t bytes) { return take(bytes); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
