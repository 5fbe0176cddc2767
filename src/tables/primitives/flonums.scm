;; SPDX-License-Identifier: MIT
;;
;; (rnrs arithmetic flonums) in line or by libm.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive flonum?
  (takes    (x any)) (gives boolean)
  (effects) (fold yes) (low is_flonum)
  (library (rnrs arithmetic flonums))
  (doc "True if x is a flonum.")
  (examples ((flonum? 1.0) => #t) ((flonum? 1) => #f)))

(primitive fl=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (fold %generic=) (low fl_eq)
  (library (rnrs arithmetic flonums))
  (doc "True if a is equal to b.")
  (examples ((fl=? +nan.0 +nan.0) => #f) ((fl=? 0.0 -0.0) => #t)))

(primitive fl<?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (fold %generic<) (low fl_lt)
  (library (rnrs arithmetic flonums))
  (doc "True if a is less than b.")
  (examples ((fl<? 1.0 2.0) => #t) ((fl<? +nan.0 1.0) => #f) ((fl<? 1 2.0) => (raises &assertion))))

(primitive fl>?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (fold %generic>) (low fl_gt)
  (library (rnrs arithmetic flonums))
  (doc "True if a is greater than b.")
  (examples ((fl>? 1.0 2.0) => #f)))

(primitive fl<=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (fold %generic<=) (low fl_le)
  (library (rnrs arithmetic flonums))
  (doc "True if a is at most b.")
  (examples ((fl<=? 1.0 1.0) => #t) ((fl<=? +nan.0 1.0) => #f)))

(primitive fl>=?
  (takes    (a flonum) (b flonum)) (gives boolean)
  (effects raises) (fold %generic>=) (low fl_ge)
  (library (rnrs arithmetic flonums))
  (doc "True if a is at least b.")
  (examples ((fl>=? 1.0 +nan.0) => #f)))

(primitive flinteger?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold integer?) (low fl_is_integer)
  (library (rnrs arithmetic flonums))
  (doc "True if x is an integer.")
  (examples ((flinteger? 2.0) => #t) ((flinteger? +inf.0) => #f)))

(primitive flzero?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold %generic-zero?) (low fl_is_zero)
  (library (rnrs arithmetic flonums))
  (doc "True if x is zero.")
  (examples ((flzero? -0.0) => #t)))

(primitive flpositive?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold %generic-positive?) (low fl_is_positive)
  (library (rnrs arithmetic flonums))
  (doc "True if x is positive.")
  (examples ((flpositive? 0.0) => #f)))

(primitive flnegative?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold %generic-negative?) (low fl_is_negative)
  (library (rnrs arithmetic flonums))
  (doc "True if x is negative.")
  (examples ((flnegative? -0.0) => #f)))

(primitive flfinite?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold finite?) (low fl_is_finite)
  (library (rnrs arithmetic flonums))
  (doc "True if x is finite.")
  (examples ((flfinite? +inf.0) => #f) ((flfinite? +nan.0) => #f)))

(primitive flinfinite?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold infinite?) (low fl_is_infinite)
  (library (rnrs arithmetic flonums))
  (doc "True if x is infinite.")
  (examples ((flinfinite? -inf.0) => #t)))

(primitive flnan?
  (takes    (x flonum)) (gives boolean)
  (effects raises) (fold nan?) (low fl_is_nan)
  (library (rnrs arithmetic flonums))
  (doc "True if x is not a number.")
  (examples ((flnan? +nan.0) => #t) ((flnan? +inf.0) => #f)))

(primitive fl+
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (fold %generic+) (low fl_add)
  (library (rnrs arithmetic flonums))
  (doc "The sum.")
  (examples ((fl+ 0.5 0.25) => 0.75)))

(primitive fl*
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (fold %generic*) (low fl_mul)
  (library (rnrs arithmetic flonums))
  (doc "The product.")
  (examples ((fl* -1.0 0.0) => -0.0)))

(primitive fl-
  (takes    (a flonum) (optional b flonum)) (gives flonum)
  (effects raises) (fold %generic-) (low fl_sub)
  (library (rnrs arithmetic flonums))
  (doc "The difference, or the negation.")
  (examples ((fl- 1.5) => -1.5) ((fl- 0.0) => -0.0) ((fl- 1.0 0.25) => 0.75)))

(primitive fl/
  (takes    (a flonum) (optional b flonum)) (gives flonum)
  (effects raises) (fold %generic/) (low fl_div)
  (library (rnrs arithmetic flonums))
  (doc "The quotient, or the reciprocal.")
  (examples ((fl/ 1.0 0.0) => +inf.0) ((fl/ 4.0) => 0.25)))

(primitive flmax
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_max)
  (library (rnrs arithmetic flonums))
  (doc "The greater one, or a NaN if there is one.")
  (examples ((flmax 1.0 2.0) => 2.0)))

(primitive flmin
  (takes    (a flonum) (b flonum)) (gives flonum)
  (effects raises) (low fl_min)
  (library (rnrs arithmetic flonums))
  (doc "The smaller one, or a NaN if there is one.")
  (examples ((flmin 1.0 2.0) => 1.0)))

(primitive flabs
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold %generic-abs) (low fl_abs)
  (library (rnrs arithmetic flonums))
  (doc "The absolute value.")
  (examples ((flabs -0.0) => 0.0)))

(primitive flsqrt
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold sqrt) (low fl_sqrt)
  (library (rnrs arithmetic flonums))
  (doc "The square root.")
  (examples ((flsqrt 2.25) => 1.5) ((flsqrt -1.0) => +nan.0)))

(primitive flfloor
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold floor) (low fl_floor)
  (library (rnrs arithmetic flonums))
  (doc "The greatest integer not above x.")
  (examples ((flfloor -2.5) => -3.0)))

(primitive flceiling
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold ceiling) (low fl_ceiling)
  (library (rnrs arithmetic flonums))
  (doc "The least integer not below x.")
  (examples ((flceiling -0.5) => -0.0)))

(primitive fltruncate
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold truncate) (low fl_truncate)
  (library (rnrs arithmetic flonums))
  (doc "The integer part of x.")
  (examples ((fltruncate -2.5) => -2.0)))

(primitive flround
  (takes    (x flonum)) (gives flonum)
  (effects raises) (fold round) (low fl_round)
  (library (rnrs arithmetic flonums))
  (doc "The integer nearest to x, even if two are.")
  (examples ((flround 2.5) => 2.0) ((flround 3.5) => 4.0) ((flround -0.25) => -0.0)))

(primitive flsin
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float sin) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The sin of x."))

(primitive flcos
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float cos) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The cos of x."))

(primitive fltan
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float tan) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The tan of x."))

(primitive flasin
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float asin) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The asin of x."))

(primitive flacos
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float acos) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The acos of x."))

(primitive flexp
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float exp) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "The exponential of x.")
  (examples ((flexp 0.0) => 1.0)))

(primitive %fllog
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float log) (needs transcendental)
  (doc "The natural logarithm of x."))

(primitive %flatan
  (takes    (x flonum)) (gives flonum)
  (effects raises) (float atan) (needs transcendental)
  (doc "The arc tangent of x."))

(primitive %flatan2
  (takes    (y flonum) (x flonum)) (gives flonum)
  (effects raises) (float atan2) (needs transcendental)
  (doc "The angle of x + iy."))

(primitive fllog
  (takes    (x flonum) (optional base flonum)) (gives flonum)
  (effects raises) (low fl_log)
  (library (rnrs arithmetic flonums))
  (doc "The logarithm of x, natural or to the given base.")
  (examples ((fllog 1.0) => 0.0) ((fllog 8.0 2.0) => 3.0)))

(primitive flatan
  (takes    (y flonum) (optional x flonum)) (gives flonum)
  (effects raises) (low fl_atan)
  (library (rnrs arithmetic flonums))
  (doc "The arc tangent of y, or the angle of x + iy.")
  (examples ((flatan 0.0) => 0.0) ((flatan 0.0 1.0) => 0.0)))

(primitive flexpt
  (takes    (x flonum) (y flonum)) (gives flonum)
  (effects raises) (float pow) (needs transcendental)
  (library (rnrs arithmetic flonums))
  (doc "x to the power y.")
  (examples ((flexpt 2.0 10.0) => 1024.0)))

(primitive fixnum->flonum
  (takes    (n fixnum)) (gives flonum)
  (effects raises) (fold %generic-inexact) (low fixnum_to_flonum)
  (library (rnrs arithmetic flonums))
  (doc "The flonum nearest to n.")
  (examples ((fixnum->flonum 3) => 3.0)))

(primitive %flonum->fixnum
  (takes    (x flonum)) (gives fixnum)
  (effects raises) (low flonum_to_fixnum)
  (doc "The integer part of x, which must fit a fixnum.")
  (examples ((%flonum->fixnum -2.75) => -2)))

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
