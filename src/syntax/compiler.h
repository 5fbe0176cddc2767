// SPDX-License-Identifier: MIT
//
// What all expansions of a process share: source texts, where libraries are, and how core becomes code.
// The libraries themselves are heap data (bindings.h), so that they survive in an image.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/source.h"
#include "core/language.h"

namespace loko::syntax {

class Task;

/// One per process; owned by cli/.
struct Compiler {
  enum class Mode {
    Run,     // libraries are instantiated on demand (REPL, --program, loko-boot)
    Compile  // ahead of time: a program's result is the list of its bodies
  };

  Compiler();
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  SourceManager sources;
  // Where libraries are looked up, in this order:
  std::vector<std::string> path_directories;    // -L and LOKO_LIBRARY_PATH
  std::vector<std::string> directories;         // (library-directories)
  std::vector<std::string> system_directories;
  std::vector<std::string> extensions;   // with their dots, in order
  std::vector<std::string> features;     // of cond-expand
  Mode mode = Mode::Run;
  bool in_image = false;        // compiled code goes to the image's code region
  bool building_image = false;  // libraries instantiated now will be in the image (loko-boot)

  bool creates_loci = false;    // a form was expanded that does ((loko loci))

  /// Makes a procedure of no arguments of a unit; kFalse after errors were reported.
  std::function<Value(core::Unit&, Diagnostics&, bool in_image)> compile;
  /// Runs the source-level optimizer on a unit (for expand/optimize); may be empty.
  std::function<void(core::Unit&)> optimize;
  /// Called with each file that is read (dependencies, progress); may be empty.
  std::function<void(const std::string&)> on_file;

  Task* current = nullptr;       // the task that runs, or whose request is being served
  std::vector<Task*> started;    // those that have not ended, the latest last
  static Compiler* instance;

  /// Does code go where the image writer finds it? In mode Compile macros are in the image, too (eval).
  bool image_code() const { return in_image || building_image || mode == Mode::Compile; }
  /// Reads LOKO_LIBRARY_PATH and LOKO_LIBRARY_FILE_EXTENSIONS; `directories` becomes (".").
  void set_default_directories(const std::vector<std::string>& system);
  /// All directories, in the order of the search.
  std::vector<std::string> all_directories() const;
  /// Is it a file of an installed package? Warnings about style are not for those who use it.
  bool is_system_file(const std::string& path) const;
  /// The text of a file as a new source; 0 if it can't be read.
  SourceId read_file(const std::string& path);
};

/// Registers the `(compiler …)` primitives in the entry table; call it once the runtime is up.
void install_compiler_entries();

}  // namespace loko::syntax
