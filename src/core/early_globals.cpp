// SPDX-License-Identifier: MIT
//
// Variables of the top level that may be used before their definition (early_uses.h) are treated as variables that
// change: their uses check that there is a value, and nothing is integrated or called directly. That holds for all
// definitions, since others may turn out to be procedures or constants later.
//
// And the opposite: variables that surely have their values whenever a procedure of the unit runs (defined_before_calls).
#include "core/early_uses.h"
#include "core/passes.h"

namespace loko::core {
namespace {

/// The definitions and expressions of a top level, in order.
void flatten(Expr* e, std::vector<Expr*>& out) {
  if (e->tag != Tag::Begin) return out.push_back(e);
  for (Expr* p : e->parts) flatten(p, out);
}

/// The start of a unit's body: as long as nobody outside of it has one of its procedures, what it calls of libraries can't call them.
class Start {
 public:
  explicit Start(const Unit& unit) : is_program_(unit.is_program) {}

  /// Continues with a form; false: it may call a procedure of the unit, or give one away, or the unit may end here with an error, and
  /// somebody has it nevertheless (a program's procedures nobody has then).
  bool add(const Expr* form) {
    if (form->tag != Tag::GlobalDefine) return is_harmless(form);
    if (!is_harmless(form->body)) return false;
    defined_[form->global] = true;
    if (is_closed(form->body)) closed_.insert(form->global);
    return true;
  }
  const std::unordered_map<Global*, bool>& defined() const { return defined_; }

 private:
  template <class Predicate>
  static bool all_children(const Expr* e, Predicate holds) {
    bool all = true;
    for_each_child(const_cast<Expr*>(e), [&](Expr* c) { all = all && holds(c); });
    return all;
  }

  /// Surely no procedure of the unit, and nothing that one can be found in.
  bool is_closed(const Expr* e) const {
    if (e->tag == Tag::Lambda || e->tag == Tag::Ref || e->tag == Tag::GlobalSet) return false;
    if (e->tag == Tag::GlobalRef && !e->global->initialized && !closed_.count(e->global)) return false;
    return all_children(e, [this](const Expr* c) { return is_closed(c); });
  }

  /// `closed`: e is known to be so, as part of something.
  bool is_harmless(const Expr* e, bool closed = false) const {
    auto check_closed = [&] { return closed = closed || is_closed(e); };
    switch (e->tag) {
      case Tag::Lambda: return true;
      case Tag::Set: case Tag::GlobalSet: case Tag::GlobalDefine: return false;
      case Tag::GlobalRef: return e->global->initialized || is_program_;
      case Tag::Call: {
        const Expr* f = e->parts[0];
        bool outside = f->tag == Tag::PrimRef || (f->tag == Tag::GlobalRef && f->global->initialized);
        if (!outside || !is_program_ || !check_closed()) return false;
        break;
      }
      case Tag::Prim: {
        const PrimitiveInfo& info = primitive_info(e->primitive);
        if (info.effects & kEffectRaises && !is_program_) return false;
        if ((info.lowering == Lowering::Stub || info.effects & (kEffectCalls | kEffectWrites)) && !check_closed()) return false;
        break;
      }
      default: break;
    }
    return all_children(e, [&](const Expr* c) { return is_harmless(c, closed); });
  }

  const bool is_program_;
  std::unordered_map<Global*, bool> defined_;
  std::unordered_set<const Global*> closed_;   // their values are
};

}  // namespace

std::unordered_map<Global*, bool> defined_before_calls(const Unit& unit) {
  std::vector<Expr*> forms;
  flatten(unit.body, forms);
  Start start(unit);
  for (const Expr* e : forms)
    if (!start.add(e)) break;
  return start.defined();
}

void check_early_globals(Unit& unit) {
  std::vector<Expr*> forms;
  flatten(unit.body, forms);
  EarlyUses uses;
  std::unordered_map<const Global*, size_t> defined_at;
  for (size_t i = 0; i < forms.size(); ++i) {
    if (forms[i]->tag != Tag::GlobalDefine) continue;
    defined_at.emplace(forms[i]->global, i);
    if (forms[i]->body->tag == Tag::Lambda) uses.lambdas.emplace(forms[i]->global, forms[i]->body);
  }
  size_t now = 0;
  uses.global_used = [&](Global* g) {
    auto at = defined_at.find(g);
    if (at != defined_at.end() && at->second > now) g->immutable = false;
  };
  for (; now < forms.size(); ++now) uses.walk(forms[now]);
}

}  // namespace loko::core
