;; SPDX-License-Identifier: MIT
;;
;; Control: values, continuations, dynamic state, hooks. Format: ../README.md. Functions in runtime/control.

(primitive values
  (takes    (rest x any)) (gives any)
  (effects) (stub Values)
  (library  (rnrs base) (scheme base))
  (doc "Returns its arguments as multiple values."))

(primitive %values-list
  (takes    (l list)) (gives any)
  (effects  reads) (stub ValuesList)
  (doc "Returns the elements of a list as multiple values; no check."))

(primitive call-with-values
  (takes    (producer procedure) (consumer procedure)) (gives any)
  (effects  reads writes allocates calls raises) (stub CallWithValues)
  (library  (rnrs base) (scheme base))
  (doc "Calls consumer with the values that producer, called without arguments, returns.")
  (examples ((call-with-values (lambda () (values 1 2)) (lambda (a b) (list b a))) => (2 1))))

(primitive %call/cc
  (takes    (f procedure)) (gives any)
  (effects  reads writes allocates calls raises) (stub CallCC)
  (doc "Calls f with the raw continuation object; winders are not its business."))

(primitive %call/cc-procedure
  (takes    (prototype procedure) (f procedure)) (gives any)
  (effects  reads writes allocates calls raises) (stub CallCCProcedure)
  (doc "Calls f with a copy of prototype, a procedure with one free variable, in which that is the raw continuation."))

(primitive %reinstate
  (takes    (k any) (values list)) (gives none)
  (effects  reads writes calls) (stub Reinstate)
  (doc "Returns the elements of the list to the raw continuation k, in k's dynamic state."))

;; %start-stack's fate is %reinstate's: control never comes back.
(primitive %start-stack
  (takes    (f procedure)) (gives none)
  (effects  reads writes calls) (stub StartStack)
  (doc "Calls f without arguments on an empty stack, with the present dynamic state; f must not return."))

(primitive %slice-timer!
  (takes    (time fixnum)) (gives boolean)
  (effects  writes raises) (runtime set_slice_timer)
  (doc "A timer interrupt at this time of the monotonic clock, in nanoseconds; 0: none. #f: the system has no such timer."))

(primitive %set-switch-torture!
  (takes    (n fixnum)) (gives void)
  (effects  writes raises) (runtime set_switch_torture)
  (doc "A timer interrupt at every n-th safepoint outside of the library; 0: off."))

(primitive %take-user-interrupt
  (takes) (gives boolean)
  (effects  reads writes) (runtime take_user_interrupt)
  (doc "True, once, if the interrupt key was pressed."))

(primitive %trip-pending
  (takes) (gives void)
  (effects  reads writes) (runtime trip_pending)
  (doc "Interrupts that were put off are served at the next safepoint that may."))

(primitive %monotonic-ns
  (takes) (gives fixnum)
  (effects  reads) (runtime monotonic_ns)
  (doc "Nanoseconds of the monotonic clock."))

(primitive %continue
  (takes    (k any) (value any)) (gives none)
  (effects  reads writes calls) (stub Continue)
  (doc "Returns one value to the raw continuation k, in k's dynamic state."))

(primitive %apply
  (takes    (f any) (l list)) (gives any)
  (effects  reads writes allocates calls raises) (stub Apply)
  (doc "Calls f with the elements of the list l.")
  (examples ((%apply (lambda (a b) (list b a)) '(1 2)) => (2 1)) ((%apply 5 '()) => (raises &assertion))))

(primitive %continuation?
  (takes    (x any)) (gives boolean)
  (effects) (runtime is_continuation)
  (doc "True for raw continuation objects."))

(primitive %winders
  (takes) (gives any)
  (effects reads) (low ctx_get_winders)
  (doc "The winders of the present dynamic state."))

(primitive %set-winders!
  (takes (x any)) (gives void)
  (effects writes) (low ctx_set_winders)
  (doc "Changes the winders of the present dynamic state."))

(primitive %received
  (takes (k fixnum)) (gives any)
  (effects reads) (low received)
  (doc "The k-th of the values that a call has just returned; k is a constant. The compiler makes it (low/receive)."))

(primitive %received-list
  (takes (k fixnum) (count fixnum)) (gives list)
  (effects reads allocates) (runtime received_list)
  (doc "The values from the k-th on of those that a call has just returned, as many as count, as a list. The compiler makes it (low/receive)."))

(primitive %handlers
  (takes) (gives any)
  (effects reads) (low ctx_get_handlers)
  (doc "The exception handlers of the present dynamic state."))

(primitive %set-handlers!
  (takes (x any)) (gives void)
  (effects writes) (low ctx_set_handlers)
  (doc "Changes the exception handlers of the present dynamic state."))

(primitive %params
  (takes) (gives any)
  (effects reads) (low ctx_get_params)
  (doc "The parameter bindings of the present dynamic state."))

(primitive %set-params!
  (takes (x any)) (gives void)
  (effects writes) (low ctx_set_params)
  (doc "Changes the parameter bindings of the present dynamic state."))

(primitive %take-pending
  (takes) (gives any)
  (effects reads writes) (runtime take_pending)
  (doc "The list (kind who message irritant ...) that a primitive left when it raised, once; then #f."))

(primitive %set-hook!
  (takes (index fixnum) (f any)) (gives void)
  (effects writes raises) (runtime set_hook)
  (doc "Makes f the hook of the runtime with this number (enum Hook in tables/abi.h)."))

(primitive %hook
  (takes (index fixnum)) (gives any)
  (effects reads raises) (runtime get_hook)
  (doc "The hook of the runtime with this number or #f."))

(primitive %root
  (takes (index fixnum)) (gives any)
  (effects reads raises) (runtime get_root)
  (doc "The library's persistent root 0 to 31."))

(primitive %root-set!
  (takes (index fixnum) (x any)) (gives void)
  (effects writes raises) (runtime set_root)
  (doc "Changes the library's persistent root 0 to 31."))

(primitive %procedure-name
  (takes (f any)) (gives symbol-or-false)
  (effects reads) (runtime procedure_name)
  (doc "The name of a procedure as in its source, or #f."))

(primitive %procedure-info
  (takes (f any)) (gives any)
  (effects reads) (runtime procedure_info)
  (doc "The code information of a procedure (name, file, line, …) or #f."))

(primitive %procedure-arity
  (takes (f any)) (gives fixnum-or-false)
  (effects reads) (runtime procedure_arity)
  (doc "n >= 0: exactly n arguments; -1 - n: at least n; #f: several clauses, or not a procedure."))

(primitive %code-info-ref
  (takes (info any) (k fixnum)) (gives any)
  (effects reads raises) (runtime code_info_ref)
  (doc "Field k of a code information (0 name, 1 file, 2 line, 3 column, 4 documentation) or #f."))

(primitive %current-continuation-frames
  (takes (k any)) (gives list)
  (effects reads allocates) (runtime continuation_frames)
  (doc "The frames of a raw continuation, or of the present one for #f: vectors of code information or #f, place (line * 1024 + column or 0) and return address, innermost first."))

(primitive %install-sigint
  (takes) (gives void)
  (effects writes) (runtime install_sigint)
  (doc "From now on the interrupt key calls the interrupt hook at the next safepoint."))

(primitive %exit
  (takes (status fixnum)) (gives none)
  (effects writes raises) (runtime os_exit)
  (doc "Ends the process at once."))
