;; SPDX-License-Identifier: MIT
;;
;; Backtraces: the frames of the present continuation as data, and how people see them. A frame knows the
;; procedure's name and the place of the call that it waits for. Frames of the implementation's own libraries
;; (their files are named loko:…) are hidden at both ends, where they are the machinery of raising and of starting
;; programs; in between only their named procedures are kept. Frames of tail calls are gone, as they must be.
(library (loko base backtraces)
  (export current-backtrace backtrace-frame? backtrace-frame-name backtrace-frame-file backtrace-frame-line
          backtrace-frame-column backtrace-frame-address backtrace-frame-library?
          print-backtrace condition-report-string
          %print-backtrace %set-session-line!)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base records) (loko base record-syntax)
          (only (loko base errors) %print-condition %set-backtrace-printer! %last-trap-frames)
          (only (loko base printer) display write)
          (only (loko base stdio) current-output-port)
          (only (loko base textual-ports) open-string-output-port))

  (define-record-type (backtrace-frame make-frame backtrace-frame?)
    (fields (immutable name backtrace-frame-name)            ; symbol, or #f
            (immutable file backtrace-frame-file)            ; string, or #f
            (immutable line backtrace-frame-line)            ; from 1, or 0
            (immutable column backtrace-frame-column)        ; from 1, or 0
            (immutable address backtrace-frame-address)      ; the return address
            (immutable start frame-start))                   ; line where the procedure begins
    (sealed #t))

  (define most-frames 20)

  ;; (backtrace-frame-library? frame): is it a procedure of the implementation's libraries?
  (define (backtrace-frame-library? frame)
    (let ((file (backtrace-frame-file frame)))
      (and file (starts-with? file "loko:"))))

  (define (starts-with? s prefix)
    (let ((n (string-length prefix)))
      (and (fx>=? (string-length s) n)
           (let loop ((i 0))
             (or (fx=? i n)
                 (and (char=? (string-ref s i) (string-ref prefix i))
                      (loop (fx+ i 1))))))))

  ;; raw is #(code-information place address). Its own place is the procedure's if that of the call is not known.
  (define (->frame raw)
    (let ((info (vector-ref raw 0)) (place (vector-ref raw 1)))
      (let ((known? (fx>? place 0)))
        (make-frame (%code-info-ref info 0)
                    (%code-info-ref info 1)
                    (if known? (fxarithmetic-shift-right place 10) (%code-info-ref info 2))
                    (if known? (fxand place 1023) (%code-info-ref info 3))
                    (vector-ref raw 2)
                    (%code-info-ref info 2)))))

  ;; A frame of which neither name nor file is known tells nobody anything.
  (define (nameless? frame)
    (not (or (backtrace-frame-name frame) (backtrace-frame-file frame))))

  (define (drop-library frames)
    (if (and (pair? frames) (or (backtrace-frame-library? (car frames)) (nameless? (car frames))))
        (drop-library (cdr frames))
        frames))

  (define (internal? frame)
    (or (nameless? frame)
        (and (backtrace-frame-library? frame)
             (let ((name (backtrace-frame-name frame)))
               (or (not (symbol? name))
                   (starts-with? (%symbol-name name) "%"))))))

  ;; Is it the code information of the hook that raises the conditions of processor traps?
  (define (trap? info)
    (and info
         (eq? (%code-info-ref info 0) 'trap)
         (let ((file (%code-info-ref info 1)))
           (and file (starts-with? file "loko:")))))

  ;; (current-backtrace): list of the frames that matter to the user, innermost first.
  (define (current-backtrace)
    (let loop ((raw (%current-continuation-frames #f)) (frames '()))
      (cond ((pair? raw)
             (loop (if (trap? (vector-ref (car raw) 0))
                       (append (%last-trap-frames) (cdr raw))
                       (cdr raw))
                   (if (vector-ref (car raw) 0)
                       (cons (->frame (car raw)) frames)
                       frames)))
            (else
             (let trim ((l (drop-library frames)) (kept '()))
               (if (pair? l)
                   (trim (cdr l) (if (internal? (car l)) kept (cons (car l) kept)))
                   (drop-library kept)))))))

  ;;; Source lines. Files are read as bytes with the system's calls: this may run when ports are broken.

  (define most-bytes 4000000)

  (define (file-bytes name)
    (let* ((path (string->utf8 (%string-append name "\x0;")))
           (size (%os-stat-size path)))
      (and (fx>? size 0) (fx<? size most-bytes)
           (let ((fd (%os-open path 0 0)))
             (and (fx>=? fd 0)
                  (let ((bv (make-bytevector size)))
                    (let loop ((at 0))
                      (let ((n (if (fx<? at size) (%os-read fd bv at (fx- size at)) 0)))
                        (if (fx>? n 0)
                            (loop (fx+ at n))
                            (begin
                              (%os-close fd)
                              (and (fx=? at size) bv)))))))))))

  ;; Line number `line` of the bytes as a string, or #f.
  (define (line-of bv line)
    (let ((n (bytevector-length bv)))
      (let find ((start 0) (line line))
        (let ((end (let scan ((i start))
                     (if (and (fx<? i n) (not (fx=? (bytevector-u8-ref bv i) 10)))
                         (scan (fx+ i 1))
                         i))))
          (cond ((fx<=? line 1) (utf8->string bv start end))
                ((fx>=? end n) #f)
                (else (find (fx+ end 1) (fx- line 1))))))))

  (define (indentation s)
    (let ((n (string-length s)))
      (let loop ((i 0))
        (if (and (fx<? i n) (memv (string-ref s i) '(#\space #\tab)))
            (loop (fx+ i 1))
            i))))

  (define session-line (lambda (line) #f))

  ;; The REPL's procedure that gives line n of its input as a string, or #f.
  (define (%set-session-line! procedure)
    (set! session-line procedure))

  ;; The line of the source, or #f if it can't be read.
  (define (source-line frame cache)
    (let* ((file (backtrace-frame-file frame)) (known (assoc file (vector-ref cache 0))))
      (cond ((string=? file "repl") (session-line (backtrace-frame-line frame)))
            (known (and (cdr known) (line-of (cdr known) (backtrace-frame-line frame))))
            (else
             (vector-set! cache 0 (cons (cons file (file-bytes file)) (vector-ref cache 0)))
             (source-line frame cache)))))

  ;; The code of a procedure that was inlined stands outside of the one that the frame belongs to: the name after
  ;; "(define (" on the nearest line above that begins in column 1. #f if the frame is not of that sort.
  (define (inlined-name frame cache top?)
    (let ((known (assoc (backtrace-frame-file frame) (vector-ref cache 0))))
      (and known (cdr known)
           (or top? (fx<? (backtrace-frame-line frame) (frame-start frame)))
           (let loop ((line (backtrace-frame-line frame)))
             (let ((text (and (fx>? line 0) (line-of (cdr known) line))))
               (cond ((not text) #f)
                     ((starts-with? text "(define (") (name-at text 9))
                     ((starts-with? text "(") #f)
                     (else (loop (fx- line 1)))))))))

  (define (name-at text start)
    (let ((n (string-length text)))
      (let loop ((i start))
        (if (and (fx<? i n) (not (memv (string-ref text i) '(#\space #\( #\) #\tab))))
            (loop (fx+ i 1))
            (and (fx>? i start) (substring text start i))))))

  (define (same? a b)
    (and (eq? (backtrace-frame-name a) (backtrace-frame-name b))
         (fx=? (backtrace-frame-address a) (backtrace-frame-address b))))

  ;; Prints frames with a procedure that displays an object: at most 20, repetitions once.
  (define (%print-backtrace frames display)
    (if (pair? frames)
        (let ((cache (vector '())))
          (display "Backtrace, innermost call first:\n")
          (let loop ((l frames) (i 0))
            (cond ((null? l) #t)
                  ((fx>=? i most-frames)
                   (display "  … and ")
                   (display (length l))
                   (display " more\n"))
                  (else
                   (print-frame (car l) i cache display)
                   (let skip ((rest (cdr l)) (n 0))
                     (cond ((and (pair? rest) (same? (car rest) (car l)))
                            (skip (cdr rest) (fx+ n 1)))
                           (else
                            (if (fx>? n 0)
                                (begin
                                  (display "     (")
                                  (display n)
                                  (display " more like this)\n")))
                            (loop rest (fx+ i 1)))))))))))

  (define (spaces n display)
    (if (fx>? n 0)
        (begin
          (display " ")
          (spaces (fx- n 1) display))))

  (define (print-frame frame i cache display)
    (let* ((name (backtrace-frame-name frame))
           (file (backtrace-frame-file frame))
           (line (backtrace-frame-line frame)))
      (if (fx<? i 10) (display " "))
      (display " ")
      (display i)
      (display " ")
      (cond ((backtrace-frame-library? frame)
             (display (or name "(anonymous)"))
             (display " (library)\n"))
            (else
             (let* ((text (and file (fx>? line 0) (source-line frame cache)))
                    (top? (and name file (string=? (%symbol-name name) file)))
                    (inlined (and text (inlined-name frame cache top?)))
                    (own (cond ((not name) "(anonymous)") (top? "(top level)") (else name))))
               (if inlined
                   (begin
                     (display inlined)
                     (display " (inlined in ")
                     (display (if top? "top level" own))
                     (display ")"))
                   (display own)))
             (if file
                 (begin
                   (display " at ")
                   (display file)
                   (if (fx>? line 0)
                       (begin
                         (display ":")
                         (display line)
                         (display ":")
                         (display (backtrace-frame-column frame))))))
             (display "\n")
             (let ((text (and file (fx>? line 0) (source-line frame cache))))
               (if text
                   (let* ((start (indentation text)) (n (string-length text))
                          (column (fx- (fx- (backtrace-frame-column frame) 1) start)))
                     (display "      ")
                     (display (substring text start (fxmin n (fx+ start 100))))
                     (display "\n")
                     (if (and (fx=? i 0) (fx>=? column 0) (fx<? column 100))
                         (begin
                           (display "      ")
                           (spaces column display)
                           (display "^\n"))))))))))

  ;; (print-backtrace [frames [port]]): prints a backtrace, by default the present one.
  (define print-backtrace
    (case-lambda
      (() (print-backtrace (current-backtrace)))
      ((frames) (print-backtrace frames (current-output-port)))
      ((frames port) (%print-backtrace frames (lambda (x) (display x port))))))

  ;; (condition-report-string object): the report of a condition as the manual shows it.
  (define (condition-report-string c)
    (call-with-values open-string-output-port
      (lambda (port get)
        (%print-condition c
                          (lambda (x) (display x port))
                          (lambda (x) (write x port)))
        (get))))

  (%set-backtrace-printer! (lambda (display) (%print-backtrace (current-backtrace) display))))
