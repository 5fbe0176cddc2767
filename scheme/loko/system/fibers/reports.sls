;; SPDX-License-Identifier: MIT
;;
;; Fibers for people: how they are written, and who waits for what when nothing can go on.
(library (loko system fibers reports)
  (export fiber-waits-for)
  (import (loko core syntax) (loko core primitives)
          (loko base violations)
          (only (loko base textual-ports) put-string)
          (only (loko base record-writers) %set-record-writer!)
          (loko system fibers records) (loko system fibers scheduler) (loko system fibers operations)
          (loko system fibers channels))

  (define most 20)   ; fibers in a report

  ;; (fiber-waits-for fiber): a string, or #f if it does not wait.
  (define (fiber-waits-for f)
    (if (fiber? f) #t (%type-violation 'fiber-waits-for "a fiber" f))
    (let ((what (f-waits f)))
      (cond ((not what) #f)
            ((channel? what) "waits to get from a channel")
            ((vector? what)
             (%string-append "waits for a choice of " (%string-append (number->string (vector-length what)) " operations")))
            ((operation? what) (operation-text what))
            ((eq? what 'reading) "waits for input")
            ((eq? what 'writing) "waits for output")
            ((eq? what 'turn) "waits for a port that another fiber uses")
            ((queue? what) "waits to put on a channel")
            (else "waits for fibers of its scope"))))

  (define (operation-text op)
    (let ((object (operation-object op)))
      (cond ((cvar? object) "waits for a condition variable")
            ((channel? object) "waits for an operation on a channel")
            ((fiber? object) (%string-append "waits for the end of " (describe-fiber object)))
            ((fixnum? object) "waits for a descriptor")
            ((eq? object 'timer) "waits for a timer")
            ((eq? object 'never) "waits for an operation that is never ready")
            (else "waits for an operation"))))

  (define (explain fibers)
    (let loop ((l fibers) (n 0))
      (cond ((null? l) '())
            ((fx=? n most)
             (cons (%string-append "and " (%string-append (number->string (count l)) " more")) '()))
            (else
             (cons (%string-append (describe-fiber (car l)) (%string-append " " (or (fiber-waits-for (car l)) "can run")))
                   (loop (cdr l) (fx+ n 1)))))))

  (define (count l)
    (let loop ((l l) (n 0)) (if (pair? l) (loop (cdr l) (fx+ n 1)) n)))

  ;; #<fiber 3 (name) waits for a timer>
  (define (write-fiber f port write)
    (put-string port "#<")
    (put-string port (describe-fiber f))
    (if (dead? f)
        (begin
          (put-string port " ")
          (put-string port (symbol->string (f-state f))))
        (let ((text (fiber-waits-for f)))
          (if text
              (begin
                (put-string port " ")
                (put-string port text)))))
    (put-string port ">"))

  (%set-record-writer! fiber-rtd write-fiber)
  (check-deadlock-hook! explain))
