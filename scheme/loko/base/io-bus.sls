;; SPDX-License-Identifier: MIT
;;
;; The I/O bus (manual 3.5): each call is one instruction of the exact width. The PC's kernel lets every program do it; Linux
;; lets those that may call iopl(2), which the first access does.
(library (loko base io-bus)
  (export get-i/o-u8 get-i/o-u16 get-i/o-u32 put-i/o-u8 put-i/o-u16 put-i/o-u32
          get-i/o-u8-n! get-i/o-u16-n! get-i/o-u32-n! put-i/o-u8-n put-i/o-u16-n put-i/o-u32-n)
  (import (loko core syntax) (loko core primitives)
          (loko base violations))

  (define allowed? #f)

  (define (allow! who)
    (let ((n (%os-syscall 172 3)))   ; iopl
      (if (fx<? n 0)
          (assertion-violation who "the system does not let this process access I/O ports" n))
      (set! allowed? #t)))

  (define (check-bus who port)
    (if (not (and (fixnum? port) (fx<=? 0 port #xffff)))
        (%type-violation who "an address of the I/O bus, 0 to 65535" port))
    (if (not allowed?) (allow! who)))

  ;; (get-i/o-u8 port): the unsigned integer read. (put-i/o-u8 port n).
  ;; (get-i/o-u8-n! port address n): n reads, stored at the linear address and after. (put-i/o-u8-n port address n).
  (define-syntax define-access
    (syntax-rules ()
      ((_ size most what (get in) (put out) (get-n! store) (put-n load))
       (begin
         (define (get port)
           (check-bus 'get port)
           (in port))
         (define (put port n)
           (check-bus 'put port)
           (if (not (and (fixnum? n) (fx<=? 0 n most))) (%type-violation 'put what n))
           (out port n))
         (define (get-n! port address n)
           (check-block 'get-n! port address n size)
           (let loop ((i 0) (to address))
             (if (fx<? i n)
                 (begin
                   (store to (in port))
                   (loop (fx+ i 1) (fx+ to size))))))
         (define (put-n port address n)
           (check-block 'put-n port address n size)
           (let loop ((i 0) (from address))
             (if (fx<? i n)
                 (begin
                   (out port (load from))
                   (loop (fx+ i 1) (fx+ from size))))))))))

  (define (check-block who port address n size)
    (check-bus who port)
    (if (not (and (fixnum? address) (fx=? 0 (fxand address (fx- size 1)))))
        (assertion-violation who "expected an aligned address" address))
    (if (not (and (fixnum? n) (fx>=? n 0))) (%type-violation who "a count" n)))

  (define-access 1 #xff "a u8" (get-i/o-u8 %get-i/o-u8) (put-i/o-u8 %put-i/o-u8)
    (get-i/o-u8-n! %set8) (put-i/o-u8-n %ref8))
  (define-access 2 #xffff "a u16" (get-i/o-u16 %get-i/o-u16) (put-i/o-u16 %put-i/o-u16)
    (get-i/o-u16-n! %set16) (put-i/o-u16-n %ref16))
  (define-access 4 #xffffffff "a u32" (get-i/o-u32 %get-i/o-u32) (put-i/o-u32 %put-i/o-u32)
    (get-i/o-u32-n! %set32) (put-i/o-u32-n %ref32)))
