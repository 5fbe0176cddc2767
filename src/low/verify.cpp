// SPDX-License-Identifier: MIT
//
// The verifier of low. Dominance is checked by a forward analysis of the sets of surely defined values.
#include "low/verify.h"

#include <algorithm>

#include "low/names.h"

namespace loko::low {

namespace {

bool general(Rep r) { return r == Rep::Tagged || r == Rep::Raw; }

class Verifier {
 public:
  Verifier(const Function& f, const Unit* unit) : f_(f), unit_(unit) {}

  std::string run() {
    if (f_.blocks.empty()) return "function " + f_.name + " has no blocks";
    if (!f_.blocks[0].params.empty()) fail("the entry block has parameters");
    defined_.assign(f_.values.size(), false);
    for (ValueId v : f_.params) define(v);
    if (f_.closure != kNone) define(f_.closure);
    for (b_ = 0; b_ < f_.blocks.size(); ++b_) {
      for (ValueId v : f_.blocks[b_].params) define(v);
      for (const Inst& i : f_.blocks[b_].insts)
        if (i.result != kNone) define(i.result);
      const Terminator& t = f_.blocks[b_].term;
      if (t.kind == TermKind::BranchOvf) define(t.result);
    }
    for (b_ = 0; b_ < f_.blocks.size() && problem_.empty(); ++b_) block(f_.blocks[b_]);
    if (problem_.empty()) check_dominance();
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = "function " + f_.name + ", block b" + std::to_string(b_) + ": " + what;
  }
  static std::string name(ValueId v) { return v == kNone ? "nothing" : "v" + std::to_string(v); }

  void define(ValueId v) {
    if (v >= f_.values.size()) return fail("definition of an unknown value");
    if (defined_[v]) fail(name(v) + " is defined twice");
    defined_[v] = true;
  }

  /// A use that must be a general value (true) or a double (false).
  bool use(ValueId v, const char* role, bool want_general) {
    if (v == kNone || v >= f_.values.size()) {
      fail(std::string("missing operand: ") + role);
      return false;
    }
    if (want_general ? !general(f_.values[v]) : f_.values[v] != Rep::F64) {
      fail(name(v) + " has the wrong representation as " + role);
      return false;
    }
    return true;
  }
  void use_any(ValueId v, const char* role) {
    if (v == kNone || v >= f_.values.size() || f_.values[v] == Rep::None) fail(std::string("missing operand: ") + role);
  }

  void block(const Block& b) {
    for (const Inst& i : b.insts) instruction(i);
    terminator(b.term);
  }

  static bool takes_floats(Op op) {
    switch (op) {
      case Op::FAdd: case Op::FSub: case Op::FMul: case Op::FDiv: case Op::FSqrt: case Op::FNeg: case Op::FAbs: case Op::FMin:
      case Op::FMax: case Op::FFloor: case Op::FCeil: case Op::FTrunc: case Op::FRound: case Op::FToInt: case Op::FBits: case Op::FSetBool:
        return true;
      default: return false;
    }
  }

  void instruction(const Inst& i) {
    const OpShape& s = shape(i.op);
    if (i.result != kNone) {
      if (!s.result) return fail(std::string(s.name) + " has no result");
      if (f_.values[i.result] != i.rep) fail(name(i.result) + " is not of the representation of its instruction");
      result_rep(i);
    } else if (s.result && !(s.form & kFormCall)) {
      return fail(std::string(s.name) + " needs a result");
    }
    bool floats = takes_floats(i.op);
    if (s.form & kFormA && i.op != Op::StoreCtx) use(i.a, s.name, !floats);
    if (s.form & kFormB) use(i.b, s.name, !floats);
    if (s.form & kFormAddress) {
      use(i.a, s.name, true);
      if (i.b != kNone) use(i.b, s.name, true);
      if (i.scale != 1 && i.scale != 2 && i.scale != 4 && i.scale != 8) fail("bad scale");
      if (i.imm != static_cast<i32>(i.imm)) fail("displacement out of range");
    }
    if (i.op == Op::Store) use_any(i.c, s.name);
    if (has_width(i.op)) {
      if (i.width != 1 && i.width != 2 && i.width != 4 && i.width != 8) fail("bad width");
    }
    if (i.op == Op::Select) {
      use(i.c, s.name, i.rep != Rep::F64);
      use(i.d, s.name, i.rep != Rep::F64);
    }
    if (i.op == Op::Alloc && (i.imm < 16 || i.imm % 8)) fail("bad size of an allocation");
    if (i.op == Op::Constant && unit_ && static_cast<u64>(i.imm) >= unit_->constants.size()) fail("unknown constant");
    if (i.op == Op::StaticClosure) known_lambda(static_cast<u64>(i.imm));
    if (s.form & kFormCall) call(i);
  }

  void result_rep(const Inst& i) {
    switch (i.op) {
      case Op::FImm: case Op::FAdd: case Op::FSub: case Op::FMul: case Op::FDiv: case Op::FSqrt: case Op::FNeg: case Op::FAbs:
      case Op::FMin: case Op::FMax: case Op::FFloor: case Op::FCeil: case Op::FTrunc: case Op::FRound: case Op::FFromInt:
      case Op::FFromBits: case Op::CallFloat:
        if (i.rep != Rep::F64) fail(std::string(shape(i.op).name) + " gives a double");
        break;
      case Op::Load: case Op::LoadCtx: case Op::Select: case Op::CallDirect: break;
      default:
        if (!general(i.rep)) fail(std::string(shape(i.op).name) + " gives no double");
    }
  }

  void known_lambda(u64 n) {
    if (!unit_) return;
    // With free variables only the entry that the static closure word names is used (low/lower_closures).
    if (n >= unit_->lambdas.size()) fail("unknown lambda");
  }

  void call(const Inst& i) {
    for (ValueId v : i.args) {
      if (i.op == Op::CallDirect) use_any(v, "argument");
      else use(v, "argument", i.op != Op::CallFloat);
    }
    if (i.op == Op::CallClosure) use(i.a, "procedure", true);
    if (i.op == Op::CallRuntime && i.args.size() > static_cast<std::size_t>(kArgRegisters)) fail("too many arguments for a C++ function");
    if (i.op == Op::CallFloat && (i.args.empty() || i.args.size() > 2)) fail("a float function takes one or two arguments");
    if (i.op == Op::CallDirect) direct(i.callee, i.clause, i.args, i.a, i.result == kNone ? Rep::None : i.rep);
  }

  void direct(u32 callee, u32 clause, const std::vector<ValueId>& args, ValueId closure, Rep result) {
    if (callee == kNone || !unit_) return;
    if (callee >= unit_->lambdas.size() || clause >= unit_->lambdas[callee].clauses.size()) return fail("call of an unknown lambda");
    const Function& f = unit_->lambdas[callee].clauses[clause].function;
    if (args.size() != f.params.size()) return fail("call of " + f.name + " with a wrong number of arguments");
    for (std::size_t k = 0; k < args.size(); ++k)
      if ((f_.values[args[k]] == Rep::F64) != (f.values[f.params[k]] == Rep::F64)) fail("argument of " + f.name + " has the wrong representation");
    if (f.closure != kNone && closure == kNone) fail("call of " + f.name + " without its closure");
    if (result != Rep::None && (result == Rep::F64) != (f.returns == Rep::F64)) fail("result of " + f.name + " has the wrong representation");
  }

  void edge(BlockId target, const std::vector<ValueId>& args) {
    if (target >= f_.blocks.size()) return fail("edge to an unknown block");
    const Block& b = f_.blocks[target];
    if (args.size() != b.params.size()) return fail("edge to b" + std::to_string(target) + " with a wrong number of arguments");
    for (std::size_t i = 0; i < args.size(); ++i) {
      use_any(args[i], "edge argument");
      if (!problem_.empty()) return;
      if ((f_.values[args[i]] == Rep::F64) != (f_.values[b.params[i]] == Rep::F64)) fail("edge argument " + name(args[i]) + " has the wrong representation");
    }
  }

  void terminator(const Terminator& t) {
    switch (t.kind) {
      case TermKind::Jump: edge(t.target, t.target_args); break;
      case TermKind::Branch: case TermKind::FBranch: case TermKind::BranchOvf:
        use(t.a, "operand of a branch", t.kind != TermKind::FBranch);
        use(t.b, "operand of a branch", t.kind != TermKind::FBranch);
        if (t.kind == TermKind::BranchOvf && t.op != Op::Add && t.op != Op::Sub && t.op != Op::Mul) fail("bad operation of branch-ovf");
        if (t.kind == TermKind::BranchOvf && !general(f_.values[t.result])) fail("bad result of branch-ovf");
        edge(t.target, t.target_args);
        edge(t.otherwise, t.otherwise_args);
        break;
      case TermKind::Return: use(t.a, "result", f_.returns != Rep::F64); break;
      case TermKind::ReturnValues:
        if (t.args.size() == 1) fail("return-values of one value");
        for (ValueId v : t.args) use(v, "value", true);
        break;
      case TermKind::TailDirect:
        for (ValueId v : t.args) use_any(v, "argument");
        if (problem_.empty()) direct(t.callee, t.clause, t.args, t.a, f_.returns);
        break;
      case TermKind::TailClosure:
        use(t.a, "procedure", true);
        [[fallthrough]];
      case TermKind::TailStub:
        for (ValueId v : t.args) use(v, "argument", true);
        break;
      case TermKind::Unreachable: break;
    }
  }

  // -- dominance --

  template <class F>
  static void each_use(const Inst& i, F&& fn) {
    for (ValueId v : {i.a, i.b, i.c, i.d})
      if (v != kNone) fn(v);
    for (ValueId v : i.args) fn(v);
  }

  using Set = std::vector<u64>;
  static bool has(const Set& s, ValueId v) { return s[v / 64] >> (v % 64) & 1; }
  static void add(Set& s, ValueId v) { s[v / 64] |= u64{1} << (v % 64); }

  void check_dominance() {
    std::size_t n = f_.blocks.size(), words = f_.values.size() / 64 + 1;
    std::vector<Set> in(n);
    std::vector<BlockId> work{0};
    in[0].assign(words, 0);
    for (ValueId v : f_.params) add(in[0], v);
    if (f_.closure != kNone) add(in[0], f_.closure);
    while (!work.empty()) {
      BlockId b = work.back();
      work.pop_back();
      Set now = in[b];
      const Block& k = f_.blocks[b];
      for (ValueId v : k.params) add(now, v);
      for (const Inst& i : k.insts)
        if (i.result != kNone) add(now, i.result);
      auto flow = [&](BlockId s, const Set& set) {
        if (in[s].empty()) {
          in[s] = set;
          work.push_back(s);
          return;
        }
        bool changed = false;
        for (std::size_t i = 0; i < words; ++i) {
          u64 x = in[s][i] & set[i];
          changed = changed || x != in[s][i];
          in[s][i] = x;
        }
        if (changed) work.push_back(s);
      };
      const Terminator& t = k.term;
      if (t.kind == TermKind::Jump || t.kind == TermKind::Branch || t.kind == TermKind::FBranch) flow(t.target, now);
      if (t.kind == TermKind::BranchOvf) {
        if (t.op == Op::Mul) flow(t.otherwise, now);
        add(now, t.result);
        flow(t.target, now);
      }
      if (t.kind == TermKind::Branch || t.kind == TermKind::FBranch || (t.kind == TermKind::BranchOvf && t.op != Op::Mul))
        flow(t.otherwise, now);
    }
    for (b_ = 0; b_ < n; ++b_)
      if (!in[b_].empty()) check_block(in[b_]);
  }

  void check_block(Set now) {
    const Block& k = f_.blocks[b_];
    auto check = [&](ValueId v) {
      if (!has(now, v)) fail(name(v) + " is used where it need not be defined");
    };
    for (ValueId v : k.params) add(now, v);
    for (const Inst& i : k.insts) {
      each_use(i, check);
      if (i.result != kNone) add(now, i.result);
    }
    const Terminator& t = k.term;
    if (t.a != kNone) check(t.a);
    if (t.b != kNone) check(t.b);
    for (ValueId v : t.args) check(v);
    for (ValueId v : t.otherwise_args) check(v);
    if (t.kind == TermKind::BranchOvf) add(now, t.result);
    for (ValueId v : t.target_args) check(v);
  }

  const Function& f_;
  const Unit* unit_;
  BlockId b_ = 0;
  std::vector<bool> defined_;
  std::string problem_;
};

}  // namespace

std::string verify(const Function& function, const Unit* unit) { return Verifier(function, unit).run(); }

std::string verify(const Unit& unit) {
  for (const Lambda& l : unit.lambdas) {
    for (const Clause& c : l.clauses) {
      if (c.function.params.size() != static_cast<std::size_t>(c.required) + (c.rest ? 1 : 0))
        return "clause of " + l.name + " has a wrong number of parameters";
      std::string problem = verify(c.function, &unit);
      if (!problem.empty()) return problem;
    }
  }
  return "";
}

}  // namespace loko::low
