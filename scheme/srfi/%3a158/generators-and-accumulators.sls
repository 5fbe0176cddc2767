;; SPDX-License-Identifier: MIT
;;
;; SRFI 158: generators (procedures without arguments that give the next object, at the end the end-of-file object) and
;; accumulators (procedures that take objects, and give what they made of them for the end-of-file object).
(library (srfi :158 generators-and-accumulators)
  (export generator circular-generator make-iota-generator make-range-generator make-coroutine-generator
          list->generator vector->generator reverse-vector->generator string->generator bytevector->generator
          make-for-each-generator make-unfold-generator
          gcons* gappend gflatten ggroup gmerge gmap gcombine gfilter gremove gstate-filter gtake gdrop gtake-while
          gdrop-while gdelete gdelete-neighbor-dups gindex gselect
          generator->list generator->reverse-list generator->vector generator->vector! generator->string
          generator-fold generator-map->list generator-for-each generator-find generator-count generator-any
          generator-every generator-unfold
          make-accumulator count-accumulator list-accumulator reverse-list-accumulator vector-accumulator
          reverse-vector-accumulator vector-accumulator! string-accumulator bytevector-accumulator
          bytevector-accumulator! sum-accumulator product-accumulator)
  (import (rnrs))

  (define eof (eof-object))
  (define eof? eof-object?)

  ;; (let-next (x gen) body): eof if gen is exhausted, else body with its next object.
  (define-syntax let-next
    (syntax-rules ()
      ((_ (x gen) body ...)
       (let ((x (gen))) (if (eof? x) x (let () body ...))))))

  ;;; Constructors

  (define (generator . l) (list->generator l))
  (define (circular-generator . all)
    (let ((l all))
      (lambda ()
        (when (null? l) (set! l all))
        (let ((x (car l))) (set! l (cdr l)) x))))

  ;; (make-iota-generator count [start [step]])
  (define make-iota-generator
    (case-lambda
      ((count) (make-iota-generator count 0 1))
      ((count start) (make-iota-generator count start 1))
      ((count start step)
       (let ((i 0) (start (if (exact? step) start (inexact start))))
         (lambda ()
           (if (< i count)
               (let ((x (+ start (* i step)))) (set! i (+ i 1)) x)
               eof))))))
  ;; (make-range-generator start [end [step]])
  (define make-range-generator
    (case-lambda
      ((start) (make-range-generator start #f 1))
      ((start end) (make-range-generator start end 1))
      ((start end step)
       (let ((x (if (exact? step) start (inexact start))))
         (lambda ()
           (if (or (not end) (< x end))
               (let ((now x)) (set! x (+ x step)) now)
               eof))))))

  ;; (make-coroutine-generator procedure): procedure gets yield. Two continuations, each called once: who called the generator,
  ;; and where procedure goes on.
  (define (make-coroutine-generator f)
    (define return #f)
    (define resume #f)
    (define (yield x)
      (call/cc (lambda (k) (set! resume k) (return x))))
    (define (start ignored)
      (f yield)
      (set! resume (lambda (ignored) (return eof)))
      (return eof))
    (set! resume start)
    (lambda ()
      (call/cc (lambda (k) (set! return k) (resume #f)))))

  (define (list->generator l)
    (lambda ()
      (if (null? l) eof (let ((x (car l))) (set! l (cdr l)) x))))

  ;; Defines (name sequence [start [end]]).
  (define-syntax define-indexed
    (syntax-rules ()
      ((_ name size ref)
       (define name
         (case-lambda
           ((s) (name s 0))
           ((s start) (name s start (size s)))
           ((s start end)
            (unless (and (integer? start) (integer? end) (<= 0 start end (size s)))
              (assertion-violation 'name "expected 0 <= start <= end <= length" start end))
            (let ((i start))
              (lambda ()
                (if (< i end) (let ((x (ref s i))) (set! i (+ i 1)) x) eof)))))))))
  (define-indexed vector->generator vector-length vector-ref)
  (define-indexed string->generator string-length string-ref)
  (define-indexed bytevector->generator bytevector-length bytevector-u8-ref)
  (define reverse-vector->generator
    (case-lambda
      ((v) (reverse-vector->generator v 0))
      ((v start) (reverse-vector->generator v start (vector-length v)))
      ((v start end)
       (unless (<= 0 start end (vector-length v))
         (assertion-violation 'reverse-vector->generator "expected 0 <= start <= end <= length" start end))
       (let ((i end))
         (lambda ()
           (if (> i start) (begin (set! i (- i 1)) (vector-ref v i)) eof))))))

  ;; (make-for-each-generator for-each object)
  (define (make-for-each-generator for-each* x)
    (make-coroutine-generator (lambda (yield) (for-each* yield x))))
  ;; (make-unfold-generator stop? mapper successor seed)
  (define (make-unfold-generator stop? mapper successor seed)
    (lambda ()
      (if (stop? seed)
          eof
          (let ((x (mapper seed))) (set! seed (successor seed)) x))))

  ;;; Generators of generators

  ;; (gcons* item ... gen)
  (define (gcons* . arguments)
    (let ((l arguments))
      (lambda ()
        (if (null? (cdr l))
            ((car l))
            (let ((x (car l))) (set! l (cdr l)) x)))))
  (define (gappend . gens)
    (lambda ()
      (let loop ()
        (if (null? gens)
            eof
            (let ((x ((car gens))))
              (if (eof? x) (begin (set! gens (cdr gens)) (loop)) x))))))
  ;; (gflatten gen): the elements of the lists that gen gives.
  (define (gflatten gen)
    (let ((l '()))
      (lambda ()
        (let loop ()
          (cond ((pair? l) (let ((x (car l))) (set! l (cdr l)) x))
                (else
                 (let-next (next gen)
                   (set! l next)
                   (loop))))))))
  ;; (ggroup gen k [padding])
  (define (ggroup gen k . padding)
    (lambda ()
      (let loop ((n 0) (l '()))
        (if (= n k)
            (reverse l)
            (let ((x (gen)))
              (cond ((not (eof? x)) (loop (+ n 1) (cons x l)))
                    ((= n 0) eof)
                    ((null? padding) (reverse l))
                    (else (append (reverse l) (pad (- k n) (car padding))))))))))
  (define (pad n x) (if (= n 0) '() (cons x (pad (- n 1) x))))
  ;; (gmerge less? gen ...): of equal items the leftmost generator's comes first.
  (define gmerge
    (case-lambda
      ((less? gen) gen)
      ((less? a b)
       (let ((x none) (y none))
         (lambda ()
           (when (eq? x none) (set! x (a)))
           (when (eq? y none) (set! y (b)))
           (if (or (eof? y) (and (not (eof? x)) (not (less? y x))))
               (let ((now x)) (unless (eof? now) (set! x none)) now)
               (let ((now y)) (set! y none) now)))))
      ((less? a b . more) (gmerge less? a (apply gmerge less? b more)))))
  (define none (list 'none))

  (define gmap
    (case-lambda
      ((f gen) (lambda () (let-next (x gen) (f x))))
      ((f . gens)
       (lambda ()
         (let ((xs (all gens)))
           (if xs (apply f xs) eof))))))
  ;; The next objects of all generators, or #f if one is exhausted; the generators behind that are not called.
  (define (all gens)
    (let loop ((gens gens) (xs '()))
      (if (null? gens)
          (reverse xs)
          (let ((x ((car gens))))
            (and (not (eof? x)) (loop (cdr gens) (cons x xs)))))))
  ;; (gcombine f seed gen ...): f takes the items and the seed, gives an item and the next seed.
  (define (gcombine f seed . gens)
    (lambda ()
      (let ((xs (all gens)))
        (if xs
            (let-values (((x next) (apply f (append xs (list seed)))))
              (set! seed next)
              x)
            eof))))
  (define (gfilter test gen)
    (lambda ()
      (let loop () (let-next (x gen) (if (test x) x (loop))))))
  (define (gremove test gen) (gfilter (lambda (x) (not (test x))) gen))
  ;; (gstate-filter f seed gen): f takes item and state, gives whether to keep the item and the next state.
  (define (gstate-filter f seed gen)
    (lambda ()
      (let loop ()
        (let-next (x gen)
          (let-values (((keep? next) (f x seed)))
            (set! seed next)
            (if keep? x (loop)))))))
  ;; (gtake gen k [padding])
  (define (gtake gen k . padding)
    (let ((i 0))
      (lambda ()
        (if (< i k)
            (let ((x (gen)))
              (set! i (+ i 1))
              (if (and (eof? x) (pair? padding)) (car padding) x))
            eof))))
  (define (gdrop gen k)
    (let ((dropped? #f))
      (lambda ()
        (unless dropped?
          (set! dropped? #t)
          (do ((i 0 (+ i 1))) ((or (= i k) (eof? (gen))))))
        (gen))))
  (define (gtake-while test gen)
    (let ((over? #f))
      (lambda ()
        (if over?
            eof
            (let ((x (gen)))
              (if (and (not (eof? x)) (test x))
                  x
                  (begin (set! over? #t) eof)))))))
  (define (gdrop-while test gen)
    (let ((found? #f))
      (lambda ()
        (let loop ()
          (let-next (x gen)
            (if (or found? (not (test x)))
                (begin (set! found? #t) x)
                (loop)))))))
  (define gdelete
    (case-lambda
      ((item gen) (gdelete item gen equal?))
      ((item gen same?) (gremove (lambda (x) (same? item x)) gen))))
  (define gdelete-neighbor-dups
    (case-lambda
      ((gen) (gdelete-neighbor-dups gen equal?))
      ((gen same?)
       (let ((last none))
         (lambda ()
           (let loop ()
             (let-next (x gen)
               (if (and (not (eq? last none)) (same? last x))
                   (loop)
                   (begin (set! last x) x)))))))))
  ;; (gindex value-gen index-gen): the indices ascend strictly.
  (define (gindex values* indices)
    (let ((next 0))
      (lambda ()
        (let-next (i indices)
          (unless (and (integer? i) (exact? i) (>= i next))
            (assertion-violation 'gindex "expected ascending exact integers" i))
          (let loop ()
            (let-next (x values*)
              (set! next (+ next 1))
              (if (= next (+ i 1)) x (loop))))))))
  ;; (gselect value-gen truth-gen)
  (define (gselect values* truths)
    (lambda ()
      (let loop ()
        (let-next (x values*)
          (let-next (keep? truths)
            (if keep? x (loop)))))))

  ;;; Consumers

  (define generator->reverse-list
    (case-lambda
      ((gen) (let loop ((l '())) (let ((x (gen))) (if (eof? x) l (loop (cons x l))))))
      ((gen k) (generator->reverse-list (gtake gen k)))))
  (define (generator->list gen . k) (reverse (apply generator->reverse-list gen k)))
  (define (generator->vector gen . k) (list->vector (apply generator->list gen k)))
  (define (generator->string gen . k) (list->string (apply generator->list gen k)))
  ;; (generator->vector! vector at gen): the number of elements that were put there.
  (define (generator->vector! v at gen)
    (let loop ((i at))
      (if (= i (vector-length v))
          (- i at)
          (let ((x (gen)))
            (if (eof? x)
                (- i at)
                (begin (vector-set! v i x) (loop (+ i 1))))))))
  ;; (generator-fold f seed gen ...)
  (define generator-fold
    (case-lambda
      ((f seed gen)
       (let loop ((state seed))
         (let ((x (gen))) (if (eof? x) state (loop (f x state))))))
      ((f seed . gens)
       (let loop ((state seed))
         (let ((xs (all gens))) (if xs (loop (apply f (append xs (list state)))) state))))))
  (define (generator-for-each f . gens)
    (let loop ()
      (let ((xs (all gens)))
        (when xs
          (apply f xs)
          (loop)))))
  (define (generator-map->list f . gens) (generator->list (apply gmap f gens)))
  (define (generator-find test gen)
    (let loop ()
      (let ((x (gen)))
        (cond ((eof? x) #f) ((test x) x) (else (loop))))))
  (define (generator-count test gen) (generator-fold (lambda (x n) (if (test x) (+ n 1) n)) 0 gen))
  (define (generator-any test gen)
    (let loop ()
      (let ((x (gen))) (and (not (eof? x)) (or (test x) (loop))))))
  (define (generator-every test gen)
    (let loop ((last #t))
      (let ((x (gen)))
        (if (eof? x) last (let ((y (test x))) (and y (loop y)))))))
  ;; (generator-unfold gen unfold argument ...)
  (define (generator-unfold gen unfold . arguments)
    (apply unfold eof? (lambda (x) x) (lambda (x) (gen)) (gen) arguments))

  ;;; Accumulators

  ;; (make-accumulator kons knil finalizer)
  (define (make-accumulator kons knil finalizer)
    (let ((state knil))
      (lambda (x)
        (if (eof? x) (finalizer state) (set! state (kons x state))))))
  (define (count-accumulator) (make-accumulator (lambda (x n) (+ n 1)) 0 values))
  (define (list-accumulator) (make-accumulator cons '() reverse))
  (define (reverse-list-accumulator) (make-accumulator cons '() values))
  (define (vector-accumulator) (make-accumulator cons '() (lambda (l) (list->vector (reverse l)))))
  (define (reverse-vector-accumulator) (make-accumulator cons '() list->vector))
  (define (string-accumulator) (make-accumulator cons '() (lambda (l) (list->string (reverse l)))))
  (define (bytevector-accumulator) (make-accumulator cons '() (lambda (l) (u8-list->bytevector (reverse l)))))
  ;; (vector-accumulator! vector at): stores one after the other, gives the vector.
  (define (vector-accumulator! v at)
    (lambda (x)
      (cond ((eof? x) v)
            (else (vector-set! v at x) (set! at (+ at 1))))))
  (define (bytevector-accumulator! bv at)
    (lambda (x)
      (cond ((eof? x) bv)
            (else (bytevector-u8-set! bv at x) (set! at (+ at 1))))))
  (define (sum-accumulator) (make-accumulator + 0 values))
  (define (product-accumulator) (make-accumulator * 1 values)))
