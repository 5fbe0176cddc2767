// SPDX-License-Identifier: MIT
//
// The `(compiler …)` primitives of tables/primitives/syntax.scm: syntax objects for transformers, and expansion
// tasks for the driver in Scheme. Tasks are Handle objects that hold a pointer; the driver must end each one.
#include <stdio.h>

#include <memory>
#include <vector>

#include "syntax/expander.h"
#include "syntax/matching.h"

namespace loko {

#define LOKO_RUNTIME(function, index, types)
#define LOKO_COMPILER(function, index, types) Value function types;
#define LOKO_FLOAT(function, index, types)
#include "tables/entries.inc"
#undef LOKO_RUNTIME
#undef LOKO_COMPILER
#undef LOKO_FLOAT

using namespace loko::syntax;

namespace {

/// Raises &syntax.
Value raise_syntax(Value who, Value message, Value form, Value subform) {
  Value irritants = list_of({strip(form), strip(subform)});
  if (Compiler::instance) {
    std::string place = Compiler::instance->sources.describe(syntax::span_of(form));
    if (place.empty()) place = Compiler::instance->sources.describe(syntax::span_of(subform));
    if (Task* task = Compiler::instance->current) {
      Span span = syntax::span_of(subform);
      task->set_violation(span ? span : syntax::span_of(form));
    } else if (!place.empty()) {
      irritants = list_of({strip(form), strip(subform), heap_string(place)});
    }
  }
  context().pending = make_pair(symbol("syntax"), make_pair(who, make_pair(message, irritants)));
  return RaiseMark;
}

Value need_identifier(const char* who, Value x) { return raise_assertion(who, "expected an identifier", x); }

Value strings_to_list(const std::vector<std::string>& strings) {
  std::vector<Value> items;
  for (const std::string& s : strings) items.push_back(heap_string(s));
  return list_from(items);
}

bool list_to_strings(Value list, std::vector<std::string>& out) {
  for (; is_pair(list); list = cdr(list)) {
    if (!is_string(car(list))) return false;
    out.push_back(string_text(car(list)));
  }
  return list == Null;
}

/// Tasks that were started and have not ended, the oldest first. A Handle object holds the number.
struct Living {
  u64 number;
  Task* task;
};
std::vector<Living>& tasks() {
  static std::vector<Living> living;
  return living;
}
/// Escapes from transformers leave suspended tasks behind that nobody ends; so the oldest ones go.
constexpr std::size_t kMostTasks = 64;

Task* task_of(Value v) {
  if (!is_kind(v, Kind::Handle)) return nullptr;
  for (const Living& l : tasks())
    if (l.number == word(v, 1)) return l.task;
  return nullptr;
}

void end_task(Task* task) {
  std::erase_if(tasks(), [&](const Living& l) { return l.task == task; });
  delete task;
}

Value no_compiler(const char* who) {
  return raise_condition("implementation-restriction", who, "this program contains no compiler");
}

}  // namespace

// -- for transformers --

Value syntax_dispatch(Value form, Value pattern) {
  std::vector<Value> values;
  return match(form, pattern, values) ? vector_from(values) : False;
}

Value syntax_template(Value t, Value variables, Value holes) {
  Instantiation in;
  for (; is_pair(variables); variables = cdr(variables)) in.variables.push_back(car(variables));
  for (; is_pair(holes); holes = cdr(holes)) in.holes.push_back(car(holes));
  Value result = instantiate(t, in);
  if (in.problem) return raise_syntax(symbol("syntax"), heap_string(in.problem), False, False);
  return result;
}

Value syntax_no_match(Value form) {
  Value head = is_pair_syntax(form) ? peel(Walker(form).item()) : peel(form);
  return raise_syntax(is_symbol(head) ? head : False, heap_string("invalid syntax"), form, False);
}

Value syntax_apply_native(Value form, Value transformer) {
  if (!Compiler::instance || !Compiler::instance->current) return no_compiler("syntax-rules");
  bool matched;
  Value result = Compiler::instance->current->expander()->run_native_rules(transformer, form, matched);
  return matched ? result : syntax_no_match(form);
}

Value syntax_to_datum(Value x) {
  return x == peel(x) && !is_pair(x) && !is_vector(x) ? x : strip_cyclic(x, false);
}

Value syntax_from_datum(Value id, Value datum) {
  return is_identifier(id) ? datum_to_syntax(id, datum) : need_identifier("datum->syntax", id);
}

Value syntax_is_identifier(Value x) { return boolean(is_identifier(x)); }

Value syntax_free_identifier_equal(Value a, Value b) {
  if (!is_identifier(a)) return need_identifier("free-identifier=?", a);
  if (!is_identifier(b)) return need_identifier("free-identifier=?", b);
  return boolean(free_identifier_eq(a, b));
}

Value syntax_bound_identifier_equal(Value a, Value b) {
  if (!is_identifier(a)) return need_identifier("bound-identifier=?", a);
  if (!is_identifier(b)) return need_identifier("bound-identifier=?", b);
  return boolean(bound_identifier_eq(a, b));
}

Value syntax_generate_temporaries(Value list) {
  std::vector<Value> items;
  if (!list_items(list, items)) return raise_assertion("generate-temporaries", "expected a list", list);
  for (Value& v : items) v = fresh_identifier("t");
  return list_from(items);
}

Value syntax_make_variable_transformer(Value procedure) {
  if (!is_procedure(procedure)) return raise_assertion("make-variable-transformer", "expected a procedure", procedure);
  return vector_of({symbol("%variable-transformer"), procedure});
}

Value syntax_violation(Value who, Value message, Value form, Value subform) {
  if (subform == Default) subform = False;
  Value name = peel(who);
  if (name != False && !is_symbol(name) && !is_string(name))
    return raise_assertion("syntax-violation", "expected a symbol, a string or #f as the first argument", who);
  if (!is_string(message)) return raise_assertion("syntax-violation", "expected a string as the message", message);
  if (who == False) {  // inferred from an identifier, which a symbol of a plain datum is not (R6RS libraries 12.9)
    Value head = is_pair_syntax(form) ? Walker(form).item() : form;
    if (is_identifier(head)) who = head;
  }
  return raise_syntax(peel(who), message, form, subform);
}

Value syntax_is_syntax(Value x) { return boolean(is_syntax(x)); }

Value syntax_place(Value x) {
  if (!Compiler::instance) return False;
  std::string place = Compiler::instance->sources.describe(syntax::span_of(x));
  return place.empty() ? False : heap_string(place);
}

Value syntax_make_compile_time_value(Value x) { return vector_of({symbol("%compile-time-value"), x}); }

Value syntax_compile_time_value(Value id, Value otherwise) {
  if (!is_identifier(id)) return need_identifier("%compile-time-value", id);
  if (!Compiler::instance || !Compiler::instance->current) return no_compiler("%compile-time-value");
  Value v = Compiler::instance->current->expander()->compile_time_value(id);
  return v == Unbound ? otherwise : v;
}

// -- tasks --

Value expand_start(Value what, Value argument, Value environment) {
  Compiler* compiler = Compiler::instance;
  if (!compiler) return no_compiler("eval");
  std::string kind = symbol_text(what);
  auto environment_needed = [&] { return kind == "eval" || kind == "text" || kind == "load" || kind == "expand" || kind == "optimize" || kind == "import"; };
  if (environment_needed() && !is_environment(environment)) return raise_assertion("eval", "expected an environment", environment);
  Task* task = nullptr;
  if (kind == "text" || kind == "program-text") {
    // (name . text), or (name text . first-line)
    Value text = is_pair(argument) ? cdr(argument) : False, first_line = fixnum(1);
    if (is_pair(text)) first_line = cdr(text), text = car(text);
    if (!is_pair(argument) || !is_string(car(argument)) || !is_string(text) || !is_fixnum(first_line))
      return raise_assertion("eval", "expected a pair of a name and a text", argument);
    SourceId source = compiler->sources.add(string_text(car(argument)), string_text(text), static_cast<u32>(fixnum_value(first_line)));
    task = new Task(*compiler, kind == "text" ? Task::What::Text : Task::What::Program, source, text::Dialect::Loko, environment);
  } else if (kind == "load" || kind == "program" || kind == "program-r7rs") {
    if (!is_string(argument)) return raise_assertion("load", "expected a file name", argument);
    SourceId source = compiler->read_file(string_text(argument));
    if (source == 0) return raise_condition("i/o-file-does-not-exist", "load", "the file can't be read", argument);
    task = new Task(*compiler, kind == "load" ? Task::What::Text : Task::What::Program, source,
                    kind == "program-r7rs" ? text::Dialect::R7rs : text::Dialect::Loko, environment);
  } else {
    Task::What w;
    if (kind == "eval") w = Task::What::Eval;
    else if (kind == "expand") w = Task::What::Expand;
    else if (kind == "optimize") w = Task::What::Optimize;
    else if (kind == "environment") w = Task::What::Environment;
    else if (kind == "library") w = Task::What::Library;
    else if (kind == "import") w = Task::What::Import;
    else return raise_assertion("%expand-start", "there is no such task", what);
    task = new Task(*compiler, w, argument, environment);
  }
  static u64 number = 0;
  if (tasks().size() >= kMostTasks) end_task(tasks().front().task);
  tasks().push_back({++number, task});
  Value handle = make_typed(Kind::Handle, 1, 1);
  word(handle, 1) = number;
  return handle;
}

Value expand_step(Value handle, Value value) {
  Task* task = task_of(handle);
  if (!task) return raise_assertion("%expand-step", "this expansion has ended", handle);
  Step step = task->resume(value);
  switch (step.kind) {
    case Step::Kind::Call: return vector_of({symbol("call"), step.procedure, step.arguments, boolean(step.is_transformer)});
    case Step::Kind::Done: {
      std::string warnings = task->diagnostics().render_all(colour_wanted());
      fputs(warnings.c_str(), stderr);
      Value result = vector_of({symbol("done"), step.result});
      end_task(task);
      return result;
    }
    case Step::Kind::Failed: break;
  }
  const Failure& f = task->failure();
  Value result = vector_of({symbol("failed"), symbol(f.kind.empty() ? "syntax" : f.kind), heap_string(f.message),
                            f.place.empty() ? False : heap_string(f.place), heap_string(f.rendered),
                            f.form ? *f.form : False, f.subform ? *f.subform : False});
  end_task(task);
  return result;
}

Value expand_claim_library(Value library) {
  if (library_state(library) != LibraryState::Ready) return False;
  set_library_state(library, LibraryState::Done);
  return True;
}

Value expand_exception(Value handle, Value message) {
  Task* task = task_of(handle);
  return task && is_string(message) ? heap_string(task->render_exception(string_text(message))) : False;
}

Value expand_abandon(Value handle) {
  if (Task* task = task_of(handle)) end_task(task);
  return Void;
}

// -- environments and libraries --

Value expand_interaction_environment() { return interaction_environment(); }

Value expand_is_environment(Value x) { return boolean(is_environment(x)); }

Value expand_environment_symbols(Value environment) {
  if (!is_environment(environment)) return raise_assertion("environment-symbols", "expected an environment", environment);
  std::vector<Value> names;
  table_each(vector_at(environment, kLibraryRib), [&](Value sym, Value label) {
    if (label != Null) names.push_back(sym);
  });
  return list_from(names);
}

Value expand_environment_binding(Value environment, Value name) {
  if (!is_environment(environment)) return raise_assertion("environment-binding", "expected an environment", environment);
  Value b = rib_get(vector_at(environment, kLibraryRib), name, Null);
  if (b == Unbound || !is_vector(b)) return False;
  static const char* const kinds[] = {"syntax", "primitive", "variable", "macro"};
  Value value = False;
  if (binding_kind(b) == BindingKind::Variable) value = slot_at(static_cast<u32>(fixnum_value(vector_at(b, kBindingPayload))));
  if (value == Unbound) value = False;
  Value owner = vector_at(b, kBindingOwner);
  return vector_of({symbol(kinds[static_cast<int>(binding_kind(b))]), value, is_vector(owner) ? vector_at(owner, kLibraryName) : False});
}

Value expand_loaded_libraries() { return loaded_libraries(); }

Value expand_library_exports(Value name) {
  Value library = registered_library(name);
  if (library == False) return False;
  std::vector<Value> names;
  table_each(vector_at(library, kLibraryExports), [&](Value sym, Value) { names.push_back(sym); });
  return list_from(names);
}

Value expand_uninstall_library(Value name) {
  Value library = registered_library(name);
  if (library == False || library_flag(library, kLibraryBuiltIn)) return False;
  unregister_library(name);
  return True;
}

Value expand_library_directories() {
  if (!Compiler::instance) return Null;
  std::vector<std::string> all = Compiler::instance->path_directories;
  all.insert(all.end(), Compiler::instance->directories.begin(), Compiler::instance->directories.end());
  return strings_to_list(all);
}

Value expand_system_library_directories() {
  return Compiler::instance ? strings_to_list(Compiler::instance->system_directories) : Null;
}

Value expand_set_library_directories(Value list) {
  std::vector<std::string> strings;
  if (!list_to_strings(list, strings)) return raise_assertion("library-directories", "expected a list of strings", list);
  if (!Compiler::instance) return Void;
  Compiler::instance->path_directories.clear();
  Compiler::instance->directories = strings;
  return Void;
}

Value expand_library_extensions() {
  return Compiler::instance ? strings_to_list(Compiler::instance->extensions) : Null;
}

Value expand_set_library_extensions(Value list) {
  std::vector<std::string> strings;
  if (!list_to_strings(list, strings)) return raise_assertion("library-extensions", "expected a list of strings", list);
  if (Compiler::instance) Compiler::instance->extensions = strings;
  return Void;
}

Value expand_features() {
  std::vector<Value> items;
  if (Compiler::instance)
    for (const std::string& f : Compiler::instance->features) items.push_back(symbol(f));
  return list_from(items);
}

namespace syntax {
namespace {

/// Other folders register their own `(compiler …)` primitives.
constexpr bool is_ours(std::string_view name) { return name.starts_with("syntax_") || name.starts_with("expand_"); }

}  // namespace

void install_compiler_entries() {
  u64* entries = context().entries;
#define LOKO_RUNTIME(function, index, types)
#define LOKO_COMPILER(function, index, types) \
  if constexpr (is_ours(#function)) entries[index] = reinterpret_cast<u64>(static_cast<Value(*) types>(&function));
#define LOKO_FLOAT(function, index, types)
#include "tables/entries.inc"
#undef LOKO_RUNTIME
#undef LOKO_COMPILER
#undef LOKO_FLOAT
}

}  // namespace syntax
}  // namespace loko
