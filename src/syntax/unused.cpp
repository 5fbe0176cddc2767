// SPDX-License-Identifier: MIT
//
// The warnings unused-variable and unused-import: variables of let and its kin and of internal definitions that nothing refers to.
// Only identifiers that stand in the source with this name count, not those that macros make; parameters of
// procedures don't, nor do names that begin with an underscore.
#include <unordered_set>

#include "core/build.h"
#include "syntax/expander.h"

namespace loko::syntax {

void Expander::note_binding(core::Variable* variable, Value id) {
  if (compiler_.building_image || !unit_ || variable->name.empty() || variable->name.str()[0] == '_') return;
  Span span = span_of(id);
  if (marks_of(id) != Null || !compiler_.sources.has(span.source)) return;
  if (compiler_.is_system_file(compiler_.sources.get(span.source).name)) return;
  const std::string& text = compiler_.sources.get(span.source).text;
  if (span.begin + variable->name.size() > text.size() || text.compare(span.begin, variable->name.size(), variable->name) != 0) return;
  unit_->bound.push_back({variable, span});
}

void Expander::warn_unused(UnitState& state, Expr* body) {
  if (state.bound.empty()) return;
  std::unordered_set<const core::Variable*> bound, used;
  std::vector<Expr*> work{body};
  while (!work.empty()) {
    Expr* e = work.back();
    work.pop_back();
    if (e->tag == Tag::Ref || e->tag == Tag::Set) used.insert(e->variable);
    for (const core::Binding& b : e->bindings) bound.insert(b.variable);
    core::for_each_child(e, [&](Expr* child) {
      if (child) work.push_back(child);
    });
  }
  for (auto& [variable, span] : state.bound)
    if (bound.count(variable) && !used.count(variable))
      diagnostics_.warning(span, "unused-variable", "the variable `" + variable->name + "` is never used");
  state.bound.clear();
}

// -- variables of the REPL --

/// Warns of variables in procedures that nothing has defined yet, neither before nor in e. What runs at once tells
/// itself what is missing.
void Expander::warn_unbound(const UnitState& state, Expr* e, bool at_once) {
  if (e->tag == Tag::GlobalRef && !at_once && !e->global->defined_here) {
    auto found = state.unbound.find(e->global->cell);
    if (found != state.unbound.end() && slot_at(e->global->cell) == Unbound)
      diagnostics_.warning(e->span ? e->span : place_of(*found->second), "unbound-variable",
                           "the variable `" + e->global->name + "` is not defined yet" + suggestion(*found->second));
  }
  core::for_each_child(e, [&](Expr* child) {
    if (child) warn_unbound(state, child, at_once && e->tag != Tag::Lambda);
  });
}

// -- imports --
// Bindings that identifiers of the source (without marks of macros) mean, that templates mention or that are exported
// get the flag kFlagUsed. It is taken away before the body of a library or program is looked at, when everything that
// it imports is loaded; so it tells about this body only.

bool Expander::wants_import_warnings(const std::string& file) const {
  return !compiler_.building_image && !message_options().silent.count("unused-import") && !compiler_.is_system_file(file);
}

void Expander::note_use(Value binding) {
  if (!(binding_flags(binding) & kFlagUsed)) add_binding_flag(binding, kFlagUsed);
}

void Expander::forget_uses(const Items& specs) {
  watching_imports_ = true;
  for (Handle spec : specs) {
    std::vector<std::pair<Value, Value>> names;
    if (is_identifier(*spec) || !import_names(strip(*spec), names)) continue;
    for (auto& [sym, binding] : names)
      vector_put(binding, kBindingFlags, fixnum(binding_flags(binding) & ~i64{kFlagUsed}));
  }
}

/// One warning for each import set of which nothing is used; for those that name what they import, one for each name.
void Expander::warn_unused_imports(const Items& specs) {
  watching_imports_ = false;
  for (Handle spec : specs) {
    std::vector<std::pair<Value, Value>> names;
    Value datum = strip(*spec);
    if (is_identifier(*spec) || !import_names(datum, names) || names.empty()) continue;
    std::vector<Value> unused;
    for (auto& [sym, binding] : names)
      if (!(binding_flags(binding) & kFlagUsed)) unused.push_back(sym);
    if (unused.size() == names.size()) {
      diagnostics_.warning(place_of(*spec), "unused-import", "nothing that " + write_datum(datum, 60) + " brings is used");
    } else if (is_pair(datum) && car(datum) == symbol("only")) {
      for (Value sym : unused)
        diagnostics_.warning(place_of(*spec), "unused-import", "`" + symbol_text(sym) + "` is imported but never used");
    }
  }
}

}  // namespace loko::syntax
