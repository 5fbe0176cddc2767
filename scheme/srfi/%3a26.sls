;; SPDX-License-Identifier: MIT
;;
;; SRFI 26: cut and cute.
(library (srfi :26)
  (export cut cute <> <...>)
  (import (srfi :26 cut)))
