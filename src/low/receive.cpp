// SPDX-License-Identifier: MIT
//
// (call-with-values (lambda () e1) (lambda (x y) e2)) becomes (receive (x y) e1 e2): e1 and e2 are part of the function around them, so
// that no closure is made, loops in e1 are blocks, and (values a b) at its ends is a jump. A call at its ends returns its values to the
// entry of several values behind it (ADR 1), where they are counted. With one variable it is a let.
//
// A consumer that takes a rest list, or with several clauses, is left alone.
#include "core/build.h"
#include "low/lower.h"

namespace loko::low {
namespace {

using core::Clause;
using core::Expr;
using core::Tag;

/// The only clause of a lambda expression without rest parameter, or null.
const Clause* plain_clause(const Expr* e) {
  return e->tag == Tag::Lambda && e->clauses.size() == 1 && !e->clauses[0].rest ? &e->clauses[0] : nullptr;
}

struct Pass {
  core::Unit& unit;
  PrimitiveId call_with_values = core::primitive("call-with-values");
  bool changed = false;

  void walk(Expr*& e) {
    core::for_each_child(e, [this](Expr*& c) { walk(c); });
    if (!core::is_prim(e, call_with_values) || e->parts.size() != 2) return;
    const Clause* consumer = plain_clause(e->parts[1]);
    if (consumer && !consumer->required.empty()) e = receive(e, *consumer);
  }

  Expr* receive(Expr* e, const Clause& consumer) {
    changed = true;
    Expr* let = unit.make(Tag::Let, e->span);
    let->receives = consumer.required.size() > 1;
    for (core::Variable* v : consumer.required)
      let->bindings.push_back({v, let->bindings.empty() ? values_of(e->parts[0]) : core::make_quote(unit, Void, e->span)});
    let->body = consumer.body;
    return let;
  }

  /// The expression that the producer evaluates.
  Expr* values_of(Expr* producer) {
    if (const Clause* c = plain_clause(producer); c && c->required.empty()) return c->body;
    Expr* call = unit.make(Tag::Call, producer->span);
    call->parts = {producer};
    return call;
  }
};

}  // namespace

bool receive_values(core::Unit& unit) {
  Pass pass{unit};
  pass.walk(unit.body);
  return pass.changed;
}

}  // namespace loko::low
