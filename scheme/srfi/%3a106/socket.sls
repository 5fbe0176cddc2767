;; SPDX-License-Identifier: MIT
;;
;; SRFI 106: Basic socket interface, over (loko system net). Datagram sockets that are clients are connected.
(library (srfi :106 socket)
  (export make-client-socket make-server-socket socket? socket-accept socket-send socket-recv socket-shutdown socket-close
          socket-input-port socket-output-port call-with-socket
          address-family address-info socket-domain ip-protocol message-type shutdown-method
          socket-merge-flags socket-purge-flags
          *af-unspec* *af-inet* *af-inet6* *sock-stream* *sock-dgram*
          *ai-canonname* *ai-numerichost* *ai-v4mapped* *ai-all* *ai-addrconfig*
          *ipproto-ip* *ipproto-tcp* *ipproto-udp*
          *msg-none* *msg-peek* *msg-oob* *msg-waitall* *shut-rd* *shut-wr* *shut-rdwr*)
  (import (rnrs)
          (except (rename (loko system net) (socket-shutdown net:shutdown) (address-family net:address-family)) socket-input-port socket-output-port)
          (only (loko core primitives) %os-syscall %os-sendto %os-recvfrom)
          (only (loko base waiting) %call-when-readable %call-when-writable)
          (only (loko system net sockets) raise-network-error socket-lasting-port socket-take-unread! socket-stream?))

  (define *af-unspec* 0) (define *af-inet* 2) (define *af-inet6* 10)
  (define *sock-stream* 1) (define *sock-dgram* 2)
  (define *ai-canonname* 2) (define *ai-numerichost* 4) (define *ai-v4mapped* 8) (define *ai-all* 16) (define *ai-addrconfig* 32)
  (define *ipproto-ip* 0) (define *ipproto-tcp* 6) (define *ipproto-udp* 17)
  (define *msg-none* 0) (define *msg-oob* 1) (define *msg-peek* 2) (define *msg-waitall* 256)
  (define *shut-rd* 1) (define *shut-wr* 2) (define *shut-rdwr* 3)

  (define-syntax define-names
    (syntax-rules ()
      ((_ form (name value) ...)
       (define-syntax form
         (lambda (x)
           (syntax-case x ()
             ((_ symbol (... ...))
              (with-syntax (((number (... ...))
                             (map (lambda (s)
                                    (let ((entry (assq (syntax->datum s) '((name . value) ...))))
                                      (if entry (cdr entry) (syntax-violation 'form "unknown name" x s))))
                                  #'(symbol (... ...)))))
                #'(socket-merge-flags number (... ...))))))))))

  (define-names address-family (unspec 0) (inet 2) (inet6 10))
  (define-names address-info (canoname 2) (canonname 2)    ; the first is how the SRFI spells it
    (numerichost 4) (v4mapped 8) (all 16) (addrconfig 32))
  (define-names socket-domain (stream 1) (datagram 2))
  (define-names ip-protocol (ip 0) (tcp 6) (udp 17))
  (define-names message-type (none 0) (oob 1) (peek 2) (wait-all 256))
  (define-names shutdown-methods (read 1) (write 2))
  (define-syntax shutdown-method             ; at least one
    (syntax-rules ()
      ((_ method more ...) (shutdown-methods method more ...))))

  ;; (socket-merge-flags flag ...), (socket-purge-flags base flag ...)
  (define (socket-merge-flags . flags) (apply bitwise-ior flags))
  (define (socket-purge-flags base . flags)
    (fold-left (lambda (flags f) (bitwise-and flags (bitwise-not f))) base flags))

  ;; The addresses of the family; for IPv6 those of IPv4 hosts as well, mapped, if the flags say so.
  (define (of-family family flags addresses)
    (let* ((mine (if (eqv? family *af-unspec*)
                     addresses
                     (filter (lambda (a) (= (net:address-family a) family)) addresses)))
           (l (if (and (eqv? family *af-inet6*) (has? flags *ai-v4mapped*) (or (null? mine) (has? flags *ai-all*)))
                  (append mine (map mapped (filter (lambda (a) (= (net:address-family a) *af-inet*)) addresses)))
                  mine)))
      (if (null? l)
          (error 'make-client-socket "the host has no address of that family"))
      l))

  (define (has? flags flag) (not (= 0 (bitwise-and flags flag))))

  ;; ::ffff:a.b.c.d
  (define (mapped a)
    (let ((bytes (make-bytevector 16 0)))
      (bytevector-u16-native-set! bytes 10 #xffff)
      (bytevector-copy! (address-bytes a) 0 bytes 12 4)
      (make-ip-address bytes (address-port a))))

  (define (numeric node flags)
    (if (and (has? flags *ai-numerichost*) (not (string->ip-address node 0)))
        (error 'make-client-socket "not a numeric address" node)))

  (define (check-kind who family type protocol)
    (if (not (memv family (list *af-unspec* *af-inet* *af-inet6*))) (assertion-violation who "expected an address family" family))
    (if (not (memv type (list *sock-stream* *sock-dgram*))) (assertion-violation who "expected stream or datagram" type))
    (if (not (memv protocol (list *ipproto-ip* (if (eqv? type *sock-dgram*) *ipproto-udp* *ipproto-tcp*))))
        (assertion-violation who "the protocol does not serve sockets of this type" protocol)))

  ;; (make-client-socket node service [family [type [flags [protocol]]]]): connected to node, strings both.
  (define make-client-socket
    (case-lambda
      ((node service) (make-client-socket node service *af-inet*))
      ((node service family) (make-client-socket node service family *sock-stream*))
      ((node service family type) (make-client-socket node service family type (socket-merge-flags *ai-v4mapped* *ai-addrconfig*)))
      ((node service family type flags) (make-client-socket node service family type flags *ipproto-ip*))
      ((node service family type flags protocol)
       (check-kind 'make-client-socket family type protocol)
       (numeric node flags)
       (let* ((datagram? (eqv? type *sock-dgram*))
              (connect (if datagram? connected-datagram-socket connect-address)))
         (let loop ((l (of-family family flags (resolve-host node (resolve-service service (if datagram? "udp" "tcp"))))))
           (if (null? (cdr l))
               (connect (car l))
               (or (guard (c ((i/o-error? c) #f)) (connect (car l)))
                   (loop (cdr l)))))))))

  (define (connected-datagram-socket a)
    (let ((s (open-datagram-socket (net:address-family a))))
      (guard (c (#t (socket-close s) (raise c)))
        (connect-datagram-socket s a))
      s))

  ;; (make-server-socket service [family [type [protocol]]]): a listener, or a bound datagram socket, on all addresses.
  (define make-server-socket
    (case-lambda
      ((service) (make-server-socket service *af-inet*))
      ((service family) (make-server-socket service family *sock-stream*))
      ((service family type) (make-server-socket service family type *ipproto-ip*))
      ((service family type protocol)
       (check-kind 'make-server-socket family type protocol)
       (let* ((datagram? (eqv? type *sock-dgram*))
              (port (resolve-service service (if datagram? "udp" "tcp")))
              (a (string->ip-address (if (eqv? family *af-inet6*) "::" "0.0.0.0") port)))
         (if datagram? (open-datagram-socket a) (open-listener a))))))

  ;; (socket-accept socket)
  (define (socket-accept s) (accept-connection s))

  ;; (socket-input-port socket), (socket-output-port socket): binary ports; closing them leaves the socket open.
  (define (socket-input-port s) (socket-lasting-port s #t))
  (define (socket-output-port s) (socket-lasting-port s #f))

  (define no-signal-no-wait #x4040)

  ;; (socket-send socket bytevector [flags]): sends; the number of bytes.
  (define socket-send
    (case-lambda
      ((s bv) (socket-send s bv *msg-none*))
      ((s bv flags)
       (let* ((fd (socket-descriptor s))
              (size (bytevector-length bv))
              (n (%call-when-writable fd #f
                   (lambda ()
                     (if (eqv? flags *msg-none*)
                         (%os-sendto fd bv 0 size #f)
                         (%os-syscall 44 fd bv size (bitwise-ior flags no-signal-no-wait) 0))))))
         (if (< n 0) (raise-network-error 'socket-send n s))
         n))))

  (define (prefix bv n)
    (let ((result (make-bytevector n)))
      (bytevector-copy! bv 0 result 0 n)
      result))

  ;; At most size bytes.
  (define (receive s size flags)
    (let* ((fd (socket-descriptor s)) (bv (make-bytevector size)) (from (make-bytevector 128 0))
           (n (%call-when-readable fd #f
                (lambda ()
                  (if (eqv? flags *msg-none*)
                      (%os-recvfrom fd bv 0 size from)
                      (%os-syscall 45 fd bv size (bitwise-ior flags no-signal-no-wait) 0))))))
      (if (< n 0) (raise-network-error 'socket-recv n s))
      (prefix bv n)))

  ;; (socket-recv socket size [flags]): at most size bytes; none at the end of the stream. What the input port has read ahead comes first.
  ;; With wait-all a stream gives fewer only at its end.
  (define socket-recv
    (case-lambda
      ((s size) (socket-recv s size *msg-none*))
      ((s size flags)
       (if (not (and (integer? size) (exact? size) (>= size 0))) (assertion-violation 'socket-recv "expected a number of bytes" size))
       (let ((ahead (if (has? flags *msg-oob*) #vu8() (socket-take-unread! s size (has? flags *msg-peek*)))))
         (cond ((and (has? flags *msg-waitall*) (not (has? flags *msg-peek*)) (socket-stream? s))
                (receive-all s size (socket-purge-flags flags *msg-waitall*) ahead))
               ((> (bytevector-length ahead) 0) ahead)
               (else (receive s size flags)))))))

  (define (receive-all s size flags ahead)
    (let ((all (make-bytevector size)))
      (bytevector-copy! ahead 0 all 0 (bytevector-length ahead))
      (let loop ((n (bytevector-length ahead)))
        (let* ((part (if (< n size) (receive s (- size n) flags) (make-bytevector 0)))
               (count (bytevector-length part)))
          (bytevector-copy! part 0 all n count)
          (if (= count 0)
              (prefix all n)
              (loop (+ n count)))))))

  ;; (socket-shutdown socket how): how is what shutdown-method makes.
  (define (socket-shutdown s how)
    (net:shutdown s (case how ((1) 'read) ((2) 'write) ((3) 'both)
                      (else (assertion-violation 'socket-shutdown "expected a shutdown method" how)))))

  ;; (call-with-socket socket proc): the values of (proc socket); then it is closed.
  (define (call-with-socket s proc)
    (call-with-values (lambda () (proc s))
      (lambda results
        (socket-close s)
        (apply values results)))))
