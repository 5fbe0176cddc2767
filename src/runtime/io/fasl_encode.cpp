// SPDX-License-Identifier: MIT
//
// Data to bytes: %fasl-encode. A first walk finds what can't be sent and what is reached twice; a second one writes, in
// depth-first order with an explicit stack. Runs of pairs that nothing else refers to become one list.
// INVARIANT(fasl): what the first walk let pass, the second can write.
#include "runtime/data/hash_tables.h"
#include "runtime/io/fasl_format.h"
#include "runtime/io/object_marks.h"
#include "runtime/numbers/integers.h"

namespace loko {

Value fasl_encode(Value datum, Value environment);
Value string_to_utf8(Value s, Value start, Value end);

namespace {

using namespace fasl;

constexpr unsigned kSeen = ObjectMarks::kOnce, kTwice = ObjectMarks::kTwice, kWritten = 3;

u64 record_size(Value v) { return static_cast<u64>(fixnum_value(slot(slot(v, 0), 1 + kRtdSize))); }
Value rtd_field(Value rtd, RtdField f) { return slot(rtd, 1 + f); }

/// What both passes know about the data.
class Classifier {
 public:
  explicit Classifier(Value environment) : environment_(environment) {}

  bool is_table(Value v) const { return is_record(v) && slot(v, 0) == slot(environment_, kEnvTableRtd); }
  bool is_external(Value v) const {
    if (!is_record(v)) return false;
    for (Value l = slot(environment_, kEnvExternals); is_pair(l); l = cdr(l))
      if (car(l) == slot(v, 0)) return true;
    return false;
  }
  bool is_external_bytevector(Value v) const {
    Value least = slot(environment_, kEnvBeside);
    return is_fixnum(least) && (length_of(v) >= static_cast<u64>(fixnum_value(least)) || is_shared_bytevector(v));
  }
  /// The byte for the kind of a table; custom ones only with procedures that the library knows. -1: can't be sent.
  int table_kind(Value table) const {
    i64 type = fixnum_value(slot(table, kTableType)) & ~i64{kTableSeeded};  // the seed is not sent
    if (type != kTableCustom) return static_cast<int>(type);
    Value known = slot(environment_, kEnvKnown);
    for (i64 i = 1; i + 1 <= static_cast<i64>(length_of(known)); i += 2)
      if (slot(known, i) == slot(table, kTableHash) && slot(known, i + 1) == slot(table, kTableSame))
        return static_cast<int>(kTableKnown + i / 2);
    return -1;
  }
 protected:
  Value environment_;
};

/// First pass: marks what is reached twice; finds the first part that has no binary form.
class Scan : Classifier {
 public:
  Scan(Value environment, ObjectMarks& marks) : Classifier(environment), marks_(marks) {}

  /// Null, or why `bad` can't be written.
  const char* run(Value datum, Value& bad) {
    stack_.push({datum, 0, 0});
    while (!stack_.empty()) {
      ListCursor at(take_part(stack_));
      ObjectMarks::Walk walk(marks_);
      while (is_pair(at.rest()) && walk.visit(at.rest())) {  // along the cdrs; the cars wait, unless they are atoms
        Value a = at.element();
        if (is_reference(a)) stack_.push({cdr(at.rest()), 0, 0});
        at.go_to(is_reference(a) ? a : cdr(at.rest()));
        if (!is_fixnum(a) && !is_reference(a))
          if (const char* why = immediate(a)) return bad = a, why;
      }
      walk.finish();
      Value v = at.rest();
      if (is_pair(v)) continue;
      if (const char* why = leaf(v)) return bad = v, why;
    }
    return nullptr;
  }

 private:
  [[gnu::noinline]] bool first_visit(Value v) { return marks_.visit(v); }
  void parts(Value v, u64 end) {
    if (end > 1) stack_.push({v, 1, end});
  }
  static const char* immediate(Value v) {
    if (is_fixnum(v) || is_immediate_flonum(v) || is_char(v) || is_void(v)) return nullptr;
    if (v == False || v == True || v == Null || v == Eof || v == Default) return nullptr;
    return "this object has no binary form";
  }

  const char* leaf(Value v) {
    if (!is_reference(v)) return immediate(v);
    if (is_procedure(v)) return "a procedure has no binary form";
    if (is_record(v)) return record(v);
    switch (header_kind(header(v))) {
      case Kind::Vector: case Kind::ImmutableVector:
        if (first_visit(v)) parts(v, 1 + length_of(v));
        return nullptr;
      case Kind::Box:
        if (first_visit(v)) parts(v, 2);
        return nullptr;
      case Kind::String1:
      case Kind::String4:
      case Kind::StringWide:
      case Kind::ImmutableString1:
      case Kind::ImmutableString4:
      case Kind::Bytevector:
      case Kind::ImmutableBytevector:
      case Kind::Symbol: first_visit(v); return nullptr;
      case Kind::Bignum:
      case Kind::Ratnum:
      case Kind::Flonum:
      case Kind::Compnum: return nullptr;
      case Kind::Continuation: return "a continuation has no binary form";
      default: return "this object has no binary form";
    }
  }

  const char* record(Value v) {
    if (is_external(v)) return first_visit(v), nullptr;
    if (is_table(v)) {
      if (table_kind(v) < 0) return "a hash table with procedures of its own has no binary form";
      if (first_visit(v)) {
        Value all = table_contents(v, TablePart::Both);
        parts(all, 1 + length_of(all));
      }
      return nullptr;
    }
    Value rtd = slot(v, 0);
    if (!is_symbol(rtd_field(rtd, kRtdUid))) return "a record of a generative type has no binary form";
    if (fixnum_value(rtd_field(rtd, kRtdFlags)) & 2) return "a record of an opaque type has no binary form";
    if (first_visit(v)) parts(v, 1 + record_size(v));
    return nullptr;
  }

  ObjectMarks& marks_;
  ScratchBuffer<PartsLeft> stack_;
};

/// Growing output.
class Bytes {
 public:
  void byte(u8 b) {
    if (size_ == capacity_) reserve(1);
    data_[size_++] = b;
  }
  [[gnu::noinline]] void varint(u64 n) {
    if (capacity_ - size_ < 10) reserve(10);
    while (n >= 0x80) {
      data_[size_++] = static_cast<u8>(n | 0x80);
      n >>= 7;
    }
    data_[size_++] = static_cast<u8>(n);
  }
  [[gnu::noinline]] void raw(const void* p, u64 n) {
    if (capacity_ - size_ < n) reserve(n);
    __builtin_memcpy(data_ + size_, p, n);
    size_ += n;
  }
  void fixnum(i64 n) {
    if (n >= -kSmallBias && n <= kSmallMax) return byte(static_cast<u8>(kSmall + n + kSmallBias));
    byte(kDatumFixnum);
    varint(static_cast<u64>(n) << 1 ^ static_cast<u64>(n >> 63));
  }
  /// Room for n bytes, of which the caller writes all.
  u8* room(u64 n) {
    if (capacity_ - size_ < n) reserve(n);
    size_ += n;
    return data_ + size_ - n;
  }
  void sized(Tag tag, const void* p, u64 bytes) {
    byte(tag);
    varint(bytes);
    raw(p, bytes);
  }
  u64 size() const { return size_; }
  u8* data() { return data_; }
  /// The bytevector of what was written, with room behind it until the next collection.
  Value finish() {
    byte(0);
    --size_;
    for (u64 i = size_; i & 7; ++i) data_[i] = 0;
    u64* object = reinterpret_cast<u64*>(data_) - 1;
    object[0] = make_header(Kind::Bytevector, size_);
    return Value{reinterpret_cast<u64>(object) | kTagTyped};
  }

 private:
  [[gnu::noinline]] void reserve(u64 n) {
    u64 wanted = capacity_ == 0 ? 248 : 2 * capacity_ + 8;   // with the header a power of two
    while (wanted - size_ < n) wanted = 2 * wanted + 8;
    u64* object = allocate_words(1 + wanted / 8);
    object[0] = make_header(Kind::Bytevector, wanted);
    u8* fresh = reinterpret_cast<u8*>(object + 1);
    __builtin_memcpy(fresh, data_, size_);
    data_ = fresh;
    capacity_ = wanted;
  }
  u8* data_ = nullptr;
  u64 size_ = 0, capacity_ = 0;
};

/// Second pass.
class Writer : Classifier {
 public:
  Writer(Value environment, ObjectMarks& marks) : Classifier(environment), marks_(marks) {}

  void run(Value datum) {
    out_.raw(kMagic, sizeof kMagic);
    out_.raw(&kVersion, 1);
    constexpr u8 kZeros[11] = {};
    out_.raw(kZeros, sizeof kZeros);
    put(datum);
    while (!stack_.empty()) {
      Rest& r = stack_[stack_.size() - 1];
      if (r.count >= kRunLeast) put_fixnums(r);
      if (r.count == 0 && !r.dotted) {
        stack_.pop();
      } else if (r.count == 0) {           // the tail of a dotted list
        Value tail = r.object;
        stack_.pop();
        put(tail);
      } else if (is_pair(r.object)) {
        Value v = car(r.object);
        r.object = cdr(r.object);
        if (--r.count == 0 && !r.dotted) stack_.pop();
        put(v);
      } else {
        Value v = slot(r.object, r.index++);
        if (--r.count == 0) stack_.pop();
        put(v);
      }
    }
    u64 length = out_.size() - kHeaderBytes;
    __builtin_memcpy(out_.data() + 8, &length, 8);
  }

  Value bytes() { return out_.finish(); }
  Value externals() { return externals_; }

 private:
  struct Rest {
    Value object;
    i64 index;
    u64 count;
    bool dotted;
  };

  struct SlotCursor {
    Value object;
    i64 index;
    Value element() const { return slot(object, index); }
    void step() { ++index; }
  };

  /// The elements as long as they are fixnums, the commonest ones, if there are several.
  void put_fixnums(Rest& r) {
    if (is_pair(r.object)) {
      ListCursor at(r.object);
      while (put_run(at, r.count)) {}
      r.object = at.rest();
    } else {
      SlotCursor at{r.object, r.index};
      while (put_run(at, r.count)) {}
      r.index = at.index;
    }
  }

  /// Writes one run of at most `count` elements and steps behind it. False: there is none.
  template <class Cursor>
  bool put_run(Cursor& at, u64& count) {
    u64 most = count < kRunMost ? count : kRunMost, n = 0, bits = 0;
    for (Cursor c = at; n < most; ++n, c.step()) {
      Value v = c.element();
      if (!is_fixnum(v)) break;
      bits |= static_cast<u64>(fixnum_value(v) ^ fixnum_value(v) >> 63);
    }
    if (n < kRunLeast) return false;
    u8 width = bits >> 7 == 0 ? 0 : bits >> 15 == 0 ? 1 : bits >> 31 == 0 ? 2 : 3;
    out_.byte(kDatumRun);
    out_.byte(width);
    out_.varint(n);
    u8* p = out_.room(n << width);
    switch (width) {
      case 0: at = pack<std::int8_t>(at, p, n); break;
      case 1: at = pack<std::int16_t>(at, p, n); break;
      case 2: at = pack<i32>(at, p, n); break;
      default: at = pack<i64>(at, p, n);
    }
    count -= n;
    return true;
  }
  template <class Int, class Cursor>
  static Cursor pack(Cursor at, u8* p, u64 n) {
    for (; n > 0; --n, p += sizeof(Int), at.step()) {
      Int x = static_cast<Int>(fixnum_value(at.element()));
      __builtin_memcpy(p, &x, sizeof x);
    }
    return at;
  }

  void parts(Value v, u64 count) {
    if (count > 0) stack_.push({v, 1, count, false});
  }

  void put(Value v) {
    if (is_fixnum(v)) return out_.fixnum(fixnum_value(v));
    if (!is_reference(v)) return put_immediate(v);
    if (is_kind(v, Kind::Flonum)) return put_flonum(v);
    if (is_kind(v, Kind::Bignum)) return put_bignum(v);
    if (is_kind(v, Kind::Ratnum) || is_kind(v, Kind::Compnum)) {
      out_.byte(is_kind(v, Kind::Ratnum) ? kDatumRatnum : kDatumCompnum);
      put(slot(v, 1));
      put(slot(v, 2));
      return;
    }
    unsigned mark = marks_.get(v);
    if (mark == kWritten) {
      out_.byte(kDatumReference);
      out_.varint(static_cast<u64>(numbers_.find(v)));
      return;
    }
    if (mark == kTwice) {
      out_.byte(kDatumShared);
      numbers_.add(v);
      marks_.set(v, kWritten);
    }
    if (is_pair(v)) return put_list(v);
    if (is_record(v)) return put_record(v);
    put_object(v);
  }

  void put_immediate(Value v) {
    if (is_immediate_flonum(v)) return put_flonum(v);
    if (is_char(v)) {
      out_.byte(kDatumChar);
      return out_.varint(char_value(v));
    }
    out_.byte(v == False ? kDatumFalse : v == True ? kDatumTrue : v == Null ? kDatumNull : v == Eof ? kDatumEof : v == Default ? kDatumDefault : kDatumVoid);
  }
  void put_flonum(Value v) {
    double d = flonum_value(v);
    out_.byte(kDatumFlonum);
    out_.raw(&d, 8);
  }
  void put_bignum(Value v) {
    IntegerView n(v);
    out_.byte(kDatumBignum);
    out_.varint(n.size * 2 + n.negative);
    out_.raw(n.limbs, 8 * n.size);
  }

  void put_list(Value v) {
    u64 n = 1;
    ObjectMarks::Walk walk(marks_);
    ListCursor at(v);
    for (at.step(); is_pair(at.rest()) && walk.get(at.rest()) == kSeen; at.step()) ++n;
    bool dotted = at.rest() != Null;
    out_.byte(dotted ? kDatumDotted : kDatumList);
    out_.varint(n);
    stack_.push({v, 0, n, dotted});
  }

  void put_object(Value v) {
    switch (header_kind(header(v))) {
      case Kind::Vector: case Kind::ImmutableVector:
        out_.byte(kDatumVector);
        out_.varint(length_of(v));
        return parts(v, length_of(v));
      case Kind::Box: out_.byte(kDatumBox); return parts(v, 1);
      case Kind::Bytevector:
      case Kind::ImmutableBytevector:
        if (is_external_bytevector(v)) return put_external(v);
        return out_.sized(kDatumBytevector, bytes_of(v), length_of(v));
      case Kind::Symbol: {
        Value utf8 = string_to_utf8(symbol_name(v), Default, Default);
        return out_.sized(header(v) & kHeaderFlag0 ? kDatumUninterned : kDatumSymbol, bytes_of(utf8), length_of(utf8));
      }
      default: put_string(text_of(v));
    }
  }
  void put_string(Text t) {
    out_.byte(t.narrow ? kDatumString1 : kDatumString4);
    out_.varint(t.length);
    if (t.narrow) out_.raw(t.narrow, t.length);
    else out_.raw(t.wide, 4 * t.length);
  }

  void put_external(Value v) {
    externals_ = make_pair(v, externals_);
    out_.byte(kDatumExternal);
    out_.varint(external_count_++);
  }
  void put_record(Value v) {
    if (is_external(v)) return put_external(v);
    if (is_table(v)) {
      Value all = table_contents(v, TablePart::Both);
      out_.byte(kDatumHashtable);
      out_.byte(static_cast<u8>(table_kind(v)));
      out_.byte(slot(v, kTableMutable) != False);
      out_.varint(length_of(all) / 2);
      return parts(all, length_of(all));
    }
    Value rtd = slot(v, 0);
    i64 type = types_.find(rtd);
    if (type >= 0) {
      out_.byte(kDatumRecord);
      out_.varint(static_cast<u64>(type));
    } else {
      put_type(rtd);
    }
    parts(v, record_size(v));
  }
  void put_type(Value rtd) {
    types_.add(rtd);
    Value uid = rtd_field(rtd, kRtdUid);
    out_.byte(kDatumRecordType);
    out_.byte((header(uid) & kHeaderFlag0) != 0);
    Value names[] = {symbol_name(uid), symbol_name(rtd_field(rtd, kRtdName))};
    for (Value name : names) {
      Value utf8 = string_to_utf8(name, Default, Default);
      out_.varint(length_of(utf8));
      out_.raw(bytes_of(utf8), length_of(utf8));
    }
    out_.varint(static_cast<u64>(fixnum_value(rtd_field(rtd, kRtdSize))));
  }

  ObjectMarks& marks_;
  Bytes out_;
  ScratchBuffer<Rest> stack_;
  ObjectNumbers numbers_, types_;
  Value externals_ = Null;
  u64 external_count_ = 0;
};

}  // namespace

/// (%fasl-encode datum environment): pair of the bytes and the list of the external records, the last first.
Value fasl_encode(Value datum, Value environment) {
  ObjectMarks marks;
  Value bad = False;
  if (const char* why = Scan(environment, marks).run(datum, bad)) return raise_assertion("fasl-write", why, bad);
  Writer writer(environment, marks);
  writer.run(datum);
  return make_pair(writer.bytes(), writer.externals());
}

}  // namespace loko
