// SPDX-License-Identifier: MIT
//
// Circular program text. R7RS 2.4: programs may contain circular references in literals only. What the expander takes
// apart, templates of macros among it, must be finite, or it would not end.
#include <unordered_map>
#include <vector>

#include "syntax/bindings.h"
#include "syntax/stx.h"

namespace loko::syntax {

namespace {

Value peeled(Value v) {
  while (is_syntax(v)) v = expression_of(v);
  return v;
}

/// Depth-first: a part that is met again while it is still open contains itself.
class CycleSearch {
 public:
  bool found(Value form) {
    push(form, false);
    while (!open_.empty()) {
      Step step = open_.back();
      if (step.leave) {
        open_.pop_back();
        state_[key(step.part, step.in_template)] = kDone;
        continue;
      }
      open_.back().leave = true;
      u8& state = state_[key(step.part, step.in_template)];
      if (state == kOpen) return true;
      if (state == kDone) {
        open_.pop_back();
        continue;
      }
      state = kOpen;
      enter(step.part, step.in_template);
    }
    return false;
  }

 private:
  struct Step {
    Value part;
    bool in_template, leave;
  };
  static constexpr u8 kOpen = 1, kDone = 2;

  static u64 key(Value part, bool in_template) { return part.bits << 1 | (in_template ? 1 : 0); }

  void push(Value v, bool in_template) {
    v = peeled(v);
    if (is_pair(v) || (in_template && is_vector(v))) open_.push_back({v, in_template, false});
  }

  /// Vectors outside of templates are literals as a whole, and what is quoted is; so names decide, before anything is bound.
  void enter(Value part, bool in_template) {
    if (is_vector(part)) {
      for (u64 i = 0; i < length_of(part); ++i) push(vector_at(part, static_cast<i64>(i)), in_template);
      return;
    }
    Value head = peeled(car(part));
    if (is_symbol(head)) {
      if (head == symbol("quote") && !in_template) return;
      for (const char* name : {"define-syntax", "let-syntax", "letrec-syntax", "syntax-rules", "syntax", "quasisyntax"})
        if (head == symbol(name)) in_template = true;
    }
    push(car(part), in_template);
    push(cdr(part), in_template);
  }

  std::vector<Step> open_;
  std::unordered_map<u64, u8> state_;
};

}  // namespace

bool contains_itself(Value form) { return CycleSearch().found(form); }

}  // namespace loko::syntax
