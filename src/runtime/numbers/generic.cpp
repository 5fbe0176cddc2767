// SPDX-License-Identifier: MIT
//
// The generic operators + - * / = < > <= >= max min on numbers of all kinds. Compiled code handles fixnums
// (and flonums, where it knows them) in line and comes here for the rest.
#include "runtime/numbers/internal.h"

namespace loko {

Value not_a_number(const char* who, Value v) { return raise_assertion(who, "expected a number", v); }
Value not_a_real(const char* who, Value v) { return raise_assertion(who, "expected a real number", v); }
Value not_an_integer(const char* who, Value v) { return raise_assertion(who, "expected an integer", v); }

namespace {

/// What two operands have in common: the higher kind.
Num common_kind(Value a, Value b) {
  Num x = num_kind(a), y = num_kind(b);
  return x > y ? x : y;
}

Value bad_operand(const char* who, Value a, Value b) { return not_a_number(who, num_kind(a) == Num::None ? a : b); }

/// True for two inexact complex numbers, whose parts are then in x and y: they need no dispatch on the parts.
bool inexact_parts(Value a, Value b, Complex* x, Complex* y) {
  if (!is_compnum(a) || !is_compnum(b) || !is_flonum(slot(a, 1)) || !is_flonum(slot(b, 1))) return false;
  *x = {flonum_value(slot(a, 1)), flonum_value(slot(a, 2))};
  *y = {flonum_value(slot(b, 1)), flonum_value(slot(b, 2))};
  return true;
}

/// A fresh inexact complex number.
Value inexact_complex(double re, double im) {
  u64* p = allocate_words(3);
  p[0] = make_header(Kind::Compnum, 0);
  p[1] = make_flonum(re).bits;
  p[2] = make_flonum(im).bits;
  return Value{reinterpret_cast<u64>(p) | kTagTyped};
}

Value multiply_complex(Value a, Value b) {
  if (Complex x, y; inexact_parts(a, b, &x, &y)) return inexact_complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
  if (!is_compnum(a)) {
    Value t = a;
    a = b;
    b = t;
  }
  Value ar = real_of(a), ai = imag_of(a);
  if (!is_compnum(b)) return make_rectangular(generic_multiply(ar, b), generic_multiply(ai, b));
  Value br = real_of(b), bi = imag_of(b);
  return make_rectangular(generic_subtract(generic_multiply(ar, br), generic_multiply(ai, bi)),
                          generic_add(generic_multiply(ar, bi), generic_multiply(ai, br)));
}

bool is_exact_number(Value z) { return !is_flonum(real_of(z)); }

Value divide_complex(Value a, Value b) {
  if (!is_compnum(b)) {
    Value re = generic_divide(real_of(a), b);
    return failed(re) ? re : make_rectangular(re, generic_divide(imag_of(a), b));
  }
  if (is_exact_number(a) && is_exact_number(b)) {
    Value re = real_of(b), im = imag_of(b);
    Value norm = rational_add(rational_multiply(re, re), rational_multiply(im, im));
    Value product = multiply_complex(a, make_rectangular(re, rational_negate(im)));
    if (failed(norm) || failed(product)) return RaiseMark;
    return make_rectangular(rational_divide(real_of(product), norm), rational_divide(imag_of(product), norm));
  }
  return complex_value(complex_divide(to_complex(a), to_complex(b)));
}

/// Compares for one of the four orders; `wanted` has bit 1 set for less, 2 for equal, 4 for greater.
Value ordered(const char* who, Value a, Value b, int wanted) {
  if (is_exact_integer(a) && is_exact_integer(b)) return boolean(wanted >> (integer_compare(a, b) + 1) & 1);
  if (!is_real_number(a)) return not_a_real(who, a);
  if (!is_real_number(b)) return not_a_real(who, b);
  int c = compare_reals(a, b);
  return boolean(c != 2 && (wanted >> (c + 1) & 1));
}

Value extreme(const char* who, Value a, Value b, int sign) {
  if (!is_real_number(a)) return not_a_real(who, a);
  if (!is_real_number(b)) return not_a_real(who, b);
  int c = compare_reals(a, b);
  if (c == 2) return flonum(__builtin_nan(""));
  Value r = c * sign > 0 ? a : b;  // of equal ones the second, as code in line does (0.0 and -0.0)
  return is_flonum(r) || !(is_flonum(a) || is_flonum(b)) ? r : flonum(to_double(r));
}

}  // namespace

/// a + b
Value generic_add(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  if (is_exact_integer(a) && is_exact_integer(b)) return integer_add(a, b);
  switch (common_kind(a, b)) {
    case Num::Fixnum:
    case Num::Bignum: return integer_add(a, b);
    case Num::Ratnum: return rational_add(a, b);
    case Num::Flonum: return flonum(to_double(a) + to_double(b));
    case Num::Compnum:
      if (Complex x, y; inexact_parts(a, b, &x, &y)) return inexact_complex(x.re + y.re, x.im + y.im);
      return make_rectangular(generic_add(real_of(a), real_of(b)), generic_add(imag_of(a), imag_of(b)));
    case Num::None: break;
  }
  return bad_operand("+", a, b);
}

/// a − b
Value generic_subtract(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  if (is_exact_integer(a) && is_exact_integer(b)) return integer_subtract(a, b);
  switch (common_kind(a, b)) {
    case Num::Fixnum:
    case Num::Bignum: return integer_subtract(a, b);
    case Num::Ratnum: return rational_subtract(a, b);
    case Num::Flonum: return flonum(to_double(a) - to_double(b));
    case Num::Compnum:
      if (Complex x, y; inexact_parts(a, b, &x, &y)) return inexact_complex(x.re - y.re, x.im - y.im);
      return make_rectangular(generic_subtract(real_of(a), real_of(b)),
                              is_compnum(a) ? generic_subtract(imag_of(a), imag_of(b)) : negate(imag_of(b)));
    case Num::None: break;
  }
  return bad_operand("-", a, b);
}

/// a · b
Value generic_multiply(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  if (is_exact_integer(a) && is_exact_integer(b)) return integer_multiply(a, b);
  switch (common_kind(a, b)) {
    case Num::Fixnum:
    case Num::Bignum: return integer_multiply(a, b);
    case Num::Ratnum: return rational_multiply(a, b);
    case Num::Flonum: return flonum(to_double(a) * to_double(b));
    case Num::Compnum: return multiply_complex(a, b);
    case Num::None: break;
  }
  return bad_operand("*", a, b);
}

/// a / b; division of exact numbers by exact 0 raises.
Value generic_divide(Value a, Value b) {
  if (failed(a) || failed(b)) return RaiseMark;
  switch (common_kind(a, b)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum:
      if (b == fixnum(0)) return raise_assertion("/", "division by zero", a);
      return rational_divide(a, b);
    case Num::Flonum: return flonum(to_double(a) / to_double(b));
    case Num::Compnum:
      if (b == fixnum(0) && is_exact_number(a)) return raise_assertion("/", "division by zero", a);
      return divide_complex(a, b);
    case Num::None: break;
  }
  return bad_operand("/", a, b);
}

/// a = b
Value generic_equal(Value a, Value b) {
  switch (common_kind(a, b)) {
    case Num::Compnum:
      return boolean(compare_reals(real_of(a), real_of(b)) == 0 && compare_reals(imag_of(a), imag_of(b)) == 0);
    case Num::None: return bad_operand("=", a, b);
    default: return boolean(compare_reals(a, b) == 0);
  }
}

Value generic_less(Value a, Value b) { return ordered("<", a, b, 1); }
Value generic_less_equal(Value a, Value b) { return ordered("<=", a, b, 3); }
Value generic_greater(Value a, Value b) { return ordered(">", a, b, 4); }
Value generic_greater_equal(Value a, Value b) { return ordered(">=", a, b, 6); }

/// The greater one, inexact if either is; NaN if either is.
Value generic_max(Value a, Value b) { return extreme("max", a, b, 1); }
/// The lesser one.
Value generic_min(Value a, Value b) { return extreme("min", a, b, -1); }

/// −a (of 0.0 it is -0.0)
Value negate(Value a) {
  switch (num_kind(a)) {
    case Num::Fixnum:
    case Num::Bignum: return integer_negate(a);
    case Num::Ratnum: return rational_negate(a);
    case Num::Flonum: return flonum(-flonum_value(a));
    case Num::Compnum: return make_rectangular(negate(real_of(a)), negate(imag_of(a)));
    case Num::None: break;
  }
  return failed(a) ? a : not_a_number("-", a);
}

/// |a| of a real number.
Value number_abs(Value a) {
  switch (num_kind(a)) {
    case Num::Fixnum:
    case Num::Bignum: return integer_abs(a);
    case Num::Ratnum: return rational_sign(a) < 0 ? rational_negate(a) : a;
    case Num::Flonum: return flonum(__builtin_fabs(flonum_value(a)));
    default: return not_a_real("abs", a);
  }
}

/// Real and imaginary part make a complex number; a real one if the imaginary part is exact 0.
Value make_rectangular(Value re, Value im) {
  if (failed(re) || failed(im)) return RaiseMark;
  if (!is_real_number(re)) return not_a_real("make-rectangular", re);
  if (!is_real_number(im)) return not_a_real("make-rectangular", im);
  if (im == fixnum(0)) return re;
  bool inexact_parts = is_flonum(re) || is_flonum(im);
  if (inexact_parts) {
    re = flonum(to_double(re));
    im = flonum(to_double(im));
  }
  Value z = make_typed(Kind::Compnum, 0, 2);
  slot(z, 1) = re;
  slot(z, 2) = im;
  return z;
}

Value real_part(Value z) { return num_kind(z) == Num::None ? not_a_number("real-part", z) : real_of(z); }
Value imag_part(Value z) { return num_kind(z) == Num::None ? not_a_number("imag-part", z) : imag_of(z); }

}  // namespace loko
