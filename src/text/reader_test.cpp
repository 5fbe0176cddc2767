// SPDX-License-Identifier: MIT
//
// The reader on the lexemes of both reports, on errors (rendered diagnostics are the expectation), on
// incomplete text, labels, and deep nesting.
#include "runtime/memory/runtime_fixture.h"
#include "text/reader.h"

#include <gtest/gtest.h>

namespace loko::text {
namespace {

class Runtime : public testing::Environment {
 public:
  void SetUp() override { need_runtime(); }
};
[[maybe_unused]] const auto* const kRuntime = testing::AddGlobalTestEnvironment(new Runtime);

struct Session {
  SourceManager sources;
  Arena arena;
  Diagnostics diagnostics{sources};
  std::unique_ptr<Reader> reader;
  explicit Session(std::string text, Dialect dialect = Dialect::Loko) {
    reader = std::make_unique<Reader>(sources, sources.add("t", std::move(text)), arena, diagnostics, dialect);
  }
};

/// All data of a text, written; then the rendered errors.
std::string read_all(std::string text) {
  Session s(std::move(text));
  std::string out;
  while (Datum* d = s.reader->read()) out += (out.empty() ? "" : " ") + to_string(d);
  return out + s.diagnostics.render_all(false);
}

/// The messages only.
std::string errors(std::string text) {
  Session s(std::move(text));
  while (s.reader->read() != nullptr) {}
  std::string out;
  for (const Diagnostic& d : s.diagnostics.all()) out += (out.empty() ? "" : "; ") + d.message;
  return out;
}

TEST(Reader, Lists) {
  EXPECT_EQ(read_all("() (a) (a b) (a . b) (a b . c) (a . (b c)) [a (b) [c]]"), "() (a) (a b) (a . b) (a b . c) (a b c) (a (b) (c))");
  EXPECT_EQ(read_all("#(a #(b) \"c\") #() #vu8(0 255 #xff) #u8(1 2) #vu8()"), "#(a #(b) \"c\") #() #vu8(0 255 255) #vu8(1 2) #vu8()");
  EXPECT_EQ(read_all("'a `a ,a ,@a #'a #`a #,a #,@a"), "(quote a) (quasiquote a) (unquote a) (unquote-splicing a) (syntax a) (quasisyntax a) (unsyntax a) (unsyntax-splicing a)");
  EXPECT_EQ(read_all("''a"), "(quote (quote a))");
  EXPECT_EQ(read_all("(a . 'b)"), "(a quote b)");
  EXPECT_EQ(read_all("(,a,b)"), "((unquote a) (unquote b))");
}

TEST(Reader, Atmosphere) {
  EXPECT_EQ(read_all("a ; x\n b #| c #| d |# e |# f #;(g h) i #; j"), "a b f i");
  EXPECT_EQ(read_all("(a #;b #;(c) d #;e) (a . #;b c) (a #; #;b c d)"), "(a d) (a . c) (a d)");
  EXPECT_EQ(read_all("#!/usr/bin/env scheme-script\n#!r6rs a #!r7rs b #!eof"), "a b #!eof");
  EXPECT_EQ(read_all("a\xc2\xa0" "b\xe2\x80\xa9" "c\xe3\x80\x80" "d\xc2\x85" "e"), "a b c d e");
  EXPECT_EQ(read_all("; x\xe2\x80\xa8" "a ; y\r\nb ; z\rc"), "a b c");
  EXPECT_EQ(read_all("\xef\xbb\xbf" "a"), "a");
  EXPECT_EQ(read_all(""), "");
  EXPECT_EQ(read_all("  #;a  "), "");
}

TEST(Reader, Identifiers) {
  const char* same = "lambda q soup list->vector + V17a <= a34kTMNs ->- the-word-recursion-has-many-meanings ! $ % & * / : < = > ? ^ _ ~ "
                     "- ... -> ->a +a -a +- .. .a +.a @a a@b a.b a+b λ ∀x ß";
  EXPECT_EQ(read_all(same), same);
  EXPECT_EQ(read_all("H\\x65;llo \\x3BB; \\x41;"), "Hello λ A");
  EXPECT_EQ(read_all("|foo| |a\\x62;c| |two\\x20;words| || |a\\|b| |1| |.| |a\\tb|"), "foo abc two\\x20;words || a\\x7c;b \\x31; \\x2e; a\\x9;b");
  EXPECT_EQ(read_all("#!fold-case FOO |BAR| Straße Σ #!no-fold-case FOO"), "foo BAR strasse σ FOO");
  EXPECT_EQ(read_all("a#t a\"b\"c a(b)c a;b"), "a #t a \"b\" c a (b) c a");
}

TEST(Reader, Booleans) { EXPECT_EQ(read_all("#t #f #T #F #true #false"), "#t #f #t #f #t #f"); }

TEST(Reader, Numbers) {
  const char* same = "0 -1 +5 12345678901234567890 1/2 -3/4 1.5 .5 1. 1e10 -1.5e-3 1e3 #xFF #b-101 #o17 #d10 #e1.5 #i1/2 #x#e10 #e#x10 +i -i 1+2i 1@2 "
                     "+inf.0 -inf.0 +nan.0 +inf.0i 1.5-nan.0i #xabc/def";
  EXPECT_EQ(read_all(same), same);
  Session s("#xFF 1/2 -7");
  EXPECT_EQ(to_heap(s.reader->read()), fixnum(255));
  EXPECT_TRUE(is_kind(to_heap(s.reader->read()), Kind::Ratnum));
  EXPECT_EQ(to_heap(s.reader->read()), fixnum(-7));
}

TEST(Reader, Characters) {
  EXPECT_EQ(read_all("#\\a #\\A #\\( #\\  #\\nul #\\null #\\alarm #\\backspace #\\tab #\\linefeed #\\newline #\\vtab #\\page #\\return #\\esc #\\escape #\\space #\\delete"),
            "#\\a #\\A #\\( #\\space #\\nul #\\nul #\\alarm #\\backspace #\\tab #\\newline #\\newline #\\vtab #\\page #\\return #\\esc #\\esc #\\space #\\delete");
  EXPECT_EQ(read_all("#\\xFF #\\x03BB #\\x00006587 #\\λ #\\x #\\xA #\\xff #\\x000000001"), "#\\ÿ #\\λ #\\文 #\\λ #\\x #\\newline #\\ÿ #\\x1");
  EXPECT_EQ(read_all("#\\x ff #\\x(ff) #\\((x) #\\; #\\\" #\\# #\\| #\\'"), "#\\x ff #\\x (ff) #\\( (x) #\\; #\\\" #\\# #\\| #\\'");
  EXPECT_EQ(errors("#\\x0001z"), "unknown character `#\\x0001z`");
  EXPECT_EQ(errors("#\\λx"), "unknown character `#\\λx`");
  EXPECT_EQ(errors("#\\alarmx"), "unknown character `#\\alarmx` (did you mean `#\\alarm`?)");
  EXPECT_EQ(errors("#\\Alarm"), "unknown character `#\\Alarm` (did you mean `#\\alarm`?)");
  EXPECT_EQ(errors("#\\alert"), "unknown character `#\\alert` (did you mean `#\\alarm`?)");
  EXPECT_EQ(errors("#\\00110000"), "unknown character `#\\00110000`");
  EXPECT_EQ(errors("#\\x00110000"), "this is not a Unicode scalar value (the greatest is U+10FFFF)");
  EXPECT_EQ(errors("#\\xD800"), "U+D800 is a surrogate, not a character");
  EXPECT_EQ(errors("#\\(x)"), "unknown character `#\\(x`; unexpected `)`: nothing is open here");
  EXPECT_EQ(read_all("#!fold-case #\\SPACE #\\A"), "#\\space #\\A");
}

TEST(Reader, Strings) {
  EXPECT_EQ(read_all(R"("abc" "" "a\"b\\c" "\a\b\t\n\r\v\f" "\x41;bc" "\x41; bc" "\x3bb;" "λ" "\|")"),
            R"("abc" "" "a\"b\\c" "\a\b\t\n\r\xb;\xc;" "Abc" "A bc" "λ" "λ" "|")");
  EXPECT_EQ(read_all("\"a\\\n   b\" \"a\\  \t\n\tb\" \"a\nb\" \"a\r\nb\rc\" \"a\\\r\n b\" \"a\xc2\x85" "b\""), R"("ab" "ab" "a\nb" "a\nb\nc" "ab" "a\nb")");
  EXPECT_EQ(errors("\"\\xD800;\""), "this escape is not a Unicode scalar value");
  EXPECT_EQ(errors("\"\\x41\""), "`;` is missing at the end of this escape");
  EXPECT_EQ(errors("\"\\x;\""), "hexadecimal digits are missing after `\\x`");
  EXPECT_EQ(errors("\"\\q\""), "invalid escape `\\q` in a string");
  EXPECT_EQ(errors("\"a\xff\xff\""), "invalid UTF-8 in a string");
  EXPECT_EQ(errors("a\xffz b"), "invalid UTF-8 in an identifier");
}

TEST(Reader, Labels) {
  EXPECT_EQ(read_all("#0=(a . #0#)"), "#0=(a . #0#)");
  EXPECT_EQ(read_all("(#1=(a) #1#)"), "(#0=(a) #0#)");
  EXPECT_EQ(read_all("#0=#(1 #0#)"), "#0=#(1 #0#)");
  EXPECT_EQ(read_all("#0=(#1=(b #0#) #1#)"), "#0=(#1=(b #0#) #1#)");
  EXPECT_EQ(read_all("(#0=a #0#)"), "(#0=a #0#)");
  EXPECT_EQ(errors("#0=#0#"), "this label names only itself");
  EXPECT_EQ(errors("(#0#)"), "datum label 0 is not defined before this place");
  EXPECT_EQ(errors("(#0=a #0=b)"), "datum label 0 is defined twice");
  EXPECT_EQ(errors("#0=(a) #0#"), "datum label 0 is not defined before this place");
  Session s("#0=(a #1=#(#0#) . #1#)");
  Value v = to_heap(s.reader->read());
  Value vector = car(cdr(v));
  EXPECT_TRUE(is_vector(vector));
  EXPECT_EQ(cdr(cdr(v)), vector);
  EXPECT_EQ(slot(vector, 1), v);
}

TEST(Reader, RenderedErrors) {
  EXPECT_EQ(read_all("(define x\n  (f 1 2)\n"), "t:1:1: error: unterminated list: `)` is missing\n  (define x\n  ^\n");
  EXPECT_EQ(read_all("(a (b [c)) d"),
            "t:1:9: error: expected `]` but found `)`\n  (a (b [c)) d\n          ^\n"
            "t:1:7: note: to close this `[`\n  (a (b [c)) d\n        ^\n"
            "t:1:1: error: unterminated list: `)` is missing\n  (a (b [c)) d\n  ^\n");
  EXPECT_EQ(read_all("a ) b"), "a bt:1:3: error: unexpected `)`: nothing is open here\n  a ) b\n    ^\n");
  EXPECT_EQ(read_all("\"abc\n"), "t:1:1: error: unterminated string: `\"` is missing\n  \"abc\n  ^\n");
  EXPECT_EQ(read_all("(a #foo b) c"), "ct:1:4: error: invalid syntax `#foo`\n  (a #foo b) c\n     ^~~~\n");
  EXPECT_EQ(read_all("(f x\n\n(define y 1)\n"),
            "t:1:1: error: unterminated list: `)` is missing\n  (f x\n  ^\nt:3:1: note: a new form seems to begin here\n  (define y 1)\n  ^\n");
}

TEST(Reader, Errors) {
  EXPECT_EQ(errors("#| a #| b |#"), "unterminated block comment: `|#` is missing");
  EXPECT_EQ(errors("|abc"), "unterminated symbol: the closing `|` is missing");
  EXPECT_EQ(errors("#(a"), "unterminated vector: `)` is missing");
  EXPECT_EQ(errors("'"), "expected a datum after `'`");
  EXPECT_EQ(errors("(a ')"), "expected a datum after `'`; but found this");
  EXPECT_EQ(errors("(a #;)"), "expected a datum after `#;`; but found this");
  EXPECT_EQ(errors("(. a)"), "expected a datum before the dot");
  EXPECT_EQ(errors("(a .)"), "expected a datum after the dot");
  EXPECT_EQ(errors("(a . b c)"), "expected `)` after the datum behind the dot");
  EXPECT_EQ(errors("(a . . b)"), "a second dot in a list");
  EXPECT_EQ(errors("."), "unexpected dot outside of a list");
  EXPECT_EQ(errors("#(a . b)"), "unexpected dot in a vector");
  EXPECT_EQ(errors("#vu8(256)"), "expected an exact integer from 0 to 255 in a bytevector");
  EXPECT_EQ(errors("#vu8(a)"), "expected an exact integer from 0 to 255 in a bytevector");
  EXPECT_EQ(errors("{a}"), "`{` is reserved and cannot be used here; invalid character `}` in an identifier (a delimiter is missing?)");
  EXPECT_EQ(errors("1x"), "invalid number `1x`");
  EXPECT_EQ(errors("#xfg"), "invalid number `#xfg`");
  EXPECT_EQ(errors("#"), "invalid syntax `#`");
  EXPECT_EQ(errors("#0"), "invalid datum label: expected `=` or `#` after the digits");
  EXPECT_EQ(errors("#!frob a"), "unknown flag `#!frob` is ignored");
  EXPECT_EQ(errors("#!r6rs a,b"), "invalid character `,` in an identifier (a delimiter is missing?)");
  EXPECT_EQ(errors("a\\b"), "invalid escape in an identifier: only `\\x…;` is possible here");
}

ReadStatus status_of(std::string text) {
  Session s(std::move(text));
  while (s.reader->read() != nullptr) {}
  return s.reader->status();
}

TEST(Reader, Status) {
  EXPECT_EQ(status_of("a (b)"), ReadStatus::Ok);
  EXPECT_EQ(status_of(""), ReadStatus::Ok);
  EXPECT_EQ(status_of("a (b"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("\"b"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("\"b\\"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("(a \"b"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("|b"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("#| b"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("'"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("#;"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("#0="), ReadStatus::Incomplete);
  EXPECT_EQ(status_of("#\\"), ReadStatus::Incomplete);
  EXPECT_EQ(status_of(")"), ReadStatus::Error);
  EXPECT_EQ(status_of("(a . )"), ReadStatus::Error);
}

TEST(Reader, GoesOnAfterErrors) {
  Session s("(a #\\foo) b ) (c . ) d");
  EXPECT_EQ(to_string(s.reader->read()), "b");
  EXPECT_EQ(s.reader->status(), ReadStatus::Error);
  EXPECT_EQ(to_string(s.reader->read()), "d");
  EXPECT_EQ(s.reader->read(), nullptr);
  EXPECT_EQ(s.diagnostics.error_count(), 3u);
}

TEST(Reader, PositionsAndSpans) {
  Session s("  (a b)  c");
  Datum* d = s.reader->read();
  EXPECT_EQ(s.reader->position(), 7u);
  EXPECT_EQ(d->span.begin, 2u);
  EXPECT_EQ(d->span.end, 7u);
  EXPECT_EQ(d->cdr->car->span.begin, 5u);
  EXPECT_EQ(s.reader->dialect(), Dialect::Loko);
  s.reader->seek(3);
  EXPECT_EQ(to_string(s.reader->read()), "a");
}

TEST(Reader, DeepNesting) {
  constexpr int kDepth = 1000000;
  std::string open(kDepth, '('), close(kDepth, ')'), quotes(kDepth, '\'');
  Session s(open + close + quotes + "a");
  Datum* d = s.reader->read();
  ASSERT_NE(d, nullptr);
  Value v = to_heap(d);
  for (int i = 1; i < kDepth; ++i) v = car(v);
  EXPECT_EQ(v, Null);
  EXPECT_EQ(to_string(d), open + close);
  EXPECT_NE(s.reader->read(), nullptr);
  EXPECT_EQ(status_of(open), ReadStatus::Incomplete);
}

TEST(Reader, ToHeap) {
  Session s("(a \"s\" #\\x 1 #t #(1 2) #vu8(7) . b)");
  Value v = to_heap(s.reader->read());
  EXPECT_EQ(car(v), intern("a", 1));
  EXPECT_TRUE(is_string(car(cdr(v))));
  EXPECT_EQ(car(cdr(cdr(v))), character('x'));
  Value rest = cdr(cdr(cdr(v)));
  EXPECT_EQ(car(rest), fixnum(1));
  EXPECT_EQ(car(cdr(rest)), True);
  EXPECT_EQ(slot(car(cdr(cdr(rest))), 2), fixnum(2));
  EXPECT_EQ(bytes_of(car(cdr(cdr(cdr(rest)))))[0], 7);
  EXPECT_EQ(cdr(cdr(cdr(cdr(rest)))), intern("b", 1));
}

}  // namespace
}  // namespace loko::text
