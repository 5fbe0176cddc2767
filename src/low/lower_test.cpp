// SPDX-License-Identifier: MIT
//
// Programs as core text, optimized at both extremes, lowered, verified, compiled and run.
#include <gtest/gtest.h>

#include <cstring>

#include "core/optimize.h"
#include "core/print.h"
#include "core/read.h"
#include "low/lower.h"
#include "low/print.h"
#include "low/verify.h"
#include "machine/x64/compile.h"
#include "runtime/memory/runtime_fixture.h"

namespace loko::low {
namespace {

/// What the program's value prints as, or what went wrong.
std::string run(const std::string& text, int optimize, int rounds = 1) {
  Arena arena;
  HandleArena handles;
  core::Unit unit;
  unit.arena = &arena;
  unit.handles = &handles;
  unit.name = "test";
  std::string problem;
  if (!core::read(unit, text, &problem)) return problem;
  SourceManager sources;
  Diagnostics diagnostics(sources);
  Options options;
  options.optimize = optimize;
  options.verify = true;
  core::optimize(unit, options);
  Unit low = lower(unit, diagnostics, options);
  problem = verify(low);
  if (!problem.empty()) return problem + "\n" + print(low);
  x64::CompileOptions compile;
  compile.verify = true;
  x64::Published published;
  problem = x64::compile_and_publish(low, compile, &published);
  if (!problem.empty()) return problem;
  std::string result;
  for (int i = 0; i < rounds; ++i) result = core::print_datum(enter_scheme(Value{published.thunk_closure}, 0, nullptr));
  return result;
}

/// A unit of core as text, optimized and lowered.
struct Lowered {
  explicit Lowered(const std::string& text, bool is_program = false) {
    unit.arena = &arena;
    unit.handles = &handles;
    unit.is_program = is_program;
    std::string problem;
    EXPECT_TRUE(core::read(unit, text, &problem)) << problem;
    core::optimize(unit, options);
    low = lower(unit, diagnostics, options);
  }
  Arena arena;
  HandleArena handles;
  core::Unit unit;
  SourceManager sources;
  Diagnostics diagnostics{sources};
  Options options;
  Unit low;
};

struct Case {
  const char* program;
  const char* result;
};

class LowerTest : public RuntimeTest {
 protected:
  void check(std::initializer_list<Case> cases) {
    for (const Case& c : cases) {
      EXPECT_EQ(run(c.program, 0), c.result) << "without optimization: " << c.program;
      EXPECT_EQ(run(c.program, 2), c.result) << "optimized: " << c.program;
      // Operands that the compiler knows nothing of.
      std::string hidden = c.program;
      if (hidden.rfind("(prim ", 0) == 0 && hidden.find("(quote (") == std::string::npos) {
        EXPECT_EQ(run("(call (lambda (clause (id) " + hide(hidden) + ")) (lambda (clause (x) (if x x x))))", 0), c.result) << "hidden: " << hide(hidden);
      }
    }
  }
  /// Wraps atoms that are numbers or booleans in calls of `id`.
  static std::string hide(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size();) {
      size_t end = i;
      while (end < text.size() && !std::strchr(" ()", text[end])) ++end;
      std::string token = text.substr(i, end - i);
      bool number = !token.empty() && (std::isdigit(static_cast<unsigned char>(token[0])) || (token.size() > 1 && token[0] == '-' && std::isdigit(static_cast<unsigned char>(token[1]))));
      if (number) out += "(call id " + token + ")";
      else out += token;
      if (end < text.size()) out += text[end++];
      i = end;
    }
    return out;
  }
};

TEST_F(LowerTest, Control) {
  check({
      {"(if #f 1 2)", "2"},
      {"(let ((x 1) (y 2)) (prim list y x))", "(2 1)"},
      {"(let ((x 1)) (begin (set! x (prim + x 1)) x))", "2"},
      {"(letrec ((even (lambda even (clause (n) (if (prim = n 0) #t (call odd (prim - n 1)))))) (odd (lambda odd (clause (n) (if (prim = n 0) #f (call even (prim - n 1))))))) (prim list (call even 10) (call odd 10) (call even 7)))", "(#t #f #f)"},
      {"(letrec ((loop (lambda loop (clause (i acc) (if (prim = i 0) acc (call loop (prim - i 1) (prim cons i acc))))))) (call loop 5 (quote ())))", "(1 2 3 4 5)"},
      {"(letrec ((outer (lambda outer (clause (i s) (if (prim = i 10) s (letrec ((inner (lambda inner (clause (j s) (if (prim = j i) (call outer (prim + i 1) s) (call inner (prim + j 1) (prim + s 1))))))) (call inner 0 s))))))) (call outer 0 0))", "45"},
      {"(letrec ((f (lambda f (clause (x) (prim + x 1))))) (prim list (call f 1) (call f 2)))", "(2 3)"},
      {"(let ((k (lambda k (clause (x) (prim * x 10))))) (prim + 1 (if (prim eq? 1 2) (call k 3) (call k 4))))", "41"},
      {"(let ((make (lambda make (clause (n) (lambda add (clause (x) (prim + x n))))))) (let ((a (call make 1)) (b (call make 10))) (prim list (call a 5) (call b 5))))", "(6 15)"},
      {"(let ((n 0)) (let ((next (lambda next (clause () (begin (set! n (prim + n 1)) n))))) (begin (call next) (call next) (prim list (call next) n))))", "(3 3)"},
      {"(call (lambda (clause (a . r) (prim list a r))) 1 2 3)", "(1 (2 3))"},
      {"(let ((f (lambda f (clause (a) 1) (clause (a b) 2) (clause (a b . c) c)))) (prim list (call f 0) (call f 0 0) (call f 0 0 7 8)))", "(1 2 (7 8))"},
      {"(letrec ((f (lambda f (clause (a b c d e g h i) (if (prim = a 0) (prim list a b c d e g h i) (call f (prim - a 1) c d e g h i b)))))) (call f 3 1 2 3 4 5 6 7))", "(0 4 5 6 7 1 2 3)"},
      {"(letrec* ((a 1) (f (lambda f (clause () b))) (b (prim + a 1))) (call f))", "2"},
      {"(letrec* ((x (lambda x (clause () (call y)))) (y (lambda y (clause () 5)))) (call x))", "5"},
      {"(if (letrec ((loop (lambda loop (clause (l) (if (prim null? l) #f (if (prim eq? (prim car l) 3) #t (call loop (prim cdr l)))))))) (call loop (quote (1 2 3)))) (quote yes) (quote no))", "yes"},
      {"(let ((x (if (prim eq? 1 2) 1.5 2.5))) (prim fl+ x x))", "5.0"},
      {"(letrec ((loop (lambda loop (clause (x n) (if (prim fx=? n 0) x (call loop (prim fl* x 1.5) (prim fx- n 1))))))) (call loop 1.0 3))", "3.375"},
      {"(begin (define-global! f (lambda f (clause (x) (prim cons x x)))) (call (global f) 1))", "(1 . 1)"},
      {"(begin (define-global! v 10) (set-global! v (prim + (global v) 1)) (global v))", "11"},
      {"(begin (define-global! g (prim vector 1 2)) (define-global! h (lambda h (clause () (prim vector-ref (global g) 1)))) (call (global h)))", "2"},
      {"(letrec ((walk (lambda walk (clause (t) (if (prim pair? t) (prim + (call walk (prim car t)) (call walk (prim cdr t))) 1))))) (call walk (quote ((1 . 2) . (3 . (4 . 5))))))", "5"},
  });
}

TEST_F(LowerTest, ClosuresInLoops) {
  check({
      {"(letrec ((loop (lambda loop (clause (i acc) (if (prim = i 3) acc (call loop (prim + i 1) (prim cons (lambda k (clause () i)) acc))))))) (letrec ((map (lambda map (clause (l) (if (prim null? l) (quote ()) (prim cons (call (prim car l)) (call map (prim cdr l)))))))) (call map (call loop 0 (quote ())))))", "(2 1 0)"},
      {"(letrec ((loop (lambda loop (clause (i acc) (if (prim = i 3) acc (let ((j i)) (begin (set! j (prim + j 10)) (call loop (prim + i 1) (prim cons (lambda k (clause () (begin (set! j (prim + j 1)) j))) acc)))))))) ) (let ((l (call loop 0 (quote ())))) (prim list (call (prim car l)) (call (prim car l)) (call (prim cadr l)))))", "(13 14 12)"},
      {"(let ((x 1.25)) (let ((y (prim fl* x 2.0))) (let ((f (lambda f (clause (z) (prim fl+ y z))))) (prim list (call f 1.0) f))))", "(3.5 #<procedure>)"},
      {"(letrec ((f (lambda f (clause (n k) (if (prim = n 0) (call k 0) (call f (prim - n 1) (lambda c (clause (x) (call k (prim + x n)))))))))) (call f 100 (lambda id (clause (x) x))))", "5050"},
  });
}

TEST_F(LowerTest, PrivateProcedures) {
  check({
      {"(begin (define-global! fib (lambda fib (clause (n) (if (prim < n 2.0) n (prim + (call (global fib) (prim - n 1.0)) (call (global fib) (prim - n 2.0))))))) (call (global fib) 10.0))", "55.0"},
      {"(begin (define-global! fib (lambda fib (clause (n) (if (prim < n 2) n (prim + (call (global fib) (prim - n 1)) (call (global fib) (prim - n 2))))))) (call (global fib) 10))", "55"},
      {"(begin (define-global! loop (lambda loop (clause (i x) (if (prim = i 0) x (call (global loop) (prim - i 1) (prim + x 0.5)))))) (call (global loop) 10 0.0))", "5.0"},
      {"(begin (define-global! h (lambda h (clause (x) (prim list x)))) (define-global! g (lambda g (clause (x) (if (prim < x 0.0) (call (global h) x) x)))) (prim list (call (global g) 1.5) (call (global g) -1.5)))", "(1.5 (-1.5))"},
      {"(begin (define-global! a (lambda a (clause (x n) (if (prim = n 0) x (call (global b) (prim fl+ x 1.0) (prim - n 1)))))) (define-global! b (lambda b (clause (x n) (if (prim = n 0) (prim fl- x) (call (global a) (prim fl* x 2.0) n))))) (prim list (call (global a) 1.0 3) (call (global b) 1.0 3)))", "(-11.0 -15.0)"},
      {"(begin (define-global! f (lambda f (clause (x) (prim fl* x 2.0)))) (define-global! k (global f)) (prim list (call (global f) 1.5) (call (global k) 2.5)))", "(3.0 5.0)"},
      {"(begin (define-global! count (lambda count (clause (n l) (if (prim null? l) n (call (global count) (prim + n 1) (prim cdr l)))))) (call (global count) 0 (quote (a b c))))", "3"},
      {"(begin (define-global! tak (lambda tak (clause (x y z) (if (prim not (prim < y x)) z (call (global tak) (call (global tak) (prim - x 1) y z) (call (global tak) (prim - y 1) z x) (call (global tak) (prim - z 1) x y)))))) (call (global tak) 12 8 4))", "5"},
      {"(begin (define-global! pi 3.25) (define-global! area (lambda area (clause (r) (prim * (global pi) (prim * r r))))) (call (global area) 2.0))", "13.0"},
      {"(begin (define-global! big (lambda big (clause (n x) (if (prim = n 0) x (call (global big) (prim - n 1) (prim * x 1e300)))))) (prim list (call (global big) 0 1e300) (call (global big) 1 1e-300)))", "(1.0000000000000001e+300 1.0)"},
  });
}

TEST_F(LowerTest, Generic) {
  check({
      {"(prim + 1 2)", "3"}, {"(prim + 1.5 2)", "3.5"}, {"(prim - 5 7)", "-2"}, {"(prim * -3 4)", "-12"}, {"(prim * 0.5 4)", "2.0"},
      {"(prim - 0.5 0.5)", "0.0"}, {"(prim = 1 1.0)", "#t"}, {"(prim < 1 2)", "#t"}, {"(prim < 2 1)", "#f"}, {"(prim >= 2.5 2)", "#t"},
      {"(prim <= 2.5 2.5)", "#t"}, {"(prim > 1 1)", "#f"},
      {"(prim - (prim + 1152921504606846975 1) 1)", "1152921504606846975"},
      {"(prim - (prim - -1152921504606846976 1) -1)", "-1152921504606846976"},
      {"(prim quotient (prim * 1152921504606846975 1152921504606846975) 1152921504606846975)", "1152921504606846975"},
      {"(prim quotient -7 2)", "-3"}, {"(prim remainder -7 2)", "-1"}, {"(prim modulo -7 2)", "1"}, {"(prim modulo 7 -2)", "-1"},
      {"(prim modulo -6 -4)", "-2"}, {"(prim modulo 6 -3)", "0"}, {"(prim div -7 2)", "-4"}, {"(prim mod -7 2)", "1"},
      {"(prim div -7 -2)", "4"}, {"(prim mod -7 -2)", "1"}, {"(prim div 7 -2)", "-3"}, {"(prim quotient 100 7)", "14"},
      {"(prim quotient -100 8)", "-12"}, {"(prim remainder -100 8)", "-4"}, {"(prim modulo -100 8)", "4"}, {"(prim div -100 8)", "-13"},
      {"(prim zero? 0)", "#t"}, {"(prim zero? 0.0)", "#t"}, {"(prim zero? 1)", "#f"}, {"(prim positive? 1.5)", "#t"},
      {"(prim negative? -1)", "#t"}, {"(prim negative? 1.5)", "#f"}, {"(prim even? 4)", "#t"}, {"(prim odd? 4)", "#f"}, {"(prim odd? -3)", "#t"},
      {"(prim / 1.0 4.0)", "0.25"}, {"(prim / 6 3)", "2"}, {"(prim / 4.0)", "0.25"}, {"(prim / 1 2.0)", "0.5"},
      {"(prim abs -5)", "5"}, {"(prim abs -2.5)", "2.5"}, {"(prim max 1 3)", "3"}, {"(prim min 1 3)", "1"}, {"(prim max 1.5 3.5)", "3.5"},
      {"(prim inexact 3)", "3.0"}, {"(prim inexact 2.5)", "2.5"}, {"(prim bitwise-and 12 10)", "8"}, {"(prim bitwise-ior 12 10)", "14"},
      {"(prim bitwise-xor 12 10)", "6"}, {"(prim bitwise-not 5)", "-6"}, {"(prim + 1e300 1e300)", "2.0000000000000001e+300"},
      {"(prim * 1e200 1e-300)", "1e-100"}, {"(prim real->flonum 7)", "7.0"},
      {"(prim eqv? 1.5 1.5)", "#t"}, {"(prim eqv? 1e300 1e300)", "#t"}, {"(prim eqv? 1 1.0)", "#f"}, {"(prim eq? 1 2)", "#f"},
  });
}

TEST_F(LowerTest, Fixnums) {
  check({
      {"(prim fx+ 1 2)", "3"}, {"(prim fx- 1 2)", "-1"}, {"(prim fx- 5)", "-5"}, {"(prim fx* -3 7)", "-21"}, {"(prim fxquotient -7 2)", "-3"},
      {"(prim fxremainder -7 2)", "-1"}, {"(prim fxmodulo -7 2)", "1"}, {"(prim fxdiv -7 -2)", "4"}, {"(prim fxmod -7 -2)", "1"},
      {"(prim fxdiv0 7 2)", "4"}, {"(prim fxmod0 7 2)", "-1"}, {"(prim fxdiv0 -7 2)", "-3"}, {"(prim fxmod0 -7 2)", "-1"},
      {"(prim fxdiv 123 10)", "12"}, {"(prim fxdiv -123 10)", "-13"}, {"(prim fxmod -123 10)", "7"}, {"(prim fxdiv -123 -10)", "13"},
      {"(prim fxdiv0 123 10)", "12"}, {"(prim fxmod0 127 10)", "-3"}, {"(prim fxand 12 10)", "8"}, {"(prim fxior 12 10)", "14"},
      {"(prim fxxor 12 10)", "6"}, {"(prim fxnot 0)", "-1"}, {"(prim fxmax 3 9)", "9"}, {"(prim fxmin 3 9)", "3"},
      {"(prim fxarithmetic-shift-left 3 4)", "48"}, {"(prim fxarithmetic-shift-right -9 1)", "-5"}, {"(prim fxarithmetic-shift 5 -1)", "2"},
      {"(prim fxarithmetic-shift 5 3)", "40"}, {"(prim fxbit-count 7)", "3"}, {"(prim fxbit-count -1)", "-1"}, {"(prim fxbit-count -8)", "-4"},
      {"(prim fxlength 8)", "4"}, {"(prim fxlength -8)", "3"}, {"(prim fxlength 0)", "0"}, {"(prim fxfirst-bit-set 8)", "3"},
      {"(prim fxfirst-bit-set 0)", "-1"}, {"(prim fxfirst-bit-set -1)", "0"}, {"(prim fx<? 1 2)", "#t"}, {"(prim fx>=? 1 2)", "#f"},
      {"(prim fxzero? 0)", "#t"}, {"(prim fxodd? 3)", "#t"}, {"(prim fxeven? 3)", "#f"}, {"(prim %fxsrl 16 2)", "4"},
      {"(prim fx<=? (prim least-fixnum) (prim greatest-fixnum))", "#t"},
  });
}

TEST_F(LowerTest, Flonums) {
  check({
      {"(prim fl+ 1.5 2.0)", "3.5"}, {"(prim fl- 1.5)", "-1.5"}, {"(prim fl- 1.5 2.0)", "-0.5"}, {"(prim fl* 1.5 2.0)", "3.0"}, {"(prim fl/ 3.0 2.0)", "1.5"},
      {"(prim fl/ 4.0)", "0.25"}, {"(prim flsqrt 16.0)", "4.0"}, {"(prim flabs -2.5)", "2.5"}, {"(prim flfloor -2.5)", "-3.0"},
      {"(prim flceiling 2.5)", "3.0"}, {"(prim fltruncate -2.5)", "-2.0"}, {"(prim flround 2.5)", "2.0"}, {"(prim flround 3.5)", "4.0"},
      {"(prim flmax 1.0 2.0)", "2.0"}, {"(prim flmin 1.0 2.0)", "1.0"}, {"(prim fl<? 1.0 2.0)", "#t"}, {"(prim fl=? 1.0 2.0)", "#f"},
      {"(prim flnan? (prim fl/ 0.0 0.0))", "#t"}, {"(prim flinfinite? (prim fl/ 1.0 0.0))", "#t"}, {"(prim flfinite? 1.0)", "#t"},
      {"(prim flinteger? 3.0)", "#t"}, {"(prim flinteger? 3.5)", "#f"}, {"(prim flinteger? (prim fl/ 1.0 0.0))", "#f"},
      {"(prim fixnum->flonum 3)", "3.0"}, {"(prim %flonum->fixnum -3.75)", "-3"}, {"(prim flexpt 2.0 10.0)", "1024.0"}, {"(prim flexp 0.0)", "1.0"},
      {"(prim fllog 1.0)", "0.0"}, {"(prim fllog 8.0 2.0)", "3.0"}, {"(prim flatan 0.0)", "0.0"}, {"(prim flatan 0.0 1.0)", "0.0"}, {"(prim flsin 0.0)", "0.0"},
      {"(prim %flonum-bits-high 1.0)", "1072693248"}, {"(prim %flonum-bits-low 1.0)", "0"}, {"(prim %bits->flonum 1072693248 0)", "1.0"},
      {"(prim fl+ 1e308 1e307)", "1.1e+308"}, {"(prim flonum? 1e300)", "#t"}, {"(prim flonum? 1)", "#f"}, {"(prim fixnum? 1.0)", "#f"},
  });
}

TEST_F(LowerTest, Objects) {
  check({
      {"(prim car (prim cons 1 2))", "1"}, {"(prim cdr (prim cons 1 2))", "2"}, {"(prim caddr (quote (1 2 3)))", "3"},
      {"(prim cddr (quote (1 2 3)))", "(3)"}, {"(prim list)", "()"}, {"(prim cons* 1 2 (quote (3)))", "(1 2 3)"}, {"(prim cons* 7)", "7"},
      {"(let ((p (prim list 1 2))) (begin (prim set-car! p 9) (prim set-cdr! p 8) p))", "(9 . 8)"},
      {"(prim vector 1 2 3)", "#(1 2 3)"}, {"(prim vector)", "#()"}, {"(prim vector-length (prim vector 1 2))", "2"},
      {"(prim vector-ref (prim vector 5 6 7) 2)", "7"},
      {"(let ((v (prim vector 1 2 3))) (begin (prim vector-set! v 1 (quote a)) v))", "#(1 a 3)"},
      {"(prim string-length \"hello\")", "5"}, {"(prim string-ref \"hello\" 1)", "#\\e"},
      {"(prim char->integer #\\A)", "65"}, {"(prim integer->char 955)", "#\\λ"}, {"(prim char<? #\\a #\\b)", "#t"}, {"(prim char=? #\\a #\\b)", "#f"},
      {"(prim %unbox (prim %box 3))", "3"}, {"(let ((b (prim %box 1))) (begin (prim %set-box! b 4) (prim %unbox b)))", "4"},
      {"(prim %symbol-name (quote abc))", "\"abc\""}, {"(prim symbol? (quote a))", "#t"}, {"(prim string? \"a\")", "#t"}, {"(prim string? 1)", "#f"},
      {"(prim vector? (prim vector))", "#t"}, {"(prim vector? \"a\")", "#f"}, {"(prim bytevector? \"a\")", "#f"}, {"(prim boolean? #t)", "#t"}, {"(prim boolean? 1)", "#f"},
      {"(prim null? (quote ()))", "#t"}, {"(prim pair? (quote ()))", "#f"}, {"(prim procedure? (lambda (clause () 1)))", "#t"}, {"(prim procedure? 1)", "#f"},
      {"(prim eof-object? (prim eof-object))", "#t"}, {"(prim char? #\\a)", "#t"}, {"(prim char? 1)", "#f"}, {"(prim eq? (quote a) (quote a))", "#t"},
      {"(prim not #f)", "#t"}, {"(prim not 1)", "#f"}, {"(prim %default? (prim %default))", "#t"}, {"(prim %immediate? 1)", "#t"},
      {"(prim %immediate? (quote (1)))", "#f"}, {"(prim %immediate? #t)", "#t"}, {"(prim %typed? \"a\")", "#t"},
      {"(prim eqv? \"a\" 2)", "#f"}, {"(prim %record? 1)", "#f"}, {"(prim %record? (prim vector))", "#f"},
      {"(prim values 1)", "1"},
      {"(prim %kind? (prim vector 1) 1)", "#t"}, {"(prim %kind? (quote (1)) 1)", "#f"},
  });
}

TEST_F(LowerTest, LoopsAllocateAndCollect) {
  const char* program =
      "(begin (define-global! make (lambda make (clause (n) (letrec ((loop (lambda loop (clause (i acc) (if (prim = i 0) acc (call loop (prim - i 1) "
      "(prim cons (prim fl+ 1e300 (prim fixnum->flonum i)) acc))))))) (call loop n (quote ()))))))"
      "(define-global! len (lambda len (clause (l) (letrec ((loop (lambda loop (clause (l n) (if (prim pair? l) (call loop (prim cdr l) (prim + n 1)) n))))) (call loop l 0)))))"
      "(letrec ((again (lambda again (clause (k s) (if (prim = k 0) s (call again (prim - k 1) (prim + s (call (global len) (call (global make) 10000))))))))) (call again 100 0)))";
  EXPECT_EQ(run(program, 0), "1000000");
  EXPECT_EQ(run(program, 2, 3), "1000000");
}

TEST_F(LowerTest, NamedLoopsMakeNoClosures) {
  Lowered lowered("(lambda f (clause (n) (letrec ((loop (lambda loop (clause (i x) (if (prim fx=? i n) x (call loop (prim fx+ i 1) (prim fl+ x 1.5))))))) (call loop 0 0.0))))");
  const Unit& low = lowered.low;
  ASSERT_EQ(low.lambdas.size(), 2u);
  const Function& f = low.lambdas[1].clauses[0].function;
  int headers = 0, floats = 0, calls = 0;
  for (const Block& b : f.blocks) {
    headers += b.loop_header;
    if (b.loop_header)
      for (ValueId v : b.params) floats += f.values[v] == Rep::F64;
    for (const Inst& i : b.insts) calls += !b.cold && (i.op == Op::CallClosure || i.op == Op::CallDirect);
  }
  EXPECT_EQ(headers, 1) << print(low);
  EXPECT_EQ(floats, 1) << print(low);
  EXPECT_EQ(calls, 0) << print(low);
}

/// Index checks left of (do ((i START (fx+ i 1))) ((not (fx<? i END)) v) (SET! v i X)) with v = (MAKE n).
int checks_of_filling(const std::string& make, const std::string& set, const std::string& x, const std::string& start, const std::string& end) {
  Lowered lowered("(lambda f (clause (n s) (let ((v (prim " + make + " n))) (letrec ((loop (lambda loop (clause (i) (if (prim fx<? i " + end + ") "
                  "(begin (prim " + set + " v i " + x + ") (call loop (prim fx+ i 1))) v))))) (call loop " + start + ")))))");
  int checks = 0;
  for (const Block& b : lowered.low.lambdas[1].clauses[0].function.blocks) checks += b.term.kind == TermKind::Branch && b.term.cond == Cond::Below;
  return checks;
}

TEST_F(LowerTest, LengthsOfNewSequencesAreKnown) {
  EXPECT_EQ(checks_of_filling("make-vector", "vector-set!", "i", "0", "n"), 0);
  EXPECT_EQ(checks_of_filling("make-bytevector", "bytevector-u8-set!", "1", "0", "n"), 0);
  EXPECT_EQ(checks_of_filling("make-vector", "vector-set!", "i", "2", "n"), 0);
  // Not too much is claimed.
  EXPECT_GT(checks_of_filling("make-vector", "vector-set!", "i", "0", "(prim fx+ n 1)"), 0);
  EXPECT_GT(checks_of_filling("make-vector", "vector-set!", "i", "-1", "n"), 0);
  EXPECT_GT(checks_of_filling("make-vector", "vector-set!", "i", "0", "s"), 0);
}

struct Checks {
  int unbound = 0, indices = 0;
  friend bool operator==(const Checks&, const Checks&) = default;
};

/// What the procedures that are left of a unit check.
Checks checks_of_globals(const std::string& forms, bool is_program = true) {
  Lowered lowered("(begin " + forms + ")", is_program);
  const Unit& low = lowered.low;
  Checks found;
  for (size_t l = 1; l < low.lambdas.size(); ++l)
    for (const Block& b : low.lambdas[l].clauses[0].function.blocks) {
      found.indices += b.term.kind == TermKind::Branch && b.term.cond == Cond::Below;
      for (const Inst& i : b.insts) found.unbound += i.op == Op::CallStub && i.imm == kStubUnbound;
    }
  return found;
}

TEST_F(LowerTest, GlobalsDefinedBeforeAnythingCanCallAreBound) {
  const std::string v = "(define-global! v (prim make-vector 4 0))",
                    ref = "(define-global! f (lambda f (clause (i) (prim vector-ref (global v) (prim fxand i 3)))))",
                    too_far = "(define-global! f (lambda f (clause (i) (prim vector-ref (global v) (prim fxand i 7)))))", keep = "(prim list (global f))",
                    call = "(call (global other))";
  EXPECT_EQ(checks_of_globals(v + ref + keep), (Checks{0, 0}));
  EXPECT_EQ(checks_of_globals(v + too_far + keep), (Checks{0, 1}));
  EXPECT_EQ(checks_of_globals(ref + v + keep), (Checks{0, 0}));
  // A call that may come to f; what may raise, where the rest of a body may be left out; no constant length; another vector later.
  EXPECT_EQ(checks_of_globals(call + v + ref + keep).unbound, 1);
  EXPECT_EQ(checks_of_globals(ref + keep + call + v).unbound, 1);
  EXPECT_EQ(checks_of_globals(v + ref + keep, false).unbound, 1);
  EXPECT_EQ(checks_of_globals("(define-global! w (prim vector 1)) (prim vector-set! (global w) 0 (global f))" + v + ref + keep).unbound, 1);
  EXPECT_EQ(checks_of_globals("(define-global! w (prim vector 1)) (prim vector-set! (global w) 0 (prim list (global w)))" + v + ref + keep).unbound, 0);
  EXPECT_EQ(checks_of_globals("(define-global! v (prim make-vector (global n) 0))" + ref + keep), (Checks{0, 1}));
  EXPECT_EQ(checks_of_globals(v + ref + "(set-global! v (prim vector 1))" + keep).indices, 1);
}

}  // namespace
}  // namespace loko::low
