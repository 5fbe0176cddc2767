;; SPDX-License-Identifier: MIT
;;
;; Concurrent ML in detail (Reppy): the order of wraps, guards and handlers, nacks, choices with themselves, buffers of one, the
;; ends of fibers, parameters, continuations, scopes, time-outs.
(import (rnrs) (loko) (loko system fibers) (tests support checks))
(define (settle) (do ((i 0 (+ i 1))) ((= i 100)) (yield-current-task)))
;; wrap procedures run in the performing fiber, order inner to outer
(let ((log '()))
  (perform-operation (wrap-operation (wrap-operation (always-operation 1) (lambda (x) (set! log (cons 'inner log)) (+ x 1))) (lambda (x) (set! log (cons 'outer log)) x)))
  (check-equal log '(outer inner)))
;; exceptions in wrap propagate to performer, message was received
(let ((ch (make-channel)) (sent #f))
  (spawn-fiber (lambda () (put-message ch 1) (set! sent #t)))
  (check-equal (guard (e (#t (list 'caught e))) (perform-operation (wrap-operation (get-operation ch) (lambda (x) (raise x))))) '(caught 1))
  (settle) (check-true sent))
;; wrap-handler order: wrap(handler(wrap f)) g : handler doesn't see g
(check-equal (guard (e (#t 'outside)) (perform-operation (wrap-operation (wrap-handler (wrap-operation (always-operation 1) (lambda (x) (raise 'in))) (lambda (e) (list 'handled e))) (lambda (x) x)))) '(handled in))
(check-equal (guard (e (#t 'outside)) (perform-operation (wrap-operation (wrap-handler (always-operation 1) (lambda (e) 'no)) (lambda (x) (raise 'out))))) 'outside)
;; guard evaluated each perform; nested guards
(let ((n 0))
  (define op (guard-operation (lambda () (set! n (+ n 1)) (guard-operation (lambda () (always-operation n))))))
  (check-equal (list (perform-operation op) (perform-operation op)) '(1 2))
  (check-equal (perform-operation (choice-operation op (never-operation))) 3))
;; guard in choice: exceptions in guard signal nacks of others
(let ((nacked #f))
  (check-equal (guard (e (#t 'boom))
    (perform-operation (choice-operation
       (nack-guard-operation (lambda (nack) (spawn-fiber (lambda () (perform-operation nack) (set! nacked #t))) (never-operation)))
       (guard-operation (lambda () (raise 'boom)))))) 'boom)
  (settle) (check-true nacked))
;; nack not signalled when chosen; signalled when other is
(let ((a 0) (b 0))
  (define (branch ready? inc!) (nack-guard-operation (lambda (nack) (spawn-fiber (lambda () (perform-operation nack) (inc!))) (if ready? (always-operation 'x) (never-operation)))))
  (perform-operation (choice-operation (branch #t (lambda () (set! a (+ a 1)))) (branch #f (lambda () (set! b (+ b 1))))))
  (settle) (check-equal (list a b) '(0 1)))
;; nested nack: outer chosen through inner
(let ((log '()))
  (define (watch name nack) (spawn-fiber (lambda () (perform-operation nack) (set! log (cons name log)))))
  (perform-operation (choice-operation
    (nack-guard-operation (lambda (n1) (watch 'outer n1)
       (choice-operation (nack-guard-operation (lambda (n2) (watch 'inner-lost n2) (never-operation)))
                         (nack-guard-operation (lambda (n3) (watch 'inner-won n3) (always-operation 1))))))
    (nack-guard-operation (lambda (n4) (watch 'other n4) (never-operation)))))
  (settle)
  (check-equal (list-sort (lambda (a b) (string<? (symbol->string a) (symbol->string b))) log) '(inner-lost other)))
;; cancelled while blocked in a nack choice → nacks signalled
(let* ((nacked #f)
       (f (spawn-fiber (lambda () (perform-operation (choice-operation (nack-guard-operation (lambda (nack) (spawn-fiber (lambda () (perform-operation nack) (set! nacked #t))) (never-operation)))))))))
  (settle) (fiber-cancel! f) (settle) (check-true nacked))
;; same channel twice
(let ((ch (make-channel)))
  (spawn-fiber (lambda () (put-message ch 1) (put-message ch 2) (put-message ch 3)))
  (let ((op (choice-operation (wrap-operation (get-operation ch) (lambda (x) (cons 'a x))) (wrap-operation (get-operation ch) (lambda (x) (cons 'b x))))))
    (check-equal (map cdr (list (perform-operation op) (perform-operation op) (perform-operation op))) '(1 2 3))))
(let* ((ch (make-channel)) (op (choice-operation (get-operation ch) (get-operation ch))) (got '()))
  (define f (spawn-fiber (lambda () (do ((i 0 (+ i 1))) ((= i 5)) (set! got (cons (perform-operation op) got))))))
  (do ((i 0 (+ i 1))) ((= i 5)) (settle) (put-message ch i))
  (fiber-join f)
  (check-equal got '(4 3 2 1 0)))
;; choice of put and get with self, plus another fiber doing the same
(let* ((ch (make-channel)) (mk (lambda (v) (choice-operation (wrap-operation (get-operation ch) (lambda (x) (list 'got x))) (wrap-operation (put-operation ch v) (lambda () (list 'put v))))))
       (f (spawn-fiber (lambda () (perform-operation (mk 1))))) (r (perform-operation (mk 2))) (s (fiber-join f)))
  (check-true (or (and (equal? r '(got 1)) (equal? s '(put 1))) (and (equal? r '(put 2)) (equal? s '(got 2))))))
;; buffered capacity 1
(let ((ch (make-buffered-channel 1)) (log '()))
  (put-message ch 'a)
  (check-equal (perform-operation (choice-operation (wrap-operation (put-operation ch 'b) (lambda () 'put)) (wrap-operation (sleep-operation 0.001) (lambda () 'full)))) 'full)
  (check-equal (get-message ch) 'a)
  (check-equal (perform-operation (choice-operation (wrap-operation (put-operation ch 'b) (lambda () 'put)) (wrap-operation (sleep-operation 1) (lambda () 'full)))) 'put)
  (spawn-fiber (lambda () (put-message ch 'c) (set! log (cons 'c log)) (put-message ch 'd) (set! log (cons 'd log))))
  (settle) (check-equal log '())
  (check-equal (list (get-message ch) (get-message ch) (get-message ch)) '(b c d)))
;; one-fiber put/get on buffered in one choice
(let ((ch (make-buffered-channel 1)))
  (check-equal (perform-operation (choice-operation (wrap-operation (get-operation ch) (lambda (x) 'got)) (wrap-operation (put-operation ch 1) (lambda () 'put)))) 'put)
  (check-equal (get-message ch) 1))
;; joins of dead fibers, multiple values, conditions
(let ((f (spawn-fiber (lambda () (values 1 2 3)))))
  (settle)
  (check-equal (call-with-values (lambda () (fiber-join f)) list) '(1 2 3))
  (check-equal (call-with-values (lambda () (fiber-join f)) list) '(1 2 3))
  (check-equal (fiber-state f) 'returned))
(let ((f (spawn-fiber (lambda () (exit-current-task)))))
  (settle) (check-equal (call-with-values (lambda () (fiber-join f)) list) '()) (check-equal (fiber-state f) 'exited))
(let ((f (spawn-fiber (lambda () (dynamic-wind (lambda () #f) (lambda () (sleep 1000)) (lambda () (sleep 0.001)))))))
  (settle) (fiber-cancel! f) (check-equal (guard (e (#t (condition-message e))) (fiber-join f)) "the fiber was cancelled"))
;; raise in an after thunk while cancelled
(let ((f (spawn-fiber (lambda () (dynamic-wind (lambda () #f) (lambda () (sleep 1000)) (lambda () (raise 'after)))))))
  (settle) (fiber-cancel! f) (check-equal (guard (e ((eq? e 'after) 'after) (#t (condition-message e))) (fiber-join f)) 'after))
;; parameters: inherited at spawn, independent afterwards
(let ((p (make-parameter 1)))
  (check-equal (parameterize ((p 2)) (fiber-join (spawn-fiber (lambda () (yield-current-task) (p))))) 2)
  (let ((f (parameterize ((p 3)) (spawn-fiber (lambda () (settle) (parameterize ((p 4)) (settle) (p)))))))
    (check-equal (p) 1) (check-equal (fiber-join f) 4) (check-equal (p) 1)))
;; call/cc across fibers refused; within ok and re-entrant
(let ((k #f))
  (fiber-join (spawn-fiber (lambda () (call/cc (lambda (c) (set! k c))) 1)))
  (check-true (guard (e ((assertion-violation? e) #t) (#t e)) (k 1) #f)))
(check-equal (fiber-join (spawn-fiber (lambda () (let ((n 0) (k #f)) (call/cc (lambda (c) (set! k c))) (yield-current-task) (set! n (+ n 1)) (if (< n 3) (k #f)) n)))) 3)
(check-equal (fiber-join (spawn-fiber (lambda () (call/cc (lambda (k) (dynamic-wind (lambda () #f) (lambda () (k 'esc)) (lambda () (yield-current-task)))))))) 'esc)
;; exit-current-task runs winders
(let ((log '()))
  (define f (spawn-fiber (lambda () (dynamic-wind (lambda () (set! log (cons 'in log))) (lambda () (guard (e (#t (set! log (cons 'no log)))) (exit-current-task))) (lambda () (set! log (cons 'out log)))))))
  (settle) (check-equal log '(out in)))
;; scopes
(check-equal (guard (e (#t (list 'failed e))) (call-with-scope (lambda (s) (spawn-fiber (lambda () (let loop () (loop)))) (spawn-fiber (lambda () (sleep 1000))) (spawn-fiber (lambda () (raise 'x))) (sleep 1000) 'no))) '(failed x))
(check-equal (call-with-scope (lambda (s) (spawn-fiber (lambda () (sleep 1000))) (cancel-scope! s) 'ok)) 'ok)
(let ((log '()))
  (check-equal (guard (e (#t (list 'body e))) (call-with-scope (lambda (s) (spawn-fiber (lambda () (dynamic-wind (lambda () #f) (lambda () (sleep 1000)) (lambda () (set! log (cons 'unwound log)))))) (settle) (raise 'b)))) '(body b))
  (check-equal log '(unwound)))
(check-equal (call-with-values (lambda () (call-with-scope (lambda (s) (values 1 2)))) list) '(1 2))
;; escape from scope
(check-equal (call/cc (lambda (k) (call-with-scope (lambda (s) (spawn-fiber (lambda () (sleep 1000))) (k 'out))))) 'out)
;; nested scope inner fails → outer body sees at inner only
(check-equal (call-with-scope (lambda (o) (guard (e (#t (list 'inner e))) (call-with-scope (lambda (i) (spawn-fiber (lambda () (raise 'y))) (sleep 1000)))))) '(inner y))
;; scope fiber spawns grandchildren: scope waits for them
(let ((done #f))
  (call-with-scope (lambda (s) (spawn-fiber (lambda () (spawn-fiber (lambda () (sleep 0.01) (set! done #t)))))))
  (check-true done))
;; cancel-scope from within member
(let ((after #f))
  (call-with-scope (lambda (s) (spawn-fiber (lambda () (cancel-scope! s) (set! after #t))) (spawn-fiber (lambda () (sleep 1000)))))
  (check-equal after #f))
;; cvar
(let ((c (make-cvar))) (signal-cvar! c) (signal-cvar! c) (wait c) (check-equal (perform-operation (wrap-operation (wait-operation c) (lambda () 'w))) 'w))
;; sleep 0, negative, fractions, inf
(sleep 0) (sleep -1) (sleep 1/1000) (sleep 1e-9)
(check-equal (perform-operation (choice-operation (wrap-operation (sleep-operation +inf.0) (lambda () 'inf)) (wrap-operation (sleep-operation 0.001) (lambda () 'short)))) 'short)
(check-equal (guard (e (#t 'bad)) (sleep +nan.0)) 'bad)
(check-equal (guard (e (#t 'bad)) (sleep 1+i)) 'bad)
;; timers in order
(let ((log '()))
  (call-with-scope (lambda (s) (for-each (lambda (i) (spawn-fiber (lambda () (sleep (/ i 1000)) (set! log (cons i log))))) '(5 3 1 4 2))))
  (check-equal log '(5 4 3 2 1)))
;; run-fibers returns values, raises
(check-equal (run-fibers (lambda () (spawn-fiber (lambda () (sleep 0.001))) 5)) 5)
(check-equal (guard (e (#t (list 'r e))) (run-fibers (lambda () (raise 'z)))) '(r z))
(check-equal (run-fibers (lambda () 7) #t) 7)
;; perform-operation/timeout
(check-equal (perform-operation/timeout (never-operation) 0.001) #f)
(check-equal (perform-operation/timeout (always-operation 1) 0 (lambda () 't)) 1)
;; multiple values through wraps: get of one
(check-equal (call-with-values (lambda () (perform-operation (wrap-operation (always-operation) (lambda () (values 1 2))))) list) '(1 2))
;; exit hooks; fiber names
(check-equal (fiber-name (spawn-fiber (lambda () 1) 'nm)) 'nm)
(let ((l (make-fiber-local 'd))) (l 'm) (check-equal (fiber-join (spawn-fiber (lambda () (let ((a (l))) (l 'x) (list a (l)))))) '(d x)) (check-equal (l) 'm))
(finish)
