;; SPDX-License-Identifier: MIT
(define (this-scheme-implementation-name) "guile")
(define (report-statistics) #f)
