// SPDX-License-Identifier: MIT
//
// What the assert form calls when its expression is false.
#include "runtime/memory/heap.h"

namespace loko {

Value assertion_failed(Value irritants) {
  Value raised = raise_condition("assertion", "assert", "assertion failed");
  // (kind who message irritant …): the irritants follow the message.
  Value p = context().pending;
  while (is_pair(p) && is_pair(cdr(p))) p = cdr(p);
  if (is_pair(p)) set_field(p, 1, irritants);
  return raised;
}

}  // namespace loko
