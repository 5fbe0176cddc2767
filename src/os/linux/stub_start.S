# SPDX-License-Identifier: MIT
#
# Where the kernel starts a compiled program: argc, argv and the environment lie on the stack.

  .intel_syntax noprefix
  .section .text._start, "ax", @progbits
  .globl _start
_start:
  xor ebp, ebp
  mov rdi, [rsp]
  lea rsi, [rsp + 8]
  lea rdx, [rsi + rdi * 8 + 8]
  and rsp, -16
  call loko_stub_main
  ud2

  .section .note.GNU-stack, "", @progbits
