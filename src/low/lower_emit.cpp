// SPDX-License-Identifier: MIT
//
// Emission of instructions, facts, labels, boxing of flonums and checks of types.
#include <cstring>

#include "low/lowerer.h"

namespace loko::low {

// -- instructions ----------------------------------------------------------------------------------

BlockId Lowerer::new_block(bool cold) {
  Block& b = f_->blocks.emplace_back();
  b.cold = cold;
  return static_cast<BlockId>(f_->blocks.size() - 1);
}

ValueId Lowerer::new_value(Rep rep, u32 types) {
  ValueId v = f_->new_value(rep);
  types_.push_back(types);
  return v;
}

ValueId Lowerer::block_param(BlockId b, Rep rep, u32 types) {
  ValueId v = new_value(rep, types);
  f_->blocks[b].params.push_back(v);
  return v;
}

ValueId Lowerer::emit(Inst inst) {
  if (inst.rep != Rep::None && inst.result == kNone) inst.result = new_value(inst.rep);
  if (!inst.span) inst.span = span_;
  ValueId r = inst.result;
  block().insts.push_back(std::move(inst));
  return r;
}

ValueId Lowerer::imm(u64 bits, Rep rep) {
  Inst i = make_inst(Op::Imm, rep);
  i.imm = static_cast<i64>(bits);
  ValueId v = emit(std::move(i));
  if (rep == Rep::Tagged) types_[v] = type_of_datum(Value{bits});
  return v;
}

ValueId Lowerer::fimm(double d) {
  Inst i = make_inst(Op::FImm, Rep::F64);
  i.imm = __builtin_bit_cast(i64, d);
  return emit(std::move(i));
}

ValueId Lowerer::op1(Op op, Rep rep, ValueId a, u32 types) {
  Inst i = make_inst(op, rep);
  i.a = a;
  ValueId v = emit(std::move(i));
  types_[v] = types;
  return v;
}

ValueId Lowerer::op2(Op op, Rep rep, ValueId a, ValueId b, u32 types) {
  Inst i = make_inst(op, rep);
  i.a = a;
  i.b = b;
  ValueId v = emit(std::move(i));
  types_[v] = types;
  return v;
}

ValueId Lowerer::exact(Op op, ValueId a, ValueId b) {
  ValueId v = op2(op, Rep::Tagged, a, b, kTypeFixnum);
  block().insts.back().exact = true;
  return v;
}

ValueId Lowerer::add_imm(ValueId a, i64 n, Rep rep, u32 types) {
  Inst i = make_inst(Op::Lea, rep);
  i.a = a;
  i.imm = n;
  ValueId v = emit(std::move(i));
  types_[v] = types;
  return v;
}

ValueId Lowerer::load(Rep rep, ValueId base, i64 offset, u8 width, bool is_signed, u32 types) {
  Inst i = make_inst(Op::Load, rep);
  i.a = base;
  i.imm = offset;
  i.width = width;
  i.is_signed = is_signed;
  ValueId v = emit(std::move(i));
  types_[v] = types;
  return v;
}

ValueId Lowerer::load_indexed(Rep rep, ValueId base, ValueId index, u8 scale, i64 offset, u8 width, bool is_signed) {
  Inst i = make_inst(Op::Load, rep);
  i.a = base;
  i.b = index;
  i.scale = scale;
  i.imm = offset;
  i.width = width;
  i.is_signed = is_signed;
  return emit(std::move(i));
}

void Lowerer::store(ValueId value, ValueId base, i64 offset, u8 width) { store_indexed(value, base, kNone, 1, offset, width); }

void Lowerer::store_indexed(ValueId value, ValueId base, ValueId index, u8 scale, i64 offset, u8 width) {
  Inst i = make_inst(Op::Store, Rep::None);
  i.a = base;
  i.b = index;
  i.scale = scale;
  i.c = value;
  i.imm = offset;
  i.width = width;
  emit(std::move(i));
}

void Lowerer::mark_card(ValueId base, i64 offset, ValueId index, u8 scale) {
  Inst i = make_inst(Op::MarkCard, Rep::None);
  i.a = base;
  i.b = index;
  i.scale = scale;
  i.imm = offset;
  emit(std::move(i));
}

void Lowerer::jump(BlockId target, std::vector<ValueId> args) {
  Terminator& t = block().term;
  t = Terminator{};
  t.kind = TermKind::Jump;
  t.target = target;
  t.target_args = std::move(args);
  t.span = span_;
}

void Lowerer::branch(Cond cond, ValueId a, ValueId b, BlockId yes, BlockId no, bool yes_cold, bool no_cold) {
  Terminator& t = block().term;
  t = Terminator{};
  t.kind = TermKind::Branch;
  t.cond = cond;
  t.a = a;
  t.b = b;
  t.target = yes;
  t.otherwise = no;
  t.target_cold = yes_cold || f_->blocks[yes].cold;
  t.otherwise_cold = no_cold || f_->blocks[no].cold;
  t.span = span_;
}

void Lowerer::fbranch(FCond cond, ValueId a, ValueId b, BlockId yes, BlockId no) {
  branch(Cond::Eq, a, b, yes, no);
  Terminator& t = block().term;
  t.kind = TermKind::FBranch;
  t.fcond = cond;
}

void Lowerer::guard(Cond cond, ValueId a, ValueId b, BlockId otherwise) {
  BlockId ok = new_block(block().cold);
  branch(cond, a, b, ok, otherwise, false, true);
  cur_ = ok;
}

ValueId Lowerer::arithmetic_overflow(Op op, ValueId a, ValueId b, BlockId otherwise, u32 types) {
  ValueId result = new_value(Rep::Tagged, types);
  BlockId ok = new_block(block().cold);
  branch(Cond::Eq, a, b, ok, otherwise, false, true);
  Terminator& t = block().term;
  t.kind = TermKind::BranchOvf;
  t.op = op;
  t.result = result;
  cur_ = ok;
  return result;
}

ValueId Lowerer::constant_object(Value v) {
  auto [it, fresh] = constant_index_.emplace(v.bits, static_cast<u32>(out_.constants.size()));
  if (fresh) out_.constants.push_back(core_.handles->make(v));
  Inst i = make_inst(Op::Constant, Rep::Tagged);
  i.imm = it->second;
  ValueId r = emit(std::move(i));
  types_[r] = type_of_datum(v);
  return r;
}

ValueId Lowerer::alloc(i64 bytes) {
  Inst i = make_inst(Op::Alloc, Rep::Raw);
  i.imm = bytes;
  return emit(std::move(i));
}

// -- facts -----------------------------------------------------------------------------------------

namespace {
u64 fact_key(Fact::Kind kind, u64 key) { return key ^ static_cast<u64>(kind) << 60; }
}  // namespace

u64 Lowerer::fact(Fact::Kind kind, u64 key) const {
  auto it = facts_.find(fact_key(kind, key));
  return it == facts_.end() ? kNone : it->second;
}

void Lowerer::learn(Fact::Kind kind, u64 key, u64 value) {
  if (kind == Fact::Kind::Type) {
    u32 old = types_[key];
    if (old == value) return;
    log_.push_back({kind, key, value, old});
    types_[key] = static_cast<u32>(value);
    return;
  }
  u64 old = fact(kind, key);
  log_.push_back({kind, key, value, old});
  facts_[fact_key(kind, key)] = value;
}

void Lowerer::undo(size_t mark) {
  while (log_.size() > mark) {
    const Fact& f = log_.back();
    if (f.kind == Fact::Kind::Type) types_[f.key] = static_cast<u32>(f.old);
    else facts_[fact_key(f.kind, f.key)] = f.old;
    log_.pop_back();
  }
}

void Lowerer::apply(const std::vector<Fact>& facts) {
  for (const Fact& f : facts) learn(f.kind, f.key, f.value);
}

void Lowerer::refine(ValueId v, u32 types) {
  u32 t = types_[v] & types;
  if (t != 0) learn(Fact::Kind::Type, v, t);
}

u32 Lowerer::types(const Val& v) const {
  if (v.constant) return type_of_datum(Value{v.bits});
  if (v.rep == Rep::F64) return kTypeFlonum;
  if (v.rep == Rep::None || v.id == kNone) return kTypeVoid;
  return types_[v.id];
}

// -- labels ----------------------------------------------------------------------------------------

Label Lowerer::make_label(bool branch_target) {
  Label l;
  l.base = mark();
  if (branch_target) l.block = new_block(block().cold);
  return l;
}

void Lowerer::note_edge(Label& l, Refinement r) {
  auto types_here = [&](u64 v) { return types_[v] & (v == r.value && (types_[v] & r.types) ? r.types : u32{kTypeAny}); };
  if (l.edges++ == 0) {
    l.delta = facts_since(l.base);
    if (r.value != kNone) l.delta.push_back({Fact::Kind::Type, r.value, types_here(r.value), 0});
    return;
  }
  // What holds on both edges. Long lists are not worth it.
  std::vector<Fact> kept;
  if (l.delta.size() <= 256)
    for (const Fact& d : l.delta) {
      if (d.kind == Fact::Kind::Type) {
        kept.push_back(d);
        kept.back().value |= types_here(d.key);
      } else if (fact(d.kind, d.key) == d.value) {
        kept.push_back(d);
      }
    }
  l.delta = std::move(kept);
}

void Lowerer::jump_label(Label& l, Refinement r) {
  note_edge(l, r);
  jump(l.block);
}

void Lowerer::branch_labels(Cond cond, ValueId a, ValueId b, Label& yes, Label& no, Refinement if_yes, Refinement if_no) {
  note_edge(yes, if_yes);
  note_edge(no, if_no);
  branch(cond, a, b, yes.block, no.block);
}

void Lowerer::fbranch_labels(FCond cond, ValueId a, ValueId b, Label& yes, Label& no) {
  note_edge(yes);
  note_edge(no);
  fbranch(cond, a, b, yes.block, no.block);
}

bool Lowerer::bind(Label& l) {
  cur_ = l.block;
  apply(l.delta);
  return l.edges > 0;
}

Val Lowerer::join(Label& l, bool want_value) {
  if (l.open.empty()) {
    stop_here();
    return constant_val(Void);
  }
  if (l.open.size() == 1) {
    cur_ = l.open[0].block;
    apply(l.delta);
    return l.open[0].val;
  }
  bool all_f64 = true, same = true, some_f64 = false, cold = true;
  u32 types = 0;
  const Label::Edge& first = l.open[0];
  for (const Label::Edge& e : l.open) {
    const Val& v = e.val;
    bool flonum_constant = v.constant && is_immediate_flonum(Value{v.bits});
    some_f64 |= v.rep == Rep::F64;
    all_f64 &= v.rep == Rep::F64 || flonum_constant || e.types == kTypeFlonum;
    same &= v.constant == first.val.constant && v.id == first.val.id && v.bits == first.val.bits;
    types |= e.types;
    cold &= f_->blocks[e.block].cold;
  }
  bool param = want_value && !same;
  Rep rep = all_f64 && some_f64 ? Rep::F64 : Rep::Tagged;
  BlockId target = new_block(cold);
  for (const Label::Edge& e : l.open) {
    cur_ = e.block;
    if (!param) {
      jump(target);
      continue;
    }
    size_t m = mark();
    if (rep == Rep::F64 && e.val.rep == Rep::Tagged && !e.val.constant) refine(e.val.id, kTypeFlonum);
    ValueId v = rep == Rep::F64 ? unbox(e.val, nullptr) : tagged(e.val);
    jump(target, {v});
    undo(m);
  }
  cur_ = target;
  apply(l.delta);
  if (!want_value) return constant_val(Void);
  if (!param) return first.val;
  ValueId p = block_param(target, rep, types ? types : u32{kTypeAny});
  return Val{p, rep, false, 0};
}

// -- values ----------------------------------------------------------------------------------------

ValueId Lowerer::box(ValueId f64) {
  // Self-tagged encoding (abi.h); what has no flonum tag then is boxed out of line.
  ValueId bits = op1(Op::FBits, Rep::Raw, f64);
  ValueId sum = op2(Op::Add, Rep::Raw, bits, imm(kFlonumBias));
  ValueId high = op2(Op::Shl, Rep::Raw, sum, imm(4));
  ValueId low = op2(Op::Shr, Rep::Raw, sum, imm(60));
  ValueId word = op2(Op::Or, Rep::Tagged, high, low);
  bool cold = block().cold;
  BlockId large = new_block(true), second = new_block(cold), done = new_block(cold);
  branch(Cond::TestNonZero, word, imm(2), large, second);
  cur_ = second;
  ValueId seven = imm(7);
  {
    Terminator& t = (branch(Cond::TestZero, word, seven, large, done), block().term);
    t.otherwise_args = {word};
  }
  cur_ = large;
  ValueId object = alloc(16);
  store(imm(make_header(Kind::Flonum, 0)), object, 0);
  store(f64, object, 8);
  ValueId reference = add_imm(object, static_cast<i64>(kTagTyped), Rep::Tagged, kTypeFlonum);
  jump(done, {reference});
  cur_ = done;
  ValueId result = block_param(done, Rep::Tagged, kTypeFlonum);
  learn(Fact::Kind::Boxed, f64, result);
  learn(Fact::Kind::Unboxed, result, f64);
  return result;
}

ValueId Lowerer::tagged(const Val& v) {
  if (v.constant) return v.id != kNone ? v.id : imm(v.bits, Rep::Tagged);
  if (v.rep == Rep::Tagged) return v.id;
  u64 known = fact(Fact::Kind::Boxed, v.id);
  return known != kNone ? static_cast<ValueId>(known) : box(v.id);
}

Val Lowerer::materialized(const Val& v) { return v.constant ? v : v.rep == Rep::F64 ? v : v; }

ValueId Lowerer::unbox(const Val& v, PrimCall* pc) {
  if (v.rep == Rep::F64) return v.id;
  if (v.constant && is_immediate_flonum(Value{v.bits})) return fimm(flonum_decode(Value{v.bits}));
  ValueId word = tagged(v);
  u64 known = fact(Fact::Kind::Unboxed, word);
  if (known != kNone) return static_cast<ValueId>(known);
  bool sure = types(word) == kTypeFlonum || !pc;
  bool cold = block().cold;
  BlockId immediate = new_block(cold), large = new_block(true), done = new_block(cold);
  branch(Cond::TestZero, word, imm(2), immediate, large);
  cur_ = immediate;
  if (!sure && (types(word) & kTypeFixnum)) guard(Cond::TestNonZero, word, imm(7), fail_block(*pc));
  ValueId right = op2(Op::Shr, Rep::Raw, word, imm(4));
  ValueId left = op2(Op::Shl, Rep::Raw, word, imm(60));
  ValueId sum = op2(Op::Or, Rep::Raw, left, right);
  ValueId bits = op2(Op::Sub, Rep::Raw, sum, imm(kFlonumBias));
  jump(done, {op1(Op::FFromBits, Rep::F64, bits)});
  cur_ = large;
  if (!sure) {
    ValueId address = add_imm(word, -static_cast<i64>(kTagTyped));
    guard(Cond::TestZero, address, imm(7), fail_block(*pc));
    ValueId kind = load(Rep::Raw, word, kHeaderOffset, 1);
    guard(Cond::Eq, kind, imm(static_cast<u64>(Kind::Flonum)), fail_block(*pc));
  }
  ValueId loaded = load(Rep::F64, word, kField0Offset);
  jump(done, {loaded});
  cur_ = done;
  ValueId result = block_param(done, Rep::F64);
  refine(word, kTypeFlonum);
  learn(Fact::Kind::Unboxed, word, result);
  learn(Fact::Kind::Boxed, result, word);
  return result;
}

// -- checks ----------------------------------------------------------------------------------------

BlockId Lowerer::fail_block(PrimCall& pc) {
  if (pc.fail != kNone) return pc.fail;
  BlockId saved = cur_;
  size_t m = mark();
  pc.fail = cur_ = new_block(true);
  Inst i = make_inst(Op::CallStub, Rep::Tagged);
  i.imm = kStubPrimFailed;
  i.span = pc.expr->span;
  for (const Val& v : pc.args) i.args.push_back(tagged(v));
  i.a = constant_object(intern(pc.info->name, std::strlen(pc.info->name)));
  emit(std::move(i));
  block().term = Terminator{};
  undo(m);
  cur_ = saved;
  return pc.fail;
}

void Lowerer::fail(PrimCall& pc) {
  jump(fail_block(pc));
  stop_here();
}

ValueId Lowerer::header_of(ValueId v) {
  u64 known = fact(Fact::Kind::Header, v);
  if (known != kNone) return static_cast<ValueId>(known);
  // The header of a string changes when it is widened, but is that of a string then, too.
  ValueId h = load(Rep::Raw, v, kHeaderOffset);
  block().insts.back().fixed = true;
  learn(Fact::Kind::Header, v, h);
  return h;
}

namespace {
/// Surely objects with a header. Flonums may be immediate, and so may be others.
constexpr u32 kTyped = kTypeBignum | kTypeRatnum | kTypeCompnum | kTypeSymbol | kTypeString | kTypeVector | kTypeBytevector |
                       kTypeRecord | kTypeBox;
/// An object with a header is of the type iff (header & mask) == kind.
struct KindTest {
  u64 mask;
  Kind kind;
};
KindTest kind_test(u32 type) {
  switch (type) {
    case kTypeVector: return {kSequenceMask, Kind::Vector};
    case kTypeMutableVector: return {kKindMask, Kind::Vector};
    case kTypeBytevector: return {kSequenceMask, Kind::Bytevector};
    case kTypeMutableBytevector: return {kKindMask, Kind::Bytevector};
    case kTypeString: return {kStringMask, Kind::String1};
    case kTypeMutableString: return {kStringMask | kImmutableKind, Kind::String1};
    case kTypeSymbol: return {kKindMask, Kind::Symbol};
    default: return {kKindMask, Kind::Box};
  }
}
/// The header of strings changes when they are widened, so it is loaded each time.
bool keeps_header(u32 type) { return (type & (kTypeString | kTypeSymbol)) == 0; }
}  // namespace

ValueId Lowerer::need(const Val& v, u32 type, PrimCall& pc) {
  u32 t = types(v);
  ValueId id = tagged(v);
  if ((t & ~type) == 0) return id;
  if ((t & type) == 0) {
    fail(pc);
    return id;
  }
  auto tag_check = [&](u64 tag) { guard(Cond::TestZero, add_imm(id, -static_cast<i64>(tag)), imm(7), fail_block(pc)); };
  switch (type) {
    case kTypeFixnum: guard(Cond::TestZero, id, imm(7), fail_block(pc)); break;
    case kTypePair: tag_check(kTagPair); break;
    case kTypeProcedure: tag_check(kTagProcedure); break;
    case kTypeChar: {
      ValueId low = op2(Op::And, Rep::Raw, id, imm(0xff));
      guard(Cond::Eq, low, imm(kCharTag), fail_block(pc));
      break;
    }
    default: {
      if ((t & ~kTyped) != 0) tag_check(kTagTyped);
      if (type == kTypeRecord) {
        ValueId h = load(Rep::Raw, id, kHeaderOffset);
        ValueId low = op2(Op::And, Rep::Raw, h, imm(7));
        guard(Cond::Eq, low, imm(7), fail_block(pc));
      } else if (type == kTypeMutableVector && (t & ~u32{kTypeVector}) == 0) {
        guard(Cond::TestZero, header_of(id), imm(kImmutableKind), fail_block(pc));
      } else if (type == kTypeMutableBytevector && (t & ~u32{kTypeBytevector}) == 0) {
        guard(Cond::TestZero, header_of(id), imm(kImmutableKind), fail_block(pc));
      } else {
        ValueId h = keeps_header(type) ? header_of(id) : load(Rep::Raw, id, kHeaderOffset, 1);
        KindTest test = kind_test(type);
        guard(Cond::Eq, op2(Op::And, Rep::Raw, h, imm(test.mask)), imm(static_cast<u64>(test.kind)), fail_block(pc));
      }
    }
  }
  refine(id, type);
  return id;
}

void Lowerer::need_fixnums(const Val& a, const Val& b, PrimCall& pc) {
  bool a_known = within(a, kTypeFixnum), b_known = within(b, kTypeFixnum);
  if (a_known || b_known || !(types(a) & kTypeFixnum) || !(types(b) & kTypeFixnum) || a.rep == Rep::F64 || b.rep == Rep::F64) {
    need(a, kTypeFixnum, pc);
    need(b, kTypeFixnum, pc);
    return;
  }
  ValueId x = tagged(a), y = tagged(b);
  if (x == y) {
    need(a, kTypeFixnum, pc);
    return;
  }
  guard(Cond::TestZero, op2(Op::Or, Rep::Raw, x, y), imm(7), fail_block(pc));
  refine(x, kTypeFixnum);
  refine(y, kTypeFixnum);
}

void Lowerer::test_type(const Val& v, u32 type, Label& yes, Label& no) {
  u32 t = types(v);
  if ((t & ~type) == 0) return jump_label(yes);
  if ((t & type) == 0) return jump_label(no);
  ValueId id = tagged(v);
  Refinement is{id, type}, is_not{id, ~type & kTypeAny};
  auto tag_test = [&](u64 tag) { branch_labels(Cond::TestZero, add_imm(id, -static_cast<i64>(tag)), imm(7), yes, no, is, is_not); };
  auto equal = [&](u64 bits) { branch_labels(Cond::Eq, id, imm(bits, Rep::Tagged), yes, no, is, is_not); };
  // Goes on in a fresh block if v is a typed object.
  auto typed = [&] {
    if ((t & ~kTyped) == 0) return;
    BlockId next = new_block(block().cold);
    note_edge(no, is_not);
    branch(Cond::TestZero, add_imm(id, -static_cast<i64>(kTagTyped)), imm(7), next, no.block);
    cur_ = next;
  };
  switch (type) {
    case kTypeFixnum: branch_labels(Cond::TestZero, id, imm(7), yes, no, is, is_not); return;
    case kTypePair: tag_test(kTagPair); return;
    case kTypeProcedure: tag_test(kTagProcedure); return;
    case kTypeNull: equal(kNull); return;
    case kTypeTrue: equal(kTrue); return;
    case kTypeFalse: equal(kFalse); return;
    case kTypeEof: equal(kEof); return;
    case kTypeBoolean: {
      ValueId masked = op2(Op::Or, Rep::Raw, id, imm(kTrue ^ kFalse));
      branch_labels(Cond::Eq, masked, imm(kTrue | kFalse), yes, no, is, is_not);
      return;
    }
    case kTypeChar: case kTypeVoid: {
      ValueId low = op2(Op::And, Rep::Raw, id, imm(0xff));
      branch_labels(Cond::Eq, low, imm(type == kTypeChar ? kCharTag : kVoidTag), yes, no, is, is_not);
      return;
    }
    case kTypeFlonum: {
      BlockId immediate = new_block(block().cold), large = new_block(true);
      branch(Cond::TestZero, id, imm(2), immediate, large);
      cur_ = immediate;
      if (t & kTypeFixnum) branch_labels(Cond::TestNonZero, id, imm(7), yes, no, is, is_not);
      else jump_label(yes, is);
      cur_ = large;
      note_edge(no, is_not);
      BlockId next = new_block(true);
      branch(Cond::TestZero, add_imm(id, -static_cast<i64>(kTagTyped)), imm(7), next, no.block, true);
      cur_ = next;
      ValueId kind = load(Rep::Raw, id, kHeaderOffset, 1);
      branch_labels(Cond::Eq, kind, imm(static_cast<u64>(Kind::Flonum)), yes, no, is, is_not);
      return;
    }
    case kTypeRecord: {
      typed();
      ValueId h = load(Rep::Raw, id, kHeaderOffset);
      ValueId low = op2(Op::And, Rep::Raw, h, imm(7));
      branch_labels(Cond::Eq, low, imm(7), yes, no, is, is_not);
      return;
    }
    default: {
      typed();
      ValueId h = keeps_header(type) ? header_of(id) : load(Rep::Raw, id, kHeaderOffset, 1);
      KindTest test = kind_test(type);
      branch_labels(Cond::Eq, op2(Op::And, Rep::Raw, h, imm(test.mask)), imm(static_cast<u64>(test.kind)), yes, no, is, is_not);
    }
  }
}

}  // namespace loko::low
