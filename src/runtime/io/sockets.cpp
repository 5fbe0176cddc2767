// SPDX-License-Identifier: MIT
//
// Datagrams: the system calls of sockets with more arguments than %os-syscall takes.
#include "os/platform.h"
#include "runtime/io/transfer.h"

namespace loko {

namespace {

constexpr u64 kMsgDontWait = 0x40, kMsgNoSignal = 0x4000;
constexpr u64 kAddressBytes = 124;  // in the caller's bytevector, before the length

}  // namespace

/// (%os-sendto fd bv start count sockaddr): sockaddr is a bytevector, or #f for a connected socket.
Value os_sendto(Value fd, Value bv, Value start, Value count, Value to) {
  Value culprit;
  if (const char* problem = check_transfer(fd, bv, start, count, &culprit)) return raise_assertion("%os-sendto", problem, culprit);
  bool addressed = is_bytevector(to);
  if (!addressed && to != False) return raise_assertion("%os-sendto", "expected an address", to);
  return fixnum(os::system_call(os::kSysSendto, static_cast<u64>(fixnum_value(fd)),
                                reinterpret_cast<u64>(bytes_of(bv)) + static_cast<u64>(fixnum_value(start)),
                                static_cast<u64>(fixnum_value(count)), kMsgDontWait | kMsgNoSignal,
                                addressed ? reinterpret_cast<u64>(bytes_of(to)) : 0, addressed ? length_of(to) : 0));
}

/// (%os-recvfrom fd bv start count sockaddr): the sender is stored in sockaddr, a bytevector of 128 bytes, its length (u32) at
/// byte 124.
Value os_recvfrom(Value fd, Value bv, Value start, Value count, Value from) {
  Value culprit;
  if (const char* problem = check_transfer(fd, bv, start, count, &culprit)) return raise_assertion("%os-recvfrom", problem, culprit);
  if (!is_bytevector(from) || length_of(from) != kAddressBytes + 4) return raise_assertion("%os-recvfrom", "expected 128 bytes", from);
  u32* length = reinterpret_cast<u32*>(bytes_of(from) + kAddressBytes);
  *length = kAddressBytes;
  return fixnum(os::system_call(os::kSysRecvfrom, static_cast<u64>(fixnum_value(fd)),
                                reinterpret_cast<u64>(bytes_of(bv)) + static_cast<u64>(fixnum_value(start)),
                                static_cast<u64>(fixnum_value(count)), kMsgDontWait, reinterpret_cast<u64>(bytes_of(from)),
                                reinterpret_cast<u64>(length)));
}

}  // namespace loko
