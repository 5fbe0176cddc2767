;; SPDX-License-Identifier: MIT
;; A Brainfuck compiler: text to a Scheme expression, compiled by eval.
(import (rnrs) (rnrs eval))

(define (parse chars)   ; -> body, rest
  (let loop ((chars chars) (body '()))
    (if (null? chars)
        (values (reverse body) '())
        (case (car chars)
          ((#\]) (values (reverse body) (cdr chars)))
          ((#\[)
           (let-values (((inner rest) (parse (cdr chars))))
             (loop rest (cons `(let again () (unless (fxzero? (bytevector-u8-ref tape at)) ,@inner (again))) body))))
          ((#\>) (loop (cdr chars) (cons '(set! at (fx+ at 1)) body)))
          ((#\<) (loop (cdr chars) (cons '(set! at (fx- at 1)) body)))
          ((#\+) (loop (cdr chars) (cons '(bytevector-u8-set! tape at (fxand 255 (fx+ (bytevector-u8-ref tape at) 1))) body)))
          ((#\-) (loop (cdr chars) (cons '(bytevector-u8-set! tape at (fxand 255 (fx- (bytevector-u8-ref tape at) 1))) body)))
          ((#\.) (loop (cdr chars) (cons '(emit (bytevector-u8-ref tape at)) body)))
          (else (loop (cdr chars) body))))))
(define (compile text)
  (let-values (((body rest) (parse (string->list text))))
    (eval `(lambda (emit) (let ((tape (make-bytevector 1000 0)) (at 0)) ,@body 'done))
          (environment '(rnrs)))))
(define hello
  "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.")
(define (show byte) (write-char (integer->char byte)))
(write ((compile hello) show)) (newline)
;; squares up to 10000
((compile "++++[>+++++<-]>[<+++++>-]+<+[>[>+>+<<-]++>>[<<+>>-]>>>[-]++>[-]+>>>+[[-]++++++>>>]<<<[[<++++++++<++>>-]+<.<[>----<-]<]<<[>>>>>[>>>[-]+++++++++<[>-<-]+++++++++>[-[<->-]+[<<<]]<[>+<-]>]<<-]<<-]") show)
