// SPDX-License-Identifier: MIT
//
// letrec* by strongly connected components, after Ghuloum and Dybvig, "Fixing Letrec (reloaded)":
// components without complex right-hand sides become letrec of lambdas, single bindings without cycle become let,
// and in what remains the complex variables start unbound, are assigned in order and checked where they are used.
//
// INVARIANT(order): right-hand sides that may have effects keep their order.
#include <algorithm>

#include "base/components.h"
#include "core/build.h"
#include "core/early_uses.h"
#include "core/occurrences.h"
#include "core/passes.h"

namespace loko::core {
namespace {

struct Node {
  Binding binding;
  bool lambda = false;   // unassigned variable bound to a lambda
  bool simple = false;   // no effect, and may be evaluated at any time
  std::vector<int> edges;
};

/// May e be evaluated at any time without anybody noticing?
bool is_simple(const Expr* e) {
  switch (e->tag) {
    case Tag::Quote: case Tag::Lambda: case Tag::PrimRef: return true;
    case Tag::Ref: return !e->variable->assigned;
    case Tag::Prim: {
      const PrimitiveInfo& info = primitive_info(e->primitive);
      if (info.effects & ~kEffectAllocates) return false;
      return std::all_of(e->parts.begin(), e->parts.end(), [](Expr* p) { return is_simple(p); });
    }
    default: return false;
  }
}

struct Component {
  std::vector<int> members;
};

struct Fixer {
  Unit& unit;
  OccurrenceIndex occurrences{unit.body};

  void walk(Expr*& e) {
    for_each_child(e, [&](Expr*& c) { walk(c); });
    if (e->tag == Tag::LetrecStar || (e->tag == Tag::Letrec && needs_work(e))) e = fix(e);
  }

  static bool needs_work(Expr* e) {
    for (Binding& b : e->bindings)
      if (b.value->tag != Tag::Lambda || b.variable->assigned) return true;
    return false;
  }

  /// Edges from each value to the variables that occur in it, in the order of the text.
  void find_edges(std::vector<Node>& nodes) {
    struct Edge {
      u32 at;
      int to;
      bool direct;  // not inside of a lambda expression
    };
    std::vector<std::vector<Edge>> found(nodes.size());
    std::vector<u32> begins;
    for (const Node& n : nodes) begins.push_back(occurrences.of(n.binding.variable).begin);
    for (size_t j = 0; j < nodes.size(); ++j)
      for (const Place& p : occurrences.of(nodes[j].binding.variable).places) {
        auto after = std::upper_bound(begins.begin(), begins.end(), p.at);
        if (after == begins.begin()) continue;
        size_t i = static_cast<size_t>(after - begins.begin()) - 1;
        const Occurrences& value = occurrences.of(nodes[i].binding.variable);
        if (p.at < value.end) found[i].push_back({p.at, static_cast<int>(j), p.lambdas == value.lambdas && p.use != Use::Assignment});
      }
    int last_complex = -1;
    for (size_t i = 0; i < nodes.size(); ++i) {
      std::sort(found[i].begin(), found[i].end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });
      for (const Edge& e : found[i]) nodes[i].edges.push_back(e.to);
      // A use before the definition must be noticed: keep both in one component, so that it is checked.
      for (const Edge& e : found[i]) {
        Node& used = nodes[static_cast<size_t>(e.to)];
        if (e.direct && e.to > static_cast<int>(i) && !used.lambda) used.edges.push_back(static_cast<int>(i));
      }
      if (nodes[i].lambda) continue;
      // What a call might reach through a lambda must not be there before its turn.
      if (last_complex >= 0) nodes[i].edges.push_back(last_complex);
      if (!nodes[i].simple) last_complex = static_cast<int>(i);
    }
  }

  /// Lambdas that may be used before their turn are variables that are checked, like the complex ones.
  static void find_early_uses(std::vector<Node>& nodes) {
    EarlyUses uses;
    for (Node& n : nodes)
      if (n.lambda) uses.lambdas.emplace(n.binding.variable, n.binding.value);
    size_t now = 0;
    uses.variable_used = [&](const Variable* v) {
      if (!v->info) return;
      size_t j = reinterpret_cast<std::uintptr_t>(v->info) - 1;
      if (j > now && nodes[j].lambda) nodes[j].lambda = nodes[j].simple = false;
    };
    for (; now < nodes.size(); ++now)
      if (nodes[now].binding.value->tag != Tag::Lambda) uses.walk(nodes[now].binding.value);
  }

  Expr* fix(Expr* e) {
    std::vector<Node> nodes;
    for (Binding& b : e->bindings) {
      Node n;
      n.binding = b;
      n.lambda = b.value->tag == Tag::Lambda && !b.variable->assigned;
      n.simple = !b.variable->assigned && is_simple(b.value);
      nodes.push_back(std::move(n));
    }
    for (size_t i = 0; i < nodes.size(); ++i) nodes[i].binding.variable->info = reinterpret_cast<void*>(i + 1);
    find_early_uses(nodes);
    find_edges(nodes);
    for (Node& n : nodes) n.binding.variable->info = nullptr;
    std::vector<Component> components;
    strong_components(nodes.size(), [&](size_t i) -> const std::vector<int>& { return nodes[i].edges; }, [&](std::vector<size_t>& members) {
      std::sort(members.begin(), members.end());
      components.push_back({{members.begin(), members.end()}});
    });
    Expr* body = e->body;
    for (size_t i = components.size(); i-- > 0;) body = wrap(nodes, components[i], body, e->span);
    return body;
  }

  Expr* wrap(std::vector<Node>& nodes, const Component& c, Expr* body, Span span) {
    auto node = [&](int i) -> Node& { return nodes[static_cast<size_t>(i)]; };
    if (c.members.size() == 1) {
      Node& n = node(c.members[0]);
      bool recursive = std::find(n.edges.begin(), n.edges.end(), c.members[0]) != n.edges.end();
      if (!recursive) {
        Expr* let = unit.make(Tag::Let, span);
        let->bindings.push_back(n.binding);
        let->body = body;
        return let;
      }
    }
    std::vector<Binding> lambdas;
    std::vector<Node*> complex;
    for (int i : c.members) {
      if (node(i).lambda) lambdas.push_back(node(i).binding);
      else complex.push_back(&node(i));
    }
    // Where nothing runs before all are initialized, nothing needs a check.
    bool check = std::any_of(complex.begin(), complex.end(), [](Node* n) { return n->binding.value->tag != Tag::Lambda; });
    if (check) {
      for (Node* n : complex) n->binding.variable->info = n;
      for (int i : c.members) check_uses(node(i).binding.value);
      for (Node* n : complex) n->binding.variable->info = nullptr;
    }
    std::vector<Expr*> assignments;
    for (Node* n : complex) assignments.push_back(assignment(n->binding, span));
    body = make_sequence(unit, assignments, body);
    if (!lambdas.empty()) {
      Expr* letrec = unit.make(Tag::Letrec, span);
      letrec->bindings = std::move(lambdas);
      letrec->body = body;
      body = letrec;
    }
    if (complex.empty()) return body;
    Expr* let = unit.make(Tag::Let, span);
    for (Node* n : complex) let->bindings.push_back({n->binding.variable, make_quote(unit, Unbound, span)});
    let->body = body;
    return let;
  }

  Expr* assignment(const Binding& b, Span span) {
    Expr* set = unit.make(Tag::Set, span);
    set->variable = b.variable;
    set->body = b.value;
    set->variable->assigned = true;
    return set;
  }

  /// References to the marked variables go through %check-bound; so do assignments.
  void check_uses(Expr*& e) {
    if (e->tag == Tag::Ref && e->variable->info) {
      Value name = intern(e->variable->name.data(), e->variable->name.size());
      e = make_prim(unit, primitive("%check-bound"), {e, make_quote(unit, name, e->span)}, e->span);
      return;
    }
    for_each_child(e, [&](Expr*& c) { check_uses(c); });
  }
};

}  // namespace

void fix_letrec(Unit& unit) { Fixer{unit}.walk(unit.body); }

}  // namespace loko::core
