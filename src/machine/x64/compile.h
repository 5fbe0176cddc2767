// SPDX-License-Identifier: MIT
//
// From a low unit to published machine code. Allocates constant slots and CodeInfo objects; all code lies
// below 2 GiB in memory from allocate_code() and is sealed before its addresses are given out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "low/language.h"

namespace loko::x64 {

struct CompileOptions {
  bool in_image_region = false;
  bool collectable = false;     // the code goes when nothing refers to it; its slots were begun by begin_code_unit()
  u32 atomicity = 0;            // kAtomicCode …: marks of all safepoints and calls
  std::string library_root;     // a prefix of file names that code information shows as "loko:"
  bool verify = false;          // check the register allocation independently
  std::string* dump = nullptr;  // receives a listing
};

/// What a unit becomes.
struct Published {
  u64 thunk_closure = 0;           // bits of the static closure of lambda 0, when it has no free variables
  std::vector<u64> code_entries;   // checked entries, by lambda
};

class UnitCompiler;

/// Makes the code of a unit lambda by lambda, so that only the code and not the functions of all must be in memory, and then publishes it.
class CodeMaker {
 public:
  explicit CodeMaker(const CompileOptions& options);
  ~CodeMaker();
  CodeMaker(const CodeMaker&) = delete;
  CodeMaker& operator=(const CodeMaker&) = delete;

  /// Compiles a lambda of the unit, whose functions nobody needs afterwards. Returns "" or what went wrong.
  std::string compile(const low::Unit& unit, u32 lambda);
  /// Publishes the lambdas of the unit, which all have been compiled. Returns "" or what went wrong (nothing is published then).
  std::string publish(const low::Unit& unit, Published* published);

 private:
  std::unique_ptr<UnitCompiler> compiler_;
};

/// Compiles and publishes all lambdas of a unit. Returns "" or what went wrong (nothing is published then).
std::string compile_and_publish(const low::Unit& unit, const CompileOptions& options, Published* published);

/// The instructions of a published code object for people, one on a line (disassemble.cpp).
std::string disassemble(u64 entry);

}  // namespace loko::x64
