;; SPDX-License-Identifier: MIT
;;
;; case with many data against a search with memv: intervals of fixnums and characters, symbols by hash, mixtures, duplicates, =>.
(import (rnrs) (rename (only (tests support checks) check-equal finish) (check-equal check)))

;; (define-cases f g ((datum …) …)): f is a case that gives the number of the clause, g finds it with memv.
(define-syntax define-cases
  (lambda (x)
    (syntax-case x ()
      ((_ f g (data ...))
       (with-syntax (((n ...) (let loop ((l #'(data ...)) (i 0)) (if (null? l) '() (cons i (loop (cdr l) (+ i 1)))))))
         #'(begin
             (define (f key) (case key (data n) ... (else 'none)))
             (define (g key)
               (let loop ((l '(data ...)) (i 0))
                 (cond ((null? l) 'none) ((memv key (car l)) i) (else (loop (cdr l) (+ i 1))))))))))))

(define (same? f g keys) (for-all (lambda (k) (eqv? (f k) (g k))) keys))

(define (range from to) (if (> from to) '() (cons from (range (+ from 1) to))))
(define others (list #t #f '() "x" 1.0 -0.0 1/2 (expt 10 30) (vector) car (eof-object) 'unknown (string->symbol "") (greatest-fixnum) (least-fixnum)))

(define-cases digits digits* ((0 1 2 3 4 5 6 7 8 9) (10) (12 14 16) (11 12) (-5 -4 -3) (1000000 -1000000)))
(check (same? digits digits* (append others (range -20 30) '(999999 1000000 1000001 -999999 -1000000 -1000001))))

(define-cases ends ends* ((1152921504606846975) (-1152921504606846976) (1152921504606846974 0) (5) (7) (9)))
(check (same? ends ends* (append others (range -2 12) (list (- (greatest-fixnum) 1) (+ (greatest-fixnum) 1) (+ (least-fixnum) 1) (- (least-fixnum) 1)))))

(define-cases letters letters* ((#\a #\e #\i #\o #\u) (#\b #\c #\d) (#\0 #\1 #\2 #\3) (#\x0 #\x10ffff #\xd7ff #\xe000) (#\z)))
(check (same? letters letters* (append others (map integer->char (append (range 0 300) '(#xd7ff #xd7fe #xe000 #xe001 #x10ffff #x10fffe))))))

(define-cases words words*
  ((let let* letrec) (if) (cond case) (define) (lambda) (set! begin) (quote quasiquote unquote) (do delay) (and or) (let-syntax) (if do)))
(check (same? words words* (append others '(let let* letrec letrec* if cond case define lambda set! begin quote quasiquote unquote do delay and or
                                                let-syntax when unless Let IF x y z))))
(check (words (string->symbol "do")) 7)

;; enough symbols to be found by their hashes
(define-cases many many* ((s0 s1 s2) (s3 s4 s5) (s6 s7 s8) (s9 s10 s11) (s12 s13 s14) (s15 s16 s17) (s18 s19 s20) (s21 s22 s23) (s24 s25 s26) (s27 s28 s29) (s30 s31 s32) (s33 s34 s35) (s36 s37 s38) (s39 s40 s41) (s42 s43 s44) (s45 s46 s47) (s48 s49 s50) (s51 s52 s53) (s54 s55 s56) (s57 s58 s59)))
(check (same? many many* (append others '(s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 s12 s13 s14 s15 s16 s17 s18 s19 s20 s21 s22 s23 s24 s25 s26 s27 s28 s29 s30 s31 s32 s33 s34 s35 s36 s37 s38 s39 s40 s41 s42 s43 s44 s45 s46 s47 s48 s49 s50 s51 s52 s53 s54 s55 s56 s57 s58 s59 s60 s61 t0 let))))

(define-cases mixed mixed* ((a 1 #\a) (b 2 #\b 1.5) (c 3 #\c ()) (d 4 #\d #t) (e 5 #\e 100000000000000000000) (f g h i j 6 #\f #f) (1/2 k)))
(check (same? mixed mixed* (append others '(a b c d e f g h i j k l 1 2 3 4 5 6 7 1.5 100000000000000000000 1/2)
                                   '(#\a #\b #\c #\d #\e #\f #\g))))

;; Clauses with =>, without else, with effects of the key, in a loop, with several values.
(define (arrow k) (case k ((1 2 3 4 5) => (lambda (x) (* x 10))) ((6 8) 'even) (else => list)))
(check (map arrow '(1 5 6 7 8 a)) '(10 50 even (7) even (a)))
(define (no-else k) (case k ((1 2 3 4 5 6 7) 'yes)))
(check (no-else 4) 'yes)
(check (eq? (no-else 8) (no-else 'x)))
(define count 0)
(check (case (begin (set! count (+ count 1)) 9) ((1 3 5 7 9) 'odd) ((2 4 6 8) 'even)) 'odd)
(check count 1)
(define (classify l)
  (let loop ((l l) (vowels 0) (digits 0))
    (if (null? l)
        (list vowels digits)
        (case (car l)
          ((#\a #\e #\i #\o #\u) (loop (cdr l) (+ vowels 1) digits))
          ((#\0 #\1 #\2 #\3 #\4) (loop (cdr l) vowels (+ digits 1)))
          (else (loop (cdr l) vowels digits))))))
(check (classify (string->list "hello 4 you 12 9")) '(4 3))
(check (call-with-values (lambda () (case 5 ((1 2 3 4 5) (values 1 2)) (else 3))) list) '(1 2))
(check (let ((k #f) (n 0))
         (let ((r (case (call/cc (lambda (c) (set! k c) 1)) ((1 2 3 4 5) => (lambda (x) (set! n (+ n x)) n)) (else n))))
           (if (< n 6) (k (+ n 1)) r)))
       7)
(finish)
