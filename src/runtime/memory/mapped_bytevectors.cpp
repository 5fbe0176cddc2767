// SPDX-License-Identifier: MIT
//
// Bytevectors on memory files (memfd_create(2)), for data that processes share or pass on without copying. All are large
// objects: their units hold a mapping of the file in place of anonymous memory, until the object is garbage.
// * Shared (make-shared-bytevector): the file has the bytes, mapped for all holders; the header lies in the page before, which is
//   the process's own, so that nobody else can change the length. The file can't shrink (seals), so no access fails.
// * Private: the file is an image of the object, header included, and sealed: nobody can change it. The object is a copy on
//   write. As long as none of its pages was written, the file still says what it contains, and it can be sent again for nothing.
// * Lent: the same, of a file of lent_files.cpp, which is not sealed against its owner. The owner doesn't write to it as long as the
//   object exists, but should it do so in spite of that, then only bytes would change: the header lies in a page before.
// INVARIANT(file): a file that is kept for a private or lent mapping differs from the object exactly in pages that are not the file's.
#include "os/platform.h"
#include "runtime/memory/heap_state.h"
#include "runtime/numbers/numbers.h"

namespace loko {

using namespace memory;

Value make_shared_bytevector(Value length);
Value is_shared_bytevector_p(Value v);
Value bytevector_file(Value b);
Value map_bytevector(Value file, Value length, Value kind);
Value files_after_fork();

namespace {

constexpr u64 kPage = 4096;
constexpr u64 kAddSeals = 1033, kGetSeals = 1034, kDupCloexec = 1030;   // of fcntl
constexpr u64 kSealNoSeals = 1, kSealShrink = 2, kSealGrow = 4, kSealWrite = 8, kSealFutureWrite = 16;
constexpr u64 kFixedSize = kSealShrink | kSealGrow;
constexpr u32 kMostKept = 64;   // descriptors that the process does without otherwise
constexpr i64 kEBadFd = -9;

u64 page_up(u64 n) { return (n + kPage - 1) & ~(kPage - 1); }
/// Bytes of the file of a shared bytevector; never none.
u64 shared_size(u64 length) { return length ? (length + 7) & ~u64{7} : 8; }
u64 private_size(u64 length) { return 8 + shared_size(length); }

i64 call(i64 number, u64 a, u64 b = 0, u64 c = 0) { return os::system_call(number, a, b, c); }
i64 duplicate(i64 fd) { return call(os::kSysFcntl, static_cast<u64>(fd), kDupCloexec, 3); }
void close_file(i64 fd) { call(os::kSysClose, static_cast<u64>(fd)); }

i64 map_file(u64 address, u64 bytes, int flags, i64 fd) {
  return os::system_call(os::kSysMmap, address, page_up(bytes), os::kProtRead | os::kProtWrite,
                         static_cast<u64>(flags | os::kMapFixed | os::kMapNoReserve), static_cast<u64>(fd), 0);
}

/// The unit of a large object, or 0.
u32 large_unit(Value v) {
  if (!is_bytevector(v) || !in_heap(v.bits) || unit_of(v.bits).space != Space::Large) return 0;
  return static_cast<u32>((v.bits - kHeapBase) >> kUnitShift);
}

void keep_file(Unit& u, i64 fd) {
  u.file = static_cast<u32>(fd) + 1;
  ++heap().kept_files;
}
void drop_file(Unit& u) {
  if (!u.file) return;
  close_file(u.file - 1);
  u.file = 0;
  if (u.mapping != Mapping::Shared) --heap().kept_files;
}

/// A sealed file with the bytes at p, or a negative error number.
i64 write_file(const u64* p, u64 bytes) {
  i64 fd = create_memory_file("loko");
  if (fd < 0) return fd;
  i64 n = write_all(fd, p, bytes);
  if (n >= 0) n = call(os::kSysFcntl, static_cast<u64>(fd), kAddSeals, kFixedSize | kSealWrite | kSealNoSeals);
  if (n >= 0) return fd;
  close_file(fd);
  return n;
}

/// Is no page of [p, p + bytes) the process's own copy? Asks /proc/self/pagemap; without it the answer is no.
bool is_unwritten(const u64* p, u64 bytes) {
  constexpr u64 kPresent = u64{1} << 63, kSwapped = u64{1} << 62, kOfFile = u64{1} << 61;
  i64 fd = call(os::kSysOpen, reinterpret_cast<u64>("/proc/self/pagemap"), 0x80000);
  if (fd < 0) return false;
  u64 entries[512];
  u64 first = reinterpret_cast<u64>(p) / kPage, left = page_up(bytes) / kPage;
  bool unwritten = true;
  while (unwritten && left > 0) {
    u64 n = left < 512 ? left : 512;
    i64 got = os::system_call(os::kSysPread, static_cast<u64>(fd), reinterpret_cast<u64>(entries), 8 * n, 8 * first);
    unwritten = got == static_cast<i64>(8 * n);
    for (u64 i = 0; unwritten && i < n; ++i) unwritten = !(entries[i] & (kPresent | kSwapped)) || entries[i] & kOfFile;
    first += n;
    left -= n;
  }
  close_file(fd);
  return unwritten;
}

/// Has the file just the bytes at p?
bool file_equals(i64 fd, const u64* p, u64 bytes) {
  i64 at = os::system_call(os::kSysMmap, 0, page_up(bytes), os::kProtRead, os::kMapPrivate, static_cast<u64>(fd), 0);
  if (at < 0) return false;
  const u64* q = reinterpret_cast<const u64*>(at);
  u64 i = 0;
  while (i < bytes / 8 && p[i] == q[i]) ++i;
  unmap_pages(reinterpret_cast<void*>(at), bytes);
  return i == bytes / 8;
}

/// A copy of the descriptor of a file that says what the large object contains, if there is one already; else -9. An object that is
/// sent a second time unchanged becomes a mapping of its file, so that the third time nothing has to be compared.
i64 present_file(u32 unit, const u64* p, u64 bytes) {
  Unit& u = heap().units[unit];
  if (!u.file) return kEBadFd;
  i64 fd = u.file - 1;
  if (u.mapping != Mapping::None) {
    if (is_unwritten(p, bytes)) return duplicate(fd);
  } else if (file_equals(fd, p, bytes)) {
    if (map_file(reinterpret_cast<u64>(p), bytes, os::kMapPrivate, fd) < 0) out_of_memory(bytes);
    u.mapping = Mapping::Private;
    return duplicate(fd);
  }
  drop_file(u);
  u.sent = Sent::Changing;
  return kEBadFd;
}

u64 seals_of(i64 fd) {
  i64 r = call(os::kSysFcntl, static_cast<u64>(fd), kGetSeals);
  return r < 0 ? 0 : static_cast<u64>(r);
}
u64 size_of(i64 fd) {
  constexpr u64 kFromEnd = 2;
  i64 n = call(os::kSysLseek, static_cast<u64>(fd), 0, kFromEnd);
  return n < 0 ? 0 : static_cast<u64>(n);
}

/// A bytevector of the first bytes of the file, behind a page with its header; or a negative error number.
Value map_bare(i64 fd, u64 length, Mapping mapping) {
  u64 bytes = shared_size(length);
  u64* p = allocate_large((kPage + page_up(bytes)) / 8, nullptr, Pages::Fresh);
  p[0] = make_header(Kind::Filler, kBareHeaderOffset / 8 - 1);
  u64* object = p + kBareHeaderOffset / 8;
  i64 r = map_file(reinterpret_cast<u64>(object + 1), bytes, mapping == Mapping::Shared ? os::kMapShared : os::kMapPrivate, fd);
  if (r < 0) return fixnum(r);
  object[0] = make_header(Kind::Bytevector, length);
  unit_of(reinterpret_cast<u64>(p)).mapping = mapping;
  return Value{reinterpret_cast<u64>(object) | kTagTyped};
}

Value map_shared(i64 fd, u64 length) {
  if ((seals_of(fd) & kFixedSize) != kFixedSize || size_of(fd) != shared_size(length)) return fixnum(os::kEInval);
  Value v = map_bare(fd, length, Mapping::Shared);
  if (!is_fixnum(v)) unit_of(v.bits).file = static_cast<u32>(fd) + 1;
  return v;
}

Value map_lent(i64 fd, u64 length) {
  constexpr u64 kWeight = 7;   // the owner wants it back, so it hastens the next collection by that much more than its size
  u64 seals = seals_of(fd);
  if ((seals & kFixedSize) != kFixedSize || !(seals & (kSealWrite | kSealFutureWrite)) || size_of(fd) < shared_size(length) ||
      length > kMostLent)
    return fixnum(os::kEInval);
  Value v = map_bare(fd, length, Mapping::Lent);
  if (is_fixnum(v)) return v;
  heap().young_large_bytes += kWeight * length;
  if (heap().kept_files < kMostKept) keep_file(unit_of(v.bits), fd);
  else close_file(fd);
  return v;
}

Value map_private(i64 fd, u64 length) {
  constexpr u64 kConstant = kFixedSize | kSealWrite;
  u64 bytes = private_size(length);
  if ((seals_of(fd) & kConstant) != kConstant || size_of(fd) != bytes || bytes / 8 <= kLargeWords) return fixnum(os::kEInval);
  u64* p = allocate_large(bytes / 8, nullptr, Pages::Fresh);
  Unit& u = unit_of(reinterpret_cast<u64>(p));
  i64 r = map_file(reinterpret_cast<u64>(p), bytes, os::kMapPrivate, fd);
  if (r < 0) return fixnum(r);
  u.mapping = Mapping::Private;
  if (p[0] != make_header(Kind::Bytevector, length)) return fixnum(os::kEInval);   // the mapping goes with the garbage
  if (heap().kept_files < kMostKept) keep_file(u, fd);
  else close_file(fd);
  return Value{reinterpret_cast<u64>(p) | kTagTyped};
}

bool fits(u64 length) { return length <= u64{1} << 34 && allocation_fits(length + 2 * kPage); }

}  // namespace

namespace memory {

void release_mapping(u32 unit, u64 units) {
  Unit& u = heap().units[unit];
  if (u.mapping != Mapping::None) {
    i64 r = os::system_call(os::kSysMmap, unit_start(unit), units << kUnitShift, os::kProtRead | os::kProtWrite,
                            os::kMapPrivate | os::kMapAnonymous | os::kMapNoReserve | os::kMapFixed, ~u64{0}, 0);
    if (r < 0) out_of_memory(units << kUnitShift);
    __builtin_memset(heap().touched + unit, 0, units);
  }
  drop_file(u);
}

}  // namespace memory

bool is_shared_bytevector(Value v) {
  u32 unit = large_unit(v);
  return unit && heap().units[unit].mapping == Mapping::Shared;
}

Value stable_bytevector(Value v) {
  u32 unit = large_unit(v);
  if (!unit || heap().units[unit].mapping < Mapping::Lent) return v;
  Value copy = make_bytevector(length_of(v));
  __builtin_memcpy(bytes_of(copy), bytes_of(v), length_of(v));
  return copy;
}

/// (%make-shared-bytevector length): zeroed; or a negative error number.
Value make_shared_bytevector(Value length) {
  if (!is_fixnum(length) || fixnum_value(length) < 0)
    return raise_assertion("make-shared-bytevector", "expected a nonnegative fixnum", length);
  u64 n = static_cast<u64>(fixnum_value(length));
  if (!fits(n)) return fixnum(os::kENoMem);
  i64 fd = create_memory_file("loko");
  if (fd < 0) return fixnum(fd);
  i64 r = call(os::kSysFtruncate, static_cast<u64>(fd), shared_size(n));
  if (r >= 0) r = call(os::kSysFcntl, static_cast<u64>(fd), kAddSeals, kFixedSize | kSealNoSeals);
  Value v = r < 0 ? fixnum(r) : map_shared(fd, n);
  if (is_fixnum(v)) close_file(fd);
  return v;
}

/// (%shared-bytevector? x)
Value is_shared_bytevector_p(Value v) { return boolean(is_shared_bytevector(v)); }

namespace {

/// Lends the bytes of an object that is sent for the first time, or is changed again and again. A negative number: it is sent otherwise.
i64 lend_object(Unit* u, const u64* p, u64 length) {
  if (u && u->mapping == Mapping::None && u->sent == Sent::Once) return os::kEInval;
  i64 fd = lend(p + 1, shared_size(length));
  if (fd >= 0 && u && u->sent == Sent::Never) u->sent = Sent::Once;
  return fd;
}

Value file_of_kind(i64 fd, Value kind) { return fd < 0 ? fixnum(fd) : make_pair(fixnum(fd), kind); }

}  // namespace

/// (%bytevector-file bytevector): pair of a new descriptor of a file from which %map-bytevector makes the same bytevector, or a copy of it, in
/// any process, and the kind of the file: #t shared, #f sealed, () lent. Or a negative error number.
/// What is sent once is lent. What is sent again unchanged gets a sealed file that belongs to it, and then costs nothing.
Value bytevector_file(Value b) {
  if (!is_bytevector(b)) return raise_assertion("%bytevector-file", "expected a bytevector", b);
  u32 unit = is_kind(b, Kind::Bytevector) ? large_unit(b) : 0;
  Unit* u = unit ? &heap().units[unit] : nullptr;
  if (u && u->mapping == Mapping::Shared) return file_of_kind(duplicate(u->file - 1), True);
  const u64* p = untagged(b);
  const bool lent = u && u->mapping == Mapping::Lent;
  const u64 length = length_of(b), bytes = private_size(length);
  i64 fd = !u ? kEBadFd : lent ? present_file(unit, p + 1, shared_size(length)) : present_file(unit, p, bytes);
  if (fd != kEBadFd) return file_of_kind(fd, lent ? Null : False);
  fd = lend_object(u, p, length);
  if (fd >= 0) return file_of_kind(fd, Null);
  if (!is_kind(b, Kind::Bytevector)) {   // a literal: what arrives can be changed
    Value copy = make_bytevector(length);
    __builtin_memcpy(bytes_of(copy), bytes_of(b), length);
    p = untagged(copy);
  }
  fd = write_file(p, bytes);
  if (fd >= 0 && u && u->sent != Sent::Changing && u->mapping == Mapping::None && heap().kept_files < kMostKept)
    if (i64 kept = duplicate(fd); kept >= 0) keep_file(*u, kept);
  return file_of_kind(fd, False);
}

/// (%map-bytevector file length kind): the bytevector behind a descriptor, which belongs to it from now on; or a negative error number
/// if there is no such bytevector, and the descriptor is still the caller's. Kinds: see %bytevector-file.
Value map_bytevector(Value file, Value length, Value kind) {
  if (!is_fixnum(file) || !is_fixnum(length) || fixnum_value(length) < 0) return fixnum(os::kEInval);
  u64 n = static_cast<u64>(fixnum_value(length));
  if (!fits(n)) return fixnum(os::kENoMem);
  i64 fd = fixnum_value(file);
  return kind == False ? map_private(fd, n) : kind == Null ? map_lent(fd, n) : map_shared(fd, n);
}

/// (%files-after-fork): list of the descriptors of the shared bytevectors. Those that were kept for others are forgotten: the caller
/// closes them.
Value files_after_fork() {
  HeapState& h = heap();
  Value list = Null;
  for (int old = 0; old < 2; ++old)
    for (u32 unit = old ? h.old_larges : h.young_larges; unit; unit = h.units[unit].next) {
      Unit& u = h.units[unit];
      if (u.mapping == Mapping::Shared) list = make_pair(fixnum(u.file - 1), list);
      else u.file = 0;
    }
  h.kept_files = 0;
  forget_lent_files();
  return list;
}

}  // namespace loko
