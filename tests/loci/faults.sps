;; SPDX-License-Identifier: MIT
;;
;; Loci under adverse conditions: many, large messages both ways, sudden deaths, garbage, loci that create loci.
(import (rnrs) (loko loci) (loko system fibers) (loko system process) (only (loko system unsafe) syscall) (only (scheme base) define-values) (descriptors)
        (rename (only (tests support checks) check-message message-of finish) (check-message check)))

(define (short-lived n)
  (do ((i 0 (+ i 1))) ((= i n) 'done) (locus-wait (locus ch (exit 3)))))

;;; Nothing is left behind by loci one after another
(short-lived 5)
(define before (descriptors))
(check (short-lived 200) => 'done)
(yield-current-task)
(check (- (descriptors) before) => 0)
(check (syscall 61 -1 0 1 0) => -10)      ; no children, also no zombies

;;; Many at once
(check (let ((all (map (lambda (i) (locus/context ch (locus-channel-put ch (* i i)) (exit i))) '(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))))
         (list (apply + (map locus-channel-get all)) (apply + (map locus-wait all)))) => '(1240 120))

;;; Both send more than a socket holds before either gets
(define big 20000000)
(define l (locus ch
            (locus-channel-put ch (make-bytevector big 7))
            (let ((got (locus-channel-get ch))) (locus-channel-put ch (list (bytevector-length got) (bytevector-u8-ref got (- big 1)))))))
(locus-channel-put l (make-bytevector big 8))
(check (let* ((a (locus-channel-get l)) (b (locus-channel-get l))) (list (bytevector-length a) (bytevector-u8-ref a 0) b (locus-wait l))) => (list big 7 (list big 8) 0))
;; a child that nobody listens to can end
(check (locus-wait (locus ch (locus-channel-put ch (make-bytevector 3000000 0)))) => 0)

;;; Deaths
(define stuck (locus ch (let loop () (loop))))
(check (begin (locus-break stuck 'terminate) (locus-wait stuck)) => 143)
(define sleeper (locus ch (locus-channel-put ch 'asleep) (locus-channel-get ch)))
(locus-channel-get sleeper)
(syscall 62 (locus-pid sleeper) 9)
(check (locus-wait sleeper) => 1)
(define victim (locus ch (locus-channel-put ch 'first) (sleep 1000)))
(check (locus-channel-get victim) => 'first)
(locus-kill victim)
(check (eof-object? (locus-channel-get victim)) => #t)
;; nobody can be told what went wrong: the value is that of any condition
(check (let-values (((l to out err) (locus* (#f #f #f) ch (locus-channel-get ch) (vector-ref (vector) 0))))
         (close-port err)
         (locus-channel-put l 'go)
         (locus-wait l))
       => 1)
;; a break is a condition in the locus
(define looping (locus ch (guard (c (#t (locus-channel-put ch 'interrupted) (exit 5))) (locus-channel-put ch 'ready) (let loop () (loop)))))
(check (locus-channel-get looping) => 'ready)
(locus-break looping)
(check (list (locus-wait looping) (locus-channel-get looping)) => '(5 interrupted))
(define waiting (locus ch (locus-channel-put ch 'ready) (sleep 1000)))
(check (locus-channel-get waiting) => 'ready)
(check (begin (locus-break waiting 'hang-up) (locus-wait waiting)) => 129)
(check (locus-break waiting 'gently) => '(raised "expected break, hang-up or terminate"))
;; whichever of many dies is noticed
(define three (map (lambda (i) (locus ch (locus-channel-get ch))) '(1 2 3)))
(locus-channel-put (cadr three) 'go)
(check (let ((who (perform-operation (apply choice-operation (map locus-dead-evt three))))) (eq? who (locus-dead-evt (cadr three)))) => #t)
(for-each locus-kill three)

;;; The bytes of a child that lost its mind, on its end of the socket (descriptor 3)
(define (write-garbage bytes) (locus/context ch (syscall 1 3 bytes (bytevector-length bytes)) (locus-channel-get ch)))
(define (first-message bytes)
  (let* ((l (write-garbage bytes)) (got (guard (c ((i/o-read-error? c) 'refused)) (locus-channel-get l))))
    (locus-kill l)
    got))
(check (first-message '#vu8(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)) => 'refused)
(check (first-message '#vu8(#xb1 #x4c #x4b #x46 2 0 0 0 1 0 0 0 0 0 0 0 1)) => 'refused)     ; another version
(check (first-message '#vu8(#xb1 #x4c #x4b #x46 1 0 0 0 1 0 0 0 0 0 0 0 200)) => 56)
(check (first-message '#vu8(#xb1 #x4c #x4b #x46 1 0 0 0 1 0 0 0 0 0 0 0 99)) => 'refused)    ; no such tag
;; half a message, and one that claims to be enormous, then death
(define (message-then-death bytes)
  (let ((l (locus/context ch (syscall 1 3 bytes (bytevector-length bytes)) (exit 0))))
    (eof-object? (locus-channel-get l))))
(check (message-then-death '#vu8(#xb1 #x4c #x4b #x46 1 0)) => #t)
(check (message-then-death '#vu8(#xb1 #x4c #x4b #x46 1 0 0 0 0 0 0 0 0 255 0 0 1)) => #t)

;; random bytes behind a good header, and good messages with one byte changed: a datum or a read error
(define seed 12345)
(define (random n) (set! seed (mod (+ (* seed 1103515245) 12345) 2147483648)) (mod (div seed 65536) n))
(define (random-message)
  (let ((bytes (make-bytevector (+ 16 (random 40)) 0)))
    (bytevector-copy! '#vu8(#xb1 #x4c #x4b #x46 1 0 0 0) 0 bytes 0 8)
    (bytevector-u8-set! bytes 8 (- (bytevector-length bytes) 16))
    (do ((j 16 (+ j 1))) ((= j (bytevector-length bytes)) bytes) (bytevector-u8-set! bytes j (random 256)))))
(define fuzzer
  (locus ch
    (do ((i 0 (+ i 1))) ((= i 1000))
      (let ((bytes (random-message)))
        (let again () (if (< (syscall 1 3 bytes (bytevector-length bytes)) 0) (begin (sleep 0.001) (again))))))))
(check (let loop ((refused 0) (n 0))
         (if (= n 1000)
             (list (> refused 200) (eof-object? (locus-channel-get fuzzer)))
             (loop (+ refused (guard (c ((i/o-read-error? c) 1)) (locus-channel-get fuzzer) 0)) (+ n 1))))
       => (quote (#t #t)))

;;; A pair of ends in one process
(define-values (near far) (locus-channel))
(locus-channel-put near '(1 2))
(check (locus-channel-get far) => '(1 2))
(check (begin (locus-channel-put far 'back) (locus-channel-get near)) => 'back)

;;; Loci that create loci; their end is the end of all
(define nested
  (locus ch
    (let ((inner (locus ch (locus-channel-put ch 'inner) (sleep 1000))))
      (locus-channel-put ch (list (locus-channel-get inner) (locus-pid inner)))
      (sleep 1000))))
(define inner-pid (let ((m (locus-channel-get nested))) (check (car m) => 'inner) (cadr m)))
(check (syscall 62 inner-pid 0) => 0)
(locus-kill nested)
(define (gone? pid)                       ; the orphan's new parent takes its status sooner or later
  (let ((status (string-append "/proc/" (number->string pid) "/stat")))
    (or (not (file-exists? status))
        (guard (c (#t #t))
          (let ((text (call-with-input-file status get-string-all)))
            (let find ((i 0)) (if (char=? (string-ref text i) #\)) (memv (string-ref text (+ i 2)) '(#\Z #\X)) (find (+ i 1)))))))))
(check (let wait ((n 0)) (cond ((gone? inner-pid) 'gone) ((= n 2000) 'alive) (else (sleep 0.005) (wait (+ n 1))))) => 'gone)

;;; Created in fibers that have handlers and winders: these are not the child's
(check (fiber-join
        (spawn-fiber
         (lambda ()
           (guard (c (#t 'handled-by-the-creator))
             (dynamic-wind
              (lambda () #f)
              (lambda () (let ((l (locus ch (spawn-fiber (lambda () (locus-channel-put ch 'from-a-fiber))) (sleep 0.001) (exit 4)))) (list (locus-channel-get l) (locus-wait l))))
              (lambda () #f)))))) => '(from-a-fiber 4))
;; a scope neither waits for a locus that was created in it, nor ends the fibers that serve it
(define survivor (call-with-scope (lambda (s) (locus ch (locus-channel-put ch (list 'got (locus-channel-get ch)))))))
(check (locus-channel-put/get survivor 'x) => '(got x))
(check (locus-wait survivor) => 0)
(define saved #f)
(check (guard (c (#t 'left)) (call-with-scope (lambda (s) (set! saved (locus ch (exit (locus-channel-get ch)))) (raise 'left)))) => 'left)
(check (begin (locus-channel-put saved 8) (locus-wait saved)) => 8)

;;; No descriptors left: a condition, and those that exist go on
(define poor
  (locus ch
    (let ((limit (make-bytevector 16 0)))
      (bytevector-u64-native-set! limit 0 24)
      (bytevector-u64-native-set! limit 8 24)
      (syscall 160 7 limit)              ; setrlimit(RLIMIT_NOFILE)
      (let loop ((made '()))
        (let ((l (guard (c ((i/o-error? c) #f)) (locus c2 (locus-channel-put c2 (locus-channel-get c2))))))
          (if l
              (loop (cons l made))
              (let ((open (descriptors)))
                (guard (c (#t #f)) (locus c2 0))
                (locus-channel-put ch
                  (list (> (length made) 3)
                        (- (descriptors) open)
                        (for-all (lambda (l) (eq? 'still (locus-channel-put/get l 'still))) made)
                        (for-all (lambda (l) (eqv? 0 (locus-wait l))) made))))))))))
(check (locus-channel-get poor) => '(#t 0 #t #t))

;;; A channel has no name in the file system
(define (socket-paths names)                 ; the fields of /proc/net/unix beyond those that every socket has, for the sockets among the names
  (call-with-input-file "/proc/net/unix"
    (lambda (p)
      (let loop ((paths '()))
        (let ((line (get-line p)))
          (if (eof-object? line)
              paths
              (let ((fields (words line)))
                (loop (if (member (string-append "socket:[" (list-ref fields 6) "]") names) (cons (list-tail fields 7) paths) paths)))))))))
(define (words line)
  (let loop ((l (reverse (string->list line))) (word '()) (all '()))
    (cond ((null? l) (if (null? word) all (cons (list->string word) all)))
          ((char=? (car l) #\space) (loop (cdr l) '() (if (null? word) all (cons (list->string word) all))))
          (else (loop (cdr l) (cons (car l) word) all)))))
(define nameless (locus ch (locus-channel-get ch)))
(define sockets (filter (lambda (name) (and (> (string-length name) 8) (string=? (substring name 0 8) "socket:["))) (descriptor-names)))
(check (list (pair? sockets) (for-all null? (socket-paths sockets)) (pair? (socket-paths sockets))) => '(#t #t #t))
(locus-kill nameless)

;;; A locus ends while another one holds its channel
(define held (locus ch (locus-channel-put ch 'last) (locus-channel-get ch) (exit 6)))
(define holder
  (locus ch
    (let* ((end (locus-channel-get ch)) (first (locus-channel-get end)) (second (begin (locus-channel-put end 'go) (locus-channel-get end))))
      (locus-channel-put ch (list first (eof-object? second) (guard (c ((i/o-error? c) (condition-message c))) (locus-channel-put end 1)))))))
(locus-channel-put holder held)
(check (list (locus-wait held) (locus-channel-get holder) (locus-wait holder)) => '(6 (last #t "the other end of the channel is closed") 0))

;;; Ports in variables of the program stay the creator's: the locus does not read or write whatever has their descriptors there
(define file "/tmp/loko-loci-faults")
(if (file-exists? file) (delete-file file))
(call-with-output-file file (lambda (p) (put-string p "line\nrest")))
(define text-in (open-input-file file))
(define bytes-in (open-file-input-port file))
(define converted-in (open-file-input-port file (file-options) 'block (make-transcoder (utf-16-codec))))
(define both-ways (open-file-input/output-port file (file-options no-fail no-truncate no-create)))
(define (what-happens thunk) (guard (c ((message-condition? c) (condition-message c))) (thunk)))
(define reader
  (locus ch
    (locus-channel-put ch
      (map what-happens
           (list (lambda () (get-line text-in)) (lambda () (get-u8 bytes-in)) (lambda () (get-char converted-in)) (lambda () (get-u8 both-ways))
                 (lambda () (close-port text-in) (close-port bytes-in) (close-port converted-in) (close-port both-ways) 'closed))))
    (locus-channel-put ch (locus-channel-get ch))))
(check (locus-channel-get reader) => '("the port is closed" "the port is closed" "the port is closed" "the port is closed" closed))
(check (locus-channel-put/get reader 'in-order) => 'in-order)
(check (list (locus-wait reader) (get-line text-in) (get-u8 bytes-in) (get-u8 both-ways)) => '(0 "line" 108 108))
(for-each close-port (list text-in bytes-in converted-in both-ways))
(delete-file file)
;; a signal between the system call that writes and what follows it: nothing is written twice
(define large (make-bytevector 300000 5))
(define (ended-after-answer signal)
  (let ((l (locus ch (let loop () (locus-channel-put ch (locus-channel-get ch)) (loop)))))
    (locus-channel-put/get l large)
    (syscall 62 (locus-pid l) signal)
    (eof-object? (locus-channel-get l))))
(check (for-all (lambda (i) (and (ended-after-answer 1) (ended-after-answer 15))) '(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)) => #t)
(finish)
