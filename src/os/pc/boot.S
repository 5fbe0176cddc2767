# SPDX-License-Identifier: MIT
#
# From the boot loader to C++, and every later way into and out of the kernel. Multiboot 1 with address fields:
# the loader puts the whole file, as it is, at the address of its ELF header. The text is therefore where it was
# linked, the data is not: nothing may touch it before `loko_pc_boot` has built the page tables of the program.
#
# Low memory while booting and ever after (kernel.h has the same numbers):
#   0x40000 the Kernel structure    0x80000 page tables    0x90000 - 0x98000 the kernel's stack

  .intel_syntax noprefix

# ---- the header, in the first page: a note, so that the linker puts it there -----------------------------------
  .set MULTIBOOT_FLAGS, 0x00010003            # pages, memory map, address fields
  .section .note.loko.multiboot, "a", @note
  .balign 4
  .long 5, 48, 4
  .asciz "Loko"
  .balign 4
loko_pc_multiboot:
  .long 0x1badb002, MULTIBOOT_FLAGS, -(0x1badb002 + MULTIBOOT_FLAGS)
  .long loko_pc_multiboot                     # where this header is
  .long __ehdr_start                          # where the file begins
  .long 0, 0                                  # all of the file; no bss
  .long loko_pc_entry32
  .long 0, 0, 0, 0                            # no graphics mode

# ---- 32 bits ----------------------------------------------------------------------------------------------------
  .section .text.loko_pc, "ax", @progbits
  .set TABLES, 0x80000
  .set STACK_TOP, 0x98000
  .set HIGH, 0xffffffff80000000               # the first gigabyte, as the kernel sees it
  .code32
  .globl loko_pc_entry32
loko_pc_entry32:
  cli
  cld
  mov esp, STACK_TOP
  mov esi, offset loko_pc_no_multiboot
  cmp eax, 0x2badb002
  jne loko_pc_fail32
  mov esi, offset loko_pc_no_long_mode
  mov ebp, ebx
  mov eax, 0x80000000
  cpuid
  cmp eax, 0x80000001
  jb loko_pc_fail32
  mov eax, 0x80000001
  cpuid
  test edx, 1 << 29
  jz loko_pc_fail32
  mov edi, TABLES                             # six tables: one, one, and four of 512 large pages
  xor eax, eax
  mov ecx, 6 * 1024
  rep stosd
  mov eax, TABLES + 0x1003
  mov [TABLES], eax                           # the same four gigabytes at 0, at kPhysical and (the first) at HIGH
  mov [TABLES + 256 * 8], eax
  mov [TABLES + 511 * 8], eax
  mov eax, TABLES + 0x2003
  mov [TABLES + 0x1000 + 510 * 8], eax
  mov edi, TABLES + 0x1000
  mov ecx, 4
1: mov [edi], eax
  add eax, 0x1000
  add edi, 8
  loop 1b
  mov edi, TABLES + 0x2000
  mov eax, 0x83
  mov ecx, 2048
1: mov [edi], eax
  add eax, 0x200000
  add edi, 8
  loop 1b
  mov eax, TABLES
  mov cr3, eax
  mov eax, 0x620                              # PAE, OSFXSR, OSXMMEXCPT
  mov cr4, eax
  mov ecx, 0xc0000080                         # EFER: SCE, LME, NXE
  rdmsr
  or eax, 0x901
  wrmsr
  mov eax, 0x80010033                         # PG, WP, NE, ET, MP, PE
  mov cr0, eax
  lgdt [loko_pc_gdt_pointer]
  .byte 0xea                                  # far jump
  .long loko_pc_entry64
  .word 8

loko_pc_fail32:                               # esi: a message; white on red, top of the screen
  mov edi, 0xb8000
  mov ah, 0x4f
1: lodsb
  test al, al
  jz 2f
  mov [edi], ax
  add edi, 2
  out 0xe9, al
  jmp 1b
2: hlt
  jmp 2b
loko_pc_no_multiboot: .asciz "loko: not started by a Multiboot loader"
loko_pc_no_long_mode: .asciz "loko: this processor has no 64-bit mode"

  .balign 8
loko_pc_gdt:
  .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
loko_pc_gdt_pointer:
  .word 23
  .long loko_pc_gdt

# ---- 64 bits ----------------------------------------------------------------------------------------------------
  .code64
loko_pc_entry64:
  mov eax, 0x10
  mov ds, eax
  mov es, eax
  mov ss, eax
  xor eax, eax
  mov fs, eax
  mov gs, eax
  mov rsp, HIGH + STACK_TOP
  mov edi, ebp
  xor ebp, ebp
  call loko_pc_boot                           # returns the register frame of the first process
  mov rsp, rax
  fninit
  push 0x1f80
  ldmxcsr [rsp]
  pop rax
  jmp loko_pc_leave

# ---- calls: the processor left the return address in rcx and the flags in r11 -------------------------------------
  .globl loko_pc_syscall
loko_pc_syscall:
  mov [HIGH + 0x40000], rsp                   # Kernel::user_rsp
  mov rsp, HIGH + STACK_TOP
  push 0x1b
  push [HIGH + 0x40000]
  push r11
  push 0x23
  push rcx
  push 0
  push 256
  jmp loko_pc_enter

# ---- interrupts and exceptions: 48 entries of 16 bytes --------------------------------------------------------------
  .balign 16
  .globl loko_pc_vectors
loko_pc_vectors:
  .set vector, 0
  .rept 48
  .balign 16
  .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21)
  push 0
  .endif
  push vector
  jmp loko_pc_enter
  .set vector, vector + 1
  .endr

  .balign 16
loko_pc_enter:
  .irp register, rcx, rax, rdx, rbx, rbp, rsi, rdi, r15, r14, r13, r12, r11, r10, r9, r8
  push \register
  .endr
  cld
  mov rdi, rsp
  call loko_pc_dispatch
loko_pc_leave:
  .irp register, r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx
  pop \register
  .endr
  add rsp, 16
  iretq

  .section .note.GNU-stack, "", @progbits
