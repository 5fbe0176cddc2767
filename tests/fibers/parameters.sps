;; SPDX-License-Identifier: MIT
;;
;; Parameters per fiber: a fiber has the values of its creation; an assignment is seen by the fiber that made it and by those that it spawns
;; later, from both sides; bindings of parameterize, assignments within them, conversions, continuations, dropped parameters, forks.
(import (rnrs) (only (loko) make-parameter parameterize with-output-to-string iota get-environment-variable) (loko system fibers) (tests support checks)
        (only (loko loci) locus locus-channel-get locus-channel-put)
        (only (loko core primitives) %collect %collections))

(define few? (and (get-environment-variable "LOKO_TEST_FEW") #t))
(define p (make-parameter 1))
(define q (make-parameter "a" (lambda (x) (if (symbol? x) (symbol->string x) x))))
(define untouched (make-parameter 'first))

;; Two fibers take turns: each (turn) lets the other side run to its next one.
(define (make-turns)
  (let ((there (make-channel)) (back (make-channel)))
    (values (lambda () (put-message there #t) (get-message back))
            (lambda () (put-message back #t) (get-message there))
            (lambda () (get-message there)))))

;;; Before the first fiber there is one value
(p 2)
(check-equal (p) 2)

;;; The main program and a fiber
(let-values (((main-turn fiber-turn begin-turn) (make-turns)))
  (let* ((log '())
         (note (lambda () (set! log (cons (list (p) (q)) log))))
         (f (spawn-fiber (lambda ()
                           (begin-turn)
                           (note)                        ; 2 a, whatever main has assigned meanwhile
                           (p 10) (q 'f)
                           (note)
                           (fiber-turn)
                           (note)                        ; main's assignments are not seen
                           (p 11)
                           'done))))
    (p 3) (q 'main)
    (main-turn)
    (check-equal (list (p) (q)) '(3 "main"))             ; the fiber's neither
    (p 4)
    (spawn-fiber (lambda () (main-turn)))
    (check-equal (fiber-join f) 'done)
    (check-equal (reverse log) '((2 "a") (10 "f") (10 "f")))
    (check-equal (list (p) (q)) '(4 "main"))
    (check-equal (fiber-join (spawn-fiber (lambda () (list (p) (q) (untouched))))) '(4 "main" first))))

;;; Offspring has the values of the creation, each generation its own
(check-equal
 (fiber-join
  (spawn-fiber
   (lambda ()
     (p 20)
     (let* ((go (make-channel))
            (early (spawn-fiber (lambda () (get-message go) (let ((old (p))) (p 21) (list old (p)))))))
       (p 22)
       (let ((late (spawn-fiber (lambda () (get-message go) (let ((old (p))) (p 23) (list old (p) (fiber-join (spawn-fiber p))))))))
         (put-message go #t) (put-message go #t)
         (let ((results (list (fiber-join early) (fiber-join late))))
           (append results (list (p)))))))))
 '((20 21) (22 23 23) 22))
(check-equal (p) 4)

;;; Bindings: assignments within are the fiber's, and end with the extent
(check-equal
 (parameterize ((p 30))
   (let ((f (spawn-fiber (lambda ()
                           (let* ((a (p)) (b (begin (p 31) (p)))
                                  (c (parameterize ((p 32)) (p 33) (p))))
                             (list a b c (p)))))))
     (p 34)
     (let ((r (fiber-join f))) (list r (p)))))
 '((30 31 33 31) 34))
(check-equal (p) 4)
;; an assignment outside of a binding that was inherited
(check-equal
 (fiber-join (spawn-fiber (lambda ()
                            (p 40)
                            (let ((inner (parameterize ((p 41)) (spawn-fiber (lambda () (p 42) (p))))))
                              (list (fiber-join inner) (p))))))
 '(42 40))

;;; Many fibers and many parameters at once
(let* ((n (if few? 8 40))
       (parameters (map (lambda (i) (make-parameter i)) (iota n)))
       (fibers (map (lambda (i)
                      (spawn-fiber
                       (lambda ()
                         (do ((round 0 (+ round 1))) ((= round 5))
                           (for-each (lambda (parameter j) (parameter (+ (* 1000 i) (* 10 round) j)) (if (= j i) (yield-current-task)))
                                     parameters (iota n)))
                         (map (lambda (parameter j) (- (parameter) j)) parameters (iota n)))))
                    (iota n))))
  (for-each (lambda (f i) (check-equal (fiber-join f) (map (lambda (j) (+ (* 1000 i) 40)) (iota n)))) fibers (iota n))
  (check-equal (map (lambda (parameter) (parameter)) parameters) (iota n)))

;;; Conversion: a fender that fails changes nothing; it runs in the fiber
(let ((even (make-parameter 0 (lambda (x) (yield-current-task) (if (even? x) x (raise 'odd))))))
  (check-equal (fiber-join (spawn-fiber (lambda () (even 2) (guard (e ((eq? e 'odd) #t)) (even 3)) (even)))) 2)
  (check-equal (even) 0))

;;; The library's own parameters: each fiber redirects its own output, with and without an extent
(check-equal
 (let ((texts (map (lambda (i)
                     (let-values (((port get) (open-string-output-port)))
                       (let ((f (spawn-fiber (lambda ()
                                               (current-output-port port)
                                               (do ((k 0 (+ k 1))) ((= k 3)) (display i) (yield-current-task))
                                               (get)))))
                         f)))
                   '(1 2 3))))
   (map fiber-join texts))
 '("111" "222" "333"))
(check-equal (with-output-to-string (lambda () (fiber-join (spawn-fiber (lambda () (display "in")))))) "in")

;;; Continuations within a fiber see later assignments, as the first time
(check-equal
 (fiber-join (spawn-fiber (lambda ()
                            (let ((n 0) (k #f))
                              (p 50)
                              (call/cc (lambda (c) (set! k c)))
                              (set! n (+ n 1))
                              (if (< n 3) (begin (p (+ (p) 1)) (k #f)))
                              (list n (p))))))
 '(3 52))

;;; Parameters that nobody has any more are dropped with their values, in the main program and in fibers
(define (collect!)
  (let ((before (%collections)))
    (%collect #t)
    (let spin ((i 0)) (if (and (= (%collections) before) (< i 100000)) (spin (+ i 1))))))
(define (resident)
  (collect!)
  (call-with-port (open-file-input-port "/proc/self/status" (file-options) 'block (native-transcoder))
    (lambda (port)
      (let loop ()
        (let ((line (get-line port)))
          (if (and (> (string-length line) 5) (string=? (substring line 0 6) "VmRSS:"))
              (string->number (list->string (filter char-numeric? (string->list line))))
              (loop)))))))
(define (assign-and-drop n)
  (do ((i 0 (+ i 1))) ((= i n))
    (let ((fresh (make-parameter 0)))
      (fresh (cons fresh (make-vector 100 i)))
      (if (not (= i (vector-ref (cdr (fresh)) 99))) (raise 'wrong)))))
(unless few?
  (let ((flat (lambda () (assign-and-drop 2000) (let ((before (resident))) (assign-and-drop 60000) (< (resident) (+ before 8192))))))
    (check-true (flat))
    (check-true (fiber-join (spawn-fiber flat))))
  ;; a chain of fibers that each assign and start the next one
  (let* ((chain (lambda (n)
                  (let ((done (make-channel)))
                    (let next ((i 0))
                      (spawn-fiber (lambda ()
                                     (p i) (q 'c)
                                     (parameterize ((q 'd)) (if (= i n) (put-message done (p)) (next (+ i 1)))))))
                    (get-message done))))
         (first (chain 3000)) (before (resident)))
    (check-equal first 3000)
    (check-equal (chain 60000) 60000)
    (check-true (< (resident) (+ before 8192)))))

;;; A locus is a fork of its creator: it has the values of the fiber that made it
(check-equal (fiber-join (spawn-fiber (lambda () (p 60) (locus-channel-get (locus ch (locus-channel-put ch (p))))))) 60)
(check-equal (p) 4)
(finish)
