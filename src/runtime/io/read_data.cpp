// SPDX-License-Identifier: MIT
//
// UTF-8 text in a port's buffer -> data: the bulk of `read`. Lists, vectors, abbreviations, symbols, numbers, strings,
// booleans and characters of plain ASCII are read here as long as they lie in the buffer; what is anything else, or is cut off
// by the buffer's end, is left to (loko base reader), which reads that one token and comes back with its datum.
//
// What is open is kept in a vector that the caller owns, so nesting costs no stack and the work may stop anywhere:
// [depth, datum, quote, quasiquote, unquote, unquote-splicing, frames…]; a frame has the five words of `Frame`.
// INVARIANT(reader): between calls the port's position, line and column are those of the next token.
#include "runtime/data/check.h"
#include "runtime/data/identifier_bytes.h"
#include "runtime/data/text_access.h"
#include "runtime/numbers/numbers.h"

namespace loko {

Value read_data(Value port, Value state, Value item, Value has_item);

namespace {

/// What the caller is told (loko base reader); the values are its constants, too.
enum Outcome : i64 {
  kComplete,   // word 1 of the state is the whole datum
  kMore,       // enough for once: call again
  kRefill,     // the buffer is empty
  kToken,      // the next token is the caller's, or an error
  kGrow,       // the state must have more frames
  kFinished,   // the innermost frame, of a kind of the caller's, is finished with word 1 of the state
  kSurplus,    // word 1 of the state is a datum too many behind a dot
  kGoOn
};

/// Kinds of frames that are fixnums; a symbol is that of an abbreviation, any other object is the caller's and takes one datum.
enum Kinds : i64 { kList, kBracketList, kVectorElements, kOctets };

enum StateWord : i64 { kDepth, kDatum, kQuote, kQuasiquote, kUnquote, kUnquoteSplicing, kFirstFrame };
enum FrameWord : i64 { kKind, kHead, kLast, kDot, kWhere, kFrameWords };
enum DotState : i64 { kNoDot, kAfterDot, kDotted };

constexpr u64 kBytesAtOnce = 65536, kMostDigits = 17;
constexpr i64 kColumnBits = 24;

struct PlainBytes {
  bool is[256];
  constexpr PlainBytes() : is{} {
    for (unsigned b = 0; b < 256; ++b) is[b] = is_identifier_byte(static_cast<u8>(b));
  }
};
constexpr PlainBytes kPlain;

constexpr bool is_space(u8 b) { return b == 32 || (b >= 9 && b <= 13); }
constexpr bool is_delimiter(u8 b) { return is_space(b) || b == '(' || b == ')' || b == '[' || b == ']' || b == '"' || b == ';'; }
constexpr bool is_digit(u8 b) { return b >= '0' && b <= '9'; }

Value& field(Value port, PortField f) { return slot(port, 1 + f); }

class DataReader {
 public:
  DataReader(Value port, Value state)
      : port_(port), state_(state), base_(bytes_of(field(port, kPortIbuf))), p_(base_ + fixnum_value(field(port, kPortIpos))),
        end_(base_ + fixnum_value(field(port, kPortIend))), line_(fixnum_value(field(port, kPortLine))),
        first_column_(p_ - fixnum_value(field(port, kPortColumn))), folds_(is_symbol(field(port, kPortExtra))),
        depth_(fixnum_value(state_word(kDepth))) {
    load_frame();
  }

  i64 run(bool has_item, Value item) {
    const u8* limit = static_cast<u64>(end_ - p_) > kBytesAtOnce ? p_ + kBytesAtOnce : end_;
    i64 outcome = has_item ? deliver(item) : kGoOn;
    while (outcome == kGoOn) {
      skip_space();
      outcome = p_ == end_ ? kRefill : p_ >= limit && limit != end_ ? kMore : step();
    }
    store_frame();
    set_state(kDepth, fixnum(depth_));
    field(port_, kPortIpos) = fixnum(p_ - base_);
    field(port_, kPortLine) = fixnum(line_);
    field(port_, kPortColumn) = fixnum(p_ - first_column_);
    return outcome;
  }

 private:
  Value state_word(i64 i) const { return slot(state_, 1 + i); }
  void set_state(i64 i, Value v) { set_field(state_, 1 + i, v); }
  i64 frame_word(FrameWord w) const { return kFirstFrame + (depth_ - 1) * kFrameWords + w; }

  void load_frame() {
    last_is_new_ = false;
    if (depth_ == 0) return;
    kind_ = state_word(frame_word(kKind));
    head_ = state_word(frame_word(kHead));
    last_ = state_word(frame_word(kLast));
    dot_ = fixnum_value(state_word(frame_word(kDot)));
  }
  void store_frame() {
    if (depth_ == 0) return;
    set_state(frame_word(kHead), head_);
    set_state(frame_word(kLast), last_);
    set_state(frame_word(kDot), fixnum(dot_));
  }

  i64 push(Value kind, i64 bytes) {
    if (static_cast<u64>(kFirstFrame + (depth_ + 1) * kFrameWords) > length_of(state_)) return kGrow;
    store_frame();
    ++depth_;
    kind_ = kind, head_ = Null, last_ = False, dot_ = kNoDot, last_is_new_ = false;
    set_state(frame_word(kKind), kind);
    i64 column = p_ - first_column_;
    set_state(frame_word(kWhere), fixnum(line_ << kColumnBits | (column < (1 << kColumnBits) ? column : (1 << kColumnBits) - 1)));
    p_ += bytes;
    return kGoOn;
  }
  void pop() {
    // What the frame held must not be kept alive by it.
    slot(state_, 1 + frame_word(kHead)) = slot(state_, 1 + frame_word(kLast)) = slot(state_, 1 + frame_word(kKind)) = False;
    --depth_;
    load_frame();
  }

  /// Gives a datum to what is open.
  i64 deliver(Value x) {
    for (;;) {
      if (depth_ == 0) return set_state(kDatum, x), kComplete;
      if (is_fixnum(kind_)) return append(x);
      if (!is_symbol(kind_)) return set_state(kDatum, x), kFinished;
      x = make_pair(kind_, make_pair(x, Null));
      pop();
    }
  }
  i64 append(Value x) {
    if (dot_ == kNoDot) {
      Value pair = make_pair(x, Null);
      if (last_is_new_) slot(last_, 1) = pair;
      else if (is_pair(last_)) set_field(last_, 1, pair);
      else head_ = pair;
      last_ = pair;
      last_is_new_ = true;
      return kGoOn;
    }
    if (dot_ == kDotted) return set_state(kDatum, x), kSurplus;
    set_field(last_, 1, x);
    dot_ = kDotted;
    return kGoOn;
  }

  i64 close(bool bracket) {
    if (depth_ == 0 || !is_fixnum(kind_) || (fixnum_value(kind_) == kBracketList) != bracket || dot_ == kAfterDot) return kToken;
    ++p_;
    Value x = head_;
    if (fixnum_value(kind_) == kOctets) return set_state(kDatum, x), kFinished;
    if (fixnum_value(kind_) == kVectorElements) x = vector_of(x);
    pop();
    return deliver(x);
  }
  static Value vector_of(Value list) {
    u64 n = 0;
    for (Value l = list; is_pair(l); l = cdr(l)) ++n;
    Value v = make_vector(n, False);
    i64 i = 1;
    for (Value l = list; is_pair(l); l = cdr(l)) set_field(v, i++, car(l));
    return v;
  }

  void skip_space() {
    for (; p_ < end_ && is_space(*p_); ++p_)
      if (*p_ == '\n') ++line_, first_column_ = p_;
  }

  i64 step() {
    switch (*p_) {
      case '(': return push(fixnum(kList), 1);
      case '[': return push(fixnum(kBracketList), 1);
      case ')': case ']': return close(*p_ == ']');
      case '\'': return push(state_word(kQuote), 1);
      case '`': return push(state_word(kQuasiquote), 1);
      case ',': return comma();
      case '"': return string();
      case ';': return comment();
      case '#': return hash();
      default: return atom();
    }
  }

  i64 comma() {
    if (p_ + 1 == end_) return kToken;
    return p_[1] == '@' ? push(state_word(kUnquoteSplicing), 2) : push(state_word(kUnquote), 1);
  }

  /// Up to the linefeed; other line ends are the caller's.
  i64 comment() {
    for (const u8* q = p_; q < end_; ++q) {
      if (*q == '\n') return p_ = q, kGoOn;
      if (*q >= 128 || *q == '\r') break;
    }
    return kToken;
  }

  i64 string() {
    const u8* q = p_ + 1;
    while (q < end_ && *q != '"' && *q >= 32 && *q < 128 && *q != '\\') ++q;
    if (q == end_ || *q != '"' || static_cast<u64>(q - p_) > kBytesAtOnce) return kToken;
    Value s = make_string1(static_cast<u64>(q - p_ - 1));
    __builtin_memcpy(bytes_of(s), p_ + 1, static_cast<u64>(q - p_ - 1));
    p_ = q + 1;
    return deliver(s);
  }

  i64 hash() {
    if (end_ - p_ < 4) return kToken;
    switch (p_[1]) {
      case '(': return push(fixnum(kVectorElements), 2);
      case 't': case 'f':
        if (!ends_token(p_[2])) return kToken;
        p_ += 2;
        return deliver(boolean(p_[-1] == 't'));
      case '\\':
        if (p_[2] < 33 || p_[2] > 126 || !is_delimiter(p_[3])) return kToken;
        p_ += 3;
        return deliver(Value{u64{p_[-1]} << 8 | kCharTag});
      default: return kToken;
    }
  }

  /// Does a token that consists of plain bytes end before this one?
  static bool ends_token(u8 b) { return !kPlain.is[b] && b < 128 && b != '\\' && b != '|'; }

  i64 atom() {
    const u8* q = p_;
    while (q < end_ && kPlain.is[*q]) ++q;
    if (q == p_ || q == end_ || !ends_token(*q)) return kToken;
    u64 n = static_cast<u64>(q - p_);
    u8 c = *p_;
    if (is_digit(c) || ((c == '+' || c == '-') && n > 1 && is_digit(p_[1]))) return integer(q);
    if (c == '.' && n == 1) return dot();
    if ((c == '+' || c == '.') && n > 1 && !(n == 3 && p_[1] == '.' && p_[2] == '.')) return number(q);
    if (c == '-' && n > 1 && p_[1] != '>') return number(q);
    if (folds_)
      for (const u8* r = p_; r < q; ++r)
        if (*r >= 'A' && *r <= 'Z') return kToken;
    Value symbol = intern_ascii(p_, n);
    p_ = q;
    return deliver(symbol);
  }

  i64 integer(const u8* q) {
    const u8* r = p_ + !is_digit(*p_);
    if (static_cast<u64>(q - r) > kMostDigits) return number(q);
    i64 n = 0;
    for (; r < q; ++r) {
      if (!is_digit(*r)) return number(q);
      n = 10 * n + (*r - '0');
    }
    bool negative = *p_ == '-';
    p_ = q;
    return deliver(fixnum(negative ? -n : n));
  }

  /// What is no number, or takes so long that it is interrupted, is the caller's.
  i64 number(const u8* q) {
    Value n = parse_number(reinterpret_cast<const char*>(p_), static_cast<u64>(q - p_), 10);
    if (n == False) return kToken;
    p_ = q;
    return deliver(n);
  }

  i64 dot() {
    if (depth_ == 0 || !is_fixnum(kind_) || fixnum_value(kind_) > kBracketList || !is_pair(last_) || dot_ != kNoDot) return kToken;
    ++p_;
    dot_ = kAfterDot;
    return kGoOn;
  }

  Value port_, state_;
  const u8* base_;
  const u8 *p_, *end_;
  i64 line_;
  const u8* first_column_;   // where column 0 of this line would be
  bool folds_;
  i64 depth_;
  Value kind_ = False, head_ = Null, last_ = False;   // of the innermost frame
  i64 dot_ = kNoDot;
  bool last_is_new_ = false;   // allocated in this call: needs no write barrier
};

}  // namespace

/// Reads on. `item` is the datum of the caller's token, if has_item. The port is a textual one with a buffer; gives an Outcome.
Value read_data(Value port, Value state, Value item, Value has_item) {
  if (!is_bytevector(field(port, kPortIbuf))) return fixnum(kRefill);
  return fixnum(DataReader(port, state).run(has_item != False, item));
}

}  // namespace loko
