#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints an R6RS program with random loops over vectors: starts, ends, steps and indices that ranges and differences of integers
(src/low/ranges, inequalities, peel_checks, licm) decide or must not decide. The procedures get lengths, bounds and starts that fit
their vectors, nearly fit, or lie at the ends of the fixnums; what raises is written as `error`.
usage: loops.py SEED [PROCEDURES]"""
import random
import sys


class Loops:
    """The text of one procedure's body. Every loop has fuel, so that all of them end."""

    def __init__(self, r):
        self.r, self.loops = r, 0

    def index(self, variables):
        r, a = self.r, self.r.choice(variables)
        return r.choice([
            a, a, a, f"(fx+ {a} {r.choice([1, 2, -1])})", f"(fx- {a} 1)", f"(fxdiv (fx+ {a} {r.choice(variables)}) 2)",
            f"(fxmod {a} {r.choice(['n', 'm', '3', '4'])})", f"(fxand {a} {r.choice([1, 3, 7])})", f"(fx- (fx- n 1) {a})",
            f"(fxmin {a} (fx- n 1))", f"(fxmax {a} 0)"])

    def statement(self, variables, depth):
        r, kind, v = self.r, self.r.randrange(10), self.r.choice("vw")
        if kind < 4:
            return f"(set! sum (+ sum (vector-ref {v} {self.index(variables)})))"
        if kind < 6:
            return f"(vector-set! {v} {self.index(variables)} {r.choice(variables + ['1', 'sum'])})"
        if kind == 6 and depth < 2:
            return self.loop(variables, depth + 1)
        if kind == 7:
            test = f"({r.choice(['<', '>=', '=', '<='])} {r.choice(variables)} {r.choice(variables + ['n', '0'])})"
            return f"(if {test} {self.statement(variables, depth)} {self.statement(variables, depth)})"
        if kind == 8:
            return f"(set! sum (* sum (+ 1 (abs {r.choice(variables)}))))"
        return f"(set! sum ({r.choice('+-')} sum {r.choice(variables)}))"

    def loop(self, variables, depth):
        r = self.r
        self.loops += 1
        i, fuel = f"i{self.loops}", f"fuel{self.loops}"
        start = r.choice(['0', '0', '0', '1', '-1', 'n', '(fx- n 1)', 'm'] + variables + [f"(fx+ {x} 1)" for x in variables])
        end = r.choice(['n', 'n', 'n', 'm', '0', '-1', '(fx- n 1)', 'k', '(vector-length v)', '(vector-length w)', '5'])
        test = r.choice(['fx=?', '=', 'fx>=?', 'fx>?', 'fx<?', 'fx<=?', '>=', '<'])
        body = ' '.join(self.statement(variables + [i], depth) for _ in range(r.randrange(1, 3)))
        step = f"({r.choice(['+', 'fx+'])} {i} {r.choice([1, 1, 1, -1, -1, 2, -2])})"
        return (f"(let loop (({i} {start}) ({fuel} 0)) (if (or ({test} {i} {end}) (fx>? {fuel} 12)) 'done"
                f" (begin {body} (loop {step} (fx+ {fuel} 1)))))")


def main():
    r = random.Random(int(sys.argv[1]))
    procedures = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    print("""(import (rnrs))
(define (try f . args)
  (call/cc (lambda (k) (with-exception-handler (lambda (e) (k 'error)) (lambda () (apply f args))))))
(define (iota-vector n) (let ((v (make-vector n 0))) (do ((i 0 (+ i 1))) ((= i n) v) (vector-set! v i (+ i 1)))))""")
    for f in range(procedures):
        loops = Loops(r)
        body = ' '.join(loops.loop(['k'], 0) for _ in range(r.randrange(1, 3)))
        print(f"(define (f{f} v w n m k) (let ((sum 0)) {body} (list sum v w)))")
    for f in range(procedures):
        for _ in range(8):
            a, b = r.randrange(7), r.randrange(7)
            n, m = r.choice([a, a, b, r.randrange(-1, 9)]), r.choice([b, b, a, 3])
            k = r.choice([0, 1, 2, -1, a, 5, 2**60 - 1, -2**60])
            w = f"(iota-vector {b})" if r.random() < .9 else "'symbol"
            print(f"(write (try f{f} (iota-vector {a}) {w} {n} {m} {k})) (newline)")


main()
