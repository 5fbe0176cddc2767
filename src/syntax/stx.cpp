// SPDX-License-Identifier: MIT
//
// See stx.h. Joining wraps cancels an anti-mark against the mark of the same expansion, together with the two
// shifts that came with them, so that what a macro passes through keeps its own wrap.
#include "syntax/stx.h"

#include <string.h>

#include <unordered_map>

#include "runtime/data/text_access.h"
#include "syntax/bindings.h"
#include "text/lexer.h"

namespace loko::syntax {

Value make_syntax(Value expression, Value marks, Value source, Value substs) {
  Value s = make_typed(Kind::Syntax, 0, 4);
  slot(s, 1) = expression;
  slot(s, 2) = marks;
  slot(s, 3) = source;
  slot(s, 4) = substs;
  return s;
}

Value pack_span(Span span) {
  if (!span || span.source >= 1u << 18 || span.begin >= 1u << 26) return False;
  u64 length = span.end - span.begin;
  if (length > 0xffff) length = 0xffff;
  return fixnum(static_cast<i64>(u64{span.source} << 42 | u64{span.begin} << 16 | length));
}

Span unpack_span(Value source) {
  if (!is_fixnum(source)) return {};
  u64 n = static_cast<u64>(fixnum_value(source));
  Span span;
  span.source = static_cast<SourceId>(n >> 42);
  span.begin = static_cast<u32>(n >> 16 & 0x3ffffff);
  span.end = span.begin + static_cast<u32>(n & 0xffff);
  return span;
}

namespace {

Value append(Value a, Value b) {
  if (a == Null) return b;
  if (b == Null) return a;
  Value head = make_pair(car(a), Null), last = head;
  for (a = cdr(a); is_pair(a); a = cdr(a)) {
    Value p = make_pair(car(a), Null);
    slot(last, 1) = p;
    last = p;
  }
  slot(last, 1) = b;
  return head;
}

/// a without its last element, then b without its first.
Value append_cancelled(Value a, Value b) {
  Value tail = is_pair(b) ? cdr(b) : Null;
  if (a == Null || cdr(a) == Null) return tail;
  Value head = make_pair(car(a), Null), last = head;
  for (a = cdr(a); cdr(a) != Null; a = cdr(a)) {
    Value p = make_pair(car(a), Null);
    slot(last, 1) = p;
    last = p;
  }
  slot(last, 1) = tail;
  return head;
}

void join(Value& marks, Value& substs, Value inner_marks, Value inner_substs) {
  if (marks != Null && inner_marks != Null && car(inner_marks) == kAntiMark) {
    marks = append_cancelled(marks, inner_marks);
    substs = append_cancelled(substs, inner_substs);
    return;
  }
  marks = append(marks, inner_marks);
  // A rib on top of itself says nothing new.
  if (substs != Null && inner_substs != Null && cdr(substs) == Null && car(substs) == car(inner_substs) &&
      is_vector(car(substs)))
    substs = inner_substs;
  else
    substs = append(substs, inner_substs);
}

}  // namespace

Value add_wrap(Value x, Value marks, Value substs) {
  if (marks == Null && substs == Null) return x;
  if (is_syntax(x)) {
    Value m = marks, s = substs;
    if (marks_of(x) != Null || substs_of(x) != Null) join(m, s, marks_of(x), substs_of(x));
    return make_syntax(expression_of(x), m, source_of(x), s);
  }
  if (is_pair(x) || is_symbol(x) || is_vector(x)) return make_syntax(x, marks, False, substs);
  return x;
}

Value add_rib(Value x, Value rib) { return add_wrap(x, Null, make_pair(rib, Null)); }

Value unwrap(Value x) {
  if (!is_syntax(x)) return x;
  Value e = expression_of(x), m = marks_of(x), s = substs_of(x);
  if (is_pair(e)) {
    if (m == Null && s == Null) return e;
    return make_pair(add_wrap(car(e), m, s), add_wrap(cdr(e), m, s));
  }
  if (is_vector(e)) {
    u64 n = length_of(e);
    Value v = make_vector(n, False);
    for (u64 i = 0; i < n; ++i) vector_put(v, static_cast<i64>(i), add_wrap(vector_at(e, static_cast<i64>(i)), m, s));
    return v;
  }
  if (is_syntax(e)) return unwrap(add_wrap(e, m, s));
  return e;
}

namespace {

Value strip_with(Value x, std::unordered_map<u64, Value>* seen, bool literal) {
  while (is_syntax(x)) x = expression_of(x);
  if (is_pair(x)) {
    if (seen) {
      auto found = seen->find(x.bits);
      if (found != seen->end()) return found->second;
    }
    // Along the cdrs in a loop; share the list when nothing in it changed.
    Value head = make_pair(False, Null), last = head;
    bool changed = seen != nullptr;
    Value p = x;
    for (;;) {
      Value cell = p == x ? head : make_pair(False, Null);
      if (p != x) slot(last, 1) = cell;
      last = cell;
      if (seen) (*seen)[p.bits] = cell;
      slot(cell, 0) = strip_with(car(p), seen, literal);
      if (car(cell) != car(p)) changed = true;
      Value d = cdr(p);
      if (is_syntax(d)) {
        changed = true;
        while (is_syntax(d)) d = expression_of(d);
      }
      if (!is_pair(d)) {
        slot(last, 1) = strip_with(d, seen, literal);
        if (cdr(last) != cdr(p)) changed = true;
        break;
      }
      if (seen) {
        auto found = seen->find(d.bits);
        if (found != seen->end()) {
          slot(last, 1) = found->second;
          break;
        }
      }
      p = d;
    }
    return changed ? head : x;
  }
  if (is_vector(x)) {
    if (seen) {
      auto found = seen->find(x.bits);
      if (found != seen->end()) return found->second;
    }
    i64 n = static_cast<i64>(length_of(x));
    if (n == 0) return x;
    Value v = make_vector(static_cast<u64>(n), False);
    if (seen) (*seen)[x.bits] = v;
    bool changed = seen != nullptr;
    for (i64 i = 0; i < n; ++i) {
      Value item = strip_with(vector_at(x, i), seen, literal);
      if (item != vector_at(x, i)) changed = true;
      vector_put(v, i, item);
    }
    if (!changed) return x;
    if (literal) freeze(v);
    return v;
  }
  return x;
}

}  // namespace

Value strip(Value x) { return strip_with(x, nullptr, true); }

Value immutable_copy(Value x) {
  if (!(is_string(x) || is_vector(x) || is_bytevector(x)) || is_immutable(x)) return x;
  if (is_string(x)) return make_immutable_string_of(text_of(x));
  u64 n = length_of(x);
  Value copy = is_vector(x) ? make_vector(n, False) : make_bytevector(n);
  memcpy(bytes_of(copy), bytes_of(x), is_vector(x) ? 8 * n : n);
  freeze(copy);
  return copy;
}

Value strip_cyclic(Value x, bool literal) {
  std::unordered_map<u64, Value> seen;
  return strip_with(x, &seen, literal);
}

bool may_be_cyclic(Value x) {
  std::vector<Value> rest{x};
  for (u64 budget = 1u << 20; budget > 1; --budget) {
    if (rest.empty()) return false;
    Value v = rest.back();
    rest.pop_back();
    while (is_syntax(v)) v = expression_of(v);
    if (is_pair(v)) {
      rest.push_back(cdr(v));
      rest.push_back(car(v));
    } else if (is_vector(v)) {
      if (length_of(v) >= budget) return true;
      budget -= length_of(v);
      for (u64 i = 0; i < length_of(v); ++i) rest.push_back(vector_at(v, static_cast<i64>(i)));
    }
  }
  return true;
}

Value strip_any(Value x) { return may_be_cyclic(x) ? strip_cyclic(x) : strip(x); }

void Walker::normalize() {
  while (is_syntax(x_)) {
    Value m = marks_, s = substs_;
    if (m == Null && s == Null) {
      m = marks_of(x_);
      s = substs_of(x_);
    } else {
      join(m, s, marks_of(x_), substs_of(x_));
    }
    marks_ = m;
    substs_ = s;
    x_ = expression_of(x_);
  }
}

bool list_items(Value x, std::vector<Value>& items) {
  Walker w(x);
  for (; w.at_pair(); w.next()) {
    if (items.size() > (1u << 24)) return false;  // cyclic
    items.push_back(w.item());
  }
  return w.at_null();
}

Value list_of(std::initializer_list<Value> items) { return list_from(std::vector<Value>(items)); }

Value list_from(const std::vector<Value>& items, Value tail) {
  for (std::size_t i = items.size(); i-- > 0;) tail = make_pair(items[i], tail);
  return tail;
}

Value vector_of(std::initializer_list<Value> items) { return vector_from(std::vector<Value>(items)); }

Value vector_from(const std::vector<Value>& items) {
  Value v = make_vector(items.size(), False);
  for (std::size_t i = 0; i < items.size(); ++i) vector_put(v, static_cast<i64>(i), items[i]);
  return v;
}

std::string string_text(Value string) {
  std::string out;
  u64 n = string_length(string);
  for (u64 i = 0; i < n; ++i) text::append_utf8(out, string_ref(string, i));
  return out;
}

std::string symbol_text(Value symbol) { return string_text(symbol_name(symbol)); }

bool bound_identifier_eq(Value a, Value b) {
  return expression_of(a) == expression_of(b) && same_marks(marks_of(a), marks_of(b));
}

bool free_identifier_eq(Value a, Value b) {
  Value la = resolve(a), lb = resolve(b);
  if (la == Unbound && lb == Unbound) return peel(a) == peel(b);
  return la == lb;
}

Value fresh_mark() { return fixnum(next_number(kStateNextMark)); }

Value fresh_identifier(const char* prefix) {
  std::string name = prefix + std::to_string(next_number(kStateNextName));
  return make_syntax(symbol(name), list_of({fresh_mark()}), False, Null);
}

Value datum_to_syntax(Value id, Value datum) {
  return add_wrap(datum, marks_of(id), substs_of(id));
}

bool leaf_equal(Value a, Value b) {
  if (a == b) return true;
  if (is_flonum(a) && is_flonum(b)) {
    double x = flonum_value(a), y = flonum_value(b);
    return memcmp(&x, &y, sizeof x) == 0;
  }
  if (!is_typed(a) || !is_typed(b) || is_record(a) || is_record(b)) return false;
  if (is_string(a) && is_string(b)) {
    u64 n = string_length(a);
    if (n != string_length(b)) return false;
    for (u64 i = 0; i < n; ++i)
      if (string_ref(a, i) != string_ref(b, i)) return false;
    return true;
  }
  if ((header(a) ^ header(b)) & ~kImmutableKind) return false;
  switch (header_kind(header(a))) {
    case Kind::Bignum: return memcmp(untagged(a) + 1, untagged(b) + 1, length_of(a) * 8) == 0;
    case Kind::Bytevector:
    case Kind::ImmutableBytevector: return memcmp(bytes_of(a), bytes_of(b), length_of(a)) == 0;
    case Kind::Ratnum:
    case Kind::Compnum: return leaf_equal(slot(a, 1), slot(b, 1)) && leaf_equal(slot(a, 2), slot(b, 2));
    default: return false;
  }
}

namespace {

void write_to(std::string& out, Value x, std::size_t limit, int depth) {
  x = peel(x);
  if (out.size() > limit || depth > 20) {
    if (out.size() < 3 || out.compare(out.size() - 3, 3, "...") != 0) out += "...";
    return;
  }
  char buffer[40];
  if (is_symbol(x)) out += symbol_text(x);
  else if (is_fixnum(x)) out += std::to_string(fixnum_value(x));
  else if (x == True) out += "#t";
  else if (x == False) out += "#f";
  else if (x == Null) out += "()";
  else if (x == Eof) out += "#!eof";
  else if (is_void(x)) out += "#<void>";
  else if (is_char(x)) {
    if (char_value(x) > 32 && char_value(x) < 127) snprintf(buffer, sizeof buffer, "#\\%c", static_cast<char>(char_value(x)));
    else if (char_value(x) == 32) snprintf(buffer, sizeof buffer, "#\\space");
    else snprintf(buffer, sizeof buffer, "#\\x%x", char_value(x));
    out += buffer;
  } else if (is_string(x)) {
    out += '"';
    for (char c : string_text(x)) {
      if (c == '"' || c == '\\') out += '\\';
      if (c == '\n') out += "\\n";
      else out += c;
    }
    out += '"';
  } else if (is_flonum(x)) {
    double d = flonum_value(x);
    for (int digits = 6; digits <= 17; ++digits) {
      snprintf(buffer, sizeof buffer, "%.*g", digits, d);
      if (strtod(buffer, nullptr) == d) break;
    }
    out += buffer;
    if (!strpbrk(buffer, ".enai")) out += ".0";
  } else if (is_pair(x) && peel(car(x)) == symbol("quote") && is_pair(peel(cdr(x))) && peel(cdr(peel(cdr(x)))) == Null) {
    out += '\'';
    write_to(out, car(peel(cdr(x))), limit, depth + 1);
  } else if (is_pair(x)) {
    out += '(';
    for (bool first = true;; first = false) {
      if (!first) out += ' ';
      write_to(out, car(x), limit, depth + 1);
      Value d = peel(cdr(x));
      if (d == Null) break;
      if (out.size() > limit) {
        out += " ...";
        break;
      }
      if (!is_pair(d)) {
        out += " . ";
        write_to(out, d, limit, depth + 1);
        break;
      }
      x = d;
    }
    out += ')';
  } else if (is_vector(x)) {
    out += "#(";
    for (i64 i = 0; i < static_cast<i64>(length_of(x)); ++i) {
      if (i) out += ' ';
      write_to(out, vector_at(x, i), limit, depth + 1);
      if (out.size() > limit) break;
    }
    out += ')';
  } else if (is_bytevector(x)) {
    out += "#vu8(";
    for (u64 i = 0; i < length_of(x) && out.size() < limit; ++i) out += (i ? " " : "") + std::to_string(bytes_of(x)[i]);
    out += ')';
  } else if (is_procedure(x)) out += "#<procedure>";
  else if (is_kind(x, Kind::Bignum) || is_kind(x, Kind::Ratnum) || is_kind(x, Kind::Compnum)) out += "#<number>";
  else out += "#<object>";
}

}  // namespace

std::string write_datum(Value x, std::size_t limit) {
  std::string out;
  write_to(out, x, limit, 0);
  return out;
}

}  // namespace loko::syntax
