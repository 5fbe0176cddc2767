;; SPDX-License-Identifier: MIT
;;
;; Random kills: while maps, futures, nested maps, supervised services and monitored loci are at work, a fiber kills children of this
;; process (SIGKILL) at random moments. Arguments: seconds, seed. Nothing may hang, each task gives its result or a condition that
;; names it, and at the end nothing is left. Prints what was done.
(import (rnrs) (loko loci) (loko loci pool) (loko loci supervise) (loko system fibers) (only (loko system unsafe) syscall) (descriptors)
        (tests support checks))

(define (argument n default)
  (let ((l (command-line))) (if (> (length l) n) (string->number (list-ref l n)) default)))
(define seconds (argument 1 3))
(define seed (argument 2 1))
(define (random n)
  (set! seed (mod (+ (* seed 6364136223846793005) 1442695040888963407) 18446744073709551616))
  (mod (div seed 4294967296) n))

(define (getpid) (syscall 39))
(define (children)
  (guard (c ((i/o-error? c) '()))
    (call-with-input-file
     (let ((pid (number->string (getpid)))) (string-append "/proc/" pid "/task/" pid "/children"))
     (lambda (port) (let loop ((l '())) (let ((x (get-datum port))) (if (eof-object? x) l (loop (cons x l)))))))))

;;; Counts of what happened
(define counts (make-eq-hashtable))
(define (count! what) (hashtable-update! counts what (lambda (n) (+ n 1)) 0))
(define (must! good? what . details) (if (not good?) (count-check #f what details 'good)))

;;; The activities: each a procedure that does one round
(locus-map (lambda (x) x) '(1 2))
(sleep 0.001)
(define descriptors-before (descriptors))
(define shared (make-pool 'workers 3 'retries 1000))
(define brittle (make-pool 'workers 2 'queue 8))
(define (square x) (* x x))
(define (numbers n) (let loop ((i n) (l '())) (if (= i 0) l (loop (- i 1) (cons i l)))))
(define (work x) (let loop ((i 0) (l '())) (if (< i 3000) (loop (+ i 1) (cons i (if (= 0 (mod i 500)) '() l))) (* x x))))

(define (round-of-map)
  (let ((n (+ 1 (random 30))))
    (must! (equal? (pool-map shared work (numbers n) 'chunk (+ 1 (random 5)) 'order 'input) (map square (numbers n))) 'map n)
    (count! 'maps)))

(define (round-of-unordered)
  (let ((n (+ 1 (random 30))))
    (must! (equal? (list-sort < (pool-map shared work (numbers n) 'chunk 2 'order 'completion)) (map square (numbers n))) 'unordered n)
    (count! 'unordered)))

;; Without retries: a result, or the condition with the number of the item.
(define (outcome f i)
  (guard (c ((and (worker-died? c) (task-condition? c))
             (must! (equal? (worker-died-reason c) '(signal 9)) 'reason (worker-died-reason c))
             (must! (equal? (task-condition-form c) (list 'work i)) 'names-its-task (task-condition-form c) i)
             (count! 'died)))
    (must! (= (touch f) (* i i)) 'result i)
    (count! 'results)))

(define (round-of-futures)
  (let* ((items (numbers (+ 1 (random 10)))) (futures (map (lambda (i) (pool-submit brittle work i)) items)))
    (if (= 0 (random 4)) (future-cancel! (car futures)))
    (let ((all (map cons futures items)) (next (as-completed futures)))
      (let loop ((n 0))
        (let ((f (next)))
          (if (eof-object? f)
              (must! (= n (length items)) 'each-once n)
              (begin
                (if (future-cancelled? f) (count! 'cancelled) (outcome f (cdr (assq f all))))
                (loop (+ n 1)))))))))

(define (round-of-locus-map)
  (guard (c ((worker-died? c)
             (must! (task-condition? c) 'locus-map c)
             (count! 'locus-map-died)))
    (must! (equal? (locus-map work (numbers 5) 'workers 2 'chunk 1) (map square (numbers 5))) 'locus-map)
    (count! 'locus-maps)))

(define (round-of-nested)
  (guard (c ((worker-died? c) (count! 'nested-died)))
    (must! (equal? (touch (pool-submit brittle (lambda () (locus-map work '(1 2 3) 'workers 2)))) '(1 4 9)) 'nested)
    (count! 'nested)))

(define (round-of-monitor)
  (let ((reason (perform-operation (monitor-operation (locus ch (work 1))))))
    (must! (member reason '(normal (signal 9))) 'monitor reason)
    (count! (if (eq? reason 'normal) 'normal-ends 'killed-ends))))

(define (start-echo) (locus ch (let loop () (let ((x (locus-channel-get ch))) (if (not (eof-object? x)) (begin (locus-channel-put ch x) (loop)))))))
(define (echo id) (child-spec id start-echo 'shutdown 'infinity))
(define inner #f)
(define (start-inner) (set! inner (start-supervisor (map echo '(x y)) 'strategy 'one-for-all 'intensity 3 'period 1)) inner)
(define services
  (start-supervisor (list (echo 'a) (child-spec 'inner start-inner) (echo 'b)) 'strategy 'rest-for-one 'intensity 1000000 'period 1))
(define (round-of-service)
  (let* ((s (if (= 0 (random 2)) services inner))
         (id (car (list-ref (supervisor-children s) (random (length (supervisor-children s))))))
         (l (guard (c (#t #f)) (supervisor-child s id))))
    (if (locus? l)
        (let ((answer (guard (c ((i/o-error? c) (eof-object))) (locus-channel-put/get l 42))))
          (must! (or (eof-object? answer) (eqv? answer 42)) 'service answer)
          (count! (if (eof-object? answer) 'service-died 'service-answers)))
        (yield-current-task))))

;; Servers may be killed between two of their loci: these end, then, and no more can be made.
(define (round-of-server)
  (guard (c ((i/o-error? c) (count! 'servers-died)))
    (let ((s (make-locus-server (lambda (ch n) (locus-channel-put ch (* n n)) (exit n)))))
      (let loop ((i 0))
        (if (< i 5)
            (let* ((l (start-locus s i)) (answer (locus-channel-get l)) (value (locus-wait l)))
              (must! (if (eof-object? answer) (eqv? value 1) (and (eqv? answer (* i i)) (memv value (list 1 i)))) 'served answer value)
              (count! 'served)
              (loop (+ i 1)))))
      (locus-kill (locus-server-process s)))))

;;; Running
(define end (+ (internal-time) (exact (round (* seconds 1000000000)))))
(define (over?) (> (internal-time) end))
(define (repeat round) (spawn-fiber (lambda () (let loop () (if (not (over?)) (begin (round) (loop)))))))
(define killer
  (spawn-fiber
   (lambda ()
     (let loop ()
       (if (not (over?))
           (let ((victims (children)))
             (if (pair? victims)
                 (begin
                   (syscall 62 (list-ref victims (random (length victims))) 9)
                   (count! 'kills)))
             (sleep (/ (random 6000) 1000000))
             (loop)))))))
(define activities
  (map repeat (list round-of-map round-of-map round-of-unordered round-of-futures round-of-futures round-of-locus-map round-of-nested
                    round-of-monitor round-of-service round-of-server)))
(for-each fiber-join activities)
(fiber-join killer)
(pool-shutdown shared)
(pool-shutdown brittle)
(supervisor-stop services)

;;; What is left
(check-equal (children) (quote ()))
(check-equal (syscall 61 -1 0 1 0) -10)
(let wait () (if (> (descriptors) descriptors-before) (begin (sleep 0.001) (wait))))
(for-each (lambda (what) (check-true (> (hashtable-ref counts what 0) 0))) '(kills maps unordered results nested service-answers normal-ends served))
(vector-for-each (lambda (what) (display what) (display " ") (display (hashtable-ref counts what 0)) (newline)) (vector-sort (lambda (a b) (string<? (symbol->string a) (symbol->string b))) (hashtable-keys counts)))
(finish)
