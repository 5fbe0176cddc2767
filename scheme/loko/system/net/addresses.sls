;; SPDX-License-Identifier: MIT
;;
;; Addresses of sockets: IPv4, IPv6 and Unix, their text (RFC 4291 2.2, RFC 5952) and the system's struct sockaddr.
(library (loko system net addresses)
  (export address? make-ip-address make-unix-address address-family address-bytes address-port address-scope address-path
          string->ip-address ip-address->string address->string
          address->sockaddr sockaddr->address AF_UNIX AF_INET AF_INET6 with-port)
  (import (rnrs) (only (loko base strings) %string-split))

  (define AF_UNIX 1)
  (define AF_INET 2)
  (define AF_INET6 10)

  ;; bytes: 4 or 16 bytes, or #f; path: a string for Unix sockets, which begins with #\nul for abstract ones, or #f.
  (define-record-type (address make-address address?)
    (fields family bytes port scope path)
    (sealed #t))

  ;; (make-ip-address bytes port): from 4 or 16 bytes.
  (define make-ip-address
    (case-lambda
      ((bytes port) (make-ip-address bytes port 0))
      ((bytes port scope)
       (if (not (and (bytevector? bytes) (memv (bytevector-length bytes) '(4 16))))
           (assertion-violation 'make-ip-address "expected 4 or 16 bytes" bytes))
       (check-port 'make-ip-address port)
       (make-address (if (= (bytevector-length bytes) 4) AF_INET AF_INET6) bytes port scope #f))))

  (define (check-port who port)
    (if (not (and (fixnum? port) (<= 0 port 65535)))
        (assertion-violation who "expected a port number" port)))

  ;; (with-port address port): the same host.
  (define (with-port a port) (make-ip-address (address-bytes a) port (address-scope a)))

  ;; (make-unix-address path)
  (define (make-unix-address path)
    (let ((n (if (string? path) (bytevector-length (string->utf8 path)) 0)))
      (if (not (<= 1 n 107))
          (assertion-violation 'make-unix-address "expected a path of 1 to 107 bytes" path))
      (make-address AF_UNIX #f 0 0 path)))

  ;;; Text

  (define (digits->number s radix most)
    (and (<= 1 (string-length s) most)
         (for-all (lambda (c) (or (char<=? #\0 c #\9)
                                  (and (= radix 16) (or (char<=? #\a c #\f) (char<=? #\A c #\F)))))
                  (string->list s))
         (string->number s radix)))

  (define (parse4 s)
    (let ((parts (%string-split s #\.)))
      (and (= (length parts) 4)
           (let ((numbers (map (lambda (p)
                                 (and (or (= (string-length p) 1) (not (and (positive? (string-length p)) (char=? (string-ref p 0) #\0))))
                                      (digits->number p 10 3)))
                               parts)))
             (and (for-all (lambda (n) (and n (<= n 255))) numbers)
                  numbers)))))

  ;; A list of 16-bit groups from text without "::", or #f.
  (define (groups s)
    (if (string=? s "")
        '()
        (let loop ((parts (%string-split s #\:)) (numbers '()))
          (if (null? parts)
              (reverse numbers)
              (let ((p (car parts)))
                (cond ((digits->number p 16 4) => (lambda (n) (loop (cdr parts) (cons n numbers))))
                      ((and (null? (cdr parts)) (parse4 p)) =>
                       (lambda (four)
                         (reverse (cons* (+ (* 256 (list-ref four 2)) (list-ref four 3))
                                         (+ (* 256 (car four)) (cadr four))
                                         numbers))))
                      (else #f)))))))

  (define (find-double s)
    (let loop ((i 0))
      (cond ((>= (+ i 1) (string-length s)) #f)
            ((and (char=? (string-ref s i) #\:) (char=? (string-ref s (+ i 1)) #\:)) i)
            (else (loop (+ i 1))))))

  (define (zeros n) (if (> n 0) (cons 0 (zeros (- n 1))) '()))

  (define (parse6 s)
    (let* ((i (find-double s))
           (all (if i
                    (let ((before (groups (substring s 0 i)))
                          (after (groups (substring s (+ i 2) (string-length s)))))
                      (and before after
                           (<= (+ (length before) (length after)) 7)
                           (append before (zeros (- 8 (length before) (length after))) after)))
                    (groups s))))
      (and all (= (length all) 8)
           (u8-list->bytevector (apply append (map (lambda (n) (list (div n 256) (mod n 256))) all))))))

  ;; (string->ip-address string port): from "192.0.2.1" or "2001:db8::1"; #f if it is neither.
  (define (string->ip-address s port)
    (cond ((parse4 s) => (lambda (four) (make-ip-address (u8-list->bytevector four) port)))
          ((and (exists (lambda (c) (char=? c #\:)) (string->list s)) (parse6 s)) =>
           (lambda (bytes) (make-ip-address bytes port)))
          (else #f)))

  (define (join strings separator)
    (if (null? strings)
        ""
        (fold-left (lambda (a b) (string-append a separator b)) (car strings) (cdr strings))))

  ;; The longest run of at least two zero groups, as (start . length), or #f.
  (define (longest-zeros l)
    (let loop ((l l) (i 0) (start 0) (n 0) (best #f))
      (let ((better (if (and (> n 1) (or (not best) (> n (cdr best)))) (cons start n) best)))
        (cond ((null? l) better)
              ((eqv? (car l) 0) (loop (cdr l) (+ i 1) (if (= n 0) i start) (+ n 1) best))
              (else (loop (cdr l) (+ i 1) 0 0 better))))))

  (define (list-head l n) (if (= n 0) '() (cons (car l) (list-head (cdr l) (- n 1)))))

  (define (format6 bytes)
    (let* ((l (let loop ((i 0)) (if (= i 16) '() (cons (bytevector-u16-ref bytes i (endianness big)) (loop (+ i 2))))))
           (run (longest-zeros l))
           (text (lambda (l) (join (map (lambda (n) (string-downcase (number->string n 16))) l) ":"))))
      (cond ((and run (equal? run '(0 . 5)) (= (list-ref l 5) #xffff))     ; an IPv4 address
             (string-append "::ffff:" (join (map number->string (list-tail (bytevector->u8-list bytes) 12)) ".")))
            (run (string-append (text (list-head l (car run))) "::" (text (list-tail l (+ (car run) (cdr run))))))
            (else (text l)))))

  ;; (ip-address->string address): the host, as RFC 5952 wants it.
  (define (ip-address->string a)
    (let ((bytes (address-bytes a)))
      (if (= (bytevector-length bytes) 4)
          (join (map number->string (bytevector->u8-list bytes)) ".")
          (format6 bytes))))

  ;; (address->string address): "192.0.2.1:80", "[::1]:80" or the path.
  (define (address->string a)
    (cond ((address-path a))
          ((= (address-family a) AF_INET)
           (string-append (ip-address->string a) ":" (number->string (address-port a))))
          (else
           (string-append "[" (ip-address->string a) "]:" (number->string (address-port a))))))

  ;;; struct sockaddr

  ;; (address->sockaddr address): bytevector of the right length.
  (define (address->sockaddr a)
    (cond ((= (address-family a) AF_INET)
           (let ((b (make-bytevector 16 0)))
             (bytevector-u16-native-set! b 0 AF_INET)
             (bytevector-u16-set! b 2 (address-port a) (endianness big))
             (bytevector-copy! (address-bytes a) 0 b 4 4)
             b))
          ((= (address-family a) AF_INET6)
           (let ((b (make-bytevector 28 0)))
             (bytevector-u16-native-set! b 0 AF_INET6)
             (bytevector-u16-set! b 2 (address-port a) (endianness big))
             (bytevector-copy! (address-bytes a) 0 b 8 16)
             (bytevector-u32-native-set! b 24 (address-scope a))
             b))
          (else
           (let* ((path (string->utf8 (address-path a)))
                  (n (bytevector-length path))
                  (b (make-bytevector (+ 2 n (if (= 0 (bytevector-u8-ref path 0)) 0 1)) 0)))
             (bytevector-u16-native-set! b 0 AF_UNIX)
             (bytevector-copy! path 0 b 2 n)
             b))))

  ;; (sockaddr->address bytevector length): what the system wrote, or #f if it is of no known family.
  (define (sockaddr->address b n)
    (let ((family (if (< n 2) 0 (bytevector-u16-native-ref b 0))))
      (define (bytes start count)
        (let ((r (make-bytevector count)))
          (bytevector-copy! b start r 0 count)
          r))
      (cond ((and (= family AF_INET) (>= n 8))
             (make-ip-address (bytes 4 4) (bytevector-u16-ref b 2 (endianness big))))
            ((and (= family AF_INET6) (>= n 28))
             (make-ip-address (bytes 8 16) (bytevector-u16-ref b 2 (endianness big)) (bytevector-u32-native-ref b 24)))
            ((= family AF_UNIX)
             (let* ((end (min n (bytevector-length b)))
                    (stop (let loop ((i 2)) (if (and (< i end) (or (= i 2) (not (= 0 (bytevector-u8-ref b i))))) (loop (+ i 1)) i))))
               (make-address AF_UNIX #f 0 0 (utf8->string (bytes 2 (- stop 2))))))
            (else #f)))))
