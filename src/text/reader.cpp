// SPDX-License-Identifier: MIT
//
// The reader: a pushdown automaton over tokens. `frames_` holds the open constructs, `values_` the data read in
// them; a finished datum is delivered to the innermost frame. Datum labels: a reference inside its own definition
// is a Label node that is replaced by its target when the outermost datum is complete.
#include "text/reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "runtime/numbers/numbers.h"
#include "text/lexer.h"

namespace loko::text {

namespace {

enum class FrameKind : u8 { List, Vector, Bytevector, Prefix, Label, Comment };

/// An open construct.
struct Frame {
  FrameKind kind;
  bool bracket = false;
  u8 dot = 0;                 // List: 1 after the dot, 2 after the datum behind it
  Span open{};                // the token that opened it
  std::size_t base = 0;       // its data begin here in values_
  std::string_view name{};    // Prefix
  Datum* label = nullptr;     // Label: the Label node
};

bool is_container(const Frame& f) { return f.kind <= FrameKind::Bytevector; }

}  // namespace

struct Reader::State {
  State(const SourceManager& sources, SourceId source, Arena& arena_, Diagnostics& d, Dialect dialect)
      : lexer(sources, source, arena_, d, dialect), arena(arena_), diagnostics(d) {}

  Lexer lexer;
  Arena& arena;
  Diagnostics& diagnostics;
  ReadStatus status = ReadStatus::Ok;
  std::vector<Frame> frames;
  std::vector<Datum*> values;
  std::unordered_map<u64, Datum*> labels;  // to Label nodes; car: the target, null while it is being read
  bool wrong = false;          // the datum that is being read has an error
  bool placeholders = false;   // it contains Label nodes
  Datum* finished = nullptr;
  Span top_level_open{};       // first ( at the start of a line inside an open list, and
  Span open_then{};            // the list that was innermost then

  Datum* make(DatumKind kind, Span span) {
    Datum* d = arena.make<Datum>();
    d->kind = kind;
    d->span = span;
    d->items = nullptr;
    d->count = 0;
    return d;
  }
  Datum* make_text(DatumKind kind, Span span, std::string_view text) {
    Datum* d = make(kind, span);
    d->text_data = text.data();
    d->text_size = text.size();
    return d;
  }
  Datum* make_pair_datum(Datum* car, Datum* cdr, Span span) {
    Datum* d = make(DatumKind::Pair, span);
    d->car = car;
    d->cdr = cdr;
    return d;
  }
  void error(Span span, std::string message) {
    diagnostics.error(span, std::move(message));
    wrong = true;
  }

  Datum* read();
  bool step(const Token& t);
  void open(FrameKind kind, const Token& t);
  void note_line_start(const Token& t);
  void close(const Token& t);
  void drop_unfinished(Span where);
  void dot(const Token& t);
  void deliver(Datum* d);
  void deliver_to_container(Frame& f, Datum* d);
  Datum* finish(const Frame& f, Span end);
  Datum* finish_list(const Frame& f, Span all);
  Datum* finish_bytevector(const Frame& f, Span all);
  Datum* leaf(const Token& t);
  Datum* reference(const Token& t);
  void define(const Token& t);
  void at_end(Span end);
  Datum* resolve(Datum* root);
};

Reader::Reader(const SourceManager& sources, SourceId source, Arena& arena, Diagnostics& diagnostics, Dialect dialect)
    : state_(std::make_unique<State>(sources, source, arena, diagnostics, dialect)) {}
Reader::~Reader() = default;
ReadStatus Reader::status() const { return state_->status; }
Dialect Reader::dialect() const { return state_->lexer.dialect(); }
u32 Reader::position() const { return state_->lexer.position(); }
void Reader::seek(u32 position) { state_->lexer.seek(position); }
Datum* Reader::read() { return state_->read(); }

Datum* Reader::State::read() {
  status = ReadStatus::Ok;
  for (;;) {
    frames.clear();
    values.clear();
    labels.clear();
    wrong = placeholders = false;
    finished = nullptr;
    top_level_open = open_then = {};
    while (finished == nullptr) {
      Token t = lexer.next();
      if (t.kind == TokenKind::End) {
        at_end(t.span);
        return nullptr;
      }
      if (!step(t)) break;
    }
    if (finished != nullptr && !wrong) return placeholders ? resolve(finished) : finished;
    if (lexer.incomplete()) status = ReadStatus::Incomplete;
    else status = ReadStatus::Error;
  }
}

/// Takes one token; false if it was dropped at the outermost level.
bool Reader::State::step(const Token& t) {
  switch (t.kind) {
    case TokenKind::Open: case TokenKind::OpenBracket: open(FrameKind::List, t); break;
    case TokenKind::OpenVector: open(FrameKind::Vector, t); break;
    case TokenKind::OpenBytevector: open(FrameKind::Bytevector, t); break;
    case TokenKind::Close: case TokenKind::CloseBracket: close(t); break;
    case TokenKind::Prefix: open(FrameKind::Prefix, t); break;
    case TokenKind::DatumComment: open(FrameKind::Comment, t); break;
    case TokenKind::LabelDefinition: define(t); break;
    case TokenKind::LabelReference: deliver(reference(t)); break;
    case TokenKind::Dot: dot(t); break;
    case TokenKind::Bad: wrong = true; deliver(make(DatumKind::Null, t.span)); break;
    default: deliver(leaf(t)); break;
  }
  return !frames.empty() || !wrong;
}

/// Remembers where a form seems to begin although the one before isn't closed: the first column.
void Reader::State::note_line_start(const Token& t) {
  if (top_level_open || frames.empty() || t.span.begin == 0 || lexer.text()[t.span.begin - 1] != '\n') return;
  for (std::size_t i = frames.size(); i-- > 0;) {
    if (!is_container(frames[i])) continue;
    top_level_open = t.span;
    open_then = frames[i].open;
    return;
  }
}

void Reader::State::open(FrameKind kind, const Token& t) {
  if (kind == FrameKind::List) note_line_start(t);
  frames.push_back({kind, t.kind == TokenKind::OpenBracket, 0, t.span, values.size(), t.text, nullptr});
}

/// Removes prefixes, labels and comments that still wait for their datum.
void Reader::State::drop_unfinished(Span where) {
  while (!frames.empty() && !is_container(frames.back())) {
    const Frame& f = frames.back();
    std::string_view shown = lexer.text().substr(f.open.begin, f.open.end - f.open.begin);
    error(f.open, "expected a datum after `" + std::string(shown) + "`");
    if (where) diagnostics.note(where, "but found this");
    frames.pop_back();
  }
}

void Reader::State::close(const Token& t) {
  drop_unfinished(t.span);
  bool bracket = t.kind == TokenKind::CloseBracket;
  const char* shown = bracket ? "`]`" : "`)`";
  if (frames.empty()) return error(t.span, std::string("unexpected ") + shown + ": nothing is open here");
  Frame f = frames.back();
  if (f.bracket != bracket) {
    error(t.span, std::string("expected ") + (f.bracket ? "`]`" : "`)`") + " but found " + shown);
    diagnostics.note(f.open, std::string("to close this `") + (f.bracket ? "[" : "(") + "`");
  }
  if (f.dot == 1) error(t.span, "expected a datum after the dot");
  frames.pop_back();
  Datum* d = finish(f, t.span);
  d->bracket = f.bracket;
  values.resize(f.base);
  deliver(d);
}

void Reader::State::dot(const Token& t) {
  drop_unfinished(t.span);
  if (frames.empty()) return error(t.span, "unexpected dot outside of a list");
  Frame& f = frames.back();
  if (f.kind != FrameKind::List) return error(t.span, "unexpected dot in a vector");
  if (values.size() == f.base) error(t.span, "expected a datum before the dot");
  if (f.dot != 0) return error(t.span, "a second dot in a list");
  f.dot = 1;
}

/// Hands a complete datum to the innermost open construct, which may complete that, and so on.
void Reader::State::deliver(Datum* d) {
  for (;;) {
    if (frames.empty()) {
      finished = d;
      return;
    }
    Frame& f = frames.back();
    if (is_container(f)) return deliver_to_container(f, d);
    Frame done = f;
    frames.pop_back();
    if (done.kind == FrameKind::Comment) return;
    if (done.kind == FrameKind::Prefix) {
      Span all{d->span.source, done.open.begin, std::max(d->span.end, done.open.end)};
      Datum* end = make(DatumKind::Null, {all.source, all.end, all.end});
      Datum* rest = make_pair_datum(d, end, d->span);
      d = make_pair_datum(make_text(DatumKind::Symbol, done.open, done.name), rest, all);
    } else if (d == done.label) {
      error(done.open, "this label names only itself");
    } else {
      done.label->car = d;
      d->labelled = true;
    }
  }
}

void Reader::State::deliver_to_container(Frame& f, Datum* d) {
  if (f.dot == 2) return error(d->span, "expected `)` after the datum behind the dot");
  if (f.dot == 1) f.dot = 2;
  values.push_back(d);
}

Datum* Reader::State::finish(const Frame& f, Span end) {
  Span all{end.source, f.open.begin, end.end};
  if (f.kind == FrameKind::List) return finish_list(f, all);
  if (f.kind == FrameKind::Bytevector) return finish_bytevector(f, all);
  Datum* d = make(DatumKind::Vector, all);
  d->count = values.size() - f.base;
  if (d->count != 0) {
    d->items = static_cast<Datum**>(arena.allocate(d->count * sizeof(Datum*), alignof(Datum*)));
    std::memcpy(d->items, values.data() + f.base, d->count * sizeof(Datum*));
  }
  return d;
}

Datum* Reader::State::finish_list(const Frame& f, Span all) {
  std::size_t end = values.size();
  if (end == f.base) return make(DatumKind::Null, all);
  Datum* tail = f.dot == 2 && end - f.base > 1 ? values[--end] : make(DatumKind::Null, {all.source, all.end - 1, all.end});
  for (std::size_t i = end; i-- > f.base;)
    tail = make_pair_datum(values[i], tail, {all.source, i == f.base ? all.begin : std::min(values[i]->span.begin, all.end), all.end});
  return tail;
}

Datum* Reader::State::finish_bytevector(const Frame& f, Span all) {
  Datum* d = make(DatumKind::Bytevector, all);
  std::size_t n = values.size() - f.base;
  u8* bytes = n == 0 ? nullptr : static_cast<u8*>(arena.allocate(n, 1));
  for (std::size_t i = 0; i < n; ++i) {
    const Datum* item = values[f.base + i];
    i64 value = -1;
    if (item->kind == DatumKind::Number) {
      Value v = parse_number(item->text_data, item->text_size, 10);
      if (is_fixnum(v)) value = fixnum_value(v);
    }
    if ((value < 0 || value > 255) && !wrong) error(item->span, "expected an exact integer from 0 to 255 in a bytevector");
    bytes[i] = static_cast<u8>(value);
  }
  d->bytes = bytes;
  d->byte_count = n;
  return d;
}

Datum* Reader::State::leaf(const Token& t) {
  Datum* d;
  switch (t.kind) {
    case TokenKind::Bool:
      d = make(DatumKind::Bool, t.span);
      d->boolean = t.number != 0;
      return d;
    case TokenKind::Char:
      d = make(DatumKind::Char, t.span);
      d->character = static_cast<u32>(t.number);
      return d;
    case TokenKind::Immediate:
      d = make(DatumKind::Immediate, t.span);
      d->immediate = Value{t.number};
      return d;
    case TokenKind::Number: return make_text(DatumKind::Number, t.span, t.text);
    case TokenKind::String: return make_text(DatumKind::String, t.span, t.text);
    default: return make_text(DatumKind::Symbol, t.span, t.text);
  }
}

void Reader::State::define(const Token& t) {
  Datum* node = make(DatumKind::Label, t.span);
  if (!labels.emplace(t.number, node).second) error(t.span, "datum label " + std::to_string(t.number) + " is defined twice");
  frames.push_back({FrameKind::Label, false, 0, t.span, values.size(), {}, node});
}

Datum* Reader::State::reference(const Token& t) {
  auto it = labels.find(t.number);
  if (it == labels.end()) {
    error(t.span, "datum label " + std::to_string(t.number) + " is not defined before this place");
    return make(DatumKind::Null, t.span);
  }
  if (it->second->car != nullptr && it->second->car->kind != DatumKind::Label) return it->second->car;
  placeholders = true;
  return it->second;
}

/// Replaces Label nodes by what they stand for in all that is reachable.
Datum* Reader::State::resolve(Datum* root) {
  auto target = [](Datum* d) {
    for (u64 steps = 0; d->kind == DatumKind::Label && d->car != nullptr && steps < 1000; ++steps) d = d->car;
    return d;
  };
  std::unordered_set<Datum*> seen;
  root = target(root);
  std::vector<Datum*> work{root};
  while (!work.empty()) {
    Datum* d = work.back();
    work.pop_back();
    if (d->labelled && !seen.insert(d).second) continue;
    if (d->kind == DatumKind::Pair) {
      work.push_back(d->car = target(d->car));
      work.push_back(d->cdr = target(d->cdr));
    } else if (d->kind == DatumKind::Vector) {
      for (u64 i = 0; i < d->count; ++i) work.push_back(d->items[i] = target(d->items[i]));
    }
  }
  return root;
}

/// The text ended; reports what is still open.
void Reader::State::at_end(Span end) {
  if (lexer.incomplete()) {
    status = ReadStatus::Incomplete;
    return;
  }
  if (frames.empty()) return;
  status = ReadStatus::Incomplete;
  const Frame* innermost = nullptr;
  bool suspect_is_open = false;
  for (const Frame& f : frames) {
    if (!is_container(f)) continue;
    innermost = &f;
    suspect_is_open |= top_level_open && f.open.begin == open_then.begin;
  }
  if (innermost == nullptr) return drop_unfinished({});
  Span open = suspect_is_open ? open_then : innermost->open;
  bool bracket = lexer.text()[open.begin] == '[';
  const char* what = innermost->kind == FrameKind::List || suspect_is_open ? "list" : "vector";
  error(open, std::string("unterminated ") + what + ": `" + (bracket ? "]" : ")") + "` is missing");
  if (suspect_is_open) diagnostics.note(top_level_open, "a new form seems to begin here");
  (void)end;
}

}  // namespace loko::text
