;; SPDX-License-Identifier: MIT
;;
;; The module language of R7RS programs: Racket's R6RS with the names of r7rs.rkt before its own. As in a module of any language,
;; a program's own definitions win over these.
(module language racket/base
  (require racket/require (for-syntax rnrs/base-6 rnrs/syntax-case-6) peer/r7rs
    (subtract-in rnrs/r5rs-6 peer/r7rs)
    (subtract-in rnrs/mutable-pairs-6 peer/r7rs)
    (subtract-in rnrs/mutable-strings-6 peer/r7rs)
    (subtract-in rnrs/main-6 peer/r7rs rnrs/r5rs-6))
  (provide (all-from-out peer/r7rs rnrs/r5rs-6 rnrs/mutable-pairs-6 rnrs/mutable-strings-6 rnrs/main-6)
    (for-syntax (all-from-out rnrs/base-6 rnrs/syntax-case-6))
    #%module-begin #%datum #%app #%top #%top-interaction))
