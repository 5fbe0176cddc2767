;; SPDX-License-Identifier: MIT
;;
;; The network: TCP, UDP, Unix sockets, names. Every call suspends only the fiber that makes it.
(library (loko system net)
  (export tcp-connect tcp-listen unix-connect unix-listen udp-open
          accept-connection accept-operation
          socket? socket-descriptor socket-input-port socket-output-port socket-textual-ports socket-close socket-open?
          socket-shutdown socket-local-address socket-peer-address socket-option-set!
          send-datagram receive-datagram datagram-operation
          connect-address open-listener open-datagram-socket connect-datagram-socket
          address? make-ip-address make-unix-address address-family address-bytes address-port address-path
          string->ip-address ip-address->string address->string AF_UNIX AF_INET AF_INET6
          resolve-host resolve-service)
  (import (rnrs) (loko system fibers) (loko system net addresses) (loko system net sockets) (loko system net resolver))

  ;; (tcp-connect host service [seconds]): a socket connected to one of the host's addresses, tried in order.
  (define tcp-connect
    (case-lambda
      ((host service) (tcp-connect host service #f))
      ((host service seconds)
       (let loop ((addresses (resolve-host host (resolve-service service "tcp"))))
         (if (null? (cdr addresses))
             (connect-address (car addresses) seconds)
             (or (guard (c ((i/o-error? c) #f)) (connect-address (car addresses) seconds))
                 (loop (cdr addresses))))))))

  ;; (tcp-listen host service [backlog]): a listener; #f as host: all addresses, IPv4. Port 0: one that is free.
  (define tcp-listen
    (case-lambda
      ((host service) (tcp-listen host service 1024))
      ((host service backlog)
       (open-listener (car (resolve-host (or host "0.0.0.0") (resolve-service service "tcp"))) backlog))))

  ;; (unix-connect path [seconds]), (unix-listen path): stream sockets of the file system.
  (define unix-connect
    (case-lambda
      ((path) (connect-address (make-unix-address path)))
      ((path seconds) (connect-address (make-unix-address path) seconds))))
  (define (unix-listen path) (open-listener (make-unix-address path)))

  ;; (udp-open [host service]): a datagram socket, bound if there are arguments.
  (define udp-open
    (case-lambda
      (() (open-datagram-socket AF_INET))
      ((host service) (open-datagram-socket (car (resolve-host host (resolve-service service "udp"))))))))
