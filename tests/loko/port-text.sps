;; SPDX-License-Identifier: MIT
;; Text through buffers: every operation against the same text cut at every place, valid or not, in each error mode.
(import (rnrs) (rename (only (tests support checks) check-true finish) (check-true check)))

;; a port whose read! gives n bytes at a time, so that characters are cut at each place
(define (dribble bv n tc)
  (let ((i 0))
    (transcoded-port
     (make-custom-binary-input-port "dribble"
       (lambda (to start count)
         (let ((m (min n count (- (bytevector-length bv) i))))
           (bytevector-copy! bv i to start m)
           (set! i (+ i m))
           m))
       #f #f #f)
     tc)))
(define (tc mode) (make-transcoder (utf-8-codec) (eol-style none) mode))

;; the characters one by one, with 'bad where a decoding error was raised
(define (by-char p get)
  (let loop ((l '()))
    (let ((c (guard (e ((i/o-decoding-error? e) (if (eq? p (i/o-error-port e)) 'bad 'wrong-port))) (get p))))
      (if (eof-object? c) (reverse l) (loop (cons c l))))))
(define texts
  (list (string->utf8 "plain text\nwith lines\r\nand \r returns\n")
        (string->utf8 "h\xe9;llo w\xf6;rld \x3bb; \x20ac; \x1F600; end\n\x1F600;")
        #vu8() #vu8(10) #vu8(13) #vu8(13 10) #vu8(13 13 10 10)
        #vu8(#xff 97 10) #vu8(97 #xc3) #vu8(97 #xe2 #x82 98 10) #vu8(#xf0 #x9f #x98 10 97) #vu8(#xed #xa0 #x80 97)
        #vu8(#xc0 #x80 #xf5 #x80) #vu8(97 #xf0 #x9f) #vu8(#x80 #x80 10) #vu8(#xef #xbf #xbd 97 #xe0 #x80) #vu8(#xf4 #x90 97)))
(define (string-by p get)
  (let loop ((l '()))
    (let ((s (get p))) (if (eof-object? s) (apply string-append (reverse l)) (loop (cons s l))))))
(define (lines s)
  (let loop ((cs (string->list s)) (line '()) (l '()))
    (cond ((null? cs) (reverse (if (null? line) l (cons (list->string (reverse line)) l))))
          ((char=? (car cs) #\newline) (loop (cdr cs) '() (cons (list->string (reverse line)) l)))
          (else (loop (cdr cs) (cons (car cs) line) l)))))
(define (all-lines p) (let loop ((l '())) (let ((s (get-line p))) (if (eof-object? s) (reverse l) (loop (cons s l))))))
(define (get-n! n) (lambda (p) (let* ((s (make-string (+ n 2) #\-)) (m (get-string-n! p s 1 n)))
                                 (if (eof-object? m) m (begin (if (not (char=? #\- (string-ref s 0) (string-ref s (+ n 1)))) (error 'test "overrun"))
                                                              (substring s 1 (+ 1 m)))))))
(for-each
 (lambda (bv)
   (for-each
    (lambda (mode)
      (let ((expected (list->string (by-char (open-bytevector-input-port bv (tc mode)) get-char))))
        (for-each
         (lambda (n)
           (define (port) (if (= n 0) (open-bytevector-input-port bv (tc mode)) (dribble bv n (tc mode))))
           (check (equal? expected (list->string (by-char (port) get-char))))
           (check (equal? expected (list->string (by-char (port) (lambda (p) (let ((c (lookahead-char p))) (if (equal? c (get-char p)) c 'differs)))))))
           (check (equal? (if (string=? expected "") (eof-object) expected) (get-string-all (port))))
           (for-each (lambda (k)
                       (check (equal? expected (string-by (port) (lambda (p) (get-string-n p k)))))
                       (check (equal? expected (string-by (port) (get-n! k)))))
                     '(1 2 3 5 100))
           (check (equal? (lines expected) (all-lines (port)))))
         '(0 1 2 3 7))))
    '(replace ignore))
   ;; raise: the same characters and errors however the bytes come
   (let ((expected (by-char (open-bytevector-input-port bv (tc 'raise)) get-char)))
     (check (not (memq 'wrong-port expected)))
     (for-each (lambda (n)
                 (check (equal? expected (by-char (dribble bv n (tc 'raise)) get-char)))
                 (check (equal? (filter char? expected)
                                (apply append
                                  (map (lambda (x) (if (string? x) (string->list x) '()))
                                       (by-char (dribble bv n (tc 'raise)) (lambda (p) (get-string-n p 1))))))))
               '(1 2 3 7))))
 texts)

;; output: strings of all widths, in all pieces
(define (iota* n) (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))
(define sample
  (apply string-append
    (map (lambda (i) (string #\a (integer->char (+ #xe0 (mod i 20))) #\newline #\x3bb #\x1F600)) (iota* 4000))))
(for-each
 (lambda (k)
   (for-each
    (lambda (open)
      (let-values (((p get) (open)))
        (let loop ((i 0))
          (if (< i (string-length sample))
              (let ((n (min k (- (string-length sample) i))))
                (put-string p sample i n)
                (loop (+ i n)))))
        (let ((x (get)))
          (check (equal? sample (if (bytevector? x) (utf8->string x) x))))))
    (list open-string-output-port
          (lambda () (open-bytevector-output-port (native-transcoder)))
          (lambda ()
            (let ((l '()))
              (let ((p (transcoded-port
                        (make-custom-binary-output-port "out"
                          (lambda (bv start n)
                            (let ((m (min n 999)) ) ; short writes
                              (let ((b (make-bytevector m))) (bytevector-copy! bv start b 0 m) (set! l (cons b l)))
                              m))
                          #f #f #f)
                        (native-transcoder))))
                (values p (lambda ()
                            (flush-output-port p)
                            (call-with-bytevector-output-port
                             (lambda (o) (for-each (lambda (b) (put-bytevector o b)) (reverse l)))))))))))
   )
 '(1 3 7 1000 20000))
(check (equal? "ab" (call-with-string-output-port (lambda (p) (put-string p "xaby" 1 2)))))

(finish)
