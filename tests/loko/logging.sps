;; SPDX-License-Identifier: MIT
;;
;; (loko system logging): lines of text for messages, also from many fibers at once.
(import (rnrs) (only (loko) parameterize) (loko system logging) (loko system fibers) (only (loko system file-system) create-temp-file)
        (only (tests support checks) check check-message finish))

(define (lines-of thunk . severity)
  (let-values (((port get) (open-string-output-port)))
    (parameterize ((current-log-callback (apply make-port-logger port severity))) (thunk))
    (let ((in (open-string-input-port (get))))
      (let loop ((lines '()))
        (let ((line (get-line in)))
          (if (eof-object? line) (reverse lines) (loop (cons line lines))))))))

;; Without the time.
(define (rest-of line) (substring line 21 (string-length line)))
(define (logged . message) (map rest-of (lines-of (lambda () (apply send-log message)))))

(check (logged WARNING "nearly full" 'FREE 12 'DISK "sda") => '("WARNING nearly full FREE=12 DISK=sda"))
(check (logged INFO "a" 'X "two words" 'Y "a=b" 'Z "" 'W "λ") => '("INFO a X=\"two words\" Y=\"a=b\" Z=\"\" W=\"λ\""))
(check (logged ERROR "two\nlines" 'X "a\nb" 'B #vu8(1 2)) => '("ERROR \"two\\nlines\" X=\"a\\nb\" B=#vu8(1 2)"))
(check (logged NOTICE "λ; it's \x2028;") => '("NOTICE \"λ; it's \\x2028;\""))
(check (length (logged CRITICAL "x" 'EXCEPTION (guard (c (#t c)) (error 'f "bad" 1 2)))) => 1)
(check (map rest-of (lines-of (lambda () (parameterize ((current-log-fields '(REQUEST 7))) (send-log INFO "ok" 'A 1)))))
       => '("INFO ok A=1 REQUEST=7"))
;; The time is the present one, as ISO 8601 has it.
(let ((line (car (lines-of (lambda () (send-log INFO "now"))))))
  (check (map (lambda (i) (string-ref line i)) '(4 7 10 13 16 19)) => '(#\- #\- #\T #\: #\: #\Z)))
;; What is less severe is left out.
(check (map rest-of (lines-of (lambda () (for-each (lambda (s) (send-log s "m")) (list EMERGENCY WARNING INFO DEBUG))) NOTICE))
       => '("EMERGENCY m" "WARNING m"))
(check-message (make-port-logger (open-bytevector-input-port #vu8())) => '(raised "expected a textual output port"))
(check-message (make-port-logger (current-output-port) 8) => '(raised "expected a severity, 0 to 7"))

;; Lines of many fibers don't mix, also where the port must wait for its reader.
(let* ((file (create-temp-file)) (writers 8) (each 50) (long (make-string 2000 #\x)))
  (let ((port (open-file-output-port file (file-options no-fail) (buffer-mode block) (native-transcoder))))
    (parameterize ((current-log-callback (make-port-logger port)))
      (for-each fiber-join
                (map (lambda (w)
                       (spawn-fiber (lambda () (do ((i 0 (+ i 1))) ((= i each)) (send-log INFO "m" 'W w 'I i 'TEXT long) (yield-current-task)))))
                     '(0 1 2 3 4 5 6 7))))
    (close-port port))
  (let ((counts (make-vector writers 0)))
    (call-with-input-file file
      (lambda (in)
        (let loop ((good 0))
          (let ((line (get-line in)))
            (if (eof-object? line)
                (check good => (* writers each))
                (let* ((w (- (char->integer (string-ref line 30)) 48)) (i (vector-ref counts w)))
                  (vector-set! counts w (+ i 1))
                  (loop (if (string=? (rest-of line)
                                      (string-append "INFO m W=" (number->string w) " I=" (number->string i) " TEXT=" long))
                            (+ good 1)
                            good))))))))
    (delete-file file)))
(finish)
