// SPDX-License-Identifier: MIT
//
// See pipeline.h. Each stage is timed; --dump=STAGE prints what a stage made.
#include "pipeline/pipeline.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <unordered_map>

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
#include "pipeline/atomicity.h"
#include "pipeline/budget.h"

namespace loko::pipeline {
namespace {

struct Pass {
  const char *name, *in, *out, *what;
  double seconds = 0;
  unsigned long runs = 0;
};
Pass passes[] = {
#define PASS(name, in, out, what) {name, in, out, what},
#include "pipeline/passes.def"
#undef PASS
};

Pass* find_pass(const std::string& name) {
  for (Pass& p : passes)
    if (name == p.name) return &p;
  return nullptr;
}

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Adds the time since it was last asked to a pass.
class Timer {
 public:
  void add(const char* pass) {
    double t = now();
    if (Pass* p = find_pass(pass)) p->seconds += t - last_, ++p->runs;
    last_ = t;
  }
  void skip() { last_ = now(); }

 private:
  double last_ = now();
};

void dump(const char* stage, const std::string& text) {
  if (options().dump == stage || options().dump == "all") fprintf(stderr, ";; %s\n%s\n", stage, text.c_str());
}

/// --stop-after: the program as that pass left it is all that is wanted.
[[noreturn]] void stop(const std::string& text) {
  fputs(text.c_str(), stdout);
  fflush(stdout);
  _exit(0);
}

/// An expression that is nested deeper than the recursive passes have stack for, or null. Clauses of cond
/// and operands of `and` nest too, although the expander doesn't recurse over them.
const core::Expr* too_deep(core::Expr* body) {
  constexpr int kDeepest = 130000;
  std::vector<std::pair<core::Expr*, int>> work{{body, 0}};
  while (!work.empty()) {
    auto [e, depth] = work.back();
    work.pop_back();
    if (depth > kDeepest) return e;
    core::for_each_child(e, [&, d = depth](core::Expr* child) { work.emplace_back(child, d + 1); });
  }
  return nullptr;
}

/// While it lives, slots are made for a unit of code that the collector may take back; unless it is completed, they go.
class CodeUnitScope {
 public:
  explicit CodeUnitScope(bool used) : open_(used) {
    if (open_) begin_code_unit();
  }
  ~CodeUnitScope() {
    if (open_) abandon_code_unit();
  }
  CodeUnitScope(const CodeUnitScope&) = delete;
  CodeUnitScope& operator=(const CodeUnitScope&) = delete;
  void complete() { open_ = false; }

 private:
  bool open_;
};

/// Tells other units the procedures that the unit's library variables will hold.
void note_closures(core::Unit& unit, const low::Unit& low_unit, const x64::Published& published) {
  if (!unit.note_closure) return;
  std::unordered_map<u32, u64> entries;
  for (size_t i = 0; i < low_unit.lambdas.size() && i < published.code_entries.size(); ++i)
    if (low_unit.lambdas[i].cell && low_unit.lambdas[i].free_variables == 0) entries[low_unit.lambdas[i].cell] = published.code_entries[i];
  for (const core::Global* g : unit.globals) {
    auto entry = entries.find(g->cell);
    if (!g->binding || g->library.empty() || !g->immutable || entry == entries.end()) continue;
    unit.note_closure(*g->binding, Value{(entry->second + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure});
  }
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
    how.atomicity = kCallersCode;
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

/// A pass of low on core.
void run_on_core(const char* name, bool (*pass)(core::Unit&), core::Unit& unit, Diagnostics& diagnostics, Timer& timer) {
  const Options& o = options();
  timer.skip();
  pass(unit);
  timer.add(name);
  if (!o.dump.empty()) dump(name, core::print(unit.body));
  if (std::string problem; o.verify && !(problem = core::verify(unit)).empty())
    diagnostics.error({}, std::string("internal error: after ") + name + " core is not well formed: " + problem);
  if (unit.is_program && o.stop_after == name) stop(core::print(unit.body));
}

/// Cores of the unit that have safepoints are integrated nowhere: there a signal would have to wait. The first element of a core says where
/// it may be (core/stored.cpp).
void keep_safepoints_here(core::Unit& unit) {
  if (!unit.store) return;
  unit.store = [store = unit.store](Value binding, Value core) {
    if (is_vector(core))
      if (u8& least = bytes_of(slot(core, 1))[0]) least = 0xff;
    store(binding, core);
  };
}

x64::CompileOptions code_options(const core::Unit& unit, bool in_image, bool collectable, bool stops, std::string* text) {
  const Options& o = options();
  constexpr u32 kMarks[] = {0, kCallersCode, kAtomicCode, kAtomicCode | kUninterruptibleCode,
                            kAtomicCode | kUninterruptibleCode | kIndivisibleCode};
  x64::CompileOptions how;
  how.in_image_region = in_image;
  how.collectable = collectable;
  how.library_root = o.library_root;
  how.atomicity = kMarks[static_cast<u8>(unit.atomicity)];
  if (unit.atomicity == core::Atomicity::Atomic && !may_end_within(unit.name)) how.atomicity |= kIndivisibleCode;
  how.verify = o.verify;
  how.dump = o.dump == "x64" || o.dump == "all" || stops ? text : nullptr;
  return how;
}

}  // namespace

Options& options() {
  static Options instance;
  return instance;
}

Value compile(core::Unit& unit, const SourceManager& sources, Diagnostics& diagnostics, bool in_image) {
  if (const core::Expr* e = too_deep(unit.body)) {
    diagnostics.error(e->span, "the program is nested too deeply");
    return False;
  }
  const Options o = within_budget(unit, options());
  if (!o.library_root.empty()) {
    unit.atomicity = atomicity_of(unit.name);
    if (unit.atomicity == core::Atomicity::None) unit.store = nullptr;  // in other code it would be atomic
    if (may_end_within(unit.name)) keep_safepoints_here(unit);
  }
  if (!o.dump.empty()) dump("core", core::print(unit.body));
  if (unit.wants_warnings) {
    core::recompute_flags(unit);
    core::warn(unit, diagnostics);
  }
  // What is evaluated is garbage at some time, and its code with it. Its variables are never immutable: no other code knows it.
  const bool collectable = unit.runs_at_once && !in_image && !o.debug;
  CodeUnitScope owned(collectable);
  Timer timer;
  core::optimize(unit, o, [&](const char* pass, core::Unit& u) {
    if (std::string(pass) != "expand") timer.add(pass);
    if (u.is_program && o.stop_after == pass) stop(core::print(u.body));
    timer.skip();
  });
  if (o.optimize > 0) {
    run_on_core("receive", low::receive_values, unit, diagnostics, timer);
    run_on_core("exits", low::find_exits, unit, diagnostics, timer);
  }
  if (!o.dump.empty()) dump("optimized", core::print(unit.body));
  if (collectable) pause_code_unit(true);
  make_primitive_procedures(unit, sources, diagnostics, in_image);
  if (collectable) pause_code_unit(false);
  std::string text;
  const bool stops = unit.is_program && o.stop_after == "x64";
  const x64::CompileOptions how = code_options(unit, in_image, collectable, stops, &text);
  x64::CodeMaker maker(how);
  std::string problem;
  const bool keeps = o.verify || !o.dump.empty() || !o.stop_after.empty();  // somebody wants to see all functions
  timer.skip();
  bool stopped = false;
  auto observe = [&](const char* pass, const low::Function& f) {
    timer.add(pass);
    if (o.dump == pass) dump(pass, low::print(f));
    if (std::string wrong; o.verify && !(wrong = low::verify(f, nullptr)).empty())
      diagnostics.error(f.span, std::string("internal error: after ") + pass + " low is not well formed: " + wrong);
    bool last = unit.is_program && o.stop_after == pass;
    stopped = stopped || last;
    timer.skip();
    return !last;
  };
  low::Unit low_unit = low::lower(unit, diagnostics, o, observe, [&](low::Unit& u, u32 lambda) {
    timer.add("lower");
    u.sources = &sources;
    if (problem.empty() && !stopped && !diagnostics.has_errors()) problem = maker.compile(u, lambda);
    if (!keeps)
      for (low::Clause& c : u.lambdas[lambda].clauses) c.function = low::Function{};
    timer.add("x64");
  });
  timer.add("lower");
  if (stopped) stop(low::print(low_unit));
  if (diagnostics.has_errors()) return False;
  if (!o.dump.empty()) dump("low", low::print(low_unit));
  if (o.verify) {
    if (std::string wrong = low::verify(low_unit); !wrong.empty()) {
      diagnostics.error({}, "internal error: low is not well formed: " + wrong);
      return False;
    }
  }
  timer.skip();
  x64::Published published;
  if (problem.empty()) problem = maker.publish(low_unit, &published);
  timer.add("x64");
  if (stops && problem.empty()) stop(text);
  if (how.dump) dump("x64", text);
  if (!problem.empty()) {
    diagnostics.error({}, problem);
    return False;
  }
  owned.complete();
  note_closures(unit, low_unit, published);
  return Value{published.thunk_closure};
}

bool is_pass(const std::string& name) { return find_pass(name) != nullptr; }

void print_passes() {
  for (const Pass& p : passes) printf("%-13s %-5s -> %-5s %s\n", p.name, p.in, p.out, p.what);
  fflush(stdout);
}

void print_times() {
  for (const Pass& p : passes)
    if (p.runs > 0) fprintf(stderr, "%-13s %8.1f ms %8lu runs\n", p.name, p.seconds * 1e3, p.runs);
}

}  // namespace loko::pipeline
