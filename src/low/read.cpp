// SPDX-License-Identifier: MIT
//
// The reader of low's text form: a tree of lists and atoms first, then the forms. The first mistake ends it.
#include "low/read.h"

#include <cstdlib>

#include "low/names.h"

namespace loko::low {

namespace {

struct Node {
  bool is_list = false;
  std::string atom;
  std::vector<Node> items;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool parse(Node* out, int depth = 0) {
    skip();
    if (at_ >= text_.size() || depth > 64) return false;
    char c = text_[at_];
    if (c == '(') {
      ++at_;
      out->is_list = true;
      for (;;) {
        skip();
        if (at_ >= text_.size()) return false;
        if (text_[at_] == ')') {
          ++at_;
          return true;
        }
        out->items.emplace_back();
        if (!parse(&out->items.back(), depth + 1)) return false;
      }
    }
    if (c == ')') return false;
    if (c == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        out->atom += text_[at_];
      }
      if (at_ >= text_.size()) return false;
      ++at_;
      return true;
    }
    while (at_ < text_.size() && !strchr(" \t\r\n()\";", text_[at_])) out->atom += text_[at_++];
    return true;
  }

  bool at_end() {
    skip();
    return at_ >= text_.size();
  }

 private:
  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == ';') while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      else if (strchr(" \t\r\n", text_[at_])) ++at_;
      else break;
    }
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

class Reader {
 public:
  std::string problem;

  void unit(const Node& n, Unit* u) {
    if (!head(n, "unit", 2)) return;
    u->name = n.items[1].atom;
    for (std::size_t i = 2; i < n.items.size(); ++i) {
      const Node& x = n.items[i];
      if (is_form(x, "constants") && x.items.size() == 2) u->constants.resize(static_cast<std::size_t>(integer(x.items[1])));
      else if (is_form(x, "lambda")) lambda(x, u);
      else fail("expected (constants n) or (lambda …)", x);
    }
  }

  void function(const Node& n, Function* f) {
    if (!head(n, "function", 2)) return;
    f_ = f;
    f->name = n.items[1].atom;
    for (std::size_t i = 2; i < n.items.size(); ++i) {
      const Node& x = n.items[i];
      if (x.atom == "no-entry-check") f->needs_entry_check = false;
      else if (is_form(x, "params"))
        for (std::size_t k = 1; k < x.items.size(); ++k) f->params.push_back(definition(x.items[k]));
      else if (is_form(x, "closure") && x.items.size() == 2) f->closure = definition(x.items[1]);
      else if (is_form(x, "returns") && x.items.size() == 2) f->returns = rep(x.items[1]);
      else if (is_form(x, "block")) block(x);
      else fail("unknown part of a function", x);
    }
  }

  void fail(const std::string& what, const Node& at) {
    if (problem.empty()) problem = what + ": " + text(at);
  }

 private:
  static std::string text(const Node& n) {
    if (!n.is_list) return n.atom;
    std::string s = "(";
    for (std::size_t i = 0; i < n.items.size() && s.size() < 120; ++i) s += (i ? " " : "") + text(n.items[i]);
    return s + ")";
  }
  static bool is_form(const Node& n, const char* name) { return n.is_list && !n.items.empty() && n.items[0].atom == name; }
  bool head(const Node& n, const char* name, std::size_t least) {
    if (is_form(n, name) && n.items.size() >= least) return true;
    fail(std::string("expected (") + name + " …)", n);
    return false;
  }

  void lambda(const Node& n, Unit* u) {
    if (n.items.size() < 3) return fail("expected (lambda index name …)", n);
    if (integer(n.items[1]) != static_cast<i64>(u->lambdas.size())) fail("lambdas are numbered from 0", n);
    u->lambdas.emplace_back();
    u->lambdas.back().name = n.items[2].atom;
    for (std::size_t i = 3; i < n.items.size(); ++i) {
      const Node& x = n.items[i];
      if (is_form(x, "free") && x.items.size() == 2) {
        u->lambdas.back().free_variables = static_cast<int>(integer(x.items[1]));
      } else if (is_form(x, "clause") && x.items.size() >= 3) {
        Clause c;
        c.required = static_cast<int>(integer(x.items[1]));
        c.rest = x.items[2].atom == "rest";
        function(x.items.back(), &c.function);
        u->lambdas.back().clauses.push_back(std::move(c));
      } else {
        fail("expected (free n) or (clause …)", x);
      }
    }
  }

  i64 integer(const Node& n) {
    char* end;
    i64 r = strtoll(n.atom.c_str(), &end, 0);
    if (n.is_list || n.atom.empty() || *end) fail("expected an integer", n);
    return r;
  }

  u32 numbered(const Node& n, char letter) {
    if (n.is_list || n.atom.size() < 2 || n.atom[0] != letter) {
      fail(std::string("expected a name like ") + letter + "0", n);
      return 0;
    }
    char* end;
    unsigned long r = strtoul(n.atom.c_str() + 1, &end, 10);
    if (*end || r > 1000000) fail("bad name", n);
    return static_cast<u32>(r);
  }

  ValueId value(const Node& n) {
    if (n.atom == "_") return kNone;
    u32 v = numbered(n, 'v');
    if (problem.empty() && v >= f_->values.size()) f_->values.resize(v + 1, Rep::None);
    return v;
  }

  Rep rep(const Node& n) {
    int k = find_name(kRepNames, n.atom);
    if (k < 0) fail("expected a representation", n);
    return static_cast<Rep>(k < 0 ? 0 : k);
  }

  ValueId define(const Node& name, Rep r) {
    ValueId v = value(name);
    if (problem.empty()) f_->values[v] = r;
    return v;
  }
  ValueId definition(const Node& n) {
    if (n.is_list && n.items.size() == 2) return define(n.items[0], rep(n.items[1]));
    fail("expected (value representation)", n);
    return kNone;
  }

  void block(const Node& n) {
    std::size_t i = 2;
    if (n.items.size() < 4) return fail("expected (block name (parameter …) instruction … terminator)", n);
    BlockId id = numbered(n.items[1], 'b');
    if (id > 100000) return;
    if (f_->blocks.size() <= id) f_->blocks.resize(id + 1);
    Block b;
    for (; i < n.items.size() && !n.items[i].is_list; ++i) {
      if (n.items[i].atom == "cold") b.cold = true;
      else if (n.items[i].atom == "loop") b.loop_header = true;
      else fail("unknown mark of a block", n.items[i]);
    }
    if (i + 1 >= n.items.size()) return fail("a block needs parameters and a terminator", n);
    for (const Node& p : n.items[i].items) b.params.push_back(definition(p));
    for (++i; i + 1 < n.items.size(); ++i) b.insts.push_back(instruction(n.items[i]));
    terminator(n.items.back(), &b.term);
    f_->blocks[id] = std::move(b);
  }

  Inst instruction(const Node& n) {
    Inst i;
    const Node* body = &n;
    if (n.is_list && n.items.size() == 3 && n.items[2].is_list && n.items[0].atom.size() > 1 && n.items[0].atom[0] == 'v') {
      i.rep = rep(n.items[1]);
      i.result = define(n.items[0], i.rep);
      body = &n.items[2];
    }
    const OpShape* s = nullptr;
    if (body->is_list && !body->items.empty())
      for (const OpShape& x : kOpShapes)
        if (body->items[0].atom == x.name) s = &x;
    if (!s) {
      fail("unknown instruction", n);
      i.op = Op::Poll;
      return i;
    }
    i.op = s->op;
    operands(*body, *s, &i);
    return i;
  }

  void operands(const Node& n, const OpShape& s, Inst* i) {
    std::size_t k = 1;
    auto next = [&]() -> const Node& {
      static const Node none;
      if (k >= n.items.size()) {
        fail("too few operands", n);
        return none;
      }
      return n.items[k++];
    };
    if (s.form & kFormCond) condition(next(), i->op == Op::FSetBool, &i->cond, &i->fcond);
    if (s.form & kFormImm) i->imm = i->op == Op::FImm ? double_bits(next()) : integer(next());
    if (s.form & kFormA) i->a = value(next());
    if (s.form & kFormB) i->b = value(next());
    if (s.form & kFormAddress) address(next(), i);
    if (s.form & kFormC) i->c = value(next());
    if (s.form & kFormD) i->d = value(next());
    if (s.form & kFormCall)
      while (k < n.items.size() && n.items[k].atom[0] != ':') i->args.push_back(value(next()));
    while (k < n.items.size()) {
      std::string key = next().atom;
      if (key == ":width") i->width = static_cast<u8>(integer(next()));
      else if (key == ":signed") i->is_signed = true;
      else if (key == ":exact") i->exact = true;
      else if (key == ":fixed") i->fixed = true;
      else if (key == ":ignore-values") i->ignore_values = true;
      else if (key == ":receives") i->receives = static_cast<u32>(integer(next()));
      else if (!call_key(key, next(), &i->a, &i->callee, &i->clause, &i->imm)) fail("unknown keyword " + key, n);
    }
  }

  bool call_key(const std::string& key, const Node& v, ValueId* a, u32* callee, u32* clause, i64* imm) {
    if (key == ":lambda") *callee = static_cast<u32>(integer(v));
    else if (key == ":clause") *clause = static_cast<u32>(integer(v));
    else if (key == ":entry") *imm = integer(v);
    else if (key == ":procedure") *a = value(v);
    else return false;
    return true;
  }

  void condition(const Node& n, bool floating, Cond* cond, FCond* fcond) {
    int k = floating ? find_name(kFCondNames, n.atom) : find_name(kCondNames, n.atom);
    if (k < 0) return fail("unknown condition", n);
    if (floating) *fcond = static_cast<FCond>(k);
    else *cond = static_cast<Cond>(k);
  }

  i64 double_bits(const Node& n) {
    if (n.atom.compare(0, 5, "bits:") == 0) return static_cast<i64>(strtoull(n.atom.c_str() + 5, nullptr, 16));
    char* end;
    double d = strtod(n.atom.c_str(), &end);
    if (n.atom.empty() || *end) fail("expected a number", n);
    return __builtin_bit_cast(i64, d);
  }

  void address(const Node& n, Inst* i) {
    if (!is_form(n, "at") || (n.items.size() != 3 && n.items.size() != 5)) return fail("expected (at a [b scale] offset)", n);
    i->a = value(n.items[1]);
    if (n.items.size() == 5) {
      i->b = value(n.items[2]);
      i->scale = static_cast<u8>(integer(n.items[3]));
    }
    i->imm = integer(n.items.back());
  }

  void edge(const Node& n, BlockId* target, std::vector<ValueId>* args, bool* cold) {
    if (!n.is_list) {
      *target = numbered(n, 'b');
      return;
    }
    std::size_t k = 0;
    if (!n.items.empty() && n.items[0].atom == "cold") *cold = true, k = 1;
    if (k >= n.items.size()) return fail("expected an edge", n);
    *target = numbered(n.items[k], 'b');
    for (++k; k < n.items.size(); ++k) args->push_back(value(n.items[k]));
  }

  void terminator(const Node& n, Terminator* t) {
    int kind = n.is_list && !n.items.empty() ? find_name(kTermNames, n.items[0].atom) : -1;
    if (kind < 0) return fail("expected a terminator", n);
    t->kind = static_cast<TermKind>(kind);
    static const std::size_t least[] = {2, 6, 6, 7, 2, 1, 1, 1, 1, 1};
    if (n.items.size() < least[kind]) return fail("too few operands", n);
    switch (t->kind) {
      case TermKind::Jump: edge(n.items[1], &t->target, &t->target_args, &t->target_cold); break;
      case TermKind::Branch: case TermKind::FBranch: case TermKind::BranchOvf: {
        std::size_t k = 1;
        if (t->kind == TermKind::BranchOvf) {
          t->result = definition(n.items[k++]);
          const std::string& op = n.items[k++].atom;
          t->op = op == "sub" ? Op::Sub : op == "mul" ? Op::Mul : Op::Add;
          if (op != "add" && t->op == Op::Add) fail("expected add, sub or mul", n);
        } else {
          condition(n.items[k++], t->kind == TermKind::FBranch, &t->cond, &t->fcond);
        }
        t->a = value(n.items[k]);
        t->b = value(n.items[k + 1]);
        edge(n.items[k + 2], &t->target, &t->target_args, &t->target_cold);
        edge(n.items[k + 3], &t->otherwise, &t->otherwise_args, &t->otherwise_cold);
        break;
      }
      case TermKind::Return: t->a = value(n.items[1]); break;
      default: {
        std::size_t k = 1;
        while (k < n.items.size() && n.items[k].atom[0] != ':') t->args.push_back(value(n.items[k++]));
        for (; k + 1 < n.items.size(); k += 2)
          if (!call_key(n.items[k].atom, n.items[k + 1], &t->a, &t->callee, &t->clause, &t->imm)) fail("unknown keyword", n.items[k]);
        break;
      }
    }
  }

  Function* f_ = nullptr;
};

template <class T, class F>
std::string read_text(std::string_view text, T* out, F&& form) {
  Parser p(text);
  Node n;
  if (!p.parse(&n) || !p.at_end()) return "unbalanced text";
  Reader r;
  form(r, n, out);
  return r.problem;
}

}  // namespace

std::string read(std::string_view text, Unit* unit) {
  return read_text(text, unit, [](Reader& r, const Node& n, Unit* u) { r.unit(n, u); });
}

std::string read(std::string_view text, Function* function) {
  return read_text(text, function, [](Reader& r, const Node& n, Function* f) { r.function(n, f); });
}

}  // namespace loko::low
