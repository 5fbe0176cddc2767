;; SPDX-License-Identifier: MIT
;;
;; SRFI 64: a test suite API. A runner is a record of counters, callbacks and the result of the current test (an alist); skip
;; and expect-fail specifiers live in lists that test-end cuts back to what they were at the group's beginning.
(library (srfi :64 testing)
  (export test-begin test-end test-group test-group-with-cleanup
          test-assert test-eqv test-eq test-equal test-approximate test-error test-read-eval-string
          test-apply test-with-runner test-match-name test-match-nth test-match-any test-match-all
          test-skip test-expect-fail
          test-runner? test-runner-create test-runner-factory test-runner-get test-runner-current test-runner-null
          test-runner-simple test-runner-reset
          test-runner-pass-count test-runner-fail-count test-runner-xpass-count test-runner-xfail-count
          test-runner-skip-count
          test-runner-test-name test-runner-group-path test-runner-group-stack
          test-runner-aux-value test-runner-aux-value!
          test-runner-on-test-begin test-runner-on-test-begin! test-runner-on-test-end test-runner-on-test-end!
          test-runner-on-group-begin test-runner-on-group-begin! test-runner-on-group-end test-runner-on-group-end!
          test-runner-on-final test-runner-on-final! test-runner-on-bad-count test-runner-on-bad-count!
          test-runner-on-bad-end-name test-runner-on-bad-end-name!
          test-on-test-begin-simple test-on-test-end-simple test-on-group-begin-simple test-on-group-end-simple
          test-on-final-simple test-on-bad-count-simple test-on-bad-end-name-simple
          test-result-ref test-result-set! test-result-remove test-result-clear test-result-alist test-result-kind
          test-passed?)
  (import (rnrs) (rnrs eval) (only (loko) make-parameter parameterize condition-report-string))

  ;;; Runners

  (define-record-type (<runner> make-runner test-runner?)
    (fields
     (mutable pass test-runner-pass-count pass!)
     (mutable fail test-runner-fail-count fail!)
     (mutable xpass test-runner-xpass-count xpass!)
     (mutable xfail test-runner-xfail-count xfail!)
     (mutable skip test-runner-skip-count skip!)
     (mutable total total-count total-count!)            ; tests so far, skipped ones among them
     (mutable groups groups groups!)                     ; innermost first
     (mutable skips skips skips!)                        ; predicates on the runner
     (mutable expected-failures expected-failures expected-failures!)
     (mutable run-list run-list run-list!)               ; predicates of test-apply, or #t
     (mutable result test-result-alist result!)
     (mutable aux test-runner-aux-value test-runner-aux-value!)
     (mutable on-test-begin test-runner-on-test-begin test-runner-on-test-begin!)
     (mutable on-test-end test-runner-on-test-end test-runner-on-test-end!)
     (mutable on-group-begin test-runner-on-group-begin test-runner-on-group-begin!)
     (mutable on-group-end test-runner-on-group-end test-runner-on-group-end!)
     (mutable on-final test-runner-on-final test-runner-on-final!)
     (mutable on-bad-count test-runner-on-bad-count test-runner-on-bad-count!)
     (mutable on-bad-end-name test-runner-on-bad-end-name test-runner-on-bad-end-name!)
     (mutable state state state!)))                      ; automatic if test-begin installed it, then finished; else #f

  ;; What test-end needs of a group: its name, expected count, the counts and lists at its beginning.
  (define-record-type group (fields name count total skips failures))

  (define (nothing . arguments) #f)

  ;; A runner that counts and says nothing.
  (define (test-runner-null)
    (make-runner 0 0 0 0 0 0 '() '() '() #t '() #f
                 nothing nothing nothing nothing nothing nothing nothing #f))

  ;; A runner that prints failures and a summary.
  (define (test-runner-simple)
    (let ((r (test-runner-null)))
      (test-runner-on-test-begin! r test-on-test-begin-simple)
      (test-runner-on-test-end! r test-on-test-end-simple)
      (test-runner-on-group-begin! r test-on-group-begin-simple)
      (test-runner-on-group-end! r test-on-group-end-simple)
      (test-runner-on-final! r test-on-final-simple)
      (test-runner-on-bad-count! r test-on-bad-count-simple)
      (test-runner-on-bad-end-name! r test-on-bad-end-name-simple)
      r))

  (define (test-runner-reset r)
    (result! r '())
    (pass! r 0) (fail! r 0) (xpass! r 0) (xfail! r 0) (skip! r 0) (total-count! r 0)
    (groups! r '()) (skips! r '()) (expected-failures! r '()) (run-list! r #t))

  (define test-runner-current (make-parameter #f))
  (define test-runner-factory (make-parameter test-runner-simple))
  (define (test-runner-create) ((test-runner-factory)))
  (define (test-runner-get)
    (or (test-runner-current)
        (assertion-violation 'test-runner-get "there is no current test runner: test-begin is missing")))

  (define (test-runner-group-stack r) (map group-name (groups r)))
  (define (test-runner-group-path r) (reverse (test-runner-group-stack r)))
  (define test-runner-test-name
    (case-lambda
      ((r) (test-result-ref r 'test-name ""))))

  ;;; Results

  (define test-result-ref
    (case-lambda
      ((r key) (test-result-ref r key #f))
      ((r key default)
       (let ((entry (assq key (test-result-alist r)))) (if entry (cdr entry) default)))))
  (define (test-result-set! r key value)
    (result! r (let loop ((l (test-result-alist r)))
                 (cond ((null? l) (list (cons key value)))
                       ((eq? (caar l) key) (cons (cons key value) (cdr l)))
                       (else (cons (car l) (loop (cdr l))))))))
  (define (test-result-remove r key)
    (result! r (remp (lambda (entry) (eq? (car entry) key)) (test-result-alist r))))
  (define (test-result-clear r) (result! r '()))
  ;; (test-result-kind [runner]): pass, fail, xpass, xfail, skip or #f.
  (define test-result-kind
    (case-lambda
      (() (test-result-kind (test-runner-get)))
      ((r) (test-result-ref r 'result-kind))))
  (define test-passed?
    (case-lambda
      (() (test-passed? (test-runner-get)))
      ((r) (and (memq (test-result-kind r) '(pass xpass)) #t))))

  ;;; Groups

  ;; A runner that test-begin installed has done its work with its outermost group. It stays current, so that programs can
  ;; ask it for its totals as they do with the document's own implementation; the next test-begin replaces it.
  (define (finished? r) (eq? (state r) 'finished))
  (define (install-runner!)
    (when (let ((r (test-runner-current))) (or (not r) (finished? r)))
      (let ((r (test-runner-create)))
        (state! r 'automatic)
        (test-runner-current r))))

  ;; (test-begin suite-name [count])
  (define test-begin
    (case-lambda
      ((name) (test-begin name #f))
      ((name count)
       (install-runner!)
       (let ((r (test-runner-current)))
         ((test-runner-on-group-begin r) r name count)
         (groups! r (cons (make-group name count (total-count r) (skips r) (expected-failures r)) (groups r)))))))

  ;; (test-end [suite-name])
  (define test-end
    (case-lambda
      (() (test-end #f))
      ((name)
       (let ((r (test-runner-get)))
         (when (null? (groups r))
           (assertion-violation 'test-end "there is no group to end"))
         (let* ((g (car (groups r))) (count (- (total-count r) (group-total g))))
           (when (and name (not (equal? name (group-name g))))
             ((test-runner-on-bad-end-name r) r name (group-name g)))
           (when (and (group-count g) (not (= (group-count g) count)))
             ((test-runner-on-bad-count r) r count (group-count g)))
           ((test-runner-on-group-end r) r)
           (groups! r (cdr (groups r)))
           (skips! r (group-skips g))
           (expected-failures! r (group-failures g))
           (when (null? (groups r))
             ((test-runner-on-final r) r)
             (when (state r) (state! r 'finished))))))))

  ;; (test-group suite-name form ...): skipped as a whole if the name is to be skipped.
  (define-syntax test-group
    (syntax-rules ()
      ((_ name form ...) (run-group name (lambda () form ...) (lambda () #f)))))
  ;; (test-group-with-cleanup suite-name form ... cleanup-form)
  (define-syntax test-group-with-cleanup
    (syntax-rules ()
      ((_ name form ... cleanup) (run-group name (lambda () #f form ...) (lambda () cleanup)))))
  (define (run-group name body cleanup)
    (install-runner!)
    (let ((r (test-runner-current)))
      (result! r (list (cons 'test-name name)))
      (unless (to-skip? r)
        (dynamic-wind
         (lambda () (test-begin name))
         body
         (lambda () (cleanup) (test-end name))))))

  ;;; Skipping and expected failures

  (define (to-predicate who specifier)
    (cond ((procedure? specifier) specifier)
          ((integer? specifier) (test-match-nth 1 specifier))
          ((string? specifier) (test-match-name specifier))
          (else (assertion-violation who "expected a predicate, a count or a name" specifier))))
  (define (test-match-name name) (lambda (r) (equal? name (test-runner-test-name r))))
  ;; (test-match-nth n [count]): the n-th test from now, and so many.
  (define test-match-nth
    (case-lambda
      ((n) (test-match-nth n 1))
      ((n count)
       (let ((i 0))
         (lambda (r)
           (set! i (+ i 1))
           (<= n i (+ n count -1)))))))
  ;; All predicates are called, since those that count must see each test.
  (define (any-matches? predicates r)
    (fold-left (lambda (found? p) (or (p r) found?)) #f predicates))
  (define (test-match-any . specifiers)
    (let ((ps (map (lambda (s) (to-predicate 'test-match-any s)) specifiers)))
      (lambda (r) (and (any-matches? ps r) #t))))
  (define (test-match-all . specifiers)
    (let ((ps (map (lambda (s) (to-predicate 'test-match-all s)) specifiers)))
      (lambda (r) (fold-left (lambda (all? p) (and (p r) all?)) #t ps))))
  (define (test-skip . specifiers)
    (let ((r (test-runner-get)))
      (skips! r (cons (apply test-match-all specifiers) (skips r)))))
  (define (test-expect-fail . specifiers)
    (let ((r (test-runner-get)))
      (expected-failures! r (cons (apply test-match-all specifiers) (expected-failures r)))))

  (define (to-skip? r)
    (let ((chosen? (or (eq? (run-list r) #t) (any-matches? (run-list r) r)))
          (skip? (any-matches? (skips r) r)))
      (or skip? (not chosen?))))

  ;;; One test

  (define default-runner-needed "there is no current test runner: test-begin is missing")

  ;; body takes the runner, records what it finds and gives whether the test passed.
  (define (run-test name expression body)
    (let ((r (or (test-runner-current) (assertion-violation 'test-begin default-runner-needed))))
      (result! r (append (if name (list (cons 'test-name name)) '())
                         (list (cons 'source-form expression))))
      (let* ((skip? (to-skip? r))
             (fail? (and (not skip?) (any-matches? (expected-failures r) r))))
        (total-count! r (+ 1 (total-count r)))
        (cond (skip? (test-result-set! r 'result-kind 'skip))
              (fail? (test-result-set! r 'result-kind 'xfail)))
        ((test-runner-on-test-begin r) r)
        (unless skip?
          (let ((passed? (body r)))
            (test-result-set! r 'result-kind
                              (if fail? (if passed? 'xpass 'xfail) (if passed? 'pass 'fail)))))
        (case (test-result-kind r)
          ((pass) (pass! r (+ 1 (test-runner-pass-count r))))
          ((fail) (fail! r (+ 1 (test-runner-fail-count r))))
          ((xpass) (xpass! r (+ 1 (test-runner-xpass-count r))))
          ((xfail) (xfail! r (+ 1 (test-runner-xfail-count r))))
          ((skip) (skip! r (+ 1 (test-runner-skip-count r)))))
        ((test-runner-on-test-end r) r))))

  ;; The value of a thunk; a condition is recorded and gives #f.
  (define-syntax guarded
    (syntax-rules ()
      ((_ r e)
       (call/cc
        (lambda (return)
          (with-exception-handler
           (lambda (c)
             (test-result-set! r 'actual-error c)
             (return #f))
           (lambda () e)))))))

  (define (assert-body thunk)
    (lambda (r)
      (guarded r
        (let ((value (thunk)))
          (test-result-set! r 'actual-value value)
          value))))
  (define (compare-body same? expected thunk)
    (lambda (r)
      (test-result-set! r 'expected-value expected)
      (guarded r
        (let ((value (thunk)))
          (test-result-set! r 'actual-value value)
          (same? expected value)))))

  ;; (test-assert [name] expression)
  (define-syntax test-assert
    (syntax-rules ()
      ((_ name e) (run-test name 'e (assert-body (lambda () e))))
      ((_ e) (run-test #f 'e (assert-body (lambda () e))))))

  ;; (test-eqv [name] expected expression)
  (define-syntax define-comparison
    (syntax-rules ()
      ((_ test same?)
       (define-syntax test
         (syntax-rules ()
           ((_ name expected e)
            (run-test name 'e (lambda (r) ((compare-body same? (guarded r expected) (lambda () e)) r))))
           ((_ expected e)
            (run-test #f 'e (lambda (r) ((compare-body same? (guarded r expected) (lambda () e)) r)))))))))
  (define-comparison test-eqv eqv?)
  (define-comparison test-eq eq?)
  (define-comparison test-equal equal?)

  ;; (test-approximate [name] expected expression error)
  (define-syntax test-approximate
    (syntax-rules ()
      ((_ name expected e error)
       (run-test name 'e (lambda (r) ((compare-body (within error) expected (lambda () e)) r))))
      ((_ expected e error)
       (run-test #f 'e (lambda (r) ((compare-body (within error) expected (lambda () e)) r))))))
  ;; Complex numbers are compared part by part.
  (define (within error)
    (lambda (expected actual)
      (define (near? a b) (and (>= a (- b error)) (<= a (+ b error))))
      (and (near? (real-part actual) (real-part expected))
           (near? (imag-part actual) (imag-part expected)))))

  ;; (test-error [[name] type] expression): type is #t (any), a predicate or a record type of conditions.
  (define-syntax test-error
    (syntax-rules ()
      ((_ name type e) (run-test name 'e (error-body type (lambda () e))))
      ((_ type e) (run-test #f 'e (error-body type (lambda () e))))
      ((_ e) (run-test #f 'e (error-body #t (lambda () e))))))
  (define (error-body type thunk)
    (lambda (r)
      (test-result-set! r 'expected-error type)
      (call/cc
       (lambda (return)
         (with-exception-handler
          (lambda (c)
            (test-result-set! r 'actual-error c)
            (return (cond ((eq? type #t) #t)
                          ((string? type) #t)     ; a name without a type, as many tests have it
                          ((procedure? type) (type c))
                          ((record-type-descriptor? type)
                           (and (condition? c) ((condition-predicate type) c)))
                          (else #f))))
          (lambda ()
            (test-result-set! r 'actual-value (thunk))
            #f))))))

  ;; (test-read-eval-string string): the value of the one expression in it.
  (define (test-read-eval-string s)
    (let* ((port (open-string-input-port s)) (form (read port)))
      (if (eof-object? (read port))
          (eval form (environment '(rnrs)))
          (assertion-violation 'test-read-eval-string "more than one expression" s))))

  ;; (test-apply [runner] specifier ... procedure): runs only the tests that a specifier names.
  (define (test-apply first . rest)
    (if (test-runner? first)
        (test-with-runner first (apply test-apply rest))
        (let ((r (test-runner-current)))
          (if r
              (let ((before (run-list r)) (all (reverse (cons first rest))))
                (run-list! r (if (null? (cdr all))
                                 before
                                 (list (apply test-match-any (reverse (cdr all))))))
                ((car all))
                (run-list! r before))
              (let ((r (test-runner-create)))
                (test-with-runner r (apply test-apply first rest))
                ((test-runner-on-final r) r))))))

  ;; (test-with-runner runner form ...)
  (define-syntax test-with-runner
    (syntax-rules ()
      ((_ runner form ...)
       (let ((saved (test-runner-current)))
         (dynamic-wind
          (lambda () (test-runner-current runner))
          (lambda () form ...)
          (lambda () (test-runner-current saved)))))))

  ;;; The simple runner's callbacks

  (define (show . xs) (for-each display xs))

  (define (test-on-group-begin-simple r name count)
    (when (null? (groups r))
      (show "%%%% Starting test " name)
      (newline)))
  (define (test-on-group-end-simple r) #f)
  (define (test-on-test-begin-simple r) #f)
  (define (test-on-test-end-simple r)
    (let ((kind (test-result-kind r)))
      (when (memq kind '(fail xpass))
        (show (if (eq? kind 'fail) "FAIL " "XPASS "))
        (for-each (lambda (name) (show name ": ")) (test-runner-group-path r))
        (show (test-runner-test-name r))
        (newline)
        (for-each
         (lambda (entry)
           (when (memq (car entry) '(source-form expected-value actual-value expected-error actual-error))
             (show "  " (car entry) ": ")
             (if (and (eq? (car entry) 'actual-error) (condition? (cdr entry)))
                 (show (condition-report-string (cdr entry)))
                 (write (cdr entry)))
             (newline)))
         (test-result-alist r)))))
  (define (test-on-final-simple r)
    (for-each
     (lambda (text count)
       (when (> count 0)
         (show text count)
         (newline)))
     '("# of expected passes      " "# of expected failures    " "# of unexpected successes "
       "# of unexpected failures  " "# of skipped tests        ")
     (list (test-runner-pass-count r) (test-runner-xfail-count r) (test-runner-xpass-count r)
           (test-runner-fail-count r) (test-runner-skip-count r))))
  (define (test-on-bad-count-simple r actual expected)
    (show "*** Total number of tests was " actual " but should be " expected ". ***")
    (newline)
    (show "*** Discrepancy indicates testsuite error or exceptions. ***")
    (newline))
  (define (test-on-bad-end-name-simple r end-name begin-name)
    (error 'test-end
           (string-append "test-end " (text-of end-name) " does not match test-begin " (text-of begin-name))))
  (define (text-of x) (call-with-string-output-port (lambda (p) (display x p)))))
