// SPDX-License-Identifier: MIT
//
// See pipeline.h. Each stage is timed; --dump=STAGE prints what a stage made.
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <time.h>

#include "core/build.h"
#include "core/optimize.h"
#include "core/passes.h"
#include "core/print.h"
#include "core/warn.h"
#include "low/lower.h"
#include "low/print.h"
#include "low/verify.h"
#include "machine/x64/compile.h"
#include "core/primitive_cells.h"

namespace loko::pipeline {
namespace {

struct Stage {
  const char* name;
  double seconds = 0;
  unsigned long runs = 0;
};
Stage stages[] = {{"optimize"}, {"lower"}, {"x64"}};

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Adds the time of its life to a stage.
class Timer {
 public:
  explicit Timer(Stage& stage) : stage_(stage), start_(now()) {}
  ~Timer() {
    stage_.seconds += now() - start_;
    ++stage_.runs;
  }

 private:
  Stage& stage_;
  double start_;
};

void dump(const char* stage, const std::string& text) {
  if (options().dump == stage || options().dump == "all") fprintf(stderr, ";; %s\n%s\n", stage, text.c_str());
}

/// The procedure of a primitive that no library defines is made from its table row when it is first mentioned.
void make_primitive_procedures(const core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image) {
  std::vector<PrimitiveId> missing;
  std::vector<core::Expr*> work{unit.body};
  while (!work.empty()) {
    core::Expr* e = work.back();
    work.pop_back();
    if (e->tag == core::Tag::PrimRef && slot_at(primitive_cell(e->primitive)) == Unbound) missing.push_back(e->primitive);
    core::for_each_child(e, [&](core::Expr* child) { work.push_back(child); });
  }
  for (PrimitiveId id : missing) {
    if (slot_at(primitive_cell(id)) != Unbound) continue;
    Arena arena;
    HandleArena handles;
    core::Unit own;
    own.arena = &arena;
    own.handles = &handles;
    own.name = primitive_info(id).name;
    own.body = core::make_primitive_lambda(own, id);
    if (!own.body) continue;
    low::Unit low_unit = low::lower(own, diagnostics, options());
    low_unit.sources = &sources;
    x64::CompileOptions how;
    how.in_image_region = in_image;
    x64::Published published;
    std::string problem = x64::compile_and_publish(low_unit, how, &published);
    if (!problem.empty() || published.code_entries.size() < 2) {
      diagnostics.error({}, "internal error: no procedure for the primitive " + own.name + ": " + problem);
      return;
    }
    u64 entry = published.code_entries[1];
    set_slot(primitive_cell(id), Value{(entry + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure});
  }
}

}  // namespace

Options& options() {
  static Options instance;
  return instance;
}

Value compile(core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image) {
  const Options& o = options();
  if (!o.dump.empty()) dump("core", core::print(unit.body));
  if (unit.wants_warnings) {
    core::recompute_flags(unit);
    core::warn(unit, diagnostics);
  }
  {
    Timer timer(stages[0]);
    core::optimize(unit, o);
  }
  if (!o.dump.empty()) dump("optimized", core::print(unit.body));
  make_primitive_procedures(unit, sources, diagnostics, in_image);
  low::Unit low_unit;
  {
    Timer timer(stages[1]);
    low_unit = low::lower(unit, diagnostics, o);
  }
  low_unit.sources = &sources;
  if (diagnostics.has_errors()) return False;
  if (!o.dump.empty()) dump("low", low::print(low_unit));
  if (o.verify) {
    std::string problem = low::verify(low_unit);
    if (!problem.empty()) {
      diagnostics.error({}, "internal error: low is not well formed: " + problem);
      return False;
    }
  }
  Timer timer(stages[2]);
  std::string text;
  x64::CompileOptions how;
  how.in_image_region = in_image;
  how.library_root = o.library_root;
  how.verify = o.verify;
  how.dump = o.dump == "x64" || o.dump == "all" ? &text : nullptr;
  x64::Published published;
  std::string problem = x64::compile_and_publish(low_unit, how, &published);
  if (how.dump) dump("x64", text);
  if (!problem.empty()) {
    diagnostics.error({}, problem);
    return False;
  }
  return Value{published.thunk_closure};
}

void print_times() {
  for (const Stage& s : stages) fprintf(stderr, "%-10s %8.1f ms %8lu units\n", s.name, s.seconds * 1e3, s.runs);
}

}  // namespace loko::pipeline
