;; SPDX-License-Identifier: MIT
(library (scheme read) (export read) (import (only (chezscheme) read)))
