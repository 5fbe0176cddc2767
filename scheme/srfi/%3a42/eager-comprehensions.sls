;; SPDX-License-Identifier: MIT
;;
;; SRFI 42: eager comprehensions. A generator is a macro in continuation-passing style: (:gen cc var argument ...) becomes
;; (:do cc outer-let loop-bindings more? inner-let again? steps), and :do hands that to the continuation, (cc ... (:do ...)),
;; which wraps it (:while, :parallel …) or makes the loop (do-ec).
(library (srfi :42 eager-comprehensions)
  (export do-ec list-ec append-ec string-ec string-append-ec vector-ec vector-of-length-ec sum-ec product-ec min-ec max-ec
          any?-ec every?-ec first-ec last-ec fold-ec fold3-ec
          : :list :string :vector :integers :range :real-range :char-range :port :dispatched :do :let :parallel
          :while :until
          :-dispatch-ref :-dispatch-set! make-initial-:-dispatch dispatch-union :generator-proc)
  (import (rnrs) (only (loko base process-state) %state-changed!))

  ;;; The loop

  ;; (do-ec qualifier ... command): a qualifier is a generator, (if test), (not test), (and test ...), (or test ...),
  ;; (begin command ... expression) or (nested qualifier ...).
  (define-syntax do-ec
    (syntax-rules (nested if not and or begin)
      ((_ (nested q ...) etc ... command) (do-ec q ... etc ... command))
      ((_ q1 q2 etc ... command) (do-ec q1 (do-ec q2 etc ... command)))
      ((_ command) (begin command (if #f #f)))
      ((_ (if test) command) (if test (do-ec command)))
      ((_ (not test) command) (if (not test) (do-ec command)))
      ((_ (and test ...) command) (if (and test ...) (do-ec command)))
      ((_ (or test ...) command) (if (or test ...) (do-ec command)))
      ((_ (begin etc ...) command) (begin etc ... (do-ec command)))
      ((_ (generator argument ...) command) (generator (make-loop command) argument ...))))

  ;; The last continuation: the loop itself.
  (define-syntax make-loop
    (syntax-rules (:do let)
      ((_ command (:do (let obs oc ...) ((lv li) ...) more? (let ibs ic ...) again? (ls ...)))
       (let obs
         oc ...
         (let loop ((lv li) ...)
           (if more?
               (let ibs
                 ic ...
                 (do-ec command)
                 (if again? (loop ls ...) (if #f #f)))))))))

  ;; (:do [cc] [(let (outer ...) command ...)] ((variable init) ...) more? [(let (inner ...) command ...) again?] (step ...))
  (define-syntax :do
    (syntax-rules (let)
      ((_ (cc ...) (let obs oc ...) lbs more? (let ibs ic ...) again? lss)
       (cc ... (:do (let obs oc ...) lbs more? (let ibs ic ...) again? lss)))
      ((_ cc lbs more? lss)
       (:do cc (let ()) lbs more? (let ()) #t lss))))

  ;;; Generators

  (define-syntax :let
    (syntax-rules (index)
      ((_ cc var (index i) e) (:do cc (let ((var e) (i 0))) () #t (let ()) #f ()))
      ((_ cc var e) (:do cc (let ((var e))) () #t (let ()) #f ()))))

  (define-syntax :list
    (syntax-rules (index)
      ((_ cc var (index i) argument ...) (:parallel cc (:list var argument ...) (:integers i)))
      ((_ cc var l) (:do cc (let ()) ((t l)) (not (null? t)) (let ((var (car t)))) #t ((cdr t))))
      ((_ cc var l1 l2 l ...) (:list cc var (append l1 l2 l ...)))))

  ;; Sequences with a length: name, length, ref, how several are joined
  (define-syntax define-indexed
    (syntax-rules ()
      ((_ name size ref join)
       (define-syntax name
         (syntax-rules (index)
           ((_ cc var (index i) s)
            (:do cc (let ((sequence s) (n 0)) (set! n (size sequence))) ((i 0)) (< i n) (let ((var (ref sequence i)))) #t ((+ i 1))))
           ((_ cc var (index i) s1 s2 s (... ...)) (name cc var (index i) (join s1 s2 s (... ...))))
           ((_ cc var s) (name cc var (index i) s))
           ((_ cc var s1 s2 s (... ...)) (name cc var (join s1 s2 s (... ...)))))))))
  (define-indexed :string string-length string-ref string-append)
  (define-indexed :vector vector-length vector-ref join-vectors)
  (define (join-vectors . vs) (list->vector (apply append (map vector->list vs))))

  (define-syntax :integers
    (syntax-rules (index)
      ((_ cc var (index i)) (:do cc ((var 0) (i 0)) #t ((+ var 1) (+ i 1))))
      ((_ cc var) (:do cc ((var 0)) #t ((+ var 1))))))

  ;; (:range var [start] stop [step]): integers
  (define-syntax :range
    (syntax-rules (index)
      ((_ cc var (index i) argument ...) (:parallel cc (:range var argument ...) (:integers i)))
      ((_ cc var stop) (:range cc var 0 stop 1))
      ((_ cc var start stop) (:range cc var start stop 1))
      ((_ cc var start stop 1)
       (:do cc (let ((first start) (past stop)) (check-range-argument first) (check-range-argument past))
            ((var first)) (< var past) (let ()) #t ((+ var 1))))
      ((_ cc var start stop -1)
       (:do cc (let ((first start) (past stop)) (check-range-argument first) (check-range-argument past))
            ((var first)) (> var past) (let ()) #t ((- var 1))))
      ((_ cc var start stop step)
       (:do cc (let ((first start) (past stop) (by step) (before? <))
                 (check-range-argument first)
                 (check-range-argument past)
                 (check-range-argument by)
                 (if (zero? by) (assertion-violation ':range "the step is zero"))
                 (if (negative? by) (set! before? >)))
            ((var first)) (before? var past) (let ()) #t ((+ var by))))))
  (define (check-range-argument x)
    (if (not (integer? x)) (assertion-violation ':range "expected an integer (:real-range takes others)" x)))

  ;; (:real-range var [start] stop [step]): start + i * step, so that errors don't add up
  (define-syntax :real-range
    (syntax-rules (index)
      ((_ cc var (index i) stop) (:real-range cc var (index i) 0 stop 1))
      ((_ cc var (index i) start stop) (:real-range cc var (index i) start stop 1))
      ((_ cc var (index i) start stop step)
       (:do cc (let ((first start) (past stop) (by step) (n 0))
                 (if (not (and (real? first) (real? past) (real? by)))
                     (assertion-violation ':real-range "expected real numbers" first past by))
                 (if (zero? by) (assertion-violation ':real-range "the step is zero"))
                 (if (and (exact? first) (not (and (exact? past) (exact? by)))) (set! first (inexact first)))
                 (set! n (/ (- past first) by)))
            ((i 0)) (< i n) (let ((var (+ first (* by i))))) #t ((+ i 1))))
      ((_ cc var argument ...) (:real-range cc var (index i) argument ...))))

  ;; (:char-range var min max): both included
  (define-syntax :char-range
    (syntax-rules (index)
      ((_ cc var (index i) first last) (:parallel cc (:char-range var first last) (:integers i)))
      ((_ cc var first last)
       (:do cc (let ((n (char->integer last))) ) ((i (char->integer first))) (<= i n)
            (let ((var (integer->char i)))) #t ((next-scalar i))))))
  (define (next-scalar i) (if (= i #xD7FF) #xE000 (+ i 1)))

  ;; (:port var port [read])
  (define-syntax :port
    (syntax-rules (index)
      ((_ cc var (index i) argument ...) (:parallel cc (:port var argument ...) (:integers i)))
      ((_ cc var port) (:port cc var port read))
      ((_ cc var port read-it)
       (:do cc (let ((p port) (r read-it))) ((var (r p))) (not (eof-object? var)) (let ()) #t ((r p))))))

  ;;; Generators chosen at run time

  ;; (:dispatched var dispatch argument1 argument ...): dispatch takes the list of arguments, gives a generator procedure: one
  ;; that returns the next object, or its argument at the end.
  (define-syntax :dispatched
    (syntax-rules (index)
      ((_ cc var (index i) dispatch argument1 argument ...)
       (:parallel cc (:dispatched var dispatch argument1 argument ...) (:integers i)))
      ((_ cc var dispatch argument1 argument ...)
       (:do cc (let ((d dispatch) (arguments (list argument1 argument ...)) (g #f) (end (list #f)))
                 (set! g (d arguments))
                 (if (not (procedure? g))
                     (assertion-violation ': "no generator for these arguments" arguments)))
            ((var (g end))) (not (eq? var end)) (let ()) #t ((g end))))))

  (define-syntax :
    (syntax-rules (index)
      ((_ cc var (index i) argument1 argument ...)
       (:dispatched cc var (index i) (:-dispatch-ref) argument1 argument ...))
      ((_ cc var argument1 argument ...)
       (:dispatched cc var (:-dispatch-ref) argument1 argument ...))))

  ;; (:generator-proc (generator var argument ...)): the generator as a procedure.
  (define-syntax :generator-proc
    (syntax-rules (:let)
      ((_ (generator var argument ...)) (generator (make-generator-proc var) var argument ...))))
  (define-syntax make-generator-proc
    (lambda (x)
      (syntax-case x (:do let)
        ((_ var (:do (let obs oc ...) ((lv li) ...) more? (let ((iv ie) ...) ic ...) again? (ls ...)))
         (with-syntax (((t ...) (generate-temporaries #'(ls ...))))
           #'(let obs
               oc ...
               (let ((lv li) ... (going? #t))
                 (lambda (end)
                   (if (and going? more?)
                       (let ((iv ie) ...)
                         ic ...
                         (let ((result var))
                           (if again?
                               (let ((t ls) ...) (set! lv t) ... #f)
                               (set! going? #f))
                           result))
                       end)))))))))

  (define (make-initial-:-dispatch)
    (lambda (arguments)
      (define (every? test) (for-all test arguments))
      (define (exact-integer? x) (and (integer? x) (exact? x)))
      (define-syntax generate
        (syntax-rules () ((_ (g argument ...)) (:generator-proc (g var argument ...)))))
      (case (length arguments)
        ((0) 'SRFI42)
        ((1)
         (let ((a (car arguments)))
           (cond ((list? a) (generate (:list a)))
                 ((string? a) (generate (:string a)))
                 ((vector? a) (generate (:vector a)))
                 ((exact-integer? a) (generate (:range a)))
                 ((real? a) (generate (:real-range a)))
                 ((input-port? a) (generate (:port a)))
                 (else #f))))
        ((2)
         (let ((a (car arguments)) (b (cadr arguments)))
           (cond ((every? list?) (generate (:list a b)))
                 ((every? string?) (generate (:string a b)))
                 ((every? vector?) (generate (:vector a b)))
                 ((every? exact-integer?) (generate (:range a b)))
                 ((every? real?) (generate (:real-range a b)))
                 ((every? char?) (generate (:char-range a b)))
                 ((and (input-port? a) (procedure? b)) (generate (:port a b)))
                 (else #f))))
        ((3)
         (let ((a (car arguments)) (b (cadr arguments)) (c (caddr arguments)))
           (cond ((every? list?) (generate (:list a b c)))
                 ((every? string?) (generate (:string a b c)))
                 ((every? vector?) (generate (:vector a b c)))
                 ((every? exact-integer?) (generate (:range a b c)))
                 ((every? real?) (generate (:real-range a b c)))
                 (else #f))))
        (else
         (cond ((every? list?) (generate (:list (apply append arguments))))
               ((every? string?) (generate (:string (apply string-append arguments))))
               ((every? vector?) (generate (:vector (apply join-vectors arguments))))
               (else #f))))))

  (define dispatch #f)
  (define (:-dispatch-ref)
    (if (not dispatch) (set! dispatch (make-initial-:-dispatch)))
    dispatch)
  (define (:-dispatch-set! d)
    (if (not (procedure? d)) (assertion-violation ':-dispatch-set! "expected a procedure" d))
    (%state-changed!)
    (set! dispatch d))
  ;; (dispatch-union d1 d2): arguments that both know are an error.
  (define (dispatch-union d1 d2)
    (lambda (arguments)
      (let ((g1 (d1 arguments)) (g2 (d2 arguments)))
        (cond ((null? arguments)
               (append (if (list? g1) g1 (list g1)) (if (list? g2) g2 (list g2))))
              ((and g1 g2) (assertion-violation ': "two generators for these arguments" arguments))
              (else (or g1 g2))))))

  ;;; Generators of generators

  (define-syntax :parallel
    (syntax-rules ()
      ((_ cc) cc)
      ((_ cc (generator argument ...) other ...)
       (generator (parallel-next cc (other ...)) argument ...))))
  (define-syntax parallel-next
    (syntax-rules (:do let)
      ((_ (cc ...) () result) (cc ... result))
      ((_ cc ((generator argument ...) other ...) result)
       (generator (parallel-join cc (other ...) result) argument ...))))
  (define-syntax parallel-join
    (syntax-rules (:do let)
      ((_ cc others
          (:do (let (ob1 ...) oc1 ...) (lb1 ...) more1? (let (ib1 ...) ic1 ...) again1? (ls1 ...))
          (:do (let (ob2 ...) oc2 ...) (lb2 ...) more2? (let (ib2 ...) ic2 ...) again2? (ls2 ...)))
       (parallel-next cc others
                      (:do (let (ob1 ... ob2 ...) oc1 ... oc2 ...) (lb1 ... lb2 ...) (and more1? more2?)
                           (let (ib1 ... ib2 ...) ic1 ... ic2 ...) (and again1? again2?) (ls1 ... ls2 ...))))))

  ;; (:while generator test): until test is false; that object is not seen any more.
  (define-syntax :while
    (syntax-rules ()
      ((_ cc (generator argument ...) test) (generator (while-join cc test) argument ...))))
  ;; The inner bindings are made once, in more?, and kept in variables outside.
  (define-syntax while-join
    (lambda (x)
      (syntax-case x (:do let)
        ((_ cc test (:do (let (ob ...) oc ...) lbs more? (let ((iv ie) ...) ic ...) again? lss))
         (with-syntax (((t ...) (generate-temporaries #'(iv ...))))
           #'(:do cc (let (ob ... (t #f) ...) oc ...) lbs
                  (and more? (let ((iv ie) ...) ic ... (set! t iv) ... test))
                  (let ((iv t) ...)) again? lss))))))

  ;; (:until generator test): until test is true; that object is the last one.
  (define-syntax :until
    (syntax-rules ()
      ((_ cc (generator argument ...) test) (generator (until-join cc test) argument ...))))
  (define-syntax until-join
    (syntax-rules (:do let)
      ((_ cc test (:do olet lbs more? ilet again? lss))
       (:do cc olet lbs more? ilet (and again? (not test)) lss))))

  ;;; Comprehensions

  ;; (fold3-ec x0 qualifier ... expression f1 f2): f1 of the first value, f2 of value and result for the others.
  (define-syntax fold3-ec
    (syntax-rules (nested)
      ((_ x0 (nested q ...) etc ... e f1 f2) (fold3-ec x0 q ... etc ... e f1 f2))
      ((_ x0 q1 q2 etc ... e f1 f2) (fold3-ec x0 (nested* q1 q2 etc ...) e f1 f2))
      ((_ x0 e f1 f2) (fold3-ec x0 (nested*) e f1 f2))
      ((_ x0 q e f1 f2)
       (let ((result #f) (empty? #t))
         (do-in q
                (let ((value e))
                  (if empty?
                      (begin (set! result (f1 value)) (set! empty? #f))
                      (set! result (f2 value result)))))
         (if empty? x0 result)))))
  ;; (fold-ec x0 qualifier ... expression f2)
  (define-syntax fold-ec
    (syntax-rules (nested)
      ((_ x0 (nested q ...) etc ... e f2) (fold-ec x0 q ... etc ... e f2))
      ((_ x0 q1 q2 etc ... e f2) (fold-ec x0 (nested* q1 q2 etc ...) e f2))
      ((_ x0 e f2) (fold-ec x0 (nested*) e f2))
      ((_ x0 q e f2)
       (let ((result x0))
         (do-in q (set! result (f2 e result)))
         result))))
  ;; A qualifier that may be several.
  (define-syntax nested* (lambda (x) (syntax-violation 'nested* "misplaced" x)))
  (define-syntax do-in
    (syntax-rules (nested*)
      ((_ (nested* q ...) command) (do-ec q ... command))
      ((_ q command) (do-ec q command))))

  (define-syntax list-ec
    (syntax-rules ()
      ((_ etc ... e) (reverse (fold-ec '() etc ... e cons)))))
  (define-syntax append-ec
    (syntax-rules () ((_ etc ... e) (apply append (list-ec etc ... e)))))
  (define-syntax string-ec
    (syntax-rules () ((_ etc ... e) (list->string (list-ec etc ... e)))))
  (define-syntax string-append-ec
    (syntax-rules () ((_ etc ... e) (apply string-append (list-ec etc ... e)))))
  (define-syntax vector-ec
    (syntax-rules () ((_ etc ... e) (list->vector (list-ec etc ... e)))))
  ;; (vector-of-length-ec length qualifier ... expression): exactly so many
  (define-syntax vector-of-length-ec
    (syntax-rules ()
      ((_ size etc ... e)
       (let* ((n size) (v (make-vector n)) (i 0))
         (do-ec etc ...
                (if (< i n)
                    (begin (vector-set! v i e) (set! i (+ i 1)))
                    (assertion-violation 'vector-of-length-ec "the vector is too short for the comprehension" n)))
         (if (= i n)
             v
             (assertion-violation 'vector-of-length-ec "the vector is too long for the comprehension" n))))))
  (define-syntax sum-ec
    (syntax-rules () ((_ etc ... e) (fold-ec 0 etc ... e +))))
  (define-syntax product-ec
    (syntax-rules () ((_ etc ... e) (fold-ec 1 etc ... e *))))
  (define-syntax min-ec
    (syntax-rules () ((_ etc ... e) (fold3-ec (min) etc ... e min min))))
  (define-syntax max-ec
    (syntax-rules () ((_ etc ... e) (fold3-ec (max) etc ... e max max))))
  (define-syntax last-ec
    (syntax-rules () ((_ default etc ... e) (fold-ec default etc ... e (lambda (x result) x)))))
  (define-syntax first-ec
    (syntax-rules ()
      ((_ default etc ... e)
       (let ((otherwise default))
         (call/cc (lambda (return) (do-ec etc ... (return e)) otherwise))))))
  (define-syntax any?-ec
    (syntax-rules () ((_ etc ... test) (call/cc (lambda (return) (do-ec etc ... (if test (return #t))) #f)))))
  (define-syntax every?-ec
    (syntax-rules () ((_ etc ... test) (call/cc (lambda (return) (do-ec etc ... (if (not test) (return #f))) #t))))))
