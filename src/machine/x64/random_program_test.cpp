// SPDX-License-Identifier: MIT
//
// Random low programs, run both by a small evaluator and as machine code, with a collection at every
// safepoint in half of the runs. LOKO_FUZZ=n runs n programs (default 150), LOKO_SEED=s starts at seed s.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cmath>
#include <random>

#include "low/print.h"
#include "low/read.h"
#include "low/verify.h"
#include "machine/x64/compile.h"

namespace loko::x64 {
namespace {

using namespace loko::low;

// -- generator --

/// What a value may be, beyond its representation.
enum class Sort { Raw, Fixnum, Pair, Any, Float };

struct Known {
  ValueId id;
  Sort sort;
};

class Generator {
 public:
  Generator(Unit& unit, u64 seed) : unit_(unit), random_(seed) {}

  void run() {
    std::size_t n = 1 + pick(4);
    for (std::size_t i = 0; i < n; ++i) {
      Lambda l;
      l.name = "f" + std::to_string(i);
      Clause c;
      Function& f = c.function;
      f.name = l.name;
      std::size_t params = i == 0 ? 3 : pick(11);
      for (std::size_t k = 0; k < params; ++k) {
        bool floating = i != 0 && pick(4) == 0;
        f.params.push_back(f.new_value(floating ? Rep::F64 : Rep::Tagged));
      }
      if (i != 0 && pick(4) == 0) f.returns = Rep::F64;
      c.required = static_cast<int>(params);
      l.clauses.push_back(std::move(c));
      unit_.lambdas.push_back(std::move(l));
    }
    for (std::size_t i = 0; i < n; ++i) body(static_cast<u32>(i));
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }

  void body(u32 index) {
    index_ = index;
    f_ = &unit_.lambdas[index].clauses[0].function;
    cur_ = new_block();
    calls_ = 0;
    std::vector<Known> known;
    for (ValueId v : f_->params) known.push_back({v, f_->values[v] == Rep::F64 ? Sort::Float : index == 0 ? Sort::Fixnum : Sort::Any});
    statements(known, 0, 4 + pick(14));
    finish(known);
  }

  BlockId new_block() {
    f_->blocks.emplace_back();
    return static_cast<BlockId>(f_->blocks.size() - 1);
  }
  Terminator& term() { return f_->blocks[cur_].term; }

  ValueId emit(Inst i) {
    ValueId r = kNone;
    if (i.rep != Rep::None) r = i.result = f_->new_value(i.rep);
    f_->blocks[cur_].insts.push_back(std::move(i));
    return r;
  }
  ValueId op(Op o, Rep rep, ValueId a = kNone, ValueId b = kNone, i64 imm = 0) {
    Inst i;
    i.op = o;
    i.rep = rep;
    i.a = a;
    i.b = b;
    i.imm = imm;
    return emit(std::move(i));
  }
  ValueId imm(i64 n, Rep rep = Rep::Raw) { return op(Op::Imm, rep, kNone, kNone, n); }

  ValueId raw(std::vector<Known>& known) {
    for (int tries = 0; tries < 8 && !known.empty(); ++tries) {
      Known k = known[pick(known.size())];
      if (k.sort == Sort::Raw) return k.id;
      if (k.sort == Sort::Fixnum && pick(3) == 0) return op(Op::Sar, Rep::Raw, k.id, imm(3));
    }
    switch (pick(4)) {
      case 0: return imm(static_cast<i64>(random_()));
      case 1: return imm(static_cast<i32>(random_()));
      default: return imm(static_cast<i64>(pick(20)) - 5);
    }
  }
  ValueId tagged(std::vector<Known>& known, bool fixnum = false) {
    for (int tries = 0; tries < 8 && !known.empty(); ++tries) {
      Known k = known[pick(known.size())];
      if (k.sort == Sort::Fixnum || (!fixnum && (k.sort == Sort::Pair || k.sort == Sort::Any))) return k.id;
    }
    return imm((static_cast<i64>(pick(100)) - 50) * 8, Rep::Tagged);
  }
  ValueId floating(std::vector<Known>& known) {
    for (int tries = 0; tries < 8 && !known.empty(); ++tries) {
      Known k = known[pick(known.size())];
      if (k.sort == Sort::Float) return k.id;
    }
    if (pick(2)) return op(Op::FFromInt, Rep::F64, raw(known));
    double d = static_cast<double>(static_cast<i64>(pick(64)) - 20) * 0.75;
    return op(Op::FImm, Rep::F64, kNone, kNone, __builtin_bit_cast(i64, d));
  }
  ValueId of_sort(std::vector<Known>& known, Sort s) {
    switch (s) {
      case Sort::Raw: return raw(known);
      case Sort::Float: return floating(known);
      case Sort::Fixnum: return tagged(known, true);
      case Sort::Pair:
        for (const Known& k : known)
          if (k.sort == Sort::Pair) return k.id;
        return pair(known);
      default: return tagged(known);
    }
  }
  Rep rep(Sort s) { return s == Sort::Raw ? Rep::Raw : s == Sort::Float ? Rep::F64 : Rep::Tagged; }

  /// The bits of a double; 0 for NaNs, since these differ in sign and payload.
  ValueId bits(ValueId x) {
    Inst i;
    i.op = Op::FSetBool;
    i.rep = Rep::Tagged;
    i.fcond = FCond::Unordered;
    i.a = i.b = x;
    ValueId nan = emit(i);
    i.op = Op::Select;
    i.rep = Rep::F64;
    i.cond = Cond::Eq;
    i.a = nan;
    i.b = imm(kTrue, Rep::Tagged);
    i.c = op(Op::FImm, Rep::F64);
    i.d = x;
    return op(Op::FBits, Rep::Raw, emit(i));
  }

  ValueId pair(std::vector<Known>& known) {
    ValueId a = tagged(known), d = tagged(known);
    ValueId at = pick(3) ? op(Op::Alloc, Rep::Raw, kNone, kNone, 16) : op(Op::AllocDynamic, Rep::Raw, op(Op::Add, Rep::Raw, imm(10), imm(6)));
    store(at, 0, a);
    store(at, 8, d);
    return op(Op::Add, Rep::Tagged, at, imm(3));
  }
  void store(ValueId at, i64 offset, ValueId v) {
    Inst i;
    i.op = Op::Store;
    i.a = at;
    i.imm = offset;
    i.c = v;
    emit(std::move(i));
  }
  ValueId load(ValueId at, i64 offset, Rep r) { return op(Op::Load, r, at, kNone, offset); }

  Cond cond() { return static_cast<Cond>(pick(12)); }
  FCond fcond() { return static_cast<FCond>(pick(7)); }

  void statements(std::vector<Known>& known, int depth, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) statement(known, depth);
  }

  void statement(std::vector<Known>& known, int depth) {
    switch (pick(depth < 4 ? 24 : 17)) {
      case 0: case 1: case 2: {
        static const Op ops[] = {Op::Add, Op::Sub, Op::Mul, Op::And, Op::Or, Op::Xor, Op::Shl, Op::Sar, Op::Shr};
        ValueId a = raw(known), b = raw(known);
        known.push_back({op(ops[pick(9)], Rep::Raw, a, b), Sort::Raw});
        break;
      }
      case 3: {
        static const Op ops[] = {Op::Neg, Op::Not, Op::Popcount, Op::Clz, Op::Ctz, Op::ByteSwap};
        known.push_back({op(ops[pick(6)], Rep::Raw, raw(known)), Sort::Raw});
        break;
      }
      case 4: {
        ValueId b = op(Op::Add, Rep::Raw, op(Op::And, Rep::Raw, raw(known), imm(255)), imm(1));
        known.push_back({op(pick(2) ? Op::Div : Op::Rem, Rep::Raw, raw(known), b), Sort::Raw});
        break;
      }
      case 5: {
        Inst i;
        i.op = Op::Lea;
        i.rep = Rep::Raw;
        i.a = raw(known);
        if (pick(3)) i.b = raw(known);
        i.scale = static_cast<u8>(1 << pick(4));
        i.imm = static_cast<i64>(pick(200)) - 100;
        known.push_back({emit(std::move(i)), Sort::Raw});
        break;
      }
      case 6:
        if (pick(3) == 0) {
          i64 n = static_cast<i64>(1 + pick(63));
          ValueId x = raw(known);
          ValueId y = op(Op::Shr, Rep::Raw, x, imm(n)), z = op(Op::Shl, Rep::Raw, x, imm(64 - n));
          known.push_back({pick(2) ? op(Op::Or, Rep::Raw, y, z) : op(Op::Or, Rep::Raw, z, y), Sort::Raw});
          if (pick(3) == 0) known.push_back({y, Sort::Raw});
          break;
        }
        known.push_back({op(Op::Shl, Rep::Tagged, raw(known), imm(3)), Sort::Fixnum}); break;
      case 7: known.push_back({op(pick(2) ? Op::Add : Op::Sub, Rep::Tagged, tagged(known, true), tagged(known, true)), Sort::Fixnum}); break;
      case 8: known.push_back({pair(known), Sort::Pair}); break;
      case 9: known.push_back({load(of_sort(known, Sort::Pair), pick(2) ? kCarOffset : kCdrOffset, Rep::Tagged), Sort::Any}); break;
      case 10: {
        static const Op ops[] = {Op::FAdd, Op::FSub, Op::FMul, Op::FDiv, Op::FMin, Op::FMax};
        ValueId a = floating(known), b = floating(known);
        known.push_back({op(ops[pick(6)], Rep::F64, a, b), Sort::Float});
        break;
      }
      case 11: {
        static const Op ops[] = {Op::FSqrt, Op::FNeg, Op::FAbs, Op::FFloor, Op::FCeil, Op::FTrunc, Op::FRound};
        known.push_back({op(ops[pick(7)], Rep::F64, floating(known)), Sort::Float});
        break;
      }
      case 12: {
        ValueId x = floating(known);
        known.push_back({pick(2) ? op(Op::FToInt, Rep::Raw, x) : bits(x), Sort::Raw});
        break;
      }
      case 13: set(known); break;
      case 14: select(known); break;
      case 15: case 16: call(known); break;
      case 17: case 18: case 19: conditional(known, depth); break;
      case 20: case 21: loop(known, depth); break;
      default: overflow(known, depth); break;
    }
    while (known.size() > 24) known.erase(known.begin() + static_cast<std::ptrdiff_t>(pick(known.size())));
  }

  void set(std::vector<Known>& known) {
    Inst i;
    if (pick(3) == 0) {
      i.op = Op::FSetBool;
      i.rep = Rep::Tagged;
      i.fcond = fcond();
      i.a = floating(known);
      i.b = floating(known);
      known.push_back({emit(std::move(i)), Sort::Any});
      return;
    }
    bool boolean = pick(2);
    i.op = boolean ? Op::SetBool : Op::SetCond;
    i.rep = boolean ? Rep::Tagged : Rep::Raw;
    comparison(known, &i.cond, &i.a, &i.b);
    known.push_back({emit(std::move(i)), boolean ? Sort::Any : Sort::Raw});
  }

  /// References are compared for identity only.
  void comparison(std::vector<Known>& known, Cond* c, ValueId* a, ValueId* b) {
    if (pick(3) == 0) {
      *c = pick(2) ? Cond::Eq : Cond::Ne;
      *a = tagged(known);
      *b = tagged(known);
    } else {
      *c = cond();
      *a = raw(known);
      *b = raw(known);
    }
  }

  void select(std::vector<Known>& known) {
    Inst i;
    i.op = Op::Select;
    comparison(known, &i.cond, &i.a, &i.b);
    Sort s = static_cast<Sort>(pick(5));
    if (s == Sort::Pair) s = Sort::Any;
    i.rep = rep(s);
    i.c = of_sort(known, s);
    i.d = of_sort(known, s);
    known.push_back({emit(std::move(i)), s});
  }

  void call(std::vector<Known>& known) {
    u32 n = static_cast<u32>(unit_.lambdas.size());
    if (index_ + 1 >= n || ++calls_ > 6) return;
    u32 callee = index_ + 1 + static_cast<u32>(pick(n - index_ - 1));
    const Function& g = unit_.lambdas[callee].clauses[0].function;
    Inst i;
    bool floats = g.returns == Rep::F64;
    for (ValueId v : g.params) {
      bool f = g.values[v] == Rep::F64;
      floats = floats || f;
      i.args.push_back(f ? floating(known) : tagged(known));
    }
    i.rep = g.returns;
    if (!floats && pick(2)) {
      i.op = Op::CallClosure;
      i.a = op(Op::StaticClosure, Rep::Tagged, kNone, kNone, callee);
      if (pick(4) == 0) i.ignore_values = true, i.rep = Rep::None;
    } else {
      i.op = Op::CallDirect;
      i.callee = callee;
    }
    ValueId r = emit(std::move(i));
    if (r != kNone) known.push_back({r, f_->values[r] == Rep::F64 ? Sort::Float : Sort::Any});
  }

  void branch(std::vector<Known>& known, BlockId yes, BlockId no) {
    Terminator t;
    if (pick(4) == 0) {
      t.kind = TermKind::FBranch;
      t.fcond = fcond();
      t.a = floating(known);
      t.b = floating(known);
    } else {
      t.kind = TermKind::Branch;
      comparison(known, &t.cond, &t.a, &t.b);
    }
    t.target = yes;
    t.otherwise = no;
    if (pick(3) == 0) (pick(2) ? t.target_cold : t.otherwise_cold) = true;
    term() = std::move(t);
  }

  std::vector<Known> params(BlockId b, const std::vector<Sort>& sorts) {
    std::vector<Known> out;
    for (Sort s : sorts) {
      ValueId v = f_->new_value(rep(s));
      f_->blocks[b].params.push_back(v);
      out.push_back({v, s});
    }
    return out;
  }
  std::vector<Sort> sorts(std::size_t limit) {
    std::vector<Sort> s;
    std::size_t n = pick(limit);
    for (std::size_t i = 0; i < n; ++i) s.push_back(static_cast<Sort>(pick(5)));
    return s;
  }
  void jump(std::vector<Known>& known, BlockId target, const std::vector<Sort>& sorts) {
    std::vector<ValueId> args;
    for (Sort s : sorts) args.push_back(of_sort(known, s));
    term().kind = TermKind::Jump;
    term().target = target;
    term().target_args = std::move(args);
  }

  void conditional(std::vector<Known>& known, int depth) {
    BlockId yes = new_block(), no = new_block(), join = new_block();
    std::vector<Sort> s = sorts(4);
    branch(known, yes, no);
    bool leave = pick(5) == 0;
    cur_ = yes;
    std::vector<Known> inner = known;
    statements(inner, depth + 1, pick(5));
    if (leave) finish(inner);
    else jump(inner, join, s);
    cur_ = no;
    inner = known;
    statements(inner, depth + 1, pick(5));
    jump(inner, join, s);
    auto p = params(join, s);
    cur_ = join;
    known.insert(known.end(), p.begin(), p.end());
  }

  void overflow(std::vector<Known>& known, int depth) {
    BlockId yes = new_block(), no = new_block(), join = new_block();
    Terminator t;
    t.kind = TermKind::BranchOvf;
    static const Op ops[] = {Op::Add, Op::Sub, Op::Mul};
    t.op = ops[pick(3)];
    bool fixnum = pick(2) && t.op != Op::Mul;
    t.a = fixnum ? tagged(known, true) : raw(known);
    t.b = fixnum ? tagged(known, true) : raw(known);
    ValueId r = t.result = f_->new_value(fixnum ? Rep::Tagged : Rep::Raw);
    Sort sort = fixnum ? Sort::Fixnum : Sort::Raw;
    t.otherwise = no;
    t.otherwise_cold = pick(2);
    t.target = yes;
    bool direct = pick(2);
    if (direct) {
      t.target = join;
      t.target_args = {r};
    }
    term() = std::move(t);
    if (!direct) {
      cur_ = yes;
      std::vector<Known> inner = known;
      inner.push_back({r, sort});
      statements(inner, depth + 1, pick(3));
      term().kind = TermKind::Jump;
      term().target = join;
      term().target_args = {r};
    } else {
      f_->blocks[yes].term.kind = TermKind::Unreachable;
    }
    cur_ = no;
    std::vector<Known> inner = known;
    statements(inner, depth + 1, pick(3));
    jump(inner, join, {sort});
    auto p = params(join, {sort});
    cur_ = join;
    known.push_back(p[0]);
  }

  void loop(std::vector<Known>& known, int depth) {
    BlockId header = new_block(), inside = new_block(), after = new_block();
    std::vector<Sort> s = sorts(6);
    ValueId start = imm(static_cast<i64>(1 + pick(5)));
    std::vector<ValueId> args{start};
    for (Sort x : s) args.push_back(of_sort(known, x));
    term().kind = TermKind::Jump;
    term().target = header;
    term().target_args = args;
    auto counter = params(header, {Sort::Raw});
    auto p = params(header, s);
    f_->blocks[header].loop_header = true;
    cur_ = header;
    std::vector<Known> inner = known;
    inner.insert(inner.end(), p.begin(), p.end());
    std::vector<Known> outer = inner;
    statements(inner, depth + 1, pick(3));
    ValueId zero = imm(0);
    Terminator t;
    t.kind = TermKind::Branch;
    t.cond = Cond::Gt;
    t.a = counter[0].id;
    t.b = zero;
    t.target = inside;
    t.otherwise = after;
    term() = t;
    std::vector<Known> exit = inner;
    cur_ = inside;
    statements(inner, depth + 1, pick(6));
    ValueId next = op(Op::Sub, Rep::Raw, counter[0].id, imm(1));
    std::vector<ValueId> again{next};
    for (Sort x : s) again.push_back(of_sort(inner, x));
    if (pick(2)) op(Op::Poll, Rep::None);
    term().kind = TermKind::Jump;
    term().target = header;
    term().target_args = again;
    cur_ = after;
    known = exit;
  }

  void finish(std::vector<Known> known) {
    if (f_->returns == Rep::F64) {
      ValueId sum = floating(known);
      for (const Known& k : known)
        if (k.sort == Sort::Float) sum = op(Op::FAdd, Rep::F64, sum, k.id);
      term().kind = TermKind::Return;
      term().a = sum;
      return;
    }
    u32 n = static_cast<u32>(unit_.lambdas.size());
    if (index_ + 1 < n && pick(3) == 0) {
      u32 callee = index_ + 1 + static_cast<u32>(pick(n - index_ - 1));
      const Function& g = unit_.lambdas[callee].clauses[0].function;
      if (g.returns == Rep::Tagged) {
        std::vector<ValueId> args;
        for (ValueId v : g.params) args.push_back(g.values[v] == Rep::F64 ? floating(known) : tagged(known));
        term().kind = TermKind::TailDirect;
        term().callee = callee;
        term().args = args;
        return;
      }
    }
    ValueId list = imm(static_cast<i64>(kNull), Rep::Tagged);
    for (const Known& k : known) {
      ValueId x = k.id;
      if (k.sort == Sort::Float) x = bits(x);
      if (k.sort == Sort::Float || k.sort == Sort::Raw) {
        ValueId high = op(Op::Shr, Rep::Raw, x, imm(32));
        x = op(Op::Shl, Rep::Tagged, op(Op::Xor, Rep::Raw, x, high), imm(3));
      }
      ValueId at = op(Op::Alloc, Rep::Raw, kNone, kNone, 16);
      store(at, 0, x);
      store(at, 8, list);
      list = op(Op::Add, Rep::Tagged, at, imm(3));
    }
    term().kind = TermKind::Return;
    term().a = list;
  }

  Unit& unit_;
  std::mt19937_64 random_;
  Function* f_ = nullptr;
  BlockId cur_ = 0;
  u32 index_ = 0;
  int calls_ = 0;
};

// -- evaluator: references are indexes of its own pairs --

class Evaluator {
 public:
  explicit Evaluator(const Unit& u) : unit_(u) {}
  std::vector<u64> heap;
  long steps = 0;

  u64 call(u32 lambda, const std::vector<u64>& args) {
    const Function& f = unit_.lambdas[lambda].clauses[0].function;
    std::vector<u64> v(f.values.size(), 0);
    for (std::size_t i = 0; i < args.size(); ++i) v[f.params[i]] = args[i];
    auto pass = [&](const std::vector<ValueId>& ids) {
      std::vector<u64> out;
      for (ValueId x : ids) out.push_back(v[x]);
      return out;
    };
    BlockId b = 0;
    for (;;) {
      if (++steps > 200000) return 0;
      const Block& k = f.blocks[b];
      for (const Inst& i : k.insts) {
        u64 r = instruction(f, i, v, pass);
        if (i.result != kNone) v[i.result] = r;
      }
      const Terminator& t = k.term;
      auto go = [&](BlockId to, const std::vector<ValueId>& ids) {
        std::vector<u64> values = pass(ids);
        for (std::size_t i = 0; i < values.size(); ++i) v[f.blocks[to].params[i]] = values[i];
        b = to;
      };
      switch (t.kind) {
        case TermKind::Jump: go(t.target, t.target_args); break;
        case TermKind::Branch: case TermKind::FBranch: {
          bool c = t.kind == TermKind::Branch ? test(t.cond, v[t.a], v[t.b]) : ftest(t.fcond, v[t.a], v[t.b]);
          if (c) go(t.target, t.target_args);
          else go(t.otherwise, t.otherwise_args);
          break;
        }
        case TermKind::BranchOvf: {
          i64 x = static_cast<i64>(v[t.a]), y = static_cast<i64>(v[t.b]), r;
          bool o = t.op == Op::Add ? __builtin_add_overflow(x, y, &r) : t.op == Op::Sub ? __builtin_sub_overflow(x, y, &r) : __builtin_mul_overflow(x, y, &r);
          if (o) {
            go(t.otherwise, t.otherwise_args);
          } else {
            v[t.result] = static_cast<u64>(r);
            go(t.target, t.target_args);
          }
          break;
        }
        case TermKind::Return: return v[t.a];
        case TermKind::TailDirect: return call(t.callee, pass(t.args));
        default: abort();
      }
    }
  }

 private:
  static double d(u64 x) { return __builtin_bit_cast(double, x); }
  static u64 u(double x) { return __builtin_bit_cast(u64, x); }

  static bool test(Cond c, u64 a, u64 b) {
    i64 x = static_cast<i64>(a), y = static_cast<i64>(b);
    switch (c) {
      case Cond::Eq: return x == y;
      case Cond::Ne: return x != y;
      case Cond::Lt: return x < y;
      case Cond::Le: return x <= y;
      case Cond::Gt: return x > y;
      case Cond::Ge: return x >= y;
      case Cond::Below: return a < b;
      case Cond::BelowEq: return a <= b;
      case Cond::Above: return a > b;
      case Cond::AboveEq: return a >= b;
      case Cond::TestZero: return (a & b) == 0;
      case Cond::TestNonZero: return (a & b) != 0;
    }
    return false;
  }
  static bool ftest(FCond c, u64 a, u64 b) {
    double x = d(a), y = d(b);
    switch (c) {
      case FCond::Eq: return x == y;
      case FCond::Ne: return x != y;
      case FCond::Lt: return x < y;
      case FCond::Le: return x <= y;
      case FCond::Gt: return x > y;
      case FCond::Ge: return x >= y;
      case FCond::Unordered: return std::isnan(x) || std::isnan(y);
    }
    return false;
  }

  template <class P>
  u64 instruction(const Function& f, const Inst& i, std::vector<u64>& v, P& pass) {
    u64 a = i.a == kNone ? 0 : v[i.a], b = i.b == kNone ? 0 : v[i.b];
    switch (i.op) {
      case Op::Imm: case Op::FImm: return static_cast<u64>(i.imm);
      case Op::StaticClosure: return 6 | static_cast<u64>(i.imm) << 8;
      case Op::Add: return a + b;
      case Op::Sub: return a - b;
      case Op::Mul: return a * b;
      case Op::And: return a & b;
      case Op::Or: return a | b;
      case Op::Xor: return a ^ b;
      case Op::Shl: return a << (b & 63);
      case Op::Sar: return static_cast<u64>(static_cast<i64>(a) >> (b & 63));
      case Op::Shr: return a >> (b & 63);
      case Op::Neg: return -a;
      case Op::Not: return ~a;
      case Op::Div: return static_cast<u64>(static_cast<i64>(a) / static_cast<i64>(b));
      case Op::Rem: return static_cast<u64>(static_cast<i64>(a) % static_cast<i64>(b));
      case Op::Lea: return a + (i.b == kNone ? 0 : b * i.scale) + static_cast<u64>(i.imm);
      case Op::ByteSwap: return __builtin_bswap64(a);
      case Op::Popcount: return static_cast<u64>(__builtin_popcountll(a));
      case Op::Clz: return a ? static_cast<u64>(__builtin_clzll(a)) : 64;
      case Op::Ctz: return a ? static_cast<u64>(__builtin_ctzll(a)) : 64;
      case Op::Load: return heap[(a - 3) / 8 + (i.imm == kCdrOffset)];
      case Op::Store: heap[a / 8 + static_cast<u64>(i.imm) / 8] = v[i.c]; return 0;
      case Op::FAdd: return u(d(a) + d(b));
      case Op::FSub: return u(d(a) - d(b));
      case Op::FMul: return u(d(a) * d(b));
      case Op::FDiv: return u(d(a) / d(b));
      case Op::FMin: return d(a) < d(b) ? a : b;
      case Op::FMax: return d(a) > d(b) ? a : b;
      case Op::FSqrt: return u(std::sqrt(d(a)));
      case Op::FNeg: return a ^ u64{1} << 63;
      case Op::FAbs: return a & ~u64{0} >> 1;
      case Op::FFloor: return u(std::floor(d(a)));
      case Op::FCeil: return u(std::ceil(d(a)));
      case Op::FTrunc: return u(std::trunc(d(a)));
      case Op::FRound: return u(std::nearbyint(d(a)));
      case Op::FFromInt: return u(static_cast<double>(static_cast<i64>(a)));
      case Op::FToInt: return std::fabs(d(a)) < 9.2e18 ? static_cast<u64>(static_cast<i64>(d(a))) : u64{1} << 63;
      case Op::FBits: return a;
      case Op::SetCond: return test(i.cond, a, b);
      case Op::SetBool: return test(i.cond, a, b) ? kTrue : kFalse;
      case Op::FSetBool: return ftest(i.fcond, a, b) ? kTrue : kFalse;
      case Op::Select: return test(i.cond, a, b) ? v[i.c] : v[i.d];
      case Op::Alloc: case Op::AllocDynamic: heap.resize(heap.size() + 2); return 8 * (heap.size() - 2);
      case Op::CallDirect: return call(i.callee, pass(i.args));
      case Op::CallClosure: return call(static_cast<u32>(a >> 8), pass(i.args));
      case Op::Poll: return 0;
      default: ADD_FAILURE() << "operation in " << f.name; return 0;
    }
  }

  const Unit& unit_;
};

bool equal(const Evaluator& e, u64 expected, Value got, int depth = 0) {
  if ((expected & 7) != 3) return expected == got.bits;
  if (!is_pair(got) || depth > 2000) return depth > 2000;
  while ((expected & 7) == 3 && is_pair(got)) {
    if (!equal(e, e.heap[(expected - 3) / 8], car(got), depth + 1)) return false;
    expected = e.heap[(expected - 3) / 8 + 1];
    got = cdr(got);
  }
  return expected == got.bits;
}

TEST(RandomProgram, AgreesWithEvaluator) {
  const char* count = getenv("LOKO_FUZZ");
  const char* first = getenv("LOKO_SEED");
  u64 seed = first ? strtoull(first, nullptr, 10) : 1;
  u64 end = seed + (count ? strtoull(count, nullptr, 10) : 150);
  for (; seed < end; ++seed) {
    Unit unit;
    Generator(unit, seed).run();
    ASSERT_EQ(low::verify(unit), "") << "seed " << seed;
    Unit copy;  // through text and back
    std::string text = low::print(unit);
    ASSERT_EQ(low::read(text, &copy), "") << "seed " << seed;
    ASSERT_EQ(low::print(copy), text) << "seed " << seed;
    if (getenv("LOKO_SHOW")) fprintf(stderr, "seed %lu\n%s", seed, text.c_str());
    CompileOptions options;
    options.verify = true;
    std::string listing;
    if (getenv("LOKO_SHOW")) options.dump = &listing;
    Published p;
    std::string problem = compile_and_publish(copy, options, &p);
    if (getenv("LOKO_SHOW")) fprintf(stderr, "%s", listing.c_str());
    ASSERT_EQ(problem, "") << "seed " << seed;
    Evaluator e(unit);
    std::vector<u64> args{8 * 3, static_cast<u64>(-8 * 1000), 8 * (seed % 17)};
    u64 expected = e.call(0, args);
    if (e.steps > 200000) continue;
    std::vector<Value> values{Value{args[0]}, Value{args[1]}, Value{args[2]}};
    context().torture = seed % 2;
    if (seed % 2) context().stack_limit = ~u64{0};
    Value got = enter_scheme(Value{p.thunk_closure}, 3, values.data());
    context().torture = 0;
    ASSERT_TRUE(equal(e, expected, got)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace loko::x64
