// SPDX-License-Identifier: MIT
//
// (call-with-values (lambda () e1) (lambda (x y) e2)) becomes (receive (x y) e1 e2): e1 and e2 are part of the function around them, so
// that no closure is made, loops in e1 are blocks, and (values a b) at its ends is a jump. A call at its ends returns its values to the
// entry of several values behind it (ADR 1), where they are counted. With one variable it is a let.
//
// A consumer with a rest list, or with several clauses, becomes (receive (n) e1 e3), where n is the number of the values, and e3 chooses the
// clause by it and takes the values with %received:
//
//   (if (eq? n 2) (let ((x (%received 0)) (y (%received 1))) e2) (if (fx>=? n 1) (let ((x (%received 0)) (r (%received-list 1 n))) e2') …))
//
// INVARIANT(received): nothing comes between a call and its %received but such tests and bindings: no call, and no safepoint.
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
    const Expr* consumer = e->parts[1];
    if (consumer->tag != Tag::Lambda || consumer->clauses.empty()) return;
    const Clause* plain = plain_clause(consumer);
    if (plain && !plain->required.empty()) e = receive(e, *plain);
    else e = choose(e, *consumer);
  }

  // -- by the number of the values --

  Expr* number(u64 n, Span span) { return core::make_quote(unit, fixnum(static_cast<i64>(n)), span); }
  Expr* prim(PrimitiveId id, std::vector<Expr*> operands, Span span) { return core::make_prim(unit, id, std::move(operands), span); }

  Expr* choose(Expr* e, const Expr& consumer) {
    changed = true;
    Expr* let = unit.make(Tag::Let, e->span);
    let->receives = true;
    core::Variable* count = unit.new_variable("count");
    let->bindings.push_back({count, values_of(e->parts[0])});
    Expr* chosen = nullptr;
    bool all = false;
    size_t last = 0;  // clauses behind one that takes any number are never chosen
    while (last < consumer.clauses.size() && !all) all = is_any(consumer.clauses[last++]);
    if (!all) chosen = wrong_number(consumer, count, e->span);
    for (size_t i = last; i-- > 0;) {
      const Clause& c = consumer.clauses[i];
      Expr* body = clause_body(c, count, e->span);
      PrimitiveId test = c.rest ? core::primitive("fx>=?") : PrimitiveId::k_eq_p;
      chosen = is_any(c) ? body
                         : core::make_if(unit, prim(test, {core::make_ref(unit, count, e->span), number(c.required.size(), e->span)}, e->span),
                                         body, chosen, e->span);
    }
    let->body = chosen;
    return let;
  }

  static bool is_any(const Clause& c) { return c.rest && c.required.empty(); }

  Expr* clause_body(const Clause& c, core::Variable* count, Span span) {
    if (c.required.empty() && !c.rest) return c.body;
    Expr* let = unit.make(Tag::Let, span);
    for (size_t i = 0; i < c.required.size(); ++i) let->bindings.push_back({c.required[i], received(i, span)});
    if (c.rest) let->bindings.push_back({c.rest, received_list(c.required.size(), count, span)});
    let->body = c.body;
    return let;
  }

  Expr* received(size_t k, Span span) { return prim(core::primitive("%received"), {number(k, span)}, span); }

  /// The values from the k-th on as a list, none and one in line.
  Expr* received_list(size_t k, core::Variable* count, Span span) {
    auto is = [&](size_t n) { return prim(PrimitiveId::k_eq_p, {core::make_ref(unit, count, span), number(n, span)}, span); };
    Expr* one = prim(core::primitive("cons"), {received(k, span), core::make_quote(unit, Null, span)}, span);
    Expr* more = prim(core::primitive("%received-list"), {number(k, span), core::make_ref(unit, count, span)}, span);
    return core::make_if(unit, is(k), core::make_quote(unit, Null, span), core::make_if(unit, is(k + 1), one, more, span), span);
  }

  /// Calls a procedure that takes what the consumer takes with the values: that fails as a call of the consumer would.
  Expr* wrong_number(const Expr& consumer, core::Variable* count, Span span) {
    Expr* lambda = unit.make(Tag::Lambda, consumer.span);
    lambda->name = consumer.name;
    for (const Clause& c : consumer.clauses) {
      Clause same;
      for (size_t i = 0; i < c.required.size(); ++i) same.required.push_back(unit.new_variable("x"));
      if (c.rest) same.rest = unit.new_variable("rest");
      same.body = core::make_quote(unit, Void, span);
      lambda->clauses.push_back(std::move(same));
    }
    Expr* list = prim(core::primitive("%received-list"), {number(0, span), core::make_ref(unit, count, span)}, span);
    return prim(core::primitive("%apply"), {lambda, list}, span);
  }

  // -- with a number that is known --

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
