// SPDX-License-Identifier: MIT
//
// The primitives of tables/primitives/control.scm that are C++: hooks, roots, what is known of procedures and frames.
#include "runtime/memory/heap.h"
#include "runtime/memory/heap_state.h"

namespace loko {

namespace {

Value wrong(const char* who, Value v) { return raise_assertion(who, "wrong type or range of an argument", v); }

constexpr i64 kLibraryRoots = kRootCount - kRootLibrary0;
constexpr u64 kMostFrames = 1000;  // of a backtrace

Value info_in_slot(u32 address) {
  if (!address || !is_kind(slot_at(address), Kind::CodeInfo)) return False;
  return slot_at(address);
}

/// Adds the frames of [sp, end) to a list that ends at *last; the first pair is stored in *first.
void add_frames(const u64* sp, const u64* end, Value* first, Value* last, u64* count) {
  while (sp < end && (*count)++ < kMostFrames) {
    const FrameDescriptor* d = frame_descriptor(*sp);
    Value frame = make_vector(3, fixnum(static_cast<i64>(*sp)));
    slot(frame, 1) = info_in_slot(d->info_slot);
    slot(frame, 2) = fixnum(d->place);
    Value cell = make_pair(frame, Null);
    if (is_pair(*last)) slot(*last, 1) = cell;  // everything here is fresh
    else *first = cell;
    *last = cell;
    sp += 1 + d->frame_words;
  }
}

/// #(information place address) of a return address.
Value frame_of(u64 address) {
  const FrameDescriptor* d = frame_descriptor(address);
  Value frame = make_vector(3, fixnum(static_cast<i64>(address)));
  slot(frame, 1) = info_in_slot(d->info_slot);
  slot(frame, 2) = fixnum(d->place);
  return frame;
}

}  // namespace

/// The values from the k-th on of as many as a call has received, as a list.
Value received_list(Value k, Value count) {
  Value list = Null;
  for (i64 i = fixnum_value(count); i-- > fixnum_value(k);)
    list = make_pair(*reinterpret_cast<const Value*>(kContextBase + static_cast<u64>(received_offset(static_cast<u32>(i)))), list);
  return list;
}

/// The entry of the code object that contains a place in code, or 0: before an entry its header names it.
u64 entry_of(u64 pc) {
  u64 low = (pc >= kRunCodeBase ? kRunCodeBase : kImageCodeBase) + sizeof(CodeHeader);
  for (u64 entry = pc & ~u64{15}; entry >= low; entry -= 16)
    if (code_header(entry)->closure == entry) return pc - entry < code_header(entry)->size ? entry : 0;
  return 0;
}

/// The procedure that trapped, without a place in it, and those below.
Value trap_frames() {
  const memory::HeapState& h = memory::heap();
  Value list = Null;
  for (u64 i = h.trap_frame_count; i-- > 0;) list = make_pair(frame_of(h.trap_frames[i]), list);
  u64 entry = h.trap_pc ? entry_of(h.trap_pc) : 0;
  if (!entry) return list;
  Value frame = make_vector(3, fixnum(static_cast<i64>(h.trap_pc)));
  slot(frame, 1) = info_in_slot(code_header(entry)->info_slot);
  slot(frame, 2) = fixnum(0);
  return make_pair(frame, list);
}

Value is_continuation(Value v) { return boolean(is_kind(v, Kind::Continuation)); }

Value take_pending() {
  Value v = context().pending;
  context().pending = False;
  return v;
}

Value set_hook(Value index, Value f) {
  if (!is_fixnum(index) || fixnum_value(index) < 0 || fixnum_value(index) >= kHookCount) return wrong("%set-hook!", index);
  context().hooks[fixnum_value(index)] = f;
  return Void;
}

Value get_hook(Value index) {
  if (!is_fixnum(index) || fixnum_value(index) < 0 || fixnum_value(index) >= kHookCount) return wrong("%hook", index);
  return context().hooks[fixnum_value(index)];
}

Value get_root(Value index) {
  if (!is_fixnum(index) || fixnum_value(index) < 0 || fixnum_value(index) >= kLibraryRoots) return wrong("%root", index);
  return context().roots[kRootLibrary0 + fixnum_value(index)];
}

Value set_root(Value index, Value v) {
  if (!is_fixnum(index) || fixnum_value(index) < 0 || fixnum_value(index) >= kLibraryRoots) return wrong("%root-set!", index);
  context().roots[kRootLibrary0 + fixnum_value(index)] = v;
  return Void;
}

Value procedure_info(Value f) { return is_procedure(f) ? info_in_slot(code_header(word(f, 0))->info_slot) : False; }

Value procedure_name(Value f) {
  Value info = procedure_info(f);
  return info != False && is_symbol(slot(info, 1)) ? slot(info, 1) : False;
}

Value procedure_arity(Value f) {
  if (!is_procedure(f) || code_header(word(f, 0))->arity == kArityCases) return False;
  return fixnum(code_header(word(f, 0))->arity);
}

Value code_info_ref(Value info, Value k) {
  if (!is_kind(info, Kind::CodeInfo)) return wrong("%code-info-ref", info);
  if (!is_fixnum(k) || fixnum_value(k) < 0) return wrong("%code-info-ref", k);
  return static_cast<u64>(fixnum_value(k)) < length_of(info) ? slot(info, 1 + fixnum_value(k)) : False;
}

Value continuation_frames(Value k) {
  Context& c = context();
  Value first = Null, last = Null, link = k;
  u64 count = 0;
  if (k == False) {
    add_frames(reinterpret_cast<const u64*>(c.scheme_sp), reinterpret_cast<const u64*>(c.stack_base), &first, &last, &count);
    link = c.link;
  }
  while (is_kind(link, Kind::Continuation) && count < kMostFrames) {
    const Continuation* piece = reinterpret_cast<const Continuation*>(untagged(link));
    add_frames(piece->frames, piece->frames + header_length(piece->header), &first, &last, &count);
    link = piece->link;
  }
  return first;
}

}  // namespace loko
