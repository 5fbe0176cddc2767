;; SPDX-License-Identifier: MIT
;;
;; SRFI 215: central log exchange.
(library (srfi :215)
  (export send-log current-log-fields current-log-callback EMERGENCY ALERT CRITICAL ERROR WARNING
          NOTICE INFO DEBUG)
  (import (srfi :215 logging)))
