;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic flonums) in line or by libm.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive flonum?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_flonum)
  (library (rnrs arithmetic flonums))
  (doc "True if x is a flonum."))

(primitive fl=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (low fl_eq)
  (library (rnrs arithmetic flonums))
  (doc "True if a is equal to b."))

(primitive fl<?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (low fl_lt)
  (library (rnrs arithmetic flonums))
  (doc "True if a is less than b."))

(primitive fl>?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (low fl_gt)
  (library (rnrs arithmetic flonums))
  (doc "True if a is greater than b."))

(primitive fl<=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (low fl_le)
  (library (rnrs arithmetic flonums))
  (doc "True if a is at most b."))

(primitive fl>=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (low fl_ge)
  (library (rnrs arithmetic flonums))
  (doc "True if a is at least b."))

(primitive flinteger?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_integer)
  (library (rnrs arithmetic flonums))
  (doc "True if x is an integer."))

(primitive flzero?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_zero)
  (library (rnrs arithmetic flonums))
  (doc "True if x is zero."))

(primitive flpositive?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_positive)
  (library (rnrs arithmetic flonums))
  (doc "True if x is positive."))

(primitive flnegative?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_negative)
  (library (rnrs arithmetic flonums))
  (doc "True if x is negative."))

(primitive flfinite?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_finite)
  (library (rnrs arithmetic flonums))
  (doc "True if x is finite."))

(primitive flinfinite?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_infinite)
  (library (rnrs arithmetic flonums))
  (doc "True if x is infinite."))

(primitive flnan?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (low fl_is_nan)
  (library (rnrs arithmetic flonums))
  (doc "True if x is not a number."))

(primitive fl+
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_add)
  (library (rnrs arithmetic flonums))
  (doc "The sum."))

(primitive fl*
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_mul)
  (library (rnrs arithmetic flonums))
  (doc "The product."))

(primitive fl-
  (takes    (a flonum) (optional b flonum)) (gives flonum)
  (effects raises) (low fl_sub)
  (library (rnrs arithmetic flonums))
  (doc "The difference, or the negation."))

(primitive fl/
  (takes    (a flonum) (optional b flonum)) (gives flonum)
  (effects raises) (low fl_div)
  (library (rnrs arithmetic flonums))
  (doc "The quotient, or the reciprocal."))

(primitive flmax
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_max)
  (library (rnrs arithmetic flonums))
  (doc "The greater one, or a NaN if there is one."))

(primitive flmin
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_min)
  (library (rnrs arithmetic flonums))
  (doc "The smaller one, or a NaN if there is one."))

(primitive flabs
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_abs)
  (library (rnrs arithmetic flonums))
  (doc "The absolute value."))

(primitive flsqrt
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_sqrt)
  (library (rnrs arithmetic flonums))
  (doc "The square root."))

(primitive flfloor
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_floor)
  (library (rnrs arithmetic flonums))
  (doc "The greatest integer not above x."))

(primitive flceiling
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_ceiling)
  (library (rnrs arithmetic flonums))
  (doc "The least integer not below x."))

(primitive fltruncate
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_truncate)
  (library (rnrs arithmetic flonums))
  (doc "The integer part of x."))

(primitive flround
  (takes    (x flonum)) (gives flonum)
  (effects raises) (low fl_round)
  (library (rnrs arithmetic flonums))
  (doc "The integer nearest to x, even if two are."))

(primitive flsin
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float sin)
  (library (rnrs arithmetic flonums))
  (doc "The sin of x."))

(primitive flcos
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float cos)
  (library (rnrs arithmetic flonums))
  (doc "The cos of x."))

(primitive fltan
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float tan)
  (library (rnrs arithmetic flonums))
  (doc "The tan of x."))

(primitive flasin
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float asin)
  (library (rnrs arithmetic flonums))
  (doc "The asin of x."))

(primitive flacos
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float acos)
  (library (rnrs arithmetic flonums))
  (doc "The acos of x."))

(primitive flexp
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float exp)
  (library (rnrs arithmetic flonums))
  (doc "The exponential of x."))

(primitive %fllog
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float log)
  (doc "The natural logarithm of x."))

(primitive %flatan
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float atan)
  (doc "The arc tangent of x."))

(primitive %flatan2
  (takes    (y flonum) (x flonum)) (gives flonum)
  (effects raises) (float atan2)
  (doc "The angle of x + iy."))

(primitive fllog
  (takes    (x flonum) (optional base flonum)) (gives flonum)
  (effects raises) (low fl_log)
  (library (rnrs arithmetic flonums))
  (doc "The logarithm of x, natural or to the given base."))

(primitive flatan
  (takes    (y flonum) (optional x flonum)) (gives flonum)
  (effects raises) (low fl_atan)
  (library (rnrs arithmetic flonums))
  (doc "The arc tangent of y, or the angle of x + iy."))

(primitive flexpt
  (takes    (x flonum) (y flonum)) (gives flonum)
  (effects raises) (float pow)
  (library (rnrs arithmetic flonums))
  (doc "x to the power y."))

(primitive fixnum->flonum
  (takes    (n fixnum)) (gives flonum)
  (effects raises) (low fixnum_to_flonum)
  (library (rnrs arithmetic flonums))
  (doc "The flonum nearest to n."))

(primitive %flonum->fixnum
  (takes    (x flonum)) (gives fixnum)
  (effects raises) (low flonum_to_fixnum)
  (doc "The integer part of x, which must fit a fixnum."))

(primitive %flonum-bits-high
  (takes    (x flonum)) (gives fixnum)
  (effects raises) (low fl_bits_high)
  (doc "The upper 32 bits of the IEEE representation."))

(primitive %flonum-bits-low
  (takes    (x flonum)) (gives fixnum)
  (effects raises) (low fl_bits_low)
  (doc "The lower 32 bits of the IEEE representation."))

(primitive %bits->flonum
  (takes    (high fixnum) (low fixnum)) (gives flonum)
  (effects raises) (low fl_from_bits)
  (doc "The flonum with that IEEE representation."))
