;; SPDX-License-Identifier: MIT
;;
;; Does the state of the system's libraries still come from the image? A process that was forked when a program began can take the place of
;; one that is forked now (docs/adr/0017) only if it does: what programs can change for the rest of the process in a library of the image (its
;; parameters, tables, settings of the kernel for this process) says so here. What belongs to ports, fibers and loci is made anew in a new process
;; anyway, and says nothing.
(library (loko base process-state)
  (export %state-changed! %set-at-change! %ignore-change)
  (import (loko core syntax) (loko core primitives))

  ;; (%ignore-change): what is done at a change where nobody cares.
  (define (%ignore-change) #f)

  (define at-change %ignore-change)

  ;; (%state-changed!): this process and one that begins now differ from here on.
  (define (%state-changed!) (at-change))

  ;; (%set-at-change! thunk): it is called at a change, before it.
  (define (%set-at-change! thunk) (set! at-change thunk)))
