;; SPDX-License-Identifier: MIT
;;
;; SRFI 38: external representation of shared structure: #0= and #0#, as R7RS's write-shared and read have them.
(library (srfi :38 with-shared-structure)
  (export write-with-shared-structure (rename (write-with-shared-structure write/ss))
          read-with-shared-structure (rename (read-with-shared-structure read/ss)))
  (import (rnrs base) (only (scheme base) current-output-port current-input-port)
          (only (scheme write) write-shared) (only (scheme read) read) (only (rnrs control) case-lambda))

  ;; (write-with-shared-structure object [port [options]]): options are ignored.
  (define write-with-shared-structure
    (case-lambda
      ((x) (write-shared x (current-output-port)))
      ((x port) (write-shared x port))
      ((x port options) (write-shared x port))))

  ;; (read-with-shared-structure [port])
  (define read-with-shared-structure
    (case-lambda
      (() (read (current-input-port)))
      ((port) (read port)))))
