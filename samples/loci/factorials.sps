;; SPDX-License-Identifier: MIT
;;
;; A master and workers that compute factorials. A worker asks the master for what others have computed already and tells it what
;; it found. The master waits for all channels and all deaths at once, and starts the next worker when one has finished.
(import (rnrs) (loko loci) (loko system fibers))

(define workers 3)
(define known (make-eqv-hashtable))
(hashtable-set! known 0 1)

;; In the worker: the factorial, by the greatest smaller one that the master knows.
(define (factorial ch n)
  (let ((entry (locus-channel-put/get ch (list 'below n))))
    (let loop ((i (+ (car entry) 1)) (f (cdr entry)))
      (if (> i n) f (loop (+ i 1) (* i f))))))

(define (start n)
  (locus/context ch (locus-channel-put ch (list 'found n (factorial ch n)))))

(define (below n)
  (let loop ((n n))
    (if (hashtable-contains? known n) (cons n (hashtable-ref known n #f)) (loop (- n 1)))))

(define (handle l message)
  (case (car message)
    ((below) (locus-channel-put l (below (cadr message))))
    ((found) (hashtable-set! known (cadr message) (caddr message)))))

;; What the locus says, or that it has ended: its last message comes before its end of file.
(define (next l)
  (wrap-operation (locus-channel-get-operation l) (lambda (message) (cons l message))))

(define (serve running todo)
  (cond ((and (pair? todo) (< (length running) workers)) (serve (cons (start (car todo)) running) (cdr todo)))
        ((pair? running)
         (let* ((event (perform-operation (apply choice-operation (map next running)))) (l (car event)) (message (cdr event)))
           (cond ((eof-object? message)
                  (locus-wait l)
                  (serve (remq l running) todo))
                 (else
                  (handle l message)
                  (serve running todo)))))))

(serve '() '(10 50 20 100 60 200 30))
(for-each
 (lambda (n)
   (display (list n (string-length (number->string (hashtable-ref known n #f))) 'digits))
   (newline))
 '(10 20 30 50 60 100 200))
