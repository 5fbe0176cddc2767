// SPDX-License-Identifier: MIT
//
// See dump.h. Three steps: trace (explicit worklist; objects get numbers in order of discovery, so output is
// deterministic), place (one range per storage class, card aligned; code and slots), copy (every word
// translated). Weak parts of a shaken image: the symbol table holds only symbols that are reached otherwise.
#include "image/dump.h"

#include <string.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "image/objects.h"
#include "image/reach_table.h"
#include "machine/x64/registry.h"
#include "tables/primitives.h"

namespace loko::image {
namespace {

constexpr u64 kPage = 4096;
constexpr u64 kInfoDocumentation = 5;  // field of a CodeInfo
constexpr u64 kCard = u64{1} << kCardShift;
constexpr unsigned kClasses = static_cast<unsigned>(StorageClass::Count);

u64 round_up(u64 n, u64 to) { return (n + to - 1) / to * to; }
u64 address(Value v) { return v.bits & ~u64{7}; }
bool in_code(u64 a) { return (a >= kImageCodeBase && a < kImageCodeEnd) || (a >= kRunCodeBase && a < kLowEnd); }

class Dumper {
 public:
  Dumper(const DumpOptions& options, Dump* out) : options_(options), out_(out) {}

  std::string run() {
    trace();
    if (!error_.empty()) return error_;
    place();
    build_code();
    build_data();
    return error_;
  }

 private:
  struct Object {
    Value value;     // where it is now (any tag bits of the first reference)
    Shape shape;
    u64 place = 0;   // final address
  };

  // -- tracing --

  void visit(Value v) {
    if (!is_reference(v)) return;
    u64 a = address(v);
    if (is_procedure(v) && in_code(a)) return visit_code(a - kStaticClosureFromEntry);
    if (is_procedure(v) && a < kImageCodeBase) return;  // procedures of the runtime itself (stubs)
    auto [it, fresh] = numbers_.emplace(a, objects_.size());
    if (!fresh) return;
    Shape shape = shape_of(v);
    if (shape.belongs_to_process) {
      error_ = "an object of this process (kind " + std::to_string(static_cast<int>(header_kind(header(v)))) +
               ") is reachable from the image";
      return;
    }
    // documentation is for people at a REPL
    if (!options_.whole && is_kind(v, Kind::CodeInfo)) shape.end_value = std::min<u64>(shape.end_value, kInfoDocumentation);
    objects_.push_back({v, shape});
    work_.push_back(objects_.size() - 1);
  }

  void visit_slot(u32 a) {
    if (!options_.whole) {
      auto [it, fresh] = slot_numbers_.emplace(a, slots_.size());
      if (!fresh) return;
      slots_.push_back(a);
      if (is_reset(a)) return;
      visit(slot_at(a));
    }
  }

  void visit_code(u64 entry) {
    if (options_.whole) return;  // all code and all slots are kept
    u64 start = entry - sizeof(CodeHeader);
    auto [it, fresh] = code_numbers_.emplace(start, code_.size());
    if (!fresh) return;
    const x64::CodeRecord* record = x64::registry().find(entry);
    if (!record) {
      error_ = "code without a registry entry is reachable";
      return;
    }
    code_.push_back({record, 0});
    code_work_.push_back(code_.size() - 1);
  }

  void drain() {
    while (error_.empty() && (!work_.empty() || !code_work_.empty())) {
      if (!code_work_.empty()) {
        const x64::CodeRecord* record = code_[code_work_.back()].record;
        code_work_.pop_back();
        for (const x64::Relocation& r : record->relocations) {
          if (r.kind == x64::RelocationKind::Slot32) visit_slot(static_cast<u32>(r.target));
          else if (r.kind == x64::RelocationKind::Entry) entries_.insert(static_cast<u32>(r.target));
          else if (x64::refers_to_code(r.kind)) visit_code(x64::registry().containing_entry(r.target));
        }
        continue;
      }
      Object object = objects_[work_.back()];
      work_.pop_back();
      if (object.shape.storage == StorageClass::Procedures) visit_code(word(object.value, 0));
      for (u64 i = object.shape.first_value; i < object.shape.end_value; ++i) visit(slot(object.value, static_cast<i64>(i)));
    }
  }

  bool is_reset(u32 a) const { return std::binary_search(options_.reset_slots.begin(), options_.reset_slots.end(), a); }

  void trace() {
    Context& c = context();
    if (options_.whole) {
      for (u64 a = kSlotsBase; a < c.slots_top; a += 8) {
        slots_.push_back(static_cast<u32>(a));
        if (!is_reset(static_cast<u32>(a))) visit(slot_at(static_cast<u32>(a)));
      }
      for (int i = 0; i < kRootCount; ++i)
        if (i != kRootMain) visit(c.roots[i]);
    } else {
      for (u32 i : options_.keep_roots) visit(c.roots[i]);
    }
    if (!options_.bare)
      for (Value hook : c.hooks) visit(hook);
    visit(options_.main);
    drain();
    if (options_.reach_table && error_.empty()) reserve_reach_table();
    if (!options_.whole && error_.empty()) shake_symbols();
  }

  /// Room for the reach table, whose addresses are not known yet.
  void reserve_reach_table() {
    reaching_ = reaching_code([&](u64 entry) { return options_.whole || code_numbers_.count(entry - sizeof(CodeHeader)); });
    reach_table_ = make_bytevector(4 * reach_table_words(reaching_));
    visit(reach_table_);
    drain();
  }

  /// A fresh table of the reached interned symbols, in the layout of runtime/data/symbols: a vector of buckets (a
  /// power of two of them), each a list; the symbol with hash h is in bucket h mod their number.
  void shake_symbols() {
    std::vector<Value> symbols;
    for (const Object& o : objects_)
      if (is_symbol(o.value) && !(header(o.value) & kHeaderFlag0)) symbols.push_back(o.value);
    u64 buckets = 64;
    while (buckets + buckets / 2 < symbols.size()) buckets *= 2;
    symbol_table_ = make_vector(buckets, Null);
    for (Value symbol : symbols) {
      Value& bucket = slot(symbol_table_, static_cast<i64>(1 + (symbol_hash(symbol) & (buckets - 1))));
      bucket = make_pair(symbol, bucket);
    }
    visit(symbol_table_);
    drain();
  }

  // -- placing --

  void place() {
    u64 code = kImageCodeBase;
    if (options_.whole) {
      code = context().image_code_top;
    } else {
      for (Code& c : code_) {
        c.place = code = x64::place_of_code(code, c.record->aligned);
        code += sizeof(CodeHeader) + c.record->size();
      }
    }
    code_end_ = code;
    u64 data = kImageDataBase + round_up(sizeof(ImageHeader), kCard);
    for (unsigned k = 0; k < kClasses; ++k) {
      data = round_up(data, kCard);
      ranges_[k].start = data;
      ranges_[k].storage_class = k;
      for (bool of_program : {false, true}) {
        for (Object& o : objects_) {
          if (static_cast<unsigned>(o.shape.storage) != k || is_of_program(o) != of_program) continue;
          o.place = data;
          data += 8 * o.shape.words;
        }
        if (!of_program) ranges_[k].program = static_cast<u32>(data);
      }
      ranges_[k].end = data;
    }
    slots_place_ = data = round_up(data, kCard);
    data += 8 * slots_.size();
    if (options_.whole) {
      registry_bytes_ = x64::registry().serialize();
      registry_place_ = data = round_up(data, 16);
      data += registry_bytes_.size();
    }
    data_end_ = round_up(data, kPage);
  }

  /// Was it made after the image of this process?
  static bool is_of_program(const Object& o) { return find_image() && (address(o.value) < kImageDataBase || address(o.value) >= kImageDataEnd); }

  u64 code_place(u64 a) const {  // final address of a place inside code
    if (options_.whole) return a;
    u64 entry = x64::registry().containing_entry(a);
    u64 start = entry - sizeof(CodeHeader);
    return code_[code_numbers_.at(start)].place + (a - start);
  }

  u32 slot_place(u32 a) const {
    if (options_.whole || a == 0) return a;
    return static_cast<u32>(kSlotsBase + 8 * slot_numbers_.at(a));
  }

  Value translate(Value v) const {
    if (!is_reference(v)) {
      if (is_void(v) && !options_.whole) return Void;  // its program counter means nothing there
      return v;
    }
    u64 a = address(v);
    if (is_procedure(v) && in_code(a))
      return Value{(code_place(a - kStaticClosureFromEntry) + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure};
    auto it = numbers_.find(a);
    if (it == numbers_.end()) return False;  // reachable only weakly
    return Value{objects_[it->second].place | tag(v)};
  }

  // -- copying --

  void build_code() {
    std::vector<u8> bytes(code_end_ - kImageCodeBase);
    if (options_.whole) {
      memcpy(bytes.data(), reinterpret_cast<const void*>(kImageCodeBase), bytes.size());
    } else {
      for (const Code& c : code_) {
        u64 start = c.record->entry - sizeof(CodeHeader);
        u8* to = bytes.data() + (c.place - kImageCodeBase);
        memcpy(to, reinterpret_cast<const void*>(start), sizeof(CodeHeader) + c.record->size());
        CodeHeader header;
        memcpy(&header, to, sizeof header);
        header.closure = c.place + sizeof(CodeHeader);
        header.info_slot = header.info_slot ? slot_place(header.info_slot) : 0;
        header.registry = 0;
        memcpy(to, &header, sizeof header);
        for (const x64::Relocation& r : c.record->relocations) relocate(c, r, to + sizeof(CodeHeader));
        if (options_.describe) out_->functions.push_back(describe_function(*c.record, c.place + sizeof(CodeHeader)));
      }
    }
    out_->code_bytes = bytes.size();
    if (!bytes.empty()) out_->segments.push_back({kImageCodeBase, std::move(bytes), false, true});
  }

  struct Code {
    const x64::CodeRecord* record;
    u64 place;
  };

  void relocate(const Code& c, const x64::Relocation& r, u8* entry) const {
    if (r.kind == x64::RelocationKind::Entry) return;
    u8* at = entry + r.offset;
    u32 field;
    memcpy(&field, at, 4);
    u64 old_at = c.record->entry + r.offset, new_at = c.place + sizeof(CodeHeader) + r.offset;
    switch (r.kind) {
      case x64::RelocationKind::Slot32:
        field = field - static_cast<u32>(r.target) + slot_place(static_cast<u32>(r.target));
        break;
      case x64::RelocationKind::Rel32: {
        u64 target = old_at + 4 + static_cast<u64>(i64{static_cast<i32>(field)});
        field = static_cast<u32>(code_place(target) - (new_at + 4));
        break;
      }
      default: {  // absolute places in code: descriptors, static closures, multiple-value entries
        u64 target = r.target;
        field = static_cast<u32>(field - target + code_place(target));
        break;
      }
    }
    memcpy(at, &field, 4);
  }

  void build_data() {
    std::vector<u8> bytes(data_end_ - kImageDataBase);
    auto at = [&](u64 a) { return bytes.data() + (a - kImageDataBase); };
    for (const Object& o : objects_) {
      u64* to = reinterpret_cast<u64*>(at(o.place));
      const u64* from = untagged(o.value);
      memcpy(to, from, 8 * o.shape.words);
      for (u64 i = o.shape.first_value; i < o.shape.end_value; ++i) to[i] = translate(Value{from[i]}).bits;
      if (!options_.whole && is_kind(o.value, Kind::CodeInfo)) to[kInfoDocumentation] = False.bits;
      if (o.shape.storage == StorageClass::Procedures) to[0] = code_place(from[0]);
    }
    if (is_bytevector(reach_table_)) {
      std::vector<u32> table = make_reach_table(reaching_, [&](u64 entry) { return code_place(entry); }, [&](u32 slot) { return slot_place(slot); });
      memcpy(at(address(translate(reach_table_)) + 8), table.data(), 4 * table.size());
    }
    u64* slots = reinterpret_cast<u64*>(at(slots_place_));
    for (std::size_t i = 0; i < slots_.size(); ++i)
      slots[i] = is_reset(slots_[i]) ? kUnbound : translate(slot_at(slots_[i])).bits;
    if (!registry_bytes_.empty()) memcpy(at(registry_place_), registry_bytes_.data(), registry_bytes_.size());
    ImageHeader header{};
    memcpy(header.magic, "LOKOIMG1", 8);
    header.abi_version = kAbiVersion;
    header.entry_count = kEntryCount;
    header.code_end = code_end_;
    header.data_end = data_end_;
    header.slots = slots_place_;
    header.slots_count = slots_.size();
    header.registry = registry_place_;
    header.registry_bytes = registry_bytes_.size();
    header.address_epoch = context().address_epoch + 1;
    header.base_bytes = options_.base_bytes;
    for (unsigned k = 0; k < kClasses; ++k) header.ranges[k] = ranges_[k];
    for (int i = 0; i < kRootCount; ++i) {
      bool keep = options_.whole || std::find(options_.keep_roots.begin(), options_.keep_roots.end(), u32(i)) != options_.keep_roots.end();
      header.roots[i] = keep ? translate(context().roots[i]) : False;
    }
    if (!options_.whole) header.roots[kRootSymbolTable] = translate(symbol_table_);
    header.roots[kRootMain] = translate(options_.main);
    if (is_bytevector(reach_table_)) header.roots[kRootReach] = translate(reach_table_);
    for (int i = 0; i < kHookCount; ++i) header.hooks[i] = options_.bare ? False : translate(context().hooks[i]);
    memcpy(bytes.data(), &header, sizeof header);
    out_->data_bytes = bytes.size();
    out_->slots = slots_.size();
    out_->objects = objects_.size();
    out_->header = kImageDataBase;
    out_->entries.assign(entries_.begin(), entries_.end());
    out_->segments.push_back({kImageDataBase, std::move(bytes), true, false});
  }

  const DumpOptions& options_;
  Dump* out_;
  std::string error_;
  std::unordered_map<u64, std::size_t> numbers_;       // address -> object
  std::vector<Object> objects_;
  std::vector<std::size_t> work_, code_work_;
  std::unordered_map<u64, std::size_t> code_numbers_;  // header address -> code
  std::vector<Code> code_;
  std::unordered_map<u32, std::size_t> slot_numbers_;
  std::vector<u32> slots_;
  std::set<u32> entries_;                              // C++ functions that reached code calls
  Value symbol_table_{kFalse};
  std::vector<ReachingCode> reaching_;
  Value reach_table_{kFalse};
  ImageRange ranges_[kClasses] = {};
  u64 code_end_ = 0, data_end_ = 0, slots_place_ = 0, registry_place_ = 0;
  std::vector<u8> registry_bytes_;
};

}  // namespace

std::string dump_heap(const DumpOptions& options, Dump* out) { return Dumper(options, out).run(); }

}  // namespace loko::image
