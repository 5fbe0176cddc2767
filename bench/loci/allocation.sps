;; SPDX-License-Identifier: MIT
;;
;; Work that allocates much, on N loci at once, N as the arguments say (1 2 16 64 144 256): what does each of them cost, when they are
;; many? Each makes the same lists; user and system time of its process by getrusage(2), from its creation on. Prints for each N:
;; wall time, mean user and system time of a locus, and the efficiencies: of time (N loci do N times the work of one with
;; as many processors as there are: wall time of one · N / (wall time · processors or N)), and of processor time (that of one ·
;; N / that of all).
(import (rnrs) (loko loci) (only (loko system fibers) internal-time) (only (loko system unsafe) syscall))

(define numbers
  (let ((l (map string->number (cdr (command-line)))))
    (if (null? l) '(1 2 16 64 144 256) l)))

(define rounds 25)
(define elements 100000)

(define (make n) (let loop ((i 0) (l '())) (if (fx=? i n) l (loop (fx+ i 1) (cons (vector i l) l)))))

;; Lists of 100,000 vectors, of which the last two live.
(define (work)
  (let loop ((i 0) (kept '()) (sum 0))
    (if (= i rounds)
        (+ sum (vector-ref (car kept) 0))
        (loop (+ i 1) (make elements) (+ sum (if (pair? kept) (vector-ref (car kept) 0) 0))))))

;; Milliseconds of user and system time that this process has used.
(define (usage)
  (let ((bv (make-bytevector 144 0)))
    (syscall 98 0 bv)
    (let ((time (lambda (i) (+ (* 1000.0 (bytevector-s64-native-ref bv i)) (/ (bytevector-s64-native-ref bv (+ i 8)) 1000.0)))))
      (cons (time 0) (time 16)))))

(define (start)
  (locus ch
    (locus-channel-get ch)
    (let ((result (work)))
      (locus-channel-put ch (cons result (usage))))))

(define (mean select l) (/ (fold-left (lambda (s x) (+ s (select x))) 0.0 l) (fold-left (lambda (n x) (+ n 1)) 0 l)))
(define (rounded x digits) (let ((p (expt 10 digits))) (inexact (/ (round (* (exact x) p)) p))))
(define (show . l) (for-each (lambda (x) (display x) (display "\t")) l) (newline))

(define (run-once n)
  (let* ((t (internal-time))
         (all (let loop ((i 0) (l '())) (if (= i n) l (loop (+ i 1) (cons (start) l))))))
    (for-each (lambda (l) (locus-channel-put l 'go)) all)
    (let ((answers (map locus-channel-get all)))
      (for-each locus-wait all)
      (if (not (for-all (lambda (a) (= (car a) (caar answers))) answers)) (error 'allocation "the results differ"))
      (list (/ (- (internal-time) t) 1000000.0) (mean cadr answers) (mean cddr answers)))))

;; The fastest of several runs, when they are short.
(define (run n)
  (let loop ((i (if (> n 2) 1 5)) (best #f))
    (if (= i 0)
        best
        (let ((r (run-once n)))
          (loop (- i 1) (if (and best (< (car best) (car r))) best r))))))

(show "loci" "wall ms" "user ms" "system ms" "time" "processor time")
(let ((first #f))
  (for-each
   (lambda (n)
     (let* ((r (run n)) (wall (car r)) (cpu (+ (cadr r) (caddr r))))
       (if (not first) (set! first (cons wall cpu)))
       (show n (rounded wall 0) (rounded (cadr r) 1) (rounded (caddr r) 2)
             (rounded (/ (* (car first) n) (* wall (min n (processor-count)))) 2)
             (rounded (/ (cdr first) cpu) 2))))
   numbers))
