// SPDX-License-Identifier: MIT
//
// exp, log, the trigonometric functions and polar form, real by libm, complex by Kahan's formulas ("Branch cuts
// for complex elementary functions", 1987). Real arguments give real results where these exist. Exact 0 and 1
// give exact results where the function does.
#include "runtime/numbers/internal.h"

namespace loko {

Complex to_complex(Value z) { return {to_double(real_of(z)), to_double(imag_of(z))}; }

Complex complex_multiply(Complex a, Complex b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }

/// Smith's algorithm.
Complex complex_divide(Complex a, Complex b) {
  if (__builtin_fabs(b.re) >= __builtin_fabs(b.im)) {
    double r = b.im / b.re, d = b.re + b.im * r;
    return {(a.re + a.im * r) / d, (a.im - a.re * r) / d};
  }
  double r = b.re / b.im, d = b.re * r + b.im;
  return {(a.re * r + a.im) / d, (a.im * r - a.re) / d};
}

Complex complex_sqrt(Complex z) {
  if (z.re == 0 && z.im == 0) return {0.0, z.im};
  if (is_infinite(z.im)) return {__builtin_inf(), z.im};
  if (is_infinite(z.re))
    return z.re > 0 ? Complex{z.re, __builtin_copysign(0.0, z.im)} : Complex{0.0, __builtin_copysign(__builtin_inf(), z.im)};
  double scale = 1.0;
  if (__builtin_fabs(z.re) > 1e300 || __builtin_fabs(z.im) > 1e300) {
    z = {z.re / 16, z.im / 16};
    scale = 4.0;
  } else if (__builtin_fabs(z.re) < 1e-290 && __builtin_fabs(z.im) < 1e-290) {
    z = {z.re * 0x1p200, z.im * 0x1p200};
    scale = 0x1p-100;
  }
  double t = __builtin_sqrt((__builtin_fabs(z.re) + hypot(z.re, z.im)) / 2);
  if (z.re >= 0) return {scale * t, scale * (z.im / (2 * t))};
  return {scale * (__builtin_fabs(z.im) / (2 * t)), scale * __builtin_copysign(t, z.im)};
}

Complex complex_log(Complex z) {
  double m = hypot(z.re, z.im);
  double re = log(m);
  if (is_infinite(m) && is_finite(z.re) && is_finite(z.im)) re = log(hypot(z.re / 4, z.im / 4)) + log(4.0);
  else if (m > 0.5 && m < 2) {  // near the unit circle, log m loses digits
    double x = __builtin_fabs(z.re), y = __builtin_fabs(z.im);
    if (x < y) {
      double t = x;
      x = y;
      y = t;
    }
    re = log1p((x - 1) * (x + 1) + y * y) / 2;
  }
  return {re, atan2(z.im, z.re)};
}

Complex complex_exp(Complex z) {
  double m = exp(z.re);
  if (z.im == 0) return {m, z.im};
  if (is_infinite(m) && is_finite(z.re)) {
    double half = exp(z.re / 2);
    return {half * cos(z.im) * half, half * sin(z.im) * half};
  }
  return {m * cos(z.im), m * sin(z.im)};
}

namespace {

using RealFunction = double (*)(double);

bool is_exact_number(Value z) { return !is_flonum(real_of(z)); }

/// a cosh y and b sinh y for finite y, also where the hyperbolic function alone overflows.
Complex times_hyperbolic(double a, double b, double y) {
  constexpr double kLarge = 700;  // e^-y is nothing beside e^y
  if (__builtin_fabs(y) <= kLarge) return {a * cosh(y), b * sinh(y)};
  double root = exp(__builtin_fabs(y) / 2);
  auto times = [&](double x) { return x == 0 ? x : x * (root / 2) * root; };
  return {times(a), times(__builtin_copysign(1.0, y) * b)};
}

Complex complex_sin(Complex z) { return times_hyperbolic(sin(z.re), cos(z.re), z.im); }
Complex complex_cos(Complex z) { return times_hyperbolic(cos(z.re), -sin(z.re), z.im); }

/// Kahan's tanh, turned: sums of squares only, so that nothing cancels near the poles.
Complex complex_tan(Complex z) {
  if (__builtin_fabs(z.im) > 20) {  // tanh is ±1
    double e = exp(-2 * __builtin_fabs(z.im));
    return {2 * sin(2 * z.re) * e, __builtin_copysign(1.0, z.im)};
  }
  double t = tan(z.re), b = 1 + t * t, s = sinh(z.im), d = 1 + b * s * s;
  return {t / d, b * cosh(z.im) * s / d};
}

Complex complex_asin(Complex z) {
  Complex a = complex_sqrt({1 - z.re, -z.im}), b = complex_sqrt({1 + z.re, z.im});
  return {atan2(z.re, a.re * b.re - a.im * b.im), asinh(a.re * b.im - a.im * b.re)};
}

Complex complex_acos(Complex z) {
  Complex a = complex_sqrt({1 - z.re, -z.im}), b = complex_sqrt({1 + z.re, z.im});
  return {2 * atan2(a.re, b.re), asinh(b.re * a.im - b.im * a.re)};
}

/// atan z = −i atanh(iz)
Complex complex_atan(Complex z) {
  double x = -z.im, y = z.re;  // iz
  double re;
  if (is_infinite(x) || is_infinite(y) || __builtin_fabs(x) > 1e150 || __builtin_fabs(y) > 1e150) {
    double m = hypot(x, y);
    re = is_infinite(m) ? __builtin_copysign(0.0, x) : x / m / m;
    return {__builtin_copysign(kPi / 2, y), -re};
  }
  double below = (1 - x) * (1 - x) + y * y, above = (1 + x) * (1 + x) + y * y;
  re = x >= 0 ? log1p(4 * x / below) / 4 : -(log1p(-4 * x / above) / 4);
  double im = atan2(2 * y, (1 - x) * (1 + x) - y * y) / 2;
  return {im, -re};
}

/// A function without trouble on the real line.
Value apply(const char* who, Value z, RealFunction on_real, Complex (*on_complex)(Complex)) {
  Num k = num_kind(z);
  if (k == Num::None) return not_a_number(who, z);
  if (k == Num::Compnum) return complex_value(on_complex(to_complex(z)));
  return flonum(on_real(to_double(z)));
}

/// asin and acos: real on [−1, 1]. Outside, the side of the cut is the one of R6RS's formulas.
Value apply_inverse(const char* who, Value z, RealFunction on_real, Complex (*on_complex)(Complex)) {
  Num k = num_kind(z);
  if (k == Num::None) return not_a_number(who, z);
  if (k == Num::Compnum) return complex_value(on_complex(to_complex(z)));
  double d = to_double(z);
  if (!(d < -1 || d > 1)) return flonum(on_real(d));
  return complex_value(on_complex({d, d > 1 ? -0.0 : 0.0}));
}

/// Natural logarithm of an exact rational x > 0, however large or small.
double log_of_exact(Value x) {
  double d = rational_to_double(x);
  if (is_finite(d) && d > 1e-300) {
    if (d > 0.5 && d < 2 && is_ratnum(x)) return log1p(rational_to_double(rational_subtract(x, fixnum(1))));
    return log(d);
  }
  i64 shift = static_cast<i64>(integer_bits(numerator_of(x))) - static_cast<i64>(integer_bits(denominator_of(x)));
  Value power = integer_shift(fixnum(1), shift < 0 ? -shift : shift);
  Value scaled = shift < 0 ? rational_multiply(x, power) : rational_divide(x, power);
  return log(rational_to_double(scaled)) + static_cast<double>(shift) * 0.69314718055994530942;
}

Value natural_log(Value z) {
  switch (num_kind(z)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum: {
      if (z == fixnum(1)) return fixnum(0);
      int sign = rational_sign(z);
      if (sign == 0) return raise_assertion("log", "zero has no logarithm", z);
      if (sign > 0) return flonum(log_of_exact(z));
      return make_rectangular(flonum(log_of_exact(rational_negate(z))), flonum(kPi));
    }
    case Num::Flonum: {
      double d = flonum_value(z);
      if (is_nan(d) || !sign_bit(d)) return flonum(log(d));
      return make_rectangular(flonum(log(-d)), flonum(kPi));
    }
    case Num::Compnum: return complex_value(complex_log(to_complex(z)));
    case Num::None: break;
  }
  return not_a_number("log", z);
}

}  // namespace

/// e^z
Value number_exp(Value z) { return z == fixnum(0) ? fixnum(1) : apply("exp", z, exp, complex_exp); }

/// Logarithm, natural or to a base.
Value number_log(Value z, Value base) {
  if (base.bits == kDefault) return natural_log(z);
  if (num_kind(base) == Num::None) return not_a_number("log", base);
  if (is_real_number(z) && (base == fixnum(2) || base == fixnum(10)) && is_positive(z) == True) {
    double d = to_double(z);
    if (is_finite(d) && d > 0 && z != fixnum(1)) return flonum(base == fixnum(2) ? log2(d) : log10(d));
  }
  Value l = natural_log(z);
  if (failed(l)) return l;
  Value b = natural_log(base);
  return failed(b) ? b : generic_divide(l, b);
}

Value number_sin(Value z) { return z == fixnum(0) ? z : apply("sin", z, sin, complex_sin); }
Value number_cos(Value z) { return z == fixnum(0) ? fixnum(1) : apply("cos", z, cos, complex_cos); }
Value number_tan(Value z) { return z == fixnum(0) ? z : apply("tan", z, tan, complex_tan); }
Value number_asin(Value z) { return z == fixnum(0) ? z : apply_inverse("asin", z, asin, complex_asin); }
Value number_acos(Value z) { return z == fixnum(1) ? fixnum(0) : apply_inverse("acos", z, acos, complex_acos); }

/// Arc tangent of y, or the angle of x + iy.
Value number_atan(Value y, Value x) {
  if (x.bits == kDefault) {
    if (y == fixnum(0)) return y;
    if (num_kind(y) == Num::Compnum && real_of(y) == fixnum(0) && (imag_of(y) == fixnum(1) || imag_of(y) == fixnum(-1)))
      return raise_assertion("atan", "the arc tangent is not defined there", y);
    return apply("atan", y, atan, complex_atan);
  }
  if (!is_real_number(y)) return not_a_real("atan", y);
  if (!is_real_number(x)) return not_a_real("atan", x);
  if (y == fixnum(0) && is_exact_rational(x)) return rational_sign(x) < 0 ? flonum(kPi) : fixnum(0);
  double dy = to_double(y), dx = to_double(x);
  if (is_exact_rational(x) && is_exact_rational(y) && (!is_finite(dy) || !is_finite(dx) || dy == 0)) {
    Value q = number_abs(y);  // scale both so that the larger is 1
    Value p = number_abs(x);
    Value s = rational_compare(p, q) > 0 ? p : q;
    dy = rational_to_double(rational_divide(y, s));
    dx = rational_to_double(rational_divide(x, s));
  }
  if (x == fixnum(0) && dy == 0) return flonum(__builtin_copysign(kPi / 2, dy));
  return flonum(atan2(dy, dx));
}

/// The number of that magnitude and angle.
Value make_polar(Value m, Value a) {
  if (failed(m) || failed(a)) return RaiseMark;
  if (!is_real_number(m)) return not_a_real("make-polar", m);
  if (!is_real_number(a)) return not_a_real("make-polar", a);
  if (a == fixnum(0)) return m;
  if (m == fixnum(0)) return m;
  double r = to_double(m), t = to_double(a);
  return make_rectangular(flonum(r * cos(t)), flonum(r * sin(t)));
}

/// Absolute value, exact if it can be.
Value magnitude(Value z) {
  if (num_kind(z) == Num::None) return not_a_number("magnitude", z);
  if (!is_compnum(z)) return number_abs(z);
  if (!is_exact_number(z)) {
    Complex c = to_complex(z);
    return flonum(hypot(c.re, c.im));
  }
  Value re = real_of(z), im = imag_of(z);
  Value norm = rational_add(rational_multiply(re, re), rational_multiply(im, im));
  return failed(norm) ? norm : number_sqrt(norm);
}

/// Angle in [−π, π].
Value angle(Value z) {
  switch (num_kind(z)) {
    case Num::Fixnum:
    case Num::Bignum:
    case Num::Ratnum: return rational_sign(z) < 0 ? flonum(kPi) : fixnum(0);
    case Num::Flonum: {
      double d = flonum_value(z);
      return flonum(is_nan(d) ? d : sign_bit(d) ? kPi : 0.0);
    }
    case Num::Compnum: return number_atan(imag_of(z), real_of(z));
    case Num::None: break;
  }
  return not_a_number("angle", z);
}

}  // namespace loko
