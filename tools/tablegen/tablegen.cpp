// SPDX-License-Identifier: MIT
//
// Turns src/tables/primitives/*.scm into primitives.h and primitives.cpp (format: src/tables/README.md).
// Usage: tablegen OUT_DIR FILE.scm …                  Errors name file and line; exit code 1.
//        tablegen --reference OUT.md FILE.scm …       the reference (docs/reference/primitives.md)
//        tablegen --examples OUT.sps FILE.scm …       a program that checks the (examples …) clauses
//        tablegen --foldable OUT.scm FILE.scm …       the primitives that fold, with the types of their arguments
// Knows nothing else of Scheme: it must run before anything else is built.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "table.h"
#include "reference.h"
#include "examples.h"

using namespace tablegen;

namespace {

const std::map<std::string, std::string> kTypes = {
    {"any", "kTypeAny"}, {"object", "kTypeAny"}, {"fixnum", "kTypeFixnum"}, {"index", "kTypeFixnum"},
    {"flonum", "kTypeFlonum"}, {"bignum", "kTypeBignum"}, {"ratnum", "kTypeRatnum"}, {"compnum", "kTypeCompnum"},
    {"integer", "kTypeInteger | kTypeFlonum"}, {"exact-integer", "kTypeInteger"}, {"rational", "kTypeReal"},
    {"exact-rational", "kTypeRational"}, {"real", "kTypeReal"}, {"number", "kTypeNumber"}, {"char", "kTypeChar"},
    {"boolean", "kTypeBoolean"}, {"true", "kTypeTrue"}, {"false", "kTypeFalse"}, {"null", "kTypeNull"}, {"pair", "kTypePair"}, {"list", "kTypeList"},
    {"symbol", "kTypeSymbol"}, {"string", "kTypeString"}, {"vector", "kTypeVector"}, {"bytevector", "kTypeBytevector"},
    {"mutable-string", "kTypeMutableString"}, {"mutable-vector", "kTypeMutableVector"}, {"mutable-bytevector", "kTypeMutableBytevector"},
    {"immutable-string", "kTypeImmutableString"}, {"procedure", "kTypeProcedure"}, {"record", "kTypeRecord"}, {"rtd", "kTypeRecord"}, {"box", "kTypeBox"},
    {"eof", "kTypeEof"}, {"void", "kTypeVoid"}, {"other", "kTypeOther"},
    {"string-or-false", "kTypeString | kTypeFalse"}, {"pair-or-false", "kTypePair | kTypeFalse"},
    {"symbol-or-false", "kTypeSymbol | kTypeFalse"}, {"number-or-false", "kTypeNumber | kTypeFalse"},
    {"fixnum-or-false", "kTypeFixnum | kTypeFalse"}, {"bytevector-or-false", "kTypeBytevector | kTypeFalse"},
    {"list-or-false", "kTypeList | kTypeFalse"}, {"none", "0"}};

std::string camel(const std::string& name) {
  static const std::map<char, std::string> words = {
      {'%', "P_"}, {'!', "_x"}, {'?', "_p"}, {'*', "_star"}, {'+', "_plus"}, {'/', "_slash"}, {'<', "_lt"},
      {'=', "_eq"}, {'>', "_gt"}, {'-', "_"}, {'.', "_dot"}, {'&', "_amp"}, {'$', "_dollar"}, {':', "_colon"}, {'^', "_caret"}, {'~', "_tilde"}};
  std::string out = "k_";
  for (char c : name) {
    auto it = words.find(c);
    if (it != words.end()) out += it->second;
    else if (isalnum(static_cast<unsigned char>(c)) || c == '_') out += c;
    else out += "_u" + std::to_string(static_cast<unsigned char>(c));
  }
  if (name == "-") out = "k_minus";
  return out;
}

std::string type_of(const Parser& p, const Sexp& s) {
  if (!s.atom) {  // (or a b …)
    std::string out;
    for (size_t i = s.head() == "or" ? 1 : 0; i < s.items.size(); ++i) out += (out.empty() ? "" : " | ") + type_of(p, s.items[i]);
    return out;
  }
  auto it = kTypes.find(s.text);
  if (it == kTypes.end()) p.fail(s.line, "unknown type " + s.text);
  return it->second;
}

Primitive parse_primitive(const Parser& p, const Sexp& s) {
  Primitive r;
  if (s.items.size() < 2 || !s.items[1].atom) p.fail(s.line, "(primitive NAME clause …) expected");
  r.name = s.items[1].text;
  if (r.name.size() > 1 && r.name.front() == '|') r.name = r.name.substr(1, r.name.size() - 2);
  r.id = camel(r.name);
  r.where = p.file + ":" + std::to_string(s.line);
  for (size_t i = 2; i < s.items.size(); ++i) {
    const Sexp& c = s.items[i];
    const std::string& h = c.head();
    if (h == "takes") {
      for (size_t k = 1; k < c.items.size(); ++k) {
        const Sexp& a = c.items[k];
        if (a.atom || a.items.size() < 2) p.fail(a.line, "argument is (name type), (optional name type) or (rest name type)");
        bool optional = a.head() == "optional", rest = a.head() == "rest";
        size_t n = optional || rest ? 1 : 0;
        if (a.items.size() != n + 2) p.fail(a.line, "argument needs a name and a type");
        r.takes.emplace_back(a.items[n].text, type_of(p, a.items[n + 1]));
        r.arguments.push_back({a.items[n].text, p.source(a.items[n + 1], a.items[n + 1]), rest ? '*' : optional ? 'o' : 'r'});
        if (rest) r.rest = true;
        else if (!optional) r.required = r.takes.size();
      }
    } else if (h == "gives") {
      r.gives = type_of(p, c.items.at(1));
      r.gives_text = p.source(c.items[1], c.items[1]);
    } else if (h == "effects") {
      for (size_t k = 1; k < c.items.size(); ++k)
        if (c.items[k].text != "pure") r.effects.insert(c.items[k].text);
    } else if (h == "needs") {
      for (size_t k = 1; k < c.items.size(); ++k) {
        const std::string& table = c.items[k].text;
        if (table != "unicode" && table != "normalization" && table != "fasl" && table != "transcendental" &&
            table != "blocking" && table != "transcoding" && table != "reading")
          p.fail(c.line, r.name + ": unknown table " + table);
        r.needs.insert(table);
      }
    } else if (h == "length") {
      const std::string& name = c.items.at(1).text;
      for (size_t k = 0; k < r.takes.size(); ++k)
        if (r.takes[k].first == name) r.length = static_cast<int>(k);
      if (r.length < 0) p.fail(c.line, r.name + ": no argument " + name);
    } else if (h == "fold") {
      r.fold = c.items.at(1).text;
    } else if (h == "low" || h == "runtime" || h == "compiler" || h == "stub" || h == "float") {
      if (!r.lowering.empty()) p.fail(c.line, r.name + ": two lowerings");
      r.lowering = h;
      r.target = c.items.at(1).text;
    } else if (h == "doc") {
      r.doc = c.items.at(1).text;
    } else if (h == "library") {
      for (size_t k = 1; k < c.items.size(); ++k) r.library += (k > 1 ? ", `" : "`") + p.source(c.items[k], c.items[k]) + "`";
    } else if (h == "examples") {
      r.examples.assign(c.items.begin() + 1, c.items.end());
    } else if (h != "raises" && h != "see") {
      p.fail(c.line, r.name + ": unknown clause " + h);
    }
  }
  if (r.lowering.empty()) p.fail(s.line, r.name + ": needs one of (low …) (runtime …) (compiler …) (stub …) (float …)");
  if (!r.needs.empty() && r.lowering != "runtime" && r.lowering != "float") p.fail(s.line, r.name + ": (needs …) is for C++ functions");
  if ((r.lowering == "runtime" || r.lowering == "compiler") && (r.rest || r.takes.size() > 6))
    p.fail(s.line, r.name + ": a C++ function takes at most six arguments and no rest");
  for (const std::string& e : r.effects)
    if (e != "reads" && e != "writes" && e != "allocates" && e != "calls" && e != "raises")
      p.fail(s.line, r.name + ": unknown effect " + e);
  return r;
}

std::string c_string(const std::string& lexeme) {
  if (lexeme.empty()) return "\"\"";
  std::string out = "\"";
  for (size_t i = lexeme[0] == '"' ? 1 : 0; i < lexeme.size(); ++i) {
    if (lexeme[i] == '\n') out += "\\n";
    else if (lexeme[i] == '"' && (i == 0 || lexeme[i - 1] != '\\')) out += "\\\"";
    else out += lexeme[i];
  }
  return out + "\"";
}

/// What the runtime shows when an inline check fails: a line "name type type" for each primitive that is lowered in
/// line and checks something; a rest argument's type ends in *. As a C string.
std::string signatures(const std::vector<Primitive>& all) {
  std::string out = "// Generated by tools/tablegen: the types that primitives lowered in line check.\n";
  for (const Primitive& r : all) {
    if (r.lowering != "low" || !r.effects.count("raises")) continue;
    std::string line;
    bool checks = false;
    for (const Argument& a : r.arguments) {
      std::string type = a.type.empty() || a.type[0] == '(' ? "any" : a.type;
      checks = checks || type != "any";
      line += " " + type + (a.kind == '*' ? "*" : "");
    }
    if (checks) out += "\"" + r.name + line + "\\n\"\n";
  }
  return out;
}

/// How constant operands are folded, by the clauses `fold`.
std::string folds(const std::vector<Primitive>& all) {
  std::string out =
      "// Generated by tools/tablegen: how primitives with constant operands are computed by the compiler.\n"
      "// LOKO_FOLD_ENTRY(primitive, entry, required, most arguments, small only): by a C++ function of the entry table.\n"
      "// LOKO_FOLD_OWN(primitive, template): by fold_<template> of core/fold_functions.\n";
  for (const Primitive& r : all) {
    if (r.fold.empty()) continue;
    const Primitive* by = &r;
    bool named = r.fold != "yes" && r.fold != "small";
    if (named)
      for (const Primitive& other : all)
        if (other.name == r.fold) by = &other;
    if ((named && by == &r) || (by != &r && by->lowering != "runtime") || (r.fold == "small" && r.lowering != "runtime")) {
      std::fprintf(stderr, "%s: error: %s: (fold %s) must name a primitive with a C++ function\n", r.where.c_str(), r.name.c_str(), r.fold.c_str());
      std::exit(1);
    }
    if (by->lowering == "runtime")
      out += "LOKO_FOLD_ENTRY(" + r.id + ", " + std::to_string(by->entry) + ", " + std::to_string(by->required) + ", " + std::to_string(by->takes.size()) +
             ", " + (r.fold == "small" ? "true" : "false") + ")\n";
    else out += "LOKO_FOLD_OWN(" + r.id + ", " + r.target + ")\n";
  }
  return out + "#undef LOKO_FOLD_ENTRY\n#undef LOKO_FOLD_OWN\n";
}

/// The primitives that fold: lists of name, required arguments and the types of all, for random tests. Those that fold with small
/// operands only are not tried with large ones, which would take long to compute.
std::string foldable(const std::vector<Table>& tables) {
  std::string out;
  for (const Table& table : tables)
    for (const Primitive& r : table.primitives) {
      if (r.fold.empty()) continue;
      out += "(" + r.name + " " + std::to_string(r.required);
      for (const Argument& a : r.arguments) out += " " + (r.fold == "small" ? "small-number" : a.type);
      out += ")\n";
    }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: tablegen OUT_DIR FILE.scm ...\n       tablegen --reference OUT.md FILE.scm ...\n"
                         "       tablegen --examples OUT.sps FILE.scm ...\n"
                         "       tablegen --foldable OUT.scm FILE.scm ...\n");
    return 64;
  }
  const std::string mode = argv[1];
  const bool reference = mode == "--reference", examples = mode == "--examples";
  const bool document = reference || examples || mode == "--foldable";
  std::vector<Table> tables;
  std::vector<Primitive> all;
  std::map<std::string, std::string> seen, ids;
  for (int i = document ? 3 : 2; i < argc; ++i) {
    Parser p;
    p.file = argv[i];
    FILE* f = std::fopen(argv[i], "rb");
    if (!f) {
      std::fprintf(stderr, "%s: cannot read\n", argv[i]);
      return 1;
    }
    char buffer[65536];
    for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, f)) > 0;) p.text.append(buffer, n);
    std::fclose(f);
    Table table{p, about_of(p.text), {}};
    while (p.more()) {
      Sexp s = p.read();
      if (s.head() != "primitive") p.fail(s.line, "(primitive …) expected");
      Primitive r = parse_primitive(p, s);
      if (!seen.emplace(r.name, r.where).second) p.fail(s.line, r.name + " is already defined at " + seen[r.name]);
      if (!ids.emplace(r.id, r.name).second) p.fail(s.line, r.name + " and " + ids[r.id] + " have the same C++ name");
      if (document) table.primitives.push_back(std::move(r));
      else all.push_back(std::move(r));
    }
    if (document) tables.push_back(std::move(table));
  }
  if (document) {
    write_if_changed(argv[2], reference ? reference_text(tables) : examples ? examples_program(tables) : foldable(tables));
    return 0;
  }
  const int kStubCount = 32;
  int next = kStubCount;
  std::map<std::string, int> entries;  // two primitives may share one function
  std::map<int, std::set<std::string>> needs;
  std::string runtime_names, declarations;
  auto arity_types = [](size_t n) {
    std::string s;
    for (size_t k = 0; k < n; ++k) s += k ? ", Value" : "Value";
    return s;
  };
  for (Primitive& r : all) {
    if (r.lowering == "float") {  // the template call_float and an entry with double f(double …)
      auto [it, fresh] = entries.emplace("C " + r.target, next);
      r.entry = it->second;
      needs[r.entry].insert(r.needs.begin(), r.needs.end());
      if (fresh) {
        std::string types;
        for (size_t k = 0; k < r.takes.size(); ++k) types += k ? ", double" : "double";
        runtime_names += "  LOKO_FLOAT(" + r.target + ", " + std::to_string(next++) + ", (" + types + "))\n";
      }
      r.lowering = "low", r.target = "call_float";
      continue;
    }
    if (r.lowering != "runtime" && r.lowering != "compiler") continue;
    auto [it, fresh] = entries.emplace(r.target, next);
    r.entry = it->second;
    needs[r.entry].insert(r.needs.begin(), r.needs.end());
    if (!fresh) continue;
    ++next;
    std::string macro = r.lowering == "runtime" ? "LOKO_RUNTIME" : "LOKO_COMPILER";
    runtime_names += "  " + macro + "(" + r.target + ", " + std::to_string(r.entry) + ", (" + arity_types(r.takes.size()) + "))\n";
  }
  std::string h =
      "// Generated by tools/tablegen from src/tables/primitives. Do not edit.\n#pragma once\n\n"
      "#include \"tables/primitive_info.h\"\n\nnamespace loko {\n\nenum class PrimitiveId : u16 {\n";
  for (const Primitive& r : all) h += "  " + r.id + ",\n";
  h += "};\ninline constexpr unsigned kPrimitiveCount = " + std::to_string(all.size()) + ";\n";
  h += "inline constexpr unsigned kEntryCount = " + std::to_string(next) + ";\n";
  h += "const PrimitiveInfo& primitive_info(PrimitiveId id);\n";
  h += "bool find_primitive(std::string_view name, PrimitiveId* id);\n\n}  // namespace loko\n";
  std::string cpp =
      "// Generated by tools/tablegen from src/tables/primitives. Do not edit.\n#include \"tables/primitives.h\"\n\n"
      "#include <algorithm>\n#include <iterator>\n\nnamespace loko {\nnamespace {\nconstexpr PrimitiveInfo kTable[] = {\n";
  for (const Primitive& r : all) {
    std::string effects;
    auto add = [&](const char* n, const char* c) {
      if (r.effects.count(n)) effects += (effects.empty() ? "" : " | ") + std::string(c);
    };
    add("reads", "kEffectReads"), add("writes", "kEffectWrites"), add("allocates", "kEffectAllocates");
    add("calls", "kEffectCalls"), add("raises", "kEffectRaises");
    std::string lowering = r.lowering == "low" ? "Low" : r.lowering == "runtime" ? "Runtime" : r.lowering == "compiler" ? "Compiler" : "Stub";
    std::string entry = r.lowering == "stub" ? "kStub" + r.target : std::to_string(r.entry);
    std::string takes, names;
    for (size_t k = 0; k < 6; ++k) {
      takes += (k ? ", " : "") + (k < r.takes.size() ? r.takes[k].second : std::string("0"));
      names += (k ? ", " : "") + (k < r.takes.size() ? "\"" + r.takes[k].first + "\"" : std::string("nullptr"));
    }
    cpp += "  {" + c_string("\"" + r.name) + ", " + std::to_string(r.required) + ", " +
           (r.rest ? "kManyArgs" : std::to_string(r.takes.size())) + ", Lowering::" + lowering + ", " +
           (effects.empty() ? "0" : effects) + ", " + (r.fold.empty() ? "false" : "true") + ", " + std::to_string(r.length) + ", " + entry + ", \"" + r.target + "\", " +
           r.gives + ", {" + takes + "}, {" + names + "}, " + c_string(r.doc) + "},\n";
  }
  std::vector<size_t> order(all.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return all[a].name < all[b].name; });
  cpp += "};\n\nconstexpr u16 kByName[] = {";
  for (size_t i : order) cpp += std::to_string(i) + ",";
  cpp +=
      "};\n}  // namespace\n\nconst PrimitiveInfo& primitive_info(PrimitiveId id) { return kTable[static_cast<unsigned>(id)]; }\n\n"
      "bool find_primitive(std::string_view name, PrimitiveId* id) {\n"
      "  auto it = std::lower_bound(std::begin(kByName), std::end(kByName), name,\n"
      "                             [](u16 i, std::string_view n) { return kTable[i].name < n; });\n"
      "  if (it == std::end(kByName) || kTable[*it].name != name) return false;\n"
      "  *id = static_cast<PrimitiveId>(*it);\n  return true;\n}\n\n}  // namespace loko\n";
  std::string entries_text =
      "// Generated by tools/tablegen: the C++ functions of the entry table, by index.\n"
      "// LOKO_RUNTIME(function, index, (argument types)) is in every program, LOKO_COMPILER only where the compiler is.\n"
      "// LOKO_FLOAT(function, index, (argument types)): functions of libm on doubles.\n"
      "#ifndef LOKO_FLOAT\n#define LOKO_FLOAT(function, index, types)\n#endif\n" +
      runtime_names + "#undef LOKO_RUNTIME\n#undef LOKO_COMPILER\n#undef LOKO_FLOAT\n";
  std::string needs_text =
      "// Generated by tools/tablegen: LOKO_NEEDS(entry, table): the function uses a table or code that programs can do without.\n";
  for (auto& [entry, names] : needs)
    for (const std::string& table : names) needs_text += "LOKO_NEEDS(" + std::to_string(entry) + ", " + table + ")\n";
  needs_text += "#undef LOKO_NEEDS\n";
  std::string dir = argv[1];
  write_if_changed(dir + "/primitives.h", h);
  write_if_changed(dir + "/primitives.cpp", cpp);
  write_if_changed(dir + "/entries.inc", entries_text);
  write_if_changed(dir + "/entry_needs.inc", needs_text);
  write_if_changed(dir + "/signatures.inc", signatures(all));
  write_if_changed(dir + "/folds.inc", folds(all));
  return 0;
}
