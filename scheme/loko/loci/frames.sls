;; SPDX-License-Identifier: MIT
;;
;; What travels through a channel: a frame is a bytevector with a header (docs/reference/loci.md), or a pair of it and a list of descriptors, of
;; which #f are lost.
(library (loko loci frames)
  (export header-size most-descriptors frame-magic frame-bytes frame-descriptors close-frame! frame-size)
  (import (rnrs) (only (loko core primitives) %os-close))

  (define header-size 16)
  (define most-descriptors 253)    ; with one message: the kernel's limit
  (define frame-magic #x464b4cb1)

  (define (frame-bytes f) (if (pair? f) (car f) f))
  (define (frame-descriptors f) (if (pair? f) (cdr f) '()))
  (define (close-frame! f) (for-each %os-close (filter values (frame-descriptors f))))

  ;; The length of the frame that begins at `at` in the bytevector, which has a header there, or #f if it is no frame.
  (define (frame-size bv at)
    (and (eqv? (bytevector-u32-ref bv at 'little) frame-magic)
         (eqv? (bytevector-u8-ref bv (fx+ at 4)) 1)
         (fx<=? (bytevector-u8-ref bv (fx+ at 5)) most-descriptors)
         (fx<=? (bytevector-u16-ref bv (fx+ at 6) 'little) 1)
         (eqv? (bytevector-u16-ref bv (fx+ at 14) 'little) 0)
         (fx+ header-size (bytevector-u64-ref bv (fx+ at 8) 'little)))))
