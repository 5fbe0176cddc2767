// SPDX-License-Identifier: MIT
//
// Datum trees to syntax objects. Pairs and symbols get their places; other leaves are plain values.
#include "syntax/expander.h"

namespace loko::syntax {

Value Expander::from_datum(const text::Datum* datum) {
  if (datum->labelled) {
    // Shared or cyclic: a literal without places inside.
    cyclic_ = true;
    auto found = labelled_.find(datum);
    if (found != labelled_.end()) return *found->second;
    Value v = text::to_heap(datum);
    labelled_[datum] = hold(v);
    return v;
  }
  switch (datum->kind) {
    case text::DatumKind::Pair: {
      if (task_.coroutine().nearly_full()) {
        if (!too_deep_) report(datum->span, "implementation-restriction", "the program is nested too deeply");
        too_deep_ = true;
        return Null;
      }
      std::vector<Value> items;
      const text::Datum* d = datum;
      for (; d->is_pair() && (d == datum || !d->labelled); d = d->cdr) items.push_back(from_datum(d->car));
      Value tail = d->is_null() ? Null : from_datum(d);
      return make_syntax(list_from(items, tail), Null, pack_span(datum->span), Null);
    }
    case text::DatumKind::Vector: {
      Value v = make_vector(datum->count, False);
      for (u64 i = 0; i < datum->count; ++i) vector_put(v, static_cast<i64>(i), from_datum(datum->items[i]));
      freeze(v);
      return make_syntax(v, Null, pack_span(datum->span), Null);
    }
    case text::DatumKind::Symbol:
      return make_syntax(intern(datum->text_data, datum->text_size), Null, pack_span(datum->span), Null);
    case text::DatumKind::Null: return make_syntax(Null, Null, pack_span(datum->span), Null);
    default: return text::leaf_to_heap(datum);
  }
}

/// Reports a form that is circular outside of its literals.
bool Expander::check_finite(Handle form, Span span) {
  if (!contains_itself(*form)) return true;
  report(span, "syntax", "only a literal may contain itself", *form);
  return false;
}

/// The same for a datum that a program made.
bool Expander::check_finite(Handle datum) {
  if (!may_be_cyclic(*datum)) return true;
  cyclic_ = true;
  return check_finite(datum, place_of(*datum));
}

/// All data of a source as syntax without a wrap; false after lexical errors.
bool Expander::read_all(SourceId source, text::Dialect dialect, Items& forms) {
  Arena arena;
  text::Reader reader(compiler_.sources, source, arena, diagnostics_, dialect);
  std::size_t before = diagnostics_.error_count();
  while (text::Datum* datum = reader.read()) {
    forms.push_back(hold(from_datum(datum)));
    if (stopped() || (cyclic_ && !check_finite(forms.back(), datum->span))) return false;
  }
  labelled_.clear();
  if (diagnostics_.error_count() == before) return true;
  Failure& f = task_.failure_slot();
  for (const Diagnostic& d : diagnostics_.all()) {
    if (d.severity != Severity::Error || !f.message.empty()) continue;
    f.kind = "lexical";
    f.message = d.message;
    f.place = compiler_.sources.describe(d.span);
    f.form = hold(False);
  }
  return false;
}

}  // namespace loko::syntax
