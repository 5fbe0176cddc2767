// SPDX-License-Identifier: MIT
//
// The `%os-…` primitives: thin wrappers of system calls. Results are fixnums, negative error numbers on
// failure; wrong arguments raise. No object moves while C++ runs, so the kernel gets addresses in the heap.
#include "os/platform.h"
#include "runtime/memory/heap.h"
#include "runtime/numbers/integers.h"

namespace loko {

namespace {

Value result_of(i64 r) { return fixnum(r); }

u64 number(Value v) { return static_cast<u64>(fixnum_value(v)); }

bool is_path(Value v) {
  if (!is_bytevector(v)) return false;
  for (u64 i = 0, n = length_of(v); i < n; ++i)
    if (bytes_of(v)[i] == 0) return i + 1 == n;
  return false;
}

u64 address(Value v) { return reinterpret_cast<u64>(bytes_of(v)); }

Value wrong(const char* who, Value v) { return raise_assertion(who, "wrong type or range of an argument", v); }

i64 repeat(i64 call, u64 a, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0) {
  for (;;) {
    i64 r = os::system_call(call, a, b, c, d, e);
    if (r != os::kEIntr) return r;
    if (__atomic_load_n(&context().interrupts, __ATOMIC_RELAXED) & (kInterruptUser | kInterruptSignal)) return r;  // let the hook run
  }
}

Value transfer(const char* who, i64 call, Value fd, Value bv, Value start, Value count) {
  if (!is_fixnum(fd)) return wrong(who, fd);
  if (!is_bytevector(bv)) return wrong(who, bv);
  if (!is_fixnum(start) || number(start) > length_of(bv)) return wrong(who, start);
  if (!is_fixnum(count) || number(count) > length_of(bv) - number(start)) return wrong(who, count);
  return result_of(repeat(call, number(fd), address(bv) + number(start), number(count)));
}

u64 length(const char* s) {
  u64 n = 0;
  while (s[n]) ++n;
  return n;
}

Value to_bytevector(const char* s) {
  u64 n = length(s);
  Value v = make_bytevector(n);
  __builtin_memcpy(bytes_of(v), s, n);
  return v;
}

/// The kernel's struct stat.
struct Stat {
  u64 device, inode, links;
  u32 mode, user, group, padding;
  u64 special, size, block_size, blocks, access_seconds, access_nanoseconds, change_seconds, change_nanoseconds, rest[5];
};

}  // namespace

Value os_open(Value path, Value flags, Value mode) {
  if (!is_path(path)) return wrong("%os-open", path);
  if (!is_fixnum(flags) || !is_fixnum(mode)) return wrong("%os-open", flags);
  return result_of(repeat(os::kSysOpen, address(path), number(flags), number(mode)));
}

Value os_read(Value fd, Value bv, Value start, Value count) { return transfer("%os-read", os::kSysRead, fd, bv, start, count); }
Value os_write(Value fd, Value bv, Value start, Value count) { return transfer("%os-write", os::kSysWrite, fd, bv, start, count); }

namespace {

/// preadv2 or pwritev2 with one window, at the file's position, without waiting for the disk.
Value transfer_now(const char* who, i64 call, Value fd, Value bv, Value start, Value count) {
  constexpr u64 kHere = ~u64{0}, kNoWait = 8;
  if (!is_fixnum(fd)) return wrong(who, fd);
  if (!is_bytevector(bv)) return wrong(who, bv);
  if (!is_fixnum(start) || number(start) > length_of(bv)) return wrong(who, start);
  if (!is_fixnum(count) || number(count) > length_of(bv) - number(start)) return wrong(who, count);
  u64 window[2] = {address(bv) + number(start), number(count)};
  return result_of(os::system_call(call, number(fd), reinterpret_cast<u64>(window), 1, kHere, kHere, kNoWait));
}

}  // namespace

Value os_read_now(Value fd, Value bv, Value start, Value count) { return transfer_now("%os-read-now", 327, fd, bv, start, count); }
Value os_write_now(Value fd, Value bv, Value start, Value count) { return transfer_now("%os-write-now", 328, fd, bv, start, count); }

Value os_close(Value fd) {
  if (!is_fixnum(fd)) return wrong("%os-close", fd);
  return result_of(os::system_call(os::kSysClose, number(fd)));  // after EINTR it is closed all the same
}

Value os_lseek(Value fd, Value offset, Value whence) {
  if (!is_fixnum(fd)) return wrong("%os-seek", fd);
  if (!is_fixnum(offset)) return wrong("%os-seek", offset);
  if (!is_fixnum(whence)) return wrong("%os-seek", whence);
  return result_of(repeat(os::kSysLseek, number(fd), number(offset), number(whence)));
}

Value os_stat_size(Value path) {
  if (!is_path(path)) return wrong("%os-stat-size", path);
  Stat s;
  i64 r = repeat(os::kSysStat, address(path), reinterpret_cast<u64>(&s));
  return result_of(r < 0 ? r : static_cast<i64>(s.size));
}

Value os_getcwd() {
  char buffer[4096];
  i64 r = os::system_call(os::kSysGetcwd, reinterpret_cast<u64>(buffer), sizeof buffer);
  return r < 0 ? result_of(r) : to_bytevector(buffer);
}

Value os_exit(Value status) {
  if (!is_fixnum(status)) return wrong("%exit", status);
  os::exit(static_cast<int>(fixnum_value(status)));
}

Value os_clock(Value which) {
  if (!is_fixnum(which)) return wrong("%os-clock", which);
  u64 time[2] = {0, 0};
  i64 r = os::read_clock(number(which), time);
  if (r < 0) return wrong("%os-clock", which);
  return make_pair(fixnum(static_cast<i64>(time[0])), fixnum(static_cast<i64>(time[1])));
}

Value os_argv() {
  Value list = Null;
  for (u64 i = context().argc; i > 0; --i) list = make_pair(to_bytevector(context().argv[i - 1]), list);
  return list;
}

Value os_environment() {
  char** e = context().envp;
  u64 n = 0;
  while (e && e[n]) ++n;
  Value list = Null;
  while (n > 0) list = make_pair(to_bytevector(e[--n]), list);
  return list;
}

Value os_isatty(Value fd) {
  if (!is_fixnum(fd)) return wrong("%os-isatty", fd);
  constexpr u64 kTcGets = 0x5401;
  u8 termios[64];
  return boolean(os::system_call(os::kSysIoctl, number(fd), kTcGets, reinterpret_cast<u64>(termios)) >= 0);
}

Value os_getpid() { return result_of(os::system_call(os::kSysGetpid)); }

Value os_poll(Value fd, Value write, Value timeout) {
  if (!is_fixnum(fd)) return wrong("%os-poll", fd);
  if (!is_fixnum(timeout)) return wrong("%os-poll", timeout);
  struct {
    i32 fd;
    u16 events, results;
  } poll = {static_cast<i32>(fixnum_value(fd)), static_cast<u16>(write == False ? 1 : 4), 0};
  // Not repeated after a signal: the time that is left isn't known, and the caller polls again anyway.
  return result_of(os::system_call(os::kSysPoll, reinterpret_cast<u64>(&poll), 1, number(timeout)));
}

/// Any system call with six arguments in a vector: fixnums, bytevectors (their addresses), boxes with the 8 bytes of a word.
/// Not repeated after a signal.
Value os_system_call(Value call, Value arguments) {
  if (!is_fixnum(call)) return wrong("%os-system-call", call);
  if (!is_vector(arguments) || length_of(arguments) != 6) return wrong("%os-system-call", arguments);
  u64 raw[6];
  for (i64 i = 0; i < 6; ++i) {
    Value a = slot(arguments, 1 + i);
    if (is_fixnum(a)) raw[i] = number(a);
    else if (is_bytevector(a)) raw[i] = address(a);
    else if (is_kind(a, Kind::Box) && is_bytevector(slot(a, 1)) && length_of(slot(a, 1)) == 8)
      __builtin_memcpy(&raw[i], bytes_of(slot(a, 1)), 8);
    else return wrong("%os-system-call", a);
  }
  return integer_from_i64(os::system_call(static_cast<i64>(number(call)), raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]));
}

Value os_syscall(Value call, Value a, Value b, Value c, Value d, Value e) {
  if (!is_fixnum(call)) return wrong("%os-syscall", call);
  Value arguments[] = {a, b, c, d, e};
  u64 raw[5] = {};
  for (int i = 0; i < 5; ++i) {
    if (arguments[i] == Default) continue;
    if (is_fixnum(arguments[i])) raw[i] = number(arguments[i]);
    else if (is_bytevector(arguments[i])) raw[i] = address(arguments[i]);
    else return wrong("%os-syscall", arguments[i]);
  }
  return result_of(repeat(static_cast<i64>(number(call)), raw[0], raw[1], raw[2], raw[3], raw[4]));
}

Value os_raw_syscall(Value call, Value arguments) {
  if (!is_fixnum(call)) return wrong("syscall", call);
  u64 raw[6] = {};
  if (!is_vector(arguments) || length_of(arguments) > 6) return wrong("syscall", arguments);
  for (u64 i = 0; i < length_of(arguments); ++i) {
    Value a = slot(arguments, static_cast<i64>(i) + 1);
    if (is_fixnum(a)) raw[i] = number(a);
    else if (is_bytevector(a)) raw[i] = address(a);
    else return wrong("syscall", a);
  }
  return result_of(os::system_call(static_cast<i64>(number(call)), raw[0], raw[1], raw[2], raw[3], raw[4], raw[5]));
}

}  // namespace loko
