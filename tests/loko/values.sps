;; SPDX-License-Identifier: MIT
;;
;; Several values received by lambda expressions (low/receive): from known and unknown procedures, branches and loops, in any number,
;; more than once, and in the wrong number.
(import (rnrs) (only (rnrs r5rs) quotient)
  (rename (only (tests support checks) check-equal check-raises finish) (check-equal check)))

(define-syntax received
  (syntax-rules ()
    [(_ formals e) (call-with-values (lambda () e) (lambda formals (list . formals)))]))
(define-syntax define-values*
  (syntax-rules ()
    [(_ a b e) (begin (define a #f) (define b #f) (define dummy (let-values ([(x y) e]) (set! a x) (set! b y))))]))
(define (hidden x) (vector-ref (vector x) 0))

;; Producers: values in place, branches, known and unknown calls, loops, procedures that are no lambda expressions.
(define (two a b) (values a b))
(define unknown (hidden two))
(define (branches n) (received (a b) (cond ((= n 0) (values 'zero n)) ((= n 1) (two n 'one)) ((= n 2) (unknown n 'two)) (else (apply two (list n 'many))))))
(check (map branches '(0 1 2 3)) '((zero 0) (1 one) (2 two) (3 many)))
(check (received (q r) (let loop ((n 17) (q 0)) (if (< n 5) (values q n) (loop (- n 5) (+ q 1))))) '(3 2))
(check (received (q r) (let loop ((n 17) (q 0)) (if (< n 5) (unknown q n) (loop (- n 5) (+ q 1))))) '(3 2))
(define (sum-and-product l)
  (if (null? l) (values 0 1) (let-values ([(s p) (sum-and-product (cdr l))]) (values (+ (car l) s) (* (car l) p)))))
(check (received (s p) (sum-and-product '(1 2 3 4 5))) '(15 120))
(check (call-with-values (hidden (lambda () (values 1 2))) (lambda (a b) (list b a))) '(2 1))
;; Many values: the first six travel in registers, the others in memory.
(define (iota* n) (if (= n 0) '() (append (iota* (- n 1)) (list n))))
(define (many) (apply values (iota* 9)))
(check (received (a b c d e f g h i) (many)) '(1 2 3 4 5 6 7 8 9))
(check (received (a b c d e f g h i) ((hidden (lambda () (values 9 8 7 6 5 4 3 2 1))))) '(9 8 7 6 5 4 3 2 1))
(check (received (a b c d e f g) (if (hidden #t) (values 1 2 3 4 5 6 7) (many))) '(1 2 3 4 5 6 7))

;; Floats, boxes of assigned variables, closures over what was received.
(define (halves x) (values (/ x 2.0) (* x 2.0)))
(check (received (a b) (halves 5.0)) '(2.5 10.0))
(check (call-with-values (lambda () (halves 3.0)) (lambda (a b) (fl+ a b))) 7.5)
(check (let-values ([(a b) (unknown 1 2)]) (set! a (+ a b)) (let ((f (lambda () (set! b (+ b a)) (list a b)))) (f) (f))) '(3 8))
(check (let-values ([(a b) (unknown 1 2)] [(c d) (two 3 4)] [(e) 5]) (list a b c d e)) '(1 2 3 4 5))
(check (let*-values ([(a b) (two 1 2)] [(c d) (unknown b a)]) (list a b c d)) '(1 2 2 1))
(define-values* p q (unknown 'p 'q))
(check (list p q) '(p q))
;; The consumer is in tail position, the producer is not.
(define (count-down n k) (if (= n 0) k (let-values ([(a b) (unknown (- n 1) (+ k 1))]) (count-down a b))))
(check (count-down 2000 0) 2000)

;; The wrong number, whoever gives it. The others are not evaluated.
;; What is known while compiling is the wrong number of arguments of the consumer.
(define (count-text n) (case n [(0) "none"] [(1) "one"] [else (number->string n)]))
(define (count-error? expected got c)
  (and (assertion-violation? c)
       (member (condition-message c)
               (list (string-append "expected " (count-text expected) (if (= expected 1) " value" " values") ", got " (count-text got))
                     (string-append "wrong number of arguments: " (number->string expected) " wanted, but " (number->string got) " given")))
       #t))
(define-syntax wrong
  (syntax-rules () [(_ expected got e) (check (guard (c [#t (count-error? expected got c)]) e) #t)]))
(wrong 2 1 (received (a b) (hidden 1)))
(wrong 2 1 (received (a b) 1))
(wrong 2 1 (received (a b) (values 'x)))
(wrong 2 1 (received (a b) (fl+ (hidden 1.0) 2.0)))
(wrong 2 0 (received (a b) (values)))
(wrong 2 3 (received (a b) (values 1 2 3)))
(wrong 2 3 (received (a b) ((hidden values) 1 2 3)))
(wrong 3 2 (received (a b c) (unknown 1 2)))
(wrong 7 9 (received (a b c d e f g) (many)))
(wrong 1 2 (list (unknown 1 2)))
(wrong 1 0 (list ((hidden values))))
(wrong 1 2 (call-with-values (lambda () (unknown 1 2)) (lambda (a) a)))
(define (float-result x) (fl* x 2.0))
(wrong 2 1 (received (a b) (float-result (hidden 2.0))))
(check-raises assertion-violation? (received (a b) (hidden 1)))
(check (guard (e [(irritants-condition? e) (list-tail (condition-irritants e) (- (length (condition-irritants e)) 3))])
         (received (a b) ((hidden values) 1 2 3)))
       '(1 2 3))

;; Continuations of several values, entered more than once, from within and from elsewhere.
(define k #f)
(define rounds '())
(define (again)
  (let-values ([(a b) (call/cc (lambda (c) (set! k c) (values 0 'first)))])
    (set! rounds (cons (list a b) rounds))
    (if (< a 3) (k (+ a 1) 'again) (reverse rounds))))
(check (again) '((0 first) (1 again) (2 again) (3 again)))
(wrong 2 1 (received (a b) (call/cc (lambda (k) (k 1)))))
(wrong 2 3 (received (a b) (+ 1 (call/cc (lambda (c) (received (a b) (call/cc (lambda (k) (k 1 2 3)))))))))
(check (received (a b) (call/cc (lambda (k) (for-each (lambda (x) (if (even? x) (k x 'even))) '(1 3 4 5)) (values #f 'odd)))) '(4 even))
(check (received (a b) (dynamic-wind (lambda () #f) (lambda () (unknown 1 2)) (lambda () (values 3 4 5)))) '(1 2))
(check (received (a b) (with-exception-handler (lambda (e) (values 10 20)) (lambda () (raise-continuable 'x)))) '(10 20))
(check (received (a b) (guard (e [#t (values e 'caught)]) (raise 'oops))) '(oops caught))

;; Deep recursion: the values return through pieces of the stack, which collections move.
(define (deep n)
  (if (= n 0) (values '() 0) (let-values ([(l m) (deep (- n 1))]) (values (cons n l) (+ m 1)))))
(check (let-values ([(l m) (deep 3000)]) (list (length l) (car l) m)) '(3000 3000 3000))
(define (through n) (call/cc (lambda (k) (if (= n 0) (k 1 2) (let-values ([(a b) (through (- n 1))]) (k b (+ a b)))))))
(check (received (a b) (through 10)) '(144 233))

;; Loops whose rounds receive.
(define (gcd* a b) (if (= b 0) a (let-values ([(q r) (div-and-mod a b)]) (gcd* b r))))
(check (gcd* 1071 462) 21)
(define (partition* p l)
  (let loop ((l l) (yes '()) (no '()))
    (if (null? l) (values (reverse yes) (reverse no))
        (let-values ([(y n) (if (p (car l)) (values (cons (car l) yes) no) (values yes (cons (car l) no)))]) (loop (cdr l) y n)))))
(check (received (a b) (partition* even? '(1 2 3 4 5))) '((2 4) (1 3 5)))
(check (received (a b) (partition (hidden even?) '(1 2 3 4 5))) '((2 4) (1 3 5)))
(check (received (a b) (exact-integer-sqrt 17)) '(4 1))

;; Functions all of whose calls are known return without counting (low/value_returns): with errors, loops and tail calls at their ends,
;; many values, continuations entered again, other fibers' turns, and beside calls that ask for another number.
(define (nine n) (if (= n 0) (values 1 2.5 'c #\d "e" '(f) '#(g) 8/9 (expt 2 100)) (nine (- n 1))))
(check (received (a b c d e f g h i) (nine 3)) (list 1 2.5 'c #\d "e" '(f) '#(g) 8/9 (expt 2 100)))
(define (parse s i)
  (cond [(= i (string-length s)) (values 'end i)]
        [(char=? (string-ref s i) #\space) (parse s (+ i 1))]
        [(char-numeric? (string-ref s i)) (parse-number s i 0)]
        [else (error 'parse "no digit" (string-ref s i))]))
(define (parse-number s i n)
  (if (and (< i (string-length s)) (char-numeric? (string-ref s i)))
      (parse-number s (+ i 1) (+ (* 10 n) (- (char->integer (string-ref s i)) 48)))
      (values n i)))
(define (parse-all s)
  (let loop ([i 0] [l '()])
    (let-values ([(n i) (parse s i)]) (if (eq? n 'end) (reverse l) (loop i (cons n l))))))
(check (parse-all " 12 345  6") '(12 345 6))
(check (guard (e [(error? e) (condition-irritants e)]) (parse-all "12 x")) '(#\x))
(define (even-odd l) (if (null? l) (values 0 0) (odd-even (cdr l))))
(define (odd-even l) (if (null? l) (values 1 0) (let-values ([(a b) (even-odd (cdr l))]) (values (+ a 1) (+ b 1)))))
(check (received (a b) (even-odd '(1 2 3 4 5))) '(3 2))
(define (both a b) (values a b))
(check (list (received (a b) (both 1 2)) (guard (e [#t 'error]) (received (a b c) (both 1 2))) (begin (both 1 2) 'ignored)) '((1 2) error ignored))
(define saved #f)
(define times 0)
(define (entered-again x) (let ([y (call/cc (lambda (k) (set! saved k) x))]) (values x y)))
(check (let-values ([(a b) (entered-again 1)])
         (set! times (+ times 1))
         (if (< times 4) (saved (* b 10)) (list a b times)))
       '(1 1000 4))
(define (spread l) (let loop ([l l] [n 0] [s 0.0]) (if (null? l) (values n s) (loop (cdr l) (+ n 1) (+ s (car l))))))
(check (received (n s) (spread '(1 2.5 3))) '(3 6.5))

;; What comes after a test whose other arm is an error knows the test's outcome; the error stays.
(define (third v i)
  (unless (vector? v) (assertion-violation 'third "no vector" v))
  (unless (fixnum? i) (error 'third "no index" i))
  (vector-ref v (+ i 2)))
(check (third '#(1 2 3) 0) 3)
(check (guard (e [#t (condition-who e)]) (third '(1 2 3) 0)) 'third)
(check (guard (e [#t (condition-message e)]) (third (vector 1) 'x)) "no index")
(check-raises assertion-violation? (third (vector 1) 0))
(define (branch x) (if (if (pair? x) (car x) #f) 7 x))
(check (let loop ([i 3] [a #t]) (if (zero? i) (if a 'yes 'no) (loop (- i 1) (branch #f)))) 'no)
(define (checked x) (if (flonum? x) (fl* x 2.0) (error 'checked "no flonum" x)))
(check (let loop ([n 10] [s 1.0]) (if (= n 0) s (loop (- n 1) (checked s)))) 1024.0)
(check (guard (e [#t (condition-irritants e)]) (checked (hidden 1))) '(1))

(finish)
