// SPDX-License-Identifier: MIT
//
// What the expander remembers between expansions, and in a dumped image: bindings, libraries, environments.
// All of it is plain vectors and tables, reachable from Context::roots[kRootExpander] (the state) and
// [kRootLibraries] (table: printed name as a symbol -> library).
#pragma once

#include "syntax/stx.h"

namespace loko::syntax {

/// Slots of the state vector at kRootExpander.
enum StateIndex : int {
  kStateNextMark, kStateNextName, kStateNextTask,
  kStateCoreRib,       // rib with everything of (loko core syntax) and (loko core primitives)
  kStateInteraction,   // the interaction environment or #f
  kStateCells,         // fixnum: address of the cell of primitive 0
  kStateCellsFilled,   // #t when the cells hold procedures
  kStateEnvironmentRtd,  // or #f before the first environment
  kStateCount
};
inline Value state() { return context().roots[kRootExpander]; }
/// Counts up a number of the state.
i64 next_number(StateIndex index);

// -- bindings: vectors; their identity is the identity of the binding --

enum class BindingKind : int { Form, Primitive, Variable, Macro };
enum BindingIndex : int {
  kBindingKind,
  kBindingName,     // symbol
  kBindingPayload,  // form number, primitive number, slot address (fixnums); transformer (Unbound: not yet defined)
  kBindingOwner,    // library or environment that defines it
  kBindingFlags,
  kBindingClosure,  // the static closure that an immutable variable of a library will hold, when its code exists, or #f
  kBindingCore,     // of a variable's value, for cp0 in other units (core/stored.h), or #f
  kBindingCount
};
enum BindingFlag : i64 { kFlagImmutable = 1, kFlagAssigned = 2, kFlagExported = 4,
  kFlagUsed = 8 };  // Used: by the library that is being expanded (unused.cpp)

Value make_binding(BindingKind kind, Value name, Value payload, Value owner);
inline BindingKind binding_kind(Value b) { return static_cast<BindingKind>(fixnum_value(vector_at(b, kBindingKind))); }
inline i64 binding_flags(Value b) { return fixnum_value(vector_at(b, kBindingFlags)); }
inline void add_binding_flag(Value b, i64 flag) { vector_put(b, kBindingFlags, fixnum(binding_flags(b) | flag)); }

// -- libraries and programs: vectors; environments: records with the same fields in the same places --

enum LibraryIndex : int {
  kLibraryTag,       // symbol %library, %environment or %program
  kLibraryName,      // list without the version; #f for environments and programs
  kLibraryVersion,   // list
  kLibraryExports,   // table: symbol -> binding
  kLibraryRib,       // what its body sees; #f when no macro can need it
  kLibraryImports,   // list of libraries to instantiate before this one
  kLibraryState,     // LibraryState
  kLibraryBody,      // thunk, or #f when there is nothing to run
  kLibraryFile,      // string or #f
  kLibraryFlags,     // LibraryFlag
  kLibrarySlots,     // addresses of the slots of its variables: list of fixnums
  kLibraryCount
};
enum class LibraryState : int { Expanding, Ready, Running, Done };
enum LibraryFlag : i64 {
  kLibraryBuiltIn = 1,    // (loko core …)
  kLibraryInImage = 2,    // instantiated in the image that is being built
  kLibraryR7rs = 4,
  kEnvironmentMutable = 8 // definitions are allowed
};

Value make_library_record(std::string_view tag, Value name);
Value make_environment_record();
inline LibraryState library_state(Value l) { return static_cast<LibraryState>(fixnum_value(vector_at(l, kLibraryState))); }
inline void set_library_state(Value l, LibraryState s) { vector_put(l, kLibraryState, fixnum(static_cast<i64>(s))); }
inline bool library_flag(Value l, i64 flag) { return fixnum_value(vector_at(l, kLibraryFlags)) & flag; }
inline void add_library_flag(Value l, i64 flag) { vector_put(l, kLibraryFlags, fixnum(fixnum_value(vector_at(l, kLibraryFlags)) | flag)); }
bool is_environment(Value v);

/// "(rnrs base)" as a symbol, from a name list.
Value library_key(Value name);
/// The registered library of that name, or #f.
Value registered_library(Value name);
void register_library(Value library);
void unregister_library(Value name);

/// Makes the state, the core libraries and the primitives' cells, unless an image brought them.
void initialize_bindings();
/// The syntax object of a core identifier, for code that the expander writes itself.
Value core_identifier(const char* name);

}  // namespace loko::syntax
