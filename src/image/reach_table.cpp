// SPDX-License-Identifier: MIT
//
// See reach_table.h.
#include "image/reach_table.h"

#include <string.h>

#include <algorithm>
#include <map>
#include <set>

#include "machine/x64/registry.h"
#include "runtime/image_start.h"
#include "runtime/io/snapshot_format.h"
#include "runtime/memory/heap.h"
#include "tables/primitives.h"

namespace loko::image {
namespace {

using CodeSet = std::set<u64>;

/// The places in code that a code object refers to, also through a variable that holds a procedure.
template <class F>
void each_callee(const x64::CodeRecord& record, F f) {
  for (const x64::Relocation& r : record.relocations) {
    if (x64::refers_to_code(r.kind)) f(r.target);
    if (r.kind != x64::RelocationKind::Slot32) continue;
    Value v = slot_at(static_cast<u32>(r.target));
    if (is_procedure(v)) f(word(v, 0));
  }
}

/// Does it call the expander itself?
bool expands(const x64::CodeRecord& record) {
  PrimitiveId id;
  if (!find_primitive("%expand-start", &id)) return false;
  for (const x64::Relocation& r : record.relocations)
    if (r.kind == x64::RelocationKind::Entry && r.target == primitive_info(id).entry) return true;
  return false;
}

/// Where the addresses of code objects are looked up. The image's part of the registry is not loaded for this, which would take
/// milliseconds at the start of each program that creates loci.
class CodeOfImage {
 public:
  CodeOfImage() {
    Value noted = context().roots[kRootEvaluatingCode];
    if (!is_bytevector(noted)) return;
    const u32* words = reinterpret_cast<const u32*>(bytes_of(noted));
    evaluating_.assign(words, words + length_of(noted) / 4);
  }
  const std::vector<u32>& evaluating() const { return evaluating_; }
  /// The entry of the evaluating code object that contains the address, or 0.
  u64 evaluating_at(u64 address) const {
    auto after = std::upper_bound(evaluating_.begin(), evaluating_.end(), address);
    if (after == evaluating_.begin()) return 0;
    u64 entry = *--after;
    return address < entry + code_header(entry)->size ? entry : 0;
  }

 private:
  std::vector<u32> evaluating_;
};

/// What the code object of the program refers to that is of the program or evaluates.
ReachingCode references_of(const x64::CodeRecord& record, u64 first_code, u64 first_slot, const CodeOfImage& image, const CodeSet& listed) {
  std::set<u32> slots;
  CodeSet code;
  for (const x64::Relocation& r : record.relocations)
    if (r.kind == x64::RelocationKind::Slot32 && r.target >= first_slot) slots.insert(static_cast<u32>(r.target));
  each_callee(record, [&](u64 address) {
    u64 entry = address < first_code ? image.evaluating_at(address) : x64::registry().containing_entry(address);
    if (entry != record.entry && listed.count(entry)) code.insert(entry);
  });
  return {record.entry, false, {slots.begin(), slots.end()}, {code.begin(), code.end()}};
}

}  // namespace

void note_evaluating_code() {
  CodeSet found;
  std::map<u64, std::vector<u64>> callers;
  std::vector<u64> work;
  for (const x64::CodeRecord& record : x64::registry().all()) {
    each_callee(record, [&](u64 address) { callers[x64::registry().containing_entry(address)].push_back(record.entry); });
    if (expands(record)) work.push_back(record.entry);
  }
  while (!work.empty()) {
    u64 entry = work.back();
    work.pop_back();
    if (found.insert(entry).second) work.insert(work.end(), callers[entry].begin(), callers[entry].end());
  }
  std::vector<u32> words(found.begin(), found.end());
  Value bytes = make_bytevector(4 * words.size());
  memcpy(bytes_of(bytes), words.data(), 4 * words.size());
  context().roots[kRootEvaluatingCode] = bytes;
}

std::vector<ReachingCode> reaching_code(const std::function<bool(u64 entry)>& is_kept) {
  const ImageHeader* header = find_image();
  const u64 first_code = header ? header->code_end : 0, first_slot = kSlotsBase + 8 * (header ? header->slots_count : 0);
  const CodeOfImage image;
  CodeSet listed, evaluating;
  for (u32 entry : image.evaluating())
    if (is_kept(entry)) evaluating.insert(entry);
  for (const x64::CodeRecord& r : x64::registry().all()) {
    if (!r.entry || r.entry < first_code || r.collectable || !is_kept(r.entry)) continue;
    listed.insert(r.entry);
    if (expands(r)) evaluating.insert(r.entry);
  }
  listed.insert(evaluating.begin(), evaluating.end());
  std::vector<ReachingCode> all;
  for (u64 entry : listed) {
    if (evaluating.count(entry)) all.push_back({entry, true, {}, {}});
    else all.push_back(references_of(*x64::registry().find(entry), first_code, first_slot, image, listed));
  }
  return all;
}

u64 reach_table_words(const std::vector<ReachingCode>& code) {
  u64 words = 1 + 4 * code.size();
  for (const ReachingCode& c : code) words += c.slots.size() + c.code.size();
  return words;
}

std::vector<u32> make_reach_table(const std::vector<ReachingCode>& code, const std::function<u64(u64 entry)>& code_place,
                                  const std::function<u32(u32 slot)>& slot_place) {
  std::map<u64, const ReachingCode*> placed;
  for (const ReachingCode& c : code) placed[code_place(c.entry)] = &c;
  std::map<u64, u32> numbers;   // by present entry
  for (const auto& [place, c] : placed) {
    u32 n = static_cast<u32>(numbers.size());
    numbers[c->entry] = n;
  }
  std::vector<u32> table{static_cast<u32>(code.size())};
  u32 list = static_cast<u32>(1 + 2 * code.size());
  for (const auto& [place, c] : placed) {
    table.push_back(static_cast<u32>(place));
    table.push_back(list);
    list += static_cast<u32>(2 + c->slots.size() + c->code.size());
  }
  for (const auto& [place, c] : placed) {
    table.push_back(c->evaluates ? kReachesAll : static_cast<u32>(c->slots.size()));
    table.push_back(static_cast<u32>(c->code.size()));
    for (u32 slot : c->slots) table.push_back(slot_place(slot));
    for (u64 entry : c->code) table.push_back(numbers.at(entry));
  }
  return table;
}

}  // namespace loko::image
