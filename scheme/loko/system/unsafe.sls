;; SPDX-License-Identifier: MIT
;;
;; Kernel services, linear memory and the I/O bus (manual 3.5). Addresses are checked for alignment and nothing else.
(library (loko system unsafe)
  (export syscall bytevector-address
          get-mem-u8 get-mem-u16 get-mem-u32 get-mem-s61
          put-mem-u8 put-mem-u16 put-mem-u32 put-mem-s61
          get-i/o-u8 get-i/o-u16 get-i/o-u32 put-i/o-u8 put-i/o-u16 put-i/o-u32
          get-i/o-u8-n! get-i/o-u16-n! get-i/o-u32-n! put-i/o-u8-n put-i/o-u16-n put-i/o-u32-n
          map-physical-memory)
  (import (rnrs)
          (loko base io-bus)
          (only (loko base violations) %type-violation)
          (only (loko base process-state) %state-changed!)
          (only (loko base waiting) %process-forked)
          (only (loko core primitives)
                %raw-syscall %bytevector-address
                %ref8 %ref16 %ref32 %ref64
                %set8 %set16 %set32 %set64))

  ;; (syscall n argument ...): the result of system call n of the kernel with at most six fixnums or bytevectors, which
  ;; stand for their addresses; negative if it failed.
  (define (syscall n . arguments)
    (if (not (fixnum? n)) (%type-violation 'syscall "a fixnum" n))
    (%state-changed!)                    ; who knows
    (let ((result (%raw-syscall n (list->vector arguments))))
      (if (and (eqv? result 0) (memv n '(56 57))) (%process-forked))     ; clone, fork: this is the child
      result))

  ;; (bytevector-address bytevector): the address of its first byte, until the next collection moves it.
  (define (bytevector-address b)
    (if (not (bytevector? b)) (%type-violation 'bytevector-address "a bytevector" b))
    (%bytevector-address b))

  (define-syntax define-access
    (syntax-rules ()
      ((_ (get ref) (put set) size in-range? what)
       (begin
         (define (get address)
           (check-address 'get address size)
           (ref address))
         (define (put address n)
           (check-address 'put address size)
           (if (not (and (fixnum? n) (in-range? n))) (%type-violation 'put what n))
           (set address n))))))

  (define (check-address who address size)
    (if (not (and (fixnum? address) (fx=? (fxand address (fx- size 1)) 0)))
        (assertion-violation who "expected an aligned address" address)))

  ;; (get-mem-u8 address), (put-mem-u8 address n) and so on: one access to memory of that width, which is neither left
  ;; out nor moved by the compiler.
  (define-access (get-mem-u8 %ref8) (put-mem-u8 %set8) 1 (lambda (n) (fx<=? 0 n #xff)) "a u8")
  (define-access (get-mem-u16 %ref16) (put-mem-u16 %set16) 2 (lambda (n) (fx<=? 0 n #xffff)) "a u16")
  (define-access (get-mem-u32 %ref32) (put-mem-u32 %set32) 4 (lambda (n) (fx<=? 0 n #xffffffff)) "a u32")
  (define-access (get-mem-s61 %ref64) (put-mem-s61 %set64) 8 (lambda (n) #t) "a fixnum")

  ;; (map-physical-memory address bytes): the linear address at which this much of the machine's memory can now be read and
  ;; written, for the registers of devices; both are multiples of 4096. On Linux only root may.
  (define (map-physical-memory address bytes)
    (if (not (and (fixnum? address) (fixnum? bytes) (fx>=? address 0) (fx>? bytes 0)
                  (fx=? 0 (fxand (fxior address bytes) 4095))))
        (assertion-violation 'map-physical-memory "expected multiples of 4096" address bytes))
    (let ((fd (syscall 2 (string->utf8 "/dev/mem\x0;") #x101002 0)))
      (if (fx<? fd 0) (error 'map-physical-memory "the system does not give access to physical memory" fd))
      (let ((linear (syscall 9 0 bytes 3 1 fd address)))
        (syscall 3 fd)
        (if (and (fx<? linear 0) (fx>? linear -4096))
            (error 'map-physical-memory "this memory can't be mapped" address bytes linear))
        linear))))
