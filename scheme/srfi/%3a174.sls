;; SPDX-License-Identifier: MIT
;;
;; SRFI 174: POSIX timespecs: seconds and nanoseconds, 0 to 999,999,999.
(library (srfi :174)
  (export timespec timespec? timespec-seconds timespec-nanoseconds inexact->timespec
          timespec->inexact timespec=? timespec<? timespec-hash)
  (import (srfi :174 timespecs)))
