;; SPDX-License-Identifier: MIT
;;
;; Raw memory and I/O ports: no checks at all; each is one access of just its width, which the compiler neither removes nor
;; moves.
;; Format: ../README.md. The templates are in src/low/expand_primitives*.cpp.

(primitive %eq-address
  (takes    (x any)) (gives fixnum)
  (effects) (low eq_address)
  (doc "The word of x, shifted: differs for objects that are not eq?; changes when x moves."))

(primitive %ref8
  (takes    (address fixnum)) (gives fixnum)
  (effects reads writes) (low device_ref8)
  (doc "The unsigned 8-bit word at an address."))

(primitive %set8
  (takes    (address fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low device_set8)
  (doc "Stores a 8-bit word at an address."))

(primitive %ref16
  (takes    (address fixnum)) (gives fixnum)
  (effects reads writes) (low device_ref16)
  (doc "The unsigned 16-bit word at an address."))

(primitive %set16
  (takes    (address fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low device_set16)
  (doc "Stores a 16-bit word at an address."))

(primitive %ref32
  (takes    (address fixnum)) (gives fixnum)
  (effects reads writes) (low device_ref32)
  (doc "The unsigned 32-bit word at an address."))

(primitive %set32
  (takes    (address fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low device_set32)
  (doc "Stores a 32-bit word at an address."))

(primitive %ref64
  (takes    (address fixnum)) (gives fixnum)
  (effects reads writes) (low device_ref64)
  (doc "The unsigned 64-bit word at an address (its lower 61 bits)."))

(primitive %set64
  (takes    (address fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low device_set64)
  (doc "Stores a 64-bit word at an address."))

(primitive %ref-value
  (takes    (address fixnum)) (gives any)
  (effects reads) (low ref_value)
  (doc "The value at an address."))

(primitive %bytevector-address
  (takes    (b bytevector)) (gives fixnum)
  (effects) (low bytevector_address)
  (doc "The address of the first byte; it changes when b moves."))
(primitive %get-i/o-u8
  (takes    (port fixnum)) (gives fixnum)
  (effects reads writes) (low in8)
  (doc "One read of 8 bits from an I/O port."))

(primitive %get-i/o-u16
  (takes    (port fixnum)) (gives fixnum)
  (effects reads writes) (low in16)
  (doc "One read of 16 bits from an I/O port."))

(primitive %get-i/o-u32
  (takes    (port fixnum)) (gives fixnum)
  (effects reads writes) (low in32)
  (doc "One read of 32 bits from an I/O port."))

(primitive %put-i/o-u8
  (takes    (port fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low out8)
  (doc "One write of 8 bits to an I/O port."))

(primitive %put-i/o-u16
  (takes    (port fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low out16)
  (doc "One write of 16 bits to an I/O port."))

(primitive %put-i/o-u32
  (takes    (port fixnum) (n fixnum)) (gives void)
  (effects reads writes) (low out32)
  (doc "One write of 32 bits to an I/O port."))
