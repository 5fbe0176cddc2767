;; SPDX-License-Identifier: MIT
;;
;; A library of a user with state, for early.sps.
(library (reached)
  (export counter bump! table remember! make-thing thing? thing-name thing-mate thing-mate-set! the-thing answer later-things double)
  (import (rnrs))

  (define count 0)
  (define (counter) count)
  (define (bump!) (set! count (+ count 1)) count)

  (define table (make-eq-hashtable))
  (define (remember! key value) (hashtable-set! table key value))

  (define-record-type thing (fields name (mutable mate)))
  (define the-thing (make-thing "the thing" #f))
  (define (later-things) (map thing-name (list the-thing (thing-mate the-thing))))

  (define (double n) (* 2 n))

  ;; for dynamic-locus: it answers with what it sees
  (define (answer . arguments)
    (count-call!)
    (list count calls (hashtable-size table)))
  (define calls 0)
  (define (count-call!) (set! calls (+ calls 1))))
