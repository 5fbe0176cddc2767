// SPDX-License-Identifier: MIT
//
// Constant folding by the clauses `fold` of tables/primitives: by the C++ function that the program would call, so that folded and
// computed results have the same bits, or by those of fold_functions. What raises at run time is left alone, as are results that are large.
#include "core/fold.h"

#include "core/datum_type.h"
#include "core/fold_functions.h"

namespace loko::core {
namespace {

constexpr size_t kMostOperands = 6;
constexpr u64 kMostLimbs = 64;     // of an exact integer that is worth a constant
constexpr i64 kSmall = 1024;       // (fold small): results are in proportion to the value of operands

/// How a primitive is computed: entry 0 means by `function`.
struct Folder {
  u16 entry = 0;
  u8 required = 0, most = 0;
  bool small = false;
  FoldFunction function = nullptr;
};

struct FolderTable {
  Folder of[kPrimitiveCount];
  constexpr Folder& operator[](PrimitiveId id) { return of[static_cast<size_t>(id)]; }
  constexpr const Folder& operator[](PrimitiveId id) const { return of[static_cast<size_t>(id)]; }
};

constexpr FolderTable make_table() {
  FolderTable t{};
#define LOKO_FOLD_ENTRY(primitive, entry, required, most, small) t[PrimitiveId::primitive] = {entry, required, most, small, nullptr};
#define LOKO_FOLD_OWN(primitive, name) t[PrimitiveId::primitive] = {0, 0, kMostOperands, false, fold_##name};
#include "tables/folds.inc"
  return t;
}
constexpr FolderTable kFolders = make_table();

/// Calls a C++ function of the entry table; optional arguments that were left out arrive as kDefault.
Value call_entry(u16 entry, u8 arguments, const Value* v) {
  u64 address = context().entries[entry];
  auto as = [address](auto* type) { return reinterpret_cast<decltype(type)>(address); };
  switch (arguments) {
    case 0: return as(static_cast<Value (*)()>(nullptr))();
    case 1: return as(static_cast<Value (*)(Value)>(nullptr))(v[0]);
    case 2: return as(static_cast<Value (*)(Value, Value)>(nullptr))(v[0], v[1]);
    case 3: return as(static_cast<Value (*)(Value, Value, Value)>(nullptr))(v[0], v[1], v[2]);
    case 4: return as(static_cast<Value (*)(Value, Value, Value, Value)>(nullptr))(v[0], v[1], v[2], v[3]);
    default: return RaiseMark;
  }
}

bool is_large(Value v) { return is_typed(v) && header_kind(header(v)) == Kind::Bignum && length_of(v) > kMostLimbs; }
bool is_small(Value v) { return !(type_of_datum(v) & kTypeInteger) || (is_fixnum(v) && fixnum_value(v) > -kSmall && fixnum_value(v) < kSmall); }

bool compute(const Folder& f, const Value* v, size_t n, Value* result) {
  if (f.function) return f.function(v, n, result);
  if (n < f.required || n > f.most || f.entry == 0) return false;
  for (size_t i = 0; f.small && i < n; ++i)
    if (!is_small(v[i])) return false;
  *result = call_entry(f.entry, f.most, v);
  if (*result != RaiseMark) return true;
  context().pending = False;
  return false;
}

}  // namespace

bool fold_primitive(PrimitiveId id, const std::vector<const Expr*>& operands, Value* result) {
  const PrimitiveInfo& info = primitive_info(id);
  if (!info.fold || operands.size() > kMostOperands) return false;
  Value v[kMostOperands];
  for (Value& x : v) x = Default;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i]->tag != Tag::Quote) return false;
    v[i] = *operands[i]->datum;
    if (is_large(v[i]) || !(type_of_datum(v[i]) & info.takes[i])) return false;
  }
  return compute(kFolders[id], v, operands.size(), result) && (type_of_datum(*result) & info.gives) && !is_large(*result);
}

}  // namespace loko::core
