// SPDX-License-Identifier: MIT
//
// Shared inside runtime/numbers: the kind of a number, exact rationals, doubles and complex numbers.
// Functions called rational_… take exact integers and ratnums; kRaiseMark passes through them.
#pragma once

#include "runtime/numbers/integers.h"
#include "runtime/numbers/numbers.h"

extern "C" {
double sin(double);
double cos(double);
double tan(double);
double asin(double);
double acos(double);
double atan(double);
double atan2(double, double);
double exp(double);
double log(double);
double log2(double);
double log10(double);
double log1p(double);
double pow(double, double);
double fmod(double, double);
double hypot(double, double);
double sinh(double);
double cosh(double);
double tanh(double);
double asinh(double);
}

namespace loko {

inline constexpr double kPi = 3.14159265358979323846;

/// Kinds of numbers, in the order of contagion.
enum class Num : u8 { Fixnum, Bignum, Ratnum, Flonum, Compnum, None };

inline Num num_kind(Value v) {
  if (is_fixnum(v)) return Num::Fixnum;
  if (is_immediate_flonum(v)) return Num::Flonum;
  if (!is_typed(v)) return Num::None;
  u64 h = header(v);
  if (header_is_rtd(h)) return Num::None;
  switch (header_kind(h)) {
    case Kind::Bignum: return Num::Bignum;
    case Kind::Ratnum: return Num::Ratnum;
    case Kind::Flonum: return Num::Flonum;
    case Kind::Compnum: return Num::Compnum;
    default: return Num::None;
  }
}

inline bool is_ratnum(Value v) { return is_kind(v, Kind::Ratnum); }
inline bool is_compnum(Value v) { return is_kind(v, Kind::Compnum); }
inline bool is_exact_rational(Value v) { return num_kind(v) <= Num::Ratnum; }
inline bool is_real_number(Value v) { return num_kind(v) <= Num::Flonum; }

inline Value flonum(double d) {
  Value v = flonum_encode(d);
  return is_immediate_flonum(v) ? v : make_flonum(d);
}

inline bool is_nan(double d) { return d != d; }
inline bool is_infinite(double d) { return __builtin_fabs(d) == __builtin_inf(); }
inline bool is_finite(double d) { return d - d == 0; }
inline bool is_integral(double d) { return is_finite(d) && __builtin_trunc(d) == d; }
inline bool sign_bit(double d) { return __builtin_bit_cast(u64, d) >> 63; }

// -- parts --
inline Value numerator_of(Value q) { return is_ratnum(q) ? slot(q, 1) : q; }
inline Value denominator_of(Value q) { return is_ratnum(q) ? slot(q, 2) : fixnum(1); }
inline Value real_of(Value z) { return is_compnum(z) ? slot(z, 1) : z; }
inline Value imag_of(Value z) { return is_compnum(z) ? slot(z, 2) : fixnum(0); }

// -- exact rationals --
/// n/d in lowest terms; d isn't 0.
Value make_rational(Value n, Value d);
/// n/d, known to be in lowest terms with d > 0.
Value make_lowest_terms(Value n, Value d);
Value rational_add(Value a, Value b);
Value rational_subtract(Value a, Value b);
Value rational_multiply(Value a, Value b);
Value rational_divide(Value a, Value b);  // b isn't 0
Value rational_negate(Value a);
int rational_compare(Value a, Value b);
int rational_sign(Value a);
/// Rounds down / up / towards 0 / to nearest even.
Value rational_floor(Value a);
Value rational_ceiling(Value a);
Value rational_truncate(Value a);
Value rational_round(Value a);
Value rational_expt(Value base, u64 exponent);
/// The exact square root, or #f.
Value rational_exact_sqrt(Value a);

// -- conversion --
/// Nearest double of a rational number; `precision` bits.
double rational_to_double(Value q, int precision = 53);
/// Nearest double of a real number.
double to_double(Value x);
/// Exact value of a finite double.
Value double_to_exact(double d);
/// Exact value of a double that is an integer.
inline Value double_to_integer(double d) {
  return __builtin_fabs(d) < 1e15 ? fixnum(static_cast<i64>(d)) : double_to_exact(d);
}
inline double round_even(double d) { return __builtin_rint(d); }

/// -1, 0, 1, or 2 when unordered; both real.
int compare_reals(Value a, Value b);

// -- complex --
struct Complex {
  double re, im;
};
Complex to_complex(Value z);
inline Value complex_value(Complex z) { return make_rectangular(flonum(z.re), flonum(z.im)); }
Complex complex_sqrt(Complex z);
Complex complex_log(Complex z);
Complex complex_exp(Complex z);
Complex complex_multiply(Complex a, Complex b);
Complex complex_divide(Complex a, Complex b);

Value not_a_number(const char* who, Value v);  // raises "expected a number"
Value not_a_real(const char* who, Value v);
Value not_an_integer(const char* who, Value v);

}  // namespace loko
