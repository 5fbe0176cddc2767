// SPDX-License-Identifier: MIT
//
// Checked entries, direct entries, blocks, moves and terminators.
// INVARIANT(scratch): r11 and xmm15 hold nothing between instructions.
#include "machine/x64/emit.h"

#include "machine/x64/emitter.h"
#include "machine/x64/moves.h"

namespace loko::x64 {

using namespace asmjit;
using low::Block;
using low::Op;
using low::TermKind;

namespace {

/// The code of such a procedure runs from its entry again and again: the fewer cache lines it spans the better.
bool calls_itself(const Prepared& p, u32 lambda) {
  for (BlockId b : p.order)
    if (!p.cold[b])
      for (const low::Inst& i : p.f.blocks[b].insts)
        if (i.op == Op::CallDirect && i.callee == lambda) return true;
  return false;
}

}  // namespace

LambdaEmitter::LambdaEmitter(const EmitContext& c, const std::vector<AllocatedFunction>& clauses, const JumpForms* forms,
                             bool listing)
    : c_(c), clauses_(clauses), w_(forms, listing), a(w_.a), listing_(listing) {}

std::string LambdaEmitter::run(CodeObject* out, JumpForms* forms) {
  wrong_args_ = w_.label();
  for (std::size_t i = 0; i < clauses_.size(); ++i) direct_.push_back(w_.label());
  checked_entry();
  for (std::size_t i = 0; i < clauses_.size(); ++i) {
    direct_entry(i);
    body();
    std::vector<std::function<void()>> cold = std::move(cold_);
    cold_.clear();
    for (auto& f : cold) f();
    mark(place(clauses_[i].prepared.f.span), 0);
  }
  w_.bind(wrong_args_);
  a.jmp(entry(kStubWrongArgs));
  if (value_count_error_.isValid()) {
    w_.bind(value_count_error_);
    a.jmp(entry(kStubValueCountError));
  }
  std::vector<u32> direct;
  std::string problem = w_.finish(c_.info_slot, out, forms);
  for (Label l : direct_) direct.push_back(static_cast<u32>(a.code()->labelOffset(l)));
  out->direct = std::move(direct);
  out->lines = std::move(lines_);
  for (const AllocatedFunction& f : clauses_) out->aligned |= calls_itself(f.prepared, c_.lambda);
  return error_.empty() ? problem : error_;
}

LambdaEmitter::Mem LambdaEmitter::context_word(u64 offset, u32 size) { return x86::ptr_abs(kContextBase + offset, size); }
LambdaEmitter::Mem LambdaEmitter::entry(u64 index) const { return context_word(offsetof(Context, entries) + 8 * index); }

void LambdaEmitter::comment(const std::string& text) {
  if (listing_) a.comment(text.c_str(), text.size());
}

void LambdaEmitter::mark(u32 place, u32 frame_words) {
  u32 offset = static_cast<u32>(a.offset());
  if (!lines_.empty()) {
    LineMark& last = lines_.back();
    if (last.place == place && last.frame_words == frame_words) return;
    if (last.offset == offset) {
      last.place = place;
      last.frame_words = frame_words;
      return;
    }
  }
  lines_.push_back({offset, place, frame_words});
}

/// What follows comes from this place; from elsewhere (0) is as good as the place before.
void LambdaEmitter::mark_line(Span span) {
  u32 here = place(span);
  if (here) mark(here, lines_.empty() ? 0 : lines_.back().frame_words);
}

void LambdaEmitter::mark_frame(u32 words) { mark(lines_.empty() ? 0 : lines_.back().place, words); }

u32 LambdaEmitter::place(Span span) const {
  if (!c_.unit->sources || !c_.unit->sources->has(span.source)) return 0;
  // code that was inlined from another file: a line number would be taken for one of the procedure's file
  if (const SourceId own = c_.unit->lambdas[c_.lambda].span.source; own && own != span.source) return 0;
  Place p = c_.unit->sources->place(span);
  return p.line << 10 | (p.column > 1023 ? 1023 : p.column);
}

// -- entries --

void LambdaEmitter::checked_entry() {
  const auto& clauses = c_.unit->lambdas[c_.lambda].clauses;
  comment("; checked entry");
  mark(place(c_.unit->lambdas[c_.lambda].span), 0);
  for (std::size_t i = 0; i < clauses.size(); ++i) dispatch_clause(i, i + 1 == clauses.size());
  if (clauses.empty()) w_.jump(wrong_args_);
}

void LambdaEmitter::dispatch_clause(std::size_t i, bool last) {
  const low::Clause& c = c_.unit->lambdas[c_.lambda].clauses[i];
  bool only = last && i == 0;
  for (ValueId v : c.function.params)
    if (c.function.values[v] == Rep::F64) {  // a worker with unboxed parameters is never called by its closure
      if (last) w_.jump(wrong_args_);
      return;
    }
  if (!c.rest) {
    a.cmp(x86::eax, c.required);
    if (only) {
      w_.jump(CC::kNE, wrong_args_);  // falls into the direct entry
    } else {
      w_.jump(CC::kE, direct_[i]);
      if (last) w_.jump(wrong_args_);
    }
    return;
  }
  Label next = only ? wrong_args_ : w_.label();
  if (c.required > 0) {
    a.cmp(x86::eax, c.required);
    w_.jump(CC::kB, next);
  }
  cons_rest(i, c.required);
  if (only) return;
  w_.jump(direct_[i]);
  w_.bind(next);
  if (last) w_.jump(wrong_args_);
}

/// The arguments from `required` on become a list.
void LambdaEmitter::cons_rest(std::size_t i, int required) {
  Label some = w_.label(), done = w_.label();
  if (required == 0) a.test(x86::eax, x86::eax);
  else a.cmp(x86::eax, required);
  w_.jump(CC::kNE, some);
  Location l = argument_places(std::vector<Rep>(static_cast<std::size_t>(required) + 1, Rep::Tagged)).back();
  if (l.is_register()) a.mov(x86::gpd(l.index), static_cast<u32>(kNull));
  else a.mov(x86::ptr_abs(kArgsBase + 8 * l.index, 8), static_cast<i32>(kNull));
  w_.bind(done);
  cold_.push_back([this, some, done, required, i] {
    w_.bind(some);
    a.mov(x86::r11d, required);
    a.call(entry(kStubConsRest));
    w_.describe(value_count_error(), 0, c_.info_slot, place(clauses_[i].prepared.f.span), 0, nullptr);
    w_.jump(done);
  });
}

void LambdaEmitter::direct_entry(std::size_t i) {
  prepared_ = &clauses_[i].prepared;
  allocation_ = &clauses_[i].allocation;
  function_ = &prepared_->f;
  position_ = 0;
  framed_ = false;
  comment("; direct entry of clause " + std::to_string(i) + " " + function_->name);
  w_.bind(direct_[i]);
  if (!function_->needs_entry_check) return;
  Label slow = w_.label(), resume = w_.label();
  a.cmp(x86::rsp, context_word(0));
  w_.jump(CC::kB, slow);
  w_.bind(resume);
  cold_.push_back([this, slow, resume, f = function_] {
    std::vector<Rep> reps;
    for (ValueId v : f->params) reps.push_back(f->values[v]);
    auto places = argument_places(reps);
    u32 registers = f->closure != kNone ? 1u << R10 : 0, in_memory = 0;
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (places[k].where == Where::Gpr && reps[k] == Rep::Tagged) registers |= 1u << places[k].index;
      if (places[k].where == Where::Arg && reps[k] != Rep::F64) ++in_memory;
    }
    w_.bind(slow);
    if (in_memory) a.mov(context_word(offsetof(Context, saved_args)), in_memory);
    a.call(entry(kStubEntrySafepoint));
    w_.describe(value_count_error(), 0, c_.info_slot, place(f->span), registers | c_.atomicity, nullptr);
    if (in_memory) a.mov(context_word(offsetof(Context, saved_args)), 0);
    w_.jump(resume);
  });
}

// -- blocks --

bool LambdaEmitter::is_elided(BlockId b) const {
  const Block& k = function_->blocks[b];
  return b != 0 && k.insts.empty() && k.term.kind == TermKind::Jump && !allocation_->enter_at_start[b] &&
         !allocation_->enter_at_end[b] && !allocation_->leave_at_end[b] && !allocation_->group(prepared_->start[b], 0) &&
         !allocation_->group(prepared_->start[b], 1) && !allocation_->group(prepared_->end[b] - 2, 0) && k.term.target != b;
}

/// Chains of empty blocks are followed once; a ring of them keeps its first block.
void LambdaEmitter::find_final_targets() {
  std::size_t n = function_->blocks.size();
  final_target_.assign(n, kNone);
  for (BlockId b : prepared_->order) {
    std::vector<BlockId> chain;
    BlockId t = b;
    while (final_target_[t] == kNone && is_elided(t) && chain.size() <= n) {
      final_target_[t] = t;  // until known
      chain.push_back(t);
      t = function_->blocks[t].term.target;
    }
    if (final_target_[t] == kNone) final_target_[t] = t;
    for (BlockId c : chain) final_target_[c] = final_target_[t];
  }
}

void LambdaEmitter::body() {
  block_labels_.assign(function_->blocks.size(), Label());
  find_final_targets();
  std::vector<BlockId> emitted = lay_out(*prepared_, final_target_);
  for (BlockId b : emitted) block_labels_[b] = w_.label();
  for (std::size_t k = 0; k < emitted.size(); ++k)
    emit_block(emitted[k], k + 1 < emitted.size() ? emitted[k + 1] : kNone);
}

void LambdaEmitter::emit_block(BlockId b, BlockId next) {
  const Block& k = function_->blocks[b];
  comment("; b" + std::to_string(b) + (prepared_->cold[b] ? " cold" : "") + " depth " + std::to_string(prepared_->loops.depth[b]));
  w_.bind(block_labels_[b]);
  framed_ = allocation_->framed[b] && !allocation_->enter_at_start[b];
  mark_frame(framed_ ? allocation_->frame_words : 0);
  if (allocation_->enter_at_start[b]) enter_frame();
  position_ = prepared_->start[b];
  group(position_, 0);
  group(position_, 1);
  for (const Inst& i : k.insts) {
    position_ += 2;
    mark_line(i.span);
    group(position_, 0);
    instruction(i);
  }
  position_ += 2;
  mark_line(k.term.span);
  terminator(b, next);
}

void LambdaEmitter::enter_frame() {
  if (allocation_->frame_words) a.sub(x86::rsp, 8 * allocation_->frame_words);
  framed_ = true;
  mark_frame(allocation_->frame_words);
}

void LambdaEmitter::leave_frame() {
  if (!framed_ || !allocation_->frame_words) return;
  a.add(x86::rsp, 8 * allocation_->frame_words);
  mark_frame(0);
}

void LambdaEmitter::group(u32 position, u32 phase) {
  const MoveGroup* g = allocation_->group(position, phase);
  if (g) parallel(g->moves);
}

void LambdaEmitter::parallel(const std::vector<Move>& moves) {
  for (const Move& m : sequentialize(moves)) move(m.to, m.from);
}

void LambdaEmitter::move(Location to, Location from) {
  if (to == from) return;
  if (to.where == Where::Gpr) return copy(x86::gpq(to.index), from);
  if (to.where == Where::Xmm) return copy(x86::xmm(to.index), from);
  Mem m = memory(to);
  if (from.where == Where::Gpr) {
    a.mov(m, x86::gpq(from.index));
  } else if (from.where == Where::Xmm) {
    a.movsd(m, x86::xmm(from.index));
  } else if (is_immediate(from) && (is_closure_constant(from) || immediate(from) == static_cast<i32>(immediate(from)))) {
    a.mov(m, immediate(from));
    note_immediate(from);
  } else if (from.where == Where::Const) {
    copy(x86::r11, from);
    a.mov(m, x86::r11);
  } else {
    copy(x86::xmm15, from);
    a.movsd(m, x86::xmm15);
  }
}

// -- operands --

LambdaEmitter::Gp LambdaEmitter::reg(Location l) const {
  if (l.where != Where::Gpr) {
    fprintf(stderr, "loko: internal error: operand of %s at %u is not in a general register\n", function_->name.c_str(), position_);
    abort();
  }
  return x86::gpq(l.index);
}

LambdaEmitter::Xmm LambdaEmitter::fp(Location l) const {
  if (l.where != Where::Xmm) {
    fprintf(stderr, "loko: internal error: operand of %s at %u is not in a float register\n", function_->name.c_str(), position_);
    abort();
  }
  return x86::xmm(l.index);
}

LambdaEmitter::Mem LambdaEmitter::memory(Location l, u32 size) {
  if (l.where == Where::Slot) return x86::ptr(x86::rsp, static_cast<i32>(8 * l.index), size);
  if (l.where == Where::Arg) return x86::ptr_abs(kArgsBase + 8 * u64{l.index}, size);
  const Inst& i = prepared_->const_inst[l.index];
  if (i.op == Op::FImm) {
    Mem m = w_.pool(static_cast<u64>(i.imm));
    m.setSize(size);
    return m;
  }
  return x86::ptr_abs(c_.constant_slot(static_cast<u32>(i.imm)), size);
}

void LambdaEmitter::note_memory(Location l) {
  if (l.where == Where::Const && prepared_->const_inst[l.index].op == Op::Constant)
    w_.refer_slot(c_.constant_slot(static_cast<u32>(prepared_->const_inst[l.index].imm)));
}

i64 LambdaEmitter::immediate(Location l) const {
  const Inst& i = prepared_->const_inst[l.index];
  return i.op == Op::StaticClosure ? 0x7ffffff0 : i.imm;  // patched when the unit is placed
}

void LambdaEmitter::note_immediate(Location l) {
  const Inst& i = prepared_->const_inst[l.index];
  if (i.op == Op::StaticClosure) w_.refer_closure(static_cast<u32>(i.imm), i.clause);
}

void LambdaEmitter::move_immediate(Gp to, Location l, bool flags_live) {
  u64 n = static_cast<u64>(immediate(l));
  if (n == 0 && !flags_live) a.xor_(to.r32(), to.r32());
  else if (n <= 0xffffffff) a.mov(to.r32(), n);
  else a.mov(to, static_cast<i64>(n));
  note_immediate(l);
}

void LambdaEmitter::copy(Gp to, Location from, bool flags_live) {
  switch (from.where) {
    case Where::Gpr:
      if (from.index != to.id()) a.mov(to, x86::gpq(from.index));
      break;
    case Where::Xmm: a.movq(to, x86::xmm(from.index)); break;
    case Where::Const:
      if (is_immediate(from)) return move_immediate(to, from, flags_live);
      [[fallthrough]];
    case Where::Slot:
    case Where::Arg:
      a.mov(to, memory(from));
      note_memory(from);
      break;
    case Where::Nowhere:
      if (error_.empty()) error_ = "a value without a place in " + function_->name;
      break;
  }
}

void LambdaEmitter::copy(Xmm to, Location from) {
  switch (from.where) {
    case Where::Gpr: a.movq(to, x86::gpq(from.index)); break;
    case Where::Xmm:
      if (from.index != to.id()) a.movaps(to, x86::xmm(from.index));
      break;
    case Where::Const:
      if (is_home_constant(from) && prepared_->const_inst[from.index].op == Op::FImm && prepared_->const_inst[from.index].imm == 0) {
        a.xorps(to, to);
        break;
      }
      [[fallthrough]];
    case Where::Slot:
    case Where::Arg:
      a.movsd(to, memory(from));
      note_memory(from);
      break;
    case Where::Nowhere:
      if (error_.empty()) error_ = "a value without a place in " + function_->name;
      break;
  }
}

LambdaEmitter::Mem LambdaEmitter::address(ValueId base, ValueId index, u8 scale, i64 imm, u32 size) const {
  u32 shift = scale == 8 ? 3 : scale == 4 ? 2 : scale == 2 ? 1 : 0;
  if (index == kNone) return x86::ptr(reg(base), static_cast<i32>(imm), size);
  return x86::ptr(reg(base), reg(index), shift, static_cast<i32>(imm), size);
}

// -- terminators --

void LambdaEmitter::go(BlockId target, BlockId next) {
  target = final_target(target);
  if (target != next) w_.jump(block_labels_[target]);
}

void LambdaEmitter::branch(CC cc, BlockId target, BlockId otherwise, BlockId next) {
  target = final_target(target);
  otherwise = final_target(otherwise);
  if (target == next) {
    if (otherwise != next) w_.jump(x86::negateCond(cc), block_labels_[otherwise]);
    return;
  }
  w_.jump(cc, block_labels_[target]);
  go(otherwise, next);
}

void LambdaEmitter::terminator(BlockId b, BlockId next) {
  const Terminator& t = function_->blocks[b].term;
  group(position_, 0);
  switch (t.kind) {
    case TermKind::Jump:
      if (allocation_->enter_at_end[b]) enter_frame();
      if (allocation_->leave_at_end[b]) leave_frame();
      go(t.target, next);
      break;
    case TermKind::Branch: {
      CC cc = compare(t.cond, t.a, t.b);
      branch(cc, t.target, t.otherwise, next);
      break;
    }
    case TermKind::FBranch: float_branch(t, next); break;
    case TermKind::BranchOvf: branch_overflow(t, next); break;
    case TermKind::Return:
      move(result_place(function_->values[t.a]), at(t.a));
      leave_frame();
      a.ret();
      break;
    case TermKind::ReturnValues: return_values(t); break;
    case TermKind::TailDirect: case TermKind::TailClosure: case TermKind::TailStub: tail(t); break;
    case TermKind::Unreachable: a.ud2(); break;
  }
}

void LambdaEmitter::float_branch(const Terminator& t, BlockId next) {
  bool swap = t.fcond == low::FCond::Lt || t.fcond == low::FCond::Le;
  Location x = at(swap ? t.b : t.a), y = at(swap ? t.a : t.b);
  if (!x.is_register()) {
    copy(x86::xmm15, x);
    x = xmm(kScratchXmm);
  }
  if (y.is_register()) a.ucomisd(fp(x), fp(y));
  else a.ucomisd(fp(x), memory(y)), note_memory(y);
  BlockId target = final_target(t.target), otherwise = final_target(t.otherwise);
  switch (t.fcond) {
    case low::FCond::Lt: case low::FCond::Gt: branch(CC::kA, target, otherwise, next); break;
    case low::FCond::Le: case low::FCond::Ge: branch(CC::kAE, target, otherwise, next); break;
    case low::FCond::Unordered: branch(CC::kP, target, otherwise, next); break;
    case low::FCond::Ne: std::swap(target, otherwise); [[fallthrough]];
    case low::FCond::Eq:
      w_.jump(CC::kP, block_labels_[otherwise]);
      branch(CC::kE, target, otherwise, next);
      break;
  }
}

void LambdaEmitter::branch_overflow(const Terminator& t, BlockId next) {
  arithmetic(t.op, at(t.result, 1), at(t.a), at(t.b), true);
  branch(CC::kNO, t.target, t.otherwise, next);
}

std::string emit_lambda(const EmitContext& context, const std::vector<AllocatedFunction>& clauses, bool listing,
                        CodeObject* out) {
  JumpForms forms;
  {
    LambdaEmitter first(context, clauses, nullptr, false);
    std::string problem = first.run(out, &forms);
    if (!problem.empty()) return problem;
  }
  LambdaEmitter second(context, clauses, &forms, listing);
  return second.run(out, nullptr);
}

}  // namespace loko::x64
