;; SPDX-License-Identifier: MIT
;;
;; Labels in external representations (R7RS 2.4): a table from numbers to holders. A reference to a datum that is not complete
;; is its holder; when the whole is read, one walk puts the data where the holders are.
(library (loko base reader-labels)
  (export make-labels label-of make-holder holder-of complete-holder! label-defined? resolve)
  (import (loko core syntax) (loko core primitives)
          (loko base hashtables))

  ;; A table for one call of read, made when the first label comes: a box.
  (define (make-labels) (%box #f))

  (define holder-key (list 'holder))
  (define unfinished (list 'unfinished))
  (define (holder? x) (and (pair? x) (eq? (car x) holder-key)))

  ;; Key of the table: were holders left in the data?
  (define left-over (list 'left-over))

  (define (table labels)
    (or (%unbox labels)
        (let ((t (make-eqv-hashtable)))
          (%set-box! labels t)
          t)))

  (define (label-defined? labels n) (hashtable-contains? (table labels) n))

  ;; The holder of label n, which is being defined.
  (define (make-holder labels n)
    (let ((holder (cons holder-key unfinished)))
      (hashtable-set! (table labels) n holder)
      holder))

  ;; The number of a holder's label.
  (define (label-of labels holder)
    (call-with-values
     (lambda () (hashtable-entries (table labels)))
     (lambda (labels holders)
       (let loop ((i 0))
         (if (eq? (vector-ref holders i) holder) (vector-ref labels i) (loop (fx+ i 1)))))))

  ;; The datum of the holder's label is x; #f if that is the holder itself.
  (define (complete-holder! holder x)
    (and (not (eq? x holder))
         (begin
           (set-cdr! holder x)
           #t)))

  ;; The datum of label n, or its holder if that is not complete, or #f if there is none.
  (define (holder-of labels n)
    (let* ((t (table labels)) (holder (hashtable-ref t n #f)))
      (cond ((not holder) #f)
            ((eq? (cdr holder) unfinished)
             (hashtable-set! t left-over #t)
             holder)
            (else (cdr holder)))))

  ;; x with the data in place of their holders.
  (define (resolve x labels)
    (let ((t (%unbox labels)))
      (if (and t (hashtable-ref t left-over #f))
          (begin
            (replace-holders! x)
            (if (holder? x) (cdr x) x))
          x)))

  (define (replace-holders! x)
    (let ((seen (make-eq-hashtable)))
      (define (first-time? x)
        (and (not (hashtable-ref seen x #f))
             (begin
               (hashtable-set! seen x #t)
               #t)))
      (define (target x) (if (holder? x) (target (cdr x)) x))
      (define (visit x)
        (cond ((pair? x)
               (if (and (not (holder? x)) (first-time? x))
                   (begin
                     (if (holder? (car x)) (set-car! x (target (car x))) (visit (car x)))
                     (if (holder? (cdr x)) (set-cdr! x (target (cdr x))) (visit (cdr x))))))
              ((vector? x)
               (if (first-time? x)
                   (let ((n (vector-length x)))
                     (let loop ((i 0))
                       (if (fx<? i n)
                           (begin
                             (if (holder? (vector-ref x i))
                                 (vector-set! x i (target (vector-ref x i)))
                                 (visit (vector-ref x i)))
                             (loop (fx+ i 1))))))))
              ((%box? x)
               (if (first-time? x)
                   (if (holder? (%unbox x))
                       (%set-box! x (target (%unbox x)))
                       (visit (%unbox x)))))))
      (visit x))))
