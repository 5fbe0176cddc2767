;; SPDX-License-Identifier: MIT
;;
;; A web server: a fiber for each client, keep-alive, static files, and a small interface for handlers.
;; usage: web-server.sps [PORT [DIRECTORY]]      (default: 8080, no files)
(import (rnrs) (rnrs mutable-strings) (loko system fibers) (loko system net))

;;; Requests: method, path (decoded, without the query), query or "", headers as an association list with small names.
(define-record-type request (fields method path query version headers body))

;; An answer: status, headers, and the body, a bytevector.
(define-record-type response (fields status headers body))

(define most-line 8192)
(define most-headers 100)
(define most-body 1000000)
(define idle-seconds 60)

(define (text status s) (make-response status '(("Content-Type" . "text/plain; charset=utf-8")) (string->utf8 s)))

(define (reason status)
  (case status
    ((200) "OK") ((400) "Bad Request") ((404) "Not Found") ((405) "Method Not Allowed") ((413) "Content Too Large")
    ((431) "Request Header Fields Too Large") ((500) "Internal Server Error") ((501) "Not Implemented") (else "Unknown")))

;;; Reading. (bad status) leaves the connection with an answer.

;; A line without its end, as a string of Latin-1; the end-of-file object.
(define (read-line in bad)
  (let loop ((line (make-string 80)) (n 0))
    (let ((b (get-u8 in)))
      (cond ((eof-object? b) (if (= n 0) b (bad 400)))
            ((= b 10)
             (substring line 0 (if (and (> n 0) (char=? (string-ref line (- n 1)) #\return)) (- n 1) n)))
            ((> n most-line) (bad 431))
            (else
             (let ((line (if (< n (string-length line)) line (string-append line (make-string n)))))
               (string-set! line n (integer->char b))
               (loop line (+ n 1))))))))

(define (index s c)
  (let loop ((i 0))
    (cond ((= i (string-length s)) #f)
          ((char=? (string-ref s i) c) i)
          (else (loop (+ i 1))))))

(define (trim s)
  (let* ((n (string-length s))
         (blank? (lambda (i) (memv (string-ref s i) '(#\space #\tab))))
         (start (let loop ((i 0)) (if (and (< i n) (blank? i)) (loop (+ i 1)) i)))
         (end (let loop ((i n)) (if (and (> i start) (blank? (- i 1))) (loop (- i 1)) i))))
    (substring s start end)))

(define (read-headers in bad)
  (let loop ((headers '()) (n 0))
    (let ((line (read-line in bad)))
      (cond ((eof-object? line) (bad 400))
            ((string=? line "") headers)
            ((> n most-headers) (bad 431))
            (else
             (let ((i (index line #\:)))
               (if (not i) (bad 400))
               (loop (cons (cons (string-downcase (substring line 0 i)) (trim (substring line (+ i 1) (string-length line)))) headers)
                     (+ n 1))))))))

(define (header headers name) (let ((entry (assoc name headers))) (and entry (cdr entry))))

;; Is it the same decoded?
(define (plain? s)
  (let loop ((i 0))
    (or (= i (string-length s))
        (and (not (char=? (string-ref s i) #\%)) (char<? (string-ref s i) #\x80) (loop (+ i 1))))))

;; %XX in UTF-8; #f if that is not what it is.
(define (decode s) (if (plain? s) s (decode-escapes s)))

(define (decode-escapes s)
  (guard (c (#t #f))
    (let ((n (string-length s)))
      (utf8->string
       (u8-list->bytevector
        (let loop ((i 0))
          (cond ((= i n) '())
                ((char=? (string-ref s i) #\%)
                 (cons (string->number (substring s (+ i 1) (+ i 3)) 16) (loop (+ i 3))))
                (else (cons (char->integer (string-ref s i)) (loop (+ i 1)))))))))))

(define (read-body in headers bad)
  (if (header headers "transfer-encoding") (bad 501))
  (let* ((text (header headers "content-length")) (n (if text (string->number text 10) 0)))
    (cond ((not (and (integer? n) (exact? n) (>= n 0))) (bad 400))
          ((> n most-body) (bad 413))
          ((= n 0) (make-bytevector 0))
          (else
           (let ((bv (get-bytevector-n in n)))
             (if (and (bytevector? bv) (= (bytevector-length bv) n)) bv (bad 400)))))))

;; The next request of the connection; the end-of-file object.
(define (read-request in bad)
  (let ((line (read-line in bad)))
    (if (eof-object? line)
        line
        (let* ((i (or (index line #\space) (bad 400)))
               (rest (substring line (+ i 1) (string-length line)))
               (j (or (index rest #\space) (bad 400)))
               (target (substring rest 0 j))
               (version (substring rest (+ j 1) (string-length rest))))
          (if (not (member version '("HTTP/1.1" "HTTP/1.0"))) (bad 400))
          (if (or (= j 0) (not (char=? (string-ref target 0) #\/))) (bad 400))
          (let* ((q (index target #\?))
                 (path (or (decode (if q (substring target 0 q) target)) (bad 400)))
                 (headers (read-headers in bad)))
            (make-request (substring line 0 i) path (if q (substring target (+ q 1) (string-length target)) "")
                          version headers (read-body in headers bad)))))))

;;; Writing

(define (header-lines headers)
  (if (null? headers)
      ""
      (string-append (caar headers) ": " (cdar headers) "\r\n" (header-lines (cdr headers)))))

(define (write-response out r keep? head?)
  (put-bytevector out
    (string->utf8
     (string-append
      "HTTP/1.1 " (number->string (response-status r)) " " (reason (response-status r)) "\r\n"
      (header-lines (response-headers r))
      "Content-Length: " (number->string (bytevector-length (response-body r))) "\r\n"
      (if keep? "\r\n" "Connection: close\r\n\r\n"))))
  (if (not head?) (put-bytevector out (response-body r)))
  (flush-output-port out))

(define (keep-alive? r)
  (let ((c (string-downcase (or (header (request-headers r) "connection") ""))))
    (if (string=? (request-version r) "HTTP/1.1")
        (not (string=? c "close"))
        (string=? c "keep-alive"))))

;; One connection, from its first request to its end.
(define (serve-client socket handler)
  (let ((in (socket-input-port socket)) (out (socket-output-port socket)))
    (let loop ()
      (let* ((r (call/cc
                 (lambda (return)
                   (read-request in (lambda (status) (return (text status (string-append (reason status) "\n"))))))))
             (answer (cond ((eof-object? r) #f)
                           ((response? r) r)
                           (else (guard (c (#t (text 500 "The handler failed.\n"))) (handler r)))))
             (keep? (and (request? r) (keep-alive? r))))
        (if answer
            (begin
              (write-response out answer keep? (and (request? r) (string=? (request-method r) "HEAD")))
              (if keep? (loop))))))))

;; Serves connections for ever. A client that says nothing for a minute is left.
(define (serve listener handler)
  (let ((s (accept-connection listener)))
    (spawn-fiber
     (lambda ()
       (dynamic-wind
        (lambda () #f)
        (lambda () (guard (c ((i/o-error? c) #f)) (serve-client s handler)))
        (lambda () (guard (c (#t #f)) (socket-close s)))))
     'client)
    (serve listener handler)))

;;; Handlers: procedures of a request. A route is a path and a handler.

(define (route routes otherwise)
  (lambda (r)
    (let ((entry (assoc (request-path r) routes)))
      ((if entry (cdr entry) otherwise) r))))

(define (not-found r) (text 404 "There is no such page.\n"))

(define types '(("html" . "text/html; charset=utf-8") ("css" . "text/css") ("js" . "text/javascript") ("txt" . "text/plain; charset=utf-8")
                ("png" . "image/png") ("svg" . "image/svg+xml")))

(define (suffix path)
  (let loop ((i (- (string-length path) 1)))
    (cond ((< i 0) "")
          ((char=? (string-ref path i) #\.) (substring path (+ i 1) (string-length path)))
          (else (loop (- i 1))))))

;; No part of the path may begin with a dot.
(define (safe? path)
  (and (not (index path #\nul))
       (let loop ((i 0))
         (or (>= (+ i 1) (string-length path))
             (and (not (and (char=? (string-ref path i) #\/) (char=? (string-ref path (+ i 1)) #\.)))
                  (loop (+ i 1)))))))

;; Files of a directory.
(define (files directory)
  (lambda (r)
    (let ((path (if (string=? (request-path r) "/") "/index.html" (request-path r))))
      (cond ((not (member (request-method r) '("GET" "HEAD"))) (text 405 "Only GET and HEAD.\n"))
            ((not (safe? path)) (not-found r))
            (else
             (guard (c ((i/o-error? c) (not-found r)))
               (let ((bytes (call-with-port (open-file-input-port (string-append directory path)) get-bytevector-all)))
                 (make-response 200
                                (list (cons "Content-Type" (cond ((assoc (suffix path) types) => cdr) (else "application/octet-stream"))))
                                (if (eof-object? bytes) (make-bytevector 0) bytes)))))))))

(define (main port directory)
  (let ((listener (tcp-listen "127.0.0.1" port)))
    (display (string-append "Serving http://" (address->string (socket-local-address listener)) "/\n"))
    (flush-output-port (current-output-port))
    (serve listener
           (route (list (cons "/hello" (lambda (r) (text 200 "Hello, world!\n")))
                        (cons "/echo" (lambda (r) (make-response 200 '() (request-body r))))
                        (cons "/fail" (lambda (r) (error 'fail "on purpose"))))
                  (if directory (files directory) not-found)))))

(let ((arguments (cdr (command-line))))
  (main (if (pair? arguments) (string->number (car arguments)) 8080)
        (and (pair? arguments) (pair? (cdr arguments)) (cadr arguments))))
