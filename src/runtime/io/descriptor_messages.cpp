// SPDX-License-Identifier: MIT
//
// Bytes and descriptors that travel together over a Unix socket (sendmsg(2), recvmsg(2), SCM_RIGHTS of unix(7)).
#include "os/platform.h"
#include "runtime/io/transfer.h"

namespace loko {

namespace {

constexpr u64 kMsgDontWait = 0x40, kMsgNoSignal = 0x4000, kMsgCloexec = 0x40000000;
constexpr u64 kMsgControlTruncated = 8;
constexpr u64 kMostDescriptors = 253;  // the kernel's limit

/// The kernel's msghdr with one piece of bytes, and the one control message that we know.
struct Message {
  struct Piece {
    u64 base, length;
  } piece;
  struct Control {
    u64 length = 0;
    i32 level = 1, type = 1;   // SOL_SOCKET, SCM_RIGHTS
    i32 descriptors[kMostDescriptors + 1] = {};
  } control;
  struct Header {
    u64 name = 0;
    u32 name_length = 0;
    u64 pieces = 0, piece_count = 1, control = 0, control_length = 0;
    u32 flags = 0;
  } header;

  Message(Value bv, Value start, Value count)
      : piece{reinterpret_cast<u64>(bytes_of(bv)) + static_cast<u64>(fixnum_value(start)), static_cast<u64>(fixnum_value(count))} {
    header.pieces = reinterpret_cast<u64>(&piece);
    header.control = reinterpret_cast<u64>(&control);
  }
  static constexpr u64 kControlHeader = 16;
};

}  // namespace

/// (%os-sendmsg fd bv start count descriptors)
Value os_sendmsg(Value fd, Value bv, Value start, Value count, Value descriptors) {
  Value culprit;
  if (const char* problem = check_transfer(fd, bv, start, count, &culprit)) return raise_assertion("%os-sendmsg", problem, culprit);
  Message m(bv, start, count);
  u64 n = 0;
  for (Value l = descriptors; is_pair(l); l = cdr(l)) {
    if (n == kMostDescriptors || !is_fixnum(car(l))) return raise_assertion("%os-sendmsg", "expected at most 253 descriptors", descriptors);
    m.control.descriptors[n++] = static_cast<i32>(fixnum_value(car(l)));
  }
  m.control.length = Message::kControlHeader + 4 * n;
  m.header.control_length = n ? (m.control.length + 7) & ~u64{7} : 0;
  return fixnum(os::system_call(os::kSysSendmsg, static_cast<u64>(fixnum_value(fd)), reinterpret_cast<u64>(&m.header),
                                kMsgDontWait | kMsgNoSignal));
}

/// (%os-recvmsg fd bv start count)
Value os_recvmsg(Value fd, Value bv, Value start, Value count) {
  Value culprit;
  if (const char* problem = check_transfer(fd, bv, start, count, &culprit)) return raise_assertion("%os-recvmsg", problem, culprit);
  Message m(bv, start, count);
  m.control.type = 0;
  m.header.control_length = sizeof m.control;
  i64 n = os::system_call(os::kSysRecvmsg, static_cast<u64>(fixnum_value(fd)), reinterpret_cast<u64>(&m.header), kMsgDontWait | kMsgCloexec);
  bool lost = n >= 0 && m.header.flags & kMsgControlTruncated;
  bool some = n >= 0 && m.header.control_length >= Message::kControlHeader && m.control.level == 1 && m.control.type == 1;
  if (!lost && !some) return fixnum(n);
  Value list = Null;
  if (some)
    for (u64 i = (m.control.length - Message::kControlHeader) / 4; i-- > 0;) list = make_pair(fixnum(m.control.descriptors[i]), list);
  if (lost) list = make_pair(False, list);
  return make_pair(fixnum(n), list);
}

}  // namespace loko
