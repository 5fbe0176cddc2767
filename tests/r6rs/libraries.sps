;; SPDX-License-Identifier: MIT
;;
;; R6RS 7 to 10: libraries, import sets, versions, phases, instantiation, programs, bodies. Each check is a program of
;; its own: its text is expanded and run in this process, what it displays is compared. Libraries get names of their own.
(import (rnrs) (only (loko base eval) %run-task) (only (loko base stdio) with-output-to-string)
        (only (loko core primitives) %expand-start))

(define passed 0)
(define failed 0)

(define (text-of forms)
  (call-with-string-output-port
   (lambda (p) (for-each (lambda (f) (write f p) (newline p)) forms))))

;; What a program made of the forms displays, or (error message).
(define (run forms)
  (guard (c ((message-condition? c) (list 'error (condition-message c)))
            (#t (list 'raised c)))
    (with-output-to-string
     (lambda ()
       (let ((thunk (%run-task (%expand-start 'program-text (cons "test" (text-of forms)) #f))))
         (if (procedure? thunk) (thunk)))))))

(define (contains? s part)
  (let ((n (string-length s)) (m (string-length part)))
    (let loop ((i 0))
      (and (<= (+ i m) n)
           (or (string=? (substring s i (+ i m)) part) (loop (+ i 1)))))))

(define (result! ok? name got wanted)
  (if ok?
      (set! passed (+ passed 1))
      (begin
        (set! failed (+ failed 1))
        (display "FAILED ") (write name) (newline)
        (display "  got      ") (write got) (newline)
        (display "  expected ") (write wanted) (newline))))

(define-syntax check-program
  (syntax-rules (=> fails)
    ((_ name => fails part form ...)
     (let ((got (run '(form ...))))
       (result! (and (pair? got) (eq? (car got) 'error) (contains? (cadr got) part)) name got (list 'error part))))
    ((_ name => wanted form ...)
     (let ((got (run '(form ...))))
       (result! (equal? got wanted) name got wanted)))))
;;; 7.1 Library form

(check-program "export with rename" => "12"
  (library (t a1) (export x (rename (y z))) (import (rnrs)) (define x 1) (define y 2))
  (import (rnrs) (t a1))
  (display x) (display z))
(check-program "import sets nest" => "123"
  (library (t a2) (export a b c) (import (rnrs)) (define a 1) (define b 2) (define c 3))
  (import (rnrs) (rename (prefix (only (t a2) a b) p:) (p:a q)) (except (t a2) a b))
  (display q) (display p:b) (display c))
(check-program "rename swaps" => "21"
  (library (t a3) (export a b) (import (rnrs)) (define a 1) (define b 2))
  (import (rnrs) (rename (t a3) (a b) (b a)))
  (display a) (display b))
(check-program "import of a name that is not exported" => fails "does not export"
  (library (t a4) (export a) (import (rnrs)) (define a 1) (define b 1))
  (import (rnrs) (only (t a4) b)))
(check-program "except of a name that is not exported" => fails "does not export"
  (library (t a5) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (except (t a5) b)))
(check-program "the same binding twice" => "1"
  (library (t a6) (export a) (import (rnrs)) (define a 1))
  (library (t a7) (export a) (import (t a6)))
  (import (rnrs) (t a6) (t a7))
  (display a))
(check-program "two bindings of a name" => fails "two meanings"
  (library (t a8) (export a) (import (rnrs)) (define a 1))
  (library (t a9) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (t a8) (t a9)))
(check-program "two bindings of a name that one macro hides" => fails "two meanings"
  (library (t a10) (export car) (import (except (rnrs) car)) (define (car x) x))
  (import (rnrs) (t a10)))
(check-program "an import and a definition" => fails "cannot be defined"
  (library (t a11) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (t a11))
  (define a 2))
(check-program "an import of (rnrs) and a definition" => fails "cannot be defined"
  (import (rnrs))
  (define (car x) x)
  (display (car 1)))
(check-program "an import of (rnrs) and a syntax definition" => fails "cannot be defined"
  (import (rnrs))
  (define-syntax if (syntax-rules ()))
  (display 1))
(check-program "an import that was left out" => "1"
  (import (except (rnrs) car))
  (define (car x) x)
  (display (car 1)))
(check-program "a duplicate definition" => fails "duplicate"
  (import (rnrs))
  (define a 1)
  (define a 2))
(check-program "a duplicate definition in a library" => fails "duplicate"
  (library (t a12) (export a) (import (rnrs)) (define a 1) (define-syntax a (syntax-rules ())))
  (import (t a12)))
(check-program "an export that is not defined" => fails "does not define"
  (library (t a13) (export a) (import (rnrs)))
  (import (t a13)))
(check-program "one export name for two bindings" => fails "two different bindings"
  (library (t a14) (export a (rename (b a))) (import (rnrs)) (define a 1) (define b 2))
  (import (t a14)))
(check-program "an exported variable must not be assigned" => fails "assigned"
  (library (t a15) (export a) (import (rnrs)) (define a 1) (set! a 2))
  (import (t a15)))
(check-program "an exported variable must not be assigned by a procedure" => fails "assigned"
  (library (t a16) (export a f) (import (rnrs)) (define a 1) (define (f) (set! a 2)))
  (import (t a16)))
(check-program "an exported variable must not be assigned under another name" => fails "assigned"
  (library (t a17) (export (rename (a b))) (import (rnrs)) (define a 1) (define (f) (set! a 2)))
  (import (t a17)))
(check-program "an exported macro must not expand into an assignment of a variable that it exports implicitly" => fails ""
  (library (t a18) (export inc!) (import (rnrs)) (define n 0)
    (define-syntax inc! (syntax-rules () ((_) (begin (set! n (+ n 1)) n)))))
  (import (rnrs) (t a18))
  (inc!))
(check-program "an imported variable must not be assigned" => fails "imported"
  (library (t a19) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (t a19))
  (set! a 2))
(check-program "a hidden variable may be assigned" => "12"
  (library (t a20) (export next) (import (rnrs)) (define n 0) (define (next) (set! n (+ n 1)) n))
  (import (rnrs) (t a20))
  (display (next)) (display (next)))
(check-program "nothing is visible but what is imported" => fails "unbound"
  (library (t a21) (export f) (import (only (rnrs) define)) (define (f) (car 1)))
  (import (t a21)))
(check-program "not even lambda" => fails "unbound"
  (library (t a22) (export f) (import (only (rnrs) define)) (define f (lambda () 1)))
  (import (t a22)))

;;; Versions

(check-program "version references" => "(1 1 1 1 1 1 1 1 1)"
  (library (t v (1 2 3)) (export a) (import (rnrs)) (define a 1))
  (import (rnrs)
          (prefix (t v) a:) (prefix (t v (1)) b:) (prefix (t v (1 2)) c:) (prefix (t v ((>= 1))) d:)
          (prefix (t v (1 (or 2 3))) e:) (prefix (t v (or (2) (1))) f:) (prefix (t v (and (1) (not (2)))) g:)
          (prefix (t v (1 (and (>= 1) (<= 2)))) h:) (prefix (t v ()) i:))
  (display (list a:a b:a c:a d:a e:a f:a g:a h:a i:a)))
(check-program "a version that does not match" => fails "version"
  (library (t v2 (1 2)) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (t v2 (2))))
(check-program "a longer reference than version" => fails "version"
  (library (t v3 (1)) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (t v3 (1 0))))
(check-program "the library form of an import set" => "1"
  (library (only x) (export a) (import (rnrs)) (define a 1))
  (import (rnrs) (library (only x)))
  (display a))
(check-program "rnrs with version" => "(1)"
  (import (rnrs (6)) (rnrs base (6)) (rnrs lists ((>= 6))))
  (display (list 1)))
(check-program "rnrs of another version" => fails "version"
  (import (rnrs (7))))

;;; 7.2 Import and export levels, instantiation

(check-program "a procedure of another library in a transformer" => "(b a)"
  (library (t p1) (export swap) (import (rnrs)) (define (swap x) (list (cadr x) (car x))))
  (library (t p2) (export m) (import (rnrs) (for (t p1) expand))
    (define-syntax m (lambda (x) (syntax-case x () ((_ a b) (with-syntax ((e (datum->syntax #'a (swap (syntax->datum #'(a b)))))) #''e))))))
  (import (rnrs) (t p2))
  (display (m a b)))
(check-program "for (meta 1), (meta 0) and run expand" => "1 2"
  (library (t p3) (export f) (import (rnrs)) (define (f) 1))
  (import (rnrs) (for (t p3) (meta 0) (meta 1) (meta 2)) (for (only (rnrs) car) run expand))
  (define-syntax m (lambda (x) (datum->syntax #'here (+ 1 (f)))))
  (display (f)) (display " ") (display (m)))
;; Phases are implicit (R6RS 7.2 allows it): a binding that is imported for some level can be used at any.
(check-program "for expand only, used at run time" => "1"
  (library (t p4) (export f) (import (rnrs)) (define (f) 1))
  (import (rnrs) (for (t p4) expand))
  (display (f)))
(check-program "a variable of the program has no value in transformers" => fails "no value yet"
  (import (rnrs))
  (define (f x) x)
  (define-syntax m (lambda (x) (f x)))
  (m))
(check-program "a library is instantiated once" => "i1"
  (library (t p5) (export x) (import (rnrs)) (display "i") (define x 1))
  (library (t p6) (export y) (import (rnrs) (t p5)) (define y x))
  (import (rnrs) (t p5) (t p6))
  (display x))
(check-program "dependencies come first, in the order of the imports" => "abc"
  (library (t p7) (export) (import (rnrs)) (display "a"))
  (library (t p8) (export) (import (rnrs) (t p7)) (display "b"))
  (import (rnrs) (t p7) (t p8))
  (display "c"))
(check-program "a syntax definition may come after its use in the library" => "3"
  (library (t p9) (export f) (import (rnrs))
    (define (f x) (m x))
    (define-syntax m (syntax-rules () ((_ x) (+ x 1)))))
  (import (rnrs) (t p9))
  (display (f 2)))
(check-program "macros bring variables that are not exported" => "5"
  (library (t p10) (export m) (import (rnrs)) (define hidden 5) (define-syntax m (syntax-rules () ((_) hidden))))
  (import (rnrs) (t p10))
  (define hidden 6)
  (display (m)))
(check-program "local macros with procedures of begin-for-syntax style libraries at level 2" => "7"
  (library (t p11) (export three) (import (rnrs)) (define (three) 3))
  (import (rnrs) (for (rnrs) expand (meta 2)) (for (t p11) (meta 2)))
  (define-syntax m
    (lambda (x)
      (let-syntax ((k (lambda (y) (datum->syntax #'here (+ 1 (three))))))
        (datum->syntax #'here (+ 3 (k))))))
  (display (m)))
(check-program "libraries that import each other" => fails ""
  (library (t c1) (export a) (import (rnrs) (t c2)) (define a 1))
  (import (t c1)))
(check-program "a library imported for expand only is not instantiated at run time" => "e|"
  (library (t p12) (export f) (import (rnrs)) (display "e") (define (f) 1))
  (import (rnrs) (for (t p12) expand))
  (define-syntax m (lambda (x) (f) #'1))
  (m)
  (display "|"))

;;; 8 Top-level programs: definitions and expressions in any order

(check-program "definitions after expressions" => "12"
  (import (rnrs))
  (display 1)
  (define x 2)
  (display x))
(check-program "a use before the definition" => fails ""
  (import (rnrs))
  (display x)
  (define x (list 2)))
(check-program "a macro defined twice" => fails "duplicate"
  (library (t q1) (export wenn) (import (rnrs)) (define-syntax wenn (syntax-rules () ((_ x y) (if x y #f)))))
  (import (rnrs) (t q1))
  (let ()
    (define-syntax def (syntax-rules () ((_ x) (define x 1))))
    (def a)
    (define-syntax def (syntax-rules ()))
    a))
(check-program "begin splices at top level" => "12"
  (import (rnrs))
  (begin (define x 1) (display x))
  (begin)
  (begin (begin (define y 2)))
  (display y))
(check-program "no import form" => fails "import"
  (display 1))

;;; 10, 11.3 Bodies

(check-program "definitions of a body see each other" => "#t"
  (import (rnrs))
  (display (let () (define (e? n) (or (= n 0) (o? (- n 1)))) (define (o? n) (and (> n 0) (e? (- n 1)))) (e? 100))))
(check-program "a definition after an expression of a body" => fails "definition"
  (import (rnrs))
  (display (let () (define x 1) (display x) (define y 2) y)))
(check-program "a duplicate definition in a body" => fails "duplicate"
  (import (rnrs))
  (display (let () (define x 1) (define x 2) x)))
(check-program "a body without expression" => fails "body"
  (import (rnrs))
  (display (let () (define x 1))))
(check-program "an identifier used as keyword and then defined in the same body" => fails ""
  (import (rnrs))
  (display (let () (define-syntax foo (syntax-rules () ((_) (define y 1)))) (when #t 1) (define when 2) when)))
(check-program "redefinition of define in the body that uses it" => fails ""
  (import (rnrs))
  (let () (define define 17) define))
(check-program "a macro use defines, later definition shadows its keyword" => fails "later"
  (import (rnrs))
  (define-syntax def (syntax-rules () ((_ x) (define x 1))))
  (display (let () (def a) (define def 2) a)))
(check-program "letrec* semantics: reference too early" => fails ""
  (import (rnrs))
  (display (let () (define a b) (define b 1) a)))
(check-program "a syntax definition in a body" => "(2 1)"
  (import (rnrs))
  (display (let () (define-syntax swap! (syntax-rules () ((_ a b) (let ((t a)) (set! a b) (set! b t))))) (define t 1) (define u 2) (swap! t u) (list t u))))
(check-program "empty let-syntax with definitions splices in a body" => "3"
  (import (rnrs))
  (display (let () (let-syntax ((def (syntax-rules () ((_ x e) (define x e))))) (def x 3)) x)))
(check-program "let-syntax splices at top level" => "4"
  (import (rnrs))
  (let-syntax ((def (syntax-rules () ((_ x e) (define x e))))) (def x 4))
  (display x))
(check-program "letrec-syntax: macros see each other" => "#f"
  (import (rnrs))
  (display (letrec-syntax ((e? (syntax-rules () ((_ ()) #t) ((_ (x . r)) (o? r)))) (o? (syntax-rules () ((_ ()) #f) ((_ (x . r)) (e? r))))) (e? (a b c)))))
(check-program "let-syntax: macros don't see each other" => "outer"
  (import (rnrs))
  (define-syntax a (syntax-rules () ((_) 'outer)))
  (display (let-syntax ((a (syntax-rules () ((_) 'inner))) (b (syntax-rules () ((_) (a))))) (b))))
(check-program "let-syntax: keywords are gone behind its forms" => fails "unbound"
  (import (rnrs))
  (let-syntax ((k (syntax-rules () ((_) 1)))) (define x (k)))
  (display (k)))

;;; Libraries of both reports in one program

(check-program "names that are the same are imported from both" => "(1 2 3)"
  (import (only (rnrs) car list display quote) (only (scheme base) car list quote) (scheme write))
  (display (list 1 2 3)))
(check-program "a name on which the reports differ" => fails "two meanings"
  (import (rnrs) (only (scheme base) map)))
(check-program "a form on which the reports differ" => fails "two meanings"
  (import (only (rnrs) let-syntax) (only (scheme base) let-syntax)))
(check-program "each dialect by its own name" => "(3) assertion"
  (import (rnrs) (prefix (only (scheme base) map error) r7:))
  (display (r7:map + '(1 2) '(2)))
  (display (guard (c ((assertion-violation? c) " assertion")) (map + '(1 2) '(2)))))
(check-program "an R7RS library in an R6RS program: its names mean what R7RS says" => "((5) msg who)"
  (define-library (t mixed) (export f fail) (import (scheme base))
    (begin (define (f) (map + '(1 2) '(4))) (define (fail) (error "msg" 1))))
  (import (rnrs) (t mixed))
  (display (list (f)
                 (guard (c (#t (string->symbol (condition-message c)))) (fail))
                 (guard (c (#t (condition-who c))) (error 'who "msg")))))
(check-program "an R6RS library in an R7RS library" => "#(1 2)"
  (library (t six) (export p p-x p-y) (import (rnrs)) (define-record-type (point p point?) (fields (immutable x p-x) (immutable y p-y))))
  (define-library (t seven) (export both) (import (scheme base) (t six)) (begin (define (both) (let ((q (p 1 2))) (vector (p-x q) (p-y q))))))
  (import (rnrs) (t seven))
  (display (both)))

;; The optimizer splits merge in its base cases and the rest; the program must reach both.
(check-program "a recursive procedure of another library, called at its base case" => "((1) (2) (1 2 3 4))"
  (library (t merge) (export merge fold)
    (import (rnrs))
    (define (merge a b less?)
      (cond ((null? a) b)
            ((null? b) a)
            ((less? (car b) (car a)) (cons (car b) (merge a (cdr b) less?)))
            (else (cons (car a) (merge (cdr a) b less?)))))
    (define (fold less? . l) (fold-left (lambda (all x) (merge all (list x) less?)) '() l)))
  (import (rnrs) (t merge))
  (display (list (merge '() '(1) <) (merge '(2) '() <) (fold < 4 2 1 3))))

(check-program "in R7RS the last of two meanings counts" => "(mine (1 . 2))"
  (library (t mine) (export list) (import (except (rnrs) list)) (define (list x) (cons 'mine x)))
  (define-library (t last) (export f) (import (only (scheme base) define cons list) (only (t mine) list))
    (begin (define (f) (list (cons (cons 1 2) #f)))))
  (import (rnrs) (t last))
  (display (let ((x (f))) (list (car x) (cadr x)))))

(display passed) (display " passed, ") (display failed) (display " failed") (newline)
(exit (= failed 0))
