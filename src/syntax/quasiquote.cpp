// SPDX-License-Identifier: MIT
//
// quasiquote with several operands in unquote and unquote-splicing (R6RS 11.17). What is constant stays
// one literal.
#include "syntax/expander.h"

namespace loko::syntax {

Expr* Expander::form_quasiquote(Handle form, Form) {
  Items p;
  if (!parse(form, 2, 2, p)) return make_void();
  return quasi(p[1], 0);
}

Expr* Expander::quasi(Handle t, int depth) {
  if (task_.coroutine().nearly_full()) return expand(t);
  Value e = peel(*t);
  if (is_pair(e)) return quasi_list(t, depth);
  if (is_vector(e)) {
    Value v = unwrap(*t);
    std::vector<Value> items;
    for (i64 i = 0; i < static_cast<i64>(length_of(v)); ++i) items.push_back(vector_at(v, i));
    Expr* list = quasi_list(hold(list_from(items)), depth);
    if (list->tag == Tag::Quote) return make_quote(strip(*t));
    return make_prim("list->vector", {list});
  }
  return make_quote(cyclic_ ? strip_cyclic(*t) : strip(*t));
}

Expr* Expander::quasi_list(Handle t, int depth) {
  struct Segment {
    Expr* e;
    bool splice;
  };
  std::vector<Segment> segments;
  Expr* tail = nullptr;
  std::vector<Value> values;
  std::vector<Value> tails;  // the list from each element on
  Walker w(*t);
  for (; w.at_pair(); w.next()) {
    values.push_back(w.item());
    tails.push_back(w.rest());
  }
  Handle end = w.at_null() ? Handle() : hold(w.rest());
  Items items = hold_all(values), rests = hold_all(tails);
  int level = depth;
  for (std::size_t i = 0; i < items.size(); ++i) {
    // (unquote e) as the list itself or as its tail; (quasiquote e) likewise.
    if (is_identifier(*items[i]) && i + 2 == items.size() && !end) {
      Meaning m = meaning(*items[i]);
      if (m.is(Form::Unquote) && level == 0) {
        tail = expand(items[i + 1]);
        break;
      }
      if (m.is(Form::Unquote) || (i == 0 && m.is(Form::UnquoteSplicing))) {
        if (level > 0) --level;
      } else if (m.is(Form::Quasiquote)) {
        ++level;
      }
    } else if (i == 0 && is_identifier(*items[i]) && !end && level > 0) {
      Meaning m = meaning(*items[i]);
      if (m.is(Form::Unquote) || m.is(Form::UnquoteSplicing)) --level;
    }
    if (level == 0 && is_pair_syntax(*items[i])) {
      Value head = Walker(*items[i]).item();
      Meaning m = meaning(head);
      bool splice = m.is(Form::UnquoteSplicing);
      if (splice || m.is(Form::Unquote)) {
        std::vector<Value> operands;
        if (!list_items(*items[i], operands)) return error(items[i], "invalid unquote");
        Items held = hold_all(operands);
        for (std::size_t j = 1; j < held.size(); ++j) segments.push_back({expand(held[j]), splice});
        continue;
      }
    }
    segments.push_back({quasi(items[i], level), false});
  }
  if (!tail) tail = end ? quasi(end, level) : make_quote(Null);
  for (std::size_t i = segments.size(); i-- > 0;) {
    Segment& s = segments[i];
    if (s.splice) {
      if (!(tail->tag == Tag::Quote && *tail->datum == Null)) tail = make_prim("append", {s.e, tail});
      else tail = s.e;
    } else if (s.e->tag == Tag::Quote && tail->tag == Tag::Quote) {
      tail = make_quote(make_pair(*s.e->datum, *tail->datum));
    } else {
      tail = make_prim("cons", {s.e, tail});
    }
  }
  return tail;
}

}  // namespace loko::syntax
