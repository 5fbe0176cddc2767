;; SPDX-License-Identifier: MIT
;;
;; Records: what needs the runtime. Format: ../README.md.

(primitive %base-rtd
  (takes) (gives record)
  (effects reads) (runtime base_rtd)
  (doc "The record-type descriptor of record-type descriptors."))

(primitive %make-record
  (takes    (rtd record) (n fixnum)) (gives record)
  (effects allocates) (runtime make_record_of)
  (doc "A new record of n fields, all #f."))
