;; SPDX-License-Identifier: MIT
;;
;; Sockets whose calls suspend only the fiber: TCP, UDP and Unix, as descriptors that never block. A stream socket has an
;; input and an output port on the same descriptor, which is closed with the socket, or when both ports are.
;; Times are seconds, #f for no limit; a call that takes longer raises &i/o "timed out".
(library (loko system net sockets)
  (export socket? socket-descriptor socket-input-port socket-output-port socket-lasting-port socket-take-unread! socket-stream? socket-textual-ports socket-close socket-open?
          socket-shutdown socket-local-address socket-peer-address socket-option-set!
          open-listener accept-connection accept-operation connect-address
          open-datagram-socket connect-datagram-socket send-datagram receive-datagram datagram-operation
          raise-network-error)
  (import (rnrs) (only (scheme base) input-port-open? output-port-open?) (loko system fibers) (loko system net addresses)
          (only (loko core primitives) %os-syscall %os-close %os-sendto %os-recvfrom)
          (only (loko base waiting) wait-readable wait-writable %call-when-readable %call-when-writable
                %descriptor-opened %descriptor-closing)
          (only (loko base errors) %make-condition)
          (only (loko base process-state) %state-changed!)
          (only (loko base io-conditions) raise-os-error/table)
          (only (loko base ports) %init-input! %init-output!)
          (only (loko base port-records) %make-port binary-port-rtd p-fd! p-closer! p-flags p-ibuf p-ipos p-ipos! p-iend IN-OPEN NONBLOCK BORROWED))

  (define SOCK_STREAM 1)
  (define SOCK_DGRAM 2)
  (define flags #x80800)               ; SOCK_CLOEXEC, SOCK_NONBLOCK
  (define buffer-size 4096)

  ;; open: 3 as long as both directions of a stream are open, 0 when the descriptor is closed.
  (define-record-type (socket make-socket socket?)
    (fields (immutable fd socket-fd) (immutable family socket-family) (mutable open) (mutable input) (mutable output))
    (sealed #t))

  ;; Number, name and text of errors that only sockets meet (loko base io-conditions has the others).
  (define descriptions
    "88 ENOTSOCK not a socket\n\
     90 EMSGSIZE message too long\n\
     92 ENOPROTOOPT protocol option not available\n\
     93 EPROTONOSUPPORT protocol not supported\n\
     95 EOPNOTSUPP operation not supported\n\
     97 EAFNOSUPPORT address family not supported\n\
     98 EADDRINUSE address already in use\n\
     99 EADDRNOTAVAIL address not available\n\
     100 ENETDOWN network is down\n\
     101 ENETUNREACH network is unreachable\n\
     103 ECONNABORTED connection aborted\n\
     105 ENOBUFS no buffer space\n\
     106 EISCONN already connected\n\
     107 ENOTCONN not connected\n\
     112 EHOSTDOWN host is down\n")

  ;; Raises &i/o with &os-error for a negative error number.
  (define (raise-network-error who n . irritants)
    (apply raise-os-error/table descriptions who n irritants))

  (define (check-socket who s)
    (if (not (socket? s)) (assertion-violation who "expected a socket" s)))

  (define (fd-of who s)
    (check-socket who s)
    (if (eqv? (socket-open s) 0) (raise (%make-condition 'io who "the socket is closed" (list s))))
    (socket-fd s))

  ;; (socket-descriptor socket): the system's number of it.
  (define (socket-descriptor s) (fd-of 'socket-descriptor s))

  (define (deadline seconds)
    (and seconds (+ (internal-time) (exact (round (* seconds 1000000000))))))

  (define sigpipe-ignored? #f)

  ;; Writing to a connection that the peer has closed is an error of the write, not the end of the process.
  (define (ignore-sigpipe!)
    (if (not sigpipe-ignored?)
        (let ((action (make-bytevector 32 0)))
          (%state-changed!)
          (bytevector-u64-native-set! action 0 1)
          (%os-syscall 13 13 action 0 8)
          (set! sigpipe-ignored? #t))))

  (define (open-socket who family type)
    (ignore-sigpipe!)
    (let ((fd (%os-syscall 41 family (+ type flags) 0)))
      (if (< fd 0) (raise-network-error who fd))
      (%descriptor-opened fd)
      (make-socket fd family 3 #f #f)))

  ;; (socket-open? socket)
  (define (socket-open? s)
    (check-socket 'socket-open? s)
    (not (eqv? (socket-open s) 0)))

  ;; (socket-close socket): writes what is in the output port's buffer and closes; fibers that wait for the socket get a condition.
  (define (socket-close s)
    (check-socket 'socket-close s)
    (if (socket-open? s)
        (let ((out (socket-output s)) (in (socket-input s)))
          (dynamic-wind
           (lambda () #f)
           (lambda () (if out (close-port out)))
           (lambda ()
             (if in (close-port in))
             (close-now! s))))))

  (define (close-now! s)
    (if (socket-open? s)
        (let ((fd (socket-fd s)))
          (socket-open-set! s 0)
          (%descriptor-closing fd)
          (%os-close fd))))

  ;; One direction's port was closed: the peer of a writer sees the end of the stream.
  (define (half-closed! s direction)
    (if (socket-open? s)
        (let ((left (bitwise-and (socket-open s) (bitwise-not direction))))
          (if (= left 0)
              (close-now! s)
              (begin
                (socket-open-set! s left)
                (if (= direction 2) (%os-syscall 48 (socket-fd s) 1)))))))

  (define (make-stream-port s input? closer)
    (let ((p (%make-port binary-port-rtd (+ NONBLOCK BORROWED) "socket")))
      (p-fd! p (socket-fd s))
      (p-closer! p closer)
      (if input?
          (%init-input! p (make-bytevector buffer-size 0))
          (%init-output! p (make-bytevector buffer-size 0)))
      p))

  ;; (socket-input-port socket): binary input port on the connection.
  (define (socket-input-port s)
    (fd-of 'socket-input-port s)
    (or (socket-input s)
        (let ((p (make-stream-port s #t (lambda () (half-closed! s 1)))))
          (socket-input-set! s p)
          p)))

  ;; (socket-output-port socket): binary output port; closing it ends the stream for the peer.
  (define (socket-output-port s)
    (fd-of 'socket-output-port s)
    (or (socket-output s)
        (let ((p (make-stream-port s #f (lambda () (half-closed! s 2)))))
          (socket-output-set! s p)
          p)))

  ;; (socket-lasting-port socket input?): a port whose closing leaves the socket as it is (SRFI 106); the same until it is closed, since it
  ;; has a buffer, of which socket-take-unread! tells. socket-close flushes it.
  (define (socket-lasting-port s input?)
    (fd-of (if input? 'socket-input-port 'socket-output-port) s)
    (let ((known (if input? (socket-input s) (socket-output s))))
      (if (and known (if input? (input-port-open? known) (output-port-open? known)))
          known
          (let ((p (make-stream-port s input? (lambda () #f))))
            (if input? (socket-input-set! s p) (socket-output-set! s p))
            p))))

  (define (part bv start end)
    (let ((new (make-bytevector (- end start))))
      (bytevector-copy! bv start new 0 (- end start))
      new))

  ;; (socket-take-unread! socket n peek?): at most n of the bytes that the input port has read ahead; with peek? they stay.
  (define (socket-take-unread! s n peek?)
    (let ((p (socket-input s)))
      (if (and p (binary-port? p) (not (eqv? 0 (bitwise-and IN-OPEN (p-flags p)))))
          (let* ((start (p-ipos p)) (end (min (p-iend p) (+ start n))) (bytes (part (p-ibuf p) start end)))
            (if (not peek?) (p-ipos! p end))
            bytes)
          #vu8())))

  ;; (socket-stream? socket): or else datagrams.
  (define (socket-stream? s)
    (let ((value (make-bytevector 4 0)) (length (make-bytevector 4 0)))
      (bytevector-u32-native-set! length 0 4)
      (%os-syscall 55 (fd-of 'socket-stream? s) 1 3 value length)      ; SO_TYPE
      (= SOCK_STREAM (bytevector-s32-native-ref value 0))))

  ;; (socket-textual-ports socket [transcoder]): two values: textual input and output ports (UTF-8).
  (define socket-textual-ports
    (case-lambda
      ((s) (socket-textual-ports s (make-transcoder (utf-8-codec) (eol-style none))))
      ((s transcoder)
       (let ((in (transcoded-port (socket-input-port s) transcoder))
             (out (transcoded-port (socket-output-port s) transcoder)))
         (socket-input-set! s in)
         (socket-output-set! s out)
         (values in out)))))

  ;; (socket-shutdown socket how): how is read, write or both.
  (define (socket-shutdown s how)
    (let ((fd (fd-of 'socket-shutdown s)))
      (if (and (memq how '(write both)) (socket-output s) (not (port-closed?* (socket-output s))))
          (flush-output-port (socket-output s)))
      (let ((n (%os-syscall 48 fd (case how ((read) 0) ((write) 1) ((both) 2)
                                    (else (assertion-violation 'socket-shutdown "expected read, write or both" how))))))
        (if (< n 0) (raise-network-error 'socket-shutdown n s)))))

  (define (port-closed?* p) (eqv? 0 (guard (c (#t 0)) (flush-output-port p) 1)))

  (define (name-of who call s)
    (let ((address (make-bytevector 128 0)) (length (make-bytevector 4 0)))
      (bytevector-u32-native-set! length 0 128)
      (let ((n (%os-syscall call (fd-of who s) address length)))
        (if (< n 0) (raise-network-error who n s))
        (sockaddr->address address (bytevector-u32-native-ref length 0)))))

  ;; (socket-local-address socket)
  (define (socket-local-address s) (name-of 'socket-local-address 51 s))
  ;; (socket-peer-address socket)
  (define (socket-peer-address s) (name-of 'socket-peer-address 52 s))

  ;; (socket-option-set! socket level option value): setsockopt(2) with an integer.
  (define (socket-option-set! s level option value)
    (let ((b (make-bytevector 4 0)))
      (bytevector-s32-native-set! b 0 value)
      (let ((n (%os-syscall 54 (fd-of 'socket-option-set! s) level option b 4)))
        (if (< n 0) (raise-network-error 'socket-option-set! n s option)))))

  (define (no-delay! s)
    (if (not (= (socket-family s) AF_UNIX)) (socket-option-set! s 6 1 1)))

  (define (bind! who s address)
    (let* ((sa (address->sockaddr address))
           (n (%os-syscall 49 (socket-fd s) sa (bytevector-length sa))))
      (if (< n 0)
          (begin
            (close-now! s)
            (raise-network-error who n (address->string address))))))

  ;; (open-listener address [backlog]): a stream socket that takes connections.
  (define open-listener
    (case-lambda
      ((address) (open-listener address 1024))
      ((address backlog)
       (let ((s (open-socket 'open-listener (address-family address) SOCK_STREAM)))
         (if (not (= (address-family address) AF_UNIX)) (socket-option-set! s 1 2 1))   ; SO_REUSEADDR
         (if (= (address-family address) AF_INET6) (socket-option-set! s 41 26 1))      ; IPV6_V6ONLY
         (bind! 'open-listener s address)
         (let ((n (%os-syscall 50 (socket-fd s) backlog)))
           (if (< n 0)
               (begin
                 (close-now! s)
                 (raise-network-error 'open-listener n (address->string address)))))
         s))))

  ;; Errors of connections that were gone before they were accepted, and shortages that pass (EMFILE, ENFILE, ENOBUFS, ENOMEM).
  (define (gone? n) (memv n '(-103 -71 -92 -112 -113 -95 -101 -100 -64)))
  (define (short? n) (memv n '(-24 -23 -105 -12)))

  ;; (accept-connection listener [seconds]): waits for a connection: its socket. While the process has too many descriptors
  ;; it waits until there are some again.
  (define accept-connection
    (case-lambda
      ((s) (accept-connection s #f))
      ((s seconds)
       (let ((end (deadline seconds)))
         (let loop ((nap 0.002))
           (let* ((fd (fd-of 'accept-connection s))
                  (n (%call-when-readable fd end (lambda ()
                                                   (if (socket-open? s) (%os-syscall 288 fd 0 0 flags) -9)))))
             (cond ((>= n 0)
                    (%descriptor-opened n)
                    (let ((c (make-socket n (socket-family s) 3 #f #f)))
                      (no-delay! c)
                      c))
                   ((gone? n) (loop nap))
                   ((short? n)
                    (sleep nap)
                    (loop (min 0.1 (* 2 nap))))
                   ((= n -9) (raise (%make-condition 'io 'accept-connection "the socket is closed" (list s))))
                   (else (raise-network-error 'accept-connection n s)))))))))

  ;; (accept-operation listener): is ready when there is a connection; its socket.
  (define (accept-operation s)
    (wrap-operation (readable-operation (fd-of 'accept-operation s)) (lambda () (accept-connection s))))

  ;; (connect-address address [seconds]): a stream socket connected to the address.
  (define connect-address
    (case-lambda
      ((address) (connect-address address #f))
      ((address seconds)
       (let* ((end (deadline seconds))
              (s (open-socket 'connect-address (address-family address) SOCK_STREAM)))
         (let ((n (connect! s address end)))
           (if (< n 0)
               (begin
                 (close-now! s)
                 (raise-network-error 'connect-address n (address->string address))))
           (no-delay! s)
           s)))))

  (define (connect! s address end)
    (let* ((fd (socket-fd s)) (sa (address->sockaddr address)))
      (let loop ()
        (let ((n (%os-syscall 42 fd sa (bytevector-length sa))))
          (cond ((memv n '(-115 -4))
                 (if (wait-writable fd end)
                     (socket-error fd)
                     -110))
                ((= n -11)             ; a Unix socket's backlog is full
                 (if (and end (> (internal-time) end))
                     -110
                     (begin (sleep 0.005) (loop))))
                (else n))))))

  (define (socket-error fd)
    (let ((value (make-bytevector 4 0)) (length (make-bytevector 4 0)))
      (bytevector-u32-native-set! length 0 4)
      (let ((n (%os-syscall 55 fd 1 4 value length)))
        (if (< n 0) n (- (bytevector-s32-native-ref value 0))))))

  ;;; Datagrams

  ;; (open-datagram-socket family-or-address): bound to the address, or not bound.
  (define (open-datagram-socket where)
    (let ((s (open-socket 'open-datagram-socket (if (address? where) (address-family where) where) SOCK_DGRAM)))
      (if (address? where) (bind! 'open-datagram-socket s where))
      s))

  ;; (connect-datagram-socket socket address): from now on it talks to that address only, and #f may stand for it.
  (define (connect-datagram-socket s address)
    (let* ((sa (address->sockaddr address))
           (n (%os-syscall 42 (fd-of 'connect-datagram-socket s) sa (bytevector-length sa))))
      (if (< n 0) (raise-network-error 'connect-datagram-socket n (address->string address)))))

  ;; (send-datagram socket bytevector address)
  (define (send-datagram s bv address)
    (let* ((fd (fd-of 'send-datagram s))
           (sa (and address (address->sockaddr address)))
           (n (%call-when-writable fd #f (lambda () (%os-sendto fd bv 0 (bytevector-length bv) sa)))))
      (if (< n 0) (raise-network-error 'send-datagram n (and address (address->string address))))
      n))

  ;; (receive-datagram socket [seconds]): two values: bytevector and address of the sender; #f and #f if none came in time.
  (define receive-datagram
    (case-lambda
      ((s) (receive-datagram s #f))
      ((s seconds)
       (let* ((fd (fd-of 'receive-datagram s))
              (buffer (make-bytevector 65536))
              (from (make-bytevector 128 0))
              (n (%call-when-readable fd (deadline seconds)
                   (lambda () (if (socket-open? s) (%os-recvfrom fd buffer 0 65536 from) -9)))))
         (cond ((= n -110) (values #f #f))
               ((= n -9) (raise (%make-condition 'io 'receive-datagram "the socket is closed" (list s))))
               ((< n 0) (raise-network-error 'receive-datagram n s))
               (else
                (let ((bv (make-bytevector n)))
                  (bytevector-copy! buffer 0 bv 0 n)
                  (values bv (sockaddr->address from (bytevector-u32-native-ref from 124))))))))))

  ;; (datagram-operation socket): is ready when there is a datagram; the values of receive-datagram.
  (define (datagram-operation s)
    (wrap-operation (readable-operation (fd-of 'datagram-operation s)) (lambda () (receive-datagram s)))))
