;; SPDX-License-Identifier: MIT
;;
;; The devices on the PCI bus. On a bare PC:
;;   loko --compile lspci.sps && qemu-system-x86_64 -kernel lspci -serial stdio -display none
(import (rnrs) (loko drivers pci))

(define (hex n digits)
  (let ((s (string-downcase (number->string n 16))))
    (string-append (make-string (max 0 (- digits (string-length s))) #\0) s)))

(define (print . xs) (for-each display xs))

(for-each
 (lambda (d)
   (print (hex (pci-device-bus d) 2) ":" (hex (pci-device-slot d) 2) "." (pci-device-function d) " "
          (pci-class-name (pci-device-class d) (pci-device-subclass d)) " ["
          (hex (pci-device-vendor d) 4) ":" (hex (pci-device-id d) 4) "]"
          (if (pci-device-irq d) (string-append " irq " (number->string (pci-device-irq d))) "")
          "\n")
   (vector-for-each
    (lambda (bar)
      (when bar
        (print "        " (if (eq? (pci-bar-kind bar) 'i/o) "ports" "memory") " at " (hex (pci-bar-base bar) 4)
               ", " (pci-bar-size bar) " bytes" (if (pci-bar-prefetchable? bar) ", prefetchable" "") "\n")))
    (pci-device-bars d)))
 (pci-devices))
