// SPDX-License-Identifier: MIT
//
// The stubs, driven by hand-assembled procedures that keep to the ABI: deep recursion over many stack pieces, rest
// lists, multiple values, continuations entered again, failing calls, interrupts, traps, torture.
#include "runtime/control/control.h"

#include <cstring>

#include "runtime/memory/runtime_fixture.h"

asm(R"(
  .intel_syntax noprefix
  .set T_CTX, 0x10000000
  .set T_ENTRIES, T_CTX + 1024

  .macro t_header name, arity
  .balign 16
  .long \arity, 0
  .quad \name
  .long 0, 16, 0, 0
  .globl \name
\name:
  .endm
  .macro t_describe descriptor
  .byte 0x0f, 0x1f, 0x80
  .long \descriptor
  .endm
  .macro t_stub index
  call [T_ENTRIES + 8 * \index]
  .endm

  .section .rodata
  .balign 4
t_entry_rdi: .long 0, 0, 0, 0, 1 << 7, 0
t_entry_rdi_rsi: .long 0, 0, 0, 0, 1 << 7 | 1 << 6, 0
t_entry_none: .long 0, 0, 0, 0, 0, 0
t_deep_frame: .long 0, 1, 0, 77, 0, 1, 1
t_loop_frame: .long 0, 2, 0, 0, 1 << 3, 1, 1
t_one_value: .long t_bad_values, 1, 0, 0, 0, 1, 1
t_call_frame: .long t_bad_values, 1, 0, 0, 0, 1, 1
t_empty_frame: .long t_bad_values, 0, 0, 0, 0, 0
t_many_values: .long t_got_values, 0, 0, 0, 0, 0

  .text
t_bad_values:
  jmp [T_ENTRIES + 8 * 14]

# (deep n): 0 + 1 + … + n, not tail recursive; keeps a list cell in each frame
  t_header t_deep, 1
1:cmp rsp, [T_CTX]
  jb 2f
6:test rdi, rdi
  jz 3f
  add r15, 16
  cmp r15, [T_CTX + 8]
  ja 4f
5:mov [r15 - 16], rdi
  mov qword ptr [r15 - 8], 0x12
  lea rax, [r15 - 13]
  push rax
  sub rdi, 8
  call 1b
  t_describe t_deep_frame
  pop rdi
  add rax, [rdi - 3]
  ret
2:t_stub 1
  t_describe t_entry_rdi
  jmp 6b
3:xor eax, eax
  ret
4:mov r11d, 16
  t_stub 2
  t_describe t_empty_frame
  jmp 5b

# (make-list n): a loop with a poll; frame [list][raw counter]
  t_header t_make_list, 1
1:cmp rsp, [T_CTX]
  jb 4f
9:push rdi
  push 0x12
2:cmp rsp, [T_CTX]
  jb 5f
3:cmp qword ptr [rsp + 8], 0
  je 7f
  add r15, 16
  cmp r15, [T_CTX + 8]
  ja 6f
8:mov rax, [rsp + 8]
  mov [r15 - 16], rax
  mov rcx, [rsp]
  mov [r15 - 8], rcx
  lea rbx, [r15 - 13]
  mov [rsp], rbx
  sub qword ptr [rsp + 8], 8
  jmp 2b
4:t_stub 1
  t_describe t_entry_rdi
  jmp 9b
5:mov rbx, [rsp]
  movq xmm7, rax
  t_stub 0
  t_describe t_loop_frame
  cmp rbx, [rsp]
  jne t_broken
  jmp 3b
6:mov r11d, 16
  t_stub 2
  t_describe t_loop_frame
  jmp 8b
7:pop rax
  add rsp, 8
  ret
t_broken:
  ud2

# (rest a . r): the list r
  t_header t_rest, -2
  mov r11d, 1
  t_stub 7
  t_describe t_entry_none
  mov rax, rsi
  ret

# (rest7 a b c d e f g . r): the list r, which is argument 7
  t_header t_rest7, -8
  mov r11d, 7
  t_stub 7
  t_describe t_entry_none
  mov rax, [0x10100000 + 8]
  ret

# (sum2 a b)
  t_header t_sum2, 2
  cmp eax, 2
  jne 1f
  lea rax, [rdi + rsi]
  ret
1:mov r10d, offset t_sum2 - 18
  jmp [T_ENTRIES + 8 * 4]

# (two): the values 1 and 2
  t_header t_two, 0
  mov edi, 8
  mov esi, 16
  mov eax, 2
  jmp [T_ENTRIES + 8 * 8]

# (one): the value 5 by values
  t_header t_one, 0
  mov edi, 40
  mov eax, 1
  jmp [T_ENTRIES + 8 * 8]

# (with-two): call-with-values two sum2, then + 100
  t_header t_with_two, 0
  mov edi, offset t_two - 18
  mov esi, offset t_sum2 - 18
  t_stub 9
  t_describe t_empty_frame
  add rax, 800
  ret

# (wants-one): the value of (two) where one is wanted
  t_header t_wants_one, 0
  push 0
  call t_two
  t_describe t_one_value
  pop rcx
  ret

# (count-values f): the number of values of (f)
  t_header t_count_values, 1
  mov r10, rdi
  xor eax, eax
  call [r10 - 6]
  t_describe t_many_values
  mov eax, 8
  ret
t_got_values:
  shl rax, 3
  ret

# (apply2 f l)
  t_header t_apply2, 2
  jmp [T_ENTRIES + 8 * 12]

# (call f): calls f without arguments, keeps it in the frame
  t_header t_call, 1
  push rdi
  mov r10, rdi
  xor eax, eax
  lea ecx, [r10 - 6]
  test cl, 7
  jnz 1f
  call [r10 - 6]
  t_describe t_call_frame
  pop rcx
  ret
1:t_stub 5
  t_describe t_call_frame
  pop rcx
  ret

# (capture f): (call/cc f) in a frame of one word
  t_header t_capture, 1
  push rdi
  t_stub 10
  t_describe t_call_frame
  pop rcx
  ret

# A procedure with one free variable, which it returns.
  .balign 16
  .long 0, 0
  .quad t_free
  .long 0, 16, 1, 0
t_free:
  mov rax, [r10 + 2]
  ret

# (capture-procedure prototype f): %call/cc-procedure in a frame of one word
  t_header t_capture_procedure, 2
  push rsi
  t_stub 18
  t_describe t_call_frame
  pop rcx
  ret

# (tail-capture-procedure prototype f)
  t_header t_tail_capture_procedure, 2
  jmp [T_ENTRIES + 8 * 18]

# (tail-capture f): (call/cc f)
  t_header t_tail_capture, 1
  jmp [T_ENTRIES + 8 * 10]

# (reinstate k values)
  t_header t_reinstate, 2
  jmp [T_ENTRIES + 8 * 11]

# the hooks of these tests
  t_header t_hook_list, 2
  mov rax, rsi
  ret
  t_header t_hook_values, 1
  mov rax, rdi
  ret
  t_header t_hook_trap, 3
  mov rsi, [T_CTX + 0x7008]     # leaves by the continuation and list that the test stored
  mov rdi, [T_CTX + 0x7000]
  jmp [T_ENTRIES + 8 * 11]
  t_header t_hook_interrupt, 1
  add [T_CTX + 0x7000], rdi
  xor eax, eax
  xor edi, edi
  jmp [T_ENTRIES + 8 * 8]

  .att_syntax
)");

extern "C" const char t_deep[], t_make_list[], t_rest[], t_rest7[], t_sum2[], t_two[], t_one[], t_with_two[], t_wants_one[],
    t_count_values[], t_apply2[], t_call[], t_capture[], t_tail_capture[], t_free[], t_capture_procedure[], t_tail_capture_procedure[], t_reinstate[], t_hook_list[], t_hook_values[], t_hook_interrupt[], t_hook_trap[];

namespace loko {

Value request_collection(Value full);
Value set_torture(Value n);
Value continuation_frames(Value k);

namespace {

static_assert(offsetof(Context, entries) == 1024);
static_assert(sizeof(Context) <= 0x7000);

Value procedure(const char* entry) {
  return Value{(reinterpret_cast<u64>(entry) + static_cast<u64>(i64{kStaticClosureFromEntry})) | kTagProcedure};
}

template <class... A>
Value call(const char* entry, A... arguments) {
  Value list[] = {arguments..., False};
  return enter_scheme(procedure(entry), sizeof...(A), list);
}

Value list_of(std::initializer_list<Value> items) {
  Value list = Null;
  for (const Value* p = items.end(); p != items.begin();) list = make_pair(*--p, list);
  return list;
}

i64 list_length(Value l) {
  i64 n = 0;
  for (; is_pair(l); l = cdr(l)) ++n;
  return n;
}

class Control : public RuntimeTest {
 protected:
  void TearDown() override {
    for (Value& v : context().hooks) v = False;
    set_torture(fixnum(0));
  }
};

TEST_F(Control, RecursesMillionsDeep) {
  EXPECT_EQ(call(t_deep, fixnum(0)), fixnum(0));
  EXPECT_EQ(call(t_deep, fixnum(1000)), fixnum(500500));
  constexpr i64 n = 10000000;
  EXPECT_EQ(call(t_deep, fixnum(n)), fixnum(n * (n + 1) / 2));
  collect_now(true);
  verify_heap();
}

TEST_F(Control, LoopsAllocateAndPoll) {
  Value l = call(t_make_list, fixnum(3000000));
  EXPECT_EQ(list_length(l), 3000000);
  EXPECT_EQ(car(l), fixnum(1));
}

TEST_F(Control, TortureFindsEveryReference) {
  set_torture(fixnum(1));
  EXPECT_EQ(list_length(call(t_make_list, fixnum(150))), 150);
  EXPECT_EQ(call(t_deep, fixnum(150)), fixnum(150 * 151 / 2));
  set_torture(fixnum(977));
  EXPECT_EQ(call(t_deep, fixnum(30000)), fixnum(i64{30000} * 30001 / 2));
}

TEST_F(Control, RestArguments) {
  EXPECT_EQ(call(t_rest, fixnum(1)), Null);
  Value l = call(t_rest, fixnum(1), fixnum(2), fixnum(3), fixnum(4), fixnum(5), fixnum(6), fixnum(7), fixnum(8), fixnum(9));
  EXPECT_EQ(list_length(l), 8);
  EXPECT_EQ(car(l), fixnum(2));
  EXPECT_EQ(car(cdr(cdr(cdr(cdr(cdr(cdr(cdr(l)))))))), fixnum(9));
  Value many = Null;
  for (i64 i = 20; i > 0; --i) many = make_pair(fixnum(i), many);
  Value r = call(t_apply2, procedure(t_rest7), many);
  EXPECT_EQ(list_length(r), 13);
  EXPECT_EQ(car(r), fixnum(8));
}

TEST_F(Control, AppliesLists) {
  EXPECT_EQ(call(t_apply2, procedure(t_sum2), list_of({fixnum(3), fixnum(4)})), fixnum(7));
  Value many = Null;
  for (i64 i = 100000; i > 0; --i) many = make_pair(fixnum(i), many);
  EXPECT_EQ(list_length(call(t_apply2, procedure(t_rest), many)), 99999);
  context().hooks[kHookPrimitiveFailed] = procedure(t_hook_list);
  Value l = call(t_apply2, procedure(t_sum2), make_pair(fixnum(1), fixnum(2)));
  EXPECT_EQ(car(l), procedure(t_sum2));
}

TEST_F(Control, MultipleValues) {
  EXPECT_EQ(call(t_with_two), fixnum(103));
  EXPECT_EQ(call(t_one), fixnum(5));
  EXPECT_EQ(call(t_two), fixnum(1));  // to C++: the first
  EXPECT_EQ(call(t_count_values, procedure(t_two)), fixnum(2));
  EXPECT_EQ(call(t_count_values, procedure(t_one)), fixnum(1));
  EXPECT_EQ(call(loko_call_with_values, procedure(t_two), procedure(t_sum2)), fixnum(3));
  EXPECT_EQ(call(t_apply2, procedure(loko_values), list_of({fixnum(9)})), fixnum(9));
}

TEST_F(Control, FailingCallsReachTheirHooks) {
  context().hooks[kHookWrongArgs] = procedure(t_hook_list);
  context().hooks[kHookNotProcedure] = procedure(t_hook_list);
  context().hooks[kHookValueCount] = procedure(t_hook_values);
  EXPECT_EQ(list_length(call(t_sum2, fixnum(1), fixnum(2), fixnum(3))), 3);
  EXPECT_EQ(list_length(call(loko_call_with_values, fixnum(1))), 1);
  EXPECT_EQ(call(t_call, fixnum(12)), Null);
  EXPECT_EQ(list_length(call(t_apply2, fixnum(12), list_of({fixnum(1)}))), 1);
  Value l = call(t_wants_one);
  ASSERT_EQ(list_length(l), 2);
  EXPECT_EQ(car(cdr(l)), fixnum(2));
}

TEST_F(Control, ContinuationsMayBeEnteredAgain) {
  HandleArena arena;
  // (capture values): call/cc passes the continuation to `values`, so that it is returned.
  Value k = call(t_capture, procedure(loko_values));
  ASSERT_TRUE(is_kind(k, Kind::Continuation));
  Handle kept = arena.make(k);
  for (i64 i = 0; i < 4; ++i) {
    collect_now(i % 2);
    verify_heap();
    EXPECT_EQ(call(t_reinstate, *kept, list_of({fixnum(i)})), fixnum(i));
  }
  Value frames = continuation_frames(*kept);
  EXPECT_EQ(list_length(frames), 1);
  // No frame at all: the state is wrapped.
  Value empty = call(t_tail_capture, procedure(loko_values));
  ASSERT_TRUE(is_kind(empty, Kind::Continuation));
  EXPECT_EQ(length_of(empty), 0u);
  EXPECT_EQ(call(t_reinstate, empty, list_of({fixnum(8)})), fixnum(8));
  EXPECT_EQ(call(t_reinstate, empty, list_of({fixnum(8), fixnum(9)})), fixnum(8));
}

TEST_F(Control, ContinuationProceduresAreCopiesOfThePrototype) {
  HandleArena arena;
  u64 prototype_words[] = {reinterpret_cast<u64>(t_free), kFalse};
  Value prototype{reinterpret_cast<u64>(prototype_words) | kTagProcedure};
  // Allocation fails in the middle of some of these many captures: with a frame, and without one.
  for (i64 i = 0; i < 300000; ++i) {
    Value p = call(i % 3 ? t_capture_procedure : t_tail_capture_procedure, prototype, procedure(loko_values));
    ASSERT_TRUE(is_procedure(p));
    ASSERT_EQ(word(p, 0), prototype_words[0]);
    ASSERT_TRUE(is_kind(slot(p, 1), Kind::Continuation));
    ASSERT_EQ(length_of(slot(p, 1)), i % 3 ? 2u : 0u);
  }
  Handle kept = arena.make(call(t_capture_procedure, prototype, procedure(loko_values)));
  collect_now(true);
  verify_heap();
  EXPECT_EQ(call(t_reinstate, slot(*kept, 1), list_of({fixnum(7)})), fixnum(7));
}

TEST_F(Control, ReinstatesDynamicState) {
  HandleArena arena;
  context().winders = list_of({fixnum(1)});
  Handle kept = arena.make(call(t_capture, procedure(loko_values)));
  context().winders = Null;
  call(t_reinstate, *kept, list_of({fixnum(1)}));
  ASSERT_TRUE(is_pair(context().winders));
  context().winders = Null;
}

TEST_F(Control, InterruptsRunTheHookAndResume) {
  u64& seen = *reinterpret_cast<u64*>(kContextBase + 0x7000);
  seen = 0;
  context().hooks[kHookInterrupt] = procedure(t_hook_interrupt);
  context().interrupts = kInterruptTimer;
  request_collection(True);
  EXPECT_EQ(list_length(call(t_make_list, fixnum(100))), 100);
  EXPECT_EQ(seen, fixnum(kInterruptTimer).bits);
  context().interrupts = kInterruptUser | kInterruptSignal;
  request_collection(False);
  EXPECT_EQ(call(t_deep, fixnum(100)), fixnum(5050));
  EXPECT_EQ(seen, fixnum(kInterruptTimer + kInterruptUser + kInterruptSignal).bits);
  set_torture(fixnum(1));
  context().interrupts = kInterruptTimer;
  EXPECT_EQ(list_length(call(t_make_list, fixnum(20))), 20);
}

TEST_F(Control, TrapsInCompiledCodeCallTheHook) {
  HandleArena arena;
  Handle k = arena.make(call(t_capture, procedure(loko_values)));
  Handle values = arena.make(list_of({fixnum(33)}));
  *reinterpret_cast<Value*>(kContextBase + 0x7000) = *k;
  *reinterpret_cast<Value*>(kContextBase + 0x7008) = *values;
  context().hooks[kHookTrap] = procedure(t_hook_trap);
  const u8 crash[] = {0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0xc3};     // mov rax, [0]; ret
  const u8 divide[] = {0x31, 0xc9, 0x48, 0xf7, 0xf9, 0xc3};          // xor ecx, ecx; idiv rcx; ret
  const u8 nonsense[] = {0x0f, 0x0b};                                // ud2
  auto run = [&](const u8* code, u64 n) {
    u64 place = allocate_code(sizeof(CodeHeader) + n, false);
    auto* header = reinterpret_cast<CodeHeader*>(place);
    u64 entry = place + sizeof(CodeHeader);
    *header = CodeHeader{0, 0, entry, 0, static_cast<u32>(n), 0, 0};
    std::memcpy(reinterpret_cast<void*>(entry), code, n);
    seal_code(place, sizeof(CodeHeader) + n);
    return call(reinterpret_cast<const char*>(entry));
  };
  EXPECT_EQ(run(crash, sizeof crash), fixnum(33));
  EXPECT_EQ(run(divide, sizeof divide), fixnum(33));
  EXPECT_EQ(run(nonsense, sizeof nonsense), fixnum(33));
  EXPECT_EQ(run(crash, sizeof crash), fixnum(33));
}

TEST(ControlDeathTest, MissingHooksEndTheProcess) {
  need_runtime();
  EXPECT_EXIT(call(t_sum2, fixnum(1)), ::testing::ExitedWithCode(70), "wrong number of arguments.*with 1");
  EXPECT_EXIT(call(t_call, fixnum(-5)), ::testing::ExitedWithCode(70), "not a procedure: -5");
}

}  // namespace
}  // namespace loko
