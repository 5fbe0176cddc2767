// SPDX-License-Identifier: MIT
// Keeps the object library of stub-only sources non-empty.
