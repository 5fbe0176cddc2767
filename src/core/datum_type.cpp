// SPDX-License-Identifier: MIT
#include "core/datum_type.h"

namespace loko::core {

u32 type_of_datum(Value v) {
  if (is_fixnum(v)) return kTypeFixnum;
  if (is_immediate_flonum(v)) return kTypeFlonum;
  if (v == True) return kTypeTrue;
  if (v == False) return kTypeFalse;
  if (v == Null) return kTypeNull;
  if (v == Eof) return kTypeEof;
  if (is_char(v)) return kTypeChar;
  if (is_void(v)) return kTypeVoid;
  if (is_pair(v)) return kTypePair;
  if (is_procedure(v)) return kTypeProcedure;
  if (!is_typed(v)) return kTypeOther;
  if (is_record(v)) return kTypeRecord;
  switch (header_kind(header(v))) {
    case Kind::Vector: return kTypeMutableVector;
    case Kind::ImmutableVector: return kTypeImmutableVector;
    case Kind::String1: case Kind::String4: case Kind::StringWide: return kTypeMutableString;
    case Kind::ImmutableString1: case Kind::ImmutableString4: return kTypeImmutableString;
    case Kind::Bytevector: return kTypeMutableBytevector;
    case Kind::ImmutableBytevector: return kTypeImmutableBytevector;
    case Kind::Symbol: return kTypeSymbol;
    case Kind::Bignum: return kTypeBignum;
    case Kind::Ratnum: return kTypeRatnum;
    case Kind::Flonum: return kTypeFlonum;
    case Kind::Compnum: return kTypeCompnum;
    case Kind::Box: return kTypeBox;
    default: return kTypeOther;
  }
}

}  // namespace loko::core
