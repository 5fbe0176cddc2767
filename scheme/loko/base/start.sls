;; SPDX-License-Identifier: MIT
;;
;; Start of a process from an image: what belongs to a process is made anew. Importing this library installs
;; the error port for the handler of last resort.
(library (loko base start)
  (export %start-process! %run-main)
  (import (loko core syntax) (loko core primitives)
          (only (loko base conditions) i/o-write-error? i/o-port-error? i/o-error-port)
          (loko base control) (loko base errors) (loko base process)
          (loko base ports) (loko base textual-ports) (loko base stdio) (loko base printer)
          (only (loko base backtraces)))

  ;; An error of writing that nobody handled was reported: the end of the process need not try again.
  (define (discard-failed-output! c)
    (if (and (i/o-write-error? c) (i/o-port-error? c))
        (%discard-output! (i/o-error-port c))))

  ;; SIGTERM and SIGHUP: as exit, with the status that shells give to processes that die of signals.
  (define (end-by-signal)
    (let ((n (%ending-signal)))
      (if (not (eq? n 0)) (exit (fx+ 128 n)))))

  (define (install!)
    (%set-before-uncaught-exit! discard-failed-output!)
    (%set-signal-hook! end-by-signal)
    (%set-guardian-hook! %close-forgotten-ports)
    (%set-error-output!
     (lambda (x) (display x (console-error-port)))
     (lambda (x) (%write-part x (console-error-port)))
     (lambda () (flush-output-port (console-error-port)))))

  ;; Fresh standard ports, hooks and flushing at exit.
  (define (%start-process!)
    (%reset-process!)
    (%reset-standard-ports!)
    (%install-ending-signals)
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
