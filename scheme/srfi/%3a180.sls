;; SPDX-License-Identifier: MIT
;;
;; SRFI 180: JSON (RFC 8259, read strictly).
(library (srfi :180)
  (export json-number-of-character-limit json-nesting-depth-limit json-null? json-error?
          json-error-reason json-fold json-generator json-read json-lines-read json-sequence-read
          json-accumulator json-write)
  (import (srfi :180 json)))
