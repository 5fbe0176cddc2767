;; SPDX-License-Identifier: MIT
;; The first program: loko --compile hello.sps && ./hello
(import (rnrs))

(display "Hello, world!\n")
