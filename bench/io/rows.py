#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ports and data in and out against Chez: the rows of rows.sps, with the speed that each is meant to reach.

usage: bench/io/rows.py [--loko build/loko] [--runs 3] [--megabytes 100] [--only ROW,...]

Makes texts and data (the same in each run), compiles rows.sps, and runs both systems in turn on one core. A figure is CPU time (user and
system), the minimum of the runs; for `read` and `write`, which need data first, less that of a run that only reads them once. Both must
print the same."""
import argparse
import os
import random
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# row: (the row that it is measured without, speed to reach as a multiple of Chez')
ROWS = {
    "copy-characters": (None, 2), "copy-lines": (None, 2), "copy-blocks": (None, 1),
    "words": (None, 2), "words-wc": (None, 2), "words-predicate": (None, 2),
    "read": ("data", 1.5), "read-kept": ("data", 1.5), "write": ("data", 1.5), "read-decimals": ("decimals", 1.5),
}


def make_text(path, size):
    """Words of random letters and lengths, so that no branch predictor knows where they end."""
    choose = random.Random(1)
    with open(path, "w") as out:
        lines = []
        for _ in range(2000):
            words = ("".join(choose.choices("abcdefghijklmnopqrstuvwxyz", k=choose.randint(1, 8))) for _ in range(choose.randint(3, 14)))
            lines.append(" ".join(words) + choose.choice(["", ",", ".", "!"]) + "\n")
        written = 0
        while written < size:
            block = "".join(choose.choices(lines, k=1000))[:size - written]
            out.write(block)
            written += len(block)


def make_data(path, size):
    """Definitions as programs have them."""
    choose = random.Random(5)
    names = "lambda define let if cond x y list-tail vector-ref string-append a1 + - * cons car cdr not quote".split()
    names += [f"sym{i}" for i in range(500)]

    def datum(depth):
        r = choose.random()
        if depth == 0 or r < 0.45: return choose.choice(names)
        if r < 0.6: return str(choose.randint(-1000, 100000))
        if r < 0.65: return '"' + "".join(choose.choices("abc def", k=8)) + '"'
        if r < 0.67: return choose.choice(["#t", "#f", "#\\a", "1.5"])
        return "(" + " ".join(datum(depth - 1) for _ in range(choose.randint(1, 6))) + ")"

    with open(path, "w") as out:
        written = 0
        while written < size:
            text = f"(define ({choose.choice(names)}) {datum(7)})\n"
            out.write(text)
            written += len(text)


def cpu(command):
    """CPU seconds and what was printed."""
    with tempfile.TemporaryFile() as out:
        pid = os.fork()
        if pid == 0:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
            os.dup2(out.fileno(), 1)
            os.execvp(command[0], command)
        _, status, used = os.wait4(pid, 0)
        if status != 0: raise SystemExit(f"{command} failed: {status}")
        out.seek(0)
        return used.ru_utime + used.ru_stime, out.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loko", default=os.path.join(HERE, "../../build/loko"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--only")
    options = parser.parse_args()
    chez = shutil.which("chezscheme") or shutil.which("scheme")
    with tempfile.TemporaryDirectory() as work:
        make_text(f"{work}/text", options.megabytes * 1000000)
        make_data(f"{work}/data", options.megabytes * 100000)
        binary = f"{work}/rows"
        subprocess.run([options.loko, "--compile", f"{HERE}/rows.sps", "--output", binary], check=True, stdout=subprocess.DEVNULL)
        systems = {"loko": [binary]}
        if chez: systems["chez"] = [chez, "--program", f"{HERE}/rows.sps"]
        print(f"{'row':18}{'loko':>8}{'chez':>8}{'speed':>8}{'aim':>6}")
        for row, (base, aim) in ROWS.items():
            if options.only and row not in options.only.split(","): continue
            best, printed = {}, {}
            for _ in range(options.runs):
                for name, command in systems.items():
                    t, printed[name] = cpu(command + [row, work])
                    best[name] = min(best.get(name, t), t)
                    if base: best[name + base] = min(best.get(name + base, 1e9), cpu(command + [base, work])[0])
            if len(set(printed.values())) > 1: print(f"{row}: different results: {printed}")
            times = {name: best[name] - (best[name + base] if base else 0) for name in systems}
            line = f"{row:18}{times['loko']:8.3f}"
            if chez: line += f"{times['chez']:8.3f}{times['chez'] / times['loko']:8.2f}{aim:6}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
