;; SPDX-License-Identifier: MIT
;;
;; (rnrs syntax-case (6)): R6RS libraries chapter 12.
(library (rnrs syntax-case (6))
  (export syntax-case syntax quasisyntax unsyntax unsyntax-splicing with-syntax _ ...
          make-variable-transformer identifier? bound-identifier=? free-identifier=?
          syntax->datum datum->syntax generate-temporaries syntax-violation)
  (import (loko core syntax) (loko core primitives)))
