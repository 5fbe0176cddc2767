// SPDX-License-Identifier: MIT
//
// The Scheme stack: overflow and call/cc copy frames into linked Continuation pieces (after Hieb, Dybvig and
// Bruggeman 1990, with copying), underflow copies one piece back (stubs.S).
// INVARIANT(pieces): a piece ends at a frame boundary; its first word is a return address.
#include "os/platform.h"
#include "runtime/control/control.h"
#include "runtime/memory/heap_state.h"

namespace loko::control {

const char* make_stack() {
  constexpr u64 kGuard = 4096, kTotal = kGuard + kStackSlack + kStackBytes;
  i64 area = os::map_memory(0, kTotal, os::kProtRead | os::kProtWrite);
  if (area < 0 && area > -4096) return "no memory for the stack";
  u64 start = static_cast<u64>(area);
  os::mprotect(start, kGuard, os::kProtNone);
  Context& c = context();
  c.stack_low = start + kGuard + kStackSlack;
  c.stack_limit = c.stack_low;
  c.stack_base = start + kTotal - 8;
  *reinterpret_cast<u64*>(c.stack_base) = reinterpret_cast<u64>(loko_underflow);
  c.scheme_sp = c.stack_base;
  c.link = False;
  return nullptr;
}

namespace {

/// The newest `words` words of the stack as a piece; its link is patched by the caller.
Continuation* make_piece(const u64* frames, u64 words) {
  Context& c = context();
  u64* p = allocate_words(kContinuationFixedWords + words);
  p[0] = make_header(Kind::Continuation, words);
  p[1] = kFalse;
  p[2] = c.winders.bits;
  p[3] = c.handlers.bits;
  p[4] = c.params.bits;
  __builtin_memcpy(p + kContinuationFixedWords, frames, 8 * words);
  return reinterpret_cast<Continuation*>(p);
}

Value reference(const Continuation* piece) { return Value{reinterpret_cast<u64>(piece) | kTagTyped}; }

}  // namespace

void empty_stack(u64 first_words) {
  Context& c = context();
  u64* sp = reinterpret_cast<u64*>(c.scheme_sp);
  u64* end = reinterpret_cast<u64*>(c.stack_base);
  if (sp == end) return;
  Continuation* newest = nullptr;
  Continuation* last = nullptr;
  memory::FrameWalker walker;
  for (u64 most = first_words; sp < end; most = most < kContinuationWords ? 2 * most : kContinuationWords) {
    u64* stop = sp;
    while (stop < end) {
      u64* next = stop + 1 + walker.descriptor(*stop)->frame_words;
      if (stop != sp && static_cast<u64>(next - sp) > most) break;
      stop = next;
    }
    Continuation* piece = make_piece(sp, static_cast<u64>(stop - sp));
    if (last) last->link = reference(piece);
    else newest = piece;
    last = piece;
    sp = stop;
  }
  last->link = c.link;  // fresh objects need no barrier
  c.link = reference(newest);
  c.scheme_sp = c.stack_base;
}

void reinstate_piece() {
  Context& c = context();
  if (!is_kind(c.link, Kind::Continuation)) return;
  const Continuation* piece = reinterpret_cast<const Continuation*>(untagged(c.link));
  u64 words = header_length(piece->header);
  u64* to = reinterpret_cast<u64*>(c.stack_base) - words;
  __builtin_memcpy(to, piece->frames, 8 * words);
  c.scheme_sp = reinterpret_cast<u64>(to);
  c.link = piece->link;
}

}  // namespace loko::control

/// call/cc: the present continuation as an object; afterwards the stack is empty.
loko::u64 loko_capture() {
  using namespace loko;
  Context& c = context();
  if (c.scheme_sp != c.stack_base) {
    control::empty_stack(kFirstPieceWords);
    return c.link.bits;
  }
  if (is_kind(c.link, Kind::Continuation)) {
    const Continuation* k = reinterpret_cast<const Continuation*>(untagged(c.link));
    if (k->winders == c.winders && k->handlers == c.handlers && k->params == c.params) return c.link.bits;
  }
  u64* p = allocate_words(kContinuationFixedWords);
  p[0] = make_header(Kind::Continuation, 0);
  p[1] = c.link.bits;
  p[2] = c.winders.bits;
  p[3] = c.handlers.bits;
  p[4] = c.params.bits;
  c.link = Value{reinterpret_cast<u64>(p) | kTagTyped};
  return c.link.bits;
}
