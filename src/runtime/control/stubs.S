# SPDX-License-Identifier: MIT
#
# What compiled code reaches through Context::entries, and the border between C++ and Scheme. The contract of
# each stub is at enum Stub in tables/abi.h. Scheme runs on its own stack; C++ runs on the process's stack,
# always at the same depth (c_sp). r11 is free in every stub; all registers are caller-saved in Scheme.
# INVARIANT(stub offsets): the numbers here are asserted in control.cpp.

  .intel_syntax noprefix

  .set CTX, 0x10000000
  .set ALLOC_LIMIT, CTX + 8
  .set ALLOC, CTX + 16
  .set C_SP, CTX + 24
  .set SCHEME_SP, CTX + 32
  .set STACK_BASE, CTX + 40
  .set LINK, CTX + 56
  .set WINDERS, CTX + 64
  .set HANDLERS, CTX + 72
  .set PARAMS, CTX + 80
  .set PENDING, CTX + 88
  .set SAVED, CTX + 96
  .set HOOKS, CTX + 352
  .set XMM, CTX + 0x8000
  .set ARGUMENTS, 0x10100000    # kArgsBase

  .set HOOK_RAISE_PENDING, 0
  .set HOOK_WRONG_ARGS, 1
  .set HOOK_NOT_PROCEDURE, 2
  .set HOOK_PRIMITIVE_FAILED, 3
  .set HOOK_UNBOUND, 5
  .set HOOK_TRAP, 6
  .set HOOK_VALUE_COUNT, 7

  .set FALSE, 0x02
  .set NULL, 0x12
  .set RAISE_MARK, 0x42
  .set VOID, 0x2a
  .set KIND_CONTINUATION, 0x04
  .set FIRST_PIECE_WORDS, 24

  # What follows a call: nop dword [rax + descriptor].
  .macro describe descriptor
  .byte 0x0f, 0x1f, 0x80
  .long \descriptor
  .endm

  .macro descriptor name, mv_entry, words, live
\name:
  .long \mv_entry, \words, 0, 0, 0x20000000, 1, \live      # kCallersCode
  .endm

  .macro code_header name, arity
  .balign 16
  .long \arity, 0
  .quad \name
  .long 0, 16, 0, 0
  .globl \name
\name:
  .endm

  .macro stub name
  .balign 16
  .globl \name
\name:
  .endm

  .macro to_c
  mov [SCHEME_SP], rsp
  mov [ALLOC], r15
  mov rsp, [C_SP]
  .endm

  .macro to_scheme
  mov rsp, [SCHEME_SP]
  mov r15, [ALLOC]
  .endm

  .macro save_arguments
  mov [SAVED + 8 * 1], rcx
  mov [SAVED + 8 * 2], rdx
  mov [SAVED + 8 * 6], rsi
  mov [SAVED + 8 * 7], rdi
  mov [SAVED + 8 * 8], r8
  mov [SAVED + 8 * 9], r9
  mov [SAVED + 8 * 10], r10
  .endm

  .macro load_arguments
  mov rcx, [SAVED + 8 * 1]
  mov rdx, [SAVED + 8 * 2]
  mov rsi, [SAVED + 8 * 6]
  mov rdi, [SAVED + 8 * 7]
  mov r8, [SAVED + 8 * 8]
  mov r9, [SAVED + 8 * 9]
  .endm

  .macro save_all
  mov [SAVED + 8 * 0], rax
  save_arguments
  mov [SAVED + 8 * 3], rbx
  mov [SAVED + 8 * 5], rbp
  mov [SAVED + 8 * 12], r12
  mov [SAVED + 8 * 13], r13
  mov [SAVED + 8 * 14], r14
  .endm

  # Copies rcx > 0 words from [rsi] to [rdi]. By single words: they were stored by single words a moment ago, and
  # wider loads would wait for them. Up to FIRST_PIECE_WORDS by a jump into straight code. Clobbers rcx, rdx, rsi, rdi, r11.
  .macro copy_words
  cmp rcx, FIRST_PIECE_WORDS
  ja 93f
  mov r11d, offset 92f
  shl ecx, 3                    # a word takes 8 bytes of code
  sub r11, rcx
  add rsi, 64                   # so that all offsets have one byte
  add rdi, 64
  jmp r11
  .set piece_word, FIRST_PIECE_WORDS - 1
  .rept FIRST_PIECE_WORDS
  .byte 0x48, 0x8b, 0x56, (8 * piece_word - 64) & 0xff   # mov rdx, [rsi + 8 * piece_word - 64]
  .byte 0x48, 0x89, 0x57, (8 * piece_word - 64) & 0xff   # mov [rdi + 8 * piece_word - 64], rdx
  .set piece_word, piece_word - 1
  .endr
92:jmp 94f
93:rep movsq
94:
  .endm

  .macro each_xmm action
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  \action \i
  .endr
  .endm
  .macro save_xmm i
  movsd qword ptr [XMM + 8 * \i], xmm\i
  .endm
  .macro load_xmm i
  movsd xmm\i, qword ptr [XMM + 8 * \i]
  .endm

  .section .rodata.loko_stubs, "a", @progbits
  .balign 4
  descriptor underflow_descriptor, loko_underflow_values, 0, 0
  descriptor producer_descriptor, producer_values, 1, 1
  descriptor interrupt_descriptor, interrupt_done, 49, 1
  descriptor trap_descriptor, trap_returned, 0, 0

  .section .text.loko_stubs, "ax", @progbits

# --- entering and leaving Scheme ---------------------------------------------------------------------

# u64 loko_enter(procedure, count, arguments 0-5): arguments in `saved` as registers would be.
  stub loko_enter
  push rbx
  push rbp
  push r12
  push r13
  push r14
  push r15
  sub rsp, 8
  mov [C_SP], rsp
  mov r15, [ALLOC]
  mov rsp, [STACK_BASE]
  mov r10, rdi
  mov eax, esi
  load_arguments
  jmp tail_call

  # Puts the newest piece of LINK back on the empty stack; rax survives, in rbx.
  .macro reinstate_piece
  mov rbx, rax
1:mov rcx, [LINK]
  cmp rcx, FALSE
  je leave
  mov rdx, [rcx - 7]
  mov rsi, [rcx + 1]
  mov [LINK], rsi
  shr rdx, 8
  jz 1b
  lea rsi, [rcx + 33]
  mov rdi, [STACK_BASE]
  lea rax, [rdx * 8]
  sub rdi, rax
  mov rsp, rdi
  mov rcx, rdx
  copy_words
  mov rax, rbx
  .endm

# What call/cc calls on the empty stack returns to the base word by a real call and return, so that the processor's
# stack of return addresses stays in step with ours.
call_at_base:                   # rsp is above the base word
  call [r10 - 6]
# The return address of the base word.
  .globl loko_underflow
loko_underflow:
  describe underflow_descriptor
underflow_one:
  reinstate_piece
  ret

# The same for a continuation that is entered: here the processor's stack of return addresses is of no use.
enter_piece:
  reinstate_piece
  pop r11
  jmp r11

leave:
  mov rax, rbx
  mov rcx, [STACK_BASE]
  mov [SCHEME_SP], rcx
  mov [ALLOC], r15
  mov rsp, [C_SP]
  add rsp, 8
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbp
  pop rbx
  ret

# The same for n != 1 values: eax is the count, the values are in argument positions.
  .globl loko_underflow_values
loko_underflow_values:
  mov ebx, eax
1:mov r10, [LINK]
  cmp r10, FALSE
  je 4f
  mov r12, [r10 - 7]
  mov r11, [r10 + 1]
  mov [LINK], r11
  shr r12, 8
  jz 1b
  lea r13, [r10 + 33]
  mov r14, [STACK_BASE]
  lea rax, [r12 * 8]
  sub r14, rax
  mov rsp, r14
2:mov rax, [r13]
  mov [r14], rax
  add r13, 8
  add r14, 8
  dec r12
  jnz 2b
  mov eax, ebx
return_values:
  pop r11
  mov r11d, [r11 + 3]
  mov r11d, [r11]
  jmp r11
4:test ebx, ebx
  mov ebx, VOID
  cmovnz rbx, rdi
  jmp leave

# --- calls -------------------------------------------------------------------------------------------

# r10 procedure, eax count, arguments in place.
  .balign 16
tail_call:
  lea r11d, [r10 - 6]
  test r11b, 7
  jnz loko_stub_not_procedure
  jmp [r10 - 6]

  stub loko_stub_ccall
  to_c
  call r11
  to_scheme
  cmp rax, RAISE_MARK
  je 1f
  ret
1:mov r10, [PENDING]
  cmp r10, FALSE
  jne 2f
  ret                           # a function that returns a double left this in rax
2:mov r10, [HOOKS + 8 * HOOK_RAISE_PENDING]
  lea r11d, [r10 - 6]
  test r11b, 7
  jnz 3f
  xor eax, eax
  jmp [r10 - 6]
3:to_c
  call loko_uncaught_pending
  ud2

  stub loko_stub_values
  cmp eax, 1
  jne return_values
  mov rax, rdi
  ret

# rdi: list of the values.
  stub loko_stub_values_list
  lea eax, [rdi - 3]
  test al, 7
  jnz 1f
  cmp qword ptr [rdi + 5], NULL
  jne 1f
  mov rax, [rdi - 3]
  ret
1:to_c
  call loko_spread
  to_scheme
  load_arguments
  jmp return_values

  stub loko_stub_apply
  mov r10, rdi
  mov r12, rsi
  mov r11, rsi
  xor eax, eax
  .irp register, rdi, rsi, rdx, rcx, r8, r9
  lea ebx, [r11 - 3]
  test bl, 7
  jnz 1f
  mov \register, [r11 - 3]
  mov r11, [r11 + 5]
  inc eax
  .endr
3:lea ebx, [r11 - 3]            # the next go to the argument area, some of them without a call
  test bl, 7
  jnz 1f
  cmp eax, 32
  jae 1f
  mov rbx, [r11 - 3]
  mov [ARGUMENTS + 8 * rax - 48], rbx
  mov r11, [r11 + 5]
  inc eax
  jmp 3b
1:cmp r11, NULL
  je tail_call
  mov [SAVED + 8 * 10], r10
  mov [SAVED + 8 * 12], r12
  to_c
  mov rdi, r12
  call loko_spread
  to_scheme
  mov r10, [SAVED + 8 * 10]
  test rax, rax
  js 2f
  load_arguments
  jmp tail_call
2:mov rdi, r10                  # not a proper list, or too long
  mov rsi, [SAVED + 8 * 12]
  mov eax, 2
  mov [SAVED + 8 * 0], rax
  save_arguments
  to_c
  call loko_apply_symbol
  mov [SAVED + 8 * 10], rax
  mov edi, HOOK_PRIMITIVE_FAILED
  call loko_error
  jmp call_hook

# rdi producer, rsi consumer.
  code_header loko_call_with_values, 2
  cmp eax, 2
  je loko_stub_call_with_values
  mov r10d, offset loko_call_with_values - 18
  jmp loko_stub_wrong_args

  stub loko_stub_call_with_values
  push rsi
  mov r10, rdi
  xor eax, eax
  lea r11d, [r10 - 6]
  test r11b, 7
  jnz 1f
  call [r10 - 6]
  describe producer_descriptor
2:mov rdi, rax
  mov eax, 1
producer_values:
  pop r10
  jmp tail_call
1:call loko_stub_not_procedure
  describe producer_descriptor
  jmp 2b

  code_header loko_values, -1
  jmp loko_stub_values

  code_header loko_apply, 2
  cmp eax, 2
  je loko_stub_apply
  mov r10d, offset loko_apply - 18
  jmp loko_stub_wrong_args

# --- continuations -----------------------------------------------------------------------------------

  # The present continuation as an object in rax and LINK, and an empty stack. With `room` bytes for the caller at r12 if
  # that is not 0. Keeps r10, r13.
  .macro capture room
  mov rbx, [STACK_BASE]
  sub rbx, rsp
  jz 81f
  cmp rbx, 8 * FIRST_PIECE_WORDS
  ja 83f
  mov r12, r15
  lea r15, [r15 + rbx + 40 + \room]
  cmp r15, [ALLOC_LIMIT]
  ja 82f
  mov rax, rbx
  shl rax, 5                    # bytes / 8 << 8
  or rax, KIND_CONTINUATION
  mov [r12], rax
  mov rax, [LINK]
  mov [r12 + 8], rax
  mov rax, [WINDERS]
  mov [r12 + 16], rax
  mov rax, [HANDLERS]
  mov [r12 + 24], rax
  mov rax, [PARAMS]
  mov [r12 + 32], rax
  lea rax, [r12 + 7]
  mov [LINK], rax
  lea rdi, [r12 + 40]
  mov rsi, rsp
  mov rcx, rbx
  shr rcx, 3
  mov rsp, [STACK_BASE]
  .if \room
  lea r12, [r12 + rbx + 40]
  .endif
  copy_words
  jmp 85f
  # Nothing on the stack: the continuation below is the present one if the dynamic state is the same.
81:mov rax, [LINK]
  cmp rax, FALSE
  je 83f
  mov rcx, [rax + 9]
  mov rdx, [rax + 17]
  mov rsi, [rax + 25]
  cmp rcx, [WINDERS]
  jne 83f
  cmp rdx, [HANDLERS]
  jne 83f
  cmp rsi, [PARAMS]
  je 84f
  jmp 83f
82:mov r15, r12
83:mov [SAVED + 8 * 10], r10
  mov [SAVED + 8 * 13], r13
  to_c
  call loko_capture
  to_scheme
  mov r10, [SAVED + 8 * 10]
  mov r13, [SAVED + 8 * 13]
84:
  .if \room
  mov r12, r15
  add r15, \room
  cmp r15, [ALLOC_LIMIT]
  jbe 85f
  mov [SAVED + 8 * 0], rax
  mov [SAVED + 8 * 10], r10
  mov [SAVED + 8 * 13], r13
  mov r15, r12
  to_c
  mov edi, \room
  call loko_allocate
  to_scheme
  mov r12, rax
  mov rax, [SAVED + 8 * 0]
  mov r10, [SAVED + 8 * 10]
  mov r13, [SAVED + 8 * 13]
  .endif
85:
  .endm

  # Calls r10 with one argument on the empty stack.
  .macro call_with_continuation
  mov eax, 1
  lea r11d, [r10 - 6]
  test r11b, 7
  jnz loko_stub_not_procedure
  add rsp, 8
  jmp call_at_base
  .endm

# rdi procedure.
  stub loko_stub_callcc
  mov r10, rdi
  capture 0
  mov rdi, rax
  call_with_continuation

# rdi procedure of one free variable, rsi procedure that gets a copy of it with the present continuation in that variable.
  stub loko_stub_callcc_procedure
  mov r13, rdi
  mov r10, rsi
  capture 16
  mov rdx, [r13 - 6]
  mov [r12], rdx
  mov [r12 + 8], rax
  lea rdi, [r12 + 6]
  call_with_continuation

  .macro make_current           # the continuation rdi
  mov [LINK], rdi
  mov rax, [rdi + 9]
  mov [WINDERS], rax
  mov rax, [rdi + 17]
  mov [HANDLERS], rax
  mov rax, [rdi + 25]
  mov [PARAMS], rax
  mov rsp, [STACK_BASE]
  .endm

# rdi continuation, rsi its one value.
  stub loko_stub_continue
  make_current
  mov rax, rsi
  add rsp, 8
  jmp enter_piece

# rdi continuation, rsi list of values.
  stub loko_stub_reinstate
  make_current
  lea eax, [rsi - 3]
  test al, 7
  jnz 1f
  cmp qword ptr [rsi + 5], NULL
  jne 1f
  mov rax, [rsi - 3]
  add rsp, 8
  jmp enter_piece
1:to_c
  mov rdi, rsi
  call loko_spread
  to_scheme
  load_arguments
  add rsp, 8
  jmp loko_underflow_values

# rdi: procedure without arguments that does not return. The present continuation is given up.
  stub loko_stub_start_stack
  mov qword ptr [LINK], FALSE
  mov rsp, [STACK_BASE]
  mov r10, rdi
  xor eax, eax
  jmp tail_call

# --- safepoints and allocation -----------------------------------------------------------------------

  stub loko_stub_entry_safepoint
  save_all
  mov edi, 1
  jmp 1f
  stub loko_stub_safepoint
  save_all
  xor edi, edi
1:each_xmm save_xmm
  to_c
  call loko_safepoint           # 0 or the procedure of the interrupt hook
  test rax, rax
  jnz 3f
2:to_scheme
  each_xmm load_xmm
  mov rax, [SAVED + 8 * 0]
  load_arguments
  mov r10, [SAVED + 8 * 10]
  mov rbx, [SAVED + 8 * 3]
  mov rbp, [SAVED + 8 * 5]
  mov r12, [SAVED + 8 * 12]
  mov r13, [SAVED + 8 * 13]
  mov r14, [SAVED + 8 * 14]
  ret
3:mov r10, rax
  to_scheme
  mov rdi, [SAVED + 8 * 7]
  mov eax, 1
  call [r10 - 6]
  describe interrupt_descriptor
interrupt_done:
  to_c
  call loko_after_interrupt
  jmp 2b

  stub loko_stub_alloc
  save_arguments
  mov [SAVED + 8 * 0], rax
  each_xmm save_xmm
  sub r15, r11
  to_c
  mov rdi, r11
  call loko_allocate
  to_scheme
  each_xmm load_xmm
  mov rax, [SAVED + 8 * 0]
  load_arguments
  mov r10, [SAVED + 8 * 10]
  ret

# eax count, r11 number of required arguments.
  stub loko_stub_cons_rest
  save_arguments
  to_c
  mov edi, eax
  mov esi, r11d
  call loko_cons_rest
  to_scheme
  load_arguments
  mov r10, [SAVED + 8 * 10]
  ret

# --- errors: a tail call of a hook -------------------------------------------------------------------

  .macro error_stub name, hook
  .balign 16
  .globl \name
\name:
  mov [SAVED + 8 * 0], rax
  save_arguments
  mov edi, \hook
  jmp error
  .endm

  error_stub loko_stub_wrong_args, HOOK_WRONG_ARGS
  error_stub loko_stub_not_procedure, HOOK_NOT_PROCEDURE
  error_stub loko_stub_prim_failed, HOOK_PRIMITIVE_FAILED
  error_stub loko_stub_unbound, HOOK_UNBOUND

# The return address was popped but is still there.
  stub loko_stub_value_count_error
  mov r10d, 8                   # the fixnum 1
  .globl loko_stub_received_count
loko_stub_received_count:
  sub rsp, 8
  mov [SAVED + 8 * 0], rax
  save_arguments
  mov edi, HOOK_VALUE_COUNT
error:
  to_c
  call loko_error               # the hook; its arguments are in `saved`
call_hook:
  mov r10, rax
  to_scheme
  mov rax, [SAVED + 8 * 0]
  mov rdi, [SAVED + 8 * 7]
  mov rsi, [SAVED + 8 * 6]
  jmp [r10 - 6]

# A signal handler makes the faulting thread go on here: rdi trap number, rsi address, rdx program counter.
# The frames below were given up.
  stub loko_trap_resume
  mov rsp, [STACK_BASE]
  mov r10, [HOOKS + 8 * HOOK_TRAP]
  mov eax, 3
  call [r10 - 6]
  describe trap_descriptor
trap_returned:
  to_c
  call loko_trap_hook_returned
  ud2

  .section .note.GNU-stack, "", @progbits
