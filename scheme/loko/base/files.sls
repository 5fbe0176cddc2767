;; SPDX-License-Identifier: MIT
;;
;; Files: ports on them (R6RS libraries 8.2.2, 8.2.7, 8.2.10, 8.2.13, 8.3), existence and deletion
;; (R6RS libraries 9), and the R7RS and (rnrs io simple) procedures with default ports.
;; Open flags are those of Linux.
(library (loko base files)
  (export file-options
          open-file-input-port open-file-output-port open-file-input/output-port
          open-input-file open-output-file r7:open-output-file
          open-binary-input-file open-binary-output-file
          call-with-input-file call-with-output-file r7:call-with-output-file
          with-input-from-file with-output-to-file r7:with-output-to-file
          file-exists? delete-file rename-file file-size file-directory? create-directory
          delete-directory current-directory
          read-char peek-char read-line read-string read-u8 peek-u8 read-bytevector read-bytevector!
          r7:char-ready? r7:u8-ready? r7:flush-output-port
          write-string write-bytevector
          %file->string %path %open-file %open-descriptor)
  (import (loko core syntax) (loko core primitives)
          (loko base violations) (loko base port-arguments) (loko base control) (loko base parameters)
          (loko base io-conditions) (only (loko base conditions) make-i/o-file-is-read-only-error)
          (loko base enums)
          (loko base port-records) (loko base ports) (loko base binary-ports) (loko base transcoders)
          (loko base textual-ports) (loko base transcoding) (loko base stdio) (only (loko base waiting) %call-aside %file-call))

  (define O_RDWR 2)
  (define O_WRONLY 1)
  (define O_CREAT #x40)
  (define O_EXCL #x80)
  (define O_TRUNC #x200)
  (define O_APPEND #x400)
  (define O_CLOEXEC #x80000)

  ;; A file name as the primitives want it.
  (define (%path who filename)
    (if (string? filename) #t (%type-violation who "a file name" filename))
    (if (%string-index filename #\nul) (%raise-file-error who filename 22))
    (string->utf8 (%string-append filename "\x0;")))

  ;;; Options

  (define all-options
    (make-enumeration '(no-create no-fail no-truncate append executable)))

  (define make-options (enum-set-constructor all-options))

  ;; (file-options symbol ...): the set of no-create, no-fail, no-truncate; append is our own.
  (define-syntax file-options
    (syntax-rules ()
      ((_ symbol ...) (make-options '(symbol ...)))))

  (define no-options (make-options '()))

  (define (output-flags who options)
    (let* ((no-create? (enum-set-member? 'no-create options))
           (no-fail? (enum-set-member? 'no-fail options))
           (append? (enum-set-member? 'append options)))
      (fxior (if no-create? 0 O_CREAT)
             (fxior (if (or no-create? no-fail? append?) 0 O_EXCL)
                    (fxior (if (or append? (enum-set-member? 'no-truncate options)) 0 O_TRUNC)
                           (if append? O_APPEND 0))))))

  ;;; Opening

  ;; May wait long, for the disk or for the other end of a FIFO.
  (define (open-path path flags mode)
    (or (%call-aside 2 #f (vector #t flags mode) path 0 (bytevector-length path) 'open)
        (%os-open path flags mode)))

  (define (open who filename flags) (%open-file who filename flags 438))

  ;; A descriptor, closed on exec, for a file; only this fiber waits until it is open.
  (define (%open-file who filename flags mode)
    (let retry ((again? #t))
      (let ((fd (open-path (%path who filename) (fxior flags O_CLOEXEC) mode)))
        (cond ((fx>=? fd 0) fd)
              ((and again? (or (eq? fd -24) (eq? fd -23)))
               ;; no descriptor is left: forgotten ports may have some
               (%collect #t)
               (%close-forgotten-ports)
               (retry #f))
              ((and (eq? fd -13) (not (eq? 0 (fxand flags (fxior O_RDWR O_WRONLY)))) (read-only? who filename))
               (raise (os-condition (make-i/o-file-is-read-only-error filename) who (%errno-message 13) (list filename) 13)))
              (else (%raise-file-error who filename (fx- 0 fd)))))))

  ;; True if there is a file that nobody has the right to write: &i/o-file-is-read-only says more than that access was denied.
  (define (read-only? who filename)
    (let ((mode (file-mode who filename)))
      (and mode (eq? 0 (fxand mode #x92)))))             ; octal 222

  ;; Before the file is touched.
  (define (check-how who options mode tc)
    (if (and (enum-set? options) (enum-set-subset? options all-options)) #t (%type-violation who "file options" options))
    (check-mode who mode tc))

  (define (check-mode who mode tc)
    (if (buffer-mode? mode) #t (%type-violation who "a buffer mode" mode))
    (if (or (not tc) (transcoder? tc)) #t (%type-violation who "a transcoder or #f" tc)))

  ;; A textual port by the transcoder, a binary one if it is #f.
  (define (file-port who filename fd input? output? mode tc)
    (if (and tc
             (or (not input?) (%direct-transcoder? tc #t))
             (or (not output?) (%direct-transcoder? tc #f)))
        (let ((p (%fd-port textual-port-rtd filename fd input? output? mode)))
          (p-transcoder! p tc)
          (p-errors! p (transcoder-error-handling-mode tc))
          p)
        (let ((p (%fd-port binary-port-rtd filename fd input? output? mode)))
          (if tc (transcoded-port p tc) p))))

  ;; A port on a descriptor, which it closes; the name is its id.
  (define (%open-descriptor who fd name input? output? mode tc)
    (check-mode who mode tc)
    (file-port who name fd input? output? mode tc))

  ;; (open-file-input-port filename [file-options [buffer-mode [maybe-transcoder]]])
  (define open-file-input-port
    (case-lambda
      ((filename) (open-file-input-port filename no-options 'block #f))
      ((filename options) (open-file-input-port filename options 'block #f))
      ((filename options mode) (open-file-input-port filename options mode #f))
      ((filename options mode tc)
       (check-how 'open-file-input-port options mode tc)
       (file-port 'open-file-input-port filename
                  (open-readable 'open-file-input-port filename) #t #f mode tc))))

  ;; Directories can be opened, but not read.
  (define (open-readable who filename)
    (let ((fd (open who filename 0)))
      (if (file-directory? filename)
          (begin
            (%os-close fd)
            (%raise-file-error who filename 21))
          fd)))

  ;; (open-file-output-port filename [file-options [buffer-mode [maybe-transcoder]]])
  (define open-file-output-port
    (case-lambda
      ((filename) (open-file-output-port filename no-options 'block #f))
      ((filename options) (open-file-output-port filename options 'block #f))
      ((filename options mode) (open-file-output-port filename options mode #f))
      ((filename options mode tc)
       (check-how 'open-file-output-port options mode tc)
       (file-port 'open-file-output-port filename
                  (open-writable 'open-file-output-port filename O_WRONLY options)
                  #f #t mode tc))))

  ;; With the option append the position is the end from the start.
  (define (open-writable who filename access options)
    (let ((fd (open who filename (fxior access (output-flags who options)))))
      (if (enum-set-member? 'append options) (%os-seek fd 0 2))
      fd))

  ;; (open-file-input/output-port filename [file-options [buffer-mode [maybe-transcoder]]])
  (define open-file-input/output-port
    (case-lambda
      ((filename) (open-file-input/output-port filename no-options 'block #f))
      ((filename options) (open-file-input/output-port filename options 'block #f))
      ((filename options mode) (open-file-input/output-port filename options mode #f))
      ((filename options mode tc)
       (check-how 'open-file-input/output-port options mode tc)
       (file-port 'open-file-input/output-port filename
                  (open-writable 'open-file-input/output-port filename O_RDWR options)
                  #t #t mode tc))))

  ;; (open-input-file filename): textual.
  (define (open-input-file filename)
    (file-port 'open-input-file filename (open-readable 'open-input-file filename)
               #t #f 'block (native-transcoder)))

  ;; (open-output-file filename): the file must not exist (R6RS).
  (define (open-output-file filename)
    (file-port 'open-output-file filename
               (open 'open-output-file filename (fxior O_WRONLY (fxior O_CREAT O_EXCL)))
               #f #t 'block (native-transcoder)))

  ;; (open-output-file filename): an existing file is replaced (R7RS leaves it open).
  (define (r7:open-output-file filename)
    (file-port 'open-output-file filename
               (open 'open-output-file filename (fxior O_WRONLY (fxior O_CREAT O_TRUNC)))
               #f #t 'block (native-transcoder)))

  ;; (open-binary-input-file filename): R7RS.
  (define (open-binary-input-file filename)
    (file-port 'open-binary-input-file filename (open-readable 'open-binary-input-file filename)
               #t #f 'block #f))

  ;; (open-binary-output-file filename): R7RS.
  (define (open-binary-output-file filename)
    (file-port 'open-binary-output-file filename
               (open 'open-binary-output-file filename (fxior O_WRONLY (fxior O_CREAT O_TRUNC)))
               #f #t 'block #f))

  ;; The values of (proc port) for the port that (open filename) gives; nothing is opened for what is no procedure.
  (define (call-with-file who open filename proc)
    (if (procedure? proc) #t (%type-violation who "a procedure" proc))
    (call-with-port (open filename) proc))

  ;; (call-with-input-file filename proc)
  (define (call-with-input-file filename proc)
    (call-with-file 'call-with-input-file open-input-file filename proc))
  ;; (call-with-output-file filename proc): R6RS.
  (define (call-with-output-file filename proc)
    (call-with-file 'call-with-output-file open-output-file filename proc))
  ;; (call-with-output-file filename proc): R7RS.
  (define (r7:call-with-output-file filename proc)
    (call-with-file 'call-with-output-file r7:open-output-file filename proc))

  ;; The same with a parameter in place of an argument.
  (define (with-file who parameter open filename thunk)
    (if (procedure? thunk) #t (%type-violation who "a procedure" thunk))
    (call-with-port (open filename) (lambda (p) (parameterize ((parameter p)) (thunk)))))

  ;; (with-input-from-file filename thunk)
  (define (with-input-from-file filename thunk)
    (with-file 'with-input-from-file current-input-port open-input-file filename thunk))
  ;; (with-output-to-file filename thunk): R6RS.
  (define (with-output-to-file filename thunk)
    (with-file 'with-output-to-file current-output-port open-output-file filename thunk))
  ;; (with-output-to-file filename thunk): R7RS.
  (define (r7:with-output-to-file filename thunk)
    (with-file 'with-output-to-file current-output-port r7:open-output-file filename thunk))

  ;; The whole text of a file.
  (define (%file->string filename)
    (let ((s (call-with-input-file filename get-string-all)))
      (if (eof-object? s) "" s)))

  ;;; The file system

  (define (check-result who filename result)
    (if (fx<? result 0)
        (%raise-file-error who filename (fx- 0 result))
        (%void)))

  ;; (file-exists? filename)
  (define (file-exists? filename)
    (fx>=? (%file-call 21 #f (%path 'file-exists? filename) 0) 0))

  ;; (delete-file filename)
  (define (delete-file filename)
    (check-result 'delete-file filename (%file-call 87 #f (%path 'delete-file filename))))

  ;; (rename-file from to)
  (define (rename-file from to)
    (check-result 'rename-file from
                  (%file-call 82 #f (%path 'rename-file from) (%path 'rename-file to))))

  ;; (file-size filename): bytes.
  (define (file-size filename)
    (let ((status (make-bytevector 144 0)))
      (check-result 'file-size filename (%file-call 4 #f (%path 'file-size filename) status))
      (bytevector-s64-native-ref status 48)))

  ;; (file-directory? filename)
  (define (file-directory? filename)
    (let ((mode (file-mode 'file-directory? filename)))
      (and mode (fx=? (fxand mode #xf000) #x4000))))

  ;; Type and rights of a file as stat gives them, or #f.
  (define (file-mode who filename)
    (let ((status (make-bytevector 144 0)))
      (and (fx>=? (%file-call 4 #f (%path who filename) status) 0)
           (bytevector-u32-native-ref status 24))))

  ;; (create-directory filename)
  (define (create-directory filename)
    (check-result 'create-directory filename (%file-call 83 #f (%path 'create-directory filename) 511)))

  ;; (delete-directory filename)
  (define (delete-directory filename)
    (check-result 'delete-directory filename (%file-call 84 #f (%path 'delete-directory filename))))

  ;; (current-directory)
  (define (current-directory)
    (let ((b (%os-getcwd)))
      (if (bytevector? b) (utf8->string b) (%raise-file-error 'current-directory "." (fx- 0 b)))))

  ;;; Default ports

  ;; (read-char [port])
  (define read-char
    (case-lambda
      ((p) (or (%port-take-char! p textual-port-rtd) (%next-char p 'read-char #f)))
      (() (read-char (current-input-port)))))

  ;; (peek-char [port])
  (define peek-char
    (case-lambda
      ((p) (or (%port-peek-char p textual-port-rtd) (%next-char p 'peek-char #t)))
      (() (peek-char (current-input-port)))))

  ;; (read-line [port]): R7RS.
  (define read-line
    (case-lambda
      (() (get-line/any (current-input-port)))
      ((p) (get-line/any p))))

  ;; (read-string k [port]): R7RS. The arguments may also come the other way round.
  (define read-string
    (case-lambda
      ((k) (%read-characters (current-input-port) 'read-string k))
      ((k p) (if (port? k) (%read-characters k 'read-string p) (%read-characters p 'read-string k)))))

  ;; (read-u8 [port])
  (define read-u8
    (case-lambda
      (() (read-u8 (current-input-port)))
      ((p) (or (%port-take-u8! p binary-port-rtd) (%next-u8 p 'read-u8)))))

  ;; (peek-u8 [port])
  (define peek-u8
    (case-lambda
      (() (peek-u8 (current-input-port)))
      ((p) (or (%port-peek-u8 p binary-port-rtd) (%peek-u8 p 'peek-u8)))))

  ;; (u8-ready? [port])
  (define r7:u8-ready?
    (case-lambda
      (() (u8-ready? (current-input-port)))
      ((p) (u8-ready? p))))

  ;; (char-ready? [port])
  (define r7:char-ready?
    (case-lambda
      (() (char-ready? (current-input-port)))
      ((p) (char-ready? p))))

  ;; (read-bytevector k [port])
  (define read-bytevector
    (case-lambda
      ((k) (read-bytevector k (current-input-port)))
      ((k p) (%read-bytes p 'read-bytevector k))))

  ;; (read-bytevector! bytevector [port [start [end]]])
  (define read-bytevector!
    (case-lambda
      ((bv) (read-bytevector! bv (current-input-port) 0 (size-of 'read-bytevector! bv)))
      ((bv p) (read-bytevector! bv p 0 (size-of 'read-bytevector! bv)))
      ((bv p start) (read-bytevector! bv p start (size-of 'read-bytevector! bv)))
      ((bv p start end)
       (%check-range 'read-bytevector! bv (size-of 'read-bytevector! bv) start end)
       (if (binary-port? p) #t (%type-violation 'read-bytevector! "a binary input port" p))
       (%check-input! 'read-bytevector! p)
       (if (%mutable-bytevector? bv) #t (%immutable-violation 'read-bytevector! bv))
       (%read-bytes! p bv start (fx- end start)))))

  (define (size-of who bv)
    (if (bytevector? bv) (bytevector-length bv) (%type-violation who "a bytevector" bv)))

  ;; (flush-output-port [port])
  (define r7:flush-output-port
    (case-lambda
      (() (flush-output-port (current-output-port)))
      ((p) (flush-output-port p))))

  ;; (write-string string [port [start [end]]])
  (define write-string
    (case-lambda
      ((s) (write-string s (current-output-port)))
      ((s p) (write-string s p 0 (text-length s)))
      ((s p start) (write-string s p start (text-length s)))
      ((s p start end)
       (%check-range 'write-string s (text-length s) start end)
       (if (textual-port? p) #t (%type-violation 'write-string "a textual output port" p))
       (if (fx=? 0 (p-olimit p)) (%check-output! 'write-string p))
       (%put-substring p s start end))))

  (define (text-length s)
    (if (string? s) (string-length s) (%type-violation 'write-string "a string" s)))

  ;; (write-bytevector bytevector [port [start [end]]])
  (define write-bytevector
    (case-lambda
      ((bv) (write-bytevector bv (current-output-port)))
      ((bv p) (write-bytevector bv p 0 (size-of 'write-bytevector bv)))
      ((bv p start) (write-bytevector bv p start (size-of 'write-bytevector bv)))
      ((bv p start end)
       (%check-range 'write-bytevector bv (size-of 'write-bytevector bv) start end)
       (if (binary-port? p) #t (%type-violation 'write-bytevector "a binary output port" p))
       (%put-bytes p 'write-bytevector bv start (fx- end start))))))
