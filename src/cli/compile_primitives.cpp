// SPDX-License-Identifier: MIT
//
// See compile_primitives.h.
#include <algorithm>

#include "cli/compile_primitives.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

#include <string>

#include "base/diagnostics.h"
#include "image/dump.h"
#include "image/reach_table.h"
#include "machine/x64/compile.h"
#include "machine/x64/registry.h"
#include "pipeline/pipeline.h"
#include "runtime/image_start.h"
#include "runtime/memory/heap.h"
#include "syntax/compiler.h"
#include "syntax/stx.h"
#include "tables/primitives.h"

namespace loko {
namespace {

/// The file of this process as it was before an image was appended.
std::vector<u8> own_base(std::string* error) {
  std::vector<u8> bytes = image::read_file("/proc/self/exe", error);
  const ImageHeader* image = find_image();
  if (!error->empty() || !image) return bytes;
  if (image->base_bytes == 0 || image->base_bytes > bytes.size()) {
    *error = "this binary does not remember its base";
    return bytes;
  }
  bytes.resize(image->base_bytes);
  Elf64_Ehdr ehdr;
  memcpy(&ehdr, bytes.data(), sizeof ehdr);
  if (ehdr.e_shoff >= bytes.size()) {  // the section headers name the image's code, too
    ehdr.e_shoff = ehdr.e_shnum = ehdr.e_shstrndx = 0;
    memcpy(bytes.data(), &ehdr, sizeof ehdr);
  }
  auto* headers = reinterpret_cast<Elf64_Phdr*>(bytes.data() + ehdr.e_phoff);
  for (unsigned i = 0; i < ehdr.e_phnum; ++i)
    if (headers[i].p_type == PT_LOAD && headers[i].p_vaddr >= kImageCodeBase && headers[i].p_vaddr < kImageDataEnd) {
      headers[i] = Elf64_Phdr{};
      headers[i].p_type = PT_NOTE;  // spare again
    }
  return bytes;
}

/// The image's part of the code registry is read when it is first needed: it would cost each start milliseconds.
void load_registry() {
  static bool loaded = false;
  const ImageHeader* image = find_image();
  if (loaded || !image || !image->registry_bytes) return;
  loaded = true;
  x64::registry().load(reinterpret_cast<const u8*>(image->registry), image->registry_bytes);
}

/// What the code of this process's program mentions, for %take-snapshot.
void install_reach_table() {
  auto same = [](auto address) { return address; };
  std::vector<u32> table = image::make_reach_table(image::reaching_code([](u64) { return true; }), same, same);
  Value bytes = make_bytevector(4 * table.size());
  memcpy(bytes_of(bytes), table.data(), 4 * table.size());
  context().roots[kRootReach] = bytes;
}

/// -g: symbols, frames and line tables of the image's code.
std::vector<u8> with_debug_info(std::vector<u8> bytes, const image::Dump& dump, bool whole) {
  std::vector<image::DebugFunction> functions = dump.functions;
  if (whole)
    for (const x64::CodeRecord& r : x64::registry().all())
      if (r.entry && r.entry < kImageCodeEnd) functions.push_back(image::describe_function(r, r.entry));
  char directory[4096];
  return image::add_debug_info(std::move(bytes), kImageCodeBase, functions, image::DebugLevel::Lines, getcwd(directory, sizeof directory) ? directory : "");
}

/// The addresses of the stub's tables and code that code which calls these entries never reaches.
std::vector<u64> unneeded_tables(const std::vector<u32>& entries) {
  bool unicode = false, normalization = false, fasl = false, transcendental = false, blocking = false,
       transcoding = false, reading = false;
  for (u32 used : entries) {
#define LOKO_NEEDS(entry, table) \
  if (used == entry) table = true;
#include "tables/entry_needs.inc"
  }
  std::vector<u64> drop;
  if (!unicode) drop.push_back(image::kUnicodeProperties);
  if (!normalization) drop.push_back(image::kUnicodeNormalization);
  if (!unicode && !normalization) drop.push_back(image::kUnicodeCode);
  if (!fasl) drop.push_back(image::kFasl);
  if (!transcendental) drop.push_back(image::kTranscendental);
  if (!blocking) drop.push_back(image::kBlocking);
  if (!transcoding) drop.push_back(image::kTranscoding);
  if (!reading) drop.push_back(image::kReading);
  return drop;
}

}  // namespace

Value compile_write_program(Value start, Value output, Value whole, Value reset_slots) {
  if (!is_procedure(start)) return raise_assertion("%write-program", "expected a procedure", start);
  if (!is_string(output)) return raise_assertion("%write-program", "expected a string", output);
  load_registry();
  image::DumpOptions how;
  how.bare = is_symbol(whole);  // freestanding
  how.whole = whole != False && !how.bare;
  how.main = start;
  how.describe = pipeline::options().debug;
  how.reach_table = !how.bare && syntax::Compiler::instance->creates_loci;
  for (Value l = reset_slots; is_pair(l); l = cdr(l)) how.reset_slots.push_back(static_cast<u32>(fixnum_value(car(l))));
  std::sort(how.reset_slots.begin(), how.reset_slots.end());
  if (!how.bare) {
    for (u32 i = 0; i < 32; ++i) how.keep_roots.push_back(kRootLibrary0 + i);
    how.keep_roots.push_back(kRootBaseRtd);
    how.keep_roots.push_back(kRootCharTables);
  }
  std::string error;
  std::vector<u8> base;
  if (how.whole) {
    base = own_base(&error);
    how.base_bytes = base.size();
  } else {
    Value stub = context().roots[kRootStub];
    if (is_bytevector(stub)) base.assign(bytes_of(stub), bytes_of(stub) + length_of(stub));
    else error = "this binary has no stub for compiled programs";
  }
  image::Dump dump;
  if (error.empty()) error = image::dump_heap(how, &dump);
  std::vector<u8> bytes;
  std::vector<u64> drop;
  if (!how.whole) drop = unneeded_tables(dump.entries);
  if (error.empty()) bytes = image::append_segments(base, dump.segments, dump.header, &error, drop);
  if (error.empty() && how.describe) bytes = with_debug_info(std::move(bytes), dump, how.whole);
  if (error.empty()) error = image::write_executable(syntax::string_text(output), bytes);
  if (!error.empty())
    return raise_condition("error", "compile", error.c_str(), output);
  // code, data, slots, objects, bytes: for --verbose
  Value report = Null;
  for (u64 n : {static_cast<u64>(bytes.size()), dump.objects, dump.slots, dump.data_bytes, dump.code_bytes})
    report = make_pair(fixnum(static_cast<i64>(n)), report);
  return report;
}

Value compile_relink(Value program, Value stub, Value output) {
  if (!is_string(program) || !is_string(stub) || !is_string(output)) return raise_assertion("%relink", "expected three strings", program);
  std::string error, name = syntax::string_text(program);
  std::vector<u8> file = image::read_file(name, &error), base, bytes;
  std::vector<image::Segment> segments;
  if (error.empty()) segments = image::image_segments(file, &error), error = error.empty() ? "" : name + ": " + error;
  if (error.empty()) base = image::read_file(syntax::string_text(stub), &error);
  if (error.empty()) bytes = image::append_segments(base, segments, kImageDataBase, &error);
  if (error.empty()) error = image::write_executable(syntax::string_text(output), bytes);
  if (!error.empty()) return raise_condition("error", "relink", error.c_str(), output);
  return Void;
}

Value compile_set_option(Value name, Value value) {
  if (!is_symbol(name)) return raise_assertion("%set-compiler-option!", "expected a symbol", name);
  std::string n = syntax::string_text(symbol_name(name));
  Options& o = pipeline::options();
  syntax::Compiler& compiler = *syntax::Compiler::instance;
  i64 number = is_fixnum(value) ? fixnum_value(value) : 0;
  if (n == "mode") compiler.mode = is_symbol(value) && syntax::string_text(symbol_name(value)) == "compile" ? syntax::Compiler::Mode::Compile : syntax::Compiler::Mode::Run;
  else if (n == "cp0-size-limit") o.inline_size = static_cast<int>(number);
  else if (n == "cp0-effort-limit") o.inline_effort = static_cast<int>(number);
  else if (n == "optimize") o.optimize = static_cast<int>(number);
  else if (n == "debug") o.debug = value != False;
  else if (n == "verify") o.verify = value != False;
  else if (n == "without-checks") o.without_checks = value != False;
  else if (n == "dump") o.dump = is_string(value) ? syntax::string_text(value) : "";
  else if (n == "stop-after") o.stop_after = is_string(value) ? syntax::string_text(value) : "";
  else if (n == "is-pass") return boolean(is_string(value) && pipeline::is_pass(syntax::string_text(value)));
  else if (n == "creates-loci") return boolean(compiler.creates_loci);
  else if (n == "reach-table") install_reach_table();
  else if (n == "passes") pipeline::print_passes();
  else if (n == "time-passes") pipeline::print_times();
  else if (n == "werror") message_options().warnings_are_errors = value != False;
  else if (n == "warning" || n == "no-warning") {
    // the value is the name of a warning; the answer tells if there is one of that name
    // "all" stands for all of them
    std::string warning = is_string(value) ? syntax::string_text(value) : "";
    bool known = false;
    for (const WarningName* w = kWarnings; w->name; ++w) {
      if (warning != w->name && warning != "all") continue;
      known = true;
      if (n == "warning") message_options().silent.erase(w->name);
      else message_options().silent.insert(w->name);
    }
    return boolean(known);
  }
  else if (n == "first-directory") {
    if (is_string(value)) compiler.path_directories.insert(compiler.path_directories.begin(), syntax::string_text(value));
  } else if (n == "extensions") {
    compiler.extensions.clear();
    for (Value l = value; is_pair(l); l = cdr(l))
      if (is_string(car(l))) compiler.extensions.push_back(syntax::string_text(car(l)));
  } else {
    return raise_assertion("%set-compiler-option!", "unknown option", name);
  }
  return Void;
}

Value compile_disassemble(Value procedure) {
  if (!is_procedure(procedure)) return raise_assertion("disassemble", "expected a procedure", procedure);
  load_registry();
  std::string text = x64::disassemble(word(procedure, 0));
  return make_string_utf8(text.data(), text.size());
}

Value compile_primitive_documentation(Value name) {
  PrimitiveId id;
  if (!is_symbol(name) || !find_primitive(syntax::string_text(symbol_name(name)), &id)) return False;
  const PrimitiveInfo& info = primitive_info(id);
  std::string text = "(" + std::string(info.name);
  for (int i = 0; i < 6 && info.takes_names[i]; ++i) {
    bool rest = info.max_args == kManyArgs && i >= info.min_args;
    bool optional = !rest && i >= info.min_args;
    text += optional ? " [" : " ";
    text += info.takes_names[i];
    text += rest ? " ..." : optional ? "]" : "";
  }
  text += ")\n";
  if (info.doc) text += info.doc;
  return make_string_utf8(text.data(), text.size());
}

Value compile_nearest_name(Value name, Value candidates) {
  if (!is_string(name)) return raise_assertion("%nearest-name", "expected a string", name);
  std::vector<std::string> list;
  for (Value l = candidates; is_pair(l); l = cdr(l))
    if (is_string(car(l))) list.push_back(syntax::string_text(car(l)));
  std::string nearest = nearest_name(syntax::string_text(name), list);
  return nearest.empty() ? False : make_string_utf8(nearest.data(), nearest.size());
}

#ifndef LOKO_COMMIT
#define LOKO_COMMIT ""
#endif
Value compile_build_commit() {
  std::string text = LOKO_COMMIT;
  return make_string_utf8(text.data(), text.size());
}

namespace cli {

void install_compile_entries() {
  PrimitiveId id;
  if (find_primitive("%nearest-name", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_nearest_name);
  if (find_primitive("%build-commit", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_build_commit);
  if (find_primitive("%disassemble", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_disassemble);
  if (find_primitive("%primitive-documentation", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_primitive_documentation);
  if (find_primitive("%relink", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_relink);
  if (find_primitive("%write-program", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_write_program);
  if (find_primitive("%set-compiler-option!", &id)) context().entries[primitive_info(id).entry] = reinterpret_cast<u64>(&compile_set_option);
}

}  // namespace cli
}  // namespace loko
