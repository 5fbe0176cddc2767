// SPDX-License-Identifier: MIT
#include "core/occurrences.h"

namespace loko::core {

void OccurrenceIndex::note(const void* of, Use use, u32 operands) {
  auto found = all_.find(of);
  if (found != all_.end()) found->second.places.push_back({position_, lambdas_, operands, use});
}

void OccurrenceIndex::value(const void* of, const Expr* e) {
  u32 begin = position_ + 1;
  walk(e, false);
  Occurrences& o = all_[of];
  o.begin = begin;
  o.end = position_ + 1;
  o.lambdas = lambdas_;
}

void OccurrenceIndex::walk(const Expr* e, bool tail) {
  ++position_;
  switch (e->tag) {
    case Tag::Quote: case Tag::PrimRef: return;
    case Tag::Ref: return note(e->variable, Use::Reference);
    case Tag::GlobalRef:
      all_[e->global];
      return note(e->global, Use::Reference);
    case Tag::Set: note(e->variable, Use::Assignment); return walk(e->body, false);
    case Tag::GlobalDefine: return value(e->global, e->body);
    case Tag::GlobalSet: return walk(e->body, false);
    case Tag::If:
      for (size_t i = 0; i < 3; ++i) walk(e->parts[i], tail && i > 0);
      return;
    case Tag::Begin:
      for (const Expr* p : e->parts) walk(p, tail && p == e->parts.back());
      return;
    case Tag::Lambda:
      ++lambdas_;
      for (const Clause& c : e->clauses) walk(c.body, true);
      --lambdas_;
      return;
    case Tag::Let:
      for (const Binding& b : e->bindings) walk(b.value, false);
      return walk(e->body, tail);
    case Tag::Letrec: case Tag::LetrecStar:
      for (const Binding& b : e->bindings) all_[b.variable];
      for (const Binding& b : e->bindings) value(b.variable, b.value);
      return walk(e->body, tail);
    case Tag::Prim:
      for (const Expr* p : e->parts) walk(p, false);
      return;
    case Tag::Call: break;
  }
  const Expr* f = e->parts[0];
  const void* callee = f->tag == Tag::Ref ? static_cast<const void*>(f->variable) : f->tag == Tag::GlobalRef ? f->global : nullptr;
  if (f->tag == Tag::GlobalRef) all_[callee];
  if (callee) note(callee, tail ? Use::TailCall : Use::Call, static_cast<u32>(e->parts.size() - 1));
  else walk(f, false);
  for (size_t i = 1; i < e->parts.size(); ++i) walk(e->parts[i], false);
}

}  // namespace loko::core
