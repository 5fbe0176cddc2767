// SPDX-License-Identifier: MIT
//
// The warning unused-variable: variables of let and its kin and of internal definitions that nothing refers to.
// Only identifiers that stand in the source with this name count, not those that macros make; parameters of
// procedures don't, nor do names that begin with an underscore.
#include <unordered_set>

#include "core/build.h"
#include "syntax/expander.h"

namespace loko::syntax {

void Expander::note_binding(core::Variable* variable, Value id) {
  if (compiler_.building_image || !unit_ || variable->name.empty() || variable->name[0] == '_') return;
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

}  // namespace loko::syntax
