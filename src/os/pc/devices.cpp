// SPDX-License-Identifier: MIT
//
// The few devices that the kernel needs itself: COM1 (115200 8n1; input by interrupt into a ring, and none is
// lost: a full ring stops the port), the clock (time-stamp counter measured against the timer chip), the log.
#include "os/pc/kernel.h"

namespace loko::pc {

namespace {

constexpr u16 kCom1 = 0x3f8;
constexpr u32 kRing = sizeof(Kernel::input), kOutputRing = sizeof(Kernel::output);
constexpr int kQueue = 16;  // bytes in the port
constexpr u64 kPatience = 1000000;  // nanoseconds; the port's queue takes 1.4 ms to fill
constexpr u8 kInterruptKey = 3, kEndKey = 4;
constexpr i64 kEIntr = -4;
// struct termios: input, output, control and local flags
constexpr u32 kCrToNl = 0x100, kPostProcess = 1, kNlToCrNl = 4, kSignals = 1;

u32 waiting() { return kernel().input_head - kernel().input_tail; }
u32 to_send() { return kernel().output_head - kernel().output_tail; }

/// Has a driver of the process the port?
bool is_claimed() { return kernel().irqs_claimed >> kSerialIrq & 1; }

/// A byte that was received: a key, or input. There is room.
void accept_byte(u8 byte) {
  Kernel& k = kernel();
  if (byte == kInterruptKey && (k.terminal[3] & kSignals)) k.interrupt_pending = true;
  else k.input[k.input_head++ % kRing] = byte;
}

bool is_line_end(u8 byte) {
  constexpr u32 kBoth = kPostProcess | kNlToCrNl;
  return byte == '\n' && (kernel().terminal[1] & kBoth) == kBoth;
}

/// Reads the port until its queue or the ring ends.
void receive_all() {
  while (in8(kCom1 + 5) & 1) {
    if (waiting() == kRing) {
      out8(kCom1 + 1, 0);  // until somebody reads
      return;
    }
    accept_byte(in8(kCom1));
  }
}

/// Fills the port's queue from the ring, if it is empty.
void send_some() {
  Kernel& k = kernel();
  if (!(in8(kCom1 + 5) & 0x20)) return;
  for (int room = kQueue; room > 0 && to_send(); --room) out8(kCom1, k.output[k.output_tail++ % kOutputRing]);
}

/// Sends bytes and waits for the port.
void send_directly(const u8* bytes, u64 n) {
  for (u64 i = 0; i < n;) {
    while (!(in8(kCom1 + 5) & 0x20)) serial_receive();
    for (int room = kQueue - 1; room > 0 && i < n; --room, ++i) {  // the port's queue is empty
      if (is_line_end(bytes[i])) {
        out8(kCom1, '\r');
        --room;
      }
      out8(kCom1, bytes[i]);
    }
    serial_receive();
  }
}

void put_vga(u8 byte) {
  Kernel& k = kernel();
  u16* screen = physical<u16>(0xb8000);
  if (byte == '\n') k.vga_position += 80 - k.vga_position % 80;
  else screen[k.vga_position++] = static_cast<u16>(0x0700 | byte);
  if (k.vga_position < 80 * 25) return;
  copy_bytes(screen, screen + 80, 80 * 24 * 2);
  for (u32 i = 80 * 24; i < 80 * 25; ++i) screen[i] = 0x0720;
  k.vga_position = 80 * 24;
}

/// A reading of both clocks at (nearly) the same time: the tightest of several tries, so that an emulator's pauses don't count.
void read_both(u64* tsc, u32* timer) {
  u64 best = ~u64{0};
  for (int i = 0; i < 8; ++i) {
    u64 before = read_tsc();
    out8(0x43, 0);
    u64 after = read_tsc();
    u32 count = in8(0x40);
    count |= static_cast<u32>(in8(0x40)) << 8;
    if (after - before >= best) continue;
    best = after - before;
    *tsc = before + best / 2;
    *timer = count;
  }
}

u8 clock_register(u8 index) {
  out8(0x70, index);
  return in8(0x71);
}

i64 read_calendar() {
  for (int i = 0; i < 100000 && (clock_register(10) & 0x80); ++i) {}
  u32 v[6];
  constexpr u8 kRegisters[] = {0, 2, 4, 7, 8, 9};  // second … year
  for (int i = 0; i < 6; ++i) v[i] = clock_register(kRegisters[i]);
  u8 mode = clock_register(11);
  bool afternoon = !(mode & 2) && (v[2] & 0x80);
  v[2] &= 0x7f;
  for (u32& n : v)
    if (!(mode & 4)) n = (n >> 4) * 10 + (n & 15);
  if (!(mode & 2)) v[2] = v[2] % 12 + (afternoon ? 12 : 0);
  // Days since 1970 (after Howard Hinnant's days_from_civil): years begin in March.
  i64 year = 2000 + static_cast<i64>(v[5]) - (v[4] <= 2);
  i64 month = (static_cast<i64>(v[4]) + 9) % 12;
  i64 days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + v[3] - 1 - 719468;
  return days * 86400 + v[2] * 3600 + v[1] * 60 + v[0];
}

void start_clock() {
  Kernel& k = kernel();
  constexpr u64 kHertz = 1193182, kTicks = 12000;  // 10 ms
  out8(0x43, 0x34);
  out8(0x40, 0);
  out8(0x40, 0);
  u64 tsc0 = read_tsc(), tsc1 = tsc0;
  u32 timer0 = 0, timer1 = 0;
  read_both(&tsc0, &timer0);
  u64 ticks = 0;
  for (int i = 0; i < 100000 && ticks < kTicks; ++i) {
    read_both(&tsc1, &timer1);
    ticks = (timer0 - timer1) & 0xffff;
  }
  u64 hertz = ticks >= kTicks ? (tsc1 - tsc0) * kHertz / ticks : 1000000000;
  if (hertz < 1000000) hertz = 1000000000;
  out8(0x43, 0x30);  // the timer is silent until somebody waits
  k.tsc_start = tsc0;
  k.tsc_scale = (u64{1000000000} << 32) / hertz;
  k.start_seconds = read_calendar();
}

}  // namespace

void start_serial() {
  Kernel& k = kernel();
  out8(kCom1 + 7, 0x5a);
  k.has_serial = in8(kCom1 + 7) == 0x5a;
  if (!k.has_serial) return;
  k.terminal[0] = kCrToNl;
  k.terminal[2] = 0x10b2;  // 115200, 8 bits, reading
  k.terminal[3] = kSignals;
  constexpr u8 kSteps[][2] = {{1, 0}, {3, 0x80}, {0, 1}, {1, 0}, {3, 3}, {4, 0x0b}, {2, 0xc5}, {1, 1}};
  for (const u8* step : kSteps) {
    if (step[0] == 2) serial_receive();  // what was typed early: switching to the queue would drop it
    out8(static_cast<u16>(kCom1 + step[0]), step[1]);
  }
}

void start_devices() {
  start_serial();
  start_clock();
  Kernel& k = kernel();
  if (k.log == LogConsole::Vga) {
    for (u32 i = 0; i < 80 * 25; ++i) physical<u16>(0xb8000)[i] = 0x0720;
    k.vga_position = 0;
  }
}

void log_text(const char* text) {
  Kernel& k = kernel();
  for (; *text; ++text) {
    u8 byte = static_cast<u8>(*text);
    if (k.log == LogConsole::Debug) out8(0xe9, byte);
    else if (k.log == LogConsole::Com1 && k.has_serial) send_directly(&byte, 1);
    else put_vga(byte);
  }
}

void log_number(u64 n, unsigned base) {
  char digits[21];
  char* p = digits + 20;
  *p = 0;
  do *--p = "0123456789abcdef"[n % base];
  while (n /= base);
  log_text(p);
}

void panic(const char* text) {
  log_text("loko: ");
  log_text(text);
  log_text("\n");
  halt_with(70);
}

u64 serial_write(const u8* bytes, u64 n) {
  Kernel& k = kernel();
  if (!k.has_serial) {
    for (u64 i = 0; i < n; ++i) put_vga(bytes[i]);
    return n;
  }
  if (!k.line_open) {
    send_directly(bytes, n);
    return n;
  }
  u64 done = 0;
  for (; done < n && to_send() + 2 <= kOutputRing; ++done) {
    if (is_line_end(bytes[done])) k.output[k.output_head++ % kOutputRing] = '\r';
    k.output[k.output_head++ % kOutputRing] = bytes[done];
  }
  start_watch();
  return done;
}

void serial_flush() {
  if (!kernel().has_serial) return;
  while (to_send()) send_some();
}

u64 line_take(u8* bytes, u64 n) {
  Kernel& k = kernel();
  u64 i = 0;
  while (i < n && to_send()) bytes[i++] = k.output[k.output_tail++ % kOutputRing];
  return i;
}

u64 line_deliver(const u8* bytes, u64 n) {
  u64 i = 0;
  while (i < n && waiting() < kRing) accept_byte(bytes[i++]);
  return i;
}

bool line_has_output() { return to_send() != 0; }
bool line_has_room() { return waiting() <= kRing / 2; }
bool output_has_room() { return !kernel().line_open || to_send() <= kOutputRing / 2; }

void start_watch() {
  Kernel& k = kernel();
  if (!k.line_open) return;
  if (k.slice_signal) k.slice_pending = true;  // the scheduler looks at once
  if (k.watch) return;
  k.watch = nanoseconds_since_start() + kPatience;
  set_timer_chip();
}

void serial_assist() {
  Kernel& k = kernel();
  k.watch = 0;
  if (!k.line_open) return;
  bool asked = k.irqs_pending >> kSerialIrq & 1;
  if (!k.serial_served) {
    if (asked) receive_all();
    send_some();
  }
  if (asked || to_send()) k.watch = nanoseconds_since_start() + kPatience;
}

void serial_receive() {
  Kernel& k = kernel();
  if (k.has_serial && !is_claimed()) receive_all();
}

bool serial_ready() {
  serial_receive();
  return waiting() != 0;
}

i64 serial_read(u8* bytes, u64 n) {
  Kernel& k = kernel();
  while (!serial_ready()) {
    if (k.interrupt_pending) return kEIntr;
    if (!k.has_serial) return 0;
    wait_until(0);
  }
  u64 done = 0;
  while (done < n && waiting()) {
    u8 byte = k.input[k.input_tail % kRing];
    if (byte == kEndKey && (k.terminal[3] & kSignals)) {
      if (done == 0) ++k.input_tail;
      break;
    }
    ++k.input_tail;
    bytes[done++] = byte == '\r' && (k.terminal[0] & kCrToNl) ? '\n' : byte;
  }
  if (!is_claimed()) out8(kCom1 + 1, 1);
  return static_cast<i64>(done);
}

u64 nanoseconds_since_start() {
  u64 low, high;
  asm("mulq %3" : "=a"(low), "=d"(high) : "a"(read_tsc() - kernel().tsc_start), "rm"(kernel().tsc_scale));
  return high << 32 | low >> 32;
}

/// A word for canaries and hash seeds: the processor's generator if there is one, mixed with the time.
u64 random_word() {
  Kernel& k = kernel();
  u64 hardware = 0;
  if (cpu_id(1).c >> 30 & 1) asm volatile("rdrand %0" : "=r"(hardware));
  u64 x = (k.random += 0x9e3779b97f4a7c15) ^ hardware ^ read_tsc();
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;  // SplitMix64 (Steele, Lea and Flood 2014)
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

}  // namespace loko::pc
