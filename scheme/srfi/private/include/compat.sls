;; SPDX-License-Identifier: MIT
;;
;; For the packaged SRFI collection (Debian's scheme-chez-srfi), whose libraries include their sources by
;; (srfi private include): all directories in which libraries are found, the system's among them.
(library (srfi private include compat)
  (export search-paths)
  (import (rnrs) (only (loko) library-directories) (only (loko core primitives) %system-library-directories))

  ;; (search-paths): list of directories, in the order of the search.
  (define (search-paths)
    (append (library-directories) (%system-library-directories))))
