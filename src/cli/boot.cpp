// SPDX-License-Identifier: MIT
//
// See boot.h. usage:
//   loko-boot --build-image SCHEME_DIR --stub FILE --output FILE     compile the library, write `loko`
//   loko-boot --scheme SCHEME_DIR [-std=r7rs] --program FILE ARG…    run a program
//   loko-boot --scheme SCHEME_DIR --eval TEXT                        run forms with (rnrs) imported
// Options: --verify (all verifiers), --dump=STAGE, --time-passes, --torture=N, -O0.
#include "cli/boot.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>

#include "image/dump.h"
#include "image/reach_table.h"
#include "pipeline/pipeline.h"
#include "runtime/image_start.h"
#include "syntax/expansion.h"
#include "text/datum.h"

namespace loko::cli {
namespace {

using syntax::Step;
using syntax::Task;

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Serves a task's calls: applies a procedure to a list of arguments on the Scheme stack.
Value apply(Value procedure, Value arguments) {
  std::vector<Value> argv;
  for (; is_pair(arguments); arguments = cdr(arguments)) argv.push_back(car(arguments));
  return enter_scheme(procedure, static_cast<int>(argv.size()), argv.data());
}

/// Runs a task to its end; false (after printing why) when it failed.
bool finish(Task& task, Value* result) {
  Step step = syntax::run_task(task, apply);
  if (step.kind != Step::Kind::Done) {
    fputs(task.failure().rendered.c_str(), stderr);
    return false;
  }
  std::string warnings = task.diagnostics().render_all(false);
  fputs(warnings.c_str(), stderr);
  *result = step.result;
  return true;
}

void find_libraries(const std::string& directory, std::vector<std::string>* files) {
  DIR* d = opendir(directory.c_str());
  if (!d) return;
  std::vector<std::string> names;
  while (dirent* e = readdir(d))
    if (e->d_name[0] != '.') names.push_back(e->d_name);
  closedir(d);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    std::string path = directory + "/" + name;
    auto ends_with = [&](const char* s) { return name.size() > strlen(s) && name.compare(name.size() - strlen(s), strlen(s), s) == 0; };
    if (ends_with(".sls") || ends_with(".sld")) files->push_back(path);
    else if (name.find('.') == std::string::npos) find_libraries(path, files);
  }
}

/// The name in `(library NAME …)` of a file, without its version, as heap data; #f if there is none.
Value library_name(syntax::Compiler& compiler, const std::string& path) {
  SourceId source = compiler.read_file(path);
  if (!source) return False;
  Arena arena;
  Diagnostics diagnostics(compiler.sources);
  text::Reader reader(compiler.sources, source, arena, diagnostics);
  text::Datum* datum = reader.read();
  if (!datum) return False;
  Value form = text::to_heap(datum);
  if (!is_pair(form) || !is_pair(cdr(form))) return False;
  std::vector<Value> parts;
  for (Value l = car(cdr(form)); is_pair(l); l = cdr(l))
    if (!is_pair(car(l)) && car(l) != Null) parts.push_back(car(l));
  Value name = Null;
  for (auto it = parts.rbegin(); it != parts.rend(); ++it) name = make_pair(*it, name);
  return name;
}

Value list1(Value v) { return make_pair(v, Null); }

/// The value of an expression in an environment with the imports of `specs`.
bool evaluate(syntax::Compiler& compiler, Value specs, Value expression, Value* result) {
  HandleArena handles;
  Handle e = handles.make(expression);
  Value environment;
  {
    Task task(compiler, Task::What::Environment, specs, False);
    if (!finish(task, &environment)) return false;
  }
  Handle env = handles.make(environment);
  Value thunk;
  Task task(compiler, Task::What::Eval, e.get(), env.get());
  if (!finish(task, &thunk)) return false;
  *result = is_procedure(thunk) ? enter_scheme(thunk, 0, nullptr) : thunk;
  return true;
}

/// `generated` is a second directory of libraries, or empty.
int build_image(syntax::Compiler& compiler, const std::string& directory, const std::string& generated, const std::string& stub, const std::string& output, bool verbose) {
  double start = now();
  compiler.in_image = compiler.building_image = true;
  compiler.directories.insert(compiler.directories.begin(), directory);
  pipeline::options().library_root = directory + "/";
  std::vector<std::string> files;
  find_libraries(directory, &files);
  if (!generated.empty()) find_libraries(generated, &files);
  for (const std::string& file : files) {
    Value name = library_name(compiler, file);
    if (name == False) {
      fprintf(stderr, "%s: error: not a library\n", file.c_str());
      return 1;
    }
    double before = now();
    Task task(compiler, Task::What::Library, name, False);
    Value ignored;
    if (!finish(task, &ignored)) return 1;
    if (verbose && now() - before > 0.05) fprintf(stderr, "%6.0f ms %s\n", (now() - before) * 1e3, file.c_str());
  }
  Value spec = make_pair(intern("loko", 4), list1(intern("main", 4)));
  Value main_procedure;
  if (!evaluate(compiler, list1(spec), intern("main", 4), &main_procedure)) return 1;
  std::string error;
  std::vector<u8> stub_bytes = image::read_file(stub, &error);
  std::vector<u8> base = image::read_file("/proc/self/exe", &error);
  if (!error.empty()) {
    fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  context().roots[kRootMain] = main_procedure;
  Value blob = make_bytevector(stub_bytes.size());
  memcpy(bytes_of(blob), stub_bytes.data(), stub_bytes.size());
  context().roots[kRootStub] = blob;
  collect_now(true);
  image::note_evaluating_code();
  image::DumpOptions how;
  how.whole = true;
  how.main = context().roots[kRootMain];
  how.base_bytes = base.size();
  image::Dump dump;
  error = image::dump_heap(how, &dump);
  std::vector<u8> bytes;
  if (error.empty()) bytes = image::append_segments(base, dump.segments, dump.header, &error);
  std::vector<image::DebugFunction> functions;
  for (const x64::CodeRecord& r : x64::registry().all()) functions.push_back(image::describe_function(r, r.entry));
  if (error.empty()) bytes = image::add_debug_info(std::move(bytes), kImageCodeBase, functions, image::DebugLevel::Symbols, "");
  if (error.empty()) error = image::write_executable(output, bytes);
  if (!error.empty()) {
    fprintf(stderr, "loko-boot: %s\n", error.c_str());
    return 1;
  }
  printf("%s: %zu libraries, code %llu KB, data %llu KB, %llu slots, %llu objects, %.1f s\n", output.c_str(), files.size(),
         static_cast<unsigned long long>(dump.code_bytes / 1024), static_cast<unsigned long long>(dump.data_bytes / 1024),
         static_cast<unsigned long long>(dump.slots), static_cast<unsigned long long>(dump.objects), now() - start);
  return 0;
}

int run_program(syntax::Compiler& compiler, const std::string& file, text::Dialect dialect) {
  SourceId source = compiler.read_file(file);
  if (!source) {
    fprintf(stderr, "loko-boot: %s: cannot read\n", file.c_str());
    return 66;
  }
  Value thunk;
  Task task(compiler, Task::What::Program, source, dialect, False);
  if (!finish(task, &thunk)) return 1;
  if (is_procedure(thunk)) enter_scheme(thunk, 0, nullptr);
  return 0;
}

}  // namespace

int boot_main(syntax::Compiler& compiler, int argc, char** argv) {
  std::string build, stub, output, program, text, scheme;
  bool verbose = false;
  text::Dialect dialect = text::Dialect::R6rs;
  Options& o = pipeline::options();
  bool times = false;
  int i = 1;
  for (; i < argc; ++i) {
    std::string a = argv[i];
    auto value = [&](const char* name, std::string* to) {
      if (a != name) return false;
      if (++i < argc) *to = argv[i];
      return true;
    };
    if (value("--build-image", &build) || value("--stub", &stub) || value("--output", &output) || value("--scheme", &scheme) ||
        value("--eval", &text))
      continue;
    if (value("--program", &program)) break;
    if (a == "--verify") o.verify = true;
    else if (a == "--verbose") verbose = true;
    else if (a == "--time-passes") times = true;
    else if (a == "-O0") o.optimize = 0;
    else if (a.rfind("--dump=", 0) == 0) o.dump = a.substr(7);
    else if (a.rfind("--torture=", 0) == 0) context().torture = static_cast<u32>(atoi(a.c_str() + 10));
    else if (a == "-std=r7rs") dialect = text::Dialect::R7rs;
    else {
      fprintf(stderr, "loko-boot: unknown option %s\n", a.c_str());
      return 64;
    }
  }
  if (!scheme.empty()) compiler.directories.insert(compiler.directories.begin(), scheme);
  int status = 64;
  if (!build.empty()) {
    status = build_image(compiler, build, scheme, stub, output, verbose);
  } else if (!program.empty()) {
    status = run_program(compiler, program, dialect);
  } else if (!text.empty()) {
    SourceId source = compiler.sources.add("--eval", text);
    Value spec = list1(list1(intern("rnrs", 4)));
    Value environment, ignored;
    Task make(compiler, Task::What::Environment, spec, False);
    if (!finish(make, &environment)) return 1;
    HandleArena handles;
    Handle env = handles.make(environment);
    Task task(compiler, Task::What::Text, source, text::Dialect::Loko, env.get());
    status = finish(task, &ignored) ? 0 : 1;
  } else {
    fprintf(stderr, "loko-boot: nothing to do\n");
  }
  if (times) pipeline::print_times();
  // the library's exit procedure flushes the ports
  Value leave = context().hooks[kHookExit];
  Value argument = fixnum(status);
  if (build.empty() && is_procedure(leave)) enter_scheme(leave, 1, &argument);
  return status;
}

}  // namespace loko::cli
