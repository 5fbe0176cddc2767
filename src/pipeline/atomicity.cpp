// SPDX-License-Identifier: MIT
//
// The table of atomicity.h: the first row whose text the name begins with; libraries in no row are atomic.
#include "pipeline/atomicity.h"

namespace loko::pipeline {

namespace {

using core::Atomicity;

struct Row {
  const char* begin;
  Atomicity atomicity;
};

constexpr Row kRows[] = {
    {"(loko system fibers ", Atomicity::Scheduler},
    {"(loko loci frames)", Atomicity::Indivisible},
    {"(loko loci streams)", Atomicity::Indivisible},
    {"(loko base preemption)", Atomicity::None},
    // No shared state: they work on what they are given.
    {"(loko base bitwise)", Atomicity::AsCaller},
    {"(loko base bytevectors)", Atomicity::AsCaller},
    {"(loko base chars)", Atomicity::AsCaller},
    {"(loko base control)", Atomicity::AsCaller},
    {"(loko base enums)", Atomicity::AsCaller},
    {"(loko base equality)", Atomicity::AsCaller},
    {"(loko base exceptions)", Atomicity::AsCaller},
    {"(loko base fixnums)", Atomicity::AsCaller},
    {"(loko base flonums)", Atomicity::AsCaller},
    {"(loko base lists)", Atomicity::AsCaller},
    {"(loko base long-work)", Atomicity::AsCaller},
    {"(loko base match-support)", Atomicity::AsCaller},
    {"(loko base numbers)", Atomicity::AsCaller},
    {"(loko base parameters)", Atomicity::AsCaller},
    {"(loko base promises)", Atomicity::AsCaller},
    {"(loko base reader", Atomicity::AsCaller},
    {"(loko base sorting)", Atomicity::AsCaller},
    {"(loko base strings)", Atomicity::AsCaller},
    {"(loko base vectors)", Atomicity::AsCaller},
    {"(loko match)", Atomicity::AsCaller},
    {"(loko unicode)", Atomicity::AsCaller},
    {"(rnrs ", Atomicity::AsCaller},
    {"(scheme ", Atomicity::AsCaller},
    // Counters, tables, sources of random numbers, sockets.
    {"(srfi :106 ", Atomicity::Atomic},
    {"(srfi :113 ", Atomicity::Atomic},
    {"(srfi :125 ", Atomicity::Atomic},
    {"(srfi :215 ", Atomicity::Atomic},
    {"(srfi :27 ", Atomicity::Atomic},
    {"(srfi :41 ", Atomicity::Atomic},
    {"(srfi :64 ", Atomicity::Atomic},
    {"(srfi :69 ", Atomicity::Atomic},
    {"(srfi :78 ", Atomicity::Atomic},
    {"(srfi ", Atomicity::AsCaller},
};

/// Atomic libraries that wait in system calls of their own: a signal ends the process there.
constexpr const char* kWaiting[] = {"(loko base waiting)", "(loko loci launcher)", "(loko loci early)", "(loko editor)"};

}  // namespace

bool may_end_within(const std::string& library) {
  for (const char* name : kWaiting)
    if (library == name) return true;
  return false;
}

Atomicity atomicity_of(const std::string& library) {
  for (const Row& row : kRows)
    if (library.starts_with(row.begin)) return row.atomicity;
  return Atomicity::Atomic;
}

}  // namespace loko::pipeline
