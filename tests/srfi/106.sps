;; SPDX-License-Identifier: MIT
;;
;; SRFI 106: basic sockets; an echo server of one connection, in a fiber.
(import (rnrs) (srfi :106) (only (loko system fibers) spawn-fiber fiber-join)
        (only (loko system net) socket-local-address address-port)
        (rename (only (tests support checks) check-message finish) (check-message check)))

(define server (make-server-socket "0"))
(define service (number->string (address-port (socket-local-address server))))
(define echo
  (spawn-fiber
   (lambda ()
     (call-with-socket (socket-accept server)
       (lambda (s)
         (let loop ((n 0))
           (let ((bv (socket-recv s 100)))
             (if (= 0 (bytevector-length bv))
                 n
                 (begin (socket-send s bv) (loop (+ n (bytevector-length bv))))))))))))
(define client (make-client-socket "localhost" service (address-family inet) (socket-domain stream)
                                   (address-info v4mapped addrconfig) (ip-protocol ip)))
(check (list (socket? client) (socket? 1)) => '(#t #f))
(check (socket-send client (string->utf8 "hello")) => 5)
(check (utf8->string (socket-recv client 5 (message-type peek))) => "hello")
(check (utf8->string (socket-recv client 100)) => "hello")
(put-bytevector (socket-output-port client) (string->utf8 "port"))
(flush-output-port (socket-output-port client))
(check (utf8->string (get-bytevector-n (socket-input-port client) 4)) => "port")
(socket-shutdown client (shutdown-method write))
(check (fiber-join echo) => 9)
(check (socket-recv client 10) => (make-bytevector 0))
(socket-close client)
(check (socket-send client (string->utf8 "x")) => '(raised "the socket is closed"))
(socket-close server)
(let* ((server (make-server-socket "0" *af-inet* *sock-dgram*))
       (client (make-client-socket "127.0.0.1" (number->string (address-port (socket-local-address server))) *af-inet* *sock-dgram*)))
  (socket-send client (string->utf8 "datagram"))
  (check (utf8->string (socket-recv server 100)) => "datagram")
  (socket-close client)
  (socket-close server))
(check (list (socket-merge-flags *shut-rd* *shut-wr*) (socket-purge-flags *shut-rdwr* *shut-wr*) (shutdown-method read write)) => (list *shut-rdwr* *shut-rd* *shut-rdwr*))

(finish)
