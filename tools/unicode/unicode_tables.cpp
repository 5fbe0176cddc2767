// SPDX-License-Identifier: MIT
//
// Unicode Character Database to C++ tables: `unicode_tables <ucd-dir> <out.h>`. Reads UnicodeData, CaseFolding,
// SpecialCasing, PropList, DerivedCoreProperties, DerivedNormalizationProps, emoji-data and the break properties. Writes
//   a two-level table from code points to the distinct property records (blocks of 128 code points are shared),
//   sorted lists for what is rare: full case mappings, decompositions (fully expanded), compositions.
// src/runtime/data/unicode.cpp reads them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr unsigned kLimit = 0x110000, kBlock = 128;
constexpr const char* kCategories[] = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Ps", "Pe", "Pi", "Pf",
                                       "Pd", "Pc", "Po", "Sc", "Sm", "Sk", "So", "Zs", "Zp", "Zl", "Cc", "Cf", "Cs", "Co", "Cn"};
enum Flag : unsigned { kAlphabetic = 1, kUppercase = 2, kLowercase = 4, kWhitespace = 8, kCased = 16, kCaseIgnorable = 32,
                       kSpecial = 64, kCanonical = 128, kCompatible = 256 };

using Sequence = std::vector<uint32_t>;

struct Character {
  unsigned category = 29, flags = 0, combining = 0, breaks = 0;  // breaks: word | grapheme << 5 | pictographic << 9
  int digit = -1;
  uint32_t up = 0, down = 0, title = 0, fold = 0;
  Sequence decomposition;
  bool compatible = false;
};

struct Special { Sequence up, down, title, fold; };

std::vector<Character> characters(kLimit);
std::map<uint32_t, Special> specials;
std::set<uint32_t> not_composed;
std::string directory;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "unicode_tables: %s\n", message.c_str());
  std::exit(1);
}

std::string trimmed(const std::string& s) {
  size_t a = s.find_first_not_of(" \t\r"), b = s.find_last_not_of(" \t\r");
  return a == std::string::npos ? "" : s.substr(a, b - a + 1);
}

/// The lines of a file as fields separated by semicolons; comments removed.
std::vector<std::vector<std::string>> rows(const char* name) {
  std::ifstream in(directory + "/" + name);
  if (!in) fail("cannot read " + directory + "/" + name);
  std::vector<std::vector<std::string>> result;
  std::string line;
  while (std::getline(in, line)) {
    line = line.substr(0, line.find('#'));
    if (trimmed(line).empty()) continue;
    std::vector<std::string> fields;
    std::stringstream parts(line);
    std::string field;
    while (std::getline(parts, field, ';')) fields.push_back(trimmed(field));
    fields.resize(std::max<size_t>(fields.size(), 16));
    result.push_back(fields);
  }
  return result;
}

uint32_t code(const std::string& s) { return static_cast<uint32_t>(std::strtoul(s.c_str(), nullptr, 16)); }

Sequence sequence(const std::string& s) {
  Sequence result;
  std::stringstream in(s);
  std::string part;
  while (in >> part) result.push_back(code(part));
  return result;
}

/// Calls f for every code point of the field "XXXX" or "XXXX..YYYY".
template <class F>
void each(const std::string& range, F f) {
  size_t dots = range.find("..");
  uint32_t first = code(range), last = dots == std::string::npos ? first : code(range.substr(dots + 2));
  for (uint32_t c = first; c <= last && c < kLimit; ++c) f(c);
}

unsigned category_index(const std::string& name) {
  for (unsigned i = 0; i < 30; ++i)
    if (name == kCategories[i]) return i;
  fail("unknown category " + name);
}

void read_unicode_data() {
  for (uint32_t c = 0; c < kLimit; ++c) characters[c].up = characters[c].down = characters[c].title = characters[c].fold = c;
  uint32_t range_begin = 0;
  for (auto& f : rows("UnicodeData.txt")) {
    uint32_t c = code(f[0]);
    if (f[1].size() > 8 && f[1].ends_with(", First>")) {
      range_begin = c;
      continue;
    }
    uint32_t first = f[1].ends_with(", Last>") ? range_begin : c;
    for (uint32_t i = first; i <= c; ++i) characters[i].category = category_index(f[2]);
    Character& x = characters[c];
    x.combining = static_cast<unsigned>(std::atoi(f[3].c_str()));
    if (f[2] == "Nd" && !f[6].empty()) x.digit = std::atoi(f[6].c_str());
    if (!f[12].empty()) x.up = x.title = code(f[12]);
    if (!f[13].empty()) x.down = code(f[13]);
    if (!f[14].empty()) x.title = code(f[14]);
    if (!f[5].empty()) {
      x.compatible = f[5][0] == '<';
      x.decomposition = sequence(x.compatible ? f[5].substr(f[5].find('>') + 1) : f[5]);
    }
  }
}

void read_properties(const char* file, const std::map<std::string, unsigned>& wanted) {
  for (auto& f : rows(file))
    if (auto it = wanted.find(f[1]); it != wanted.end())
      each(f[0], [&](uint32_t c) { characters[c].flags |= it->second; });
}

// In the order of the enumerations in runtime/data/unicode.h; 0 is Other.
const std::vector<std::string> kWordBreaks = {"Other", "CR", "LF", "Newline", "Extend", "ZWJ", "Format", "Regional_Indicator", "Katakana",
  "Hebrew_Letter", "ALetter", "Single_Quote", "Double_Quote", "MidNumLet", "MidLetter", "MidNum", "Numeric", "ExtendNumLet", "WSegSpace"};
const std::vector<std::string> kGraphemeBreaks = {"Other", "CR", "LF", "Control", "Extend", "ZWJ", "Regional_Indicator", "Prepend",
  "SpacingMark", "L", "V", "T", "LV", "LVT"};

void read_breaks(const char* file, const std::vector<std::string>& names, unsigned shift) {
  for (auto& f : rows(file)) {
    auto it = std::find(names.begin(), names.end(), f[1]);
    if (it == names.end()) fail("unknown break property " + f[1]);
    each(f[0], [&](uint32_t c) { characters[c].breaks |= static_cast<unsigned>(it - names.begin()) << shift; });
  }
}

void read_pictographs() {
  for (auto& f : rows("emoji/emoji-data.txt"))
    if (f[1] == "Extended_Pictographic") each(f[0], [&](uint32_t c) { characters[c].breaks |= 1u << 9; });
}

Special& special(uint32_t c) {
  auto [it, fresh] = specials.try_emplace(c);
  const Character& x = characters[c];
  if (fresh) it->second = {{x.up}, {x.down}, {x.title}, {x.fold}};
  return it->second;
}

void read_case_mappings() {
  for (auto& f : rows("CaseFolding.txt"))
    if (f[1] == "C" || f[1] == "S") characters[code(f[0])].fold = code(f[2]);
  for (auto& f : rows("CaseFolding.txt"))
    if (f[1] == "F") special(code(f[0])).fold = sequence(f[2]);
  for (auto& f : rows("SpecialCasing.txt")) {
    if (!f[4].empty()) continue;  // conditional: final sigma is in the program, languages are not supported
    Special& s = special(code(f[0]));
    s.down = sequence(f[1]);
    s.title = sequence(f[2]);
    s.up = sequence(f[3]);
  }
  for (auto& [c, s] : specials) characters[c].flags |= kSpecial;
}

Sequence expand(uint32_t c, bool compatible) {
  const Character& x = characters[c];
  if (x.decomposition.empty() || (x.compatible && !compatible)) return {c};
  Sequence result;
  for (uint32_t part : x.decomposition)
    for (uint32_t e : expand(part, compatible)) result.push_back(e);
  return result;
}

/// The sections of the tables: the image writer drops those that a compiled program has no use for.
constexpr const char* kProperties = "properties";
constexpr const char* kNormalization = "normalization";

/// What a definition starts with; without a section it stays with the other constants.
std::string storage(const char* section) {
  std::string where = section ? "[[gnu::section(\".loko_unicode_" + std::string(section) + "\")]] " : "";
  return where + "static constexpr";
}

void write_array(FILE* out, const char* section, const char* type, const char* name, const std::vector<uint64_t>& v) {
  std::fprintf(out, "%s %s %s[] = {", storage(section).c_str(), type, name);
  for (size_t i = 0; i < v.size(); ++i) std::fprintf(out, "%s%llu", i == 0 ? "\n" : i % 24 == 0 ? ",\n" : ",", static_cast<unsigned long long>(v[i]));
  std::fprintf(out, "};\n[[maybe_unused]] inline constexpr u32 %sCount = %zu;\n", name, v.size());
}

/// The two-level table.
void write_records(FILE* out) {
  using Record = std::array<int64_t, 9>;
  std::map<Record, unsigned> index;
  std::vector<Record> records;
  std::map<std::vector<uint64_t>, unsigned> block_index;
  std::vector<uint64_t> stage1, stage2;
  for (uint32_t base = 0; base < kLimit; base += kBlock) {
    std::vector<uint64_t> block;
    for (uint32_t c = base; c < base + kBlock; ++c) {
      const Character& x = characters[c];
      auto delta = [&](uint32_t to) { return static_cast<int64_t>(to) - static_cast<int64_t>(c); };
      Record r{delta(x.up), delta(x.down), delta(x.title), delta(x.fold), x.flags, x.breaks, x.category, x.combining, x.digit};
      auto [it, fresh] = index.try_emplace(r, static_cast<unsigned>(records.size()));
      if (fresh) records.push_back(r);
      block.push_back(it->second);
    }
    auto [it, fresh] = block_index.try_emplace(block, static_cast<unsigned>(stage2.size() / kBlock));
    if (fresh) stage2.insert(stage2.end(), block.begin(), block.end());
    stage1.push_back(it->second);
  }
  if (records.size() > 65535 || block_index.size() > 65535) fail("tables are too large");
  std::fprintf(out, "struct CharacterRecord { i32 up, down, title, fold; u16 flags, breaks; u8 category, combining; i8 digit; };\n");
  std::fprintf(out, "%s CharacterRecord kCharacterRecords[] = {\n", storage(kProperties).c_str());
  for (const Record& r : records)
    std::fprintf(out, "{%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld},\n", static_cast<long long>(r[0]), static_cast<long long>(r[1]), static_cast<long long>(r[2]),
                 static_cast<long long>(r[3]), static_cast<long long>(r[4]), static_cast<long long>(r[5]), static_cast<long long>(r[6]), static_cast<long long>(r[7]),
                 static_cast<long long>(r[8]));
  std::fprintf(out, "};\n");
  write_array(out, kProperties, "u16", "kStage1", stage1);
  write_array(out, kProperties, "u16", "kStage2", stage2);
}

void write_specials(FILE* out) {
  std::fprintf(out, "struct SpecialCase { u32 code; u32 up[3], down[3], title[3], fold[3]; };  // filled up with 0\n");
  std::fprintf(out, "%s SpecialCase kSpecialCases[] = {\n", storage(kProperties).c_str());
  for (auto& [c, s] : specials) {
    std::fprintf(out, "{%u", c);
    for (const Sequence* q : {&s.up, &s.down, &s.title, &s.fold}) {
      if (q->size() > 3 || q->empty()) fail("a case mapping has an unexpected length");
      std::fprintf(out, ",{%u,%u,%u}", (*q)[0], q->size() > 1 ? (*q)[1] : 0, q->size() > 2 ? (*q)[2] : 0);
    }
    std::fprintf(out, "},\n");
  }
  std::fprintf(out, "};\ninline constexpr u32 kSpecialCasesCount = %zu;\n", specials.size());
}

void write_decompositions(FILE* out, bool compatible, const char* keys_name, const char* offsets_name, const char* pool_name) {
  std::vector<uint64_t> keys, offsets, pool;
  std::map<Sequence, uint64_t> known;
  for (uint32_t c = 0; c < kLimit; ++c) {
    if (characters[c].decomposition.empty()) continue;
    Sequence s = expand(c, compatible);
    if (s.size() == 1 && s[0] == c) continue;
    if (compatible && s == expand(c, false)) continue;  // found in the canonical list
    if (s.size() > 18) fail("a decomposition is too long");
    auto [it, fresh] = known.try_emplace(s, pool.size());
    if (fresh) pool.insert(pool.end(), s.begin(), s.end());
    keys.push_back(c);
    offsets.push_back(it->second << 5 | s.size());
  }
  write_array(out, kNormalization, "u32", keys_name, keys);
  write_array(out, kNormalization, "u32", offsets_name, offsets);
  write_array(out, kNormalization, "u32", pool_name, pool);
}

void write_compositions(FILE* out) {
  std::vector<std::pair<uint64_t, uint64_t>> pairs;
  for (uint32_t c = 0; c < kLimit; ++c) {
    const Character& x = characters[c];
    if (x.compatible || x.decomposition.size() != 2 || not_composed.count(c)) continue;
    pairs.push_back({static_cast<uint64_t>(x.decomposition[0]) << 32 | x.decomposition[1], c});
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<uint64_t> keys, values;
  for (auto& [k, v] : pairs) keys.push_back(k), values.push_back(v);
  write_array(out, kNormalization, "u64", "kComposeKeys", keys);
  write_array(out, kNormalization, "u32", "kComposeValues", values);
}

/// Where graphic characters begin and end, in turns: plane 0, plane 1, the rest. Every list starts outside.
void write_graphic(FILE* out) {
  // unassigned characters, private ones, surrogates, controls, formats, separators: as write sees them
  static const std::set<std::string> kHidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"};
  std::vector<uint64_t> lists[3];
  for (unsigned part = 0; part < 3; ++part) {
    bool inside = false;
    for (uint32_t c = part << 16; c < (part == 2 ? kLimit : (part + 1) << 16); ++c) {
      bool graphic = kHidden.count(kCategories[characters[c].category]) == 0;
      if (graphic != inside) lists[part].push_back(part == 2 ? c : c & 0xffff);
      inside = graphic;
    }
  }
  write_array(out, nullptr, "u16", "kGraphicPlane0", lists[0]);
  write_array(out, nullptr, "u16", "kGraphicPlane1", lists[1]);
  write_array(out, nullptr, "u32", "kGraphicRest", lists[2]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) fail("usage: unicode_tables <ucd-dir> <out.h>");
  directory = argv[1];
  read_unicode_data();
  read_case_mappings();
  read_properties("PropList.txt", {{"White_Space", kWhitespace}});
  read_properties("DerivedCoreProperties.txt", {{"Alphabetic", kAlphabetic}, {"Uppercase", kUppercase}, {"Lowercase", kLowercase},
                                                {"Cased", kCased}, {"Case_Ignorable", kCaseIgnorable}});
  read_breaks("auxiliary/WordBreakProperty.txt", kWordBreaks, 0);
  read_breaks("auxiliary/GraphemeBreakProperty.txt", kGraphemeBreaks, 5);
  read_pictographs();
  for (auto& f : rows("DerivedNormalizationProps.txt"))
    if (f[1] == "Full_Composition_Exclusion") each(f[0], [&](uint32_t c) { not_composed.insert(c); });
  for (uint32_t c = 0; c < kLimit; ++c) {
    if (characters[c].decomposition.empty()) continue;
    if (!characters[c].compatible) characters[c].flags |= kCanonical;
    if (expand(c, true) != expand(c, false)) characters[c].flags |= kCompatible;
  }
  FILE* out = std::fopen(argv[2], "w");
  if (out == nullptr) fail(std::string("cannot write ") + argv[2]);
  std::fprintf(out, "// Generated by tools/unicode/unicode_tables from the Unicode Character Database. Don't edit.\n#pragma once\n\n#include \"tables/abi.h\"\n\nnamespace loko::unicode_data {\n\n");
  std::fprintf(out, "using i8 = std::int8_t;\n");
  write_records(out);
  write_specials(out);
  write_decompositions(out, false, "kCanonicalKeys", "kCanonicalOffsets", "kCanonicalPool");
  write_decompositions(out, true, "kCompatibleKeys", "kCompatibleOffsets", "kCompatiblePool");
  write_compositions(out);
  write_graphic(out);
  std::fprintf(out, "\n}  // namespace loko::unicode_data\n");
  if (std::fclose(out) != 0) fail(std::string("cannot write ") + argv[2]);
  return 0;
}
