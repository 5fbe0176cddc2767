;; SPDX-License-Identifier: MIT
;;
;; Which code of the library lets other fibers run: with a timer interrupt at every safepoint, a fiber that counts its
;; turns runs in the middle of what works on big arguments, and never in the middle of an operation on what fibers share.
(import (rnrs) (rnrs mutable-pairs) (only (rnrs r5rs) delay force)
        (loko system fibers) (tests support checks)
        (only (loko) iota parameterize make-parameter with-output-to-string)
        (prefix (srfi :1) s1:) (prefix (srfi :13) s13:) (prefix (srfi :133) s133:) (prefix (srfi :132) s132:)
        (only (loko core primitives) %set-switch-torture!))

(define turns 0)
(define stop #f)
(spawn-fiber (lambda () (let loop () (if (not stop) (begin (set! turns (+ turns 1)) (yield-current-task) (loop))))))

;; How many turns the other fiber had while the thunk ran.
(define (turns-during thunk)
  (yield-current-task)
  (let ((before turns))
    (%set-switch-torture! 1)
    (thunk)
    (%set-switch-torture! 0)
    (- turns before)))

(define-syntax lets-others-run
  (syntax-rules () ((_ e) (check-true (> (turns-during (lambda () e)) 20)))))
;; At most at the safepoints of this program around it.
(define-syntax is-one-step
  (syntax-rules () ((_ e) (check-true (< (turns-during (lambda () e)) 12)))))

(define n 300)
(define numbers (iota n))
(define v (list->vector numbers))
(define text (make-string n #\a))
(define sum 0)
(define (leaf x) (set! sum x))          ; too small to have a safepoint of its own

;; what calls the user's procedures
(lets-others-run (for-each leaf numbers))
(lets-others-run (map leaf numbers))
(lets-others-run (map + numbers numbers))
(lets-others-run (vector-for-each leaf v))
(lets-others-run (vector-map leaf v))
(lets-others-run (filter fixnum? numbers))
(lets-others-run (fold-left + 0 numbers))
(lets-others-run (fold-right + 0 numbers))
(lets-others-run (exists string? numbers))
(lets-others-run (for-all fixnum? numbers))
(lets-others-run (list-sort < (reverse numbers)))
(lets-others-run (vector-sort < v))
(lets-others-run (vector-sort! < (list->vector (reverse numbers))))
(lets-others-run (string-for-each leaf text))
(lets-others-run (remp string? numbers))
(lets-others-run (partition string? numbers))
(lets-others-run (find string? numbers))
(lets-others-run (assp string? (map list numbers)))
(lets-others-run (s1:fold + 0 numbers))
(lets-others-run (s1:delete-duplicates numbers))
(lets-others-run (s13:string-index text #\b))
(lets-others-run (s133:vector-index string? v))
(lets-others-run (s132:list-sort < (reverse numbers)))
;; what walks over the user's data
(lets-others-run (apply append (map list numbers)))
(lets-others-run (remv 5 numbers))
(lets-others-run (let ((p (open-string-input-port (call-with-string-output-port (lambda (o) (write (map list (iota 3000)) o)))))) (read p)))
(lets-others-run (vector-sort < (vector-map (lambda (x) (mod (* x 7919) 301)) v)))

(define some (iota 100))
(define many (iota 60000))
;; printing lets others run between many objects only
(is-one-step (call-with-string-output-port (lambda (o) (write some o))))
(check-true (> (turns-during (lambda () (call-with-string-output-port (lambda (o) (write many o))))) 5))

;; what fibers share is seen before or after, never in between
(define table (make-hashtable equal-hash equal?))
(for-each (lambda (i) (hashtable-set! table (list i) i)) numbers)
(is-one-step (hashtable-copy table #t))
(is-one-step (hashtable-keys table))
(is-one-step (hashtable-entries table))
(is-one-step (hashtable-set! table (list 1 2 3 4 5 6 7 8 9 numbers) 1))
(is-one-step (hashtable-ref table (list 1 2 3 4 5 6 7 8 9 numbers) 1))
(is-one-step (hashtable-clear! table))
(let ((p (open-string-input-port (make-string 20000 #\x))))
  (is-one-step (get-line p)))
(let ((ch (make-channel)))
  (for-each (lambda (i) (spawn-fiber (lambda () (get-message ch)))) (iota 100))
  (yield-current-task)
  (is-one-step (choice-operation (get-operation ch) (put-operation ch 1))))

;; a library procedure that an atomic one calls is as atomic as that: the order of a custom hash is the user's code, but
;; the table is whole whenever it runs
(let ((t (make-hashtable (lambda (x) (mod x 7)) =)) (lost 0))
  (%set-switch-torture! 1)
  (call-with-scope
   (lambda (s)
     (for-each (lambda (k)
                 (spawn-fiber (lambda () (for-each (lambda (i) (hashtable-set! t (+ i (* 1000 k)) i)) (iota 60)))))
               (iota 4))))
  (%set-switch-torture! 0)
  (for-each (lambda (k) (for-each (lambda (i) (if (not (eqv? i (hashtable-ref t (+ i (* 1000 k)) #f))) (set! lost (+ lost 1)))) (iota 60))) (iota 4))
  (check-equal (list lost (hashtable-size t)) '(0 240)))

(set! stop #t)
(finish)
