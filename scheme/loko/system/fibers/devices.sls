;; SPDX-License-Identifier: MIT
;;
;; How ports read and write while there are fibers. A descriptor of our own is O_NONBLOCK; a file, or one that came from
;; outside, is not, and is asked not to wait. If it can't be asked, or the disk is slow, the call is made aside. The port is
;; the fiber's meanwhile; it may have been closed when the call returns. Long copying lets the others run.
(library (loko system fibers devices)
  (export transfer force-calls-aside! delay-calls-aside!)
  (import (loko core syntax) (loko core primitives)
          (loko base port-records) (only (loko base port-devices) %call-with-turn) (loko base io-conditions) (loko base waiting)
          (loko base preemption) (loko system fibers scheduler) (loko system fibers blocking-calls))

  ;; As %transfer of (loko base waiting).
  (define (transfer p fd in? bv start count)
    (let ((n (%call-with-turn p in?
               (lambda ()
                 (%let-others-run 1)
                 (cond ((not (eq? fd (p-fd p))) 0)
                       ((flag? p NONBLOCK)
                        (if in? (%os-read fd bv start count) (%os-write fd bv start count)))
                       (else (transfer-shared p fd in? bv start count)))))))
      (if (eq? fd (p-fd p))
          n
          (%raise-closed (if in? 'read 'write) p))))

  (define (transfer-shared p fd in? bv start count)
    (let loop ()
      (let ((n (if in? (read-at-once fd bv start count) (write-at-once fd bv start count))))
        (cond ((fx>=? n 0) n)
              ((eq? n -4) (loop))
              ((flag? p SEEKABLE)
               (if (or (eq? n -11) (cannot-ask? n))
                   (transfer-aside fd in? bv start count)
                   n))
              ((eq? n -11)
               (%wait-drained fd (not in?) #f)
               (loop))
              ((cannot-ask? n)
               (if in?
                   (begin
                     (wait-readable fd)
                     (%os-read fd bv start count))
                   (begin
                     (wait-writable fd)
                     (transfer-aside fd #f bv start count))))
              (else n)))))

  ;; Errors that say that a descriptor can't be asked not to wait.
  (define-syntax cannot-ask? (syntax-rules () ((_ n) (memv n '(-95 -38 -22)))))

  (define (transfer-aside fd in? bv start count)
    (let ((count (fxmin count 65536)))
      (or (%call-aside (if in? 0 1) fd (vector #t count) bv start count (if in? 'out 'in))
          (if in? (%os-read fd bv start count) (%os-write fd bv start count)))))

  (define forced? #f)

  ;; For tests: no descriptor can be asked.
  (define (force-calls-aside! on?) (set! forced? on?))

  (define (read-at-once fd bv start count) (if forced? -95 (%os-read-now fd bv start count)))
  (define (write-at-once fd bv start count) (if forced? -95 (%os-write-now fd bv start count)))

  ;; For tests: the disk is slow: each call that is made aside takes so many nanoseconds more.
  (define (delay-calls-aside! ns) (%blocking-calls-delay! ns))

  (set-aside! call-aside transfer file-call-aside forget-calls!))
