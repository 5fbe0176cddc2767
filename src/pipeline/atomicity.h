// SPDX-License-Identifier: MIT
//
// Which code of the implementation's own libraries fibers may be switched in. Out: an Atomicity (core/language.h) for the name
// of a library. A library that keeps state which its users share between fibers (tables, ports, the scheduler) is atomic: what
// it does is one step. One that only computes on its arguments is as its caller: the safepoints of a sort that a program
// calls serve the timer, those of the same sort called in the middle of an atomic step don't.
#pragma once

#include <string>

#include "core/language.h"

namespace loko::pipeline {

/// The atomicity of a library in scheme/, by its name as it is written.
core::Atomicity atomicity_of(const std::string& library);
/// May a signal end the process within a step of this atomic library? Elsewhere it waits for the end of the step (kIndivisibleCode).
bool may_end_within(const std::string& library);

}  // namespace loko::pipeline
