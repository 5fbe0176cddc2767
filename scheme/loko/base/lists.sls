;; SPDX-License-Identifier: MIT
;;
;; Lists: R6RS base 11.9, (rnrs lists) and the list procedures of R7RS 6.4 and 6.10.
;; Mapping procedures are safe for re-entry: no result is built by mutation.
;; length list? append reverse list-copy memv member assv assoc are primitives (src/runtime/data/lists.cpp).
;; map and for-each count down from `patience`; at 0 they look whether their lists are all circular, which is an error: they
;; end with the shortest. memq and assq run after a tortoise. What calls a predicate goes on for as long as the list does.
;; Where the reports differ on lists of unequal length there are two procedures: R6RS signals
;; an error, the `r7:` variant stops at the end of the shortest list.
(library (loko base lists)
  (export length list? list cons* list-tail list-ref list-copy append reverse make-list list-set!
          caar cadr cdar cddr
          caaar caadr cadar caddr cdaar cdadr cddar cdddr
          caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr
          cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr
          memq memv member memp assq assv assoc assp r7:member r7:assoc
          remq remv remove remp filter partition find
          map for-each r7:map r7:for-each
          for-all exists fold-left fold-right andmap ormap
          append-reverse! append! reverse! last-pair list-index filter-map append-map iota list-head
          %map1 %for-each1 %any-empty? %cars %cdrs)
  (import (loko core syntax) (loko core primitives) (loko base violations))

  ;;; Shape

  ;; (list object ...): a fresh list of the arguments.
  (define-primitive-procedure list (lambda objects objects))

  ;; (cons* object ... tail): a chain of pairs that ends in the last argument (R6RS libraries 3).
  (define-primitive-procedure cons*
    (case-lambda
      ((x) x)
      ((x y) (cons x y))
      ((x y z) (cons x (cons y z)))
      ((x y . rest)
       (cons x
             (let loop ((y y) (rest rest))
               (if (null? rest)
                   y
                   (cons y (loop (car rest) (cdr rest)))))))))

  ;; Steps after which a loop looks whether its list ever ends.
  (define-syntax patience (identifier-syntax 1000000))

  ;; Raises if list is circular, else gives a number from which `one-less` will hardly get to 0.
  (define (check-end who list)
    (if (%circular? list)
        (%type-violation who "a list, not a circular one" list)
        (greatest-fixnum)))

  ;; The next value of the counter n of a loop over list.
  (define-syntax one-less
    (syntax-rules ()
      ((_ n who list) (if (eq? n 0) (check-end who list) (%fx-/wrap n 1)))))

  ;; Likewise for loops over several lists, which end if one of these does.
  (define (check-ends who . lists)
    (let loop ((rest lists))
      (if (pair? rest)
          (if (%circular? (car rest))
              (loop (cdr rest))
              (greatest-fixnum))
          (%type-violation who "a list that is not circular" (car lists)))))

  (define-syntax one-less/several
    (syntax-rules ()
      ((_ n who list ...) (if (eq? n 0) (check-ends who list ...) (%fx-/wrap n 1)))))

  ;; (make-list k [fill]): a list of k elements (R7RS).
  (define make-list
    (case-lambda
      ((k) (make-list k #f))
      ((k fill)
       (if (and (fixnum? k) (fx>=? k 0))
           (let loop ((k k) (l '()))
             (if (fx=? k 0) l (loop (fx- k 1) (cons fill l))))
           (%type-violation 'make-list "a length" k)))))

  ;; (iota count [start [step]]): the numbers start, start + step, ...
  (define iota
    (case-lambda
      ((count) (iota count 0 1))
      ((count start) (iota count start 1))
      ((count start step)
       (if (and (fixnum? count) (fx>=? count 0))
           (let loop ((i (fx- count 1)) (l '()))
             (if (fx<? i 0) l (loop (fx- i 1) (cons (+ start (* i step)) l))))
           (%type-violation 'iota "a count" count)))))

  ;; (list-tail list k): list without its first k elements; &assertion if it has fewer.
  (define (list-tail l k)
    (if (and (fixnum? k) (fx>=? k 0))
        (let loop ((rest l) (i k))
          (if (fx=? i 0)
              rest
              (if (pair? rest)
                  (loop (cdr rest) (fx- i 1))
                  (%range-violation 'list-tail l k))))
        (%type-violation 'list-tail "an index" k)))

  ;; (list-head list k): a fresh list of the first k elements.
  (define (list-head l k)
    (if (and (fixnum? k) (fx>=? k 0))
        (let loop ((rest l) (i k))
          (if (fx=? i 0)
              '()
              (if (pair? rest)
                  (cons (car rest) (loop (cdr rest) (fx- i 1)))
                  (%range-violation 'list-head l k))))
        (%type-violation 'list-head "an index" k)))

  ;; (list-ref list k): element k of list.
  (define (list-ref l k)
    (if (and (fixnum? k) (fx>=? k 0))
        (let loop ((rest l) (i k))
          (if (pair? rest)
              (if (fx=? i 0)
                  (car rest)
                  (loop (cdr rest) (fx- i 1)))
              (%range-violation 'list-ref l k)))
        (%type-violation 'list-ref "an index" k)))

  ;; (list-set! list k object): stores object in element k (R7RS).
  (define (list-set! l k object)
    (if (and (fixnum? k) (fx>=? k 0))
        (let loop ((rest l) (i k))
          (if (pair? rest)
              (if (fx=? i 0)
                  (set-car! rest object)
                  (loop (cdr rest) (fx- i 1)))
              (%range-violation 'list-set! l k)))
        (%type-violation 'list-set! "an index" k)))

  ;; (last-pair list): the last pair of a non-empty chain.
  (define (last-pair l)
    (if (pair? l)
        (let loop ((rest l) (n patience))
          (if (pair? (cdr rest)) (loop (cdr rest) (one-less n 'last-pair l)) rest))
        (%type-violation 'last-pair "a pair" l)))

  ;; (append list ... object): the elements of the lists in front of the last argument.
  (define-primitive-procedure append
    (case-lambda
      ((a b) (append a b))
      (() '())
      ((a) a)
      ((a b . rest)
       (let loop ((a a) (b b) (rest rest))
         (if (null? rest)
             (append a b)
             (let ((tail (loop b (car rest) (cdr rest))))
               (append a tail)))))))

  ;; (append-reverse! list tail): reverses list in place in front of tail.
  (define (append-reverse! l tail)
    (let loop ((rest l) (result tail))
      (if (pair? rest)
          (let ((next (cdr rest)))
            (set-cdr! rest result)
            (loop next rest))
          result)))

  ;; (reverse! list): reverses list in place.
  (define (reverse! l) (append-reverse! l '()))

  ;; (append! list ...): appends by changing the last pairs.
  (define append!
    (case-lambda
      (() '())
      ((a) a)
      ((a b)
       (if (pair? a)
           (begin (set-cdr! (last-pair a) b) a)
           b))
      ((a b . rest) (append! a (%apply append! (cons b rest))))))

  ;;; Searching

  ;; (memq object list): the first tail of list whose car is eq? to object, else #f. A tortoise that moves at every second
  ;; element meets the search again if the list is circular.
  (define (memq x l)
    (let loop ((rest l) (tortoise l))
      (if (pair? rest)
          (if (eq? (car rest) x)
              rest
              (let ((rest (cdr rest)))
                (if (pair? rest)
                    (if (eq? (car rest) x)
                        rest
                        (let ((rest (cdr rest)) (tortoise (cdr tortoise)))
                          (if (eq? rest tortoise)
                              (failed 'memq rest l "a list")
                              (loop rest tortoise))))
                    (failed 'memq rest l "a list"))))
          (failed 'memq rest l "a list"))))

  ;; What a search gives that has come to the end of l without success.
  (define (failed who end l what)
    (cond ((null? end) #f)
          ((pair? end) (%type-violation who "a list, not a circular one" l))
          (else (%type-violation who what l))))

  ;; (memp proc list): likewise with the predicate proc.
  (define (memp proc l)
    (let loop ((rest l))
      (if (pair? rest)
          (if (proc (car rest)) rest (loop (cdr rest)))
          (if (null? rest) #f (%type-violation 'memp "a list" l)))))

  ;; (r7:member object list [same?]).
  (define r7:member
    (case-lambda
      ((x l) (member x l))
      ((x l same?) (memp (lambda (y) (same? x y)) l))))

  ;; (assq object alist): the first pair of alist whose car is eq? to object, else #f.
  (define (assq x l)
    (let loop ((rest l) (tortoise l))
      (if (pair? rest)
          (let ((entry (car rest)) (rest (cdr rest)))
            (if (pair? entry)
                (if (eq? (car entry) x)
                    entry
                    (if (pair? rest)
                        (let ((entry (car rest)) (rest (cdr rest)) (tortoise (cdr tortoise)))
                          (if (pair? entry)
                              (if (eq? (car entry) x)
                                  entry
                                  (if (eq? rest tortoise)
                                      (failed 'assq rest l "an association list")
                                      (loop rest tortoise)))
                              (not-an-alist 'assq l)))
                        (failed 'assq rest l "an association list")))
                (not-an-alist 'assq l)))
          (failed 'assq rest l "an association list"))))

  (define (not-an-alist who l)
    (%type-violation who "an association list" l))

  ;; (assp proc alist): likewise with the predicate proc on the car.
  (define (assp proc l)
    (let loop ((rest l))
      (if (pair? rest)
          (let ((entry (car rest)))
            (if (pair? entry)
                (if (proc (car entry)) entry (loop (cdr rest)))
                (not-an-alist 'assp l)))
          (if (null? rest) #f (%type-violation 'assp "an association list" l)))))

  ;; (r7:assoc object alist [same?]).
  (define r7:assoc
    (case-lambda
      ((x l) (assoc x l))
      ((x l same?) (assp (lambda (y) (same? x y)) l))))

  ;; (find proc list): the first element that satisfies proc, else #f.
  (define (find proc l)
    (let loop ((rest l))
      (if (pair? rest)
          (let ((x (car rest)))
            (if (proc x) x (loop (cdr rest))))
          (if (null? rest) #f (%type-violation 'find "a list" l)))))

  ;; (list-index proc list): index of the first element that satisfies proc, else #f.
  (define (list-index proc l)
    (let loop ((rest l) (i 0))
      (if (pair? rest)
          (if (proc (car rest)) i (loop (cdr rest) (fx+ i 1)))
          #f)))

  (define-syntax define-filter
    (syntax-rules ()
      ((_ name x y keep?)
       (define (name x l)
         (let loop ((rest l))
           (if (pair? rest)
               (let ((y (car rest)))
                 (if keep?
                     (cons y (loop (cdr rest)))
                     (loop (cdr rest))))
               (if (null? rest) '() (%type-violation 'name "a list" l))))))))

  ;; (filter proc list): the elements that satisfy proc.
  (define-filter filter proc y (proc y))
  ;; (remp proc list): the elements that don't satisfy proc.
  (define-filter remp proc y (not (proc y)))
  ;; (remq object list): the elements that are not eq? to object.
  (define-filter remq x y (not (eq? x y)))
  ;; (remv object list): the elements that are not eqv? to object.
  (define-filter remv x y (not (eqv? x y)))
  ;; (remove object list): the elements that are not equal? to object.
  (define-filter remove x y (not (equal? x y)))

  ;; (partition proc list): two values, the elements that satisfy proc and the others.
  (define (partition proc l)
    (let loop ((rest l) (in '()) (out '()))
      (if (pair? rest)
          (let ((x (car rest)))
            (if (proc x)
                (loop (cdr rest) (cons x in) out)
                (loop (cdr rest) in (cons x out))))
          (if (null? rest)
              (values (reverse in) (reverse out))
              (%type-violation 'partition "a list" l)))))

  ;;; Mapping

  ;; True iff one of the lists is not a pair.
  (define (%any-empty? lists)
    (if (pair? lists)
        (if (pair? (car lists)) (%any-empty? (cdr lists)) #t)
        #f))

  (define (all-null? lists)
    (if (pair? lists)
        (if (null? (car lists)) (all-null? (cdr lists)) #f)
        #t))

  ;; The first elements of the lists.
  (define (%cars lists)
    (if (pair? lists) (cons (car (car lists)) (%cars (cdr lists))) '()))

  ;; The lists without their first elements.
  (define (%cdrs lists)
    (if (pair? lists) (cons (cdr (car lists)) (%cdrs (cdr lists))) '()))

  (define (unequal-lengths who . lists)
    (%apply %violation (cons* 'assertion who "the lists are not lists of equal length" lists)))

  ;; The lists ended together: `end` must hold in R6RS.
  (define-syntax check-lists
    (syntax-rules ()
      ((_ who l ...)
       (if (and (null? l) ...) #t (unequal-lengths who l ...)))))

  (define-syntax ignore-lists
    (syntax-rules () ((_ who l ...) #t)))

  ;; map over one list: the results in order.
  (define (%map1 proc l)
    (let loop ((rest l) (n patience))
      (if (pair? rest)
          (let ((x (proc (car rest))))
            (cons x (loop (cdr rest) (one-less n 'map l))))
          (if (null? rest) '() (%type-violation 'map "a list" l)))))

  ;; for-each over one list. The only call of proc is where a known procedure can become part of the loop.
  (define (%for-each1 proc l)
    (let loop ((rest l) (n patience))
      (if (pair? rest)
          (let ((next (cdr rest)))
            (proc (car rest))
            (loop next (one-less n 'for-each l)))
          (if (null? rest) (%void) (%type-violation 'for-each "a list" l)))))

  (define-syntax define-map
    (syntax-rules ()
      ((_ name who check check-rest)
       (define name
         (case-lambda
           ((proc l) (%map1 proc l))
           ((proc a b)
            (let loop ((a a) (b b) (n patience))
              (if (and (pair? a) (pair? b))
                  (let ((x (proc (car a) (car b))))
                    (cons x (loop (cdr a) (cdr b) (one-less/several n who a b))))
                  (begin (check who a b) '()))))
           ((proc a b c)
            (let loop ((a a) (b b) (c c) (n patience))
              (if (and (pair? a) (pair? b) (pair? c))
                  (let ((x (proc (car a) (car b) (car c))))
                    (cons x (loop (cdr a) (cdr b) (cdr c) (one-less/several n who a b c))))
                  (begin (check who a b c) '()))))
           ((proc l . more)
            (let loop ((lists (cons l more)) (n patience))
              (if (%any-empty? lists)
                  (begin (check-rest who lists) '())
                  (let ((x (%apply proc (%cars lists))))
                    (cons x (loop (%cdrs lists) (if (eq? n 0) (%apply check-ends (cons who lists)) (%fx-/wrap n 1)))))))))))))

  (define (check-rest who lists)
    (if (all-null? lists) #t (%apply unequal-lengths (cons who lists))))

  (define-syntax ignore-rest
    (syntax-rules () ((_ who lists) #t)))

  ;; (map proc list1 list2 ...): the results of proc on the elements. &assertion if the lists differ in length.
  (define-map map 'map check-lists check-rest)
  ;; (r7:map proc list1 list2 ...): likewise, up to the end of the shortest list.
  (define-map r7:map 'map ignore-lists ignore-rest)

  (define-syntax define-for-each
    (syntax-rules ()
      ((_ name who check check-rest)
       (define name
         (case-lambda
           ((proc l) (%for-each1 proc l))
           ((proc a b)
            (let loop ((a a) (b b) (n patience))
              (if (and (pair? a) (pair? b))
                  (begin
                    (proc (car a) (car b))
                    (loop (cdr a) (cdr b) (one-less/several n who a b)))
                  (begin (check who a b) (%void)))))
           ((proc a b c)
            (let loop ((a a) (b b) (c c) (n patience))
              (if (and (pair? a) (pair? b) (pair? c))
                  (begin
                    (proc (car a) (car b) (car c))
                    (loop (cdr a) (cdr b) (cdr c) (one-less/several n who a b c)))
                  (begin (check who a b c) (%void)))))
           ((proc l . more)
            (let loop ((lists (cons l more)) (n patience))
              (if (%any-empty? lists)
                  (begin (check-rest who lists) (%void))
                  (begin
                    (%apply proc (%cars lists))
                    (loop (%cdrs lists) (if (eq? n 0) (%apply check-ends (cons who lists)) (%fx-/wrap n 1))))))))))))

  ;; (for-each proc list1 list2 ...): calls proc on the elements from left to right.
  (define-for-each for-each 'for-each check-lists check-rest)
  ;; (r7:for-each proc list1 list2 ...): likewise, up to the end of the shortest list.
  (define-for-each r7:for-each 'for-each ignore-lists ignore-rest)

  ;; (for-all proc list1 list2 ...): #f as soon as proc gives #f, else the last result, #t for empty
  ;; lists. The last call is a tail call (R6RS libraries 3).
  (define for-all
    (case-lambda
      ((proc l)
       (if (pair? l)
           (let loop ((x (car l)) (rest (cdr l)))
             (if (pair? rest)
                 (if (proc x) (loop (car rest) (cdr rest)) #f)
                 (if (null? rest) (proc x) (%type-violation 'for-all "a list" l))))
           (if (null? l) #t (%type-violation 'for-all "a list" l))))
      ((proc a b)
       (if (and (pair? a) (pair? b))
           (let loop ((a a) (b b))
             (let ((ra (cdr a)) (rb (cdr b)))
               (if (and (pair? ra) (pair? rb))
                   (if (proc (car a) (car b)) (loop ra rb) #f)
                   (begin (check-lists 'for-all ra rb) (proc (car a) (car b))))))
           (begin (check-lists 'for-all a b) #t)))
      ((proc l . more)
       (let ((lists (cons l more)))
         (if (%any-empty? lists)
             (begin (check-rest 'for-all lists) #t)
             (let loop ((lists lists))
               (let ((rests (%cdrs lists)))
                 (if (%any-empty? rests)
                     (begin (check-rest 'for-all rests) (%apply proc (%cars lists)))
                     (if (%apply proc (%cars lists)) (loop rests) #f)))))))))

  ;; (exists proc list1 list2 ...): the first true result of proc, else the last one, #f for empty
  ;; lists. The last call is a tail call.
  (define exists
    (case-lambda
      ((proc l)
       (if (pair? l)
           (let loop ((x (car l)) (rest (cdr l)))
             (if (pair? rest)
                 (let ((r (proc x)))
                   (if r r (loop (car rest) (cdr rest))))
                 (if (null? rest) (proc x) (%type-violation 'exists "a list" l))))
           (if (null? l) #f (%type-violation 'exists "a list" l))))
      ((proc a b)
       (if (and (pair? a) (pair? b))
           (let loop ((a a) (b b))
             (let ((ra (cdr a)) (rb (cdr b)))
               (if (and (pair? ra) (pair? rb))
                   (let ((r (proc (car a) (car b))))
                     (if r r (loop ra rb)))
                   (begin (check-lists 'exists ra rb) (proc (car a) (car b))))))
           (begin (check-lists 'exists a b) #f)))
      ((proc l . more)
       (let ((lists (cons l more)))
         (if (%any-empty? lists)
             (begin (check-rest 'exists lists) #f)
             (let loop ((lists lists))
               (let ((rests (%cdrs lists)))
                 (if (%any-empty? rests)
                     (begin (check-rest 'exists rests) (%apply proc (%cars lists)))
                     (let ((r (%apply proc (%cars lists))))
                       (if r r (loop rests)))))))))))

  ;; (andmap proc list1 list2 ...): another name of for-all.
  (define andmap for-all)
  ;; (ormap proc list1 list2 ...): another name of exists.
  (define ormap exists)

  ;; (fold-left combine nil list1 list2 ...): (combine ... (combine nil x1) ... xn).
  (define fold-left
    (case-lambda
      ((combine nil l)
       (let loop ((acc nil) (rest l))
         (if (pair? rest)
             (loop (combine acc (car rest)) (cdr rest))
             (if (null? rest) acc (%type-violation 'fold-left "a list" l)))))
      ((combine nil a b)
       (let loop ((acc nil) (a a) (b b))
         (if (and (pair? a) (pair? b))
             (loop (combine acc (car a) (car b)) (cdr a) (cdr b))
             (begin (check-lists 'fold-left a b) acc))))
      ((combine nil l . more)
       (let loop ((acc nil) (lists (cons l more)))
         (if (%any-empty? lists)
             (begin (check-rest 'fold-left lists) acc)
             (loop (%apply combine (cons acc (%cars lists))) (%cdrs lists)))))))

  ;; (fold-right combine nil list1 list2 ...): (combine x1 (combine x2 ... (combine xn nil))).
  (define fold-right
    (case-lambda
      ((combine nil l)
       (let loop ((rest l))
         (if (pair? rest)
             (combine (car rest) (loop (cdr rest)))
             (if (null? rest) nil (%type-violation 'fold-right "a list" l)))))
      ((combine nil a b)
       (let loop ((a a) (b b))
         (if (and (pair? a) (pair? b))
             (combine (car a) (car b) (loop (cdr a) (cdr b)))
             (begin (check-lists 'fold-right a b) nil))))
      ((combine nil l . more)
       (let loop ((lists (cons l more)))
         (if (%any-empty? lists)
             (begin (check-rest 'fold-right lists) nil)
             (let ((cars (%cars lists)))
               (%apply combine (append cars (cons (loop (%cdrs lists)) '())))))))))

  ;; (filter-map proc list): the true results of proc on the elements.
  (define (filter-map proc l)
    (let loop ((rest l))
      (if (pair? rest)
          (let ((x (proc (car rest))))
            (if x (cons x (loop (cdr rest))) (loop (cdr rest))))
          '())))

  ;; (append-map proc list): the results of proc on the elements, appended.
  (define (append-map proc l)
    (let loop ((rest l))
      (if (pair? rest)
          (let ((x (proc (car rest))))
            (append x (loop (cdr rest))))
          '()))))
