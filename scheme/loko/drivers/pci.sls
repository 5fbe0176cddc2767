;; SPDX-License-Identifier: MIT
;;
;; The PCI bus by configuration mechanism 1 (ports CF8 and CFC).
(library (loko drivers pci)
  (export pci-devices pci-device? pci-device-bus pci-device-slot pci-device-function
          pci-device-vendor pci-device-id pci-device-class pci-device-subclass pci-device-interface pci-device-revision
          pci-device-irq pci-device-bars pci-bar? pci-bar-kind pci-bar-base pci-bar-size pci-bar-prefetchable?
          pci-class-name
          pci-get-u8 pci-get-u16 pci-get-u32 pci-put-u8 pci-put-u16 pci-put-u32)
  (import (rnrs) (loko base io-bus))

  (define-record-type pci-device
    (fields bus slot function vendor id class subclass interface revision irq bars)
    (sealed #t))

  ;; What a base address register describes: kind is i/o or mem; size in bytes.
  (define-record-type pci-bar (fields kind base size prefetchable?) (sealed #t))

  ;;; Configuration space: 256 bytes of each function; addressing it and the access must not be divided, so no fiber switch
  ;;; may come between: the data port is read at once, and a switch there would only be seen by another user of these
  ;;; ports, who selects anew each time.

  (define (select! bus slot function offset)
    (put-i/o-u32 #xCF8 (fxior #x80000000 (fxarithmetic-shift-left bus 16) (fxarithmetic-shift-left slot 11)
                              (fxarithmetic-shift-left function 8) (fxand offset #xFC))))

  (define (get bus slot function offset)
    (select! bus slot function offset)
    (get-i/o-u32 #xCFC))

  (define (check who offset size)
    (unless (and (fixnum? offset) (fx<=? 0 offset (fx- 256 size)) (fx=? 0 (fxmod offset size)))
      (assertion-violation who "expected an aligned offset in configuration space" offset)))
  (define (select-device! who dev offset size)
    (unless (pci-device? dev) (assertion-violation who "expected a PCI device" dev))
    (check who offset size)
    (select! (pci-device-bus dev) (pci-device-slot dev) (pci-device-function dev) offset))

  ;; (pci-get-u8 device offset), (pci-put-u8 device offset n) and so on.
  (define-syntax define-access
    (syntax-rules ()
      ((_ (get in) (put out) size)
       (begin
         (define (get dev offset)
           (select-device! 'get dev offset size)
           (in (fx+ #xCFC (fxand offset 3))))
         (define (put dev offset n)
           (select-device! 'put dev offset size)
           (out (fx+ #xCFC (fxand offset 3)) n))))))
  (define-access (pci-get-u8 get-i/o-u8) (pci-put-u8 put-i/o-u8) 1)
  (define-access (pci-get-u16 get-i/o-u16) (pci-put-u16 put-i/o-u16) 2)
  (define-access (pci-get-u32 get-i/o-u32) (pci-put-u32 put-i/o-u32) 4)

  ;;; Enumeration

  ;; Base address registers: the size shows in which bits stick when all are written; the device does not decode meanwhile.
  (define (read-bars bus slot function count)
    (define (write! offset n)
      (select! bus slot function offset)
      (put-i/o-u32 #xCFC n))
    (define (probe offset mask)
      (let ((old (get bus slot function offset)))
        (write! offset #xFFFFFFFF)
        (let ((bits (fxand (get bus slot function offset) mask)))
          (write! offset old)
          (if (fx=? bits 0) 0 (fx+ 1 (fxand (fxnot bits) #xFFFFFFFF))))))
    (let* ((command (fxand (get bus slot function 4) #xFFFF)))
      (write! 4 (fxand command #xFFFC))
      (let ((bars
             (let loop ((i 0))
               (if (fx>=? i count)
                   '()
                   (let* ((offset (fx+ #x10 (fx* 4 i))) (bar (get bus slot function offset)))
                     (cond ((fx=? 1 (fxand bar 1))
                            (let ((size (fxand (probe offset #xFFFFFFFC) #xFFFF)))
                              (cons (and (fx>? size 0) (make-pci-bar 'i/o (fxand bar #xFFFC) size #f)) (loop (fx+ i 1)))))
                           (else
                            (let* ((size (probe offset #xFFFFFFF0)) (wide? (fx=? 4 (fxand bar 6)))
                                   (high (if wide? (get bus slot function (fx+ offset 4)) 0))
                                   (base (fxior (fxand bar #xFFFFFFF0) (fxarithmetic-shift-left high 32)))
                                   (this (and (fx>? size 0) (make-pci-bar 'mem base size (fx=? 8 (fxand bar 8))))))
                              (if wide?
                                  (cons this (cons #f (loop (fx+ i 2))))
                                  (cons this (loop (fx+ i 1))))))))))))
        (write! 4 command)
        (list->vector bars))))

  (define (device bus slot function)
    (let* ((ids (get bus slot function 0)) (class (get bus slot function 8))
           (header (fxand (fxarithmetic-shift-right (get bus slot function 12) 16) #x7F)))
      (make-pci-device bus slot function (fxand ids #xFFFF) (fxarithmetic-shift-right ids 16)
                       (fxarithmetic-shift-right class 24) (fxand (fxarithmetic-shift-right class 16) #xFF)
                       (fxand (fxarithmetic-shift-right class 8) #xFF) (fxand class #xFF)
                       (let ((line (fxand (get bus slot function #x3C) #xFF))) (and (fx<? 0 line 16) line))
                       (read-bars bus slot function (case header ((0) 6) ((1) 2) (else 0))))))

  ;; (pci-devices): all functions of all devices, behind bridges too, in order of bus, slot and function.
  (define (pci-devices)
    (define (present? bus slot function) (not (fx=? #xFFFF (fxand (get bus slot function 0) #xFFFF))))
    (define (functions bus slot)
      (if (fx=? 0 (fxand (get bus slot 0 12) #x800000)) 1 8))
    (define (bus-devices bus)
      (let slots ((slot 0))
        (cond ((fx=? slot 32) '())
              ((not (present? bus slot 0)) (slots (fx+ slot 1)))
              (else
               (let ((n (functions bus slot)))
                 (let each ((f 0))
                   (cond ((fx=? f n) (slots (fx+ slot 1)))
                         ((not (present? bus slot f)) (each (fx+ f 1)))
                         (else
                          (let ((d (device bus slot f)))
                            (append (list d)
                                    (if (and (fx=? 6 (pci-device-class d)) (fx=? 4 (pci-device-subclass d)))
                                        (let ((secondary (fxand (fxarithmetic-shift-right (get bus slot f #x18) 8) #xFF)))
                                          (if (fx>? secondary bus) (bus-devices secondary) '()))
                                        '())
                                    (each (fx+ f 1))))))))))))
    (bus-devices 0))

  ;; (pci-class-name class subclass)
  (define (pci-class-name class subclass)
    (define names
      '((#x00 "unclassified device") (#x01 "storage controller" "SCSI controller" "IDE interface" "floppy controller" "IPI controller"
               "RAID controller" "ATA controller" "SATA controller" "SAS controller" "NVM controller")
        (#x02 "network controller" "Ethernet controller" "token ring controller") (#x03 "display controller" "VGA controller")
        (#x04 "multimedia controller" "video controller" "audio controller" #f "audio device") (#x05 "memory controller" "RAM memory")
        (#x06 "bridge" "host bridge" "ISA bridge" "EISA bridge" "MCA bridge" "PCI bridge" "PCMCIA bridge" #f "CardBus bridge")
        (#x07 "communication controller" "serial controller" "parallel controller")
        (#x08 "system peripheral" "PIC" "DMA controller" "timer" "RTC") (#x09 "input device") (#x0A "docking station")
        (#x0B "processor") (#x0C "serial bus controller" "FireWire controller" #f #f "USB controller" #f "SMBus")
        (#x0D "wireless controller") (#x0E "intelligent controller") (#x0F "satellite controller")
        (#x10 "encryption controller") (#x11 "signal processing controller")))
    (let* ((entry (assv class names)) (rest (if entry (cddr entry) '())))
      (cond ((not entry) "unknown device")
            ((and (fx=? class 6) (fx=? subclass #x80)) "bridge")
            ((and (fx<? subclass (length rest)) (list-ref rest subclass)))
            (else (cadr entry))))))
