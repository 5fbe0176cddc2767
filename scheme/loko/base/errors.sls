;; SPDX-License-Identifier: MIT
;;
;; What the runtime calls when something went wrong (hooks, enum Hook in src/tables/abi.h), building of
;; condition objects, and the handler of last resort. Importing this library installs everything.
(library (loko base errors)
  (export %make-condition %print-condition %set-error-output! %set-backtrace-printer!
          %set-timer-hook! %set-signal-hook! %set-guardian-hook! %set-interrupt-hook! %set-before-uncaught-exit! %set-uncaught-status! %set-before-report!
          %install-hooks! %last-trap-frames)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base lists) (loko base control) (loko base records)
          (loko base conditions))

  ;;; Building conditions

  (define (->symbol object)
    (if (string? object) (string->symbol object) object))

  (define (first irritants)
    (if (pair? irritants) (car irritants) #f))

  (define (second irritants)
    (if (and (pair? irritants) (pair? (cdr irritants))) (car (cdr irritants)) #f))

  ;; The condition that says what happened. Types with fields take them from the irritants.
  (define (kind-condition kind irritants)
    (case kind
      ((assertion) (make-assertion-violation))
      ((error) (make-error))
      ((violation) (make-violation))
      ((implementation-restriction) (make-implementation-restriction-violation))
      ((io i/o) (make-i/o-error))
      ((lexical) (condition (make-lexical-violation) (make-i/o-read-error)))
      ((syntax) (make-syntax-violation (first irritants) (second irritants)))
      ((undefined) (make-undefined-violation))
      ((unbound) (condition (make-undefined-violation) (make-assertion-violation)))
      ((non-continuable) (make-non-continuable-violation))
      ((warning) (make-warning))
      ((serious) (make-serious-condition))
      ((interrupted) (make-interrupted-condition))
      ((no-infinities) (make-no-infinities-violation))
      ((no-nans) (make-no-nans-violation))
      ((i/o-read io-read) (make-i/o-read-error))
      ((i/o-write io-write) (make-i/o-write-error))
      ((i/o-invalid-position) (make-i/o-invalid-position-error (first irritants)))
      ((i/o-filename) (make-i/o-filename-error (first irritants)))
      ((i/o-file-protection) (make-i/o-file-protection-error (first irritants)))
      ((i/o-file-is-read-only) (make-i/o-file-is-read-only-error (first irritants)))
      ((i/o-file-already-exists) (make-i/o-file-already-exists-error (first irritants)))
      ((i/o-file-does-not-exist) (make-i/o-file-does-not-exist-error (first irritants)))
      ((i/o-port) (make-i/o-port-error (first irritants)))
      ((i/o-decoding) (make-i/o-decoding-error (first irritants)))
      ((i/o-encoding) (make-i/o-encoding-error (first irritants) (second irritants)))
      (else (make-serious-condition))))

  ;; (%make-condition kind who message irritants): the compound condition; who may be #f.
  (define (%make-condition kind who message irritants)
    (make-condition/pc kind who message irritants #f))

  ;; Likewise; pc is an address in the code that failed, or #f.
  (define (make-condition/pc kind who message irritants pc)
    (let* ((rest (if pc (list (make-program-counter-condition pc)) '()))
           ;; the form and subform of a syntax violation are fields of &syntax
           (rest (cons (make-irritants-condition
                        (if (eq? (->symbol kind) 'syntax)
                            (if (and (pair? irritants) (pair? (cdr irritants))) (cddr irritants) '())
                            irritants))
                       rest))
           (rest (cons (make-message-condition message) rest)))
      (%apply condition
              (cons (kind-condition (->symbol kind) irritants)
                    (if who (cons (make-who-condition who) rest) rest)))))

  ;;; Failed checks of primitives

  ;; The types of the tables (src/tables/README.md): predicate and what to call it.
  (define (type-check type)
    (case type
      ((pair pair*) (values (lambda (x) (pair? x)) "a pair"))
      ((list list*) (values list? "a list"))
      ((vector vector* mutable-vector) (values (lambda (x) (vector? x)) "a vector"))
      ((string string* mutable-string) (values (lambda (x) (string? x)) "a string"))
      ((bytevector bytevector* mutable-bytevector) (values (lambda (x) (bytevector? x)) "a bytevector"))
      ((symbol symbol*) (values (lambda (x) (symbol? x)) "a symbol"))
      ((char char*) (values (lambda (x) (char? x)) "a character"))
      ((boolean boolean*) (values (lambda (x) (boolean? x)) "a boolean"))
      ((fixnum fixnum*) (values (lambda (x) (fixnum? x)) "a fixnum"))
      ((index index*) (values (lambda (x) (and (fixnum? x) (fx>=? x 0))) "an index"))
      ((flonum flonum*) (values (lambda (x) (flonum? x)) "a flonum"))
      ((number number*) (values (lambda (x) (number? x)) "a number"))
      ((real real* rational rational*) (values (lambda (x) (real? x)) "a real number"))
      ((integer integer*) (values (lambda (x) (integer? x)) "an integer"))
      ((exact-integer exact-integer*) (values (lambda (x) (and (number? x) (exact? x) (integer? x))) "an exact integer"))
      ((exact-rational exact-rational*) (values (lambda (x) (and (number? x) (exact? x))) "an exact number"))
      ((procedure procedure*) (values (lambda (x) (procedure? x)) "a procedure"))
      ((record record*) (values (lambda (x) (%record? x)) "a record"))
      ((rtd) (values record-type-descriptor? "a record-type descriptor"))
      ((box) (values (lambda (x) (%box? x)) "a box"))
      (else (values (lambda (x) #t) ""))))

  (define (string-prefix? prefix s)
    (let ((n (string-length prefix)))
      (and (fx<=? n (string-length s))
           (let loop ((i 0))
             (or (fx=? i n)
                 (and (char=? (string-ref prefix i) (string-ref s i))
                      (loop (fx+ i 1))))))))

  (define (ordinal i)
    (case i
      ((1) "first") ((2) "second") ((3) "third") ((4) "fourth") ((5) "fifth") (else "sixth")))

  ;; Index of the first argument that is not of its type, and what was expected; or #f and #f.
  (define (find-wrong types arguments)
    (let loop ((types types) (rest arguments) (i 1))
      (if (and (pair? types) (pair? rest))
          (call-with-values (lambda () (type-check (car types)))
            (lambda (good? what)
              (if (good? (car rest))
                  (loop (if (pair? (cdr types)) (cdr types) types) (cdr rest) (fx+ i 1))
                  (values i what))))
          (values #f #f))))

  ;; Is x what a mutator takes, but for its mutability?
  (define (refused-mutation? type x)
    (case type
      ((mutable-vector) (not (%mutable-vector? x)))
      ((mutable-bytevector) (not (%mutable-bytevector? x)))
      (else #f)))

  (define (zero-divisor? name arguments)
    (and (memq name '(/ quotient remainder modulo div mod div0 mod0 div-and-mod div0-and-mod0
                        fxdiv fxmod fxdiv0 fxmod0 fxquotient fxremainder fxmodulo
                        exact-integer-sqrt truncate-quotient truncate-remainder floor-quotient floor-remainder))
         (pair? arguments) (pair? (cdr arguments))
         (let ((d (cadr arguments)))
           (and (number? d) (zero? d)))))

  ;; Raises the condition that explains why primitive `name` failed on `arguments`.
  (define (primitive-failed name arguments)
    (let ((pc (%return-address 1))
          (last (if (pair? arguments) (car (last-pair arguments)) #f)))
      ;; accessors and mutators of records put the type that they want at the end
      (if (record-type-descriptor? last)
          (fail pc name (%wrong-record-message last (car arguments)) (list-head arguments (fx- (length arguments) 1)))
          (explain-failure name arguments last pc))))

  (define (explain-failure name arguments last pc)
    (case name
      ((caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar cdddr
        caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr
        cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr)
       (fail pc name (path-message name (car arguments)) arguments))
      ((apply %apply)
       (if (list? last)                  ; the argument area was too small for it
           (raise (make-condition/pc 'implementation-restriction name "more arguments than 2^20" arguments pc))
           (fail pc name "expected a list as the last argument" arguments)))
      (else
       (call-with-values (lambda () (find-wrong (or (%primitive-takes name) '()) arguments))
         (lambda (i what)
           (cond
             (i
              (fail pc name
                    (if (and (pair? arguments) (null? (cdr arguments)))
                        (%string-append "expected " what)
                        (%string-append
                         "expected "
                         (%string-append
                          what (%string-append " as the " (%string-append (ordinal i) " argument")))))
                    arguments))
             ((and (pair? arguments) (refused-mutation? (car (or (%primitive-takes name) '(any))) (car arguments)))
              (fail pc name (%immutable-message (car arguments)) arguments))
             ((zero-divisor? name arguments) (fail pc name "division by zero" arguments))
             ((memq name '(vector-ref vector-set! string-ref string-set!))
              (fail pc name "index out of range" arguments))
             ((eq? name 'integer->char) (fail pc name "not a Unicode scalar value" arguments))
             ((string-prefix? "bytevector-" (%symbol-name name))
              (fail pc name
                    (if (and (pair? arguments) (pair? (cdr arguments))
                             (bytevector? (car arguments)) (fixnum? (cadr arguments))
                             (fx>=? (cadr arguments) (bytevector-length (car arguments))))
                        "index out of range"
                        "index or value out of range")
                    arguments))
             ((string-prefix? "fx" (%symbol-name name))
              (if (and (memq name '(fxarithmetic-shift fxarithmetic-shift-left fxarithmetic-shift-right))
                       (let ((shift (cadr arguments)))
                         (or (fx>? shift 60)
                             (fx<? shift (if (eq? name 'fxarithmetic-shift) -60 0)))))
                  (fail pc name "the shift is out of range" arguments)
                  (raise (make-condition/pc 'implementation-restriction name "the result is not a fixnum" arguments pc))))
             (else (fail pc name "wrong type or range of an argument" arguments))))))))

  ;; What a compound of car and cdr found: the first part on its way that is no pair.
  (define (path-message name x)
    (let* ((letters (%symbol-name name)) (n (string-length letters)))
      (let loop ((i (fx- n 2)) (x x) (path ""))
        (cond ((or (fx=? i 0) (not (pair? x)))
               (if (string=? path "")
                   "expected a pair"
                   (%string-append "expected a pair as the " (%string-append path " of the argument"))))
              (else
               (let ((car? (char=? (string-ref letters i) #\a)))
                 (loop (fx- i 1)
                       (if car? (car x) (cdr x))
                       (if (string=? path "")
                           (if car? "car" "cdr")
                           (%string-append (if car? "car" "cdr") (%string-append " of the " path))))))))))

  (define (fail pc name message arguments)
    (raise (make-condition/pc 'assertion name message arguments pc)))

  ;;; Hooks

  ;; A primitive implemented in C++ stored (kind who message irritant ...), or (#f number . arguments) of work that is to be done in
  ;; pieces, whose value is the primitive's.
  (define (raise-pending)
    (let* ((pc (%return-address 1)) (pending (%take-pending)))
      (if (car pending)
          (raise (make-condition/pc (car pending) (cadr pending) (caddr pending) (cdddr pending) pc))
          ((%hook 9) (cadr pending) (cddr pending)))))

  (define (wrong-arguments procedure arguments)
    (let ((pc (%return-address 1)))
      (raise (make-condition/pc 'assertion (or (%procedure-name procedure) 'apply)
                                (count-message (%procedure-arity procedure) (length arguments))
                                (cons procedure arguments) pc))))

  ;; arity: n, or -1 - n for n and more, or #f. The message begins as it always did.
  (define (count-message arity got)
    (if (fixnum? arity)
        (%string-append-list
         (list "wrong number of arguments: "
               (if (fx<? arity 0) "at least " "")
               (number->string (if (fx<? arity 0) (fx- -1 arity) arity) 10)
               " wanted, but " (number->string got 10) " given"))
        "wrong number of arguments"))

  (define (not-procedure object arguments)
    (let ((pc (%return-address 1)))
      (raise (make-condition/pc 'assertion 'apply "Tried to call a non-procedural object"
                                (cons object arguments) pc))))

  (define (unbound info name)
    (let ((pc (%return-address 1)))
      (raise (make-condition/pc 'unbound name "the variable is not defined or has no value yet"
                                (list name) pc))))

  (define (value-count results expected)
    (let ((pc (%return-address 1))
          (count (length results)))
      (raise (make-condition/pc 'assertion #f
                                (%string-append-list
                                 (list "expected " (number-words expected (if (eqv? expected 1) " value" " values"))
                                       ", got " (number-words count "")))
                                results pc))))

  (define (number-words n unit)
    (%string-append (case n ((0) "none") ((1) "one") (else (number->string n 10))) unit))

  ;; The frames below the last trap. Its own frame must stay on the stack: backtraces put them behind it.
  (define trap-frames '())
  (define (%last-trap-frames) trap-frames)

  (define (trap number address pc)
    (set! trap-frames (%trap-frames))
    (raise
     (condition
      (make-assertion-violation)
      (make-who-condition 'trap)
      (make-message-condition
       (case number
         ((0) "division by zero")
         ((6) "invalid instruction")
         ((13) "invalid memory access")
         ((14) "page fault")
         (else "trap")))
      (make-irritants-condition (list number address))
      (make-program-counter-condition pc)))
    (%exit 70))

  ;;; Interrupts

  (define interrupt-hook
    (lambda () (raise-continuable (%make-condition 'interrupted #f "interrupted" '()))))
  (define timer-hook (lambda () #f))
  (define signal-hook (lambda () #f))
  (define guardian-hook (lambda () #f))

  ;; Called at a safepoint after control-C.
  (define (%set-interrupt-hook! thunk) (set! interrupt-hook thunk))
  ;; Called at a safepoint when the timer has fired (scheduler).
  (define (%set-timer-hook! thunk) (set! timer-hook thunk))
  ;; Called at a safepoint when a signal has arrived.
  (define (%set-signal-hook! thunk) (set! signal-hook thunk))
  ;; Called at a safepoint after a collection that put objects into guardians.
  (define (%set-guardian-hook! thunk) (set! guardian-hook thunk))

  (define (interrupt bits)
    (if (fx=? (fxand bits 2) 0) #t (timer-hook))
    (if (fx=? (fxand bits 16) 0) #t (signal-hook))
    (if (fx=? (fxand bits 32) 0) #t (guardian-hook))
    (if (fx=? (fxand bits 4) 0)
        #t
        (raise (%make-condition 'implementation-restriction #f "out of memory" '())))
    (if (fx=? (fxand bits 8) 0)
        #t
        (raise (%make-condition 'implementation-restriction #f "out of stack space" '())))
    (if (fx=? (fxand bits 1) 0) #t (interrupt-hook)))

  ;;; The handler of last resort

  ;; Prints a raised object in the format of the manual 4.1.2. display and write take an object.
  (define (%print-condition object display write)
    (if (condition? object)
        (let* ((parts (simple-conditions object)) (n (length parts)))
          (display "The condition has ")
          (display n)
          (display (if (fx=? n 1) " component:\n" " components:\n"))
          (let loop ((i 1) (parts parts))
            (if (pair? parts)
                (begin
                  (display " ")
                  (display i)
                  (display ". ")
                  (print-simple (car parts) display write)
                  (display "\n")
                  (loop (fx+ i 1) (cdr parts)))))
          (display "End of condition components.\n"))
        (begin
          (display "A non-condition object was raised:\n")
          (write object)
          (display "\n"))))

  ;; The names of the type and its ancestors below &condition, then the fields.
  (define (print-simple c display write)
    (let ((rtd (%record-rtd c)))
      (let loop ((type rtd) (first? #t))
        (if (and type (or first? (record-type-parent type)))
            (begin
              (if first? #t (display " "))
              (display (record-type-name type))
              (loop (record-type-parent type) #f))))
      (let ((names (%record-type-field-names-all rtd)))
        (cond ((null? names) #t)
              ((null? (cdr names))
               (display ": ")
               (print-field c 0 rtd display write))
              (else
               (let loop ((names names) (i 0))
                 (if (pair? names)
                     (begin
                       (display "\n     ")
                       (display (car names))
                       (display ": ")
                       (print-field c i rtd display write)
                       (loop (cdr names) (fx+ i 1))))))))))

  (define (print-field c i rtd display write)
    (let ((value (%record-ref c i)))
      (if (and (program-counter-condition? c) (number? value))
          (begin (display "#x") (display (number->string value 16)))
          (write value))))

  (define error-display #f)
  (define error-write #f)
  (define error-flush #f)

  ;; Late binding of the error port: procedures that display and write an object, and a thunk.
  (define (%set-error-output! display write flush)
    (set! error-display display)
    (set! error-write write)
    (set! error-flush flush))

  (define print-backtrace (lambda (display) #f))

  ;; What prints a backtrace below an uncaught condition; it gets a procedure that displays an object.
  (define (%set-backtrace-printer! procedure)
    (set! print-backtrace procedure))

  ;; Called before an uncaught object is reported.
  (define before-report (lambda () #f))
  (define (%set-before-report! thunk) (set! before-report thunk))

  ;; Called with the object that was raised before an uncaught one ends the process.
  (define before-exit (lambda (object) #f))
  (define (%set-before-uncaught-exit! procedure) (set! before-exit procedure))

  ;; The status of a process that an object ends which nothing handles; also when the report of it fails.
  (define uncaught-status 70)
  (define (%set-uncaught-status! n) (set! uncaught-status n))

  (define reporting? #f)

  ;; Serious conditions and other objects are printed and end the process with status 70; for other
  ;; conditions it returns.
  (define (report-uncaught object)
    (if reporting?
        (%exit uncaught-status))
    (set! reporting? #t)
    (before-report)
    (if error-display
        (begin
          (error-display "An exception was raised and nothing handled it.\n")
          (%print-condition object error-display error-write)
          (if (and (condition? object) (not (serious-condition? object)))
              #t
              (print-backtrace error-display))
          (error-flush)))
    (set! reporting? #f)
    (if (and (condition? object) (not (serious-condition? object)))
        #t
        (begin
          (before-exit object)
          (%run-exit-procedures)
          (%exit uncaught-status))))

  ;; Installs condition building, the handler of last resort and the hooks of the runtime.
  (define (%install-hooks!)
    (%set-condition-builder! %make-condition)
    (%set-uncaught! report-uncaught)
    (%set-hook! 0 raise-pending)
    (%set-hook! 1 wrong-arguments)
    (%set-hook! 2 not-procedure)
    (%set-hook! 3 primitive-failed)
    (%set-hook! 4 interrupt)
    (%set-hook! 5 unbound)
    (%set-hook! 6 trap)
    (%set-hook! 7 value-count)
    (%set-hook! 8 exit))

  (%install-hooks!))
