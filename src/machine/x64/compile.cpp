// SPDX-License-Identifier: MIT
//
// The driver: prepare, allocate, (check,) emit each lambda as it comes, then place the code objects of the unit one after
// another, resolve their references to each other, to slots and to older code, seal and register them.
#include "machine/x64/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <map>

#include "machine/x64/emit.h"
#include "machine/x64/language.h"
#include "machine/x64/registry.h"

namespace loko::x64 {

class UnitCompiler {
 public:
  explicit UnitCompiler(const CompileOptions& options) : options_(options) {}

  std::string compile(const low::Unit& unit, u32 lambda) {
    constant_slots_.resize(unit.constants.size(), 0);
    objects_.resize(unit.lambdas.size());
    info_slots_.resize(unit.lambdas.size());
    std::string problem = compile_lambda(unit, lambda);
    return problem.empty() ? "" : "internal error: " + problem;
  }

  std::string publish(const low::Unit& unit, Published* published) {
    forget_freed_code();
    u64 total = 0;
    for (CodeObject& o : objects_) {
      o.aligned = o.aligned && !options_.collectable;  // the room of such units is used again, without gaps
      total += sizeof(CodeHeader) + o.bytes.size() + (o.aligned ? kCacheLine - 16 : 0);
    }
    if (options_.collectable) total = (total + 15) / 16 * 16 + unit_slots_bytes();
    u64 first = options_.collectable ? allocate_unit_code(total) : allocate_code(total, options_.in_image_region);
    if (!first) return "no room for code left";
    u64 end = first;
    for (CodeObject& o : objects_) {
      entries_.push_back(place_of_code(end, o.aligned) + sizeof(CodeHeader));
      end = entries_.back() + o.bytes.size();
    }
    for (u32 i = 0; i < objects_.size(); ++i) publish(unit.lambdas[i], i);
    if (options_.collectable) end_code_unit(first, total);
    seal_code(first, total);
    if (getenv("LOKO_PERF_MAP")) write_perf_map(unit);
    published->code_entries = entries_;
    published->thunk_closure =
        unit.lambdas.empty() || unit.lambdas[0].free_variables ? 0 : closure_bits(entries_[0]);
    return "";
  }

 private:
  static void forget_freed_code() {
    for (u64 start, end; take_freed_code(&start, &end);) registry().remove(start, end);
  }

  /// Code that other code calls directly stays.
  void pin(u64 target) {
    u64 entry = target >= kRunCodeBase ? registry().containing_entry(target) : 0;
    if (entry && registry().find(entry)->collectable) pin_code(entry);
  }

  static u64 closure_bits(u64 entry) { return (entry + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure; }

  std::string compile_lambda(const low::Unit& unit, u32 index) {
    const low::Lambda& l = unit.lambdas[index];
    info_slots_[index] = make_info(unit, l);
    std::vector<AllocatedFunction> clauses;
    for (const low::Clause& c : l.clauses) {
      clauses.emplace_back();
      AllocatedFunction& f = clauses.back();
      f.prepared = prepare(c.function);
      f.allocation = allocate(f.prepared);
      if (options_.dump) *options_.dump += print(f.prepared, f.allocation);
      if (!options_.verify) continue;
      std::string problem = check(f.prepared, f.allocation);
      if (!problem.empty()) return "register allocation of " + c.function.name + ": " + problem;
    }
    EmitContext context{&unit, index, info_slots_[index], options_.atomicity, [&](u32 i) { return constant_slot(unit, i); }};
    std::string problem = emit_lambda(context, clauses, options_.dump != nullptr, &objects_[index]);
    if (!problem.empty()) return problem;
    if (options_.dump) *options_.dump += "; lambda " + std::to_string(index) + " " + l.name + "\n" + objects_[index].listing + "\n";
    return "";
  }

  /// Lines for perf(1) that name the code (LOKO_PERF_MAP).
  void write_perf_map(const low::Unit& unit) {
    std::string file = "/tmp/perf-" + std::to_string(getpid()) + ".map";
    FILE* f = fopen(file.c_str(), "a");
    if (!f) return;
    for (u32 i = 0; i < entries_.size(); ++i) {
      std::string name = unit.lambdas[i].name.empty() ? "(anonymous)" : unit.lambdas[i].name;
      if (unit.sources && unit.sources->has(unit.lambdas[i].span.source)) name += " " + unit.sources->describe(unit.lambdas[i].span);
      fprintf(f, "%lx %lx %s\n", entries_[i], static_cast<unsigned long>(objects_[i].bytes.size()), name.c_str());
    }
    fclose(f);
  }

  u32 constant_slot(const low::Unit& unit, u32 i) {
    if (!constant_slots_[i]) constant_slots_[i] = allocate_slot(*unit.constants[i]);
    return constant_slots_[i];
  }

  /// Name, file, line, column and documentation, for backtraces and for people.
  u32 make_info(const low::Unit& unit, const low::Lambda& l) {
    Value info = make_typed(Kind::CodeInfo, 5, 5);
    set_field(info, 1, l.name.empty() ? False : intern(l.name.data(), l.name.size()));
    Value file = False;
    Place place;
    if (unit.sources && unit.sources->has(l.span.source)) {
      auto [it, fresh] = file_slots_.emplace(l.span.source, 0);
      if (fresh) {
        std::string name = unit.sources->get(l.span.source).name;
        const std::string& root = options_.library_root;
        if (!root.empty() && name.starts_with(root)) name = "loko:" + name.substr(root.size());
        it->second = make_string_utf8(name.data(), name.size());
      }
      file = it->second;
      place = unit.sources->place(l.span);
    }
    set_field(info, 2, file);
    set_field(info, 3, fixnum(place.line));
    set_field(info, 4, fixnum(place.column));
    set_field(info, 5, l.doc.empty() ? False : make_string_utf8(l.doc.data(), l.doc.size()));
    return allocate_slot(info);
  }

  void publish(const low::Lambda& l, u32 index) {
    CodeObject& o = objects_[index];
    u64 entry = entries_[index];
    CodeHeader header{};
    bool one = l.clauses.size() == 1;
    header.arity = one ? (l.clauses[0].rest ? -1 - l.clauses[0].required : l.clauses[0].required) : kArityCases;
    header.direct = one ? o.direct[0] : 0;
    header.closure = entry;
    header.info_slot = info_slots_[index];
    header.size = static_cast<u32>(o.bytes.size());
    header.nfree = static_cast<u32>(l.free_variables);
    header.registry = registry().next_index();
    CodeRecord record;
    record.entry = entry;
    record.aligned = o.aligned;
    record.collectable = options_.collectable;
    record.lines = std::move(o.lines);
    for (const Reference& r : o.references) {
      if (r.kind == Reference::Kind::Entry) {
        record.relocations.push_back({0, RelocationKind::Entry, r.target});
        continue;
      }
      u8* at = o.bytes.data() + r.offset;
      u32 field = 0;
      Relocation relocation{r.offset, RelocationKind::Slot32, r.target};
      switch (r.kind) {
        case Reference::Kind::Slot: memcpy(&field, at, 4); break;
        case Reference::Kind::Entry: break;
        case Reference::Kind::Own:
          relocation = {r.offset, RelocationKind::Own32, entry + r.target};
          field = static_cast<u32>(relocation.target);
          break;
        case Reference::Kind::Closure:
          relocation = {r.offset, RelocationKind::Closure32, entries_[r.target]};
          field = static_cast<u32>(closure_bits(entries_[r.target])) + r.clause;
          break;
        case Reference::Kind::Address:
        case Reference::Kind::Lambda:
          relocation = {r.offset, RelocationKind::Rel32,
                        r.kind == Reference::Kind::Address ? r.target : entries_[r.target] + objects_[r.target].direct[r.clause]};
          field = static_cast<u32>(relocation.target - (entry + r.offset + 4));
          if (r.kind == Reference::Kind::Address) pin(r.target);
          break;
      }
      memcpy(at, &field, 4);
      record.relocations.push_back(relocation);
    }
    memcpy(reinterpret_cast<void*>(entry - sizeof header), &header, sizeof header);
    memcpy(reinterpret_cast<void*>(entry), o.bytes.data(), o.bytes.size());
    registry().add(std::move(record));
  }

  const CompileOptions& options_;
  std::vector<u32> constant_slots_, info_slots_;
  std::map<SourceId, Value> file_slots_;
  std::vector<CodeObject> objects_;
  std::vector<u64> entries_;
};

CodeMaker::CodeMaker(const CompileOptions& options) : compiler_(std::make_unique<UnitCompiler>(options)) {}
CodeMaker::~CodeMaker() = default;
std::string CodeMaker::compile(const low::Unit& unit, u32 lambda) { return compiler_->compile(unit, lambda); }
std::string CodeMaker::publish(const low::Unit& unit, Published* published) { return compiler_->publish(unit, published); }

std::string compile_and_publish(const low::Unit& unit, const CompileOptions& options, Published* published) {
  CodeMaker maker(options);
  for (u32 i = 0; i < unit.lambdas.size(); ++i)
    if (std::string problem = maker.compile(unit, i); !problem.empty()) return problem;
  return maker.publish(unit, published);
}

}  // namespace loko::x64
