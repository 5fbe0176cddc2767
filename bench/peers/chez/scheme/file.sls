;; SPDX-License-Identifier: MIT
(library (scheme file)
  (export call-with-input-file call-with-output-file delete-file file-exists? open-binary-input-file
    open-binary-output-file open-input-file open-output-file with-input-from-file with-output-to-file)
  (import (rename (chezscheme) (open-output-file chez:open-output-file) (call-with-output-file chez:call-with-output-file)))
  ;; R7RS truncates an existing file, Chez's default is an error.
  (define (open-output-file name) (chez:open-output-file name 'truncate))
  (define (call-with-output-file name f) (chez:call-with-output-file name f 'truncate))
  (define (open-binary-input-file name) (open-file-input-port name))
  (define (open-binary-output-file name) (open-file-output-port name (file-options no-fail))))
