;; SPDX-License-Identifier: MIT
;; lists: symbolic derivation
(import (scheme base) (scheme cxr) (scheme write))
(define (deriv a)
  (cond ((not (pair? a)) (if (eq? a 'x) 1 0))
        ((eq? (car a) '+) (cons '+ (map deriv (cdr a))))
        ((eq? (car a) '-) (cons '- (map deriv (cdr a))))
        ((eq? (car a) '*) (list '* a (cons '+ (map (lambda (a) (list '/ (deriv a) a)) (cdr a)))))
        ((eq? (car a) '/)
         (list '- (list '/ (deriv (cadr a)) (caddr a))
               (list '/ (cadr a) (list '* (caddr a) (caddr a) (deriv (caddr a))))))
        (else (error "no derivation method" (car a)))))
(do ((i 0 (+ i 1)) (r #f (deriv '(+ (* 3 x x) (* a x x) (* b x) 5)))) ((= i 2000000) (write r)))
