;; SPDX-License-Identifier: MIT
;;
;; (rnrs lists (6)): R6RS libraries chapter 3.
(library (rnrs lists (6))
  (export find for-all exists filter partition fold-left fold-right
          remp remove remv remq memp member memv memq assp assoc assv assq cons*)
  (import (loko base lists)))
