;; SPDX-License-Identifier: MIT
;;
;; The log exchange of SRFI 215 under the name of the manual.
(library (loko system logging)
  (export send-log current-log-fields current-log-callback
          EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG)
  (import (srfi :215 logging)))
