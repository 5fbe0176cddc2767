// SPDX-License-Identifier: MIT
//
// Libraries and programs: reading, expansion, instantiation (R6RS 7 and 8, R7RS 5.1, 5.6). Phases are implicit: a
// library has one instance in a process, and it is instantiated when something that runs needs it.
#include <algorithm>

#include "syntax/expander.h"
#include "core/primitive_cells.h"

namespace loko::syntax {

/// The state of the expansion at hand, put aside while another library is expanded.
struct Expander::Saved {
  Expander& x;
  UnitState* unit;
  Span span;
  int phase;
  Handle owner;
  Scope::Kind top;
  std::vector<std::pair<Handle, Span>> assigned;
  Items defined;
  std::string file;
  Handle weak_imports;
  bool watching;
  explicit Saved(Expander& e)
      : x(e), unit(e.unit_), span(e.span_), phase(e.phase_), owner(e.owner_), top(e.top_),
        assigned(std::move(e.assigned_)), defined(std::move(e.defined_)), file(e.file_), weak_imports(e.weak_imports_),
        watching(e.watching_imports_) {
    x.watching_imports_ = false;
    x.weak_imports_ = {};
    x.unit_ = nullptr;
    x.phase_ = 0;
    x.assigned_.clear();
    x.defined_.clear();
  }
  ~Saved() {
    x.unit_ = unit;
    x.span_ = span;
    x.phase_ = phase;
    x.owner_ = owner;
    x.top_ = top;
    x.assigned_ = std::move(assigned);
    x.defined_ = std::move(defined);
    x.file_ = std::move(file);
    x.weak_imports_ = weak_imports;
    x.watching_imports_ = watching;
  }
};

// -- units --

std::unique_ptr<UnitState> Expander::new_unit(const std::string& name) {
  auto state = std::make_unique<UnitState>();
  state->unit.arena = &state->arena;
  state->unit.handles = &handles_;
  state->unit.name = name;
  UnitState* own = state.get();
  own->unit.resolve = [this, own](Value binding) {
    UnitState* saved = unit_;
    unit_ = own;
    core::Global* g = global_of(binding);
    unit_ = saved;
    return g;
  };
  if (!compiler_.building_image)  // what the image instantiates is found in the cells
    own->unit.note_closure = [](Value binding, Value closure) { vector_put(binding, kBindingClosure, closure); };
  own->unit.store = [](Value binding, Value core) { vector_put(binding, kBindingCore, core); };
  return state;
}

/// Now it is known which variables of the library or program are assigned.
void Expander::finish_globals(UnitState& state) {
  for (Handle b : defined_) {
    bool assigned = binding_flags(*b) & kFlagAssigned;
    if (!assigned) add_binding_flag(*b, kFlagImmutable);
    auto found = state.globals.find(static_cast<u32>(fixnum_value(vector_at(*b, kBindingPayload))));
    if (found != state.globals.end()) found->second->immutable = !assigned;
  }
}

/// Code of a unit; #f after errors in it. Errors in other units don't matter: this one may define macros for them.
Value Expander::compile_unit(UnitState& state, Expr* body) {
  state.unit.body = body;
  state.unit.wants_warnings = !compiler_.building_image && !compiler_.is_system_file(file_);
  state.unit.runs_at_once = top_ == Scope::Kind::Repl;
  if (!diagnostics_.has_errors()) warn_unused(state, body);
  if (!diagnostics_.has_errors() && !state.unbound.empty()) warn_unbound(state, body, true);
  if (stopped() || !compiler_.compile) return False;
  Diagnostics problems(compiler_.sources);
  Value thunk = compiler_.compile(state.unit, problems, compiler_.image_code());
  for (const Diagnostic& d : problems.all()) {
    if (d.severity == Severity::Error) report(d.span, "syntax", d.message);
    else if (d.severity == Severity::Warning) diagnostics_.warning(d.span, d.name, d.message);
    else diagnostics_.note(d.span, d.message);
  }
  return problems.has_errors() ? False : thunk;
}

/// Expands and compiles the items of a top level; #f after errors. Adds the libraries that it refers to.
Value Expander::top_thunk(std::vector<BodyItem>& items, const std::string& name, Items* libraries) {
  std::unique_ptr<UnitState> state = new_unit(name);
  UnitState* outer = unit_;
  std::size_t before = diagnostics_.error_count();
  unit_ = state.get();
  state->unit.is_program = top_ == Scope::Kind::Program;
  Expr* body = expand_top_items(items);
  finish_globals(*state);
  Handle thunk = hold(diagnostics_.error_count() == before ? compile_unit(*state, body) : False);
  unit_ = outer;
  if (libraries) libraries->insert(libraries->end(), state->libraries.begin(), state->libraries.end());
  return *thunk;
}

// -- instantiation --

/// Gives each primitive a procedure of its own: a lambda made from what it takes. The base library replaces some.
/// Those with a rest parameter have no procedure before that.
void Expander::fill_primitive_cells() {
  if (vector_at(state(), kStateCellsFilled) != False || !compiler_.compile) return;
  vector_put(state(), kStateCellsFilled, True);
  Saved saved(*this);
  std::unique_ptr<UnitState> unit = new_unit("(loko core primitives)");
  unit_ = unit.get();
  span_ = {};
  std::vector<Expr*> parts;
  for (u32 i = 0; i < kPrimitiveCount; ++i) {
    PrimitiveId id = static_cast<PrimitiveId>(i);
    const PrimitiveInfo& info = primitive_info(id);
    if (info.max_args == kManyArgs || slot_at(primitive_cell(id)) != Unbound) continue;
    Expr* lambda = make(Tag::Lambda);
    lambda->name = info.name;
    for (int n = info.min_args; n <= info.max_args; ++n) {
      core::Clause clause;
      std::vector<Expr*> operands;
      for (int j = 0; j < n; ++j) {
        const char* name = j < 6 && info.takes_names[j] ? info.takes_names[j] : "x";
        clause.required.push_back(unit->unit.new_variable(name));
        operands.push_back(make_ref(clause.required.back()));
      }
      clause.body = make_prim(id, std::move(operands));
      lambda->clauses.push_back(std::move(clause));
    }
    core::Global* g = unit->arena.make<core::Global>();
    g->name = info.name;
    g->library = "(loko core primitives)";
    g->cell = primitive_cell(id);
    g->defined_here = true;
    unit->unit.globals.push_back(g);
    Expr* e = make(Tag::GlobalDefine);
    e->global = g;
    e->body = lambda;
    parts.push_back(e);
  }
  parts.push_back(make_void());
  unit->unit.body = make_begin(std::move(parts));
  Value thunk = compiler_.compile(unit->unit, diagnostics_, compiler_.image_code());
  if (thunk != False) call(thunk, Null);
}

bool Expander::instantiate(Handle library) {
  if (library_state(*library) == LibraryState::Done || library_state(*library) == LibraryState::Running) return true;
  std::string name = write_datum(vector_at(*library, kLibraryName), 200);
  if (library_state(*library) == LibraryState::Expanding) {
    report(span_, "import", "the library " + name + " is needed while it is being expanded");
    return false;
  }
  set_library_state(*library, LibraryState::Running);
  std::vector<Value> imports;
  list_items(vector_at(*library, kLibraryImports), imports);
  bool ok = instantiate_all(hold_all(imports));
  if (ok && vector_at(*library, kLibraryBody) != False) {
    fill_primitive_cells();
    call(vector_at(*library, kLibraryBody), Null);
    ok = !stopped();
  }
  if (!ok) {
    set_library_state(*library, LibraryState::Ready);
    return false;
  }
  set_library_state(*library, LibraryState::Done);
  if (compiler_.mode == Compiler::Mode::Run) vector_put(*library, kLibraryBody, False);
  if (compiler_.building_image) add_library_flag(*library, kLibraryInImage);
  return true;
}

bool Expander::instantiate_all(const Items& libraries) {
  for (Handle l : libraries)
    if (!instantiate(l)) return false;
  return true;
}

/// The bodies of a library and of what it imports, dependencies first, and the slots of their variables: what these hold
/// when the library was needed while compiling is not the program's business.
void Expander::collect_bodies(Value library, std::vector<Value>& visited, std::vector<Value>& bodies, std::vector<Value>& slots) {
  if (library_flag(library, kLibraryInImage)) return;
  if (std::find(visited.begin(), visited.end(), library) != visited.end()) return;
  visited.push_back(library);
  std::vector<Value> imports;
  list_items(vector_at(library, kLibraryImports), imports);
  for (Value l : imports) collect_bodies(l, visited, bodies, slots);
  if (vector_at(library, kLibraryBody) == False) return;
  set_library_state(library, LibraryState::Ready);   // as the compiled program finds it, also if a macro needed it here
  bodies.push_back(make_pair(library, vector_at(library, kLibraryBody)));
  list_items(vector_at(library, kLibrarySlots), slots);
}

// -- expansion of library forms --

bool Expander::defines_library(Value form) const {
  if (!is_pair_syntax(form)) return false;
  Value head = peel(Walker(form).item());
  return head == symbol("library") || head == symbol("define-library");
}

// (library name (export …) (import …) body …)
bool Expander::expand_library(Handle form, const std::string& file) {
  Items p;
  if (!parse(form, 4, -1, p)) return false;
  auto clause = [&](Handle c, const char* head, Items& out) {
    std::vector<Value> values;
    if (!list_items(*c, values) || values.empty() || peel(values[0]) != symbol(head)) {
      error(c, std::string("a library needs (") + head + " ...) here, not " + write_datum(*c, 60));
      return false;
    }
    for (std::size_t i = 1; i < values.size(); ++i) out.push_back(hold(values[i]));
    return true;
  };
  LibraryParts parts;
  parts.name = p[1];
  Saved saved(*this);
  file_ = file;
  if (!clause(p[2], "export", parts.exports) || !clause(p[3], "import", parts.imports)) return false;
  parts.body.assign(p.begin() + 4, p.end());
  return build_library(parts, form, file);
}

// (define-library name declaration …)
bool Expander::expand_define_library(Handle form, const std::string& file) {
  Items p;
  if (!parse(form, 2, -1, p)) return false;
  LibraryParts parts;
  parts.name = p[1];
  parts.r7rs = true;
  Saved saved(*this);
  file_ = file;
  if (!collect_declarations(p, 2, parts, file)) return false;
  return build_library(parts, form, file);
}

bool Expander::collect_declarations(const Items& declarations, std::size_t from, LibraryParts& parts, const std::string& file) {
  for (std::size_t i = from; i < declarations.size(); ++i) {
    Items d;
    Handle declaration = declarations[i];
    if (!parse(declaration, 1, -1, d)) return false;
    Value head = peel(*d[0]);
    std::string name = is_symbol(head) ? symbol_text(head) : "";
    Items rest(d.begin() + 1, d.end());
    if (name == "export") {
      parts.exports.insert(parts.exports.end(), rest.begin(), rest.end());
    } else if (name == "import") {
      parts.imports.insert(parts.imports.end(), rest.begin(), rest.end());
    } else if (name == "begin") {
      parts.body.insert(parts.body.end(), rest.begin(), rest.end());
    } else if (name == "include" || name == "include-ci") {
      include_forms(declaration, name == "include-ci", parts.body);
    } else if (name == "include-library-declarations") {
      Items forms;
      include_forms(declaration, false, forms);
      if (!collect_declarations(forms, 0, parts, file)) return false;
    } else if (name == "cond-expand") {
      Items forms;
      if (cond_expand_choice(declaration, forms) && !collect_declarations(forms, 0, parts, file)) return false;
    } else {
      error(declaration, "not a library declaration: " + write_datum(*declaration, 60));
      return false;
    }
  }
  return true;
}

bool Expander::build_library(LibraryParts& parts, Handle form, const std::string& file) {
  Value name, version;
  if (!split_name(strip(*parts.name), name, version)) {
    error(parts.name, "not a library name: " + write_datum(*parts.name, 80));
    return false;
  }
  span_ = place_of(*form);
  Handle key = hold(name);
  std::string text = write_datum(name, 1000);
  if (registered_library(name) != False && library_state(registered_library(name)) == LibraryState::Expanding) {
    error(form, "the library " + text + " is defined while it is being expanded");
    return false;
  }
  std::size_t before = diagnostics_.error_count();
  Handle old = hold(registered_library(name));
  Handle record = hold(make_library_record("%library", name));
  vector_put(*record, kLibraryVersion, version);
  if (!file.empty()) vector_put(*record, kLibraryFile, heap_string(file));
  if (parts.r7rs) add_library_flag(*record, kLibraryR7rs);
  register_library(*record);
  loading_.push_back(text);
  owner_ = record;
  top_ = Scope::Kind::Library;
  Scope scope{Scope::Kind::Library};
  Handle rib = hold(vector_at(*record, kLibraryRib));
  Items libraries;
  bool ok = import_all(parts.imports, rib, scope, libraries, Null);
  if (ok) {
    std::vector<Value> imported;
    for (Handle l : libraries) imported.push_back(*l);
    vector_put(*record, kLibraryImports, list_from(imported));
    if (wants_import_warnings(file)) forget_uses(parts.imports);
    std::deque<PendingForm> queue;
    for (Handle b : parts.body) queue.push_back({hold(add_rib(*b, *rib)), rib, {}, {}, {}});
    std::vector<BodyItem> items;
    scan(scope, queue, items, false);
    compute_exports(parts, record, rib);
    Items referred;
    if (!items.empty()) {
      Value thunk = top_thunk(items, text, &referred);
      vector_put(*record, kLibraryBody, thunk);
      std::vector<Value> slots;
      for (Handle b : defined_) slots.push_back(vector_at(*b, kBindingPayload));
      vector_put(*record, kLibrarySlots, list_from(slots));
      if (watching_imports_ && diagnostics_.error_count() == before) warn_unused_imports(parts.imports);
      if (thunk == False && compiler_.compile && diagnostics_.error_count() == before && !stopped())
        report(span_, "syntax", "the library " + text + " could not be compiled");
    }
    if (!parts.r7rs) {
      for (auto& [b, span] : assigned_)
        if (binding_flags(*b) & kFlagExported)
          report(span, "syntax", "the exported variable `" + symbol_text(vector_at(*b, kBindingName)) + "` must not be assigned");
    }
    // What the body refers to without importing it (through macros) is instantiated first, too.
    std::vector<Value> all;
    list_items(vector_at(*record, kLibraryImports), all);
    for (Handle l : referred)
      if (std::find(all.begin(), all.end(), *l) == all.end()) all.push_back(*l);
    vector_put(*record, kLibraryImports, list_from(all));
  }
  loading_.pop_back();
  vector_put(*record, kLibraryRib, False);  // wraps of macros keep it if they need it
  if (!ok || diagnostics_.error_count() != before || stopped()) {
    if (*old != False) register_library(*old);
    else unregister_library(*key);
    return false;
  }
  set_library_state(*record, LibraryState::Ready);
  return true;
}

void Expander::compute_exports(LibraryParts& parts, Handle record, Handle rib) {
  Value table = vector_at(*record, kLibraryExports);
  auto add = [&](Value internal, Value external, Span span) {
    Value a = peel(internal), b = peel(external);
    if (!is_symbol(a) || !is_symbol(b)) {
      report(span, "syntax", "an export must be an identifier or (rename ...)", internal);
      return;
    }
    Value label = rib_get(*rib, a, Null);
    if (label == Unbound || is_fixnum(label)) {
      if (diagnostics_.has_errors()) return;  // the body was not expanded to its end
      std::string near = suggestion(make_syntax(a, Null, False, list_of({*rib})));
      report(span, "undefined", "the library exports `" + symbol_text(a) + "` but does not define or import it" + near, a);
      return;
    }
    Value old = table_get(table, b);
    if (old != Unbound && old != label) {
      report(span, "syntax", "two different bindings are exported as `" + symbol_text(b) + "`", b);
      return;
    }
    table_put(table, b, label);
    if (watching_imports_) note_use(label);
    if (vector_at(label, kBindingOwner) == *record) add_binding_flag(label, kFlagExported);
  };
  for (Handle spec : parts.exports) {
    Span span = place_of(*spec);
    if (!is_pair_syntax(*spec)) {
      add(*spec, *spec, span);
      continue;
    }
    std::vector<Value> items;
    list_items(*spec, items);
    if (peel(items[0]) != symbol("rename")) {
      report(span, "syntax", "not an export: " + write_datum(*spec, 60), *spec);
      continue;
    }
    if (items.size() == 3 && !is_pair_syntax(items[1])) {
      add(items[1], items[2], span);
      continue;
    }
    for (std::size_t i = 1; i < items.size(); ++i) {
      std::vector<Value> pair;
      if (!list_items(items[i], pair) || pair.size() != 2) report(span, "syntax", "a renamed export must be (internal external)", *spec);
      else add(pair[0], pair[1], span);
    }
  }
}

// -- programs and the REPL --

Value Expander::program(SourceId source, text::Dialect dialect) {
  Items forms;
  if (!read_all(source, dialect, forms)) return False;
  Handle record = hold(make_library_record("%program", False));
  file_ = compiler_.sources.get(source).name;
  if (dialect == text::Dialect::R7rs) add_library_flag(*record, kLibraryR7rs);
  owner_ = record;
  top_ = Scope::Kind::Program;
  Scope scope{Scope::Kind::Program};
  Handle rib = hold(vector_at(*record, kLibraryRib));
  Items imports;
  std::size_t at = 0;
  bool any_import = false;
  for (; at < forms.size(); ++at) {
    if (!is_pair_syntax(*forms[at])) break;
    Value head = peel(Walker(*forms[at]).item());
    if (head == symbol("library")) {
      expand_library(forms[at], file_);
    } else if (head == symbol("define-library")) {
      expand_define_library(forms[at], file_);
    } else if (head == symbol("import")) {
      Items p;
      if (parse(forms[at], 1, -1, p)) imports.insert(imports.end(), p.begin() + 1, p.end());
      any_import = true;
    } else {
      break;
    }
    if (stopped()) return False;
  }
  if (!any_import) {
    if (forms.size() > at || forms.empty())
      report(forms.empty() ? Span{source, 0, 0} : place_of(*forms[std::min(at, forms.size() - 1)]), "syntax",
             "a program must begin with an import form, such as (import (rnrs))");
    return False;
  }
  Items libraries;
  if (!import_all(imports, rib, scope, libraries, Null)) return False;
  std::vector<Value> imported;
  for (Handle l : libraries) imported.push_back(*l);
  vector_put(*record, kLibraryImports, list_from(imported));
  if (wants_import_warnings(file_)) forget_uses(imports);
  std::deque<PendingForm> queue;
  for (; at < forms.size(); ++at) queue.push_back({hold(add_rib(*forms[at], *rib)), rib, {}, {}, {}});
  std::vector<BodyItem> items;
  scan(scope, queue, items, false);
  Handle thunk = hold(top_thunk(items, file_, &libraries));
  if (diagnostics_.has_errors() || stopped()) return False;
  if (watching_imports_) warn_unused_imports(imports);
  if (compiler_.mode == Compiler::Mode::Run) {
    fill_primitive_cells();
    if (!instantiate_all(libraries)) return False;
    return *thunk;
  }
  std::vector<Value> visited, bodies, slots;
  for (Handle l : libraries) collect_bodies(*l, visited, bodies, slots);
  bodies.push_back(make_pair(False, *thunk));
  return make_pair(list_from(bodies), list_from(slots));
}

void Expander::enter_environment(Handle environment) {
  owner_ = environment;
  top_ = Scope::Kind::Repl;
}

/// Evaluates forms one after the other; the last one's thunk is left to the driver, so that it may have any
/// number of values. #f: nothing to run.
Value Expander::run_forms(const Items& forms, Handle environment) {
  enter_environment(environment);
  Handle rib = hold(vector_at(*environment, kLibraryRib));
  Handle last = hold(False);
  Scope scope{Scope::Kind::Repl};
  for (Handle form : forms) {
    std::deque<PendingForm> queue;
    if (is_pair_syntax(*form)) {
      // These work even where nothing is imported; libraries must not see the environment.
      Value head = peel(Walker(*form).item());
      bool library = defines_library(*form), import = head == symbol("import");
      if (library || import) {
        Meaning m = meaning(make_syntax(head, Null, False, list_of({*rib})));
        if (m.kind == Meaning::Kind::Unbound || m.kind == Meaning::Kind::Form) {
          if (*last != False) call(*last, Null);
          last.set(False);
          if (stopped()) return False;
          std::vector<BodyItem> items;
          if (import) scan_definition(scope, Form::Import, {hold(add_rib(*form, *rib)), rib, {}, {}, {}}, queue, items);
          else if (head == symbol("library")) expand_library(form, file_);
          else expand_define_library(form, file_);
          if (diagnostics_.has_errors()) return False;
          continue;
        }
      }
    }
    Value wrapped = is_syntax(*form) && substs_of(*form) != Null ? *form : add_rib(*form, *rib);
    queue.push_back({hold(wrapped), rib, {}, {}, {}});
    while (!queue.empty()) {
      if (*last != False) call(*last, Null);
      last.set(False);
      if (stopped()) return False;
      std::vector<BodyItem> items;
      scan(scope, queue, items, true);
      if (diagnostics_.has_errors() || stopped()) return False;
      if (items.empty()) continue;
      Items libraries;
      Handle thunk = hold(top_thunk(items, file_, &libraries));
      fill_primitive_cells();
      if (diagnostics_.has_errors() || stopped() || !instantiate_all(libraries)) return False;
      last.set(*thunk);
    }
  }
  return *last;
}

Value Expander::eval(Handle datum, Handle environment) {
  if (!check_finite(datum)) return False;
  return run_forms({datum}, environment);
}

Value Expander::eval_text(SourceId source, text::Dialect dialect, Handle environment) {
  Items forms;
  file_ = compiler_.sources.get(source).name;
  if (!read_all(source, dialect, forms)) return False;
  one_form_ = forms.size() == 1;
  return run_forms(forms, environment);
}

}  // namespace loko::syntax
