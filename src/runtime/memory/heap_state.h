// SPDX-License-Identifier: MIT
//
// The collector's own state: units of 256 KB and what they hold. It lies at a fixed place behind the Context.
// A segment is one unit (or, for a large object, several) that holds objects of one storage class, so that
// it can be walked. Nursery chunks hold anything and are never walked.
// INVARIANT(cards): a slot of an old object that refers to a young one lies in a card that is dirty; a slot of
// an image object or a global slot that refers to the heap (young, for slots) likewise. Cards of image objects that refer to old
// ones only are kCardKept: minor collections pass them over (the symbol table refers to symbols of the program from everywhere).
// INVARIANT(carded): of a young large vector that was made full of one number or constant, only dirty cards have references to
// what collections move or free. So its other pages aren't looked at.
// INVARIANT(walking): a segment is objects without gaps up to its top; holes that marking in place left are filled (mark.cpp).
#pragma once

#include "runtime/image_start.h"
#include "runtime/memory/heap.h"

namespace loko::memory {

inline constexpr unsigned kUnitShift = 18;
inline constexpr u64 kUnitBytes = u64{1} << kUnitShift;
inline constexpr u64 kCardBytes = u64{1} << kCardShift;
inline constexpr u64 kCardsPerUnit = kUnitBytes / kCardBytes;
inline constexpr u64 kNurseryBytes = u64{8} << 20;
inline constexpr u64 kCachedNurseryBytes = u64{1} << 20;  // of it, while hardly anything survives: stays in the second-level cache
inline constexpr u32 kFewInTurn = 4;                 // collections that hardly anything survives make the nursery narrow (policy.cpp)
inline constexpr u64 kExtraChunkBytes = u64{1} << 20;
inline constexpr u64 kLargeWords = 16384;            // objects of more words get units of their own
inline constexpr u64 kMinFullBytes = u64{64} << 20;  // no full collection before the old generation has this size
inline constexpr u64 kYoungLargeBytes = kNurseryBytes;   // fresh ones of so many bytes ask for a collection
inline constexpr unsigned kClasses = static_cast<unsigned>(StorageClass::Count);

enum class Space : u8 { Free, Nursery, Segment, Large, LargeRest };
enum class Mapping : u8 { None, Private, Lent, Shared };   // of the memory file behind a large bytevector (mapped_bytevectors.cpp)
enum class Sent : u8 { Never, Once, Changing };      // its bytes were lent; it was changed between two sendings
enum class Age : u8 { Young, Old };   // young: nursery, survivors of one collection, fresh large objects

/// What one unit of the heap holds.
struct Unit {
  u64 top = 0;          // end of the objects (Segment: valid when closed)
  u32 units = 0;        // Nursery, Large: length in units; LargeRest: distance to the head; Segment: words marked in place
  u32 next = 0;         // next unit of the list that it is on; 0 ends the list
  Space space = Space::Free;
  bool carded = false;  // Large, while young: INVARIANT(carded)
  StorageClass storage = StorageClass::Pairs;
  bool marked = false;  // Large, during a collection: reached
  bool aged = false;    // Large: survived a collection, and is still young
  Mapping mapping = Mapping::None;   // Large
  Sent sent = Sent::Never;           // Large
  u32 file = 0;                      // Large: descriptor of its memory file + 1, or 0
};
static_assert(sizeof(Unit) == 32);

/// What the collector asks of the unit of every reference: a byte per unit, so that the table stays in the first cache.
enum UnitFlag : u8 {
  kFrom = 1,     // being evacuated
  kYoung = 2,    // its age is Age::Young
  kPromote = 4,  // its survivors become old
  kLarge = 8,    // the first unit of a large object
  kInPlace = 16, // together with kFrom: its objects are marked instead of copied
};

/// n bytes (rounded up to pages) of memory outside the heap, zeroed.
void* map_pages(u64 bytes);
void unmap_pages(void* pages, u64 bytes);

/// Growable array of trivially copyable things in pages of its own.
template <class T>
struct PageVector {
  T* items;
  u64 count;
  u64 capacity;
  void push(T item) {
    if (count == capacity) grow();
    items[count++] = item;
  }
  T pop() { return items[--count]; }
  void grow();
};

/// Where survivors of one class and age are copied to; Cheney's scan follows behind.
struct Destination {
  u64 alloc, limit;      // inside `unit`; both 0 when there is no unit yet
  u64 scan;
  u32 head;              // list of its units, in order of use
  u32 unit;              // the last of them
  u32 scan_unit;         // 0: scan from the start of `head`
};

struct GuardianEntry {
  Value object, representative, guardian;
};

/// A walkable range of the image.
struct StaticRange {
  u64 start, end;
  StorageClass storage;
  u32* first;            // word offset of the object that covers the start of each card, or null: not built yet
};

/// Code of a form that was given to eval or the REPL (code_units.cpp).
struct CodeUnit {
  u64 start, end;        // the last words are the addresses of its slots, 32 bits each
  u32 slot_count;
  bool pinned, marked;
};

struct CodeRange {
  u64 start, end;
};

/// A memory file of this process that others read (lent_files.cpp).
struct LentFile {
  i64 fd;
  u64 address, capacity;
};

struct HeapState {
  Unit* units;
  u8* flags;                // per unit: UnitFlag
  u16* first;               // per unit and card: word offset of the last object starting at or before the card's start
  u64 unit_count;           // reserved
  u64 unit_top;             // units below are readable and writable
  u64 unit_hint;            // below it no unit is free
  u8* touched;              // per unit: 0 if its pages are as the system gives them, that is zero
  u64 used_units;
  u64 peak_units;           // most used units since pages were last given back
  u64 kept_units;           // units that had pages after that
  u32 nursery_unit;         // the permanent chunk
  u32 few_survived;         // so many minor collections in turn, up to kFewInTurn: then only a part of the nursery is used
  u32 chunks;               // list of extra nursery chunks
  u32 chunk;                // the one in use
  u32 young_larges, old_larges;
  u64 old_units, old_large_units;
  u64 young_large_bytes;
  u64 next_full;            // bytes of the old generation that make the next collection a full one
  u32 unaged;               // so many minor collections to come promote at once, since ageing has sorted out little
  u32 unaged_next;          // how many it will be when ageing sorts out little again
  u64 live;                 // bytes after the last full collection
  bool dense;               // nearly all survived the last full collection: the next one marks old segments in place
  bool in_place;            // the collection that runs does so
  bool moved;               // nevertheless a reference to an old object changed
  u64* marks;               // per word of the heap, in a collection in place: a reached object starts here
  u64 mark_bytes;           // size of the marks
  u64 limit;                // of live data
  u64 chunk_start;          // of the chunk in use: for statistics
  u64 used_in_closed_chunks;
  bool collect_minor, collect_full;   // requested
  bool heap_full_reported;
  bool collecting, poison;
  u32 torture_count;
  Destination to[2][kClasses];        // by Age
  bool full;                // kind of the collection that runs
  PageVector<u32> large_work;
  PageVector<Value> mark_stack;       // marked in place, not yet visited
  PageVector<Value> weak_pairs;       // car refers to an object being evacuated
  PageVector<Value> ephemerons;       // key not (yet) reached
  PageVector<CodeUnit> code_units, code_work;
  PageVector<CodeRange> freed_code;   // of which the compiler doesn't know yet
  PageVector<CodeRange> code_holes;   // sorted, to be used again
  PageVector<u32> unit_slots;         // of the unit that is being compiled
  PageVector<u32> free_slots;
  bool code_units_sorted, owning_slots;
  u64 owned_slots;                    // slots of units lie between here and kSlotsEnd; 0: there were none
  u64 code_span;                      // in a full collection: bytes of run-time code, if there are units
  u64 code_bytes, fresh_code_bytes;   // of units: all, published since the last full collection
  PageVector<GuardianEntry> guardians_young, guardians_old, pending_hold, pending_final;
  Value held_symbol_table;
  StaticRange statics[kClasses];
  u32 static_count;
  HandleArena* arenas;
  HandleArena::Block* free_blocks;
  u64 handle_blocks;
  u64 signal_stack;
  u32 ending_signal;        // number of the signal that asked the process to end
  u64 trap_scratch[4];
  u64 trap_frames[64];      // return addresses below the last processor trap, innermost first
  u64 trap_frame_count;
  u64 trap_pc;
  u64 blocking_calls;       // address of the table of io/blocking_calls.cpp, or 0
  u64 computation_sp;       // C stack of a long computation that the interrupt key may end, or 0
  u64 minor_count, full_count, in_place_count;
  u64 frames_scanned;              // frames of the stack and of continuations that collections looked at
  u64 collection_ns, longest_ns;   // all collections, the longest one
  u64 full_ended;                  // monotonic nanoseconds at the end of the last full collection, 0 before the first
  u32 kept_files;                  // descriptors of memory files that are kept for private mappings
  int exhausted_status;            // of the process when the system gives no memory; 0: the usual one
  PageVector<LentFile> lent_files;
  u64 lent_bytes, next_lent, lent_collections;   // lent_collections: full ones before idle files were looked for
  i64 lent_owner;                  // the process that they belong to
};

inline constexpr u64 kXmmSaveArea = kContextBase + 0x8000;
inline constexpr u64 kHeapStateBase = kContextBase + 0x10000;
static_assert(sizeof(Context) <= 0x8000);

inline HeapState& heap() { return *reinterpret_cast<HeapState*>(kHeapStateBase); }

inline u64 unit_start(u64 unit) { return kHeapBase + (unit << kUnitShift); }
/// True iff a is an address of the collected heap.
inline bool in_heap(u64 a) { return a - kHeapBase < heap().unit_top << kUnitShift; }
inline Unit& unit_of(u64 a) { return heap().units[(a - kHeapBase) >> kUnitShift]; }
/// A card that is dirty for full collections only; mutators and collections write 1 for others.
inline constexpr u8 kCardKept = 2;
inline u8& card_of(u64 a) { return *reinterpret_cast<u8*>(kCardsBase + (a >> kCardShift)); }
inline u8& flags_of(u64 a) { return heap().flags[(a - kHeapBase) >> kUnitShift]; }
inline bool is_young(Value v) { return is_reference(v) && in_heap(v.bits) && flags_of(v.bits) & kYoung; }
/// Is it a place in code that the collection that runs may free?
inline bool in_marked_code(u64 a) { return a - kRunCodeBase < heap().code_span; }
/// True iff v has to be copied or marked by the collection that runs.
inline bool is_from(Value v) {
  return is_reference(v) && (in_heap(v.bits) ? (flags_of(v.bits) & kFrom) != 0 : in_marked_code(v.bits));
}

/// Follows the forwarding of an object that was copied in this collection.
inline Value forwarded(Value v) {
  const u64* p = untagged(v);
  return p[0] == kForwardMark ? Value{p[1]} : v;
}

/// Words of a typed object with this first word (its rtd may have been moved).
inline u64 typed_words(u64 h) {
  if (header_is_rtd(h)) {
    u64 n = static_cast<u64>(fixnum_value(slot(forwarded(Value{h}), 1 + kRtdSize)));
    return 1 + (n ? n : 1);
  }
  u64 n = header_length(h);
  auto padded = [](u64 bytes) { return 1 + (bytes ? (bytes + 7) / 8 : 1); };
  switch (header_kind(h)) {
    case Kind::Vector:
    case Kind::ImmutableVector:
    case Kind::CodeInfo:
    case Kind::Bignum:
    case Kind::Handle: return 1 + (n ? n : 1);
    case Kind::String1:
    case Kind::StringWide:
    case Kind::ImmutableString1:
    case Kind::Bytevector:
    case Kind::ImmutableBytevector: return padded(n);
    case Kind::String4:
    case Kind::ImmutableString4: return padded(4 * n);
    case Kind::Flonum:
    case Kind::Box: return 2;
    case Kind::Syntax: return 5;
    case Kind::Continuation: return kContinuationFixedWords + n;
    case Kind::Filler: return 1 + n;
    case Kind::Symbol:
    case Kind::Ratnum:
    case Kind::Compnum:
    case Kind::WeakPair:
    case Kind::Ephemeron:
    case Kind::Guardian: return 3;
  }
  return 0;
}

inline u64 procedure_words(u64 entry) {
  u64 n = code_header(entry)->nfree;
  return 1 + (n ? n : 1);
}

/// Storage class of a typed object with this first word.
inline StorageClass storage_of_typed(u64 h) {
  if (header_is_rtd(h)) return StorageClass::Typed;
  switch (header_kind(h)) {
    case Kind::String1:
    case Kind::String4:
    case Kind::StringWide:   // stays where it was when it was a String1
    case Kind::ImmutableString1:
    case Kind::ImmutableString4:
    case Kind::Bytevector:
    case Kind::ImmutableBytevector:
    case Kind::Bignum:
    case Kind::Flonum:
    case Kind::Handle: return StorageClass::Raw;
    default: return StorageClass::Typed;
  }
}

/// What fills a hole among procedures has an odd number in place of the entry: twice its words, and one.
inline bool is_procedure_filler(u64 entry) { return entry & 1; }

/// Words of the object at p in a segment of this class.
inline u64 words_at(const u64* p, StorageClass storage) {
  if (storage == StorageClass::Pairs) return 2;
  if (storage == StorageClass::Procedures) return is_procedure_filler(p[0]) ? p[0] >> 1 : procedure_words(p[0]);
  return typed_words(p[0]);
}

// -- units.cpp --
/// Which units: those that were never written, for objects that lie on files and so leave fresh pages, or any.
enum class Pages : u8 { Any, Fresh };
/// Takes n consecutive units; ends the process when there is no memory. Never 0. `zeroed`: are they known to be so?
u32 take_units(u64 n, bool* zeroed = nullptr, Pages pages = Pages::Any);
/// Makes the system supply fresh pages at once, which costs less than a fault for each.
void supply_pages(u64 start, u64 bytes);
void release_units(u32 unit, u64 n);
void clear_cards(u64 start, u64 end);
/// Gives pages of free units back to the system.
void trim_free_units();
const char* reserve_address_map(u64 limit_bytes);
[[noreturn]] void out_of_memory(u64 bytes);

/// Where the one object of a large unit begins: those on files without a header lie behind their header's page.
inline constexpr u64 kBareHeaderOffset = 4096 - 8;
inline u64 large_start(u64 unit) {
  return unit_start(unit) + (heap().units[unit].mapping >= Mapping::Lent ? kBareHeaderOffset : 0);
}

// -- lent_files.cpp --
/// Files of more bytes are not lent.
inline constexpr u64 kMostLent = u64{16} << 20;
/// A descriptor, to be read or mapped only, of a file that begins with these bytes as long as anybody has it; or a negative error number.
i64 lend(const void* p, u64 bytes);
/// In a copy of the process, which doesn't have the files.
void forget_lent_files();
/// A new memory file, or a negative error number. The name is for those who look.
i64 create_memory_file(const char* name);
/// 0, or a negative error number.
i64 write_all(i64 fd, const void* p, u64 bytes);

// -- mapped_bytevectors.cpp --
/// Ends the mapping of a memory file over units that are given back.
void release_mapping(u32 unit, u64 units);

// -- allocate.cpp --
void start_nursery();
void trip_safepoint();
u64* allocate_in_new_chunk(u64 bytes);
/// Decides how much of the nursery is used until the next collection, after a minor one from which `survived` bytes came.
void adapt_nursery(u64 survived);
/// Ends the use of the present chunk and returns the bytes allocated in the nursery.
u64 close_nursery();

// -- collector.cpp --
/// Collects at once; registers and frames are described by the context.
void collect(bool full);

// -- cards.cpp --
/// Visits the dirty cards of old objects, of the image, of the global slots (all slots in a full collection).
void scan_old_cards();
void scan_static_cards();
void scan_slots();

// -- large_objects.cpp --
/// A large object: its own units, never moved, young until it has survived twice. `zeroed`: is it known to be so?
u64* allocate_large(u64 words, bool* zeroed = nullptr, Pages pages = Pages::Any);
/// Marks a large object that is reached; it is scanned later. Its present place (a widened string is another object).
Value mark_large(Value v);
/// Visits the contents of a large object that was reached, and makes it old when it is promoted.
void scan_large(u32 unit);
/// The same by cards, of the words from low to high: those of an old object, or (not promoted) of a young one.
void scan_large_cards(u32 unit, u64 low, u64 high, bool promoted);
/// Gives back those of a list that were not reached, and puts the others on the list of their age.
void sweep_larges(u32 list);

// -- mark.cpp --
/// Before a full collection in place: room for marks.
void start_marking();
/// Marks an object of an old segment that is reached; it is visited later. Its present place.
Value mark_in_place(Value v);
bool is_marked(Value v);
/// Visits all that was marked and not yet visited; false if there was nothing.
bool drain_marks();
/// Fills the holes of the segments that were marked in place, gives back empty ones, and adds the others to the old
/// segments. `last` ends each list. Returns the bytes of living objects in them.
u64 sweep_in_place(const u32 (&lists)[kClasses], const u32 (&last)[kClasses]);

// -- code_units.cpp --
/// Before a full collection: no unit is reached, but those that are pinned.
void start_code_marking();
/// A place in run-time code was reached.
void mark_code(u64 address);
bool is_code_marked(u64 address);
/// Visits the slots of units that were reached and not yet visited; false if there are none.
bool drain_code();
/// Frees the units that were not reached.
void sweep_code();
/// A slot for the unit that is being compiled.
u32 allocate_owned_slot();

// -- policy.cpp --
u64 monotonic_nanoseconds();
u64 bytes_of_age(Age age);
/// After a minor collection: `aged` bytes were young before, `promoted` have become old.
void adapt_ageing(u64 aged, u64 promoted);
/// Asks for a full collection if the old generation has grown by a quarter and little time goes to full collections.
void collect_if_worthwhile();
/// After a full collection: `before` bytes were there, `live` of them survived.
void after_full(u64 before, u64 live);

// -- copy.cpp --
/// A copy's fresh words in a segment of the given age and class.
u64* allocate_copy(Age age, StorageClass storage, u64 words);
/// The present place of v after copying it, if it has to be copied.
Value evacuate(Value v);
/// The same for a reference into a unit with kFrom among its flags.
Value evacuate_from(Value v, u8 flags);
/// True iff v was reached in this collection or is not being evacuated.
bool is_reached(Value v);
/// Evacuates what *p refers to; p lies in a heap object at any place: marks its card when needed.
void visit_anywhere(Value* p);
/// Scans all that was copied and not yet scanned.
void drain();

// -- weak.cpp --
void note_weak_pair(u64* p);
void note_ephemeron(u64* p);
/// Guardians, ephemerons, symbol table and weak pairs, after everything strong was traced.
void finish_weak();

// -- walking --

/// Finds descriptors of frame after frame. Deep recursion repeats one return address: then the branch predictor takes
/// the place of two dependent loads per frame.
class FrameWalker {
 public:
  const FrameDescriptor* descriptor(u64 return_address) {
    if (return_address != last_) {
      last_ = return_address;
      found_ = frame_descriptor(return_address);
    }
    return found_;
  }

 private:
  u64 last_ = 0;
  const FrameDescriptor* found_ = nullptr;
};

template <class Visitor>
void visit_frames(u64* sp, u64* end, Visitor&& visit) {
  FrameWalker walker;
  u64 frames = 0;
  for (; sp < end; ++frames) {
    const FrameDescriptor* d = walker.descriptor(*sp);
    if (in_marked_code(*sp)) mark_code(*sp);
    u64* frame = sp + 1;
    const u32* live = reinterpret_cast<const u32*>(d + 1);
    for (u32 w = 0; w < d->live_words; ++w)
      for (u32 bits = live[w]; bits; bits &= bits - 1)
        visit(reinterpret_cast<Value*>(frame + 32 * w + static_cast<u32>(__builtin_ctz(bits))));
    sp = frame + d->frame_words;
  }
  heap().frames_scanned += frames;
}

/// Calls visit(Value*) on each word of a typed object that is a strong value; weak parts are left to the caller.
template <class Visitor>
void visit_typed(u64* p, Visitor&& visit) {
  u64 h = p[0];
  Value* v = reinterpret_cast<Value*>(p);
  auto range = [&](u64 from, u64 to) {
    for (u64 i = from; i < to; ++i) visit(v + i);
  };
  if (header_is_rtd(h)) return range(0, typed_words(h));
  switch (header_kind(h)) {
    case Kind::Vector:
    case Kind::ImmutableVector:
    case Kind::CodeInfo: return range(1, 1 + header_length(h));
    case Kind::Symbol:
    case Kind::Ratnum:
    case Kind::Compnum:
    case Kind::Guardian: return range(1, 3);
    case Kind::Box:
    case Kind::StringWide: return range(1, 2);
    case Kind::Syntax: return range(1, 5);
    case Kind::Continuation:
      range(1, kContinuationFixedWords);
      return visit_frames(p + kContinuationFixedWords, p + kContinuationFixedWords + header_length(h), visit);
    case Kind::WeakPair: return range(2, 3);
    default: return;
  }
}

template <class T>
void PageVector<T>::grow() {
  u64 wanted = capacity ? 2 * capacity : 4096;
  T* fresh = static_cast<T*>(map_pages(wanted * sizeof(T)));
  for (u64 i = 0; i < count; ++i) fresh[i] = items[i];
  if (items) {
    unmap_pages(items, capacity * sizeof(T));
  }
  items = fresh;
  capacity = wanted;
}

}  // namespace loko::memory
