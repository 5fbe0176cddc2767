// SPDX-License-Identifier: MIT
//
// See pipeline.h. Each stage is timed; --dump=STAGE prints what a stage made.
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <time.h>

#include "core/optimize.h"
#include "core/print.h"
#include "low/lower.h"
#include "low/print.h"
#include "low/verify.h"
#include "machine/x64/compile.h"

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

}  // namespace

Options& options() {
  static Options instance;
  return instance;
}

Value compile(core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image) {
  const Options& o = options();
  if (!o.dump.empty()) dump("core", core::print(unit.body));
  {
    Timer timer(stages[0]);
    core::optimize(unit, o);
  }
  if (!o.dump.empty()) dump("optimized", core::print(unit.body));
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
