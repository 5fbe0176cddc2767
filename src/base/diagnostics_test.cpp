// SPDX-License-Identifier: MIT
//
// Places, rendered messages, and suggestions.
#include "base/diagnostics.h"

#include <gtest/gtest.h>

namespace loko {
namespace {

TEST(Source, Places) {
  SourceManager sources;
  SourceId id = sources.add("a.scm", "abc\nλx y\n\nlast");
  EXPECT_EQ(sources.describe({id, 0, 1}), "a.scm:1:1");
  EXPECT_EQ(sources.describe({id, 3, 3}), "a.scm:1:4");
  EXPECT_EQ(sources.describe({id, 4, 5}), "a.scm:2:1");
  EXPECT_EQ(sources.describe({id, 6, 7}), "a.scm:2:2");  // λ is two bytes
  EXPECT_EQ(sources.describe({id, 10, 10}), "a.scm:3:1");
  EXPECT_EQ(sources.describe({id, 15, 15}), "a.scm:4:5");
  EXPECT_EQ(sources.describe({id, 1000, 1000}), "a.scm:4:5");
  EXPECT_EQ(sources.describe({}), "");
  EXPECT_EQ(sources.line_text({id, 5, 6}), "λx y");
  EXPECT_EQ(sources.line_text({id, 10, 10}), "");
  EXPECT_EQ(sources.line_text({sources.add("b", "x\r\ny"), 0, 1}), "x");
}

TEST(Source, PlacesInLongLines) {
  SourceManager sources;
  std::string text = "first\n";
  for (int i = 0; i < 1000; ++i) text += i % 3 ? "x" : "λ";
  SourceId id = sources.add("a.scm", text + "\nlast");
  std::uint32_t offset = 6;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(sources.place({id, offset, offset}).column, i + 1);
    offset += i % 3 ? 1 : 2;
  }
  EXPECT_EQ(sources.describe({id, offset, offset}), "a.scm:2:1001");
  EXPECT_EQ(sources.describe({id, offset + 1, offset + 1}), "a.scm:3:1");
  std::string block(1024, 'y');  // the text ends where a block does
  EXPECT_EQ(sources.describe({sources.add("b", block), 1024, 1024}), "b:1:1025");
  EXPECT_EQ(sources.describe({sources.add("b", block), 5000, 5000}), "b:1:1025");
}

std::string rendered(std::string text, std::uint32_t begin, std::uint32_t end) {
  SourceManager sources;
  SourceId id = sources.add("f", std::move(text));
  Diagnostics diagnostics(sources);
  diagnostics.error({id, begin, end}, "wrong");
  return diagnostics.render_all(false);
}

TEST(Diagnostics, Carets) {
  EXPECT_EQ(rendered("(car x y)", 1, 4), "f:1:2: error: wrong\n  (car x y)\n   ^~~\n");
  EXPECT_EQ(rendered("(car x y)", 1, 1), "f:1:2: error: wrong\n  (car x y)\n   ^\n");
  EXPECT_EQ(rendered("\tx", 1, 2), "f:1:2: error: wrong\n          x\n          ^\n");
  EXPECT_EQ(rendered("a\tb", 2, 3), "f:1:3: error: wrong\n  a       b\n          ^\n");
  EXPECT_EQ(rendered("λλ x", 5, 6), "f:1:4: error: wrong\n  λλ x\n     ^\n");
  EXPECT_EQ(rendered("漢 x", 4, 5), "f:1:3: error: wrong\n  漢 x\n     ^\n");
  EXPECT_EQ(rendered("a\xff x", 3, 4), "f:1:4: error: wrong\n  a\xef\xbf\xbd x\n     ^\n");
  EXPECT_EQ(rendered("(a\nb)", 0, 5), "f:1:1: error: wrong\n  (a\n  ^~\n");
  EXPECT_EQ(rendered("(a\n", 3, 3), "f:2:1: error: wrong\n  \n  ^\n");
  EXPECT_EQ(rendered("", 0, 0), "f:1:1: error: wrong\n  \n  ^\n");
}

TEST(Diagnostics, LongLinesAreCut) {
  std::string text = rendered(std::string(5000, 'a') + "(b)" + std::string(5000, 'c'), 5000, 5003);
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(text.find("…"), std::string::npos);
  EXPECT_NE(text.find("(b)"), std::string::npos);
  EXPECT_NE(text.find("^~~\n"), std::string::npos);
}

TEST(Diagnostics, Kinds) {
  SourceManager sources;
  SourceId id = sources.add("f", "x");
  Diagnostics diagnostics(sources);
  diagnostics.warning({id, 0, 1}, "unused", "not used");
  diagnostics.note({}, "somewhere");
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.render_all(false), "f:1:1: warning: not used [-Wunused]\n  x\n  ^\nnote: somewhere\n");
  diagnostics.error({}, "bad");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_NE(diagnostics.render_all(true).find("\x1b["), std::string::npos);
  diagnostics.clear();
  EXPECT_FALSE(diagnostics.has_errors());
}

TEST(NearestName, Distances) {
  std::vector<std::string> names{"lambda", "let", "vector-ref", "vector-set!", "car", "cdr"};
  EXPECT_EQ(nearest_name("lamdba", names), "lambda");
  EXPECT_EQ(nearest_name("vector-reff", names), "vector-ref");
  EXPECT_EQ(nearest_name("vectorref", names), "vector-ref");
  EXPECT_EQ(nearest_name("lt", names), "");
  EXPECT_EQ(nearest_name("zzzzzz", names), "");
  EXPECT_EQ(nearest_name("cra", names), "car");
  EXPECT_EQ(nearest_name("", names), "");
}

}  // namespace
}  // namespace loko
