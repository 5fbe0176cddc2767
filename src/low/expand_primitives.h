// SPDX-License-Identifier: MIT
//
// The template tables of the expand_*.cpp files, and what they share.
#pragma once

#include <vector>

#include "low/lowerer.h"

namespace loko::low {

struct TemplateRow {
  const char* name;
  Template entry;
};

extern const std::vector<TemplateRow>& object_templates();   // expand_objects.cpp: types, pairs, boxes, records, context, raw memory
extern const std::vector<TemplateRow>& sequence_templates(); // expand_sequences.cpp: vectors, strings, bytevectors, characters
extern const std::vector<TemplateRow>& fixnum_templates();   // expand_fixnums.cpp
extern const std::vector<TemplateRow>& float_templates();    // expand_floats.cpp
extern const std::vector<TemplateRow>& generic_templates();  // expand_generic.cpp
extern const std::vector<TemplateRow>& port_templates();     // expand_ports.cpp
// Paths in line before functions of the runtime, by these functions' names:
extern const std::vector<TemplateRow>& complex_fast_paths();  // expand_complex.cpp
extern const std::vector<TemplateRow>& char_fast_paths();     // expand_chars.cpp
extern const std::vector<TemplateRow>& number_fast_paths();   // expand_number_tests.cpp
extern const std::vector<TemplateRow>& byte_fast_paths();     // expand_bytes.cpp

inline Val void_val() { return constant_val(Void); }
inline bool is_fixnum_constant(const Val& v) { return v.constant && is_fixnum(Value{v.bits}); }
/// False iff a value of these types can never be a reference to a young object.
inline bool needs_barrier(u32 types) {
  return (types & ~u32{kTypeFixnum | kTypeChar | kTypeBoolean | kTypeNull | kTypeEof | kTypeVoid}) != 0;
}
/// The length as a fixnum of a vector or bytevector whose type was checked.
ValueId length_of_header(Lowerer& l, ValueId object);
/// Checks that k is a fixnum with 0 <= k and k + more < length; gives it tagged. `align` is a mask of k, and `more` is at most it.
ValueId need_index(Lowerer& l, ValueId length, const Val& k, PrimCall& pc, i64 more = 0, u64 align = 0);
enum class Division : u8 { Quotient, Remainder, Modulo, Div, Mod, Div0, Mod0 };
/// Division of fixnums (words a and b; `divisor` tells if b is constant); a zero divisor and a quotient that is no
/// fixnum go to `otherwise`.
Val divide_fixnums(Lowerer& l, Division how, ValueId a, ValueId b, const Val& divisor, BlockId otherwise);
/// Maximum or minimum that is a NaN when one operand is.
ValueId float_extremum(Lowerer& l, Op op, ValueId a, ValueId b);
/// A real number as a double: flonums and fixnums in line, others by the runtime.
ValueId real_to_f64(Lowerer& l, const Val& v, PrimCall& pc);
/// The double in the word of an immediate flonum.
ValueId decode_flonum(Lowerer& l, ValueId word);
/// The word of a double; goes to `slow` if it isn't immediate.
ValueId encode_flonum(Lowerer& l, ValueId x, BlockId slow);
/// a op b for two inexact compnums, passed to `done`; everything else goes to `slow`.
void complex_arithmetic(Lowerer& l, Op op, ValueId a, ValueId b, BlockId slow, BlockId done);
/// The TypeBits for which a template is the predicate, or 0.
u32 tested_type(std::string_view target);
/// Compares a boolean result of the runtime.
void test_boolean(Lowerer& l, ValueId v, Label& yes, Label& no);

}  // namespace loko::low
