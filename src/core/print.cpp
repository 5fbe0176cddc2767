// SPDX-License-Identifier: MIT
//
// Core as text: first a tree of strings, then lines no longer than the page where possible.
#include "core/print.h"

#include <cstdio>
#include <map>

#include "core/datum_type.h"
#include "runtime/numbers/numbers.h"
#include "text/lexer.h"

namespace loko::core {
namespace {

constexpr size_t kWidth = 100;

struct Node {
  std::string text;  // atom
  std::vector<Node> items;
  bool list = false;
  size_t size() const {
    if (!list) return text.size();
    size_t n = 1;
    for (const Node& i : items) n += i.size() + 1;
    return n;
  }
};

Node atom(std::string s) {
  Node n;
  n.text = std::move(s);
  return n;
}
Node list(std::vector<Node> items) {
  Node n;
  n.list = true;
  n.items = std::move(items);
  return n;
}

struct Printer {
  std::map<const Variable*, std::string> names;

  std::string name(const Variable* v) {
    auto it = names.find(v);
    if (it == names.end()) it = names.emplace(v, v->name + "." + std::to_string(names.size())).first;
    return it->second;
  }

  Node tree(const Expr* e) {
    auto rest = [&](std::vector<Node> items, const std::vector<Expr*>& more) {
      for (const Expr* p : more) items.push_back(tree(p));
      return list(std::move(items));
    };
    switch (e->tag) {
      case Tag::Quote: return list({atom("quote"), atom(print_datum(*e->datum))});
      case Tag::Ref: return atom(name(e->variable));
      case Tag::Set: return list({atom("set!"), atom(name(e->variable)), tree(e->body)});
      case Tag::GlobalRef: return list({atom("global"), atom(e->global->name)});
      case Tag::GlobalDefine: return list({atom("define-global!"), atom(e->global->name), tree(e->body)});
      case Tag::GlobalSet: return list({atom("set-global!"), atom(e->global->name), tree(e->body)});
      case Tag::If: return rest({atom("if")}, e->parts);
      case Tag::Begin: return rest({atom("begin")}, e->parts);
      case Tag::Call: return rest({atom("call")}, e->parts);
      case Tag::Prim: return rest({atom("prim"), atom(primitive_info(e->primitive).name)}, e->parts);
      case Tag::PrimRef: return list({atom("primref"), atom(primitive_info(e->primitive).name)});
      case Tag::Let:
        if (e->receives) return receive(e);
        return binding_form(e->bindings.size() == 1 && e->bindings[0].variable->exit ? "let-exit" : "let", e);
      case Tag::Letrec: return binding_form("letrec", e);
      case Tag::LetrecStar: return binding_form("letrec*", e);
      case Tag::Lambda: break;
    }
    std::vector<Node> items{atom("lambda")};
    if (!e->name.empty()) items.push_back(atom(e->name));
    for (const Clause& c : e->clauses) {
      Node formals = list({});
      for (const Variable* v : c.required) formals.items.push_back(atom(name(v)));
      if (c.rest) {
        formals.items.push_back(atom("."));
        formals.items.push_back(atom(name(c.rest)));
      }
      items.push_back(list({atom("clause"), formals, tree(c.body)}));
    }
    return list(std::move(items));
  }

  Node receive(const Expr* e) {
    Node variables = list({});
    for (const Binding& b : e->bindings) variables.items.push_back(atom(name(b.variable)));
    return list({atom("receive"), variables, tree(e->bindings[0].value), tree(e->body)});
  }

  Node binding_form(const char* head, const Expr* e) {
    Node bindings = list({});
    for (const Binding& b : e->bindings) {
      Node variable = atom(name(b.variable));
      bindings.items.push_back(list({variable, tree(b.value)}));
    }
    return list({atom(head), bindings, tree(e->body)});
  }
};

void lay_out(const Node& n, size_t indent, std::string& out) {
  if (!n.list) {
    out += n.text;
    return;
  }
  out += '(';
  bool fits = indent + n.size() <= kWidth;
  bool head = !n.items.empty() && !n.items[0].list;
  for (size_t i = 0; i < n.items.size(); ++i) {
    if (i > 0) {
      bool same_line = fits || (head && i == 1 && (!n.items[1].list || n.items[0].text == "let" || n.items[0].text == "let-exit" || n.items[0].text == "letrec" || n.items[0].text == "letrec*"));
      if (same_line) out += ' ';
      else out += '\n' + std::string(indent + (head ? 2 : 1), ' ');
    }
    size_t column = out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1);
    lay_out(n.items[i], column, out);
  }
  out += ')';
}

}  // namespace

std::string print(const Expr* e) {
  Printer p;
  std::string out;
  lay_out(p.tree(e), 0, out);
  out += '\n';
  return out;
}

std::string print_datum(Value v) {
  if (is_fixnum(v)) return std::to_string(fixnum_value(v));
  if (v == True) return "#t";
  if (v == False) return "#f";
  if (v == Null) return "()";
  if (v == Eof) return "#<eof>";
  if (is_void(v)) return "#<void>";
  if (v == Unbound) return "#<unbound>";
  if (v == Default) return "#<default>";
  if (is_char(v)) {
    u32 c = char_value(v);
    std::string s = "#\\";
    if (c > 32 && c != 127) text::append_utf8(s, c);
    else {
      char buffer[16];
      std::snprintf(buffer, sizeof buffer, "x%x", c);
      s += buffer;
    }
    return s;
  }
  if (is_flonum(v)) {
    if (double d = flonum_value(v); d != d || d - d != 0) return d != d ? "+nan.0" : d > 0 ? "+inf.0" : "-inf.0";
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.17g", flonum_value(v));
    std::string s = buffer;
    if (s.find_first_of(".en") == std::string::npos) s += ".0";
    return s;
  }
  if (bool is_other_number = (type_of_datum(v) & kTypeNumber) != 0; is_symbol(v) || is_string(v) || is_other_number) {
    Value name = is_other_number ? number_to_string(v, fixnum(10), Default) : is_symbol(v) ? symbol_name(v) : v;
    std::string s;
    for (u64 i = 0; i < string_length(name); ++i) {
      u32 c = string_ref(name, i);
      if (is_string(v) && (c == '"' || c == '\\')) s += '\\';
      text::append_utf8(s, c);
    }
    return is_string(v) ? '"' + s + '"' : s;
  }
  if (is_pair(v)) {
    std::string s = "(";
    for (; is_pair(v); v = cdr(v)) s += print_datum(car(v)) + (is_pair(cdr(v)) ? " " : "");
    if (v != Null) s += " . " + print_datum(v);
    return s + ")";
  }
  if (is_vector(v)) {
    std::string s = "#(";
    for (u64 i = 0; i < length_of(v); ++i) s += (i ? " " : "") + print_datum(slot(v, static_cast<i64>(i) + 1));
    return s + ")";
  }
  if (is_bytevector(v)) {
    std::string s = "#vu8(";
    for (u64 i = 0; i < length_of(v); ++i) s += (i ? " " : "") + std::to_string(bytes_of(v)[i]);
    return s + ")";
  }
  if (is_procedure(v)) return "#<procedure>";
  return "#<object>";
}

}  // namespace loko::core
