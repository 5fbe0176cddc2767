// SPDX-License-Identifier: MIT
//
// See bindings.h.
#include "syntax/bindings.h"

#include "syntax/forms.h"
#include "tables/primitives.h"

namespace loko {
Value base_rtd();
}

namespace loko::syntax {

const char* form_name(Form form) {
  static const char* const names[] = {
#define X(enumerator, name, handler) name,
      LOKO_CORE_FORMS(X)
#undef X
  };
  return names[static_cast<int>(form)];
}

i64 next_number(StateIndex index) {
  i64 n = fixnum_value(vector_at(state(), index)) + 1;
  vector_put(state(), index, fixnum(n));
  return n;
}

Value make_binding(BindingKind kind, Value name, Value payload, Value owner) {
  return vector_of({fixnum(static_cast<i64>(kind)), name, payload, owner, fixnum(0), False, False});
}

namespace {

void fill_library_record(Value l, std::string_view tag, Value name) {
  vector_put(l, kLibraryTag, symbol(tag));
  vector_put(l, kLibraryName, name);
  vector_put(l, kLibraryVersion, Null);
  vector_put(l, kLibraryExports, make_table());
  vector_put(l, kLibraryRib, make_table());
  vector_put(l, kLibraryImports, Null);
  vector_put(l, kLibrarySlots, Null);
  set_library_state(l, LibraryState::Expanding);
  vector_put(l, kLibraryFlags, fixnum(0));
}

/// The type of environments: sealed and opaque, so that they are disjoint from vectors and print as #<environment>.
Value environment_rtd() {
  Value rtd = vector_at(state(), kStateEnvironmentRtd);
  if (rtd != False) return rtd;
  rtd = make_record(loko::base_rtd(), kRtdFields);
  vector_put(rtd, kRtdSize, fixnum(kLibraryCount));
  vector_put(rtd, kRtdName, symbol("environment"));
  vector_put(rtd, kRtdFlags, fixnum(3));
  vector_put(rtd, kRtdDepth, fixnum(0));
  vector_put(rtd, kRtdAncestors, vector_of({rtd}));
  vector_put(rtd, kRtdFieldNames, make_vector(kLibraryCount, symbol("part")));
  vector_put(rtd, kRtdMutability, fixnum(0));
  vector_put(state(), kStateEnvironmentRtd, rtd);
  return rtd;
}

}  // namespace

Value make_library_record(std::string_view tag, Value name) {
  Value l = make_vector(kLibraryCount, False);
  fill_library_record(l, tag, name);
  return l;
}

Value make_environment_record() {
  Value e = make_record(environment_rtd(), kLibraryCount);
  fill_library_record(e, "%environment", False);
  return e;
}

bool is_environment(Value v) { return is_record(v) && slot(v, 0) == vector_at(state(), kStateEnvironmentRtd); }

Value library_key(Value name) { return symbol(write_datum(name, 100000)); }

Value registered_library(Value name) {
  Value l = table_get(context().roots[kRootLibraries], library_key(name));
  return l == Unbound ? False : l;
}

void register_library(Value library) {
  table_put(context().roots[kRootLibraries], library_key(vector_at(library, kLibraryName)), library);
}

void unregister_library(Value name) { table_put(context().roots[kRootLibraries], library_key(name), False); }

Value core_identifier(const char* name) {
  return make_syntax(symbol(name), Null, False, list_of({vector_at(state(), kStateCoreRib)}));
}

namespace {

Value built_in_library(const char* last) {
  Value name = list_of({symbol("loko"), symbol("core"), symbol(last)});
  Value l = make_library_record("%library", name);
  set_library_state(l, LibraryState::Done);
  vector_put(l, kLibraryRib, False);
  vector_put(l, kLibraryFlags, fixnum(kLibraryBuiltIn | kLibraryInImage));
  register_library(l);
  return l;
}

void export_built_in(Value library, const char* name, BindingKind kind, i64 number) {
  Value sym = symbol(name);
  Value b = make_binding(kind, sym, fixnum(number), library);
  add_binding_flag(b, kFlagImmutable | kFlagExported);
  table_put(vector_at(library, kLibraryExports), sym, b);
  table_put(vector_at(state(), kStateCoreRib), sym, b);
}

}  // namespace

void initialize_bindings() {
  if (is_vector(state())) return;
  context().roots[kRootExpander] = make_vector(kStateCount, False);
  for (int i : {kStateNextMark, kStateNextName, kStateNextTask}) vector_put(state(), i, fixnum(0));
  vector_put(state(), kStateCoreRib, make_table(2000));
  context().roots[kRootLibraries] = make_table(64);
  u32 first = 0;
  for (u32 i = 0; i < kPrimitiveCount; ++i) {
    u32 cell = allocate_slot(Unbound);
    if (i == 0) first = cell;
  }
  vector_put(state(), kStateCells, fixnum(first));
  Value primitives = built_in_library("primitives");
  for (u32 i = 0; i < kPrimitiveCount; ++i)
    export_built_in(primitives, primitive_info(static_cast<PrimitiveId>(i)).name, BindingKind::Primitive, i);
  Value forms = built_in_library("syntax");
  for (int i = 0; i < static_cast<int>(Form::Count); ++i)
    export_built_in(forms, form_name(static_cast<Form>(i)), BindingKind::Form, i);
}

}  // namespace loko::syntax
