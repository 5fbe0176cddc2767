;; SPDX-License-Identifier: MIT
;;
;; Messages of the domain name system (RFC 1035): a query is encoded, a response decoded. The decoder believes nothing: every
;; offset is checked, names have at most 255 bytes and follow at most 64 pointers; a message that is wrong anywhere is #f.
(library (loko system net dns)
  (export encode-query decode-response response-id response-code response-truncated? response-answers response-to?
          answer-name answer-type answer-data TYPE-A TYPE-AAAA TYPE-CNAME valid-host-name? answer-addresses)
  (import (rnrs))

  (define TYPE-A 1)
  (define TYPE-CNAME 5)
  (define TYPE-AAAA 28)

  (define-record-type response (fields id code truncated? question answers) (sealed #t))

  ;; data: for A and AAAA the bytes of the address, for CNAME the name, else the raw bytes.
  (define-record-type answer (fields name type data) (sealed #t))

  (define (labels name)
    (let ((n (string-length name)))
      (let loop ((i 0) (start 0) (parts '()))
        (cond ((= i n) (reverse (if (= start n) parts (cons (substring name start n) parts))))
              ((char=? (string-ref name i) #\.) (loop (+ i 1) (+ i 1) (cons (substring name start i) parts)))
              (else (loop (+ i 1) start parts))))))

  ;; (valid-host-name? string): labels of 1 to 63 letters, digits, - and _, 253 bytes at most; a dot may end it.
  (define (valid-host-name? name)
    (and (<= 1 (string-length name) 253)
         (let ((parts (labels name)))
           (and (pair? parts)
                (for-all (lambda (p)
                           (and (<= 1 (string-length p) 63)
                                (for-all (lambda (c)
                                           (or (char<=? #\a c #\z) (char<=? #\A c #\Z) (char<=? #\0 c #\9) (memv c '(#\- #\_))))
                                         (string->list p))))
                         parts)))))

  ;; (encode-query id name type): the bytes of a recursive query.
  (define (encode-query id name type)
    (call-with-values open-bytevector-output-port
      (lambda (port get)
        (define (u16 n) (put-u8 port (div n 256)) (put-u8 port (mod n 256)))
        (u16 id) (u16 #x0100) (u16 1) (u16 0) (u16 0) (u16 0)
        (for-each (lambda (part)
                    (put-u8 port (string-length part))
                    (put-bytevector port (string->utf8 part)))
                  (labels name))
        (put-u8 port 0)
        (u16 type) (u16 1)
        (get))))

  ;; Reads the name at i: (k name next), or (fail).
  (define (read-name bv i k fail)
    (let ((n (bytevector-length bv)))
      (let loop ((i i) (parts '()) (size 0) (jumps 0) (next #f))
        (if (>= i n)
            (fail)
            (let ((b (bytevector-u8-ref bv i)))
              (cond ((= b 0)
                     (k (join (reverse parts)) (or next (+ i 1))))
                    ((< b 64)
                     (let ((end (+ i 1 b)))
                       (if (or (> end n) (> (+ size b 1) 255))
                           (fail)
                           (loop end (cons (label bv (+ i 1) b) parts) (+ size b 1) jumps next))))
                    ((and (>= b 192) (< (+ i 1) n) (< jumps 64))
                     (loop (+ (* 256 (- b 192)) (bytevector-u8-ref bv (+ i 1)))
                           parts size (+ jumps 1) (or next (+ i 2))))
                    (else (fail))))))))

  (define (label bv start count)
    (string-downcase
     (list->string
      (let loop ((i 0))
        (if (= i count) '() (cons (integer->char (bytevector-u8-ref bv (+ start i))) (loop (+ i 1))))))))

  (define (join parts)
    (if (null? parts)
        ""
        (fold-left (lambda (a b) (string-append a "." b)) (car parts) (cdr parts))))

  (define (sub bv start count)
    (let ((r (make-bytevector count)))
      (bytevector-copy! bv start r 0 count)
      r))

  ;; (decode-response bytevector): a response or #f.
  (define (decode-response bv)
    (call/cc
     (lambda (return)
       (define n (bytevector-length bv))
       (define (fail) (return #f))
       (define (u8 i) (if (< i n) (bytevector-u8-ref bv i) (fail)))
       (define (u16 i) (+ (* 256 (u8 i)) (u8 (+ i 1))))
       (if (< n 12) (fail))
       (if (< (u8 2) 128) (fail))
       (let ((questions (u16 4)) (count (u16 6)))
         (if (not (= questions 1)) (fail))
         (read-name bv 12
           (lambda (question i)
             (let ((type (u16 i)))
               (u16 (+ i 2))
               (let loop ((k 0) (i (+ i 4)) (answers '()))
                 (if (< k count)
                     (read-name bv i
                       (lambda (name i)
                         (let ((type (u16 i)) (size (u16 (+ i 8))) (start (+ i 10)))
                           (if (> (+ start size) n) (fail))
                           (loop (+ k 1) (+ start size)
                                 (cons (make-answer name type (data bv type start size fail)) answers))))
                       fail)
                     (make-response (u16 0) (mod (u8 3) 16) (odd? (div (u8 2) 2)) (cons question type) (reverse answers))))))
           fail)))))

  (define (data bv type start size fail)
    (cond ((= type TYPE-A) (if (= size 4) (sub bv start 4) (fail)))
          ((= type TYPE-AAAA) (if (= size 16) (sub bv start 16) (fail)))
          ((= type TYPE-CNAME) (read-name bv start (lambda (name next) name) fail))
          (else (sub bv start size))))

  ;; (response-to? response id name type): is it one to this query? Who guesses the number must also know what was asked.
  (define (response-to? r id name type)
    (and (= (response-id r) id)
         (= (cdr (response-question r)) type)
         (string=? (car (response-question r)) (string-downcase name))))

  ;; (answer-addresses response name type): the addresses that the response has for the name, through its aliases.
  (define (answer-addresses r name type)
    (let loop ((name (string-downcase name)) (steps 0))
      (let ((mine (filter (lambda (a) (string=? (answer-name a) name)) (response-answers r))))
        (let ((found (filter (lambda (a) (= (answer-type a) type)) mine))
              (alias (find (lambda (a) (= (answer-type a) TYPE-CNAME)) mine)))
          (cond ((pair? found) (map answer-data found))
                ((and alias (< steps 16)) (loop (answer-data alias) (+ steps 1)))
                (else '())))))))
