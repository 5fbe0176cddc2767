// SPDX-License-Identifier: MIT
//
// Templates of type predicates, eq?, pairs, boxes, symbols, records, context words and raw memory.
#include <cstddef>
#include <cstring>

#include "low/expand_primitives.h"

namespace loko::low {
namespace {

using core::Tag;

void type_test(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 type) {
  l.test_type(pc.args[0], static_cast<u32>(type), yes, no);
}

void immediate_test(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64 bits) {
  ValueId v = l.tagged(pc.args[0]);
  l.branch_labels(Cond::Eq, v, l.imm(static_cast<u64>(bits), Rep::Tagged), yes, no);
}

void typed_test(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId v = l.tagged(pc.args[0]);
  l.branch_labels(Cond::TestZero, l.add_imm(v, -static_cast<i64>(kTagTyped)), l.imm(7), yes, no);
}

/// No reference: tags 0, 1, 2, 4, 5. References have tags 3, 6, 7.
void is_immediate(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId v = l.tagged(pc.args[0]);
  ValueId tag = l.op2(Op::And, Rep::Raw, v, l.imm(7));
  BlockId high = l.new_block(), low = l.new_block();
  l.branch(Cond::AboveEq, tag, l.imm(6), high, low);
  l.switch_to(high);
  l.jump_label(no);
  l.switch_to(low);
  l.branch_labels(Cond::Ne, tag, l.imm(3), yes, no);
}

void kind_test(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  ValueId v = l.tagged(pc.args[0]);
  BlockId next = l.new_block();
  l.note_edge(no);
  l.branch(Cond::TestZero, l.add_imm(v, -static_cast<i64>(kTagTyped)), l.imm(7), next, no.block);
  l.switch_to(next);
  ValueId byte = l.load(Rep::Raw, v, kHeaderOffset, 1);
  ValueId kind = l.op2(Op::And, Rep::Raw, byte, l.imm(kKindMask));
  ValueId wanted = pc.args[1].constant ? l.imm(pc.args[1].bits >> 3) : l.op2(Op::Sar, Rep::Raw, l.tagged(pc.args[1]), l.imm(3));
  l.branch_labels(Cond::Eq, kind, wanted, yes, no);
}

void eq(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  const Val &a = pc.args[0], &b = pc.args[1];
  if (a.constant && b.constant) return l.jump_label(a.bits == b.bits ? yes : no);
  u32 ta = l.types(a), tb = l.types(b);
  if ((ta & tb) == 0) return l.jump_label(no);
  ValueId x = l.tagged(a), y = l.tagged(b);
  if (x == y) return l.jump_label(yes);
  Refinement r;
  if (b.constant) r = {x, tb};
  else if (a.constant) r = {y, ta};
  l.branch_labels(Cond::Eq, x, y, yes, no, r);
}

void eqv(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  constexpr u32 kBoxedNumbers = kTypeBignum | kTypeRatnum | kTypeCompnum | kTypeFlonum;
  u32 ta = l.types(pc.args[0]), tb = l.types(pc.args[1]);
  if (!(ta & tb & kBoxedNumbers) || pc.args[0].constant || pc.args[1].constant) return eq(l, pc, yes, no, 0);
  ValueId a = l.tagged(pc.args[0]), b = l.tagged(pc.args[1]);
  BlockId differ = l.new_block(), typed = l.new_block(), slow = l.new_block(true);
  l.note_edge(yes);
  l.branch(Cond::Eq, a, b, yes.block, differ);
  l.switch_to(differ);
  l.note_edge(no);
  l.branch(Cond::TestZero, l.add_imm(a, -static_cast<i64>(kTagTyped)), l.imm(7), typed, no.block);
  l.switch_to(typed);
  l.note_edge(no);
  l.branch(Cond::TestZero, l.add_imm(b, -static_cast<i64>(kTagTyped)), l.imm(7), slow, no.block);
  l.switch_to(slow);
  test_boolean(l, l.call_slow("%eqv?", pc, {a, b}, kTypeBoolean), yes, no);
}

void is_not(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) { l.test_value(pc.args[0], no, yes); }

Val constant(Lowerer&, PrimCall&, i64 bits) { return constant_val(Value{static_cast<u64>(bits)}); }

Val check_bound(Lowerer& l, PrimCall& pc, i64) {
  ValueId v = l.tagged(pc.args[0]);
  BlockId saved = l.current(), unbound = l.new_block(true);
  ValueId name = l.tagged(pc.args[1]);
  l.switch_to(unbound);
  Inst c = make_inst(Op::CallStub, Rep::Tagged);
  c.imm = kStubUnbound;
  c.a = name;
  c.span = pc.expr->span;
  l.emit(std::move(c));
  l.switch_to(saved);
  l.guard(Cond::Ne, v, l.imm(kUnbound, Rep::Tagged), unbound);
  return tagged_val(v);
}

// -- pairs -----------------------------------------------------------------------------------------

Val cons(Lowerer& l, PrimCall& pc, i64) {
  ValueId a = l.tagged(pc.args[0]), d = l.tagged(pc.args[1]);
  return tagged_val(l.cons(a, d));
}
Val list(Lowerer& l, PrimCall& pc, i64 dotted) {
  std::vector<ValueId> v;
  for (const Val& a : pc.args) v.push_back(l.tagged(a));
  if (dotted && v.empty()) {
    l.fail(pc);
    return void_val();
  }
  if (dotted && v.size() == 1) return pc.args[0];
  if (!dotted && v.empty()) return constant_val(Null);
  ValueId tail;
  if (dotted) {
    tail = v.back();
    v.pop_back();
  } else {
    tail = l.imm(kNull, Rep::Tagged);
  }
  while (!v.empty()) {
    tail = l.cons(v.back(), tail);
    v.pop_back();
  }
  return tagged_val(tail);
}
Val field_of_pair(Lowerer& l, PrimCall& pc, i64 offset) {
  ValueId p = l.need(pc.args[0], kTypePair, pc);
  return tagged_val(l.load(Rep::Tagged, p, offset));
}
Val unsafe_field(Lowerer& l, PrimCall& pc, i64 offset) { return tagged_val(l.load(Rep::Tagged, l.tagged(pc.args[0]), offset)); }
Val cxr(Lowerer& l, PrimCall& pc, i64) {
  const char* name = pc.info->name;  // c[ad]+r
  Val v = pc.args[0];
  for (size_t i = std::strlen(name) - 2; i > 0; --i) {
    ValueId p = l.need(v, kTypePair, pc);
    v = tagged_val(l.load(Rep::Tagged, p, name[i] == 'a' ? kCarOffset : kCdrOffset));
  }
  return v;
}
void store_field(Lowerer& l, ValueId object, i64 offset, const Val& value) {
  u32 types = l.types(value);
  ValueId v = l.tagged(value);
  l.store(v, object, offset);
  if (needs_barrier(types)) l.mark_card(object, offset);
}
Val set_field_of_pair(Lowerer& l, PrimCall& pc, i64 offset) {
  ValueId p = l.need(pc.args[0], kTypePair, pc);
  store_field(l, p, offset, pc.args[1]);
  return void_val();
}

// -- boxes, symbols, objects -----------------------------------------------------------------------

Val box(Lowerer& l, PrimCall& pc, i64) { return tagged_val(l.make_box(l.tagged(pc.args[0]))); }
Val unbox(Lowerer& l, PrimCall& pc, i64) { return tagged_val(l.load(Rep::Tagged, l.need(pc.args[0], kTypeBox, pc), kField0Offset)); }
Val set_box(Lowerer& l, PrimCall& pc, i64) {
  store_field(l, l.need(pc.args[0], kTypeBox, pc), kField0Offset, pc.args[1]);
  return void_val();
}
Val symbol_field(Lowerer& l, PrimCall& pc, i64 offset) {
  ValueId s = l.need(pc.args[0], kTypeSymbol, pc);
  return tagged_val(l.load(Rep::Tagged, s, offset, 8, false, pc.info->gives));
}
Val object_length(Lowerer& l, PrimCall& pc, i64) {
  ValueId h = l.load(Rep::Raw, l.tagged(pc.args[0]), kHeaderOffset);
  ValueId length = l.op2(Op::Shr, Rep::Raw, h, l.imm(kLengthShift));
  return tagged_val(l.op2(Op::Shl, Rep::Tagged, length, l.imm(3), kTypeFixnum));
}
Val object_ref(Lowerer& l, PrimCall& pc, i64 base) {
  ValueId o = l.tagged(pc.args[0]);
  if (is_fixnum_constant(pc.args[1])) return tagged_val(l.load(Rep::Tagged, o, base + static_cast<i64>(pc.args[1].bits)));
  return tagged_val(l.load_indexed(Rep::Tagged, o, l.tagged(pc.args[1]), 1, base));
}
Val object_set(Lowerer& l, PrimCall& pc, i64 base) {
  ValueId o = l.tagged(pc.args[0]);
  if (is_fixnum_constant(pc.args[1])) {
    store_field(l, o, base + static_cast<i64>(pc.args[1].bits), pc.args[2]);
    return void_val();
  }
  ValueId k = l.tagged(pc.args[1]);
  u32 types = l.types(pc.args[2]);
  ValueId v = l.tagged(pc.args[2]);
  l.store_indexed(v, o, k, 1, base);
  if (needs_barrier(types)) l.mark_card(o, base, k, 1);
  return void_val();
}

// -- records ---------------------------------------------------------------------------------------

constexpr i64 rtd_field(RtdField f) { return kField0Offset + 8 * static_cast<i64>(f); }

Val record_rtd(Lowerer& l, PrimCall& pc, i64) {
  ValueId r = l.need(pc.args[0], kTypeRecord, pc);
  return tagged_val(l.load(Rep::Tagged, r, kHeaderOffset, 8, false, kTypeRecord));
}
Val record(Lowerer& l, PrimCall& pc, i64) {
  std::vector<ValueId> v;
  for (const Val& a : pc.args) v.push_back(l.tagged(a));
  if (v.size() == 1) v.push_back(l.imm(kFalse, Rep::Tagged));  // two words at least
  ValueId p = l.alloc(8 * static_cast<i64>(v.size()));
  for (size_t i = 0; i < v.size(); ++i) l.store(v[i], p, 8 * static_cast<i64>(i));
  return tagged_val(l.add_imm(p, static_cast<i64>(kTagTyped), Rep::Tagged, kTypeRecord));
}
Val record_ref(Lowerer& l, PrimCall& pc, i64) {
  l.need(pc.args[0], kTypeRecord, pc);
  return object_ref(l, pc, kField0Offset);
}
Val record_set(Lowerer& l, PrimCall& pc, i64) {
  l.need(pc.args[0], kTypeRecord, pc);
  return object_set(l, pc, kField0Offset);
}

/// The key of the fact "x is a record of the type in this immutable global", or 0.
u64 is_a_key(PrimCall& pc) {
  core::Expr* e = pc.expr->parts[1];
  if (e->tag != Tag::GlobalRef || !e->global->immutable || pc.args[0].rep != Rep::Tagged || pc.args[0].constant) return 0;
  return static_cast<u64>(pc.args[0].id) << 32 | e->global->cell;
}

/// The sequence for a known rtd that may have descendants (abi.h, kRtdAncestors).
void is_a(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  u64 key = is_a_key(pc);
  if (key && l.fact(Fact::Kind::IsA, key) != kNone) return l.jump_label(yes);
  if (!(l.types(pc.args[0]) & kTypeRecord)) return l.jump_label(no);
  ValueId x = l.tagged(pc.args[0]), rtd = l.tagged(pc.args[1]);
  if (l.types(x) != kTypeRecord) {
    BlockId typed = l.new_block();
    l.note_edge(no);
    l.branch(Cond::TestZero, l.add_imm(x, -static_cast<i64>(kTagTyped)), l.imm(7), typed, no.block);
    l.switch_to(typed);
  }
  ValueId own = l.load(Rep::Raw, x, kHeaderOffset);
  BlockId other = l.new_block();
  l.note_edge(yes, {x, kTypeRecord});
  l.branch(Cond::Eq, own, rtd, yes.block, other);
  l.switch_to(other);
  if (l.types(x) != kTypeRecord) {
    BlockId is_record = l.new_block();
    ValueId low = l.op2(Op::And, Rep::Raw, own, l.imm(7));
    l.note_edge(no);
    l.branch(Cond::Eq, low, l.imm(7), is_record, no.block);
    l.switch_to(is_record);
  }
  ValueId depth = l.load(Rep::Raw, rtd, rtd_field(kRtdDepth));
  ValueId own_depth = l.load(Rep::Raw, own, rtd_field(kRtdDepth));
  BlockId deeper = l.new_block();
  l.note_edge(no);
  l.branch(Cond::Gt, own_depth, depth, deeper, no.block);
  l.switch_to(deeper);
  ValueId ancestors = l.load(Rep::Raw, own, rtd_field(kRtdAncestors));
  ValueId ancestor = l.load_indexed(Rep::Raw, ancestors, depth, 1, kField0Offset);
  l.branch_labels(Cond::Eq, ancestor, rtd, yes, no, {x, kTypeRecord});
}

void learn_is_a(PrimCall& pc, Label& yes) {
  if (u64 key = is_a_key(pc)) yes.delta.push_back({Fact::Kind::IsA, key, 1, 0});
}

void record_is_a(Lowerer& l, PrimCall& pc, Label& yes, Label& no, i64) {
  int before = yes.edges;
  is_a(l, pc, yes, no, 0);
  if (before == 0) learn_is_a(pc, yes);
}

/// Continues where x is of the type; else fails in the name of the accessor.
void need_is_a(Lowerer& l, PrimCall& pc, size_t who, std::vector<size_t> irritants) {
  Label yes = l.make_label(true), no = l.make_label(true);
  l.function().blocks[no.block].cold = true;
  size_t m = l.mark();
  is_a(l, pc, yes, no, 0);
  l.undo(m);
  if (l.bind(no)) {
    Inst i = make_inst(Op::CallStub, Rep::Tagged);
    i.imm = kStubPrimFailed;
    i.span = pc.expr->span;
    for (size_t k : irritants) i.args.push_back(l.tagged(pc.args[k]));
    i.a = l.tagged(pc.args[who]);
    l.emit(std::move(i));
    l.block().term = Terminator{};
  }
  l.undo(m);
  learn_is_a(pc, yes);
  l.bind(yes);
}
Val record_ref_checked(Lowerer& l, PrimCall& pc, i64) {
  need_is_a(l, pc, 3, {0, 1});  // the hook takes an rtd at the end for the type that was wanted
  PrimCall inner = pc;
  inner.args = {pc.args[0], pc.args[2]};
  return object_ref(l, inner, kField0Offset);
}
Val record_set_checked(Lowerer& l, PrimCall& pc, i64) {
  need_is_a(l, pc, 4, {0, 3, 1});
  PrimCall inner = pc;
  inner.args = {pc.args[0], pc.args[2], pc.args[3]};
  return object_set(l, inner, kField0Offset);
}

// -- context and raw memory ------------------------------------------------------------------------

Val context_get(Lowerer& l, PrimCall&, i64 offset) {
  Inst i = make_inst(Op::LoadCtx, Rep::Tagged);
  i.imm = offset;
  return tagged_val(l.emit(std::move(i)));
}
Val received(Lowerer& l, PrimCall& pc, i64) {
  Inst i = make_inst(Op::LoadCtx, Rep::Tagged);
  i.imm = received_offset(static_cast<u32>(pc.args[0].bits >> 3));
  return tagged_val(l.emit(std::move(i)));
}
Val context_set(Lowerer& l, PrimCall& pc, i64 offset) {
  ValueId v = l.tagged(pc.args[0]);
  Inst i = make_inst(Op::StoreCtx, Rep::None);
  i.imm = offset;
  i.a = v;
  l.emit(std::move(i));
  return void_val();
}
ValueId untagged_fixnum(Lowerer& l, const Val& v) {
  if (v.constant) return l.imm(static_cast<u64>(static_cast<i64>(v.bits) >> 3));
  return l.op2(Op::Sar, Rep::Raw, l.tagged(v), l.imm(3));
}
// Memory as devices have it: exactly one access each.
Val raw_input(Lowerer& l, PrimCall& pc, Op op, i64 width) {
  Inst i = make_inst(op, Rep::Raw);
  i.a = untagged_fixnum(l, pc.args[0]);
  i.width = static_cast<u8>(width);
  ValueId word = l.emit(std::move(i));
  return tagged_val(l.op2(Op::Shl, Rep::Tagged, word, l.imm(3), kTypeFixnum));
}
Val device_ref(Lowerer& l, PrimCall& pc, i64 width) { return raw_input(l, pc, Op::DeviceLoad, width); }
Val device_set(Lowerer& l, PrimCall& pc, i64 width) {
  ValueId address = untagged_fixnum(l, pc.args[0]);
  Inst i = make_inst(Op::DeviceStore, Rep::None);
  i.a = address;
  i.c = untagged_fixnum(l, pc.args[1]);
  i.width = static_cast<u8>(width);
  l.emit(std::move(i));
  return void_val();
}
Val port_in(Lowerer& l, PrimCall& pc, i64 width) { return raw_input(l, pc, Op::PortIn, width); }
Val port_out(Lowerer& l, PrimCall& pc, i64 width) {
  Inst i = make_inst(Op::PortOut, Rep::None);
  i.a = untagged_fixnum(l, pc.args[0]);
  i.b = untagged_fixnum(l, pc.args[1]);
  i.width = static_cast<u8>(width);
  l.emit(std::move(i));
  return void_val();
}
Val value_ref(Lowerer& l, PrimCall& pc, i64) { return tagged_val(l.load(Rep::Tagged, untagged_fixnum(l, pc.args[0]), 0)); }
Val bytevector_address(Lowerer& l, PrimCall& pc, i64) {
  ValueId address = l.add_imm(l.tagged(pc.args[0]), kField0Offset);
  return tagged_val(l.op2(Op::Shl, Rep::Tagged, address, l.imm(3), kTypeFixnum));
}
Val eq_address(Lowerer& l, PrimCall& pc, i64) {
  // The tag is kept by a rotation, so that different words give different fixnums but for the top bits.
  ValueId v = l.tagged(pc.args[0]);
  ValueId low = l.op2(Op::Shr, Rep::Raw, v, l.imm(61));
  ValueId high = l.op2(Op::Shl, Rep::Raw, v, l.imm(3));
  ValueId mixed = l.op2(Op::Xor, Rep::Raw, high, l.op2(Op::Shl, Rep::Raw, low, l.imm(3)));
  return tagged_val(l.op2(Op::And, Rep::Tagged, mixed, l.imm(~u64{7}), kTypeFixnum));
}

}  // namespace

u32 tested_type(std::string_view target) {
  const Template* t = find_template(target);
  return t && t->test == type_test ? static_cast<u32>(t->argument) : 0;
}

const std::vector<TemplateRow>& object_templates() {
  static const std::vector<TemplateRow>& rows = *new std::vector<TemplateRow>{
      {"eq", {nullptr, eq, 0}}, {"eqv", {nullptr, eqv, 0}}, {"not", {nullptr, is_not, 0}},
      {"is_null", {nullptr, type_test, kTypeNull}}, {"is_pair", {nullptr, type_test, kTypePair}},
      {"is_boolean", {nullptr, type_test, kTypeBoolean}}, {"is_char", {nullptr, type_test, kTypeChar}},
      {"is_symbol", {nullptr, type_test, kTypeSymbol}}, {"is_string", {nullptr, type_test, kTypeString}},
      {"is_vector", {nullptr, type_test, kTypeVector}}, {"is_bytevector", {nullptr, type_test, kTypeBytevector}},
      {"is_mutable_string", {nullptr, type_test, kTypeMutableString}}, {"is_mutable_vector", {nullptr, type_test, kTypeMutableVector}},
      {"is_mutable_bytevector", {nullptr, type_test, kTypeMutableBytevector}},
      {"is_procedure", {nullptr, type_test, kTypeProcedure}}, {"is_eof", {nullptr, type_test, kTypeEof}},
      {"is_fixnum", {nullptr, type_test, kTypeFixnum}}, {"is_flonum", {nullptr, type_test, kTypeFlonum}},
      {"is_box", {nullptr, type_test, kTypeBox}}, {"is_record", {nullptr, type_test, kTypeRecord}},
      {"is_void", {nullptr, type_test, kTypeVoid}},
      {"is_default", {nullptr, immediate_test, kDefault}}, {"is_deleted", {nullptr, immediate_test, kDeleted}},
      {"is_unbound", {nullptr, immediate_test, kUnbound}},
      {"is_typed", {nullptr, typed_test, 0}}, {"is_immediate", {nullptr, is_immediate, 0}}, {"is_kind", {nullptr, kind_test, 0}},
      {"eof", {constant, nullptr, kEof}}, {"void", {constant, nullptr, kVoidTag}}, {"default", {constant, nullptr, kDefault}},
      {"deleted", {constant, nullptr, kDeleted}}, {"unbound", {constant, nullptr, kUnbound}},
      {"check_bound", {check_bound, nullptr, 0}},
      {"cons", {cons, nullptr, 0}}, {"list", {list, nullptr, 0}}, {"cons_star", {list, nullptr, 1}},
      {"car", {field_of_pair, nullptr, kCarOffset}}, {"cdr", {field_of_pair, nullptr, kCdrOffset}}, {"cxr", {cxr, nullptr, 0}},
      {"set_car", {set_field_of_pair, nullptr, kCarOffset}}, {"set_cdr", {set_field_of_pair, nullptr, kCdrOffset}},
      {"unsafe_car", {unsafe_field, nullptr, kCarOffset}}, {"unsafe_cdr", {unsafe_field, nullptr, kCdrOffset}},
      {"box", {box, nullptr, 0}}, {"unbox", {unbox, nullptr, 0}}, {"set_box", {set_box, nullptr, 0}},
      {"symbol_hash", {symbol_field, nullptr, kField0Offset}}, {"symbol_name", {symbol_field, nullptr, kField0Offset + 8}},
      {"object_length", {object_length, nullptr, 0}}, {"object_ref", {object_ref, nullptr, kField0Offset}},
      {"object_set", {object_set, nullptr, kField0Offset}}, {"procedure_free_ref", {object_ref, nullptr, kFreeVar0Offset}},
      {"record_rtd", {record_rtd, nullptr, 0}}, {"record", {record, nullptr, 0}}, {"record_ref", {record_ref, nullptr, 0}},
      {"record_set", {record_set, nullptr, 0}}, {"record_is_a", {nullptr, record_is_a, 0}},
      {"record_ref_checked", {record_ref_checked, nullptr, 0}}, {"record_set_checked", {record_set_checked, nullptr, 0}},
      {"ctx_get_winders", {context_get, nullptr, offsetof(Context, winders)}},
      {"ctx_get_handlers", {context_get, nullptr, offsetof(Context, handlers)}},
      {"ctx_get_params", {context_get, nullptr, offsetof(Context, params)}},
      {"received", {received}},
      {"ctx_set_winders", {context_set, nullptr, offsetof(Context, winders)}},
      {"ctx_set_handlers", {context_set, nullptr, offsetof(Context, handlers)}},
      {"ctx_set_params", {context_set, nullptr, offsetof(Context, params)}},
      {"device_ref8", {device_ref, nullptr, 1}}, {"device_ref16", {device_ref, nullptr, 2}},
      {"device_ref32", {device_ref, nullptr, 4}}, {"device_ref64", {device_ref, nullptr, 8}},
      {"device_set8", {device_set, nullptr, 1}}, {"device_set16", {device_set, nullptr, 2}},
      {"device_set32", {device_set, nullptr, 4}}, {"device_set64", {device_set, nullptr, 8}},
      {"in8", {port_in, nullptr, 1}}, {"in16", {port_in, nullptr, 2}}, {"in32", {port_in, nullptr, 4}},
      {"out8", {port_out, nullptr, 1}}, {"out16", {port_out, nullptr, 2}}, {"out32", {port_out, nullptr, 4}},
      {"ref_value", {value_ref, nullptr, 0}},
      {"bytevector_address", {bytevector_address, nullptr, 0}}, {"eq_address", {eq_address, nullptr, 0}},
  };
  return rows;
}

}  // namespace loko::low
