// SPDX-License-Identifier: MIT
//
// Expansions as tasks that a driver steps: a task never calls Scheme, it returns a request (ARCHITECTURE.md,
// "Expansion is a coroutine"). The driver is Scheme code in `loko` and run_task's callback in loko-boot.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/arena.h"
#include "base/diagnostics.h"
#include "syntax/compiler.h"
#include "syntax/coroutine.h"
#include "text/reader.h"

namespace loko::syntax {

class Expander;

/// What a task wants or has.
struct Step {
  enum class Kind {
    Call,   // apply `procedure` to the list `arguments`, resume with its value; procedure #f: resume with #f at once
    Done,   // `result`: for evaluations a thunk to call (or #f: nothing to run), else what the task is about
    Failed  // see Task::failure
  } kind = Kind::Failed;
  Value procedure = False;
  Value arguments = Null;
  bool is_transformer = false;  // the procedure is called for the use of a macro
  Value result = False;
};

/// Why a task failed.
struct Failure {
  std::string kind;      // "syntax", "lexical", "import", "file", "undefined", "implementation-restriction"
  std::string message;   // first error, without place
  std::string place;     // file:line:column, or ""
  std::string rendered;  // everything, for people
  Handle form{};         // the offending datum or #f
  Handle subform{};      // what is wrong in it, if it is not the whole
};

/// One expansion.
class Task {
 public:
  enum class What {
    Eval,         // argument: datum or syntax, in environment
    Text,         // all forms of a source, evaluated one by one in environment (REPL, load)
    Program,      // a source as a top-level program
    Expand,       // argument in environment: the core expression as a datum
    Optimize,     // likewise, after the source-level optimizer
    Environment,  // argument: list of import specs -> environment
    Library,      // argument: library name -> the library's record, instantiated in mode Run
    Import        // argument: list of import specs, into environment
  };
  Task(Compiler& compiler, What what, Value argument, Value environment);
  /// For Text and Program.
  Task(Compiler& compiler, What what, SourceId source, text::Dialect dialect, Value environment);
  ~Task();
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  Step start() { return resume(False); }
  /// Goes on with the result of the call that the last step asked for.
  Step resume(Value result_of_call);
  /// Ends it early; also done by the destructor.
  void abandon();
  bool finished() const { return finished_; }
  const Failure& failure() const { return failure_; }
  /// Errors and warnings so far.
  Diagnostics& diagnostics() { return diagnostics_; }
  Compiler& compiler() { return compiler_; }
  Expander* expander() { return expander_.get(); }

  // -- while a transformer runs --
  /// Where the syntax object of a syntax violation stands that is being raised.
  void set_violation(Span span) { violation_ = span; }
  /// What was reported so far and then `message` at the macro use (or at the violation), for people.
  std::string render_exception(const std::string& message);

  // -- for the expander, on the coroutine --
  Value call(Value procedure, Value arguments);
  /// Runs a transformer on the use of a macro. What it raises is told by the place of `form`.
  Value transform(Value procedure, Value input, Value form);
  bool cancelled() const { return cancelled_; }
  Coroutine& coroutine() { return coroutine_; }
  HandleArena& handles() { return handles_; }
  Arena& arena() { return arena_; }
  Failure& failure_slot() { return failure_; }

 private:
  static void body(void* self);
  void leave();
  Compiler& compiler_;
  What what_;
  SourceId source_ = 0;
  text::Dialect dialect_ = text::Dialect::Loko;
  Arena arena_;
  HandleArena handles_;
  Handle argument_, environment_, transfer_;  // transfer_: what goes in and out
  Handle call_procedure_, call_arguments_;
  Handle use_;      // the use of a macro whose transformer is called, or #f
  Span violation_;
  Diagnostics diagnostics_;
  Failure failure_;
  std::unique_ptr<Expander> expander_;
  Coroutine coroutine_;
  bool started_ = false, finished_ = false, cancelled_ = false, failed_ = false;
};

/// Drives a task from C++'s top level: calls are served by `apply`.
Step run_task(Task& task, const std::function<Value(Value procedure, Value arguments)>& apply);

/// The environment of the REPL; made empty on first use.
Value interaction_environment();
/// The libraries that are loaded: list of name lists.
Value loaded_libraries();

}  // namespace loko::syntax
