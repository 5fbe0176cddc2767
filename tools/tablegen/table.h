// SPDX-License-Identifier: MIT
//
// The tables as tablegen holds them: S-expressions, the parser, primitives with everything that a clause says.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace tablegen {

/// An S-expression: an atom (text; strings keep their opening quote) or a list.
struct Sexp {
  bool atom = false;
  std::string text;
  std::vector<Sexp> items;
  int line = 0;
  size_t begin = 0, end = 0;  // where its text is in the file
  const std::string& head() const {
    static const std::string none;
    return !atom && !items.empty() && items[0].atom ? items[0].text : none;
  }
};

struct Parser {
  std::string file, text;
  size_t at = 0;
  int line = 1;

  [[noreturn]] void fail(int where, const std::string& message) const {
    std::fprintf(stderr, "%s:%d: error: %s\n", file.c_str(), where, message.c_str());
    std::exit(1);
  }
  void skip() {
    for (; at < text.size(); ++at) {
      char c = text[at];
      if (c == '\n') ++line;
      if (c == ';') {
        while (at < text.size() && text[at] != '\n') ++at;
        --at;
      } else if (c == '#' && at + 1 < text.size() && text[at + 1] == '|') {
        size_t end = text.find("|#", at);
        if (end == std::string::npos) fail(line, "unterminated block comment");
        for (; at < end; ++at) line += text[at] == '\n';
        ++at;
      } else if (!std::strchr(" \t\r\n", c)) {
        return;
      }
    }
  }
  bool more() {
    skip();
    return at < text.size();
  }
  Sexp read() {
    skip();
    size_t begin = at;
    Sexp s = read_here();
    s.begin = begin;
    s.end = at;
    return s;
  }
  /// The source text from one expression to another (both included).
  std::string source(const Sexp& first, const Sexp& last) const { return text.substr(first.begin, last.end - first.begin); }

  Sexp read_here() {
    Sexp s;
    s.line = line;
    if (at >= text.size()) fail(line, "unexpected end of file");
    char c = text[at];
    if (c == '(' || c == '[') {
      ++at;
      for (;;) {
        if (!more()) fail(s.line, "unterminated list");
        if (text[at] == ')' || text[at] == ']') break;
        s.items.push_back(read());
      }
      ++at;
      return s;
    }
    if (c == ')' || c == ']') fail(line, "unexpected closing bracket");
    s.atom = true;
    if (c == '"') {
      s.text = "\"";
      for (++at;; ++at) {
        if (at >= text.size()) fail(s.line, "unterminated string");
        if (text[at] == '\\') s.text += text[at++];
        else if (text[at] == '"') break;
        line += text[at] == '\n';
        s.text += text[at];
      }
      ++at;
      return s;
    }
    if (c == '\'' || c == '`' || c == ',') {  // quotes matter only inside examples
      s.text = text[at++];
      return s;
    }
    if (c == '#' && at + 1 < text.size() && text[at + 1] == '\\') {  // a character, whatever follows
      s.text = text.substr(at, 3);
      at += s.text.size();
    }
    if (s.text.empty() && c == '#' && at + 1 < text.size() && text[at + 1] == '(') {
      ++at;
      Sexp v = read();
      v.items.insert(v.items.begin(), Sexp{true, "#vector", {}, line, 0, 0});
      return v;
    }
    if (c == '|') {
      size_t end = text.find('|', at + 1);
      if (end == std::string::npos) fail(line, "unterminated symbol");
      s.text = text.substr(at, end + 1 - at);
      at = end + 1;
      return s;
    }
    while (at < text.size() && !std::strchr(" \t\r\n()[]\";", text[at])) s.text += text[at++];
    return s;
  }
};

/// One `(EXPR => VALUE)` or `(EXPR => (raises &TYPE))`, as source text.
struct Example {
  std::string text, value, raises, where;
  std::string name;                   // what the expression calls, if it is (name operand …)
  std::vector<std::string> operands;
  std::string unusable;               // not empty: why no test can be made of it
};

/// An argument as the tables write it.
struct Argument {
  std::string name, type;
  char kind = 'r';  // r: required, o: optional, *: any number more
};

struct Primitive {
  std::string name, id, target, doc, where, gives = "any";
  std::string lowering;
  std::string fold;                   // empty, yes, small, or the primitive that computes it
  std::vector<std::pair<std::string, std::string>> takes;
  size_t required = 0;
  bool rest = false;
  std::set<std::string> effects, needs;
  int entry = 0, length = -1;         // length: the argument that is the length of the result
  std::string gives_text = "any", library;
  std::vector<Argument> arguments;
  std::vector<Sexp> examples;
};

/// A table file: its parser (with the text), what its first comment says, and its primitives.
struct Table {
  Parser parser;
  std::string about;
  std::vector<Primitive> primitives;
};

/// Writes the file unless it has this text already.
inline void write_if_changed(const std::string& path, const std::string& text) {
  std::string old;
  if (FILE* f = std::fopen(path.c_str(), "rb")) {
    char buffer[65536];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, f)) > 0;) old.append(buffer, n);
    std::fclose(f);
    if (old == text) return;
  }
  FILE* f = std::fopen(path.c_str(), "wb");
  if (!f || std::fwrite(text.data(), 1, text.size(), f) != text.size() || std::fclose(f) != 0) {
    std::fprintf(stderr, "%s: cannot write\n", path.c_str());
    std::exit(1);
  }
}

}  // namespace tablegen
