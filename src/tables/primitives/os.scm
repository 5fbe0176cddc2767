;; SPDX-License-Identifier: MIT
;;
;; The operating system. Paths are bytevectors that end in NUL. Failure: the negative error number. Calls that
;; a signal interrupted are repeated. Functions in runtime/io/system_calls.cpp.

(primitive %os-open
  (takes (path bytevector) (flags fixnum) (mode fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_open)
  (doc "Opens a file; its descriptor."))

(primitive %os-read
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_read)
  (doc "Reads at most count bytes into bv; how many."))

(primitive %os-write
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum)) (gives fixnum)
  (effects writes reads raises) (runtime os_write)
  (doc "Writes at most count bytes of bv; how many."))

(primitive %os-read-now
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_read_now) (needs blocking)
  (doc "Like %os-read on a file, but -11 if that must wait for the disk, -95 if the file system can't tell."))

(primitive %os-write-now
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum)) (gives fixnum)
  (effects writes reads raises) (runtime os_write_now) (needs blocking)
  (doc "Like %os-write to a file, but -11 if that must wait for the disk, -95 if the file system can't tell."))

(primitive %blocking-call-start!
  (takes (number fixnum) (arguments vector) (bv any) (start fixnum) (count fixnum)) (gives fixnum)
  (effects writes reads raises) (runtime blocking_call_start) (needs blocking)
  (doc "A system call by a thread of its own (runtime/io/blocking_calls.cpp). Arguments are fixnums, #t for the address of a buffer to which the bytes of bv were copied, or a list of an offset in it. The number of its slot; -1: all are busy; -38: there are no threads."))

(primitive %blocking-call-result
  (takes (slot fixnum)) (gives any)
  (effects reads raises) (runtime blocking_call_result) (needs blocking)
  (doc "What the call in the slot returned, #f while it runs."))

(primitive %blocking-call-end!
  (takes (slot fixnum) (bv any) (start fixnum) (count fixnum)) (gives void)
  (effects writes raises) (runtime blocking_call_end) (needs blocking)
  (doc "Copies bytes of the buffer to bv, if that is not #f, and frees the slot of a call that has ended."))

(primitive %blocking-call-interrupt!
  (takes (slot fixnum)) (gives void)
  (effects writes) (runtime blocking_call_interrupt) (needs blocking)
  (doc "Ends a sleep of the call in the slot, which returns -4."))

(primitive %blocking-call-event
  (takes) (gives fixnum)
  (effects reads) (runtime blocking_call_event) (needs blocking)
  (doc "The descriptor that becomes ready whenever a blocking call has ended; -1: there was none."))

(primitive %blocking-calls-delay!
  (takes (ns fixnum)) (gives void)
  (effects writes raises) (runtime blocking_calls_delay) (needs blocking)
  (doc "For tests: each blocking call begins so many nanoseconds later, as if the disk were slow."))

(primitive %blocking-calls-forget!
  (takes) (gives void)
  (effects writes) (runtime blocking_calls_forget) (needs blocking)
  (doc "In a forked child: the slots are its parent's."))

(primitive %os-close
  (takes (fd fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_close)
  (doc "Closes a descriptor."))

(primitive %os-seek
  (takes (fd fixnum) (offset fixnum) (whence fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_lseek)
  (doc "Moves the position of a file (whence 0: from the start, 1: from here, 2: from the end); the new one."))

(primitive %os-lseek
  (takes (fd fixnum) (offset fixnum) (whence fixnum)) (gives fixnum)
  (effects writes raises) (runtime os_lseek)
  (doc "The same as %os-seek."))

(primitive %os-stat-size
  (takes (path bytevector)) (gives fixnum)
  (effects reads raises) (runtime os_stat_size)
  (doc "The size of a file in bytes."))

(primitive %os-getcwd
  (takes) (gives any)
  (effects reads allocates) (runtime os_getcwd)
  (doc "The working directory as a bytevector without NUL, or the negative error number."))

(primitive %os-exit
  (takes (status fixnum)) (gives none)
  (effects writes raises) (runtime os_exit)
  (doc "The same as %exit."))

(primitive %os-clock
  (takes (which fixnum)) (gives pair)
  (effects reads allocates raises) (runtime os_clock)
  (doc "Pair of seconds and nanoseconds of the kernel's clock: 0 real time, 1 monotonic, 2 processor time of the process."))

(primitive %os-argv
  (takes) (gives list)
  (effects reads allocates) (runtime os_argv)
  (doc "The arguments of the process: list of bytevectors."))

(primitive %os-environment
  (takes) (gives list)
  (effects reads allocates) (runtime os_environment)
  (doc "The environment of the process: list of bytevectors name=value."))

(primitive %os-isatty
  (takes (fd fixnum)) (gives boolean)
  (effects reads raises) (runtime os_isatty)
  (doc "True if the descriptor is a terminal."))

(primitive %os-getpid
  (takes) (gives fixnum)
  (effects reads) (runtime os_getpid)
  (doc "The number of the process."))

(primitive %os-poll
  (takes (fd fixnum) (write? any) (timeout-ms fixnum)) (gives fixnum)
  (effects reads raises) (runtime os_poll)
  (doc "Waits until the descriptor can be read (or written): 1 ready, 0 time is up; timeout -1: for ever. An interrupt ends it with -4."))

(primitive %os-syscall
  (takes (number fixnum) (optional a any) (optional b any) (optional c any) (optional d any) (optional e any)) (gives fixnum)
  (effects reads writes raises) (runtime os_syscall)
  (doc "A system call. Arguments are fixnums or bytevectors (their address)."))

(primitive %raw-syscall
  (takes (number fixnum) (arguments vector)) (gives fixnum)
  (effects reads writes raises) (runtime os_raw_syscall)
  (doc "A system call with the elements of the vector, at most six fixnums or bytevectors (their address). Not repeated after EINTR."))

(primitive %licences
  (takes) (gives mutable-string)
  (effects reads allocates) (runtime licences)
  (doc "The licences and notices of everything that a program contains, as a string."))

(primitive %os-sendto
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum) (sockaddr any)) (gives fixnum)
  (effects writes reads raises) (runtime os_sendto)
  (doc "Sends a datagram, without waiting, to an address (bytevector), or #f where the socket is connected."))

(primitive %os-recvfrom
  (takes (fd fixnum) (bv bytevector) (start fixnum) (count fixnum) (sockaddr bytevector)) (gives fixnum)
  (effects writes reads raises) (runtime os_recvfrom)
  (doc "Receives a datagram, without waiting; its sender is stored in sockaddr (128 bytes; the length in the last four)."))

(primitive %os-spawn
  (takes (path bytevector) (arguments list) (environment list) (directory any) (descriptors list)) (gives fixnum)
  (effects writes reads allocates raises) (runtime os_spawn)
  (doc "Starts a program with three descriptors as its standard ports; its process number or the negative error number."))

(primitive %install-ending-signals
  (takes) (gives void)
  (effects writes) (runtime install_ending_signals)
  (doc "SIGHUP and SIGTERM call the signal hook at the next safepoint, SIGPIPE is ignored."))

(primitive %ending-signal
  (takes) (gives fixnum)
  (effects reads writes) (runtime ending_signal)
  (doc "The number of the signal that asked the process to end, or 0."))

(primitive %os-system-call
  (takes (number fixnum) (arguments vector)) (gives integer)
  (effects reads writes allocates raises) (runtime os_system_call)
  (doc "A system call with a vector of six arguments: fixnums, bytevectors (their addresses), boxes with the 8 bytes of a word. Not repeated after a signal."))
