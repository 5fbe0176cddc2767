// SPDX-License-Identifier: MIT
//
// Datum trees to heap values and to text. Explicit stacks; labelled nodes are met once.
#include "text/datum.h"

#include <unordered_map>
#include <vector>

#include "runtime/data/unicode.h"
#include "runtime/numbers/numbers.h"
#include "text/lexer.h"

namespace loko::text {

Value leaf_to_heap(const Datum* d) {
  switch (d->kind) {
    case DatumKind::Null: return Null;
    case DatumKind::Bool: return boolean(d->boolean);
    case DatumKind::Char: return character(d->character);
    case DatumKind::Number: return parse_number(d->text_data, d->text_size, 10);
    case DatumKind::String: {
      Value v = make_string_utf8(d->text_data, d->text_size);
      freeze(v);
      return v;
    }
    case DatumKind::Symbol: return intern(d->text_data, d->text_size);
    case DatumKind::Immediate: return d->immediate;
    case DatumKind::Bytevector: {
      Value v = make_bytevector(d->byte_count);
      for (u64 i = 0; i < d->byte_count; ++i) bytes_of(v)[i] = d->bytes[i];
      freeze(v);
      return v;
    }
    default: return False;
  }
}

Value to_heap(const Datum* datum) {
  struct Task {
    Value object;  // fill its word `index` with the value of the datum
    i64 index;
    const Datum* datum;
  };
  std::unordered_map<const Datum*, Value> shared;
  std::vector<Task> work;
  // Makes the object of a datum; its parts become tasks.
  auto begin = [&](const Datum* d) -> Value {
    if (d->labelled)
      if (auto it = shared.find(d); it != shared.end()) return it->second;
    Value v;
    if (d->kind == DatumKind::Pair) {
      v = make_pair(False, Null);
      work.push_back({v, 1, d->cdr});
      work.push_back({v, 0, d->car});
    } else if (d->kind == DatumKind::Vector) {
      v = make_vector(d->count, False);
      freeze(v);
      for (u64 i = d->count; i-- > 0;) work.push_back({v, static_cast<i64>(i) + 1, d->items[i]});
    } else {
      v = leaf_to_heap(d);
    }
    if (d->labelled) shared.emplace(d, v);
    return v;
  };
  Value result = begin(datum);
  while (!work.empty()) {
    Task t = work.back();
    work.pop_back();
    set_field(t.object, t.index, begin(t.datum));
  }
  return result;
}

namespace {

void append_hex(std::string& out, u32 c) {
  char digits[8];
  int n = 0;
  do digits[n++] = "0123456789abcdef"[c & 15];
  while ((c >>= 4) != 0);
  while (n > 0) out.push_back(digits[--n]);
}

/// Advances over one character of valid UTF-8.
u32 take(std::string_view s, std::size_t& i) {
  u8 lead = static_cast<u8>(s[i++]);
  int extra = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  u32 c = extra == 0 ? lead : lead & (0x3f >> extra);
  while (extra-- > 0 && i < s.size()) c = c << 6 | (static_cast<u8>(s[i++]) & 0x3f);
  return c;
}

bool is_control(u32 c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff; }

void write_string(std::string& out, std::string_view s) {
  out.push_back('"');
  for (std::size_t i = 0; i < s.size();) {
    u32 c = take(s, i);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case 7: out += "\\a"; break;
      case 8: out += "\\b"; break;
      default:
        if (is_control(c)) out += "\\x", append_hex(out, c), out.push_back(';');
        else append_utf8(out, c);
    }
  }
  out.push_back('"');
}

void write_char(std::string& out, u32 c) {
  static constexpr const char* kNames[] = {"alarm", "backspace", "tab", "newline", "vtab", "page", "return", "nul", "esc", "space", "delete"};
  out += "#\\";
  for (const char* name : kNames)
    if (character_by_name(name) == c) {
      out += name;
      return;
    }
  if (is_control(c)) out.push_back('x'), append_hex(out, c);
  else append_utf8(out, c);
}

bool is_subsequent(u32 c) {
  if (c >= 0x80) {
    Category k = unicode_category(c);
    return k <= Category::No || (k >= Category::Pd && k <= Category::So) || k == Category::Co;
  }
  bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  return letter || (c >= '0' && c <= '9') || (c != 0 && std::string_view("!$%&*/:<=>?^_~+-.@").find(static_cast<char>(c)) != std::string_view::npos);
}

/// Would the lexer take these characters for a number or a dot, or complain that they are none?
bool looks_like_number(std::string_view name) {
  auto digit = [&](std::size_t i) { return i < name.size() && name[i] >= '0' && name[i] <= '9'; };
  std::size_t sign = name[0] == '+' || name[0] == '-' ? 1 : 0;
  if (digit(sign) || (sign < name.size() && name[sign] == '.' && digit(sign + 1)) || name == ".") return true;
  return (sign != 0 || name[0] == '.') && parse_number(name.data(), name.size(), 10) != False;
}

}  // namespace

/// Symbols are written in the form of R6RS: escapes for what cannot stand in an identifier.
static void write_symbol(std::string& out, std::string_view name) {
  if (name.empty()) {
    out += "||";
    return;
  }
  bool number_like = looks_like_number(name);
  for (std::size_t i = 0; i < name.size();) {
    std::size_t at = i;
    u32 c = take(name, i);
    if (is_subsequent(c) && !(at == 0 && number_like)) append_utf8(out, c);
    else out += "\\x", append_hex(out, c), out.push_back(';');
  }
}

static void write_leaf(std::string& out, const Datum* d) {
  switch (d->kind) {
    case DatumKind::Null: out += "()"; break;
    case DatumKind::Bool: out += d->boolean ? "#t" : "#f"; break;
    case DatumKind::Number: out += d->text(); break;
    case DatumKind::Char: write_char(out, d->character); break;
    case DatumKind::String: write_string(out, d->text()); break;
    case DatumKind::Symbol: write_symbol(out, d->text()); break;
    case DatumKind::Immediate: out += d->immediate == Eof ? "#!eof" : d->immediate == Default ? "#!default" : "#!void"; break;
    case DatumKind::Bytevector:
      out += "#vu8(";
      for (u64 i = 0; i < d->byte_count; ++i) out += (i == 0 ? "" : " ") + std::to_string(d->bytes[i]);
      out += ")";
      break;
    default: break;
  }
}

std::string to_string(const Datum* datum) {
  struct Task {
    enum { Item, Tail, Rest } what;  // a datum, a cdr, vector elements from index on
    const Datum* datum;
    u64 index;
  };
  std::string out;
  std::unordered_map<const Datum*, u64> labels;
  std::vector<Task> work{{Task::Item, datum, 0}};
  while (!work.empty()) {
    Task t = work.back();
    work.pop_back();
    const Datum* d = t.datum;
    if (t.what == Task::Rest) {
      if (t.index == d->count) {
        out += ")";
        continue;
      }
      if (t.index != 0) out += " ";
      work.push_back({Task::Rest, d, t.index + 1});
      work.push_back({Task::Item, d->items[t.index], 0});
      continue;
    }
    if (t.what == Task::Tail) {
      if (d->kind == DatumKind::Null && !d->labelled) {
        out += ")";
        continue;
      }
      out += " ";
      if (d->kind == DatumKind::Pair && !d->labelled) {
        work.push_back({Task::Tail, d->cdr, 0});
        work.push_back({Task::Item, d->car, 0});
        continue;
      }
      out += ". ";
      static const Datum kEnd{};
      work.push_back({Task::Tail, &kEnd, 0});
    }
    if (d->labelled) {
      auto [it, fresh] = labels.emplace(d, labels.size());
      out += "#" + std::to_string(it->second) + (fresh ? "=" : "#");
      if (!fresh) continue;
    }
    if (d->kind == DatumKind::Pair) {
      out += "(";
      work.push_back({Task::Tail, d->cdr, 0});
      work.push_back({Task::Item, d->car, 0});
    } else if (d->kind == DatumKind::Vector) {
      out += "#(";
      work.push_back({Task::Rest, d, 0});
    } else {
      write_leaf(out, d);
    }
  }
  return out;
}

}  // namespace loko::text
