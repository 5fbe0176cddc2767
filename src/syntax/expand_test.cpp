// SPDX-License-Identifier: MIT
//
// Expansion to printed core: hygiene, patterns, bodies, macro-defining macros, libraries, messages. There is no
// code generator here: transformers are syntax-rules, which the expander runs itself. Procedural ones are tested
// through whole programs in tests/.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "runtime/memory/runtime_fixture.h"
#include "syntax/bindings.h"
#include "syntax/expansion.h"
#include "text/datum.h"

namespace loko::syntax {
namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override { need_runtime(); }
};
[[maybe_unused]] const auto* const kRuntime = testing::AddGlobalTestEnvironment(new Runtime);

Value read(const std::string& text) {
  SourceManager sources;
  Arena arena;
  Diagnostics diagnostics(sources);
  text::Reader reader(sources, sources.add("t", text), arena, diagnostics);
  return text::to_heap(reader.read());
}

/// A compiler and an environment with the core libraries.
struct Session {
  Compiler compiler;
  HandleArena handles;
  Handle environment;
  std::string directory;
  std::vector<std::string> units;  // names of the units that were compiled

  Session() {
    compiler.compile = [this](core::Unit& unit, Diagnostics&, bool) {
      if (unit.name != "(loko core primitives)") units.push_back(unit.name);
      return True;  // nobody calls it
    };
    char name[] = "/tmp/loko-syntax-XXXXXX";
    directory = mkdtemp(name);
    compiler.directories = {directory};
    Task task(compiler, Task::What::Environment, read("((loko core syntax) (loko core primitives))"), False);
    Step step = task.start();
    EXPECT_EQ(step.kind, Step::Kind::Done);
    environment = handles.make(step.result);
    add_library_flag(*environment, kEnvironmentMutable);
  }
  ~Session() { [[maybe_unused]] int ignored = system(("rm -r " + directory).c_str()); }

  static std::string result(Task& task) {
    Step step = run_task(task, [](Value, Value) { return False; });
    if (step.kind == Step::Kind::Failed) return "error: " + task.failure().message;
    return write_datum(step.result, 10000);
  }
  std::string expand(const std::string& text) {
    Task task(compiler, Task::What::Expand, read(text), *environment);
    return result(task);
  }
  std::string program(const std::string& text, text::Dialect dialect = text::Dialect::Loko) {
    Task task(compiler, Task::What::Program, compiler.sources.add("p.sps", text), dialect, False);
    return result(task);
  }
  std::string program_errors(const std::string& text) {
    Task task(compiler, Task::What::Program, compiler.sources.add("p.sps", text), text::Dialect::Loko, False);
    result(task);
    return task.failure().rendered;
  }
  void file(const std::string& path, const std::string& text) {
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1))
      mkdir((directory + "/" + path.substr(0, at)).c_str(), 0777);
    std::ofstream(directory + "/" + path) << text;
  }
};

std::string expand(const std::string& text) {
  Session s;
  return s.expand(text);
}

TEST(Expand, CoreForms) {
  EXPECT_EQ(expand("(lambda (x . y) (if x y))"), "(lambda (x . y) (if x y (void)))");
  EXPECT_EQ(expand("(let ((x 1) (y 2)) (cons x y))"), "(let ((x 1) (y 2)) (cons x y))");
  EXPECT_EQ(expand("(let loop ((i 0)) (loop i))"), "(letrec* ((loop (lambda (i) (loop i)))) (loop 0))");
  EXPECT_EQ(expand("(let* ((x 1) (x (cons x x))) x)"), "(let ((x 1)) (let ((x.1 (cons x x))) x.1))");
  EXPECT_EQ(expand("(and 1 2 3)"), "(if 1 (if 2 3 #f) #f)");
  EXPECT_EQ(expand("(or 1 2)"), "(let ((t 1)) (if t t 2))");
  EXPECT_EQ(expand("(cond (1 => car) (2) (3 4) (else 5))"),
            "(let ((t 1)) (if t (car t) (let ((t.1 2)) (if t.1 t.1 (if 3 4 5)))))");
  EXPECT_EQ(expand("(case 1 ((a 2) 3) ((1.5) => car) (else => cdr))"),
            "(let ((key 1)) (if (if (eq? key 'a) #t (eq? key 2)) 3 (if (eqv? key 1.5) (car key) (cdr key))))");
  EXPECT_EQ(expand("(do ((i 0 (fx+ i 1)) (j 5)) ((fx=? i j) i) (car j))"),
            "(letrec* ((do (lambda (i j) (if (fx=? i j) i (begin (car j) (do (fx+ i 1) j)))))) (do 0 5))");
  EXPECT_EQ(expand("(+ 1 2 3)"), "(+ (+ 1 2) 3)");
  EXPECT_EQ(expand("(car)"), "(car)");
  EXPECT_EQ(expand("(case-lambda ((x) x) (r r))"), "(case-lambda ((x) x) (r r))");
  EXPECT_EQ(expand("(let-values (((a b) (values 1 2)) ((c) 3)) a)"),
            "(call-with-values (lambda () (values 1 2)) (lambda (a b) (let ((c 3)) a)))");
}

TEST(Expand, Quasiquote) {
  EXPECT_EQ(expand("`(1 ,(car 2) 3)"), "(cons 1 (cons (car 2) '(3)))");
  EXPECT_EQ(expand("`(1 ,@(car 2) 3)"), "(cons 1 (append (car 2) '(3)))");
  EXPECT_EQ(expand("`(1 ,@(car 2))"), "(cons 1 (car 2))");
  EXPECT_EQ(expand("`(1 . ,(car 2))"), "(cons 1 (car 2))");
  EXPECT_EQ(expand("`(1 `(2 ,(3 ,(car 4))))"),
            "(cons 1 (cons (cons 'quasiquote (cons (cons 2 (cons (cons 'unquote (cons (cons 3 (cons (car 4) '())) '())) '())) '())) '()))");
  EXPECT_EQ(expand("`#(1 ,(car 2))"), "(list->vector (cons 1 (cons (car 2) '())))");
  EXPECT_EQ(expand("`(1 (unquote 2 (car 3)))"), "(cons 1 (cons 2 (cons (car 3) '())))");
  EXPECT_EQ(expand("`(a #(b) c)"), "'(a #(b) c)");
}

TEST(Expand, Bodies) {
  EXPECT_EQ(expand("(let () (define (f x) (g x)) (define (g y) y) (f 1))"),
            "(letrec* ((f (lambda (x) (g x))) (g (lambda (y) y))) (f 1))");
  EXPECT_EQ(expand("(let () (define-syntax m (syntax-rules () ((_ n) (define n 5)))) (m z) z)"), "(letrec* ((z 5)) z)");
  EXPECT_EQ(expand("(let () (define-values (a . b) (values 1 2)) (cons a b))"),
            "(letrec* ((values (call-with-values (lambda () (values 1 2)) (lambda (a . b) (cons a b)))) "
            "(a.1 (car values)) (b.1 (cdr values))) (cons a.1 b.1))");
  EXPECT_EQ(expand("(let ((x 1)) (define x 2) x)"), "(let ((x 1)) (letrec* ((x.1 2)) x.1))");
  EXPECT_EQ(expand("(let () (let-syntax ((m (syntax-rules () ((_ n) (define n 1))))) (m a)) a)"), "(letrec* ((a 1)) a)");
  EXPECT_EQ(expand("(let () (module (a) (define b 1) (define a b)) (define b 2) (cons a b))"),
            "(letrec* ((b 1) (a b) (b.1 2)) (cons a b.1))");
  EXPECT_EQ(expand("(let () (define x 1))"), "error: a body must end with an expression");
  EXPECT_EQ(expand("(let () (define x 1) (define x 2) x)"), "error: duplicate definition of `x`");
}

TEST(Expand, Hygiene) {
  Session s;
  s.expand("(define-syntax swap! (syntax-rules () ((_ a b) (let ((t a)) (set! a b) (set! b t)))))");
  EXPECT_EQ(s.expand("(let ((t 1) (u 2)) (swap! t u) t)"),
            "(let ((t 1) (u 2)) (begin (let ((t.1 t)) (begin (set! t u) (set! u t.1))) t))");
  s.expand("(define-syntax my-or (syntax-rules () ((_) #f) ((_ e) e) ((_ e r ...) (let ((t e)) (if t t (my-or r ...))))))");
  EXPECT_EQ(s.expand("(let ((t 5) (if car)) (my-or #f t))"),
            "(let ((t 5) (if car)) (let ((t.1 #f)) (if t.1 t.1 t)))");
  // A keyword that is shadowed is a variable.
  EXPECT_EQ(s.expand("(let ((if cons)) (if 1 2))"), "(let ((if cons)) (if 1 2))");
  EXPECT_EQ(s.expand("(lambda (else) (cond (else 1)))"), "(lambda (else) (if else 1 (void)))");
  // Introduced definitions do not capture.
  EXPECT_EQ(s.expand("(let () (define-syntax m (syntax-rules () ((_ n e) (begin (define t 1) (define n (cons t e)))))) "
                     "(define t 2) (m x t) x)"),
            "(letrec* ((t 2) (t.1 1) (x (cons t.1 t))) x)");
  // The use-site scope problem of naive scope sets.
  EXPECT_EQ(s.expand("(let () (define-syntax identity (syntax-rules () ((_ misc) (lambda (x) (let ((misc 'other)) x))))) (identity x))"),
            "(lambda (x) (let ((x.1 'other)) x))");
  // A macro that defines a macro that uses its argument.
  s.expand("(define-syntax def (syntax-rules () ((_ name v) (define-syntax name (syntax-rules () ((_ x) (let ((y v)) (cons x y))))))))");
  EXPECT_EQ(s.expand("(let ((y 1)) (def k y) (k y))"), "(let ((y 1)) (let ((y.1 y)) (cons y y.1)))");
  EXPECT_EQ(s.expand("(let ((x 'outer)) (let-syntax ((m (syntax-rules () ((m) x)))) (let ((x 'inner)) (m))))"),
            "(let ((x 'outer)) (let ((x.1 'inner)) x))");
  EXPECT_EQ(s.expand("(let ((x 1)) (letrec-syntax ((a (syntax-rules () ((_) (b)))) (b (syntax-rules () ((_) x)))) (a)))"),
            "(let ((x 1)) x)");
}

TEST(Expand, Patterns) {
  Session s;
  s.expand("(define-syntax my-let* (syntax-rules () ((_ () b ...) (let () b ...)) "
           "((_ ((n v) rest ...) b ...) (let ((n v)) (my-let* (rest ...) b ...)))))");
  EXPECT_EQ(s.expand("(my-let* ((a 1) (b a)) b)"), "(let ((a 1)) (let ((b a)) b))");
  s.expand("(define-syntax flat (syntax-rules () ((_ ((a b ...) ...) ...) '(a ... ... (b ... ... ...)))))");
  EXPECT_EQ(s.expand("(flat ((1 2 3) (4)) () ((5 6)))"), "'(1 4 5 (2 3 6))");
  s.expand("(define-syntax tail (syntax-rules () ((_ a ... b c) '(c b (a ...))) ((_ . x) 'short)))");
  EXPECT_EQ(s.expand("(tail 1 2 3 4)"), "'(4 3 (1 2))");
  EXPECT_EQ(s.expand("(tail 1)"), "'short");
  s.expand("(define-syntax dotted (syntax-rules () ((_ a ... . r) '((a ...) r))))");
  EXPECT_EQ(s.expand("(dotted 1 2 . 3)"), "'((1 2) 3)");
  s.expand("(define-syntax vec (syntax-rules () ((_ #(a b ...) ...) '#((b ... a) ...))))");
  EXPECT_EQ(s.expand("(vec #(1 2 3) #(4))"), "'#((2 3 1) (4))");
  s.expand("(define-syntax be-like-begin (syntax-rules () ((_ name) (define-syntax name (syntax-rules () ((_ e (... ...)) (begin e (... ...))))))))");
  EXPECT_EQ(s.expand("(let () (be-like-begin seq) (seq 1 2 3))"), "(begin 1 2 3)");
  s.expand("(define-syntax my-ell (syntax-rules ::: () ((_ (a b :::) :::) '((a b ::: ...) :::))))");
  EXPECT_EQ(s.expand("(my-ell (1 2 3) (4))"), "'((1 2 3 ...) (4 ...))");
  s.expand("(define-syntax lit (syntax-rules (=>) ((_ a => b) 'arrow) ((_ a b c) 'plain)))");
  EXPECT_EQ(s.expand("(lit 1 => 2)"), "'arrow");
  EXPECT_EQ(s.expand("(let ((=> 1)) (lit 1 => 2))"), "(let ((=> 1)) 'plain)");
  s.expand("(define-syntax under (syntax-rules () ((_ _ x) 'x)))");
  EXPECT_EQ(s.expand("(under 1 2)"), "2");
  EXPECT_EQ(s.expand("(let ((p 1)) (let-syntax ((x (identifier-syntax (id (car p)) ((set! id v) (set-car! p v))))) (set! x (cons x (x 2)))))"),
            "(let ((p 1)) (set-car! p (cons (car p) ((car p) 2))))");
  EXPECT_EQ(s.expand("(lit 1)"), "error: no rule of the macro `lit` matches (lit 1)");
}

TEST(Expand, SyntaxCaseCore) {
  EXPECT_EQ(expand("(lambda (x) (syntax-case x () ((_ a b ...) (identifier? #'a) #'(b ... a))))"),
            "(lambda (x) (let ((subject x)) (let ((fail (lambda () (%syntax-no-match subject)))) "
            "(let ((match (%syntax-dispatch subject '(#f #t . #(2 #t 0 () 1))))) "
            "(if match (let ((a (vector-ref match 0)) (b (vector-ref match 1))) "
            "(if (identifier? a) (%syntax-template '#(2 0 #(0) (1)) (list b a) (list)) (fail))) (fail))))))");
  EXPECT_EQ(expand("#'(a b)"), "'(a b)");
  EXPECT_EQ(expand("#`(a #,(car 1) #,@(cdr 2) b)"), "(%syntax-template '(a 10000 . #(4 10001 #(0 (b)))) (list) (list (car 1) (cdr 2)))");
  EXPECT_EQ(expand("(lambda (x) (with-syntax (((a ...) x)) #'(a ...)))"),
            "(lambda (x) (let ((subject (list x))) (let ((match (%syntax-dispatch subject '(#(2 #t 0 () 1))))) "
            "(if match (let ((a (vector-ref match 0))) (%syntax-template '#(2 0 #(0) ()) (list a) (list))) "
            "(%syntax-no-match subject)))))");
  EXPECT_EQ(expand("(lambda (x) (syntax-case x () ((a ...) #'a)))"), "error: the pattern variable `a` needs 1 ellipsis in the template");
  EXPECT_EQ(expand("(lambda (x) (syntax-case x () (a #'(a ...))))"), "error: too many ellipses in template (syntax (a ...))");
}

TEST(Programs, Errors) {
  Session s;
  EXPECT_EQ(s.program_errors("(import (loko core syntax) (loko core primitives))\n(define (f x)\n  (cdrr x))\n"),
            "p.sps:3:4: error: unbound identifier `cdrr` (did you mean `cddr`?)\n    (cdrr x))\n     ^~~~\n");
  EXPECT_EQ(s.program("(import (loko core syntax)) (set! car 1)"), "error: unbound identifier `car`");
  EXPECT_EQ(s.program("(import (loko core syntax) (loko core primitives)) (set! car 1)"),
            "error: the variable `car` is imported and cannot be assigned");
  EXPECT_EQ(s.program("(define x 1)"), "error: a program must begin with an import form, such as (import (rnrs))");
  EXPECT_EQ(s.program("(import (loko core syntax)) (if)"), "error: invalid syntax in if: too few parts: (if)");
  EXPECT_EQ(s.program("(import (loko core syntax)) (define x 1) (define x 2)"), "error: duplicate definition of `x`");
  EXPECT_EQ(s.program("(import (loko core sintax))"), "error: the library (loko core sintax) was not found (did you mean (loko core syntax)?)");
  EXPECT_EQ(s.program("(import (only (loko core primitives) kar))"),
            "error: (loko core primitives) does not export `kar` (did you mean `car`?)");
  // Several errors are reported at once.
  std::string all = s.program_errors("(import (loko core syntax))\n(define a (b))\n(define c (d))\n");
  EXPECT_NE(all.find("`b`"), std::string::npos);
  EXPECT_NE(all.find("`d`"), std::string::npos);
  std::string deep(200000, '(');
  EXPECT_EQ(s.program("(import (loko core syntax))" + deep + std::string(200000, ')')), "error: the program is nested too deeply");
}

TEST(Libraries, ImportsAndExports) {
  Session s;
  s.file("lib/a.sls",
         "(library (lib a (1 2)) (export f (rename (g gee)) m) (import (loko core syntax) (loko core primitives))"
         " (define (f x) (cons x x)) (define (g x) (helper x)) (define (helper x) (car x))"
         " (define-syntax m (syntax-rules () ((_ x) (helper x)))))");
  s.file("lib/%3a1/b.sls", "(library (lib :1 b) (export f) (import (rename (lib a) (gee f) (f g)) (loko core syntax)) (define z (m f)))");
  EXPECT_EQ(s.program("(import (prefix (lib :1 b) b:) (only (lib a (1)) f) (loko core syntax)) (b:f f)"), "#t");
  EXPECT_EQ(s.units, (std::vector<std::string>{"(lib a)", "(lib :1 b)", "p.sps"}));
  EXPECT_EQ(s.program("(import (lib a (2)))"), "error: the library (lib a) has version (1 2), which does not match (2)");
  EXPECT_EQ(s.program("(import (lib a) (rename (lib a) (f gee)))"), "error: rename makes two different bindings of `gee`");
  EXPECT_EQ(s.program("(import (lib a) (rename (only (lib a) f) (f gee)))"),
            "error: `gee` is imported with two meanings, from (lib a) and from (lib a)");
  EXPECT_EQ(s.program("(import (lib a) (loko core syntax)) (define f 1)"), "error: `f` is imported from (lib a) and cannot be defined here");
  EXPECT_EQ(s.program("(import (lib a) (loko core syntax)) (set! f 1)"), "error: the variable `f` is imported and cannot be assigned");
  s.file("lib/c1.sls", "(library (lib c1) (export) (import (lib c2)))");
  s.file("lib/c2.sls", "(library (lib c2) (export) (import (lib c1)))");
  EXPECT_EQ(s.program("(import (lib c1))"),
            "error: libraries import each other in a circle: (lib c1) imports (lib c2) imports (lib c1)");
  s.file("lib/d.sls", "(library (lib d) (export x y) (import (loko core syntax)) (define x 1) (set! x 2))");
  EXPECT_EQ(s.program("(import (lib d))"), "error: the library exports `y` but does not define or import it");
  s.file("lib/e.sls", "(library (lib e) (export x) (import (loko core syntax)) (define x 1) (set! x 2))");
  EXPECT_EQ(s.program("(import (lib e))"), "error: the exported variable `x` must not be assigned");
  s.file("lib/r7.sld", "(define-library (lib r7) (export x (rename y z)) (import (loko core syntax))"
                       " (cond-expand ((and r7rs (not nothing)) (begin (define x 1))) (else (begin (define w 2))))"
                       " (begin (define y 2)))");
  EXPECT_EQ(s.program("(import (lib r7) (loko core syntax)) (if x z)"), "#t");
  EXPECT_EQ(s.program("(import (loko core syntax)) (cond-expand ((library (lib r7)) 1) (else (foo)))"), "#t");
}

TEST(Libraries, CompileModeListsBodies) {
  Session s;
  s.compiler.mode = Compiler::Mode::Compile;
  s.file("l/a.sls", "(library (l a) (export x) (import (loko core syntax)) (define x 1))");
  s.file("l/b.sls", "(library (l b) (export y) (import (loko core syntax) (l a)) (define y x))");
  Task task(s.compiler, Task::What::Program, s.compiler.sources.add("p.sps", "(import (l b) (loko core syntax)) (if y 1)"), text::Dialect::Loko, False);
  Step step = run_task(task, [](Value, Value) { return False; });
  std::vector<std::string> names;
  for (Value l = car(step.result); is_pair(l); l = cdr(l)) {
    Value library = car(car(l));
    names.push_back(library == False ? "program" : write_datum(vector_at(library, kLibraryName)));
    EXPECT_EQ(cdr(car(l)), True);
    if (library != False) EXPECT_EQ(library_state(library), LibraryState::Ready);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"(l a)", "(l b)", "program"}));
  EXPECT_EQ(s.units, (std::vector<std::string>{"(l a)", "(l b)", "p.sps"}));
}

TEST(Tasks, AbandonedInTheMiddle) {
  Session s;
  Task task(s.compiler, Task::What::Eval, read("(let-syntax ((m (lambda (x) x))) (m 1))"), *s.environment);
  Step step = task.start();
  EXPECT_EQ(step.kind, Step::Kind::Call);
  task.abandon();
  EXPECT_TRUE(task.finished());
}

}  // namespace
}  // namespace loko::syntax
