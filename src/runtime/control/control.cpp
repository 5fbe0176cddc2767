// SPDX-License-Identifier: MIT
//
// The C++ side of the stubs: safepoints, argument lists, failing calls; start of the runtime; enter_scheme.
#include "runtime/control/control.h"

#include "os/platform.h"
#include "runtime/control/entry_table.h"
#include "runtime/memory/heap_state.h"

extern "C" {
extern const char loko_stub_safepoint[], loko_stub_entry_safepoint[], loko_stub_alloc[], loko_stub_ccall[],
    loko_stub_wrong_args[], loko_stub_not_procedure[], loko_stub_prim_failed[], loko_stub_cons_rest[], loko_stub_values[],
    loko_stub_call_with_values[], loko_stub_callcc[], loko_stub_reinstate[], loko_stub_apply[], loko_stub_unbound[],
    loko_stub_value_count_error[], loko_stub_received_count[], loko_stub_values_list[], loko_stub_start_stack[],
    loko_stub_continue[], loko_stub_callcc_procedure[];
}

namespace loko {

using namespace memory;

static_assert(offsetof(Context, alloc) == 16 && offsetof(Context, c_sp) == 24 && offsetof(Context, scheme_sp) == 32 &&
              offsetof(Context, stack_base) == 40 && offsetof(Context, winders) == 64 && offsetof(Context, handlers) == 72 &&
              offsetof(Context, params) == 80 && offsetof(Context, pending) == 88 && kContextBase == 0x10000000);
static_assert(kHookRaisePending == 0 && kHookWrongArgs == 1 && kHookNotProcedure == 2 && kHookPrimitiveFailed == 3 &&
              kHookUnbound == 5 && kHookTrap == 6 && kHookValueCount == 7);
static_assert(offsetof(Continuation, link) == 8 && offsetof(Continuation, winders) == 16 &&
              offsetof(Continuation, frames) == 40 && static_cast<int>(Kind::Continuation) == 0x04);
static_assert(kXmmSaveArea == kContextBase + 0x8000 && kFirstPieceWords == 24);

namespace {

constexpr int kArgumentRegister[kArgRegisters] = {RDI, RSI, RDX, RCX, R8, R9};

Value* argument_area() { return reinterpret_cast<Value*>(kArgsBase); }

Value saved_argument(u64 i) {
  if (i < kArgRegisters) return Value{context().saved[kArgumentRegister[i]]};
  return argument_area()[i - kArgRegisters];
}

void set_argument(u64 i, Value v) {
  if (i < kArgRegisters) {
    context().saved[kArgumentRegister[i]] = v.bits;
    return;
  }
  argument_area()[i - kArgRegisters] = v;
}

/// Arguments from..count-1 as a list.
Value argument_list(u64 from, u64 count) {
  Value list = Null;
  while (count > from) list = make_pair(saved_argument(--count), list);
  return list;
}

// Words of the frame under an interrupt hook: [vector of what the collector must see][raw registers][xmm]
// [the last words of the argument area, where floats are passed that have no register].
constexpr u64 kFloatWords = 16;
constexpr u64 kInterruptFrameWords = 33 + kFloatWords;

/// Saves the state of a safepoint in a frame on the Scheme stack, so that the hook is an ordinary call.
void push_interrupt_frame() {
  Context& c = context();
  u64 arguments = c.saved_args;
  Value state = make_vector(18 + arguments, fixnum(0));
  slot(state, 1) = fixnum(static_cast<i64>(c.saved_mask));
  slot(state, 2) = fixnum(static_cast<i64>(arguments));
  for (int i = 0; i < 16; ++i)
    if (c.saved_mask >> i & 1) slot(state, 3 + i) = Value{c.saved[i]};
  for (u64 i = 0; i < arguments; ++i) slot(state, static_cast<i64>(19 + i)) = argument_area()[i];
  u64* frame = reinterpret_cast<u64*>(c.scheme_sp) - kInterruptFrameWords;
  frame[0] = state.bits;
  const u64* xmm = reinterpret_cast<const u64*>(kXmmSaveArea);
  for (int i = 0; i < 16; ++i) {
    frame[1 + i] = c.saved[i];
    frame[17 + i] = xmm[i];
  }
  for (u64 i = 0; i < kFloatWords; ++i) frame[33 + i] = argument_area()[kArgsCount - kFloatWords + i].bits;
  c.scheme_sp = reinterpret_cast<u64>(frame);
}

const char* hook_message(u64 hook) {
  switch (hook) {
    case kHookWrongArgs: return "wrong number of arguments";
    case kHookNotProcedure: return "not a procedure";
    case kHookPrimitiveFailed: return "wrong argument";
    case kHookUnbound: return "variable used before its initialization";
    case kHookValueCount: return "wrong number of values";
    default: return "error";
  }
}

void describe_value(os::ErrorText& text, Value v) {
  if (is_fixnum(v)) {
    i64 n = fixnum_value(v);
    if (n < 0) text << "-";
    text << static_cast<u64>(n < 0 ? -n : n);
  } else if (is_symbol(v) && is_narrow(symbol_name(v))) {
    text.bytes(bytes_of(symbol_name(v)), string_length(symbol_name(v)));
  } else if (is_string(v) && is_narrow(v)) {
    (text << "\"").bytes(bytes_of(v), string_length(v)) << "\"";
  } else if (v == False) {
    text << "#f";
  } else if (v == Null) {
    text << "()";
  } else {
    text.hex(v.bits);
  }
}

void describe_list(os::ErrorText& text, Value list) {
  for (int i = 0; is_pair(list) && i < 12; ++i, list = cdr(list)) describe_value(text << " ", car(list));
}

}  // namespace

namespace control {

void install_stubs() {
  u64* e = context().entries;
  auto set = [&](int stub, const char* place) { e[stub] = reinterpret_cast<u64>(place); };
  set(kStubSafepoint, loko_stub_safepoint);
  set(kStubEntrySafepoint, loko_stub_entry_safepoint);
  set(kStubAlloc, loko_stub_alloc);
  set(kStubCCall, loko_stub_ccall);
  set(kStubWrongArgs, loko_stub_wrong_args);
  set(kStubNotProcedure, loko_stub_not_procedure);
  set(kStubPrimFailed, loko_stub_prim_failed);
  set(kStubConsRest, loko_stub_cons_rest);
  set(kStubValues, loko_stub_values);
  set(kStubCallWithValues, loko_stub_call_with_values);
  set(kStubCallCC, loko_stub_callcc);
  set(kStubReinstate, loko_stub_reinstate);
  set(kStubApply, loko_stub_apply);
  set(kStubUnbound, loko_stub_unbound);
  set(kStubValueCountError, loko_stub_value_count_error);
  set(kStubReceivedCount, loko_stub_received_count);
  set(kStubValuesList, loko_stub_values_list);
  set(kStubStartStack, loko_stub_start_stack);
  set(kStubContinue, loko_stub_continue);
  set(kStubCallCCProcedure, loko_stub_callcc_procedure);
}

}  // namespace control

const char* initialize_runtime(u64 limit_bytes, int argc, char** argv, char** envp) {
  if (const char* problem = reserve_address_map(limit_bytes)) return problem;
  Context& c = context();
  c.heap = &heap();
  c.slots_top = kSlotsBase;
  c.image_code_top = kImageCodeBase;
  c.run_code_top = kRunCodeBase;
  c.image_data_top = kImageDataBase;
  c.argc = static_cast<u64>(argc);
  c.argv = argv;
  c.envp = envp;
  c.winders = c.handlers = c.params = Null;
  c.link = c.pending = False;
  for (Value& v : c.hooks) v = False;
  for (Value& v : c.roots) v = False;
  c.double_abs_mask[0] = c.double_abs_mask[1] = ~u64{0} >> 1;
  c.double_sign_mask[0] = c.double_sign_mask[1] = u64{1} << 63;
  if (const char* problem = control::make_stack()) return problem;
  start_nursery();
  if (const ImageHeader* image = find_image()) {
    HeapState& h = heap();
    for (const ImageRange& r : image->ranges)
      if (r.start < r.end && h.static_count < kClasses)
        h.statics[h.static_count++] = {r.start, r.end, static_cast<StorageClass>(r.storage_class), nullptr};
  }
  control::install_stubs();
  install_runtime_entries();
  control::install_traps();
  return nullptr;
}

Value enter_scheme(Value procedure, int argc, const Value* argv) {
  Context& c = context();
  c.link = False;
  if (c.torture) trip_safepoint();
  for (int i = 0; i < argc; ++i) set_argument(static_cast<u64>(i), argv[i]);
  if (!is_procedure(procedure)) {
    os::ErrorText text;
    describe_value(text << "loko: can't start: not a procedure: ", procedure);
    text.fatal();
  }
  return Value{loko_enter(procedure.bits, static_cast<u64>(argc))};
}

}  // namespace loko

using namespace loko;

namespace {

constexpr u64 kScannedAgain = u64{64} << 10;   // bytes of stack that each collection may scan anew
constexpr u64 kScannedInTorture = u64{2} << 10;

bool collects(const HeapState& h, const Context& c) { return c.torture || h.collect_full || h.collect_minor; }

}  // namespace

/// All that a tripped limit may mean. Returns the interrupt hook if it has to be called, else 0.
u64 loko_safepoint(u64 at_entry) {
  Context& c = context();
  HeapState& h = heap();
  __atomic_store_n(&c.stack_limit, c.stack_low, __ATOMIC_SEQ_CST);
  const FrameDescriptor* d = frame_descriptor(*reinterpret_cast<const u64*>(c.scheme_sp));
  c.saved_mask = d->reg_mask & 0xffff;
  if (!at_entry) c.saved_args = 0;  // at entries the code has stored how many words are arguments
  if (c.scheme_sp < c.stack_low) {
    control::empty_stack(kContinuationWords);
    control::reinstate_piece();
  }
  if (collects(h, c) && c.stack_base - c.scheme_sp > (c.torture ? kScannedInTorture : kScannedAgain)) {
    // Frames become objects, which age: the collections to come scan only what is new on the stack.
    control::empty_stack(kContinuationWords);
    control::reinstate_piece();
  }
  if (c.torture) {
    h.poison = true;
    if (++h.torture_count >= c.torture) {
      h.torture_count = 0;
      h.dense = h.full_count & 1;   // copying and marking in place by turns
      collect(true);
      verify_heap();
    }
    trip_safepoint();
  } else if (h.collect_full || h.collect_minor) {
    collect(h.collect_full);
  }
  u64 result = 0;
  if (u32 bits = control::take_interrupts(d->reg_mask)) {
    if (is_procedure(c.hooks[kHookInterrupt])) {
      push_interrupt_frame();
      c.saved[RDI] = fixnum(bits).bits;
      result = c.hooks[kHookInterrupt].bits;
    } else if (bits & kInterruptUser) {
      os::exit(130);
    } else if (bits & kInterruptHeapFull) {
      out_of_memory(0);
    }
  }
  c.saved_mask = 0;
  c.saved_args = 0;
  return result;
}

/// Restores the state that push_interrupt_frame saved.
void loko_after_interrupt() {
  Context& c = context();
  const u64* frame = reinterpret_cast<const u64*>(c.scheme_sp);
  Value state{frame[0]};
  u64 mask = static_cast<u64>(fixnum_value(slot(state, 1)));
  u64* xmm = reinterpret_cast<u64*>(kXmmSaveArea);
  for (int i = 0; i < 16; ++i) {
    c.saved[i] = mask >> i & 1 ? slot(state, 3 + i).bits : frame[1 + i];
    xmm[i] = frame[17 + i];
  }
  for (u64 i = 0; i < kFloatWords; ++i) argument_area()[kArgsCount - kFloatWords + i].bits = frame[33 + i];
  for (i64 i = 0, n = fixnum_value(slot(state, 2)); i < n; ++i) set_argument(static_cast<u64>(i) + kArgRegisters, slot(state, 19 + i));
  c.scheme_sp += 8 * kInterruptFrameWords;
  // The return address of the safepoint may be in the next piece: underflow on the way back would destroy registers.
  while (c.scheme_sp == c.stack_base && is_kind(c.link, Kind::Continuation)) control::reinstate_piece();
}

u64 loko_allocate(u64 bytes) {
  constexpr u64 kMost = u64{128} << 10;
  if (bytes > kMost) (os::ErrorText() << "loko: in-line allocation of " << bytes << " bytes").fatal();
  return reinterpret_cast<u64>(allocate_in_new_chunk(bytes));
}

void loko_cons_rest(u64 count, u64 required) { set_argument(required, argument_list(required, count)); }

/// Puts the elements of a list into argument positions; their number, or -1: not a list, or too long.
i64 loko_spread(Value list) {
  u64 count = 0;
  for (; is_pair(list); list = cdr(list)) {
    if (count >= kArgsCount) return -1;
    set_argument(count++, car(list));
  }
  return list == Null ? static_cast<i64>(count) : -1;
}

u64 loko_apply_symbol() { return intern("apply", 5).bits; }

/// Arranges the call of a hook; without it, says what happened and ends the process.
u64 loko_error(u64 hook) {
  Context& c = context();
  u64 count = c.saved[RAX] & 0xffffffff;
  Value subject{c.saved[R10]};
  if (hook == kHookUnbound) {
    u32 info = frame_descriptor(*reinterpret_cast<const u64*>(c.scheme_sp))->info_slot;
    c.saved[RDI] = info ? slot_at(info).bits : kFalse;
    c.saved[RSI] = subject.bits;
    c.saved[RAX] = 2;
  } else if (hook == kHookValueCount) {
    c.saved[RDI] = argument_list(0, count).bits;
    c.saved[RSI] = subject.bits;
    c.saved[RAX] = 2;
  } else {
    Value list = argument_list(0, count);
    c.saved[RDI] = subject.bits;
    c.saved[RSI] = list.bits;
    c.saved[RAX] = 2;
  }
  Value procedure = c.hooks[hook];
  if (is_procedure(procedure)) return procedure.bits;
  os::ErrorText text;
  text << "loko: " << hook_message(hook) << ":";
  if (hook == kHookValueCount) {
    describe_list(text, Value{c.saved[RDI]});
  } else if (hook == kHookUnbound) {
    describe_value(text << " ", subject);
  } else {
    describe_value(text << " ", subject);
    describe_list(text << " with", Value{c.saved[RSI]});
  }
  text.fatal();
}

void loko_uncaught_pending() {
  os::ErrorText text;
  describe_list(text << "loko: uncaught condition:", context().pending);
  text.fatal();
}

void loko_trap_hook_returned() { (os::ErrorText() << "loko: the trap hook returned").fatal(); }
