// SPDX-License-Identifier: MIT
//
// Bytes that are lent to other processes: memory files (memfd_create(2)) that are used again, so that their pages need not be made and
// cleared for each message. In: bytes. Out: a descriptor that can only be read from.
// This process writes through a mapping, which nobody else has: the file is sealed against its size and against all other writing
// (F_SEAL_FUTURE_WRITE). Each time it is lent as an open file description of its own, with a read lock on it (F_OFD_SETLK of fcntl(2)), which
// the kernel drops when the last descriptor and the last mapping of that description are gone, in whatever process, however that ends.
// INVARIANT(lent): a file is written only while nobody has such a lock on it.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"

namespace loko::memory {

namespace {

constexpr u64 kPage = 4096;
constexpr u64 kMostFiles = 32, kMostBytes = u64{64} << 20;
constexpr u64 kSeals = 1 | 2 | 4 | 16;   // F_SEAL_SEAL, SHRINK, GROW, FUTURE_WRITE
constexpr u64 kAddSeals = 1033, kGetLock = 36, kSetLock = 37;
constexpr std::int16_t kReadLock = 0, kWriteLock = 1, kUnlocked = 2;

/// The kernel's struct flock: the whole file.
struct Lock {
  std::int16_t type;
  std::int16_t whence = 0;
  i64 start = 0, length = 0;
  i32 process = 0;
};

i64 call(i64 number, u64 a, u64 b = 0, u64 c = 0) { return os::system_call(number, a, b, c); }
i64 lock(i64 fd, u64 command, Lock& l) { return call(os::kSysFcntl, static_cast<u64>(fd), command, reinterpret_cast<u64>(&l)); }

bool is_idle(const LentFile& f) {
  Lock l{kWriteLock};
  return lock(f.fd, kGetLock, l) >= 0 && l.type == kUnlocked;
}

/// The file lives on as long as others have it.
void drop(LentFile& f) {
  unmap_pages(reinterpret_cast<void*>(f.address), f.capacity);
  call(os::kSysClose, static_cast<u64>(f.fd));
  heap().lent_bytes -= f.capacity;
  f = heap().lent_files.pop();
}

/// Files that nobody has, since the heap has shrunk meanwhile perhaps.
void drop_idle_files() {
  PageVector<LentFile>& files = heap().lent_files;
  for (u64 i = files.count; i-- > 0;)
    if (is_idle(files.items[i])) drop(files.items[i]);
}

LentFile* idle_file(u64 bytes) {
  PageVector<LentFile>& files = heap().lent_files;
  for (u64 i = 0; i < files.count; ++i) {   // the one behind that which was lent last is idle most probably
    LentFile& f = files.items[heap().next_lent++ % files.count];
    if (f.capacity >= bytes && f.capacity <= 2 * bytes + 16 * kPage && is_idle(f)) return &f;
  }
  return nullptr;
}

/// Makes room for a file of so many bytes, if need be by leaving others to those who have them, or an unsuitable one.
void make_room(u64 bytes) {
  HeapState& h = heap();
  while (h.lent_files.count > 0 && (h.lent_files.count == kMostFiles || h.lent_bytes + bytes > kMostBytes))
    drop(h.lent_files.items[h.next_lent++ % h.lent_files.count]);
}

/// A new file with the bytes at p, or a negative error number. Its pages are there from the beginning: writing to it never fails.
i64 new_file(const void* p, u64 bytes) {
  constexpr u64 kDontFork = 10;
  const u64 capacity = (bytes + kPage - 1) & ~(kPage - 1);
  make_room(capacity);
  i64 fd = create_memory_file("loko-lent");
  if (fd < 0) return fd;
  i64 address = -1, n = call(os::kSysFtruncate, static_cast<u64>(fd), capacity);
  if (n >= 0) n = write_all(fd, p, bytes);
  if (n >= 0)
    address = n = os::system_call(os::kSysMmap, 0, capacity, os::kProtRead | os::kProtWrite, static_cast<u64>(os::kMapShared),
                                  static_cast<u64>(fd), 0);
  if (n >= 0) n = call(os::kSysMadvise, static_cast<u64>(address), capacity, kDontFork);
  if (n >= 0) n = call(os::kSysFcntl, static_cast<u64>(fd), kAddSeals, kSeals);
  if (n < 0) {
    if (address > 0) unmap_pages(reinterpret_cast<void*>(address), capacity);
    call(os::kSysClose, static_cast<u64>(fd));
    return n;
  }
  heap().lent_files.push({fd, static_cast<u64>(address), capacity});
  heap().lent_bytes += capacity;
  return 0;
}

/// The same file by an open file description that can only be read.
i64 open_for_reading(i64 fd) {
  constexpr u64 kCloexec = 0x80000;
  char path[32] = "/proc/self/fd/", digits[12];
  int at = 14, n = 0;
  do digits[n++] = static_cast<char>('0' + fd % 10); while ((fd /= 10) > 0);
  while (n > 0) path[at++] = digits[--n];
  path[at] = 0;
  return call(os::kSysOpen, reinterpret_cast<u64>(path), kCloexec);
}

}  // namespace

i64 create_memory_file(const char* name) {
  constexpr u64 kCloexec = 1, kAllowSealing = 2;
  return call(os::kSysMemfdCreate, reinterpret_cast<u64>(name), kCloexec | kAllowSealing);
}

i64 write_all(i64 fd, const void* p, u64 bytes) {
  for (u64 done = 0; done < bytes;) {
    i64 n = call(os::kSysWrite, static_cast<u64>(fd), reinterpret_cast<u64>(p) + done, bytes - done);
    if (n < 0 && n != os::kEIntr) return n;
    if (n > 0) done += static_cast<u64>(n);
  }
  return 0;
}

i64 lend(const void* p, u64 bytes) {
  HeapState& h = heap();
  if (bytes > kMostLent) return os::kEInval;
  i64 process = call(os::kSysGetpid, 0);
  if (h.lent_owner != process) {   // a copy of the process that had the files has neither mappings nor descriptors
    forget_lent_files();
    h.lent_owner = process;
  }
  if (h.lent_collections != h.full_count) drop_idle_files();
  h.lent_collections = h.full_count;
  LentFile* f = idle_file(bytes);
  if (f) {
    __builtin_memcpy(reinterpret_cast<void*>(f->address), p, bytes);
  } else {
    if (i64 n = new_file(p, bytes); n < 0) return n;
    f = &h.lent_files.items[h.lent_files.count - 1];
  }
  i64 fd = open_for_reading(f->fd);
  if (fd < 0) return fd;
  Lock l{kReadLock};
  if (i64 n = lock(fd, kSetLock, l); n < 0) {
    call(os::kSysClose, static_cast<u64>(fd));
    return n;
  }
  return fd;
}

void forget_lent_files() {
  heap().lent_files.count = 0;
  heap().lent_bytes = 0;
}

}  // namespace loko::memory
