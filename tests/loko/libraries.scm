;; SPDX-License-Identifier: MIT
;;
;; (loko queues), (loko apropos), (loko system logging), (loko system unsafe).
(import (rnrs) (rnrs eval) (loko queues) (loko apropos) (loko system logging) (loko system unsafe)
        (only (loko) with-output-to-string parameterize) (tests support checks))


;;; (loko queues)

(define q (make-queue))
(check (list (queue? q) (queue? '()) (queue-empty? q) (queue-length q) (queue->list q)) => '(#t #f #t 0 ()))
(check-raises assertion-violation? (dequeue! q))
(check-raises assertion-violation? (queue-front q))
(check-raises assertion-violation? (queue-back q))
(check-raises assertion-violation? (enqueue! 5 1))
(check (begin (enqueue! q 1) (enqueue! q 2) (enqueue-front! q 0) (queue->list q)) => '(0 1 2))
(check (list (queue-front q) (queue-back q) (queue-length q) (queue-empty? q)) => '(0 2 3 #f))
(check (let* ((a (dequeue! q)) (b (dequeue! q)) (c (dequeue! q))) (list a b c (queue-empty? q))) => '(0 1 2 #t))
(check (begin (enqueue! q 'x) (enqueue! q 'y) (queue->list q)) => '(x y))
(check (begin (dequeue! q) (dequeue! q) (enqueue-front! q 'z) (enqueue! q 'w) (queue->list q)) => '(z w))
(check (let ((c (queue-copy q))) (enqueue! c 1) (list (queue->list q) (queue->list c))) => '((z w) (z w 1)))
(check (let* ((all (dequeue-all! q))) (list all (queue->list q))) => '((z w) ()))
(check (begin (queue-append! q '(1 2)) (queue-append! q '()) (queue-append! q '(3)) (queue->list q)) => '(1 2 3))
(check (let* ((l (list 1 2)) (q (list->queue l))) (enqueue! q 3) (list l (queue->list q))) => '((1 2) (1 2 3)))
(check (queue-empty? (list->queue '())) => #t)

;;; (loko apropos): manual 3.3

(check (apropos-list "vector-s" (environment '(only (rnrs) vector-set! vector-sort car)))
       => (append '(vector-set! vector-sort)
                  (filter (lambda (x) (and (pair? x) #t)) (apropos-list 'vector-s))))
(check (and (member '((rnrs lists) fold-left) (apropos-list 'fold-left)) #t) => #t)
(check (apropos-list "no such name anywhere" (environment '(rnrs))) => '())
(check (memq 'car (apropos-list "car")) => (memq 'car (apropos-list 'car)))
(check-raises assertion-violation? (apropos-list 5))
(check-raises assertion-violation? (apropos-list "car" 5))
(check (with-output-to-string (lambda () (apropos "fold-lef" (environment '(only (rnrs) fold-left)))))
       => (string-append "environment:\n  fold-left\n"
                         (if (member '((loko) fold-left) (apropos-list 'fold-left)) "(loko):\n  fold-left\n" "")
                         "(rnrs lists):\n  fold-left\n(rnrs):\n  fold-left\n"))

;;; (loko system logging): SRFI 215

(send-log ERROR "before" 'A 1)
(define messages '())
(define (receive-message m) (set! messages (cons m messages)))
(current-log-callback receive-message)
(check messages => '(((SEVERITY . 3) (MESSAGE . "before") (A . 1))))
(check (begin (send-log INFO "msg" 'X "s" 'Y #f 'Z '(1 "a")) (car messages))
       => '((SEVERITY . 6) (MESSAGE . "msg") (X . "s") (Y . "#f") (Z . "(1 \"a\")")))
(check (parameterize ((current-log-fields '(APP "me" N 1))) (send-log DEBUG "m" 'K #vu8(1)) (car messages))
       => '((SEVERITY . 7) (MESSAGE . "m") (K . #vu8(1)) (APP . "me") (N . 1)))
(check (let ((c (make-error))) (send-log EMERGENCY "m" 'C c) (eq? c (cdr (assq 'C (car messages))))) => #t)
(check (list EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG) => '(0 1 2 3 4 5 6 7))
(check (let ((inner '()))
         (parameterize ((current-log-callback (lambda (m) (set! inner (cons (cdr (assq 'MESSAGE m)) inner)))))
           (send-log NOTICE "inside"))
         (send-log NOTICE "outside")
         (list inner (cdr (assq 'MESSAGE (car messages)))))
       => '(("inside") "outside"))
(check-raises assertion-violation? (send-log 8 "m"))
(check-raises assertion-violation? (send-log -1 "m"))
(check-raises assertion-violation? (send-log 1 'm))
(check-raises assertion-violation? (send-log 1 "m" 'K))
(check-raises assertion-violation? (send-log 1 "m" "K" 1))
(check-raises assertion-violation? (current-log-fields '(K)))
(check-raises assertion-violation? (current-log-callback 5))

;;; (loko system unsafe): manual 3.5

(check (> (syscall 39) 0) => #t)                     ; getpid
(check (= (syscall 39) (syscall 39 0 0 0 0 0 0)) => #t)
(check (syscall 3 -1) => -9)                         ; close: EBADF
(check (let ((b (make-bytevector 8 0))) (syscall 318 b 0 0)) => 0)   ; getrandom
(check-raises assertion-violation? (syscall 'x))
(check-raises assertion-violation? (syscall 39 1.5))
(check-raises assertion-violation? (syscall 39 1 2 3 4 5 6 7))
(define page (syscall 9 0 4096 3 #x22 -1 0))         ; mmap: private, anonymous
(check (> page 0) => #t)
(check (begin (put-mem-u8 page 255) (put-mem-u16 (+ page 2) 65535) (put-mem-u32 (+ page 4) #xffffffff)
              (list (get-mem-u8 page) (get-mem-u16 (+ page 2)) (get-mem-u32 (+ page 4)) (get-mem-u8 (+ page 1))))
       => '(255 65535 #xffffffff 0))
(check (map (lambda (n) (put-mem-s61 (+ page 8) n) (get-mem-s61 (+ page 8))) (list 0 -1 (greatest-fixnum) (least-fixnum)))
       => (list 0 -1 (greatest-fixnum) (least-fixnum)))
(check-raises assertion-violation? (get-mem-u16 (+ page 1)))
(check-raises assertion-violation? (get-mem-u32 (+ page 2)))
(check-raises assertion-violation? (get-mem-s61 (+ page 4)))
(check-raises assertion-violation? (put-mem-u32 (+ page 1) 0))
(check-raises assertion-violation? (put-mem-u8 page 256))
(check-raises assertion-violation? (put-mem-u8 page -1))
(check-raises assertion-violation? (get-mem-u8 'x))
(check (let ((b (bytevector-copy #vu8(1 2 3 4 5 6 7 8))))
         (let ((a (bytevector-address b))) (list (mod a 8) (get-mem-u8 a) (get-mem-u8 (+ a 7)))))
       => '(0 1 8))
(check-raises assertion-violation? (bytevector-address "x"))
(check (syscall 11 page 4096) => 0)                  ; munmap

(finish)
