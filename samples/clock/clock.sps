;; SPDX-License-Identifier: MIT
;;
;; Three ticks of the real-time clock, each announced by its interrupt, while another fiber computes. On a bare PC:
;;   loko --compile clock.sps && qemu-system-x86_64 -kernel clock -serial stdio -display none
(import (rnrs) (loko system fibers) (loko drivers rtc))

(define (two n) (if (< n 10) (string-append "0" (number->string n)) (number->string n)))

(define rounds 0)
(spawn-fiber (lambda () (let loop () (set! rounds (+ rounds 1)) (loop))))

(do ((i 0 (+ i 1))) ((= i 3))
  (unless (rtc-wait-second) (error 'clock "the clock does not tick"))
  (let-values (((year month day hour minute second) (rtc-read)))
    (for-each display (list year "-" (two month) "-" (two day) " " (two hour) ":" (two minute) ":" (two second)
                            (if (> rounds 0) ", and the other fiber ran" "") "\n"))))
