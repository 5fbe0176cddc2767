;; SPDX-License-Identifier: MIT
;;
;; Names to addresses: literal addresses, /etc/hosts, then the servers of /etc/resolv.conf by UDP, and TCP where an
;; answer was cut off. A and AAAA are asked at the same time. Only the fiber that asks waits.
(library (loko system net resolver)
  (export resolve-host resolve-service resolver-files resolver-port)
  (import (rnrs) (loko system fibers)
          (only (rnrs r5rs) quotient)
          (only (loko base parameters) make-parameter)
          (only (loko base errors) %make-condition)
          (only (loko core primitives) %monotonic-ns %os-syscall)
          (loko system net addresses) (loko system net sockets) (loko system net dns))

  ;; (resolver-files): the files that are read: hosts, servers, services.
  (define resolver-files
    (make-parameter '("/etc/hosts" "/etc/resolv.conf" "/etc/services")))

  ;; (resolver-port): where the servers listen.
  (define resolver-port (make-parameter 53))

  ;;; Files

  ;; The lines of a file, without comments, each a list of words; none if it can't be read.
  (define (words-of file)
    (guard (c ((i/o-error? c) '()))
      (call-with-input-file file
        (lambda (port)
          (let loop ((lines '()))
            (let ((line (get-line port)))
              (if (eof-object? line)
                  (reverse lines)
                  (loop (cons (words line) lines)))))))))

  (define (words line)
    (let ((n (string-length line)))
      (let loop ((i 0) (start #f) (found '()))
        (let* ((c (if (< i n) (string-ref line i) #\#))
               (end? (memv c '(#\# #\;)))
               (found* (if (and start (or end? (char-whitespace? c))) (cons (substring line start i) found) found)))
          (cond (end? (reverse found*))
                ((char-whitespace? c) (loop (+ i 1) #f found*))
                (else (loop (+ i 1) (or start i) found)))))))

  (define (hosts-addresses name port)
    (let loop ((lines (words-of (car (resolver-files)))) (found '()))
      (if (null? lines)
          (reverse found)
          (let ((l (car lines)))
            (loop (cdr lines)
                  (if (and (pair? l) (exists (lambda (n) (string-ci=? n name)) (cdr l)))
                      (let ((a (string->ip-address (car l) port)))
                        (if (and a (not (exists (lambda (b) (bytevector=? (address-bytes a) (address-bytes b))) found)))
                            (cons a found) found))
                      found))))))

  ;; servers: addresses; search: list of suffixes; ndots, timeout in seconds, attempts.
  (define-record-type config (fields servers search ndots timeout attempts))

  (define (option-number word prefix low high)
    (let ((n (string-length prefix)))
      (and (> (string-length word) n)
           (string=? (substring word 0 n) prefix)
           (let ((x (string->number (substring word n (string-length word)) 10)))
             (and (fixnum? x) (max low (min high x)))))))

  (define (read-config)
    (let loop ((lines (words-of (cadr (resolver-files)))) (servers '()) (search '()) (ndots 1) (timeout 5) (attempts 2))
      (if (null? lines)
          (make-config (if (null? servers) (list (string->ip-address "127.0.0.1" (resolver-port))) (reverse servers))
                       search ndots timeout attempts)
          (let* ((l (car lines)) (key (if (pair? l) (car l) "")))
            (cond ((and (string=? key "nameserver") (pair? (cdr l)) (string->ip-address (cadr l) (resolver-port))) =>
                   (lambda (a) (loop (cdr lines) (cons a servers) search ndots timeout attempts)))
                  ((member key '("search" "domain")) (loop (cdr lines) servers (cdr l) ndots timeout attempts))
                  ((string=? key "options")
                   (let options ((o (cdr l)) (ndots ndots) (timeout timeout) (attempts attempts))
                     (if (null? o)
                         (loop (cdr lines) servers search ndots timeout attempts)
                         (options (cdr o)
                                  (or (option-number (car o) "ndots:" 0 15) ndots)
                                  (or (option-number (car o) "timeout:" 1 30) timeout)
                                  (or (option-number (car o) "attempts:" 1 5) attempts)))))
                  (else (loop (cdr lines) servers search ndots timeout attempts)))))))

  ;;; Asking

  (define (random-id)
    (let ((b (make-bytevector 2 0)))
      (if (= 2 (%os-syscall 318 b 2 0))     ; getrandom
          (bytevector-u16-native-ref b 0)
          (bitwise-and (quotient (%monotonic-ns) 64) #xffff))))

  ;; A response that answers the query, or #f. Answers of others and to others are ignored.
  (define (ask-udp server query good? seconds)
    (let ((s (open-datagram-socket (address-family server))) (end (+ (internal-time) (exact (round (* seconds 1000000000))))))
      (dynamic-wind
       (lambda () #f)
       (lambda ()
         (guard (c ((i/o-error? c) #f))
           (send-datagram s query server)
           (let loop ()
             (let ((left (/ (- end (internal-time)) 1000000000)))
               (and (> left 0)
                    (let-values (((bv from) (receive-datagram s left)))
                      (and bv
                           (let ((r (and from (= (address-port from) (address-port server))
                                         (bytevector=? (address-bytes from) (address-bytes server))
                                         (decode-response bv))))
                             (if (and r (good? r)) r (loop))))))))))
       (lambda () (socket-close s)))))

  (define (ask-tcp server query good? seconds)
    (guard (c ((i/o-error? c) #f))
      (let ((s (connect-address server seconds)))
        (dynamic-wind
         (lambda () #f)
         (lambda ()
           (perform-operation/timeout
            (fiber-result-operation
             (lambda ()
               (let ((out (socket-output-port s)) (in (socket-input-port s)) (n (bytevector-length query)))
                 (put-u8 out (div n 256))
                 (put-u8 out (mod n 256))
                 (put-bytevector out query)
                 (flush-output-port out)
                 (let* ((size (get-bytevector-n in 2)))
                   (and (bytevector? size) (= 2 (bytevector-length size))
                        (let* ((n (bytevector-u16-ref size 0 (endianness big))) (bv (get-bytevector-n in n)))
                          (and (bytevector? bv) (= (bytevector-length bv) n)
                               (let ((r (decode-response bv)))
                                 (and r (good? r) r)))))))))
            seconds))
         (lambda () (socket-close s))))))

  ;; Is ready when the thunk, run by a fiber of its own, is done; #f if it raised.
  (define (fiber-result-operation thunk)
    (let ((f (spawn-fiber (lambda () (guard (c (#t #f)) (thunk))) 'resolver)))
      (wrap-operation (fiber-dead-operation f)
                      (lambda (state result) (and (eq? state 'returned) (car result))))))

  ;; The addresses of the full name: list of bytevectors; #f if no server answered.
  (define (query config name type)
    (let attempt ((k 0))
      (and (< k (config-attempts config))
           (let next ((servers (config-servers config)))
             (if (null? servers)
                 (attempt (+ k 1))
                 (let* ((id (random-id))
                        (message (encode-query id name type))
                        (good? (lambda (r) (response-to? r id name type)))
                        (r (ask-udp (car servers) message good? (config-timeout config)))
                        (r (if (and r (response-truncated? r))
                               (ask-tcp (car servers) message good? (config-timeout config))
                               r)))
                   (cond ((and r (memv (response-code r) '(0 3))) (answer-addresses r name type))
                         (else (next (cdr servers))))))))))

  (define (dots name) (length (filter (lambda (c) (char=? c #\.)) (string->list name))))

  (define (strip name)
    (let ((n (string-length name)))
      (if (char=? (string-ref name (- n 1)) #\.) (substring name 0 (- n 1)) name)))

  ;; The names to ask for, in order.
  (define (candidates config name)
    (let ((absolute (list (strip name)))
          (searched (map (lambda (suffix) (string-append name "." (strip suffix))) (config-search config))))
      (cond ((char=? (string-ref name (- (string-length name) 1)) #\.) absolute)
            ((>= (dots name) (config-ndots config)) (append absolute searched))
            (else (append searched absolute)))))

  (define (ask-both config name port)
    (let* ((six (spawn-fiber (lambda () (query config name TYPE-AAAA)) 'resolver))
           (four (query config name TYPE-A))
           (six (fiber-join six)))
      (if (or four six)
          (map (lambda (bytes) (make-ip-address bytes port)) (append (or four '()) (or six '())))
          #f)))

  (define (fail message name)
    (raise (%make-condition 'io 'resolve-host message (list name))))

  ;; (resolve-host name port): list of addresses, at least one, IPv4 before IPv6. Raises &i/o if there is none.
  (define (resolve-host name port)
    (if (not (string? name)) (assertion-violation 'resolve-host "expected a string" name))
    (cond ((string->ip-address name port) => list)
          ((not (valid-host-name? name)) (fail "not a host name" name))
          (else
           (let ((known (hosts-addresses (strip name) port)))
             (cond ((pair? known) (list-sort (lambda (a b) (< (address-family a) (address-family b))) known))
                   ((local? (strip name)) (list (string->ip-address "127.0.0.1" port) (string->ip-address "::1" port)))
                   (else (ask-servers name port)))))))

  ;; localhost and what is below it are never asked for (RFC 6761 6.3).
  (define (local? name)
    (let ((all ".localhost") (n (string-length name)))
      (or (string-ci=? name "localhost")
          (and (> n (string-length all)) (string-ci=? (substring name (- n (string-length all)) n) all)))))

  (define (ask-servers name port)
    (let ((config (read-config)))
      (let loop ((names (candidates config name)) (answered? #f))
        (if (null? names)
            (fail (if answered? "the host is unknown" "no name server answers") name)
            (let ((found (if (valid-host-name? (car names)) (ask-both config (car names) port) '())))
              (if (pair? found)
                  found
                  (loop (cdr names) (or answered? (and found #t)))))))))

  ;; (resolve-service service protocol): a port number, for a number, its digits, or a name of /etc/services.
  (define (resolve-service service protocol)
    (cond ((and (fixnum? service) (<= 0 service 65535)) service)
          ((not (string? service)) (assertion-violation 'resolve-service "expected a port or the name of a service" service))
          ((string->number service 10) => (lambda (n) (if (and (fixnum? n) (<= 0 n 65535)) n (fail "no such port" service))))
          (else
           (let loop ((lines (words-of (list-ref (resolver-files) 2))))
             (cond ((null? lines)
                    (cond ((assoc service '(("http" . 80) ("https" . 443) ("domain" . 53) ("ssh" . 22) ("smtp" . 25))) => cdr)
                          (else (fail "no such service" service))))
                   ((and (>= (length (car lines)) 2)
                         (or (string=? (caar lines) service) (member service (cddar lines)))
                         (port-of (cadar lines) protocol)))
                   (else (loop (cdr lines))))))))

  ;; The number in "80/tcp" if the protocol is that.
  (define (port-of text protocol)
    (let ((i (let loop ((i 0)) (cond ((= i (string-length text)) #f) ((char=? (string-ref text i) #\/) i) (else (loop (+ i 1)))))))
      (and i (string=? (substring text (+ i 1) (string-length text)) protocol)
           (string->number (substring text 0 i) 10)))))
