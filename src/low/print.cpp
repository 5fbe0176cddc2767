// SPDX-License-Identifier: MIT
//
// The printer of low.
#include "low/print.h"

#include <cmath>
#include <cstdio>

#include "low/names.h"

namespace loko::low {

namespace {

class Printer {
 public:
  std::string take() { return std::move(out_); }

  void unit(const Unit& u) {
    out_ += "(unit " + quoted(u.name) + " (constants " + std::to_string(u.constants.size()) + ")";
    for (std::size_t i = 0; i < u.lambdas.size(); ++i) lambda(i, u.lambdas[i]);
    out_ += ")\n";
  }

  void function(const Function& f, int indent) {
    f_ = &f;
    line(indent);
    out_ += "(function " + quoted(f.name) + " (params";
    for (ValueId v : f.params) out_ += " " + typed(v);
    out_ += ")";
    if (f.closure != kNone) out_ += " (closure " + typed(f.closure) + ")";
    if (f.returns != Rep::Tagged) out_ += std::string(" (returns ") + kRepNames[static_cast<int>(f.returns)] + ")";
    if (!f.needs_entry_check) out_ += " no-entry-check";
    for (std::size_t b = 0; b < f.blocks.size(); ++b) block(b, f.blocks[b], indent + 2);
    out_ += ")";
  }

 private:
  void line(int indent) {
    if (!out_.empty()) out_ += '\n';
    out_.append(static_cast<std::size_t>(indent), ' ');
  }

  static std::string quoted(const std::string& s) {
    std::string r = "\"";
    for (char c : s) {
      if (c == '"' || c == '\\') r += '\\';
      r += c;
    }
    return r + "\"";
  }

  static std::string name(ValueId v) { return v == kNone ? "_" : "v" + std::to_string(v); }
  std::string typed(ValueId v) const { return "(" + name(v) + " " + kRepNames[static_cast<int>(f_->values[v])] + ")"; }
  static std::string block_name(BlockId b) { return "b" + std::to_string(b); }

  void lambda(std::size_t i, const Lambda& l) {
    line(1);
    out_ += "(lambda " + std::to_string(i) + " " + quoted(l.name);
    if (l.free_variables) out_ += " (free " + std::to_string(l.free_variables) + ")";
    for (const Clause& c : l.clauses) {
      line(3);
      out_ += "(clause " + std::to_string(c.required) + (c.rest ? " rest" : "");
      function(c.function, 5);
      out_ += ")";
    }
    out_ += ")";
  }

  void block(std::size_t index, const Block& b, int indent) {
    line(indent);
    out_ += "(block b" + std::to_string(index) + (b.cold ? " cold" : "") + (b.loop_header ? " loop" : "") + " (";
    for (std::size_t i = 0; i < b.params.size(); ++i) out_ += (i ? " " : "") + typed(b.params[i]);
    out_ += ")";
    for (const Inst& i : b.insts) {
      line(indent + 2);
      instruction(i);
    }
    line(indent + 2);
    terminator(b.term);
    out_ += ")";
  }

  void instruction(const Inst& i) {
    const OpShape& s = shape(i.op);
    if (i.result != kNone) out_ += "(" + name(i.result) + " " + kRepNames[static_cast<int>(i.rep)] + " ";
    out_ += std::string("(") + s.name;
    if (s.form & kFormCond) out_ += std::string(" ") + (i.op == Op::FSetBool ? kFCondNames[static_cast<int>(i.fcond)] : kCondNames[static_cast<int>(i.cond)]);
    if (s.form & kFormImm) out_ += " " + (i.op == Op::FImm ? number(i.imm) : std::to_string(i.imm));
    if (s.form & kFormA) out_ += " " + name(i.a);
    if (s.form & kFormB) out_ += " " + name(i.b);
    if (s.form & kFormAddress) {
      out_ += " (at " + name(i.a);
      if (i.b != kNone) out_ += " " + name(i.b) + " " + std::to_string(i.scale);
      out_ += " " + std::to_string(i.imm) + ")";
    }
    if (s.form & kFormC) out_ += " " + name(i.c);
    if (s.form & kFormD) out_ += " " + name(i.d);
    if (has_width(i.op)) {
      if (i.width != 8) out_ += " :width " + std::to_string(i.width);
      if (i.is_signed) out_ += " :signed";
    }
    if (i.exact) out_ += " :exact";
    if (i.fixed) out_ += " :fixed";
    if (s.form & kFormCall) {
      arguments(i.args);
      call_target(i.op == Op::CallDirect, i.op == Op::CallClosure, i.a, i.callee, i.clause, i.imm);
      if (i.ignore_values) out_ += " :ignore-values";
      if (i.receives) out_ += " :receives " + std::to_string(i.receives);
    }
    out_ += i.result != kNone ? "))" : ")";
  }

  /// Doubles so that they read back to the same bits.
  static std::string number(i64 bits) {
    double d = __builtin_bit_cast(double, bits);
    char text[40];
    if (std::isfinite(d)) snprintf(text, sizeof text, "%.17g", d);
    else snprintf(text, sizeof text, "bits:%llx", static_cast<unsigned long long>(bits));
    return text;
  }

  void arguments(const std::vector<ValueId>& args) {
    for (ValueId v : args) out_ += " " + name(v);
  }

  void call_target(bool direct, bool closure, ValueId a, u32 callee, u32 clause, i64 imm) {
    if (direct && callee != kNone) out_ += " :lambda " + std::to_string(callee) + " :clause " + std::to_string(clause);
    else if (!closure) out_ += " :entry " + std::to_string(imm);
    if (a != kNone) out_ += " :procedure " + name(a);
  }

  void edge(BlockId target, const std::vector<ValueId>& args, bool cold) {
    if (args.empty() && !cold) {
      out_ += " " + block_name(target);
      return;
    }
    out_ += std::string(" (") + (cold ? "cold " : "") + block_name(target);
    arguments(args);
    out_ += ")";
  }

  void terminator(const Terminator& t) {
    out_ += std::string("(") + kTermNames[static_cast<int>(t.kind)];
    switch (t.kind) {
      case TermKind::Jump: edge(t.target, t.target_args, t.target_cold); break;
      case TermKind::Branch:
      case TermKind::FBranch:
        out_ += std::string(" ") + (t.kind == TermKind::Branch ? kCondNames[static_cast<int>(t.cond)] : kFCondNames[static_cast<int>(t.fcond)]);
        out_ += " " + name(t.a) + " " + name(t.b);
        edge(t.target, t.target_args, t.target_cold);
        edge(t.otherwise, t.otherwise_args, t.otherwise_cold);
        break;
      case TermKind::BranchOvf:
        out_ += " " + typed(t.result) + " " + shape(t.op).name + " " + name(t.a) + " " + name(t.b);
        edge(t.target, t.target_args, t.target_cold);
        edge(t.otherwise, t.otherwise_args, t.otherwise_cold);
        break;
      case TermKind::Return: out_ += " " + name(t.a); break;
      case TermKind::ReturnValues: arguments(t.args); break;
      case TermKind::TailDirect:
      case TermKind::TailClosure:
      case TermKind::TailStub:
        arguments(t.args);
        call_target(t.kind == TermKind::TailDirect, t.kind == TermKind::TailClosure, t.a, t.callee, t.clause, t.imm);
        break;
      case TermKind::Unreachable: break;
    }
    out_ += ")";
  }

  std::string out_;
  const Function* f_ = nullptr;
};

}  // namespace

std::string print(const Unit& unit) {
  Printer p;
  p.unit(unit);
  return p.take();
}

std::string print(const Function& function) {
  Printer p;
  p.function(function, 0);
  return p.take();
}

}  // namespace loko::low
