// SPDX-License-Identifier: MIT
//
// The one place that says how values, objects, frames, code and the context page look in memory.
// Shared by the collector, the stubs, the compiler and the image writer; everything here is ABI of
// compiled code. Sources: ARCHITECTURE.md "Values", "Calls", "Address map".
//
// INVARIANT(abi): changing a number in this file invalidates every image; bump kAbiVersion.
#pragma once

#include <cstddef>
#include <cstdint>

namespace loko {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

inline constexpr u32 kAbiVersion = 2;

// ---------------------------------------------------------------------------------------------
// Address map. Everything that code addresses absolutely lies below 2 GiB.

inline constexpr u64 kContextBase = 0x10000000;     // Context, 1 MiB reserved
inline constexpr u64 kArgsBase = 0x10100000;        // argument area: arguments and values 7, 8, …
inline constexpr u64 kArgsCount = u64{1} << 20;     // 8 MiB
inline constexpr u64 kSlotsBase = 0x11000000;       // global cells and constant slots, 8 bytes each
inline constexpr u64 kSlotsEnd = 0x13000000;
inline constexpr u64 kImageCodeBase = 0x14000000;   // code of the image (library, compiled program)
inline constexpr u64 kImageCodeEnd = 0x2c000000;
inline constexpr u64 kImageDataBase = 0x2c000000;   // heap objects of the image: the static generation
inline constexpr u64 kImageDataEnd = 0x40000000;
inline constexpr u64 kCardsBase = 0x40000000;       // card of address a is the byte kCardsBase + (a >> kCardShift)
inline constexpr u64 kRunCodeBase = 0x51000000;     // code published at run time
inline constexpr u64 kLowEnd = 0x58000000;
inline constexpr u64 kHeapBase = 0x100000000;       // the collected heap, reserved in one piece
inline constexpr u64 kHeapMax = u64{256} << 30;
inline constexpr unsigned kCardShift = 10;

// ---------------------------------------------------------------------------------------------
// Values

/// A Scheme value: 61-bit payload and 3 tag bits, or an immediate flonum.
struct Value {
  u64 bits;
  friend constexpr bool operator==(Value a, Value b) { return a.bits == b.bits; }
  friend constexpr bool operator!=(Value a, Value b) { return a.bits != b.bits; }
};
static_assert(sizeof(Value) == 8);

inline constexpr u64 kTagMask = 7;
inline constexpr u64 kTagFixnum = 0;   // value << 3
inline constexpr u64 kTagFlonumA = 1;  // self-tagged flonums: 1, 4, 5
inline constexpr u64 kTagImmediate = 2;
inline constexpr u64 kTagPair = 3;
inline constexpr u64 kTagFlonumB = 4;
inline constexpr u64 kTagFlonumC = 5;
inline constexpr u64 kTagProcedure = 6;
inline constexpr u64 kTagTyped = 7;

inline constexpr u64 kFlonumBias = 0x1010000000000000;  // add to the IEEE bits, then rotate left by 4

// Immediates (tag 2). The low byte tells the kind, the rest is payload. All below 0x80 fit imm8.
inline constexpr u64 kFalse = 0x02;
inline constexpr u64 kTrue = 0x0a;
inline constexpr u64 kNull = 0x12;
inline constexpr u64 kEof = 0x1a;
inline constexpr u64 kCharTag = 0x22;     // code point << 8 | kCharTag
inline constexpr u64 kVoidTag = 0x2a;     // program counter << 8 | kVoidTag; bare kVoidTag is a void without place
inline constexpr u64 kUnbound = 0x32;     // content of a variable before its initialization
inline constexpr u64 kDefault = 0x3a;     // "argument not given" inside the library
inline constexpr u64 kRaiseMark = 0x42;   // returned by a primitive that stored a condition in Context::pending
inline constexpr u64 kDeleted = 0x4a;     // tombstone of hash tables
inline constexpr u64 kForwardMark = 0x7a; // first word of an object that was moved; the new reference is in the next word

inline constexpr i64 kFixnumBits = 61;
inline constexpr i64 kFixnumMax = (i64{1} << 60) - 1;
inline constexpr i64 kFixnumMin = -(i64{1} << 60);

// ---------------------------------------------------------------------------------------------
// Typed objects (tag 7). First word: either a reference to the rtd (low three bits 7), then it is a
// record; or a header  length << 8 | flags(3 bits) << 5 | kind(5 bits).
// INVARIANT(kind): kind & 7 != 7, so that a header is never taken for an rtd reference.
// Every object is a multiple of 16 bytes?  No: of 8 bytes; addresses are 8-byte aligned.
// INVARIANT(two words): every heap object has at least two words, so that it can be forwarded.

enum class Kind : u8 {
  Vector = 0x01,       // [h length][element …]
  String1 = 0x02,      // [h length][Latin-1 bytes, padded to 8 with zeros]; length 0 still has one data word
  String4 = 0x06,      // [h length][UTF-32 words, padded]
  StringWide = 0x0a,   // [h length][reference to String4] : a widened String1 (same size as before); collector removes it
  Bytevector = 0x05,   // [h length][bytes, padded]; length 0 still has one data word
  // Literals and names of symbols: laid out like those above, but mutators refuse them. See kImmutableKind.
  ImmutableVector = 0x11,
  ImmutableString1 = 0x12,
  ImmutableString4 = 0x16,
  ImmutableBytevector = 0x15,
  Symbol = 0x03,       // [h 0|flags][hash: fixnum][name: immutable string]; flag bit 0: uninterned
  Bignum = 0x08,       // [h limbs|flag0=sign][64-bit limbs, least first]; normalized: not a fixnum, top limb != 0
  Ratnum = 0x09,       // [h][numerator][denominator]; lowest terms, denominator > 1
  Flonum = 0x0b,       // [h][IEEE double], only for values outside the immediate range
  Compnum = 0x0d,      // [h][real][imaginary]: both exact (imaginary != 0) or both flonums
  Box = 0x0c,          // [h][value]: assigned variables and boxes
  Continuation = 0x04, // see Continuation below
  WeakPair = 0x10,     // [h][car, weak][cdr]
  Ephemeron = 0x13,    // [h][key][value]
  Guardian = 0x14,     // [h][queue of (object . representative)…] (layout is the collector's)
  Syntax = 0x19,       // [h][expression][scopes][source][reserved]: syntax object, made by the expander
  Handle = 0x1c,       // [h length][raw words…]: bytes of the process (never dumped), not scanned
  CodeInfo = 0x1d,     // [h length][name][file][line][column][documentation]…: like a vector
  Filler = 0x18,       // [h length in words after the header]: hole
};
inline constexpr u64 kKindMask = 0x1f;
inline constexpr u64 kHeaderFlag0 = 0x20;
inline constexpr u64 kHeaderFlag1 = 0x40;
inline constexpr u64 kHeaderFlag2 = 0x80;
inline constexpr unsigned kLengthShift = 8;
/// The bit of the kind that tells immutable strings, vectors and bytevectors from mutable ones. It is one of the kind
/// and no flag, so that the header >> 5 is a length as a fixnum whatever the kind. Readers compare the kind under a mask
/// that leaves it out, mutators the whole kind: both are one test (docs/adr/0010).
/// INVARIANT(sequences): the masked kinds below are those of no other object, nor bits of an rtd reference.
inline constexpr u64 kImmutableKind = 0x10;
inline constexpr u64 kSequenceMask = 0x0f;   // (h & kSequenceMask) == Vector, Bytevector or String1: of either kind
inline constexpr u64 kStringMask = 0x03;     // (h & kStringMask) == String1: a string of any width and either kind

/// Byte offsets of fields from a *tagged* reference.
inline constexpr i32 kCarOffset = -3;
inline constexpr i32 kCdrOffset = 5;
inline constexpr i32 kHeaderOffset = -7;
inline constexpr i32 kField0Offset = 1;      // first word after the header of a typed object
inline constexpr i32 kEntryOffset = -6;      // entry of a procedure
inline constexpr i32 kFreeVar0Offset = 2;    // first free variable of a procedure

/// Records: word 0 is the rtd; fields follow. A record-type descriptor is itself a record of
/// kRtdFields fields whose rtd is the base rtd (its own rtd). All fields are values.
/// Records without fields still occupy two words (the second is kFalse).
enum RtdField : int {
  kRtdSize,        // fixnum: number of fields of instances, inherited ones included
  kRtdName,        // symbol
  kRtdParent,      // rtd or #f
  kRtdUid,         // symbol or #f (generative)
  kRtdFlags,       // fixnum: 1 sealed, 2 opaque
  kRtdDepth,       // fixnum: number of ancestors
  kRtdAncestors,   // vector of depth + 1 rtds, root first, itself last
  kRtdFieldNames,  // vector of symbols, own fields only
  kRtdMutability,  // fixnum: bit i set iff own field i is mutable
  kRtdExtra,       // free for the library (default constructor descriptor, printer, …)
  kRtdFields
};

/// The fields of a port that templates and the runtime know (scheme/loko/base/port-records.sls).
enum PortField : int { kPortFlags, kPortId, kPortIbuf, kPortIpos, kPortIend, kPortObuf, kPortOpos, kPortOlimit, kPortExtra = 16, kPortLine = 18, kPortColumn };

/// Procedure: [entry: raw code address][free variables…]. Word before entry etc.: CodeHeader.
/// A procedure without free variables is the `closure` word of its code header: static, never moves.
struct CodeHeader {
  i32 arity;          // n >= 0: exactly n arguments; -1 - n: at least n; kArityCases: several clauses
  u32 direct;         // offset of the direct entry from the checked entry (meaningless with kArityCases)
  u64 closure;        // = address of the entry; reference to this word with tag 6 is the static closure
  u32 info_slot;      // address of the constant slot with the CodeInfo, or 0
  u32 size;           // bytes from the entry to the end of the code object, descriptors included
  u32 nfree;          // number of free variables of its closures
  u32 registry;       // index in the code registry (image writer, disassembler)
  // code follows: the checked entry, 16-byte aligned
};
static_assert(sizeof(CodeHeader) == 32);
inline constexpr i32 kArityCases = INT32_MIN;
inline constexpr i32 kStaticClosureFromEntry = -24;  // address of the closure word relative to the entry

inline const CodeHeader* code_header(u64 entry) {
  return reinterpret_cast<const CodeHeader*>(entry - sizeof(CodeHeader));
}

/// Bits of FrameDescriptor::reg_mask beside those of the registers. A safepoint in atomic code (tables, ports …) leaves a timer
/// interrupt pending until the program is in other code; one in uninterruptible code (the scheduler) also the user's
/// interrupt. So fibers are never switched inside of an operation of the library. Code that is marked kCallersCode (lists,
/// sorting …) is as atomic as the innermost frame without this mark: so calls have these bits, too.
inline constexpr u32 kAtomicCode = u32{1} << 31;
inline constexpr u32 kUninterruptibleCode = u32{1} << 30;
inline constexpr u32 kCallersCode = u32{1} << 29;
/// Beside kUninterruptibleCode: a signal that ends the process waits, too.
inline constexpr u32 kIndivisibleCode = u32{1} << 28;

/// Describes the frame above a return address. It is found in the instruction after the call:
/// `nop dword [rax + disp32]` (0F 1F 80 disp32), disp32 = absolute address of this descriptor.
/// The frame is the `frame_words` words above the return address; the next return address follows.
struct FrameDescriptor {
  u32 mv_entry;     // absolute address that takes n != 1 values (count in eax, values as arguments)
  u32 frame_words;  // words between this return address and the next one
  u32 info_slot;    // address of the slot with the CodeInfo (for backtraces), or 0
  u32 place;        // line << 10 | column (0: unknown; columns above 1022 are 1023)
  u32 reg_mask;     // safepoints only: bit r set iff saved register r (hardware number) is a tagged value;
                    // of calls, too: kAtomicCode, kUninterruptibleCode, kCallersCode
  u32 live_words;   // number of u32 that follow
  // u32 live[live_words]: bit i set iff frame word i (0 = just above the return address) is a tagged value
  bool is_live(u32 i) const {
    const u32* live = reinterpret_cast<const u32*>(this + 1);
    return i / 32 < live_words && (live[i / 32] >> (i % 32) & 1);
  }
};
static_assert(sizeof(FrameDescriptor) == 24);
inline const FrameDescriptor* frame_descriptor(u64 return_address) {
  return reinterpret_cast<const FrameDescriptor*>(
      static_cast<u64>(*reinterpret_cast<const u32*>(return_address + 3)));
}

/// Kind::Continuation: a piece of stack that was copied out, immutable, at most kContinuationWords of frames.
/// Captured pieces are small at the top of the stack (kFirstPieceWords) and double downwards, so that entering a
/// continuation and capturing it again copies what was touched in between, however deep the stack is.
struct Continuation {
  u64 header;       // length = number of frame words
  Value link;       // the continuation below: Continuation or #f
  Value winders;    // dynamic state at capture
  Value handlers;
  Value params;
  u64 frames[1];    // raw stack words: return address, its frame, next return address, …
};
inline constexpr u64 kContinuationFixedWords = 5;
inline constexpr u64 kContinuationWords = 1024;
inline constexpr u64 kFirstPieceWords = 24;

// ---------------------------------------------------------------------------------------------
// Registers and calls
//
// Arguments 0–5 in rdi rsi rdx rcx r8 r9, the others in Context::args (kArgsBase) as argument i at
// kArgsBase + 8 * (i - 6). Count in eax for the checked entry only. Closure in r10 (only if it has
// free variables or the call is unknown). Result rax; n != 1 values as arguments with the count in eax,
// at the mv_entry of the descriptor, the return address popped. r15 allocation pointer, rsp Scheme stack.
// r11 is never allocated (scratch of stubs and moves). All registers are caller-saved.

inline constexpr int kArgRegisters = 6;
enum HwReg : int { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

// Procedures of the library that the runtime calls when something must be done in Scheme.
// Each is called like any procedure; arguments in brackets.
enum Hook : int {
  kHookRaisePending,    // [] : raise what is in Context::pending
  kHookWrongArgs,       // [procedure, list of arguments]
  kHookNotProcedure,    // [object, list of arguments]
  kHookPrimitiveFailed, // [primitive name symbol, list of arguments]: inline check failed; find out why and raise
  kHookInterrupt,       // [fixnum bits of InterruptBit]: at a safepoint; its result is ignored
  kHookUnbound,         // [CodeInfo-or-#f, symbol]: variable used before its initialization
  kHookTrap,            // [trap number, address, program counter]
  kHookValueCount,      // [list of values, how many were expected]
  kHookExit,            // [status]
  kHookLongWork,        // [number of LongWork, list of arguments]: does the work of a primitive in pieces; its value is the primitive's
  kHookCount = 16
};

enum InterruptBit : u32 { kInterruptUser = 1, kInterruptTimer = 2, kInterruptHeapFull = 4, kInterruptStackFull = 8,
                          kInterruptSignal = 16, kInterruptGuardian = 32 };

// Entry table: addresses of stubs and runtime functions, by index, so that code does not depend on
// where the runtime is linked. Stubs first; then one entry per `(runtime …)` primitive in table order.
enum Stub : int {
  kStubSafepoint,      // call; descriptor has reg_mask. Collects, grows stack, runs interrupt hook, resumes
  kStubEntrySafepoint, // same, used at entry (frame_words = 0)
  kStubAlloc,          // call; eax is NOT touched; r11 = bytes wanted; r15 already advanced. Never collects:
                       // supplies a chunk, returns with r15 advanced past `bytes` there. Preserves all other registers
  kStubCCall,          // call; r11 = address of the C++ function; switches stacks; result in rax; raises on kRaiseMark
  kStubWrongArgs,      // jump; r10 closure, eax count, arguments in place
  kStubNotProcedure,   // jump; r10 object, eax count, arguments in place
  kStubPrimFailed,     // call; r10 = symbol (primitive's name), eax = count, arguments in place. Does not return normally,
                       // but has a descriptor (backtrace); a value returned by the hook is the value of the operation
  kStubConsRest,       // call; eax = count, r11 = number of required arguments n; leaves the list as argument n
  kStubValues,         // jump; eax = count, values in argument positions: return them
  kStubCallWithValues, // the entry of the procedure call-with-values: rdi producer, rsi consumer
  kStubCallCC,         // rdi = procedure, called with the raw Continuation
  kStubReinstate,      // rdi = Continuation, rsi = list of values
  kStubApply,          // rdi = procedure, rsi = list of arguments; tail call
  kStubUnbound,        // call; r10 = symbol: variable not initialized
  kStubValueCountError,// mv_entry of continuations that take exactly one value
  kStubValuesList,     // rdi = list of values: return them (for the procedure `values`)
  kStubStartStack,     // rdi = procedure, called without arguments on an empty stack; it must not return
  kStubContinue,       // rdi = Continuation, rsi = the one value that it gets
  kStubCallCCProcedure,// rdi = procedure with one free variable; rsi = procedure, called with a copy of rdi whose free variable
                       // is the present Continuation
  kStubReceivedCount,  // jump; eax = count, values in argument positions, r10 = the fixnum that was expected; the return address was popped
  kStubCount = 32
};
inline constexpr int kEntryTableSize = 2048;

/// State of one heap and its mutator, at kContextBase. "No globals": everything that is per heap is here.
struct Context {
  u64 stack_limit;      // +0  cmp rsp,[kContextBase]: below it means safepoint work. ~0 when something is pending
  u64 alloc_limit;      // +8  cmp r15,[…]
  u64 alloc;            // +16 allocation pointer while C++ runs
  u64 c_sp;             // +24 C stack while Scheme runs
  u64 scheme_sp;        // +32 Scheme stack while C++ runs
  u64 stack_base;       // +40 highest word of the Scheme stack: holds the underflow return address
  u64 stack_low;        // +48 lowest usable address (real limit)
  Value link;           // +56 continuation below stack_base: Continuation or #f
  Value winders;        // +64 dynamic state
  Value handlers;       // +72
  Value params;         // +80
  Value pending;        // +88 list (kind who message irritant …) of a primitive that returned kRaiseMark
  u64 saved[16];        // +96 registers saved by stubs, hardware numbering
  u64 saved_mask;       // +224 which of `saved` are values while the collector may run
  u64 saved_args;       // +232 number of live words in the argument area while the collector may run; code sets it before kStubEntrySafepoint
  u32 interrupts;       // +240 InterruptBit, set by signal handlers too
  u32 torture;          // +244 collect at every n-th safepoint; 0 off
  u64 collections;      // +248
  u64 allocated;        // +256 bytes allocated before the present nursery
  u64 address_epoch;    // +264 increased when objects that were not in the nursery moved
  u64 nursery_epoch;    // +272 increased at every collection
  u64 slots_top;        // +280 next free slot address
  u64 image_code_top;   // +288 next free address in the image code region
  u64 run_code_top;     // +296
  u64 image_data_top;   // +304
  u64 argc;             // +312 of the process
  char** argv;          // +320
  char** envp;          // +328
  void* heap;           // +336 the collector's own state
  void* compiler;       // +344 the compiler's own state (null in programs without eval)
  Value hooks[kHookCount];   // +352
  Value roots[64];           // roots of the image: symbol table, libraries, … (RootIndex)
  u64 double_abs_mask[2];    // 16-byte aligned constants for andpd and xorpd
  u64 double_sign_mask[2];
  u64 entries[kEntryTableSize];
  u32 switch_torture;   // a timer interrupt at every n-th safepoint; 0 off
  u32 switch_count;
  u32 deferrals;        // how often the pending timer interrupt was put off since the timer fired
  i32 slice_timer;      // the kernel's timer of time slices, valid in the process slice_pid
  u64 slice_pid;
  u64 clock_function;   // os::read_clock's: 0 not looked for, 1 none, else the address of the vDSO's clock_gettime
  Value received[kArgRegisters];  // the first of several values, from the entry of a call that receives them until they are loaded
};
static_assert(offsetof(Context, alloc_limit) == 8 && offsetof(Context, link) == 56 && offsetof(Context, saved) == 96 &&
              offsetof(Context, interrupts) == 240 && offsetof(Context, hooks) == 352);
static_assert(offsetof(Context, double_abs_mask) % 16 == 0);

enum RootIndex : int {
  kRootSymbolTable,   // weak; layout in runtime/data/symbols
  kRootLibraries,     // registry of the expander
  kRootBaseRtd,       // the rtd of rtds
  kRootMain,          // procedure called at start
  kRootExpander,      // other persistent state of the expander
  kRootUidTable,      // nongenerative record types by uid
  kRootCharTables,
  kRootEnvironment,
  kRootStub,          // bytevector: the ELF file of the runtime stub, for compiled programs
  kRootReach,         // bytevector or #f: the reach table of the program (runtime/io/snapshot_format.h)
  kRootLibrary0 = 32, // free for the Scheme library: (%root i) (%root-set! i v), i from 0 to 31
  kRootCount = 64
};

/// Offset in the context of the k-th of several values that a call has received.
inline constexpr i64 received_offset(u32 k) {
  constexpr u32 in_context = kArgRegisters;
  return k < in_context ? static_cast<i64>(offsetof(Context, received)) + 8 * k : static_cast<i64>(kArgsBase - kContextBase) + 8 * (k - in_context);
}
inline Context& context() { return *reinterpret_cast<Context*>(kContextBase); }

// ---------------------------------------------------------------------------------------------
// Constructors and accessors that everybody needs. No checks here.

constexpr Value fixnum(i64 n) { return Value{static_cast<u64>(n) << 3}; }
constexpr i64 fixnum_value(Value v) { return static_cast<i64>(v.bits) >> 3; }
constexpr bool is_fixnum(Value v) { return (v.bits & 7) == 0; }
constexpr bool fits_fixnum(i64 n) { return n >= kFixnumMin && n <= kFixnumMax; }
constexpr Value boolean(bool b) { return Value{b ? kTrue : kFalse}; }
constexpr Value character(u32 c) { return Value{u64{c} << 8 | kCharTag}; }
constexpr bool is_char(Value v) { return (v.bits & 0xff) == kCharTag; }
constexpr u32 char_value(Value v) { return static_cast<u32>(v.bits >> 8); }
constexpr bool is_void(Value v) { return (v.bits & 0xff) == kVoidTag; }
inline constexpr Value False{kFalse};
inline constexpr Value True{kTrue};
inline constexpr Value Null{kNull};
inline constexpr Value Eof{kEof};
inline constexpr Value Void{kVoidTag};
inline constexpr Value Unbound{kUnbound};
inline constexpr Value Default{kDefault};
inline constexpr Value RaiseMark{kRaiseMark};

constexpr u64 tag(Value v) { return v.bits & 7; }
constexpr bool is_pair(Value v) { return tag(v) == kTagPair; }
constexpr bool is_procedure(Value v) { return tag(v) == kTagProcedure; }
constexpr bool is_typed(Value v) { return tag(v) == kTagTyped; }
/// Immediate flonums: tags 1, 4, 5.
constexpr bool is_immediate_flonum(Value v) { return (v.bits & 2) == 0 && (v.bits & 7) != 0; }
/// True iff v refers to memory (pair, procedure or typed object), wherever that memory is.
constexpr bool is_reference(Value v) { u64 t = tag(v); return t == 3 || t >= 6; }

inline u64* untagged(Value v) { return reinterpret_cast<u64*>(v.bits & ~u64{7}); }
inline u64& word(Value v, i64 i) { return untagged(v)[i]; }
inline Value& slot(Value v, i64 i) { return reinterpret_cast<Value*>(untagged(v))[i]; }
/// Of pairs only: the tag is subtracted, not masked, so that it is part of the load.
inline Value car(Value p) { return *reinterpret_cast<Value*>(p.bits - kTagPair); }
inline Value cdr(Value p) { return *reinterpret_cast<Value*>(p.bits - kTagPair + 8); }
inline u64 header(Value v) { return word(v, 0); }
constexpr bool header_is_rtd(u64 h) { return (h & 7) == kTagTyped; }
constexpr u64 make_header(Kind k, u64 length, u64 flags = 0) { return length << kLengthShift | flags | static_cast<u64>(k); }
constexpr u64 header_length(u64 h) { return h >> kLengthShift; }
constexpr Kind header_kind(u64 h) { return static_cast<Kind>(h & kKindMask); }
inline bool is_kind(Value v, Kind k) {
  return is_typed(v) && (header(v) & kKindMask) == static_cast<u64>(k) && !header_is_rtd(header(v));
}
inline bool is_record(Value v) { return is_typed(v) && header_is_rtd(header(v)); }
inline u64 length_of(Value v) { return header_length(header(v)); }
inline bool is_vector(Value v) { return is_typed(v) && (header(v) & kSequenceMask) == static_cast<u64>(Kind::Vector); }
inline bool is_bytevector(Value v) { return is_typed(v) && (header(v) & kSequenceMask) == static_cast<u64>(Kind::Bytevector); }
inline bool is_symbol(Value v) { return is_kind(v, Kind::Symbol); }
inline bool is_string(Value v) { return is_typed(v) && (header(v) & kStringMask) == static_cast<u64>(Kind::String1); }
/// True iff the string has one byte per character.
inline bool is_narrow(Value string) { return (header(string) & kSequenceMask) == static_cast<u64>(Kind::String1); }
/// Of a string, vector or bytevector: do mutators refuse it?
inline bool is_immutable(Value v) { return (header(v) & kImmutableKind) != 0; }
/// Makes a string (of one representation), vector or bytevector immutable that nobody else has seen.
inline void freeze(Value fresh) { word(fresh, 0) |= kImmutableKind; }
inline u8* bytes_of(Value v) { return reinterpret_cast<u8*>(untagged(v) + 1); }

constexpr u64 rotate_left(u64 x, unsigned n) { return x << n | x >> (64 - n); }
inline double flonum_decode(Value v) {
  u64 b = rotate_left(v.bits, 60) - kFlonumBias;
  return __builtin_bit_cast(double, b);
}
/// The self-tagged encoding; it is a flonum only if its tag is 1, 4 or 5 (else box it).
inline Value flonum_encode(double d) { return Value{rotate_left(__builtin_bit_cast(u64, d) + kFlonumBias, 4)}; }
inline bool is_flonum(Value v) { return is_immediate_flonum(v) || is_kind(v, Kind::Flonum); }
inline double flonum_value(Value v) {
  return is_immediate_flonum(v) ? flonum_decode(v) : __builtin_bit_cast(double, word(v, 1));
}

}  // namespace loko
