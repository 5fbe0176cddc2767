;; SPDX-License-Identifier: MIT
;;
;; Files, directories, permissions, times, the process's surroundings: the names and meanings of SRFI 170 where it has them.
;; Errors are the &i/o-filename conditions of R6RS with the name of the file.
(library (loko system file-system)
  (export file-exists? delete-file rename-file create-directory delete-directory delete-directory-tree
          create-fifo create-hard-link create-symlink read-symlink real-path truncate-file file-sync
          set-file-mode set-file-owner set-file-times
          file-info file-info?
          file-info:device file-info:inode file-info:mode file-info:nlinks file-info:uid file-info:gid file-info:rdev
          file-info:size file-info:blksize file-info:blocks file-info:atime file-info:mtime file-info:ctime
          file-info-regular? file-info-directory? file-info-symlink? file-info-fifo? file-info-socket? file-info-device?
          file-directory? file-regular? file-symbolic-link? file-size file-readable? file-writable? file-executable?
          directory-files directory-fold open-directory read-directory close-directory
          current-directory set-current-directory! umask set-umask!
          temp-file-prefix create-temp-file create-temp-directory call-with-temporary-filename
          owner/unchanged group/unchanged time/unchanged time/now
          get-environment-variable get-environment-variables putenv set-environment-variable! delete-environment-variable!
          file-space nice os-error? os-error-number os-error-name
          pid parent-pid user-uid user-gid user-effective-uid user-effective-gid terminal?)
  (import (rnrs)
          (only (loko core primitives) %os-system-call %os-getpid)
          (only (loko base parameters) %make-lazy-parameter)
          (only (loko base process-state) %state-changed!)
          (only (loko base io-conditions) %raise-file-error os-error? os-error-number os-error-name)
          (only (loko base waiting) %file-call)
          (only (loko base files) %path %open-file rename-file file-size file-directory? current-directory)
          (only (loko base ports) port-file-descriptor)
          (only (loko base process) get-environment-variable get-environment-variables putenv)
          (only (loko system time) make-time time? time-second time-nanosecond))

  ;; A system call that does not wait, with up to six arguments: its result or the negative error number. Those that may wait for a
  ;; disk are made by %file-call.
  (define (system-call number . arguments)
    (let ((v (make-vector 6 0)))
      (let loop ((i 0) (l arguments))
        (if (null? l)
            (%os-system-call number v)
            (begin
              (vector-set! v i (car l))
              (loop (+ i 1) (cdr l)))))))

  ;; The result, if it is no error; else raises for that file.
  (define (checked who filename result)
    (if (< result 0) (%raise-file-error who filename (- result)) result))

  (define (check-string who x)
    (unless (string? x) (assertion-violation who "expected a file name" x)))

  (define (check-integer who x)
    (unless (and (fixnum? x) (>= x 0)) (assertion-violation who "expected a non-negative exact integer" x)))

  (define-syntax unspecified (syntax-rules () ((_ e) (begin e (if #f #f)))))

  ;;; Making and unmaking

  ;; (create-directory filename [permission-bits]): the bits default to #o775; umask applies.
  (define create-directory
    (case-lambda
      ((filename) (create-directory filename #o775))
      ((filename mode)
       (check-integer 'create-directory mode)
       (unspecified (checked 'create-directory filename (%file-call 83 #f (%path 'create-directory filename) mode))))))

  ;; (delete-directory filename): an empty one.
  (define (delete-directory filename)
    (unspecified (checked 'delete-directory filename (%file-call 84 #f (%path 'delete-directory filename)))))

  ;; (delete-directory-tree filename): the directory with all that is in it; symbolic links are not followed.
  (define (delete-directory-tree filename)
    (for-each
     (lambda (name)
       (let ((path (string-append filename "/" name)))
         (if (file-info-directory? (file-info path #f))
             (delete-directory-tree path)
             (delete-file path))))
     (directory-files filename #t))
    (delete-directory filename))

  ;; (create-fifo filename [permission-bits]): a named pipe.
  (define create-fifo
    (case-lambda
      ((filename) (create-fifo filename #o664))
      ((filename mode)
       (check-integer 'create-fifo mode)
       (unspecified (checked 'create-fifo filename
                             (%file-call 133 #f (%path 'create-fifo filename) (bitwise-ior #o10000 mode) 0))))))

  ;; (create-hard-link old new)
  (define (create-hard-link old new)
    (unspecified (checked 'create-hard-link new
                          (%file-call 86 #f (%path 'create-hard-link old) (%path 'create-hard-link new)))))

  ;; (create-symlink old new): new refers to old.
  (define (create-symlink old new)
    (unspecified (checked 'create-symlink new
                          (%file-call 88 #f (%path 'create-symlink old) (%path 'create-symlink new)))))

  (define (sub-bytes bv start end)
    (let ((r (make-bytevector (- end start))))
      (bytevector-copy! bv start r 0 (- end start))
      r))

  ;; (read-symlink filename): what the link says.
  (define (read-symlink filename)
    (let* ((buffer (make-bytevector 4096))
           (n (checked 'read-symlink filename (%file-call 89 #f (%path 'read-symlink filename) buffer 4096))))
      (utf8->string (sub-bytes buffer 0 n))))

  ;; (real-path filename): absolute, without links, "." and ".."; the file must exist.
  (define (real-path filename)
    (let ((fd (%open-file 'real-path filename #x200000 0)))  ; O_PATH
      (let ((path (read-symlink (string-append "/proc/self/fd/" (number->string fd)))))
        (system-call 3 fd)
        path)))

  ;; (truncate-file filename-or-port length)
  (define (truncate-file file length)
    (check-integer 'truncate-file length)
    (unspecified
     (if (port? file)
         (begin
           (if (output-port? file) (flush-output-port file))
           (checked 'truncate-file (descriptor 'truncate-file file) (%file-call 77 (descriptor 'truncate-file file) length)))
         (checked 'truncate-file file (%file-call 76 #f (%path 'truncate-file file) length)))))

  ;; (file-sync port): what was written to the file is on the disk when this returns.
  (define (file-sync port)
    (if (output-port? port) (flush-output-port port))
    (unspecified (checked 'file-sync port (%file-call 74 (descriptor 'file-sync port)))))

  (define (descriptor who port)
    (or (port-file-descriptor port)
        (assertion-violation who "the port has no file descriptor" port)))

  ;;; Attributes

  ;; (set-file-mode filename bits)
  (define (set-file-mode filename mode)
    (check-integer 'set-file-mode mode)
    (unspecified (checked 'set-file-mode filename (%file-call 90 #f (%path 'set-file-mode filename) mode))))

  (define owner/unchanged -1)
  (define group/unchanged -1)

  ;; (set-file-owner filename uid gid): owner/unchanged and group/unchanged leave one as it is.
  (define (set-file-owner filename uid gid)
    (unspecified (checked 'set-file-owner filename (%file-call 92 #f (%path 'set-file-owner filename) uid gid))))

  (define time/now 'now)
  (define time/unchanged 'unchanged)

  ;; (set-file-times filename [access-time modify-time]): time objects, time/now or time/unchanged; default: now.
  (define set-file-times
    (case-lambda
      ((filename) (set-file-times filename time/now time/now))
      ((filename access modify)
       (let ((times (make-bytevector 32 0)))
         (define (put! at t)
           (cond ((eq? t time/now) (bytevector-s64-set! times (+ at 8) #x3fffffff (endianness little)))
                 ((eq? t time/unchanged) (bytevector-s64-set! times (+ at 8) #x3ffffffe (endianness little)))
                 ((time? t)
                  (bytevector-s64-set! times at (time-second t) (endianness little))
                  (bytevector-s64-set! times (+ at 8) (time-nanosecond t) (endianness little)))
                 (else (assertion-violation 'set-file-times "expected a time object" t))))
         (put! 0 access)
         (put! 16 modify)
         (unspecified (checked 'set-file-times filename
                               (%file-call 280 #f -100 (%path 'set-file-times filename) times 0)))))))

  (define-record-type (info make-info file-info?)
    (fields (immutable device file-info:device) (immutable inode file-info:inode) (immutable mode file-info:mode)
            (immutable nlinks file-info:nlinks) (immutable uid file-info:uid) (immutable gid file-info:gid)
            (immutable rdev file-info:rdev) (immutable size file-info:size) (immutable blksize file-info:blksize)
            (immutable blocks file-info:blocks) (immutable atime file-info:atime) (immutable mtime file-info:mtime)
            (immutable ctime file-info:ctime)))

  ;; (file-info filename-or-port [follow?]): what stat tells; follow? (default #t): of the file behind a symbolic link.
  (define file-info
    (case-lambda
      ((file) (file-info file #t))
      ((file follow?)
       (let ((b (make-bytevector 144 0)))
         (if (port? file)
             (checked 'file-info (descriptor 'file-info file) (%file-call 5 (descriptor 'file-info file) b))
             (checked 'file-info file (%file-call (if follow? 4 6) #f (%path 'file-info file) b)))
         (let ((word (lambda (at) (bytevector-u64-ref b at (endianness little))))
               (half (lambda (at) (bytevector-u32-ref b at (endianness little)))))
           (let ((time (lambda (at) (make-time (bytevector-s64-ref b at (endianness little)) (word (+ at 8)) 1))))
             (make-info (word 0) (word 8) (half 24) (word 16) (half 28) (half 32) (word 40) (word 48) (word 56) (word 64)
                        (time 72) (time 88) (time 104))))))))

  (define (kind info) (bitwise-and (file-info:mode info) #o170000))
  ;; (file-info-regular? info) and so on: the kind of the file.
  (define (file-info-regular? info) (= (kind info) #o100000))
  (define (file-info-directory? info) (= (kind info) #o40000))
  (define (file-info-symlink? info) (= (kind info) #o120000))
  (define (file-info-fifo? info) (= (kind info) #o10000))
  (define (file-info-socket? info) (= (kind info) #o140000))
  (define (file-info-device? info) (or (= (kind info) #o20000) (= (kind info) #o60000)))

  (define (try-info filename follow?)
    (guard (c ((i/o-filename-error? c) #f)) (file-info filename follow?)))

  ;; (file-regular? filename), (file-symbolic-link? filename): #f also for files that don't exist.
  (define (file-regular? filename)
    (let ((i (try-info filename #t))) (and i (file-info-regular? i))))
  (define (file-symbolic-link? filename)
    (let ((i (try-info filename #f))) (and i (file-info-symlink? i))))

  (define (access? who filename bits) (>= (%file-call 21 #f (%path who filename) bits) 0))
  ;; (file-space filename-or-port): bytes that are free for this user on the volume of the file.
  (define (file-space file)
    (let ((b (make-bytevector 120 0)))
      (if (port? file)
          (checked 'file-space (descriptor 'file-space file) (system-call 138 (descriptor 'file-space file) b))
          (checked 'file-space file (%file-call 137 #f (%path 'file-space file) b)))
      (let ((size (bytevector-u64-ref b 8 (endianness little))) (fragment (bytevector-u64-ref b 72 (endianness little))))
        (* (bytevector-u64-ref b 32 (endianness little)) (if (= fragment 0) size fragment)))))

  ;; (file-readable? filename) and so on: may this process do so?
  (define (file-readable? filename) (access? 'file-readable? filename 4))
  (define (file-writable? filename) (access? 'file-writable? filename 2))
  (define (file-executable? filename) (access? 'file-executable? filename 1))

  ;;; Directories

  (define-record-type directory
    (fields name (mutable fd) (mutable buffer) (mutable pos) (mutable end) dots?)
    (sealed #t) (opaque #t))

  ;; (open-directory filename [dot-files?]): a directory object for read-directory.
  (define open-directory
    (case-lambda
      ((filename) (open-directory filename #f))
      ((filename dots?)
       (let ((fd (%open-file 'open-directory filename #x10000 0)))
         (make-directory filename fd #vu8() 0 0 dots?)))))

  ;; (read-directory directory): the next name, or the end-of-file object; "." and ".." are left out, and names with a dot in
  ;; front unless dot-files? was true.
  (define (read-directory d)
    (unless (directory-fd d) (assertion-violation 'read-directory "the directory is closed" d))
    (if (< (directory-pos d) (directory-end d))
        (let* ((b (directory-buffer d)) (at (directory-pos d))
               (next (+ at (bytevector-u16-ref b (+ at 16) (endianness little))))
               (end (let loop ((i (+ at 19))) (if (= 0 (bytevector-u8-ref b i)) i (loop (+ i 1)))))
               (name (utf8->string (sub-bytes b (+ at 19) end))))
          (directory-pos-set! d next)
          (if (or (string=? name ".") (string=? name "..")
                  (and (not (directory-dots? d)) (char=? #\. (string-ref name 0))))
              (read-directory d)
              name))
        (let* ((b (make-bytevector 32768))
               (n (checked 'read-directory (directory-name d) (%file-call 217 (directory-fd d) b 32768)))
               (left (- (directory-end d) (directory-pos d))))
          (cond ((> left 0)              ; another fiber has filled it meanwhile
                 (let ((both (make-bytevector (+ left n))))
                   (bytevector-copy! (directory-buffer d) (directory-pos d) both 0 left)
                   (bytevector-copy! b 0 both left n)
                   (fill-directory! d both (+ left n))
                   (read-directory d)))
                ((= n 0) (eof-object))
                (else
                 (fill-directory! d b n)
                 (read-directory d))))))

  (define (fill-directory! d bytes end)
    (directory-buffer-set! d bytes)
    (directory-pos-set! d 0)
    (directory-end-set! d end))

  ;; (close-directory directory)
  (define (close-directory d)
    (when (directory-fd d)
      (system-call 3 (directory-fd d))
      (directory-fd-set! d #f)))

  ;; (directory-fold kons knil filename [dot-files?])
  (define directory-fold
    (case-lambda
      ((kons knil filename) (directory-fold kons knil filename #f))
      ((kons knil filename dots?)
       (let ((d (open-directory filename dots?)))
         (dynamic-wind
          (lambda () #f)
          (lambda ()
            (let loop ((acc knil))
              (let ((name (read-directory d)))
                (if (eof-object? name) acc (loop (kons name acc))))))
          (lambda () (close-directory d)))))))

  ;; (directory-files [filename [dot-files?]]): the names in a directory, in no order.
  (define directory-files
    (case-lambda
      (() (directory-files "." #f))
      ((filename) (directory-files filename #f))
      ((filename dots?) (directory-fold cons '() filename dots?))))

  ;; (set-current-directory! filename)
  (define (set-current-directory! filename)
    (unspecified (checked 'set-current-directory! filename (%file-call 80 #f (%path 'set-current-directory! filename)))))

  ;; (umask), (set-umask! bits): permissions that new files don't get.
  (define (umask)
    (let ((old (system-call 95 0)))
      (system-call 95 old)
      old))
  (define (set-umask! bits)
    (check-integer 'set-umask! bits)
    (%state-changed!)
    (unspecified (system-call 95 bits)))

  ;;; Temporary files

  ;; (temp-file-prefix [string]): a parameter: what names of temporary files begin with, at first that of the directory for them and
  ;; the number of the process.
  (define temp-file-prefix
    (%make-lazy-parameter
     (lambda ()
       (%state-changed!)                ; loci that are created later have the same
       (string-append (or (get-environment-variable "TMPDIR") "/tmp") "/" (number->string (%os-getpid))))
     (lambda (x)
       (if (string? x) x (assertion-violation 'temp-file-prefix "expected a string" x)))))

  (define (random-name)
    (let ((b (make-bytevector 8)))
      (system-call 318 b 8 0)          ; getrandom
      (number->string (bytevector-u64-ref b 0 (endianness little)) 36)))

  ;; (call-with-temporary-filename maker [prefix]): the values of (maker name) for a fresh name, the first of which is not
  ;; #f; names are tried until then. File-exists errors count as #f.
  (define call-with-temporary-filename
    (case-lambda
      ((maker) (call-with-temporary-filename maker (temp-file-prefix)))
      ((maker prefix)
       (let loop ((n 1000))
         (when (= n 0) (assertion-violation 'call-with-temporary-filename "no name was accepted" prefix))
         (call-with-values
          (lambda ()
            (guard (c ((i/o-file-already-exists-error? c) #f))
              (maker (string-append prefix (random-name)))))
          (lambda results
            (if (and (pair? results) (car results))
                (apply values results)
                (loop (- n 1)))))))))

  ;; (create-temp-file [prefix]): the name of a new empty file that only its owner may use.
  (define create-temp-file
    (case-lambda
      (() (create-temp-file (temp-file-prefix)))
      ((prefix)
       (check-string 'create-temp-file prefix)
       (call-with-temporary-filename
        (lambda (name)
          (system-call 3 (%open-file 'create-temp-file name #xc2 #o600))
          name)
        prefix))))

  ;; (create-temp-directory [prefix]): likewise a directory.
  (define create-temp-directory
    (case-lambda
      (() (create-temp-directory (temp-file-prefix)))
      ((prefix)
       (check-string 'create-temp-directory prefix)
       (call-with-temporary-filename (lambda (name) (create-directory name #o700) name) prefix))))

  ;;; Surroundings

  ;; (set-environment-variable! name value), (delete-environment-variable! name): as putenv.
  (define (set-environment-variable! name value)
    (unless (string? value) (assertion-violation 'set-environment-variable! "expected a string" value))
    (putenv name value))
  (define (delete-environment-variable! name) (putenv name #f))

  ;; (pid) and so on: numbers of the process, its parent, its user and group.
  (define (pid) (system-call 39))
  (define (parent-pid) (system-call 110))
  (define (user-uid) (system-call 102))
  (define (user-gid) (system-call 104))
  (define (user-effective-uid) (system-call 107))
  (define (user-effective-gid) (system-call 108))

  ;; (nice [increment]): makes the process so much more yielding to others (default 1); its niceness now, -20 to 19.
  (define nice
    (case-lambda
      (() (nice 1))
      ((increment)
       (unless (fixnum? increment) (assertion-violation 'nice "expected an exact integer" increment))
       (let ((niceness (lambda () (- 20 (system-call 140 0 0)))))   ; getpriority answers 20 - niceness
         (let ((new (max -20 (min 19 (+ (niceness) increment)))))
           (checked 'nice "" (system-call 141 0 0 new))
           (niceness))))))

  ;; (terminal? port): is it connected to a terminal?
  (define (terminal? port)
    (let ((fd (port-file-descriptor port)))
      (and fd (= 0 (system-call 16 fd #x5401 (make-bytevector 64)))))))
