;; SPDX-License-Identifier: MIT
;;
;; A chat server. Each client has two fibers: one reads its lines, one writes what it is told. The room is a fiber that owns
;; the list of guests, so there are no locks. A client that reads too slowly (its queue is full) is dropped.
;; usage: chat-server.sps [PORT]      (default: 8081; try it with nc)
(import (rnrs) (loko system fibers) (loko system net))

(define-record-type guest (fields name queue gone))

;; Messages to the room: (join guest), (leave guest), (say name text).
(define (room messages)
  (define (tell-all members text)
    (filter (lambda (m)
              (perform-operation
               (choice-operation
                (wrap-operation (put-operation (guest-queue m) text) (lambda () #t))
                (wrap-operation (sleep-operation 0.05) (lambda () (signal-cvar! (guest-gone m)) #f)))))
            members))
  (let loop ((members '()))
    (let ((m (get-message messages)))
      (loop
       (case (car m)
         ((join) (tell-all (cons (cadr m) members) (string-append "* " (guest-name (cadr m)) " comes in")))
         ((leave) (tell-all (remq (cadr m) members) (string-append "* " (guest-name (cadr m)) " leaves")))
         (else (tell-all members (string-append (cadr m) ": " (caddr m)))))))))

(define (client socket messages)
  (let-values (((in out) (socket-textual-ports socket)))
    (define (say . parts)
      (for-each (lambda (s) (put-string out s)) parts)
      (flush-output-port out))
    (say "Your name? ")
    (let ((name (get-line in)))
      (if (string? name)
          (let ((me (make-guest name (make-buffered-channel 100) (make-cvar))))
            (put-message messages (list 'join me))
            (let ((writer (spawn-fiber
                           (lambda ()
                             (guard (c ((i/o-error? c) (signal-cvar! (guest-gone me))))
                               (let loop ()
                                 (say (get-message (guest-queue me)) "\n")
                                 (loop))))
                           'writer))
                  (reader (spawn-fiber
                           (lambda ()
                             (guard (c ((i/o-error? c) #f))
                               (let loop ()
                                 (let ((line (get-line in)))
                                   (if (string? line)
                                       (begin
                                         (put-message messages (list 'say name line))
                                         (loop))))))
                             (signal-cvar! (guest-gone me)))
                           'reader)))
              (wait (guest-gone me))
              (fiber-cancel! writer)
              (fiber-cancel! reader)
              (put-message messages (list 'leave me)))))
      (socket-close socket))))

(let* ((arguments (cdr (command-line)))
       (listener (tcp-listen "127.0.0.1" (if (pair? arguments) (string->number (car arguments)) 8081)))
       (messages (make-channel)))
  (display (string-append "Chat at " (address->string (socket-local-address listener)) "\n"))
  (flush-output-port (current-output-port))
  (spawn-fiber (lambda () (room messages)) 'room)
  (let loop ()
    (let ((s (accept-connection listener)))
      (spawn-fiber (lambda () (guard (c ((i/o-error? c) #f)) (client s messages))) 'client)
      (loop))))
