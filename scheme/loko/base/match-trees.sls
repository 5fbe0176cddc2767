;; SPDX-License-Identifier: MIT
;;
;; Compiles the clauses of (loko match), at expansion time: a matrix of constraints to a decision tree.
;; A row is what is left to be tested of a clause: constraints, the variables bound so far, and what to do at the end.
;; The first constraint of the first row is tested; what the outcome says about constraints of other rows on the
;; same variable is used in both branches, so that nothing is tested twice (after Maranget, "Compiling Pattern
;; Matching to Good Decision Trees"). Bodies are procedures, so that copies of a row are small; when there are many,
;; rows that don't test the variable go into a procedure of their own instead (Augustsson's automata).
;; Tests that may have effects or take time, ? and ellipses, are made in the order of the clauses.
(library (loko base match-trees)
  (export compile-match)
  (import (rnrs)
          (loko base match-patterns)
          (for (rnrs mutable-pairs) (meta -1))
          (for (only (loko core primitives) %box? %unbox %set-box! %record-is-a? %record-ref) (meta -1))
          (for (loko base match-support) (meta -1)))

  (define-record-type row (fields constraints bindings finish continues?))
  ;; constraints: simplified ones; bindings: ((id . code) ...); finish: procedure (bindings, failure code) -> code;
  ;; continues?: may the code go on with the next row after all patterns matched?

  (define (temporary) (car (generate-temporaries '(t))))

  (define (lookup id bindings)
    (let ((b (find (lambda (b) (bound-identifier=? (car b) id)) bindings)))
      (and b (cdr b))))

  (define (part c i) (constraint-part c i))

  (define (make-constraint o kind . parts) (list->vector (cons* o kind parts)))

  ;;; Simplification: variables are bound, and and or are resolved

  (define (list-pattern patterns end)
    (fold-right (lambda (p rest) #`(#,p . #,rest)) end patterns))

  ;; Rows (more than one for or) whose constraints are tests. todo: constraints or (occurrence . pattern).
  (define (simplify todo done bindings finish continues?)
    (if (null? todo)
        (list (make-row (reverse done) bindings finish continues?))
        (let ((c (if (pair? (car todo)) (parse-pattern (caar todo) (cdar todo)) (car todo)))
              (rest (cdr todo)))
          (define (o) (constraint-occurrence c))
          (define (again todo done bindings) (simplify todo done bindings finish continues?))
          (define (bind id code) (again rest done (cons (cons id code) bindings)))
          (case (constraint-kind c)
            ((wild) (again rest done bindings))
            ((var)
             (let ((old (lookup (part c 0) bindings)))
               (if old
                   (again rest (cons (make-constraint (o) 'same old) done) bindings)
                   (bind (part c 0) (occurrence-id (o))))))
            ((get) (bind (part c 0) #`(lambda () #,(occurrence-id (o)))))
            ((set)
             (if (occurrence-setter (o))
                 (bind (part c 0) (occurrence-setter (o)))
                 (syntax-violation 'match "nothing to set here" (part c 0))))
            ((and) (again (append (map (lambda (p) (cons (o) p)) (part c 0)) rest) done bindings))
            ((or)
             (apply append
                    (map (lambda (p) (again (cons (cons (o) p) rest) done bindings)) (part c 0))))
            (else (again rest (cons c done) bindings))))))

  ;; The row with other constraints, some of which are (occurrence . pattern).
  (define (with-constraints row todo)
    (simplify todo '() (row-bindings row) (row-finish row) (row-continues? row)))

  ;;; Tests that exclude each other

  (define (type-test? c) (memq (constraint-kind c) '(pair null vector literal record box)))

  (define (constraint-on row o)
    (find (lambda (c) (and (same-occurrence? (constraint-occurrence c) o) (type-test? c)))
          (row-constraints row)))

  ;; What success of the test c says about the test d of the same variable: same, no, or unknown.
  (define (relation c d)
    (cond ((not (eq? (constraint-kind c) (constraint-kind d))) 'no)
          (else
           (case (constraint-kind c)
             ((literal) (if (equal? (part c 0) (part d 0)) 'same 'no))
             ((vector) (if (= (length (part c 0)) (length (part d 0))) 'same 'no))
             ((record)
              (if (and (free-identifier=? (part c 0) (part d 0)) (= (length (part c 1)) (length (part d 1))))
                  'same
                  'unknown))
             (else 'same)))))

  ;;; Trees

  (define fuel 0)     ; copies of rows that may still be made

  ;; (compile-match subject clauses failure): clauses is a list of #(pattern variables body-procedure continues?).
  (define (compile-match subject clauses failure)
    (set! fuel (+ 50 (* 10 (length clauses))))
    (let ((o (make-occurrence subject #f)))
      (compile
       (apply append
              (map (lambda (clause)
                     (let ((variables (vector-ref clause 1)) (body (vector-ref clause 2)) (continues? (vector-ref clause 3)))
                       (simplify
                        (list (cons o (vector-ref clause 0))) '() '()
                        (lambda (bindings fail)
                          (let ((values (map (lambda (v) (or (lookup v bindings) #'#f)) variables)))
                            (if continues?
                                #`(#,body (lambda () #,fail) #,@values)
                                #`(#,body #,@values))))
                        continues?)))
                   clauses))
       failure)))

  ;; Code that tries the rows in order, and is `fail` (small code) if none matches.
  (define (compile rows fail)
    (if (null? rows)
        fail
        (let ((row (car rows)))
          (if (null? (row-constraints row))
              (if (row-continues? row)
                  (sharing (cdr rows) fail (lambda (fail) ((row-finish row) (row-bindings row) fail)))
                  ((row-finish row) (row-bindings row) fail))
              (let ((c (car (row-constraints row))))
                (if (type-test? c)
                    (compile-type-test c rows fail)
                    (sharing (cdr rows) fail
                             (lambda (fail) (compile-other c row fail)))))))))

  ;; Passes the code that tries the rows to use: a call of a procedure if it is large.
  (define (sharing rows fail use)
    (if (null? rows)
        (use fail)
        (with-syntax (((next) (generate-temporaries '(next))))
          #`(let ((next (lambda () #,(compile rows fail))))
              #,(use #'(next))))))

  (define (compile-type-test c rows fail)
    (let* ((o (constraint-occurrence c))
           (testing (filter (lambda (row) (constraint-on row o)) rows))
           (others (- (length rows) (length testing))))
      (if (and (> others 0) (<= fuel 0))
          (let-values (((group rest) (span (lambda (row) (constraint-on row o)) rows)))
            (sharing rest fail (lambda (fail) (branch c group fail))))
          (begin
            (set! fuel (- fuel others))
            (branch c rows fail)))))

  (define (span keep? l)
    (let loop ((l l) (in '()))
      (if (and (pair? l) (keep? (car l)))
          (loop (cdr l) (cons (car l) in))
          (values (reverse in) l))))

  (define (branch c rows fail)
    (let* ((o (constraint-occurrence c))
           (known (lambda (row) (let ((d (constraint-on row o))) (and d (relation c d)))))
           (parts (part-occurrences c))
           (yes (apply append
                       (map (lambda (row)
                              (case (known row)
                                ((same) (specialize row o parts))
                                ((no) '())
                                (else (list row))))
                            rows)))
           (no (filter (lambda (row) (not (eq? (known row) 'same))) rows)))
      #`(if #,(test-code c)
            #,(binding-code c parts (compile yes fail))
            #,(compile no fail))))

  ;; The row after the test of o succeeded: its parts are tested next.
  (define (specialize row o parts)
    (let* ((d (constraint-on row o))
           (patterns (case (constraint-kind d)
                       ((pair) (list (part d 0) (part d 1)))
                       ((vector) (part d 0))
                       ((record) (part d 1))
                       ((box) (list (part d 0)))
                       (else '()))))
      (with-constraints row
        (apply append
               (map (lambda (c) (if (eq? c d) (map cons parts patterns) (list c)))
                    (row-constraints row))))))

  (define (test-code c)
    (with-syntax ((x (occurrence-id (constraint-occurrence c))))
      (case (constraint-kind c)
        ((pair) #'(pair? x))
        ((null) #'(null? x))
        ((vector) #`(and (vector? x) (= (vector-length x) #,(length (part c 0)))))
        ((box) #'(%box? x))
        ((record)
         #`(let ((rtd (record-type-descriptor #,(part c 0))))
             (and (%record-is-a? x rtd) (%has-fields? rtd #,(length (part c 1))))))
        (else
         (let ((d (part c 0)))
           (if (or (symbol? d) (char? d) (boolean? d) (fixnum? d))
               #`(eqv? x '#,(datum->syntax #'here d))
               #`(equal? x '#,(datum->syntax #'here d))))))))

  ;; Variables for the parts of what passes the test.
  (define (part-occurrences c)
    (let ((x (occurrence-id (constraint-occurrence c))))
      (define (element set i) (make-occurrence (temporary) #`(lambda (v) (#,set #,x #,@i v))))
      (case (constraint-kind c)
        ((pair) (list (element #'set-car! '()) (element #'set-cdr! '())))
        ((vector) (map (lambda (i) (element #'vector-set! (list i))) (iota* (length (part c 0)))))
        ((record) (map (lambda (i) (make-occurrence (temporary) #f)) (part c 1)))
        ((box) (list (element #'%set-box! '())))
        (else '()))))

  (define (iota* n)
    (let loop ((i (- n 1)) (l '())) (if (< i 0) l (loop (- i 1) (cons i l)))))

  (define (binding-code c parts body)
    (with-syntax ((x (occurrence-id (constraint-occurrence c)))
                  ((p ...) (map occurrence-id parts))
                  ((i ...) (iota* (length parts)))
                  (body body))
      (case (constraint-kind c)
        ((pair) (with-syntax (((a d) #'(p ...))) #'(let ((a (car x)) (d (cdr x))) body)))
        ((vector) #'(let ((p (vector-ref x i)) ...) body))
        ((record) #'(let ((p (%record-ref x i)) ...) body))
        ((box) (with-syntax (((a) #'(p ...))) #'(let ((a (%unbox x))) body)))
        (else #'body))))

  ;;; Tests that only their own row knows

  (define (compile-other c row fail)
    (let* ((o (constraint-occurrence c)) (x (occurrence-id o)) (rest (cdr (row-constraints row))))
      (define (go-on todo) (compile (with-constraints row (append todo rest)) fail))
      (define (on o patterns) (map (lambda (p) (cons o p)) patterns))
      (case (constraint-kind c)
        ((same) #`(if (equal? #,x #,(part c 0)) #,(go-on '()) #,fail))
        ((pred) #`(if (#,(part c 0) #,x) #,(go-on (on o (part c 1))) #,fail))
        ((apply)
         (let ((y (temporary)))
           #`(let ((#,y (#,(part c 0) #,x)))
               #,(go-on (on (make-occurrence y #f) (list (part c 1)))))))
        ((not)
         (with-syntax (((failed next) (generate-temporaries '(failed next))))
           #`(let ((failed (lambda () #,fail)) (next (lambda () #,(go-on '()))))
               #,(compile (simplify (on o (list (part c 0))) '() (row-bindings row) (lambda (bindings f) #'(failed)) #f)
                          #'(next)))))
        ((fields)
         (let ((ids (map (lambda (f) (temporary)) (part c 1))))
           (with-syntax (((id ...) ids) (((field pattern) ...) (part c 1)))
             #`(let ((rtd (record-type-descriptor #,(part c 0))))
                 (if (%record-is-a? #,x rtd)
                     (let ((id (%record-field #,x rtd 'field)) ...)
                       #,(go-on (map (lambda (id p) (cons (make-occurrence id #f) p)) ids #'(pattern ...))))
                     #,fail)))))
        ((list-of-vector)
         (let ((y (temporary)))
           #`(if (vector? #,x)
                 (let ((#,y (vector->list #,x)))
                   #,(go-on (on (make-occurrence y #f) (list (part c 0)))))
                 #,fail)))
        (else (compile-sequence c row fail)))))

  ;; p ... tail . end: walks over all pairs but those of the tail, and conses up a list for each variable of p.
  (define (compile-sequence c row fail)
    (let* ((x (occurrence-id (constraint-occurrence c))) (rest (cdr (row-constraints row)))
           (p (part c 0)) (least (part c 1)) (tail (part c 2)) (end (part c 3))
           (variables (pattern-variables p))
           (accumulators (generate-temporaries variables)) (results (generate-temporaries variables))
           (after (make-occurrence (temporary) #f)))
      (for-each (lambda (v)
                  (if (lookup v (row-bindings row)) (syntax-violation 'match "duplicate variable in a pattern" v)))
                variables)
      (with-syntax (((failed count loop l i element) (generate-temporaries '(failed count loop l i element)))
                    ((acc ...) accumulators) ((result ...) results) (rest-id (occurrence-id after)))
        (define finish
          (compile (simplify (cons (cons after (list-pattern tail end)) rest) '()
                             (append (map cons variables results) (row-bindings row))
                             (row-finish row) (row-continues? row))
                   #'(failed)))
        (define element-code
          (compile (simplify (list (cons (make-occurrence #'element #'(lambda (v) (set-car! l v))) p)) '() '()
                             (lambda (bindings f)
                               (with-syntax (((value ...) (map (lambda (v) (lookup v bindings)) variables)))
                                 #'(loop (cdr l) (- i 1) (cons value acc) ...)))
                             #f)
                   #'(failed)))
        #`(let* ((failed (lambda () #,fail)) (count (%sequence-length #,x #,(length tail))))
            (if (and count (>= count #,least))
                (let loop ((l #,x) (i count) (acc '()) ...)
                  (if (= i 0)
                      (let ((rest-id l) (result (reverse acc)) ...) #,finish)
                      (let ((element (car l))) #,element-code)))
                (failed)))))))
