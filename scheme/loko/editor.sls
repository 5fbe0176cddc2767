;; SPDX-License-Identifier: MIT
;;
;; Line editing for the REPL on a terminal: keys to a line of text. The terminal is in raw mode only while a line is
;; read, so programs that the REPL runs find it as it was; it is restored however reading ends. Each change draws the
;; line anew, over as many rows as the window's width makes of it (as Antirez' linenoise does). Waiting goes through
;; (loko base waiting), so fibers run meanwhile. Keys are those of Emacs and readline:
;;   C-a C-e C-b C-f, arrows, Home, End, M-b M-f     move
;;   C-h, Backspace, C-d, Delete, C-k C-u C-w M-d    delete; what the last four take comes back with C-y
;;   C-p C-n, arrows up and down, C-r                history; C-r searches backwards
;;   Tab                                             complete a name;   C-t  transpose;   C-l  clear the screen
;;   C-c                                             give the line up;  C-d on an empty line  end of input
;; A closing parenthesis shows the one that it closes for a moment.
;; INVARIANT(text): `left` holds the characters before the cursor, last first; `right` those behind it, in order.
(library (loko editor)
  (export make-editor edit-line editor-usable?)
  (import (rnrs)
          (only (loko core primitives)
                %os-syscall %os-open %os-read %os-write %os-close %os-poll %os-isatty)
          (only (loko base process) get-environment-variable)
          (only (loko base lists) last-pair)
          (only (loko base strings) string-prefix? string-contains string-join)
          (only (loko base waiting) wait-readable))

  ;;; The terminal

  (define sys-ioctl 16)
  (define sys-getppid 110)
  (define tcgets #x5401)
  (define tcsetsw #x5403)
  (define tiocgwinsz #x5413)

  (define (raw-mode settings)
    (let ((raw (bytevector-copy settings)))
      (define (clear! at mask)
        (bytevector-u8-set! raw at (fxand (bytevector-u8-ref raw at) (fxxor mask 255))))
      (clear! 1 #x05)          ; input: no IXON (0x400), no ICRNL (0x100)
      (clear! 12 #x0b)         ; local: no ISIG, ICANON, ECHO
      (clear! 13 #x80)         ; no IEXTEN
      (bytevector-u8-set! raw (fx+ 17 6) 1)   ; VMIN
      (bytevector-u8-set! raw (fx+ 17 5) 0)   ; VTIME
      raw))

  ;; The kernel's settings of the terminal, or #f.
  (define (terminal-settings)
    (let ((settings (make-bytevector 64 0)))
      (and (fx>=? (%os-syscall sys-ioctl 0 tcgets settings) 0) settings)))

  ;; (editor-usable?): is there a terminal at both ends that understands cursor movement, and nobody in between who
  ;; edits lines already (rlwrap)?
  (define (editor-usable?)
    (let ((term (get-environment-variable "TERM")))
      (and (%os-isatty 0) (%os-isatty 1)
           (string? term)
           (not (member term '("dumb" "" "unknown")))
           (not (get-environment-variable "INSIDE_EMACS"))
           (terminal-settings)
           (not (string=? (parent-name) "rlwrap")))))

  (define (parent-name)
    (let* ((text (file-text (string-append "/proc/"
                                            (string-append (number->string (%os-syscall sys-getppid) 10) "/comm"))))
           (n (string-length text)))
      (if (and (fx>? n 0) (char=? (string-ref text (fx- n 1)) #\newline))
          (substring text 0 (fx- n 1))
          text)))

  (define (path-bytes path) (string->utf8 (string-append path "\x0;")))

  ;; The text of a file; "" if it can't be read.
  (define (file-text path)
    (let ((fd (%os-open (path-bytes path) 0 0)) (buffer (make-bytevector 65536)))
      (if (fx<? fd 0)
          ""
          (let loop ((parts '()))
            (let ((n (%os-read fd buffer 0 65536)))
              (if (fx>? n 0)
                  (loop (cons (part buffer n) parts))
                  (begin
                    (%os-close fd)
                    (utf8->string (join (reverse parts))))))))))

  (define (part bv n)
    (let ((copy (make-bytevector n)))
      (bytevector-copy! bv 0 copy 0 n)
      copy))

  (define (join parts)
    (let* ((n (fold-left (lambda (sum p) (fx+ sum (bytevector-length p))) 0 parts)) (all (make-bytevector n)))
      (let loop ((parts parts) (at 0))
        (if (pair? parts)
            (begin
              (bytevector-copy! (car parts) 0 all at (bytevector-length (car parts)))
              (loop (cdr parts) (fx+ at (bytevector-length (car parts)))))
            all))))

  (define (write-bytes bytes)
    (let ((n (bytevector-length bytes)))
      (let loop ((at 0))
        (if (fx<? at n)
            (let ((written (%os-write 1 bytes at (fx- n at))))
              (if (fx>? written 0) (loop (fx+ at written))))))))

  (define (window-width)
    (let ((size (make-bytevector 8 0)))
      (if (fx>=? (%os-syscall sys-ioctl 1 tiocgwinsz size) 0)
          (let ((columns (fx+ (bytevector-u8-ref size 2) (fx* 256 (bytevector-u8-ref size 3)))))
            (if (fx>? columns 3) columns 80))
          80)))

  ;;; Editors

  (define-record-type editor
    (fields (mutable settings)   ; of the terminal outside
            (mutable bytes)      ; list of bytes that were read and not yet used: text that was pasted or typed ahead
            (mutable left) (mutable right)
            (mutable row)        ; of the cursor in what is on the screen, from 0
            (mutable prompt)
            (mutable history)    ; list of lines, the last first
            (mutable killed)     ; string
            file                 ; of the history, or #f
            names)               ; thunk: list of names for completion
    (protocol
     (lambda (new)
       (lambda (file names)
         (new #f '() '() '() 0 "" (if file (read-history file) '()) "" file names))))
    (sealed #t))

  (define most-lines 1000)

  (define (read-history file)
    (let split ((chars (string->list (file-text file))) (line '()) (lines '()))
      (cond ((null? chars) (list-head-at-most lines most-lines))
            ((char=? (car chars) #\newline)
             (split (cdr chars) '() (if (null? line) lines (cons (list->string (reverse line)) lines))))
            (else (split (cdr chars) (cons (car chars) line) lines)))))

  (define (list-head-at-most l n)
    (if (and (pair? l) (fx>? n 0))
        (cons (car l) (list-head-at-most (cdr l) (fx- n 1)))
        '()))

  ;; Keeps a line, also in the file; blank lines and repetitions are not worth it. O_WRONLY, O_CREAT, O_APPEND.
  (define (remember! e line)
    (if (and (not (blank? line))
             (not (and (pair? (editor-history e)) (string=? (car (editor-history e)) line))))
        (begin
          (editor-history-set! e (cons line (list-head-at-most (editor-history e) (fx- most-lines 1))))
          (if (editor-file e)
              (let ((fd (%os-open (path-bytes (editor-file e)) 1089 #o600)))
                (if (fx>=? fd 0)
                    (let ((bytes (string->utf8 (string-append line "\n"))))
                      (%os-write fd bytes 0 (bytevector-length bytes))
                      (%os-close fd))))))))

  (define (blank? s) (for-all char-whitespace? (string->list s)))

  ;;; Keys

  ;; More bytes from the terminal; #f at its end.
  (define (fill! e)
    (wait-readable 0)
    (let* ((buffer (make-bytevector 4096)) (n (%os-read 0 buffer 0 4096)))
      (cond ((fx>? n 0)
             (editor-bytes-set! e (append (editor-bytes e) (list-head-at-most (bytevector->u8-list buffer) n)))
             #t)
            ((fx=? n -4) (fill! e))
            (else #f))))

  ;; The next byte, or #f.
  (define (next-byte e)
    (if (or (pair? (editor-bytes e)) (fill! e))
        (let ((b (car (editor-bytes e))))
          (editor-bytes-set! e (cdr (editor-bytes e)))
          b)
        #f))

  ;; Is there a byte already, or within some milliseconds?
  (define (more? e milliseconds)
    (or (pair? (editor-bytes e))
        (fx>? (%os-poll 0 #f milliseconds) 0)))

  ;; The next key: a character, a symbol for those that have names, or #f at the end of the input.
  (define (next-key e)
    (let ((b (next-byte e)))
      (cond ((not b) #f)
            ((fx=? b 27) (escape-key e))
            ((fx<? b 128) (control-key b))
            (else (utf8-key e b)))))

  (define (control-key b)
    (case b
      ((1) 'home) ((2) 'left) ((3) 'interrupt) ((4) 'delete-or-end) ((5) 'end) ((6) 'right) ((7) 'nothing)
      ((8 127) 'backspace) ((9) 'tab) ((10 13) 'enter) ((11) 'kill-right) ((12) 'clear) ((14) 'down) ((16) 'up)
      ((18) 'search) ((20) 'transpose) ((21) 'kill-left) ((23) 'kill-word) ((25) 'yank)
      (else (if (fx<? b 32) 'nothing (integer->char b)))))

  ;; A character of several bytes; what is no UTF-8 is ignored.
  (define (utf8-key e first)
    (let ((more (cond ((fx<? first #xc2) 0) ((fx<? first #xe0) 1) ((fx<? first #xf0) 2) ((fx<? first #xf5) 3) (else 0))))
      (let loop ((n more) (value (fxand first (case more ((1) #x1f) ((2) #x0f) (else #x07)))))
        (cond ((fx=? more 0) 'nothing)
              ((fx=? n 0)
               (if (or (fx<? value #xd800) (and (fx>? value #xdfff) (fx<? value #x110000)))
                   (integer->char value)
                   'nothing))
              (else
               (let ((b (next-byte e)))
                 (if (and b (fx=? (fxand b #xc0) #x80))
                     (loop (fx- n 1) (fx+ (fx* value 64) (fxand b #x3f)))
                     'nothing)))))))

  ;; What follows an escape: a letter with Meta, or a control sequence of the terminal.
  (define (escape-key e)
    (if (not (more? e 50))
        'nothing
        (let ((b (next-byte e)))
          (case b
            ((91 79) (sequence-key e))
            ((98 66) 'word-left)
            ((102 70) 'word-right)
            ((100 68) 'kill-word-right)
            ((8 127) 'kill-word)
            (else 'nothing)))))

  ;; Parameters, then a final byte from 64 on.
  (define (sequence-key e)
    (let loop ((parameters '()))
      (let ((b (next-byte e)))
        (cond ((not b) #f)
              ((and (fx>=? b 32) (fx<? b 64)) (loop (cons b parameters)))
              (else
               (let ((word? (memv 53 parameters)))   ; with Control
                 (case b
                   ((65) 'up) ((66) 'down)
                   ((67) (if word? 'word-right 'right))
                   ((68) (if word? 'word-left 'left))
                   ((72) 'home) ((70) 'end)
                   ((126)
                    (case (if (pair? parameters) (car (last-pair parameters)) 0)
                      ((49 55) 'home) ((52 56) 'end) ((51) 'delete)
                      (else 'nothing)))
                   (else 'nothing))))))))

  ;;; The screen

  ;; Columns that a character takes.
  (define (char-width c)
    (let ((n (char->integer c)))
      (cond ((or (and (fx>=? n #x300) (fx<=? n #x36f)) (and (fx>=? n #x200b) (fx<=? n #x200f))
                 (and (fx>=? n #xfe00) (fx<=? n #xfe0f)))
             0)
            ((or (and (fx>=? n #x1100) (fx<=? n #x115f)) (and (fx>=? n #x2e80) (fx<=? n #xa4cf))
                 (and (fx>=? n #xac00) (fx<=? n #xd7a3)) (and (fx>=? n #xf900) (fx<=? n #xfaff))
                 (and (fx>=? n #xfe30) (fx<=? n #xfe6f)) (and (fx>=? n #xff00) (fx<=? n #xff60))
                 (and (fx>=? n #x1f300) (fx<=? n #x1faff)) (and (fx>=? n #x20000) (fx<=? n #x3fffd)))
             2)
            (else 1))))

  ;; The cell behind `chars`, counted from that at `at`: a wide character does not begin in the last column.
  (define (advance chars at width)
    (fold-left (lambda (at c)
                 (let ((w (char-width c)))
                   (if (and (fx=? w 2) (fx=? (fxmod at width) (fx- width 1))) (fx+ at 3) (fx+ at w))))
               at chars))

  (define (show . parts)
    (write-bytes (string->utf8 (apply string-append parts))))

  (define (csi n letter)
    (if (fx>? n 0)
        (string-append "\x1b;[" (string-append (number->string n 10) letter))
        ""))

  ;; Draws prompt and text, the cursor `back` characters before its place.
  (define (draw e back)
    (let* ((width (window-width))
           (prompt (string->list (editor-prompt e)))
           (before (list-tail (editor-left e) back))
           (chars (append prompt (append (reverse (editor-left e)) (editor-right e))))
           (end (advance chars 0 width))
           (cursor (advance (append prompt (reverse before)) 0 width))
           (row (fxdiv cursor width)))
      (show (csi (editor-row e) "A") "\r\x1b;[J" (list->string chars)
            ;; a terminal stays in the last column until something follows
            (if (and (fx>? end 0) (fx=? (fxmod end width) 0)) " \r\x1b;[K" "")
            (csi (fx- (fxdiv end width) row) "A")
            "\r"
            (csi (fxmod cursor width) "C"))
      (editor-row-set! e row)))

  (define (refresh e) (draw e 0))

  ;; Moves behind the text, to a new line.
  (define (finish e)
    (editor-left-set! e (append (reverse (editor-right e)) (editor-left e)))
    (editor-right-set! e '())
    (refresh e)
    (show "\r\n")
    (editor-row-set! e 0))

  ;;; Changes

  (define (text e) (list->string (append (reverse (editor-left e)) (editor-right e))))

  (define (set-text! e s)
    (editor-left-set! e (reverse (string->list s)))
    (editor-right-set! e '()))

  (define (insert! e c) (editor-left-set! e (cons c (editor-left e))))

  (define (left! e)
    (if (pair? (editor-left e))
        (begin
          (editor-right-set! e (cons (car (editor-left e)) (editor-right e)))
          (editor-left-set! e (cdr (editor-left e))))))

  (define (right! e)
    (if (pair? (editor-right e))
        (begin
          (editor-left-set! e (cons (car (editor-right e)) (editor-left e)))
          (editor-right-set! e (cdr (editor-right e))))))

  (define (word? c) (or (char-alphabetic? c) (char-numeric? c) (memv c '(#\- #\! #\? #\* #\% #\_ #\> #\<))))

  ;; How many characters of a list belong to what is no word, and then to a word.
  (define (word-length chars)
    (let skip ((l chars) (n 0))
      (if (and (pair? l) (not (word? (car l))))
          (skip (cdr l) (fx+ n 1))
          (let take ((l l) (n n))
            (if (and (pair? l) (word? (car l))) (take (cdr l) (fx+ n 1)) n)))))

  (define (repeat n thunk)
    (if (fx>? n 0)
        (begin
          (thunk)
          (repeat (fx- n 1) thunk))))

  (define (kill-left! e n)
    (editor-killed-set! e (list->string (reverse (list-head-at-most (editor-left e) n))))
    (editor-left-set! e (list-tail (editor-left e) n)))

  (define (kill-right! e n)
    (editor-killed-set! e (list->string (list-head-at-most (editor-right e) n)))
    (editor-right-set! e (list-tail (editor-right e) n)))

  (define (transpose! e)
    (if (null? (editor-right e)) (left! e))
    (let ((l (editor-left e)) (r (editor-right e)))
      (if (and (pair? l) (pair? r))
          (begin
            (editor-left-set! e (cons (car l) (cons (car r) (cdr l))))
            (editor-right-set! e (cdr r)))
          (right! e))))

  ;;; Brackets

  ;; The cursor stands on the bracket that the one before it closes, until a key comes or for a moment.
  (define (show-match e)
    (let ((n (match-distance (cdr (editor-left e)))))
      (if (and n (not (pair? (editor-bytes e))))
          (begin
            (draw e n)
            (more? e 400)
            (refresh e)))))

  ;; chars: what stands before a closing bracket, last first. How far back the opening one is, or #f. Strings count as
  ;; one thing; a bracket behind #\ is a character.
  (define (match-distance chars)
    (let loop ((l chars) (n 2) (depth 0) (string? #f))
      (if (null? l)
          #f
          (let* ((c (car l)) (character? (and (pair? (cdr l)) (char=? (cadr l) #\\))))
            (cond ((and (char=? c #\") (not character?)) (loop (cdr l) (fx+ n 1) depth (not string?)))
                  ((or string? character?) (loop (cdr l) (fx+ n 1) depth string?))
                  ((memv c '(#\) #\])) (loop (cdr l) (fx+ n 1) (fx+ depth 1) #f))
                  ((memv c '(#\( #\[))
                   (if (fx=? depth 0) n (loop (cdr l) (fx+ n 1) (fx- depth 1) #f)))
                  (else (loop (cdr l) (fx+ n 1) depth #f)))))))

  ;;; Completion

  (define (name-part chars)
    (let loop ((l chars) (part '()))
      (if (and (pair? l)
               (not (char-whitespace? (car l)))
               (not (memv (car l) '(#\( #\) #\[ #\] #\" #\' #\` #\, #\;))))
          (loop (cdr l) (cons (car l) part))
          (list->string part))))

  (define (common a b)
    (let ((n (fxmin (string-length a) (string-length b))))
      (let loop ((i 0))
        (if (and (fx<? i n) (char=? (string-ref a i) (string-ref b i)))
            (loop (fx+ i 1))
            (substring a 0 i)))))

  ;; Adds what all names have in common that begin as the one before the cursor does; or shows them.
  (define (complete! e)
    (let* ((part (name-part (editor-left e)))
           (found (if (string=? part "")
                      '()
                      (list-sort string<? (filter (lambda (name) (string-prefix? part name)) ((editor-names e)))))))
      (if (pair? found)
          (let ((longest (fold-left common (car found) (cdr found))))
            (if (fx>? (string-length longest) (string-length part))
                (for-each (lambda (c) (insert! e c))
                          (string->list (substring longest (string-length part) (string-length longest))))
                (if (pair? (cdr found))
                    (let ((right (editor-right e)) (left (editor-left e)))
                      (finish e)
                      (show (string-join (list-head-at-most found 60) "  ")
                            (if (fx>? (length found) 60) "  …\r\n" "\r\n"))
                      (editor-left-set! e left)
                      (editor-right-set! e right))))))))

  ;;; History

  ;; Incremental search backwards: typed characters narrow it down, C-r goes on to an older line, enter and all other
  ;; keys leave. Answers the key that ended it.
  (define (search! e)
    (let ((prompt (editor-prompt e)) (original (text e)))
      (define (find pattern lines)
        (cond ((null? lines) #f)
              ((string-contains (car lines) pattern) lines)
              (else (find pattern (cdr lines)))))
      (let loop ((pattern "") (lines (editor-history e)))
        (let ((found (and (not (string=? pattern "")) (find pattern lines))))
          (editor-prompt-set! e (string-append "(search) " pattern ": "))
          (set-text! e (if found (car found) ""))
          (refresh e)
          (let ((key (next-key e)))
            (cond ((and (char? key)) (loop (string-append pattern (string key)) (editor-history e)))
                  ((eq? key 'search) (loop pattern (if found (cdr found) lines)))
                  ((eq? key 'backspace)
                   (loop (substring pattern 0 (fxmax 0 (fx- (string-length pattern) 1))) (editor-history e)))
                  (else
                   (editor-prompt-set! e prompt)
                   (if (or (not found) (memq key '(nothing interrupt))) (set-text! e original))
                   (refresh e)
                   (if (eq? key 'interrupt) 'nothing key))))))))

  ;;; Reading

  ;; Runs thunk with the terminal in raw mode.
  (define (with-raw-mode e thunk)
    (let ((settings (terminal-settings)))
      (dynamic-wind
       (lambda () (if settings (%os-syscall sys-ioctl 0 tcsetsw (raw-mode settings))))
       thunk
       (lambda () (if settings (%os-syscall sys-ioctl 0 tcsetsw settings))))))

  ;; (edit-line editor prompt): the next line as a string; the end-of-file object at the end of the input; #f if it was
  ;; given up by C-c.
  (define (edit-line e prompt)
    (editor-prompt-set! e prompt)
    (set-text! e "")
    (editor-row-set! e 0)
    (with-raw-mode e
      (lambda ()
        (refresh e)
        (edit e (editor-history e) '()))))

  ;; older: lines of the history before the one that is shown; newer: those after it.
  (define (edit e older newer)
    (let ((key (next-key e)))
      (handle e (if (eq? key 'search) (search! e) key) older newer)))

  (define (handle e key older newer)
    (define (go-on)
      (refresh e)
      (edit e older newer))
    (cond
      ((char? key)
       (insert! e key)
       (if (or (not (pair? (editor-bytes e))) (fx>? (length (editor-bytes e)) 4000)) (refresh e))
       (if (memv key '(#\) #\])) (show-match e))
       (edit e older newer))
      ((not key)
       (finish e)
       (if (string=? (text e) "") (eof-object) (text e)))
      (else
       (case key
         ((enter)
          (finish e)
          (remember! e (text e))
          (text e))
         ((interrupt)
          (insert! e #\^)
          (insert! e #\C)
          (finish e)
          #f)
         ((delete-or-end)
          (if (and (null? (editor-left e)) (null? (editor-right e)))
              (begin
                (finish e)
                (eof-object))
              (begin
                (if (pair? (editor-right e)) (editor-right-set! e (cdr (editor-right e))))
                (go-on))))
         ((up down)
          (let ((from (if (eq? key 'up) older newer)))
            (if (null? from)
                (go-on)
                (let ((here (text e)))
                  (set-text! e (car from))
                  (refresh e)
                  (if (eq? key 'up)
                      (edit e (cdr older) (cons here newer))
                      (edit e (cons here older) (cdr newer)))))))
         (else
          (change! e key)
          (go-on))))))

  (define (change! e key)
    (case key
      ((left) (left! e))
      ((right) (right! e))
      ((home) (repeat (length (editor-left e)) (lambda () (left! e))))
      ((end) (repeat (length (editor-right e)) (lambda () (right! e))))
      ((word-left) (repeat (word-length (editor-left e)) (lambda () (left! e))))
      ((word-right) (repeat (word-length (editor-right e)) (lambda () (right! e))))
      ((backspace) (if (pair? (editor-left e)) (editor-left-set! e (cdr (editor-left e)))))
      ((delete) (if (pair? (editor-right e)) (editor-right-set! e (cdr (editor-right e)))))
      ((kill-left) (kill-left! e (length (editor-left e))))
      ((kill-right) (kill-right! e (length (editor-right e))))
      ((kill-word) (kill-left! e (word-length (editor-left e))))
      ((kill-word-right) (kill-right! e (word-length (editor-right e))))
      ((yank) (for-each (lambda (c) (insert! e c)) (string->list (editor-killed e))))
      ((transpose) (transpose! e))
      ((tab)
       (if (pair? (editor-bytes e))
           (insert! e #\space)            ; of text that was pasted
           (complete! e)))
      ((clear)
       (show "\x1b;[H\x1b;[2J")
       (editor-row-set! e 0))
      (else #f))))
