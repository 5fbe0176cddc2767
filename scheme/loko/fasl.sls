;; SPDX-License-Identifier: MIT
;;
;; Data in binary form: numbers, strings, symbols, characters, bytevectors, vectors, pairs, boxes, hash tables, records of
;; nongenerative types; with sharing and cycles. docs/reference/fasl.md.
(library (loko fasl)
  (export fasl-write fasl-read datum->fasl fasl->datum)
  (import (loko base fasl)))
