;; SPDX-License-Identifier: MIT
;; Of an irritant whose text is long, the report shows the first 2,000 characters.
(import (rnrs))
(error 'count "too many" (make-vector 1200 1) 'last)
