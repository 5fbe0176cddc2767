#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times our compiler against the other Schemes on this machine, safe mode for all, alternating, pinned to one core.

usage: bench/compare.py [--suite DIR] [--loko build/loko] [--peers chez,guile,gambit,racket,chicken,mit] [--runs 3]
                        [--seconds 0.5] [--only fib,tak] [--csv FILE] [--svg FILE] [--work DIR]

Without --suite: bench/programs, whose first comment says the class. DIR is a checkout of the r7rs-benchmarks (src/, inputs/):
each program's repetition count is scaled so that Chez takes about --seconds. The other systems get the R7RS names that they lack from bench/peers.

A figure is CPU time (user and system) of the whole process less that of an empty program, in seconds: the median of
the runs; the two ratios are ours to Chez's, of time and of peak memory. Wall time, peak memory and page faults are in the CSV,
with bytes allocated and collections where a system tells them. Each system must print a result that the benchmark itself accepts; otherwise the field is empty.
Compile times are CPU seconds of the whole compiler process (for Gambit and Chicken with the C compiler).
"""
import argparse, csv, math, os, re, shutil, statistics, subprocess, sys, tempfile

sys.dont_write_bytecode = True
from systems import FRAME, PEERS, Chez, Loko, Run

HERE = os.path.dirname(os.path.abspath(__file__))
CLASSES = {
    'floats': 'fibfp sumfp mbrot mbrotZ nucleic pnpoly fft ray simplex',
    'bignums': 'pi chudnovsky',
    'text and I/O': 'string bv2string cat tail wc read1 sum1 slatex',
    'allocation, vectors, equal?': 'gcbench nboyer sboyer mperm graphs paraffins array1 equal',
    'calls, symbolic, the rest': 'ack browse compiler conform cpstak ctak deriv destruc diviter divrec dynamic earley '
    'fib fibc lattice matrix maze mazefun nqueens ntakl parsing peval primes puzzle quicksort scheme sum tak takl triangl',
}


def scaled_input(text, count):
    """The input with its first number, the repetition count, replaced."""
    lines = text.split('\n')
    for i, line in enumerate(lines):
        if re.match(r'\s*\d+', line):
            lines[i] = re.sub(r'\d+', str(count), line, count=1)
            break
    return '\n'.join(lines)


def first_count(text):
    for line in text.split('\n'):
        found = re.match(r'\s*(\d+)', line)
        if found:
            return int(found.group(1))
    return 1


class Suite:
    """A checkout of the r7rs-benchmarks."""

    def __init__(self, folder, seconds, work):
        self.folder, self.seconds, self.work, self.classes = folder, seconds, work, CLASSES
        known = [n for names in CLASSES.values() for n in names.split()]
        self.names = [n for n in known if os.path.exists(os.path.join(folder, 'inputs', n + '.input'))]

    def text(self, name):
        parts = []
        for part in (name, 'common'):
            with open(os.path.join(self.folder, 'src', part + '.scm')) as f:
                parts.append(f.read())
        # The programs call (run-benchmark) themselves or leave it to the frame, as the suite's version has it.
        with open(os.path.join(self.folder, 'src', 'common-postlude.scm')) as f:
            frame = f.read()
        body = '\n'.join(parts)
        if re.search(r'^\(run-benchmark\)', parts[0], re.M):
            frame = ''
        return body + frame + FRAME

    def input(self, name, command):
        """The input file, scaled by one run of a reference system."""
        with open(os.path.join(self.folder, 'inputs', name + '.input')) as f:
            text = f.read()
        path = os.path.join(self.work, name + '.input')
        scale = os.path.join(self.work, name + '.count')
        if os.path.exists(scale):
            count = int(open(scale).read())
        else:
            count = first_count(text)
            trial = max(1, count // 16)
            if command and count > 1:
                with open(path, 'w') as f:
                    f.write(scaled_input(text, trial))
                done = Run(command, open(path), self.folder, 60)
                found = re.search(r'Elapsed time: ([0-9.e+-]+)', done.output)
                each = float(found.group(1)) / trial if found else 0
                count = max(1, min(count, round(self.seconds / each))) if each > 0 else trial
            with open(scale, 'w') as f:
                f.write(str(count))
        with open(path, 'w') as f:
            f.write(scaled_input(text, count))
        return path


class Own:
    """bench/programs: R7RS programs that print their result, which must be the same everywhere."""

    def __init__(self, folder):
        self.folder = folder
        self.names = sorted(f[:-4] for f in os.listdir(folder) if f.endswith('.scm'))
        self.classes = {}
        for name in self.names:
            with open(os.path.join(folder, name + '.scm')) as f:
                label = f.read().split('\n')[1][3:].split(':')[0]
            self.classes[label] = self.classes.get(label, '') + ' ' + name

    def text(self, name):
        with open(os.path.join(self.folder, name + '.scm')) as f:
            return f.read() + '(newline) (display "+!CSVLINE!+")\n' + FRAME

    def input(self, name, command):
        return os.devnull


def geometric_mean(values):
    return math.exp(sum(math.log(v) for v in values) / len(values)) if values else None


def print_compile_times(rows, names):
    """CPU seconds of the whole compiler process, for the largest programs and over all, against Chez."""
    rows = sorted((r for r in rows if 'compile loko' in r), key=lambda r: -r['size'])
    print('\ncompile time of the largest' + ''.join('%9s' % n for n in names))
    for row in rows[:8]:
        print('%-11s %12d bytes ' % (row['name'], row['size']) + ''.join('%9.3f' % row.get('compile ' + n, math.nan) for n in names))
    for label, some in ('the largest 8', rows[:8]), ('all', rows):
        ratios = [r['compile loko'] / r['compile chez'] for r in some if r.get('compile chez') and r['compile loko']]
        if ratios:
            print('%-28s  loko %.2f of Chez (%d)' % (label, geometric_mean(ratios), len(ratios)))


def chart(rows, peers, path):
    """A bar per program: our time against Chez's, as SVG."""
    rows = [r for r in rows if r.get('loko') and r.get('chez')]
    rows.sort(key=lambda r: r['loko'] / r['chez'])
    width, bar = 760, 13
    height = 40 + bar * len(rows)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="10">' % (width, height),
           '<text x="8" y="16" font-size="13">CPU time against safe Chez Scheme (1.0 = equal, shorter is better)</text>']
    unit = (width - 180) / 2.0
    for i, row in enumerate(rows):
        ratio, y = row['loko'] / row['chez'], 28 + i * bar
        out.append('<text x="84" y="%d" text-anchor="end">%s</text>' % (y + 9, row['name']))
        out.append('<rect x="90" y="%d" width="%.1f" height="%d" fill="%s"/>' % (y, min(ratio, 2) * unit, bar - 3, '#3a7' if ratio <= 1 else '#c64'))
        out.append('<text x="%.1f" y="%d">%.2f</text>' % (94 + min(ratio, 2) * unit, y + 9, ratio))
    out.append('<line x1="%.1f" y1="24" x2="%.1f" y2="%d" stroke="#555"/></svg>' % (90 + unit, 90 + unit, height - 8))
    with open(path, 'w') as f:
        f.write('\n'.join(out) + '\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--loko', default='build/loko')
    parser.add_argument('--flags', default='', help='further flags of loko')
    parser.add_argument('--suite')
    parser.add_argument('--peers', default='chez')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=0.5)
    parser.add_argument('--limit', type=int, default=60, help='CPU seconds that a run may take')
    parser.add_argument('--only')
    parser.add_argument('--csv')
    parser.add_argument('--svg')
    parser.add_argument('--work', help='keeps compiled programs and scaled inputs here')
    args = parser.parse_args()

    Loko.program, Loko.flags = os.path.abspath(args.loko), args.flags.split()
    work = args.work or tempfile.mkdtemp(prefix='loko-bench-')
    os.makedirs(work, exist_ok=True)
    names = ['loko'] + [p for p in args.peers.split(',') if p and PEERS[p].program]
    peers = [PEERS[n](n, work) for n in names]
    suite = Suite(os.path.abspath(args.suite), args.seconds, work) if args.suite else Own(os.path.join(HERE, 'programs'))
    model = next((l.split(':')[1].strip() for l in open('/proc/cpuinfo') if l.startswith('model name')), '?')
    print('machine: %s, %d cores, load %.2f' % (model, os.cpu_count(), os.getloadavg()[0]))
    print('systems: ' + ', '.join(names), flush=True)
    pin = ['taskset', '-c', str(sorted(os.sched_getaffinity(0))[-1])] if shutil.which('taskset') else []

    empty = '(import (scheme base) (scheme write))\n(display "+!CSVLINE!+")\n' + FRAME
    for peer in peers:
        command = peer.prepare('empty', empty)
        if command:
            peer.base = min(Run(pin + command, subprocess.DEVNULL, work, 20).cpu for _ in range(3))

    chosen = args.only.split(',') if args.only else suite.names
    print('%-11s' % 'program' + ''.join('%9s' % n for n in names) + '   ratio  memory', flush=True)
    rows, noisy = [], []
    for name in chosen:
        commands = {}
        text = suite.text(name)
        row = {'name': name, 'size': len(text)}
        for peer in peers:
            try:
                commands[peer.name] = peer.prepare(name, text)
                row['compile ' + peer.name] = round(peer.compile_seconds, 3)
            except subprocess.TimeoutExpired:
                commands[peer.name] = None
        reference = commands.get('chez') or commands.get('loko')
        source = suite.input(name, reference and pin + reference)
        runs = {n: [] for n in names}
        for _ in range(args.runs):
            for peer in peers:
                if commands[peer.name] and (not runs[peer.name] or runs[peer.name][-1].ok()):
                    runs[peer.name].append(Run(pin + commands[peer.name], open(source), suite.folder, args.limit))
        # What a program prints last; systems write flonums without fraction as 76. or 76.0, and some warn first.
        results = {n: re.sub(r'(\d)\.(?!\d)', r'\1.0', r[-1].output.split('+!CSVLINE!+')[0].strip().split('\n')[-1])
                   for n, r in runs.items() if r and r[-1].ok()}
        if not args.suite and len(set(results.values())) > 1:
            print('%s: the results differ: %s' % (name, results))
        for peer in peers:
            good = [r for r in runs[peer.name] if r.ok()]
            if good and len(good) == len(runs[peer.name]):
                cpus = [max(r.cpu - peer.base, 0.001) for r in good]
                row[peer.name] = statistics.median(cpus)
                row['wall ' + peer.name] = round(statistics.median(r.wall for r in good), 3)
                row['KB ' + peer.name] = max(r.memory for r in good)
                row['faults ' + peer.name] = good[-1].faults
                row['bytes ' + peer.name], row['collections ' + peer.name] = good[-1].statistic(1), good[-1].statistic(2)
                if max(cpus) > 1.25 * min(cpus) and max(cpus) - min(cpus) > 0.05:
                    noisy.append(name + '/' + peer.name)
            elif runs[peer.name] and os.environ.get('BENCH_DEBUG'):
                print(runs[peer.name][-1].output[-2000:], file=sys.stderr)
        rows.append(row)
        ratio = '%8.2f%8.2f' % (row['loko'] / row['chez'], row['KB loko'] / row['KB chez']) if 'loko' in row and 'chez' in row else '       -'
        print('%-11s' % name + ''.join('%9s' % ('%.3f' % row[n] if n in row else '-') for n in names) + ratio, flush=True)

    print()
    for label, members in list(suite.classes.items()) + [('all', ' '.join(suite.names))]:
        line = '%-28s' % label
        for n in names:
            ratios = [r[n] / r['chez'] for r in rows if r['name'] in members.split() and n in r and 'chez' in r]
            mean = geometric_mean(ratios)
            line += '  %s %s (%d)' % (n, '%.2f' % mean if mean else '-', len(ratios))
        print(line)
    print_compile_times(rows, names)
    if noisy:
        print('noisy (runs differ by more than a quarter): ' + ', '.join(noisy))
    if args.csv:
        fields = ['name'] + [p + n for n in names for p in ('', 'wall ', 'KB ', 'faults ', 'bytes ', 'collections ', 'compile ')]
        with open(args.csv, 'w', newline='') as f:
            writer = csv.DictWriter(f, fields, extrasaction='ignore')
            writer.writeheader()
            writer.writerows(rows)
    if args.svg:
        chart(rows, names, args.svg)
    if not args.work:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    main()
