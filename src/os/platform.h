// SPDX-License-Identifier: MIT
//
// The operating system as the runtime sees it: raw system calls, nothing else. No errno: failures are
// negative error numbers. The kernel in src/os/pc serves the same numbers.
#pragma once

#include "tables/abi.h"

namespace loko::os {

/// Numbers of the system calls that the runtime makes itself (x86-64 Linux).
enum SystemCall : i64 {
  kSysRead = 0, kSysWrite = 1, kSysOpen = 2, kSysClose = 3, kSysStat = 4, kSysFstat = 5, kSysPoll = 7, kSysLseek = 8,
  kSysMmap = 9, kSysMprotect = 10, kSysMunmap = 11, kSysRtSigaction = 13, kSysRtSigprocmask = 14,
  kSysIoctl = 16, kSysMadvise = 28, kSysGetpid = 39, kSysGetcwd = 79,
  kSysSysinfo = 99, kSysSigaltstack = 131, kSysArchPrctl = 158,
  kSysDup2 = 33, kSysSendto = 44, kSysRecvfrom = 45, kSysVfork = 58, kSysExecve = 59, kSysExit = 60, kSysWait4 = 61,
  kSysFcntl = 72, kSysChdir = 80, kSysGettid = 186, kSysTimerCreate = 222, kSysTimerSettime = 223, kSysClockGettime = 228, kSysExitGroup = 231, kSysKill = 62,
  kSysPread = 17, kSysFtruncate = 77, kSysSendmsg = 46, kSysRecvmsg = 47, kSysMemfdCreate = 319
};

inline constexpr i64 kEIntr = -4, kENoMem = -12, kEExist = -17, kEInval = -22;

inline constexpr int kProtNone = 0, kProtRead = 1, kProtWrite = 2, kProtExec = 4;
inline constexpr int kMapShared = 1, kMapPrivate = 2, kMapFixed = 0x10, kMapAnonymous = 0x20, kMapNoReserve = 0x4000, kMapFixedNoReplace = 0x100000;
inline constexpr int kMadvDontNeed = 4;

/// One system call with up to six arguments.
inline i64 system_call(i64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0) {
  i64 result;
  register u64 r10 asm("r10") = d;
  register u64 r8 asm("r8") = e;
  register u64 r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

inline i64 write(int fd, const void* bytes, u64 count) { return system_call(kSysWrite, static_cast<u64>(fd), reinterpret_cast<u64>(bytes), count); }
inline i64 mprotect(u64 address, u64 bytes, int protection) {
  return system_call(kSysMprotect, address, bytes, static_cast<u64>(protection));
}
[[noreturn]] inline void exit(int status) {
  for (;;) system_call(kSysExitGroup, static_cast<u64>(status));
}

/// The time of a clock: seconds and nanoseconds. A negative error number if there is no such clock.
i64 read_clock(u64 which, u64* time);

/// Anonymous private memory; address 0: anywhere. The address or a negative error number.
inline i64 map_memory(u64 address, u64 bytes, int protection, int more_flags = 0) {
  int flags = kMapPrivate | kMapAnonymous | kMapNoReserve | (address ? kMapFixedNoReplace : 0) | more_flags;
  i64 r = system_call(kSysMmap, address, bytes, static_cast<u64>(protection), static_cast<u64>(flags), ~u64{0}, 0);
  if (address && r > 0 && static_cast<u64>(r) != address) {  // an old kernel that ignores MAP_FIXED_NOREPLACE
    system_call(kSysMunmap, static_cast<u64>(r), bytes);
    return kEExist;
  }
  return r;
}

/// Appends text to a fixed buffer and writes it to the error output: for messages of a runtime that can't go on.
class ErrorText {
 public:
  ErrorText& operator<<(const char* s) {
    while (*s && used_ < sizeof buffer_) buffer_[used_++] = *s++;
    return *this;
  }
  ErrorText& operator<<(u64 n) {
    char digits[20];
    int count = 0;
    do digits[count++] = static_cast<char>('0' + n % 10);
    while (n /= 10);
    while (count && used_ < sizeof buffer_) buffer_[used_++] = digits[--count];
    return *this;
  }
  ErrorText& hex(u64 n) {
    *this << "0x";
    bool any = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
      unsigned digit = n >> shift & 15;
      if (digit || any || shift == 0) {
        any = true;
        if (used_ < sizeof buffer_) buffer_[used_++] = "0123456789abcdef"[digit];
      }
    }
    return *this;
  }
  ErrorText& bytes(const u8* s, u64 n) {
    for (u64 i = 0; i < n && used_ < sizeof buffer_; ++i) buffer_[used_++] = static_cast<char>(s[i]);
    return *this;
  }
  void flush() {
    os::write(2, buffer_, used_);
    used_ = 0;
  }
  [[noreturn]] void fatal(int status = 70) {
    *this << "\n";
    flush();
    exit(status);
  }

 private:
  char buffer_[1024];
  u64 used_ = 0;
};

}  // namespace loko::os
