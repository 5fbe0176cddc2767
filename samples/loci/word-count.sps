;; SPDX-License-Identifier: MIT
;;
;; The words of many texts, counted in parallel: the files of the arguments, or else a text that is made here, in pieces. Each worker
;; counts a piece and sends a table; the tables are added as they come. Prints the twelve most frequent words.
(import (rnrs) (loko loci pool))

(define (word-character? c) (or (char-alphabetic? c) (char=? c #\')))

;; Calls (f word) for each word of the port.
(define (for-each-word f port)
  (let loop ((letters '()))
    (let ((c (get-char port)))
      (cond ((and (char? c) (word-character? c)) (loop (cons (char-downcase c) letters)))
            ((pair? letters)
             (f (list->string (reverse letters)))
             (loop '()))
            ((char? c) (loop '()))))))

(define (add! table word n)
  (hashtable-update! table word (lambda (old) (+ old n)) 0))

(define (count-words port)
  (let ((table (make-hashtable string-hash string=?)))
    (for-each-word (lambda (word) (add! table word 1)) port)
    table))

;; In a worker: the table of a file, or of a piece of text.
(define (count-piece piece)
  (if (pair? piece)
      (call-with-input-file (cadr piece) count-words)
      (count-words (open-string-input-port piece))))

;; A text in pieces: the same words in ever new order.
(define words '#("the" "of" "process" "and" "a" "channel" "scheme" "fiber" "to" "in" "is" "locus" "parallel" "it" "word"))
(define (made-text pieces)
  (let loop ((i 0) (seed 1) (l '()))
    (if (= i pieces)
        l
        (let-values (((port text) (open-string-output-port)))
          (let add ((j 0) (seed seed))
            (if (= j 2000)
                (loop (+ i 1) seed (cons (text) l))
                (let ((next (mod (+ (* seed 1103515245) 12345) 2147483648)))
                  (put-string port (vector-ref words (mod (div next 65536) (+ 1 (mod next (vector-length words))))))
                  (put-char port #\space)
                  (add (+ j 1) next))))))))

(define total (make-hashtable string-hash string=?))
(define pieces
  (let ((files (cdr (command-line))))
    (if (null? files) (made-text 20) (map (lambda (file) (list 'file file)) files))))

(call-with-pool (make-pool)
  (lambda (pool)
    (let ((tables (pool-generate pool count-piece pieces 'order 'completion 'chunk 1)))
      (let loop ()
        (let ((table (tables)))
          (if (hashtable? table)
              (let-values (((keys counts) (hashtable-entries table)))
                (vector-for-each (lambda (word n) (add! total word n)) keys counts)
                (loop))))))))

(define (more? a b)
  (or (> (cdr a) (cdr b))
      (and (= (cdr a) (cdr b)) (string<? (car a) (car b)))))

(let-values (((keys counts) (hashtable-entries total)))
  (let loop ((l (list-sort more? (vector->list (vector-map cons keys counts)))) (n 12))
    (if (and (pair? l) (> n 0))
        (begin
          (display (cdar l)) (display #\tab) (display (caar l)) (newline)
          (loop (cdr l) (- n 1))))))
