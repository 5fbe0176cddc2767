// SPDX-License-Identifier: MIT
//
// Strings that occur often and never change, such as names in trees of code: one word each, equal ones are shared.
// They live as long as the process.
#pragma once

#include <string>
#include <unordered_set>

namespace loko {

/// A pointer to the only copy of a string.
class SharedText {
 public:
  SharedText() : text_(&none()) {}
  SharedText(const std::string& s) : text_(s.empty() ? &none() : &*all().insert(s).first) {}
  SharedText(const char* s) : SharedText(std::string(s)) {}
  operator const std::string&() const { return *text_; }
  const std::string& str() const { return *text_; }
  bool empty() const { return text_->empty(); }
  std::size_t size() const { return text_->size(); }
  const char* data() const { return text_->data(); }
  friend std::string operator+(const std::string& a, const SharedText& b) { return a + *b.text_; }
  friend std::string operator+(const SharedText& a, const std::string& b) { return *a.text_ + b; }
  friend bool operator==(const SharedText& a, const SharedText& b) { return a.text_ == b.text_; }

 private:
  static const std::string& none() {
    static const std::string& empty = *new std::string;
    return empty;
  }
  static std::unordered_set<std::string>& all() {
    static auto& texts = *new std::unordered_set<std::string>;
    return texts;
  }
  const std::string* text_;
};

}  // namespace loko
