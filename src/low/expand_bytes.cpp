// SPDX-License-Identifier: MIT
//
// Numbers in bytevectors at any index and in a known byte order: one load or store, and a byte swap for big-endian ones
// (R6RS libraries 2.5–2.8). The order is known if the endianness is a constant symbol or the procedure is a native one.
// Whatever is unusual (a bignum, any error) is left to the function of the runtime, which checks everything again.
//
// INVARIANT(index): an index k of a number of n bytes is checked as k < length and k + n - 1 < length: the second alone
// would let -1 pass, since it wraps.
#include "low/expand_primitives.h"

namespace loko::low {
namespace {

// The argument of the templates: the width in bytes, or kSized if an operand tells it, and these.
constexpr i64 kSigned = 16, kNative = 32, kSized = 64;

struct Access {
  bool known = false;   // else all is left to the runtime
  bool big = false;
  bool native = false;  // the index must be aligned
  bool is_signed = false;
  i64 width = 0;
};

/// What is accessed; the endianness is operand `at`, a size the one behind it.
Access access_of(const PrimCall& pc, i64 how, size_t at) {
  Access a;
  a.native = how & kNative;
  a.is_signed = how & kSigned;
  a.width = how & 15;
  if (a.native) {
    a.known = true;
    return a;
  }
  if (pc.args.size() <= at) return a;
  const core::Expr* order = pc.expr->parts[at];
  if (order->tag != core::Tag::Quote) return a;
  a.big = *order->datum == intern("big", 3);
  a.known = a.big || *order->datum == intern("little", 6);
  if (how & kSized) {
    const Val& size = pc.args[at + 1];
    a.width = is_fixnum_constant(size) ? fixnum_value(Value{size.bits}) : 0;
    a.known = a.known && (a.width == 1 || a.width == 2 || a.width == 4 || a.width == 8);
  }
  return a;
}

/// The usual case in line, the call of the runtime behind a cold block, and where they meet.
class Paths {
 public:
  Paths(Lowerer& l, PrimCall& pc) : l_(l), pc_(pc), cold_(l.block().cold) {
    // Operands that become tagged here are so on both paths; a double is boxed on the slow one only.
    for (const Val& v : pc.args)
      if (v.rep == Rep::Tagged) l.tagged(v);
    slow_ = l.new_block(true);
    done_ = l.new_block(cold_);
    mark_ = l.mark();
    pc.fail = slow_;
  }
  /// Checks bytevector and index; gives the index untagged.
  std::pair<ValueId, ValueId> place(const Access& a, u32 type) {
    ValueId b = l_.need(pc_.args[0], type, pc_);
    ValueId length = length_of_header(l_, b);
    i64 more = a.width - 1;
    ValueId k = a.native ? need_index(l_, length, pc_.args[1], pc_, more, static_cast<u64>(more)) : need_index(l_, length, pc_.args[1], pc_);
    if (!a.native && more) l_.guard(Cond::Below, l_.add_imm(k, more << 3), length, slow_);
    return {b, l_.op2(Op::Sar, Rep::Raw, k, l_.imm(3))};
  }
  BlockId slow() const { return slow_; }
  /// Ends the usual path and makes the other one.
  Val join(std::vector<ValueId> fast, Rep rep) {
    l_.jump(done_, std::move(fast));
    l_.undo(mark_);
    l_.switch_to(slow_);
    std::vector<ValueId> args;
    for (const Val& v : pc_.args) args.push_back(l_.tagged(v));
    ValueId r = l_.call_runtime(pc_.info->entry, args, pc_.info->gives, pc_.expr->span);
    if (rep == Rep::None) l_.jump(done_);
    else l_.jump(done_, {rep == Rep::F64 ? l_.unbox(tagged_val(r), nullptr) : r});
    l_.undo(mark_);
    l_.switch_to(done_);
    l_.refine(pc_.args[0], kTypeBytevector);
    l_.refine(pc_.args[1], kTypeFixnum);
    if (rep == Rep::None) return void_val();
    ValueId value = l_.block_param(done_, rep, rep == Rep::F64 ? u32{kTypeAny} : pc_.info->gives);
    return rep == Rep::F64 ? f64_val(value) : tagged_val(value);
  }

 private:
  Lowerer& l_;
  PrimCall& pc_;
  bool cold_;
  BlockId slow_, done_;
  size_t mark_;
};

Val leave_to_runtime(Lowerer& l, PrimCall& pc) {
  std::vector<ValueId> args;
  for (const Val& v : pc.args) args.push_back(l.tagged(v));
  while (args.size() < pc.info->max_args) args.push_back(l.imm(kDefault, Rep::Tagged));
  return tagged_val(l.call_runtime(pc.info->entry, args, pc.info->gives, pc.expr->span));
}

/// The word at an index, extended to 64 bits.
ValueId load_word(Lowerer& l, const Access& a, ValueId b, ValueId k) {
  ValueId word = l.load_indexed(Rep::Raw, b, k, 1, kField0Offset, static_cast<u8>(a.width), a.is_signed && !a.big);
  if (!a.big) return word;
  word = l.op1(Op::ByteSwap, Rep::Raw, word);
  if (a.width == 8) return word;
  return l.op2(a.is_signed ? Op::Sar : Op::Shr, Rep::Raw, word, l.imm(static_cast<u64>(64 - 8 * a.width)));
}

void store_word(Lowerer& l, const Access& a, ValueId word, ValueId b, ValueId k) {
  if (a.big) {
    word = l.op1(Op::ByteSwap, Rep::Raw, word);
    if (a.width < 8) word = l.op2(Op::Shr, Rep::Raw, word, l.imm(static_cast<u64>(64 - 8 * a.width)));
  }
  l.store_indexed(word, b, k, 1, kField0Offset, static_cast<u8>(a.width));
}

Val integer_ref(Lowerer& l, PrimCall& pc, i64 how) {
  Access a = access_of(pc, how, 2);
  if (!a.known) return leave_to_runtime(l, pc);
  Paths paths(l, pc);
  auto [b, k] = paths.place(a, kTypeBytevector);
  ValueId word = load_word(l, a, b, k);
  if (a.width == 8) {
    constexpr u64 kHalf = u64{1} << (kFixnumBits - 1);
    if (a.is_signed) l.guard(Cond::Below, l.op2(Op::Add, Rep::Raw, word, l.imm(kHalf)), l.imm(2 * kHalf), paths.slow());
    else l.guard(Cond::Below, word, l.imm(kHalf), paths.slow());
  }
  return paths.join({l.op2(Op::Shl, Rep::Tagged, word, l.imm(3), kTypeFixnum)}, Rep::Tagged);
}

Val integer_set(Lowerer& l, PrimCall& pc, i64 how) {
  Access a = access_of(pc, how, 3);
  if (!a.known || !(l.types(pc.args[2]) & kTypeFixnum)) return leave_to_runtime(l, pc);
  Paths paths(l, pc);
  auto [b, k] = paths.place(a, kTypeMutableBytevector);
  ValueId n = l.need(pc.args[2], kTypeFixnum, pc);
  if (a.width < 8) {
    u64 range = u64{1} << (8 * a.width);
    ValueId shifted = a.is_signed ? l.op2(Op::Add, Rep::Raw, n, l.imm(range / 2 << 3)) : n;
    l.guard(Cond::Below, shifted, l.imm(range << 3), paths.slow());
  } else if (!a.is_signed) {
    l.guard(Cond::Ge, n, l.imm(0), paths.slow());
  }
  store_word(l, a, l.op2(Op::Sar, Rep::Raw, n, l.imm(3)), b, k);
  return paths.join({}, Rep::None);
}

Val float_ref(Lowerer& l, PrimCall& pc, i64 how) {
  Access a = access_of(pc, how, 2);
  if (!a.known) return leave_to_runtime(l, pc);
  Paths paths(l, pc);
  auto [b, k] = paths.place(a, kTypeBytevector);
  if (!a.big) return paths.join({l.load_indexed(Rep::F64, b, k, 1, kField0Offset, static_cast<u8>(a.width))}, Rep::F64);
  Inst i = make_inst(Op::FFromBits, Rep::F64);
  i.a = load_word(l, a, b, k);
  i.width = static_cast<u8>(a.width);
  return paths.join({l.emit(std::move(i))}, Rep::F64);
}

Val float_set(Lowerer& l, PrimCall& pc, i64 how) {
  Access a = access_of(pc, how, 3);
  if (!a.known || !(l.types(pc.args[2]) & kTypeFlonum)) return leave_to_runtime(l, pc);
  Paths paths(l, pc);
  auto [b, k] = paths.place(a, kTypeMutableBytevector);
  ValueId x = l.unbox(pc.args[2], &pc);
  if (!a.big) {
    l.store_indexed(x, b, k, 1, kField0Offset, static_cast<u8>(a.width));
  } else {
    Inst i = make_inst(Op::FBits, Rep::Raw);
    i.a = x;
    i.width = static_cast<u8>(a.width);
    store_word(l, a, l.emit(std::move(i)), b, k);
  }
  return paths.join({}, Rep::None);
}

}  // namespace

const std::vector<TemplateRow>& byte_fast_paths() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"bytevector_u16_ref", {integer_ref, nullptr, 2}}, {"bytevector_s16_ref", {integer_ref, nullptr, 2 + kSigned}},
      {"bytevector_u32_ref", {integer_ref, nullptr, 4}}, {"bytevector_s32_ref", {integer_ref, nullptr, 4 + kSigned}},
      {"bytevector_u64_ref", {integer_ref, nullptr, 8}}, {"bytevector_s64_ref", {integer_ref, nullptr, 8 + kSigned}},
      {"bytevector_u64_native_ref", {integer_ref, nullptr, 8 + kNative}},
      {"bytevector_s64_native_ref", {integer_ref, nullptr, 8 + kSigned + kNative}},
      {"bytevector_uint_ref", {integer_ref, nullptr, kSized}}, {"bytevector_sint_ref", {integer_ref, nullptr, kSized + kSigned}},
      {"bytevector_u16_set", {integer_set, nullptr, 2}}, {"bytevector_s16_set", {integer_set, nullptr, 2 + kSigned}},
      {"bytevector_u32_set", {integer_set, nullptr, 4}}, {"bytevector_s32_set", {integer_set, nullptr, 4 + kSigned}},
      {"bytevector_u64_set", {integer_set, nullptr, 8}}, {"bytevector_s64_set", {integer_set, nullptr, 8 + kSigned}},
      {"bytevector_u64_native_set", {integer_set, nullptr, 8 + kNative}},
      {"bytevector_s64_native_set", {integer_set, nullptr, 8 + kSigned + kNative}},
      {"bytevector_uint_set", {integer_set, nullptr, kSized}}, {"bytevector_sint_set", {integer_set, nullptr, kSized + kSigned}},
      {"bytevector_ieee_single_ref", {float_ref, nullptr, 4}}, {"bytevector_ieee_double_ref", {float_ref, nullptr, 8}},
      {"bytevector_ieee_single_set", {float_set, nullptr, 4}}, {"bytevector_ieee_double_set", {float_set, nullptr, 8}},
  };
  return rows;
}

}  // namespace loko::low
