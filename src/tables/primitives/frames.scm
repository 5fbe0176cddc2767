;; SPDX-License-Identifier: MIT
;;
;; The stack as error reports see it. Format: ../README.md.

(primitive %return-address
  (takes (n fixnum)) (gives any)
  (effects reads) (runtime return_address)
  (doc "Return address n on the stack, counted from the caller (0: in the caller itself), or #f if there are fewer."))

(primitive %primitive-takes
  (takes    (name symbol))
  (gives    any)
  (effects reads allocates) (runtime primitive_takes)
  (doc "The types of the arguments of a primitive that is compiled in line, a list of symbols; #f for others."))

(primitive %trap-frames
  (takes)
  (gives    list)
  (effects reads allocates) (runtime trap_frames)
  (doc "The frames below the last processor trap, as %current-continuation-frames gives them."))
