;; SPDX-License-Identifier: MIT
;;
;; (scheme file): R7RS 6.13.
(define-library (scheme file)
  (export call-with-input-file call-with-output-file delete-file file-exists? open-binary-input-file
          open-binary-output-file open-input-file open-output-file with-input-from-file
          with-output-to-file)
  (import (rename (only (loko base files) call-with-input-file delete-file file-exists? open-binary-input-file open-binary-output-file
                       open-input-file with-input-from-file r7:call-with-output-file r7:open-output-file
                       r7:with-output-to-file)
                  (r7:call-with-output-file call-with-output-file) (r7:open-output-file open-output-file) (r7:with-output-to-file with-output-to-file))))
