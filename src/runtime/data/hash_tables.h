// SPDX-License-Identifier: MIT
//
// The layout of hash tables, for C++: records of (loko base hashtables), whose fields, types and entries these are.
#pragma once

#include "tables/abi.h"

namespace loko {

/// The fields of a table, by the index of their word.
enum TableField : i64 {
  kTableType = 1, kTableBuckets, kTableCount, kTableHash, kTableSame, kTableMutable, kTableNurseryEpoch, kTableAddressEpoch,
  kTableYoung, kTableAddressed, kTableSeed, kTableLimit, kTableMask, kTableGrowAt, kTableVersion
};

/// Types of tables; with a seed it is the type and kTableSeeded.
enum TableType : i64 { kTableEq, kTableEqv, kTableEqual, kTableCustom, kTableWeak, kTableSeeded = 8 };

/// The parts of a table that table_contents gives.
enum class TablePart : i64 { Keys, Values, Both };

/// A fresh vector of the keys, of the values, or of keys and values by turns. Weak keys that are gone are left out.
Value table_contents(Value table, TablePart part);

}  // namespace loko
