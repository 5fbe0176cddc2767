// SPDX-License-Identifier: MIT
//
// The system calls, by the numbers of x86-64 Linux. Descriptors 0 to 2 are the serial line; files are the boot
// loader's modules, read-only, in /boot, which is also the working directory. What is not here fails with ENOSYS.
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

constexpr i64 kENoEnt = -2, kEIntr = -4, kEBadF = -9, kEAgain = -11, kEFault = -14, kENotDir = -20, kEIsDir = -21,
              kEInval = -22, kEBusy = -16, kENoDev = -19, kEMFile = -24, kENotTty = -25, kESPipe = -29, kERofs = -30, kENoSys = -38;
constexpr u32 kRead = 1, kWrite = 2;
constexpr u64 kBillion = 1000000000;

struct Stat {
  u64 device, inode, links;
  u32 mode, user, group, padding;
  u64 special, size, block_bytes, blocks, times[6], rest[3];
};
static_assert(sizeof(Stat) == 144);

struct TimeSpec {
  i64 seconds, nanoseconds;
};

template <class T> T* pointer(u64 address, u32 protection, u64 count = 1) {
  return covered(address, sizeof(T) * count, protection) ? reinterpret_cast<T*>(address) : nullptr;
}

/// The process's text at an address, or null.
const char* text_at(u64 address) {
  for (u64 i = 0; i < 4096; ++i) {
    if ((i == 0 || ((address + i) & (kPage - 1)) == 0) && !covered(address + i, 1, kRead)) return nullptr;
    if (!reinterpret_cast<const char*>(address)[i]) return reinterpret_cast<const char*>(address);
  }
  return nullptr;
}

File* file_of(u64 fd) {
  Kernel& k = kernel();
  return fd < 64 && k.files[fd].kind != FileKind::Closed ? &k.files[fd] : nullptr;
}

u64 bytes_of(const Module& m) { return m.end - m.start; }

/// What is in /dev: irq/0 to irq/15, mem, line.
File look_up_device(const char* name) {
  if (equal(name, "mem")) return {FileKind::Memory, 0, 0};
  if (equal(name, "line")) return {kernel().has_serial ? FileKind::Line : FileKind::Closed, 0, 0};
  const char* prefix = "irq/";
  while (*prefix && *name == *prefix) ++name, ++prefix;
  u32 n = 0, digits = 0;
  for (; *name >= '0' && *name <= '9' && digits < 3; ++name, ++digits) n = n * 10 + static_cast<u32>(*name - '0');
  if (*prefix || *name || !digits || n > 15) return {FileKind::Closed, 0, 0};
  return {FileKind::Irq, n, 0};
}

/// What a path names: a module, a device, /boot itself (Directory), or nothing (Closed).
File look_up(const char* path) {
  Kernel& k = kernel();
  bool root = path[0] == '/';
  auto skip = [&] {
    while (path[0] == '/' || (path[0] == '.' && (path[1] == '/' || !path[1]))) ++path;
  };
  skip();
  if (root) {
    if (!*path) return {FileKind::Directory, 0, 0};
    if (path[0] == 'd' && path[1] == 'e' && path[2] == 'v' && path[3] == '/') return look_up_device(path + 4);
    const char* boot = "boot";
    while (*boot && *path == *boot) ++path, ++boot;
    if (*boot || (*path && *path != '/')) return {FileKind::Closed, 0, 0};
    skip();
  }
  if (!*path) return {FileKind::Directory, 0, 0};
  for (u32 i = 0; i < k.module_count; ++i)
    if (equal(path, k.modules[i].name)) return {FileKind::Module, i, 0};
  return {FileKind::Closed, 0, 0};
}

i64 open_file(u64 path_address, u64 flags) {
  constexpr u64 kWriting = 3, kCreate = 0x40, kTruncate = 0x200, kDirectory = 0x10000;
  const char* path = text_at(path_address);
  if (!path) return kEFault;
  File found = look_up(path);
  bool device = found.kind == FileKind::Irq || found.kind == FileKind::Memory || found.kind == FileKind::Line;
  if (!device && (flags & (kWriting | kCreate | kTruncate))) return found.kind == FileKind::Directory ? kEIsDir : kERofs;
  if (found.kind == FileKind::Closed) return kENoEnt;
  if ((flags & kDirectory) && found.kind != FileKind::Directory) return kENotDir;
  Kernel& k = kernel();
  for (i64 fd = 3; fd < 64; ++fd) {
    if (k.files[fd].kind != FileKind::Closed) continue;
    if (found.kind == FileKind::Irq && !claim_irq(found.module, true)) return kEBusy;
    if (found.kind == FileKind::Line && k.line_open) return kEBusy;
    if (found.kind == FileKind::Line) k.line_open = true;
    k.files[fd] = found;
    return fd;
  }
  return kEMFile;
}

i64 status(const File* file, u64 to) {
  Stat* s = pointer<Stat>(to, kWrite);
  if (!s) return kEFault;
  clear_bytes(s, sizeof *s);
  Kernel& k = kernel();
  s->links = 1;
  s->block_bytes = kPage;
  for (int i = 0; i < 6; i += 2) s->times[i] = static_cast<u64>(k.start_seconds);
  switch (file->kind) {
    case FileKind::Console: case FileKind::Irq: case FileKind::Memory: case FileKind::Line: s->mode = 0020620; break;
    case FileKind::Directory: s->mode = 0040555; break;
    default:
      s->mode = 0100444;
      s->inode = file->module + 2;
      s->size = bytes_of(k.modules[file->module]);
      s->blocks = (s->size + 511) / 512;
  }
  return 0;
}

i64 status_of_path(u64 path_address, u64 to) {
  const char* path = text_at(path_address);
  if (!path) return kEFault;
  File found = look_up(path);
  return found.kind == FileKind::Closed ? kENoEnt : status(&found, to);
}

/// Waits for an interrupt request and gives how many there were, as four bytes; writing four bytes lets the next one come.
i64 read_irq(u32 irq, u64 to, u64 count) {
  if (count < 4) return kEInval;
  Kernel& k = kernel();
  while (!(k.irqs_pending >> irq & 1)) {
    if (k.interrupt_pending) return kEIntr;
    wait_until(0);
  }
  k.irqs_pending &= ~(1u << irq);
  if (irq == kSerialIrq) k.serial_served = true;
  *reinterpret_cast<u32*>(to) = k.irq_counts[irq];
  return 4;
}

i64 read_file(u64 fd, u64 to, u64 count, const u64* position = nullptr) {
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind == FileKind::Directory) return kEIsDir;
  if (!covered(to, count, kWrite)) return kEFault;
  if (count == 0) return 0;
  if (file->kind == FileKind::Console) return serial_read(reinterpret_cast<u8*>(to), count);
  if (file->kind == FileKind::Memory) return kENoDev;  // it can only be mapped
  if (file->kind == FileKind::Irq) return read_irq(file->module, to, count);
  if (file->kind == FileKind::Line) {
    u64 n = line_take(reinterpret_cast<u8*>(to), count);
    return n ? static_cast<i64>(n) : kEAgain;
  }
  const Module& m = kernel().modules[file->module];
  u64 from = position ? *position : file->position;
  if (from >= bytes_of(m)) return 0;
  if (count > bytes_of(m) - from) count = bytes_of(m) - from;
  copy_bytes(reinterpret_cast<void*>(to), physical<u8>(m.start + from), count);
  if (!position) file->position += count;
  return static_cast<i64>(count);
}

i64 write_file(u64 fd, u64 from, u64 count) {
  File* file = file_of(fd);
  if (!file || (file->kind != FileKind::Console && file->kind != FileKind::Irq && file->kind != FileKind::Line)) return kEBadF;
  if (!covered(from, count, kRead)) return kEFault;
  if (file->kind == FileKind::Irq) {
    if (file->module == kSerialIrq) kernel().serial_served = false;
    unmask_irq(file->module);
    return static_cast<i64>(count);
  }
  const u8* bytes = reinterpret_cast<const u8*>(from);
  if (file->kind == FileKind::Line) return static_cast<i64>(line_deliver(bytes, count));
  u64 done = serial_write(bytes, count);
  while (count && !done) {  // its driver has no chance while we are here
    wait_until(0);
    done = serial_write(bytes, count);
  }
  return static_cast<i64>(done);
}

i64 write_pieces(u64 fd, u64 list, u64 count) {
  struct Piece {
    u64 address, bytes;
  };
  i64 sum = 0;
  const Piece* pieces = count <= 1024 ? pointer<const Piece>(list, kRead, count) : nullptr;
  if (!pieces) return kEFault;
  for (u64 i = 0; i < count; ++i) {
    i64 r = write_file(fd, pieces[i].address, pieces[i].bytes);
    if (r < 0) return r;
    sum += r;
  }
  return sum;
}

i64 seek_file(u64 fd, i64 offset, u64 whence) {
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind != FileKind::Module && file->kind != FileKind::Directory) return kESPipe;
  i64 base = whence == 0 ? 0 : whence == 1 ? static_cast<i64>(file->position)
             : whence == 2 && file->kind == FileKind::Module ? static_cast<i64>(bytes_of(kernel().modules[file->module])) : -1;
  if (base < 0 || offset > INT64_MAX - base || base + offset < 0) return kEInval;
  return static_cast<i64>(file->position = static_cast<u64>(base + offset));
}

/// Entries of /boot; the position counts them.
i64 list_directory(u64 fd, u64 to, u64 room) {
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind != FileKind::Directory) return kENotDir;
  if (!covered(to, room, kWrite)) return kEFault;
  Kernel& k = kernel();
  u64 used = 0;
  for (; file->position < k.module_count; ++file->position) {
    const char* name = k.modules[file->position].name;
    u64 bytes = (19 + length_of(name) + 1 + 7) & ~u64{7};
    if (used + bytes > room) return used ? static_cast<i64>(used) : kEInval;
    u8* entry = reinterpret_cast<u8*>(to + used);
    clear_bytes(entry, bytes);
    *reinterpret_cast<u64*>(entry) = file->position + 2;
    *reinterpret_cast<u64*>(entry + 8) = file->position + 1;
    *reinterpret_cast<u16*>(entry + 16) = static_cast<u16>(bytes);
    entry[18] = 8;
    copy_bytes(entry + 19, name, length_of(name));
    used += bytes;
  }
  return static_cast<i64>(used);
}

i64 terminal(u64 fd, u64 request, u64 at) {
  constexpr u64 kGet = 0x5401, kSet = 0x5402, kSetFlush = 0x5404, kWindowSize = 0x5413, kBytes = 36;
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind != FileKind::Console) return kENotTty;
  if (request == kGet) {
    if (!covered(at, kBytes, kWrite)) return kEFault;
    copy_bytes(reinterpret_cast<void*>(at), kernel().terminal, kBytes);
  } else if (request >= kSet && request <= kSetFlush) {
    if (!covered(at, kBytes, kRead)) return kEFault;
    copy_bytes(kernel().terminal, reinterpret_cast<void*>(at), kBytes);
  } else {
    return request == kWindowSize ? kEInval : kENotTty;
  }
  return 0;
}

bool can_read(const File& file) {
  switch (file.kind) {
    case FileKind::Irq: return kernel().irqs_pending >> file.module & 1;
    case FileKind::Console: return serial_ready();
    case FileKind::Line: return line_has_output();
    default: return true;
  }
}

bool can_write(const File& file) {
  return file.kind == FileKind::Console ? output_has_room() : file.kind != FileKind::Line || line_has_room();
}

i64 poll_files(u64 list, u64 count, u64 deadline, bool forever) {
  struct Poll {
    i32 fd;
    u16 events, results;
  };
  constexpr u16 kIn = 1, kOut = 4, kInvalid = 0x20;
  if (count > 64) return kEInval;
  Poll* polls = pointer<Poll>(list, kRead | kWrite, count);
  if (!polls) return kEFault;
  for (;;) {
    i64 ready = 0;
    for (u64 i = 0; i < count; ++i) {
      Poll& p = polls[i];
      File* file = p.fd < 0 ? nullptr : file_of(static_cast<u64>(p.fd));
      p.results = p.fd < 0 ? 0 : !file ? kInvalid : static_cast<u16>(p.events & ((can_write(*file) ? kOut : 0) | (can_read(*file) ? kIn : 0)));
      if (p.results) ++ready;
    }
    if (ready) return ready;
    if (kernel().interrupt_pending) return kEIntr;
    if (!forever && nanoseconds_since_start() >= deadline) return 0;
    wait_until(forever ? 0 : deadline);
  }
}

i64 map_file(u64 address, u64 bytes, u32 protection, u64 flags, u64 fd, u64 offset) {
  constexpr u64 kMapAnonymous = 0x20;
  if (flags & kMapAnonymous) return call_mmap(address, bytes, protection, flags, kAnonymous);
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind != FileKind::Memory) return kENoDev;
  if ((offset & (kPage - 1)) || offset >> 46 || bytes >> 46) return kEInval;
  return call_mmap(address, bytes, protection, flags, offset);
}

u64 span(const TimeSpec& t) {
  if (t.seconds < 0) return 0;
  return t.seconds > 1000000000 ? u64{1} << 62 : static_cast<u64>(t.seconds) * kBillion + static_cast<u64>(t.nanoseconds);
}

i64 sleep_for(u64 request, bool absolute, bool epoch) {
  const TimeSpec* t = pointer<const TimeSpec>(request, kRead);
  if (!t) return kEFault;
  u64 deadline = span(*t), past = epoch ? static_cast<u64>(kernel().start_seconds) * kBillion : 0;
  if (!absolute) deadline += nanoseconds_since_start();
  else deadline = deadline > past ? deadline - past : 0;
  while (nanoseconds_since_start() < deadline) {
    if (kernel().interrupt_pending) return kEIntr;
    wait_until(deadline);
  }
  return 0;
}

/// The one timer of the process: it sends a signal after each slice of its time, or once at or after a time.
i64 create_timer(u64 event, u64 id) {
  const u32* e = pointer<const u32>(event, kRead, 16);
  u32* to = pointer<u32>(id, kWrite);
  if (!e || !to) return kEFault;
  if (e[2] < 1 || e[2] > 64) return kEInval;
  kernel().slice_signal = e[2];
  *to = 0;
  return 0;
}

i64 set_timer(u64 flags, u64 setting) {
  const TimeSpec* t = pointer<const TimeSpec>(setting, kRead, 2);
  if (!t) return kEFault;
  if (!kernel().slice_signal) return kEInval;
  u64 first = span(t[1]), now = nanoseconds_since_start();
  if (first && (flags & 1)) first = first > now ? first - now : 1;  // TIMER_ABSTIME
  set_slice(first, span(t[0]) == 0);
  return 0;
}

i64 read_clock(u64 which, u64 to, bool resolution) {
  TimeSpec* t = pointer<TimeSpec>(to, kWrite);
  if (which > 11) return kEInval;
  if (!t) return resolution ? 0 : kEFault;
  u64 now = nanoseconds_since_start();
  bool epoch = which == 0 || which == 5 || which == 11;
  *t = resolution ? TimeSpec{0, 1}
                  : TimeSpec{static_cast<i64>(now / kBillion) + (epoch ? kernel().start_seconds : 0), static_cast<i64>(now % kBillion)};
  return 0;
}

i64 set_action(u64 signal, u64 action, u64 old) {
  if (signal < 1 || signal > 64 || signal == 9 || signal == 19) return kEInval;
  SignalAction& a = kernel().actions[signal];
  if (old) {
    if (!covered(old, sizeof a, kWrite)) return kEFault;
    *reinterpret_cast<SignalAction*>(old) = a;
  }
  if (action) {
    if (!covered(action, sizeof a, kRead)) return kEFault;
    a = *reinterpret_cast<const SignalAction*>(action);
  }
  return 0;
}

i64 set_mask(u64 how, u64 mask, u64 old) {
  u64& m = kernel().signal_mask;
  u64 before = m;
  if (mask) {
    const u64* bits = pointer<const u64>(mask, kRead);
    if (!bits || how > 2) return bits ? kEInval : kEFault;
    m = how == 0 ? m | *bits : how == 1 ? m & ~*bits : *bits;
  }
  if (old) {
    u64* to = pointer<u64>(old, kWrite);
    if (!to) return kEFault;
    *to = before;
  }
  return 0;
}

i64 set_signal_stack(u64 stack, u64 old) {
  struct Stack {
    u64 address, flags, bytes;
  };
  Kernel& k = kernel();
  if (Stack* o = old ? pointer<Stack>(old, kWrite) : nullptr) *o = {k.signal_stack, k.signal_stack_bytes ? 0 : u64{2}, k.signal_stack_bytes};
  else if (old) return kEFault;
  if (const Stack* s = stack ? pointer<const Stack>(stack, kRead) : nullptr) {
    k.signal_stack = s->address;
    k.signal_stack_bytes = s->flags & 2 ? 0 : s->bytes;
  } else if (stack) {
    return kEFault;
  }
  return 0;
}

i64 machine_information(u64 to) {
  u64* info = pointer<u64>(to, kWrite, 14);  // struct sysinfo
  if (!info) return kEFault;
  clear_bytes(info, 14 * 8);
  info[0] = nanoseconds_since_start() / kBillion;
  info[4] = kernel().total_bytes;
  info[5] = kernel().free_pages * kPage;
  info[10] = 1;
  info[13] = 1;
  return 0;
}

i64 system_name(u64 to) {
  constexpr u64 kField = 65;
  char* fields = pointer<char>(to, kWrite, 6 * kField);
  if (!fields) return kEFault;
  constexpr const char* kNames[] = {"Loko", "pc", "6.1.0", "1", "x86_64", ""};
  clear_bytes(fields, 6 * kField);
  for (u64 i = 0; i < 6; ++i) copy_bytes(fields + i * kField, kNames[i], length_of(kNames[i]));
  return 0;
}

i64 thread_base(u64 operation, u64 address) {
  constexpr u64 kSetGs = 0x1001, kSetFs = 0x1002;
  if (operation != kSetFs && operation != kSetGs) return kEInval;
  if (address >= kUserTop) return kEInval;
  write_msr(operation == kSetFs ? 0xc0000100 : 0xc0000101, address);
  return 0;
}

i64 random_bytes(u64 to, u64 count) {
  if (!covered(to, count, kWrite)) return kEFault;
  for (u64 i = 0; i < count; ++i) reinterpret_cast<u8*>(to)[i] = static_cast<u8>(random_word() >> 56);
  return static_cast<i64>(count);
}

i64 close_file(u64 fd) {
  File* file = file_of(fd);
  if (!file) return kEBadF;
  if (file->kind == FileKind::Irq) claim_irq(file->module, false);
  if (file->kind == FileKind::Line) {
    serial_flush();
    kernel().line_open = false;
  }
  file->kind = FileKind::Closed;
  return 0;
}

i64 copy_text(const char* text, u64 to, u64 room) {
  u64 n = length_of(text) + 1;
  if (room < n) return -34;
  if (!covered(to, n, kWrite)) return kEFault;
  copy_bytes(reinterpret_cast<void*>(to), text, n);
  return static_cast<i64>(n);
}

i64 kill_self(u64 signal) {
  if (signal > 64) return kEInval;
  if (signal == 2) kernel().interrupt_pending = true;
  if (signal == 0 || signal == 2 || kernel().actions[signal].handler == 1) return 0;
  halt_with(static_cast<i32>(128 + signal));
}

i64 limits(u64 to) {
  u64* limit = pointer<u64>(to, kWrite, 2);
  if (!limit) return to ? kEFault : 0;
  limit[0] = u64{8} << 20;
  limit[1] = ~u64{0};
  return 0;
}

}  // namespace

void serve_call(Frame* f) {
  u64 a = f->rdi, b = f->rsi, c = f->rdx, d = f->r10;
  i64 r = kENoSys;
  switch (f->rax) {
    case 0: r = read_file(a, b, c); break;
    case 1: r = write_file(a, b, c); break;
    case 2: r = open_file(a, b); break;
    case 3: r = close_file(a); break;
    case 4: case 6: r = status_of_path(a, b); break;
    case 5: r = file_of(a) ? status(file_of(a), b) : kEBadF; break;
    case 7: r = poll_files(a, b, nanoseconds_since_start() + (c & 0xffffffff) * 1000000, static_cast<i32>(c) < 0); break;
    case 8: r = seek_file(a, static_cast<i64>(b), c); break;
    case 9: r = map_file(a, b, static_cast<u32>(c), d, f->r8, f->r9); break;
    case 10: r = call_mprotect(a, b, static_cast<u32>(c)); break;
    case 11: r = call_munmap(a, b); break;
    case 12: r = static_cast<i64>(call_brk(a)); break;
    case 13: r = set_action(a, b, c); break;
    case 14: r = set_mask(a, b, c); break;
    case 15: r = call_sigreturn(f); break;
    case 16: r = terminal(a, b, c); break;
    case 17: r = read_file(a, b, c, &d); break;
    case 20: r = write_pieces(a, b, c); break;
    case 21: {
      const char* path = text_at(a);
      r = !path ? kEFault : look_up(path).kind == FileKind::Closed ? kENoEnt : b & 2 ? kERofs : 0;
      break;
    }
    case 24: r = 0; break;                                    // sched_yield
    case 28: r = call_madvise(a, b, c); break;
    case 35: r = sleep_for(a, false, false); break;
    case 39: case 186: case 218: r = 1; break;                // getpid, gettid, set_tid_address
    case 62: r = static_cast<i64>(a) > 1 ? -3 : kill_self(b); break;
    case 63: r = system_name(a); break;
    case 72: r = file_of(a) ? (b == 3 ? (file_of(a)->kind == FileKind::Console ? 2 : 0) : b <= 4 && b ? 0 : kEInval) : kEBadF; break;
    case 79: r = copy_text("/boot", a, b); break;
    case 82: case 83: case 84: case 86: case 87: case 88: case 90: r = kERofs; break;  // rename, mkdir, rmdir, link, …
    case 89: r = kENoEnt; break;                              // readlink
    case 96: {                                                // gettimeofday
      i64* t = pointer<i64>(a, kWrite, 2);
      r = t ? read_clock(0, a, false) : kEFault;
      if (t) t[1] /= 1000;
      break;
    }
    case 99: r = machine_information(a); break;
    case 102: case 104: case 107: case 108: r = 0; break;     // getuid and the like
    case 131: r = set_signal_stack(a, b); break;
    case 158: r = thread_base(a, b); break;
    case 172: r = 0; break;                                   // iopl: allowed anyway
    case 201: {                                               // time
      u64 now = static_cast<u64>(kernel().start_seconds) + nanoseconds_since_start() / kBillion;
      if (u64* to = a ? pointer<u64>(a, kWrite) : nullptr) *to = now;
      r = static_cast<i64>(now);
      break;
    }
    case 202: r = (b & 127) == 1 ? 0 : kEAgain; break;        // futex: nobody else waits or wakes
    case 217: r = list_directory(a, b, c); break;
    case 222: r = create_timer(b, c); break;
    case 223: r = set_timer(b, c); break;
    case 226: set_slice(0, false); r = 0; break;                     // timer_delete
    case 228: r = read_clock(a, b, false); break;
    case 229: r = read_clock(a, b, true); break;
    case 230: r = sleep_for(c, b & 1, a == 0); break;
    case 60: case 231: halt_with(static_cast<i32>(a & 255));
    case 234: r = kill_self(c); break;
    case 257: r = open_file(b, c); break;
    case 262: {                                               // newfstatat
      const char* path = text_at(b);
      r = path && !*path && (f->r10 & 0x1000) ? (file_of(a) ? status(file_of(a), c) : kEBadF) : status_of_path(b, c);
      break;
    }
    case 267: r = kENoEnt; break;                             // readlinkat
    case 271: {                                               // ppoll
      const TimeSpec* t = c ? pointer<const TimeSpec>(c, kRead) : nullptr;
      r = c && !t ? kEFault : poll_files(a, b, t ? nanoseconds_since_start() + span(*t) : 0, !t);
      break;
    }
    case 273: r = 0; break;                                   // set_robust_list
    case 302: r = limits(d); break;
    case 318: r = random_bytes(a, b); break;
    default: break;
  }
  f->rax = static_cast<u64>(r);
}

void halt_with(i32 status) {
  constexpr u16 kDebugExit = 0xf4;
  serial_flush();
  out32(kDebugExit, static_cast<u32>(status));
  log_text("loko: the program ended with status ");
  log_number(static_cast<u64>(status));
  log_text("; the machine is halted\n");
  for (;;) asm volatile("cli; hlt");
}

}  // namespace loko::pc
