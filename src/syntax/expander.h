// SPDX-License-Identifier: MIT
//
// The expander: syntax objects to core units. One object per task. Meanings are found through ribs (stx.h);
// locals of this expansion are C++ objects, everything else is a heap binding (bindings.h).
//
// INVARIANT(handles): any function that takes a Handle may suspend the task, and then every raw Value in its
// callers is stale. Functions that take raw Values never suspend.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "syntax/bindings.h"
#include "syntax/compiler.h"
#include "syntax/expansion.h"
#include "syntax/forms.h"
#include "text/datum.h"

namespace loko::syntax {

using core::Expr;
using core::Tag;
using Items = std::vector<Handle>;

/// A name bound inside an expression.
struct Local {
  enum class Kind : u8 { Variable, Macro, Pattern } kind;
  core::Variable* variable = nullptr;  // Variable, Pattern (its value)
  Handle transformer{};                // Macro
  int depth = 0;                       // Pattern: number of ellipses
  int phase = 0;
};

/// What an identifier means here.
struct Meaning {
  enum class Kind : u8 { Unbound, Form, Primitive, Global, Macro, Local, Pattern, Stale } kind = Kind::Unbound;
  Form form = Form::Count;
  PrimitiveId primitive{};
  Local* local = nullptr;   // Local, Pattern, and Macro if it is local
  Value binding = False;    // Global, Macro if it is global; good until the next suspension
  bool is(Form f) const { return kind == Kind::Form && form == f; }
};

/// A unit under construction.
struct UnitState {
  Arena arena;
  core::Unit unit;
  std::unordered_map<u32, core::Global*> globals;  // by cell
  Items libraries;                                 // whose variables it mentions
  std::unordered_map<u32, Handle> unbound;         // REPL: identifiers of variables without a definition, by cell
  std::vector<std::pair<core::Variable*, Span>> bound;  // where variables stand in the source (unused.cpp)
};

/// Where definitions go.
struct Scope {
  enum class Kind : u8 { Body, Library, Program, Repl } kind;
  bool top() const { return kind != Kind::Body; }
};

/// A variable that a definition binds.
struct Target {
  core::Variable* variable = nullptr;  // in bodies
  Handle binding{};                    // at top level
};

/// A definition or expression of a body whose expansion was put off.
struct BodyItem {
  enum class Kind : u8 { Value, Function, Values, Primitive, Expression, Undefined } kind;
  std::vector<Target> targets;
  Handle form;     // expression; Function: list of bodies
  Handle formals;  // Function, Values
  std::string name;
  PrimitiveId primitive{};
  Span span;
};

/// A form of a body that was not looked at yet, or the end of a module.
struct PendingForm {
  Handle form;          // null: end of a module
  Handle rib;           // where its definitions go
  Handle exports{};     // end of module: list of identifiers
  Handle outer_rib{};
  Handle module_name{}; // or null
};

class Expander {
 public:
  explicit Expander(Task& task);
  ~Expander();

  // -- entries, one per kind of task; the result goes to the driver --
  Value eval(Handle datum, Handle environment);
  Value eval_text(SourceId source, text::Dialect dialect, Handle environment);
  Value program(SourceId source, text::Dialect dialect);
  Value expand_only(Handle datum, Handle environment, bool optimize);
  Value make_environment(Handle specs);
  Value import_into(Handle specs, Handle environment);
  Value load_library(Handle name);

  /// Meaning of an identifier or symbol; does not suspend.
  Meaning meaning(Value id);
  /// For %syntax-local-value: the compile-time value of an identifier, or Unbound.
  Value compile_time_value(Value id);
  /// For transformers that are called as procedures: the native transformer applied to a form.
  Value run_native_rules(Value transformer, Value form, bool& matched) { return run_native(transformer, form, False, matched); }

 private:
  friend class Task;
  // -- basics (expand.cpp) --
  Handle hold(Value v) { return handles_.make(v); }
  Items hold_all(const std::vector<Value>& values);
  bool stopped();
  Expr* error(Handle form, const std::string& message);
  void report(Span span, const std::string& kind, const std::string& message, Value form = False);
  Span place_of(Value form) const;
  /// The elements of a proper list with between min and max (-1: any) elements; reports what is wrong.
  bool parse(Handle form, int min, int max, Items& items);
  /// The error of an exception in the transformer of a macro.
  void report_exception(Span span, const std::string& message, Handle use);
  Value call(Value procedure, Value arguments);
  void breathe();

  Expr* make(Tag tag) { return (unit_ ? *unit_ : scratch_).unit.make(tag, span_); }
  Expr* make_quote(Value v);
  Expr* make_void() { return make_quote(Void); }
  Expr* make_ref(core::Variable* v);
  Expr* make_call(std::vector<Expr*> parts);
  Expr* make_prim(PrimitiveId id, std::vector<Expr*> operands);
  Expr* make_prim(const char* name, std::vector<Expr*> operands);
  Expr* make_if(Expr* test, Expr* then, Expr* otherwise);
  Expr* make_begin(std::vector<Expr*> parts);
  Expr* make_let(std::vector<core::Binding> bindings, Expr* body);
  Expr* make_lambda(std::vector<core::Variable*> required, core::Variable* rest, Expr* body);
  Expr* make_global_ref(Value binding);
  Expr* make_captured(const std::vector<Expr*>& mentions);
  core::Variable* new_variable(Value id);
  void note_definition(Value id);
  void note_first(Value id);
  void note_macro(Span span);
  void note_use_of_macro(Handle form);
  void note_library(Value id);
  void note_binding(core::Variable* variable, Value id);
  void warn_unused(UnitState& state, Expr* body);
  void warn_unbound(const UnitState& state, Expr* e, bool at_once);
  bool wants_import_warnings(const std::string& file) const;
  void note_use(Value binding);
  void forget_uses(const Items& specs);
  void warn_unused_imports(const Items& specs);
  core::Global* global_of(Value binding);

  // -- names --
  Value new_label(Local* local);
  Local* local_of(Value label) const;
  Value new_rib() { return make_rib(); }
  /// Binds an identifier to a fresh variable in a rib.
  core::Variable* bind_variable(Value rib, Value id);
  void bind_local(Value rib, Value id, Local* local);
  bool check_distinct(const Items& ids, const char* what);
  std::size_t earlier_equal(const Items& ids, std::size_t i, std::unordered_map<u64, std::vector<std::size_t>>& seen) const;

  // -- expressions --
  Expr* expand(Handle form);
  Expr* expand_identifier(Handle form, bool& again, Handle& next);
  Expr* expand_call(Handle form);
  Expr* expand_primitive_call(PrimitiveId id, std::vector<Expr*> operands);
  Expr* unbound(Handle id);
  Value implicit_global(Value id);
  std::string suggestion(Value id);

  // -- macros (macros.cpp) --
  Handle transform(Value transformer, Handle form, Handle rib);
  Handle transformer_value(const Meaning& m, Handle id);
  Handle eval_transformer(Handle rhs, const std::string& name);
  Value native_transformer(Form form, Handle rhs);
  Value run_native(Value transformer, Value form, Value rib, bool& matched);
  bool is_transformer(Value v);
  bool is_variable_transformer(Value v);
  bool is_native(Value v);

  // -- patterns and templates (patterns.cpp) --
  struct PatternVariable {
    Value id;
    int depth;
  };
  struct TemplateVariable {
    Value id;
    int depth;
    core::Variable* variable;
  };
  struct TemplateState {
    Value ellipsis;            // identifier or False
    bool escaped = false;
    std::vector<TemplateVariable> variables;
    std::vector<Handle> holes; // unsyntax expressions; hole i is numbered 10000 + i until finished
    bool quasi = false;
    std::vector<PatternVariable>* rule_variables = nullptr;  // syntax-rules: variables of the pattern, not the rib
    Handle form;
    bool failed = false;
  };
  Value compile_pattern(Value pattern, const std::vector<Value>& literals, Value ellipsis, int depth,
                        std::vector<PatternVariable>& variables, Handle form);
  bool is_ellipsis(Value id, Value ellipsis);
  Value compile_template(Value t, TemplateState& state, int depth, std::vector<std::pair<int, int>>* used, int quasi);
  Value template_constant(Value t);
  int template_variable(Value id, TemplateState& state, bool& found, int& depth);

  // -- core forms (core_forms.cpp, case_forms.cpp, binding_forms.cpp, quasiquote.cpp, syntax_forms.cpp) --
  Expr* form_quote(Handle form, Form f);
  Expr* form_quasiquote(Handle form, Form f);
  Expr* form_lambda(Handle form, Form f);
  Expr* form_case_lambda(Handle form, Form f);
  Expr* form_named_lambda(Handle form, Form f);
  Expr* form_let(Handle form, Form f);
  Expr* form_let_star(Handle form, Form f);
  Expr* form_letrec(Handle form, Form f);
  Expr* form_let_values(Handle form, Form f);
  Expr* form_let_star_values(Handle form, Form f);
  Expr* form_receive(Handle form, Form f);
  Expr* form_if(Handle form, Form f);
  Expr* form_cond(Handle form, Form f);
  Expr* form_case(Handle form, Form f);
  Expr* form_and(Handle form, Form f);
  Expr* form_or(Handle form, Form f);
  Expr* form_when(Handle form, Form f);
  Expr* form_do(Handle form, Form f);
  Expr* form_set(Handle form, Form f);
  Expr* form_assert(Handle form, Form f);
  Expr* form_syntax(Handle form, Form f);
  Expr* form_syntax_case(Handle form, Form f);
  Expr* form_with_syntax(Handle form, Form f);
  Expr* form_native_transformer(Handle form, Form f);
  Expr* form_begin(Handle form, Form f);
  Expr* form_let_syntax(Handle form, Form f);
  Expr* form_include(Handle form, Form f);
  Expr* form_cond_expand(Handle form, Form f);
  Expr* form_syntax_error(Handle form, Form f);
  Expr* form_primitive_reference(Handle form, Form f);
  Expr* form_lifted_lambda(Handle form, Form f);
  Expr* form_library_export(Handle form, Form f);
  Expr* form_closed_expression(Handle form, Form f);
  Expr* form_definition(Handle form, Form f);
  Expr* form_auxiliary(Handle form, Form f);
  Expr* dispatch(Form f, Handle form);

  Expr* expand_sequence(const Items& forms, std::size_t from);
  bool expand_clause(Handle formals, const Items& body, std::size_t from, core::Clause& clause);
  bool bind_formals(Handle formals, Handle rib, std::vector<core::Variable*>& required, core::Variable** rest);
  Handle wrap_all(const Items& forms, std::size_t from, Handle rib, Items& out);
  Expr* expand_cond(const Items& clauses, std::size_t at);
  struct CaseClause {
    Span span;
    Items data;
    Expr* then;
  };
  struct CaseSearch;
  Expr* expand_case(const Items& clauses, std::size_t at, core::Variable* key);
  Expr* case_search(const std::vector<CaseClause>& clauses, core::Variable* key, Expr* otherwise);
  Expr* case_tests(const std::vector<CaseClause>& clauses, core::Variable* key, Expr* otherwise,
                   const std::function<bool(Value)>& wanted, const std::function<Expr*(std::size_t)>& body);
  Expr* call_with_values(Expr* producer, Expr* consumer);
  Expr* quasi(Handle t, int depth);
  Expr* quasi_list(Handle t, int depth);
  Expr* expand_syntax_clauses(const Items& clauses, std::size_t at, core::Variable* subject, Handle form,
                              const Items& literals);
  Expr* template_expression(Handle t, bool quasi, Handle form);
  bool is_form(Value id, Form f);
  bool parse_bindings(Handle list, std::vector<std::pair<Handle, Handle>>& bindings);

  // -- bodies (body.cpp) --
  Expr* expand_body(const Items& forms, std::size_t from, Handle outer_form);
  void scan(const Scope& scope, std::deque<PendingForm>& queue, std::vector<BodyItem>& items, bool one);
  bool scan_definition(const Scope& scope, Form f, PendingForm pending, std::deque<PendingForm>& queue,
                       std::vector<BodyItem>& items);
  void scan_define(const Scope& scope, const PendingForm& pending, std::vector<BodyItem>& items);
  void scan_define_syntax(const Scope& scope, const PendingForm& pending);
  void scan_define_values(const Scope& scope, const PendingForm& pending, std::vector<BodyItem>& items);
  void scan_module(const Scope& scope, const PendingForm& pending, std::deque<PendingForm>& queue);
  void scan_let_syntax(const PendingForm& pending, std::deque<PendingForm>& queue, Form f);
  void end_module(const Scope& scope, const PendingForm& pending);
  bool declare(const Scope& scope, Handle rib, Handle id, Target& target);
  void declare_label(const Scope& scope, Value rib, Value id, Value label);
  Expr* item_value(BodyItem& item);
  Expr* expand_top_items(std::vector<BodyItem>& items);
  void splice(const Items& forms, std::size_t from, Handle rib, std::deque<PendingForm>& queue);
  Handle include_forms(Handle form, bool fold_case, Items& out);
  bool cond_expand_choice(Handle form, Items& out);
  bool feature_holds(Value requirement);

  // -- libraries (library.cpp, imports.cpp) --
  Value find_library(Handle name, Span span);
  bool load_library_file(Handle name, Span span);
  bool expand_library(Handle form, const std::string& file);
  bool expand_define_library(Handle form, const std::string& file);
  struct LibraryParts {
    Handle name, version;
    Items exports;  // export specs
    Items imports;  // import sets
    Items body;
    bool r7rs = false;
  };
  bool collect_declarations(const Items& declarations, std::size_t from, LibraryParts& parts, const std::string& file);
  bool build_library(LibraryParts& parts, Handle form, const std::string& file);
  void compute_exports(LibraryParts& parts, Handle record, Handle rib);
  bool instantiate(Handle library);
  void fill_primitive_cells();
  bool instantiate_all(const Items& libraries);
  void collect_bodies(Value library, std::vector<Value>& visited, std::vector<Value>& bodies, std::vector<Value>& slots);
  struct Saved;
  bool load_import(Handle spec, Items& libraries);
  bool import_all(const Items& specs, Handle rib, const Scope& scope, Items& libraries, Value marks);
  bool import_names(Value spec, std::vector<std::pair<Value, Value>>& names);
  bool is_weak_import(Value symbol);
  /// Adds one name to the rib; false if the name has another meaning there, which `first` says if it is empty.
  bool add_import(Value rib, Value symbol, Value binding, const Scope& scope, Value marks, bool weak, std::string& first);
  void report_conflicts(const std::vector<Value>& names, std::string message, Value spec);
  bool split_name(Value name, Value& parts, Value& version);
  bool version_matches(Value version, Value reference);
  bool library_exists(Value name);
  Value srfi_alias(Value name);
  Value known_library(Value name);
  std::string find_file(Value name, std::vector<std::string>& tried);
  bool defines_library(Value form) const;

  // -- reading --
  Value from_datum(const text::Datum* datum);
  bool check_finite(Handle form, Span span);
  bool check_finite(Handle datum);
  bool read_all(SourceId source, text::Dialect dialect, Items& forms);

  // -- units --
  std::unique_ptr<UnitState> new_unit(const std::string& name);
  Value compile_unit(UnitState& state, Expr* body);
  Value run_forms(const Items& forms, Handle environment);
  Value top_thunk(std::vector<BodyItem>& items, const std::string& name, Items* libraries);
  void enter_environment(Handle environment);
  void finish_globals(UnitState& state);

  Task& task_;
  Compiler& compiler_;
  HandleArena& handles_;
  Diagnostics& diagnostics_;
  UnitState* unit_ = nullptr;
  UnitState scratch_;             // takes the nodes that error reports make outside of units
  Span span_{};
  Handle form_{};                 // the innermost form that is being expanded, for violations; may be null
  int phase_ = 0;
  std::vector<std::pair<std::string, Span>> definitions_;   // names and places, for notes
  std::unordered_map<u64, std::string> macro_uses_;         // by source and offset: the macro that was expanded there
  bool one_form_ = false;           // the text of the REPL: what it lacks does not follow in the same text
  bool watching_imports_ = false;   // uses of bindings are noted
  int depth_ = 0;
  bool too_deep_ = false;
  bool cyclic_ = false;           // some literal was read with datum labels
  unsigned ticks_ = 0;
  i64 serial_;
  std::vector<Local*> labels_;
  Handle owner_;                  // library, program or environment whose top level is being expanded
  Scope::Kind top_ = Scope::Kind::Repl;
  std::vector<std::string> loading_;
  std::vector<std::string> failed_;  // libraries that were reported already
  std::vector<std::pair<Handle, Span>> assigned_;  // bindings assigned in the library at hand
  std::string file_;              // the file at hand
  Handle weak_imports_{};         // table of the names that the library at hand has straight from a built-in one
  Items defined_;                 // bindings of the variables that the library or program at hand defines
  std::unordered_map<const text::Datum*, Handle> labelled_;
};

}  // namespace loko::syntax
