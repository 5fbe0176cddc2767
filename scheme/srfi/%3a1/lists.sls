;; SPDX-License-Identifier: MIT
;;
;; SRFI 1: lists. Procedures with a ! reuse the pairs of their arguments, except lset-union! and lset-xor!, which are the
;; same as those without. Procedures of several lists stop at the end of the shortest one.
(library (srfi :1 lists)
  (export cons list xcons cons* make-list list-tabulate list-copy circular-list iota
          pair? null? proper-list? circular-list? dotted-list? not-pair? null-list? list=
          car cdr caar cadr cdar cddr
          caaar caadr cadar caddr cdaar cdadr cddar cdddr
          caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr
          cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr
          list-ref first second third fourth fifth sixth seventh eighth ninth tenth
          car+cdr take drop take-right drop-right take! drop-right! split-at split-at! last last-pair
          length length+ append concatenate reverse append! concatenate! reverse!
          append-reverse append-reverse! zip unzip1 unzip2 unzip3 unzip4 unzip5 count
          map for-each fold fold-right pair-fold pair-fold-right reduce reduce-right unfold unfold-right
          append-map append-map! map! map-in-order pair-for-each filter-map
          filter partition remove filter! partition! remove!
          member memq memv find find-tail any every list-index
          take-while drop-while take-while! span break span! break!
          delete delete-duplicates delete! delete-duplicates!
          assoc assq assv alist-cons alist-copy alist-delete alist-delete!
          lset<= lset= lset-adjoin lset-union lset-intersection lset-difference lset-xor
          lset-diff+intersection lset-union! lset-intersection! lset-difference! lset-xor!
          lset-diff+intersection! set-car! set-cdr!)
  (import (loko core syntax)
          (only (loko core primitives) cons car cdr pair? null? set-car! set-cdr! eq? eqv? equal? not
                fx+ fx- fx<? fx<=? fx=? fx>? fixnum? + - * = < procedure? call-with-values values)
          (only (loko base violations) %type-violation assertion-violation)
          (only (loko base control) apply)
          (rename (only (loko base lists) list cons* make-list length list? list-ref reverse append list-copy
                        caar cadr cdar cddr
                        caaar caadr cadar caddr cdaar cdadr cddar cdddr
                        caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr
                        cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr
                        memq memv assq assv r7:member r7:assoc r7:map r7:for-each last-pair)
                  (r7:member member) (r7:assoc assoc) (r7:map map) (r7:for-each for-each)))

  ;;; Constructors

  ;; (xcons d a): (cons a d).
  (define (xcons d a) (cons a d))

  ;; (list-tabulate n proc): (proc 0) … (proc n-1).
  (define (list-tabulate n proc)
    (let loop ((i (fx- n 1)) (l '()))
      (if (fx<? i 0) l (loop (fx- i 1) (cons (proc i) l)))))

  ;; (circular-list element ...)
  (define (circular-list first . rest)
    (let ((l (cons first (list-copy rest))))
      (set-cdr! (last-pair l) l)
      l))

  ;; (iota count [start [step]])
  (define iota
    (case-lambda
      ((n) (iota n 0 1))
      ((n start) (iota n start 1))
      ((n start step)
       (let loop ((i (fx- n 1)) (l '()))
         (if (fx<? i 0) l (loop (fx- i 1) (cons (+ start (* i step)) l)))))))

  ;;; Predicates

  ;; (proper-list? x)
  (define (proper-list? x) (list? x))

  ;; (circular-list? x)
  (define (circular-list? x)
    (let loop ((fast x) (slow x))
      (and (pair? fast)
           (let ((fast (cdr fast)))
             (and (pair? fast)
                  (let ((fast (cdr fast)) (slow (cdr slow)))
                    (or (eq? fast slow) (loop fast slow))))))))

  ;; (dotted-list? x): ends in something other than ().
  (define (dotted-list? x)
    (let loop ((fast x) (slow x))
      (if (pair? fast)
          (let ((fast (cdr fast)))
            (if (pair? fast)
                (let ((fast (cdr fast)) (slow (cdr slow)))
                  (and (not (eq? fast slow)) (loop fast slow)))
                (not (null? fast))))
          (not (null? fast)))))

  (define (not-pair? x) (not (pair? x)))

  (define (null-list? l)
    (cond ((pair? l) #f)
          ((null? l) #t)
          (else (%type-violation 'null-list? "a list" l))))

  ;; (list= same? list ...)
  (define (list= same? . lists)
    (define (two a b)
      (cond ((eq? a b) #t)
            ((null? a) (null? b))
            ((null? b) #f)
            (else (and (same? (car a) (car b)) (two (cdr a) (cdr b))))))
    (or (null? lists)
        (let loop ((a (car lists)) (rest (cdr lists)))
          (or (null? rest)
              (and (two a (car rest))
                   (loop (car rest) (cdr rest)))))))

  ;;; Selectors

  (define (first l) (car l))
  (define (second l) (cadr l))
  (define (third l) (caddr l))
  (define (fourth l) (cadddr l))
  (define (fifth l) (car (cddddr l)))
  (define (sixth l) (cadr (cddddr l)))
  (define (seventh l) (caddr (cddddr l)))
  (define (eighth l) (cadddr (cddddr l)))
  (define (ninth l) (car (cddddr (cddddr l))))
  (define (tenth l) (cadr (cddddr (cddddr l))))

  (define (car+cdr p) (values (car p) (cdr p)))

  ;; (take list k)
  (define (take l k)
    (if (eq? k 0)
        '()
        (cons (car l) (take (cdr l) (fx- k 1)))))

  ;; (drop list k)
  (define (drop l k)
    (if (eq? k 0) l (drop (cdr l) (fx- k 1))))

  ;; (take-right list k): the last k pairs.
  (define (take-right l k)
    (let loop ((ahead (drop l k)) (l l))
      (if (pair? ahead) (loop (cdr ahead) (cdr l)) l)))

  ;; (drop-right list k)
  (define (drop-right l k)
    (let loop ((ahead (drop l k)) (l l))
      (if (pair? ahead)
          (cons (car l) (loop (cdr ahead) (cdr l)))
          '())))

  (define (take! l k)
    (if (eq? k 0)
        '()
        (begin
          (set-cdr! (drop l (fx- k 1)) '())
          l)))

  (define (drop-right! l k)
    (let ((ahead (drop l k)))
      (if (pair? ahead)
          (let loop ((ahead (cdr ahead)) (p l))
            (if (pair? ahead)
                (loop (cdr ahead) (cdr p))
                (begin
                  (set-cdr! p '())
                  l)))
          '())))

  ;; (split-at list k): (take list k) and (drop list k).
  (define (split-at l k)
    (let loop ((l l) (k k) (taken '()))
      (if (eq? k 0)
          (values (reverse! taken) l)
          (loop (cdr l) (fx- k 1) (cons (car l) taken)))))

  (define (split-at! l k)
    (if (eq? k 0)
        (values '() l)
        (let* ((p (drop l (fx- k 1))) (rest (cdr p)))
          (set-cdr! p '())
          (values l rest))))

  ;; (last list)
  (define (last l) (car (last-pair l)))

  ;;; Lengths, appending, reversing

  ;; (length+ list): #f for circular lists.
  (define (length+ l)
    (if (circular-list? l)
        #f
        (let loop ((l l) (n 0))
          (if (pair? l) (loop (cdr l) (fx+ n 1)) n))))

  (define (concatenate lists) (apply append lists))

  (define (append! . lists)
    (let loop ((lists lists))
      (cond ((null? lists) '())
            ((null? (cdr lists)) (car lists))
            ((null? (car lists)) (loop (cdr lists)))
            (else
             (set-cdr! (last-pair (car lists)) (loop (cdr lists)))
             (car lists)))))

  (define (concatenate! lists) (apply append! lists))

  (define (reverse! l) (append-reverse! l '()))

  ;; (append-reverse a b): (append (reverse a) b).
  (define (append-reverse a b)
    (if (pair? a) (append-reverse (cdr a) (cons (car a) b)) b))

  (define (append-reverse! a b)
    (if (pair? a)
        (let ((rest (cdr a)))
          (set-cdr! a b)
          (append-reverse! rest a))
        b))

  (define (zip first . rest) (apply map list first rest))
  (define (unzip1 l) (map car l))
  (define (unzip2 l) (values (map car l) (map cadr l)))
  (define (unzip3 l) (values (map car l) (map cadr l) (map caddr l)))
  (define (unzip4 l) (values (map car l) (map cadr l) (map caddr l) (map cadddr l)))
  (define (unzip5 l) (values (map car l) (map cadr l) (map caddr l) (map cadddr l) (map fifth l)))

  ;;; Several lists at once

  ;; True if one of the lists has ended.
  (define (any-null? lists)
    (and (pair? lists)
         (or (not (pair? (car lists))) (any-null? (cdr lists)))))

  (define (map1 f l)
    (if (pair? l)
        (let ((x (f (car l))))
          (cons x (map1 f (cdr l))))
        '()))

  (define (cars lists) (map1 car lists))
  (define (cdrs lists) (map1 cdr lists))
  ;; The first elements and `last` behind them.
  (define (cars+ lists last)
    (if (pair? lists)
        (cons (car (car lists)) (cars+ (cdr lists) last))
        (list last)))

  ;; (count pred list ...)
  (define (count pred l . more)
    (if (null? more)
        (let loop ((l l) (n 0))
          (if (pair? l) (loop (cdr l) (if (pred (car l)) (fx+ n 1) n)) n))
        (let loop ((lists (cons l more)) (n 0))
          (if (any-null? lists)
              n
              (loop (cdrs lists) (if (apply pred (cars lists)) (fx+ n 1) n))))))

  ;; (fold kons knil list ...): (kons element ... accumulated), from the left.
  (define (fold kons knil l . more)
    (if (null? more)
        (let loop ((l l) (acc knil))
          (if (pair? l) (loop (cdr l) (kons (car l) acc)) acc))
        (let loop ((lists (cons l more)) (acc knil))
          (if (any-null? lists)
              acc
              (loop (cdrs lists) (apply kons (cars+ lists acc)))))))

  ;; (fold-right kons knil list ...)
  (define (fold-right kons knil l . more)
    (if (null? more)
        (let loop ((l l))
          (if (pair? l) (kons (car l) (loop (cdr l))) knil))
        (let loop ((lists (cons l more)))
          (if (any-null? lists)
              knil
              (apply kons (cars+ lists (loop (cdrs lists))))))))

  ;; (pair-fold kons knil list ...): on the pairs.
  (define (pair-fold kons knil l . more)
    (let loop ((lists (cons l more)) (acc knil))
      (if (any-null? lists)
          acc
          (let ((rest (cdrs lists)))
            (loop rest (apply kons (append lists (list acc))))))))

  (define (pair-fold-right kons knil l . more)
    (let loop ((lists (cons l more)))
      (if (any-null? lists)
          knil
          (apply kons (append lists (list (loop (cdrs lists))))))))

  ;; (reduce f ridentity list)
  (define (reduce f ridentity l)
    (if (pair? l) (fold f (car l) (cdr l)) ridentity))

  (define (reduce-right f ridentity l)
    (if (pair? l)
        (let loop ((x (car l)) (l (cdr l)))
          (if (pair? l) (f x (loop (car l) (cdr l))) x))
        ridentity))

  ;; (unfold stop? mapper successor seed [tail-gen])
  (define unfold
    (case-lambda
      ((stop? mapper successor seed) (unfold stop? mapper successor seed (lambda (x) '())))
      ((stop? mapper successor seed tail)
       (let loop ((seed seed))
         (if (stop? seed)
             (tail seed)
             (let ((x (mapper seed)))
               (cons x (loop (successor seed)))))))))

  (define unfold-right
    (case-lambda
      ((stop? mapper successor seed) (unfold-right stop? mapper successor seed '()))
      ((stop? mapper successor seed tail)
       (let loop ((seed seed) (l tail))
         (if (stop? seed)
             l
             (loop (successor seed) (cons (mapper seed) l)))))))

  (define (append-map f l . more)
    (concatenate (apply map f l more)))
  (define (append-map! f l . more)
    (concatenate! (apply map f l more)))

  ;; (map! f list1 list2 ...): the results are put into the pairs of list1; the other lists must be as long.
  (define (map! f l . more)
    (if (null? more)
        (let loop ((rest l))
          (if (pair? rest)
              (begin
                (set-car! rest (f (car rest)))
                (loop (cdr rest)))
              l))
        (let loop ((rest l) (lists more) (last #f))
          (cond ((and (pair? rest) (not (any-null? lists)))
                 (set-car! rest (apply f (car rest) (cars lists)))
                 (loop (cdr rest) (cdrs lists) rest))
                (last (set-cdr! last '()) l)
                (else '())))))

  (define (map-in-order f l . more) (apply map f l more))

  ;; (pair-for-each proc list ...)
  (define (pair-for-each proc l . more)
    (let loop ((lists (cons l more)))
      (if (not (any-null? lists))
          (let ((rest (cdrs lists)))
            (apply proc lists)
            (loop rest)))))

  ;; (filter-map f list ...): the true results.
  (define (filter-map f l . more)
    (let loop ((lists (cons l more)))
      (if (any-null? lists)
          '()
          (let ((x (apply f (cars lists))))
            (if x
                (cons x (loop (cdrs lists)))
                (loop (cdrs lists)))))))

  ;;; Filtering

  (define (filter pred l)
    (if (pair? l)
        (if (pred (car l))
            (cons (car l) (filter pred (cdr l)))
            (filter pred (cdr l)))
        '()))

  (define (remove pred l) (filter (lambda (x) (not (pred x))) l))

  ;; (partition pred list): those that satisfy pred, and the others.
  (define (partition pred l)
    (let loop ((l l) (in '()) (out '()))
      (if (pair? l)
          (if (pred (car l))
              (loop (cdr l) (cons (car l) in) out)
              (loop (cdr l) in (cons (car l) out)))
          (values (reverse! in) (reverse! out)))))

  ;; (filter! pred list): the pairs of list whose elements satisfy pred.
  (define (filter! pred l)
    (let ((first (find-tail pred l)))
      (if first
          (let loop ((last first) (rest (cdr first)))
            (cond ((not (pair? rest)) (set-cdr! last '()) first)
                  ((pred (car rest))
                   (if (not (eq? (cdr last) rest)) (set-cdr! last rest))
                   (loop rest (cdr rest)))
                  (else (loop last (cdr rest)))))
          '())))

  (define (remove! pred l) (filter! (lambda (x) (not (pred x))) l))

  ;; (partition! pred list): the pairs whose elements satisfy pred, and the others.
  (define (partition! pred l)
    (let ((in (cons #f '())) (out (cons #f '())))
      (let loop ((rest l) (last-in in) (last-out out))
        (cond ((not (pair? rest))
               (set-cdr! last-in '())
               (set-cdr! last-out '())
               (values (cdr in) (cdr out)))
              ((pred (car rest))
               (set-cdr! last-in rest)
               (loop (cdr rest) rest last-out))
              (else
               (set-cdr! last-out rest)
               (loop (cdr rest) last-in rest))))))

  ;;; Searching

  (define (find pred l)
    (let ((p (find-tail pred l)))
      (if p (car p) #f)))

  (define (find-tail pred l)
    (if (pair? l)
        (if (pred (car l)) l (find-tail pred (cdr l)))
        #f))

  (define (take-while pred l)
    (if (and (pair? l) (pred (car l)))
        (cons (car l) (take-while pred (cdr l)))
        '()))

  (define (drop-while pred l)
    (if (and (pair? l) (pred (car l)))
        (drop-while pred (cdr l))
        l))

  ;; (span pred list): take-while and drop-while.
  (define (span pred l)
    (let loop ((l l) (taken '()))
      (if (and (pair? l) (pred (car l)))
          (loop (cdr l) (cons (car l) taken))
          (values (reverse! taken) l))))

  (define (break pred l) (span (lambda (x) (not (pred x))) l))

  (define (take-while! pred l)
    (let-values (((taken rest) (span! pred l))) taken))

  ;; (span! pred list): cuts list in two.
  (define (span! pred l)
    (if (and (pair? l) (pred (car l)))
        (let loop ((last l))
          (let ((rest (cdr last)))
            (if (and (pair? rest) (pred (car rest)))
                (loop rest)
                (begin
                  (set-cdr! last '())
                  (values l rest)))))
        (values '() l)))

  (define (break! pred l) (span! (lambda (x) (not (pred x))) l))

  ;; (any pred list ...): the first true result.
  (define (any pred l . more)
    (if (null? more)
        (and (pair? l)
             (let loop ((x (car l)) (l (cdr l)))
               (if (pair? l)
                   (or (pred x) (loop (car l) (cdr l)))
                   (pred x))))
        (let loop ((lists (cons l more)))
          (if (any-null? lists)
              #f
              (let ((rest (cdrs lists)))
                (if (any-null? rest)
                    (apply pred (cars lists))
                    (or (apply pred (cars lists)) (loop rest))))))))

  ;; (every pred list ...): the last result, or #f.
  (define (every pred l . more)
    (if (null? more)
        (or (not (pair? l))
            (let loop ((x (car l)) (l (cdr l)))
              (if (pair? l)
                  (and (pred x) (loop (car l) (cdr l)))
                  (pred x))))
        (let ((lists (cons l more)))
          (or (any-null? lists)
              (let loop ((lists lists))
                (let ((rest (cdrs lists)))
                  (if (any-null? rest)
                      (apply pred (cars lists))
                      (and (apply pred (cars lists)) (loop rest)))))))))

  ;; (list-index pred list ...)
  (define (list-index pred l . more)
    (let loop ((lists (cons l more)) (i 0))
      (cond ((any-null? lists) #f)
            ((apply pred (cars lists)) i)
            (else (loop (cdrs lists) (fx+ i 1))))))

  ;;; Deletion

  (define delete
    (case-lambda
      ((x l) (delete x l equal?))
      ((x l same?) (filter (lambda (y) (not (same? x y))) l))))
  (define delete!
    (case-lambda
      ((x l) (delete! x l equal?))
      ((x l same?) (filter! (lambda (y) (not (same? x y))) l))))

  ;; (delete-duplicates list [same?]): the first of equal elements stays.
  (define delete-duplicates
    (case-lambda
      ((l) (delete-duplicates l equal?))
      ((l same?)
       (let loop ((l l))
         (if (pair? l)
             (let ((x (car l)))
               (cons x (loop (delete x (cdr l) same?))))
             '())))))
  (define delete-duplicates!
    (case-lambda
      ((l) (delete-duplicates! l equal?))
      ((l same?)
       (let loop ((rest l))
         (if (pair? rest)
             (begin
               (set-cdr! rest (delete! (car rest) (cdr rest) same?))
               (loop (cdr rest)))
             l)))))

  ;;; Association lists

  (define (alist-cons key value l) (cons (cons key value) l))
  (define (alist-copy l) (map1 (lambda (p) (cons (car p) (cdr p))) l))
  (define alist-delete
    (case-lambda
      ((key l) (alist-delete key l equal?))
      ((key l same?) (filter (lambda (p) (not (same? key (car p)))) l))))
  (define alist-delete!
    (case-lambda
      ((key l) (alist-delete! key l equal?))
      ((key l same?) (filter! (lambda (p) (not (same? key (car p)))) l))))

  ;;; Lists as sets

  (define (in? same? x l) (any (lambda (y) (same? y x)) l))

  ;; (lset<= same? list ...): is each a subset of the next?
  (define (lset<= same? . lists)
    (or (null? lists)
        (let loop ((a (car lists)) (rest (cdr lists)))
          (or (null? rest)
              (and (every (lambda (x) (any (lambda (y) (same? x y)) (car rest))) a)
                   (loop (car rest) (cdr rest)))))))

  (define (lset= same? . lists)
    (or (null? lists)
        (let loop ((a (car lists)) (rest (cdr lists)))
          (or (null? rest)
              (and (every (lambda (x) (any (lambda (y) (same? x y)) (car rest))) a)
                   (every (lambda (y) (any (lambda (x) (same? x y)) a)) (car rest))
                   (loop (car rest) (cdr rest)))))))

  (define (lset-adjoin same? l . elements)
    (fold (lambda (x l) (if (in? same? x l) l (cons x l))) l elements))

  (define (lset-union same? . lists)
    (reduce (lambda (l acc)
              (cond ((null? l) acc)
                    ((null? acc) l)
                    ((eq? l acc) acc)
                    (else
                     (fold (lambda (x acc) (if (in? same? x acc) acc (cons x acc))) acc l))))
            '() lists))

  (define (lset-intersection same? first . rest)
    (filter (lambda (x) (every (lambda (l) (any (lambda (y) (same? x y)) l)) rest)) first))

  (define (lset-difference same? first . rest)
    (filter (lambda (x) (every (lambda (l) (not (any (lambda (y) (same? x y)) l))) rest)) first))

  (define (lset-xor same? . lists)
    (reduce (lambda (b a)
              (append (lset-difference same? b a) (lset-difference same? a b)))
            '() lists))

  (define (lset-diff+intersection same? first . rest)
    (partition (lambda (x) (every (lambda (l) (not (any (lambda (y) (same? x y)) l))) rest)) first))

  (define lset-union! lset-union)
  (define (lset-intersection! same? first . rest)
    (filter! (lambda (x) (every (lambda (l) (in? same? x l)) rest)) first))
  (define (lset-difference! same? first . rest)
    (filter! (lambda (x) (every (lambda (l) (not (in? same? x l))) rest)) first))
  (define lset-xor! lset-xor)
  (define (lset-diff+intersection! same? first . rest)
    (partition! (lambda (x) (every (lambda (l) (not (in? same? x l))) rest)) first)))
