// SPDX-License-Identifier: MIT
#include "pipeline/budget.h"

#include <algorithm>

#include "core/build.h"

namespace loko::pipeline {
namespace {

constexpr u64 kGenerous = 2000;  // nodes of evaluated forms that get all passes: some fifty milliseconds of work, about a hundred forms
constexpr int kSmallSize = 4;    // of what is integrated in later ones; measured with 1,000 forms of 100 nodes, of 16, 8 and 4 this is the fastest

bool contains_lambda(const core::Expr* e) {
  bool found = e->tag == core::Tag::Lambda;
  core::for_each_child(const_cast<core::Expr*>(e), [&](core::Expr* c) { found = found || contains_lambda(c); });
  return found;
}

/// Does a procedure stay after the form has run, which may be called often: as a definition's value, or the form's?
bool leaves_procedures(const core::Expr* e) {
  switch (e->tag) {
    case core::Tag::GlobalDefine: case core::Tag::GlobalSet: return contains_lambda(e->body);
    case core::Tag::Lambda: return true;
    case core::Tag::Begin: return std::any_of(e->parts.begin(), e->parts.end(), leaves_procedures);
    case core::Tag::If: return leaves_procedures(e->parts[1]) || leaves_procedures(e->parts[2]);
    case core::Tag::Let: case core::Tag::Letrec: case core::Tag::LetrecStar: return leaves_procedures(e->body);
    default: return false;
  }
}

}  // namespace

Options within_budget(const core::Unit& unit, const Options& options) {
  static u64 spent = 0;
  if (!unit.runs_at_once || options.optimize < 2 || leaves_procedures(unit.body)) return options;
  if (spent < kGenerous) {
    spent += static_cast<u64>(core::node_count(unit.body));
    return options;
  }
  Options cheap = options;
  cheap.optimize = 1;
  cheap.inline_size = std::min(options.inline_size, kSmallSize);
  return cheap;
}

}  // namespace loko::pipeline
