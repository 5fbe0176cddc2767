;; SPDX-License-Identifier: MIT
;;
;; Memory: collections, weak references, guardians. Format: ../README.md. Functions in runtime/memory/memory_primitives.cpp.

(primitive %collect
  (takes (full? any)) (gives void)
  (effects writes) (runtime request_collection)
  (doc "Asks for a collection, which happens at the next safepoint (loop or procedure entry)."))

(primitive %collect-if-worthwhile
  (takes) (gives void)
  (effects writes) (runtime request_worthwhile_collection)
  (doc "Asks for a full collection if the old generation has grown by a quarter since the last one and such collections take at most 1/64 of the time."))

(primitive %collections
  (takes) (gives fixnum)
  (effects reads) (runtime collection_count)
  (doc "The number of collections so far."))

(primitive %memory-statistics
  (takes) (gives mutable-vector)
  (effects reads allocates) (runtime memory_statistics)
  (doc "Vector: minor collections, full collections, bytes allocated so far, bytes in use, bytes live after the last full collection, limit in bytes, nanoseconds in all collections, in the longest, full collections in place, frames scanned so far, bytes of code that eval made."))

(primitive %heap-limit!
  (takes (bytes fixnum)) (gives void)
  (effects writes raises) (runtime set_heap_limit)
  (doc "From now on live data of more bytes are an exhausted heap."))

(primitive %exhausted-status!
  (takes (status fixnum)) (gives void)
  (effects writes raises) (runtime set_exhausted_status) (needs fasl)
  (doc "The exit status of this process if the system refuses memory for the heap, from 1 to 255; 70 otherwise."))

(primitive %nursery-epoch
  (takes) (gives fixnum)
  (effects reads) (runtime nursery_epoch)
  (doc "Increases at every collection: addresses of objects that are %young? may have changed."))

(primitive %address-epoch
  (takes) (gives fixnum)
  (effects reads) (runtime address_epoch)
  (doc "Increases when objects moved that were not %young?."))

(primitive %address-hash
  (takes (x any)) (gives fixnum)
  (effects reads) (runtime address_hash)
  (doc "The word of x without its tag bits as a fixnum >= 0."))

(primitive %table-find
  (takes (t any) (key any)) (gives any)
  (effects reads writes allocates) (runtime table_find)
  (doc "The entry of a hash table for a key that is hashed by address, or #f. No collection happens in between."))

(primitive %table-link!
  (takes (t any) (entry any)) (gives void)
  (effects reads writes allocates) (runtime table_link)
  (doc "Adds an entry whose key is hashed by address and is not in the hash table."))

(primitive %table-clear!
  (takes (t any) (size fixnum)) (gives void)
  (effects reads writes allocates) (runtime table_clear)
  (doc "Empties a hash table and gives it size buckets, a power of two."))

(primitive %table-grow!
  (takes (t any)) (gives void)
  (effects reads writes allocates) (runtime table_grow)
  (doc "More buckets for a hash table whose count has reached its field grow-at: a step of its growth."))

(primitive %table-delete!
  (takes (t any) (entry any)) (gives void)
  (effects reads writes allocates) (runtime table_delete)
  (doc "Removes an entry from a hash table, which shrinks by a step if it is sparse."))

(primitive %table-add!
  (takes (t any) (entry any)) (gives void)
  (effects reads writes) (runtime table_add)
  (doc "Puts an entry into the bucket of its hash."))

(primitive %table-chain
  (takes (t any) (hash fixnum)) (gives any)
  (effects reads) (runtime table_chain)
  (doc "The first entry in the bucket of a hash, or #f."))

(primitive %table-purge!
  (takes (t any)) (gives void)
  (effects reads writes allocates) (runtime table_purge)
  (doc "Drops the entries of a hash table whose keys are gone."))

(primitive %table-seed!
  (takes (t any) (seed fixnum)) (gives void)
  (effects reads writes allocates) (runtime table_seed)
  (doc "From now on a hash table hashes under a seed the keys that it does not hash by address."))

(primitive %table-fill-from!
  (takes (to any) (from any)) (gives void)
  (effects reads writes allocates) (runtime table_fill_from)
  (doc "Copies the entries of a hash table into an empty one of the same type and seed."))

(primitive %table-contents
  (takes (t any) (part fixnum)) (gives vector)
  (effects reads allocates) (runtime table_parts)
  (doc "The keys (part 0), values (1) or keys and values by turns (2) of a hash table."))

(primitive %young?
  (takes (x any)) (gives boolean)
  (effects reads) (runtime young_p)
  (doc "True if x is an object that any collection may move."))

(primitive %weak-cons
  (takes (a any) (d any)) (gives other)
  (effects allocates) (runtime weak_cons)
  (doc "A weak pair: it doesn't keep a alive, and a is then replaced by the broken mark."))

(primitive %weak-pair?
  (takes (x any)) (gives boolean)
  (effects reads) (runtime is_weak_pair)
  (doc "True for weak pairs."))

(primitive %weak-car
  (takes (p any)) (gives any)
  (effects reads) (runtime weak_car)
  (doc "The object that a weak pair refers to weakly, or the mark that is %deleted?."))

(primitive %weak-cdr
  (takes (p any)) (gives any)
  (effects reads) (runtime weak_cdr)
  (doc "The strong part of a weak pair."))

(primitive %set-weak-car!
  (takes (p any) (x any)) (gives void)
  (effects writes) (runtime set_weak_car)
  (doc "Changes the weak part of a weak pair."))

(primitive %set-weak-cdr!
  (takes (p any) (x any)) (gives void)
  (effects writes) (runtime set_weak_cdr)
  (doc "Changes the strong part of a weak pair."))

(primitive %weak-broken?
  (takes (p any)) (gives boolean)
  (effects reads) (runtime is_weak_broken)
  (doc "True if the object of a weak pair or the key of an ephemeron was collected."))

(primitive %make-ephemeron
  (takes (key any) (value any)) (gives other)
  (effects allocates) (runtime make_ephemeron)
  (doc "An ephemeron: its value is kept alive only while its key is alive otherwise."))

(primitive %ephemeron?
  (takes (x any)) (gives boolean)
  (effects reads) (runtime is_ephemeron)
  (doc "True for ephemerons."))

(primitive %ephemeron-key
  (takes (e any)) (gives any)
  (effects reads) (runtime ephemeron_key)
  (doc "The key of an ephemeron, or the mark that is %deleted?."))

(primitive %ephemeron-value
  (takes (e any)) (gives any)
  (effects reads) (runtime ephemeron_value)
  (doc "The value of an ephemeron, or the mark that is %deleted?."))

(primitive %make-guardian
  (takes) (gives other)
  (effects allocates) (runtime make_guardian)
  (doc "A guardian without objects."))

(primitive %guardian?
  (takes (x any)) (gives boolean)
  (effects reads) (runtime is_guardian)
  (doc "True for guardians."))

(primitive %guardian-register!
  (takes (g any) (x any) (representative any)) (gives void)
  (effects writes) (runtime guardian_register)
  (doc "When x becomes unreachable, g gets the representative (which may be x)."))

(primitive %guardian-get!
  (takes (g any)) (gives any)
  (effects reads writes) (runtime guardian_get)
  (doc "The next representative whose object became unreachable, or the mark that is %deleted?."))

(primitive %make-handle
  (takes (words fixnum)) (gives other)
  (effects allocates raises) (runtime make_handle)
  (doc "Room for so many raw words of this process; never part of an image."))

(primitive %set-torture!
  (takes (n fixnum)) (gives void)
  (effects writes) (runtime set_torture)
  (doc "For tests: collect fully and check the heap at every n-th safepoint; 0 ends it."))

(primitive %verify-heap
  (takes) (gives void)
  (effects reads) (runtime verify_heap_now)
  (doc "For tests: checks the whole heap and ends the process if it is damaged."))

(primitive %record-instances
  (takes (rtd record) (most fixnum)) (gives list)
  (effects reads allocates raises) (runtime record_instances)
  (doc "At most so many records of exactly this type that were alive at the last full collection (for reports)."))

(primitive %take-snapshot
  (takes (roots vector) (types list)) (gives any)
  (effects reads allocates) (runtime take_snapshot) (needs fasl)
  (doc "What the procedure that is the first element of a vector, and the other elements, reach, as bytes for %restore-snapshot; a text if that can't be. types: the record types of the system whose instances are data."))

(primitive %restore-snapshot
  (takes (bytes bytevector) (types list) (table-type record)) (gives any)
  (effects reads writes allocates) (runtime restore_snapshot) (needs fasl)
  (doc "The vector of a snapshot that was taken in this process or one with the same code, made anew; slots get their values. types: the nongenerative record types; table-type: that of hash tables."))
