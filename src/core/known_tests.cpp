// SPDX-License-Identifier: MIT
//
// A test whose outcome is known is not made again: (if t a b) makes t known in a and in b, and what is known at all calls of a known
// procedure is known of its parameters. So the rest of a recursion whose base case was split off, which is only called where it
// does not apply, loses the tests for it that come back with inlining. Tests are primitives on constants and on variables that are not
// assigned, whose outcome depends on nothing else: what came after the first one was reached only if it raised no error.
// (Mueller and Whalley, "Avoiding conditional branches by code replication"; here over calls as well.)
#include <algorithm>
#include <unordered_map>

#include "core/build.h"
#include "core/known_procedures.h"
#include "core/passes.h"

namespace loko::core {
namespace {

struct Fact {
  const Expr* test;
  bool outcome;
};

/// A test on the parameters of a known procedure, and what is known of it before its calls.
struct EntryTest {
  const Expr* test;
  bool possible = true;                 // not known otherwise at any call
  bool seen = false;                    // known at one
  bool outcome = false;
};

struct Parameter {
  KnownProcedure* procedure = nullptr;
  size_t index = 0;
};

bool is_fixed(const Expr* e) { return e->tag == Tag::Quote || (e->tag == Tag::Ref && !e->variable->assigned); }

bool is_same(const Expr* a, const Expr* b) {
  if (a->tag != b->tag) return false;
  return a->tag == Tag::Quote ? *a->datum == *b->datum : a->variable == b->variable;
}

/// Does it have the same outcome wherever its variables are in scope, if it has any?
bool is_lasting(const Expr* test) {
  constexpr u8 kElse = static_cast<u8>(~(kEffectRaises | kEffectAllocates));
  return test->tag == Tag::Prim && (primitive_info(test->primitive).effects & kElse) == 0 &&
         primitive_info(test->primitive).lowering != Lowering::Stub && std::all_of(test->parts.begin(), test->parts.end(), is_fixed);
}

struct Pass {
  Unit& unit;
  KnownProcedures procedures{unit};
  std::unordered_map<const Variable*, Parameter> parameters{};
  std::unordered_map<const KnownProcedure*, std::vector<EntryTest>> entries{};
  std::unordered_map<const Expr*, KnownProcedure*> by_lambda{};
  std::vector<Fact> facts{};
  bool changed = false;

  static bool is_candidate(const KnownProcedure& p) {
    return !p.escapes && p.applications.empty() && !p.calls.empty() && p.lambda->clauses.size() == 1;
  }

  void run() {
    for (KnownProcedure& p : procedures.all()) {
      if (!is_candidate(p)) continue;
      by_lambda[p.lambda] = &p;
      const Clause& c = p.lambda->clauses[0];
      for (size_t i = 0; i < c.required.size(); ++i)
        if (!c.required[i]->assigned) parameters[c.required[i]] = {&p, i};
    }
    if (!parameters.empty()) find_entry_tests(unit.body);
    if (!entries.empty()) walk(unit.body, false);
    walk(unit.body, true);
  }

  /// The procedure whose parameters (and nothing else) a test asks for, or null.
  KnownProcedure* asked(const Expr* test) const {
    KnownProcedure* of = nullptr;
    for (const Expr* operand : test->parts) {
      if (operand->tag == Tag::Quote) continue;
      auto found = parameters.find(operand->variable);
      if (found == parameters.end() || (of && of != found->second.procedure)) return nullptr;
      of = found->second.procedure;
    }
    return of;
  }

  void find_entry_tests(Expr* e) {
    constexpr size_t kMostTests = 8;   // per procedure
    for_each_child(e, [this](Expr* c) { find_entry_tests(c); });
    if (e->tag != Tag::If || !is_lasting(e->parts[0])) return;
    KnownProcedure* p = asked(e->parts[0]);
    if (!p) return;
    std::vector<EntryTest>& tests = entries[p];
    bool known = std::any_of(tests.begin(), tests.end(), [&](const EntryTest& t) { return agrees(t.test, e->parts[0]); });
    if (!known && tests.size() < kMostTests) tests.push_back({e->parts[0]});
  }

  static bool agrees(const Expr* a, const Expr* b) {
    return a->primitive == b->primitive &&
           std::equal(a->parts.begin(), a->parts.end(), b->parts.begin(), b->parts.end(), is_same);
  }

  /// The innermost fact whose test `same` holds of, or null.
  template <class Same>
  const Fact* find_fact(Same same) const {
    constexpr size_t kMostFacts = 32;
    for (size_t i = facts.size(), n = 0; i-- > 0 && n < kMostFacts; ++n)
      if (same(facts[i].test)) return &facts[i];
    return nullptr;
  }

  /// Looks at what is known where `p` is called.
  void note_call(const Expr* call, std::vector<EntryTest>& tests) {
    auto operand = [&](const Expr* of_test) {
      return of_test->tag == Tag::Quote ? of_test : call->parts[1 + parameters.at(of_test->variable).index];
    };
    for (EntryTest& t : tests) {
      auto all = [&](const Expr* other) {
        return std::equal(t.test->parts.begin(), t.test->parts.end(), other->parts.begin(), other->parts.end(),
                          [&](const Expr* a, const Expr* b) { return is_same(operand(a), b); });
      };
      bool can_be_known = std::all_of(t.test->parts.begin(), t.test->parts.end(), [&](const Expr* a) { return is_fixed(operand(a)); });
      if (can_be_known && all(t.test)) continue;   // passed on as they are: known if it is known of the others
      const Fact* f = can_be_known && t.possible
                          ? find_fact([&](const Expr* test) { return test->primitive == t.test->primitive && all(test); })
                          : nullptr;
      if (!f || (t.seen && t.outcome != f->outcome)) t.possible = false;
      else t.seen = true, t.outcome = f->outcome;
    }
  }

  /// Walks with the facts; `rewrite`: with those of the parameters as well, and replaces what is known.
  void walk(Expr*& e, bool rewrite) {
    size_t before = facts.size();
    switch (e->tag) {
      case Tag::If: conditional(e, rewrite); break;
      case Tag::Lambda: {
        auto p = rewrite ? by_lambda.find(e) : by_lambda.end();
        if (p != by_lambda.end())
          if (auto tests = entries.find(p->second); tests != entries.end())
            for (const EntryTest& t : tests->second)
              if (t.possible && t.seen) facts.push_back({t.test, t.outcome});
        for (Clause& c : e->clauses) walk(c.body, rewrite);
        break;
      }
      case Tag::Call:
        if (!rewrite)
          if (KnownProcedure* p = procedures.called_by(e))
            if (auto tests = entries.find(p); tests != entries.end()) note_call(e, tests->second);
        [[fallthrough]];
      default: for_each_child(e, [&](Expr*& c) { walk(c, rewrite); });
    }
    facts.resize(before);
  }

  void conditional(Expr*& e, bool rewrite) {
    const Expr* test = e->parts[0];
    if (!is_lasting(test)) return for_each_child(e, [&](Expr*& c) { walk(c, rewrite); });
    if (const Fact* f = find_fact([&](const Expr* t) { return agrees(t, test); }); f && rewrite) {
      changed = true;
      e = e->parts[f->outcome ? 1 : 2];
      return walk(e, rewrite);
    }
    for (size_t arm : {size_t{1}, size_t{2}}) {
      facts.push_back({test, arm == 1});
      walk(e->parts[arm], rewrite);
      facts.pop_back();
    }
  }
};

}  // namespace

bool remove_known_tests(Unit& unit) {
  Pass pass{unit};
  pass.run();
  return pass.changed;
}

}  // namespace loko::core
