;; SPDX-License-Identifier: MIT
;;
;; Memory and descriptors that processes share: bytevectors on memory files, atomic words, descriptors in messages.
;; Format: ../README.md. Functions in runtime/memory/mapped_bytevectors.cpp, runtime/data/bytevector_atomics.cpp,
;; runtime/io/sockets.cpp.

(primitive %make-shared-bytevector
  (takes (length index)) (gives any)
  (effects writes allocates raises) (runtime make_shared_bytevector) (needs fasl)
  (doc "A bytevector of zeros in memory that other processes can map; or the negative error number."))

(primitive %shared-bytevector?
  (takes (x any)) (gives boolean)
  (effects reads) (runtime is_shared_bytevector_p)
  (doc "True for a bytevector that other processes can change."))

(primitive %bytevector-file
  (takes (b bytevector)) (gives any)
  (effects reads writes allocates raises) (runtime bytevector_file) (needs fasl)
  (doc "A pair of a new descriptor of a memory file with the bytevector, for %map-bytevector in any process, and the file's kind; or the negative error number."))

(primitive %map-bytevector
  (takes (file fixnum) (length index) (kind any)) (gives any)
  (effects reads writes allocates) (runtime map_bytevector) (needs fasl)
  (doc "The bytevector behind a descriptor of %bytevector-file, which it takes over; or the negative error number."))

(primitive %files-after-fork
  (takes) (gives list)
  (effects reads writes allocates) (runtime files_after_fork) (needs fasl)
  (doc "In a child: the descriptors of shared bytevectors; the others that belong to bytevectors are forgotten, to be closed."))

(primitive bytevector-atomic-ref
  (takes    (b bytevector) (k index)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_ref) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "The signed 64-bit word at index k, a multiple of 8, read atomically."))

(primitive bytevector-atomic-set!
  (takes    (b bytevector) (k index) (n integer)) (gives void)
  (effects reads writes raises) (runtime bytevector_atomic_set) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Stores n atomically in the word at index k."))

(primitive bytevector-atomic-exchange!
  (takes    (b bytevector) (k index) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_exchange) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Stores n in the word at index k; what was there before, atomically."))

(primitive bytevector-atomic-add!
  (takes    (b bytevector) (k index) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_add) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Adds n to the word at index k, modulo 2^64; what was there before, atomically."))

(primitive bytevector-atomic-and!
  (takes    (b bytevector) (k index) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_and) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Bitwise and of the word at index k with n; what was there before, atomically."))

(primitive bytevector-atomic-or!
  (takes    (b bytevector) (k index) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_or) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Bitwise or of the word at index k with n; what was there before, atomically."))

(primitive bytevector-atomic-xor!
  (takes    (b bytevector) (k index) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_xor) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Bitwise exclusive or of the word at index k with n; what was there before, atomically."))

(primitive bytevector-atomic-compare-and-swap!
  (takes    (b bytevector) (k index) (expected integer) (n integer)) (gives integer)
  (effects reads writes raises allocates) (runtime bytevector_atomic_compare_and_swap) (needs fasl)
  (library (loko loci) (loko loci shared))
  (doc "Stores n in the word at index k if it is expected; what was there before, atomically: it was stored if that is expected."))

(primitive %os-sendmsg
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum) (descriptors list)) (gives fixnum)
  (effects writes reads raises) (runtime os_sendmsg) (needs fasl)
  (doc "Sends bytes of bv, without waiting, and copies of at most 253 descriptors with the first of them; how many bytes."))

(primitive %os-recvmsg
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum)) (gives any)
  (effects writes reads allocates raises) (runtime os_recvmsg) (needs fasl)
  (doc "Receives bytes into bv, without waiting: how many; a pair of that and a list of descriptors if some came, which begins with #f if others were lost for want of numbers."))
