// SPDX-License-Identifier: MIT
//
// Compiles the patterns and templates of syntax-case and syntax-rules to the data that matching.h interprets
// (R6RS libraries 12.4, 12.5; R7RS 4.3.2). Nothing here suspends, so raw Values are fine.
#include <algorithm>

#include "syntax/expander.h"
#include "syntax/matching.h"

namespace loko::syntax {

bool Expander::is_ellipsis(Value id, Value ellipsis) {
  if (!is_identifier(id) || ellipsis == Unbound) return false;
  if (ellipsis == False) return is_form(id, Form::Ellipsis);
  return bound_identifier_eq(id, ellipsis);
}

Value Expander::compile_pattern(Value pattern, const std::vector<Value>& literals, Value ellipsis, int depth,
                                std::vector<PatternVariable>& variables, Handle form) {
  Value e = peel(pattern);
  auto fail = [&](const std::string& message) {
    report(place_of(pattern), "syntax", message, *form);
    return False;
  };
  if (is_symbol(e)) {
    for (Value l : literals)
      if (bound_identifier_eq(pattern, l)) return vector_of({fixnum(1), template_constant(pattern)});
    if (is_ellipsis(pattern, ellipsis)) return fail("misplaced ellipsis in pattern " + write_datum(*form, 80));
    if (is_form(pattern, Form::Underscore)) return False;
    for (PatternVariable& v : variables)
      if (bound_identifier_eq(v.id, pattern)) return fail("duplicate pattern variable " + write_datum(pattern));
    variables.push_back({pattern, depth});
    return True;
  }
  if (is_pair(e)) {
    std::vector<Value> before;  // compiled patterns in front of what comes last
    Walker w(pattern);
    Value last = Null;
    for (;;) {
      if (!w.at_pair()) {
        last = w.at_null() ? Null : compile_pattern(w.rest(), literals, ellipsis, depth, variables, form);
        break;
      }
      Value item = w.item();
      w.next();
      bool repeated = w.at_pair() && is_ellipsis(w.item(), ellipsis);
      for (Value l : literals)
        if (repeated && is_identifier(w.item()) && bound_identifier_eq(w.item(), l)) repeated = false;
      if (!repeated) {
        before.push_back(compile_pattern(item, literals, ellipsis, depth, variables, form));
        continue;
      }
      w.next();
      std::size_t first = variables.size();
      Value sub = compile_pattern(item, literals, ellipsis, depth + 1, variables, form);
      std::size_t n = variables.size() - first;
      Value rest = w.rest();
      i64 k = 0;
      for (Walker t(rest); t.at_pair(); t.next()) {
        ++k;
        if (is_ellipsis(t.item(), ellipsis)) return fail("more than one ellipsis in a list pattern");
      }
      Value tail = peel(rest) == Null ? Null : compile_pattern(rest, literals, ellipsis, depth, variables, form);
      last = vector_of({fixnum(2), sub, fixnum(k), tail, fixnum(static_cast<i64>(n))});
      break;
    }
    return list_from(before, last);
  }
  if (is_vector(e)) {
    Value v = unwrap(pattern);
    std::vector<Value> items;
    for (i64 i = 0; i < static_cast<i64>(length_of(v)); ++i) items.push_back(vector_at(v, i));
    return vector_of({fixnum(3), compile_pattern(list_from(items), literals, ellipsis, depth, variables, form)});
  }
  if (e == Null) return Null;
  return vector_of({fixnum(4), e});
}

// -- templates --

/// A copy without places: they would mean nothing in another process.
Value Expander::template_constant(Value t) {
  if (watching_imports_ && is_identifier(t))
    if (Value label = resolve(t); is_vector(label)) note_use(label);
  if (is_identifier(t)) return make_syntax(expression_of(t), marks_of(t), False, substs_of(t));
  return t;
}

namespace {

bool is_constant(Value t) {
  if (is_vector(t)) return vector_at(t, 0) == fixnum(0);
  return !is_fixnum(t) && !is_pair(t);
}

Value constant_value(Value t) { return is_vector(t) ? vector_at(t, 1) : t; }

Value make_constant(Value v) {
  if (is_fixnum(v) || is_pair(v) || is_vector(v)) return vector_of({fixnum(0), v});
  return v;
}

/// A repetition around t binds the variable, which the outermost repetitions in t that it drives have consumed
/// already: they go on with its value outside.
void drive_from_outside(Value t, i64 variable) {
  for (; is_pair(t); t = cdr(t)) drive_from_outside(car(t), variable);
  if (!is_vector(t)) return;
  i64 kind = fixnum_value(vector_at(t, 0));
  if (kind == 0) return;
  if (kind == 4) return drive_from_outside(vector_at(t, 2), variable);
  bool drives = false;
  if (kind != 1) {
    Value drivers = vector_at(t, 2);
    for (i64 i = 0; i < static_cast<i64>(length_of(drivers)); ++i) {
      i64 driver = fixnum_value(vector_at(drivers, i));
      if (driver % kOuterDriver != variable) continue;
      vector_put(drivers, i, fixnum(driver + kOuterDriver));
      drives = true;
    }
    drive_from_outside(vector_at(t, 3), variable);
  }
  if (!drives) drive_from_outside(vector_at(t, 1), variable);
}

Value template_pair(Value a, Value d) {
  if (is_constant(a) && is_constant(d)) return make_constant(make_pair(constant_value(a), constant_value(d)));
  return make_pair(a, d);
}

}  // namespace

int Expander::template_variable(Value id, TemplateState& state, bool& found, int& depth) {
  found = true;
  if (state.rule_variables) {
    for (std::size_t i = 0; i < state.rule_variables->size(); ++i) {
      PatternVariable& v = (*state.rule_variables)[i];
      if (bound_identifier_eq(v.id, id)) {
        depth = v.depth;
        return static_cast<int>(i);
      }
    }
  } else {
    Meaning m = meaning(id);
    if (m.kind == Meaning::Kind::Pattern) {
      if (m.local->phase != phase_) {
        report(place_of(id), "syntax", "the pattern variable `" + symbol_text(expression_of(id)) +
                                           "` belongs to another phase", id);
        state.failed = true;
      }
      depth = m.local->depth;
      for (std::size_t i = 0; i < state.variables.size(); ++i)
        if (state.variables[i].variable == m.local->variable) return static_cast<int>(i);
      state.variables.push_back({id, depth, m.local->variable});
      return static_cast<int>(state.variables.size() - 1);
    }
  }
  found = false;
  return -1;
}

Value Expander::compile_template(Value t, TemplateState& state, int depth, std::vector<std::pair<int, int>>* used, int quasi) {
  Value e = peel(t);
  auto fail = [&](const std::string& message) {
    if (!state.failed) report(place_of(t), "syntax", message, *state.form);
    state.failed = true;
    return Null;
  };
  if (is_symbol(e)) {
    bool found;
    int levels = 0;
    if (!is_syntax(t)) return make_constant(t);
    int index = template_variable(t, state, found, levels);
    if (found) {
      if (levels > depth)
        return fail("the pattern variable `" + symbol_text(e) + "` needs " + std::to_string(levels) + " ellips" +
                    (levels == 1 ? "is" : "es") + " in the template");
      used->push_back({index, levels});
      return fixnum(index);
    }
    if (!state.escaped && is_ellipsis(t, state.ellipsis)) return fail("misplaced ellipsis in template " + write_datum(*state.form, 80));
    return make_constant(template_constant(t));
  }
  if (is_vector(e)) {
    Value v = unwrap(t);
    std::vector<Value> items;
    for (i64 i = 0; i < static_cast<i64>(length_of(v)); ++i) items.push_back(vector_at(v, i));
    Value list = compile_template(list_from(items), state, depth, used, quasi);
    if (is_constant(list)) {
      std::vector<Value> constants;
      list_items(constant_value(list), constants);
      Value vector = vector_from(constants);
      freeze(vector);
      return make_constant(vector);
    }
    return vector_of({fixnum(1), list});
  }
  if (!is_pair(e)) return make_constant(e);

  Walker w(t);
  Value head = w.item();
  if (!state.escaped && is_ellipsis(head, state.ellipsis)) {  // (... template)
    w.next();
    if (!w.at_pair()) return fail("misplaced ellipsis in template " + write_datum(*state.form, 80));
    Value inner = w.item();
    w.next();
    if (!w.at_null()) return fail("an escape must be (... template)");
    state.escaped = true;
    Value result = compile_template(inner, state, depth, used, quasi);
    state.escaped = false;
    return result;
  }
  std::vector<Value> before;
  struct Node {
    Value value;
    bool marker;  // before[i] is a repetition or splice that needs a rest
  };
  std::vector<Node> nodes;
  Value tail = Null;
  int level = quasi;
  bool first = true;
  for (;; first = false) {
    if (w.at_null()) break;
    if (!w.at_pair()) {
      tail = compile_template(w.rest(), state, depth, used, level);
      break;
    }
    Value item = w.item();
    if (state.quasi && is_identifier(item)) {
      Meaning m = meaning(item);
      if (m.is(Form::Unsyntax) && (first || true)) {
        Walker after = w;
        after.next();
        Value operand = after.at_pair() ? after.item() : False;
        bool one = after.at_pair();
        if (one) {
          after.next();
          one = after.at_null();
        }
        if (one && level == 0) {  // (unsyntax e), also as a tail
          state.holes.push_back(hold(operand));
          tail = fixnum(kFirstHole + static_cast<i64>(state.holes.size()) - 1);
          break;
        }
        if (one && level > 0) --level;
      } else if (first && m.is(Form::UnsyntaxSplicing) && level > 0) {
        --level;
      } else if (first && m.is(Form::Quasisyntax)) {
        ++level;
      }
    }
    // (unsyntax e ...) and (unsyntax-splicing e ...) as elements
    if (state.quasi && level == 0 && is_pair_syntax(item)) {
      Walker inner(item);
      Meaning m = is_identifier(inner.item()) ? meaning(inner.item()) : Meaning();
      bool splicing = m.is(Form::UnsyntaxSplicing);
      if (splicing || m.is(Form::Unsyntax)) {
        for (inner.next(); inner.at_pair(); inner.next()) {
          state.holes.push_back(hold(inner.item()));
          Value hole = fixnum(kFirstHole + static_cast<i64>(state.holes.size()) - 1);
          nodes.push_back({splicing ? vector_of({fixnum(4), hole, Null}) : hole, splicing});
        }
        w.next();
        continue;
      }
    }
    w.next();
    int ellipses = 0;
    while (!state.escaped && w.at_pair() && is_ellipsis(w.item(), state.ellipsis)) {
      ++ellipses;
      w.next();
    }
    std::vector<std::pair<int, int>> inside;
    Value sub = compile_template(item, state, depth + ellipses, &inside, level);
    if (state.failed) return Null;
    for (int i = 0; i < ellipses; ++i) {
      std::vector<Value> drivers;
      std::vector<int> consumed;
      for (auto& [index, levels] : inside) {
        if (levels <= 0) {
          if (levels == 0) consumed.push_back(index);
          continue;
        }
        --levels;
        bool known = false;
        for (Value d : drivers) known = known || d == fixnum(index);
        if (!known) drivers.push_back(fixnum(index));
      }
      for (Value d : drivers)
        if (std::find(consumed.begin(), consumed.end(), static_cast<int>(fixnum_value(d))) != consumed.end())
          drive_from_outside(sub, fixnum_value(d));
      if (drivers.empty()) return fail("too many ellipses in template " + write_datum(*state.form, 80));
      Value node = vector_of({fixnum(i == 0 ? 2 : 3), sub, vector_from(drivers), Null});
      sub = node;
    }
    used->insert(used->end(), inside.begin(), inside.end());
    nodes.push_back({sub, ellipses > 0});
  }
  Value result = tail;
  for (std::size_t i = nodes.size(); i-- > 0;) {
    if (!nodes[i].marker) {
      result = template_pair(nodes[i].value, result);
    } else if (fixnum_value(vector_at(nodes[i].value, 0)) == 4) {
      vector_put(nodes[i].value, 2, result);
      result = nodes[i].value;
    } else {
      vector_put(nodes[i].value, 3, result);
      result = nodes[i].value;
    }
  }
  return result;
}

}  // namespace loko::syntax
