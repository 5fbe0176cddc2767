// SPDX-License-Identifier: MIT
//
// Templates of characters, vectors, strings and bytevectors. The header word of a vector or bytevector is
// length << 8 | kind, so (header >> 5) is the length as a fixnum once the kind is known.
#include "low/expand_primitives.h"

namespace loko::low {

ValueId length_of_header(Lowerer& l, ValueId object) {
  u64 known = l.fact(Fact::Kind::Length, object);
  if (known != kNone) return static_cast<ValueId>(known);
  ValueId n = l.op2(Op::Shr, Rep::Raw, l.header_of(object), l.imm(kLengthShift - 3));
  l.learn(Fact::Kind::Length, object, n);
  return n;
}

ValueId need_index(Lowerer& l, ValueId length, const Val& k, PrimCall& pc, i64 more, u64 align) {
  if (!(l.types(k) & kTypeFixnum)) {
    l.fail(pc);
    return l.imm(0, Rep::Tagged);
  }
  ValueId id = l.tagged(k);
  bool known = l.within(k, kTypeFixnum);
  u64 mask = (known ? 0 : 7) | align << 3;
  if (k.constant && (k.bits & mask) == 0) mask = 0;
  if (mask) l.guard(Cond::TestZero, id, l.imm(mask), l.fail_block(pc));
  if (!k.constant) l.refine(id, kTypeFixnum);
  ValueId last = more ? l.add_imm(id, more << 3) : id;
  l.guard(Cond::Below, last, length, l.fail_block(pc));
  return id;
}

namespace {

ValueId untag(Lowerer& l, ValueId k) { return l.op2(Op::Sar, Rep::Raw, k, l.imm(3)); }
Val tag_word(Lowerer& l, ValueId raw) { return tagged_val(l.op2(Op::Shl, Rep::Tagged, raw, l.imm(3), kTypeFixnum)); }

// -- characters ------------------------------------------------------------------------------------

Val char_to_integer(Lowerer& l, PrimCall& pc, i64) {
  if (pc.args[0].constant && is_char(Value{pc.args[0].bits})) return constant_val(fixnum(char_value(Value{pc.args[0].bits})));
  ValueId c = l.need(pc.args[0], kTypeChar, pc);
  return tag_word(l, l.op2(Op::Shr, Rep::Raw, c, l.imm(8)));
}
Val integer_to_char(Lowerer& l, PrimCall& pc, i64) {
  ValueId n = l.need(pc.args[0], kTypeFixnum, pc);
  // 0 … d7ff and e000 … 10ffff
  BlockId small = l.new_block(), other = l.new_block(true);
  l.branch(Cond::Below, n, l.imm(u64{0xd800} << 3), small, other);
  l.switch_to(other);
  ValueId shifted = l.add_imm(n, -(i64{0xe000} << 3));
  l.guard(Cond::Below, shifted, l.imm(u64{0x110000 - 0xe000} << 3), l.fail_block(pc));
  l.jump(small);
  l.switch_to(small);
  ValueId shifted5 = l.op2(Op::Shl, Rep::Raw, n, l.imm(5));
  return tagged_val(l.op2(Op::Or, Rep::Tagged, shifted5, l.imm(kCharTag), kTypeChar));
}
void char_compare(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 cond) {
  ValueId a = l.need(pc.args[0], kTypeChar, pc), b = l.need(pc.args[1], kTypeChar, pc);
  l.branch_labels(static_cast<Cond>(cond), a, b, yes, no);
}

// -- vectors ---------------------------------------------------------------------------------------

Val vector(Lowerer& l, PrimCall& pc, i64) {
  std::vector<ValueId> v;
  for (const Val& a : pc.args) v.push_back(l.tagged(a));
  u64 n = v.size();
  if (v.empty()) v.push_back(l.imm(0, Rep::Tagged));  // two words at least
  ValueId p = l.alloc(8 + 8 * static_cast<i64>(v.size()));
  l.store(l.imm(make_header(Kind::Vector, n)), p, 0);
  for (size_t i = 0; i < v.size(); ++i) l.store(v[i], p, 8 + 8 * static_cast<i64>(i));
  return tagged_val(l.add_imm(p, static_cast<i64>(kTagTyped), Rep::Tagged, kTypeMutableVector));
}
Val vector_length(Lowerer& l, PrimCall& pc, i64 type) {
  ValueId v = l.need(pc.args[0], static_cast<u32>(type), pc);
  ValueId n = length_of_header(l, v);
  // The same bits as a tagged value.
  return tagged_val(l.add_imm(n, 0, Rep::Tagged, kTypeFixnum));
}
Val vector_ref(Lowerer& l, PrimCall& pc, i64) {
  ValueId v = l.need(pc.args[0], kTypeVector, pc);
  ValueId k = need_index(l, length_of_header(l, v), pc.args[1], pc);
  if (pc.args[1].constant) return tagged_val(l.load(Rep::Tagged, v, kField0Offset + static_cast<i64>(pc.args[1].bits)));
  return tagged_val(l.load_indexed(Rep::Tagged, v, k, 1, kField0Offset));
}
void vector_store(Lowerer& l, ValueId v, ValueId k, const Val& x) {
  u32 types = l.types(x);
  ValueId id = l.tagged(x);
  l.store_indexed(id, v, k, 1, kField0Offset);
  if (needs_barrier(types)) l.mark_card(v, kField0Offset, k, 1);
}
Val vector_set(Lowerer& l, PrimCall& pc, i64) {
  ValueId v = l.need(pc.args[0], kTypeMutableVector, pc);
  ValueId k = need_index(l, length_of_header(l, v), pc.args[1], pc);
  vector_store(l, v, k, pc.args[2]);
  return void_val();
}
Val unsafe_vector_ref(Lowerer& l, PrimCall& pc, i64) {
  return tagged_val(l.load_indexed(Rep::Tagged, l.tagged(pc.args[0]), l.tagged(pc.args[1]), 1, kField0Offset));
}
Val unsafe_vector_set(Lowerer& l, PrimCall& pc, i64) {
  vector_store(l, l.tagged(pc.args[0]), l.tagged(pc.args[1]), pc.args[2]);
  return void_val();
}
Val unsafe_vector_length(Lowerer& l, PrimCall& pc, i64) {
  ValueId h = l.load(Rep::Raw, l.tagged(pc.args[0]), kHeaderOffset);
  ValueId n = l.op2(Op::Shr, Rep::Raw, h, l.imm(kLengthShift));
  return tag_word(l, n);
}

// -- strings ---------------------------------------------------------------------------------------

/// A string's header changes when it is widened, but not the length in it: that is an invariant of loops.
Val string_length(Lowerer& l, PrimCall& pc, i64) {
  ValueId s = l.need(pc.args[0], kTypeString, pc);
  return tagged_val(l.add_imm(length_of_header(l, s), 0, Rep::Tagged, kTypeFixnum));
}

/// Continues with the header of a narrow string (a mutable one if the mask is kKindMask) at a checked index; everything
/// else goes to `slow`.
ValueId narrow_string(Lowerer& l, PrimCall& pc, u64 mask, ValueId* s, ValueId* k, BlockId slow) {
  *s = l.tagged(pc.args[0]);
  u32 t = l.types(*s);
  if (!(t & kTypeString)) l.fail(pc);
  if (t & ~u32{kTypeString})
    l.guard(Cond::TestZero, l.add_imm(*s, -static_cast<i64>(kTagTyped)), l.imm(7), l.fail_block(pc));
  ValueId h = l.load(Rep::Raw, *s, kHeaderOffset);
  ValueId kind = l.op2(Op::And, Rep::Raw, h, l.imm(mask));
  l.guard(Cond::Eq, kind, l.imm(static_cast<u64>(Kind::String1)), slow);
  // The kind is less than 32, so the shifted header has no remains of it. A length that the program asked for is known to be the
  // same each time.
  u64 length = l.fact(Fact::Kind::Length, *s);
  if (length == kNone) length = l.op2(Op::Shr, Rep::Raw, h, l.imm(kLengthShift - 3));
  *k = need_index(l, static_cast<ValueId>(length), pc.args[1], pc);
  return h;
}
Val string_ref(Lowerer& l, PrimCall& pc, i64) {
  l.tagged(pc.args[1]);
  BlockId slow = l.new_block(true), done = l.new_block(l.block().cold);
  size_t m = l.mark();
  ValueId s, k;
  narrow_string(l, pc, kSequenceMask, &s, &k, slow);
  ValueId byte = l.load_indexed(Rep::Raw, s, untag(l, k), 1, kField0Offset, 1);
  ValueId shifted = l.op2(Op::Shl, Rep::Raw, byte, l.imm(8));
  l.jump(done, {l.op2(Op::Or, Rep::Tagged, shifted, l.imm(kCharTag), kTypeChar)});
  l.undo(m);
  l.switch_to(slow);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  ValueId r = l.call_slow("%string-ref-slow", pc, {a, b}, kTypeChar);
  l.jump(done, {r});
  l.switch_to(done);
  ValueId result = l.block_param(done, Rep::Tagged, kTypeChar);
  l.refine(pc.args[0], kTypeString);
  l.refine(pc.args[1], kTypeFixnum);
  return tagged_val(result);
}
Val string_set(Lowerer& l, PrimCall& pc, i64) {
  ValueId c = l.need(pc.args[2], kTypeChar, pc);
  BlockId slow = l.new_block(true), done = l.new_block(l.block().cold);
  size_t m = l.mark();
  ValueId s, k;
  narrow_string(l, pc, kKindMask, &s, &k, slow);
  l.guard(Cond::Below, c, l.imm(u64{256} << 8), slow);
  l.store_indexed(l.op2(Op::Shr, Rep::Raw, c, l.imm(8)), s, untag(l, k), 1, kField0Offset, 1);
  l.jump(done);
  l.undo(m);
  l.switch_to(slow);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  l.call_slow("%string-set-slow!", pc, {a, b, c}, kTypeVoid);
  l.jump(done);
  l.switch_to(done);
  l.refine(pc.args[0], kTypeMutableString);
  l.refine(pc.args[1], kTypeFixnum);
  return void_val();
}
void is_string1(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId v = l.tagged(pc.args[0]);
  BlockId next = l.new_block();
  l.note_edge(no);
  l.branch(Cond::TestZero, l.add_imm(v, -static_cast<i64>(kTagTyped)), l.imm(7), next, no.block);
  l.switch_to(next);
  ValueId kind = l.op2(Op::And, Rep::Raw, l.load(Rep::Raw, v, kHeaderOffset, 1), l.imm(kSequenceMask));
  l.branch_labels(Cond::Eq, kind, l.imm(static_cast<u64>(Kind::String1)), yes, no, {v, kTypeString});
}

// -- bytevectors -----------------------------------------------------------------------------------

// argument: width, +16 signed, +32 float
constexpr i64 kSigned = 16;

Val bytevector_ref(Lowerer& l, PrimCall& pc, i64 how) {
  i64 width = how & 15;
  ValueId b = l.need(pc.args[0], kTypeBytevector, pc);
  ValueId k = need_index(l, length_of_header(l, b), pc.args[1], pc, width - 1, static_cast<u64>(width - 1));
  if (pc.args[1].constant) {
    i64 offset = kField0Offset + (static_cast<i64>(pc.args[1].bits) >> 3);
    return tag_word(l, l.load(Rep::Raw, b, offset, static_cast<u8>(width), how & kSigned));
  }
  return tag_word(l, l.load_indexed(Rep::Raw, b, untag(l, k), 1, kField0Offset, static_cast<u8>(width), how & kSigned));
}
Val bytevector_set(Lowerer& l, PrimCall& pc, i64 how) {
  i64 width = how & 15;
  ValueId b = l.need(pc.args[0], kTypeMutableBytevector, pc);
  ValueId k = need_index(l, length_of_header(l, b), pc.args[1], pc, width - 1, static_cast<u64>(width - 1));
  ValueId n = l.need(pc.args[2], kTypeFixnum, pc);
  i64 range = i64{1} << (8 * width);
  // the offset of 32-bit numbers does not fit an immediate
  ValueId shifted = how & kSigned ? l.op2(Op::Add, Rep::Raw, n, l.imm(static_cast<u64>(range / 2) << 3)) : n;
  l.guard(Cond::Below, shifted, l.imm(static_cast<u64>(range) << 3), l.fail_block(pc));
  l.store_indexed(untag(l, n), b, untag(l, k), 1, kField0Offset, static_cast<u8>(width));
  return void_val();
}
Val bytevector_float_ref(Lowerer& l, PrimCall& pc, i64 width) {
  ValueId b = l.need(pc.args[0], kTypeBytevector, pc);
  ValueId k = need_index(l, length_of_header(l, b), pc.args[1], pc, width - 1, static_cast<u64>(width - 1));
  return f64_val(l.load_indexed(Rep::F64, b, untag(l, k), 1, kField0Offset, static_cast<u8>(width)));
}
Val bytevector_float_set(Lowerer& l, PrimCall& pc, i64 width) {
  ValueId b = l.need(pc.args[0], kTypeMutableBytevector, pc);
  ValueId k = need_index(l, length_of_header(l, b), pc.args[1], pc, width - 1, static_cast<u64>(width - 1));
  ValueId x = real_to_f64(l, pc.args[2], pc);
  l.store_indexed(x, b, untag(l, k), 1, kField0Offset, static_cast<u8>(width));
  return void_val();
}

}  // namespace

const std::vector<TemplateRow>& sequence_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"char_to_integer", {char_to_integer, nullptr, 0}}, {"integer_to_char", {integer_to_char, nullptr, 0}},
      {"char_eq", {nullptr, char_compare, static_cast<i64>(Cond::Eq)}}, {"char_lt", {nullptr, char_compare, static_cast<i64>(Cond::Lt)}},
      {"char_gt", {nullptr, char_compare, static_cast<i64>(Cond::Gt)}}, {"char_le", {nullptr, char_compare, static_cast<i64>(Cond::Le)}},
      {"char_ge", {nullptr, char_compare, static_cast<i64>(Cond::Ge)}},
      {"vector", {vector, nullptr, 0}}, {"vector_length", {vector_length, nullptr, kTypeVector}},
      {"vector_ref", {vector_ref, nullptr, 0}}, {"vector_set", {vector_set, nullptr, 0}},
      {"unsafe_vector_ref", {unsafe_vector_ref, nullptr, 0}}, {"unsafe_vector_set", {unsafe_vector_set, nullptr, 0}},
      {"unsafe_vector_length", {unsafe_vector_length, nullptr, 0}},
      {"string_length", {string_length, nullptr, 0}}, {"string_ref", {string_ref, nullptr, 0}}, {"string_set", {string_set, nullptr, 0}},
      {"is_string1", {nullptr, is_string1, 0}},
      {"bytevector_length", {vector_length, nullptr, kTypeBytevector}},
      {"bytevector_u8_ref", {bytevector_ref, nullptr, 1}}, {"bytevector_s8_ref", {bytevector_ref, nullptr, 1 + kSigned}},
      {"bytevector_u16_ref", {bytevector_ref, nullptr, 2}}, {"bytevector_s16_ref", {bytevector_ref, nullptr, 2 + kSigned}},
      {"bytevector_u32_ref", {bytevector_ref, nullptr, 4}}, {"bytevector_s32_ref", {bytevector_ref, nullptr, 4 + kSigned}},
      {"bytevector_u8_set", {bytevector_set, nullptr, 1}}, {"bytevector_s8_set", {bytevector_set, nullptr, 1 + kSigned}},
      {"bytevector_u16_set", {bytevector_set, nullptr, 2}}, {"bytevector_s16_set", {bytevector_set, nullptr, 2 + kSigned}},
      {"bytevector_u32_set", {bytevector_set, nullptr, 4}}, {"bytevector_s32_set", {bytevector_set, nullptr, 4 + kSigned}},
      {"bytevector_double_ref", {bytevector_float_ref, nullptr, 8}}, {"bytevector_double_set", {bytevector_float_set, nullptr, 8}},
      {"bytevector_single_ref", {bytevector_float_ref, nullptr, 4}}, {"bytevector_single_set", {bytevector_float_set, nullptr, 4}},
  };
  return rows;
}

}  // namespace loko::low
