;; SPDX-License-Identifier: MIT
;;
;; Start of a process from an image: what belongs to a process is made anew. Importing this library installs
;; the error port for the handler of last resort.
(library (loko base start)
  (export %start-process! %run-main)
  (import (loko core syntax) (loko core primitives)
          (loko base control) (loko base errors) (loko base process)
          (loko base ports) (loko base textual-ports) (loko base stdio) (loko base printer)
          (only (loko base backtraces)))

  (define (install!)
    (%set-error-output!
     (lambda (x) (display x (console-error-port)))
     (lambda (x) (write x (console-error-port)))
     (lambda () (flush-output-port (console-error-port)))))

  ;; Fresh standard ports, hooks and flushing at exit.
  (define (%start-process!)
    (%reset-process!)
    (%reset-standard-ports!)
    (%add-exit-procedure! %flush-all-ports))

  ;; Runs the thunks in order as the program of this process and ends it.
  (define (%run-main thunks)
    (%start-process!)
    (let loop ((l thunks))
      (if (pair? l)
          (begin
            ((car l))
            (loop (cdr l)))))
    (exit))

  (install!))
