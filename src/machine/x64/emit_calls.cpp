// SPDX-License-Identifier: MIT
//
// Calls, tail calls, returns of several values, polls. After each call that can be seen by the collector or by a
// backtrace comes the nop that names its frame descriptor.
#include <algorithm>

#include "machine/x64/emitter.h"
#include "machine/x64/moves.h"

namespace loko::x64 {

using namespace asmjit;
using low::Op;
using low::TermKind;

LambdaEmitter::Label LambdaEmitter::value_count_error() {
  if (!value_count_error_.isValid()) value_count_error_ = w_.label();
  return value_count_error_;
}

/// One parallel move brings the arguments to their places and the procedure (or symbol) to r10.
void LambdaEmitter::place_arguments(const std::vector<ValueId>& args, ValueId closure) {
  std::vector<Rep> reps;
  for (ValueId v : args) reps.push_back(function_->values[v]);
  auto places = argument_places(reps);
  std::vector<Move> moves;
  for (std::size_t i = 0; i < args.size(); ++i) moves.push_back({places[i], at(args[i]), args[i], args[i]});
  if (closure != kNone) moves.push_back({gpr(R10), at(closure), closure, closure});
  parallel(moves);
}

void LambdaEmitter::describe_call(Label mv, Span span) {
  const Safepoint* s = allocation_->safepoint(position_);
  w_.describe(mv, framed_ ? allocation_->frame_words : 0, c_.info_slot, place(span), (s ? s->registers : 0) | c_.atomicity,
              s ? &s->slots : nullptr);
}

void LambdaEmitter::check_procedure(Label* slow) {
  *slow = w_.label();
  a.lea(x86::r11d, x86::ptr(x86::r10, -static_cast<i32>(kTagProcedure)));
  a.test(x86::r11b, static_cast<i32>(kTagMask));
  w_.jump(CC::kNZ, *slow);
}

void LambdaEmitter::call(const Inst& i) {
  if (i.op == Op::CallFloat) return call_float(i);
  place_arguments(i.args, i.a);
  u32 count = static_cast<u32>(i.args.size());
  Label slow, resume, back = w_.label();
  switch (i.op) {
    case Op::CallDirect:
      if (i.callee == kNone) w_.call_address(static_cast<u64>(i.imm), false);
      else if (i.callee == c_.lambda) a.call(direct_[i.clause]);
      else w_.call_lambda(i.callee, i.clause, false);
      break;
    case Op::CallClosure:
      a.mov(x86::eax, count);
      check_procedure(&slow);
      a.call(x86::ptr(x86::r10, kEntryOffset, 8));
      break;
    case Op::CallRuntime:
      w_.use_entry(static_cast<u64>(i.imm));
      a.mov(x86::r11, entry(static_cast<u64>(i.imm)));
      a.call(entry(kStubCCall));
      break;
    default:
      a.mov(x86::eax, count);
      a.call(entry(static_cast<u64>(i.imm)));
      break;
  }
  w_.bind(back);
  Label mv = i.receives ? w_.label() : i.ignore_values ? back : value_count_error();
  describe_call(mv, i.span);
  if (slow.isValid()) {
    const Safepoint* s = allocation_->safepoint(position_);
    resume = w_.label();
    w_.bind(resume);
    cold_.push_back([this, slow, resume, s, words = framed_ ? allocation_->frame_words : 0, ignore = i.ignore_values, span = i.span] {
      w_.bind(slow);
      a.call(entry(kStubNotProcedure));
      Label here = w_.label();
      w_.bind(here);
      w_.describe(ignore ? here : value_count_error(), words, c_.info_slot, place(span), c_.atomicity, &s->slots);
      w_.jump(resume);
    });
  }
  if (i.receives == low::kAnyNumber) receive_any(mv);
  else if (i.receives) receive(i.receives, mv);
  if (i.result != kNone) {
    Location to = result(i);
    if (to.where != Where::Nowhere) move(to, result_place(i.rep));
  }
}

/// Behind the call comes one value, which is an error; at `several` more arrive as arguments would. They go to memory, since no instruction
/// has several results; the loads follow at once, so the collector does not see them.
void LambdaEmitter::receive(u32 count, Label several) {
  Label one = w_.label(), other = w_.label();
  w_.jump(one);
  w_.bind(several);
  a.cmp(x86::eax, count);
  w_.jump(CC::kNE, other);
  store_received(count);
  cold_.push_back([this, one, other, count] {
    w_.bind(one);
    a.mov(x86::rdi, x86::rax);
    a.mov(x86::eax, 1);
    w_.bind(other);
    a.mov(x86::r10d, static_cast<u32>(fixnum(count).bits));
    a.jmp(entry(kStubReceivedCount));
  });
}

/// Any number of values goes to memory; the number, a fixnum, is the result.
void LambdaEmitter::receive_any(Label several) {
  Label one = w_.label(), done = w_.label();
  w_.jump(one);
  w_.bind(several);
  store_received(kArgRegisters);  // what is in a register beyond the last value is nobody's business: the collector does not look there
  a.shl(x86::eax, 3);
  w_.bind(done);
  cold_.push_back([this, one, done] {
    w_.bind(one);
    a.mov(context_word(static_cast<u64>(received_offset(0))), x86::rax);
    a.mov(x86::eax, static_cast<u32>(fixnum(1).bits));
    w_.jump(done);
  });
}

/// Stores so many of the first values, which are in argument registers.
void LambdaEmitter::store_received(u32 count) {
  auto places = argument_places(std::vector<Rep>(std::min<u32>(count, kArgRegisters), Rep::Tagged));
  for (std::size_t k = 0; k < places.size(); ++k) a.mov(context_word(static_cast<u64>(received_offset(static_cast<u32>(k)))), reg(places[k]));
}

/// libm: no descriptor, since neither the collector nor conditions can see it. The C stack is 16-byte aligned.
void LambdaEmitter::call_float(const Inst& i) {
  place_arguments(i.args, kNone);
  a.mov(context_word(offsetof(Context, scheme_sp)), x86::rsp);
  a.mov(x86::rsp, context_word(offsetof(Context, c_sp)));
  w_.use_entry(static_cast<u64>(i.imm));
  a.call(entry(static_cast<u64>(i.imm)));
  a.mov(x86::rsp, context_word(offsetof(Context, scheme_sp)));
  move(result(i), xmm(0));
}

void LambdaEmitter::poll(const Inst& i) {
  Label slow = w_.label(), resume = w_.label();
  a.cmp(x86::rsp, context_word(0));
  w_.jump(CC::kB, slow);
  w_.bind(resume);
  const Safepoint* s = allocation_->safepoint(position_);
  cold_.push_back([this, slow, resume, s, words = framed_ ? allocation_->frame_words : 0, span = i.span] {
    w_.bind(slow);
    a.call(entry(kStubSafepoint));
    w_.describe(value_count_error(), words, c_.info_slot, place(span), s->registers | c_.atomicity, &s->slots);
    w_.jump(resume);
  });
}

void LambdaEmitter::tail(const Terminator& t) {
  place_arguments(t.args, t.a);
  u32 count = static_cast<u32>(t.args.size());
  if (t.kind == TermKind::TailDirect) {
    leave_frame();
    if (t.callee == kNone) w_.call_address(static_cast<u64>(t.imm), true);
    else if (t.callee == c_.lambda) w_.jump(direct_[t.clause]);
    else w_.call_lambda(t.callee, t.clause, true);
    return;
  }
  leave_frame();
  a.mov(x86::eax, count);
  if (t.kind == TermKind::TailStub) {
    a.jmp(entry(static_cast<u64>(t.imm)));
    return;
  }
  Label slow;
  check_procedure(&slow);
  a.jmp(x86::ptr(x86::r10, kEntryOffset, 8));
  cold_.push_back([this, slow] {
    w_.bind(slow);
    a.jmp(entry(kStubNotProcedure));
  });
}

void LambdaEmitter::return_values(const Terminator& t) {
  place_arguments(t.args, kNone);
  leave_frame();
  a.mov(x86::eax, static_cast<u32>(t.args.size()));
  a.jmp(entry(kStubValues));
}

}  // namespace loko::x64
