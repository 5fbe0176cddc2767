// SPDX-License-Identifier: MIT
//
// (%library-export LIBRARY NAME): what `dynamic-locus` of literals expands to ((loko loci)). The value of a variable that the library
// exports; the library is loaded now, and is instantiated before what mentions it, like one that is imported. #f if there is no such library
// or variable, or the library is the one that is being expanded: then it is looked for again when the form is evaluated.
#include "syntax/expander.h"

namespace loko::syntax {

Expr* Expander::form_library_export(Handle form, Form) {
  Items p;
  if (!parse(form, 3, 3, p)) return make_void();
  if (!compiler_.building_image) compiler_.creates_loci = true;
  Handle name = hold(strip(*p[1])), symbol = hold(peel(*p[2]));
  Value parts, version;
  if (!is_symbol(*symbol) || !split_name(*name, parts, version)) return make_quote(False);
  Handle plain = hold(parts), wanted = hold(version);
  Value known = known_library(*plain);
  if (known == False ? !library_exists(*name) : library_state(known) == LibraryState::Expanding) return make_quote(False);
  Value library = find_library(plain, place_of(*form));
  if (library == False) return make_void();  // it was reported
  Value binding = table_get(vector_at(library, kLibraryExports), *symbol);
  if (binding == Unbound || !version_matches(vector_at(library, kLibraryVersion), *wanted)) return make_quote(False);
  if (binding_kind(binding) == BindingKind::Variable) return make_global_ref(binding);
  if (binding_kind(binding) != BindingKind::Primitive) return make_quote(False);
  Expr* e = make(Tag::PrimRef);
  e->primitive = static_cast<PrimitiveId>(fixnum_value(vector_at(binding, kBindingPayload)));
  return e;
}

}  // namespace loko::syntax
