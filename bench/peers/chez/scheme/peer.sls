;; SPDX-License-Identifier: MIT
;;
;; What the benchmarks' frame asks of a system: its name and what it did.
(library (scheme peer) (export this-scheme-implementation-name report-statistics)
  (import (chezscheme))
  (define (this-scheme-implementation-name) (scheme-version))
  (define (report-statistics)
    (printf "+!STATS!+~a,~a\n" (+ (bytes-allocated) (bytes-deallocated)) (collections))))
