;; SPDX-License-Identifier: MIT
(library (scheme write) (export display write write-shared write-simple)
  (import (chezscheme))
  (define write-simple write)
  (define write-shared (case-lambda
    [(x) (parameterize ([print-graph #t]) (write x))]
    [(x p) (parameterize ([print-graph #t]) (write x p))])))
