;; SPDX-License-Identifier: MIT
(library (scheme inexact) (export acos asin atan cos exp finite? infinite? log nan? sin sqrt tan)
  (import (chezscheme)))
