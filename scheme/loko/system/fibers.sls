;; SPDX-License-Identifier: MIT
;;
;; Fibers: Concurrent ML (manual 3.4 and 6.1; the folder fibers has the parts and a README).
(library (loko system fibers)
  (export spawn-fiber make-channel channel? put-message get-message sleep
          put-operation get-operation wrap-operation sleep-operation timer-operation choice-operation
          perform-operation make-cvar cvar? signal-cvar! wait wait-operation
          yield-current-task exit-current-task run-fibers
          ;; beyond the manual
          guard-operation nack-guard-operation (rename (nack-guard-operation with-nack))
          always-operation never-operation wrap-handler perform-operation/timeout operation? make-base-operation
          readable-operation writable-operation make-buffered-channel make-mailbox mailbox? mailbox-send! mailbox-receive mailbox-receive-operation
          cvar-signalled? internal-time internal-time-units-per-second
          fiber? current-fiber fiber-name fiber-name-set! fiber-state fiber-waits-for fiber-join fiber-dead-operation fiber-cancel!
          call-with-scope scope? cancel-scope! current-scope make-fiber-local)
  (import (only (loko system fibers records) fiber?)
          (loko system fibers operations)
          (loko system fibers channels)
          (loko system fibers scopes)
          (only (loko system fibers reports) fiber-waits-for)
          (only (loko system fibers devices) transfer)
          (only (loko drivers console))))
