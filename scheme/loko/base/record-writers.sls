;; SPDX-License-Identifier: MIT
;;
;; Who prints records of which type: libraries that come before or after the printer register here.
(library (loko base record-writers)
  (export %set-record-writer! %record-writer %record-writers)
  (import (loko core syntax) (loko core primitives) (loko base process-state))

  (define writers '())

  ;; (%set-record-writer! rtd proc): (proc record port write) prints records of that type; write is a
  ;; procedure of an object and a port that prints parts in the manner of the whole.
  (define (%set-record-writer! rtd proc)
    (%state-changed!)
    (set! writers (cons (cons rtd proc) writers)))

  ;; The association list of types and procedures.
  (define (%record-writers) writers)

  ;; The procedure registered for the type, or #f.
  (define (%record-writer rtd)
    (let loop ((l writers))
      (if (pair? l)
          (if (eq? (car (car l)) rtd) (cdr (car l)) (loop (cdr l)))
          #f))))
