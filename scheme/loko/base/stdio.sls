;; SPDX-License-Identifier: MIT
;;
;; The ports that a process starts with, and the current ports. The descriptors are state of the
;; process: %reset-standard-ports! makes fresh ports when a dumped image starts.
(library (loko base stdio)
  (export current-input-port current-output-port current-error-port
          standard-input-port standard-output-port standard-error-port
          console-input-port console-output-port console-error-port
          with-input-from-string with-output-to-string call-with-output-string call-with-input-string with-output-to-port
          %reset-standard-ports! %without-console-buffers)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base parameters)
          (loko base port-records) (loko base ports) (only (loko base port-devices) %set-console-flush! %tty?)
          (only (loko base port-registry) %without-guardian) (loko base transcoders)
          (loko base textual-ports))

  (define (open-console id fd input? mode)
    (let ((p (%fd-port textual-port-rtd id fd input? (not input?) mode)))
      (p-transcoder! p (native-transcoder))
      p))

  (define console-in (open-console "stdin" 0 #t 'block))
  (define console-out (open-console "stdout" 1 #f (if (%tty? 1) 'line 'block)))
  (define console-err (open-console "stderr" 2 #f 'line))

  ;; (console-input-port): the textual port on descriptor 0.
  (define (console-input-port) console-in)
  ;; (console-output-port)
  (define (console-output-port) console-out)
  ;; (console-error-port)
  (define (console-error-port) console-err)

  (define (checked who input?)
    (lambda (p)
      (if (if input? (input-port? p) (output-port? p))
          p
          (%type-violation who (if input? "an input port" "an output port") p))))

  ;; (current-input-port): a parameter.
  (define current-input-port (make-parameter console-in (checked 'current-input-port #t)))
  ;; (current-output-port): a parameter.
  (define current-output-port (make-parameter console-out (checked 'current-output-port #f)))
  ;; (current-error-port): a parameter.
  (define current-error-port (make-parameter console-err (checked 'current-error-port #f)))

  ;; A fresh binary port on a descriptor that others share: closing the port leaves the descriptor open.
  (define (open-standard id fd input? mode)
    (let ((p (%fd-port binary-port-rtd id fd input? (not input?) mode)))
      (flag-on! p BORROWED)
      p))

  ;; (standard-input-port): a fresh binary port on descriptor 0, which stays open when the port is closed.
  (define (standard-input-port) (open-standard "stdin" 0 #t 'block))
  ;; (standard-output-port): the same on descriptor 1.
  (define (standard-output-port) (open-standard "stdout" 1 #f 'block))
  ;; (standard-error-port): the same on descriptor 2, unbuffered.
  (define (standard-error-port) (open-standard "stderr" 2 #f 'none))

  ;; New console ports; the old ones may come from another process.
  (define (%reset-standard-ports!)
    (%forget-ports!)
    (set! console-in (open-console "stdin" 0 #t 'block))
    (set! console-out (open-console "stdout" 1 #f (if (%tty? 1) 'line 'block)))
    (set! console-err (open-console "stderr" 2 #f 'line))
    (current-input-port console-in)
    (current-output-port console-out)
    (current-error-port console-err)
    (install!))

  ;; The value of (thunk), which writes an image of this process: the buffers of the console ports are not in it.
  (define (%without-console-buffers thunk)
    (flush-output-port console-out)
    (flush-output-port console-err)
    (let ((in (p-ibuf console-in)) (out (p-obuf console-out)) (err (p-obuf console-err)))
      (dynamic-wind
        (lambda ()
          (p-ibuf! console-in #f)
          (p-obuf! console-out #f)
          (p-obuf! console-err #f))
        (lambda () (%without-guardian thunk))
        (lambda ()
          (p-ibuf! console-in in)
          (p-obuf! console-out out)
          (p-obuf! console-err err)))))

  (define (install!)
    (%set-console-flush!
     (lambda ()
       (if (output-port-open? console-out) (flush-output-port console-out)))))

  ;; (with-output-to-string thunk): what thunk writes to the current output port.
  (define (with-output-to-string thunk)
    (let ((p (open-output-string)))
      (parameterize ((current-output-port p)) (thunk))
      (get-output-string p)))

  ;; (call-with-output-string proc): what (proc port) writes to a string port.
  (define (call-with-output-string proc) (call-with-string-output-port proc))

  ;; (call-with-input-string string proc): the values of (proc port) for a port on the string.
  (define (call-with-input-string s proc) (call-with-port (open-string-input-port s) proc))

  ;; (with-output-to-port port thunk)
  (define (with-output-to-port p thunk)
    (parameterize ((current-output-port p)) (thunk)))

  ;; (with-input-from-string string thunk)
  (define (with-input-from-string s thunk)
    (parameterize ((current-input-port (open-string-input-port s))) (thunk)))

  (install!)
  (%add-exit-procedure! %flush-all-ports))
