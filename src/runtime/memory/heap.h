// SPDX-License-Identifier: MIT
//
// Allocation and collection as C++ sees them. C++ never collects: allocation here takes further nursery
// chunks and trips the safepoint, so a raw Value is good for the whole of a primitive. What must live
// across Scheme code (expansion suspended in a macro transformer) is held in a HandleArena.
#pragma once

#include "tables/abi.h"

namespace loko {

// -- allocation (never collects; when memory is exhausted, the reserve is used and kInterruptHeapFull set) --

/// `words` >= 2 uninitialized words in the nursery (or, when large, in the large object space).
u64* allocate_words(u64 words);

/// False iff an object of so many bytes can't be had: primitives then raise instead of allocating.
bool allocation_fits(u64 bytes);

Value make_pair(Value car, Value cdr);
/// The list of n elements before `list`: element(i), which must not allocate, is called from the last on.
template <class Element>
Value build_list(u64 n, Element element, Value list = Null) {
  constexpr u64 kAtOnce = 256;   // pairs in one block
  while (n > 0) {
    u64 count = n < kAtOnce ? n : kAtOnce;
    u64* p = allocate_words(2 * count) + 2 * count;
    for (u64 end = n - count; n > end;) {
      p -= 2;
      p[0] = element(--n).bits;
      p[1] = list.bits;
      list = Value{reinterpret_cast<u64>(p) | kTagPair};
    }
  }
  return list;
}
Value make_flonum(double d);                      // immediate when it can be
Value make_vector(u64 length, Value fill);
/// Promises of a vector just made, full of something that is no reference: cards are marked of all references stored from now on.
/// If it is a large object the collector then looks only where there are some.
void scan_by_cards(Value v);
Value make_bytevector(u64 length);                // zeroed
Value make_string1(u64 length);                   // zeroed
Value make_string4(u64 length);                   // zeroed
Value make_string_utf8(const char* utf8, u64 bytes);  // narrowest width; invalid bytes become U+FFFD
Value make_box(Value v);
Value make_record(Value rtd, u64 fields);         // fields are #f
Value make_typed(Kind kind, u64 length_field, u64 payload_words);  // payload words are fixnum 0
inline u64 string_length(Value s) { return length_of(s); }
u32 string_ref(Value s, u64 i);                   // any width; no check

/// Writes a field of a heap object, with the write barrier. For objects that may be old.
void set_field(Value object, i64 word_index, Value v);
/// Can other processes change this bytevector at any moment? Then who reads its bytes twice must work on a copy.
bool is_shared_bytevector(Value v);
/// The bytevector itself, or a copy of it that nobody else can change.
Value stable_bytevector(Value v);
inline void mark_card(const void* address) {
  *reinterpret_cast<u8*>(kCardsBase + (reinterpret_cast<u64>(address) >> kCardShift)) = 1;
}

// -- symbols (runtime/data/symbols.cpp) --
Value intern(const char* utf8, u64 bytes);
Value intern_string(Value string);
Value make_uninterned_symbol(Value name_string);
inline Value symbol_name(Value s) { return slot(s, 2); }
inline u64 symbol_hash(Value s) { return static_cast<u64>(fixnum_value(slot(s, 1))); }

// -- slots: global cells and constant slots, never moved, roots of the collector --
/// Address (below 2 GiB) of a fresh slot that holds v.
u32 allocate_slot(Value v);
inline Value& slot_at(u32 address) { return *reinterpret_cast<Value*>(static_cast<u64>(address)); }
/// Stores into a slot, with the barrier.
void set_slot(u32 address, Value v);

// -- handles: precise roots for C++ that is suspended while Scheme runs --

/// A reference to a slot of a HandleArena; copyable, 8 bytes. Reading it always gives the object's present address.
class Handle {
 public:
  Handle() = default;
  explicit Handle(Value* slot) : slot_(slot) {}
  Value get() const { return *slot_; }
  Value operator*() const { return *slot_; }
  void set(Value v) { *slot_ = v; }
  explicit operator bool() const { return slot_ != nullptr; }
 private:
  Value* slot_ = nullptr;
};

/// Grows only; all handles die with it. Every living arena is a root set of the collector.
class HandleArena {
 public:
  HandleArena();
  ~HandleArena();
  HandleArena(const HandleArena&) = delete;
  HandleArena& operator=(const HandleArena&) = delete;
  Handle make(Value v);

  struct Block {
    Block* next;
    u64 used;
    Value values[1022];
  };
  Block* blocks = nullptr;
  HandleArena* next = nullptr;  // list of living arenas, in the heap's state
  HandleArena* previous = nullptr;
};

// -- primitives report errors through these: `return raise_…(…)` --

/// Stores a condition in Context::pending and returns kRaiseMark. `kind` names the condition type:
/// "assertion", "implementation-restriction", "error", "io", "lexical", "syntax", "violation", "i/o-file-does-not-exist", …
Value raise_condition(const char* kind, const char* who, const char* message, Value irritant);
Value raise_condition(const char* kind, const char* who, const char* message);
Value raise_condition2(const char* kind, const char* who, const char* message, Value irritant1, Value irritant2);
inline Value raise_assertion(const char* who, const char* message, Value irritant) {
  return raise_condition("assertion", who, message, irritant);
}

// -- start-up, collection, entering Scheme: for cli/, image/ and tests --

/// Reserves the address map, makes nursery, stack, symbol table. `limit_bytes` 0: three quarters of the memory.
/// Returns null or the message of what failed.
const char* initialize_runtime(u64 limit_bytes, int argc, char** argv, char** envp);
/// The limit that the environment variable LOKO_HEAP gives (MiB, or with a suffix K, M, G), or 0.
u64 heap_limit_of(char** envp);
/// Calls a procedure from C++'s top level (never from a primitive). When the computation's base continuation
/// is reached, its (first) value is returned.
Value enter_scheme(Value procedure, int argc, const Value* argv);
/// For tests and the image writer, at top level only: full collection / heap check (aborts with a message).
void collect_now(bool full);
void verify_heap();
/// Makes fresh memory for published code: `bytes` zeroed at a 16-byte aligned address in the image or run-time
/// code region, writable until seal_code. Returns 0 when the region is full.
u64 allocate_code(u64 bytes, bool in_image_region);
void seal_code(u64 address, u64 bytes);

// -- code that the collector takes back when nothing refers to it (memory/code_units.cpp) --

/// From now on allocate_slot makes slots of the unit that is being compiled.
void begin_code_unit();
/// Meanwhile it makes others.
void pause_code_unit(bool paused);
/// Nothing became of the unit; its slots are free.
void abandon_code_unit();
/// Bytes that the unit needs behind its code for its slots; writable room for the code and them (0: none is left); the unit is
/// complete, but not sealed.
u64 unit_slots_bytes();
u64 allocate_unit_code(u64 bytes);
void end_code_unit(u64 start, u64 bytes);
/// The code at this address is called directly from other code: it stays.
void pin_code(u64 address);
/// The next range of addresses whose code was freed. Who keeps such addresses forgets them now; false: there are no more.
bool take_freed_code(u64* start, u64* end);
void unseal_code(u64 address, u64 bytes);

}  // namespace loko
