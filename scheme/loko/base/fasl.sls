;; SPDX-License-Identifier: MIT
;;
;; The binary form of data (docs/reference/fasl.md). The work is done by %fasl-encode and %fasl-decode in C++; hash tables
;; are filled here, since keys must be hashed in this process.
(library (loko base fasl)
  (export fasl-write fasl-read datum->fasl fasl->datum
          %datum->fasl %fasl->datum)
  (import (loko core syntax) (except (loko core primitives) string=?)
          (only (loko base strings) string=?) (only (loko base symbols) symbol=?)
          (loko base violations)
          (only (loko base lists) for-each)
          (only (loko base records) %nongenerative-types)
          (only (loko base conditions) condition make-i/o-read-error make-who-condition make-message-condition
                make-irritants-condition make-i/o-port-error)
          (loko base hashtables)
          (only (loko base ports) binary-port? input-port? output-port?) (only (loko base binary-ports) put-bytevector get-bytevector-n))

  ;; Tables with these procedures can be sent: hash function, equivalence, …. Their order is part of the form.
  (define known
    (vector string-hash string=? symbol-hash symbol=? symbol-hash eq? eq-hash eq? eqv-hash eqv?))

  ;; (%datum->fasl x rtds beside): the bytes, and a vector of the records of types in the list rtds, of the shared bytevectors and
  ;; of those of at least `beside` bytes (#f: of none), which are not part of the bytes: the receiver must give replacements in
  ;; the same order.
  (define (%datum->fasl x rtds beside)
    (let ((r (%fasl-encode x (vector hashtable-rtd known '() rtds beside))))
      (values (car r) (list->vector (reverse (cdr r))))))

  ;; (%fasl->datum bytes externals): the datum; externals is the vector of replacements.
  (define (%fasl->datum bv externals)
    (let ((r (%fasl-decode bv (vector hashtable-rtd known (%nongenerative-types) externals))))
      (for-each fill-table! (cdr r))
      (car r)))

  ;; row: #(table kind mutable? #(key value ...)). The table was made without contents.
  (define (fill-table! row)
    (let* ((table (vector-ref row 0)) (kind (vector-ref row 1)) (entries (vector-ref row 3))
           (n (vector-length entries))
           (new (case kind
                  ((0) (make-eq-hashtable (fxquotient n 2)))
                  ((1) (make-eqv-hashtable (fxquotient n 2)))
                  ((2) (make-equal-hashtable (fxquotient n 2)))
                  ((4) (make-weak-eq-hashtable (fxquotient n 2)))
                  (else
                   (let ((i (fx* 2 (fx- kind 5))))
                     (make-hashtable (vector-ref known i) (vector-ref known (fx+ i 1)) (fxquotient n 2)))))))
      (let loop ((i 0))
        (if (fx<? i n)
            (begin
              (case kind
                ((5) (if (string? (vector-ref entries i)) #t (bad-key (vector-ref entries i))))
                ((6 7) (if (symbol? (vector-ref entries i)) #t (bad-key (vector-ref entries i)))))
              (hashtable-set! new (vector-ref entries i) (vector-ref entries (fx+ i 1)))
              (loop (fx+ i 2)))))
      (let ((new (if (vector-ref row 2) new (hashtable-copy new #f))))
        (let loop ((i 0))
          (if (fx<? i (%record-ref hashtable-rtd 0))
              (begin
                (%object-set! table i (%object-ref new i))
                (loop (fx+ i 1))))))))

  (define (bad-key key)
    (raise (condition (make-i/o-read-error) (make-who-condition 'fasl-read)
                      (make-message-condition "a key doesn't fit its hash table") (make-irritants-condition (list key)))))

  ;; (datum->fasl object): a bytevector. Procedures, ports, continuations, records of generative or opaque types: &assertion
  ;; with the part that can't be written as irritant.
  (define (datum->fasl x)
    (call-with-values (lambda () (%datum->fasl x '() #f)) (lambda (bv externals) bv)))

  ;; (fasl->datum bytevector): what datum->fasl was given, sharing and cycles included. &i/o-read with the place as
  ;; irritant if the bytes are no such form.
  (define (fasl->datum bv)
    (if (bytevector? bv) #t (%type-violation 'fasl->datum "a bytevector" bv))
    (%fasl->datum bv '#()))

  ;; (fasl-write object binary-output-port): nothing is written if a part of the object can't be.
  (define (fasl-write x p)
    (if (and (binary-port? p) (output-port? p)) #t (%type-violation 'fasl-write "a binary output port" p))
    (put-bytevector p (datum->fasl x)))

  (define (fail p message)
    (raise (condition (make-i/o-read-error) (make-i/o-port-error p) (make-who-condition 'fasl-read)
                      (make-message-condition message) (make-irritants-condition (list p)))))

  (define header-size 16)

  ;; (fasl-read binary-input-port): the next object that was written, or the end-of-file object.
  (define (fasl-read p)
    (if (and (binary-port? p) (input-port? p)) #t (%type-violation 'fasl-read "a binary input port" p))
    (let ((head (get-bytevector-n p header-size)))
      (cond ((eof-object? head) head)
            ((not (and (fx=? (bytevector-length head) header-size)
                       (fx=? (bytevector-u32-ref head 0 'little) #x464b4cb1)
                       (fx=? (bytevector-u8-ref head 14) 0)
                       (fx=? (bytevector-u8-ref head 15) 0)))
             (fail p "this is not the binary form of data"))
            (else
             (let* ((n (bytevector-u64-ref head 8 'little)) (body (get-bytevector-n p n)))
               (if (or (eof-object? body) (fx<? (bytevector-length body) n))
                   (fail p "unexpected end of file in the binary form of a datum")
                   (let ((all (make-bytevector (fx+ header-size n))))
                     (%bytevector-copy! head 0 all 0 header-size)
                     (%bytevector-copy! body 0 all header-size n)
                     (fasl->datum all)))))))))
