;; SPDX-License-Identifier: MIT
;;
;; What a worker of a pool does. In: messages of its creator. Out: one answer for each.
;;   #(start initializer-or-#f)                 → #(ready), or #(failed raised)
;;   #(call id key task-or-#f arguments)        → #(id values list-of-values), or #(id raised raised)
;;   #(chunk id key task-or-#f (arguments …))   → #(id values list-of-results), or #(id raised raised results-before)
;;   #(items id key task-or-#f (item …))        → the same: the calls have one argument each
;;   quit, or the end of the channel            → it ends
;; A task procedure is sent once for each key that is not #f; both sides forget them by the same rule (remember!).
(library (loko loci pool worker)
  (export worker-main remember!)
  (import (rnrs) (loko loci channels) (loko loci pool tasks) (loko loci pool conditions)
          (only (loko core primitives) %os-syscall)
          (only (loko base conditions) interrupted-condition?)
          (only (loko base stdio) console-error-port)
          (only (loko base backtraces) current-backtrace print-backtrace))

  (define most-procedures 16)

  ;; Enters the value for the key, which was sent; when the table is full it begins anew.
  (define (remember! table key value)
    (if (and key (>= (hashtable-size table) most-procedures)) (hashtable-clear! table))
    (if key (hashtable-set! table key value)))

  ;; Nobody wants to hear that each worker was interrupted, too.
  (define (end-quietly) (exit 130))

  (define (backtrace-text)
    (call-with-string-output-port (lambda (port) (print-backtrace (current-backtrace) port))))

  ;; (k value …) for the values of the thunk; (failed data) if it raises.
  (define (call-catching thunk k failed)
    ((call/cc
      (lambda (leave)
        (with-exception-handler
         (lambda (x)
           (if (interrupted-condition? x) (end-quietly))
           (let ((data (encode-raised x (backtrace-text) (%os-syscall 39))))
             (leave (lambda () (failed data)))))
         (lambda ()
           (call-with-values thunk (lambda results (lambda () (apply k results))))))))))

  ;; Sends to the creator. If that is gone, so is this process.
  (define (tell ch message)
    (guard (c ((i/o-error? c) (exit 1)))
      (locus-channel-put ch message)))

  ;; Sends the answer; if it can't be sent, that is the answer. Output of the task comes before.
  (define (answer ch id message)
    (flush-output-port (current-output-port))
    (flush-output-port (current-error-port))
    (call-catching
     (lambda () (tell ch message))
     (lambda ignored #t)
     (lambda (data) (tell ch (vector id 'raised data '())))))

  (define (one-value . more)
    (raise (condition (make-assertion-violation)
                      (make-message-condition "the procedure of a map must return one value")
                      (make-irritants-condition more))))

  ;; (k results) for the list of results of the calls, each (call element-of-l); (failed data results) if one raises, with those before it.
  (define (run-chunk call l k failed)
    (let ((results '()))
      (call-catching
       (lambda ()
         (let loop ((l l))
           (if (pair? l)
               (call-with-values (lambda () (call (car l)))
                 (case-lambda
                   ((x)
                    (set! results (cons x results))
                    (loop (cdr l)))
                   (more (apply one-value more)))))))
       (lambda ignored (k (reverse results)))
       (lambda (data) (failed data (reverse results))))))

  (define (run ch table message)
    (let ((id (vector-ref message 1)) (key (vector-ref message 2)) (task (vector-ref message 3)) (data (vector-ref message 4)))
      (call-catching
       (lambda ()
         (if task
             (let ((proc (task-procedure->procedure task)))
               (remember! table key proc)
               proc)
             (hashtable-ref table key #f)))
       (lambda (proc)
         (if (memq (vector-ref message 0) '(chunk items))
             (run-chunk (if (eq? (vector-ref message 0) 'items) proc (lambda (arguments) (apply proc arguments)))
                        data
                        (lambda (results) (answer ch id (vector id 'values results)))
                        (lambda (data before) (answer ch id (vector id 'raised data before))))
             (call-catching
              (lambda () (apply proc data))
              (lambda results (answer ch id (vector id 'values results)))
              (lambda (data) (answer ch id (vector id 'raised data '()))))))
       (lambda (data)
         ;; the other side thinks that it is known now
         (remember! table key (lambda ignored (raise (decode-raised data (condition)))))
         (answer ch id (vector id 'raised data '()))))))

  (define (start ch initializer)
    (call-catching
     (lambda () (if initializer ((task-procedure->procedure initializer))))
     (lambda ignored (tell ch (vector 'ready)))
     (lambda (data) (tell ch (vector 'failed data)) (exit 1))))

  ;; (worker-main channel): never returns.
  (define (worker-main ch)
    (freeze-condition-types!)
    (guard (c ((interrupted-condition? c) (end-quietly)))
      (let ((table (make-eqv-hashtable)))
        (let loop ()
          (let ((message (locus-channel-get ch)))
            (if (vector? message)
                (begin
                  (if (eq? (vector-ref message 0) 'start)
                      (start ch (vector-ref message 1))
                      (run ch table message))
                  (loop))
                (exit 0))))))))
