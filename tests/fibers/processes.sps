;; SPDX-License-Identifier: MIT
;;
;; Child processes and signals; standard ports that are pipes.
(import (rnrs) (loko) (loko system fibers) (loko system process) (loko system signals)
        (rename (only (tests support checks) check-message finish) (check-message check)))

(define-syntax values-of (syntax-rules () ((_ e) (call-with-values (lambda () e) list))))

(check (values-of (process->string "echo" "a b" "λ")) => '("a b λ\n" 0))
(check (process-wait (spawn-process "sh" '("-c" "exit 7"))) => 7)
(check (values-of (process->string "/bin/sh" "-c" "echo out; exit 3")) => '("out\n" 3))
(check (spawn-process "no-such-program-at-all" '()) => '(raised "no such file or directory"))
(check (spawn-process "/etc/passwd" '()) => '(raised "permission denied"))
(check (spawn-process "/no/such" '()) => '(raised "no such file or directory"))
(check (spawn-process "true" '() 'directory "/no/such") => '(raised "no such file or directory"))
(check (spawn-process "true" '("a\x0;b")) => '(raised "a string for the system can't contain #\\nul"))
(check (spawn-process "true" '() 'colour 1) => '(raised "expected a list of options and values"))
(check (values-of (process->string "pwd")) => (list (string-append (let-values (((s status) (process->string "sh" "-c" "pwd"))) (substring s 0 (- (string-length s) 1))) "\n") 0))
(check (let* ((p (spawn-process "pwd" '() 'directory "/" 'output 'pipe)) (s (utf8->string (get-bytevector-all (process-output-port p))))) (process-wait p) s) => "/\n")
(check (let* ((p (spawn-process "sh" '("-c" "echo $LOKO_X") 'environment '(("LOKO_X" . "y")) 'output 'pipe)) (s (utf8->string (get-bytevector-all (process-output-port p))))) (process-wait p) s) => "y\n")
(check (let* ((p (spawn-process "sh" '("-c" "echo e >&2; echo o") 'error 'output 'output 'pipe)) (s (utf8->string (get-bytevector-all (process-output-port p))))) (process-wait p) s) => "e\no\n")
;; both directions at once, more than a pipe holds: the writer is a fiber
(let* ((p (spawn-process "cat" '() 'input 'pipe 'output 'pipe)) (bv (make-bytevector 300000 65)))
  (spawn-fiber (lambda () (put-bytevector (process-input-port p) bv) (close-port (process-input-port p))))
  (check (bytevector=? bv (get-bytevector-all (process-output-port p))) => #t)
  (check (process-wait p) => 0)
  (check (process-wait p) => 0)
  (check (process-kill p) => #f))
;; while one waits, others run
(let* ((p (spawn-process "sleep" '("1000"))) (n 0) (f (spawn-fiber (lambda () (process-wait p)))) (g (spawn-fiber (lambda () (process-wait p)))))
  (spawn-fiber (lambda () (sleep 0.002) (set! n 1) (process-kill p)))
  (check (list (fiber-join f) (fiber-join g)) => '(-15 -15))
  (check n => 1)
  (check (perform-operation (choice-operation (process-wait-operation p) (never-operation))) => -15))
(check (perform-operation/timeout (process-wait-operation (spawn-process "sleep" '("0.5"))) 0.002 (lambda () 'late)) => 'late)
;; ignored and blocked signals are not inherited
(signal-operation SIGTERM)
(check (let ((p (spawn-process "sleep" '("1000")))) (process-kill p SIGTERM) (process-wait p)) => -15)
(release-signal! SIGTERM)

;;; Signals
(let ((f (spawn-fiber (lambda () (wait-for-signal SIGUSR1 SIGUSR2)))))
  (sleep 0.002)
  (raise-signal SIGUSR2)
  (check (fiber-join f) => SIGUSR2)
  (raise-signal SIGUSR1)
  (check (wait-for-signal SIGUSR1) => SIGUSR1)
  (check (perform-operation/timeout (signal-operation SIGUSR1) 0.002 (lambda () 'none)) => 'none)
  (check (signal-operation 9) => '(raised "expected the number of a signal that can be caught"))
  )

(finish)
