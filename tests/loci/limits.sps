;; SPDX-License-Identifier: MIT
;;
;; Limits hold for loci of loci, however these are made: by fork, by a fork server, by a server of their own, in a pool. Of a limit of
;; theirs and one of their creator the smaller one holds.
(import (rnrs) (loko loci) (loko loci pool) (loko loci supervise) (loko system fibers) (only (loko) parameterize)
        (only (loko system unsafe) syscall) (rename (only (tests support checks) check-message finish) (check-message check)))

(define (limits memory cpu wall) (make-locus-limits memory cpu wall))
(define none (limits #f #f #f))
(define-syntax within (syntax-rules () ((_ l body ...) (parameterize ((current-locus-limits l)) body ...))))

;;; What a locus does that is to find its limit
(define (spin) (let loop () (loop)))
(define (fill n) (let loop ((i 0) (l '())) (if (= i n) (length l) (loop (+ i 1) (cons (make-vector 10000 l) l)))))
(define (work ch what)
  (case what
    ((spin) (spin))
    ((sleep) (locus-channel-put ch 'sleeping) (sleep 1000))
    ((fill) (locus-channel-put ch (guard (c ((implementation-restriction-violation? c) 'exhausted)) (fill 1000) 'room)))))    ; 80 MB

;;; Ways to make a locus for some work
(define server (make-locus-server work))
(define (by-fork what) (locus/context ch (work ch what)))
(define (by-server what) (start-locus server what))
(define (by-own-server what) (start-locus (make-locus-server work) what))
(define ways (list by-fork by-own-server))

;; The outcome of the work: what came of it and how the locus died.
(define (outcome l) (let ((m (locus-channel-get l))) (locus-wait l) (list (if (eof-object? m) 'nothing m) (locus-death l))))

(define (first-message l) (let ((m (locus-channel-get l))) (locus-wait l) m))

;; The outcome in a locus of a locus: the outer one has limits and makes the inner one, with limits of its own, by the way of that number.
(define (in-outer ch memory cpu wall way what) (locus-channel-put ch (within (limits memory cpu wall) (outcome ((list-ref ways way) what)))))
(define outer-server (make-locus-server in-outer))
(define (forked-outer memory cpu wall way what) (locus/context ch (in-outer ch memory cpu wall way what)))
(define (served-outer memory cpu wall way what) (start-locus outer-server memory cpu wall way what))
(define (nested outer-limits inner-limits what)
  (let each ((outers (list forked-outer served-outer)) (way 0) (all '()))
    (cond ((null? outers) (reverse all))
          ((= way (length ways)) (each (cdr outers) 0 all))
          (else
           (let* ((l (within outer-limits ((car outers) (car inner-limits) (cadr inner-limits) (caddr inner-limits) way what))) (m (locus-channel-get l)))
             (locus-wait l)
             (each outers (+ way 1) (cons (if (eof-object? m) (locus-death l) m) all)))))))
(define (four x) (list x x x x))

;; without limits there is room: else the following shows nothing
(check (nested none '(#f #f #f) 'fill) => (four '(room (value 0))))

;;; Memory
(define memory 30000000)
(check (nested (limits memory #f #f) '(#f #f #f) 'fill) => (four '(exhausted (value 0))))
(check (nested (limits memory #f #f) '(4000000000 #f #f) 'fill) => (four '(exhausted (value 0))))        ; can't ask for more
(check (nested (limits 4000000000 #f #f) (list memory #f #f) 'fill) => (four '(exhausted (value 0))))

;;; Processor time: of each process
(check (nested (limits #f 0.1 #f) '(#f #f #f) 'spin) => (four '(nothing (limit cpu-time))))
(check (nested (limits #f 0.1 #f) '(#f 1000 #f) 'spin) => (four '(nothing (limit cpu-time))))
(check (nested (limits #f 1000 #f) '(#f 0.05 #f) 'spin) => (four '(nothing (limit cpu-time))))

;;; Wall time: the outer one's comes first, and its loci end with it
(check (nested (limits #f #f 1000) '(#f #f 0.05) 'sleep) => (four '(sleeping (limit wall-time))))
(check (nested (limits #f #f 0.2) '(#f #f 1000) 'sleep) => (four '(limit wall-time)))
(define (gone? pid)                          ; or an orphan whose status nobody has taken yet
  (guard (c ((i/o-error? c) #t))
    (let ((text (call-with-input-file (string-append "/proc/" (number->string pid) "/stat") get-string-all)))
      (let find ((i 0)) (if (char=? (string-ref text i) #\)) (memv (string-ref text (+ i 2)) '(#\Z #\X)) (find (+ i 1)))))))
(define (ends? pid) (let wait ((n 0)) (cond ((gone? pid) #t) ((= n 2000) #f) (else (sleep 0.005) (wait (+ n 1))))))
(define (making way)
  (locus/context ch
    (let ((inner ((list-ref ways way) 'sleep)))
      (locus-channel-get inner)
      (locus-channel-put ch (locus-pid inner))
      (sleep 1000))))
(check (map (lambda (way)
              (let* ((l (within (limits #f #f 0.2) (making way))) (pid (locus-channel-get l)))
                (locus-wait l)
                (list (locus-death l) (or (eof-object? pid) (ends? pid)))))
            '(0 1))
       => '(((limit wall-time) #t) ((limit wall-time) #t)))

;;; Three deep, with one limit of each kind at each depth
(define (deep n ch)
  (if (= n 0)
      (work ch 'spin)
      (let ((l (within (case n ((3) (limits memory #f #f)) ((2) (limits #f 0.1 #f)) (else (limits #f #f 1000))) (deeper (- n 1)))))
        (locus-channel-put ch (let ((m (locus-channel-get l))) (locus-wait l) (if (eof-object? m) (locus-death l) m))))))
(define (deeper n) (locus/context ch (deep n ch)))
(check (first-message (deeper 3)) => '(limit cpu-time))

;;; A server's limits are its creator's, and a locus of it has those of the moment
(check (map (lambda (l) (outcome (within l (by-server 'spin)))) (list (limits #f 0.05 #f) (limits memory 0.05 1000))) => '((nothing (limit cpu-time)) (nothing (limit cpu-time))))
(check (outcome (within (limits memory #f #f) (by-server 'fill))) => '(exhausted (value 0)))
(check (outcome (by-server 'fill)) => '(room (value 0)))

;;; Pools and supervisors in a locus with limits
(define (reason thunk) (guard (c ((worker-died? c) (worker-died-reason c))) (thunk)))
(check (first-message
        (within (limits #f 0.1 #f)
          (locus ch (locus-channel-put ch (reason (lambda () (locus-map (lambda (x) (spin)) '(1 2))))))))
       => '(limit cpu-time))
(check (first-message
        (within (limits memory #f #f)
          (locus ch (locus-channel-put ch (locus-map (lambda (x) (guard (c ((implementation-restriction-violation? c) 'exhausted)) (fill 1000))) '(1 2) 'workers 1)))))
       => '(exhausted exhausted))
(check (first-message
        (within (limits #f 0.1 #f)
          (locus ch (locus-channel-put ch (perform-operation (monitor-operation (supervisor-child (start-supervisor (list (child-spec 'spinner (lambda () (by-fork 'spin)) 'restart 'temporary))) 'spinner)))))))
       => '(limit cpu-time))
(for-each (lambda (s) (locus-kill (locus-server-process s))) (list server outer-server))
(check (syscall 61 -1 0 1 0) => -10)         ; no children, also no zombies
(finish)
