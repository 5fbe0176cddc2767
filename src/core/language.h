// SPDX-License-Identifier: MIT
//
// Core: the output of the expander and the language of the source-level optimizer. All names are
// resolved; evaluation is left to right. Nodes live in an Arena and are mutable in place by passes
// that own the tree; a Variable is bound exactly once.
//
// text form (core/print, core/read):
//   (quote d) x (set! x e) (global g), in texts for tests also (global g "library"), (define-global! g e) (set-global! g e) (if a b c) (begin e …)
//   (lambda [name] (clause (x … . rest) e) …) (let ((x e) …) e) (letrec ((x lambda) …) e) (letrec* ((x e) …) e)
//   (let-exit ((k lambda)) e): a let whose variable is an exit
//   (receive (x y …) e1 e2): a let whose variables, two or more, get the values of e1, as many;
//   (receive (n) e1 e2): n is the number of the values, which e2 takes at once with %received and %received-list
//   (call f e …) (prim name e …) (primref name)
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/shared_text.h"
#include "base/source.h"
#include "runtime/memory/heap.h"
#include "tables/primitives.h"

namespace loko::core {

struct Expr;

/// A lexical variable.
struct Variable {
  SharedText name;        // for people; may repeat
  u32 id = 0;             // unique within a Unit
  bool assigned = false;  // target of a Set (kept exact by passes)
  bool referenced = true;
  bool exit = false;      // its calls jump out of the let that binds it, with that let's value (made by low/exits)
  void* info = nullptr;   // scratch of the running pass
};

/// A variable of a library, a program's top level or the REPL: a cell in static memory.
struct Global {
  std::string name;
  std::string library;    // printed name of the library, empty for programs and the REPL
  u32 cell = 0;           // slot address
  bool immutable = false; // never assigned after its definition (library and program variables that are no target of set!)
  bool defined_here = false;      // this unit contains its DefineGlobal
  bool initialized = false;       // surely has a value when this unit runs (imported from an instantiated library)
  Expr* definition = nullptr;     // with defined_here: the defining expression, when there is exactly one
  Handle binding{};               // its binding for the expander, if it has one
  Handle closure{};               // of an imported one: the static closure that it will hold, or #f
  Handle core{};                  // of an imported one: the core of its value, if that was kept (stored.h)
  void* info = nullptr;
};

enum class Tag : u8 {
  Quote, Ref, Set, GlobalRef, GlobalDefine, GlobalSet, If, Begin, Lambda, Let, Letrec, LetrecStar, Call, Prim, PrimRef
};

struct Clause {
  std::vector<Variable*> required;
  Variable* rest = nullptr;
  Expr* body = nullptr;
};

struct Binding {
  Variable* variable;
  Expr* value;
};

/// One node; which members count depends on `tag`.
struct Expr {
  Tag tag;
  Span span{};                       // where it came from
  Handle datum{};                    // Quote
  Variable* variable = nullptr;      // Ref, Set
  Global* global = nullptr;          // GlobalRef, GlobalDefine, GlobalSet
  PrimitiveId primitive{};           // Prim, PrimRef
  SharedText name;                   // Lambda: name for people
  SharedText doc;                    // Lambda: docstring if known
  std::vector<Clause> clauses;       // Lambda (several: case-lambda)
  std::vector<Binding> bindings;     // Let, Letrec (lambdas only), LetrecStar
  std::vector<Expr*> parts;          // If: 3; Begin: n >= 1; Call: operator then operands; Prim: operands
  bool receives = false;             // Let: the first value gives the values of all variables (made by low/receive); the others are (quote void). One variable: it gets their number
  Expr* body = nullptr;              // Let, Letrec, LetrecStar; Set, GlobalDefine, GlobalSet: the value
  void* info = nullptr;
};

/// Whether fibers are switched at the safepoints of a unit, the lowest first (abi.h has the marks of safepoints).
enum class Atomicity : u8 {
  None,       // everywhere: the user's code
  AsCaller,   // where its caller's may be: library code without state
  Atomic,     // nowhere: one step of a library, unless it calls the user's code or waits
  Scheduler,  // nor may the user interrupt
  Indivisible,  // nor may a signal end the process: it never waits
};

/// What is compiled together: a REPL form, a library body or a whole program. Its value is `body`'s.
/// INVARIANT(trees): nodes and variables may be in `tree`, which a pass that makes everything anew replaces; globals are not.
struct Unit {
  Arena* arena = nullptr;
  std::unique_ptr<Arena> tree;       // of nodes and variables, when a pass has made them anew; else they are in `arena`
  HandleArena* handles = nullptr;
  std::string name;                  // file or library, for debug information
  Expr* body = nullptr;
  std::vector<Global*> globals;      // those it mentions
  bool wants_warnings = false;       // its text is the user's
  bool runs_at_once = false;         // a form of the REPL
  u32 next_variable = 1;
  std::function<Global*(Value binding)> resolve;          // the variable of a binding that a stored core refers to
  std::function<void(Value binding, Value core)> store;   // keeps a core for other units
  std::function<void(Value binding, Value closure)> note_closure;  // the static closure that a variable will hold
  Atomicity atomicity = Atomicity::None;
  bool is_program = false;           // the body of a program, not of a library or a macro transformer

  Arena& trees() { return tree ? *tree : *arena; }

  Variable* new_variable(SharedText name);
  Expr* make(Tag tag, Span span);
};

}  // namespace loko::core
