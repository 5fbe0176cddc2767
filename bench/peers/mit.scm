;; SPDX-License-Identifier: MIT
(define (this-scheme-implementation-name) "mit")
(define (report-statistics) #f)
