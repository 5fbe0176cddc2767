// SPDX-License-Identifier: MIT
//
// Core as a datum, for `expand`: the text form of core/language.h as lists and symbols.
#pragma once

#include "core/language.h"

namespace loko::syntax {

/// The expression as a datum.
Value core_to_datum(const core::Expr* e);

}  // namespace loko::syntax
