;; SPDX-License-Identifier: MIT
;;
;; Data in and out: binary form, labels. Functions in runtime/io/.

(primitive %fasl-encode
  (takes (datum any) (environment vector)) (gives pair)
  (effects reads allocates raises) (runtime fasl_encode)
  (doc "The binary form of a datum: pair of a bytevector and the list of its external records, the last first. environment: see runtime/io/fasl_format.h."))

(primitive %fasl-decode
  (takes (bytes bytevector) (environment vector)) (gives pair)
  (effects reads allocates raises) (runtime fasl_decode)
  (doc "The datum of a binary form, and a list of vectors: hash table to be filled, kind, mutable?, keys and values."))

(primitive %shared-parts
  (takes (x any) (all? any) (writers list)) (gives list)
  (effects reads allocates) (runtime shared_parts)
  (doc "The parts of x that are reached twice, or (all? false) that contain themselves; writers: association list of record types that are atoms."))
