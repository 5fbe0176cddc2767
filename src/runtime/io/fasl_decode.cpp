// SPDX-License-Identifier: MIT
//
// Bytes to data: %fasl-decode. Nothing in the input is trusted: every length is checked against the bytes that are left (each
// element takes at least one), every number against its range and every reference against what there is, so memory is
// bounded by a small multiple of the input. Objects are made before their parts, hence cycles; no recursion.
#include "runtime/data/hash_tables.h"
#include "runtime/io/fasl_format.h"
#include "runtime/io/object_marks.h"
#include "runtime/numbers/integers.h"
#include "runtime/numbers/numbers.h"

namespace loko {

Value fasl_decode(Value bytes, Value environment);

namespace {

using namespace fasl;

class Reader {
 public:
  Reader(const u8* p, u64 n, Value environment) : start_(p), p_(p), end_(p + n), environment_(environment) {}

  /// False: see why() and position().
  bool run(Value& result) {
    if (end_ - p_ < static_cast<i64>(kHeaderBytes) || __builtin_memcmp(p_, kMagic, sizeof kMagic) != 0)
      return bad("this is not the binary form of data");
    if (p_[4] != kVersion) return bad("unknown version of the binary form");
    u64 length;
    __builtin_memcpy(&length, p_ + 8, 8);
    p_ += kHeaderBytes;
    if (length != left()) return bad("the length doesn't agree");
    if (!item(result)) return false;
    while (!stack_.empty()) {
      Place& place = stack_[stack_.size() - 1];
      if (place.count == 0) {
        stack_.pop();
        continue;
      }
      if (at_run()) {
        if (!read_run(place)) return false;
        continue;
      }
      i64 index;
      Value container = next_place(place, index), v = Null;
      if (!item(v)) return false;
      slot(container, index) = v;
    }
    if (p_ != end_) return bad("there is something behind the datum");
    return true;
  }

  const char* why() const { return why_; }
  i64 position() const { return p_ - start_; }
  /// List of vectors: table, kind, mutable?, vector of keys and values.
  Value tables() const { return tables_; }

 private:
  /// Words of `object` from `index` on that are still to be read; pairs: elements (and the tail).
  struct Place {
    Value object;
    i64 index;
    u64 count;
    bool dotted;
  };

  /// Where the next datum belongs: object and index of the word.
  static Value next_place(Place& place, i64& index) {
    Value object = place.object;
    index = place.index;
    --place.count;
    if (!is_pair(object)) ++place.index;
    else if (place.count > place.dotted) place.object = cdr(object);
    else if (place.count == 1) place.index = 1;  // then the tail, in the cdr of the last pair
    return object;
  }

  /// Behind the tag of a run of at most `most` fixnums: how many, and log2 of their width.
  bool run_header(u64 most, u8& width, u64& n) {
    if (!byte(width) || !varint(n)) return false;
    if (width > 3) return bad("unknown width of numbers");
    return (n > 0 && n <= most && n <= left() >> width) || bad("a length is too large");
  }
  bool at_run() const { return p_ != end_ && *p_ == kDatumRun; }

  /// The next number of a run.
  template <class Int>
  Value number(bool& good) {
    Int x;
    __builtin_memcpy(&x, p_, sizeof x);
    p_ += sizeof x;
    if (sizeof(Int) == 8) good = good && fits_fixnum(x);
    return fixnum(x);
  }

  /// Several fixnums for the next words of the place, but not for the tail of a list.
  bool read_run(Place& place) {
    u8 width;
    u64 n;
    ++p_;
    if (!run_header(place.count - place.dotted, width, n)) return false;
    switch (width) {
      case 0: return fill<std::int8_t>(place, n);
      case 1: return fill<std::int16_t>(place, n);
      case 2: return fill<std::int32_t>(place, n);
      default: return fill<i64>(place, n);
    }
  }
  template <class Int>
  bool fill(Place& place, u64 n) {
    bool good = true;
    for (; n > 0; --n) {
      i64 index;
      Value container = next_place(place, index);
      slot(container, index) = number<Int>(good);
    }
    return good || bad("not a fixnum");
  }

  bool bad(const char* why) {
    why_ = why;
    return false;
  }
  u64 left() const { return static_cast<u64>(end_ - p_); }

  bool byte(u8& b) {
    if (p_ == end_) return bad("the data end too early");
    b = *p_++;
    return true;
  }
  bool varint(u64& n) {
    n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      u8 b;
      if (!byte(b)) return false;
      if (shift == 63 && b > 1) break;
      n |= u64{b & 0x7fu} << shift;
      if (b < 0x80) return true;
    }
    return bad("a number is too large");
  }
  /// A count of things that take at least `size` bytes each.
  bool count(u64& n, u64 size) {
    if (!varint(n)) return false;
    return n <= left() / size || bad("a length is too large");
  }

  bool item(Value& v) {
    u8 tag;
    if (!byte(tag)) return false;
    i64 number = -1;
    if (tag == kDatumShared) {
      number = static_cast<i64>(shared_.size());
      shared_.push(Value{kUnbound});
      if (!byte(tag)) return false;
      if (tag == kDatumShared || tag == kDatumReference) return bad("a shared datum is none");
    }
    // objects are entered before their parts are read, since these may refer to them
    if (!datum(tag, v)) return false;
    if (number >= 0) shared_[static_cast<u64>(number)] = v;
    return true;
  }

  bool datum(u8 tag, Value& v) {
    if (tag >= kSmall) return v = fixnum(static_cast<i64>(tag) - kSmall - kSmallBias), true;
    switch (tag) {
      case kDatumFalse: return v = False, true;
      case kDatumTrue: return v = True, true;
      case kDatumNull: return v = Null, true;
      case kDatumEof: return v = Eof, true;
      case kDatumVoid: return v = Void, true;
      case kDatumDefault: return v = Default, true;
      case kDatumChar: return read_char(v);
      case kDatumFixnum:
      case kDatumBignum:
      case kDatumRatnum:
      case kDatumFlonum:
      case kDatumCompnum: return read_number(tag, v);
      case kDatumString1:
      case kDatumString4: return read_string(tag, v);
      case kDatumSymbol:
      case kDatumUninterned: return read_symbol(tag, v);
      case kDatumBytevector: return read_bytevector(v);
      case kDatumVector: return read_vector(v);
      case kDatumList:
      case kDatumDotted: return read_list(tag, v);
      case kDatumBox:
        v = make_box(False);
        stack_.push({v, 1, 1, false});
        return true;
      case kDatumHashtable: return read_table(v);
      case kDatumRecordType: return read_type() && read_fields(types_[types_.size() - 1], v);
      case kDatumRecord: return read_record(v);
      case kDatumReference: return read_reference(v);
      case kDatumExternal: return read_external(v);
      default: return bad("unknown tag");
    }
  }

  bool read_char(Value& v) {
    u64 n;
    if (!varint(n)) return false;
    if (!is_scalar(n)) return bad("not a character");
    v = character(static_cast<u32>(n));
    return true;
  }
  static bool is_scalar(u64 n) { return n <= 0x10ffff && (n < 0xd800 || n > 0xdfff); }

  bool read_number(u8 tag, Value& v) {
    switch (tag) {
      case kDatumFixnum: {
        u64 n;
        if (!varint(n)) return false;
        i64 x = static_cast<i64>(n >> 1 ^ (u64{0} - (n & 1)));
        if (!fits_fixnum(x)) return bad("not a fixnum");
        v = fixnum(x);
        return true;
      }
      case kDatumFlonum: {
        if (left() < 8) return bad("the data end too early");
        double d;
        __builtin_memcpy(&d, p_, 8);
        p_ += 8;
        v = make_flonum(d);
        return true;
      }
      case kDatumBignum: return read_bignum(v);
      default: return read_compound(tag, v);
    }
  }
  bool read_bignum(Value& v) {
    u64 n;
    if (!varint(n)) return false;
    u64 limbs = n / 2;
    if (limbs == 0 || limbs > left() / 8 || limbs > kMaxLimbs) return bad("a length is too large");
    IntegerBuilder b(limbs);
    __builtin_memcpy(b.limbs(), p_, 8 * limbs);
    p_ += 8 * limbs;
    v = b.finish(limbs, n & 1);
    return is_bignum(v) || bad("not a normal bignum");
  }
  bool simple_number(Value& v) {
    u8 tag;
    if (!byte(tag)) return false;
    if (tag >= kSmall) return datum(tag, v);
    if (tag == kDatumFixnum || tag == kDatumBignum || tag == kDatumFlonum) return read_number(tag, v);
    return bad("a part of a number is none");
  }
  bool read_compound(u8 tag, Value& v) {
    Value parts[2];
    for (Value& part : parts) {
      if (tag == kDatumCompnum && p_ != end_ && *p_ == kDatumRatnum) {
        ++p_;
        if (!read_compound(kDatumRatnum, part)) return false;
      } else if (!simple_number(part)) {
        return false;
      }
    }
    if (tag == kDatumRatnum) {
      if (!is_exact_integer(parts[0]) || !is_exact_integer(parts[1]) || integer_sign(parts[1]) <= 0)
        return bad("not a normal fraction");
      v = generic_divide(parts[0], parts[1]);
      return is_kind(v, Kind::Ratnum) || bad("not a normal fraction");
    }
    if (is_flonum(parts[0]) != is_flonum(parts[1])) return bad("not a normal complex number");
    v = make_rectangular(parts[0], parts[1]);
    return is_kind(v, Kind::Compnum) || bad("not a normal complex number");
  }

  bool read_string(u8 tag, Value& v) {
    u64 n;
    if (!count(n, tag == kDatumString1 ? 1 : 4)) return false;
    if (tag == kDatumString1) {
      v = make_string1(n);
      __builtin_memcpy(bytes_of(v), p_, n);
      p_ += n;
      return true;
    }
    for (u64 i = 0; i < n; ++i) {
      u32 c;
      __builtin_memcpy(&c, p_ + 4 * i, 4);
      if (!is_scalar(c)) return bad("not a character");
    }
    v = make_string4(n);
    __builtin_memcpy(bytes_of(v), p_, 4 * n);
    p_ += 4 * n;
    return true;
  }
  bool text(const char*& utf8, u64& n) {
    if (!count(n, 1)) return false;
    utf8 = reinterpret_cast<const char*>(p_);
    p_ += n;
    return true;
  }
  bool read_symbol(u8 tag, Value& v) {
    const char* utf8;
    u64 n;
    if (!text(utf8, n)) return false;
    v = tag == kDatumSymbol ? intern(utf8, n) : make_uninterned_symbol(make_string_utf8(utf8, n));
    return true;
  }
  bool read_bytevector(Value& v) {
    u64 n;
    if (!count(n, 1)) return false;
    v = make_bytevector(n);
    __builtin_memcpy(bytes_of(v), p_, n);
    p_ += n;
    return true;
  }
  bool read_vector(Value& v) {
    u64 n;
    if (!count(n, 1)) return false;
    v = make_vector(n, False);
    if (n > 0) stack_.push({v, 1, n, false});
    return true;
  }
  bool read_list(u8 tag, Value& v) {
    u64 n;
    if (!count(n, 1)) return false;
    if (n == 0) return bad("a list without elements");
    const bool dotted = tag == kDatumDotted;
    Spine spine;
    while (n > 0 && at_run()) {   // numbers at once, the rest when the spine is there
      u8 width;
      u64 m;
      ++p_;
      if (!run_header(n, width, m)) return false;
      n -= m;
      bool good = width == 0   ? append<std::int8_t>(spine, m)
                  : width == 1 ? append<std::int16_t>(spine, m)
                  : width == 2 ? append<std::int32_t>(spine, m)
                               : append<i64>(spine, m);
      if (!good) return bad("not a fixnum");
    }
    Value last = spine.last;
    Value* rest = spine.tail;
    spine.append(n, [] { return False; });
    v = spine.first;
    if (n > 0) stack_.push({*rest, 0, n + dotted, dotted});
    else if (dotted) stack_.push({last, 1, 1, true});
    return true;
  }

  /// A list in the making. Its pairs lie behind one another.
  struct Spine {
    Value first = Null, last = Null;
    Value* tail = &first;
    template <class Next>
    void append(u64 n, Next next) {
      constexpr u64 kAtOnce = 1024;
      while (n > 0) {
        u64 count = n < kAtOnce ? n : kAtOnce;
        Value* words = reinterpret_cast<Value*>(allocate_words(2 * count));
        n -= count;
        for (; count > 0; --count, words += 2) {
          words[0] = next();
          *tail = last = Value{reinterpret_cast<u64>(words) | kTagPair};
          tail = words + 1;
        }
      }
      *tail = Null;
    }
  };
  template <class Int>
  bool append(Spine& spine, u64 n) {
    bool good = true;
    spine.append(n, [&] { return number<Int>(good); });
    return good;
  }

  bool read_table(Value& v) {
    u8 kind, changeable;
    u64 n;
    if (!byte(kind) || !byte(changeable) || !count(n, 2)) return false;
    u64 known = length_of(slot(environment_, kEnvKnown)) / 2;
    if (kind == kTableCustom || kind >= static_cast<i64>(kTableKnown) + static_cast<i64>(known) || changeable > 1)
      return bad("unknown kind of hash table");
    Value rtd = slot(environment_, kEnvTableRtd);
    v = make_record(rtd, static_cast<u64>(fixnum_value(slot(rtd, 1 + kRtdSize))));
    Value entries = make_vector(2 * n, False), row = make_vector(4, v);
    slot(row, 2) = fixnum(kind);
    slot(row, 3) = boolean(changeable == 1);
    slot(row, 4) = entries;
    tables_ = make_pair(row, tables_);
    if (n > 0) stack_.push({entries, 1, 2 * n, false});
    return true;
  }

  bool read_type() {
    u8 uninterned;
    const char *uid, *name;
    u64 uid_bytes, name_bytes, fields;
    if (!byte(uninterned) || !text(uid, uid_bytes) || !text(name, name_bytes) || !varint(fields)) return false;
    Value uid_name = make_string_utf8(uid, uid_bytes), type_name = make_string_utf8(name, name_bytes);
    for (Value l = slot(environment_, kEnvTypes); is_pair(l); l = cdr(l)) {
      Value rtd = car(l), id = slot(rtd, 1 + kRtdUid);
      if (is_symbol(id) && ((header(id) & kHeaderFlag0) != 0) == (uninterned != 0) &&
          same_text(symbol_name(id), uid_name)) {
        if (!same_text(symbol_name(slot(rtd, 1 + kRtdName)), type_name) ||
            slot(rtd, 1 + kRtdSize) != fixnum(static_cast<i64>(fields)) || fixnum_value(slot(rtd, 1 + kRtdFlags)) & 2)
          return bad("a record type differs from the one that is known");
        types_.push(rtd);
        return true;
      }
    }
    return bad("unknown record type");
  }
  bool read_record(Value& v) {
    u64 n;
    if (!varint(n)) return false;
    if (n >= types_.size()) return bad("undefined number of a record type");
    return read_fields(types_[n], v);
  }
  bool read_fields(Value rtd, Value& v) {
    u64 n = static_cast<u64>(fixnum_value(slot(rtd, 1 + kRtdSize)));
    if (n > left()) return bad("the data end too early");
    v = make_record(rtd, n);
    if (n > 0) stack_.push({v, 1, n, false});
    return true;
  }

  bool read_reference(Value& v) {
    u64 n;
    if (!varint(n)) return false;
    if (n >= shared_.size()) return bad("undefined reference");
    v = shared_[n];
    return v != Value{kUnbound} || bad("undefined reference");
  }
  bool read_external(Value& v) {
    u64 n;
    if (!varint(n)) return false;
    Value all = slot(environment_, kEnvExternals);
    if (!is_vector(all) || n >= length_of(all)) return bad("undefined external part");
    v = slot(all, 1 + static_cast<i64>(n));
    return true;
  }

  const u8 *start_, *p_, *end_;
  Value environment_;
  const char* why_ = nullptr;
  ScratchBuffer<Place> stack_;
  ScratchBuffer<Value> shared_, types_;
  Value tables_ = Null;
};

}  // namespace

/// (%fasl-decode bytes environment): pair of the datum and a list of vectors that describe its hash tables, which the library
/// fills.
Value fasl_decode(Value bytes, Value environment) {
  if (!is_bytevector(bytes)) return raise_assertion("fasl-read", "expected a bytevector", bytes);
  bytes = stable_bytevector(bytes);
  Reader reader(bytes_of(bytes), length_of(bytes), environment);
  Value v = False;
  if (!reader.run(v)) {
    if (context().pending != False && reader.why() == nullptr) return RaiseMark;
    return raise_condition("i/o-read", "fasl-read", reader.why(), fixnum(reader.position()));
  }
  return make_pair(v, reader.tables());
}

}  // namespace loko
