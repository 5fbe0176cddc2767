;; SPDX-License-Identifier: MIT
;;
;; Maps over a pool. In: a task procedure and inputs (lists, vectors, generators). Out: results, in the order of the inputs or of
;; completion, as they are asked for. The inputs are cut into chunks, each a future; only a window of them is under way.
;; INVARIANT(order): in the order of the inputs, the failure that is raised is that of the first item that fails, after
;; the results before it, however the chunks were cut and whoever was faster.
(library (loko loci pool maps)
  (export start-map map-next! map-list map-each map-abandon! option split-arguments inputs-length)
  (import (rnrs) (loko system fibers) (loko loci pool conditions) (loko loci pool futures) (loko loci pool pools))

  (define chunks-per-worker 4)

  ;;; Arguments

  ;; Two values: the inputs, and the options, which begin with the first symbol.
  (define (split-arguments l)
    (let loop ((l l) (inputs '()))
      (if (or (null? l) (symbol? (car l)))
          (values (reverse inputs) l)
          (loop (cdr l) (cons (car l) inputs)))))

  ;; The value of the option in the list, whose names must be among the known ones.
  (define (option who options known name default)
    (cond ((null? options) default)
          ((or (not (memq (car options) known)) (null? (cdr options)))
           (assertion-violation who "expected options and values" options known))
          ((eq? (car options) name) (cadr options))
          (else (option who (cddr options) known name default))))

  (define (input-length x)
    (cond ((list? x) (length x))
          ((vector? x) (vector-length x))
          (else #f)))

  ;; The length of the shortest input; #f if that isn't known.
  (define (inputs-length inputs)
    (let ((lengths (map input-length inputs)))
      (and (pair? lengths) (for-all values lengths) (apply min lengths))))

  (define none (list 'none))

  ;; A thunk that gives one element after the other, then `none`.
  (define (source who x)
    (cond ((or (pair? x) (null? x))
           (lambda ()
             (if (pair? x)
                 (let ((y (car x)))
                   (set! x (cdr x))
                   y)
                 none)))
          ((vector? x)
           (let ((i 0))
             (lambda ()
               (if (< i (vector-length x))
                   (begin
                     (set! i (+ i 1))
                     (vector-ref x (- i 1)))
                   none))))
          ((procedure? x)
           (lambda ()
             (let ((y (x))) (if (eof-object? y) none y))))
          (else (assertion-violation who "expected a list, a vector or a generator" x))))

  ;;; Maps under way

  ;; sources: #f when one has ended. flight: futures under way, the first one first (ordered); box: those that have ended (unordered).
  ;; ready: results to be given out. failure: #f, or a list of what to raise then.
  (define-record-type run
    (opaque #t) (sealed #t)
    (fields who pool task key kind chunk window ordered? timeout
            (mutable sources) (mutable next) (mutable flight) (mutable count) box
            (mutable ready) (mutable failure)))

  (define (check-count who name x)
    (if (not (and (fixnum? x) (fx>? x 0))) (assertion-violation who "expected a positive number" name x))
    x)

  ;; (start-map who pool task inputs options known): a map of which nothing is under way yet.
  (define (start-map who pool task inputs options known)
    (check-pool who pool)
    (if (null? inputs) (assertion-violation who "expected a list, a vector or a generator"))
    (let* ((n (inputs-length inputs)) (workers (pool-size pool))
           (default (if n (max 1 (div (+ n (* chunks-per-worker workers) -1) (* chunks-per-worker workers))) 1))
           (chunk (check-count who 'chunk (option who options known 'chunk default)))
           (window (option who options known 'window (if n (max 1 n) (* chunks-per-worker workers))))
           (order (option who options known 'order 'input)))
      (check-count who 'window window)
      (if (not (memq order '(input completion))) (assertion-violation who "expected input or completion" order))
      (make-run who pool task (pool-next-number! pool) (if (null? (cdr inputs)) 'items 'chunk) chunk window (eq? order 'input)
                (option who options known 'timeout (pool-timeout pool))
                (map (lambda (x) (source who x)) inputs) 0 (make-queue) 0 (make-mailbox) '() #f)))

  ;; A queue: a pair of a list and its reverse rest.
  (define (make-queue) (cons '() '()))
  (define (queue-add q x) (cons (car q) (cons x (cdr q))))
  (define (queue-normal q) (if (null? (car q)) (cons (reverse (cdr q)) '()) q))
  (define (queue->list q) (append (car q) (reverse (cdr q))))

  ;; The next list of arguments, or #f.
  (define (next-arguments r)
    (and (run-sources r)
         (let loop ((l (run-sources r)) (arguments '()))
           (if (null? l)
               (reverse arguments)
               (let ((x ((car l))))
                 (if (eq? x none)
                     (begin
                       (run-sources-set! r #f)
                       #f)
                     (loop (cdr l) (cons x arguments))))))))

  (define (next-chunk r)
    (if (and (run-sources r) (null? (cdr (run-sources r))))
        (next-items r (car (run-sources r)))
        (let loop ((n (run-chunk r)) (l '()))
          (let ((arguments (and (> n 0) (next-arguments r))))
            (if arguments
                (loop (- n 1) (cons arguments l))
                (reverse l))))))

  ;; Of a map with one input: the items themselves.
  (define (next-items r source)
    (let loop ((n (run-chunk r)) (l '()))
      (let ((x (if (> n 0) (source) none)))
        (cond ((not (eq? x none)) (loop (- n 1) (cons x l)))
              (else
               (if (> n 0) (run-sources-set! r #f))
               (reverse l))))))

  ;; Starts chunks until the window is full or the inputs end.
  (define (fill! r)
    (if (and (run-sources r) (< (run-count r) (run-window r)))
        (let ((items (next-chunk r)))
          (if (pair? items)
              (let* ((first (run-next r)) (last (+ first (length items) -1)) (p (run-pool r))
                     (f (make-future p (pool-next-number! p) (run-kind r) (run-task r) (run-key r) items (run-timeout r) (cons first last))))
                (run-next-set! r (+ last 1))
                (run-count-set! r (+ 1 (run-count r)))
                (run-flight-set! r (queue-add (run-flight r) f))
                (if (not (run-ordered? r)) (when-ended! f (lambda (f) (mailbox-send! (run-box r) f))))
                (pool-enqueue! (run-who r) p f)
                (fill! r))))))

  ;; Waits for the next chunk: its results are ready then, and perhaps a failure behind them.
  (define (take-chunk! r)
    (let ((f (if (run-ordered? r)
                 (let ((q (queue-normal (run-flight r))))
                   (run-flight-set! r (cons (cdar q) (cdr q)))
                   (caar q))
                 (mailbox-receive (run-box r)))))
      (run-count-set! r (- (run-count r) 1))
      (guard (c (#t
                 (run-ready-set! r (future-before f))
                 (run-failure-set! r (list c))))
        (run-ready-set! r (touch f)))))

  ;; The next result, or `none` after the last one; raises what a task raised.
  (define (next! r)
    (cond ((pair? (run-ready r))
           (let ((x (car (run-ready r))))
             (run-ready-set! r (cdr (run-ready r)))
             x))
          ((run-failure r)
           => (lambda (failure)
                (run-failure-set! r #f)
                (map-abandon! r)
                (raise (car failure))))
          (else
           (fill! r)
           (if (= (run-count r) 0)
               none
               (begin
                 (take-chunk! r)
                 (next! r))))))

  ;; (map-next! run): the next result; the end-of-file object after the last one.
  (define (map-next! r)
    (let ((x (next! r)))
      (if (eq? x none) (eof-object) x)))

  ;; (map-abandon! run): nothing more will be asked for: chunks that no worker has begun are cancelled.
  (define (map-abandon! r)
    (run-sources-set! r #f)
    (for-each (lambda (f) (if (eq? (future-state f) 'pending) (cancel! f))) (queue->list (run-flight r)))
    (run-flight-set! r (make-queue))
    (run-count-set! r 0))

  ;; Calls (take result) for all results; if it is left, abandons the map.
  (define (run-all r take)
    (let ((done? #f))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (let loop ()
           (let ((x (next! r)))
             (if (eq? x none)
                 (set! done? #t)
                 (begin
                   (take x)
                   (loop))))))
       (lambda () (if (not done?) (map-abandon! r))))))

  ;; (map-list run): the list of all results.
  (define (map-list r)
    (let ((results '()))
      (run-all r (lambda (x) (set! results (cons x results))))
      (reverse results)))

  ;; (map-each run): waits until all are done.
  (define (map-each r) (run-all r (lambda (x) #f)) (if #f #f)))
