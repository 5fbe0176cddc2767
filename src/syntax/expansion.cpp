// SPDX-License-Identifier: MIT
//
// See expansion.h.
#include "syntax/expansion.h"

#include "syntax/core_datum.h"
#include "syntax/expander.h"

namespace loko::syntax {

Task::Task(Compiler& compiler, What what, Value argument, Value environment)
    : compiler_(compiler), what_(what), argument_(handles_.make(argument)), environment_(handles_.make(environment)),
      transfer_(handles_.make(False)), call_procedure_(handles_.make(False)), call_arguments_(handles_.make(Null)), use_(handles_.make(False)),
      diagnostics_(compiler.sources) {
  expander_ = std::make_unique<Expander>(*this);
}

Task::Task(Compiler& compiler, What what, SourceId source, text::Dialect dialect, Value environment)
    : Task(compiler, what, False, environment) {
  source_ = source;
  dialect_ = dialect;
}

Task::~Task() {
  abandon();
  leave();
}

/// This task is no longer one of those that run or wait.
void Task::leave() {
  std::erase(compiler_.started, this);
  if (compiler_.current == this) compiler_.current = compiler_.started.empty() ? nullptr : compiler_.started.back();
}

void Task::body(void* argument) {
  Task& t = *static_cast<Task*>(argument);
  Expander& x = *t.expander_;
  Value result = False;
  switch (t.what_) {
    case What::Eval: result = x.eval(t.argument_, t.environment_); break;
    case What::Text: result = x.eval_text(t.source_, t.dialect_, t.environment_); break;
    case What::Program: result = x.program(t.source_, t.dialect_); break;
    case What::Expand: result = x.expand_only(t.argument_, t.environment_, false); break;
    case What::Optimize: result = x.expand_only(t.argument_, t.environment_, true); break;
    case What::Environment: result = x.make_environment(t.argument_); break;
    case What::Library: result = x.load_library(t.argument_); break;
    case What::Import: result = x.import_into(t.argument_, t.environment_); break;
  }
  t.transfer_.set(result);
}

Step Task::resume(Value value) {
  Step step;
  if (finished_) return step;
  transfer_.set(value);
  if (!started_) {
    started_ = true;
    compiler_.started.push_back(this);
    if (!coroutine_.prepare(&Task::body, this)) {
      finished_ = true;
      leave();
      failure_.kind = "implementation-restriction";
      failure_.message = failure_.rendered = "no memory for an expansion";
      return step;
    }
  }
  compiler_.current = this;
  coroutine_.resume();
  if (!coroutine_.finished()) {
    step.kind = Step::Kind::Call;
    step.procedure = *call_procedure_;
    step.arguments = *call_arguments_;
    step.is_transformer = *use_ != False;
    return step;
  }
  finished_ = true;
  leave();
  if (diagnostics_.has_errors() || cancelled_) {
    failure_.rendered = diagnostics_.render_all(colour_wanted());
    if (failure_.message.empty()) {
      failure_.kind = "syntax";
      for (const Diagnostic& d : diagnostics_.all()) {
        if (d.severity != Severity::Error) continue;
        failure_.message = d.message;
        failure_.place = compiler_.sources.describe(d.span);
        break;
      }
    }
    if (!failure_.form) failure_.form = handles_.make(False);
    return step;
  }
  step.kind = Step::Kind::Done;
  step.result = *transfer_;
  return step;
}

Value Task::call(Value procedure, Value arguments) {
  call_procedure_.set(procedure);
  call_arguments_.set(arguments);
  coroutine_.suspend();
  call_procedure_.set(False);
  call_arguments_.set(Null);
  return cancelled_ ? False : *transfer_;
}

Value Task::transform(Value procedure, Value input, Value form) {
  use_.set(form);
  violation_ = {};
  Value output = call(procedure, list_of({input}));
  use_.set(False);
  return output;
}

std::string Task::render_exception(const std::string& message) {
  if (*use_ != False) expander_->report_exception(violation_ ? violation_ : expander_->place_of(*use_), message, use_);
  return diagnostics_.render_all(colour_wanted());
}

void Task::abandon() {
  if (!started_ || finished_) {
    finished_ = true;
    return;
  }
  // The expander notices and returns, so that destructors on its stack run.
  cancelled_ = true;
  while (!finished_) resume(False);
}

Step run_task(Task& task, const std::function<Value(Value, Value)>& apply) {
  Step step = task.start();
  while (step.kind == Step::Kind::Call) {
    Value v = step.procedure == False ? False : apply(step.procedure, step.arguments);
    step = task.resume(v);
  }
  return step;
}

Value interaction_environment() {
  initialize_bindings();
  Value env = vector_at(state(), kStateInteraction);
  if (env == False) {
    env = make_environment_record();
    add_library_flag(env, kEnvironmentMutable);
    set_library_state(env, LibraryState::Done);
    vector_put(state(), kStateInteraction, env);
  }
  return env;
}

Value loaded_libraries() {
  std::vector<Value> names;
  table_each(context().roots[kRootLibraries], [&](Value, Value record) {
    if (record != False) names.push_back(vector_at(record, kLibraryName));
  });
  return list_from(names);
}

// -- entries that need no more than a few lines --

Value Expander::expand_only(Handle datum, Handle environment, bool optimize) {
  if (!check_finite(datum)) return False;
  enter_environment(environment);
  Handle rib = hold(vector_at(*environment, kLibraryRib));
  Scope scope{Scope::Kind::Repl};
  std::deque<PendingForm> queue;
  Value wrapped = is_syntax(*datum) && substs_of(*datum) != Null ? *datum : add_rib(*datum, *rib);
  queue.push_back({hold(wrapped), rib, {}, {}, {}});
  std::vector<BodyItem> items;
  scan(scope, queue, items, false);
  std::unique_ptr<UnitState> state = new_unit("");
  unit_ = state.get();
  Expr* e = items.empty() ? make_void() : expand_top_items(items);
  if (optimize && !diagnostics_.has_errors() && compiler_.optimize) {
    state->unit.body = e;
    compiler_.optimize(state->unit);
    e = state->unit.body;
  }
  Value result = diagnostics_.has_errors() ? False : core_to_datum(e);
  unit_ = nullptr;
  return result;
}

Value Expander::make_environment(Handle specs) {
  Handle env = hold(make_environment_record());
  set_library_state(*env, LibraryState::Done);
  enter_environment(env);
  std::vector<Value> list;
  list_items(*specs, list);
  Items libraries;
  Handle rib = hold(vector_at(*env, kLibraryRib));
  if (!import_all(hold_all(list), rib, {Scope::Kind::Library}, libraries, Null)) return False;
  if (!instantiate_all(libraries)) return False;
  return *env;
}

Value Expander::import_into(Handle specs, Handle environment) {
  enter_environment(environment);
  std::vector<Value> list;
  list_items(*specs, list);
  Items libraries;
  Handle rib = hold(vector_at(*environment, kLibraryRib));
  if (!import_all(hold_all(list), rib, {Scope::Kind::Repl}, libraries, Null)) return False;
  if (!instantiate_all(libraries)) return False;
  return *environment;
}

Value Expander::load_library(Handle name) {
  Value parts, version;
  if (!split_name(*name, parts, version)) {
    report({}, "import", "not a library name: " + write_datum(*name, 80), *name);
    return False;
  }
  Handle record = hold(find_library(hold(parts), {}));
  if (*record == False) return False;
  if (compiler_.mode == Compiler::Mode::Run && !instantiate(record)) return False;
  return *record;
}

}  // namespace loko::syntax
