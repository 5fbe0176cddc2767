# SPDX-License-Identifier: MIT
# The steps of pool.sps with Python's multiprocessing.
import multiprocessing
import time


def inc(x):
    return x + 1


def show(what, runs, n, thunk):
    best = None
    for _ in range(runs):
        start = time.perf_counter()
        thunk()
        t = time.perf_counter() - start
        best = t if best is None else min(t, best)
    print(f"Python: {what}: {best / n * 1e6:.2f} µs")


def one_map():
    with multiprocessing.Pool(2) as pool:
        pool.map(inc, range(10))


if __name__ == "__main__":
    small, large = list(range(2000)), list(range(100000))
    with multiprocessing.Pool(2) as pool:
        show("a task and its result", 10, 1000, lambda: [pool.apply_async(inc, (1,)).get() for _ in range(1000)])
        show("map, an item in each message", 10, 2000, lambda: pool.map(inc, small, 1))
        show("map, 100 items in each message", 10, 100000, lambda: pool.map(inc, large, 100))
        show("map of 100,000 items", 10, 100000, lambda: pool.map(inc, large))
    show("a pool for a map of ten items", 10, 1, one_map)
