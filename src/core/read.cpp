// SPDX-License-Identifier: MIT
//
// A small S-expression reader and the translation to nodes. Names are scoped like Scheme's.
#include "core/read.h"

#include <cctype>
#include <cstdlib>

#include "core/build.h"
#include "runtime/numbers/numbers.h"

namespace loko::core {
namespace {

struct Sexp {
  std::string text;  // atom; strings keep the opening quote
  std::vector<Sexp> items;
  bool list = false, vector = false;
  bool is(const char* s) const { return !list && text == s; }
};

struct Reader {
  Unit& unit;
  std::string_view text;
  size_t at = 0;
  std::string error;
  std::vector<std::pair<std::string, Variable*>> scope;

  bool fail(const std::string& message) {
    if (error.empty()) error = message + " at byte " + std::to_string(at);
    return false;
  }

  void skip() {
    while (at < text.size()) {
      if (std::isspace(static_cast<unsigned char>(text[at]))) ++at;
      else if (text[at] == ';') while (at < text.size() && text[at] != '\n') ++at;
      else break;
    }
  }

  bool parse(Sexp& s) {
    skip();
    if (at >= text.size()) return fail("unexpected end");
    char c = text[at];
    if (c == '#' && at + 1 < text.size() && text[at + 1] == '(') s.vector = true, c = text[++at];
    if (c == '(') {
      s.list = true;
      ++at;
      for (;;) {
        skip();
        if (at >= text.size()) return fail("unterminated list");
        if (text[at] == ')') return ++at, true;
        s.items.emplace_back();
        if (!parse(s.items.back())) return false;
      }
    }
    if (c == ')') return fail("unexpected )");
    if (c == '"') {
      s.text = "\"";
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        s.text += text[at];
      }
      return at < text.size() ? (++at, true) : fail("unterminated string");
    }
    if (c == '#' && at + 2 < text.size() && text[at + 1] == '\\') {
      s.text = text.substr(at, 3);
      at += 3;
    }
    while (at < text.size() && !std::isspace(static_cast<unsigned char>(text[at])) && text[at] != '(' && text[at] != ')')
      s.text += text[at++];
    return true;
  }

  Value datum(const Sexp& s) {
    if (s.list) {
      if (s.vector) {
        Value v = make_vector(s.items.size(), Null);
        for (size_t i = 0; i < s.items.size(); ++i) set_field(v, static_cast<i64>(i) + 1, datum(s.items[i]));
        return v;
      }
      size_t n = s.items.size();
      Value tail = Null;
      if (n >= 2 && s.items[n - 2].is(".")) tail = datum(s.items[n - 1]), n -= 2;
      while (n > 0) tail = make_pair(datum(s.items[--n]), tail);
      return tail;
    }
    const std::string& t = s.text;
    if (t == "#t") return True;
    if (t == "#f") return False;
    if (t == "#<void>") return Void;
    if (t == "#<eof>") return Eof;
    if (t == "#<default>") return Default;
    if (t == "#<unbound>") return Unbound;
    if (t[0] == '"') return make_string_utf8(t.data() + 1, t.size() - 1);
    if (t.rfind("#\\", 0) == 0) {
      if (t.size() > 3 && t[2] == 'x') return character(static_cast<u32>(std::strtoul(t.c_str() + 3, nullptr, 16)));
      if (t == "#\\space") return character(' ');
      return character(static_cast<unsigned char>(t[2]));
    }
    char* end = nullptr;
    i64 n = std::strtoll(t.c_str(), &end, 10);
    if (*end == 0 && !t.empty() && fits_fixnum(n)) return fixnum(n);
    if (t.find_first_not_of("+-/0123456789") == std::string::npos && t.size() > 1)
      if (Value z = string_to_number(make_string_utf8(t.data(), t.size()), fixnum(10)); z != False) return z;
    if (std::isdigit(static_cast<unsigned char>(t[0])) || ((t[0] == '-' || t[0] == '+') && t.size() > 1 && (std::isdigit(static_cast<unsigned char>(t[1])) || t == "+inf.0" || t == "-inf.0" || t == "+nan.0"))) {
      std::string plain = t.substr(0, t.find(".0") != std::string::npos && !std::isdigit(static_cast<unsigned char>(t[1])) && t.size() == 6 ? 4 : std::string::npos);
      double d = std::strtod(plain.c_str(), &end);
      if (*end == 0) return make_flonum(d);
    }
    return intern(t.data(), t.size());
  }

  Global* global(const std::string& name) {
    for (Global* g : unit.globals)
      if (g->name == name) return g;
    Global* g = unit.arena->make<Global>();
    g->name = name;
    g->cell = allocate_slot(Unbound);
    g->immutable = true;
    unit.globals.push_back(g);
    return g;
  }

  Variable* bind(const std::string& name) {
    size_t dot = name.rfind('.');
    Variable* v = unit.new_variable(dot != std::string::npos && dot > 0 && dot + 1 < name.size() && std::isdigit(static_cast<unsigned char>(name[dot + 1])) ? name.substr(0, dot) : name);
    v->referenced = false;
    scope.emplace_back(name, v);
    return v;
  }

  Variable* lookup(const std::string& name) {
    for (size_t i = scope.size(); i-- > 0;)
      if (scope[i].first == name) return scope[i].second;
    return nullptr;
  }

  Expr* reject(const std::string& message) {
    fail(message);
    return nullptr;
  }

  bool parts(const Sexp& s, size_t from, std::vector<Expr*>& out) {
    for (size_t i = from; i < s.items.size(); ++i) {
      Expr* e = expr(s.items[i]);
      if (!e) return false;
      out.push_back(e);
    }
    return true;
  }

  Expr* expr(const Sexp& s) {
    if (!s.list) {
      if (Variable* v = lookup(s.text)) {
        v->referenced = true;
        return make_ref(unit, v);
      }
      Value d = datum(s);
      if (is_symbol(d)) return reject("unbound name " + s.text);
      return make_quote(unit, d);
    }
    if (s.items.empty() || s.items[0].list) return reject("form without a head");
    const std::string& head = s.items[0].text;
    size_t n = s.items.size();
    auto node = [&](Tag tag) { return unit.make(tag, {}); };
    if (head == "quote" && n == 2) return make_quote(unit, datum(s.items[1]));
    if (head == "set!" && n == 3) {
      Expr* e = node(Tag::Set);
      e->variable = lookup(s.items[1].text);
      if (!e->variable) return reject("unbound name " + s.items[1].text);
      e->variable->assigned = true;
      return (e->body = expr(s.items[2])) ? e : nullptr;
    }
    if (head == "global" && (n == 2 || n == 3)) {
      Expr* e = node(Tag::GlobalRef);
      e->global = global(s.items[1].text);
      if (n == 3) e->global->library = s.items[2].text.substr(1);
      return e;
    }
    if ((head == "define-global!" || head == "set-global!") && n == 3) {
      Expr* e = node(head == "set-global!" ? Tag::GlobalSet : Tag::GlobalDefine);
      e->global = global(s.items[1].text);
      if (!(e->body = expr(s.items[2]))) return nullptr;
      if (e->tag == Tag::GlobalSet) e->global->immutable = false;
      else if (e->global->defined_here) e->global->immutable = false, e->global->definition = nullptr;
      else e->global->defined_here = true, e->global->definition = e->body;
      return e;
    }
    if ((head == "if" && n == 4) || (head == "begin" && n >= 2) || (head == "call" && n >= 2)) {
      Expr* e = node(head == "if" ? Tag::If : head == "begin" ? Tag::Begin : Tag::Call);
      return parts(s, 1, e->parts) ? e : nullptr;
    }
    if ((head == "prim" || head == "primref") && n >= 2) {
      Expr* e = node(head == "prim" ? Tag::Prim : Tag::PrimRef);
      if (!find_primitive(s.items[1].text, &e->primitive)) return reject("unknown primitive " + s.items[1].text);
      return parts(s, 2, e->parts) ? e : nullptr;
    }
    if (head == "lambda") return lambda(s);
    if (head == "receive" && n == 4) return receive(s);
    if ((head == "let" || head == "letrec" || head == "letrec*" || head == "let-exit") && n == 3) return binding_form(s);
    return reject("unknown form " + head);
  }

  Expr* lambda(const Sexp& s) {
    Expr* e = unit.make(Tag::Lambda, {});
    size_t i = 1;
    if (i < s.items.size() && !s.items[i].list) e->name = s.items[i++].text;
    for (; i < s.items.size(); ++i) {
      const Sexp& c = s.items[i];
      if (c.items.size() != 3 || !c.items[0].is("clause")) return reject("(clause (x …) e) expected");
      Clause clause;
      size_t mark = scope.size();
      const std::vector<Sexp>& formals = c.items[1].items;
      for (size_t k = 0; k < formals.size(); ++k) {
        if (formals[k].is(".") && k + 2 == formals.size()) {
          clause.rest = bind(formals[k + 1].text);
          break;
        }
        clause.required.push_back(bind(formals[k].text));
      }
      clause.body = expr(c.items[2]);
      scope.resize(mark);
      if (!clause.body) return nullptr;
      e->clauses.push_back(std::move(clause));
    }
    return e;
  }

  Expr* receive(const Sexp& s) {
    Expr* e = unit.make(Tag::Let, {});
    e->receives = true;
    Expr* values = expr(s.items[2]);
    if (!values || s.items[1].items.empty()) return reject("receive binds variables");
    size_t mark = scope.size();
    for (const Sexp& v : s.items[1].items) e->bindings.push_back({bind(v.text), e->bindings.empty() ? values : make_quote(unit, Void, {})});
    e->body = expr(s.items[3]);
    scope.resize(mark);
    return e->body ? e : nullptr;
  }

  Expr* binding_form(const Sexp& s) {
    const std::string& head = s.items[0].text;
    Expr* e = unit.make(head == "let" || head == "let-exit" ? Tag::Let : head == "letrec" ? Tag::Letrec : Tag::LetrecStar, {});
    size_t mark = scope.size();
    std::vector<Variable*> variables;
    std::vector<Expr*> values;
    if (e->tag != Tag::Let)
      for (const Sexp& b : s.items[1].items) variables.push_back(bind(b.items.at(0).text));
    for (const Sexp& b : s.items[1].items) {
      if (b.items.size() != 2) return reject("binding expected");
      values.push_back(expr(b.items[1]));
      if (!values.back()) return nullptr;
      if (e->tag == Tag::Letrec && values.back()->tag != Tag::Lambda) return reject("letrec binds lambdas only");
    }
    if (e->tag == Tag::Let)
      for (const Sexp& b : s.items[1].items) variables.push_back(bind(b.items.at(0).text));
    for (size_t i = 0; i < values.size(); ++i) e->bindings.push_back({variables[i], values[i]});
    if (head == "let-exit") {
      if (values.size() != 1 || values[0]->tag != Tag::Lambda) return reject("let-exit binds one lambda");
      variables[0]->exit = true;
    }
    e->body = expr(s.items[2]);
    scope.resize(mark);
    return e->body ? e : nullptr;
  }
};

}  // namespace

bool read(Unit& unit, std::string_view text, std::string* error) {
  Reader r{unit, text, 0, {}, {}};
  Sexp s;
  if (r.parse(s)) unit.body = r.expr(s);
  else unit.body = nullptr;
  if (!unit.body && error) *error = r.error;
  return unit.body != nullptr;
}

}  // namespace loko::core
