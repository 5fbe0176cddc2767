;; SPDX-License-Identifier: MIT
;;
;; First-in first-out queues. A queue is a list with its last pair; every operation but those on whole lists and
;; queue-length takes constant time.
(library (loko queues)
  (export make-queue queue? list->queue queue->list queue-copy queue-length queue-empty? queue-front queue-back
          enqueue! enqueue-front! dequeue! dequeue-all! queue-append!)
  (import (rnrs) (rnrs mutable-pairs))

  (define-record-type (queue new-queue queue?)
    (fields (mutable first) (mutable last))     ; first pair or (); the last pair if there is one
    (sealed #t))

  (define (check-elements who q)
    (if (null? (queue-first q)) (assertion-violation who "the queue is empty" q)))

  ;; (make-queue): an empty queue.
  (define (make-queue) (new-queue '() '()))

  (define (last-pair l) (if (pair? (cdr l)) (last-pair (cdr l)) l))

  ;; (list->queue list): a queue of its elements; the list is copied.
  (define (list->queue l)
    (let ((l (map values l)))
      (new-queue l (if (pair? l) (last-pair l) '()))))

  ;; (queue->list queue): a fresh list of the elements, the next to leave first.
  (define (queue->list q) (map values (queue-first q)))

  ;; (queue-copy queue): another queue with the same elements.
  (define (queue-copy q) (list->queue (queue-first q)))

  ;; (queue-length queue): the number of elements.
  (define (queue-length q) (length (queue-first q)))

  ;; (queue-empty? queue)
  (define (queue-empty? q) (null? (queue-first q)))

  ;; (queue-front queue): the next element to leave; &assertion if there is none.
  (define (queue-front q)
    (check-elements 'queue-front q)
    (car (queue-first q)))

  ;; (queue-back queue): the element that came last; &assertion if there is none.
  (define (queue-back q)
    (check-elements 'queue-back q)
    (car (queue-last q)))

  ;; (enqueue! queue object): adds an element at the end.
  (define (enqueue! q x)
    (let ((p (list x)))
      (if (null? (queue-first q))
          (queue-first-set! q p)
          (set-cdr! (queue-last q) p))
      (queue-last-set! q p)))

  ;; (enqueue-front! queue object): adds an element that will leave next.
  (define (enqueue-front! q x)
    (let ((p (cons x (queue-first q))))
      (if (null? (queue-first q)) (queue-last-set! q p))
      (queue-first-set! q p)))

  ;; (dequeue! queue): removes the next element and returns it; &assertion if there is none.
  (define (dequeue! q)
    (check-elements 'dequeue! q)
    (let ((p (queue-first q)))
      (queue-first-set! q (cdr p))
      (if (null? (cdr p)) (queue-last-set! q '()))
      (car p)))

  ;; (dequeue-all! queue): removes all elements and returns them as a list.
  (define (dequeue-all! q)
    (let ((l (queue-first q)))
      (queue-first-set! q '())
      (queue-last-set! q '())
      l))

  ;; (queue-append! queue list): adds the elements of the list at the end.
  (define (queue-append! q l)
    (for-each (lambda (x) (enqueue! q x)) l)))
