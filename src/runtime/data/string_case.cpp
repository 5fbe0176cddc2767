// SPDX-License-Identifier: MIT
//
// Case conversion of strings with full mappings (ß, final sigma) and the four normalization forms.
// Unicode 3.13 (case; titlecase by the words of UAX #29) and
// UAX #15 (normalization).
#include "runtime/data/check.h"
#include "runtime/data/text_access.h"
#include "runtime/data/text_breaks.h"
#include "runtime/data/unicode.h"

namespace loko {

Value string_upcase(Value s);
Value string_downcase(Value s);
Value string_titlecase(Value s);
Value string_foldcase(Value s);
Value string_normalize_nfd(Value s);
Value string_normalize_nfkd(Value s);
Value string_normalize_nfc(Value s);
Value string_normalize_nfkc(Value s);

namespace {

using Characters = ScratchBuffer<u32>;
constexpr u32 kSigma = 0x3a3, kFinalSigma = 0x3c2;

bool is_ascii(Text t) {
  if (t.narrow == nullptr) return false;
  u8 all = 0;
  for (u64 i = 0; i < t.length; ++i) all |= t.narrow[i];
  return all < 0x80;
}

void push_all(Characters& out, const u32* c, int n) {
  for (int i = 0; i < n; ++i) out.push(c[i]);
}

/// Final_Sigma: a cased letter before (over case-ignorable characters) and none after.
bool is_final(Text t, u64 at) {
  u64 i = at;
  while (i > 0 && unicode_case_ignorable(t[i - 1])) --i;
  if (i == 0 || !unicode_cased(t[i - 1])) return false;
  for (i = at + 1; i < t.length && unicode_case_ignorable(t[i]); ++i) {}
  return i == t.length || !unicode_cased(t[i]);
}

void push_lower(Characters& out, Text t, u64 i) {
  u32 c = t[i], mapped[3];
  if (c == kSigma && is_final(t, i)) return out.push(kFinalSigma);
  push_all(out, mapped, unicode_full_downcase(c, mapped));
}

/// ASCII in, ASCII out: the usual case, without tables.
Value map_ascii(Text t, u8 first) {
  Value s = make_string1(t.length);
  u8* d = bytes_of(s);
  for (u64 i = 0; i < t.length; ++i) {
    u8 c = t.narrow[i];
    d[i] = static_cast<u8>(c - first) < 26 ? c ^ 0x20 : c;
  }
  return s;
}

void decompose_all(Characters& out, Text t, bool compatible) {
  for (u64 i = 0; i < t.length; ++i) {
    u32 parts[18];
    int n = unicode_decompose(t[i], compatible, parts);
    if (n == 0) out.push(t[i]);
    else push_all(out, parts, n);
  }
}

/// Sorts a run of combining marks by their class, stably: insertion for usual runs, by classes for hostile ones.
void sort_marks(u32* c, u64 n) {
  if (n <= 32) {
    for (u64 i = 1; i < n; ++i) {
      u32 x = c[i];
      u8 k = unicode_combining_class(x);
      u64 j = i;
      for (; j > 0 && unicode_combining_class(c[j - 1]) > k; --j) c[j] = c[j - 1];
      c[j] = x;
    }
    return;
  }
  u64 starts[257] = {};
  for (u64 i = 0; i < n; ++i) ++starts[unicode_combining_class(c[i]) + 1u];
  for (unsigned k = 0; k < 256; ++k) starts[k + 1] += starts[k];
  Value copy = make_string4(n);
  u32* sorted = reinterpret_cast<u32*>(bytes_of(copy));
  for (u64 i = 0; i < n; ++i) sorted[starts[unicode_combining_class(c[i])]++] = c[i];
  __builtin_memcpy(c, sorted, n * 4);
}

void order_canonically(Characters& text) {
  for (u64 i = 0; i < text.size();) {
    if (unicode_combining_class(text[i]) == 0) {
      ++i;
      continue;
    }
    u64 begin = i;
    while (i < text.size() && unicode_combining_class(text[i]) != 0) ++i;
    sort_marks(text.data() + begin, i - begin);
  }
}

/// Composes in place (UAX #15, D117): a mark joins the last starter unless a mark of its class or higher is between.
void compose_all(Characters& text) {
  u64 to = 0, starter = 0;
  bool have_starter = false;
  int last_class = -1;
  for (u64 i = 0; i < text.size(); ++i) {
    u32 c = text[i];
    int k = unicode_combining_class(c);
    if (have_starter && (last_class < k || last_class == -1)) {
      if (u32 composed = unicode_compose(text[starter], c)) {
        text[starter] = composed;
        continue;
      }
    }
    if (k == 0) {
      have_starter = true;
      starter = to;
      last_class = -1;
    } else {
      last_class = k;
    }
    text[to++] = c;
  }
  text.truncate(to);
}

Value normalize(const char* who, Value s, bool compatible, bool compose) {
  if (!is_string(s)) return raise_type(who, kExpectedString, s);
  Text t = text_of(s);
  if (is_ascii(t) || (compose && !compatible && t.narrow != nullptr)) return make_string_of(t);
  Characters out;
  decompose_all(out, t, compatible);
  order_canonically(out);
  if (compose) compose_all(out);
  return make_string_of(out.data(), out.size());
}

}  // namespace

// -- primitives --

Value string_upcase(Value s) {
  if (!is_string(s)) return raise_type("string-upcase", kExpectedString, s);
  Text t = text_of(s);
  if (is_ascii(t)) return map_ascii(t, 'a');
  Characters out;
  for (u64 i = 0; i < t.length; ++i) {
    u32 mapped[3];
    push_all(out, mapped, unicode_full_upcase(t[i], mapped));
  }
  return make_string_of(out.data(), out.size());
}

Value string_downcase(Value s) {
  if (!is_string(s)) return raise_type("string-downcase", kExpectedString, s);
  Text t = text_of(s);
  if (is_ascii(t)) return map_ascii(t, 'A');
  Characters out;
  for (u64 i = 0; i < t.length; ++i) push_lower(out, t, i);
  return make_string_of(out.data(), out.size());
}

Value string_foldcase(Value s) {
  if (!is_string(s)) return raise_type("string-foldcase", kExpectedString, s);
  Text t = text_of(s);
  if (is_ascii(t)) return map_ascii(t, 'A');
  Characters out;
  for (u64 i = 0; i < t.length; ++i) {
    u32 mapped[3];
    push_all(out, mapped, unicode_full_foldcase(t[i], mapped));
  }
  return make_string_of(out.data(), out.size());
}

Value string_titlecase(Value s) {
  if (!is_string(s)) return raise_type("string-titlecase", kExpectedString, s);
  Text t = text_of(s);
  Characters out;
  for (u64 i = 0; i < t.length;) {  // the first cased letter of each word in title case, what follows in lower case
    u64 end = word_end(t, i);
    for (; i < end && !unicode_cased(t[i]); ++i) out.push(t[i]);
    if (i == end) continue;
    u32 mapped[3];
    push_all(out, mapped, unicode_full_titlecase(t[i], mapped));
    for (++i; i < end; ++i) push_lower(out, t, i);
  }
  return make_string_of(out.data(), out.size());
}

Value string_normalize_nfd(Value s) { return normalize("string-normalize-nfd", s, false, false); }
Value string_normalize_nfkd(Value s) { return normalize("string-normalize-nfkd", s, true, false); }
Value string_normalize_nfc(Value s) { return normalize("string-normalize-nfc", s, false, true); }
Value string_normalize_nfkc(Value s) { return normalize("string-normalize-nfkc", s, true, true); }

}  // namespace loko
