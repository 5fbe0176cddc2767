;; SPDX-License-Identifier: MIT
;;
;; SRFI 64: a test suite API.
(library (srfi :64)
  (export test-begin test-end test-group test-group-with-cleanup test-assert test-eqv test-eq
          test-equal test-approximate test-error test-read-eval-string test-apply test-with-runner
          test-match-name test-match-nth test-match-any test-match-all test-skip test-expect-fail
          test-runner? test-runner-create test-runner-factory test-runner-get test-runner-current
          test-runner-null test-runner-simple test-runner-reset test-runner-pass-count
          test-runner-fail-count test-runner-xpass-count test-runner-xfail-count
          test-runner-skip-count test-runner-test-name test-runner-group-path
          test-runner-group-stack test-runner-aux-value test-runner-aux-value!
          test-runner-on-test-begin test-runner-on-test-begin! test-runner-on-test-end
          test-runner-on-test-end! test-runner-on-group-begin test-runner-on-group-begin!
          test-runner-on-group-end test-runner-on-group-end! test-runner-on-final
          test-runner-on-final! test-runner-on-bad-count test-runner-on-bad-count!
          test-runner-on-bad-end-name test-runner-on-bad-end-name! test-on-test-begin-simple
          test-on-test-end-simple test-on-group-begin-simple test-on-group-end-simple
          test-on-final-simple test-on-bad-count-simple test-on-bad-end-name-simple test-result-ref
          test-result-set! test-result-remove test-result-clear test-result-alist test-result-kind
          test-passed?)
  (import (srfi :64 testing)))
