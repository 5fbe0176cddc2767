// SPDX-License-Identifier: MIT
//
// See compiler.h.
#include "syntax/compiler.h"

#include <stdio.h>
#include <stdlib.h>

#include "syntax/bindings.h"

namespace loko::syntax {

Compiler* Compiler::instance = nullptr;

Compiler::Compiler() {
  initialize_bindings();
  instance = this;
  context().compiler = this;
  extensions = {".loko.sls", ".sls", ".sld", ".ss", ".scm"};
  if (const char* list = getenv("LOKO_LIBRARY_FILE_EXTENSIONS")) {
    extensions.clear();
    std::string s = list;
    for (std::size_t at = 0; at <= s.size();) {
      std::size_t colon = s.find(':', at);
      if (colon == std::string::npos) colon = s.size();
      if (colon > at) extensions.push_back(s.substr(at, colon - at));
      at = colon + 1;
    }
  }
  directories = {"."};
  features = {"r7rs", "loko", "exact-closed", "exact-complex", "ieee-float", "full-unicode", "ratios", "regexp-non-greedy", "regexp-look-around", "regexp-unicode", "posix", "unix",
              "linux", "gnu-linux", "x86-64", "amd64", "little-endian", "syntax-case", "r6rs"};
}

Compiler::~Compiler() {
  if (instance == this) instance = nullptr;
  if (context().compiler == this) context().compiler = nullptr;
}

std::vector<std::string> Compiler::all_directories() const {
  std::vector<std::string> all = path_directories;
  all.insert(all.end(), directories.begin(), directories.end());
  all.insert(all.end(), system_directories.begin(), system_directories.end());
  return all;
}

bool Compiler::is_system_file(const std::string& path) const {
  for (const std::string& d : system_directories)
    if (path.starts_with(d + "/")) return true;
  return false;
}

void Compiler::set_default_directories(const std::vector<std::string>& system) {
  path_directories.clear();
  if (const char* path = getenv("LOKO_LIBRARY_PATH")) {
    std::string s = path;
    for (std::size_t at = 0; at <= s.size();) {
      std::size_t colon = s.find(':', at);
      if (colon == std::string::npos) colon = s.size();
      if (colon > at) path_directories.push_back(s.substr(at, colon - at));
      at = colon + 1;
    }
  }
  directories = {"."};
  system_directories = system;
}

SourceId Compiler::read_file(const std::string& path) {
  FILE* f = fopen(path.c_str(), "rb");
  if (!f) return 0;
  std::string text;
  char buffer[65536];
  std::size_t n;
  while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) text.append(buffer, n);
  bool failed = ferror(f);
  fclose(f);
  if (failed) return 0;
  if (on_file) on_file(path);
  return sources.add(path, std::move(text));
}

}  // namespace loko::syntax
