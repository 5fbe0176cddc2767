;; SPDX-License-Identifier: MIT
;;
;; SRFI 37: args-fold, a processor of program arguments.
(library (srfi :37)
  (export args-fold option option? option-names option-required-arg? option-optional-arg?
          option-processor)
  (import (srfi :37 args-fold)))
