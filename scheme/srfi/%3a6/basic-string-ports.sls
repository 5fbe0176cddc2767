;; SPDX-License-Identifier: MIT
;;
;; SRFI 6: basic string ports.
(library (srfi :6 basic-string-ports)
  (export open-input-string open-output-string get-output-string)
  (import (rename (only (loko base textual-ports) open-input-string open-output-string r7:get-output-string)
                  (r7:get-output-string get-output-string))))
