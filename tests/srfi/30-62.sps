;; SPDX-License-Identifier: MIT
(import (rnrs) (srfi :30) (srfi :62) (srfi 30) (srfi 62) (srfi :30 nested-multi-line-comments) (srfi :62 s-expression-comments) (tests support checks))
(check '(1 #| a #| nested |# b |# 2) => '(1 2))
(check '(1 #;(hidden #;deeper x) 2 #;3) => '(1 2))
(check (+ 1 #;10 #;(a b) 2) => 3)
(check (quote #;hidden shown) => 'shown)
(finish)
