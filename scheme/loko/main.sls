;; SPDX-License-Identifier: MIT
;;
;; What `loko` does with its command line (manual 2.2, 2.3): REPL, programs, compilation.
(library (loko main)
  (export main)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base control) (loko base conditions) (loko base errors)
          (loko base lists) (loko base eval) (loko base process) (loko base start)
          (loko base ports) (loko base textual-ports) (loko base stdio) (loko base printer)
          (loko base files) (loko base system)
          (only (loko base process-state) %set-at-change! %ignore-change)
          (only (loko loci early) %begin-early-server!)
          (loko repl))

  (define usage
"Usage: loko [OPTION ...]                          read, evaluate, print
       loko [OPTION ...] [--program] FILE ARG ... run a program
       loko [OPTION ...] --compile FILE [--output FILE]
       scheme-script FILE ARG ...                 run a program

Running:
  -e EXPR               evaluate EXPR and print its values; no REPL
  -q, --quiet           no banner and no prompt
  -std=r6rs, -std=r7rs  the standard of the program (default: r6rs)
  -L DIR                look for libraries in DIR first
  --                    end of the options
Compiling:
  --output FILE, -o     name of the binary (default: FILE without extension)
  -ffreestanding        compiled programs have no ports and no conditions but their own
  -feval                compiled programs contain the compiler, for eval
  -ftarget=TARGET       what compiled programs run on: linux (default)
  -g                    describe code to gdb: lines, names, frames
  -O0, -O1, -O2         how much to optimize
  -fcp0-size-limit=N, -fcp0-effort-limit=N
                        limits of the source-level optimizer
Warnings:
  -Wno-NAME, -WNAME     without or with a warning: wrong-argument-count,
                        wrong-type, unreachable-code, unused-variable,
                        unused-import (not without -W), import-conflict,
                        unbound-variable,
                        unknown-flag; -Wall, -Wno-all
  -Werror               warnings are errors
Looking inside:
  --verify              check the compiler's data after each pass
  --dump=PASS           print code: core, optimized, low, x64, all, or what a pass leaves
  --passes              list the passes
  --stop-after=PASS     print the program as the pass leaves it, and end
  --time-passes         print what the passes took
  --without-checks      for measuring only: leave out checks of types, indices and
                        overflow; wrong programs crash or go on with rubbish
  --verbose             print sizes of what is written
  --version, --help, --licences

Libraries are looked up in the colon-separated directories of LOKO_LIBRARY_PATH,
then in the working directory. See also loko(1).
")

  ;; For "did you mean".
  (define options
    '("--program" "--compile" "--quiet" "--output" "--version" "--help" "--licences" "--verify" "--verbose" "--time-passes" "--without-checks"
      "--dump=all" "-g" "-std=r6rs" "-std=r7rs" "-feval" "-ftarget=linux" "-fcp0-size-limit=16"
      "-fcp0-effort-limit=50" "-Werror" "-Wno-unused-variable"
      "-Wno-wrong-argument-count" "-Wno-wrong-type" "-Wno-unreachable-code" "-Wno-unused-import"
      "-Wno-unbound-variable" "-Wno-import-conflict" "-Wno-unknown-flag" "-Wall" "-Wno-all" "-Wunused-import" "-Wunused-variable"
      "-Wwrong-argument-count" "-Wwrong-type" "-Wunreachable-code" "-Wunbound-variable"))

  (define (unknown-option a)
    (let ((near (or (%nearest-name a options)
                    (%nearest-name (%string-append "-" a) options))))
      (if near
          (fail "unknown option " a "; did you mean " near "? (see loko --help)")
          (fail "unknown option " a " (see loko --help)"))))

  ;;; Options that were read so far

  (define standard 'r6rs)
  (define with-eval? #f)
  (define freestanding? #f)
  (define verbose? #f)
  (define time-passes? #f)

  (define (say . parts)
    (for-each (lambda (x) (display x (console-error-port))) parts)
    (flush-output-port (console-error-port)))

  (define (fail . parts)
    (%apply say (cons "loko: " parts))
    (say "\n")
    (exit 64))

  (define (prefix? prefix s)
    (let ((n (string-length prefix)))
      (and (fx>=? (string-length s) n)
           (string=? (substring s 0 n) prefix))))

  (define (after prefix s)
    (substring s (string-length prefix) (string-length s)))

  (define (number-after prefix s)
    (let ((n (string->number (after prefix s))))
      (if (and (fixnum? n) (fx>=? n 0)) n (fail "expected a number in " s))))

  ;; The argument of an option.
  (define (argument option l)
    (if (pair? l) (car l) (fail option " needs an argument")))

  ;;; What to do, as the options say; they may stand in any order before the program

  (define command 'repl)      ; repl, program, compile, nothing
  (define file #f)
  (define output #f)
  (define stub #f)            ; of --relink
  (define expressions '())    ; of -e, last first
  (define quiet? #f)

  (define (run-command l)
    (let loop ((l l))
      (if (pair? l)
          (let ((a (car l)) (rest (cdr l)))
            (cond ((or (string=? a "--program") (string=? a "--"))
                   (if (pair? rest)
                       (program! (car rest) rest)
                       (if (string=? a "--program") (fail a " needs an argument"))))
                  ((string=? a "--compile")
                   (set! command 'compile)
                   (set! file (argument a rest))
                   (loop (cdr rest)))
                  ((string=? a "--relink")
                   (set! command 'relink)
                   (set! file (argument a rest))
                   (loop (cdr rest)))
                  ((string=? a "--stub")
                   (set! stub (argument a rest))
                   (loop (cdr rest)))
                  ((or (string=? a "--output") (string=? a "-o"))
                   (set! output (argument a rest))
                   (loop (cdr rest)))
                  ((string=? a "--licences")
                   (display (%licences))
                   (set! command 'nothing))
                  ((or (string=? a "--version") (string=? a "-V"))
                 (display "Loko Scheme ")
                 (display %version)
                 (if (not (string=? (%build-commit) ""))
                     (begin (display " (") (display (%build-commit)) (display ")")))
                 (newline)
                   (set! command 'nothing))
                  ((or (string=? a "--help") (string=? a "-h"))
                   (display usage)
                   (set! command 'nothing))
                  ((string=? a "-e")
                   (set! expressions (cons (argument a rest) expressions))
                   (if (eq? command 'repl) (set! command 'nothing))
                   (loop (cdr rest)))
                  ((string=? a "-L")
                   (add-directory (argument a rest))
                   (loop (cdr rest)))
                  ((prefix? "-L" a)
                   (add-directory (after "-L" a))
                   (loop rest))
                  ((or (string=? a "--quiet") (string=? a "-q"))
                   (set! quiet? #t)
                   (loop rest))
                  ((option? a) (loop rest))
                  ((prefix? "-" a) (unknown-option a))
                  ((eq? command 'compile)
                   (fail "unexpected argument " a ": one program is compiled at a time"))
                  (else (program! a l))))))
    (if (and output (not (memq command '(compile relink))))
        (fail "--output goes with --compile"))
    (for-each evaluate (reverse expressions))
    (case command
      ((compile) (compile-program))
      ((relink) (relink-program))
      ((repl) (start-repl))
      (else #f)))

  ;; The rest of the command line belongs to the program.
  (define (program! filename arguments)
    (set! command 'nothing)
    (for-each evaluate (reverse expressions))
    (set! expressions '())
    (run-program filename arguments))

  ;; Options without an argument of their own. Answers #f for others.
  (define (option? a)
    (cond ((string=? a "-std=r7rs") (set! standard 'r7rs) (%set-write-dialect! 'r7rs) (%set-interaction-standard! 'r7rs) #t)
          ((or (string=? a "-std=r6rs") (string=? a "-std=loko")) (set! standard 'r6rs) (%set-write-dialect! 'r6rs) (%set-interaction-standard! 'r6rs) #t)
          ((string=? a "-feval") (set! with-eval? #t) #t)
          ((string=? a "-ffreestanding") (set! freestanding? #t) #t)
          ((prefix? "-ftarget=" a)
           (let ((target (after "-ftarget=" a)))
             (cond ((member target '("linux" "pc+linux" "pc")) #t)
                   ((member target '("netbsd" "polyglot"))
                    (fail "the target " target " is not built yet; there are pc+linux, linux and pc"))
                   (else (fail "unknown target " target "; there are pc+linux, linux and pc")))))
          ((prefix? "-fcoverage=" a) #t)
          ((prefix? "-fcp0-size-limit=" a)
           (cp0-size-limit (number-after "-fcp0-size-limit=" a))
           #t)
          ((prefix? "-fcp0-effort-limit=" a)
           (cp0-effort-limit (number-after "-fcp0-effort-limit=" a))
           #t)
          ((member a '("-O0" "-O1" "-O2"))
           (%set-compiler-option! 'optimize (number-after "-O" a))
           #t)
          ((string=? a "-Werror") (%set-compiler-option! 'werror #t) #t)
          ((prefix? "-Wno-" a) (set-warning 'no-warning (after "-Wno-" a) a))
          ((prefix? "-W" a) (set-warning 'warning (after "-W" a) a))
          ((string=? a "-g") (%set-compiler-option! 'debug #t) #t)
          ((string=? a "--verify") (%set-compiler-option! 'verify #t) #t)
          ((string=? a "--without-checks") (%set-compiler-option! 'without-checks #t) #t)
          ((prefix? "--torture-switch=" a)
           (%set-switch-torture! (number-after "--torture-switch=" a))
           #t)
          ((prefix? "--torture=" a)
           (%set-torture! (number-after "--torture=" a))
           #t)
          ((prefix? "--dump=" a) (%set-compiler-option! 'dump (after "--dump=" a)) #t)
          ((prefix? "--stop-after=" a)
           (let ((pass (after "--stop-after=" a)))
             (if (%set-compiler-option! 'is-pass pass)
                 (%set-compiler-option! 'stop-after pass)
                 (fail "there is no pass " pass "; --passes lists them")))
           #t)
          ((string=? a "--passes") (%set-compiler-option! 'passes #t) (exit 0))
          ((string=? a "--time-passes") (set! time-passes? #t) #t)
          ((string=? a "--verbose") (set! verbose? #t) #t)
          (else #f)))

  (define (set-warning what name a)
    (if (not (%set-compiler-option! what name))
        (unknown-option a))
    #t)

  (define (add-directory directory)
    (%set-compiler-option! 'first-directory directory))

  ;;; Programs

  ;; The value of thunk, which expands something: errors in the text are shown, and the process ends.
  (define (expanding thunk)
    ((call/cc
      (lambda (leave)
        (with-exception-handler
         (lambda (c)
           (if (and (condition? c) (%diagnostics-text c))
               (leave
                (lambda ()
                  (say (%diagnostics-text c))
                  (exit 1)))
               (raise-continuable c)))
         (lambda ()
           (let ((value (thunk)))
             (lambda () value))))))))

  (define (program-task)
    (if (eq? standard 'r7rs) 'program-r7rs 'program))

  ;; Leaves with a message if there is nothing to read.
  (define (check-file filename)
    (let ((problem
           (cond ((not (file-exists? filename)) "no such file")
                 ((%directory? filename) "is a directory")
                 ((not (readable? filename)) "permission denied")
                 (else #f))))
      (if problem
          (begin
            (say "loko: " filename ": " problem "\n")
            (exit 66)))))

  ;; access(2) with R_OK: opening it would take what a pipe holds.
  (define (readable? filename)
    (fx>=? (%os-syscall 21 (string->utf8 (%string-append filename "\x0;")) 4) 0))

  (define (%directory? filename)
    (file-exists? (%string-append filename "/.")))

  (define (run-program filename arguments)
    (check-file filename)
    (%set-command-line! arguments)
    (let* ((changed? #f)               ; by libraries of the program
           (thunk (begin
                    (%set-at-change! (lambda () (set! changed? #t)))
                    (expanding (lambda () (%run-task (%expand-start (program-task) filename #f)))))))
      (%set-at-change! %ignore-change)
      (if (and (%set-compiler-option! 'creates-loci #f) (not changed?))
          (begin
            (%set-compiler-option! 'reach-table #f)
            (%begin-early-server!)))
      (if (procedure? thunk) (thunk))))

  ;; Where a compiled program goes: the file name without its extension.
  (define (default-output filename)
    (let loop ((i (fx- (string-length filename) 1)))
      (cond ((or (fx<=? i 0) (char=? (string-ref filename i) #\/))
             (%string-append filename ".out"))
            ((char=? (string-ref filename i) #\.) (substring filename 0 i))
            (else (loop (fx- i 1))))))

  (define (compile-program)
    (check-file file)
    (write-program file (or output (default-output file))))

  ;; What a freestanding program does: no ports, no conditions, only its libraries and itself.
  (define (run-bare thunks)
    (if (pair? thunks)
        (begin
          ((car thunks))
          (run-bare (cdr thunks)))
        (%exit 0)))

  ;; What runs a body of a compiled program. Where there is eval, environments share the libraries of the program, so each body runs once.
  (define (body-thunk library thunk)
    (if (and with-eval? library)
        (lambda () (if (%claim-library! library) (thunk)))
        thunk))

  (define (write-program filename output)
    (%set-compiler-option! 'mode 'compile)
    (let* ((program (expanding (lambda () (%run-task (%expand-start (program-task) filename #f)))))
           (thunks (map (lambda (body) (body-thunk (car body) (cdr body))) (car program)))
           (bodies (if (and (%set-compiler-option! 'creates-loci #f) (not freestanding?))
                       (cons %begin-early-server! thunks)
                       thunks))
           (slots (cdr program))
           (report (writing
                    (lambda ()
                      (%without-console-buffers
                       (lambda ()
                         (if freestanding?
                             (%write-program (lambda () (run-bare bodies)) output 'freestanding slots)
                             (%write-program (lambda () (%run-main bodies)) output with-eval? slots))))))))
      (if verbose?
          (say output ": bytes, objects, slots, data, code: " report "\n"))))

  ;; Puts the image of a compiled program behind another runtime (what the LGPL calls relinking).
  (define (relink-program)
    (if (not stub) (fail "--relink needs --stub FILE, the runtime to use"))
    (if (not output) (fail "--relink needs --output FILE"))
    (check-file file)
    (check-file stub)
    (writing (lambda () (%relink file stub output))))

  ;; The value of thunk, which writes the output: when that fails, says why and leaves.
  (define (writing thunk)
    ((call/cc
      (lambda (leave)
        (with-exception-handler
         (lambda (c)
           (leave
            (lambda ()
              (say "loko: " (if (message-condition? c) (condition-message c) "can't write the program") "\n")
              (exit 73))))
         (lambda ()
           (let ((value (thunk)))
             (lambda () value))))))))

  ;;; Interaction

  (define (prepare-environment)
    (%run-task (%expand-start 'import (%interaction-imports) (%interaction-environment))))

  (define (evaluate text)
    (expanding prepare-environment)
    (let ((thunk (expanding
                  (lambda ()
                    (%run-task (%expand-start 'text (cons "-e" text) (interaction-environment)))))))
      (if (procedure? thunk)
          (call-with-values thunk
            (lambda results (%print-results results))))))

  (define (start-repl)
    (%set-command-line! (list (car (command-line))))   ; the options were ours
    (expanding prepare-environment)
    (%install-sigint)
    (if (and (%tty? 0) (not quiet?))
        (begin
          (display "Loko Scheme ")
          (display %version)
          (newline)))
    (repl (not quiet?)))

  (define (base-name path)
    (let loop ((i (fx- (string-length path) 1)))
      (cond ((fx<? i 0) path)
            ((char=? (string-ref path i) #\/) (substring path (fx+ i 1) (string-length path)))
            (else (loop (fx- i 1))))))

  ;; (main): called when the process starts.
  (define (main)
    (%start-process!)
    (let ((line (command-line)))
      (if (and (pair? line)
               (string=? (base-name (car line)) "scheme-script")
               (pair? (cdr line)))
          (run-program (car (cdr line)) (cdr line))
          (run-command (if (pair? line) (cdr line) '()))))
    (if time-passes? (%set-compiler-option! 'time-passes #t))
    (exit 0)))
