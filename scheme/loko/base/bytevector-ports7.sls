;; SPDX-License-Identifier: MIT
;;
;; Bytevector ports in the manner of R7RS 6.13.1: the bytes are asked from the port itself.
(library (loko base bytevector-ports7)
  (export open-input-bytevector open-output-bytevector get-output-bytevector)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base port-records) (loko base ports) (loko base binary-ports))

  ;; (open-input-bytevector bytevector)
  (define (open-input-bytevector bv)
    (if (bytevector? bv) #t (%type-violation 'open-input-bytevector "a bytevector" bv))
    (open-bytevector-input-port/binary bv))

  ;; (open-output-bytevector)
  (define (open-output-bytevector) (open-bytevector-output-port/binary))

  ;; (get-output-bytevector port): the bytes so far; the port keeps them.
  (define (get-output-bytevector p)
    (if (and (binary-port? p) (flag? p OUT) (flag? p MEMORY))
        (%bytevector-output-port-extract p #f)
        (%type-violation 'get-output-bytevector "a bytevector output port" p))))
