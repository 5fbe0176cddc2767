// SPDX-License-Identifier: MIT
//
// Import sets, library names and versions, files of libraries, cond-expand's requirements, include (R6RS 7.1,
// R7RS 5.2, 5.6.1, 4.1.7).
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "syntax/expander.h"

namespace loko::syntax {
namespace {

bool is_modifier(Value datum) {
  if (!is_pair(datum) || !is_symbol(car(datum)) || !is_pair(cdr(datum))) return false;
  std::string name = symbol_text(car(datum));
  if (name == "library") return cdr(cdr(datum)) == Null && is_pair(car(cdr(datum)));
  return (name == "only" || name == "except" || name == "prefix" || name == "rename" || name == "for") &&
         is_pair(car(cdr(datum)));
}

/// The library name inside an import set.
Value innermost(Value datum) {
  while (is_modifier(datum)) {
    bool library = symbol_text(car(datum)) == "library";
    datum = car(cdr(datum));
    if (library) break;
  }
  return datum;
}

bool is_index(Value v) { return is_fixnum(v) && fixnum_value(v) >= 0; }

}  // namespace

/// Splits (name … [version]) into the name's list and the version; false if it is no library name.
bool Expander::split_name(Value name, Value& parts, Value& version) {
  std::vector<Value> items;
  version = Null;
  if (!list_items(name, items) || items.empty()) return false;
  if (items.back() == Null || is_pair(items.back())) {
    version = items.back();
    items.pop_back();
  }
  if (items.empty()) return false;
  for (Value i : items)
    if (!is_symbol(i) && !is_index(i)) return false;
  parts = list_from(items);
  return true;
}

/// R6RS 7.1: does a library's version match a version reference?
bool Expander::version_matches(Value version, Value reference) {
  if (is_pair(reference) && is_symbol(car(reference))) {
    std::string op = symbol_text(car(reference));
    if (op == "and" || op == "or") {
      bool is_and = op == "and";
      for (Value r = cdr(reference); is_pair(r); r = cdr(r))
        if (version_matches(version, car(r)) != is_and) return !is_and;
      return is_and;
    }
    if (op == "not") return is_pair(cdr(reference)) && !version_matches(version, car(cdr(reference)));
  }
  for (; is_pair(reference); reference = cdr(reference), version = cdr(version)) {
    if (!is_pair(version)) return false;
    struct Sub {
      static bool matches(i64 n, Value r) {
        if (is_fixnum(r)) return n == fixnum_value(r);
        if (!is_pair(r) || !is_symbol(car(r))) return false;
        std::string op = symbol_text(car(r));
        if (op == "and" || op == "or") {
          bool is_and = op == "and";
          for (Value s = cdr(r); is_pair(s); s = cdr(s))
            if (matches(n, car(s)) != is_and) return !is_and;
          return is_and;
        }
        if (!is_pair(cdr(r))) return false;
        Value x = car(cdr(r));
        if (op == "not") return !matches(n, x);
        if (!is_fixnum(x)) return false;
        return op == ">=" ? n >= fixnum_value(x) : op == "<=" ? n <= fixnum_value(x) : false;
      }
    };
    if (!is_fixnum(car(version)) || !Sub::matches(fixnum_value(car(version)), car(reference))) return false;
  }
  return true;
}

// -- files --

namespace {

/// R6RS implementations write characters that are unusual in file names as %xx.
std::string encode_component(const std::string& name, const char* others) {
  std::string out;
  char buffer[8];
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(others, c) ||
                 static_cast<unsigned char>(c) >= 0x80;
    if (plain) {
      out += c;
    } else {
      snprintf(buffer, sizeof buffer, "%%%02x", static_cast<unsigned char>(c));
      out += buffer;
    }
  }
  return out;
}

std::string component(Value part) { return is_symbol(part) ? symbol_text(part) : std::to_string(fixnum_value(part)); }

std::string directory_of(const std::string& file) {
  std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

}  // namespace

namespace {

/// Libraries of R7RS-large, Red and Tangerine Editions, that are SRFIs of ours under other names.
constexpr struct {
  const char* name;
  int srfi;
} kLargeLibraries[] = {{"list", 1},    {"vector", 133}, {"sort", 132},  {"set", 113},       {"charset", 14},  {"hash-table", 125},
                       {"stream", 41}, {"box", 111},    {"fixnum", 143}, {"generator", 158}, {"bitwise", 151}, {"comparator", 128}};

}  // namespace

/// The other name of a SRFI's library: (srfi :1 ...) for (srfi 1 ...) and the reverse (SRFI 97, R7RS), and for (scheme list)
/// and its like; else #f.
Value Expander::srfi_alias(Value name) {
  if (is_pair(name) && car(name) == symbol("scheme") && is_pair(cdr(name)) && is_symbol(car(cdr(name))) && cdr(cdr(name)) == Null)
    for (auto& large : kLargeLibraries)
      if (car(cdr(name)) == symbol(large.name)) return list_of({symbol("srfi"), symbol(":" + std::to_string(large.srfi))});
  if (!is_pair(name) || car(name) != symbol("srfi") || !is_pair(cdr(name))) return False;
  Value number = car(cdr(name)), other = False;
  if (is_index(number)) {
    other = symbol(":" + std::to_string(fixnum_value(number)));
  } else if (is_symbol(number)) {
    std::string s = symbol_text(number);
    if (s.size() < 2 || s.size() > 8 || s[0] != ':' || s.find_first_not_of("0123456789", 1) != std::string::npos) return False;
    other = fixnum(std::atoi(s.c_str() + 1));
  }
  if (other == False) return False;
  std::vector<Value> parts;
  list_items(name, parts);
  parts[1] = other;
  return list_from(parts);
}

/// The record of a library under its name or, if there is none, under its other name; #f if it is not loaded.
Value Expander::known_library(Value name) {
  Value known = registered_library(name);
  if (known != False) return known;
  Value alias = srfi_alias(name);
  return alias == False ? False : registered_library(alias);
}

/// The file of a library, or ""; `tried` gets what was looked for.
std::string Expander::find_file(Value name, std::vector<std::string>& tried) {
  std::string plain, encoded, strict;
  for (; is_pair(name); name = cdr(name)) {
    std::string c = component(car(name));
    if (c.find('/') != std::string::npos || c == "." || c == "..") c = encode_component(c, "-_");
    plain += "/" + c;
    encoded += "/" + encode_component(c, "-_.!$&+=@~^");
    strict += "/" + encode_component(c, "-_.~");
  }
  for (const std::string& directory : compiler_.all_directories()) {
    for (const std::string* p : {&encoded, &strict, &plain}) {
      const std::string& path = *p;
      if ((p == &strict && strict == encoded) || (p == &plain && (plain == encoded || plain == strict))) continue;
      for (const std::string& extension : compiler_.extensions) {
        std::string file = (directory.empty() ? "." : directory) + path + extension;
        if (access(file.c_str(), R_OK) == 0) return file;
        tried.push_back(file);
      }
    }
  }
  return "";
}

bool Expander::library_exists(Value name) {
  Value parts, version;
  if (!split_name(name, parts, version)) return false;
  Value known = registered_library(parts);
  if (known != False) return version_matches(vector_at(known, kLibraryVersion), version);
  std::vector<std::string> tried;
  if (!find_file(parts, tried).empty()) return true;
  Value alias = srfi_alias(parts);
  return alias != False && (registered_library(alias) != False || !find_file(alias, tried).empty());
}

/// The record of a library, loaded if need be; #f after a report. `name` is a plain list without version.
Value Expander::find_library(Handle name, Span span) {
  Value known = registered_library(*name);
  if (known == False) {
    std::string text = write_datum(*name, 1000);
    if (std::find(failed_.begin(), failed_.end(), text) != failed_.end()) return False;
    if (!load_library_file(name, span)) {
      failed_.push_back(text);
      return False;
    }
    known = known_library(*name);
    if (known == False) return False;
  }
  if (library_state(known) == LibraryState::Expanding) {
    std::string text = write_datum(*name, 1000), chain;
    auto from = std::find(loading_.begin(), loading_.end(), text);
    for (; from != loading_.end(); ++from) chain += *from + " imports ";
    report(span, "import", "libraries import each other in a circle: " + chain + text, *name);
    return False;
  }
  return known;
}

bool Expander::load_library_file(Handle name, Span span) {
  std::vector<std::string> tried;
  std::string text = write_datum(*name, 1000);
  std::string file = find_file(*name, tried);
  if (file.empty()) {
    Handle alias = hold(srfi_alias(*name));
    if (*alias != False) {
      if (registered_library(*alias) != False) return true;
      if (!find_file(*alias, tried).empty()) return load_library_file(alias, span);
    }
    std::vector<std::string> names;
    table_each(context().roots[kRootLibraries], [&](Value key, Value record) {
      if (record != False) names.push_back(symbol_text(key));
    });
    std::string near = nearest_name(text, names);
    report(span, "import", "the library " + text + " was not found" + (near.empty() ? "" : " (did you mean " + near + "?)"), *name);
    std::string places;
    for (const std::string& d : compiler_.all_directories()) places += (places.empty() ? "" : ":") + (d.empty() ? "." : d);
    std::string first = tried.empty() ? "" : "; the first file tried was " + tried[0];
    diagnostics_.note(span, "looked in " + (places.empty() ? "no directory" : places) + first);
    return false;
  }
  if (diagnostics_.has_errors()) return false;  // nothing is compiled any more: what it exports would be missing
  SourceId source = compiler_.read_file(file);
  if (source == 0) {
    report(span, "file", "the file " + file + " of the library " + text + " can't be read", *name);
    return false;
  }
  bool r7rs = file.size() > 4 && file.compare(file.size() - 4, 4, ".sld") == 0;
  Items forms;
  if (!read_all(source, r7rs ? text::Dialect::R7rs : text::Dialect::Loko, forms)) return false;
  std::size_t before = diagnostics_.error_count();
  for (Handle form : forms) {
    if (!defines_library(*form)) continue;
    Value head = peel(Walker(*form).item());
    bool ok = head == symbol("library") ? expand_library(form, file) : expand_define_library(form, file);
    if (!ok || stopped()) return false;
  }
  if (diagnostics_.error_count() == before && registered_library(*name) == False) {
    report(span, "import", "the file " + file + " does not define the library " + text, *name);
    return false;
  }
  return diagnostics_.error_count() == before;
}

// -- import sets --

/// Loads the library of an import set; adds it to `libraries` if it is imported for run time.
bool Expander::load_import(Handle spec, Items& libraries) {
  Span span = place_of(*spec);
  if (may_be_cyclic(*spec)) {
    report(span, "import", "an import set can't contain itself", *spec);
    return false;
  }
  Value datum = strip(*spec);
  bool run = true;
  if (is_modifier(datum) && symbol_text(car(datum)) == "for" && cdr(cdr(datum)) != Null) {
    run = false;
    for (Value l = cdr(cdr(datum)); is_pair(l); l = cdr(l)) {
      Value level = car(l);
      if (level == symbol("run")) run = true;
      if (is_pair(level) && car(level) == symbol("meta") && is_pair(cdr(level)) && car(cdr(level)) == fixnum(0)) run = true;
    }
  }
  Value parts, version;
  if (!split_name(innermost(datum), parts, version)) {
    report(span, "import", "not a library name or import set: " + write_datum(datum, 80), datum);
    return false;
  }
  Handle name = hold(parts), reference = hold(version);
  Value record = find_library(name, span);
  if (record == False) return false;
  if (!version_matches(vector_at(record, kLibraryVersion), *reference)) {
    report(span, "import", "the library " + write_datum(*name) + " has version " + write_datum(vector_at(record, kLibraryVersion)) +
                               ", which does not match " + write_datum(*reference), *name);
    return false;
  }
  if (run && !library_flag(record, kLibraryBuiltIn)) {
    for (Handle l : libraries)
      if (*l == record) return true;
    libraries.push_back(hold(record));
  }
  return true;
}

/// The names that an import set (plain data) brings, with their bindings. Its library is loaded.
bool Expander::import_names(Value spec, std::vector<std::pair<Value, Value>>& names) {
  auto fail = [&](const std::string& message, Value form) {
    report(span_, "import", message, form);
    return false;
  };
  if (!is_modifier(spec) || symbol_text(car(spec)) == "library") {
    Value parts, version;
    if (!split_name(innermost(spec), parts, version)) return false;
    Value record = known_library(parts);
    if (record == False) return false;
    table_each(vector_at(record, kLibraryExports), [&](Value sym, Value binding) { names.push_back({sym, binding}); });
    return true;
  }
  std::string kind = symbol_text(car(spec));
  Value set = car(cdr(spec)), rest = cdr(cdr(spec));
  if (!import_names(set, names)) return false;
  if (kind == "for") return true;
  std::unordered_map<u64, std::size_t> index;
  for (std::size_t i = 0; i < names.size(); ++i) index[names[i].first.bits] = i;
  bool ok = true;
  auto find = [&](Value sym) -> std::size_t {
    auto found = is_symbol(sym) ? index.find(sym.bits) : index.end();
    if (found != index.end()) return found->second;
    std::vector<std::string> all;
    for (auto& n : names) all.push_back(symbol_text(n.first));
    std::string near = is_symbol(sym) ? nearest_name(symbol_text(sym), all) : "";
    fail(write_datum(innermost(spec)) + " does not export `" + write_datum(sym) + "`" +
             (near.empty() ? "" : " (did you mean `" + near + "`?)"), sym);
    ok = false;
    return names.size();
  };
  if (kind == "only") {
    std::vector<std::pair<Value, Value>> kept;
    for (; is_pair(rest); rest = cdr(rest)) {
      std::size_t i = find(car(rest));
      if (i < names.size()) kept.push_back(names[i]);
    }
    names = std::move(kept);
  } else if (kind == "except") {
    std::vector<bool> drop(names.size());
    for (; is_pair(rest); rest = cdr(rest)) {
      std::size_t i = find(car(rest));
      if (i < names.size()) drop[i] = true;
    }
    std::size_t n = 0;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!drop[i]) names[n++] = names[i];
    names.resize(n);
  } else if (kind == "prefix") {
    if (!is_pair(rest) || !is_symbol(car(rest))) return fail("prefix needs an identifier", spec);
    std::string prefix = symbol_text(car(rest));
    for (auto& n : names) n.first = symbol(prefix + symbol_text(n.first));
  } else {
    std::vector<std::pair<std::size_t, Value>> renamed;
    for (; is_pair(rest); rest = cdr(rest)) {
      Value r = car(rest);
      if (!is_pair(r) || !is_pair(cdr(r)) || !is_symbol(car(cdr(r)))) return fail("rename needs (old new)", spec);
      std::size_t i = find(car(r));
      if (i < names.size()) renamed.push_back({i, car(cdr(r))});
    }
    for (auto& [i, sym] : renamed) names[i].first = sym;
    std::unordered_map<u64, Value> seen;
    for (auto& n : names) {
      auto [at, fresh] = seen.insert({n.first.bits, n.second});
      if (!fresh && at->second != n.second)
        return fail("rename makes two different bindings of `" + symbol_text(n.first) + "`", spec);
    }
  }
  return ok;
}

/// A name that came straight from a built-in library is weak: it gives way to other imports and to definitions.
bool Expander::is_weak_import(Value sym) { return weak_imports_ && table_get(*weak_imports_, sym) == True; }

bool Expander::add_import(Value rib, Value sym, Value binding, const Scope& scope, Value marks, bool weak, std::string& first) {
  Value old = rib_get(rib, sym, marks);
  bool was_weak = old != Unbound && is_weak_import(sym), agrees = true;
  if (scope.kind != Scope::Kind::Repl && old != Unbound && is_vector(old)) {
    if (weak) return true;
    if (old != binding && !was_weak) {
      agrees = false;
      if (first.empty())
        first = "`" + symbol_text(sym) + "` is imported with two meanings, from " +
                write_datum(vector_at(vector_at(old, kBindingOwner), kLibraryName)) + " and from " +
                write_datum(vector_at(vector_at(binding, kBindingOwner), kLibraryName));
      if (!library_flag(*owner_, kLibraryR7rs)) return false;
    }
  }
  if (weak && !weak_imports_) weak_imports_ = hold(make_table());
  if (weak || was_weak) table_put(*weak_imports_, sym, boolean(weak));
  if (old != binding) rib_put(rib, sym, marks, binding);
  return agrees;
}

/// One message for all names of an import that conflict.
void Expander::report_conflicts(const std::vector<Value>& names, std::string message, Value spec) {
  constexpr std::size_t kNamed = 4;
  if (names.size() > 1) {
    message += "; so " + std::string(names.size() > 2 ? "are" : "is");
    for (std::size_t i = 1; i < names.size() && i < kNamed; ++i) message += (i > 1 ? ", `" : " `") + symbol_text(names[i]) + "`";
    if (names.size() > kNamed) message += " and " + std::to_string(names.size() - kNamed) + " more";
  }
  if (!library_flag(*owner_, kLibraryR7rs)) report(span_, "import", message, spec);
  // R7RS 5.2 leaves it open what happens; real libraries count on the last one.
  else diagnostics_.warning(span_, "import-conflict", message + "; the last meaning counts");
}

/// Imports into a rib; collects the libraries that must be instantiated.
bool Expander::import_all(const Items& specs, Handle rib, const Scope& scope, Items& libraries, Value marks) {
  Handle held_marks = hold(marks);
  Span keep = span_;
  bool ok = true;
  Items sets;
  for (Handle spec : specs) {
    if (is_identifier(*spec)) {  // a module
      Value v = compile_time_value(*spec);
      if (v == Unbound || !is_vector(v) || length_of(v) != 2 || vector_at(v, 0) != symbol("%module")) {
        error(spec, "neither a library name nor a module: " + write_datum(*spec, 60));
        ok = false;
        continue;
      }
      table_each(vector_at(v, 1), [&](Value sym, Value label) {
        entry_each(label, [&](Value m, Value l) { rib_put(*rib, sym, m, l); });
      });
      continue;
    }
    if (load_import(spec, libraries)) sets.push_back(spec);
    else ok = false;
    if (stopped()) return false;
  }
  for (Handle spec : sets) {
    span_ = place_of(*spec);
    std::vector<std::pair<Value, Value>> names;
    Value datum = strip(*spec);
    if (!import_names(datum, names)) {
      ok = false;
      continue;
    }
    std::size_t before = diagnostics_.error_count();
    Value parts, version;
    bool weak = split_name(innermost(datum), parts, version) && library_flag(known_library(parts), kLibraryBuiltIn);
    std::vector<Value> conflicts;  // symbols, which no collection moves here
    std::string message;
    for (auto& [sym, binding] : names)
      if (!add_import(*rib, sym, binding, scope, *held_marks, weak, message)) conflicts.push_back(sym);
    if (!conflicts.empty()) report_conflicts(conflicts, message, datum);
    if (diagnostics_.error_count() != before) ok = false;
  }
  span_ = keep;
  return ok;
}

// -- cond-expand and include --

bool Expander::feature_holds(Value requirement) {
  Value r = strip(requirement);
  if (is_symbol(r)) {
    std::string name = symbol_text(r);
    if (name == "else" || std::find(compiler_.features.begin(), compiler_.features.end(), name) != compiler_.features.end()) return true;
    // srfi-N holds if there is a library of that SRFI; also (srfi :N ...), which SRFI 97 allows as a feature.
    if (name.size() < 6 || name.size() > 10 || name.compare(0, 5, "srfi-") != 0 || name.find_first_not_of("0123456789", 5) != std::string::npos)
      return false;
    return library_exists(list_of({symbol("srfi"), symbol(":" + name.substr(5))}));
  }
  if (!is_pair(r) || !is_symbol(car(r))) return false;
  std::string op = symbol_text(car(r));
  if (op == "srfi") return library_exists(r);
  if (op == "library") return is_pair(cdr(r)) && library_exists(car(cdr(r)));
  if (op == "not") return is_pair(cdr(r)) && !feature_holds(car(cdr(r)));
  if (op != "and" && op != "or") return false;
  for (Value l = cdr(r); is_pair(l); l = cdr(l))
    if (feature_holds(car(l)) != (op == "and")) return op == "or";
  return op == "and";
}

/// The forms of the first clause that holds.
bool Expander::cond_expand_choice(Handle form, Items& out) {
  Items p;
  if (!parse(form, 1, -1, p)) return false;
  for (std::size_t i = 1; i < p.size(); ++i) {
    Items c;
    if (!parse(p[i], 1, -1, c)) return false;
    if (!feature_holds(*c[0])) continue;
    out.insert(out.end(), c.begin() + 1, c.end());
    return true;
  }
  return true;
}

Expr* Expander::form_cond_expand(Handle form, Form) {
  Items forms;
  cond_expand_choice(form, forms);
  return forms.empty() ? make_void() : expand_sequence(forms, 0);
}

/// The forms of the files that an include form names, with the wrap of its keyword.
Handle Expander::include_forms(Handle form, bool fold_case, Items& out) {
  Items p;
  if (!parse(form, 2, -1, p)) return form;
  Handle keyword = p[0];
  Span span = place_of(*form);
  std::string base = compiler_.sources.has(span.source) ? directory_of(compiler_.sources.get(span.source).name) : directory_of(file_);
  for (std::size_t i = 1; i < p.size(); ++i) {
    Value name = peel(*p[i]);
    if (!is_string(name)) {
      error(p[i], "include needs the names of files as strings");
      return form;
    }
    std::string file = string_text(name);
    std::vector<std::string> candidates{file[0] == '/' ? file : base + file};
    if (file[0] != '/')
      for (const std::string& d : compiler_.all_directories()) candidates.push_back((d.empty() ? "." : d) + "/" + file);
    SourceId source = 0;
    for (const std::string& c : candidates)
      if ((source = compiler_.read_file(c)) != 0) break;
    if (source == 0) {
      report(span, "file", "the file " + candidates[0] + " can't be read", name);
      return form;
    }
    Items forms;
    if (fold_case) {
      const Source& s = compiler_.sources.get(source);
      source = compiler_.sources.add(s.name, "#!fold-case " + s.text);
    }
    if (!read_all(source, text::Dialect::Loko, forms)) return form;
    for (Handle f : forms) out.push_back(is_syntax(*keyword) ? hold(datum_to_syntax(*keyword, *f)) : f);
  }
  return form;
}

Expr* Expander::form_include(Handle form, Form f) {
  Items forms;
  include_forms(form, f == Form::IncludeCi, forms);
  return forms.empty() ? make_void() : expand_body(forms, 0, form);
}

}  // namespace loko::syntax
