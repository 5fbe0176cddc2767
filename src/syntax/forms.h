// SPDX-License-Identifier: MIT
//
// The core forms: X(enumerator, name, handler). Forms with handler form_definition are treated by bodies
// (body.cpp) and are errors where an expression is needed; form_auxiliary are keywords that only have
// meaning inside other forms.
#pragma once

#define LOKO_CORE_FORMS(X)                                      \
  X(Quote, "quote", form_quote)                                 \
  X(Quasiquote, "quasiquote", form_quasiquote)                  \
  X(Lambda, "lambda", form_lambda)                              \
  X(CaseLambda, "case-lambda", form_case_lambda)                \
  X(NamedLambda, "named-lambda", form_named_lambda)             \
  X(Let, "let", form_let)                                       \
  X(LetStar, "let*", form_let_star)                             \
  X(Letrec, "letrec", form_letrec)                              \
  X(LetrecStar, "letrec*", form_letrec)                         \
  X(LetValues, "let-values", form_let_values)                   \
  X(LetStarValues, "let*-values", form_let_star_values)         \
  X(Receive, "receive", form_receive)                           \
  X(If, "if", form_if)                                          \
  X(Cond, "cond", form_cond)                                    \
  X(Case, "case", form_case)                                    \
  X(And, "and", form_and)                                       \
  X(Or, "or", form_or)                                          \
  X(When, "when", form_when)                                    \
  X(Unless, "unless", form_when)                                \
  X(Do, "do", form_do)                                          \
  X(Set, "set!", form_set)                                      \
  X(Assert, "assert", form_assert)                              \
  X(Syntax, "syntax", form_syntax)                              \
  X(Quasisyntax, "quasisyntax", form_syntax)                    \
  X(SyntaxCase, "syntax-case", form_syntax_case)                \
  X(WithSyntax, "with-syntax", form_with_syntax)                \
  X(SyntaxRules, "syntax-rules", form_native_transformer)       \
  X(IdentifierSyntax, "identifier-syntax", form_native_transformer) \
  X(Begin, "begin", form_begin)                                 \
  X(LetSyntax, "let-syntax", form_let_syntax)                   \
  X(LetrecSyntax, "letrec-syntax", form_let_syntax)             \
  X(Include, "include", form_include)                           \
  X(IncludeCi, "include-ci", form_include)                      \
  X(CondExpand, "cond-expand", form_cond_expand)                \
  X(SyntaxError, "syntax-error", form_syntax_error)             \
  X(PrimitiveReference, "%primitive-reference", form_primitive_reference) \
  X(LiftedLambda, "%lifted-lambda", form_lifted_lambda)         \
  X(ClosedExpression, "%closed-expression", form_closed_expression) \
  X(LibraryExport, "%library-export", form_library_export)      \
  X(Define, "define", form_definition)                          \
  X(DefineSyntax, "define-syntax", form_definition)             \
  X(DefineValues, "define-values", form_definition)             \
  X(DefinePrimitive, "define-primitive-procedure", form_definition) \
  X(Module, "module", form_definition)                          \
  X(Import, "import", form_definition)                          \
  X(Library, "library", form_definition)                        \
  X(DefineLibrary, "define-library", form_definition)           \
  X(Export, "export", form_definition)                          \
  X(Alias, "define-alias", form_definition)                     \
  X(Else, "else", form_auxiliary)                               \
  X(Arrow, "=>", form_auxiliary)                                \
  X(Underscore, "_", form_auxiliary)                            \
  X(Ellipsis, "...", form_auxiliary)                            \
  X(Unquote, "unquote", form_auxiliary)                         \
  X(UnquoteSplicing, "unquote-splicing", form_auxiliary)        \
  X(Unsyntax, "unsyntax", form_auxiliary)                       \
  X(UnsyntaxSplicing, "unsyntax-splicing", form_auxiliary)

namespace loko::syntax {

enum class Form : int {
#define X(enumerator, name, handler) enumerator,
  LOKO_CORE_FORMS(X)
#undef X
  Count
};

/// The name of a form, as users write it.
const char* form_name(Form form);

}  // namespace loko::syntax
