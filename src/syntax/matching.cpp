// SPDX-License-Identifier: MIT
//
// See matching.h.
#include "syntax/matching.h"

namespace loko::syntax {

bool match(Value x, Value p, std::vector<Value>& values) {
  for (;;) {
    if (p == True) {
      values.push_back(x);
      return true;
    }
    if (p == False) return true;
    if (p == Null) return peel(x) == Null;
    if (is_pair(p)) {
      Walker w(x);
      for (; is_pair(p); p = cdr(p), w.next())
        if (!w.at_pair() || !match(w.item(), car(p), values)) return false;
      if (p == Null) return w.at_null();
      x = w.rest();
      continue;
    }
    switch (fixnum_value(vector_at(p, 0))) {
      case 1: return is_identifier(x) && free_identifier_eq(x, vector_at(p, 1));
      case 2: {
        i64 count = 0;
        for (Walker w(x); w.at_pair(); w.next()) ++count;
        i64 repeat = count - fixnum_value(vector_at(p, 2));
        if (repeat < 0) return false;
        Value sub = vector_at(p, 1);
        Walker w(x);
        if (sub == True) {
          std::vector<Value> items;
          for (i64 i = 0; i < repeat; ++i, w.next()) items.push_back(w.item());
          values.push_back(list_from(items));
        } else {
          std::size_t n = static_cast<std::size_t>(fixnum_value(vector_at(p, 4)));
          std::vector<std::vector<Value>> columns(n);
          std::vector<Value> row;
          for (i64 i = 0; i < repeat; ++i, w.next()) {
            row.clear();
            if (!match(w.item(), sub, row)) return false;
            for (std::size_t j = 0; j < n; ++j) columns[j].push_back(row[j]);
          }
          for (auto& column : columns) values.push_back(list_from(column));
        }
        p = vector_at(p, 3);
        if (p == Null) return w.at_null();
        x = w.rest();
        continue;
      }
      case 3: {
        if (!is_vector(peel(x))) return false;
        Value v = unwrap(x);
        std::vector<Value> items;
        for (i64 i = 0; i < static_cast<i64>(length_of(v)); ++i) items.push_back(vector_at(v, i));
        x = list_from(items);
        p = vector_at(p, 1);
        continue;
      }
      default: return leaf_equal(strip(x), vector_at(p, 1));
    }
  }
}

namespace {

Value constant(Value v, const Instantiation& in) { return add_wrap(v, in.marks, in.substs); }

/// The list that a driver stands for.
Value driver_value(i64 driver, const Instantiation& in) {
  std::size_t variable = static_cast<std::size_t>(driver % kOuterDriver);
  i64 up = driver / kOuterDriver;
  Value value = in.variables[variable];
  for (std::size_t i = in.outer.size(); i-- > 0 && up > 0;)
    if (in.outer[i].first == variable) value = in.outer[i].second, --up;
  return value;
}

/// t for each element of the driving variables.
bool repeat(Value node, Instantiation& in, std::vector<Value>& results) {
  Value t = vector_at(node, 1), drivers = vector_at(node, 2);
  i64 n = static_cast<i64>(length_of(drivers));
  if (is_fixnum(t) && n == 1 && t == vector_at(drivers, 0)) {
    for (Value l = in.variables[static_cast<std::size_t>(fixnum_value(t))]; is_pair(l); l = cdr(l)) results.push_back(car(l));
    return true;
  }
  std::vector<Value> saved = in.variables;
  std::size_t depth = in.outer.size();
  auto at = [&](i64 i) { return static_cast<std::size_t>(fixnum_value(vector_at(drivers, i)) % kOuterDriver); };
  std::vector<Value> lists;
  for (i64 i = 0; i < n; ++i) lists.push_back(driver_value(fixnum_value(vector_at(drivers, i)), in));
  for (i64 i = 0; i < n; ++i) in.outer.push_back({at(i), saved[at(i)]});
  for (;;) {
    std::size_t pairs = 0;
    for (Value l : lists) pairs += is_pair(l);
    if (pairs != lists.size()) {
      in.variables = saved;
      in.outer.resize(depth);
      if (pairs != 0) in.problem = "pattern variables under one ellipsis matched different numbers of elements";
      return pairs == 0;
    }
    for (i64 i = 0; i < n; ++i) {
      in.variables[at(i)] = car(lists[static_cast<std::size_t>(i)]);
      lists[static_cast<std::size_t>(i)] = cdr(lists[static_cast<std::size_t>(i)]);
    }
    results.push_back(instantiate(t, in));
    if (in.problem) return false;
  }
}

}  // namespace

Value instantiate(Value t, Instantiation& in) {
  std::vector<Value> done;  // elements before the tail
  Value tail = Null;
  for (;;) {
    if (in.problem) return Null;
    if (is_pair(t)) {
      done.push_back(instantiate(car(t), in));
      t = cdr(t);
      continue;
    }
    if (is_fixnum(t)) {
      i64 n = fixnum_value(t);
      tail = n >= kFirstHole ? in.holes[static_cast<std::size_t>(n - kFirstHole)] : in.variables[static_cast<std::size_t>(n)];
      break;
    }
    if (!is_vector(t)) {
      tail = constant(t, in);
      break;
    }
    i64 kind = fixnum_value(vector_at(t, 0));
    if (kind == 0) {
      tail = constant(vector_at(t, 1), in);
      break;
    }
    if (kind == 1) {
      std::vector<Value> items;
      list_items(instantiate(vector_at(t, 1), in), items);
      tail = vector_from(items);
      freeze(tail);
      break;
    }
    if (kind == 4) {
      Value hole = in.holes[static_cast<std::size_t>(fixnum_value(vector_at(t, 1)) - kFirstHole)];
      Walker w(hole);
      for (; w.at_pair(); w.next()) done.push_back(w.item());
      t = vector_at(t, 2);
      if (!w.at_null()) {
        if (t != Null) in.problem = "unsyntax-splicing needs a list";
        tail = w.rest();
        break;
      }
      continue;
    }
    std::vector<Value> results;
    if (!repeat(t, in, results)) return Null;
    if (kind == 2) {
      done.insert(done.end(), results.begin(), results.end());
    } else {
      for (Value l : results) list_items(l, done);
    }
    t = vector_at(t, 3);
  }
  return done.empty() ? tail : list_from(done, tail);
}

}  // namespace loko::syntax
